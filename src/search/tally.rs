//! Counting the words of some articles: their postings by article, which the index merges, and their blocks.
//!
//! An impact needs only the article itself and the average length of all, which is known beforehand, so every text is gone
//! through once.

use std::sync::Arc;

use jiff::civil;
use rustc_hash::{FxHashMap, FxHashSet};

use super::documents::{self, BLOCK, Block, Document, Passage};
use super::files::{Outlet, Reader, put_number};
use super::postings::{IN_BODY, IN_HEADING, IN_TAGS, IN_TITLE, MOST_PARTS, Norm, Posting};
use super::words::{Analyser, Script, each_run, fold, is_gap_at, next_run, stemmed_language};
use super::{text, vocabulary};
use crate::article::{Article, date};
use crate::site::{ArticleId, Site};
use crate::url::Base;

fn language_of<'s>(site: &'s Site, article: &'s Article) -> &'s str {
    article.head.lang.as_deref().unwrap_or(&site.settings.language)
}

/// What all articles are looked at with.
pub struct Context<'c> {
    pub site: &'c Site,
    pub articles: &'c [Arc<Article>],
    pub today: civil::Date,
    /// How many words they have on average.
    pub average: f32,
    /// The languages of the index.
    pub languages: &'c [&'static str],
    /// Where finished files go.
    pub outlet: &'c Outlet<'c>,
}

/// Some articles' part of the index.
pub struct Chunk {
    /// As they were met.
    pub terms: Vec<Box<str>>,
    /// Where each term's postings begin, and at last where they end.
    starts: Vec<u32>,
    /// As [`Counted`] has them, one term's after the other's.
    postings: Vec<u8>,
    /// The number of the first article.
    first: u32,
    pub words: Vec<Written>,
    pub blocks: Vec<Block>,
}

impl Chunk {
    /// Counts some articles, of which the first has a number in the index.
    pub fn new(context: &Context<'_>, ids: &[ArticleId], first: u32) -> Chunk {
        let mut tally = Tally::default();
        let mut writer = documents::Writer::new();
        let mut blocks = Vec::with_capacity(ids.len() / BLOCK + 1);
        for block in ids.chunks(BLOCK) {
            for &id in block {
                let mut passages = tally.add_article(context, id);
                documents::shorten(&mut passages);
                writer.add(&document_of(context, id), &passages);
            }
            blocks.push(writer.finish(context.outlet));
        }
        tally.finish(blocks, first)
    }

    /// The postings of a term by its place among them, in the order of articles; impacts are in parts.
    pub fn postings_of(&self, term: usize) -> impl Iterator<Item = Posting> {
        let mut reader = Reader::new(&self.postings[self.starts[term] as usize..self.starts[term + 1] as usize]);
        let mut next = self.first;
        std::iter::from_fn(move || {
            let number = reader.number().ok()?;
            let document = next + (number >> IMPACT_BITS);
            next = document + 1;
            Some(Posting::new(document, (number & ((1 << IMPACT_BITS) - 1)) + 1))
        })
    }
}

fn document_of(context: &Context<'_>, id: ArticleId) -> Document {
    let (site, head) = (context.site, context.site.head(id));
    let language = stemmed_language(language_of(site, &context.articles[id.index()])).unwrap_or("");
    Document(
        context.languages.iter().position(|known| *known == language).unwrap_or(0),
        head.title.clone(),
        Base::default().href(&head.url),
        site.section_of(id).title.clone(),
        head.date.map(|when| date::iso_day(when.day())).unwrap_or_default(),
        site.tags_of(id).map(|tag| tag.name.clone()).collect(),
        head.lead().to_owned(),
    )
}

/// A word that is not counted.
const STOP: u32 = u32::MAX;
/// Beside a term's weight in an article: it is in the title.
const TITLE_BIT: u32 = 1 << 31;

/// The words of one language and their terms, as far as they were met.
struct Dictionary {
    language: String,
    analyser: Analyser,
    /// Words in ASCII of up to sixteen letters, in lower case, as numbers.
    short: FxHashMap<u128, u32>,
    /// All others, as written.
    long: FxHashMap<Box<str>, u32>,
}

/// Impacts are from 1 on.
const IMPACT_BITS: u32 = (MOST_PARTS - 1).ilog2() + 1;

/// A term as far as it was counted.
#[derive(Default)]
struct Counted {
    /// In the article at hand.
    weight: u32,
    /// The number behind the last article that has it, from the first of the chunk.
    next: u32,
    /// Each article that has it: how many that have not lie before it, and its impact, as one number of seven bits a byte. Most
    /// take one byte or two, where a [`Posting`] takes four, and these are what an index is made of until its last chunk is
    /// counted.
    postings: Vec<u8>,
}

impl Counted {
    fn add(&mut self, document: u32, impact: u32) {
        put_number((document - self.next) << IMPACT_BITS | (impact - 1), &mut self.postings);
        self.next = document + 1;
    }
}

/// A word of the vocabulary.
#[derive(PartialEq, Eq, Hash)]
pub struct Written {
    pub folded: Box<str>,
    /// Its normal form, if that is another.
    pub marked: Option<Box<str>>,
    /// Its term, by its place among the chunk's.
    pub term: u32,
}

/// Counting the terms of some articles.
#[derive(Default)]
struct Tally {
    articles: u32,
    dictionaries: Vec<Dictionary>,
    terms: FxHashMap<Box<str>, u32>,
    words: FxHashSet<Written>,
    /// By term.
    counted: Vec<Counted>,
    /// The terms of the article at hand.
    touched: Vec<u32>,
}

impl Tally {
    fn add_article(&mut self, context: &Context<'_>, id: ArticleId) -> Vec<Passage> {
        let article = &context.articles[id.index()];
        let head = &article.head;
        let dictionary = self.dictionary(language_of(context.site, article));
        self.add_field(dictionary, &head.title, IN_TITLE, TITLE_BIT);
        for tag in context.site.tags_of(id) {
            self.add_field(dictionary, &tag.name, IN_TAGS, 0);
            let key = tag_term(&tag.name);
            let term = self.term(&key);
            self.count(term, IN_TAGS, 0);
        }
        for heading in &head.outline {
            self.add_field(dictionary, &heading.text, IN_HEADING, 0);
        }
        if let Some(description) = &head.description {
            self.add_text(dictionary, description, IN_BODY, 0);
        }
        let passages = text::passages(&article.body, &head.outline);
        for block in passages.iter().flat_map(|passage| &passage.2) {
            self.add_text(dictionary, block, IN_BODY, 0);
        }
        let is_overdue = head.review_by.is_some_and(|when| when.day() < context.today);
        let norm = Norm::new(article.body.words, context.average, is_overdue);
        for term in self.touched.drain(..) {
            let counted = &mut self.counted[term as usize];
            let weight = std::mem::take(&mut counted.weight);
            counted.add(self.articles, norm.parts(weight & !TITLE_BIT, weight & TITLE_BIT != 0));
        }
        self.articles += 1;
        passages
    }

    fn dictionary(&mut self, language: &str) -> usize {
        self.dictionaries.iter().position(|known| known.language == language).unwrap_or_else(|| {
            let analyser = Analyser::new(language);
            let (short, long) = Default::default();
            self.dictionaries.push(Dictionary { language: language.to_owned(), analyser, short, long });
            self.dictionaries.len() - 1
        })
    }

    /// Counts the words of a title, a heading, a tag; its commonest words too, if it has no others.
    fn add_field(&mut self, dictionary: usize, text: &str, weight: u32, bit: u32) {
        if self.add_text(dictionary, text, weight, bit) == 0 {
            for found in self.dictionaries[dictionary].analyser.terms(text) {
                let term = self.term(&found.term);
                self.count(term, weight, bit);
            }
        }
    }

    /// Counts the words of a text, without the commonest; returns how many there were.
    ///
    /// Almost all words are short and in ASCII: such a word is a number, made on the way, by which its term is found.
    fn add_text(&mut self, dictionary: usize, text: &str, weight: u32, bit: u32) -> usize {
        let bytes = text.as_bytes();
        let mut counted = 0;
        let mut at = 0;
        while at < bytes.len() {
            let from = at;
            let mut key = 0_u128;
            while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
                key = key << 8 | u128::from(bytes[at] | 0x20);
                at += 1;
            }
            let (is_gap, length) = if at < bytes.len() { is_gap_at(text, at) } else { (true, 1) };
            if is_gap && at - from <= 16 {
                if at > from {
                    let known = self.dictionaries[dictionary].short.get(&key);
                    let term = known.copied().unwrap_or_else(|| self.meet(dictionary, &text[from..at], Some(key)));
                    counted += usize::from(self.count(term, weight, bit));
                }
                at += length;
            } else if let Some((run, script)) = next_run(text, from) {
                at = run.end;
                counted += self.add_run(dictionary, &text[run], script, weight, bit);
            } else {
                break;
            }
        }
        counted
    }

    /// Counts a word that is long, or in another script.
    fn add_run(&mut self, dictionary: usize, run: &str, script: Script, weight: u32, bit: u32) -> usize {
        if script == Script::Words {
            let term = match self.dictionaries[dictionary].long.get(run) {
                Some(&term) => term,
                None => self.meet(dictionary, run, None),
            };
            return usize::from(self.count(term, weight, bit));
        }
        let pairs = self.dictionaries[dictionary].analyser.terms(run);
        for found in &pairs {
            let term = self.term(&found.term);
            self.count(term, weight, bit);
        }
        pairs.len()
    }

    /// A word that was not met before in this language.
    fn meet(&mut self, dictionary: usize, run: &str, key: Option<u128>) -> u32 {
        let analyser = &self.dictionaries[dictionary].analyser;
        let word = analyser.normal(run);
        let term = if word.is_empty() || analyser.is_stop(&word) {
            STOP
        } else {
            let stem = analyser.term(&word).into_owned();
            self.term(&stem)
        };
        if term != STOP && vocabulary::is_wanted(&word) {
            let folded = fold(&word, Script::Words);
            let marked = (folded != word).then(|| word.into());
            self.words.insert(Written { folded: folded.into(), marked, term });
        }
        match key {
            Some(key) => self.dictionaries[dictionary].short.insert(key, term),
            None => self.dictionaries[dictionary].long.insert(run.into(), term),
        };
        term
    }

    fn term(&mut self, term: &str) -> u32 {
        if let Some(&number) = self.terms.get(term) {
            return number;
        }
        let number = self.terms.len() as u32;
        self.terms.insert(term.into(), number);
        self.counted.push(Counted::default());
        number
    }

    /// Counts a word once more; returns whether it is one that counts.
    fn count(&mut self, term: u32, weight: u32, bit: u32) -> bool {
        if term == STOP {
            return false;
        }
        let slot = &mut self.counted[term as usize].weight;
        if *slot == 0 {
            self.touched.push(term);
        }
        // An article of a hundred million words would be needed to reach the bit.
        *slot = ((*slot & !TITLE_BIT) + weight).min(TITLE_BIT - 1) | (*slot & TITLE_BIT) | bit;
        true
    }

    /// Puts one term's postings after the other's.
    fn finish(self, blocks: Vec<Block>, first: u32) -> Chunk {
        let mut terms: Vec<Box<str>> = vec![Box::default(); self.terms.len()];
        for (term, number) in self.terms {
            terms[number as usize] = term;
        }
        let mut starts = Vec::with_capacity(terms.len() + 1);
        let mut postings = Vec::with_capacity(self.counted.iter().map(|counted| counted.postings.len()).sum());
        for counted in self.counted {
            starts.push(postings.len() as u32);
            postings.extend(counted.postings);
        }
        starts.push(postings.len() as u32);
        Chunk { terms, starts, postings, first, words: self.words.into_iter().collect(), blocks }
    }
}

/// The term that stands for a tag: no word is like it.
pub fn tag_term(name: &str) -> String {
    let mut term = String::from("#");
    each_run(name, |at, script| {
        if term.len() > 1 {
            term.push(' ');
        }
        term.push_str(&fold(&name[at], script));
    });
    term
}

/// Whether a term stands for a tag.
pub fn is_tag(term: &str) -> bool {
    term.starts_with('#')
}
