//! A file's bytes as text: UTF-8, checked at its place; no byte-order mark; every line ends with `\n`; no NUL.
//!
//! What the text means is left to those who read it.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place, Span};

/// The text of a file. What is not UTF-8 is an error at its place; the rest is still handed on, so that other mistakes
/// are found in the same run.
pub fn decode(file: &Arc<str>, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (text, is_sound) = match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), true),
        Err(error) => {
            diagnostics.push(not_utf8(file, bytes, error.valid_up_to()));
            (String::from_utf8_lossy(bytes).into_owned(), false)
        }
    };
    // One look at the bytes: nearly every file is as it should be.
    if memchr::memchr2(b'\r', 0, text.as_bytes()).is_none() {
        return text;
    }
    let text = with_line_feeds(&text);
    let Some(at) = text.find('\0') else { return text };
    // A file that is not UTF-8 is full of them, and the one message about it is enough.
    if is_sound {
        let problem = Diagnostic::warning("nul", "there is a NUL character here; it is shown as �");
        let place = Place::at(file.clone(), Span::of(&text, at, 1));
        diagnostics.push(problem.at(place).hint("delete it in your editor: it stands for no letter"));
    }
    text.replace('\0', "\u{fffd}")
}

/// A text whose lines end with `\n`, whatever they ended with.
pub fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn not_utf8(file: &Arc<str>, bytes: &[u8], valid_up_to: usize) -> Diagnostic {
    let sound = with_line_feeds(&String::from_utf8_lossy(&bytes[..valid_up_to]));
    let span = Span::of(&sound, sound.len(), 1);
    let message = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this file is UTF-16 text, and Guidepost reads UTF-8",
        _ => "this file is not UTF-8 text from here on",
    };
    Diagnostic::error("not-utf8", message)
        .at(Place::at(file.clone(), span))
        .hint("save it again as UTF-8: in most editors under “Save with encoding”")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_marks_do_not_show() {
        let mut diagnostics = Vec::new();
        let text = decode(&"a.md".into(), b"\xef\xbb\xbfa\r\nb\rc\n", &mut diagnostics);
        assert_eq!((text.as_str(), diagnostics.len()), ("a\nb\nc\n", 0));
    }

    #[test]
    fn what_is_not_text_is_reported_at_its_place() {
        for (bytes, place) in [(&b"a\r\nb\rcaf\xe9"[..], "a.md:3:4"), (b"\xff\xfea\0", "a.md:1:1"), (b"a\nb\0", "a.md:2:2")] {
            let mut diagnostics = Vec::new();
            decode(&"a.md".into(), bytes, &mut diagnostics);
            let places: Vec<String> = diagnostics.iter().filter_map(|d| d.place.as_ref()).map(|p| p.to_string()).collect();
            assert_eq!(places, [place]);
        }
    }
}
