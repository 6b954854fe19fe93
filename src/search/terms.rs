//! Terms in their order, in files of a few kilobytes, cut where the words themselves say.
//!
//! A cut depends on the word it stands before, and hardly on how much there is of it: what an article adds stays in the
//! files of its own words. What a posting says is left to `postings`.

use std::ops::Range;

use super::files::{Damaged, Deflater, File, FrontCoder, Kind, Name, Reader, inflate, put_number};
use super::postings::{Encoded, HEAD};
use crate::digest::Digest;

/// Cuts a sorted list into files of at most `target` bytes, as far as no single word takes more: `size` is about how many
/// bytes each takes.
///
/// A list that is too long is cut in its middle half, before the word there with the lowest digest; and so on with both
/// parts. A few bytes more or less move the bounds of the middle half a little, and hardly ever that word.
pub fn cut<'w>(words: impl Iterator<Item = (&'w str, usize)>, target: usize) -> Vec<Range<usize>> {
    let mut ends = vec![0];
    let mut digests = Vec::new();
    for (word, size) in words {
        ends.push(ends[ends.len() - 1] + size);
        digests.push(digest(word));
    }
    let mut cuts = Vec::new();
    let mut open = Vec::new();
    if !digests.is_empty() {
        open.push(0..digests.len());
    }
    while let Some(range) = open.pop() {
        let (from, to) = (ends[range.start], ends[range.end]);
        if to - from <= target || range.len() == 1 {
            cuts.push(range);
            continue;
        }
        let quarter = (to - from) / 4;
        let within = |bound: usize| range.start + ends[range.start..=range.end].partition_point(|end| *end < bound);
        let (first, last) = (within(from + quarter).max(range.start + 1), within(to - quarter).min(range.end - 1));
        // Where one word fills the middle half, it is cut off at its nearer end.
        let middle = (first..=last).min_by_key(|&index| digests[index]).unwrap_or(first.min(range.end - 1));
        open.push(middle..range.end);
        open.push(range.start..middle);
    }
    cuts
}

fn digest(word: &str) -> u32 {
    let digest = Digest::of(word.as_bytes()).to_bytes();
    u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// The shortest word that comes after `before` and not after `first`.
pub fn separator<'w>(before: &str, first: &'w str) -> &'w str {
    let mut end = before.bytes().zip(first.bytes()).take_while(|(a, b)| a == b).count();
    end = (end + 1).min(first.len());
    while !first.is_char_boundary(end) {
        end += 1;
    }
    &first[..end]
}

/// About how many bytes a term takes.
pub fn size(term: &str, encoded: &Encoded) -> usize {
    term.len() + encoded.head.len() + 4
}

/// A file of terms, and the files of their tails.
pub fn write(terms: &[(&str, Encoded)], deflater: &mut Deflater) -> (Name, Vec<File>) {
    let mut files = Vec::new();
    let mut payload = Vec::new();
    let mut coder = FrontCoder::default();
    put_number(terms.len() as u32, &mut payload);
    for (term, encoded) in terms {
        coder.put(term, &mut payload);
        put_number(encoded.count, &mut payload);
        put_number(encoded.head.len() as u32, &mut payload);
        if let Some(tail) = &encoded.tail {
            let (name, file) = Kind::Tail.named(&deflater.deflate(tail));
            payload.extend(name);
            files.push(file);
        }
    }
    for (_, encoded) in terms {
        payload.extend(&encoded.head);
    }
    let (name, file) = Kind::Terms.named(&deflater.deflate(&payload));
    files.push(file);
    (name, files)
}

/// A term as it is read.
#[derive(Debug)]
pub struct Term {
    pub word: String,
    /// How many articles have it.
    pub count: u32,
    /// Its best postings, encoded.
    pub head: Vec<u8>,
    /// The file with the rest.
    pub tail: Option<Name>,
}

/// Reads a file of terms.
pub fn read(bytes: &[u8]) -> Result<Vec<Term>, Damaged> {
    let payload = inflate(Kind::Terms.content(bytes)?)?;
    let mut reader = Reader::new(&payload);
    let mut terms = Vec::new();
    let mut lengths = Vec::new();
    for _ in 0..reader.number()? {
        let word = reader.word()?;
        let count = reader.number()?;
        lengths.push(reader.number()? as usize);
        let tail = if count as usize > HEAD { Some(reader.name()?) } else { None };
        terms.push(Term { word, count, head: Vec::new(), tail });
    }
    for (term, length) in terms.iter_mut().zip(lengths) {
        term.head = reader.take(length)?.to_vec();
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_word_moves_no_cut_but_its_own() {
        let words: Vec<String> = (0..5_000).map(|number| format!("word{number:05}")).collect();
        let sizes = |extra: Option<usize>| {
            let sized = words.iter().enumerate().map(move |(i, word)| (word.as_str(), 10 + usize::from(extra == Some(i))));
            let starts: Vec<&str> = cut(sized, 1_000).into_iter().map(|range| words[range.start].as_str()).collect();
            starts
        };
        let cuts = sizes(None);
        assert!((50..200).contains(&cuts.len()), "{}", cuts.len());
        let moved = (0..100).filter(|number| sizes(Some(50 * number)) != cuts).count();
        assert!(moved < 20, "{moved} of 100");
        let large = cut([("a", 10), ("b", 5_000), ("c", 10)].into_iter(), 1_000);
        assert_eq!(large, [0..1, 1..2, 2..3]);
        assert!(cut([].into_iter(), 1_000).is_empty());
    }

    #[test]
    fn a_separator_stands_between() {
        for (before, first, expected) in [("intern", "interview", "interv"), ("a", "b", "b"), ("é", "éa", "éa"), ("", "x", "x")]
        {
            assert_eq!(separator(before, first), expected);
        }
    }
}
