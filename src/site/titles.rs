//! Articles by title: under which letter one is found, and in which order.
//!
//! Pages of the A–Z index are cut by letters, so a title that changes within its letter moves no page.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::ArticleId;

/// The letter a title is found under; all digits and signs share `#`.
pub fn letter(title: &str) -> char {
    let first = title.trim_start().chars().next();
    match first {
        // Most titles begin so, and need no table of Unicode.
        Some(first) if first.is_ascii_alphabetic() => first.to_ascii_uppercase(),
        _ => letter_of_key(&sort_key(title)),
    }
}

/// Every letter that a title is found under, and how many are; in order.
pub fn letters<'t>(titles: impl Iterator<Item = &'t str>) -> Vec<(char, usize)> {
    let mut letters: BTreeMap<char, usize> = BTreeMap::new();
    for title in titles {
        *letters.entry(letter(title)).or_default() += 1;
    }
    letters.into_iter().collect()
}

/// Articles in the order of their titles, letter by letter.
pub fn sorted<'t>(titles: impl Iterator<Item = (&'t str, ArticleId)>) -> Vec<ArticleId> {
    let key = |(title, id): (&str, ArticleId)| {
        let key = sort_key(title);
        (letter_of_key(&key), key, id)
    };
    let mut sorted: Vec<(char, String, ArticleId)> = titles.map(key).collect();
    sorted.sort();
    sorted.into_iter().map(|(.., id)| id).collect()
}

fn letter_of_key(key: &str) -> char {
    match key.chars().next() {
        Some(first) if first.is_alphabetic() => first.to_uppercase().next().unwrap_or(first),
        _ => '#',
    }
}

/// Titles are sorted without marks and case, and from their first letter or digit on.
fn sort_key(title: &str) -> String {
    let bare: String =
        title.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    bare.trim_start_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_are_found_under_their_first_letter() {
        for (title, expected) in [("“Éclair”", 'E'), ("7 tips", '#'), ("über", 'U'), ("Ж", 'Ж'), ("!!!", '#'), (" ask", 'A')]
        {
            assert_eq!(letter(title), expected, "{title}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_to_a_letter_is_the_way(title in "[ -~éÉß½]{0,6}|\\PC{0,4}") {
            prop_assert_eq!(letter(&title), letter_of_key(&sort_key(&title)));
        }

        #[test]
        fn each_letter_is_one_stretch(titles in proptest::collection::vec("[a-cA-C1-3½²éß~]{1,3}", 0..20)) {
            let ids = (0..).map(ArticleId);
            let sorted = sorted(titles.iter().map(String::as_str).zip(ids));
            let found: Vec<char> = sorted.iter().map(|id| letter(&titles[id.index()])).collect();
            let counted = letters(titles.iter().map(String::as_str));
            let expected: Vec<char> = counted.iter().flat_map(|(letter, count)| std::iter::repeat_n(*letter, *count)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
