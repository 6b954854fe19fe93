//! The README: every command in it runs, and its tables are true.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::repository;

fn readme() -> String {
    fs::read_to_string(repository().join("README.md")).unwrap()
}

/// The commands in the README's shell blocks, which may stand in a list.
fn commands() -> Vec<String> {
    let readme = readme();
    let blocks = readme.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned());
    let lines = blocks.flat_map(|block| block.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>());
    lines.filter(|line| !line.is_empty()).collect()
}

/// Copies a folder into another.
fn copy(from: &Path, to: &Path) {
    for (path, bytes) in crate::support::files(from) {
        let file = to.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}

/// `cargo run -- …` and an installed `guidepost …` are both this program. Building and installing it are not done again
/// here, and `tests/run` is what runs this; every other command must be known to this test.
#[test]
fn every_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut current = repository().to_owned();
    let mut ran = 0;
    for command in commands() {
        let words: Vec<&str> = command.split_whitespace().collect();
        let guidepost = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
            command.args(arguments);
            command
        };
        let mut run = match words.as_slice() {
            ["cargo", "run", "--release", "--", "build"] => {
                let mut build = guidepost(&["build", "--output"]);
                build.arg(folder.path().join("public"));
                build
            }
            ["guidepost", "serve", "--open"] => {
                // No browser is opened here; otherwise this is what a reader does, up to Ctrl-C.
                serve_for_a_moment(&current);
                ran += 1;
                continue;
            }
            ["guidepost", "import", "wordpress", "export.xml", "--media", "uploads"] => {
                // Into the site that was begun above.
                let blog = repository().join("tests/imports/wordpress-classic");
                copy(&blog, &current);
                guidepost(&words[1..])
            }
            ["guidepost", arguments @ ..] => guidepost(arguments),
            ["cd", into] => {
                current = current.join(into);
                continue;
            }
            ["cargo", "install", "--path", "."] => {
                assert!(repository().join("Cargo.toml").exists());
                current = folder.path().to_owned();
                continue;
            }
            ["cargo", "run", "--release", "--example", "corpus", "--", count, _] => {
                count.parse::<usize>().unwrap();
                assert!(repository().join("benches/corpus.rs").exists());
                continue;
            }
            ["tests/run"] => {
                assert!(repository().join("tests/run").exists());
                continue;
            }
            other => panic!("the README has a command that this test does not know: {other:?}"),
        };
        let output = run.current_dir(&current).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        ran += 1;
    }
    assert_eq!(ran, 7);
}

/// Starts a preview, opens its first page and ends it as Ctrl-C does.
fn serve_for_a_moment(site: &Path) {
    let mut preview = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    let mut preview = preview.args(["serve", "--port", "0"]).current_dir(site).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(preview.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let host = said.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_else(|| panic!("{said}"));
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("</html>"), "{answer}");
    assert!(Command::new("kill").args(["-INT", &preview.id().to_string()]).status().unwrap().success());
    assert_eq!(preview.wait().unwrap().code(), Some(0));
}

/// What the README shows and links to in this repository is there.
#[test]
fn every_link_leads_somewhere() {
    let readme = readme();
    let targets: Vec<&str> = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let files: Vec<&&str> = targets.iter().filter(|target| !target.contains("://") && !target.ends_with("tips.md")).collect();
    assert!(files.len() >= 3);
    for file in files.into_iter().filter(|file| !file.starts_with("write-to-a-stranger")) {
        let file = file.split('#').next().unwrap_or(file);
        assert!(repository().join(file).exists(), "{file}");
    }
}

/// The rows of a table by their first cell.
fn rows(heading: &str) -> Vec<(String, String)> {
    let readme = readme();
    let section = readme.split(heading).nth(1).unwrap_or_else(|| panic!("no {heading}"));
    let table = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells =
        |line: &str| line.trim_matches('|').replace("\\|", "/").split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    table.skip(2).map(|line| (cells(line)[0].clone(), cells(line)[1].clone())).collect()
}

fn names(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_table_of_front_matter_is_true() {
    let rows = rows("### Front matter");
    let documented: Vec<(String, BTreeSet<String>)> =
        rows.iter().map(|(key, also)| (names(key).into_iter().next().unwrap(), names(also))).collect();
    let known: Vec<(String, BTreeSet<String>)> = guidepost::article::KEYS
        .iter()
        .map(|(key, also)| ((*key).to_owned(), also.iter().map(|name| (*name).to_owned()).collect()))
        .collect();
    assert_eq!(documented, known);
}

#[test]
fn the_table_of_settings_is_true() {
    let documented: BTreeSet<String> = rows("### Settings").iter().flat_map(|(keys, _)| names(keys)).collect();
    let known: BTreeSet<String> = guidepost::settings::KEYS.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(documented, known);
}

#[test]
fn the_table_of_commands_is_true() {
    let help = Command::new(env!("CARGO_BIN_EXE_guidepost")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for (command, _) in rows("## A site of your own") {
        let name = command.trim_matches('`').split_whitespace().nth(1).unwrap().to_owned();
        assert!(help.contains(&format!("  {name}")), "{name} is no command");
    }
    let documented = rows("## A site of your own").len();
    let listed = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let listed = listed.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("help")).count();
    assert_eq!(documented, listed, "{help}");
}
