//! The site's files by relative path: finding them and reading them.
//!
//! This is the reader, one of the few files that touch the world. It decides which files belong to a site and which
//! are litter; what is in them is left to others.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Place};
use crate::url::nfc;

/// A file of the author's, by its path relative to `content/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path from `content/`, with `/`, in NFC: what addresses and links are made of.
    pub path: Arc<str>,
    /// Where the file is on this machine.
    pub location: PathBuf,
    /// What it is.
    pub kind: SourceKind,
}

/// What a source is, told by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// An article: `.md` or `.markdown`.
    Markdown,
    /// Anything else: copied as it is.
    Asset,
}

/// All files below `content`, sorted by path, with what could not be taken in. Hidden files and editors' litter are
/// passed over.
pub fn discover(content: &Path) -> (Vec<Source>, Vec<Diagnostic>) {
    let mut sources = Vec::new();
    let mut diagnostics = Vec::new();
    let walk = WalkDir::new(content).follow_links(false).into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_litter(&entry.file_name().to_string_lossy())) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(content);
                diagnostics.push(unreadable(&shown_path(content, path), &error.to_string()));
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let place = || shown_path(content, entry.path());
        if entry.file_type().is_symlink() {
            if !links_within(content, entry.path()) {
                let message = "this link does not lead to a file inside the site, so it is left out";
                diagnostics.push(Diagnostic::warning("outside-link", message).at(Place::file(place())));
                continue;
            }
        } else if !entry.file_type().is_file() {
            let message = "this is neither a file nor a folder, so it is left out";
            diagnostics.push(Diagnostic::warning("not-a-file", message).at(Place::file(place())));
            continue;
        }
        let Some(relative) = entry.path().strip_prefix(content).ok().and_then(relative_path) else {
            let message = "this file's name is not Unicode, so it can have no address";
            diagnostics.push(Diagnostic::error("file-name", message).at(Place::file(place())).hint("rename the file"));
            continue;
        };
        let kind = if is_markdown(&relative) { SourceKind::Markdown } else { SourceKind::Asset };
        sources.push(Source { path: relative.into(), location: entry.into_path(), kind });
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    (sources, diagnostics)
}

/// Whether a path is a regular file, at the end of whatever links: reading anything else might never end.
pub fn is_file(path: &Path) -> io::Result<bool> {
    Ok(fs_err::metadata(path)?.is_file())
}

/// What the machine says of a file, without the path, which the message names already.
pub fn reason(error: &io::Error) -> String {
    let cause = std::error::Error::source(error).or_else(|| error.get_ref().and_then(|inner| inner.source()));
    cause.map_or_else(|| error.to_string(), |cause| cause.to_string())
}

/// A file's bytes.
pub fn read(location: &Path) -> io::Result<Vec<u8>> {
    fs_err::read(location)
}

/// One line of a text file, from 1, for showing it beside a message; `None` if it cannot be had.
pub fn line(location: &Path, number: u32) -> Option<String> {
    let bytes = fs_err::read(location).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').nth(number.checked_sub(1)? as usize).map(str::to_owned)
}

/// What tells one version of a file from the next without reading it: its size and the time of its last change.
pub fn version(location: &Path) -> String {
    match fs_err::metadata(location) {
        Ok(metadata) => format!("{} {:?}", metadata.len(), metadata.modified().ok()),
        Err(error) => error.to_string(),
    }
}

/// Width and height of a picture in pixels, from the first bytes of its file; `None` if it is no picture we know.
pub fn picture_size(location: &Path) -> Option<(u32, u32)> {
    let extension = location.extension()?.to_str()?.to_ascii_lowercase();
    if extension == "svg" {
        return svg_size(&fs_err::read(location).ok()?);
    }
    let size = imagesize::size(location).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// The size that an SVG's root element states, by `width` and `height` or else by its `viewBox`.
fn svg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let root = loop {
        match reader.read_event().ok()? {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => break tag,
            quick_xml::events::Event::Eof => return None,
            _ => {}
        }
    };
    let number = |text: &str| text.trim().trim_end_matches("px").parse::<f32>().ok().map(|n| n.round() as u32);
    let attribute = |name: &str| {
        let value = root.try_get_attribute(name).ok()??.value;
        Some(value.to_string())
    };
    let stated = attribute("width").as_deref().and_then(number).zip(attribute("height").as_deref().and_then(number));
    stated.or_else(|| {
        let view_box = attribute("viewBox")?;
        let numbers: Vec<u32> = view_box.split([' ', ',']).filter(|n| !n.is_empty()).filter_map(number).collect();
        Some((*numbers.get(2)?, *numbers.get(3)?))
    })
}

/// Every file below a folder with its path from there, sorted: a theme's templates and assets.
///
/// A folder that does not exist has no files.
pub fn read_folder(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in WalkDir::new(folder).into_iter().filter_entry(|e| e.depth() == 0 || !is_litter(&e.file_name().to_string_lossy()))
    {
        let entry = entry?;
        if entry.file_type().is_file()
            && let Some(path) = entry.path().strip_prefix(folder).ok().and_then(relative_path)
        {
            files.push((path, fs_err::read(entry.path())?));
        }
    }
    files.sort();
    Ok(files)
}

/// A path as part of an address: `/` between segments, in NFC. `None` if it is not Unicode.
fn relative_path(path: &Path) -> Option<String> {
    let mut relative = String::new();
    for component in path.components() {
        if !relative.is_empty() {
            relative.push('/');
        }
        relative.push_str(&nfc(component.as_os_str().to_str()?));
    }
    Some(relative)
}

fn is_markdown(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown"))
}

/// Hidden files, and what editors and operating systems leave behind.
fn is_litter(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || name.starts_with('#') && name.ends_with('#')
        || matches!(name, "4913" | "Thumbs.db" | "desktop.ini" | "node_modules")
        || [".swp", ".swx", ".swo", ".tmp", ".bak", "___jb_tmp___", "___jb_old___"].iter().any(|end| name.ends_with(end))
}

fn links_within(content: &Path, link: &Path) -> bool {
    match (content.canonicalize(), link.canonicalize()) {
        (Ok(content), Ok(target)) => target.starts_with(&content) && target.is_file(),
        _ => false,
    }
}

fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("unreadable", format!("this cannot be read: {reason}")).at(Place::file(path))
}

/// A path as messages name it: from the site's folder, so with `content/` in front.
fn shown_path(content: &Path, path: &Path) -> String {
    let folder = content.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let below = path.strip_prefix(content).unwrap_or(path).to_string_lossy().replace('\\', "/");
    format!("{folder}/{below}")
}
