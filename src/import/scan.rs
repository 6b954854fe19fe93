//! Tags of HTML, found without parsing it: for whoever needs their places alone, and cannot wait for a tree.

use std::borrow::Cow;

/// The element's name of the tag that a text begins with, in small letters; empty if it begins with none.
pub fn tag_name(text: &str) -> Cow<'_, str> {
    let name_at = if text.starts_with("</") { 2 } else { 1 };
    let rest = text.get(name_at..).unwrap_or("");
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = &rest[..length];
    // Nearly all names are written small.
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

/// Where the tag ends that a text begins with: a `>` within quotes does not end it.
pub fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Where the element of a name ends, with its closing tag, in a text that begins within it.
pub fn element_end(text: &str, name: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let tag = from + at;
        if tag_name(&text[tag..]) == name {
            return tag + tag_end(&text[tag..]);
        }
        from = tag + 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_by_their_ends() {
        for (text, name, end) in [("<b>x", "b", 3), ("</LI >x", "li", 6), ("<a t='>'>x", "a", 9), ("< b", "", 3), ("<a", "a", 2)]
        {
            assert_eq!((&*tag_name(text), tag_end(text)), (name, end), "{text}");
        }
        assert_eq!(element_end("a</pr>b</PRE\n>c", "pre"), 14);
        assert_eq!(element_end("a", "pre"), 1);
    }
}
