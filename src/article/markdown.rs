//! Markdown → body, outline, and the links and anchors it makes.
//!
//! Our own renderer over pulldown-cmark's events: one pass, no recursion, no tree. Addresses within the site are left
//! open (see [`Body`]), because only the site knows them. What front matter says is left to its own file.

mod addresses;
mod buffer;
mod footnotes;
mod headings;
mod lines;
mod links;
mod prose;
mod raw_html;
mod tasks;
mod walk;

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, OffsetIter, Options, Parser, Tag, TagEnd};
use rustc_hash::{FxHashMap, FxHashSet};

pub use self::addresses::link_target;
use self::addresses::{next_address, plain_punctuation};
use self::buffer::Buffer;
use self::footnotes::Footnote;
use self::headings::OpenHeading;
pub(crate) use self::lines::LineCounter;
use self::lines::too_deep_line;
use self::links::{OpenImage, OpenLink};
use self::prose::{PlainText, WordCounter};
pub use self::raw_html::addresses_of_srcset;
use self::raw_html::{Raw, element};
use self::tasks::Tasks;
pub(super) use self::tasks::name_into as name_of_task_into;
pub(crate) use self::walk::{Element, Step, Written, walk};
use super::highlight::highlight;
use super::{Body, Fill, Heading, Kind, Link, ParseOptions};
use crate::diagnostic::{Diagnostic, Place, Span};
use crate::html::{escape_address_into, escape_into};

/// Which text is parsed.
pub struct Origin<'t> {
    /// What kind of article it is: the tasks of an agenda are steps, with times.
    pub kind: Kind,
    /// The path as messages name it.
    pub file: &'t Arc<str>,
    /// The whole file.
    pub text: &'t str,
    /// Where the Markdown begins in it.
    pub body_at: usize,
}

/// What came of it.
pub struct Parsed {
    /// The first heading of level 1, if the body began with one and was asked for it.
    pub title: Option<String>,
    /// The opening as plain text.
    pub summary: String,
    pub body: Body,
    pub outline: Vec<Heading>,
    pub anchors: Vec<String>,
    pub links: Vec<Link>,
    pub link_spans: Vec<Span>,
}

/// The parser's events, each with its place in the Markdown.
pub fn events<'m>(markdown: &'m str, options: &ParseOptions) -> OffsetIter<'m> {
    let mut extensions = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_WIKILINKS;
    if options.smart_punctuation {
        extensions |= Options::ENABLE_SMART_PUNCTUATION;
    }
    Parser::new_ext(markdown, extensions).into_offset_iter()
}

/// The Markdown as far as it can be read: up to a line that nests too deep.
pub fn readable(markdown: &str) -> &str {
    too_deep_line(markdown).map_or(markdown, |end| &markdown[..end])
}

/// Parses the body of an article. With `take_title`, a level-1 heading that opens it becomes the title and leaves the body.
pub fn parse(origin: &Origin<'_>, take_title: bool, options: &ParseOptions, diagnostics: &mut Vec<Diagnostic>) -> Parsed {
    let mut markdown = &origin.text[origin.body_at..];
    if let Some(line_at) = too_deep_line(markdown) {
        let place = Place::at(origin.file.clone(), Span::of(origin.text, origin.body_at + line_at, 1));
        let problem = Diagnostic::error("too-deep", "this line opens more than 100 quotes and lists within each other");
        diagnostics.push(problem.at(place).hint("take away the `>` and `-` that it does not need"));
        markdown = &markdown[..line_at];
    }
    let mut renderer = Renderer::new(origin, take_title, options, diagnostics);
    for (event, range) in events(markdown, options) {
        renderer.event(event, range);
    }
    renderer.finish()
}

struct OpenTable {
    alignments: Vec<Alignment>,
    cell: usize,
    in_head: bool,
}

struct OpenCode {
    language: String,
    text: String,
}

struct Renderer<'r> {
    origin: &'r Origin<'r>,
    options: &'r ParseOptions,
    diagnostics: &'r mut Vec<Diagnostic>,
    lines: LineCounter<'r>,

    out: Buffer,
    /// Buffers that wait while a footnote's definition is written.
    waiting: Vec<(Buffer, String, usize)>,
    footnotes: FxHashMap<String, Footnote>,
    footnote_order: Vec<String>,

    links: Vec<Link>,
    link_spans: Vec<Span>,
    open_links: Vec<OpenLink>,
    heading: Option<OpenHeading>,
    image: Option<OpenImage>,
    table: Option<OpenTable>,
    code: Option<OpenCode>,
    raw: Raw,
    tasks: Tasks,
    /// Text that may hold bare addresses, with the place where it began.
    pending: String,
    pending_at: usize,
    may_hold_addresses: bool,

    outline: Vec<Heading>,
    ids: FxHashMap<String, usize>,
    anchors: FxHashSet<String>,
    take_title: bool,
    title: Option<String>,
    depth: usize,
    words: WordCounter,
    plain: PlainText,
}

impl<'r> Renderer<'r> {
    fn new(origin: &'r Origin<'r>, take_title: bool, options: &'r ParseOptions, diagnostics: &'r mut Vec<Diagnostic>) -> Self {
        let markdown = &origin.text[origin.body_at..];
        Renderer {
            origin,
            options,
            diagnostics,
            lines: LineCounter::new(origin.text),
            out: Buffer { html: String::with_capacity(markdown.len() * 5 / 4), ..Buffer::default() },
            waiting: Vec::new(),
            footnotes: FxHashMap::default(),
            footnote_order: Vec::new(),
            links: Vec::new(),
            link_spans: Vec::new(),
            open_links: Vec::new(),
            heading: None,
            image: None,
            table: None,
            code: None,
            raw: Raw::new(markdown, options.raw_html),
            tasks: Tasks::of(origin.kind),
            pending: String::new(),
            pending_at: 0,
            may_hold_addresses: markdown.contains("://") || markdown.contains("www."),
            outline: Vec::new(),
            ids: FxHashMap::default(),
            anchors: FxHashSet::default(),
            take_title,
            title: None,
            depth: 0,
            words: WordCounter::default(),
            plain: PlainText::new(markdown),
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if !matches!(event, Event::Text(_)) && !self.pending.is_empty() {
            self.flush_text();
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            // What stands before the lines of a block.
            Event::Text(text) if self.raw.is_gathering() => self.raw.gather(&text, range.start),
            Event::Text(text) => {
                if self.pending.is_empty() {
                    self.pending_at = range.start;
                }
                let text = self.tasks.rest_of(&text, &range);
                self.text(text);
            }
            Event::Code(code) => self.inline_code(&code),
            Event::Html(html) if self.raw.is_gathering() => self.raw.gather(&html, range.start),
            Event::Html(html) | Event::InlineHtml(html) if !self.raw.is_followed() => self.escaped_html(&html),
            Event::Html(html) | Event::InlineHtml(html) => {
                if self.image.is_none() {
                    self.inline_html(&html, &range);
                }
            }
            Event::FootnoteReference(name) => self.footnote_reference(&name, range),
            Event::SoftBreak => self.white_space("\n"),
            Event::HardBreak => {
                self.make_inline_room();
                self.white_space("<br>\n");
            }
            Event::Rule => {
                self.make_block_room("hr");
                self.push("<hr>\n");
            }
            Event::TaskListMarker(is_ticked) => self.task(is_ticked, range.end),
            // These need options that are not switched on.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
        }
    }

    fn push(&mut self, html: &str) {
        self.out.html.push_str(html);
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if self.image.is_some() && !matches!(tag, Tag::Image { .. }) {
            return;
        }
        let is_block = !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. });
        if is_block {
            self.depth += 1;
            self.close_label();
            self.words.gap();
            self.plain.gap();
        }
        self.make_room(&tag);
        let (element, ends, at) = (element(&tag), range.end, self.out.html.len());
        match tag {
            Tag::Paragraph => self.push("<p>"),
            Tag::Heading { level, id, classes, .. } => self.start_heading(level, id, &classes, range.start),
            Tag::BlockQuote(kind) => self.start_quote(kind),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', ',', '{', '\t']).next().unwrap_or("").to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some(OpenCode { language, text: String::new() });
            }
            Tag::HtmlBlock if self.raw.is_followed() => self.begin_html_block(),
            Tag::HtmlBlock => self.push("<p>"),
            Tag::List(Some(1)) => self.push("<ol>\n"),
            Tag::List(Some(first)) => self.push(&format!("<ol start=\"{first}\">\n")),
            Tag::List(None) => self.push("<ul>\n"),
            Tag::Item => {
                self.tasks.begin_item();
                self.push("<li>");
            }
            Tag::FootnoteDefinition(name) => {
                let outer = std::mem::take(&mut self.out);
                self.waiting.push((outer, name.to_string(), range.start));
            }
            Tag::Table(alignments) => self.start_table(alignments),
            Tag::TableHead => {
                if let Some(table) = &mut self.table {
                    (table.cell, table.in_head) = (0, true);
                }
                self.push("<thead>\n<tr>");
            }
            Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    (table.cell, table.in_head) = (0, false);
                }
                self.push("<tr>");
            }
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.push("<em>"),
            Tag::Strong => self.push("<strong>"),
            Tag::Strikethrough => self.push("<del>"),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title, range),
            Tag::Image { link_type, dest_url, title, .. } => self.start_image(link_type, &dest_url, &title, range),
            _ => {}
        }
        match element {
            // Only the words of a link that may not stand are written.
            Some((_, called @ "link")) if matches!(self.open_links.last(), Some(OpenLink::Dropped)) => {
                self.enter(("", called), ends, at);
            }
            Some(element) => self.enter(element, ends, at),
            None => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if self.image.is_some() && tag != TagEnd::Image {
            return;
        }
        if tag == TagEnd::HtmlBlock && self.raw.is_followed() {
            self.end_html_block();
        }
        let is_block = !matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image);
        if is_block {
            self.depth = self.depth.saturating_sub(1);
            self.close_label();
            self.words.gap();
            self.plain.gap();
            if self.depth == 0 && !matches!(tag, TagEnd::Paragraph | TagEnd::Heading(_)) {
                self.plain.end_of_block();
            }
        }
        let is_loosened = !matches!(tag, TagEnd::HtmlBlock | TagEnd::Image) && self.leave();
        match tag {
            TagEnd::Paragraph => {
                self.push(if is_loosened { "</div>\n" } else { "</p>\n" });
                if self.depth == 0 {
                    self.plain.end_of_paragraph();
                }
            }
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(None) => self.push("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.push("</div>\n"),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock if !self.raw.is_followed() => match self.out.html.strip_suffix("<p>") {
                Some(before) => self.out.truncate(before.len()),
                None => self.push("</p>\n"),
            },
            TagEnd::List(true) => self.push("</ol>\n"),
            TagEnd::List(false) => self.push("</ul>\n"),
            TagEnd::Item => {
                self.tasks.end_item();
                self.push("</li>\n");
            }
            TagEnd::FootnoteDefinition => self.end_footnote_definition(),
            TagEnd::Table => {
                self.table = None;
                self.push("</tbody>\n</table>\n</div>\n");
            }
            TagEnd::TableHead => self.push("</tr>\n</thead>\n<tbody>\n"),
            TagEnd::TableRow => self.push("</tr>\n"),
            TagEnd::TableCell => {
                let in_head = self.table.as_ref().is_some_and(|table| table.in_head);
                self.push(if in_head { "</th>" } else { "</td>" });
            }
            TagEnd::Emphasis => self.push("</em>"),
            TagEnd::Strong => self.push("</strong>"),
            TagEnd::Strikethrough => self.push("</del>"),
            TagEnd::Link => self.end_link(),
            TagEnd::Image => self.end_image(),
            _ => {}
        }
    }

    // Text.

    fn text(&mut self, text: &str) {
        if let Some(code) = &mut self.code {
            code.text.push_str(text);
            return;
        }
        if let Some(image) = &mut self.image {
            if image.has_words {
                image.alt.push_str(text);
            }
            return;
        }
        // The other article's title is not known yet: where plain text is wanted, the name stands in.
        let is_titled = matches!(self.open_links.last(), Some(OpenLink::Titled(_)));
        let text = if is_titled { text.trim_start_matches('#').split('#').next().unwrap_or("") } else { text };
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        self.words.count(text);
        self.plain.push(text);
        if is_titled {
            return self.title_in_task(text);
        }
        self.tasks.add_words(text);
        if self.may_hold_addresses && self.open_links.is_empty() && self.raw.takes_links() {
            self.pending.push_str(text);
        } else {
            self.out.text(text);
        }
    }

    /// Writes text that waited, with its bare addresses made links.
    fn flush_text(&mut self) {
        let text = std::mem::take(&mut self.pending);
        let mut rest = text.as_str();
        while let Some(found) = next_address(rest) {
            self.out.text(&rest[..found.start]);
            let written = plain_punctuation(&rest[found.clone()], self.options);
            let address = if written.starts_with("www.") { format!("https://{written}") } else { written.clone() };
            self.push("<a href=\"");
            match link_target(&address, &self.options.base) {
                Some(link) => {
                    let span = self.span_of_pending(&written);
                    let index = self.add_link(link, span);
                    self.out.hole(Fill::Href(index));
                }
                None => escape_address_into(&address, &mut self.out.html),
            }
            self.push("\">");
            self.out.text(&written);
            self.push("</a>");
            rest = &rest[found.end..];
        }
        self.out.text(rest);
    }

    /// Where an address stands in the text that waited; what comes after it is looked for behind it.
    fn span_of_pending(&mut self, address: &str) -> Span {
        let from = self.origin.body_at + self.pending_at;
        let line = self.origin.text.get(from..).and_then(|tail| tail.lines().next()).unwrap_or("");
        match line.find(address) {
            Some(at) => {
                self.pending_at += at + address.len();
                self.lines.span(from + at, address.len())
            }
            None => self.lines.span(from, 0),
        }
    }

    fn white_space(&mut self, html: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push(' ');
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push(' ');
        }
        self.tasks.add_words(" ");
        self.words.gap();
        self.plain.gap();
        let from = self.out.html.len();
        self.push(html);
        // The end of a line in the source is a space to a reader.
        if html == "\n" {
            self.out.note_prose(from);
        }
    }

    fn inline_code(&mut self, code: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push_str(code);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(code);
        }
        self.tasks.add_words(code);
        self.words.count(code);
        self.plain.push(code);
        self.make_inline_room();
        self.push("<code>");
        self.out.text(code);
        self.push("</code>");
    }

    /// Raw HTML shown as text.
    fn escaped_html(&mut self, html: &str) {
        let comment = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
        if comment.is_some_and(|comment| comment.trim().eq_ignore_ascii_case("more")) {
            self.plain.end_of_summary();
        } else if self.image.is_none() {
            escape_into(html, &mut self.out.html);
        }
    }

    // Blocks.

    fn start_quote(&mut self, kind: Option<BlockQuoteKind>) {
        let class = match kind {
            None => return self.push("<blockquote>\n"),
            Some(BlockQuoteKind::Note) => "note",
            Some(BlockQuoteKind::Tip) => "tip",
            Some(BlockQuoteKind::Important) => "important",
            Some(BlockQuoteKind::Warning) => "warning",
            Some(BlockQuoteKind::Caution) => "caution",
        };
        self.push(&format!("<div class=\"alert alert-{class}\" role=\"note\">\n<p class=\"alert-title\">"));
        self.out.hole(Fill::Word(class, 0, 1));
        self.push("</p>\n");
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        self.words.count(&code.text);
        self.push("<pre tabindex=\"0\"><code");
        if !code.language.is_empty() && code.language.len() <= 40 {
            self.push(" class=\"language-");
            escape_into(&code.language, &mut self.out.html);
            self.push("\"");
        }
        self.push(">");
        match highlight(&code.text, &code.language).filter(|_| !code.language.is_empty()) {
            Some(html) => {
                let from = self.out.html.len();
                self.push(&html);
                self.out.note_prose_between_tags(from);
            }
            None => self.out.text(&code.text),
        }
        self.push("</code></pre>\n");
    }

    fn start_table(&mut self, alignments: Vec<Alignment>) {
        self.push("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"");
        self.out.hole(Fill::Word("table", 0, 1));
        if let Some(heading) = self.outline.last() {
            self.out.html.push_str(": ");
            escape_into(&heading.text, &mut self.out.html);
        }
        self.push("\">\n<table>\n");
        self.table = Some(OpenTable { alignments, cell: 0, in_head: false });
    }

    fn start_cell(&mut self) {
        let Some(table) = &mut self.table else { return };
        let class = match table.alignments.get(table.cell) {
            Some(Alignment::Left) => " class=\"left\"",
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::None) | None => "",
        };
        table.cell += 1;
        let tag = if table.in_head { "<th scope=\"col\"" } else { "<td" };
        self.push(tag);
        self.push(class);
        self.push(">");
    }

    fn report(&mut self, problem: Diagnostic, span: Span) {
        self.diagnostics.push(problem.at(Place::at(self.origin.file.clone(), span)));
    }

    fn finish(mut self) -> Parsed {
        self.flush_text();
        self.close_label();
        self.finish_raw_html();
        self.write_footnotes();
        let tasks = self.finish_tasks();
        let headings: FxHashSet<&str> = self.outline.iter().map(|heading| heading.id.as_str()).collect();
        let mut anchors: Vec<String> = self.anchors.into_iter().filter(|id| !headings.contains(id.as_str())).collect();
        anchors.sort_unstable();
        Parsed {
            title: self.title,
            summary: self.plain.summary(),
            // Bodies stay for as long as the site does. A copy is as small as can be: allocators leave a block as it is that
            // shrinks by less than half.
            body: Body {
                html: self.out.html.as_str().to_owned(),
                holes: self.out.holes.as_slice().to_owned(),
                prose: self.out.prose.as_slice().to_owned(),
                words: self.words.total(),
                tasks,
            },
            outline: self.outline,
            anchors,
            links: self.links,
            link_spans: self.link_spans,
        }
    }
}
