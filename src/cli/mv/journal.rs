//! A move on its way to the disk: all of it, or none.
//!
//! The new texts and a list of what is to be done are written into a folder of their own first; with the list in its place
//! the move is decided. Then the article or folder is renamed, and each new text takes the place of the old. A run that is
//! cut off before the decision has changed nothing, and one that is cut off behind it is finished by the next `guidepost
//! mv`, which does what is left: every step can be seen to be done. A file that somebody has changed meanwhile is left
//! alone, and said.

use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;
use serde::{Deserialize, Serialize};

use super::places::Places;
use crate::article::CONTENT;
use crate::cli::replace::write_synced;
use crate::digest::Digest;
use crate::moves::{Changed, Move, Moved};
use crate::source::look;

/// The folder, in the site's.
pub const FOLDER: &str = ".guidepost-mv";
const LIST: &str = "list.json";

/// Why a move is not done.
pub enum Unfinished {
    /// One is to be finished first.
    Waiting,
    /// Something is not as it was.
    Conflict(String),
    /// The machine does not play along.
    Io(io::Error),
}

impl From<io::Error> for Unfinished {
    fn from(error: io::Error) -> Self {
        Unfinished::Io(error)
    }
}

/// A move that is decided.
pub struct Journal {
    root: PathBuf,
    list: List,
}

/// What is to be done, with paths as the disk has them: what moves by its path from `content/`.
#[derive(Serialize, Deserialize)]
struct List {
    from: String,
    to: String,
    files: Vec<File>,
}

/// A file that gets a new text, at its place after the move.
#[derive(Serialize, Deserialize)]
struct File {
    /// From the site's folder.
    path: String,
    /// The name of its new text in the folder.
    text: String,
    /// Of its old text.
    old: String,
}

/// Finishes a move that was cut off, if there is one; gives what moved.
pub fn finish(root: &Path, is_dry: bool) -> Result<Option<Move>, Unfinished> {
    let folder = root.join(FOLDER);
    let bytes = match fs::read(folder.join(LIST)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if is_dry {
        return Err(Unfinished::Waiting);
    }
    let unreadable = |error: serde_json::Error| Unfinished::Conflict(format!("`{FOLDER}/{LIST}` cannot be read: {error}"));
    let list: List = serde_json::from_slice(&bytes).map_err(unreadable)?;
    let paths = list.files.iter().flat_map(|file| [&file.path, &file.text]).chain([&list.from, &list.to]);
    if let Some(path) = paths.into_iter().find(|path| !is_below(path)) {
        return Err(Unfinished::Conflict(format!("`{FOLDER}/{LIST}` names `{path}`, which is outside of the site")));
    }
    let moved = Move { from: list.from.clone(), to: list.to.clone() };
    Journal { root: root.to_owned(), list }.carry_out()?;
    Ok(Some(moved))
}

fn is_below(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

impl Journal {
    /// Writes down all that is to be done.
    pub fn begin(root: &Path, places: &Places, wanted: &Move, moved: &Moved) -> Result<Journal, Unfinished> {
        let folder = root.join(FOLDER);
        // What a run left that never came to its decision.
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let from = places.on_disk(&wanted.from);
        let mut list = List { from: from.clone(), to: wanted.to.clone(), files: Vec::new() };
        let begun = fs::create_dir(&folder).and_then(|()| {
            let place_of = |file: &Changed| {
                let on_disk = places.on_disk(&file.from);
                format!("{CONTENT}/{}", Move { from: from.clone(), to: wanted.to.clone() }.path(&on_disk))
            };
            let articles = moved.files.iter().map(|file| (place_of(file), file));
            let settings = moved.settings.iter().map(|file| (file.to.clone(), file));
            for (number, (path, file)) in articles.chain(settings).enumerate() {
                let text = number.to_string();
                fs::write(folder.join(&text), &file.after)?;
                list.files.push(File { path, text, old: Digest::of(&file.before).to_string() });
            }
            // All are on their way to the disk when the first is waited for.
            for file in &list.files {
                fs::OpenOptions::new().write(true).open(folder.join(&file.text))?.sync_all()?;
            }
            let unlisted = folder.join("list.tmp");
            write_synced(&unlisted, &serde_json::to_vec_pretty(&list)?)?;
            fs::rename(unlisted, folder.join(LIST))
        });
        match begun {
            Ok(()) => Ok(Journal { root: root.to_owned(), list }),
            Err(error) => {
                // Nothing was decided, and nothing is left of it.
                let _ = fs::remove_dir_all(&folder);
                Err(error.into())
            }
        }
    }

    /// Does what is left to do.
    pub fn carry_out(self) -> Result<(), Unfinished> {
        let content = self.root.join(CONTENT);
        let folder = self.root.join(FOLDER);
        let (from, to) = (content.join(&self.list.from), content.join(&self.list.to));
        if look(&from)?.is_some() {
            if look(&to)?.is_some() && !is_one_file(&from, &to) {
                let message = format!("there is a `{CONTENT}/{}` now", self.list.to);
                return Err(Unfinished::Conflict(message));
            }
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(&from, &to)?;
        }
        for file in &self.list.files {
            let text = folder.join(&file.text);
            if look(&text)?.is_none() {
                // It has taken its place already.
                continue;
            }
            let place = self.root.join(&file.path);
            if Digest::of(&fs::read(&place)?).to_string() != file.old {
                return Err(Unfinished::Conflict(format!("`{}` has been changed meanwhile", file.path)));
            }
            fs::set_permissions(&text, fs::metadata(&place)?.permissions())?;
            fs::rename(&text, &place)?;
        }
        // The list goes first: without it nobody takes what else is there for something to be done.
        fs::remove_file(folder.join(LIST))?;
        fs::remove_dir_all(&folder)?;
        Ok(())
    }
}

/// Whether two paths lead to one file, as `Tips.md` and `tips.md` do on some disks.
pub fn is_one_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
