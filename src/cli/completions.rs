//! `guidepost completions`: a script that completes guidepost's commands in a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Outcome;

/// The flags of `completions`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "guidepost", &mut script);
    super::print(&script)
}
