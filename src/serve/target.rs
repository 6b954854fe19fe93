//! Which address a request asks for: decoded once, part by part, so that nothing in it can mean two things.

use axum::http::Uri;

use crate::url::{encode_into, percent_decode};

/// No browser's address is longer, and no host takes one that is.
const LONGEST: usize = 8 * 1024;

/// An address on this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The path as the browser wrote it.
    pub written: String,
    /// The path as it reads, from the host's root.
    pub path: String,
    /// What follows the `?`.
    pub query: Option<String>,
}

/// Why there can be nothing at an address.
#[derive(Debug, PartialEq, Eq)]
pub enum TargetError {
    /// It does not fit.
    TooLong,
    /// It is none, or one that could lead elsewhere.
    Malformed,
}

impl Target {
    /// The address in a request. A host before it is checked elsewhere.
    pub fn of(uri: &Uri) -> Result<Target, TargetError> {
        if uri.path().len() + uri.query().map_or(0, str::len) > LONGEST {
            return Err(TargetError::TooLong);
        }
        Ok(Target { query: uri.query().map(str::to_owned), ..Target::parse(uri.path())? })
    }

    /// A path from the host's root as a browser writes it.
    pub fn parse(written: &str) -> Result<Target, TargetError> {
        if written.len() > LONGEST {
            return Err(TargetError::TooLong);
        }
        let below = written.strip_prefix('/').ok_or(TargetError::Malformed)?;
        let mut path = String::with_capacity(written.len());
        for part in below.split('/') {
            path.push('/');
            path.push_str(&decode(part).ok_or(TargetError::Malformed)?);
        }
        Ok(Target { written: written.to_owned(), path, query: None })
    }

    /// The path from the root of a site that stands at `base`, which ends with `/`; `None` if it is not below it.
    pub fn below(&self, base: &str) -> Option<String> {
        let base = percent_decode(base)?;
        self.path.strip_prefix(base.trim_end_matches('/')).filter(|path| path.starts_with('/')).map(str::to_owned)
    }

    /// Whether something may stand here: the path of a page or file has no empty parts.
    pub fn is_possible(&self) -> bool {
        !self.path.contains("//")
    }
}

/// One part of a path. What a file system or another program could read as more than a name is none.
fn decode(part: &str) -> Option<String> {
    let decoded = percent_decode(part)?;
    let is_harmful = decoded == "." || decoded == ".." || decoded.contains(|c: char| c == '/' || c == '\\' || c.is_control());
    (!is_harmful).then(|| decoded.into_owned())
}

/// The address of a path below a site's root, on this host and on no other, whatever the path is.
pub fn location(base: &str, path: &str, query: Option<&str>) -> String {
    let mut location = String::from("/");
    // Two slashes at the beginning would be the name of another host, and a backslash is read as a slash.
    let base = base.trim_matches(['/', '\\']);
    if !base.is_empty() {
        location.push_str(base);
        location.push('/');
    }
    encode_into(path.trim_start_matches(['/', '\\']), &mut location);
    if let Some(query) = query {
        location.push('?');
        for byte in query.bytes() {
            match byte {
                b'!'..=b'~' => location.push(byte as char),
                _ => location.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    location
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_is_decoded_once_and_stays_below_the_root() {
        let path = |written: &str| Target::parse(written).map(|target| target.path);
        assert_eq!(path("/r%C3%A9sum%C3%A9/a%20b/").as_deref(), Ok("/résumé/a b/"));
        assert_eq!(path("/%252e%252e/").as_deref(), Ok("/%2e%2e/"));
        assert_eq!(path("/100%/C:/").as_deref(), Ok("/100%/C:/"));
        for bad in [
            "",
            "*",
            "a/b",
            "/../",
            "/a/%2e%2e/b",
            "/a/%2E./b",
            "/..",
            "/.",
            "/a%2fb",
            "/a%5cb",
            "/a\\b",
            "/a%00",
            "/%ff",
            "/%c0%ae%c0%ae/",
            "/a%0d%0ab",
        ] {
            assert_eq!(path(bad), Err(TargetError::Malformed), "{bad}");
        }
        assert_eq!(path(&"/a".repeat(5000)), Err(TargetError::TooLong));
    }

    #[test]
    fn a_base_path_is_taken_off_whole() {
        let below = |path: &str, base: &str| Target::parse(path).ok().and_then(|target| target.below(base));
        assert_eq!(below("/a/", "/").as_deref(), Some("/a/"));
        assert_eq!(below("/sub/d%C3%AFr/a/", "/sub/d%C3%AFr/").as_deref(), Some("/a/"));
        assert_eq!(below("/sub/", "/sub/").as_deref(), Some("/"));
        assert_eq!(below("/sub", "/sub/"), None);
        assert_eq!(below("/submarine/", "/sub/"), None);
    }

    proptest! {
        #[test]
        fn a_redirect_never_leaves_the_host(base in "/|/sub/|//evil/", path in "[/\\\\a.%?#\r\n]{0,12}|\\PC{0,20}", query in "[a-zé&= \r\n]{0,9}") {
            let location = location(&base, &path, Some(&query));
            prop_assert!(location.starts_with('/') && !location.starts_with("//"), "{}", location);
            prop_assert!(location.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'), "{}", location);
        }
    }
}
