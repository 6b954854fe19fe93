//! How diagnostics and progress are shown on a terminal or in a pipe, for all commands alike.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Amount, Context, MessageFormat, Outcome, Output};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::pipeline::{self, LoadError, Loaded, Options, Progress};
use crate::source;
use crate::write::PublishError;

/// More than this nobody reads in one run; the rest is counted.
const MOST_SHOWN: usize = 50;

/// Shows diagnostics on stderr, errors first, each with its line, and says how many there were.
pub fn diagnostics(output: Output, root: &Path, diagnostics: &[Diagnostic]) {
    let shown: Vec<&Diagnostic> = diagnostics
        .iter()
        .filter(|d| match output.amount {
            Amount::Quiet => d.is_error(),
            Amount::Normal => d.severity != Severity::Note,
            Amount::Verbose => true,
        })
        .collect();
    let mut text = String::new();
    if output.format == MessageFormat::Json {
        for diagnostic in &shown {
            text.push_str(&diagnostic.to_json());
            text.push('\n');
        }
    } else {
        let (read, left): (Vec<&Diagnostic>, Vec<&Diagnostic>) = in_order_of_reading(&shown);
        for diagnostic in read {
            let place = diagnostic.place.as_ref();
            let line = place.and_then(|p| p.span.and_then(|span| source::line(&root.join(&*p.file), span.line)));
            text.push_str(&diagnostic::show(diagnostic, line.as_deref(), output.style));
            text.push_str("\n\n");
        }
        if !left.is_empty() {
            text.push_str(&format!("and {} more: {}\n\n", left.len(), by_code(&left)));
        }
    }
    // If stderr is closed there is nobody to tell.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// As many of the gravest as anybody reads, and what is left. Errors come last, where they are still on the screen; none is
/// cut off for a warning, and no warning for a note.
fn in_order_of_reading<'d>(shown: &[&'d Diagnostic]) -> (Vec<&'d Diagnostic>, Vec<&'d Diagnostic>) {
    let mut numbers: Vec<usize> = (0..shown.len()).collect();
    numbers.sort_by_key(|&number| shown[number].severity);
    let left = numbers.split_off(MOST_SHOWN.min(numbers.len()));
    numbers.sort_by_key(|&number| (shown[number].is_error(), number));
    let of = |numbers: Vec<usize>| numbers.into_iter().map(|number| shown[number]).collect();
    (of(numbers), of(left))
}

/// `300 vague-link, 12 no-alt`: the most frequent first.
fn by_code(diagnostics: &[&Diagnostic]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(diagnostic.code).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.iter().map(|(code, count)| format!("{count} {code}")).collect::<Vec<_>>().join(", ")
}

/// `2 errors and 1 warning`; nothing if there is nothing.
pub fn count(diagnostics: &[Diagnostic]) -> Option<String> {
    let of = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let parts: Vec<String> = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| amount(count, noun))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

/// `1 article`, `2 articles`.
pub fn amount(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Whether diagnostics fail the build.
pub fn fails(diagnostics: &[Diagnostic], strict: Strictness) -> bool {
    diagnostics.iter().any(|d| match strict {
        Strictness::Errors => d.is_error(),
        Strictness::Warnings => d.severity != Severity::Note,
    })
}

/// What fails a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Errors.
    Errors,
    /// Warnings too.
    Warnings,
}

impl Strictness {
    /// From the flag `--strict`.
    pub fn from_flag(strict: bool) -> Strictness {
        if strict { Strictness::Warnings } else { Strictness::Errors }
    }
}

/// How to read more about a message, said of the first of the gravest, which is always shown.
pub fn way_to_more(diagnostics: &[Diagnostic]) -> Option<String> {
    let gravest = diagnostics.iter().min_by_key(|d| d.severity)?;
    Some(format!("`guidepost explain {}` says more about such a message", gravest.code))
}

/// Says why a site cannot be read at all.
pub fn load_error(context: &Context, error: &LoadError) -> Outcome {
    let output = context.output;
    match error {
        LoadError::NoSettings(folder) => {
            let message = format!("{} has no guidepost.yaml, so it is no site", folder_name(folder));
            let hint = "`guidepost init` makes a site, and `-C DIR` names another folder";
            output.error(Diagnostic::error("no-settings", message).hint(hint));
            Outcome::Configuration
        }
        LoadError::Interrupted => interrupted(context),
        LoadError::Io(error) => {
            output.error(Diagnostic::error("unreadable", format!("the site cannot be read: {error}")));
            Outcome::Io
        }
    }
}

/// Reads the site for a command; why that cannot be is said, and the outcome returned.
pub fn load(context: &Context, options: &Options, jobs: Option<usize>) -> Result<Loaded, Outcome> {
    let work = |progress: &Progress| pipeline::on_threads(jobs, || pipeline::load(options, progress));
    match with_progress(context, "Reading", work) {
        Ok(Ok(loaded)) => Ok(loaded),
        Ok(Err(error)) => Err(load_error(context, &error)),
        Err(error) => Err(no_threads(context.output, &error)),
    }
}

/// Says that a command ended because it was asked to.
pub fn interrupted(context: &Context) -> Outcome {
    context.output.error(Diagnostic::error("interrupted", "stopped; what was published before is as it was"));
    Outcome::Interrupted(context.interrupt.code())
}

/// Says why a site cannot be published.
pub fn publish_error(output: Output, error: &PublishError) -> Outcome {
    let message = error.to_string();
    let (problem, outcome) = match error {
        PublishError::Refused(_) => (Diagnostic::error("output-folder", message), Outcome::Configuration),
        PublishError::Foreign(_) => (Diagnostic::error("foreign-file", message), Outcome::SiteErrors),
        PublishError::Busy(_) => (Diagnostic::error("busy", message), Outcome::Io),
        PublishError::Source(..) => (Diagnostic::error("unreadable", message), Outcome::Io),
        PublishError::Io(_) => (Diagnostic::error("unwritable", message), Outcome::Io),
    };
    output.error(problem);
    outcome
}

/// Says that there is nothing to work with.
pub fn no_threads(output: Output, error: &io::Error) -> Outcome {
    let problem = Diagnostic::error("no-threads", format!("no threads could be started: {error}"));
    output.error(problem.hint("end other programs, or ask for fewer with `--jobs 1`"));
    Outcome::Io
}

/// A folder as a message begins with it.
pub fn folder_name(folder: &Path) -> String {
    if folder.as_os_str() == "." { "this folder".to_owned() } else { folder.display().to_string() }
}

/// A bar is worth drawing only when somebody has to wait.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs `work`, and draws a progress bar on a terminal if it takes longer than half a second.
pub fn with_progress<T: Send>(context: &Context, label: &'static str, work: impl FnOnce(&Progress) -> T + Send) -> T {
    let progress = Progress { stop: context.interrupt.flag(), ..Progress::default() };
    if !context.output.is_watched {
        return work(&progress);
    }
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let drawer = scope.spawn(|| {
            std::thread::park_timeout(PATIENCE);
            if !is_done.load(Ordering::Acquire) {
                draw(&progress, &is_done, label);
            }
        });
        let result = work(&progress);
        is_done.store(true, Ordering::Release);
        drawer.thread().unpark();
        result
    })
}

fn draw(progress: &Progress, is_done: &AtomicBool, label: &'static str) {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(label);
    while !is_done.load(Ordering::Acquire) {
        // As long as nobody knows how much there is to do, an empty bar would look like a full one.
        let total = progress.total.load(Ordering::Relaxed) as u64;
        if total > 0 {
            bar.set_length(total);
            bar.set_position(progress.done.load(Ordering::Relaxed) as u64);
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}
