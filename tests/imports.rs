//! Golden imports: from what was elsewhere to the folder of a site.
//!
//! A folder `imports/<name>/` holds what is imported and `command`, the words behind `guidepost`; it stands beside the new
//! site when the command runs. `expected/` is what the site's folder then holds: all of `content/`, settings and report. The
//! command runs a second time and changes nothing, and `guidepost check` finds no error in the site, unless there is a file
//! `errors`, which says why. Where there is a file `message` the command fails with exactly that text, and writes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::{NOW, copy, files, repository};

#[test]
fn every_import_is_as_expected() {
    let folder = repository().join("tests/imports");
    let mut names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.join("command").is_file()).collect();
    names.sort();
    assert!(names.len() >= 6, "the golden imports are gone");
    let differences: Vec<String> = names.iter().flat_map(|name| check(name)).collect();
    assert!(differences.is_empty(), "\n{}\nUPDATE=1 cargo test rewrites what is expected", differences.join("\n"));
}

/// Runs Guidepost beside the site.
fn guidepost(scratch: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.env("SOURCE_DATE_EPOCH", NOW.to_string()).env("COLUMNS", "100").stdin(Stdio::null());
    command.current_dir(scratch).args(["-C", "site"]).args(words).output().unwrap()
}

/// What stands in the site's folder, without Guidepost's own notes.
fn standing(scratch: &Path) -> BTreeMap<String, Vec<u8>> {
    files(&scratch.join("site")).into_iter().filter(|(path, _)| !path.starts_with(".guidepost/")).collect()
}

fn check(golden: &Path) -> Vec<String> {
    let name = golden.file_name().unwrap().to_string_lossy();
    let is_update = std::env::var_os("UPDATE").is_some();
    let scratch = tempfile::tempdir().unwrap();
    let scratch = scratch.path();
    copy(golden, scratch);
    let _ = fs::remove_dir_all(scratch.join("expected"));
    fs::create_dir(scratch.join("site")).unwrap();
    let command = fs::read_to_string(golden.join("command")).unwrap();
    let words: Vec<&str> = command.split_whitespace().collect();
    let output = guidepost(scratch, &words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let message = golden.join("message");
    if message.exists() || !output.status.success() && is_update {
        if is_update {
            fs::write(&message, &said).unwrap();
        }
        let expected = fs::read_to_string(&message).unwrap();
        let mut wrong = Vec::new();
        if output.status.success() || said != expected {
            wrong.push(format!("{name}: it should say\n{expected}\nand says ({})\n{said}", output.status));
        }
        wrong.extend(standing(scratch).into_keys().map(|path| format!("{name}: {path} was written")));
        return wrong;
    }
    if !output.status.success() {
        return vec![format!("{name}: the import fails:\n{said}")];
    }
    let made = standing(scratch);
    if is_update {
        let _ = fs::remove_dir_all(golden.join("expected"));
        for (path, bytes) in &made {
            let path = golden.join("expected").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    let expected: BTreeMap<String, Vec<u8>> = files(&golden.join("expected")).into_iter().collect();
    let mut differences = differences(&name, &expected, &made);

    let again = guidepost(scratch, &words);
    if !again.status.success() {
        differences.push(format!("{name}: the second import fails:\n{}", String::from_utf8_lossy(&again.stderr)));
    }
    let without_report = |mut all: BTreeMap<String, Vec<u8>>| {
        // It tells what this import did, which is another thing.
        all.remove("import-report.md").map(|_| all)
    };
    let (before, after) = (without_report(made).unwrap(), without_report(standing(scratch)).unwrap());
    differences.extend(self::differences(&format!("{name}, the second time"), &before, &after));

    if !golden.join("errors").exists() {
        let checked = guidepost(scratch, &["check"]);
        if !checked.status.success() {
            let said = [checked.stdout, checked.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
            differences.push(format!("{name}: the new site has errors:\n{}", said.join("\n")));
        }
    }
    differences
}

fn differences(name: &str, expected: &BTreeMap<String, Vec<u8>>, made: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut differences = Vec::new();
    for (path, bytes) in made {
        match expected.get(path) {
            None => differences.push(format!("{name}: {path} is not expected")),
            Some(expected) if expected != bytes => {
                let (expected, made) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(bytes));
                let mut lines = expected.lines().zip(made.lines()).enumerate();
                let first = match lines.find(|(_, (a, b))| a != b) {
                    Some((number, (a, b))) => format!("  line {}\n  expected: {a}\n  made:     {b}", number + 1),
                    None => format!("  {} lines expected, {} made", expected.lines().count(), made.lines().count()),
                };
                differences.push(format!("{name}: {path} differs\n{first}"));
            }
            Some(_) => {}
        }
    }
    let gone = expected.keys().filter(|path| !made.contains_key(*path));
    differences.extend(gone.map(|path| format!("{name}: {path} is expected and was not made")));
    differences
}

/// A blog that was imported and published: what stands in `public/`, and what `_redirects` and pages make of an address.
struct Moved {
    scratch: tempfile::TempDir,
    public: BTreeMap<String, String>,
}

impl Moved {
    /// Imports one of the golden exports and builds the site.
    fn of(name: &str) -> Moved {
        let scratch = tempfile::tempdir().unwrap();
        let golden = repository().join("tests/imports").join(name);
        copy(&golden, scratch.path());
        fs::create_dir(scratch.path().join("site")).unwrap();
        let command = fs::read_to_string(golden.join("command")).unwrap();
        let words: Vec<&str> = command.split_whitespace().collect();
        for words in [&words[..], &["build"]] {
            let output = guidepost(scratch.path(), words);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let public = files(&scratch.path().join("site/public"));
        let public = public.into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())).collect();
        Moved { scratch, public }
    }

    /// Where a reader ends who asks for an address of the blog: by a page that leads on, or by the table of numbers.
    fn end(&self, address: &str) -> String {
        if let Some(query) = address.strip_prefix("/?") {
            let tables = self.public.iter().filter(|(path, _)| path.starts_with("old/"));
            let mut found = tables.filter_map(|(_, table)| {
                let table: serde_json::Value = serde_json::from_str(table).unwrap();
                table[query].as_str().map(str::to_owned)
            });
            return found.next_back().unwrap_or_else(|| panic!("nothing answers {address}"));
        }
        let file = format!("{}index.html", address.trim_start_matches('/'));
        let page = self.public.get(&file).unwrap_or_else(|| panic!("nothing answers {address}"));
        match page
            .split("http-equiv=\"refresh\" content=\"0; url=")
            .nth(1)
            .or_else(|| page.split("http-equiv=refresh content=\"0; url=").nth(1))
        {
            Some(rest) => rest.split('"').next().unwrap().to_owned(),
            None => address.to_owned(),
        }
    }
}

/// From the export to the reader: every address that the blog answered ends where its words are now.
#[test]
fn old_addresses_end_at_the_right_articles() {
    let moved = Moved::of("wordpress-classic");
    let fair = "/networking/work-a-career-fair/";
    for (old, new) in [
        ("/2015/03/04/work-a-career-fair/", fair),
        ("/2015/03/04/career-fair-tips/", fair),
        ("/?p=10", fair),
        ("/2015/03/04/thank-you/", "/networking/thank-you/"),
        ("/about/", "/about/"),
        ("/about/team/", "/about/team/"),
        ("/?p=15", "/about/team/"),
        ("/category/networking/", "/tags/networking-and-people/"),
        ("/category/networking/career-fairs/", "/tags/career-fairs/"),
        ("/?cat=4", "/tags/career-fairs/"),
        ("/tag/thank-you/", "/tags/thank-you-notes/"),
        ("/?tag=thank-you", "/tags/thank-you-notes/"),
        ("/author/maya/", "/authors/maya/"),
        ("/2015/03/", "/"),
        ("/?m=2015", "/"),
        ("/feed/", "/rss.xml"),
        ("/category/networking/feed/", "/tags/networking-and-people/atom.xml"),
        ("/2015/03/04/work-a-career-fair/fair/", "/wp-content/uploads/2015/03/fair.png"),
        ("/2015/03/04/work-a-career-fair/hall/", fair),
        ("/?attachment_id=21", fair),
    ] {
        assert_eq!(moved.end(old), new, "{old}");
        let is_file = new.ends_with(".xml") || new.ends_with(".png");
        let file = if is_file { new[1..].to_owned() } else { format!("{}index.html", &new[1..]) };
        assert!(moved.public.contains_key(&file), "{old} leads to {new}, where there is nothing");
        // Hosts that read the file answer by themselves.
        let (from, to) = match old.strip_prefix("/?") {
            Some(query) => (format!("/ {query} "), new),
            None => (format!("{old} "), new),
        };
        let is_there = moved.public["_redirects"].lines().any(|line| line.starts_with(&from) && line.contains(to));
        assert!(is_there || old == new, "`_redirects` does not answer {old}");
    }
    assert!(moved.public[&format!("{}index.html", &fair[1..])].contains("Arrive early."));
    // The file keeps its address.
    assert!(moved.public.contains_key("wp-content/uploads/2015/03/map of halls.pdf"));
    assert!(!moved.public.contains_key("wp-content/uploads/2015/03/unused.png"));
}

/// What feeds called an entry they call it still.
#[test]
fn feed_readers_show_nothing_twice() {
    let moved = Moved::of("wordpress-classic");
    let feed = feed_rs::parser::parse(moved.public["rss.xml"].as_bytes()).unwrap();
    let mut ids: Vec<&str> = feed.entries.iter().map(|entry| entry.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [10, 11, 12].map(|id| format!("https://blog.harborview.example/?p={id}")));
    assert!(moved.public["atom.xml"].contains("<id>https://blog.harborview.example/?p=10</id>"));
}

/// What was not public is nowhere in what is published, and what nobody may know is in no file at all.
#[test]
fn nothing_becomes_public_by_accident() {
    let moved = Moved::of("wordpress-private");
    for planted in
        ["PRIVATE", "MEMBERS", "DRAFT", "PENDING", "FUTURE", "STATUS", "TRASH", "AUTO", "REVISION", "MENU", "EVENT", "PASSWORD"]
    {
        let planted = format!("PLANTED{planted}").to_lowercase();
        for (path, text) in &moved.public {
            assert!(!text.to_lowercase().contains(&planted), "{planted} is in public/{path}");
        }
    }
    for (path, text) in &moved.public {
        for title in ["Private advice", "private-advice", "For members", "plantedoldslug", "private.png"] {
            assert!(!text.contains(title), "{title} is in public/{path}");
        }
    }
    assert!(!moved.public.keys().any(|path| path.contains("private")), "{:?}", moved.public.keys());
    let everything = files(&moved.scratch.path().join("site"));
    assert!(everything.iter().any(|(path, _)| path == "content/advice/members.md"));
    let never = [
        "reader@private.example",
        "203.0.113.77",
        "Rita Reader",
        "rita.example",
        "A comment that nobody",
        "PLANTEDPASSWORD",
        "maya@harborview.example",
        "PLANTEDTRASH",
        "PLANTEDREVISION",
    ];
    for (path, bytes) in &everything {
        let text = String::from_utf8_lossy(bytes);
        for secret in never {
            assert!(!text.contains(secret), "{secret} is in {path}");
        }
    }
}

/// What somebody has worked on is theirs: edited, moved or taken away. What has changed on the blog alone is renewed.
#[test]
fn a_later_import_leaves_alone_what_was_worked_on() {
    let moved = Moved::of("wordpress-classic");
    let site = moved.scratch.path().join("site/content/networking");
    let moves =
        guidepost(moved.scratch.path(), &["mv", "content/networking/work-a-career-fair.md", "content/networking/fairs.md"]);
    assert!(moves.status.success(), "{}", String::from_utf8_lossy(&moves.stderr));
    let edited = fs::read_to_string(site.join("thank-you.md")).unwrap().replace("One line", "Two lines");
    fs::write(site.join("thank-you.md"), &edited).unwrap();
    fs::remove_file(moved.scratch.path().join("site/content/about/team.md")).unwrap();
    let export = moved.scratch.path().join("export.xml");
    let newer = fs::read_to_string(&export).unwrap().replace("Alone.", "Not alone any more.").replace("One line is", "A line is");
    fs::write(&export, newer).unwrap();
    let import = |flags: &[&str]| {
        let words = [&["import", "wordpress", "export.xml", "--media", "uploads"], flags].concat();
        let output = guidepost(moved.scratch.path(), &words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let before = standing(moved.scratch.path());
    let rehearsed = import(&["--dry-run"]);
    assert!(rehearsed.contains("Nothing was written"), "{rehearsed}");
    assert_eq!(standing(moved.scratch.path()), before, "a rehearsal writes nothing");
    let said = import(&[]);
    assert!(said.contains("1 renewed, 2 edited here and left alone, 1 taken away here and left away"), "{said}");
    assert_eq!(fs::read_to_string(site.join("thank-you.md")).unwrap(), edited);
    assert!(!site.join("work-a-career-fair.md").exists() && site.join("fairs.md").exists());
    assert!(!moved.scratch.path().join("site/content/about/team.md").exists());
    let renewed = fs::read_to_string(moved.scratch.path().join("site/content/posts/in-no-category.md")).unwrap();
    assert!(renewed.contains("Not alone any more."));
    let forced = import(&["--force"]);
    assert!(forced.contains("2 edited here and replaced"), "{forced}");
    assert!(fs::read_to_string(site.join("thank-you.md")).unwrap().contains("A line is"));
    assert!(moved.scratch.path().join("site/content/about/team.md").exists());
}

/// Files that somebody else has put there, and links out of the site, stay as they are.
#[test]
fn nothing_foreign_is_written_over() {
    let scratch = tempfile::tempdir().unwrap();
    copy(&repository().join("tests/imports/wordpress-classic"), scratch.path());
    let site = scratch.path().join("site");
    fs::create_dir_all(site.join("content/networking")).unwrap();
    fs::write(site.join("guidepost.yaml"), "title: Mine\nbase_url: https://mine.example/\n").unwrap();
    fs::write(site.join("content/networking/thank-you.md"), "Mine.\n").unwrap();
    fs::write(site.join("content/_redirects"), "/mine/ / 301").unwrap();
    fs::write(site.join("import-report.md"), "My own report.\n").unwrap();
    let import = |flags: &[&str]| guidepost(scratch.path(), &[&["import", "wordpress", "export.xml"], flags].concat());
    let refused = import(&[]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("error[import-in-the-way]") && said.contains("--report"), "{said}");
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(files(&site.join("content")).len(), 2, "nothing was written");
    let done = import(&["--report", "report.md"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let read = |path: &str| fs::read_to_string(site.join(path)).unwrap();
    assert_eq!(read("content/networking/thank-you.md"), "Mine.\n");
    assert_eq!(read("import-report.md"), "My own report.\n");
    assert!(read("guidepost.yaml").starts_with("title: Mine"));
    assert!(read("content/_redirects").starts_with("/mine/ / 301\n"), "{}", read("content/_redirects"));
    assert!(read("content/networking/thank-you-2.md").contains("One line is enough."));
    assert!(read("report.md").contains("now `/networking/thank-you-2/`"));
    #[cfg(unix)]
    {
        let (outside, other) = (scratch.path().join("outside"), scratch.path().join("other"));
        fs::create_dir(&outside).unwrap();
        fs::create_dir_all(other.join("content")).unwrap();
        std::os::unix::fs::symlink(&outside, other.join("content/networking")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        let output =
            command.current_dir(scratch.path()).args(["-C", "other", "import", "wordpress", "export.xml"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("`content/networking` is in the way"), "{said}");
        assert_eq!((files(&outside).len(), output.status.code()), (0, Some(1)));
    }
}

/// What wants the memory, the stack or the time of whoever reads it gets an error or is read.
#[test]
fn a_hostile_export_does_no_harm() {
    let good = fs::read_to_string(repository().join("tests/imports/wordpress-feed/export.xml")).unwrap();
    let good = good.replace("<wp:base_site_url>", "<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>");
    let text = |text: &str| good.replacen("Text.", text, 1);
    let attributes: String = (0..1_000_000).map(|number| format!(" a{number}=\"\"")).collect();
    for (name, export, is_read) in [
        ("attributes", good.replacen("<item>", &format!("<item{attributes}>"), 1), true),
        ("attributes in the text", text(&format!("<p{attributes}>Text.")), true),
        ("depth", text(&format!("{}Text.", "<div><b><ul><li><blockquote>".repeat(50_000))), true),
        ("brackets", text(&"[gallery ids=\"1\" [caption]".repeat(100_000)), true),
        ("entities", text("]]>&a;&lt;&#x0;&#xffffffff;<![CDATA["), true),
        ("references", text(&"&amp".repeat(500_000)), true),
        ("shortcodes", text(&"[a][b]".repeat(200_000)), true),
        ("an endless text", text(&"long ".repeat(10_000_000)), false),
        ("an endless tag", good.replacen("<item>", &format!("<item a=\"{}\">", "x".repeat(40_000_000)), 1), false),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        fs::create_dir(scratch.path().join("site")).unwrap();
        fs::write(scratch.path().join("export.xml"), export).unwrap();
        let output = guidepost(scratch.path(), &["import", "wordpress", "export.xml"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected = if is_read { Some(0) } else { Some(1) };
        assert_eq!(output.status.code(), expected, "{name}: {}", said.chars().take(500).collect::<String>());
        assert!(is_read || said.contains("error[bad-export]") && said.contains("32 MB"), "{name}: {said}");
        assert_eq!(standing(scratch.path()).is_empty(), !is_read, "{name}");
    }
}

/// What an import that was killed had put aside comes into no site, whatever is imported next; nothing is left aside.
#[test]
fn what_a_killed_import_left_is_cleared_away() {
    for name in ["wordpress-classic", "html-page", "jekyll", "hugo"] {
        let scratch = tempfile::tempdir().unwrap();
        let golden = repository().join("tests/imports").join(name);
        copy(&golden, scratch.path());
        let aside = scratch.path().join("site/.guidepost/import");
        fs::create_dir_all(&aside).unwrap();
        fs::write(aside.join("half.md"), "Half an article").unwrap();
        let command = fs::read_to_string(golden.join("command")).unwrap();
        let output = guidepost(scratch.path(), &command.split_whitespace().collect::<Vec<_>>());
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!scratch.path().join("site/content/half.md").exists(), "{name}");
        assert!(!aside.exists(), "{name}");
    }
}
