//! One more alias in an article's front matter, in the style in which the aliases there are written.
//!
//! Only the place is found here: whoever changes the file reads it again and sees whether the alias has come.

use std::ops::Range;
use std::sync::Arc;

use super::{Article, front_matter};
use crate::url::Url;
use crate::yaml;

/// Text that takes the place of a stretch of an article's text.
#[derive(Debug, Clone, PartialEq)]
pub struct Insertion {
    /// The stretch; empty where nothing goes.
    pub range: Range<usize>,
    /// What comes there, with `\n` for the ends of lines.
    pub text: String,
}

/// How an alias is added to an article's text; `None` if its aliases are written in a way that is not understood.
pub fn add(text: &str, article: &Article, alias: &Url) -> Option<Insertion> {
    let parts = front_matter::split(&Arc::from(""), text, &mut Vec::new());
    let item = yaml::item(alias.as_str());
    let Some(matter) = parts.yaml else {
        // What begins with a rule would be taken for front matter already.
        return Some(Insertion { range: 0..0, text: format!("---\naliases: [{item}]\n---\n\n") });
    };
    let at = matter.as_ptr().addr() - text.as_ptr().addr();
    let Some(place) = article.places.key("aliases") else {
        let first = matter.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).unwrap_or("");
        let indent = &first[..first.len() - first.trim_start().len()];
        let end = at + matter.len();
        let begin = if matter.is_empty() || matter.ends_with('\n') { "" } else { "\n" };
        return Some(Insertion { range: end..end, text: format!("{begin}{indent}aliases: [{item}]\n") });
    };
    let line = place.span?.line.checked_sub(1)? as usize;
    let line_at: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let end = at + matter.len();
    let after_key = line_at + text.get(line_at..end)?.find(':')? + 1;
    beside(text, after_key, end, &item)
}

/// Adds to the value that begins behind the colon of its key.
fn beside(text: &str, after_key: usize, end: usize, item: &str) -> Option<Insertion> {
    let line_end = after_key + text[after_key..end].find('\n').unwrap_or(end - after_key);
    let rest = &text[after_key..line_end];
    let value_at = after_key + (rest.len() - rest.trim_start().len());
    let value = rest.trim();
    match value.chars().next() {
        None | Some('#') => match items_below(text, line_end, end) {
            Some((last_end, indent)) => Some(Insertion { range: last_end..last_end, text: format!("\n{indent}- {item}") }),
            None => Some(Insertion { range: after_key..after_key, text: format!(" [{item}]") }),
        },
        Some('[') => in_brackets(text, value_at, end, item),
        Some('|' | '>' | '&' | '*' | '!' | '{') => None,
        Some(quote @ ('"' | '\'')) => {
            let close = value_at + 1 + text[value_at + 1..line_end].find(quote)? + 1;
            let written = &text[value_at..close];
            Some(Insertion { range: value_at..close, text: format!("[{written}, {item}]") })
        }
        Some(_) => {
            let written = value.split(" #").next().unwrap_or(value).trim_end();
            let range = value_at..value_at + written.len();
            Some(Insertion { range, text: format!("[{}, {item}]", yaml::item(written)) })
        }
    }
}

/// Behind the last of the items that stand below a key, each on a line of its own, and how they are indented.
fn items_below(text: &str, from: usize, end: usize) -> Option<(usize, String)> {
    let mut found = None;
    let mut at = from + 1;
    for line in text.get(at..end)?.split_inclusive('\n') {
        let body = line.trim_end();
        let inner = body.trim_start();
        if inner == "-" || inner.starts_with("- ") {
            found = Some((at + body.len(), body[..body.len() - inner.len()].to_owned()));
        } else if !inner.is_empty() && !inner.starts_with('#') {
            break;
        }
        at += line.len();
    }
    found
}

/// Before the bracket that ends a list.
fn in_brackets(text: &str, open: usize, end: usize, item: &str) -> Option<Insertion> {
    let (mut quote, mut close) = (None, None);
    let mut is_comment = false;
    let mut last_item_end = None;
    let mut before = '[';
    for (at, c) in text[open + 1..end].char_indices().map(|(at, c)| (open + 1 + at, c)) {
        match (quote, c) {
            (_, '\n') if is_comment => is_comment = false,
            _ if is_comment => {}
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') if before.is_whitespace() => is_comment = true,
            (None, '[' | '{') => return None,
            (None, ']') => {
                close = Some(at);
                break;
            }
            _ => {}
        }
        if !is_comment && !c.is_whitespace() {
            last_item_end = Some((at + c.len_utf8(), c));
        }
        before = c;
    }
    let close = close?;
    Some(match last_item_end {
        None => Insertion { range: open + 1..close, text: item.to_owned() },
        Some((at, ',')) => Insertion { range: at..at, text: format!(" {item}") },
        Some((at, _)) => Insertion { range: at..at, text: format!(", {item}") },
    })
}
