//! `guidepost import wordpress`: opens exports and the local copy of their files, and hands them on.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use flate2::bufread::MultiGzDecoder;
use rustc_hash::FxHashSet;
use walkdir::WalkDir;

use super::super::{Context, Outcome, report};
use super::place::{Extras, Filling, Gathered, Place, Put, Refusal, unless_interrupted};
use super::{Common, check_base_url, refuse, tell, unreadable};
use crate::diagnostic::{self, Diagnostic, Severity, Span};
use crate::import::redirects::{self, Format, Redirect};
use crate::import::report::Report;
use crate::import::wordpress;
use crate::import::wordpress::wxr::{Broken, Export, Flaw, Item, Piece};
use crate::import::wordpress::{self as import, Asked, Catalogue};
use crate::pipeline::{Progress, batches};
use crate::url::{Base, Url};

/// The flags of `import wordpress`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The export, as WordPress wrote it (.xml, or .xml.gz); or its parts, in order
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// A copy of the blog's folder wp-content/uploads: what articles show is taken from there
    #[arg(long, value_name = "DIR")]
    media: Option<PathBuf>,
    /// Take items of this type too, besides posts and pages (more than once for more types)
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Put all posts into this folder of content/ [default: a folder for each category at the top]
    #[arg(long, value_name = "FOLDER")]
    section: Option<String>,
    /// Write all old addresses into this file as well, for the server that has the old ones: `_redirects`, nginx (.conf) or
    /// Apache (.htaccess)
    #[arg(long, value_name = "FILE")]
    redirects: Option<PathBuf>,
    /// Where a new site will stand: its `base_url`
    #[arg(short = 'u', long, value_name = "URL")]
    base_url: Option<String>,
    /// Take what stands before the place where an export is broken or cut off
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    common: Common,
}

/// Imports, and tells what became of everything.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let began = Instant::now();
    let result = report::with_progress(context, "Importing", |progress| import(context, arguments, progress));
    match result {
        Ok((report, finished)) => {
            tell(context, &report, &finished, began.elapsed());
            Outcome::Done
        }
        Err(refusal) => refuse(context, refusal),
    }
}

type Opened = Result<Export<Box<dyn Read + Send>>, Broken>;

fn import(context: &Context, arguments: &Arguments, progress: &Progress) -> Result<(Report, super::Finished), Refusal> {
    check_base_url(arguments.base_url.as_deref())?;
    let place = Place::open(context, &arguments.common)?;
    let mut asked = asked(context, arguments, &place)?;
    let exports: Vec<&PathBuf> = arguments.files.iter().collect();
    let sizes: Result<Vec<u64>, Refusal> = exports
        .iter()
        .map(|file| std::fs::metadata(file).map(|found| found.len()).map_err(|error| unreadable(file, &error)))
        .collect();
    let sizes = sizes?;
    progress.total.store(2 * kilobytes(sizes.iter().sum()), Ordering::Relaxed);
    let mut meter = Meter { progress, before: 0, last: 0 };
    let (catalogue, broken) = Catalogue::read(exports.iter().map(|file| open(file)), &asked, |position| {
        meter.show(position);
        !progress.is_stopped()
    });
    unless_interrupted(context)?;
    let mut told: Vec<String> = Vec::new();
    let mut known_broken = vec![false; exports.len()];
    for (number, broken) in broken {
        known_broken[number] = true;
        let problem = problem(exports[number], &broken);
        if !arguments.keep_going {
            return Err(problem);
        }
        if let Refusal::InFile(found) = problem {
            let (mut problem, line) = *found;
            told.push(problem.message.clone());
            problem.severity = Severity::Warning;
            context.output.error_in_line(&problem, Some(&line));
        }
    }
    if place.settings.is_none() {
        asked.author_keys = import::author_keys(&catalogue).into_iter().map(|(key, name)| (name.clone(), key)).collect();
        asked.language = catalogue.channel.language.clone();
    }
    let source = exports.iter().map(|file| file_name(file)).collect::<Vec<_>>().join(", ");
    let mut report = import::report(&catalogue, source);
    report.broken = told;
    let filling = place.begin()?;
    let size = progress.total.load(Ordering::Relaxed) as u64 / 2 * 1024;
    let mut reader = Items::new(&exports, known_broken, progress, size);
    let (gathered, redirects) = convert_all(arguments, &mut reader, &catalogue, &asked, &filling, &mut report)?;
    unless_interrupted(context)?;
    finish(arguments, catalogue, &asked, filling, gathered, redirects, report)
}

/// Turns every item into its article and puts it aside. The old addresses of articles are kept if somebody wants the table.
fn convert_all(
    arguments: &Arguments,
    reader: &mut Items<'_>,
    catalogue: &Catalogue,
    asked: &Asked,
    filling: &Filling<'_>,
    report: &mut Report,
) -> Result<(Gathered, Vec<Redirect>), Refusal> {
    let wants_table = arguments.redirects.is_some();
    let (mut gathered, mut redirects) = (Gathered::default(), Vec::new());
    let (mut failed, has_failed) = (None::<Refusal>, AtomicBool::new(false));
    batches::in_batches(
        || if has_failed.load(Ordering::Relaxed) { None } else { reader.batch() },
        |item| {
            // A mistake of ours with one article must not take the others down, and it must have a name.
            let converted = catch_unwind(AssertUnwindSafe(|| wordpress::convert(&item, catalogue, asked)));
            let Ok(converted) = converted else { return Err(stumbled(&item)) };
            let Some(imported) = converted else { return Ok(None) };
            Ok(Some(filling.put(imported)?))
        },
        |result: Result<Option<Put>, Refusal>| match result {
            Ok(None) => {}
            Ok(Some(put)) => {
                if wants_table {
                    let to = put.imported.url.to_string();
                    redirects.extend(put.imported.aliases.iter().map(|from| Redirect { from: from.clone(), to: to.clone() }));
                }
                gathered.take(put, report);
            }
            Err(refusal) => {
                has_failed.store(true, Ordering::Relaxed);
                failed.get_or_insert(refusal);
            }
        },
    );
    failed.or(reader.failed.take()).map_or(Ok((gathered, redirects)), Err)
}

fn stumbled(item: &Item) -> Refusal {
    let message = format!("Guidepost stumbled over the item with the number {}; this is a mistake in Guidepost", item.id);
    let problem =
        Diagnostic::error("internal", message).hint("please report it with the text of that item; nothing was imported");
    Refusal::Problem(problem, Outcome::Internal)
}

/// Writes the rest and moves everything in.
fn finish(
    arguments: &Arguments,
    catalogue: Catalogue,
    asked: &Asked,
    filling: Filling<'_>,
    mut gathered: Gathered,
    mut redirects: Vec<Redirect>,
    mut report: Report,
) -> Result<(Report, super::Finished), Refusal> {
    report.accounts.sort_by(|a, b| a.path.cmp(&b.path));
    let archives = import::archives(&catalogue, asked, &|name| gathered.files.contains(name));
    report.addresses = gathered.addresses + archives.len();
    let mut files: Vec<String> = std::mem::take(&mut gathered.files).into_iter().collect();
    files.sort();
    // The paths in the site's own file are below its root, wherever that is.
    let lines = redirects::lines(&archives);
    let base = asked.base_url.as_deref().and_then(|url| Base::parse(url).ok());
    let table = arguments.redirects.as_ref().map(|file| {
        redirects.extend(archives);
        let text =
            redirects::table(&redirects, Format::of(&file_name(file)), &base.unwrap_or_else(import::nowhere), &catalogue.base);
        (file.clone(), text)
    });
    let media = arguments.media.as_ref().map(|folder| uploads(folder)).transpose()?.unwrap_or_default();
    let extras = Extras {
        copies: files.into_iter().map(|file| (media.join(&file), format!("{}/{file}", import::UPLOADS))).collect(),
        sections: import::section_pages(&catalogue),
        settings: import::settings(&catalogue, arguments.base_url.as_deref()),
        redirects: lines,
        table,
    };
    // What there is is known by now, and large where there is much.
    drop(catalogue);
    let finished = filling.finish(&mut report, gathered, extras)?;
    Ok((report, finished))
}

/// The items of all exports, in batches.
struct Items<'a> {
    /// Those that are still to be read, each with whether it was found to be broken when it was read for the first time.
    exports: std::iter::Zip<std::slice::Iter<'a, &'a PathBuf>, std::vec::IntoIter<bool>>,
    /// The one that is read.
    place: Option<(&'a Path, bool)>,
    current: Option<Export<Box<dyn Read + Send>>>,
    /// The numbers of those that were read: parts of an export may overlap.
    seen: FxHashSet<u64>,
    meter: Meter<'a>,
    /// What went wrong now and did not when they were read for the first time.
    failed: Option<Refusal>,
}

/// A batch has so much text, so that long posts take no more memory than short ones.
const BATCH: usize = 1024 * 1024;

impl<'a> Items<'a> {
    fn new(exports: &'a [&'a PathBuf], known_broken: Vec<bool>, progress: &'a Progress, size: u64) -> Items<'a> {
        Items {
            exports: exports.iter().zip(known_broken),
            place: None,
            current: None,
            seen: FxHashSet::default(),
            meter: Meter { progress, before: size, last: 0 },
            failed: None,
        }
    }

    /// What was broken the first time was told then; what breaks only now would be missing without a word.
    fn end(&mut self, broken: Option<Broken>) {
        self.current = None;
        if let (Some(broken), Some((file, false))) = (broken, self.place) {
            self.failed.get_or_insert(problem(file, &broken));
        }
    }

    /// Some items; `None` at the end.
    fn batch(&mut self) -> Option<Vec<Item>> {
        let (mut items, mut size) = (Vec::new(), 0);
        while size < BATCH && self.failed.is_none() && !self.meter.progress.is_stopped() {
            if self.current.is_none() {
                let Some((file, is_broken)) = self.exports.next() else { break };
                self.place = Some((file, is_broken));
                match open(file) {
                    Ok(export) => self.current = Some(export),
                    Err(broken) => self.end(Some(broken)),
                }
            }
            let Some(current) = &mut self.current else { continue };
            self.meter.show(current.position());
            match current.next_piece() {
                Ok(Some(Piece::Item(item))) if self.seen.insert(item.id) => {
                    size += item.content.len() + 1024;
                    items.push(*item);
                }
                Ok(Some(_)) => {}
                Ok(None) => self.end(None),
                Err(broken) => self.end(Some(broken)),
            }
        }
        (!items.is_empty()).then_some(items)
    }
}

/// Shows how far the reading is: each export is read twice.
struct Meter<'a> {
    progress: &'a Progress,
    /// The bytes of what was read before.
    before: u64,
    last: u64,
}

impl Meter<'_> {
    fn show(&mut self, position: u64) {
        // The next export begins at its beginning.
        if position < self.last {
            self.before += self.last;
        }
        self.last = position;
        self.progress.done.store(kilobytes(self.before + position), Ordering::Relaxed);
    }
}

fn kilobytes(bytes: u64) -> usize {
    (bytes / 1024) as usize + 1
}

/// A file that is read on if a signal comes in between.
struct Patient(File);

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

/// Opens an export, also a compressed one.
fn open(file: &Path) -> Opened {
    let broken = |error| Broken { offset: 0, flaw: Flaw::Io(error) };
    let opened = File::open(file).map_err(broken)?;
    let mut reader = BufReader::with_capacity(256 * 1024, Patient(opened));
    let is_gzip = io::BufRead::fill_buf(&mut reader).map_err(broken)?.starts_with(b"\x1f\x8b");
    let reader: Box<dyn Read + Send> = if is_gzip { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) };
    Export::new(reader)
}

/// What was asked for, with what the site has.
fn asked(context: &Context, arguments: &Arguments, place: &Place<'_>) -> Result<Asked, Refusal> {
    let media = match &arguments.media {
        Some(folder) => Some(files_in(&uploads(folder)?)?),
        None => None,
    };
    let section = match &arguments.section {
        Some(written) => Some(super::super::section::make(written).map_err(|problem| Refusal::Problem(problem, Outcome::Usage))?),
        None => None,
    };
    unless_interrupted(context)?;
    let settings = place.settings.as_ref();
    let authors = settings.into_iter().flat_map(|settings| &settings.authors);
    Ok(Asked {
        types: arguments.types.clone(),
        section,
        media,
        base_url: settings.map(|settings| settings.base.absolute(&Url::home())).or_else(|| arguments.base_url.clone()),
        language: settings.map_or_else(String::new, |settings| settings.language.clone()),
        author_keys: authors.map(|(key, author)| (author.name.clone(), key.clone())).collect(),
        known: place.known()?,
    })
}

/// The folder of uploads in a folder that somebody has copied: itself, or one below it.
fn uploads(folder: &Path) -> Result<PathBuf, Refusal> {
    for below in ["wp-content/uploads", "uploads"].map(|below| folder.join(below)) {
        match std::fs::metadata(&below) {
            Ok(found) if found.is_dir() => return Ok(below),
            Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(unreadable(&below, &error));
            }
            _ => {}
        }
    }
    Ok(folder.to_owned())
}

/// All files of a folder, by their paths from there. Links are passed over: they may lead anywhere.
fn files_in(folder: &Path) -> Result<FxHashSet<String>, Refusal> {
    let mut files = FxHashSet::default();
    for entry in WalkDir::new(folder).follow_links(false) {
        let entry = entry.map_err(|error| unreadable(folder, &io::Error::from(error)))?;
        if entry.file_type().is_file()
            && let Ok(below) = entry.path().strip_prefix(folder)
            && let Some(path) = below.to_str()
        {
            // Only Windows has it between folders; elsewhere it is a letter, and no way upwards.
            files.insert(if std::path::MAIN_SEPARATOR == '\\' { path.replace('\\', "/") } else { path.to_owned() });
        }
    }
    Ok(files)
}

fn file_name(file: &Path) -> String {
    file.file_name().map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Why an export cannot be read, with its line.
fn problem(file: &Path, broken: &Broken) -> Refusal {
    let again = "in WordPress, choose Tools → Export → All content, and import the file as it was downloaded";
    let (message, hint) = match &broken.flaw {
        Flaw::Io(error) => {
            return unreadable(file, error);
        }
        Flaw::Empty => ("the file is empty".to_owned(), again),
        Flaw::Syntax(what) => (format!("this is no WordPress export, or a damaged one: {what}"), again),
        Flaw::WebPage => {
            ("this is a web page, not an export: perhaps what WordPress said when the export failed".to_owned(), again)
        }
        Flaw::Other(root) => (format!("this is XML of another kind: it begins with `{root}`, and an export with `rss`"), again),
        Flaw::Feed => {
            ("this is a feed, which has only the newest posts, not an export: it has no `wp:wxr_version`".to_owned(), again)
        }
        Flaw::Mismatched(open, closed) => (
            format!("`{closed}` is closed here, but `{open}` is open"),
            "the file was damaged: export again; with `--keep-going` everything before this place is taken",
        ),
        Flaw::Truncated(open) => (
            format!("the export ends within `{open}`: it was cut off"),
            "export again, in parts by author or date if it is large; with `--keep-going` everything before this place is taken",
        ),
        Flaw::Doctype => ("it has a DOCTYPE, which no export has and which may do harm".to_owned(), again),
        Flaw::TooLarge => ("one piece of it is larger than 32 MB, which no article is".to_owned(), again),
        Flaw::Encoding(name) => (
            format!("it says that it is in `{name}`, which Guidepost does not read"),
            "save it as UTF-8: in most editors under “Save with encoding”",
        ),
    };
    let message = format!("{message} (byte {})", broken.offset);
    let mut problem = Diagnostic::error("bad-export", message).hint(hint);
    let (span, line) = locate(file, broken.offset).unwrap_or((Span { line: 1, column: 1, length: 0 }, String::new()));
    problem = problem.at(diagnostic::Place::at(file.display().to_string(), span));
    Refusal::InFile(Box::new((problem, line)))
}

/// The line and column of a byte, and the beginning of that line.
fn locate(file: &Path, offset: u64) -> Option<(Span, String)> {
    let mut reader = open(file).ok()?.into_text();
    let (mut line, mut column, mut read) = (1u32, 1u32, 0u64);
    let mut beginning = Vec::new();
    while read < offset {
        let buffer = io::BufRead::fill_buf(&mut reader).ok()?;
        if buffer.is_empty() {
            break;
        }
        let length = buffer.len().min(usize::try_from(offset - read).unwrap_or(usize::MAX));
        for &byte in &buffer[..length] {
            if byte == b'\n' {
                (line, column) = (line + 1, 1);
                beginning.clear();
            } else {
                // Bytes that go on with a character are none of their own.
                column += u32::from(byte & 0xc0 != 0x80);
                if beginning.len() < 200 {
                    beginning.push(byte);
                }
            }
        }
        io::BufRead::consume(&mut reader, length);
        reader.allow();
        read += length as u64;
    }
    Some((Span { line, column, length: 0 }, String::from_utf8_lossy(&beginning).into_owned()))
}
