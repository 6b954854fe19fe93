//! Start and end tags of the author's: what becomes of each, and what ends with it.
//!
//! How a tag is written is left to `attributes`, and whether it may stand to `room`.

use super::super::super::RawHtml;
use super::super::Renderer;
use super::elements::{self, Space};
use super::messages::{self, Content, Ending};
use super::nesting::{self, By, Mark, Open};
use super::room::{Misfit, Room};
use super::sanitize::{self, Fate};
use super::scanner::{Scanner, Tag, TagKind, Token, positions};
use super::{Extent, Piece};

/// Which of the elements that end are written an end tag for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EndTags {
    All,
    /// Those that need one, and all within them.
    Needed,
}

impl Renderer<'_> {
    pub(super) fn start_tag(&mut self, piece: &Piece<'_>, tag: &Tag<'_>, scanner: &mut Scanner<'_>) {
        if self.raw.nesting.is_removing() {
            return;
        }
        self.raw_gap(&tag.name);
        let fate = match self.options.raw_html {
            RawHtml::Sanitize => sanitize::fate(&tag.name),
            // What is in it is the name of a page, and shown nowhere.
            _ if tag.name == "title" && !self.raw.nesting.is_foreign() => Fate::Goes,
            _ => Fate::Stands,
        };
        let is_void = elements::is_void(&tag.name) || tag.closes_itself;
        match fate {
            Fate::Stands => match self.raw.nesting.judge(tag, &piece.text) {
                Ok(_) if self.hides_end_of_noscript(&piece.text[tag.range.clone()]) => {
                    self.report_at(piece, &tag.range, messages::hides_end_of_noscript());
                    self.leave_out_end(&tag.name);
                }
                Ok(room) => self.open(piece, tag, room),
                Err(misfit) => {
                    self.report_at(piece, &tag.range, messages::misplaced(&tag.name, misfit));
                    self.leave_out_end(&tag.name);
                    self.raw.has_given_up = misfit == Misfit::TooDeep;
                }
            },
            Fate::LosesTags => {
                let content = if is_void { Content::Never } else { Content::Stays };
                self.report_at(piece, &tag.range, messages::removed(&tag.name, content));
                self.leave_out_end(&tag.name);
            }
            Fate::Goes => self.remove(piece, tag, scanner),
        }
    }

    fn leave_out_end(&mut self, name: &str) {
        if !elements::is_void(name) {
            self.raw.nesting.push_ghost(name);
        }
    }

    /// Leaves out an element with its content. In running text the content comes later, and is taken back then.
    fn remove(&mut self, piece: &Piece<'_>, tag: &Tag<'_>, scanner: &mut Scanner<'_>) {
        let span = self.raw_span(piece, &tag.range);
        let is_empty = elements::is_void(&tag.name) || tag.closes_itself;
        let comes_later = !is_empty && piece.extent == Extent::Inline;
        match self.options.raw_html {
            RawHtml::Sanitize if comes_later => {}
            RawHtml::Sanitize => self.report_html(messages::removed(&tag.name, Content::Goes), span),
            _ => self.report_html(messages::misplaced(&tag.name, Misfit::PartOfPage), span),
        }
        if !comes_later {
            if !is_empty && !skip_content(scanner, &tag.name) {
                self.report_html(messages::never_closed(&tag.name, Ending::Lines), span);
            }
            return;
        }
        let heading = self.heading.as_ref().map_or(0, |heading| heading.text.len());
        let mark = Mark { html: self.out.html.len(), heading, plain: self.plain.len(), words: self.words };
        self.raw.nesting.push(Open::new(tag.name.to_string().into(), Space::Html, By::Removed(mark, span), false));
    }

    fn take_back(&mut self, mark: Mark) {
        drop(self.out.split_off(mark.html));
        if let Some(heading) = &mut self.heading {
            heading.text.truncate(mark.heading);
        }
        self.plain.take_back(mark.plain);
        self.words = mark.words;
    }

    /// Opens an element that may stand here.
    fn open(&mut self, piece: &Piece<'_>, tag: &Tag<'_>, room: Room) {
        let name = &*tag.name;
        self.close_from(room.keep, Ending::StartTag(name), EndTags::Needed);
        if let Some(index) = room.loosened {
            self.loosen(index);
        }
        for name in room.between {
            self.raw.nesting.push(Open::new((*name).into(), Space::Html, By::Browser, false));
        }
        match self.options.raw_html {
            RawHtml::Sanitize => self.write_sanitized(piece, tag),
            _ => self.write_as_written(piece, tag, room.space),
        }
        let is_html = room.space == Space::Html;
        if is_html && elements::is_void(name) || !is_html && tag.closes_itself {
            return;
        }
        let span = self.raw_span(piece, &tag.range);
        if tag.closes_itself {
            self.write_end(name);
            return self.report_html(messages::not_closed_by_slash(name), span);
        }
        let is_forgotten = is_html && name == "a" && !self.is_link_closed(piece.place(tag.range.end));
        if is_forgotten && (piece.extent == Extent::Block || !has_address(piece, tag)) {
            self.write_end(name);
            return self.report_html(messages::closed_at_once(name), span);
        }
        let holds_html = nesting::holds_html(tag, room.space, &piece.text);
        let by = if is_forgotten { By::AuthorForgot(span) } else { By::Author(span) };
        self.raw.nesting.push(Open::new(name.to_owned().into(), room.space, by, holds_html));
    }

    /// Whether the next tag of a link from here on, in the same piece of Markdown, is an end tag.
    fn is_link_closed(&self, from: usize) -> bool {
        let markdown = &self.origin.text[self.origin.body_at..];
        let ends = self.raw.nesting.container().map_or(markdown.len(), |container| container.ends);
        let bytes = markdown.as_bytes().get(from..ends.min(markdown.len())).unwrap_or(&[]);
        let is_link = |at: usize| {
            matches!(bytes.get(at), Some(b'a' | b'A'))
                && bytes.get(at + 1).is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
        };
        let next = positions(bytes, 0, b'<').find_map(|at| match bytes.get(at + 1) {
            Some(b'/') if is_link(at + 2) => Some(true),
            _ if is_link(at + 1) => Some(false),
            _ => None,
        });
        next.unwrap_or(false)
    }

    pub(super) fn end_tag(&mut self, piece: &Piece<'_>, tag: &Tag<'_>) {
        let name = &*tag.name;
        self.raw_gap(name);
        let found = self.raw.nesting.find_end(name);
        if self.raw.nesting.is_removing() {
            let removed = found.and_then(|index| self.raw.nesting.get(index)).map(|open| &open.by);
            if let (Some(index), Some(&By::Removed(mark, span))) = (found, removed) {
                self.raw.nesting.take_from(index);
                self.take_back(mark);
                if self.options.raw_html == RawHtml::Sanitize {
                    self.report_html(messages::removed(name, Content::Goes), span);
                }
            }
            return;
        }
        let Some(index) = found else { return self.stray_end(piece, tag) };
        if self.raw.nesting.get(index).is_some_and(|open| matches!(open.by, By::Nobody)) {
            self.raw.nesting.remove(index);
            return;
        }
        let written = if self.raw.nesting.needs_all_ends(index) { EndTags::All } else { EndTags::Needed };
        self.close_from(index + 1, Ending::EndTag(name), written);
        let closed = self.raw.nesting.remove(index);
        match closed.filter(|open| open.name != name) {
            Some(other) => {
                self.write_end(&other.name);
                self.report_at(piece, &tag.range, messages::closes_another_heading(name, &other.name));
            }
            // An end tag has no attributes, and what is written like one could hide another tag.
            None if self.options.raw_html == RawHtml::Sanitize || !tag.attributes.is_empty() => self.write_end(name),
            None => self.push(&piece.text[tag.range.clone()]),
        }
    }

    /// An end tag for which nothing is open.
    fn stray_end(&mut self, piece: &Piece<'_>, tag: &Tag<'_>) {
        let name = &*tag.name;
        if name == "br" && self.raw.nesting.room_for_inline() == self.raw.nesting.len() {
            self.push("<br>");
            return self.report_at(piece, &tag.range, messages::is_a_line_break());
        }
        if elements::has_no_place(name, Space::Html) {
            return self.report_at(piece, &tag.range, messages::part_of_page());
        }
        let is_outside = self.raw.nesting.is_open_outside(name);
        let called = self.raw.nesting.container().map(|container| container.called).filter(|_| is_outside);
        self.report_at(piece, &tag.range, messages::closes_nothing(name, called));
    }

    /// Words on either side of a block or line break do not belong together.
    fn raw_gap(&mut self, name: &str) {
        if elements::ends_paragraph(name) || elements::is_table_part(name) || name == "br" {
            self.words.gap();
            self.plain.gap();
        }
    }

    /// Ends all elements from `keep` on: writes their end tags, and says which the author forgot.
    pub(super) fn close_from(&mut self, keep: usize, ending: Ending<'_>, written: EndTags) {
        if keep >= self.raw.nesting.len() {
            return;
        }
        let taken = self.raw.nesting.take_from(keep);
        let first = match written {
            EndTags::All => 0,
            EndTags::Needed => taken.iter().position(Open::is_missed).unwrap_or(taken.len()),
        };
        for open in taken[first..].iter().rev().filter(|open| open.is_real()) {
            self.write_end(&open.name);
        }
        for open in &taken {
            match open.by {
                By::Author(span) | By::AuthorForgot(span) if open.is_missed() => {
                    self.report_html(messages::never_closed(&open.name, ending), span);
                }
                // Nobody knows what is in it.
                By::Removed(_, span) if self.options.raw_html == RawHtml::Sanitize => {
                    self.report_html(messages::removed(&open.name, Content::Stays), span);
                }
                _ => {}
            }
        }
        // An end tag that comes a little late has been told of.
        if matches!(ending, Ending::EndTag(_) | Ending::StartTag(_)) {
            for open in taken.iter().filter(|open| open.is_missed() && !elements::is_special(&open.name, open.space)) {
                if !self.raw.nesting.has_ghost(&open.name) {
                    self.raw.nesting.push_ghost(&open.name);
                }
            }
        }
    }

    fn write_end(&mut self, name: &str) {
        let name = match self.options.raw_html {
            RawHtml::Sanitize => sanitize::written_name(name),
            _ => name,
        };
        self.push("</");
        self.push(name);
        self.push(">");
    }

    /// Makes a paragraph of Markdown's a `<div>`, which can hold blocks.
    fn loosen(&mut self, index: usize) {
        let Some(open) = self.raw.nesting.get_mut(index) else { return };
        let By::Markdown(container) = &open.by else { return };
        if self.out.html[container.at..].starts_with("<p>") {
            self.out.replace(container.at.."<p>".len() + container.at, "<div>");
            open.name = "div".into();
        }
    }
}

/// Skips the content of an element and its end tag; says whether there is one.
fn skip_content(scanner: &mut Scanner<'_>, name: &str) -> bool {
    if let Some(kind) = elements::raw_text(name) {
        scanner.raw_text(name, kind);
    }
    let mut depth = 1;
    while let Some(token) = scanner.next(false) {
        let Token::Tag(tag) = token else { continue };
        match tag.kind {
            _ if tag.name != name => {}
            TagKind::End if depth == 1 => return true,
            TagKind::End => depth -= 1,
            TagKind::Start => depth += usize::from(!tag.closes_itself),
        }
    }
    false
}

fn has_address(piece: &Piece<'_>, tag: &Tag<'_>) -> bool {
    tag.attributes.iter().any(|attribute| piece.text[attribute.name.clone()].eq_ignore_ascii_case("href"))
}
