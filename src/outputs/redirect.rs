//! The output at an old address: a page that sends readers and search engines on.
//!
//! Hosts that read `_redirects` answer with a proper redirect instead; see `hosting`.

use super::views::{self, PageView, View};
use crate::plan::Snapshot;
use crate::site::{ArticleId, Site};
use crate::url::Url;

/// One alias of an article.
#[derive(Debug, PartialEq)]
pub struct Redirect {
    article: ArticleId,
    url: Url,
}

impl Redirect {
    /// One for every alias; an alias that is the article's own address needs none.
    pub fn plan(site: &Site) -> Vec<Redirect> {
        let mut redirects = Vec::new();
        for article in site.ids() {
            let head = site.head(article);
            for (i, url) in head.aliases.iter().enumerate() {
                if *url != head.url && !head.aliases[..i].contains(url) {
                    redirects.push(Redirect { article, url: url.clone() });
                }
            }
        }
        redirects
    }

    /// The old address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The article it leads to.
    pub fn article(&self) -> ArticleId {
        self.article
    }

    /// The page. Its template gets `target`, a link.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let head = site.head(self.article);
        let mut page = PageView::new(snapshot, "redirect", &head.title, &head.url, Vec::new());
        page.noindex = true;
        page.speak(head);
        let mut view = View::new("redirect.html", format!("the redirect {}", self.url), &page, snapshot);
        view.add("target", &views::article_link(site, self.article));
        view
    }
}
