//! HTML → Markdown that Guidepost's own renderer shows as the HTML was shown.
//!
//! Shortcodes, block comments and paragraphs that WordPress makes of blank lines are left to whoever calls; so is what
//! becomes of addresses.

mod escape;
mod footnotes;
mod kept;
#[cfg(test)]
mod laws;
mod line;
mod names;
mod pieces;
mod table;
#[cfg(test)]
mod tests;
pub(super) mod tree;
mod walk;
mod write;

use std::borrow::Cow;

use self::tree::{Data, Tree};
use self::walk::{State, Walker};

/// What becomes of the addresses in what is converted.
pub trait Addresses {
    /// Where a link leads, for the address that was written.
    fn link<'a>(&mut self, address: &'a str) -> Cow<'a, str>;
    /// Where a picture is found.
    fn picture<'a>(&mut self, address: &'a str) -> Cow<'a, str>;
}

/// Addresses stay as they are written.
pub struct AsWritten;

impl Addresses for AsWritten {
    fn link<'a>(&mut self, address: &'a str) -> Cow<'a, str> {
        address.into()
    }

    fn picture<'a>(&mut self, address: &'a str) -> Cow<'a, str> {
        address.into()
    }
}

/// Markdown, and what the author should know of how it came about.
#[derive(Debug, Default, PartialEq)]
pub struct Converted {
    /// Without a line break at its beginning, and with one at its end unless it is empty.
    pub markdown: String,
    /// What could not stay as it was: each kind with how often.
    pub notes: Vec<(Note, usize)>,
}

/// Something that could not stay as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// An `iframe`, `object`, `embed`, `video` or `audio` that is a link now.
    Embedded(String),
    /// A `script`, `style` or the like, whose name this is, that was left out.
    LeftOut(String),
    /// HTML without a Markdown form, whose outermost element this is, that was kept.
    Kept(String),
    /// Elements deeper than anybody writes were taken out of the ones that held them.
    TooDeep,
}

/// A note that WordPress keeps beside the text: `<sup data-fn="ID">` in the text refers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Footnote {
    /// What the text calls it.
    pub id: String,
    /// What it says.
    pub html: String,
}

/// Converts a piece of HTML, or a whole page with all that is on it.
pub fn convert(html: &str, footnotes: &[Footnote], addresses: &mut dyn Addresses) -> Converted {
    let tree = Tree::parse(html);
    let mut state = State::new(footnotes, addresses, html.len());
    let mut walker = Walker::new(&tree, &mut state);
    walker.find_footnotes();
    walker.all(0);
    walker.definitions();
    if tree.was_too_deep {
        state.note(Note::TooDeep);
    }
    Converted { markdown: state.out, notes: state.notes.into_iter().collect() }
}

/// Appends the words that a browser would show of HTML, with a space between blocks. What `script`, `style`, `template`
/// and comments hold is left out.
pub fn text(html: &str, out: &mut String) {
    if !html.contains(['<', '&']) {
        return out.push_str(html);
    }
    let tree = Tree::parse(html);
    let gap = |out: &mut String| {
        if !out.is_empty() && !out.ends_with(char::is_whitespace) {
            out.push(' ');
        }
    };
    let mut below = tree.below(0);
    // A block's end is where the next text is that is not in it: a space before each block and after each is enough.
    let mut last_block = 0;
    while let Some(id) = below.next() {
        let block = tree.block_around(id);
        if block != last_block {
            gap(out);
            last_block = block;
        }
        match tree.data(id) {
            Data::Text(text) => out.push_str(text),
            Data::Element(name, _) if names::is_unseen(name) => below.pass_over(),
            Data::Element(name, _) if &**name == "br" => gap(out),
            _ => {}
        }
    }
}
