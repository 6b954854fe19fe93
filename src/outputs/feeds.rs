//! The page about feeds: what they are, and the address of each.

use serde::Serialize;

use super::feed;
use super::views::{FeedView, PageView, View};
use crate::plan::Snapshot;
use crate::site::Site;
use crate::url::Url;

/// The page `/feeds/`.
#[derive(Debug, PartialEq)]
pub struct FeedsPage {
    url: Url,
}

/// Where the page about feeds is.
pub fn page_url() -> Url {
    Url::page(["feeds"])
}

#[derive(Debug, Serialize)]
struct TagFeedView {
    tag: String,
    feed: FeedView,
}

impl FeedsPage {
    /// One page.
    pub fn plan(_: &Site) -> Vec<FeedsPage> {
        vec![FeedsPage { url: page_url() }]
    }

    /// `/feeds/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The page. Its template gets `tag_feeds`, a list of tag and feed; the site's own feeds are in `site.feeds`.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let mut page = PageView::new(snapshot, "feeds", snapshot.words().get("feeds"), &self.url, Vec::new());
        page.description = Some(snapshot.words().fill("feeds_description", &[("site", &site.settings.title)]));
        let mut view = View::new("feeds.html", "the page about feeds", &page, snapshot);
        let tags = site.tags.iter().enumerate().filter(|(_, tag)| !tag.articles.is_empty());
        let tag_feeds: Vec<TagFeedView> = tags
            .flat_map(|(number, tag)| {
                let feeds = feed::views(site, snapshot.words(), feed::Scope::Tag(number));
                feeds.into_iter().map(|feed| TagFeedView { tag: tag.name.clone(), feed })
            })
            .collect();
        view.add("tag_feeds", &tag_feeds);
        view
    }
}
