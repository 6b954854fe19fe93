//! The page that a host shows for an address that does not exist.

use super::moved;
use super::views::{PageView, View};
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

/// `/404.html`, where every static host looks for it.
pub fn page_url() -> Url {
    Url::file("404.html")
}

impl NotFound {
    /// One page.
    pub fn plan(_: &Site) -> Vec<NotFound> {
        vec![NotFound { url: page_url() }]
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The page. Its template gets `entries`, cards of the newest articles, and `moved`.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let mut page = PageView::new(snapshot, "not-found", snapshot.words().get("not_found"), &self.url, Vec::new());
        page.noindex = true;
        page.breadcrumbs.clear();
        let mut view = View::new("404.html", "the page for what is not found", &page, snapshot);
        view.add_cards("entries", snapshot, &site.by_date[..site.by_date.len().min(MOST_OFFERED)]);
        view.add("moved", &moved::view(snapshot, true));
        view
    }
}
