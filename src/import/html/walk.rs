//! The tree of a piece of HTML → blocks of Markdown, from top to bottom.
//!
//! All goes to one text. What each line begins with is a prefix that quotes and lists add to. Running text is gathered in
//! a [`Line`] and written when a block ends it; so a mark may go round blocks, and each paragraph in it is marked.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::line::{Line, Mark, PLAIN, is_space};
use super::names;
use super::tree::{Data, Id, Tree};
use super::write::{Place, write};
use super::{Addresses, Footnote, Note};

/// What is known of the Markdown in the making.
pub(super) struct State<'s> {
    pub(super) out: String,
    pub(super) prefix: String,
    pub(super) notes: BTreeMap<Note, usize>,
    pub(super) addresses: &'s mut dyn Addresses,
    pub(super) footnotes: &'s [Footnote],
    /// The footnotes that were referred to, in that order.
    pub(super) references: Vec<Reference>,
    /// Where each of them is there.
    pub(super) numbers: FxHashMap<Reference, usize>,
    /// Items that were passed over where they stand, because they are footnotes.
    pub(super) passed_over: Vec<Id>,
    /// A quote, an item or a note has just begun: the next block begins on its line.
    is_fresh: bool,
    /// The items of the list around have no blank lines between their blocks.
    is_tight: bool,
    /// The sign of the list that was written last, if nothing was written since.
    after_list: Option<char>,
}

/// A footnote in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reference {
    /// One that WordPress keeps.
    Kept(usize),
    /// An item of a list at the end of the text.
    Item(Id),
}

impl<'s> State<'s> {
    pub(super) fn new(footnotes: &'s [Footnote], addresses: &'s mut dyn Addresses, size: usize) -> State<'s> {
        State {
            out: String::with_capacity(size),
            prefix: String::new(),
            notes: BTreeMap::new(),
            addresses,
            footnotes,
            references: Vec::new(),
            numbers: FxHashMap::default(),
            passed_over: Vec::new(),
            is_fresh: false,
            is_tight: false,
            after_list: None,
        }
    }

    pub(super) fn note(&mut self, note: Note) {
        *self.notes.entry(note).or_default() += 1;
    }

    /// Begins a block on a line of its own, after a blank one.
    pub(super) fn begin_block(&mut self) {
        self.after_list = None;
        self.begin(true);
    }

    fn begin(&mut self, is_apart: bool) {
        if std::mem::take(&mut self.is_fresh) {
            return;
        }
        if is_apart && !self.out.is_empty() {
            self.out.push_str(self.prefix.trim_end());
            self.out.push('\n');
        }
        self.out.push_str(&self.prefix);
    }

    /// Begins what further lines of are set off by `more`.
    fn begin_container(&mut self, marker: &str, more: &str) {
        self.out.push_str(marker);
        self.prefix.push_str(more);
        self.is_fresh = true;
    }

    /// Ends it; says whether there was anything in it.
    fn end_container(&mut self, more: &str) -> bool {
        self.prefix.truncate(self.prefix.len() - more.len());
        !std::mem::take(&mut self.is_fresh)
    }

    /// Writes lines that stand as they are.
    pub(super) fn lines(&mut self, text: &str) {
        self.begin_block();
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.out.push_str(if line.is_empty() { self.prefix.trim_end() } else { &self.prefix });
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// A footnote's definition; `content` writes it.
    pub(super) fn definition(&mut self, number: usize, content: impl FnOnce(&mut Self)) {
        self.begin_block();
        self.begin_container(&format!("[^{number}]: "), "    ");
        content(self);
        if !self.end_container("    ") {
            self.out.push('\n');
        }
    }
}

/// Walks one tree.
pub(super) struct Walker<'w, 's> {
    pub(super) tree: &'w Tree,
    pub(super) state: &'w mut State<'s>,
    pub(super) line: Line,
    /// The mark that text is in, and all the marks around it.
    pub(super) at: u32,
    marks: Vec<Mark>,
    /// How often the line was written: what was entered before is no mark of it.
    written: usize,
    /// All goes on one line: of a heading, a cell, a caption.
    pub(super) one_line: usize,
    /// Ids of places of this text that its links lead to.
    pub(super) targets: Rc<FxHashSet<String>>,
    /// Ids that wait for the next text.
    waiting: Vec<String>,
    /// Items of lists that are footnotes, by their ids.
    pub(super) items: Rc<FxHashMap<String, Id>>,
    in_heading: bool,
    /// What is walked is a footnote.
    pub(super) is_note: bool,
}

impl<'w, 's> Walker<'w, 's> {
    pub(super) fn new(tree: &'w Tree, state: &'w mut State<'s>) -> Walker<'w, 's> {
        let mut targets = FxHashSet::default();
        for id in tree.below(0) {
            if let Some(target) = tree.attribute(id, "href").and_then(|href| href.strip_prefix('#')).filter(|id| !id.is_empty()) {
                targets.insert(target.to_owned());
            }
        }
        if !targets.is_empty() {
            let ids = tree.below(0).filter_map(|id| {
                let anchor = tree.attribute(id, "id").or_else(|| tree.attribute(id, "name").filter(|_| tree.name(id) == "a"));
                anchor.filter(|anchor| is_plain(anchor))
            });
            let ids: FxHashSet<&str> = ids.collect();
            targets.retain(|target| ids.contains(target.as_str()));
        }
        Walker::of_known(tree, state, targets.into(), Rc::default())
    }

    /// Of a tree whose anchors and footnotes are known.
    pub(super) fn of_known(
        tree: &'w Tree,
        state: &'w mut State<'s>,
        targets: Rc<FxHashSet<String>>,
        items: Rc<FxHashMap<String, Id>>,
    ) -> Walker<'w, 's> {
        let (line, marks, waiting) = (Line::default(), Vec::new(), Vec::new());
        Walker {
            tree,
            state,
            line,
            at: PLAIN,
            marks,
            written: 0,
            one_line: 0,
            targets,
            waiting,
            items,
            in_heading: false,
            is_note: false,
        }
    }

    /// Whether an item of a list is a footnote, which is written at the end.
    fn is_footnote(&self, item: Id) -> bool {
        self.tree.attribute(item, "id").is_some_and(|id| self.items.get(id) == Some(&item))
    }

    /// Writes all below a node.
    pub(super) fn all(&mut self, id: Id) {
        self.children(id);
        // Nothing may follow an anchor at the end.
        self.write_anchors();
        self.flush();
    }

    pub(super) fn children(&mut self, id: Id) {
        for child in self.tree.children(id) {
            self.node(child);
        }
    }

    /// Writes the line, if there is anything on it.
    pub(super) fn flush(&mut self) {
        if self.one_line > 0 {
            return self.line.add_space();
        }
        if !self.line.is_empty() {
            self.state.begin_block();
            let place = if self.state.is_tight { Place::Item } else { Place::Paragraph };
            write(&self.line, place, &self.state.prefix, &mut self.state.out);
            self.state.out.push('\n');
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.line.clear();
        self.written += 1;
        self.at = PLAIN;
        for mark in &self.marks {
            self.at = self.line.enter(mark, self.at);
        }
    }

    /// Writes what is below a node with a mark round it.
    pub(super) fn marked(&mut self, mark: Mark, id: Id) {
        self.with_mark(mark, |walker| walker.children(id));
    }

    pub(super) fn with_mark(&mut self, mark: Mark, content: impl FnOnce(&mut Self)) {
        let (before, written) = (self.at, self.written);
        self.at = self.line.enter(&mark, self.at);
        self.marks.push(mark);
        content(self);
        self.marks.pop();
        if self.written == written {
            self.at = before;
        } else {
            self.at = PLAIN;
            for mark in &self.marks {
                self.at = self.line.enter(mark, self.at);
            }
        }
    }

    /// Gathers what `content` writes as one line, and hands it over.
    pub(super) fn gather(&mut self, content: impl FnOnce(&mut Self)) -> Line {
        let outer = (std::mem::take(&mut self.line), std::mem::take(&mut self.marks), self.at, self.written);
        self.at = PLAIN;
        self.one_line += 1;
        content(self);
        self.one_line -= 1;
        let line = std::mem::take(&mut self.line);
        (self.line, self.marks, self.at, self.written) = outer;
        line
    }

    pub(super) fn node(&mut self, id: Id) {
        match self.tree.data(id) {
            Data::Text(text) => {
                if !self.waiting.is_empty() && !text.trim().is_empty() {
                    self.write_anchors();
                }
                self.line.add_text(text, self.at);
            }
            Data::Comment(text) => self.comment(text),
            Data::Element(name, attributes) => {
                if attributes.iter().any(|one| &*one.name.local == "hidden") && !self.is_embedded_or_image(name) {
                    return self.state.note(Note::LeftOut(name.to_string()));
                }
                self.element(id, name);
            }
            Data::Root => self.children(id),
        }
    }

    fn is_embedded_or_image(&self, name: &str) -> bool {
        names::is_embedded(name) || name == "img"
    }

    fn comment(&mut self, text: &str) {
        if text.trim().eq_ignore_ascii_case("more") && self.one_line == 0 && self.state.prefix.is_empty() {
            self.flush();
            self.state.lines("<!--more-->");
        }
    }

    fn element(&mut self, id: Id, name: &str) {
        if let Some(anchor) = self.anchor_of(id, name) {
            self.waiting.push(anchor);
        }
        match name {
            "br" => self.line.add_break(),
            "wbr" => {}
            "b" | "strong" => self.marked(Mark::Strong, id),
            "i" | "em" | "var" => self.marked(Mark::Emphasis, id),
            "del" | "s" | "strike" => self.marked(Mark::Deleted, id),
            "code" | "kbd" | "samp" | "tt" => self.code(id),
            "a" if self.leads_back(id) => {}
            "a" => self.link(id),
            "img" | "image" => self.picture(id),
            "picture" => self.children(id),
            "sup" if self.footnote(id) => {}
            "blockquote" => self.quote(id),
            "ul" | "ol" | "menu" | "dir" => self.list(id, name == "ol"),
            "input" => self.state.note(Note::LeftOut("input".into())),
            "hr" if self.one_line == 0 => {
                self.flush();
                self.state.begin_block();
                // Three dashes at the beginning of a file open front matter.
                let rule =
                    if self.state.out.trim_end().is_empty() || self.state.out.ends_with([' ']) { "***\n" } else { "---\n" };
                self.state.out.push_str(rule);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.one_line == 0 => self.heading(id, name),
            "pre" | "listing" | "xmp" | "plaintext" if self.one_line == 0 => self.pre(id),
            "table" if self.one_line == 0 => self.table(id),
            "dl" | "details" if self.one_line == 0 => self.keep(id),
            "svg" => self.drawing(id),
            "form" => self.state.note(Note::LeftOut("form".into())),
            "cite" | "footer" if self.one_line == 0 && self.tree.name(self.tree.parent(id)) == "blockquote" => self.source(id),
            "figcaption" | "caption" if self.one_line == 0 => {
                self.flush();
                self.with_mark(Mark::Emphasis, |walker| {
                    walker.children(id);
                    walker.flush();
                });
            }
            _ if names::is_embedded(name) => self.embedded(id, name),
            _ if names::is_unseen(name) => {
                if !matches!(
                    name,
                    "head" | "title" | "link" | "meta" | "base" | "param" | "source" | "track" | "map" | "annotation"
                ) {
                    self.state.note(Note::LeftOut(name.to_owned()));
                }
            }
            "abbr" | "acronym" if self.tree.attribute(id, "title").is_none_or(|title| title.trim().is_empty()) => {
                self.children(id)
            }
            "ruby" => self.ruby(id),
            _ if names::is_kept_inline(name) => self.keep_inline(id, name),
            _ if names::is_block(name) => {
                self.flush();
                self.children(id);
                self.flush();
            }
            _ => self.children(id),
        }
    }

    /// The id of a place that a link of this text leads to.
    fn anchor_of(&self, id: Id, name: &str) -> Option<String> {
        let anchor = self.tree.attribute(id, "id").or_else(|| self.tree.attribute(id, "name").filter(|_| name == "a"))?;
        self.targets.contains(anchor).then(|| anchor.to_owned())
    }

    /// Writes the anchors that wait for something to stand before. A heading has its own way to say them.
    pub(super) fn write_anchors(&mut self) {
        if self.in_heading {
            return;
        }
        for anchor in std::mem::take(&mut self.waiting) {
            self.line.add_finished(&format!("<a id=\"{anchor}\"></a>"), PLAIN);
        }
    }

    fn heading(&mut self, id: Id, name: &str) {
        self.flush();
        let anchors = std::mem::take(&mut self.waiting);
        let outer = self.marks.clone();
        self.in_heading = true;
        let line = self.gather(|walker| {
            // A link round a heading is a link in it; that it is bold says its size.
            for mark in outer.into_iter().filter(|mark| *mark != Mark::Strong) {
                walker.at = walker.line.enter(&mark, walker.at);
                walker.marks.push(mark);
            }
            walker.children(id);
        });
        self.in_heading = false;
        let mut ids = anchors;
        ids.append(&mut self.waiting);
        if !line.has_words() {
            // A heading without words is none, but a picture in it is one.
            self.waiting = ids;
            if !line.is_empty() {
                self.state.begin_block();
                write(&line, Place::Paragraph, &self.state.prefix, &mut self.state.out);
                self.state.out.push('\n');
            }
            return;
        }
        let level = match name {
            "h1" | "h2" => 2,
            "h3" => 3,
            "h4" => 4,
            "h5" => 5,
            _ => 6,
        };
        self.state.begin_block();
        self.state.out.push_str(&"######"[..level]);
        self.state.out.push(' ');
        let mut ids = ids.into_iter();
        let own = ids.next();
        for other in ids {
            self.state.out.push_str(&format!("<a id=\"{other}\"></a>"));
        }
        write(&line, Place::Heading, "", &mut self.state.out);
        if let Some(own) = own {
            self.state.out.push_str(" {#");
            self.state.out.push_str(&own);
            self.state.out.push('}');
        }
        self.state.out.push('\n');
    }

    fn quote(&mut self, id: Id) {
        if self.one_line > 0 {
            self.line.add_space();
            self.children(id);
            return self.line.add_space();
        }
        self.flush();
        let (at, was_fresh) = (self.state.out.len(), self.state.is_fresh);
        let was_tight = std::mem::replace(&mut self.state.is_tight, false);
        self.state.begin_block();
        self.state.begin_container("> ", "> ");
        self.children(id);
        self.flush();
        self.state.is_tight = was_tight;
        if !self.state.end_container("> ") {
            self.state.out.truncate(at);
            self.state.is_fresh = was_fresh;
        }
        self.state.after_list = None;
    }

    /// Who said what is quoted.
    fn source(&mut self, id: Id) {
        self.flush();
        let line = self.gather(|walker| walker.children(id));
        let text = line.text.trim_start();
        if !text.is_empty() && !text.starts_with(['—', '–', '-', '―']) {
            self.line.add_text("— ", self.at);
        }
        self.children(id);
        self.flush();
    }

    fn list(&mut self, id: Id, is_ordered: bool) {
        if self.one_line > 0 {
            self.line.add_space();
            for child in self.tree.children(id) {
                self.node(child);
                self.line.add_space();
            }
            return;
        }
        self.flush();
        let items = self.items_of(id);
        let is_tight = items.iter().all(|item| self.is_tight(item));
        let start = match self.tree.attribute(id, "start").filter(|_| is_ordered).map(str::trim) {
            Some(start) => start.parse::<u32>().ok().filter(|start| *start < 100_000_000).unwrap_or(1),
            None => 1,
        };
        let sign = match (is_ordered, self.state.after_list) {
            (true, Some('.')) => ')',
            (true, _) => '.',
            (false, Some('-')) => '+',
            (false, _) => '-',
        };
        let was_tight = self.state.is_tight;
        let mut number = start;
        let mut is_first = true;
        let blank: Vec<bool> = items.iter().map(|item| self.is_blank(item)).collect();
        let last = blank.iter().rposition(|is_blank| !is_blank);
        for (index, item) in items.iter().enumerate() {
            if blank[index] {
                // Within a list that is numbered, a blank item counts.
                if is_ordered && !is_first && last.is_some_and(|last| index < last) {
                    self.state.begin(!is_tight);
                    self.state.out.push_str(&format!("{number}{sign}\n"));
                }
                number += 1;
                continue;
            }
            let (at, was_fresh) = (self.state.out.len(), self.state.is_fresh);
            // Only a list that begins with 1 may follow the line of a paragraph.
            let is_apart = if is_first { !was_tight || number != 1 || self.state.after_list.is_some() } else { !is_tight };
            self.state.begin(is_apart);
            let marker = if is_ordered { format!("{number}{sign} ") } else { format!("{sign} ") };
            let more = " ".repeat(marker.len());
            self.state.after_list = None;
            self.state.is_tight = is_tight;
            self.state.begin_container(&marker, &more);
            self.item(item);
            self.state.is_tight = was_tight;
            if self.state.end_container(&more) {
                is_first = false;
            } else {
                self.state.out.truncate(at);
                self.state.is_fresh = was_fresh;
            }
            number += 1;
        }
        if !is_first {
            self.state.after_list = Some(sign);
        }
    }

    /// The items of a list, each with what else belongs to it: a list right below a list is part of the item before.
    fn items_of(&mut self, id: Id) -> Vec<Vec<Id>> {
        let mut items: Vec<Vec<Id>> = Vec::new();
        let mut is_after_stray = false;
        for child in self.tree.children(id) {
            let name = self.tree.name(child);
            let is_blank = match self.tree.data(child) {
                Data::Text(text) => text.chars().all(is_space),
                Data::Comment(_) => true,
                _ => false,
            };
            match name {
                _ if is_blank => {}
                _ if self.is_footnote(child) => self.state.passed_over.push(child),
                "li" => {
                    items.push(vec![child]);
                    is_after_stray = false;
                }
                "ul" | "ol" => match items.last_mut() {
                    Some(last) => last.push(child),
                    None => items.push(vec![child]),
                },
                _ if is_after_stray => items.last_mut().into_iter().for_each(|last| last.push(child)),
                _ => {
                    items.push(vec![child]);
                    is_after_stray = true;
                }
            }
        }
        items
    }

    fn item(&mut self, nodes: &[Id]) {
        for &node in nodes {
            if self.tree.name(node) != "li" {
                self.node(node);
                continue;
            }
            if let Some(anchor) = self.anchor_of(node, "li") {
                self.waiting.push(anchor);
            }
            if let Some((mark, skipped)) = self.task(node) {
                self.line.add_finished(mark, PLAIN);
                self.line.add_space();
                self.tree.children(node).filter(|child| *child != skipped).for_each(|child| self.task_part(child, skipped));
            } else {
                self.children(node);
            }
        }
        self.flush();
    }

    /// A part of a task without its box, which may be in a label or paragraph of its own.
    fn task_part(&mut self, id: Id, skipped: Id) {
        let holds_box = self.tree.parent(skipped) == id;
        if holds_box {
            self.tree.children(id).filter(|child| *child != skipped).for_each(|child| self.node(child));
        } else {
            self.node(id);
        }
    }

    /// The box at the head of an item that is a task.
    fn task(&self, item: Id) -> Option<(&'static str, Id)> {
        let mut at = item;
        for _ in 0..2 {
            let first = self.tree.children(at).find(|child| match self.tree.data(*child) {
                Data::Text(text) => !text.trim().is_empty(),
                Data::Comment(_) => false,
                _ => true,
            })?;
            if self.tree.name(first) == "input" {
                let is_box = self.tree.attribute(first, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"));
                let is_ticked = self.tree.attribute(first, "checked").is_some();
                let has_words =
                    self.tree.below(item).any(|id| matches!(self.tree.data(id), Data::Text(text) if !text.trim().is_empty()));
                return (is_box && has_words).then_some((if is_ticked { "[x]" } else { "[ ]" }, first));
            }
            if !matches!(self.tree.name(first), "label" | "p") {
                return None;
            }
            at = first;
        }
        None
    }

    /// Whether an item holds a line of text and then only lists.
    fn is_tight(&self, item: &[Id]) -> bool {
        let mut was_list = false;
        let inner = item.iter().flat_map(|node| {
            let is_item = self.tree.name(*node) == "li";
            self.tree.children(*node).filter(move |_| is_item).chain(std::iter::once(*node).filter(move |_| !is_item))
        });
        for child in inner {
            let name = self.tree.name(child);
            let is_list = matches!(name, "ul" | "ol");
            let is_blank = match self.tree.data(child) {
                Data::Text(text) => text.chars().all(is_space),
                Data::Comment(_) => true,
                _ => false,
            };
            if is_blank {
                continue;
            }
            if !is_list && (was_list || names::is_block(name) || self.holds_block(child)) {
                return false;
            }
            was_list |= is_list;
        }
        true
    }

    /// Whether there is nothing to be seen in an item.
    fn is_blank(&self, item: &[Id]) -> bool {
        let is_seen = |id: Id| match self.tree.data(id) {
            Data::Text(text) => !text.chars().all(is_space),
            Data::Element(name, _) => matches!(&**name, "img" | "hr" | "svg" | "input") || names::is_embedded(name),
            _ => false,
        };
        !item.iter().any(|node| is_seen(*node) || self.tree.below(*node).any(is_seen))
    }

    fn holds_block(&self, id: Id) -> bool {
        self.tree.below(id).any(|id| names::is_block(self.tree.name(id)))
    }
}

/// Whether an id means itself wherever it is written.
fn is_plain(anchor: &str) -> bool {
    !anchor.is_empty() && anchor.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}
