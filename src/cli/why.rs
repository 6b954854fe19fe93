//! `guidepost why`: whether a page is published and why, and where it is found.
//!
//! The answer is `plan::why`'s; this file shows it, and looks at the disk for files that are no part of the site.

use std::path::{Component, Path, PathBuf};

use super::standing::{Standing, Unpublished};
use super::{Context, MessageFormat, Outcome, report};
use crate::article::CONTENT;
use crate::diagnostic::{Diagnostic, list_of, printable, printable_json};
use crate::plan::why::question::{self, Found};
use crate::plan::why::{self, Answer, Verdict};
use crate::source;

/// The flags of `why`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An address of the site, a file, or an article's title
    #[arg(required = true)]
    page: Vec<String>,
    /// How to show the answer: for people, or as one JSON object
    #[arg(long, value_enum, default_value_t = MessageFormat::Human, value_name = "FORMAT")]
    format: MessageFormat,
}

/// Answers the question.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let standing = Standing::of(context);
    let loaded = match standing.load(context, Unpublished::Not) {
        Ok(loaded) => loaded,
        Err(outcome) => return outcome,
    };
    let Some(snapshot) = &loaded.snapshot else {
        report::diagnostics(context.output, &standing.root, &loaded.diagnostics);
        return Outcome::SiteErrors;
    };
    let asked = arguments.page.join(" ");
    let find = |asked: &str| question::find(snapshot, asked, standing.folder.as_deref());
    let by_path = from_site(&standing, &asked).map(|path| find(&path)).filter(|found| !matches!(found, Found::Nothing(_)));
    let answer = match by_path.unwrap_or_else(|| find(&asked)) {
        Found::One(page) => why::answer(snapshot, page, &loaded.diagnostics),
        Found::Several(files) => return refuse(context, several(&asked, &files)),
        Found::Nothing(alike) => match stray(&standing, &asked, &loaded.diagnostics) {
            Some(stray) => why::of_stray(stray.what, stray.file, stray.reason),
            None if question::is_elsewhere(&asked, &snapshot.site.settings.base) => {
                let base = snapshot.site.settings.base.absolute(&crate::url::Url::home());
                let problem = Diagnostic::error("unknown-page", format!("`{asked}` is no address of this site"));
                return refuse(context, problem.hint(format!("addresses of this site begin with `{base}`")));
            }
            None => return refuse(context, unknown(&asked, &alike)),
        },
    };
    match arguments.format {
        MessageFormat::Json => super::print((printable_json(&answer) + "\n").as_bytes()),
        MessageFormat::Human => super::print(describe(&answer).as_bytes()),
    }
}

fn refuse(context: &Context, problem: Diagnostic) -> Outcome {
    context.output.error(problem);
    Outcome::SiteErrors
}

fn several(asked: &str, files: &[String]) -> Diagnostic {
    let files: Vec<&str> = files.iter().take(8).map(String::as_str).collect();
    let problem = Diagnostic::error("unknown-page", format!("several articles are called `{asked}`"));
    problem.hint(format!("name one by its file: {}", list_of(&files)))
}

fn unknown(asked: &str, alike: &[String]) -> Diagnostic {
    let problem = Diagnostic::error("unknown-page", format!("nothing of this site is called `{asked}`"));
    let alike: Vec<&str> = alike.iter().map(String::as_str).collect();
    problem.hint(match alike.as_slice() {
        [] => "name an address as `/offers/tips/`, a file as `content/offers/tips.md`, or a title".to_owned(),
        alike => format!("did you mean {}?", list_of(alike)),
    })
}

/// A path of this machine, to something that is there, as a path from the site's folder, if it is below that.
fn from_site(standing: &Standing, asked: &str) -> Option<String> {
    let path = plain(&std::path::absolute(asked).ok()?);
    let root = plain(&std::path::absolute(&standing.root).ok()?);
    path.symlink_metadata().ok()?;
    let below = path.strip_prefix(root).ok()?;
    (!below.as_os_str().is_empty()).then(|| below.to_string_lossy().replace('\\', "/"))
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// A file or folder that is there and is no part of the site.
struct Stray {
    what: &'static str,
    /// As messages name it.
    file: String,
    /// Why it is none.
    reason: String,
}

/// What is on the disk under a name, if anything is.
fn stray(standing: &Standing, asked: &str, diagnostics: &[Diagnostic]) -> Option<Stray> {
    let root = std::path::absolute(&standing.root).ok()?;
    let content = root.join(CONTENT);
    let here = standing.folder.as_ref().map(|folder| content.join(folder));
    let places = here.into_iter().chain([content.clone(), root.clone()]);
    let location = places.map(|place| plain(&place.join(asked))).find(|path| path.symlink_metadata().is_ok())?;
    let what = if location.is_dir() { "a folder" } else { "a file" };
    let file = location.strip_prefix(&root).unwrap_or(&location).to_string_lossy().replace('\\', "/");
    let Ok(below) = location.strip_prefix(&content) else {
        let reason = format!("it is not in `{CONTENT}/`, and a build takes articles and files from there alone");
        return Some(Stray { what, file, reason });
    };
    let names: Vec<String> = below.components().map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
    let said = diagnostics.iter().find(|problem| problem.place.as_ref().is_some_and(|place| *place.file == *file));
    let reason = match (names.iter().find(|name| source::is_litter(name)), said) {
        (Some(name), _) => format!("Guidepost passes over hidden files and editors' litter, such as `{name}`; rename it"),
        (None, Some(problem)) => problem.message.clone(),
        (None, None) if location.is_dir() => "there is no article in this folder".to_owned(),
        (None, None) => "it came while the site was being read; ask again".to_owned(),
    };
    Some(Stray { what, file, reason })
}

/// The answer as people read it: a line for each fact, its name before it.
fn describe(answer: &Answer) -> String {
    let mut text = String::new();
    let title = answer.title.as_deref().filter(|title| !title.is_empty());
    let name = title.or(answer.file.as_deref()).unwrap_or(&answer.what);
    text.push_str(&format!("{}\n", one_line(name)));
    let file = answer.file.as_deref().filter(|file| *file != name).map_or(String::new(), |file| format!(": {file}"));
    if answer.what != name {
        text.push_str(&format!("{}{}\n", one_line(&answer.what), one_line(&file)));
    }
    text.push('\n');
    let mut fact = |label: &str, lines: Vec<String>| {
        for (number, line) in lines.iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            text.push_str(&format!("{label:13}{}\n", one_line(line)));
        }
    };
    fact("Published", vec![format!("{}: {}", if answer.published { "yes" } else { "no" }, answer.because)]);
    fact("Address", answer.url.iter().cloned().collect());
    fact("", answer.address_from.iter().map(|from| format!("from {from}")).collect());
    fact("Redirects", answer.redirects.clone());
    let listed = |listed: &why::Listed| match &listed.address {
        Some(address) => format!("{}: {address}", listed.on),
        None => listed.on.clone(),
    };
    fact("Listed on", answer.listed.iter().map(listed).collect());
    fact("Linked from", answer.linked_from.iter().map(|link| format!("{}: {}", link.title, link.file)).collect());
    fact("Feeds", feeds(&answer.feeds));
    fact("Feed id", answer.feed_id.iter().cloned().collect());
    fact("Search", answer.search.iter().map(verdict).collect());
    fact("Sitemap", answer.sitemap.iter().map(verdict).collect());
    fact("llms.txt", answer.llms.iter().map(verdict).collect());
    fact("Template", answer.template.iter().cloned().collect());
    let complaint = |problem: &why::Complaint| {
        let line = problem.line.map_or(String::new(), |line| format!(" in line {line}"));
        format!("{}[{}]{line}: {}", problem.severity, problem.code, problem.message)
    };
    fact("Problems", answer.problems.iter().map(complaint).collect());
    text
}

/// A line for each feed; one for all, where none carries it for one reason.
fn feeds(feeds: &[why::Carried]) -> Vec<String> {
    let line = |feed: &why::Carried| match &feed.because {
        Some(because) => format!("not {}: {because}", feed.feed),
        None => feed.feed.clone(),
    };
    match feeds {
        [first, others @ ..] if others.iter().all(|other| !other.carried && other.because == first.because) => {
            first.because.as_ref().map_or_else(|| feeds.iter().map(line).collect(), |because| vec![format!("none: {because}")])
        }
        _ => feeds.iter().map(line).collect(),
    }
}

fn verdict(verdict: &Verdict) -> String {
    match &verdict.because {
        Some(because) => format!("no: {because}"),
        None => "yes".to_owned(),
    }
}

/// Text from outside, on one line and safe for a terminal.
fn one_line(text: &str) -> String {
    printable(text).replace('\n', "\\n")
}
