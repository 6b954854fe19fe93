//! A saved web page, or text that was copied from one → the article in it, without what stood round it: menus, share buttons,
//! the form for comments.
//!
//! What is the article is guessed from the names that themes and browsers agree on; what HTML becomes is left to `html`.

mod boilerplate;
mod facts;

use std::borrow::Cow;

use super::article::NewArticle;
use super::html::tree::{Data, Id, Tree};
use super::html::{self, Addresses, AsWritten};
use super::report::{Remark, Remarks};
use crate::article::folder_title;
use crate::html::{escape_into, references};
use crate::url;

/// What was found on a page.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// The article.
    pub article: NewArticle,
    /// The words that were on the page as its article, in HTML.
    pub shown: String,
    /// Where the page says that it is.
    pub address: Option<String>,
    /// Pictures that were saved with the page: their paths from it, and from the article.
    pub files: Vec<(String, String)>,
    /// What the author should know.
    pub remarks: Remarks,
}

/// Finds the article in a page, or in plain text. `name` is the file's without its ending, `is_there` says which files were
/// saved with it.
pub fn find(text: &str, name: &str, is_there: &dyn Fn(&str) -> bool) -> Found {
    let text = crate::text::with_line_feeds(text);
    if is_html(&text) { from_html(&text, name, is_there) } else { from_text(&text, name) }
}

/// Whether a text is HTML: whoever copies a page's text has no tags in it.
fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(2000).collect::<String>().to_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<article", "<div", "<p>", "<p ", "<h1"].iter().any(|sign| start.contains(sign))
}

fn from_text(text: &str, name: &str) -> Found {
    let mut paragraphs = boilerplate::strip(paragraphs(text));
    let title = match paragraphs.first() {
        Some(first) if first.chars().count() <= 120 && !first.ends_with(['.', ':', ',']) => paragraphs.remove(0),
        _ => folder_title(name),
    };
    let mut article = NewArticle { title, ..NewArticle::default() };
    boilerplate::take_appearance(&mut paragraphs, &mut article);
    let mut shown = String::new();
    for paragraph in &paragraphs {
        shown.push_str("<p>");
        escape_into(paragraph, &mut shown);
        shown.push_str("</p>\n");
    }
    // What the signs of Markdown mean in it was never meant.
    article.body = html::convert(&shown, &[], &mut AsWritten).markdown;
    Found { article, shown, address: None, files: Vec::new(), remarks: Remarks::default() }
}

/// The paragraphs of a text. A sentence that goes on after a blank line was torn apart by whatever it was copied from.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    for block in text.split("\n\n").map(|block| block.split_whitespace().collect::<Vec<_>>().join(" ")) {
        let goes_on = block.starts_with(char::is_lowercase);
        match paragraphs.last_mut() {
            _ if block.is_empty() => {}
            Some(last) if goes_on && last.ends_with(|c: char| c.is_alphanumeric() || c == ',') => last.extend([" ", &block]),
            _ => paragraphs.push(block),
        }
    }
    paragraphs
}

fn from_html(text: &str, name: &str, is_there: &dyn Fn(&str) -> bool) -> Found {
    let tree = Tree::parse(text);
    let root = facts::article_root(&tree);
    let facts = facts::read(&tree, root);
    let title = if facts.title.is_empty() { folder_title(name) } else { facts.title };
    let mut shown = String::new();
    let heading = title.split_whitespace().collect::<Vec<_>>().join(" ");
    write(&tree, root, root, &heading, &mut shown);
    let mut files = OnPage {
        base: facts.address.as_deref().and_then(|a| ::url::Url::parse(a).ok()),
        is_there,
        found: Vec::new(),
        remarks: Remarks::default(),
    };
    let converted = html::convert(&shown, &[], &mut files);
    let OnPage { found, mut remarks, .. } = files;
    converted.notes.into_iter().for_each(|(note, count)| remarks.add_many(Remark::Html(note), count));
    let mut paragraphs = boilerplate::strip(converted.markdown.split("\n\n").map(str::to_owned).collect());
    let mut article = NewArticle {
        title,
        date: facts.date,
        updated: facts.updated,
        authors: facts.authors,
        tags: facts.tags,
        description: facts.description,
        ..NewArticle::default()
    };
    boilerplate::take_appearance(&mut paragraphs, &mut article);
    article.body = paragraphs.join("\n\n");
    if !article.body.is_empty() && !article.body.ends_with('\n') {
        article.body.push('\n');
    }
    Found { article, shown, address: facts.address, files: found, remarks }
}

/// Writes a part of a page as HTML again, without what is no part of the article. Trees are never deeper than the parser lets
/// them be.
fn write(tree: &Tree, root: Id, id: Id, heading: &str, html: &mut String) {
    match tree.data(id) {
        Data::Text(text) => escape_into(text, html),
        Data::Comment(comment) if comment.trim() == "more" => html.push_str("<!--more-->"),
        Data::Comment(_) => {}
        Data::Root => tree.children(id).for_each(|child| write(tree, root, child, heading, html)),
        Data::Element(name, attributes) => {
            if id != root && facts::is_furniture(tree, id, root) {
                return;
            }
            // The title stands above the article already.
            if &**name == "h1" && facts::text_of(tree, id) == heading {
                return;
            }
            html.extend(["<", name]);
            for attribute in attributes {
                html.extend([" ", &attribute.name.local, "=\""]);
                escape_into(&attribute.value, html);
                html.push('"');
            }
            html.push('>');
            tree.children(id).for_each(|child| write(tree, root, child, heading, html));
            const VOID: [&str; 8] = ["area", "br", "col", "embed", "hr", "img", "source", "wbr"];
            if !VOID.contains(&&**name) {
                html.extend(["</", name, ">"]);
            }
        }
    }
}

/// Where the addresses of a page lead: to where it was on the web, if it says so; pictures to what was saved with it.
struct OnPage<'f> {
    base: Option<::url::Url>,
    is_there: &'f dyn Fn(&str) -> bool,
    found: Vec<(String, String)>,
    remarks: Remarks,
}

impl OnPage<'_> {
    /// The address in full; nothing if nobody knows where it leads.
    fn whole(&self, address: &str) -> Option<String> {
        match ::url::Url::parse(address) {
            Ok(_) => Some(address.to_owned()),
            Err(_) => self.base.as_ref()?.join(address).ok().map(String::from),
        }
    }
}

impl Addresses for OnPage<'_> {
    fn link<'a>(&mut self, address: &'a str) -> Cow<'a, str> {
        if address.starts_with('#') {
            return address.into();
        }
        match self.whole(address) {
            Some(whole) => whole.into(),
            None => {
                self.remarks.add(Remark::BrokenLink(address.to_owned()));
                "".into()
            }
        }
    }

    fn picture<'a>(&mut self, address: &'a str) -> Cow<'a, str> {
        let path = url::percent_decode(address.trim_start_matches("./")).unwrap_or_default().into_owned();
        let is_beside = !url::has_scheme(&path)
            && !path.starts_with('/')
            && !path.split('/').any(|part| part.is_empty() || part.starts_with('.'));
        if is_beside && (self.is_there)(&path) {
            let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
            self.found.push((path, name.clone()));
            return name.into();
        }
        match self.whole(address) {
            Some(whole) => {
                self.remarks.add(Remark::NoFile(whole.clone()));
                whole.into()
            }
            None => {
                self.remarks.add(Remark::NoFile(address.to_owned()));
                "".into()
            }
        }
    }
}

/// Text with its references read and its white space as one space.
fn plain(text: &str) -> String {
    references::decode(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
