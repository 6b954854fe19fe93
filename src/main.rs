//! The command's result becomes an exit code; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    guidepost::cli::run().into()
}
