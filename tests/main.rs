//! One test binary. Behaviour that a user would notice is shown by whole sites, as folders below `sites/`; a new case
//! is a new folder. `UPDATE=1 cargo test` rewrites what they expect.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

/// What all of these need: sites in temporary folders, and building them.
mod support;

/// Golden sites: from a folder of sources to plan, diagnostics and pages.
mod sites;

/// Golden imports: from what was elsewhere to the folder of a site.
mod imports;

/// The program as a user runs it: commands, flags, messages, exit codes.
mod cli;

/// The commands for authors and for who looks after a site: `new`, `list`, `why`.
mod tools;

/// JSON Schema for editors, held against what authors write.
mod schema;

/// The page of all messages: complete, true, and what `guidepost explain` prints.
mod messages;

/// Published addresses that stay: the list of them, and what is said when one is lost.
mod lock;

/// Old addresses: rules, queries, and what is said of them.
mod redirects;

/// Moving articles: links, aliases, and what is refused.
mod moves;

/// Publishing: what is written, kept, removed and refused.
mod write;

/// Smaller variants beside the texts of a site.
mod precompressed;

/// Uploading what was published, and every moment of it.
mod uploads;

/// Building again: the same as building anew, with less work.
mod rebuild;

/// Asking the web for the links that lead there, held against a server that answers in every way.
mod outside;
/// A site kept current while its files change: the same as a fresh build, with less work.
mod workspace;

/// Watching: what is noticed of what editors and other programs do to a site's files.
mod watch;

/// The preview as a program: its answers, its words, its end.
mod preview;

/// The site that ships with Guidepost, at a domain's root and below a path.
mod sample;

/// The search tests of a site: what they complain of.
mod search_tests;

/// Feeds as a feed reader sees them.
mod feeds;

/// The same bytes, whatever the machine does.
mod determinism;

/// Agendas: hostile words in calendar files and what search engines are told.
mod agenda;

/// Social cards: which pages have one, and when one is made.
mod social_cards;

/// The default theme: every template with the barest and the fullest page.
mod theme;

/// What templates are given, held against the theme's documentation.
mod views;
/// What readers see besides the articles, in every language.
mod words;

/// Names of files that not every machine or host can take.
mod names;

/// What is large, many or odd.
mod scale;

/// Text that must stay text, wherever it lands.
mod hostile;

/// Raw HTML, held against a browser's parser.
mod raw_html;

/// Search: the same words and answers in Rust and in JavaScript.
mod search;

/// The preview's server.
mod serve;

/// The shape of the code: layers, purity, module headers.
mod tidy;

/// The table of faults: what it names is there.
mod table;

/// The README: its commands run, its table is true.
mod readme;
