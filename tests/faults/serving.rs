//! The preview as a program under a crowd and under nonsense: nobody is kept out, nothing crashes, and afterwards it holds no
//! more handles and threads than before.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;
use std::thread::{Builder, scope, sleep};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::pair::{scratch, write};
use crate::program::guidepost;

/// Longer than the preview lets anybody wait for a head, so that a test fails rather than hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most connections that the preview has, and what it needs besides.
const MOST_HANDLES: usize = 100 + 40;

/// A preview of a site of one page, in a process of its own.
struct Preview {
    child: Child,
    address: SocketAddr,
    _site: TempDir,
}

impl Preview {
    fn start() -> Preview {
        let site = scratch();
        write(site.path(), "guidepost.yaml", "title: Site\nbase_url: https://example.org/\n");
        write(site.path(), "content/a.md", &format!("---\ntitle: A\n---\n{}\n", "Words of an article. ".repeat(2_000)));
        let mut command = guidepost(site.path(), ["serve", "--port", "0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        let host = said.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_else(|| panic!("{said}"));
        Preview { address: host.parse().unwrap(), child, _site: site }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect_timeout(&self.address, PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Asks for the article as a client does that has just come, and gets the whole of it.
    fn check_answers(&self) -> Result<(), String> {
        let mut stream = self.connect();
        let mut answer = Vec::new();
        let asked = stream.write_all(b"GET /a/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let got = asked.and_then(|()| stream.read_to_end(&mut answer)).map_err(|error| error.to_string())?;
        let answer = String::from_utf8_lossy(&answer);
        let is_whole = answer.starts_with("HTTP/1.1 200 ") && answer.trim_end().ends_with("</html>");
        if is_whole { Ok(()) } else { Err(format!("{got} bytes: {}", answer.chars().take(80).collect::<String>())) }
    }

    /// How many handles and threads it has.
    fn holds(&self) -> (usize, usize) {
        let count = |what: &str| fs::read_dir(format!("/proc/{}/{what}", self.child.id())).unwrap().count();
        (count("fd"), count("task"))
    }

    /// Waits until it holds no more than it did. Threads that make pages end some seconds after the last page.
    fn assert_lets_go(&self, before: (usize, usize)) {
        let since = Instant::now();
        loop {
            let now = self.holds();
            if now.0 <= before.0 && now.1 <= before.1 {
                return;
            }
            assert!(since.elapsed() < PATIENCE, "it held {before:?} handles and threads, and holds {now:?}");
            sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether this process may have so many handles. If not, the test runs in another one that may, and is done here.
fn may_have(handles: u64, test: &str) -> bool {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let limit = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let soft = limit.split_whitespace().nth(3).unwrap();
    if soft == "unlimited" || soft.parse::<u64>().unwrap() >= handles {
        return true;
    }
    let more = format!("ulimit -n {handles} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.arg("-c").arg(more).arg(std::env::current_exe().unwrap()).args(["--exact", test, "--include-ignored"]);
    assert!(command.status().unwrap().success(), "{test} with {handles} handles");
    false
}

#[test]
#[ignore = "needs Linux and thousands of handles: tests/run runs it"]
fn a_thousand_who_ask_at_once_are_all_answered() {
    if !may_have(4_000, "serving::a_thousand_who_ask_at_once_are_all_answered") {
        return;
    }
    let preview = Preview::start();
    preview.check_answers().unwrap();
    let before = preview.holds();
    let barrier = Barrier::new(1_000);
    let answers: Vec<Result<(), String>> = scope(|scope| {
        let ask = || {
            barrier.wait();
            preview.check_answers()
        };
        let crowd: Vec<_> = (0..1_000).map(|_| Builder::new().stack_size(64 << 10).spawn_scoped(scope, ask).unwrap()).collect();
        crowd.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let failed: Vec<&String> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(failed.is_empty(), "{} of {} were not answered: {:?}", failed.len(), answers.len(), &failed[..failed.len().min(3)]);
    preview.check_answers().unwrap();
    preview.assert_lets_go(before);
}

#[test]
#[ignore = "needs Linux and thousands of handles: tests/run runs it"]
fn five_thousand_who_only_sit_there_keep_nobody_out() {
    if !may_have(8_000, "serving::five_thousand_who_only_sit_there_keep_nobody_out") {
        return;
    }
    let preview = Preview::start();
    preview.check_answers().unwrap();
    let before = preview.holds();
    let mut crowd = Vec::new();
    for number in 0..5_000 {
        let mut stream = preview.connect();
        // Some say nothing, some begin a head, some a body, and some have been answered and stay.
        let words: &[u8] = match number % 4 {
            0 => b"",
            1 => b"GET /a/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
            2 => b"POST /a/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\na",
            _ => b"GET /a/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        };
        // It may have been sent away already.
        let _ = stream.write_all(words);
        crowd.push(stream);
        if number % 250 == 249 {
            preview.check_answers().unwrap_or_else(|wrong| panic!("with {number} others: {wrong}"));
            let (handles, _) = preview.holds();
            assert!(handles < MOST_HANDLES, "{handles} handles with {number} others");
        }
    }
    preview.check_answers().unwrap();
    drop(crowd);
    preview.assert_lets_go(before);
    preview.check_answers().unwrap();
}

/// Requests that are none, with what is wrong with them.
fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    let with = |line: &str| format!("GET / HTTP/1.1\r\nHost: localhost\r\n{line}\r\n\r\n").into_bytes();
    let body = |head: &str, body: &str| format!("POST / HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n{body}").into_bytes();
    let chunked = |chunks: &str| body("Transfer-Encoding: chunked", chunks);
    let line = |line: &str| format!("{line}\r\nHost: localhost\r\n\r\n").into_bytes();
    let hidden = "GET /a/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
    vec![
        // The line of a request.
        ("nothing but ends of lines", b"\r\n\r\n\r\n\r\n".to_vec()),
        ("a word", b"hello\r\n\r\n".to_vec()),
        ("HTTP/0.9", b"GET /\r\n".to_vec()),
        ("HTTP/0.9 with a head", line("GET /")),
        ("no version's number", line("GET / HTTP")),
        ("half a version", line("GET / HTTP/1")),
        ("HTTP/1.2", line("GET / HTTP/1.2")),
        ("HTTP/2.0", line("GET / HTTP/2.0")),
        ("HTTP/9.9", line("GET / HTTP/9.9")),
        ("a version in small letters", line("GET / http/1.1")),
        ("another protocol", line("GET / FTP/1.1")),
        ("words after the version", line("GET / HTTP/1.1 now")),
        ("two spaces", line("GET  / HTTP/1.1")),
        ("a tab", line("GET\t/\tHTTP/1.1")),
        ("a space in the address", line("GET /a b HTTP/1.1")),
        ("a space before the method", line(" GET / HTTP/1.1")),
        ("no method", line("/ HTTP/1.1")),
        ("no address", line("GET HTTP/1.1")),
        ("a method of signs", line("G(E)T / HTTP/1.1")),
        ("a method in small letters", line("get / HTTP/1.1")),
        ("a method without an end", vec![b'A'; 20_000]),
        ("an address without an end", format!("GET /{}", "a".repeat(70_000)).into_bytes()),
        ("a line without an end", format!("GET / {}", " ".repeat(70_000)).into_bytes()),
        ("NUL in the line", line("GET /\0 HTTP/1.1")),
        ("NUL before the line", b"\0GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()),
        ("bytes past ASCII in the address", line("GET /\u{e9} HTTP/1.1")),
        ("bytes that are no UTF-8", b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()),
        ("a delete sign in the address", line("GET /\u{7f} HTTP/1.1")),
        ("a mark of the byte order", line("\u{feff}GET / HTTP/1.1")),
        ("a way upwards", line("GET /../../etc/passwd HTTP/1.1")),
        ("a way upwards in disguise", line("GET /%2e%2e%2fetc/passwd HTTP/1.1")),
        ("an address that is a word", line("GET a HTTP/1.1")),
        ("an address with a backslash", line("GET \\ HTTP/1.1")),
        ("the form of a proxy, for another host", line("GET http://evil.example/ HTTP/1.1")),
        ("the form of a proxy, with a name and a password", line("GET http://a:b@localhost/ HTTP/1.1")),
        ("the form of a proxy, without a host", line("GET http:/// HTTP/1.1")),
        ("a tunnel", line("CONNECT evil.example:443 HTTP/1.1")),
        ("a question to all", line("OPTIONS * HTTP/1.1")),
        ("another scheme", line("GET file:///etc/passwd HTTP/1.1")),
        // Hosts.
        ("no host", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("two hosts", with("Host: evil.example")),
        ("another host", b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_vec()),
        ("an empty host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n".to_vec()),
        ("a host that is none", b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n".to_vec()),
        ("a host with a port beyond all", b"GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n".to_vec()),
        // Headers.
        ("a header without a colon", with("Hello")),
        ("a header without a name", with(": hello")),
        ("a space before the colon", with("X : a")),
        ("a folded line", with("X: a\r\n b")),
        ("a folded first line", b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n".to_vec()),
        ("a lone CR", with("X: a\rY: b")),
        ("NUL in a value", with("X: a\0b")),
        ("an escape sign in a value", with("X: \u{1b}[31m")),
        ("NUL in a name", with("X\0: a")),
        ("a name past ASCII", with("X\u{e9}: a")),
        ("a name of signs", with("(X): a")),
        ("a header of 64 KB", with(&format!("X: {}", "a".repeat(65_536)))),
        ("a name of 64 KB", with(&format!("{}: a", "X".repeat(65_536)))),
        ("a thousand headers", with(&vec!["X: a"; 1_000].join("\r\n"))),
        ("a head without an end", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n".to_vec()),
        // Bodies, which the preview never reads, and requests that hide in them.
        ("two lengths", body("Content-Length: 5\r\nContent-Length: 6", "hello!")),
        ("lengths in a list", body("Content-Length: 5, 6", "hello!")),
        ("a length below nothing", body("Content-Length: -1", "a")),
        ("a length with a sign", body("Content-Length: +5", "hello")),
        ("a length of sixteens", body("Content-Length: 0x5", "hello")),
        ("a length that is a word", body("Content-Length: five", "hello")),
        ("an empty length", body("Content-Length:", "hello")),
        ("a length beyond all", body("Content-Length: 99999999999999999999999", "a")),
        ("the largest length", body("Content-Length: 18446744073709551615", "a")),
        ("a length, and chunks", body("Content-Length: 4\r\nTransfer-Encoding: chunked", &format!("0\r\n\r\n{hidden}"))),
        ("chunks, and a length", body("Transfer-Encoding: chunked\r\nContent-Length: 4", &format!("0\r\n\r\n{hidden}"))),
        ("another encoding", body("Transfer-Encoding: gzip", hidden)),
        ("chunks, but not last", body("Transfer-Encoding: chunked, gzip", hidden)),
        ("chunks twice", body("Transfer-Encoding: chunked, chunked", hidden)),
        ("chunks of a disguised name", body("Transfer-Encoding: xchunked", hidden)),
        ("chunks behind a vertical tab", body("Transfer-Encoding: \u{b}chunked", hidden)),
        ("chunks in a folded line", body("Transfer-Encoding:\r\n chunked", hidden)),
        ("chunks of HTTP/1.0", format!("POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}").into_bytes()),
        ("a chunk of no length", chunked("\r\n\r\n")),
        ("a chunk whose length is a word", chunked("five\r\nhello\r\n")),
        ("a chunk of a length below nothing", chunked("-1\r\na\r\n")),
        ("a chunk of a length beyond all", chunked("fffffffffffffffff\r\na\r\n")),
        ("a chunk that is longer than it says", chunked("1\r\nhello\r\n0\r\n\r\n")),
        ("a chunk with words beyond measure", chunked(&format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(70_000)))),
        ("chunks that end in nonsense", chunked("0\r\nnonsense\r\n\r\n")),
        ("a body that nobody asked for", format!("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{hidden}", hidden.len()).into_bytes()),
        // Other protocols.
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec()),
        ("TLS", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03random bytes of a hello that goes on for a while".to_vec()),
        ("SSH", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        ("SOCKS", b"\x05\x01\0".to_vec()),
        ("an answer", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ("a database", b"*1\r\n$4\r\nPING\r\n".to_vec()),
        ("nothing but NUL", vec![0; 20_000]),
        ("nothing but 255", vec![255; 20_000]),
        ("every byte", (0..=255).cycle().take(20_000).collect()),
        ("a WebSocket of another site", b"GET /.guidepost/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://evil.example\r\n\r\n".to_vec()),
    ]
}

#[test]
fn nonsense_is_refused_and_leaves_nothing_behind() {
    let preview = Preview::start();
    preview.check_answers().unwrap();
    let before = preview.holds();
    let table = nonsense();
    assert!(table.len() >= 60);
    // All at once, as most end only when the preview has waited for more in vain.
    let answers: Vec<(&str, String)> = scope(|scope| {
        let ask = |request: Vec<u8>| {
            let mut stream = preview.connect();
            let mut answer = Vec::new();
            // Whoever is hung up on while sending has an answer of its own.
            let _ = stream.write_all(&request);
            let ended = stream.read_to_end(&mut answer);
            let is_open =
                ended.is_err_and(|error| matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
            if is_open { "it is still open".to_owned() } else { String::from_utf8_lossy(&answer).into_owned() }
        };
        let threads: Vec<_> = table.into_iter().map(|(name, request)| (name, scope.spawn(move || ask(request)))).collect();
        threads.into_iter().map(|(name, thread)| (name, thread.join().unwrap())).collect()
    });
    let is_refusal = |answer: &str| answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 505 ");
    let wrong: Vec<String> = answers
        .iter()
        .filter(|(_, answer)| !is_refusal(answer) || answer.matches("HTTP/1.").count() > 1)
        .map(|(name, answer)| format!("{name}: {}", answer.chars().take(300).collect::<String>()))
        .collect();
    assert!(wrong.is_empty(), "{} requests were taken for good ones:\n{}", wrong.len(), wrong.join("\n"));
    preview.check_answers().unwrap();
    preview.assert_lets_go(before);
}
