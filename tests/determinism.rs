//! The same bytes, whatever the machine does: threads, the order of files on disk, locale, time zone, the clock.

use std::process::Command;

use proptest::prelude::*;

use crate::support::{TestSite, files, render_all, repository, sample};

#[test]
fn one_thread_and_eight_say_the_same() {
    let build = |threads| guidepost::pipeline::on_threads(Some(threads), || render_all(&sample("https://example.org/"))).unwrap();
    assert!(build(1) == build(8), "the number of threads shows");
}

#[test]
fn locale_time_zone_folder_and_clock_say_the_same() {
    let build = |folder: &str, environment: &[(&str, &str)]| {
        let output = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        command.current_dir(folder).args(["--quiet", "-C"]).arg(repository()).arg("build").arg("-o").arg(output.path());
        command.env("SOURCE_DATE_EPOCH", crate::support::NOW.to_string());
        for (name, value) in environment {
            command.env(name, value);
        }
        assert!(command.status().unwrap().success());
        files(output.path()).into_iter().filter(|(path, _)| !path.starts_with(".guidepost/")).collect::<Vec<_>>()
    };
    let plain = build("/", &[]);
    // The same day, seven hours later.
    let later = (crate::support::NOW + 7 * 3600).to_string();
    let other = build("/tmp", &[("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Pacific/Kiritimati"), ("SOURCE_DATE_EPOCH", &later)]);
    assert!(plain.len() > 150);
    assert!(plain == other, "the environment shows");
}

/// A small site whose articles link to and share tags with each other.
fn article(number: usize) -> (String, String) {
    let next = (number + 1) % 12;
    let text = format!(
        "---\ntitle: Article {number}\ndate: 2026-0{}-10\ntags: [all, t{}]\n---\n\nSee [the next](article-{next}.md) and [[article-{}]].\n",
        1 + number % 3,
        number % 4,
        (number * 5) % 12
    );
    (format!("content/section/article-{number}.md"), text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn the_order_of_files_does_not_show(order in Just((0..12).collect::<Vec<usize>>()).prop_shuffle(), threads in 1_usize..6) {
        let build = |order: &[usize], threads| {
            let site = TestSite::new(&[]);
            for &number in order {
                let (path, text) = article(number);
                site.write(&path, &text);
            }
            guidepost::pipeline::on_threads(Some(threads), || render_all(&site.snapshot())).unwrap()
        };
        let sorted: Vec<usize> = (0..12).collect();
        prop_assert!(build(&order, threads) == build(&sorted, 2));
    }
}
