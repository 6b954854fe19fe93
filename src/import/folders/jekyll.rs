//! How Jekyll reads a folder: which files are posts, pages or files, and where on its site each of them was.
//!
//! Sources: <https://jekyllrb.com/docs/permalinks/>, <https://jekyllrb.com/docs/collections/>,
//! <https://jekyllrb.com/docs/configuration/front-matter-defaults/>.

use jiff::civil;

use super::facts::local_time;
use super::matter::{self, Values};
use super::{Candidate, Config, Role};
use crate::yaml::Value;

/// What of the settings decides about addresses.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Rules {
    /// A pattern, or the name of one.
    permalink: String,
    /// The collections that have pages: each with a pattern of its own, if it has one.
    collections: Vec<(String, Option<String>)>,
    /// The folder that all collections are in, with a slash; or nothing.
    collections_folder: String,
    /// What is passed over.
    exclude: Vec<String>,
    defaults: Vec<Default_>,
}

/// Front matter for all articles of a kind.
#[derive(Debug, Clone, PartialEq)]
struct Default_ {
    path: String,
    kind: String,
    values: Values,
}

impl Rules {
    /// From `_config.yml`.
    pub fn of(settings: &Values) -> Rules {
        let mut collections = Vec::new();
        for (label, value) in settings.group("collections").0 {
            let Value::Map(entries) = value else { continue };
            let own = Values(entries);
            if own.switch("output") == Some(true) && label != "posts" {
                collections.push((label, own.text("permalink")));
            } else if label == "posts"
                && let Some(permalink) = own.text("permalink")
            {
                collections.push((label, Some(permalink)));
            }
        }
        let folder = settings.text("collections_dir").map(|folder| folder.trim_matches(['/', '.']).to_owned());
        let mut defaults = Vec::new();
        if let Some(Value::List(items)) = settings.get("defaults") {
            for item in items {
                let Value::Map(entries) = item else { continue };
                let one = Values(entries.clone());
                let scope = one.group("scope");
                defaults.push(Default_ {
                    path: scope.text("path").unwrap_or_default().trim_matches('/').to_owned(),
                    kind: scope.text("type").unwrap_or_default(),
                    values: one.group("values"),
                });
            }
        }
        // The narrowest scope counts: it comes last.
        defaults.sort_by_key(|one| (one.path.len(), one.kind.len()));
        Rules {
            permalink: settings.text("permalink").unwrap_or_else(|| "date".to_owned()),
            collections,
            collections_folder: folder.filter(|folder| !folder.is_empty()).map(|folder| folder + "/").unwrap_or_default(),
            exclude: settings.list("exclude").iter().map(|path| path.trim_matches('/').to_owned()).collect(),
            defaults,
        }
    }

    /// What a file is.
    pub fn role(&self, path: &str) -> Role {
        let is_excluded =
            |name: &String| path == name || path.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if self.exclude.iter().any(is_excluded) {
            return Role::Nothing;
        }
        let within = path.strip_prefix(self.collections_folder.as_str()).unwrap_or(path);
        let parts: Vec<&str> = within.split('/').collect();
        let folders = &parts[..parts.len() - 1];
        let is_text = is_article(path);
        if let Some(at) = folders.iter().position(|folder| matches!(*folder, "_posts" | "_drafts")) {
            let is_hidden = folders[..at].iter().any(|folder| folder.starts_with('_'));
            return match (is_text && !is_hidden, folders[at]) {
                (false, _) => Role::Nothing,
                (true, "_posts") => Role::Post,
                (true, _) => Role::Draft,
            };
        }
        let Some(at) = folders.iter().position(|folder| folder.starts_with('_')) else {
            return match is_text && !parts[parts.len() - 1].starts_with('_') {
                true => Role::Page,
                false if parts[parts.len() - 1].starts_with('_') => Role::Nothing,
                false => Role::File,
            };
        };
        let label = &folders[at][1..];
        let is_known = at == 0 && self.collections.iter().any(|(known, _)| known == label);
        match (is_known, is_text) {
            (true, true) => Role::Document(label.to_owned()),
            (true, false) => Role::File,
            _ => Role::Nothing,
        }
    }

    /// The front matter of a file with what the settings say about files like it.
    pub fn with_defaults(&self, mut values: Values, path: &str, role: &Role) -> Values {
        // Layouts are nothing to us, and what is no fact of an article's would stand in every one.
        const TAKEN: [&str; 8] = ["permalink", "author", "authors", "categories", "category", "tags", "published", "lang"];
        let kind = match role {
            Role::Post => "posts",
            Role::Draft => "drafts",
            Role::Document(label) => label,
            _ => "pages",
        };
        let mut found: Vec<(String, Value)> = Vec::new();
        for one in &self.defaults {
            let is_in = one.path.is_empty()
                || path.strip_prefix(one.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if is_in && (one.kind.is_empty() || one.kind == kind) {
                found.extend(one.values.0.iter().filter(|(key, _)| TAKEN.contains(&key.as_str())).cloned());
            }
        }
        for (key, value) in found.into_iter().rev() {
            if values.get(&key).is_none() {
                values.0.push((key, value));
            }
        }
        values
    }
}

/// Whether a file is a text that becomes a page.
pub fn is_article(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    matches!(ending.as_str(), "md" | "markdown" | "mkd" | "mkdn" | "mkdown" | "html" | "htm")
}

/// `2015-03-04-a-name.md` in its parts: the day as Guidepost writes it, and the name.
pub fn dated_name(path: &str) -> (Option<String>, String) {
    let stem = super::stem(path);
    let mut parts = stem.splitn(4, '-');
    let mut number = |least: usize, most: usize| {
        let part = parts.next().filter(|part| (least..=most).contains(&part.len()))?;
        part.parse::<i16>().ok()
    };
    let day = (|| {
        let (year, month, day) = (number(2, 4)?, number(1, 2)?, number(1, 2)?);
        let year = if year < 100 { 2000 + year } else { year };
        civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    })();
    match (day, parts.next()) {
        (Some(day), Some(name)) if !name.is_empty() => (Some(day.to_string()), name.to_owned()),
        _ => (None, stem.to_owned()),
    }
}

/// The categories of a post, as addresses have them: those of the folders above, then its own.
pub fn categories(one: &Candidate) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    if matches!(one.role, Role::Post | Role::Draft) {
        let folders = one.path.split('/').take_while(|part| !matches!(*part, "_posts" | "_drafts"));
        all.extend(folders.map(str::to_owned));
    }
    for name in terms(&one.values, "category", "categories") {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Jekyll's lists: the singular names one thing, the plural many, in a list or parted by spaces.
pub fn terms(values: &Values, singular: &str, plural: &str) -> Vec<String> {
    let exact = |key: &str| values.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value);
    match (exact(singular), exact(plural)) {
        (Some(Value::List(items)), _) => matter::list(&Value::List(items.clone())),
        (Some(value), _) if *value != Value::Null => matter::list(value),
        (_, Some(Value::Text(text))) => {
            // Commas are none of Jekyll's, and nobody means them as a part of a name.
            let part = |text: &str| text.trim_matches([',', '"', '\'']).to_owned();
            text.split_whitespace().map(part).filter(|part| !part.is_empty()).collect()
        }
        (_, Some(value)) => matter::list(value),
        _ => Vec::new(),
    }
}

/// Where Jekyll had it, below the base: always with `/` at its beginning.
pub fn address(one: &Candidate, config: &Config) -> Option<String> {
    let rules = &config.jekyll;
    let own = one.values.text("permalink");
    let style = rules.permalink.as_str();
    let pattern = match (&own, &one.role) {
        (Some(own), _) => own.clone(),
        (None, Role::Post) => {
            let of_posts = rules.collections.iter().find(|(label, _)| label == "posts").and_then(|(_, own)| own.clone());
            of_posts.unwrap_or_else(|| named_pattern(style).to_owned())
        }
        (None, Role::Document(label)) => {
            let own = rules.collections.iter().find(|(known, _)| known == label).and_then(|(_, own)| own.clone());
            own.unwrap_or_else(|| with_ending("/:collection/:path", style))
        }
        (None, Role::Page) if super::stem(&one.path) == "index" => "/:path/".to_owned(),
        (None, Role::Page) => with_ending("/:path/:basename", style),
        _ => return None,
    };
    let expanded = expand(&pattern, one, config)?;
    Some(sanitized(&expanded))
}

/// The pattern that a name stands for.
fn named_pattern(style: &str) -> &str {
    match style {
        "date" => "/:categories/:year/:month/:day/:title:output_ext",
        "pretty" => "/:categories/:year/:month/:day/:title/",
        "ordinal" => "/:categories/:year/:y_day/:title:output_ext",
        "weekdate" => "/:categories/:year/W:week/:short_day/:title:output_ext",
        "none" => "/:categories/:title:output_ext",
        own => own,
    }
}

/// A pattern that ends as that of posts does.
fn with_ending(pattern: &str, style: &str) -> String {
    let ending = match style {
        "pretty" => "/",
        "date" | "ordinal" | "weekdate" | "none" => ":output_ext",
        own if own.ends_with('/') => "/",
        own if own.ends_with(":output_ext") => ":output_ext",
        _ => "",
    };
    format!("{pattern}{ending}")
}

fn expand(pattern: &str, one: &Candidate, config: &Config) -> Option<String> {
    let mut address = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(':') {
        address.push_str(&rest[..at]);
        let name_end =
            rest[at + 1..].find(|c: char| !(c.is_ascii_lowercase() || c == '_')).map_or(rest.len(), |end| at + 1 + end);
        let mut name = &rest[at + 1..name_end];
        // `:title_x` is `:title` and more.
        let value = loop {
            if let Some(value) = placeholder(name, one, config) {
                break Some(value);
            }
            match name.rsplit_once('_') {
                Some((shorter, _)) => name = shorter,
                None => break None,
            }
        };
        match value {
            Some(value) => {
                address.push_str(&value?);
                rest = &rest[at + 1 + name.len()..];
            }
            None => {
                address.push(':');
                rest = &rest[at + 1..];
            }
        }
    }
    address.push_str(rest);
    Some(address)
}

/// What a placeholder stands for; nothing within if it stands for a date that nobody knows.
fn placeholder(name: &str, one: &Candidate, config: &Config) -> Option<Option<String>> {
    let format = match name {
        "year" => "%Y",
        "month" => "%m",
        "day" => "%d",
        "hour" => "%H",
        "minute" => "%M",
        "second" => "%S",
        "i_day" => "%-d",
        "i_month" => "%-m",
        "short_month" => "%b",
        "long_month" => "%B",
        "short_year" => "%y",
        "w_year" => "%G",
        "week" => "%V",
        "w_day" => "%u",
        "short_day" => "%a",
        "long_day" => "%A",
        "y_day" => "%j",
        _ => "",
    };
    if !format.is_empty() {
        return Some(local_time(&one.date, config).map(|time| time.strftime(format).to_string()));
    }
    let stem = super::stem(&one.path);
    let slug = one.slug();
    Some(Some(match name {
        "title" => slugified(&slug, "._~!$&'()+,;=@", true),
        "slug" => slugified(&slug, "", false),
        "name" => slugified(stem, "", false),
        "basename" => stem.to_owned(),
        "categories" | "slugified_categories" => {
            let mut seen: Vec<String> = Vec::new();
            for category in categories(one) {
                let category = if name == "categories" { category.to_lowercase() } else { slugified(&category, "", false) };
                if !seen.contains(&category) {
                    seen.push(category);
                }
            }
            seen.join("/")
        }
        "collection" => match &one.role {
            Role::Document(label) => label.clone(),
            _ => "posts".to_owned(),
        },
        "path" => match &one.role {
            Role::Document(label) => {
                let below = one.path.strip_prefix(config.jekyll.collections_folder.as_str()).unwrap_or(&one.path);
                let below = below.strip_prefix(&format!("_{label}/")).unwrap_or(below);
                without_ending(below).to_owned()
            }
            Role::Page => one.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
            _ => without_ending(&one.path).to_owned(),
        },
        "output_ext" => ".html".to_owned(),
        _ => return None,
    }))
}

fn without_ending(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

/// A text with hyphens for all but letters, digits and some signs.
fn slugified(text: &str, signs: &str, is_cased: bool) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || signs.contains(c) {
            slug.push(c);
        } else if !slug.ends_with('-') || slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    if is_cased { slug.to_owned() } else { slug.to_lowercase() }
}

/// An address without steps upwards and empty parts.
fn sanitized(address: &str) -> String {
    let parts: Vec<&str> = address.split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..").collect();
    let ending = if address.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{ending}", parts.join("/"))
}

/// What jekyll-feed calls a post: its address, of which the last part is its slug.
pub fn feed_path(one: &Candidate, address: &str) -> String {
    let folder = address.trim_end_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{}", one.slug())
}
