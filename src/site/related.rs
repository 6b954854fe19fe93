//! Articles near in subject, found from heads alone: shared tags, words of titles, headings and descriptions, and links
//! in common, each weighed by how rare it is.
//!
//! The index is one sorted list of (term, article) pairs. Looking an article up visits its rarest terms first and stops
//! after a fixed number of postings, so a page costs the same on a site of any size.

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{ArticleId, Goal, Site};
use crate::article::term_hash;

/// Which articles are about what. It is made from a site and is no part of it, so that it can be made beside the plan.
#[derive(Debug, Default)]
pub struct Index {
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

impl Index {
    /// Gathers the terms of all listed articles.
    pub fn new(site: &Site) -> Index {
        let mut postings = Vec::new();
        for id in site.ids() {
            if site.is_section_page(id) {
                continue;
            }
            let article = id.0;
            postings.extend(site.head(id).terms.iter().map(|term| Posting { term: term.hash, article, weight: term.weight }));
            for goal in site.goals(id) {
                if let Goal::Article(to) = goal {
                    let term = term_hash("link", &to.0.to_string());
                    postings.push(Posting { term, article, weight: LINK_WEIGHT });
                }
            }
        }
        postings.sort_unstable();
        postings.dedup_by_key(|posting| (posting.term, posting.article));

        let mut own: Vec<(u32, OwnTerm)> = Vec::with_capacity(postings.len());
        let mut first = 0;
        for group in postings.chunk_by(|a, b| a.term == b.term) {
            let count = group.len() as u32;
            if (2..=MOST_POSTINGS_OF_A_TERM).contains(&count) {
                own.extend(group.iter().map(|p| (p.article, OwnTerm { first, count, weight: p.weight })));
            }
            first += count;
        }
        // Stable by article, then the rarest first: the order in which they are visited.
        own.sort_unstable_by_key(|(article, term)| (*article, term.count, term.first));
        let mut starts = Vec::with_capacity(site.len() + 1);
        let mut at = 0;
        for article in 0..site.len() as u32 {
            starts.push(at as u32);
            while own.get(at).is_some_and(|(owner, _)| *owner == article) {
                at += 1;
            }
        }
        starts.push(at as u32);
        Index { postings, starts, terms: own.into_iter().map(|(_, term)| term).collect() }
    }

    /// The articles nearest to one: those its author names, then by score, then the newest.
    pub fn nearest(&self, site: &Site, id: ArticleId, most: usize) -> Vec<ArticleId> {
        let mut nearest: Vec<ArticleId> = Vec::with_capacity(most);
        for &index in &site.head(id).related {
            if let Some(Goal::Article(to)) = site.goals(id).get(index as usize)
                && *to != id
                && !nearest.contains(to)
            {
                nearest.push(*to);
            }
        }
        let mut scored = self.scores(id, site.len());
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
    fn scores(&self, id: ArticleId, articles: usize) -> Vec<(ArticleId, f32)> {
        let own = self.starts[id.index()] as usize..self.starts[id.index() + 1] as usize;
        let mut sums: FxHashMap<u32, f32> = FxHashMap::with_capacity_and_hasher(MOST_POSTINGS_VISITED as usize, FxBuildHasher);
        let mut visited = 0;
        for term in &self.terms[own] {
            visited += term.count;
            if visited > MOST_POSTINGS_VISITED && !sums.is_empty() {
                break;
            }
            let rarity = (articles as f32 / term.count as f32).ln() + 1.0;
            for posting in &self.postings[term.first as usize..(term.first + term.count) as usize] {
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
}
