//! A build that is killed at any moment leaves the old site, or a move that the next run of a writing command finishes.
//!
//! The moments are random, half of them in the time in which files move. `GUIDEPOST_KILLS` sets how many,
//! `GUIDEPOST_SEED` repeats a run.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::pair::{Pair, Standing, Version, is_move_begun, standing};
use crate::program::run;
use crate::tree::OWN;

#[test]
fn a_small_site_survives_being_killed() {
    survive(&Pair::large(60), 12);
}

#[test]
#[ignore = "takes minutes, and less with a release build: tests/run runs it"]
fn two_thousand_articles_survive_being_killed() {
    survive(&Pair::large(2_000), number_from("GUIDEPOST_KILLS").unwrap_or(200));
}

fn survive(pair: &Pair, kills: u64) {
    let seed = number_from("GUIDEPOST_SEED").unwrap_or_else(|| std::process::id().into());
    println!("GUIDEPOST_SEED={seed} repeats these kills");
    let mut random = Random(seed);
    let mut rhythm = Rhythm::of(pair);
    println!("{rhythm:?}");
    let foreign = pair.foreign();
    let mut stands = Version::A;
    // A kill may hit nothing of a build, its making of pages, what it stages, its move, or come too late.
    let (mut old, mut staged, mut between, mut new) = (0, 0, 0, 0);
    // On a busy machine chance may need more kills to hit the move than were asked for.
    for number in 0.. {
        if number >= kills && old > 0 && new > 0 && between >= kills.div_ceil(10) {
            break;
        }
        assert!(number < 10 * kills, "the moments are badly chosen: {old} before the move, {between} in it, {new} after it");
        let context = format!("kill {number} of seed {seed}");
        let moment = rhythm.moment(&mut random);
        kill(pair, stands.other(), moment);
        let left = look(pair, stands, &context);
        rhythm.learn(moment, left);
        match left {
            Standing::Old => {
                old += 1;
                staged += u64::from(pair.output().join(OWN).join("stage").exists());
            }
            Standing::New => new += 1,
            Standing::Between => between += 1,
        }
        // The run that should put things right is killed too, as often as chance has it.
        while is_move_begun(&pair.output()) && random.below(3) == 0 {
            kill(pair, random.version(), Moment::AfterStart(random.up_to(rhythm.moving)));
            look(pair, stands, &format!("{context}, and its repair killed"));
        }

        run(&mut pair.rejected_build()).assert_fails(1, &["content/a.md"]);
        let after = look(pair, stands, &format!("{context}, after a build that has nothing to publish"));
        assert_ne!(after, Standing::Between, "{context}: a build that has nothing to publish does not finish the move");

        let next = random.version();
        run(&mut pair.build(next)).assert_done();
        pair.check_published(next).unwrap_or_else(|wrong| panic!("{context}, after a good build: {wrong}"));
        assert_eq!(pair.foreign(), foreign, "{context}: a file of somebody else's was touched");
        stands = next;
    }
    println!(
        "{old} kills left the old site ({staged} of them while files were staged), {between} a move that was finished later, {new} the new site"
    );
}

/// What stands after a kill, which must be whole whatever it is.
fn look(pair: &Pair, stood: Version, context: &str) -> Standing {
    let standing = standing(&pair.output(), pair.fresh(stood), pair.fresh(stood.other()));
    standing.unwrap_or_else(|wrong| panic!("{context}: {wrong}"))
}

/// When a process is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    AfterStart(Duration),
    AfterMoveBegan(Duration),
}

fn kill(pair: &Pair, version: Version, moment: Moment) {
    let mut child = start_quietly(&mut pair.build(version));
    let delay = match moment {
        Moment::AfterStart(delay) => delay,
        Moment::AfterMoveBegan(delay) => {
            wait_for_move(pair, &mut child);
            delay
        }
    };
    sleep(delay);
    // SIGKILL; that it may be over already is one of the moments.
    let _ = child.kill();
    child.wait().unwrap();
}

/// How long a rebuild takes, and how long of it files move.
#[derive(Debug)]
struct Rhythm {
    whole: Duration,
    moving: Duration,
}

impl Rhythm {
    /// Of a rebuild to version B and back.
    fn of(pair: &Pair) -> Rhythm {
        let mut rhythm = Rhythm { whole: Duration::ZERO, moving: Duration::ZERO };
        for version in [Version::B, Version::A] {
            let began = Instant::now();
            let mut child = start_quietly(&mut pair.build(version));
            wait_for_move(pair, &mut child);
            let move_began = Instant::now();
            assert!(child.wait().unwrap().success());
            rhythm.whole = began.elapsed();
            rhythm.moving = rhythm.moving.max(move_began.elapsed());
        }
        rhythm
    }

    /// A machine is not always as busy as it was: a kill that came too late says that files move faster.
    fn learn(&mut self, moment: Moment, left: Standing) {
        match (moment, left) {
            (Moment::AfterMoveBegan(_), Standing::New) => self.moving /= 2,
            (Moment::AfterMoveBegan(_), Standing::Between) => self.moving = self.moving * 5 / 4,
            _ => {}
        }
    }

    /// Half of all moments are anywhere, the start and the time just after the end among them; half are in the move.
    fn moment(&self, random: &mut Random) -> Moment {
        if random.below(2) == 0 {
            Moment::AfterStart(random.up_to(self.whole * 11 / 10))
        } else {
            Moment::AfterMoveBegan(random.up_to(self.moving))
        }
    }
}

/// A process that is to be killed has nobody to listen to it.
fn start_quietly(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Returns when files begin to move or, if nobody saw that, when the process is over.
fn wait_for_move(pair: &Pair, child: &mut Child) {
    while !is_move_begun(&pair.output()) && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_micros(100));
    }
}

/// A number that somebody gives.
pub fn number_from(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is `{text}`, which is no number")))
}

/// SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>): small, and the same on every machine.
pub struct Random(pub u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    /// A span of time, as likely short as long.
    pub fn up_to(&mut self, most: Duration) -> Duration {
        Duration::from_nanos(self.below(most.as_nanos() as u64 + 1))
    }

    fn version(&mut self) -> Version {
        if self.below(2) == 0 { Version::A } else { Version::B }
    }
}
