//! Where imported articles go: a site that is there, or a new one. Everything is written beside the site first and moves in at
//! the end, and what the author has worked on is never touched.
//!
//! An article is known again by its `id`. What an import wrote is remembered as digests in `.guidepost/import.json`; without
//! that file every article that differs counts as edited.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;
use rustc_hash::FxHashSet;
use serde_json::{Value, json};

use super::super::replace::replace;
use super::super::{Context, Outcome, report};
use super::Common;
use crate::article::{self, CONTENT, ParseOptions};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::import::Imported;
use crate::import::report::{Report, Written};
use crate::import::wordpress::Known;
use crate::pipeline::batches;
use crate::settings::{self, Settings};
use crate::source::{self, SourceKind, look, unless_missing};

/// The folder of Guidepost's own things in a site.
const OWN: &str = ".guidepost";
/// What was imported, within it.
const MEMORY: &str = "import.json";
/// Where everything waits, within it.
const STAGE: &str = "import";

/// Why nothing was imported.
#[derive(Debug)]
pub enum Refusal {
    /// What is wrong, and how the command ends.
    Problem(Diagnostic, Outcome),
    /// What is wrong with a file that was to be imported, and the line of it.
    InFile(Box<(Diagnostic, String)>),
    /// Whoever started it asked to stop.
    Interrupted,
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        let problem = Diagnostic::error("unwritable", format!("the import could not be written: {error}"));
        Refusal::Problem(
            problem.hint("nothing of the site was changed, or only whole files were added; run it again"),
            Outcome::Io,
        )
    }
}

/// A site that is to be filled.
pub struct Place<'a> {
    /// Its folder.
    pub root: PathBuf,
    /// Its settings, if it is a site already.
    pub settings: Option<Settings>,
    common: &'a Common,
    memory: Memory,
}

/// A site that is being filled, from which other imports are kept out.
pub struct Filling<'a> {
    place: Place<'a>,
    /// Held for as long as something is written; a rehearsal writes nothing.
    _lock: Option<File>,
}

/// An article that was put aside. Its text is on the disk by now and gone from here.
pub struct Put {
    /// The article, with what becomes of its file.
    pub imported: Imported,
    digest: String,
}

/// What is gathered while articles are put aside.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The files that they show.
    pub files: FxHashSet<String>,
    /// How many old addresses they have.
    pub addresses: usize,
    /// Id, path and digest of each that stands as it was imported.
    written: Vec<(String, String, String)>,
}

impl Gathered {
    /// One more, with its account for the report.
    pub fn take(&mut self, put: Put, report: &mut Report) {
        let Put { imported, digest } = put;
        let outcome = imported.account.outcome;
        if !matches!(outcome, Written::Edited | Written::Removed) {
            self.written.push((imported.id, imported.path, digest));
        }
        if outcome != Written::Removed {
            self.files.extend(imported.files);
        }
        self.addresses += imported.aliases.len();
        report.accounts.push(imported.account);
    }
}

/// What earlier imports wrote.
#[derive(Debug, Default)]
struct Memory {
    /// Path and digest of each article, by id.
    articles: BTreeMap<String, (String, String)>,
    /// The digest of the old addresses.
    redirects: String,
}

/// What came of it all.
#[derive(Debug, Default)]
pub struct Finished {
    /// The report, if it was written.
    pub report: Option<PathBuf>,
    /// What else was done, in words.
    pub lines: Vec<String>,
}

/// Files besides articles.
#[derive(Debug, Default)]
pub struct Extras {
    /// Files to copy: where they are, and where they go below `content/`.
    pub copies: Vec<(PathBuf, String)>,
    /// Pages of sections, written where there are none: path and text.
    pub sections: Vec<(String, String)>,
    /// The settings of a new site.
    pub settings: String,
    /// The lines of `content/_redirects`.
    pub redirects: String,
    /// Another file with old addresses: where, and what.
    pub table: Option<(PathBuf, String)>,
}

impl<'a> Place<'a> {
    /// Finds the site, or the folder that becomes one.
    pub fn open(context: &Context, common: &'a Common) -> Result<Place<'a>, Refusal> {
        let standing = super::super::standing::Standing::of(context);
        let root = standing.root.clone();
        let settings = match unless_missing(source::is_file(&root.join(settings::FILE)))? {
            Some(true) => Some(read_settings(context, &standing)?),
            _ => None,
        };
        Ok(Place { memory: Memory::read(&root)?, root, settings, common })
    }

    /// Keeps other imports out from here on, if anything is to be written.
    pub fn begin(self) -> Result<Filling<'a>, Refusal> {
        let lock = if self.common.dry_run { None } else { Some(lock(&self.root)?) };
        Ok(Filling { place: self, _lock: lock })
    }

    /// What the site has already, told apart by whether an import wrote it.
    pub fn known(&self) -> Result<Known, Refusal> {
        let content = self.root.join(CONTENT);
        let mut known = Known::default();
        if look(&content)?.is_none() {
            return Ok(known);
        }
        let (sources, problems) = source::discover(&content);
        // What cannot be looked at may be an article that is there already.
        if let Some(problem) = problems.into_iter().find(|problem| problem.code == "unreadable") {
            return Err(Refusal::Problem(problem, Outcome::Io));
        }
        let options = self.settings.as_ref().map_or_else(ParseOptions::default, Settings::parse_options);
        let markdown: Vec<_> = sources.into_iter().filter(|source| source.kind == SourceKind::Markdown).collect();
        let mut batches = markdown.chunks(256).map(<[_]>::to_vec);
        let ids = &self.memory.articles;
        let remembered: FxHashSet<&str> = ids.values().map(|(path, _)| path.as_str()).collect();
        let mut failed = None;
        batches::in_batches(
            || batches.next(),
            |source| {
                let bytes = source::read(&source.location)?;
                let (article, _) = article::parse(&source.path, &bytes, &options);
                Ok((source.path, article.head))
            },
            |read: io::Result<_>| {
                let (path, head) = match read {
                    Ok((path, head)) => (path.to_string(), head),
                    Err(error) => {
                        failed.get_or_insert(error);
                        return;
                    }
                };
                match head.id.as_ref().filter(|id| !id.is_empty()) {
                    Some(id) => {
                        known.by_id.insert(id.to_string(), path.clone());
                        // Somebody else may have such an id as well: it is an address that stays taken for others.
                        if !remembered.contains(path.as_str()) && !ids.contains_key(&**id) {
                            known.paths.insert(path);
                        }
                    }
                    // Some articles have no `id`, because their old site had none: they are known by their file.
                    None if remembered.contains(path.as_str()) => {}
                    None => {
                        known.urls.insert(head.url.clone());
                        known.urls.extend(head.aliases.iter().cloned());
                        known.paths.insert(path);
                    }
                }
            },
        );
        if let Some(error) = failed {
            return Err(error.into());
        }
        // Whoever took the `id` out of an article has not made another article of it.
        for (id, (path, _)) in ids {
            if !known.by_id.contains_key(id) && look(&content.join(path))?.is_some_and(|standing| standing.is_file()) {
                known.by_id.insert(id.clone(), path.clone());
            }
        }
        Ok(known)
    }
}

impl Filling<'_> {
    fn stage(&self) -> PathBuf {
        self.place.root.join(OWN).join(STAGE)
    }

    /// Puts an article aside, and finds out what becomes of its file.
    pub fn put(&self, mut imported: Imported) -> io::Result<Put> {
        let location = self.place.root.join(CONTENT).join(&imported.path);
        let new = digest(imported.text.as_bytes());
        let remembered = self.place.memory.articles.get(&imported.id).filter(|_| !imported.id.is_empty());
        let standing = read(&location)?.map(|bytes| digest(&bytes));
        let is_forced = self.place.common.force;
        let outcome = match (standing, remembered) {
            (Some(standing), _) if standing == new => Written::Unchanged,
            (Some(standing), Some((_, known))) if standing == *known => Written::Updated,
            (Some(_), _) if is_forced => Written::Replaced,
            (Some(_), _) => Written::Edited,
            (None, Some(_)) if !is_forced => Written::Removed,
            (None, _) => Written::New,
        };
        if matches!(outcome, Written::New | Written::Updated | Written::Replaced) && !self.place.common.dry_run {
            write_in(&self.stage(), &imported.path, imported.text.as_bytes())?;
        }
        imported.account.outcome = outcome;
        imported.text = String::new();
        Ok(Put { imported, digest: new })
    }

    /// Moves everything in, and writes the report.
    pub fn finish(mut self, report: &mut Report, gathered: Gathered, mut extras: Extras) -> Result<Finished, Refusal> {
        let mut finished = Finished::default();
        report.is_rehearsal = self.place.common.dry_run;
        let report_file = self.place.root.join(&self.place.common.report);
        if !self.place.common.dry_run {
            refuse_foreign_report(&report_file)?;
        }
        let redirects = self.redirects(&extras.redirects, &mut finished)?;
        let is_new_site = self.place.settings.is_none();
        let content = self.place.root.join(CONTENT);
        // Where the folder is there already, somebody has decided whether it has a page.
        let mut sections = Vec::new();
        for section in std::mem::take(&mut extras.sections) {
            if let Some((folder, _)) = section.0.split_once('/')
                && look(&content.join(folder))?.is_none()
            {
                sections.push(section);
            }
        }
        let files = self.copies(&extras, report)?;
        if self.place.common.dry_run {
            return Ok(finished);
        }
        let stage = self.stage();
        for (path, text) in &sections {
            write_in(&stage, path, text.as_bytes())?;
        }
        for (from, path) in &files {
            let to = stage.join(path);
            to.parent().map(fs::create_dir_all).transpose()?;
            fs::copy(from, to)?;
        }
        if let Some(text) = &redirects {
            write_in(&stage, "_redirects", text.as_bytes())?;
        }
        self.move_in(&stage)?;
        if is_new_site {
            replace(&self.place.root.join(settings::FILE), extras.settings.as_bytes())?;
            finished
                .lines
                .push(format!("made {}: see to `base_url` there, which says where the site will stand", settings::FILE));
        }
        for (id, path, digest) in gathered.written {
            self.place.memory.articles.insert(id, (path, digest));
        }
        self.place.memory.write(&self.place.root)?;
        if let Some((file, text)) = &extras.table {
            replace(file, text.as_bytes())?;
            finished.lines.push(format!("wrote {} for the old server", file.display()));
        }
        replace(&report_file, report.markdown().as_bytes())?;
        let is_here = self.place.root.as_os_str() == ".";
        finished.report = Some(if is_here { self.place.common.report.clone() } else { report_file });
        Ok(finished)
    }

    /// The files to copy, each with where it goes below `content/`. Those of the same size are there already.
    fn copies(&self, extras: &Extras, report: &mut Report) -> io::Result<Vec<(PathBuf, String)>> {
        let mut copies = Vec::new();
        for (source, path) in &extras.copies {
            let size = fs::metadata(source)?.len();
            match look(&self.place.root.join(CONTENT).join(path))? {
                // Whatever stands there is the site's now.
                Some(standing) if standing.len() == size || !self.place.common.force => report.kept += 1,
                _ => {
                    report.copied += 1;
                    copies.push((source.clone(), path.clone()));
                }
            }
        }
        Ok(copies)
    }

    /// The text of `content/_redirects`, if it changes: our part is written anew, unless somebody has worked on it.
    fn redirects(&mut self, lines: &str, finished: &mut Finished) -> io::Result<Option<String>> {
        const BEGIN: &str = "# The old site's addresses, by `guidepost import`.\n";
        const END: &str = "# End of the old site's addresses.\n";
        if lines.is_empty() {
            return Ok(None);
        }
        let standing = read_text(&self.place.root.join(CONTENT).join("_redirects"))?;
        let new = digest(lines.as_bytes());
        let part = standing.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
        let text = match part {
            Some((_, (own, _))) if own == lines => {
                self.place.memory.redirects = new;
                return Ok(None);
            }
            Some((_, (own, _))) if digest(own.as_bytes()) != self.place.memory.redirects && !self.place.common.force => {
                finished.lines.push(format!("{CONTENT}/_redirects was edited here and left alone"));
                return Ok(None);
            }
            Some((before, (_, after))) => format!("{before}{BEGIN}{lines}{END}{after}"),
            None if standing.is_empty() || standing.ends_with('\n') => format!("{standing}{BEGIN}{lines}{END}"),
            None => format!("{standing}\n{BEGIN}{lines}{END}"),
        };
        self.place.memory.redirects = new;
        Ok(Some(text))
    }

    /// Moves what was put aside to its place. What is a new folder moves whole: where there is one afterwards, its page is in it.
    fn move_in(&self, stage: &Path) -> Result<(), Refusal> {
        let content = self.place.root.join(CONTENT);
        if look(stage)?.is_none() {
            return Ok(());
        }
        let mut moves = Vec::new();
        let mut entries = walkdir::WalkDir::new(stage).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(io::Error::from)?;
            let below = entry.path().strip_prefix(stage).unwrap_or(entry.path()).to_owned();
            let target = if entry.depth() == 0 { content.clone() } else { content.join(&below) };
            let is_folder = entry.file_type().is_dir();
            match look(&target)? {
                // Behind a link nobody knows what there is. Only the folder of all articles may be one.
                Some(standing) if entry.depth() > 0 && (standing.is_symlink() || standing.is_dir() != is_folder) => {
                    let message = format!("`{CONTENT}/{}` is in the way", below.display());
                    let problem = Diagnostic::error("import-in-the-way", message);
                    let hint = "move it somewhere else, and run the import again; nothing was changed";
                    return Err(Refusal::Problem(problem.hint(hint), Outcome::SiteErrors));
                }
                Some(_) if is_folder => {}
                Some(_) => moves.push((entry.into_path(), target)),
                None => {
                    moves.push((entry.into_path(), target));
                    if is_folder {
                        entries.skip_current_dir();
                    }
                }
            }
        }
        for (from, to) in moves {
            fs::rename(from, to)?;
        }
        unless_missing(fs::remove_dir_all(stage))?;
        Ok(())
    }
}

impl Drop for Filling<'_> {
    fn drop(&mut self) {
        if !self.place.common.dry_run {
            // What was put aside and not wanted goes; if it cannot, the next import clears it away.
            let _ = fs::remove_dir_all(self.stage());
        }
    }
}

impl Memory {
    fn read(root: &Path) -> io::Result<Memory> {
        let text = read_text(&root.join(OWN).join(MEMORY))?;
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let mut memory = Memory { redirects: value["redirects"].as_str().unwrap_or("").to_owned(), ..Memory::default() };
        for (id, entry) in value["articles"].as_object().into_iter().flatten() {
            if let (Some(path), Some(digest)) = (entry["path"].as_str(), entry["digest"].as_str())
                && !path.split('/').any(|part| matches!(part, "" | "." | ".."))
            {
                memory.articles.insert(id.clone(), (path.to_owned(), digest.to_owned()));
            }
        }
        Ok(memory)
    }

    fn write(&self, root: &Path) -> io::Result<()> {
        let own = root.join(OWN);
        fs::create_dir_all(&own)?;
        let beside = own.join(format!(".{MEMORY}.tmp"));
        let mut file = BufWriter::new(fs::File::create(&beside)?);
        write!(file, "{{\n\"redirects\": {},\n\"articles\": {{", json!(self.redirects))?;
        // An article a line: as one value they would take several times the memory of all the rest.
        for (number, (id, (path, digest))) in self.articles.iter().enumerate() {
            let comma = if number > 0 { "," } else { "" };
            write!(file, "{comma}\n{}: {}", json!(id), json!({ "path": path, "digest": digest }))?;
        }
        file.write_all(b"\n}\n}\n")?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(beside, own.join(MEMORY))
    }
}

/// The digest of a file's content, as it is remembered.
fn digest(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}

/// A file's bytes; `None` if there is none.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    unless_missing(fs::read(path))
}

/// A file's text; an empty one if there is none.
fn read_text(path: &Path) -> io::Result<String> {
    Ok(unless_missing(fs::read_to_string(path))?.unwrap_or_default())
}

fn write_in(folder: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let location = folder.join(path);
    match std::fs::write(&location, bytes) {
        // Most folders are there already.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            location.parent().map(fs::create_dir_all).transpose()?;
            fs::write(location, bytes)
        }
        result => result,
    }
}

fn read_settings(context: &Context, standing: &super::super::standing::Standing) -> Result<Settings, Refusal> {
    let options = standing.options(context, super::super::standing::Unpublished::Too);
    match crate::pipeline::load_settings(&options) {
        Ok((Some(settings), _)) => Ok(settings),
        Ok((None, problems)) => {
            report::diagnostics(context.output, &standing.root, &problems);
            let problem =
                Diagnostic::error("import-settings", "the settings of this site must be right before anything is imported");
            Err(Refusal::Problem(problem, Outcome::Configuration))
        }
        Err(error) => {
            let outcome = report::load_error(context, &error);
            Err(Refusal::Problem(Diagnostic::error("import-settings", "the settings of this site cannot be read"), outcome))
        }
    }
}

/// Takes the lock, and clears away what an import that was killed has left.
fn lock(root: &Path) -> Result<File, Refusal> {
    let own = root.join(OWN);
    fs::create_dir_all(&own)?;
    let file = std::fs::File::create(own.join("import.lock"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            let problem = Diagnostic::error("busy", "another import into this site is under way");
            return Err(Refusal::Problem(problem.hint("wait until it is done"), Outcome::Io));
        }
        Err(std::fs::TryLockError::Error(error)) => return Err(error.into()),
    }
    match fs::remove_dir_all(own.join(STAGE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(file),
    }
}

/// A report is written over an older one, and over nothing else.
fn refuse_foreign_report(file: &Path) -> Result<(), Refusal> {
    let standing = read(file)?.unwrap_or_default();
    if standing.is_empty() || standing.starts_with(b"# Import report") {
        return Ok(());
    }
    let problem = Diagnostic::error("import-in-the-way", format!("`{}` is there, and is no import report", file.display()));
    Err(Refusal::Problem(problem.hint("name another file with `--report`"), Outcome::Usage))
}

/// An interrupted import stops here.
pub fn unless_interrupted(context: &Context) -> Result<(), Refusal> {
    if context.interrupt.flag().load(std::sync::atomic::Ordering::Relaxed) != 0 { Err(Refusal::Interrupted) } else { Ok(()) }
}
