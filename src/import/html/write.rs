//! A stretch of running text → Markdown.
//!
//! Signs of emphasis are written where they are read as such, which depends on what stands on either side; where none
//! would be, HTML's own tags are.

use super::escape::{Around, address_into, escape_into, title_into};
use super::line::{Kind, Line, Mark, PLAIN, Run};

/// What kind of place a stretch of text is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A paragraph, where lines may end.
    Paragraph,
    /// A paragraph of an item whose list would become loose if there were two.
    Item,
    Heading,
    Cell,
}

/// Appends the Markdown for a line. `prefix` goes before each further line of it.
pub(super) fn write(line: &Line, place: Place, prefix: &str, out: &mut String) {
    let mut writer = Writer::new(line, place, prefix, out);
    writer.write();
}

struct Writer<'w> {
    line: &'w Line,
    place: Place,
    prefix: &'w str,
    out: &'w mut String,
    /// The first and the last run in each mark.
    extents: Vec<(usize, usize)>,
    /// What is open, with what ends it.
    open: Vec<(u32, End)>,
    around: Around,
    /// Where the line began, or the paragraph if it is on its first.
    line_at: usize,
    is_first_line: bool,
    /// Whether the last sign was of emphasis.
    after_star: bool,
}

#[derive(Clone, Copy)]
enum End {
    Sign(&'static str),
    Tag(&'static str),
    /// What a mark of its own says.
    Own,
    /// The words of a link that are its address: they have been written.
    Nothing,
}

impl<'w> Writer<'w> {
    fn new(line: &'w Line, place: Place, prefix: &'w str, out: &'w mut String) -> Writer<'w> {
        let mut extents = vec![(usize::MAX, 0); line.marks() + 1];
        let mut has_emphasis = false;
        let (mut stars, mut underscores, mut tildes) = (0, 0, 0);
        for (index, run) in line.runs.iter().enumerate() {
            let mut mark = run.mark;
            while let Some(node) = line.mark(mark) {
                let extent = &mut extents[mark as usize];
                *extent = (extent.0.min(index), index);
                has_emphasis |= matches!(node.mark, Mark::Strong | Mark::Emphasis);
                tildes += 2 * usize::from(node.mark == Mark::Deleted);
                mark = node.parent;
            }
            if run.kind == Kind::Text {
                for byte in line.text[run.range.clone()].bytes() {
                    stars += usize::from(byte == b'*');
                    underscores += usize::from(byte == b'_');
                    tildes += usize::from(byte == b'~');
                }
            }
        }
        let around = Around {
            in_cell: place == Place::Cell,
            stars: has_emphasis || stars > 1,
            underscores: has_emphasis || underscores > 1,
            tildes: tildes > 1,
            ..Around::default()
        };
        let line_at = out.len();
        Writer { line, place, prefix, out, extents, open: Vec::new(), around, line_at, is_first_line: true, after_star: false }
    }

    fn write(&mut self) {
        let line = self.line;
        for (index, run) in line.runs.iter().enumerate() {
            self.move_to(run.mark, index);
            let text = &line.text[run.range.clone()];
            match run.kind {
                Kind::Text => self.text(run, text, index),
                Kind::Code => self.code(text),
                Kind::Finished => self.out.push_str(text),
                Kind::Break(count) => self.end_line(run.mark, count),
            }
            self.after_star = false;
        }
        self.move_to(PLAIN, line.runs.len());
        if self.place == Place::Heading {
            self.guard_end_of_heading();
        }
    }

    fn begins_line(&self) -> bool {
        self.out.len() == self.line_at
    }

    fn text(&mut self, run: &Run, text: &str, index: usize) {
        if matches!(self.open.last(), Some((_, End::Nothing))) {
            return self.out.push_str(text);
        }
        let begins = self.begins_line();
        let around = Around {
            begins_line: begins && matches!(self.place, Place::Paragraph | Place::Item),
            follows_line: !self.is_first_line,
            in_brackets: self.line.is_in(run.mark, |mark| matches!(mark, Mark::Link { .. })),
            before: if begins { None } else { self.out.chars().next_back() },
            after: self.next_char(index),
            ..self.around
        };
        escape_into(text, &around, self.out);
    }

    fn code(&mut self, code: &str) {
        // A line that begins with `[` and has `]:` in it is read as what defines a link, even where that is code.
        if code.contains("]:") && self.out[self.line_at..].starts_with('[') {
            self.out.push_str("<code>");
            let (before, after) = (Some('>'), Some('<'));
            let signs = Around { stars: true, underscores: true, tildes: true, ..self.around };
            escape_into(code, &Around { in_brackets: true, before, after, ..signs }, self.out);
            return self.out.push_str("</code>");
        }
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
        self.out.push_str(&fence);
        self.out.push_str(pad);
        if self.place == Place::Cell {
            self.out.push_str(&code.replace('|', "\\|"));
        } else {
            self.out.push_str(code);
        }
        self.out.push_str(pad);
        self.out.push_str(&fence);
    }

    fn end_line(&mut self, mark: u32, count: u32) {
        match self.place {
            Place::Heading | Place::Cell => return self.out.push(' '),
            // Two line ends are how many write a paragraph.
            Place::Paragraph if count > 1 && mark == PLAIN => {
                self.out.push('\n');
                self.out.push_str(self.prefix.trim_end());
                self.out.push('\n');
                self.is_first_line = true;
            }
            _ => {
                self.out.push_str("\\\n");
                self.is_first_line = false;
            }
        }
        self.out.push_str(self.prefix);
        self.line_at = self.out.len();
    }

    /// What is open when the run comes that is in `mark`.
    fn move_to(&mut self, mark: u32, index: usize) {
        let mut chain = Vec::new();
        let mut inner = mark;
        while let Some(node) = self.line.mark(inner) {
            chain.push(inner);
            inner = node.parent;
        }
        chain.reverse();
        let kept = self.open.iter().zip(&chain).take_while(|((open, _), wanted)| open == *wanted).count();
        while self.open.len() > kept {
            self.close();
        }
        for &mark in &chain[kept..] {
            self.open_mark(mark, index);
        }
    }

    fn close(&mut self) {
        let Some((mark, end)) = self.open.pop() else { return };
        self.after_star = false;
        match end {
            End::Sign(sign) => {
                self.out.push_str(sign);
                self.after_star = sign.starts_with('*');
            }
            End::Tag(name) => self.end_tag(name),
            End::Nothing => self.out.push('>'),
            End::Own => match self.line.mark(mark).map(|node| &node.mark) {
                Some(Mark::Link { address, title }) => {
                    self.out.push_str("](");
                    address_into(address, self.out);
                    title_into(title, self.out);
                    self.out.push(')');
                }
                Some(Mark::Tag { name, .. }) => self.end_tag(name),
                _ => {}
            },
        }
    }

    fn end_tag(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn open_mark(&mut self, mark: u32, index: usize) {
        let Some(node) = self.line.mark(mark) else { return };
        let end = match &node.mark {
            Mark::Strong if self.takes_signs(mark, false) => End::Sign("**"),
            Mark::Strong => End::Tag("strong"),
            Mark::Deleted if self.takes_signs(mark, false) => End::Sign("~~"),
            Mark::Deleted => End::Tag("del"),
            Mark::Emphasis if self.touches_stars(mark, index) => {
                if self.takes_signs(mark, true) {
                    End::Sign("_")
                } else {
                    End::Tag("em")
                }
            }
            Mark::Emphasis if self.takes_signs(mark, false) => End::Sign("*"),
            Mark::Emphasis => End::Tag("em"),
            Mark::Link { address, .. } if self.is_bare(mark, address) => End::Nothing,
            Mark::Link { .. } | Mark::Tag { .. } => End::Own,
        };
        match end {
            End::Sign(sign) => self.out.push_str(sign),
            End::Tag(name) => {
                self.out.push('<');
                self.out.push_str(name);
                self.out.push('>');
            }
            End::Nothing => self.out.push('<'),
            End::Own => match &node.mark {
                Mark::Tag { start, .. } => self.out.push_str(start),
                _ => self.out.push('['),
            },
        }
        self.after_star = matches!(end, End::Sign(sign) if sign.starts_with('*'));
        self.open.push((mark, end));
    }

    /// Whether the words of a link are its address, and nothing in them needs escaping.
    fn is_bare(&self, mark: u32, address: &str) -> bool {
        let Some(node) = self.line.mark(mark) else { return false };
        let (first, last) = self.extents[mark as usize];
        let Some(run) = self.line.runs.get(first).filter(|run| first == last && run.mark == mark && run.kind == Kind::Text)
        else {
            return false;
        };
        let words = &self.line.text[run.range.clone()];
        let is_simple = |signs: &str| words.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c));
        let is_web = || {
            words == address
                && (address.starts_with("https://") || address.starts_with("http://"))
                && is_simple(":/?#@!$'()*+,=&-._~%")
        };
        let is_mail = || address.strip_prefix("mailto:") == Some(words) && words.matches('@').count() == 1 && is_simple("@.-_");
        matches!(&node.mark, Mark::Link { title, .. } if title.is_empty())
            && (is_web() || is_mail() && words.ends_with(|c: char| c.is_ascii_alphanumeric()))
    }

    /// Whether signs round a mark's text would be read as such. `_` must not stand within a word.
    fn takes_signs(&self, mark: u32, is_underscore: bool) -> bool {
        let (first, last) = self.extents[mark as usize];
        let before = if self.begins_line() { None } else { self.out.chars().next_back() };
        let inner_first = self.first_char(mark, first);
        let inner_last = self.last_char(mark, last);
        let after = self.char_after(mark, last);
        let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let is_outside = |c: Option<char>| is_space(c) || c.is_some_and(is_surely_sign);
        let opens = !is_space(inner_first) && (!(inner_first.is_some_and(may_be_sign) || is_underscore) || is_outside(before));
        let closes = !is_space(inner_last) && (!(inner_last.is_some_and(may_be_sign) || is_underscore) || is_outside(after));
        opens && closes
    }

    /// Whether the signs of an emphasis would be beside those of another, with which they would be counted as one.
    fn touches_stars(&self, mark: u32, index: usize) -> bool {
        if self.after_star {
            return true;
        }
        let (first, last) = self.extents[mark as usize];
        let is_strong = |mark: u32| matches!(self.line.mark(mark).map(|node| &node.mark), Some(Mark::Strong | Mark::Emphasis));
        let has_inside = |run: usize| {
            let mut inner = self.line.runs.get(run).map_or(PLAIN, |run| run.mark);
            while inner != mark && inner != PLAIN {
                if is_strong(inner) {
                    return true;
                }
                inner = self.line.mark(inner).map_or(PLAIN, |node| node.parent);
            }
            false
        };
        let mut outer = self.line.mark(mark).map_or(PLAIN, |node| node.parent);
        while outer != PLAIN {
            if is_strong(outer) && (self.extents[outer as usize].1 == last || self.extents[outer as usize].0 == index) {
                return true;
            }
            outer = self.line.mark(outer).map_or(PLAIN, |node| node.parent);
        }
        let next = self.line.runs.get(last + 1).map_or(PLAIN, |run| run.mark);
        let next_opens =
            self.line.is_in(next, |mark| matches!(mark, Mark::Strong | Mark::Emphasis)) && next != self.line.common(next, mark);
        has_inside(first) || has_inside(last) || next_opens
    }

    /// The first character in a mark, as it is written.
    fn first_char(&self, mark: u32, first: usize) -> Option<char> {
        let run = self.line.runs.get(first)?;
        if run.mark != mark { Some('*') } else { self.char_of(run, false) }
    }

    fn last_char(&self, mark: u32, last: usize) -> Option<char> {
        let run = self.line.runs.get(last)?;
        if run.mark != mark { Some('*') } else { self.char_of(run, true) }
    }

    /// What is written after the end of a mark whose last run this is.
    fn char_after(&self, mark: u32, last: usize) -> Option<char> {
        let parent = self.line.mark(mark).map_or(PLAIN, |node| node.parent);
        if parent != PLAIN && self.extents[parent as usize].1 == last {
            return Some('*');
        }
        let next = self.line.runs.get(last + 1)?;
        if next.mark != parent { Some('*') } else { self.char_of(next, false) }
    }

    /// What is written after a run: something of the next one, or a sign.
    fn next_char(&self, index: usize) -> Option<char> {
        let own = self.line.runs.get(index).map_or(PLAIN, |run| run.mark);
        let Some(next) = self.line.runs.get(index + 1) else { return (own != PLAIN).then_some('*') };
        if next.mark == own {
            return self.char_of(next, false);
        }
        if self.line.common(own, next.mark) != own {
            return Some('*');
        }
        // A link or a kept element begins.
        let mut mark = next.mark;
        while let Some(node) = self.line.mark(mark).filter(|node| node.parent != own) {
            mark = node.parent;
        }
        match self.line.mark(mark).map(|node| &node.mark) {
            Some(Mark::Link { .. }) => Some('['),
            Some(Mark::Tag { .. }) => Some('<'),
            _ => Some('*'),
        }
    }

    fn char_of(&self, run: &Run, is_last: bool) -> Option<char> {
        let text = &self.line.text[run.range.clone()];
        match run.kind {
            Kind::Code => Some('`'),
            Kind::Break(_) if matches!(self.place, Place::Heading | Place::Cell) => None,
            Kind::Break(_) => Some('\\'),
            Kind::Text | Kind::Finished if is_last => text.chars().next_back(),
            Kind::Text | Kind::Finished => text.chars().next(),
        }
    }

    /// At its end a heading has attributes in braces, and signs that close it.
    fn guard_end_of_heading(&mut self) {
        if self.out[self.line_at..].ends_with(['}', '#']) && !self.out[self.line_at..].ends_with(['\\']) {
            let sign = self.out.pop();
            if !self.out.ends_with('\\') {
                self.out.push('\\');
            }
            self.out.extend(sign);
        }
    }
}

/// Whether Markdown may take a character for punctuation.
fn may_be_sign(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace()
}

/// Whether Markdown certainly takes a character for punctuation.
fn is_surely_sign(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '«' | '»' | '¡' | '¿' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}')
}
