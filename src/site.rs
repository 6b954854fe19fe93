//! All published articles and how they relate: sections, tags, series, neighbours, links and backlinks.
//!
//! A site is computed whole from heads, never from bodies, and never changes. It decides which articles are published;
//! what pages show them is the plan's business. What is wrong is said in [`Finding`]s, which name an article and a key
//! or link of it: lines are known only to who has the article.

mod links;
pub mod related;
mod relations;
mod tags;
pub mod titles;
mod words;
pub mod writers;

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use jiff::civil;

use crate::article::{Article, Head};
use crate::diagnostic::{Diagnostic, Place};
use crate::redirects::Rules;
use crate::settings::{Author, Settings};
use crate::url::Url;

pub use links::{Goal, Lookup, join, relative};
pub use relations::Relations;
pub use tags::{Tag, Vocabulary};
pub use writers::Writer;

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
/// A writer's number in their site.
pub type WriterId = usize;

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
    /// What a build on that day publishes that is asked for nothing more.
    pub fn as_published(&self) -> Selection {
        Selection { drafts: false, future: false, expired: false, ..*self }
    }

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
#[derive(Debug, Clone)]
pub struct Site {
    /// The settings.
    pub settings: Arc<Settings>,
    /// The rules for old addresses.
    pub rules: Arc<Rules>,
    /// The heads of all published articles, by id.
    heads: Vec<Arc<Head>>,
    /// How they relate, shared with the sites that differ in words alone.
    relations: Arc<Relations>,
    /// All articles that listings show, by title; sorted when they are first asked for.
    by_title: OnceLock<Vec<ArticleId>>,
}

/// What is said of a site is mostly how its articles relate.
impl Deref for Site {
    type Target = Relations;

    fn deref(&self) -> &Relations {
        &self.relations
    }
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
    pub fn new(
        heads: &[Arc<Head>],
        assets: Vec<Asset>,
        rules: Arc<Rules>,
        settings: Arc<Settings>,
        selection: &Selection,
    ) -> Site {
        let mut published = Vec::with_capacity(heads.len());
        let mut left_out = Vec::new();
        for head in heads {
            match selection.left_out(head) {
                None => published.push(head.clone()),
                Some(reason) => left_out.push((head.clone(), reason)),
            }
        }
        let relations = Relations::new(&published, heads, assets, left_out, &settings, selection);
        let mut site = Site { settings, rules, heads: published, relations: Arc::new(relations), by_title: OnceLock::new() };
        let resolved = links::resolve(&site);
        // Nobody else has them yet, so nothing is copied.
        let relations = Arc::make_mut(&mut site.relations);
        relations.goals = resolved.goals;
        relations.backlinks = resolved.backlinks;
        relations.findings.extend(resolved.findings);
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
        &self.sections[self.section_id_of(id)]
    }

    /// The same, by its place among all sections.
    pub fn section_id_of(&self, id: ArticleId) -> SectionId {
        self.placement[id.index()].section
    }

    /// Whether an article is a section's own page, and so no entry of any list.
    pub fn is_section_page(&self, id: ArticleId) -> bool {
        self.relations.is_section_page(id)
    }

    /// All articles that listings show, by title.
    pub fn by_title(&self) -> &[ArticleId] {
        self.by_title.get_or_init(|| titles::sorted(self.by_date.iter().map(|&id| (self.head(id).title.as_str(), id))))
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

    /// What a link of an article's is called that has no words of its own.
    pub fn title_of_link(&self, id: ArticleId, index: u32) -> &str {
        let head = self.head(id);
        let link = &head.links[index as usize];
        match &self.goals(id)[index as usize] {
            // A place within the article itself is called by its heading.
            Goal::Article(to) if *to == id => {
                let heading = head.outline.iter().find(|heading| Some(heading.id.as_str()) == link.anchor.as_deref());
                heading.map_or(&head.title, |heading| &heading.text)
            }
            Goal::Article(to) => &self.head(*to).title,
            _ => link.target.as_written(),
        }
    }

    /// The articles that link to an article, the newest first.
    pub fn backlinks(&self, id: ArticleId) -> &[ArticleId] {
        &self.backlinks[id.index()]
    }

    /// Whether another article, or the menu, banner or foot of every page, links to an article.
    pub fn is_led_to(&self, id: ArticleId) -> bool {
        !self.backlinks(id).is_empty() || self.settings.led_to_by(&self.head(id).url).is_some()
    }

    /// An article's permanent id for feeds.
    pub fn feed_id(&self, id: ArticleId) -> &str {
        &self.feed_ids[id.index()]
    }

    /// The people who wrote an article: from the settings where they are known there.
    pub fn authors(&self, head: &Head) -> Vec<Author> {
        writers::names(head, &self.settings).iter().map(|name| self.author(name)).collect()
    }

    /// Somebody who has a page, by key.
    pub fn writer(&self, key: &str) -> Option<&Writer> {
        let number = self.writers.binary_search_by(|writer| writer.key.as_str().cmp(key)).ok()?;
        Some(&self.writers[number])
    }

    /// Somebody by key, or else by name alone.
    pub fn author(&self, key: &str) -> Author {
        author(&self.settings, key)
    }

    /// How many articles were left out for a reason.
    pub fn count_left_out(&self, reason: LeftOut) -> usize {
        self.left_out.iter().filter(|(_, why)| *why == reason).count()
    }
}

/// Somebody by key, or else by name alone.
fn author(settings: &Settings, key: &str) -> Author {
    let known = settings.authors.get(key);
    known.cloned().unwrap_or_else(|| Author { name: key.to_owned(), ..Author::default() })
}
