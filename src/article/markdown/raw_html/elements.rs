//! What a browser knows of elements by name, as far as it decides which elements are open
//! (<https://html.spec.whatwg.org/multipage/parsing.html#the-stack-of-open-elements>).
//!
//! Names are in lower case. What follows from it for a tag in an article is left to `nesting`.

use super::scanner::RawText;

/// Which vocabulary an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Html,
    Svg,
    Math,
}

/// Elements that have no content and no end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(name, "area" | "base" | "basefont" | "bgsound" | "br" | "col" | "embed" | "frame" | "hr")
        || matches!(name, "image" | "img" | "input" | "keygen" | "link" | "meta" | "param" | "source" | "track" | "wbr")
}

/// Elements whose content is text, whatever it looks like.
pub(super) fn raw_text(name: &str) -> Option<RawText> {
    match name {
        "script" => Some(RawText::Script),
        "iframe" | "noembed" | "noframes" | "style" | "textarea" | "title" | "xmp" => Some(RawText::Plain),
        _ => None,
    }
}

/// What is part of the page around an article, or would turn all that follows into something else.
pub(super) fn has_no_place(name: &str, space: Space) -> bool {
    matches!(name, "html" | "head" | "body" | "frameset" | "frame" | "base" | "plaintext")
        || name == "title" && space == Space::Html
}

/// Elements before which a paragraph ends by itself.
pub(super) fn ends_paragraph(name: &str) -> bool {
    matches!(name, "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dialog" | "dir" | "div" | "dl")
        || matches!(name, "fieldset" | "figcaption" | "figure" | "footer" | "form" | "header" | "hgroup" | "hr" | "listing")
        || matches!(name, "main" | "menu" | "nav" | "ol" | "p" | "pre" | "search" | "section" | "summary" | "table" | "ul")
        || matches!(name, "xmp" | "li" | "dd" | "dt")
        || is_heading(name)
}

pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Parts of a table that stand nowhere else.
pub(super) fn is_table_part(name: &str) -> bool {
    matches!(name, "caption" | "col" | "colgroup" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr")
}

/// What holds only parts of a table: whatever else is put there, a browser moves out of the table.
pub(super) fn holds_only_table_parts(name: &str) -> bool {
    matches!(name, "table" | "tbody" | "tfoot" | "thead" | "tr" | "colgroup")
}

/// Elements whose end tag may be left out.
pub(super) fn may_stay_open(name: &str) -> bool {
    matches!(name, "caption" | "colgroup" | "dd" | "dt" | "li" | "optgroup" | "option" | "p" | "rb" | "rp" | "rt" | "rtc")
        || matches!(name, "tbody" | "td" | "tfoot" | "th" | "thead" | "tr")
}

/// Elements at which a browser stops looking for what a tag closes.
pub(super) fn is_special(name: &str, space: Space) -> bool {
    match space {
        Space::Html => {
            ends_paragraph(name) && name != "dialog"
                || is_void(name)
                || is_table_part(name)
                || raw_text(name).is_some()
                || matches!(name, "applet" | "button" | "marquee" | "noscript" | "object" | "select" | "template")
        }
        _ => is_point(name, space),
    }
}

/// Elements beyond which an end tag closes nothing.
pub(super) fn is_scope(name: &str, space: Space) -> bool {
    match space {
        Space::Html => {
            matches!(name, "applet" | "caption" | "marquee" | "object" | "select" | "table" | "td" | "template" | "th")
        }
        _ => is_point(name, space),
    }
}

/// Elements within which links and formatting begin anew.
pub(super) fn is_marker(name: &str) -> bool {
    matches!(name, "applet" | "caption" | "marquee" | "object" | "td" | "template" | "th")
}

/// Where HTML may stand within a drawing or formula. `annotation-xml` is one only with a certain attribute, but a
/// boundary always.
fn is_point(name: &str, space: Space) -> bool {
    match space {
        Space::Svg => is_html_point(name),
        Space::Math => is_text_point(name) || name == "annotation-xml",
        Space::Html => false,
    }
}

/// Parts of a drawing that hold HTML.
pub(super) fn is_html_point(name: &str) -> bool {
    matches!(name, "desc" | "foreignobject" | "title")
}

/// Parts of a formula that hold text with HTML in it.
pub(super) fn is_text_point(name: &str) -> bool {
    matches!(name, "mi" | "mn" | "mo" | "ms" | "mtext")
}

/// HTML elements that end the drawing or formula in which they stand. `font` is one of them with certain attributes.
pub(super) fn breaks_out(name: &str) -> bool {
    matches!(name, "b" | "big" | "blockquote" | "body" | "br" | "center" | "code" | "dd" | "div" | "dl" | "dt" | "em" | "embed")
        || matches!(name, "head" | "hr" | "i" | "img" | "li" | "listing" | "menu" | "meta" | "nobr" | "ol" | "p" | "pre" | "ruby")
        || matches!(name, "s" | "small" | "span" | "strike" | "strong" | "sub" | "sup" | "table" | "tt" | "u" | "ul" | "var")
        || is_heading(name)
}

/// Elements that go on in the next block if a block ends before them.
pub(super) fn is_formatting(name: &str) -> bool {
    matches!(name, "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u")
}

/// Whether an end tag first closes the elements within that need none.
pub(super) fn closes_what_is_within(name: &str) -> bool {
    // Older browsers do not know `search`.
    ends_paragraph(name) && name != "search"
        || is_table_part(name)
        || matches!(name, "applet" | "button" | "marquee" | "object" | "select")
}
