//! `guidepost mv`: what becomes of links, aliases and addresses, and what it refuses.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use guidepost::digest::Digest;
use guidepost::outputs;
use guidepost::site::Goal;
use proptest::prelude::*;

use crate::support::{NOW, TestSite, files};

fn guidepost(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.current_dir(folder).args(arguments).env("SOURCE_DATE_EPOCH", NOW.to_string()).env_remove("NO_COLOR");
    command.stdin(Stdio::null()).output().unwrap()
}

/// Runs a command that must end with an exit code, and gives what it said.
fn run(site: &TestSite, arguments: &[&str], code: i32) -> String {
    let output = guidepost(site.root(), arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

const TIPS: &str = "---\ntitle: Ten tips\n---\n";

/// A site in which one article links to `networking/tips.md`; what the article says after the move.
fn linked(from: &str, text: &str, to: &str) -> String {
    let site = TestSite::new(&[
        ("content/networking/tips.md", TIPS),
        ("content/networking/map.pdf", "%PDF"),
        ("content/networking/agenda.md", "---\ntitle: The agenda\n---\n"),
        ("content/offers/index.md", "---\ntitle: Offers\n---\n"),
        (from, text),
    ]);
    run(&site, &["check"], 0);
    run(&site, &["mv", "content/networking/tips.md", to], 0);
    run(&site, &["check"], 0);
    let moved = if from == "content/networking/tips.md" { to } else { from };
    site.read(moved)
}

#[test]
fn links_of_every_form_are_put_right() {
    let body = |link: &str| format!("---\ntitle: Start\n---\n\nSee {link}\n\nFirst.\n");
    for (before, after) in [
        ("[tips](networking/tips.md)", "[tips](offers/ten.md)"),
        ("[tips](./networking/tips.md#top)", "[tips](./offers/ten.md#top)"),
        ("[tips](networking/tips)", "[tips](offers/ten)"),
        ("[tips](networking/tips/)", "[tips](offers/ten/)"),
        ("[tips](<networking/tips.md> \"Ten (10)\")", "[tips](<offers/ten.md> \"Ten (10)\")"),
        ("[tips](  networking/tips.md?x=1&amp;y#top 'a')", "[tips](  offers/ten.md?x=1&amp;y#top 'a')"),
        ("[a [b] `](c` \\](d)](networking%2Ftips.md)", "[a [b] `](c` \\](d)](offers/ten.md)"),
        ("[tips](networking/t&#105;ps.md)", "[tips](offers/ten.md)"),
        ("[tips](networking\\/tips.md)", "[tips](offers/ten.md)"),
        ("[tips](/networking/tips.md)", "[tips](/offers/ten.md)"),
        ("[tips](/networking/tips/)", "[tips](/offers/ten/)"),
        ("[tips](/networking/tips#top)", "[tips](/offers/ten#top)"),
        ("[tips](https://example.org/networking/tips/)", "[tips](https://example.org/offers/ten/)"),
        ("<https://example.org/networking/tips/>", "<https://example.org/offers/ten/>"),
        ("https://example.org/networking/tips/, and", "https://example.org/offers/ten/, and"),
        ("[[tips]]", "[[ten]]"),
        ("[[networking/tips|the tips]]", "[[offers/ten|the tips]]"),
        ("[[networking/tips.md#top]]", "[[offers/ten.md#top]]"),
        // Its title is what it was.
        ("[[Ten tips]]", "[[Ten tips]]"),
        ("<a class=x href=\"networking/tips.md\">t</a>", "<a class=x href=\"offers/ten.md\">t</a>"),
        ("<a href='networking/tips.md#top'>t</a>", "<a href='offers/ten.md#top'>t</a>"),
        ("<a href=networking/tips.md>t</a>", "<a href=offers/ten.md>t</a>"),
        ("<a href=\"networking/tips.md?a=1&amp;b=2\">t</a>", "<a href=\"offers/ten.md?a=1&amp;b=2\">t</a>"),
        ("[tips][t] and [t]\n\n> [T]:\n>  networking/tips.md\n>  'x'", "[tips][t] and [t]\n\n> [T]:\n>  offers/ten.md\n>  'x'"),
        ("[tips][]\n\n[tips]: <networking/tips.md>", "[tips][]\n\n[tips]: <offers/ten.md>"),
        (
            "a\n\n| a | b |\n|---|---|\n| [x](networking/tips.md) | [[tips]] |",
            "a\n\n| a | b |\n|---|---|\n| [x](offers/ten.md) | [[ten]] |",
        ),
        (
            "a[^1]\n\n[^1]: See [x](networking/tips.md), [y](networking/tips.md).",
            "a[^1]\n\n[^1]: See [x](offers/ten.md), [y](offers/ten.md).",
        ),
        (
            "a\n\n<div>\n<a\n  href=\"networking/tips.md\">t</a></div>\n\nb",
            "a\n\n<div>\n<a\n  href=\"offers/ten.md\">t</a></div>\n\nb",
        ),
        // What only looks like a link stays.
        ("`[x](networking/tips.md)`, \\[y](networking/tips.md)", "`[x](networking/tips.md)`, \\[y](networking/tips.md)"),
        ("[map](networking/map.pdf), [o](offers/)", "[map](networking/map.pdf), [o](offers/)"),
        ("[x](https://example.com/networking/tips.md)", "[x](https://example.com/networking/tips.md)"),
    ] {
        assert_eq!(linked("content/start.md", &body(before), "content/offers/ten.md"), body(after), "{before}");
    }
}

#[test]
fn front_matter_is_put_right_where_it_names_articles() {
    for (before, after) in [
        ("related: [networking/tips.md]", "related: [offers/ten.md]"),
        ("related: ['networking/tips.md', \"[[agenda]]\"] # two", "related: ['offers/ten.md', \"[[agenda]]\"] # two"),
        ("related:\n  - \"[[tips]]\"\n  - /networking/agenda/", "related:\n  - \"[[ten]]\"\n  - /networking/agenda/"),
        ("related: /networking/tips/", "related: /offers/ten/"),
    ] {
        let text = |line: &str| format!("---\ntitle: Start\n{line}\n---\n\nText.\n");
        assert_eq!(linked("content/start.md", &text(before), "content/offers/ten.md"), text(after), "{before}");
    }
}

#[test]
fn the_article_that_moves_still_leads_where_it_led() {
    let before = "---\ntitle: Ten tips\nimage: \"map.png\" # a plan\nimage_alt: A map\n---\n\n![m](map.png) [a](agenda.md#top) \
                  [b](../offers/index.md) [o](../offers/) [p](map.pdf) [self](tips.md) [[agenda]] [t](#top)\n\
                  <img src=\"map.png\" srcset=\"map.png 1x, ./map.png 2x\" alt=\"m\">\n";
    let after = "---\ntitle: Ten tips\nimage: \"../networking/map.png\" # a plan\nimage_alt: A map\naliases: [/networking/tips/]\n---\n\n\
                 ![m](../networking/map.png) [a](../networking/agenda.md#top) \
                 [b](../offers/index.md) [o](../offers/) [p](../networking/map.pdf) [self](ten.md) [[agenda]] [t](#top)\n\
                 <img src=\"../networking/map.png\" srcset=\"../networking/map.png 1x, ../networking/map.png 2x\" alt=\"m\">\n";
    let site = TestSite::new(&[
        ("content/networking/tips.md", before),
        ("content/networking/map.pdf", "%PDF"),
        ("content/networking/map.png", "png"),
        ("content/networking/agenda.md", "---\ntitle: The agenda\n---\n"),
        ("content/offers/index.md", "---\ntitle: Offers\n---\n"),
    ]);
    run(&site, &["check"], 0);
    let said = run(&site, &["mv", "networking/tips.md", "offers/ten.md"], 0);
    assert_eq!(site.read("content/offers/ten.md"), after);
    assert!(said.contains("Moved content/networking/tips.md to content/offers/ten.md\n"), "{said}");
    assert!(said.contains("  8 links in 1 file put right\n  alias added: /networking/tips/ leads to /offers/ten/\n"), "{said}");
    run(&site, &["build"], 0);
    assert!(site.read("public/networking/tips/index.html").contains("/offers/ten/"));
    assert!(site.read("public/_redirects").contains("/networking/tips/"));
    assert!(!site.path("content/networking/tips.md").exists());
}

#[test]
fn the_alias_is_added_in_the_style_of_those_that_are_there() {
    for (before, after) in [
        ("", "aliases: [/tips/]\n"),
        ("aliases: [/a/]\n", "aliases: [/a/, /tips/]\n"),
        ("aliases: [ /a/, \"/b/\" ] # old\n", "aliases: [ /a/, \"/b/\", /tips/ ] # old\n"),
        ("aliases: []\n", "aliases: [/tips/]\n"),
        ("aliases: [/a/,]\n", "aliases: [/a/, /tips/]\n"),
        ("aliases: [\n  /a/, # one\n  /b/ # two\n]\n", "aliases: [\n  /a/, # one\n  /b/, /tips/ # two\n]\n"),
        ("redirect_from: \"/a/\" # old\n", "redirect_from: [\"/a/\", /tips/] # old\n"),
        ("alias: '/a b/'\n", "alias: ['/a b/', /tips/]\n"),
        ("aliases:\n", "aliases: [/tips/]\n"),
        ("aliases: # none\n", "aliases: [/tips/] # none\n"),
        ("aliases:\n  - /a/\n  - /b/ # two\ndraft: no\n", "aliases:\n  - /a/\n  - /b/ # two\n  - /tips/\ndraft: no\n"),
        ("aliases:\n- /a/\n\n# more\n", "aliases:\n- /a/\n- /tips/\n\n# more\n"),
        ("aliases: [/a/, /tips/]\n", "aliases: [/a/, /tips/]\n"),
        ("permalink: /for-good/\n", "permalink: /for-good/\n"),
        ("slug: s\n", "slug: s\naliases: [/s/]\n"),
    ] {
        for (mark, end) in [("", "\n"), ("\u{feff}", "\r\n"), ("", "\r")] {
            let text = |matter: &str| format!("{mark}---\ntitle: T\n# é\n{matter}---\nText.\n\n").replace('\n', end);
            let site = TestSite::new(&[("content/tips.md", &text(before)), ("content/x/a.md", "---\ntitle: A\n---\n")]);
            run(&site, &["mv", "content/tips.md", "content/x"], 0);
            assert_eq!(site.read("content/x/tips.md"), text(after), "{before}");
            run(&site, &["check"], 0);
        }
    }
    let site = TestSite::new(&[("content/tips.md", "# Ten tips\n\nText.\n")]);
    run(&site, &["mv", "content/tips.md", "content/x/"], 0);
    assert_eq!(site.read("content/x/tips.md"), "---\naliases: [/tips/]\n---\n\n# Ten tips\n\nText.\n");
    // What is not understood is not touched.
    for odd in ["aliases: &a [/a/]\n", "aliases: >\n  /a/\n"] {
        let text = format!("---\ntitle: T\n{odd}---\n");
        let site = TestSite::new(&[("content/tips.md", &text), ("content/x/a.md", "---\ntitle: A\n---\n")]);
        let said = run(&site, &["mv", "content/tips.md", "content/x"], 1);
        assert!(said.contains("content/tips.md:3:1") && said.contains("aliases: [/tips/]"), "{said}");
        assert_eq!(site.read("content/tips.md"), text);
    }
}

#[test]
fn a_folder_moves_with_all_that_is_in_it() {
    let site = TestSite::new(&[
        ("content/networking/index.md", "---\ntitle: Networking\n---\n\n[t](deep/tips.md) ![m](map.png) [o](../offers/a.md)\n"),
        ("content/networking/map.png", "png"),
        ("content/networking/deep/tips.md", "---\ntitle: Tips\n---\n\n[up](../index.md) ![m](../map.png) [[Networking]]\n"),
        (
            "content/offers/a.md",
            "---\ntitle: A\n---\n\n[n](../networking/) [t](/networking/deep/tips/) ![m](/networking/map.png) [[networking]]\n",
        ),
    ]);
    run(&site, &["check"], 0);
    let said = run(&site, &["mv", "content/networking/", "content/people"], 0);
    assert!(said.contains("(2 articles)") && said.contains("3 links in 1 file put right"), "{said}");
    assert!(said.contains("note: 1 file beside the articles has another address now"), "{said}");
    assert_eq!(
        site.read("content/people/index.md"),
        "---\ntitle: Networking\naliases: [/networking/]\n---\n\n[t](deep/tips.md) ![m](map.png) [o](../offers/a.md)\n"
    );
    assert_eq!(
        site.read("content/offers/a.md"),
        "---\ntitle: A\n---\n\n[n](../people/) [t](/people/deep/tips/) ![m](/people/map.png) [[networking]]\n"
    );
    assert!(!site.path("content/networking").exists());
    run(&site, &["check"], 0);
    // Into a folder that is there, keeping its name.
    run(&site, &["mv", "content/people", "content/offers"], 0);
    run(&site, &["check"], 0);
    assert!(site.read("content/offers/people/index.md").contains("aliases: [/networking/, /people/]"));
}

#[test]
fn drafts_are_put_right_too() {
    let site = TestSite::new(&[
        ("content/tips.md", TIPS),
        ("content/draft.md", "---\ntitle: D\ndraft: true\n---\n[t](tips.md) [[tips]]\n"),
        // Published, the name is one article's; with drafts it is two's.
        ("content/a.md", "---\ntitle: A\n---\n[[tips]]\n"),
        ("content/x/tips.md", "---\ntitle: X\ndraft: true\n---\n"),
    ]);
    run(&site, &["mv", "content/tips.md", "content/ten.md"], 0);
    assert_eq!(site.read("content/a.md"), "---\ntitle: A\n---\n[[ten]]\n");
    assert!(site.read("content/draft.md").contains("[t](ten.md)"), "{}", site.read("content/draft.md"));
    run(&site, &["check"], 0);
}

#[test]
fn a_dry_run_shows_each_line_and_changes_nothing() {
    let site = TestSite::new(&[
        ("content/tips.md", TIPS),
        ("content/a.md", "---\ntitle: A\n---\n\nSee [t](tips.md)\u{7}.\nAnd [[tips]].\n"),
    ]);
    let before = files(site.root());
    let said = run(&site, &["mv", "--dry-run", "content/tips.md", "content/ten.md"], 0);
    let expected = "content/a.md\n    5 - See [t](tips.md)\\u{7}.\n    5 + See [t](ten.md)\\u{7}.\n    6 - And [[tips]].\n    6 + And [[ten]].\n\
                    content/tips.md\n    3 + aliases: [/tips/]\n\nWould move content/tips.md to content/ten.md\n  \
                    2 links in 1 file put right\n  alias added: /tips/ leads to /ten/\n";
    assert_eq!(said, expected);
    assert!(files(site.root()) == before);
}

#[test]
fn what_cannot_be_moved_is_refused_and_nothing_changes() {
    let site = TestSite::new(&[
        ("content/tips.md", TIPS),
        ("content/taken.md", "---\ntitle: T\naliases: [/old-name/]\n---\n"),
        ("content/folder/a.md", "---\ntitle: A\n---\n"),
        ("content/map.pdf", "%PDF"),
        ("content/2026-01-02-dated.md", "---\ntitle: Dated\n---\n"),
        ("content/wrong.md", "---\ntitle: W\nslug: a/b\n---\n"),
        ("content/odd.md", "---\ntitle: O\n---\n[x](later.md)\n"),
    ]);
    let before = files(site.root());
    for (old, new, code, said) in [
        ("content/tips.md", "content/taken.md", 2, "there is a `content/taken.md` already"),
        ("content/tips.md", "content/Taken.md", 2, "already"),
        ("content/tips.md", "../tips.md", 2, "is not in `content`"),
        ("content/tips.md", "content/../../tips.md", 2, "is not in `content`"),
        ("content/tips.md", "/etc/tips.md", 2, "is not in `content`"),
        ("content/tips.md", "content/ten", 2, "as `ten.md`"),
        ("content/tips.md", "content/.ten.md", 2, "is no name"),
        ("content/tips.md", "content/map.pdf/ten.md", 2, "is a file"),
        ("content/tips.md", "content/tips.md", 2, "where it is already"),
        ("content/tisp.md", "content/ten.md", 2, "did you mean `content/tips.md`?"),
        ("content/tips", "content/ten.md", 2, "did you mean `content/tips.md`?"),
        ("content/map.pdf", "content/folder", 2, "is no article"),
        ("content/folder", "content/folder/b", 2, "into itself"),
        ("content/folder", "content/x.md", 2, "leave `.md` away"),
        ("content", "content/x", 2, "cannot be moved"),
        ("content/tips.md", "content/old-name.md", 1, "same-address"),
        ("content/tips.md", "content/tags.md", 1, "same-address"),
        ("content/2026-01-02-dated.md", "content/dated.md", 1, "put `date: 2026-01-02` into its front matter"),
        ("content/wrong.md", "content/right.md", 1, "bad-address"),
    ] {
        let output = run(&site, &["mv", old, new], code);
        assert!(output.contains(said) && output.contains("error["), "{old} {new}: `{said}` is not in\n{output}");
        assert!(files(site.root()) == before, "{old} {new}");
    }
    // What was broken before is no reason to refuse.
    run(&site, &["mv", "content/tips.md", "content/ten.md"], 0);
    assert!(site.read("content/odd.md").contains("(later.md)"));
}

#[test]
fn what_a_move_costs_is_said() {
    let site = TestSite::new(&[
        ("content/n/tips.md", "---\ntitle: Tips\ndate: 2026-01-02\n---\n"),
        ("content/a.md", "---\ntitle: A\n---\n[n](n/) [n](/n/)\n"),
    ]);
    run(&site, &["check"], 0);
    let said = run(&site, &["mv", "content/n", "content/m"], 0);
    assert!(said.contains("note: the listing at `/n/` has no page of its own"), "{said}");
    assert_eq!(site.read("content/a.md"), "---\ntitle: A\n---\n[n](m/) [n](/m/)\n");
    let said = run(&site, &["mv", "content/m/tips.md", "content/m/hints.md"], 0);
    assert!(said.contains("`id: tag:example.org,2026-01-02:tips` in its front matter keeps the old one"), "{said}");
    // A folder's own page that goes leaves its listing behind.
    let site = TestSite::new(&[
        ("content/n/index.md", "---\ntitle: N\n---\n"),
        ("content/n/a.md", "---\ntitle: A\n---\n[n](index.md)\n"),
    ]);
    let said = run(&site, &["mv", "content/n/index.md", "content/n/about.md"], 0);
    assert!(said.contains("note: `/n/` is another page now"), "{said}");
    run(&site, &["check"], 0);
}

#[test]
fn a_locked_site_stays_whole() {
    let site = TestSite::new(&[("content/tips.md", TIPS), ("content/a.md", "---\ntitle: A\n---\n[t](tips.md)\n")]);
    run(&site, &["lock"], 0);
    run(&site, &["mv", "content/tips.md", "content/x/ten.md"], 0);
    run(&site, &["build", "--strict"], 0);
}

#[test]
fn search_tests_go_on_expecting_what_they_expected() {
    let site = TestSite::new(&[("content/tips.md", TIPS), ("content/a.md", "---\ntitle: A\n---\n")]);
    let settings = "title: T\r\nbase_url: https://example.org/ # here\r\nsearch:\r\n  tests:\r\n    - { query: ten, expect: /tips }\r\n    \
                    - query: tips\r\n      expect: 'content/tips.md'\r\n    - { query: a, expect: a.md }\r\n";
    site.write("guidepost.yaml", settings);
    run(&site, &["check"], 0);
    let said = run(&site, &["mv", "tips.md", "x/ten.md"], 0);
    assert!(said.contains("the search tests in guidepost.yaml name the new place"), "{said}");
    let expected = settings.replace("expect: /tips }", "expect: /x/ten/ }").replace("content/tips.md", "content/x/ten.md");
    assert_eq!(site.read("guidepost.yaml"), expected);
    run(&site, &["check"], 0);
}

/// A run that was cut off behind its decision is finished by the next, wherever it stopped.
#[test]
fn a_move_that_was_cut_off_is_finished() {
    let a = "---\ntitle: A\n---\n[t](tips.md)\n";
    let (new_a, new_tips) = (a.replace("tips.md", "ten.md"), TIPS.replace("tips\n", "tips\naliases: [/tips/]\n"));
    let digest = |text: &str| Digest::of(text.as_bytes()).to_string();
    let list = serde_json::json!({ "from": "tips.md", "to": "ten.md", "files": [
        { "path": "content/a.md", "text": "0.md", "old": digest(a) },
        { "path": "content/ten.md", "text": "1.md", "old": digest(TIPS) },
    ]});
    for stopped_after in 0..4 {
        let site = TestSite::new(&[("content/a.md", a), ("content/tips.md", TIPS)]);
        site.write(".guidepost-mv/0.md", &new_a);
        site.write(".guidepost-mv/1.md", &new_tips);
        site.write(".guidepost-mv/list.json", &list.to_string());
        let rename = |from: &str, to: &str| fs::rename(site.path(from), site.path(to)).unwrap();
        if stopped_after > 0 {
            rename("content/tips.md", "content/ten.md");
        }
        if stopped_after > 1 {
            rename(".guidepost-mv/0.md", "content/a.md");
        }
        if stopped_after > 2 {
            rename(".guidepost-mv/1.md", "content/ten.md");
        }
        run(&site, &["mv", "--dry-run", "content/tips.md", "content/ten.md"], 1);
        let said = run(&site, &["mv", "content/tips.md", "content/ten.md"], 0);
        assert!(said.contains("Finished a move that was interrupted"), "{said}");
        assert_eq!((site.read("content/a.md"), site.read("content/ten.md")), (new_a.clone(), new_tips.clone()));
        assert!(!site.path(".guidepost-mv").exists() && !site.path("content/tips.md").exists());
        run(&site, &["check"], 0);
    }
    // What was never decided is thrown away.
    let site = TestSite::new(&[("content/a.md", a), ("content/tips.md", TIPS), (".guidepost-mv/0.md", "half")]);
    run(&site, &["mv", "content/tips.md", "content/ten.md"], 0);
    assert_eq!((site.read("content/a.md"), site.read("content/ten.md")), (new_a.clone(), new_tips.clone()));
    // What somebody has written meanwhile is not lost; a list that is not ours leads nowhere else.
    let site = TestSite::new(&[("content/a.md", "mine"), ("content/ten.md", TIPS)]);
    site.write(".guidepost-mv/0.md", &new_a);
    site.write(".guidepost-mv/list.json", &list.to_string());
    let said = run(&site, &["mv", "content/tips.md", "content/ten.md"], 1);
    assert!(said.contains("`content/a.md` has been changed meanwhile"), "{said}");
    assert_eq!(site.read("content/a.md"), "mine");
    site.write(".guidepost-mv/list.json", &list.to_string().replace("\"content/a.md\"", "\"../a.md\""));
    assert!(run(&site, &["mv", "content/tips.md", "content/ten.md"], 1).contains("outside of the site"));
}

/// One article of a random site: where it is, and its links as (form, number of the article they lead to).
#[derive(Debug, Clone)]
struct Random {
    folder: usize,
    is_index: bool,
    has_permalink: bool,
    is_draft: bool,
    links: Vec<(usize, usize)>,
}

const FOLDERS: [&str; 5] = ["", "networking/", "networking/first steps/", "offers/", "Großes & Kleines/"];
const FORMS: usize = 16;

fn random_articles() -> impl Strategy<Value = Vec<Random>> {
    let links = proptest::collection::vec((0..FORMS, 0..8_usize), 0..6);
    let article =
        (0..FOLDERS.len(), proptest::bool::weighted(0.3), proptest::bool::weighted(0.1), proptest::bool::weighted(0.1), links);
    let article = article.prop_map(|(folder, is_index, has_permalink, is_draft, links)| Random {
        folder,
        is_index,
        has_permalink,
        is_draft,
        links,
    });
    proptest::collection::vec(article, 2..8)
}

/// The paths of the articles: a folder has one page of its own at the most, and the home page stays away.
fn paths(articles: &[Random]) -> Vec<String> {
    let mut taken = Vec::new();
    for (number, article) in articles.iter().enumerate() {
        let index = format!("{}index.md", FOLDERS[article.folder]);
        let is_index = article.is_index && article.folder > 0 && !taken.contains(&index);
        taken.push(if is_index { index } else { format!("{}piece {number}.md", FOLDERS[article.folder]) });
    }
    taken
}

fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let common = from[..from.len() - 1].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    "../".repeat(from.len() - 1 - common) + &to[common..].join("/")
}

/// A link of a form, from a path to a path with its address.
fn written(form: usize, number: usize, from: &str, to: &str, url: &str) -> String {
    let path = relative(from, to);
    let escaped = path.replace(' ', "%20");
    let stem = path.strip_suffix(".md").unwrap();
    let whole_stem = to.strip_suffix(".md").unwrap();
    let encoded = guidepost::url::Base::default().href(&guidepost::url::Url::parse(url).unwrap());
    match form {
        0 => format!("[a](<{path}>)"),
        1 => format!("[a]({escaped} \"t\")"),
        2 => format!("[a](<{stem}>)"),
        3 => format!("[a](</{to}>)"),
        4 => format!("[a]({encoded})"),
        5 => format!("[a]({})", encoded.trim_end_matches('/').to_owned() + "?q=1#top"),
        6 => format!("[a](https://example.org{encoded})"),
        7 => format!("<https://example.org{encoded}>"),
        8 => format!("[[Title {number}]]"),
        9 => format!("[[{whole_stem}|words]]").replace("/index|", "|"),
        10 => format!("<a href=\"{}\">a</a>", path.replace('&', "&amp;")),
        11 => format!("<a href='{escaped}#top'>a</a>"),
        12 => format!("[a][r{number}]\n\n[r{number}]: <{path}>\n\n"),
        13 => format!("[R{number}-{form}]\n\n[r{number}-{form}]: {escaped} 'x'\n\n"),
        14 => format!("> - [a\n>   b](\n>   {escaped})\n\n"),
        _ => format!("[![p](/pic.png)]({})", escaped.replace('&', "&amp;")),
    }
}

fn random_site(articles: &[Random]) -> TestSite {
    let site = TestSite::new(&[("content/pic.png", "png")]);
    let paths = paths(articles);
    let title = |number: usize| {
        let draft = if articles[number].is_draft { "draft: true\n" } else { "" };
        let permalink = if articles[number].has_permalink { format!("permalink: /for-good/{number}/\n") } else { String::new() };
        format!("---\ntitle: Title {number}\n{permalink}{draft}---\n\n")
    };
    for (number, path) in paths.iter().enumerate() {
        site.write(&format!("content/{path}"), &title(number));
    }
    let options = guidepost::pipeline::Options { drafts: true, ..site.options() };
    let snapshot = crate::support::sound(crate::support::load(&options));
    let url_of = |path: &str| {
        snapshot
            .site
            .ids()
            .find(|id| &*snapshot.site.head(*id).source == path)
            .map(|id| snapshot.site.head(id).url.to_string())
            .unwrap()
    };
    for (number, path) in paths.iter().enumerate() {
        let mut text = title(number);
        for (form, to) in &articles[number].links {
            let to = to % articles.len();
            // A published article does not lead to a draft.
            if !articles[to].is_draft || articles[number].is_draft {
                text.push_str(&written(*form, to, path, &paths[to], &url_of(&paths[to])));
                text.push_str("\n\n");
            }
        }
        site.write(&format!("content/{path}"), &text);
    }
    site
}

/// Where all links lead, by titles; addresses by title; and everything that is wrong.
type State = (Vec<(String, Vec<String>)>, Vec<(String, String)>, Vec<String>);

fn state(site: &TestSite, drafts: bool) -> State {
    let options = guidepost::pipeline::Options { drafts, ..site.options() };
    let loaded = crate::support::load(&options);
    let wrong = loaded.diagnostics.iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect();
    let snapshot = loaded.snapshot.unwrap();
    let title = |id| snapshot.site.head(id).title.clone();
    let leads = |goal: &Goal| match goal {
        Goal::Article(id) => title(*id),
        Goal::Asset(index) => snapshot.site.assets[*index].source.to_string(),
        Goal::Address(url) => url.to_string(),
        Goal::Nowhere => "nowhere".into(),
    };
    let mut links: Vec<_> =
        snapshot.site.ids().map(|id| (title(id), snapshot.site.goals(id).iter().map(leads).collect())).collect();
    links.sort();
    let page = |output: &outputs::Output| {
        let id = match output {
            outputs::Output::Article(page) => page.article(),
            outputs::Output::Redirect(page) => page.article()?,
            outputs::Output::Listing(page) => snapshot.site.sections[page.section()?].index?,
            _ => return None,
        };
        Some((output.url().to_string(), title(id)))
    };
    (links, snapshot.plan.outputs.iter().filter_map(page).collect(), wrong)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn every_link_leads_where_it_led_and_every_old_address_leads_on(
        articles in random_articles(),
        which in 0..8_usize,
        whole_folder in proptest::bool::weighted(0.3),
        new in 0..10_usize,
    ) {
        let site = random_site(&articles);
        let paths = paths(&articles);
        let path = &paths[which % paths.len()];
        let folder = path.rsplit_once('/').map(|(folder, _)| folder).filter(|_| whole_folder);
        let old = folder.unwrap_or(path);
        let new = match (folder, new) {
            (Some(_), 0..5) => "new place/deeper".to_owned(),
            (Some(_), 5..7) => "networking".to_owned(),
            (Some(_), _) => "Übersicht".to_owned(),
            (None, 0..4) => format!("{}renamed (1) #2.md", FOLDERS[new]),
            (None, 4..7) => "another one/100% new.md".to_owned(),
            (None, 7) => "offers/index.md".to_owned(),
            (None, _) => "networking/".to_owned(),
        };
        let before = [state(&site, false), state(&site, true)];
        let all_before = files(site.root());
        let (old, new) = (format!("content/{old}"), format!("content/{new}"));
        let output = guidepost(site.root(), &["mv", &old, &new]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(0) {
            // Only for a reason, and then nothing has changed.
            let has_reason = ["already", "into itself", "same-address", "two-folder-pages"].iter().any(|reason| said.contains(reason));
            prop_assert!(has_reason, "{}", said);
            prop_assert!(files(site.root()) == all_before);
            return Ok(());
        }
        for (drafts, before) in [(false, &before[0]), (true, &before[1])] {
            let after = state(&site, drafts);
            prop_assert_eq!(&after.0, &before.0, "{}", said);
            prop_assert!(after.2.len() <= before.2.len(), "{:?} {}", after.2, said);
            for (url, title) in &before.1 {
                let is_there = after.1.iter().any(|(now, known)| now == url && known == title);
                let is_said = said.contains(&format!("note: `{url}` is another page now"));
                prop_assert!(is_there || is_said, "{} of {} is lost: {:?} {}", url, title, after.1, said);
            }
        }
        let again = guidepost(site.root(), &["build"]);
        prop_assert_eq!(again.status.code(), Some(0));
    }
}
