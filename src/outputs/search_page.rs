//! The page that answers a search, and where the files of its index are.
//!
//! What it says by itself is for whoever has no JavaScript: the ways to every article. The theme's script puts the
//! answers there instead. What is found, and how, is left to the search.

use super::views::{PageView, View};
use super::{a_to_z, listing};
use crate::plan::Snapshot;
use crate::search::files::ROOT;
use crate::site::Site;
use crate::url::Url;

/// The page `/search/`.
#[derive(Debug, PartialEq)]
pub struct SearchPage {
    url: Url,
}

/// The folders that the search may have, the best first: a site may well have a section of its own about searching.
pub const FOLDERS: [&str; 2] = ["search", "find"];
/// In that folder, the one of the files whose names change with their content.
pub const NAMED: &str = "i";

/// Where the search of a site is.
#[derive(Debug, PartialEq)]
pub struct Places {
    folder: &'static str,
}

impl Places {
    /// In the first folder that is not a section's; nowhere, if the site wants no search.
    pub fn new(site: &Site) -> Option<Places> {
        let is_taken = |folder: &&str| site.sections.iter().any(|section| section.url == Url::page([*folder]));
        let folder = FOLDERS.iter().find(|folder| !is_taken(folder)).unwrap_or(&FOLDERS[0]);
        site.settings.search.is_enabled.then_some(Places { folder })
    }

    /// The page.
    fn page(&self) -> Url {
        Url::page([self.folder])
    }

    /// Where the index begins: the one file of it whose address never changes, and which a page may mention.
    pub fn root(&self) -> Url {
        self.index_file(ROOT)
    }

    /// The folder of all other files of the index, with a slash at the end.
    pub fn named_folder(&self) -> Url {
        self.index_file("")
    }

    /// A file of the index.
    pub fn index_file(&self, name: &str) -> Url {
        let folder = self.folder;
        Url::file(&if name == ROOT { format!("{folder}/{ROOT}") } else { format!("{folder}/{NAMED}/{name}") })
    }

    /// The name of the file of the index that an address would be of.
    pub fn index_name<'p>(&self, address: &'p str) -> Option<&'p str> {
        let below = address.strip_prefix('/')?.strip_prefix(self.folder)?.strip_prefix('/')?;
        if below == ROOT { Some(ROOT) } else { below.strip_prefix(NAMED)?.strip_prefix('/') }
    }

    /// Whether the file at a path of the output folder, in lower case, would be among those of the index, or in their way.
    pub fn hold(&self, path: &str) -> bool {
        let below = path.strip_prefix(self.folder).and_then(|rest| rest.strip_prefix('/'));
        below.is_some_and(|below| below == ROOT || below.split('/').next() == Some(NAMED))
    }
}

/// Where the search form leads: to the search, or on a site without one to the list of all articles.
pub fn form_url(site: &Site) -> Url {
    Places::new(site).map_or_else(a_to_z::index_url, |places| places.page())
}

impl SearchPage {
    /// One page, unless the site wants no search.
    pub fn plan(site: &Site) -> Vec<SearchPage> {
        Places::new(site).into_iter().map(|places| SearchPage { url: places.page() }).collect()
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The page. Its template gets `letters`, the way to each letter of the A–Z index, and `tags`, those with the most
    /// articles.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let mut page = PageView::new(snapshot, "search", snapshot.words().get("search"), &self.url, Vec::new());
        page.description = Some(snapshot.words().fill("search_description", &[("site", &site.settings.title)]));
        let mut view = View::new("search.html", "the search page", &page, snapshot);
        view.add("letters", &a_to_z::letters(snapshot));
        view.add("tags", &listing::popular_tags(site));
        view
    }
}
