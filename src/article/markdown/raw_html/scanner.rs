//! Raw HTML cut into tokens the way a browser's tokenizer cuts it, each with its place in the text
//! (<https://html.spec.whatwg.org/multipage/parsing.html#tokenization>).
//!
//! Every byte belongs to exactly one token, so that what is passed on is passed on as it was written. Which elements are
//! open, and what may stand in them, is left to `nesting`.

use std::borrow::Cow;
use std::ops::Range;

/// More attributes than this no tag has; the others are passed on unseen, or left out where they would be looked at.
const MOST_ATTRIBUTES: usize = 300;

#[derive(Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// Text, with character references as written.
    Text(Range<usize>),
    Tag(Tag<'t>),
    /// A comment, or what a browser takes for one: `<?…>`, `<!…>`, `</>`.
    Comment(Range<usize>),
    Doctype(Range<usize>),
    /// `<![CDATA[…]]>` within a drawing or formula.
    Data(Range<usize>),
    /// What begins here goes on to the end of the text, and would go on behind it.
    Unfinished(Range<usize>, Unfinished),
}

/// What does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfinished {
    /// A tag without `>`.
    Tag,
    /// A tag with an attribute whose quotation mark is never closed.
    Quote,
    /// `<!--`, ended by `-->`.
    Comment,
    /// `<?` or `<!`, ended by `>`.
    Declaration,
    /// `<![CDATA[`, ended by `]]>`.
    Data,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind {
    Start,
    End,
}

#[derive(Debug, PartialEq)]
pub(super) struct Tag<'t> {
    pub(super) range: Range<usize>,
    pub(super) kind: TagKind,
    /// In lower case.
    pub(super) name: Cow<'t, str>,
    pub(super) attributes: Vec<Attribute>,
    /// Whether it ends in `/>`.
    pub(super) closes_itself: bool,
}

/// An attribute's places in the text.
#[derive(Debug, PartialEq)]
pub(super) struct Attribute {
    pub(super) name: Range<usize>,
    /// Without quotation marks; empty if there is none.
    pub(super) value: Range<usize>,
    /// With its quotation marks, if it has any.
    pub(super) written: Range<usize>,
}

/// What may come between an element's start tag and its end tag where no tags are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RawText {
    /// Text up to the end tag.
    Plain,
    /// A script, in which a comment can hide the end tag.
    Script,
}

pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Scanner { text, at: 0 }
    }

    /// The next token. `is_foreign` says whether the element around it is part of a drawing or formula.
    pub(super) fn next(&mut self, is_foreign: bool) -> Option<Token<'t>> {
        if self.is_at_end() {
            return None;
        }
        let start = self.at;
        let markup = next_markup(self.text.as_bytes(), start).unwrap_or(self.text.len());
        if markup > start {
            self.at = markup;
            return Some(Token::Text(start..markup));
        }
        let rest = &self.text.as_bytes()[start..];
        Some(match rest.get(1) {
            Some(b'/') if rest.get(2).is_some_and(u8::is_ascii_alphabetic) => self.tag(TagKind::End),
            Some(b'!') if rest.starts_with(b"<!--") => self.comment(),
            Some(b'!') if is_foreign && rest.starts_with(b"<![CDATA[") => self.data(),
            Some(b'!') if rest.len() >= 9 && rest[2..9].eq_ignore_ascii_case(b"doctype") => self.until(">", Token::Doctype),
            Some(b'!' | b'?' | b'/') => self.until(">", Token::Comment),
            _ => self.tag(TagKind::Start),
        })
    }

    /// Whether nothing is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// The text of an element that holds nothing else, up to its end tag or the end, and what is needed before an end tag
    /// that was forgotten.
    pub(super) fn raw_text(&mut self, name: &str, kind: RawText) -> (Range<usize>, &'static str) {
        let start = self.at;
        let (end, before_end) = match kind {
            RawText::Plain => (plain_text_end(self.text.as_bytes(), start, name), ""),
            RawText::Script => script_end(self.text.as_bytes(), start),
        };
        self.at = end;
        (start..end, before_end)
    }

    /// Whether what comes next is a tag with its end.
    pub(super) fn ends_tag(&self) -> bool {
        let mut ahead = Scanner { text: self.text, at: self.at };
        matches!(ahead.next(false), Some(Token::Tag(_)))
    }

    fn unfinished(&mut self, what: Unfinished) -> Token<'t> {
        let range = self.at..self.text.len();
        self.at = self.text.len();
        Token::Unfinished(range, what)
    }

    fn until(&mut self, ending: &str, token: fn(Range<usize>) -> Token<'t>) -> Token<'t> {
        let start = self.at;
        match self.text[start..].find(ending) {
            Some(found) => {
                self.at = start + found + ending.len();
                token(start..self.at)
            }
            None => self.unfinished(Unfinished::Declaration),
        }
    }

    fn data(&mut self) -> Token<'t> {
        let start = self.at;
        match self.text[start..].find("]]>") {
            Some(found) => {
                self.at = start + found + "]]>".len();
                Token::Data(start..self.at)
            }
            None => self.unfinished(Unfinished::Data),
        }
    }

    fn comment(&mut self) -> Token<'t> {
        let start = self.at;
        let content = start + "<!--".len();
        let ends = |&end: &usize| {
            let inner = &self.text.as_bytes()[content..end];
            inner.is_empty() || inner == b"-" || inner.ends_with(b"--") || inner.ends_with(b"--!")
        };
        match positions(self.text.as_bytes(), content, b'>').find(ends) {
            Some(end) => {
                self.at = end + 1;
                Token::Comment(start..self.at)
            }
            None => self.unfinished(Unfinished::Comment),
        }
    }

    fn tag(&mut self, kind: TagKind) -> Token<'t> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let name_at = if kind == TagKind::End { start + 2 } else { start + 1 };
        let mut at = skip(bytes, name_at, |byte| !ends_name(byte));
        let name = lower_case(&self.text[name_at..at]);
        let mut attributes = Vec::new();
        let mut last_end = at;
        loop {
            at = skip(bytes, at, |byte| is_space(byte) || byte == b'/');
            match bytes.get(at) {
                None => return self.unfinished(Unfinished::Tag),
                Some(b'>') => break,
                Some(_) => {}
            }
            let attribute = match read_attribute(bytes, at) {
                Ok(attribute) => attribute,
                Err(what) => return self.unfinished(what),
            };
            at = attribute.written.end;
            last_end = at;
            if attributes.len() < MOST_ATTRIBUTES {
                attributes.push(attribute);
            }
        }
        // The slash of `<a href=x/>` belongs to the address.
        let closes_itself = bytes[at - 1] == b'/' && last_end < at;
        self.at = at + 1;
        Token::Tag(Tag { range: start..self.at, kind, name, attributes, closes_itself })
    }
}

/// Reads the attribute that begins at `at`, up to the end of its value.
fn read_attribute(bytes: &[u8], at: usize) -> Result<Attribute, Unfinished> {
    // A name may begin with `=`.
    let name_end = skip(bytes, at + 1, |byte| !ends_name(byte) && byte != b'=');
    let equals = skip(bytes, name_end, is_space);
    if bytes.get(equals) != Some(&b'=') {
        return Ok(Attribute { name: at..name_end, value: name_end..name_end, written: name_end..name_end });
    }
    let value = skip(bytes, equals + 1, is_space);
    match bytes.get(value) {
        None => Err(Unfinished::Tag),
        Some(&quote @ (b'"' | b'\'')) => {
            let end = positions(bytes, value + 1, quote).next().ok_or(Unfinished::Quote)?;
            Ok(Attribute { name: at..name_end, value: value + 1..end, written: value..end + 1 })
        }
        Some(_) => {
            let end = skip(bytes, value, |byte| !is_space(byte) && byte != b'>');
            Ok(Attribute { name: at..name_end, value: value..end, written: value..end })
        }
    }
}

/// Where the next `<` is that begins more than text.
fn next_markup(bytes: &[u8], from: usize) -> Option<usize> {
    positions(bytes, from, b'<').find(|&at| matches!(bytes.get(at + 1), Some(b'/' | b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z')))
}

/// Where the end tag of an element begins whose content is text; the end if there is none.
fn plain_text_end(bytes: &[u8], from: usize, name: &str) -> usize {
    positions(bytes, from, b'<').find(|&at| begins_end_tag(&bytes[at..], name)).unwrap_or(bytes.len())
}

fn begins_end_tag(rest: &[u8], name: &str) -> bool {
    let after = 2 + name.len();
    rest.starts_with(b"</")
        && rest.get(2..after).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && rest.get(after).is_some_and(|&byte| ends_name(byte))
}

/// As [`plain_text_end`] for a script, where `<!--` begins a comment in which `<script` hides the next `</script`. If
/// there is no end, what must be written before an end tag is seen again.
fn script_end(bytes: &[u8], from: usize) -> (usize, &'static str) {
    let mut at = from;
    // Whether a comment is open, and a script within it.
    let (mut in_comment, mut in_inner) = (false, false);
    while let Some(found) = bytes[at..].iter().position(|byte| matches!(byte, b'<' | b'>')) {
        let here = at + found;
        let rest = &bytes[here..];
        at = here + 1;
        if bytes[here] == b'>' {
            // `<!-->` and `<!--->` end the comment that they begin.
            if in_comment && here >= from + 2 && &bytes[here - 2..here] == b"--" {
                (in_comment, in_inner) = (false, false);
            }
        } else if !in_comment && rest.starts_with(b"<!--") {
            in_comment = true;
        } else if in_inner {
            in_inner = !begins_end_tag(rest, "script");
        } else if begins_end_tag(rest, "script") {
            return (here, "");
        } else if in_comment {
            in_inner = rest.get(1..7).is_some_and(|name| name.eq_ignore_ascii_case(b"script"))
                && rest.get(7).is_some_and(|&byte| ends_name(byte));
        }
    }
    (bytes.len(), if in_comment { "-->" } else { "" })
}

pub(super) fn positions(bytes: &[u8], from: usize, wanted: u8) -> impl Iterator<Item = usize> {
    let rest = bytes.get(from..).unwrap_or(&[]);
    rest.iter().enumerate().filter(move |(_, byte)| **byte == wanted).map(move |(at, _)| from + at)
}

fn skip(bytes: &[u8], from: usize, skipped: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or(&[]);
    rest.iter().position(|&byte| !skipped(byte)).map_or(bytes.len(), |found| from + found)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}

fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let mut scanner = Scanner::new(text);
        let mut tokens = Vec::new();
        while let Some(token) = scanner.next(false) {
            tokens.push(match token {
                Token::Text(range) | Token::Comment(range) | Token::Doctype(range) | Token::Data(range) => &text[range],
                Token::Unfinished(range, _) => &text[range],
                Token::Tag(tag) => &text[tag.range],
            });
        }
        tokens
    }

    #[test]
    fn tokens_end_where_a_browser_ends_them() {
        for (text, expected) in [
            ("a<b>c</b >d", vec!["a", "<b>", "c", "</b >", "d"]),
            ("<a b='>' c=\">\" d=>e", vec!["<a b='>' c=\">\" d=>", "e"]),
            ("1 < 2 <3 <", vec!["1 < 2 <3 <"]),
            ("<!-->a<!--->b<!-- c --!>d<!-- > -->e", vec!["<!-->", "a", "<!--->", "b", "<!-- c --!>", "d", "<!-- > -->", "e"]),
            ("<?a>b<!c>d</>e</ f>g<!DOCTYPE h>", vec!["<?a>", "b", "<!c>", "d", "</>", "e", "</ f>", "g", "<!DOCTYPE h>"]),
            ("<![CDATA[ a > b ]]>", vec!["<![CDATA[ a >", " b ]]>"]),
            ("a<b c=\"d>e", vec!["a", "<b c=\"d>e"]),
            ("a<!-- b", vec!["a", "<!-- b"]),
        ] {
            assert_eq!(cut(text), expected, "{text}");
        }
    }

    #[test]
    fn attributes_are_read_in_every_spelling() {
        let text = "<a B c = d e='f'g=\"h\" =i/ j=k/>";
        let Some(Token::Tag(tag)) = Scanner::new(text).next(false) else { panic!("a tag") };
        let attributes: Vec<_> = tag.attributes.iter().map(|a| (&text[a.name.clone()], &text[a.value.clone()])).collect();
        assert_eq!(attributes, [("B", ""), ("c", "d"), ("e", "f"), ("g", "h"), ("=i", ""), ("j", "k/")]);
        assert!(!tag.closes_itself);
        for (text, closes_itself) in [("<a/>", true), ("<a b />", true), ("<a / >", false), ("<a b='c'/>", true)] {
            let Some(Token::Tag(tag)) = Scanner::new(text).next(false) else { panic!("a tag") };
            assert_eq!(tag.closes_itself, closes_itself, "{text}");
        }
    }

    #[test]
    fn a_script_ends_at_the_end_tag_that_ends_it() {
        for (text, content, before_end) in [
            ("a</script>b", "a", ""),
            ("a</scripts>b</SCRIPT >", "a</scripts>b", ""),
            ("<!-- a</script>", "<!-- a", ""),
            ("<!-- <script> </script> --></script>", "<!-- <script> </script> -->", ""),
            ("<!--> <script></script>", "<!--> <script>", ""),
            ("<!-- <script> </script>", "<!-- <script> </script>", "-->"),
            ("a", "a", ""),
        ] {
            let (range, found) = Scanner::new(text).raw_text("script", RawText::Script);
            assert_eq!((&text[range], found), (content, before_end), "{text}");
        }
    }
}
