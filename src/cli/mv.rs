//! `guidepost mv`: move an article or a folder of articles, with every link that leads there.
//!
//! Everything is worked out and checked before anything is written; how it is written so that nothing is left half done is
//! the journal's business, what moves where that of `places`.

mod journal;
mod places;

use std::path::PathBuf;

use self::journal::{Journal, Unfinished};
use self::places::Places;
use super::build::SelectionArguments;
use super::report::{self, amount};
use super::{Context, MessageFormat, Outcome};
use crate::article::CONTENT;
use crate::diagnostic::{Diagnostic, Place, printable};
use crate::moves::{self, Before, Move, Moved};
use crate::pipeline::{self, Options};
use crate::plan::Snapshot;
use crate::settings;
use crate::source;

/// What says that there is a file of which nobody knows what is in it.
const UNREAD: [&str; 4] = ["unreadable", "not-utf8", "too-large", "no-content"];

/// The flags of `mv`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The article (a file) or the folder to move
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// Its new name, or the folder to move it into
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Moves it.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let output = context.output;
    if let Err(error) = pipeline::find_site(&context.directory) {
        return report::load_error(context, &error);
    }
    match journal::finish(&context.directory, arguments.dry_run) {
        Ok(None) => {}
        Ok(Some(finished)) => {
            output.result(&format!(
                "Finished a move that was interrupted: {CONTENT}/{} is {CONTENT}/{} now",
                printable(&finished.from),
                printable(&finished.to)
            ));
            if places::is_same(context, &arguments.old, &finished.from) {
                return Outcome::Done;
            }
        }
        Err(unfinished) => return tell_unfinished(context, unfinished),
    }
    let options = SelectionArguments::everything(context);
    let loaded = match report::load(context, &options, None) {
        Ok(loaded) => loaded,
        Err(outcome) => return outcome,
    };
    let Some(snapshot) = &loaded.snapshot else {
        report::diagnostics(output, &context.directory, &loaded.diagnostics);
        return Outcome::SiteErrors;
    };
    let unread: Vec<Diagnostic> = loaded.diagnostics.iter().filter(|problem| UNREAD.contains(&problem.code)).cloned().collect();
    if !unread.is_empty() {
        report::diagnostics(output, &context.directory, &unread);
        let message = "nothing was moved: what cannot be read may link to what moves";
        output.error(Diagnostic::error("not-moved", message));
        return Outcome::SiteErrors;
    }
    let places = Places::of(context);
    let wanted = match places.wanted(&arguments.old, &arguments.new) {
        Ok(wanted) => wanted,
        Err(problem) => {
            output.error(problem);
            return Outcome::Usage;
        }
    };
    let moved = match work_out(snapshot, &options, &wanted, &places) {
        Ok(moved) => moved,
        Err(problems) => {
            report::diagnostics(output, &context.directory, &problems);
            let message = format!("{CONTENT}/{} was not moved, and every file is as it was", wanted.from);
            output.error(Diagnostic::error("not-moved", message));
            return Outcome::SiteErrors;
        }
    };
    if context.interrupt.is_asked() {
        return report::interrupted(context);
    }
    if !arguments.dry_run {
        let written = Journal::begin(&context.directory, &places, &wanted, &moved).and_then(Journal::carry_out);
        if let Err(unfinished) = written {
            return tell_unfinished(context, unfinished);
        }
    }
    tell(context, arguments, &wanted, &moved);
    Outcome::Done
}

fn work_out(snapshot: &Snapshot, options: &Options, wanted: &Move, places: &Places) -> Result<Moved, Vec<Diagnostic>> {
    let everything = snapshot.selection;
    let settings_bytes = source::read(&options.root.join(settings::FILE))
        .map_err(|error| vec![source::unreadable(&error).at(Place::file(settings::FILE))])?;
    let published = everything.as_published();
    let before = Before {
        settings: &snapshot.site.settings,
        settings_bytes: &settings_bytes,
        theme: &snapshot.theme,
        articles: &snapshot.articles,
        assets: &snapshot.site.assets,
        rules: &snapshot.site.rules,
        selections: [everything, published],
    };
    let read = |path: &str| {
        let place = || Place::file(format!("{CONTENT}/{path}"));
        let location = places.editable(path).map_err(|problem| problem.at(place()))?;
        source::read(location).map_err(|error| source::unreadable(&error).at(place()))
    };
    moves::plan(&before, wanted, read)
}

/// What was done, or would be.
fn tell(context: &Context, arguments: &Arguments, wanted: &Move, moved: &Moved) {
    let output = context.output;
    let links: usize = moved.files.iter().map(|file| file.links).sum();
    let files = moved.files.iter().filter(|file| file.links > 0).count();
    if output.format == MessageFormat::Json {
        let aliases: Vec<_> =
            moved.aliases.iter().map(|(old, new)| serde_json::json!({ "old": old.as_str(), "new": new.as_str() })).collect();
        let changed: Vec<String> = moved.files.iter().map(|file| format!("{CONTENT}/{}", file.to)).collect();
        let facts = serde_json::json!({
            "from": format!("{CONTENT}/{}", wanted.from), "to": format!("{CONTENT}/{}", wanted.to), "articles": moved.articles,
            "links": links, "files": changed, "aliases": aliases, "notes": moved.notes, "dry_run": arguments.dry_run,
        });
        return output.result(&facts.to_string());
    }
    if arguments.dry_run {
        show_lines(context, moved);
    }
    let done = if arguments.dry_run { "Would move" } else { "Moved" };
    let more = if moved.articles == 1 { String::new() } else { format!(" ({})", amount(moved.articles, "article")) };
    let (from, to) = (printable(&wanted.from), printable(&wanted.to));
    output.result(&format!("{done} {CONTENT}/{from} to {CONTENT}/{to}{more}"));
    match links {
        0 => output.result("  no link had to change"),
        _ => output.result(&format!("  {} in {} put right", amount(links, "link"), amount(files, "file"))),
    }
    const MOST_SHOWN: usize = 20;
    if moved.settings.is_some() {
        output.result(&format!("  the search tests in {} name the new place", settings::FILE));
    }
    for (old, new) in moved.aliases.iter().take(MOST_SHOWN) {
        output.result(&format!("  alias added: {} leads to {}", printable(old.as_str()), printable(new.as_str())));
    }
    if moved.aliases.len() > MOST_SHOWN {
        output.result(&format!("  and {} more aliases", moved.aliases.len() - MOST_SHOWN));
    }
    for note in &moved.notes {
        output.result(&format!("  note: {}", printable(note)));
    }
}

fn show_lines(context: &Context, moved: &Moved) {
    let named = moved.files.iter().map(|file| (format!("{CONTENT}/{}", file.from), file));
    for (name, file) in named.chain(moved.settings.iter().map(|file| (file.from.clone(), file))) {
        context.output.result(&printable(&name));
        for line in &file.lines {
            if let Some(before) = &line.before {
                context.output.result(&format!("{:>5} - {}", line.number, printable(before)));
            }
            for after in &line.after {
                context.output.result(&format!("{:>5} + {}", line.number, printable(after)));
            }
        }
    }
    if !moved.files.is_empty() {
        context.output.result("");
    }
}

fn tell_unfinished(context: &Context, unfinished: Unfinished) -> Outcome {
    let output = context.output;
    match unfinished {
        Unfinished::Waiting => {
            let message = "a move was interrupted, and is still to be finished";
            output.error(Diagnostic::error("not-moved", message).hint("run `guidepost mv` without `--dry-run` to finish it"));
            Outcome::SiteErrors
        }
        Unfinished::Conflict(what) => {
            let folder = journal::FOLDER;
            let message = format!("the move could not be finished: {what}");
            let hint = format!(
                "the texts that are still to come are in `{folder}`; put them in their places, or delete that folder to leave all as it is"
            );
            output.error(Diagnostic::error("not-moved", message).hint(hint));
            Outcome::SiteErrors
        }
        Unfinished::Io(error) => {
            let problem = Diagnostic::error("unwritable", format!("the move could not be finished: {error}"));
            output.error(problem.hint("put that right and run the same command again: it goes on where it stopped"));
            Outcome::Io
        }
    }
}
