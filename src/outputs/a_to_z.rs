//! The A–Z index of all articles: one page, or on a large site one or more for each letter.

use std::ops::Range;

use serde::Serialize;

use super::Output;
use super::listing::CountedLink;
use super::views::{self, LinkView, PageView, PaginationView, View};
use crate::plan::Snapshot;
use crate::site::titles::letter;
use crate::site::{ArticleId, Site};
use crate::url::{Base, Url, slug};

/// A page of the index.
#[derive(Debug, PartialEq)]
pub struct AToZ {
    url: Url,
    /// The letter it shows; `None` shows them all, or the way to each.
    letter: Option<char>,
    /// Which of the letter's pages it is, from 1.
    number: usize,
    total: usize,
    /// Which it lists, of all articles by title.
    entries: Range<usize>,
    /// Every letter that has an article, with how many, for the way to each.
    letters: Vec<(char, usize)>,
}

/// With more articles than this, each letter has pages of its own, of this many articles.
const MOST_ON_A_PAGE: usize = 500;

/// Where the index begins.
pub fn index_url() -> Url {
    Url::page(["a-z"])
}

#[derive(Debug, Serialize)]
struct GroupView {
    letter: String,
    /// The id of its heading.
    id: String,
    links: Vec<LinkView>,
}

impl AToZ {
    /// The index of a site.
    pub fn plan(site: &Site) -> Vec<AToZ> {
        let letters = site.letters.clone();
        let all: usize = site.by_date.len();
        let fits = all <= MOST_ON_A_PAGE;
        let entries = if fits { 0..all } else { 0..0 };
        let mut pages = vec![AToZ { url: index_url(), letter: None, number: 1, total: 1, entries, letters: letters.clone() }];
        let mut start = 0;
        for &(letter, count) in letters.iter().filter(|_| !fits) {
            let total = count.div_ceil(MOST_ON_A_PAGE);
            for number in 1..=total {
                let from = start + (number - 1) * MOST_ON_A_PAGE;
                let entries = from..(from + MOST_ON_A_PAGE).min(start + count);
                let url = letter_url(letter).numbered(number);
                pages.push(AToZ { url, letter: Some(letter), number, total, entries, letters: letters.clone() });
            }
            start += count;
        }
        pages
    }

    /// `/a-z/`, or a letter's own address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// What this page lists.
    pub fn entries<'s>(&self, site: &'s Site) -> &'s [ArticleId] {
        &site.by_title()[self.entries.clone()]
    }

    /// The page. Its template gets `groups`, a list of letter, id and links; `letters`, the way to each letter; and
    /// `pagination` on a letter's own page.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let words = snapshot.words();
        let index = words.get("all_from_a_to_z").to_owned();
        let (title, trail) = match self.letter {
            None => (index, Vec::new()),
            Some(letter) => (
                words.fill("letter", &[("letter", &letter.to_string())]),
                vec![LinkView { title: index, href: base.href(&index_url()) }],
            ),
        };
        let mut page = PageView::new(snapshot, "a-z", &title, &self.url, trail);
        page.description = Some(words.fill("a_to_z_description", &[("site", &site.settings.title)]));
        let letters = self.letter_links(base, "");
        let mut view = View::new("a-z.html", "the A–Z index", &page, snapshot);
        view.add("groups", &self.groups(site));
        view.add("letters", &letters);
        view.add("pagination", &PaginationView::new(base, &self.first_url(), self.number, self.total));
        view
    }

    /// The way to each letter: its own pages, or its heading on this page, of which the links begin with `here`.
    fn letter_links(&self, base: &Base, here: &str) -> Vec<CountedLink> {
        let on_one_page = self.letter.is_none() && !self.entries.is_empty();
        let href = |letter| match on_one_page {
            true => format!("{here}#{}", letter_id(letter)),
            false => base.href(&letter_url(letter)),
        };
        let link = |&(letter, count): &(char, usize)| CountedLink { title: letter.to_string(), href: href(letter), count };
        self.letters.iter().map(link).collect()
    }

    fn first_url(&self) -> Url {
        self.letter.map_or_else(index_url, letter_url)
    }

    fn groups(&self, site: &Site) -> Vec<GroupView> {
        let letter_of = |id: ArticleId| letter(&site.head(id).title);
        self.entries(site)
            .chunk_by(|a, b| letter_of(*a) == letter_of(*b))
            .map(|group| {
                let letter = letter_of(group[0]);
                let links = group.iter().map(|&id| views::article_link(site, id)).collect();
                GroupView { letter: letter.to_string(), id: letter_id(letter), links }
            })
            .collect()
    }
}

/// The way to each letter, for other pages.
pub fn letters(snapshot: &Snapshot) -> Vec<CountedLink> {
    let base = &snapshot.site.settings.base;
    let index = snapshot.plan.outputs.iter().find_map(|output| match output {
        Output::AToZ(page) if page.letter.is_none() => Some(page),
        _ => None,
    });
    index.map_or(Vec::new(), |index| index.letter_links(base, &base.href(&index_url())))
}

fn letter_id(letter: char) -> String {
    format!("letter-{}", letter_slug(letter))
}

fn letter_url(letter: char) -> Url {
    Url::page(["a-z", &letter_slug(letter)])
}

fn letter_slug(letter: char) -> String {
    if letter == '#' { "0-9".to_owned() } else { slug(&letter.to_string()) }
}
