//! The same bytes, whatever the clock says, whatever the locale, the time zone, the number of threads, the folder in
//! which somebody stands, and the order in which the disk lists files.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::pair::{scratch, write};
use crate::program::{Run, guidepost, run};
use crate::tree::Tree;

const DAY: &str = "SOURCE_DATE_EPOCH";

/// Guidepost's own site: every kind of page there is, and a time zone that is not UTC.
fn sample() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a site becomes in an empty folder.
fn built(root: &Path, change: impl FnOnce(&mut Command) -> &mut Command) -> Tree {
    let scratch = scratch();
    let output = scratch.path().join("public");
    let outcome = build_into(root, &output, change);
    outcome.assert_done();
    Tree::visible(&output)
}

fn build_into(root: &Path, output: &Path, change: impl FnOnce(&mut Command) -> &mut Command) -> Run {
    let mut command = guidepost(root, ["build", "--output"]);
    command.arg(output);
    for variable in ["LANG", "LC_ALL", "LANGUAGE", "TZ"] {
        command.env_remove(variable);
    }
    change(&mut command);
    run(&mut command)
}

#[test]
fn locale_and_time_zone_do_not_show() {
    let plain = built(sample(), |command| command);
    assert!(plain.paths().count() > 150);
    let environments: [&[(&str, &str)]; 8] = [
        &[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
        &[("LANG", "C"), ("LC_ALL", "C")],
        &[("LC_ALL", "POSIX"), ("LANGUAGE", "de:ar")],
        &[("LC_ALL", "xx_YY.no-such-charset")],
        &[("TZ", "Pacific/Kiritimati")],
        &[("TZ", "Pacific/Pago_Pago")],
        &[("TZ", "")],
        &[("TZ", ":/no/such/zone")],
    ];
    for environment in environments {
        let other = built(sample(), |command| command.envs(environment.iter().copied()));
        other.assert_is(&plain, &format!("{environment:?}"));
    }
}

#[test]
fn threads_do_not_show() {
    let one = built(sample(), |command| command.args(["--jobs", "1"]));
    for jobs in ["2", "16"] {
        let many = built(sample(), |command| command.args(["--jobs", jobs]));
        many.assert_is(&one, &format!("{jobs} threads"));
    }
}

#[test]
fn the_folder_in_which_somebody_stands_does_not_show() {
    let plain = built(sample(), |command| command);
    let scratch = scratch();
    let inside = scratch.path().join("inside");
    let mut command = Command::new(crate::program::binary());
    command.current_dir(sample()).arg("build").arg("--output").arg(&inside).env(DAY, crate::program::NOW);
    run(&mut command).assert_done();
    Tree::visible(&inside).assert_is(&plain, "in the site's folder");

    // `-C` with a path from where one stands, and through `..`.
    let relative: PathBuf = [sample().file_name().unwrap().as_ref(), Path::new("src"), Path::new("..")].iter().collect();
    let outside = scratch.path().join("outside");
    let mut command = guidepost(&relative, ["build", "--output"]);
    command.arg(&outside).current_dir(sample().parent().unwrap());
    run(&mut command).assert_done();
    Tree::visible(&outside).assert_is(&plain, "beside the site's folder");
}

#[test]
fn the_order_of_files_on_disk_does_not_show() {
    let article = |number: usize| format!("---\ntitle: Article {number}\ndate: 2026-01-01\ntags: [all]\n---\nWords.\n");
    let site = |numbers: &mut dyn Iterator<Item = usize>| {
        let scratch = scratch();
        write(scratch.path(), "guidepost.yaml", "title: Order\nbase_url: https://example.org/\n");
        for number in numbers {
            write(scratch.path(), &format!("content/{}/article-{number}.md", number % 3), &article(number));
        }
        built(scratch.path(), |command| command)
    };
    let forwards = site(&mut (0..60));
    site(&mut (0..60).rev()).assert_is(&forwards, "files written in the other order");
}

/// The day decides which articles are published, and nothing else.
#[test]
fn the_clock_decides_only_what_is_published() {
    let scratch = scratch();
    let root = scratch.path();
    write(root, "guidepost.yaml", "title: Clock\nbase_url: https://example.org/\ntime_zone: America/New_York\n");
    write(root, "content/old.md", "---\ntitle: Old\ndate: 1969-07-20\n---\nFrom before the clock began.\n");
    write(root, "content/new.md", "---\ntitle: New\ndate: 2026-01-01\n---\nWords.\n");
    // Half past two did not exist that night in New York, and half past one was there twice in the other.
    write(root, "content/gap.md", "---\ntitle: Gap\ndate: 2026-03-08 02:30\n---\nWords.\n");
    write(root, "content/twice.md", "---\ntitle: Twice\ndate: 2025-11-02 01:30\n---\nWords.\n");
    let at = |second: &str| built(root, |command| command.env(DAY, second));
    let now = at("1795348800");
    assert!(now.has("old/index.html") && now.has("new/index.html") && now.has("gap/index.html"));
    at("1795377600").assert_is(&now, "eight hours later");
    at("4102444800").assert_is(&now, "in the year 2100");
    at("253370764800").assert_is(&now, "in the year 9999");
    built(root, |command| command.env_remove(DAY)).assert_is(&now, "by the clock of this machine");

    let epoch = at("0");
    assert!(epoch.has("old/index.html") && !epoch.has("new/index.html"), "the articles of 1970");
    at("-1").assert_is(&epoch, "a second before 1970");
}

#[test]
fn a_day_that_is_none_is_refused_before_anything_is_written() {
    let scratch = scratch();
    let output = scratch.path().join("public");
    for junk in ["", " ", "tomorrow", "2026-11-22", "1e9", "0x10", "12.5", "99999999999999999999", "9223372036854775807"] {
        let refused = build_into(sample(), &output, |command| command.env(DAY, junk));
        refused.assert_fails(2, &[DAY]);
        assert!(!output.exists(), "`{junk}` was taken");
    }
}
