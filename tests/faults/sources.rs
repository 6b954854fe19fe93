//! Sources that are not what they seem: links out of the site, pipes, sockets, devices, files that may not be read, that
//! vanish, whose names are no text, or that lie too deep.
//!
//! A run that waits for a pipe or reads a device without end would fail its test by the time limit of every run.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::machine::{PlainUser, Strace, open_to_all, set_mode};
use crate::pair::{scratch, write};
use crate::program::{Run, build, run, under};
use crate::tree::Tree;

const SECRET: &str = "the-secret-words";
const SETTINGS: &str = "title: Site\nbase_url: https://example.org/\n";

/// A site beside files that are none of its business.
struct Site(TempDir);

impl Site {
    fn new() -> Site {
        let site = Site(scratch());
        write(&site.root(), "guidepost.yaml", SETTINGS);
        write(&site.root(), "content/a.md", "---\ntitle: A\n---\nWords.\n");
        write(&site.root(), "content/folder/b.md", "---\ntitle: B\n---\nWords.\n");
        write(&site.root(), "content/handout.txt", "Take this along.");
        write(&site.root(), "themes/default/assets/own.css", "body {}");
        write(&site.outside(), "secret.md", &format!("---\ntitle: Secret\n---\n{SECRET}\n"));
        write(&site.outside(), "secret.html", SECRET);
        write(&site.outside(), "secret.yaml", &format!("{SETTINGS}description: {SECRET}\n"));
        site
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("site")
    }

    fn outside(&self) -> PathBuf {
        self.0.path().join("outside")
    }

    fn output(&self) -> PathBuf {
        self.0.path().join("public")
    }

    fn command(&self) -> Command {
        build(&self.root(), &self.output())
    }

    /// Builds with a bound on memory: whoever reads a device without end shall not take the machine with them.
    fn build(&self) -> Run {
        run(&mut under(&["sh", "-c", "ulimit -v 8000000 2>/dev/null; exec \"$0\" \"$@\""], &self.command()))
    }

    /// Fails the test if words from outside the site are anywhere in what was published or said.
    fn assert_keeps_the_secret(&self, run: &Run) {
        assert!(!run.err.contains(SECRET) && !run.out.contains(SECRET), "the secret is told: {run:?}");
        for path in Tree::of(&self.output()).paths() {
            let bytes = fs::read(self.output().join(path)).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "the secret is in {path}");
        }
    }

    fn assert_refuses_settings(&self, what: &str) {
        let refused = self.build();
        assert!(matches!(refused.code, Some(1 | 3 | 4)), "{what}: {refused:?}");
        refused.assert_says(&["guidepost.yaml"]);
        self.assert_keeps_the_secret(&refused);
        assert!(!self.output().join("index.html").exists(), "{what}: it was published");
    }
}

fn make_pipe(place: &Path) {
    assert!(Command::new("mkfifo").arg(place).status().unwrap().success(), "mkfifo failed");
}

/// Things that are not files, in a folder that exists; the names of what was put there.
fn place_odd_things(folder: &Path, ending: &str) -> Vec<String> {
    let name = |stem: &str| format!("{stem}{ending}");
    let place = |stem: &str| folder.join(name(stem));
    make_pipe(&place("pipe"));
    drop(UnixListener::bind(place("socket")).unwrap());
    symlink("/dev/zero", place("zero")).unwrap();
    symlink("no-such-file", place("dangling")).unwrap();
    symlink(name("loop"), place("loop")).unwrap();
    symlink(place("pipe"), place("to-pipe")).unwrap();
    ["pipe", "socket", "zero", "dangling", "loop", "to-pipe"].map(name).to_vec()
}

#[test]
fn pipes_sockets_devices_and_loops_among_the_articles_are_left_out() {
    let site = Site::new();
    run(&mut site.command()).assert_done();
    let before = Tree::visible(&site.output());
    for ending in ["", ".md", ".png", ".svg"] {
        let names = place_odd_things(&site.root().join("content"), ending);
        let built = site.build();
        built.assert_done();
        for name in &names {
            built.assert_says(&[&format!("content/{name}")]);
            fs::remove_file(site.root().join("content").join(name)).unwrap();
        }
        Tree::visible(&site.output()).assert_is(&before, &format!("with things that end in `{ending}`"));
    }
}

#[test]
fn links_among_the_articles_lead_nowhere_outside() {
    let site = Site::new();
    let content = site.root().join("content");
    run(&mut site.command()).assert_done();
    let before = Tree::visible(&site.output());
    symlink(site.outside().join("hop.md"), content.join("two-hops.md")).unwrap();
    symlink(site.outside().join("secret.md"), site.outside().join("hop.md")).unwrap();
    let links = [
        ("out.md", site.outside().join("secret.md")),
        ("out.html", site.outside().join("secret.html")),
        ("out-folder", site.outside()),
        ("relative.md", PathBuf::from("../../outside/secret.md")),
        ("folder/parent", PathBuf::from("..")),
        ("self", PathBuf::from(".")),
        ("up", PathBuf::from("../..")),
        ("settings.txt", site.root().join("guidepost.yaml")),
    ];
    for (name, target) in &links {
        symlink(target, content.join(name)).unwrap();
    }
    let built = site.build();
    built.assert_done();
    for name in links.iter().map(|(name, _)| *name).chain(["two-hops.md"]) {
        built.assert_says(&[&format!("content/{name}")]);
    }
    site.assert_keeps_the_secret(&built);
    Tree::visible(&site.output()).assert_is(&before, "with links to the outside");
}

#[test]
fn odd_things_in_a_theme_are_left_out_and_said() {
    let site = Site::new();
    run(&mut site.command()).assert_done();
    let before = Tree::visible(&site.output());
    let theme = site.root().join("themes/default");
    fs::create_dir_all(theme.join("templates")).unwrap();
    let mut names = Vec::new();
    for (folder, ending) in [("assets", ".css"), ("templates", ".html")] {
        let odd = place_odd_things(&theme.join(folder), ending);
        names.extend(odd.into_iter().map(|name| format!("themes/default/{folder}/{name}")));
    }
    symlink(site.outside().join("secret.html"), theme.join("templates/article.html")).unwrap();
    symlink(site.outside().join("secret.html"), theme.join("assets/secret.html")).unwrap();
    symlink(site.outside(), theme.join("assets/outside")).unwrap();
    symlink("../..", theme.join("assets/up")).unwrap();
    let out = ["templates/article.html", "assets/secret.html", "assets/outside", "assets/up"];
    names.extend(out.map(|name| format!("themes/default/{name}")));

    let built = site.build();
    built.assert_done();
    site.assert_keeps_the_secret(&built);
    Tree::visible(&site.output()).assert_is(&before, "with odd things in the theme");
    let silent: Vec<&String> = names.iter().filter(|name| !built.err.contains(name.as_str())).collect();
    assert!(silent.is_empty(), "nothing is said of {silent:?}: {built:?}");
}

#[test]
fn settings_that_are_no_file_are_refused() {
    let site = Site::new();
    let settings = site.root().join("guidepost.yaml");
    fs::remove_file(&settings).unwrap();
    let odd = place_odd_things(&site.outside(), "");
    for name in odd.iter().map(String::as_str).chain([""]) {
        symlink(site.outside().join(name), &settings).unwrap();
        site.assert_refuses_settings(&format!("a link to `{name}`"));
        fs::remove_file(&settings).unwrap();
    }
    make_pipe(&settings);
    site.assert_refuses_settings("a pipe");
    fs::remove_file(&settings).unwrap();
    drop(UnixListener::bind(&settings).unwrap());
    site.assert_refuses_settings("a socket");
    fs::remove_file(&settings).unwrap();
    fs::create_dir(&settings).unwrap();
    site.assert_refuses_settings("a folder");
}

#[test]
fn what_may_not_be_read_fails_the_build_by_its_name() {
    let site = Site::new();
    let user = PlainUser::new();
    open_to_all(site.0.path());
    let unreadable = [
        "content/a.md",
        "content/handout.txt",
        "content/folder",
        "content",
        "themes/default/assets/own.css",
        "themes/default/assets",
        "themes/default",
        "guidepost.yaml",
    ];
    for path in unreadable {
        fs::create_dir(site.output()).unwrap();
        user.give(&site.output());
        // Whoever owns a file may look at it, which is no reason to open it.
        user.give(&site.root().join(path));
        let mode = if site.root().join(path).is_dir() { 0o755 } else { 0o644 };
        set_mode(&site.root().join(path), 0o000);
        let failed = run(&mut user.command(&site.command()));
        set_mode(&site.root().join(path), mode);
        assert!(matches!(failed.code, Some(1 | 3 | 4)), "{path}: {failed:?}");
        failed.assert_says(&[path]);
        assert_eq!(failed.errors(), 1, "{path}: {failed:?}");
        assert!(Tree::visible(&site.output()).is_empty(), "{path}: something was published");
        fs::remove_dir_all(site.output()).unwrap();
    }
    fs::create_dir(site.output()).unwrap();
    user.give(&site.output());
    run(&mut user.command(&site.command())).assert_done();
}

/// What is gone when it is looked at or opened for the first time, the second, the third. A run that had all it needed
/// before that may go well, and then the site must be what it would have been.
#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn what_vanishes_while_the_site_is_read_fails_the_build_by_its_name() {
    let site = Site::new();
    write(&site.root(), "content/sizes.md", "---\ntitle: Sizes\n---\n![Sizes](picture.svg)\n");
    write(&site.root(), "content/picture.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3'/>");
    run(&mut site.command()).assert_done();
    let fresh = Tree::visible(&site.output());
    let mut times = 0;
    for path in ["content/a.md", "content/handout.txt", "content/picture.svg", "themes/default/assets/own.css"] {
        for calls in ["?open,?openat", "?open,?openat,?stat,?statx,?newfstatat"] {
            for first in 1.. {
                let _ = fs::remove_dir_all(site.output());
                let strace = Strace::tampering(calls, &format!("error=ENOENT:when={first}+")).on(&site.root().join(path));
                let outcome = run(&mut strace.command(&site.command()));
                if strace.injected().is_empty() {
                    break;
                }
                times += 1;
                let context = format!("{path} vanished before {calls} number {first}: {outcome:?}");
                let stands = Tree::visible(&site.output());
                if outcome.code == Some(0) && first > 1 {
                    stands.assert_is(&fresh, &context);
                } else {
                    assert!(matches!(outcome.code, Some(1 | 4)), "{context}");
                    outcome.assert_says(&[path]);
                    assert!(stands.is_empty(), "{context}: something was published");
                }
            }
        }
    }
    assert!(times > 10, "only {times} files vanished");
}

/// Not on every system can a file have such a name.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_told_of_and_breaks_nothing() {
    for (name, legible) in [(b"caf\xe9.md".as_slice(), "caf"), (b"\xff\xfe.txt", ".txt"), (b"\xc3\x28", "(")] {
        let site = Site::new();
        let place = site.root().join("content").join(OsStr::from_bytes(name));
        fs::write(&place, "---\ntitle: Latin\n---\n").unwrap();
        let built = site.build();
        assert!(matches!(built.code, Some(0 | 1)), "{built:?}");
        built.assert_says(&["content/", "name", legible]);
        fs::remove_file(&place).unwrap();
        site.build().assert_done();

        let theme = site.root().join("themes/default/assets").join(OsStr::from_bytes(name));
        fs::write(&theme, "words").unwrap();
        let built = site.build();
        assert!(matches!(built.code, Some(0 | 1)), "{built:?}");
        built.assert_says(&["themes/default/assets/", legible]);
    }
}

/// A path may be longer than any system call takes: 4,096 bytes on Linux.
#[test]
fn folders_nested_beyond_measure_are_an_error() {
    let site = Site::new();
    let content = site.root().join("content");
    let name = "n".repeat(200);
    // Nobody can name the deepest folder, so that two halves are put into each other.
    let half = |top: &Path| (0..11).fold(top.to_owned(), |folder, _| folder.join(&name));
    let (upper, lower) = (half(&content), half(&site.outside()));
    fs::create_dir_all(&upper).unwrap();
    fs::create_dir_all(&lower).unwrap();
    fs::write(lower.join("deep.md"), "---\ntitle: Deep\n---\nWords.\n").unwrap();
    fs::rename(site.outside().join(&name), upper.join(&name)).unwrap();
    let failed = site.build();
    assert!(matches!(failed.code, Some(1 | 4)), "{failed:?}");
    failed.assert_says(&["content/nnn"]);
    assert!(!site.output().join("index.html").exists(), "it was published without a word");
}

/// Names that are long, but not too long, and folders that are deep, but not too deep.
#[test]
fn the_longest_names_and_the_deepest_folders_are_published() {
    let site = Site::new();
    let name = "n".repeat(100);
    let deep = (0..8).fold(site.root().join("content"), |folder, _| folder.join(&name));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("deep.md"), "---\ntitle: Deep\n---\nWords.\n").unwrap();
    fs::write(site.root().join("content").join(format!("{}.txt", "l".repeat(251))), "Take this along.").unwrap();
    site.build().assert_done();
    assert!(Tree::visible(&site.output()).paths().any(|path| path.ends_with("/deep/index.html")));
}
