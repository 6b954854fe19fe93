//! Markdown → body, outline, and the links and anchors it makes.
//!
//! Our own renderer over pulldown-cmark's events: one pass, no recursion, no tree. Addresses within the site are left
//! open (see [`Body`]), because only the site knows them. What front matter says is left to its own file.

use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::highlight::highlight;
use super::{Body, Fill, Heading, Hole, Link, ParseOptions, RawHtml, Target};
use crate::diagnostic::{Diagnostic, Place, Span};
use crate::html::{escape_address_into, escape_into};
use crate::url::{self, Base};

/// Which text is parsed.
pub struct Origin<'t> {
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

/// Parses the body of an article. With `take_title`, a level-1 heading that opens it becomes the title and leaves the body.
pub fn parse(origin: &Origin<'_>, take_title: bool, options: &ParseOptions, diagnostics: &mut Vec<Diagnostic>) -> Parsed {
    let mut markdown = &origin.text[origin.body_at..];
    if let Some(line_at) = too_deep_line(markdown) {
        let place = Place::at(origin.file.clone(), Span::of(origin.text, origin.body_at + line_at, 1));
        let problem = Diagnostic::error("too-deep", "this line opens more than 100 quotes and lists within each other");
        diagnostics.push(problem.at(place));
        markdown = &markdown[..line_at];
    }
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
    let mut renderer = Renderer::new(origin, take_title, options, diagnostics);
    for (event, range) in Parser::new_ext(markdown, extensions).into_offset_iter() {
        renderer.event(event, range);
    }
    renderer.finish()
}

/// The parser's time grows with the product of open quotes and lists and the lines that lazily continue them.
const MOST_MARKERS: usize = 100;

/// Where the first line begins that opens more quotes and lists than anybody means.
fn too_deep_line(markdown: &str) -> Option<usize> {
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        if opens_too_many(line) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn opens_too_many(line: &str) -> bool {
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
fn is_rule(line: &str) -> bool {
    let mark = line.as_bytes().first();
    line.bytes().all(|byte| Some(&byte) == mark || byte.is_ascii_whitespace())
}

/// The link that a target within this site makes; `None` if the target is on the web.
///
/// The target is what an author wrote, %-escapes and all. An absolute address of this very site is a link within it.
pub fn link_target(target: &str, base: &Base) -> Option<Link> {
    let target = target.trim();
    let inside = if url::has_scheme(target) { base.strip(target)? } else { target };
    if inside.starts_with("//") {
        return None;
    }
    let (rest, anchor) = split_at_first(inside, '#');
    let (path, query) = split_at_first(rest, '?');
    let path = url::percent_decode(path).unwrap_or(path.into());
    let path = url::nfc(&path).into_owned();
    let target = match path.as_str() {
        "" => Target::Own,
        path if path.starts_with('/') => Target::Rooted(path.to_owned()),
        _ => Target::Relative(path),
    };
    Some(Link { target, query: query.map(str::to_owned), anchor: anchor.and_then(decode_anchor), is_picture: false })
}

fn decode_anchor(anchor: &str) -> Option<String> {
    let decoded = url::percent_decode(anchor)?;
    (!decoded.is_empty()).then(|| url::nfc(&decoded).into_owned())
}

fn split_at_first(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// A piece of HTML in the making.
#[derive(Default)]
struct Buffer {
    html: String,
    holes: Vec<Hole>,
}

impl Buffer {
    fn hole(&mut self, fill: Fill) {
        self.holes.push(Hole { at: self.html.len() as u32, fill });
    }

    /// Appends another piece, holes and all.
    fn append(&mut self, other: Buffer) {
        let shift = self.html.len() as u32;
        self.html.push_str(&other.html);
        self.holes.extend(other.holes.iter().map(|hole| Hole { at: hole.at + shift, fill: hole.fill }));
    }

    /// Takes back what was written since `at`.
    fn split_off(&mut self, at: usize) -> Buffer {
        let html = self.html.split_off(at);
        let first = self.holes.partition_point(|hole| (hole.at as usize) < at);
        let holes = self.holes.split_off(first);
        Buffer { html, holes: holes.into_iter().map(|hole| Hole { at: hole.at - at as u32, fill: hole.fill }).collect() }
    }
}

/// What an open link will end with.
enum OpenLink {
    Plain,
    /// A wikilink without words of its own: the other article's title stands for it.
    Titled(u32),
    /// A link that may not stand; its words do.
    Dropped,
}

/// Raw HTML that goes on until its ending, through blank lines (<https://spec.commonmark.org/0.31.2/#html-blocks>).
const RUNNING_ON: [(&str, &str); 6] = [
    ("<!--", "-->"),
    ("<script", "</script>"),
    ("<style", "</style>"),
    ("<textarea", "</textarea>"),
    ("<pre", "</pre>"),
    ("<?", "?>"),
];

struct OpenHeading {
    /// Where it begins in the Markdown.
    begins: usize,
    /// Where it begins in the HTML.
    at: usize,
    level: u8,
    id: Option<String>,
    classes: Vec<String>,
    text: String,
}

struct OpenImage {
    /// Images in the words of an image count too.
    depth: usize,
    target: String,
    title: String,
    alt: String,
    /// `![[file]]` has none: the name of the file is no description.
    has_words: bool,
    range: Range<usize>,
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

#[derive(Default)]
struct Footnote {
    number: usize,
    references: usize,
    definition: Option<Buffer>,
    /// Where the definition begins.
    at: usize,
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
    /// Where the last block of raw HTML begins in the Markdown and in the HTML.
    html_block: (usize, usize),
    /// Whether a task's `<label>` is open.
    in_label: bool,
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
            out: Buffer { html: String::with_capacity(markdown.len() * 5 / 4), holes: Vec::new() },
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
            html_block: (0, 0),
            in_label: false,
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
            Event::Text(text) => {
                if self.pending.is_empty() {
                    self.pending_at = range.start;
                }
                self.text(&text);
            }
            Event::Code(code) => self.inline_code(&code),
            Event::Html(html) | Event::InlineHtml(html) => self.raw_html(&html),
            Event::FootnoteReference(name) => self.footnote_reference(&name),
            Event::SoftBreak => self.white_space("\n"),
            Event::HardBreak => self.white_space("<br>\n"),
            Event::Rule => self.push("<hr>\n"),
            Event::TaskListMarker(ticked) => self.task(ticked),
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
            Tag::HtmlBlock if self.options.raw_html == RawHtml::Escape => self.push("<p>"),
            Tag::HtmlBlock => self.html_block = (range.start, self.out.html.len()),
            Tag::List(Some(1)) => self.push("<ol>\n"),
            Tag::List(Some(first)) => self.push(&format!("<ol start=\"{first}\">\n")),
            Tag::List(None) => self.push("<ul>\n"),
            Tag::Item => self.push("<li>"),
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
    }

    fn end(&mut self, tag: TagEnd) {
        if self.image.is_some() && tag != TagEnd::Image {
            return;
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
        match tag {
            TagEnd::Paragraph => {
                self.push("</p>\n");
                if self.depth == 0 {
                    self.plain.end_of_paragraph();
                }
            }
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(None) => self.push("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.push("</div>\n"),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock if self.options.raw_html == RawHtml::Escape => match self.out.html.strip_suffix("<p>") {
                Some(before) => self.out.html.truncate(before.len()),
                None => self.push("</p>\n"),
            },
            TagEnd::HtmlBlock => self.end_html_block(),
            TagEnd::List(true) => self.push("</ol>\n"),
            TagEnd::List(false) => self.push("</ul>\n"),
            TagEnd::Item => self.push("</li>\n"),
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
            return;
        }
        if self.may_hold_addresses && self.open_links.is_empty() {
            self.pending.push_str(text);
        } else {
            escape_into(text, &mut self.out.html);
        }
    }

    /// Writes text that waited, with its bare addresses made links.
    fn flush_text(&mut self) {
        let text = std::mem::take(&mut self.pending);
        let mut rest = text.as_str();
        while let Some(found) = next_address(rest) {
            escape_into(&rest[..found.start], &mut self.out.html);
            let written = plain_punctuation(&rest[found.clone()]);
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
            escape_into(&written, &mut self.out.html);
            self.push("</a>");
            rest = &rest[found.end..];
        }
        escape_into(rest, &mut self.out.html);
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
        self.words.gap();
        self.plain.gap();
        self.push(html);
    }

    fn inline_code(&mut self, code: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push_str(code);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(code);
        }
        self.words.count(code);
        self.plain.push(code);
        self.push("<code>");
        escape_into(code, &mut self.out.html);
        self.push("</code>");
    }

    fn raw_html(&mut self, html: &str) {
        if html.trim_start().starts_with("<!--") {
            let comment = html.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
            if comment.eq_ignore_ascii_case("more") {
                self.plain.end_of_summary();
                return;
            }
        }
        if self.image.is_some() {
            return;
        }
        match self.options.raw_html {
            RawHtml::Escape => escape_into(html, &mut self.out.html),
            RawHtml::Allow => {
                for id in ids_in_html(html) {
                    self.anchors.insert(id);
                }
                self.push(html);
            }
        }
    }

    /// Ends what an author forgot to end: an open comment or script would swallow the page below the article.
    fn end_html_block(&mut self) {
        let (begins, at) = self.html_block;
        let block = self.out.html[at..].trim_start();
        let is_open = |(opening, ending): &&(&str, &str)| {
            let Some((start, after)) = block.split_at_checked(opening.len()) else { return false };
            let is_part_of_name =
                opening.ends_with(char::is_alphabetic) && after.starts_with(|c: char| c.is_alphanumeric() || c == '-');
            start.eq_ignore_ascii_case(opening) && !is_part_of_name && !block.to_ascii_lowercase().contains(ending)
        };
        let Some((opening, ending)) = RUNNING_ON.iter().find(is_open) else { return };
        self.push(ending);
        self.push("\n");
        let span = self.lines.span(self.origin.body_at + begins, opening.len());
        let problem = Diagnostic::warning("open-html", format!("this `{opening}` never ends, so what follows is a part of it"));
        self.report(problem.hint(format!("put `{ending}` where it ends")), span);
    }

    // Headings.

    fn start_heading(&mut self, level: HeadingLevel, id: Option<CowStr<'_>>, classes: &[CowStr<'_>], begins: usize) {
        let id =
            id.map(|id| id.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')).collect::<String>());
        let classes = classes
            .iter()
            .map(|class| class.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect::<String>())
            .filter(|class| !class.is_empty())
            .collect();
        self.heading = Some(OpenHeading {
            begins,
            at: self.out.html.len(),
            // The page's own title is its only heading of level 1.
            level: (level as u8).max(2),
            id: id.filter(|id| !id.is_empty()),
            classes,
            text: String::new(),
        });
        if level != HeadingLevel::H1 {
            self.take_title = false;
        }
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        let text = heading.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let inner = self.out.split_off(heading.at);
        if self.take_title && self.title.is_none() && self.out.html.trim().is_empty() && !text.is_empty() {
            self.title = Some(text);
            // The title is no part of what is read below it.
            self.words = WordCounter::default();
            self.plain.forget();
            return;
        }
        if text.is_empty() {
            let span = self.lines.span(self.origin.body_at + heading.begins, 0);
            let problem = Diagnostic::warning("empty-heading", "this heading has no words, so it is left out");
            return self.report(problem.hint("write some, or take the line out"), span);
        }
        let wanted = heading.id.unwrap_or_else(|| match url::slug(&text) {
            slug if slug.is_empty() => "section".to_owned(),
            slug => slug,
        });
        let id = self.unique_id(wanted);
        let level = heading.level;
        self.push(&format!("<h{level} id=\""));
        escape_into(&id, &mut self.out.html);
        if !heading.classes.is_empty() {
            self.push("\" class=\"");
            self.push(&heading.classes.join(" "));
        }
        self.push("\">");
        self.out.append(inner);
        self.push(&format!("</h{level}>\n"));
        self.outline.push(Heading { level, id, text });
        self.plain.end_of_heading();
    }

    /// An id that no other element of the page has: the second `Timing` is `timing-2`.
    fn unique_id(&mut self, wanted: String) -> String {
        let mut id = wanted.clone();
        while self.anchors.contains(&id) {
            let count = match self.ids.entry(wanted.clone()) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(1),
            };
            *count += 1;
            id = format!("{wanted}-{count}");
        }
        self.anchors.insert(id.clone());
        id
    }

    // Blocks.

    fn start_quote(&mut self, kind: Option<BlockQuoteKind>) {
        let (class, name) = match kind {
            None => return self.push("<blockquote>\n"),
            Some(BlockQuoteKind::Note) => ("note", "Note"),
            Some(BlockQuoteKind::Tip) => ("tip", "Tip"),
            Some(BlockQuoteKind::Important) => ("important", "Important"),
            Some(BlockQuoteKind::Warning) => ("warning", "Warning"),
            Some(BlockQuoteKind::Caution) => ("caution", "Caution"),
        };
        self.push(&format!("<div class=\"alert alert-{class}\" role=\"note\">\n<p class=\"alert-title\">{name}</p>\n"));
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
            Some(html) => self.push(&html),
            None => escape_into(&code.text, &mut self.out.html),
        }
        self.push("</code></pre>\n");
    }

    fn start_table(&mut self, alignments: Vec<Alignment>) {
        self.push("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Table");
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

    /// The box of a task-list item, with the item's words as its label.
    fn task(&mut self, ticked: bool) {
        for (opening, with_class) in [("<li><p>", "<li class=\"task\"><p>"), ("<li>", "<li class=\"task\">")] {
            if self.out.html.ends_with(opening) {
                let at = self.out.html.len() - opening.len();
                self.out.html.replace_range(at.., with_class);
                break;
            }
        }
        self.push(if ticked { "<label><input type=\"checkbox\" checked> " } else { "<label><input type=\"checkbox\"> " });
        self.in_label = true;
    }

    fn close_label(&mut self) {
        if std::mem::take(&mut self.in_label) {
            self.push("</label>");
        }
    }

    // Links and pictures.

    fn start_link(&mut self, link_type: LinkType, target: &str, title: &str, range: Range<usize>) {
        let span = self.lines.span(self.origin.body_at + range.start, range.len());
        if let LinkType::WikiLink { has_pothole } = link_type {
            return self.start_wikilink(target, has_pothole, span);
        }
        if target.trim().is_empty() {
            let problem = Diagnostic::warning("empty-link", "this link leads nowhere, so only its words are shown");
            self.report(problem.hint("put the address between the brackets"), span);
            return self.open_links.push(OpenLink::Dropped);
        }
        let target = if link_type == LinkType::Email { format!("mailto:{target}") } else { target.to_owned() };
        if let Some(scheme) = url::scheme(&target)
            && !matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel")
        {
            let problem =
                Diagnostic::warning("bad-scheme", format!("a link may not begin with `{scheme}:`, so only its words are shown"));
            self.report(problem.hint("links begin with `https:`, `mailto:` or `tel:`, or name a file"), span);
            return self.open_links.push(OpenLink::Dropped);
        }
        self.push("<a href=\"");
        match link_target(&target, &self.options.base) {
            Some(link) => {
                let index = self.add_link(link, span);
                self.out.hole(Fill::Href(index));
            }
            None => escape_address_into(&target, &mut self.out.html),
        }
        self.push_title(title);
        self.push("\">");
        self.open_links.push(OpenLink::Plain);
    }

    fn start_wikilink(&mut self, target: &str, has_words: bool, span: Span) {
        let (name, anchor) = split_at_first(target, '#');
        let name = url::nfc(name.trim()).into_owned();
        let target = if name.is_empty() { Target::Own } else { Target::Wiki(name) };
        let anchor = anchor.map(|anchor| {
            // A heading may be named by its words or by its id.
            let id = decode_anchor(anchor.trim()).unwrap_or_default();
            if id.contains(char::is_whitespace) || id.contains(char::is_uppercase) { url::slug(&id) } else { id }
        });
        let index = self.add_link(Link { target, query: None, anchor, is_picture: false }, span);
        self.push("<a href=\"");
        self.out.hole(Fill::Href(index));
        self.push("\">");
        self.open_links.push(if has_words { OpenLink::Plain } else { OpenLink::Titled(index) });
    }

    fn end_link(&mut self) {
        match self.open_links.pop() {
            Some(OpenLink::Plain) => self.push("</a>"),
            Some(OpenLink::Titled(index)) => {
                self.out.hole(Fill::Title(index));
                self.push("</a>");
            }
            Some(OpenLink::Dropped) | None => {}
        }
    }

    fn start_image(&mut self, link_type: LinkType, target: &str, title: &str, range: Range<usize>) {
        match &mut self.image {
            Some(image) => image.depth += 1,
            None => {
                let (target, title) = (target.to_owned(), title.to_owned());
                let has_words = link_type != LinkType::WikiLink { has_pothole: false };
                self.image = Some(OpenImage { depth: 0, target, title, alt: String::new(), has_words, range });
            }
        }
    }

    fn end_image(&mut self) {
        let Some(mut image) = self.image.take() else { return };
        if image.depth > 0 {
            image.depth -= 1;
            self.image = Some(image);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&image.alt);
        }
        let span = self.lines.span(self.origin.body_at + image.range.start, image.range.len());
        if image.alt.trim().is_empty() {
            let problem = Diagnostic::warning("no-alt", "this picture has no words for those who cannot see it");
            self.report(problem.hint("say between `![` and `]` what the picture says"), span);
        }
        let is_safe = url::scheme(&image.target).is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https"));
        if !is_safe || image.target.trim().is_empty() {
            let problem =
                Diagnostic::warning("bad-scheme", "a picture must be a file of this site or on the web, so this one is left out");
            self.report(problem.hint("put the file beside the article and name it here"), span);
            escape_into(&image.alt, &mut self.out.html);
            return;
        }
        self.push("<img");
        match link_target(&image.target, &self.options.base) {
            Some(mut link) => {
                link.is_picture = true;
                let index = self.add_link(link, span);
                self.out.hole(Fill::Picture(index));
            }
            None => {
                self.push(" src=\"");
                escape_address_into(&image.target, &mut self.out.html);
                self.push("\"");
            }
        }
        self.push(" alt=\"");
        escape_into(image.alt.trim(), &mut self.out.html);
        self.push_title(&image.title);
        self.push("\" loading=\"lazy\" decoding=\"async\">");
    }

    /// Inside an open attribute: ends it and begins a `title` attribute, if there is a title.
    fn push_title(&mut self, title: &str) {
        if !title.is_empty() {
            self.push("\" title=\"");
            escape_into(title, &mut self.out.html);
        }
    }

    fn add_link(&mut self, link: Link, span: Span) -> u32 {
        self.links.push(link);
        self.link_spans.push(span);
        (self.links.len() - 1) as u32
    }

    fn report(&mut self, problem: Diagnostic, span: Span) {
        self.diagnostics.push(problem.at(Place::at(self.origin.file.clone(), span)));
    }

    // Footnotes.

    fn footnote_reference(&mut self, name: &str) {
        if self.image.is_some() {
            return;
        }
        let footnote = self.footnotes.entry(name.to_owned()).or_default();
        if footnote.number == 0 {
            self.footnote_order.push(name.to_owned());
            footnote.number = self.footnote_order.len();
        }
        footnote.references += 1;
        let (number, nth) = (footnote.number, footnote.references);
        let id = reference_id(number, nth);
        self.push(&format!("<sup class=\"footnote-ref\"><a id=\"{id}\" href=\""));
        self.out.hole(Fill::Own);
        self.push(&format!("#fn-{number}\" role=\"doc-noteref\" aria-label=\"Footnote {number}\">{number}</a></sup>"));
        self.anchors.insert(id);
    }

    fn end_footnote_definition(&mut self) {
        let Some((outer, name, at)) = self.waiting.pop() else { return };
        let definition = std::mem::replace(&mut self.out, outer);
        let footnote = self.footnotes.entry(name).or_default();
        if footnote.definition.is_none() {
            (footnote.definition, footnote.at) = (Some(definition), at);
        }
    }

    /// The notes in the order in which they are first referred to, each with its ways back.
    fn write_footnotes(&mut self) {
        let mut unused: Vec<(usize, &String)> =
            self.footnotes.iter().filter(|(_, note)| note.number == 0).map(|(name, note)| (note.at, name)).collect();
        unused.sort_unstable();
        for (at, name) in unused {
            let message = format!("nothing refers to the footnote `{name}`, so it is left out");
            let span = self.lines.span(self.origin.body_at + at, name.len() + "[^]".len());
            let place = Place::at(self.origin.file.clone(), span);
            self.diagnostics.push(Diagnostic::warning("unused-footnote", message).at(place));
        }
        if self.footnote_order.is_empty() {
            return;
        }
        self.push("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\">\n<ol>\n");
        for name in std::mem::take(&mut self.footnote_order) {
            let Some(footnote) = self.footnotes.remove(&name) else { continue };
            let number = footnote.number;
            self.push(&format!("<li id=\"fn-{number}\">"));
            self.anchors.insert(format!("fn-{number}"));
            self.out.append(footnote.definition.unwrap_or_default());
            let ends_with_paragraph = self.out.html.ends_with("</p>\n");
            if ends_with_paragraph {
                self.out.html.truncate(self.out.html.len() - "</p>\n".len());
            }
            for nth in 1..=footnote.references {
                self.push(" <a class=\"footnote-back\" href=\"");
                self.out.hole(Fill::Own);
                let id = reference_id(number, nth);
                let (name, sign) = match nth {
                    1 => (number.to_string(), String::new()),
                    _ => (format!("{number}-{nth}"), format!("<sup>{nth}</sup>")),
                };
                self.push(&format!("#{id}\" role=\"doc-backlink\" aria-label=\"Back to reference {name}\">↩\u{fe0e}{sign}</a>"));
            }
            self.push(if ends_with_paragraph { "</p>\n</li>\n" } else { "</li>\n" });
        }
        self.push("</ol>\n</section>\n");
    }

    fn finish(mut self) -> Parsed {
        self.flush_text();
        self.close_label();
        self.write_footnotes();
        self.out.html.shrink_to_fit();
        self.out.holes.shrink_to_fit();
        let mut anchors: Vec<String> = self.anchors.into_iter().collect();
        anchors.sort_unstable();
        Parsed {
            title: self.title,
            summary: self.plain.summary(),
            body: Body { html: self.out.html, holes: self.out.holes, words: self.words.total() },
            outline: self.outline,
            anchors,
            links: self.links,
            link_spans: self.link_spans,
        }
    }
}

fn reference_id(number: usize, nth: usize) -> String {
    if nth == 1 { format!("fnref-{number}") } else { format!("fnref-{number}-{nth}") }
}

/// Values of `id` and `name` attributes in raw HTML, which links may lead to.
fn ids_in_html(html: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for attribute in [" id=", " name="] {
        for (at, _) in html.match_indices(attribute) {
            let value = &html[at + attribute.len()..];
            let id = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
                _ => value.split(|c: char| c.is_whitespace() || c == '>').next(),
            };
            ids.extend(id.filter(|id| !id.is_empty()).map(str::to_owned));
        }
    }
    ids
}

/// The first bare address in a text, as GitHub's extended autolinks see it
/// (<https://github.github.com/gfm/#autolinks-extension->).
fn next_address(text: &str) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(start) = next_opening(text, from) {
        let before = text[..start].chars().next_back();
        let may_begin =
            before.is_none_or(|c| c.is_whitespace() || matches!(c, '*' | '_' | '~' | '(' | '“' | '"' | '‘' | '—' | '–' | '['));
        let stretch =
            text[start..].find(|c: char| c.is_whitespace() || matches!(c, '<' | '”' | '"')).map_or(text.len(), |i| start + i);
        let address = trim_address(&text[start..stretch]);
        let end = start + address.len();
        let after_scheme = address.strip_prefix("https://").or(address.strip_prefix("http://")).unwrap_or(address);
        let host = after_scheme.split(['/', '?', '#']).next().unwrap_or("");
        let is_host =
            host.contains('.') && !host.ends_with('.') && host.chars().all(|c| c.is_alphanumeric() || "-._:".contains(c));
        if may_begin && is_host {
            return Some(start..end);
        }
        from = end.max(start + 1);
    }
    None
}

/// Where the next `https://`, `http://` or `www.` begins. One pass: a text may be long and hold very many.
fn next_opening(text: &str, from: usize) -> Option<usize> {
    let starts =
        |at: &usize| ["https://", "http://", "www."].iter().any(|opening| text.as_bytes()[*at..].starts_with(opening.as_bytes()));
    (from..text.len()).find(starts)
}

/// An address without the punctuation that belongs to the sentence around it.
fn trim_address(stretch: &str) -> &str {
    let mut address = stretch;
    let open = stretch.matches('(').count();
    let mut closed = stretch.matches(')').count();
    loop {
        address = address.trim_end_matches(['?', '!', '.', ',', ':', ';', '*', '_', '~', '\'', '’', '…']);
        match address.strip_suffix(')').filter(|_| closed > open) {
            Some(before) => (address, closed) = (before, closed - 1),
            None => return address,
        }
    }
}

/// Undoes smart punctuation, which has no place in an address.
fn plain_punctuation(address: &str) -> String {
    address.replace('—', "---").replace('–', "--").replace('…', "...").replace(['’', '‘'], "'")
}

/// Counts words as text comes in pieces.
#[derive(Default)]
struct WordCounter {
    words: u32,
    /// Characters of scripts that put no space between words; two make a word, near enough.
    characters: u32,
    in_word: bool,
}

impl WordCounter {
    fn count(&mut self, text: &str) {
        // Most text is ASCII, where a byte is a character and needs no decisions: that takes a third of the time.
        if text.is_ascii() {
            for byte in text.bytes() {
                let is_letter = byte.is_ascii_alphanumeric();
                let is_joint = (byte == b'\'') | (byte == b'-');
                self.words += u32::from(is_letter & !self.in_word);
                self.in_word = is_letter | (is_joint & self.in_word);
            }
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

    fn gap(&mut self) {
        self.in_word = false;
    }

    fn total(&self) -> u32 {
        self.words + self.characters / 2
    }
}

/// The opening of an article as plain text.
struct PlainText {
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
    fn new(markdown: &str) -> Self {
        PlainText {
            text: String::new(),
            stand_in: String::new(),
            until_more: markdown.contains("<!--more") || markdown.contains("<!-- more"),
            done: false,
        }
    }

    fn push(&mut self, text: &str) {
        if !self.done && self.text.len() <= 2 * LONGEST_SUMMARY {
            self.text.push_str(text);
        }
    }

    fn gap(&mut self) {
        if !self.done && !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    fn end_of_paragraph(&mut self) {
        if !self.until_more && !self.text.trim().is_empty() {
            self.done = true;
        }
    }

    /// A heading before the first paragraph is no opening.
    fn end_of_heading(&mut self) {
        if !self.until_more && !self.done {
            self.text.clear();
        }
    }

    /// Nor are lists and quotes, if there is a paragraph.
    fn end_of_block(&mut self) {
        if !self.until_more && !self.done {
            let text = std::mem::take(&mut self.text);
            if self.stand_in.is_empty() {
                self.stand_in = text;
            }
        }
    }

    fn end_of_summary(&mut self) {
        self.done = true;
    }

    fn forget(&mut self) {
        self.text.clear();
        self.done = false;
    }

    fn summary(self) -> String {
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

/// Turns byte offsets into lines and columns. It counts on from the last one, so that a long text with many links, even
/// one on a single line, is passed once.
struct LineCounter<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'t> LineCounter<'t> {
    fn new(text: &'t str) -> Self {
        LineCounter { text, at: 0, line: 1, column: 1 }
    }

    fn span(&mut self, offset: usize, length: usize) -> Span {
        if offset < self.at {
            *self = LineCounter::new(self.text);
        }
        let passed = self.text.get(self.at..offset).unwrap_or("");
        match passed.rfind('\n') {
            Some(last) => {
                self.line += passed.bytes().filter(|&byte| byte == b'\n').count() as u32;
                self.column = 1 + passed[last + 1..].chars().count() as u32;
            }
            None => self.column += passed.chars().count() as u32,
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
    fn bare_addresses_end_where_a_reader_would_end_them() {
        for (text, address) in [
            ("see https://example.org/a_b.", Some("https://example.org/a_b")),
            ("(at www.example.org/x(1))", Some("www.example.org/x(1)")),
            ("https://localhost", None),
            ("xhttps://example.org", None),
            ("“https://example.org/ü”", Some("https://example.org/ü")),
            ("https://example.org/a//b, and", Some("https://example.org/a//b")),
        ] {
            assert_eq!(next_address(text).map(|range| &text[range]), address, "{text}");
        }
    }

    #[test]
    fn targets_are_told_apart() {
        let base = Base::parse("https://example.org/sub/").unwrap_or_else(|e| panic!("{e}"));
        let target = |text: &str| link_target(text, &base).map(|link| (link.target, link.query, link.anchor));
        assert_eq!(target("../a%20b.md#x"), Some((Target::Relative("../a b.md".into()), None, Some("x".into()))));
        assert_eq!(target("/a/?q=1"), Some((Target::Rooted("/a/".into()), Some("q=1".into()), None)));
        assert_eq!(target("#top"), Some((Target::Own, None, Some("top".into()))));
        assert_eq!(target("https://example.org/sub/a/"), Some((Target::Rooted("/a/".into()), None, None)));
        assert_eq!(target("https://example.org/elsewhere/"), None);
        assert_eq!(target("mailto:a@example.org"), None);
        assert_eq!(target("//cdn.example.org/x"), None);
    }

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
        for (offset, line, column) in [(3, 1, 3), (5, 2, 1), (7, 2, 3), (3, 1, 3)] {
            let span = lines.span(offset, 1);
            assert_eq!((span.line, span.column, span.length), (line, column, 1));
        }
    }
}
