//! Tags: which spellings are one tag, what each is called, and its address.
//!
//! Spellings that differ in case, width or composition are one tag; distinct tags never share an address.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

use super::{ArticleId, At, Finding, Site, TagId};
use crate::article::Head;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::digest::Digest;
use crate::settings::TagSettings;
use crate::url::{self, Url};

/// A label that articles share.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// Its name, as its first article spells it.
    pub name: String,
    /// Its address.
    pub url: Url,
    /// A sentence about it, from the settings.
    pub description: Option<String>,
    /// The articles that have it, the newest first.
    pub articles: Vec<ArticleId>,
}

/// What [`gather`] finds.
pub struct Gathered {
    pub tags: Vec<Tag>,
    /// For each article.
    pub tags_of: Vec<Vec<TagId>>,
    pub findings: Vec<Finding>,
}

/// Gathers the tags of all articles. `by_date` has those that are listed, the newest first.
pub fn gather(heads: &[Arc<Head>], by_date: &[ArticleId], settings: &TagSettings) -> Gathered {
    let vocabulary = Vocabulary::new(settings);
    let mut names: FxHashMap<String, (String, ArticleId)> = FxHashMap::default();
    let mut keys: FxHashMap<&str, String> = FxHashMap::default();
    let mut findings = Vec::new();

    for (number, head) in heads.iter().enumerate() {
        let article = ArticleId(number as u32);
        let about = |diagnostic| Finding { article, at: At::Key("tags"), diagnostic };
        for written in &head.tags {
            if let Some(known) = keys.get(written.as_str()) {
                findings.extend(vocabulary.refusal(written, known).map(about));
                continue;
            }
            let (name_key, name) = vocabulary.name(written);
            findings.extend(vocabulary.refusal(written, &name_key).map(about));
            match names.get(&name_key) {
                None => {
                    names.insert(name_key.clone(), (name.to_owned(), article));
                }
                Some((first, _)) if first != name => findings.push(spelled_twice(article, name, first)),
                Some(_) => {}
            }
            keys.insert(written, name_key);
        }
    }

    let mut sorted: Vec<(&String, &(String, ArticleId))> = names.iter().collect();
    sorted.sort();
    let slugs = distinct_slugs("tag", sorted.iter().map(|(_, (name, _))| name.as_str()));
    let descriptions: FxHashMap<String, &str> =
        settings.descriptions.iter().map(|(tag, text)| (key(tag), text.as_str())).collect();
    let mut numbers: FxHashMap<&str, TagId> = FxHashMap::default();
    let mut tags = Vec::with_capacity(sorted.len());
    for ((name_key, (name, article)), slug) in sorted.into_iter().zip(slugs) {
        if slug != url::slug(name) {
            findings.push(unreadable_address(*article, name, &slug));
        } else if let Some(reason) = url::slug_change(name, &slug) {
            let message = format!("{reason}, so the tag's address is `/tags/{slug}/`");
            let diagnostic = Diagnostic::warning("tag-address", message).hint("call the tag otherwise");
            findings.push(Finding { article: *article, at: At::Key("tags"), diagnostic });
        }
        numbers.insert(name_key, tags.len());
        tags.push(Tag {
            name: name.clone(),
            url: Url::page(["tags", &slug]),
            description: descriptions.get(name_key.as_str()).map(|text| (*text).to_owned()),
            articles: Vec::new(),
        });
    }

    let mut tags_of = vec![Vec::new(); heads.len()];
    for &id in by_date {
        let own: &mut Vec<TagId> = &mut tags_of[id.index()];
        for written in &heads[id.index()].tags {
            let Some(&number) = keys.get(written.as_str()).and_then(|key| numbers.get(key.as_str())) else { continue };
            if tags[number].articles.last() != Some(&id) {
                own.push(number);
                tags[number].articles.push(id);
            }
        }
    }
    Gathered { tags, tags_of, findings }
}

/// What the settings say about tags: which words mean which, and which may be used.
pub struct Vocabulary<'s> {
    settings: &'s TagSettings,
    synonyms: FxHashMap<String, &'s str>,
    allowed: FxHashMap<String, &'s str>,
}

impl<'s> Vocabulary<'s> {
    /// The vocabulary of a site.
    pub fn new(settings: &'s TagSettings) -> Vocabulary<'s> {
        Vocabulary {
            settings,
            synonyms: settings.synonyms.iter().map(|(word, tag)| (key(word), tag.as_str())).collect(),
            allowed: settings.allowed.iter().map(|tag| (key(tag), tag.as_str())).collect(),
        }
    }

    /// The tag that somebody means who writes this word, or why it may not be used.
    pub fn settle(&self, written: &str) -> Result<String, Diagnostic> {
        let (key, name) = self.name(written);
        self.refusal(written, &key).map_or_else(|| Ok(name.to_owned()), Err)
    }

    /// What a word's tag has in common with all its spellings, and its name.
    fn name<'w>(&self, written: &'w str) -> (String, &'w str)
    where
        's: 'w,
    {
        let name = self.synonyms.get(&key(written)).copied().unwrap_or(written);
        let name_key = key(name);
        let name = self.allowed.get(&name_key).copied().unwrap_or(name).trim();
        (name_key, name)
    }

    fn refusal(&self, written: &str, key: &str) -> Option<Diagnostic> {
        if self.allowed.is_empty() || self.allowed.contains_key(key) {
            return None;
        }
        let message = format!("`{written}` is not among the tags that the settings allow");
        let hint = did_you_mean(written, self.settings.allowed.iter().map(String::as_str));
        let hint = hint.unwrap_or_else(|| "add it to `tags: allowed:` in guidepost.yaml, or use another".into());
        Some(Diagnostic::error("tag-not-allowed", message).hint(hint))
    }
}

impl Site {
    /// The tag that a word means, in any spelling, if an article has it.
    pub fn tag_called(&self, written: &str) -> Option<TagId> {
        let (wanted, _) = Vocabulary::new(&self.settings.tags).name(written);
        self.tags.iter().position(|tag| key(&tag.name) == wanted)
    }
}

/// What spellings of one tag have in common: compatibility forms composed, no case, single spaces.
fn key(name: &str) -> String {
    let composed: String = name.nfkc().collect();
    let folded: String = url::fold_case(&composed).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A slug for each name; where two names have one slug, the later ones get a number. `kind` stands in for what a name lacks.
pub(super) fn distinct_slugs<'n>(kind: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut taken: FxHashSet<String> = FxHashSet::default();
    // Where many have one slug, each goes on where the last has found a number.
    let mut counts: FxHashMap<String, usize> = FxHashMap::default();
    names
        .map(|name| {
            let base = match url::slug(name) {
                slug if slug.is_empty() => format!("{kind}-{}", Digest::of(name.as_bytes()).short()),
                // `page/` below a tag is where its listing goes on.
                slug if slug == "page" => format!("page-{kind}"),
                slug => slug,
            };
            let mut slug = base.clone();
            while !taken.insert(slug.clone()) {
                let number = counts.entry(base.clone()).or_insert(1);
                *number += 1;
                slug = format!("{base}-{number}");
            }
            slug
        })
        .collect()
}

/// A tag without letters, or one that differs from another only in what addresses do not show.
fn unreadable_address(article: ArticleId, name: &str, slug: &str) -> Finding {
    let message = format!("the address of the tag `{name}` would be empty or another's, so it is `/tags/{slug}/`");
    let problem = Diagnostic::warning("tag-address", message);
    Finding {
        article,
        at: At::Key("tags"),
        diagnostic: problem.hint("if it means the same as another tag, spell it like that one"),
    }
}

fn spelled_twice(article: ArticleId, name: &str, first: &str) -> Finding {
    let problem = Diagnostic::note("tag-spelling", format!("the tag `{name}` is spelled `{first}` elsewhere; both are one tag"));
    Finding { article, at: At::Key("tags"), diagnostic: problem.hint("use one spelling") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_tag_have_one_key_and_distinct_tags_do_not() {
        for (a, b) in [
            ("Rust", "rust"),
            ("Café", "Cafe\u{301}"),
            ("ﬁt", "fit"),
            ("Ａ", "a"),
            (" job  search ", "Job search"),
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        for (a, b) in [("C++", "C#"), ("C", "C#"), (".NET", "NET"), ("中文", "钟文")] {
            assert_ne!(key(a), key(b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn distinct_tags_have_distinct_slugs(names in proptest::collection::hash_set("\\PC{1,12}", 1..40)) {
            let slugs = distinct_slugs("tag", names.iter().map(String::as_str));
            let distinct: std::collections::HashSet<&String> = slugs.iter().collect();
            prop_assert_eq!(distinct.len(), names.len());
            prop_assert!(slugs.iter().all(|slug| !slug.is_empty() && slug.len() < 250));
        }
    }
}
