//! Links within an article of the old site → links between files of the new one. Only their destinations change: every
//! other byte of the text stays.

use std::ops::Range;
use std::sync::Arc;

use super::tags::{self, Named, Old};
use super::{Candidate, Entry, Generator, Site, key};
use crate::article::{self, ParseOptions, Step, Target, written};
use crate::import::report::{Remark, Remarks};
use crate::import::wordpress::relative;
use crate::url::{self, Base};

/// What becomes of the links in one article.
pub struct Links<'s> {
    pub site: &'s Site,
    /// Which article it is.
    pub number: usize,
    /// What the author should know.
    pub remarks: &'s mut Remarks,
    /// The files that everybody may read because this article shows them: where they go below `content/`.
    pub files: Vec<String>,
}

/// Where a link leads.
enum Found {
    Article(usize),
    File(String),
    /// An address of the new site that no article has.
    Address(String),
    Nothing,
}

/// Front matter for an article whose body is looked at alone.
const HEAD: &str = "---\ntitle: x\n---\n\n";

impl Links<'_> {
    fn one(&self) -> &Candidate {
        &self.site.candidates[self.number]
    }

    fn entry(&self) -> &Entry {
        &self.site.entries[self.number]
    }

    /// The text of the article, with tags done and links that lead to where everything is now.
    pub fn rewrite(&mut self, body: &str) -> String {
        let site = self.site;
        let from = self.number;
        let old = Old {
            generator: self.one().generator,
            origin: &site.config.origin,
            base: &site.config.base,
            address: &|named| named_address(site, from, named),
        };
        let body = tags::rewrite(body, &old, self.remarks);
        self.lead(&body)
    }

    fn lead(&mut self, body: &str) -> String {
        let text = format!("{HEAD}{body}");
        let base = Base::parse(&format!("{}{}/", self.site.config.origin, self.site.config.base)).unwrap_or_default();
        let options = ParseOptions { base, ..ParseOptions::default() };
        let (parsed, _) = article::parse(&Arc::from("x.md"), text.as_bytes(), &options);
        let places = written::find(&text, &parsed, &options);
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let mut inline: Option<Vec<Range<usize>>> = None;
        for (link, place) in parsed.head.links.iter().zip(places) {
            let Some(place) = place else { continue };
            let path = match &link.target {
                Target::Relative(path) | Target::Rooted(path) => path,
                Target::Wiki(_) | Target::Own => continue,
            };
            let target = match self.find(path) {
                Found::Article(number) => {
                    let other = &self.site.entries[number];
                    if self.entry().is_published && !other.is_published {
                        self.remarks.add(Remark::LinkToDraft(other.path.clone()));
                        let whole = inline.get_or_insert_with(|| inline_links(&text));
                        edits.extend(unlinked(&text, &place.range, whole));
                        continue;
                    }
                    relative(&self.entry().path, &other.path)
                }
                Found::File(target) => {
                    let way = relative(&self.entry().path, &target);
                    self.take_file(target);
                    way
                }
                Found::Address(address) => address,
                Found::Nothing => {
                    self.remarks.add(Remark::BrokenLink(path.clone()));
                    continue;
                }
            };
            if target != *path || url::has_scheme(&text[place.range.clone()]) {
                edits.extend(place.with_whole_path(&text, &target).map(|new| (place.range.clone(), new)));
            }
        }
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(text.len());
        let mut at = HEAD.len();
        for (range, new) in edits.into_iter().filter(|(range, _)| range.start >= HEAD.len()) {
            if range.start >= at {
                out.push_str(&text[at..range.start]);
                out.push_str(&new);
                at = range.end;
            }
        }
        out.push_str(&text[at..]);
        out
    }

    /// The picture that stands for the article, as its new file names it; nothing if it is no file of the site.
    pub fn picture(&mut self, written: &str) -> Option<String> {
        let base = Base::parse(&format!("{}{}/", self.site.config.origin, self.site.config.base)).unwrap_or_default();
        let inside = if url::has_scheme(written) { base.strip(written)? } else { written };
        let path = url::percent_decode(inside.split(['?', '#']).next().unwrap_or(""))?;
        let found = match self.find(&path) {
            Found::File(target) => Some(target),
            // Hugo's themes look for pictures from the folder of files, too.
            _ if !path.starts_with('/') => match self.find(&format!("/{path}")) {
                Found::File(target) => Some(target),
                _ => None,
            },
            _ => None,
        };
        let Some(target) = found else {
            self.remarks.add(Remark::BrokenLink(written.to_owned()));
            return None;
        };
        let way = relative(&self.entry().path, &target);
        self.take_file(target);
        Some(way)
    }

    fn take_file(&mut self, target: String) {
        if self.entry().is_published {
            self.files.push(target);
        } else {
            self.remarks.add(Remark::OfDraft(format!("/{target}")));
        }
    }

    /// What a path names: beside the old file, or as an address of the old site.
    fn find(&self, path: &str) -> Found {
        let site = self.site;
        if !path.starts_with('/') {
            if let Some(beside) = joined(&self.one().path, path) {
                match beside_file(site, self.one().generator, &beside) {
                    Found::Nothing => {}
                    found => return found,
                }
            }
            let own = self.entry().old.as_deref().unwrap_or("/");
            return match joined(own, path) {
                Some(address) => self.address(&address, path.ends_with('/')),
                None => Found::Nothing,
            };
        }
        let whole = path.trim_start_matches('/');
        match self.address(whole, path.ends_with('/')) {
            Found::Nothing => {}
            found => return found,
        }
        // With the path that the old site stood below, or as a file of the old folder.
        let below = (!site.config.base.is_empty()).then(|| path.strip_prefix(site.config.base.as_str())).flatten();
        if let Some(below) = below.filter(|below| below.is_empty() || below.starts_with('/')) {
            return self.address(below.trim_start_matches('/'), true);
        }
        beside_file(site, self.one().generator, whole)
    }

    /// What stands at an address of the old site, without the slash at its beginning.
    fn address(&self, address: &str, is_folder: bool) -> Found {
        let site = self.site;
        let address = url::nfc(address);
        if let Some(number) = site.by_address.get(&key(&address)) {
            return Found::Article(*number);
        }
        if site.files.contains_key(&*address) {
            return Found::File(address.into_owned());
        }
        if address.is_empty() {
            return Found::Address("/".to_owned());
        }
        match address.trim_end_matches('/').split('/').collect::<Vec<_>>().as_slice() {
            ["feed.xml" | "index.xml" | "atom.xml"] => return Found::Address("/atom.xml".to_owned()),
            ["tags" | "tag" | "categories" | "category", name] => {
                let name = site.tags.get(&url::slug(name)).map(|name| url::slug(name));
                if let Some(name) = name {
                    return Found::Address(format!("/tags/{name}/"));
                }
            }
            ["tags" | "categories"] => return Found::Address("/tags/".to_owned()),
            _ => {}
        }
        // The list of a folder without a page of its own.
        let folder = address.trim_end_matches('/');
        if is_folder && site.folders.contains(folder) {
            return Found::Address(format!("/{folder}/"));
        }
        Found::Nothing
    }
}

/// What a path in the old folder is.
fn beside_file(site: &Site, generator: Generator, path: &str) -> Found {
    let path = url::nfc(path);
    let stem = path.trim_end_matches('/');
    let forms = [stem.to_owned(), format!("{stem}.md"), format!("{stem}/index.md"), format!("{stem}/_index.md")];
    if let Some(number) = forms.iter().find_map(|form| site.by_file.get(form)) {
        return Found::Article(*number);
    }
    let target = match generator {
        Generator::Hugo => super::hugo::file_target(&path).unwrap_or(""),
        Generator::Jekyll => &path,
    };
    if site.files.get(target).is_some_and(|source| *source == *path) { Found::File(target.to_owned()) } else { Found::Nothing }
}

/// The old address of what a tag names.
fn named_address(site: &Site, from: usize, by: Named<'_>) -> Option<String> {
    let named = |name: &str| site.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
    let of = |number: &usize| {
        let path = &site.candidates[*number].path;
        Some(site.entries[*number].old.clone().unwrap_or_else(|| format!("/{path}")))
    };
    match by {
        Named::Post(name) => {
            let name = name.trim().trim_start_matches('/');
            let last = name.rsplit('/').next().unwrap_or(name);
            let posts: Vec<&usize> =
                named(last).iter().filter(|number| site.candidates[**number].path.contains("_posts/")).collect();
            // With folders below `_posts` the name alone is enough.
            let ending = format!("_posts/{name}.");
            let exact = posts.iter().find(|number| site.candidates[***number].path.contains(&ending));
            of(exact.or(posts.first())?)
        }
        Named::File(path) => {
            let path = path.trim().trim_start_matches('/');
            match site.by_file.get(path) {
                Some(number) => of(number),
                None => site.files.contains_key(path).then(|| format!("/{path}")),
            }
        }
        Named::Page(reference) => {
            let reference = reference.trim().trim_end_matches('/');
            let own = &site.candidates[from].path;
            let beside = if reference.starts_with('/') { None } else { joined(own, reference) };
            let top = format!("content/{}", reference.trim_start_matches('/'));
            for path in beside.into_iter().chain([top]) {
                if let Found::Article(number) = beside_file(site, Generator::Hugo, &path) {
                    return of(&number);
                }
            }
            if reference.starts_with('/') || reference.is_empty() {
                return None;
            }
            let ending = format!("/{}", reference.strip_suffix(".md").unwrap_or(reference));
            let is_it = |one: &Candidate| {
                let whole = one.path.rsplit_once('.').map_or(one.path.as_str(), |(stem, _)| stem);
                let whole = whole.strip_suffix("/index").or(whole.strip_suffix("/_index")).unwrap_or(whole);
                whole.ends_with(&ending)
            };
            let last = ending.rsplit('/').next().unwrap_or("");
            let mut all = named(last).iter().filter(|number| is_it(&site.candidates[**number]));
            let number = all.next()?;
            // Of two nobody knows which was meant.
            if all.next().is_some() { None } else { of(number) }
        }
    }
}

/// A path from the folder of another one; `None` if it leads out.
fn joined(from: &str, path: &str) -> Option<String> {
    let folder = from.trim_start_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Where the links that are written in Markdown with their words stand.
fn inline_links(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    article::walk(text, HEAD.len(), &ParseOptions::default(), &mut |step| {
        if let Step::Open(element) = step
            && element.name == "a"
            && element.written == article::Written::Markdown
        {
            ranges.push(element.at.clone());
        }
    });
    ranges
}

/// The words of the link whose destination this is, in place of the link.
fn unlinked(text: &str, destination: &Range<usize>, links: &[Range<usize>]) -> Option<(Range<usize>, String)> {
    let whole = links.iter().find(|link| link.start < destination.start && destination.end < link.end)?;
    let opening = text.get(whole.start + 1..destination.start)?;
    let words = &opening[..opening.rfind("](")?];
    text[whole.start..].starts_with('[').then(|| (whole.clone(), words.to_owned()))
}
