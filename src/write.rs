//! Outputs into a folder, all or nothing: stage what differs, then move it into place, then remove what is no longer
//! planned.
//!
//! In the folder lies `.guidepost/` with the manifest (every file that Guidepost wrote), the lock and the staged files.
//! Nothing visible changes before everything is staged. Then the new manifest is put down as `commit`; from that moment
//! the next run of any writing command finishes the move, whatever happens. Only files that a manifest names are ever
//! replaced or removed. What the files say is the outputs' business.

mod folder;
mod manifest;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use fs_err as fs;
use rustc_hash::FxHashSet;

use self::folder::Lock;
use self::manifest::{Entry, Manifest, Stamp};
pub use self::manifest::{Fingerprint, Origin};
pub use self::variants::Saving;
use self::variants::Taken;
use crate::outputs::Content;
use crate::source::look;

/// The folder of our own in the output folder.
const OWN: &str = ".guidepost";
/// What lies in it: the files on their way, the manifest of a move that has begun, and the one of the last that ended.
const STAGE: &str = "stage";
const COMMIT: &str = "commit";
const MANIFEST: &str = "manifest";

/// So much of two files is compared at a time.
const PIECE: usize = 64 * 1024;

/// Why a site cannot be published.
#[derive(Debug)]
pub enum PublishError {
    /// The folder must not be written to.
    Refused(String),
    /// A file of somebody else's stands where an output belongs.
    Foreign(PathBuf),
    /// Another build is at work in the folder; with what it says of itself.
    Busy(String),
    /// A file of the author's could not be read, though it was there when the build began.
    Source(PathBuf, io::Error),
    /// The machine does not play along.
    Io(io::Error),
}

impl From<io::Error> for PublishError {
    fn from(error: io::Error) -> Self {
        PublishError::Io(error)
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PublishError::Refused(reason) => f.write_str(reason),
            PublishError::Foreign(path) => {
                write!(
                    f,
                    "{} was not written by Guidepost, and a page of the site belongs there; move it away or delete it",
                    path.display()
                )
            }
            PublishError::Busy(who) => write!(f, "another build is writing to this folder ({who}); wait until it is done"),
            PublishError::Source(path, error) => write!(f, "{} cannot be read: {error}", path.display()),
            PublishError::Io(error) => write!(f, "the site could not be written: {error}"),
        }
    }
}

/// How many files a publication touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// New or changed.
    pub written: usize,
    /// As they were.
    pub unchanged: usize,
    /// How many of those were not even made: what they show is what it was.
    pub kept: usize,
    /// No longer planned.
    pub removed: usize,
    /// What variants save, if they were asked for.
    pub saving: Option<Saving>,
}

/// One output on its way.
#[derive(Debug)]
pub struct Change {
    path: String,
    /// The file as it was left, and what it was made from.
    entry: Entry,
    fate: Fate,
}

impl Change {
    /// The same, with what it would be made from now.
    pub fn made_from(mut self, origin: Origin) -> Change {
        self.entry.origin = origin;
        self
    }
}

/// What became of one output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It was staged, because it differs from what stands.
    Staged,
    /// It was made, and is what stands.
    Same,
    /// It was not made.
    Kept,
}

/// A site on its way into its folder.
#[derive(Debug)]
pub struct Publication {
    output: PathBuf,
    old: Manifest,
    /// Whether nothing stood in the folder: then nothing needs looking at before it is written.
    is_empty: bool,
    /// Folders made below the staging folder, so that each is made once.
    folders: Mutex<FxHashSet<PathBuf>>,
    /// Where no variants may be, if they are asked for.
    variants: Option<Taken>,
    /// Held until the publication ends.
    lock: Lock,
}

impl Publication {
    /// Opens the output folder of the site at `root`: refuses dangerous ones, takes the lock, finishes what a killed
    /// build had begun to move and throws away what it had only staged.
    pub fn begin(root: &Path, output: &Path) -> Result<Publication, PublishError> {
        folder::check(root, output)?;
        let lock = Lock::take(output)?;
        let own = output.join(OWN);
        let mut old = Manifest::read(&own.join(MANIFEST))?;
        if let Some(new) = Manifest::read(&own.join(COMMIT))? {
            finish_move(output, &old.unwrap_or_default(), &new)?;
            old = Some(new);
        }
        remove_if_there(&own.join(STAGE))?;
        manifest::tidy(&own.join(COMMIT));
        if old.is_none() {
            folder::check_is_ours_to_fill(output)?;
        }
        let is_empty = old.is_none() && fs::read_dir(output)?.all(|entry| entry.is_ok_and(|entry| entry.file_name() == OWN));
        let folders = Mutex::new(FxHashSet::default());
        Ok(Publication { output: output.to_owned(), old: old.unwrap_or_default(), is_empty, folders, variants: None, lock })
    }

    /// Whether the folder already holds the site of this fingerprint: the manifest says so, and every file it names
    /// stands as it was written. Looking costs one `stat` a file.
    pub fn already_holds(&self, fingerprint: Fingerprint) -> bool {
        let files = &self.old.files;
        self.old.fingerprint == self.whole(fingerprint)
            && files.iter().all(|(path, entry)| Stamp::of(&self.output.join(path)) == Some(entry.stamp))
    }

    /// Ends a publication that changes nothing.
    pub fn leave(self) -> Tally {
        let count = self.old.files.len();
        Tally { unchanged: count, kept: count, saving: self.saving(&self.old.files), ..Tally::default() }
    }

    /// The fingerprint of all that is published.
    fn whole(&self, fingerprint: Fingerprint) -> Fingerprint {
        if self.variants.is_some() { fingerprint.precompressed() } else { fingerprint }
    }

    fn saving(&self, files: &BTreeMap<String, Entry>) -> Option<Saving> {
        self.variants.is_some().then(|| Saving::of(files))
    }

    /// Whether the site differs from the one that stands at most in bodies of articles.
    pub fn has_heads_of(&self, fingerprint: Fingerprint) -> bool {
        self.old.fingerprint.heads == fingerprint.heads
    }

    /// The output at `path`, if it is as it was left and `is_same` says of what it was made from that it would be made so
    /// again: then it need not be.
    pub fn keep(&self, path: &str, is_same: impl FnOnce(Origin) -> bool) -> Option<Change> {
        let entry = *self.old.files.get(path)?;
        let is_kept = is_same(entry.origin) && Stamp::of(&self.output.join(path)) == Some(entry.stamp);
        is_kept.then(|| Change { path: path.to_owned(), entry, fate: Fate::Kept })
    }

    /// Takes one output: puts it beside its place if it differs from what stands there. May be called from many
    /// threads.
    ///
    /// `origin` is what the content was made from: see [`Publication::keep`].
    pub fn stage(&self, path: &str, content: Content, origin: Origin) -> Result<Change, PublishError> {
        let change = |metadata: &std::fs::Metadata, fate| Change {
            path: path.to_owned(),
            entry: Entry { stamp: Stamp::from(metadata), origin },
            fate,
        };
        let place = self.output.join(path);
        if !self.is_empty {
            match look(&place)? {
                Some(standing) if standing.is_dir() => self.check_folder_is_ours(&place)?,
                Some(_) if !self.old.files.contains_key(path) => return Err(PublishError::Foreign(place)),
                Some(standing) if standing.is_file() && is_same(&place, standing.len(), &content)? => {
                    return Ok(change(&standing, Fate::Same));
                }
                _ => {}
            }
        }
        let staged = self.output.join(OWN).join(STAGE).join(path);
        self.make_folder(path, &staged)?;
        let metadata = match content {
            Content::Bytes(bytes) => {
                let mut file = fs::File::create(&staged)?;
                file.write_all(&bytes)?;
                file.metadata()?
            }
            Content::File(from) => copy(&from, &staged)?,
        };
        Ok(change(&metadata, Fate::Staged))
    }

    /// Publishes what was staged, and removes what the last manifest names and `changes` do not.
    pub fn commit(mut self, changes: Vec<Change>, fingerprint: Fingerprint) -> Result<Tally, PublishError> {
        let count = |fate| changes.iter().filter(|change| change.fate == fate).count();
        let (written, kept) = (count(Fate::Staged), count(Fate::Kept));
        let total = changes.len();
        let files: BTreeMap<String, Entry> = changes.into_iter().map(|change| (change.path, change.entry)).collect();
        let removed = self.old.files.keys().filter(|path| !files.contains_key(*path)).count();
        let tally = Tally { written, unchanged: total - written, kept, removed, saving: self.saving(&files) };
        let new = Manifest { fingerprint: self.whole(fingerprint), files };
        self.lock.keep_folder();
        new.write(&self.output.join(OWN).join(COMMIT))?;
        finish_move(&self.output, &self.old, &new)?;
        Ok(tally)
    }

    /// Makes the folder of a staged file, after a look at the folders it will move into: none may be a link, which could
    /// lead anywhere, or a file of somebody else's.
    fn make_folder(&self, path: &str, staged: &Path) -> Result<(), PublishError> {
        let Some(folder) = staged.parent() else { return Ok(()) };
        // Held only to look and to note: making folders takes the file system's time, not the other threads'.
        let made = || self.folders.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if made().contains(folder) {
            return Ok(());
        }
        for (end, _) in path.match_indices('/').filter(|_| !self.is_empty) {
            let above = self.output.join(&path[..end]);
            match look(&above)? {
                Some(standing) if standing.is_dir() => {}
                Some(_) if self.old.files.contains_key(&path[..end]) => {}
                Some(_) => return Err(PublishError::Foreign(above)),
                // What does not stand yet has nothing below it either.
                None => break,
            }
        }
        fs::create_dir_all(folder)?;
        made().insert(folder.to_owned());
        Ok(())
    }

    /// A folder that gives way to a file must have nothing in it but what Guidepost wrote.
    fn check_folder_is_ours(&self, folder: &Path) -> Result<(), PublishError> {
        let mut within = folder.to_owned();
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry.map_err(|error| describe(error.into(), "look at", &within))?;
            if entry.file_type().is_dir() {
                within = entry.into_path();
                continue;
            }
            let is_ours = path_below(&self.output, entry.path()).is_some_and(|path| self.old.files.contains_key(&path));
            if !is_ours {
                return Err(PublishError::Foreign(entry.into_path()));
            }
        }
        Ok(())
    }
}

impl Drop for Publication {
    /// What was staged and not published is of no use to anybody. Failing to remove it harms nothing: the next build
    /// does.
    fn drop(&mut self) {
        let own = self.output.join(OWN);
        // A move that has begun needs what is staged: the next build finishes it.
        if matches!(own.join(COMMIT).try_exists(), Ok(false)) {
            let _ = remove_if_there(&own.join(STAGE));
        }
    }
}

/// From `commit` to a finished site: moves staged files into place, removes what is no longer planned, and makes the
/// new manifest the manifest. Can be begun again at any point.
fn finish_move(output: &Path, old: &Manifest, new: &Manifest) -> Result<(), PublishError> {
    let own = output.join(OWN);
    let mut stale: BTreeSet<&str> = BTreeSet::new();
    for path in old.files.keys().filter(|path| !new.files.contains_key(*path)) {
        if !is_behind_a_link(output, path)? {
            stale.insert(path);
        }
    }
    // What stands where a folder belongs, or the other way round, must go first.
    for path in in_the_way(&stale, &new.files) {
        remove_file(output, path)?;
        remove_empty_folders(output, path)?;
    }
    move_staged(output, old)?;
    for path in &stale {
        remove_file(output, path)?;
        // Nobody is hurt by an empty folder that some other program holds on to.
        let _ = remove_empty_folders(output, path);
    }
    fs::rename(own.join(COMMIT), own.join(MANIFEST))?;
    // The site stands; empty folders that stay behind harm nothing, and the next build removes them.
    let _ = remove_if_there(&own.join(STAGE));
    Ok(())
}

/// Moves everything that is staged into place. A folder that does not exist there yet is moved whole, which makes a
/// first build little dearer than writing the files.
fn move_staged(output: &Path, old: &Manifest) -> Result<(), PublishError> {
    let stage = output.join(OWN).join(STAGE);
    let mut pending = vec![(stage.clone(), output.to_owned())];
    while let Some((from, to)) = pending.pop() {
        let entries = match fs::read_dir(&from) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        for entry in entries {
            let entry = entry?;
            let place = to.join(entry.file_name());
            let Some(standing) = look(&place)? else {
                fs::rename(entry.path(), &place)?;
                continue;
            };
            if standing.is_dir() && entry.file_type()?.is_dir() {
                pending.push((entry.path(), place));
                continue;
            }
            // Looked at when it was staged, and again: somebody may have put a file there since.
            let is_ours = path_below(&stage, &entry.path()).is_some_and(|path| old.files.contains_key(&path));
            if standing.is_symlink() || standing.is_dir() || !is_ours {
                return Err(PublishError::Foreign(place));
            }
            fs::rename(entry.path(), &place)?;
        }
    }
    Ok(())
}

/// The path from a folder as manifests have it.
fn path_below(folder: &Path, path: &Path) -> Option<String> {
    Some(path.strip_prefix(folder).ok()?.to_str()?.replace('\\', "/"))
}

/// Stale paths that are a folder of a planned one, or lie below a planned one.
fn in_the_way<'p>(stale: &BTreeSet<&'p str>, planned: &BTreeMap<String, Entry>) -> BTreeSet<&'p str> {
    let ancestors = |path: &str| -> Vec<String> { path.match_indices('/').map(|(i, _)| path[..i].to_owned()).collect() };
    if stale.is_empty() {
        return BTreeSet::new();
    }
    let folders: FxHashSet<String> = planned.keys().flat_map(|path| ancestors(path)).collect();
    stale
        .iter()
        .copied()
        .filter(|path| folders.contains(*path) || ancestors(path).iter().any(|a| planned.contains_key(a)))
        .collect()
}

/// Whether somebody has replaced one of a file's folders by a link: what lies behind it is not ours.
fn is_behind_a_link(output: &Path, path: &str) -> io::Result<bool> {
    for (end, _) in path.match_indices('/') {
        if look(&output.join(&path[..end]))?.is_some_and(|standing| standing.is_symlink()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes a file of ours.
fn remove_file(output: &Path, path: &str) -> io::Result<()> {
    let file = output.join(path);
    if look(&file)?.is_some_and(|standing| standing.is_dir()) {
        // The file went before, and a folder of the new site stands in its place.
        return Ok(());
    }
    match fs::remove_file(&file) {
        Ok(()) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Removes the folders that are empty after a file has gone. One that is not empty ends it.
fn remove_empty_folders(output: &Path, path: &str) -> io::Result<()> {
    for (end, _) in path.rmatch_indices('/') {
        match fs::remove_dir(output.join(&path[..end])) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Copies a file of the author's. It gets the permissions of a new file: a picture that only its author may read would
/// be of no use on a server.
fn copy(from: &Path, to: &Path) -> Result<std::fs::Metadata, PublishError> {
    let mut source = open_source(from)?;
    // The standard library's own files, so that the system copies from one to the other by itself.
    let (mut copy, _) = fs::File::create(to)?.into_parts();
    io::copy(&mut source, &mut copy).map_err(|error| describe(error, "copy", from))?;
    Ok(copy.metadata().map_err(|error| describe(error, "look at", to))?)
}

/// A file of the author's, which may have gone since it was found.
fn open_source(path: &Path) -> Result<std::fs::File, PublishError> {
    std::fs::File::open(path).map_err(|error| PublishError::Source(path.to_owned(), error))
}

fn describe(error: io::Error, action: &str, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("failed to {action} `{}`: {error}", path.display()))
}

/// Whether a file says just what an output says.
fn is_same(place: &Path, size: u64, content: &Content) -> Result<bool, PublishError> {
    match content {
        Content::Bytes(bytes) => Ok(size == bytes.len() as u64 && fs::read(place)? == *bytes),
        Content::File(from) => {
            let source = open_source(from)?;
            if source.metadata().map_err(|error| describe(error, "look at", from))?.len() != size {
                return Ok(false);
            }
            let (mut ours, mut theirs) = (fs::File::open(place)?, source);
            let (mut a, mut b) = (Vec::new(), vec![0; PIECE]);
            loop {
                a.clear();
                // Unlike one call of `read`, this goes on if a signal comes in between.
                let read = Read::by_ref(&mut ours).take(PIECE as u64).read_to_end(&mut a);
                let count = read.map_err(|error| describe(error, "read", place))?;
                if count == 0 {
                    return Ok(true);
                }
                // It may have become shorter since it was measured.
                if theirs.read_exact(&mut b[..count]).is_err() || a[..count] != b[..count] {
                    return Ok(false);
                }
            }
        }
    }
}
