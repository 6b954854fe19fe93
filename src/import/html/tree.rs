//! HTML as a tree, parsed as a browser parses it.
//!
//! The nodes are in one vector and name each other by index: nothing recurses, not even when the tree goes. What a parser
//! of HTML takes quadratic time or memory for is kept from it here. What the elements mean is left to others.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, create_element};
use html5ever::{Attribute, LocalName, QualName, TokenizerResult, local_name, ns};
use rustc_hash::FxHashMap;

/// Elements below this many others belong to the last one that is not: nobody writes them, and whoever walks the tree
/// may recurse.
const DEEPEST: u16 = 80;
/// The parser looks through all that is open for most tags, so this much may be open for it.
const MOST_OPEN: u32 = 400;
/// Bold, italics and the like that were not ended are opened anew in each paragraph, so this many may be left open.
const MOST_FORMATTING: usize = 32;
/// The parser compares each attribute of a tag with all others.
const MOST_ATTRIBUTES: usize = 1_000;
/// A tag shorter than this has not too many attributes.
const LONG_TAG: usize = 2 * MOST_ATTRIBUTES;

/// Where a node is in the tree. The first is the root, and so no node's child or sibling.
pub(in crate::import) type Id = u32;

const NONE: Id = 0;

/// What a node is.
pub(in crate::import) enum Data {
    Root,
    Element(LocalName, Vec<Attribute>),
    Text(StrTendril),
    Comment(StrTendril),
}

struct Node {
    data: Data,
    parent: Id,
    previous: Id,
    next: Id,
    first: Id,
    last: Id,
    /// How many elements it is within.
    depth: u32,
}

/// HTML, parsed.
pub(in crate::import) struct Tree {
    nodes: Vec<Node>,
    /// Whether elements were taken out because they were too deep.
    pub(super) was_too_deep: bool,
}

impl Tree {
    /// Parses a piece of HTML, or a whole page, whose head is then left out.
    pub(in crate::import) fn parse(html: &str) -> Tree {
        let html = without_endless_tags(html);
        let sink = Sink::default();
        let name = QualName::new(None, ns!(html), local_name!("div"));
        let context = create_element(&sink, name, Vec::new());
        let options = TreeBuilderOpts { scripting_enabled: false, drop_doctype: true, ..TreeBuilderOpts::default() };
        let builder = TreeBuilder::new_for_fragment(sink, context, None, options);
        let guard = Guard { builder, dropped: RefCell::default(), formatting: RefCell::default(), tags: Cell::new(0) };
        let tokenizer = Tokenizer::new(guard, TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from_slice(&html));
        // It stops at the end of each script, so that somebody may run it.
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        tokenizer.end();
        let sink = tokenizer.sink.builder.sink;
        let mut tree = Tree { nodes: sink.nodes.into_inner(), was_too_deep: sink.was_too_deep.get() };
        tree.flatten();
        tree
    }

    pub(in crate::import) fn data(&self, id: Id) -> &Data {
        self.nodes.get(id as usize).map_or(&Data::Root, |node| &node.data)
    }

    /// The element's name; empty if it is none.
    pub(in crate::import) fn name(&self, id: Id) -> &str {
        match self.data(id) {
            Data::Element(name, _) => name,
            _ => "",
        }
    }

    pub(in crate::import) fn attribute(&self, id: Id, wanted: &str) -> Option<&str> {
        match self.data(id) {
            Data::Element(_, attributes) => attributes.iter().find(|one| &*one.name.local == wanted).map(|one| &*one.value),
            _ => None,
        }
    }

    pub(in crate::import) fn has_class(&self, id: Id, wanted: &str) -> bool {
        self.attribute(id, "class").is_some_and(|classes| classes.split_ascii_whitespace().any(|class| class == wanted))
    }

    pub(in crate::import) fn children(&self, id: Id) -> Children<'_> {
        Children { tree: self, next: self.nodes.get(id as usize).map_or(NONE, |node| node.first) }
    }

    pub(in crate::import) fn parent(&self, id: Id) -> Id {
        self.nodes.get(id as usize).map_or(NONE, |node| node.parent)
    }

    /// The innermost block that a node is in, or the node itself if it is one.
    pub(in crate::import) fn block_around(&self, mut id: Id) -> Id {
        while id != NONE && !super::names::is_block(self.name(id)) {
            id = self.parent(id);
        }
        id
    }

    /// All below a node, in the order of the text.
    pub(in crate::import) fn below(&self, top: Id) -> Below<'_> {
        Below { tree: self, top, at: top, skips: false }
    }

    /// Unwraps what is too deep, and numbers depths as they are.
    fn flatten(&mut self) {
        let mut at = 0;
        self.nodes[0].depth = 0;
        loop {
            let node = &self.nodes[at as usize];
            let mut next = node.first;
            if next == NONE {
                next = self.following(at, 0);
            }
            if next == NONE {
                return;
            }
            let depth = self.nodes[self.nodes[next as usize].parent as usize].depth + 1;
            self.nodes[next as usize].depth = depth;
            at = next;
            if depth > u32::from(DEEPEST) && matches!(self.nodes[next as usize].data, Data::Element(..)) {
                self.was_too_deep = true;
                at = self.unwrap(next);
            }
        }
    }

    /// Puts an element's children in its place; says which node stands before them.
    fn unwrap(&mut self, id: Id) -> Id {
        let Node { parent, previous, next, first, last, .. } = self.nodes[id as usize];
        let name = self.name(id).to_owned();
        let mut child = first;
        while child != NONE {
            self.nodes[child as usize].parent = parent;
            child = self.nodes[child as usize].next;
        }
        let keeps = first != NONE && !super::names::is_unseen(&name);
        let (head, tail) = if keeps { (first, last) } else { (next, previous) };
        self.link(parent, previous, head);
        if keeps {
            self.nodes[first as usize].previous = previous;
            self.nodes[last as usize].next = next;
        }
        match next {
            NONE => self.nodes[parent as usize].last = tail,
            next => self.nodes[next as usize].previous = tail,
        }
        if previous == NONE { parent } else { self.deepest_last(previous) }
    }

    /// Makes `next` what follows `previous`, or comes first.
    fn link(&mut self, parent: Id, previous: Id, next: Id) {
        match previous {
            NONE => self.nodes[parent as usize].first = next,
            previous => self.nodes[previous as usize].next = next,
        }
    }

    /// The last node of a subtree in the order of the text.
    fn deepest_last(&self, mut id: Id) -> Id {
        while self.nodes[id as usize].last != NONE {
            id = self.nodes[id as usize].last;
        }
        id
    }

    /// What follows a subtree in the order of the text, below `top`.
    fn following(&self, mut id: Id, top: Id) -> Id {
        while id != top {
            let node = &self.nodes[id as usize];
            if node.next != NONE {
                return node.next;
            }
            id = node.parent;
        }
        NONE
    }
}

/// The children of a node.
#[derive(Clone)]
pub(in crate::import) struct Children<'t> {
    tree: &'t Tree,
    next: Id,
}

impl Iterator for Children<'_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        let id = self.next;
        self.next = self.tree.nodes.get(id as usize)?.next;
        (id != NONE).then_some(id)
    }
}

/// All nodes below one.
pub(in crate::import) struct Below<'t> {
    tree: &'t Tree,
    top: Id,
    at: Id,
    skips: bool,
}

impl Below<'_> {
    /// Leaves out what is below the node that was handed out last.
    pub(in crate::import) fn pass_over(&mut self) {
        self.skips = true;
    }
}

impl Iterator for Below<'_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        let first = self.tree.nodes.get(self.at as usize)?.first;
        self.at = if self.skips || first == NONE { self.tree.following(self.at, self.top) } else { first };
        self.skips = false;
        if self.at == NONE {
            self.at = self.top;
            self.skips = true;
            return None;
        }
        Some(self.at)
    }
}

/// What the parser makes its tree in.
struct Sink {
    nodes: RefCell<Vec<Node>>,
    /// How many elements are open, as far as can be seen from where the parser puts things.
    open: Cell<u32>,
    was_too_deep: Cell<bool>,
}

impl Default for Sink {
    fn default() -> Sink {
        Sink { nodes: RefCell::new(vec![Node::new(Data::Root)]), open: Cell::new(0), was_too_deep: Cell::new(false) }
    }
}

impl Node {
    fn new(data: Data) -> Node {
        Node { data, parent: NONE, previous: NONE, next: NONE, first: NONE, last: NONE, depth: 0 }
    }
}

/// A node, and its name if it is an element.
#[derive(Clone)]
struct Handle {
    id: Id,
    name: Option<QualName>,
}

impl Sink {
    fn add(&self, data: Data) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node::new(data));
        (nodes.len() - 1) as Id
    }

    /// Appends text to a text, if the node is one.
    fn extend(&self, id: Id, text: &StrTendril) -> bool {
        match &mut self.nodes.borrow_mut()[id as usize].data {
            Data::Text(before) if id != NONE => {
                before.push_tendril(text);
                true
            }
            _ => false,
        }
    }

    /// Puts a node that has no parent between two children, the first or second of which may be none.
    fn insert(&self, id: Id, parent: Id, previous: Id, next: Id) {
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent as usize].depth + 1;
        let node = &mut nodes[id as usize];
        (node.parent, node.previous, node.next, node.depth) = (parent, previous, next, depth);
        match previous {
            NONE => nodes[parent as usize].first = id,
            previous => nodes[previous as usize].next = id,
        }
        match next {
            NONE => nodes[parent as usize].last = id,
            next => nodes[next as usize].previous = id,
        }
        self.open.set(depth);
    }

    fn detach(&self, id: Id) {
        let mut nodes = self.nodes.borrow_mut();
        let node = &mut nodes[id as usize];
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
        let is_child = nodes[parent as usize].first == id || previous != NONE;
        if !is_child {
            return;
        }
        match previous {
            NONE => nodes[parent as usize].first = next,
            previous => nodes[previous as usize].next = next,
        }
        match next {
            NONE => nodes[parent as usize].last = previous,
            next => nodes[next as usize].previous = previous,
        }
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = ();
    type ElemName<'a> = &'a QualName;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { id: 0, name: None }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        static NAMELESS: std::sync::LazyLock<QualName> =
            std::sync::LazyLock::new(|| QualName::new(None, ns!(), LocalName::default()));
        target.name.as_ref().unwrap_or(&NAMELESS)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Handle {
        Handle { id: self.add(Data::Element(name.local.clone(), attributes)), name: Some(name) }
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        Handle { id: self.add(Data::Comment(text)), name: None }
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        Handle { id: self.add(Data::Comment(StrTendril::new())), name: None }
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let last = self.nodes.borrow()[parent.id as usize].last;
        let id = match child {
            NodeOrText::AppendText(text) if self.extend(last, &text) => return,
            NodeOrText::AppendText(text) => self.add(Data::Text(text)),
            NodeOrText::AppendNode(node) => {
                self.detach(node.id);
                node.id
            }
        };
        let last = self.nodes.borrow()[parent.id as usize].last;
        self.insert(id, parent.id, last, NONE);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let (parent, is_first) = {
            let nodes = self.nodes.borrow();
            let parent = nodes[element.id as usize].parent;
            (parent, nodes[parent as usize].first == element.id)
        };
        let has_parent = parent != NONE || is_first || self.nodes.borrow()[element.id as usize].previous != NONE;
        if has_parent { self.append_before_sibling(element, child) } else { self.append(previous, child) }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn pop(&self, node: &Handle) {
        self.open.set(self.nodes.borrow()[node.id as usize].depth.saturating_sub(1));
    }

    /// What a template holds is shown to nobody, so it may stand in the tree below it.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(node) = &new {
            self.detach(node.id);
        }
        let (parent, previous) = {
            let node = &self.nodes.borrow()[sibling.id as usize];
            (node.parent, node.previous)
        };
        let id = match new {
            NodeOrText::AppendText(text) if self.extend(previous, &text) => return,
            NodeOrText::AppendText(text) => self.add(Data::Text(text)),
            NodeOrText::AppendNode(node) => node.id,
        };
        self.insert(id, parent, previous, sibling.id);
    }

    fn add_attrs_if_missing(&self, _: &Handle, _: Vec<Attribute>) {}

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        let (first, last) = (nodes[node.id as usize].first, nodes[node.id as usize].last);
        if first == NONE {
            return;
        }
        let mut child = first;
        while child != NONE {
            nodes[child as usize].parent = new_parent.id;
            child = nodes[child as usize].next;
        }
        let before = nodes[new_parent.id as usize].last;
        match before {
            NONE => nodes[new_parent.id as usize].first = first,
            before => nodes[before as usize].next = first,
        }
        nodes[first as usize].previous = before;
        nodes[new_parent.id as usize].last = last;
        (nodes[node.id as usize].first, nodes[node.id as usize].last) = (NONE, NONE);
    }
}

/// Stands between tokenizer and tree, and keeps tags from the tree that would make it grow beyond measure.
struct Guard {
    builder: TreeBuilder<Handle, Sink>,
    /// How many start tags of a name were dropped, whose end tags must be too.
    dropped: RefCell<FxHashMap<LocalName, usize>>,
    /// How often elements that a parser opens anew were opened and not closed.
    formatting: RefCell<FxHashMap<LocalName, usize>>,
    tags: Cell<usize>,
}

impl Guard {
    /// Whether a tag stays.
    fn lets_through(&self, tag: &Tag) -> bool {
        let is_formatting = is_formatting(&tag.name);
        if tag.kind == TagKind::EndTag {
            if let Some(count) = self.dropped.borrow_mut().get_mut(&tag.name).filter(|count| **count > 0) {
                *count -= 1;
                return false;
            }
            if is_formatting && let Some(count) = self.formatting.borrow_mut().get_mut(&tag.name) {
                *count = count.saturating_sub(1);
            }
            return true;
        }
        self.tags.set(self.tags.get() + 1);
        if super::names::is_void(&tag.name) || super::names::holds_text_only(&tag.name) {
            return true;
        }
        let sink = &self.builder.sink;
        let mut formatting = self.formatting.borrow_mut();
        let has_exploded = sink.nodes.borrow().len() > 10_000 + 6 * self.tags.get();
        let is_too_much =
            sink.open.get() > MOST_OPEN || has_exploded || is_formatting && formatting.values().sum::<usize>() >= MOST_FORMATTING;
        if is_too_much {
            sink.was_too_deep.set(true);
            *self.dropped.borrow_mut().entry(tag.name.clone()).or_default() += 1;
            return false;
        }
        if is_formatting {
            let count = formatting.entry(tag.name.clone()).or_default();
            // A link ends the one before.
            *count = if tag.name == local_name!("a") { 1 } else { *count + 1 };
        }
        true
    }
}

impl TokenSink for Guard {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        match &token {
            Token::TagToken(tag) if !self.lets_through(tag) => TokenSinkResult::Continue,
            _ => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Elements that go on in the next paragraph unless they are ended.
fn is_formatting(name: &LocalName) -> bool {
    matches!(
        &**name,
        "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u"
    )
}

/// The HTML without the attributes of tags that have more than anybody writes.
fn without_endless_tags(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut kept = String::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        let start = at + found;
        at = start + 1;
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let near_end = memchr::memchr(b'>', &bytes[at..bytes.len().min(at + LONG_TAG)]);
        if let Some(end) = near_end {
            at += end;
            continue;
        }
        let (mut quote, mut attributes, mut cut, mut was_gap) = (None, 0, None, false);
        let mut end = at;
        while let Some(&byte) = bytes.get(end) {
            match quote {
                Some(mark) if byte == mark => (quote, was_gap) = (None, true),
                Some(_) => {}
                None if byte == b'>' => break,
                None => {
                    let is_gap = byte.is_ascii_whitespace() || byte == b'/';
                    if matches!(byte, b'"' | b'\'') && bytes[end - 1] == b'=' {
                        quote = Some(byte);
                    }
                    if was_gap && !is_gap {
                        attributes += 1;
                    }
                    was_gap = is_gap;
                    if attributes > MOST_ATTRIBUTES && cut.is_none() {
                        cut = Some(end);
                    }
                }
            }
            end += 1;
        }
        if let Some(cut) = cut.map(|cut| html.floor_char_boundary(cut)) {
            kept.push_str(&html[from..cut]);
            from = end;
        }
        at = end;
    }
    if from == 0 {
        return Cow::Borrowed(html);
    }
    kept.push_str(&html[from..]);
    Cow::Owned(kept)
}
