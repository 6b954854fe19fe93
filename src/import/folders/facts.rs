//! What front matter of Jekyll's or Hugo's states → the facts of a new article. What nobody here knows goes under `extra:`.

use jiff::civil;
use jiff::tz::{Offset, TimeZone};

use super::matter::{self, Values, plain};
use super::{Candidate, Config, Entry, Generator, Role, Site, jekyll};
use crate::article::{self, When};
use crate::import::article::{NewArticle, address_text};
use crate::import::report::{Remark, Remarks};
use crate::import::wordpress::is_reserved;
use crate::url;
use crate::yaml::Value;

/// A moment as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    when: When,
    has_clock: bool,
    has_zone: bool,
}

impl Moment {
    /// Reads a date; those that stand for none, as Hugo's year 1, are none.
    pub fn parse(text: &str) -> Option<Moment> {
        let text = text.trim();
        let when = When::parse(text, &TimeZone::UTC)?;
        let elsewhere = When::parse(text, &TimeZone::fixed(Offset::from_seconds(3600).ok()?))?;
        let has_clock = text.len() > 10;
        (when.day().year() > 1000).then(|| Moment {
            when,
            has_clock,
            has_zone: has_clock && elsewhere.instant() == when.instant(),
        })
    }

    /// As front matter has it.
    fn text(&self) -> String {
        let whole = self.when.rfc3339();
        match (self.has_clock, self.has_zone) {
            (false, _) => self.when.day().to_string(),
            (true, false) => whole.trim_end_matches('Z').to_owned(),
            (true, true) => whole,
        }
    }

    /// The day.
    pub fn day(&self) -> civil::Date {
        self.when.day()
    }
}

/// What the site's clock shows at a moment.
pub fn local_time(moment: &Option<Moment>, config: &Config) -> Option<civil::DateTime> {
    let moment = moment.as_ref()?;
    match &config.time_zone {
        Some(zone) if moment.has_zone => Some(zone.to_datetime(moment.when.instant())),
        _ => moment.when.rfc3339().get(..19)?.parse().ok(),
    }
}

/// Keys that mean nothing anywhere else than in the theme of the old site, or that were read for where the article goes.
const IGNORED: [&str; 5] = ["layout", "type", "headless", "build", "_build"];

/// The article without its text, and the picture that stands for it as it was written.
pub fn facts(one: &Candidate, entry: &Entry, site: &Site, remarks: &mut Remarks) -> (NewArticle, Option<String>) {
    let values = &one.values;
    let mut taken = Taken { values, keys: IGNORED.iter().map(|key| plain(key)).collect() };
    let mut article = NewArticle { is_draft: !entry.is_published, ..NewArticle::default() };
    article.title = taken.text(&["title"]).unwrap_or_default();
    article.description = taken.text(&["description"]).unwrap_or_default();
    article.summary = taken.text(&["summary", "excerpt"]).unwrap_or_default();
    dates(one, entry, &mut taken, &mut article, remarks);
    article.tags = tags(one, site, &mut taken);
    article.authors = authors(&mut taken, site);
    article.weight = taken.integer(&["weight", "order", "nav_order"]);
    for key in ["draft", "published", "permalink", "url", "slug", "status"] {
        taken.take(key);
    }
    article.aliases = old_names(one, entry, site, &mut taken);
    article.permalink = entry.permalink.as_ref().map(address_text).unwrap_or_default();
    article.slug = entry.slug.clone();
    let (image, alt) = picture(&mut taken);
    article.image_alt = alt;
    article.lang = language(one, site, &mut taken);
    article.id = entry.id.clone();
    // Jekyll's feed has posts only.
    article.is_out_of_feeds =
        one.generator == Generator::Jekyll && !matches!(one.role, Role::Post | Role::Draft) && entry.is_published;
    let mut known = String::new();
    for (key, own) in [("toc", "toc"), ("noindex", "noindex")] {
        if let Some(value) = values.get(key).and_then(matter::switch) {
            taken.take(key);
            known.push_str(&format!("{own}: {value}\n"));
        }
    }
    if let Some(series) = values.get("series").map(matter::list).filter(|series| series.len() == 1) {
        taken.take("series");
        known.push_str(&format!("series: {}\n", crate::import::article::scalar(&series[0])));
    }
    let rest = taken.rest(image.is_some());
    for (key, _) in &rest {
        remarks.add(Remark::Key(key.chars().take(60).collect()));
    }
    article.more = known + &matter::extra(&rest);
    (article, image)
}

/// Front matter of which it is noted what was read.
struct Taken<'v> {
    values: &'v Values,
    keys: Vec<String>,
}

impl<'v> Taken<'v> {
    fn take(&mut self, key: &str) {
        self.keys.push(plain(key));
    }

    /// The first of some keys that has a text.
    fn text(&mut self, keys: &[&str]) -> Option<String> {
        let (key, text) = keys.iter().find_map(|key| Some((*key, self.values.text(key)?)))?;
        self.take(key);
        Some(text)
    }

    fn integer(&mut self, keys: &[&str]) -> Option<i64> {
        let (key, number) = keys.iter().find_map(|key| Some((*key, self.values.text(key)?.parse().ok()?)))?;
        self.take(key);
        Some(number)
    }

    /// What was not read and says something.
    fn rest(&self, has_image: bool) -> Vec<(String, Value)> {
        let mut rest: Vec<(String, Value)> = Vec::new();
        for (key, value) in self.values.0.iter().filter(|(_, value)| *value != Value::Null) {
            let is_read = self.keys.contains(&plain(key)) || has_image && IMAGES.contains(&plain(key).as_str());
            if !is_read {
                // Of a key that is there twice the last one counts, as it did.
                rest.retain(|(known, _)| known != key);
                rest.push((key.clone(), value.clone()));
            }
        }
        rest
    }
}

fn dates(one: &Candidate, entry: &Entry, taken: &mut Taken<'_>, article: &mut NewArticle, remarks: &mut Remarks) {
    let values = one.values.clone();
    let moment = |taken: &mut Taken<'_>, keys: &[&str]| {
        let (key, moment) = keys.iter().find_map(|key| Some((*key, Moment::parse(&values.text(key)?)?)))?;
        taken.take(key);
        Some(moment)
    };
    let own = moment(taken, &["date"]);
    let date = own.or_else(|| one.date.clone());
    let updated = moment(taken, &["lastmod", "last_modified_at", "modified", "updated"]);
    if let Some(updated) = updated.filter(|updated| date.as_ref().is_none_or(|date| updated.day() > date.day())) {
        article.updated = updated.text();
    }
    article.publish_on = moment(taken, &["publishDate"]).map(|moment| moment.text()).unwrap_or_default();
    article.expires = moment(taken, &["expiryDate", "unpublishDate"]).map(|moment| moment.text()).unwrap_or_default();
    if date.is_none() && entry.is_published && matches!(one.role, Role::Post) {
        remarks.add(Remark::NoDate);
    }
    article.date = date.map(|date| date.text()).unwrap_or_default();
}

/// Categories, then tags: one name for each address.
fn tags(one: &Candidate, site: &Site, taken: &mut Taken<'_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for name in all_tags(one) {
        let name = site.tags.get(&url::slug(&name)).cloned().unwrap_or(name);
        if !tags.contains(&name) {
            tags.push(name);
        }
    }
    ["tags", "tag", "categories", "category"].iter().for_each(|key| taken.take(key));
    tags
}

/// Every tag of an article, as it names them.
pub fn all_tags(one: &Candidate) -> Vec<String> {
    let names: Vec<String> = match one.generator {
        Generator::Jekyll => [jekyll::categories(one), jekyll::terms(&one.values, "tag", "tags")].concat(),
        Generator::Hugo => ["categories", "category", "tags", "tag"].iter().flat_map(|key| one.values.list(key)).collect(),
    };
    let names = names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
    names.filter(|name| !url::slug(name).is_empty()).collect()
}

/// Names, or the keys that the new site has for them.
fn authors(taken: &mut Taken<'_>, site: &Site) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for key in ["authors", "author"] {
        let found = match taken.values.get(key) {
            Some(Value::Map(_)) => taken.values.group(key).text("name").into_iter().collect(),
            Some(Value::List(items)) => items.iter().filter_map(name_of).collect(),
            Some(value) => matter::list(value),
            None => Vec::new(),
        };
        if !found.is_empty() {
            taken.take(key);
        }
        names.extend(found);
    }
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        let name = site.author_keys.get(&name).cloned().unwrap_or(name);
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::Map(entries) => Values(entries.clone()).text("name"),
        other => matter::text(other),
    }
}

/// Its old addresses: the last, and those that it had before.
fn old_names(one: &Candidate, entry: &Entry, site: &Site, taken: &mut Taken<'_>) -> Vec<String> {
    let mut aliases: Vec<String> = Vec::new();
    let mut written: Vec<String> = entry.old.iter().cloned().collect();
    ["redirect_from", "aliases", "alias"].iter().for_each(|key| taken.take(key));
    written.extend(written_aliases(one, entry.old.as_deref()));
    if !entry.is_published {
        return aliases;
    }
    let own = site.by_file.get(&one.path);
    for alias in written {
        let Ok(found) = url::Url::parse(&alias) else { continue };
        // Guidepost has pages of its own at some addresses, and what two articles were called leads to the first.
        let top = found.as_str().trim_matches('/').split('/').next().unwrap_or("");
        let is_reserved = top == "tags" || is_reserved(found.as_str().trim_matches('/'));
        let is_own = site.by_address.get(&super::key(&alias)) == own;
        let is_free = found != entry.url && found != url::Url::home() && !site.urls.contains(&found) && is_own && !is_reserved;
        let alias = address_text(&found);
        if is_free && !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    aliases
}

/// The addresses that an article says it had before, from the root of its site.
pub fn written_aliases(one: &Candidate, old: Option<&str>) -> Vec<String> {
    let written = ["redirect_from", "aliases", "alias"].iter().flat_map(|key| one.values.list(key));
    // Hugo's may begin at the folder that the page is in.
    let above = old.filter(|_| one.generator == Generator::Hugo).unwrap_or("/");
    let above = above.trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above);
    let whole = |alias: String| if alias.starts_with('/') { alias } else { format!("{above}/{alias}") };
    written.filter(|alias| !url::has_scheme(alias)).map(whole).collect()
}

/// Keys of pictures, the ones for previews first.
const IMAGES: [&str; 7] = ["image", "cover", "featuredimage", "images", "thumbnail", "header", "ogimage"];

/// The picture that stands for an article, as it was written, and what it shows.
fn picture(taken: &mut Taken<'_>) -> (Option<String>, String) {
    for key in IMAGES {
        let Some(value) = taken.values.get(key) else { continue };
        let (image, alt) = match value {
            Value::Map(entries) => {
                let group = Values(entries.clone());
                let names = ["image", "path", "src", "url", "og_image", "teaser", "overlay_image"];
                let found = names.iter().find_map(|name| group.text(name));
                let alt = ["alt", "image_description", "caption"].iter().find_map(|name| group.text(name));
                (found, alt)
            }
            other => (matter::list(other).into_iter().next(), None),
        };
        if let Some(image) = image {
            let alts = ["image_alt", "imageAlt", "cover_alt", "featured_image_alt", "thumbnail_alt", "alt"];
            let alt = alt.or_else(|| taken.text(&alts));
            return (Some(image), alt.unwrap_or_default());
        }
    }
    (None, String::new())
}

fn language(one: &Candidate, site: &Site, taken: &mut Taken<'_>) -> String {
    let of_name = match one.generator {
        Generator::Hugo => site.config.hugo.language(&one.path).1.map(str::to_owned),
        Generator::Jekyll => None,
    };
    let own = taken.text(&["lang", "language", "locale"]).map(|lang| lang.replace('_', "-"));
    let language = own.or(of_name).unwrap_or_else(|| site.config.language.clone());
    let is_other = !language.eq_ignore_ascii_case(&site.language);
    if is_other && article::is_language(&language) { language } else { String::new() }
}
