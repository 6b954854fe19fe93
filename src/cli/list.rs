//! `guidepost list`: what there is, what waits and what is due, for a terminal, a spreadsheet or a program.
//!
//! Which rows there are is `plan::inventory`'s business.

mod csv;
mod table;

use std::io::IsTerminal;

use serde_json::{Map, Value};

use super::standing::{Standing, Unpublished};
use super::{Context, Outcome, report, section};
use crate::diagnostic::{Diagnostic, did_you_mean, printable_json};
use crate::plan::Snapshot;
use crate::plan::inventory::{self, Cell, Filter, Sheet, Subject};
use crate::site::LeftOut;

/// The flags of `list`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to list
    #[arg(value_enum, default_value_t = What::Articles)]
    what: What,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    format: Format,
    /// Only articles in this folder of content/ and below it
    #[arg(short, long, value_name = "FOLDER")]
    section: Option<String>,
    /// Only articles with this tag
    #[arg(short, long)]
    tag: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Articles that a build publishes, the newest first
    Articles,
    /// Articles that are drafts, the oldest first
    Drafts,
    /// Articles whose day has not come, the next first
    Scheduled,
    /// Articles whose last day is over
    Expired,
    /// Articles to be looked at again: overdue, or due within 90 days
    Review,
    /// Tags, those with the most articles first
    Tags,
    /// Articles that no other article leads to
    Orphans,
}

impl What {
    fn subject(self) -> Subject {
        match self {
            What::Articles => Subject::Articles,
            What::Drafts => Subject::LeftOut(LeftOut::Draft),
            What::Scheduled => Subject::LeftOut(LeftOut::Scheduled),
            What::Expired => Subject::LeftOut(LeftOut::Expired),
            What::Review => Subject::Review,
            What::Tags => Subject::Tags,
            What::Orphans => Subject::Orphans,
        }
    }

    /// What is said of a list without entries.
    fn nothing(self) -> &'static str {
        match self {
            What::Articles => "no article is published",
            What::Drafts => "no article is a draft",
            What::Scheduled => "no article waits for its day",
            What::Expired => "no article's day is over",
            What::Review => "no article is to be looked at again within 90 days",
            What::Tags => "no article has a tag",
            What::Orphans => "other articles or the menu lead to every article",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people: the columns that fit
    Table,
    /// For spreadsheets
    Csv,
    /// For programs: a list of objects
    Json,
}

/// Prints the list.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let standing = Standing::of(context);
    let subject = arguments.what.subject();
    let unpublished = if inventory::needs_unpublished(subject) { Unpublished::Too } else { Unpublished::Not };
    let loaded = match standing.load(context, unpublished) {
        Ok(loaded) => loaded,
        Err(outcome) => return outcome,
    };
    let Some(snapshot) = &loaded.snapshot else {
        report::diagnostics(context.output, &standing.root, &loaded.diagnostics);
        return Outcome::SiteErrors;
    };
    let filter = match filter(snapshot, arguments) {
        Ok(filter) => filter,
        Err(problem) => {
            context.output.error(problem);
            return Outcome::Usage;
        }
    };
    let sheet = inventory::list(snapshot, subject, &filter);
    let errors = loaded.diagnostics.iter().filter(|problem| problem.is_error()).count();
    if errors > 0 {
        let errors = report::amount(errors, "error");
        context.output.aside(&format!("The site has {errors}, so this may not be all; `guidepost check` says more."));
    }
    if sheet.rows.is_empty() {
        let filtered = arguments.section.is_some() || arguments.tag.is_some();
        let among = if filtered { ", of those that you asked for" } else { "" };
        context.output.aside(&format!("Nothing to list: {}{among}.", arguments.what.nothing()));
    }
    let text = match arguments.format {
        Format::Table => table::text(&sheet, width()),
        Format::Csv => csv::text(&sheet),
        Format::Json => json(&sheet),
    };
    super::print(text.as_bytes())
}

fn filter(snapshot: &Snapshot, arguments: &Arguments) -> Result<Filter, Diagnostic> {
    let site = &snapshot.site;
    let folders: Vec<&str> = site.sections.iter().skip(1).map(|section| section.folder.as_str()).collect();
    let folder = arguments.section.as_deref().map(|asked| section::find(asked, &folders).map(str::to_owned)).transpose()?;
    let tag = match arguments.tag.as_deref() {
        None => None,
        Some(asked) => Some(site.tag_called(asked).ok_or_else(|| {
            let names = site.tags.iter().map(|tag| tag.name.as_str());
            let hint = did_you_mean(asked, names).unwrap_or_else(|| "`guidepost list tags` lists them all".into());
            Diagnostic::error("unknown-tag", format!("no article has the tag `{asked}`")).hint(hint)
        })?),
    };
    Ok(Filter { folder, tag })
}

/// How many columns of letters the terminal has; none where there is no terminal.
fn width() -> Option<usize> {
    let stdout = std::io::stdout();
    let size = if stdout.is_terminal() { terminal_size::terminal_size_of(stdout) } else { None };
    size.map(|(width, _)| usize::from(width.0))
}

/// A list of objects with a key for each column.
fn json(sheet: &Sheet) -> String {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Number(number) => Value::from(*number),
        Cell::Text(text) => Value::from(text.as_str()),
        Cell::Texts(texts) => Value::from(texts.as_slice()),
    };
    let object = |row: &Vec<Cell>| -> Map<String, Value> {
        sheet.columns.iter().zip(row).map(|(column, cell)| (column.name.to_owned(), value(cell))).collect()
    };
    let rows: Vec<Map<String, Value>> = sheet.rows.iter().map(object).collect();
    printable_json(&rows) + "\n"
}
