//! `guidepost search`: what readers of the site would find.
//!
//! The index is the one that a build publishes, made in memory or read from a folder; the ranking is the browser's.

use std::path::{Path, PathBuf};

use super::build::SelectionArguments;
use super::report;
use super::{Context, MessageFormat, Outcome};
use crate::diagnostic::{Diagnostic, printable, printable_json};
use crate::outputs::search_page::{FOLDERS, NAMED};
use crate::pipeline;
use crate::search::files::ROOT;
use crate::search::query::{Answer, Failure, Hit, Page, Search};
use crate::source;

/// The flags of `search`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to look for: words, "a phrase", tag:name
    #[arg(required = true)]
    query: Vec<String>,
    /// How many articles to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    number: u16,
    /// Ask the site that was published into this folder, instead of the articles as they are now
    #[arg(long, value_name = "DIR")]
    published: Option<PathBuf>,
    /// How to show them: for people, or as one JSON object
    #[arg(long, value_enum, default_value_t = MessageFormat::Human, value_name = "FORMAT")]
    format: MessageFormat,
    #[command(flatten)]
    selection: SelectionArguments,
}

/// Answers the query.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    match &arguments.published {
        Some(folder) => ask_published(context, arguments, &context.path(folder)),
        None => ask_articles(context, arguments),
    }
}

fn ask_published(context: &Context, arguments: &Arguments, site: &Path) -> Outcome {
    let is_searched = |folder: &PathBuf| matches!(source::is_file(&folder.join(ROOT)), Ok(true));
    let folder = FOLDERS.iter().map(|folder| site.join(folder)).find(is_searched).unwrap_or_else(|| site.join(FOLDERS[0]));
    match source::read(&folder.join(ROOT)) {
        Ok(root) => show(context, arguments, Search::open(&root, |name| source::read(&folder.join(NAMED).join(name)).ok())),
        Err(error) => {
            let problem = Diagnostic::error("search-index", format!("there is no search index in {}: {error}", folder.display()));
            context.output.error(problem.hint("name the folder that `guidepost build` has written to"));
            Outcome::Io
        }
    }
}

fn ask_articles(context: &Context, arguments: &Arguments) -> Outcome {
    let options = match arguments.selection.options(context) {
        Ok(options) => options,
        Err(outcome) => return outcome,
    };
    let loaded = match report::load(context, &options, arguments.selection.jobs()) {
        Ok(loaded) => loaded,
        Err(outcome) => return outcome,
    };
    let Some(snapshot) = &loaded.snapshot else {
        report::diagnostics(context.output, &context.directory, &loaded.diagnostics);
        return Outcome::SiteErrors;
    };
    match pipeline::search_index(snapshot) {
        Ok(files) => show(context, arguments, Search::of_files(&files)),
        Err(problem) => {
            context.output.error(problem);
            Outcome::SiteErrors
        }
    }
}

fn show(context: &Context, arguments: &Arguments, search: Result<Search<'_>, Failure>) -> Outcome {
    let query = arguments.query.join(" ");
    let page = Page { limit: arguments.number.into(), offset: 0 };
    // Whoever runs a command has typed its words to the end.
    let answer = search.and_then(|search| search.query(&format!("{query} "), page));
    match answer {
        Ok(answer) if arguments.format == MessageFormat::Json => super::print((printable_json(&answer) + "\n").as_bytes()),
        Ok(answer) => super::print(describe(&answer).as_bytes()),
        Err(failure) => {
            context.output.error(explain(&failure));
            Outcome::Io
        }
    }
}

fn explain(failure: &Failure) -> Diagnostic {
    let message = match failure {
        Failure::Missing(name) => format!("the search index lacks its file `{name}`"),
        Failure::Version => "another version of Guidepost made this search index".to_owned(),
        Failure::Damaged(name) => format!("the search index is damaged: `{name}`"),
    };
    Diagnostic::error("search-index", message).hint("build the site again")
}

fn describe(answer: &Answer) -> String {
    let mut text = String::new();
    if let Some(corrected) = &answer.corrected {
        text.push_str(&format!("Showing results for {}\n\n", printable(corrected.trim())));
    }
    text.extend(answer.results.iter().map(describe_hit));
    let shown = answer.results.len();
    text.push_str(&match answer.total {
        0 => "Nothing found\n".to_owned(),
        total if answer.is_partial => format!("{shown} of at least {}\n", super::report::amount(total, "article")),
        total if total > shown => format!("{shown} of {}\n", super::report::amount(total, "article")),
        total => format!("{}\n", super::report::amount(total, "article")),
    });
    text
}

fn describe_hit(hit: &Hit) -> String {
    let plain = |parts: &[crate::search::Part]| parts.iter().map(|part| part.text.as_str()).collect::<String>();
    let excerpt = hit.excerpt.as_ref().map_or_else(|| hit.lead.clone(), |excerpt| plain(&excerpt.parts));
    format!("{}\n  {}\n  {}\n\n", printable(&plain(&hit.title)), hit.href, printable(&excerpt))
}
