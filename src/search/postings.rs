//! The articles that have a term, and how much it says of each: the impact, in a few steps.
//!
//! An impact is BM25F's part of a term in an article, all but the term's rarity, which is left to who asks.

use super::bits::{BitReader, BitWriter, best_low};
use super::files::Damaged;

/// BM25's saturation and its normalisation by length.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// What a word of the title adds that no repetition in the body can make up for.
const TITLE_BONUS: f32 = 0.3;
/// An article whose review is overdue says a little less.
const OVERDUE: f32 = 0.9;
/// The highest level of impact.
pub const MOST: u32 = 8;
/// Impacts are counted in so many parts of a level before they are rounded.
const PARTS: u32 = 8;
/// The highest impact, in parts.
pub const MOST_PARTS: u32 = MOST * PARTS;
/// The most postings of a term that stand with the term itself, the best ones. Of a tag the others are in a file of their
/// own, because whoever asks for a tag wants every article that has it; of a word they say too little to be kept.
pub const HEAD: usize = 4_096;

/// How often a term stands in an article, weighed by where: in tenths.
pub const IN_TITLE: u32 = 70;
pub const IN_TAGS: u32 = 30;
pub const IN_HEADING: u32 = 25;
pub const IN_BODY: u32 = 10;

/// How much the terms of one article count: by its length among others', and whether its review is overdue.
#[derive(Debug, Clone, Copy)]
pub struct Norm {
    length: f32,
    factor: f32,
}

impl Norm {
    pub fn new(words: u32, average: f32, is_overdue: bool) -> Norm {
        let length = K1 * (1.0 - B + B * words as f32 / average.max(1.0));
        Norm { length, factor: if is_overdue { OVERDUE } else { 1.0 } }
    }

    /// The impact of a term of this weight, in parts: 1 to [`MOST`] times [`PARTS`].
    pub fn parts(&self, weight: u32, is_in_title: bool) -> u32 {
        let weight = weight as f32 / 10.0;
        let saturated = weight * (K1 + 1.0) / (weight + self.length);
        let value = self.factor * (saturated + if is_in_title { TITLE_BONUS } else { 0.0 });
        let most = K1 + 1.0 + TITLE_BONUS;
        ((value / most * MOST_PARTS as f32).round() as u32).clamp(1, MOST_PARTS)
    }
}

/// The average length to compare with, rounded to an eighth of a power of two: one more article seldom changes it, and
/// so the impacts of all others stay as they are.
pub fn average(lengths: impl Iterator<Item = u32>) -> f32 {
    let (count, total) = lengths.fold((0_u64, 0_u64), |(count, total), length| (count + 1, total + u64::from(length)));
    if total == 0 {
        return 1.0;
    }
    let exact = total as f64 / count as f64;
    ((exact.log2() * 8.0).round() / 8.0).exp2() as f32
}

/// One article that has a term, in 32 bits: its number, then how much the term says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting(pub u32);

impl Posting {
    pub fn new(document: u32, impact: u32) -> Posting {
        Posting(document << 7 | impact)
    }

    pub fn document(self) -> u32 {
        self.0 >> 7
    }

    pub fn impact(self) -> u32 {
        self.0 & 127
    }
}

/// So many articles, as the next power of two, are many.
const FEWEST_ROUNDED: u64 = 4_096;

/// What levels of impact are: 2, 4, 6…, or 1, 5, 9… where many articles have the term, which says little, so that half as
/// many levels do: more than one in 32, of as many articles as the next power of two, so that one more article seldom
/// changes it. An index of few articles is small anyway.
///
/// Finer levels make the index larger and the answers no better: measured with `tests/relevance/`.
pub fn step(count: u32, articles: u32) -> u32 {
    let articles = u64::from(articles).next_power_of_two();
    let is_common = articles >= FEWEST_ROUNDED && u64::from(count) * 32 > articles;
    if is_common { 2 } else { 1 }
}

/// A term's postings as they are written: the best ones, and the rest if it is kept.
pub struct Encoded {
    pub count: u32,
    pub head: Vec<u8>,
    pub tail: Option<Vec<u8>>,
}

/// Writes postings, which are in the order of their articles and have their impacts in parts.
pub fn encode(postings: &mut [Posting], articles: u32, keeps_all: bool) -> Encoded {
    let count = postings.len() as u32;
    let step = step(count, articles);
    // The levels lie so that a word that stands once in an article of the usual length is in the middle of one.
    let (width, shift) = if step == 1 { (PARTS, PARTS / 2) } else { (2 * PARTS, 2 * PARTS + PARTS / 2) };
    for posting in postings.iter_mut() {
        let level = (posting.impact() + shift) / width;
        *posting = Posting::new(posting.document(), level.clamp(1, MOST / step));
    }
    if postings.len() <= HEAD {
        return Encoded { count, head: encode_list(postings), tail: None };
    }
    let (head, tail) = split(postings);
    Encoded { count, head: encode_list(&head), tail: keeps_all.then(|| encode_list(&tail)) }
}

/// The postings with the highest impacts, of equals the newest; and the others. Both in the order of their articles.
fn split(postings: &[Posting]) -> (Vec<Posting>, Vec<Posting>) {
    let having = |impact: u32| postings.iter().filter(|posting| posting.impact() >= impact).count();
    // The lowest impact of the best ones: not all that have it need be among them.
    let least = (1..=MOST).rev().find(|impact| having(*impact) >= HEAD).unwrap_or(1);
    let mut left_out = having(least) - HEAD;
    postings.iter().partition(|posting| {
        let is_left_out = posting.impact() == least && left_out > 0;
        left_out -= usize::from(is_left_out);
        posting.impact() >= least && !is_left_out
    })
}

/// A byte for how the list is packed; then of each article how many lie between it and the one before, and how far its
/// impact is from the most frequent one.
fn encode_list(postings: &[Posting]) -> Vec<u8> {
    let mut next = 0;
    let gaps: Vec<u32> =
        postings.iter().map(|posting| posting.document() - std::mem::replace(&mut next, posting.document() + 1)).collect();
    let low = best_low(gaps.iter().copied());
    let mut frequencies = [0_u32; MOST as usize + 1];
    for posting in postings {
        frequencies[posting.impact() as usize] += 1;
    }
    let usual = (1..=MOST).max_by_key(|impact| (frequencies[*impact as usize], MOST - impact)).unwrap_or(1);
    let mut out = Vec::with_capacity(postings.len() * (low as usize + 4) / 8 + 2);
    out.push((low << 3 | (usual - 1)) as u8);
    let mut bits = BitWriter::new(&mut out);
    for (posting, gap) in postings.iter().zip(gaps) {
        bits.put_rice(gap, low);
        let impact = posting.impact();
        bits.put_unary(if impact > usual { 2 * (impact - usual) - 1 } else { 2 * (usual - impact) });
    }
    bits.end();
    out
}

/// Undoes [`encode`], head or tail: so many articles, with the impacts that levels are with this step.
pub fn decode(bytes: &[u8], count: usize, step: u32) -> Result<Vec<Posting>, Damaged> {
    let (&packing, bytes) = bytes.split_first().ok_or(Damaged::Content)?;
    let (low, usual) = (u32::from(packing >> 3), u32::from(packing & 7) + 1);
    let mut bits = BitReader::new(bytes);
    let mut postings = Vec::with_capacity(count.min(bytes.len() * 4));
    let mut next = 0_u32;
    for _ in 0..count {
        let document = bits.rice(low)?.checked_add(next).filter(|document| *document < 1 << 25).ok_or(Damaged::Content)?;
        let code = bits.unary()?;
        let far = code.div_ceil(2);
        let level = if code % 2 == 1 { usual.checked_add(far) } else { usual.checked_sub(far) };
        let level = level.filter(|level| (1..=MOST).contains(level)).ok_or(Damaged::Content)?;
        postings.push(Posting::new(document, impact_of(level, step)));
        next = document + 1;
    }
    Ok(postings)
}

fn impact_of(level: u32, step: u32) -> u32 {
    if step == 1 { 2 * level } else { 4 * level - 3 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Encodes and decodes: the best postings, and the others.
    fn through(postings: &[Posting], articles: u32) -> (Vec<Posting>, Vec<Posting>) {
        let encoded = encode(&mut postings.to_vec(), articles, true);
        let step = step(encoded.count, articles);
        let head = decode(&encoded.head, postings.len().min(HEAD), step).unwrap_or_default();
        let tail = encoded.tail.map(|tail| decode(&tail, postings.len() - HEAD, step).unwrap_or_default());
        (head, tail.unwrap_or_default())
    }

    proptest! {
        #[test]
        fn postings_are_read_as_they_were_written(written in proptest::collection::btree_map(0_u32..1 << 20, 1..=MOST, 1..300)) {
            for articles in [1 << 26, 1 << 12] {
                let step = step(written.len() as u32, articles);
                let level = |impact: u32| if step == 1 { impact } else { (impact * PARTS + 20) / 16 };
                let postings: Vec<Posting> =
                    written.iter().map(|(document, impact)| Posting::new(*document, impact * PARTS)).collect();
                let written: BTreeMap<u32, u32> =
                    written.iter().map(|(document, impact)| (*document, impact_of(level(*impact).min(MOST / step), step))).collect();
                let read: BTreeMap<u32, u32> =
                    through(&postings, articles).0.into_iter().map(|posting| (posting.document(), posting.impact())).collect();
                prop_assert_eq!(read, written);
            }
        }
    }

    #[test]
    fn a_frequent_terms_best_postings_come_first() {
        let postings: Vec<Posting> = (0..10_000).map(|document| Posting::new(document, PARTS * (1 + document % MOST))).collect();
        let (head, tail) = through(&postings, 10_000);
        assert_eq!((head.len(), tail.len()), (HEAD, 10_000 - HEAD));
        let least = head.iter().map(|posting| posting.impact()).min();
        assert!(least >= tail.iter().map(|posting| posting.impact()).max());
        let having_least = |list: &[Posting]| {
            let having = list.iter().filter(|posting| Some(posting.impact()) == least);
            having.map(|posting| posting.document()).collect::<Vec<_>>()
        };
        assert!(having_least(&head).first() > having_least(&tail).last());
        let mut all: Vec<u32> = head.iter().chain(&tail).map(|posting| posting.document()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..10_000).collect::<Vec<_>>());
    }

    #[test]
    fn postings_that_are_not_there_are_damage() {
        let encoded = encode(&mut [Posting::new(3, 8), Posting::new(900, 12)], 1_000, false);
        assert!(decode(&encoded.head, 2, 1).is_ok());
        for count in [20, usize::MAX] {
            assert_eq!(decode(&encoded.head, count, 1), Err(Damaged::Content));
        }
        assert_eq!(decode(&[], 1, 1), Err(Damaged::Content));
    }

    #[test]
    fn a_title_says_more_than_a_body_and_a_short_article_more_than_a_long_one() {
        let short = Norm::new(100, 400.0, false);
        let long = Norm::new(2_000, 400.0, false);
        assert!(short.parts(IN_BODY, false) > long.parts(IN_BODY, false));
        assert!(short.parts(IN_TITLE, true) > short.parts(10 * IN_BODY, false));
        assert_eq!(Norm::new(0, 1.0, false).parts(1_000_000, true), MOST * PARTS);
        assert!(Norm::new(100, 400.0, true).parts(IN_TITLE, true) < short.parts(IN_TITLE, true));
        assert_eq!(average([400, 401].into_iter()), average([400, 401, 420].into_iter()));
    }
}
