//! Addresses: slugs, paths below the site, the base they hang from, escaping, and the file each is written to.
//!
//! This is the only file that knows how an address is spelled. A [`Url`] is readable text (decoded, in Unicode's NFC);
//! it is percent-encoded when it is written into a page, by a [`Base`]. Whether anything stands at an address is the
//! plan's business.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::digest::Digest;

/// An address below the site: `/networking/agenda/` for a page, `/networking/map.svg` for a file.
///
/// It always begins with `/`, never has empty, `.` or `..` segments, and is in NFC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url(Arc<str>);

impl Url {
    /// The home page.
    pub fn home() -> Url {
        Url(Arc::from("/"))
    }

    /// A page at the given segments, for example `["tags", "résumé"]`. Segments must be slugs.
    pub fn page<'a>(segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut path = String::from("/");
        for segment in segments {
            path.push_str(segment);
            path.push('/');
        }
        Url(path.into())
    }

    /// A file at a path that is known to be sound, for example `sitemap.xml`.
    pub fn file(path: &str) -> Url {
        Url(format!("/{}", nfc(path)).into())
    }

    /// What an author wrote as an address of this site (`permalink`, `aliases`), or why it cannot be one.
    pub fn parse(text: &str) -> Result<Url, &'static str> {
        let text = text.trim();
        let decoded = percent_decode(text).ok_or("what follows its `%` signs does not spell text in UTF-8")?;
        if decoded.is_empty() {
            return Err("it is empty");
        }
        if has_scheme(&decoded) || decoded.starts_with("//") {
            return Err("it must begin at this site's root, with `/`");
        }
        if decoded.contains(['?', '#']) {
            return Err("a static site cannot tell addresses apart by `?` or `#`");
        }
        if decoded.chars().any(|c| c == '\\' || c.is_control() || is_invisible(c)) {
            return Err("it has a backslash or an invisible character");
        }
        let segments: Vec<&str> = decoded.split('/').filter(|s| !s.is_empty()).collect();
        if segments.iter().any(|s| *s == "." || *s == ".." || percent_decode(s).is_some_and(|s| s == "..")) {
            return Err("none of its parts may be `.` or `..`");
        }
        // In NFC some letters are longer than as they were typed.
        if segments.iter().any(|s| nfc(s).len() > LONGEST_NAME) {
            return Err("one of its parts is longer than 255 bytes");
        }
        let is_file = !decoded.ends_with('/') && segments.last().is_some_and(|last| has_page_extension(last));
        let mut path = String::from("/");
        path.push_str(&segments.join("/"));
        if !is_file && path.len() > 1 {
            path.push('/');
        }
        Ok(Url(nfc(&path).into()))
    }

    /// Page `number` of a listing: the listing's own address for the first, `…/page/2/` after it.
    pub fn numbered(&self, number: usize) -> Url {
        if number <= 1 { self.clone() } else { Url(format!("{}page/{number}/", self.0).into()) }
    }

    /// A file beside this page: `/tags/offers/` and `atom.xml` give `/tags/offers/atom.xml`.
    pub fn join(&self, file: &str) -> Url {
        let folder = self.0.rfind('/').map_or("", |i| &self.0[..i]);
        Url(format!("{folder}/{file}").into())
    }

    /// The readable path, from `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of the file that a web server reads for this address, from the output folder.
    pub fn file_path(&self) -> String {
        let path = &self.0[1..];
        if self.0.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
    }
}

/// An address is looked up by its text.
impl Borrow<str> for Url {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the site will stand on the web: `https://example.org/sub/dir/`, split at the end of the host.
///
/// The default is nowhere: its addresses are paths from the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base {
    /// `https://example.org`, without a slash at the end.
    origin: String,
    /// `/sub/dir`, percent-encoded, without a slash at the end; empty at a domain's root.
    path: String,
}

impl Base {
    /// Reads `base_url`, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Base, String> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(format!("it must begin with `https://`, as `https://{}`", text.trim_start_matches('/')));
        };
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return Err(format!("`{scheme}` is not http or https"));
        }
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = parse_host(host)?;
        if path.contains(['?', '#', '\\']) {
            return Err("it must end with a folder, without `?` or `#`".into());
        }
        let mut base = Base { origin: format!("{}://{host}", scheme.to_lowercase()), path: String::new() };
        for segment in path.split('/').filter(|s| !s.is_empty()) {
            let decoded = percent_decode(segment).ok_or("what follows its `%` signs does not spell text in UTF-8")?;
            if decoded == "." || decoded == ".." {
                return Err("its path must not contain `.` or `..`".into());
            }
            if decoded.contains(|c: char| c == '/' || c == '\\' || c.is_control()) {
                return Err("a part of its path has an escaped slash or control character".into());
            }
            base.path.push('/');
            encode_into(&nfc(&decoded), &mut base.path);
        }
        Ok(base)
    }

    /// The address as a page of this site links to it: from the host's root, percent-encoded.
    pub fn href(&self, url: &Url) -> String {
        let mut href = String::with_capacity(self.path.len() + url.0.len() + 8);
        href.push_str(&self.path);
        encode_into(&url.0, &mut href);
        href
    }

    /// The address as the outside world knows it.
    pub fn absolute(&self, url: &Url) -> String {
        let mut href = String::with_capacity(self.origin.len() + self.path.len() + url.0.len() + 8);
        href.push_str(&self.origin);
        href.push_str(&self.path);
        encode_into(&url.0, &mut href);
        href
    }

    /// `https://example.org`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host name, without scheme and port.
    pub fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or("", |(_, host)| host);
        match host.rfind(':') {
            Some(colon) if host[colon + 1..].bytes().all(|b| b.is_ascii_digit()) => &host[..colon],
            _ => host,
        }
    }

    /// `/sub/dir`, or nothing at a domain's root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The address of this site that an absolute URL or a path from the host's root names, if it names one.
    ///
    /// Returns the readable path below the base, beginning with `/`.
    pub fn strip<'a>(&self, href: &'a str) -> Option<&'a str> {
        let path = match href.strip_prefix(self.origin.as_str()) {
            Some("") => "/",
            Some(path) => path,
            None => href,
        };
        if !path.starts_with('/') || path.starts_with("//") {
            return None;
        }
        match path.strip_prefix(self.path.as_str()) {
            Some("") => Some("/"),
            Some(below) if below.starts_with('/') => Some(below),
            _ => None,
        }
    }
}

/// Host and port as the web's machinery writes them: an international name in its ASCII form (`xn--…`), in lower case
/// (<https://url.spec.whatwg.org/#host-parsing>).
fn parse_host(text: &str) -> Result<String, String> {
    let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (name, port) = match text[..text.len() - digits].strip_suffix(':') {
        Some(name) => (name, &text[text.len() - digits..]),
        None => (text, ""),
    };
    if !port.is_empty() && port.parse::<u16>().is_err() {
        return Err(format!("`{port}` is no port"));
    }
    let host = ::url::Host::parse(name).map_err(|_| "it has no host name that a browser would accept")?.to_string();
    // Browsers accept quotes and brackets of all sorts, too, but there is no such name.
    if let Some(sign) = host.chars().find(|c| !c.is_ascii_alphanumeric() && !".-_:[]".contains(*c)) {
        return Err(format!("there is no host whose name has a `{sign}`"));
    }
    Ok(if port.is_empty() { host } else { format!("{host}:{port}") })
}

/// The most bytes a file name may have on the usual file systems.
const LONGEST_NAME: usize = 255;
/// The most bytes a slug that we make may have: room is left for `index.html.tmp` and the like.
pub(crate) const LONGEST_SLUG: usize = 200;

/// A name as one segment of an address: lower case, words joined by hyphens, letters of every script kept, symbols
/// that tell names apart spelled out (`C++` is `c-plus-plus`, `C#` is `c-sharp`, `.NET` is `dot-net`).
///
/// Empty when the name has neither letters nor digits nor such symbols; the caller decides what stands in.
/// A slug of a slug is itself.
pub fn slug(name: &str) -> String {
    // What is one already, as most file names and tags are, needs no looking at its characters.
    if is_plain_slug(name) {
        return finish_slug(name.to_owned(), name);
    }
    let mut slug = String::with_capacity(name.len());
    let mut gap = false;
    let mut previous = ' ';
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b',' | b'?' | b'!' | b':' | b'\'')) {
        return finish_slug(plain_words(name), name);
    }
    let mut chars = name.nfkc().flat_map(char::to_lowercase).peekable();
    while let Some(c) = chars.next() {
        let spelled = match c {
            '+' => "plus",
            '#' => "sharp",
            '&' => "and",
            '@' => "at",
            '%' => "percent",
            '.' if !previous.is_alphanumeric() && chars.peek().is_some_and(|c| c.is_alphanumeric()) => "dot",
            _ => "",
        };
        if !spelled.is_empty() {
            push_word(&mut slug, spelled, true);
            gap = true;
        } else if belongs(c, !slug.is_empty() && !gap) {
            push_word(&mut slug, c.encode_utf8(&mut [0; 4]), gap);
            gap = false;
        } else if c == '_' {
            push_word(&mut slug, "_", gap);
            gap = false;
        } else if !matches!(c, '\'' | '’' | 'ʼ' | '\u{ad}' | '\u{200d}' | '\u{fe0f}') {
            gap = true;
        }
        previous = c;
    }
    finish_slug(slug, name)
}

/// What had to be changed for a slug to be the name of a file everywhere, if anything had to.
pub fn slug_change(name: &str, slug: &str) -> Option<&'static str> {
    if name == slug {
        None
    } else if slug.strip_suffix('_').is_some_and(is_reserved_name) {
        Some("its name is that of a device on Windows")
    } else if name.len() > LONGEST_SLUG - 9 && slug.len() >= LONGEST_SLUG - 12 {
        Some("its name is too long for an address")
    } else {
        None
    }
}

/// Whether a character is part of a slug, after a letter or not: a mark belongs to the letter before it, and means nothing
/// where there is none, even if it counts as a letter itself.
fn belongs(c: char, is_after_letter: bool) -> bool {
    if is_mark(c) { is_after_letter } else { c.is_alphanumeric() }
}

fn is_plain_slug(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.bytes().all(is_plain) && !name.starts_with('-') && !name.ends_with('-') && !name.contains("--")
}

/// The words of an ordinary English heading, joined by hyphens: most headings are nothing else.
fn plain_words(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    let mut gap = false;
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            slug.push(byte.to_ascii_lowercase() as char);
            gap = false;
        } else if byte != b'\'' {
            gap = true;
        }
    }
    slug
}

fn push_word(slug: &mut String, word: &str, gap: bool) {
    if gap && !slug.is_empty() && !slug.ends_with('-') {
        slug.push('-');
    }
    slug.push_str(word);
}

/// Keeps a slug off the names that Windows reserves, in NFC, and short enough for every file system.
fn finish_slug(slug: String, name: &str) -> String {
    let mut slug = nfc(&slug).into_owned();
    if slug.len() > LONGEST_SLUG {
        let mut end = LONGEST_SLUG - 9;
        while !slug.is_char_boundary(end) {
            end -= 1;
        }
        slug.truncate(end);
        slug = format!("{}-{}", slug.trim_end_matches('-'), Digest::of(name.as_bytes()).short());
    }
    if is_reserved_name(&slug) {
        slug.push('_');
    }
    slug
}

/// The most bytes a whole address may have: what object stores take as a key, and more than any reader types.
pub const LONGEST_PATH: usize = 1_024;

/// Why a part of a file's path makes trouble on Windows or with a host; `None` if it makes none anywhere.
///
/// Sources: <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>; Netlify takes no file with `#` or `?` in
/// its name.
pub fn unportable(path: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    for part in path.split('/') {
        let ends_plain = part.as_bytes().last().is_none_or(|&byte| is_plain(byte));
        if let Some(sign) = part.chars().find(|c| "<>:\"|?*\\#".contains(*c) || c.is_control()) {
            return Some(format!("it has `{}`", sign.escape_debug()));
        }
        if !ends_plain && part.ends_with(['.', ' ']) {
            return Some("a part of it ends with a dot or a space".into());
        }
        if is_reserved_name(part) {
            return Some(format!("`{part}` is the name of a device on Windows"));
        }
    }
    None
}

/// Names of devices on Windows, with or without an extension.
fn is_reserved_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("");
    let device =
        |prefix: &str| stem.len() == 4 && stem[..3].eq_ignore_ascii_case(prefix) && matches!(stem.as_bytes()[3], b'1'..=b'9');
    ["con", "prn", "aux", "nul"].iter().any(|reserved| stem.eq_ignore_ascii_case(reserved))
        || stem.is_char_boundary(3) && (device("com") || device("lpt"))
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Zero-width and bidirectional control characters, which make two addresses look alike.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text in Unicode's NFC, which is how paths, tags and slugs are compared: macOS hands out NFD.
pub fn nfc(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// Text without differences of case (the Unicode Standard's full case folding): what tags and names of files are
/// compared by.
pub fn fold_case(text: &str) -> String {
    unicase::UniCase::new(text).to_folded_case()
}

/// Writes a path with everything percent-encoded that RFC 3986 does not allow in one; `/` stays.
pub fn encode_into(path: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$()*+,;=:@".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        }
    }
}

/// Text with its %-escapes decoded once; `None` if the result is not UTF-8. A `%` that starts no escape stays.
pub fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let digits = (bytes[i] == b'%').then(|| text.get(i + 1..i + 3)).flatten();
        match digits.filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit())).and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                i += 3;
            }
            None => {
                decoded.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

/// Whether an address is without what no browser takes as a part of it.
pub fn is_one_piece(address: &str) -> bool {
    !address.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Whether a link target begins with a scheme such as `https:` (RFC 3986, section 3.1).
pub fn has_scheme(target: &str) -> bool {
    scheme(target).is_some()
}

/// A whole address on the web as browsers spell it: everything escaped that must be, an international host in its ASCII form.
pub fn on_the_web(address: &str) -> Option<String> {
    let url = ::url::Url::parse(address).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| unquoted(url.as_str()))
}

/// An address, or a part of one, with everything escaped that could end it where it is shown.
pub fn unquoted(address: &str) -> String {
    let mut safe = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`' | b'{' | b'|' | b'}' | b'^' => safe.push_str(&format!("%{byte:02X}")),
            _ if byte.is_ascii_graphic() => safe.push(byte as char),
            _ => safe.push_str(&format!("%{byte:02X}")),
        }
    }
    safe
}

/// The scheme of a link target in lower case, seen as a browser sees it: control characters and white space are
/// ignored, because `java\tscript:` runs.
pub fn scheme(target: &str) -> Option<String> {
    let mut scheme = String::new();
    for c in target.chars() {
        match c {
            ':' if !scheme.is_empty() => return Some(scheme),
            c if c.is_control() || c.is_whitespace() || is_invisible(c) => {}
            'a'..='z' | 'A'..='Z' => scheme.push(c.to_ascii_lowercase()),
            '0'..='9' | '+' | '-' | '.' if !scheme.is_empty() => scheme.push(c),
            _ => return None,
        }
    }
    None
}

/// Whether the last segment of an address names a file rather than a page: `/old/page.html`, `/feed.xml`.
fn has_page_extension(segment: &str) -> bool {
    segment.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=5).contains(&extension.len())
            && extension.bytes().all(|b| b.is_ascii_alphanumeric())
            && extension.bytes().any(|b| b.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slugs_read_like_the_name() {
        for (name, expected) in [
            ("Turn a job turndown into a networking opportunity", "turn-a-job-turndown-into-a-networking-opportunity"),
            ("Don't panic!", "dont-panic"),
            ("\u{1e023}'\u{e48}a", "a"),
            ("हिन्दी में नौकरी", "हिन्दी-में-नौकरी"),
            ("C++", "c-plus-plus"),
            ("C#", "c-sharp"),
            ("C", "c"),
            (".NET", "dot-net"),
            ("NET", "net"),
            ("Node.js", "node-js"),
            ("Q&A", "q-and-a"),
            ("R\u{e9}sum\u{e9}", "résumé"),
            ("Re\u{301}sume\u{301}", "résumé"),
            ("中文", "中文"),
            ("ﬁle", "file"),
            ("CON", "con_"),
            ("com1.txt", "com1-txt"),
            ("!!!", ""),
            ("👍🏽", ""),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn only_what_was_changed_is_said_to_be() {
        assert!(slug_change("CON", &slug("CON")).is_some() && slug_change("con_", &slug("con_")).is_none());
        let long = slug(&"word ".repeat(80));
        assert!(slug_change(&"word ".repeat(80), &long).is_some() && slug_change(&long, &slug(&long)).is_none());
    }

    #[test]
    fn addresses_of_authors_are_checked() {
        assert_eq!(Url::parse("/old/address").map(|u| u.to_string()), Ok("/old/address/".into()));
        assert_eq!(Url::parse("old/page.html").map(|u| u.to_string()), Ok("/old/page.html".into()));
        assert_eq!(Url::parse("/2.0").map(|u| u.to_string()), Ok("/2.0/".into()));
        for bad in [
            "",
            "../x",
            "/a/../b",
            "/a/%2e%2e/b",
            "/a/%252e%252e/b",
            "https://x.org/",
            "//x.org/a",
            "a\\b",
            "a\u{202e}b",
            "a?b",
            "\0",
        ] {
            assert!(Url::parse(bad).is_err(), "{bad}");
        }
        // A sign that is two in NFC, and twice as long.
        assert!(Url::parse(&"\u{344}".repeat(64)).is_err());
    }

    #[test]
    fn a_base_path_stands_before_every_address() {
        let base = Base::parse("HTTPS://Example.org:8443/sub/dïr/").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(base.href(&Url::page(["tags", "résumé"])), "/sub/d%C3%AFr/tags/r%C3%A9sum%C3%A9/");
        assert_eq!(base.absolute(&Url::home()), "https://example.org:8443/sub/d%C3%AFr/");
        assert_eq!(base.host(), "example.org");
        assert_eq!(base.strip("https://example.org:8443/sub/d%C3%AFr/a/"), Some("/a/"));
        assert_eq!(base.strip("/elsewhere/"), None);
        for (text, origin) in [
            ("https://Bücher.example/", "https://xn--bcher-kva.example"),
            ("http://[::1]:4747/", "http://[::1]:4747"),
            ("http://127.0.0.1/", "http://127.0.0.1"),
        ] {
            assert_eq!(Base::parse(text).map(|base| base.origin().to_owned()), Ok(origin.to_owned()), "{text}");
        }
        for bad in [
            "example.org",
            "ftp://x.org",
            "https://",
            "https://x.org/?a",
            "https://a b/",
            "https://x.org:99999/",
            "https://me:secret@x.org/",
            "https://x.org?a/",
            "https://a\u{202e}b.org/",
            "https://a.org\"x/",
            "https://x.org/..%2f../",
            "https://x.org/a%2f/",
            "https://x.org/a%5cb/",
            "https://x.org/a%00/",
        ] {
            assert!(Base::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_that_make_trouble_are_known() {
        for bad in ["a:b/index.html", "con/index.html", "Aux.txt", "a/b./c", "a /b", "50%#.pdf", "what?.pdf", "com7"] {
            assert!(unportable(bad).is_some(), "{bad}");
        }
        for good in
            ["console/index.html", "a b.pdf", "résumé.pdf", ".well-known/security.txt", "com10/x", "a..b", "中文/index.html"]
        {
            assert_eq!(unportable(good), None, "{good}");
        }
    }

    #[test]
    fn a_scheme_is_seen_through_disguise() {
        assert_eq!(scheme("java\tscript:alert(1)").as_deref(), Some("javascript"));
        assert_eq!(scheme(" \u{1}JavaScript:x").as_deref(), Some("javascript"));
        assert_eq!(scheme("a/b:c"), None);
        assert_eq!(scheme("../a.md"), None);
    }

    proptest! {
        #[test]
        fn a_slug_of_a_slug_is_itself_and_fits(name in "\\PC{0,120}") {
            let once = slug(&name);
            prop_assert!(once.len() <= LONGEST_NAME - 40);
            prop_assert_eq!(slug(&once), once.clone());
            prop_assert!(!once.contains(['/', '\\', '.', '\0']));
        }

        #[test]
        fn the_short_ways_lead_to_the_same_slug(name in "[a-zA-Z0-9 ,?!:'-]{0,30}") {
            // One letter from another script takes the long way.
            let long = slug(&format!("{name} ж"));
            let expected = if slug(&name).is_empty() { "ж".to_owned() } else { format!("{}-ж", slug(&name).trim_end_matches('_')) };
            prop_assert_eq!(long, expected);
        }

        #[test]
        fn what_is_encoded_decodes_again(path in "\\PC{0,60}") {
            let mut encoded = String::new();
            encode_into(&path, &mut encoded);
            let decoded = percent_decode(&encoded).map(|decoded| decoded.into_owned());
            prop_assert_eq!(decoded, Some(path));
        }
    }
}
