//! Asking an index: from what a reader types to articles in their order, with excerpts.
//!
//! This works on the very files that a browser fetches, and gives what `search.js` gives: `tests/search/queries.json` holds
//! the two together. Every number is whole until the last step, so that both come to the same order. How a result looks is
//! left to who shows it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::documents::{self, Block, Document, Text};
use super::excerpt::{Matcher, Part};
use super::files::{Damaged, File, Kind, Name, ROOT, Reader, inflate};
use super::index::tag_term;
use super::meaning::{EXACT, Group};
use super::postings::{self, Posting};
use super::syntax;
use super::terms::{self, Term};
use super::vocabulary::{self, Word};
use super::words::Analyser;

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
pub struct Answer {
    /// The words that were looked for, as they are compared.
    pub words: Vec<String>,
    /// The query as it was understood, if some word was taken for a mistake.
    pub corrected: Option<String>,
    /// How many articles there are.
    pub total: usize,
    /// The tags of what was found.
    pub facets: Vec<Facet>,
    /// One page of it.
    pub results: Vec<Hit>,
}

/// A tag, and how many of the articles found have it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facet {
    /// The tag.
    pub tag: String,
    /// How many.
    pub count: usize,
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
const MOST_FACETS: usize = 12;
const MOST_HEADINGS: usize = 3;

/// Gets a file of the index by its name.
type Fetch<'f> = Box<dyn Fn(&str) -> Option<Vec<u8>> + 'f>;

/// An index, opened.
pub struct Search<'f> {
    fetch: Fetch<'f>,
    pub(super) parameters: Parameters,
    bundle: FxHashMap<String, Vec<u8>>,
    pub(super) terms: List,
    pub(super) words: List,
    names: Vec<Name>,
    pub(super) analysers: Vec<Analyser>,
    term_files: RefCell<FxHashMap<usize, std::rc::Rc<Vec<Term>>>>,
}

#[derive(Deserialize)]
pub(super) struct Parameters {
    articles: u32,
    block: u32,
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
        let separators = (0..count).map(|_| reader.word()).collect::<Result<_, _>>()?;
        let names = (0..count).map(|_| reader.name()).collect::<Result<_, _>>()?;
        reader.new_list();
        Ok(List { separators, names })
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
        if search.names.is_empty() && search.parameters.articles > 0 {
            let mut reader = Reader::new(&payload[payload.len() - super::files::NAME_BYTES..]);
            let name = Kind::Names.file_name(&reader.name().map_err(damaged)?);
            let bytes = search.get(&name)?;
            let names = Kind::Names.content(&bytes).map_err(|damaged| failure(&name, damaged))?;
            search.names = names.chunks_exact(super::files::NAME_BYTES).filter_map(|name| name.try_into().ok()).collect();
        }
        Ok(search)
    }

    fn read(payload: &[u8], fetch: Fetch<'f>) -> Result<Search<'f>, Damaged> {
        let mut reader = Reader::new(payload);
        let length = reader.number()? as usize;
        let parameters: Parameters = serde_json::from_slice(reader.take(length)?).map_err(|_| Damaged::Content)?;
        if parameters.block == 0 || parameters.languages.is_empty() {
            return Err(Damaged::Content);
        }
        let terms = List::read(&mut reader)?;
        let words = List::read(&mut reader)?;
        let count = reader.number()? as usize;
        let are_here = reader.take(1)?[0] == 1;
        let names = (0..if are_here { count } else { 0 }).map(|_| reader.name()).collect::<Result<_, _>>()?;
        let analysers = parameters.languages.iter().map(|language| Analyser::new(language)).collect();
        let (bundle, term_files) = Default::default();
        Ok(Search { fetch, parameters, bundle, terms, words, names, analysers, term_files })
    }

    /// Answers a query.
    pub fn query(&self, text: &str, page: Page) -> Result<Answer, Failure> {
        let query = syntax::parse(text);
        let (mut groups, phrases, open) = self.groups(text, &query);
        self.complete(&mut groups, open)?;
        let corrected = self.correct(text, &mut groups, open)?;
        let phrases: Vec<Vec<String>> =
            phrases.iter().map(|phrase| phrase.iter().map(|&group| groups[group].variants[0].0.clone()).collect()).collect();
        let mut ranked = self.rank(&groups)?;
        let required = self.required(&query.tags, &phrases)?;
        if let Some(required) = &required {
            if groups.is_empty() {
                ranked = required.iter().map(|&document| (0, document)).collect();
            }
            ranked.retain(|(_, document)| required.contains(document));
        }
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        if !phrases.is_empty() {
            ranked = self.with_phrases(ranked, &phrases, page)?;
        }
        self.answer(groups, corrected, &ranked, page)
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
                let Some((rarity, postings)) = self.with_term(term, |term| (self.rarity(term.count), term.head.clone()))? else {
                    continue;
                };
                // What stands for a word says no more than the word itself.
                let rarity = rarity.min(most);
                if *weight == EXACT {
                    most = rarity;
                }
                for posting in decode(&postings)? {
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
    fn required(&self, tags: &[String], phrases: &[Vec<String>]) -> Result<Option<FxHashSet<u32>>, Failure> {
        let tags = tags.iter().map(|tag| tag_term(tag)).filter(|tag| tag.len() > 1);
        let mut required: Option<FxHashSet<u32>> = None;
        for term in tags.chain(phrases.iter().flatten().cloned()) {
            let found: FxHashSet<u32> = self.all_postings(&term)?.into_iter().map(Posting::document).collect();
            required = Some(match required {
                None => found,
                Some(before) => before.intersection(&found).copied().collect(),
            });
        }
        Ok(required)
    }

    fn all_postings(&self, term: &str) -> Result<Vec<Posting>, Failure> {
        let Some((head, tail)) = self.with_term(term, |term| (term.head.clone(), term.tail))? else { return Ok(Vec::new()) };
        let mut postings = decode(&head)?;
        if let Some(tail) = tail {
            let name = Kind::Tail.file_name(&tail);
            let bytes = self.get(&name)?;
            let content = Kind::Tail.content(&bytes).and_then(inflate).map_err(|damaged| failure(&name, damaged))?;
            postings.extend(decode(&content)?);
        }
        Ok(postings)
    }

    /// Keeps the articles that have the phrases word by word; reads the best until there are enough.
    fn with_phrases(&self, ranked: Vec<(u64, u32)>, phrases: &[Vec<String>], page: Page) -> Result<Vec<(u64, u32)>, Failure> {
        let mut kept = Vec::new();
        for (score, document) in ranked.into_iter().take(MOST_READ) {
            let (found, text) = self.document_and_text(document)?;
            let texts = text.1.iter().flat_map(|(heading, _, blocks)| std::iter::once(heading).chain(blocks));
            let all: Vec<Vec<String>> = std::iter::once(&found.0)
                .chain([&text.0])
                .chain(texts)
                .map(|text| self.analyser().terms(text).into_iter().map(|found| found.term).collect())
                .collect();
            let has = |phrase: &Vec<String>| all.iter().any(|terms| terms.windows(phrase.len()).any(|window| window == phrase));
            if phrases.iter().all(has) {
                kept.push((score, document));
            }
            if kept.len() >= page.offset + page.limit {
                break;
            }
        }
        Ok(kept)
    }

    fn answer(
        &self,
        groups: Vec<Group>,
        corrected: Option<String>,
        ranked: &[(u64, u32)],
        page: Page,
    ) -> Result<Answer, Failure> {
        let worth = |group: &Group| self.with_term(&group.variants[0].0, |term| self.rarity(term.count));
        let mut matcher = Matcher { analysers: &self.analysers, terms: FxHashMap::default(), worth: Vec::new() };
        for (number, group) in groups.iter().enumerate() {
            matcher.worth.push(worth(group)?.unwrap_or(1024));
            for (term, _) in &group.variants {
                matcher.terms.entry(term.clone()).or_insert(number);
            }
        }
        let mut results = Vec::new();
        for &(score, document) in ranked.iter().skip(page.offset).take(page.limit) {
            results.push(self.hit(&matcher, score, document)?);
        }
        // Where everything is here already, every article counts; elsewhere those that are shown.
        let counted: &[(u64, u32)] = if self.bundle.is_empty() {
            &ranked[page.offset.min(ranked.len())..(page.offset + page.limit).min(ranked.len())]
        } else {
            ranked
        };
        let facets = self.facets(counted)?;
        let words = groups.into_iter().map(|group| group.word).collect();
        Ok(Answer { words, corrected, total: ranked.len(), facets, results })
    }

    fn facets(&self, ranked: &[(u64, u32)]) -> Result<Vec<Facet>, Failure> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut blocks: FxHashMap<u32, Block> = FxHashMap::default();
        for &(_, document) in ranked {
            let number = document / self.parameters.block;
            if let std::collections::hash_map::Entry::Vacant(entry) = blocks.entry(number) {
                entry.insert(self.block(number)?);
            }
            if let Some(found) = blocks[&number].1.get((document % self.parameters.block) as usize) {
                for tag in &found.4 {
                    *counts.entry(tag.clone()).or_default() += 1;
                }
            }
        }
        let mut facets: Vec<Facet> = counts.into_iter().map(|(tag, count)| Facet { tag, count }).collect();
        facets.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.tag.cmp(&b.tag)));
        facets.truncate(MOST_FACETS);
        Ok(facets)
    }

    fn hit(&self, matcher: &Matcher<'_>, score: u64, document: u32) -> Result<Hit, Failure> {
        let (document, text) = self.document_and_text(document)?;
        let href = document.1;
        let place =
            |(title, anchor, _): &(String, String, Vec<String>)| Place { title: title.clone(), href: format!("{href}#{anchor}") };
        let headings =
            text.1.iter().filter(|(title, ..)| !title.is_empty() && matcher.is_in(title)).take(MOST_HEADINGS).map(place);
        let headings = headings.collect();
        let excerpt = matcher.excerpt(&text).map(|(parts, section)| Excerpt {
            parts,
            heading: text.1.get(section).filter(|(title, ..)| !title.is_empty()).map(place),
        });
        Ok(Hit {
            title: matcher.mark(&document.0),
            section: document.2,
            date: document.3,
            lead: text.0,
            headings,
            excerpt,
            score: score as f64 / (16.0 * 1024.0 * 3.2),
            href,
        })
    }

    // Files.

    fn get(&self, name: &str) -> Result<Vec<u8>, Failure> {
        match self.bundle.get(name) {
            Some(bytes) => Ok(bytes.clone()),
            None => (self.fetch)(name).ok_or_else(|| Failure::Missing(name.to_owned())),
        }
    }

    pub(super) fn term_file(&self, number: usize) -> Result<std::rc::Rc<Vec<Term>>, Failure> {
        if let Some(terms) = self.term_files.borrow().get(&number) {
            return Ok(terms.clone());
        }
        let name = Kind::Terms.file_name(&self.terms.names[number]);
        let terms = std::rc::Rc::new(terms::read(&self.get(&name)?).map_err(|damaged| failure(&name, damaged))?);
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

    fn block(&self, number: u32) -> Result<Block, Failure> {
        let name = self.names.get(number as usize).ok_or_else(|| Failure::Damaged(ROOT.into()))?;
        let name = Kind::Documents.file_name(name);
        documents::read(&self.get(&name)?).map_err(|damaged| failure(&name, damaged))
    }

    fn document_and_text(&self, document: u32) -> Result<(Document, Text), Failure> {
        let block = self.block(document / self.parameters.block)?;
        let index = (document % self.parameters.block) as usize;
        let text = documents::read_text(&self.get(&block.0)?, &block, index).map_err(|damaged| failure(&block.0, damaged))?;
        let found = block.1.get(index).cloned().ok_or_else(|| Failure::Damaged(block.0.clone()))?;
        Ok((found, text))
    }
}

fn decode(bytes: &[u8]) -> Result<Vec<Posting>, Failure> {
    postings::decode(bytes).map_err(|damaged| failure("its postings", damaged))
}

fn failure(name: &str, damaged: Damaged) -> Failure {
    match damaged {
        Damaged::Version => Failure::Version,
        Damaged::Content => Failure::Damaged(name.to_owned()),
    }
}
