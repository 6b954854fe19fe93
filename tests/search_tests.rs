//! The search tests of a site, run against answers that are given here: what is complained of, and where.

use std::convert::Infallible;

use guidepost::diagnostic::Diagnostic;
use guidepost::plan::search_tests;

use crate::support::TestSite;

const ARTICLES: [&str; 6] = ["one", "two", "three", "four", "five", "six"];

fn site(search: &str) -> TestSite {
    let site = TestSite::new(&[]);
    site.write("guidepost.yaml", &format!("title: Test site\nbase_url: https://example.org/\nsearch:\n{search}"));
    for name in ARTICLES {
        site.write(&format!("content/{name}.md"), &format!("---\ntitle: Number {name}\ndate: 2026-01-01\n---\n\nWords.\n"));
    }
    site
}

/// What the tests of a site complain of, if every question is answered with these articles.
fn complaints(site: &TestSite, answers: &[&str]) -> Vec<Diagnostic> {
    let snapshot = site.snapshot();
    let found = |_: &str| Ok::<_, Infallible>(answers.iter().map(|name| format!("/{name}/")).collect());
    search_tests::run(&snapshot, found).unwrap_or_default()
}

#[test]
fn a_page_among_the_first_three_is_found() {
    let site = site("  tests:\n    - { query: q, expect: /three/ }\n    - query: q\n      expect: three.md\n");
    assert_eq!(complaints(&site, &["one", "two", "three", "four"]), []);
    assert_eq!(complaints(&site, &["two", "one", "four", "three"]).len(), 2);
}

#[test]
fn a_failure_names_the_line_the_question_and_what_was_found_instead() {
    let site = site("  tests:\n    - { query: first, expect: /one/ }\n    - query: what is last\n      expect: six.md\n");
    let shown = |answers: &[&str]| site.show(&complaints(&site, answers));
    let missed = shown(&["one", "two", "three", "four"]);
    assert!(missed.starts_with("error[search-test]: whoever searches for “what is last” should find `/six/`"), "{missed}");
    let instead = "it is not found; the first are “Number one” (`/one/`), “Number two” (`/two/`) and “Number three” (`/three/`)";
    assert!(missed.contains(instead), "{missed}");
    assert!(missed.contains("guidepost.yaml:6:14"), "{missed}");
    assert!(missed.contains("= help: "), "{missed}");
    assert!(shown(&["one", "two", "three", "four", "six"]).contains("it is number 5, after"));
    assert!(complaints(&site, &[]).iter().all(|problem| problem.message.ends_with("and nothing is found")));
    assert_eq!(complaints(&site, &[]).len(), 2);
}

#[test]
fn a_site_without_a_search_has_no_tests() {
    let site = site("  enabled: no\n  tests:\n    - { query: q, expect: /nowhere/ }\n");
    assert_eq!(complaints(&site, &[]), []);
}
