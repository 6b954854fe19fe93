//! What the words of a query may mean: their stems, what completes the last one, and what a misspelt one was meant to be.
//!
//! `search.js` does the same. Which articles have the words is left to `query`.

use std::ops::Range;

use super::query::{Failure, Search};
use super::syntax;
use super::vocabulary::{self, Word};
use super::words::{self, Analyser, Script, fold};

/// Weights of what a word may stand for, in sixteenths.
pub const EXACT: u64 = 16;
const COMPLETED_WORD: u64 = 12;
const SYNONYM: u64 = 10;
const COMPLETED: u64 = 8;
/// How many words complete one.
const MOST_COMPLETIONS: usize = 8;
/// A beginning of one letter is the beginning of everything.
const SHORTEST_BEGINNING: usize = 2;
/// So many files of words are looked at for the one that a misspelt word was meant to be, and once more for words with
/// another first letter.
const MOST_WORD_FILES: usize = 12;
/// A word that is repeated counts so often at most.
const MOST_REPEATS: u64 = 3;

/// A word of the query, and what it may stand for.
pub struct Group {
    /// Folded.
    pub word: String,
    pub repeats: u64,
    /// It stands in a phrase, and a phrase is taken as it is.
    is_quoted: bool,
    /// It is one of the commonest words of a language, which no article need have.
    is_stop: bool,
    /// Where it stands in the query.
    places: Vec<Range<usize>>,
    /// Terms with their weights; the first is its own.
    pub variants: Vec<(String, u64)>,
}

impl Group {
    /// The terms that are this word, not only something that means the same.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().filter(|(_, weight)| *weight == EXACT).map(|(term, _)| term.as_str())
    }
}

impl Search<'_> {
    /// The words of the query; its phrases as lists of them; and the word that is being typed.
    pub fn groups(&self, text: &str, query: &syntax::Query) -> (Vec<Group>, Vec<Vec<usize>>, Option<usize>) {
        let mut groups: Vec<Group> = Vec::new();
        let mut add = |text: &str, start: usize, found: &words::Occurrence, is_quoted: bool| {
            let written = &text[found.at.clone()];
            let place = start + found.at.start..start + found.at.end;
            let is_pair = is_paired(written);
            let word = if is_pair { found.term.clone() } else { fold(written, Script::Words) };
            let known = groups.iter().position(|group| group.variants[0].0 == found.term);
            if let Some(known) = known {
                groups[known].is_quoted |= is_quoted;
                groups[known].repeats = (groups[known].repeats + 1).min(MOST_REPEATS);
                groups[known].places.push(place);
                return known;
            }
            let variants = if is_pair { vec![(found.term.clone(), EXACT)] } else { self.variants(&[written]) };
            let is_stop = self.analysers.iter().any(|analyser| analyser.is_stop(&analyser.normal(written)));
            groups.push(Group { word, repeats: 1, is_quoted, is_stop, places: vec![place], variants });
            groups.len() - 1
        };
        let mut last = None;
        for found in self.analyser().terms(&query.words) {
            last = Some((add(&query.words, 0, &found, false), found.at.end));
        }
        let phrases: Vec<Vec<usize>> = query
            .phrases
            .iter()
            .map(|at| {
                let text = &text[at.clone()];
                self.analyser().terms(text).iter().map(|found| add(text, at.start, found, true)).collect()
            })
            .filter(|phrase: &Vec<usize>| !phrase.is_empty())
            .collect();
        let open = last.filter(|(_, end)| *end == text.len()).map(|(group, _)| group);
        (groups, phrases, open)
    }

    /// What a word may stand for, however it is written: its stem in each language of the site, and its synonyms.
    fn variants(&self, forms: &[impl AsRef<str>]) -> Vec<(String, u64)> {
        let mut variants: Vec<(String, u64)> = Vec::new();
        let mut add = |term: String, weight| {
            if !variants.iter().any(|(known, _)| *known == term) {
                variants.push((term, weight));
            }
        };
        let stem = |analyser: &Analyser, form: &str| analyser.term(&analyser.normal(form)).into_owned();
        for form in forms {
            for analyser in &self.analysers {
                add(stem(analyser, form.as_ref()), EXACT);
            }
        }
        for form in forms {
            for synonym in self.parameters.synonyms.get(&stem(self.analyser(), form.as_ref())).into_iter().flatten() {
                add(synonym.clone(), SYNONYM);
            }
        }
        variants
    }

    /// Gives a word that no article has the marks with which articles write it; returns whether there is such a word.
    fn mark(&self, group: &mut Group) -> Result<bool, Failure> {
        let file = self.analysers.iter().any(Analyser::keeps_marks).then(|| self.words.find(&group.word)).flatten();
        let Some(file) = file.filter(|_| vocabulary::is_wanted(&group.word)) else { return Ok(false) };
        let words = self.word_file(file)?;
        let Some(word) = words.iter().find(|word| word.word == group.word) else { return Ok(false) };
        group.variants = self.variants(word.forms());
        Ok(true)
    }

    /// Adds to the word that is being typed what it may become.
    pub fn complete(&self, groups: &mut [Group], open: Option<usize>) -> Result<(), Failure> {
        let Some(group) = open.and_then(|open| groups.get_mut(open)) else { return Ok(()) };
        if group.is_quoted || group.word.chars().count() < SHORTEST_BEGINNING {
            return Ok(());
        }
        let mut found: Vec<(u32, String)> = Vec::new();
        for file in self.terms.find_beginning(&group.word).into_iter().take(2) {
            for term in self.term_file(file)?.iter() {
                if term.word.starts_with(&group.word) && !group.variants.iter().any(|(known, _)| *known == term.word) {
                    found.push((term.count, term.word.clone()));
                }
            }
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        found.truncate(MOST_COMPLETIONS);
        let is_known = !found.is_empty() || self.is_known(group)?;
        group.variants.extend(found.into_iter().map(|(_, term)| (term, COMPLETED)));
        if !is_known && !self.mark(group)? {
            for word in self.completions(&group.word)? {
                for (term, _) in self.variants(word.forms()) {
                    if !group.variants.iter().any(|(known, _)| *known == term) {
                        group.variants.push((term, COMPLETED_WORD));
                    }
                }
            }
        }
        Ok(())
    }

    /// Words with this beginning, the commonest first.
    fn completions(&self, beginning: &str) -> Result<Vec<Word>, Failure> {
        let mut found: Vec<Word> = Vec::new();
        for file in self.words.find_beginning(beginning).into_iter().take(2) {
            found.extend(self.word_file(file)?.into_iter().filter(|word| word.word.starts_with(beginning)));
        }
        found.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| a.word.cmp(&b.word)));
        found.truncate(MOST_COMPLETIONS);
        Ok(found)
    }

    /// The query with its last word completed, the commonest word first.
    pub fn suggestions(&self, text: &str) -> Result<Vec<String>, Failure> {
        let mut last = None;
        words::each_run(text, |at, script| last = Some((at, script)));
        let Some((at, Script::Words)) = last.filter(|(at, _)| at.end == text.len()) else { return Ok(Vec::new()) };
        let beginning = fold(&text[at.clone()], Script::Words);
        if beginning.chars().count() < SHORTEST_BEGINNING {
            return Ok(Vec::new());
        }
        let words = self.completions(&beginning)?;
        Ok(words.into_iter().map(|word| format!("{}{}", &text[..at.start], word.written())).collect())
    }

    /// Takes words that no article has for mistakes, where there is a word that is almost the same.
    pub fn correct(&self, text: &str, groups: &mut [Group], open: Option<usize>) -> Result<Option<String>, Failure> {
        let mut changes: Vec<(Range<usize>, String)> = Vec::new();
        for (number, group) in groups.iter_mut().enumerate() {
            if self.is_known(group)? || self.mark(group)? {
                continue;
            }
            let most_mistakes = vocabulary::most_mistakes(group.word.chars().count());
            if group.is_quoted || group.is_stop || most_mistakes == 0 || !vocabulary::is_wanted(&group.word) {
                continue;
            }
            let Some(meant) = self.meant(&group.word, open == Some(number))? else { continue };
            changes.extend(group.places.iter().map(|place| (place.clone(), meant.written().to_owned())));
            group.variants = self.variants(meant.forms());
            group.word = meant.word;
        }
        changes.sort_by_key(|(place, _)| place.start);
        let mut corrected = text.to_owned();
        for (place, word) in changes.iter().rev() {
            corrected.replace_range(place.clone(), word);
        }
        Ok((!changes.is_empty()).then_some(corrected))
    }

    /// Most mistakes leave the first letter alone, so words with another are looked at only if need be, and not while one
    /// types. All of them, if they are in a few files; otherwise those that begin as the word does without its first letter, or
    /// with its first two exchanged.
    fn meant(&self, word: &str, is_open: bool) -> Result<Option<Word>, Failure> {
        let letters: Vec<char> = word.chars().take(3).collect();
        let beginning = |places: &[usize]| {
            let beginning: String = places.iter().filter_map(|&place| letters.get(place)).collect();
            self.words.find_beginning(&beginning)
        };
        let all = self.words.names.len();
        let alike = [beginning(&[0]), beginning(&[0, 1])].into_iter().find(|files| files.len() <= MOST_WORD_FILES);
        let mut others: Vec<usize> =
            if all <= MOST_WORD_FILES { (0..all).collect() } else { [beginning(&[1, 2]), beginning(&[1, 0])].concat() };
        others.sort_unstable();
        others.dedup();
        for files in [alike.unwrap_or_default(), if is_open { Vec::new() } else { others }] {
            let mut known = Vec::new();
            for file in files.into_iter().take(MOST_WORD_FILES) {
                known.extend(self.word_file(file)?);
            }
            if let Some(meant) = vocabulary::correct(word, known.iter()) {
                return Ok(Some(meant.clone()));
            }
        }
        Ok(None)
    }

    fn is_known(&self, group: &Group) -> Result<bool, Failure> {
        for (term, _) in &group.variants {
            if self.with_term(term, |_| ())?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a run of a query is searched in pairs.
fn is_paired(written: &str) -> bool {
    let mut is_paired = false;
    words::each_run(written, |_, script| is_paired |= script == Script::Pairs);
    is_paired
}
