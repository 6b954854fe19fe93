//! The Markdown of an article once more, as its author wrote it: element by element, whether in Markdown or in HTML, each
//! with its place in the file.
//!
//! For whoever looks at what was written. What becomes of it on a page is the renderer's business.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::addresses::{next_address, plain_punctuation};
use super::raw_html::Piece;
use super::{events, readable};
use crate::article::{ParseOptions, RawHtml};

/// A step through what was written.
#[derive(Debug, PartialEq)]
pub(crate) enum Step<'s> {
    /// An element begins. What never holds anything (a picture, a line break) does not end.
    Open(Element<'s>),
    /// An element of this name ends.
    Close { name: &'s str, written: Written },
    /// Text in between, and where it begins.
    Text {
        /// As a reader reads it.
        text: &'s str,
        at: usize,
    },
}

/// An element, under the name it has in HTML.
#[derive(Debug, PartialEq)]
pub(crate) struct Element<'s> {
    pub(crate) name: &'s str,
    pub(crate) written: Written,
    /// By name in lower case. Markdown's links have `href` and `title`, its pictures `src` and `alt`.
    pub(crate) attributes: Vec<(String, String)>,
    /// The whole of what is Markdown; the start tag of what is HTML.
    pub(crate) at: Range<usize>,
}

/// How an element was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// In Markdown.
    Markdown,
    /// As `[[name]]`: the words are the other article's title.
    Name,
    /// As a bare address or one in `<…>`.
    Address,
    /// As HTML.
    Html,
}

impl Element<'_> {
    /// The value of an attribute, if there is one of this name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Walks through the Markdown of a file that begins at `body_at` of its text.
pub(crate) fn walk(text: &str, body_at: usize, options: &ParseOptions, visit: &mut dyn FnMut(Step<'_>)) {
    // The renderer stops where this does, and has said so.
    let markdown = readable(&text[body_at..]);
    let mut walker = Walker {
        text,
        body_at,
        options,
        visit,
        block: None,
        picture: None,
        is_in_link: false,
        is_in_code: false,
        is_in_head: false,
        pending: String::new(),
        pending_at: 0,
        may_hold_addresses: markdown.contains("://") || markdown.contains("www."),
    };
    for (event, range) in events(markdown, options) {
        walker.event(event, body_at + range.start..body_at + range.end);
    }
    walker.flush();
}

struct Walker<'w> {
    text: &'w str,
    body_at: usize,
    options: &'w ParseOptions,
    visit: &'w mut dyn FnMut(Step<'_>),
    /// The lines of HTML that are being gathered.
    block: Option<Piece<'static>>,
    picture: Option<Picture>,
    is_in_link: bool,
    is_in_code: bool,
    is_in_head: bool,
    /// Text that may hold bare addresses, with the place where it began.
    pending: String,
    pending_at: usize,
    may_hold_addresses: bool,
}

struct Picture {
    /// Pictures in the words of a picture count too.
    depth: usize,
    target: String,
    alt: String,
    has_words: bool,
}

impl Walker<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if let Some(picture) = &mut self.picture {
            match &event {
                Event::Text(text) | Event::Code(text) if picture.has_words => picture.alt.push_str(text),
                Event::SoftBreak | Event::HardBreak => picture.alt.push(' '),
                Event::Start(Tag::Image { .. }) => picture.depth += 1,
                Event::End(TagEnd::Image) => self.end_picture(range),
                _ => {}
            }
            return;
        }
        if !matches!(event, Event::Text(_)) {
            self.flush();
        }
        match event {
            Event::Text(text) | Event::Html(text) if self.block.is_some() => {
                if let Some(block) = &mut self.block {
                    block.add(&text, range.start - self.body_at);
                }
            }
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => {
                if self.pending.is_empty() {
                    self.pending_at = range.start;
                }
                self.pending.push_str(&text);
            }
            Event::Code(text) => {
                self.open("code", Written::Markdown, Vec::new(), range.clone());
                (self.visit)(Step::Text { text: &text, at: range.start });
                self.close("code");
            }
            Event::Html(html) | Event::InlineHtml(html) if self.options.raw_html == RawHtml::Escape => {
                (self.visit)(Step::Text { text: &html, at: range.start });
            }
            Event::Html(html) | Event::InlineHtml(html) => self.html(&Piece::inline(&html, range.start - self.body_at)),
            Event::SoftBreak | Event::HardBreak => (self.visit)(Step::Text { text: " ", at: range.start }),
            Event::Rule => self.open("hr", Written::Markdown, Vec::new(), range),
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn open(&mut self, name: &str, written: Written, attributes: Vec<(String, String)>, at: Range<usize>) {
        (self.visit)(Step::Open(Element { name, written, attributes, at }));
    }

    /// Ends an element of Markdown.
    fn close(&mut self, name: &str) {
        (self.visit)(Step::Close { name, written: Written::Markdown });
    }

    fn html(&mut self, piece: &Piece<'_>) {
        let (visit, is_in_link) = (&mut self.visit, &mut self.is_in_link);
        piece.walk(self.body_at, &mut |step| {
            match &step {
                Step::Open(element) if element.name == "a" => *is_in_link = true,
                Step::Close { name: "a", .. } => *is_in_link = false,
                _ => {}
            }
            visit(step);
        });
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::HtmlBlock if self.options.raw_html != RawHtml::Escape => self.block = Some(Piece::block()),
            Tag::Link { link_type, dest_url, title, .. } => {
                self.is_in_link = true;
                let written = match link_type {
                    LinkType::WikiLink { has_pothole: false } => Written::Name,
                    LinkType::Autolink | LinkType::Email => Written::Address,
                    _ => Written::Markdown,
                };
                let attributes = vec![("href".to_owned(), dest_url.to_string()), ("title".to_owned(), title.to_string())];
                self.open("a", written, attributes, range);
            }
            Tag::Image { link_type, dest_url, .. } => {
                let has_words = link_type != LinkType::WikiLink { has_pothole: false };
                self.picture = Some(Picture { depth: 0, target: dest_url.to_string(), alt: String::new(), has_words });
            }
            tag => {
                self.is_in_head |= matches!(tag, Tag::TableHead);
                self.is_in_code |= matches!(tag, Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented));
                if let Some(name) = name(&tag.to_end(), self.is_in_head) {
                    self.open(&name, Written::Markdown, Vec::new(), range);
                }
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::HtmlBlock => {
                if let Some(block) = self.block.take() {
                    self.html(&block);
                }
            }
            TagEnd::Link => {
                self.is_in_link = false;
                self.close("a");
            }
            tag => {
                if let Some(name) = name(&tag, self.is_in_head) {
                    self.close(&name);
                }
                self.is_in_head &= tag != TagEnd::TableHead;
                self.is_in_code &= tag != TagEnd::CodeBlock;
            }
        }
    }

    fn end_picture(&mut self, range: Range<usize>) {
        let Some(mut picture) = self.picture.take() else { return };
        if picture.depth > 0 {
            picture.depth -= 1;
            self.picture = Some(picture);
            return;
        }
        let attributes = vec![("src".to_owned(), picture.target), ("alt".to_owned(), picture.alt)];
        self.open("img", Written::Markdown, attributes, range);
    }

    /// Hands on text that waited, with its bare addresses as the links that they become.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.pending);
        let mut at = self.pending_at;
        let mut rest = text.as_str();
        let takes_links = self.may_hold_addresses && !self.is_in_link && !self.is_in_code;
        while let Some(found) = takes_links.then(|| next_address(rest)).flatten() {
            (self.visit)(Step::Text { text: &rest[..found.start], at });
            let written = plain_punctuation(&rest[found.clone()], self.options);
            // A character may be written as a reference such as `&amp;`, but not much longer.
            let window = at..self.text.floor_char_boundary(at + 8 * found.end + 64);
            let from = at + self.text.get(window).and_then(|near| near.find(&written)).unwrap_or(0);
            at = self.text.floor_char_boundary(from + written.len());
            let attributes = vec![("href".to_owned(), written.clone())];
            self.open("a", Written::Address, attributes, from..at);
            (self.visit)(Step::Text { text: &written, at: from });
            self.close("a");
            rest = &rest[found.end..];
        }
        (self.visit)(Step::Text { text: rest, at });
    }
}

/// What an element of Markdown is in HTML.
fn name(tag: &TagEnd, is_in_head: bool) -> Option<Cow<'static, str>> {
    Some(match tag {
        TagEnd::Paragraph => "p".into(),
        TagEnd::Heading(level) => format!("h{}", *level as u8).into(),
        TagEnd::BlockQuote(_) => "blockquote".into(),
        TagEnd::CodeBlock => "pre".into(),
        TagEnd::List(true) => "ol".into(),
        TagEnd::List(false) => "ul".into(),
        TagEnd::Item => "li".into(),
        TagEnd::FootnoteDefinition => "aside".into(),
        TagEnd::Table => "table".into(),
        TagEnd::TableHead => "thead".into(),
        TagEnd::TableRow => "tr".into(),
        TagEnd::TableCell if is_in_head => "th".into(),
        TagEnd::TableCell => "td".into(),
        TagEnd::Emphasis => "em".into(),
        TagEnd::Strong => "strong".into(),
        TagEnd::Strikethrough => "del".into(),
        _ => return None,
    })
}
