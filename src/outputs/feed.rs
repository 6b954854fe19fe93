//! Feeds: Atom, RSS and JSON Feed for the site, Atom for each tag. Comment-free: no element, namespace or count of
//! comments anywhere.
//!
//! Formats: RFC 4287 (Atom), RSS 2.0 (<https://www.rssboard.org/rss-specification>), JSON Feed 1.1
//! (<https://www.jsonfeed.org/version/1.1/>). Dates are the articles', never the build's, so that a build without news
//! changes no feed.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::json;

use super::Content;
use super::views::{self, Addresses, FeedView};
use crate::article::{Head, When};
use crate::diagnostic::Diagnostic;
use crate::plan::Snapshot;
use crate::settings::FeedContent;
use crate::site::{ArticleId, Site, TagId};
use crate::url::Url;

/// One feed.
#[derive(Debug, PartialEq)]
pub struct Feed {
    format: Format,
    scope: Scope,
    url: Url,
    /// What it carries, the newest first.
    entries: Vec<ArticleId>,
}

/// What a feed tells of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scope {
    /// All articles.
    Site,
    /// One tag's.
    Tag(TagId),
}

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    Atom,
    Rss,
    Json,
}

impl Format {
    fn file(self) -> &'static str {
        match self {
            Format::Atom => "atom.xml",
            Format::Rss => "rss.xml",
            Format::Json => "feed.json",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Format::Atom => "application/atom+xml",
            Format::Rss => "application/rss+xml",
            Format::Json => "application/feed+json",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Format::Atom => "Atom",
            Format::Rss => "RSS",
            Format::Json => "JSON Feed",
        }
    }
}

/// The feeds that a page offers: the site's three, or a tag's one.
pub fn views(site: &Site, scope: Scope) -> Vec<FeedView> {
    let (formats, title): (&[Format], String) = match scope {
        Scope::Site => (&[Format::Atom, Format::Rss, Format::Json], site.settings.title.clone()),
        Scope::Tag(tag) => (&[Format::Atom], format!("{}: {}", site.settings.title, site.tags[tag].name)),
    };
    let view = |format: &Format| FeedView {
        title: format!("{title} ({})", format.name()),
        href: site.settings.base.href(&scope.page(site).join(format.file())),
        media_type: format.media_type(),
    };
    formats.iter().map(view).collect()
}

impl Scope {
    /// The page whose news the feed tells.
    fn page(self, site: &Site) -> Url {
        match self {
            Scope::Site => Url::home(),
            Scope::Tag(tag) => site.tags[tag].url.clone(),
        }
    }

    fn title(self, site: &Site) -> String {
        match self {
            Scope::Site => site.settings.title.clone(),
            Scope::Tag(tag) => format!("{}: {}", site.settings.title, site.tags[tag].name),
        }
    }

    fn description(self, site: &Site) -> String {
        let stated = match self {
            Scope::Site => site.settings.description.clone(),
            Scope::Tag(tag) => site.tags[tag].description.clone(),
        };
        stated.unwrap_or_else(|| format!("New articles of {}", self.title(site)))
    }
}

/// The date of a feed without entries: there must be one, and it must never be the build's.
const NEVER: &str = "1970-01-01T00:00:00Z";

impl Feed {
    /// The site's three feeds and one for each tag that has an article.
    pub fn plan(site: &Site) -> Vec<Feed> {
        let feed = |format: Format, scope: Scope, from: &[ArticleId]| Feed {
            format,
            scope,
            url: scope.page(site).join(format.file()),
            entries: entries(site, from, scope),
        };
        let mut feeds: Vec<Feed> = [Format::Atom, Format::Rss, Format::Json]
            .into_iter()
            .map(|format| feed(format, Scope::Site, &site.by_date))
            .collect();
        let tags = site.tags.iter().enumerate().filter(|(_, tag)| !tag.articles.is_empty());
        feeds.extend(tags.map(|(number, tag)| feed(Format::Atom, Scope::Tag(number), &tag.articles)));
        feeds
    }

    /// `/atom.xml`, `/rss.xml`, `/feed.json`, `/tags/…/atom.xml`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The feed.
    pub fn render(&self, snapshot: &Snapshot) -> Result<Content, Diagnostic> {
        let written = match self.format {
            Format::Atom => self.atom(snapshot),
            Format::Rss => self.rss(snapshot),
            Format::Json => Ok(self.json(snapshot)),
        };
        // Writing into memory does not fail; if it ever does, it is not the author's fault.
        written
            .map(Content::from)
            .map_err(|error| Diagnostic::error("internal", format!("{} could not be written: {error}", self.url)))
    }

    fn atom(&self, snapshot: &Snapshot) -> io::Result<Vec<u8>> {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let page = self.scope.page(site);
        let mut xml = Xml::new()?;
        let language = site.settings.language.as_str();
        xml.element("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", language)], |xml| {
            xml.text("title", &self.scope.title(site))?;
            xml.text("subtitle", &self.scope.description(site))?;
            xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &base.absolute(&page))])?;
            xml.empty("link", &[("rel", "self"), ("type", Format::Atom.media_type()), ("href", &base.absolute(&self.url))])?;
            xml.text("id", &base.absolute(&page))?;
            xml.text("updated", &self.updated(site).map_or_else(|| NEVER.to_owned(), |when| when.rfc3339()))?;
            xml.element("author", &[], |xml| xml.text("name", &publisher(site)))?;
            for &id in &self.entries {
                self.atom_entry(xml, snapshot, id)?;
            }
            Ok(())
        })?;
        Ok(xml.finish())
    }

    fn atom_entry(&self, xml: &mut Xml, snapshot: &Snapshot, id: ArticleId) -> io::Result<()> {
        let site = &*snapshot.site;
        let head = site.head(id);
        let lang: Vec<(&str, &str)> = head.lang.iter().map(|lang| ("xml:lang", lang.as_str())).collect();
        xml.element("entry", &lang, |xml| {
            xml.text("title", &head.title)?;
            xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &site.settings.base.absolute(&head.url))])?;
            xml.text("id", site.feed_id(id))?;
            if let Some(date) = head.date {
                xml.text("published", &date.rfc3339())?;
                xml.text("updated", &updated(head).unwrap_or(date).rfc3339())?;
            }
            for author in site.authors(head) {
                xml.element("author", &[], |xml| {
                    xml.text("name", &author.name)?;
                    author.url.as_ref().map_or(Ok(()), |url| xml.text("uri", url))
                })?;
            }
            for tag in site.tags_of(id) {
                xml.empty("category", &[("term", &tag.name)])?;
            }
            if !head.lead().is_empty() {
                xml.text("summary", head.lead())?;
            }
            match content(snapshot, id) {
                Some(html) => xml.text_with("content", &[("type", "html")], &html),
                None => Ok(()),
            }
        })
    }

    fn rss(&self, snapshot: &Snapshot) -> io::Result<Vec<u8>> {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let mut xml = Xml::new()?;
        let namespaces = [
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ];
        xml.element("rss", &namespaces, |xml| {
            xml.element("channel", &[], |xml| {
                xml.text("title", &self.scope.title(site))?;
                xml.text("link", &base.absolute(&self.scope.page(site)))?;
                xml.text("description", &self.scope.description(site))?;
                xml.text("language", &site.settings.language)?;
                if let Some(when) = self.updated(site) {
                    xml.text("lastBuildDate", &when.rfc822())?;
                }
                xml.empty(
                    "atom:link",
                    &[("rel", "self"), ("type", Format::Rss.media_type()), ("href", &base.absolute(&self.url))],
                )?;
                for &id in &self.entries {
                    rss_item(xml, snapshot, id)?;
                }
                Ok(())
            })
        })?;
        Ok(xml.finish())
    }

    fn json(&self, snapshot: &Snapshot) -> Vec<u8> {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let items: Vec<serde_json::Value> = self.entries.iter().map(|&id| json_item(snapshot, id)).collect();
        let feed = json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.scope.title(site),
            "description": self.scope.description(site),
            "home_page_url": base.absolute(&self.scope.page(site)),
            "feed_url": base.absolute(&self.url),
            "language": site.settings.language,
            "authors": [{ "name": publisher(site) }],
            "items": items,
        });
        let feed = clean_json(feed);
        let mut bytes = serde_json::to_vec_pretty(&feed).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// When the newest news of all entries is from.
    fn updated(&self, site: &Site) -> Option<When> {
        self.entries.iter().filter_map(|&id| updated(site.head(id))).max_by_key(When::instant)
    }
}

/// The newest articles that feeds carry. An article without a date is a page that is always there, and no news.
fn entries(site: &Site, from: &[ArticleId], scope: Scope) -> Vec<ArticleId> {
    let carried = |id: &ArticleId| site.head(*id).in_feeds && site.head(*id).date.is_some();
    let limit = match scope {
        Scope::Site => site.settings.feed.limit,
        Scope::Tag(_) => site.settings.feed.tag_limit,
    };
    from.iter().copied().filter(carried).take(limit).collect()
}

fn updated(head: &Head) -> Option<When> {
    match (head.date, head.updated) {
        (Some(date), Some(updated)) if updated.instant() > date.instant() => Some(updated),
        (date, updated) => date.or(updated),
    }
}

/// The whole body, if feeds carry bodies.
fn content(snapshot: &Snapshot, id: ArticleId) -> Option<String> {
    match snapshot.site.settings.feed.content {
        FeedContent::Full => Some(views::body_html(snapshot, id, Addresses::Absolute)),
        FeedContent::Summary => None,
    }
}

fn publisher(site: &Site) -> String {
    site.settings.organization.as_ref().map_or_else(|| site.settings.title.clone(), |organization| organization.name.clone())
}

fn rss_item(xml: &mut Xml, snapshot: &Snapshot, id: ArticleId) -> io::Result<()> {
    let site = &*snapshot.site;
    let head = site.head(id);
    xml.element("item", &[], |xml| {
        xml.text("title", &head.title)?;
        xml.text("link", &site.settings.base.absolute(&head.url))?;
        xml.text_with("guid", &[("isPermaLink", "false")], site.feed_id(id))?;
        if let Some(date) = head.date {
            xml.text("pubDate", &date.rfc822())?;
        }
        for author in site.authors(head) {
            xml.text("dc:creator", &author.name)?;
        }
        for tag in site.tags_of(id) {
            xml.text("category", &tag.name)?;
        }
        if !head.lead().is_empty() {
            xml.text("description", head.lead())?;
        }
        match content(snapshot, id) {
            Some(html) => xml.text("content:encoded", &html),
            None => Ok(()),
        }
    })
}

fn json_item(snapshot: &Snapshot, id: ArticleId) -> serde_json::Value {
    let site = &*snapshot.site;
    let base = &site.settings.base;
    let head = site.head(id);
    let authors: Vec<_> = site
        .authors(head)
        .into_iter()
        .map(|author| match author.url {
            Some(url) => json!({ "name": author.name, "url": url }),
            None => json!({ "name": author.name }),
        })
        .collect();
    let mut item = json!({
        "id": site.feed_id(id),
        "url": base.absolute(&head.url),
        "title": head.title,
    });
    if !head.lead().is_empty() {
        item["summary"] = head.lead().into();
    }
    match content(snapshot, id) {
        Some(html) => item["content_html"] = html.into(),
        None => item["content_text"] = head.lead().into(),
    }
    if let Some(date) = head.date {
        item["date_published"] = date.rfc3339().into();
        item["date_modified"] = updated(head).unwrap_or(date).rfc3339().into();
    }
    if !authors.is_empty() {
        item["authors"] = authors.into();
    }
    let tags: Vec<&str> = site.tags_of(id).map(|tag| tag.name.as_str()).collect();
    if !tags.is_empty() {
        item["tags"] = tags.into();
    }
    if let Some(lang) = &head.lang {
        item["language"] = lang.as_str().into();
    }
    item
}

/// XML in the making, by `quick-xml`, with what XML 1.0 forbids left out of every text.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    pub(super) fn new() -> io::Result<Xml> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        Ok(Xml { writer })
    }

    /// An element with others in it.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inner: impl FnOnce(&mut Xml) -> io::Result<()>,
    ) -> io::Result<()> {
        let start =
            quick_xml::events::BytesStart::new(name).with_attributes(cleaned(attributes).iter().map(|(k, v)| (*k, v.as_str())));
        self.writer.write_event(Event::Start(start))?;
        inner(self)?;
        self.writer.write_event(Event::End(quick_xml::events::BytesEnd::new(name)))
    }

    /// An element with text in it.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.text_with(name, &[], text)
    }

    /// An element with attributes and text in it.
    pub(super) fn text_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        let attributes = cleaned(attributes);
        let element = self.writer.create_element(name).with_attributes(attributes.iter().map(|(k, v)| (*k, v.as_str())));
        element.write_text_content(BytesText::new(&without_forbidden(text))).map(|_| ())
    }

    /// An element with attributes alone.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let attributes = cleaned(attributes);
        let element = self.writer.create_element(name).with_attributes(attributes.iter().map(|(k, v)| (*k, v.as_str())));
        element.write_empty().map(|_| ())
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.writer.into_inner();
        bytes.push(b'\n');
        bytes
    }
}

fn cleaned<'a>(attributes: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
    attributes.iter().map(|(name, value)| (*name, without_forbidden(value).into_owned())).collect()
}

/// JSON can hold what XML cannot, but readers of both get the same text.
fn clean_json(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::String(text) => without_forbidden(&text).into_owned().into(),
        serde_json::Value::Array(items) => items.into_iter().map(clean_json).collect(),
        serde_json::Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, clean_json(value))).collect(),
        other => other,
    }
}

/// Text without the characters that XML 1.0 (section 2.2) cannot hold, escaped or not.
fn without_forbidden(text: &str) -> std::borrow::Cow<'_, str> {
    // A byte of a control character or the first of U+FFFE's: looking at bytes is many times faster than at characters,
    // and almost no text has one.
    if !text.bytes().any(|b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r') || b == 0xef) {
        return text.into();
    }
    let is_forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().filter(|c| !is_forbidden(*c)).collect::<String>().into()
}
