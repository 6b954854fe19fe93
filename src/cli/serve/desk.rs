//! What browsers are told of the newest moment: the workspace's words in those of the server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::watch;

use crate::article::Head;
use crate::diagnostic::Diagnostic;
use crate::outputs::{Content, not_found};
use crate::serve::{Answer, Preview, Problem};
use crate::site::LeftOut;
use crate::source;
use crate::workspace::{Found, Moment};

/// Where the newest moment lies for whoever asks.
pub struct Desk {
    root: PathBuf,
    /// Held for as long as it takes to take a copy of the pointer.
    shown: Mutex<Arc<Shown>>,
    changes: watch::Sender<u64>,
}

/// A moment, with what is told of it more than once.
struct Shown {
    moment: Arc<Moment>,
    unpublished: OnceLock<Vec<(String, &'static str)>>,
    problems: OnceLock<Vec<Problem>>,
}

impl Shown {
    fn new(moment: Arc<Moment>) -> Arc<Shown> {
        Arc::new(Shown { moment, unpublished: OnceLock::new(), problems: OnceLock::new() })
    }
}

/// More errors than these are counted, and their lines not looked up.
const MOST_WITH_LINES: usize = 20;

impl Desk {
    /// Of a site in a folder.
    pub fn new(root: PathBuf, moment: Arc<Moment>) -> Desk {
        let changes = watch::Sender::new(moment.number);
        Desk { root, shown: Mutex::new(Shown::new(moment)), changes }
    }

    /// Puts a moment in the place of the one before, and tells everybody who waits for it.
    pub fn show(&self, moment: Arc<Moment>) {
        let number = moment.number;
        let before = std::mem::replace(&mut *self.shown.lock().unwrap_or_else(PoisonError::into_inner), Shown::new(moment));
        self.changes.send_replace(number);
        // A large site takes a while to be taken apart: here, where nobody waits for it.
        drop(before);
    }

    /// Whether somebody searches, and the index of the newest moment is not made yet.
    pub fn wants_index(&self) -> bool {
        self.shown().moment.wants_index()
    }

    /// Where the site is in a browser.
    pub fn url(&self, address: SocketAddr) -> String {
        let ip = address.ip();
        let host = if ip.is_unspecified() { "localhost".to_owned() } else { SocketAddr::new(ip, 0).to_string() };
        let host = host.trim_end_matches(":0");
        format!("http://{host}:{}{}", address.port(), self.base_path())
    }

    fn shown(&self) -> Arc<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn problem(&self, diagnostic: &Diagnostic) -> Problem {
        let place = diagnostic.place.as_ref();
        let line = place.and_then(|place| source::line(&self.root.join(&*place.file), place.span?.line));
        Problem::new(diagnostic, line.as_deref())
    }

    fn not_found(&self, moment: &Moment) -> Answer {
        match moment.find(not_found::page_url().as_str()) {
            Ok(Found::File(_, Content::Bytes(page))) => Answer::NotFound(Some(page)),
            _ => Answer::NotFound(None),
        }
    }
}

impl Preview for Desk {
    fn base_path(&self) -> String {
        let shown = self.shown();
        shown.moment.snapshot.as_ref().map_or("/".to_owned(), |snapshot| format!("{}/", snapshot.site.settings.base.path()))
    }

    fn answer(&self, path: &str) -> Answer {
        let moment = &self.shown().moment;
        if moment.snapshot.is_none() {
            return Answer::Unready;
        }
        match moment.find(path) {
            Ok(Found::File(path, content)) => Answer::File { path, content },
            Ok(Found::Moved(url)) => Answer::Redirect(url.as_str().to_owned()),
            Ok(Found::Nothing) => self.not_found(moment),
            Err(problem) => Answer::Failed(self.problem(&problem)),
        }
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn problems(&self) -> Vec<Problem> {
        let shown = self.shown();
        let errors = || shown.moment.diagnostics.iter().filter(|problem| problem.is_error()).enumerate();
        let problem = |(number, problem): (usize, &Diagnostic)| match number {
            0..MOST_WITH_LINES => self.problem(problem),
            _ => Problem::new(problem, None),
        };
        shown.problems.get_or_init(|| errors().map(problem).collect()).clone()
    }

    fn unpublished(&self) -> Vec<(String, &'static str)> {
        let shown = self.shown();
        shown.unpublished.get_or_init(|| unpublished(&shown.moment)).clone()
    }
}

/// The pages of articles that a build would leave out, and why, in a word.
fn unpublished(moment: &Moment) -> Vec<(String, &'static str)> {
    let Some(snapshot) = &moment.snapshot else { return Vec::new() };
    let published = snapshot.selection.as_published();
    let word = |head: &Head| {
        Some(match published.left_out(head)? {
            LeftOut::Draft => "Draft",
            LeftOut::Scheduled => "Scheduled",
            LeftOut::Expired => "Expired",
        })
    };
    let site = &snapshot.site;
    site.ids().filter_map(|id| Some((site.settings.base.href(&site.head(id).url), word(site.head(id))?))).collect()
}
