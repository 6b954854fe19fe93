//! What lies in a folder, as a value that can be compared: every file by size and hash, every folder, every link.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::fs;
use std::path::Path;

/// Guidepost's own folder in an output folder: readers of a site never see it.
pub const OWN: &str = ".guidepost";

#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    File {
        size: u64,
        hash: guidepost::digest::Digest,
    },
    Folder,
    /// With what it says, which need not be there.
    Link(String),
    /// A pipe, a socket, a device.
    Other,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::File { size, hash } => write!(f, "a file of {size} bytes ({})", hash.short()),
            Node::Folder => f.write_str("a folder"),
            Node::Link(target) => write!(f, "a link to {target}"),
            Node::Other => f.write_str("neither file nor folder"),
        }
    }
}

/// Everything below a folder, by path from there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree(BTreeMap<String, Node>);

impl Tree {
    /// Everything there is. A folder that does not exist holds nothing.
    pub fn of(folder: &Path) -> Tree {
        Tree::without(folder, &[])
    }

    /// What a reader of the site in this folder can see.
    pub fn visible(output: &Path) -> Tree {
        Tree::without(output, &[OWN])
    }

    /// Everything but what has one of these names at the top.
    pub fn without(folder: &Path, hidden: &[&str]) -> Tree {
        let mut tree = Tree::default();
        let mut pending = vec![(folder.to_owned(), String::new())];
        while let Some((folder, prefix)) = pending.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries.map(Result::unwrap) {
                let name = entry.file_name().to_string_lossy().into_owned();
                if prefix.is_empty() && hidden.contains(&name.as_str()) {
                    continue;
                }
                let path = format!("{prefix}{name}");
                let node = look(&entry.path());
                if node == Node::Folder {
                    pending.push((entry.path(), format!("{path}/")));
                }
                tree.0.insert(path, node);
            }
        }
        tree
    }

    /// The same without one of its files.
    pub fn but(&self, path: &str) -> Tree {
        let mut tree = self.clone();
        tree.0.remove(path).unwrap_or_else(|| panic!("there is no `{path}` to leave out"));
        tree
    }

    /// The same without files that were on their way to their place: `.a.md.tmp`.
    pub fn but_beside(&self) -> Tree {
        let is_beside = |path: &str| path.rsplit('/').next().is_some_and(|name| name.starts_with('.') && name.ends_with(".tmp"));
        Tree(self.0.iter().filter(|(path, _)| !is_beside(path)).map(|(path, node)| (path.clone(), node.clone())).collect())
    }

    pub fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// How this tree differs from what was expected, if it does.
    pub fn check(&self, expected: &Tree) -> Result<(), String> {
        if self == expected { Ok(()) } else { Err(self.difference(expected)) }
    }

    /// Fails the test, with the first few differences, unless both are the same.
    pub fn assert_is(&self, expected: &Tree, context: &str) {
        self.check(expected).unwrap_or_else(|difference| panic!("{context}: {difference}"));
    }

    /// The first few differences in words.
    pub fn difference(&self, expected: &Tree) -> String {
        let mut differences = Vec::new();
        for (path, node) in &self.0 {
            match expected.0.get(path) {
                None => differences.push(format!("`{path}` should not be there")),
                Some(other) if other != node => differences.push(format!("`{path}` is {node:?} instead of {other:?}")),
                Some(_) => {}
            }
        }
        differences.extend(expected.0.keys().filter(|path| !self.has(path)).map(|path| format!("`{path}` is missing")));
        let mut text = format!("{} differences", differences.len());
        for difference in differences.iter().take(5) {
            let _ = write!(text, "; {difference}");
        }
        text
    }

    /// What is torn or lost, if this is what is left of a move from one tree to another: every file must be one of
    /// theirs, byte for byte, and a file that both have must be there at every moment.
    pub fn wrong_between(&self, old: &Tree, new: &Tree) -> Option<String> {
        let is_file = |node: &Node| matches!(node, Node::File { .. });
        for (path, node) in self.0.iter().filter(|(_, node)| **node != Node::Folder) {
            let known = [old, new].into_iter().filter_map(|tree| tree.0.get(path));
            if !known.clone().any(|known| known == node) {
                return Some(format!("`{path}` is {node:?}, which is neither of {:?}", known.collect::<Vec<_>>()));
            }
        }
        let lasting = old.0.iter().filter(|(path, node)| is_file(node) && new.0.get(*path).is_some_and(is_file));
        lasting.map(|(path, _)| path).find(|path| !self.has(path)).map(|path| format!("`{path}` is gone"))
    }
}

impl Tree {
    /// What is torn or lost, if this is what is left of files that were moved and changed: every file must be whole, wherever it
    /// stands, and a path that both trees have must be there at every moment.
    pub fn strange_between(&self, old: &Tree, new: &Tree) -> Option<String> {
        let is_known = |node: &Node| *node == Node::Folder || old.0.values().chain(new.0.values()).any(|known| known == node);
        let torn =
            self.0.iter().find(|(_, node)| !is_known(node)).map(|(path, node)| format!("`{path}` is {node:?}, as none was"));
        let lasting = old.0.keys().filter(|path| new.has(path));
        torn.or_else(|| lasting.clone().find(|path| !self.has(path)).map(|path| format!("`{path}` is gone")))
    }
}

fn look(path: &Path) -> Node {
    let metadata = path.symlink_metadata().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let kind = metadata.file_type();
    if kind.is_dir() {
        Node::Folder
    } else if kind.is_symlink() {
        Node::Link(fs::read_link(path).unwrap().to_string_lossy().into_owned())
    } else if kind.is_file() {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Node::File { size: bytes.len() as u64, hash: guidepost::digest::Digest::of(&bytes) }
    } else {
        Node::Other
    }
}
