//! System calls that fail, and kills before system calls: the first, the second, and so on until a run is untouched.
//!
//! A build may fail then, and must say of what; what stands must be the old site, the new one or, if a move was begun,
//! whole files of either, and the next build must put everything right.

use std::path::Path;
use std::process::Command;

use crate::machine::{LIST, LOOK, MAKE_FOLDER, OPEN, READ, REMOVE, RENAME, SYNC, Strace, WRITE};
use crate::pair::{BY_HAND, Pair, Standing, Version, check_clean, is_move_begun, standing, write};
use crate::program::{Run, finish, run};
use crate::tree::Tree;

/// No run of the small site makes more calls of one kind than this.
const FAR_TOO_MANY: usize = 2_000;

const COPY: &str = "?copy_file_range,?sendfile";
const CUT: &str = "ftruncate";
const LOCK: &str = "flock";
const CLOSE: &str = "close";
const START_THREAD: &str = "?clone,?clone3";

macro_rules! each_may_fail {
    ($($test:ident: $calls:expr, $error:literal, $least:expr;)*) => {$(
        #[test]
        #[ignore = "needs Linux, strace and root: tests/run runs it"]
        fn $test() {
            fail_each($calls, $error, $least);
        }
    )*};
}

// The last number is how many calls there must be for the test to have shown something.
each_may_fail! {
    any_file_may_be_one_too_many: OPEN, "EMFILE", 100;
    any_file_may_be_closed_to_us: OPEN, "EACCES", 100;
    any_read_may_fail: READ, "EIO", 50;
    any_look_at_a_file_may_fail: LOOK, "EIO", 100;
    any_folder_may_be_unreadable: LIST, "EIO", 10;
    the_disk_may_be_full_at_any_write: WRITE, "ENOSPC", 50;
    the_disk_may_break_at_any_write: WRITE, "EIO", 50;
    the_disk_may_be_full_at_any_copy: COPY, "ENOSPC", 2;
    any_file_may_refuse_to_be_cut: CUT, "EIO", 0;
    the_disk_may_break_when_it_is_asked_to_keep: SYNC, "EIO", 0;
    any_move_may_fail: RENAME, "EIO", 50;
    any_move_may_be_forbidden: RENAME, "EACCES", 50;
    the_disk_may_be_full_at_any_new_folder: MAKE_FOLDER, "ENOSPC", 10;
    any_removal_may_be_forbidden: REMOVE, "EACCES", 20;
    any_close_may_be_interrupted: CLOSE, "EINTR", 50;
    the_lock_may_fail: LOCK, "ENOLCK", 2;
    any_thread_may_be_one_too_many: START_THREAD, "EAGAIN", 3;
}

#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn a_build_may_be_killed_before_any_call() {
    let pair = Pair::small();
    let mut grievances = Grievances::default();
    let mut kills = 0;
    for calls in [OPEN, WRITE, COPY, CUT, SYNC, RENAME, MAKE_FOLDER, REMOVE, LIST, LOCK] {
        for scene in scenes(&pair) {
            kills += scene.each_time(&pair, &mut grievances, |number| {
                let strace = Strace::tampering(calls, &format!("signal=SIGKILL:when={number}"));
                let killed = finish(&mut strace.command(&scene.command(&pair)));
                let checked = scene.check_whole(&pair).and_then(|_| scene.check_mended(&pair));
                (killed.code.is_none(), checked.map_err(|wrong| format!("killed at {number} of {calls}: {wrong}")))
            });
        }
    }
    println!("{kills} kills");
    grievances.assert_none(&pair);
    assert!(kills > 300, "only {kills} kills");
}

/// Lets one call after the other fail, in each scene.
fn fail_each(calls: &str, error: &str, least: usize) {
    let pair = Pair::small();
    let mut grievances = Grievances::default();
    let mut failed = 0;
    for scene in scenes(&pair) {
        failed += scene.each_time(&pair, &mut grievances, |number| {
            let strace = Strace::tampering(calls, &format!("error={error}:when={number}"));
            let foreign = pair.foreign();
            let outcome = finish(&mut strace.command(&scene.command(&pair)));
            let injected = strace.injected();
            let checked = scene.check_failure(&pair, &outcome, &injected);
            let checked = if pair.foreign() == foreign { checked } else { Err("a file of somebody else's was touched".into()) };
            let checked = checked.and_then(|()| scene.check_mended(&pair));
            let calls: Vec<String> = injected.iter().map(|call| brief(call)).collect();
            let told =
                |wrong| format!("{}\n    {wrong}\n    exit code {:?}, {:?}", calls.join(" and "), outcome.code, outcome.err);
            (!injected.is_empty(), checked.map_err(told))
        });
    }
    println!("{failed} calls of {calls} failed with {error}");
    grievances.assert_none(&pair);
    assert!(failed >= least, "only {failed} calls of {calls} were there to fail");
}

/// Everything that went wrong: the failure of one call says little about the failure of the next.
#[derive(Default)]
struct Grievances(Vec<String>);

impl Grievances {
    fn add(&mut self, scene: &str, wrong: &str) {
        self.0.push(format!("{scene}: {wrong}"));
    }

    /// Fails the test if there are any.
    fn assert_none(&self, pair: &Pair) {
        let shown = self.0.join("\n\n").replace(&format!("{}/", pair.scratch().display()), "");
        assert!(self.0.is_empty(), "{} went wrong:\n\n{shown}\n", self.0.len());
    }
}

/// What stands before a run, and what that run shall make of it.
struct Scene {
    name: &'static str,
    start: Start,
    goal: Goal,
    old: Tree,
    new: Tree,
}

#[derive(Clone, Copy)]
enum Goal {
    Publish(Version),
    /// The run has nothing to publish: it can only finish what another began.
    Finish,
}

enum Start {
    /// Nothing of ours.
    Nothing,
    /// Version A.
    Published,
    /// A build of version B was killed at this rename, when some of its files had moved and some had not.
    Interrupted(usize),
}

fn scenes(pair: &Pair) -> [Scene; 4] {
    let nothing = pair.empty_output();
    pair.reset();
    let [a, b] = [Version::A, Version::B].map(|version| pair.fresh(version).clone());
    let number = rename_amid_a_move(pair);
    let scene = |name, start, goal, old: &Tree, new: &Tree| Scene { name, start, goal, old: old.clone(), new: new.clone() };
    [
        scene("a first build", Start::Nothing, Goal::Publish(Version::B), &nothing, &b.but(BY_HAND)),
        scene("a rebuild", Start::Published, Goal::Publish(Version::B), &a, &b),
        scene("a build after a killed one", Start::Interrupted(number), Goal::Publish(Version::A), &b, &a),
        scene("a run with nothing to publish after a killed build", Start::Interrupted(number), Goal::Finish, &a, &b),
    ]
}

/// Which rename of a build of version B is one in the midst of its move.
fn rename_amid_a_move(pair: &Pair) -> usize {
    let is_amid = |number: &usize| {
        pair.publish(Version::A);
        kill_at_rename(pair, *number);
        let found = Tree::visible(&pair.output());
        is_move_begun(&pair.output()) && found != *pair.fresh(Version::A) && found != *pair.fresh(Version::B)
    };
    let number = (1..FAR_TOO_MANY).find(is_amid).expect("no rename is amid a move");
    pair.publish(Version::A);
    // One file that has moved is few: a few more have.
    number + 3
}

fn kill_at_rename(pair: &Pair, number: usize) {
    let strace = Strace::tampering(RENAME, &format!("signal=SIGKILL:when={number}"));
    finish(&mut strace.command(&on_one_thread(pair.build(Version::B))));
}

/// With one thread the calls of one run are those of the next.
fn on_one_thread(mut command: std::process::Command) -> Command {
    command.args(["--jobs", "1"]);
    command
}

impl Scene {
    /// Does something for 1, 2, … until it says that there was nothing left to disturb; says how often there was.
    fn each_time(
        &self,
        pair: &Pair,
        grievances: &mut Grievances,
        disturb: impl Fn(usize) -> (bool, Result<(), String>),
    ) -> usize {
        pair.reset();
        for number in 1..FAR_TOO_MANY {
            self.prepare(pair);
            let (was_disturbed, checked) = disturb(number);
            if let Err(wrong) = checked {
                grievances.add(self.name, &wrong);
                pair.reset();
            }
            if !was_disturbed {
                return number - 1;
            }
        }
        panic!("{}: there is no end to it", self.name)
    }

    fn prepare(&self, pair: &Pair) {
        match self.start {
            Start::Nothing => {
                pair.empty_output();
            }
            Start::Published => pair.publish(Version::A),
            Start::Interrupted(number) => {
                pair.publish(Version::A);
                kill_at_rename(pair, number);
                assert!(is_move_begun(&pair.output()), "no move was begun");
            }
        }
    }

    fn command(&self, pair: &Pair) -> Command {
        on_one_thread(match self.goal {
            Goal::Publish(version) => pair.build(version),
            Goal::Finish => pair.rejected_build(),
        })
    }

    /// How the run ends if nothing disturbs it.
    fn good_code(&self) -> i32 {
        match self.goal {
            Goal::Publish(_) => 0,
            Goal::Finish => 1,
        }
    }

    fn check_whole(&self, pair: &Pair) -> Result<Standing, String> {
        standing(&pair.output(), &self.old, &self.new)
    }

    /// A run that nobody disturbs makes all well.
    fn check_mended(&self, pair: &Pair) -> Result<(), String> {
        let mending = run(&mut self.command(pair));
        let checked = if mending.code == Some(self.good_code()) { Ok(()) } else { Err(format!("{mending:?}")) };
        let checked = checked.and_then(|()| Tree::visible(&pair.output()).check(&self.new));
        let checked = checked.and_then(|()| check_clean(&pair.output()));
        checked.map_err(|wrong| format!("the next run does not make all well: {wrong}"))
    }

    /// A run in which these calls failed leaves what is whole and, if it did not succeed all the same, says of what it
    /// failed and tidies up.
    fn check_failure(&self, pair: &Pair, outcome: &Run, injected: &[String]) -> Result<(), String> {
        let stands = self.check_whole(pair)?;
        if is_failure_of_the_loader(outcome) {
            return Ok(());
        }
        outcome.check_no_crash()?;
        match (self.goal, outcome.code) {
            (_, Some(0)) if stands == Standing::New => return Ok(()),
            (_, Some(0)) => return Err(format!("exit code 0, and {stands:?} stands")),
            // It says what is wrong with the article, as it should.
            (Goal::Finish, Some(1)) if stands == Standing::New => {}
            _ => check_message(outcome, injected, pair)?,
        }
        if stands == Standing::Between || is_about_tidying(injected) { Ok(()) } else { check_clean(&pair.output()) }
    }
}

/// Before our program runs the system loads its libraries, and says itself what goes wrong with that.
fn is_failure_of_the_loader(run: &Run) -> bool {
    run.code == Some(127) && run.err.contains("error while loading shared libraries")
}

/// Whoever is not allowed to remove files cannot tidy up.
fn is_about_tidying(injected: &[String]) -> bool {
    injected.iter().any(|call| ["unlink", "rmdir", "getdents64"].iter().any(|name| call.contains(name)) || call.contains("stage"))
}

/// One problem is named, by the path of the file or the folder with which it is.
fn check_message(run: &Run, injected: &[String], pair: &Pair) -> Result<(), String> {
    // Whoever cannot write to the terminal cannot be told so.
    if injected.iter().any(|call| call.contains("write(1<") || call.contains("write(2<")) {
        return Ok(());
    }
    if run.errors() != 1 {
        return Err(format!("{} errors instead of one clear sentence", run.errors()));
    }
    let paths: Vec<&str> = injected.iter().flat_map(|call| paths_in(call)).filter(|path| is_ours(path, pair)).collect();
    let is_named = |path: &&str| names_of(path, pair).any(|name| run.err.contains(name));
    if paths.is_empty() || paths.iter().any(is_named) { Ok(()) } else { Err(format!("none of {paths:?} is named")) }
}

/// A path whole, and as the author knows it; what is staged may be named by the folder in which it is staged.
fn names_of<'p>(path: &'p str, pair: &Pair) -> impl Iterator<Item = &'p str> {
    let roots = [Version::A, Version::B].map(|version| pair.root(version));
    let below = roots.iter().find_map(|root| Path::new(path).strip_prefix(root).ok()?.to_str());
    let staged = path.find("/stage/").map(|end| &path[..end + "/stage".len()]);
    below.filter(|below| !below.is_empty()).into_iter().chain(staged).chain([path])
}

fn is_ours(path: &str, pair: &Pair) -> bool {
    Path::new(path).starts_with(pair.scratch())
}

/// A line of strace's log without what changes from run to run: `openat /a/path`.
fn brief(call: &str) -> String {
    let name = call.split('(').next().and_then(|start| start.split_whitespace().last()).unwrap_or(call);
    format!("{name} {}", paths_in(call).collect::<Vec<_>>().join(" "))
}

/// The paths in a line of strace's log: `openat(AT_FDCWD</>, "/a/path", …)`, `write(3</a/path>, …)`.
fn paths_in(call: &str) -> impl Iterator<Item = &str> {
    call.split(['"', '<', '>']).filter(|part| part.starts_with('/'))
}

/// If nobody can say what stands where a page belongs, it may be somebody's, and stays.
#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn a_file_that_cannot_be_looked_at_is_not_replaced() {
    let pair = Pair::small();
    let place = "more/come/index.html";
    for when in ["1", "2", "1+", "2+"] {
        pair.reset();
        write(&pair.output(), place, "by hand");
        let before = Tree::visible(&pair.output());
        let strace = Strace::tampering(LOOK, &format!("error=EIO:when={when}")).on(&pair.output().join(place));
        let outcome = run(&mut strace.command(&pair.build(Version::B)));
        assert_ne!(outcome.code, Some(0), "looks {when}: {outcome:?}");
        outcome.assert_says(&[place]);
        Tree::visible(&pair.output()).assert_is(&before, &format!("looks {when}, which ended as {outcome:?}"));
    }
}
