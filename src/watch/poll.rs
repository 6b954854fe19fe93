//! Changes found by looking at every file again and again: what there is where events are not.
//!
//! A look asks for the size and times of each file and opens none, so that it costs little. Two edits that leave size and
//! times alike are one to it; file systems tell times apart by a few milliseconds at most.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use walkdir::WalkDir;

use super::scope::{Scope, TREES};
use super::stamp::Stamp;
use super::{Changes, LONGEST, QUIET, Seen};
use crate::settings;
use crate::source::is_litter;

/// Less would be nothing but looking.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct Poll {
    scope: Arc<Scope>,
    pause: Duration,
    picture: Picture,
    next_look: Instant,
}

/// Everything that matters, by its path from the site's folder.
type Picture = BTreeMap<PathBuf, Stamp>;

impl Poll {
    /// What is there now is what later looks are compared with.
    pub(super) fn start(scope: Arc<Scope>, pause: Duration) -> Poll {
        let pause = pause.max(SHORTEST_PAUSE);
        let mut poll = Poll { scope, pause, picture: Picture::new(), next_look: Instant::now() };
        poll.look();
        poll
    }

    /// How long it is from one look to the next.
    pub(super) fn pause(&self) -> Duration {
        self.next_look.saturating_duration_since(Instant::now()).max(self.pause)
    }

    /// Looks until something has changed, and then until it changes no more.
    pub(super) fn next(&mut self, until: Instant) -> Seen {
        loop {
            if self.next_look > until {
                thread::sleep(until.saturating_duration_since(Instant::now()));
                return Seen::Nothing;
            }
            thread::sleep(self.next_look.saturating_duration_since(Instant::now()));
            let mut changed = self.look();
            if changed.is_empty() {
                continue;
            }
            let began = Instant::now();
            while began.elapsed() < LONGEST {
                thread::sleep(QUIET);
                let more = self.look();
                if more.is_empty() {
                    break;
                }
                changed.extend(more);
            }
            return Seen::Changes(self.changes(changed));
        }
    }

    /// What differs from the last look.
    fn look(&mut self) -> BTreeSet<PathBuf> {
        let began = Instant::now();
        let picture = take_picture(&self.scope);
        let is_other = |path: &&PathBuf| self.picture.get(*path) != picture.get(*path);
        let changed = self.picture.keys().chain(picture.keys()).filter(is_other).cloned().collect();
        self.picture = picture;
        // Where a look takes long it may take a third of the time, and no more.
        self.next_look = Instant::now() + self.pause.max(began.elapsed() * 2);
        changed
    }

    fn changes(&self, changed: BTreeSet<PathBuf>) -> Changes {
        if TREES.iter().any(|tree| changed.contains(Path::new(tree))) {
            return Changes::Everything;
        }
        Changes::Paths(changed.iter().map(|path| self.scope.path(path)).collect())
    }
}

fn take_picture(scope: &Scope) -> Picture {
    let mut picture = Picture::new();
    picture.extend(Stamp::of(&scope.location(Path::new(settings::FILE))).map(|stamp| (settings::FILE.into(), stamp)));
    for tree in TREES {
        let folder = scope.location(Path::new(tree));
        let entries = WalkDir::new(&folder).follow_links(false).into_iter();
        for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_litter(&entry.file_name().to_string_lossy())) {
            let (path, stamp) = match entry {
                Ok(entry) => match entry.metadata() {
                    Ok(metadata) => (entry.path().to_owned(), Stamp::of_metadata(entry.path(), &metadata)),
                    Err(_) => (entry.path().to_owned(), Stamp::Closed),
                },
                // A folder that is not there, or one that may not be opened.
                Err(error) => match error.path().and_then(|path| Some((path.to_owned(), Stamp::of(path)?))) {
                    Some((path, _)) => (path, Stamp::Closed),
                    None => continue,
                },
            };
            let Ok(below) = path.strip_prefix(&folder) else { continue };
            let relative = if below.as_os_str().is_empty() { PathBuf::from(tree) } else { Path::new(tree).join(below) };
            picture.insert(relative, stamp);
        }
    }
    picture
}
