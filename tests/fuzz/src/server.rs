//! What the preview's server makes of a request: the path, and the part of a file.

use std::path::{Component, Path};

use guidepost::serve::conditions::{Wanted, wanted};
use guidepost::serve::target::{Target, TargetError, location};
use guidepost::url::encode_into;
use http::Uri;
use http::header::{HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};

/// A path is decoded once and part by part: it stays below the root, has as many parts as were written, and means the
/// same when it is written again. What is sent on stays on the host.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (written, query) = text.split_once('\n').unwrap_or((&text, ""));
    match Target::parse(written) {
        Ok(target) => check_target(&target, written),
        Err(TargetError::TooLong) => assert!(written.len() > 8192),
        Err(TargetError::Malformed) => {}
    }
    if let Ok(uri) = Uri::try_from(data)
        && let Ok(target) = Target::of(&uri)
    {
        check_target(&target, uri.path());
        assert_eq!(target.query.as_deref(), uri.query());
    }
    for base in ["/", "/sub/", "//evil.example/", "/d%C3%AFr/"] {
        let sent = location(base, written, Some(query));
        assert!(sent.starts_with('/') && !sent.starts_with("//"), "{sent}");
        assert!(sent.bytes().all(|byte| byte.is_ascii_graphic()), "{sent}");
        // Browsers read a backslash as a slash up to the query, and no further.
        assert!(!sent.split('?').next().is_some_and(|path| path.contains('\\')), "{sent}");
    }
}

fn check_target(target: &Target, written: &str) {
    assert_eq!(target.written, written);
    assert_eq!(target.path.matches('/').count(), written.matches('/').count(), "{target:?}");
    assert!(!target.path.contains(|c: char| c == '\\' || c.is_control()), "{target:?}");
    let relative = target.path.trim_start_matches('/');
    let is_below = |part: Component<'_>| matches!(part, Component::Normal(_));
    assert!(
        Path::new(relative).components().all(is_below) && !relative.split('/').any(|part| matches!(part, "." | "..")),
        "{target:?}"
    );
    let mut again = String::new();
    encode_into(&target.path, &mut again);
    // Every byte may have become three.
    if again.len() <= 8192 {
        assert_eq!(Target::parse(&again).expect("what was written again").path, target.path);
    }
    assert_eq!(target.below("/").as_deref(), Some(&*target.path));
    if let Some(below) = target.below("/sub/") {
        assert_eq!(format!("/sub{below}"), target.path);
    }
}

const TAG: &str = "\"abc\"";

/// A line each: the size, then a `Range`, an `If-None-Match`, an `If-Match`, an `If-Range`, as far as there are lines. What is sent is
/// in the file, is what was asked for, and is asked for by whoever may.
pub fn range(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let size =
        lines.next().unwrap_or_default().iter().fold(0_u64, |size, byte| size.wrapping_mul(251).wrapping_add(u64::from(*byte)));
    let mut headers = HeaderMap::new();
    let names: [HeaderName; 5] = [RANGE, IF_NONE_MATCH, IF_MATCH, IF_RANGE, RANGE];
    for (name, line) in names.into_iter().zip(lines) {
        let value = HeaderValue::from_bytes(line).ok().filter(|value| !value.is_empty());
        value.map(|value| headers.append(name, value));
    }
    let one = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match wanted(&headers, TAG, size) {
        Wanted::Part(first, last) => {
            assert!(first <= last && last < size, "{first}-{last} of {size}");
            assert_eq!(asked(one(&RANGE).expect("a range"), size), Some((first, last)), "{headers:?} of {size}");
            assert!(one(&IF_RANGE).is_none_or(|validator| validator.trim() == TAG), "{headers:?}");
            assert_eq!(headers.get_all(RANGE).iter().count(), 1);
        }
        Wanted::Whole => {
            let range = one(&RANGE).filter(|_| headers.get_all(RANGE).iter().count() == 1 && headers.get(IF_RANGE).is_none());
            assert_eq!(range.and_then(|range| asked(range, size)), None, "{headers:?} of {size}");
        }
        Wanted::NotModified => assert!(one(&IF_NONE_MATCH).is_some_and(|list| list.contains(TAG) || list.trim() == "*")),
        Wanted::PreconditionFailed => assert!(one(&IF_MATCH).is_some_and(|list| list.trim() != "*" && list.trim() != TAG)),
        Wanted::Unsatisfiable => assert_eq!(asked(one(&RANGE).expect("a range"), size), None, "{headers:?} of {size}"),
    }
}

/// The bytes that one range in a `Range` header names, read in another way than Guidepost reads it: digit by digit.
fn asked(range: &str, size: u64) -> Option<(u64, u64)> {
    let (unit, set) = range.split_once('=')?;
    let (first, last) = set.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || !first.chars().chain(last.chars()).all(|c| c.is_ascii_digit()) {
        return None;
    }
    let number =
        |digits: &str| digits.bytes().fold(0_u128, |sum, digit| sum.saturating_mul(10).saturating_add(u128::from(digit - b'0')));
    let (size, start, end) = (u128::from(size), number(first), number(last));
    let (from, to) = match (first.is_empty(), last.is_empty()) {
        (true, true) => return None,
        (true, false) => (size.saturating_sub(end), size),
        (false, true) => (start, size),
        (false, false) if start > end => return None,
        (false, false) => (start, size.min(end.saturating_add(1))),
    };
    (from < to && from < size).then(|| (from as u64, (to - 1) as u64))
}
