//! What authors write as addresses: targets of links, and bare addresses in running text.

use std::ops::Range;

use super::super::{Link, ParseOptions, Target};
use crate::url::{self, Base};

/// The link that a target within this site makes; `None` if the target is on the web.
///
/// The target is what an author wrote, %-escapes and all. An absolute address of this very site is a link within it.
pub fn link_target(target: &str, base: &Base) -> Option<Link> {
    let target = target.trim();
    let inside = if url::has_scheme(target) { base.strip(target)? } else { target };
    if inside.starts_with("//") {
        return None;
    }
    let (rest, anchor) = split_at_first(inside, '#');
    let (path, query) = split_at_first(rest, '?');
    let path = url::percent_decode(path).unwrap_or(path.into());
    let path = url::nfc(&path).into_owned();
    let target = match path.as_str() {
        "" => Target::Own,
        path if path.starts_with('/') => Target::Rooted(path.to_owned()),
        _ => Target::Relative(path),
    };
    Some(Link { target, query: query.map(str::to_owned), anchor: anchor.and_then(decode_anchor), is_picture: false })
}

pub(super) fn decode_anchor(anchor: &str) -> Option<String> {
    let decoded = url::percent_decode(anchor)?;
    (!decoded.is_empty()).then(|| url::nfc(&decoded).into_owned())
}

pub(super) fn split_at_first(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// The first bare address in a text, as GitHub's extended autolinks see it
/// (<https://github.github.com/gfm/#autolinks-extension->).
pub(super) fn next_address(text: &str) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(start) = next_opening(text, from) {
        let before = text[..start].chars().next_back();
        let may_begin =
            before.is_none_or(|c| c.is_whitespace() || matches!(c, '*' | '_' | '~' | '(' | '“' | '"' | '‘' | '—' | '–' | '['));
        let stretch =
            text[start..].find(|c: char| c.is_whitespace() || matches!(c, '<' | '”' | '"')).map_or(text.len(), |i| start + i);
        let address = trim_address(&text[start..stretch]);
        let end = start + address.len();
        let after_scheme = address.strip_prefix("https://").or(address.strip_prefix("http://")).unwrap_or(address);
        let host = after_scheme.split(['/', '?', '#']).next().unwrap_or("");
        let is_host =
            host.contains('.') && !host.ends_with('.') && host.chars().all(|c| c.is_alphanumeric() || "-._:".contains(c));
        if may_begin && is_host {
            return Some(start..end);
        }
        from = end.max(start + 1);
    }
    None
}

/// Where the next `https://`, `http://` or `www.` begins. One pass: a text may be long and hold very many.
pub(super) fn next_opening(text: &str, from: usize) -> Option<usize> {
    let starts =
        |at: &usize| ["https://", "http://", "www."].iter().any(|opening| text.as_bytes()[*at..].starts_with(opening.as_bytes()));
    (from..text.len()).find(starts)
}

/// An address without the punctuation that belongs to the sentence around it.
pub(super) fn trim_address(stretch: &str) -> &str {
    let mut address = stretch;
    let open = stretch.matches('(').count();
    let mut closed = stretch.matches(')').count();
    loop {
        address = address.trim_end_matches(['?', '!', '.', ',', ':', ';', '*', '_', '~', '\'', '’', '…']);
        match address.strip_suffix(')').filter(|_| closed > open) {
            Some(before) => (address, closed) = (before, closed - 1),
            None => return address,
        }
    }
}

/// An address without smart punctuation, which has no place in it; where none was made, as it is.
pub(super) fn plain_punctuation(address: &str, options: &ParseOptions) -> String {
    if !options.smart_punctuation {
        return address.to_owned();
    }
    address.replace('—', "---").replace('–', "--").replace('…', "...").replace(['’', '‘'], "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_addresses_end_where_a_reader_would_end_them() {
        for (text, address) in [
            ("see https://example.org/a_b.", Some("https://example.org/a_b")),
            ("(at www.example.org/x(1))", Some("www.example.org/x(1)")),
            ("https://localhost", None),
            ("xhttps://example.org", None),
            ("“https://example.org/ü”", Some("https://example.org/ü")),
            ("https://example.org/a//b, and", Some("https://example.org/a//b")),
        ] {
            assert_eq!(next_address(text).map(|range| &text[range]), address, "{text}");
        }
    }

    #[test]
    fn targets_are_told_apart() {
        let base = Base::parse("https://example.org/sub/").unwrap_or_else(|e| panic!("{e}"));
        let target = |text: &str| link_target(text, &base).map(|link| (link.target, link.query, link.anchor));
        assert_eq!(target("../a%20b.md#x"), Some((Target::Relative("../a b.md".into()), None, Some("x".into()))));
        assert_eq!(target("/a/?q=1"), Some((Target::Rooted("/a/".into()), Some("q=1".into()), None)));
        assert_eq!(target("#top"), Some((Target::Own, None, Some("top".into()))));
        assert_eq!(target("https://example.org/sub/a/"), Some((Target::Rooted("/a/".into()), None, None)));
        assert_eq!(target("https://example.org/elsewhere/"), None);
        assert_eq!(target("mailto:a@example.org"), None);
        assert_eq!(target("//cdn.example.org/x"), None);
    }
}
