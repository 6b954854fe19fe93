//! `guidepost serve` as a program: what it answers over the network is what a build writes, what it says, how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{NOW, TestSite, copy, files, repository};

/// A preview that runs until the test lets go of it.
struct Preview {
    child: Child,
    host: String,
    /// What it said when it was ready.
    said: String,
    more: BufReader<std::process::ChildStdout>,
}

impl Preview {
    fn start(site: &TestSite, flags: &[&str]) -> Preview {
        let mut child = command(site, &[&["serve", "--port", "0"], flags].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut more = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        more.read_line(&mut said).unwrap();
        let host = said.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_else(|| panic!("{said}"));
        Preview { host: host.to_owned(), child, said, more }
    }

    /// The status and body of what is at a path.
    fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.host).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
        (status, answer[end + 4..].to_vec())
    }

    fn text(&self, path: &str) -> String {
        String::from_utf8(self.get(path).1).unwrap()
    }

    /// Asks until an answer is right, for as long as anybody would wait.
    fn until(&self, path: &str, is_right: impl Fn(&str) -> bool) {
        let started = Instant::now();
        while !is_right(&self.text(path)) {
            assert!(started.elapsed() < Duration::from_secs(60), "{path} stays {}", self.text(path));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends it as Ctrl-C does, and tells its exit code.
    fn end(mut self, signal: &str) -> Option<i32> {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(site: &TestSite, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
    command.arg("-C").arg(site.root()).args(arguments).env("SOURCE_DATE_EPOCH", NOW.to_string());
    command
}

/// The sample site below a path.
fn sample() -> TestSite {
    let site = TestSite::new(&[]);
    copy(&repository().join("content"), &site.path("content"));
    let settings = fs::read_to_string(repository().join("guidepost.yaml")).unwrap();
    let base = settings.lines().find(|line| line.starts_with("base_url:")).unwrap();
    site.write("guidepost.yaml", &settings.replace(base, "base_url: https://example.org/sub/dir/"));
    site
}

/// A page without the tag of the script that keeps it current.
fn without_script(body: Vec<u8>) -> Vec<u8> {
    let Ok(text) = String::from_utf8(body.clone()) else { return body };
    let Some(start) = text.find("<script src=\"/.guidepost/live.js\"") else { return body };
    let end = start + text[start..].find("</script>").unwrap() + "</script>".len();
    format!("{}{}", &text[..start], &text[end..]).into_bytes()
}

#[test]
fn every_file_of_a_build_is_answered_byte_for_byte() {
    let site = sample();
    assert!(command(&site, &["-q", "build"]).status().unwrap().success());
    let preview = Preview::start(&site, &["--as-published"]);
    let mut pages = 0;
    for (path, expected) in files(&site.path("public")).into_iter().filter(|(path, _)| !path.starts_with(".guidepost/")) {
        let encoded: String = path
            .bytes()
            .map(|byte| if byte.is_ascii_graphic() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect();
        let address = encoded.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'));
        let (status, body) = preview.get(&format!("/sub/dir/{}", address.unwrap_or(&encoded)));
        assert_eq!(status, 200, "{path}");
        pages += usize::from(body != expected);
        assert!(without_script(body) == expected, "{path} is not what a build writes");
    }
    assert!(pages > 50, "{pages} pages have the script");
    assert_eq!(preview.get("/").0, 302);
    let (status, body) = preview.get("/sub/dir/no/such/page/");
    assert_eq!((status, without_script(body)), (404, fs::read(site.path("public/404.html")).unwrap()));
    assert!(preview.said.contains("Serving ") && preview.said.contains("/sub/dir/"), "{}", preview.said);
    assert_eq!(preview.end("-INT"), Some(0));
}

#[test]
fn what_is_saved_is_answered_and_told() {
    for flags in [&[][..], &["--poll=20"]] {
        let site = TestSite::new(&[("content/a.md", "---\ntitle: A\n---\n\nBefore.\n")]);
        let mut preview = Preview::start(&site, flags);
        preview.until("/a/", |page| page.contains("Before."));
        site.write("content/a.md", "---\ntitle: A\n---\n\nAfterwards, and [nothing](b.md).\n");
        let mut told = String::new();
        while !told.contains("as it was before this mistake") {
            assert!(preview.more.read_line(&mut told).unwrap() > 0, "{told}");
        }
        assert!(told.contains("content/a.md"), "{told}");
        assert!(preview.text("/a/").contains("Before."));
        site.write("content/b.md", "---\ntitle: B\n---\n\nIt is there now.\n");
        preview.until("/a/", |page| page.contains("Afterwards"));
        fs::remove_file(site.path("content/b.md")).unwrap();
        site.write("content/a.md", "---\ntitle: A\n---\n\nAlone.\n");
        preview.until("/b/", |page| page.contains("Page not found") || !page.contains("It is there now."));
        assert_eq!(preview.end("-TERM"), Some(0));
    }
}

#[test]
fn a_preview_may_run_beside_a_build() {
    let site = sample();
    let preview = Preview::start(&site, &[]);
    for round in 0..3 {
        site.write("content/offers/round.md", &format!("---\ntitle: Round\n---\n\nRound {round}.\n"));
        let built = command(&site, &["build"]).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        preview.until("/sub/dir/offers/round/", |page| page.contains(&format!("Round {round}.")));
    }
}

#[test]
fn who_cannot_have_a_preview_is_told_why() {
    let run = |site: &TestSite, flags: &[&str]| {
        let output = command(site, &[&["serve"], flags].concat()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let site = TestSite::new(&[]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, said) = run(&site, &["--port", &port]);
    assert!(code == Some(4) && said.contains("error[port-busy]") && said.contains(&port), "{said}");
    let (code, said) = run(&site, &["--bind", "192.0.2.1"]);
    assert!(code == Some(4) && said.contains("error[cannot-listen]"), "{said}");
    assert_eq!(run(&site, &["--bind", "here"]).0, Some(2));
    assert_eq!(run(&site, &["--base-url", "example.org"]).0, Some(2));
    fs::remove_file(site.path("guidepost.yaml")).unwrap();
    let (code, said) = run(&site, &[]);
    assert!(code == Some(3) && said.contains("error[no-settings]"), "{said}");
}
