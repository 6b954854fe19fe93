//! The addresses of the blog that were no article's → the nearest page of the new site: archives by category, tag, author
//! and date, feeds, and the pages about files.
//!
//! The addresses of articles stand in the articles, as aliases.

use super::Asked;
use super::catalogue::{Catalogue, is_default, is_taken_by_guidepost};
use super::links::{UPLOADS, local_name, upload_path};
use crate::import::redirects::Redirect;
use crate::url::{self, Url};

/// All of them, in order. `copied` are the files that came along.
pub fn archives(catalogue: &Catalogue, asked: &Asked, copied: &dyn Fn(&str) -> bool) -> Vec<Redirect> {
    let mut table = Table { catalogue, redirects: Vec::new() };
    for (from, to) in [
        ("/feed/", "/rss.xml"),
        ("/feed/rss/", "/rss.xml"),
        ("/feed/rss2/", "/rss.xml"),
        ("/feed/rdf/", "/rss.xml"),
        ("/feed/atom/", "/atom.xml"),
        ("/comments/feed/", "/rss.xml"),
        ("/wp-sitemap.xml", "/sitemap.xml"),
        ("/sitemap_index.xml", "/sitemap.xml"),
    ] {
        table.add(from, to);
    }
    table.add_topics("category");
    table.add_topics("tag");
    table.add_authors(asked);
    table.add_dates();
    table.add_files(asked, copied);
    table.redirects
}

struct Table<'c> {
    catalogue: &'c Catalogue,
    redirects: Vec<Redirect>,
}

impl Table<'_> {
    /// One more, unless the new site has something there itself.
    fn add(&mut self, from: &str, to: &str) {
        let is_query = from.starts_with("/?");
        let is_taken = |url: Url| self.catalogue.has(&url) || is_taken_by_guidepost(&url) || url.as_str() == to;
        if is_query || Url::parse(from).is_ok_and(|url| !is_taken(url)) {
            self.redirects.push(Redirect { from: from.to_owned(), to: to.to_owned() });
        }
    }

    fn add_topics(&mut self, kind: &str) {
        let catalogue = self.catalogue;
        let topics = if kind == "category" { &catalogue.categories } else { &catalogue.tags };
        for (slug, topic) in topics {
            let line = if kind == "category" { catalogue.line_of(slug) } else { vec![slug.as_str()] };
            let decoded: Option<Vec<_>> = line.iter().map(|slug| url::percent_decode(slug)).collect();
            let (Some(decoded), false) = (decoded, slug.is_empty()) else { continue };
            let old = format!("/{kind}/{}/", decoded.join("/"));
            let new = url::slug(catalogue.tag_name(&topic.name));
            // A topic that nobody has used has no page; neither has one without a name.
            let (page, feed) = if topic.uses == 0 || new.is_empty() || (kind == "category" && is_default(slug)) {
                ("/".to_owned(), "/atom.xml".to_owned())
            } else {
                (format!("/tags/{new}/"), format!("/tags/{new}/atom.xml"))
            };
            self.add(&old, &page);
            self.add(&format!("{old}feed/"), &feed);
            match kind {
                "category" if topic.id > 0 => self.add(&format!("/?cat={}", topic.id), &page),
                "tag" if is_word(slug) => self.add(&format!("/?tag={slug}"), &page),
                _ => {}
            }
        }
    }

    fn add_authors(&mut self, asked: &Asked) {
        for (login, name) in &self.catalogue.authors {
            let slug = url::slug(login);
            if slug.is_empty() {
                continue;
            }
            let key = asked.author_keys.get(name).filter(|_| self.catalogue.writers.contains(login));
            let page = key.map(|key| url::slug(key)).filter(|key| !key.is_empty());
            let page = page.map_or_else(|| "/".to_owned(), |key| format!("/authors/{key}/"));
            self.add(&format!("/author/{slug}/"), &page);
            self.add(&format!("/author/{slug}/feed/"), "/atom.xml");
        }
    }

    /// Years and months; a day is answered by the page for what is not found, which knows the month.
    fn add_dates(&mut self) {
        let mut last = 0;
        for &(year, month) in &self.catalogue.months {
            if year != last {
                self.add(&format!("/{year}/"), "/");
                self.add(&format!("/?m={year}"), "/");
                last = year;
            }
            self.add(&format!("/{year}/{month:02}/"), "/");
            self.add(&format!("/?m={year}{month:02}"), "/");
        }
    }

    /// The pages about files: to the file if it came along, else to the article that it belongs to.
    fn add_files(&mut self, asked: &Asked, copied: &dyn Fn(&str) -> bool) {
        let catalogue = self.catalogue;
        let mut numbers: Vec<u64> = catalogue.attachments.keys().copied().collect();
        numbers.sort_unstable();
        for number in numbers {
            let Some(file) = catalogue.attachments.get(&number) else { continue };
            let path = ::url::Url::parse(&file.address).ok().and_then(|address| upload_path(&address, &catalogue.host));
            let known = asked.media.as_ref();
            let local =
                path.and_then(|path| local_name(&path, |name| known.is_some_and(|known| known.contains(name)) && copied(name)));
            let parent = catalogue.by_id.get(&file.parent).map(|number| &catalogue.entries[*number]);
            let target = match (local, parent) {
                (Some(local), _) => format!("/{UPLOADS}/{local}"),
                (None, Some(parent)) if parent.is_published => parent.url().to_string(),
                _ => continue,
            };
            if !file.link.is_empty() {
                self.add(&file.link, &target);
            }
            self.add(&format!("/?attachment_id={number}"), &target);
        }
    }
}

/// Whether a slug can stand in a query as it is.
fn is_word(slug: &str) -> bool {
    slug.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
