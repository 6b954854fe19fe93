//! Tags: those that were probably meant to be one, and those that lead from one article to itself.
//!
//! Spellings that differ in case alone are one tag, and the site says so.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::folded;
use crate::diagnostic::Diagnostic;
use crate::site::{At, Finding, Site, Tag};
use crate::url;

/// Of shorter names too many differ in one letter.
const FEWEST_LETTERS: usize = 6;
/// So many names that are one letter apart are numbers or codes.
const MOST_ALIKE: usize = 30;

/// `interview` beside `interviews`, `net working` beside `networking`, `netwroking` beside both; and tags of one article.
pub fn lead_somewhere(site: &Site, findings: &mut Vec<Finding>) {
    let mut used: Vec<&Tag> = site.tags.iter().filter(|tag| !tag.articles.is_empty()).collect();
    // The one that fewer articles have is the one to change.
    used.sort_by_key(|tag| std::cmp::Reverse(tag.articles.len()));
    let plain: Vec<String> = used.iter().map(|tag| letters(&tag.name)).collect();
    // What each is near to, the nearest and most used first.
    let mut near: BTreeMap<usize, (usize, Nearness)> = BTreeMap::new();
    let mut by_stem: FxHashMap<String, usize> = FxHashMap::default();
    for (number, name) in plain.iter().enumerate() {
        let first = *by_stem.entry(singular(name)).or_insert(number);
        if first != number {
            near.insert(number, (first, Nearness::Spelling));
        }
    }
    for (first, second) in one_letter_apart(&plain) {
        near.entry(second).or_insert((first, Nearness::Letter));
    }
    for (number, tag) in used.iter().enumerate() {
        let diagnostic = match (near.get(&number), &tag.articles[..]) {
            // That two tags would have one address is said of every build.
            (Some((other, _)), _) if url::slug(&used[*other].name) == url::slug(&tag.name) => continue,
            (Some((other, nearness)), _) => nearly(tag, used[*other], *nearness),
            (None, [_]) => alone(tag),
            (None, _) => continue,
        };
        let article = tag.articles.last().copied();
        findings.extend(article.map(|article| Finding { article, at: At::Key("tags"), diagnostic }));
    }
}

/// How two tags are near.
#[derive(Debug, Clone, Copy)]
enum Nearness {
    /// In spaces, hyphens, accents, or singular and plural.
    Spelling,
    /// In one letter, which may make another word.
    Letter,
}

fn nearly(tag: &Tag, other: &Tag, nearness: Nearness) -> Diagnostic {
    let message = format!("the tag `{}` is nearly `{}`, and readers of the one miss what has the other", tag.name, other.name);
    let is_plain = |name: &str| name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    match nearness {
        Nearness::Spelling if is_plain(&tag.name) && is_plain(&other.name) => {
            let synonym = format!("`{}: [{}]`", other.name, tag.name);
            let hint = format!("use one of the two, or put {synonym} into `tags: synonyms:` in guidepost.yaml");
            Diagnostic::warning("near-tag", message).hint(hint)
        }
        Nearness::Spelling => Diagnostic::warning("near-tag", message).hint("use one of the two"),
        Nearness::Letter => Diagnostic::note("near-tag", message).hint("if one is a slip, use the other"),
    }
}

/// A tag of one article.
fn alone(tag: &Tag) -> Diagnostic {
    let message = format!("this article alone has the tag `{}`, which leads nowhere else", tag.name);
    Diagnostic::note("lone-tag", message).hint("use a tag that others have, or give it to them too")
}

/// Letters and digits of a name, without case and accents.
fn letters(name: &str) -> String {
    folded(name).nfd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).collect()
}

/// A name without the ending of its plural, if it looks like one.
fn singular(name: &str) -> String {
    match name.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        Some(stem) => format!("{stem}y"),
        None => match name.strip_suffix('s').filter(|stem| stem.len() > 3 && !stem.ends_with(['s', 'u', 'i'])) {
            Some(stem) => stem.to_owned(),
            None => name.to_owned(),
        },
    }
}

/// Pairs of names, as numbers, that one slip of the finger makes of each other.
///
/// Names that are one letter apart are the same once the right letter of each is left out.
fn one_letter_apart(names: &[String]) -> BTreeSet<(usize, usize)> {
    let mut alike: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (number, name) in names.iter().enumerate() {
        if !(FEWEST_LETTERS..=100).contains(&name.chars().count()) {
            continue;
        }
        let shorter = name.char_indices().map(|(at, c)| format!("{}{}", &name[..at], &name[at + c.len_utf8()..]));
        for text in shorter.chain([name.clone()]) {
            let numbers = alike.entry(text).or_default();
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
    }
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut pairs = BTreeSet::new();
    for numbers in alike.values().filter(|numbers| numbers.len() <= MOST_ALIKE) {
        for (at, &first) in numbers.iter().enumerate() {
            for &second in &numbers[at + 1..] {
                let (a, b) = (&names[first], &names[second]);
                if strsim::osa_distance(a, b) == 1 && digits(a) == digits(b) {
                    pairs.insert((first, second));
                }
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_have_one_singular() {
        for (a, b) in [
            ("interview", "Interviews"),
            ("net-working", "networking"),
            ("company", "companies"),
            ("résumé", "resumes"),
            ("Career fair", "career-fairs"),
        ] {
            assert_eq!(singular(&letters(a)), singular(&letters(b)), "{a} {b}");
        }
        for (a, b) in [("new", "news"), ("campus", "campu"), ("business", "busines"), ("C", "C++s"), ("topic-1", "topic-2")] {
            assert_ne!(singular(&letters(a)), singular(&letters(b)), "{a} {b}");
        }
    }

    #[test]
    fn slips_of_the_finger_are_found_and_numbers_are_none() {
        let names: Vec<String> =
            ["networking", "netwroking", "networkin", "topic1", "topic2", "offer", "offex", "resume"].map(str::to_owned).to_vec();
        assert_eq!(one_letter_apart(&names).into_iter().collect::<Vec<_>>(), [(0, 1), (0, 2)]);
    }
}
