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

/// More than that nobody looks at on one page, and each is asked for.
const MOST_PICTURES: usize = 100;

impl Versions {
    /// Of a page as the site has it. Its pictures keep their addresses when they change; `version` tells one version of
    /// the picture at an address from the next.
    pub fn of(page: &[u8], version: impl Fn(&str) -> String) -> Versions {
        let (mut whole, mut rest) = (Digester::default(), Digester::default());
        whole.add(page);
        for address in addresses(page, Element::Picture).into_iter().take(MOST_PICTURES) {
            let version = version(&unescaped(page, address));
            whole.add(version.as_bytes());
            rest.add(version.as_bytes());
        }
        let mut styles = Vec::new();
        let mut from = 0;
        for address in addresses(page, Element::StyleSheet) {
            rest.add(&page[from..address.start]);
            from = address.end;
            styles.push(unescaped(page, address));
        }
        rest.add(&page[from..]);
        Versions { page: whole.finish().to_string(), rest: rest.finish().to_string(), styles }
    }

    /// Of something that is no page.
    pub fn none() -> Versions {
        Versions { page: Digest::default().to_string(), rest: Digest::default().to_string(), styles: Vec::new() }
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
pub fn with_script(page: &[u8], written: &str, kind: Kind, versions: &Versions) -> Vec<u8> {
    if std::str::from_utf8(page).is_err() {
        return page.to_owned();
    }
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

/// What loads something that a tab can be told of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    StyleSheet,
    Picture,
}

/// Where in a page the addresses of such elements stand, without their quotes.
fn addresses(page: &[u8], element: Element) -> Vec<Range<usize>> {
    let (tag, key): (&[u8], &[u8]) = match element {
        Element::StyleSheet => (b"<link", b"href"),
        Element::Picture => (b"<img", b"src"),
    };
    let mut addresses = Vec::new();
    for at in memchr_iter(b'<', page).filter(|&at| starts_with(&page[at..], tag)) {
        let (mut is_meant, mut address) = (element == Element::Picture, None);
        let mut from = at + tag.len();
        while let Some((name, value)) = attribute(page, &mut from) {
            if page[name.clone()].eq_ignore_ascii_case(key) {
                address = Some(value);
            } else if page[name].eq_ignore_ascii_case(b"rel") {
                is_meant = page[value].split(u8::is_ascii_whitespace).any(|word| word.eq_ignore_ascii_case(b"stylesheet"));
            }
        }
        addresses.extend(address.filter(|_| is_meant));
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
fn unescaped(page: &[u8], address: Range<usize>) -> String {
    [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(String::from_utf8_lossy(&page[address]).into_owned(), |address, (escape, sign)| address.replace(escape, sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn versions(page: &str) -> Versions {
        Versions::of(page.as_bytes(), |address| address.to_owned())
    }

    fn sent(page: &[u8], written: &str) -> Vec<u8> {
        with_script(page, written, Kind::Site, &Versions::none())
    }

    #[test]
    fn the_tag_stands_in_the_head_and_nothing_else_changes() {
        for (before, after) in [("<html><head><title>x</title>", "</head><body>"), ("<HEAD>", "</HEAD >"), ("no head", "")] {
            let page = format!("{before}{after}");
            let sent = String::from_utf8(sent(page.as_bytes(), "/a\"b&/")).unwrap_or_default();
            let tag = sent.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap_or_default();
            assert!(tag.starts_with("<script ") && tag.ends_with("</script>"), "{sent}");
            assert!(tag.contains("data-path=\"/a&quot;b&amp;/\""), "{tag}");
        }
        assert_eq!(sent(b"<head>\xff</head>", "/"), b"<head>\xff</head>");
    }

    #[test]
    fn style_sheets_are_told_from_the_rest() {
        let page = |css: &str, text: &str| {
            let page = format!(
                "<LINK data-x href='{css}' rel=\"preload StyleSheet\"/><link rel=icon href=/i.svg><link href={css} rel=stylesheet>{text}"
            );
            versions(&page)
        };
        let (one, two) = (page("/a.css?x&amp;y", "text"), page("/b.css", "text"));
        assert_eq!(one.styles, ["/a.css?x&y", "/a.css?x&y"]);
        assert!(one.page != two.page && one.rest == two.rest);
        assert_ne!(page("/b.css", "other").rest, two.rest);
        assert_ne!(versions("<link rel=icon href=/a>").rest, versions("<link rel=icon href=/b>").rest);
    }

    #[test]
    fn a_picture_that_changes_is_a_change_of_the_page() {
        let page = b"<img alt='a' src=\"/a.png?x&amp;y\"><img src=https://x.org/b.png><link rel=stylesheet href=/a.css>";
        let of = |version: &'static str| {
            let seen = std::cell::RefCell::new(Vec::new());
            let versions = Versions::of(page, |address| {
                seen.borrow_mut().push(address.to_owned());
                version.to_owned()
            });
            assert_eq!(seen.into_inner(), ["/a.png?x&y", "https://x.org/b.png"]);
            versions
        };
        let (one, two) = (of("1"), of("2"));
        assert!(one == of("1") && one.page != two.page && one.rest != two.rest);
    }

    proptest! {
        #[test]
        fn no_page_is_too_broken(page in "(<link|<img|rel=|src=|href=|stylesheet|[<>/=\"' a]){0,20}") {
            let versions = versions(&page);
            prop_assert!(versions.styles.len() <= page.len());
        }
    }
}
