//! Asking an index: from what a reader types to articles in their order, with excerpts.
//!
//! This works on the very files that a browser fetches, and gives what `search.js` gives: `tests/search/queries.json` holds
//! the two together. Every number is whole until the last step, so that both come to the same order. How a result looks is
//! left to who shows it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::documents::{self, At, BLOCK, DIRECTORY, Document, Passage};
use super::excerpt::{Matcher, Part};
use super::files::{Damaged, File, HEADER, Kind, Name, ROOT, Reader, inflate};
use super::meaning::{EXACT, Group};
use super::postings::{self, HEAD, Posting};
use super::syntax;
use super::tally::tag_term;
use super::terms::{self, Term};
use super::vocabulary::{self, Word};
use super::words::{Analyser, Occurrence, Script, fold};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A file of the index is not there.
    Missing(String),
    /// Another version of Guidepost made the index.
    Version,
    /// A file of the index is not what it should be.
    Damaged(String),
}

/// Which of the results are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// At most so many.
    pub limit: usize,
    /// Without so many of the best.
    pub offset: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The words that were looked for, as they are compared.
    pub words: Vec<String>,
    /// The query as it was understood, if some word was taken for a mistake.
    pub corrected: Option<String>,
    /// How many articles there are.
    pub total: usize,
    /// There are more: a word that very many articles have, or a phrase of which not all that have its words were read.
    pub is_partial: bool,
    /// The tags of what was found; where not everything is here, of what is shown.
    pub facets: Vec<Facet>,
    /// One page of it.
    pub results: Vec<Hit>,
}

/// A tag, and how many of the articles found have it, if that is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facet {
    /// The tag.
    pub tag: String,
    /// How many.
    pub count: Option<usize>,
}

/// One article that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// Its title.
    pub title: Vec<Part>,
    /// Its address from the site's root.
    pub href: String,
    /// Its section's title.
    pub section: String,
    /// The day it was first published.
    pub date: String,
    /// One sentence about it.
    pub lead: String,
    /// Headings that have a word that was asked for.
    pub headings: Vec<Place>,
    /// Where in the text the words stand.
    pub excerpt: Option<Excerpt>,
    /// How well it fits.
    pub score: f64,
}

/// A heading, and where it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// The heading.
    pub title: String,
    /// Its address from the site's root.
    pub href: String,
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Excerpt {
    /// The piece, with its words marked.
    pub parts: Vec<Part>,
    /// The heading it stands under.
    pub heading: Option<Place>,
}

/// How many articles are read in search of a phrase.
const MOST_READ: usize = 60;
/// So many characters of a query count: each word of a phrase brings all articles that have it.
const LONGEST_QUERY: usize = 1_000;
const MOST_FACETS: usize = 12;
const MOST_HEADINGS: usize = 3;
/// A word that more than two thirds of the articles have is not marked, if there are others: 1,024 times ln 1.5.
const TELLING: u64 = 415;

/// Gets a file of the index by its name.
type Fetch<'f> = Box<dyn Fn(&str) -> Option<Vec<u8>> + 'f>;

/// An index, opened.
pub struct Search<'f> {
    fetch: Fetch<'f>,
    pub(super) parameters: Parameters,
    bundle: FxHashMap<String, Vec<u8>>,
    /// The segments of terms, each with the file that it is in, and where.
    pub(super) terms: List,
    segments: Vec<Range<usize>>,
    pub(super) words: List,
    directories: Vec<Name>,
    pub(super) analysers: Vec<Analyser>,
    term_files: RefCell<FxHashMap<usize, Rc<Vec<Term>>>>,
    places: RefCell<FxHashMap<usize, Rc<Vec<At>>>>,
}

#[derive(Deserialize)]
pub(super) struct Parameters {
    articles: u32,
    block: usize,
    directory: usize,
    languages: Vec<String>,
    pub(super) synonyms: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    files: Vec<(String, usize)>,
}

/// Files in the order of what is in them.
pub(super) struct List {
    separators: Vec<String>,
    pub(super) names: Vec<Name>,
}

impl List {
    fn read(reader: &mut Reader<'_>) -> Result<List, Damaged> {
        let count = reader.number()?;
        let separators = read_separators(count, reader)?;
        let names = (0..count).map(|_| reader.name()).collect::<Result<_, _>>()?;
        Ok(List { separators, names })
    }

    /// Segments of terms: the list of them, and where each is in its file.
    fn read_segments(reader: &mut Reader<'_>) -> Result<(List, Vec<Range<usize>>), Damaged> {
        let files = reader.number()?;
        let counts: Vec<u32> = (0..files).map(|_| reader.number()).collect::<Result<_, _>>()?;
        let all = counts.iter().try_fold(0_u32, |all, count| all.checked_add(*count)).ok_or(Damaged::Content)?;
        let separators = read_separators(all, reader)?;
        let mut ranges = Vec::new();
        for count in &counts {
            let mut from = HEADER;
            for _ in 0..*count {
                let to = from + reader.number()? as usize;
                ranges.push(from..to);
                from = to;
            }
        }
        let mut names = Vec::new();
        for count in counts {
            let name = reader.name()?;
            names.extend((0..count).map(|_| name));
        }
        Ok((List { separators, names }, ranges))
    }

    /// The file that has a word, if any has.
    pub(super) fn find(&self, word: &str) -> Option<usize> {
        self.separators.partition_point(|separator| separator.as_str() <= word).checked_sub(1)
    }

    /// The files that have words with this beginning.
    pub(super) fn find_beginning(&self, beginning: &str) -> Vec<usize> {
        let Some(first) = self.find(beginning) else { return Vec::new() };
        let more = self.separators[first + 1..].iter().take_while(|separator| separator.starts_with(beginning)).count();
        (first..=first + more).collect()
    }
}

fn read_separators(count: u32, reader: &mut Reader<'_>) -> Result<Vec<String>, Damaged> {
    reader.new_list();
    (0..count).map(|_| reader.word()).collect()
}

impl<'f> Search<'f> {
    /// Opens an index whose files are all here.
    pub fn of_files(files: &'f [File]) -> Result<Search<'f>, Failure> {
        let by_name: FxHashMap<&str, &File> = files.iter().map(|file| (file.name.as_str(), file)).collect();
        let fetch = move |name: &str| by_name.get(name).map(|file| file.bytes.clone());
        let root = fetch(ROOT).ok_or_else(|| Failure::Missing(ROOT.into()))?;
        Search::open(&root, fetch)
    }

    /// Opens an index. `fetch` gets a file by its name in the folder of the index.
    pub fn open(root: &[u8], fetch: impl Fn(&str) -> Option<Vec<u8>> + 'f) -> Result<Search<'f>, Failure> {
        let damaged = |damaged| failure(ROOT, damaged);
        let mut reader = Reader::new(Kind::Root.content(root).map_err(damaged)?);
        let length = reader.number().map_err(damaged)? as usize;
        let payload = inflate(reader.take(length).map_err(damaged)?).map_err(damaged)?;
        let mut search = Self::read(&payload, Box::new(fetch)).map_err(damaged)?;
        for (name, size) in std::mem::take(&mut search.parameters.files) {
            search.bundle.insert(name, reader.take(size).map_err(damaged)?.to_vec());
        }
        Ok(search)
    }

    fn read(payload: &[u8], fetch: Fetch<'f>) -> Result<Search<'f>, Damaged> {
        let mut reader = Reader::new(payload);
        let length = reader.number()? as usize;
        let parameters: Parameters = serde_json::from_slice(reader.take(length)?).map_err(|_| Damaged::Content)?;
        if parameters.block != BLOCK || parameters.directory != DIRECTORY || parameters.languages.is_empty() {
            return Err(Damaged::Content);
        }
        let (terms, segments) = List::read_segments(&mut reader)?;
        let words = List::read(&mut reader)?;
        let count = (parameters.articles as usize).div_ceil(BLOCK * DIRECTORY);
        let directories = (0..count).map(|_| reader.name()).collect::<Result<_, _>>()?;
        let analysers = parameters.languages.iter().map(|language| Analyser::new(language)).collect();
        let (bundle, term_files, places) = Default::default();
        Ok(Search { fetch, parameters, bundle, terms, segments, words, directories, analysers, term_files, places })
    }

    /// Answers a query.
    pub fn query(&self, text: &str, page: Page) -> Result<Answer, Failure> {
        let text = text.char_indices().nth(LONGEST_QUERY).map_or(text, |(end, _)| &text[..end]);
        let query = syntax::parse(text);
        let (mut groups, phrases, open) = self.groups(text, &query);
        self.complete(&mut groups, open)?;
        let corrected = self.correct(text, &mut groups, open)?;
        let mut ranked = self.rank(&groups)?;
        let required = self.required(&query.tags, &groups, &phrases)?;
        if let Some(required) = &required {
            ranked.retain(|(_, document)| required.contains(document));
            // A word of which only the best articles are known leaves none out.
            if groups.is_empty() || self.is_cut(&groups)? {
                let known: FxHashSet<u32> = ranked.iter().map(|(_, document)| *document).collect();
                ranked.extend(required.difference(&known).map(|&document| (0, document)));
            }
        }
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        let mut is_partial = required.is_none() && self.is_cut(&groups)?;
        if !phrases.is_empty() {
            let phrases: Vec<&str> = query.phrases.iter().map(|at| &text[at.clone()]).collect();
            (ranked, is_partial) = self.with_phrases(ranked, &phrases, &groups, page)?;
        }
        let answer = self.answer(groups, corrected, &ranked, page)?;
        Ok(Answer { is_partial, ..answer })
    }

    /// Whether so many articles have a word that the index does not name all of them.
    fn is_cut(&self, groups: &[Group]) -> Result<bool, Failure> {
        for (term, _) in groups.iter().flat_map(|group| &group.variants) {
            if self.with_term(term, |term| term.count as usize > HEAD)? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether every file is here, so that looking at all of them costs nothing.
    fn is_whole(&self) -> bool {
        !self.bundle.is_empty()
    }

    pub(super) fn analyser(&self) -> &Analyser {
        &self.analysers[0]
    }

    /// Scores every article that has a word of the query.
    fn rank(&self, groups: &[Group]) -> Result<Vec<(u64, u32)>, Failure> {
        let mut scores: FxHashMap<u32, u64> = FxHashMap::default();
        for group in groups {
            let mut best: FxHashMap<u32, u64> = FxHashMap::default();
            let mut most = u64::MAX;
            for (term, weight) in &group.variants {
                let Some((rarity, postings)) = self.with_term(term, |term| (self.rarity(term.count), self.head(term)))? else {
                    continue;
                };
                // What stands for a word says no more than the word itself.
                let rarity = rarity.min(most);
                if *weight == EXACT {
                    most = rarity;
                }
                for posting in postings? {
                    let value = weight * rarity * u64::from(posting.impact());
                    let slot = best.entry(posting.document()).or_default();
                    *slot = value.max(*slot);
                }
            }
            for (document, value) in best {
                *scores.entry(document).or_default() += value * group.repeats;
            }
        }
        Ok(scores.into_iter().map(|(document, score)| (score, document)).collect())
    }

    /// How rare a term is: BM25's logarithm, in 1,024ths.
    fn rarity(&self, count: u32) -> u64 {
        let (all, count) = (f64::from(self.parameters.articles), f64::from(count));
        ((1.0 + (all - count + 0.5) / (count + 0.5)).ln() * 1024.0).round() as u64
    }

    /// The articles that have all tags and every word of every phrase; `None` if there are none of either.
    fn required(&self, tags: &[String], groups: &[Group], phrases: &[Vec<usize>]) -> Result<Option<FxHashSet<u32>>, Failure> {
        let tags = tags.iter().map(|tag| tag_term(tag)).filter(|tag| tag.len() > 1).map(|tag| vec![tag]);
        let words = phrases.iter().flatten().map(|group| groups[*group].stems().map(str::to_owned).collect());
        let mut required: Option<FxHashSet<u32>> = None;
        for terms in tags.chain(words) {
            let mut found: FxHashSet<u32> = FxHashSet::default();
            let mut is_cut = false;
            for term in terms {
                let (postings, is_all) = self.all_postings(&term)?;
                found.extend(postings.into_iter().map(Posting::document));
                is_cut |= !is_all;
            }
            if is_cut {
                continue;
            }
            required = Some(match required {
                None => found,
                Some(before) => before.intersection(&found).copied().collect(),
            });
        }
        Ok(required)
    }

    fn step(&self, term: &Term) -> u32 {
        postings::step(term.count, self.parameters.articles)
    }

    /// The best articles that have a term.
    fn head(&self, term: &Term) -> Result<Vec<Posting>, Failure> {
        let decoded = postings::decode(&term.head, HEAD.min(term.count as usize), self.step(term));
        decoded.map_err(|damaged| failure(&term.word, damaged))
    }

    /// The articles that have a term, and whether these are all.
    fn all_postings(&self, term: &str) -> Result<(Vec<Posting>, bool), Failure> {
        let found = self.with_term(term, |term| (self.head(term), term.tail, term.count as usize, self.step(term)))?;
        let Some((postings, tail, count, step)) = found else { return Ok((Vec::new(), true)) };
        let mut postings = postings?;
        if let Some(tail) = tail {
            let name = Kind::Tail.file_name(&tail);
            let bytes = self.get(&name)?;
            let rest = Kind::Tail.content(&bytes).and_then(|tail| postings::decode(tail, count - HEAD, step));
            postings.extend(rest.map_err(|damaged| failure(&name, damaged))?);
        }
        let is_all = postings.len() == count;
        Ok((postings, is_all))
    }

    /// Keeps the articles that have the phrases word by word, each by the rules of its language. Reads the best until there
    /// are enough; says whether there may be more.
    fn with_phrases(
        &self,
        ranked: Vec<(u64, u32)>,
        phrases: &[&str],
        groups: &[Group],
        page: Page,
    ) -> Result<(Vec<(u64, u32)>, bool), Failure> {
        let enough = if self.is_whole() { usize::MAX } else { page.offset + page.limit };
        let mut kept = Vec::new();
        let mut read = 0;
        for &(score, number) in ranked.iter().take(MOST_READ) {
            if kept.len() >= enough {
                break;
            }
            read += 1;
            let (document, passages) = self.document(number)?;
            if has_phrases(&document, &passages, self, phrases, groups) {
                kept.push((score, number));
            }
        }
        Ok((kept, read < ranked.len()))
    }

    /// The rules for an article's language.
    fn analyser_of(&self, language: usize) -> &Analyser {
        self.analysers.get(language).unwrap_or(&self.analysers[0])
    }

    fn answer(
        &self,
        groups: Vec<Group>,
        corrected: Option<String>,
        ranked: &[(u64, u32)],
        page: Page,
    ) -> Result<Answer, Failure> {
        let mut worth = Vec::new();
        for group in &groups {
            worth.push(self.with_term(&group.variants[0].0, |term| self.rarity(term.count))?.unwrap_or(1024));
        }
        let mut terms: FxHashMap<String, usize> = FxHashMap::default();
        let is_any_telling = worth.iter().any(|worth| *worth > TELLING);
        let is_marked = |number: usize| !is_any_telling || worth[number] > TELLING;
        for (number, group) in groups.iter().enumerate().filter(|(number, _)| is_marked(*number)) {
            for (term, _) in &group.variants {
                terms.entry(term.clone()).or_insert(number);
            }
        }
        let mut results = Vec::new();
        let mut facets: BTreeMap<String, usize> = BTreeMap::new();
        let shown = page.offset.min(ranked.len())..(page.offset + page.limit).min(ranked.len());
        for (number, &(score, document)) in ranked.iter().enumerate() {
            if !self.is_whole() && !shown.contains(&number) {
                continue;
            }
            let (document, passages) = self.document(document)?;
            for tag in &document.5 {
                *facets.entry(tag.clone()).or_default() += 1;
            }
            if shown.contains(&number) {
                let matcher = Matcher { analyser: self.analyser_of(document.0), terms: &terms, worth: &worth };
                results.push(hit(&matcher, score, document, &passages));
            }
        }
        let mut facets: Vec<(String, usize)> = facets.into_iter().collect();
        facets.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        facets.truncate(MOST_FACETS);
        let facet = |(tag, count)| Facet { tag, count: self.is_whole().then_some(count) };
        let facets = facets.into_iter().map(facet).collect();
        let words = groups.into_iter().map(|group| group.word).collect();
        Ok(Answer { words, corrected, total: ranked.len(), is_partial: false, facets, results })
    }

    // Files.

    fn get(&self, name: &str) -> Result<Vec<u8>, Failure> {
        match self.bundle.get(name) {
            Some(bytes) => Ok(bytes.clone()),
            None => (self.fetch)(name).ok_or_else(|| Failure::Missing(name.to_owned())),
        }
    }

    pub(super) fn term_file(&self, number: usize) -> Result<Rc<Vec<Term>>, Failure> {
        if let Some(terms) = self.term_files.borrow().get(&number) {
            return Ok(terms.clone());
        }
        let name = Kind::Terms.file_name(&self.terms.names[number]);
        let bytes = self.get(&name)?;
        let segment = bytes.get(self.segments[number].clone()).ok_or(Damaged::Content);
        let terms = Rc::new(segment.and_then(terms::read).map_err(|damaged| failure(&name, damaged))?);
        self.term_files.borrow_mut().insert(number, terms.clone());
        Ok(terms)
    }

    pub(super) fn with_term<T>(&self, term: &str, look: impl FnOnce(&Term) -> T) -> Result<Option<T>, Failure> {
        let Some(file) = self.terms.find(term) else { return Ok(None) };
        let terms = self.term_file(file)?;
        Ok(terms.binary_search_by(|known| known.word.as_str().cmp(term)).ok().map(|index| look(&terms[index])))
    }

    pub(super) fn word_file(&self, number: usize) -> Result<Vec<Word>, Failure> {
        let name = Kind::Vocabulary.file_name(&self.words.names[number]);
        vocabulary::read(&self.get(&name)?).map_err(|damaged| failure(&name, damaged))
    }

    /// Where the articles of a directory are.
    fn directory(&self, number: usize) -> Result<Rc<Vec<At>>, Failure> {
        if let Some(places) = self.places.borrow().get(&number) {
            return Ok(places.clone());
        }
        let name = self.directories.get(number).ok_or_else(|| Failure::Damaged(ROOT.into()))?;
        let name = Kind::Directory.file_name(name);
        let articles = (self.parameters.articles as usize - number * BLOCK * DIRECTORY).min(BLOCK * DIRECTORY);
        let places = documents::read_directory(&self.get(&name)?, articles).map_err(|damaged| failure(&name, damaged))?;
        let places = Rc::new(places);
        self.places.borrow_mut().insert(number, places.clone());
        Ok(places)
    }

    fn document(&self, number: u32) -> Result<(Document, Vec<Passage>), Failure> {
        let number = number as usize;
        let directory = self.directory(number / (BLOCK * DIRECTORY))?;
        let (name, range) = directory.get(number % (BLOCK * DIRECTORY)).ok_or_else(|| Failure::Damaged(ROOT.into()))?;
        let name = Kind::Documents.file_name(name);
        let bytes = self.get(&name)?;
        let piece = bytes.get(range.clone()).ok_or(Damaged::Content);
        piece.and_then(documents::read).map_err(|damaged| failure(&name, damaged))
    }
}

fn has_phrases(document: &Document, passages: &[Passage], search: &Search<'_>, phrases: &[&str], groups: &[Group]) -> bool {
    let analyser = search.analyser_of(document.0);
    let passages = passages.iter().flat_map(|Passage(heading, _, blocks)| std::iter::once(heading).chain(blocks));
    let texts: Vec<Vec<Occurrence>> =
        [&document.1, &document.6].into_iter().chain(passages).map(|text| analyser.terms(text)).collect();
    phrases.iter().all(|text| {
        let words = analyser.terms(text).into_iter().map(|found| {
            let word = fold(&text[found.at], Script::Words);
            let group = groups.iter().find(|group| group.word == word || group.stems().any(|stem| stem == found.term));
            (found.term, group)
        });
        let words: Vec<(String, Option<&Group>)> = words.collect();
        let fits = |(found, (term, group)): (&Occurrence, &(String, Option<&Group>))| {
            found.term == *term || group.is_some_and(|group| group.stems().any(|stem| stem == found.term))
        };
        let has = |terms: &Vec<Occurrence>| terms.windows(words.len()).any(|window| window.iter().zip(&words).all(fits));
        words.is_empty() || texts.iter().any(has)
    })
}

/// An article as a result.
fn hit(matcher: &Matcher<'_>, score: u64, document: Document, passages: &[Passage]) -> Hit {
    let Document(_, title, href, section, date, _, lead) = document;
    let place = |Passage(title, anchor, _): &Passage| Place { title: title.clone(), href: format!("{href}#{anchor}") };
    let is_found = |passage: &&Passage| !passage.0.is_empty() && matcher.is_in(&passage.0);
    let headings = passages.iter().filter(is_found).take(MOST_HEADINGS).map(place).collect();
    let excerpt = matcher.excerpt(passages).map(|(parts, passage)| Excerpt {
        parts,
        heading: passages.get(passage).filter(|Passage(title, ..)| !title.is_empty()).map(place),
    });
    let title = matcher.mark(&title);
    Hit { title, section, date, lead, headings, excerpt, score: score as f64 / (16.0 * 1024.0 * 6.4), href }
}

fn failure(name: &str, damaged: Damaged) -> Failure {
    match damaged {
        Damaged::Version => Failure::Version,
        Damaged::Content => Failure::Damaged(name.to_owned()),
    }
}
