//! The page that a host shows for an address that does not exist.

use super::Content;
use super::views::{self, PageView};
use crate::diagnostic::Diagnostic;
use crate::plan::Snapshot;
use crate::site::Site;
use crate::url::Url;

/// The page `/404.html`.
#[derive(Debug, PartialEq)]
pub struct NotFound {
    url: Url,
}

/// How many of the newest articles it offers.
const MOST_OFFERED: usize = 5;

impl NotFound {
    /// One page.
    pub fn plan(_: &Site) -> Vec<NotFound> {
        vec![NotFound { url: Url::file("404.html") }]
    }

    /// `/404.html`, where every static host looks for it.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The page. Its template gets `entries`, cards of the newest articles.
    pub fn render(&self, snapshot: &Snapshot) -> Result<Content, Diagnostic> {
        let site = &*snapshot.site;
        let mut page = PageView::new(site, "not-found", "Page not found", &self.url, Vec::new());
        page.noindex = true;
        page.breadcrumbs.clear();
        let mut context = page.context(snapshot);
        let newest = &site.by_date[..site.by_date.len().min(MOST_OFFERED)];
        context.insert_value("entries", views::cards(snapshot, newest));
        views::render(snapshot, "404.html", &context, "the page for what is not found")
    }
}
