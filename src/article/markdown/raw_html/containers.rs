//! Markdown among raw HTML: what of the author's must end before something of Markdown's begins or ends.

use std::ops::Range;

use pulldown_cmark::Tag as Markdown;

use super::super::Renderer;
use super::super::links::OpenLink;
use super::messages::{self, Ending};
use super::nesting::{By, Container};
use super::tags::EndTags;
use super::{MOST_PROBLEMS, elements};
use crate::diagnostic::Place;

impl Renderer<'_> {
    /// Makes room for a block or inline element of Markdown's, which some elements cannot hold.
    pub(in crate::article::markdown) fn make_room(&mut self, tag: &Markdown<'_>) {
        let Some((name, _)) = element(tag).filter(|_| self.raw.is_followed) else { return };
        match tag {
            Markdown::Emphasis | Markdown::Strong | Markdown::Strikethrough | Markdown::Link { .. } => self.make_inline_room(),
            // It is written elsewhere.
            Markdown::FootnoteDefinition(_) => {}
            _ => self.make_block_room(name),
        }
    }

    pub(in crate::article::markdown) fn make_inline_room(&mut self) {
        if self.raw.is_followed {
            let keep = self.raw.nesting.room_for_inline();
            self.close_from(keep, Ending::Markdown, EndTags::All);
        }
    }

    pub(in crate::article::markdown) fn make_block_room(&mut self, name: &str) {
        if self.raw.is_followed {
            self.make_inline_room();
            let keep = self.raw.nesting.room_for_block(name);
            // A heading that becomes the title, or is empty, is not written, and ends nothing by itself.
            let written = if elements::is_heading(name) { EndTags::All } else { EndTags::Needed };
            self.close_from(keep, Ending::Block, written);
        }
    }

    /// Whether a link of Markdown's may begin; if not, it is told.
    pub(in crate::article::markdown) fn make_link_room(&mut self, range: &Range<usize>) -> bool {
        let raw_link = self.raw.nesting.open_link().filter(|_| self.raw.is_followed);
        if let Some(index) = raw_link
            && index >= self.raw.nesting.own_start()
            && self.raw.nesting.get(index).is_some_and(|open| matches!(open.by, By::AuthorForgot(_)))
        {
            self.close_from(index, Ending::Link, EndTags::All);
            return true;
        }
        let is_in_link = raw_link.is_some() || self.open_links.iter().any(|link| !matches!(link, OpenLink::Dropped));
        if is_in_link {
            let span = self.lines.span(self.origin.body_at + range.start, range.len());
            self.report_html(messages::link_in_link(), span);
        }
        !is_in_link
    }

    /// Notes that Markdown opened an element, at `at` of the HTML.
    pub(in crate::article::markdown) fn enter(&mut self, (name, called): (&'static str, &'static str), ends: usize, at: usize) {
        if !self.raw.is_followed {
            return;
        }
        let container = Container { called, ends, at };
        match called {
            "footnote" => self.raw.nesting.begin_footnote(container),
            _ => self.raw.nesting.push_markdown(name, container),
        }
    }

    /// Ends what the author opened in the innermost element of Markdown's, before that ends itself. Says whether it is
    /// a paragraph that became a `<div>`.
    pub(in crate::article::markdown) fn leave(&mut self) -> bool {
        if !self.raw.is_followed {
            return false;
        }
        let called = self.raw.nesting.container().map_or("article", |container| container.called);
        let start = self.raw.nesting.own_start();
        self.close_from(start, Ending::Container(called), EndTags::All);
        match called {
            "footnote" => {
                self.raw.nesting.end_footnote();
                false
            }
            _ => {
                let left = self.raw.nesting.take_from(start.saturating_sub(1));
                called == "paragraph" && left.first().is_some_and(|open| open.name == "div")
            }
        }
    }

    /// Ends everything at the end of the article.
    pub(in crate::article::markdown) fn finish_raw_html(&mut self) {
        self.close_from(0, Ending::Container("article"), EndTags::All);
        if self.raw.problems > MOST_PROBLEMS {
            let place = Place::file(self.origin.file.clone());
            self.diagnostics.push(messages::and_more(self.raw.problems - MOST_PROBLEMS).at(place));
        }
    }
}

/// The element that a piece of Markdown becomes, and what messages call it; `None` if it holds no HTML of its own.
pub(in crate::article::markdown) fn element(tag: &Markdown<'_>) -> Option<(&'static str, &'static str)> {
    Some(match tag {
        Markdown::Paragraph => ("p", "paragraph"),
        Markdown::Heading { .. } => ("h2", "heading"),
        Markdown::BlockQuote(None) => ("blockquote", "quote"),
        Markdown::BlockQuote(Some(_)) => ("div", "quote"),
        Markdown::CodeBlock(_) => ("pre", "code"),
        Markdown::List(Some(_)) => ("ol", "list"),
        Markdown::List(None) => ("ul", "list"),
        Markdown::Item => ("li", "list item"),
        Markdown::FootnoteDefinition(_) => ("li", "footnote"),
        Markdown::Table(_) => ("table", "table"),
        Markdown::TableHead | Markdown::TableRow => ("tr", "row"),
        Markdown::TableCell => ("td", "cell"),
        Markdown::Emphasis => ("em", "emphasis"),
        Markdown::Strong => ("strong", "bold text"),
        Markdown::Strikethrough => ("del", "struck text"),
        Markdown::Link { .. } => ("a", "link"),
        _ => return None,
    })
}
