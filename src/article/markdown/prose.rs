//! What is counted and quoted of an article's words: how many there are, and the opening as plain text.

/// Counts words as text comes in pieces.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WordCounter {
    words: u32,
    /// Characters of scripts that put no space between words; two make a word, near enough.
    characters: u32,
    in_word: bool,
}

impl WordCounter {
    pub(super) fn count(&mut self, text: &str) {
        if text.is_ascii() {
            self.count_ascii(text.as_bytes());
            return;
        }
        for c in text.chars() {
            if matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{e00}'..='\u{e7f}' | '\u{20000}'..='\u{3ffff}')
            {
                self.characters += 1;
                self.in_word = false;
            } else if c.is_alphanumeric() {
                self.words += u32::from(!self.in_word);
                self.in_word = true;
            } else if !matches!(c, '\'' | '’' | '-') {
                self.in_word = false;
            }
        }
    }

    /// Most text is ASCII. A word begins where a letter follows neither letter nor joint; looking at pairs of bytes, none
    /// of which depends on the pair before, lets the compiler look at many at once.
    fn count_ascii(&mut self, text: &[u8]) {
        let joins = |byte: u8| byte.is_ascii_alphanumeric() | (byte == b'\'') | (byte == b'-');
        let begins: usize =
            text.iter().zip(text.get(1..).unwrap_or(&[])).map(|(a, b)| usize::from(!joins(*a) & b.is_ascii_alphanumeric())).sum();
        self.words += begins as u32;
        if let (Some(first), Some(last)) = (text.first(), text.last()) {
            self.words += u32::from(first.is_ascii_alphanumeric() && !self.in_word);
            self.in_word = joins(*last);
        }
    }

    pub(super) fn gap(&mut self) {
        self.in_word = false;
    }

    pub(super) fn total(&self) -> u32 {
        self.words + self.characters / 2
    }
}

/// The opening of an article as plain text.
pub(super) struct PlainText {
    text: String,
    /// What stands in where there is no paragraph: the first list or quote.
    stand_in: String,
    /// With a `<!--more-->` somewhere, the summary goes on until it.
    until_more: bool,
    done: bool,
}

/// A summary is an opening, not the article: it ends here at the latest, in bytes.
const LONGEST_SUMMARY: usize = 600;

impl PlainText {
    pub(super) fn new(markdown: &str) -> Self {
        PlainText {
            text: String::new(),
            stand_in: String::new(),
            until_more: markdown.contains("<!--more") || markdown.contains("<!-- more"),
            done: false,
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        if !self.done && self.text.len() <= 2 * LONGEST_SUMMARY {
            self.text.push_str(text);
        }
    }

    /// How much there is, for [`PlainText::take_back`].
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Takes back what was added since.
    pub(super) fn take_back(&mut self, len: usize) {
        self.text.truncate(len);
    }

    pub(super) fn gap(&mut self) {
        if !self.done && !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    pub(super) fn end_of_paragraph(&mut self) {
        if !self.until_more && !self.text.trim().is_empty() {
            self.done = true;
        }
    }

    /// A heading before the first paragraph is no opening.
    pub(super) fn end_of_heading(&mut self) {
        if !self.until_more && !self.done {
            self.text.clear();
        }
    }

    /// Nor are lists and quotes, if there is a paragraph.
    pub(super) fn end_of_block(&mut self) {
        if !self.until_more && !self.done {
            let text = std::mem::take(&mut self.text);
            if self.stand_in.is_empty() {
                self.stand_in = text;
            }
        }
    }

    pub(super) fn end_of_summary(&mut self) {
        self.done = true;
    }

    pub(super) fn forget(&mut self) {
        self.text.clear();
        self.done = false;
    }

    pub(super) fn summary(self) -> String {
        let text = if self.text.trim().is_empty() { self.stand_in } else { self.text };
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.len() <= LONGEST_SUMMARY {
            return words;
        }
        let mut end = LONGEST_SUMMARY;
        while !words.is_char_boundary(end) {
            end -= 1;
        }
        let end = words[..end].rfind(' ').unwrap_or(end);
        format!("{}…", words[..end].trim_end_matches([',', ';', ':', ' ']))
    }
}
