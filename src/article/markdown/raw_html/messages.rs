//! What is told about raw HTML. Where it happens and to which tag is left to the caller.

use super::room::Misfit;
use super::scanner::Unfinished;
use crate::diagnostic::Diagnostic;

/// Why an element ended that no end tag had ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending<'a> {
    /// The piece of Markdown it is in did: `list item`.
    Container(&'a str),
    /// An end tag of an element around it.
    EndTag(&'a str),
    /// A start tag that ends what is around it.
    StartTag(&'a str),
    /// Its content is text, and its lines of HTML ended.
    Lines,
    /// Markdown begins, which it cannot hold.
    Markdown,
    /// A block of Markdown ended the paragraph or heading around it.
    Block,
    /// Another link begins.
    Link,
}

pub(super) fn never_closed(name: &str, ending: Ending<'_>) -> Diagnostic {
    let (message, hint) = match ending {
        Ending::Container("article") => (
            format!("this `<{name}>` is never closed, so it ends with the article"),
            format!("put `</{name}>` where it is to end"),
        ),
        Ending::Container(called) => (
            format!("this `<{name}>` is not closed in its {called}, so it ends with the {called}"),
            format!("put `</{name}>` where it is to end, in the same {called}"),
        ),
        Ending::EndTag(tag) => (
            format!("this `<{name}>` is still open at `</{tag}>`, so it ends there"),
            format!("put `</{name}>` before `</{tag}>`"),
        ),
        Ending::StartTag(tag) => (
            format!("this `<{name}>` is still open at `<{tag}>`, which ends what it is in, so it ends there"),
            format!("put `</{name}>` before `<{tag}>`"),
        ),
        Ending::Lines => (
            format!("this `<{name}>` is never closed, so it ends where the lines of HTML end"),
            match name {
                "script" | "style" | "textarea" => format!("put `</{name}>` where it is to end"),
                _ => format!("put `</{name}>` where it is to end, with no blank line before it"),
            },
        ),
        Ending::Markdown => (
            format!("this `<{name}>` is still open where Markdown begins, which it cannot hold, so it ends there"),
            match name {
                "table" => "take out blank lines and indentation between its rows, or put the Markdown into a cell".to_owned(),
                _ => format!("put `</{name}>` before it, and take out blank lines in between"),
            },
        ),
        Ending::Block => (
            format!("this `<{name}>` is still open where a new block begins, which ends what it is in, so it ends there"),
            format!("put `</{name}>` before it"),
        ),
        Ending::Link => (
            format!("this `<{name}>` is never closed, so it ends where the next link begins"),
            format!("put `</{name}>` where it is to end"),
        ),
    };
    Diagnostic::warning("open-html", message).hint(hint)
}

/// An `<a>` with nothing that could close it, which is most likely a mark for links to lead to.
pub(super) fn closed_at_once(name: &str) -> Diagnostic {
    let problem = Diagnostic::warning("open-html", format!("this `<{name}>` is never closed, so it ends where it begins"));
    problem.hint(format!("put `</{name}>` where it is to end"))
}

pub(super) fn not_closed_by_slash(name: &str) -> Diagnostic {
    let problem = Diagnostic::warning("open-html", format!("`<{name} …/>` does not close itself in HTML, so it is closed here"));
    problem.hint(format!("write `<{name} …></{name}>`"))
}

pub(super) fn unfinished(what: Unfinished, opening: &str) -> Diagnostic {
    let (message, hint) = match what {
        Unfinished::Tag => {
            say("this tag has no `>`, so it is shown as text with all that follows in its lines", "put `>` where the tag ends")
        }
        Unfinished::Quote => say(
            "this tag has a quotation mark that is never closed, so it is shown as text with all that follows in its lines",
            "close the quotation mark",
        ),
        Unfinished::Comment => never_ends("<!--", "-->"),
        Unfinished::Declaration if opening.starts_with("<?") => never_ends("<?", "?>"),
        Unfinished::Declaration if !opening.starts_with("<![CDATA[") => never_ends("<!", ">"),
        Unfinished::Declaration | Unfinished::Data => never_ends("<![CDATA[", "]]>"),
    };
    Diagnostic::warning("open-html", message).hint(hint)
}

fn say(message: &str, hint: &str) -> (String, String) {
    (message.to_owned(), hint.to_owned())
}

fn never_ends(opening: &str, ending: &str) -> (String, String) {
    (format!("this `{opening}` never ends, so what follows is a part of it"), format!("put `{ending}` where it ends"))
}

/// An end tag that nothing is open for. `called` is the piece of Markdown around an element of that name, if it is open
/// out there.
pub(super) fn closes_nothing(name: &str, opened_outside: Option<&str>) -> Diagnostic {
    let problem = match opened_outside {
        Some(called) => format!("this `</{name}>` cannot close what was opened outside this {called}, so it is left out"),
        None => format!("this `</{name}>` closes nothing, so it is left out"),
    };
    let hint = match (name, opened_outside) {
        (_, Some(called)) => format!("move it out of the {called}, or open and close `<{name}>` within it"),
        ("p", None) => {
            "a `<p>` ends by itself where a heading, a list, a table or another paragraph begins; use `<div>` around those"
                .to_owned()
        }
        (name, None) if super::elements::is_void(name) => format!("take it out: `<{name}>` needs no end tag"),
        (_, None) => format!("take it out, or put `<{name}>` where it is to begin"),
    };
    Diagnostic::warning("stray-html", problem).hint(hint)
}

pub(super) fn is_a_line_break() -> Diagnostic {
    Diagnostic::warning("stray-html", "there is no `</br>`; it is taken for a line break").hint("write `<br>`")
}

pub(super) fn closes_another_heading(name: &str, open: &str) -> Diagnostic {
    let problem = Diagnostic::warning("stray-html", format!("this `</{name}>` closes a `<{open}>`"));
    problem.hint(format!("write `</{open}>`"))
}

pub(super) fn misplaced(name: &str, misfit: Misfit) -> Diagnostic {
    let (message, hint) = match (misfit, name) {
        (Misfit::PartOfPage, "plaintext") => say("would make text of the whole page below", "use `<pre>`"),
        (Misfit::PartOfPage, _) => say("has no place in an article", "take it out: the theme writes the page around the article"),
        (Misfit::OutsideTable, _) => say("can stand only in a `<table>`", "put `<table>` before it, and no Markdown in between"),
        (Misfit::BetweenCells, _) => {
            say("cannot stand between the rows and cells of a table", "put it into a `<td>`, or around the table")
        }
        (Misfit::InSelect, _) => say("cannot stand in a `<select>` or `<option>`", "leave only words there"),
        (Misfit::InDrawing, _) => say("cannot stand in an `<svg>` or `<math>`", "put `</svg>` or `</math>` before it"),
        (Misfit::InItself, "a") => say("cannot stand within another link", "end the other link before it"),
        (Misfit::InItself, _) => (format!("cannot stand within another `<{name}>`"), format!("put `</{name}>` before it")),
        (Misfit::OutsideList, "li") => say("can stand only in a list", "put `<ul>` or `<ol>` before it"),
        (Misfit::OutsideList, _) => say("can stand only in a `<dl>`", "put `<dl>` before it"),
        (Misfit::OutsideRuby, _) => say("can stand only in a `<ruby>`", "put `<ruby>` before it"),
        (Misfit::InMarkdown(called), _) => {
            let message = format!("cannot stand in this {called}, which it would end");
            (message, "put it on a line of its own, with blank lines around it".to_owned())
        }
        (Misfit::TooDeep, _) => {
            let problem = Diagnostic::error("too-deep", "more than 256 elements are open here, and browsers take no more");
            return problem.hint("close some; from here on all HTML is left out");
        }
    };
    Diagnostic::warning("misplaced-html", format!("`<{name}>` {message}, so it is left out")).hint(hint)
}

/// A tag that is no start tag and has no place in an article.
pub(super) fn part_of_page() -> Diagnostic {
    let problem = Diagnostic::warning("misplaced-html", "this tag has no place in an article, so it is left out");
    problem.hint("take it out: the theme writes the page around the article")
}

pub(super) fn link_in_link() -> Diagnostic {
    let problem = Diagnostic::warning("link-in-link", "a link cannot stand within another, so only its words are shown");
    problem.hint("end the other link before it, or take one of them out")
}

pub(super) fn hides_end_of_noscript() -> Diagnostic {
    let problem =
        Diagnostic::warning("misplaced-html", "`</noscript` cannot stand in a comment or attribute here, so this is left out");
    problem.hint("take it out: a browser with scripts would end the `<noscript>` there")
}

const SANITIZE: &str = "say it in Markdown, or take it out; `markdown.raw_html` in `guidepost.yaml` is `sanitize`";

/// An element that is not on the list of what stands.
pub(super) fn removed(name: &str, with_content: Content) -> Diagnostic {
    let what = match with_content {
        Content::Stays => "so only what is in it is shown",
        Content::Goes => "so it is left out with all that is in it",
        Content::Never => "so it is left out",
    };
    let problem =
        Diagnostic::warning("removed-html", format!("`<{name}>` is not among the HTML that this site lets stand, {what}"));
    problem.hint(SANITIZE)
}

/// What becomes of the content of an element that is left out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    Stays,
    Goes,
    /// It has none.
    Never,
}

pub(super) fn attributes_removed(element: &str, names: &[String]) -> Diagnostic {
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (verb, left_out) = if names.len() == 1 { ("is", "it is left out") } else { ("are", "they are left out") };
    let message = format!("{list} of `<{element}>` {verb} not among the HTML that this site lets stand, so {left_out}");
    Diagnostic::warning("removed-html", message).hint(SANITIZE)
}

pub(super) fn id_changed(id: &str, given: &str) -> Diagnostic {
    let problem =
        Diagnostic::warning("removed-html", format!("the id `{id}` is taken on this page, so this place is called `{given}`"));
    problem.hint("choose another id")
}

pub(super) fn id_removed(id: &str) -> Diagnostic {
    let problem = Diagnostic::warning("removed-html", format!("the id `{id}` cannot be used in an article, so it is left out"));
    problem.hint("write one word that does not begin with `gp-`, `fn-` or `fnref-`: those are the page's own")
}

pub(super) fn bad_scheme_removed(name: &str, scheme: &str) -> Diagnostic {
    let message = format!("`{name}` may not begin with `{scheme}:`, so it is left out");
    Diagnostic::warning("bad-scheme", message).hint("addresses begin with `https:`, `mailto:` or `tel:`, or name a file")
}

pub(super) fn bad_scheme(name: &str, scheme: &str) -> Diagnostic {
    let message = format!("`{name}` begins with `{scheme}:`, which the content-security policy in `_headers` blocks");
    Diagnostic::warning("bad-scheme", message).hint("addresses begin with `https:`, `mailto:` or `tel:`, or name a file")
}

/// What the content-security policy of a site keeps from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocked {
    Script,
    ForeignScript,
    Handler,
    Style,
    Frame,
}

pub(super) fn blocked(what: Blocked) -> Diagnostic {
    let (what, hint) = match what {
        Blocked::Script => {
            ("a script in the page itself", "put the script into a file beside the article and name it with `src`")
        }
        Blocked::ForeignScript => {
            ("a script from another site", "put the script into a file beside the article and name it with `src`")
        }
        Blocked::Handler => ("`on…` attributes", "put a script into a file beside the article and name it with `<script src>`"),
        Blocked::Style => ("styles in the page itself", "give it a `class`, and the class a rule in the theme's style sheet"),
        Blocked::Frame => ("pages and programs within the page", "link to it instead"),
    };
    let message = format!("the content-security policy in `_headers` blocks {what}, so browsers will ignore this");
    Diagnostic::warning("blocked-by-policy", message).hint(hint)
}

pub(super) fn and_more(count: usize) -> Diagnostic {
    Diagnostic::warning("more-html", format!("{count} more things are wrong with the HTML in this file"))
        .hint("mend those above first")
}
