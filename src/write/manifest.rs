//! The manifest: every file that Guidepost wrote into an output folder, how it was left, and what it was made from.
//!
//! It says what may be replaced and removed, so it is read with suspicion. When it is written is left to the publication.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use fs_err as fs;

use super::PublishError;
use crate::digest::{Digest, Digester};

/// The first line of every manifest: what it is, and which form it has.
const HEADER: &str = "guidepost manifest 2";

/// Every file that Guidepost wrote.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) fingerprint: Fingerprint,
    /// The files by path, with `/`, from the output folder.
    pub(super) files: BTreeMap<String, Entry>,
}

/// One file: how it was left, and what it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) stamp: Stamp,
    pub(super) origin: Origin,
}

/// What an output was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// Of the files whose bodies it shows.
    pub bodies: Digest,
    /// Of its view, if it is a page.
    pub view: Option<Digest>,
}

/// What a whole site was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fingerprint {
    /// Everything. Two equal ones make equal sites.
    pub all: Digest,
    /// Everything but the bodies. Between two equal ones an output differs only if the bodies that it shows do.
    pub heads: Digest,
}

impl Fingerprint {
    /// Of the same site with smaller variants beside its texts.
    #[must_use]
    pub(super) fn precompressed(self) -> Fingerprint {
        Fingerprint { all: Digester::default().add(&self.all.to_bytes()).add(b"precompressed").finish(), ..self }
    }
}

/// Size in bytes and time of the last change in nanoseconds since 1970: enough to see that nobody touched a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    changed: u128,
}

impl Stamp {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn of(path: &Path) -> Option<Stamp> {
        std::fs::symlink_metadata(path).ok().filter(|metadata| metadata.is_file()).map(|metadata| Stamp::from(&metadata))
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
    /// Reads the manifest at a path; `None` if there is none. One that this version does not know is refused.
    pub(super) fn read(path: &Path) -> Result<Option<Manifest>, PublishError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(unknown(path)),
            Err(error) => return Err(error.into()),
        };
        Manifest::parse(&text).map(Some).ok_or_else(|| unknown(path))
    }

    fn parse(text: &str) -> Option<Manifest> {
        let mut lines = text.lines();
        if lines.next()? != HEADER {
            return None;
        }
        let (all, heads) = lines.next()?.split_once(' ')?;
        let fingerprint = Fingerprint { all: Digest::parse(all)?, heads: Digest::parse(heads)? };
        let mut files = BTreeMap::new();
        for line in lines {
            let (path, entry) = parse_line(line)?;
            files.insert(path.to_owned(), entry);
        }
        Some(Manifest { fingerprint, files })
    }

    /// Writes it whole or not at all, and not before it is safe on the disk: what is done next relies on it.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = format!("{HEADER}\n{} {}\n", self.fingerprint.all, self.fingerprint.heads);
        for (path, Entry { stamp, origin }) in &self.files {
            let view = origin.view.map_or_else(|| "-".to_owned(), |view| view.to_string());
            text.push_str(&format!("{} {} {} {view} {path}\n", stamp.size, stamp.changed, origin.bodies));
        }
        let beside = beside(path);
        let written = write_to_disk(&beside, text.as_bytes()).and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            tidy(path);
        }
        written
    }
}

/// Removes what a build that was killed while it wrote a manifest has left. Failing to harms nothing.
pub(super) fn tidy(path: &Path) {
    let _ = std::fs::remove_file(beside(path));
}

/// Where a manifest is written before it takes its place.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("new")
}

fn write_to_disk(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn parse_line(line: &str) -> Option<(&str, Entry)> {
    let mut fields = line.splitn(5, ' ');
    let stamp = Stamp { size: fields.next()?.parse().ok()?, changed: fields.next()?.parse().ok()? };
    let bodies = Digest::parse(fields.next()?)?;
    let view = match fields.next()? {
        "-" => None,
        view => Some(Digest::parse(view)?),
    };
    let path = fields.next()?;
    // A manifest says what may be deleted, so a path in it must not lead out of the folder.
    let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    (is_below && !path.is_empty()).then_some((path, Entry { stamp, origin: Origin { bodies, view } }))
}

fn unknown(path: &Path) -> PublishError {
    PublishError::Refused(format!(
        "{} is not a manifest that this version of Guidepost knows; empty the output folder and build again",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            paths in proptest::collection::btree_map("[a-zé./ -]{0,4}[a-z]", (0_u64.., 0_u128.., proptest::option::of("[a-z]{0,4}")), 0..20),
            (all, heads) in ("[a-z]{0,4}", "[a-z]{0,4}"),
        ) {
            let of = |text: &str| Digest::of(text.as_bytes());
            let fingerprint = Fingerprint { all: of(&all), heads: of(&heads) };
            let is_sound = |path: &str| Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
            let files: BTreeMap<String, Entry> = paths
                .into_iter()
                .filter(|(path, _)| is_sound(path))
                .map(|(path, (size, changed, digest))| (path, Entry { stamp: Stamp { size, changed }, origin: Origin { bodies: of("bodies"), view: digest.map(|text| of(&text)) } }))
                .collect();
            let folder = tempfile::tempdir().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let path = folder.path().join("manifest");
            let written = Manifest { fingerprint, files };
            written.write(&path).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let read = Manifest::read(&path).ok().flatten().unwrap_or_default();
            prop_assert_eq!(read.fingerprint, written.fingerprint);
            prop_assert_eq!(read.files, written.files);
        }

        #[test]
        fn a_damaged_manifest_is_refused_or_names_only_files_below(text in "(guidepost manifest 2\n([0-9a-f]{1,32} [0-9a-f]{1,32}\n)?)?\\PC{0,20}\n?([0-9]{1,3} [0-9]{1,3} [0-9a-f]{1,32} (-|[0-9a-f]{1,32}) [a-z./]{0,12}\n){0,4}") {
            if let Some(manifest) = Manifest::parse(&text) {
                prop_assert!(manifest.files.keys().all(|path| !path.contains("..") || !path.split('/').any(|part| part == "..")));
                prop_assert!(manifest.files.keys().all(|path| !path.starts_with('/') && !path.is_empty()));
            }
        }
    }
}
