//! A template as Tera reads it, taken apart into its tags and their tokens, each with its place.
//!
//! This follows Tera's own lexer to the letter, because what it misses no guard sees: wherever Tera would stop with a
//! mistake, it stops too, and says that it did not reach the end. What the tags mean is `outline`'s business.

use std::borrow::Cow;

/// A template's tags in their order.
#[derive(Debug)]
pub struct Scan<'t> {
    /// What stands between `{%` and `%}` or between `{{` and `}}`.
    pub tags: Vec<Tag<'t>>,
    /// Whether the whole template could be read.
    pub is_whole: bool,
}

/// A statement or an expression to print.
#[derive(Debug)]
pub struct Tag<'t> {
    /// Whether it is a statement: `{% … %}`.
    pub is_statement: bool,
    /// What stands in it.
    pub tokens: Vec<Token<'t>>,
    /// Where the text after it begins.
    pub after: usize,
}

/// A piece of a tag that means something of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: TokenKind,
    /// How it is written.
    pub text: &'t str,
    /// Where it begins, in bytes.
    pub at: usize,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TokenKind {
    /// A name or a keyword.
    Word,
    /// A text in quotes.
    Text,
    /// A number.
    Number,
    /// An operator or a bracket.
    Sign,
}

impl<'t> Token<'t> {
    /// Where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// Whether it is this operator or bracket.
    pub fn is_sign(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }

    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text == word
    }

    /// The word, if it is one.
    pub fn word(&self) -> Option<&'t str> {
        (self.kind == TokenKind::Word).then_some(self.text)
    }

    /// What a text in quotes says.
    pub fn quoted(&self) -> Option<Cow<'t, str>> {
        if self.kind != TokenKind::Text {
            return None;
        }
        let inner = &self.text[1..self.text.len() - 1];
        if !inner.contains('\\') {
            return Some(inner.into());
        }
        let mut said = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            said.push(match (c, if c == '\\' { chars.next() } else { None }) {
                (_, Some('n')) => '\n',
                (_, Some('t')) => '\t',
                (_, Some('r')) => '\r',
                (_, Some(escaped)) => escaped,
                (c, None) => c,
            });
        }
        Some(said.into())
    }
}

/// Takes a template apart.
pub fn scan(source: &str) -> Scan<'_> {
    let mut tags = Vec::new();
    let mut at = 0;
    loop {
        let Some((mark, begins)) = next_mark(source, at) else { return Scan { tags, is_whole: true } };
        let inside = mark + 2 + usize::from(source.as_bytes().get(mark + 2) == Some(&b'-'));
        let next = match begins {
            Begins::Comment => source[inside..].find("#}").map(|length| inside + length + 2),
            Begins::Statement if let Some(after) = skip_tag(source, inside, "raw") => end_of_raw(source, after),
            Begins::Statement | Begins::Print => read_tag(source, inside, begins == Begins::Statement).map(|tag| {
                let after = tag.after;
                tags.push(tag);
                after
            }),
        };
        match next {
            Some(next) => at = next,
            None => return Scan { tags, is_whole: false },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Begins {
    Statement,
    Print,
    Comment,
}

fn next_mark(source: &str, from: usize) -> Option<(usize, Begins)> {
    source.as_bytes()[from..].windows(2).enumerate().find_map(|(i, mark)| match mark {
        b"{%" => Some((from + i, Begins::Statement)),
        b"{{" => Some((from + i, Begins::Print)),
        b"{#" => Some((from + i, Begins::Comment)),
        _ => None,
    })
}

/// Where the text after a tag that is nothing but `name` begins, if there is one at `at`.
fn skip_tag(source: &str, at: usize, name: &str) -> Option<usize> {
    let rest = &source[at..];
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace()).strip_prefix(name)?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix("%}")?;
    Some(source.len() - rest.len())
}

/// Where the text after the next `{% endraw %}` begins.
fn end_of_raw(source: &str, from: usize) -> Option<usize> {
    source[from..].match_indices("{%").find_map(|(i, mark)| skip_tag(source, from + i + mark.len(), "endraw"))
}

/// Reads a tag whose first token is at `from` or after it.
fn read_tag(source: &str, from: usize, is_statement: bool) -> Option<Tag<'_>> {
    let (end_mark, trimming_end_mark) = if is_statement { ("%}", "-%}") } else { ("}}", "-}}") };
    let mut tokens = Vec::new();
    let mut at = from;
    loop {
        at += source.as_bytes()[at..].iter().position(|byte| !byte.is_ascii_whitespace())?;
        let rest = &source[at..];
        if let Some(mark) = [trimming_end_mark, end_mark].into_iter().find(|mark| rest.starts_with(mark)) {
            return Some(Tag { is_statement, tokens, after: at + mark.len() });
        }
        let (kind, length) = read_token(rest)?;
        tokens.push(Token { kind, text: &rest[..length], at });
        at += length;
    }
}

/// Signs of more than one character; the longest first.
const LONG_SIGNS: [&str; 10] = ["...", "//", "**", "==", "!=", ">=", "<=", "</", "?.", "?["];

fn read_token(rest: &str) -> Option<(TokenKind, usize)> {
    let bytes = rest.as_bytes();
    if let Some(sign) = LONG_SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return Some((TokenKind::Sign, sign.len()));
    }
    match *bytes.first()? {
        b'+' | b'-' | b'*' | b'/' | b'%' | b'!' | b'.' | b',' | b':' | b'~' | b'|' | b'=' | b'>' | b'<' | b'(' | b')' | b'['
        | b']' | b'{' | b'}' | b'@' => Some((TokenKind::Sign, 1)),
        quote @ (b'\'' | b'"' | b'`') => Some((TokenKind::Text, quoted_length(bytes, quote)?)),
        b'0'..=b'9' => Some((TokenKind::Number, number_length(bytes))),
        first if first == b'_' || first.is_ascii_alphabetic() => {
            let is_in_word = |byte: &&u8| **byte == b'_' || byte.is_ascii_alphanumeric();
            Some((TokenKind::Word, bytes.iter().take_while(is_in_word).count()))
        }
        _ => None,
    }
}

/// How long a text in quotes is, with its quotes, if it ends.
fn quoted_length(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn number_length(bytes: &[u8]) -> usize {
    let mut has_point = false;
    let is_in_number = |byte: &&u8| match **byte {
        b'.' if !has_point => {
            has_point = true;
            true
        }
        byte => byte.is_ascii_digit(),
    };
    bytes.iter().take_while(is_in_number).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tera::{ErrorKind, Tera};

    fn words(source: &str) -> Vec<Vec<&str>> {
        scan(source).tags.iter().map(|tag| tag.tokens.iter().map(|token| token.text).collect()).collect()
    }

    #[test]
    fn tags_are_found_and_what_only_looks_like_one_is_not() {
        let source =
            "a {{- x.y|f(a='}}') -}} { { {# {{ no }} #}{#-#}{% raw -%}{{ no }}{%- endraw %}{%- set _a1 = 1.5...b?.c -%} é";
        let tags: [&[&str]; 2] =
            [&["x", ".", "y", "|", "f", "(", "a", "=", "'}}'", ")"], &["set", "_a1", "=", "1.5", "...", "b", "?.", "c"]];
        assert_eq!(words(source), tags);
        assert!(scan(source).is_whole);
        for unfinished in ["{{ a", "{% if 'x %}", "{# a", "{#}", "{% raw %} {% endraw", "{{ é }}", "{{ 'a\\"] {
            assert!(!scan(unfinished).is_whole, "{unfinished}");
        }
        let text = scan(r#"{% include "a\n\"b\\" %}"#).tags[0].tokens[1].quoted().map(Cow::into_owned);
        assert_eq!(text.as_deref(), Some("a\n\"b\\"));
    }

    /// Text that may be a template: pieces that matter to a lexer, in any order.
    fn template_like() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "-",
            " ",
            "\n",
            "raw",
            "endraw",
            "{% raw %}",
            "{% endraw %}",
            "'",
            "\"",
            "`",
            "\\",
            "a",
            "b.c",
            "1",
            "1.",
            "..",
            ".",
            "|",
            "f(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "é",
            "<",
            "/",
            ">",
            "set a = ",
            "if a",
            "endif",
            "{% if a %}",
            "{% endif %}",
            "{{ a }}",
            "{{- 'x' -}}",
            "?",
            "@",
            "~",
            "text",
        ]);
        prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// What Tera reads to its end, we do.
        #[test]
        fn nothing_that_tera_accepts_is_missed(source in template_like()) {
            let parsed = Tera::default().add_raw_template("a.html", &source);
            let is_sound = parsed.err().is_none_or(|error| !matches!(error.kind(), ErrorKind::SyntaxError(_)));
            prop_assert!(!is_sound || scan(&source).is_whole, "{source}");
        }
    }
}
