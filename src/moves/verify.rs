//! Whether the site would be as sound as it was: every link leads where it led, every alias is there, and nothing is wrong
//! that was not wrong before.

use rustc_hash::FxHashMap;

use super::rewrite::moved_end;
use super::world::World;
use super::{Before, Move, Moved, cannot_add, cannot_rewrite};
use crate::article::{Article, CONTENT};
use crate::diagnostic::{Diagnostic, Place};
use crate::url::Url;

/// What a site would have that it has not now.
pub(super) fn differences(before: &Before<'_>, wanted: &Move, old: &World, new: &World, result: &Moved) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut added: FxHashMap<&Url, Vec<&Url>> = FxHashMap::default();
    for (from, to) in &result.aliases {
        added.entry(to).or_default().push(from);
    }
    for article in before.articles {
        problems.extend(links_astray(article, wanted, old, new));
        let Some(id) = new.ids[0].get(&*wanted.path(&article.head.source)) else { continue };
        let head = new.site(0).head(*id);
        let added = added.get(&head.url).into_iter().flatten().copied();
        let expected: Vec<&Url> = article.head.aliases.iter().chain(added).collect();
        if !head.aliases.iter().eq(expected) {
            problems.push(cannot_add(article, &article.head.url));
        }
    }
    if problems.is_empty() {
        problems = new_errors(wanted, old, new);
    }
    problems
}

fn links_astray(article: &Article, wanted: &Move, old: &World, new: &World) -> Vec<Diagnostic> {
    let source = &article.head.source;
    let mut problems = Vec::new();
    for at in [0, 1] {
        let Some(were) = old.ends(at, source) else { continue };
        let are = new.ends(at, &wanted.path(source)).unwrap_or_default();
        for (index, link) in article.head.links.iter().enumerate() {
            let Some(was) = were.get(index).and_then(Option::as_ref) else { continue };
            let leads = are.get(index).and_then(Option::as_ref).filter(|_| are.len() == were.len());
            if leads != Some(&moved_end(wanted, old, was)) {
                problems.push(cannot_rewrite(article, index, link));
            }
        }
    }
    problems.dedup();
    problems
}

/// Errors of the new site beyond those of the old one; how many a file has of a kind is what is compared.
fn new_errors(wanted: &Move, old: &World, new: &World) -> Vec<Diagnostic> {
    let is_error = |(_, said): &&(String, Diagnostic)| said.is_error();
    let mut known: FxHashMap<(String, &str), usize> = FxHashMap::default();
    for (file, said) in old.problems.iter().filter(is_error) {
        let source = file.strip_prefix(CONTENT).and_then(|rest| rest.strip_prefix('/'));
        let file = source.map_or_else(|| file.clone(), |source| format!("{CONTENT}/{}", wanted.path(source)));
        *known.entry((file, said.code)).or_default() += 1;
    }
    let mut found: Vec<Diagnostic> = Vec::new();
    for (file, said) in new.problems.iter().filter(is_error) {
        if let Some(left) = known.get_mut(&(file.clone(), said.code)).filter(|left| **left > 0) {
            *left -= 1;
            continue;
        }
        let mut said = said.clone();
        if !file.is_empty() {
            said.place.get_or_insert_with(|| Place::file(file.as_str()));
        }
        if !found.contains(&said) {
            found.push(said);
        }
    }
    found
}
