//! What a reader may write into the field: words, `"phrases"` that must be there, `tag:name` or `tag:"two words"`.
//!
//! Nothing a reader writes is wrong: what is no phrase and no tag is words.

use std::ops::Range;

/// A query, taken apart.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct Query {
    /// The words, at their places: everything else is blank.
    pub words: String,
    /// What stands between quotes.
    pub phrases: Vec<Range<usize>>,
    /// The names of tags.
    pub tags: Vec<String>,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{3000}')
}

/// Takes a query apart.
pub fn parse(text: &str) -> Query {
    let mut query = Query { words: text.to_owned(), ..Query::default() };
    let mut at = 0;
    let mut is_at_start = true;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let is_tag = is_at_start && rest.get(..4).is_some_and(|tag| tag.eq_ignore_ascii_case("tag:"));
        let from = at + if is_tag { 4 } else { 0 };
        if text[from..].starts_with('"') {
            let end = text[from + 1..].find('"').map_or(text.len(), |length| from + 1 + length);
            if is_tag {
                query.tags.push(text[from + 1..end].to_owned());
            } else {
                query.phrases.push(from + 1..end);
            }
            at = blank(&mut query.words, at, (end + 1).min(text.len()));
        } else if is_tag {
            let end = text[from..].find(|c| is_space(c) || c == '"').map_or(text.len(), |length| from + length);
            query.tags.push(text[from..end].to_owned());
            at = blank(&mut query.words, at, end);
        } else {
            at += c.len_utf8();
        }
        is_at_start = is_space(c);
    }
    query
}

fn blank(words: &mut String, from: usize, to: usize) -> usize {
    words.replace_range(from..to, &" ".repeat(to - from));
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_phrases_and_tags_are_told_apart() {
        let text = "how \"thank you\" tag:offers Tag:\"two words\" note tag: xtag:y \"open";
        let query = parse(text);
        assert_eq!(query.words.split_whitespace().collect::<Vec<_>>(), ["how", "note", "xtag:y"]);
        assert_eq!(query.words.len(), text.len());
        assert_eq!(query.phrases.iter().map(|at| &text[at.clone()]).collect::<Vec<_>>(), ["thank you", "open"]);
        assert_eq!(query.tags, ["offers", "two words", ""]);
    }
}
