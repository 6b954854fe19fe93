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
    let markdown = &origin.text[origin.body_at..];
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
    let path = url::percent_decode(path).unwrap_or_default();
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

struct OpenHeading {
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
}

struct Renderer<'r> {
    origin: &'r Origin<'r>,
    options: &'r ParseOptions,
    diagnostics: &'r mut Vec<Diagnostic>,
    lines: LineCounter<'r>,

    out: Buffer,
    /// Buffers that wait while a footnote's definition is written.
    waiting: Vec<(Buffer, String)>,
    footnotes: FxHashMap<String, Footnote>,
    footnote_order: Vec<String>,

    links: Vec<Link>,
    link_spans: Vec<Span>,
    open_links: Vec<OpenLink>,
    heading: Option<OpenHeading>,
    image: Option<OpenImage>,
    table: Option<OpenTable>,
    code: Option<OpenCode>,
    /// Whether a task's `<label>` is open.
    in_label: bool,
    /// Text that may hold bare addresses, with the place where it began.
    pending: String,
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
            in_label: false,
            pending: String::new(),
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
            Event::Text(text) => self.text(&text),
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
        }
        match tag {
            Tag::Paragraph => self.push("<p>"),
            Tag::Heading { level, id, classes, .. } => self.start_heading(level, id, &classes),
            Tag::BlockQuote(kind) => self.start_quote(kind),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', ',', '{', '\t']).next().unwrap_or("").to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some(OpenCode { language, text: String::new() });
            }
            Tag::HtmlBlock if self.options.raw_html == RawHtml::Escape => self.push("<p>"),
            Tag::List(Some(1)) => self.push("<ol>\n"),
            Tag::List(Some(first)) => self.push(&format!("<ol start=\"{first}\">\n")),
            Tag::List(None) => self.push("<ul>\n"),
            Tag::Item => self.push("<li>"),
            Tag::FootnoteDefinition(name) => {
                let outer = std::mem::take(&mut self.out);
                self.waiting.push((outer, name.to_string()));
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
            Tag::Image { dest_url, title, .. } => self.start_image(&dest_url, &title, range),
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
            TagEnd::HtmlBlock if self.options.raw_html == RawHtml::Escape => self.push("</p>\n"),
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
            image.alt.push_str(text);
            return;
        }
        if let Some(OpenLink::Titled(_)) = self.open_links.last() {
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        self.words.count(text);
        self.plain.push(text);
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
            let written = &rest[found.clone()];
            let address = plain_punctuation(written);
            let address = if address.starts_with("www.") { format!("https://{address}") } else { address };
            self.push("<a href=\"");
            match link_target(&address, &self.options.base) {
                Some(link) => {
                    let span = self.lines.span(self.origin.body_at, 0);
                    let index = self.add_link(link, span);
                    self.out.hole(Fill::Href(index));
                }
                None => escape_address_into(&address, &mut self.out.html),
            }
            self.push("\">");
            escape_into(written, &mut self.out.html);
            self.push("</a>");
            rest = &rest[found.end..];
        }
        escape_into(rest, &mut self.out.html);
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

    // Headings.

    fn start_heading(&mut self, level: HeadingLevel, id: Option<CowStr<'_>>, classes: &[CowStr<'_>]) {
        let id =
            id.map(|id| id.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')).collect::<String>());
        let classes = classes
            .iter()
            .map(|class| class.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect::<String>())
            .filter(|class| !class.is_empty())
            .collect();
        self.heading = Some(OpenHeading {
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
            self.plain.forget();
            return;
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
                self.words.count("title");
                self.words.gap();
                self.push("</a>");
            }
            Some(OpenLink::Dropped) | None => {}
        }
    }

    fn start_image(&mut self, target: &str, title: &str, range: Range<usize>) {
        match &mut self.image {
            Some(image) => image.depth += 1,
            None => {
                let (target, title) = (target.to_owned(), title.to_owned());
                self.image = Some(OpenImage { depth: 0, target, title, alt: String::new(), range });
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
        let Some((outer, name)) = self.waiting.pop() else { return };
        let definition = std::mem::replace(&mut self.out, outer);
        self.footnotes.entry(name).or_default().definition.get_or_insert(definition);
    }

    /// The notes in the order in which they are first referred to, each with its ways back.
    fn write_footnotes(&mut self) {
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
                let label = if nth == 1 { String::new() } else { format!("<sup>{nth}</sup>") };
                let id = reference_id(number, nth);
                self.push(&format!(
                    "#{id}\" role=\"doc-backlink\" aria-label=\"Back to reference {number}\">↩\u{fe0e}{label}</a>"
                ));
            }
            self.push(if ends_with_paragraph { "</p>\n</li>\n" } else { "</li>\n" });
        }
        self.push("</ol>\n</section>\n");
        if let Some(name) = self.footnotes.keys().min() {
            let problem =
                Diagnostic::warning("unused-footnote", format!("nothing refers to the footnote `{name}`, so it is left out"));
            self.diagnostics.push(problem.at(Place::file(self.origin.file.clone())));
        }
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
    while from < text.len() {
        let start = ["https://", "http://", "www."].iter().filter_map(|begin| text[from..].find(begin)).min()? + from;
        let before = text[..start].chars().next_back();
        let may_begin =
            before.is_none_or(|c| c.is_whitespace() || matches!(c, '*' | '_' | '~' | '(' | '“' | '"' | '‘' | '—' | '–' | '['));
        let stretch =
            text[start..].find(|c: char| c.is_whitespace() || matches!(c, '<' | '”' | '"')).map_or(text.len(), |i| start + i);
        let end = start + trim_address(&text[start..stretch]).len();
        let host = text[start..end].split("//").last().unwrap_or("").split(['/', '?', '#']).next().unwrap_or("");
        let is_host =
            host.contains('.') && !host.ends_with('.') && host.chars().all(|c| c.is_alphanumeric() || "-._:".contains(c));
        if may_begin && is_host {
            return Some(start..end);
        }
        from = end.max(start + 4);
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
    None
}

/// An address without the punctuation that belongs to the sentence around it.
fn trim_address(stretch: &str) -> &str {
    let mut address = stretch;
    loop {
        let trimmed = address.trim_end_matches(['?', '!', '.', ',', ':', ';', '*', '_', '~', '\'', '’', '…']);
        let open = trimmed.matches('(').count();
        let trimmed =
            if trimmed.ends_with(')') && trimmed.matches(')').count() > open { &trimmed[..trimmed.len() - 1] } else { trimmed };
        if trimmed.len() == address.len() {
            return address;
        }
        address = trimmed;
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
            until_more: markdown.contains("<!--more") || markdown.contains("<!-- more"),
            done: false,
        }
    }

    fn push(&mut self, text: &str) {
        if !self.done {
            self.text.push_str(text);
            self.done = self.text.len() > 2 * LONGEST_SUMMARY;
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

    /// Headings, lists and the like before the first paragraph are no opening.
    fn end_of_heading(&mut self) {
        if !self.until_more && !self.done {
            self.text.clear();
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
        let words = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
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

/// Turns byte offsets into lines and columns, without counting from the top each time.
struct LineCounter<'t> {
    text: &'t str,
    line: u32,
    line_at: usize,
}

impl<'t> LineCounter<'t> {
    fn new(text: &'t str) -> Self {
        LineCounter { text, line: 1, line_at: 0 }
    }

    fn span(&mut self, offset: usize, length: usize) -> Span {
        if offset < self.line_at {
            (self.line, self.line_at) = (1, 0);
        }
        while let Some(end) = self.text.as_bytes()[self.line_at..offset.min(self.text.len())].iter().position(|&b| b == b'\n') {
            self.line += 1;
            self.line_at += end + 1;
        }
        let within = Span::of(&self.text[self.line_at..], offset - self.line_at, length);
        Span { line: self.line, ..within }
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
}
