//! An article's page: articles, tips and agendas, each with its kind's template or one of its own.

mod json_ld;

use std::borrow::Cow;

use serde::Serialize;
use tera::Value;

use super::calendar;
use super::social_card::Of;
use super::views::{self, Addresses, DayView, LinkView, PageView, PersonView, StepView, View};
use crate::article::Head;
use crate::html;
use crate::plan::Snapshot;
use crate::site::{ArticleId, Site, writers};
use crate::url::Url;

/// The page of one article.
#[derive(Debug, PartialEq)]
pub struct ArticlePage {
    article: ArticleId,
    url: Url,
}

/// How many related articles a page shows.
const MOST_RELATED: usize = 5;
/// How many articles that mention this one a page shows.
const MOST_BACKLINKS: usize = 20;
/// A page with fewer headings than this needs no contents.
const FEWEST_HEADINGS_FOR_CONTENTS: usize = 3;

/// `article`: what is special about an article's page. Beside it the template gets `content`, the body as HTML; `tasks`, how
/// many boxes to tick are in it; `agenda`; `related` and `backlinks`, lists of cards; and `json_ld`.
#[derive(Debug, Serialize)]
struct ArticleView {
    title: String,
    /// The description, if the author wrote one.
    lead: Option<String>,
    kind: &'static str,
    published: Option<DayView>,
    updated: Option<DayView>,
    review_by: Option<DayView>,
    /// Whether that day is past.
    review_is_due: bool,
    /// Minutes to read it.
    minutes: u32,
    words: u32,
    /// The headings of levels 2 and 3.
    contents: Vec<ContentsView>,
    tags: Vec<LinkView>,
    authors: Vec<PersonView>,
    owner: Option<PersonView>,
    series: Option<SeriesView>,
    previous: Option<LinkView>,
    next: Option<LinkView>,
    appeared_in: Option<AppearedView>,
    /// Minutes an agenda takes, as it says or as its steps add up to.
    duration: Option<u32>,
    audience: Option<String>,
    /// Where its file can be changed.
    edit_href: Option<String>,
    /// Where its links lead, in order, for paper: one for each link that leads out of the page.
    addresses: Vec<String>,
    /// Whether the search finds it.
    in_search: bool,
    /// The author's own keys.
    extra: Value,
}

/// `agenda`: what is special about the page of an agenda; none for any other article.
#[derive(Debug, Serialize)]
struct AgendaView {
    steps: Vec<StepView>,
    /// Minutes that the times of its steps add up to.
    step_minutes: Option<u32>,
    /// Its calendar file.
    calendar_href: String,
}

#[derive(Debug, Serialize)]
struct ContentsView {
    level: u8,
    id: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct SeriesView {
    name: String,
    /// Which part this is, from 1.
    part: usize,
    parts: Vec<LinkView>,
}

#[derive(Debug, Serialize)]
struct AppearedView {
    publication: Option<String>,
    date: Option<DayView>,
    edition: Option<String>,
    url: Option<String>,
}

impl ArticlePage {
    /// A page for every article that is not a section's own page: that is the section's listing.
    pub fn plan(site: &Site) -> Vec<ArticlePage> {
        let ids = site.ids().filter(|&id| !site.is_section_page(id));
        ids.map(|article| ArticlePage { article, url: site.head(article).url.clone() }).collect()
    }

    /// The article's address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The article.
    pub fn article(&self) -> ArticleId {
        self.article
    }

    /// Its own.
    pub fn bodies(&self) -> &[ArticleId] {
        std::slice::from_ref(&self.article)
    }

    /// The template that shows it: the one it names, or its kind's.
    pub fn template(&self, site: &Site) -> String {
        let head = site.head(self.article);
        template_file(head.template.as_deref().unwrap_or(head.kind.name()))
    }

    /// The page.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let id = self.article;
        let head = site.head(id);
        let page = page_view(snapshot, id);
        let mut view = View::new(self.template(site), head.file().to_string(), &page, snapshot);
        let content = views::body_html(snapshot, id, Addresses::FromRoot);
        view.add("article", &article_view(snapshot, id, &content));
        view.add("agenda", &agenda_view(snapshot, id));
        view.add_html("content", &content);
        view.add("tasks", &snapshot.article(id).body.tasks().len());
        view.add_cards("related", snapshot, &snapshot.related.nearest(site, id, MOST_RELATED));
        // A section's own page links to what is in it anyway.
        let backlinks = site.backlinks(id).iter().copied().filter(|&from| !site.is_section_page(from));
        view.add_cards("backlinks", snapshot, &backlinks.take(MOST_BACKLINKS).collect::<Vec<_>>());
        view.add_html("json_ld", &json_ld::of(snapshot, id, &page));
        view
    }
}

/// The template that shows an article: the one that it names, or its kind's own.
pub fn template_name(head: &Head) -> &str {
    head.template.as_deref().unwrap_or(head.kind.name())
}

/// The file of a template that an article names: `wide` and `wide.html` are the same.
pub fn template_file(name: &str) -> String {
    if name.ends_with(".html") { name.to_owned() } else { format!("{name}.html") }
}

fn page_view(snapshot: &Snapshot, id: ArticleId) -> PageView {
    let site = &*snapshot.site;
    let head = site.head(id);
    let section = site.section_of(id);
    let trail = views::trail(site, section);
    let section_href = trail.first().map(|top| top.href.clone());
    let mut page = PageView::new(snapshot, head.kind.name(), &head.title, &head.url, trail);
    page.description = Some(head.lead().to_owned()).filter(|lead| !lead.is_empty());
    page.section_href = section_href;
    page.take_from(site, id);
    page.show_card(Of::Article(id), snapshot);
    page
}

fn article_view(snapshot: &Snapshot, id: ArticleId, content: &str) -> ArticleView {
    let site = &*snapshot.site;
    let head = site.head(id);
    let base = &site.settings.base;
    let body = &snapshot.article(id).body;
    let (before, after) = site.neighbours(id);
    let day = |when| DayView::of(when, snapshot.words());
    let published = head.date.map(day);
    let updated = head.updated.map(day).filter(|updated| published.as_ref().is_none_or(|p| p.iso != updated.iso));
    ArticleView {
        title: head.title.clone(),
        lead: head.description.clone(),
        kind: head.kind.name(),
        published,
        updated,
        review_by: head.review_by.map(day),
        review_is_due: head.review_by.is_some_and(|when| when.day() < snapshot.selection.today),
        minutes: body.minutes(),
        words: body.words,
        contents: contents(head),
        tags: site.tags_of(id).map(|tag| LinkView { title: tag.name.clone(), href: base.href(&tag.url) }).collect(),
        authors: writers::names(head, &site.settings).iter().map(|name| PersonView::new(site, name)).collect(),
        owner: head.owner.as_deref().map(|owner| PersonView::new(site, owner)),
        series: site.series_of(id).map(|(series, part)| SeriesView {
            name: series.name.clone(),
            part: part + 1,
            parts: series.articles.iter().map(|&id| views::article_link(site, id)).collect(),
        }),
        previous: before.map(|id| views::article_link(site, id)),
        next: after.map(|id| views::article_link(site, id)),
        appeared_in: head.appeared_in.as_ref().map(|appeared| AppearedView {
            publication: appeared.publication.clone(),
            date: appeared.date.map(day),
            edition: appeared.edition.clone(),
            url: appeared.url.clone(),
        }),
        duration: views::duration(head, body),
        audience: head.audience.clone(),
        edit_href: views::edit_href(site, id),
        addresses: addresses(content, base.origin()),
        in_search: head.in_search,
        extra: Value::from_serializable(&crate::yaml::Value::Map(head.extra.clone())),
    }
}

fn agenda_view(snapshot: &Snapshot, id: ArticleId) -> Option<AgendaView> {
    let site = &*snapshot.site;
    let calendar = calendar::file_url(site, id)?;
    Some(AgendaView {
        steps: views::steps(snapshot, id),
        step_minutes: views::minutes_of_steps(site.head(id), &snapshot.article(id).body),
        calendar_href: site.settings.base.href(&calendar),
    })
}

/// Where the links of a body lead, as they are typed: whole, and without the scheme of what is no page.
fn addresses(content: &str, origin: &str) -> Vec<String> {
    let typed = |address: Cow<'_, str>| {
        if address.starts_with('/') && !address.starts_with("//") {
            return format!("{origin}{address}");
        }
        let bare = ["mailto:", "tel:"].iter().find_map(|scheme| address.strip_prefix(scheme));
        bare.unwrap_or(&address).to_owned()
    };
    html::tags::links(content).map(typed).collect()
}

fn contents(head: &Head) -> Vec<ContentsView> {
    let headings: Vec<_> = head.outline.iter().filter(|heading| heading.level <= 3).collect();
    if !head.has_contents || headings.len() < FEWEST_HEADINGS_FOR_CONTENTS {
        return Vec::new();
    }
    headings.into_iter().map(|h| ContentsView { level: h.level, id: h.id.clone(), text: h.text.clone() }).collect()
}
