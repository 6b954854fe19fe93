//! `guidepost.yaml`: what the site is called, where it will stand, and how it shall be built.
//!
//! Reading it gives a value and diagnostics like everything else; only a site without settings is an error of its own.
//! What the settings lead to is left to those who use them.

mod frame;
mod search;
mod style;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::article::{ParseOptions, RawHtml, web_address};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::url::{Base, Url};
use crate::yaml::{Document, Node, Value};

pub use self::frame::{Banner, EditLink, Footer, MenuItem, MenuTarget, Organization};
pub use self::search::{SearchGoal, SearchSettings, SearchTest};
pub use self::style::{StyleSetting, Written, style};

/// The name of the settings' file.
pub const FILE: &str = "guidepost.yaml";

/// The settings of a site.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The site's name.
    pub title: String,
    /// Where it will stand.
    pub base: Base,
    /// One sentence about it.
    pub description: Option<String>,
    /// Its language (BCP 47).
    pub language: String,
    /// For dates without a zone.
    pub time_zone: TimeZone,
    /// Who writes where an article does not say: a name, or a key of `authors`.
    pub author: Option<String>,
    /// The people who write.
    pub authors: BTreeMap<String, Author>,
    /// Whose site it is.
    pub organization: Option<Organization>,
    /// The theme: a folder below `themes/`, or `default`.
    pub theme: String,
    /// What of the theme's look is to be otherwise.
    pub style: Vec<StyleSetting>,
    /// How many articles a page of a listing shows.
    pub page_size: usize,
    /// Whether pages without a picture get a social card.
    pub social_cards: bool,
    /// The links in the header; the sections, if there are none.
    pub menu: Option<Vec<MenuItem>>,
    /// A line above everything, on every page.
    pub banner: Option<Banner>,
    /// Words and links at the foot of every page.
    pub footer: Footer,
    /// Where whoever may can change the file of an article.
    pub edit_link: Option<EditLink>,
    /// The feeds.
    pub feed: FeedSettings,
    /// The tags.
    pub tags: TagSettings,
    /// The search.
    pub search: SearchSettings,
    /// What Markdown is taken to be.
    pub raw_html: RawHtml,
    /// Whether quotes and dashes become typographic.
    pub smart_punctuation: bool,
    /// Where `base_url`, `language` and others stand, for messages about them.
    places: BTreeMap<&'static str, Place>,
}

/// Somebody who writes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Author {
    /// The name readers see.
    pub name: String,
    /// A page about them, on the web.
    pub url: Option<String>,
    /// An address that readers may write to.
    pub email: Option<String>,
    /// What they do, in a few words.
    pub role: Option<String>,
}

/// The feeds.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedSettings {
    /// How many articles the site's feeds carry.
    pub limit: usize,
    /// How many articles a tag's feed carries.
    pub tag_limit: usize,
    /// Whether it carries them whole.
    pub content: FeedContent,
    /// Who stands for the entries' ids: a host name and the day from which it is meant (RFC 4151).
    pub id_authority: Option<String>,
}

/// How much of an article a feed carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedContent {
    /// All of it.
    Full,
    /// Its summary.
    Summary,
}

/// The tags.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TagSettings {
    /// The only tags that may be used, if any are listed.
    pub allowed: Vec<String>,
    /// Other words for a tag: the word, then the tag.
    pub synonyms: Vec<(String, String)>,
    /// A sentence about a tag.
    pub descriptions: Vec<(String, String)>,
}

/// Every key, for messages and for the documentation.
pub const KEYS: &[&str] = &[
    "title",
    "base_url",
    "description",
    "language",
    "time_zone",
    "author",
    "authors",
    "organization",
    "theme",
    "style",
    "page_size",
    "social_cards",
    "menu",
    "banner",
    "footer",
    "edit_url",
    "feed",
    "tags",
    "search",
    "markdown",
];

impl Settings {
    /// Settings with nothing but the two required values.
    pub fn new(title: &str, base: Base) -> Settings {
        Settings {
            title: title.to_owned(),
            base,
            description: None,
            language: "en".into(),
            time_zone: TimeZone::UTC,
            author: None,
            authors: BTreeMap::new(),
            organization: None,
            theme: "default".into(),
            style: Vec::new(),
            page_size: 20,
            social_cards: false,
            menu: None,
            banner: None,
            footer: Footer::default(),
            edit_link: None,
            feed: FeedSettings { limit: 20, tag_limit: 10, content: FeedContent::Full, id_authority: None },
            tags: TagSettings::default(),
            search: SearchSettings::default(),
            raw_html: RawHtml::Allow,
            smart_punctuation: true,
            places: BTreeMap::new(),
        }
    }

    /// Reads the settings. `None` if title or address are missing or wrong; everything else falls back to its default
    /// and is reported.
    pub fn parse(text: &str) -> (Option<Settings>, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let file: Arc<str> = FILE.into();
        let document = match Document::parse(file.clone(), text, 0) {
            Ok(document) => document,
            Err(problem) => return (None, vec![problem]),
        };
        let mut settings = Settings::new("", Base::default());
        let mut seen: Vec<Node<'_>> = Vec::new();
        let mut base_is_set = false;
        for node in document.nodes() {
            if let Some(first) = seen.iter().find(|first| first.key == node.key) {
                let line = first.key_place().span.map_or(0, |span| span.line);
                let problem = Diagnostic::error("duplicate-key", format!("`{}` is given twice: first in line {line}", node.key));
                diagnostics.push(problem.at(node.key_place()).hint("keep one of the two"));
                continue;
            }
            seen.push(node);
            if let Err(problem) = settings.take(&node, &mut diagnostics) {
                diagnostics.push(problem);
            } else if node.key == "base_url" {
                base_is_set = true;
            }
        }
        for (key, example) in [("title", "title: Career advice"), ("base_url", "base_url: https://advice.example.edu/")] {
            if !seen.iter().any(|seen| seen.key == key) {
                let problem = Diagnostic::error("missing-key", format!("the settings need a `{key}`"));
                diagnostics.push(problem.at(Place::file(file.clone())).hint(format!("add a line such as `{example}`")));
            }
        }
        let is_whole = base_is_set && !settings.title.is_empty();
        (is_whole.then_some(settings), diagnostics)
    }

    /// Where a key stands, if it is there.
    pub fn place(&self, key: &str) -> Place {
        self.places.get(key).cloned().unwrap_or_else(|| Place::file(FILE))
    }

    /// The links that stand round every page, each with the name of what it is in.
    pub fn frame_links(&self) -> impl Iterator<Item = (&'static str, &MenuItem)> {
        let menu = self.menu.iter().flatten().map(|item| ("menu", item));
        let banner = self.banner.iter().filter_map(|banner| banner.link.as_ref()).map(|item| ("banner", item));
        menu.chain(banner).chain(self.footer.links.iter().map(|item| ("footer", item)))
    }

    /// What of the frame round every page leads to a page: `menu`, `banner` or `footer`.
    pub fn led_to_by(&self, url: &Url) -> Option<&'static str> {
        let leads_there = |item: &MenuItem| matches!(&item.target, MenuTarget::Inside(inside) if inside == url);
        self.frame_links().find(|(_, item)| leads_there(item)).map(|(part, _)| part)
    }

    /// What the parser of articles needs to know.
    pub fn parse_options(&self) -> ParseOptions {
        ParseOptions {
            time_zone: self.time_zone.clone(),
            base: self.base.clone(),
            raw_html: self.raw_html,
            smart_punctuation: self.smart_punctuation,
        }
    }

    fn take(&mut self, node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
        match node.key {
            "title" => self.title = required_text(node)?,
            "base_url" => {
                let text = required(word(node)?, node)?;
                self.base = Base::parse(&text).map_err(|reason| {
                    Diagnostic::error("bad-base-url", format!("`{text}` cannot be the site's address: {reason}"))
                        .at(node.place())
                        .hint("write the whole address, as `https://advice.example.edu/`")
                })?;
                self.places.insert("base_url", node.place());
            }
            "description" => self.description = text(node)?,
            "language" => {
                let tag = required(word(node)?, node)?;
                crate::article::check_language(node, &tag)?;
                self.language = tag;
                self.places.insert("language", node.place());
            }
            "time_zone" => self.time_zone = time_zone(node)?,
            "author" => self.author = text(node)?,
            "authors" => self.authors = authors(node, diagnostics)?,
            "organization" => self.organization = frame::organization(node, diagnostics)?,
            "theme" => {
                self.theme = required(word(node)?, node)?;
                self.places.insert("theme", node.place());
            }
            "style" => self.style = style(node, diagnostics)?,
            "page_size" => self.page_size = positive(node)?,
            "social_cards" => self.social_cards = node.bool()?,
            "menu" => self.menu = Some(frame::links(node, diagnostics)?),
            "banner" => self.banner = frame::banner(node, diagnostics)?,
            "footer" => self.footer = frame::footer(node, diagnostics)?,
            "edit_url" => self.edit_link = frame::edit_link(node)?,
            "feed" => self.take_feed(node, diagnostics)?,
            "tags" => self.take_tags(node, diagnostics)?,
            "search" => self.search.take(node, diagnostics)?,
            "markdown" => self.take_markdown(node, diagnostics)?,
            other => diagnostics.push(unknown_key(node, other, KEYS)),
        }
        Ok(())
    }

    fn take_feed(&mut self, node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
        for child in node.children()? {
            let taken = match child.key {
                "limit" => positive(&child).map(|limit| self.feed.limit = limit),
                "tag_limit" => positive(&child).map(|limit| self.feed.tag_limit = limit),
                "content" => feed_content(&child).map(|content| self.feed.content = content),
                "id_authority" => text(&child).map(|authority| self.feed.id_authority = authority),
                other => Err(unknown_key(&child, other, &["limit", "tag_limit", "content", "id_authority"])),
            };
            diagnostics.extend(taken.err());
        }
        Ok(())
    }

    fn take_tags(&mut self, node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
        for child in node.children()? {
            let taken = match child.key {
                "allowed" => texts(&child).map(|tags| self.tags.allowed = tags),
                "synonyms" => synonyms(&child).map(|synonyms| self.tags.synonyms = synonyms),
                "descriptions" => descriptions(&child).map(|descriptions| self.tags.descriptions = descriptions),
                other => Err(unknown_key(&child, other, &["allowed", "synonyms", "descriptions"])),
            };
            diagnostics.extend(taken.err());
        }
        Ok(())
    }

    fn take_markdown(&mut self, node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
        for child in node.children()? {
            let taken = match child.key {
                "raw_html" => raw_html(&child).map(|raw_html| self.raw_html = raw_html),
                "smart_punctuation" => child.bool().map(|is_smart| self.smart_punctuation = is_smart),
                other => Err(unknown_key(&child, other, &["raw_html", "smart_punctuation"])),
            };
            diagnostics.extend(taken.err());
        }
        Ok(())
    }
}

fn feed_content(node: &Node<'_>) -> Result<FeedContent, Diagnostic> {
    match node.word()?.as_str() {
        "full" => Ok(FeedContent::Full),
        "summary" => Ok(FeedContent::Summary),
        other => Err(unknown_value(node, other, &["full", "summary"])),
    }
}

fn raw_html(node: &Node<'_>) -> Result<RawHtml, Diagnostic> {
    match node.word()?.as_str() {
        "allow" => Ok(RawHtml::Allow),
        "escape" => Ok(RawHtml::Escape),
        "sanitize" => Ok(RawHtml::Sanitize),
        other => Err(unknown_value(node, other, &["allow", "escape", "sanitize"])),
    }
}

fn texts(node: &Node<'_>) -> Result<Vec<String>, Diagnostic> {
    node.items()?.iter().map(Node::text).collect()
}

/// Every other word with its tag.
fn synonyms(node: &Node<'_>) -> Result<Vec<(String, String)>, Diagnostic> {
    let mut synonyms = Vec::new();
    for tag in node.children()? {
        synonyms.extend(texts(&tag)?.into_iter().map(|word| (word, tag.key.to_owned())));
    }
    Ok(synonyms)
}

fn descriptions(node: &Node<'_>) -> Result<Vec<(String, String)>, Diagnostic> {
    node.children()?.iter().map(|tag| Ok((tag.key.to_owned(), tag.text()?))).collect()
}

fn unknown_key(node: &Node<'_>, key: &str, known: &[&'static str]) -> Diagnostic {
    let hint = did_you_mean(key, known.iter().copied());
    let problem = Diagnostic::error("unknown-key", format!("the settings have no key `{key}`")).at(node.key_place());
    problem.hint(hint.unwrap_or_else(|| "see the settings in the README".into()))
}

fn unknown_value(node: &Node<'_>, value: &str, known: &[&'static str]) -> Diagnostic {
    let hint = did_you_mean(value, known.iter().copied()).unwrap_or_default();
    Diagnostic::error("unknown-value", format!("`{}` cannot be `{value}`", node.key)).at(node.place()).hint(hint)
}

fn text(node: &Node<'_>) -> Result<Option<String>, Diagnostic> {
    let text = node.text()?;
    Ok((!text.trim().is_empty()).then(|| text.trim().to_owned()))
}

/// A value that cannot hold ` #`, so that a comment may follow it.
fn word(node: &Node<'_>) -> Result<Option<String>, Diagnostic> {
    let word = node.word()?;
    Ok((!word.trim().is_empty()).then(|| word.trim().to_owned()))
}

fn required_text(node: &Node<'_>) -> Result<String, Diagnostic> {
    required(text(node)?, node)
}

fn required(value: Option<String>, node: &Node<'_>) -> Result<String, Diagnostic> {
    value.ok_or_else(|| {
        let problem = Diagnostic::error("missing-value", format!("`{}` needs a value", node.key));
        problem.at(node.place()).hint(format!("write it after `{}:`, or take the line out", node.key))
    })
}

/// An e-mail address that can stand behind `mailto:`, where `?` and `&` begin fields and `,` another address.
fn email(node: &Node<'_>) -> Result<Option<String>, Diagnostic> {
    let Some(address) = word(node)? else { return Ok(None) };
    let is_plain = crate::url::is_one_piece(&address) && !address.contains(|c| "<>()[]\\,;:\"?&%#".contains(c));
    match address.split_once('@') {
        Some((name, host)) if is_plain && !name.is_empty() && !host.is_empty() && !host.contains('@') => Ok(Some(address)),
        _ => {
            let problem = Diagnostic::error("bad-email", format!("`{address}` is no e-mail address")).at(node.place());
            Err(problem.hint("write it as `advising@example.edu`"))
        }
    }
}

fn positive(node: &Node<'_>) -> Result<usize, Diagnostic> {
    let number = node.integer()?;
    usize::try_from(number)
        .ok()
        .filter(|n| (1..=100_000).contains(n))
        .ok_or_else(|| node.wrong_type("a whole number from 1 up").hint(format!("write a number such as `{}: 20`", node.key)))
}

fn time_zone(node: &Node<'_>) -> Result<TimeZone, Diagnostic> {
    let name = required(word(node)?, node)?;
    TimeZone::get(&name).map_err(|_| {
        Diagnostic::error("unknown-time-zone", format!("there is no time zone `{name}`"))
            .at(node.place())
            .hint("use a name such as `America/New_York` or `Europe/Berlin`")
    })
}

fn authors(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<BTreeMap<String, Author>, Diagnostic> {
    let mut authors = BTreeMap::new();
    for entry in node.children()? {
        let mut author = Author::default();
        if let Value::Text(name) = entry.value {
            author.name = name.clone();
        } else {
            for child in entry.children()? {
                let taken = match child.key {
                    "name" => required_text(&child).map(|name| author.name = name),
                    "url" => web_address(&child).map(|url| author.url = url),
                    "email" => email(&child).map(|email| author.email = email),
                    "role" => text(&child).map(|role| author.role = role),
                    other => Err(unknown_key(&child, other, &["name", "url", "email", "role"])),
                };
                diagnostics.extend(taken.err());
            }
        }
        if author.name.is_empty() {
            author.name = entry.key.to_owned();
        }
        authors.insert(entry.key.to_owned(), author);
    }
    Ok(authors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_mistakes_named() {
        let (settings, problems) = Settings::parse(
            "title: Advice\nbase_url: https://example.org/sub/\nmenu:\n  - Tips: /tips/\nfeed: { limit: 5, tag_limit: 3 }\n",
        );
        let settings = settings.unwrap_or_else(|| panic!("{problems:?}"));
        assert_eq!((settings.base.path(), problems), ("/sub", vec![]));
        assert_eq!((settings.feed.limit, settings.feed.tag_limit), (5, 3));
        assert_eq!(settings.menu.map(|menu| menu.len()), Some(1));

        let (settings, problems) = Settings::parse("titel: Advice\nbase_url: example.org\n");
        assert!(settings.is_none());
        let codes: Vec<&str> = problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, ["unknown-key", "bad-base-url", "missing-key"]);
        assert_eq!(problems[0].hint.as_deref(), Some("did you mean `title`?"));
    }
}
