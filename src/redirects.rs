//! Old addresses: the rules of `content/_redirects`, and addresses that a query tells apart (`/?p=12`).
//!
//! The file is the one that Netlify and Cloudflare Pages read: one rule a line, `from to [status]`, with Netlify's query
//! parameters between the two (`/ p=12 /new/ 301`) and its conditions at the end. Here a line becomes a [`Rule`]; whether
//! anything stands where it leads is the plan's business.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Place, Span};
use crate::url::{Url, encode_into, is_invisible, nfc, on_the_web, percent_decode, scheme, unquoted};

/// The name of the file, in `content/`.
pub const FILE: &str = "_redirects";

/// The file, as messages name it.
pub const SHOWN: &str = "content/_redirects";

/// The rules of a site, in the order of the file: the first that fits is the one that counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// The rules.
    pub rules: Vec<Rule>,
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What it is for.
    pub from: From,
    /// Where it leads.
    pub to: To,
    /// Where the old address is written.
    pub from_span: Span,
    /// Where the new one is written.
    pub to_span: Span,
    words: Box<[Word]>,
}

/// What a rule is for.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// An old address, which gets a page.
    Page(Url),
    /// An old address that an earlier rule leads to the same place, spelled otherwise: with a slash at its end, or without.
    Again,
    /// The home page, asked for with a query.
    Query(Query),
    /// A pattern, a condition or another answer than a redirect: the host's business alone.
    Host,
}

/// Where a rule leads.
#[derive(Debug, Clone, PartialEq)]
pub enum To {
    /// To an address of this site, and what follows it: a query, a place in the page.
    Inside(Url, String),
    /// Out of the site.
    Outside(String),
    /// The host knows.
    Host,
}

/// A word of a line, as it is published.
#[derive(Debug, Clone, PartialEq)]
enum Word {
    /// A path from the site's root.
    Path(String),
    /// Anything else.
    Plain(String),
}

/// What tells old addresses of the home page apart: `p=12`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Query {
    name: String,
    value: String,
}

/// So many numbers are in one of the files that `moved.js` asks.
const NUMBERS_PER_FILE: u64 = 1_000;
/// A longer number is no number: JavaScript's are exact as far as this.
const MOST_DIGITS: usize = 15;
/// The most bytes of a name or value.
const LONGEST_PART: usize = 200;

impl Query {
    /// Reads an old address such as `/?p=12`; the file that WordPress answers with may stand in it, `/index.php?p=12`.
    pub fn parse(address: &str) -> Option<Query> {
        let (path, query) = address.trim().split_once('?')?;
        if !is_home(path) {
            return None;
        }
        Query::of_pair(query)
    }

    /// Reads `p=12`, escaped as in an address.
    fn of_pair(pair: &str) -> Option<Query> {
        let (name, value) = pair.split_once('=')?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if name.is_empty() || name.len() > LONGEST_PART || !name.bytes().all(is_name) || value.contains(['&', '#']) {
            return None;
        }
        let value = value.replace('+', " ");
        let value = nfc(&percent_decode(&value)?).into_owned();
        if value.is_empty() || value.len() > LONGEST_PART || value.chars().any(|c| c.is_control() || is_invisible(c)) {
            return None;
        }
        let value = if is_number(&value) { without_zeros(&value).to_owned() } else { value };
        Some(Query { name: name.to_owned(), value })
    }

    /// `p=12`, decoded: what `moved.js` looks for.
    pub fn key(&self) -> String {
        format!("{}={}", self.name, self.value)
    }

    /// The number of the file that `moved.js` looks into.
    pub fn file_number(&self) -> u64 {
        let number = is_number(&self.value).then(|| self.value.parse::<u64>().ok()).flatten();
        number.map_or(0, |number| number / NUMBERS_PER_FILE)
    }

    /// The address, as people write it.
    pub fn address(&self) -> String {
        format!("/?{}", self.to_rule())
    }

    /// As a rule of `_redirects` says it: escaped, so that it is one word and no pattern.
    pub fn to_rule(&self) -> String {
        let mut rule = format!("{}=", self.name);
        for byte in self.value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                rule.push(byte as char);
            } else {
                rule.push_str(&format!("%{byte:02X}"));
            }
        }
        rule
    }
}

fn is_home(path: &str) -> bool {
    matches!(path, "/" | "/index.php")
}

fn is_number(value: &str) -> bool {
    value.len() <= MOST_DIGITS && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_zeros(number: &str) -> &str {
    let rest = number.trim_start_matches('0');
    if rest.is_empty() { "0" } else { rest }
}

impl Rule {
    /// The line, with the site's base path before its paths.
    pub fn to_line(&self, base_path: &str) -> String {
        let mut line = String::new();
        for word in &self.words {
            if !line.is_empty() {
                line.push(' ');
            }
            match word {
                Word::Path(path) => {
                    line.push_str(base_path);
                    line.push_str(path);
                }
                Word::Plain(word) => line.push_str(word),
            }
        }
        line
    }

    /// Where it leads, as the file says it.
    pub fn target(&self) -> Option<String> {
        match &self.to {
            To::Inside(url, rest) => Some(format!("{url}{rest}")),
            To::Outside(href) => Some(href.clone()),
            To::Host => None,
        }
    }

    /// The line's number, from 1.
    pub fn line(&self) -> u32 {
        self.from_span.line
    }

    /// Where its old address is written.
    pub fn from_place(&self) -> Place {
        Place::at(SHOWN, self.from_span)
    }

    /// Where its new address is written.
    pub fn to_place(&self) -> Place {
        Place::at(SHOWN, self.to_span)
    }
}

impl Rules {
    /// Reads the file's text. A line that cannot be understood is an error, and no rule.
    pub fn parse(text: &str) -> (Rules, Vec<Diagnostic>) {
        let mut rules: Vec<Rule> = Vec::new();
        let mut problems = Vec::new();
        let mut first: FxHashMap<Url, usize> = FxHashMap::default();
        for (index, line) in text.split('\n').enumerate() {
            let tokens = tokens(line, index as u32 + 1);
            if tokens.is_empty() {
                continue;
            }
            match read(&tokens) {
                Ok(mut rule) => {
                    if let From::Page(url) = &rule.from {
                        match first.get(url).map(|&earlier| &rules[earlier]) {
                            Some(earlier) if earlier.to == rule.to && earlier.words[0] != rule.words[0] => {
                                rule.from = From::Again
                            }
                            Some(_) => {}
                            None => drop(first.insert(url.clone(), rules.len())),
                        }
                    }
                    rules.push(rule);
                }
                Err(problem) => problems.push(problem),
            }
        }
        (Rules { rules }, problems)
    }
}

/// A word of a line, and where it stands.
#[derive(Clone, Copy)]
struct Token<'t> {
    text: &'t str,
    span: Span,
}

/// The words of a line up to its comment.
fn tokens(line: &str, number: u32) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut counted, mut column) = (0, 1);
    for text in line.split_whitespace() {
        if text.starts_with('#') {
            break;
        }
        let at = text.as_ptr().addr() - line.as_ptr().addr();
        column += line[counted..at].chars().count() as u32;
        counted = at;
        tokens.push(Token { text, span: Span { line: number, column, length: text.chars().count() as u32 } });
    }
    tokens
}

fn wrong(token: Token<'_>, message: String, hint: &str) -> Diagnostic {
    Diagnostic::error("bad-redirect", message).at(Place::at(SHOWN, token.span)).hint(hint)
}

fn read(tokens: &[Token<'_>]) -> Result<Rule, Diagnostic> {
    for token in tokens {
        if token.text.chars().any(|c| c.is_control() || is_invisible(c)) {
            return Err(wrong(*token, "there is an invisible character in this rule".into(), "delete it, or write it as `%…`"));
        }
    }
    let (from, rest) = (tokens[0], &tokens[1..]);
    if !from.text.starts_with('/') && !is_web(from.text) {
        let message = format!("`{}` is no address that a rule could be for", from.text);
        return Err(wrong(from, message, "begin the rule with the old address, from this site's root, as `/old/`"));
    }
    let to_at = rest.iter().position(|token| token.text.starts_with('/') || is_web(token.text));
    let (params, after) = match to_at {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => {
            let at = rest.iter().position(|token| status(token.text).is_some()).unwrap_or(rest.len());
            (&rest[..at], &rest[at..])
        }
    };
    let (path, asked) = from.text.split_once('?').unwrap_or((from.text, ""));
    let asked: Vec<&str> = asked.split('&').filter(|pair| !pair.is_empty()).collect();
    let is_pair = |pair: &&str| pair.contains('=') && !pair.starts_with(['/', '#']) && !is_web(pair);
    if !asked.iter().all(is_pair) {
        let message = format!("`{}` is no query that could tell old addresses apart", from.text);
        return Err(wrong(from, message, "write names and values, as `/?p=12`"));
    }
    if let Some(odd) = params.iter().find(|token| !is_pair(&token.text)) {
        let hint = "after the old address comes the new one, `/new/` or `https://example.org/`";
        return Err(wrong(*odd, format!("`{}` is no address that a rule could lead to", odd.text), hint));
    }
    let (status, conditions) = match after.split_first() {
        Some((first, conditions)) if status(first.text).is_some() => (status(first.text), conditions),
        _ => (None, after),
    };
    if let Some(odd) = conditions.iter().find(|token| !token.text.contains('=')) {
        let message = format!("`{}` is neither a status nor a condition", odd.text);
        return Err(wrong(*odd, message, "end the rule with a status, as `301`, or after the new address"));
    }
    let is_redirect = status.is_none_or(|status| matches!(status, 301 | 302 | 303 | 307 | 308));
    let to = match to_at {
        Some(at) => rest[at],
        None if is_redirect => {
            let message = format!("this rule does not say where `{}` is now", from.text);
            return Err(wrong(from, message, "write the new address behind the old one, as `/old/ /new/ 301`"));
        }
        None => from,
    };
    let pairs: Vec<&str> = asked.into_iter().chain(params.iter().map(|token| token.text)).collect();
    let mut words = vec![word(path)];
    words.extend(pairs.iter().map(|pair| word(pair)));
    words.extend(to_at.map(|_| word(to.text)));
    words.extend(after.iter().map(|token| word(token.text)));

    let is_simple = is_redirect && conditions.is_empty() && !is_web(from.text) && !is_pattern(path) && !is_pattern(to.text);
    let (from_span, to_span) = (from.span, to.span);
    let from = match pairs.as_slice() {
        _ if !is_simple => From::Host,
        [] => From::Page(old_address(from)?),
        [pair] if is_home(path) && !is_placeholder(pair) => match Query::of_pair(pair) {
            Some(query) => {
                (words[0], words[1]) = (Word::Path("/".into()), Word::Plain(query.to_rule()));
                From::Query(query)
            }
            None => {
                let message = format!("`{pair}` cannot tell old addresses apart");
                return Err(wrong(from, message, "write a name and a value, as `p=12`"));
            }
        },
        _ => From::Host,
    };
    let to = match from {
        From::Host => To::Host,
        _ => target(to)?,
    };
    Ok(Rule { from, to, from_span, to_span, words: words.into() })
}

/// Whether a word is a whole address on the web: `https:page` would be one of this site.
fn is_web(text: &str) -> bool {
    matches!(scheme(text).as_deref(), Some("http" | "https")) && text.split_once("://").is_some_and(|(_, rest)| !rest.is_empty())
}

/// `301`, or `301!`, which stands for it whatever else is at the address.
fn status(text: &str) -> Option<u16> {
    let digits = text.strip_suffix('!').unwrap_or(text);
    (digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// Whether an address stands for several: `/blog/*`, `/:year/`.
fn is_pattern(address: &str) -> bool {
    address.contains('*') || address.contains("/:")
}

fn is_placeholder(pair: &str) -> bool {
    pair.contains("=:") || pair.contains('*')
}

/// What is published of a word: ASCII, as everything in an address is.
fn word(text: &str) -> Word {
    if let Some(href) = (!text.is_ascii() && is_web(text)).then(|| on_the_web(text)).flatten() {
        return Word::Plain(href);
    }
    let mut ascii = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            encode_into(c.encode_utf8(&mut [0; 4]), &mut ascii);
        }
    }
    if text.starts_with('/') { Word::Path(ascii) } else { Word::Plain(ascii) }
}

/// An old address. A page stands for it, and no server takes a page for one at `/map.pdf`; but all take `/map.pdf/`.
fn old_address(from: Token<'_>) -> Result<Url, Diagnostic> {
    let not_ours = |reason: &str| {
        let message = format!("this cannot have been an address of the site: {reason}");
        wrong(from, message, "write it from the site's root, as `/old/`")
    };
    let url = Url::parse(from.text).map_err(not_ours)?;
    let path = url.as_str();
    if path.ends_with('/') || path.ends_with(".html") || path.ends_with(".htm") {
        return Ok(url);
    }
    Url::parse(&format!("{}/", from.text)).map_err(not_ours)
}

fn target(to: Token<'_>) -> Result<To, Diagnostic> {
    if is_web(to.text) {
        let href = on_the_web(to.text).ok_or_else(|| {
            let message = format!("`{}` is no address that a browser would accept", to.text);
            wrong(to, message, "copy the whole address from a browser")
        })?;
        return Ok(To::Outside(href));
    }
    let (path, rest) = to.text.split_at(to.text.find(['?', '#']).unwrap_or(to.text.len()));
    let url = Url::parse(path).map_err(|reason| {
        let message = format!("this cannot be an address of the site: {reason}");
        wrong(to, message, "write where a page of this site is, as `/offers/`, or a whole address, as `https://example.org/`")
    })?;
    Ok(To::Inside(url, unquoted(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(line: &str) -> Rule {
        let (rules, problems) = Rules::parse(line);
        assert!(problems.is_empty() && rules.rules.len() == 1, "{line}: {problems:?}");
        rules.rules.into_iter().next().unwrap_or_else(|| panic!("{line}"))
    }

    #[test]
    fn lines_are_read_as_hosts_read_them() {
        let page = |path: &str| From::Page(Url::parse(path).unwrap_or_else(|reason| panic!("{reason}")));
        let query = |pair: &str| From::Query(Query::of_pair(pair).unwrap_or_else(|| panic!("{pair}")));
        for (line, from, written) in [
            ("/a /b/ 301", page("/a/"), "/x/a /x/b/ 301"),
            ("  /a/\t/b/#c  # why", page("/a/"), "/x/a/ /x/b/#c"),
            ("/a.html https://example.org/?q=1 302!", page("/a.html"), "/x/a.html https://example.org/?q=1 302!"),
            ("/map.pdf /b/", page("/map.pdf/"), "/x/map.pdf /x/b/"),
            ("/é /ü/ 308", page("/é/"), "/x/%C3%A9 /x/%C3%BC/ 308"),
            ("/ p=012 /b/ 301", query("p=12"), "/x/ p=12 /x/b/ 301"),
            ("/?tag=a+b /b/", query("tag=a b"), "/x/ tag=a%20b /x/b/"),
            ("/index.php?p=7 /b/", query("p=7"), "/x/ p=7 /x/b/"),
            ("/?p=1&q=2 /b/", From::Host, "/x/ p=1 q=2 /x/b/"),
            ("/store id=:id /b/:id 301", From::Host, "/x/store id=:id /x/b/:id 301"),
            ("/news/* /b/:splat", From::Host, "/x/news/* /x/b/:splat"),
            ("/a /b 200", From::Host, "/x/a /x/b 200"),
            ("/a /b 302 Country=de,at", From::Host, "/x/a /x/b 302 Country=de,at"),
            ("/a/ https://Bücher.example/ü 301", page("/a/"), "/x/a/ https://xn--bcher-kva.example/%C3%BC 301"),
            ("/gone/ 410", From::Host, "/x/gone/ 410"),
            (
                "http://old.example/* https://example.org/:splat 301!",
                From::Host,
                "http://old.example/* https://example.org/:splat 301!",
            ),
        ] {
            let rule = one(line);
            assert_eq!((&rule.from, rule.to_line("/x").as_str()), (&from, written), "{line}");
        }
        assert_eq!(Rules::parse("\n# a comment\n   \n").0.rules, []);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_word() {
        for (line, column) in [
            ("old/ /new/ 301", 1),
            ("/old/", 1),
            ("/old/ 301", 1),
            ("/old/ new/ 301", 7),
            ("/old/ /new/ moved", 13),
            ("/old/ /new/ 301 moved", 17),
            ("/a/../b/ /new/", 1),
            ("/old/ /../new/", 7),
            ("/old/ //evil.example/", 7),
            ("/old/ /new\u{202e}/", 7),
            ("/?=1 /new/", 1),
            ("/old/ javascript:alert(1)", 7),
            ("/old/ https:page", 7),
            ("/old/ https://[page/", 7),
            ("/?a=1&/x=2 /new/", 1),
            ("/?a&b=2 /new/", 1),
        ] {
            let (rules, problems) = Rules::parse(&format!("/a/ /b/\n{line}"));
            assert_eq!((rules.rules.len(), problems.len()), (1, 1), "{line}: {problems:?}");
            let place = problems[0].place.as_ref().map(ToString::to_string);
            assert_eq!(place, Some(format!("{SHOWN}:2:{column}")), "{line}");
        }
    }

    #[test]
    fn the_slash_at_the_end_makes_no_second_page() {
        let (rules, _) = Rules::parse("/a /b/\n/a/ /b/\n/a/ /c/\n/a /b/\n");
        let is_again = |rule: &Rule| rule.from == From::Again;
        assert_eq!(rules.rules.iter().map(is_again).collect::<Vec<_>>(), [false, true, false, false]);
    }

    #[test]
    fn a_query_knows_its_file() {
        for (address, key, file) in [
            ("/?p=12", "p=12", 0),
            ("/?p=0012345", "p=12345", 12),
            ("/?m=201503", "m=201503", 201),
            ("/?tag=caf%C3%A9", "tag=café", 0),
            ("/?p=1234567890123456", "p=1234567890123456", 0),
        ] {
            let query = Query::parse(address).unwrap_or_else(|| panic!("{address}"));
            assert_eq!((query.key().as_str(), query.file_number()), (key, file), "{address}");
        }
        for not in ["/", "/?", "/?p", "/?p=", "/a/?p=1", "/?p=1&q=2", "/?p=1#x", "?p=1", "/?a b=1", "/?p=%00"] {
            assert_eq!(Query::parse(not), None, "{not}");
        }
    }

    proptest! {
        /// Whatever the file holds: a rule is one line of printable ASCII, and it is read back as itself.
        #[test]
        fn a_rule_is_one_line(text in "([/*:#?&=!a-c0-3 \\t\"'<>é%.]{0,16}|/[a-c/]{0,4} /[a-c/é ]{0,4} ?(301|404|200)?|\\PC{0,20}|[\\x00-\\x20\u{85}\u{2028}/]{0,9})(\n|\r)?") {
            let (rules, problems) = Rules::parse(&text.repeat(2));
            prop_assert!(problems.iter().all(|problem| problem.place.is_some()));
            for rule in &rules.rules {
                let line = rule.to_line("/below");
                prop_assert!(line.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{line:?}");
                let again = Rules::parse(&rule.to_line("")).0.rules;
                prop_assert_eq!(again.len(), 1, "{}", line);
                prop_assert_eq!(again[0].to_line("/below"), line);
                prop_assert_eq!(&again[0].to, &rule.to);
            }
        }

        #[test]
        fn a_query_in_a_rule_means_itself(value in "\\PC{1,20}") {
            let mut encoded = String::new();
            encode_into(&value, &mut encoded);
            if let Some(query) = Query::parse(&format!("/?tag={}", encoded.replace('+', "%2B").replace('&', "%26"))) {
                prop_assert_eq!(Query::of_pair(&query.to_rule()), Some(query.clone()));
                prop_assert_eq!(Query::parse(&query.address()), Some(query));
            }
        }
    }
}
