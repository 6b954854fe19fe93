//! The output at an old address: a page that sends readers and search engines on.
//!
//! Old addresses are aliases in articles and rules of `content/_redirects`. Hosts that read `_redirects` answer with a
//! proper redirect instead; see `hosting`. Addresses that a query tells apart have no page of their own; see `moved`.

use super::Output;
use super::views::{FeedView, LinkView, PageView, View};
use crate::plan::{Plan, Snapshot};
use crate::redirects::{From, Query, Rule, To};
use crate::site::{ArticleId, Site};
use crate::url::Url;

/// One old address.
#[derive(Debug, PartialEq)]
pub struct Redirect {
    origin: Origin,
    url: Url,
}

/// Who says where an old address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An article, among its `aliases`.
    Alias(ArticleId),
    /// A rule, by its index.
    Rule(usize),
}

/// Where an old address leads in the end.
#[derive(Debug, Clone, Copy)]
pub enum End<'s> {
    /// To an article, and to what is written behind its address.
    Article(ArticleId, &'s str),
    /// To anything else of this site.
    Output(&'s Output, &'s str),
    /// Out of the site.
    Outside(&'s str),
    /// Nowhere: a diagnostic says so.
    Nowhere,
}

/// A rule that leads to a rule that leads to a rule is an error; that is found out without going on for ever.
const MOST_STEPS: usize = 10;

impl Origin {
    /// The rule, where it is one.
    pub fn rule(self, site: &Site) -> Option<&Rule> {
        match self {
            Origin::Rule(index) => site.rules.rules.get(index),
            Origin::Alias(_) => None,
        }
    }

    /// What it is, for messages.
    pub fn describe(self, site: &Site) -> String {
        match self {
            Origin::Alias(article) => format!("an alias of `{}`", site.head(article).source),
            Origin::Rule(_) => {
                let line = self.rule(site).map_or(0, Rule::line);
                format!("the rule in line {line} of `{}`", crate::redirects::SHOWN)
            }
        }
    }

    /// The redirects that it leads to, and where these end; with more than a few steps nobody follows them.
    pub fn follow<'s>(self, site: &'s Site, plan: &'s Plan) -> (Vec<&'s Redirect>, End<'s>) {
        let mut steps = Vec::new();
        let mut origin = self;
        let mut behind = "";
        loop {
            let (url, rest) = match origin {
                Origin::Alias(article) => return (steps, End::Article(article, behind)),
                Origin::Rule(_) => match origin.rule(site).map(|rule| &rule.to) {
                    Some(To::Inside(url, rest)) => (url, rest.as_str()),
                    Some(To::Outside(href)) => return (steps, End::Outside(href)),
                    Some(To::Host) | None => return (steps, End::Nowhere),
                },
            };
            behind = if behind.is_empty() { rest } else { behind };
            match plan.meant(url) {
                None => return (steps, End::Nowhere),
                Some(Output::Redirect(next)) => {
                    steps.push(next);
                    origin = next.origin;
                    if steps.len() > MOST_STEPS {
                        return (steps, End::Nowhere);
                    }
                }
                Some(Output::Article(page)) => return (steps, End::Article(page.article(), behind)),
                Some(Output::Listing(page)) if page.section_page(site).is_some() && !page.is_continuation() => {
                    let article = page.section_page(site);
                    return (steps, article.map_or(End::Nowhere, |article| End::Article(article, behind)));
                }
                Some(output) => return (steps, End::Output(output, behind)),
            }
        }
    }

    /// The address to which it sends readers, as a page links to it.
    pub fn href(self, snapshot: &Snapshot) -> String {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        match self.follow(site, &snapshot.plan).1 {
            End::Article(article, rest) => base.href(&site.head(article).url) + rest,
            End::Output(output, rest) => base.href(output.url()) + rest,
            End::Outside(href) => href.to_owned(),
            End::Nowhere => base.href(&Url::home()),
        }
    }
}

/// All old addresses that a query tells apart.
pub fn queries(site: &Site) -> impl Iterator<Item = (&Query, Origin)> {
    let of_articles = site.ids().flat_map(|id| site.head(id).queries.iter().map(move |query| (query, Origin::Alias(id))));
    let of_rules = site.rules.rules.iter().enumerate().filter_map(|(index, rule)| match &rule.from {
        From::Query(query) => Some((query, Origin::Rule(index))),
        _ => None,
    });
    of_articles.chain(of_rules)
}

/// Whether a site has any old address that Guidepost answers.
pub fn has_any(site: &Site) -> bool {
    !site.rules.rules.is_empty() || site.ids().any(|id| !site.head(id).aliases.is_empty() || !site.head(id).queries.is_empty())
}

impl Redirect {
    /// One for every alias and every rule that is for one address; an alias that is the article's own address needs none.
    pub fn plan(site: &Site) -> Vec<Redirect> {
        let mut redirects = Vec::new();
        for article in site.ids() {
            let head = site.head(article);
            for (i, url) in head.aliases.iter().enumerate() {
                if *url != head.url && !head.aliases[..i].contains(url) {
                    redirects.push(Redirect { origin: Origin::Alias(article), url: url.clone() });
                }
            }
        }
        redirects.extend(site.rules.rules.iter().enumerate().filter_map(|(index, rule)| match &rule.from {
            From::Page(url) => Some(Redirect { origin: Origin::Rule(index), url: url.clone() }),
            _ => None,
        }));
        redirects
    }

    /// The old address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Who says where it leads.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The article whose alias it is.
    pub fn article(&self) -> Option<ArticleId> {
        match self.origin {
            Origin::Alias(article) => Some(article),
            Origin::Rule(_) => None,
        }
    }

    /// The page. Its template gets `target`, a link; a feed that it leads to is among the page's feeds.
    pub fn compose(&self, snapshot: &Snapshot) -> View {
        let site = &*snapshot.site;
        let base = &site.settings.base;
        let href = self.origin.href(snapshot);
        let page = |title: &str, url: &Url| PageView::new(snapshot, "redirect", title, url, Vec::new());
        let mut page = match self.origin.follow(site, &snapshot.plan).1 {
            End::Article(article, _) => {
                let head = site.head(article);
                let mut page = page(&head.title, &head.url);
                page.speak(head);
                page
            }
            End::Output(output, _) => {
                let feed = match output {
                    Output::Feed(feed) => Some(feed.view(site, snapshot.words())),
                    _ => None,
                };
                let mut page = page(&title(output, feed.as_ref(), snapshot), output.url());
                page.feeds.extend(feed);
                page
            }
            End::Outside(_) => {
                let mut page = page(&href, &self.url);
                page.canonical.clone_from(&href);
                page
            }
            End::Nowhere => page(base.host(), &Url::home()),
        };
        page.noindex = true;
        let mut view = View::new("redirect.html", format!("the redirect {}", self.url), &page, snapshot);
        view.add("target", &LinkView { title: page.title.clone(), href });
        view
    }
}

/// What a page or file is called that is no article.
fn title(output: &Output, feed: Option<&FeedView>, snapshot: &Snapshot) -> String {
    let (site, words) = (&*snapshot.site, snapshot.words());
    match output {
        Output::Listing(page) => page.title(site),
        Output::Tags(_) => words.get("tags").to_owned(),
        Output::Authors(_) => words.get("authors").to_owned(),
        Output::AToZ(_) => words.get("a_to_z").to_owned(),
        Output::Feeds(_) => words.get("feeds").to_owned(),
        Output::SearchPage(_) => words.get("search").to_owned(),
        _ => feed.map_or_else(|| output.url().to_string(), |feed| feed.title.clone()),
    }
}
