//! Laws of Guidepost held against inputs that libFuzzer makes: one program for all targets, of which `FUZZ_TARGET` names
//! one. What is asked of each, and how to run them, is in `README.md`.
//!
//! A law that does not hold is a panic. Which inputs are tried is libFuzzer's business.

#![no_main]

mod bombs;
#[allow(dead_code)]
#[path = "../../raw_html/browser.rs"]
mod browser;
mod imports;
mod outputs;
mod server;
mod sources;
mod world;

use std::sync::OnceLock;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 9] = [
    ("front_matter", sources::front_matter),
    ("markdown", sources::markdown),
    ("address", sources::address),
    ("target", server::target),
    ("range", server::range),
    ("wordpress", imports::wordpress),
    ("html", imports::html),
    ("feed", outputs::feed),
    ("script_json", outputs::script_json),
];

static CHOSEN: OnceLock<Target> = OnceLock::new();

fn choose() {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    // No target: what takes too long is looked for in another way.
    if name == "bombs" {
        bombs::search();
        std::process::exit(0);
    }
    match TARGETS.iter().find(|(known, _)| *known == name) {
        Some((_, target)) => CHOSEN.get_or_init(|| *target),
        None => panic!("FUZZ_TARGET must be one of {:?}", TARGETS.map(|(name, _)| name)),
    };
}

libfuzzer_sys::fuzz_target!(init: choose(), |data: &[u8]| CHOSEN.get().expect("a target")(data));
