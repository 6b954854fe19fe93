//! Articles near in subject, found from heads alone: shared tags, words of titles, headings and descriptions, and links
//! in common, each weighed by how rare it is.
//!
//! The index is one sorted list of (term, article) pairs. Looking an article up visits its rarest terms first and stops
//! after a fixed number of postings, so a page costs the same on a site of any size.

use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::{ArticleId, Goal, Site};
use crate::article::term_hash;

/// Finds the articles near to one. It is made from a site and is no part of it, so that it can be made beside the plan.
#[derive(Debug, Clone)]
pub struct Related {
    index: Arc<Index>,
    /// Articles that are in other words now than when the index was made.
    changed: Vec<ArticleId>,
}

/// With more articles in other words, a new index costs less than to look at all of them for each page.
const MOST_CHANGED: usize = 100;

/// Which articles are about what.
#[derive(Debug)]
struct Index {
    /// Sorted by term, then article.
    postings: Vec<Posting>,
    /// Where each article's own terms begin in `terms`; one more at the end.
    starts: Vec<u32>,
    /// Each article's terms: the range of the term's postings, and the weight.
    terms: Vec<OwnTerm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    term: u64,
    article: u32,
    weight: u8,
}

#[derive(Debug, Clone, Copy)]
struct OwnTerm {
    first: u32,
    count: u32,
    weight: u8,
}

/// A link in common says about as much as a word of the title.
const LINK_WEIGHT: u8 = 2;
/// A term of more articles than this says nothing.
const MOST_POSTINGS_OF_A_TERM: u32 = 500;
/// The work for one page.
const MOST_POSTINGS_VISITED: u32 = 500;

impl Related {
    /// Of a site.
    pub fn new(site: &Site) -> Related {
        Related { index: Arc::new(Index::new(site)), changed: Vec::new() }
    }

    /// Of the same site, with some articles in other words.
    pub fn in_other_words(&self, site: &Site, articles: impl Iterator<Item = ArticleId>) -> Related {
        let mut changed = self.changed.clone();
        changed.extend(articles);
        changed.sort_unstable();
        changed.dedup();
        if changed.len() > MOST_CHANGED { Related::new(site) } else { Related { index: self.index.clone(), changed } }
    }

    /// The articles nearest to one: those its author names, then by score, then the newest.
    pub fn nearest(&self, site: &Site, id: ArticleId, most: usize) -> Vec<ArticleId> {
        if self.changed.is_empty() {
            return nearest(site, id, most, &self.index.postings, self.index.terms_of(id));
        }
        let postings = self.postings_for(site, id);
        let own = own_terms(&postings).filter(|(article, _)| *article == id.0);
        let mut terms: Vec<OwnTerm> = own.map(|(_, term)| term).collect();
        terms.sort_unstable_by_key(visited_in);
        nearest(site, id, most, &postings, &terms)
    }

    /// The postings of all terms that one article has, as an index made now would have them.
    fn postings_for(&self, site: &Site, id: ArticleId) -> Vec<Posting> {
        let own: FxHashSet<u64> = listed_postings(site, id).map(|posting| posting.term).collect();
        let is_as_it_was = |posting: &&Posting| self.changed.binary_search(&ArticleId(posting.article)).is_err();
        let mut postings: Vec<Posting> = Vec::new();
        for term in &own {
            postings.extend(self.index.postings_of(*term).iter().filter(is_as_it_was));
        }
        for &article in &self.changed {
            postings.extend(listed_postings(site, article).filter(|posting| own.contains(&posting.term)));
        }
        sort(&mut postings);
        postings
    }
}

impl Index {
    /// Gathers the terms of all listed articles.
    fn new(site: &Site) -> Index {
        // As many as there may be: a list that grows is there twice at times, and this is the largest of a site.
        let most = site.ids().map(|id| site.head(id).terms.len() + site.goals(id).len()).sum();
        let mut postings = Vec::with_capacity(most);
        for id in site.ids() {
            postings.extend(listed_postings(site, id));
        }
        sort(&mut postings);

        let mut own: Vec<(u32, OwnTerm)> = Vec::with_capacity(postings.len());
        own.extend(own_terms(&postings));
        own.sort_unstable_by_key(|(article, term)| (*article, visited_in(term)));
        let mut starts = Vec::with_capacity(site.len() + 1);
        let mut at = 0;
        for article in 0..site.len() as u32 {
            starts.push(at as u32);
            while own.get(at).is_some_and(|(owner, _)| *owner == article) {
                at += 1;
            }
        }
        starts.push(at as u32);
        let mut terms: Vec<OwnTerm> = own.into_iter().map(|(_, term)| term).collect();
        terms.shrink_to_fit();
        Index { postings, starts, terms }
    }

    fn postings_of(&self, term: u64) -> &[Posting] {
        let start = self.postings.partition_point(|posting| posting.term < term);
        let count = self.postings[start..].partition_point(|posting| posting.term == term);
        &self.postings[start..start + count]
    }

    fn terms_of(&self, id: ArticleId) -> &[OwnTerm] {
        &self.terms[self.starts[id.index()] as usize..self.starts[id.index() + 1] as usize]
    }
}

/// What a listed article is about, and what it links to.
fn listed_postings(site: &Site, id: ArticleId) -> impl Iterator<Item = Posting> {
    let article = id.0;
    let terms = site.head(id).terms.iter().map(move |term| Posting { term: term.hash(), article, weight: term.weight() });
    let links = site.goals(id).iter().filter_map(move |goal| match goal {
        Goal::Article(to) => Some(Posting { term: term_hash("link", &to.0.to_string()), article, weight: LINK_WEIGHT }),
        _ => None,
    });
    let is_listed = !site.is_section_page(id);
    terms.chain(links).filter(move |_| is_listed)
}

/// By term, then article, each once.
fn sort(postings: &mut Vec<Posting>) {
    postings.sort_unstable();
    postings.dedup_by_key(|posting| (posting.term, posting.article));
}

/// Each article's terms, those apart that say nothing.
fn own_terms(postings: &[Posting]) -> impl Iterator<Item = (u32, OwnTerm)> {
    let mut first = 0;
    postings.chunk_by(|a, b| a.term == b.term).flat_map(move |group| {
        let (start, count) = (first, group.len() as u32);
        first += count;
        let says_something = (2..=MOST_POSTINGS_OF_A_TERM).contains(&count);
        let terms = group.iter().map(move |p| (p.article, OwnTerm { first: start, count, weight: p.weight }));
        terms.filter(move |_| says_something)
    })
}

/// The order in which an article's terms are visited: the rarest first.
fn visited_in(term: &OwnTerm) -> (u32, u32) {
    (term.count, term.first)
}

/// By score, after those that the article names itself.
fn nearest(site: &Site, id: ArticleId, most: usize, postings: &[Posting], terms: &[OwnTerm]) -> Vec<ArticleId> {
    let mut nearest: Vec<ArticleId> = Vec::with_capacity(most);
    for &index in &site.head(id).related {
        if let Some(Goal::Article(to)) = site.goals(id).get(index as usize)
            && *to != id
            && !nearest.contains(to)
        {
            nearest.push(*to);
        }
    }
    let mut scored = scores(id, site.len(), postings, terms);
    scored.retain(|(article, _)| !nearest.contains(article));
    let keep = most.saturating_sub(nearest.len()).min(scored.len());
    let best_first = |(a, a_score): &(ArticleId, f32), (b, b_score): &(ArticleId, f32)| {
        b_score.total_cmp(a_score).then_with(|| site.rank(*a).cmp(&site.rank(*b)))
    };
    if keep > 0 && keep < scored.len() {
        scored.select_nth_unstable_by(keep - 1, best_first);
    }
    scored.truncate(keep);
    scored.sort_unstable_by(best_first);
    nearest.extend(scored.into_iter().map(|(article, _)| article));
    nearest
}

/// Articles that share terms with one, with their scores: the sum over shared terms of both weights times the
/// term's inverse document frequency, squared as in cosine similarity without the lengths.
fn scores(id: ArticleId, articles: usize, postings: &[Posting], terms: &[OwnTerm]) -> Vec<(ArticleId, f32)> {
    let mut sums: FxHashMap<u32, f32> = FxHashMap::with_capacity_and_hasher(MOST_POSTINGS_VISITED as usize, FxBuildHasher);
    let mut visited = 0;
    for term in terms {
        visited += term.count;
        if visited > MOST_POSTINGS_VISITED && !sums.is_empty() {
            break;
        }
        let rarity = (articles as f32 / term.count as f32).ln() + 1.0;
        for posting in &postings[term.first as usize..(term.first + term.count) as usize] {
            let score = f32::from(term.weight) * f32::from(posting.weight) * rarity * rarity;
            *sums.entry(posting.article).or_default() += score;
        }
    }
    sums.remove(&id.0);
    // The order in which the table hands them out does not show: whoever takes the best compares all of them.
    let mut scores: Vec<(ArticleId, f32)> = sums.into_iter().map(|(article, score)| (ArticleId(article), score)).collect();
    // One shared word of a description is chance, not likeness.
    let best = scores.iter().map(|(_, score)| *score).fold(0.0, f32::max);
    scores.retain(|(_, score)| *score >= best / 4.0);
    scores
}
