//! How articles relate: computed whole from their heads, whenever one of them stands elsewhere than before.
//!
//! Where links lead is found in `links`, and what tags are one in `tags`. What pages show of it is the plan's business.

use std::sync::Arc;

use jiff::civil;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    ArticleId, Asset, At, Finding, Goal, LeftOut, Section, SectionId, Selection, Series, Tag, TagId, Writer, author, tags,
    titles, writers,
};
use crate::article::{Head, Target, date, folder_title, folder_url};
use crate::diagnostic::Diagnostic;
use crate::settings::Settings;
use crate::url::Url;

/// How the articles of a site relate. Two sites whose heads differ in words alone have the same.
#[derive(Debug, Clone)]
pub struct Relations {
    /// Files beside the articles, by path.
    pub assets: Vec<Asset>,
    /// The sections; the first is the top.
    pub sections: Vec<Section>,
    /// The tags, by name.
    pub tags: Vec<Tag>,
    /// Who has written what, by key.
    pub writers: Vec<Writer>,
    /// The series, by name.
    pub series: Vec<Series>,
    /// All articles that listings show, the newest first.
    pub by_date: Vec<ArticleId>,
    /// Every letter under which an article of these is found by its title, and how many are; in order.
    pub letters: Vec<(char, usize)>,
    /// What was left out and why.
    pub left_out: Vec<(Arc<Head>, LeftOut)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Each article's place in `by_date`; a section's own page has none and comes last.
    pub(super) ranks: Vec<u32>,
    pub(super) placement: Vec<Placement>,
    pub(super) tags_of: Vec<Vec<TagId>>,
    pub(super) goals: Vec<Box<[Goal]>>,
    pub(super) backlinks: Vec<Vec<ArticleId>>,
    pub(super) feed_ids: Vec<String>,
    /// Whether any article is linked to by its name.
    pub(super) has_wikilinks: bool,
}

/// Where an article stands among others.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Placement {
    pub(super) section: SectionId,
    pub(super) position: Option<usize>,
    pub(super) series: Option<(usize, usize)>,
}

impl Relations {
    /// Of published articles, links apart. `all` are the heads of those that are not published, too.
    pub(super) fn new(
        heads: &[Arc<Head>],
        all: &[Arc<Head>],
        assets: Vec<Asset>,
        left_out: Vec<(Arc<Head>, LeftOut)>,
        settings: &Settings,
        selection: &Selection,
    ) -> Relations {
        let is_wikilink = |link: &crate::article::Link| matches!(link.target, Target::Wiki(_));
        let mut relations = Relations {
            assets,
            sections: Vec::new(),
            tags: Vec::new(),
            writers: Vec::new(),
            series: Vec::new(),
            by_date: Vec::new(),
            letters: Vec::new(),
            left_out,
            findings: Vec::new(),
            ranks: Vec::new(),
            placement: vec![Placement::default(); heads.len()],
            tags_of: Vec::new(),
            goals: Vec::new(),
            backlinks: Vec::new(),
            feed_ids: Vec::new(),
            has_wikilinks: heads.iter().any(|head| head.links.iter().any(is_wikilink)),
        };
        relations.place_in_sections(heads, settings, &Folders::of(all));
        relations.sort_by_date(heads);
        relations.letters = titles::letters(relations.by_date.iter().map(|id| heads[id.index()].title.as_str()));
        relations.gather_tags(heads, settings);
        relations.writers = writers::gather(heads, &relations.by_date, &relations.sections, settings);
        relations.gather_series(heads);
        relations.name_for_feeds(heads, settings);
        relations.look_for_reviews(heads, settings, selection.today);
        relations
    }

    /// Whether an article is a section's own page, and so no entry of any list.
    pub(super) fn is_section_page(&self, id: ArticleId) -> bool {
        self.placement[id.index()].position.is_none()
    }

    fn place_in_sections(&mut self, heads: &[Arc<Head>], settings: &Settings, folders: &Folders) {
        let mut numbers: FxHashMap<&str, SectionId> = FxHashMap::default();
        for folder in &folders.sections {
            numbers.insert(folder, self.sections.len());
            let parent = (!folder.is_empty()).then(|| numbers[parent_folder(folder)]);
            let title = if folder.is_empty() { settings.title.clone() } else { folder_title(folder) };
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
        for id in ids(heads) {
            let head = &heads[id.index()];
            let own = head.is_index.then(|| numbers.get(head.folder())).flatten();
            let section = match own {
                Some(&section) => section,
                // A folder with nothing but its own page is an article of the folder above.
                None if head.is_index => numbers[parent_folder(head.folder())],
                None => numbers[head.folder()],
            };
            self.placement[id.index()].section = section;
            let section = &mut self.sections[section];
            if own.is_none() {
                section.articles.push(id);
                continue;
            }
            if let Some(first) = section.index {
                let first = &heads[first.index()].source;
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
        self.order_sections(heads);
    }

    fn order_sections(&mut self, heads: &[Arc<Head>]) {
        let mut sections = std::mem::take(&mut self.sections);
        for section in &mut sections {
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

    fn sort_by_date(&mut self, heads: &[Arc<Head>]) {
        let mut by_date: Vec<ArticleId> = ids(heads).filter(|&id| !self.is_section_page(id)).collect();
        by_date.sort_by(|a, b| newest_first(&heads[a.index()], &heads[b.index()]));
        self.ranks = vec![u32::MAX; heads.len()];
        for (rank, id) in by_date.iter().enumerate() {
            self.ranks[id.index()] = rank as u32;
        }
        self.by_date = by_date;
    }

    fn gather_tags(&mut self, heads: &[Arc<Head>], settings: &Settings) {
        let gathered = tags::gather(heads, &self.by_date, &settings.tags);
        self.tags = gathered.tags;
        self.tags_of = gathered.tags_of;
        self.findings.extend(gathered.findings);
    }

    fn gather_series(&mut self, heads: &[Arc<Head>]) {
        let mut by_name: FxHashMap<&str, Vec<ArticleId>> = FxHashMap::default();
        for id in ids(heads) {
            if let Some(name) = &heads[id.index()].series {
                by_name.entry(name).or_default().push(id);
            }
        }
        let mut series: Vec<Series> =
            by_name.into_iter().map(|(name, articles)| Series { name: name.to_owned(), articles }).collect();
        series.sort_by(|a, b| a.name.cmp(&b.name));
        for (number, one) in series.iter_mut().enumerate() {
            one.articles.sort_by(|a, b| {
                let (a, b) = (&heads[a.index()], &heads[b.index()]);
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
    fn name_for_feeds(&mut self, heads: &[Arc<Head>], settings: &Settings) {
        let authority = settings.feed.id_authority.clone().unwrap_or_else(|| settings.base.host().to_owned());
        let mut names = vec![String::new(); heads.len()];
        let mut taken: FxHashMap<String, ArticleId> = FxHashMap::default();
        let (stated, others): (Vec<ArticleId>, Vec<ArticleId>) = ids(heads).partition(|id| heads[id.index()].id.is_some());
        for article in stated {
            let id = heads[article.index()].id.clone().unwrap_or_default();
            if let Some(first) = taken.get(&id) {
                let message =
                    format!("`{}` has this id too, so feed readers would take the two for one", heads[first.index()].source);
                let diagnostic = Diagnostic::error("same-feed-id", message).hint("an id belongs to one article for good");
                self.findings.push(Finding { article, at: At::Key("id"), diagnostic });
            }
            taken.entry(id.clone()).or_insert(article);
            names[article.index()] = id;
        }
        let mut counts: FxHashMap<String, usize> = FxHashMap::default();
        let mut oldest_first = others;
        oldest_first.sort_by_key(|article| (heads[article.index()].date.map(|when| when.instant()), *article));
        for article in oldest_first {
            let mut id = feed_id(&heads[article.index()], &authority, &heads[article.index()].first_slug);
            if let Some(first) = taken.get(&id) {
                let message =
                    format!("feed readers would take this article for `{}`: same day, same name", heads[first.index()].source);
                let diagnostic = Diagnostic::warning("same-feed-id", message)
                    .hint("give it an `id` of its own, in words that will never change");
                if heads[article.index()].date.is_some() && heads[article.index()].in_feeds {
                    self.findings.push(Finding { article, at: At::Key("date"), diagnostic });
                }
                // Where many have one name, each goes on where the last has found a number.
                let number = counts.entry(id.clone()).or_insert(1);
                while taken.contains_key(&id) {
                    *number += 1;
                    id = feed_id(&heads[article.index()], &authority, &format!("{}-{number}", heads[article.index()].first_slug));
                }
            }
            taken.insert(id.clone(), article);
            names[article.index()] = id;
        }
        self.feed_ids = names;
    }

    fn look_for_reviews(&mut self, heads: &[Arc<Head>], settings: &Settings, today: civil::Date) {
        for (number, head) in heads.iter().enumerate() {
            let Some(due) = head.review_by.map(|when| when.day()).filter(|day| *day < today) else { continue };
            let who = head.owner.as_deref().map_or(String::new(), |owner| format!(" by {}", author(settings, owner).name));
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

/// All ids, in order.
fn ids(heads: &[Arc<Head>]) -> impl Iterator<Item = ArticleId> + use<> {
    (0..heads.len() as u32).map(ArticleId)
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
