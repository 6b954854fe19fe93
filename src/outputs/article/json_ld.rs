//! What an article's page tells search engines: schema.org's Article and BreadcrumbList, as Google's pages about structured
//! data ask for them. No counts of comments: there are none.

use std::borrow::Cow;

use serde::Serialize;

use crate::article::Kind;
use crate::html::json_for_script;
use crate::outputs::views::PageView;
use crate::site::{ArticleId, Site, writers};
use crate::url::Url;

#[derive(Serialize)]
struct Graph<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: (Article<'a>, Breadcrumbs<'a>),
}

#[derive(Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
struct Article<'a> {
    headline: &'a str,
    main_entity_of_page: &'a str,
    in_language: &'a str,
    word_count: u32,
    publisher: Party<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Party<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    /// How long an agenda takes, as an ISO 8601 duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_required: Option<String>,
}

/// A person or an organization.
#[derive(Serialize)]
struct Party<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
#[serde(tag = "@type", rename = "BreadcrumbList", rename_all = "camelCase")]
struct Breadcrumbs<'a> {
    item_list_element: Vec<Crumb<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "@type", rename = "ListItem")]
struct Crumb<'a> {
    position: usize,
    name: &'a str,
    item: String,
}

/// The JSON for an article's page, safe within a `<script>` element.
pub(super) fn of(site: &Site, id: ArticleId, page: &PageView, words: u32) -> String {
    let head = site.head(id);
    let settings = &site.settings;
    let author = |key: &String| {
        let known = site.author(key);
        let page = || site.writer(key).map(|writer| settings.base.absolute(&writer.url));
        Party { kind: "Person", name: known.name.into(), url: known.url.clone().or_else(page) }
    };
    let publisher = match &settings.organization {
        Some(organization) => Party { kind: "Organization", name: (&organization.name).into(), url: organization.url.clone() },
        None => Party { kind: "Organization", name: (&settings.title).into(), url: Some(settings.base.absolute(&Url::home())) },
    };
    let article = Article {
        headline: &head.title,
        main_entity_of_page: &page.canonical,
        in_language: &page.lang,
        word_count: words,
        publisher,
        description: head.lead(),
        date_published: head.date.map(|date| date.rfc3339()),
        date_modified: head.date.map(|date| head.updated.unwrap_or(date).rfc3339()),
        author: writers::names(head, settings).iter().map(author).collect(),
        image: page.image.as_ref().map(|image| image.url.as_str()),
        time_required: head.duration.filter(|_| head.kind == Kind::Agenda).map(|minutes| format!("PT{minutes}M")),
    };
    let origin = settings.base.origin();
    let crumbs = page.breadcrumbs.iter().enumerate();
    let crumbs = crumbs.map(|(i, crumb)| Crumb { position: i + 1, name: &crumb.title, item: format!("{origin}{}", crumb.href) });
    let breadcrumbs = Breadcrumbs { item_list_element: crumbs.collect() };
    json_for_script(&Graph { context: "https://schema.org", graph: (article, breadcrumbs) })
}
