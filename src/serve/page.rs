//! A page on its way to a browser: the script's tag goes into it, with digests that tell one version of it from the next.

use std::ops::Range;

use memchr::memchr_iter;

use crate::digest::{Digest, Digester};
use crate::html;

/// What tells versions of a page apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The digest of all of it.
    pub page: String,
    /// The digest of all but the addresses of its style sheets.
    pub rest: String,
    /// The addresses of its style sheets.
    pub styles: Vec<String>,
}

impl Versions {
    /// Of a page as the site has it.
    pub fn of(page: &[u8]) -> Versions {
        let mut rest = Digester::default();
        let mut styles = Vec::new();
        let mut from = 0;
        for address in stylesheets(page) {
            rest.add(&page[from..address.start]);
            from = address.end;
            styles.push(unescaped(&String::from_utf8_lossy(&page[address])));
        }
        rest.add(&page[from..]);
        Versions { page: Digest::of(page).to_string(), rest: rest.finish().to_string(), styles }
    }
}

/// What kind of page it is, for the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The site's.
    Site,
    /// The server's own, which lists problems in place of a page.
    Problems,
}

/// The page as a browser gets it: the tag of the live script stands before the end of its head. `written` is the path that
/// the browser asked for. What is no text in UTF-8 goes out as it is.
pub fn with_script(page: &[u8], written: &str, kind: Kind) -> Vec<u8> {
    if std::str::from_utf8(page).is_err() {
        return page.to_owned();
    }
    let versions = Versions::of(page);
    let mut path = String::new();
    html::escape_into(written, &mut path);
    let problems = if kind == Kind::Problems { " data-problems" } else { "" };
    let tag = format!(
        "<script src=\"/.guidepost/live.js\" data-path=\"{path}\" data-page=\"{}\" data-rest=\"{}\"{problems} defer></script>",
        versions.page, versions.rest
    );
    let place = end_of_head(page).unwrap_or(page.len());
    [&page[..place], tag.as_bytes(), &page[place..]].concat()
}

fn end_of_head(page: &[u8]) -> Option<usize> {
    memchr_iter(b'<', page).find(|&at| starts_with(&page[at..], b"</head"))
}

fn starts_with(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Where in a page the addresses of its style sheets stand, without their quotes.
fn stylesheets(page: &[u8]) -> Vec<Range<usize>> {
    let mut addresses = Vec::new();
    for at in memchr_iter(b'<', page).filter(|&at| starts_with(&page[at..], b"<link")) {
        let (mut is_style, mut address) = (false, None);
        let mut from = at + b"<link".len();
        while let Some((name, value)) = attribute(page, &mut from) {
            if page[name.clone()].eq_ignore_ascii_case(b"rel") {
                is_style = page[value].split(u8::is_ascii_whitespace).any(|word| word.eq_ignore_ascii_case(b"stylesheet"));
            } else if page[name].eq_ignore_ascii_case(b"href") {
                address = Some(value);
            }
        }
        addresses.extend(address.filter(|_| is_style));
    }
    addresses
}

/// The next attribute of a tag, `None` at its end: where its name and its value are.
fn attribute(page: &[u8], from: &mut usize) -> Option<(Range<usize>, Range<usize>)> {
    let find = |at: usize, is_end: &dyn Fn(u8) -> bool| {
        page[at..].iter().position(|&byte| is_end(byte)).map_or(page.len(), |length| at + length)
    };
    let skip = |at: usize| find(at, &|byte| !byte.is_ascii_whitespace());
    let start = find(*from, &|byte| !byte.is_ascii_whitespace() && byte != b'/');
    let end = find(start, &|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'/'));
    if start == end {
        return None;
    }
    *from = end;
    let equals = skip(end);
    if page.get(equals) != Some(&b'=') {
        return Some((start..end, end..end));
    }
    let value = skip(equals + 1);
    let (value, after) = match page.get(value) {
        Some(&quote @ (b'"' | b'\'')) => {
            let close = find(value + 1, &|byte| byte == quote);
            (value + 1..close, (close + 1).min(page.len()))
        }
        _ => {
            let close = find(value, &|byte| byte.is_ascii_whitespace() || byte == b'>');
            (value..close, close)
        }
    };
    *from = after;
    Some((start..end, value))
}

/// An address without the escapes that a template makes. One that a browser reads otherwise only costs a reload.
fn unescaped(address: &str) -> String {
    [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(address.to_owned(), |address, (escape, sign)| address.replace(escape, sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tag_stands_in_the_head_and_nothing_else_changes() {
        for (before, after) in [("<html><head><title>x</title>", "</head><body>"), ("<HEAD>", "</HEAD >"), ("no head", "")] {
            let page = format!("{before}{after}");
            let sent = String::from_utf8(with_script(page.as_bytes(), "/a\"b&/", Kind::Site)).unwrap_or_default();
            let tag = sent.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap_or_default();
            assert!(tag.starts_with("<script ") && tag.ends_with("</script>"), "{sent}");
            assert!(tag.contains("data-path=\"/a&quot;b&amp;/\""), "{tag}");
        }
        assert_eq!(with_script(b"<head>\xff</head>", "/", Kind::Site), b"<head>\xff</head>");
    }

    #[test]
    fn style_sheets_are_told_from_the_rest() {
        let page = |css: &str, text: &str| {
            let page = format!(
                "<LINK data-x href='{css}' rel=\"preload StyleSheet\"/><link rel=icon href=/i.svg><link href={css} rel=stylesheet>{text}"
            );
            Versions::of(page.as_bytes())
        };
        let (one, two) = (page("/a.css?x&amp;y", "text"), page("/b.css", "text"));
        assert_eq!(one.styles, ["/a.css?x&y", "/a.css?x&y"]);
        assert!(one.page != two.page && one.rest == two.rest);
        assert_ne!(page("/b.css", "other").rest, two.rest);
        assert_ne!(Versions::of(b"<link rel=icon href=/a>").rest, Versions::of(b"<link rel=icon href=/b>").rest);
    }

    proptest! {
        #[test]
        fn no_page_is_too_broken(page in "(<link|rel=|href=|stylesheet|[<>/=\"' a]){0,20}") {
            let versions = Versions::of(page.as_bytes());
            prop_assert!(versions.styles.len() <= page.len());
        }
    }
}
