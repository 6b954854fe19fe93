//! Making the files of the index. The one place besides the pipeline that has threads.
//!
//! Articles are taken in the order of their first publication, in chunks: each chunk gives its blocks of documents and a
//! list of postings by term (`tally`). Then the chunks' lists are merged, term by term, and cut into files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use jiff::civil;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::json;

use super::documents::{self, BLOCK, Block, DIRECTORY};
use super::files::{Deflater, File, FrontCoder, Kind, Name, Outlet, ROOT, put_number};
use super::postings::{self, Encoded};
use super::tally::{Chunk, Context, is_tag};
use super::terms::{self, TermFile};
use super::vocabulary;
use super::words::{Analyser, stemmed_language};
use crate::article::Article;
use crate::site::{ArticleId, Site};

/// A segment of terms has at least so many bytes, about.
const SMALLEST_SEGMENT: f64 = 2_560.0;
/// About how many segments there are at most: each is named in the root.
const MOST_SEGMENTS: f64 = 2_600.0;
/// About how many segments are in a file.
const SEGMENTS_IN_FILE: usize = 5;
/// Cut where the words say, a piece is about five eighths of what it may be.
const FILLED: f64 = 0.625;
/// Up to this many bytes, everything is in one file.
const LARGEST_BUNDLE: usize = 150 << 10;

/// Makes the index of a site. `take` gets each of its files as soon as it is made, from any thread, so that a large index is
/// never in memory; the root is the last. Two files of the same content have one name. `articles` are the published ones, by id. What is to be reviewed by a day
/// before `today` ranks a little lower.
pub fn make(site: &Site, articles: &[Arc<Article>], today: civil::Date, take: &(dyn Fn(File) + Sync)) {
    let ids = searchable(site, articles);
    // Every article has a unit at least: so many can be no bundle.
    let outlet = Outlet { holds: ids.len() * documents::UNIT <= LARGEST_BUNDLE, take };
    let average = postings::average(ids.iter().map(|id| articles[id.index()].body.words));
    let languages = languages(site, &ids);
    let context = Context { site, articles, today, average, languages: &languages, outlet: &outlet };
    let per_chunk = articles_in_chunk(ids.len()).next_multiple_of(BLOCK);
    let chunks: Vec<Chunk> = ids
        .par_chunks(per_chunk)
        .enumerate()
        .map(|(number, ids)| Chunk::new(&context, ids, (number * per_chunk) as u32))
        .collect();
    let merged = merge(&chunks, ids.len() as u32);
    let words = merge_words(&chunks, &merged);

    let mut lists = Vec::new();
    let mut files = write_terms(&merged, &outlet, &mut lists);
    files.extend(write_words(&words, &outlet, &mut lists));
    drop((words, merged));
    let blocks: Vec<Block> = chunks.into_iter().flat_map(|chunk| chunk.blocks).collect();
    for blocks in blocks.chunks(DIRECTORY) {
        let (name, file) = documents::directory(blocks);
        lists.extend(name);
        files.extend(outlet.put(file));
    }
    files.extend(blocks.into_iter().filter_map(|block| block.file));
    let size: usize = files.iter().map(|file| file.bytes.len()).sum();
    let parameters = parameters(site, &ids, &languages);
    if outlet.holds && size <= LARGEST_BUNDLE {
        take(bundle(parameters, &lists, files));
    } else {
        files.into_iter().for_each(take);
        take(File { name: ROOT.into(), bytes: Kind::Root.unnamed(&root(&parameters, &lists)) });
    }
}

/// How many articles are counted together. Each chunk learns its words anew, which costs more than any other part of the
/// work if there are many; each thread needs two, so that none waits long for another. What the index says does not depend
/// on it.
fn articles_in_chunk(articles: usize) -> usize {
    (articles / (2 * rayon::current_num_threads())).clamp(64, 8_192)
}

/// The files of terms. The root gets how many segments each has, the segments' separators and lengths, and the files'
/// names.
fn write_terms(merged: &[(&str, Encoded)], outlet: &Outlet<'_>, lists: &mut Vec<u8>) -> Vec<File> {
    let size = |index: usize| terms::size(merged[index].0, &merged[index].1);
    let total: usize = (0..merged.len()).map(size).sum();
    let segment = segment_bytes(total as f64);
    let cut = |range: &Range<usize>, target: usize| -> Vec<Range<usize>> {
        let cuts = terms::cut(range.clone().map(|index| (merged[index].0, size(index))), target);
        cuts.into_iter().map(|cut| range.start + cut.start..range.start + cut.end).collect()
    };
    let files: Vec<Vec<Range<usize>>> =
        cut(&(0..merged.len()), segment * SEGMENTS_IN_FILE).iter().map(|file| cut(file, segment)).collect();
    let write = |segments: &Vec<Range<usize>>| {
        let (file, files) = terms::write(&segments.iter().map(|segment| &merged[segment.clone()]).collect::<Vec<_>>());
        (file, files.into_iter().filter_map(|file| outlet.put(file)).collect())
    };
    let written: Vec<(TermFile, Vec<File>)> = files.par_iter().map(write).collect();

    put_number(written.len() as u32, lists);
    files.iter().for_each(|segments| put_number(segments.len() as u32, lists));
    put_separators(files.iter().flatten().map(|segment| segment.start), |index| merged[index].0, lists);
    written.iter().flat_map(|(file, _)| &file.lengths).for_each(|length| put_number(*length, lists));
    lists.extend(written.iter().flat_map(|(file, _)| file.name));
    written.into_iter().flat_map(|(_, files)| files).collect()
}

/// How many bytes a segment may have. Of a query's bytes the root takes about six for each segment there is, and two
/// segments are fetched: the sum is least where there are the square root of a third of all bytes. Rounded, so that one
/// more article seldom moves every cut.
fn segment_bytes(total: f64) -> usize {
    let count = (total / 3.0).sqrt().clamp(1.0, MOST_SEGMENTS);
    let bytes = (total / count).max(SMALLEST_SEGMENT) / FILLED;
    ((bytes.log2() * 4.0).round() / 4.0).exp2() as usize
}

/// The files of words. The root gets how many there are, their separators and their names.
fn write_words(words: &[(&str, vocabulary::Forms<'_>)], outlet: &Outlet<'_>, lists: &mut Vec<u8>) -> Vec<File> {
    let cuts = terms::cut(words.iter().map(|(word, _)| (*word, vocabulary::size(word))), vocabulary::TARGET);
    let write = |deflater: &mut Deflater, range: &Range<usize>| {
        let (name, file) = vocabulary::write(&words[range.clone()], deflater);
        (name, outlet.put(file))
    };
    let written: Vec<(Name, Option<File>)> = cuts.par_iter().map_init(|| Deflater::new(6), write).collect();
    put_number(cuts.len() as u32, lists);
    put_separators(cuts.iter().map(|range| range.start), |index| words[index].0, lists);
    lists.extend(written.iter().flat_map(|(name, _)| *name));
    written.into_iter().filter_map(|(_, file)| file).collect()
}

/// Whether the index of a site holds an article: one that wants to be found, and a section's own page if it has words.
pub fn holds(site: &Site, articles: &[Arc<Article>], id: ArticleId) -> bool {
    let article = &articles[id.index()];
    article.head.in_search && !(site.is_section_page(id) && article.body.is_empty())
}

/// The articles that the search finds, in the order of their first publication: a new one is the last.
fn searchable(site: &Site, articles: &[Arc<Article>]) -> Vec<ArticleId> {
    let mut ids: Vec<ArticleId> = site.ids().filter(|&id| holds(site, articles, id)).collect();
    ids.sort_by_key(|&id| (site.head(id).date.map(|when| when.instant()), id));
    ids
}

/// The languages of the site and of its articles, as far as their words are stemmed; the site's own first.
fn languages(site: &Site, ids: &[ArticleId]) -> Vec<&'static str> {
    let stemmed = |tag: &str| stemmed_language(tag).unwrap_or("");
    let own = stemmed(&site.settings.language);
    let others: BTreeSet<&str> = ids.iter().filter_map(|&id| site.head(id).lang.as_deref()).map(stemmed).collect();
    std::iter::once(own).chain(others.into_iter().filter(|other| *other != own)).collect()
}

/// What a client is told first.
fn parameters(site: &Site, ids: &[ArticleId], languages: &[&str]) -> serde_json::Value {
    let analyser = Analyser::new(languages[0]);
    let stems = |text: &str| analyser.terms(text).into_iter().map(|found| found.term).collect::<Vec<_>>();
    let mut synonyms: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (word, others) in &site.settings.search.synonyms {
        // Several words that mean one are no key: what a reader types is looked at word by word.
        if let [term] = stems(word).as_slice() {
            synonyms.entry(term.clone()).or_default().extend(others.iter().flat_map(|other| stems(other)));
        }
    }
    json!({ "articles": ids.len(), "block": BLOCK, "directory": DIRECTORY, "languages": languages, "synonyms": synonyms })
}

/// What stands between the words before each of these and the words from there on.
fn put_separators<'w>(starts: impl Iterator<Item = usize>, word: impl Fn(usize) -> &'w str, out: &mut Vec<u8>) {
    let mut coder = FrontCoder::default();
    for start in starts {
        coder.put(if start == 0 { "" } else { terms::separator(word(start - 1), word(start)) }, out);
    }
}

/// All files in one: behind the root, in the order of the list of their names and sizes.
fn bundle(mut parameters: serde_json::Value, lists: &[u8], files: Vec<File>) -> File {
    let sizes: Vec<_> = files.iter().map(|file| json!([file.name, file.bytes.len()])).collect();
    parameters["files"] = sizes.into();
    let mut bytes = root(&parameters, lists);
    bytes.extend(files.into_iter().flat_map(|file| file.bytes));
    File { name: ROOT.into(), bytes: Kind::Root.unnamed(&bytes) }
}

fn root(parameters: &serde_json::Value, lists: &[u8]) -> Vec<u8> {
    let parameters = parameters.to_string();
    let mut payload = Vec::new();
    put_number(parameters.len() as u32, &mut payload);
    payload.extend(parameters.as_bytes());
    payload.extend(lists);
    let deflated = Deflater::new(9).deflate(&payload);
    let mut bytes = Vec::new();
    put_number(deflated.len() as u32, &mut bytes);
    bytes.extend(deflated);
    bytes
}

/// All terms in order, with their postings from all chunks.
fn merge(chunks: &[Chunk], articles: u32) -> Vec<(&str, Encoded)> {
    // Most terms are in every chunk: each is looked up, and only those that differ are sorted.
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    let mut terms: Vec<(&str, Vec<(u32, u32)>)> = Vec::new();
    for (chunk, terms_of_chunk) in chunks.iter().map(|chunk| &chunk.terms).enumerate() {
        for (number, term) in terms_of_chunk.iter().enumerate() {
            let index = *known.entry(term).or_insert_with(|| {
                terms.push((term, Vec::new()));
                terms.len() - 1
            });
            terms[index].1.push((chunk as u32, number as u32));
        }
    }
    terms.par_sort_unstable_by_key(|(term, _)| *term);
    let encode = |(term, places): &(&'_ str, Vec<(u32, u32)>)| {
        let mut postings = Vec::new();
        for &(chunk, number) in places {
            postings.extend(chunks[chunk as usize].postings_of(number as usize));
        }
        postings::encode(&mut postings, articles, is_tag(term))
    };
    let encoded: Vec<Encoded> = terms.par_iter().with_min_len(256).map(encode).collect();
    terms.into_iter().map(|(term, _)| term).zip(encoded).collect()
}

/// All words in order, with the ways to write them.
fn merge_words<'c>(chunks: &'c [Chunk], merged: &[(&str, Encoded)]) -> Vec<(&'c str, vocabulary::Forms<'c>)> {
    let counts: FxHashMap<&str, u32> = merged.iter().map(|(term, encoded)| (*term, encoded.count)).collect();
    let mut words: FxHashMap<&str, vocabulary::Forms<'_>> = FxHashMap::default();
    for chunk in chunks {
        for word in &chunk.words {
            let count = counts.get(&*chunk.terms[word.term as usize]).copied().unwrap_or(0);
            words.entry(&word.folded).or_default().add(word.marked.as_deref(), count);
        }
    }
    let mut words: Vec<(&str, vocabulary::Forms<'_>)> = words.into_iter().collect();
    words.par_sort_unstable_by_key(|(word, _)| *word);
    words
}
