//! Something worth telling the author: severity, code, place, message, hint; and how it is shown.
//!
//! A [`Diagnostic`] is about the author's files and is a plain value: it is collected, sorted, compared and shown,
//! never thrown. What goes wrong with the machine (a disk, a socket) is an `std::io::Error` until a command has to say so.
//! Which problems there are is decided where they are found; reading the line to show is left to the caller.

pub mod messages;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// How much a problem weighs: an error fails the build, a warning does so only with `--strict`, a note never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The site cannot be published like this.
    Error,
    /// The site is published, and the author should look.
    Warning,
    /// Something was decided for the author.
    Note,
}

impl Severity {
    /// The word shown to people and written to JSON.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Where in the author's files a problem is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path from the site's folder, with `/`, for example `content/networking/agenda.md`.
    pub file: Arc<str>,
    /// The line and column, where there is one; a problem with a whole file has none.
    pub span: Option<Span>,
}

/// A stretch of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// How many characters it is long; 0 is shown as one.
    pub length: u32,
}

impl Place {
    /// A whole file.
    pub fn file(file: impl Into<Arc<str>>) -> Self {
        Place { file: file.into(), span: None }
    }

    /// A stretch of one line of a file.
    pub fn at(file: impl Into<Arc<str>>, span: Span) -> Self {
        Place { file: file.into(), span: Some(span) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span {
            Some(span) => write!(f, "{}:{}:{}", self.file, span.line, span.column),
            None => write!(f, "{}", self.file),
        }
    }
}

impl Span {
    /// The stretch of `length` bytes at byte `offset` of `text`, cut at the end of its line.
    pub fn of(text: &str, offset: usize, length: usize) -> Span {
        let offset = floor_char_boundary(text, offset);
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = 1 + before.bytes().filter(|&b| b == b'\n').count();
        let end = floor_char_boundary(text, offset.saturating_add(length));
        let stretch = text[offset..end].lines().next().unwrap_or("");
        Span {
            line: line as u32,
            column: 1 + text[line_start..offset].chars().count() as u32,
            length: stretch.chars().count() as u32,
        }
    }
}

/// The nearest character boundary at or before `offset`, and never past the end.
fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// One problem, as plain data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// A stable name for the kind of problem, in kebab case, for scripts and for looking it up in [`messages`].
    pub code: &'static str,
    /// Where it is, if it is anywhere.
    pub place: Option<Place>,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A problem that fails the build.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A problem that fails the build only with `--strict`.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Something that was decided for the author.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Diagnostic { severity, code, place: None, message: message.into(), hint: None }
    }

    /// The same problem, with its place.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same problem, with what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether it fails a build that is not `--strict`.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// One line of JSON with the keys severity, code, file, line, column, length, message, hint.
    pub fn to_json(&self) -> String {
        let span = self.place.as_ref().and_then(|place| place.span);
        let json = serde_json::json!({
            "severity": self.severity.word(),
            "code": self.code,
            "file": self.place.as_ref().map(|place| &*place.file),
            "line": span.map(|span| span.line),
            "column": span.map(|span| span.column),
            "length": span.map(|span| span.length),
            "message": self.message,
            "hint": self.hint,
        });
        without_unprintable(&json.to_string())
    }
}

/// Puts problems into the order in which they are shown: by file, then line, then column, the gravest first.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| (&a.place, a.severity, a.code, &a.message).cmp(&(&b.place, b.severity, b.code, &b.message)));
}

/// Whether the output may carry colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences at all.
    Plain,
    /// Colours for a terminal.
    Coloured,
}

/// A problem as a person reads it: message, place, the line itself with the stretch marked, and the hint.
///
/// `line` is the text of the line that the diagnostic's place names, if the caller could read it.
pub fn show(diagnostic: &Diagnostic, line: Option<&str>, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let message = printable(&diagnostic.message);
    let hint = diagnostic.hint.as_deref().map(printable);
    let title = level.primary_title(message).id(diagnostic.code);
    let path = diagnostic.place.as_ref().map(|place| printable(&place.file).into_owned());
    let span = diagnostic.place.as_ref().and_then(|place| place.span);
    let shown = line.map(|line| excerpt(line, span));

    let mut group = Group::with_title(title);
    match (&path, span, &shown) {
        (Some(path), Some(span), Some(excerpt)) => {
            let snippet = Snippet::source(excerpt.text.as_str())
                .line_start(span.line as usize)
                .path(path.as_str())
                .annotation(AnnotationKind::Primary.span(excerpt.marked.clone()));
            group = group.element(snippet);
        }
        (Some(path), Some(span), None) => {
            let origin =
                annotate_snippets::Origin::path(path.as_str()).line(span.line as usize).char_column(span.column as usize);
            group = group.element(origin);
        }
        (Some(path), None, _) => group = group.element(annotate_snippets::Origin::path(path.as_str())),
        (None, _, _) => {}
    }
    // Below a place the hint is a part of the picture; without one it is a line of its own.
    let mut own_line = None;
    match hint {
        Some(hint) if path.is_some() => group = group.element(Level::HELP.message(hint)),
        Some(hint) => own_line = Some(Group::with_title(Level::HELP.secondary_title(hint))),
        None => {}
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut shown = renderer.render(&[group]);
    if let Some(own_line) = own_line {
        shown.push('\n');
        shown.push_str(&renderer.render(&[own_line]));
    }
    shown
}

/// A line, safe to print and short enough to read, with the byte range to mark.
struct Excerpt {
    text: String,
    marked: std::ops::Range<usize>,
}

/// A line of 50 MB is a fact of life; the reader sees this many characters of it.
const LONGEST_LINE_SHOWN: usize = 400;

fn excerpt(line: &str, span: Option<Span>) -> Excerpt {
    let (column, length) = span.map_or((1, 0), |s| (s.column.max(1) as usize, s.length as usize));
    let mut text = String::new();
    let mut marked = 0..0;
    for (i, c) in line.chars().take(LONGEST_LINE_SHOWN).enumerate() {
        if i + 1 == column {
            marked.start = text.len();
        }
        text.push(if c == '\t' || is_unprintable(c) { ' ' } else { c });
        if i + 1 < column + length.max(1) {
            marked.end = text.len();
        }
    }
    if marked.start == 0 && column > 1 {
        marked.start = text.len();
    }
    marked.end = marked.end.max(marked.start);
    Excerpt { text, marked }
}

/// Text from outside, made safe for a terminal: control characters and bidirectional overrides become visible.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_unprintable(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) && c != '\n' {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// A value as JSON that is laid out for people and safe for a terminal too: what cannot be printed is escaped.
pub fn printable_json(value: &impl serde::Serialize) -> String {
    without_unprintable(&serde_json::to_string_pretty(value).unwrap_or_default())
}

fn without_unprintable(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        // Only within texts is there anything else than signs, digits and line ends.
        if is_unprintable(c) && c != '\n' {
            safe.push_str(&format!("\\u{:04x}", c as u32));
        } else {
            safe.push(c);
        }
    }
    safe
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The candidate nearest to `word` when one is near enough to be what was meant.
///
/// Nearness is the Damerau-Levenshtein distance; of equally near candidates the first wins.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 6);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.len().abs_diff(word.len()) > 4 * limit {
            continue;
        }
        let distance = strsim::osa_distance(word, candidate);
        if distance <= limit && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A hint that names the nearest candidate, or else lists them all if they are few.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(near) = nearest(word, candidates.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    (!all.is_empty() && all.len() <= 12).then(|| format!("it can be {}", list_of(&all)))
}

/// `a`, `b` and `c`: names joined as in a sentence, each in backquotes.
pub fn list_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_counts_characters_and_stays_on_its_line() {
        let text = "eins\nzwölf Größe\nend";
        let offset = text.find("Größe").unwrap_or_default();
        assert_eq!(Span::of(text, offset, 40), Span { line: 2, column: 7, length: 5 });
        assert_eq!(Span::of(text, 9999, 3), Span { line: 3, column: 4, length: 0 });
    }

    #[test]
    fn a_message_shows_line_stretch_and_hint() {
        let place = Place::at("content/a.md", Span { line: 3, column: 5, length: 4 });
        let diagnostic = Diagnostic::error("broken-link", "no such article").at(place).hint("did you mean `b.md`?");
        let shown = show(&diagnostic, Some("See here \u{1b}[31m"), Style::Plain);
        assert_eq!(
            shown,
            "error[broken-link]: no such article\n --> content/a.md:3:5\n  |\n3 | See here  [31m\n  |     ^^^^\n  |\n  = help: did you mean `b.md`?"
        );
    }

    #[test]
    fn json_has_nothing_that_a_terminal_obeys_and_says_the_same() {
        let message = "a\u{9b}31m\u{202e}\u{1b}b";
        let json = Diagnostic::error("unreadable", message).at(Place::file("content/\u{85}.md")).to_json();
        assert!(!json.chars().any(is_unprintable), "{json:?}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        assert_eq!((read["message"].as_str(), read["file"].as_str()), (Some(message), Some("content/\u{85}.md")));
    }

    #[test]
    fn nearest_prefers_small_edits_and_knows_when_nothing_is_near() {
        assert_eq!(nearest("tgas", ["title", "tags", "date"]), Some("tags"));
        assert_eq!(nearest("colour", ["title", "tags", "date"]), None);
    }
}
