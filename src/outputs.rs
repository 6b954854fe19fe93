//! What a site consists of: one file per kind of output, all of one shape.
//!
//! Each kind says what exists (`plan`), where it lives (`url`) and what it says (`compose`): a finished file, or a view
//! that a template makes text of. Nobody edits another's output. Which files that makes and when they are written is left to the pipeline and the writer.

pub mod a_to_z;
pub mod article;
pub mod asset;
pub mod authors;
pub mod calendar;
pub mod feed;
pub mod feeds;
pub mod hosting;
pub mod listing;
pub mod llms;
pub mod moved;
pub mod not_found;
pub mod opensearch;
pub mod redirect;
pub mod search_page;
pub mod sitemap;
pub mod social_card;
pub mod tags;
pub mod views;
mod xml;

use std::mem::Discriminant;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::plan::Snapshot;
use crate::redirects;
use crate::site::{ArticleId, Site};
use crate::social_card::Words;
use crate::theme::Theme;
use crate::url::Url;

/// One file of the finished site.
#[derive(Debug, PartialEq)]
#[allow(missing_docs)] // Each kind is documented where it is defined.
pub enum Output {
    Article(article::ArticlePage),
    Calendar(calendar::Calendar),
    Listing(listing::Listing),
    Tags(tags::TagIndex),
    Authors(authors::AuthorIndex),
    AToZ(a_to_z::AToZ),
    SearchPage(search_page::SearchPage),
    Feed(feed::Feed),
    Feeds(feeds::FeedsPage),
    NotFound(not_found::NotFound),
    Redirect(redirect::Redirect),
    Asset(asset::AssetFile),
    OpenSearch(opensearch::OpenSearch),
    Llms(llms::Llms),
    Hosting(hosting::HostingFile),
    Moved(moved::MovedFile),
    Sitemap(sitemap::Sitemap),
    SocialCard(social_card::SocialCard),
}

/// What an output says, before a template has made text of it or a design a picture: the same draft in the same theme
/// becomes the same bytes.
#[derive(Debug)]
pub enum Draft {
    /// A page.
    View(views::View),
    /// The words of a social card, and the digest of the picture that they become.
    Card(Words, Digest),
    /// Anything else is finished.
    Content(Content),
}

impl Draft {
    /// Tells what would be made of it from everything else that was ever made, if that is known beforehand.
    pub fn digest(&self) -> Option<Digest> {
        match self {
            Draft::View(view) => Some(view.digest()),
            Draft::Card(_, digest) => Some(*digest),
            Draft::Content(_) => None,
        }
    }

    /// The bytes.
    pub fn render(self, theme: &Theme) -> Result<Content, Diagnostic> {
        match self {
            Draft::View(view) => view.render(theme).map(Content::Bytes),
            Draft::Card(words, _) => Ok(theme.cards.as_ref().map(|design| design.draw(&words)).unwrap_or_default().into()),
            Draft::Content(content) => Ok(content),
        }
    }
}

/// The bytes of an output.
#[derive(Debug, PartialEq)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What this file holds.
    File(PathBuf),
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Content {
        Content::Bytes(bytes)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Content {
        Content::Bytes(text.into_bytes())
    }
}

/// Every output of a site, kind by kind. Sitemap and cards come last: they are of the pages planned before them.
pub fn plan(site: &Site, theme: &Theme) -> Vec<Output> {
    let mut outputs: Vec<Output> = Vec::with_capacity(site.len() * 2 + 64);
    outputs.extend(article::ArticlePage::plan(site).into_iter().map(Output::Article));
    outputs.extend(calendar::Calendar::plan(site).into_iter().map(Output::Calendar));
    outputs.extend(listing::Listing::plan(site).into_iter().map(Output::Listing));
    outputs.extend(tags::TagIndex::plan(site).into_iter().map(Output::Tags));
    outputs.extend(authors::AuthorIndex::plan(site).into_iter().map(Output::Authors));
    outputs.extend(a_to_z::AToZ::plan(site).into_iter().map(Output::AToZ));
    outputs.extend(search_page::SearchPage::plan(site).into_iter().map(Output::SearchPage));
    outputs.extend(feed::Feed::plan(site).into_iter().map(Output::Feed));
    outputs.extend(feeds::FeedsPage::plan(site).into_iter().map(Output::Feeds));
    outputs.extend(not_found::NotFound::plan(site).into_iter().map(Output::NotFound));
    outputs.extend(asset::AssetFile::plan(site, theme).into_iter().map(Output::Asset));
    outputs.extend(opensearch::OpenSearch::plan(site).into_iter().map(Output::OpenSearch));
    outputs.extend(llms::Llms::plan(site).into_iter().map(Output::Llms));
    outputs.extend(hosting::HostingFile::plan(site).into_iter().map(Output::Hosting));
    outputs.extend(redirect::Redirect::plan(site).into_iter().map(Output::Redirect));
    outputs.extend(moved::MovedFile::plan(site).into_iter().map(Output::Moved));
    let sitemaps = sitemap::Sitemap::plan(site, &outputs);
    outputs.extend(sitemaps.into_iter().map(Output::Sitemap));
    let cards = social_card::SocialCard::plan(site, theme, &outputs);
    outputs.extend(cards.into_iter().map(Output::SocialCard));
    outputs
}

impl Output {
    /// Where it lives.
    pub fn url(&self) -> &Url {
        match self {
            Output::Article(page) => page.url(),
            Output::Calendar(file) => file.url(),
            Output::Listing(page) => page.url(),
            Output::Tags(page) => page.url(),
            Output::Authors(page) => page.url(),
            Output::AToZ(page) => page.url(),
            Output::SearchPage(page) => page.url(),
            Output::Feed(feed) => feed.url(),
            Output::Feeds(page) => page.url(),
            Output::NotFound(page) => page.url(),
            Output::Redirect(page) => page.url(),
            Output::Asset(file) => file.url(),
            Output::OpenSearch(file) => file.url(),
            Output::Llms(file) => file.url(),
            Output::Hosting(file) => file.url(),
            Output::Moved(file) => file.url(),
            Output::Sitemap(file) => file.url(),
            Output::SocialCard(card) => card.url(),
        }
    }

    /// What it says, as far as the site decides it.
    pub fn compose(&self, snapshot: &Snapshot) -> Result<Draft, Diagnostic> {
        Ok(match self {
            Output::Article(page) => Draft::View(page.compose(snapshot)),
            Output::Listing(page) => Draft::View(page.compose(snapshot)),
            Output::Tags(page) => Draft::View(page.compose(snapshot)),
            Output::Authors(page) => Draft::View(page.compose(snapshot)),
            Output::AToZ(page) => Draft::View(page.compose(snapshot)),
            Output::SearchPage(page) => Draft::View(page.compose(snapshot)),
            Output::Feeds(page) => Draft::View(page.compose(snapshot)),
            Output::NotFound(page) => Draft::View(page.compose(snapshot)),
            Output::Redirect(page) => Draft::View(page.compose(snapshot)),
            Output::Calendar(file) => Draft::Content(file.compose(snapshot)),
            Output::Feed(feed) => Draft::Content(feed.compose(snapshot)?),
            Output::Asset(file) => Draft::Content(file.compose(snapshot)),
            Output::OpenSearch(file) => Draft::Content(file.compose(snapshot)?),
            Output::Llms(file) => Draft::Content(file.compose(snapshot)),
            Output::Hosting(file) => Draft::Content(file.compose(snapshot)),
            Output::Moved(file) => Draft::Content(file.compose(snapshot)),
            Output::Sitemap(file) => Draft::Content(file.compose(snapshot)?),
            Output::SocialCard(card) => card.compose(&snapshot.theme),
        })
    }

    /// The articles whose bodies it shows. Of all others it shows at most what is in their heads.
    pub fn bodies<'a>(&'a self, site: &'a Site) -> &'a [ArticleId] {
        match self {
            Output::Article(page) => page.bodies(),
            Output::Calendar(file) => file.bodies(),
            Output::Listing(page) => page.bodies(site),
            Output::Feed(feed) => feed.bodies(),
            _ => &[],
        }
    }

    /// Outputs of one sort are made by the same template, or by the same code.
    pub fn sort<'s>(&self, site: &'s Site) -> (Discriminant<Output>, &'s str) {
        let variant = match self {
            Output::Article(page) => article::template_name(site.head(page.article())),
            Output::Listing(page) => page.kind(),
            _ => "",
        };
        (std::mem::discriminant(self), variant)
    }

    /// What it says, in full.
    pub fn render(&self, snapshot: &Snapshot) -> Result<Content, Diagnostic> {
        self.compose(snapshot)?.render(&snapshot.theme)
    }

    /// The article whose author decides about its address, if there is one.
    pub fn article(&self) -> Option<ArticleId> {
        match self {
            Output::Article(page) => Some(page.article()),
            Output::Redirect(page) => page.article(),
            _ => None,
        }
    }

    /// The file or folder of the author's that it comes from, as messages name it, where that is not an article.
    pub fn source(&self, site: &Site) -> Option<String> {
        match self {
            Output::Asset(file) => file.source(site),
            Output::Listing(page) => page.source(site),
            Output::Redirect(page) => page.origin().rule(site).map(|_| redirects::SHOWN.to_owned()),
            _ => None,
        }
    }

    /// Whether search engines are not to list it.
    pub fn is_unlisted(&self, site: &Site) -> bool {
        match self {
            Output::Listing(page) => page.is_unlisted(site),
            _ => self.article().is_some_and(|id| site.head(id).is_unlisted()),
        }
    }

    /// What it is, for messages: "the article `networking/agenda.md`".
    pub fn describe(&self, site: &Site) -> String {
        match self {
            Output::Article(page) => format!("the article `{}`", site.head(page.article()).source),
            Output::Calendar(file) => format!("the calendar file of `{}`", site.head(file.agenda()).source),
            Output::Redirect(page) => page.origin().describe(site),
            Output::Listing(page) => page.describe(site),
            Output::Tags(_) => "the list of tags".into(),
            Output::Authors(_) => "the list of authors".into(),
            Output::AToZ(_) => "the A–Z index".into(),
            Output::SearchPage(_) => "the search page".into(),
            Output::Feed(_) => "a feed".into(),
            Output::Feeds(_) => "the page about feeds".into(),
            Output::NotFound(_) => "the page for what is not found".into(),
            Output::Asset(file) => file.describe(site),
            Output::SocialCard(card) => card.describe(site),
            Output::OpenSearch(_) | Output::Llms(_) | Output::Hosting(_) | Output::Moved(_) | Output::Sitemap(_) => {
                format!("Guidepost's own `{}`", self.url())
            }
        }
    }

    /// Whether readers see it as a page that search engines may list.
    pub fn is_listed_page(&self) -> bool {
        matches!(
            self,
            Output::Article(_) | Output::Listing(_) | Output::Tags(_) | Output::Authors(_) | Output::AToZ(_) | Output::Feeds(_)
        )
    }
}
