//! Text made safe for the very place in HTML where it lands.
//!
//! Templates escape what they show by themselves; this is for the HTML that we write: bodies of articles, and JSON
//! inside a page.

/// Appends text for between tags or inside a double-quoted attribute.
pub fn escape_into(text: &str, out: &mut String) {
    let mut from = 0;
    for (i, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[from..i]);
        out.push_str(escaped);
        from = i + 1;
    }
    out.push_str(&text[from..]);
}

/// Text for between tags or inside a double-quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    escape_into(text, &mut out);
    out
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
pub fn json_for_script(value: &serde_json::Value) -> String {
    let json = value.to_string();
    let mut safe = String::with_capacity(json.len() + 16);
    let mut from = 0;
    for (i, c) in json.match_indices(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        safe.push_str(&json[from..i]);
        safe.extend(c.chars().map(|c| format!("\\u{:04x}", c as u32)));
        from = i + c.len();
    }
    safe.push_str(&json[from..]);
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(escape(r#"a<b>&"c"'"#), "a&lt;b&gt;&amp;&quot;c&quot;'");
        let mut address = String::new();
        escape_address_into(" https://x.org/a b?c=\"d\"&e='f'%20ü", &mut address);
        assert_eq!(address, "https://x.org/a%20b?c=%22d%22&amp;e=%27f%27%20%C3%BC");
        let json = serde_json::json!({ "t": "</script><!--\u{2028}" });
        assert_eq!(json_for_script(&json), r#"{"t":"\u003c/script\u003e\u003c!--\u2028"}"#);
    }
}
