//! `guidepost import`: articles from elsewhere, written beside those that are there, with a report.
//!
//! What becomes of what is `import`'s business. Where it goes, and that nothing of the author's is lost on the way, is that of
//! `place`; each kind of source has a file of its own.

mod folders;
mod page;
mod place;
mod wordpress;

use std::io;
use std::path::{Path, PathBuf};

use self::place::{Finished, Refusal};
use super::report::amount;
use super::{Context, Outcome};
use crate::diagnostic::{Diagnostic, printable};
use crate::import::folders::Generator;
use crate::import::report::{Remark, Report, Written};
use crate::url::Base;

/// The flags of `import`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, clap::Subcommand)]
enum Source {
    /// Take over a blog from WordPress's export file (Tools → Export → All content)
    Wordpress(wordpress::Arguments),
    /// Take over saved web pages, or text that was copied from pages
    Html(page::Arguments),
    /// Take over a Jekyll site from its folder
    Jekyll(folders::Arguments),
    /// Take over a Hugo site from its folder
    Hugo(folders::Arguments),
}

/// What all imports can be asked for.
#[derive(Debug, clap::Args)]
struct Common {
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Replace articles that were edited since the last import, and bring back those that were taken away
    #[arg(long)]
    force: bool,
    /// Where the report goes, from the site's folder
    #[arg(long, value_name = "FILE", default_value = "import-report.md")]
    report: PathBuf,
}

/// Imports.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    match &arguments.source {
        Source::Wordpress(arguments) => wordpress::run(context, arguments),
        Source::Html(arguments) => page::run(context, arguments),
        Source::Jekyll(arguments) => folders::run(context, arguments, Generator::Jekyll),
        Source::Hugo(arguments) => folders::run(context, arguments, Generator::Hugo),
    }
}

/// Says why nothing was imported.
fn refuse(context: &Context, refusal: Refusal) -> Outcome {
    match refusal {
        Refusal::Problem(problem, outcome) => {
            context.output.error(problem);
            outcome
        }
        Refusal::InFile(found) => {
            let (problem, line) = *found;
            context.output.error_in_line(&problem, Some(&line));
            Outcome::SiteErrors
        }
        Refusal::Interrupted => {
            context.output.error(Diagnostic::error("interrupted", "stopped; nothing was imported, and the site is as it was"));
            Outcome::Interrupted(context.interrupt.code())
        }
    }
}

/// Refuses an address that no site can have.
fn check_base_url(written: Option<&str>) -> Result<(), Refusal> {
    let Some(Err(reason)) = written.map(Base::parse) else { return Ok(()) };
    let message = format!("`{}` cannot be the site's address: {reason}", written.unwrap_or_default());
    Err(Refusal::Problem(Diagnostic::error("bad-base-url", message), Outcome::Usage))
}

/// Says that something that was to be imported cannot be read.
fn unreadable(path: &Path, error: &io::Error) -> Refusal {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no `{}`", path.display()),
        _ => format!("`{}` cannot be read: {error}", path.display()),
    };
    Refusal::Problem(Diagnostic::error("unreadable", message), Outcome::Io)
}

/// What was done, for whoever waits at the terminal.
fn tell(context: &Context, report: &Report, finished: &Finished, took: std::time::Duration) {
    let articles = report.accounts.len();
    let drafts = report.accounts.iter().filter(|account| account.why_draft.is_some()).count();
    let verb = if report.is_rehearsal { "Would import" } else { "Imported" };
    let mut text = format!(
        "{verb} {} from {} in {:.2} s: {}\n",
        amount(articles, "article"),
        printable(&report.source),
        took.as_secs_f64(),
        outcomes(report)
    );
    if drafts > 0 {
        let mut reasons: Vec<(String, usize)> = Vec::new();
        for why in report.accounts.iter().filter_map(|account| account.why_draft.as_ref()) {
            match reasons.iter_mut().find(|(known, _)| known == why) {
                Some((_, count)) => *count += 1,
                None => reasons.push((why.clone(), 1)),
            }
        }
        let reasons: Vec<String> = reasons.into_iter().map(|(why, count)| format!("{count} {why}")).collect();
        text.push_str(&format!("  {} of them drafts, which nobody sees: {}\n", drafts, printable(&reasons.join(", "))));
    }
    if !report.left_out.is_empty() {
        let left: Vec<String> = report.left_out.iter().map(|(what, count)| format!("{count} {what}")).collect();
        text.push_str(&format!("  left out: {}\n", printable(&left.join(", "))));
    }
    if report.copied + report.kept > 0 {
        text.push_str(&format!("  {} copied, {} there already\n", amount(report.copied, "file"), report.kept));
    }
    match report.addresses {
        0 => {}
        1 => text.push_str("  1 old address leads to a new one\n"),
        count => text.push_str(&format!("  {count} old addresses lead to new ones\n")),
    }
    let look: Vec<String> = to_look_at(report);
    if !look.is_empty() {
        text.push_str(&format!("  to look at: {}\n", look.join(", ")));
    }
    for line in &finished.lines {
        text.push_str(&format!("  {}\n", printable(line)));
    }
    match (&finished.report, report.is_rehearsal) {
        (Some(file), false) => {
            text.push_str(&format!("\nWhat became of everything is in {}. Next:\n", printable(&file.display().to_string())));
            text.push_str("  guidepost serve --open   look at it\n  guidepost check          see what is left to do");
        }
        _ => text.push_str("\nNothing was written."),
    }
    context.output.result(&text);
}

/// `58 new, 3 unchanged`.
fn outcomes(report: &Report) -> String {
    let all = [
        (Written::New, "new"),
        (Written::Unchanged, "unchanged"),
        (Written::Updated, "renewed"),
        (Written::Edited, "edited here and left alone"),
        (Written::Replaced, "edited here and replaced"),
        (Written::Removed, "taken away here and left away"),
    ];
    let counted = all.iter().map(|(written, words)| (report.count(*written), words)).filter(|(count, _)| *count > 0);
    let counted: Vec<String> = counted.map(|(count, words)| format!("{count} {words}")).collect();
    if counted.is_empty() { "nothing".to_owned() } else { counted.join(", ") }
}

/// What needs somebody's eye, in a few words.
fn to_look_at(report: &Report) -> Vec<String> {
    let with = |is_one: fn(&Remark) -> bool, what: &str| {
        let count = report.articles_with(is_one);
        (count > 0).then(|| format!("{what} in {}", amount(count, "article")))
    };
    let losses = report.losses();
    [
        (losses > 0).then(|| format!("lost words in {}", amount(losses, "article"))),
        with(|remark| matches!(remark, Remark::Shortcode(_)), "shortcodes"),
        with(|remark| matches!(remark, Remark::NoFile(_)), "files without a copy"),
        with(|remark| matches!(remark, Remark::BrokenLink(_)), "broken links"),
        with(|remark| matches!(remark, Remark::LinkToDraft(_)), "links to drafts"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
