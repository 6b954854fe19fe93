//! The addresses that are published, as `guidepost.lock.yaml` lists them: which they are, and the file's form.
//!
//! An address counts that others may have kept or printed: of an article, of a section's or tag's listing (its first page),
//! of a feed, of a file beside the articles, and every alias. What Guidepost makes for every site, further pages of
//! listings, and files whose names change with their content are nobody's to keep. What is said when one is lost is left
//! to `lost`.

mod lost;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Plan, Snapshot};
use crate::diagnostic::{Diagnostic, Place, Span};
use crate::outputs::Output;
use crate::outputs::redirect::Origin;
use crate::redirects::{Query, Rule};
use crate::site::{ArticleId, Site};
use crate::yaml::quoted;

/// The name of the file in the site's folder.
pub const FILE: &str = "guidepost.lock.yaml";

/// What stands above the addresses.
const COMMENT: &str = "\
# The addresses of this site that readers may have kept, one a line: a build that would lose one stops and says so.\n\
# `guidepost lock` writes this file. Keep it with the articles, and change it with that command.\n";

/// The addresses that are published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// What was at each of them.
    pub entries: BTreeMap<String, Entry>,
}

/// What was at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line of the file; 0 for what is in none yet.
    pub line: u32,
    /// What it was.
    pub was: Was,
}

/// What was at an address: one of the first five, or none of them for what belongs to the site as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Was {
    /// An article, or a file beside the articles, by its path from `content/`.
    pub file: Option<String>,
    /// An alias of the article with this path.
    pub alias: Option<String>,
    /// What a rule of `content/_redirects` led to.
    pub redirect: Option<String>,
    /// The listing of a folder that has no page of its own.
    pub folder: Option<String>,
    /// The listing or the feed of a tag.
    pub tag: Option<String>,
    /// The article's id in feeds.
    pub id: Option<String>,
    /// The article's title.
    pub title: Option<String>,
}

impl Was {
    fn article(site: &Site, id: ArticleId) -> Was {
        let head = site.head(id);
        let (feed_id, title) = (site.feed_id(id).to_owned(), head.title.clone());
        Was { file: Some(head.source.to_string()), id: Some(feed_id), title: Some(title), ..Was::default() }
    }

    /// What is at an output's address; `None` if it is no address to keep.
    fn of(site: &Site, output: &Output) -> Option<Was> {
        match output {
            Output::Article(page) => Some(Was::article(site, page.article())),
            Output::Redirect(redirect) => Some(Was::old(site, redirect.origin())),
            Output::Listing(page) if page.is_continuation() => None,
            Output::Listing(page) => Some(match (page.tag(), page.section()) {
                (Some(tag), _) => Was::tag(site, tag),
                (None, Some(section)) => match site.sections[section].index {
                    Some(index) => Was::article(site, index),
                    None => Was { folder: Some(site.sections[section].folder.clone()), ..Was::default() },
                },
                (None, None) => Was::default(),
            }),
            Output::Feed(feed) => Some(feed.tag().map_or_else(Was::default, |tag| Was::tag(site, tag))),
            Output::Asset(file) => {
                let asset = &site.assets[file.asset()?];
                Some(Was { file: Some(asset.source.to_string()), ..Was::default() })
            }
            Output::Calendar(_)
            | Output::Tags(_)
            | Output::Authors(_)
            | Output::AToZ(_)
            | Output::SearchPage(_)
            | Output::Feeds(_)
            | Output::NotFound(_)
            | Output::OpenSearch(_)
            | Output::Llms(_)
            | Output::Hosting(_)
            | Output::Moved(_)
            | Output::Sitemap(_)
            | Output::SocialCard(_) => None,
        }
    }

    fn old(site: &Site, origin: Origin) -> Was {
        match origin {
            Origin::Alias(article) => {
                let was = Was::article(site, article);
                Was { alias: was.file, file: None, ..was }
            }
            Origin::Rule(_) => Was { redirect: origin.rule(site).and_then(Rule::target), ..Was::default() },
        }
    }

    fn tag(site: &Site, tag: usize) -> Was {
        Was { tag: Some(site.tags[tag].name.clone()), ..Was::default() }
    }

    /// The value of its line: JSON, which is YAML too.
    fn to_json(&self) -> String {
        let facts = [
            ("file", &self.file),
            ("alias", &self.alias),
            ("redirect", &self.redirect),
            ("folder", &self.folder),
            ("tag", &self.tag),
            ("id", &self.id),
            ("title", &self.title),
        ];
        let stated = facts.iter().filter_map(|(key, value)| Some(format!("\"{key}\": {}", quoted(value.as_ref()?))));
        format!("{{{}}}", stated.collect::<Vec<_>>().join(", "))
    }
}

/// What an update changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Addresses that came.
    pub added: Vec<String>,
    /// Addresses that are let go.
    pub forgotten: Vec<String>,
    /// How many addresses have another article now, or one with another name.
    pub updated: usize,
    /// Addresses that are lost and stay in the file.
    pub lost: Vec<String>,
}

/// Which lost addresses are let go.
#[derive(Debug, Clone, Copy)]
pub enum Forget<'f> {
    /// These.
    Named(&'f [String]),
    /// All.
    All,
}

impl Lock {
    /// Every address of a site that readers may keep.
    pub fn of(site: &Site, plan: &Plan) -> Lock {
        let entry = |output: &Output| Some((output.url().to_string(), Entry { line: 0, was: Was::of(site, output)? }));
        let old = |(query, origin): (&Query, &Origin)| (query.address(), Entry { line: 0, was: Was::old(site, *origin) });
        Lock { entries: plan.outputs.iter().filter_map(entry).chain(plan.by_query.iter().map(old)).collect() }
    }

    /// Reads the file's text. A line that is not as `guidepost lock` writes it is an error.
    pub fn parse(text: &str) -> Result<Lock, Vec<Diagnostic>> {
        let mut lock = Lock::default();
        let mut problems = Vec::new();
        for (index, line) in text.split('\n').enumerate() {
            let body = line.trim();
            if body.is_empty() || body.starts_with('#') {
                continue;
            }
            let number = index as u32 + 1;
            let column = 1 + (line.len() - line.trim_start().len()) as u32;
            let place = Place::at(FILE, Span { line: number, column, length: body.chars().count() as u32 });
            match read_line(body) {
                Some((address, was)) => match lock.entries.get(&address) {
                    Some(first) => problems.push(repeated(&address, first.line).at(place)),
                    None => {
                        lock.entries.insert(address, Entry { line: number, was });
                    }
                },
                None => problems.push(broken(body).at(place)),
            }
        }
        if problems.is_empty() { Ok(lock) } else { Err(problems) }
    }

    /// The file's text: sorted by address, a line each, so that what changed is what a comparison shows.
    pub fn to_text(&self) -> String {
        let mut text = String::from(COMMENT);
        for (address, entry) in &self.entries {
            text.push_str(&quoted(address));
            text.push_str(": ");
            text.push_str(&entry.was.to_json());
            text.push('\n');
        }
        text
    }

    /// The addresses that a site does not have.
    pub fn lost<'l>(&'l self, plan: &'l Plan) -> impl Iterator<Item = (&'l str, &'l Entry)> {
        self.entries.iter().map(|(address, entry)| (address.as_str(), entry)).filter(|(address, _)| !plan.answers_at(address))
    }

    /// What is wrong with a site that should have all these addresses.
    pub fn check(&self, snapshot: &Snapshot) -> Vec<Diagnostic> {
        lost::report(self, snapshot)
    }

    /// The list with what a site has now. What is lost stays, unless it is to be forgotten.
    pub fn updated(&self, now: Lock, plan: &Plan, forget: Forget<'_>) -> (Lock, Changes) {
        let mut changes = Changes::default();
        let mut entries = now.entries;
        for (address, entry) in &entries {
            match self.entries.get(address) {
                None => changes.added.push(address.clone()),
                Some(old) if old.was != entry.was => changes.updated += 1,
                Some(_) => {}
            }
        }
        for (address, entry) in &self.entries {
            if entries.contains_key(address) {
                continue;
            }
            let is_forgotten = match forget {
                Forget::All => true,
                Forget::Named(named) => named.contains(address),
            };
            if plan.answers_at(address) {
                // Another kind of page stands there now, which is nobody's to keep; the address is still good.
                entries.insert(address.clone(), entry.clone());
            } else if is_forgotten {
                changes.forgotten.push(address.clone());
            } else {
                changes.lost.push(address.clone());
                entries.insert(address.clone(), entry.clone());
            }
        }
        (Lock { entries }, changes)
    }
}

/// `"/address/": {…}`.
fn read_line(line: &str) -> Option<(String, Was)> {
    let mut read: BTreeMap<String, Was> = serde_json::from_str(&format!("{{{line}}}")).ok()?;
    let (address, was) = read.pop_first()?;
    (read.is_empty() && address.starts_with('/')).then_some((address, was))
}

fn repeated(address: &str, first: u32) -> Diagnostic {
    let message = format!("`{address}` is in this file twice: first in line {first}");
    Diagnostic::error("bad-lock", message).hint("take one of the two lines out; `guidepost lock` puts the other right")
}

fn broken(line: &str) -> Diagnostic {
    let is_conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    if is_conflict {
        let problem = Diagnostic::error("bad-lock", "Git could not bring two versions of this file together");
        return problem.hint("keep the lines of both versions, take out the marks, and run `guidepost lock`");
    }
    let problem = Diagnostic::error("bad-lock", "this line is not as `guidepost lock` writes it, so its address cannot be kept");
    problem.hint("fetch the file's last version from your backup or from Git, or delete it and run `guidepost lock`")
}

impl Plan {
    /// Whether a reader who asks for an address gets something.
    pub fn answers_at(&self, address: &str) -> bool {
        let stands_at = |address: &str| self.by_url.contains_key(address);
        // `/a/` and `/a/index.html` are one file.
        stands_at(address)
            || Query::parse(address).is_some_and(|query| self.by_query.contains_key(&query))
            || address.strip_suffix("/index.html").is_some_and(|folder| stands_at(&format!("{folder}/")))
            || address.ends_with('/') && stands_at(&format!("{address}index.html"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_is_yaml() {
        let was = Was { file: Some("a \"b\".md".into()), title: Some("Tabs\tand \\ é: # {x}".into()), ..Was::default() };
        let mut lock = Lock::default();
        lock.entries.insert("/a: \"b\" #c/".into(), Entry { line: 3, was: was.clone() });
        lock.entries.insert("/z/".into(), Entry { line: 4, was: Was::default() });
        let text = lock.to_text();
        assert_eq!(Lock::parse(&text), Ok(lock));
        let yaml: BTreeMap<String, BTreeMap<String, String>> = serde_yaml::from_str(&text).unwrap_or_default();
        assert_eq!(yaml["/a: \"b\" #c/"]["title"], was.title.unwrap_or_default());
        assert_eq!(yaml.len(), 2);
    }

    #[test]
    fn a_line_that_is_not_ours_is_told_of() {
        for (line, said) in [
            ("/a/: {}", "not as"),
            ("\"a\": {}", "not as"),
            ("\"/a/\": {\"fiel\": \"a.md\"}", "not as"),
            ("\"/a/\": {}, \"/b/\": {}", "not as"),
            ("\"/a/\": {", "not as"),
            ("<<<<<<< HEAD", "Git"),
        ] {
            let problems = Lock::parse(&format!("# comment\n\n  {line}\n")).err().unwrap_or_default();
            assert_eq!(problems.len(), 1, "{line}");
            assert!(problems[0].message.contains(said), "{line}: {problems:?}");
            assert_eq!(problems[0].place.as_ref().map(ToString::to_string), Some(format!("{FILE}:3:3")));
        }
        let problems = Lock::parse("\"/a/\": {}\r\n\"/a/\": {}\r\n").err().unwrap_or_default();
        assert!(problems[0].message.contains("first in line 1"), "{problems:?}");
    }
}
