//! What a link to something can be called, at best in the way in which its author called it.
//!
//! Nothing here knows whether a name leads there: whoever asks tries them in their order.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Move;
use super::world::End;
use crate::article::{Head, Target};
use crate::site::{ArticleId, Site, join, relative};
use crate::url::Url;

/// Where a link led, and where that is now.
pub(super) struct Led<'e> {
    old: String,
    old_is_address: bool,
    new: &'e End,
}

impl<'e> Led<'e> {
    pub(super) fn new(old: &End, new: &'e End) -> Led<'e> {
        let (old, old_is_address) = match old {
            End::Article(source) | End::File(source) => (source.to_string(), false),
            End::Address(url) => (url.to_string(), true),
        };
        Led { old, old_is_address, new }
    }
}

/// Who calls.
pub(super) struct Calls<'c> {
    pub(super) old: Sources<'c>,
    pub(super) new: Sources<'c>,
    /// The article with the link, before.
    pub(super) from: &'c Head,
    /// Its path afterwards.
    pub(super) path: &'c str,
    pub(super) wanted: &'c Move,
}

/// The ways in which an author can leave a part of a path away.
const ENDINGS: [&str; 5] = ["", ".md", ".markdown", "/index.md", "/_index.md"];

impl Calls<'_> {
    /// What the link can be called now, the likeliest first.
    pub(super) fn candidates(&self, target: &Target, led: &Led<'_>) -> Vec<Target> {
        match target {
            Target::Own => Vec::new(),
            Target::Wiki(name) => self.names(name, led).into_iter().map(Target::Wiki).collect(),
            Target::Relative(path) => {
                let mut paths = self.relative_paths(path, led);
                paths.retain(|path| !path.is_empty() && !path.starts_with('/'));
                let rooted = self.rooted_paths("", led).into_iter().map(Target::Rooted);
                paths.into_iter().map(Target::Relative).chain(rooted).collect()
            }
            Target::Rooted(path) => self.rooted_paths(path, led).into_iter().map(Target::Rooted).collect(),
        }
    }

    fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// What the goal is now: its source, if it has one, and its address.
    fn goal(&self, led: &Led<'_>) -> (Option<String>, Option<Url>) {
        match led.new {
            End::Article(source) => (Some(source.to_string()), self.new.head(source).map(|head| head.url.clone())),
            End::File(source) => (Some(source.to_string()), Some(Url::file(source))),
            End::Address(url) => {
                let section = self.new.site.sections.iter().find(|section| section.url == *url);
                (section.map(|section| section.folder.clone()), Some(url.clone()))
            }
        }
    }

    /// What was left away of the source that a path names; `None` if the path was an address.
    fn ending(&self, path: Option<&str>, led: &Led<'_>) -> Option<&'static str> {
        let path = path?.trim_matches('/');
        if led.old_is_address {
            let section = self.old.site.sections.iter().find(|section| section.url.as_str() == led.old);
            return section.filter(|section| section.folder == path).map(|_| "");
        }
        ENDINGS.into_iter().find(|ending| format!("{path}{ending}").trim_start_matches('/') == led.old)
    }

    fn relative_paths(&self, path: &str, led: &Led<'_>) -> Vec<String> {
        let (source, url) = self.goal(led);
        let ending = self.ending(join(self.from.folder(), path).as_deref(), led);
        let slash = if path.ends_with('/') { "/" } else { "" };
        let dot = |relative: String| match path.starts_with("./") && !relative.starts_with("../") {
            true => format!("./{relative}"),
            false => relative,
        };
        let mut paths = Vec::new();
        if let (Some(source), Some(ending)) = (&source, ending) {
            if let Some(short) = source.strip_suffix(ending).filter(|_| !ending.is_empty()) {
                let short = relative(self.folder(), short);
                let short = short.trim_end_matches('/');
                paths.push(dot(format!("{}{slash}", if short.is_empty() { "." } else { short })));
            }
            paths.push(dot(format!("{}{slash}", relative(self.folder(), source))));
        }
        let own_url = self.new.head(self.path).map(|head| head.url.clone());
        if let (Some(url), Some(own), None) = (&url, own_url, ending) {
            let there = url.as_str().trim_matches('/');
            let way = relative(own.as_str().trim_matches('/'), there);
            let end = if url.as_str().ends_with('/') && !way.ends_with('/') { "/" } else { "" };
            paths.push(format!("{way}{end}"));
        }
        paths.extend(source.map(|source| relative(self.folder(), &source)));
        paths
    }

    fn rooted_paths(&self, path: &str, led: &Led<'_>) -> Vec<String> {
        let (source, url) = self.goal(led);
        let was_address = match led.old_is_address {
            true => path.trim_end_matches('/') == led.old.trim_end_matches('/'),
            false => {
                self.old.head(&led.old).is_some_and(|head| head.url.as_str().trim_end_matches('/') == path.trim_end_matches('/'))
            }
        };
        let ending = self.ending(Some(path), led).filter(|_| !was_address);
        let slash = if path.ends_with('/') { "/" } else { "" };
        let mut paths = Vec::new();
        if let (Some(source), Some(ending)) = (&source, ending) {
            if let Some(short) = source.strip_suffix(ending).filter(|_| !ending.is_empty()) {
                paths.push(format!("/{short}{slash}"));
            }
            paths.push(format!("/{source}{slash}"));
        }
        if let Some(url) = &url {
            let url = url.as_str();
            if was_address && slash.is_empty() && url.len() > 1 {
                paths.push(url.trim_end_matches('/').to_owned());
            }
            paths.push(url.to_owned());
        }
        paths.extend(source.map(|source| format!("/{source}")));
        paths
    }

    /// By file name, path or title, as it was called before.
    fn names(&self, name: &str, led: &Led<'_>) -> Vec<String> {
        let (source, _) = self.goal(led);
        let Some(source) = source else { return Vec::new() };
        let head = self.new.head(&source);
        let is_index = head.is_some_and(|head| head.is_index);
        let path = match (head, source.rsplit_once('.')) {
            (Some(head), _) if is_index => head.folder().to_owned(),
            (Some(_), Some((stem, _))) => stem.to_owned(),
            _ => source.clone(),
        };
        let stem = path.rsplit('/').next().unwrap_or("").to_owned();
        let title = head.map(|head| head.title.clone());
        let bare = name.strip_suffix(".md").unwrap_or(name);
        let end = if bare.len() < name.len() && !is_index { ".md" } else { "" };
        let was_path = bare.contains('/');
        let by_file = [format!("{stem}{end}"), format!("{path}{end}")];
        let mut names: Vec<String> = Vec::new();
        if self.wanted.takes(&led.old) && title.as_deref().is_some_and(|title| title.to_lowercase() == bare.to_lowercase()) {
            names.extend(title.clone());
        }
        let relative_path = relative(self.folder(), &path);
        let [by_stem, by_path] = by_file;
        if was_path {
            names.extend([by_path, by_stem])
        } else {
            names.extend([by_stem, by_path])
        }
        names.extend([source, relative_path]);
        names.extend(title);
        names.retain(|name| crate::article::written::fits_wikilink(name));
        names
    }
}

/// The articles of a site by their paths.
#[derive(Clone, Copy)]
pub(super) struct Sources<'s> {
    pub(super) site: &'s Site,
    pub(super) ids: &'s FxHashMap<Arc<str>, ArticleId>,
}

impl<'s> Sources<'s> {
    fn head(self, source: &str) -> Option<&'s Head> {
        self.ids.get(source).map(|id| self.site.head(*id))
    }
}
