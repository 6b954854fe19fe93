//! XML for feeds, sitemap and search description: elements, text and attributes, in which nothing can break out.
//!
//! What the elements are is left to each format.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::Content;
use crate::diagnostic::Diagnostic;
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
        element.write_text_content(BytesText::from_escaped(escaped(&without_forbidden(text)))).map(|_| ())
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

/// Text for between tags. Feeds carry whole bodies, full of signs to escape; between them whole blocks are passed over.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let mut from = 0;
    for at in memchr::memchr3_iter(b'<', b'>', b'&', text.as_bytes()) {
        escaped.push_str(&text[from..at]);
        escaped.push_str(match text.as_bytes()[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&amp;",
        });
        from = at + 1;
    }
    escaped.push_str(&text[from..]);
    // A parser would make a line feed of it (XML 1.0, section 2.11).
    if memchr::memchr(b'\r', escaped.as_bytes()).is_some() { escaped.replace('\r', "&#13;") } else { escaped }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::escape::unescape;

    fn write(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> String {
        let written = Xml::new().and_then(|mut xml| write(&mut xml).map(|()| xml.finish()));
        String::from_utf8(written.unwrap_or_default()).unwrap_or_default()
    }

    /// The attribute and the text of the first element `e`, as an XML parser reads them; after it comes `<after/>`.
    fn read(xml: &str) -> (String, String) {
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event() {
                Ok(Event::Start(tag)) if tag.name().as_ref() == "e" => {
                    let attribute = tag.try_get_attribute("a").ok().flatten();
                    let attribute =
                        attribute.and_then(|a| a.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()).unwrap_or_default();
                    let text = reader.read_text(tag.name()).map(|text| text.xml10_content().into_owned()).unwrap_or_default();
                    let after = std::iter::from_fn(|| reader.read_event().ok()).find(|event| !matches!(event, Event::Text(_)));
                    assert!(matches!(after, Some(Event::Empty(tag)) if tag.name().as_ref() == "after"), "{xml}");
                    return (attribute.into_owned(), unescape(&text).map(|text| text.into_owned()).unwrap_or_default());
                }
                Ok(Event::Eof) | Err(_) => panic!("no element in {xml}"),
                Ok(_) => {}
            }
        }
    }

    #[test]
    fn only_what_is_forbidden_is_left_out() {
        for c in '\0'..=char::MAX {
            let is_char = matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
            assert_eq!(without_forbidden(c.encode_utf8(&mut [0; 4])).is_empty(), !is_char, "{c:?}");
        }
    }

    fn any_text() -> impl Strategy<Value = String> {
        let signs = prop::sample::select(vec![
            "<",
            ">",
            "&",
            "\"",
            "'",
            "]]>",
            "<![CDATA[",
            "-->",
            "<!--",
            "</e>",
            "<?",
            "&lt;",
            "&#0;",
            "\0",
            "\r",
            "\r\n",
            "\n",
            "\t",
            "\u{1}",
            "\u{85}",
            "\u{2028}",
            "\u{fffe}",
            "\u{ffff}",
            "  ",
        ]);
        let piece = prop_oneof![signs.prop_map(str::to_owned), any::<char>().prop_map(String::from), "[ -~]{0,40}"];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        /// All of it, but the characters that XML 1.0 cannot hold in any way.
        #[test]
        fn a_parser_reads_the_text_again(text in any_text()) {
            let xml = write(|xml| {
                xml.element("root", &[("b", &text)], |xml| {
                    xml.text_with("e", &[("a", &text)], &text)?;
                    xml.empty("after", &[("a", &text)])
                })
            });
            let expected = without_forbidden(&text).into_owned();
            prop_assert_eq!(read(&xml), (expected.clone(), expected));
        }
    }
}
