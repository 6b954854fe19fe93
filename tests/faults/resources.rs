//! Full disks, few file handles, folders that cannot be written: a build says so at once, and the old site stands.

use crate::machine::{Mount, PlainUser, Strace, count_short_calls, open_to_all, set_mode, short_calls};
use crate::pair::{BY_HAND, Pair, Version, check_clean, scratch, standing, write};
use crate::program::{Run, build, run, under};
use crate::tree::{OWN, Tree};

/// What a file system can run out of.
#[derive(Debug, Clone, Copy)]
enum Room {
    Kilobytes,
    Files,
}

impl Room {
    fn option(self, amount: u64) -> String {
        match self {
            Room::Kilobytes => format!("size={amount}k"),
            Room::Files => format!("nr_inodes={amount}"),
        }
    }

    /// More than any of these sites takes.
    fn plenty(self) -> String {
        self.option(64 * 1024)
    }

    fn used(self, mount: &Mount) -> u64 {
        mount.used(match self {
            Room::Kilobytes => "-k",
            Room::Files => "-i",
        })
    }
}

#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn a_first_build_on_a_disk_that_is_too_small_leaves_nothing() {
    for (room, step) in [(Room::Kilobytes, 12), (Room::Files, 5)] {
        let pair = Pair::small();
        let mount = Mount::new(&pair.output(), &room.plenty());
        let new = pair.fresh(Version::B).but(BY_HAND);
        run_out(&pair, room, step, &mount, || pair.empty_output(), &new);
    }
}

#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn a_rebuild_on_a_disk_that_is_too_small_leaves_the_old_site() {
    for (room, step) in [(Room::Kilobytes, 12), (Room::Files, 5)] {
        let pair = Pair::small();
        let mount = Mount::new(&pair.output(), &room.plenty());
        let old = || {
            pair.reset();
            pair.fresh(Version::A).clone()
        };
        run_out(&pair, room, step, &mount, old, pair.fresh(Version::B));
    }
}

/// Builds version B with no room but what is in use, then with a little, then with a little more, until it has enough.
fn run_out(pair: &Pair, room: Room, step: u64, mount: &Mount, prepare: impl Fn() -> Tree, new: &Tree) {
    for more in 0_u64.. {
        mount.change(&room.plenty());
        let old = prepare();
        let foreign = pair.foreign();
        mount.change(&room.option(room.used(mount) + more * step));
        let outcome = run(&mut pair.build(Version::B));
        let context = format!("{room:?} with {more} steps of room: {outcome:?}");
        assert_eq!(pair.foreign(), foreign, "{context}: a file of somebody else's was touched");
        check_clean(&pair.output()).unwrap_or_else(|wrong| panic!("{context}: {wrong}"));
        if outcome.code == Some(0) {
            Tree::visible(&pair.output()).assert_is(new, &context);
            assert!(more > 3, "the disk was hardly ever full");
            return;
        }
        // Of the file that did not fit, or of the one that was to be copied.
        outcome.assert_fails(4, &["space", pair.scratch().to_str().unwrap()]);
        assert_eq!(outcome.errors(), 1, "{context}");
        Tree::visible(&pair.output()).assert_is(&old, &context);

        mount.change(&room.plenty());
        run(&mut pair.build(Version::B)).assert_done();
        Tree::visible(&pair.output()).assert_is(new, "with room enough");
    }
}

#[test]
fn sixty_four_file_handles_are_enough() {
    let scratch = scratch();
    let (root, output) = (scratch.path().join("site"), scratch.path().join("public"));
    write(&root, "guidepost.yaml", "title: Site\nbase_url: https://example.org/\n");
    for number in 0..300 {
        write(&root, &format!("content/{}/a{number}.md", number % 7), &format!("---\ntitle: Article {number}\n---\nWords.\n"));
        write(&root, &format!("content/{}/a{number}.txt", number % 7), &"Take this along. ".repeat(number));
    }
    let few = |jobs: &str| {
        let mut command = build(&root, &output);
        command.args(["--jobs", jobs]);
        run(&mut under(&["sh", "-c", "ulimit -n 64 && exec \"$0\" \"$@\""], &command)).assert_done();
    };
    few("16");
    assert!(Tree::visible(&output).paths().count() > 900);
    // All pages change; all files beside the articles are compared with what stands.
    write(&root, "guidepost.yaml", "title: Another\nbase_url: https://example.org/\n");
    few("16");
    few("1");
    let fresh = scratch.path().join("fresh");
    run(&mut build(&root, &fresh)).assert_done();
    Tree::visible(&output).assert_is(&Tree::visible(&fresh), "with few file handles");
}

#[test]
#[ignore = "needs Linux, strace and root: tests/run runs it"]
fn a_disk_that_cannot_be_written_is_noticed_before_any_article_is_opened() {
    let pair = Pair::small();
    let mount = Mount::new(&pair.output(), "size=64m");
    pair.reset();
    mount.change("ro");
    let missing = build(&pair.root(Version::B), &pair.output().join("missing/folder"));
    for command in [pair.build(Version::B), pair.build(Version::A), pair.rejected_build(), missing] {
        let strace = Strace::new(&["-e", "trace=?open,?openat"]);
        let refused = run(&mut strace.command(&command));
        assert_refused_at_once(&refused, &pair);
        let opened: Vec<String> = strace.calls().into_iter().filter(|call| call.contains("/content")).collect();
        assert!(opened.is_empty(), "there was work before the refusal: {opened:#?}");
    }
    pair.check_published(Version::A).unwrap();
    mount.change("rw");
    run(&mut pair.build(Version::B)).assert_done();
    pair.check_published(Version::B).unwrap();
}

#[test]
fn a_folder_in_which_one_may_not_write_is_noticed_before_the_articles_errors() {
    let pair = Pair::small();
    let user = PlainUser::new();
    open_to_all(pair.scratch());
    let own = pair.output().join(OWN);
    let locked = [own.join("lock"), own.join("manifest"), own, pair.output()];
    let modes: Vec<u32> = locked.iter().map(|path| if path.is_dir() { 0o555 } else { 0o444 }).collect();
    locked.iter().zip(&modes).for_each(|(path, mode)| set_mode(path, *mode));
    for command in [pair.build(Version::B), pair.build(Version::A), pair.rejected_build()] {
        assert_refused_at_once(&run(&mut user.command(&command)), &pair);
        pair.check_published(Version::A).unwrap();
    }
    // Only Guidepost's own folder is somebody else's.
    set_mode(&pair.output(), 0o777);
    assert_refused_at_once(&run(&mut user.command(&pair.rejected_build())), &pair);
    // There is no output folder, and none can be made.
    set_mode(&pair.output(), 0o555);
    let missing = pair.output().join("missing");
    assert_refused_at_once(&run(&mut user.command(&build(&pair.scratch().join("broken"), &missing))), &pair);
    locked.iter().zip(&modes).for_each(|(path, mode)| set_mode(path, mode | 0o200));
    pair.check_published(Version::A).unwrap();
}

/// A system may take less than it is given, and be interrupted before it takes anything: whoever goes on has lost nothing.
#[test]
#[ignore = "needs Linux and a C compiler: tests/run runs it"]
fn reads_and_writes_may_be_short_and_interrupted() {
    let pair = Pair::small();
    let library = short_calls(pair.scratch());
    for version in [Version::B, Version::A, Version::B] {
        let built = run(pair.build(version).env("LD_PRELOAD", &library));
        built.assert_done();
        assert!(count_short_calls(&built.err) > 50, "{built:?}");
        pair.check_published(version).unwrap();
    }
}

/// Exit code 3 or 4, and one sentence, which is about the output folder.
fn assert_refused_at_once(refused: &Run, pair: &Pair) {
    assert!(matches!(refused.code, Some(3 | 4)), "{refused:?}");
    assert_eq!(refused.errors(), 1, "{refused:?}");
    refused.assert_says(&[pair.output().to_str().unwrap()]);
    assert!(!refused.err.contains(".md"), "an article was looked at first: {refused:?}");
}

/// Nobody can know that of every folder at the start. When files move it may be too late to leave the old site, and not
/// too late to finish.
#[test]
fn a_folder_of_the_site_in_which_one_may_not_write_stops_a_move_that_can_be_finished() {
    let pair = Pair::small();
    let user = PlainUser::new();
    open_to_all(pair.scratch());
    let (output, locked) = (pair.output(), pair.output().join("keep"));
    for path in Tree::of(&output).paths() {
        user.give(&output.join(path));
    }
    user.give(&output);
    set_mode(&locked, 0o555);
    for _ in 0..2 {
        let failed = run(&mut user.command(&pair.build(Version::B)));
        failed.assert_fails(4, &[locked.to_str().unwrap()]);
        standing(&output, pair.fresh(Version::A), pair.fresh(Version::B)).unwrap();
    }
    set_mode(&locked, 0o755);
    run(&mut user.command(&pair.build(Version::B))).assert_done();
    pair.check_published(Version::B).unwrap();
}
