//! Which part of a file a request wants, and whether it wants it at all: conditions and ranges (RFC 9110, sections 13
//! and 14).
//!
//! Files have entity tags and no dates, so conditions with dates never hold and are passed over, as the RFC asks.

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// The bytes from the first to the last.
    Part(u64, u64),
    /// The client has it already.
    NotModified,
    /// The client wants another version than there is.
    PreconditionFailed,
    /// There are no such bytes.
    Unsatisfiable,
}

/// What a GET or HEAD request wants of a file with this entity tag, which is a strong one, and so many bytes.
pub fn wanted(headers: &HeaderMap, tag: &str, size: u64) -> Wanted {
    if let Some(list) = joined(headers, &IF_MATCH)
        && !matches(&list, tag, Comparison::Strong)
    {
        return Wanted::PreconditionFailed;
    }
    if let Some(list) = joined(headers, &IF_NONE_MATCH)
        && matches(&list, tag, Comparison::Weak)
    {
        return Wanted::NotModified;
    }
    if let Some(validator) = joined(headers, &IF_RANGE)
        && validator.trim() != tag
    {
        return Wanted::Whole;
    }
    let mut ranges = headers.get_all(RANGE).iter();
    match (ranges.next().and_then(|range| range.to_str().ok()), ranges.next()) {
        (Some(range), None) => part(range, size),
        _ => Wanted::Whole,
    }
}

/// A header that may be sent in several lines. What is no text is as good as not there.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<&str> = headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Whether a list of entity tags, or `*`, has this one.
fn matches(list: &str, tag: &str, comparison: Comparison) -> bool {
    let mut rest = list.trim();
    if rest == "*" {
        return true;
    }
    // A tag may have commas in it, so the list cannot be split at them.
    loop {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        let (is_weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |quoted| (true, quoted));
        let Some(end) = quoted.strip_prefix('"').and_then(|inside| inside.find('"')) else { return false };
        let (one, after) = quoted.split_at(end + 2);
        if one == tag && !(is_weak && comparison == Comparison::Strong) {
            return true;
        }
        rest = after;
    }
}

/// The one stretch that a `Range` header names. Several are answered with the whole, which the RFC allows, as nobody
/// needs them here; and so is what is no range.
fn part(range: &str, size: u64) -> Wanted {
    let Some((unit, set)) = range.split_once('=') else { return Wanted::Whole };
    let set = set.trim();
    let Some((first, last)) = set.split_once('-') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') || size == 0 {
        return Wanted::Whole;
    }
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Wanted::Whole,
        (Some(first), _) if first >= size && (last.is_empty() || number(last).is_some()) => Wanted::Unsatisfiable,
        (Some(first), Some(last)) => Wanted::Part(first, last.min(size - 1)),
        (Some(first), None) if last.is_empty() => Wanted::Part(first, size - 1),
        (None, Some(0)) if first.is_empty() => Wanted::Unsatisfiable,
        (None, Some(length)) if first.is_empty() => Wanted::Part(size.saturating_sub(length), size - 1),
        _ => Wanted::Whole,
    }
}

/// Digits as a number; more of them than fit are as good as endless.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    const TAG: &str = "\"abc\"";

    fn ask(pairs: &[(HeaderName, &str)], size: u64) -> Wanted {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::from_str(value).unwrap_or_else(|error| panic!("{error}")));
        }
        wanted(&headers, TAG, size)
    }

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        for (range, expected) in [
            ("bytes=0-", Wanted::Part(0, 99)),
            ("bytes=0-0", Wanted::Part(0, 0)),
            ("bytes=10-19", Wanted::Part(10, 19)),
            ("bytes=90-500", Wanted::Part(90, 99)),
            ("bytes=-5", Wanted::Part(95, 99)),
            ("bytes=-500", Wanted::Part(0, 99)),
            ("Bytes=5-6", Wanted::Part(5, 6)),
            ("bytes=0-99999999999999999999999", Wanted::Part(0, 99)),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=100-", Wanted::Unsatisfiable),
            ("bytes=99999999999999999999999-", Wanted::Unsatisfiable),
            ("bytes=20-10", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=5-x", Wanted::Whole),
            ("bytes=500-x", Wanted::Whole),
            ("bytes=+5-6", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
            ("0-5", Wanted::Whole),
        ] {
            assert_eq!(ask(&[(RANGE, range)], 100), expected, "{range}");
        }
        assert_eq!(ask(&[(RANGE, "bytes=0-")], 0), Wanted::Whole);
        assert_eq!(ask(&[(RANGE, "bytes=0-1"), (RANGE, "bytes=5-6")], 100), Wanted::Whole);
        let many = format!("bytes={}0-1", "0-,".repeat(1000));
        assert_eq!(ask(&[(RANGE, many.as_str())], 100), Wanted::Whole);
    }

    #[test]
    fn conditions_come_before_ranges_and_dates_never_hold() {
        for (list, expected) in [
            ("\"abc\"", Wanted::NotModified),
            ("W/\"abc\"", Wanted::NotModified),
            ("*", Wanted::NotModified),
            ("\"x,y\", \"abc\"", Wanted::NotModified),
            ("\"x\",,W/\"y\"", Wanted::Whole),
            ("abc", Wanted::Whole),
            ("\"abc", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(ask(&[(IF_NONE_MATCH, list)], 100), expected, "{list}");
        }
        assert_eq!(ask(&[(IF_NONE_MATCH, "\"x\""), (IF_NONE_MATCH, TAG), (RANGE, "bytes=0-1")], 100), Wanted::NotModified);
        assert_eq!(ask(&[(IF_RANGE, TAG), (RANGE, "bytes=0-1")], 100), Wanted::Part(0, 1));
        assert_eq!(ask(&[(IF_RANGE, "W/\"abc\""), (RANGE, "bytes=0-1")], 100), Wanted::Whole);
        assert_eq!(ask(&[(IF_RANGE, "Sun, 06 Nov 1994 08:49:37 GMT"), (RANGE, "bytes=0-1")], 100), Wanted::Whole);
        assert_eq!(ask(&[(IF_MATCH, "\"x\"")], 100), Wanted::PreconditionFailed);
        assert_eq!(ask(&[(IF_MATCH, "W/\"abc\"")], 100), Wanted::PreconditionFailed);
        assert_eq!(ask(&[(IF_MATCH, "*")], 100), Wanted::Whole);
    }

    proptest! {
        #[test]
        fn a_part_is_within_the_file(range in "bytes=[0-9,-]{0,24}", size in 0_u64..300) {
            if let Wanted::Part(first, last) = ask(&[(RANGE, range.as_str())], size) {
                prop_assert!(first <= last && last < size);
            }
        }

        #[test]
        fn a_list_of_tags_comes_to_its_end(list in "[W/\", abc*]{0,30}") {
            let _ = ask(&[(IF_NONE_MATCH, list.as_str())], 1);
        }
    }
}
