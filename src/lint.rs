//! What an author and an accessibility officer want to know beyond what a build must: `guidepost check` says it.
//!
//! An article is read once more as it was written ([`reading`]), and each rule looks at that; rules about how articles
//! stand to each other look at the site, and one about colours at the theme. A rule that cries at good prose is worse than none, so what is doubtful is a
//! note, and a note names what it is about. What must be right for the site to be built is said by others.

pub mod baseline;
mod contrast;
mod headings;
mod html;
mod links;
mod paper;
mod pictures;
mod prose;
mod reach;
mod reading;
mod tags;
mod titles;
mod words;

use std::ops::Range;

use self::reading::Reading;
use self::words::Words;
use crate::article::{self, Article, LineCounter, ParseOptions};
use crate::diagnostic::{Diagnostic, Place};
use crate::site::{ArticleId, Finding, Site};
use crate::theme::Theme;

/// An article in the hands of a rule.
struct Subject<'s> {
    article: &'s Article,
    reading: &'s Reading,
    site: &'s Site,
    id: ArticleId,
    /// The words to look for in its language, if we know some.
    words: Option<&'static Words>,
}

/// What a rule has to say, and of which bytes of the file, unless it says itself where.
type Remark = (Range<usize>, Diagnostic);

/// A rule about what stands in an article.
type ArticleRule = fn(&Subject<'_>, &mut Vec<Remark>);

/// A rule about how articles stand to each other.
type SiteRule = fn(&Site, &mut Vec<Finding>);

const ARTICLE_RULES: &[ArticleRule] = &[
    pictures::have_words,
    pictures::have_good_words,
    headings::have_words,
    headings::leave_the_title_alone,
    headings::skip_no_level,
    headings::differ,
    headings::are_headings,
    links::have_words,
    links::say_where_they_lead,
    links::are_not_spelled_out,
    links::lead_where_others_of_their_name_lead,
    html::tables_have_headers,
    html::nothing_moves_by_itself,
    html::nothing_plays_by_itself,
    html::keys_go_in_order,
    html::languages_exist,
    prose::is_not_shouted,
    prose::has_no_shortcodes,
    paper::is_one_page,
];

const SITE_RULES: &[SiteRule] = &[
    titles::differ,
    titles::fit_a_line,
    titles::descriptions_differ,
    titles::descriptions_fit,
    pictures::previews_have_good_words,
    reach::somebody_leads_there,
    reach::somebody_reviews,
    tags::lead_somewhere,
];

/// What is to be said of one article, whose file has this text.
pub fn article(text: &str, id: ArticleId, article: &Article, site: &Site, options: &ParseOptions) -> Vec<Diagnostic> {
    let reading = Reading::of(text, article::body_at(text), options);
    let subject = Subject { article, reading: &reading, site, id, words: words::of(language(site, id)) };
    let mut remarks = Vec::new();
    for rule in ARTICLE_RULES {
        rule(&subject, &mut remarks);
    }
    // In the order of the file, so that it is passed once.
    remarks.sort_by_key(|(at, _)| at.start);
    let file = article.head.file();
    let mut lines = LineCounter::new(text);
    let pin = |(at, problem): Remark| match problem.place {
        Some(_) => problem,
        None => problem.at(Place::at(file.clone(), lines.span(at.start, at.len()))),
    };
    remarks.into_iter().map(pin).collect()
}

/// What is to be said of articles among the others.
pub fn site(site: &Site) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in SITE_RULES {
        rule(site, &mut findings);
    }
    findings
}

/// What is to be said of a theme as the settings ask for it.
pub fn look(theme: &Theme) -> Vec<Diagnostic> {
    contrast::is_enough(&theme.look)
}

/// The language of an article.
fn language(site: &Site, id: ArticleId) -> &str {
    site.head(id).lang.as_deref().unwrap_or(&site.settings.language)
}

/// A text for comparing: no case, single spaces.
fn folded(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
