//! `guidepost check`: all that a build validates, and nothing published.
//!
//! Every output is rendered too, so that a template that fails is found.

use super::build::SelectionArguments;
use super::external::ExternalArguments;
use super::report::{self, amount};
use super::{Context, MessageFormat, Outcome};
use crate::pipeline;

/// The flags of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
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
    let work = |progress: &pipeline::Progress| {
        pipeline::on_threads(arguments.selection.jobs(), || {
            pipeline::load(&options, progress).map(|mut loaded| {
                if let Some(snapshot) = &loaded.snapshot {
                    loaded.diagnostics.extend(pipeline::rehearse(snapshot, progress));
                    loaded.diagnostics.extend(pipeline::run_search_tests(snapshot));
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
        Ok(asked) => asked.map_or(String::new(), |summary| format!("\n  {summary}")),
        Err(outcome) => return outcome,
    };
    report::diagnostics(output, &context.directory, &loaded.diagnostics);
    let articles = loaded.snapshot.as_ref().map_or(0, |snapshot| snapshot.articles.len());
    let found = report::count(&loaded.diagnostics);
    let strictness = arguments.selection.strictness();
    let is_sound = loaded.snapshot.is_some() && !report::fails(&loaded.diagnostics, strictness);
    if output.format == MessageFormat::Human {
        let found = found.unwrap_or_else(|| "nothing is wrong".into());
        let more =
            report::way_to_more(&loaded.diagnostics).filter(|_| !is_sound).map_or(String::new(), |way| format!("\n  {way}"));
        output.result(&format!("Checked {}: {found}{asked}{more}", amount(articles, "article")));
    }
    if is_sound { Outcome::Done } else { Outcome::SiteErrors }
}
