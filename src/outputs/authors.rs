//! The list of authors: everybody of the settings who has written an article.

use serde::Serialize;

use super::views::{PageView, PersonView, View};
use crate::plan::Snapshot;
use crate::site::{Site, writers};
use crate::url::Url;

/// The page `/authors/`.
#[derive(Debug, PartialEq)]
pub struct AuthorIndex {
    url: Url,
}

/// An author with the number of their articles.
#[derive(Debug, Serialize)]
struct AuthorView {
    person: PersonView,
    /// How many articles they have written.
    count: usize,
}

/// Where the list of authors is.
pub fn index_url(site: &Site) -> Url {
    Url::page([writers::folder(&site.sections)])
}

impl AuthorIndex {
    /// One page, if anybody has one of their own.
    pub fn plan(site: &Site) -> Vec<AuthorIndex> {
        if site.writers.is_empty() { Vec::new() } else { vec![AuthorIndex { url: index_url(site) }] }
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The page. Its template gets `authors`, by the names that readers see.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let words = &snapshot.theme.words;
        let mut page = PageView::new(snapshot, "authors", words.get("authors"), &self.url, Vec::new());
        page.description = Some(words.fill("authors_description", &[("site", &site.settings.title)]));
        let mut view = View::new("authors.html", "the list of authors", &page, snapshot);
        let mut authors: Vec<AuthorView> = site
            .writers
            .iter()
            .map(|writer| AuthorView { person: PersonView::new(site, &writer.key), count: writer.articles.len() })
            .collect();
        // Keys are mostly surnames or first names; whoever looks for a name looks by what is shown.
        authors.sort_by_cached_key(|author| author.person.name.to_lowercase());
        view.add("authors", &authors);
        view
    }
}
