//! `guidepost import jekyll` and `guidepost import hugo`: looks through a folder, reads what is to be read, and hands it on.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use walkdir::WalkDir;

use super::super::{Context, Outcome, report};
use super::place::{Extras, Filling, Gathered, Place, Put, Refusal, unless_interrupted};
use super::{Common, Finished, check_base_url, refuse, tell, unreadable};
use crate::diagnostic::{Diagnostic, printable};
use crate::import::folders::{self as import, Asked, Candidate, Config, Generator, Looked, Role, Site};
use crate::import::report::Report;
use crate::pipeline::{Progress, batches};
use crate::source;

/// The flags of `import jekyll` and `import hugo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder of the old site: the one with its settings
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Where a new site will stand, if not where the old one does
    #[arg(short = 'u', long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Imports, and tells what became of everything.
pub fn run(context: &Context, arguments: &Arguments, generator: Generator) -> Outcome {
    let began = Instant::now();
    let result = report::with_progress(context, "Importing", |progress| import(context, arguments, generator, progress));
    match result {
        Ok((report, finished)) => {
            tell(context, &report, &finished, began.elapsed());
            Outcome::Done
        }
        Err(refusal) => refuse(context, refusal),
    }
}

fn import(
    context: &Context,
    arguments: &Arguments,
    generator: Generator,
    progress: &Progress,
) -> Result<(Report, Finished), Refusal> {
    check_base_url(arguments.base_url.as_deref())?;
    let folder = &arguments.folder;
    let (paths, mut broken) = files_in(folder, generator, own_folder(context, folder)?.as_deref())?;
    if !generator.is_site(&paths) {
        return Err(no_site(folder, generator, &paths));
    }
    let config = read_config(folder, generator, &paths)?;
    let place = Place::open(context, &arguments.common)?;
    let roles = import::roles(generator, &config, &paths);
    let mut report = Report { source: shown(folder), ..Report::default() };
    let candidates = look_at_all(folder, generator, &config, &paths, &roles, progress, &mut broken, &mut report)?;
    unless_interrupted(context)?;
    let files: Vec<String> =
        paths.iter().zip(&roles).filter(|(_, role)| **role == Role::File).map(|(path, _)| path.clone()).collect();
    let settings = config.settings(arguments.base_url.as_deref());
    let site = Site::settle(config, candidates, &files, asked(&place)?);
    site.count(&mut report);
    let filling = place.begin()?;
    let mut gathered = convert_all(folder, &site, &filling, progress, &mut report, &mut broken)?;
    unless_interrupted(context)?;
    report.accounts.sort_by(|a, b| a.path.cmp(&b.path));
    report.addresses = gathered.addresses;
    report.broken = broken;
    let mut targets: Vec<String> = std::mem::take(&mut gathered.files).into_iter().collect();
    targets.sort();
    let copies = targets.into_iter().filter_map(|target| {
        let source = site.source_of(&target)?;
        Some((folder.join(source), target))
    });
    let extras = Extras { copies: copies.collect(), settings, ..Extras::default() };
    let mut finished = filling.finish(&mut report, gathered, extras)?;
    if !report.broken.is_empty() {
        let count = report::amount(report.broken.len(), "file");
        let first = report.broken.first().map_or("", String::as_str);
        finished.lines.push(format!("{count} could not be read and did not come along: {}", printable(first)));
    }
    Ok((report, finished))
}

/// Where the new site is below the old one's folder, if it is. In the same folder nobody could tell the two apart.
fn own_folder(context: &Context, folder: &Path) -> Result<Option<PathBuf>, Refusal> {
    let root = super::super::standing::Standing::of(context).root;
    let (Ok(root), Ok(folder)) = (root.canonicalize(), folder.canonicalize()) else { return Ok(None) };
    if root == folder {
        let message = format!("`{}` is the folder of the old site and of the new one", printable(&folder.display().to_string()));
        let problem = Diagnostic::error("import-in-the-way", message);
        let hint = "make a folder for the new site and name it with `-C`, as `guidepost -C ../advice import hugo .`";
        return Err(Refusal::Problem(problem.hint(hint), Outcome::Usage));
    }
    Ok(root.strip_prefix(&folder).ok().map(Path::to_owned))
}

/// All files of a folder, by their paths from there, sorted, without those in `own`; and what is to be said of some. Links
/// are passed over: they may lead anywhere.
fn files_in(folder: &Path, generator: Generator, own: Option<&Path>) -> Result<(Vec<String>, Vec<String>), Refusal> {
    let (mut paths, mut broken) = (Vec::new(), Vec::new());
    let entries = WalkDir::new(folder).follow_links(false).sort_by_file_name().into_iter();
    let is_wanted = |entry: &walkdir::DirEntry| {
        let is_own = own.is_some_and(|own| entry.path().strip_prefix(folder).is_ok_and(|below| below == own));
        entry.depth() == 0 || !is_own && !generator.is_litter(&entry.file_name().to_string_lossy(), entry.depth() == 1)
    };
    for entry in entries.filter_entry(is_wanted) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 => return Err(unreadable(folder, &io::Error::from(error))),
            Err(error) => {
                broken.push(error.to_string());
                continue;
            }
        };
        if !entry.file_type().is_file() {
            continue;
        }
        let Ok(below) = entry.path().strip_prefix(folder) else { continue };
        match below.to_str() {
            Some(path) if cfg!(windows) => paths.push(path.replace('\\', "/")),
            // On Windows the same name would be a way through folders.
            Some(path) if !path.contains('\\') => paths.push(path.to_owned()),
            Some(path) => broken.push(format!("{}: the name of this file has a backslash", printable(path))),
            None => broken.push(format!("{}: the name of this file is no text", printable(&below.to_string_lossy()))),
        }
    }
    Ok((paths, broken))
}

/// Says what is missing, and where it may be.
fn no_site(folder: &Path, generator: Generator, paths: &[String]) -> Refusal {
    let missing = match generator {
        Generator::Jekyll => "there is neither `_config.yml` nor `_posts/` in it",
        Generator::Hugo => "there is no `content/` with a file in it",
    };
    let message = format!("`{}` is no {} site: {missing}", printable(&folder.display().to_string()), generator.name());
    let other = match generator {
        Generator::Jekyll => Generator::Hugo,
        Generator::Hugo => Generator::Jekyll,
    };
    let marks: [&str; 2] = match generator {
        Generator::Jekyll => ["/_config.yml", "/_posts/"],
        Generator::Hugo => ["/content/", "/hugo.toml"],
    };
    let below = paths.iter().find_map(|path| marks.iter().find_map(|mark| Some(&path[..path.find(mark)?])));
    let hint = match below {
        Some(below) => format!("it seems to be in `{}`", printable(&folder.join(below).display().to_string())),
        None if other.is_site(paths) => {
            format!("it looks like one of {}'s: `guidepost import {}`", other.name(), other.name().to_lowercase())
        }
        None => "name the folder that the old site is made from, not the one that it is published from".to_owned(),
    };
    Refusal::Problem(Diagnostic::error("no-such-site", message).hint(hint), Outcome::Usage)
}

fn read_config(folder: &Path, generator: Generator, paths: &[String]) -> Result<Config, Refusal> {
    let mut files = Vec::new();
    for name in generator.settings_files() {
        if paths.iter().any(|path| path == name) {
            let bytes = source::read(&folder.join(name)).map_err(|error| unreadable(&folder.join(name), &error))?;
            files.push(((*name).to_owned(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Config::read(generator, &files).map_err(|(name, problem)| {
        let file = printable(&folder.join(name).display().to_string()).into_owned();
        let problem = Diagnostic::error("old-settings", format!("`{file}`: {problem}"));
        let hint = format!("{} would not read it either: put it right first; nothing was imported", generator.name());
        Refusal::Problem(problem.hint(hint), Outcome::SiteErrors)
    })
}

/// What the new site has.
fn asked(place: &Place<'_>) -> Result<Asked, Refusal> {
    let settings = place.settings.as_ref();
    let authors = settings.into_iter().flat_map(|settings| &settings.authors);
    Ok(Asked {
        language: settings.map(|settings| settings.language.clone()),
        author_keys: authors.map(|(key, author)| (author.name.clone(), key.clone())).collect(),
        known: place.known()?,
    })
}

/// So many files are read at once.
const BATCH: usize = 64;

/// Reads the front matter of all.
#[allow(clippy::too_many_arguments)]
fn look_at_all(
    folder: &Path,
    generator: Generator,
    config: &Config,
    paths: &[String],
    roles: &[Role],
    progress: &Progress,
    broken: &mut Vec<String>,
    report: &mut Report,
) -> Result<Vec<Candidate>, Refusal> {
    let wanted: Vec<(&String, &Role)> = paths.iter().zip(roles).filter(|(_, role)| role.is_article()).collect();
    progress.total.store(2 * wanted.len(), Ordering::Relaxed);
    let mut chunks = wanted.chunks(BATCH).map(<[_]>::to_vec);
    let mut candidates = Vec::new();
    let mut others: Vec<(&'static str, usize)> = Vec::new();
    let mut count = |what: &'static str| match others.iter_mut().find(|(known, _)| *known == what) {
        Some((_, count)) => *count += 1,
        None => others.push((what, 1)),
    };
    for role in roles {
        match role {
            Role::Piece => count("piece of a bundle, without a page of its own"),
            Role::Foreign => count("page in another language than Markdown"),
            _ => {}
        }
    }
    batches::in_batches(
        || chunks.next().filter(|_| !progress.is_stopped()),
        |(path, role)| {
            progress.done.fetch_add(1, Ordering::Relaxed);
            let looked = match source::read(&folder.join(path)) {
                Ok(bytes) => import::look(generator, config, path, role, &bytes),
                Err(error) => Looked::Broken(error.to_string()),
            };
            (path, looked)
        },
        |(path, looked)| match looked {
            Looked::Article(candidate) => candidates.push(*candidate),
            Looked::Other(what) => count(what),
            Looked::Broken(problem) => broken.push(format!("{path}: {problem}")),
        },
    );
    let plural = |what: &str, count: usize| match what.split_once(' ') {
        Some((noun, rest)) if count != 1 => format!("{noun}s {rest}"),
        _ => what.to_owned(),
    };
    report.left_out = others.into_iter().map(|(what, count)| (plural(what, count), count)).collect();
    Ok(candidates)
}

/// Turns every article into its new form and puts it aside.
fn convert_all(
    folder: &Path,
    site: &Site,
    filling: &Filling<'_>,
    progress: &Progress,
    report: &mut Report,
    broken: &mut Vec<String>,
) -> Result<Gathered, Refusal> {
    let mut gathered = Gathered::default();
    let (mut failed, has_failed) = (None::<Refusal>, AtomicBool::new(false));
    let paths: Vec<(usize, &str)> = site.paths().enumerate().collect();
    let mut chunks = paths.chunks(BATCH).map(<[_]>::to_vec);
    batches::in_batches(
        || chunks.next().filter(|_| !progress.is_stopped() && !has_failed.load(Ordering::Relaxed)),
        |(number, path)| {
            progress.done.fetch_add(1, Ordering::Relaxed);
            let bytes = match source::read(&folder.join(path)) {
                Ok(bytes) => bytes,
                Err(error) => return Ok(Err(format!("{path}: {error}"))),
            };
            // A mistake of ours with one article must not take the others down, and it must have a name.
            let converted = catch_unwind(AssertUnwindSafe(|| site.convert(number, &bytes)));
            let imported = match converted {
                Ok(Ok(imported)) => imported,
                Ok(Err(problem)) => return Ok(Err(format!("{path}: {problem}"))),
                Err(_) => return Err(stumbled(path)),
            };
            Ok(Ok(filling.put(imported)?))
        },
        |result: Result<Result<Put, String>, Refusal>| match result {
            Ok(Err(problem)) => broken.push(problem),
            Ok(Ok(put)) => gathered.take(put, report),
            Err(refusal) => {
                has_failed.store(true, Ordering::Relaxed);
                failed.get_or_insert(refusal);
            }
        },
    );
    failed.map_or(Ok(gathered), Err)
}

fn stumbled(path: &str) -> Refusal {
    let message = format!("Guidepost stumbled over `{}`; this is a mistake in Guidepost", printable(path));
    let problem = Diagnostic::error("internal", message).hint("please report it with that file; nothing was imported");
    Refusal::Problem(problem, Outcome::Internal)
}

fn shown(folder: &Path) -> String {
    let whole = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    whole.unwrap_or_else(|| folder.display().to_string())
}
