//! Links and pictures: what may stand, and what is left open for the site to fill.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::super::{Fill, Link, Target};
use super::Renderer;
use super::addresses::{decode_anchor, link_target, split_at_first};
use crate::diagnostic::{Diagnostic, Span};
use crate::html::{escape_address_into, escape_into};
use crate::url;

/// What an open link will end with.
pub(super) enum OpenLink {
    Plain,
    /// A wikilink without words of its own: the other article's title stands for it.
    Titled(u32),
    /// A link that may not stand; its words do.
    Dropped,
}

pub(super) struct OpenImage {
    /// Images in the words of an image count too.
    pub(super) depth: usize,
    pub(super) target: String,
    pub(super) title: String,
    pub(super) alt: String,
    /// `![[file]]` has none: the name of the file is no description.
    pub(super) has_words: bool,
    pub(super) range: Range<usize>,
}

impl Renderer<'_> {
    pub(super) fn start_link(&mut self, link_type: LinkType, target: &str, title: &str, range: Range<usize>) {
        let span = self.lines.span(self.origin.body_at + range.start, range.len());
        if !self.make_link_room(&range) {
            return self.open_links.push(OpenLink::Dropped);
        }
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

    pub(super) fn start_wikilink(&mut self, target: &str, has_words: bool, span: Span) {
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

    pub(super) fn end_link(&mut self) {
        match self.open_links.pop() {
            Some(OpenLink::Plain) => self.push("</a>"),
            Some(OpenLink::Titled(index)) => {
                self.out.hole(Fill::Title(index));
                self.push("</a>");
            }
            Some(OpenLink::Dropped) | None => {}
        }
    }

    pub(super) fn start_image(&mut self, link_type: LinkType, target: &str, title: &str, range: Range<usize>) {
        match &mut self.image {
            Some(image) => image.depth += 1,
            None => {
                let (target, title) = (target.to_owned(), title.to_owned());
                let has_words = link_type != LinkType::WikiLink { has_pothole: false };
                self.image = Some(OpenImage { depth: 0, target, title, alt: String::new(), has_words, range });
            }
        }
    }

    pub(super) fn end_image(&mut self) {
        let Some(mut image) = self.image.take() else { return };
        if image.depth > 0 {
            image.depth -= 1;
            self.image = Some(image);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&image.alt);
        }
        self.tasks.add_words(&image.alt);
        let span = self.lines.span(self.origin.body_at + image.range.start, image.range.len());
        if image.alt.trim().is_empty() {
            let problem = Diagnostic::warning("no-alt", "this picture has no words for those who cannot see it");
            self.report(problem.hint("say between `![` and `]` what the picture says (WCAG 1.1.1)"), span);
        }
        let is_safe = url::scheme(&image.target).is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https"));
        if !is_safe || image.target.trim().is_empty() {
            let problem =
                Diagnostic::warning("bad-scheme", "a picture must be a file of this site or on the web, so this one is left out");
            self.report(problem.hint("put the file beside the article and name it here"), span);
            escape_into(&image.alt, &mut self.out.html);
            return;
        }
        self.make_inline_room();
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
    pub(super) fn push_title(&mut self, title: &str) {
        if !title.is_empty() {
            self.push("\" title=\"");
            escape_into(title, &mut self.out.html);
        }
    }

    pub(super) fn add_link(&mut self, link: Link, span: Span) -> u32 {
        self.links.push(link);
        self.link_spans.push(span);
        (self.links.len() - 1) as u32
    }
}
