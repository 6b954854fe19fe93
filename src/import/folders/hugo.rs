//! How Hugo reads a folder: which files are pages, pieces of pages or files, and where on its site each of them was.
//!
//! Sources: <https://gohugo.io/content-management/urls/>, <https://gohugo.io/content-management/page-bundles/>,
//! <https://gohugo.io/configuration/permalinks/>.

use rustc_hash::FxHashSet;

use super::facts::local_time;
use super::matter::Values;
use super::{Candidate, Config, Role};
use crate::yaml::Value;

/// What of the settings decides about addresses.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Rules {
    /// Patterns by section.
    permalinks: Vec<(String, String)>,
    is_ugly: bool,
    keeps_case: bool,
    /// The keys of the languages.
    languages: Vec<String>,
    default_language: String,
    has_default_folder: bool,
}

impl Rules {
    /// From `hugo.toml` and its like.
    pub fn of(settings: &Values) -> Rules {
        let mut permalinks = Vec::new();
        for (section, value) in settings.group("permalinks").0 {
            match value {
                Value::Text(pattern) => permalinks.push((section, pattern)),
                Value::Map(entries) if section == "page" => {
                    for (section, value) in entries {
                        if let Value::Text(pattern) = value {
                            permalinks.push((section, pattern));
                        }
                    }
                }
                _ => {}
            }
        }
        Rules {
            permalinks,
            is_ugly: settings.switch("uglyURLs").unwrap_or(false),
            keeps_case: settings.switch("disablePathToLower").unwrap_or(false),
            languages: settings.group("languages").0.into_iter().map(|(key, _)| key.to_lowercase()).collect(),
            default_language: settings.text("defaultContentLanguage").unwrap_or_else(|| "en".to_owned()).to_lowercase(),
            has_default_folder: settings.switch("defaultContentLanguageInSubdir").unwrap_or(false),
        }
    }

    /// What a file is. `bundles` are the folders that are one page.
    pub fn role(&self, path: &str, bundles: &FxHashSet<String>) -> Role {
        if ["static/", "assets/"].iter().any(|folder| path.starts_with(folder)) {
            return Role::File;
        }
        let Some(below) = path.strip_prefix("content/") else { return Role::Nothing };
        if !is_article(path) {
            return match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
                "org" | "adoc" | "asciidoc" | "ad" | "rst" | "pandoc" | "pdc" => Role::Foreign,
                _ => Role::File,
            };
        }
        let (stem, _) = self.language(below);
        let name = stem.rsplit('/').next().unwrap_or("");
        let mut folder = below.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_own_page = name == "index";
        if !is_own_page && bundles.contains(folder) {
            return Role::Piece;
        }
        while let Some((above, _)) = folder.rsplit_once('/') {
            folder = above;
            if bundles.contains(folder) {
                return Role::Piece;
            }
        }
        if name == "_index" { Role::Section } else { Role::Page }
    }

    /// A path below `content/` without its ending, and the language that its name tells.
    pub fn language<'p>(&self, below: &'p str) -> (&'p str, Option<&'p str>) {
        let stem = below.rsplit_once('.').map_or(below, |(stem, _)| stem);
        match stem.rsplit_once('.') {
            Some((shorter, language)) if self.languages.contains(&language.to_lowercase()) && !language.contains('/') => {
                (shorter, Some(language))
            }
            _ => (stem, None),
        }
    }

    /// The folders below `content/` that are one page: those with an `index.md`.
    pub fn bundles(&self, paths: &[String]) -> FxHashSet<String> {
        let mut bundles = FxHashSet::default();
        for below in paths.iter().filter_map(|path| path.strip_prefix("content/")).filter(|below| is_article(below)) {
            if let Some((folder, "index")) = self.language(below).0.rsplit_once('/') {
                bundles.insert(folder.to_owned());
            }
        }
        bundles
    }
}

/// Whether a file is a text that becomes a page.
pub fn is_article(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    matches!(ending.as_str(), "md" | "markdown" | "mdown" | "html" | "htm")
}

/// Where a file of Hugo's is on its site.
pub fn file_target(path: &str) -> Option<&str> {
    ["content/", "static/", "assets/"].iter().find_map(|folder| path.strip_prefix(folder))
}

/// Where Hugo had it, below the base: always with `/` at its beginning.
pub fn address(one: &Candidate, config: &Config) -> Option<String> {
    let rules = &config.hugo;
    let below = one.path.strip_prefix("content/")?;
    let (stem, language) = rules.language(below);
    let prefix = match language {
        Some(language) if language.to_lowercase() != rules.default_language || rules.has_default_folder => {
            format!("/{}", language.to_lowercase())
        }
        None if rules.has_default_folder => format!("/{}", rules.default_language),
        _ => String::new(),
    };
    if let Some(url) = one.values.text("url") {
        let url = url.strip_prefix('/').unwrap_or(&url);
        return Some(clean(&format!("{prefix}/{url}"), url.ends_with('/')));
    }
    let mut folders: Vec<&str> = stem.split('/').collect();
    let mut name = folders.pop().unwrap_or("");
    if one.role == Role::Section {
        return Some(clean(
            &format!("{prefix}/{}", folders.iter().map(|part| path(part, rules)).collect::<Vec<_>>().join("/")),
            true,
        ));
    }
    if name == "index" {
        let Some(folder) = folders.pop() else { return Some(format!("{prefix}/")) };
        name = folder;
    }
    let section = folders.first().copied().unwrap_or("");
    let slug = one.values.text("slug");
    let pattern = rules.permalinks.iter().find(|(known, _)| known == section || section.is_empty() && known == "/");
    let whole = match pattern {
        Some((_, pattern)) => expand(pattern, one, config, &folders, name)?,
        None => {
            let mut parts: Vec<String> = folders.iter().map(|part| path(part, rules)).collect();
            parts.push(path(slug.as_deref().unwrap_or(name), rules));
            parts.join("/")
        }
    };
    let whole = clean(&format!("{prefix}/{whole}"), true);
    if rules.is_ugly && whole != "/" { Some(format!("{}.html", whole.trim_end_matches('/'))) } else { Some(whole) }
}

/// An address without empty parts and steps upwards.
fn clean(address: &str, is_folder: bool) -> String {
    let parts: Vec<&str> = address.split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..").collect();
    let ending = if is_folder && !parts.is_empty() { "/" } else { "" };
    format!("/{}{ending}", parts.join("/"))
}

/// A name as a part of an address, as Hugo makes it: small letters, hyphens for spaces, and few signs.
fn path(name: &str, rules: &Rules) -> String {
    let mut part = String::with_capacity(name.len());
    for c in name.trim().chars() {
        if c.is_whitespace() {
            if !part.ends_with('-') {
                part.push('-');
            }
        } else if c.is_alphanumeric() || "._-+~@\\#".contains(c) || ('\u{300}'..'\u{370}').contains(&c) {
            part.push(c);
        }
    }
    if rules.keeps_case { part } else { part.to_lowercase() }
}

fn expand(pattern: &str, one: &Candidate, config: &Config, folders: &[&str], name: &str) -> Option<String> {
    let rules = &config.hugo;
    let slug = one.values.text("slug").map(|slug| path(&slug, rules));
    let title = || path(&one.values.text("title").unwrap_or_else(|| name.to_owned()), rules);
    let sections = || folders.iter().map(|part| path(part, rules)).collect::<Vec<_>>();
    let mut address = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(':') {
        address.push_str(&rest[..at]);
        let end = rest[at + 1..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |end| at + 1 + end);
        let token = &rest[at + 1..end];
        rest = &rest[end..];
        let format = match token {
            "year" => "%Y",
            "month" => "%m",
            "monthname" => "%B",
            "day" => "%d",
            "weekday" => "%w",
            "weekdayname" => "%A",
            "yearday" => "%-j",
            _ => "",
        };
        if !format.is_empty() {
            address.push_str(&local_time(&one.date, config)?.strftime(format).to_string().to_lowercase());
            continue;
        }
        match token {
            "section" => address.push_str(&path(folders.first().copied().unwrap_or(""), rules)),
            "sections" => {
                let all = sections();
                let chosen = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                    Some((range, after)) => {
                        rest = after;
                        slice(&all, range)
                    }
                    None => &all[..],
                };
                address.push_str(&chosen.join("/"));
            }
            "title" => address.push_str(&title()),
            "slug" => address.push_str(&slug.clone().unwrap_or_else(title)),
            "filename" | "contentbasename" => address.push_str(&path(name, rules)),
            "slugorfilename" | "slugorcontentbasename" => address.push_str(&slug.clone().unwrap_or_else(|| path(name, rules))),
            _ => return None,
        }
    }
    address.push_str(rest);
    Some(address)
}

/// `1:`, `:2`, `0:1`, `last`, `2`.
fn slice<'a>(all: &'a [String], range: &str) -> &'a [String] {
    let number =
        |text: &str, other: usize| if text == "last" { all.len().saturating_sub(1) } else { text.parse().unwrap_or(other) };
    let (from, to) = match range.split_once(':') {
        Some((from, to)) => (number(from, 0), number(to, all.len())),
        None => (number(range, 0), number(range, 0) + 1),
    };
    let to = to.min(all.len());
    &all[from.min(to)..to]
}
