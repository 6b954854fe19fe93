//! A rebuild into a folder that holds an earlier site: whatever was changed, it comes to what a build into an empty
//! folder comes to, and it makes only the pages that show something else than before.

use std::fs;

use proptest::prelude::*;

use crate::support::{TestSite, copy, files, repository};

/// A site of twelve articles that link to each other, share tags and make a series.
fn site() -> TestSite {
    let site = TestSite::new(&[]);
    for number in 0..12 {
        site.write(&path(number), &article(number, "The first words.", number % 3));
    }
    site.write("content/one/picture.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"2\"/>");
    copy(&repository().join("tests/theme"), &site.path("themes/own"));
    site.write("guidepost.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: own\npage_size: 3\n");
    site
}

fn path(number: usize) -> String {
    format!("content/{}/article-{number}.md", ["one", "two"][number % 2])
}

fn article(number: usize, words: &str, tag: usize) -> String {
    // Every fourth has a calendar file beside its page.
    let kind = if number % 4 == 1 { "agenda" } else { "article" };
    format!(
        "---\ntitle: Article {number}\nkind: {kind}\ndate: 2026-0{}-1{}\ntags: [all, t{tag}]\nseries: A series\naliases: /old/{number}/\n---\n\n- [ ] (5 min) {words}\n\n{words} See [[article-{}]].\n",
        1 + number % 9,
        number % 9,
        (number + 1) % 12,
    )
}

/// Something that an author or a developer does between two builds.
#[derive(Debug, Clone)]
enum Edit {
    Words(usize),
    Title(usize),
    Tags(usize, usize),
    Draft(usize),
    Remove(usize),
    Restore(usize),
    Settings(bool),
    Template(usize),
    Style(usize),
    Picture(u8),
    /// Somebody defaces a published page, or deletes it.
    Deface(usize, bool),
}

fn edits() -> impl Strategy<Value = Edit> {
    let number = 0..12_usize;
    prop_oneof![
        number.clone().prop_map(Edit::Words),
        number.clone().prop_map(Edit::Title),
        (number.clone(), 0..5_usize).prop_map(|(number, tag)| Edit::Tags(number, tag)),
        number.clone().prop_map(Edit::Draft),
        number.clone().prop_map(Edit::Remove),
        number.clone().prop_map(Edit::Restore),
        any::<bool>().prop_map(Edit::Settings),
        (0..3_usize).prop_map(Edit::Template),
        (0..3_usize).prop_map(Edit::Style),
        (1..9_u8).prop_map(Edit::Picture),
        (number, any::<bool>()).prop_map(|(number, is_deleted)| Edit::Deface(number, is_deleted)),
    ]
}

fn apply(site: &TestSite, edit: &Edit, step: usize) {
    match edit {
        Edit::Words(number) => site.write(&path(*number), &article(*number, &format!("Other words, {step}."), number % 3)),
        Edit::Title(number) => {
            let text = article(*number, "Words.", number % 3).replace(": Article ", &format!(": Renamed {step} "));
            site.write(&path(*number), &text);
        }
        Edit::Tags(number, tag) => site.write(&path(*number), &article(*number, "The first words.", *tag)),
        Edit::Draft(number) => {
            site.write(&path(*number), &article(*number, "Words.", 0).replace("series:", "draft: true\nseries:"));
        }
        Edit::Remove(number) => drop(fs::remove_file(site.path(&path(*number)))),
        Edit::Restore(number) => site.write(&path(*number), &article(*number, "The first words.", number % 3)),
        Edit::Settings(is_long) => {
            let size = if *is_long { 20 } else { 3 };
            let text = format!("title: Site {size}\nbase_url: https://example.org/\ntheme: own\npage_size: {size}\n");
            site.write("guidepost.yaml", &text);
        }
        Edit::Template(kind) => {
            let name = ["article", "listing", "redirect"][*kind];
            site.write(&format!("themes/own/templates/{name}.html"), &format!("{{{{ page | json | safe }}}} {step}\n"));
        }
        Edit::Style(kind) => site.write("themes/own/assets/site.css", &format!("body {{ margin: {kind}px }}\n")),
        Edit::Picture(width) => {
            let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"2\"/>");
            site.write("content/one/picture.svg", &svg);
        }
        Edit::Deface(number, is_deleted) => {
            let page = site.path(&path(*number).replace("content/", "public/").replace(".md", "/index.html"));
            if page.exists() && *is_deleted {
                fs::remove_file(page).unwrap();
            } else if page.exists() {
                fs::write(page, "defaced").unwrap();
            }
        }
    }
}

/// Links to articles that went or became drafts are errors, which is not what this is about.
fn mend_links(site: &TestSite) {
    for number in 0..12 {
        let next = path((number + 1) % 12);
        let is_there = fs::read_to_string(site.path(&next)).is_ok_and(|text| !text.contains("draft: true"));
        if let Ok(text) = fs::read_to_string(site.path(&path(number))) {
            let link = format!("See [[article-{}]].", (number + 1) % 12);
            let mended = if is_there { text.replace("See nothing.", &link) } else { text.replace(&link, "See nothing.") };
            if mended != text {
                site.write(&path(number), &mended);
            }
        }
    }
}

fn visible(site: &TestSite, folder: &str) -> Vec<(String, Vec<u8>)> {
    files(&site.path(folder)).into_iter().filter(|(path, _)| !path.starts_with(".guidepost/")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_rebuild_comes_to_what_a_fresh_build_comes_to(series in proptest::collection::vec(proptest::collection::vec(edits(), 1..4), 1..5)) {
        let site = site();
        site.publish().unwrap();
        let mut step = 0;
        for edits in &series {
            for edit in edits {
                step += 1;
                apply(&site, edit, step);
            }
            mend_links(&site);
            site.publish().unwrap();
            let _ = fs::remove_dir_all(site.path("fresh"));
            fs::rename(site.path("public"), site.path("rebuilt")).unwrap();
            site.publish().unwrap();
            fs::rename(site.path("public"), site.path("fresh")).unwrap();
            fs::rename(site.path("rebuilt"), site.path("public")).unwrap();
            let (rebuilt, fresh) = (visible(&site, "public"), visible(&site, "fresh"));
            let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
            prop_assert_eq!(names(&rebuilt), names(&fresh));
            for ((path, rebuilt), (_, fresh)) in rebuilt.iter().zip(&fresh) {
                prop_assert!(rebuilt == fresh, "{} differs after {:?}", path, series);
            }
        }
    }
}

#[test]
fn an_edit_makes_the_pages_that_show_it_and_no_other() {
    let site = site();
    let first = site.publish().unwrap();
    assert_eq!(first.kept, 0);
    let pages = visible(&site, "public").iter().filter(|(path, _)| path.ends_with(".html")).count();

    // Words that no list shows: the article's own page, the feeds that carry it and the search index.
    site.write(&path(3), &(article(3, "The first words.", 0) + "\nA second paragraph.\n"));
    let tally = site.publish().unwrap();
    let feeds_of_the_article = ["atom.xml", "rss.xml", "feed.json", "tags/all/atom.xml", "tags/t0/atom.xml"].len();
    assert_eq!((tally.written, tally.unchanged - tally.kept), (1 + feeds_of_the_article + 1, 0), "{tally:?}");

    // A title shows on pages of others; those that do not show it are composed, and not made.
    site.write(&path(3), &article(3, "Words.", 0).replace("Article 3", "Another title"));
    let tally = site.publish().unwrap();
    assert!(tally.kept > pages / 4 && tally.written < pages, "{tally:?}");

    // A colour changes the style sheet's name, which every page bears, redirects apart where the theme shows none.
    site.write("themes/own/assets/site.css", "body { color: red }");
    let tally = site.publish().unwrap();
    assert!(tally.kept < pages, "{tally:?}");

    // Nothing at all.
    assert_eq!(site.publish().unwrap().written, 0);
}

/// A file that somebody touched is made again, even if its view is the same.
#[test]
fn a_page_that_is_not_as_it_was_left_is_made_again() {
    let site = site();
    site.publish().unwrap();
    let page = "public/two/article-3/index.html";
    let right = site.read(page);
    site.write(page, &right.replace("words", "lies!"));
    site.write(&path(5), &article(5, "Changed, so that there is something to do.", 2));
    site.publish().unwrap();
    assert_eq!(site.read(page), right);
}
