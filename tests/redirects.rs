//! Old addresses: rules of `content/_redirects` and addresses with a query. What they become is in `sites/redirects`, and what
//! is said of wrong ones in `sites/redirects-mistakes`; here is what holds for all of them, and what the commands say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use guidepost::outputs;
use guidepost::redirects::{From, Rules};
use proptest::prelude::*;

use crate::support::{NOW, TestSite, html, page, render_all, sound};

fn site(rules: &str) -> TestSite {
    TestSite::new(&[
        ("content/networking/a.md", "---\ntitle: Article A\ntags: [offers]\naliases: [/former/, /?p=7]\n---\n"),
        ("content/b.md", "---\ntitle: Article B\n---\n"),
        ("content/_redirects", rules),
    ])
}

/// Addresses that a rule may be for: old ones in several spellings, ours, patterns.
fn from() -> impl Strategy<Value = String> {
    let old = "/(old|x|é|a%20b|index\\.php)(/[a-c]{1,2}){0,2}(/|\\.html|\\.pdf)?";
    prop_oneof![6 => old, 1 => Just("/b/".to_owned()), 1 => Just("/former/".to_owned()), 1 => "/[a-c]/(\\*|:id)", 2 => "/ (p|cat|tag)=[0-9a-c:*]{1,5}"]
}

fn to() -> impl Strategy<Value = String> {
    const THERE: [&str; 7] =
        ["/b/", "/networking/", "/atom.xml", "/tags/offers/atom.xml", "/b/#top", "https://example.com/?a=1&b=%2F", "/former/"];
    prop_oneof![8 => proptest::sample::select(&THERE[..]).prop_map(str::to_owned), 1 => Just("/nowhere/".to_owned())]
}

fn lines() -> impl Strategy<Value = Vec<String>> {
    let status = proptest::sample::select(&["", " 301", " 302!", " 308", " 200", " 404", " 301 Country=de", " # 301"][..]);
    proptest::collection::vec((from(), to(), status).prop_map(|(from, to, status)| format!("{from} {to}{status}")), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    /// Each rule is one line of what is published, in their order, and each of those that are for one address has one page.
    #[test]
    fn a_rule_is_one_line_and_has_one_page(lines in lines()) {
        let site = site(&lines.join("\n"));
        let loaded = site.load();
        let (rules, problems) = Rules::parse(&lines.join("\n"));
        let snapshot = loaded.snapshot.as_ref().unwrap();
        prop_assert_eq!(&*snapshot.site.rules, &rules);
        let published = page(snapshot, "_redirects");
        let expected: Vec<String> = rules.rules.iter().map(|rule| rule.to_line("")).collect();
        prop_assert_eq!(rules.rules.len() + problems.len(), lines.len());
        let published: Vec<&str> = published.lines().collect();
        prop_assert_eq!(published[..2].to_vec(), ["/former/ /networking/a/ 301", "/ p=7 /networking/a/ 301"]);
        prop_assert_eq!(&published[2..published.len() - 1], &expected[..]);
        prop_assert_eq!(published[published.len() - 1], "/index.php/* /:splat 301");
        if loaded.diagnostics.iter().any(|problem| problem.is_error()) {
            return Ok(());
        }
        let made: Vec<(String, Vec<u8>)> = render_all(snapshot);
        let paths: BTreeSet<&str> = made.iter().map(|(path, _)| path.as_str()).collect();
        prop_assert_eq!(paths.len(), made.len(), "two outputs at one address");
        let known: BTreeMap<String, String> = made
            .iter()
            .filter(|(path, _)| path.starts_with("old/") && path.ends_with(".json"))
            .flat_map(|(_, bytes)| serde_json::from_slice::<BTreeMap<String, String>>(bytes).unwrap())
            .collect();
        for rule in &rules.rules {
            match &rule.from {
                From::Page(url) => {
                    let of_it = snapshot.plan.outputs.iter().filter(|output| output.url() == url).count();
                    prop_assert_eq!(of_it, 1);
                    let (_, bytes) = made.iter().find(|(path, _)| *path == url.file_path()).unwrap();
                    let shown = html::Page::parse(std::str::from_utf8(bytes).unwrap());
                    let refresh = shown.elements().find(|element| element.has_attribute("http-equiv")).unwrap();
                    prop_assert!(refresh.attribute("content").unwrap().starts_with("0; url="));
                }
                From::Query(query) => prop_assert!(known.contains_key(&query.key()), "{}", query.key()),
                From::Again | From::Host => {}
            }
        }
    }
}

#[test]
fn a_page_that_leads_to_a_feed_offers_it_to_feed_readers() {
    let site = site("/feed/ /atom.xml\n/topic/feed/ /tags/offers/atom.xml\n/blog/ /b/\n");
    let snapshot = sound(site.load());
    for (path, href) in [
        ("feed/index.html", Some("/atom.xml")),
        ("topic/feed/index.html", Some("/tags/offers/atom.xml")),
        ("blog/index.html", None),
    ] {
        let shown = html::Page::parse(&page(&snapshot, path));
        let offered = shown.elements().find(|element| element.attribute("type") == Some("application/atom+xml"));
        assert_eq!(offered.and_then(|element| element.attribute("href")), href, "{path}");
    }
}

/// Twenty thousand rules, in chains and to pages that are not there.
#[test]
fn many_rules_are_no_trouble() {
    let mut rules = String::new();
    for number in 0..20_000 {
        let to = match number % 20 {
            0 => format!("/nowhere/{number}/"),
            1..=4 => format!("/old/{}/", number + 1),
            _ => "/b/".to_owned(),
        };
        rules.push_str(&format!("/old/{number}/ {to} 301\n/ p={} /b/ 301\n", 1_000 + number));
    }
    let loaded = site(&rules).load();
    let said = |code: &str| loaded.diagnostics.iter().filter(|problem| problem.code == code).count();
    assert_eq!((said("broken-link"), said("redirect-chain"), said("same-address")), (1_000, 4_000, 0));
    let files = loaded.snapshot.unwrap().plan.outputs.iter().filter(|output| matches!(output, outputs::Output::Moved(_))).count();
    assert_eq!(files, 21);
}

fn guidepost(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.current_dir(folder).args(arguments).env("SOURCE_DATE_EPOCH", NOW.to_string()).env_remove("NO_COLOR");
    command.stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn why_says_where_an_old_address_leads() {
    let site = site("/old/ /networking/a/\n/feed/ /atom.xml\n/shop/ https://shop.example.org/\n/ cat=3 /networking/a/#top\n");
    let why = |asked: &str| said(&guidepost(site.root(), &["why", asked]));
    for (asked, expected) in [
        ("/old/", "`/old/` is an old address of an article"),
        ("/?p=7", "`/?p=7` is an old address of an article"),
        ("https://example.org/?cat=3", "`/?cat=3` is an old address of an article"),
        ("/feed/", "it leads from here to `/atom.xml`"),
        ("/shop/", "it leads from here to `https://shop.example.org/`"),
        ("content/_redirects", "Guidepost's own `/_redirects`"),
    ] {
        assert!(why(asked).contains(expected), "{asked}: {}", why(asked));
    }
    for address in ["/former/", "/?p=7", "/old/", "/?cat=3"] {
        assert!(why("Article A").contains(address), "{address}: {}", why("Article A"));
    }
}

#[test]
fn the_lock_keeps_old_addresses() {
    let site = site("/old/ /b/\n/ cat=3 /networking/ 301\n/news/* /b/\n");
    assert_eq!(guidepost(site.root(), &["lock"]).status.code(), Some(0));
    let lock = site.read("guidepost.lock.yaml");
    assert!(lock.contains("\"/?cat=3\": {\"redirect\": \"/networking/\"}\n\"/?p=7\": {\"alias\": \"networking/a.md\""), "{lock}");
    assert!(lock.contains("\"/old/\": {\"redirect\": \"/b/\"}\n") && !lock.contains('*'), "{lock}");
    assert_eq!(guidepost(site.root(), &["build"]).status.code(), Some(0));
    site.write("content/_redirects", "# Nothing.\n");
    let text = site.read("content/networking/a.md").replace(", /?p=7", "");
    site.write("content/networking/a.md", &text);
    let built = said(&guidepost(site.root(), &["build"]));
    for expected in [
        "`/old/` would be lost: a rule led from it to `/b/`, and is gone",
        "put `/old/ /b/ 301` into `content/_redirects`",
        "`/?cat=3` would be lost",
        "let this line stand for its `aliases`: `aliases: [/former/, \"/?p=7\"]`",
    ] {
        assert!(built.contains(expected), "{expected}: {built}");
    }
    // Whoever says it elsewhere has kept it.
    site.write("content/_redirects", "/old /networking/a/\n/?cat=3 /b/\n/?p=7 /b/\n");
    assert_eq!(guidepost(site.root(), &["build"]).status.code(), Some(0));
}

/// An address that an article gives up becomes its alias, and rules still lead there.
#[test]
fn a_rule_follows_an_article_that_moves() {
    let site = site("/old/ /b/\n/?page_id=2 /b/#top\n");
    let moved = guidepost(site.root(), &["mv", "b.md", "c.md"]);
    assert_eq!(moved.status.code(), Some(0), "{}", said(&moved));
    let loaded = site.load();
    let warnings: Vec<&str> = loaded.diagnostics.iter().map(|problem| problem.hint.as_deref().unwrap_or("")).collect();
    assert_eq!(warnings, ["write `/c/`, where that leads", "write `/c/#top`, where that leads"]);
    let snapshot = loaded.snapshot.unwrap();
    assert!(page(&snapshot, "old/index.html").contains("0; url=/c/\""));
    assert!(page(&snapshot, "old/0.json").contains("\"page_id=2\": \"/c/#top\""));
}

/// The preview shows drafts, and says what a build would stop at.
#[test]
fn a_rule_to_a_draft_is_told_of_beforehand() {
    let site = site("/old/ /b/ 301\n");
    site.write("content/b.md", "---\ntitle: Article B\ndraft: true\n---\n");
    let mut options = site.options();
    options.drafts = true;
    let workspace = guidepost::workspace::Workspace::open(options, &guidepost::pipeline::Progress::default()).unwrap();
    let told: Vec<_> = workspace.moment().diagnostics.iter().map(|problem| (problem.code, problem.is_error())).collect();
    assert_eq!(told, [("link-to-unpublished", false)]);
    assert_eq!(
        site.load().diagnostics.iter().filter(|problem| problem.code == "link-to-unpublished" && problem.is_error()).count(),
        1
    );
}
