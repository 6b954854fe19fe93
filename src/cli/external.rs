//! `guidepost check --external`: the flags of asking the web for the links that lead out of the site, and its summary.

use std::time::Duration;

use super::report::{self, amount};
use super::{Context, Outcome};
use crate::diagnostic::{Diagnostic, Place};
use crate::outside::{self, Options, Reach, Tally};
use crate::pipeline::{Loaded, Progress};

/// Where it is written down what was good, below the site's folder.
const MEMORY: &str = ".guidepost/links.json";

/// The flags of asking.
#[derive(Debug, clap::Args)]
pub struct ExternalArguments {
    /// Ask the web, too, whether the links that lead out of the site still work; what was good is not asked again for a week
    #[arg(long)]
    external: bool,
    /// How long asking the web may take
    #[arg(long, value_name = "SECONDS", default_value_t = 300, requires = "external", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    external_budget: u32,
    /// The pause between two requests to one server, in milliseconds: for tests
    #[arg(long, value_name = "MS", requires = "external", hide = true)]
    external_pause: Option<u32>,
    /// Ask machines nearby, too: for tests
    #[arg(long, requires = "external", hide = true)]
    external_nearby: bool,
}

impl ExternalArguments {
    /// Asks, if that is wanted: adds what is wrong to what was found, and says how many addresses came to what.
    pub fn ask(&self, context: &Context, loaded: &mut Loaded) -> Result<Option<String>, Outcome> {
        let Some(snapshot) = loaded.snapshot.as_ref().filter(|_| self.external) else { return Ok(None) };
        let budget = Duration::from_secs(self.external_budget.into());
        let mut options = Options::new(context.now, budget, Some(context.path(MEMORY.as_ref())));
        if let Some(pause) = self.external_pause {
            options.pause = Duration::from_millis(pause.into());
        }
        if self.external_nearby {
            options.reach = Reach::Everywhere;
        }
        let work = |progress: &Progress| outside::check(snapshot, &options, progress);
        let answers =
            report::with_progress(context, "Asking", work).map_err(|error| report::no_threads(context.output, &error))?;
        if let Some(error) = answers.forgotten {
            let problem =
                Diagnostic::warning("not-remembered", format!("which links were good could not be written down: {error}"));
            let hint = "all of them are asked again the next time; see that you may write here";
            loaded.diagnostics.push(problem.at(Place::file(MEMORY)).hint(hint));
        }
        if context.interrupt.is_asked() {
            return Err(report::interrupted(context));
        }
        loaded.diagnostics.extend(answers.diagnostics);
        Ok(Some(sentence(&answers.tally)))
    }
}

/// `Asked 214 addresses at 61 hosts: 3 dead, 5 unsure, 12 remembered`
fn sentence(tally: &Tally) -> String {
    let addresses = if tally.asked == 1 { "1 address".to_owned() } else { format!("{} addresses", tally.asked) };
    let counts = [(tally.dead, "dead"), (tally.unsure, "unsure"), (tally.remembered, "remembered"), (tally.private, "private")];
    let more = (tally.left > 0).then(|| format!("{} not asked for lack of time (--external-budget)", tally.left));
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).chain(more).collect();
    let found = if parts.is_empty() { "all good".to_owned() } else { parts.join(", ") };
    format!("Asked {addresses} at {}: {found}", amount(tally.hosts, "host"))
}
