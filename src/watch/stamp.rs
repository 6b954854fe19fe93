//! What tells one state of a file from the next without opening it.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

/// The state of what is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stamp {
    /// A folder, and which one it is. Its times change with every file in it, so they say nothing.
    Folder(Identity),
    /// A file: size, time of the last change, which file it is.
    File(u64, Option<SystemTime>, Identity, Touched),
    /// A link, and the file at its end, if there is one.
    Link(Box<Stamp>, Option<Box<Stamp>>),
    /// Something that cannot be looked at.
    Closed,
}

/// Which file it is: another file under the same name is another one. Where the system has no numbers for files, when it was made.
type Identity = (u64, u64, Option<SystemTime>);

/// When a file's owner, rights or content last changed, where the system says so: seconds and nanoseconds.
type Touched = (i64, i64);

impl Stamp {
    /// Of what is at a path, and at the end of a link; `None` if nothing is there.
    pub(super) fn of(path: &Path) -> Option<Stamp> {
        match fs_err::symlink_metadata(path) {
            Ok(metadata) => Some(Stamp::of_metadata(path, &metadata)),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => None,
            Err(_) => Some(Stamp::Closed),
        }
    }

    /// The same, of what was looked at already, links not followed.
    pub(super) fn of_metadata(path: &Path, metadata: &Metadata) -> Stamp {
        let own = Stamp::plain(metadata);
        if !metadata.is_symlink() {
            return own;
        }
        let end = fs_err::metadata(path).ok().map(|end| Box::new(Stamp::plain(&end)));
        Stamp::Link(Box::new(own), end)
    }

    fn plain(metadata: &Metadata) -> Stamp {
        if metadata.is_dir() {
            return Stamp::Folder(identity(metadata));
        }
        Stamp::File(metadata.len(), metadata.modified().ok(), identity(metadata), touched(metadata))
    }

    pub(super) fn is_link(&self) -> bool {
        matches!(self, Stamp::Link(..))
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), None)
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Identity {
    (0, 0, metadata.created().ok())
}

#[cfg(unix)]
fn touched(metadata: &Metadata) -> Touched {
    use std::os::unix::fs::MetadataExt;
    (metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn touched(_: &Metadata) -> Touched {
    (0, 0)
}
