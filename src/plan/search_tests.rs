//! The search tests of a site: that the pages which readers must find are there, and that the search finds them.
//!
//! How the search finds anything is its own business: whoever runs the tests says what it answers to a question.

use rustc_hash::FxHashMap;

use super::{Plan, Snapshot};
use crate::diagnostic::{Diagnostic, nearest};
use crate::outputs::Output;
use crate::outputs::redirect::End;
use crate::settings::{SearchGoal, SearchTest};
use crate::site::{ArticleId, LeftOut, Site};
use crate::url::{Base, Url};

/// A page that is expected must be among this many first answers.
pub const FIRST: usize = 3;
/// How many answers are looked at, to say where the page is instead.
pub const MOST_LISTED: usize = 50;

/// What is wrong with the pages that the tests expect. A site without a search has no use for tests.
pub fn check_goals(site: &Site, plan: &Plan) -> Vec<Diagnostic> {
    let search = &site.settings.search;
    if search.tests.is_empty() || !search.is_enabled {
        return Vec::new();
    }
    let goals = Goals::new(site);
    search.tests.iter().filter_map(|test| goals.find(plan, test).err()).collect()
}

/// Asks every question of a site's tests and complains of each whose page is not among the first answers. `answer` gives
/// the addresses from the site's root that the search finds, percent-encoded, the best first.
///
/// # Errors
/// What `answer` fails with.
pub fn run<E>(snapshot: &Snapshot, answer: impl Fn(&str) -> Result<Vec<String>, E>) -> Result<Vec<Diagnostic>, E> {
    let site = &*snapshot.site;
    let search = &site.settings.search;
    if !search.is_enabled {
        return Ok(Vec::new());
    }
    let goals = Goals::new(site);
    let mut problems = Vec::new();
    for test in &search.tests {
        // What cannot be expected at all was said when the site was planned.
        let Ok(goal) = goals.find(&snapshot.plan, test) else { continue };
        let goal = &site.head(goal).url;
        let answers = answer(&test.query)?;
        let href = Base::default().href(goal);
        match answers.iter().position(|found| *found == href) {
            Some(rank) if rank < FIRST => {}
            rank => problems.push(not_found(site, test, goal, rank, &answers)),
        }
    }
    Ok(problems)
}

/// A test that fails: what was found instead, and what can be done.
fn not_found(site: &Site, test: &SearchTest, goal: &Url, rank: Option<usize>, answers: &[String]) -> Diagnostic {
    let instead: Vec<String> = answers
        .iter()
        .take(FIRST)
        .map(|href| {
            let found = site.ids().find(|id| Base::default().href(&site.head(*id).url) == *href);
            found.map_or(format!("`{href}`"), |id| format!("“{}” (`{href}`)", site.head(id).title))
        })
        .collect();
    let found = match (rank, instead.as_slice()) {
        (_, []) => "nothing is found".to_owned(),
        (None, _) => format!("it is not found; the first are {}", listed(&instead)),
        (Some(rank), _) => format!("it is number {}, after {}", rank + 1, listed(&instead)),
    };
    let message = format!("whoever searches for “{}” should find `{goal}`, and {found}", test.query);
    let hint = "use the words of the question in the article's title, headings or description, or put other words for \
                them into `synonyms`";
    Diagnostic::error("search-test", message).at(test.query_place.clone()).hint(hint)
}

/// `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// The articles that a test can expect.
struct Goals<'s> {
    site: &'s Site,
    by_address: FxHashMap<&'s Url, ArticleId>,
    by_file: FxHashMap<&'s str, ArticleId>,
}

impl<'s> Goals<'s> {
    fn new(site: &'s Site) -> Goals<'s> {
        Goals {
            site,
            by_address: site.ids().map(|id| (&site.head(id).url, id)).collect(),
            by_file: site.ids().map(|id| (&*site.head(id).source, id)).collect(),
        }
    }

    /// The article that a test expects, or what is wrong with that.
    fn find(&self, plan: &Plan, test: &SearchTest) -> Result<ArticleId, Diagnostic> {
        let found = match &test.expect {
            SearchGoal::Page(url) => self.by_address.get(url).copied().ok_or_else(|| self.no_article(plan, url)),
            SearchGoal::File(path) => self.by_file.get(path.as_str()).copied().ok_or_else(|| self.no_file(path)),
        };
        let article = found.map_err(|problem| problem.at(test.expect_place.clone()))?;
        if self.site.head(article).in_search {
            return Ok(article);
        }
        let message = format!("`{}` is kept out of the search by its `search: false`", self.site.head(article).source);
        let problem = Diagnostic::error("search-test", message).at(test.expect_place.clone());
        Err(problem.hint("take that line out of the article, or this test out of the settings"))
    }

    fn no_article(&self, plan: &Plan, url: &Url) -> Diagnostic {
        let output = plan.by_url.get(url).map(|&index| &plan.outputs[index]);
        match output {
            Some(Output::Redirect(redirect)) if let End::Article(article, _) = redirect.origin().follow(self.site, plan).1 => {
                let now = &self.site.head(article).url;
                Diagnostic::error("search-test", format!("`{url}` is an old address")).hint(format!("write the new one, `{now}`"))
            }
            Some(output) => {
                let message = format!("the search finds articles, and `{url}` is {}", output.describe(self.site));
                Diagnostic::error("search-test", message).hint("expect the article that should come first")
            }
            None => {
                if let Some((head, reason)) = self.site.left_out.iter().find(|(head, _)| head.url == *url) {
                    return unpublished(&head.source, *reason);
                }
                let problem = Diagnostic::error("search-test", format!("there is no page at `{url}`"));
                let near = nearest_of(url.as_str(), self.by_address.keys().map(|url| url.as_str()));
                problem.hint(near.unwrap_or_else(|| "write where the article is, as `/offers/tips/`".into()))
            }
        }
    }

    fn no_file(&self, path: &str) -> Diagnostic {
        if let Some((_, reason)) = self.site.left_out.iter().find(|(head, _)| *head.source == *path) {
            return unpublished(path, *reason);
        }
        let problem = Diagnostic::error("search-test", format!("there is no article `{path}`"));
        let near = nearest_of(path, self.by_file.keys().copied());
        problem.hint(near.unwrap_or_else(|| "name its file from `content/`, as `offers/tips.md`".into()))
    }
}

fn unpublished(source: &str, reason: LeftOut) -> Diagnostic {
    let problem = Diagnostic::error("search-test", format!("`{source}` is {}, so nobody can find it", reason.words()));
    problem.hint("take the test out until the article is published")
}

fn nearest_of<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    nearest(wanted, known).map(|near| format!("did you mean `{near}`?"))
}
