//! From text to terms: what a word is, and when two words are the same one to search.
//!
//! The browser does the same (`themes/default/assets/search.js`), by the same rules: `tests/search/words.tsv` holds the
//! two together. A word is a run of Unicode's letters and digits with the marks on them. It is taken in lower case and
//! without marks, but for those that its language's stemmer must see; then it is stemmed; then the other marks go. Scripts
//! that are written without spaces give overlapping pairs of characters. What the terms are worth is left to the index.

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

/// A language whose words are stemmed.
struct Language {
    code: &'static str,
    algorithm: Algorithm,
    /// Letters with marks that the stemmer tells from those without. (It has no rule for the Russian ё, and takes the Dutch
    /// acute and diaeresis off by itself.)
    letters: &'static str,
    /// The commonest words, which are left out. What many type without its marks stands here without them too.
    stops: &'static str,
}

const LANGUAGES: [Language; 8] = [
    Language {
        code: "en",
        algorithm: Algorithm::English,
        letters: "",
        stops: "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this \
                to was will with",
    },
    Language {
        code: "de",
        algorithm: Algorithm::German,
        letters: "äöü",
        stops: "als am an auch auf aus bei bin bis das dass dem den der des die ein eine einem einen einer er es fur für hat ich \
                ihr im in ist mit nach nicht oder sich sie sind so uber über um und von war wie wir wird zu zum zur",
    },
    Language {
        code: "es",
        algorithm: Algorithm::Spanish,
        letters: "áéíñóúü",
        stops: "a al como con de del e el ella en entre era es esta este esto está fue ha hay la las le les lo los mas me mi muy \
                más ni no nos o para pero por que qué se ser si sin sobre son su sus también tambien un una uno y ya yo",
    },
    Language {
        code: "fr",
        algorithm: Algorithm::French,
        letters: "àâçèéêëîïôùû",
        stops: "a au aux avec c ce ces cette d dans de des du elle en est et eux il ils j je l la le les leur m mais me même n ne \
                nous on ou où par pas pour qu que qui s sa se ses son sont sur t un une vous y à",
    },
    Language {
        code: "it",
        algorithm: Algorithm::Italian,
        letters: "àáèéìíòóùú",
        stops: "a ad ai al all alla alle anche c che chi ci come con d da dal dalla dei del dell della delle di e ed gli ha ho i il in io l \
                la le lo ma mi ne nel nella non o per perche perché più piu se si sono su sul sulla tra un una uno è",
    },
    Language {
        code: "nl",
        algorithm: Algorithm::Dutch,
        letters: "è",
        stops: "aan als bij dan dat de der die dit door een en er had heb heeft het hij ik in is je maar met na naar niet of om \
                onder ook op over te tot u uit van voor want was wat we wel wij wordt ze zich zij zijn zo",
    },
    Language {
        code: "pt",
        algorithm: Algorithm::Portuguese,
        letters: "áâãçéêíóôõú",
        stops: "a ao aos as com como da das de do dos e ela ele em entre era essa esse esta este eu foi ha há isso ja já la mais mas \
                me na nao nas no nos não o os ou para pela pelo por que se sem ser seu sua são sao também tambem um uma é",
    },
    Language {
        code: "ru",
        algorithm: Algorithm::Russian,
        letters: "й",
        stops: "а без бы был была было быть в во вот все вы да для до если еще же за и из или им их к как ко ли мы на не ни но о \
                об он она они оно от по при с со так то того у уже что чтобы это этот я",
    },
];

/// The rules of one language.
pub struct Analyser {
    stemmer: Option<Stemmer>,
    letters: &'static str,
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
    LANGUAGES.iter().map(|language| language.code).find(|code| code.eq_ignore_ascii_case(primary))
}

impl Analyser {
    /// The rules for a language (BCP 47); of a language we know nothing about, words are taken as they are.
    pub fn new(language: &str) -> Analyser {
        let code = stemmed_language(language);
        match LANGUAGES.iter().find(|known| Some(known.code) == code) {
            Some(known) => Analyser {
                stemmer: Some(Stemmer::create(known.algorithm)),
                letters: known.letters,
                stops: known.stops.split_ascii_whitespace().collect(),
            },
            None => Analyser { stemmer: None, letters: "", stops: Vec::new() },
        }
    }

    /// The terms of a text in their order, without the language's commonest words unless there are no others.
    pub fn terms(&self, text: &str) -> Vec<Occurrence> {
        let mut terms = Vec::new();
        let mut commonest = Vec::new();
        each_run(text, |at, script| {
            let run = &text[at.clone()];
            if script == Script::Pairs {
                return pairs(run, &fold(run, script), at.start, |term, at| terms.push(Occurrence { term, at }));
            }
            let word = self.normal(run);
            if !word.is_empty() {
                let list = if self.is_stop(&word) { &mut commonest } else { &mut terms };
                list.push(Occurrence { term: self.term(&word).into_owned(), at });
            }
        });
        if terms.is_empty() { commonest } else { terms }
    }

    /// Whether the language has letters whose marks make another word.
    pub fn keeps_marks(&self) -> bool {
        !self.letters.is_empty()
    }

    /// The language's commonest words, in their normal form.
    pub fn stops(&self) -> &[&'static str] {
        &self.stops
    }

    /// Whether a word in its normal form is one of the language's commonest.
    pub fn is_stop(&self, word: &str) -> bool {
        self.stops.contains(&word)
    }

    /// A run as its language writes it: folded, but for the letters with marks that the stemmer must see.
    pub fn normal(&self, run: &str) -> String {
        if self.letters.is_empty() || run.is_ascii() {
            return fold(run, Script::Words);
        }
        let mut word = String::with_capacity(run.len());
        for c in run.nfkc() {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(letter), None) if self.letters.contains(letter) => word.push(letter),
                _ => word.extend(folded(std::iter::once(c))),
            }
        }
        match word.char_indices().nth(LONGEST_WORD) {
            Some((end, _)) => word[..end].to_owned(),
            None => word,
        }
    }

    /// The term of a word in its normal form: its stem, folded.
    pub fn term<'w>(&self, word: &'w str) -> Cow<'w, str> {
        let Some(stemmer) = &self.stemmer else { return Cow::Borrowed(word) };
        let stem = stemmer.stem(word);
        if self.letters.is_empty() || stem.is_ascii() { stem } else { Cow::Owned(fold(&stem, Script::Words)) }
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
    folded(run.chars()).take(LONGEST_WORD).collect()
}

fn folded(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let letters = letters.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
    letters.filter(|c| c.is_alphanumeric())
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
    fn a_language_keeps_the_marks_that_its_stemmer_must_see() {
        for (language, text, expected) in [
            ("es", "Información INFORMACIO\u{301}N informacion años", "inform inform informacion anos"),
            ("de", "Vorstellungsgespräche für Lehrkräfte, Straße", "vorstellungsgesprach lehrkraft strass"),
            ("fr", "les entretiens d’embauche à préparés", "entretien embauch prepar"),
            ("pt", "informações não emoção", "inform emoca"),
            ("it", "le università più libertà", "univers libert"),
            ("nl", "de scène sollicitatiebrieven geëerd", "scen sollicitatiebriev geeerd"),
            ("ru", "Ёлка русский й", "елк русск и"),
            ("en", "résumé ñandú", "resum nandu"),
        ] {
            assert_eq!(terms(language, text), expected, "{text}");
        }
    }

    #[test]
    fn the_commonest_words_stand_in_their_normal_form() {
        for language in &LANGUAGES {
            let analyser = Analyser::new(language.code);
            let wrong: Vec<_> = analyser.stops.iter().filter(|stop| analyser.normal(stop) != **stop).collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", language.code);
            let lower = language.letters.chars().all(|c| c.is_lowercase() && std::iter::once(c).nfkc().eq([c]));
            assert!(lower, "{}", language.code);
        }
    }

    #[test]
    fn scripts_without_spaces_give_pairs_with_their_places() {
        assert_eq!(terms("ja", "就職活動 面 ｶﾞｲﾄﾞabc"), "就職 職活 活動 面 ガイ イド abc");
        let found = Analyser::new("ja").terms("a 就職活");
        let places: Vec<&str> = found.iter().map(|found| &"a 就職活"[found.at.clone()]).collect();
        assert_eq!(places, ["a", "就職", "職活"]);
    }
}
