//! What a page says of itself, and which part of it is the article.
//!
//! Where to look is what themes of blogs, Open Graph (<https://ogp.me/>) and schema.org agree on.

use super::plain;
use crate::import::html::tree::{Data, Id, Tree};

/// What a page says of its article.
#[derive(Debug, Default)]
pub struct Facts {
    pub title: String,
    pub date: String,
    pub updated: String,
    pub authors: Vec<String>,
    pub tags: Vec<String>,
    pub description: String,
    /// Where the page is.
    pub address: Option<String>,
}

/// The element that holds the article, or the whole page: of the first kind that is there, the one with the most text.
pub fn article_root(tree: &Tree) -> Id {
    const KINDS: [fn(&Tree, Id) -> bool; 5] = [
        |tree, id| {
            ["entry-content", "post-content", "article-content", "post-body", "wp-block-post-content"]
                .iter()
                .any(|class| tree.has_class(id, class))
        },
        |tree, id| tree.attribute(id, "itemprop") == Some("articleBody"),
        |tree, id| tree.name(id) == "article",
        |tree, id| tree.name(id) == "main" || tree.attribute(id, "role") == Some("main"),
        |tree, id| matches!(tree.attribute(id, "id"), Some("content" | "main" | "primary")),
    ];
    for is_one in KINDS {
        let all = tree.below(0).filter(|id| is_one(tree, *id));
        if let Some(largest) = all.max_by_key(|id| tree.below(*id).map(|below| length(tree, below)).sum::<usize>()) {
            return largest;
        }
    }
    0
}

fn length(tree: &Tree, id: Id) -> usize {
    match tree.data(id) {
        Data::Text(text) => text.trim().len(),
        _ => 0,
    }
}

/// The words of an element.
pub fn text_of(tree: &Tree, id: Id) -> String {
    let mut text = String::new();
    for below in tree.below(id) {
        match tree.data(below) {
            Data::Text(part) => text.push_str(part),
            Data::Element(name, _) if &**name == "br" => text.push(' '),
            _ => {}
        }
    }
    plain(&text)
}

/// What the page says.
pub fn read(tree: &Tree, root: Id) -> Facts {
    let mut facts = Facts::default();
    let (mut page_title, mut social_title, mut site_name) = (String::new(), String::new(), String::new());
    let mut headings: Vec<(Id, String)> = Vec::new();
    for id in tree.below(0) {
        let first = |place: &mut String, value: &str| {
            if place.is_empty() {
                *place = plain(value);
            }
        };
        match tree.name(id) {
            "title" => first(&mut page_title, &text_of(tree, id)),
            "h1" => headings.push((id, text_of(tree, id))),
            "meta" => {
                let key = tree.attribute(id, "property").or_else(|| tree.attribute(id, "name")).unwrap_or("");
                let content = tree.attribute(id, "content").unwrap_or("");
                match key.to_ascii_lowercase().as_str() {
                    "og:title" => first(&mut social_title, content),
                    "og:site_name" => first(&mut site_name, content),
                    "description" => first(&mut facts.description, content),
                    "article:published_time" => first(&mut facts.date, content),
                    "article:modified_time" => first(&mut facts.updated, content),
                    "article:tag" => add(&mut facts.tags, content),
                    "author" => add(&mut facts.authors, content),
                    "og:url" => facts.address = facts.address.take().or_else(|| Some(content.to_owned())),
                    _ => {}
                }
            }
            "link" if tree.attribute(id, "rel") == Some("canonical") => {
                facts.address = tree.attribute(id, "href").map(str::to_owned);
            }
            "time" if facts.date.is_empty() => {
                let is_its = ["entry-date", "published", "post-date"].iter().any(|class| tree.has_class(id, class));
                let is_its = is_its || tree.attribute(id, "itemprop") == Some("datePublished");
                if is_its && let Some(time) = tree.attribute(id, "datetime") {
                    facts.date = time.to_owned();
                }
            }
            "a" => {
                let rel = tree.attribute(id, "rel").unwrap_or("");
                if rel.split_ascii_whitespace().any(|word| word == "tag") {
                    add(&mut facts.tags, &text_of(tree, id));
                } else if rel == "author" && facts.authors.is_empty() {
                    add(&mut facts.authors, &text_of(tree, id));
                }
            }
            _ => {}
        }
    }
    facts.date = time(&facts.date);
    facts.updated = time(&facts.updated).get(..10).filter(|day| Some(*day) > facts.date.get(..10)).unwrap_or("").to_owned();
    facts.address = facts.address.filter(|address| address.starts_with("https://") || address.starts_with("http://"));
    let is_within =
        |id: Id| std::iter::successors(Some(id), |id| Some(tree.parent(*id))).take(200).any(|above| above == root && root != 0);
    let heading = headings
        .iter()
        .find(|(id, _)| is_within(*id))
        .or_else(|| headings.iter().find(|(id, text)| !is_banner(tree, *id) && !text.is_empty()));
    facts.title = match heading {
        Some((_, heading)) if !heading.is_empty() => heading.clone(),
        _ if !social_title.is_empty() => social_title,
        _ => without_site(&page_title, &site_name),
    };
    facts
}

/// Whether a heading is the name of the site rather than of the article.
fn is_banner(tree: &Tree, id: Id) -> bool {
    tree.has_class(id, "site-title") || tree.attribute(id, "id") == Some("site-title") || tree.attribute(id, "id") == Some("logo")
}

fn add(list: &mut Vec<String>, value: &str) {
    let value = plain(value);
    if !value.is_empty() && !list.contains(&value) {
        list.push(value);
    }
}

/// `Title | Site` and `Title – Site` without the site.
fn without_site(title: &str, site: &str) -> String {
    for separator in [" | ", " » ", " – ", " — ", " - ", " « "] {
        if let Some((before, after)) = title.rsplit_once(separator)
            && (after == site || matches!(separator, " | " | " » "))
        {
            return before.trim().to_owned();
        }
    }
    title.to_owned()
}

/// A time as front matter has it; nothing if it is none.
fn time(text: &str) -> String {
    let text = text.trim();
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    }
    text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok()).map(|day| day.to_string()).unwrap_or_default()
}

/// Whether an element stands round an article rather than in it.
pub fn is_furniture(tree: &Tree, id: Id, root: Id) -> bool {
    const ELEMENTS: [&str; 13] =
        ["nav", "aside", "form", "button", "input", "select", "textarea", "script", "style", "noscript", "title", "meta", "link"];
    const NAMES: [&str; 36] = [
        "comments",
        "respond",
        "comment-respond",
        "comments-area",
        "comment-list",
        "sharedaddy",
        "sd-block",
        "share-buttons",
        "social-share",
        "addtoany_share_save_container",
        "jp-relatedposts",
        "related-posts",
        "wpl-likebox",
        "likes",
        "wpcnt",
        "post-navigation",
        "nav-links",
        "navigation",
        "breadcrumb",
        "breadcrumbs",
        "sidebar",
        "widget",
        "widget-area",
        "screen-reader-text",
        "skip-link",
        "entry-meta",
        "entry-footer",
        "post-meta",
        "post-footer",
        "byline",
        "edit-link",
        "site-header",
        "site-footer",
        "cookie-notice",
        "advertisement",
        "comments-link",
    ];
    let name = tree.name(id);
    if ELEMENTS.contains(&name) || tree.attribute(id, "hidden").is_some() || NAMES.iter().any(|class| tree.has_class(id, class)) {
        return true;
    }
    if tree.attribute(id, "id").is_some_and(|id| NAMES.contains(&id) || matches!(id, "header" | "footer" | "secondary")) {
        return true;
    }
    // The header and footer of a quotation belong to it; those of a page or an article do not.
    matches!(name, "header" | "footer")
        && !std::iter::successors(Some(tree.parent(id)), |id| Some(tree.parent(*id)))
            .take_while(|id| *id != root && *id != 0)
            .take(200)
            .any(|above| matches!(tree.name(above), "blockquote" | "figure"))
}
