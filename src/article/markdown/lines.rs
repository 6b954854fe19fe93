//! Places in Markdown: lines that nest too deep to be parsed, and lines and columns for messages.

use crate::diagnostic::Span;

/// The parser's time grows with the product of open quotes and lists and the lines that lazily continue them.
const MOST_MARKERS: usize = 100;

/// Where the first line begins that opens more quotes and lists than anybody means.
pub(super) fn too_deep_line(markdown: &str) -> Option<usize> {
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        if opens_too_many(line) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

pub(super) fn opens_too_many(line: &str) -> bool {
    let mut rest = line;
    for _ in 0..=MOST_MARKERS {
        rest = rest.trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let marker = match rest.as_bytes().get(digits) {
            Some(b'>') if digits == 0 => 1,
            Some(b'-' | b'+' | b'*') if digits == 0 && !is_rule(rest) => 1,
            Some(b'.' | b')') if digits > 0 => digits + 1,
            _ => return false,
        };
        rest = &rest[marker..];
    }
    true
}

/// Whether a line is a rule: `- - - -`.
pub(super) fn is_rule(line: &str) -> bool {
    let mark = line.as_bytes().first();
    line.bytes().all(|byte| Some(&byte) == mark || byte.is_ascii_whitespace())
}

/// Turns byte offsets into lines and columns. It counts on from the last one, or back, so that a long text with many
/// links, even one on a single line, is passed once.
pub(crate) struct LineCounter<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'t> LineCounter<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        LineCounter { text, at: 0, line: 1, column: 1 }
    }

    pub(crate) fn span(&mut self, offset: usize, length: usize) -> Span {
        let offset = self.text.floor_char_boundary(offset);
        let (from, to) = (self.at.min(offset), self.at.max(offset));
        let passed = &self.text[from..to];
        let lines = passed.bytes().filter(|&byte| byte == b'\n').count() as u32;
        let characters = |text: &str| text.chars().count() as u32;
        if offset >= self.at {
            self.line += lines;
            self.column = match passed.rfind('\n') {
                Some(last) => 1 + characters(&passed[last + 1..]),
                None => self.column + characters(passed),
            };
        } else {
            self.line -= lines;
            self.column = match lines {
                0 => self.column - characters(passed),
                _ => 1 + characters(self.text[..from].rsplit('\n').next().unwrap_or("")),
            };
        }
        self.at = offset;
        let stretch = self.text.get(offset..offset + length).and_then(|stretch| stretch.lines().next()).unwrap_or("");
        Span { line: self.line, column: self.column, length: stretch.chars().count() as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_too_many_quotes_and_lists_is_found_and_a_rule_is_not() {
        let deep = format!("fine\n{}x\n", "> - ".repeat(51));
        assert_eq!(too_deep_line(&deep), Some(5));
        for fine in ["- ".repeat(200), format!("> {}", "* ".repeat(200)), ">".repeat(100), "1. 2) + a".into()] {
            assert_eq!(too_deep_line(&fine), None, "{fine}");
        }
    }

    #[test]
    fn places_are_counted_on_and_back() {
        let mut lines = LineCounter::new("ä b\nc d\n");
        for (offset, line, column) in [(3, 1, 3), (5, 2, 1), (7, 2, 3), (3, 1, 3), (2, 1, 2), (7, 2, 3), (5, 2, 1)] {
            let span = lines.span(offset, 1);
            assert_eq!((span.line, span.column, span.length), (line, column, 1));
        }
    }
}
