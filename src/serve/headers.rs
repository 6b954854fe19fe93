//! The headers that the site's `_headers` asks a host for, so that a preview is under the policy that readers will get.
//!
//! The format is that of Netlify and Cloudflare Pages: a path on a line of its own, where `*` stands for anything and
//! `:name` for one part, and below it lines with headers, indented.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::url::percent_decode;

/// The rules of a `_headers` file.
#[derive(Debug, Default)]
pub struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    pattern: Vec<Piece>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug, PartialEq)]
enum Piece {
    Text(String),
    /// `*`.
    Anything,
    /// `:name`.
    OnePart,
}

/// What is the server's own business: how a file is sent, how long it is kept (a preview is never old), and that no other
/// site may read it.
const OWN: [HeaderName; 14] = [
    header::CACHE_CONTROL,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::DATE,
    header::ETAG,
    header::EXPIRES,
    header::LAST_MODIFIED,
    header::LOCATION,
    header::SET_COOKIE,
    header::STRICT_TRANSPORT_SECURITY,
    header::TRANSFER_ENCODING,
];

fn is_own(name: &HeaderName) -> bool {
    OWN.contains(name) || name.as_str().starts_with("access-control-") || name == "cross-origin-resource-policy"
}

impl Rules {
    /// Reads the file. What is no rule is passed over, as hosts do.
    pub fn parse(bytes: &[u8]) -> Rules {
        let text = String::from_utf8_lossy(bytes);
        let mut rules: Vec<Rule> = Vec::new();
        for line in text.lines() {
            let is_indented = line.starts_with([' ', '\t']);
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if !is_indented {
                rules.push(Rule { pattern: pattern(line), headers: Vec::new() });
            } else if let (Some(rule), Some((name, value))) = (rules.last_mut(), line.split_once(':')) {
                let pair = HeaderName::try_from(name.trim()).ok().zip(HeaderValue::from_str(value.trim()).ok());
                rule.headers.extend(pair.filter(|(name, _)| !is_own(name)));
            }
        }
        Rules(rules)
    }

    /// Adds what the rules ask for a path, which is decoded and begins at the host's root. What several ask for is joined.
    pub fn apply(&self, path: &str, headers: &mut HeaderMap) {
        let asked = self.0.iter().filter(|rule| fits(&rule.pattern, path)).flat_map(|rule| &rule.headers);
        for (name, value) in asked {
            let joined = match headers.get(name) {
                Some(first) if first != value => HeaderValue::from_bytes(&[first.as_bytes(), b", ", value.as_bytes()].concat()),
                _ => Ok(value.clone()),
            };
            if let Ok(joined) = joined {
                headers.insert(name.clone(), joined);
            }
        }
    }
}

/// The pieces of a path in a rule, decoded.
fn pattern(path: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find(['*', ':']) {
        let (text, sign) = rest.split_at(at);
        let is_star = sign.starts_with('*');
        let name = sign[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(sign.len() - 1);
        pieces.push(Piece::Text(decoded(text)));
        pieces.push(if is_star { Piece::Anything } else { Piece::OnePart });
        rest = if is_star { &sign[1..] } else { &sign[1 + name..] };
    }
    pieces.push(Piece::Text(decoded(rest)));
    pieces
}

fn decoded(text: &str) -> String {
    percent_decode(text).map_or_else(|| text.to_owned(), |text| text.into_owned())
}

/// Whether a path is what a pattern describes. A `*` takes as much as it must, so one look back is enough, as for the
/// patterns of a shell.
fn fits(pattern: &[Piece], path: &str) -> bool {
    let mut at = 0;
    let mut rest = path;
    let mut star: Option<(usize, &str)> = None;
    loop {
        let step = match pattern.get(at) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Piece::Text(text)) => rest.strip_prefix(text.as_str()),
            Some(Piece::OnePart) => Some(rest.trim_start_matches(|c| c != '/')).filter(|after| after.len() < rest.len()),
            Some(Piece::Anything) => {
                star = Some((at, rest));
                Some(rest)
            }
        };
        match (step, star) {
            (Some(after), _) => {
                at += 1;
                rest = after;
            }
            (None, Some((place, from))) => {
                let mut longer = from.chars();
                if longer.next().is_none() {
                    return false;
                }
                star = Some((place, longer.as_str()));
                (at, rest) = (place + 1, longer.as_str());
            }
            (None, None) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(file: &str, path: &str) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        Rules::parse(file.as_bytes()).apply(path, &mut headers);
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned())).collect()
    }

    #[test]
    fn rules_are_for_the_paths_that_they_name() {
        for (pattern, path, does_fit) in [
            ("/*", "/", true),
            ("/*", "/a/b", true),
            ("/sub/*", "/submarine", false),
            ("/assets/*", "/assets/a.css", true),
            ("/a", "/a/", false),
            ("/*/b/*.css", "/x/b/y/b/z.css", true),
            ("/*/b/*.css", "/x/b/y/b/z.js", false),
            ("/:year/a", "/2026/a", true),
            ("/:year/a", "//a", false),
            ("/:year/a", "/20/26/a", false),
            ("/r%C3%A9sum%C3%A9/*", "/résumé/a", true),
            ("/%2A", "/*", true),
            ("/%2A", "/x", false),
            ("https://example.org/*", "/a", false),
        ] {
            assert_eq!(fits(&self::pattern(pattern), path), does_fit, "{pattern} {path}");
        }
    }

    #[test]
    fn headers_are_joined_and_what_is_the_servers_own_is_left_alone() {
        let file = "# ours\n/*\n  X-A: 1\n  Cache-Control: public, max-age=31536000, immutable\n  Access-Control-Allow-Origin: *\n\n\
                    /a/*\n\tX-A: 2\n  X-B: x: y\n  no header\n  Bad Name: 1\n  X-C: a\u{7}b\nrubbish\n  X-D: 1\n";
        assert_eq!(asked(file, "/a/b"), [("x-a".to_owned(), "1, 2".to_owned()), ("x-b".to_owned(), "x: y".to_owned())]);
        assert_eq!(asked(file, "/"), [("x-a".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn many_stars_cost_little() {
        let pattern = pattern(&"*a".repeat(200));
        assert!(!fits(&pattern, &("a".repeat(2000) + "b")));
    }
}
