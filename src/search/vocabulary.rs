//! Words as authors write them: what completes a word, and what a misspelt word was meant to be.

use super::files::{Damaged, Deflater, File, FrontCoder, Kind, Name, Reader, inflate, put_number};

/// About how many bytes of a file's words.
pub const TARGET: usize = 8_192;

/// A word, folded; in about how many articles it is: the power of two; and how it is written there, the commonest first,
/// if not as here alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub word: String,
    pub rank: u32,
    pub forms: Vec<String>,
}

impl Word {
    /// The ways to write it, in their normal form.
    pub fn forms(&self) -> &[String] {
        if self.forms.is_empty() { std::slice::from_ref(&self.word) } else { &self.forms }
    }

    /// It as most articles write it.
    pub fn written(&self) -> &str {
        &self.forms()[0]
    }
}

/// The ways in which a word is written, and how many articles have the term of each.
#[derive(Debug, Clone, Default)]
pub struct Forms<'w> {
    /// As folded.
    plain: u32,
    marked: Vec<(&'w str, u32)>,
}

impl<'w> Forms<'w> {
    /// So many articles have the term of the word, which is written with marks or not. In two languages it may have two.
    pub fn add(&mut self, marked: Option<&'w str>, count: u32) {
        let known = match marked {
            None => &mut self.plain,
            Some(form) => {
                let at = self.marked.iter().position(|(known, _)| *known == form).unwrap_or_else(|| {
                    self.marked.push((form, 0));
                    self.marked.len() - 1
                });
                &mut self.marked[at].1
            }
        };
        *known = count.max(*known);
    }

    fn most(&self) -> u32 {
        self.marked.iter().map(|(_, count)| *count).fold(self.plain, u32::max)
    }

    /// The commonest first; none if the word is written as it is folded.
    fn sorted(&self, folded: &'w str) -> Vec<&'w str> {
        let mut forms = self.marked.clone();
        if !forms.is_empty() && self.plain > 0 {
            forms.push((folded, self.plain));
        }
        forms.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        forms.into_iter().map(|(form, _)| form).collect()
    }
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
pub fn write(words: &[(&str, Forms<'_>)], deflater: &mut Deflater) -> (Name, File) {
    let mut payload = Vec::new();
    let mut coder = FrontCoder::default();
    put_number(words.len() as u32, &mut payload);
    for (word, _) in words {
        coder.put(word, &mut payload);
    }
    // Apart from the words, because alike goes well with alike.
    payload.extend(words.iter().map(|(_, forms)| forms.most().max(1).ilog2() as u8));
    let mut coder = FrontCoder::default();
    let mut last = 0;
    for (number, (word, forms)) in words.iter().enumerate() {
        for form in forms.sorted(word) {
            put_number((number - last) as u32, &mut payload);
            coder.put(form, &mut payload);
            last = number;
        }
    }
    Kind::Vocabulary.named(&deflater.deflate(&payload))
}

/// Reads a file of words.
pub fn read(bytes: &[u8]) -> Result<Vec<Word>, Damaged> {
    let payload = inflate(Kind::Vocabulary.content(bytes)?)?;
    let mut reader = Reader::new(&payload);
    let count = reader.number()?;
    let mut words = Vec::new();
    for _ in 0..count {
        words.push(Word { word: reader.word()?, rank: 0, forms: Vec::new() });
    }
    let ranks = reader.take(words.len())?;
    for (word, rank) in words.iter_mut().zip(ranks) {
        word.rank = u32::from(*rank);
    }
    reader.new_list();
    let mut number = 0_usize;
    while !reader.is_at_end() {
        number = number.saturating_add(reader.number()? as usize);
        let form = reader.word()?;
        words.get_mut(number).ok_or(Damaged::Content)?.forms.push(form);
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
            .map(|(word, rank)| Word { word: word.into(), rank, forms: Vec::new() })
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
    #[test]
    fn the_ways_to_write_a_word_come_back_and_cost_nothing_where_there_are_none() {
        let mut cote = Forms::default();
        for (form, count) in [(Some("côté"), 9), (None, 5), (Some("côte"), 40), (Some("côté"), 7)] {
            cote.add(form, count);
        }
        let mut plain = Forms::default();
        plain.add(None, 3);
        let mut marked = Forms::default();
        marked.add(Some("été"), 1);
        let words = [("agenda", plain.clone()), ("cote", cote), ("ete", marked)];
        let read = |words: &[(&str, Forms<'_>)]| read(&write(words, &mut Deflater::new(6)).1.bytes).unwrap_or_default();
        let found: Vec<_> = read(&words).into_iter().map(|word| (word.forms().join(" "), word.rank)).collect();
        assert_eq!(found, [("agenda".into(), 1), ("côte côté cote".into(), 5), ("été".into(), 0)]);
        let payload = inflate(&write(&[("agenda", plain)], &mut Deflater::new(6)).1.bytes[4..]).unwrap_or_default();
        assert_eq!(payload, b"\x01\x06agenda\x01");
    }
}
