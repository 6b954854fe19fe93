//! The stages in order: discover → parse → site → plan → render → write. The one place with threads.
//!
//! Everything between reading and writing is pure; this file hands values from one stage to the next, spreads the work
//! over threads and collects diagnostics. How a stage works is the stage's business.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::article::{self, Article, CONTENT, ParseOptions, When};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::digest::{Digest, Digester};
use crate::lint;
use crate::outputs::{Draft, Output, search_page, views};
use crate::plan::{Plan, Problem, Snapshot, search_tests};
use crate::search::query::{Page, Search};
use crate::search::{self, files::File};
use crate::settings::{self, Settings};
use crate::site::{ArticleId, Asset, Selection, Site, related};
use crate::source::{self, Source, SourceKind};
use crate::text;
use crate::theme::{DEFAULT_NAME, Theme};
use crate::url::{Base, Url};
use crate::write::{Change, Fingerprint, Origin, Publication, PublishError, Tally};

/// What a site is built from, besides its files.
#[derive(Debug, Clone)]
pub struct Options {
    /// The site's folder.
    pub root: PathBuf,
    /// Where the site will stand, if not where its settings say.
    pub base: Option<Base>,
    /// What time it is: which articles' days have come.
    pub now: Timestamp,
    /// Whether drafts are published.
    pub drafts: bool,
    /// Whether articles whose day has not come are published.
    pub future: bool,
    /// Whether articles whose day is over are published.
    pub expired: bool,
}

/// A site as far as it could be read, with everything that is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    /// The site; none if settings or theme cannot be used at all.
    pub snapshot: Option<Snapshot>,
    /// What is wrong, in the order in which it is shown.
    pub diagnostics: Vec<Diagnostic>,
    /// What the site is made from.
    pub fingerprint: Fingerprint,
}

/// Why a site cannot be read at all.
#[derive(Debug)]
pub enum LoadError {
    /// There is no `guidepost.yaml` in this folder.
    NoSettings(PathBuf),
    /// Whoever started it asked to stop.
    Interrupted,
    /// The machine does not play along.
    Io(io::Error),
}

/// How far the work is, for whoever shows it; and whether to go on with it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Articles and outputs done.
    pub done: AtomicUsize,
    /// Articles and outputs there are, as far as is known.
    pub total: AtomicUsize,
    /// Other than 0: whoever started the work asks to stop. Shared with whoever hears of it.
    pub stop: Arc<AtomicUsize>,
}

impl Progress {
    /// Whether to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) != 0
    }

    fn add(&self, count: usize) {
        self.total.fetch_add(count, Ordering::Relaxed);
    }

    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Tera's parser and renderer recurse over a theme's templates; a thread has room for the deepest that are allowed.
const STACK_BYTES: usize = 64 << 20;

/// Runs `work` on `jobs` threads (as many as the machine has cores, if none are given) that have room for templates.
pub fn on_threads<T: Send>(jobs: Option<usize>, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).stack_size(STACK_BYTES).build();
    Ok(pool.map_err(io::Error::other)?.install(work))
}

/// Whether there is a site in a folder at all. Looked at before anything is touched.
pub fn find_site(root: &Path) -> Result<(), LoadError> {
    match source::is_file(&root.join(settings::FILE)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(LoadError::Io(io::Error::other(format!("{} is not a file", root.join(settings::FILE).display())))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(LoadError::NoSettings(root.to_owned())),
        Err(error) => Err(LoadError::Io(error)),
    }
}

/// Reads a site: settings, sources, articles, how they relate, the look, the plan.
pub fn load(options: &Options, progress: &Progress) -> Result<Loaded, LoadError> {
    find_site(&options.root)?;
    let mut digester = Digester::default();
    let (settings, mut diagnostics) = read_settings(options, &mut digester)?;
    let Some(settings) = settings else {
        return Ok(Loaded { snapshot: None, diagnostics, fingerprint: Fingerprint::default() });
    };
    let settings = Arc::new(settings);
    let content = options.root.join(CONTENT);
    if !content.is_dir() {
        let problem =
            Diagnostic::error("no-content", "there is no folder `content` beside the settings").at(Place::file(settings::FILE));
        diagnostics.push(problem.hint("make the folder and put the articles there, as files that end in `.md`"));
        return Ok(Loaded { snapshot: None, diagnostics, fingerprint: Fingerprint::default() });
    }
    let (sources, problems) = source::discover(&content);
    diagnostics.extend(problems);
    progress.add(sources.len());

    let theme = read_theme(options, &settings, &mut digester, &mut diagnostics).map(Arc::new);

    let parsed = parse_all(&sources, &settings, progress);
    let mut articles = Vec::with_capacity(parsed.len());
    let mut bodies = Digester::default();
    for one in parsed {
        digester.add(&one.head.to_bytes());
        bodies.add(&one.article.digest.to_bytes());
        diagnostics.extend(one.diagnostics);
        articles.push(one.article);
    }
    let mut assets = Vec::new();
    for one in measure_assets(&sources, progress) {
        digester.add(one.asset.source.as_bytes()).add(one.version.as_bytes());
        diagnostics.extend(one.problem);
        assets.push(one.asset);
    }
    if progress.is_stopped() {
        return Err(LoadError::Interrupted);
    }
    let today = When::in_zone(options.now, &settings.time_zone).map(|now| now.day()).unwrap_or_default();
    let selection = Selection { today, drafts: options.drafts, future: options.future, expired: options.expired };
    digester.add(format!("{selection:?} {:?} {}", settings.base, env!("GUIDEPOST_SOURCES")).as_bytes());

    let snapshot = theme.map(|theme| relate(options, articles, assets, settings, theme, &selection, &mut diagnostics));
    diagnostic::sort(&mut diagnostics);
    let heads = digester.finish();
    let all = digester.add(&bodies.finish().to_bytes()).finish();
    Ok(Loaded { snapshot, diagnostics, fingerprint: Fingerprint { all, heads } })
}

/// From articles to a snapshot: site and plan, with what they find wrong.
fn relate(
    options: &Options,
    articles: Vec<Arc<Article>>,
    assets: Vec<Asset>,
    settings: Arc<Settings>,
    theme: Arc<Theme>,
    selection: &Selection,
    diagnostics: &mut Vec<Diagnostic>,
) -> Snapshot {
    let heads: Vec<_> = articles.iter().map(|article| article.head.clone()).collect();
    let site = Site::new(&heads, assets, settings, selection);
    // Published articles in the order of the ids that the site gave them.
    let articles: Vec<_> = articles.into_iter().filter(|article| selection.left_out(&article.head).is_none()).collect();
    let ids: Vec<_> = site.ids().collect();
    // Three views of the same site that do not need each other.
    let ((plan, problems), (related, cards)) = rayon::join(
        || Plan::new(&site, &theme),
        || (related::Index::new(&site), ids.par_iter().map(|&id| views::Card::new(&site, id)).collect()),
    );
    for finding in &site.findings {
        diagnostics.push(finding.clone().pin(&articles[finding.article.index()]));
    }
    for problem in problems {
        diagnostics.push(match problem {
            Problem::Article(finding) => {
                let article = &articles[finding.article.index()];
                finding.pin(article)
            }
            Problem::Site(diagnostic) => diagnostic,
        });
    }
    let shared = views::Shared::new(&site, &theme, cards);
    Snapshot {
        root: options.root.clone(),
        articles,
        site: Arc::new(site),
        plan: Arc::new(plan),
        related: Arc::new(related),
        today: selection.today,
        theme,
        shared,
    }
}

/// What publishing came to.
#[derive(Debug)]
pub enum Built {
    /// The site stands.
    Published(Tally),
    /// Some output could not be made; the folder is as it was.
    Failed(Vec<Diagnostic>),
    /// Whoever started it asked to stop; the folder is as it was.
    Interrupted,
}

/// Makes every output that is not in the output folder already, and publishes what differs from what stands there.
///
/// A folder that already holds the site of this `fingerprint` is left alone.
pub fn publish(
    snapshot: &Snapshot,
    fingerprint: Fingerprint,
    publication: Publication,
    progress: &Progress,
) -> Result<Built, PublishError> {
    let outputs = &snapshot.plan.outputs;
    if publication.already_holds(fingerprint) {
        return Ok(Built::Published(publication.leave()));
    }
    let changed = if publication.has_heads_of(fingerprint) { Changed::Bodies } else { Changed::Heads };
    // The index is one more.
    progress.add(outputs.len() + 1);
    // The index needs nothing of the pages, nor they of it.
    let (results, index): (Vec<Result<Change, Failure>>, _) = rayon::join(
        || {
            let stage_one = |output| {
                if progress.is_stopped() {
                    return Err(Failure::Interrupted);
                }
                let change = stage(output, snapshot, &publication, changed);
                progress.step();
                change
            };
            outputs.par_iter().map(stage_one).collect()
        },
        || {
            let staged = stage_index(snapshot, &publication, progress);
            progress.step();
            staged
        },
    );
    let mut problems = Vec::new();
    let mut changes = Vec::with_capacity(results.len() + index.len());
    for result in results.into_iter().chain(index) {
        match result {
            Ok(change) => changes.push(change),
            Err(Failure::Content(problem)) => problems.push(problem),
            Err(Failure::Publish(error)) => return Err(error),
            Err(Failure::Interrupted) => return Ok(Built::Interrupted),
        }
    }
    if !problems.is_empty() {
        return Ok(Built::Failed(each_once(problems)));
    }
    if progress.is_stopped() {
        return Ok(Built::Interrupted);
    }
    publication.commit(changes, fingerprint).map(Built::Published)
}

/// What differs between the site that stands and the one that is to stand.
#[derive(Debug, Clone, Copy)]
enum Changed {
    /// Bodies at the most: an output is the same if the bodies that it shows are.
    Bodies,
    /// Heads, settings, files or the look: a page is the same if its view is.
    Heads,
}

/// Makes one output, unless it stands in its place already, and puts it beside its place if it differs.
fn stage(output: &Output, snapshot: &Snapshot, publication: &Publication, changed: Changed) -> Result<Change, Failure> {
    let path = output.url().file_path();
    let bodies = digest_of_bodies(output, snapshot);
    if let Changed::Bodies = changed
        && let Some(change) = publication.keep(&path, |origin| origin.bodies == bodies)
    {
        return Ok(change);
    }
    let draft = compose(output, snapshot).map_err(Failure::Content)?;
    let view = match &draft {
        Draft::View(view) => Some(view.digest()),
        Draft::Content(_) => None,
    };
    let origin = Origin { bodies, view };
    if view.is_some()
        && let Some(change) = publication.keep(&path, |standing| standing.view == view)
    {
        return Ok(change.made_from(origin));
    }
    let content = guarded(output, snapshot, || draft.render(&snapshot.theme)).map_err(Failure::Content)?;
    publication.stage(&path, content, origin).map_err(|error| match error {
        PublishError::Source(_, error) => Failure::Content(vanished(output, snapshot, &error)),
        error => Failure::Publish(error),
    })
}

/// The files of the search index.
pub fn search_index(snapshot: &Snapshot) -> Result<Vec<File>, Diagnostic> {
    unless_it_stumbles(|| search::index::build(&snapshot.site, &snapshot.articles, snapshot.today))
        .ok_or_else(|| internal_error("the search index"))
}

/// Makes the search index, unless the site wants none, and puts beside their places the files of it that do not stand there
/// already.
fn stage_index(snapshot: &Snapshot, publication: &Publication, progress: &Progress) -> Vec<Result<Change, Failure>> {
    let Some(places) = search_page::Places::new(&snapshot.site) else { return Vec::new() };
    let files = match search_index(snapshot) {
        Ok(files) => files,
        Err(problem) => return vec![Err(Failure::Content(problem))],
    };
    let stage_one = |file: File| {
        if progress.is_stopped() {
            return Err(Failure::Interrupted);
        }
        let path = places.index_file(&file.name).file_path();
        // A file whose name its content gives it is the same wherever it has that name.
        if !file.is_root()
            && let Some(change) = publication.keep(&path, |_| true)
        {
            return Ok(change);
        }
        publication.stage(&path, file.bytes.into(), Origin::default()).map_err(Failure::Publish)
    };
    files.into_par_iter().map(stage_one).collect()
}

/// Asks the questions of the site's search tests.
pub fn run_search_tests(snapshot: &Snapshot) -> Vec<Diagnostic> {
    if snapshot.site.settings.search.tests.is_empty() {
        return Vec::new();
    }
    let files = match search_index(snapshot) {
        Ok(files) => files,
        Err(problem) => return vec![problem],
    };
    let page = Page { limit: search_tests::MOST_LISTED, offset: 0 };
    let answers = Search::of_files(&files).and_then(|search| {
        // Whoever has written a test has typed its words to the end.
        let answer = |query: &str| search.query(&format!("{query} "), page);
        let hrefs = |query: &str| Ok(answer(query)?.results.into_iter().map(|hit| hit.href).collect());
        search_tests::run(snapshot, hrefs)
    });
    answers.unwrap_or_else(|_| vec![internal_error("the search index")])
}

/// Renders every output and throws it away: what fails is all that is of interest.
pub fn rehearse(snapshot: &Snapshot, progress: &Progress) -> Vec<Diagnostic> {
    progress.add(snapshot.plan.outputs.len());
    let problems = snapshot
        .plan
        .outputs
        .par_iter()
        .filter(|_| !progress.is_stopped())
        .filter_map(|output| {
            progress.step();
            let draft = compose(output, snapshot);
            draft.and_then(|draft| guarded(output, snapshot, || draft.render(&snapshot.theme))).err()
        })
        .collect();
    each_once(problems)
}

/// What is to be said of a site beyond what a build says: of every article as it was written, which is read once more,
/// and of how articles stand to each other.
pub fn lint(snapshot: &Snapshot, progress: &Progress) -> Vec<Diagnostic> {
    let site = &*snapshot.site;
    let options = site.settings.parse_options();
    // A file's name on this machine may be composed otherwise than its path.
    let (sources, _) = source::discover(&snapshot.root.join(CONTENT));
    let locations: FxHashMap<&str, &Path> = sources.iter().map(|source| (&*source.path, &*source.location)).collect();
    let ids: Vec<ArticleId> = site.ids().filter(|id| !site.head(*id).is_unread).collect();
    progress.add(ids.len());
    let lint_one = |&id: &ArticleId| {
        progress.step();
        let article = snapshot.article(id);
        // A file that goes while it is checked is the business of the next run.
        let bytes = locations.get(&*article.head.source).and_then(|location| source::read(location).ok())?;
        let file = article.head.file();
        let text = text::decode(&file, &bytes, &mut Vec::new());
        let said = unless_it_stumbles(|| lint::article(&text, id, article, site, &options));
        Some(said.unwrap_or_else(|| vec![internal_error("this file").at(Place::file(file))]))
    };
    let mut found: Vec<Diagnostic> =
        ids.par_iter().filter(|_| !progress.is_stopped()).filter_map(lint_one).flatten_iter().collect();
    found.extend(lint::site(site).into_iter().map(|finding| {
        let article = snapshot.article(finding.article);
        finding.pin(article)
    }));
    diagnostic::sort(&mut found);
    found
}

/// A wrong template fails every page alike: once is enough.
fn each_once(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by(|a, b| (&a.place, &a.message).cmp(&(&b.place, &b.message)));
    problems.dedup_by(|a, b| a.code == "template" && a.place == b.place);
    problems
}

enum Failure {
    Content(Diagnostic),
    Publish(PublishError),
    Interrupted,
}

fn digest_of_bodies(output: &Output, snapshot: &Snapshot) -> Digest {
    match output.bodies(&snapshot.site) {
        [] => Digest::default(),
        [only] => snapshot.article(*only).digest,
        several => {
            let mut digester = Digester::default();
            for id in several {
                digester.add(&snapshot.article(*id).digest.to_bytes());
            }
            digester.finish()
        }
    }
}

fn compose(output: &Output, snapshot: &Snapshot) -> Result<Draft, Diagnostic> {
    guarded(output, snapshot, || output.compose(snapshot))
}

/// Makes something of an output, or says which one it stumbled over.
fn guarded<T>(output: &Output, snapshot: &Snapshot, make: impl FnOnce() -> Result<T, Diagnostic>) -> Result<T, Diagnostic> {
    unless_it_stumbles(make).unwrap_or_else(|| Err(internal_error(&output.describe(&snapshot.site))))
}

/// What `make` makes. A bug of ours, a panic, gives `None`: it fails the build with a message about the one article or
/// page that it met, instead of taking the program down.
fn unless_it_stumbles<T>(make: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(make)).ok()
}

/// A file beside the articles that was there when the build began.
fn vanished(output: &Output, snapshot: &Snapshot, error: &io::Error) -> Diagnostic {
    let problem = source::unreadable(error);
    match output.source(&snapshot.site) {
        Some(file) => problem.at(Place::file(file)),
        None => problem,
    }
}

fn internal_error(subject: &str) -> Diagnostic {
    Diagnostic::error("internal", format!("Guidepost stumbled over {subject}; this is a mistake in Guidepost, not in your files"))
        .hint("please report it, with the file if you can")
}

fn read_settings(options: &Options, digester: &mut Digester) -> Result<(Option<Settings>, Vec<Diagnostic>), LoadError> {
    let bytes = match source::read(&options.root.join(settings::FILE)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(LoadError::NoSettings(options.root.clone())),
        Err(error) => return Err(LoadError::Io(error)),
    };
    digester.add(&bytes);
    let mut diagnostics = Vec::new();
    let text = text::decode(&settings::FILE.into(), &bytes, &mut diagnostics);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Ok((None, diagnostics));
    }
    let (settings, problems) = Settings::parse(&text);
    diagnostics.extend(problems);
    let settings = settings.map(|mut settings| {
        if let Some(base) = &options.base {
            settings.base = base.clone();
        }
        settings
    });
    diagnostic::sort(&mut diagnostics);
    Ok((settings, diagnostics))
}

/// The theme, if it can be used; what is wrong with it is reported.
fn read_theme(
    options: &Options,
    settings: &Settings,
    digester: &mut Digester,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Theme> {
    let folder = options.root.join("themes").join(&settings.theme);
    let is_plain_name = !settings.theme.contains(['/', '\\']) && !settings.theme.starts_with('.');
    if settings.theme != DEFAULT_NAME && !(is_plain_name && folder.is_dir()) {
        let problem = Diagnostic::error("unknown-theme", format!("there is no folder `themes/{}`", settings.theme));
        let hint = "make it, or take the `theme` line out to use the default theme";
        diagnostics.push(problem.at(settings.place("theme")).hint(hint));
        return None;
    }
    let files = source::read_theme(&folder, &format!("themes/{}", settings.theme), diagnostics);
    for (path, bytes) in &files {
        digester.add(path.as_bytes()).add(bytes);
    }
    Theme::new(&settings.theme, files, &settings.base).map_err(|problems| diagnostics.extend(problems)).ok()
}

struct ParsedSource {
    article: Arc<Article>,
    diagnostics: Vec<Diagnostic>,
    /// Of the head.
    head: Digest,
}

impl ParsedSource {
    fn new(article: Article, diagnostics: Vec<Diagnostic>) -> ParsedSource {
        ParsedSource { head: Digest::of_value(&*article.head), article: Arc::new(article), diagnostics }
    }

    /// One that could not be read. An article stands in for it, so that links to it are not called broken.
    fn unread(source: &Source, problem: Diagnostic, options: &ParseOptions) -> ParsedSource {
        let article = article::unread(&source.path, options);
        ParsedSource::new(article, vec![problem])
    }
}

fn parse_all(sources: &[Source], settings: &Settings, progress: &Progress) -> Vec<ParsedSource> {
    let options = settings.parse_options();
    sources
        .par_iter()
        .filter(|source| source.kind == SourceKind::Markdown && !progress.is_stopped())
        .map(|source| {
            progress.step();
            let bytes = match source::read(&source.location) {
                Ok(bytes) => bytes,
                Err(error) => {
                    let problem = source::unreadable(&error).at(source.place());
                    return ParsedSource::unread(source, problem, &options);
                }
            };
            match unless_it_stumbles(|| article::parse(&source.path, &bytes, &options)) {
                Some((article, diagnostics)) => ParsedSource::new(article, diagnostics),
                None => ParsedSource::unread(source, internal_error("this file").at(source.place()), &options),
            }
        })
        .collect()
}

/// The files beside the articles, with the sizes of pictures, and what tells one version of a file from the next.
fn measure_assets(sources: &[Source], progress: &Progress) -> Vec<MeasuredAsset> {
    sources
        .par_iter()
        .filter(|source| source.kind == SourceKind::Asset && !progress.is_stopped())
        .map(|source| {
            progress.step();
            // Asked first: a file that changes while it is measured is another version to the next build.
            let version = source::version(&source.location);
            let (size, problem) = match source::picture_size(&source.location) {
                Ok(size) => (size, None),
                Err(error) => (None, Some(source::unreadable(&error).at(source.place()))),
            };
            let url = Url::file(&source.path);
            let asset = Asset { source: source.path.clone(), url, location: source.location.clone(), size };
            MeasuredAsset { asset, version, problem }
        })
        .collect()
}

struct MeasuredAsset {
    asset: Asset,
    version: String,
    problem: Option<Diagnostic>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_where_it_happens_and_the_work_goes_on() {
        let made: Vec<Option<u32>> = (0..100).into_par_iter().map(|number| unless_it_stumbles(|| 100 / (number % 10))).collect();
        assert_eq!(made.iter().filter(|one| one.is_none()).count(), 10);
        assert_eq!(made[11], Some(100));
        let problem = internal_error("the article `a.md`");
        assert!(problem.is_error() && problem.message.contains("`a.md`") && problem.hint.is_some());
    }
}
