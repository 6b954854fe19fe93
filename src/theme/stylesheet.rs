//! What a style sheet says of the whole page: the custom properties (`--name: value`) that its `:root` declares.
//!
//! This is enough of CSS to find them: comments, texts in quotes, blocks. What is declared for paper or for some browsers
//! only is passed over. What a value means is left to `look`.

use std::collections::BTreeMap;

/// A value, and where it stands in the style sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The value.
    pub value: String,
    /// Where its declaration begins, in bytes.
    pub at: usize,
    /// How long the declaration is, in bytes.
    pub length: usize,
}

/// The custom properties of the whole page, by their names without the hyphens before them. What comes later counts.
pub fn properties_of(css: &str) -> BTreeMap<String, Declared> {
    let mut properties = BTreeMap::new();
    // The blocks that are open: whether what stands in them is for every reader, and whether it is of the whole page.
    let mut open: Vec<(bool, bool)> = Vec::new();
    let (mut piece, mut begin) = (String::new(), 0);
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        let at = css.len() - rest.len();
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        let length = if c == '"' || c == '\'' { length_of_text(rest, c) } else { c.len_utf8() };
        rest = &rest[length..];
        match c {
            '{' => {
                let is_for_all = open.last().is_none_or(|(is_for_all, _)| *is_for_all);
                open.push(match piece.trim() {
                    ":root" => (is_for_all, true),
                    at_rule if at_rule.starts_with("@layer") => (is_for_all, false),
                    at_rule if at_rule.starts_with("@supports") && !at_rule.contains("not") => (is_for_all, false),
                    _ => (false, false),
                });
                piece.clear();
            }
            ';' | '}' => {
                if open.last() == Some(&(true, true))
                    && let Some((name, value)) = piece.trim().strip_prefix("--").and_then(|piece| piece.split_once(':'))
                {
                    let declared = Declared { value: value.trim().to_owned(), at: begin, length: at - begin };
                    properties.insert(name.trim().to_owned(), declared);
                }
                piece.clear();
                if c == '}' {
                    open.pop();
                }
            }
            c if piece.is_empty() && c.is_whitespace() => {}
            _ => {
                if piece.is_empty() {
                    begin = at;
                }
                piece.push_str(&css[at..at + length]);
            }
        }
    }
    properties
}

/// How long a text in quotes is, with its quotes. It ends with its line, if with nothing else.
fn length_of_text(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let ends = |(_, c): &(usize, char)| {
        let ends = !is_escaped && (*c == quote || *c == '\n');
        is_escaped = !is_escaped && *c == '\\';
        ends
    };
    rest.char_indices().skip(1).find(ends).map_or(rest.len(), |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_properties_of_the_page_are_found_and_no_others() {
        let css = "/* :root { --a: no; } */ @import url(x.css);\n:root { --a: #fff; color: red; --b : \"};\" /* c */, x }\n\
                   @supports (color: light-dark(#000, #fff)) { :root { --a: light-dark(#fff, #000) } }\n\
                   @media print { :root { --a: no; } } body { --b: no } @supports not (x: y) { :root { --b: no } }\n\
                   :root{--last:1px";
        let found = properties_of(css);
        let values: Vec<(&str, &str)> = found.iter().map(|(name, found)| (name.as_str(), found.value.as_str())).collect();
        assert_eq!(values, [("a", "light-dark(#fff, #000)"), ("b", "\"};\" , x")]);
        assert!(css[found["a"].at..].starts_with("--a: light-dark(#fff, #000)"));
    }

    proptest! {
        #[test]
        fn whatever_a_style_sheet_holds_it_is_read_to_its_end(css in "(:root|[{};:\"'/*\\\\@ \n]|--a|é|#fff){0,40}") {
            for found in properties_of(&css).values() {
                prop_assert!(css[found.at..found.at + found.length].starts_with("--"));
            }
        }
    }
}
