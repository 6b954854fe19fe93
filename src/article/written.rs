//! Where an article's links are written, byte by byte, so that a link can be made to lead elsewhere and nothing else in
//! the file changes.
//!
//! The parser notes where each link begins. Here its destination is looked for, and taken only if it reads as the very
//! link that the parser made of it. How a destination is spelled in its place is left to `spelling`.

mod spelling;
pub use self::spelling::fits_wikilink;

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, LinkType, Tag};
use rustc_hash::FxHashMap;

use self::spelling::Form;
use super::markdown::{self, addresses_of_srcset, link_target};
use super::{Article, Link, ParseOptions, Target, front_matter};
use crate::diagnostic::Span;
use crate::url;

/// The destination of a link as it stands in an article's text.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Where in the text.
    pub range: Range<usize>,
    form: Form,
    /// Where the path ends and `?…` or `#…` begins, and where it begins behind the site's own address, in what the
    /// destination reads as.
    path: Range<usize>,
}

/// Where the destination of each of an article's links is written; `None` for one that cannot be found. `text` is the
/// file's text as [`crate::text::decode`] gives it.
pub fn find(text: &str, article: &Article, options: &ParseOptions) -> Vec<Option<Written>> {
    let head = &article.head;
    let body_at = front_matter::split(&Arc::from(""), text, &mut Vec::new()).body_at;
    let in_markdown = LinksInMarkdown::of(&text[body_at..], options);
    let lines = Lines::of(text);
    let mut alike = 0;
    let mut last = None;
    let find_one = |(index, link): (usize, &Link)| {
        let span = article.places.link(index)?;
        // The addresses of one `srcset` are all noted where it begins.
        alike = if last == Some(span) { alike + 1 } else { 0 };
        last = Some(span);
        let at = lines.offset(text, span)?;
        let slices = match at.checked_sub(body_at) {
            None => in_front_matter(text, at, span),
            Some(below) => match in_markdown.by_start.get(&below) {
                Some(found) => vec![found.slice(text, body_at, &in_markdown)?],
                None => elsewhere(text, at, span, alike, options),
            },
        };
        slices.into_iter().find_map(|(range, form)| Written::checked(text, range, form, link, options))
    };
    head.links.iter().enumerate().map(find_one).collect()
}

impl Written {
    /// The slice, if it reads as the link.
    fn checked(text: &str, range: Range<usize>, form: Form, link: &Link, options: &ParseOptions) -> Option<Written> {
        let raw = text.get(range.clone())?;
        let reads = form.decode(raw);
        let path = match &link.target {
            Target::Wiki(name) => {
                let end = if form == Form::Wiki { reads.find('#').unwrap_or(reads.len()) } else { reads.len() };
                (url::nfc(reads[..end].trim()) == name.as_str()).then_some(0..end)?
            }
            _ => {
                let found = link_target(&reads, &options.base)?;
                let is_same = found.target == link.target && found.query == link.query && found.anchor == link.anchor;
                if !is_same {
                    return None;
                }
                let end = reads.find(['?', '#']).unwrap_or(reads.len());
                let begin = if url::has_scheme(&reads) {
                    reads.len() - options.base.strip(reads.trim())?.len().min(reads.len())
                } else {
                    0
                };
                // `https://example.org` alone is the home page, without a path.
                let begin = if reads[begin..].starts_with('/') || begin == 0 { begin } else { end };
                begin.min(end)..end
            }
        };
        Some(Written { range, form, path })
    }

    /// The destination's new text, with another path in place of all that stands before `?…` and `#…`; nothing for an
    /// address that is its own words, which readers see.
    pub fn with_whole_path(&self, text: &str, path: &str) -> Option<String> {
        let raw = &text[self.range.clone()];
        let is_attribute = text[..self.range.start].trim_end_matches(['"', '\'']).trim_end().ends_with('=');
        let is_bare = matches!(self.form, Form::Html(_)) && !is_attribute && (url::has_scheme(raw) || raw.starts_with("www."));
        if is_bare || self.form == Form::Address {
            return None;
        }
        let whole = Written { path: 0..self.path.end, ..self.clone() };
        Some(whole.with_path(text, path, &Target::Own))
    }

    /// The destination's new text, with another path or name and all else as it was.
    pub fn with_path(&self, text: &str, path: &str, target: &Target) -> String {
        let raw = &text[self.range.clone()];
        let path = if matches!(target, Target::Wiki(_)) { path.to_owned() } else { self.form.encode_path(path, raw) };
        let reads = self.form.decode(raw);
        if reads == raw {
            let new = format!("{}{path}{}", &raw[..self.path.start], &raw[self.path.end..]);
            return self.form.fit(new);
        }
        // What is spelled with escapes is spelled anew.
        self.form.encode(&format!("{}{path}{}", &reads[..self.path.start], &reads[self.path.end..]))
    }
}

/// A value of YAML as it stands in a text.
pub struct Value {
    /// Where in the text.
    pub range: Range<usize>,
    form: Form,
}

/// The value that begins at a place.
pub fn find_value(text: &str, span: Span) -> Option<Value> {
    let at = Lines::of(text).offset(text, span)?;
    let (range, form) = in_front_matter(text, at, span).pop()?;
    Some(Value { range, form })
}

impl Value {
    /// What it reads as.
    pub fn reads<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        self.form.decode(&text[self.range.clone()])
    }

    /// Another value in its place.
    pub fn with_text(&self, new: &str) -> String {
        self.form.encode(new)
    }
}

/// Lines of a text by number.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The offset at which a span begins.
    fn offset(&self, text: &str, span: Span) -> Option<usize> {
        let start = *self.0.get(span.line.checked_sub(1)? as usize)?;
        let column = span.column.checked_sub(1)? as usize;
        let line = &text[start..];
        line.char_indices().map(|(at, _)| at).chain(std::iter::once(line.len())).nth(column).map(|at| start + at)
    }
}

/// The links and pictures that Markdown itself makes, by where they begin.
struct LinksInMarkdown {
    by_start: FxHashMap<usize, MarkdownLink>,
    /// The definitions of references, by the label as it is used.
    definitions: FxHashMap<String, Range<usize>>,
}

struct MarkdownLink {
    kind: LinkType,
    range: Range<usize>,
    /// Where its words end.
    words_end: usize,
    label: String,
}

impl LinksInMarkdown {
    fn of(body: &str, options: &ParseOptions) -> LinksInMarkdown {
        let mut found = LinksInMarkdown { by_start: FxHashMap::default(), definitions: FxHashMap::default() };
        let mut open: Vec<MarkdownLink> = Vec::new();
        let mut events = markdown::events(markdown::readable(body), options);
        for (event, range) in events.by_ref() {
            match event {
                Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. }) => {
                    let words_end = range.start + body[range.start..].find('[').map_or(0, |at| at + 1);
                    open.push(MarkdownLink { kind: link_type, words_end, range, label: id.to_string() });
                }
                Event::End(pulldown_cmark::TagEnd::Link | pulldown_cmark::TagEnd::Image) => {
                    let Some(link) = open.pop() else { continue };
                    if let Some(outer) = open.last_mut() {
                        outer.words_end = outer.words_end.max(link.range.end);
                    }
                    found.by_start.entry(link.range.start).or_insert(link);
                }
                _ => {
                    if let Some(link) = open.last_mut() {
                        link.words_end = link.words_end.max(range.end);
                    }
                }
            }
        }
        let definitions = events.reference_definitions();
        for link in found.by_start.values() {
            if let Some(definition) = definitions.get(&link.label) {
                found.definitions.insert(link.label.clone(), definition.span.clone());
            }
        }
        found
    }
}

impl MarkdownLink {
    /// Where its destination is written.
    fn slice(&self, text: &str, body_at: usize, all: &LinksInMarkdown) -> Option<(Range<usize>, Form)> {
        let whole = body_at + self.range.start..body_at + self.range.end;
        match self.kind {
            LinkType::Inline => {
                let from = body_at + self.words_end;
                let parenthesis = from + text.get(from..whole.end)?.find("](")?;
                destination(text, parenthesis + 2)
            }
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                let definition = all.definitions.get(&self.label)?;
                let at = body_at + definition.start;
                let label_end = at + end_of_label(text.get(at..body_at + definition.end)?)?;
                destination(text, label_end)
            }
            LinkType::Autolink => Some((whole.start + 1..whole.end.checked_sub(1)?, Form::Address)),
            LinkType::WikiLink { .. } => {
                let from = whole.start + text.get(whole.clone())?.find("[[")? + 2;
                let end = from + text.get(from..whole.end)?.find(['|', ']'])?;
                Some((from..end, Form::Wiki))
            }
            _ => None,
        }
    }
}

/// Behind the `]:` of a definition.
fn end_of_label(definition: &str) -> Option<usize> {
    let bytes = definition.as_bytes();
    (1..bytes.len()).find(|&at| bytes[at] == b']' && bytes[at - 1] != b'\\' && bytes.get(at + 1) == Some(&b':')).map(|at| at + 2)
}

/// The destination that begins at or after an offset, behind white space and the signs of a quote's next line.
fn destination(text: &str, from: usize) -> Option<(Range<usize>, Form)> {
    let rest = text.get(from..)?;
    let begin = from + rest.find(|c: char| !c.is_whitespace() && c != '>')?;
    let rest = &text[begin..];
    if let Some(within) = rest.strip_prefix('<') {
        let mut is_escaped = false;
        let end = within.find(|c| {
            let ends = c == '>' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        })?;
        return Some((begin + 1..begin + 1 + end, Form::Angled));
    }
    let (mut depth, mut is_escaped) = (0, false);
    let end = rest.find(|c: char| {
        let ends = c.is_whitespace() || c == ')' && depth == 0 && !is_escaped;
        match c {
            '(' if !is_escaped => depth += 1,
            ')' if !is_escaped && depth > 0 => depth -= 1,
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    Some((begin..begin + end.unwrap_or(rest.len()), Form::Markdown))
}

/// An attribute's value, or an address in running text: what may be the destination that begins at an offset.
fn elsewhere(text: &str, at: usize, span: Span, alike: usize, options: &ParseOptions) -> Vec<(Range<usize>, Form)> {
    let quote = text[..at].chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let rest = &text[at..];
    let end = match quote {
        Some(quote) => rest.find(quote),
        None => rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | '\'')),
    };
    let value = at..at + end.unwrap_or(rest.len());
    let is_inside = |range: &Range<usize>| link_target(&text[range.clone()], &options.base).is_some();
    let mut slices = vec![(value.clone(), Form::Html(quote))];
    let of_srcset = addresses_of_srcset(&text[value]).into_iter().map(|range| at + range.start..at + range.end);
    let candidate = of_srcset.filter(is_inside).nth(alike);
    slices.extend(candidate.map(|range| (range, Form::Html(quote))));
    let length: usize = rest.chars().take(span.length as usize).map(char::len_utf8).sum();
    slices.push((at..at + length, Form::Address));
    slices
}

/// A value of the front matter, with or without quotes and the brackets of a name.
fn in_front_matter(text: &str, at: usize, span: Span) -> Vec<(Range<usize>, Form)> {
    let length: usize = text[at..].chars().take(span.length as usize).map(char::len_utf8).sum();
    let mut range = at..at + length;
    let before = text[..at].chars().next_back();
    let mut slices = Vec::new();
    let first = text[range.clone()].chars().next();
    let quote = match (first, before) {
        (Some(quote @ ('"' | '\'')), _) => {
            let Some(within) = text[at + 1..].find(quote) else { return slices };
            range = at + 1..at + 1 + within;
            Some(quote)
        }
        (_, Some(quote @ ('"' | '\''))) => Some(quote),
        _ => {
            // A comment may follow.
            let value = text[range.clone()].split(" #").next().unwrap_or("").trim_end();
            range = at..at + value.len();
            None
        }
    };
    let value = &text[range.clone()];
    if let Some(name) = value.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
        slices.push((range.start + 2..range.start + 2 + name.len(), Form::Yaml(Some(quote.unwrap_or('"')))));
    }
    slices.push((range, Form::Yaml(quote)));
    slices
}
