//! YAML whose values know where they stand, for messages that point at the line.
//!
//! The text is parsed by `serde_yaml`; this file keeps what that parser drops (order, duplicate keys, places) and reads
//! scalars the way an author means them. Which keys there are and what they mean is left to the front matter and the
//! settings.

mod find;
mod merge;
mod value;

use std::sync::Arc;

use rustc_hash::FxHashSet;

use self::find::{find_key, find_quotation, find_token};
pub use self::value::Value;
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

/// More than any front matter or settings need; the parser's time grows faster than the text.
const MOST_BYTES: usize = 64 * 1024;
/// The parser is quadratic in the depth of `[[[[…` and finds only then that it is too deep. How deep it is only the parser knows,
/// as brackets may stand in quotes; it is no deeper than there are brackets.
const MOST_BRACKETS: usize = 4096;
/// Every alias copies what it stands for.
const MOST_ALIASES: usize = 100;
/// Aliases times the bytes of the text: as much as they can copy, if all of them stand for nearly all of it.
const MOST_COPIED: usize = 512 * 1024;

/// A wrong value of up to this many bytes is shown within a message.
const LONGEST_QUOTED: usize = 40;

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
        let mut document = Document { file, text, lines_before, entries: Vec::new(), marks: Vec::new() };
        document.refuse_excess()?;
        document.marks = marks(text);
        match serde_yaml::from_str::<Value>(text) {
            Ok(Value::Map(entries)) => {
                document.refuse_repeated_keys(&entries)?;
                document.entries = merge::merged(entries).map_err(|found| document.wrong_merge(found))?;
            }
            Ok(Value::Null) => {}
            Ok(other) => {
                let problem = Diagnostic::error("yaml", format!("this should be `key: value` lines, and is {}", other.noun()));
                let (_, line) = line_around(text, text.len() - text.trim_start().len());
                let hint = if line.contains(':') {
                    "put a space after the colon"
                } else {
                    "write a key, a colon, a space and the value"
                };
                return Err(problem.at(document.place(0, line.len())).hint(hint));
            }
            Err(error) => return Err(document.explain(&error)),
        }
        Ok(document)
    }

    /// The keys and values at the top level, in their order.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let mut from = 0;
        self.entries.iter().map(move |(key, value)| {
            let own = self.find_mark(key, 0, from..self.marks.len());
            from = own.map_or(from, |i| i + 1);
            // A key that came by `<<` stands where it was written first.
            let mark = own.or_else(|| self.marks.iter().position(|mark| mark.key == *key));
            Node { document: self, key, value, mark, key_at: None, item_at: None }
        })
    }

    /// The place of the text's first line: what is said of the document as a whole.
    pub fn start(&self) -> Place {
        self.place(0, 0)
    }

    /// The first mark after `own` that is not within it.
    fn end_of_group(&self, own: usize) -> usize {
        (own + 1..self.marks.len()).find(|&i| self.marks[i].indent <= self.marks[own].indent).unwrap_or(self.marks.len())
    }

    fn find_mark(&self, key: &str, indent: usize, within: std::ops::Range<usize>) -> Option<usize> {
        within.into_iter().find(|&i| self.marks[i].indent == indent && self.marks[i].key == key)
    }

    fn place(&self, offset: usize, length: usize) -> Place {
        let mut span = Span::of(self.text, offset, length);
        span.line += self.lines_before;
        Place::at(self.file.clone(), span)
    }

    /// What would take the parser too long or too much memory is not given to it.
    fn refuse_excess(&self) -> Result<(), Diagnostic> {
        let problem = |offset, message: &str| Err(Diagnostic::error("yaml", message).at(self.place(offset, 1)));
        if self.text.len() > MOST_BYTES {
            return problem(0, "this is more than 64 KiB of YAML").map_err(|problem| {
                problem.hint("it is meant for short facts; long text belongs below the line `---` that ends it")
            });
        }
        if let Some((at, _)) = self.text.match_indices(['[', '{']).nth(MOST_BRACKETS) {
            return problem(at, "there are more than 4,096 opening brackets up to here");
        }
        let begins_name = |at: usize| at == 0 || matches!(self.text.as_bytes()[at - 1], b' ' | b'\n' | b'[' | b'{' | b',' | b':');
        let marked = |sign: char| self.text.match_indices(sign).map(|(at, _)| at).filter(move |at| begins_name(*at));
        if marked('&').next().is_none() {
            return Ok(());
        }
        if let Some(at) = marked('*').nth(MOST_ALIASES) {
            return problem(at, "there are more than 100 aliases (`*name`)");
        }
        if let Some(at) = marked('*').nth(MOST_COPIED / self.text.len().max(1)) {
            return problem(at, "the aliases (`*name`) up to here could copy more than 512 KiB");
        }
        Ok(())
    }

    /// `<<` with something else than a group of keys.
    fn wrong_merge(&self, found: &'static str) -> Diagnostic {
        let mark = self.marks.iter().find(|mark| mark.key == merge::KEY);
        let place = mark.map_or_else(|| self.start(), |mark| self.place(mark.key_at, mark.key.len()));
        Diagnostic::error("yaml", format!("`<<` takes in the keys of another group, and this is {found}"))
            .at(place)
            .hint("write `<<: *name`, where `&name` stands before a group of keys further up")
    }

    /// A key that is given twice within a group; at the top level the reader of the keys says so, with both lines.
    fn refuse_repeated_keys(&self, entries: &[(String, Value)]) -> Result<(), Diagnostic> {
        let repeated = entries.iter().find_map(|(group, value)| Some((group, repeated_key(value)?)));
        let Some((group, key)) = repeated else { return Ok(()) };
        let place = |mark: &Mark<'_>| self.place(mark.key_at, mark.key.len());
        let (place, first) = match self.repeated_marks(key) {
            Some((first, second)) => {
                let line = place(first).span.map_or(0, |span| span.line);
                (place(second), format!(": first in line {line}"))
            }
            // Both stand on one line, within `{…}`.
            None => (self.marks.iter().find(|mark| mark.key == group).map_or_else(|| self.start(), place), String::new()),
        };
        let message = format!("`{key}` is given twice in one group{first}");
        Err(Diagnostic::error("duplicate-key", message).at(place).hint("keep one of the two"))
    }

    /// The first two lines that give one key twice to one group. A line that is less indented ends the group, and so
    /// does a hyphen that begins the next item of a list.
    fn repeated_marks(&self, key: &str) -> Option<(&Mark<'t>, &Mark<'t>)> {
        let begins_item = |mark: &Mark<'_>| self.text[..mark.key_at].trim_end_matches(' ').ends_with('-');
        let ends_group =
            |first: &Mark<'_>, mark: &Mark<'_>| mark.indent < first.indent || mark.indent == first.indent && begins_item(mark);
        self.marks.iter().enumerate().filter(|(_, first)| first.indent > 0 && first.key == key).find_map(|(at, first)| {
            let mut group = self.marks[at + 1..].iter().take_while(|mark| !ends_group(first, mark));
            Some((first, group.find(|mark| mark.indent == first.indent && mark.key == key)?))
        })
    }

    /// The YAML parser's complaint, in an author's words, with the line as it should be where that can be told.
    fn explain(&self, error: &serde_yaml::Error) -> Diagnostic {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        let offset = error.location().map_or(0, |location| location.index()).min(self.text.len());
        let (line_start, line) = line_around(self.text, offset);
        let on_line = |mark: &&Mark<'_>| mark.key_at >= line_start && mark.key_at < line_start + line.len().max(1);
        let quotable = self.marks.iter().rev().find(on_line).filter(|mark| !mark.rest.is_empty());
        let is_tab = self.text[..offset].ends_with('\t') || self.text[offset..].starts_with('\t');
        let quote = quotable.map(quote_hint);
        let problem = |offset, length, message: &str, hint: Option<String>| {
            let mut problem = Diagnostic::error("yaml", message).at(self.place(offset, length));
            problem.hint = hint;
            problem
        };
        if let Some(mark) =
            self.unfinished(line_start).filter(|_| message.contains("did not find") || message.contains("end of stream"))
        {
            let (noun, hint) = match mark.rest.starts_with(['"', '\'']) {
                true => ("the quotation", Some(quote_hint(mark))),
                false => ("the list", hint_for_brackets(mark).or_else(|| Some("end it with `]`".into()))),
            };
            return problem(mark.value_at, mark.rest.len(), &format!("{noun} that begins here never ends"), hint);
        }
        if message.contains("recursion limit exceeded") {
            return problem(offset, 1, "values within values are more than 100 deep here", None);
        }
        if message.contains("repetition limit exceeded") {
            let first = self.text.find('*').unwrap_or(offset);
            return problem(first, 1, "the aliases (`*name`) from here on copy each other too often", None);
        }
        if message.contains("mapping values are not allowed") {
            let first_colon = quotable.filter(|mark| mark.key_at + mark.key.len() == offset);
            if let Some(unlike) = first_colon.and_then(|mark| self.line_before(mark)) {
                return unlike;
            }
            return problem(offset, 1, "there is a second `: ` in this line, so YAML cannot tell where the value ends", quote);
        }
        if message.contains("could not find expected ':'")
            && let Some(unlike) = quotable.and_then(|mark| self.line_before(mark))
        {
            return unlike;
        }
        if let Some(at) = message.find("YAML takes `!") {
            return problem(offset, 1, &message[at..], quote);
        }
        if message.contains("found character that cannot start any token") && is_tab {
            return problem(offset, 1, "YAML does not take a tab here", Some("use spaces, not tabs, to indent".into()));
        }
        if message.contains("found character that cannot start any token") || message.contains("not allowed in this context") {
            return problem(offset, 1, "a value in YAML cannot begin like this", quote);
        }
        if message.contains("unknown anchor") {
            return problem(offset, 1, "YAML takes a word after `*` for the name of another value, and there is none", quote);
        }
        let hint = if message.contains("did not find expected") { quotable.and_then(hint_for_brackets).or(quote) } else { None };
        problem(offset, 1, &format!("this is not YAML that can be read: {message}"), hint)
    }

    /// A quotation or list that begins before an offset and does not end on its line.
    fn unfinished(&self, before: usize) -> Option<&Mark<'t>> {
        self.marks.iter().rev().filter(|mark| mark.key_at < before).find(|mark| match mark.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => mark.rest.len() == 1 || !mark.rest.ends_with(quote),
            Some('[') => !mark.rest.ends_with(']') || mark.rest.contains('#'),
            _ => false,
        })
    }

    /// What is wrong with the line before a key that YAML takes for a part of that line.
    fn line_before(&self, mark: &Mark<'_>) -> Option<Diagnostic> {
        let before = self.text[..mark.key_at].trim_end();
        let (at, line) = line_around(self.text, before.len());
        let (message, hint) = match split_key(line.trim_start()) {
            Some((key, _)) if mark.indent > line.len() - line.trim_start().len() => {
                let message = format!("this line is indented, so YAML takes it for a part of `{key}`");
                return Some(
                    Diagnostic::error("yaml", message)
                        .at(self.place(mark.key_at, mark.key.len()))
                        .hint("begin both in the same column"),
                );
            }
            Some(_) => return None,
            None if line.contains(':') => ("there must be a space after the colon", line.replacen(':', ": ", 1)),
            None => ("this line is no `key: value`", format!("key: {line}")),
        };
        let hint = format!("write `{}`", hint.trim());
        Some(Diagnostic::error("yaml", message).at(self.place(at, line.len())).hint(hint))
    }
}

/// `[#offers, salary]` is a list that a comment cuts off.
fn hint_for_brackets(mark: &Mark<'_>) -> Option<String> {
    (mark.rest.starts_with('[') && mark.rest.contains('#')).then(|| "put what begins with `#` in quotes: `\"#word\"`".to_owned())
}

fn quote_hint(mark: &Mark<'_>) -> String {
    let rest = mark.rest;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let bare = match quote.and_then(|quote| rest[1..].strip_suffix(quote)) {
        Some(within) => within,
        // A quotation that never ends has but one quote.
        None => quote.filter(|quote| rest.matches(*quote).count() == 1).map_or(rest, |_| &rest[1..]),
    };
    format!("quote the value: `{}: {}`", mark.key, quoted(bare))
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

/// Text as an item of a list in brackets: as it is where YAML leaves it so, else in quotes.
pub fn item(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '.' | '_' | '~' | '+' | '%');
    let begins_well = text.starts_with('/') || text.starts_with("./") || text.starts_with("../");
    let begins_well = begins_well || text.contains(['/', '.']) && text.starts_with(char::is_alphabetic);
    if begins_well && text.chars().all(is_plain) { text.to_owned() } else { quoted(text) }
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
    /// For a key within `{…}`, which has no line of its own: where it stands.
    key_at: Option<usize>,
    /// For what has no line of its own, within `{…}` or a list: where its text stands.
    item_at: Option<(usize, usize)>,
}

impl<'d> Node<'d> {
    /// Where the key stands.
    pub fn key_place(&self) -> Place {
        match (self.key_at, self.mark.map(|i| &self.document.marks[i])) {
            (Some(at), _) => self.document.place(at, self.key.len()),
            (None, Some(mark)) => self.document.place(mark.key_at, mark.key.len()),
            (None, None) => self.document.place(0, 0),
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

    /// The value as text, refused if YAML would lose a part of what was meant. Numbers and booleans are what the author
    /// typed; an absent value is an empty text.
    pub fn text(&self) -> Result<String, Diagnostic> {
        self.refuse_loss()?;
        match self.value {
            Value::List(_) | Value::Map(_) => Err(self.wrong_type("text").hint(self.as_one_text())),
            _ => self.word(),
        }
    }

    /// The value as text that cannot hold ` #`, such as a date: a comment after it is only a comment.
    pub fn word(&self) -> Result<String, Diagnostic> {
        match self.value {
            Value::Text(text) => Ok(text.clone()),
            Value::Null => Ok(String::new()),
            Value::Number(number) => Ok(self.typed().unwrap_or(number).to_owned()),
            Value::Bool(value) => Ok(self.typed().map_or_else(|| value.to_string(), str::to_owned)),
            Value::List(_) | Value::Map(_) => Err(self.wrong_type("one value").hint(self.as_one_value())),
        }
    }

    /// The value as yes or no, in any of YAML's spellings.
    pub fn bool(&self) -> Result<bool, Diagnostic> {
        match self.value {
            Value::Bool(value) => Ok(*value),
            Value::Text(text) => match text.trim().to_lowercase().as_str() {
                "yes" | "on" | "true" | "y" => Ok(true),
                "no" | "off" | "false" | "n" => Ok(false),
                _ => Err(self.wrong_yes_or_no()),
            },
            _ => Err(self.wrong_yes_or_no()),
        }
    }

    /// The value as a whole number.
    pub fn integer(&self) -> Result<i64, Diagnostic> {
        match self.value {
            Value::Number(text) | Value::Text(text) => text.trim().parse().map_err(|_| self.wrong_number()),
            _ => Err(self.wrong_number()),
        }
    }

    /// The items of a list; one value counts as a list of one, nothing as an empty list.
    pub fn items(&self) -> Result<Vec<Node<'d>>, Diagnostic> {
        match self.value {
            Value::List(items) => {
                self.refuse_lost_items(items)?;
                let mut from = self.value_at();
                Ok(items
                    .iter()
                    .map(|value| {
                        let item_at = self.find_item(value, &mut from);
                        Node { value, item_at: Some(item_at), ..*self }
                    })
                    .collect())
            }
            Value::Null if is_hashtag(self.rest()) => Err(self.lost_comment()),
            Value::Null => Ok(Vec::new()),
            _ => Ok(vec![*self]),
        }
    }

    /// The keys and values of a mapping; nothing counts as an empty one.
    pub fn children(&self) -> Result<Vec<Node<'d>>, Diagnostic> {
        let entries = match self.value {
            Value::Map(entries) => entries,
            Value::Null => return Ok(Vec::new()),
            _ => return Err(self.wrong_group()),
        };
        let marks = &self.document.marks;
        let within = self.mark.map_or(0..0, |own| own + 1..self.document.end_of_group(own));
        // The same keys stand in every item of a list: those of this one begin with it, and within `{…}` it has no lines.
        let begin = self.item_at.map_or(0, |(at, _)| at);
        let is_inline = self.item_at.is_some() && self.document.text[..begin].trim_end().ends_with('{');
        let mut from = self.value_at();
        Ok(entries
            .iter()
            .map(|(key, value)| {
                let is_own = |i: &usize| !is_inline && marks[*i].key == key && marks[*i].key_at >= begin;
                let own = within.clone().find(is_own);
                let inline_at = self.document.text.get(from..).filter(|_| own.is_none()).and_then(|tail| tail.find(key.as_str()));
                let key_at = inline_at.map(|at| from + at);
                let item_at = key_at.map(|at| {
                    from = at + key.len();
                    self.find_item(value, &mut from)
                });
                Node { document: self.document, key, value, mark: own.or(self.mark), key_at, item_at }
            })
            .collect())
    }

    /// A complaint about the type of the value.
    pub fn wrong_type(&self, wanted: &str) -> Diagnostic {
        let whole = if self.item_at.is_some() && self.key_at.is_none() { "an item of " } else { "" };
        let found = match self.value {
            Value::Text(text) | Value::Number(text) if text.len() <= LONGEST_QUOTED => format!("`{text}`"),
            value => value.noun().to_owned(),
        };
        let message = format!("{whole}`{}` should be {wanted}, and is {found}", self.key);
        Diagnostic::error("wrong-type", message).at(self.place())
    }

    fn wrong_yes_or_no(&self) -> Diagnostic {
        self.wrong_type("yes or no").hint(format!("write `{0}: yes` or `{0}: no`", self.key))
    }

    fn wrong_number(&self) -> Diagnostic {
        self.wrong_type("a whole number").hint(format!("write it in digits, without a point, as `{}: 10`", self.key))
    }

    /// A complaint about a value that should be a mapping.
    pub fn wrong_group(&self) -> Diagnostic {
        let hint = format!("put each key on a line of its own below `{}:`, indented, as `  key: value`", self.key);
        self.wrong_type("a group of keys").hint(hint)
    }

    /// How a list or a mapping can be the one text that belongs here: brackets may be a part of it.
    fn as_one_text(&self) -> String {
        let rest = self.rest();
        if self.item_at.is_none() && rest.starts_with(['[', '{']) {
            let quoted = quoted(rest);
            return format!("take the brackets away, or quote the value if they belong to it: `{}: {quoted}`", self.key);
        }
        self.as_one_value()
    }

    /// How a list or a mapping can be the one value that belongs here.
    fn as_one_value(&self) -> String {
        match self.rest() {
            _ if self.item_at.is_some() => "take the inner brackets away".to_owned(),
            rest if rest.starts_with(['[', '{']) => "take the brackets away".to_owned(),
            _ => format!("write one value on the line of the key, as `{}: value`", self.key),
        }
    }

    /// Where the text of the value begins.
    fn value_at(&self) -> usize {
        self.item_at.map_or_else(|| self.mark.map_or(0, |i| self.document.marks[i].value_at), |(at, _)| at)
    }

    /// What stands after the colon, comment and all.
    fn rest(&self) -> &'d str {
        self.mark.map_or("", |i| self.document.marks[i].rest)
    }

    /// A number or a boolean as the author typed it.
    fn typed(&self) -> Option<&'d str> {
        let typed = match self.item_at {
            Some((at, length)) => &self.document.text[at..at + length],
            None => self.rest().split(" #").next().unwrap_or("").trim_end(),
        };
        (!typed.is_empty()).then_some(typed)
    }

    /// `title: C # D` is "C" to YAML and `title: &x y` is "y", which is never what was meant.
    fn refuse_loss(&self) -> Result<(), Diagnostic> {
        let rest = self.rest();
        if self.item_at.is_some() || rest.starts_with(['"', '\'', '[', '{', '|', '>']) {
            return Ok(());
        }
        let is_lost = match self.value {
            Value::Null => rest.starts_with('#'),
            _ => rest.contains(" #"),
        };
        if is_lost {
            return Err(self.lost_comment());
        }
        let anchor = rest.strip_prefix('&').and_then(|rest| rest.split_whitespace().next());
        match anchor.filter(|name| !self.document.text.contains(&format!("*{name}"))) {
            Some(name) => {
                Err(Diagnostic::error("lost-anchor", format!("YAML takes `&{name}` for a name, so `{}` would lose it", self.key))
                    .at(self.place())
                    .hint(format!("quote the value: `{}: {}`", self.key, quoted(rest))))
            }
            None => Ok(()),
        }
    }

    fn lost_comment(&self) -> Diagnostic {
        Diagnostic::error("lost-comment", format!("YAML takes what follows `#` for a comment, so `{}` would lose it", self.key))
            .at(self.place())
            .hint(format!("quote the value: `{}: {}`", self.key, quoted(self.rest())))
    }

    /// `- #offers` is an empty item to YAML.
    fn refuse_lost_items(&self, items: &[Value]) -> Result<(), Diagnostic> {
        let Some(mark) = self.mark.filter(|_| items.contains(&Value::Null)) else { return Ok(()) };
        let document = self.document;
        let from = self.value_at();
        let end = document.marks.get(document.end_of_group(mark)).map_or(document.text.len(), |mark| mark.key_at);
        let block = document.text.get(from..end).unwrap_or("");
        let Some((at, _)) = block.match_indices("- #").find(|(at, _)| is_hashtag(&block[at + 2..])) else { return Ok(()) };
        let lost = block[at + 2..].lines().next().unwrap_or("").trim_end();
        let message = format!("YAML takes what follows `#` for a comment, so `{}` would lose it", self.key);
        let problem = Diagnostic::error("lost-comment", message).at(document.place(from + at + 2, lost.len()));
        Err(problem.hint(format!("quote the value: `- {}`", quoted(lost))))
    }

    /// Finds the text of an item at or after `from`, for its place.
    fn find_item(&self, value: &Value, from: &mut usize) -> (usize, usize) {
        let tail = self.document.text.get(*from..).unwrap_or("");
        let found = match value {
            // Text with escapes in it does not stand there as it is: then it is the next quotation.
            Value::Text(text) => tail.find(text.as_str()).map(|at| (at, text.len())).or_else(|| find_quotation(tail)),
            Value::Map(entries) => return self.find_group(entries, from),
            Value::Number(number) => {
                let number = number.parse::<f64>().ok();
                find_token(tail, |token| number.is_some() && token.parse::<f64>().ok() == number)
            }
            Value::Bool(value) => find_token(tail, |token| token.eq_ignore_ascii_case(&value.to_string())),
            Value::Null | Value::List(_) => None,
        };
        match found.filter(|(_, length)| *length > 0) {
            Some((at, length)) => {
                let at = *from + at;
                *from = at + length;
                (at, length)
            }
            None => (*from, 0),
        }
    }

    /// Finds an item that is a group by its first key, and goes on to its end, so that the next one is looked for there.
    fn find_group(&self, entries: &[(String, Value)], from: &mut usize) -> (usize, usize) {
        let mut place = None;
        for (key, value) in entries {
            let Some(at) = self.document.text.get(*from..).and_then(|tail| find_key(tail, key)) else { continue };
            place.get_or_insert((*from + at, key.len()));
            *from += at + key.len();
            self.find_item(value, from);
        }
        place.unwrap_or((*from, 0))
    }
}

/// Whether a text is `#word`, which no one who means a comment writes.
fn is_hashtag(text: &str) -> bool {
    text.strip_prefix('#').and_then(|after| after.chars().next()).is_some_and(|c| !c.is_whitespace() && c != '#')
}

/// A key that a mapping within a value has twice.
fn repeated_key(value: &Value) -> Option<&str> {
    match value {
        Value::Map(entries) => {
            let mut seen = FxHashSet::default();
            let repeated = entries.iter().find(|(key, _)| !seen.insert(key.as_str())).map(|(key, _)| key.as_str());
            repeated.or_else(|| entries.iter().find_map(|(_, value)| repeated_key(value)))
        }
        Value::List(items) => items.iter().find_map(repeated_key),
        _ => None,
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

    #[test]
    fn what_would_take_too_long_is_refused() {
        for text in [
            "[\"]\",".repeat(10_000),
            "{\"}\":".repeat(10_000),
            "[".repeat(60_000),
            format!("a: &a x\nb: [{}]", "*a, ".repeat(200)),
            "k".repeat(100_000),
        ] {
            let problem = Document::parse("a.md".into(), &text, 0).err().map(|problem| problem.message);
            assert!(
                problem.is_some_and(|message| message.contains("64") || message.contains("100") || message.contains("4,096")),
                "{}",
                &text[..20]
            );
        }
        // In quotes they are text.
        assert!(Document::parse("a.md".into(), &format!("a: \"{}\"", "{[".repeat(1000)), 0).is_ok());
    }

    #[test]
    fn a_key_given_twice_to_one_group_is_named_with_both_lines() {
        for (text, said) in [
            ("a:\n  k: 1\n  l: 2\n  k: 3\nb:\n  k: 4\n", "a.md:5:3 `k` is given twice in one group: first in line 3"),
            (
                "a:\n  b:\n    k: 1\n  c:\n    k: 2\n  d:\n    k: 3\n    k: 4\n",
                "a.md:9:5 `k` is given twice in one group: first in line 8",
            ),
            ("a:\n  - k: 1\n  - k: 2\n    k: 3\n", "a.md:5:5 `k` is given twice in one group: first in line 4"),
            ("x: 1\na: { k: 1, k: 2 }\n", "a.md:3:1 `k` is given twice in one group"),
        ] {
            let problem = Document::parse("a.md".into(), text, 1).err();
            let found = problem.map(|p| format!("{} {}", p.place.map(|place| place.to_string()).unwrap_or_default(), p.message));
            assert_eq!(found.as_deref(), Some(said));
        }
    }

    #[test]
    fn what_has_no_line_of_its_own_has_a_place_too() {
        let document = parse("a: { b: 1.50, c: [2.0, True] }\n");
        let children: Vec<Node<'_>> = document.nodes().flat_map(|node| node.children().unwrap_or_default()).collect();
        assert_eq!((children[0].text().ok().as_deref(), place(&children[0])), (Some("1.50"), "a.md:2:9".into()));
        assert_eq!(children[1].key_place().to_string(), "a.md:2:15");
        let items = children[1].items().unwrap_or_default();
        let texts: Vec<String> = items.iter().filter_map(|item| item.text().ok()).collect();
        assert_eq!(texts, ["2.0", "True"]);
    }
}
