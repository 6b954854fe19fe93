//! The stages in order: discover → parse → site → plan → render → write. The one place with threads.
//!
//! Everything between reading and writing is pure; this file hands values from one stage to the next, spreads the work
//! over threads and collects diagnostics. How a stage works is the stage's business.

pub mod batches;
mod inputs;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::article::{Article, When};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::digest::{Digest, Digester};
use crate::lint;
use crate::outputs::{Content, Draft, Output, search_page, views};
use crate::plan::lock::{self, Lock};
use crate::plan::{Plan, Snapshot, search_tests};
use crate::search::query::{Page, Search};
use crate::search::{self, files::File};
use crate::settings::{self, Settings};
use crate::site::related::Related;
use crate::site::{ArticleId, Selection, Site};
use crate::source;
use crate::text;
use crate::url::Base;
use crate::write::{Change, Fingerprint, Origin, Publication, PublishError, Tally};

pub use self::inputs::{Changes, Inputs, News, Unusable, Work};

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
    /// What was read, for whoever reads on.
    pub inputs: Inputs,
}

impl Options {
    /// Which articles are published.
    pub fn selection(&self, settings: &Settings) -> Selection {
        let today = When::in_zone(self.now, &settings.time_zone).map(|now| now.day()).unwrap_or_default();
        Selection { today, drafts: self.drafts, future: self.future, expired: self.expired }
    }
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

    /// There is so much more to do.
    pub(crate) fn add(&self, count: usize) {
        self.total.fetch_add(count, Ordering::Relaxed);
    }

    /// One of it is done.
    pub(crate) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Tera's parser and renderer recurse over a theme's templates; a thread has room for the deepest that are allowed.
pub const STACK_BYTES: usize = 64 << 20;

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

/// The settings of a site, for whoever needs nothing else of it.
pub fn load_settings(options: &Options) -> Result<(Option<Settings>, Vec<Diagnostic>), LoadError> {
    find_site(&options.root)?;
    inputs::read_settings(options)
}

/// Reads a site: settings, sources, articles, how they relate, the look, the plan.
pub fn load(options: &Options, progress: &Progress) -> Result<Loaded, LoadError> {
    let mut inputs = Inputs::default();
    let mut loaded = match inputs.read(options, &Changes::Everything, progress) {
        Ok(()) => {
            let snapshot = relate(options, &mut inputs, None);
            let mut diagnostics = snapshot.as_ref().map(Snapshot::problems).unwrap_or_default();
            let mut digester = Digester::default();
            match (read_lock(&options.root, &mut digester), &snapshot) {
                (Ok(Some(lock)), Some(snapshot)) => diagnostics.extend(lock.check(snapshot)),
                (Ok(_), _) => {}
                (Err(problems), _) => diagnostics.extend(problems),
            }
            Loaded { snapshot, diagnostics, fingerprint: fingerprint(options, &inputs, &digester), inputs }
        }
        Err(Unusable::Content) => Loaded { snapshot: None, diagnostics: Vec::new(), fingerprint: Fingerprint::default(), inputs },
        Err(Unusable::Machine(error)) => return Err(error),
    };
    if progress.is_stopped() {
        return Err(LoadError::Interrupted);
    }
    loaded.diagnostics.extend(loaded.inputs.diagnostics().cloned());
    diagnostic::sort(&mut loaded.diagnostics);
    Ok(loaded)
}

/// Of all that a site is made from, and of the list of its addresses.
fn fingerprint(options: &Options, inputs: &Inputs, lock: &Digester) -> Fingerprint {
    let Some(settings) = inputs.settings() else { return Fingerprint::default() };
    let mut digester = Digester::default();
    digester.add(&inputs.site_digest().to_bytes()).add(&inputs.theme_digest().to_bytes());
    digester.add(&inputs.assets_digest().to_bytes());
    let selection = options.selection(settings);
    digester.add(format!("{selection:?} {:?} {}", settings.base, env!("GUIDEPOST_SOURCES")).as_bytes());
    let heads = digester.finish();
    let all = digester.add(&inputs.bodies_digest().to_bytes()).add(&lock.finish().to_bytes()).finish();
    Fingerprint { all, heads }
}

/// The addresses that the site has published, if its folder has a list of them.
///
/// No output shows them, so they count among the bodies: after a change of the list, nothing is composed anew.
pub fn read_lock(root: &Path, digester: &mut Digester) -> Result<Option<Lock>, Vec<Diagnostic>> {
    let path = root.join(lock::FILE);
    let place = || Place::file(lock::FILE);
    let read =
        source::is_file(&path).and_then(|is_file| if is_file { source::read(&path) } else { Err(io::ErrorKind::Other.into()) });
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(vec![source::unreadable(&error).at(place())]),
    };
    digester.add(&bytes);
    let mut problems = Vec::new();
    let text = text::decode(&lock::FILE.into(), &bytes, &mut problems);
    if problems.is_empty() { Lock::parse(&text).map(Some) } else { Err(problems) }
}

/// From what was read to a snapshot. Of the one before it takes what is the same: with other bodies everything but these,
/// with other words the plan too. Otherwise all articles are related to each other, and all outputs planned, again.
pub fn relate(options: &Options, inputs: &mut Inputs, before: Option<&Snapshot>) -> Option<Snapshot> {
    let (settings, theme) = (inputs.settings().cloned()?, inputs.theme().cloned()?);
    let selection = options.selection(&settings);
    let news = inputs.take_news();
    let before = before.filter(|before| before.selection == selection);
    let (known, has_other_titles) = match (before, news) {
        (Some(before), News::Articles(news)) => {
            let has_other_titles = news.iter().any(|(before, article)| before.head.title != article.head.title);
            (with_news(before, &news), has_other_titles)
        }
        _ => (None, false),
    };
    // A card's address tells which words are on it.
    let is_planned_anew = has_other_titles && theme.cards.is_some();
    if let Some(known) = &known
        && Arc::ptr_eq(&known.theme, &theme)
        && !is_planned_anew
    {
        return Some(known.clone());
    }
    let (articles, site) = match &known {
        Some(known) => (known.articles.clone(), known.site.clone()),
        None => {
            inputs.work.sites += 1;
            let heads: Vec<_> = inputs.articles().map(|article| article.head.clone()).collect();
            let site = Site::new(&heads, inputs.assets().cloned().collect(), inputs.rules(), settings, &selection);
            // In the order of the ids that the site gave them.
            let is_published = |article: &&Arc<Article>| selection.left_out(&article.head).is_none();
            (inputs.articles().filter(is_published).cloned().collect(), Arc::new(site))
        }
    };
    inputs.work.plans += 1;
    // Two views of the same site that do not need each other.
    let (plan, related) =
        rayon::join(|| Plan::new(&site, &theme), || known.map_or_else(|| Arc::new(Related::new(&site)), |known| known.related));
    let shared = Arc::new(views::Shared::new(&site, &theme));
    Some(Snapshot { root: options.root.clone(), articles, site, plan: Arc::new(plan), related, selection, theme, shared })
}

/// A snapshot with some articles in the place of what they were; `None` if the site is to be made anew.
fn with_news(before: &Snapshot, news: &[(Arc<Article>, Arc<Article>)]) -> Option<Snapshot> {
    let mut snapshot = before.clone();
    let mut ids = Vec::with_capacity(news.len());
    for (_, article) in news {
        let id = before.site.id_of(&article.head.source)?;
        snapshot.articles[id.index()] = article.clone();
        ids.push(id);
    }
    if news.iter().any(|(before, article)| before.head != article.head) {
        let heads = news.iter().map(|(before, article)| (&before.head, &article.head));
        let site = before.site.in_other_words(heads)?;
        snapshot.related = Arc::new(before.related.in_other_words(&site, ids.into_iter()));
        snapshot.shared = Arc::new(views::Shared::new(&site, &before.theme));
        snapshot.site = Arc::new(site);
    }
    Some(snapshot)
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

/// How many outputs a thread takes at once. It keeps what it has taken: with a quarter of all outputs left, the others would
/// stand by.
const MOST_IN_A_PIECE: usize = 16;

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
    let (results, index): (Vec<Result<Staged, Failure>>, _) = rayon::join(
        || {
            let stage_one = |output| {
                if progress.is_stopped() {
                    return Err(Failure::Interrupted);
                }
                let staged =
                    stage(output, snapshot, &publication, changed).and_then(|change| with_variants(change, &publication));
                progress.step();
                staged
            };
            outputs.par_iter().with_max_len(MOST_IN_A_PIECE).map(stage_one).collect()
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
            Ok((change, variants)) => {
                changes.push(change);
                changes.extend(variants);
            }
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

/// An output on its way, and its variants.
type Staged = (Change, Vec<Change>);

/// Puts the smaller variants of an output beside it, if they are asked for.
fn with_variants(change: Change, publication: &Publication) -> Result<Staged, Failure> {
    let variants = publication.stage_variants(&change).map_err(Failure::Publish)?;
    Ok((change, variants))
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
    let view = draft.digest();
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

/// The files of the search index in the order of their names, the root last.
pub fn search_index(snapshot: &Snapshot) -> Result<Vec<File>, Diagnostic> {
    let files = Mutex::new(Vec::new());
    make_index(snapshot, |file| locked(&files).push(file))?;
    let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.sort_unstable_by(|a: &File, b| (a.is_root(), &a.name).cmp(&(b.is_root(), &b.name)));
    Ok(files)
}

/// Makes the search index: `take` gets each of its files, from any thread.
fn make_index(snapshot: &Snapshot, take: impl Fn(File) + Sync) -> Result<(), Diagnostic> {
    // Two files of the same content are one.
    let seen: Mutex<FxHashSet<String>> = Mutex::default();
    let take_once = |file: File| {
        let is_new = locked(&seen).insert(file.name.clone());
        if is_new {
            take(file);
        }
    };
    let today = snapshot.selection.today;
    unless_it_stumbles(|| search::index::make(&snapshot.site, &snapshot.articles, today, &take_once))
        .ok_or_else(|| internal_error("the search index"))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the search index, unless the site wants none, and puts beside their places the files of it that do not stand there
/// already. They have no variants: what a browser asks for is a range of a file as it is, and most of it is deflated, so that
/// gzip would take 6 % off.
fn stage_index(snapshot: &Snapshot, publication: &Publication, progress: &Progress) -> Vec<Result<Staged, Failure>> {
    let Some(places) = search_page::Places::new(&snapshot.site) else { return Vec::new() };
    let stage_one = |file: File| {
        if progress.is_stopped() {
            return Err(Failure::Interrupted);
        }
        let path = places.index_file(&file.name).file_path();
        // A file whose name its content gives it is the same wherever it has that name.
        if !file.is_root()
            && let Some(change) = publication.keep(&path, |_| true)
        {
            return Ok((change, Vec::new()));
        }
        let change = publication.stage(&path, file.bytes.into(), Origin::default()).map_err(Failure::Publish)?;
        Ok((change, Vec::new()))
    };
    let staged = Mutex::new(Vec::new());
    let made = make_index(snapshot, |file| {
        let change = stage_one(file);
        locked(&staged).push(change);
    });
    let mut staged = staged.into_inner().unwrap_or_else(PoisonError::into_inner);
    staged.extend(made.err().map(|problem| Err(Failure::Content(problem))));
    staged
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
            match output {
                // A picture cannot fail, and it takes as long as a hundred pages.
                Output::SocialCard(_) => None,
                _ => render(output, snapshot).err(),
            }
        })
        .collect();
    each_once(problems)
}

/// Renders one output of each sort: what fails there fails wherever that sort is shown.
pub fn rehearse_samples(snapshot: &Snapshot) -> Vec<Diagnostic> {
    let mut seen = FxHashSet::default();
    let samples = snapshot.plan.outputs.iter().filter(|output| seen.insert(output.sort(&snapshot.site)));
    each_once(samples.filter_map(|output| render(output, snapshot).err()).collect())
}

/// Makes one output in full.
pub fn render(output: &Output, snapshot: &Snapshot) -> Result<Content, Diagnostic> {
    guarded(output, snapshot, || output.render(snapshot))
}

/// What is to be said of a site beyond what a build says: of every article as it was written, which is read once more,
/// and of how articles stand to each other.
pub fn lint(snapshot: &Snapshot, inputs: &Inputs, progress: &Progress) -> Vec<Diagnostic> {
    let site = &*snapshot.site;
    let options = site.settings.parse_options();
    let locations: FxHashMap<&str, &Path> = inputs.locations().collect();
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
    found.extend(lint::look(&snapshot.theme));
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
