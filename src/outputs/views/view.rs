//! A finished view: which template shows it, everything that template is given, and the digest of all that.
//!
//! A page is a function of its view and the theme, and of nothing else. So two builds that come to the same digest come
//! to the same page, and the second need not make it. What is in a view is left to the outputs.

use std::sync::OnceLock;

use jiff::civil;
use rustc_hash::FxHashMap;
use serde::Serialize;
use tera::{Context, Value};

use super::{CardView, DayView, PageView, SiteView, section_link};
use crate::article::When;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::plan::Snapshot;
use crate::site::{ArticleId, Site};
use crate::theme::Theme;
use crate::theme::words::Words;

/// A view and the template that shows it.
#[derive(Debug)]
pub struct View {
    template: String,
    /// What is shown, for the message if the template is wrong.
    subject: String,
    /// The digest of what all pages share, the theme and this program included.
    shared: Digest,
    values: Vec<(&'static str, Part)>,
}

/// A value of a view. What many views have is digested once.
#[derive(Debug, Clone)]
struct Part {
    value: Value,
    digest: Option<Digest>,
}

impl View {
    /// The view of a page, with what every template gets: `site`, `words`, `assets` and `page`. The output adds what is its own.
    pub fn new(template: impl Into<String>, subject: impl Into<String>, page: &PageView, snapshot: &Snapshot) -> View {
        let shared = &snapshot.shared;
        let mut view =
            View { template: template.into(), subject: subject.into(), shared: shared.digest, values: Vec::with_capacity(8) };
        view.values.push(("site", shared.site.clone()));
        view.values.push(("words", shared.words.clone()));
        view.values.push(("assets", shared.assets.clone()));
        view.add("page", page);
        view
    }

    /// Adds a value, which the template escapes where it shows it.
    pub fn add<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.values.push((name, Part { value: Value::from_serializable(value), digest: None }));
    }

    /// Adds text that is HTML already.
    pub fn add_html(&mut self, name: &'static str, html: &str) {
        self.values.push((name, Part { value: Value::safe_string(html), digest: None }));
    }

    /// Adds a list of articles.
    pub fn add_cards(&mut self, name: &'static str, snapshot: &Snapshot, ids: &[ArticleId]) {
        let cards = || ids.iter().map(|&id| snapshot.shared.card(snapshot, id));
        let value = Value::from(cards().map(|card| card.value.clone()).collect::<Vec<Value>>());
        let digests: Vec<u8> = cards().flat_map(|card| card.digest().to_bytes()).collect();
        self.values.push((name, Part { value, digest: Some(Digest::of(&digests)) }));
    }

    /// Tells this view from every other, whatever build made it.
    pub fn digest(&self) -> Digest {
        let mut bytes = Vec::with_capacity(16 * 1024);
        bytes.extend(self.shared.to_bytes());
        push_text(&mut bytes, &self.template);
        for (name, part) in &self.values {
            push_text(&mut bytes, name);
            match part.digest {
                Some(digest) => bytes.extend(digest.to_bytes()),
                None => push_value(&mut bytes, &part.value),
            }
        }
        Digest::of(&bytes)
    }

    /// The template that shows it.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Everything that the template is given, by name.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.values.iter().map(|(name, part)| (*name, &part.value))
    }

    /// The page.
    pub fn render(self, theme: &Theme) -> Result<Vec<u8>, Diagnostic> {
        let mut context = Context::new();
        for (name, part) in self.values {
            context.insert_value(name, part.value);
        }
        theme.render(&self.template, &context, &self.subject)
    }
}

impl Part {
    fn shared<T: Serialize>(value: &T) -> Part {
        let value = Value::from_serializable(value);
        let mut bytes = Vec::new();
        push_value(&mut bytes, &value);
        Part { value, digest: Some(Digest::of(&bytes)) }
    }

    fn digest(&self) -> Digest {
        self.digest.unwrap_or_default()
    }
}

/// Values that all pages of a site in a theme share: built once, handed out by reference count.
#[derive(Debug)]
pub struct Shared {
    /// [`SiteView`].
    site: Part,
    /// The theme's words.
    words: Part,
    /// Addresses of the theme's files, by name.
    assets: Part,
    /// A [`CardView`] for each article, by id, made when a page first shows it: a preview shows few of them.
    cards: Vec<OnceLock<Part>>,
    /// What many cards have: the days on which articles were published, and the sections, by number.
    days: FxHashMap<civil::Date, OnceLock<Value>>,
    sections: Vec<Value>,
    /// Of the theme's templates and of this program.
    digest: Digest,
}

impl Shared {
    /// Builds the values for a site in a theme.
    pub fn new(site: &Site, theme: &Theme) -> Shared {
        let base = &site.settings.base;
        let assets: std::collections::BTreeMap<&str, String> =
            theme.assets.iter().map(|(name, asset)| (name.as_str(), base.href(&asset.url))).collect();
        let days = site.ids().filter_map(|id| site.head(id).date).map(|when| (when.day(), OnceLock::new())).collect();
        let sections = site.sections.iter().map(|section| Value::from_serializable(&section_link(section, base))).collect();
        Shared {
            site: Part::shared(&SiteView::new(site, theme)),
            words: Part::shared(&theme.words),
            assets: Part::shared(&assets),
            cards: (0..site.len()).map(|_| OnceLock::new()).collect(),
            days,
            sections,
            digest: Digest::of(format!("{} {}", theme.fingerprint(), env!("GUIDEPOST_SOURCES")).as_bytes()),
        }
    }

    /// An article as an entry of a list, shared by all lists that have it.
    fn card(&self, snapshot: &Snapshot, id: ArticleId) -> &Part {
        self.cards[id.index()].get_or_init(|| Part::shared(&self.card_view(snapshot, id)))
    }

    fn card_view(&self, snapshot: &Snapshot, id: ArticleId) -> CardView {
        let site = &*snapshot.site;
        let head = site.head(id);
        let section = site.section_id_of(id);
        CardView {
            title: head.title.clone(),
            href: site.settings.base.href(&head.url),
            lead: head.lead().to_owned(),
            date: head.date.map(|when| self.day(when, snapshot.words())),
            kind: head.kind.name(),
            section: (!site.sections[section].folder.is_empty()).then(|| self.sections[section].clone()),
            lang: head.lang.clone().filter(|lang| *lang != site.settings.language),
        }
    }

    fn day(&self, when: When, words: &Words) -> Value {
        let make = || Value::from_serializable(&DayView::of(when, words));
        self.days.get(&when.day()).map_or_else(make, |made| made.get_or_init(make).clone())
    }
}

/// Writes a value so that no other value is written the same: each with its kind, texts and lists with their length.
fn push_value(bytes: &mut Vec<u8>, value: &Value) {
    if let Some(text) = value.as_str() {
        // A template escapes the one and not the other.
        bytes.push(if value.is_safe() { b'h' } else { b't' });
        push_text(bytes, text);
    } else if let Some(map) = value.as_map() {
        bytes.push(b'm');
        bytes.extend(map.len().to_le_bytes());
        for (key, value) in map {
            match key.as_str() {
                Some(key) => push_text(bytes, key),
                None => push_value(bytes, &key.as_value()),
            }
            push_value(bytes, value);
        }
    } else if let Some(items) = value.as_array() {
        bytes.push(b'l');
        bytes.extend(items.len().to_le_bytes());
        items.iter().for_each(|item| push_value(bytes, item));
    } else {
        // Numbers, yes and no, nothing: short, and their names and texts tell them apart.
        bytes.push(b'o');
        push_text(bytes, value.name());
        push_text(bytes, &value.to_string());
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(text.len().to_le_bytes());
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_that_differ_in_anything_differ_in_their_bytes() {
        let values = [
            json!(null),
            json!(true),
            json!(false),
            json!(1),
            json!(-1),
            json!(1.5),
            json!("1"),
            json!(""),
            json!([]),
            json!({}),
            json!([[]]),
            json!(["a", "b"]),
            json!(["ab", ""]),
            json!(["a"]),
            json!({ "a": "b" }),
            json!({ "a": null }),
            json!({ "ab": "" }),
            json!([{ "a": 1 }, { "b": 2 }]),
            json!([{ "a": 1, "b": 2 }]),
        ];
        let mut written: Vec<Vec<u8>> = values
            .iter()
            .map(Value::from_serializable)
            .chain([Value::safe_string("1"), Value::safe_string("")])
            .map(|value| {
                let mut bytes = Vec::new();
                push_value(&mut bytes, &value);
                bytes
            })
            .collect();
        let count = written.len();
        written.sort();
        written.dedup();
        assert_eq!(written.len(), count);
    }
}
