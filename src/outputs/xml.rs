//! XML for feeds, sitemap and search description: elements, text and attributes, in which nothing can break out.
//!
//! What the elements are is left to each format.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::Content;
use crate::diagnostic::Diagnostic;
use crate::html::escape_into;
use crate::url::Url;

/// The file at `url`, written by `write`.
pub(super) fn content(url: &Url, write: impl FnOnce(&mut Xml) -> io::Result<()>) -> Result<Content, Diagnostic> {
    let written = Xml::new().and_then(|mut xml| write(&mut xml).map(|()| xml.finish()));
    // Writing into memory does not fail; if it ever does, it is not the author's fault.
    written.map(Content::from).map_err(|error| Diagnostic::error("internal", format!("{url} could not be written: {error}")))
}

/// XML in the making, by `quick-xml`, with what XML 1.0 forbids left out of every text.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    fn new() -> io::Result<Xml> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        Ok(Xml { writer })
    }

    /// An element with others in it.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inner: impl FnOnce(&mut Xml) -> io::Result<()>,
    ) -> io::Result<()> {
        let start =
            quick_xml::events::BytesStart::new(name).with_attributes(cleaned(attributes).iter().map(|(k, v)| (*k, v.as_str())));
        self.writer.write_event(Event::Start(start))?;
        inner(self)?;
        self.writer.write_event(Event::End(quick_xml::events::BytesEnd::new(name)))
    }

    /// An element with text in it.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.text_with(name, &[], text)
    }

    /// An element with attributes and text in it.
    pub(super) fn text_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        let attributes = cleaned(attributes);
        let element = self.writer.create_element(name).with_attributes(attributes.iter().map(|(k, v)| (*k, v.as_str())));
        // Feeds carry whole bodies, full of signs to escape: ours passes over the words between them in blocks.
        let mut escaped = String::with_capacity(text.len() + text.len() / 8);
        escape_into(&without_forbidden(text), &mut escaped);
        element.write_text_content(BytesText::from_escaped(escaped)).map(|_| ())
    }

    /// An element with attributes alone.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let attributes = cleaned(attributes);
        let element = self.writer.create_element(name).with_attributes(attributes.iter().map(|(k, v)| (*k, v.as_str())));
        element.write_empty().map(|_| ())
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = self.writer.into_inner();
        bytes.push(b'\n');
        bytes
    }
}

fn cleaned<'a>(attributes: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
    attributes.iter().map(|(name, value)| (*name, without_forbidden(value).into_owned())).collect()
}

/// Text without the characters that XML 1.0 (section 2.2) cannot hold, escaped or not.
pub(super) fn without_forbidden(text: &str) -> std::borrow::Cow<'_, str> {
    // A byte of a control character or the first of U+FFFE's: looking at bytes is many times faster than at characters,
    // and almost no text has one.
    if !text.bytes().any(|b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r') || b == 0xef) {
        return text.into();
    }
    let is_forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().filter(|c| !is_forbidden(*c)).collect::<String>().into()
}
