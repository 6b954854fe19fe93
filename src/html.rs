//! Text made safe for the very place in HTML where it lands.
//!
//! What templates print is escaped by this rule too; what is written here besides is bodies of articles, and JSON inside
//! a page.

pub mod references;
pub mod tags;

use std::convert::Infallible;
use std::io::{self, Write};

use serde::Serialize;

/// Appends text for between tags or inside a double-quoted attribute.
///
/// A browser reads the same text again, but for what HTML has no place for: [`is_forbidden`] characters are left out,
/// and a carriage return is read as the end of a line.
pub fn escape_into(text: &str, out: &mut String) {
    let pushed: Result<(), Infallible> = escape(text, is_special, |piece| {
        out.push_str(piece);
        Ok(())
    });
    let Ok(()) = pushed;
}

/// Writes text for between tags or inside an attribute in quotes of either kind: how templates escape.
pub fn write_escaped(text: &str, out: &mut dyn Write) -> io::Result<()> {
    escape(text, |byte| is_special(byte) | (byte == b'\''), |piece| out.write_all(piece.as_bytes()))
}

/// Whether HTML has no place for a character, written as it is or in any other way: control characters that are no white
/// space, and what Unicode says is no character (HTML, "Text", with Infra's definitions).
pub fn is_forbidden(c: char) -> bool {
    let is_white_space = matches!(c, '\t' | '\n' | '\u{c}' | '\r');
    c.is_control() && !is_white_space || matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a byte must be looked at: a sign that means something in HTML, or the first of a character that may be
/// forbidden.
fn is_special(byte: u8) -> bool {
    let is_sign = (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"');
    let is_control = (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r') | (byte == 0x7f);
    is_sign | is_control | (byte == 0xc2) | (byte >= 0xef)
}

/// Hands out a text piece by piece, escaped where a byte is special.
fn escape<E>(text: &str, is_special: impl Fn(u8) -> bool, mut push: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let mut from = 0;
    while let Some(at) = next_special(text.as_bytes(), from, &is_special) {
        push(&text[from..at])?;
        let c = text[at..].chars().next().unwrap_or_default();
        match c {
            '&' => push("&amp;")?,
            '<' => push("&lt;")?,
            '>' => push("&gt;")?,
            '"' => push("&quot;")?,
            '\'' => push("&#39;")?,
            c if is_forbidden(c) => {}
            c => push(c.encode_utf8(&mut [0; 4]))?,
        }
        from = at + c.len_utf8();
    }
    push(&text[from..])
}

/// Where the next special byte is, from `from` on. Almost no text has one, so whole blocks are looked at first, which the
/// compiler turns into a few instructions for each.
fn next_special(bytes: &[u8], from: usize, is_special: impl Fn(u8) -> bool) -> Option<usize> {
    const BLOCK: usize = 32;
    let mut at = from;
    while let Some(block) = bytes.get(at..at + BLOCK) {
        if block.iter().fold(false, |found, &byte| found | is_special(byte)) {
            break;
        }
        at += BLOCK;
    }
    bytes[at..].iter().position(|&byte| is_special(byte)).map(|i| at + i)
}

/// Appends an address on the web for a double-quoted attribute: what no address may contain is percent-encoded, so
/// that a browser and a checker read the same thing. Escapes that are there already stay.
pub fn escape_address_into(address: &str, out: &mut String) {
    for byte in address.trim().bytes() {
        match byte {
            b'&' => out.push_str("&amp;"),
            b'\'' => out.push_str("%27"),
            b'!' | b'#'..=b';' | b'=' | b'?'..=b'Z' | b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// JSON for a `<script>` element: nothing in it can end the element or open a comment.
pub fn json_for_script<T: Serialize + ?Sized>(value: &T) -> String {
    // What we hand in has texts for keys and no number that JSON lacks, so this does not fail.
    let json = serde_json::to_string(value).unwrap_or_default();
    let mut safe = String::with_capacity(json.len() + 16);
    let mut from = 0;
    // 0xE2 is the first byte of U+2028 and U+2029, and of much else that is harmless.
    let is_special = |byte: u8| (byte == b'<') | (byte == b'>') | (byte == b'&') | (byte == 0xe2);
    while let Some(i) = next_special(json.as_bytes(), from, is_special) {
        safe.push_str(&json[from..i]);
        let c = json[i..].chars().next().unwrap_or(' ');
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", c as u32)),
            c => safe.push(c),
        }
        from = i + c.len_utf8();
    }
    safe.push_str(&json[from..]);
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::percent_decode;
    use html5ever::tendril::TendrilSink;
    use markup5ever_rcdom::{Handle, NodeData, RcDom};
    use proptest::prelude::*;

    #[test]
    fn text_cannot_leave_its_place() {
        let mut text = String::new();
        escape_into(&format!(r#"a<b>&"c"' {}<"#, "long ".repeat(20)), &mut text);
        assert_eq!(text, format!("a&lt;b&gt;&amp;&quot;c&quot;' {}&lt;", "long ".repeat(20)));
        let mut address = String::new();
        escape_address_into(" https://x.org/a b?c=\"d\"&e='f'%20ü", &mut address);
        assert_eq!(address, "https://x.org/a%20b?c=%22d%22&amp;e=%27f%27%20%C3%BC");
        let json = serde_json::json!({ "t": "</script><!--\u{2028}“é”" });
        assert_eq!(json_for_script(&json), r#"{"t":"\u003c/script\u003e\u003c!--\u2028“é”"}"#);
    }

    #[test]
    fn what_html_has_no_place_for_is_left_out() {
        let mut text = String::new();
        escape_into("a\0\u{1b}\u{7f}\u{85}\u{9f}\u{a0}\u{fdd0}\u{fffe}\u{1ffff}\u{10fffe}\u{ff0c}\u{1f44d}b\t\n\u{c}", &mut text);
        assert_eq!(text, "a\u{a0}\u{ff0c}\u{1f44d}b\t\n\u{c}");
    }

    /// Any text, and often the signs that mean something somewhere.
    fn any_text() -> impl Strategy<Value = String> {
        let signs = prop::sample::select(vec![
            "<",
            ">",
            "&",
            "\"",
            "'",
            "]]>",
            "-->",
            "<!--",
            "</script>",
            "</p>",
            "{{",
            "{%",
            "&lt;",
            "&#0;",
            "&amp",
            "\0",
            "\r",
            "\r\n",
            "\n",
            "\t",
            "\u{c}",
            "\u{1}",
            "\u{85}",
            "\u{2028}",
            "\u{fffe}",
            "\u{202e}",
            "`",
            "\\",
            "%",
            "%41",
            "%ff",
            "//",
            "?",
            "#",
        ]);
        let piece = prop_oneof![signs.prop_map(str::to_owned), any::<char>().prop_map(String::from), "[ -~]{0,40}"];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    /// What a browser makes of a page.
    fn parse(page: &str) -> Handle {
        html5ever::parse_document(RcDom::default(), Default::default()).one(page).document
    }

    fn find(node: &Handle, name: &str) -> Option<Handle> {
        let is_it = matches!(&node.data, NodeData::Element { name: found, .. } if &*found.local == name);
        if is_it { Some(node.clone()) } else { node.children.borrow().iter().find_map(|child| find(child, name)) }
    }

    /// The text of an element that holds nothing else, and its only attribute.
    fn content(page: &str, name: &str) -> (String, String) {
        // The document takes its children with it when it goes.
        let document = parse(page);
        let element = find(&document, name).unwrap_or_else(|| panic!("no {name} in {page}"));
        let mut text = String::new();
        for child in element.children.borrow().iter() {
            let NodeData::Text { contents } = &child.data else { panic!("more than text in {page}") };
            text.push_str(&contents.borrow());
        }
        let NodeData::Element { attrs, .. } = &element.data else { panic!("no element") };
        let attributes = attrs.borrow();
        assert!(attributes.len() <= 1, "{page}");
        (text, attributes.first().map(|one| one.value.to_string()).unwrap_or_default())
    }

    /// What is left of a text in HTML: first we leave out what it cannot hold, then a parser reads the ends of lines.
    fn in_html(text: &str) -> String {
        let left: String = text.chars().filter(|c| !is_forbidden(*c)).collect();
        left.replace("\r\n", "\n").replace('\r', "\n")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_browser_reads_the_text_again(text in any_text()) {
            let mut escaped = String::new();
            escape_into(&text, &mut escaped);
            let (within, attribute) = content(&format!("<p title=\"{escaped}\">{escaped}</p>after"), "p");
            prop_assert_eq!(&within, &in_html(&text));
            prop_assert_eq!(&attribute, &in_html(&text));

            let mut in_a_template = Vec::new();
            write_escaped(&text, &mut in_a_template).unwrap_or_else(|error| panic!("{error}"));
            let in_a_template = String::from_utf8_lossy(&in_a_template);
            let (within, attribute) = content(&format!("<p title='{in_a_template}'>{in_a_template}</p>after"), "p");
            prop_assert_eq!(&within, &in_html(&text));
            prop_assert_eq!(&attribute, &in_html(&text));
        }

        #[test]
        fn a_script_holds_the_very_same_json(text in any_text(), key in any_text()) {
            let json = serde_json::json!({ key: [text, { "a": 1.5, "b": null }] });
            let (within, _) = content(&format!("<script type=\"x\">{}</script>after", json_for_script(&json)), "script");
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&within).ok(), Some(json));
        }

        #[test]
        fn an_address_stays_one_and_leads_to_the_same_place(text in any_text()) {
            let mut escaped = String::new();
            escape_address_into(&text, &mut escaped);
            let (_, address) = content(&format!("<a href=\"{escaped}\">x</a>"), "a");
            prop_assert!(address.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&b)), "{address}");
            prop_assert_eq!(percent_decode(&address), percent_decode(text.trim()));
        }
    }
}
