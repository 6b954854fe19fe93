//! A browser's parser, and what it makes of a page with an article in it.

use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, parse_document, serialize};
use markup5ever_rcdom::{Handle, NodeData, RcDom, SerializableHandle};

/// A `<noscript>` holds text for one and elements for the other.
#[derive(Debug, Clone, Copy)]
pub enum Browser {
    WithScripts,
    WithoutScripts,
}

impl Browser {
    pub const ALL: [Browser; 2] = [Browser::WithScripts, Browser::WithoutScripts];

    pub fn parse(self, html: &str) -> RcDom {
        let scripting_enabled = matches!(self, Browser::WithScripts);
        let tree_builder = TreeBuilderOpts { scripting_enabled, exact_errors: true, ..TreeBuilderOpts::default() };
        parse_document(RcDom::default(), ParseOpts { tree_builder, ..ParseOpts::default() }).one(html)
    }

    /// The tree of a page as text, without what is in the prose.
    pub fn outline(self, html: &str) -> String {
        let mut text = String::new();
        outline(&self.parse(html).document, &mut text);
        text
    }

    /// The element that holds the article.
    pub fn prose(self, html: &str) -> Handle {
        find(&self.parse(html).document, PROSE).unwrap()
    }
}

/// The id of the element that holds the article.
pub const PROSE: &str = "the-prose";

/// What a page begins with, and what is around its prose: pages of one theme and another, and of one that no browser takes
/// for HTML of today.
pub const PAGES: [[&str; 3]; 4] = [
    ["<!DOCTYPE html>", "<main>", "</main>"],
    ["", "<main>", "</main>"],
    ["<!DOCTYPE html>", "<dl><dd><ul><li><div>", "</div></li></ul></dd></dl>"],
    ["<!DOCTYPE html>", "<table><tr><td>", "</td></tr></table>"],
];

pub fn page(body: &str) -> String {
    page_like(PAGES[0], body)
}

pub fn page_like([doctype, before, after]: [&str; 3], body: &str) -> String {
    format!(
        "{doctype}<html><head><title>t</title></head><body><header><a href=/>h</a></header>{before}<div id=before>b</div>\
         <div id={PROSE}>{body}</div><p id=after>a</p>{after}<footer id=foot><form action=/s><input name=q></form></footer></body></html>"
    )
}

fn outline(node: &Handle, out: &mut String) {
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let attributes: Vec<String> = attrs.borrow().iter().map(|a| format!("{}={}", a.name.local, a.value)).collect();
            out.push_str(&format!("<{} {}>", name.local, attributes.join(" ")));
            if !attributes.contains(&format!("id={PROSE}")) {
                node.children.borrow().iter().for_each(|child| outline(child, out));
            }
            out.push_str(&format!("</{}>", name.local));
        }
        NodeData::Text { contents } => out.push_str(&contents.borrow()),
        NodeData::Comment { contents } => out.push_str(&format!("<!--{contents}-->")),
        _ => node.children.borrow().iter().for_each(|child| outline(child, out)),
    }
}

/// The names of the elements around the text that contains `mark`, the innermost first.
pub fn ancestors(node: &Handle, mark: &str) -> Option<Vec<String>> {
    if let NodeData::Text { contents } = &node.data
        && contents.borrow().contains(mark)
    {
        return Some(Vec::new());
    }
    let mut found = node.children.borrow().iter().find_map(|child| ancestors(child, mark))?;
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let id = attrs.borrow().iter().find(|a| &*a.name.local == "id").map_or(String::new(), |a| format!("#{}", a.value));
        found.push(format!("{}{id}", name.local));
    }
    Some(found)
}

fn find(node: &Handle, id: &str) -> Option<Handle> {
    if let NodeData::Element { attrs, .. } = &node.data
        && attrs.borrow().iter().any(|a| &*a.name.local == "id" && &*a.value == id)
    {
        return Some(node.clone());
    }
    node.children.borrow().iter().find_map(|child| find(child, id))
}

/// What is in an element, written again.
pub fn inner_html(node: &Handle) -> String {
    let mut html = Vec::new();
    let node: SerializableHandle = node.clone().into();
    serialize(&mut html, &node, Default::default()).unwrap();
    String::from_utf8(html).unwrap()
}

/// The scheme of an address as a browser sees it.
pub fn scheme(address: &str) -> Option<String> {
    let address = address.trim_matches(|c: char| c <= ' ').replace(['\t', '\n', '\r'], "");
    let (scheme, _) = address.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

/// Whether a parser's error is about a tag that does not do what it says.
pub fn is_mended(error: &str) -> bool {
    const OF_THE_TREE: [&str; 13] = [
        "Unexpected",
        "nested",
        "Nested",
        "Formatting",
        "Found special",
        "No ",
        "Closing",
        "Bad open",
        "Form",
        "Null",
        "hr in",
        "expected to",
        "</",
    ];
    // `<image>` is an `<img>`, and text among cells is moved before the table.
    let is_harmless = error.contains("'image") || error.contains("Characters") || is_made_up_for(error);
    OF_THE_TREE.iter().any(|begins| error.starts_with(begins)) && !is_harmless
}

/// A cell makes the row that it lacks, text among columns ends them, and ruby may stand deeper than it should.
fn is_made_up_for(error: &str) -> bool {
    let is_one = |names: &[&str]| names.iter().any(|name| error.contains(&format!("'{name}\\'")));
    let is_start = error.contains("StartTag");
    is_start && error.contains("InTableBody") && is_one(&["td", "th"])
        || is_start && is_one(&["rb", "rp", "rt", "rtc"])
        || !is_start && error.contains("InTable") && is_one(&["colgroup"])
}
