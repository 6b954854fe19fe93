//! Running the real program, so that a run that never ends or that crashes fails its test.
//!
//! What a run must come to is the business of the tests.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

/// The day on which all tests take place: noon UTC on November 22, 2026.
pub const NOW: &str = "1795348800";

/// No run takes this long, not even traced on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a run ended, and what it said.
#[derive(Debug)]
pub struct Run {
    /// The exit code; none if a signal ended the process.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The program under test.
pub fn binary() -> PathBuf {
    match std::env::var_os("GUIDEPOST_BIN") {
        Some(named) => Path::new(&named).canonicalize().unwrap_or_else(|error| panic!("GUIDEPOST_BIN is {named:?}: {error}")),
        None => env!("CARGO_BIN_EXE_guidepost").into(),
    }
}

/// `guidepost -C root …`, from a folder that has nothing to do with the site.
pub fn guidepost<A: AsRef<OsStr>>(root: &Path, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(binary());
    command.current_dir("/").arg("-C").arg(root).args(arguments);
    // With this a panic shows, even one that is caught.
    command.env("SOURCE_DATE_EPOCH", NOW).env("RUST_BACKTRACE", "0").env_remove("NO_COLOR");
    command
}

/// `guidepost build` of the site at `root` into `output`.
pub fn build(root: &Path, output: &Path) -> Command {
    let mut command = guidepost(root, ["build", "--output"]);
    command.arg(output);
    command
}

/// Another program that runs this one: `strace … guidepost …`.
pub fn under(outer: &[&str], inner: &Command) -> Command {
    let (first, rest) = outer.split_first().expect("a program");
    let mut command = Command::new(first);
    command.args(rest).arg(inner.get_program());
    hand_on(inner, command)
}

/// The same with another copy of the program.
pub fn same_with(program: &Path, inner: &Command) -> Command {
    hand_on(inner, Command::new(program))
}

/// Arguments, folder and environment of one command for another.
fn hand_on(from: &Command, mut to: Command) -> Command {
    to.args(from.get_args());
    if let Some(folder) = from.get_current_dir() {
        to.current_dir(folder);
    }
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
    to
}

/// Runs to the end. A crash fails the test.
pub fn run(command: &mut Command) -> Run {
    let run = finish(command);
    run.assert_no_crash();
    run
}

/// Runs to the end, whatever that is.
pub fn finish(command: &mut Command) -> Run {
    wait(start(command))
}

/// Starts the program, with what it says kept for [`wait`].
pub fn start(command: &mut Command) -> Child {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// Waits for the end of a run that was started. One that does not end is ended, which counts as a crash.
pub fn wait(mut child: Child) -> Run {
    let (out, err) = (listen(child.stdout.take()), listen(child.stderr.take()));
    let since = Instant::now();
    loop {
        let ended = child.try_wait().unwrap();
        if let Some(status) = ended {
            return Run { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() };
        }
        if since.elapsed() > PATIENCE {
            end_all_of(&mut child);
            return Run { code: None, out: out.join().unwrap(), err: format!("there was no end to it within {PATIENCE:?}") };
        }
        sleep(Duration::from_millis(1));
    }
}

/// Sends a signal, by the name that `kill` knows.
#[cfg(unix)]
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", child.id())).status().unwrap();
    assert!(sent.success(), "the signal {name} was not sent");
}

impl Run {
    /// A crash fails the test.
    pub fn assert_no_crash(&self) {
        self.check_no_crash().unwrap_or_else(|crash| panic!("{crash}: {self:?}"));
    }

    /// Exit codes that are documented, and no panic: everything else is a crash.
    pub fn check_no_crash(&self) -> Result<(), String> {
        const CRASH: [&str; 4] = ["panicked at", "stumbled over", "memory allocation", "stack overflow"];
        if !self.code.is_some_and(|code| matches!(code, 0..=4 | 130 | 143)) {
            return Err("the program crashed".into());
        }
        match CRASH.iter().find(|word| self.err.contains(**word)) {
            Some(word) => Err(format!("the program crashed: {word}")),
            None => Ok(()),
        }
    }

    /// It went well.
    pub fn assert_done(&self) {
        assert_eq!(self.code, Some(0), "{self:?}");
    }

    /// It ended with this code, and its message has all of these words.
    pub fn assert_fails(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.assert_says(words);
    }

    /// Its message has all of these words.
    pub fn assert_says(&self, words: &[&str]) {
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in the message: {self:?}");
        }
    }

    /// How many problems it names, the sentence that only sums them up apart.
    pub fn errors(&self) -> usize {
        self.err.lines().filter(|line| line.starts_with("error") && !line.contains("nothing was published")).count()
    }
}

fn listen(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Ends a process that we started, and on Unix those that it started: they are a group of their own.
fn end_all_of(child: &mut Child) {
    #[cfg(unix)]
    let _ = Command::new("sh").arg("-c").arg(format!("kill -KILL -{}", child.id())).status();
    let _ = child.kill();
    let _ = child.wait();
}
