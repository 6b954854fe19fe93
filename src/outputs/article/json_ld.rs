//! What an article's page tells search engines: schema.org's Article and BreadcrumbList, as Google's pages about structured
//! data ask for them, and of an agenda a HowTo with its steps. No counts of comments: there are none.

use std::borrow::Cow;

use serde::Serialize;

use crate::article::Kind;
use crate::html::json_for_script;
use crate::outputs::views::{self, PageView, StepView};
use crate::plan::Snapshot;
use crate::site::{ArticleId, writers};
use crate::url::{Url, encode_into};

#[derive(Serialize)]
struct Graph<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: Vec<Node<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Node<'a> {
    Article(Article<'a>),
    Breadcrumbs(Breadcrumbs<'a>),
    HowTo(HowTo<'a>),
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

#[derive(Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
struct HowTo<'a> {
    name: &'a str,
    url: &'a str,
    in_language: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_time: Option<String>,
    step: Vec<Item>,
}

/// A step, or the steps below a heading.
#[derive(Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
enum Item {
    #[serde(rename = "HowToStep", rename_all = "camelCase")]
    Step {
        position: usize,
        text: String,
        url: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        time_required: Option<String>,
    },
    #[serde(rename = "HowToSection", rename_all = "camelCase")]
    Section { position: usize, name: String, item_list_element: Vec<Item> },
}

/// Steps as they stand below headings.
fn items(steps: Vec<StepView>, page: &str) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut section_id = None;
    for step in steps {
        let begins = step.section_id != section_id;
        let mut url = page.to_owned();
        if let Some(id) = &step.section_id {
            url.push('#');
            encode_into(id, &mut url);
        }
        let item = |position| Item::Step { position, text: step.text, url, time_required: step.iso };
        match (step.section, items.last_mut()) {
            (None, _) => items.push(item(items.len() + 1)),
            (Some(_), Some(Item::Section { item_list_element, .. })) if !begins => {
                item_list_element.push(item(item_list_element.len() + 1));
            }
            (Some(name), _) => {
                items.push(Item::Section { position: items.len() + 1, name, item_list_element: vec![item(1)] });
            }
        }
        section_id = step.section_id;
    }
    items
}

/// The JSON for an article's page, safe within a `<script>` element.
pub(super) fn of(snapshot: &Snapshot, id: ArticleId, page: &PageView) -> String {
    let site = &*snapshot.site;
    let body = &snapshot.article(id).body;
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
    let steps = views::steps(snapshot, id);
    let minutes = views::duration(head, body).filter(|_| head.kind == Kind::Agenda);
    let article = Article {
        headline: &head.title,
        main_entity_of_page: &page.canonical,
        in_language: &page.lang,
        word_count: body.words,
        publisher,
        description: head.lead(),
        date_published: head.date.map(|date| date.rfc3339()),
        date_modified: head.date.map(|date| head.updated.unwrap_or(date).rfc3339()),
        author: writers::names(head, settings).iter().map(author).collect(),
        image: page.image.as_ref().map(|image| image.url.as_str()),
        time_required: minutes.map(in_minutes),
    };
    let origin = settings.base.origin();
    let crumbs = page.breadcrumbs.iter().enumerate();
    let crumbs = crumbs.map(|(i, crumb)| Crumb { position: i + 1, name: &crumb.title, item: format!("{origin}{}", crumb.href) });
    let breadcrumbs = Breadcrumbs { item_list_element: crumbs.collect() };
    let mut graph = vec![Node::Article(article), Node::Breadcrumbs(breadcrumbs)];
    if !steps.is_empty() {
        graph.push(Node::HowTo(HowTo {
            name: &head.title,
            url: &page.canonical,
            in_language: &page.lang,
            description: head.lead(),
            total_time: minutes.map(in_minutes),
            step: items(steps, &page.canonical),
        }));
    }
    json_for_script(&Graph { context: "https://schema.org", graph })
}

/// Minutes as an ISO 8601 duration.
fn in_minutes(minutes: u32) -> String {
    format!("PT{minutes}M")
}
