//! The commands and their flags; what each one calls, and what its result means for the exit code.
//!
//! Results go to stdout, messages to stderr. Clock and environment are read here, once, and handed on as values.

mod build;
mod check;
mod completions;
mod explain;
mod external;
mod import;
mod init;
mod interrupt;
mod list;
mod lock;
mod mv;
mod new;
mod replace;
mod report;
mod schema;
mod search;
mod section;
mod serve;
mod standing;
mod why;

use std::io::{self, IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use self::interrupt::Interrupt;
use crate::diagnostic::{self, Diagnostic, Style};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 0: done.
    Done,
    /// 1: the site has errors, or warnings with `--strict`.
    SiteErrors,
    /// 2: wrong usage.
    Usage,
    /// 3: the configuration does not allow it.
    Configuration,
    /// 4: the machine did not play along.
    Io,
    /// 101: a mistake in Guidepost itself.
    Internal,
    /// 128 and the number of the signal that asked the program to stop.
    Interrupted(u8),
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Done => 0,
            Outcome::SiteErrors => 1,
            Outcome::Usage => 2,
            Outcome::Configuration => 3,
            Outcome::Io => 4,
            Outcome::Internal => 101,
            Outcome::Interrupted(code) => code,
        })
    }
}

/// Turns Markdown articles into a fast, searchable, static career-advice site.
#[derive(Debug, Parser)]
#[command(name = "guidepost", version, max_term_width = 100, arg_required_else_help = true)]
struct Arguments {
    /// The site's folder
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true, default_value = ".")]
    directory: PathBuf,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more: every file that was left out, and why
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Whether messages have colours
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN", global = true)]
    color: Colour,
    /// How messages are written: for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t = MessageFormat::Human, value_name = "FORMAT", global = true)]
    message_format: MessageFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new site with sample articles
    Init(init::Arguments),
    /// Begin a new article, and print the path of its file
    New(new::Arguments),
    /// Publish the site into a folder
    Build(build::Arguments),
    /// Show the site in the browser while it is written
    Serve(serve::Arguments),
    /// Look for everything that is wrong, and publish nothing
    Check(check::Arguments),
    /// List articles or tags: what waits, what is due, what nobody links to
    List(list::Arguments),
    /// Say whether a page is published and why, and where it is found
    Why(why::Arguments),
    /// Take over articles from WordPress and elsewhere
    Import(import::Arguments),
    /// List the addresses that are published, so that no build loses one
    Lock(lock::Arguments),
    /// Move an article or a folder, and put right every link that leads there
    Mv(mv::Arguments),
    /// Look for something as readers of the site would
    Search(search::Arguments),
    /// Print a JSON Schema, by which editors complete and check YAML
    Schema(schema::Arguments),
    /// Say what a message means, with an example
    Explain(explain::Arguments),
    /// Print a script that completes guidepost's commands in a shell
    Completions(completions::Arguments),
}

/// What every command is told besides its own flags.
struct Context {
    directory: PathBuf,
    now: Timestamp,
    /// Whether somebody said what time it is, so that it stays so.
    is_now_fixed: bool,
    output: Output,
    interrupt: Interrupt,
}

impl Context {
    /// A path that was given from the site's folder, as short as it can be named.
    fn path(&self, given: &Path) -> PathBuf {
        if self.directory.as_os_str() == "." { given.to_owned() } else { self.directory.join(given) }
    }
}

/// How and how much a command talks.
#[derive(Debug, Clone, Copy)]
struct Output {
    amount: Amount,
    format: MessageFormat,
    style: Style,
    /// Whether somebody watches, who would like to see progress.
    is_watched: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Amount {
    Quiet,
    Normal,
    Verbose,
}

/// Reads the command line, runs the command and says how it ended.
pub fn run() -> Outcome {
    quiet_panics();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let is_help = !error.use_stderr();
            // A closed pipe is no reason to complain.
            let _ = error.print();
            return if is_help { Outcome::Done } else { Outcome::Usage };
        }
    };
    let output = Output {
        amount: match (arguments.quiet, arguments.verbose) {
            (true, _) => Amount::Quiet,
            (_, true) => Amount::Verbose,
            _ => Amount::Normal,
        },
        format: arguments.message_format,
        style: style(arguments.color),
        is_watched: io::stderr().is_terminal() && arguments.message_format == MessageFormat::Human && !arguments.quiet,
    };
    let (now, is_now_fixed) = match now() {
        Ok(now) => now,
        Err(problem) => {
            output.error(problem);
            return Outcome::Usage;
        }
    };
    // Where signals cannot be heard the program simply ends when it gets one.
    let interrupt = Interrupt::listen().unwrap_or_default();
    let context = Context { directory: arguments.directory, now, is_now_fixed, output, interrupt };
    // What goes wrong with one article or page is caught there, and named; this is for the rest.
    catch_unwind(AssertUnwindSafe(|| run_command(&context, arguments.command))).unwrap_or_else(|_| {
        let message =
            "Guidepost stumbled; this is a mistake in Guidepost, not in your files, and what was published before is as it was";
        output
            .error(Diagnostic::error("internal", message).hint("please report it, with `RUST_BACKTRACE=1` set for the details"));
        Outcome::Internal
    })
}

fn run_command(context: &Context, command: Command) -> Outcome {
    match command {
        Command::Init(arguments) => init::run(context, &arguments),
        Command::New(arguments) => new::run(context, &arguments),
        Command::Build(arguments) => build::run(context, &arguments),
        Command::Serve(arguments) => serve::run(context, &arguments),
        Command::Check(arguments) => check::run(context, &arguments),
        Command::List(arguments) => list::run(context, &arguments),
        Command::Why(arguments) => why::run(context, &arguments),
        Command::Import(arguments) => import::run(context, &arguments),
        Command::Lock(arguments) => lock::run(context, &arguments),
        Command::Mv(arguments) => mv::run(context, &arguments),
        Command::Search(arguments) => search::run(context, &arguments),
        Command::Schema(arguments) => schema::run(context, &arguments),
        Command::Explain(arguments) => explain::run(context, &arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    }
}

/// The time, from the clock or from `SOURCE_DATE_EPOCH` (<https://reproducible-builds.org/specs/source-date-epoch/>), and
/// whether it is fixed so.
fn now() -> Result<(Timestamp, bool), Diagnostic> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok((Timestamp::now(), false)) };
    let time = text.trim().parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(|| {
        let message = format!("SOURCE_DATE_EPOCH is `{text}`, which is no number of seconds since 1970");
        Diagnostic::error("bad-source-date-epoch", message).hint("unset it to build for today")
    })?;
    Ok((time, true))
}

fn style(colour: Colour) -> Style {
    let wanted = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    if wanted { Style::Coloured } else { Style::Plain }
}

/// A panic is caught where it happens and becomes a message that names the file; no backtrace reaches a user.
fn quiet_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
}

impl Output {
    /// A message about the command itself, on stderr.
    fn error(&self, problem: Diagnostic) {
        self.error_in_line(&problem, None);
    }

    /// A message about a line of a file, on stderr.
    fn error_in_line(&self, problem: &Diagnostic, line: Option<&str>) {
        let text = match self.format {
            MessageFormat::Human => diagnostic::show(problem, line, self.style),
            MessageFormat::Json => problem.to_json(),
        };
        // If stderr is closed there is nobody to tell.
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// A word beside the result, on stderr, for people only.
    fn aside(&self, text: &str) {
        if self.amount > Amount::Quiet && self.format == MessageFormat::Human {
            // If stderr is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "{}", diagnostic::printable(text));
        }
    }

    /// What the command has done, on stdout.
    fn result(&self, text: &str) {
        if self.amount > Amount::Quiet {
            // If stdout is closed there is nobody to tell.
            let _ = writeln!(io::stdout(), "{text}");
        }
    }
}

/// Writes to stdout what a command was asked for, however quiet it shall be.
fn print(bytes: &[u8]) -> Outcome {
    match io::stdout().write_all(bytes) {
        Ok(()) => Outcome::Done,
        // Whoever closed the pipe has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Done,
        Err(_) => Outcome::Io,
    }
}
