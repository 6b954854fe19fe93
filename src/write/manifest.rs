//! The manifest: every file that Guidepost wrote into an output folder, how it was left, and what it was made from.
//!
//! It says what may be replaced and removed, so it is read with suspicion. When it is written is left to the publication.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Component, Path};
use std::time::UNIX_EPOCH;

use fs_err as fs;

use super::PublishError;
use crate::digest::Digest;

/// The first line of every manifest: what it is, and which form it has.
const HEADER: &str = "guidepost manifest 2";

/// Every file that Guidepost wrote.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// Of everything the site was made from.
    pub(super) fingerprint: String,
    /// The files by path, with `/`, from the output folder.
    pub(super) files: BTreeMap<String, Entry>,
}

/// One file: how it was left, and what it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) stamp: Stamp,
    /// The digest of the view that it shows, if it shows one.
    pub(super) digest: Option<Digest>,
}

/// Size in bytes and time of the last change in nanoseconds since 1970: enough to see that nobody touched a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    changed: u128,
}

impl Stamp {
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
        let fingerprint = lines.next()?.to_owned();
        let mut files = BTreeMap::new();
        for line in lines {
            let (path, entry) = parse_line(line)?;
            files.insert(path.to_owned(), entry);
        }
        Some(Manifest { fingerprint, files })
    }

    /// Writes it whole or not at all, and not before it is safe on the disk: what is done next relies on it.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = format!("{HEADER}\n{}\n", self.fingerprint);
        for (path, Entry { stamp, digest }) in &self.files {
            let digest = digest.map_or_else(|| "-".to_owned(), |digest| digest.to_string());
            text.push_str(&format!("{} {} {digest} {path}\n", stamp.size, stamp.changed));
        }
        let beside = path.with_extension("new");
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    }
}

fn parse_line(line: &str) -> Option<(&str, Entry)> {
    let mut fields = line.splitn(4, ' ');
    let stamp = Stamp { size: fields.next()?.parse().ok()?, changed: fields.next()?.parse().ok()? };
    let digest = match fields.next()? {
        "-" => None,
        digest => Some(Digest::parse(digest)?),
    };
    let path = fields.next()?;
    // A manifest says what may be deleted, so a path in it must not lead out of the folder.
    let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    (is_below && !path.is_empty()).then_some((path, Entry { stamp, digest }))
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
            fingerprint in "[0-9a-f]{0,64}",
        ) {
            let is_sound = |path: &str| Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
            let files: BTreeMap<String, Entry> = paths
                .into_iter()
                .filter(|(path, _)| is_sound(path))
                .map(|(path, (size, changed, digest))| (path, Entry { stamp: Stamp { size, changed }, digest: digest.map(|text| Digest::of(text.as_bytes())) }))
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
        fn a_damaged_manifest_is_refused_or_names_only_files_below(text in "(guidepost manifest 2\n)?\\PC{0,20}\n?([0-9]{1,3} [0-9]{1,3} (-|[0-9a-f]{1,32}) [a-z./]{0,12}\n){0,4}") {
            if let Some(manifest) = Manifest::parse(&text) {
                prop_assert!(manifest.files.keys().all(|path| !path.contains("..") || !path.split('/').any(|part| part == "..")));
                prop_assert!(manifest.files.keys().all(|path| !path.starts_with('/') && !path.is_empty()));
            }
        }
    }
}
