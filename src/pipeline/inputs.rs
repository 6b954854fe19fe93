//! What a site is made from, as it was last read: settings, theme, articles, the files beside them.
//!
//! Reading once and reading again are the same: what is remembered is passed over where the file is as it was. Every
//! file stands for itself, because an article's address depends on its own path and front matter alone. How articles
//! relate is left to the stage after this.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{LoadError, Options, Progress, find_site, internal_error, unless_it_stumbles};
use crate::article::{self, Article, CONTENT, ParseOptions};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::digest::{Digest, DigestSum, Digester};
use crate::redirects::{self, Rules};
use crate::settings::{self, Settings};
use crate::site::Asset;
use crate::source::{self, Source, SourceKind, Version};
use crate::text;
use crate::theme::{Asked, Layers, Theme};
use crate::url::Url;

/// The folder of the themes, from the site's.
const THEMES: &str = "themes";

/// Which files may not be as they were. It is a hint: what a file is now, its bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Nobody can tell: the sizes and times of all files are compared, and those opened that differ.
    Everything,
    /// These paths, each joined to the site's folder as it was given: the settings, or something in `content/` or `themes/`.
    ///
    /// A path that is a folder stands for everything in it, and one where nothing is any more for all that was there, the
    /// files of a folder too.
    Paths(BTreeSet<PathBuf>),
}

impl Changes {
    /// These and others.
    pub fn and(self, others: Changes) -> Changes {
        match (self, others) {
            (Changes::Paths(mut paths), Changes::Paths(others)) => {
                paths.extend(others);
                Changes::Paths(paths)
            }
            _ => Changes::Everything,
        }
    }
}

/// How much was done, for whoever wants to know that little was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Articles parsed.
    pub articles: usize,
    /// Themes made ready.
    pub themes: usize,
    /// Times that all articles were related to each other.
    pub sites: usize,
    /// Times that all outputs were planned.
    pub plans: usize,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Inputs {
    settings: Option<ReadSettings>,
    theme: Option<ReadTheme>,
    sources: BTreeMap<Key, ReadSource>,
    /// What is wrong with some of them.
    problems: BTreeMap<Key, Vec<Diagnostic>>,
    /// Which of them are links to others, which may change behind their backs.
    links: BTreeSet<Key>,
    /// Of the sources: what others see of them, articles' files, versions of the files beside them.
    sums: Sums,
    /// What became another since somebody took note.
    news: News,
    /// What was wrong on the way to the sources.
    walking: Vec<Diagnostic>,
    /// What the articles were parsed with.
    parsed_with: Option<ParseOptions>,
    /// Whether something changed that could not be read at the time.
    is_behind: bool,
    /// How much was done so far.
    pub work: Work,
}

/// A source by path and location: a disk may hold two files whose names are one in NFC.
type Key = (Arc<str>, PathBuf);

/// What became another.
#[derive(Debug)]
pub enum News {
    /// More than can be told apart.
    Everything,
    /// These articles, each as it was and as it is, and nothing else.
    Articles(Vec<(Arc<Article>, Arc<Article>)>),
}

impl Default for News {
    fn default() -> News {
        News::Articles(Vec::new())
    }
}

#[derive(Debug, Default)]
struct Sums {
    heads: DigestSum,
    bodies: DigestSum,
    versions: DigestSum,
}

#[derive(Debug)]
struct ReadSettings {
    bytes: Vec<u8>,
    settings: Option<Arc<Settings>>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Debug)]
struct ReadTheme {
    /// Of what the settings ask for.
    asked: Digest,
    /// Of these and its files: all that it is made from.
    digest: Digest,
    theme: Option<Arc<Theme>>,
    diagnostics: Vec<Diagnostic>,
}

/// A source as it was last read.
#[derive(Debug)]
struct ReadSource {
    version: Version,
    content: ReadContent,
}

#[derive(Debug)]
enum ReadContent {
    /// An article, and the digest of its head.
    Article(Arc<Article>, Digest),
    Asset(Asset),
    /// The rules for old addresses, and the digest of their file.
    Rules(Arc<Rules>, Digest),
}

/// A source that was looked at.
struct Taken {
    read: ReadSource,
    is_link: bool,
    /// What is wrong with it; `None` if its bytes are as they were.
    problems: Option<Vec<Diagnostic>>,
}

/// Why nothing can be made of what was read.
#[derive(Debug)]
pub enum Unusable {
    /// The author's files are wrong, as the diagnostics say.
    Content,
    /// It cannot be read.
    Machine(LoadError),
}

impl From<LoadError> for Unusable {
    fn from(error: LoadError) -> Unusable {
        Unusable::Machine(error)
    }
}

impl Inputs {
    /// Reads what may have changed.
    pub fn read(&mut self, options: &Options, changes: &Changes, progress: &Progress) -> Result<(), Unusable> {
        let changes = if self.is_behind { &Changes::Everything } else { changes };
        self.is_behind = true;
        self.read_changes(options, changes, progress)?;
        self.is_behind = false;
        Ok(())
    }

    fn read_changes(&mut self, options: &Options, changes: &Changes, progress: &Progress) -> Result<(), Unusable> {
        find_site(&options.root)?;
        // Settings are one small file, which decides about all the others.
        let settings = self.read_settings(options)?.ok_or(Unusable::Content)?;
        let content = options.root.join(CONTENT);
        if !content.is_dir() {
            self.forget_sources();
            let problem = Diagnostic::error("no-content", "there is no folder `content` beside the settings");
            let hint = "make the folder and put the articles there, as files that end in `.md`";
            self.walking = vec![problem.at(Place::file(settings::FILE)).hint(hint)];
            return Err(Unusable::Content);
        }
        let parse_options = settings.parse_options();
        // A site that was never read, or whose articles mean something else now, is read whole.
        let is_known = self.parsed_with.as_ref() == Some(&parse_options);
        if !is_known {
            self.forget_sources();
        }
        let paths: Option<Vec<&Path>> = match changes {
            Changes::Paths(paths) if is_known => {
                Some(paths.iter().filter_map(|path| path.strip_prefix(&options.root).ok()).collect())
            }
            _ => None,
        };
        if paths.as_ref().is_none_or(|paths| paths.iter().any(|path| path.starts_with(THEMES))) || !self.is_theme_of(&settings) {
            self.read_theme(options, &settings);
        }
        match paths.map(|paths| self.starts(&content, &paths)) {
            None => self.take_all(&content, &parse_options, progress),
            Some(starts) => starts.iter().for_each(|start| self.take_at(&content, start, &parse_options, progress)),
        }
        self.parsed_with = Some(parse_options);
        Ok(())
    }

    /// The settings, if they can be used.
    pub fn settings(&self) -> Option<&Arc<Settings>> {
        self.settings.as_ref()?.settings.as_ref()
    }

    /// The theme, if it can be used.
    pub fn theme(&self) -> Option<&Arc<Theme>> {
        self.theme.as_ref()?.theme.as_ref()
    }

    /// All articles, published or not, in the order of their paths.
    pub fn articles(&self) -> impl Iterator<Item = &Arc<Article>> {
        self.sources.values().filter_map(|source| match &source.content {
            ReadContent::Article(article, _) => Some(article),
            _ => None,
        })
    }

    /// The files beside the articles, in the order of their paths.
    pub fn assets(&self) -> impl Iterator<Item = &Asset> {
        self.sources.values().filter_map(|source| match &source.content {
            ReadContent::Asset(asset) => Some(asset),
            _ => None,
        })
    }

    /// The rules for old addresses.
    pub fn rules(&self) -> Arc<Rules> {
        let named = self.sources.range((Arc::from(redirects::FILE), PathBuf::new())..).next();
        match named.map(|(_, source)| &source.content) {
            Some(ReadContent::Rules(rules, _)) => rules.clone(),
            _ => Arc::default(),
        }
    }

    /// Where each article's file is on this machine, by its path: the two may be composed otherwise.
    pub fn locations(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.sources.keys().map(|(path, location)| (&**path, location.as_path()))
    }

    /// What is wrong with any of it, each for itself.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        let settings = self.settings.iter().flat_map(|settings| &settings.diagnostics);
        let theme = self.theme.iter().flat_map(|theme| &theme.diagnostics);
        settings.chain(&self.walking).chain(theme).chain(self.problems.values().flatten())
    }

    /// What became another since this was last asked.
    pub fn take_news(&mut self) -> News {
        std::mem::take(&mut self.news)
    }

    /// Of all that decides how articles relate.
    pub fn site_digest(&self) -> Digest {
        Digester::default().add(self.settings_bytes()).add(&self.sums.heads.digest().to_bytes()).finish()
    }

    /// Of the files beside the articles: which version of each there is.
    pub fn assets_digest(&self) -> Digest {
        self.sums.versions.digest()
    }

    /// Of all articles' files.
    pub fn bodies_digest(&self) -> Digest {
        self.sums.bodies.digest()
    }

    /// Of settings and theme: of what decides how every page looks.
    pub fn look_digest(&self) -> Digest {
        Digester::default().add(self.settings_bytes()).add(&self.theme_digest().to_bytes()).finish()
    }

    /// Of the theme.
    pub fn theme_digest(&self) -> Digest {
        self.theme.as_ref().map(|theme| theme.digest).unwrap_or_default()
    }

    fn settings_bytes(&self) -> &[u8] {
        self.settings.as_ref().map(|settings| settings.bytes.as_slice()).unwrap_or_default()
    }

    fn read_settings(&mut self, options: &Options) -> Result<Option<Arc<Settings>>, LoadError> {
        let bytes = read_settings_file(options)?;
        if self.settings.as_ref().is_none_or(|known| known.bytes != bytes) {
            let (settings, diagnostics) = parse_settings(&bytes, options);
            self.news = News::Everything;
            self.settings = Some(ReadSettings { bytes, settings: settings.map(Arc::new), diagnostics });
        }
        Ok(self.settings().cloned())
    }

    /// Whether the theme that was read is the one that the settings ask for, where they say that the site stands.
    fn is_theme_of(&self, settings: &Settings) -> bool {
        let asked = theme_digester(settings).finish();
        self.theme.as_ref().is_some_and(|theme| theme.asked == asked)
    }

    fn read_theme(&mut self, options: &Options, settings: &Settings) {
        let mut digester = theme_digester(settings);
        let asked = digester.finish();
        let mut diagnostics = Vec::new();
        let themes = options.root.join(THEMES);
        let read = |name: &str| {
            let folder = themes.join(name);
            let files = source::read_theme(&folder, &format!("{THEMES}/{name}"), &mut diagnostics);
            digester.add(name.as_bytes()).add(&[u8::from(files.is_some())]);
            for (path, bytes) in files.iter().flatten() {
                digester.add(path.as_bytes()).add(bytes);
            }
            files
        };
        let layers = match Layers::read(&settings.theme, settings.place("theme"), &source::theme_names(&themes), read) {
            Ok((layers, problems)) => {
                diagnostics.extend(problems);
                layers
            }
            Err(problems) => {
                diagnostics.extend(problems);
                self.theme = Some(ReadTheme { asked, digest: digester.finish(), theme: None, diagnostics });
                return;
            }
        };
        let digest = digester.finish();
        let known = self.theme.take().filter(|known| known.digest == digest).and_then(|known| known.theme);
        let theme = known.or_else(|| {
            self.work.themes += 1;
            let asked = Asked {
                base: settings.base.clone(),
                language: settings.language.clone(),
                style: settings.style.clone(),
                social_cards: settings.social_cards,
            };
            Theme::new(layers, &asked).map(Arc::new).map_err(|problems| diagnostics.extend(problems)).ok()
        });
        if let Some(theme) = &theme {
            diagnostics.extend(theme.warnings.iter().chain(&theme.look.problems).cloned());
            diagnostics.extend(without_words(theme, settings));
        }
        self.theme = Some(ReadTheme { asked, digest, theme, diagnostics });
    }

    /// Where to look for changes: what changed, as far as it is of the site, and what may change behind its back.
    fn starts(&self, content: &Path, paths: &[&Path]) -> BTreeSet<PathBuf> {
        let below = |path: &Path| path.strip_prefix(CONTENT).map(Path::to_owned).ok();
        let changed = paths.iter().filter_map(|path| below(path));
        let links = self.links.iter().filter_map(|(_, location)| Some(location.strip_prefix(content).ok()?.to_owned()));
        // What could not be taken in may have been mended by something that is not of the site.
        let places = self.walking.iter().filter_map(|problem| below(Path::new(&*problem.place.as_ref()?.file)));
        let reached: BTreeSet<PathBuf> =
            changed.chain(links).chain(places).filter_map(|path| source::reach(content, &path)).collect();
        let is_within_another = |path: &PathBuf| path.ancestors().skip(1).any(|above| reached.contains(above));
        reached.iter().filter(|path| !is_within_another(path)).cloned().collect()
    }

    fn forget_sources(&mut self) {
        self.sources.clear();
        self.problems.clear();
        self.links.clear();
        self.sums = Sums::default();
        self.news = News::Everything;
    }

    /// Reads all sources whose versions are not known.
    fn take_all(&mut self, content: &Path, options: &ParseOptions, progress: &Progress) {
        let (found, problems) = source::discover(content);
        self.walking = problems;
        let known = self.sources.keys().cloned().collect();
        self.take(found, known, Trust::Version, options, progress);
    }

    /// Reads the sources at and below a path.
    fn take_at(&mut self, content: &Path, start: &Path, options: &ParseOptions, progress: &Progress) {
        let (found, problems) = source::discover_at(content, start);
        let (path, shown) = source::names_of(content, start);
        let is_within = |path: &str, start: &str| {
            start.is_empty() || path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let shown = if start.as_os_str().is_empty() { "" } else { &shown };
        self.walking.retain(|problem| problem.place.as_ref().is_none_or(|place| !is_within(&place.file, shown)));
        self.walking.extend(problems);
        // What is not Unicode has a place in messages and no source.
        let Some(path) = path else { return };
        let keys = self.sources.range((Arc::from(path.as_str()), PathBuf::new())..).map(|(key, _)| key);
        let known = keys.take_while(|(known, _)| known.starts_with(&path)).filter(|(known, _)| is_within(known, &path));
        // One that is elsewhere only has the same name in NFC.
        let place = content.join(start);
        let is_here = |(_, location): &&Key| location.starts_with(&place) || !source::is_there(location);
        let known = known.filter(is_here).cloned().collect();
        self.take(found, known, Trust::Bytes, options, progress);
    }

    /// Reads the sources that were found where there were those that are known. What is as it was is left alone.
    fn take(&mut self, found: Vec<Source>, known: BTreeSet<Key>, trust: Trust, options: &ParseOptions, progress: &Progress) {
        progress.add(found.len());
        let sources = &self.sources;
        let taken: Vec<(Key, Option<Taken>)> = found
            .into_par_iter()
            .filter(|_| !progress.is_stopped())
            .map(|source| {
                progress.step();
                let key = (source.path.clone(), source.location.clone());
                let read = read_source(source, sources.get(&key), trust, options);
                (key, read)
            })
            .collect();
        let mut gone = known;
        for (key, taken) in taken {
            gone.remove(&key);
            if let Some(taken) = taken {
                self.put(key, taken);
            }
        }
        for key in gone {
            self.news = News::Everything;
            self.problems.remove(&key);
            self.links.remove(&key);
            if let Some(read) = self.sources.remove(&key) {
                self.sums.remove(&read);
            }
        }
    }

    /// Puts what was read in the place of what was known.
    fn put(&mut self, key: Key, taken: Taken) {
        let Taken { read, problems, is_link } = taken;
        self.sums.add(&read);
        let is_parsed = problems.is_some() && matches!(read.content, ReadContent::Article(..));
        self.work.articles += usize::from(is_parsed);
        match problems {
            Some(problems) if problems.is_empty() => drop(self.problems.remove(&key)),
            Some(problems) => drop(self.problems.insert(key.clone(), problems)),
            None => {}
        }
        match is_link {
            true => drop(self.links.insert(key.clone())),
            false => drop(self.links.remove(&key)),
        }
        match (self.sources.get(&key).map(|known| &known.content), &read.content, &mut self.news) {
            (Some(ReadContent::Article(before, _)), ReadContent::Article(article, _), News::Articles(articles)) => {
                if !Arc::ptr_eq(before, article) {
                    articles.push((before.clone(), article.clone()));
                }
            }
            // A picture that was painted over is the same to all who show it.
            (Some(ReadContent::Asset(before)), ReadContent::Asset(asset), _) if before == asset => {}
            (Some(ReadContent::Rules(_, before)), ReadContent::Rules(_, digest), _) if before == digest => {}
            (_, _, news) => *news = News::Everything,
        }
        if let Some(before) = self.sources.insert(key, read) {
            self.sums.remove(&before);
        }
    }
}

impl Sums {
    fn add(&mut self, read: &ReadSource) {
        self.change(read, DigestSum::add);
    }

    fn remove(&mut self, read: &ReadSource) {
        self.change(read, DigestSum::remove);
    }

    fn change(&mut self, read: &ReadSource, change: fn(&mut DigestSum, Digest)) {
        match &read.content {
            ReadContent::Article(article, head) => {
                change(&mut self.heads, *head);
                change(&mut self.bodies, article.digest);
            }
            ReadContent::Rules(_, digest) => change(&mut self.heads, *digest),
            ReadContent::Asset(asset) => {
                change(&mut self.heads, digest_of_asset(asset));
                change(&mut self.versions, digest_of_version(asset, read.version));
            }
        }
    }
}

fn digest_of_asset(asset: &Asset) -> Digest {
    let location = asset.location.as_os_str().as_encoded_bytes();
    Digester::default().add(asset.source.as_bytes()).add(location).add(format!("{:?}", asset.size).as_bytes()).finish()
}

fn digest_of_version(asset: &Asset, version: Version) -> Digest {
    Digester::default().add(asset.location.as_os_str().as_encoded_bytes()).add(&version.to_bytes()).finish()
}

/// What tells that a file is as it was.
#[derive(Debug, Clone, Copy)]
enum Trust {
    /// Its version.
    Version,
    /// Its bytes alone: somebody says that it changed.
    Bytes,
}

/// Reads one source; `None` if it is known to be as it was.
fn read_source(source: Source, known: Option<&ReadSource>, trust: Trust, options: &ParseOptions) -> Option<Taken> {
    let is_trusted = matches!(trust, Trust::Version);
    if is_trusted && known.is_some_and(|known| Version::at(&source.location) == known.version) {
        return None;
    }
    Some(match source.kind {
        SourceKind::Markdown => read_article(&source, known, options),
        SourceKind::Redirects => read_rules(&source),
        SourceKind::Asset => measure(&source),
    })
}

fn read_article(source: &Source, known: Option<&ReadSource>, options: &ParseOptions) -> Taken {
    let (bytes, version) = match source::read_version(&source.location) {
        Ok(read) => read,
        Err(error) => {
            let problem = source::unreadable(&error).at(source.place());
            return Taken::article(source, Version::default(), article::unread(&source.path, options), vec![problem]);
        }
    };
    if let Some(ReadSource { content: ReadContent::Article(article, head), .. }) = known
        && !article.head.is_unread
        && article.digest == article::digest_of(&source.path, &bytes)
    {
        let content = ReadContent::Article(article.clone(), *head);
        return Taken { read: ReadSource { version, content }, is_link: source.is_link, problems: None };
    }
    match unless_it_stumbles(|| article::parse(&source.path, &bytes, options)) {
        Some((article, problems)) => Taken::article(source, version, article, problems),
        None => {
            let problem = internal_error("this file").at(source.place());
            Taken::article(source, version, article::unread(&source.path, options), vec![problem])
        }
    }
}

fn read_rules(source: &Source) -> Taken {
    let mut problems = Vec::new();
    let (bytes, version) = source::read_version(&source.location).unwrap_or_else(|error| {
        problems.push(source::unreadable(&error).at(source.place()));
        Default::default()
    });
    let text = text::decode(&redirects::SHOWN.into(), &bytes, &mut problems);
    let (rules, said) = unless_it_stumbles(|| Rules::parse(&text)).unwrap_or_default();
    problems.extend(said);
    let digest = Digester::default().add(redirects::FILE.as_bytes()).add(&bytes).finish();
    let read = ReadSource { version, content: ReadContent::Rules(Arc::new(rules), digest) };
    Taken { read, is_link: source.is_link, problems: Some(problems) }
}

/// A file beside the articles, with its size if it is a picture.
fn measure(source: &Source) -> Taken {
    // Asked first: a file that changes while it is measured is another version to the next build.
    let version = Version::at(&source.location);
    let (size, problem) = match source::picture_size(&source.location) {
        Ok(size) => (size, None),
        Err(error) => (None, Some(source::unreadable(&error).at(source.place()))),
    };
    let url = Url::file(&source.path);
    let asset = Asset { source: source.path.clone(), url, location: source.location.clone(), size };
    let read = ReadSource { version, content: ReadContent::Asset(asset) };
    Taken { read, is_link: source.is_link, problems: Some(problem.into_iter().collect()) }
}

impl Taken {
    /// An article that was parsed; or one that stands in for a file that cannot be read, so that links to it are not
    /// called broken.
    fn article(source: &Source, version: Version, article: Article, problems: Vec<Diagnostic>) -> Taken {
        let head = Digest::of_value(&*article.head);
        let read = ReadSource { version, content: ReadContent::Article(Arc::new(article), head) };
        Taken { read, is_link: source.is_link, problems: Some(problems) }
    }
}

/// The settings, if they can be used, for whoever needs nothing else.
pub fn read_settings(options: &Options) -> Result<(Option<Settings>, Vec<Diagnostic>), LoadError> {
    Ok(parse_settings(&read_settings_file(options)?, options))
}

fn read_settings_file(options: &Options) -> Result<Vec<u8>, LoadError> {
    source::read(&options.root.join(settings::FILE)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LoadError::NoSettings(options.root.clone()),
        _ => LoadError::Io(error),
    })
}

fn parse_settings(bytes: &[u8], options: &Options) -> (Option<Settings>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let text = text::decode(&settings::FILE.into(), bytes, &mut diagnostics);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
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
    (settings, diagnostics)
}

/// A site in a language of which its theme has no words.
fn without_words(theme: &Theme, settings: &Settings) -> Option<Diagnostic> {
    if theme.words.has_language {
        return None;
    }
    let languages: Vec<&str> = theme.words.languages.iter().map(|(_, name)| name.as_str()).collect();
    let languages = languages.join(", ");
    let language = settings.language.split('-').next().unwrap_or(&settings.language);
    let message = format!("the theme has no words in `{}`: pages say theirs in English", settings.language);
    let hint = format!(
        "translate `themes/default/languages/en.yaml` of Guidepost into `themes/<name>/languages/{language}.yaml`, with `theme: <name>`; \
         there are words in {languages}",
    );
    Some(Diagnostic::warning("no-words", message).at(settings.place("language")).hint(hint))
}

/// What a theme is made from besides its files, and where the settings ask for it, which messages name.
fn theme_digester(settings: &Settings) -> Digester {
    let mut digester = Digester::default();
    digester.add(settings.theme.as_bytes()).add(settings.base.path().as_bytes()).add(settings.language.as_bytes());
    let places = (settings.place("theme"), settings.place("language"));
    digester.add(format!("{places:?} {:?} {}", settings.style, settings.social_cards).as_bytes());
    digester
}
