//! What the stages cost: parse, site, plan, render, and a whole build, on synthetic articles.
//!
//! `cargo bench`; the articles are those of the example `corpus`.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::{fs, process};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use guidepost::article::{self, Head};
use guidepost::pipeline::{self, Options, Progress};
use guidepost::plan::{Plan, Snapshot};
use guidepost::site::{Selection, Site};
use guidepost::write::{Fingerprint, Publication};
use jiff::Timestamp;

#[path = "corpus.rs"]
#[allow(dead_code)]
mod corpus;

const ARTICLES: usize = 1_000;

fn load(root: &Path) -> (Snapshot, Fingerprint) {
    let options = Options {
        root: root.to_owned(),
        base: None,
        now: Timestamp::from_second(1_795_348_800).unwrap(),
        drafts: false,
        future: false,
        expired: false,
    };
    let loaded = pipeline::load(&options, &Progress::default()).unwrap();
    (loaded.snapshot.unwrap(), loaded.fingerprint)
}

fn publish(snapshot: &Snapshot, fingerprint: Fingerprint, folder: &Path) {
    let publication = Publication::begin(&snapshot.root, &folder.join("public")).unwrap();
    pipeline::publish(snapshot, fingerprint, publication, &Progress::default()).unwrap();
}

fn stages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    corpus::write(ARTICLES, folder.path()).unwrap();
    let (snapshot, fingerprint) = load(folder.path());
    let settings = snapshot.site.settings.clone();
    let selection = Selection { today: jiff::civil::date(2026, 11, 22), drafts: false, future: false, expired: false };
    let sources: Vec<(Arc<str>, Vec<u8>)> = snapshot
        .articles
        .iter()
        .map(|article| (article.head.source.clone(), fs::read(folder.path().join(&*article.head.file())).unwrap()))
        .collect();
    let heads: Vec<Arc<Head>> = snapshot.articles.iter().map(|article| article.head.clone()).collect();

    let mut group = criterion.benchmark_group(format!("{ARTICLES} articles"));
    group.sample_size(10);
    group.throughput(Throughput::Elements(ARTICLES as u64));
    let options = settings.parse_options();
    group.bench_function("parse, one thread", |bencher| {
        bencher.iter(|| sources.iter().map(|(path, bytes)| article::parse(path, bytes, &options).0.body.words).sum::<u32>());
    });
    group.bench_function("site", |bencher| {
        bencher.iter(|| Site::new(black_box(&heads), Vec::new(), Arc::default(), settings.clone(), &selection))
    });
    group.bench_function("plan", |bencher| bencher.iter(|| Plan::new(black_box(&snapshot.site), &snapshot.theme).outputs.len()));
    group.bench_function("render, one thread", |bencher| {
        bencher.iter(|| snapshot.plan.outputs.iter().map(|output| output.render(&snapshot).is_ok()).filter(|ok| *ok).count());
    });
    group.bench_function("publish into an empty folder", |bencher| {
        bencher.iter_with_setup(
            || tempfile::tempdir().unwrap(),
            |output| {
                publish(&snapshot, fingerprint, output.path());
                output
            },
        );
    });
    group.bench_function("a whole build", |bencher| {
        bencher.iter_with_setup(
            || tempfile::tempdir().unwrap(),
            |output| {
                let (snapshot, fingerprint) = load(folder.path());
                publish(&snapshot, fingerprint, output.path());
                output
            },
        );
    });
    group.finish();
    if snapshot.plan.outputs.len() < ARTICLES {
        process::exit(1);
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
