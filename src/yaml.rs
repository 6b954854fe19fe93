//! YAML whose values know where they stand, for messages that point at the line.
//!
//! The text is parsed by `serde_yaml`; this file keeps what that parser drops (order, duplicate keys, places) and reads
//! scalars the way an author means them. Which keys there are and what they mean is left to the front matter and the
//! settings.

use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::diagnostic::{Diagnostic, Place, Span};

/// A YAML mapping with the text it was read from.
#[derive(Debug)]
pub struct Document<'t> {
    file: Arc<str>,
    text: &'t str,
    /// How many lines of the file stand before `text`.
    lines_before: u32,
    entries: Vec<(String, Value)>,
    marks: Vec<Mark<'t>>,
}

/// A value as it was written, with mappings in their order and duplicates kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as YAML's parser read it.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A mapping.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// What the value is, in an author's words.
    fn noun(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Bool(_) => "yes or no",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a group of keys",
        }
    }
}

/// One `key: value` line.
#[derive(Debug)]
struct Mark<'t> {
    indent: usize,
    key: &'t str,
    /// Byte offsets into the document's text.
    key_at: usize,
    value_at: usize,
    /// What stands after the colon on the same line, comment and all, trimmed.
    rest: &'t str,
}

impl<'t> Document<'t> {
    /// Parses `text`, which stands in `file` after `lines_before` lines. An empty text is a mapping without keys.
    pub fn parse(file: Arc<str>, text: &'t str, lines_before: u32) -> Result<Document<'t>, Diagnostic> {
        let marks = marks(text);
        let mut document = Document { file, text, lines_before, entries: Vec::new(), marks };
        match serde_yaml::from_str::<Value>(text) {
            Ok(Value::Map(entries)) => document.entries = entries,
            Ok(Value::Null) => {}
            Ok(other) => {
                let problem = Diagnostic::error("yaml", format!("this should be `key: value` lines, and is {}", other.noun()));
                return Err(problem.at(document.place(0, 0)));
            }
            Err(error) => return Err(document.explain(&error)),
        }
        Ok(document)
    }

    /// The keys and values at the top level, in their order.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let mut from = 0;
        self.entries.iter().map(move |(key, value)| {
            let mark = self.find_mark(key, 0, from..self.marks.len());
            from = mark.map_or(from, |i| i + 1);
            Node { document: self, key, value, mark, item_at: None }
        })
    }

    /// The place of the text's first line: what is said of the document as a whole.
    pub fn start(&self) -> Place {
        self.place(0, 0)
    }

    fn find_mark(&self, key: &str, indent: usize, within: std::ops::Range<usize>) -> Option<usize> {
        within.into_iter().find(|&i| self.marks[i].indent == indent && self.marks[i].key == key)
    }

    fn place(&self, offset: usize, length: usize) -> Place {
        let mut span = Span::of(self.text, offset, length);
        span.line += self.lines_before;
        Place::at(self.file.clone(), span)
    }

    /// The YAML parser's complaint, in an author's words, with the line as it should be where that can be told.
    fn explain(&self, error: &serde_yaml::Error) -> Diagnostic {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        let offset = error.location().map_or(0, |location| location.index());
        let (line_start, line) = line_around(self.text, offset);
        let quotable = self
            .marks
            .iter()
            .rev()
            .find(|mark| mark.key_at >= line_start && mark.key_at < line_start + line.len().max(1) && !mark.rest.is_empty());
        let (message, hint) = if message.contains("mapping values are not allowed") {
            ("there is a second `: ` in this line, so YAML cannot tell where the value ends".to_owned(), quotable.map(quote_hint))
        } else if message.contains("found character that cannot start any token") {
            (
                "this character cannot begin a value in YAML".to_owned(),
                quotable.map(quote_hint).or(Some("use spaces, not tabs, to indent".into())),
            )
        } else if message.contains("did not find expected") && quotable.is_some() {
            (format!("this is not YAML that can be read ({message})"), quotable.map(quote_hint))
        } else {
            (format!("this is not YAML that can be read: {message}"), None)
        };
        let problem = Diagnostic::error("yaml", message).at(self.place(offset, 1));
        match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}

fn quote_hint(mark: &Mark<'_>) -> String {
    format!("quote the value: `{}: {}`", mark.key, quoted(mark.rest.trim_matches(['"', '\''])))
}

/// Text as a double-quoted YAML scalar.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn line_around(text: &str, offset: usize) -> (usize, &str) {
    let offset = offset.min(text.len());
    let start = text.as_bytes()[..offset].iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let end = text.as_bytes()[start..].iter().position(|&b| b == b'\n').map_or(text.len(), |i| start + i);
    (start, &text[start..end])
}

/// Every line of the shape `key: value`, at whatever depth.
fn marks(text: &str) -> Vec<Mark<'_>> {
    let mut marks = Vec::new();
    let mut line_at = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        let unindented = body.trim_start_matches([' ', '-']);
        let indent = body.len() - unindented.len();
        if let Some((key, after)) = split_key(unindented) {
            let value_at = line_at + indent + after;
            let rest = body[indent + after..].trim();
            let leading = body[indent + after..].len() - body[indent + after..].trim_start().len();
            marks.push(Mark { indent, key, key_at: line_at + indent, value_at: value_at + leading, rest });
        }
        line_at += line.len();
    }
    marks
}

/// Splits `key: value` and `"key": value`; gives the bare key and the offset just after the colon.
fn split_key(line: &str) -> Option<(&str, usize)> {
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let end = 1 + line[1..].find(quote)?;
        let after = &line[end + 1..];
        let colon = after.len() - after.trim_start().len();
        return after[colon..].starts_with(':').then(|| (&line[1..end], end + 1 + colon + 1));
    }
    let mut from = 0;
    while let Some(i) = line[from..].find(':') {
        let colon = from + i;
        let next = line[colon + 1..].chars().next();
        if next.is_none_or(char::is_whitespace) {
            let key = line[..colon].trim_end();
            return (!key.is_empty() && !key.starts_with('#')).then_some((key, colon + 1));
        }
        from = colon + 1;
    }
    None
}

/// A key with its value and its place.
#[derive(Debug, Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    /// The key as written.
    pub key: &'d str,
    /// The value.
    pub value: &'d Value,
    mark: Option<usize>,
    /// For an item of a list: where its own text stands.
    item_at: Option<(usize, usize)>,
}

impl<'d> Node<'d> {
    /// Where the key stands.
    pub fn key_place(&self) -> Place {
        match self.mark.map(|i| &self.document.marks[i]) {
            Some(mark) => self.document.place(mark.key_at, mark.key.len()),
            None => self.document.place(0, 0),
        }
    }

    /// Where the value stands.
    pub fn place(&self) -> Place {
        match (self.item_at, self.mark.map(|i| &self.document.marks[i])) {
            (Some((at, length)), _) => self.document.place(at, length),
            (None, Some(mark)) if !mark.rest.is_empty() => self.document.place(mark.value_at, mark.rest.len()),
            (None, Some(mark)) => self.document.place(mark.key_at, mark.key.len()),
            (None, None) => self.document.place(0, 0),
        }
    }

    /// The value as text. Numbers and booleans are what the author typed; an absent value is an empty text.
    pub fn text(&self) -> Result<String, Diagnostic> {
        match self.value {
            Value::Text(text) => {
                self.refuse_lost_comment()?;
                Ok(text.clone())
            }
            Value::Null if self.raw().starts_with('#') => Err(self.lost_comment()),
            Value::Null => Ok(String::new()),
            Value::Bool(_) | Value::Number(_) => {
                self.refuse_lost_comment()?;
                match (self.item_at, self.value) {
                    (None, _) if !self.raw().is_empty() => Ok(self.raw().to_owned()),
                    (_, Value::Number(number)) => Ok(number.clone()),
                    (_, value) => Ok((*value == Value::Bool(true)).to_string()),
                }
            }
            Value::List(_) | Value::Map(_) => Err(self.wrong_type("text")),
        }
    }

    /// The value as yes or no, in any of YAML's spellings.
    pub fn bool(&self) -> Result<bool, Diagnostic> {
        match self.value {
            Value::Bool(value) => Ok(*value),
            Value::Text(text) => match text.trim().to_lowercase().as_str() {
                "yes" | "on" | "true" | "y" => Ok(true),
                "no" | "off" | "false" | "n" => Ok(false),
                _ => Err(self.wrong_type("yes or no")),
            },
            _ => Err(self.wrong_type("yes or no")),
        }
    }

    /// The value as a whole number.
    pub fn integer(&self) -> Result<i64, Diagnostic> {
        match self.value {
            Value::Number(text) | Value::Text(text) => text.trim().parse().map_err(|_| self.wrong_type("a whole number")),
            _ => Err(self.wrong_type("a whole number")),
        }
    }

    /// The items of a list; one value counts as a list of one, nothing as an empty list.
    pub fn items(&self) -> Result<Vec<Node<'d>>, Diagnostic> {
        match self.value {
            Value::List(items) => {
                let mut from = self.mark.map_or(0, |i| self.document.marks[i].value_at);
                Ok(items
                    .iter()
                    .map(|value| {
                        let item_at = self.find_item(value, &mut from);
                        Node { value, item_at: Some(item_at), ..*self }
                    })
                    .collect())
            }
            Value::Null => Ok(Vec::new()),
            _ => Ok(vec![*self]),
        }
    }

    /// The keys and values of a mapping; nothing counts as an empty one.
    pub fn children(&self) -> Result<Vec<Node<'d>>, Diagnostic> {
        let entries = match self.value {
            Value::Map(entries) => entries,
            Value::Null => return Ok(Vec::new()),
            _ => return Err(self.wrong_type("a group of keys, each on a line of its own and indented")),
        };
        let marks = &self.document.marks;
        let within = self.mark.map_or(0..0, |own| {
            let end = (own + 1..marks.len()).find(|&i| marks[i].indent <= marks[own].indent).unwrap_or(marks.len());
            own + 1..end
        });
        Ok(entries
            .iter()
            .map(|(key, value)| {
                let mark = within.clone().find(|&i| marks[i].key == key).or(self.mark);
                Node { document: self.document, key, value, mark, item_at: None }
            })
            .collect())
    }

    /// A complaint about the type of the value.
    pub fn wrong_type(&self, wanted: &str) -> Diagnostic {
        let message = format!("`{}` should be {wanted}, and is {}", self.key, self.value.noun());
        Diagnostic::error("wrong-type", message).at(self.place())
    }

    /// What stands after the colon, without quotes taken off and without a comment.
    fn raw(&self) -> &'d str {
        let rest = self.mark.map_or("", |i| self.document.marks[i].rest);
        if rest.starts_with('#') { rest } else { rest.split(" #").next().unwrap_or(rest).trim_end() }
    }

    /// `title: C # D` is "C" to YAML, which is never what was meant.
    fn refuse_lost_comment(&self) -> Result<(), Diagnostic> {
        let rest = self.mark.map_or("", |i| self.document.marks[i].rest);
        let is_plain = !rest.starts_with(['"', '\'', '[', '{', '|', '>']);
        if self.item_at.is_none() && is_plain && rest.contains(" #") { Err(self.lost_comment()) } else { Ok(()) }
    }

    fn lost_comment(&self) -> Diagnostic {
        let rest = self.mark.map_or("", |i| self.document.marks[i].rest);
        Diagnostic::error("lost-comment", format!("YAML takes what follows `#` for a comment, so `{}` would lose it", self.key))
            .at(self.place())
            .hint(format!("quote the value: `{}: {}`", self.key, quoted(rest)))
    }

    /// Finds the text of a list's item at or after `from`, for its place.
    fn find_item(&self, value: &Value, from: &mut usize) -> (usize, usize) {
        let needle = match value {
            Value::Text(text) | Value::Number(text) => text.as_str(),
            _ => "",
        };
        let text = self.document.text;
        match text.get(*from..).and_then(|tail| tail.find(needle)) {
            Some(i) if !needle.is_empty() => {
                let at = *from + i;
                *from = at + needle.len();
                (at, needle.len())
            }
            _ => (*from, 0),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(number) => match (number.parse::<i64>(), number.parse::<f64>()) {
                (Ok(whole), _) => serializer.serialize_i64(whole),
                (_, Ok(real)) => serializer.serialize_f64(real),
                _ => serializer.serialize_str(number),
            },
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items),
            Value::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any YAML value")
            }
            fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
                Ok(Value::Bool(v))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
                Ok(Value::Number(v.to_string()))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
                Ok(Value::Number(v.to_string()))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
                Ok(Value::Number(v.to_string()))
            }
            fn visit_str<E>(self, v: &str) -> Result<Value, E> {
                Ok(Value::Text(v.to_owned()))
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Value::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Value>()? {
                    let key = match key {
                        Value::Text(key) | Value::Number(key) => key,
                        Value::Bool(key) => key.to_string(),
                        _ => return Err(de::Error::custom("a key must be a word")),
                    };
                    entries.push((key, map.next_value()?));
                }
                Ok(Value::Map(entries))
            }
            fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
                let (tag, value) = tagged.variant::<String>()?;
                value.newtype_variant::<Value>()?;
                let tag = tag.trim_start_matches('!');
                Err(de::Error::custom(format!("YAML takes `!{tag}` for a type, not for text; quote the value")))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document<'_> {
        Document::parse("a.md".into(), text, 1).unwrap_or_else(|d| panic!("{d:?}"))
    }

    fn place(node: &Node<'_>) -> String {
        node.place().to_string()
    }

    #[test]
    fn values_know_their_places() {
        let document = parse("title: A walk\ntags: [offers, email]\nfeed:\n  limit: 20\n");
        let nodes: Vec<Node<'_>> = document.nodes().collect();
        assert_eq!(place(&nodes[0]), "a.md:2:8");
        let items = nodes[1].items().unwrap_or_default();
        assert_eq!(place(&items[1]), "a.md:3:16");
        let children = nodes[2].children().unwrap_or_default();
        assert_eq!(place(&children[0]), "a.md:5:10");
        assert_eq!(children[0].integer().ok(), Some(20));
    }

    #[test]
    fn what_yaml_would_lose_is_refused_with_the_line_as_it_should_be() {
        for (text, hint) in [
            ("title: #1 thing\n", "quote the value: `title: \"#1 thing\"`"),
            ("title: C # D\n", "quote the value: `title: \"C # D\"`"),
        ] {
            let document = parse(text);
            let problem = document.nodes().next().and_then(|node| node.text().err());
            assert_eq!(problem.and_then(|p| p.hint).as_deref(), Some(hint));
        }
        let problem = Document::parse("a.md".into(), "title: One: two\n", 1).err();
        assert_eq!(problem.and_then(|p| p.hint).as_deref(), Some("quote the value: `title: \"One: two\"`"));
    }

    #[test]
    fn scalars_are_what_was_typed() {
        let document = parse("title: 1.50\nb: yes\nc: \"no\"\n");
        let nodes: Vec<Node<'_>> = document.nodes().collect();
        assert_eq!(nodes[0].text().ok().as_deref(), Some("1.50"));
        assert_eq!(nodes[1].bool().ok(), Some(true));
        assert_eq!(nodes[2].bool().ok(), Some(false));
    }
}
