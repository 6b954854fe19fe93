//! Words as authors write them: what completes a word, and what a misspelt word was meant to be.

use super::files::{Damaged, Deflater, File, FrontCoder, Kind, Name, Reader, inflate, put_number};

/// About how many bytes of a file's words.
pub const TARGET: usize = 8_192;

/// A word, and in about how many articles it is: the power of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub word: String,
    pub rank: u32,
}

/// About how many bytes a word takes among its neighbours.
pub fn size(_: &str) -> usize {
    8
}

/// Whether a word is worth keeping: nobody completes or corrects numbers.
pub fn is_wanted(word: &str) -> bool {
    (2..=32).contains(&word.chars().count()) && !word.chars().any(char::is_numeric)
}

/// A file of words.
pub fn write(words: &[(&str, u32)], deflater: &mut Deflater) -> (Name, File) {
    let mut payload = Vec::new();
    let mut coder = FrontCoder::default();
    put_number(words.len() as u32, &mut payload);
    for (word, _) in words {
        coder.put(word, &mut payload);
    }
    // Apart from the words, because alike goes well with alike.
    payload.extend(words.iter().map(|(_, count)| count.max(&1).ilog2() as u8));
    Kind::Vocabulary.named(&deflater.deflate(&payload))
}

/// Reads a file of words.
pub fn read(bytes: &[u8]) -> Result<Vec<Word>, Damaged> {
    let payload = inflate(Kind::Vocabulary.content(bytes)?)?;
    let mut reader = Reader::new(&payload);
    let count = reader.number()?;
    let mut words = Vec::new();
    for _ in 0..count {
        words.push(Word { word: reader.word()?, rank: 0 });
    }
    let ranks = reader.take(words.len())?;
    for (word, rank) in words.iter_mut().zip(ranks) {
        word.rank = u32::from(*rank);
    }
    Ok(words)
}

/// How many mistakes a word of that many letters may have.
pub fn most_mistakes(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The word that was most likely meant: the fewest mistakes, then the same first letter, then the commonest, then the first.
pub fn correct<'w>(written: &str, words: impl Iterator<Item = &'w Word>) -> Option<&'w Word> {
    let letters: Vec<char> = written.chars().collect();
    let most = most_mistakes(letters.len());
    let mut best: Option<((usize, bool, u32), &Word)> = None;
    for word in words {
        let other: Vec<char> = word.word.chars().collect();
        if other.len().abs_diff(letters.len()) > most {
            continue;
        }
        let mistakes = distance(&letters, &other);
        // A word of few letters has too many neighbours.
        if mistakes == 0 || mistakes > most.min(most_mistakes(other.len() + 1)) {
            continue;
        }
        let key = (mistakes, letters.first() != other.first(), u32::MAX - word.rank);
        if best.as_ref().is_none_or(|(known, _)| key < *known) {
            best = Some((key, word));
        }
    }
    best.map(|(_, word)| word)
}

/// Letters to insert, delete, replace, or exchange with a neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let mut cost = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before_last[j - 2] + 1);
            }
            row[j] = cost;
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_corrected_and_a_short_one_is_not() {
        let words: Vec<Word> = [("agenda", 3), ("agendas", 2), ("interview", 6), ("network", 7), ("not", 9), ("note", 4)]
            .map(|(word, rank)| Word { word: word.into(), rank })
            .into();
        let correct = |written| correct(written, words.iter()).map(|word| word.word.as_str());
        for (written, expected) in [
            ("agneda", Some("agenda")),
            ("intreveiw", Some("interview")),
            ("netwrok", Some("network")),
            ("nto", None),
            ("zzzzzz", None),
            ("knetwork", Some("network")),
        ] {
            assert_eq!(correct(written), expected, "{written}");
        }
    }
}
