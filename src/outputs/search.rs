//! The files of the search index: the root at its fixed address, all others at addresses that change with their content.
//!
//! What is in them is the search's own business (`search/FORMAT.md`).

use super::Content;
use crate::plan::Snapshot;
use crate::search::files::{FOLDER, File, NAMED, ROOT};
use crate::url::Url;

/// One file of the index.
#[derive(Debug, PartialEq)]
pub struct SearchFile {
    /// Among the files of the snapshot's index.
    index: usize,
    url: Url,
}

/// Where the root of the index is: the one address that a page may mention.
pub fn root_url() -> Url {
    url(ROOT)
}

/// The folder of all other files of the index, with a slash at the end.
pub fn named_folder() -> Url {
    url("")
}

fn url(name: &str) -> Url {
    Url::file(&if name == ROOT { format!("{FOLDER}/{ROOT}") } else { format!("{FOLDER}/{NAMED}/{name}") })
}

impl SearchFile {
    /// Every file of an index.
    pub fn plan(files: &[File]) -> Vec<SearchFile> {
        files.iter().enumerate().map(|(index, file)| SearchFile { index, url: url(&file.name) }).collect()
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The file.
    pub fn compose(&self, snapshot: &Snapshot) -> Content {
        snapshot.search.get(self.index).map(|file| file.bytes.clone()).unwrap_or_default().into()
    }
}
