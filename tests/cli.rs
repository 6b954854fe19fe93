//! The program as a user runs it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::{NOW, TestSite, files};

pub fn guidepost(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.current_dir(folder).args(arguments).env("SOURCE_DATE_EPOCH", NOW.to_string()).env_remove("NO_COLOR");
    command.stdin(Stdio::null()).output().unwrap()
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_newcomer_makes_a_site_and_publishes_it() {
    let folder = tempfile::tempdir().unwrap();
    let made = guidepost(folder.path(), &["init", "my-site"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    assert!(out(&made).contains("cd my-site"), "{}", out(&made));
    let site = folder.path().join("my-site");
    let built = guidepost(&site, &["build", "--strict"]);
    assert_eq!(built.status.code(), Some(0), "{}", err(&built));
    assert_eq!(err(&built), "");
    assert!(out(&built).starts_with("Built ") && out(&built).contains("3 articles"), "{}", out(&built));
    assert!(site.join("public/index.html").is_file() && site.join(".gitignore").is_file());
}

#[test]
fn init_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "mine").unwrap();
    let refused = guidepost(folder.path(), &["init"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("thesis.txt") && err(&refused).contains("guidepost init my-site"), "{}", err(&refused));
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn a_folder_without_settings_is_no_site() {
    let folder = tempfile::tempdir().unwrap();
    let built = guidepost(folder.path(), &["build"]);
    assert_eq!(built.status.code(), Some(3));
    assert!(err(&built).contains("guidepost init"), "{}", err(&built));
    assert!(!folder.path().join("public").exists());
}

#[test]
fn mistakes_are_all_reported_at_once_and_nothing_is_published() {
    let site = TestSite::new(&[
        ("content/a.md", "---\ntitle: One: two\n---\n"),
        ("content/b.md", "---\ntitle: B\ndate: 04/03/2023\n---\n[x](nowhere.md)\n"),
    ]);
    let built = guidepost(site.root(), &["build"]);
    assert_eq!(built.status.code(), Some(1));
    let message = err(&built);
    for expected in [
        "content/a.md:2:",
        "quote the value: `title: \"One: two\"`",
        "content/b.md:3:7",
        "content/b.md:5:1",
        "error[not-published]: 3 errors: nothing was published",
        "`guidepost explain yaml` says more about such a message",
    ] {
        assert!(message.contains(expected), "`{expected}` is not in\n{message}");
    }
    assert!(!site.path("public").exists());
    assert!(!message.contains('\u{1b}'), "escapes in a pipe");
}

#[test]
fn warnings_fail_only_when_asked_to() {
    let site = TestSite::new(&[("content/a.md", "---\ntitle: A\ntgas: [x]\n---\n")]);
    let built = guidepost(site.root(), &["build"]);
    assert_eq!(built.status.code(), Some(0));
    assert!(err(&built).contains("did you mean `tags`?"), "{}", err(&built));
    assert_eq!(guidepost(site.root(), &["build", "--strict"]).status.code(), Some(1));
    assert_eq!(guidepost(site.root(), &["check", "--strict"]).status.code(), Some(1));
}

#[test]
fn messages_for_programs_are_json_lines() {
    let site = TestSite::new(&[("content/a.md", "---\ntitle: A\ntgas: [x]\n---\n")]);
    let built = guidepost(site.root(), &["--message-format", "json", "build"]);
    let message: serde_json::Value = serde_json::from_str(err(&built).lines().next().unwrap()).unwrap();
    assert_eq!(
        (message["code"].as_str(), message["file"].as_str(), message["line"].as_u64(), message["column"].as_u64()),
        (Some("unknown-key"), Some("content/a.md"), Some(3), Some(1))
    );
    let result: serde_json::Value = serde_json::from_str(&out(&built)).unwrap();
    assert_eq!(result["articles"], 1);

    let failed = guidepost(site.root(), &["--message-format", "json", "build", "--strict"]);
    let codes: Vec<String> = err(&failed)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(codes, ["unknown-key", "not-published"]);
}

#[test]
fn the_way_to_more_is_shown_once_and_only_to_people_who_need_it() {
    let site = TestSite::new(&[
        ("content/a.md", "---\ntitle: A\ndate: never\n---\n[x](nowhere.md)"),
        ("content/b.md", "---\ntitle: B\ntgas: [x]\n---\n"),
    ]);
    let shown = |arguments: &[&str]| {
        let output = guidepost(site.root(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let all = format!("{}{}", out(&output), err(&output));
        all.matches("guidepost explain bad-date").count() + 10 * all.matches("guidepost explain unknown-key").count()
    };
    assert_eq!((shown(&["build"]), shown(&["check"])), (1, 1));
    for quiet in [&["-q", "build"][..], &["-q", "check"], &["--message-format", "json", "build"]] {
        assert_eq!(shown(quiet), 0, "{quiet:?}");
    }
    fs::remove_file(site.path("content/a.md")).unwrap();
    assert_eq!((shown(&["build", "--strict"]), shown(&["check", "--strict"])), (10, 10));
    assert!(!err(&guidepost(site.root(), &["build"])).contains("explain"), "nothing failed");
}

#[test]
fn a_message_is_explained_however_its_code_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let explained = guidepost(folder.path(), &["explain", "broken-link"]);
    assert_eq!((explained.status.code(), err(&explained).as_str()), (Some(0), ""));
    assert!(out(&explained).contains("did you mean `tips.md`?"), "{}", out(&explained));
    for pasted in ["error[broken-link]", "error[broken-link]: there is no article or file at `x`", "BROKEN-LINK", "[Broken-Link]"]
    {
        assert_eq!(out(&guidepost(folder.path(), &["-q", "explain", pasted])), out(&explained), "{pasted}");
    }
    let unknown = guidepost(folder.path(), &["explain", "brokenlink"]);
    assert_eq!((unknown.status.code(), out(&unknown).as_str()), (Some(2), ""));
    assert!(err(&unknown).contains("error[unknown-code]") && err(&unknown).contains("did you mean `broken-link`?"));
}

#[test]
fn what_is_left_out_is_counted_and_can_be_asked_for() {
    let site = TestSite::new(&[
        ("content/a.md", "---\ntitle: A\n---\n"),
        ("content/b.md", "---\ntitle: B\ndraft: true\n---\n"),
        ("content/c.md", "---\ntitle: C\nstatus: draft\n---\n"),
        ("content/d.md", "---\ntitle: D\ndate: 2030-01-01\n---\n"),
        ("content/e.md", "---\ntitle: E\nexpires: 2020-01-01\n---\n"),
    ]);
    let built = out(&guidepost(site.root(), &["build"]));
    assert!(built.contains("(1 article, "), "{built}");
    assert!(
        built.contains("2 drafts, 1 scheduled article and 1 expired article left out (--drafts, --future, --expired)"),
        "{built}"
    );
    let all = out(&guidepost(site.root(), &["build", "--drafts", "--future", "--expired"]));
    assert!(all.contains("(5 articles, ") && !all.contains("left out"), "{all}");
    let verbose = out(&guidepost(site.root(), &["-v", "build"]));
    assert!(verbose.contains("left out: content/b.md (a draft)"), "{verbose}");
    assert_eq!(out(&guidepost(site.root(), &["-q", "build"])), "");
}

#[test]
fn check_writes_nothing() {
    let site = TestSite::new(&[("content/a.md", "---\ntitle: A\n---\n")]);
    let before = files(site.root());
    let checked = guidepost(site.root(), &["check"]);
    assert_eq!(checked.status.code(), Some(0));
    assert_eq!(out(&checked), "Checked 1 article: nothing is wrong\n");
    assert!(files(site.root()) == before);
}

#[test]
fn wrong_usage_is_told_from_a_wrong_site() {
    let site = TestSite::new(&[]);
    for arguments in [
        &["biuld"][..],
        &["explain", "x", "y"],
        &["build", "--base-url", "example.org"],
        &["build", "--jobs", "0"],
        &["-q", "-v", "build"],
    ] {
        let output = guidepost(site.root(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(!err(&output).is_empty());
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    let output = command.arg("build").env("SOURCE_DATE_EPOCH", "junk").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("SOURCE_DATE_EPOCH"));
}

#[test]
fn a_refused_output_folder_has_an_exit_code_of_its_own() {
    let site = TestSite::new(&[("content/a.md", "---\ntitle: A\n---\n")]);
    let refused = guidepost(site.root(), &["build", "-o", "content"]);
    assert_eq!(refused.status.code(), Some(3), "{}", err(&refused));
    assert_eq!(files(&site.path("content")).len(), 1);
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let site = TestSite::new(&[("content/a.md", "---\ntitle: A\ntgas: x\n---\n")]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.current_dir(site.root()).args(["-v", "build"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn every_shell_gets_its_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = guidepost(folder.path(), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(out(&output).contains("guidepost") && out(&output).contains("build"), "{shell}");
        let completes_codes = out(&output).contains("link-to-unpublished");
        assert!(completes_codes || !matches!(shell, "bash" | "zsh"), "{shell} does not complete the codes of messages");
    }
}

#[test]
fn colours_come_when_asked_for() {
    let site = TestSite::new(&[("content/a.md", "---\ntitle: A\ntgas: x\n---\n")]);
    assert!(err(&guidepost(site.root(), &["--color", "always", "build"])).contains('\u{1b}'));
    assert!(!err(&guidepost(site.root(), &["--color", "never", "build"])).contains('\u{1b}'));
}

/// Deep in the pipeline a mistake of ours must not look like the author's: it is caught and named. There is none to
/// show, so this shows the opposite: input made to break things gets a message or a page, never a crash.
#[test]
fn odd_files_neither_crash_nor_hang() {
    let site = TestSite::new(&[
        ("content/empty.md", ""),
        ("content/bom.md", "\u{feff}"),
        ("content/only-matter.md", "---\ntitle: T\n---"),
        ("content/open.md", "---\ntitle: T\n"),
        ("content/nul.md", "a\0b"),
        ("content/quotes.md", &">".repeat(5_000)),
        ("content/brackets.md", &"[".repeat(20_000)),
        ("content/stars.md", &"*a ".repeat(20_000)),
        ("content/long.md", &"word ".repeat(200_000)),
        ("content/!!!.md", "no letters"),
        ("content/CON.md", "a device"),
    ]);
    fs::write(site.path("content/latin1.md"), b"---\ntitle: caf\xe9\n---\n").unwrap();
    let built = guidepost(site.root(), &["build"]);
    assert_eq!(built.status.code(), Some(1), "{}", err(&built));
    assert!(err(&built).contains("content/latin1.md:2:11"), "{}", err(&built));
    assert!(err(&built).contains("content/open.md:1:1"));
    assert!(err(&built).contains("content/quotes.md:1:1"));
    for wrong in ["latin1.md", "open.md", "quotes.md"] {
        fs::remove_file(site.path("content").join(wrong)).unwrap();
    }
    let built = guidepost(site.root(), &["build"]);
    assert_eq!(built.status.code(), Some(0), "{}", err(&built));
}

/// Two articles, of which a test expects one.
fn searched(test: &str) -> TestSite {
    let site = TestSite::new(&[
        ("content/thanks.md", "---\ntitle: Thank-you notes\ndate: 2026-01-01\ntags: [email]\n---\n\nSend a note within a day.\n"),
        ("content/fair.md", "---\ntitle: \"A fair \\e[31m\"\ndate: 2026-01-02\n---\n\nBring ten copies.\n"),
    ]);
    let settings =
        format!("title: T\nbase_url: https://example.org/sub/\nsearch:\n  synonyms: {{ gratitude: thank }}\n  tests: [{test}]\n");
    site.write("guidepost.yaml", &settings);
    site
}

#[test]
fn search_says_what_readers_would_find() {
    let site = searched("");
    let ask = |arguments: &[&str]| guidepost(site.root(), &[&["search"], arguments].concat());
    let found = ask(&["thakn", "you"]);
    assert_eq!(found.status.code(), Some(0), "{}", err(&found));
    let expected = "Showing results for thank you\n\nThank-you notes\n  /thanks/\n  Send a note within a day.\n\n1 article\n";
    assert_eq!(out(&found), expected);
    assert!(out(&ask(&["gratitude"])).starts_with("Thank-you notes\n"), "{}", out(&ask(&["gratitude"])));
    assert_eq!(out(&ask(&["tag:email", "copies"])), "Nothing found\n");
    // A title with an escape for terminals; it is refused by nobody, and harms nobody.
    assert!(!out(&ask(&["copies"])).contains('\u{1b}'), "{}", out(&ask(&["copies"])));
    let json: serde_json::Value = serde_json::from_str(&out(&ask(&["--format", "json", "notes"]))).unwrap();
    assert_eq!((json["total"].as_u64(), json["results"][0]["href"].as_str()), (Some(1), Some("/thanks/")));
}

#[test]
fn search_asks_a_published_site_too() {
    let site = searched("");
    let missing = guidepost(site.root(), &["search", "--published", "public", "notes"]);
    assert_eq!(missing.status.code(), Some(4), "{}", err(&missing));
    assert!(err(&missing).contains("error[search-index]") && err(&missing).contains("guidepost build"), "{}", err(&missing));
    assert_eq!(guidepost(site.root(), &["build"]).status.code(), Some(0));
    site.write("content/thanks.md", "---\ntitle: Gone\n---\n");
    let found = guidepost(site.root(), &["search", "--published", "public", "notes"]);
    assert!(out(&found).starts_with("Thank-you notes\n"), "{}", out(&found));
    let root = site.path("public/search/index.bin");
    let mut bytes = fs::read(&root).unwrap();
    bytes[2] += 1;
    fs::write(&root, bytes).unwrap();
    let newer = guidepost(site.root(), &["search", "--published", "public", "notes"]);
    assert_eq!(newer.status.code(), Some(4));
    assert!(err(&newer).contains("another version of Guidepost"), "{}", err(&newer));
}

#[test]
fn check_asks_the_questions_of_the_search_tests() {
    let passes = guidepost(searched("{ query: thank you note, expect: thanks.md }").root(), &["check"]);
    assert_eq!(passes.status.code(), Some(0), "{}", err(&passes));
    let site = searched("{ query: ten copies, expect: /thanks/ }");
    let fails = guidepost(site.root(), &["check"]);
    assert_eq!(fails.status.code(), Some(1));
    assert!(err(&fails).contains("error[search-test]") && err(&fails).contains("guidepost.yaml:5:"), "{}", err(&fails));
    // A build asks nothing: it would keep an author from publishing.
    assert_eq!(guidepost(site.root(), &["build"]).status.code(), Some(0));
}

/// A site with two things that `check` warns of, and its options.
fn unsound_site() -> TestSite {
    TestSite::new(&[(
        "content/a.md",
        "---\ntitle: A\n---\n\nClick [here](https://example.com/) or [there](https://example.com/b).\n\n![](https://example.com/p.png)\n",
    )])
}

#[test]
fn check_says_more_than_build_and_build_stays_as_it_is() {
    let site = unsound_site();
    assert!(!err(&guidepost(site.root(), &["build"])).contains("vague-link"));
    let checked = guidepost(site.root(), &["check"]);
    assert_eq!((checked.status.code(), err(&checked).matches("[vague-link]").count()), (Some(0), 1), "{}", err(&checked));
    assert!(err(&checked).contains("content/a.md:5:7") && err(&checked).contains("WCAG 2.4.4"), "{}", err(&checked));
    assert!(!err(&checked).contains("note["), "notes are for `-v`: {}", err(&checked));
    assert!(err(&guidepost(site.root(), &["check", "-v"])).contains("note[orphan]"));
    assert_eq!(guidepost(site.root(), &["check", "--strict"]).status.code(), Some(1));

    let only = guidepost(site.root(), &["--message-format", "json", "check", "--only", "no-alt,orphan"]);
    let codes: Vec<serde_json::Value> = err(&only).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(codes.len(), 1);
    assert_eq!((codes[0]["code"].as_str(), codes[0]["line"].as_u64()), (Some("no-alt"), Some(7)));
    let unknown = guidepost(site.root(), &["check", "--only", "no-alts"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("did you mean `no-alt`?"), "{}", err(&unknown));
}

#[test]
fn a_baseline_lets_an_old_site_start_clean() {
    let site = unsound_site();
    let written = guidepost(site.root(), &["check", "--strict", "--write-baseline", "old findings.txt"]);
    assert_eq!((written.status.code(), err(&written)), (Some(0), String::new()));
    assert!(out(&written).contains("3 findings written to old findings.txt"), "{}", out(&written));
    let listed = site.read("old findings.txt");
    assert!(listed.contains("1 content/a.md: vague-link: ") && !listed.contains(":5"), "{listed}");

    let check = |arguments: &[&str]| guidepost(site.root(), &[&["check", "--baseline", "old findings.txt"], arguments].concat());
    let clean = check(&["--strict"]);
    assert_eq!((clean.status.code(), err(&clean)), (Some(0), String::new()));
    assert!(out(&clean).contains("nothing new is wrong\n  3 older findings are in old findings.txt"), "{}", out(&clean));

    // An edit elsewhere in the file, one thing mended, one thing new.
    let text = site.read("content/a.md").replace("\nClick", "\n## New\n\nText.\n\nClick").replace("![]", "![A plan]");
    site.write("content/a.md", &format!("{text}\n[More](https://example.com/c)\n"));
    let changed = check(&["--strict"]);
    assert_eq!((changed.status.code(), err(&changed).matches("warning[").count()), (Some(1), 1), "{}", err(&changed));
    assert!(err(&changed).contains("“More”") && out(&changed).contains("1 line of it is no longer needed"), "{}", out(&changed));
    assert!(out(&check(&["-v"])).contains("content/a.md: no-alt: "), "{}", out(&check(&["-v"])));

    // What fails the build is never passed over.
    site.write("content/a.md", &format!("{text}\n[More](nowhere.md)\n"));
    assert_eq!(guidepost(site.root(), &["check", "--write-baseline", "old findings.txt"]).status.code(), Some(1));
    let broken = check(&[]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(err(&broken).contains("error[broken-link]"), "{}", err(&broken));
}

#[test]
fn only_a_baseline_is_taken_for_one_and_written_over() {
    let site = unsound_site();
    let before = site.read("content/a.md");
    for (arguments, said) in [
        (["check", "--write-baseline", "content/a.md"], "is there already and is no baseline"),
        (["check", "--baseline", "content/a.md"], "is no baseline of Guidepost's"),
        (["check", "--baseline", "missing.txt"], "`guidepost check --write-baseline missing.txt` makes it"),
    ] {
        let refused = guidepost(site.root(), &arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(err(&refused).contains(said), "{}", err(&refused));
    }
    assert_eq!(site.read("content/a.md"), before);
    assert_eq!(guidepost(site.root(), &["check", "--write-baseline", "content"]).status.code(), Some(2));
    assert_eq!(guidepost(site.root(), &["check", "--write-baseline", "no/such/folder.txt"]).status.code(), Some(4));
    let listed = "# Guidepost baseline\n\n<<<<<<< ours\n";
    site.write("findings.txt", listed);
    let conflict = guidepost(site.root(), &["check", "--baseline", "findings.txt"]);
    assert!(err(&conflict).contains("line 3 of `findings.txt`"), "{}", err(&conflict));
}
