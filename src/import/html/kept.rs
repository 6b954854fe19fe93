//! HTML that Markdown has no form for, written again from the tree.
//!
//! Only elements and attributes that are named here are written, and all text is escaped: nothing in it can run, and what
//! has looks and no meaning goes. It is on as many lines as it likes, none of which is blank, because a blank line ends
//! HTML in Markdown.

use super::Note;
use super::escape::is_special;
use super::line::{Mark, PLAIN};
use super::names;
use super::pieces::leads_somewhere;
use super::tree::{Data, Id};
use super::walk::Walker;
use crate::html::{escape_address_into, escape_into};

impl Walker<'_, '_> {
    /// Keeps a block as HTML.
    pub(super) fn keep(&mut self, id: Id) {
        self.flush();
        let mut html = String::new();
        self.element_into(id, &mut html);
        self.state.note(Note::Kept(self.tree.name(id).to_owned()));
        let mut lines = String::with_capacity(html.len());
        for line in html.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if !lines.is_empty() {
                lines.push('\n');
            }
            lines.push_str(line);
        }
        if !lines.is_empty() {
            self.state.lines(&lines);
        }
    }

    /// Keeps an inline element as HTML, and has its content written as Markdown.
    pub(super) fn keep_inline(&mut self, id: Id, name: &str) {
        let mut start = String::new();
        self.start_into(id, name, "", &mut start);
        let name = name.to_owned();
        self.state.note(Note::Kept(name.clone()));
        self.marked(Mark::Tag { start, name }, id);
    }

    /// Signs with how they are spoken are one piece, whose parts stand nowhere else.
    pub(super) fn ruby(&mut self, id: Id) {
        let mut html = String::new();
        self.element_into(id, &mut html);
        let html = html.split_whitespace().collect::<Vec<_>>().join(" ");
        self.state.note(Note::Kept("ruby".into()));
        self.line.add_finished(&within_a_line(&html), PLAIN);
    }

    fn element_into(&mut self, id: Id, out: &mut String) {
        let tree = self.tree;
        match tree.data(id) {
            Data::Text(text) => text_into(text, tree.name(tree.parent(id)) == "pre", out),
            Data::Comment(_) => {}
            Data::Root => self.content_into(id, out),
            Data::Element(name, _) => {
                let name = &**name;
                if names::is_embedded(name) {
                    let src = ["src", "data"].iter().find_map(|attribute| tree.attribute(id, attribute)).map(str::trim);
                    let Some(src) = src.filter(|src| leads_somewhere(src, true)) else {
                        return self.state.note(Note::LeftOut(name.to_owned()));
                    };
                    self.state.note(Note::Embedded(name.to_owned()));
                    let address = self.state.addresses.link(src).into_owned();
                    out.push_str(" <a href=\"");
                    escape_address_into(&address, out);
                    out.push_str("\">");
                    text_into(tree.attribute(id, "title").unwrap_or(src), false, out);
                    out.push_str("</a> ");
                    return;
                }
                if names::is_unseen(name) || matches!(name, "form" | "svg") {
                    return self.state.note(Note::LeftOut(name.to_owned()));
                }
                if !stands(name) {
                    return self.content_into(id, out);
                }
                let address = self.new_address(id, name);
                match (name, &address) {
                    ("a", None) => return self.content_into(id, out),
                    ("img", None) => return self.state.note(Note::LeftOut("img".into())),
                    _ => {}
                }
                self.start_into(id, name, address.as_deref().unwrap_or(""), out);
                if !names::is_void(name) {
                    self.content_into(id, out);
                    out.push_str("</");
                    out.push_str(name);
                    out.push('>');
                }
            }
        }
    }

    /// What becomes of the address of a link or a picture; nothing if it leads nowhere.
    fn new_address(&mut self, id: Id, name: &str) -> Option<String> {
        let is_link = name == "a";
        let key = match name {
            "a" => "href",
            "img" => "src",
            _ => return None,
        };
        let written = self.tree.attribute(id, key)?.trim();
        if written.is_empty() || !leads_somewhere(written, is_link) {
            return None;
        }
        let addresses = &mut self.state.addresses;
        let address = if is_link { addresses.link(written) } else { addresses.picture(written) }.trim().to_owned();
        let is_there = address.strip_prefix('#').is_none_or(|anchor| self.targets.contains(anchor));
        (is_there && !address.is_empty() && leads_somewhere(&address, is_link)).then_some(address)
    }

    fn content_into(&mut self, id: Id, out: &mut String) {
        for child in self.tree.children(id) {
            self.element_into(child, out);
        }
    }

    /// A start tag. `address` is that of a link or a picture.
    fn start_into(&mut self, id: Id, name: &str, address: &str, out: &mut String) {
        out.push('<');
        out.push_str(name);
        let Data::Element(_, attributes) = self.tree.data(id) else { return out.push('>') };
        for attribute in attributes {
            let key = &*attribute.name.local;
            let value = attribute.value.trim();
            let is_wanted = match (name, key) {
                (_, "id") => self.targets.contains(value) && value.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c)),
                ("a", "href") | ("img", "src") => true,
                ("abbr" | "acronym" | "a" | "img" | "dfn", "title") => !value.is_empty(),
                ("img", "alt") | ("details", "open") => true,
                ("td" | "th", "colspan" | "rowspan") => value.bytes().all(|byte| byte.is_ascii_digit()) && value != "1",
                ("th", "scope") => matches!(value, "row" | "col" | "rowgroup" | "colgroup"),
                ("ol", "start") | ("li", "value") => value.parse::<i32>().is_ok(),
                ("bdo" | "bdi" | "q" | "p" | "span", "dir") => matches!(value, "ltr" | "rtl" | "auto"),
                _ => false,
            };
            if !is_wanted {
                continue;
            }
            out.push(' ');
            out.push_str(key);
            if key == "open" {
                continue;
            }
            out.push_str("=\"");
            match key {
                "href" | "src" => escape_address_into(address, out),
                // In a cell a bar ends it, and in a paragraph a blank line does.
                _ => {
                    let words = value.split_whitespace().collect::<Vec<_>>().join(" ");
                    let from = out.len();
                    escape_into(&words, out);
                    if out[from..].contains('|') {
                        let safe = out[from..].replace('|', "&#124;");
                        out.replace_range(from.., &safe);
                    }
                }
            }
            out.push('"');
        }
        out.push('>');
    }
}

/// HTML within a line, between whose tags Markdown is read: what has a meaning there is written as a reference.
fn within_a_line(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut is_in_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_in_tag = true,
            // In texts and values both are escaped.
            '>' => is_in_tag = false,
            '&' => {}
            _ if !is_in_tag && u8::try_from(c).is_ok_and(is_special) => {
                out.push_str(&format!("&#{};", u32::from(c)));
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

/// Elements that are written again. The others' content is.
fn stands(name: &str) -> bool {
    names::is_kept_inline(name)
        || matches!(
            name,
            "a" | "b" | "strong" | "i" | "em" | "s" | "del" | "code" | "kbd" | "samp" | "var" | "br" | "img" | "bdi"
        )
        || matches!(name, "dl" | "dt" | "dd" | "details" | "summary" | "table" | "caption" | "thead" | "tbody" | "tfoot" | "tr")
        || matches!(name, "td" | "th" | "p" | "ul" | "ol" | "li" | "blockquote" | "pre" | "hr" | "h2" | "h3" | "h4" | "h5" | "h6")
        || matches!(name, "figure" | "figcaption" | "ruby" | "rt" | "rp" | "rb")
}

/// Text between tags. In `pre` each line end is written so that no line is blank.
fn text_into(text: &str, is_pre: bool, out: &mut String) {
    if !is_pre {
        return escape_into(text, out);
    }
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str("&#10;");
        }
        escape_into(line, out);
    }
}
