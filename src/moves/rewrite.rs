//! The links that would not lead where they led, rewritten; and the aliases that old addresses need.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::edits::{self, Edit};
use super::names;
use super::world::{End, World};
use super::{Before, Changed, Move, Moved, cannot_add, cannot_rewrite};
use crate::article::written::{self, Written};
use crate::article::{Article, Link, ParseOptions, aliases, folder_url};
use crate::diagnostic::{Diagnostic, Place};
use crate::site::Lookup;
use crate::text;

/// Gives the bytes of a source.
pub(super) type Read<'r> = dyn FnMut(&str) -> Result<Vec<u8>, Diagnostic> + 'r;

/// What is being worked out.
pub(super) struct Work<'w> {
    pub(super) before: &'w Before<'w>,
    pub(super) wanted: &'w Move,
    pub(super) options: &'w ParseOptions,
    pub(super) old: &'w World,
    /// The site with the articles in their new places and their links as they were.
    pub(super) between: &'w World,
    /// The bytes of the files that have been read, by their paths before.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    edits: BTreeMap<String, Vec<Edit>>,
    links: BTreeMap<String, usize>,
}

/// A link that leads elsewhere: where it led, and where that is now, in each selection.
struct Astray<'l> {
    index: usize,
    link: &'l Link,
    led: End,
    wanted: [Option<End>; 2],
}

/// Where something is that was at an end.
pub(super) fn moved_end(wanted: &Move, old: &World, end: &End) -> End {
    match end {
        End::Article(source) => End::Article(wanted.path(source).as_ref().into()),
        End::File(source) => End::File(wanted.path(source).as_ref().into()),
        End::Address(url) => {
            // The listing of a folder that has no page of its own moves with the folder.
            let sections = &old.site(0).sections;
            let section = sections.iter().find(|one| one.index.is_none() && one.url == *url && !one.folder.is_empty());
            End::Address(section.map_or_else(|| url.clone(), |section| folder_url(&wanted.path(&section.folder))))
        }
    }
}

impl<'w> Work<'w> {
    pub(super) fn new(
        before: &'w Before<'w>,
        wanted: &'w Move,
        options: &'w ParseOptions,
        old: &'w World,
        between: &'w World,
    ) -> Work<'w> {
        Work { before, wanted, options, old, between, files: BTreeMap::new(), edits: BTreeMap::new(), links: BTreeMap::new() }
    }

    /// Rewrites every link that would not lead where it led.
    pub(super) fn fix_links(&mut self, read: &mut Read<'_>) -> Vec<Diagnostic> {
        let lookups = [Lookup::new(self.between.site(0)), Lookup::new(self.between.site(1))];
        let mut problems = Vec::new();
        for article in self.before.articles {
            let astray = self.astray(article);
            if astray.is_empty() {
                continue;
            }
            if let Err(problem) = self.read(article, read) {
                problems.push(problem);
                continue;
            }
            let text = self.text(&article.head.source);
            let places = written::find(&text, article, self.options);
            for one in astray {
                let place = places.get(one.index).and_then(Option::as_ref);
                match place.and_then(|place| self.edit(article, &one, place, &text, &lookups)) {
                    Some(edit) => self.add(&article.head.source, edit),
                    None => problems.push(cannot_rewrite(article, one.index, one.link)),
                }
            }
        }
        problems
    }

    /// The links of an article that would lead elsewhere.
    fn astray<'l>(&self, article: &'l Article) -> Vec<Astray<'l>> {
        let source = &article.head.source;
        let were = [0, 1].map(|at| self.old.ends(at, source));
        let are = [0, 1].map(|at| self.between.ends(at, &self.wanted.path(source)));
        let mut astray = Vec::new();
        for (index, link) in article.head.links.iter().enumerate() {
            let led = [0, 1].map(|at| were[at].as_ref().and_then(|were| were.get(index)?.as_ref()));
            let wanted = led.map(|end| end.map(|end| moved_end(self.wanted, self.old, end)));
            let leads = |at: usize| are[at].as_ref().and_then(|are| are.get(index)?.as_ref());
            let is_right = [0, 1].into_iter().all(|at| wanted[at].is_none() || leads(at) == wanted[at].as_ref());
            if let Some(led) = led.into_iter().flatten().next().filter(|_| !is_right) {
                astray.push(Astray { index, link, led: led.clone(), wanted });
            }
        }
        astray
    }

    fn read(&mut self, article: &Article, read: &mut Read<'_>) -> Result<(), Diagnostic> {
        let source = &article.head.source;
        if self.files.contains_key(&**source) {
            return Ok(());
        }
        let bytes = read(source)?;
        if std::str::from_utf8(&bytes).is_err() {
            let message = "this file has a link to rewrite and is not UTF-8 text, so nothing was moved";
            let problem = Diagnostic::error("not-moved", message).at(Place::file(article.head.file()));
            return Err(problem.hint("save it again as UTF-8, and move again"));
        }
        self.files.insert(source.to_string(), bytes);
        Ok(())
    }

    /// The first of the names that a link can have which leads where it must.
    fn edit(&self, article: &Article, one: &Astray<'_>, place: &Written, text: &str, lookups: &[Lookup<'_>; 2]) -> Option<Edit> {
        let path = self.wanted.path(&article.head.source);
        let leads = |at: usize, link: &Link| {
            let from = self.between.ids[at].get(&*path)?;
            self.between.end(at, &lookups[at].goal(*from, link))
        };
        let fits = |link: &Link| [0, 1].into_iter().all(|at| one.wanted[at].is_none() || leads(at, link) == one.wanted[at]);
        let (old, new) = (self.old.sources(), self.between.sources());
        let calls = names::Calls { old, new, from: &article.head, path: &path, wanted: self.wanted };
        let led = names::Led::new(&one.led, one.wanted.iter().flatten().next()?);
        let candidates = calls.candidates(&one.link.target, &led).into_iter();
        let target = candidates.map(|target| Link { target, ..one.link.clone() }).find(fits)?.target;
        Some(Edit { range: place.range.clone(), text: place.with_path(text, target.as_written(), &one.link.target) })
    }

    /// One more link is rewritten; several that share a definition are rewritten in one place.
    fn add(&mut self, source: &str, edit: Edit) {
        let edits = self.edits.entry(source.to_owned()).or_default();
        if !edits.contains(&edit) {
            edits.push(edit);
        }
        *self.links.entry(source.to_owned()).or_default() += 1;
    }

    fn text(&self, source: &str) -> String {
        let bytes = self.files.get(source).map_or(&[][..], Vec::as_slice);
        text::decode(&source.into(), bytes, &mut Vec::new())
    }

    /// The old address of each article that has another one now leads on, unless something else stands there.
    pub(super) fn add_aliases(&mut self, moved: &FxHashMap<&str, Article>, result: &mut Moved) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let articles = self.before.articles.iter().filter_map(|article| Some((article, moved.get(&*article.head.source)?)));
        for (article, again) in articles {
            let (old, new) = (&article.head.url, &again.head.url);
            if old == new || again.head.aliases.contains(old) {
                continue;
            }
            if self.between.sites[0].1.answers_at(old.as_str()) {
                result.notes.push(format!("`{old}` is another page now, so it does not lead to `{new}`"));
                continue;
            }
            let text = self.text(&article.head.source);
            match aliases::add(&text, again, old) {
                Some(added) => {
                    let edit = Edit { range: added.range, text: added.text };
                    self.edits.entry(article.head.source.to_string()).or_default().push(edit);
                    result.aliases.push((old.clone(), new.clone()));
                }
                None => problems.push(cannot_add(article, old)),
            }
        }
        problems
    }

    /// Makes the new bytes of every file that changes.
    pub(super) fn finish(&mut self, result: &mut Moved) {
        for (source, edits) in &mut self.edits {
            let Some(before) = self.files.get(source) else { continue };
            let (after, lines) = edits::apply(before, edits);
            result.files.push(Changed {
                from: source.clone(),
                to: self.wanted.path(source).into_owned(),
                before: before.clone(),
                after,
                lines,
                links: self.links.get(source).copied().unwrap_or(0),
            });
        }
    }
}
