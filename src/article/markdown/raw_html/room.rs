//! Whether an element may begin where its start tag is, and what ends first so that it can.
//!
//! A tag that would make a browser do something else than open the element (move it out of a table, end a link because
//! another begins) may not stand; what a tag ends by itself, as `<li>` ends the `<li>` before it, is ended. This follows
//! the rules for start tags in <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody>.

use super::elements::{self, Space};
use super::nesting::{Nesting, Open, is_choice, is_marker};
use super::scanner::Tag;

/// Browsers nest no deeper than 512, and the page around an article needs some of them.
const DEEPEST: usize = 256;

/// What to do so that an element may begin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// All elements from this one on end first.
    pub(super) keep: usize,
    /// What a browser opens in between.
    pub(super) between: &'static [&'static str],
    /// A Markdown paragraph that becomes a `<div>`, because a paragraph cannot hold the element.
    pub(super) loosened: Option<usize>,
    pub(super) space: Space,
}

/// Why an element may not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    PartOfPage,
    OutsideTable,
    BetweenCells,
    InSelect,
    InDrawing,
    InItself,
    OutsideList,
    OutsideRuby,
    /// It would end something that Markdown opened.
    InMarkdown(&'static str),
    TooDeep,
}

impl Nesting {
    /// Whether and how an element may begin here. Void elements are judged alike.
    pub(super) fn judge(&self, tag: &Tag<'_>, text: &str) -> Result<Room, Misfit> {
        let name = &*tag.name;
        let len = self.open.len();
        let room = |space| Room { keep: len, between: &[], loosened: None, space };
        if name == "noscript" && self.is_open(name) {
            return Err(Misfit::InItself);
        }
        if let Some(top) = self.top().filter(|top| top.space != Space::Html) {
            let is_foreign_there = top.space == Space::Math && matches!(name, "mglyph" | "malignmark");
            let is_html = top.holds_html && !is_foreign_there || top.name == "annotation-xml" && name == "svg";
            if !is_html {
                return if elements::has_no_place(name, top.space) {
                    Err(Misfit::PartOfPage)
                } else if elements::breaks_out(name) || name == "font" && is_old_font(tag, text) {
                    Err(Misfit::InDrawing)
                } else {
                    self.check_depth(room(top.space))
                };
            }
        }
        let space = match name {
            "svg" => Space::Svg,
            "math" => Space::Math,
            _ => Space::Html,
        };
        if elements::has_no_place(name, Space::Html) {
            return Err(Misfit::PartOfPage);
        }
        let room = self.html_room(name, room(space))?;
        if room.keep < self.own_start() {
            return Err(Misfit::InMarkdown(self.container().map_or("article", |container| container.called)));
        }
        self.check_depth(room)
    }

    fn check_depth(&self, room: Room) -> Result<Room, Misfit> {
        if room.keep >= DEEPEST { Err(Misfit::TooDeep) } else { Ok(room) }
    }

    /// What an HTML element needs.
    fn html_room(&self, name: &str, room: Room) -> Result<Room, Misfit> {
        if elements::is_table_part(name) {
            return self.table_room(name, room);
        }
        if let Some(top) = self.top().filter(|top| top.space == Space::Html && !top.is_markdown()) {
            if elements::holds_only_table_parts(&top.name) {
                return if matches!(name, "script" | "style" | "template") { Ok(room) } else { Err(Misfit::BetweenCells) };
            }
            if is_choice(&top.name) {
                return self.choice_room(name, room);
            }
        }
        match name {
            "a" | "nobr" | "button" if self.is_open_before_marker(name) => return Err(Misfit::InItself),
            "form" | "select" if self.is_open(name) => return Err(Misfit::InItself),
            "rb" | "rp" | "rt" | "rtc" => return self.ruby_room(name, room),
            _ => {}
        }
        match name {
            "li" | "dd" | "dt" => {
                let room = self.block_room(name, self.list_room(name, room)?)?;
                // The paragraph that it ends may take the list along, or what stood between this and the page's own.
                self.list_room(name, room)
            }
            _ if elements::ends_paragraph(name) => self.block_room(name, room),
            _ => Ok(room),
        }
    }

    fn is_open_before_marker(&self, name: &str) -> bool {
        let found = self.open.iter().rposition(|open| open.is_real() && (open.is_html(name) || is_marker(open)));
        found.is_some_and(|index| self.open[index].is_html(name))
    }

    /// A block ends the paragraph it stands in; a Markdown paragraph becomes something that can hold it.
    fn block_room(&self, name: &str, mut room: Room) -> Result<Room, Misfit> {
        match self.paragraph(room.keep) {
            Some(index) if self.open[index].is_markdown() => room.loosened = Some(index),
            Some(index) => room.keep = index,
            None => {}
        }
        // A heading ends the one that it directly stands in.
        let top = self.open[..room.keep].iter().rposition(Open::is_real);
        if let Some(index) = top.filter(|&index| elements::is_heading(name) && elements::is_heading(&self.open[index].name)) {
            room.keep = index;
        }
        Ok(room)
    }

    /// `<li>` ends the `<li>` before it, and `<dt>` and `<dd>` each other.
    fn list_room(&self, name: &str, mut room: Room) -> Result<Room, Misfit> {
        let is_like = |open: &Open| {
            if name == "li" { open.is_html("li") } else { open.is_html("dd") || open.is_html("dt") }
        };
        for (index, open) in self.open[..room.keep].iter().enumerate().rev().filter(|(_, open)| open.is_real()) {
            if is_like(open) {
                room.keep = index;
                return Ok(room);
            }
            // Parsers differ in whether they look further than these.
            if open.space != Space::Html || open.is_html("search") {
                break;
            }
            if open.is_special() && !["address", "div", "p"].contains(&&*open.name) {
                return Ok(room);
            }
        }
        Err(Misfit::OutsideList)
    }

    /// The parts of ruby text end each other.
    fn ruby_room(&self, name: &str, mut room: Room) -> Result<Room, Misfit> {
        let own = self.own().iter().rposition(|open| open.is_real() && open.is_html("ruby")).ok_or(Misfit::OutsideRuby)?;
        let ruby = self.own_start() + own;
        let is_ended = |open: &Open| {
            open.space == Space::Html
                && match &*open.name {
                    "rtc" => matches!(name, "rb" | "rtc"),
                    "dd" | "dt" | "li" | "optgroup" | "option" | "p" | "rb" | "rp" | "rt" => true,
                    _ => false,
                }
        };
        for index in (ruby + 1..self.open.len()).rev().filter(|&index| self.open[index].is_real()) {
            if !is_ended(&self.open[index]) {
                break;
            }
            room.keep = index;
        }
        Ok(room)
    }

    /// In a `<select>` or the options of a list.
    fn choice_room(&self, name: &str, mut room: Room) -> Result<Room, Misfit> {
        let is_select = self.own().iter().any(|open| open.is_real() && open.is_html("select"));
        let ended: &[&str] = match name {
            "option" => &["option"],
            "optgroup" | "hr" if is_select => &["option", "optgroup"],
            "optgroup" => &["option"],
            _ => return Err(Misfit::InSelect),
        };
        while let Some(top) = self.open[..room.keep].iter().rposition(Open::is_real) {
            if top < self.own_start() || !ended.contains(&&*self.open[top].name) {
                break;
            }
            room.keep = top;
        }
        Ok(room)
    }

    /// A part of a table ends the parts before it, and what is open in them.
    fn table_room(&self, name: &str, mut room: Room) -> Result<Room, Misfit> {
        let parents: &[&str] = match name {
            "td" | "th" => &["tr", "tbody", "thead", "tfoot", "table"],
            "tr" => &["tbody", "thead", "tfoot", "table"],
            "col" => &["colgroup", "table"],
            _ => &["table"],
        };
        let start = self.own_start();
        let is_parent = |open: &Open| open.space == Space::Html && (parents.contains(&&*open.name) || open.name == "template");
        let ends_search = |open: &Open| open.is_html("table") || open.is_html("template");
        let found = self.open[start..].iter().rposition(|open| open.is_real() && (is_parent(open) || ends_search(open)));
        let parent = start + found.ok_or(Misfit::OutsideTable)?;
        room.keep = parent + 1;
        room.between = match (name, &*self.open[parent].name) {
            ("td" | "th", "table") => &["tbody", "tr"],
            ("td" | "th", "tbody" | "thead" | "tfoot") => &["tr"],
            ("tr", "table") => &["tbody"],
            ("col", "table") => &["colgroup"],
            _ => &[],
        };
        Ok(room)
    }
}

fn is_old_font(tag: &Tag<'_>, text: &str) -> bool {
    let is_old = |name: &str| ["color", "face", "size"].iter().any(|old| name.eq_ignore_ascii_case(old));
    tag.attributes.iter().any(|attribute| is_old(&text[attribute.name.clone()]))
}
