//! The site's files by relative path: finding them and reading them.
//!
//! This is the reader, one of the few files that touch the world. It decides which files belong to a site and which
//! are litter; what is in them is left to others.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Place};
use crate::redirects;
use crate::text::with_line_feeds;
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
    /// Whether it is a link to another file of the site, which may change behind its back.
    pub is_link: bool,
}

impl Source {
    /// The whole file, as messages name it.
    pub fn place(&self) -> Place {
        Place::file(format!("content/{}", self.path))
    }
}

/// What a source is, told by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// An article: `.md` or `.markdown`.
    Markdown,
    /// The rules for old addresses.
    Redirects,
    /// Anything else: copied as it is.
    Asset,
}

/// All files below `content`, sorted by path, with what could not be taken in. Hidden files and editors' litter are
/// passed over.
pub fn discover(content: &Path) -> (Vec<Source>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let files = walk(content, content, &content_name(content), &mut diagnostics);
    (files.into_iter().map(Found::into_source).collect(), diagnostics)
}

/// What [`discover`] would find at and below one path within `content`, which may not exist.
pub fn discover_at(content: &Path, path: &Path) -> (Vec<Source>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let files = walk(content, &content.join(path), &content_name(content), &mut diagnostics);
    (files.into_iter().map(Found::into_source).collect(), diagnostics)
}

/// Where a change at a path within `content` is to be looked at: the path itself, or the first step on the way that is
/// no folder, because what is beyond it is not of the site. `None` if the path is litter.
pub fn reach(content: &Path, path: &Path) -> Option<PathBuf> {
    let mut reached = PathBuf::new();
    for step in path.components() {
        let std::path::Component::Normal(name) = step else { return None };
        if is_litter(&name.to_string_lossy()) {
            return None;
        }
        reached.push(name);
        let is_folder = fs_err::symlink_metadata(content.join(&reached)).is_ok_and(|metadata| metadata.is_dir());
        if !is_folder {
            break;
        }
    }
    Some(reached)
}

/// A path within `content` as the path of a source, and as messages name it.
pub fn names_of(content: &Path, path: &Path) -> (Option<String>, String) {
    (relative_path(path), shown_path(&content_name(content), content, &content.join(path)))
}

fn content_name(content: &Path) -> String {
    content.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A file that was found.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    /// The path from the folder, with `/`, in NFC.
    path: String,
    location: PathBuf,
    is_link: bool,
}

impl Found {
    fn into_source(self) -> Source {
        let kind = match &*self.path {
            redirects::FILE => SourceKind::Redirects,
            path if is_markdown(path) => SourceKind::Markdown,
            _ => SourceKind::Asset,
        };
        Source { path: self.path.into(), location: self.location, kind, is_link: self.is_link }
    }
}

/// The regular files at and below `start`, which is a folder or within it, by their paths from the folder, sorted. `name`
/// is what messages call the folder.
///
/// Links are followed only to files within the folder; what is no file is never opened, as reading it might never end.
fn walk(folder: &Path, start: &Path, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Found> {
    let mut files = Vec::new();
    let mut last_folder = start.to_owned();
    // The folder itself may stand elsewhere.
    let entries = WalkDir::new(start).follow_links(false).follow_root_links(start == folder).into_iter();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_litter(&entry.file_name().to_string_lossy())) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if start != folder && error.depth() == 0 && is_missing(error.io_error()) => continue,
            Err(error) => {
                // Of a folder that stops in the middle the walk knows only the depth: the last one seen is the one.
                let path = error.path().map_or_else(|| last_folder.clone(), Path::to_owned);
                let reason = error.io_error().map_or_else(|| error.to_string(), |error| error.to_string());
                let problem = Diagnostic::error("unreadable", format!("this cannot be read: {reason}"));
                let hint = "see that you may read it; a folder must be one that you may open, too";
                diagnostics.push(problem.at(Place::file(shown_path(name, folder, &path))).hint(hint));
                continue;
            }
        };
        if entry.file_type().is_dir() {
            last_folder = entry.into_path();
            continue;
        }
        let place = || Place::file(shown_path(name, folder, entry.path()));
        let is_link = entry.file_type().is_symlink();
        if is_link {
            if let Err(message) = links_within(folder, entry.path()) {
                let hint = "put a copy of the file here, or take the link away";
                diagnostics.push(Diagnostic::warning("outside-link", message).at(place()).hint(hint));
                continue;
            }
        } else if !entry.file_type().is_file() {
            let message = "this is neither a file nor a folder, so it is left out";
            diagnostics.push(Diagnostic::warning("not-a-file", message).at(place()).hint("move it out of here"));
            continue;
        }
        match entry.path().strip_prefix(folder).ok().and_then(relative_path) {
            Some(path) => files.push(Found { path, location: entry.into_path(), is_link }),
            None => {
                let message = "this file's name is not Unicode, so it can have no address";
                diagnostics.push(Diagnostic::error("file-name", message).at(place()).hint("rename the file"));
            }
        }
    }
    files.sort();
    files
}

/// What stands at a path, links not followed; `None` if nothing does. What cannot be looked at is not taken for nothing.
pub fn look(path: &Path) -> io::Result<Option<std::fs::Metadata>> {
    unless_missing(fs_err::symlink_metadata(path))
}

/// What was read or looked at; `None` if it is not there.
pub fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        // Where a folder should be, a file may be; what would be below it is not there either.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether there is anything at a location.
pub fn is_there(location: &Path) -> bool {
    fs_err::symlink_metadata(location).is_ok()
}

/// Whether there is nothing where something was looked for.
fn is_missing(error: Option<&io::Error>) -> bool {
    error.is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// All folders below `content`, by their paths from there, sorted; hidden ones and links are passed over.
pub fn folders(content: &Path) -> Vec<(String, PathBuf)> {
    let entries = WalkDir::new(content).follow_links(false).min_depth(1).into_iter();
    let mut folders: Vec<(String, PathBuf)> = entries
        .filter_entry(|entry| entry.file_type().is_dir() && !is_litter(&entry.file_name().to_string_lossy()))
        .filter_map(|entry| {
            let location = entry.ok()?.into_path();
            Some((relative_path(location.strip_prefix(content).ok()?)?, location))
        })
        .collect();
    folders.sort();
    folders
}

/// Whether a path is a regular file, at the end of whatever links: reading anything else might never end.
pub fn is_file(path: &Path) -> io::Result<bool> {
    Ok(fs_err::metadata(path)?.is_file())
}

/// A file that was found and cannot be read.
pub fn unreadable(error: &io::Error) -> Diagnostic {
    if error.kind() == io::ErrorKind::NotFound {
        return Diagnostic::error("unreadable", "this file went while the site was being built").hint("build again");
    }
    if error.kind() == io::ErrorKind::FileTooLarge {
        let message = format!("this file has more than {} MiB, which nobody could read", LARGEST_TEXT >> 20);
        let hint = "split it; if it is no article, give its name another ending than `.md`";
        return Diagnostic::error("too-large", message).hint(hint);
    }
    Diagnostic::error("unreadable", format!("this file cannot be read: {}", reason(error)))
        .hint("see that you may read it, and that no other program keeps it to itself")
}

/// What the machine says of a file, without the path, which the message names already.
fn reason(error: &io::Error) -> String {
    let cause = std::error::Error::source(error).or_else(|| error.get_ref().and_then(|inner| inner.source()));
    cause.map_or_else(|| error.to_string(), |cause| cause.to_string())
}

/// The most bytes that a text may have: far more than anybody reads, and little enough to hold in memory.
pub const LARGEST_TEXT: u64 = 64 << 20;

/// The bytes of a text, of which there may not be too many.
pub fn read(location: &Path) -> io::Result<Vec<u8>> {
    read_version(location).map(|(bytes, _)| bytes)
}

/// The bytes of a text, and which version of it they are.
pub fn read_version(location: &Path) -> io::Result<(Vec<u8>, Version)> {
    let file = fs_err::File::open(location)?;
    // Asked first: a file that changes while it is read is another version to whoever asks next.
    let version = Version::of(&file.metadata()?);
    if version.size > LARGEST_TEXT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // It may grow while it is read.
    let mut bytes = Vec::with_capacity(version.size as usize + 1);
    file.take(LARGEST_TEXT).read_to_end(&mut bytes)?;
    Ok((bytes, version))
}

/// One line of a text file, from 1, for showing it beside a message; `None` if it cannot be had.
pub fn line(location: &Path, number: u32) -> Option<String> {
    let bytes = fs_err::read(location).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    with_line_feeds(text).split('\n').nth(number.checked_sub(1)? as usize).map(str::to_owned)
}

/// What tells one version of a file from the next without reading it: its size and the time of its last change. The
/// default is that of a file that cannot be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version {
    size: u64,
    changed: Option<SystemTime>,
}

impl Version {
    /// Of a file as it is now.
    pub fn at(location: &Path) -> Version {
        fs_err::metadata(location).map_or_else(|_| Version::default(), |metadata| Version::of(&metadata))
    }

    fn of(metadata: &Metadata) -> Version {
        Version { size: metadata.len(), changed: metadata.modified().ok() }
    }

    /// For making a digest of it.
    pub fn to_bytes(self) -> [u8; 25] {
        let mut bytes = [0; 25];
        let changed = self.changed.map(|time| match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => (1, after.as_nanos()),
            Err(before) => (2, before.duration().as_nanos()),
        });
        let (sign, nanoseconds) = changed.unwrap_or_default();
        bytes[0] = sign;
        bytes[1..9].copy_from_slice(&self.size.to_le_bytes());
        bytes[9..].copy_from_slice(&nanoseconds.to_le_bytes());
        bytes
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Width and height of a picture in pixels, from the first bytes of its file; `None` if it is no picture we know.
pub fn picture_size(location: &Path) -> io::Result<Option<(u32, u32)>> {
    let Some(extension) = location.extension().and_then(|extension| extension.to_str()) else { return Ok(None) };
    if extension.eq_ignore_ascii_case("svg") {
        return Ok(svg_size(&fs_err::read(location)?));
    }
    match imagesize::size(location) {
        Ok(size) => Ok(u32::try_from(size.width).ok().zip(u32::try_from(size.height).ok())),
        // A file that ends too soon is no picture; one that cannot be read may be one.
        Err(imagesize::ImageError::IoError(error)) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
        Err(_) => Ok(None),
    }
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

/// The names of the themes in a folder.
pub fn theme_names(themes: &Path) -> BTreeSet<String> {
    let entries = fs_err::read_dir(themes).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter(|entry| entry.path().is_dir()).filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| !is_litter(name)).collect()
}

/// Every file of a theme's folder with its path from there, sorted: templates and assets. What cannot be taken in is
/// reported; so is a folder that cannot be looked at, which is not the same as one that is not there: `None`.
pub fn read_theme(folder: &Path, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<(String, Vec<u8>)>> {
    match fs_err::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            diagnostics.push(unreadable(&error).at(Place::file(name)));
            return Some(Vec::new());
        }
        Ok(found) if !found.is_dir() => return None,
        Ok(_) => {}
    }
    let mut files = Vec::new();
    for found in walk(folder, folder, name, diagnostics) {
        match read(&found.location) {
            Ok(bytes) => files.push((found.path, bytes)),
            Err(error) => diagnostics.push(unreadable(&error).at(Place::file(shown_path(name, folder, &found.location)))),
        }
    }
    Some(files)
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

/// Whether a name is an article's.
pub fn is_markdown(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown"))
}

/// Hidden files, and what editors and operating systems leave behind. `.well-known` is an address that others rely on
/// (RFC 8615).
pub fn is_litter(name: &str) -> bool {
    name.starts_with('.') && name != ".well-known"
        || name.ends_with('~')
        || name.starts_with('#') && name.ends_with('#')
        || matches!(name, "4913" | "Thumbs.db" | "desktop.ini" | "node_modules")
        || [".swp", ".swx", ".swo", ".tmp", ".bak", "___jb_tmp___", "___jb_old___"].iter().any(|end| name.ends_with(end))
}

/// Whether a link leads to a file of the same folder, and if not, why it is left out.
fn links_within(folder: &Path, link: &Path) -> Result<(), &'static str> {
    let (Ok(folder), Ok(target)) = (folder.canonicalize(), link.canonicalize()) else {
        return Err("this link leads nowhere, so it is left out");
    };
    if target.is_dir() {
        Err("this is a link to a folder, which could go round in a circle, so it is left out")
    } else if !target.is_file() {
        Err("this link leads to something that is no file, so it is left out")
    } else if !target.starts_with(&folder) {
        Err("this link leads out of the site, so it is left out")
    } else {
        Ok(())
    }
}

/// A path as messages name it: from the site's folder.
fn shown_path(name: &str, folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if below.is_empty() { name.to_owned() } else { format!("{name}/{below}") }
}
