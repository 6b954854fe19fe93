//! Which files of a site may have changed, in batches: by the system's file events, or by looking again and again.
//!
//! Whoever wants a site kept current starts a [`Watch`] before reading the site, so that nothing is missed between the two,
//! and asks it for the next batch. Events are hints and the file system is the truth: a batch names what to look at, and
//! says neither what happened there nor that anything did. Looking is left to whoever asked.

mod events;
mod mounts;
mod poll;
mod scope;
mod stamp;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::diagnostic::Diagnostic;

pub use crate::pipeline::Changes;

use self::events::Events;
use self::poll::Poll;
use self::scope::Scope;

/// How changes are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By the system's events; by looking, where the system has none to give.
    Events,
    /// By looking at all files, with this pause between.
    Poll(Duration),
}

/// The pause between two looks where nobody chose one.
pub const PAUSE: Duration = Duration::from_millis(500);

/// How long it must have been quiet until a batch is whole: the steps of an editor's save follow each other at once.
const QUIET: Duration = Duration::from_millis(20);

/// How long a batch may take, however much goes on: what came first shall not wait for the last of thousands of files.
const LONGEST: Duration = Duration::from_millis(200);

/// A site under watch. It ends when it is dropped.
#[derive(Debug)]
pub struct Watch {
    scope: Arc<Scope>,
    sight: Mutex<Sight>,
    /// What came up while watching and nobody was told yet.
    notices: Mutex<Vec<Diagnostic>>,
}

#[derive(Debug)]
enum Sight {
    Events(Box<Events>),
    Poll(Poll),
}

/// What came of waiting.
#[derive(Debug)]
enum Seen {
    /// Nothing within the time.
    Nothing,
    Changes(Changes),
    /// Events can no longer be had.
    Blind(Blind),
}

/// Why events cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Blind {
    /// The system watches no more folders for this user.
    TooManyFolders,
    /// The system has no more queues of events for this user or this program.
    TooManyQueues,
    /// Files here change without this machine's knowing: a file system of this kind.
    Remote(String),
    /// Something else, in the system's words.
    Other(String),
}

impl Watch {
    /// Watches a site's settings, `content/` and `themes/`, which may come and go. The folder itself must be there.
    ///
    /// With it comes what the author should know; [`Watch::notices`] has what comes up later.
    pub fn start(root: &Path, how: How) -> io::Result<(Watch, Vec<Diagnostic>)> {
        if !fs_err::metadata(root)?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, format!("{} is no folder", root.display())));
        }
        let scope = Arc::new(Scope::new(root)?);
        let mut notices = Vec::new();
        let sight = match how {
            How::Poll(pause) => Sight::Poll(Poll::start(scope.clone(), pause)),
            How::Events => match mounts::remote(&scope).map_or_else(|| Events::start(scope.clone()), Err) {
                Ok(events) => Sight::Events(Box::new(events)),
                Err(blind) => {
                    notices.push(blind.notice());
                    Sight::Poll(Poll::start(scope.clone(), PAUSE))
                }
            },
        };
        Ok((Watch { scope, sight: Mutex::new(sight), notices: Mutex::default() }, notices))
    }

    /// The next batch of changes, or `None` if there was none within `patience`.
    ///
    /// A batch ends when nothing has happened for 20 ms, or 200 ms after it began. What happens between two calls waits for
    /// the next. Every path of a batch is looked at after the batch was handed out, so that the newest state always wins.
    pub fn next(&self, patience: Duration) -> Option<Changes> {
        const LONG: Duration = Duration::from_secs(365 * 24 * 60 * 60);
        let until = Instant::now() + patience.min(LONG);
        let mut sight = self.sight.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = match &mut *sight {
            Sight::Events(events) => events.next(until),
            Sight::Poll(poll) => poll.next(until),
        };
        match seen {
            Seen::Nothing => None,
            Seen::Changes(changes) => Some(changes),
            Seen::Blind(blind) => {
                self.notices.lock().unwrap_or_else(PoisonError::into_inner).push(blind.notice());
                *sight = Sight::Poll(Poll::start(self.scope.clone(), PAUSE));
                Some(Changes::Everything)
            }
        }
    }

    /// The pause between two looks, where changes are found by looking.
    ///
    /// What comes after one look and goes before the next leaves no trace, but whoever reads in between has seen it. So the
    /// paths of a batch are to be read once more when another look has passed.
    pub fn pause(&self) -> Option<Duration> {
        match &*self.sight.lock().unwrap_or_else(PoisonError::into_inner) {
            Sight::Events(_) => None,
            Sight::Poll(poll) => Some(poll.pause()),
        }
    }

    /// What the author should know and was not told yet: worth asking for after each batch.
    pub fn notices(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.notices.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Blind {
    /// What the author is told when looking takes the place of events.
    fn notice(&self) -> Diagnostic {
        let instead = "so Guidepost looks at all files twice a second instead, which takes more of the machine and shows a \
                       change up to half a second later";
        let (reason, hint) = match self {
            Blind::TooManyFolders => (
                "the system watches no more folders for you".to_owned(),
                "`sudo sysctl fs.inotify.max_user_watches=524288` allows more until the machine restarts; then start again",
            ),
            Blind::TooManyQueues => (
                "the system has no more file events for your programs".to_owned(),
                "`sudo sysctl fs.inotify.max_user_instances=1024` allows more until the machine restarts; then start again, \
                 or end a program that watches files",
            ),
            Blind::Remote(kind) => (
                format!("the site is on a file system that tells nobody of changes made elsewhere (`{kind}`)"),
                "keep the site on a disk of this machine to see changes at once",
            ),
            Blind::Other(error) => {
                (format!("the system gives no file events ({error})"), "`--poll` asks for this without a word")
            }
        };
        Diagnostic::warning("polling", format!("{reason}, {instead}")).hint(hint)
    }
}
