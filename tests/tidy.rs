//! The shape of the code: layers, purity, module headers. What `src/ARCHITECTURE.md` promises, checked from the source.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::{files, repository};

/// The layers from the bottom: a module may use its own layer's modules that stand before it, and all layers below.
const LAYERS: [&[&str]; 12] = [
    &["html", "digest", "compress", "diagnostic", "text", "url", "redirects", "source", "yaml", "social_card"],
    &["article"],
    &["settings", "theme", "schema", "site"],
    &["search", "lint"],
    // A plan is a list of outputs and an output is rendered from a snapshot that holds the plan: that pair is the one knot.
    &["plan", "outputs"],
    &["moves", "import"],
    &["write", "pipeline"],
    &["workspace", "watch", "outside"],
    &["serve"],
    &["cli"],
    &["main"],
    &["build_script"],
];

/// Modules that may touch the world: files, clock, environment, threads.
const WORLDLY: [&str; 9] = ["source", "write", "pipeline", "watch", "outside", "serve", "cli", "main", "build_script"];

fn sources() -> Vec<(String, String)> {
    let folder = repository().join("src");
    files(&folder)
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()))
        .collect()
}

/// `outputs/feed.rs` belongs to the module `outputs`.
fn module(path: &str) -> &str {
    path.trim_end_matches(".rs").split('/').next().unwrap()
}

/// The code without its tests, comments and texts.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]").next().unwrap();
    source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn position(module: &str) -> Option<(usize, usize)> {
    LAYERS.iter().enumerate().find_map(|(layer, modules)| Some((layer, modules.iter().position(|known| *known == module)?)))
}

#[test]
fn imports_go_one_way() {
    let knot = ["plan", "outputs"];
    let mut wrong = Vec::new();
    for (path, source) in sources() {
        let own = module(&path);
        if own == "lib" {
            continue;
        }
        let place = position(own)
            .unwrap_or_else(|| panic!("{path}: `{own}` is in no layer; ARCHITECTURE.md and this test know them all"));
        let code = code(&source);
        for (at, found) in code.match_indices("crate::") {
            let rest = &code[at + found.len()..];
            let used = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            let Some(used_place) = position(used) else {
                wrong.push(format!("{path} uses crate::{used}, which is in no layer"));
                continue;
            };
            let in_knot = knot.contains(&own) && knot.contains(&used);
            if used != own && used_place >= place && !in_knot {
                wrong.push(format!("{path} uses crate::{used}, which is not below it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_middle_is_pure() {
    const WORLD: [&str; 14] = [
        "std::fs",
        "fs_err",
        "std::env",
        "std::net",
        "std::process",
        "SystemTime",
        "Instant",
        "Timestamp::now",
        "Zoned::now",
        "thread::",
        "rayon",
        "static mut",
        "Mutex<",
        "thread_local!",
    ];
    let mut wrong = Vec::new();
    for (path, source) in sources() {
        if WORLDLY.contains(&module(&path)) {
            continue;
        }
        let code = code(&source);
        let is_allowed = |word: &str| word == "rayon" && has_threads(&path);
        let found = WORLD.iter().filter(|word| code.contains(**word) && !is_allowed(word));
        wrong.extend(found.map(|word| format!("{path} has `{word}`")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn threads_are_in_one_place() {
    for (path, source) in sources() {
        assert!(has_threads(&path) || !code(&source).contains("rayon"), "{path} uses rayon");
    }
}

/// The pipeline spreads work over threads, and so does the one stage that is a pipeline of its own.
fn has_threads(path: &str) -> bool {
    module(path) == "pipeline" || path == "search/index.rs"
}

#[test]
fn every_file_says_what_it_is() {
    let mut silent = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (path, bytes) in files(&repository().join(folder)) {
            if path.ends_with(".rs") && path != "lib.rs" && !bytes.starts_with(b"//! ") {
                silent.push(format!("{folder}/{path}"));
            }
        }
    }
    assert!(silent.is_empty(), "no `//!` header: {silent:?}");
}

#[test]
fn files_have_one_subject_and_a_name_that_says_which() {
    const SAYS_NOTHING: [&str; 8] = ["utils", "util", "helpers", "common", "core", "types", "models", "mod"];
    for (path, source) in sources() {
        let stem = Path::new(&path).file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!SAYS_NOTHING.contains(&stem.as_str()), "{path}");
        let lines = code(&source).lines().count();
        assert!(lines <= 600, "{path} has {lines} lines of code: it has more than one subject");
    }
}

#[test]
fn outside_input_is_never_unwrapped() {
    for (path, source) in sources() {
        let code = code(&source);
        for word in [".unwrap()", ".expect(", "unsafe ", "todo!(", "unimplemented!(", "dbg!("] {
            assert!(!code.contains(word), "{path} has `{word}`");
        }
    }
}

#[test]
fn the_architecture_names_every_module() {
    let text = fs::read_to_string(repository().join("src/ARCHITECTURE.md")).unwrap();
    let modules: BTreeMap<String, ()> = sources().into_iter().map(|(path, _)| (path, ())).collect();
    for path in modules.keys().filter(|path| !path.contains('/')) {
        assert!(text.contains(path.as_str()), "ARCHITECTURE.md does not name {path}");
    }
    assert!(text.lines().count() <= 120, "ARCHITECTURE.md is a bird's eye view");
}
