//! Which page of a site somebody means: by its address, whole or from the root; by its file; or by its title.

use std::sync::Arc;

use super::super::Snapshot;
use crate::article::{CONTENT, Head};
use crate::diagnostic::nearest;
use crate::outputs::Output;
use crate::outputs::redirect::End;
use crate::redirects::{self, Query};
use crate::site::{ArticleId, LeftOut};
use crate::url::{Base, Url, fold_case, has_scheme, nfc, percent_decode};

/// A page that was asked for.
#[derive(Debug, Clone, Copy)]
pub enum Page<'s> {
    /// An article that is published.
    Article(ArticleId),
    /// The same, by an old address.
    Redirect(ArticleId, &'s Url),
    /// The same, by an old address with a query.
    Query(ArticleId, &'s Query),
    /// An article that is not published.
    LeftOut(&'s Arc<Head>, LeftOut),
    /// Anything else that a build writes.
    Output(&'s Output),
}

/// What a question leads to.
#[derive(Debug)]
pub enum Found<'s> {
    /// One page.
    One(Page<'s>),
    /// Several articles with this title, by their files.
    Several(Vec<String>),
    /// None; these are called alike.
    Nothing(Vec<String>),
}

/// Finds the page that is meant. `folder` is the one, from `content/`, that files are named from first.
pub fn find<'s>(snapshot: &'s Snapshot, asked: &str, folder: Option<&str>) -> Found<'s> {
    let asked = nfc(asked.trim());
    let by_file = || folder.into_iter().chain([""]).find_map(|folder| by_file(snapshot, &asked, folder));
    if let Some(page) = by_address(snapshot, &asked).or_else(by_file) {
        return Found::One(page);
    }
    let titled = by_title(snapshot, &asked);
    match titled.as_slice() {
        [] => Found::Nothing(alike(snapshot, &asked)),
        [only] => Found::One(*only),
        several => Found::Several(several.iter().filter_map(|page| file_of(snapshot, page)).collect()),
    }
}

/// Whether a question is an address of another site.
pub fn is_elsewhere(asked: &str, base: &Base) -> bool {
    let is_web = matches!(crate::url::scheme(asked).as_deref(), Some("http" | "https"));
    is_web && below(base, path_of(asked)).is_none()
}

/// The path below the site of an address as people copy it: with the other scheme, or with none.
fn below<'a>(base: &Base, asked: &'a str) -> Option<&'a str> {
    let host = base.origin().split_once("://").map_or("", |(_, host)| host);
    let bare = asked.split_once("://").map_or(asked, |(_, bare)| bare);
    let path = match bare.split_at_checked(host.len()) {
        Some((start, "")) if start.eq_ignore_ascii_case(host) => "/",
        Some((start, path)) if start.eq_ignore_ascii_case(host) && path.starts_with('/') => path,
        _ => asked,
    };
    base.strip(path)
}

/// An address without what a browser puts behind it.
fn path_of(asked: &str) -> &str {
    asked.split(['?', '#']).next().unwrap_or("").trim()
}

fn by_address<'s>(snapshot: &'s Snapshot, asked: &str) -> Option<Page<'s>> {
    let base = &snapshot.site.settings.base;
    let old = Query::parse(below(base, asked).unwrap_or(asked)).and_then(|query| snapshot.plan.at_query(&query));
    if let Some((query, origin)) = old {
        match origin.follow(&snapshot.site, &snapshot.plan).1 {
            End::Article(article, _) => return Some(Page::Query(article, query)),
            End::Output(output, _) => return Some(Page::Output(output)),
            End::Outside(_) | End::Nowhere => {}
        }
    }
    let whole = path_of(asked);
    let below = below(base, whole);
    let own = (!has_scheme(whole)).then_some(whole);
    [own, below].into_iter().flatten().find_map(|path| {
        let path = path.strip_suffix("index.html").unwrap_or(path);
        let url = if path.is_empty() || path == "/" { Url::home() } else { Url::parse(path).ok()? };
        // `tips` alone is rather a file or a title.
        if path.is_empty() || !path.contains('/') && !path.ends_with(".html") && !path.contains('.') {
            return None;
        }
        at(snapshot, &url)
    })
}

fn at<'s>(snapshot: &'s Snapshot, url: &Url) -> Option<Page<'s>> {
    let site = &snapshot.site;
    match snapshot.plan.at(url.as_str()) {
        Some(Output::Article(page)) => Some(Page::Article(page.article())),
        Some(output @ Output::Redirect(page)) => Some(match page.origin().follow(site, &snapshot.plan).1 {
            End::Article(article, _) => Page::Redirect(article, page.url()),
            _ => Page::Output(output),
        }),
        Some(output @ Output::Listing(listing)) => Some(listing.section_page(site).map_or(Page::Output(output), Page::Article)),
        Some(output) => Some(Page::Output(output)),
        None => {
            let has_it = |head: &Head| head.url == *url || head.aliases.contains(url);
            site.left_out.iter().find(|(head, _)| has_it(head)).map(|(head, reason)| Page::LeftOut(head, *reason))
        }
    }
}

/// A path from the site's folder, from `content/`, or from a folder below it; a folder is its own page.
fn by_file<'s>(snapshot: &'s Snapshot, asked: &str, folder: &str) -> Option<Page<'s>> {
    let site = &snapshot.site;
    let path = asked.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path).trim_end_matches('/');
    let from_top = path.strip_prefix(CONTENT).and_then(|rest| rest.strip_prefix('/'));
    let source = match from_top {
        Some(below) => below.to_owned(),
        None if folder.is_empty() => path.trim_start_matches('/').to_owned(),
        None => format!("{folder}/{path}"),
    };
    let spellings = [source.clone(), format!("{source}.md"), format!("{source}.markdown")];
    let is_it = |path: &str| spellings.iter().any(|spelling| spelling == path);
    if let Some(id) = site.ids().find(|&id| is_it(&site.head(id).source)) {
        return Some(Page::Article(id));
    }
    if let Some((head, reason)) = site.left_out.iter().find(|(head, _)| is_it(&head.source)) {
        return Some(Page::LeftOut(head, *reason));
    }
    if source == redirects::FILE {
        return at(snapshot, &Url::file(redirects::FILE));
    }
    if let Some(asset) = site.assets.iter().find(|asset| *asset.source == *source) {
        return at(snapshot, &asset.url);
    }
    if path == CONTENT {
        return at(snapshot, &Url::home());
    }
    let section = site.sections.iter().skip(1).find(|section| section.folder == source)?;
    at(snapshot, &section.url)
}

/// Articles by title, in any case.
fn by_title<'s>(snapshot: &'s Snapshot, asked: &str) -> Vec<Page<'s>> {
    let site = &snapshot.site;
    let wanted = fold_case(asked);
    let is_it = |head: &Head| fold_case(&head.title) == wanted;
    let published = site.ids().filter(|&id| is_it(site.head(id))).map(Page::Article);
    let left_out = site.left_out.iter().filter(|(head, _)| is_it(head)).map(|(head, reason)| Page::LeftOut(head, *reason));
    published.chain(left_out).collect()
}

/// The file of an article, as messages name it.
fn file_of(snapshot: &Snapshot, page: &Page<'_>) -> Option<String> {
    match page {
        Page::Article(id) | Page::Redirect(id, _) | Page::Query(id, _) => Some(snapshot.site.head(*id).file().to_string()),
        Page::LeftOut(head, _) => Some(head.file().to_string()),
        Page::Output(output) => output.source(&snapshot.site),
    }
}

/// The nearest address, file and title.
fn alike(snapshot: &Snapshot, asked: &str) -> Vec<String> {
    let site = &snapshot.site;
    let heads = || site.ids().map(|id| site.head(id)).chain(site.left_out.iter().map(|(head, _)| &**head));
    let path = path_of(asked);
    let address = site.settings.base.strip(path).unwrap_or(path);
    let address = percent_decode(address).unwrap_or_default();
    let source = asked.strip_prefix("content/").unwrap_or(asked);
    let file_name = |path: &str| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned).unwrap_or_default();
    let mut addresses: Vec<&str> = snapshot.plan.outputs.iter().map(|output| output.url().as_str()).collect();
    addresses.sort_unstable();
    let titles: Vec<String> = heads().map(|head| fold_case(&head.title)).collect();
    let near_title = nearest(&fold_case(asked), titles.iter().map(String::as_str));
    let titled = near_title.and_then(|near| heads().find(|head| fold_case(&head.title) == near)).map(|head| head.title.clone());
    let near_source = nearest(source, heads().map(|head| &*head.source)).map(str::to_owned);
    // The right name in the wrong folder is the commonest slip.
    let same_name = || heads().map(|head| &*head.source).find(|path| file_name(path) == file_name(source)).map(str::to_owned);
    let near_file = near_source.or_else(same_name).map(|source| format!("{CONTENT}/{source}"));
    let near_address = nearest(&address, addresses).map(str::to_owned);
    [near_address, near_file, titled].into_iter().flatten().collect()
}
