//! What it costs to keep a site current: `cargo run --release --example refresh -- FOLDER [ROUNDS]`.
//!
//! Edits the first article of the site in FOLDER (and puts it back), and says how many milliseconds a refresh takes and
//! how many the article's page then, for a body edit, a title edit and a new article; medians. Nothing is listened to
//! and nothing is sent: `serve` adds its quiet moment and the way through the network.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use guidepost::pipeline::{self, Changes, Options, Progress};
use guidepost::workspace::Workspace;
use jiff::Timestamp;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = PathBuf::from(arguments.first().expect("usage: refresh FOLDER [ROUNDS]"));
    let rounds = arguments.get(1).map_or(10, |rounds| rounds.parse().unwrap());
    pipeline::on_threads(None, || measure(&root, rounds)).unwrap();
}

fn measure(root: &Path, rounds: usize) {
    let options =
        Options { root: root.to_owned(), base: None, now: Timestamp::now(), drafts: true, future: true, expired: false };
    let started = Instant::now();
    let mut workspace = Workspace::open(options, &Progress::default()).unwrap();
    println!("{:>16} {:8.1} ms", "open", milliseconds(started));
    let moment = workspace.moment();
    let head = moment.snapshot.as_ref().unwrap().articles[0].head.clone();
    drop(moment);
    let file = PathBuf::from(&*head.file());
    let text = fs::read_to_string(root.join(&file)).unwrap();
    for (what, edit) in [
        ("body", (|text: &str, n: usize| format!("{text}\nAnother word {n}.\n")) as fn(&str, usize) -> String),
        ("title", |text, n| {
            text.replacen("title: ", &format!("title: New {n} "), 1).replace(&format!("New {n} \""), &format!("\"New {n} "))
        }),
        ("tags", |text, n| text.replacen("tags: [", &format!("tags: [new-{n}, "), 1)),
    ] {
        let mut times = Vec::new();
        for round in 0..rounds {
            fs::write(root.join(&file), edit(&text, round)).unwrap();
            let started = Instant::now();
            workspace.refresh(&Changes::Paths([root.join(&file)].into()), Timestamp::now());
            let refreshed = milliseconds(started);
            let moment = workspace.moment();
            let started = Instant::now();
            moment.find(head.url.as_str()).unwrap();
            times.push((refreshed, milliseconds(started)));
        }
        fs::write(root.join(&file), &text).unwrap();
        workspace.refresh(&Changes::Paths([root.join(&file)].into()), Timestamp::now());
        times.sort_by(|a, b| a.partial_cmp(b).unwrap());
        let (refresh, page) = times[rounds / 2];
        println!("{what:>16} {refresh:8.1} ms refresh, {page:6.1} ms page");
    }
    println!("{:?}", workspace.work());
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
