//! `guidepost lock`: list the addresses that are published, so that no build loses one.
//!
//! What came is added, and what is lost stays until somebody says that it may go. Drafts and what is left out for its day
//! are not published, so this command has no flags that would publish them.

use super::build::SelectionArguments;
use super::replace::replace;
use super::report::{self, amount};
use super::{Amount, Context, MessageFormat, Outcome};
use crate::diagnostic::{Diagnostic, nearest, printable};
use crate::digest::Digester;
use crate::pipeline::{self, Loaded};
use crate::plan::Snapshot;
use crate::plan::lock::{Changes, FILE, Forget, Lock};
use crate::source;

/// The flags of `lock`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Let go of an address that is lost; may be given more than once
    #[arg(long, value_name = "ADDRESS", conflicts_with = "all")]
    forget: Vec<String>,
    /// Let go of every address that is lost
    #[arg(long)]
    all: bool,
}

/// More lines of changes than this nobody reads, unless they ask for it.
const MOST_LISTED: usize = 20;

/// Brings the list up to date.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let output = context.output;
    let options = SelectionArguments::published(context);
    let loaded = match report::load(context, &options, None) {
        Ok(loaded) => loaded,
        Err(outcome) => return outcome,
    };
    let Loaded { snapshot, mut diagnostics, .. } = loaded;
    // Losses are this command's own subject, told below.
    diagnostics.retain(|problem| problem.code != "lost-address");
    let snapshot = match snapshot {
        Some(snapshot) if !diagnostics.iter().any(Diagnostic::is_error) => snapshot,
        _ => {
            report::diagnostics(output, &context.directory, &diagnostics);
            let message = format!("{FILE} is as it was: a site with errors may have other addresses than it shall have");
            output.error(Diagnostic::error("not-locked", message).hint("put the site right first, then lock it"));
            return Outcome::SiteErrors;
        }
    };
    let old = match pipeline::read_lock(&context.directory, &mut Digester::default()) {
        Ok(old) => old.unwrap_or_default(),
        Err(problems) => {
            report::diagnostics(output, &context.directory, &problems);
            return Outcome::SiteErrors;
        }
    };
    let forget: Vec<String> = arguments.forget.iter().map(|address| whole(address)).collect();
    if let Some(problem) = forget.iter().find_map(|address| why_not(address, &old, &snapshot)) {
        output.error(problem);
        return Outcome::Usage;
    }
    let forget = if arguments.all { Forget::All } else { Forget::Named(&forget) };
    let (new, changes) = old.updated(Lock::of(&snapshot.site, &snapshot.plan), &snapshot.plan, forget);
    let text = new.to_text();
    if text.as_bytes() != standing(context)
        && let Err(error) = replace(&context.directory.join(FILE), text.as_bytes())
    {
        output.error(Diagnostic::error("unwritable", format!("{FILE} could not be written: {error}")));
        return Outcome::Io;
    }
    tell(context, &new, &changes);
    tell_lost(context, &text, &snapshot)
}

/// The file as it is; nothing if there is none.
fn standing(context: &Context) -> Vec<u8> {
    source::read(&context.directory.join(FILE)).unwrap_or_default()
}

/// An address as it may be typed, as it is listed: a `/` at the beginning is easily forgotten.
fn whole(address: &str) -> String {
    let address = address.trim();
    if address.starts_with('/') { address.to_owned() } else { format!("/{address}") }
}

/// Why an address cannot be let go.
fn why_not(address: &str, old: &Lock, snapshot: &Snapshot) -> Option<Diagnostic> {
    if !old.entries.contains_key(address) {
        let problem = Diagnostic::error("not-locked", format!("`{address}` is not in {FILE}, so there is nothing to forget"));
        let near = nearest(address, old.entries.keys().map(String::as_str));
        return Some(problem.hint(match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write it as it stands in {FILE}"),
        }));
    }
    snapshot.plan.answers_at(address).then(|| {
        let problem = Diagnostic::error("not-locked", format!("`{address}` is not lost: the site has it"));
        problem.hint("take the article or its alias away first, if readers shall not find it any more")
    })
}

fn tell(context: &Context, new: &Lock, changes: &Changes) {
    let output = context.output;
    if output.format == MessageFormat::Json {
        let (added, forgotten, lost) = (&changes.added, &changes.forgotten, &changes.lost);
        let all = new.entries.len();
        let facts = serde_json::json!({ "addresses": all, "added": added, "forgotten": forgotten, "updated": changes.updated, "lost": lost });
        return output.result(&facts.to_string());
    }
    let mut parts = Vec::new();
    // The first list of a site says nothing that its author does not know.
    let is_first = changes.added.len() == new.entries.len();
    for (sign, addresses, word) in [("+", &changes.added, "added"), ("-", &changes.forgotten, "forgotten")] {
        let most = if output.amount == Amount::Verbose { usize::MAX } else { MOST_LISTED };
        if !is_first || output.amount == Amount::Verbose {
            for address in addresses.iter().take(most) {
                output.result(&format!("  {sign} {}", printable(address)));
            }
            if addresses.len() > most {
                output.result(&format!("  {sign} and {} more", addresses.len() - most));
            }
        }
        if !addresses.is_empty() {
            parts.push(format!("{} {word}", addresses.len()));
        }
    }
    if changes.updated > 0 {
        parts.push(format!("{} with another title, file or id", changes.updated));
    }
    let what = if parts.is_empty() { "nothing changed".to_owned() } else { parts.join(", ") };
    let all = amount(new.entries.len(), "address").replace("addresss", "addresses");
    output.result(&format!("{FILE} lists {all}: {what}"));
}

/// What is lost and was not let go still stops a build: it is shown as a build shows it.
fn tell_lost(context: &Context, text: &str, snapshot: &Snapshot) -> Outcome {
    let lost = Lock::parse(text).map(|lock| lock.check(snapshot)).unwrap_or_else(|problems| problems);
    report::diagnostics(context.output, &context.directory, &lost);
    let is_stopped = lost.iter().any(Diagnostic::is_error);
    if is_stopped { Outcome::SiteErrors } else { Outcome::Done }
}
