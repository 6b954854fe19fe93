//! The sitemap: every page that search engines may list, in files of 50,000 addresses at the most.
//!
//! Format and limit: <https://www.sitemaps.org/protocol.html>.

use super::{Content, Output, xml};
use crate::article::When;
use crate::diagnostic::Diagnostic;
use crate::plan::Snapshot;
use crate::site::Site;
use crate::url::Url;

/// One file of the sitemap.
#[derive(Debug, PartialEq)]
pub struct Sitemap {
    url: Url,
    holds: Holds,
}

#[derive(Debug, PartialEq)]
enum Holds {
    /// Pages, with the day of their last change where it is known.
    Pages(Vec<(Url, Option<When>)>),
    /// Other files of the sitemap.
    Files(Vec<Url>),
}

/// As many as the protocol allows.
const MOST_IN_A_FILE: usize = 50_000;

/// Where the sitemap begins.
pub fn index_url() -> Url {
    Url::file("sitemap.xml")
}

impl Sitemap {
    /// The sitemap of the outputs planned so far.
    pub fn plan(site: &Site, outputs: &[Output]) -> Vec<Sitemap> {
        let pages: Vec<(Url, Option<When>)> = outputs
            .iter()
            .filter(|output| output.is_listed_page())
            .filter(|output| !output.is_unlisted(site))
            .filter(|output| !matches!(output, Output::Listing(listing) if listing.is_continuation()))
            .map(|output| {
                let changed = output.article().and_then(|id| site.head(id).updated.or(site.head(id).date));
                (output.url().clone(), changed)
            })
            .collect();
        if pages.len() <= MOST_IN_A_FILE {
            return vec![Sitemap { url: index_url(), holds: Holds::Pages(pages) }];
        }
        let files: Vec<Sitemap> = pages
            .chunks(MOST_IN_A_FILE)
            .enumerate()
            .map(|(i, pages)| Sitemap { url: Url::file(&format!("sitemap-{}.xml", i + 1)), holds: Holds::Pages(pages.to_vec()) })
            .collect();
        let index = Sitemap { url: index_url(), holds: Holds::Files(files.iter().map(|file| file.url.clone()).collect()) };
        std::iter::once(index).chain(files).collect()
    }

    /// `/sitemap.xml`, and on large sites `/sitemap-1.xml` and so on.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether it names a page.
    pub fn holds(&self, page: &Url) -> bool {
        matches!(&self.holds, Holds::Pages(pages) if pages.iter().any(|(url, _)| url == page))
    }

    /// The file.
    pub fn compose(&self, snapshot: &Snapshot) -> Result<Content, Diagnostic> {
        let base = &snapshot.site.settings.base;
        let namespace = [("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9")];
        xml::content(&self.url, |xml| match &self.holds {
            Holds::Pages(pages) => xml.element("urlset", &namespace, |xml| {
                pages.iter().try_for_each(|(url, changed)| {
                    xml.element("url", &[], |xml| {
                        xml.text("loc", &base.absolute(url))?;
                        changed.map_or(Ok(()), |when| xml.text("lastmod", &when.rfc3339()))
                    })
                })
            }),
            Holds::Files(files) => xml.element("sitemapindex", &namespace, |xml| {
                files.iter().try_for_each(|url| xml.element("sitemap", &[], |xml| xml.text("loc", &base.absolute(url))))
            }),
        })
    }
}
