//! All published articles and how they relate: sections, tags, series, neighbours, links and backlinks.
//!
//! A site is computed whole from heads, never from bodies, and never changes. It decides which articles are published;
//! what pages show them is the plan's business. What is wrong is said in [`Finding`]s, which name an article and a key
//! or link of it: lines are known only to who has the article.

mod links;
pub mod related;
mod tags;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::article::{Article, Head, date, folder_title, folder_url};
use crate::diagnostic::{Diagnostic, Place};
use crate::settings::{Author, Settings};
use crate::url::Url;

pub use links::{Goal, Lookup, join, relative};
pub use tags::Tag;

/// An article's number in its site: articles are numbered in the order of their source paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(u32);

impl ArticleId {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A section's number in its site; 0 is the home page's.
pub type SectionId = usize;
/// A tag's number in its site.
pub type TagId = usize;

/// Which articles are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// The day it is, in the site's time zone.
    pub today: civil::Date,
    /// Whether drafts are published.
    pub drafts: bool,
    /// Whether articles whose day has not come are published.
    pub future: bool,
    /// Whether articles whose day is over are published.
    pub expired: bool,
}

/// Why an article is not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeftOut {
    /// It is a draft.
    Draft,
    /// Its day has not come.
    Scheduled,
    /// Its day is over.
    Expired,
}

impl LeftOut {
    /// What such an article is.
    pub fn words(self) -> &'static str {
        match self {
            LeftOut::Draft => "a draft",
            LeftOut::Scheduled => "scheduled for a later day",
            LeftOut::Expired => "past its last day",
        }
    }
}

impl Selection {
    /// Why an article is left out; `None` if it is published.
    pub fn left_out(&self, head: &Head) -> Option<LeftOut> {
        let starts = head.publish_on.or(head.date).map(|when| when.day());
        let ends = head.expires.map(|when| when.day());
        if head.draft && !self.drafts {
            Some(LeftOut::Draft)
        } else if starts.is_some_and(|day| day > self.today) && !self.future {
            Some(LeftOut::Scheduled)
        } else if ends.is_some_and(|day| day < self.today) && !self.expired {
            Some(LeftOut::Expired)
        } else {
            None
        }
    }
}

/// A file beside the articles.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// The path from `content/`.
    pub source: Arc<str>,
    /// Its address.
    pub url: Url,
    /// Where the file is on this machine.
    pub location: PathBuf,
    /// Width and height in pixels, if it is a picture.
    pub size: Option<(u32, u32)>,
}

/// A folder of articles.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The path from `content/`; empty for the top.
    pub folder: String,
    /// Its address.
    pub url: Url,
    /// Its name.
    pub title: String,
    /// The folder's own page, if it has one.
    pub index: Option<ArticleId>,
    /// The articles directly in it, in its order.
    pub articles: Vec<ArticleId>,
    /// The folders directly in it, in its order.
    pub sections: Vec<SectionId>,
    /// The folder it is in; `None` for the top.
    pub parent: Option<SectionId>,
    /// How many articles there are in it and below it.
    pub total: usize,
    weight: Option<i64>,
}

/// Articles that are meant to be read in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// The parts.
    pub articles: Vec<ArticleId>,
}

/// All published articles and how they relate.
#[derive(Debug)]
pub struct Site {
    /// The settings.
    pub settings: Arc<Settings>,
    /// The heads of all published articles, by id.
    heads: Vec<Arc<Head>>,
    /// Files beside the articles, by path.
    pub assets: Vec<Asset>,
    /// The sections; the first is the top.
    pub sections: Vec<Section>,
    /// The tags, by name.
    pub tags: Vec<Tag>,
    /// The series, by name.
    pub series: Vec<Series>,
    /// All articles that listings show, the newest first.
    pub by_date: Vec<ArticleId>,
    /// What was left out and why.
    pub left_out: Vec<(Arc<Head>, LeftOut)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Each article's place in `by_date`; a section's own page has none and comes last.
    ranks: Vec<u32>,
    placement: Vec<Placement>,
    tags_of: Vec<Vec<TagId>>,
    goals: Vec<Box<[Goal]>>,
    backlinks: Vec<Vec<ArticleId>>,
    feed_ids: Vec<String>,
}

/// Where an article stands among others.
#[derive(Debug, Clone, Copy, Default)]
struct Placement {
    section: SectionId,
    position: Option<usize>,
    series: Option<(usize, usize)>,
}

/// Something wrong with an article, found when it was seen among the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The article.
    pub article: ArticleId,
    /// Where in it.
    pub at: At,
    /// What is wrong, without a place.
    pub diagnostic: Diagnostic,
}

/// Where in an article's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A key of its front matter.
    Key(&'static str),
    /// The key that decides its address: `permalink`, or else `slug`.
    Address,
    /// One of its links.
    Link(usize),
}

impl Finding {
    /// The diagnostic with its place, told by the article itself.
    pub fn pin(self, article: &Article) -> Diagnostic {
        let file = || Place::file(article.head.file());
        let place = match self.at {
            At::Key(key) => article.places.key(key).cloned().unwrap_or_else(file),
            At::Address => {
                let key = article.places.key("permalink").or_else(|| article.places.key("slug"));
                key.cloned().unwrap_or_else(file)
            }
            At::Link(index) => match article.places.link(index) {
                Some(span) => Place::at(article.head.file(), span),
                None => file(),
            },
        };
        self.diagnostic.at(place)
    }
}

impl Site {
    /// Relates all articles, published or not, to each other. `heads` and `assets` are in the order of their paths.
    pub fn new(heads: &[Arc<Head>], assets: Vec<Asset>, settings: Arc<Settings>, selection: &Selection) -> Site {
        let folders = Folders::of(heads);
        let mut published = Vec::with_capacity(heads.len());
        let mut left_out = Vec::new();
        for head in heads {
            match selection.left_out(head) {
                None => published.push(head.clone()),
                Some(reason) => left_out.push((head.clone(), reason)),
            }
        }
        let heads = published;
        let mut site = Site {
            placement: vec![Placement::default(); heads.len()],
            sections: Vec::new(),
            tags: Vec::new(),
            series: Vec::new(),
            by_date: Vec::new(),
            ranks: Vec::new(),
            findings: Vec::new(),
            tags_of: Vec::new(),
            goals: Vec::new(),
            backlinks: Vec::new(),
            feed_ids: Vec::new(),
            settings,
            heads,
            assets,
            left_out,
        };
        site.place_in_sections(&folders);
        site.sort_by_date();
        site.gather_tags();
        site.gather_series();
        site.name_for_feeds();
        site.resolve_links();
        site.look_for_reviews(selection.today);
        site
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = ArticleId> + use<> {
        (0..self.heads.len() as u32).map(ArticleId)
    }

    /// How many articles there are, folders' own pages included.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// An article's head.
    pub fn head(&self, id: ArticleId) -> &Head {
        &self.heads[id.index()]
    }

    /// The section an article is in.
    pub fn section_of(&self, id: ArticleId) -> &Section {
        &self.sections[self.placement[id.index()].section]
    }

    /// Whether an article is a section's own page, and so no entry of any list.
    pub fn is_section_page(&self, id: ArticleId) -> bool {
        self.placement[id.index()].position.is_none()
    }

    /// An article's place among all, the newest first: 0 for the newest.
    pub fn rank(&self, id: ArticleId) -> u32 {
        self.ranks[id.index()]
    }

    /// An article's neighbours in its section: the one before and the one after.
    pub fn neighbours(&self, id: ArticleId) -> (Option<ArticleId>, Option<ArticleId>) {
        let Some(position) = self.placement[id.index()].position else { return (None, None) };
        let articles = &self.section_of(id).articles;
        let before = position.checked_sub(1).and_then(|i| articles.get(i));
        (before.copied(), articles.get(position + 1).copied())
    }

    /// The series an article is in, and which part it is, from 0.
    pub fn series_of(&self, id: ArticleId) -> Option<(&Series, usize)> {
        let (series, part) = self.placement[id.index()].series?;
        Some((&self.series[series], part))
    }

    /// An article's tags.
    pub fn tags_of(&self, id: ArticleId) -> impl Iterator<Item = &Tag> {
        self.tags_of[id.index()].iter().map(|&tag| &self.tags[tag])
    }

    /// Where an article's links lead, one for each of its head's links.
    pub fn goals(&self, id: ArticleId) -> &[Goal] {
        &self.goals[id.index()]
    }

    /// The articles that link to an article, the newest first.
    pub fn backlinks(&self, id: ArticleId) -> &[ArticleId] {
        &self.backlinks[id.index()]
    }

    /// An article's permanent id for feeds.
    pub fn feed_id(&self, id: ArticleId) -> &str {
        &self.feed_ids[id.index()]
    }

    /// The people who wrote an article: from the settings where they are known there.
    pub fn authors(&self, head: &Head) -> Vec<Author> {
        let named = if head.authors.is_empty() { self.settings.author.as_slice() } else { head.authors.as_slice() };
        named.iter().map(|name| self.author(name)).collect()
    }

    /// Somebody by key, or else by name alone.
    pub fn author(&self, key: &str) -> Author {
        let known = self.settings.authors.get(key);
        known.cloned().unwrap_or_else(|| Author { name: key.to_owned(), ..Author::default() })
    }

    /// How many articles were left out for a reason.
    pub fn count_left_out(&self, reason: LeftOut) -> usize {
        self.left_out.iter().filter(|(_, why)| *why == reason).count()
    }

    fn place_in_sections(&mut self, folders: &Folders) {
        let mut ids: FxHashMap<&str, SectionId> = FxHashMap::default();
        for folder in &folders.sections {
            ids.insert(folder, self.sections.len());
            let parent = (!folder.is_empty()).then(|| ids[parent_folder(folder)]);
            let title = if folder.is_empty() { self.settings.title.clone() } else { folder_title(folder) };
            self.sections.push(Section {
                folder: folder.clone(),
                url: folder_url(folder),
                title,
                index: None,
                articles: Vec::new(),
                sections: Vec::new(),
                parent,
                total: 0,
                weight: None,
            });
        }
        for id in (0..self.heads.len() as u32).map(ArticleId) {
            let head = &self.heads[id.index()];
            let own = head.is_index.then(|| ids.get(head.folder())).flatten();
            let section = match own {
                Some(&section) => section,
                // A folder with nothing but its own page is an article of the folder above.
                None if head.is_index => ids[parent_folder(head.folder())],
                None => ids[head.folder()],
            };
            self.placement[id.index()].section = section;
            let section = &mut self.sections[section];
            if own.is_none() {
                section.articles.push(id);
                continue;
            }
            if let Some(first) = section.index {
                let first = &self.heads[first.index()].source;
                let diagnostic = Diagnostic::error("two-folder-pages", format!("`{first}` is this folder's own page already"));
                let diagnostic = diagnostic.hint("keep one of the two, and give the other a name of its own");
                self.findings.push(Finding { article: id, at: At::Key("title"), diagnostic });
                continue;
            }
            section.index = Some(id);
            section.weight = head.weight;
            if !section.folder.is_empty() {
                section.url = head.url.clone();
                section.title = head.title.clone();
            } else if head.url != Url::home() {
                let diagnostic = Diagnostic::error("bad-address", "the home page is always at `/`").hint("take this line out");
                self.findings.push(Finding { article: id, at: At::Address, diagnostic });
            }
        }
        self.order_sections();
    }

    fn order_sections(&mut self) {
        let mut sections = std::mem::take(&mut self.sections);
        for section in &mut sections {
            let heads = &self.heads;
            let by_weight = section.articles.iter().any(|id| heads[id.index()].weight.is_some());
            section.articles.sort_by(|a, b| {
                let (a, b) = (&heads[a.index()], &heads[b.index()]);
                let weights = if by_weight { weight_key(a.weight).cmp(&weight_key(b.weight)) } else { std::cmp::Ordering::Equal };
                weights.then_with(|| newest_first(a, b))
            });
            section.total = section.articles.len();
        }
        // Children follow their parents in the list, so one pass from the end adds everything up.
        for child in (1..sections.len()).rev() {
            if let Some(parent) = sections[child].parent {
                let total = sections[child].total;
                sections[parent].total += total;
                if total > 0 || sections[child].index.is_some() {
                    sections[parent].sections.push(child);
                }
            }
        }
        let keys: Vec<_> = sections.iter().map(|s| (weight_key(s.weight), s.title.to_lowercase(), s.folder.clone())).collect();
        for section in &mut sections {
            section.sections.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
        }
        for (number, section) in sections.iter().enumerate() {
            for (position, id) in section.articles.iter().enumerate() {
                self.placement[id.index()] = Placement { section: number, position: Some(position), series: None };
            }
        }
        self.sections = sections;
    }

    fn sort_by_date(&mut self) {
        let mut ids: Vec<ArticleId> = self.ids().filter(|&id| !self.is_section_page(id)).collect();
        ids.sort_by(|a, b| newest_first(self.head(*a), self.head(*b)));
        self.ranks = vec![u32::MAX; self.heads.len()];
        for (rank, id) in ids.iter().enumerate() {
            self.ranks[id.index()] = rank as u32;
        }
        self.by_date = ids;
    }

    fn gather_tags(&mut self) {
        let gathered = tags::gather(&self.heads, &self.by_date, &self.settings.tags);
        self.tags = gathered.tags;
        self.tags_of = gathered.tags_of;
        self.findings.extend(gathered.findings);
    }

    fn gather_series(&mut self) {
        let mut by_name: FxHashMap<&str, Vec<ArticleId>> = FxHashMap::default();
        for id in (0..self.heads.len() as u32).map(ArticleId) {
            if let Some(name) = &self.heads[id.index()].series {
                by_name.entry(name).or_default().push(id);
            }
        }
        let mut series: Vec<Series> =
            by_name.into_iter().map(|(name, articles)| Series { name: name.to_owned(), articles }).collect();
        series.sort_by(|a, b| a.name.cmp(&b.name));
        for (number, one) in series.iter_mut().enumerate() {
            one.articles.sort_by(|a, b| {
                let (a, b) = (self.head(*a), self.head(*b));
                weight_key(a.weight).cmp(&weight_key(b.weight)).then_with(|| newest_first(b, a))
            });
            for (part, id) in one.articles.iter().enumerate() {
                self.placement[id.index()].series = Some((number, part));
            }
        }
        self.series = series;
    }

    /// Gives every article the id it has in feeds for good: its own, or a `tag:` URI (RFC 4151) of the id authority,
    /// the first date and the first slug, none of which changes when the address does.
    ///
    /// Stated ids come first, then the oldest article's, so that a new article never takes the id of another.
    fn name_for_feeds(&mut self) {
        let authority = self.settings.feed.id_authority.clone().unwrap_or_else(|| self.settings.base.host().to_owned());
        let mut ids = vec![String::new(); self.heads.len()];
        let mut taken: FxHashMap<String, ArticleId> = FxHashMap::default();
        let (stated, others): (Vec<ArticleId>, Vec<ArticleId>) = self.ids().partition(|id| self.head(*id).id.is_some());
        for article in stated {
            let id = self.head(article).id.clone().unwrap_or_default();
            if let Some(first) = taken.get(&id) {
                let message =
                    format!("`{}` has this id too, so feed readers would take the two for one", self.head(*first).source);
                let diagnostic = Diagnostic::error("same-feed-id", message).hint("an id belongs to one article for good");
                self.findings.push(Finding { article, at: At::Key("id"), diagnostic });
            }
            taken.entry(id.clone()).or_insert(article);
            ids[article.index()] = id;
        }
        let mut oldest_first = others;
        oldest_first.sort_by_key(|article| (self.head(*article).date.map(|when| when.instant()), *article));
        for article in oldest_first {
            let mut id = feed_id(self.head(article), &authority, &self.head(article).first_slug);
            if let Some(first) = taken.get(&id) {
                let message =
                    format!("feed readers would take this article for `{}`: same day, same name", self.head(*first).source);
                let diagnostic = Diagnostic::warning("same-feed-id", message)
                    .hint("give it an `id` of its own, in words that will never change");
                if self.head(article).date.is_some() && self.head(article).in_feeds {
                    self.findings.push(Finding { article, at: At::Key("date"), diagnostic });
                }
                let mut number = 2;
                while taken.contains_key(&id) {
                    id = feed_id(self.head(article), &authority, &format!("{}-{number}", self.head(article).first_slug));
                    number += 1;
                }
            }
            taken.insert(id.clone(), article);
            ids[article.index()] = id;
        }
        self.feed_ids = ids;
    }

    fn resolve_links(&mut self) {
        let resolved = links::resolve(self);
        self.goals = resolved.goals;
        self.backlinks = resolved.backlinks;
        self.findings.extend(resolved.findings);
    }

    fn look_for_reviews(&mut self, today: civil::Date) {
        for (number, head) in self.heads.iter().enumerate() {
            let Some(due) = head.review_by.map(|when| when.day()).filter(|day| *day < today) else { continue };
            let who = head.owner.as_deref().map_or(String::new(), |owner| format!(" by {}", self.author(owner).name));
            let problem =
                Diagnostic::warning("review-due", format!("this advice was to be reviewed{who} by {}", date::long_day(due)));
            self.findings.push(Finding {
                article: ArticleId(number as u32),
                at: At::Key("review_by"),
                diagnostic: problem.hint("check that it still holds, then set `review_by` to the next date"),
            });
        }
    }
}

/// `tag:advice.example.edu,2026-01-04:ask-for-an-introduction`; an authority with a day of its own keeps it.
fn feed_id(head: &Head, authority: &str, slug: &str) -> String {
    let day = head.date.map_or_else(|| "2000-01-01".to_owned(), |when| date::iso_day(when.day()));
    let mut id = if authority.contains(',') { format!("tag:{authority}:{day}/") } else { format!("tag:{authority},{day}:") };
    crate::url::encode_into(slug, &mut id);
    id
}

/// The newest first; articles without a date last; then by source path, so that the order is total.
fn newest_first(a: &Head, b: &Head) -> std::cmp::Ordering {
    let key = |head: &Head| head.date.map(|when| when.instant());
    key(b).cmp(&key(a)).then_with(|| a.source.cmp(&b.source))
}

/// The lowest weight first, none last.
fn weight_key(weight: Option<i64>) -> (bool, i64) {
    (weight.is_none(), weight.unwrap_or(0))
}

fn parent_folder(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Which folders are sections: those with an article or a section in them besides their own page.
struct Folders {
    /// Parents before children.
    sections: Vec<String>,
}

impl Folders {
    /// Told from all articles, published or not: a section whose articles are all drafts stays a section.
    fn of(heads: &[Arc<Head>]) -> Folders {
        let mut sections: FxHashSet<&str> = FxHashSet::default();
        sections.insert("");
        for head in heads {
            let mut folder = if head.is_index { parent_folder(head.folder()) } else { head.folder() };
            while sections.insert(folder) {
                folder = parent_folder(folder);
            }
        }
        let mut sections: Vec<String> = sections.into_iter().map(str::to_owned).collect();
        // `a/b` comes after `a` in the order of their texts.
        sections.sort();
        Folders { sections }
    }
}
