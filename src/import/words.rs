//! Whether all words came over: those that readers saw before, and those that they see in the article as Guidepost shows it.

use std::sync::Arc;

use super::report::Remark;
use super::scan::{element_end, tag_end, tag_name};
use crate::article::{self, ParseOptions};
use crate::html::references;

/// Words before and after.
#[derive(Debug, PartialEq)]
pub struct Compared {
    /// How many there were.
    pub before: usize,
    /// How many there are.
    pub after: usize,
    /// How many of those that were are not among those that are.
    pub lost: usize,
    /// What Guidepost says of the new article.
    pub remarks: Vec<Remark>,
}

/// Compares the words of HTML with those of the article whose file has this text.
pub fn compare(before: &str, path: &str, text: &str) -> Compared {
    let (article, diagnostics) = article::parse(&Arc::from(path), text.as_bytes(), &ParseOptions::default());
    let mut before = hashes(&shown(before));
    let mut after = hashes(&shown(&article.body.html(|_, _| {})));
    let remarks = diagnostics.into_iter().filter(|problem| problem.severity != crate::diagnostic::Severity::Note);
    let remarks = remarks.map(|problem| Remark::Message(problem.code.to_owned(), problem.message)).collect();
    Compared { before: before.len(), after: after.len(), lost: lost(&mut before, &mut after), remarks }
}

/// Compares the words of Markdown with those of the article whose file has this text.
pub fn compare_markdown(before: &str, path: &str, text: &str) -> Compared {
    // A title of its own, so that a heading at the beginning is not taken for one.
    let before = format!("---\ntitle: x\n---\n\n{before}");
    let (article, _) = article::parse(&Arc::from("x.md"), before.as_bytes(), &ParseOptions::default());
    compare(&article.body.html(|_, _| {}), path, text)
}

/// What a reader sees of HTML, with a space wherever a word ends. It looks at tags alone, so that it costs a fraction of what
/// parsing does, and finds what parsing would lose.
fn shown(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    loop {
        let tag_at = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        text.push_str(&references::decode(&rest[..tag_at]));
        rest = &rest[tag_at..];
        if rest.is_empty() {
            return text;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let name = tag_name(rest);
        if name.is_empty() {
            text.push('<');
            rest = &rest[1..];
            continue;
        }
        if !is_inline(&name) {
            text.push(' ');
        }
        let is_unseen = matches!(&*name, "script" | "style" | "template" | "textarea" | "title") && !rest.starts_with("</");
        let end = tag_end(rest);
        rest = &rest[if is_unseen { end + element_end(&rest[end..], &name) } else { end }..];
    }
}

/// Whether an element does not end a word.
fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "u"
            | "var"
            | "wbr"
    )
}

/// The words of a text, each as a number (FNV-1a, as in `article::term_hash`), in their order.
fn hashes(text: &str) -> Vec<u64> {
    const NONE: u64 = 0xcbf2_9ce4_8422_2325;
    let mut hashes = Vec::with_capacity(text.len() / 5);
    let (mut hash, mut is_word) = (NONE, false);
    let mut rest = text.as_bytes();
    // A byte at a time where it is ASCII, as nearly all is.
    while let Some((&byte, after)) = rest.split_first() {
        let length = match byte {
            0..0x80 if !byte.is_ascii_alphanumeric() => 0,
            0..0x80 => 1,
            _ => {
                let c = text[text.len() - rest.len()..].chars().next().unwrap_or(' ');
                if !c.is_alphanumeric() {
                    // What goes on with a character is passed over with it.
                    rest = &after[c.len_utf8() - 1..];
                    if std::mem::take(&mut is_word) {
                        hashes.push(std::mem::replace(&mut hash, NONE));
                    }
                    continue;
                }
                c.len_utf8()
            }
        };
        if length == 0 {
            if std::mem::take(&mut is_word) {
                hashes.push(std::mem::replace(&mut hash, NONE));
            }
            rest = after;
            continue;
        }
        for &byte in &rest[..length] {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        is_word = true;
        rest = &rest[length..];
    }
    if is_word {
        hashes.push(hash);
    }
    hashes
}

/// How many words are missing: of nearly all articles none, and all are in their order.
fn lost(before: &mut [u64], after: &mut [u64]) -> usize {
    if before == after {
        return 0;
    }
    before.sort_unstable();
    after.sort_unstable();
    missing(before, after)
}

/// How many of one sorted list are not in the other, each as often as it is there.
fn missing(of: &[u64], within: &[u64]) -> usize {
    let (mut missing, mut at) = (0, 0);
    for hash in of {
        while within.get(at).is_some_and(|other| other < hash) {
            at += 1;
        }
        if within.get(at) == Some(hash) {
            at += 1;
        } else {
            missing += 1;
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_no_word() {
        for (html, text) in [
            ("<p>a<b>b</b> c<!-- d --></p>e", " ab c e"),
            ("x<script>y</script >z <img alt='<i>'>w", "x z  w"),
            ("1 < 2 &amp; 3<", "1 < 2 & 3<"),
            ("<p title='>'>a", " a"),
        ] {
            assert_eq!(shown(html), text, "{html}");
        }
    }

    #[test]
    fn words_that_are_gone_are_counted_as_often_as_they_were_there() {
        for (before, after, lost) in [
            ("a b c", "c a b", 0),
            ("a a b", "a b", 1),
            ("a-b, c", "a b C", 1),
            ("", "x", 0),
            ("é’s ü", "ü s é", 0),
            ("día", "dia", 1),
        ] {
            assert_eq!(super::lost(&mut hashes(before), &mut hashes(after)), lost, "{before} → {after}");
        }
    }
}
