//! Publishing: what is written, kept, removed and refused.

use std::fs;
use std::path::Path;

use guidepost::write::{Publication, PublishError, Tally};

use crate::support::{TestSite, copy, files};

fn two_articles() -> TestSite {
    TestSite::new(&[
        ("content/a.md", "---\ntitle: A\ndate: 2026-01-01\n---\nFirst."),
        ("content/b.md", "---\ntitle: B\ndate: 2026-01-02\n---\nSecond."),
        ("content/handout.txt", "Take this along."),
    ])
}

fn visible(site: &TestSite) -> Vec<(String, Vec<u8>)> {
    files(&site.path("public")).into_iter().filter(|(path, _)| !path.starts_with(".guidepost/")).collect()
}

#[test]
fn a_second_build_writes_nothing() {
    let site = two_articles();
    let first = site.publish().unwrap();
    assert!(first.written > 10 && first.unchanged == 0, "{first:?}");
    let times = |site: &TestSite| -> Vec<_> {
        visible(site).iter().map(|(path, _)| fs::metadata(site.path("public").join(path)).unwrap().modified().unwrap()).collect()
    };
    let before = times(&site);
    let second = site.publish().unwrap();
    assert_eq!(second, Tally { written: 0, unchanged: first.written, kept: first.written, ..Tally::default() });
    assert_eq!(times(&site), before);
}

#[test]
fn only_what_changed_is_written() {
    let site = two_articles();
    site.publish().unwrap();
    // The body shows on the article's own page, in the three feeds and in the search index.
    site.write("content/a.md", "---\ntitle: A\ndate: 2026-01-01\ndescription: Same.\n---\nFirst.");
    site.publish().unwrap();
    site.write("content/a.md", "---\ntitle: A\ndate: 2026-01-01\ndescription: Same.\n---\nChanged words.");
    let tally = site.publish().unwrap();
    assert_eq!((tally.written, tally.removed), (5, 0));
}

#[test]
fn a_file_touched_by_somebody_else_is_put_right() {
    let site = two_articles();
    site.publish().unwrap();
    let right = site.read("public/a/index.html");
    site.write("public/a/index.html", "defaced");
    fs::remove_file(site.path("public/b/index.html")).unwrap();
    let tally = site.publish().unwrap();
    assert_eq!(tally.written, 2);
    assert_eq!(site.read("public/a/index.html"), right);
}

#[test]
fn what_is_no_longer_planned_goes_and_what_others_put_there_stays() {
    let site = two_articles();
    site.publish().unwrap();
    site.write("public/CNAME", "advice.example.org");
    site.write("public/b/notes.txt", "mine");
    site.write("public/.git/config", "mine too");
    fs::remove_file(site.path("content/b.md")).unwrap();
    fs::remove_file(site.path("content/a.md")).unwrap();
    let tally = site.publish().unwrap();
    assert_eq!(tally.removed, 2);
    assert!(!site.path("public/a").exists(), "an empty folder of ours is left");
    assert!(!site.path("public/b/index.html").exists());
    for kept in ["public/CNAME", "public/b/notes.txt", "public/.git/config"] {
        assert!(site.path(kept).exists(), "{kept} is gone");
    }
}

#[test]
fn a_file_of_somebody_else_where_a_page_belongs_is_an_error_and_stays() {
    let site = two_articles();
    site.publish().unwrap();
    site.write("public/c/index.html", "by hand");
    site.write("content/c.md", "---\ntitle: C\n---\nThird.");
    let before = visible(&site);
    assert!(matches!(site.publish(), Err(PublishError::Foreign(path)) if path.ends_with("c/index.html")));
    assert!(visible(&site) == before, "a failed build changed the site");
}

#[test]
fn a_folder_full_of_other_files_is_refused() {
    let site = two_articles();
    site.write("public/thesis.doc", "years of work");
    assert!(matches!(site.publish(), Err(PublishError::Refused(reason)) if reason.contains("thesis.doc")));
    assert_eq!(visible(&site).len(), 1);
}

#[test]
fn a_file_where_a_folder_was_and_the_other_way_round() {
    let site = TestSite::new(&[("content/x", "a file")]);
    site.publish().unwrap();
    fs::remove_file(site.path("content/x")).unwrap();
    site.write("content/x/y.md", "---\ntitle: Y\n---\nA folder now.");
    site.publish().unwrap();
    assert!(site.path("public/x/y/index.html").is_file());
    fs::remove_dir_all(site.path("content/x")).unwrap();
    site.write("content/x", "a file again");
    site.publish().unwrap();
    assert_eq!(site.read("public/x"), "a file again");
}

#[test]
fn somebody_elses_file_or_folder_in_the_way_is_an_error_before_anything_moves() {
    let site = TestSite::new(&[("content/x", "a file"), ("content/y/z.md", "---\ntitle: Z\n---\n")]);
    for (foreign, standing) in [("public/x/mine.txt", "public/x/mine.txt"), ("public/y", "public/y")] {
        let _ = fs::remove_dir_all(site.path("public"));
        site.write("public/.guidepost/manifest", "guidepost manifest 2\n0 0\n");
        site.write(foreign, "mine");
        assert!(matches!(site.publish(), Err(PublishError::Foreign(path)) if path == site.path(standing)), "{foreign}");
        assert_eq!(visible(&site).len(), 1);
        assert!(!site.path("public/.guidepost/commit").exists());
    }
}

#[test]
fn dangerous_folders_are_refused() {
    let site = two_articles();
    let home = std::env::home_dir().unwrap();
    let root = site.root();
    fs::create_dir_all(root.join("content/sub")).unwrap();
    let folders = [
        Path::new("/").to_owned(),
        home,
        root.to_owned(),
        root.parent().unwrap().to_owned(),
        root.join("content"),
        root.join("content/sub"),
        root.join("content/../content/new"),
        root.join("themes/public"),
        root.join(".git/public"),
        root.join("public/../content"),
    ];
    for folder in folders {
        let refused = Publication::begin(root, &folder);
        assert!(matches!(refused, Err(PublishError::Refused(_))), "{} is not refused", folder.display());
    }
    assert!(!root.join("content/.guidepost").exists());
}

#[cfg(unix)]
#[test]
fn a_link_into_the_sources_is_refused_and_a_link_in_the_output_is_not_followed() {
    let site = two_articles();
    std::os::unix::fs::symlink(site.path("content"), site.path("linked")).unwrap();
    assert!(matches!(Publication::begin(site.root(), &site.path("linked")), Err(PublishError::Refused(_))));

    let elsewhere = tempfile::tempdir().unwrap();
    site.publish().unwrap();
    fs::remove_dir_all(site.path("public/a")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), site.path("public/a")).unwrap();
    site.write("content/a.md", "---\ntitle: A\ndate: 2026-01-01\n---\nOther words.");
    assert!(site.publish().is_err());
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0, "something was written outside");
}

/// Somebody moved a folder of the site elsewhere and left a link: what is removed is what we wrote, not what it leads to.
#[cfg(unix)]
#[test]
fn nothing_behind_a_link_is_removed() {
    let site = TestSite::new(&[
        ("content/a.md", "---\ntitle: A\n---\n"),
        ("content/gone/b.md", "---\ntitle: B\n---\n"),
        ("content/gone/c.md", "---\ntitle: C\n---\n"),
    ]);
    site.publish().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir(elsewhere.path().join("b")).unwrap();
    fs::create_dir(elsewhere.path().join("c")).unwrap();
    fs::write(elsewhere.path().join("b/index.html"), "mine").unwrap();
    fs::remove_dir_all(site.path("public/gone")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), site.path("public/gone")).unwrap();
    fs::remove_dir_all(site.path("content/gone")).unwrap();
    site.publish().unwrap();
    assert_eq!(fs::read_to_string(elsewhere.path().join("b/index.html")).unwrap(), "mine");
    assert!(elsewhere.path().join("c").is_dir(), "an empty folder elsewhere is gone");
}

#[test]
fn two_builds_at_once_do_not_meet() {
    let site = two_articles();
    let first = Publication::begin(site.root(), &site.path("public")).unwrap();
    assert!(matches!(site.publish(), Err(PublishError::Busy(who)) if who.contains(&std::process::id().to_string())));
    drop(first);
    site.publish().unwrap();
}

#[test]
fn what_a_killed_build_had_staged_is_thrown_away() {
    let site = two_articles();
    site.publish().unwrap();
    let before = visible(&site);
    site.write("public/.guidepost/stage/a/index.html", "half a pa");
    let tally = site.publish().unwrap();
    assert_eq!(tally.written, 0);
    assert!(visible(&site) == before && !site.path("public/.guidepost/stage").exists());
}

/// A build killed while files are moved leaves its commit; the next run of any writing command finishes it.
#[test]
fn a_build_killed_after_its_commit_is_finished_by_the_next() {
    let old = two_articles();
    old.publish().unwrap();
    let new = TestSite::copy_of(old.root());
    fs::remove_file(new.path("content/b.md")).unwrap();
    new.write("content/a.md", "---\ntitle: A, changed\ndate: 2026-01-01\n---\nNew words.");
    new.publish().unwrap();
    let finished = visible(&new);

    // The old site with the new one's commit beside it: some files moved, most still staged.
    for (path, bytes) in &finished {
        let staged = old.path("public/.guidepost/stage").join(path);
        fs::create_dir_all(staged.parent().unwrap()).unwrap();
        fs::write(staged, bytes).unwrap();
    }
    fs::rename(old.path("public/.guidepost/stage/index.html"), old.path("public/index.html")).unwrap();
    fs::copy(new.path("public/.guidepost/manifest"), old.path("public/.guidepost/commit")).unwrap();
    drop(Publication::begin(old.root(), &old.path("public")).unwrap());
    assert!(visible(&old) == finished, "the next run did not finish the move");
    assert!(!old.path("public/.guidepost/commit").exists());
}

#[test]
fn a_manifest_that_names_files_outside_is_refused() {
    let site = two_articles();
    site.publish().unwrap();
    let manifest = site.read("public/.guidepost/manifest");
    site.write("public/.guidepost/manifest", &format!("{manifest}3 0 0 - ../content/a.md\n"));
    assert!(matches!(site.publish(), Err(PublishError::Refused(_))));
    assert!(site.path("content/a.md").exists());
}

#[test]
fn a_template_that_fails_leaves_the_site_as_it_was() {
    let site = two_articles();
    site.publish().unwrap();
    let before = visible(&site);
    copy(&crate::support::repository().join("tests/theme"), &site.path("themes/own"));
    site.write("guidepost.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: own\n");
    site.write("themes/own/templates/article.html", "{{ article.nothing }}");
    let loaded = site.load();
    let snapshot = loaded.snapshot.as_ref().unwrap();
    let publication = Publication::begin(site.root(), &site.path("public")).unwrap();
    let built = guidepost::pipeline::publish(snapshot, loaded.fingerprint, publication, &Default::default()).unwrap();
    let guidepost::pipeline::Built::Failed(problems) = built else { panic!("it was published") };
    assert_eq!(problems.len(), 1, "one mistake in a template is one message");
    assert_eq!(problems[0].place.as_ref().unwrap().to_string(), "themes/own/templates/article.html:1:12");
    assert!(visible(&site) == before);
    assert!(!site.path("public/.guidepost/stage").exists());
}
