//! `guidepost.lock.yaml`: which addresses it lists, what a build says that would lose one, and how the list is changed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::{NOW, TestSite};

const LOCK: &str = "guidepost.lock.yaml";

fn guidepost(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.current_dir(folder).args(arguments).env("SOURCE_DATE_EPOCH", NOW.to_string()).env_remove("NO_COLOR");
    command.stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Runs a command that must end with an exit code, and gives what it said.
fn run(site: &TestSite, arguments: &[&str], code: i32) -> String {
    let output = guidepost(site.root(), arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
    said(&output)
}

fn site() -> TestSite {
    TestSite::new(&[
        ("content/networking/agenda.md", "---\ntitle: The agenda\ndate: 2026-01-04\naliases: [/old-agenda/]\n---\n"),
        ("content/networking/tips.md", "---\ntitle: Ten tips\ndate: 2026-01-05\ntags: [people]\n---\n"),
        ("content/networking/map.pdf", "%PDF"),
        ("content/offers/index.md", "---\ntitle: Offers\n---\n"),
        ("content/offers/salary.md", "---\ntitle: Salary\ndate: 2026-01-06\nid: salary-1\n---\n"),
        ("content/draft.md", "---\ntitle: D\ndraft: true\n---\n"),
    ])
}

fn locked() -> TestSite {
    let site = site();
    run(&site, &["lock"], 0);
    site
}

/// The addresses of the file, in its order.
fn addresses(site: &TestSite) -> Vec<String> {
    let text = site.read(LOCK);
    let address = |line: &str| line.strip_prefix('"').map(|rest| rest.split('"').next().unwrap().to_owned());
    text.lines().filter_map(address).collect()
}

#[test]
fn the_list_has_what_readers_may_keep_and_nothing_else() {
    let site = site();
    let said = run(&site, &["lock"], 0);
    assert_eq!(said, "guidepost.lock.yaml lists 13 addresses: 13 added\n");
    let expected = [
        "/",
        "/atom.xml",
        "/feed.json",
        "/networking/",
        "/networking/agenda/",
        "/networking/map.pdf",
        "/networking/tips/",
        "/offers/",
        "/offers/salary/",
        "/old-agenda/",
        "/rss.xml",
        "/tags/people/",
        "/tags/people/atom.xml",
    ];
    assert_eq!(addresses(&site), expected);
    let text = site.read(LOCK);
    assert!(text.starts_with("# ") && !text.contains("draft"), "{text}");
    let line = "\"/offers/salary/\": {\"file\": \"offers/salary.md\", \"id\": \"salary-1\", \"title\": \"Salary\"}\n";
    assert!(text.contains(line), "{text}");
    assert_eq!(run(&site, &["lock"], 0), "guidepost.lock.yaml lists 13 addresses: nothing changed\n");
    assert_eq!(site.read(LOCK), text);
    assert_eq!(fs::read_dir(site.root()).unwrap().count(), 3, "something was left beside the list");
}

#[test]
fn without_the_file_a_site_may_lose_what_it_likes() {
    let site = site();
    run(&site, &["build", "--strict"], 0);
    fs::remove_file(site.path("content/networking/tips.md")).unwrap();
    run(&site, &["build", "--strict"], 0);
}

#[test]
fn drafts_never_come_into_the_list() {
    let site = locked();
    let before = site.read(LOCK);
    run(&site, &["build", "--drafts"], 0);
    assert_eq!(site.read(LOCK), before);
    run(&site, &["lock", "--drafts"], 2);
}

#[test]
fn an_article_that_has_moved_is_known_again_and_its_line_is_ready_to_paste() {
    let moved = |from: &str, to: &str, change: fn(String) -> String| {
        let site = locked();
        let text = change(site.read(from));
        fs::remove_file(site.path(from)).unwrap();
        site.write(to, &text);
        let built = run(&site, &["build"], 1);
        assert!(!site.path("public").exists(), "{built}");
        assert!(run(&site, &["check"], 1).contains("error[lost-address]"));
        (site, built)
    };
    let same = |text: String| text;

    // The same file name, elsewhere; and a list of aliases that is there already.
    let (site, built) = moved("content/networking/agenda.md", "content/offers/agenda.md", same);
    assert!(built.contains("`/networking/agenda/` would be lost: `content/networking/agenda.md` had it"), "{built}");
    assert!(built.contains("`content/offers/agenda.md` at `/offers/agenda/` now"), "{built}");
    let line = "aliases: [/old-agenda/, /networking/agenda/]";
    assert!(built.contains(&format!("let this line stand for its `aliases`: `{line}`")), "{built}");
    let text = site.read("content/offers/agenda.md").replace("aliases: [/old-agenda/]", line);
    site.write("content/offers/agenda.md", &text);
    run(&site, &["build"], 0);

    // A stated id, under another name and title.
    let (site, built) = moved("content/offers/salary.md", "content/pay.md", |text| text.replace("title: Salary", "title: Pay"));
    assert!(built.contains("(the same id)") && built.contains("`content/pay.md` at `/pay/` now"), "{built}");
    assert!(built.contains("put this line into its front matter: `aliases: [/offers/salary/]`"), "{built}");
    let text = site.read("content/pay.md").replacen("---\n", "---\naliases: [/offers/salary/]\n", 1);
    site.write("content/pay.md", &text);
    run(&site, &["build"], 0);

    // The same title.
    let (_, built) = moved("content/networking/tips.md", "content/ten.md", same);
    assert!(built.contains("(the same title)") && built.contains("aliases: [/networking/tips/]"), "{built}");

    // The same file at another address.
    let (_, built) =
        moved("content/networking/tips.md", "content/networking/tips.md", |text| text.replacen("---\n", "---\nslug: hints\n", 1));
    assert!(built.contains("`content/networking/tips.md` had it, and is at `/networking/hints/` now"), "{built}");

    // An alias that was taken out.
    let (_, built) = moved("content/networking/agenda.md", "content/networking/agenda.md", |text| {
        text.replace("aliases: [/old-agenda/]\n", "")
    });
    assert!(built.contains("`/old-agenda/` would be lost: it led to `content/networking/agenda.md`"), "{built}");
}

#[test]
fn an_article_that_was_there_all_along_is_not_taken_for_another() {
    let site =
        TestSite::new(&[("content/a/tips.md", "---\ntitle: Tips\n---\n"), ("content/b/tips.md", "---\ntitle: Tips\n---\n")]);
    run(&site, &["lock"], 0);
    fs::remove_file(site.path("content/a/tips.md")).unwrap();
    let built = run(&site, &["build"], 1);
    assert!(built.contains("`content/a/tips.md` (“Tips”) had it, and is gone"), "{built}");
    assert!(built.contains("put `aliases: [/a/tips/]` into the article"), "{built}");
    assert!(built.contains("`guidepost lock --forget /a/tips/`"), "{built}");
    assert!(built.contains("--> guidepost.lock.yaml:"), "{built}");
}

#[test]
fn what_is_left_out_is_told_apart() {
    let with = |line: &str| {
        let site = locked();
        let text = site.read("content/networking/tips.md").replacen("---\n", &format!("---\n{line}\n"), 1);
        site.write("content/networking/tips.md", &text);
        site
    };
    let built = run(&with("draft: true"), &["build"], 1);
    assert!(built.contains("`/networking/tips/` would be lost: `content/networking/tips.md` is a draft now"), "{built}");
    assert!(built.contains("`/tags/people/` would be lost: `content/networking/tips.md` is a draft now"), "{built}");
    run(&with("draft: true"), &["build", "--drafts"], 0);
    let built = run(&with("publish_on: 2030-01-01"), &["build"], 1);
    assert!(built.contains("is scheduled for a later day now"), "{built}");
    // Its author had named the day: the rest of the site is not held up.
    let site = with("expires: 2026-10-01");
    let built = run(&site, &["build"], 0);
    assert!(
        built.contains("warning[lost-address]: `/networking/tips/` is lost") && built.contains("past its last day"),
        "{built}"
    );
    run(&site, &["build", "--strict"], 1);
    assert!(run(&site, &["lock"], 0).contains("nothing changed"));
    run(&site, &["lock", "--all"], 0);
    run(&site, &["build", "--strict"], 0);
}

#[test]
fn files_tags_and_folders_are_told_of_as_what_they_are() {
    let site = locked();
    fs::rename(site.path("content/networking/map.pdf"), site.path("content/offers/map.pdf")).unwrap();
    fs::remove_file(site.path("content/networking/tips.md")).unwrap();
    fs::remove_file(site.path("content/networking/agenda.md")).unwrap();
    let built = run(&site, &["build"], 1);
    for expected in [
        "the file `content/networking/map.pdf` is `content/offers/map.pdf` now",
        "no article has the tag `people` any more",
        "the folder `content/networking` has no articles any more",
        "it led to `content/networking/agenda.md` (“The agenda”), which is gone",
    ] {
        assert!(built.contains(expected), "`{expected}` is not in\n{built}");
    }
}

#[test]
fn nobody_loses_an_address_by_accident() {
    let site = locked();
    fs::remove_file(site.path("content/networking/tips.md")).unwrap();
    site.write("content/new.md", "---\ntitle: New\n---\n");
    // What came is added; what is lost stays, and is told of.
    let said = run(&site, &["lock"], 1);
    assert!(said.contains("  + /new/\n") && said.contains("1 added"), "{said}");
    assert!(said.contains("error[lost-address]: `/networking/tips/`"), "{said}");
    assert!(addresses(&site).contains(&"/networking/tips/".to_owned()));
    assert!(run(&site, &["lock", "--forget", "/networking/tisp/"], 2).contains("did you mean `/networking/tips/`?"));
    assert!(run(&site, &["lock", "--forget", "/new/"], 2).contains("is not lost"));
    run(&site, &["lock", "--forget", "/new/", "--all"], 2);
    let said = run(&site, &["lock", "--forget", "networking/tips/"], 1);
    assert!(said.contains("  - /networking/tips/\n") && said.contains("1 forgotten") && said.contains("/tags/people/"), "{said}");
    let said = run(&site, &["lock", "--all"], 0);
    assert!(said.contains("  - /tags/people/\n  - /tags/people/atom.xml\n"), "{said}");
    run(&site, &["build", "--strict"], 0);
}

#[test]
fn a_site_with_errors_is_not_locked() {
    let site = locked();
    let before = site.read(LOCK);
    site.write("content/new.md", "---\ntitle: New\nslug: a/b\n---\n");
    let said = run(&site, &["lock"], 1);
    assert!(said.contains("error[bad-address]") && said.contains("error[not-locked]"), "{said}");
    assert_eq!(site.read(LOCK), before);
}

#[test]
fn a_broken_list_is_an_error_at_its_line_and_is_never_written_over() {
    let site = locked();
    let broken = site.read(LOCK).replace("\"/offers/\": {", "<<<<<<< HEAD\n/offers/: {");
    site.write(LOCK, &broken);
    for command in [&["build"][..], &["check"], &["lock"], &["lock", "--all"]] {
        let said = run(&site, command, 1);
        assert!(said.contains("error[bad-lock]: Git could not bring") && said.contains("guidepost.lock.yaml:10:1"), "{said}");
        assert!(said.contains("guidepost.lock.yaml:11:1"), "{said}");
    }
    assert_eq!(site.read(LOCK), broken);
    fs::write(site.path(LOCK), b"\"/\": {}\n\"/caf\xe9/\": {}\n").unwrap();
    assert!(run(&site, &["build"], 1).contains("guidepost.lock.yaml:2:6"));
    fs::remove_file(site.path(LOCK)).unwrap();
    fs::create_dir(site.path(LOCK)).unwrap();
    assert!(run(&site, &["build"], 1).contains("error[unreadable]"));
}

/// The list is part of what a build is made from: a site that stands is looked at again when the list has changed, and
/// nothing of it is written anew.
#[test]
fn a_changed_list_is_heard_and_writes_nothing() {
    let site = site();
    run(&site, &["build"], 0);
    run(&site, &["lock"], 0);
    let built = run(&site, &["build"], 0);
    assert!(built.contains(": 0 written, "), "{built}");
    site.write(LOCK, &(site.read(LOCK) + "\"/gone/\": {}\n"));
    assert!(run(&site, &["build"], 1).contains("`/gone/` would be lost"));
    // Addresses on Windows' line ends are addresses too.
    let text = site.read(LOCK).replace("\"/gone/\": {}\n", "").replace('\n', "\r\n");
    site.write(LOCK, &text);
    run(&site, &["build"], 0);
}
