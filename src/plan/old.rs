//! What is wrong with old addresses: rules that lead nowhere, in a circle, or from one redirect to the next; and
//! addresses with a query that two have.

use rustc_hash::FxHashMap;

use super::{MOST_HINTS, Plan, Problem, Snapshot};
use crate::diagnostic::{Diagnostic, Severity};
use crate::outputs::redirect::{self, End, Origin};
use crate::redirects::{From, Query, Rule, To};
use crate::site::{At, Finding, LeftOut, Site};
use crate::url::Url;

/// Everything that is wrong, in the order of the rules.
pub(super) fn check(site: &Site, plan: &Plan) -> Vec<Problem> {
    let mut problems = twice(site);
    let mut left_out: Option<FxHashMap<&Url, (&str, LeftOut)>> = None;
    let mut hints = 0;
    for (index, rule) in site.rules.rules.iter().enumerate() {
        let To::Inside(url, _) = &rule.to else { continue };
        let (steps, end) = Origin::Rule(index).follow(site, plan);
        let problem = if steps.is_empty() && matches!(end, End::Nowhere) {
            let left_out = left_out.get_or_insert_with(|| {
                site.left_out.iter().map(|(head, reason)| (&head.url, (&*head.source, *reason))).collect()
            });
            hints += 1;
            match left_out.get(url) {
                Some((source, reason)) => unpublished(source, *reason),
                None => nowhere(url, (hints <= MOST_HINTS).then(|| plan.nearest(url)).flatten()),
            }
        } else {
            let own = match &rule.from {
                From::Page(own) => Some(own),
                _ => None,
            };
            match steps.as_slice() {
                [] => continue,
                steps if steps.iter().any(|step| Some(step.url()) == own) => in_a_circle(url),
                [_] => to_another(url, site, end),
                _ => through_others(url, site, end, steps.len()),
            }
        };
        problems.push(Problem::Site(problem.at(rule.to_place())));
    }
    problems
}

/// Rules that lead to what a build leaves out that publishes no more than that: it would stop at them.
pub(super) fn to_unpublished(snapshot: &Snapshot) -> Vec<Diagnostic> {
    let (site, published) = (&*snapshot.site, snapshot.selection.as_published());
    let warning = |(index, rule): (usize, &Rule)| {
        let End::Article(article, _) = Origin::Rule(index).follow(site, &snapshot.plan).1 else { return None };
        let head = site.head(article);
        let problem = unpublished(&head.source, published.left_out(head)?);
        Some(Diagnostic { severity: Severity::Warning, ..problem.at(rule.to_place()) })
    };
    site.rules.rules.iter().enumerate().filter_map(warning).collect()
}

/// One address cannot lead to two places.
fn twice(site: &Site) -> Vec<Problem> {
    let mut known: FxHashMap<&Query, Origin> = FxHashMap::default();
    let mut problems = Vec::new();
    for (query, origin) in redirect::queries(site) {
        let Some(first) = known.get(query) else {
            known.insert(query, origin);
            continue;
        };
        if *first == origin {
            continue;
        }
        let message = format!("{} and {} are both for `{}`", origin.describe(site), first.describe(site), query.address());
        let problem = Diagnostic::error("same-address", message);
        problems.push(match origin {
            Origin::Alias(article) => {
                let diagnostic = problem.hint("take the alias out of one of them");
                Problem::Article(Finding { article, at: At::Key("aliases"), diagnostic })
            }
            Origin::Rule(_) => {
                let problem = problem.hint("take one of the two out");
                Problem::Site(match origin.rule(site) {
                    Some(rule) => problem.at(rule.from_place()),
                    None => problem,
                })
            }
        });
    }
    problems
}

fn nowhere(url: &Url, near: Option<&str>) -> Diagnostic {
    let problem = Diagnostic::error("broken-link", format!("this rule leads to `{url}`, where there is no page"));
    problem.hint(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write where a page of this site is, as `/offers/`, or take the rule out".to_owned(),
    })
}

fn unpublished(source: &str, reason: LeftOut) -> Diagnostic {
    let message = format!("`{source}` is {}, so this rule would lead nowhere", reason.words());
    Diagnostic::error("link-to-unpublished", message).hint("put `#` before the rule until the article is published")
}

fn in_a_circle(url: &Url) -> Diagnostic {
    let problem = Diagnostic::error("redirect-loop", format!("from `{url}` the rules lead back here, so no reader arrives"));
    problem.hint("write where the page is now")
}

/// Where redirects end, as an author would write it.
fn shown(site: &Site, end: End<'_>) -> Option<String> {
    match end {
        End::Article(article, rest) => Some(format!("{}{rest}", site.head(article).url)),
        End::Output(output, rest) => Some(format!("{}{rest}", output.url())),
        End::Outside(href) => Some(href.to_owned()),
        End::Nowhere => None,
    }
}

fn write_the_end(site: &Site, end: End<'_>) -> String {
    shown(site, end).map_or_else(|| "write where the page is now".to_owned(), |end| format!("write `{end}`, where that leads"))
}

fn to_another(url: &Url, site: &Site, end: End<'_>) -> Diagnostic {
    let problem = Diagnostic::warning("redirect-chain", format!("`{url}` is an old address itself, which leads on"));
    problem.hint(write_the_end(site, end))
}

fn through_others(url: &Url, site: &Site, end: End<'_>, steps: usize) -> Diagnostic {
    let message = match end {
        End::Nowhere => format!("from `{url}` old addresses lead from one to the next and do not arrive"),
        _ => format!("from `{url}` old addresses lead from one to the next, {steps} in a row"),
    };
    Diagnostic::error("redirect-chain", message).hint(write_the_end(site, end))
}
