//! What the machine must have for a test to mean anything: root, strace, mounts, another user. Where it is missing, the
//! test fails and says what is missing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::program::{binary, same_with, under};

/// System calls by what they do, as `strace` has them.
pub const OPEN: &str = "?open,?openat";
pub const READ: &str = "read,?pread64";
pub const LOOK: &str = "?statx,?stat,?lstat,?newfstatat";
pub const LIST: &str = "getdents64";
pub const WRITE: &str = "write,?pwrite64";
pub const SYNC: &str = "?fsync,?fdatasync,?syncfs,?sync_file_range";
pub const RENAME: &str = "?rename,?renameat,?renameat2";
pub const MAKE_FOLDER: &str = "?mkdir,?mkdirat";
pub const REMOVE: &str = "?unlink,?unlinkat,?rmdir";

/// The user and the group to whom nothing belongs.
const NOBODY: u32 = 65534;

/// Fails unless root runs the tests.
pub fn need_root() {
    assert!(is_root(), "this test must be run by root: it mounts file systems, or leaves a network, or changes users");
}

/// Fails unless the program is there and does what the test needs of it.
fn need(program: &str, arguments: &[&str], to_get: &str) {
    let tried = Command::new(program).args(arguments).output();
    let said = match tried {
        Ok(output) if output.status.success() => return,
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    panic!("this test needs `{program} {}` to work, and here it says: {said}; {to_get}", arguments.join(" "));
}

fn is_root() -> bool {
    let probe = tempfile::tempfile().unwrap();
    probe.metadata().unwrap().uid() == 0
}

/// System calls of a run, traced or tampered with.
pub struct Strace {
    options: Vec<String>,
    log: TempDir,
}

impl Strace {
    /// Tracing with these options of strace, into a log of its own.
    pub fn new(options: &[&str]) -> Strace {
        need("strace", &["-f", "-qq", "-o", "/dev/null", "true"], "install strace, and run where processes may be traced");
        Strace { options: options.iter().map(|option| (*option).to_owned()).collect(), log: crate::pair::scratch() }
    }

    /// Letting the calls of this set fail or be otherwise tampered with, as `inject=` has it.
    pub fn tampering(calls: &str, how: &str) -> Strace {
        let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{how}"));
        // Stops only at these calls, which is much faster; a signal is not delivered that way.
        let quick = (!how.starts_with("signal")).then_some("--seccomp-bpf");
        let options: Vec<&str> = quick.into_iter().chain(["-e", &trace, "-e", &inject]).collect();
        Strace::new(&options)
    }

    /// Only calls on this path.
    pub fn on(mut self, path: &Path) -> Strace {
        self.options.extend(["-P".to_owned(), path.to_str().unwrap().to_owned()]);
        self
    }

    /// The command, traced.
    pub fn command(&self, inner: &Command) -> Command {
        let log = self.log_file();
        let mut outer = vec!["strace", "-f", "-qq", "-y", "-o", log.to_str().unwrap()];
        outer.extend(self.options.iter().map(String::as_str));
        under(&outer, inner)
    }

    /// The calls that the last run made, one a line.
    pub fn calls(&self) -> Vec<String> {
        whole_lines(&String::from_utf8_lossy(&fs::read(self.log_file()).unwrap()))
    }

    /// The calls that were made to fail.
    pub fn injected(&self) -> Vec<String> {
        self.calls().into_iter().filter(|line| line.contains("(INJECTED)")).collect()
    }

    fn log_file(&self) -> PathBuf {
        self.log.path().join("log")
    }
}

/// Puts together what strace takes apart when two threads are in a call at the same time.
fn whole_lines(log: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in log.lines() {
        let process = line.split(' ').next().unwrap_or("");
        let rest = line.split_once(" resumed>").map(|(_, rest)| rest);
        let begun = lines.iter_mut().rev().find(|begun| begun.starts_with(process) && begun.ends_with("<unfinished ...>"));
        match rest.zip(begun) {
            Some((rest, begun)) => *begun = begun.replace("<unfinished ...>", rest),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

/// A file system in memory, as large as it is told, that goes with this value.
pub struct Mount {
    folder: PathBuf,
}

impl Mount {
    pub fn new(folder: &Path, options: &str) -> Mount {
        need_root();
        fs::create_dir_all(folder).unwrap();
        mount(&["-t", "tmpfs", "-o", options, "tmpfs"], folder);
        Mount { folder: folder.to_owned() }
    }

    /// Changes its size, or makes it read-only.
    pub fn change(&self, options: &str) {
        mount(&["-o", &format!("remount,{options}")], &self.folder);
    }

    /// What is in use: kilobytes with the option `-k` of `df`, files with `-i`.
    pub fn used(&self, option: &str) -> u64 {
        let told = Command::new("df").args([option, "-P"]).arg(&self.folder).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        told.lines().nth(1).unwrap().split_whitespace().nth(2).unwrap().parse().unwrap()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}

fn mount(arguments: &[&str], folder: &Path) {
    let mounted = Command::new("mount").args(arguments).arg(folder).output();
    let said = match mounted {
        Ok(output) if output.status.success() => return,
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    panic!("this test must be allowed to mount a tmpfs (root with CAP_SYS_ADMIN), and mount says: {said}");
}

/// A library that makes reads and writes short and interrupts some, to be loaded before the system's.
pub fn short_calls(folder: &Path) -> PathBuf {
    let library = folder.join("short.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/short.c");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).args([source, "-ldl"]).status().unwrap();
    assert!(compiled.success(), "this test needs a C compiler");
    library
}

/// How many calls that library was asked for.
pub fn count_short_calls(said: &str) -> usize {
    let count = said.lines().find_map(|line| line.strip_suffix(" calls were short")?.parse().ok());
    count.unwrap_or_else(|| panic!("the library was not loaded: {said}"))
}

/// A run without a network.
pub fn without_network(inner: &Command) -> Command {
    need_root();
    need("unshare", &["-n", "true"], "install util-linux, and run where a process may leave the network (CAP_SYS_ADMIN)");
    under(&["unshare", "-n"], inner)
}

/// A user who may do little. Root may read and write everything, so where root runs the tests somebody else must run
/// the program; anybody else does as they are.
pub struct PlainUser {
    program: TempDir,
}

impl PlainUser {
    /// With a program of their own, because they may not be able to reach the one that was built.
    pub fn new() -> PlainUser {
        let program = tempfile::tempdir().unwrap();
        let copy = program.path().join("guidepost");
        fs::copy(binary(), &copy).unwrap();
        open_to_all(program.path());
        let user = PlainUser { program };
        let tried = user.run_as(&mut Command::new(copy)).arg("--version").output();
        let works = tried.as_ref().is_ok_and(|output| output.status.success());
        assert!(works, "another user must be able to run programs in {}: {tried:?}", std::env::temp_dir().display());
        user
    }

    /// The command as this user runs it.
    pub fn command(&self, inner: &Command) -> Command {
        let mut command = same_with(&self.program.path().join("guidepost"), inner);
        self.run_as(&mut command);
        command
    }

    /// Gives a file or a folder to the user, and not what is in it.
    pub fn give(&self, path: &Path) {
        if is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    fn run_as<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        if is_root() { command.uid(NOBODY).gid(NOBODY) } else { command }
    }
}

/// Lets everybody into a folder.
pub fn open_to_all(folder: &Path) {
    set_mode(folder, 0o755);
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
