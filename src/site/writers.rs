//! The people of the settings who have written something, and the addresses of their pages.
//!
//! Whoever is only named in an article has no page: a name alone may be anybody's.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::tags::distinct_slugs;
use super::{ArticleId, Section};
use crate::article::Head;
use crate::settings::Settings;
use crate::url::Url;

/// Somebody of the settings who has written an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Writer {
    /// The key in the settings.
    pub key: String,
    /// Where their articles are listed.
    pub url: Url,
    /// What they have written, the newest first.
    pub articles: Vec<ArticleId>,
}

/// The folders that the pages about authors may have, the best first: a site may have a section of that name.
const FOLDERS: [&str; 2] = ["authors", "people"];

/// The folder of the pages about authors.
pub fn folder(sections: &[Section]) -> &'static str {
    let is_taken = |folder: &&str| sections.iter().any(|section| section.url == Url::page([*folder]));
    FOLDERS.iter().find(|folder| !is_taken(folder)).unwrap_or(&FOLDERS[0])
}

/// Who has written what, by key. `by_date` has the articles that are listed, the newest first.
pub fn gather(heads: &[Arc<Head>], by_date: &[ArticleId], sections: &[Section], settings: &Settings) -> Vec<Writer> {
    let mut written: BTreeMap<&str, Vec<ArticleId>> = BTreeMap::new();
    if settings.authors.is_empty() {
        return Vec::new();
    }
    for &id in by_date {
        let mut seen = FxHashSet::default();
        for key in names(&heads[id.index()], settings) {
            if let Some((key, _)) = settings.authors.get_key_value(key).filter(|(key, _)| seen.insert(key.as_str())) {
                written.entry(key).or_default().push(id);
            }
        }
    }
    let folder = folder(sections);
    let slugs = distinct_slugs("author", written.keys().copied());
    let writer = |((key, articles), slug): ((&str, Vec<ArticleId>), String)| Writer {
        key: key.to_owned(),
        url: Url::page([folder, &slug]),
        articles,
    };
    written.into_iter().zip(slugs).map(writer).collect()
}

/// Who wrote an article: names, or keys of the settings.
pub fn names<'a>(head: &'a Head, settings: &'a Settings) -> &'a [String] {
    if head.authors.is_empty() { settings.author.as_slice() } else { &head.authors }
}
