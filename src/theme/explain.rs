//! What Tera says of a template, told to the person who wrote it: where, while making which page, and what was probably
//! meant.

use std::ops::Range;
use std::sync::Arc;

use tera::{Context, ErrorKind, ReportError, Tera};

use super::check::Part;
use super::words::NO_TEXT;
use super::{LONGEST_PAGE, Page, Theme};
use crate::diagnostic::{Diagnostic, Place, Span, did_you_mean};

/// The words that begin a statement.
const TAGS: [&str; 21] = [
    "block",
    "break",
    "component",
    "continue",
    "elif",
    "else",
    "endblock",
    "endcomponent",
    "endfilter",
    "endfor",
    "endif",
    "endraw",
    "endset",
    "extends",
    "filter",
    "for",
    "if",
    "include",
    "raw",
    "set",
    "set_global",
];

impl Theme {
    /// A template that does not parse.
    pub(super) fn explain_syntax(&self, part: &Part<'_>, report: &ReportError) -> Diagnostic {
        let at = report.span();
        let one_line = at.end_line == at.start_line;
        let span = Span {
            line: at.start_line as u32,
            column: at.start_col as u32 + 1,
            length: if one_line { at.end_col.saturating_sub(at.start_col) as u32 } else { 1 },
        };
        let problem =
            Diagnostic::error("template", in_our_words(report.message())).at(Place::at(part.template.origin.clone(), span));
        let text = &part.template.text;
        let word = text.get(at.range.clone()).unwrap_or("");
        match (report.message(), &part.outline.unclosed) {
            ("Unknown tag", _) => unknown_tag(problem, word),
            ("Unexpected end of input", Some(open)) if part.scan.is_whole => {
                let end =
                    if open.text == "<" { "</…>".to_owned() } else { format!("end{}", open.text.trim_end_matches("_global")) };
                let what = if open.text == "<" { "component" } else { &open.text };
                part.error(open, format!("this `{what}` is never closed")).hint(format!("put `{{% {end} %}}` where it ends"))
            }
            ("Unexpected end of input", _) => problem.hint("the last `{{` or `{%` is never closed"),
            (message, _) if message.starts_with("Found ") => unexpected(problem, message, text, &at.range),
            _ => problem,
        }
    }

    /// What Tera says of templates that all parse, each by itself.
    pub(super) fn explain_load(&self, error: &tera::Error) -> Diagnostic {
        let text = error.kind().to_string();
        Diagnostic::error("template", in_our_words(text.trim_start_matches("error: ").lines().next().unwrap_or("")))
    }

    /// A template that could not be shown with this view.
    pub(super) fn explain_render(&self, error: &tera::Error, template: &str, view: &Context, subject: &str) -> Diagnostic {
        let ErrorKind::RenderingError(report) = error.kind() else {
            if let ErrorKind::TemplateNotFound(name) = error.kind() {
                let problem = Diagnostic::error("template", format!("there is no template `{name}`{}", making(subject)));
                let hint = self.nearest_template(name).map(|near| format!("did you mean `{near}`?"));
                return Diagnostic { hint, ..problem };
            }
            let problem = Diagnostic::error("template", format!("{}{}", in_our_words(&plain(error)), making(subject)));
            return problem.at(Place::file(self.origin(template)));
        };
        let Some(template) = self.templates.get(report.filename()) else {
            return Diagnostic::error("template", format!("{}{}", in_our_words(report.message()), making(subject)));
        };
        let stretch = report.span().range.clone();
        let complaint = Complaint { text: &template.text, stretch: stretch.clone(), view };
        let (message, hint) = complaint.say(report.message());
        let called_from = self.called_from(error).map_or(String::new(), |place| format!(", called from {place}"));
        let span = Span::of(&template.text, stretch.start, stretch.len());
        let problem = Diagnostic::error("template", format!("{message} (while making {subject}{called_from})"));
        Diagnostic { hint, ..problem }.at(Place::at(template.origin.clone(), span))
    }

    /// A page that grows without end.
    pub(super) fn page_too_long(&self, template: &str, page: &Page<'_>, subject: &str) -> Diagnostic {
        let megabytes = page.limit >> 20;
        let more = if page.limit > LONGEST_PAGE { ", many times as much as it has to show" } else { "" };
        let message = format!("this page has grown past {megabytes} MB{more}, and the template goes on{}", making(subject));
        let problem = Diagnostic::error("template", message).at(Place::file(self.origin(template)));
        problem.hint("look for a loop that goes round too often, or for one within another")
    }

    /// A mistake in Tera, which the template can perhaps avoid.
    pub(super) fn stumbled(&self, template: &str, subject: &str) -> Diagnostic {
        let message = format!("the template engine stumbled over this template{}", making(subject));
        let problem = Diagnostic::error("template", message).at(Place::file(self.origin(template)));
        problem.hint(
            "something in it, or in what it includes and extends, meets a mistake in the engine; take out what was added last",
        )
    }

    /// Where a template is, for messages.
    fn origin(&self, template: &str) -> Arc<str> {
        self.templates.get(template).map_or_else(|| template.into(), |template| template.origin.clone())
    }

    /// Where the template that went wrong was included or called. Tera has it in its report only, as text.
    fn called_from(&self, error: &tera::Error) -> Option<Place> {
        let report = error.kind().to_string();
        let note = report.lines().find_map(|line| line.strip_prefix("note: called from "))?;
        let mut fields = note.rsplitn(3, ':');
        let (column, line, name) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?, fields.next()?);
        let template = self.templates.get(name)?;
        Some(Place::at(template.origin.clone(), Span::of(&template.text, offset(&template.text, line, column)?, 0)))
    }
}

/// The byte at a line and column, both from 1.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let line_at = match line.checked_sub(2) {
        None => 0,
        Some(before) => text.match_indices('\n').nth(before)?.0 + 1,
    };
    let (in_line, _) = text[line_at..].char_indices().nth(column.checked_sub(1)?)?;
    Some(line_at + in_line)
}

fn making(subject: &str) -> String {
    format!(" (while making {subject})")
}

fn unknown_tag(problem: Diagnostic, word: &str) -> Diagnostic {
    let problem = Diagnostic { message: format!("there is no tag `{word}`"), ..problem };
    let hint = match word {
        "macro" | "import" | "from" | "call" => Some("what other engines call a macro is a `component` here".to_owned()),
        "else" | "elif" => Some(format!("this `{word}` belongs to no `if` that is open here")),
        _ if word.starts_with("end") && TAGS.contains(&word) => Some(format!("this `{word}` closes nothing that is open here")),
        _ => did_you_mean(word, TAGS),
    };
    Diagnostic { hint, ..problem }
}

/// `Found … but expected …`.
fn unexpected(problem: Diagnostic, message: &str, text: &str, at: &Range<usize>) -> Diagnostic {
    let Some((found, expected)) = message.strip_prefix("Found ").and_then(|rest| rest.split_once(" but expected ")) else {
        return problem;
    };
    let in_words = |what: &str| match what.trim_end_matches('.') {
        "identifier" => "a name".to_owned(),
        "string" => "a text in quotes".to_owned(),
        what if what.starts_with("one of: integer") => "a value".to_owned(),
        what if what.contains(['`', ' ', '"']) => what.to_owned(),
        what => format!("`{what}`"),
    };
    let (word, before) = (text.get(at.clone()).unwrap_or(""), text.get(..at.start).unwrap_or(""));
    let found = if found == "identifier" { format!("`{word}`") } else { in_words(found) };
    let problem = Diagnostic { message: format!("{} is expected here, and not {found}", in_words(expected)), ..problem };
    match word {
        "if" if before.trim_end().ends_with("else") => problem.hint("write `elif`"),
        "}" | "%" => problem.hint("an end mark has two signs: `}}` or `%}`"),
        _ => problem,
    }
}

/// Something that went wrong at a stretch of a template while a view was shown.
struct Complaint<'c> {
    text: &'c str,
    stretch: Range<usize>,
    view: &'c Context,
}

impl Complaint<'_> {
    /// Message and hint.
    fn say(&self, message: &str) -> (String, Option<String>) {
        let (what, available) = message.split_once(" Available ").unwrap_or((message, ""));
        let available = available.split_once(": ").map_or("", |(_, names)| names);
        let names: Vec<&str> = available.split(", ").filter(|name| !name.is_empty()).collect();
        let written = self.written();
        if let Some(name) = between(what, "Variable `", "` is not defined") {
            (format!("there is no `{name}` here"), did_you_mean(name, names.iter().copied()))
        } else if let Some(name) = between(what, "Field `", "` is not defined") {
            self.say_no_field(name, &names)
        } else if let Some(kind) = between(what, "Iteration not possible on type `", "`") {
            let kind = in_plain_words(kind);
            if kind == NOTHING {
                self.say_nothing(&written)
            } else {
                (format!("`{written}` is {kind}, and a loop needs a list"), None)
            }
        } else if what == NO_TEXT {
            let before = self.text[..self.stretch.start].trim_end().trim_end_matches('|').trim_end();
            let begins = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).map_or(0, |at| at + 1);
            self.say_nothing(&before[begins..])
        } else if what.starts_with("Tried to render a variable that is undefined") {
            self.say_nothing(&written)
        } else if let Some((wanted, got)) = between(what, "expected `", "`").zip(between(what, "but got `", "`")) {
            let (wanted, got) = (in_plain_words(wanted), in_plain_words(got));
            match got {
                NOTHING => self.say_nothing(&written),
                _ => (format!("`{written}` is {got}, and {wanted} is needed here"), None),
            }
        } else if let Some(unknown) = between(what, "Unknown argument(s) ", " in component call") {
            let known = what.split_once("are: ").map_or("", |(_, names)| names);
            let known: Vec<&str> = known.split(", ").map(|name| name.trim_matches('`')).collect();
            (format!("this component takes no {unknown}"), did_you_mean(unknown.trim_matches('`'), known.iter().copied()))
        } else if let Some(missing) = between(what, "Argument `", "` missing").or_else(|| between(what, "Argument `", "` (type"))
        {
            (format!("this component needs `{missing}`"), None)
        } else {
            (in_our_words(message), None)
        }
    }

    /// What stands at the stretch: a name with all that hangs on it by points, or else as it is marked.
    fn written(&self) -> String {
        let rest = &self.text[self.stretch.start..];
        let path = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).map_or(rest, |end| &rest[..end]);
        let path = path.trim_end_matches('.');
        let marked = &self.text[self.stretch.clone()];
        if path.len() >= marked.len() { path.to_owned() } else { marked.lines().next().unwrap_or("").to_owned() }
    }

    /// A key that is not in what stands before it.
    fn say_no_field(&self, name: &str, names: &[&str]) -> (String, Option<String>) {
        let before = self.text[..self.stretch.start].trim_end_matches(['.', '?']);
        let begins = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).map_or(0, |at| at + 1);
        match (&before[begins..], names) {
            ("", _) => (format!("there is no `{name}` here"), did_you_mean(name, names.iter().copied())),
            // Only what has no keys at all has none to offer.
            (whole, []) => {
                (format!("`{whole}` holds nothing here, so it has no `{name}`"), Some(format!("ask first: `{{% if {whole} %}}`")))
            }
            (whole, names) => (format!("`{whole}` has no `{name}`"), did_you_mean(name, names.iter().copied())),
        }
    }

    /// Something that has no value. The view tells which part of it is not there.
    fn say_nothing(&self, written: &str) -> (String, Option<String>) {
        let message = format!("`{written}` is not there");
        let mut keys = written.split('.');
        let first = keys.next().unwrap_or("");
        let Some(mut value) = self.view.get(first) else {
            let names = names_in(self.view);
            return (message, did_you_mean(first, names.iter().map(String::as_str)));
        };
        for key in keys {
            let Some(map) = value.as_map() else { break };
            let Some((_, next)) = map.iter().find(|(known, _)| known.as_str() == Some(key)) else {
                return (message, did_you_mean(key, map.keys().filter_map(|known| known.as_str())));
            };
            value = next;
        }
        (message, None)
    }
}

/// The words between two others.
fn between<'m>(message: &'m str, before: &str, after: &str) -> Option<&'m str> {
    let rest = message.split_once(before)?.1;
    Some(rest.split_once(after)?.0)
}

/// Tera's names for kinds of values, as a person says them.
const NOTHING: &str = "nothing";

fn in_plain_words(kind: &str) -> &'static str {
    match kind {
        "undefined" | "none" => NOTHING,
        "string" | "&str" | "String" => "a text",
        "array" | "&[Value]" | "Vec" => "a list",
        "map" | "&Map" | "Map" => "a map",
        "bool" => "yes or no",
        _ => "a number",
    }
}

/// A sentence of Tera's as one of ours: in lower case, without its full stop.
fn in_our_words(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut chars = message.chars();
    match chars.next() {
        Some(first) if !message.starts_with("HTML") => first.to_lowercase().chain(chars).collect(),
        _ => message.to_owned(),
    }
}

/// Tera's message of an error that has no place, with what caused it.
fn plain(error: &tera::Error) -> String {
    let source = std::error::Error::source(error).map_or(String::new(), |source| format!(": {source}"));
    format!("{}{source}", error.kind())
}

/// The names of a view. A context does not give them out, but a template can ask for them.
fn names_in(view: &Context) -> Vec<String> {
    let names = Tera::one_off("{{ __tera_context | keys | join(sep=' ') }}", view, false).unwrap_or_default();
    names.split(' ').map(str::to_owned).collect()
}

/// How much text there is in a view, in bytes.
pub(super) fn text_in(view: &Context) -> usize {
    Tera::one_off("{{ __tera_context }}", view, false).map_or(0, |text| text.len())
}
