//! Social cards: which pages have one, that a page names its own, and that none is made again which stands already.

use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

use guidepost::outputs::{Content, Output};
use guidepost::pipeline::{Changes, Progress};
use guidepost::plan::Snapshot;
use guidepost::workspace::{Found, Workspace};
use jiff::Timestamp;

use crate::support::{NOW, TestSite, files};

const SETTINGS: &str = "title: Career advice\nbase_url: https://example.org/sub/\nsocial_cards: true\n";
const RED: [u8; 3] = [0xaa, 0, 0];

/// A section with a page of its own, one without, articles in both, and one that has a picture.
fn site() -> TestSite {
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"2\"/>";
    TestSite::new(&[
        ("guidepost.yaml", SETTINGS),
        ("content/offers/index.md", "---\ntitle: Offers & pay\n---\n\nWords.\n"),
        ("content/offers/negotiate.md", "---\ntitle: Negotiate “your” offer\n---\n\nWords.\n"),
        ("content/meet/ask.md", "---\ntitle: Ask for an interview\n---\n\nWords.\n"),
        ("content/meet/fair.md", "---\ntitle: At the fair\nimage: fair.svg\n---\n\nWords.\n"),
        ("content/meet/fair.svg", picture),
    ])
}

fn addresses(snapshot: &Snapshot) -> Vec<String> {
    let cards = snapshot.plan.outputs.iter().filter(|output| matches!(output, Output::SocialCard(_)));
    cards.map(|card| card.url().to_string()).collect()
}

/// The cards that stand in the output folder, and when each was written.
fn standing(site: &TestSite) -> BTreeMap<String, SystemTime> {
    let folder = site.path("public/assets/cards");
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().modified().unwrap())).collect()
}

/// A site with cards, and the same without.
struct Twins {
    with: TestSite,
    without: TestSite,
}

impl Twins {
    fn write(&self, path: &str, text: &str) {
        self.with.write(path, text);
        self.without.write(path, &text.replace("social_cards: true\n", ""));
    }

    /// Publishes, and counts the cards that were made for it: those that are new, and those that came out as what stood there
    /// already. Of the latter a tally tells only how many outputs of all kinds there were; without cards it has no other.
    fn cards_made(&self) -> usize {
        let before = standing(&self.with);
        let in_vain = |site: &TestSite| {
            let tally = site.publish().unwrap();
            tally.unchanged - tally.kept
        };
        let cards_in_vain = in_vain(&self.with) - in_vain(&self.without);
        let new = standing(&self.with).iter().filter(|(name, when)| before.get(*name) != Some(when)).count();
        new + cards_in_vain
    }
}

#[test]
fn a_site_has_cards_only_if_it_asks() {
    let site = site();
    site.write("guidepost.yaml", "title: Career advice\nbase_url: https://example.org/sub/\n");
    let snapshot = site.snapshot();
    assert!(snapshot.theme.cards.is_none());
    assert_eq!(addresses(&snapshot), Vec::<String>::new());
    site.publish().unwrap();
    assert!(!files(&site.path("public")).iter().any(|(path, _)| path.contains("card") || path.contains("Roboto")));
}

#[test]
fn pages_without_a_picture_have_a_card_and_name_it() {
    let site = site();
    let snapshot = site.snapshot();
    let cards = addresses(&snapshot);
    let stems: Vec<&str> = cards.iter().map(|url| url.trim_start_matches("/assets/cards/").split('.').next().unwrap()).collect();
    assert_eq!(stems, ["ask", "negotiate", "home", "meet", "offers"]);

    site.publish().unwrap();
    for (page, card, alt) in [
        ("offers/negotiate/", 1, "Negotiate “your” offer | Career advice"),
        ("", 2, "Career advice"),
        ("meet/", 3, "Meet | Career advice"),
        ("offers/", 4, "Offers &amp; pay | Career advice"),
    ] {
        let html = site.read(&format!("public/{page}index.html"));
        let whole = format!("https://example.org/sub{}", cards[card]);
        for tag in [
            format!("<meta property=\"og:image\" content=\"{whole}\">"),
            "<meta property=\"og:image:width\" content=\"1200\">".into(),
            "<meta property=\"og:image:height\" content=\"630\">".into(),
            format!("<meta property=\"og:image:alt\" content=\"{alt}\">"),
            "<meta name=\"twitter:card\" content=\"summary_large_image\">".into(),
        ] {
            assert!(html.contains(&tag), "{page}: no {tag}");
        }
        let is_article = page == "offers/negotiate/";
        assert_eq!(html.contains(&format!("\"image\":\"{whole}\"")), is_article, "{page}");
        let picture = imagesize::size(site.path(&format!("public{}", cards[card]))).unwrap();
        assert_eq!((picture.width, picture.height), (1200, 630));
    }
    let own = site.read("public/meet/fair/index.html");
    assert!(own.contains("/meet/fair.svg") && !own.contains("/assets/cards/"));
    // A tag, a list of lists: nothing that is shared.
    assert!(!site.read("public/a-z/index.html").contains("og:image"));
}

#[test]
fn a_card_is_made_when_its_words_or_the_design_change_and_at_no_other_time() {
    let twins = Twins { with: site(), without: site() };
    twins.write("guidepost.yaml", SETTINGS);
    let site = &twins.with;
    site.publish().unwrap();
    twins.without.publish().unwrap();
    assert_eq!(standing(site).len(), 5);
    let page = "content/offers/negotiate.md";

    twins.write(page, "---\ntitle: Negotiate “your” offer\n---\n\nOther words.\n");
    assert_eq!(twins.cards_made(), 0, "of another body");
    twins.write(page, "---\ntitle: Negotiate “your” offer\ndescription: How to.\ntags: [pay]\n---\n\nOther words.\n");
    assert_eq!(twins.cards_made(), 0, "of another description");
    twins.write("guidepost.yaml", &format!("{SETTINGS}description: For students.\n"));
    assert_eq!(twins.cards_made(), 0, "of other settings");

    let before = standing(site);
    twins.write(page, "---\ntitle: Ask for more\ndescription: How to.\ntags: [pay]\n---\n\nOther words.\n");
    assert_eq!(twins.cards_made(), 1, "of another title");
    let after = standing(site);
    assert_eq!(before.keys().filter(|name| !after.contains_key(*name)).count(), 1, "the old one stays");
    assert_eq!(after.len(), 5);

    twins.write("content/offers/index.md", "---\ntitle: Pay\n---\n\nWords.\n");
    assert_eq!(twins.cards_made(), 2, "of another section: its own, and its article's");
    twins.write("guidepost.yaml", &format!("{SETTINGS}style: {{ accent: \"#aa0000\" }}\n"));
    assert_eq!(twins.cards_made(), 5, "of another colour");
    assert_eq!(standing(site).len(), 5);
    assert_eq!(twins.cards_made(), 0, "of nothing");

    // The same as a build from nothing.
    fs::rename(site.path("public"), site.path("rebuilt")).unwrap();
    site.publish().unwrap();
    let cards =
        |folder: &str| -> Vec<_> { files(&site.path(folder)).into_iter().filter(|(p, _)| p.contains("cards/")).collect() };
    assert!(cards("rebuilt") == cards("public") && cards("public").len() == 5);
    assert!(cards("public").iter().all(|(_, card)| card.windows(3).any(|colour| colour == RED)));
}

#[test]
fn a_workspace_plans_cards_by_their_words_and_makes_them_when_asked() {
    let site = site();
    let mut workspace = Workspace::open(site.options(), &Progress::default()).unwrap();
    let now = Timestamp::from_second(NOW).unwrap();
    let cards = |workspace: &Workspace| addresses(workspace.moment().snapshot.as_ref().unwrap());
    let find = |workspace: &Workspace, url: &str| match workspace.moment().find(url).unwrap() {
        Found::File(_, Content::Bytes(bytes)) => Some(bytes),
        _ => None,
    };
    let first = cards(&workspace);
    assert!(find(&workspace, &first[1]).unwrap().starts_with(b"\x89PNG"));
    let page = site.path("content/offers/negotiate.md");
    let edit = |title: &str, words: &str, workspace: &mut Workspace| {
        fs::write(&page, format!("---\ntitle: {title}\n---\n\n{words}\n")).unwrap();
        workspace.refresh(&Changes::Paths([page.clone()].into()), now);
    };
    let plans = workspace.work().plans;
    edit("Negotiate “your” offer", "Other words.", &mut workspace);
    assert_eq!((cards(&workspace), workspace.work().plans), (first.clone(), plans));
    edit("Negotiate well", "Other words.", &mut workspace);
    let second = cards(&workspace);
    assert_eq!(second.iter().filter(|card| !first.contains(card)).count(), 1);
    assert!(find(&workspace, &second[1]).is_some() && find(&workspace, &first[1]).is_none());
    let html = String::from_utf8(find(&workspace, "/offers/negotiate/").unwrap()).unwrap();
    assert!(html.contains(&second[1]) && workspace.work().sites == 1);
    // The setting goes, and the cards with it.
    site.write("guidepost.yaml", "title: Career advice\nbase_url: https://example.org/sub/\n");
    workspace.refresh(&Changes::Paths([site.path("guidepost.yaml")].into()), now);
    assert!(cards(&workspace).is_empty() && find(&workspace, &second[1]).is_none());
}

/// Two pages that say the same have two cards: neither takes the other's away.
#[test]
fn pages_of_the_same_words_have_a_card_each() {
    let article = "---\ntitle: Overview\n---\n";
    let site = TestSite::new(&[
        ("guidepost.yaml", SETTINGS),
        ("content/one/part/overview.md", article),
        ("content/two/part/overview.md", article),
    ]);
    let cards = addresses(&site.snapshot());
    assert_eq!(cards.iter().filter(|url| url.contains("/overview.")).count(), 2, "{cards:?}");
    assert_ne!(cards[0], cards[1]);
}

#[test]
fn a_letter_that_no_font_has_makes_no_card_and_is_said_once() {
    let site = site();
    site.write("content/meet/arabic.md", "---\ntitle: كيف تستعد\n---\n");
    site.write("content/meet/chinese.md", "---\ntitle: 面试\n---\n");
    let loaded = site.load();
    let problems: Vec<_> = loaded.diagnostics.iter().filter(|problem| problem.code == "card-letter").collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let place = problems[0].place.as_ref().unwrap().to_string();
    assert_eq!(place, "content/meet/arabic.md:2:1");
    assert!(problems[0].message.contains("U+0643") && problems[0].message.contains("another page"), "{}", problems[0].message);
    site.publish().unwrap();
    assert_eq!(standing(&site).len(), 5);
    let page = site.read("public/meet/arabic/index.html");
    assert!(!page.contains("og:image") && page.contains("content=\"summary\""));
}

#[test]
fn a_design_that_is_of_no_use_is_an_error_about_its_file() {
    let site = site();
    site.write("guidepost.yaml", &format!("{SETTINGS}theme: own\n"));
    for (file, text, said) in [
        ("card.svg", "<svg", "XML"),
        ("card.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\"/>", "`id=\"eyebrow\"`"),
        ("font.ttf", "no font", "no font that can be read"),
    ] {
        site.write(&format!("themes/own/card/{file}"), text);
        let loaded = site.load();
        let problem = loaded.diagnostics.iter().find(|problem| problem.code == "card-design").unwrap();
        assert_eq!(problem.place.as_ref().unwrap().to_string(), format!("themes/own/card/{file}"));
        assert!(said == "XML" || problem.message.contains(said), "{}", problem.message);
        fs::remove_file(site.path(&format!("themes/own/card/{file}"))).unwrap();
    }
    assert!(site.load().diagnostics.iter().all(|problem| !problem.is_error()));
}
