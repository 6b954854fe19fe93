//! Moving articles: which bytes of which files change, so that every link leads where it led and every old address leads
//! on.
//!
//! The site is related anew with the articles at their new places, and each link that would not lead where it led is
//! rewritten (`rewrite`); then the changed files are read again and the whole is checked (`verify`). Nothing is written here,
//! and files are read by whoever asks. How a link is called is left to `names`, how bytes change to `edits`.

pub mod edits;
mod names;
mod notes;
mod rewrite;
mod settings;
mod verify;
mod world;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use self::rewrite::Work;
use self::world::World;
use crate::article::{self, Article, Head, Link};
use crate::diagnostic::{Diagnostic, Place};
use crate::redirects::Rules;
use crate::settings::{FILE, Settings};
use crate::site::{Asset, Selection};
use crate::text;
use crate::theme::Theme;
use crate::url::Url;

/// What moves where: paths from `content/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// A file or a folder.
    pub from: String,
    /// What it is to be.
    pub to: String,
}

impl Move {
    /// The path that a source has afterwards.
    pub fn path<'p>(&self, source: &'p str) -> std::borrow::Cow<'p, str> {
        match source.strip_prefix(self.from.as_str()) {
            Some("") => self.to.clone().into(),
            Some(rest) if rest.starts_with('/') => format!("{}{rest}", self.to).into(),
            _ => source.into(),
        }
    }

    /// Whether a source is among what moves.
    pub fn takes(&self, source: &str) -> bool {
        source.strip_prefix(self.from.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// A site as it stands, with drafts and all.
pub struct Before<'b> {
    /// The settings.
    pub settings: &'b Arc<Settings>,
    /// The bytes of the settings' file.
    pub settings_bytes: &'b [u8],
    /// The look.
    pub theme: &'b Theme,
    /// All articles, in the order of their paths.
    pub articles: &'b [Arc<Article>],
    /// The files beside them, in the order of their paths.
    pub assets: &'b [Asset],
    /// The rules for old addresses.
    pub rules: &'b Arc<Rules>,
    /// Which articles are published: all of them, and those that readers see. Links must be right in both.
    pub selections: [Selection; 2],
}

/// A file whose text changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Its path before.
    pub from: String,
    /// Its path afterwards.
    pub to: String,
    /// Its bytes before.
    pub before: Vec<u8>,
    /// Its bytes afterwards.
    pub after: Vec<u8>,
    /// What changes in it, for showing.
    pub lines: Vec<edits::Line>,
    /// How many of its links are rewritten.
    pub links: usize,
}

/// All that a move comes to.
#[derive(Debug, Default, PartialEq)]
pub struct Moved {
    /// The articles whose texts change, by their paths before.
    pub files: Vec<Changed>,
    /// The settings, if they change: search tests name articles too.
    pub settings: Option<Changed>,
    /// How many articles move.
    pub articles: usize,
    /// Old addresses that are aliases now, with the new ones.
    pub aliases: Vec<(Url, Url)>,
    /// What the author should know.
    pub notes: Vec<String>,
}

/// Works out a move. `read` gives the bytes of a source.
pub fn plan(
    before: &Before<'_>,
    wanted: &Move,
    mut read: impl FnMut(&str) -> Result<Vec<u8>, Diagnostic>,
) -> Result<Moved, Vec<Diagnostic>> {
    let options = before.settings.parse_options();
    let mut bytes_of = Vec::new();
    let mut moved: FxHashMap<&str, Article> = FxHashMap::default();
    for article in before.articles.iter().filter(|article| wanted.takes(&article.head.source)) {
        let (again, bytes) = at_new_place(article, wanted, before, &mut read)?;
        bytes_of.push((article.head.source.to_string(), bytes));
        moved.insert(&article.head.source, again);
    }
    let assets = sorted(before.assets.iter().map(|asset| renamed(asset, wanted)).collect(), |asset: &Asset| asset.source.clone());
    let as_they_are: Vec<_> = before.articles.iter().map(|article| article.head.clone()).collect();
    let old = World::new(before, before.settings, &as_they_are, before.assets);
    let between = World::new(before, before.settings, &heads(before, &moved), &assets);

    let mut work = Work::new(before, wanted, &options, &old, &between);
    work.files.extend(bytes_of);
    let mut result = Moved { articles: moved.len(), ..Moved::default() };
    let mut problems = work.fix_links(&mut read);
    problems.extend(work.add_aliases(&moved, &mut result));
    let settings = change_settings(before, wanted, &old, &between, &mut result).map_err(|problem| problems.push(problem));
    let (Ok(settings), true) = (settings, problems.is_empty()) else { return Err(problems) };
    work.finish(&mut result);
    let complaints = read_again(before, &result, &options, &mut moved);
    let new = World::new(before, &settings, &heads(before, &moved), &assets);
    let mut problems = verify::differences(before, wanted, &old, &new, &result);
    problems.extend(complaints);
    if !problems.is_empty() {
        return Err(problems);
    }
    notes::add(&old, &new, wanted, &mut result);
    Ok(result)
}

/// An article that moves, read as what it will be; with its bytes. One with errors is not touched.
fn at_new_place(
    article: &Article,
    wanted: &Move,
    before: &Before<'_>,
    read: &mut impl FnMut(&str) -> Result<Vec<u8>, Diagnostic>,
) -> Result<(Article, Vec<u8>), Vec<Diagnostic>> {
    let source = &article.head.source;
    let options = before.settings.parse_options();
    let bytes = read(source).map_err(|problem| vec![problem])?;
    let (_, said) = article::parse(source, &bytes, &options);
    let errors: Vec<_> = said.into_iter().filter(Diagnostic::is_error).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let (again, _) = article::parse(&wanted.path(source).as_ref().into(), &bytes, &options);
    refuse_lost_date(&article.head, &again.head).map_err(|problem| vec![problem])?;
    Ok((again, bytes))
}

/// The heads of all articles, some of them replaced, in the order of their paths.
fn heads(before: &Before<'_>, replaced: &FxHashMap<&str, Article>) -> Vec<Arc<Head>> {
    let head = |article: &Arc<Article>| replaced.get(&*article.head.source).map_or(&article.head, |again| &again.head).clone();
    sorted(before.articles.iter().map(head).collect(), |head: &Arc<Head>| head.source.clone())
}

/// Reads the changed files, and gives the errors that they have now.
fn read_again<'b>(
    before: &'b Before<'_>,
    result: &Moved,
    options: &article::ParseOptions,
    replaced: &mut FxHashMap<&'b str, Article>,
) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    for file in &result.files {
        let (again, said) = article::parse(&file.to.as_str().into(), &file.after, options);
        let (_, said_before) = article::parse(&file.from.as_str().into(), &file.before, options);
        let errors = |said: &[Diagnostic]| said.iter().filter(|problem| problem.is_error()).count();
        if errors(&said) > errors(&said_before) {
            complaints.extend(said.into_iter().filter(Diagnostic::is_error));
        }
        let at = before.articles.binary_search_by(|article| article.head.source.as_ref().cmp(file.from.as_str()));
        if let Ok(at) = at {
            replaced.insert(&before.articles[at].head.source, again);
        }
    }
    complaints
}

/// The settings as they will be.
fn change_settings(
    before: &Before<'_>,
    wanted: &Move,
    old: &World,
    new: &World,
    result: &mut Moved,
) -> Result<Arc<Settings>, Diagnostic> {
    let text = text::decode(&FILE.into(), before.settings_bytes, &mut Vec::new());
    let mut edits = settings::edits(&text, before.settings, wanted, old, new)?;
    if edits.is_empty() {
        return Ok(before.settings.clone());
    }
    let (after, lines) = edits::apply(before.settings_bytes, &mut edits);
    let (settings, _) = Settings::parse(&text::decode(&FILE.into(), &after, &mut Vec::new()));
    let file = FILE.to_owned();
    let changed =
        Changed { from: file.clone(), to: file, before: before.settings_bytes.to_vec(), after, lines, links: edits.len() };
    result.settings = Some(changed);
    // What cannot be read any more is found by comparing what is wrong.
    Ok(settings.map_or_else(|| before.settings.clone(), Arc::new))
}

fn sorted<T>(mut things: Vec<T>, key: impl Fn(&T) -> Arc<str>) -> Vec<T> {
    things.sort_by_key(key);
    things
}

fn renamed(asset: &Asset, wanted: &Move) -> Asset {
    if !wanted.takes(&asset.source) {
        return asset.clone();
    }
    let path = wanted.path(&asset.source);
    Asset { url: Url::file(&path), source: path.as_ref().into(), ..asset.clone() }
}

/// A date that stands in the file's name only would be lost with the name.
fn refuse_lost_date(old: &Head, new: &Head) -> Result<(), Diagnostic> {
    let Some(date) = old.date.filter(|_| new.date.is_none()) else { return Ok(()) };
    let day = article::date::iso_day(date.day());
    let message = format!("the date of `{}` is in its file's name only, and would be lost", old.file());
    let hint = format!("put `date: {day}` into its front matter, or begin the new name with `{day}-`");
    Err(Diagnostic::error("not-moved", message).at(Place::file(old.file())).hint(hint))
}

fn cannot_rewrite(article: &Article, index: usize, link: &Link) -> Diagnostic {
    let message = format!("this link to `{}` cannot be rewritten, so nothing was moved", link.target.as_written());
    let file = article.head.file();
    let place = article.places.link(index).map_or_else(|| Place::file(file.clone()), |span| Place::at(file.clone(), span));
    Diagnostic::error("not-moved", message).at(place).hint("write it as `[words](file.md)`, and move again")
}

fn cannot_add(article: &Article, old: &Url) -> Diagnostic {
    let message = format!("the alias `{old}` cannot be added here, so nothing was moved");
    let place = article.places.key("aliases").cloned().unwrap_or_else(|| Place::file(article.head.file()));
    let hint = format!("write its aliases as a list, `aliases: [{}]`, and move again", crate::yaml::item(old.as_str()));
    Diagnostic::error("not-moved", message).at(place).hint(hint)
}
