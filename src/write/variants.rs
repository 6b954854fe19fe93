//! Smaller variants beside the texts of a site, for hosts that send them as they lie there (`build --precompress`).
//!
//! A variant is a file of ours like any other: staged with the rest, named in the manifest, in nobody's way. How it is made
//! is told in `compress`.

use std::collections::BTreeMap;

use fs_err as fs;
use rustc_hash::FxHashSet;

use super::manifest::{Entry, Origin};
use super::{Change, Fate, OWN, Publication, PublishError, STAGE};
use crate::compress::{self, Coding};
use crate::digest::Digest;
use crate::url::fold_case;

/// What precompressed texts save whoever reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saving {
    /// How many texts have a variant.
    pub files: usize,
    /// Their bytes.
    pub plain: u64,
    /// The bytes that are sent to whoever takes Brotli.
    pub brotli: u64,
    /// The bytes that are sent to whoever takes gzip.
    pub gzip: u64,
}

impl Saving {
    /// Of the files of a manifest.
    pub(super) fn of(files: &BTreeMap<String, Entry>) -> Saving {
        let mut saving = Saving::default();
        let version = Some(compress::version());
        let size = |path: &str, coding: Coding| {
            let variant = files.get(&format!("{path}{}", coding.suffix()))?;
            (variant.origin.view == version).then(|| variant.stamp.size())
        };
        for (path, entry) in files.iter().filter(|(path, _)| compress::is_text(path)) {
            let (brotli, gzip) = (size(path, Coding::Brotli), size(path, Coding::Gzip));
            if brotli.is_some() || gzip.is_some() {
                let plain = entry.stamp.size();
                saving.files += 1;
                saving.plain += plain;
                saving.brotli += brotli.unwrap_or(plain);
                saving.gzip += gzip.unwrap_or(plain);
            }
        }
        saving
    }
}

/// The paths at which no variant may be, because the site has a file or folder of its own there: whoever puts a
/// `list.csv.gz` beside their `list.csv` means it to be as it is.
#[derive(Debug)]
pub(super) struct Taken(FxHashSet<String>);

impl Taken {
    /// By what is planned.
    pub(super) fn by(paths: impl Iterator<Item = String>) -> Taken {
        let mut taken = FxHashSet::default();
        for path in paths {
            let path = fold_case(&path);
            let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
            taken.extend(ends.map(|end| &path[..end]).filter(|path| compress::variant(path).is_some()).map(str::to_owned));
        }
        Taken(taken)
    }

    fn holds(&self, path: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&fold_case(path))
    }
}

impl Publication {
    /// Asks for variants beside the texts, but at none of the paths of the site's own files.
    #[must_use]
    pub fn precompressed(mut self, paths: impl Iterator<Item = String>) -> Publication {
        self.variants = Some(Taken::by(paths));
        self
    }

    /// Takes the variants of an output that was taken, if they are asked for: makes those that are not there already, and
    /// puts them beside their places. May be called from many threads.
    pub fn stage_variants(&self, change: &Change) -> Result<Vec<Change>, PublishError> {
        let mut variants = Vec::new();
        let Some(taken) = self.variants.as_ref().filter(|_| compress::is_text(&change.path)) else { return Ok(variants) };
        let view = Some(compress::version());
        let mut text = None;
        for coding in Coding::ALL {
            let path = format!("{}{}", change.path, coding.suffix());
            if taken.holds(&path) {
                continue;
            }
            // Beside a file that is as the manifest says stands a variant of it, if that is as the manifest says.
            let is_of_kept = change.fate == Fate::Kept;
            if let Some(kept) = self.keep(&path, |standing| is_of_kept && standing.view == view) {
                variants.push(kept);
                continue;
            }
            let text: &Vec<u8> = match &mut text {
                Some(text) => text,
                none => none.insert(self.read(change)?),
            };
            let origin = Origin { bodies: Digest::of(text), view };
            if let Some(kept) = self.keep(&path, |standing| standing == origin) {
                variants.push(kept);
            } else if let Some(made) = coding.compress(text) {
                variants.push(self.stage(&path, made.into(), origin)?);
            } else {
                // A text for which gzip does nothing is so short that Brotli does next to nothing. With one variant alone, some
                // servers would keep silent about it to whoever cannot have that.
                break;
            }
        }
        Ok(variants)
    }

    /// What an output that was taken says.
    fn read(&self, change: &Change) -> Result<Vec<u8>, PublishError> {
        let folder = match change.fate {
            Fate::Staged => self.output.join(OWN).join(STAGE),
            Fate::Same | Fate::Kept => self.output.clone(),
        };
        Ok(fs::read(folder.join(&change.path))?)
    }
}
