//! Commands that write the author's own files, `mv` and `import`: killed before any system call, and with any call failing.
//!
//! Whatever happens, each file is the one that stood there or the one that belongs there, nothing else is touched, and the
//! same command, given again, makes what an undisturbed run makes.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::kills::{Random, number_from};
use crate::machine::{LIST, LOOK, MAKE_FOLDER, OPEN, READ, REMOVE, RENAME, SYNC, Strace, WRITE, count_short_calls, short_calls};
use crate::pair::{scratch, write};
use crate::program::{Run, finish, guidepost, run, start};
use crate::tree::Tree;

/// No run makes more calls of one kind than this.
const FAR_TOO_MANY: usize = 2_000;

/// What is no part of the site: Guidepost's own, and the report, which tells of the run that wrote it.
const ASIDE: [&str; 3] = [".guidepost", ".guidepost-mv", "import-report.md"];

/// A command, what stands before it, and what it makes of that.
struct Scene {
    name: &'static str,
    words: &'static [&'static str],
    prepare: fn(&Path),
    new: Tree,
}

fn scenes() -> Vec<Scene> {
    let scene = |name, words, prepare: fn(&Path)| {
        let folder = scratch();
        prepare(folder.path());
        run(&mut command(folder.path(), words)).assert_done();
        Scene { name, words, prepare, new: site_in(folder.path()) }
    };
    vec![
        scene("an article moves", &["mv", "content/tips.md", "content/advice/ten.md"], articles),
        scene("a folder moves", &["mv", "content/offers", "content/advice/offers"], articles),
        scene("a blog becomes a site", &IMPORT, blog),
        scene("a blog is imported again", &IMPORT, newer_blog),
    ]
}

const IMPORT: [&str; 7] = ["import", "wordpress", "../export.xml", "--media", "../uploads", "--redirects", "old.conf"];

/// A few articles that link to each other in several ways, and search tests that name them.
fn articles(folder: &Path) {
    let put = |path: &str, text: &str| write(&folder.join("site"), path, text);
    put(
        "guidepost.yaml",
        "title: A site\nbase_url: https://example.org/\nsearch:\n  tests:\n    - { query: tips, expect: tips.md }\n",
    );
    put("content/tips.md", "---\ntitle: Tips\naliases: [/old-tips/]\n---\nSee [the offer](offers/first.md).\n");
    put("content/offers/first.md", "---\ntitle: First\nrelated: [tips.md]\n---\n[Tips](../tips.md), ![seal](seal.svg)\n");
    put("content/offers/second.md", "---\ntitle: Second\n---\n[[tips]] and [the first](first.md)\n");
    put("content/offers/seal.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    put("content/index.md", "---\ntitle: Home\n---\n[Tips](tips.md), [an offer](/offers/second/)\n");
}

/// A blog that was exported, and a folder with something of somebody's in it.
fn blog(folder: &Path) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imports/wordpress-classic");
    fs::create_dir_all(folder.join("site")).unwrap();
    fs::copy(golden.join("export.xml"), folder.join("export.xml")).unwrap();
    copy(&golden.join("uploads"), &folder.join("uploads"));
    write(&folder.join("site"), "notes.txt", "Somebody's own.");
}

/// The same blog, imported before and newer since; one article was edited here, and there is one of the author's own.
fn newer_blog(folder: &Path) {
    blog(folder);
    run(&mut command(folder, &IMPORT)).assert_done();
    let export = fs::read_to_string(folder.join("export.xml")).unwrap();
    let newer = export.replace("thank", "heartily thank").replace(
        "</channel>",
        "<item><title>New since</title>\
        <link>https://blog.example/new-since/</link><pubDate>Mon, 02 Mar 2026 10:00:00 +0000</pubDate>\
        <dc:creator>maya</dc:creator><guid>https://blog.example/?p=991</guid><content:encoded>New words.</content:encoded>\
        <wp:post_id>991</wp:post_id><wp:post_date>2026-03-02 10:00:00</wp:post_date><wp:post_name>new-since</wp:post_name>\
        <wp:status>publish</wp:status><wp:post_type>post</wp:post_type>\
        <category domain=\"category\" nicename=\"newest\">Newest</category></item></channel>",
    );
    assert_ne!(newer, export);
    fs::write(folder.join("export.xml"), newer).unwrap();
    let site = folder.join("site");
    let edited = "content/posts/in-no-category.md";
    let text = fs::read_to_string(site.join(edited)).unwrap();
    write(&site, edited, &format!("{text}\nWritten here.\n"));
    write(&site, "content/posts/own.md", "---\ntitle: Own\n---\nOf the author's own.\n");
    let redirects = fs::read_to_string(site.join("content/_redirects")).unwrap();
    write(&site, "content/_redirects", &format!("/mine/ /own/ 301\n{redirects}"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

fn site_in(folder: &Path) -> Tree {
    Tree::without(&folder.join("site"), &ASIDE)
}

#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn a_command_may_be_killed_before_any_call() {
    let mut grievances = Vec::new();
    let mut kills = 0;
    for scene in scenes() {
        for calls in [OPEN, WRITE, SYNC, RENAME, MAKE_FOLDER, REMOVE] {
            kills += scene.each_time(calls, |number| format!("signal=SIGKILL:when={number}"), &mut grievances);
        }
    }
    println!("{kills} kills");
    assert!(grievances.is_empty(), "{} went wrong:\n{}", grievances.len(), grievances.join("\n"));
    assert!(kills > 150, "only {kills} kills");
}

#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn any_call_of_a_command_may_fail() {
    let mut grievances = Vec::new();
    let mut failed = 0;
    let faults = [
        (OPEN, "EMFILE"),
        (READ, "EIO"),
        (LOOK, "EIO"),
        (LIST, "EIO"),
        (WRITE, "ENOSPC"),
        (SYNC, "EIO"),
        (RENAME, "EACCES"),
        (MAKE_FOLDER, "ENOSPC"),
        (REMOVE, "EACCES"),
    ];
    for scene in scenes() {
        for (calls, error) in faults {
            failed += scene.each_time(calls, |number| format!("error={error}:when={number}"), &mut grievances);
        }
    }
    println!("{failed} calls failed");
    assert!(grievances.is_empty(), "{} went wrong:\n{}", grievances.len(), grievances.join("\n"));
    assert!(failed > 400, "only {failed} calls were there to fail");
}

/// A command, given by somebody who stands in the site.
fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = guidepost(Path::new("."), words);
    command.current_dir(folder.join("site"));
    command
}

impl Scene {
    fn command(&self, folder: &Path) -> Command {
        command(folder, self.words)
    }

    /// Disturbs the first call, the second, and so on until there is none; says how many there were.
    fn each_time(&self, calls: &str, how: impl Fn(usize) -> String, grievances: &mut Vec<String>) -> usize {
        for number in 1..FAR_TOO_MANY {
            let folder = scratch();
            (self.prepare)(folder.path());
            let old = site_in(folder.path());
            let strace = Strace::tampering(calls, &how(number));
            let disturbed = finish(&mut strace.command(&self.command(folder.path())));
            let injected = strace.injected();
            if injected.is_empty() && disturbed.code.is_some() {
                disturbed.assert_done();
                return number - 1;
            }
            if let Err(wrong) = self.check(folder.path(), &old, &disturbed) {
                let calls = if injected.is_empty() { calls.to_owned() } else { injected.join(" and ") };
                let wrong =
                    format!("{}, {} of {calls}: {wrong}\n    {:?} {:?}", self.name, how(number), disturbed.code, disturbed.err);
                grievances.push(wrong.replace(&format!("{}/", folder.path().display()), ""));
            }
        }
        panic!("{}: there is no end to it", self.name)
    }

    /// Whole files after the run, and all well after another.
    fn check(&self, folder: &Path, old: &Tree, disturbed: &Run) -> Result<(), String> {
        let found = site_in(folder);
        match found.but_beside().strange_between(old, &self.new) {
            Some(wrong) => return Err(wrong),
            None if disturbed.code == Some(0) => found.check(&self.new).map_err(|wrong| format!("exit code 0, and {wrong}"))?,
            // The loader of the system's libraries ends with this code.
            None if disturbed.code.is_some_and(|code| code != 127) => disturbed.check_no_crash()?,
            None => {}
        }
        if found == self.new && !folder.join("site/.guidepost-mv/list.json").exists() {
            return Ok(());
        }
        let again = run(&mut self.command(folder));
        let mended = if again.code == Some(0) { site_in(folder).check(&self.new) } else { Err(format!("{again:?}")) };
        mended.map_err(|wrong| format!("the next run does not make all well: {wrong}"))
    }
}

#[test]
#[ignore = "needs Linux and a C compiler: tests/run runs it"]
fn reads_and_writes_of_a_command_may_be_short_and_interrupted() {
    let tools = scratch();
    let library = short_calls(tools.path());
    for scene in scenes() {
        let folder = scratch();
        (scene.prepare)(folder.path());
        let done = run(scene.command(folder.path()).env("LD_PRELOAD", &library));
        done.assert_done();
        assert!(count_short_calls(&done.err) > 20, "{done:?}");
        site_in(folder.path()).assert_is(&scene.new, scene.name);
    }
}

/// Kills at moments that chance chooses, as the power or an impatient hand does.
#[test]
#[ignore = "takes a while, and less with a release build: tests/run runs it"]
fn a_command_may_be_killed_at_any_moment() {
    let seed = number_from("GUIDEPOST_SEED").unwrap_or_else(|| std::process::id().into());
    println!("GUIDEPOST_SEED={seed} repeats these kills");
    let kills = number_from("GUIDEPOST_KILLS").unwrap_or(200) / 5;
    let mut random = Random(seed);
    for scene in scenes() {
        let (mut before, mut amid, mut after) = (0, 0, 0);
        let mut whole = std::time::Duration::ZERO;
        for kill in 0..=kills {
            let folder = scratch();
            (scene.prepare)(folder.path());
            let old = site_in(folder.path());
            let began = std::time::Instant::now();
            let mut child = start(&mut scene.command(folder.path()));
            if kill == 0 {
                assert!(child.wait().unwrap().success());
                whole = began.elapsed();
                continue;
            }
            std::thread::sleep(random.up_to(whole * 11 / 10));
            let _ = child.kill();
            let killed = Run { code: child.wait().unwrap().code(), out: String::new(), err: String::new() };
            let found = site_in(folder.path());
            let count = if found == old {
                &mut before
            } else if found == scene.new {
                &mut after
            } else {
                &mut amid
            };
            *count += 1;
            scene.check(folder.path(), &old, &killed).unwrap_or_else(|wrong| panic!("{}, kill {kill}: {wrong}", scene.name));
        }
        println!("{}: {before} kills left all as it was, {amid} something between, {after} the end", scene.name);
    }
}
