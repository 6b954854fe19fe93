//! Which elements are open, Markdown's and the author's, and what a tag or a piece of Markdown ends.
//!
//! The law: what is written is such that a browser opens and closes exactly these elements. Then nothing that an article
//! holds can reach the page around it, and no tag reaches out of the piece of Markdown that it stands in. Whether a start
//! tag may stand is left to `room`, writing and reporting to the caller.

use std::borrow::Cow;

use super::super::prose::WordCounter;
use super::elements::{self, Space};
use super::scanner::Tag;
use crate::diagnostic::Span;

/// More left-out tags than this are not waited for.
const MOST_GHOSTS: usize = 64;

/// An open element.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) name: Cow<'static, str>,
    pub(super) space: Space,
    pub(super) by: By,
    /// Whether HTML may stand in it although it is part of a drawing or formula.
    pub(super) holds_html: bool,
}

/// Who opened an element.
#[derive(Debug)]
pub(super) enum By {
    /// Markdown: a boundary that no tag of the author's reaches across.
    Markdown(Container),
    /// The author's tag at this place.
    Author(Span),
    /// An author's `<a>` that nothing closes any more.
    AuthorForgot(Span),
    /// A browser, which puts `<tbody>` and `<tr>` where they were left out.
    Browser,
    /// Nobody: the start tag was left out, and the end tag will be.
    Nobody,
    /// Nobody: it will be left out with all that is in it, back to this mark.
    Removed(Mark, Span),
}

/// A piece of Markdown that an element stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Container {
    /// As messages call it: `list item`.
    pub(super) called: &'static str,
    /// Where it ends in the Markdown.
    pub(super) ends: usize,
    /// Where its start tag is in the HTML.
    pub(super) at: usize,
}

/// How much had been written when something began that will be taken back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) html: usize,
    pub(super) heading: usize,
    pub(super) plain: usize,
    pub(super) words: WordCounter,
}

#[derive(Debug, Default)]
pub(super) struct Nesting {
    pub(super) open: Vec<Open>,
    /// What waits while a footnote, which is written elsewhere, is read.
    waiting: Vec<Vec<Open>>,
}

impl Open {
    pub(super) fn new(name: Cow<'static, str>, space: Space, by: By, holds_html: bool) -> Open {
        Open { name, space, by, holds_html }
    }

    /// Whether it is in the page at all.
    pub(super) fn is_real(&self) -> bool {
        !matches!(self.by, By::Nobody | By::Removed(..))
    }

    fn is_ghost(&self) -> bool {
        matches!(self.by, By::Nobody)
    }

    pub(super) fn is_markdown(&self) -> bool {
        matches!(self.by, By::Markdown(_))
    }

    pub(super) fn is_html(&self, name: &str) -> bool {
        self.space == Space::Html && self.name == name
    }

    pub(super) fn is_special(&self) -> bool {
        elements::is_special(&self.name, self.space)
    }

    /// Whether it must be closed by a tag, and was opened by the author's.
    pub(super) fn is_missed(&self) -> bool {
        matches!(self.by, By::Author(_) | By::AuthorForgot(_))
            && !(self.space == Space::Html && elements::may_stay_open(&self.name))
    }

    /// Whether no element of Markdown's may stand in it.
    fn takes_no_markdown(&self) -> bool {
        match self.space {
            Space::Html => {
                elements::holds_only_table_parts(&self.name) || elements::raw_text(&self.name).is_some() || is_choice(&self.name)
            }
            _ => !self.holds_html,
        }
    }
}

pub(super) fn is_choice(name: &str) -> bool {
    matches!(name, "select" | "optgroup" | "option")
}

/// Whether HTML may stand in the element of a drawing or formula that a tag opens.
pub(super) fn holds_html(tag: &Tag<'_>, space: Space, text: &str) -> bool {
    let is_html = |value: &str| value.eq_ignore_ascii_case("text/html") || value.eq_ignore_ascii_case("application/xhtml+xml");
    match space {
        Space::Html => false,
        Space::Svg => elements::is_html_point(&tag.name),
        Space::Math if tag.name == "annotation-xml" => tag
            .attributes
            .iter()
            .find(|attribute| text[attribute.name.clone()].eq_ignore_ascii_case("encoding"))
            .is_some_and(|attribute| is_html(&text[attribute.value.clone()])),
        Space::Math => elements::is_text_point(&tag.name),
    }
}

impl Nesting {
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    pub(super) fn push(&mut self, open: Open) {
        self.open.push(open);
    }

    /// Has the end tag of something left out be left out too.
    pub(super) fn push_ghost(&mut self, name: &str) {
        // Of `<td>a<td>b` the first needs no end tag.
        let is_one_enough =
            elements::may_stay_open(name) && self.own().last().is_some_and(|last| last.is_ghost() && last.name == name);
        if !is_one_enough && self.own().iter().filter(|open| open.is_ghost()).count() < MOST_GHOSTS {
            self.open.push(Open::new(name.to_owned().into(), Space::Html, By::Nobody, false));
        }
    }

    pub(super) fn has_ghost(&self, name: &str) -> bool {
        self.own().iter().any(|open| open.is_ghost() && open.name == name)
    }

    pub(super) fn push_markdown(&mut self, name: &'static str, container: Container) {
        self.open.push(Open::new(name.into(), Space::Html, By::Markdown(container), false));
    }

    /// Begins a footnote, which stands in a list at the end of the article.
    pub(super) fn begin_footnote(&mut self, container: Container) {
        self.waiting.push(std::mem::take(&mut self.open));
        for name in ["section", "ol", "li"] {
            self.push_markdown(name, container);
        }
    }

    pub(super) fn end_footnote(&mut self) {
        self.open = self.waiting.pop().unwrap_or_default();
    }

    /// Takes all elements from `keep` on, the outermost first.
    pub(super) fn take_from(&mut self, keep: usize) -> Vec<Open> {
        self.open.split_off(keep.min(self.open.len()))
    }

    pub(super) fn remove(&mut self, index: usize) -> Option<Open> {
        (index < self.open.len()).then(|| self.open.remove(index))
    }

    pub(super) fn get(&self, index: usize) -> Option<&Open> {
        self.open.get(index)
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Open> {
        self.open.get_mut(index)
    }

    /// Where the author's elements begin that Markdown's innermost one holds.
    pub(super) fn own_start(&self) -> usize {
        self.open.iter().rposition(Open::is_markdown).map_or(0, |index| index + 1)
    }

    pub(super) fn own(&self) -> &[Open] {
        &self.open[self.own_start()..]
    }

    /// The innermost piece of Markdown; `None` is the article.
    pub(super) fn container(&self) -> Option<Container> {
        match self.open.get(self.own_start().checked_sub(1)?)?.by {
            By::Markdown(container) => Some(container),
            _ => None,
        }
    }

    pub(super) fn container_mut(&mut self) -> Option<&mut Container> {
        let index = self.own_start().checked_sub(1)?;
        match &mut self.open.get_mut(index)?.by {
            By::Markdown(container) => Some(container),
            _ => None,
        }
    }

    /// The element that the next one would stand in.
    pub(super) fn top(&self) -> Option<&Open> {
        self.open.iter().rev().find(|open| open.is_real())
    }

    /// Whether the next token stands in a drawing or formula.
    pub(super) fn is_foreign(&self) -> bool {
        self.top().is_some_and(|top| top.space != Space::Html)
    }

    /// The name of the open element whose content is text, if there is one.
    pub(super) fn raw_text(&self) -> Option<&str> {
        let top = self.top().filter(|top| top.space == Space::Html && !top.is_markdown())?;
        elements::raw_text(&top.name).map(|_| &*top.name)
    }

    pub(super) fn is_open(&self, name: &str) -> bool {
        self.open.iter().any(|open| open.is_real() && open.is_html(name))
    }

    /// Whether an author's element of this name is open around the innermost piece of Markdown.
    pub(super) fn is_open_outside(&self, name: &str) -> bool {
        let around = &self.open[..self.own_start()];
        around.iter().any(|open| matches!(open.by, By::Author(_) | By::AuthorForgot(_)) && open.name == name)
    }

    /// Whether something will be left out with all that comes now.
    pub(super) fn is_removing(&self) -> bool {
        self.open.iter().any(|open| matches!(open.by, By::Removed(..)))
    }

    /// The author's link that is open where another would begin.
    pub(super) fn open_link(&self) -> Option<usize> {
        let found = self.open.iter().rposition(|open| open.is_real() && (open.is_html("a") || is_marker(open)))?;
        (self.open[found].is_html("a") && !self.open[found].is_markdown()).then_some(found)
    }

    /// How deep the author's elements that must end are at the point where an inline element of Markdown's begins: all
    /// from the returned one on.
    pub(super) fn room_for_inline(&self) -> usize {
        let mut keep = self.open.len();
        let start = self.own_start();
        for index in (start..self.open.len()).rev() {
            if self.open[index].takes_no_markdown() && self.open[index].is_real() {
                keep = index;
            } else if self.open[index].is_real() {
                break;
            }
        }
        keep
    }

    /// As [`Nesting::room_for_inline`], of the elements that a block of Markdown's ends by itself: a paragraph, and for a
    /// heading a heading that it would directly stand in.
    pub(super) fn room_for_block(&self, name: &str) -> usize {
        let start = self.own_start();
        let keep = self.paragraph(self.open.len()).filter(|&index| index >= start).unwrap_or(self.open.len());
        let top = self.open[..keep].iter().rposition(Open::is_real).filter(|&index| index >= start);
        match top {
            Some(index) if elements::is_heading(name) && elements::is_heading(&self.open[index].name) => index,
            _ => keep,
        }
    }

    /// The paragraph that a block would end, among the elements before `keep`.
    pub(super) fn paragraph(&self, keep: usize) -> Option<usize> {
        let ends_search = |open: &Open| open.is_real() && (open.is_html("button") || elements::is_scope(&open.name, open.space));
        let found = self.open[..keep].iter().rposition(|open| open.is_real() && open.is_html("p") || ends_search(open))?;
        self.open[found].is_html("p").then_some(found)
    }

    /// The element that an end tag closes. A heading's closes any heading.
    pub(super) fn find_end(&self, name: &str) -> Option<usize> {
        let is_table = name == "table" || elements::is_table_part(name);
        let stops = |open: &Open| {
            open.is_real()
                && match open.space {
                    Space::Html if is_table => open.name == "table" || open.name == "template",
                    // What is in a cell stays there; between the cells of a table its end was forgotten.
                    Space::Html if open.name == "table" => false,
                    space => elements::is_scope(&open.name, space),
                }
        };
        let find = |is_it: &dyn Fn(&Open) -> bool| {
            let found = self.own().iter().rposition(|open| is_it(open) || stops(open))?;
            is_it(&self.own()[found]).then_some(self.own_start() + found)
        };
        let exact = find(&|open| open.name == name);
        exact.or_else(|| elements::is_heading(name).then(|| find(&|open| elements::is_heading(&open.name))).flatten())
    }

    /// Whether the end tag of the element at `index` leaves something in it open.
    pub(super) fn needs_all_ends(&self, index: usize) -> bool {
        let name = &*self.open[index].name;
        let inner = self.open[index + 1..].iter().filter(|open| open.is_real());
        !elements::closes_what_is_within(name) && inner.clone().any(|open| elements::is_formatting(name) || open.is_special())
    }
}

pub(super) fn is_marker(open: &Open) -> bool {
    open.space == Space::Html && elements::is_marker(&open.name)
}
