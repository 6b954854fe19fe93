//! The list of all tags.

use super::listing::CountedLink;
use super::views::{PageView, View};
use crate::plan::Snapshot;
use crate::site::Site;
use crate::url::Url;

/// The page `/tags/`.
#[derive(Debug, PartialEq)]
pub struct TagIndex {
    url: Url,
}

/// Where the list of tags is.
pub fn index_url() -> Url {
    Url::page(["tags"])
}

impl TagIndex {
    /// One page, tags or no tags: every page links to it.
    pub fn plan(_: &Site) -> Vec<TagIndex> {
        vec![TagIndex { url: index_url() }]
    }

    /// `/tags/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The page. Its template gets `tags`, a list of title, href and count.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let mut page = PageView::new(snapshot, "tags", snapshot.words().get("tags"), &self.url, Vec::new());
        page.description = Some(snapshot.words().fill("tags_description", &[("site", &site.settings.title)]));
        let mut view = View::new("tags.html", "the list of tags", &page, snapshot);
        let tags: Vec<CountedLink> = site
            .tags
            .iter()
            .filter(|tag| !tag.articles.is_empty())
            .map(|tag| CountedLink { title: tag.name.clone(), href: base.href(&tag.url), count: tag.articles.len() })
            .collect();
        view.add("tags", &tags);
        view
    }
}
