//! Outputs into a folder, all or nothing: stage what differs, then move it into place, then remove what is no longer
//! planned.
//!
//! In the folder lies `.guidepost/` with the manifest (every file that Guidepost wrote), the lock and the staged files.
//! Nothing visible changes before everything is staged. Then the new manifest is put down as `commit`; from that moment
//! the next run of any writing command finishes the move, whatever happens. Only files that a manifest names are ever
//! replaced or removed. What the files say is the outputs' business.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use fs_err as fs;
use rustc_hash::FxHashSet;

use crate::outputs::Content;

/// The folder of our own in the output folder.
const OWN: &str = ".guidepost";
const MANIFEST_HEADER: &str = "guidepost manifest 1";

/// Why a site cannot be published.
#[derive(Debug)]
pub enum PublishError {
    /// The folder must not be written to.
    Refused(String),
    /// A file of somebody else's stands where an output belongs.
    Foreign(PathBuf),
    /// Another build is at work in the folder; with what it says of itself.
    Busy(String),
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
    /// No longer planned.
    pub removed: usize,
}

/// What became of one output.
#[derive(Debug)]
pub struct Change {
    path: String,
    /// The file as it was left.
    stamp: Stamp,
    /// Whether it was staged, because it differs from what stands.
    is_staged: bool,
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
    /// Held until the publication ends.
    _lock: File,
}

impl Publication {
    /// Opens the output folder of the site at `root`: refuses dangerous ones, takes the lock, finishes what a killed
    /// build had begun to move and throws away what it had only staged.
    pub fn begin(root: &Path, output: &Path) -> Result<Publication, PublishError> {
        check_folder(root, output)?;
        fs::create_dir_all(output.join(OWN))?;
        let lock = take_lock(output)?;
        if output.join(OWN).join("commit").exists() {
            finish_move(output)?;
        }
        remove_if_there(&output.join(OWN).join("stage"))?;
        let old = Manifest::read(output)?;
        if old.is_none() {
            check_is_ours_to_fill(output)?;
        }
        let is_empty = old.is_none() && fs::read_dir(output)?.all(|entry| entry.is_ok_and(|entry| entry.file_name() == OWN));
        let folders = Mutex::new(FxHashSet::default());
        Ok(Publication { output: output.to_owned(), old: old.unwrap_or_default(), is_empty, folders, _lock: lock })
    }

    /// Whether the folder already holds the site of this fingerprint: the manifest says so, and every file it names
    /// stands as it was written. Looking costs one `stat` a file.
    pub fn already_holds(&self, fingerprint: &str, outputs: usize) -> bool {
        let files = &self.old.files;
        !fingerprint.is_empty()
            && self.old.fingerprint == fingerprint
            && files.len() == outputs
            && files.iter().all(|(path, stamp)| Stamp::of(&self.output.join(path)).is_some_and(|now| now == *stamp))
    }

    /// Ends a publication that changes nothing.
    pub fn leave(self) -> Tally {
        Tally { unchanged: self.old.files.len(), ..Tally::default() }
    }

    /// Takes one output: puts it beside its place if it differs from what stands there. May be called from many
    /// threads.
    pub fn stage(&self, path: &str, content: Content) -> Result<Change, PublishError> {
        let place = self.output.join(path);
        if !self.is_empty {
            match place.symlink_metadata() {
                Ok(standing) if standing.is_dir() => self.check_folder_is_ours(&place)?,
                Ok(_) if !self.old.files.contains_key(path) => return Err(PublishError::Foreign(place)),
                Ok(standing) if standing.is_file() && is_same(&place, standing.len(), &content)? => {
                    return Ok(Change { path: path.to_owned(), stamp: Stamp::from(&standing), is_staged: false });
                }
                _ => {}
            }
        }
        let staged = self.output.join(OWN).join("stage").join(path);
        self.make_folder(path, &staged)?;
        let metadata = match content {
            Content::Bytes(bytes) => {
                let mut file = fs::File::create(&staged)?;
                file.write_all(&bytes)?;
                file.metadata()?
            }
            Content::File(from) => {
                fs::copy(from, &staged)?;
                fs::metadata(&staged)?
            }
        };
        Ok(Change { path: path.to_owned(), stamp: Stamp::from(&metadata), is_staged: true })
    }

    /// Publishes what was staged, and removes what the last manifest names and `changes` do not.
    pub fn commit(self, changes: Vec<Change>, fingerprint: &str) -> Result<Tally, PublishError> {
        let written = changes.iter().filter(|change| change.is_staged).count();
        let total = changes.len();
        let files: BTreeMap<String, Stamp> = changes.into_iter().map(|change| (change.path, change.stamp)).collect();
        let removed = self.old.files.keys().filter(|path| !files.contains_key(*path)).count();
        let tally = Tally { written, unchanged: total - written, removed };
        let new = Manifest { fingerprint: fingerprint.to_owned(), files };
        new.write(&self.output.join(OWN).join("commit"))?;
        finish_move(&self.output)?;
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
            match above.symlink_metadata() {
                Ok(standing) if standing.is_dir() => {}
                Ok(_) if self.old.files.contains_key(&path[..end]) => {}
                Ok(_) => return Err(PublishError::Foreign(above)),
                // What does not stand yet has nothing below it either.
                Err(_) => break,
            }
        }
        fs::create_dir_all(folder)?;
        made().insert(folder.to_owned());
        Ok(())
    }

    /// A folder that gives way to a file must have nothing in it but what Guidepost wrote.
    fn check_folder_is_ours(&self, folder: &Path) -> Result<(), PublishError> {
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry.map_err(io::Error::from)?;
            let path = entry.path().strip_prefix(&self.output).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
            if !entry.file_type().is_dir() && !self.old.files.contains_key(&path) {
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
        let _ = remove_if_there(&self.output.join(OWN).join("stage"));
    }
}

/// From `commit` to a finished site: moves staged files into place, removes what is no longer planned, and makes the
/// new manifest the manifest. Can be begun again at any point.
fn finish_move(output: &Path) -> Result<(), PublishError> {
    let own = output.join(OWN);
    let new = Manifest::read_file(&own.join("commit"))?.unwrap_or_default();
    let old = Manifest::read(output)?.unwrap_or_default();
    let stale: BTreeSet<&str> = old.files.keys().map(String::as_str).filter(|path| !new.files.contains_key(*path)).collect();
    // What stands where a folder belongs, or the other way round, must go first.
    for path in in_the_way(&stale, &new.files) {
        remove_file(output, path)?;
    }
    move_folder(&own.join("stage"), output)?;
    for path in &stale {
        remove_file(output, path)?;
    }
    fs::rename(own.join("commit"), own.join("manifest"))?;
    remove_if_there(&own.join("stage"))?;
    Ok(())
}

/// Moves everything in one folder into another. A folder that does not exist there yet is moved whole, which makes a
/// first build little dearer than writing the files.
fn move_folder(from: &Path, to: &Path) -> Result<(), PublishError> {
    let mut pending = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = pending.pop() {
        let entries = match fs::read_dir(&from) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        for entry in entries {
            let entry = entry?;
            let place = to.join(entry.file_name());
            let standing = place.symlink_metadata().ok();
            if standing.as_ref().is_some_and(|standing| standing.is_symlink()) {
                return Err(PublishError::Foreign(place));
            }
            if entry.file_type()?.is_dir() && standing.is_some() {
                pending.push((entry.path(), place));
            } else {
                fs::rename(entry.path(), &place)?;
            }
        }
    }
    Ok(())
}

/// Stale paths that are a folder of a planned one, or lie below a planned one.
fn in_the_way<'p>(stale: &BTreeSet<&'p str>, planned: &BTreeMap<String, Stamp>) -> BTreeSet<&'p str> {
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

/// Removes a file of ours, and the folders that are empty after it.
fn remove_file(output: &Path, path: &str) -> io::Result<()> {
    let file = output.join(path);
    if file.symlink_metadata().is_ok_and(|standing| standing.is_dir()) {
        // The file went before, and a folder of the new site stands in its place.
        return Ok(());
    }
    match fs::remove_file(&file) {
        Ok(()) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
        Err(error) => return Err(error),
    }
    let mut folder = file.parent();
    while let Some(empty) = folder.filter(|folder| *folder != output && folder.starts_with(output)) {
        // Not empty, or gone already: either way there is nothing more to do above it.
        if std::fs::remove_dir(empty).is_err() {
            break;
        }
        folder = empty.parent();
    }
    Ok(())
}

fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether a file says just what an output says.
fn is_same(place: &Path, size: u64, content: &Content) -> io::Result<bool> {
    match content {
        Content::Bytes(bytes) => Ok(size == bytes.len() as u64 && fs::read(place)? == *bytes),
        Content::File(from) => {
            if fs::metadata(from)?.len() != size {
                return Ok(false);
            }
            let (mut ours, mut theirs) = (io::BufReader::new(fs::File::open(place)?), io::BufReader::new(fs::File::open(from)?));
            let (mut a, mut b) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
            loop {
                let count = ours.read(&mut a)?;
                if count == 0 {
                    return Ok(true);
                }
                theirs.read_exact(&mut b[..count])?;
                if a[..count] != b[..count] {
                    return Ok(false);
                }
            }
        }
    }
}

/// Every file that Guidepost wrote, with how it was left.
#[derive(Debug, Default)]
struct Manifest {
    /// Of everything the site was made from.
    fingerprint: String,
    files: BTreeMap<String, Stamp>,
}

/// Size in bytes and time of the last change in nanoseconds since 1970: enough to see that nobody touched a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    changed: u128,
}

impl Stamp {
    fn of(path: &Path) -> Option<Stamp> {
        std::fs::symlink_metadata(path).ok().map(|metadata| Stamp::from(&metadata))
    }
}

impl From<&std::fs::Metadata> for Stamp {
    /// A time that a file system does not keep, or one before 1970, counts as 0.
    fn from(metadata: &std::fs::Metadata) -> Stamp {
        let since_1970 = metadata.modified().ok().and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
        Stamp { size: metadata.len(), changed: since_1970.map_or(0, |since| since.as_nanos()) }
    }
}

impl Manifest {
    fn read(output: &Path) -> Result<Option<Manifest>, PublishError> {
        Manifest::read_file(&output.join(OWN).join("manifest"))
    }

    fn read_file(path: &Path) -> Result<Option<Manifest>, PublishError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut lines = text.lines();
        let unknown = || {
            PublishError::Refused(format!(
                "{} is not a manifest that this version of Guidepost knows; empty the output folder and build again",
                path.display()
            ))
        };
        if lines.next() != Some(MANIFEST_HEADER) {
            return Err(unknown());
        }
        let fingerprint = lines.next().unwrap_or("").to_owned();
        let mut files = BTreeMap::new();
        for line in lines {
            let mut fields = line.splitn(3, ' ');
            let (size, changed, path) = (fields.next(), fields.next(), fields.next());
            let stamp = size.and_then(|s| s.parse().ok()).zip(changed.and_then(|c| c.parse().ok()));
            let (Some((size, changed)), Some(path)) = (stamp, path) else { return Err(unknown()) };
            // A manifest says what may be deleted, so a path in it must not lead out of the folder.
            if Path::new(path).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
                return Err(unknown());
            }
            files.insert(path.to_owned(), Stamp { size, changed });
        }
        Ok(Some(Manifest { fingerprint, files }))
    }

    /// Writes it whole or not at all.
    fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = format!("{MANIFEST_HEADER}\n{}\n", self.fingerprint);
        for (path, stamp) in &self.files {
            text.push_str(&format!("{} {} {path}\n", stamp.size, stamp.changed));
        }
        let beside = path.with_extension("new");
        fs::write(&beside, text)?;
        fs::rename(beside, path)
    }
}

fn take_lock(output: &Path) -> Result<File, PublishError> {
    let path = output.join(OWN).join("lock");
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            write!(file, "process {}", std::process::id())?;
            Ok(file)
        }
        Err(std::fs::TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder)?;
            Err(PublishError::Busy(if holder.is_empty() { "it just began".into() } else { holder }))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Refuses folders in which a site would do harm, before anything is touched.
fn check_folder(root: &Path, output: &Path) -> Result<(), PublishError> {
    let output = resolve(output)?;
    let root = resolve(root)?;
    let refuse = |reason: &str| {
        let advice = "choose another with `--output`, such as `public`";
        Err(PublishError::Refused(format!("the site cannot be written to {}: {reason}; {advice}", output.display())))
    };
    if output.parent().is_none() {
        return refuse("it is the root of the file system");
    }
    if std::env::home_dir().is_some_and(|home| resolve(&home).is_ok_and(|home| home == output)) {
        return refuse("it is your home folder");
    }
    if root.starts_with(&output) {
        return refuse("the site's own files are in it");
    }
    for source in ["content", "themes", "src", ".git"] {
        if output.starts_with(root.join(source)) || output.starts_with(resolve(&root.join(source))?) {
            return refuse(&format!("it is inside `{source}/`"));
        }
    }
    if output.components().any(|part| part.as_os_str() == ".git") {
        return refuse("it is inside `.git/`");
    }
    if output.exists() && !output.is_dir() {
        return refuse("it is a file");
    }
    Ok(())
}

/// The path without links, `.` and `..`, as far as it exists.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut missing = Vec::new();
    let mut existing = absolute.as_path();
    loop {
        match existing.canonicalize() {
            Ok(real) => {
                let mut resolved = real;
                for part in missing.iter().rev() {
                    if *part == ".." {
                        resolved.pop();
                    } else {
                        resolved.push(part);
                    }
                }
                return Ok(resolved);
            }
            Err(_) => {
                let part = existing.components().next_back().map(|part| part.as_os_str().to_owned());
                let (Some(part), Some(parent)) = (part, existing.parent()) else { return Ok(absolute) };
                missing.push(part);
                existing = parent;
            }
        }
    }
}

/// A folder without a manifest may hold hidden files (`.git`, `.gitignore`) and a `CNAME`, but not somebody's work.
fn check_is_ours_to_fill(output: &Path) -> Result<(), PublishError> {
    for entry in fs::read_dir(output)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with('.') && name != "CNAME" {
            let reason = format!(
                "{} has files that Guidepost did not write, such as `{name}`, and no list of those it did; \
                 choose another folder with `--output`, or empty this one if nothing in it is needed",
                output.display()
            );
            return Err(PublishError::Refused(reason));
        }
    }
    Ok(())
}
