//! Feeds: Atom, RSS and JSON Feed for the site, Atom for each tag. Comment-free: no element, namespace or count of
//! comments anywhere.
//!
//! Formats: RFC 4287 (Atom), RSS 2.0 (<https://www.rssboard.org/rss-specification>), JSON Feed 1.1
//! (<https://www.jsonfeed.org/version/1.1/>). Dates are the articles', never the build's, so that a build without news
//! changes no feed.

use std::io;

use serde_json::json;

use super::Content;
use super::views::{self, Addresses, FeedView};
use super::xml::{self, Xml, without_forbidden};
use crate::article::{Head, When};
use crate::diagnostic::Diagnostic;
use crate::plan::Snapshot;
use crate::settings::FeedContent;
use crate::site::{ArticleId, Site, TagId};
use crate::theme::words::Words;
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
pub fn views(site: &Site, words: &Words, scope: Scope) -> Vec<FeedView> {
    let formats: &[Format] = match scope {
        Scope::Site => &[Format::Atom, Format::Rss, Format::Json],
        Scope::Tag(_) => &[Format::Atom],
    };
    formats.iter().map(|format| view(site, words, scope, *format)).collect()
}

fn view(site: &Site, words: &Words, scope: Scope, format: Format) -> FeedView {
    FeedView {
        title: words.fill("feed_format", &[("feed", &scope.title(site, words)), ("format", format.name())]),
        href: site.settings.base.href(&scope.page(site).join(format.file())),
        media_type: format.media_type(),
    }
}

/// Where the site's Atom feed is.
pub fn atom_url() -> Url {
    Url::file(Format::Atom.file())
}

impl Scope {
    /// The page whose news the feed tells.
    fn page(self, site: &Site) -> Url {
        match self {
            Scope::Site => Url::home(),
            Scope::Tag(tag) => site.tags[tag].url.clone(),
        }
    }

    fn limit(self, site: &Site) -> usize {
        match self {
            Scope::Site => site.settings.feed.limit,
            Scope::Tag(_) => site.settings.feed.tag_limit,
        }
    }

    fn title(self, site: &Site, words: &Words) -> String {
        match self {
            Scope::Site => site.settings.title.clone(),
            Scope::Tag(tag) => words.fill("feed_of_tag", &[("site", &site.settings.title), ("tag", &site.tags[tag].name)]),
        }
    }

    fn description(self, site: &Site, words: &Words) -> String {
        let stated = match self {
            Scope::Site => site.settings.description.clone(),
            Scope::Tag(tag) => site.tags[tag].description.clone(),
        };
        stated.unwrap_or_else(|| words.fill("feed_description", &[("feed", &self.title(site, words))]))
    }
}

/// The date of a feed without entries: there must be one, and it must never be the build's.
const NEVER: &str = "1970-01-01T00:00:00Z";

impl Feed {
    /// As a page offers it.
    pub fn view(&self, site: &Site, words: &Words) -> FeedView {
        view(site, words, self.scope, self.format)
    }

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

    /// The tag whose feed it is; none for the site's.
    pub fn tag(&self) -> Option<TagId> {
        match self.scope {
            Scope::Site => None,
            Scope::Tag(tag) => Some(tag),
        }
    }

    /// How many articles it carries at the most.
    pub fn limit(&self, site: &Site) -> usize {
        self.scope.limit(site)
    }

    /// Its entries'.
    pub fn bodies(&self) -> &[ArticleId] {
        &self.entries
    }

    /// The feed.
    pub fn compose(&self, snapshot: &Snapshot) -> Result<Content, Diagnostic> {
        match self.format {
            Format::Atom => xml::content(&self.url, |xml| self.atom(xml, snapshot)),
            Format::Rss => xml::content(&self.url, |xml| self.rss(xml, snapshot)),
            Format::Json => Ok(self.json(snapshot).into()),
        }
    }

    fn atom(&self, xml: &mut Xml, snapshot: &Snapshot) -> io::Result<()> {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let page = self.scope.page(site);
        let language = site.settings.language.as_str();
        xml.element("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", language)], |xml| {
            xml.text("title", &self.scope.title(site, snapshot.words()))?;
            xml.text("subtitle", &self.scope.description(site, snapshot.words()))?;
            xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &base.absolute(&page))])?;
            xml.empty("link", &[("rel", "self"), ("type", Format::Atom.media_type()), ("href", &base.absolute(&self.url))])?;
            xml.text("id", &base.absolute(&page))?;
            xml.text("updated", &self.updated(site).map_or_else(|| NEVER.to_owned(), |when| when.rfc3339()))?;
            xml.element("author", &[], |xml| xml.text("name", &publisher(site)))?;
            for &id in &self.entries {
                self.atom_entry(xml, snapshot, id)?;
            }
            Ok(())
        })
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

    fn rss(&self, xml: &mut Xml, snapshot: &Snapshot) -> io::Result<()> {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let namespaces = [
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ];
        xml.element("rss", &namespaces, |xml| {
            xml.element("channel", &[], |xml| {
                xml.text("title", &self.scope.title(site, snapshot.words()))?;
                xml.text("link", &base.absolute(&self.scope.page(site)))?;
                xml.text("description", &self.scope.description(site, snapshot.words()))?;
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
        })
    }

    fn json(&self, snapshot: &Snapshot) -> Vec<u8> {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let items: Vec<serde_json::Value> = self.entries.iter().map(|&id| json_item(snapshot, id)).collect();
        let feed = json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.scope.title(site, snapshot.words()),
            "description": self.scope.description(site, snapshot.words()),
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
    from.iter().copied().filter(carried).take(scope.limit(site)).collect()
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

/// JSON can hold what XML cannot, but readers of both get the same text.
fn clean_json(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::String(text) => without_forbidden(&text).into_owned().into(),
        serde_json::Value::Array(items) => items.into_iter().map(clean_json).collect(),
        serde_json::Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, clean_json(value))).collect(),
        other => other,
    }
}
