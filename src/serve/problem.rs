//! A problem as the preview shows it in the browser: plain data, made from a diagnostic.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, printable};

/// One problem. All of it is text to be shown as such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// The name of its kind, which `guidepost explain` knows.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The file, from the site's folder.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column in characters, from 1.
    pub column: Option<u32>,
    /// The line itself.
    pub excerpt: Option<Excerpt>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A line of a file in three pieces, of which the middle one is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // They are what they are called.
pub struct Excerpt {
    pub before: String,
    pub marked: String,
    pub after: String,
}

/// So many characters are shown of what stands before the place, and from it on.
const SHOWN: (usize, usize) = (80, 160);

impl Problem {
    /// A diagnostic with the line that it names, if that could be read.
    pub fn new(diagnostic: &Diagnostic, line: Option<&str>) -> Problem {
        let span = diagnostic.place.as_ref().and_then(|place| place.span);
        let excerpt = |line| span.map(|span| Excerpt::new(line, span.column as usize, span.length as usize));
        Problem {
            severity: diagnostic.severity.word(),
            code: diagnostic.code,
            message: printable(&diagnostic.message).into_owned(),
            file: diagnostic.place.as_ref().map(|place| printable(&place.file).into_owned()),
            line: span.map(|span| span.line),
            column: span.map(|span| span.column),
            excerpt: line.and_then(excerpt),
            hint: diagnostic.hint.as_deref().map(|hint| printable(hint).into_owned()),
        }
    }

    /// `content/a.md:3:5`, as far as it is known.
    pub fn place(&self) -> Option<String> {
        let numbers = [self.line, self.column].into_iter().flatten().map(|number| format!(":{number}"));
        self.file.as_ref().map(|file| numbers.fold(file.clone(), |place, number| place + &number))
    }
}

impl Excerpt {
    /// The part of a line round `length` characters at a column, which counts from 1.
    fn new(line: &str, column: usize, length: usize) -> Excerpt {
        let start = column.saturating_sub(1);
        let from = start.saturating_sub(SHOWN.0);
        let piece = |from: usize, to: usize| {
            let piece: String = line.chars().skip(from).take(to.saturating_sub(from)).collect();
            // Tabs would be as wide as the browser likes.
            printable(&piece.replace('\t', " ")).into_owned()
        };
        let end = start + length.clamp(1, SHOWN.1);
        let mut excerpt = Excerpt { before: piece(from, start), marked: piece(start, end), after: piece(end, start + SHOWN.1) };
        if from > 0 {
            excerpt.before.insert(0, '…');
        }
        if line.chars().nth(start + SHOWN.1).is_some() {
            excerpt.after.push('…');
        }
        excerpt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Place, Span};

    #[test]
    fn a_line_is_cut_round_the_place_that_is_meant() {
        let at = |line: &str, column, length| {
            let place = Place::at("content/a.md", Span { line: 3, column, length });
            let problem = Problem::new(&Diagnostic::error("broken-link", "no").at(place), Some(line));
            let Some(Excerpt { before, marked, after }) = problem.excerpt else { panic!("no excerpt") };
            (before, marked, after)
        };
        assert_eq!(at("See\there \u{1b}[31m", 5, 4), ("See ".into(), "here".into(), " \\u{1b}[31m".into()));
        assert_eq!(at("ends", 9, 0), ("ends".into(), String::new(), String::new()));
        let (before, marked, after) = at(&"ü".repeat(1 << 20), 1000, 5);
        assert_eq!((before.chars().count(), marked.chars().count(), after.chars().count()), (81, 5, 156));
    }

    #[test]
    fn nothing_that_a_browser_would_turn_round_is_passed_on() {
        let place = Place::file("content/\u{202e}dm.a.md");
        let problem = Problem::new(&Diagnostic::error("unreadable", "a\u{202e}b").at(place).hint("c\u{7}d"), None);
        assert_eq!(problem.message, "a\\u{202e}b");
        assert_eq!(problem.place().as_deref(), Some("content/\\u{202e}dm.a.md"));
        assert_eq!(problem.hint.as_deref(), Some("c\\u{7}d"));
    }
}
