//! A stretch of running text before it is Markdown: pieces of text, each with the emphasis and links it is in.
//!
//! White space is collapsed here as a browser does, and moved out of emphasis, where Markdown has no place for it. How
//! it is written is left to `write`.

use std::ops::Range;

/// What a stretch of text is marked as.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Deleted,
    Link {
        address: String,
        title: String,
    },
    /// An element that is kept as HTML: its start tag and its name.
    Tag {
        start: String,
        name: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Text,
    Code,
    /// Markdown that stands as it is: a picture, a reference to a footnote.
    Finished,
    /// The end of a line; so many of them.
    Break(u32),
}

/// A piece of text with the innermost mark that it is in.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) mark: u32,
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// A mark, with the one that it is in.
#[derive(Debug)]
pub(super) struct MarkNode {
    pub(super) mark: Mark,
    pub(super) parent: u32,
    pub(super) depth: u32,
}

/// A stretch of running text.
#[derive(Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) runs: Vec<Run>,
    marks: Vec<MarkNode>,
    /// What has come and is written only if something follows.
    space: bool,
    breaks: u32,
}

/// No mark at all.
pub(super) const PLAIN: u32 = 0;

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Whether there is anything to be read aloud: text, or a picture's words.
    pub(super) fn has_words(&self) -> bool {
        self.runs.iter().any(|run| match run.kind {
            Kind::Text | Kind::Code => !self.text[run.range.clone()].trim().is_empty(),
            Kind::Finished => self.text[run.range.clone()].starts_with("![") && !self.text[run.range.clone()].starts_with("![]"),
            Kind::Break(_) => false,
        })
    }

    /// Makes it empty, and keeps what memory it has.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.runs.clear();
        self.marks.clear();
        (self.space, self.breaks) = (false, 0);
    }

    pub(super) fn mark(&self, mark: u32) -> Option<&MarkNode> {
        self.marks.get((mark as usize).checked_sub(1)?)
    }

    pub(super) fn marks(&self) -> usize {
        self.marks.len()
    }

    /// The mark that text in `mark` within `parent` has.
    pub(super) fn enter(&mut self, mark: &Mark, parent: u32) -> u32 {
        // What is strong within what is strong is no stronger.
        let mut outer = parent;
        while let Some(node) = self.mark(outer) {
            let is_link = matches!((&node.mark, mark), (Mark::Link { .. }, Mark::Link { .. }));
            if node.mark == *mark || is_link {
                return parent;
            }
            outer = node.parent;
        }
        // What goes on where the like of it ended is one with it.
        if !matches!(mark, Mark::Link { .. }) {
            let mut last = self.runs.last().map_or(PLAIN, |run| run.mark);
            while let Some(node) = self.mark(last) {
                if node.parent == parent && node.mark == *mark && !self.space && self.breaks == 0 {
                    return last;
                }
                last = node.parent;
            }
        }
        let depth = self.mark(parent).map_or(0, |node| node.depth) + 1;
        self.marks.push(MarkNode { mark: mark.clone(), parent, depth });
        self.marks.len() as u32
    }

    /// The innermost mark that both are in.
    pub(super) fn common(&self, mut a: u32, mut b: u32) -> u32 {
        let depth = |mark: u32| self.mark(mark).map_or(0, |node| node.depth);
        let parent = |mark: u32| self.mark(mark).map_or(PLAIN, |node| node.parent);
        while a != b {
            if depth(a) >= depth(b) {
                a = parent(a);
            } else {
                b = parent(b);
            }
        }
        a
    }

    pub(super) fn is_in(&self, mut mark: u32, what: impl Fn(&Mark) -> bool) -> bool {
        while let Some(node) = self.mark(mark) {
            if what(&node.mark) {
                return true;
            }
            mark = node.parent;
        }
        false
    }

    /// Adds text, whose white space is collapsed.
    pub(super) fn add_text(&mut self, text: &str, mark: u32) {
        let mut rest = text;
        while !rest.is_empty() {
            let word_ends = end_of_words(rest);
            if word_ends > 0 {
                self.add(Kind::Text, &rest[..word_ends], mark);
                rest = &rest[word_ends..];
                continue;
            }
            let c = rest.chars().next().unwrap_or(' ');
            let after = &rest[c.len_utf8()..];
            if c == '\u{a0}' && self.joins_number(after) {
                self.add(Kind::Text, "\u{a0}", mark);
            } else if is_space(c) {
                self.space = true;
            }
            rest = after;
        }
    }

    /// Whether a number and its unit, or a part of a number, are on either side of a space that must not break.
    fn joins_number(&self, after: &str) -> bool {
        !self.space
            && self.breaks == 0
            && self.runs.last().is_some_and(|run| run.kind == Kind::Text)
            && self.text.ends_with(|c: char| c.is_ascii_digit())
            && after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '%' | '€' | '$' | '°'))
    }

    /// Adds text of a formatted kind: its line ends are such.
    pub(super) fn add_lines(&mut self, text: &str, mark: u32) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.add_break();
            }
            self.add_text(line, mark);
        }
    }

    pub(super) fn add_space(&mut self) {
        self.space = true;
    }

    pub(super) fn add_break(&mut self) {
        self.breaks += 1;
        self.space = false;
    }

    pub(super) fn add_code(&mut self, code: &str, mark: u32) {
        let mut collapsed = String::with_capacity(code.len());
        let is_led = code.starts_with(is_space);
        for word in code.split(is_space).filter(|word| !word.is_empty()) {
            if !collapsed.is_empty() {
                collapsed.push(' ');
            }
            collapsed.extend(word.chars().filter(|c| !is_space_or_gone(*c)));
        }
        if is_led || collapsed.is_empty() && !code.is_empty() {
            self.space = true;
        }
        if !collapsed.is_empty() {
            self.add(Kind::Code, &collapsed, mark);
        }
        if code.ends_with(is_space) {
            self.space = true;
        }
    }

    pub(super) fn add_finished(&mut self, markdown: &str, mark: u32) {
        self.add(Kind::Finished, markdown, mark);
    }

    fn add(&mut self, kind: Kind, text: &str, mark: u32) {
        let last = self.runs.last().map(|run| run.mark);
        if let Some(last) = last {
            if self.breaks > 0 {
                let end = self.text.len();
                let mark = self.common(last, mark);
                self.runs.push(Run { mark, kind: Kind::Break(self.breaks), range: end..end });
            } else if self.space {
                let mark = self.common(last, mark);
                self.push(Kind::Text, " ", mark);
            }
        }
        (self.space, self.breaks) = (false, 0);
        self.push(kind, text, mark);
    }

    fn push(&mut self, kind: Kind, text: &str, mark: u32) {
        let from = self.text.len();
        self.text.push_str(text);
        let to = self.text.len();
        match self.runs.last_mut() {
            Some(last) if last.mark == mark && last.kind == kind && kind != Kind::Finished => last.range.end = to,
            _ => self.runs.push(Run { mark, kind, range: from..to }),
        }
    }
}

/// Where the words end that a text begins with and that stand as they shall: with one space between each two. Word by word
/// this would take half of the time that writing Markdown takes.
fn end_of_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'!'..=b'~' => at += 1,
            b' ' if at > 0 && bytes.get(at + 1).is_some_and(|next| (b'!'..=b'~').contains(next)) => at += 2,
            0x80.. => match text[at..].chars().next() {
                Some(c) if !is_space_or_gone(c) => at += c.len_utf8(),
                _ => break,
            },
            _ => break,
        }
    }
    at
}

/// White space of HTML, and of Unicode's what pads emphasis: Markdown takes none of it for the beginning of a word.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// What no page can hold goes; so does the mark of byte order, which nobody sees and which hides what follows.
fn is_space_or_gone(c: char) -> bool {
    is_space(c) || c == '\u{feff}' || crate::html::is_forbidden(c)
}
