//! A site as it was, and as it would be: with everything in it, and as readers see it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Before, names};
use crate::article::Head;
use crate::diagnostic::Diagnostic;
use crate::plan::{Plan, Problem};
use crate::settings::Settings;
use crate::site::{ArticleId, Asset, Finding, Goal, Site};
use crate::url::Url;

/// The site in each of the two selections.
pub(super) struct World {
    pub(super) sites: [(Site, Plan); 2],
    pub(super) problems: Vec<(String, Diagnostic)>,
    pub(super) ids: [FxHashMap<Arc<str>, ArticleId>; 2],
}

/// Where a link leads, in words that mean the same in another site.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    Article(Arc<str>),
    File(Arc<str>),
    Address(Url),
}

impl World {
    pub(super) fn new(before: &Before<'_>, settings: &Arc<Settings>, heads: &[Arc<Head>], assets: &[Asset]) -> World {
        let mut problems = Vec::new();
        let sites = before.selections.map(|selection| {
            let site = Site::new(heads, assets.to_vec(), before.rules.clone(), settings.clone(), &selection);
            let plan = Plan::new(&site, before.theme);
            let file_of = |finding: &Finding| site.head(finding.article).file().to_string();
            problems.extend(site.findings.iter().map(|finding| (file_of(finding), finding.diagnostic.clone())));
            problems.extend(plan.problems.iter().map(|problem| match problem {
                Problem::Article(finding) => (file_of(finding), finding.diagnostic.clone()),
                Problem::Site(said) => (said.place.as_ref().map_or(String::new(), |place| place.file.to_string()), said.clone()),
            }));
            (site, plan)
        });
        let ids = [0, 1].map(|at: usize| {
            let site = &sites[at].0;
            site.ids().map(|id| (site.head(id).source.clone(), id)).collect()
        });
        World { sites, problems, ids }
    }

    pub(super) fn site(&self, at: usize) -> &Site {
        &self.sites[at].0
    }

    pub(super) fn sources(&self) -> names::Sources<'_> {
        names::Sources { site: self.site(0), ids: &self.ids[0] }
    }

    /// Where a goal of one of the sites leads.
    pub(super) fn end(&self, at: usize, goal: &Goal) -> Option<End> {
        let site = self.site(at);
        match goal {
            Goal::Article(id) => Some(End::Article(site.head(*id).source.clone())),
            Goal::Asset(index) => Some(End::File(site.assets[*index].source.clone())),
            Goal::Address(url) => Some(End::Address(url.clone())).filter(|_| self.sites[at].1.answers_at(url.as_str())),
            Goal::Nowhere => None,
        }
    }

    /// Where the links of an article lead; `None` if the site does not have it.
    pub(super) fn ends(&self, at: usize, source: &str) -> Option<Vec<Option<End>>> {
        let id = *self.ids[at].get(source)?;
        Some(self.site(at).goals(id).iter().map(|goal| self.end(at, goal)).collect())
    }
}
