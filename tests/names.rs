//! Names of files that not every machine or host can take. They are made here, because a checkout with such files would
//! fail on the very machines they are about.

#![cfg(unix)]

use crate::support::{TestSite, render_all};

fn warnings(site: &TestSite) -> Vec<(String, String)> {
    let place = |d: &guidepost::diagnostic::Diagnostic| d.place.as_ref().map_or(String::new(), |place| place.to_string());
    site.load().diagnostics.iter().map(|d| (d.code.to_owned(), place(d))).collect()
}

#[test]
fn files_that_windows_or_a_host_refuses_are_named_and_published() {
    let names = ["nul.txt", "plan B?.txt", "dot.", "no. 1 #hashtag.txt", "a:b.svg", "quote\".txt", "star*.txt"];
    for name in names {
        let site = TestSite::new(&[(&format!("content/{name}"), "text")]);
        assert_eq!(warnings(&site), [("unportable-name".to_owned(), format!("content/{name}"))]);
        assert!(site.publish().is_ok() && site.path("public").join(name).is_file(), "{name}");
    }
}

#[test]
fn articles_with_such_names_get_an_address_that_works_everywhere() {
    let long = "番".repeat(80);
    for (name, address) in [
        ("con", "con_/"),
        ("COM1", "com1_/"),
        ("a:b?", "a-b/"),
        (long.as_str(), "番-"),
        ("trailing.", "trailing/"),
        ("<x>|", "x/"),
    ] {
        let site = TestSite::new(&[(&format!("content/{name}.md"), "---\ntitle: T\n---\nWords.\n")]);
        let snapshot = site.snapshot();
        let url = snapshot.plan.outputs[0].url().to_string();
        let wanted = address.trim_end_matches('-');
        assert!(url.starts_with(&format!("/{wanted}")), "{name}: {url}");
        assert!(url.split('/').all(|part| part.len() <= 255) && guidepost::url::unportable(&url).is_none(), "{name}: {url}");
        let is_changed = address.ends_with("_/") || name.len() > 191;
        assert_eq!(warnings(&site).iter().any(|(code, _)| code == "changed-address"), is_changed, "{name}");
    }
}

/// Folders may nest as deep as they like on disk; an address that no object store takes is an error, not a crash.
#[test]
fn an_address_that_is_too_long_is_an_error() {
    let deep = ["a-folder-with-a-long-name"; 45].join("/");
    let site = TestSite::new(&[(&format!("content/{deep}/article.md"), "---\ntitle: Deep\n---\nWords.\n")]);
    let found = warnings(&site);
    assert!(found.contains(&("long-address".to_owned(), format!("content/{deep}/article.md"))), "{found:?}");
}

/// Spellings that look alike and are not: an address is in NFC, whatever the file system hands out.
#[test]
fn composed_and_decomposed_names_are_one_address() {
    let site =
        TestSite::new(&[("content/cafe\u{301}.md", "---\ntitle: A\n---\n[b](b.md)\n"), ("content/b.md", "[a](café.md)\n")]);
    assert!(render_all(&site.snapshot()).iter().any(|(path, _)| path == "café/index.html"));
    let both = TestSite::new(&[("content/cafe\u{301}.md", "---\ntitle: A\n---\n"), ("content/café.md", "---\ntitle: B\n---\n")]);
    assert!(warnings(&both).iter().any(|(code, _)| code == "same-address"), "{:?}", warnings(&both));
}
