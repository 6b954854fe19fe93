//! The page of all messages, `src/diagnostic/messages.md`.
//!
//! It has a section for every code in `src/` and for no other, and every example on it is built: what Guidepost says
//! is what stands there, and the example put right gets no complaint. A new code fails the first test; write its section,
//! with an empty ```` ```text ```` block for the message, and `UPDATE=1 cargo test` fills in what Guidepost says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Stdio};

use guidepost::diagnostic::messages::{self, Block, Section};
use guidepost::diagnostic::{self, Diagnostic};
use guidepost::pipeline::{self, Progress};

use crate::support::{NOW, TestSite, files, repository};

/// The site of the examples, in messages that name its folder.
const SHOWN_FOLDER: &str = "/home/ana/advice";

/// Every code in `src/`, with how much its messages weigh.
///
/// A code is a text of its own right behind `Diagnostic::error(` and its like; this test insists on that.
fn codes_in_source() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut codes: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for (path, bytes) in files(&repository().join("src")).into_iter().filter(|(path, _)| path.ends_with(".rs")) {
        let source = String::from_utf8(bytes).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        for severity in ["error", "warning", "note"] {
            for (_, after) in code.split(&format!("Diagnostic::{severity}(")).skip(1).map(|after| ((), after.trim_start())) {
                let literal = after.strip_prefix('"').and_then(|after| after.split_once('"'));
                let Some((code, _)) = literal else {
                    let shown = after.lines().next().unwrap_or("");
                    panic!("{path}: the code must stand where the message is made: `Diagnostic::{severity}({shown}`")
                };
                codes.entry(code.to_owned()).or_default().insert(severity);
            }
        }
    }
    codes
}

#[test]
fn the_page_explains_every_code_and_no_other() {
    let known = codes_in_source();
    assert!(known.len() > 50, "codes are not found in the source: {known:?}");
    let known: Vec<(String, String)> =
        known.into_iter().map(|(code, severities)| (code, severities.into_iter().collect::<Vec<_>>().join(" or "))).collect();
    let explained: Vec<(String, String)> =
        messages::sections().iter().map(|section| (section.code.to_owned(), section.severity.to_lowercase())).collect();
    let missing: Vec<_> = known.iter().filter(|pair| !explained.contains(pair)).collect();
    let idle: Vec<_> = explained.iter().filter(|pair| !known.contains(pair)).collect();
    assert!(missing.is_empty() && idle.is_empty(), "messages.md has no section for {missing:?}, and nothing says {idle:?}");
    for (is, ought) in explained.iter().zip(&known) {
        assert_eq!(is, ought, "messages.md is not in the order of the alphabet");
    }
    assert_eq!(explained.len(), known.len(), "messages.md explains a code twice");
}

#[test]
fn the_page_reads_well_on_a_terminal() {
    for Section { code, meaning, blocks, .. } in messages::sections() {
        let is_code = code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(is_code && !code.starts_with('-'), "{code} is not in kebab case");
        let is_short = (10..=60).contains(&meaning.chars().count()) && !meaning.contains('\n');
        assert!(is_short, "{code}: its meaning fits no line: {meaning}");
        let prose: Vec<&str> =
            blocks.iter().filter_map(|block| if let Block::Prose(text) = block { Some(*text) } else { None }).collect();
        for line in prose.iter().flat_map(|text| text.lines()) {
            assert!(line.chars().count() <= 80, "{code}: this line is too long: {line}");
            assert!(!line.contains("](") || line.contains('`'), "{code}: a link is noise on a terminal: {line}");
            assert!(!line.contains("**") && !line.starts_with(['-', '#', '|', '>']), "{code}: noise: {line}");
        }
        assert!(matches!(blocks.first(), Some(Block::Prose(_))), "{code}: it is not explained");
        let has_example = blocks.iter().any(|block| matches!(block, Block::Message(_)));
        let has_none = prose.iter().any(|text| text.starts_with("There is no example, because"));
        assert!(has_example != has_none, "{code}: there is an example, or a sentence that says why not");
    }
}

/// An example: files and perhaps a command, what Guidepost says, and the files put right.
struct Example<'p> {
    code: &'p str,
    files: Vec<(&'p str, &'p str)>,
    command: Option<&'p str>,
    message: &'p str,
    mended: Vec<(&'p str, &'p str)>,
}

impl<'p> Example<'p> {
    fn of(section: &Section<'p>) -> Option<Example<'p>> {
        let is_message = |block: &Block<'_>| matches!(block, Block::Message(_));
        let at = section.blocks.iter().position(is_message)?;
        let (before, after) = section.blocks.split_at(at);
        assert_eq!(after.iter().filter(|block| is_message(block)).count(), 1, "{}: one example is enough", section.code);
        let files = |blocks: &[Block<'p>]| -> Vec<(&'p str, &'p str)> {
            blocks
                .iter()
                .filter_map(|block| if let Block::File { path, text } = block { Some((*path, *text)) } else { None })
                .collect()
        };
        let command = before.iter().find_map(|block| if let Block::Command(text) = block { Some(text.trim()) } else { None });
        let Block::Message(message) = after[0] else { unreachable!() };
        assert!(matches!(after.get(1), Some(Block::Prose(_))), "{}: a sentence leads to how it should be", section.code);
        Some(Example { code: section.code, files: files(before), command, message, mended: files(after) })
    }

    /// What Guidepost says with this code. It says nothing else about the files, so that nothing distracts.
    fn said(&self, site: &TestSite) -> String {
        match self.command {
            Some(command) => {
                let said = run(site, command);
                let ours = said
                    .split("\n\n")
                    .filter(|message| message.split(':').next().unwrap().ends_with(&format!("[{}]", self.code)));
                ours.map(str::trim_end).collect::<Vec<_>>().join("\n\n") + "\n"
            }
            None => {
                let found = complaints(site);
                let others: Vec<&Diagnostic> = found.iter().filter(|problem| problem.code != self.code).collect();
                assert!(others.is_empty(), "{}: the example shows something else too: {others:#?}", self.code);
                site.show(&found)
            }
        }
    }
}

/// Everything that is wrong with a site, templates too.
fn complaints(site: &TestSite) -> Vec<Diagnostic> {
    let loaded = site.load();
    let mut found = loaded.diagnostics;
    if let Some(snapshot) = loaded.snapshot.as_ref().filter(|_| !found.iter().any(Diagnostic::is_error)) {
        found.extend(pipeline::rehearse(snapshot, &Progress::default()));
    }
    diagnostic::sort(&mut found);
    found
}

/// Runs `guidepost …` as it is typed on the page, and gives what it says.
fn run(site: &TestSite, command: &str) -> String {
    let mut words = command.split_whitespace().peekable();
    let mut run = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    run.env("SOURCE_DATE_EPOCH", NOW.to_string());
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        run.env(name, value);
        words.next();
    }
    assert_eq!(words.next(), Some("guidepost"), "{command}");
    let output = run.args(words).current_dir(site.root()).stdin(Stdio::null()).output().unwrap();
    let folder = site.root().canonicalize().unwrap();
    String::from_utf8(output.stderr).unwrap().replace(&*folder.to_string_lossy(), SHOWN_FOLDER)
}

#[test]
fn every_example_gets_the_very_message() {
    let mut differences = Vec::new();
    let mut replacements: Vec<(usize, usize, String)> = Vec::new();
    let file = repository().join("src/diagnostic/messages.md");
    let page = fs::read_to_string(&file).unwrap();
    let sections = messages::read(&page);
    let examples: Vec<Example<'_>> = sections.iter().filter_map(Example::of).collect();
    assert!(examples.len() > 40, "the examples are gone");
    for example in &examples {
        let site = TestSite::new(&example.files);
        let said = example.said(&site);
        assert!(said.contains(&format!("[{}]: ", example.code)), "{}: Guidepost does not say that to this example", example.code);
        if said != example.message {
            differences.push(format!("{} expects\n{}\nand Guidepost says\n{said}", example.code, example.message));
            let at = example.message.as_ptr().addr() - page.as_ptr().addr();
            replacements.push((at, example.message.len(), said));
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        let mut page = page.clone();
        for (at, length, said) in replacements.into_iter().rev() {
            page.replace_range(at..at + length, &said);
        }
        fs::write(file, page).unwrap();
        return;
    }
    assert!(differences.is_empty(), "\n{}\nUPDATE=1 cargo test rewrites what is expected", differences.join("\n"));
}

#[test]
fn every_example_can_be_put_right() {
    let mut mended = 0;
    for example in messages::sections().iter().filter_map(Example::of).filter(|example| !example.mended.is_empty()) {
        let site = TestSite::new(&example.files);
        for (path, text) in &example.mended {
            site.write(path, text);
        }
        let left = match example.command {
            Some(command) => run(&site, command),
            None => site.show(&complaints(&site)).trim().to_owned(),
        };
        assert_eq!(left, "", "{}: something is still wrong", example.code);
        mended += 1;
    }
    assert!(mended > 30, "only {mended} examples are put right");
}

/// What `explain` prints is the page, without its marks.
#[test]
fn explain_prints_the_page() {
    let site = TestSite::new(&[]);
    let output = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        command.current_dir(site.root()).args(arguments).stdin(Stdio::null()).output().unwrap()
    };
    let list = String::from_utf8(output(&["explain"]).stdout).unwrap();
    for section in messages::sections() {
        let Section { code, meaning, blocks, .. } = &section;
        assert!(list.lines().any(|line| line.starts_with(&format!("{code} ")) && line.ends_with(meaning)), "{code}\n{list}");
        let explained = output(&["explain", code]);
        assert_eq!(explained.status.code(), Some(0), "{code}");
        let text = String::from_utf8(explained.stdout).unwrap();
        assert!(text.starts_with(&format!("{code} (")), "{text}");
        assert!(!text.contains("```") && !text.contains(&format!("**{}**", section.severity)), "{text}");
        for block in blocks {
            let (Block::Prose(words) | Block::Command(words) | Block::Message(words) | Block::File { text: words, .. }) = block;
            for line in words.lines() {
                assert!(text.lines().any(|shown| shown.trim() == line.trim()), "{code}: `{line}` is not in\n{text}");
            }
        }
    }
}
