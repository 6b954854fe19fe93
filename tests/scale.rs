//! What is large, many or odd: built, or refused with a message; never a crash. How long it takes is measured elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use guidepost::article::{self, Head, ParseOptions};
use guidepost::site::{Selection, Site};

use crate::support::TestSite;

fn codes(site: &TestSite) -> Vec<&'static str> {
    site.load().diagnostics.iter().map(|problem| problem.code).collect()
}

#[test]
fn an_article_of_many_megabytes_is_built_and_one_of_too_many_is_refused() {
    let line = "word ".repeat(2_000_000);
    let site = TestSite::new(&[("content/line.md", &format!("---\ntitle: One line\n---\n{line}"))]);
    site.publish().unwrap();
    assert!(fs::metadata(site.path("public/line/index.html")).unwrap().len() > 10_000_000);

    // No disk is filled for this: the file has a size and no bytes.
    let file = fs::File::create(site.path("content/too-large.md")).unwrap();
    file.set_len(guidepost::source::LARGEST_TEXT + 1).unwrap();
    assert_eq!(codes(&site), ["too-large"]);
    // Of such a size it may be anything else.
    fs::rename(site.path("content/too-large.md"), site.path("content/film.mp4")).unwrap();
    assert!(codes(&site).is_empty());
}

#[test]
fn thousands_of_tags_on_one_article_are_built() {
    let tags: Vec<String> = (0..5_000).map(|number| format!("tag-{number}")).collect();
    let site = TestSite::new(&[("content/a.md", &format!("---\ntitle: A\ntags: [{}]\n---\n", tags.join(", ")))]);
    let snapshot = site.snapshot();
    assert_eq!(snapshot.site.tags.len(), tags.len());
    assert!(snapshot.plan.outputs.len() > 2 * tags.len());
}

/// A picture's size is in its first bytes. One that claims to be of 2,500,000,000 pixels is a file like any other, and
/// one that is no picture has no size.
#[test]
fn a_picture_is_measured_and_never_decoded() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend(50_000_u32.to_be_bytes());
    png.extend(50_000_u32.to_be_bytes());
    png.extend(b"\x08\x02\0\0\0");
    let site = TestSite::new(&[(
        "content/a.md",
        "---\ntitle: A\n---\n![bomb](bomb.png) ![no picture](broken.jpg) ![none](empty.svg)\n",
    )]);
    fs::write(site.path("content/bomb.png"), &png).unwrap();
    fs::write(site.path("content/broken.jpg"), b"\xff\xd8\xff\xe0 and no more").unwrap();
    fs::write(site.path("content/empty.svg"), b"<svg").unwrap();
    let snapshot = site.snapshot();
    let sizes: Vec<Option<(u32, u32)>> = snapshot.site.assets.iter().map(|asset| asset.size).collect();
    assert_eq!(sizes, [Some((50_000, 50_000)), None, None]);
    site.publish().unwrap();
    assert_eq!(fs::read(site.path("public/bomb.png")).unwrap(), png);
}

#[test]
fn litter_is_passed_over() {
    let litter = [
        ".#a.md",
        "a.md~",
        "#a.md#",
        ".a.md.swp",
        "4913",
        ".DS_Store",
        "Thumbs.db",
        ".git/config.md",
        "node_modules/x/readme.md",
        "a.md___jb_tmp___",
        ".hidden/b.md",
    ];
    let mut files: Vec<(String, &str)> = litter.iter().map(|name| (format!("content/{name}"), "litter")).collect();
    files.push(("content/a.md".into(), "---\ntitle: A\n---\n"));
    files.push(("content/.well-known/security.txt".into(), "Contact: mailto:a@example.org"));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let site = TestSite::new(&files);
    let snapshot = site.snapshot();
    assert_eq!(snapshot.articles.len(), 1);
    let assets: Vec<&str> = snapshot.site.assets.iter().map(|asset| &*asset.source).collect();
    assert_eq!(assets, [".well-known/security.txt"]);
}

/// So many texts of signs that no address shows, all of them distinct.
fn signs(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| [1, 6, 36, 216, 1296].map(|place| char::from(b"!?;=~^"[number / place % 6])).iter().collect())
}

/// Tags that differ in what addresses do not show, in many articles: each address is looked for from where the last was found.
#[test]
fn tens_of_thousands_of_tags_share_a_slug() {
    let mut files = Vec::new();
    for letter in 'a'..='f' {
        let tags: Vec<String> = signs(4_000).map(|signs| format!("\"x{letter}{signs}\"")).collect();
        files.push((format!("content/{letter}.md"), format!("---\ntitle: {letter}\ntags: [{}]\n---\n", tags.join(", "))));
    }
    let heads: Vec<Arc<Head>> = files
        .iter()
        .flat_map(|(path, text)| {
            // Another letter, which leaves the slug, makes other tags of them.
            "!?;=~".chars().map(move |sign| {
                let text = text.replace("\"x", &format!("\"{sign}x"));
                let (article, problems) =
                    article::parse(&path["content/".len()..].into(), text.as_bytes(), &ParseOptions::default());
                assert!(problems.is_empty(), "{problems:?}");
                article.head
            })
        })
        .collect();
    let site = TestSite::new(&[]).snapshot().site;
    let selection = Selection { today: jiff::civil::date(2026, 11, 22), drafts: false, future: false, expired: false };
    let site = Site::new(&heads, Vec::new(), Arc::default(), site.settings.clone(), &selection);
    assert_eq!(site.tags.len(), 6 * 5 * 4_000);
    let urls: BTreeSet<&str> = site.tags.iter().map(|tag| tag.url.as_str()).collect();
    assert_eq!(urls.len(), site.tags.len());
}

/// Articles of one name and day, as notes that an import gave the day of the import: each gets an id of its own.
#[test]
fn tens_of_thousands_of_articles_have_one_name_and_day() {
    let heads: Vec<Arc<Head>> = (0..40_000)
        .map(|number| {
            let source = format!("{number}/note.md").into();
            article::parse(&source, b"---\ntitle: A\ndate: 2026-01-01\n---\n", &ParseOptions::default()).0.head
        })
        .collect();
    let site = TestSite::new(&[]).snapshot().site;
    let selection = Selection { today: jiff::civil::date(2026, 11, 22), drafts: false, future: false, expired: false };
    let site = Site::new(&heads, Vec::new(), Arc::default(), site.settings.clone(), &selection);
    let ids: BTreeSet<&str> = site.ids().map(|id| site.feed_id(id)).collect();
    assert_eq!(ids.len(), heads.len());
}
