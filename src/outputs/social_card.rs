//! Social cards: for a page that has no picture of its own, one made from its words, where the site wants that.
//!
//! An article's page, a section's and the home page have one. Its address changes when the picture does: the networks that
//! show it keep what they once fetched. How it looks is the design's business.

use super::views::{self, ImageView};
use super::{Draft, Output};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digester;
use crate::plan::Problem;
use crate::settings;
use crate::site::{ArticleId, At, Finding, Section, SectionId, Site};
use crate::social_card::{Design, HEIGHT, WIDTH, Words};
use crate::theme::Theme;
use crate::url::Url;

/// The card of one page.
#[derive(Debug, PartialEq)]
pub struct SocialCard {
    of: Of,
    url: Url,
    words: Words,
}

/// Whose card it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// An article's.
    Article(ArticleId),
    /// A section's; the home page is that of the top.
    Section(SectionId),
}

/// How much of a page's name is in the name of its card, in bytes.
const LONGEST_STEM: usize = 60;

impl SocialCard {
    /// A card for each of these pages that can have one and has no picture; none at all unless the site wants cards.
    pub fn plan(site: &Site, theme: &Theme, pages: &[Output]) -> Vec<SocialCard> {
        let Some(design) = &theme.cards else { return Vec::new() };
        pages.iter().filter_map(|page| Of::wanted(page, site)).filter_map(|of| SocialCard::new(of, site, design).ok()).collect()
    }

    /// What keeps pages from having a card: a letter that no font has. Said once, about the first of them.
    pub fn check(site: &Site, theme: &Theme, outputs: &[Output]) -> Option<Problem> {
        let design = theme.cards.as_ref()?;
        let wanted = || outputs.iter().filter_map(|page| Of::wanted(page, site));
        let missing = wanted().count() - outputs.iter().filter(|output| matches!(output, Output::SocialCard(_))).count();
        if missing == 0 {
            return None;
        }
        let (of, letter) = wanted().find_map(|of| Some((of, SocialCard::new(of, site, design).err()?)))?;
        let others = match missing - 1 {
            0 => String::new(),
            1 => ", and none of another page".into(),
            others => format!(", and none of {others} others"),
        };
        let letter = format!("“{}” (U+{:04X})", letter.escape_debug(), u32::from(letter));
        let message = format!("no social card is made of {}{others}: no font has {letter}", of.describe(site));
        let hint = "put a font that has it into `card/` in a theme of your own, or give the page an `image`";
        let diagnostic = Diagnostic::warning("card-letter", message).hint(hint);
        let article = match of {
            _ if design.words("", "", &site_name(site)).is_err() => None,
            Of::Article(id) => Some(id),
            Of::Section(section) => site.sections[section].index,
        };
        Some(match article {
            Some(article) => Problem::Article(Finding { article, at: At::Key("title"), diagnostic }),
            None => Problem::Site(diagnostic.at(Place::file(settings::FILE))),
        })
    }

    /// The card as the picture of its page; none if the page has none.
    pub fn image(of: Of, site: &Site, theme: &Theme, alt: &str) -> Option<ImageView> {
        let card = SocialCard::new(of, site, theme.cards.as_ref()?).ok()?;
        let url = site.settings.base.absolute(&card.url);
        Some(ImageView { url, width: Some(WIDTH), height: Some(HEIGHT), alt: alt.to_owned() })
    }

    fn new(of: Of, site: &Site, design: &Design) -> Result<SocialCard, char> {
        let home = Url::home();
        let (title, eyebrow, page) = match of {
            Of::Article(id) => {
                let head = site.head(id);
                (head.title.as_str(), name(site.section_of(id)), &head.url)
            }
            Of::Section(0) => (site.settings.title.as_str(), "", &home),
            Of::Section(section) => {
                let section = &site.sections[section];
                let above = section.parent.map_or("", |parent| name(&site.sections[parent]));
                (section.title.as_str(), above, &section.url)
            }
        };
        let foot = match of {
            // Its title says already whose site it is.
            Of::Section(0) => site.settings.organization.as_ref().map_or(site.settings.base.host(), |o| &o.name).to_owned(),
            _ => site_name(site),
        };
        let words = design.words(title, eyebrow, &foot)?;
        // Two pages may say the same.
        let mut digester = Digester::default();
        let digest = digester.add(page.as_str().as_bytes()).add(&design.digest(&words).to_bytes()).finish();
        let url = Url::file(&format!("assets/cards/{}.{}.png", stem(page), &digest.to_string()[..16]));
        Ok(SocialCard { of, url, words })
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whose it is.
    pub fn of(&self) -> Of {
        self.of
    }

    /// What it is, for messages.
    pub fn describe(&self, site: &Site) -> String {
        format!("the social card of {}", self.of.describe(site))
    }

    /// What it says, which is less than a picture: see [`Draft`].
    pub fn compose(&self, theme: &Theme) -> Draft {
        let digest = theme.cards.as_ref().map(|design| design.digest(&self.words)).unwrap_or_default();
        Draft::Card(self.words.clone(), digest)
    }
}

impl Of {
    /// Whose card a page shows, if it is to show one: it is of the right kind and has no picture of its own.
    fn wanted(page: &Output, site: &Site) -> Option<Of> {
        match page {
            Output::Article(page) => Some(Of::Article(page.article())).filter(|_| !views::has_image(site, page.article())),
            Output::Listing(page) if !page.is_continuation() => {
                let section = page.section()?;
                let has_image = site.sections[section].index.is_some_and(|index| views::has_image(site, index));
                (!has_image).then_some(Of::Section(section))
            }
            _ => None,
        }
    }

    fn describe(self, site: &Site) -> String {
        match self {
            Of::Article(id) => format!("`{}`", site.head(id).source),
            Of::Section(0) => "the home page".into(),
            Of::Section(section) => format!("the section “{}”", site.sections[section].title),
        }
    }
}

/// A section's name; that of the home page is the site's, which stands on every card.
fn name(section: &Section) -> &str {
    if section.folder.is_empty() { "" } else { &section.title }
}

/// The site and whose it is.
fn site_name(site: &Site) -> String {
    let title = &site.settings.title;
    match &site.settings.organization {
        Some(organization) if organization.name != *title => format!("{title} · {}", organization.name),
        _ => title.clone(),
    }
}

/// The last part of a page's address, for whoever looks through the files.
fn stem(page: &Url) -> &str {
    let last = page.as_str().trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let end = (0..=LONGEST_STEM.min(last.len())).rev().find(|end| last.is_char_boundary(*end)).unwrap_or(0);
    if end == 0 { "home" } else { &last[..end] }
}
