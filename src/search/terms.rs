//! Terms in their order, in files of a few kilobytes, cut where the words themselves say.
//!
//! A cut depends on the word it stands before, and hardly on how much there is of it: what an article adds stays in the
//! files of its own words. What a posting says is left to `postings`.

use std::ops::Range;

use super::files::{Damaged, File, FrontCoder, Kind, Name, Reader, put_number};
use super::postings::{Encoded, HEAD};
use super::tally::is_tag;
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

/// A file of terms: its name, and how many bytes each of its segments has.
pub struct TermFile {
    pub name: Name,
    pub lengths: Vec<u32>,
}

/// Writes a file of terms, segment by segment, and the files of their tails.
pub fn write(segments: &[&[(&str, Encoded)]]) -> (TermFile, Vec<File>) {
    let mut files = Vec::new();
    let mut content = Vec::new();
    let mut lengths = Vec::with_capacity(segments.len());
    for segment in segments {
        let from = content.len();
        write_segment(segment, &mut content, &mut files);
        lengths.push((content.len() - from) as u32);
    }
    let (name, file) = Kind::Terms.named(&content);
    files.push(file);
    (TermFile { name, lengths }, files)
}

fn write_segment(terms: &[(&str, Encoded)], content: &mut Vec<u8>, files: &mut Vec<File>) {
    let mut coder = FrontCoder::default();
    put_number(terms.len() as u32, content);
    for (term, encoded) in terms {
        coder.put(term, content);
        put_number(encoded.count, content);
        put_number(encoded.head.len() as u32, content);
        if let Some(tail) = &encoded.tail {
            let (name, file) = Kind::Tail.named(tail);
            content.extend(name);
            files.push(file);
        }
    }
    for (_, encoded) in terms {
        content.extend(&encoded.head);
    }
}

/// A term as it is read.
#[derive(Debug)]
pub struct Term {
    pub word: String,
    /// How many articles have it.
    pub count: u32,
    /// Its best postings, encoded.
    pub head: Vec<u8>,
    /// The file with the rest, of a tag.
    pub tail: Option<Name>,
}

/// Reads a segment.
pub fn read(segment: &[u8]) -> Result<Vec<Term>, Damaged> {
    let mut reader = Reader::new(segment);
    let mut terms = Vec::new();
    let mut lengths = Vec::new();
    for _ in 0..reader.number()? {
        let word = reader.word()?;
        let count = reader.number()?;
        lengths.push(reader.number()? as usize);
        let tail = if count as usize > HEAD && is_tag(&word) { Some(reader.name()?) } else { None };
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
