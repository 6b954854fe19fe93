//! The commands for authors and for who looks after a site: `new`, `list`, `why`.

use std::fs;
use std::process::Output;

use serde_json::Value;

use crate::cli::{err, guidepost, out};
use crate::support::{TestSite, files};

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&out(output)).unwrap_or_else(|error| panic!("{error}: {}{}", out(output), err(output)))
}

/// Two sections with an article each.
fn small() -> TestSite {
    TestSite::new(&[
        ("content/interviews/nerves.md", "---\ntitle: Nerves\ndate: 2026-01-01\ntags: [Preparation]\n---\nBreathe.\n"),
        ("content/networking/index.md", "---\ntitle: Networking\n---\n"),
        ("content/networking/thanks.md", "---\ntitle: Say thank you\ndate: 2026-01-02\ntags: [email]\n---\nWrite.\n"),
    ])
}

#[test]
fn a_new_article_of_any_kind_builds_without_a_warning() {
    let site = small();
    for (kind, title) in [("article", "Ask: \"why?\" #1"), ("agenda", "- [x] 'quoted' & <b>"), ("tip", "null")] {
        let made = guidepost(site.root(), &["new", "--kind", kind, "--section", "networking", "--tags", "email", "--", title]);
        assert_eq!(code(&made), Some(0), "{}", err(&made));
        let path = out(&made);
        assert!(path.starts_with("content/networking/") && path.ends_with(".md\n") && path.lines().count() == 1, "{path}");
        assert!(err(&made).contains("its address is https://example.org/networking/"), "{}", err(&made));
        let text = site.read(path.trim_end());
        assert!(text.contains("\ndate: 2026-11-22\n") && text.contains("\ntags: [email]\n"), "{text}");
        let why = json(&guidepost(site.root(), &["why", "--format", "json", path.trim_end()]));
        assert_eq!((why["title"].as_str(), why["published"].as_bool()), (Some(title), Some(true)));
    }
    let checked = guidepost(site.root(), &["check", "--strict"]);
    assert_eq!((code(&checked), err(&checked).as_str()), (Some(0), ""));
    assert_eq!(err(&guidepost(site.root(), &["-q", "new", "Quiet"])), "");
}

#[test]
fn a_new_article_is_dated_by_the_sites_own_day() {
    let site = small();
    site.write("guidepost.yaml", "title: T\nbase_url: https://example.org/\ntime_zone: Pacific/Kiritimati\n");
    let path = out(&guidepost(site.root(), &["new", "--draft", "Tomorrow"]));
    let text = site.read(path.trim_end());
    assert!(text.contains("\ndate: 2026-11-23\n") && text.contains("\ndraft: true\n"), "{text}");
}

#[test]
fn a_new_article_goes_where_its_author_stands() {
    let site = small();
    let made = guidepost(&site.path("content/networking"), &["new", "Bring", "a", "pen"]);
    assert_eq!(code(&made), Some(0), "{}", err(&made));
    let path = out(&made);
    assert_eq!(
        fs::canonicalize(path.trim_end()).unwrap(),
        site.path("content/networking/bring-a-pen.md").canonicalize().unwrap()
    );
    // From elsewhere the path is one that can be opened there.
    let outside = tempfile::tempdir().unwrap();
    let root = site.root().to_string_lossy().into_owned();
    let path = out(&guidepost(outside.path(), &["-C", &root, "new", "Elsewhere"]));
    assert_eq!(path, format!("{root}/content/elsewhere.md\n"));
    assert!(site.path("content/elsewhere.md").is_file());
    assert_eq!(code(&guidepost(outside.path(), &["new", "Nowhere"])), Some(3));
}

#[test]
fn new_never_writes_over_anything() {
    let site = small();
    site.write("content/2026-01-05-dated.md", "---\ntitle: Dated\n---\n");
    site.write("content/Upper.markdown", "---\ntitle: Upper\n---\n");
    let before = files(site.root());
    for (arguments, holder) in [
        (&["new", "Thanks", "-s", "networking"][..], "content/networking/thanks.md"),
        (&["new", "Dated"], "content/2026-01-05-dated.md"),
        (&["new", "upper"], "content/Upper.markdown"),
        (&["new", "Interviews"], "content/interviews"),
        (&["new", "Networking"], "content/networking/index.md"),
    ] {
        let refused = guidepost(site.root(), arguments);
        assert_eq!((code(&refused), out(&refused).as_str()), (Some(2), ""), "{arguments:?}");
        let message = err(&refused);
        assert!(message.contains("error[article-exists]") && message.contains(&format!("`{holder}`")), "{message}");
        assert!(message.contains("another title"), "{message}");
    }
    assert!(files(site.root()) == before);
    // A title without a letter has a file all the same, and one like a folder's own page does not become one.
    let long = "A very long title ".repeat(30);
    for title in ["!!!", "Index", "_index", "CON", &long] {
        let made = guidepost(site.root(), &["new", title]);
        assert_eq!(code(&made), Some(0), "{title}: {}", err(&made));
        assert!(!matches!(out(&made).as_str(), "content/index.md\n" | "content/_index.md\n"), "{title}");
    }
    assert_eq!(code(&guidepost(site.root(), &["new", " \n "])), Some(2));
    assert_eq!(code(&guidepost(site.root(), &["check", "--strict"])), Some(0));
}

#[test]
fn a_section_is_found_or_made_and_never_outside_the_site() {
    let site = small();
    let unknown = guidepost(site.root(), &["new", "x", "--section", "netwroking"]);
    assert_eq!(code(&unknown), Some(2));
    for expected in ["error[unknown-section]", "did you mean `networking`?", "`interviews` or `networking`", "--new-section"] {
        assert!(err(&unknown).contains(expected), "{expected}: {}", err(&unknown));
    }
    let made = guidepost(site.root(), &["new", "Bring a pen", "--section", "Job Offers/First week", "--new-section"]);
    assert_eq!(out(&made), "content/job-offers/first-week/bring-a-pen.md\n", "{}", err(&made));
    let again = guidepost(site.root(), &["new", "Bring two", "--section", "content/job-offers/first-week/"]);
    assert_eq!(out(&again), "content/job-offers/first-week/bring-two.md\n", "{}", err(&again));
    let before = files(site.root());
    for bad in ["../../etc", "networking/../../x", "..\\x", "/../x"] {
        for extra in [&[][..], &["--new-section"]] {
            let refused = guidepost(site.root(), &[&["new", "x", "--section", bad], extra].concat());
            assert_eq!(code(&refused), Some(2), "{bad}");
            assert!(err(&refused).contains("error[bad-section]"), "{}", err(&refused));
        }
    }
    assert!(files(site.root()) == before);
}

#[cfg(unix)]
#[test]
fn a_link_is_no_way_out_of_the_site() {
    let (site, outside) = (small(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(outside.path(), site.path("content/away")).unwrap();
    for section in ["away", "away/below"] {
        let refused = guidepost(site.root(), &["new", "x", "--section", section, "--new-section"]);
        assert_eq!(code(&refused), Some(2), "{}", out(&refused));
        assert!(err(&refused).contains("error[bad-section]"), "{}", err(&refused));
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn an_editor_can_be_given_the_path() {
    let site = small();
    let program = env!("CARGO_BIN_EXE_guidepost");
    let command = format!("cat \"$('{program}' new 'Say \"no\"' --section networking)\"");
    let output = std::process::Command::new("sh").args(["-c", &command]).current_dir(site.root()).output().unwrap();
    assert!(out(&output).contains("title: \"Say \\\"no\\\"\"\n"), "{}{}", out(&output), err(&output));
}

#[test]
fn new_tags_are_spelled_as_the_site_spells_them() {
    let site = small();
    // What is wrong elsewhere is no reason not to write.
    site.write("content/broken.md", "---\ntitle: [\n---\n[x](nowhere.md)\n");
    let made = guidepost(site.root(), &["new", "One", "--tags", "preparation, emial ,email,email"]);
    assert_eq!(code(&made), Some(0), "{}", err(&made));
    assert!(site.read(out(&made).trim_end()).contains("\ntags: [Preparation, emial, email]\n"));
    assert!(err(&made).contains("warning[new-tag]: no article has the tag `emial` yet"), "{}", err(&made));
    assert!(err(&made).contains("did you mean `email`?") && err(&made).matches("new-tag").count() == 1, "{}", err(&made));

    let settings = "title: T\nbase_url: https://example.org/\ntags: { allowed: [email, Offers], synonyms: { Offers: [jobs] } }\n";
    site.write("guidepost.yaml", settings);
    let refused = guidepost(site.root(), &["new", "Two", "--tags", "emial"]);
    assert_eq!((code(&refused), out(&refused).as_str()), (Some(2), ""));
    assert!(err(&refused).contains("error[tag-not-allowed]") && err(&refused).contains("did you mean `email`?"));
    assert!(!site.path("content/two.md").exists());
    let made = guidepost(site.root(), &["new", "Two", "--tags", "jobs,offers"]);
    assert!(site.read(out(&made).trim_end()).contains("\ntags: [Offers]\n"), "{}", err(&made));
}

/// Articles in every state, and links among them.
fn stocked() -> TestSite {
    let site = TestSite::new(&[
        ("content/index.md", "---\ntitle: Home\n---\nBegin with [the first](offers/first.md).\n"),
        (
            "content/offers/first.md",
            "---\ntitle: First\ndate: 2026-01-03\ntags: [pay, email]\naliases: [/old/first/]\nreview_by: 2026-11-01\nowner: sam\n---\nSee [map](map.svg).\n",
        ),
        (
            "content/offers/second.md",
            "---\ntitle: \"=SUM(A1), \\\"quoted\\\"\"\ndate: 2026-01-02\ntags: [pay]\nfeed: no\n---\nOne two three.\n",
        ),
        ("content/offers/map.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>"),
        (
            "content/third.md",
            "---\ntitle: Third\ndate: 2026-01-01\nreview_by: 2027-02-20\nnoindex: yes\nsearch: no\n---\nText.\n",
        ),
        ("content/fourth.md", "---\ntitle: Fourth\nreview_by: 2027-02-21\nslug: the-fourth\n---\nText.\n"),
        ("content/draft.md", "---\ntitle: A draft\ndate: 2030-05-01\ndraft: true\n---\n"),
        ("content/offers/later.md", "---\ntitle: Later\ndate: 2026-01-01\npublish_on: 2027-01-01\npermalink: /soon/\n---\n"),
        ("content/over.md", "---\ntitle: Over\nexpires: 2026-11-21\n---\n"),
        ("content/.hidden.md", "---\ntitle: Hidden\n---\n"),
        ("notes.txt", "mine"),
    ]);
    let settings = "title: T\nbase_url: https://example.org/sub/\nfeed: { limit: 1 }\nmenu: [{ Fourth: /the-fourth/ }]\nauthors: { sam: Sam Example }\n";
    site.write("guidepost.yaml", settings);
    site
}

#[test]
fn lists_say_what_there_is_and_what_is_due() {
    let site = stocked();
    let titles = |arguments: &[&str]| -> Vec<String> {
        let listed = guidepost(site.root(), &[&["list", "--format", "json"], arguments].concat());
        assert_eq!(code(&listed), Some(0), "{}", err(&listed));
        let rows = json(&listed);
        let name = |row: &Value| row["title"].as_str().or(row["tag"].as_str()).unwrap().to_owned();
        rows.as_array().unwrap().iter().map(name).collect()
    };
    let sum = "=SUM(A1), \"quoted\"";
    assert_eq!(titles(&["articles"]), ["First", sum, "Third", "Fourth"]);
    assert_eq!(titles(&["drafts"]), ["A draft"]);
    assert_eq!(titles(&["scheduled"]), ["Later"]);
    assert_eq!(titles(&["expired"]), ["Over"]);
    assert_eq!(titles(&["review"]), ["First", "Third"]);
    assert_eq!(titles(&["tags"]), ["pay", "email"]);
    assert_eq!(titles(&["orphans"]), [sum, "Third"]);
    assert_eq!(titles(&["articles", "--section", "offers"]), ["First", sum]);
    assert_eq!(titles(&["articles", "--tag", "EMAIL"]), ["First"]);
    assert_eq!(titles(&["tags", "--tag", "email"]), ["email", "pay"]);

    let row = &json(&guidepost(site.root(), &["list", "review", "--format", "json"]))[0];
    let expected = serde_json::json!({
        "review_by": "2026-11-01", "days": -21, "owner": "Sam Example", "title": "First", "file": "content/offers/first.md",
        "tags": ["pay", "email"], "section": "offers", "kind": "article", "words": 2, "address": "/offers/first/",
        "url": "https://example.org/sub/offers/first/",
    });
    assert_eq!(row, &expected);

    let table = out(&guidepost(site.root(), &["list", "scheduled"]));
    assert_eq!(table, "PUBLISH ON  TITLE  FILE                     TAGS\n2027-01-01  Later  content/offers/later.md\n");
}

#[test]
fn a_spreadsheet_gets_cells_and_no_formulas() {
    let csv = out(&guidepost(stocked().root(), &["list", "articles", "--format", "csv", "--tag", "pay"]));
    assert_eq!(
        csv,
        "date,title,file,tags,section,kind,words,address,url\r\n\
         2026-01-03,First,content/offers/first.md,\"pay, email\",offers,article,2,/offers/first/,https://example.org/sub/offers/first/\r\n\
         2026-01-02,\"'=SUM(A1), \"\"quoted\"\"\",content/offers/second.md,pay,offers,article,3,/offers/second/,https://example.org/sub/offers/second/\r\n"
    );
}

#[test]
fn an_empty_list_says_so_beside_the_result() {
    let site = small();
    for (format, expected) in
        [("table", ""), ("json", "[]\n"), ("csv", "date,title,file,tags,section,kind,words,address,url\r\n")]
    {
        let listed = guidepost(site.root(), &["list", "drafts", "--format", format]);
        assert_eq!((code(&listed), out(&listed).as_str()), (Some(0), expected));
        assert!(err(&listed).contains("no article is a draft"), "{}", err(&listed));
    }
    for (arguments, hint) in [
        (&["list", "articles", "--section", "interveiws"][..], "did you mean `interviews`?"),
        (&["list", "articles", "--tag", "emial"], "did you mean `email`?"),
        (&["list", "article"], "articles"),
    ] {
        let refused = guidepost(site.root(), arguments);
        assert_eq!(code(&refused), Some(2), "{arguments:?}");
        assert!(err(&refused).contains(hint), "{}", err(&refused));
    }
    site.write("content/broken.md", "---\ntitle: [\n---\n");
    let listed = guidepost(site.root(), &["list", "articles"]);
    assert_eq!(code(&listed), Some(0));
    assert!(err(&listed).contains("The site has 1 error, so this may not be all"), "{}", err(&listed));
}

#[test]
fn why_finds_a_page_however_it_is_called() {
    let site = stocked();
    let absolute = site.path("content/offers/first.md").to_string_lossy().into_owned();
    for asked in [
        "/offers/first/",
        "/offers/first",
        "/sub/offers/first/",
        "https://example.org/sub/offers/first/?utm=1#top",
        "https://example.org/sub/offers/first/index.html",
        "http://example.org/sub/offers/first",
        "Example.org/sub/offers/first/",
        "content/offers/first.md",
        "./content/offers/first.md",
        "offers/first.md",
        "offers/first",
        "first",
        "FIRST",
        &absolute,
    ] {
        let answer = guidepost(site.root(), &["why", "--format", "json", asked]);
        assert_eq!(code(&answer), Some(0), "{asked}: {}", err(&answer));
        assert_eq!(json(&answer)["file"], "content/offers/first.md", "{asked}");
    }
    for path in ["first.md", "../offers/first.md", "./first.md", "offers/first.md"] {
        let beside = guidepost(&site.path("content/offers"), &["why", "--format", "json", path]);
        assert_eq!(json(&beside)["file"], "content/offers/first.md", "{path}: {}", err(&beside));
    }
    for (asked, hint) in [
        ("/offers/frist/", "did you mean `/offers/first/`?"),
        ("content/first.md", "did you mean"),
        ("https://example.com/offers/first/", "addresses of this site begin with `https://example.org/sub/`"),
        ("nothing at all like it", "name an address as"),
    ] {
        let unknown = guidepost(site.root(), &["why", asked]);
        assert_eq!((code(&unknown), out(&unknown).as_str()), (Some(1), ""), "{asked}");
        assert!(err(&unknown).contains("error[unknown-page]") && err(&unknown).contains(hint), "{asked}: {}", err(&unknown));
    }
    site.write("content/twin.md", "---\ntitle: First\n---\n");
    let several = guidepost(site.root(), &["why", "First"]);
    assert_eq!(code(&several), Some(1));
    assert!(err(&several).contains("`content/offers/first.md` or `content/twin.md`"), "{}", err(&several));
}

#[test]
fn why_says_what_holds_a_page_back() {
    let site = stocked();
    fs::create_dir(site.path("content/empty")).unwrap();
    for (asked, because) in [
        ("draft.md", "it is a draft: take `draft`"),
        ("draft.md", "scheduled for a later day (`date` is 2030-05-01, and today is 2026-11-22)"),
        ("/soon/", "scheduled for a later day (`publish_on` is 2027-01-01"),
        ("over.md", "past its last day (`expires` is 2026-11-21"),
        ("content/.hidden.md", "passes over hidden files and editors' litter, such as `.hidden.md`"),
        ("content/empty", "no article in this folder"),
        ("notes.txt", "it is not in `content/`"),
    ] {
        let answer = json(&guidepost(site.root(), &["why", "--format", "json", asked]));
        assert_eq!(answer["published"], false, "{asked}");
        assert!(answer["because"].as_str().unwrap().contains(because), "{asked}: {}", answer["because"]);
    }
    let soon = json(&guidepost(site.root(), &["why", "--format", "json", "Later"]));
    assert_eq!(soon["address_from"], "`permalink` in its front matter");
    site.write("content/third.md", "---\ntitle: Third\nslug: the-fourth\ndate: never\n---\n");
    let own = json(&guidepost(site.root(), &["why", "--format", "json", "third.md"]));
    let codes: Vec<&str> = own["problems"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!((own["published"].as_bool(), codes), (Some(false), vec!["same-address", "bad-date"]));
    let other = guidepost(site.root(), &["why", "first"]);
    assert!(out(&other).contains("no: other files have 2 errors, and a build publishes nothing"), "{}", out(&other));
}

#[test]
fn why_says_where_a_page_is_found() {
    let site = stocked();
    let answer = |asked: &str| json(&guidepost(site.root(), &["why", "--format", "json", asked]));
    let first = answer("/old/first/");
    assert_eq!(first["what"], "`/old/first/` is an old address of an article");
    assert_eq!(first["redirects"], serde_json::json!(["/old/first/"]));
    assert_eq!(first["address_from"], "its folder and the name of its file");
    assert_eq!(first["linked_from"][0]["file"], "content/index.md");
    assert_eq!(first["template"], "article.html");
    assert_eq!(first["feed_id"], "tag:example.org,2026-01-03:first");
    let listed: Vec<&str> = first["listed"].as_array().unwrap().iter().map(|one| one["address"].as_str().unwrap()).collect();
    assert_eq!(listed, ["/", "/offers/", "/tags/email/", "/tags/pay/", "/a-z/"]);
    for yes in ["search", "sitemap", "llms"] {
        assert_eq!(first[yes]["yes"], true, "{yes}");
    }
    assert!(first["feeds"].as_array().unwrap().iter().all(|feed| feed["carried"] == true), "{}", first["feeds"]);

    let second = answer("offers/second.md");
    assert_eq!(second["feeds"][0]["because"], "`feed: no`");
    let third = answer("third.md");
    assert_eq!(third["feeds"][0]["because"], "it is older than the newest 1");
    assert_eq!(
        (third["search"]["because"].as_str(), third["sitemap"]["because"].as_str()),
        (Some("`search: no`"), Some("`noindex`"))
    );
    let fourth = answer("fourth");
    assert_eq!(fourth["address_from"], "`slug` in its front matter");
    assert_eq!(fourth["feeds"][0]["because"], "it has no date");
    assert!(fourth["listed"].as_array().unwrap().iter().any(|one| one["on"] == "the menu in every page's header"));

    let map = answer("offers/map.svg");
    assert_eq!(
        (map["published"].as_bool(), map["linked_from"][0]["file"].as_str()),
        (Some(true), Some("content/offers/first.md"))
    );
    assert!(map["because"].as_str().unwrap().contains("no Markdown"));
    assert_eq!(answer("content/offers")["what"], "the listing of the folder `offers`");
    assert_eq!(answer("/tags/pay/")["title"], "pay");
    assert_eq!(answer("/atom.xml")["what"], "a feed");
    assert_eq!((&answer("/")["file"], &answer("content/")["file"]), (&"content/index.md".into(), &"content/index.md".into()));
}

/// Titles, tags, names and addresses from outside go to a terminal, a spreadsheet and a program as what they are.
#[test]
fn hostile_titles_are_harmless_in_every_answer() {
    let title = "\"T \\e[31m\\u009b2J \\u202e =1\"";
    let article =
        format!("---\ntitle: {title}\ndate: 2026-01-01\ntags: [{title}]\nreview_by: 2026-11-01\nowner: {title}\n---\nText.\n");
    let site = TestSite::new(&[("content/a.md", &article)]);
    let is_harmless = |c: char| c == '\n' || c == '\r' || !c.is_control() && c != '\u{202e}';
    let check = |arguments: &[&str]| {
        let output = guidepost(site.root(), arguments);
        for text in [out(&output), err(&output)] {
            assert!(text.chars().all(is_harmless), "{arguments:?}: {text:?}");
        }
        assert!(code(&output).is_some_and(|code| code < 3), "{arguments:?}: {}", err(&output));
    };
    for what in ["articles", "review", "tags", "orphans"] {
        for format in ["table", "csv", "json"] {
            check(&["list", what, "--format", format]);
        }
    }
    for asked in ["a.md", "\u{1b}[31m", "/\u{202e}/", "content/\u{9b}.md"] {
        check(&["why", asked]);
        check(&["why", asked, "--format", "json"]);
    }
    check(&["list", "articles", "--tag", "\u{1b}[31m"]);
    check(&["list", "articles", "--section", "\u{1b}[31m"]);
    for section in ["x", "\u{1b}]0;x\u{7}"] {
        check(&["new", "\u{1b}[31m \u{202e} title", "--section", section, "--tags", "\u{1b}[32m", "--new-section"]);
        check(&["new", "\u{1b}[31m \u{202e} title", "--section", section, "--new-section"]);
    }
}
