//! The page that answers a search, and where the files of its index are.
//!
//! What it says by itself is for whoever has no JavaScript: the ways to every article. The theme's script puts the
//! answers there instead. What is found, and how, is left to the search.

use super::views::{PageView, View};
use super::{a_to_z, listing};
use crate::plan::Snapshot;
use crate::search::files::{FOLDER, NAMED, ROOT};
use crate::settings::Settings;
use crate::site::Site;
use crate::url::Url;

/// The page `/search/`.
#[derive(Debug, PartialEq)]
pub struct SearchPage {
    url: Url,
}

/// Where the page is.
fn page_url() -> Url {
    Url::page(["search"])
}

/// Where the index of the search begins: the one file of it whose address never changes, and which a page may mention.
pub fn root_url() -> Url {
    index_file(ROOT)
}

/// The folder of all other files of the index, with a slash at the end.
pub fn named_folder() -> Url {
    index_file("")
}

/// Where a file of the index is.
pub fn index_file(name: &str) -> Url {
    Url::file(&if name == ROOT { format!("{FOLDER}/{ROOT}") } else { format!("{FOLDER}/{NAMED}/{name}") })
}

/// Whether the file at a path of the output folder, in lower case, would be among those of the index, or in their way.
pub fn is_index_file(path: &str, settings: &Settings) -> bool {
    let folder = named_folder().file_path();
    settings.search.is_enabled
        && (path == root_url().file_path() || path == folder.trim_end_matches('/') || path.starts_with(&folder))
}

/// Where the search form leads: to the search, or on a site without one to the list of all articles.
pub fn form_url(settings: &Settings) -> Url {
    if settings.search.is_enabled { page_url() } else { a_to_z::index_url() }
}

/// Where a script finds the index, if there is one.
pub fn index_url(settings: &Settings) -> Option<Url> {
    settings.search.is_enabled.then(root_url)
}

impl SearchPage {
    /// One page, unless the site wants no search.
    pub fn plan(site: &Site) -> Vec<SearchPage> {
        if site.settings.search.is_enabled { vec![SearchPage { url: page_url() }] } else { Vec::new() }
    }

    /// `/search/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The page. Its template gets `letters`, the way to each letter of the A–Z index, and `tags`, those with the most
    /// articles.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let mut page = PageView::new(site, "search", "Search", &self.url, Vec::new());
        page.noindex = true;
        let mut view = View::new("search.html", "the search page", &page, snapshot);
        view.add("letters", &a_to_z::letters(snapshot));
        view.add("tags", &listing::popular_tags(site));
        view
    }
}
