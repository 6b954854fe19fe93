//! What was typed as OLD and NEW, as paths from `content/`; and why something cannot move there.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::journal::is_one_file;
use crate::article::CONTENT;
use crate::cli::Context;
use crate::diagnostic::{Diagnostic, nearest};
use crate::moves::Move;
use crate::source::{self, SourceKind};
use crate::url::{fold_case, nfc};

/// The files below `content/`, and where they are.
pub struct Places {
    directory: PathBuf,
    content: PathBuf,
    /// By their paths, each with its place and whether it is an article.
    files: BTreeMap<String, (PathBuf, bool)>,
}

impl Places {
    /// Of the site.
    pub fn of(context: &Context) -> Places {
        let content = context.directory.join(CONTENT);
        let (sources, _) = source::discover(&content);
        let file = |source: source::Source| (source.path.to_string(), (source.location, source.kind == SourceKind::Markdown));
        Places { directory: context.directory.clone(), files: sources.into_iter().map(file).collect(), content }
    }

    /// Where the file of a source is, if its text may be replaced.
    pub fn editable(&self, path: &str) -> Result<&Path, Diagnostic> {
        let location = self.files.get(path).map(|(location, _)| location.as_path());
        match location {
            Some(location) if !location.is_symlink() => Ok(location),
            _ => Err(Diagnostic::error(
                "not-moved",
                "this file is a link to another, so its text cannot be replaced; nothing was moved",
            )
            .hint("put a copy of the file in its place, and move again")),
        }
    }

    /// A path as the disk spells it.
    pub fn on_disk(&self, path: &str) -> String {
        let spelled = |location: &Path| location.strip_prefix(&self.content).ok().and_then(Path::to_str).map(str::to_owned);
        if let Some((location, _)) = self.files.get(path) {
            return spelled(location).unwrap_or_else(|| path.to_owned());
        }
        // A folder: as a file in it has it.
        let depth = path.split('/').count();
        let below = self.below(path).next().and_then(|(_, (location, _))| spelled(location));
        below.map_or_else(|| path.to_owned(), |found| found.split('/').take(depth).collect::<Vec<_>>().join("/"))
    }

    fn below<'p>(&'p self, folder: &str) -> impl Iterator<Item = (&'p String, &'p (PathBuf, bool))> {
        let prefix = format!("{folder}/");
        self.files.range(prefix.clone()..).take_while(move |(path, _)| path.starts_with(&prefix))
    }

    fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.below(path).next().is_some() || self.content.join(path).is_dir()
    }

    /// What is to move where.
    pub fn wanted(&self, old: &Path, new: &Path) -> Result<Move, Diagnostic> {
        let from = self.below_content(old)?;
        let from_is_file = match self.files.get(&from) {
            Some((_, true)) => true,
            Some((_, false)) => {
                let message = format!("{CONTENT}/{from} is no article: its address could not lead on to another");
                return Err(refused(
                    message,
                    "move the article or the folder that it belongs to, or move the file with your system",
                ));
            }
            None if !from.is_empty() && self.below(&from).next().is_some() => false,
            None if from.is_empty() => {
                return Err(refused(format!("`{CONTENT}` itself cannot be moved"), "name an article or a folder in it"));
            }
            None => return Err(self.not_there(&from)),
        };
        self.refuse_links(&from)?;
        let to = self.target(&from, from_is_file, new)?;
        self.refuse_bad_name(&to)?;
        if to == from {
            return Err(refused(format!("{CONTENT}/{to} is where it is already"), "name another place"));
        }
        if to.starts_with(&format!("{from}/")) {
            return Err(refused(format!("{CONTENT}/{from} cannot be moved into itself"), "name a place outside of it"));
        }
        self.refuse_taken(&from, &to)?;
        Ok(Move { from, to })
    }

    fn target(&self, from: &str, from_is_file: bool, new: &Path) -> Result<String, Diagnostic> {
        let to = self.below_content(new)?;
        let name = from.rsplit('/').next().unwrap_or(from);
        let ends_with_slash = new.to_string_lossy().ends_with(['/', '\\']);
        if self.is_folder(&to) || ends_with_slash && from_is_file {
            // A folder that is spelled otherwise on this disk is the same folder.
            let is_itself = !from_is_file && is_one_file(&self.content.join(from), &self.content.join(&to)) && to != from;
            return Ok(if is_itself {
                to
            } else if to.is_empty() {
                name.to_owned()
            } else {
                format!("{to}/{name}")
            });
        }
        match (from_is_file, source::is_markdown(&to)) {
            (true, true) | (false, false) => Ok(to),
            (true, false) => {
                let message = format!("`{CONTENT}/{to}` is no name for an article");
                Err(refused(message, &format!("end it with `.md`, as `{to}.md`, or with `/` if it is a folder")))
            }
            (false, true) => {
                let message = format!("`{CONTENT}/{from}` is a folder, and `{to}` is a name for an article");
                Err(refused(message, "leave `.md` away"))
            }
        }
    }

    /// A path as it was typed, from `content/`: it may begin there, or in the site's folder.
    fn below_content(&self, given: &Path) -> Result<String, Diagnostic> {
        let outside = || {
            refused(
                format!("`{}` is not in `{CONTENT}`", given.display()),
                "only what is in there can be moved, and only within it",
            )
        };
        let mut path = given.to_owned();
        if given.is_absolute() {
            // What is to be made is not there yet; the folder that it is in is.
            let root = self.content.canonicalize().map_err(|_| outside())?;
            let real = given.ancestors().find_map(|above| Some((above.canonicalize().ok()?, given.strip_prefix(above).ok()?)));
            let (real, rest) = real.ok_or_else(outside)?;
            path = real.join(rest).strip_prefix(&root).map_err(|_| outside())?.to_owned();
        } else {
            let below = given.strip_prefix(&self.directory).ok().filter(|_| self.directory.as_os_str() != ".");
            let below = below.unwrap_or(given);
            path = below.strip_prefix(CONTENT).or_else(|_| path.strip_prefix(CONTENT)).unwrap_or(below).to_owned();
        }
        let mut parts: Vec<String> = Vec::new();
        for part in path.components() {
            match part {
                Component::CurDir => {}
                Component::Normal(name) => parts.push(nfc(name.to_str().ok_or_else(outside)?).into_owned()),
                Component::ParentDir => drop(parts.pop().ok_or_else(outside)?),
                Component::RootDir | Component::Prefix(_) => return Err(outside()),
            }
        }
        Ok(parts.join("/"))
    }

    fn not_there(&self, from: &str) -> Diagnostic {
        let problem = Diagnostic::error("not-moved", format!("there is no `{CONTENT}/{from}`"));
        let with_ending =
            [".md", ".markdown"].iter().map(|ending| format!("{from}{ending}")).find(|path| self.files.contains_key(path));
        let near = with_ending.as_deref().or_else(|| nearest(from, self.files.keys().map(String::as_str)));
        problem.hint(match near {
            Some(near) => format!("did you mean `{CONTENT}/{near}`?"),
            None => format!("name an article or a folder as you see it in `{CONTENT}`"),
        })
    }

    /// A link to a file may lead nowhere from another place.
    fn refuse_links(&self, from: &str) -> Result<(), Diagnostic> {
        let own = self.files.get_key_value(from).into_iter();
        match own.chain(self.below(from)).find(|(_, (location, _))| location.is_symlink()) {
            Some((path, _)) => Err(refused(
                format!("{CONTENT}/{path} is a link to another file, and might lead nowhere from another place"),
                "put a copy of the file in its place first",
            )),
            None => Ok(()),
        }
    }

    fn refuse_bad_name(&self, to: &str) -> Result<(), Diagnostic> {
        let bad = to.split('/').find(|name| {
            source::is_litter(name) || name.contains('\\') || name.chars().any(char::is_control) || name.trim() != *name
        });
        match bad {
            Some(name) => Err(refused(
                format!("`{}` is no name for a file of the site", name.escape_debug()),
                "use letters, digits and hyphens",
            )),
            None => Ok(()),
        }
    }

    /// Nothing is ever written over, and nothing takes a place that is one with another on some systems.
    fn refuse_taken(&self, from: &str, to: &str) -> Result<(), Diagnostic> {
        let taken = |what: &str| {
            refused(format!("there is a `{CONTENT}/{what}` already, and nothing is written over"), "name a place that is free")
        };
        let (old, new) = (self.content.join(self.on_disk(from)), self.content.join(to));
        if new.symlink_metadata().is_ok() && !is_one_file(&old, &new) {
            return Err(taken(to));
        }
        let folded = fold_case(to);
        let is_other = |path: &str| path != from && !path.starts_with(&format!("{from}/"));
        if let Some(path) = self.files.keys().find(|path| is_other(path) && fold_case(path) == folded) {
            return Err(taken(path));
        }
        let mut above = to;
        while let Some((folder, _)) = above.rsplit_once('/') {
            if self.files.contains_key(folder) || self.content.join(folder).is_file() {
                return Err(refused(format!("{CONTENT}/{folder} is a file, so nothing can be in it"), "name a folder"));
            }
            if self.content.join(folder).is_symlink() {
                return Err(refused(
                    format!("{CONTENT}/{folder} is a link to another folder, which is not part of the site"),
                    "name a folder of the site",
                ));
            }
            above = folder;
        }
        Ok(())
    }
}

/// Whether what was typed as OLD is this path.
pub fn is_same(context: &Context, old: &Path, path: &str) -> bool {
    let places =
        Places { directory: context.directory.clone(), content: context.directory.join(CONTENT), files: BTreeMap::new() };
    places.below_content(old).is_ok_and(|typed| typed == nfc(path)) && !places.content.join(path).exists()
}

fn refused(message: String, hint: &str) -> Diagnostic {
    Diagnostic::error("not-moved", message).hint(hint)
}
