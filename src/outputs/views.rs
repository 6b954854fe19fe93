//! What templates are given: small serialisable structs, finished, with every address as a page links to it.
//!
//! A template can show these and nothing else. The views of one kind of page stand beside its output; here are those
//! that all pages have. The model itself is never serialised.

mod steps;
mod view;

use serde::Serialize;
use tera::Value;

use crate::article::{Fill, Head, When, date};
use crate::html::escape_into;
use crate::outputs::social_card::{self, SocialCard};
use crate::outputs::{a_to_z, authors, feed, feeds, opensearch, search_page, tags};
use crate::plan::Snapshot;
use crate::settings::{Author, MenuItem, MenuTarget};
use crate::site::{ArticleId, Asset, Goal, Section, Site};
use crate::theme::Theme;
use crate::theme::look::PAPER;
use crate::theme::words::Words;
use crate::url::{Base, Url};

pub use self::steps::{StepView, duration, minutes_of_steps, steps};
pub use self::view::{Shared, View};

/// `site`: what is the same on every page.
#[derive(Debug, Serialize)]
pub struct SiteView {
    /// The site's name.
    pub title: String,
    /// One sentence about it.
    pub description: Option<String>,
    /// Its language.
    pub language: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The home page.
    pub href: String,
    /// The links in the header.
    pub menu: Vec<LinkView>,
    /// The line above everything.
    pub banner: Option<BannerView>,
    /// A sentence or two at the foot.
    pub footer_text: Option<String>,
    /// Links at the foot.
    pub footer_links: Vec<LinkView>,
    /// Whose site it is.
    pub organization: Option<OrganizationView>,
    /// Where the search form leads.
    pub search_href: String,
    /// Where the index of the search begins, if the site can be searched.
    pub search_root: Option<String>,
    /// The list of authors, if any has a page.
    pub authors_href: Option<String>,
    /// The list of tags.
    pub tags_href: String,
    /// The A–Z index.
    pub a_to_z_href: String,
    /// The page about feeds.
    pub feeds_href: String,
    /// The description of the search for browsers.
    pub opensearch_href: String,
    /// The web manifest.
    pub manifest_href: String,
    /// The site's feeds.
    pub feeds: Vec<FeedView>,
    /// The colour of the page, for what browsers draw round it; none if the style sheet does not tell it.
    pub theme_color: Option<ThemeColorView>,
    /// The program that made the site.
    pub generator: String,
}

/// A colour in light and dark.
#[derive(Debug, Serialize)]
pub struct ThemeColorView {
    /// `#ffffff`.
    pub light: String,
    /// `#141c21`.
    pub dark: String,
}

/// A link: words and address.
#[derive(Debug, Clone, Serialize)]
pub struct LinkView {
    /// Its words.
    pub title: String,
    /// Its address.
    pub href: String,
}

/// The line above everything.
#[derive(Debug, Serialize)]
pub struct BannerView {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub href: Option<String>,
}

/// Whose site it is.
#[derive(Debug, Serialize)]
pub struct OrganizationView {
    /// Its name.
    pub name: String,
    /// Its own site.
    pub url: Option<String>,
}

/// A feed that a page offers.
#[derive(Debug, Clone, Serialize)]
pub struct FeedView {
    /// Its name.
    pub title: String,
    /// Its address.
    pub href: String,
    /// Its media type.
    pub media_type: &'static str,
}

/// A day, for people and for machines.
#[derive(Debug, Clone, Serialize)]
pub struct DayView {
    /// `2026-11-22`.
    pub iso: String,
    /// `November 22, 2026`, as the site's language writes it.
    pub text: String,
}

/// An article as an entry of a list.
#[derive(Debug, Serialize)]
pub struct CardView {
    /// Its title.
    pub title: String,
    /// Its address.
    pub href: String,
    /// One sentence about it.
    pub lead: String,
    /// When it was first published: a [`DayView`].
    pub date: Option<Value>,
    /// Its kind.
    pub kind: &'static str,
    /// The section it is in, if that is not the home page: a [`LinkView`].
    pub section: Option<Value>,
    /// Its language, where it is not the site's.
    pub lang: Option<String>,
}

/// Somebody who writes.
#[derive(Debug, Serialize)]
pub struct PersonView {
    /// The name.
    pub name: String,
    /// Where more of them is: the page with their articles, else a page about them elsewhere.
    pub href: Option<String>,
    /// A page about them elsewhere.
    pub url: Option<String>,
    /// An address to write to.
    pub email: Option<String>,
    /// What they do.
    pub role: Option<String>,
}

/// `page`: what every page has.
#[derive(Debug, Serialize)]
pub struct PageView {
    /// Its own title.
    pub title: String,
    /// The title for the window: its own, then the site's.
    pub full_title: String,
    /// One sentence about it.
    pub description: Option<String>,
    /// `home`, `section`, `tag`, `article`, `tip`, `agenda`, `tags`, `a-z`, `search`, `feeds`, `not-found`.
    pub kind: &'static str,
    /// Its address from the host's root.
    pub href: String,
    /// Its whole address; the one to tell search engines.
    pub canonical: String,
    /// The language of its text; what pages say besides is in the site's.
    pub lang: String,
    /// `ltr` or `rtl`, for its text.
    pub dir: &'static str,
    /// Whether search engines are asked to leave it out.
    pub noindex: bool,
    /// The way from the home page here; the last is the page itself and is no link.
    pub breadcrumbs: Vec<LinkView>,
    /// The section it is in, as the menu links to it.
    pub section_href: Option<String>,
    /// Feeds of its own, besides the site's.
    pub feeds: Vec<FeedView>,
    /// The picture for previews.
    pub image: Option<ImageView>,
}

/// The picture for previews.
#[derive(Debug, Serialize)]
pub struct ImageView {
    /// Its whole address.
    pub url: String,
    /// Its width in pixels.
    pub width: Option<u32>,
    /// Its height in pixels.
    pub height: Option<u32>,
    /// What it says.
    pub alt: String,
}

/// Where a page stands in a listing of several.
#[derive(Debug, Serialize)]
pub struct PaginationView {
    /// This page, from 1.
    pub number: usize,
    /// How many there are.
    pub total: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The first page.
    pub first: String,
    /// The last page.
    pub last: String,
}

impl SiteView {
    /// The view of a site in a theme.
    pub fn new(site: &Site, theme: &Theme) -> SiteView {
        let settings = &site.settings;
        let base = &settings.base;
        let menu = match &settings.menu {
            Some(items) => items.iter().map(|item| menu_link(item, base)).collect(),
            None => site.sections[0].sections.iter().map(|&section| section_link(&site.sections[section], base)).collect(),
        };
        SiteView {
            title: settings.title.clone(),
            description: settings.description.clone(),
            language: settings.language.clone(),
            dir: direction(&settings.language),
            href: base.href(&Url::home()),
            menu,
            banner: settings.banner.as_ref().map(|banner| BannerView {
                text: banner.text.clone(),
                href: banner.link.as_ref().map(|item| menu_link(item, base).href),
            }),
            footer_text: settings.footer.text.clone(),
            footer_links: settings.footer.links.iter().map(|item| menu_link(item, base)).collect(),
            organization: settings.organization.as_ref().map(|o| OrganizationView { name: o.name.clone(), url: o.url.clone() }),
            search_href: base.href(&search_page::form_url(site)),
            search_root: search_page::Places::new(site).map(|places| base.href(&places.root())),
            authors_href: (!site.writers.is_empty()).then(|| base.href(&authors::index_url(site))),
            tags_href: base.href(&tags::index_url()),
            a_to_z_href: base.href(&a_to_z::index_url()),
            feeds_href: base.href(&feeds::page_url()),
            opensearch_href: base.href(&opensearch::file_url()),
            manifest_href: base.href(&super::hosting::manifest_url()),
            feeds: feed::views(site, &theme.words, feed::Scope::Site),
            theme_color: theme
                .look
                .colours
                .get(PAPER)
                .map(|paper| ThemeColorView { light: paper.light.hex(), dark: paper.dark.hex() }),
            generator: format!("Guidepost {}", env!("CARGO_PKG_VERSION")),
        }
    }
}

impl PageView {
    /// A page with nothing special about it. `breadcrumbs` are those between the home page and the page itself.
    pub fn new(snapshot: &Snapshot, kind: &'static str, title: &str, url: &Url, breadcrumbs: Vec<LinkView>) -> PageView {
        let (settings, words) = (&snapshot.site.settings, snapshot.words());
        let base = &settings.base;
        let href = base.href(url);
        let is_home = *url == Url::home();
        let full_title = match title == settings.title {
            true => title.to_owned(),
            false => words.fill("page_title", &[("title", title), ("site", &settings.title)]),
        };
        let mut trail = vec![LinkView { title: words.get("home").to_owned(), href: base.href(&Url::home()) }];
        trail.extend(breadcrumbs);
        trail.push(LinkView { title: title.to_owned(), href: href.clone() });
        PageView {
            title: title.to_owned(),
            full_title,
            description: None,
            kind,
            canonical: base.absolute(url),
            href,
            lang: settings.language.clone(),
            dir: direction(&settings.language),
            noindex: false,
            breadcrumbs: if is_home { Vec::new() } else { trail },
            section_href: None,
            feeds: Vec::new(),
            image: None,
        }
    }

    /// Takes an article's language for its own.
    pub fn speak(&mut self, head: &Head) {
        if let Some(lang) = &head.lang {
            self.lang.clone_from(lang);
            self.dir = direction(lang);
        }
    }

    /// What the article that a page shows says of the page: language, original, picture, and whether to list it.
    pub fn take_from(&mut self, site: &Site, id: ArticleId) {
        let head = site.head(id);
        self.noindex = head.noindex;
        self.speak(head);
        if let Some(canonical) = &head.canonical {
            self.canonical.clone_from(canonical);
        }
        if let Some((asset, alt)) = image_of(site, id) {
            self.image = Some(ImageView {
                url: site.settings.base.absolute(&asset.url),
                width: asset.size.map(|(width, _)| width),
                height: asset.size.map(|(_, height)| height),
                alt: alt.to_owned(),
            });
        }
    }
}

impl PageView {
    /// Shows the card of the page's own words, if it has no picture and the site wants cards.
    pub fn show_card(&mut self, of: social_card::Of, snapshot: &Snapshot) {
        if self.image.is_none() {
            self.image = SocialCard::image(of, &snapshot.site, &snapshot.theme, &self.full_title);
        }
    }
}

/// The picture that an article has, and what it says.
fn image_of(site: &Site, id: ArticleId) -> Option<(&Asset, &str)> {
    let (link, alt) = site.head(id).image.as_ref()?;
    match &site.goals(id)[*link as usize] {
        Goal::Asset(asset) => Some((&site.assets[*asset], alt)),
        _ => None,
    }
}

/// Whether an article has a picture for previews.
pub fn has_image(site: &Site, id: ArticleId) -> bool {
    image_of(site, id).is_some()
}

impl PersonView {
    /// Somebody by key, or else by name alone.
    pub fn new(site: &Site, key: &str) -> PersonView {
        let Author { name, url, email, role } = site.author(key);
        let own = site.writer(key).map(|writer| site.settings.base.href(&writer.url));
        PersonView { name, href: own.or_else(|| url.clone()), url, email, role }
    }
}

impl DayView {
    /// The day of a moment, in these words.
    pub fn of(when: When, words: &Words) -> DayView {
        let day = when.day();
        DayView { iso: date::iso_day(day), text: words.day(day) }
    }
}

impl PaginationView {
    /// Page `number` of `total` of the listing at `first`.
    pub fn new(base: &Base, first: &Url, number: usize, total: usize) -> PaginationView {
        let href = |number: usize| base.href(&first.numbered(number));
        PaginationView {
            number,
            total,
            previous: (number > 1).then(|| href(number - 1)),
            next: (number < total).then(|| href(number + 1)),
            first: href(1),
            last: href(total),
        }
    }
}

/// A link of the settings.
fn menu_link(item: &MenuItem, base: &Base) -> LinkView {
    let href = match &item.target {
        MenuTarget::Inside(url) => base.href(url),
        MenuTarget::Outside(href) => href.clone(),
    };
    LinkView { title: item.title.clone(), href }
}

/// Where the file of an article can be changed, if the settings say.
pub fn edit_href(site: &Site, id: ArticleId) -> Option<String> {
    Some(site.settings.edit_link.as_ref()?.of(&site.head(id).file()))
}

/// A link to an article.
pub fn article_link(site: &Site, id: ArticleId) -> LinkView {
    let head = site.head(id);
    LinkView { title: head.title.clone(), href: site.settings.base.href(&head.url) }
}

/// A link to a section.
pub fn section_link(section: &Section, base: &Base) -> LinkView {
    LinkView { title: section.title.clone(), href: base.href(&section.url) }
}

/// The sections from the home page down to one, without the home page.
pub fn trail(site: &Site, section: &Section) -> Vec<LinkView> {
    let mut trail = Vec::new();
    let mut current = Some(section);
    while let Some(section) = current.filter(|section| !section.folder.is_empty()) {
        trail.push(section_link(section, &site.settings.base));
        current = section.parent.map(|parent| &site.sections[parent]);
    }
    trail.reverse();
    trail
}

/// A text of at most `most` characters, ended after a whole word where there is one.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most + 1).collect();
    let end = cut.rfind(char::is_whitespace).unwrap_or_else(|| cut.char_indices().nth(most).map_or(cut.len(), |(i, _)| i));
    cut[..end].trim_end().to_owned()
}

/// Whether a language is written from right to left.
pub fn direction(language: &str) -> &'static str {
    let primary = language.split('-').next().unwrap_or("").to_ascii_lowercase();
    let is_rtl = matches!(primary.as_str(), "ar" | "he" | "fa" | "ur" | "yi" | "ps" | "sd" | "ug" | "dv" | "ckb" | "ku");
    if is_rtl { "rtl" } else { "ltr" }
}

/// How addresses in a body are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// For a page of the site: from the host's root.
    FromRoot,
    /// For a reader elsewhere, such as a feed's.
    Absolute,
}

/// An article's body with all its addresses.
pub fn body_html(snapshot: &Snapshot, id: ArticleId, addresses: Addresses) -> String {
    let site = &*snapshot.site;
    let base = &site.settings.base;
    let head = site.head(id);
    let address = |url: &Url| match addresses {
        Addresses::FromRoot => base.href(url),
        Addresses::Absolute => base.absolute(url),
    };
    snapshot.article(id).body.html(|fill, html| match fill {
        Fill::Href(index) => {
            let (link, goal) = (&head.links[index as usize], &site.goals(id)[index as usize]);
            match goal {
                // On its own page, a place within is enough.
                Goal::Article(to) if *to == id && addresses == Addresses::FromRoot && link.anchor.is_some() => {}
                Goal::Article(to) => escape_into(&address(&site.head(*to).url), html),
                Goal::Asset(asset) => escape_into(&address(&site.assets[*asset].url), html),
                Goal::Address(url) => escape_into(&address(url), html),
                Goal::Nowhere => {}
            }
            if let Some(query) = &link.query {
                html.push('?');
                crate::html::escape_address_into(query, html);
            }
            if let Some(anchor) = &link.anchor {
                html.push('#');
                let mut encoded = String::new();
                crate::url::encode_into(anchor, &mut encoded);
                escape_into(&encoded, html);
            }
        }
        Fill::Picture(index) => {
            let Goal::Asset(asset) = &site.goals(id)[index as usize] else { return };
            let asset = &site.assets[*asset];
            html.push_str(" src=\"");
            escape_into(&address(&asset.url), html);
            html.push('"');
            if let Some((width, height)) = asset.size {
                html.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
            }
        }
        Fill::Title(index) => escape_into(site.title_of_link(id, index), html),
        Fill::Task(index) if addresses == Addresses::FromRoot => {
            html.push_str(" data-task=\"");
            snapshot.article(id).body.tasks()[index as usize].name_into(html);
            html.push('"');
        }
        // In a feed nothing keeps a tick.
        Fill::Task(_) => {}
        Fill::Own if addresses == Addresses::Absolute => escape_into(&base.absolute(&head.url), html),
        Fill::Own => {}
        Fill::Word(key, number, nth) => {
            let name = if nth == 1 { number.to_string() } else { format!("{number}-{nth}") };
            escape_into(&snapshot.words().fill(key, &[("n", &name)]), html);
        }
    })
}
