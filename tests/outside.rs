//! Links that lead out of a site, asked of a server that answers in every way that servers do.
//!
//! What is asserted is what the server was asked, and what Guidepost makes of its answers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use guidepost::diagnostic::{Diagnostic, Severity};
use guidepost::outside::{self, Answers, Options, Reach};
use guidepost::pipeline::Progress;
use jiff::Timestamp;

use crate::support::{NOW, TestSite};

/// A server of this machine. It serves until the test program ends.
struct Server {
    host: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// `HEAD /ok`, in the order of their arrival.
    requests: Mutex<Vec<String>>,
    /// The lines of all requests' heads.
    heads: Mutex<Vec<String>>,
    at_work: AtomicUsize,
    most_at_work: AtomicUsize,
    /// Bytes of bodies that somebody took.
    sent: AtomicUsize,
    /// Told to stop when `/stop` is asked for.
    stop: Mutex<Option<Arc<AtomicUsize>>>,
}

impl Server {
    fn start() -> Server {
        Server::at("127.0.0.1", Arc::default())
    }

    /// At an address, together with others of the same state.
    fn at(ip: &str, state: Arc<State>) -> Server {
        let listener = TcpListener::bind((ip, 0)).unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Server { host, state }
    }

    /// The methods by which a path was asked for.
    fn asked(&self, path: &str) -> Vec<String> {
        let requests = self.state.requests.lock().unwrap();
        requests
            .iter()
            .filter_map(|line| line.split_once(' '))
            .filter(|(_, asked)| *asked == path)
            .map(|(m, _)| m.to_owned())
            .collect()
    }
}

fn serve(stream: TcpStream, state: &State) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line.trim().is_empty() {
                break;
            }
            head.push(line.trim().to_owned());
        }
        let mut words = head[0].split(' ');
        let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
        state.heads.lock().unwrap().extend(head);
        let before = {
            let mut requests = state.requests.lock().unwrap();
            requests.push(format!("{method} {path}"));
            requests.iter().filter(|line| line.ends_with(&format!(" {path}"))).count() - 1
        };
        let at_work = state.at_work.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_at_work.fetch_max(at_work, Ordering::SeqCst);
        let goes_on = answer(&stream, state, &method, &path, before);
        state.at_work.fetch_sub(1, Ordering::SeqCst);
        if !goes_on {
            return;
        }
    }
}

/// Answers one request, of which there were some before; whether the connection stays open.
fn answer(mut stream: &TcpStream, state: &State, method: &str, path: &str, before: usize) -> bool {
    let path = path.split('?').next().unwrap();
    let (status, header) = match (path, method) {
        ("/ok" | "/picture.png" | "/named" | "/secret", _) => (200, String::new()),
        ("/missing", _) => (404, String::new()),
        ("/gone", _) => (410, String::new()),
        ("/no-head", "HEAD") => (405, String::new()),
        ("/no-head", _) => (206, "Content-Range: bytes 0-0/9\r\n".to_owned()),
        ("/head-says-404", "HEAD") => (404, String::new()),
        ("/head-says-404", _) => (200, String::new()),
        ("/large", "HEAD") => (501, String::new()),
        ("/moved", _) => (301, "Location: /ok\r\n".to_owned()),
        ("/moved-twice", _) => (308, "Location: /moved\r\n".to_owned()),
        ("/moved-to-nowhere", _) => (301, "Location: /missing\r\n".to_owned()),
        ("/for-now", _) => (302, "Location: /ok\r\n".to_owned()),
        ("/for-now-and-moved", _) => (302, "Location: /moved\r\n".to_owned()),
        ("/circle", _) => (302, "Location: /elcric\r\n".to_owned()),
        ("/elcric", _) => (302, "Location: /circle\r\n".to_owned()),
        ("/elsewhere", _) => (302, "Location: mailto:ann@example.org\r\n".to_owned()),
        ("/members", _) => (401, String::new()),
        ("/forbidden", _) => (403, String::new()),
        ("/strange", _) => (999, String::new()),
        ("/broken", _) => (500, String::new()),
        ("/busy", _) if before == 0 => (429, "Retry-After: 0\r\n".to_owned()),
        ("/busy", _) => (200, String::new()),
        ("/busy-for-long", _) => (429, "Retry-After: 100000\r\n".to_owned()),
        ("/stop", _) => {
            state.stop.lock().unwrap().as_ref().unwrap().store(2, Ordering::SeqCst);
            (200, String::new())
        }
        ("/slow", _) => {
            // Until whoever asked has gone.
            let _ = stream.read(&mut [0; 1]);
            return false;
        }
        ("/closes", _) => return false,
        ("/large", _) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 8000000000\r\n\r\n");
            while stream.write_all(&[b'x'; 65_536]).is_ok() {
                state.sent.fetch_add(65_536, Ordering::SeqCst);
            }
            return false;
        }
        (path, _) if path.starts_with("/far/") => {
            let step: u32 = path["/far/".len()..].parse().unwrap();
            (302, format!("Location: /far/{}\r\n", step + 1))
        }
        (path, _) if path.starts_with("/page/") => {
            std::thread::sleep(Duration::from_millis(5));
            (200, String::new())
        }
        ("/meet", _) => {
            // Whoever comes waits for the other one.
            let other = (0..3000).any(|_| {
                std::thread::sleep(Duration::from_millis(5));
                state.requests.lock().unwrap().iter().filter(|line| line.ends_with("/meet")).count() >= 2
            });
            (if other { 200 } else { 500 }, String::new())
        }
        other => panic!("{other:?} was not to be asked"),
    };
    stream.write_all(format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n{header}\r\n").as_bytes()).is_ok()
}

fn options(memory: Option<PathBuf>) -> Options {
    Options {
        pause: Duration::ZERO,
        patience: Duration::from_secs(20),
        reach: Reach::Everywhere,
        ..Options::new(Timestamp::from_second(NOW).unwrap(), Duration::from_secs(120), memory)
    }
}

/// A site with one article that links to these paths of a server, one in each paragraph from line 5 on.
fn site_of(server: &Server, paths: &[&str]) -> TestSite {
    let links: Vec<String> = paths.iter().map(|path| format!("Read [this]({}{path}).\n", server.host)).collect();
    TestSite::new(&[("content/a.md", &format!("---\ntitle: Links\n---\n\n{}", links.join("\n")))])
}

fn ask(site: &TestSite, options: &Options) -> Answers {
    outside::check(&site.snapshot(), options, &Progress::default()).unwrap()
}

/// The only complaint about a path of a server, as `error[dead-link]`.
fn complaint_about(path: &str) -> Option<(&'static str, Severity, String)> {
    let server = Server::start();
    let site = site_of(&server, &[path]);
    let answers = ask(&site, &options(None));
    assert!(answers.diagnostics.len() <= 1, "{path}: {:#?}", answers.diagnostics);
    answers.diagnostics.into_iter().next().map(|problem| {
        assert_eq!(problem.place.as_ref().unwrap().to_string(), "content/a.md:5:13", "{path}");
        (problem.code, problem.severity, format!("{} {}", problem.message, problem.hint.unwrap()).replace(&server.host, ""))
    })
}

#[test]
fn what_works_gets_no_complaint() {
    for path in ["/ok", "/no-head", "/head-says-404", "/for-now", "/for-now-and-moved", "/busy", "/large"] {
        assert_eq!(complaint_about(path), None, "{path}");
    }
}

#[test]
fn only_what_is_certainly_gone_is_an_error() {
    for (path, said) in [("/missing", "404 (Not Found)"), ("/gone", "410 (Gone)"), ("/moved-to-nowhere", "404 (Not Found)")] {
        let (code, severity, text) = complaint_about(path).unwrap();
        assert_eq!((code, severity), ("dead-link", Severity::Error), "{path}");
        assert!(text.contains(&format!("`{path}` is gone: its server answers {said}")), "{text}");
    }
    for (path, said) in [
        ("/members", "401 (Unauthorized)"),
        ("/forbidden", "403 (Forbidden)"),
        ("/strange", "999"),
        ("/broken", "500 (Internal Server Error)"),
        ("/busy-for-long", "429 (Too Many Requests)"),
        ("/circle", "round in a circle"),
        ("/far/0", "on and on"),
        ("/elsewhere", "mailto:ann@example.org"),
    ] {
        let (code, severity, text) = complaint_about(path).unwrap();
        assert_eq!((code, severity), ("unsure-link", Severity::Warning), "{path}");
        assert!(text.contains(said), "{path}: {text}");
    }
}

#[test]
fn what_has_moved_for_good_is_told_with_its_new_address() {
    for path in ["/moved", "/moved-twice"] {
        let (code, severity, text) = complaint_about(path).unwrap();
        assert_eq!((code, severity), ("moved-link", Severity::Warning), "{path}");
        assert!(text.contains("write `/ok` instead"), "{text}");
    }
}

/// A server that answers beside one that does not, so that it is no matter of the network.
#[test]
fn a_server_that_is_slow_or_says_nothing_is_no_error() {
    let server = Server::start();
    let site = site_of(&server, &["/ok", "/slow", "/closes"]);
    let answers = ask(&site, &Options { patience: Duration::from_secs(2), ..options(None) });
    let said: Vec<(&str, bool)> =
        answers.diagnostics.iter().map(|d| (d.code, d.message.contains("did not answer within"))).collect();
    assert_eq!(said, [("unsure-link", true), ("unsure-link", false)], "{:#?}", answers.diagnostics);
    assert_eq!((answers.tally.asked, answers.tally.unsure, answers.tally.dead), (3, 2, 0));
}

#[test]
fn as_little_is_asked_as_answers_the_question() {
    let server = Server::start();
    let paths = ["/ok", "/no-head", "/missing", "/members", "/busy", "/moved", "/large"];
    ask(&site_of(&server, &paths), &options(None));
    // `/moved` leads to `/ok`, which is asked for itself, too.
    for (path, expected) in [
        ("/ok", &["HEAD", "HEAD"][..]),
        ("/no-head", &["HEAD", "GET"]),
        ("/missing", &["HEAD", "GET"]),
        ("/members", &["HEAD"]),
        ("/busy", &["HEAD", "GET"]),
        ("/moved", &["HEAD"]),
    ] {
        assert_eq!(server.asked(path), expected, "{path}");
    }
    let heads = server.state.heads.lock().unwrap().join("\n").to_lowercase();
    assert!(heads.contains("range: bytes=0-0") && heads.contains("user-agent: guidepost/"), "{heads}");
    assert!(server.state.sent.load(Ordering::SeqCst) < 100_000_000, "a page of eight gigabytes was read");
}

#[test]
fn a_host_is_asked_one_thing_at_a_time() {
    let server = Server::start();
    let other_port = Server::at("127.0.0.1", server.state.clone());
    let paths: Vec<String> = (0..20).map(|number| format!("/page/{number}")).collect();
    let of = |server: &Server| paths.iter().map(|path| format!("<{}{path}>\n", server.host)).collect::<String>();
    let site = TestSite::new(&[("content/a.md", &format!("# A\n\n{}{}", of(&server), of(&other_port)))]);
    let answers = ask(&site, &options(None));
    assert_eq!((answers.tally.asked, answers.tally.hosts, answers.tally.unsure), (40, 1, 0), "{:#?}", answers.diagnostics);
    assert_eq!(server.state.most_at_work.load(Ordering::SeqCst), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn hosts_are_asked_at_the_same_time() {
    let server = Server::start();
    let other = Server::at("127.0.0.2", server.state.clone());
    let site = TestSite::new(&[("content/a.md", &format!("# A\n\n<{}/meet>\n\n<{}/meet>\n", server.host, other.host))]);
    let answers = ask(&site, &options(None));
    assert_eq!((answers.tally.asked, answers.tally.hosts, answers.tally.unsure), (2, 2, 0), "{:#?}", answers.diagnostics);
}

#[test]
fn every_kind_of_address_is_asked_once_and_told_of_at_its_first_place() {
    let server = Server::start();
    let host = &server.host;
    let bare = host.strip_prefix("http://").unwrap();
    let site = TestSite::new(&[
        (
            "guidepost.yaml",
            &format!(
                "title: T\nbase_url: https://example.org/\nmenu:\n  - Elsewhere: {host}/missing?menu\n\
                 organization:\n  name: O\n  url: {host}/missing?organization\nauthors:\n  ann:\n    name: Ann\n    url: {host}/missing?author\n"
            ),
        ),
        (
            "content/a.md",
            &format!(
                "---\ntitle: A\ncanonical: {host}/missing?canonical\nappeared_in:\n  publication: P\n  url: {host}/missing?appeared\n---\n\n\
                 [One]({host}/missing?a=1&b=2#part) and [one again]({host}/missing?a=1&b=2).\n\n![A picture]({host}/missing?picture)\n\n\
                 <iframe title=\"x\" src='{host}/missing?frame'></iframe>\n\n[By name][name] `{host}/code`\n\n[name]: {host}/missing?name\n\n\
                 <http://ann:secret@{bare}/secret> <mailto:ann@example.org> [inside](b.md)\n"
            ),
        ),
        ("content/b.md", &format!("# B\n\n<{host}/missing?a=1&b=2>\n")),
        ("content/draft.md", &format!("---\ntitle: Draft\ndraft: true\n---\n<{host}/draft>\n")),
    ]);
    let answers = ask(&site, &options(None));
    assert!(answers.diagnostics.iter().all(|problem| problem.code == "dead-link"), "{:#?}", answers.diagnostics);
    // The server knows a path without its question.
    let question = |problem: &Diagnostic| problem.message.split('?').nth(1).unwrap().split(['`', '#']).next().unwrap().to_owned();
    let place = |problem: &Diagnostic| problem.place.as_ref().unwrap().to_string();
    let found: BTreeMap<String, String> = answers.diagnostics.iter().map(|problem| (question(problem), place(problem))).collect();
    let expected = [
        ("a=1&b=2", "content/a.md:9:7"),
        ("appeared", "content/a.md:6:8"),
        ("author", "guidepost.yaml:11:10"),
        ("canonical", "content/a.md:3:12"),
        ("frame", "content/a.md:13:24"),
        ("menu", "guidepost.yaml:4:16"),
        ("name", "content/a.md:17:9"),
        ("organization", "guidepost.yaml:7:8"),
        ("picture", "content/a.md:11:14"),
    ];
    let expected: BTreeMap<String, String> = expected.iter().map(|(q, place)| ((*q).to_owned(), (*place).to_owned())).collect();
    assert_eq!(found, expected);
    assert_eq!(answers.diagnostics.len(), expected.len());
    assert_eq!(server.asked("/secret"), ["HEAD"]);
    let heads = server.state.heads.lock().unwrap().join("\n").to_lowercase();
    assert!(!heads.contains("authorization") && !heads.contains("secret@"), "{heads}");
    assert!(server.asked("/code").is_empty() && server.asked("/draft").is_empty());
}

#[test]
fn what_was_good_is_not_asked_again_for_a_week() {
    let server = Server::start();
    let site = site_of(&server, &["/ok", "/moved", "/missing", "/forbidden"]);
    let memory = site.path(".guidepost/links.json");
    let remembering = options(Some(memory.clone()));
    let first = ask(&site, &remembering);
    assert_eq!((first.tally.asked, first.tally.remembered), (4, 0));
    let second = ask(&site, &remembering);
    assert_eq!((second.tally.asked, second.tally.remembered, second.tally.dead, second.tally.unsure), (2, 2, 1, 1));
    assert_eq!(second.diagnostics, first.diagnostics);
    assert_eq!(server.asked("/moved"), ["HEAD"]);
    assert_eq!(server.asked("/missing").len(), 4);
    let in_days = |days: i64| Options { now: Timestamp::from_second(NOW + days * 86_400).unwrap(), ..remembering.clone() };
    assert_eq!(ask(&site, &in_days(6)).tally.remembered, 2);
    assert_eq!(ask(&site, &in_days(8)).tally.remembered, 0);
    // A clock that was wrong then, and a file that is none.
    assert_eq!(ask(&site, &in_days(2)).tally.remembered, 0);
    std::fs::write(&memory, "[]").unwrap();
    assert_eq!(ask(&site, &remembering).tally.remembered, 0);
    // A folder in its place is a pity, and no more.
    std::fs::remove_file(&memory).unwrap();
    std::fs::create_dir(&memory).unwrap();
    let answers = ask(&site, &remembering);
    assert!(answers.forgotten.is_some() && answers.tally.asked == 4);
    assert_eq!(std::fs::read_dir(site.path(".guidepost")).unwrap().count(), 1);
}

#[test]
fn who_asks_to_stop_keeps_what_is_known() {
    let server = Server::start();
    let site = site_of(&server, &["/ok", "/stop", "/missing", "/forbidden"]);
    let remembering = options(Some(site.path("links.json")));
    let progress = Progress::default();
    *server.state.stop.lock().unwrap() = Some(progress.stop.clone());
    let answers = outside::check(&site.snapshot(), &remembering, &progress).unwrap();
    assert!(server.asked("/missing").is_empty() && answers.tally.left >= 2, "{:?}", answers.tally);
    assert!(site.read("links.json").contains("/ok"));
}

#[test]
fn when_time_is_over_the_rest_is_counted() {
    let server = Server::start();
    let site = site_of(&server, &["/ok", "/missing"]);
    let answers = ask(&site, &Options { budget: Duration::ZERO, ..options(None) });
    assert_eq!((answers.tally.asked, answers.tally.left), (0, 2));
    assert!(answers.diagnostics.is_empty() && server.state.requests.lock().unwrap().is_empty());
}

#[test]
fn machines_nearby_are_not_asked() {
    let server = Server::start();
    let site = site_of(&server, &["/ok"]);
    let answers = ask(&site, &Options { reach: Reach::Public, ..options(None) });
    assert_eq!((answers.tally.asked, answers.tally.private), (0, 1));
    let said: Vec<(&str, Severity)> = answers.diagnostics.iter().map(|problem| (problem.code, problem.severity)).collect();
    assert_eq!(said, [("private-link", Severity::Note)]);
    assert!(server.state.requests.lock().unwrap().is_empty());
}

#[test]
fn a_machine_without_a_network_hears_so_once() {
    // Nobody listens there any more.
    let host = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let site = TestSite::new(&[("content/a.md", &format!("# A\n\n<{host}/a> <{host}/b>\n"))]);
    let answers = ask(&site, &options(None));
    let said: Vec<&str> = answers.diagnostics.iter().map(|problem| problem.code).collect();
    assert_eq!((said, answers.tally.unsure, answers.tally.dead), (vec!["no-network"], 2, 0));
}

#[test]
fn the_command_says_what_it_found_and_asks_only_when_told_to() {
    let server = Server::start();
    let site = site_of(&server, &["/ok", "/missing", "/forbidden"]);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        command.arg("check").args(arguments).current_dir(site.root()).env("SOURCE_DATE_EPOCH", NOW.to_string());
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said, _) = run(&[]);
    assert!(code == Some(0) && said.starts_with("Checked 1 article: ") && !said.contains("Asked"), "{said}");
    assert!(server.state.requests.lock().unwrap().is_empty());
    let external = ["--external", "--external-nearby", "--external-pause", "0"];
    let (code, said, complaints) = run(&external);
    assert_eq!(code, Some(1));
    assert!(said.contains("\n  Asked 3 addresses at 1 host: 1 dead, 1 unsure\n"), "{said}");
    assert!(complaints.contains("error[dead-link]") && complaints.contains("--> content/a.md:7:13"), "{complaints}");
    let (_, said, _) = run(&external);
    assert!(said.contains("\n  Asked 2 addresses at 1 host: 1 dead, 1 unsure, 1 remembered\n"), "{said}");
    assert_eq!(run(&["--external-budget", "5"]).0, Some(2));
}
