//! Why a page is published or not, and where it is found: what `guidepost why` answers.
//!
//! Everything is asked of the site and the plan, which decide it; nothing is decided here. What is said of files that are
//! no part of the site is left to who looks at the disk, and how it is shown to the command.

pub mod question;

use serde::Serialize;

use self::question::Page;
use super::Snapshot;
use crate::article::{AddressFrom, Head, When, date};
use crate::diagnostic::Diagnostic;
use crate::outputs::feed::Feed;
use crate::outputs::redirect::{End, Origin, Redirect};
use crate::outputs::{Output, llms};
use crate::redirects::{From, Query, Rule};
use crate::search;
use crate::site::{ArticleId, Goal, LeftOut, Site};
use crate::url::Url;

/// All that there is to say about a page.
#[derive(Debug, Default, Serialize)]
pub struct Answer {
    /// What it is, in a few words: `an article`, `the listing of the tag …`.
    pub what: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The author's file that it comes from.
    pub file: Option<String>,
    /// Whether a build publishes it.
    pub published: bool,
    /// Why, or why not.
    pub because: String,
    /// Its address from the site's root.
    pub address: Option<String>,
    /// Its whole address.
    pub url: Option<String>,
    /// What decides about the address.
    pub address_from: Option<String>,
    /// Old addresses that lead to it.
    pub redirects: Vec<String>,
    /// Where readers come upon it.
    pub listed: Vec<Listed>,
    /// The articles that link to it.
    pub linked_from: Vec<Linked>,
    /// What feeds do with it.
    pub feeds: Vec<Carried>,
    /// Its permanent id in feeds.
    pub feed_id: Option<String>,
    /// Whether the site's own search finds it, and why not.
    pub search: Option<Verdict>,
    /// Whether search engines are told of it, and why not.
    pub sitemap: Option<Verdict>,
    /// Whether `llms.txt` names it, and why not.
    pub llms: Option<Verdict>,
    /// The template that shows it.
    pub template: Option<String>,
    /// What is wrong with its file.
    pub problems: Vec<Complaint>,
}

/// A page that lists another.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// What it is.
    pub on: String,
    /// Its address; a header that every page has needs none.
    pub address: Option<String>,
}

/// An article that links to a page.
#[derive(Debug, Serialize)]
pub struct Linked {
    /// Its title.
    pub title: String,
    /// Its file.
    pub file: String,
    /// Its address.
    pub address: String,
}

/// A feed, and whether it carries an article.
#[derive(Debug, Serialize)]
pub struct Carried {
    /// The feed's address.
    pub feed: String,
    /// Whether it does.
    pub carried: bool,
    /// Why not.
    pub because: Option<String>,
}

/// Yes or no, and why not.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// Yes or no.
    pub yes: bool,
    /// Why not.
    pub because: Option<String>,
}

impl Verdict {
    /// Yes, unless there is a reason against it.
    fn unless(reason: Option<&str>) -> Option<Verdict> {
        Some(Verdict { yes: reason.is_none(), because: reason.map(str::to_owned) })
    }
}

/// Something wrong with the page's file.
#[derive(Debug, Serialize)]
pub struct Complaint {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Its code.
    pub code: &'static str,
    /// The line, if it is at one.
    pub line: Option<u32>,
    /// What is wrong.
    pub message: String,
}

/// What there is to say about a page; `diagnostics` are all of the site.
pub fn answer(snapshot: &Snapshot, page: Page<'_>, diagnostics: &[Diagnostic]) -> Answer {
    let mut answer = match page {
        Page::Article(id) => of_article(snapshot, id),
        Page::Redirect(id, old) => {
            let answer = of_article(snapshot, id);
            Answer { what: format!("`{old}` is an old address of {}", answer.what), ..answer }
        }
        Page::Query(id, query) => {
            let answer = of_article(snapshot, id);
            Answer { what: format!("`{}` is an old address of {}", query.address(), answer.what), ..answer }
        }
        Page::LeftOut(head, _) => of_left_out(snapshot, head),
        Page::Output(output) => of_output(snapshot, output),
    };
    let own = |problem: &&Diagnostic| problem.place.as_ref().is_some_and(|place| Some(&*place.file) == answer.file.as_deref());
    let complaint = |problem: &Diagnostic| Complaint {
        severity: problem.severity.word(),
        code: problem.code,
        line: problem.place.as_ref().and_then(|place| place.span).map(|span| span.line),
        message: problem.message.clone(),
    };
    answer.problems = diagnostics.iter().filter(own).map(complaint).collect();
    let errors = diagnostics.iter().filter(|problem| problem.is_error()).count();
    let own_errors = answer.problems.iter().filter(|problem| problem.severity == "error").count();
    if answer.published && errors > 0 {
        answer.published = false;
        let whose = match own_errors {
            0 => "other files have".to_owned(),
            own if own == errors => "its own file has".to_owned(),
            own => format!("the site's files (its own has {own}) have"),
        };
        let (noun, they) = if errors == 1 { ("error", "it is") } else { ("errors", "they are") };
        answer.because = format!("{whose} {errors} {noun}, and a build publishes nothing until {they} put right");
    }
    answer
}

/// What is there and is no part of the site.
pub fn of_stray(what: &str, file: String, reason: String) -> Answer {
    Answer { what: what.to_owned(), file: Some(file), because: reason, ..Answer::default() }
}

fn of_article(snapshot: &Snapshot, id: ArticleId) -> Answer {
    let site = &*snapshot.site;
    let head = site.head(id);
    let mut answer = Answer {
        published: true,
        because: why_published(snapshot, head),
        address_from: Some(address_from(head, AddressFrom::of(head, Some(&snapshot.article(id).places)))),
        listed: listed(snapshot, id),
        linked_from: links_from(snapshot, site.backlinks(id)),
        feeds: feeds(snapshot, id),
        feed_id: (!site.is_section_page(id)).then(|| site.feed_id(id).to_owned()),
        search: search_verdict(snapshot, id),
        sitemap: sitemap_verdict(snapshot, &head.url, Some(head)),
        llms: Verdict::unless(if site.is_section_page(id) {
            Some("it names articles; this is its folder's own page")
        } else if llms::named(site, site.section_of(id)).any(|named| named == id) {
            None
        } else {
            Some(if head.noindex { "`noindex`" } else { "its section has too many articles to name them all" })
        }),
        template: template(snapshot, id),
        ..of_head(snapshot, head)
    };
    answer.redirects.extend(by_rules(snapshot, id));
    if site.is_section_page(id) {
        let section = site.section_of(id);
        answer.what = "a section's own page".into();
        match section.parent {
            Some(0) => listed_among_sections(&mut answer, "the sections on the home page", &Url::home()),
            Some(parent) => {
                let parent = &site.sections[parent];
                listed_among_sections(&mut answer, &format!("the sections of “{}”", parent.title), &parent.url);
            }
            None => {
                answer.what = "the home page".into();
                answer.address_from = None;
            }
        }
    }
    answer
}

fn listed_among_sections(answer: &mut Answer, on: &str, url: &Url) {
    answer.listed.insert(0, Listed { on: on.to_owned(), address: Some(url.to_string()) });
}

fn why_published(snapshot: &Snapshot, head: &Head) -> String {
    if snapshot.selection.as_published().left_out(head).is_some() {
        return "articles that a build leaves out were asked for".into();
    }
    let starts = head.publish_on.or(head.date);
    let begun = starts.map_or("no date holds it back".to_owned(), |when| format!("its day ({}) has come", day(when)));
    let until = head.expires.map_or(String::new(), |when| format!("; the last one is {} (`expires`)", day(when)));
    format!("it is no draft, and {begun}{until}")
}

/// What an article says of itself, published or not.
fn of_head(snapshot: &Snapshot, head: &Head) -> Answer {
    let article = match head.kind {
        crate::article::Kind::Tip => "a tip",
        crate::article::Kind::Agenda => "an agenda",
        crate::article::Kind::Article => "an article",
    };
    Answer {
        what: article.into(),
        title: Some(head.title.clone()),
        file: Some(head.file().to_string()),
        address: Some(head.url.to_string()),
        url: Some(snapshot.site.settings.base.absolute(&head.url)),
        redirects: aliases(head),
        ..Answer::default()
    }
}

/// All reasons, not only the first: who takes `draft` out would wonder else.
fn of_left_out(snapshot: &Snapshot, head: &Head) -> Answer {
    let today = snapshot.selection.today;
    let mut reasons = Vec::new();
    if head.draft {
        reasons.push("it is a draft: take `draft` (or `published`, `status`) out of its front matter".to_owned());
    }
    let starts = head.publish_on.map(|when| ("publish_on", when)).or(head.date.map(|when| ("date", when)));
    if let Some((key, when)) = starts.filter(|(_, when)| when.day() > today) {
        reasons.push(format!("it is {} (`{key}` is {}, and today is {today})", LeftOut::Scheduled.words(), day(when)));
    }
    if let Some(when) = head.expires.filter(|when| when.day() < today) {
        reasons.push(format!("it is {} (`expires` is {}, and today is {today})", LeftOut::Expired.words(), day(when)));
    }
    Answer {
        because: reasons.join("; and "),
        address_from: Some(address_from(head, AddressFrom::of(head, None))),
        ..of_head(snapshot, head)
    }
}

fn of_output(snapshot: &Snapshot, output: &Output) -> Answer {
    let site = &*snapshot.site;
    let url = output.url();
    let goal_is_it = |goal: &Goal| match goal {
        Goal::Address(address) => address == url,
        Goal::Asset(index) => site.assets[*index].url == *url,
        _ => false,
    };
    let linking: Vec<ArticleId> = site.ids().filter(|&id| site.goals(id).iter().any(goal_is_it)).collect();
    let target = |redirect: &Redirect| redirect.origin().rule(site).and_then(Rule::target).unwrap_or_default();
    let because = match output {
        Output::Redirect(redirect) => &format!("it leads from here to `{}`", target(redirect)),
        Output::Asset(_) if output.source(site).is_some() => "a file that is no Markdown is copied as it is, beside the articles",
        Output::Asset(_) => "the theme brings it",
        Output::Calendar(_) => "every agenda has a calendar file beside its page",
        Output::SocialCard(_) => "the settings ask for social cards, and this page has no `image` of its own",
        Output::Listing(_) => "Guidepost makes a list of every folder and tag that has an article",
        _ => "Guidepost makes it for every site",
    };
    let mut listed = Vec::new();
    listed.extend(in_the_frame(site, url));
    Answer {
        what: output.describe(site),
        title: match output {
            Output::Listing(listing) => Some(listing.title(site)),
            _ => None,
        },
        file: output.source(site),
        published: true,
        because: because.into(),
        address: Some(url.to_string()),
        url: Some(site.settings.base.absolute(url)),
        listed,
        linked_from: links_from(snapshot, &linking),
        sitemap: sitemap_verdict(snapshot, url, None),
        template: match output {
            Output::Listing(listing) => Some(listing.template().to_owned()),
            _ => None,
        },
        ..Answer::default()
    }
}

fn aliases(head: &Head) -> Vec<String> {
    let aliases = head.aliases.iter().filter(|alias| **alias != head.url).map(Url::to_string);
    aliases.chain(head.queries.iter().map(Query::address)).collect()
}

/// Old addresses of which rules say that they lead to an article.
fn by_rules(snapshot: &Snapshot, id: ArticleId) -> impl Iterator<Item = String> {
    let rules = snapshot.site.rules.rules.iter().enumerate();
    rules.filter_map(move |(index, rule)| {
        let address = match &rule.from {
            From::Page(url) => url.to_string(),
            From::Query(query) => query.address(),
            From::Again | From::Host => return None,
        };
        let end = Origin::Rule(index).follow(&snapshot.site, &snapshot.plan).1;
        matches!(end, End::Article(article, _) if article == id).then_some(address)
    })
}

fn day(when: When) -> String {
    date::iso_day(when.day())
}

fn address_from(head: &Head, from: AddressFrom) -> String {
    let folder = if head.folder().is_empty() { "" } else { "its folder and " };
    match from {
        AddressFrom::Permalink => "`permalink` in its front matter".into(),
        AddressFrom::Slug => format!("{folder}`slug` in its front matter"),
        AddressFrom::FileName => {
            let name = head.source.rsplit('/').next().unwrap_or("");
            let dated = !head.is_index && When::parse(name.get(..10).unwrap_or(""), &jiff::tz::TimeZone::UTC).is_some();
            let without = if dated { ", without the date before it" } else { "" };
            if head.is_index { "its folder".into() } else { format!("{folder}the name of its file{without}") }
        }
    }
}

fn listed(snapshot: &Snapshot, id: ArticleId) -> Vec<Listed> {
    let site = &*snapshot.site;
    let mut listed = Vec::new();
    for output in &snapshot.plan.outputs {
        let on = match output {
            Output::Listing(listing) if listing.entries(site).contains(&id) => {
                let page = if listing.number() > 1 { format!(", page {}", listing.number()) } else { String::new() };
                format!("{}{page}", output.describe(site))
            }
            Output::AToZ(page) if page.entries(site).contains(&id) => output.describe(site),
            _ => continue,
        };
        listed.push(Listed { on, address: Some(output.url().to_string()) });
    }
    if let Some((series, part)) = site.series_of(id) {
        let on = format!("the series “{}”, part {} of {}", series.name, part + 1, series.articles.len());
        listed.push(Listed { on, address: None });
    }
    listed.extend(in_the_frame(site, &site.head(id).url));
    listed
}

/// What leads to an address from every page.
fn in_the_frame(site: &Site, url: &Url) -> Option<Listed> {
    let on = match site.settings.led_to_by(url)? {
        "menu" => "the menu in every page's header".into(),
        part => format!("the {part} of every page"),
    };
    Some(Listed { on, address: None })
}

fn links_from(snapshot: &Snapshot, ids: &[ArticleId]) -> Vec<Linked> {
    let link = |&id: &ArticleId| {
        let head = snapshot.site.head(id);
        Linked { title: head.title.clone(), file: head.file().to_string(), address: head.url.to_string() }
    };
    ids.iter().map(link).collect()
}

/// The site's feeds and those of the article's tags.
fn feeds(snapshot: &Snapshot, id: ArticleId) -> Vec<Carried> {
    let site = &*snapshot.site;
    let own_tags: Vec<&Url> = site.tags_of(id).map(|tag| &tag.url).collect();
    let concerns = |feed: &Feed| feed.tag().is_none_or(|tag| own_tags.contains(&&site.tags[tag].url));
    let feeds = snapshot.plan.outputs.iter().filter_map(|output| match output {
        Output::Feed(feed) if concerns(feed) => Some(feed),
        _ => None,
    });
    feeds
        .map(|feed| {
            let carried = feed.bodies().contains(&id);
            let because = (!carried).then(|| why_not_carried(snapshot, id, feed));
            Carried { feed: feed.url().to_string(), carried, because }
        })
        .collect()
}

fn why_not_carried(snapshot: &Snapshot, id: ArticleId, feed: &Feed) -> String {
    let site = &*snapshot.site;
    let head = site.head(id);
    if site.is_section_page(id) {
        "a section's own page is no news".into()
    } else if !head.in_feeds {
        "`feed: no`".into()
    } else if head.date.is_none() {
        "it has no date".into()
    } else {
        format!("it is older than the newest {}", feed.limit(site))
    }
}

fn search_verdict(snapshot: &Snapshot, id: ArticleId) -> Option<Verdict> {
    let site = &*snapshot.site;
    Verdict::unless(if !site.settings.search.is_enabled {
        Some("this site has no search")
    } else if search::index::holds(site, &snapshot.articles, id) {
        None
    } else if site.head(id).in_search {
        Some("there are no words on it")
    } else {
        Some("`search: no`")
    })
}

fn sitemap_verdict(snapshot: &Snapshot, url: &Url, head: Option<&Head>) -> Option<Verdict> {
    let holds = |output: &Output| matches!(output, Output::Sitemap(sitemap) if sitemap.holds(url));
    let reason = match head {
        _ if snapshot.plan.outputs.iter().any(holds) => None,
        Some(head) if head.noindex => Some("`noindex`"),
        Some(head) if head.canonical.is_some() => Some("`canonical` names another address"),
        _ => Some("it lists pages for search engines, and this is none"),
    };
    Verdict::unless(reason)
}

fn template(snapshot: &Snapshot, id: ArticleId) -> Option<String> {
    let site = &*snapshot.site;
    snapshot.plan.outputs.iter().find_map(|output| match output {
        Output::Article(page) if page.article() == id => Some(page.template(site)),
        Output::Listing(listing) if listing.section_page(site) == Some(id) => Some(listing.template().to_owned()),
        _ => None,
    })
}
