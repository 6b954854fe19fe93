//! What the author reads on the terminal while a preview runs: what changed, what is wrong now, what is mended.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::report::{self, amount};
use crate::cli::{MessageFormat, Output};
use crate::diagnostic::{Diagnostic, printable};
use crate::outputs::Output as SiteOutput;
use crate::pipeline::Changes;
use crate::workspace::Moment;

/// Tells the author, and remembers what was told.
pub struct Teller {
    output: Output,
    root: PathBuf,
    told: Vec<Diagnostic>,
}

/// So many files are named; of more, their number.
const MOST_NAMED: usize = 3;

impl Teller {
    /// For the site in a folder.
    pub fn new(output: Output, root: PathBuf) -> Teller {
        Teller { output, root, told: Vec::new() }
    }

    /// Says what is wrong at the beginning, and where the site is.
    pub fn begin(&mut self, moment: &Moment, url: &str, is_watching: bool) {
        self.tell_problems(moment);
        let shown = describe(moment).map_or("What is wrong is shown".to_owned(), |site| format!("Serving {site}"));
        let watching = if is_watching { "; what you save is shown at once" } else { "" };
        let text = match self.output.format {
            MessageFormat::Json => serde_json::json!({ "url": url }).to_string(),
            MessageFormat::Human => format!("{shown} at {url}{watching}. Ctrl-C ends it."),
        };
        self.output.result(&text);
    }

    /// Says what became of a change.
    pub fn tell(&mut self, moment: &Moment, changes: &Changes, took: Duration) {
        let had_errors = self.told.iter().any(Diagnostic::is_error);
        if self.output.format == MessageFormat::Human {
            let what = name(changes, &self.root);
            self.output.result(&format!("{what} ({:.0} ms)", took.as_secs_f64().mul_add(1e3, 0.5).floor()));
        }
        self.tell_problems(moment);
        let has_errors = self.told.iter().any(Diagnostic::is_error);
        match (self.output.format, had_errors, has_errors) {
            (MessageFormat::Human, _, true) => self.output.result("The browser shows the site as it was before this mistake."),
            (MessageFormat::Human, true, false) => self.output.result("Mended: the browser shows the site as it is."),
            _ => {}
        }
    }

    /// Says something about watching.
    pub fn notice(&self, notice: Diagnostic) {
        self.output.error(notice);
    }

    /// Shows what was not told yet; errors again and again, as nothing new is shown until they are mended.
    fn tell_problems(&mut self, moment: &Moment) {
        let is_new = |problem: &&Diagnostic| problem.is_error() || !self.told.contains(problem);
        let news: Vec<Diagnostic> = moment.diagnostics.iter().filter(is_new).cloned().collect();
        report::diagnostics(self.output, &self.root, &news);
        self.told = moment.diagnostics.clone();
    }
}

/// `180 articles on 214 pages`, as the preview shows them, if it can show any.
fn describe(moment: &Moment) -> Option<String> {
    let outputs = &moment.snapshot.as_ref()?.plan.outputs;
    let pages = outputs.iter().filter(|output| output.is_listed_page()).count();
    let articles = outputs.iter().filter(|output| matches!(output, SiteOutput::Article(_))).count();
    Some(format!("{} on {}", amount(articles, "article"), amount(pages, "page")))
}

/// The files that changed, as far as they are few.
fn name(changes: &Changes, root: &Path) -> String {
    let Changes::Paths(paths) = changes else { return "Everything was looked at again".to_owned() };
    if paths.is_empty() {
        return "A new day".to_owned();
    }
    let named = paths.iter().take(MOST_NAMED).map(|path| {
        let path = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        printable(&path).into_owned()
    });
    let named = named.collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(MOST_NAMED) {
        0 => named,
        more => format!("{named} and {}", amount(more, "other file")),
    }
}
