//! Which paths matter to a site: its settings, and what is in `content/` and `themes/` and no litter.
//!
//! The output folder, `.git` and whatever else lies beside them matter to nobody, so that publishing never looks like an
//! edit. What happened at a path is left to others.

use std::io;
use std::path::{Component, Path, PathBuf};

use crate::article::CONTENT;
use crate::settings;
use crate::source::is_litter;

/// The folders of a site that are watched with everything in them.
pub(super) const TREES: [&str; 2] = [CONTENT, "themes"];

/// A site's folder, and the names under which the system may know it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// The folder as it was given: what every path that is handed out begins with.
    pub root: PathBuf,
    /// The same from the root of the file system.
    pub absolute: PathBuf,
}

/// What a path is to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The site's folder, `content` or `themes`: if it comes or goes, so does everything.
    Top,
    /// The settings, or something in `content/` or `themes/`.
    Inner,
}

impl Scope {
    pub(super) fn new(root: &Path) -> io::Result<Scope> {
        Ok(Scope { root: root.to_owned(), absolute: std::path::absolute(root)? })
    }

    /// A path as it is handed out, from one that begins with the site's folder.
    pub(super) fn path(&self, relative: &Path) -> PathBuf {
        self.root.join(relative)
    }

    /// A path for the system, from one that begins with the site's folder.
    pub(super) fn location(&self, relative: &Path) -> PathBuf {
        if relative.as_os_str().is_empty() { self.absolute.clone() } else { self.absolute.join(relative) }
    }

    /// The real places of the site's folders, each with its path from the site's folder: some systems name these in their
    /// events, whatever they were asked to watch.
    pub(super) fn real_places(&self) -> Vec<(PathBuf, PathBuf)> {
        let names = TREES.into_iter().chain([""]).map(Path::new);
        let places = names.filter_map(|name| Some((self.location(name).canonicalize().ok()?, name.to_owned())));
        [(self.absolute.clone(), PathBuf::new())].into_iter().chain(places).collect()
    }
}

/// What a path from the site's folder is to the site, if it is anything.
pub(super) fn part(relative: &Path) -> Option<Part> {
    let mut components = relative.components().map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    let Some(first) = components.next() else { return Some(Part::Top) };
    let first = first?;
    let is_tree = TREES.contains(&&*first);
    let mut depth = 1;
    for name in components {
        if !is_tree || is_litter(&name?) {
            return None;
        }
        depth += 1;
    }
    match depth {
        1 if is_tree => Some(Part::Top),
        1 => (first == settings::FILE).then_some(Part::Inner),
        _ => Some(Part::Inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sites_own_files_matter() {
        for (path, expected) in [
            ("", Some(Part::Top)),
            ("content", Some(Part::Top)),
            ("themes", Some(Part::Top)),
            ("guidepost.yaml", Some(Part::Inner)),
            ("content/a.md", Some(Part::Inner)),
            ("content/interviews/agenda.md", Some(Part::Inner)),
            ("content/.well-known/security.txt", Some(Part::Inner)),
            ("themes/mine/templates/page.html", Some(Part::Inner)),
            ("public", None),
            ("public/index.html", None),
            ("out/content/a.md", None),
            ("guidepost.yaml~", None),
            ("guidepost.yaml/x", None),
            (".guidepost.yaml.swp", None),
            ("4913", None),
            (".git/index", None),
            ("content/.git/index", None),
            ("content/.#a.md", None),
            ("content/a.md~", None),
            ("content/#a.md#", None),
            ("content/4913", None),
            ("content/a.md___jb_tmp___", None),
            ("themes/mine/node_modules/x/y.js", None),
            ("../elsewhere/content/a.md", None),
        ] {
            assert_eq!(part(Path::new(path)), expected, "{path}");
        }
    }
}
