//! Text as the classic editor kept it → HTML: blank lines are paragraphs and line breaks are line breaks. Block comments →
//! what they enclose, and the names of the blocks whose content only WordPress knew.
//!
//! The rules are those of WordPress's `wpautop`
//! (<https://developer.wordpress.org/reference/functions/wpautop/>), as far as a browser's reading of HTML does not see to
//! them: that a heading ends a paragraph need not be said here.

use std::borrow::Cow;

use memchr::memchr;

use crate::html::escape_into;
use crate::import::scan::{element_end, tag_end, tag_name};

/// Elements whose text is left as it is.
const VERBATIM: [&str; 5] = ["pre", "script", "style", "textarea", "svg"];

/// Whether a text has the block editor's comments, so that its paragraphs are written out.
pub fn has_blocks(text: &str) -> bool {
    text.contains("<!-- wp:")
}

/// Takes the block editor's comments apart. What stands outside of every block was written in the classic editor. Gives the
/// HTML; `dynamic` is told each block that has no content in the text, because WordPress makes it anew for every reader.
pub fn without_block_comments<'t>(text: &'t str, mut dynamic: impl FnMut(&'t str)) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    let mut depth = 0usize;
    while let Some(at) = next_block_comment(rest) {
        let (before, comment) = rest.split_at(at);
        push_piece(before, depth, &mut html);
        let Some(end) = comment.find("-->") else {
            rest = "";
            break;
        };
        let inside = comment[4..end].trim();
        rest = &comment[end + 3..];
        match inside.strip_prefix("/wp:") {
            Some(_) => depth = depth.saturating_sub(1),
            None => {
                let name = inside.strip_prefix("wp:").unwrap_or("").split_whitespace().next().unwrap_or("").trim_end_matches('/');
                if inside.ends_with('/') {
                    match link_of(name, inside) {
                        Some(link) => html.push_str(&link),
                        None => dynamic(name),
                    }
                } else {
                    depth += 1;
                }
            }
        }
        html.push('\n');
    }
    push_piece(rest, depth, &mut html);
    html
}

/// The link that a block is which says all that it shows in its attributes: a sign of a social network, or what is embedded.
fn link_of(name: &str, comment: &str) -> Option<String> {
    if !matches!(name, "social-link" | "navigation-link") {
        return None;
    }
    let attributes = comment.get(comment.find('{')?..=comment.rfind('}')?)?;
    let attributes: serde_json::Value = serde_json::from_str(attributes).ok()?;
    let (address, label) = (attributes["url"].as_str()?, attributes["label"].as_str().or(attributes["service"].as_str())?);
    let mut html = String::from("<li><a href=\"");
    escape_into(address, &mut html);
    html.push_str("\">");
    escape_into(label, &mut html);
    html.push_str("</a></li>");
    Some(html)
}

/// Where the next comment of the block editor begins.
fn next_block_comment(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find("<!--") {
        let comment = text[from + at + 4..].trim_start();
        if comment.starts_with("wp:") || comment.starts_with("/wp:") {
            return Some(from + at);
        }
        from += at + 4;
    }
    None
}

fn push_piece(piece: &str, depth: usize, html: &mut String) {
    if depth == 0 && !piece.trim().is_empty() && !piece.contains("<p") {
        html.push_str(&paragraphs(piece));
    } else {
        html.push_str(piece);
    }
}

/// Writes out the paragraphs and line breaks of a classic text.
pub fn paragraphs(text: &str) -> String {
    let text = &crate::text::with_line_feeds(text);
    let mut html = String::with_capacity(text.len() + text.len() / 16);
    let mut at = 0;
    // Whether what stands before the text is the edge of a block, where white space means nothing.
    let mut is_after_block = true;
    html.push_str("<p>");
    while at < text.len() {
        let end = memchr(b'<', &text.as_bytes()[at..]).map_or(text.len(), |found| at + found);
        let (tag_length, name) = tag(&text[end..]);
        let is_before_block = end == text.len() || is_block(&name);
        push_text(&text[at..end], is_after_block, is_before_block, &mut html);
        if end > at && !text[at..end].trim().is_empty() {
            is_after_block = false;
        }
        if end == text.len() {
            break;
        }
        let tag_end = end + tag_length;
        let verbatim = VERBATIM.iter().find(|known| **known == name && !text[end..].starts_with("</"));
        let piece_end = verbatim.map_or(tag_end, |known| tag_end + element_end(&text[tag_end..], known));
        html.push_str(&text[end..piece_end]);
        // An inline element is text; a comment is nothing.
        if is_block(&name) || name == "br" {
            is_after_block = true;
        } else if !name.is_empty() {
            is_after_block = false;
        }
        at = piece_end;
    }
    html
}

/// Whether neither a blank line nor a line break means anything beside an element.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "table"
            | "thead"
            | "tfoot"
            | "caption"
            | "col"
            | "colgroup"
            | "tbody"
            | "tr"
            | "td"
            | "th"
            | "div"
            | "dl"
            | "dd"
            | "dt"
            | "ul"
            | "ol"
            | "li"
            | "pre"
            | "form"
            | "map"
            | "area"
            | "blockquote"
            | "address"
            | "style"
            | "p"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "fieldset"
            | "legend"
            | "section"
            | "article"
            | "aside"
            | "hgroup"
            | "header"
            | "footer"
            | "nav"
            | "figure"
            | "figcaption"
            | "details"
            | "menu"
            | "summary"
            | "center"
            | "iframe"
            | "script"
            | "object"
            | "noscript"
            | "option"
    )
}

/// The end of the tag or comment that a text begins with, and the element's name; a comment has none. What begins like a tag
/// and is none ends after its first letter.
fn tag(text: &str) -> (usize, Cow<'_, str>) {
    if let Some(comment) = text.strip_prefix("<!--") {
        return (comment.find("-->").map_or(text.len(), |end| end + 7), "".into());
    }
    let name = tag_name(text);
    if name.is_empty() { (text.chars().next().map_or(0, char::len_utf8), "?".into()) } else { (tag_end(text), name) }
}

/// Text between two tags: each blank line begins a paragraph, each line break is one.
fn push_text(text: &str, is_after_block: bool, is_before_block: bool, html: &mut String) {
    let start = if is_after_block { text.len() - text.trim_start().len() } else { 0 };
    let end = if is_before_block { start + text[start..].trim_end().len() } else { text.len() };
    let within = &text[start..end];
    html.push_str(if start > 0 { "\n" } else { "" });
    let mut rest = within;
    while let Some(at) = memchr(b'\n', rest.as_bytes()) {
        let blank = &rest[at..];
        let next = blank.len() - blank.trim_start_matches(['\n', ' ', '\t']).len();
        html.push_str(&rest[..at]);
        html.push_str(if blank[..next].bytes().filter(|byte| *byte == b'\n').count() > 1 { "\n<p>" } else { "<br>\n" });
        rest = &blank[next..];
    }
    html.push_str(rest);
    html.push_str(if end < text.len() { "\n" } else { "" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_paragraphs_and_line_breaks_are_line_breaks() {
        for (text, html) in [
            ("One.\n\nTwo.", "<p>One.\n<p>Two."),
            ("One.\r\nTwo.", "<p>One.<br>\nTwo."),
            ("One.\n \t\n\nTwo.\n", "<p>One.\n<p>Two.\n"),
            ("<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\n\nAfter", "<p><ul>\n<li>a</li>\n<li>b</li>\n</ul>\nAfter"),
            ("<strong>a</strong>\n\n<em>b</em>\n<i>c</i>", "<p><strong>a</strong>\n<p><em>b</em><br>\n<i>c</i>"),
            ("<pre>a\n\nb</pre>\nc", "<p><pre>a\n\nb</pre>\nc"),
            ("a<br />\nb", "<p>a<br />\nb"),
            ("a < b\nc", "<p>a < b<br>\nc"),
            ("<blockquote>a\n\nb</blockquote>", "<p><blockquote>a\n<p>b</blockquote>"),
            ("<a title='x>\n\ny'>z</a>", "<p><a title='x>\n\ny'>z</a>"),
            ("before<!--more-->\n\nafter", "<p>before<!--more-->\n<p>after"),
            ("<script>a\n\nb", "<p><script>a\n\nb"),
        ] {
            assert_eq!(paragraphs(text), html, "{text:?}");
        }
    }

    #[test]
    fn a_block_editors_comments_go_and_what_it_left_to_wordpress_is_told() {
        let text = "Classic.\n\nText.\n<!-- wp:paragraph {\"a\":1} -->\n<p>a\n\nb</p>\n<!-- /wp:paragraph -->\n\
                    <!-- wp:latest-posts {\"n\":\"--\"} /-->\n<!--more-->\n<!-- wp:x";
        let mut dynamic = Vec::new();
        let html = without_block_comments(text, |name| dynamic.push(name));
        assert_eq!(html, "<p>Classic.\n<p>Text.\n\n\n<p>a\n\nb</p>\n\n\n\n<p>\n<!--more-->\n");
        assert_eq!(dynamic, ["latest-posts"]);
    }
}
