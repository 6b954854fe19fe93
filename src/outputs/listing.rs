//! Pages that list articles: home, sections and tags, each in as many pages as it takes.

use serde::Serialize;
use tera::Value;

use super::feed;
use super::moved;
use super::social_card::Of as CardOf;
use super::views::{self, Addresses, LinkView, PageView, PaginationView, PersonView, View};
use crate::article::{CONTENT, Kind};
use crate::plan::Snapshot;
use crate::site::{ArticleId, Section, SectionId, Site, TagId, WriterId};
use crate::url::Url;

/// One page of a listing.
#[derive(Debug, PartialEq)]
pub struct Listing {
    of: Of,
    url: Url,
    /// Which page it is, from 1.
    number: usize,
    /// How many there are.
    total: usize,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    /// Everything, the newest first.
    Home,
    /// A section's articles, in its order.
    Section(SectionId),
    /// A tag's articles, the newest first.
    Tag(TagId),
    /// What somebody has written, the newest first.
    Writer(WriterId),
}

/// How many agendas the home page shows.
const MOST_AGENDAS: usize = 6;
/// How many tags the home page shows.
const MOST_POPULAR_TAGS: usize = 24;

/// `listing`: what is special about a listing. Beside it the template gets `entries`, a list of cards, and `content`,
/// the words that the section's own page puts before them.
#[derive(Debug, Serialize)]
struct ListingView {
    title: String,
    /// One sentence about it.
    lead: Option<String>,
    /// How many articles there are on all its pages.
    total: usize,
    /// The sections within.
    sections: Vec<SectionView>,
    /// The tags with the most articles; on the home page only.
    popular_tags: Vec<CountedLink>,
    /// Its own feed, if it has one.
    feed_href: Option<String>,
    /// Who has written what it lists, if that is one author's.
    person: Option<PersonView>,
    /// Where the file of the section's own page can be changed.
    edit_href: Option<String>,
    pagination: PaginationView,
}

/// A link with a number beside it.
#[derive(Debug, Serialize)]
pub struct CountedLink {
    /// Its words.
    pub title: String,
    /// Its address.
    pub href: String,
    /// How many articles it leads to.
    pub count: usize,
}

#[derive(Debug, Serialize)]
struct SectionView {
    title: String,
    href: String,
    lead: Option<String>,
    count: usize,
    /// A mark of the theme, as SVG.
    mark: Option<Value>,
}

impl Listing {
    /// Home, every section, every tag that has an article; at least one page each.
    pub fn plan(site: &Site) -> Vec<Listing> {
        let mut listings = Vec::new();
        add_pages(&mut listings, site, Of::Home, &Url::home());
        for (number, section) in site.sections.iter().enumerate().skip(1) {
            if section.total > 0 || section.index.is_some() {
                add_pages(&mut listings, site, Of::Section(number), &section.url);
            }
        }
        for (number, tag) in site.tags.iter().enumerate().filter(|(_, tag)| !tag.articles.is_empty()) {
            add_pages(&mut listings, site, Of::Tag(number), &tag.url);
        }
        for (number, writer) in site.writers.iter().enumerate() {
            add_pages(&mut listings, site, Of::Writer(number), &writer.url);
        }
        listings
    }

    /// The address of this page of the listing.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// `home`, `section`, `tag` or `author`.
    pub fn kind(&self) -> &'static str {
        match self.of {
            Of::Home => "home",
            Of::Section(_) => "section",
            Of::Tag(_) => "tag",
            Of::Writer(_) => "author",
        }
    }

    /// The section's own page, if this is where it is shown.
    pub fn section_page(&self, site: &Site) -> Option<ArticleId> {
        self.bodies(site).first().copied()
    }

    /// What this page lists: its share of all entries.
    pub fn entries<'a>(&self, site: &'a Site) -> &'a [ArticleId] {
        let page_size = site.settings.page_size;
        let all = self.of.entries(site);
        let from = ((self.number - 1) * page_size).min(all.len());
        &all[from..all.len().min(from + page_size)]
    }

    /// The template that shows it.
    pub fn template(&self) -> &'static str {
        if self.of == Of::Home && self.number == 1 { "home.html" } else { "listing.html" }
    }

    /// Which page it is, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// What it lists, as its heading says.
    pub fn title(&self, site: &Site) -> String {
        self.of.title_and_lead(site).0
    }

    /// Whether it goes on from an earlier page.
    pub fn is_continuation(&self) -> bool {
        self.number > 1
    }

    /// The tag whose articles it lists, if it lists a tag's.
    pub fn tag(&self) -> Option<TagId> {
        match self.of {
            Of::Tag(tag) => Some(tag),
            Of::Home | Of::Section(_) | Of::Writer(_) => None,
        }
    }

    /// The section whose articles it lists, if it lists a section's; the home page is that of the top.
    pub fn section(&self) -> Option<SectionId> {
        match self.of {
            Of::Home => Some(0),
            Of::Section(section) => Some(section),
            Of::Tag(_) | Of::Writer(_) => None,
        }
    }

    /// The folder or page it comes from, as messages name it.
    pub fn source(&self, site: &Site) -> Option<String> {
        let section = self.of.section(site).filter(|section| !section.folder.is_empty())?;
        Some(match section.index {
            Some(index) => site.head(index).file().to_string(),
            None => format!("{CONTENT}/{}", section.folder),
        })
    }

    /// Whether its own page asks search engines to leave it out, or names another address as the original.
    pub fn is_unlisted(&self, site: &Site) -> bool {
        let index = self.of.section(site).and_then(|section| section.index);
        index.is_some_and(|id| site.head(id).is_unlisted())
    }

    /// What it is, for messages.
    pub fn describe(&self, site: &Site) -> String {
        match self.of {
            Of::Home => "the home page".into(),
            Of::Section(section) => match site.sections[section].index {
                Some(index) => format!("the section page `{}`", site.head(index).source),
                None => format!("the listing of the folder `{}`", site.sections[section].folder),
            },
            Of::Tag(tag) => format!("the listing of the tag `{}`", site.tags[tag].name),
            Of::Writer(writer) => format!("the listing of what `{}` has written", site.writers[writer].key),
        }
    }

    /// The section's own page, whose words stand before the first entries.
    pub fn bodies<'a>(&self, site: &'a Site) -> &'a [ArticleId] {
        self.of.section(site).filter(|_| self.number == 1).map_or(&[], |section| section.index.as_slice())
    }

    /// The page.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let entries = self.entries(site);
        let index = self.bodies(site).first();
        let mut view = View::new(self.template(), format!("the page {}", self.url), &self.page_view(snapshot), snapshot);
        view.add("listing", &self.view(snapshot));
        view.add_cards("entries", snapshot, entries);
        if self.of == Of::Home && self.number == 1 {
            view.add_cards("agendas", snapshot, &agendas(site));
            view.add("moved", &moved::view(snapshot, false));
        }
        let content = index.map_or(String::new(), |&id| views::body_html(snapshot, id, Addresses::FromRoot));
        view.add_html("content", &content);
        view.add("tasks", &index.map_or(0, |&id| snapshot.article(id).body.tasks().len()));
        view
    }

    fn page_view(&self, snapshot: &Snapshot) -> PageView {
        let (site, words) = (&*snapshot.site, snapshot.words());
        let base = &site.settings.base;
        let (title, lead) = self.of.title_and_lead(site);
        let trail = match self.of {
            Of::Home => Vec::new(),
            Of::Section(section) => {
                let parent = site.sections[section].parent.map(|parent| &site.sections[parent]);
                parent.map_or(Vec::new(), |parent| views::trail(site, parent))
            }
            Of::Tag(_) => vec![LinkView { title: words.get("tags").to_owned(), href: base.href(&super::tags::index_url()) }],
            Of::Writer(_) => {
                vec![LinkView { title: words.get("authors").to_owned(), href: base.href(&super::authors::index_url(site)) }]
            }
        };
        let mut page = PageView::new(snapshot, self.kind(), &title, &self.url, trail);
        page.description = lead;
        if self.number > 1 {
            let (number, total) = (self.number.to_string(), self.total.to_string());
            let with_page = |key, name, text: &str| words.fill(key, &[(name, text), ("n", &number), ("total", &total)]);
            page.full_title = with_page("page_of_in_title", "title", &page.full_title);
            page.description = page.description.map(|text| with_page("page_of_in_description", "text", &text));
        }
        if let Of::Section(section) = self.of {
            let section = &site.sections[section];
            page.section_href = views::trail(site, section).first().map(|top| top.href.clone());
            if let Some(index) = section.index {
                page.take_from(site, index);
            }
        }
        if let Some(section) = self.section() {
            page.show_card(CardOf::Section(section), snapshot);
        }
        if let Of::Tag(tag) = self.of {
            page.feeds = feed::views(site, words, feed::Scope::Tag(tag));
        }
        page
    }

    fn view(&self, snapshot: &Snapshot) -> ListingView {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let (title, lead) = self.of.title_and_lead(site);
        let sections = self.of.section(site).map_or(&[][..], |section| &section.sections);
        let sections = if self.number == 1 { sections } else { &[] };
        let popular_tags = if self.of == Of::Home && self.number == 1 { popular_tags(site) } else { Vec::new() };
        let first = self.of.url(site);
        ListingView {
            title,
            lead,
            total: self.of.entries(site).len(),
            sections: sections.iter().map(|&section| section_view(snapshot, &site.sections[section])).collect(),
            popular_tags,
            feed_href: match self.of {
                Of::Tag(_) => Some(base.href(&first.join("atom.xml"))),
                Of::Home | Of::Section(_) | Of::Writer(_) => None,
            },
            person: match self.of {
                Of::Writer(writer) => Some(PersonView::new(site, &site.writers[writer].key)),
                Of::Home | Of::Section(_) | Of::Tag(_) => None,
            },
            edit_href: self.section_page(site).and_then(|id| views::edit_href(site, id)),
            pagination: PaginationView::new(base, first, self.number, self.total),
        }
    }
}

impl Of {
    fn entries(self, site: &Site) -> &[ArticleId] {
        match self {
            Of::Home => &site.by_date,
            Of::Section(section) => &site.sections[section].articles,
            Of::Tag(tag) => &site.tags[tag].articles,
            Of::Writer(writer) => &site.writers[writer].articles,
        }
    }

    fn section(self, site: &Site) -> Option<&Section> {
        match self {
            Of::Home => Some(&site.sections[0]),
            Of::Section(section) => Some(&site.sections[section]),
            Of::Tag(_) | Of::Writer(_) => None,
        }
    }

    fn url(self, site: &Site) -> &Url {
        match self {
            Of::Home => &site.sections[0].url,
            Of::Section(section) => &site.sections[section].url,
            Of::Tag(tag) => &site.tags[tag].url,
            Of::Writer(writer) => &site.writers[writer].url,
        }
    }

    fn title_and_lead(self, site: &Site) -> (String, Option<String>) {
        match self {
            Of::Home => (site.settings.title.clone(), site.settings.description.clone()),
            Of::Section(section) => {
                let section = &site.sections[section];
                (section.title.clone(), section_lead(site, section))
            }
            Of::Tag(tag) => (site.tags[tag].name.clone(), site.tags[tag].description.clone()),
            Of::Writer(writer) => {
                let author = site.author(&site.writers[writer].key);
                (author.name, author.role)
            }
        }
    }
}

fn add_pages(listings: &mut Vec<Listing>, site: &Site, of: Of, url: &Url) {
    let total = of.entries(site).len().div_ceil(site.settings.page_size).max(1);
    listings.extend((1..=total).map(|number| Listing { of, url: url.numbered(number), number, total }));
}

fn section_view(snapshot: &Snapshot, section: &Section) -> SectionView {
    let site = &*snapshot.site;
    let icon = section.index.and_then(|index| site.head(index).icon.as_deref());
    SectionView {
        title: section.title.clone(),
        href: site.settings.base.href(&section.url),
        lead: section_lead(site, section),
        count: section.total,
        mark: icon.and_then(|icon| snapshot.theme.marks.get(icon)).map(|svg| Value::safe_string(svg)),
    }
}

/// The newest agendas, to take along.
fn agendas(site: &Site) -> Vec<ArticleId> {
    let agendas = site.by_date.iter().copied().filter(|&id| site.head(id).kind == Kind::Agenda);
    agendas.take(MOST_AGENDAS).collect()
}

fn section_lead(site: &Site, section: &Section) -> Option<String> {
    section.index.map(|index| site.head(index).lead().to_owned()).filter(|lead| !lead.is_empty())
}

/// The tags with the most articles, in the order of their names.
pub fn popular_tags(site: &Site) -> Vec<CountedLink> {
    let mut tags: Vec<_> = site.tags.iter().filter(|tag| !tag.articles.is_empty()).collect();
    tags.sort_by(|a, b| b.articles.len().cmp(&a.articles.len()).then_with(|| a.url.cmp(&b.url)));
    tags.truncate(MOST_POPULAR_TAGS);
    tags.sort_by(|a, b| a.url.cmp(&b.url));
    let base = &site.settings.base;
    tags.into_iter()
        .map(|tag| CountedLink { title: tag.name.clone(), href: base.href(&tag.url), count: tag.articles.len() })
        .collect()
}
