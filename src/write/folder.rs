//! The output folder: which ones are refused, and the lock that keeps two builds out of one folder.
//!
//! What is put into the folder is left to the publication.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::{OWN, PublishError, describe};

/// Refuses folders in which a site would do harm, before anything is touched.
pub(super) fn check(root: &Path, output: &Path) -> Result<(), PublishError> {
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
        // As it is named, and where it leads if it is a link.
        for source_folder in [root.join(source), resolve(&root.join(source))?] {
            if output.starts_with(&source_folder) {
                return refuse(&format!("it is inside `{source}/`"));
            }
            if source_folder.starts_with(&output) {
                return refuse(&format!("`{source}/` is in it"));
            }
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
pub(super) fn check_is_ours_to_fill(output: &Path) -> Result<(), PublishError> {
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

/// Our folder within an output folder, locked for as long as this lives. What was made for it and never used goes with it.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    /// Whether it says that it is ours.
    is_said: bool,
    /// Folders that did not exist before, the innermost last.
    made: Vec<PathBuf>,
}

/// The lock is gone and made anew when another build gives up a folder that it had made; that does not go on for ever.
const MOST_TRIES: usize = 100;

impl Lock {
    /// Makes our folder and takes its lock, or says who has it.
    pub(super) fn take(output: &Path) -> Result<Lock, PublishError> {
        let own = output.join(OWN);
        let path = own.join("lock");
        for _ in 0..MOST_TRIES {
            let made = missing_folders(&own);
            let mut lock = match make_and_open(&own, &path) {
                Ok(file) => Lock { file, path: path.clone(), is_said: false, made },
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            match lock.file.try_lock() {
                Ok(()) if is_the_file_at(&lock.file, &path) => {
                    lock.say_who().map_err(|error| describe(error, "write to", &path))?;
                    return Ok(lock);
                }
                // Another build removed the file after it was opened here.
                Ok(()) => lock.made.clear(),
                Err(std::fs::TryLockError::WouldBlock) => {
                    lock.made.clear();
                    let mut holder = String::new();
                    lock.file.read_to_string(&mut holder).map_err(|error| describe(error, "read", &path))?;
                    return Err(PublishError::Busy(if holder.is_empty() { "it just began".into() } else { holder }));
                }
                Err(std::fs::TryLockError::Error(error)) => return Err(describe(error, "lock", &path).into()),
            }
        }
        Err(PublishError::Busy("it comes and goes".into()))
    }

    /// Puts down whose lock it is, for the build that comes second.
    fn say_who(&mut self) -> io::Result<()> {
        self.is_said = true;
        self.file.set_len(0)?;
        write!(self.file, "process {}", std::process::id())
    }

    /// From here on the folder is in use, and stays.
    pub(super) fn keep_folder(&mut self) {
        self.made.clear();
    }
}

impl Drop for Lock {
    /// A build that fails leaves no empty folder behind. Failing to tidy up harms nothing.
    fn drop(&mut self) {
        // Whoever comes between the next build's taking the lock and its saying so must not be told of this one.
        if self.is_said {
            let _ = self.file.set_len(0);
        }
        if self.made.iter().any(|folder| folder.ends_with(OWN)) {
            let _ = std::fs::remove_file(&self.path);
        }
        for folder in self.made.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> = folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    missing.retain(|folder| !folder.as_os_str().is_empty());
    missing.reverse();
    missing
}

fn make_and_open(own: &Path, path: &Path) -> io::Result<File> {
    fs::create_dir_all(own)?;
    let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    Ok(file.into_parts().0)
}

/// Whether an open file is the one that the path names, and not one that was removed since.
#[cfg(unix)]
fn is_the_file_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(ours), Ok(named)) = (file.metadata(), std::fs::metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (named.dev(), named.ino())
}

/// Elsewhere a file that is open cannot be removed.
#[cfg(not(unix))]
fn is_the_file_at(_: &File, path: &Path) -> bool {
    path.exists()
}
