//! WordPress exports → articles, an account of each item, and the addresses that the blog answered.
//!
//! An export is read twice: once for what there is (`catalogue`), so that links and names are known, and once for the texts
//! (`convert`), a post at a time. Who opens the files, and where articles go, is left to whoever calls.

mod archives;
mod catalogue;
mod convert;
pub mod decoded;
mod links;
mod paragraphs;
mod shortcodes;
pub mod wxr;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

pub use self::archives::archives;
pub(super) use self::catalogue::is_reserved;
pub use self::catalogue::{Catalogue, Fate};
pub use self::convert::convert;
pub use self::links::UPLOADS;
pub(super) use self::links::relative;
use super::html;
use super::report::Report;
use crate::article;
use crate::html::references;
use crate::url::{self, Base, Url};

/// What whoever imports asks for, and what the new site has already.
#[derive(Debug, Default)]
pub struct Asked {
    /// Types of items besides posts and pages that become articles.
    pub types: Vec<String>,
    /// The folder for all posts, instead of one for each category at the top.
    pub section: Option<String>,
    /// The files in the local copy of the folder of uploads, by their paths from there, if there is a copy.
    pub media: Option<FxHashSet<String>>,
    /// Where the new site will stand, if that is known.
    pub base_url: Option<String>,
    /// The language of the new site.
    pub language: String,
    /// The keys of the settings for authors, by name.
    pub author_keys: BTreeMap<String, String>,
    /// The articles that the site has already.
    pub known: Known,
}

/// The articles that a site has before an import.
#[derive(Debug, Default)]
pub struct Known {
    /// The files of those that were imported before, by what feeds call them.
    pub by_id: FxHashMap<String, String>,
    /// The addresses of all others.
    pub urls: FxHashSet<Url>,
    /// The files of all others.
    pub paths: FxHashSet<String>,
}

/// HTML as one line of text.
fn html_text(html: &str) -> String {
    let mut text = String::new();
    if html.contains('<') {
        html::text(html, &mut text);
    } else {
        text.push_str(&references::decode(html));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The page of a section that was a category: its file and text. A category without a description whose name is told by its
/// folder needs none.
pub fn section_pages(catalogue: &Catalogue) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (folder, slug) in &catalogue.folders {
        let Some(topic) = catalogue.categories.get(slug) else { continue };
        let path = format!("{folder}/index.md");
        let is_taken = catalogue.entries.iter().any(|entry| entry.path == path);
        // A section of drafts alone is none for readers, and with a page it would be.
        let is_public = catalogue.entries.iter().any(|entry| entry.is_published && entry.path.starts_with(&format!("{folder}/")));
        if is_taken
            || !is_public
            || topic.name.is_empty()
            || (topic.description.is_empty() && article::folder_title(folder) == topic.name)
        {
            continue;
        }
        let page = super::article::NewArticle {
            title: topic.name.clone(),
            description: topic.description.clone(),
            ..Default::default()
        };
        pages.push((path, page.text()));
    }
    pages
}

/// A report that has counted the items of a catalogue.
pub fn report(catalogue: &Catalogue, source: String) -> Report {
    let mut counts: BTreeMap<(u8, String), usize> = BTreeMap::new();
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    for ((fate, kind), count) in &catalogue.counts {
        let plural = match kind.as_str() {
            "post" => "Posts",
            "page" => "Pages",
            kind => kind,
        };
        let (rank, what) = match fate {
            Fate::Published => (0, format!("{plural}, published")),
            Fate::Draft(_) => (1, format!("{plural}, as drafts")),
            Fate::Attachment => (2, "Files that the blog had".to_owned()),
            Fate::LeftOut(what) => {
                *left_out.entry(what.clone()).or_default() += count;
                continue;
            }
        };
        *counts.entry((rank, what)).or_default() += count;
    }
    let mut report = Report { source, ..Report::default() };
    report.counts.push(("Items in the export".to_owned(), catalogue.items));
    report.counts.extend(counts.into_iter().map(|((_, what), count)| (what, count)));
    // `2 revisions`, but `2 in the trash` and 2 of a type of a plugin's.
    let is_noun = |what: &str| matches!(what, "revision" | "menu item" | "automatic draft");
    let plural = |what: String, count: usize| if count != 1 && is_noun(&what) { format!("{what}s") } else { what };
    report.left_out = left_out.into_iter().map(|(what, count)| (plural(what, count), count)).collect();
    let comments = [
        ("comment", "comments", catalogue.comments.comments),
        ("pingback or trackback", "pingbacks and trackbacks", catalogue.comments.pings),
    ];
    let comments = comments.into_iter().filter(|(_, _, count)| *count > 0);
    report.left_out.extend(comments.map(|(one, more, count)| (if count == 1 { one } else { more }.to_owned(), count)));
    report
}

/// Where a new site stands as long as nobody has said where it will.
pub fn nowhere() -> Base {
    Base::parse(NOWHERE).unwrap_or_default()
}

const NOWHERE: &str = "https://example.org/";

/// The settings of a new site, in YAML, as the blog says of itself; `base_url` is where the new site will stand. As long as
/// nobody says so it stands nowhere, and pictures without a local copy are still shown from the blog.
pub fn settings(catalogue: &Catalogue, base_url: Option<&str>) -> String {
    use super::article::scalar;
    let channel = &catalogue.channel;
    let title = html_text(&channel.title);
    let title = scalar(if title.is_empty() { "My site" } else { &title });
    let mut text = match base_url {
        Some(url) => format!("title: {title}\nbase_url: {}\n", scalar(url)),
        None => format!("title: {title}\n# Write here where the new site will stand.\nbase_url: {NOWHERE}\n"),
    };
    let description = html_text(&channel.description);
    if !description.is_empty() {
        text.push_str(&format!("description: {}\n", scalar(&description)));
    }
    if article::is_language(&channel.language) {
        text.push_str(&format!("language: {}\n", scalar(&channel.language)));
    }
    let writers: Vec<(String, &String)> = author_keys(catalogue);
    if !writers.is_empty() {
        text.push_str("authors:\n");
        for (key, name) in writers {
            text.push_str(&format!("  {}:\n    name: {}\n", scalar(&key), scalar(name)));
        }
    }
    text
}

/// The keys under which the settings of a new site have those who have published something, and their names.
pub fn author_keys(catalogue: &Catalogue) -> Vec<(String, &String)> {
    let writers = catalogue.authors.iter().filter(|(login, _)| catalogue.writers.contains(*login));
    let keyed = writers.map(|(login, name)| (url::slug(login), name)).filter(|(key, name)| !key.is_empty() && !name.is_empty());
    let mut seen = FxHashSet::default();
    keyed.filter(|(key, _)| seen.insert(key.clone())).collect()
}
