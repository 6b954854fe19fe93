//! Text made safe for the very place in HTML where it lands.
//!
//! Templates escape what they show by themselves; this is for the HTML that we write: bodies of articles, and JSON
//! inside a page.

use serde::Serialize;

/// Appends text for between tags or inside a double-quoted attribute.
pub fn escape_into(text: &str, out: &mut String) {
    let is_special = |byte: u8| (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"');
    let mut from = 0;
    while let Some(i) = next_special(text.as_bytes(), from, is_special) {
        out.push_str(&text[from..i]);
        out.push_str(match text.as_bytes()[i] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        from = i + 1;
    }
    out.push_str(&text[from..]);
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
}
