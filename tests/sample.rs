//! The site that ships with Guidepost, at a domain's root and below a path: every link leads somewhere, and the whole
//! is what a reader was promised.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use guidepost::diagnostic::Severity;
use guidepost::outputs::Output;
use guidepost::pipeline::{self, Options, Progress};
use guidepost::plan::Snapshot;
use jiff::Timestamp;

use crate::support::{NOW, html, load, render_all, repository, sample};

#[test]
fn every_link_resolves_at_the_root_of_a_domain() {
    crawl("https://example.org/");
}

#[test]
fn every_link_resolves_below_a_path() {
    crawl("https://example.org/sub/dir/");
}

/// Follows every address in every page: it must stay below the base and lead to an output, its fragment to an id there.
fn crawl(base: &str) {
    let snapshot = sample(base);
    let prefix = snapshot.site.settings.base.path().to_owned();
    let origin = snapshot.site.settings.base.origin().to_owned();
    let outputs = render_all(&snapshot);
    let paths: BTreeSet<&str> = outputs.iter().map(|(path, _)| path.as_str()).collect();
    let pages: BTreeMap<&str, html::Page> = outputs
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(path, bytes)| (path.as_str(), html::Page::parse(&String::from_utf8_lossy(bytes))))
        .collect();
    assert!(pages.len() > 100, "{} pages are no site", pages.len());
    let mut broken = Vec::new();
    let mut followed = 0;
    for (path, page) in &pages {
        for address in page.addresses() {
            let address = address.strip_prefix(&origin).unwrap_or(&address).to_owned();
            if address.contains("://") || address.starts_with("mailto:") || address.starts_with("tel:") {
                continue;
            }
            followed += 1;
            if let Err(reason) = follow(&address, path, &prefix, &paths, &pages) {
                broken.push(format!("{path}: {address}: {reason}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(followed > 2_000, "only {followed} links were followed");
}

fn follow(
    address: &str,
    from: &str,
    prefix: &str,
    paths: &BTreeSet<&str>,
    pages: &BTreeMap<&str, html::Page>,
) -> Result<(), String> {
    let (address, fragment) = address.split_once('#').map_or((address, None), |(a, f)| (a, Some(f)));
    let address = address.split('?').next().unwrap_or("");
    let target = if address.is_empty() {
        from.to_owned()
    } else {
        let below = address.strip_prefix(prefix).ok_or("it leaves the site")?;
        let path = below.strip_prefix('/').ok_or("it is not below the base")?;
        let path = guidepost::url::percent_decode(path).ok_or("it does not decode")?;
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.into_owned() }
    };
    if !paths.contains(target.as_str()) {
        return Err(format!("nothing is at {target}"));
    }
    match (fragment, pages.get(target.as_str())) {
        (Some(fragment), Some(page)) if !fragment.is_empty() => {
            let fragment = guidepost::url::percent_decode(fragment).unwrap_or_default();
            if page.ids().contains(&*fragment) { Ok(()) } else { Err(format!("{target} has no id {fragment}")) }
        }
        _ => Ok(()),
    }
}

#[test]
fn every_address_of_the_plan_exists_once() {
    let snapshot = sample("https://example.org/");
    let urls: BTreeSet<&str> = snapshot.plan.outputs.iter().map(|output| output.url().as_str()).collect();
    assert_eq!(urls.len(), snapshot.plan.outputs.len());
}

#[test]
fn the_sample_is_a_real_site() {
    let snapshot = sample("https://example.org/");
    let words = |source: &str| fs::read_to_string(repository().join("content").join(source)).unwrap().split_whitespace().count();
    let full = snapshot.site.ids().filter(|&id| (400..=1_300).contains(&words(&snapshot.site.head(id).source))).count();
    assert!(full >= 40, "{full} articles of 400 words or more");
    assert!(snapshot.site.tags.len() >= 25, "{} tags", snapshot.site.tags.len());
    assert_eq!(snapshot.site.series.len(), 1);
    let sources: Vec<String> = snapshot.site.ids().map(|id| snapshot.site.head(id).source.to_string()).collect();
    for wanted in ["turndown-to-networking-opportunity", "information-interview-tips", "information-interview-agenda"] {
        assert!(sources.contains(&format!("networking/{wanted}.md")), "{wanted}");
    }
}

/// No page has anything that the content-security policy of `_headers` would block.
#[test]
fn pages_keep_to_the_content_security_policy() {
    for (path, bytes) in render_all(&sample("https://example.org/")) {
        if !path.ends_with(".html") {
            continue;
        }
        let page = html::Page::parse(&String::from_utf8_lossy(&bytes));
        for element in page.elements() {
            assert!(!element.has_attribute("style"), "{path}: a style attribute on <{}>", element.name);
            let handler = element.attributes.iter().find(|(name, _)| name.starts_with("on"));
            assert!(handler.is_none(), "{path}: {handler:?} on <{}>", element.name);
            assert_ne!(element.name, "style", "{path}");
            if element.name == "script" {
                let is_data = element.attribute("type") == Some("application/ld+json");
                assert!(is_data || element.has_attribute("src"), "{path}: an inline script");
            }
        }
    }
}

#[test]
fn every_page_has_one_heading_of_level_1_and_a_title_of_its_own() {
    let snapshot = sample("https://example.org/");
    let mut titles: BTreeMap<String, String> = BTreeMap::new();
    for (path, bytes) in render_all(&snapshot) {
        if !path.ends_with(".html") || is_redirect(&snapshot, &path) {
            continue;
        }
        let page = html::Page::parse(&String::from_utf8_lossy(&bytes));
        assert_eq!(page.texts("h1").len(), 1, "{path}");
        let title = page.texts("title").concat();
        if let Some(other) = titles.insert(title.clone(), path.clone()) {
            panic!("{other} and {path} are both called {title}");
        }
    }
}

fn is_redirect(snapshot: &Snapshot, path: &str) -> bool {
    snapshot.plan.outputs.iter().any(|output| matches!(output, Output::Redirect(_)) && output.url().file_path() == path)
}

#[test]
fn readers_find_what_its_search_tests_ask_for() {
    let snapshot = sample("https://example.org/");
    assert!(snapshot.site.settings.search.tests.len() >= 30);
    let problems = guidepost::pipeline::run_search_tests(&snapshot);
    assert!(problems.is_empty(), "{:#?}", problems.iter().map(|problem| &problem.message).collect::<Vec<_>>());
}

/// What `guidepost check` has to say, notes apart, which are matters of taste. One article is past its day of review, so that
/// readers and search show what becomes of such a one.
#[test]
fn check_finds_nothing_wrong_with_it() {
    let options = Options {
        root: repository().to_owned(),
        base: None,
        now: Timestamp::from_second(NOW).unwrap(),
        drafts: false,
        future: false,
        expired: false,
    };
    let loaded = load(&options);
    let mut found = loaded.diagnostics;
    found.extend(pipeline::lint(loaded.snapshot.as_ref().unwrap(), &loaded.inputs, &Progress::default()));
    found.retain(|problem| problem.severity != Severity::Note);
    let (due, found): (Vec<_>, Vec<_>) = found.into_iter().partition(|problem| problem.code == "review-due");
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(due.len(), 1, "{due:#?}");
}
