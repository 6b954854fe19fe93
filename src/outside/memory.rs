//! The addresses that were good lately, in a file beside the site, so that nobody is asked the same thing every day.
//!
//! Nothing depends on it: a file that is missing, old or odd means that more is asked.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use fs_err as fs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::ask::Verdict;
use crate::source;

/// As long is what was good taken to be good.
const DAYS: i64 = 7;

pub(super) struct Memory {
    file: Option<PathBuf>,
    now: Timestamp,
    good: BTreeMap<String, Good>,
    /// Whether it knows more than the file.
    is_new: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Good {
    /// In seconds since 1970.
    asked: i64,
    /// Where it has moved to for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moved: Option<String>,
}

/// The file: another form of it is passed over.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    good: BTreeMap<String, Good>,
}

const VERSION: u32 = 1;

impl Memory {
    pub(super) fn read(file: Option<PathBuf>, now: Timestamp) -> Memory {
        let bytes = file.as_ref().and_then(|file| source::read(file).ok());
        let written = bytes.and_then(|bytes| serde_json::from_slice::<Written>(&bytes).ok());
        let mut good = written.filter(|written| written.version == VERSION).map(|written| written.good).unwrap_or_default();
        good.retain(|_, good| (0..DAYS * 24 * 60 * 60).contains(&now.as_second().saturating_sub(good.asked)));
        Memory { file, now, good, is_new: false }
    }

    /// What is known of an address.
    pub(super) fn recall(&self, url: &Url) -> Option<Verdict> {
        let good = self.good.get(url.as_str())?;
        Some(good.moved.clone().map_or(Verdict::Good, Verdict::Moved))
    }

    pub(super) fn note(&mut self, url: &Url, verdict: &Verdict) {
        let moved = match verdict {
            Verdict::Good => None,
            Verdict::Moved(to) => Some(to.clone()),
            Verdict::Dead(_) | Verdict::NoHost | Verdict::Unsure(_) | Verdict::Private => return,
        };
        self.good.insert(url.to_string(), Good { asked: self.now.as_second(), moved });
        self.is_new = true;
    }

    /// Writes it down, whole or not at all.
    pub(super) fn write(self) -> io::Result<()> {
        let Some(file) = self.file.filter(|_| self.is_new) else { return Ok(()) };
        let bytes = serde_json::to_vec_pretty(&Written { version: VERSION, good: self.good })?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let new = file.with_extension(format!("{}.tmp", std::process::id()));
        fs::write(&new, bytes)?;
        fs::rename(&new, &file).inspect_err(|_| {
            let _ = fs::remove_file(&new);
        })
    }
}
