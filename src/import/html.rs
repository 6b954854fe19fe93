//! HTML → Markdown that Guidepost's own renderer shows as the HTML was shown.
//!
//! Shortcodes, block comments and paragraphs that WordPress makes of blank lines are left to whoever calls; so is what
//! becomes of addresses.

use std::borrow::Cow;

/// What becomes of the addresses in what is converted.
pub trait Addresses {
    /// Where a link leads, for the address that was written.
    fn link<'a>(&mut self, address: &'a str) -> Cow<'a, str>;
    /// Where a picture is found.
    fn picture<'a>(&mut self, address: &'a str) -> Cow<'a, str>;
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
