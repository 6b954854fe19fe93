//! Every output of a site, by address; and the [`Snapshot`] that outputs are rendered from.
//!
//! The plan is the one truth about which addresses exist: sitemap and link check ask it. Two outputs at one address are
//! a diagnostic. Planning never renders.

pub mod inventory;
pub mod lock;
mod old;
pub mod search_tests;
pub mod why;

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::article::Article;
use crate::diagnostic::{Diagnostic, Place};
use crate::outputs::redirect::{self, Origin};
use crate::outputs::{Output, search_page, social_card::SocialCard, views::Shared};
use crate::redirects::Query;
use crate::site::{ArticleId, At, Finding, Goal, Selection, Site, related::Related};
use crate::theme::{Theme, words::Words};
use crate::url::{LONGEST_PATH, Url, fold_case, unportable};

/// Every output, in the order in which kinds are planned.
#[derive(Debug)]
pub struct Plan {
    /// The outputs.
    pub outputs: Vec<Output>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    by_url: FxHashMap<Url, usize>,
    by_query: FxHashMap<Query, Origin>,
}

/// A site at one moment: all that an output is rendered from. It never changes; a copy of it costs little.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The folder of the site.
    pub root: PathBuf,
    /// The published articles, by id.
    pub articles: Vec<Arc<Article>>,
    /// How they relate.
    pub site: Arc<Site>,
    /// The outputs.
    pub plan: Arc<Plan>,
    /// Which articles are about what.
    pub related: Arc<Related>,
    /// Which articles are published, and on which day.
    pub selection: Selection,
    /// The look.
    pub theme: Arc<Theme>,
    /// Values that all pages share.
    pub shared: Arc<Shared>,
}

impl Snapshot {
    /// An article, body and all.
    pub fn article(&self, id: ArticleId) -> &Article {
        &self.articles[id.index()]
    }

    /// What pages say besides their articles, in the site's language.
    pub fn words(&self) -> &Words {
        &self.theme.words
    }

    /// Rules for old addresses that lead to what is shown now and not published yet.
    pub fn rules_to_unpublished(&self) -> Vec<Diagnostic> {
        old::to_unpublished(self)
    }

    /// What is wrong among articles and in the plan, pinned to the lines where things stand now.
    pub fn problems(&self) -> Vec<Diagnostic> {
        let pin = |finding: &Finding| finding.clone().pin(self.article(finding.article));
        let findings = self.site.findings.iter().map(pin);
        let problems = self.plan.problems.iter().map(|problem| match problem {
            Problem::Article(finding) => pin(finding),
            Problem::Site(diagnostic) => diagnostic.clone(),
        });
        findings.chain(problems).collect()
    }
}

/// What is wrong with a plan: with an article, or with the site as a whole.
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// About an article.
    Article(Finding),
    /// About the site.
    Site(Diagnostic),
}

/// Looking for what was meant costs a pass over all addresses; more hints than this nobody reads in one run.
const MOST_HINTS: usize = 50;

impl Plan {
    /// Plans a site in a theme.
    pub fn new(site: &Site, theme: &Theme) -> Plan {
        let outputs = crate::outputs::plan(site, theme);
        let mut plan = Plan { by_url: FxHashMap::default(), by_query: FxHashMap::default(), outputs, problems: Vec::new() };
        let mut problems = plan.index(site);
        for (query, origin) in redirect::queries(site) {
            plan.by_query.entry(query.clone()).or_insert(origin);
        }
        problems.extend(plan.check_names(site));
        problems.extend(plan.check_links(site));
        problems.extend(old::check(site, &plan));
        problems.extend(check_templates(site, theme));
        problems.extend(SocialCard::check(site, theme, &plan.outputs));
        problems.extend(check_marks(site, theme));
        problems.extend(search_tests::check_goals(site, &plan).into_iter().map(Problem::Site));
        plan.problems = problems;
        plan
    }

    /// The output at an address.
    pub fn at(&self, url: &str) -> Option<&Output> {
        self.by_url.get(url).map(|&index| &self.outputs[index])
    }

    /// The output at an address of which an author may have forgotten how it ends.
    pub fn meant(&self, url: &Url) -> Option<&Output> {
        let text = url.as_str();
        let shorter = || self.at(text.strip_suffix('/').or_else(|| text.strip_suffix("index.html"))?);
        self.at(text).or_else(shorter)
    }

    /// Who says where an old address with a query leads.
    pub fn at_query(&self, query: &Query) -> Option<(&Query, Origin)> {
        self.by_query.get_key_value(query).map(|(query, origin)| (query, *origin))
    }

    /// Fills the index by address. Addresses that differ only in case are one on macOS and Windows, so they collide too;
    /// and no file can have the name of a folder.
    fn index(&mut self, site: &Site) -> Vec<Problem> {
        let mut problems = Vec::new();
        let paths: Vec<String> = self.outputs.iter().map(|output| fold_case(&output.url().file_path())).collect();
        let mut files: FxHashMap<&str, usize> = FxHashMap::default();
        let mut folders: FxHashMap<&str, usize> = FxHashMap::default();
        self.by_url.reserve(self.outputs.len());
        for (index, (output, path)) in self.outputs.iter().zip(&paths).enumerate() {
            for (end, _) in path.match_indices('/') {
                folders.entry(&path[..end]).or_insert(index);
            }
            match files.get(path.as_str()) {
                // Their pages are at one address, too.
                Some(&first) if both_are_calendars(&self.outputs[first], output) => {}
                Some(&first) => problems.push(collision(site, &self.outputs[first], output)),
                None => {
                    files.insert(path, index);
                    self.by_url.insert(output.url().clone(), index);
                }
            }
        }
        let search = search_page::Places::new(site);
        let is_reserved = |path: &String| search.as_ref().is_some_and(|search| search.hold(path));
        for (output, _) in self.outputs.iter().zip(&paths).filter(|(_, path)| is_reserved(path)) {
            let message = format!("{} would be at `{}`, where the search index is", output.describe(site), output.url());
            let problem = Diagnostic::error("same-address", message).hint(way_out(output, site));
            problems.push(problem_of(site, output, problem));
        }
        for (index, (output, path)) in self.outputs.iter().zip(&paths).enumerate() {
            if let Some(&below) = folders.get(path.as_str())
                && below != index
            {
                problems.push(collision(site, output, &self.outputs[below]));
            }
        }
        problems
    }

    /// Names that not every file system or host can take.
    fn check_names(&self, site: &Site) -> Vec<Problem> {
        let mut problems = Vec::new();
        // A calendar file stands beside its page, whose own name is looked at.
        for output in self.outputs.iter().filter(|output| !matches!(output, Output::Calendar(_))) {
            let path = output.url().file_path();
            if path.len() > LONGEST_PATH {
                let message = format!("the address of {} is longer than {LONGEST_PATH} bytes", output.describe(site));
                let problem = Diagnostic::error("long-address", message);
                problems.push(problem_of(site, output, problem.hint("put it into fewer folders, or give it a `permalink`")));
            } else if let Some(reason) = unportable(&path) {
                let message = format!("{} cannot be published everywhere at `{}`: {reason}", output.describe(site), output.url());
                let problem = Diagnostic::warning("unportable-name", message);
                problems.push(problem_of(
                    site,
                    output,
                    problem.hint(match output {
                        Output::Redirect(page) => match page.article() {
                            Some(_) => "it works on this machine; take the alias out if your host refuses the file",
                            None => "it works on this machine; take the rule out if your host refuses the file",
                        },
                        _ => "use letters, digits and hyphens",
                    }),
                ));
            }
        }
        problems
    }

    /// Links to addresses that neither an article nor a file has, but perhaps an output.
    fn check_links(&self, site: &Site) -> Vec<Problem> {
        let mut problems = Vec::new();
        for id in site.ids() {
            for (index, goal) in site.goals(id).iter().enumerate() {
                let Goal::Address(url) = goal else { continue };
                if self.by_url.contains_key(url) {
                    continue;
                }
                let near = (problems.len() < MOST_HINTS).then(|| self.nearest(url)).flatten();
                let mut diagnostic = Diagnostic::error("broken-link", format!("there is no page at `{url}`"));
                let hint = near.map(|near| format!("did you mean `{near}`?"));
                diagnostic.hint =
                    hint.or_else(|| Some("name the file that you mean, as `/offers/tips.md`, from `content/`".into()));
                problems.push(Problem::Article(Finding { article: id, at: At::Link(index), diagnostic }));
            }
        }
        for (part, item) in site.settings.frame_links() {
            let crate::settings::MenuTarget::Inside(url) = &item.target else { continue };
            if !self.by_url.contains_key(url) {
                let mut problem = Diagnostic::error(
                    "broken-link",
                    format!("the {part}'s “{}” leads to `{url}`, where there is no page", item.title),
                );
                let hint = self.nearest(url).map(|near| format!("did you mean `{near}`?"));
                problem.hint = hint.or_else(|| Some("write where a page of this site is, as `/offers/`".into()));
                problems.push(Problem::Site(problem.at(item.place.clone())));
            }
        }
        problems
    }

    fn nearest(&self, url: &Url) -> Option<&str> {
        let mut addresses: Vec<&str> = self.by_url.keys().map(Url::as_str).collect();
        addresses.sort_unstable();
        crate::diagnostic::nearest(url.as_str(), addresses)
    }
}

fn both_are_calendars(first: &Output, second: &Output) -> bool {
    matches!((first, second), (Output::Calendar(_), Output::Calendar(_)))
}

/// Two outputs that cannot both be written, said of the one whose author can change it.
fn collision(site: &Site, first: &Output, second: &Output) -> Problem {
    // Whose author can do the most about it.
    let is_old = |output: &Output| matches!(output, Output::Redirect(_));
    let say = |output: &Output| (output.article().is_some() || is_old(output), output.source(site).is_some());
    let (about, other) = if say(second) >= say(first) { (second, first) } else { (first, second) };
    let (here, there) = (about.url(), other.url());
    let clash = if here.file_path() == there.file_path() {
        format!("would both be at `{here}`")
    } else if fold_case(&here.file_path()) == fold_case(&there.file_path()) {
        format!("would be at `{here}` and `{there}`, which are one place on Windows and macOS")
    } else {
        format!("would be at `{here}` and `{there}`: one is a file and the other a folder of the same name")
    };
    let message = format!("{} and {} {clash}", about.describe(site), other.describe(site));
    let diagnostic = Diagnostic::error("same-address", message);
    problem_of(site, about, diagnostic.hint(way_out(about, site)))
}

/// What can be done about an address that is taken.
fn way_out(output: &Output, site: &Site) -> &'static str {
    match output {
        Output::Redirect(page) if page.article().is_none() => "take the rule out",
        Output::Redirect(_) => "take the alias out",
        _ if output.article().is_some() => "give it another `slug` or `permalink`, or rename its file",
        _ if output.source(site).is_some() => "rename it",
        _ => "rename the file or folder that is yours",
    }
}

/// What is wrong with an output's address, said where its author can change it.
fn problem_of(site: &Site, output: &Output, diagnostic: Diagnostic) -> Problem {
    match (output, output.article(), output.source(site)) {
        (Output::Redirect(redirect), ..) => match redirect.origin() {
            Origin::Alias(article) => Problem::Article(Finding { article, at: At::Key("aliases"), diagnostic }),
            origin => Problem::Site(match origin.rule(site) {
                Some(rule) => diagnostic.at(rule.from_place()),
                None => diagnostic,
            }),
        },
        (_, Some(article), _) => Problem::Article(Finding { article, at: At::Address, diagnostic }),
        (_, None, Some(file)) => Problem::Site(diagnostic.at(Place::file(file))),
        (_, None, None) => Problem::Site(diagnostic),
    }
}

/// Marks that sections ask for by name.
fn check_marks(site: &Site, theme: &Theme) -> Vec<Problem> {
    let about = |article: ArticleId| {
        let name = site.head(article).icon.as_ref()?;
        let diagnostic = if !site.is_section_page(article) {
            let hint = "put it into the `index.md` of the section, or take it out";
            Diagnostic::warning("unused-icon", "`icon` stands for a section, and this is an article").hint(hint)
        } else if theme.marks.contains_key(name) {
            return None;
        } else {
            let near = theme.nearest_mark(name).map(|near| format!("did you mean `{near}`?"));
            let known = || theme.marks.keys().map(|mark| format!("`{mark}`")).collect::<Vec<_>>().join(", ");
            let hint = near.unwrap_or_else(|| format!("use one of {}", known()));
            Diagnostic::warning("unknown-icon", format!("the theme has no mark `{name}`")).hint(hint)
        };
        Some(Problem::Article(Finding { article, at: At::Key("icon"), diagnostic }))
    };
    site.ids().filter_map(about).collect()
}

/// Templates that articles ask for by name.
fn check_templates(site: &Site, theme: &Theme) -> Vec<Problem> {
    let mut problems = Vec::new();
    for id in site.ids() {
        let Some(name) = &site.head(id).template else { continue };
        let file = crate::outputs::article::template_file(name);
        if theme.has_template(&file) {
            continue;
        }
        let mut diagnostic = Diagnostic::error("unknown-template", format!("the theme has no template `{file}`"));
        let hint = theme.nearest_template(&file).map(|near| format!("did you mean `{near}`?"));
        diagnostic.hint = hint.or_else(|| Some("name a file in the theme's `templates/`, or take this line out".into()));
        problems.push(Problem::Article(Finding { article: id, at: At::Key("template"), diagnostic }));
    }
    problems
}
