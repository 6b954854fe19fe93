//! A build beside other builds, a build that is told to stop, and a build that asks nobody for anything.

use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::machine::{Strace, without_network};
use crate::pair::{BY_HAND, Pair, Standing, Version, check_clean, is_move_begun, standing, write};
use crate::program::{Run, binary, guidepost, run, signal, start, wait};
use crate::tree::{OWN, Tree};

/// So many articles take long enough for somebody to come in between.
const MANY: usize = 1_000;

/// Chances to come in between before a test gives up.
const CHANCES: usize = 20;

/// A build of version B over version A that has the folder in its hold, and was stopped before anything moved.
struct Held(Option<Child>);

impl Held {
    fn begin(pair: &Pair) -> Held {
        for _ in 0..CHANCES {
            pair.reset();
            let mut child = start(&mut pair.build(Version::B));
            wait_for(&mut child, &pair.output().join(OWN).join("stage"));
            signal(&child, "STOP");
            // It may have been quicker than the signal.
            if child.try_wait().unwrap().is_none() && !is_move_begun(&pair.output()) {
                return Held(Some(child));
            }
            end(&mut child);
        }
        panic!("no build could be stopped in time");
    }

    fn process(&self) -> String {
        self.0.as_ref().unwrap().id().to_string()
    }

    fn go_on(mut self) -> Run {
        let child = self.0.take().unwrap();
        signal(&child, "CONT");
        wait(child)
    }
}

impl Drop for Held {
    /// Kills it.
    fn drop(&mut self) {
        self.0.iter_mut().for_each(end);
    }
}

#[test]
fn a_second_build_is_told_who_is_at_work() {
    let pair = Pair::large(MANY);
    let held = Held::begin(&pair);
    for version in [Version::A, Version::B] {
        run(&mut pair.build(version)).assert_fails(4, &["another build", &held.process()]);
        Tree::visible(&pair.output()).assert_is(pair.fresh(Version::A), "after a second build");
    }
    run(&mut pair.rejected_build()).assert_fails(4, &["another build", &held.process()]);
    // Whoever only reads is not in the way.
    run(&mut guidepost(&pair.root(Version::A), ["check"])).assert_done();

    held.go_on().assert_done();
    pair.check_published(Version::B).unwrap();
}

#[test]
fn whoever_was_killed_is_in_nobodys_way() {
    let pair = Pair::large(MANY);
    drop(Held::begin(&pair));
    run(&mut pair.build(Version::B)).assert_done();
    pair.check_published(Version::B).unwrap();
    // A lock is held by a process, not by what a file says.
    for words in ["", "process 1", &format!("process {}", std::process::id()), "junk \u{1}\u{2}"] {
        write(&pair.output(), ".guidepost/lock", words);
        run(&mut pair.build(Version::A)).assert_done();
    }
    pair.check_published(Version::A).unwrap();
}

#[test]
fn of_builds_that_start_together_at_least_one_publishes_and_the_others_say_why_not() {
    let pair = Pair::large(200);
    for round in 0..6 {
        let versions = [Version::A, Version::B].into_iter().cycle().take(8);
        let children: Vec<Child> = versions.map(|version| start(&mut pair.build(version))).collect();
        let processes: Vec<String> = children.iter().map(|child| child.id().to_string()).collect();
        let ends: Vec<Run> = children.into_iter().map(wait).collect();
        let published = ends.iter().filter(|end| end.code == Some(0)).count();
        assert!(published >= 1, "round {round}: nobody published: {ends:#?}");
        for turned_away in ends.iter().filter(|end| end.code != Some(0)) {
            turned_away.assert_fails(4, &["another build"]);
            // Whoever came in the very moment in which another began cannot know yet who that was.
            let names_one = processes.iter().any(|process| turned_away.err.contains(process.as_str()));
            assert!(names_one || turned_away.err.contains("just began"), "{turned_away:?}");
        }
        let stands = standing(&pair.output(), pair.fresh(Version::A), pair.fresh(Version::B)).unwrap();
        assert_ne!(stands, Standing::Between, "round {round}");
        check_clean(&pair.output()).unwrap();
    }
}

#[test]
fn a_build_that_is_interrupted_leaves_the_old_site() {
    let pair = Pair::large(MANY);
    let (old, new) = (pair.fresh(Version::A), pair.fresh(Version::B));
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        stop_in_time(&pair, (name, code), "stage", || pair.publish(Version::A), old, new);
    }
}

#[test]
fn a_first_build_that_is_interrupted_leaves_nothing() {
    let pair = Pair::large(MANY);
    let (old, new) = (pair.empty_output(), pair.fresh(Version::B).but(BY_HAND));
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        stop_in_time(&pair, (name, code), "lock", || drop(pair.empty_output()), &old, &new);
    }
}

/// Sends a signal to a build of version B as soon as there is a certain thing in Guidepost's own folder: the old site
/// must stand or, where the signal came too late, the new one; and in time it must have come at least once.
fn stop_in_time(pair: &Pair, (name, code): (&str, i32), begun: &str, prepare: impl Fn(), old: &Tree, new: &Tree) {
    for _ in 0..CHANCES {
        prepare();
        let foreign = pair.foreign();
        let mut child = start(&mut pair.build(Version::B));
        wait_for(&mut child, &pair.output().join(OWN).join(begun));
        signal(&child, name);
        let stopped = wait(child);
        check_clean(&pair.output()).unwrap_or_else(|wrong| panic!("{name}: {wrong}: {stopped:?}"));
        assert_eq!(pair.foreign(), foreign, "{name}: a file of somebody else's was touched");
        let stands = standing(&pair.output(), old, new).unwrap_or_else(|wrong| panic!("{name}: {wrong}: {stopped:?}"));
        match (stands, stopped.code) {
            (Standing::Old, Some(ended)) if ended == code => return,
            (Standing::New, Some(ended)) if ended == code || ended == 0 => {}
            _ => panic!("{name}: the {stands:?} site stands, and {stopped:?}"),
        }
    }
    panic!("no build could be told to stop in time");
}

#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn a_build_needs_no_network() {
    let pair = Pair::small();
    run(&mut without_network(&pair.build(Version::B))).assert_done();
    pair.check_published(Version::B).unwrap();
}

#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn no_command_asks_the_network_or_another_program() {
    let pair = Pair::small();
    let commands: [Command; 4] = [
        pair.build(Version::B),
        pair.rejected_build(),
        guidepost(&pair.root(Version::A), ["check"]),
        guidepost(pair.scratch(), ["init", "new-site"]),
    ];
    for command in commands {
        let strace = Strace::new(&["-e", "trace=%network,execve,execveat"]);
        run(&mut strace.command(&command));
        let calls = strace.calls();
        let own = format!("execve(\"{}\"", binary().display());
        assert!(calls.len() == 1 && calls[0].contains(&own), "{command:?}: {calls:#?}");
    }
}

/// Returns when there is such a path or, if nobody saw that, when the process is over.
fn wait_for(child: &mut Child, path: &Path) {
    let since = Instant::now();
    while !path.exists() && child.try_wait().unwrap().is_none() {
        assert!(since.elapsed() < Duration::from_secs(60), "there is no {}", path.display());
        sleep(Duration::from_micros(200));
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    child.wait().unwrap();
}
