//! Changes of a file's bytes: what is edited is its text, and all else stays byte for byte: the byte-order mark, the ends
//! of lines, comments.

use std::ops::Range;

/// Text that takes the place of a stretch of a file's text, as [`crate::text::decode`] gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The stretch.
    pub range: Range<usize>,
    /// What comes there, with `\n` for the ends of lines.
    pub text: String,
}

/// A line that changes, for showing.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its number before.
    pub number: usize,
    /// What it was; `None` if it comes.
    pub before: Option<String>,
    /// What it is afterwards.
    pub after: Vec<String>,
}

/// The bytes of a file with edits made, and the lines that change. The bytes must be UTF-8.
pub fn apply(bytes: &[u8], edits: &mut [Edit]) -> (Vec<u8>, Vec<Line>) {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let raw = String::from_utf8_lossy(&bytes[mark..]);
    let line_end = end_of_lines(&raw);
    let mut after = bytes[..mark].to_vec();
    let mut from = 0;
    let mut places = Places { raw: raw.as_bytes(), raw_at: 0, text_at: 0 };
    for edit in edits.iter() {
        let start = places.raw_offset(edit.range.start);
        let end = places.raw_offset(edit.range.end);
        after.extend_from_slice(&raw.as_bytes()[from..start.max(from)]);
        after.extend_from_slice(edit.text.replace('\n', line_end).as_bytes());
        from = end.max(from);
    }
    after.extend_from_slice(&raw.as_bytes()[from..]);
    let lines = changed_lines(&raw, edits);
    (after, lines)
}

/// How the lines of a text end: as the first one does.
fn end_of_lines(raw: &str) -> &'static str {
    match raw.find(['\n', '\r']) {
        Some(at) if raw[at..].starts_with("\r\n") => "\r\n",
        Some(at) if raw[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// From offsets in the decoded text to offsets in the file's bytes; it only goes on.
struct Places<'r> {
    raw: &'r [u8],
    raw_at: usize,
    text_at: usize,
}

impl Places<'_> {
    fn raw_offset(&mut self, text_offset: usize) -> usize {
        while self.text_at < text_offset && self.raw_at < self.raw.len() {
            let (raw, text) = match &self.raw[self.raw_at..] {
                [b'\r', b'\n', ..] => (2, 1),
                // A NUL is shown as a sign of three bytes.
                [0, ..] => (1, 3),
                _ => (1, 1),
            };
            self.raw_at += raw;
            self.text_at += text;
        }
        self.raw_at
    }
}

/// The lines that edits change. An edit that brings whole lines comes between two others.
fn changed_lines(raw: &str, edits: &[Edit]) -> Vec<Line> {
    let text = crate::text::with_line_feeds(raw).replace('\0', "\u{fffd}");
    let mut lines: Vec<Line> = Vec::new();
    let mut at = 0;
    for (number, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.trim_end_matches('\n');
        let within = |edit: &&Edit| edit.range.start >= at && edit.range.start < at + whole.len();
        let (mut new, mut from) = (String::new(), at);
        let mut is_changed = false;
        for edit in edits.iter().filter(within) {
            new.push_str(&text[from..edit.range.start]);
            new.push_str(&edit.text);
            from = edit.range.end;
            is_changed = true;
        }
        if is_changed {
            new.push_str(text.get(from..at + whole.len()).unwrap_or(""));
            let after: Vec<String> = new.trim_end_matches('\n').split('\n').map(str::to_owned).collect();
            lines.push(line_of(number + 1, line, after));
        }
        at += whole.len();
    }
    let at_end = edits.iter().filter(|edit| edit.range.start >= at && !edit.text.is_empty());
    lines.extend(at_end.map(|edit| {
        let after = edit.text.trim_matches('\n').split('\n').map(str::to_owned).collect();
        Line { number: text.lines().count() + 1, before: None, after }
    }));
    lines
}

/// A line that stays, with others before or behind it, is not shown as one that changes.
fn line_of(number: usize, line: &str, mut after: Vec<String>) -> Line {
    if after.len() > 1 && after.last().is_some_and(|last| last == line) {
        after.pop();
        return Line { number, before: None, after };
    }
    if after.len() > 1 && after.first().is_some_and(|first| first == line) {
        after.remove(0);
        return Line { number: number + 1, before: None, after };
    }
    Line { number, before: Some(line.to_owned()), after }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_edit_stays_byte_for_byte() {
        let mut edits = [
            Edit { range: 2..3, text: "new".into() },
            Edit { range: 7..7, text: "\nline".into() },
            Edit { range: 0..0, text: "<".into() },
        ];
        let (after, lines) = apply(b"\xef\xbb\xbfa\r\nb\0\rc\r\n", &mut edits);
        assert_eq!(after, b"\xef\xbb\xbf<a\r\nnew\0\r\r\nlinec\r\n");
        assert_eq!(lines.len(), 3);
    }
}
