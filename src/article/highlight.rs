//! Code with its parts marked by classes, so that a strict content-security policy and both colour schemes hold.
//!
//! The colours are the theme's. The syntax definitions are loaded when the first page with code is parsed.

use std::sync::LazyLock;

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

/// Constant data: loading it takes a few milliseconds, which a site without code does not pay.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Longer code, or a longer line, is shown plain: the definitions' patterns can take very long on machine-made text.
const MOST_BYTES: usize = 100_000;
const LONGEST_LINE: usize = 2_000;

/// The code as HTML, or `None` if the language is not known or the code too long: the caller then escapes it.
pub fn highlight(code: &str, language: &str) -> Option<String> {
    if code.len() > MOST_BYTES || code.lines().any(|line| line.len() > LONGEST_LINE) {
        return None;
    }
    let syntax = SYNTAXES.find_syntax_by_token(language)?;
    let style = ClassStyle::SpacedPrefixed { prefix: "hl-" };
    let mut generator = ClassedHTMLGenerator::new_with_class_style(syntax, &SYNTAXES, style);
    for line in LinesWithEndings::from(code) {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_marked_and_escaped() {
        let html = highlight("x = \"<b>\"\n", "python").unwrap_or_default();
        assert!(html.contains("class=\"hl-string") && html.contains("&lt;b&gt;"), "{html}");
        assert_eq!(highlight("x", "no-such-language"), None);
        assert_eq!(highlight(&"x".repeat(3_000), "python"), None);
    }
}
