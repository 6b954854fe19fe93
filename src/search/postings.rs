//! The articles that have a term, and how much it says of each: the impact, in four bits.
//!
//! An impact is BM25F's part of a term in an article, all but the term's rarity, which is left to who asks.

use super::files::{Damaged, Reader, put_number};

/// BM25's saturation and its normalisation by length.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// What a word of the title adds that no repetition in the body can make up for.
const TITLE_BONUS: f32 = 0.3;
/// An article whose review is overdue says a little less.
const OVERDUE: f32 = 0.9;
/// The highest impact. Finer steps make the index larger and no answer better: measured with `tests/relevance/`.
pub const MOST: u32 = 8;
/// The most postings of a term that stand with the term itself, the best ones; the others are in a file of their own.
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

    /// The impact of a term of this weight: 1 to [`MOST`].
    pub fn impact(&self, weight: u32, is_in_title: bool) -> u32 {
        let weight = weight as f32 / 10.0;
        let saturated = weight * (K1 + 1.0) / (weight + self.length);
        let value = self.factor * (saturated + if is_in_title { TITLE_BONUS } else { 0.0 });
        let most = K1 + 1.0 + TITLE_BONUS;
        ((value / most * MOST as f32).round() as u32).clamp(1, MOST)
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

/// One article that has a term, in 32 bits: its number, then the impact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting(pub u32);

impl Posting {
    pub fn new(document: u32, impact: u32) -> Posting {
        Posting(document << 4 | impact)
    }

    pub fn document(self) -> u32 {
        self.0 >> 4
    }

    pub fn impact(self) -> u32 {
        self.0 & 15
    }
}

/// A term's postings as they are written: the best ones, and the rest.
pub struct Encoded {
    pub count: u32,
    pub head: Vec<u8>,
    pub tail: Option<Vec<u8>>,
}

/// Groups postings, which are in the order of their articles, by impact, the highest first.
pub fn encode(postings: &[Posting]) -> Encoded {
    let mut ends = [0_usize; MOST as usize + 2];
    for posting in postings {
        ends[(MOST - posting.impact()) as usize + 1] += 1;
    }
    for group in 1..ends.len() {
        ends[group] += ends[group - 1];
    }
    let mut sorted = vec![Posting(0); postings.len()];
    for posting in postings {
        let slot = &mut ends[(MOST - posting.impact()) as usize];
        sorted[*slot] = *posting;
        *slot += 1;
    }
    let (head, tail) = sorted.split_at(sorted.len().min(HEAD));
    Encoded { count: postings.len() as u32, head: encode_groups(head), tail: (!tail.is_empty()).then(|| encode_groups(tail)) }
}

/// From so many articles on, their distances are packed to the bit.
const FEWEST_PACKED: usize = 8;

/// Of each impact: how many articles, and how many lie between one and the next.
fn encode_groups(sorted: &[Posting]) -> Vec<u8> {
    let mut out = Vec::with_capacity(sorted.len() * 2 + 4);
    let mut gaps: Vec<u32> = Vec::new();
    for group in sorted.chunk_by(|a, b| a.impact() == b.impact()) {
        put_number((group.len() as u32 - 1) << 4 | group[0].impact(), &mut out);
        let mut next = 0;
        gaps.clear();
        for posting in group {
            gaps.push(posting.document() - next);
            next = posting.document() + 1;
        }
        if group.len() < FEWEST_PACKED {
            gaps.iter().for_each(|gap| put_number(*gap, &mut out));
        } else {
            put_packed(&gaps, &mut out);
        }
    }
    out
}

/// Golomb–Rice: how many low bits stand as they are; then of each number what is above them, as so many ones and a zero,
/// and those. The lowest bit of a byte comes first.
fn put_packed(numbers: &[u32], out: &mut Vec<u8>) {
    let mean = numbers.iter().map(|number| u64::from(*number)).sum::<u64>() / numbers.len() as u64;
    let about = (mean + 1).ilog2();
    let size = |low: u32| numbers.iter().map(|number| u64::from(number >> low) + 1 + u64::from(low)).sum::<u64>();
    let low = (about.saturating_sub(1)..=about + 1).min_by_key(|low| size(*low)).unwrap_or(about);
    out.push(low as u8);
    let (mut bits, mut count) = (0_u64, 0);
    let mut put = |value: u64, length: u32, out: &mut Vec<u8>| {
        bits |= value << count;
        count += length;
        while count >= 8 {
            out.push(bits as u8);
            bits >>= 8;
            count -= 8;
        }
    };
    for number in numbers {
        let mut above = number >> low;
        while above >= 32 {
            put(u64::from(u32::MAX), 32, out);
            above -= 32;
        }
        put((1 << above) - 1, above + 1, out);
        put(u64::from(number & ((1 << low) - 1)), low, out);
    }
    put(0, 7, out);
}

/// Undoes [`put_packed`].
fn take_packed(count: u32, reader: &mut Reader<'_>) -> Result<Vec<u32>, Damaged> {
    let low = u32::from(reader.take(1)?[0]);
    let (mut bits, mut left) = (0_u32, 0);
    let mut bit = |reader: &mut Reader<'_>| {
        if left == 0 {
            (bits, left) = (u32::from(reader.take(1)?[0]), 8);
        }
        let bit = bits & 1;
        bits >>= 1;
        left -= 1;
        Ok(bit)
    };
    let mut numbers = Vec::new();
    for _ in 0..count {
        let mut number = 0_u32;
        while bit(reader)? == 1 {
            number += 1;
        }
        number = number.checked_shl(low).ok_or(Damaged::Content)?;
        for place in 0..low {
            number |= bit(reader)? << place;
        }
        numbers.push(number);
    }
    Ok(numbers)
}

/// Undoes [`encode`], head or tail.
pub fn decode(bytes: &[u8]) -> Result<Vec<Posting>, Damaged> {
    let mut reader = Reader::new(bytes);
    let mut postings = Vec::with_capacity(bytes.len());
    while !reader.is_at_end() {
        let group = reader.number()?;
        let count = (group >> 4) + 1;
        let gaps = if count < FEWEST_PACKED as u32 {
            (0..count).map(|_| reader.number()).collect::<Result<_, _>>()?
        } else {
            take_packed(count, &mut reader)?
        };
        let mut next = 0_u32;
        for gap in gaps {
            let document = next.checked_add(gap).filter(|document| *document < 1 << 28).ok_or(Damaged::Content)?;
            postings.push(Posting::new(document, group & 15));
            next = document + 1;
        }
    }
    Ok(postings)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn postings_are_read_as_they_were_written(written in proptest::collection::btree_map(0_u32..1 << 20, 1_u32..=MOST, 0..300)) {
            let postings: Vec<Posting> = written.into_iter().map(|(document, impact)| Posting::new(document, impact)).collect();
            let encoded = encode(&postings);
            let mut read = decode(&encoded.head).unwrap_or_default();
            prop_assert!(read.windows(2).all(|pair| pair[0].impact() >= pair[1].impact()));
            read.sort_by_key(|posting| posting.document());
            prop_assert_eq!(read, postings);
        }
    }

    #[test]
    fn a_frequent_terms_best_postings_come_first() {
        let postings: Vec<Posting> = (0..10_000).map(|document| Posting::new(document, 1 + document % MOST)).collect();
        let encoded = encode(&postings);
        let head = decode(&encoded.head).unwrap_or_default();
        let tail = encoded.tail.map(|tail| decode(&tail).unwrap_or_default()).unwrap_or_default();
        assert_eq!((head.len(), tail.len()), (HEAD, 10_000 - HEAD));
        assert!(head.iter().map(|p| p.impact()).min() >= tail.iter().map(|p| p.impact()).max());
    }

    #[test]
    fn a_title_says_more_than_a_body_and_a_short_article_more_than_a_long_one() {
        let short = Norm::new(100, 400.0, false);
        let long = Norm::new(2_000, 400.0, false);
        assert!(short.impact(IN_BODY, false) > long.impact(IN_BODY, false));
        assert!(short.impact(IN_TITLE, true) > short.impact(10 * IN_BODY, false));
        assert_eq!(Norm::new(0, 1.0, false).impact(1_000_000, true), MOST);
        assert!(Norm::new(100, 400.0, true).impact(IN_TITLE, true) < short.impact(IN_TITLE, true));
        assert_eq!(average([400, 401].into_iter()), average([400, 401, 420].into_iter()));
    }
}
