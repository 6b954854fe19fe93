//! The command's result becomes an exit code; nothing else.

use std::process::ExitCode;

/// A build allocates many millions of small pieces on several threads; the system's allocator shows in its profile.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    guidepost::cli::run().into()
}
