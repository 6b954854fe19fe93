//! Connections that dawdle, crowd, break off or lie.

use std::io::Write;
use std::time::Duration;

use guidepost::serve::{Limits, ServeOptions};

use super::client::{Connection, request};
use super::stub::{PAGE, Running, Stub, Thing, hollow_file, one_page};

fn with_limits(limits: Limits) -> (std::sync::Arc<Stub>, Running) {
    let stub = Stub::at("/");
    stub.put_page("/", PAGE);
    let server = Running::with(&stub, ServeOptions { limits, ..ServeOptions::default() });
    (stub, server)
}

#[test]
fn whoever_sends_a_head_drop_by_drop_is_cut_off() {
    let (_, server) = with_limits(Limits { head_time: Duration::from_secs(1), ..Limits::default() });
    let starts = ["", "G", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", &request("GET", "/", &[])];
    let begin = |start: &&str| {
        let mut connection = server.connect();
        connection.send(start);
        connection
    };
    let slow: Vec<Connection> = starts.iter().map(begin).collect();
    // Each drop comes in time, and the whole never ends.
    let mut dripping = server.connect();
    dripping.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    let mut drops = 0;
    while dripping.is_open() {
        dripping.send("a");
        drops += 1;
        assert!(drops < 1_000, "it may go on for ever");
        std::thread::sleep(Duration::from_millis(50));
    }
    for mut connection in slow {
        // Ends because the server hangs up: the client waits for a minute.
        connection.rest();
    }
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn a_head_has_an_end() {
    let (_, server) = one_page();
    let large = server.get_with("/", &[("X-Large", &"a".repeat(17 * 1024))]);
    assert_eq!(large.status, 431);
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("X", "y"), 1000).collect();
    assert_eq!(server.get_with("/", &many).status, 431);
    assert_eq!(server.get_with("/", &[("X-Large", &"a".repeat(8 * 1024))]).status, 200);
    let mut connection = server.connect();
    for _ in 0..64 {
        connection.send("X".repeat(1024));
    }
    let answer = connection.rest();
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
}

#[test]
fn idle_connections_keep_nobody_out() {
    let (_, server) = with_limits(Limits { connections: 4, ..Limits::default() });
    let mut crowd: Vec<Connection> = Vec::new();
    for number in 0..40 {
        let mut connection = server.connect();
        if number % 2 == 0 {
            // It was answered once and is kept open.
            assert_eq!(connection.ask("GET", "/", &[]).status, 200);
        }
        crowd.push(connection);
    }
    assert_eq!(server.get("/").page(), PAGE);
}

#[test]
fn downloads_that_nobody_takes_keep_nobody_out() {
    let (stub, server) = with_limits(Limits { connections: 4, ..Limits::default() });
    let folder = tempfile::tempdir().unwrap();
    stub.put("/large.iso", Thing::File(hollow_file(folder.path(), 64 << 30)));
    let mut crowd: Vec<Connection> = Vec::new();
    for _ in 0..6 {
        let mut connection = server.connect();
        connection.send(request("GET", "/large.iso", &[]));
        assert_eq!(connection.head().status, 200);
        crowd.push(connection);
    }
    assert_eq!(server.get("/").page(), PAGE);
}

#[test]
fn an_idle_connection_goes_before_one_that_listens() {
    let (stub, server) = with_limits(Limits { connections: 4, ..Limits::default() });
    let mut tab = server.tab(&server.get("/"));
    assert_eq!(tab.kind(), "state");
    let crowd: Vec<Connection> = (0..20).map(|_| server.connect()).collect();
    assert_eq!(server.get("/").status, 200);
    stub.put_page("/", "<head></head>new");
    stub.change();
    assert_eq!(tab.kind(), "reload");
    drop(crowd);
}

#[test]
fn requests_in_a_row_are_answered_in_their_order() {
    let (stub, server) = one_page();
    stub.put("/a.txt", Thing::Bytes(b"first".to_vec()));
    stub.put("/b.txt", Thing::Bytes(b"second".to_vec()));
    let mut connection = server.connect();
    connection.send(request("GET", "/a.txt", &[]) + &request("GET", "/b.txt", &[]) + &request("GET", "/a.txt", &[]));
    let texts: Vec<String> = (0..3).map(|_| connection.receive().text()).collect();
    assert_eq!(texts, ["first", "second", "first"]);
}

#[test]
fn no_request_hides_in_another() {
    let (stub, server) = one_page();
    let hidden = request("GET", "/hidden/", &[]);
    let length = hidden.len().to_string();
    let chunked = format!("0\r\n\r\n{hidden}");
    let (chunks, long) = (("Transfer-Encoding", "chunked"), chunked.len().to_string());
    for (method, headers, body) in [
        ("POST", vec![("Content-Length", "5"), chunks], &chunked),
        ("POST", vec![chunks, ("Content-Length", long.as_str())], &chunked),
        ("GET", vec![("Content-Length", "5"), chunks], &chunked),
        ("GET", vec![("Content-Length", length.as_str())], &hidden),
        ("GET", vec![chunks], &chunked),
        ("HEAD", vec![("Transfer-Encoding", "gzip, chunked")], &chunked),
        ("GET", vec![("Transfer-Encoding", "xchunked")], &chunked),
        ("GET", vec![("Content-Length", "0"), ("Content-Length", length.as_str())], &hidden),
        ("GET", vec![("Content-Length", "+5")], &hidden),
        ("GET", vec![("Content-Length", "0x10")], &hidden),
        ("GET", vec![("Transfer-Encoding ", "chunked")], &chunked),
    ] {
        let mut connection = server.connect();
        connection.send(request(method, "/", &headers) + body);
        let head = connection.head();
        assert!(matches!(head.status, 400 | 405), "{method} {headers:?}: {head:?}");
        let rest = String::from_utf8_lossy(&connection.rest()).into_owned();
        assert!(!rest.contains("HTTP/1.1"), "{method} {headers:?}: {rest}");
    }
    assert_eq!(stub.all_asked(), Vec::<String>::new());
}

#[test]
fn a_body_that_never_comes_is_not_waited_for() {
    let (_, server) = one_page();
    let mut connection = server.connect();
    connection.send(request("POST", "/", &[("Content-Length", "1000000000")]));
    assert_eq!(connection.receive().status, 405);
    let mut polite = server.connect();
    polite.send(request("PUT", "/", &[("Content-Length", "1000000000"), ("Expect", "100-continue")]));
    assert_eq!(polite.receive().status, 405);
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn a_file_is_sent_as_it_is_taken_however_large() {
    let (stub, server) = one_page();
    let folder = tempfile::tempdir().unwrap();
    let place = hollow_file(folder.path(), 64 << 30);
    stub.put("/large.iso", Thing::File(place.clone()));
    let size = (64_u64 << 30).to_string();
    assert_eq!(server.ask("HEAD", "/large.iso", &[]).header("content-length"), Some(size.as_str()));
    let end = server.get_with("/large.iso", &[("Range", "bytes=-3")]);
    assert_eq!((end.status, end.body.as_slice()), (206, &[0; 3][..]));
    for _ in 0..3 {
        let mut connection = server.connect();
        connection.send(request("GET", "/large.iso", &[]));
        assert_eq!(connection.head().header("content-length"), Some(size.as_str()));
        assert_eq!(connection.read(1 << 20).len(), 1 << 20);
    }
    assert_eq!(server.get("/").status, 200);
    is_let_go(&place);
}

/// Waits until nobody has a file open.
#[cfg(target_os = "linux")]
fn is_let_go(place: &std::path::Path) {
    let is_open = || {
        let handles = std::fs::read_dir("/proc/self/fd").expect("handles");
        handles.flatten().any(|handle| std::fs::read_link(handle.path()).is_ok_and(|target| target == place))
    };
    for _ in 0..3000 {
        if !is_open() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{} is still open", place.display());
}

/// Elsewhere a folder with an open file in it cannot be removed, or nobody can tell.
#[cfg(not(target_os = "linux"))]
fn is_let_go(_: &std::path::Path) {}

#[test]
fn a_page_that_changes_while_it_is_sent_arrives_as_it_was() {
    let (stub, server) = one_page();
    let large = format!("<head></head>{}", "old ".repeat(8 << 20));
    stub.put_page("/large/", &large);
    let mut connection = server.connect();
    connection.send(request("GET", "/large/", &[]));
    let head = connection.head();
    let length = head.header("content-length").unwrap().parse().unwrap();
    stub.put_page("/large/", &large.replace("old", "new"));
    stub.change();
    assert!(server.get("/large/").text().contains("new"));
    let body = connection.read(length);
    assert!(body.len() == length && !body.windows(3).any(|word| word == b"new"));
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_never_half_of_each() {
    let (stub, server) = one_page();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("a.bin");
    let size = 64 << 20;
    std::fs::write(&place, vec![1; size]).unwrap();
    stub.put("/a.bin", Thing::File(place.clone()));
    let begin = || {
        let mut connection = server.connect();
        connection.send(request("GET", "/a.bin", &[]));
        assert_eq!(connection.head().header("content-length"), Some(size.to_string().as_str()));
        connection
    };
    // A file that takes the place of another, as most programs write, leaves the other to those who read it.
    let mut connection = begin();
    std::fs::write(folder.path().join("new"), vec![2; size]).unwrap();
    std::fs::rename(folder.path().join("new"), &place).unwrap();
    let body = connection.read(size);
    assert!(body.len() == size && body.iter().all(|&byte| byte == 1));
    // What is written into the file itself is noticed, and the client does not get to the end.
    let mut connection = begin();
    let mut file = std::fs::OpenOptions::new().write(true).open(&place).unwrap();
    file.write_all(&vec![3; size]).unwrap();
    assert!(connection.rest().len() < size);
    // One that shrinks does not have what was promised.
    let mut connection = begin();
    file.set_len(size as u64 / 2).unwrap();
    assert!(connection.rest().len() < size);
    assert!(server.get_with("/a.bin", &[("Range", "bytes=0-9")]).body == [3; 10]);
}

#[test]
fn the_server_ends_at_once_whatever_is_open() {
    let (stub, server) = one_page();
    let folder = tempfile::tempdir().unwrap();
    stub.put("/large.iso", Thing::File(hollow_file(folder.path(), 64 << 30)));
    let idle = server.connect();
    let mut tab = server.tab(&server.get("/"));
    assert_eq!(tab.kind(), "state");
    let mut download = server.connect();
    download.send(request("GET", "/large.iso", &[]));
    download.head();
    server.end().unwrap();
    assert_eq!(tab.hear(), None);
    drop(idle);
}
