//! Raw HTML in Markdown: what of it stands, and that it never reaches out of where it stands.
//!
//! The parser hands over raw HTML line by line or tag by tag, with Markdown in between. Here it is put together, cut into
//! tokens (`scanner`), followed by a stack of everything that is open (`nesting`), and written: as it stands where it is
//! in order, with what is missing put in and what is too much left out where it is not. Which elements stand when a site
//! sanitizes is left to `sanitize`, what is told about it to `messages`, and raw HTML shown as text to the renderer.

mod attributes;
mod containers;
mod elements;
mod messages;
mod nesting;
mod policy;
mod room;
mod sanitize;
mod scanner;
mod steps;
mod tags;

use std::borrow::Cow;
use std::ops::Range;

pub use self::attributes::addresses_of_srcset;
pub(super) use self::containers::element;
use self::messages::{Blocked, Ending};
use self::nesting::Nesting;
use self::scanner::{Scanner, TagKind, Token, Unfinished};
use self::tags::EndTags;
use super::super::RawHtml;
use super::Renderer;
use crate::diagnostic::{Diagnostic, Span};
use crate::html::escape_into;
use crate::html::references;

/// After so many problems with its HTML a file is told only how many more there are.
const MOST_PROBLEMS: usize = 100;

/// What is remembered of the raw HTML of an article.
#[derive(Default)]
pub(super) struct Raw {
    /// Whether there can be any that is not shown as text.
    is_followed: bool,
    nesting: Nesting,
    /// The lines of the block that is being gathered.
    block: Option<Piece<'static>>,
    /// Whether so much was open that the rest is left out.
    has_given_up: bool,
    problems: usize,
    /// What the author has been told about the content-security policy.
    told: Vec<Blocked>,
}

impl Raw {
    pub(super) fn new(markdown: &str, raw_html: RawHtml) -> Raw {
        Raw { is_followed: raw_html != RawHtml::Escape && markdown.contains('<'), ..Raw::default() }
    }

    pub(super) fn is_followed(&self) -> bool {
        self.is_followed
    }

    pub(super) fn is_gathering(&self) -> bool {
        self.block.is_some()
    }

    /// Adds to the lines of a block what came of the Markdown from `at` on.
    pub(super) fn gather(&mut self, text: &str, at: usize) {
        if let Some(block) = &mut self.block {
            block.add(text, at);
        }
    }

    /// Whether a bare address may become a link here.
    pub(super) fn takes_links(&self) -> bool {
        !self.is_followed || self.nesting.open_link().is_none() && self.nesting.room_for_inline() == self.nesting.len()
    }

    /// Follows the paragraph whose start tag was moved by so many bytes.
    pub(super) fn move_container(&mut self, by: usize) {
        if let Some(container) = self.nesting.container_mut() {
            container.at += by;
        }
    }
}

/// A stretch of raw HTML.
pub(super) struct Piece<'t> {
    text: Cow<'t, str>,
    /// Where its parts are in the Markdown: offset in the text, offset there.
    places: Vec<(usize, usize)>,
    extent: Extent,
}

/// How much of the HTML around it a piece of raw HTML is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Lines of HTML, as a whole.
    Block,
    /// A tag or comment in running text.
    Inline,
}

impl<'t> Piece<'t> {
    /// Lines of HTML, of which there are none yet.
    pub(super) fn block() -> Piece<'t> {
        Piece { text: Cow::Owned(String::new()), places: Vec::new(), extent: Extent::Block }
    }

    /// A tag or comment in running text, all on one line.
    pub(super) fn inline(html: &'t str, at: usize) -> Piece<'t> {
        Piece { text: Cow::Borrowed(html), places: vec![(0, at)], extent: Extent::Inline }
    }

    /// Adds what came of the Markdown from `at` on.
    pub(super) fn add(&mut self, text: &str, at: usize) {
        self.places.push((self.text.len(), at));
        self.text.to_mut().push_str(text);
    }

    /// Where in the Markdown an offset of the text is.
    fn place(&self, offset: usize) -> usize {
        let index = self.places.partition_point(|(at, _)| *at <= offset).saturating_sub(1);
        self.places.get(index).map_or(0, |(at, place)| place + (offset - at))
    }
}

impl Renderer<'_> {
    pub(super) fn begin_html_block(&mut self) {
        self.raw.block = Some(Piece::block());
    }

    pub(super) fn end_html_block(&mut self) {
        let Some(piece) = self.raw.block.take() else { return };
        if self.raw.nesting.raw_text().is_some() {
            let index = self.raw.nesting.len() - 1;
            self.close_from(index, Ending::Markdown, EndTags::All);
        }
        let at = self.out.html.len();
        self.read_html(&piece);
        if self.out.html[at..].trim().is_empty() {
            self.out.truncate(at);
        }
    }

    /// A tag or comment in running text.
    pub(super) fn inline_html(&mut self, html: &str, range: &Range<usize>) {
        let piece = Piece { text: Cow::Borrowed(html), places: self.places_of_lines(html, range), extent: Extent::Inline };
        match self.raw.nesting.raw_text() {
            // Only its end tag is a tag there.
            Some(name) if !is_end_of(html, name) => escape_into(html, &mut self.out.html),
            _ => self.read_html(&piece),
        }
    }

    /// Where the lines of a text are in the Markdown, where each may have the signs of a quote or list before it.
    fn places_of_lines(&self, text: &str, range: &Range<usize>) -> Vec<(usize, usize)> {
        let markdown = self.origin.text.get(self.origin.body_at + range.start..self.origin.body_at + range.end).unwrap_or("");
        let mut places = Vec::new();
        let (mut at, mut place) = (0, range.start);
        for (line, whole) in text.split_inclusive('\n').zip(markdown.split_inclusive('\n')) {
            places.push((at, place + whole.len().saturating_sub(line.len())));
            at += line.len();
            place += whole.len();
        }
        places
    }

    fn read_html(&mut self, piece: &Piece<'_>) {
        let mut scanner = Scanner::new(&piece.text);
        while let Some(token) = scanner.next(self.raw.nesting.is_foreign()) {
            if self.raw.has_given_up {
                return;
            }
            match token {
                Token::Text(range) => self.raw_words(&piece.text[range]),
                Token::Comment(range) => self.raw_comment(piece, &range),
                Token::Data(range) => self.push_unless_hiding(piece, &range, ""),
                Token::Doctype(range) => self.report_at(piece, &range, messages::part_of_page()),
                Token::Unfinished(range, what) => self.raw_unfinished(piece, &range, what),
                Token::Tag(tag) if tag.kind == TagKind::End => self.end_tag(piece, &tag),
                Token::Tag(tag) => {
                    self.start_tag(piece, &tag, &mut scanner);
                    // In running text what follows comes as text; but `<?…?>` may hold more than one tag.
                    if piece.extent == Extent::Block || !scanner.is_at_end() {
                        self.raw_text(piece, &mut scanner);
                    }
                }
            }
        }
    }

    /// Text among raw HTML. It counts as what a reader reads.
    fn raw_words(&mut self, text: &str) {
        let from = self.out.html.len();
        if self.options.raw_html == RawHtml::Sanitize {
            for c in text.chars() {
                match c {
                    '<' => self.push("&lt;"),
                    '>' => self.push("&gt;"),
                    c => self.out.html.push(c),
                }
            }
        } else {
            match text.strip_suffix('<') {
                // With what follows it might begin a tag.
                Some(before) => {
                    self.push(before);
                    self.push("&lt;");
                }
                None => self.push(text),
            }
        }
        self.out.note_prose(from);
        if text.trim().is_empty() {
            self.words.gap();
            self.plain.gap();
            return;
        }
        let words = references::decode(text);
        self.words.count(&words);
        self.plain.push(&words);
    }

    fn raw_comment(&mut self, piece: &Piece<'_>, range: &Range<usize>) {
        let inner = piece.text[range.clone()].strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
        if inner.is_some_and(|inner| inner.trim().eq_ignore_ascii_case("more")) {
            self.plain.end_of_summary();
        } else {
            self.push_unless_hiding(piece, range, "");
        }
    }

    /// Writes what is no element, unless it goes, or hides what a browser with scripts takes for an end tag.
    fn push_unless_hiding(&mut self, piece: &Piece<'_>, range: &Range<usize>, ending: &str) {
        if self.options.raw_html == RawHtml::Sanitize {
            return;
        }
        let text = &piece.text[range.clone()];
        if self.hides_end_of_noscript(text) {
            return self.report_at(piece, range, messages::hides_end_of_noscript());
        }
        self.push(text);
        self.push(ending);
    }

    /// With scripts, a `<noscript>` holds text; the first thing that looks like its end tag is one.
    fn hides_end_of_noscript(&self, text: &str) -> bool {
        let end = b"</noscript";
        self.raw.nesting.is_open("noscript") && text.as_bytes().windows(end.len()).any(|bytes| bytes.eq_ignore_ascii_case(end))
    }

    fn raw_unfinished(&mut self, piece: &Piece<'_>, range: &Range<usize>, what: Unfinished) {
        let text = &piece.text[range.clone()];
        let ending = match what {
            Unfinished::Tag | Unfinished::Quote => {
                escape_into(text, &mut self.out.html);
                self.words.count(text);
                ""
            }
            Unfinished::Comment => "-->\n",
            Unfinished::Declaration => ">\n",
            Unfinished::Data => "]]>",
        };
        if !ending.is_empty() {
            self.push_unless_hiding(piece, range, ending);
        }
        let marked = range.start..range.start + text.find(['\n', ' ']).unwrap_or(text.len());
        self.report_at(piece, &marked, messages::unfinished(what, text));
    }

    /// The content of an element that was opened just now and holds text only, up to its end tag.
    fn raw_text(&mut self, piece: &Piece<'_>, scanner: &mut Scanner<'_>) {
        let Some(name) = self.raw.nesting.raw_text().map(str::to_owned) else { return };
        let Some(kind) = elements::raw_text(&name) else { return };
        let (content, before_end) = scanner.raw_text(&name, kind);
        if !self.hides_end_of_noscript(&piece.text[content.clone()]) {
            self.push(&piece.text[content.clone()]);
        }
        if content.end == piece.text.len() || !scanner.ends_tag() {
            self.push(before_end);
            let index = self.raw.nesting.len() - 1;
            self.close_from(index, Ending::Lines, EndTags::All);
            self.push("\n");
        }
    }

    /// Where a stretch of a piece is in the file.
    fn raw_span(&mut self, piece: &Piece<'_>, range: &Range<usize>) -> Span {
        self.lines.span(self.origin.body_at + piece.place(range.start), range.len())
    }

    fn report_at(&mut self, piece: &Piece<'_>, range: &Range<usize>, problem: Diagnostic) {
        let span = self.raw_span(piece, range);
        self.report_html(problem, span);
    }

    fn report_html(&mut self, problem: Diagnostic, span: Span) {
        self.raw.problems += 1;
        if self.raw.problems <= MOST_PROBLEMS || problem.is_error() {
            self.report(problem, span);
        }
    }
}

fn is_end_of(html: &str, name: &str) -> bool {
    let token = Scanner::new(html).next(false);
    matches!(token, Some(Token::Tag(tag)) if tag.kind == TagKind::End && tag.name == name)
}
