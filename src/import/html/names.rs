//! What elements are, by name.

/// Elements that have no content and no end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(name, "area" | "base" | "basefont" | "bgsound" | "br" | "col" | "embed" | "frame" | "hr" | "image" | "img")
        || matches!(name, "input" | "keygen" | "link" | "meta" | "param" | "source" | "track" | "wbr")
}

/// Elements whose content is text for the parser, whatever it looks like.
pub(super) fn holds_text_only(name: &str) -> bool {
    matches!(name, "iframe" | "noembed" | "noframes" | "plaintext" | "script" | "style" | "textarea" | "title" | "xmp")
}

/// Elements whose content a browser shows to nobody, or as something other than text.
pub(super) fn is_unseen(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template" | "head" | "title" | "link" | "meta" | "base" | "datalist")
        || matches!(name, "iframe" | "object" | "embed" | "video" | "audio" | "applet" | "canvas" | "noembed" | "noframes")
        || matches!(name, "select" | "textarea" | "input" | "map" | "param" | "source" | "track" | "frameset" | "annotation")
}

/// What is shown by itself instead of its content.
pub(super) fn is_embedded(name: &str) -> bool {
    matches!(name, "iframe" | "object" | "embed" | "video" | "audio")
}

/// Elements that end a line of text before and after.
pub(super) fn is_block(name: &str) -> bool {
    matches!(name, "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "li" | "blockquote" | "pre" | "hr")
        || matches!(name, "table" | "figure" | "figcaption" | "section" | "article" | "header" | "footer" | "main" | "aside")
        || matches!(name, "nav" | "center" | "address" | "dl" | "dt" | "dd" | "details" | "summary" | "form" | "fieldset")
        || matches!(name, "hgroup" | "menu" | "dir" | "search" | "dialog" | "legend" | "listing" | "xmp" | "plaintext")
        || matches!(name, "body" | "html" | "caption" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "optgroup" | "option")
        || is_embedded(name)
}

/// Inline elements that are kept as HTML, because they say something to a reader and Markdown has no sign for it. A
/// `time` says something to machines only; `span` and `font` have looks and nothing else.
pub(super) fn is_kept_inline(name: &str) -> bool {
    matches!(name, "sup" | "sub" | "mark" | "small" | "abbr" | "acronym" | "cite" | "q" | "ins" | "u" | "dfn" | "ruby" | "rt")
        || matches!(name, "rp" | "bdo")
}
