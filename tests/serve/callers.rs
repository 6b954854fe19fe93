//! Whom the server answers: requests for its own names, and listeners from its own pages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use guidepost::serve::ServeOptions;

use super::client::Connection;
use super::stub::{PAGE, Running, Stub, one_page};

fn status(server: &Running, host: &str) -> u16 {
    server.get_with("/", &[("Host", host)]).status
}

#[test]
fn a_name_that_only_leads_here_gets_nothing() {
    let (stub, server) = one_page();
    for foreign in
        ["evil.example", "evil.example:4747", "localhost.evil.example", "127.0.0.1.nip.io", "192.168.1.1", "[2001:db8::1]"]
    {
        let response = server.get_with("/", &[("Host", foreign)]);
        assert_eq!(response.status, 403, "{foreign}");
        assert!(response.text().contains("--allowed-host"), "{}", response.text());
        assert_eq!(server.get_with("/.guidepost/live.js", &[("Host", foreign)]).status, 403, "{foreign}");
        assert_eq!(server.ask("POST", "/", &[("Host", foreign)]).status, 403, "{foreign}");
    }
    for malformed in [
        "",
        ":80",
        "[::1",
        "[::1]x",
        "::1",
        "a b",
        "me@localhost",
        "localhost:99999",
        "localhost:80:80",
        "localhost/",
        "l\u{f6}calhost",
    ] {
        assert_eq!(status(&server, malformed), 400, "{malformed}");
    }
    assert_eq!(server.send("GET / HTTP/1.1\r\n\r\n").status, 400, "no host");
    assert_eq!(server.send("GET / HTTP/1.0\r\n\r\n").status, 400, "no host");
    let twice = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n";
    assert_eq!(server.send(twice).status, 400, "two hosts");
    assert_eq!(stub.all_asked(), Vec::<String>::new());
    for own in ["localhost", "LOCALHOST:4747", "localhost.", "127.0.0.1", "127.3.2.1:80", "[::1]:4747", "[::ffff:127.0.0.1]"] {
        assert_eq!(status(&server, own), 200, "{own}");
    }
}

#[test]
fn names_can_be_allowed() {
    let stub = Stub::at("/");
    stub.put_page("/", PAGE);
    let options = ServeOptions { allowed_hosts: vec!["preview.example.edu".into()], ..ServeOptions::default() };
    let server = Running::with(&stub, options);
    assert_eq!(status(&server, "Preview.Example.edu:8080"), 200);
    assert_eq!(status(&server, "example.edu"), 403);
    assert_eq!(status(&server, "a.preview.example.edu"), 403);
}

#[test]
fn whoever_opens_the_preview_to_others_is_asked_by_its_address_alone() {
    let stub = Stub::at("/");
    stub.put_page("/", PAGE);
    let server = Running::at(&stub, ServeOptions::default(), IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    let ask =
        |to: Ipv4Addr, host: &str| Connection::open((to, server.address.port()).into()).ask("GET", "/", &[("Host", host)]).status;
    assert_eq!(ask(Ipv4Addr::LOCALHOST, "localhost"), 200);
    assert_eq!(ask(Ipv4Addr::LOCALHOST, "evil.example"), 403);
    assert_eq!(ask(Ipv4Addr::LOCALHOST, "192.0.2.1"), 403, "no address of the connection's");
    let warning = guidepost::serve::exposure(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).expect("a warning");
    assert_eq!(warning.code, "open-to-network");
    assert!(guidepost::serve::exposure(IpAddr::V6(Ipv6Addr::LOCALHOST)).is_none());
}

#[test]
fn only_pages_of_the_preview_may_listen() {
    let (_, server) = one_page();
    let host = format!("localhost:{}", server.address.port());
    let own = format!("http://{host}");
    assert!(server.listen(&[("Host", &host), ("Origin", &own)]).is_ok());
    for foreign in [
        "http://evil.example",
        "null",
        "http://localhost",
        "http://localhost:1",
        "http://127.0.0.1",
        "file://",
        "",
        &format!("{own}.evil.example"),
    ] {
        let refused = server.listen(&[("Host", &host), ("Origin", foreign)]).err().map(|response| response.status);
        assert_eq!(refused, Some(403), "{foreign}");
    }
    assert_eq!(server.listen(&[("Host", &host)]).err().map(|response| response.status), Some(403), "no origin");
    let twice = [("Host", host.as_str()), ("Origin", own.as_str()), ("Origin", "http://evil.example")];
    assert_eq!(server.listen(&twice).err().map(|response| response.status), Some(403), "two origins");
    let rebound = [("Host", "evil.example"), ("Origin", "http://evil.example")];
    assert_eq!(server.listen(&rebound).err().map(|response| response.status), Some(403), "a name that only leads here");
    assert!(server.get_with("/.guidepost/live", &[("Origin", "http://localhost")]).status >= 400, "no WebSocket was asked for");
}
