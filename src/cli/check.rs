//! `guidepost check`: all that a build validates, and what authors and their readers would want to be told besides.
//! Nothing is published.
//!
//! Every output is rendered too, so that a template that fails is found. What is said of articles is decided in `lint`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::SelectionArguments;
use super::explain;
use super::external::ExternalArguments;
use super::replace::replace;
use super::report::{self, amount};
use super::{Amount, Context, MessageFormat, Outcome};
use crate::diagnostic::{self, Diagnostic, Place, messages, printable};
use crate::lint::baseline::{Baseline, Compared};
use crate::pipeline;
use crate::source;
use crate::text::with_line_feeds;

/// The flags of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Pass over the findings that this file lists, and report new ones only
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// List in this file all that is found now, errors apart, for `--baseline` from now on
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "only"])]
    write_baseline: Option<PathBuf>,
    /// Report nothing but errors and what has one of these codes
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    only: Vec<String>,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    external: ExternalArguments,
}

/// Checks the site.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let output = context.output;
    let options = match arguments.selection.options(context) {
        Ok(options) => options,
        Err(outcome) => return outcome,
    };
    let only = match codes(&arguments.only) {
        Ok(codes) => codes,
        Err(problem) => {
            output.error(problem);
            return Outcome::Usage;
        }
    };
    // Looked at first: whoever has mistyped its name need not wait to be told.
    let baseline = match arguments.baseline.as_deref().map(|file| read(context, file)).transpose() {
        Ok(baseline) => baseline,
        Err((problem, outcome)) => {
            output.error(problem);
            return outcome;
        }
    };
    let work = |progress: &pipeline::Progress| {
        pipeline::on_threads(arguments.selection.jobs(), || {
            pipeline::load(&options, progress).map(|mut loaded| {
                if let Some(snapshot) = &loaded.snapshot {
                    loaded.diagnostics.extend(pipeline::rehearse(snapshot, progress));
                    loaded.diagnostics.extend(pipeline::run_search_tests(snapshot));
                    loaded.diagnostics.extend(pipeline::lint(snapshot, &loaded.inputs, progress));
                }
                loaded
            })
        })
    };
    let mut loaded = match report::with_progress(context, "Checking", work) {
        Ok(Ok(loaded)) => loaded,
        Ok(Err(error)) => return report::load_error(context, &error),
        Err(error) => return report::no_threads(output, &error),
    };
    if context.interrupt.is_asked() {
        return report::interrupted(context);
    }
    let asked = match arguments.external.ask(context, &mut loaded) {
        Ok(asked) => asked,
        Err(outcome) => return outcome,
    };
    let mut found = std::mem::take(&mut loaded.diagnostics);
    diagnostic::sort(&mut found);
    let mut remarks = Vec::new();
    if let Some(file) = &arguments.write_baseline {
        match write(context, file, &found) {
            Ok(remark) => remarks.push(remark),
            Err((problem, outcome)) => {
                output.error(problem);
                return outcome;
            }
        }
        found.retain(Diagnostic::is_error);
    }
    if let (Some(baseline), Some(file)) = (baseline, &arguments.baseline) {
        let compared = baseline.compare(found, lines_of(&context.directory));
        remarks.extend(remarks_about(context, file, &compared));
        found = compared.new;
    }
    if !only.is_empty() {
        found.retain(|finding| finding.is_error() || only.iter().any(|code| code == finding.code));
    }
    report::diagnostics(output, &context.directory, &found);
    let strictness = arguments.selection.strictness();
    let is_sound = loaded.snapshot.is_some() && !report::fails(&found, strictness);
    if output.format == MessageFormat::Human {
        let articles = loaded.snapshot.as_ref().map_or(0, |snapshot| snapshot.articles.len());
        let nothing = if remarks.is_empty() { "nothing is wrong" } else { "nothing new is wrong" };
        let count = report::count(&found).unwrap_or_else(|| nothing.into());
        remarks.extend(asked);
        remarks.extend(report::way_to_more(&found).filter(|_| !is_sound));
        let remarks: String = remarks.iter().map(|remark| format!("\n  {remark}")).collect();
        output.result(&format!("Checked {}: {count}{remarks}", amount(articles, "article")));
    }
    if is_sound { Outcome::Done } else { Outcome::SiteErrors }
}

/// The codes that were asked for, or what is wrong with one of them.
fn codes(asked: &[String]) -> Result<Vec<String>, Diagnostic> {
    let sections = messages::sections();
    let known = |code: &String| sections.iter().any(|section| section.code == code.as_str());
    let code = |asked: &String| Some(explain::code_within(asked)).filter(known);
    asked.iter().map(|asked| code(asked).ok_or_else(|| explain::unknown(asked, &sections))).collect()
}

/// Reads a baseline, or says why there is none.
fn read(context: &Context, file: &Path) -> Result<Baseline, (Diagnostic, Outcome)> {
    let path = context.path(file);
    let shown = printable(&file.to_string_lossy()).into_owned();
    let bytes = source::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let problem = Diagnostic::error("baseline", format!("there is no file `{shown}`"));
            (problem.hint(format!("`guidepost check --write-baseline {shown}` makes it")), Outcome::Usage)
        }
        _ => (Diagnostic::error("unreadable", format!("the baseline cannot be read: {error}")), Outcome::Io),
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    if !Baseline::is_one(text) {
        let problem = Diagnostic::error("baseline", format!("`{shown}` is no baseline of Guidepost's"));
        return Err((problem.hint("name a file that `--write-baseline` has made"), Outcome::Usage));
    }
    Baseline::parse(text).map_err(|line| {
        let problem = Diagnostic::error("baseline", format!("line {line} of `{shown}` is no finding"));
        (problem.hint("take the line out, or make the file anew with `--write-baseline`"), Outcome::Usage)
    })
}

/// Writes a baseline and says so, or says why not. Only what is a baseline is written over.
fn write(context: &Context, file: &Path, found: &[Diagnostic]) -> Result<String, (Diagnostic, Outcome)> {
    let path = context.path(file);
    let shown = printable(&file.to_string_lossy()).into_owned();
    let is_foreign = match source::read(&path) {
        Ok(bytes) => !bytes.is_empty() && !Baseline::is_one(&String::from_utf8_lossy(&bytes)),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    if is_foreign {
        let problem = Diagnostic::error("baseline", format!("`{shown}` is there already and is no baseline"));
        return Err((problem.hint("name another file"), Outcome::Usage));
    }
    let baseline = Baseline::of(found, lines_of(&context.directory));
    replace(&path, baseline.text().as_bytes())
        .map_err(|error| (Diagnostic::error("unwritable", format!("the baseline could not be written: {error}")), Outcome::Io))?;
    let count = amount(baseline.len(), "finding");
    Ok(format!("{count} written to {shown}: `guidepost check --baseline {shown}` reports new ones only"))
}

/// What there is to say about a baseline itself.
fn remarks_about(context: &Context, file: &Path, compared: &Compared) -> Vec<String> {
    let shown = printable(&file.to_string_lossy()).into_owned();
    let mut remarks = Vec::new();
    if compared.old > 0 {
        let are = if compared.old == 1 { "is" } else { "are" };
        remarks.push(format!("{} {are} in {shown}", amount(compared.old, "older finding")));
    }
    let gone = compared.gone.len();
    if gone > 0 {
        let (lines, them) =
            if gone == 1 { ("1 line of it is".to_owned(), "it") } else { (format!("{gone} lines of it are"), "them") };
        let more = if context.output.amount == Amount::Verbose { String::new() } else { format!(", `-v` names {them}") };
        remarks.push(format!("{lines} no longer needed: `--write-baseline {shown}` takes {them} out{more}"));
        if context.output.amount == Amount::Verbose {
            remarks.extend(compared.gone.iter().map(|line| format!("  {}", printable(line))));
        }
    }
    remarks
}

/// A line may be a whole book with a finding in every word; such findings are told apart by their messages alone.
const LONGEST_LINE: usize = 20_000;

/// Gives the lines of the site's files. Findings come in the order of their files, so the last one read is kept.
fn lines_of(root: &Path) -> impl FnMut(&Place) -> Option<String> {
    let mut last: Option<(Arc<str>, Vec<String>)> = None;
    move |place| {
        if last.as_ref().is_none_or(|(file, _)| *file != place.file) {
            let bytes = source::read(&root.join(&*place.file)).unwrap_or_default();
            let text = with_line_feeds(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}'));
            last = Some((place.file.clone(), text.lines().map(str::to_owned).collect()));
        }
        let number = place.span?.line.checked_sub(1)? as usize;
        let line = last.as_ref().and_then(|(_, lines)| lines.get(number));
        line.filter(|line| line.len() <= LONGEST_LINE).cloned()
    }
}
