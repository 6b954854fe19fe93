//! What `raw_html: sanitize` lets stand: the list, and nothing that is not on it.
//!
//! Nothing on it runs, loads a page, takes input, or changes how what follows is read; drawings and formulas are not on
//! it because their rules are others. How it is written is left to `attributes`.

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Stands,
    /// The tags go, and what is between them stays.
    LosesTags,
    /// It goes with all that is in it.
    Goes,
}

/// What an attribute holds, and so how it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    /// A link's address.
    Address,
    /// The address of a picture or recording.
    Media,
    /// Several addresses of a picture.
    Pictures,
    /// The name of a place.
    Id,
    /// How the page linked to is related.
    Relation,
}

pub(super) fn fate(name: &str) -> Fate {
    match name {
        // Text.
        "a" | "abbr" | "b" | "bdi" | "bdo" | "big" | "br" | "cite" | "code" | "data" | "del" | "dfn" | "em" | "i" | "ins" => {
            Fate::Stands
        }
        "kbd" | "mark" | "q" | "rp" | "rt" | "ruby" | "s" | "samp" | "small" | "span" | "strike" | "strong" => Fate::Stands,
        "sub" | "sup" | "time" | "tt" | "u" | "var" | "wbr" => Fate::Stands,
        // Blocks.
        "address" | "aside" | "blockquote" | "center" | "details" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            Fate::Stands
        }
        "hr" | "p" | "pre" | "section" | "summary" => Fate::Stands,
        // Lists.
        "dd" | "dl" | "dt" | "li" | "ol" | "ul" => Fate::Stands,
        // Tables.
        "caption" | "col" | "colgroup" | "table" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr" => Fate::Stands,
        // Pictures and recordings.
        "audio" | "figcaption" | "figure" | "img" | "picture" | "source" | "video" => Fate::Stands,
        // What is in these is no part of what a reader reads.
        "applet" | "canvas" | "datalist" | "embed" | "frameset" | "iframe" | "math" | "noembed" | "noframes" | "noscript" => {
            Fate::Goes
        }
        "object" | "script" | "select" | "style" | "svg" | "template" | "textarea" | "title" | "xmp" => Fate::Goes,
        _ => Fate::LosesTags,
    }
}

/// What an attribute of an element that stands may hold; `None` if it goes.
pub(super) fn attribute(element: &str, name: &str) -> Option<Holds> {
    match (element, name) {
        (_, "id") | ("a", "name") => Some(Holds::Id),
        (_, "align" | "class" | "dir" | "lang" | "title") => Some(Holds::Text),
        ("a", "href") => Some(Holds::Address),
        ("a", "rel") => Some(Holds::Relation),
        ("a", "hreflang" | "target" | "type") => Some(Holds::Text),
        ("blockquote" | "q" | "del" | "ins", "cite") => Some(Holds::Address),
        ("del" | "ins" | "time", "datetime") | ("data" | "li", "value") | ("details", "open") => Some(Holds::Text),
        ("ol", "reversed" | "start" | "type") | ("ul", "type") => Some(Holds::Text),
        ("col" | "colgroup", "span" | "width") => Some(Holds::Text),
        ("td" | "th", "abbr" | "colspan" | "headers" | "rowspan" | "scope" | "width") => Some(Holds::Text),
        ("td" | "th" | "tr" | "tbody" | "tfoot" | "thead" | "col" | "colgroup", "valign") => Some(Holds::Text),
        ("table", "width") => Some(Holds::Text),
        ("img", "src") => Some(Holds::Media),
        ("img" | "source", "srcset") => Some(Holds::Pictures),
        ("img" | "source", "height" | "sizes" | "width") | ("source", "media" | "type") => Some(Holds::Text),
        ("img", "alt" | "decoding" | "loading") => Some(Holds::Text),
        ("audio" | "source" | "video", "src") | ("video", "poster") => Some(Holds::Media),
        ("audio" | "video", "controls" | "loop" | "muted" | "preload") | ("video", "height" | "width") => Some(Holds::Text),
        _ => None,
    }
}

/// Whether an address with this scheme may stand.
pub(super) fn allows_scheme(holds: Holds, scheme: &str) -> bool {
    matches!(scheme, "http" | "https") || holds == Holds::Address && matches!(scheme, "mailto" | "tel")
}

/// Whether an id may stand: the theme's own and those of footnotes are taken.
pub(super) fn allows_id(id: &str) -> bool {
    !id.is_empty() && !id.contains(char::is_whitespace) && !["gp-", "fn-", "fnref-"].iter().any(|taken| id.starts_with(taken))
}

/// Whether a relation may stand: a page that is opened must not reach back to the one that opened it.
pub(super) fn allows_relation(value: &str) -> bool {
    !value.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("opener"))
}

/// What an element is written as: the page's own title is its only heading of level 1.
pub(super) fn written_name(name: &str) -> &str {
    if name == "h1" { "h2" } else { name }
}
