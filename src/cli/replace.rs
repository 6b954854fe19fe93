//! A file of the author's, written or replaced as a whole: whoever reads it finds the old one or the new one.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;

/// Writes a file, by way of one beside it that takes its place when it is complete.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let written = write_synced(&beside, bytes).and_then(|()| {
        if let Ok(metadata) = fs::metadata(path) {
            fs::set_permissions(&beside, metadata.permissions())?;
        }
        fs::rename(&beside, path)
    });
    if written.is_err() {
        // What cannot be written as a whole leaves nothing; if even that fails there is nobody to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a file and sees that it is on the disk.
pub fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The name begins with a dot and ends with `.tmp`, so that nothing takes it for a part of the site.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.tmp"))
}
