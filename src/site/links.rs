//! Where links lead: from what an author wrote to an article, a file, or an address that the plan must know.
//!
//! A link is looked up as a file first when it is relative, and as an address first when it begins with `/`. What is
//! not found becomes a finding with the nearest target. Addresses that only the plan knows (a tag's, a feed's) are left
//! to the plan.

use rustc_hash::FxHashMap;

use super::{ArticleId, At, Finding, LeftOut, Selection, Site};
use crate::article::{Head, Link, Target};
use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::url::Url;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// To an article.
    Article(ArticleId),
    /// To a file beside the articles, by its index among the assets.
    Asset(usize),
    /// To an address that is neither; the plan knows whether there is anything.
    Address(Url),
    /// Nowhere.
    Nowhere,
}

/// What [`resolve`] finds.
pub struct Resolved {
    pub goals: Vec<Box<[Goal]>>,
    pub backlinks: Vec<Vec<ArticleId>>,
    pub findings: Vec<Finding>,
}

impl Site {
    /// Links from what is published to what is not, once no more than that is published: a build would stop at them.
    pub fn links_to_unpublished(&self, published: &Selection) -> Vec<Finding> {
        let reason = |id: ArticleId| published.left_out(self.head(id));
        let mut findings = Vec::new();
        for (id, reason_of_id) in self.ids().filter_map(|id| Some((id, reason(id)?))) {
            for &from in self.backlinks(id).iter().filter(|from| reason(**from).is_none()) {
                let links = self.goals(from).iter().enumerate().filter(|(_, goal)| **goal == Goal::Article(id));
                findings.extend(links.map(|(index, _)| {
                    let problem = unpublished(&self.head(id).source, reason_of_id);
                    let diagnostic = Diagnostic { severity: Severity::Warning, ..problem };
                    Finding { article: from, at: At::Link(index), diagnostic }
                }));
            }
        }
        findings
    }
}

/// Looking for what was meant costs a pass over all names; more hints than this nobody reads in one run.
const MOST_HINTS: usize = 50;

/// Resolves the links of all articles.
pub fn resolve(site: &Site) -> Resolved {
    let targets = Targets::new(site);
    let mut findings = Vec::new();
    let mut goals: Vec<Box<[Goal]>> = Vec::with_capacity(site.len());
    let mut backlinks: Vec<Vec<ArticleId>> = vec![Vec::new(); site.len()];
    for id in site.ids() {
        let head = site.head(id);
        let mut own = Vec::with_capacity(head.links.len());
        for (index, link) in head.links.iter().enumerate() {
            let goal = match targets.find(site, id, link).and_then(|goal| check_picture(link, goal)) {
                Ok(goal) => goal,
                Err(mut diagnostic) => {
                    if diagnostic.hint.is_none() && findings.len() < MOST_HINTS {
                        diagnostic.hint = targets.suggest(head, link);
                    }
                    diagnostic.hint.get_or_insert_with(|| how_to_name(&link.target).to_owned());
                    findings.push(Finding { article: id, at: At::Link(index), diagnostic });
                    Goal::Nowhere
                }
            };
            if let (Goal::Article(to), Some(anchor)) = (&goal, &link.anchor) {
                findings.extend(check_anchor(site.head(*to), anchor).map(|diagnostic| Finding {
                    article: id,
                    at: At::Link(index),
                    diagnostic,
                }));
            }
            if let Goal::Article(to) = goal
                && to != id
                && backlinks[to.index()].last() != Some(&id)
            {
                backlinks[to.index()].push(id);
            }
            own.push(goal);
        }
        goals.push(own.into_boxed_slice());
    }
    for back in &mut backlinks {
        back.sort_by_key(|id| (site.rank(*id), *id));
    }
    Resolved { goals, backlinks, findings }
}

/// For finding out where a link would lead, if it were there.
pub struct Lookup<'s> {
    site: &'s Site,
    targets: Targets<'s>,
}

impl<'s> Lookup<'s> {
    /// Looks links up in a site.
    pub fn new(site: &'s Site) -> Lookup<'s> {
        Lookup { site, targets: Targets::new(site) }
    }

    /// Where a link of an article would lead.
    pub fn goal(&self, from: ArticleId, link: &Link) -> Goal {
        self.targets.find(self.site, from, link).and_then(|goal| check_picture(link, goal)).unwrap_or(Goal::Nowhere)
    }
}

/// Everything a link can name.
struct Targets<'s> {
    by_source: FxHashMap<&'s str, Goal>,
    by_address: FxHashMap<&'s str, Goal>,
    /// Lower-case file names and titles, for wikilinks; empty if there are none.
    by_name: FxHashMap<String, Vec<ArticleId>>,
    /// The addresses of folders that have no page of their own; the plan knows whether they are listed.
    by_folder: FxHashMap<&'s str, Goal>,
    left_out: FxHashMap<&'s str, LeftOut>,
    /// As `by_name`, for what is not published.
    left_out_by_name: FxHashMap<String, (&'s str, LeftOut)>,
}

impl<'s> Targets<'s> {
    fn new(site: &'s Site) -> Self {
        let mut by_source = FxHashMap::default();
        let mut by_address = FxHashMap::default();
        for (index, asset) in site.assets.iter().enumerate() {
            by_source.insert(&*asset.source, Goal::Asset(index));
            by_address.insert(asset.url.as_str(), Goal::Asset(index));
        }
        let mut has_wikilinks = false;
        for id in site.ids() {
            let head = site.head(id);
            by_source.insert(&*head.source, Goal::Article(id));
            by_address.insert(head.url.as_str(), Goal::Article(id));
            has_wikilinks |= head.links.iter().any(|link| matches!(link.target, Target::Wiki(_)));
        }
        let mut by_name: FxHashMap<String, Vec<ArticleId>> = FxHashMap::default();
        if has_wikilinks {
            for id in site.ids() {
                for name in names(site.head(id)) {
                    let ids = by_name.entry(name).or_default();
                    if ids.last() != Some(&id) {
                        ids.push(id);
                    }
                }
            }
        }
        let folders = site.sections.iter().filter(|section| section.index.is_none());
        let by_folder = folders.map(|section| (section.folder.as_str(), Goal::Address(section.url.clone()))).collect();
        let left_out = site.left_out.iter().map(|(head, reason)| (&*head.source, *reason)).collect();
        let unpublished = site.left_out.iter().filter(|_| has_wikilinks);
        let left_out_by_name =
            unpublished.flat_map(|(head, reason)| names(head).map(|name| (name, (&*head.source, *reason)))).collect();
        Targets { by_source, by_address, by_name, by_folder, left_out, left_out_by_name }
    }

    fn find(&self, site: &Site, from: ArticleId, link: &Link) -> Result<Goal, Diagnostic> {
        let head = site.head(from);
        let broken = || {
            let noun = if link.is_picture { "picture" } else { "article or file" };
            Diagnostic::error("broken-link", format!("there is no {noun} at `{}`", link.target.as_written()))
        };
        match &link.target {
            Target::Own => Ok(Goal::Article(from)),
            Target::Wiki(name) => self.find_by_name(site, head, name),
            Target::Relative(path) => {
                let source = join(head.folder(), path);
                if let Some(source) = &source
                    && let Some(goal) = self.find_source(source)?
                {
                    return Ok(goal);
                }
                let address = join(head.url.as_str().trim_matches('/'), path).map(|address| format!("/{address}"));
                match address.and_then(|address| self.find_address(&address)) {
                    Some(goal) => Ok(goal),
                    None if source.is_none() => {
                        Err(broken().hint("it leads out of `content/`; put the file beside the article and name it here"))
                    }
                    None => Err(broken()),
                }
            }
            Target::Rooted(path) => {
                if let Some(goal) = self.find_address(path) {
                    return Ok(goal);
                }
                if let Some(goal) = self.find_source(path.trim_start_matches('/'))? {
                    return Ok(goal);
                }
                Url::parse(path).map(Goal::Address).map_err(|_| broken())
            }
        }
    }

    /// A path from `content/`: a file as it is, an article without its extension, a folder's own page.
    fn find_source(&self, path: &str) -> Result<Option<Goal>, Diagnostic> {
        let path = path.trim_end_matches('/');
        for ending in ["", ".md", ".markdown", "/index.md", "/_index.md"] {
            let spelling = format!("{path}{ending}");
            let spelling = spelling.trim_start_matches('/');
            if let Some(goal) = self.by_source.get(spelling) {
                return Ok(Some(goal.clone()));
            }
            if let Some(reason) = self.left_out.get(spelling) {
                return Err(unpublished(spelling, *reason));
            }
        }
        Ok(self.by_folder.get(path).cloned())
    }

    fn find_address(&self, address: &str) -> Option<Goal> {
        let found = self.by_address.get(address);
        found.or_else(|| self.by_address.get(format!("{address}/").as_str())).cloned()
    }

    fn find_by_name(&self, site: &Site, head: &Head, name: &str) -> Result<Goal, Diagnostic> {
        let wanted = name.to_lowercase();
        let wanted = wanted.strip_suffix(".md").unwrap_or(&wanted).trim_matches('/');
        let found = self.by_name.get(wanted).map_or(&[][..], Vec::as_slice);
        match found {
            [] => match self.find_source(name)? {
                Some(goal) => Ok(goal),
                None => {
                    let sibling = join(head.folder(), name).unwrap_or_default();
                    self.find_source(&sibling)?.ok_or_else(|| match self.left_out_by_name.get(wanted) {
                        Some((source, reason)) => unpublished(source, *reason),
                        None => Diagnostic::error("broken-link", format!("there is no article called `{name}`")),
                    })
                }
            },
            [only] => Ok(Goal::Article(*only)),
            several => {
                let beside: Vec<&ArticleId> = several.iter().filter(|id| site.head(**id).folder() == head.folder()).collect();
                if let [only] = beside[..] {
                    return Ok(Goal::Article(*only));
                }
                let paths: Vec<&str> = several.iter().take(5).map(|id| &*site.head(*id).source).collect();
                let problem = Diagnostic::error("ambiguous-link", format!("{} articles are called `{name}`", several.len()));
                Err(problem.hint(format!("name one by its path: {}", crate::diagnostic::list_of(&paths))))
            }
        }
    }

    /// What was probably meant, as the author would write it.
    fn suggest(&self, head: &Head, link: &Link) -> Option<String> {
        let suggestion = match &link.target {
            Target::Own => return None,
            Target::Wiki(name) => nearest(&name.to_lowercase(), sorted(self.by_name.keys().map(String::as_str)))?.to_owned(),
            Target::Rooted(path) => nearest(path, sorted(self.by_address.keys().copied()))?.to_owned(),
            Target::Relative(path) if path.contains('\\') => return Some("write `/`, not `\\`, between folders".into()),
            Target::Relative(path) => {
                let wanted = join(head.folder(), path)?;
                let sources = || sorted(self.by_source.keys().copied().filter(|s| !(link.is_picture && s.ends_with(".md"))));
                let file_name = |path: &str| path.rsplit('/').next().map(|name| name.trim_end_matches(".md").to_owned());
                // The right name in the wrong folder is the commonest slip.
                let same_name = sources().into_iter().find(|source| file_name(source) == file_name(&wanted));
                relative(head.folder(), same_name.or_else(|| nearest(&wanted, sources()))?)
            }
        };
        Some(format!("did you mean `{suggestion}`?"))
    }
}

fn unpublished(source: &str, reason: LeftOut) -> Diagnostic {
    let why = reason.words();
    let problem = Diagnostic::error("link-to-unpublished", format!("`{source}` is {why}, so the link would lead nowhere"));
    problem.hint("take the link out until the article is published")
}

fn sorted<'s>(names: impl Iterator<Item = &'s str>) -> Vec<&'s str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names
}

/// The names by which a wikilink can call an article: path, file name (for a folder's own page, the folder's), title.
fn names(head: &Head) -> [String; 3] {
    let path = head.source.rsplit_once('.').map_or(&*head.source, |(stem, _)| stem).to_lowercase();
    let path = if head.is_index { head.folder().to_lowercase() } else { path };
    let stem = path.rsplit('/').next().unwrap_or("").to_owned();
    [path, stem, head.title.to_lowercase()]
}

/// How a link can be written, for one that is like nothing there is.
fn how_to_name(target: &Target) -> &'static str {
    match target {
        Target::Own | Target::Relative(_) => "name the file as it is found from this one, as `tips.md` or `../offers/tips.md`",
        Target::Rooted(_) => "after `/` comes an address of the site, or the path of a file in `content/`",
        Target::Wiki(_) => "call the article by its title or by the name of its file",
    }
}

/// A picture must be a file.
fn check_picture(link: &Link, goal: Goal) -> Result<Goal, Diagnostic> {
    match goal {
        Goal::Article(_) | Goal::Address(_) if link.is_picture => {
            let problem = Diagnostic::error("broken-link", format!("there is no picture at `{}`", link.target.as_written()));
            Err(problem.hint("put the file beside the article, or name it by its path from `content/`, beginning with `/`"))
        }
        goal => Ok(goal),
    }
}

fn check_anchor(to: &Head, anchor: &str) -> Option<Diagnostic> {
    let is_there = anchor == "top"
        || to.is_unread
        || to.outline.iter().any(|heading| heading.id == anchor)
        || to.anchors.binary_search_by(|known| known.as_str().cmp(anchor)).is_ok();
    if is_there {
        return None;
    }
    let problem = Diagnostic::error("broken-anchor", format!("`{}` has no heading or place `#{anchor}`", to.source));
    let headings = || to.outline.iter().map(|heading| heading.id.as_str());
    Some(match nearest(anchor, headings()) {
        Some(near) => problem.hint(format!("did you mean `#{near}`?")),
        None if to.outline.is_empty() => problem.hint(format!("it has no headings, so leave `#{anchor}` out")),
        None => {
            let places: Vec<String> = headings().take(8).map(|id| format!("#{id}")).collect();
            let places: Vec<&str> = places.iter().map(String::as_str).collect();
            problem.hint(format!("it can be {}", crate::diagnostic::list_of(&places)))
        }
    })
}

/// A relative path from a folder, without `.` and `..`; `None` if it leads above the top.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut segments: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            segment => segments.push(segment),
        }
    }
    let mut joined = segments.join("/");
    if path.ends_with('/') && !joined.is_empty() {
        joined.push('/');
    }
    Some(joined)
}

/// The path from a folder to a source, as an author would write it.
pub fn relative(folder: &str, source: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    let to: Vec<&str> = source.split('/').collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut path = "../".repeat(from.len() - common);
    path.push_str(&to[common..].join("/"));
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_join_and_part() {
        assert_eq!(join("a/b", "../c/./d.md").as_deref(), Some("a/c/d.md"));
        assert_eq!(join("a", "../../x"), None);
        assert_eq!(join("", "a/"), Some("a/".into()));
        assert_eq!(relative("a/b", "a/c/d.md"), "../c/d.md");
        assert_eq!(relative("a", "a/d.md"), "d.md");
    }
}
