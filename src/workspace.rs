//! A site kept current while its files change: the only value of the program that changes over time.
//!
//! A [`Workspace`] reads what may have changed and shows the newest state of the site that could be built; if the
//! newest of all could not, it says why. Everybody else holds a [`Moment`], which never changes. Who notices that files
//! change, and who is shown what, is left to others.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rustc_hash::FxHashMap;

use crate::article::Article;
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::outputs::{Content, search_page};
use crate::pipeline::{self, Changes, Inputs, LoadError, Options, Progress, Unusable, Work};
use crate::plan::Snapshot;
use crate::settings;
use crate::site::{Finding, Site};
use crate::url::Url;

/// A site that is kept current.
#[derive(Debug)]
pub struct Workspace {
    options: Options,
    inputs: Inputs,
    /// The newest state, sound or not: what the next is told from.
    newest: Option<Snapshot>,
    /// What was found when pages were last tried, and the look that they had.
    tried: (Digest, Vec<Diagnostic>),
    /// What a build would stop at that shows less than is shown here, and the site in which that was found.
    beforehand: Option<(Arc<Site>, Vec<Finding>)>,
    /// Whether what is shown is without errors.
    is_sound: bool,
    moment: Arc<Moment>,
}

/// A site as it is shown at one time.
#[derive(Debug)]
pub struct Moment {
    /// Counts the moments, from 1.
    pub number: u64,
    /// The newest state of the site without errors; before there was one, the newest of all, if any could be made.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What is wrong with the newest state of the files, in the order in which it is shown.
    pub diagnostics: Vec<Diagnostic>,
    /// Of the versions of the files beside the articles, which are shown as they are.
    files: Digest,
    index: Arc<Index>,
}

/// A search index, made when it is first asked for.
#[derive(Debug, Default)]
struct Index {
    files: OnceLock<Result<Arc<Files>, Diagnostic>>,
    /// The files of the index before this one: a page that was opened then may still ask for them.
    before: Option<Arc<Files>>,
}

/// The files of an index, by name.
type Files = FxHashMap<String, Vec<u8>>;

/// What stands at an address.
#[derive(Debug)]
pub enum Found {
    /// A file, with its path in the output folder.
    File(String, Content),
    /// Nothing; but there is a page of that name, at this address.
    Moved(Url),
    /// Nothing.
    Nothing,
}

impl Workspace {
    /// Reads a site for the first time.
    pub fn open(options: Options, progress: &Progress) -> Result<Workspace, LoadError> {
        let (files, index) = Default::default();
        let moment = Moment { number: 0, snapshot: None, diagnostics: Vec::new(), files, index };
        let mut workspace = Workspace {
            options,
            inputs: Inputs::default(),
            newest: None,
            tried: (Digest::default(), Vec::new()),
            beforehand: None,
            is_sound: false,
            moment: Arc::new(moment),
        };
        workspace.take_in(&Changes::Everything, progress)?;
        Ok(workspace)
    }

    /// Reads what may have changed. What goes wrong with that is said in the moment's diagnostics.
    pub fn refresh(&mut self, changes: &Changes, now: Timestamp) {
        let is_another_day = self.inputs.settings().is_some_and(|settings| {
            let before = self.options.selection(settings);
            self.options.now = now;
            before != self.options.selection(settings)
        });
        self.options.now = now;
        if !is_another_day && matches!(changes, Changes::Paths(paths) if paths.is_empty()) {
            return;
        }
        if let Err(error) = self.take_in(changes, &Progress::default()) {
            self.show(self.moment.snapshot.clone(), vec![explain(&error)]);
        }
    }

    /// The site as it is shown now.
    pub fn moment(&self) -> Arc<Moment> {
        self.moment.clone()
    }

    /// How much was done so far.
    pub fn work(&self) -> Work {
        self.inputs.work
    }

    fn take_in(&mut self, changes: &Changes, progress: &Progress) -> Result<(), LoadError> {
        let snapshot = match self.inputs.read(&self.options, changes, progress) {
            Ok(()) => pipeline::relate(&self.options, &mut self.inputs, self.newest.as_ref()),
            Err(Unusable::Content) => None,
            Err(Unusable::Machine(error)) => return Err(error),
        };
        if progress.is_stopped() {
            return Err(LoadError::Interrupted);
        }
        let mut diagnostics: Vec<Diagnostic> = self.inputs.diagnostics().cloned().collect();
        if let Some(snapshot) = &snapshot {
            diagnostics.extend(snapshot.problems());
            diagnostics.extend(self.look_ahead(snapshot));
            diagnostics.extend(snapshot.rules_to_unpublished());
            diagnostics.extend(self.try_pages(snapshot));
            self.newest = Some(snapshot.clone());
        }
        diagnostic::sort(&mut diagnostics);
        let is_sound = !diagnostics.iter().any(Diagnostic::is_error);
        let shown = match snapshot {
            Some(snapshot) if is_sound || !self.is_sound => {
                self.is_sound = is_sound;
                Some(Arc::new(snapshot))
            }
            _ => self.moment.snapshot.clone(),
        };
        self.show(shown, diagnostics);
        Ok(())
    }

    /// Links to articles that a build would leave out.
    fn look_ahead(&mut self, snapshot: &Snapshot) -> Vec<Diagnostic> {
        let site = &snapshot.site;
        let published = snapshot.selection.as_published();
        let (_, findings) = match self.beforehand.take() {
            Some(known) if Arc::ptr_eq(&known.0, site) => self.beforehand.insert(known),
            _ => self.beforehand.insert((site.clone(), site.links_to_unpublished(&published))),
        };
        findings.iter().map(|finding| finding.clone().pin(snapshot.article(finding.article))).collect()
    }

    /// Makes a page of each kind, if settings or theme are not as they were: a template may fail on every page.
    fn try_pages(&mut self, snapshot: &Snapshot) -> Vec<Diagnostic> {
        let look = self.inputs.look_digest();
        if self.tried.0 != look {
            self.tried = (look, pipeline::rehearse_samples(snapshot));
        }
        self.tried.1.clone()
    }

    /// Makes the next moment, if anything in it is another than in this one.
    fn show(&mut self, snapshot: Option<Arc<Snapshot>>, diagnostics: Vec<Diagnostic>) {
        let known = &self.moment.index;
        let is_as_it_was = match (&self.moment.snapshot, &snapshot) {
            (Some(before), Some(snapshot)) => have_one_index(before, snapshot),
            _ => false,
        };
        let index = if is_as_it_was {
            known.clone()
        } else {
            let before = match known.files.get() {
                Some(Ok(files)) => Some(files.clone()),
                _ => known.before.clone(),
            };
            Arc::new(Index { files: OnceLock::new(), before })
        };
        let (number, files) = (self.moment.number + 1, self.inputs.assets_digest());
        let next = Moment { number, snapshot, diagnostics, files, index };
        if number == 1 || !next.is_as(&self.moment) {
            self.moment = Arc::new(next);
        }
    }
}

impl Moment {
    /// Whether everything that is shown is as in another moment.
    fn is_as(&self, other: &Moment) -> bool {
        let is_same_site = match (&self.snapshot, &other.snapshot) {
            (Some(one), Some(other)) => have_one_index(one, other) && Arc::ptr_eq(&one.theme, &other.theme),
            (None, None) => true,
            _ => false,
        };
        is_same_site && self.files == other.files && self.diagnostics == other.diagnostics
    }

    /// The file at a path from the site's root, which begins with `/`: made now, as a build would make it.
    pub fn find(&self, path: &str) -> Result<Found, Diagnostic> {
        let Some(snapshot) = &self.snapshot else { return Ok(Found::Nothing) };
        let plan = &snapshot.plan;
        let folder = path.strip_suffix("index.html").filter(|folder| folder.ends_with('/'));
        if let Some(output) = plan.at(path).or_else(|| plan.at(folder?)) {
            let content = pipeline::render(output, snapshot)?;
            return Ok(Found::File(output.url().file_path(), content));
        }
        if let Some(page) = plan.at(&format!("{path}/")) {
            return Ok(Found::Moved(page.url().clone()));
        }
        self.find_in_index(path, snapshot)
    }

    /// Whether the search index was asked for before, and is not made for this moment yet.
    pub fn wants_index(&self) -> bool {
        self.index.files.get().is_none() && self.index.before.is_some()
    }

    /// Makes the search index, if it is not made yet.
    pub fn make_index(&self) {
        if let Some(snapshot) = &self.snapshot {
            let _ = self.index_files(snapshot);
        }
    }

    fn find_in_index(&self, path: &str, snapshot: &Snapshot) -> Result<Found, Diagnostic> {
        let Some(places) = search_page::Places::new(&snapshot.site) else { return Ok(Found::Nothing) };
        let Some(name) = places.index_name(path) else { return Ok(Found::Nothing) };
        let found = |bytes: &Vec<u8>| Found::File(places.index_file(name).file_path(), Content::Bytes(bytes.clone()));
        if let Some(bytes) = self.index_files(snapshot)?.get(name) {
            return Ok(found(bytes));
        }
        let before = self.index.before.as_ref().and_then(|files| files.get(name));
        Ok(before.map_or(Found::Nothing, found))
    }

    fn index_files(&self, snapshot: &Snapshot) -> Result<&Files, Diagnostic> {
        let make = || {
            let files = pipeline::search_index(snapshot)?;
            Ok(Arc::new(files.into_iter().map(|file| (file.name, file.bytes)).collect()))
        };
        match self.index.files.get_or_init(make) {
            Ok(files) => Ok(files),
            Err(problem) => Err(problem.clone()),
        }
    }
}

/// Whether the search index of one snapshot is that of another: it is made from site and articles, whatever the theme.
fn have_one_index(one: &Snapshot, other: &Snapshot) -> bool {
    let are_same = |(one, other): (&Arc<Article>, &Arc<Article>)| Arc::ptr_eq(one, other);
    Arc::ptr_eq(&one.site, &other.site) && one.articles.iter().zip(&other.articles).all(are_same)
}

/// A site that is gone for a while, or that the machine does not let us read.
fn explain(error: &LoadError) -> Diagnostic {
    match error {
        LoadError::NoSettings(_) => {
            let problem = Diagnostic::error("no-settings", format!("there is no {} any more", settings::FILE));
            problem.hint("put it back: without it there is no site to build")
        }
        LoadError::Interrupted => Diagnostic::error("interrupted", "stopped"),
        LoadError::Io(error) => Diagnostic::error("unreadable", format!("the site cannot be read: {error}")),
    }
}
