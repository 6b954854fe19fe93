//! A workspace that is kept current: whatever was edited, it shows what a build from nothing would publish, and it does
//! no more work than the edit asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use guidepost::outputs::{Content, search_page};
use guidepost::pipeline::{self, Changes, Progress, Work};
use guidepost::workspace::{Found, Moment, Workspace};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::support::{NOW, TestSite, copy, render_all, repository};

const SETTINGS: &str = "title: Test site\nbase_url: https://example.org/\ntheme: own\npage_size: 3\n";

/// Ten articles in two sections, with links of several kinds, tags, a series, a draft, pictures and pages of sections.
fn site() -> TestSite {
    let site = TestSite::new(&[]);
    for number in 0..10 {
        site.write(&path(number), &article(number, "The first words."));
    }
    site.write("content/one/index.md", "---\ntitle: Section one\n---\n\nWords of the section.\n");
    site.write("content/one/picture.svg", &picture(3));
    copy(&repository().join("tests/theme"), &site.path("themes/own"));
    site.write("guidepost.yaml", SETTINGS);
    site
}

fn path(number: usize) -> String {
    format!("content/{}/article-{number}.md", ["one", "two"][number % 2])
}

fn article(number: usize, words: &str) -> String {
    let next = (number + 2) % 10;
    format!(
        "---\ntitle: Article {number}\ndate: 2026-0{}-1{number}\ntags: [all, t{}]\nseries: A series\naliases: /old/{number}/\n---\n\n\
         {words} See [that](article-{next}.md#more).\n\n## More\n\nAnd more of it.\n",
        1 + number % 9,
        number % 3,
    )
}

fn picture(width: u8) -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"2\"/>")
}

/// Something that happens to the files.
#[derive(Debug, Clone)]
enum Edit {
    Words(usize),
    Title(usize, bool),
    Description(usize),
    Heading(usize),
    Wikilink(usize),
    Tags(usize, usize),
    Draft(usize),
    Scheduled(usize),
    Remove(usize),
    Restore(usize),
    Rename(usize),
    RenameFolder,
    SectionPage(u8),
    BrokenFrontMatter(usize),
    BrokenLink(usize),
    Unreadable(usize),
    Settings(u8),
    Template(u8),
    Style(u8),
    Layer(u8),
    Picture(u8),
    Rules(u8),
    Litter,
}

fn edits() -> impl Strategy<Value = Edit> {
    let number = 0..10_usize;
    prop_oneof![
        3 => number.clone().prop_map(Edit::Words),
        3 => (number.clone(), any::<bool>()).prop_map(|(number, is_far)| Edit::Title(number, is_far)),
        2 => number.clone().prop_map(Edit::Description),
        2 => number.clone().prop_map(Edit::Heading),
        1 => number.clone().prop_map(Edit::Wikilink),
        1 => (number.clone(), 0..5_usize).prop_map(|(number, tag)| Edit::Tags(number, tag)),
        1 => number.clone().prop_map(Edit::Draft),
        1 => number.clone().prop_map(Edit::Scheduled),
        1 => number.clone().prop_map(Edit::Remove),
        3 => number.clone().prop_map(Edit::Restore),
        1 => number.clone().prop_map(Edit::Rename),
        1 => Just(Edit::RenameFolder),
        1 => (0..3_u8).prop_map(Edit::SectionPage),
        1 => number.clone().prop_map(Edit::BrokenFrontMatter),
        1 => number.clone().prop_map(Edit::BrokenLink),
        1 => number.prop_map(Edit::Unreadable),
        2 => (0..7_u8).prop_map(Edit::Settings),
        2 => (0..6_u8).prop_map(Edit::Template),
        1 => (0..3_u8).prop_map(Edit::Style),
        3 => (0..8_u8).prop_map(Edit::Layer),
        1 => (0..4_u8).prop_map(Edit::Picture),
        3 => (0..8_u8).prop_map(Edit::Rules),
        1 => Just(Edit::Litter),
    ]
}

/// Applies an edit, and says which paths a watcher would name.
fn apply(site: &TestSite, edit: &Edit, step: usize) -> Vec<String> {
    let write = |path: String, text: String| {
        site.write(&path, &text);
        vec![path]
    };
    let change = |number: usize, from: &str, to: &str| write(path(number), article(number, "Words.").replace(from, to));
    match *edit {
        Edit::Words(number) => write(path(number), article(number, &format!("Other words, {step}."))),
        Edit::Title(number, is_far) => {
            change(number, "title: Article", &format!("title: {} {step}", if is_far { "Zebra" } else { "Another" }))
        }
        Edit::Description(number) => change(number, "tags:", &format!("description: What it is, {step}\ntags:")),
        Edit::Heading(number) => change(number, "## More", &format!("## More\n\n### And {step}")),
        Edit::Wikilink(number) => change(number, "Words.", &format!("Words of [[Article {}]].", (number + 3) % 10)),
        Edit::Tags(number, tag) => change(number, "tags: [", &format!("tags: [new-{tag}, ")),
        Edit::Draft(number) => change(number, "tags:", "draft: true\ntags:"),
        Edit::Scheduled(number) => change(number, "tags:", "publish_on: 2030-01-01\ntags:"),
        Edit::Remove(number) => {
            let _ = fs::remove_file(site.path(&path(number)));
            vec![path(number)]
        }
        Edit::Restore(number) => write(path(number), article(number, "The first words.")),
        Edit::Rename(number) => {
            let (from, to) = (path(number), path(number).replace("article", "moved"));
            let _ = fs::rename(site.path(&from), site.path(&to));
            vec![from, to]
        }
        Edit::RenameFolder => {
            let (one, three) = ("content/one".to_owned(), "content/three/deep".to_owned());
            fs::create_dir_all(site.path("content/three")).unwrap();
            let (from, to) = if site.path(&one).exists() { (&one, &three) } else { (&three, &one) };
            let _ = fs::remove_dir_all(site.path(to));
            let _ = fs::rename(site.path(from), site.path(to));
            vec![one, "content/three".to_owned()]
        }
        Edit::SectionPage(kind) => {
            write("content/one/index.md".into(), format!("---\ntitle: Section {kind}\nweight: {kind}\n---\n\nSection.\n"))
        }
        Edit::BrokenFrontMatter(number) => change(number, "date: ", "date: [oops\nx: "),
        Edit::BrokenLink(number) => change(number, "Words.", "See [nothing](nothing.md)."),
        // A folder where a file was: nothing that could be read as an article.
        Edit::Unreadable(number) => {
            let _ = fs::remove_file(site.path(&path(number)));
            fs::create_dir_all(site.path(&path(number)).with_extension("md.d")).unwrap();
            vec![path(number), format!("{}.d", path(number))]
        }
        Edit::Settings(kind) => {
            let text = match kind {
                0 => SETTINGS.to_owned(),
                1 => SETTINGS.replace("page_size: 3", "page_size: 20"),
                2 => SETTINGS.replace("theme: own\n", ""),
                3 => format!("{SETTINGS}base_url: twice\n"),
                4 => format!("{SETTINGS}style: {{ accent: teal, measure: {}rem }}\n", 20 + step % 7),
                5 => format!("{SETTINGS}style: {{ accent: teal; }}\n"),
                _ => SETTINGS.replace("https://example.org/", "https://example.org/below/"),
            };
            write("guidepost.yaml".into(), text)
        }
        Edit::Template(kind) => {
            let text = match kind {
                0 => "{{ page.title }}{% if %}".to_owned(),
                1 => "{{ page.title.nothing.there }}".to_owned(),
                5 => "{% extends \"below/article.html\" %}".to_owned(),
                _ => format!("{{{{ page | json | safe }}}} {step}\n"),
            };
            let name = ["article", "listing", "article", "redirect", "listing", "article"][usize::from(kind)];
            write(format!("themes/own/templates/{name}.html"), text)
        }
        Edit::Style(kind) => write("themes/own/assets/site.css".into(), format!("body {{ margin: {kind}px }}\n")),
        Edit::Layer(kind) => match kind {
            0 => write("themes/below/templates/article.html".into(), format!("{{{{ page.title }}}} below {step}\n")),
            1 => write("themes/below/assets/below.txt".into(), format!("{}\n", step % 3)),
            2 => write(
                "themes/below/theme.yaml".into(),
                format!("properties: {{ band: {{ kind: length }} }}\nstyle: {{ band: {}px }}\n", 1 + step % 3),
            ),
            3 => {
                let _ = fs::remove_dir_all(site.path("themes/below"));
                vec!["themes/below".to_owned()]
            }
            4 => write("themes/own/theme.yaml".into(), "style: { accent: navy }\n".into()),
            5 => write("themes/own/theme.yaml".into(), "extends: nowhere\n".into()),
            _ => write("themes/own/theme.yaml".into(), "extends: below\n".into()),
        },
        Edit::Picture(width) => write("content/one/picture.svg".into(), picture(width)),
        Edit::Rules(kind) => {
            let path = "content/_redirects".to_owned();
            let text = match kind {
                0 => "/gone/ /two/article-1/ 301\n/ p=3 /one/article-2/ 301\n".to_owned(),
                1 => "# Only patterns.\n/x/* /y/:splat\n".to_owned(),
                2 => "/gone/ /nowhere/\n".to_owned(),
                3 => "/gone/\n".to_owned(),
                // An alias of an article.
                4 => "/old/1/ /two/article-3/\n".to_owned(),
                5 => {
                    let _ = fs::remove_file(site.path(&path));
                    return vec![path];
                }
                _ => format!("\n/gone/{step}/ /old/3/\n/feed/ /atom.xml\n/ p={step} https://example.com/{step}\n"),
            };
            write(path, text)
        }
        Edit::Litter => write("content/two/.article-1.md.swp".into(), "litter".into()),
    }
}

/// What a watcher may say of an edit: just these paths, the folders they are in, or that it has lost track.
#[derive(Debug, Clone, Copy)]
enum Hint {
    Paths,
    Folders,
    Everything,
}

fn hints() -> impl Strategy<Value = Hint> {
    prop_oneof![6 => Just(Hint::Paths), 1 => Just(Hint::Folders), 1 => Just(Hint::Everything)]
}

fn hint(site: &TestSite, paths: &[String], how: Hint) -> Changes {
    let paths = paths.iter().map(|path| site.path(path));
    match how {
        Hint::Paths => Changes::Paths(paths.collect()),
        Hint::Folders => Changes::Paths(paths.filter_map(|path| path.parent().map(PathBuf::from)).collect()),
        Hint::Everything => Changes::Everything,
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn workspace(site: &TestSite) -> Workspace {
    let mut options = site.options();
    options.drafts = true;
    Workspace::open(options, &Progress::default()).unwrap()
}

/// Everything that a build from nothing would publish; `None` if it would fail.
fn fresh(site: &TestSite) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut options = site.options();
    options.drafts = true;
    let loaded = pipeline::load(&options, &Progress::default()).unwrap();
    let snapshot = loaded.snapshot.filter(|_| !loaded.diagnostics.iter().any(|problem| problem.is_error()))?;
    if !pipeline::rehearse(&snapshot, &Progress::default()).is_empty() {
        return None;
    }
    let mut files: BTreeMap<String, Vec<u8>> = render_all(&snapshot).into_iter().collect();
    let places = search_page::Places::new(&snapshot.site).unwrap();
    for file in pipeline::search_index(&snapshot).unwrap() {
        files.insert(places.index_file(&file.name).file_path(), file.bytes);
    }
    Some(files)
}

/// What the workspace shows at these paths.
fn shown<'p>(moment: &Moment, paths: impl Iterator<Item = &'p String>) -> BTreeMap<String, Vec<u8>> {
    let found = |path: &String| match moment.find(&format!("/{path}")).unwrap() {
        Found::File(_, Content::Bytes(bytes)) => bytes,
        Found::File(_, Content::File(location)) => fs::read(location).unwrap_or_default(),
        other => format!("{other:?}").into_bytes(),
    };
    paths.map(|path| (path.clone(), found(path))).collect()
}

/// Files beside the articles are shown as they are, whatever else is wrong.
fn without_pictures(mut files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    files.retain(|path, _| !path.ends_with("picture.svg"));
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn a_workspace_shows_what_a_fresh_build_publishes(
        series in proptest::collection::vec((proptest::collection::vec(edits(), 1..4), hints()), 1..12)
    ) {
        let site = site();
        let mut workspace = workspace(&site);
        let mut good = fresh(&site).unwrap();
        let mut step = 0;
        for (edits, how) in &series {
            let mut paths = Vec::new();
            for edit in edits {
                step += 1;
                paths.extend(apply(&site, edit, step));
            }
            workspace.refresh(&hint(&site, &paths, *how), now());
            let moment = workspace.moment();
            let is_sound = !moment.diagnostics.iter().any(|problem| problem.is_error());
            match fresh(&site) {
                Some(files) => {
                    prop_assert!(is_sound, "{:?} after {edits:?}", moment.diagnostics);
                    good = files;
                    let planned = moment.snapshot.as_ref().map_or(0, |snapshot| snapshot.plan.outputs.len());
                    let index_files = good.keys().filter(|path| path.ends_with(".bin")).count();
                    prop_assert_eq!(planned + index_files, good.len());
                }
                // Whatever is wrong, the last good site stays.
                None => prop_assert!(!is_sound, "no error after {edits:?}"),
            }
            let shown = without_pictures(shown(&moment, good.keys()));
            for ((path, expected), (_, bytes)) in without_pictures(good.clone()).iter().zip(&shown) {
                prop_assert!(expected == bytes, "{path} differs after {edits:?} of {series:?}");
            }
        }
    }
}

/// What a change asks for: articles parsed, sites made, plans made.
fn work_of(site: &TestSite, workspace: &mut Workspace, paths: &[String]) -> (usize, usize, usize) {
    let before = workspace.work();
    workspace.refresh(&hint(site, paths, Hint::Paths), now());
    let Work { articles, sites, plans, .. } = workspace.work();
    (articles - before.articles, sites - before.sites, plans - before.plans)
}

#[test]
fn an_edit_costs_what_it_must_and_no_more() {
    let site = site();
    let mut workspace = workspace(&site);
    let mut work = |edit: &Edit, step| {
        let paths = apply(&site, edit, step);
        work_of(&site, &mut workspace, &paths)
    };
    assert_eq!(work(&Edit::Words(3), 1), (1, 0, 0), "words of a body");
    assert_eq!(work(&Edit::Words(3), 1), (0, 0, 0), "a file that was saved and is the same");
    assert_eq!(work(&Edit::Restore(3), 2), (1, 0, 0));
    assert_eq!(work(&Edit::Title(3, false), 3), (1, 0, 0), "a title");
    assert_eq!(work(&Edit::Restore(3), 3), (1, 0, 0));
    assert_eq!(work(&Edit::Title(3, true), 3), (1, 1, 1), "a title under another letter");
    assert_eq!(work(&Edit::Tags(3, 1), 4), (1, 1, 1), "tags");
    assert_eq!(work(&Edit::Remove(5), 5), (0, 1, 1), "an article that went");
    assert_eq!(work(&Edit::Style(1), 6), (0, 0, 1), "a theme");
    assert_eq!(work(&Edit::Layer(1), 6), (0, 0, 0), "a theme that nothing builds upon");
    assert_eq!(work(&Edit::Layer(6), 6), (0, 0, 1), "a theme that builds upon another");
    assert_eq!(work(&Edit::Layer(1), 7), (0, 0, 1), "a theme below");
    assert_eq!(work(&Edit::Picture(3), 7), (0, 0, 0), "a picture painted over");
    assert_eq!(work(&Edit::Picture(4), 7), (0, 1, 1), "a picture of another size");
    assert_eq!(work(&Edit::Litter, 8), (0, 0, 0), "litter");
    assert_eq!(work(&Edit::Rules(0), 8), (0, 1, 1), "rules for old addresses");
    assert_eq!(work(&Edit::Rules(0), 9), (0, 0, 0), "rules that were saved and are the same");
    assert_eq!(work(&Edit::Rules(5), 9), (0, 1, 1), "rules that went");
    assert_eq!(work(&Edit::Settings(1), 9), (0, 1, 1), "settings that change no article");
}

#[test]
fn a_save_that_changes_nothing_is_no_other_moment() {
    let site = site();
    let mut workspace = workspace(&site);
    let mut is_another = |edit: &Edit| {
        let before = workspace.moment().number;
        let paths = apply(&site, edit, 1);
        workspace.refresh(&hint(&site, &paths, Hint::Paths), now());
        workspace.moment().number != before
    };
    assert!(!is_another(&Edit::Restore(1)) && !is_another(&Edit::Litter) && !is_another(&Edit::Settings(0)));
    assert!(is_another(&Edit::Words(1)) && !is_another(&Edit::Words(1)));
    // A file beside the articles is shown as it is.
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert!(is_another(&Edit::Picture(3)));
    assert!(is_another(&Edit::BrokenLink(2)) && !is_another(&Edit::BrokenLink(2)));
}

#[test]
fn who_has_lost_track_reads_only_what_is_another_version() {
    let site = site();
    let mut workspace = workspace(&site);
    let before = workspace.work();
    workspace.refresh(&Changes::Everything, now());
    assert_eq!(workspace.work(), before);
    site.write(&path(1), &article(1, "Longer words than before."));
    workspace.refresh(&Changes::Everything, now());
    assert_eq!(workspace.work().articles, before.articles + 1);
}

#[test]
fn a_link_to_a_draft_is_told_of_before_a_build_stops_at_it() {
    let site = site();
    let mut workspace = workspace(&site);
    let mut said = |edit: &Edit| {
        let paths = apply(&site, edit, 1);
        workspace.refresh(&hint(&site, &paths, Hint::Paths), now());
        let moment = workspace.moment();
        let links = moment.diagnostics.iter().filter(|problem| problem.code == "link-to-unpublished");
        links.map(|problem| (problem.is_error(), problem.place.as_ref().unwrap().to_string())).collect::<Vec<_>>()
    };
    assert_eq!(said(&Edit::Draft(3)), [(false, "content/two/article-1.md:9:22".to_owned())]);
    assert_eq!(said(&Edit::Words(5)).len(), 1);
    // A draft may lead to a draft; but there is another article that leads to this one.
    assert_eq!(said(&Edit::Draft(1)), [(false, "content/two/article-9.md:9:22".to_owned())]);
    assert_eq!(said(&Edit::Restore(1)).len(), 1);
    assert_eq!(said(&Edit::Restore(3)), []);
}

/// On Linux a folder may hold two files whose names are one in NFC.
#[cfg(target_os = "linux")]
#[test]
fn of_two_files_that_are_called_alike_one_may_go() {
    let site = site();
    site.write("content/two/\u{e9}.md", "---\ntitle: Composed\n---\n\nWords.\n");
    let mut workspace = workspace(&site);
    let other = "content/two/e\u{301}.md";
    site.write(other, "---\ntitle: In two pieces\n---\n\nWords.\n");
    workspace.refresh(&hint(&site, &[other.into()], Hint::Paths), now());
    assert!(workspace.moment().diagnostics.iter().any(|problem| problem.code == "same-address"));
    fs::remove_file(site.path(other)).unwrap();
    workspace.refresh(&hint(&site, &[other.into()], Hint::Paths), now());
    assert_eq!(shown(&workspace.moment(), fresh(&site).unwrap().keys()), fresh(&site).unwrap());
}

#[test]
fn a_new_day_brings_what_was_scheduled_for_it() {
    let site = site();
    site.write("content/two/later.md", "---\ntitle: Later\npublish_on: 2026-11-24\n---\n\nWords.\n");
    let mut workspace = workspace(&site);
    let is_shown = |workspace: &Workspace| matches!(workspace.moment().find("/two/later/"), Ok(Found::File(..)));
    assert!(!is_shown(&workspace));
    let no_changes = Changes::Paths(BTreeSet::new());
    workspace.refresh(&no_changes, Timestamp::from_second(NOW + 3 * 86_400).unwrap());
    assert!(is_shown(&workspace));
}

#[test]
fn a_site_that_was_never_sound_is_shown_as_far_as_it_goes() {
    let site = site();
    apply(&site, &Edit::BrokenLink(1), 1);
    let mut workspace = workspace(&site);
    let has_errors = |workspace: &Workspace| workspace.moment().diagnostics.iter().any(|problem| problem.is_error());
    assert!(has_errors(&workspace));
    assert!(matches!(workspace.moment().find("/one/article-2/"), Ok(Found::File(..))));
    let paths = apply(&site, &Edit::Restore(1), 2);
    workspace.refresh(&hint(&site, &paths, Hint::Paths), now());
    assert!(!has_errors(&workspace));
}

#[test]
fn a_site_whose_settings_are_broken_comes_when_they_are_mended() {
    let site = site();
    site.write("guidepost.yaml", "title: [\n");
    let mut workspace = workspace(&site);
    assert!(workspace.moment().snapshot.is_none() && !workspace.moment().diagnostics.is_empty());
    assert!(matches!(workspace.moment().find("/"), Ok(Found::Nothing)));
    // What happens meanwhile is not lost.
    let mut paths = apply(&site, &Edit::Words(1), 77);
    workspace.refresh(&hint(&site, &paths, Hint::Paths), now());
    paths = apply(&site, &Edit::Settings(0), 1);
    workspace.refresh(&hint(&site, &paths, Hint::Paths), now());
    assert_eq!(shown(&workspace.moment(), fresh(&site).unwrap().keys()), fresh(&site).unwrap());
    // Nor is a site that loses its settings for a while.
    fs::rename(site.path("guidepost.yaml"), site.path("guidepost.yml")).unwrap();
    workspace.refresh(&hint(&site, &["guidepost.yaml".into()], Hint::Paths), now());
    assert_eq!(workspace.moment().diagnostics[0].code, "no-settings");
    assert!(matches!(workspace.moment().find("/"), Ok(Found::File(..))));
}

#[test]
fn a_moment_that_somebody_holds_never_changes() {
    let site = site();
    let mut workspace = workspace(&site);
    let held = workspace.moment();
    let paths: Vec<String> = fresh(&site).unwrap().into_keys().filter(|path| !path.ends_with(".svg")).collect();
    let before = shown(&held, paths.iter());
    for (step, edit) in
        [Edit::Words(1), Edit::Title(2, true), Edit::Remove(3), Edit::Settings(1), Edit::Style(1)].iter().enumerate()
    {
        let edited = apply(&site, edit, step);
        workspace.refresh(&hint(&site, &edited, Hint::Paths), now());
    }
    assert_eq!(shown(&held, paths.iter()), before);
    assert_ne!(shown(&workspace.moment(), paths.iter()), before);
}

#[test]
fn addresses_are_found_as_a_host_finds_them() {
    let site = site();
    let moment = workspace(&site).moment();
    let path = |address: &str| match moment.find(address).unwrap() {
        Found::File(path, _) => path,
        Found::Moved(url) => format!("moved to {url}"),
        Found::Nothing => "nothing".into(),
    };
    assert_eq!(path("/"), "index.html");
    assert_eq!(path("/index.html"), "index.html");
    assert_eq!(path("/two/article-1/"), "two/article-1/index.html");
    assert_eq!(path("/two/article-1/index.html"), "two/article-1/index.html");
    assert_eq!(path("/two/article-1"), "moved to /two/article-1/");
    assert_eq!(path("/one/picture.svg"), "one/picture.svg");
    assert_eq!(path("/search/index.bin"), "search/index.bin");
    for nothing in ["//", "/one/picture.svg/", "/nowhere/", "/search/i/none.bin", "/two/article-1/x", "/../guidepost.yaml"] {
        assert_eq!(path(nothing), "nothing", "{nothing}");
    }
}

/// A page that was opened before an edit asks for the files of the index that it has begun to read.
#[test]
fn the_search_of_an_open_page_finds_its_files_after_an_edit() {
    let site = TestSite::new(&[]);
    for number in 0..120 {
        let words: String = (0..400).map(|word| format!("word{} ", (number * 131 + word * 17) % 7_919)).collect();
        site.write(&format!("content/{number}.md"), &format!("---\ntitle: Article {number}\n---\n\n{words}\n"));
    }
    let mut workspace = workspace(&site);
    let named = |moment: &Moment| {
        let files = pipeline::search_index(moment.snapshot.as_ref().unwrap()).unwrap();
        files.into_iter().filter(|file| !file.is_root()).map(|file| format!("search/i/{}", file.name)).collect::<Vec<_>>()
    };
    let before = named(&workspace.moment());
    assert!(!before.is_empty(), "the site is too small for an index of several files");
    assert!(!workspace.moment().wants_index());
    shown(&workspace.moment(), before.iter());
    site.write("content/1.md", "---\ntitle: Other\n---\n\nOther words altogether.\n");
    workspace.refresh(&hint(&site, &["content/1.md".into()], Hint::Paths), now());
    assert!(workspace.moment().wants_index());
    for (path, bytes) in shown(&workspace.moment(), before.iter().chain(&named(&workspace.moment()))) {
        assert!(!bytes.starts_with(b"Nothing"), "{path}");
    }
}
