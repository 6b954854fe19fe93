//! Guidepost has no command that uploads. What the README says about uploading holds at every moment of it: whatever has
//! arrived, no page lacks what it loads, and nothing is taken away before everything has arrived.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{TestSite, files, html, repository};

/// A host: files by path.
type Host = BTreeMap<String, Vec<u8>>;

const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"/>";

/// A site, and the same site after a while: another look, pages that change, come and go, and pictures with them.
fn site(is_new: bool) -> TestSite {
    let (accent, words) = if is_new { ("#7a1f3d", "Other words.") } else { ("#1f3d7a", "Words.") };
    let site = TestSite::new(&[
        (
            "guidepost.yaml",
            &format!("title: Site\nbase_url: https://example.org/\nstyle: {{ accent: \"{accent}\" }}\nsocial_cards: true\n"),
        ),
        ("content/keep.md", &format!("---\ntitle: Keep\ntags: [one]\n---\n{words}\n\n![Seal](seal.svg)\n")),
        ("content/seal.svg", PICTURE),
    ]);
    if is_new {
        site.write(
            "content/advice/come.md",
            "---\ntitle: Zebra\ntags: [two]\n---\nSee [another](../keep.md).\n\n![New](new.svg)\n\n- [ ] a task\n",
        );
        site.write("content/advice/new.svg", PICTURE);
        site.write("themes/default/assets/badge.svg", PICTURE);
        let style = std::fs::read_to_string(repository().join("themes/default/assets/site.css")).unwrap();
        site.write("themes/default/assets/site.css", &format!("{style}\n.new {{ color: red }}\n"));
    } else {
        site.write("content/gone.md", "---\ntitle: Quartz\ntags: [one]\n---\n![Old](old.svg)\n");
        site.write("content/old.svg", PICTURE);
    }
    site
}

fn published(site: &TestSite) -> Host {
    site.publish().unwrap();
    files(&site.path("public")).into_iter().filter(|(path, _)| !path.starts_with(".guidepost/")).collect()
}

/// What a page loads, as paths on the host.
fn loads(page: &[u8]) -> BTreeSet<String> {
    const NO_FILES: [&str; 5] = ["canonical", "alternate", "next", "prev", "search"];
    let page = html::Page::parse(&String::from_utf8_lossy(page));
    let of = |element: &html::Element| match element.name.as_str() {
        "link" if element.attribute("rel").is_some_and(|rel| NO_FILES.contains(&rel)) => None,
        "link" => element.attribute("href").map(str::to_owned),
        "script" | "img" => element.attribute("src").map(str::to_owned),
        "meta" if element.attribute("property") == Some("og:image") => {
            element.attribute("content").map(|address| address.replace("https://example.org", ""))
        }
        _ => None,
    };
    page.elements().filter_map(of).filter_map(|address| Some(address.strip_prefix('/')?.to_owned())).collect()
}

/// The search's root, which names the files of the index that were there when it was made.
fn is_entry(path: &str) -> bool {
    path.ends_with(".html") || path == "search/index.bin"
}

/// Files in the order of the README: what no page is, then everything; each step in an order of the uploader's own.
fn steps(new: &Host) -> [Vec<String>; 2] {
    let (entries, files) = new.keys().cloned().partition(|path| is_entry(path));
    [files, entries]
}

/// Checks every page of the host.
fn check(host: &Host, loaded: &mut BTreeMap<Vec<u8>, BTreeSet<String>>, moment: &str) {
    for (path, bytes) in host.iter().filter(|(path, _)| path.ends_with(".html")) {
        let loads = loaded.entry(bytes.clone()).or_insert_with(|| loads(bytes));
        let missing: Vec<&String> = loads.iter().filter(|file| !host.contains_key(*file)).collect();
        assert!(missing.is_empty(), "{moment}: {path} loads {missing:?}, which is not there");
    }
}

#[test]
fn a_page_that_has_arrived_never_lacks_what_it_loads() {
    let (old, new) = (published(&site(false)), published(&site(true)));
    let differs = |path: &String| old.get(path) != new.get(path);
    assert!(new.keys().any(|path| path.starts_with("assets/site.") && !old.contains_key(path)), "another style sheet");
    assert!(new.keys().filter(|path| differs(path)).count() > 20, "most files differ");
    let mut loaded = BTreeMap::new();
    check(&old, &mut loaded, "before");
    assert!(loaded.values().any(|loads| loads.len() > 5), "pages load files");

    for order in ["forwards", "backwards", "every third"] {
        let mut host = old.clone();
        for (number, mut step) in steps(&new).into_iter().enumerate() {
            match order {
                "backwards" => step.reverse(),
                "every third" => step = (0..3).flat_map(|rest| step.iter().skip(rest).step_by(3).cloned()).collect(),
                _ => {}
            }
            for path in step {
                // A host has a file whole or not at all; an upload may be cut off after any, and be begun again.
                host.insert(path.clone(), new[&path].clone());
                check(&host, &mut loaded, &format!("{order}, step {number}, after {path}"));
            }
        }
        assert!(new.iter().all(|(path, bytes)| host.get(path) == Some(bytes)));
        for path in old.keys().filter(|path| !new.contains_key(*path)).cloned().collect::<Vec<_>>().iter().rev() {
            // Pages that are gone go before what they loaded.
            if path.ends_with(".html") {
                host.remove(path);
                check(&host, &mut loaded, &format!("{order}, without {path}"));
            }
        }
        host.retain(|path, _| new.contains_key(path));
        check(&host, &mut loaded, order);
        assert_eq!(host, new);
    }
    // In no order at all it would not hold: the order is what does it.
    let mut host = old.clone();
    host.extend(new.iter().filter(|(path, _)| path.ends_with(".html")).map(|(path, bytes)| (path.clone(), bytes.clone())));
    let lacks = |bytes: &Vec<u8>| loads(bytes).iter().any(|file| !host.contains_key(file));
    assert!(host.iter().any(|(path, bytes)| path.ends_with(".html") && lacks(bytes)), "pages first lack something");
}

/// What the index's root names is there whenever the root is: its files bear their content in their names and come first.
#[test]
fn the_search_of_a_half_uploaded_site_is_the_old_one_or_the_new() {
    use guidepost::search::query::{Page, Search};
    let (old, new) = (published(&site(false)), published(&site(true)));
    let mut host = old.clone();
    for step in steps(&new) {
        for path in step {
            host.insert(path.clone(), new[&path].clone());
            let search = Search::open(&host["search/index.bin"], |name| host.get(&format!("search/i/{name}")).cloned()).unwrap();
            let found = |asked: &str| search.query(asked, Page { limit: 5, offset: 0 }).unwrap().results.len();
            assert_eq!(found("keep "), 1, "after {path}");
            assert_eq!(found("zebra ") + found("quartz "), 1, "after {path}: one of the two");
        }
    }
}
