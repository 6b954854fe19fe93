//! Whether the links that lead out of the site still lead somewhere: asked of the servers there, when somebody wants it.
//!
//! This is the only part of Guidepost that makes a connection to another machine. It asks politely: one address of a host
//! at a time, with a pause between, as little of each as answers the question, and nothing that was good within a week.
//! An answer that says little is never called an error. What stands in the articles is left as it is.

mod addresses;
mod ask;
mod hosts;
mod memory;

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use self::addresses::Address;
use self::ask::{Asker, Doubt, Verdict};
use self::hosts::Clock;
use self::memory::Memory;
use crate::diagnostic::Diagnostic;
use crate::pipeline::Progress;
use crate::plan::Snapshot;

pub use self::hosts::Reach;

/// How to ask.
#[derive(Debug, Clone)]
pub struct Options {
    /// What time it is.
    pub now: Timestamp,
    /// How long all of it may take.
    pub budget: Duration,
    /// The pause between two requests to one host.
    pub pause: Duration,
    /// How long a server may take to answer.
    pub patience: Duration,
    /// Which machines may be asked.
    pub reach: Reach,
    /// The file of what was good; without it nothing is remembered.
    pub memory: Option<PathBuf>,
}

impl Options {
    /// The manners that servers on the web can expect.
    pub fn new(now: Timestamp, budget: Duration, memory: Option<PathBuf>) -> Options {
        let (pause, patience) = (Duration::from_secs(1), Duration::from_secs(10));
        Options { now, budget, pause, patience, reach: Reach::Public, memory }
    }
}

/// What came of asking.
#[derive(Debug)]
pub struct Answers {
    /// What is wrong with the links, at the first place of each.
    pub diagnostics: Vec<Diagnostic>,
    /// How many addresses came to what.
    pub tally: Tally,
    /// Why what was good could not be written down, if it could not.
    pub forgotten: Option<io::Error>,
}

/// How many addresses came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Asked and answered, or given up.
    pub asked: usize,
    /// The hosts of these.
    pub hosts: usize,
    /// Certainly gone.
    pub dead: usize,
    /// Nobody can tell.
    pub unsure: usize,
    /// Good within a week, and not asked.
    pub remembered: usize,
    /// On a private network, and not asked.
    pub private: usize,
    /// Not asked for lack of time.
    pub left: usize,
}

/// As many hosts are asked at the same time.
const AT_ONCE: usize = 8;

/// Asks for every address outside that the published articles and the settings name.
pub fn check(snapshot: &Snapshot, options: &Options, progress: &Progress) -> io::Result<Answers> {
    let (addresses, mut diagnostics) = addresses::collect(snapshot);
    let mut tally = Tally { dead: diagnostics.len(), ..Tally::default() };
    let mut memory = Memory::read(options.memory.clone(), options.now);
    let mut verdicts: BTreeMap<usize, Verdict> = BTreeMap::new();
    for (index, address) in addresses.iter().enumerate() {
        if let Some(verdict) = memory.recall(&address.url) {
            verdicts.insert(index, verdict);
        }
    }
    tally.remembered = verdicts.len();
    let asked = ask_all(&addresses, &verdicts, options, progress)?;
    tally.asked = asked.values().filter(|verdict| **verdict != Verdict::Private).count();
    tally.hosts =
        hosts_of(asked.iter().filter(|(_, verdict)| **verdict != Verdict::Private).map(|(index, _)| &addresses[*index]));
    tally.left = addresses.len() - verdicts.len() - asked.len();
    let is_cut_off = tally.asked > 0 && asked.values().all(|verdict| !verdict.was_answered());
    for (index, verdict) in asked {
        memory.note(&addresses[index].url, &verdict);
        verdicts.insert(index, verdict);
    }
    let forgotten = memory.write().err();
    for verdict in verdicts.values() {
        match verdict {
            Verdict::Dead(_) | Verdict::NoHost if !is_cut_off => tally.dead += 1,
            Verdict::Dead(_) | Verdict::NoHost | Verdict::Unsure(_) => tally.unsure += 1,
            Verdict::Private => tally.private += 1,
            Verdict::Good | Verdict::Moved(_) => {}
        }
    }
    if is_cut_off {
        let message = "no server outside could be reached, so nothing is known of the links that lead there";
        diagnostics
            .push(Diagnostic::warning("no-network", message).hint("see that this computer is connected, then check again"));
        verdicts.retain(|_, verdict| verdict.was_answered() || *verdict == Verdict::Private);
    }
    diagnostics.extend(verdicts.iter().filter_map(|(index, verdict)| complaint(&addresses[*index], verdict, options)));
    crate::diagnostic::sort(&mut diagnostics);
    Ok(Answers { diagnostics, tally, forgotten })
}

fn hosts_of<'a>(addresses: impl Iterator<Item = &'a Address>) -> usize {
    let mut hosts: Vec<&str> = addresses.filter_map(|address| address.url.host_str()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts.len()
}

/// Asks for all addresses that nothing is known of, until it is done, told to stop, or out of time.
fn ask_all(
    addresses: &[Address],
    known: &BTreeMap<usize, Verdict>,
    options: &Options,
    progress: &Progress,
) -> io::Result<BTreeMap<usize, Verdict>> {
    let mut by_host: BTreeMap<&str, Vec<(usize, ::url::Url)>> = BTreeMap::new();
    for (index, address) in addresses.iter().enumerate().filter(|(index, _)| !known.contains_key(index)) {
        by_host.entry(address.url.host_str().unwrap_or_default()).or_default().push((index, address.url.clone()));
    }
    let mut hosts: Vec<_> = by_host.into_values().collect();
    // The host with the most addresses takes the longest, so it comes first.
    hosts.sort_by_key(|of_host| std::cmp::Reverse(of_host.len()));
    progress.add(hosts.iter().map(Vec::len).sum());

    let clock = Clock { end: Instant::now() + options.budget, stop: progress.stop.clone() };
    let asker = Arc::new(Asker::new(options, clock.clone()));
    let workers = hosts.len().min(AT_ONCE);
    let hosts = Arc::new(Mutex::new(VecDeque::from(hosts)));
    let (sender, answers) = mpsc::channel();
    for _ in 0..workers {
        let (asker, hosts, sender) = (asker.clone(), hosts.clone(), sender.clone());
        // Nobody waits for these threads: who asks the program to stop shall not have to wait for a slow server.
        thread::Builder::new().spawn(move || {
            let next = || hosts.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            while let Some(of_host) = next() {
                for (index, url) in of_host {
                    // No time for this host; another may ask for less of it.
                    let Some(verdict) = asker.ask(&url) else { break };
                    if sender.send((index, verdict)).is_err() {
                        return;
                    }
                }
            }
        })?;
    }
    drop(sender);
    let mut verdicts = BTreeMap::new();
    while !clock.is_over() {
        match answers.recv_timeout(Duration::from_millis(50)) {
            Ok((index, verdict)) => {
                verdicts.insert(index, verdict);
                progress.step();
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    // What came in the last moment counts.
    verdicts.extend(answers.try_iter());
    Ok(verdicts)
}

/// What the author is told of an address.
fn complaint(address: &Address, verdict: &Verdict, options: &Options) -> Option<Diagnostic> {
    let shown = &address.written;
    let look = "open it in a browser; if it works there, nothing need be done";
    let problem = match verdict {
        Verdict::Good => return None,
        Verdict::Dead(status) => {
            Diagnostic::error("dead-link", format!("`{shown}` is gone: its server answers {}", words(*status)))
                .hint("find where it went and write that address, or take the link out")
        }
        Verdict::NoHost => Diagnostic::error("dead-link", format!("`{shown}` is gone: there is no server of this name"))
            .hint("see that the name is spelled right, or take the link out"),
        Verdict::Moved(to) => Diagnostic::warning("moved-link", format!("`{shown}` has moved for good"))
            .hint(format!("write `{to}` instead, if that is what you mean")),
        Verdict::Private => Diagnostic::note("private-link", format!("`{shown}` is on a private network, so it was not asked"))
            .hint("readers elsewhere cannot open it: see that it is meant for those who can"),
        Verdict::Unsure(doubt) => {
            let reason = match doubt {
                Doubt::Status(status) => format!("its server answers {}", words(*status)),
                Doubt::Slow => format!("its server did not answer within {} seconds", options.patience.as_secs().max(1)),
                Doubt::Circle => "it leads round in a circle".to_owned(),
                Doubt::TooFar => "it leads on and on to other addresses".to_owned(),
                Doubt::LeadsTo(place) => format!("it leads to `{place}`, which was not asked"),
                Doubt::Unproven(reason) => format!("no secure connection could be made: {reason}"),
                Doubt::Failure(reason) => format!("no connection could be made: {reason}"),
            };
            Diagnostic::warning("unsure-link", format!("whether `{shown}` works is not sure: {reason}")).hint(look)
        }
    };
    Some(problem.at(address.place.clone()))
}

/// `404 (Not Found)`
fn words(status: u16) -> String {
    let known = ureq::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    known.map_or_else(|| status.to_string(), |reason| format!("{status} ({reason})"))
}
