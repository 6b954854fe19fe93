//! Golden sites.
//!
//! A folder `sites/<feature>/` holds `content/` and, where the feature needs them, `guidepost.yaml`, a theme of its own
//! and `record.txt`. Its `expected/` holds `plan.txt` (every address and what is there), `diagnostics.txt` (what the
//! author reads) and the pages of its articles, made with the ten-line theme in `tests/theme/`; `record.txt` names
//! other outputs to hold too, and a file `with-lint` asks for `lint.txt` (what `check` says besides). An expected file that
//! nothing produced fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use guidepost::diagnostic::{self, Style};
use guidepost::outputs::{Content, Output};
use guidepost::pipeline::{self, Progress};

use crate::support::{TestSite, copy, files, repository};

#[test]
fn every_site_is_as_expected() {
    let folder = repository().join("tests/sites");
    let mut features: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    features.sort();
    assert!(features.len() >= 10, "the golden sites are gone");
    let differences: Vec<String> = features.iter().flat_map(|feature| check(feature)).collect();
    assert!(differences.is_empty(), "\n{}\nUPDATE=1 cargo test rewrites what is expected", differences.join("\n"));
}

fn check(feature: &Path) -> Vec<String> {
    let name = feature.file_name().unwrap().to_string_lossy();
    let made = make(feature);
    let expected_folder = feature.join("expected");
    if std::env::var_os("UPDATE").is_some() {
        let _ = fs::remove_dir_all(&expected_folder);
        for (path, text) in &made {
            let path = expected_folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return Vec::new();
    }
    let expected: BTreeMap<String, Vec<u8>> = files(&expected_folder).into_iter().collect();
    let mut differences = Vec::new();
    for (path, text) in &made {
        match expected.get(path) {
            None => differences.push(format!("{name}: {path} is not expected")),
            Some(expected) if expected != text.as_bytes() => {
                differences
                    .push(format!("{name}: {path} differs\n{}", first_difference(&String::from_utf8_lossy(expected), text)));
            }
            Some(_) => {}
        }
    }
    differences.extend(
        expected
            .keys()
            .filter(|path| !made.contains_key(*path))
            .map(|path| format!("{name}: {path} is expected and was not made")),
    );
    differences
}

/// Everything that a site's `expected/` should hold.
fn make(feature: &Path) -> BTreeMap<String, String> {
    let site = TestSite::copy_of(feature);
    if !site.path("guidepost.yaml").exists() {
        site.write("guidepost.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: test\n");
    }
    copy(&repository().join("tests/theme"), &site.path("themes/test"));
    let mut options = site.options();
    options.drafts = site.path("with-drafts").exists();
    let loaded = crate::support::load(&options);

    let mut made = BTreeMap::new();
    made.insert("diagnostics.txt".to_owned(), site.show(&loaded.diagnostics));
    let Some(snapshot) = &loaded.snapshot else { return made };

    if site.path("with-lint").exists() {
        made.insert("lint.txt".to_owned(), site.show(&pipeline::lint(snapshot, &loaded.inputs, &Progress::default())));
    }
    let mut plan = String::new();
    for output in &snapshot.plan.outputs {
        plan.push_str(&format!("{}  {}\n", output.url(), output.describe(&snapshot.site)));
    }
    made.insert("plan.txt".to_owned(), plan);

    // Pages of which one is a file and another its folder cannot both be held.
    let has_clash =
        loaded.diagnostics.iter().any(|d| d.code == "same-address" && d.message.contains("a folder of the same name"));
    let record = fs::read_to_string(feature.join("record.txt")).unwrap_or_default();
    let recorded: Vec<&str> = record.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for path in &recorded {
        assert!(
            snapshot.plan.outputs.iter().any(|o| o.url().file_path() == *path),
            "{}: record.txt names {path}",
            feature.display()
        );
    }
    for output in &snapshot.plan.outputs {
        let path = output.url().file_path();
        if (matches!(output, Output::Article(_)) && !has_clash) || recorded.contains(&path.as_str()) {
            let text = match output.render(snapshot) {
                Ok(Content::Bytes(bytes)) => String::from_utf8(bytes).unwrap(),
                Ok(Content::File(location)) => fs::read_to_string(location).unwrap(),
                Err(problem) => diagnostic::show(&problem, None, Style::Plain),
            };
            made.insert(path, text);
        }
    }
    made
}

fn first_difference(expected: &str, made: &str) -> String {
    let lines = expected.lines().zip(made.lines()).enumerate();
    match lines.into_iter().find(|(_, (a, b))| a != b) {
        Some((i, (a, b))) => format!("  line {}\n  expected: {a}\n  made:     {b}", i + 1),
        None => format!("  {} lines expected, {} made", expected.lines().count(), made.lines().count()),
    }
}
