//! From text to terms: what a word is, and when two words are the same one to search.
//!
//! The browser does the same (`themes/default/assets/search.js`), by the same rules: `tests/search/words.tsv` holds the
//! two together. A word is a run of Unicode's letters and digits with the marks on them; it is compared in NFKD without
//! marks, in lower case, by its stem. Scripts that are written without spaces give overlapping pairs of characters.
//! What the terms are worth is left to the index.

use std::borrow::Cow;
use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters that are searched in pairs: Thai, Hangul, Hiragana, Katakana, Han.
const PAIRED: [(u32, u32); 20] = [
    (0x0e01, 0x0e3a),
    (0x0e40, 0x0e4e),
    (0x1100, 0x11ff),
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3038, 0x303b),
    (0x3041, 0x3096),
    (0x309d, 0x309f),
    (0x30a1, 0x30fa),
    (0x30fc, 0x30ff),
    (0x3131, 0x318e),
    (0x31f0, 0x31ff),
    (0x3400, 0x4dbf),
    (0x4e00, 0x9fff),
    (0xa960, 0xa97c),
    (0xac00, 0xd7a3),
    (0xd7b0, 0xd7fb),
    (0xf900, 0xfaff),
    (0xff66, 0xffdc),
    (0x20000, 0x323af),
];

/// Longer words are cut: nobody types them.
const LONGEST_WORD: usize = 64;

/// The languages whose words are stemmed, and whose commonest words are left out.
const LANGUAGES: [(&str, Algorithm, &str); 1] = [(
    "en",
    Algorithm::English,
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was \
     will with",
)];

/// The rules of one language.
pub struct Analyser {
    stemmer: Option<Stemmer>,
    stops: Vec<&'static str>,
}

/// A term, and where in the text it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The term.
    pub term: String,
    /// The bytes of the text that it comes from.
    pub at: Range<usize>,
}

/// How a run of characters becomes terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// It is one word.
    Words,
    /// Its characters are searched in overlapping pairs.
    Pairs,
}

/// The code of a language whose words are stemmed: `en` for `en-GB`.
pub fn stemmed_language(tag: &str) -> Option<&'static str> {
    let primary = tag.split(['-', '_']).next().unwrap_or("");
    LANGUAGES.iter().map(|(code, ..)| *code).find(|code| code.eq_ignore_ascii_case(primary))
}

impl Analyser {
    /// The rules for a language (BCP 47); of a language we know nothing about, words are taken as they are.
    pub fn new(language: &str) -> Analyser {
        let code = stemmed_language(language);
        match LANGUAGES.iter().find(|(known, ..)| Some(*known) == code) {
            Some(&(_, algorithm, stops)) => {
                Analyser { stemmer: Some(Stemmer::create(algorithm)), stops: stops.split_ascii_whitespace().collect() }
            }
            None => Analyser { stemmer: None, stops: Vec::new() },
        }
    }

    /// The terms of a text in their order, without the language's commonest words unless there are no others.
    pub fn terms(&self, text: &str) -> Vec<Occurrence> {
        let mut terms = Vec::new();
        let mut commonest = Vec::new();
        each_run(text, |at, script| {
            let word = fold(&text[at.clone()], script);
            match script {
                Script::Pairs => pairs(&text[at.clone()], &word, at.start, |term, at| terms.push(Occurrence { term, at })),
                Script::Words if word.is_empty() => {}
                Script::Words if self.is_stop(&word) => {
                    commonest.push(Occurrence { term: self.stem(&word).into_owned(), at });
                }
                Script::Words => terms.push(Occurrence { term: self.stem(&word).into_owned(), at }),
            }
        });
        if terms.is_empty() { commonest } else { terms }
    }

    /// Whether a word, folded, is one of the language's commonest.
    pub fn is_stop(&self, word: &str) -> bool {
        self.stops.contains(&word)
    }

    /// A folded word's stem.
    pub fn stem<'w>(&self, word: &'w str) -> Cow<'w, str> {
        match &self.stemmer {
            Some(stemmer) => stemmer.stem(word),
            None => Cow::Borrowed(word),
        }
    }
}

/// Finds the words of a text: `found` gets the bytes of each and how it becomes terms.
pub fn each_run(text: &str, mut found: impl FnMut(Range<usize>, Script)) {
    let mut from = 0;
    while let Some((at, script)) = next_run(text, from) {
        from = at.end;
        found(at, script);
    }
}

/// The first word of a text from `from` on.
pub fn next_run(text: &str, from: usize) -> Option<(Range<usize>, Script)> {
    let bytes = text.as_bytes();
    let mut open: Option<(usize, Script)> = None;
    let mut at = from;
    while at < bytes.len() {
        let (class, length) = class_at(text, at);
        match (class, open) {
            (Class::In(script), Some((_, current))) if script == current => {}
            (Class::Mark, Some(_)) => {}
            (_, Some((from, script))) => return Some((from..at, script)),
            (Class::In(script), None) => open = Some((at, script)),
            (_, None) => {}
        }
        at += length;
    }
    open.map(|(from, script)| (from..at, script))
}

/// Whether the character that begins at a byte is in no word, nor a mark on one; and how many bytes it has.
pub fn is_gap_at(text: &str, at: usize) -> (bool, usize) {
    let (class, length) = class_at(text, at);
    (matches!(class, Class::Gap), length)
}

fn class_at(text: &str, at: usize) -> (Class, usize) {
    match text.as_bytes()[at] {
        byte if byte.is_ascii_alphanumeric() => (Class::In(Script::Words), 1),
        byte if byte.is_ascii() => (Class::Gap, 1),
        _ => {
            let c = text[at..].chars().next().unwrap_or(' ');
            (class_of(c), c.len_utf8())
        }
    }
}

enum Class {
    In(Script),
    /// It belongs to the character before it, if that is in a word.
    Mark,
    Gap,
}

fn class_of(c: char) -> Class {
    if PAIRED.binary_search_by(|&(first, last)| order(first, last, c as u32)).is_ok() {
        Class::In(Script::Pairs)
    } else if c.is_alphanumeric() {
        Class::In(Script::Words)
    } else if is_combining_mark(c) {
        Class::Mark
    } else {
        Class::Gap
    }
}

fn order(first: u32, last: u32, c: u32) -> std::cmp::Ordering {
    if last < c {
        std::cmp::Ordering::Less
    } else if first > c {
        std::cmp::Ordering::Greater
    } else {
        std::cmp::Ordering::Equal
    }
}

/// A run as it is compared: without differences of case, width and marks.
pub fn fold(run: &str, script: Script) -> String {
    if script == Script::Pairs {
        return run.nfkc().collect();
    }
    if run.is_ascii() {
        let mut word = run.to_ascii_lowercase();
        word.truncate(LONGEST_WORD);
        return word;
    }
    let letters = run.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
    letters.filter(|c| c.is_alphanumeric()).take(LONGEST_WORD).collect()
}

/// The overlapping pairs of a folded run that stands at `start`. Where folding has changed how many characters there are,
/// the whole run is the place of each.
fn pairs(run: &str, folded: &str, start: usize, mut found: impl FnMut(String, Range<usize>)) {
    let letters: Vec<char> = folded.chars().collect();
    let ends: Vec<usize> = run.char_indices().map(|(at, c)| start + at + c.len_utf8()).collect();
    let place = |first: usize, last: usize| {
        if ends.len() != letters.len() {
            return start..start + run.len();
        }
        let from = if first == 0 { start } else { ends[first - 1] };
        from..ends[last]
    };
    match letters.as_slice() {
        [] => {}
        [letter] => found(letter.to_string(), place(0, 0)),
        letters => {
            for (first, pair) in letters.windows(2).enumerate() {
                found(pair.iter().collect(), place(first, first + 1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(language: &str, text: &str) -> String {
        Analyser::new(language).terms(text).into_iter().map(|found| found.term).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_word_is_found_however_it_is_written() {
        for (text, expected) in [
            ("Networking at the Fair", "network fair"),
            ("to be or not to be", "to be or not to be"),
            ("résumés RE\u{301}SUMÉ", "resum resum"),
            ("C++, .NET & 3½ years", "c net 312 year"),
            ("ＦＵＬＬ ﬁne Straße", "full fine straße"),
            ("", ""),
            ("👍🏽 — !", ""),
        ] {
            assert_eq!(terms("en-GB", text), expected, "{text}");
        }
        assert_eq!(terms("xx", "the meetings"), "the meetings");
    }

    #[test]
    fn scripts_without_spaces_give_pairs_with_their_places() {
        assert_eq!(terms("ja", "就職活動 面 ｶﾞｲﾄﾞabc"), "就職 職活 活動 面 ガイ イド abc");
        let found = Analyser::new("ja").terms("a 就職活");
        let places: Vec<&str> = found.iter().map(|found| &"a 就職活"[found.at.clone()]).collect();
        assert_eq!(places, ["a", "就職", "職活"]);
    }
}
