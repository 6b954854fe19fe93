//! `tests/faults.md`: every row names what shows it, and what it names is there.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{files, repository};

/// The tests of the whole repository: `write::two_builds_at_once_do_not_meet`, `url::tests::…` for a unit test, and
/// `faults::…` for those that need a machine of their own.
fn tests() -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for folder in ["src", "tests"] {
        for (path, bytes) in files(&repository().join(folder)) {
            let Some(stem) = path.strip_suffix(".rs") else { continue };
            let text = String::from_utf8(bytes).unwrap();
            let module = stem.split('/').filter(|part| *part != "main").collect::<Vec<_>>().join("::");
            let inner = if folder == "src" { "tests::" } else { "" };
            tests.extend(names_in(&text).map(|name| format!("{module}::{inner}{name}")));
        }
    }
    tests
}

/// The names of the tests in a file: functions behind `#[test]`, and the lines of the table of calls that fail.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    text.lines().map(str::trim).filter_map(move |line| {
        is_test |= line == "#[test]";
        let of_the_table =
            line.strip_suffix(';').and_then(|line| line.split_once(": ")).filter(|(_, rest)| rest.contains(", \"E"));
        let name = match line.strip_prefix("fn ") {
            Some(rest) => std::mem::take(&mut is_test).then(|| rest.split('(').next()).flatten(),
            None => of_the_table.map(|(name, _)| name),
        };
        name.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'))
    })
}

/// The number of each row, and what it names.
fn rows() -> Vec<(u32, Vec<String>)> {
    let text = fs::read_to_string(repository().join("tests/faults.md")).unwrap();
    text.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let number = cells.first()?.parse().ok()?;
            let named = cells[2].split('`').skip(1).step_by(2).map(str::to_owned).collect();
            Some((number, named))
        })
        .collect()
}

#[test]
fn every_fault_is_shown_by_a_test_that_exists() {
    let tests = tests();
    let mut missing = Vec::new();
    for (number, named) in rows() {
        let shown: Vec<&String> = named.iter().filter(|name| name.contains("::") || name.contains('/')).collect();
        if shown.is_empty() {
            missing.push(format!("row {number} names no test"));
        }
        for name in shown {
            let is_there = match name.strip_prefix("sites/") {
                Some(site) => repository().join("tests/sites").join(site).join("expected/diagnostics.txt").exists(),
                None if name.starts_with("imports/") => repository().join("tests").join(name).join("command").exists(),
                None if name.starts_with("tests/") => repository().join(name).exists(),
                None => tests.contains(name.as_str()),
            };
            if !is_there {
                missing.push(format!("row {number} names `{name}`, which is not there"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_fault_has_a_row() {
    let numbers: Vec<u32> = rows().iter().map(|(number, ..)| *number).collect();
    let expected: Vec<u32> = (1..=88).collect();
    assert_eq!(numbers, expected);
}
