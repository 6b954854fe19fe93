//! A site in other words: what becomes of it when titles, descriptions and headings change, and nothing else.
//!
//! Most edits of a head are of its words. They move no page, no link and no list, so that how articles relate need not be
//! found out again: on a site of a hundred thousand that is the difference between a moment and a wait. Whatever is not
//! known to be of words alone has the site made anew.

use std::sync::{Arc, OnceLock};

use super::{ArticleId, At, Goal, Site, titles};
use crate::article::Head;

impl Site {
    /// The same site with these heads, each in the place of the one of the same path; `None` if they differ in more than
    /// words, or if words decide about more than themselves.
    pub fn in_other_words<'h>(&self, heads: impl Iterator<Item = (&'h Arc<Head>, &'h Arc<Head>)>) -> Option<Site> {
        let mut site = self.clone();
        site.by_title = OnceLock::new();
        for (before, head) in heads {
            let id = self.id_of(&head.source)?;
            if !self.differs_in_words(id, before, head) {
                return None;
            }
            site.heads[id.index()] = head.clone();
        }
        Some(site)
    }

    /// The article of a path, if it is published.
    pub fn id_of(&self, source: &str) -> Option<ArticleId> {
        let index = self.heads.binary_search_by(|head| (*head.source).cmp(source)).ok()?;
        // A disk may hold two files whose names are one in NFC.
        let is_one =
            |other: Option<usize>| other.and_then(|other| self.heads.get(other)).is_none_or(|other| &*other.source != source);
        (is_one(index.checked_sub(1)) && is_one(index.checked_add(1))).then_some(ArticleId(index as u32))
    }

    fn differs_in_words(&self, id: ArticleId, before: &Head, head: &Head) -> bool {
        let in_the_same_words = Head {
            title: before.title.clone(),
            description: before.description.clone(),
            summary: before.summary.clone(),
            terms: before.terms.clone(),
            outline: before.outline.clone(),
            anchors: before.anchors.clone(),
            ..head.clone()
        };
        let has_other_title = before.title != head.title;
        let has_other_places = before.outline != head.outline || before.anchors != head.anchors;
        let is_broken_link = |finding: &super::Finding| matches!(finding.at, At::Link(_));
        in_the_same_words == *before
            // The page of a section gives it its name, and its place among others.
            && !head.is_index
            && titles::letter(&before.title) == titles::letter(&head.title)
            // Whoever links by title may find another article now; hints for broken links name titles and headings.
            && !(has_other_title && self.has_wikilinks)
            && !(has_other_places && self.has_links_into(id))
            && !self.findings.iter().any(is_broken_link)
    }

    /// Whether anybody links to a place within an article.
    fn has_links_into(&self, id: ArticleId) -> bool {
        let links_into = |from: ArticleId| {
            let links = self.head(from).links.iter().zip(self.goals(from));
            links.into_iter().any(|(link, goal)| link.anchor.is_some() && *goal == Goal::Article(id))
        };
        links_into(id) || self.backlinks(id).iter().any(|&from| links_into(from))
    }
}
