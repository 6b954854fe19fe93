//! `guidepost build`: publish the site into a folder.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

use super::report::{self, Strictness, amount};
use super::{Amount, Context, MessageFormat, Outcome};
use crate::diagnostic::Diagnostic;
use crate::outputs::Output;
use crate::pipeline::{self, Built, Loaded, Options};
use crate::plan::Snapshot;
use crate::site::LeftOut;
use crate::url::Base;
use crate::write::{Publication, PublishError, Saving, Tally};

/// The flags of `build`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder to publish into
    #[arg(short, long, value_name = "DIR", default_value = "public")]
    output: PathBuf,
    /// Put smaller variants of texts beside them, for hosts that send such: `.br` and `.gz`
    #[arg(long)]
    precompress: bool,
    #[command(flatten)]
    selection: SelectionArguments,
}

/// The flags that decide what a site is made of: `check` has them too.
#[derive(Debug, clap::Args)]
pub struct SelectionArguments {
    /// Where the site will stand, instead of `base_url` in guidepost.yaml
    #[arg(short = 'u', long, value_name = "URL")]
    base_url: Option<String>,
    /// Publish drafts too
    #[arg(long)]
    drafts: bool,
    /// Publish articles whose day has not come
    #[arg(long)]
    future: bool,
    /// Publish articles whose day is over
    #[arg(long)]
    expired: bool,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// How many threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    jobs: Option<u16>,
}

impl SelectionArguments {
    /// What the flags mean; what is wrong with them is said, and the outcome returned.
    pub fn options(&self, context: &Context) -> Result<Options, Outcome> {
        let base = SelectionArguments::base(context, self.base_url.as_deref())?;
        Ok(Options {
            root: context.directory.clone(),
            base,
            now: context.now,
            drafts: self.drafts,
            future: self.future,
            expired: self.expired,
        })
    }

    /// The address that `--base-url` gives; what is wrong with it is said, and the outcome returned.
    pub fn base(context: &Context, written: Option<&str>) -> Result<Option<Base>, Outcome> {
        written.map(Base::parse).transpose().map_err(|reason| {
            let problem = Diagnostic::error("bad-base-url", format!("`--base-url` cannot be the site's address: {reason}"));
            context.output.error(problem.hint("write the whole address, as `https://advice.example.edu/`"));
            Outcome::Usage
        })
    }

    /// What is published without any flag, where the settings say.
    pub fn published(context: &Context) -> Options {
        Options { root: context.directory.clone(), base: None, now: context.now, drafts: false, future: false, expired: false }
    }

    /// All that there is, published or not.
    pub fn everything(context: &Context) -> Options {
        Options { drafts: true, future: true, expired: true, ..SelectionArguments::published(context) }
    }

    /// What fails the build.
    pub fn strictness(&self) -> Strictness {
        Strictness::from_flag(self.strict)
    }

    /// How many threads were asked for.
    pub fn jobs(&self) -> Option<usize> {
        self.jobs.map(usize::from)
    }
}

/// Publishes the site.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let output = context.output;
    let options = match arguments.selection.options(context) {
        Ok(options) => options,
        Err(outcome) => return outcome,
    };
    let started = Instant::now();
    let folder = context.path(&arguments.output);
    let strictness = arguments.selection.strictness();
    let work = |progress: &pipeline::Progress| {
        pipeline::on_threads(arguments.selection.jobs(), || {
            if let Err(error) = pipeline::find_site(&options.root) {
                return Finished::Unreadable(error);
            }
            // Opened first: who may not write here, or comes second, need not wait to be told.
            let publication = match Publication::begin(&options.root, &folder) {
                Ok(publication) => publication,
                Err(error) => return Finished::Unpublished(Vec::new(), error),
            };
            let loaded = match pipeline::load(&options, progress) {
                Ok(loaded) => loaded,
                Err(error) => return Finished::Unreadable(error),
            };
            match &loaded.snapshot {
                Some(snapshot) if !report::fails(&loaded.diagnostics, strictness) => {
                    let publication = if arguments.precompress {
                        publication.precompressed(snapshot.plan.outputs.iter().map(|output| output.url().file_path()))
                    } else {
                        publication
                    };
                    match pipeline::publish(snapshot, loaded.fingerprint, publication, progress) {
                        Ok(built) => Finished::Built(Box::new((loaded, built))),
                        Err(error) => Finished::Unpublished(loaded.diagnostics, error),
                    }
                }
                _ => Finished::Rejected(loaded.diagnostics),
            }
        })
    };
    match report::with_progress(context, "Building", work) {
        Err(error) => report::no_threads(output, &error),
        Ok(Finished::Unreadable(error)) => report::load_error(context, &error),
        Ok(Finished::Rejected(diagnostics)) => reject(context, &diagnostics),
        Ok(Finished::Unpublished(diagnostics, error)) => {
            report::diagnostics(output, &context.directory, &diagnostics);
            report::publish_error(output, &error)
        }
        Ok(Finished::Built(finished)) => {
            let (loaded, built) = *finished;
            finish(context, started, loaded, built)
        }
    }
}

enum Finished {
    Unreadable(pipeline::LoadError),
    Rejected(Vec<Diagnostic>),
    Unpublished(Vec<Diagnostic>, PublishError),
    Built(Box<(Loaded, Built)>),
}

fn finish(context: &Context, started: Instant, loaded: Loaded, built: Built) -> Outcome {
    let output = context.output;
    match built {
        Built::Published(tally) => {
            report::diagnostics(output, &context.directory, &loaded.diagnostics);
            if let Some(snapshot) = &loaded.snapshot {
                let summary = Summary::of(snapshot, tally);
                let seconds = started.elapsed().as_secs_f64();
                output.result(&match output.format {
                    MessageFormat::Human => summary.sentence(seconds),
                    MessageFormat::Json => summary.json(seconds),
                });
                if output.amount == Amount::Verbose {
                    list_left_out(context, snapshot);
                }
            }
            // The process ends here: taking a large site apart piece by piece would only keep the author waiting.
            std::mem::forget(loaded);
            Outcome::Done
        }
        Built::Failed(problems) => {
            let mut diagnostics = loaded.diagnostics;
            diagnostics.extend(problems);
            reject(context, &diagnostics)
        }
        Built::Interrupted => report::interrupted(context),
    }
}

/// Shows what is wrong and says that nothing was published.
fn reject(context: &Context, diagnostics: &[Diagnostic]) -> Outcome {
    let output = context.output;
    report::diagnostics(output, &context.directory, diagnostics);
    let found = report::count(diagnostics).unwrap_or_else(|| "something is wrong".into());
    let message = format!("{found}: nothing was published, and what was published before is as it was");
    let mut problem = Diagnostic::error("not-published", message);
    if output.format == MessageFormat::Human && output.amount > Amount::Quiet {
        problem.hint = report::way_to_more(diagnostics);
    }
    output.error(problem);
    Outcome::SiteErrors
}

fn list_left_out(context: &Context, snapshot: &Snapshot) {
    for (head, reason) in &snapshot.site.left_out {
        let why = reason.words();
        context.output.result(&format!("  left out: {} ({why})", crate::diagnostic::printable(&head.file())));
    }
}

/// What a build came to, in numbers.
struct Summary {
    pages: usize,
    articles: usize,
    tags: usize,
    feeds: usize,
    tally: Tally,
    drafts: usize,
    scheduled: usize,
    expired: usize,
}

impl Summary {
    fn of(snapshot: &Snapshot, tally: Tally) -> Summary {
        let outputs = &snapshot.plan.outputs;
        let count = |is_one: fn(&Output) -> bool| outputs.iter().filter(|output| is_one(output)).count();
        let site = &snapshot.site;
        Summary {
            pages: count(|output| output.is_listed_page() || matches!(output, Output::NotFound(_))),
            articles: count(|output| matches!(output, Output::Article(_))),
            tags: site.tags.iter().filter(|tag| !tag.articles.is_empty()).count(),
            feeds: count(|output| matches!(output, Output::Feed(_))),
            tally,
            drafts: site.count_left_out(LeftOut::Draft),
            scheduled: site.count_left_out(LeftOut::Scheduled),
            expired: site.count_left_out(LeftOut::Expired),
        }
    }

    fn sentence(&self, seconds: f64) -> String {
        let Tally { written, unchanged, removed, .. } = self.tally;
        let mut text = format!(
            "Built {} ({}, {}, {}) in {seconds:.2} s: {written} written, {unchanged} unchanged, {removed} removed",
            amount(self.pages, "page"),
            amount(self.articles, "article"),
            amount(self.tags, "tag"),
            amount(self.feeds, "feed"),
        );
        let reasons = [
            (self.drafts, amount(self.drafts, "draft"), "--drafts"),
            (self.scheduled, amount(self.scheduled, "scheduled article"), "--future"),
            (self.expired, amount(self.expired, "expired article"), "--expired"),
        ];
        let (left_out, flags): (Vec<&str>, Vec<&str>) =
            reasons.iter().filter(|(count, ..)| *count > 0).map(|(_, what, flag)| (what.as_str(), *flag)).unzip();
        if let Some((last, first)) = left_out.split_last() {
            let list = if first.is_empty() { (*last).to_owned() } else { format!("{} and {last}", first.join(", ")) };
            text.push_str(&format!("\n  {list} left out ({})", flags.join(", ")));
        }
        if let Some(saving) = self.tally.saving {
            let Saving { files, plain, brotli, gzip } = saving;
            text.push_str(&format!(
                "\n  {} precompressed: of {}, {} are sent with Brotli, {} with gzip",
                amount(files, "text"),
                size(plain),
                size(brotli),
                size(gzip),
            ));
        }
        text
    }

    fn json(&self, seconds: f64) -> String {
        let saving = self.tally.saving.map(|Saving { files, plain, brotli, gzip }| {
            json!({ "files": files, "plain_bytes": plain, "brotli_bytes": brotli, "gzip_bytes": gzip })
        });
        json!({
            "pages": self.pages, "articles": self.articles, "tags": self.tags, "feeds": self.feeds, "seconds": seconds,
            "written": self.tally.written, "unchanged": self.tally.unchanged, "removed": self.tally.removed,
            "drafts": self.drafts, "scheduled": self.scheduled, "expired": self.expired,
            "precompressed": saving,
        })
        .to_string()
    }
}

/// `930 bytes`, `12.3 kB`, `4.5 MB`.
fn size(bytes: u64) -> String {
    match bytes as f64 {
        few if few < 1e3 => format!("{few} bytes"),
        some if some < 999_950.0 => format!("{:.1} kB", some / 1e3),
        many => format!("{:.1} MB", many / 1e6),
    }
}
