//! Changes told by the system's file events.
//!
//! On Linux a folder is watched by itself, so this file has every folder watched, litter apart, and each new one before it
//! is handed out as changed: what was put into it sooner is found by whoever looks then, and what is put into it later
//! makes events. Systems that watch whatever is in a folder are asked once. What events never tell (the folder at the end
//! of a link was replaced, a linked file was edited where it really is) is looked at once a second.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, WatcherKind};
use walkdir::WalkDir;

use super::scope::{Part, Scope, TREES, part};
use super::stamp::Stamp;
use super::{Blind, Changes, LONGEST, QUIET, Seen};
use crate::settings;
use crate::source::is_litter;

/// The pause between two looks at what events do not tell.
const PULSE: Duration = Duration::from_secs(1);

/// More paths than this are not kept apart: looking at everything costs no more.
const MOST_PATHS: usize = 1 << 16;

/// `EMFILE` and `ENFILE` (errno(3)), on every Unix.
const TOO_MANY_OPEN: [i32; 2] = [24, 23];

#[derive(Debug)]
pub(super) struct Events {
    scope: Arc<Scope>,
    queue: Arc<Queue>,
    watcher: RecommendedWatcher,
    /// The site's folder, `content` and `themes` as they were when watching began.
    tops: Vec<Option<Stamp>>,
    /// Links, by their paths from the site's folder, with the files at their ends.
    links: BTreeMap<PathBuf, Option<Stamp>>,
    next_pulse: Instant,
}

impl Events {
    pub(super) fn start(scope: Arc<Scope>) -> Result<Events, Blind> {
        let queue = Arc::new(Queue::default());
        let watcher = watcher(&scope, &queue)?;
        let mut events =
            Events { tops: tops(&scope), scope, queue, watcher, links: BTreeMap::new(), next_pulse: Instant::now() + PULSE };
        events.watch(Path::new(""), RecursiveMode::NonRecursive)?;
        events.note_link(Path::new(settings::FILE));
        for tree in TREES {
            events.cover(Path::new(tree))?;
        }
        Ok(events)
    }

    /// Waits for the next batch.
    pub(super) fn next(&mut self, until: Instant) -> Seen {
        loop {
            let batch = self.queue.next(until.min(self.next_pulse));
            let seen = match batch {
                Some(batch) => self.settle(batch),
                None => Ok(None),
            };
            let seen = seen.and_then(|changes| match changes {
                None if Instant::now() >= self.next_pulse => self.pulse(),
                changes => Ok(changes),
            });
            match seen {
                Ok(Some(changes)) => return Seen::Changes(changes),
                Ok(None) if Instant::now() >= until => return Seen::Nothing,
                Ok(None) => {}
                Err(blind) => return Seen::Blind(blind),
            }
        }
    }

    /// What a batch of hints comes to, new folders being watched.
    fn settle(&mut self, batch: Batch) -> Result<Option<Changes>, Blind> {
        if let Some(blind) = batch.blind {
            return Err(blind);
        }
        if batch.is_everything {
            return self.start_again().map(Some);
        }
        let mut paths = BTreeSet::new();
        for (relative, hint) in batch.hints {
            let is_folder = fs_err::symlink_metadata(self.scope.location(&relative)).is_ok_and(|found| found.is_dir());
            match hint {
                // What is in a folder has events of its own.
                Hint::Content if is_folder => continue,
                Hint::Whole if is_folder => self.cover(&relative)?,
                _ => self.note_link(&relative),
            }
            paths.insert(self.scope.path(&relative));
        }
        if paths.is_empty() {
            return Ok(None);
        }
        paths.extend(self.changed_links());
        Ok(Some(Changes::Paths(paths)))
    }

    /// What is found of changes that make no events.
    fn pulse(&mut self) -> Result<Option<Changes>, Blind> {
        self.next_pulse = Instant::now() + PULSE;
        if self.tops != tops(&self.scope) {
            return self.start_again().map(Some);
        }
        let changed = self.changed_links();
        Ok((!changed.is_empty()).then_some(Changes::Paths(changed)))
    }

    /// Watches anew, because folders may have come and gone unseen.
    fn start_again(&mut self) -> Result<Changes, Blind> {
        *self = Events::start(self.scope.clone())?;
        Ok(Changes::Everything)
    }

    /// Has a folder watched with all that are in it, and takes note of the links there.
    fn cover(&mut self, relative: &Path) -> Result<(), Blind> {
        let location = self.scope.location(relative);
        let is_each = RecommendedWatcher::kind() == WatcherKind::Inotify;
        if !is_each && TREES.iter().any(|tree| relative == Path::new(tree)) {
            self.watch(relative, RecursiveMode::Recursive)?;
        }
        let entries = WalkDir::new(&location).follow_links(false).into_iter();
        let entries = entries.filter_entry(|entry| entry.depth() == 0 || !is_litter(&entry.file_name().to_string_lossy()));
        // One that cannot be looked at is missing from the site too, and an event tells when that changes.
        for entry in entries.flatten() {
            let Ok(below) = entry.path().strip_prefix(&location) else { continue };
            let path = if below.as_os_str().is_empty() { relative.to_owned() } else { relative.join(below) };
            // The walk opens a folder only afterwards: what it does not find there makes an event.
            let is_folder = entry.file_type().is_dir() || entry.depth() == 0;
            if is_each && is_folder {
                self.watch(&path, RecursiveMode::NonRecursive)?;
            } else if entry.file_type().is_symlink() {
                self.note_link(&path);
            }
        }
        Ok(())
    }

    fn watch(&mut self, relative: &Path, mode: RecursiveMode) -> Result<(), Blind> {
        match self.watcher.watch(&self.scope.location(relative), mode) {
            Ok(()) => Ok(()),
            Err(error) => blindness(error).map_or(Ok(()), Err),
        }
    }

    fn note_link(&mut self, relative: &Path) {
        match Stamp::of(&self.scope.location(relative)).filter(Stamp::is_link) {
            Some(stamp) => self.links.insert(relative.to_owned(), Some(stamp)),
            None => self.links.remove(relative),
        };
    }

    /// The links at whose ends another file is, or another state of it.
    fn changed_links(&mut self) -> BTreeSet<PathBuf> {
        let mut changed = BTreeSet::new();
        for (path, known) in &mut self.links {
            let stamp = Stamp::of(&self.scope.location(path));
            if stamp != *known {
                changed.insert(self.scope.path(path));
                *known = stamp;
            }
        }
        self.links.retain(|_, known| known.as_ref().is_some_and(Stamp::is_link));
        changed
    }
}

/// The folders whose coming and going changes everything, links followed.
fn tops(scope: &Scope) -> Vec<Option<Stamp>> {
    let stamp = |name| Stamp::of(&scope.location(Path::new(name)).canonicalize().ok()?);
    [""].into_iter().chain(TREES).map(stamp).collect()
}

/// A watcher that watches nothing yet.
fn watcher(scope: &Scope, queue: &Arc<Queue>) -> Result<RecommendedWatcher, Blind> {
    let places = scope.real_places();
    let queue = queue.clone();
    let handler = move |event: notify::Result<Event>| match event {
        Ok(event) => queue.add(read(&event, &places)),
        Err(error) => queue.add(blindness(error).map_or(Sign::Nothing, Sign::Blind)),
    };
    // Links are not followed, as the site does not follow them.
    let watcher = RecommendedWatcher::new(handler, Config::default().with_follow_symlinks(false));
    watcher.map_err(|error| blindness(error).unwrap_or_else(|| Blind::Other("no reason given".to_owned())))
}

/// Why an error ends all events, if it does.
fn blindness(error: notify::Error) -> Option<Blind> {
    match error.kind {
        ErrorKind::MaxFilesWatch => Some(Blind::TooManyFolders),
        ErrorKind::Io(error) => match error.kind() {
            // It went between two steps, which makes an event, or nobody may open it, so that it is no part of the site.
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory | std::io::ErrorKind::PermissionDenied => None,
            _ if error.raw_os_error().is_some_and(|code| TOO_MANY_OPEN.contains(&code)) => Some(Blind::TooManyQueues),
            _ => Some(Blind::Other(error.to_string())),
        },
        ErrorKind::PathNotFound | ErrorKind::WatchNotFound => None,
        ErrorKind::Generic(reason) => Some(Blind::Other(reason)),
        ErrorKind::InvalidConfig(_) => Some(Blind::Other(error.to_string())),
    }
}

/// What an event says.
#[derive(Debug, PartialEq, Eq)]
enum Sign {
    Nothing,
    /// Something went unseen, or a folder on which everything depends came or went.
    Everything,
    Hints(Vec<(PathBuf, Hint)>),
    Blind(Blind),
}

/// How much of a path may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hint {
    /// What a file says. Of a folder: which names are in it.
    Content,
    /// That it is there at all, or may be read.
    Whole,
}

/// Reads an event, whose paths begin with one of the site's real places.
fn read(event: &Event, places: &[(PathBuf, PathBuf)]) -> Sign {
    if event.need_rescan() {
        return Sign::Everything;
    }
    let hint = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Hint::Content,
        EventKind::Access(_) => return Sign::Nothing,
        EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any) => Hint::Content,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Any | EventKind::Other => Hint::Whole,
    };
    if event.paths.is_empty() {
        return Sign::Everything;
    }
    let mut hints = Vec::new();
    for path in &event.paths {
        let Some(relative) = relative_to(places, path) else { continue };
        match (part(&relative), event.kind) {
            (None, _) => {}
            (Some(Part::Top), _) if hint == Hint::Content => {}
            // Rights that changed may matter for what is in the folder; that of the site itself has more in it than matters.
            (Some(Part::Top), EventKind::Modify(ModifyKind::Metadata(_))) if !relative.as_os_str().is_empty() => {
                hints.push((relative, hint));
            }
            (Some(Part::Top), EventKind::Modify(ModifyKind::Metadata(_))) => {}
            (Some(Part::Top), _) => return Sign::Everything,
            (Some(Part::Inner), _) => hints.push((relative, hint)),
        }
    }
    if hints.is_empty() { Sign::Nothing } else { Sign::Hints(hints) }
}

/// A path from the site's folder.
fn relative_to(places: &[(PathBuf, PathBuf)], path: &Path) -> Option<PathBuf> {
    places.iter().find_map(|(place, name)| {
        let below = path.strip_prefix(place).ok()?;
        Some(if below.as_os_str().is_empty() { name.clone() } else { name.join(below) })
    })
}

/// Where events wait until somebody asks.
#[derive(Debug, Default)]
struct Queue {
    batch: Mutex<Option<Batch>>,
    began: Condvar,
}

/// What has come together.
#[derive(Debug)]
struct Batch {
    first: Instant,
    last: Instant,
    hints: BTreeMap<PathBuf, Hint>,
    is_everything: bool,
    blind: Option<Blind>,
}

impl Queue {
    fn batch(&self) -> MutexGuard<'_, Option<Batch>> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, sign: Sign) {
        if sign == Sign::Nothing {
            return;
        }
        let now = Instant::now();
        let mut waiting = self.batch();
        if waiting.is_none() {
            self.began.notify_one();
        }
        let batch = waiting.get_or_insert_with(|| Batch::new(now));
        batch.last = now;
        batch.add(sign);
    }

    /// The next batch that is whole; `None` if none began in time.
    fn next(&self, until: Instant) -> Option<Batch> {
        let mut waiting = self.batch();
        loop {
            let now = Instant::now();
            let Some(batch) = &*waiting else {
                if now >= until {
                    return None;
                }
                let (woken, _) = self.began.wait_timeout(waiting, until - now).unwrap_or_else(PoisonError::into_inner);
                waiting = woken;
                continue;
            };
            let whole = (batch.last + QUIET).min(batch.first + LONGEST);
            if now >= whole {
                return waiting.take();
            }
            // Nobody is waited for, so that each of thousands of events need not wake this thread.
            drop(waiting);
            std::thread::sleep(whole - now);
            waiting = self.batch();
        }
    }
}

impl Batch {
    fn new(now: Instant) -> Batch {
        Batch { first: now, last: now, hints: BTreeMap::new(), is_everything: false, blind: None }
    }

    fn add(&mut self, sign: Sign) {
        match sign {
            Sign::Nothing => {}
            Sign::Everything => self.is_everything = true,
            Sign::Blind(blind) => self.blind = Some(blind),
            Sign::Hints(hints) => {
                for (path, hint) in hints {
                    let known = self.hints.entry(path).or_insert(hint);
                    *known = hint.max(*known);
                }
            }
        }
        if self.hints.len() > MOST_PATHS {
            self.is_everything = true;
        }
        if self.is_everything {
            self.hints.clear();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use notify::event::{CreateKind, DataChange, Flag, MetadataKind, RemoveKind, RenameMode};

    use super::*;
    use crate::watch::{How, PAUSE, Watch};

    fn event(kind: EventKind, paths: &[&str]) -> Event {
        paths.iter().fold(Event::new(kind), |event, path| event.add_path(path.into()))
    }

    fn sign(kind: EventKind, paths: &[&str]) -> Sign {
        let real = ("/shared/articles".into(), "content".into());
        read(&event(kind, paths), &[("/site".into(), "".into()), real])
    }

    fn hints(hints: &[(&str, Hint)]) -> Sign {
        Sign::Hints(hints.iter().map(|(path, hint)| (path.into(), *hint)).collect())
    }

    #[test]
    fn events_are_read_for_what_may_have_changed() {
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let moved = EventKind::Modify(ModifyKind::Name(RenameMode::Both));
        let chmod = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        assert_eq!(sign(written, &["/site/content/a.md"]), hints(&[("content/a.md", Hint::Content)]));
        assert_eq!(sign(closed, &["/site/guidepost.yaml"]), hints(&[("guidepost.yaml", Hint::Content)]));
        assert_eq!(sign(chmod, &["/site/content/a.md"]), hints(&[("content/a.md", Hint::Whole)]));
        assert_eq!(sign(chmod, &["/site/content"]), hints(&[("content", Hint::Whole)]));
        let both = [("content/a.md", Hint::Whole), ("content/b.md", Hint::Whole)];
        assert_eq!(sign(moved, &["/site/content/a.md", "/site/content/b.md"]), hints(&both));
        assert_eq!(sign(moved, &["/site/content/.b.md.Xq3", "/site/content/b.md"]), hints(&both[1..]));
        assert_eq!(sign(written, &["/shared/articles/a.md"]), hints(&[("content/a.md", Hint::Content)]));
    }

    #[test]
    fn reading_litter_and_the_finished_site_are_no_changes() {
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        let read_only = EventKind::Access(AccessKind::Close(AccessMode::Read));
        let made = EventKind::Create(CreateKind::File);
        assert_eq!(sign(opened, &["/site/content/a.md"]), Sign::Nothing);
        assert_eq!(sign(read_only, &["/site/content/a.md"]), Sign::Nothing);
        for path in
            ["/site/public/index.html", "/site/.git/index.lock", "/site/content/.#a.md", "/site/content/4913", "/other/a.md"]
        {
            assert_eq!(sign(made, &[path]), Sign::Nothing, "{path}");
        }
        // Systems that say so of a folder say it of each file in it, too.
        assert_eq!(sign(EventKind::Modify(ModifyKind::Any), &["/site/content"]), Sign::Nothing);
    }

    #[test]
    fn a_full_queue_and_folders_that_come_or_go_are_everything() {
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(read(&overflow, &[]), Sign::Everything);
        assert_eq!(sign(EventKind::Any, &[]), Sign::Everything);
        assert_eq!(sign(EventKind::Create(CreateKind::Folder), &["/site/themes"]), Sign::Everything);
        assert_eq!(sign(EventKind::Remove(RemoveKind::Folder), &["/site/content"]), Sign::Everything);
        assert_eq!(sign(EventKind::Modify(ModifyKind::Name(RenameMode::From)), &["/site"]), Sign::Everything);
    }

    #[test]
    fn of_too_many_paths_only_the_number_counts() {
        let mut batch = Batch::new(Instant::now());
        for number in 0..MOST_PATHS {
            batch.add(Sign::Hints(vec![(format!("content/{number}.md").into(), Hint::Content)]));
        }
        assert!(!batch.is_everything);
        batch.add(Sign::Hints(vec![("content/one-more.md".into(), Hint::Content)]));
        assert!(batch.is_everything && batch.hints.is_empty());
    }

    #[test]
    fn limits_of_the_system_are_known_and_other_errors_are_no_end() {
        let io = |code| notify::Error::io(std::io::Error::from_raw_os_error(code));
        assert_eq!(blindness(notify::Error::new(ErrorKind::MaxFilesWatch)), Some(Blind::TooManyFolders));
        assert_eq!(blindness(io(24)), Some(Blind::TooManyQueues));
        assert_eq!(blindness(notify::Error::path_not_found()), None);
        assert_eq!(blindness(notify::Error::io(std::io::ErrorKind::PermissionDenied.into())), None);
        assert_eq!(blindness(notify::Error::generic("odd")), Some(Blind::Other("odd".to_owned())));
    }

    /// A watch by events, its queue, and the folder in which it watches a site.
    fn watched() -> (Watch, Arc<Queue>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir(folder.path().join("content")).unwrap();
        let (watch, notices) = Watch::start(folder.path(), How::Events).unwrap();
        assert!(notices.is_empty(), "{notices:?}");
        let queue = match &*watch.sight.lock().unwrap() {
            crate::watch::Sight::Events(events) => events.queue.clone(),
            crate::watch::Sight::Poll(_) => unreachable!("events were asked for, and no notice says otherwise"),
        };
        (watch, queue, folder)
    }

    #[test]
    fn after_an_overflow_everything_is_watched_anew() {
        let (watch, queue, folder) = watched();
        queue.add(Sign::Everything);
        assert_eq!(watch.next(PAUSE * 20), Some(Changes::Everything));
        let article = folder.path().join("content/a.md");
        fs_err::write(&article, "# A").unwrap();
        assert_eq!(watch.next(PAUSE * 20), Some(Changes::Paths([article].into())));
        assert!(watch.notices().is_empty());
    }

    #[test]
    fn when_events_end_looking_takes_their_place() {
        let (watch, queue, folder) = watched();
        queue.add(Sign::Blind(Blind::TooManyFolders));
        assert_eq!(watch.next(PAUSE * 20), Some(Changes::Everything));
        let notices = watch.notices();
        assert_eq!(notices.len(), 1);
        assert!(notices[0].hint.as_ref().is_some_and(|hint| hint.contains("fs.inotify.max_user_watches")));
        let article = folder.path().join("content/a.md");
        fs_err::write(&article, "# A").unwrap();
        assert_eq!(watch.next(PAUSE * 20), Some(Changes::Paths([article].into())));
        assert!(watch.notices().is_empty());
    }
}
