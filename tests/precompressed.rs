//! `build --precompress`: smaller variants beside the texts of a site, made once, true to them, and gone with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::time::SystemTime;

use flate2::read::GzDecoder;
use guidepost::write::PublishError;

use crate::cli::{err, guidepost, out};
use crate::support::{TestSite, files, repository};

fn site() -> TestSite {
    let paragraph = "Whoever looks for work is well advised to ask those who have found some.\n\n".repeat(20);
    TestSite::new(&[
        ("content/a.md", &format!("---\ntitle: A\ndate: 2026-01-01\ndescription: Same.\n---\nFirst. {paragraph}")),
        ("content/b.md", &format!("---\ntitle: B\ndate: 2026-01-02\ndescription: Same.\n---\nSecond. {paragraph}")),
        ("content/handout.txt", &paragraph),
        ("content/short.txt", "Take it along."),
        ("content/picture.png", &paragraph),
    ])
}

/// What stands in the output folder, but for what is Guidepost's own.
fn visible(site: &TestSite) -> BTreeMap<String, Vec<u8>> {
    files(&site.path("public")).into_iter().filter(|(path, _)| !path.starts_with(".guidepost/")).collect()
}

fn times(site: &TestSite) -> BTreeMap<String, SystemTime> {
    let time = |path: &String| fs::metadata(site.path("public").join(path)).unwrap().modified().unwrap();
    visible(site).keys().map(|path| (path.clone(), time(path))).collect()
}

fn is_variant(path: &str) -> bool {
    path.ends_with(".br") || path.ends_with(".gz")
}

/// Insists that every variant says what the file beside it says, in fewer bytes.
fn assert_true(site: &TestSite) {
    let all = visible(site);
    for (path, bytes) in all.iter().filter(|(path, _)| is_variant(path)) {
        let plain = &all[&path[..path.len() - 3]];
        let mut text = Vec::new();
        if path.ends_with(".br") {
            brotli::BrotliDecompress(&mut &**bytes, &mut text).unwrap();
        } else {
            GzDecoder::new(&**bytes).read_to_end(&mut text).unwrap();
        }
        assert!(&text == plain, "{path} says something else");
        assert!(bytes.len() < plain.len(), "{path} is not smaller");
    }
}

#[test]
fn texts_have_variants_and_all_else_is_as_without() {
    let (plain, with) = (site(), site());
    plain.publish().unwrap();
    let tally = with.precompress().unwrap();
    assert_true(&with);
    let all = visible(&with);
    let variants: BTreeSet<&str> = all.keys().map(String::as_str).filter(|path| is_variant(path)).collect();
    for path in ["index.html", "a/index.html", "404.html", "atom.xml", "sitemap.xml", "handout.txt", "manifest.webmanifest"] {
        assert!([".br", ".gz"].iter().all(|suffix| variants.contains(&*format!("{path}{suffix}"))), "{path}: {variants:?}");
    }
    let stem = |path: &str| path[..path.len() - 3].to_owned();
    for path in variants.iter().map(|path| stem(path)) {
        assert!(!path.ends_with(".bin") && !path.ends_with(".png") && !path.starts_with('_') && path != "short.txt", "{path}");
    }
    let without: BTreeMap<String, Vec<u8>> = all.clone().into_iter().filter(|(path, _)| !is_variant(path)).collect();
    assert!(without == visible(&plain), "another site");
    let saving = tally.saving.unwrap();
    assert_eq!(saving.files, variants.iter().map(|path| stem(path)).collect::<BTreeSet<_>>().len());
    assert!(saving.brotli < saving.gzip && saving.gzip * 2 < saving.plain, "{saving:?}");
}

#[test]
fn what_is_as_it_was_is_neither_made_nor_written_again() {
    let site = site();
    let first = site.precompress().unwrap();
    let before = times(&site);
    let second = site.precompress().unwrap();
    assert_eq!((second.written, second.kept, second.saving), (0, first.written, first.saving));
    assert_eq!(times(&site), before);
    // Other words in a body: the page, three feeds and the index are written, and the variants of the first four.
    site.write("content/a.md", &site.read("content/a.md").replace("First.", "Foremost."));
    let third = site.precompress().unwrap();
    let changed: Vec<String> =
        times(&site).into_iter().filter(|(path, time)| before.get(path) != Some(time)).map(|(path, _)| path).collect();
    assert_eq!((third.written, third.removed), (13, 0), "{changed:?}");
    assert_eq!(changed.iter().filter(|path| is_variant(path)).count(), 8, "{changed:?}");
    assert_true(&site);
    // Other heads: every view is composed anew, and what says the same as before is left as it is, variants and all.
    let before = (visible(&site), times(&site));
    site.write("content/a.md", &site.read("content/a.md").replace("description: Same.", "description: Another."));
    site.precompress().unwrap();
    let after = (visible(&site), times(&site));
    let (same, other): (Vec<&String>, Vec<&String>) = after.0.keys().partition(|path| before.0.get(*path) == after.0.get(*path));
    assert!(same.iter().all(|path| before.1[*path] == after.1[*path]), "what was there was written again");
    let variants = |paths: &[&String]| paths.iter().filter(|path| is_variant(path)).count();
    assert!(variants(&same) > 5 && variants(&other) > 1, "{same:?} {other:?}");
    assert_true(&site);
}

#[test]
fn they_come_with_the_flag_and_go_without_it() {
    let site = site();
    let plain = site.publish().unwrap();
    let before = (visible(&site), times(&site));
    let with = site.precompress().unwrap();
    let saved = with.saving.unwrap().files;
    assert!(with.written > saved && with.unchanged == plain.written, "{with:?}");
    site.write("public/a/mine.html.br", "somebody else's");
    let without = site.publish().unwrap();
    assert_eq!((without.written, without.removed, without.saving), (0, with.written, None));
    fs::remove_file(site.path("public/a/mine.html.br")).unwrap();
    assert!((visible(&site), times(&site)) == before, "something is left, or was written");
}

#[test]
fn an_article_takes_its_variants_with_it() {
    let site = site();
    site.precompress().unwrap();
    fs::remove_file(site.path("content/b.md")).unwrap();
    site.precompress().unwrap();
    assert!(!site.path("public/b").exists());
    assert_true(&site);
}

#[test]
fn a_variant_of_somebody_elses_is_an_error_and_stays() {
    let site = site();
    site.publish().unwrap();
    site.write("public/index.html.br", "by hand");
    let before = visible(&site);
    assert!(matches!(site.precompress(), Err(PublishError::Foreign(path)) if path.ends_with("index.html.br")));
    assert!(visible(&site) == before, "a failed build changed the site");
    assert!(!site.path("public/.guidepost/stage").exists());
}

#[test]
fn what_somebody_changed_is_put_right() {
    let site = site();
    site.precompress().unwrap();
    let right = visible(&site);
    site.write("public/a/index.html.br", "defaced");
    site.write("public/b/index.html", "defaced");
    fs::remove_file(site.path("public/atom.xml.gz")).unwrap();
    let tally = site.precompress().unwrap();
    assert_eq!(tally.written, 3);
    assert!(visible(&site) == right);
}

#[test]
fn a_variant_is_of_what_stands_beside_it_whoever_wrote_that() {
    let site = site();
    site.precompress().unwrap();
    // The site comes to say what somebody had written there already: the page need not be written, its variants must be.
    site.write("content/handout.txt", &"Other words. ".repeat(40));
    site.write("public/handout.txt", &"Other words. ".repeat(40));
    site.precompress().unwrap();
    assert_true(&site);
}

#[test]
fn the_authors_own_files_go_before_variants() {
    let mine = "compressed by hand";
    let site = site();
    site.write("content/handout.txt.gz", mine);
    site.write("content/HANDOUT.txt.BR/index.md", "---\ntitle: A folder\npermalink: /handout.txt.br/x/\n---\n");
    site.write(&format!("content/{}.txt", "n".repeat(251)), &"A long name. ".repeat(20));
    let tally = site.precompress().unwrap();
    assert_eq!(site.read("public/handout.txt.gz"), mine);
    assert!(site.path("public/handout.txt.br/x/index.html").is_file());
    assert!(tally.saving.unwrap().files > 5);
    let again = site.precompress().unwrap();
    assert_eq!(again.written, 0);
}

#[test]
fn the_number_of_threads_does_not_show_and_the_last_line_says_what_is_saved() {
    let build = |jobs: &str| {
        let folder = tempfile::tempdir().unwrap();
        let site = repository().to_str().unwrap();
        let output = folder.path().to_str().unwrap();
        let built = guidepost(folder.path(), &["-C", site, "build", "--precompress", "--jobs", jobs, "-o", output]);
        assert_eq!(built.status.code(), Some(0), "{}", err(&built));
        let made: Vec<_> = files(folder.path()).into_iter().filter(|(path, _)| !path.starts_with(".guidepost/")).collect();
        (made, out(&built).lines().last().unwrap().to_owned())
    };
    let (one, said) = build("1");
    let (four, said_again) = build("4");
    assert!(one == four, "the number of threads shows");
    assert_eq!(said, said_again);
    let words: Vec<&str> = said.split_whitespace().collect();
    assert!(said.contains(" texts precompressed: of ") && words.ends_with(&["with", "gzip"]), "{said}");
    let texts: usize = words[0].parse().unwrap();
    assert_eq!(one.iter().filter(|(path, _)| path.ends_with(".gz")).count(), texts, "{said}");
}

#[test]
fn programs_are_told_in_bytes() {
    let site = site();
    let json = |arguments: &[&str]| {
        let built = guidepost(site.root(), &[&["--message-format", "json", "build"], arguments].concat());
        assert_eq!(built.status.code(), Some(0), "{}", err(&built));
        serde_json::from_str::<serde_json::Value>(out(&built).lines().last().unwrap()).unwrap()["precompressed"].clone()
    };
    assert_eq!(json(&[]), serde_json::Value::Null);
    let saving = json(&["--precompress"]);
    let of = |ends: [&str; 2]| {
        let all = visible(&site);
        let sizes = all.iter().filter(|(path, _)| path.ends_with(ends[0])).map(|(path, _)| {
            let stem = path.strip_suffix(ends[0]).unwrap();
            all[&format!("{stem}{}", ends[1])].len()
        });
        sizes.sum::<usize>()
    };
    assert_eq!(saving["brotli_bytes"], of([".br", ".br"]));
    assert_eq!(saving["plain_bytes"], of([".br", ""]));
}
