//! Publishing cannot hurt: what the real program does when it is killed, when the system refuses a call, when the disk
//! is full, when others are at work, and when the files it is given are not what they seem.
//!
//! The tests know the promises and not the code. `.guidepost/commit` in the output folder means that a move was begun.
//! The program is the one that Cargo built, or the one that `GUIDEPOST_BIN` names. Tests that need more than any machine
//! has are ignored by `cargo test` and run by `tests/run`; where something is missing then, they fail and say what.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

/// Running the program: limits, crashes, other programs around it.
mod program;

/// What lies in a folder, as a value.
mod tree;

/// Two versions of a site, and the folder in which one follows the other.
mod pair;

/// What the machine must have, or the test fails: root, strace, mounts, other users.
#[cfg(unix)]
mod machine;

/// A build that is killed at any moment.
mod kills;

/// The same bytes, whatever clock, locale, threads and folder.
mod surroundings;

/// Output folders in which a site would do harm.
#[cfg(unix)]
mod folders;

/// Sources that are links, pipes, devices, unreadable, gone, or named beyond measure.
#[cfg(unix)]
mod sources;

/// A build beside others, a build that is told to stop, a build without a network.
#[cfg(unix)]
mod processes;

/// System calls that fail, one after the other.
#[cfg(unix)]
mod calls;

/// Commands that write the author's own files.
#[cfg(unix)]
mod authored;

/// The preview under a crowd and under nonsense.
#[cfg(target_os = "linux")]
mod serving;

/// Full disks, few file handles, folders that cannot be written.
#[cfg(unix)]
mod resources;
