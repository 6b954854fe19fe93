//! Character references (`&amp;`, `&#106;`, `&Tab;`) read as a browser reads them
//! (<https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state>).
//!
//! One difference is on purpose: a name without its semicolon stays as it is, unless it is one of the four that everybody
//! knows. No such name stands for a character that an address could hide its scheme behind.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser};

/// The longest name is 31 letters long, and a number needs no more.
const LONGEST: usize = 40;

/// The text with its references replaced by what they stand for.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(rest) {
            Some((stands_for, length)) => {
                decoded.push_str(&stands_for);
                rest = &rest[length..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded.into()
}

/// What the reference at the beginning of a text stands for, and how long it is.
fn reference(text: &str) -> Option<(String, usize)> {
    match text.as_bytes().get(1)? {
        b'#' => number(text),
        _ => name(text),
    }
}

fn number(text: &str) -> Option<(String, usize)> {
    let (digits_at, radix) = if matches!(text.as_bytes().get(2)?, b'x' | b'X') { (3, 16) } else { (2, 10) };
    let digits = text[digits_at..].chars().take_while(|c| c.is_digit(radix)).count();
    if digits == 0 {
        return None;
    }
    let end = digits_at + digits;
    let number = text[digits_at..end]
        .chars()
        .fold(0_u32, |number, c| number.saturating_mul(radix).saturating_add(c.to_digit(radix).unwrap_or(0)));
    let end = end + usize::from(text[end..].starts_with(';'));
    Some((character(number).to_string(), end))
}

/// The character of a number; those of Windows-1252 stand for what they were there.
fn character(number: u32) -> char {
    const WINDOWS_1252: [u32; 32] = [
        0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
        0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e,
        0x0178,
    ];
    let number = match number {
        0 => 0xfffd,
        0x80..=0x9f => WINDOWS_1252[(number - 0x80) as usize],
        number => number,
    };
    char::from_u32(number).unwrap_or('\u{fffd}')
}

fn name(text: &str) -> Option<(String, usize)> {
    let letters = text[1..].bytes().take(LONGEST).take_while(u8::is_ascii_alphanumeric).count();
    let end = 1 + letters;
    let is_closed = text[end..].starts_with(';');
    let stands_for = match &text[1..end] {
        "amp" | "AMP" => "&",
        "lt" | "LT" => "<",
        "gt" | "GT" => ">",
        "quot" | "QUOT" => "\"",
        _ if is_closed => return named(&text[..=end]).map(|stands_for| (stands_for, end + 1)),
        _ => return None,
    };
    // In an address `&lt=1` is a parameter.
    (!text[end..].starts_with('=')).then(|| (stands_for.to_owned(), end + usize::from(is_closed)))
}

/// What `&name;` stands for. The Markdown parser knows all the names, and gives them back as text.
fn named(reference: &str) -> Option<String> {
    let mut stands_for = String::new();
    for event in Parser::new(reference) {
        if let Event::Text(text) = event {
            stands_for.push_str(&text);
        }
    }
    (stands_for != reference && !stands_for.is_empty()).then_some(stands_for)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_in_every_spelling() {
        for (text, expected) in [
            ("a & b &amp; c &ampd &amp=", "a & b & c &ampd &amp="),
            ("&#106;&#x6A;&#X6a;&#106avascript", "jjjjavascript"),
            ("java&Tab;script&colon;&NewLine;x", "java\tscript:\nx"),
            ("&eacute;&nosuch;&;&#;&#x;&", "é&nosuch;&;&#;&#x;&"),
            ("&#0;&#xd800;&#x110000;&#99999999999;&#146;", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}’"),
            ("&ngE;&fjlig;", "≧\u{338}fj"),
            ("?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3"),
        ] {
            assert_eq!(decode(text), expected, "{text}");
        }
    }
}
