//! What is sent for an address: pages, files, redirects, errors, and the headers with them.

use std::sync::{Arc, Mutex};

use guidepost::serve::{Excerpt, Problem, ServeOptions};

use super::stub::{PAGE, Running, Stub, Thing, one_page, problem};

#[test]
fn a_page_is_what_a_build_writes_and_one_tag() {
    let (_, server) = one_page();
    let response = server.get("/");
    assert_eq!(response.status, 200);
    assert_eq!(response.page(), PAGE);
    assert!(response.text().contains(" defer></script></head>"), "{}", response.text());
    assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(response.header("cache-control"), Some("no-cache"));
}

#[test]
fn what_is_no_page_is_sent_byte_for_byte() {
    let (stub, server) = one_page();
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    std::fs::write(folder.path().join("a.pdf"), &bytes).unwrap();
    std::fs::write(folder.path().join("own.html"), PAGE).unwrap();
    stub.put("/a.pdf", Thing::File(folder.path().join("a.pdf")));
    stub.put("/own.html", Thing::File(folder.path().join("own.html")));
    stub.put("/site.css", Thing::Bytes(b"a { color: red }</head>".to_vec()));
    stub.put("/_redirects", Thing::Bytes(b"/a /b 301\n".to_vec()));
    stub.put("/empty.txt", Thing::Bytes(Vec::new()));
    let (pdf, css) = (server.get("/a.pdf"), server.get("/site.css"));
    assert!(pdf.body == bytes && pdf.header("content-type") == Some("application/pdf"));
    assert_eq!((css.text().as_str(), css.header("content-type")), ("a { color: red }</head>", Some("text/css; charset=utf-8")));
    assert_eq!(server.get("/own.html").page(), PAGE, "an author's own page is kept current, too");
    assert_eq!(server.get("/_redirects").header("content-type"), Some("application/octet-stream"));
    let empty = server.get("/empty.txt");
    assert_eq!((empty.status, empty.header("content-length")), (200, Some("0")));
}

#[test]
fn what_is_not_there_is_said_with_the_sites_own_page() {
    let (stub, server) = one_page();
    let plain = server.get("/no/such/page/");
    assert_eq!((plain.status, plain.header("content-type")), (404, Some("text/html; charset=utf-8")));
    stub.put_page("/404.html", "<head></head>Nothing <b>here</b>");
    let own = server.get("/no/such/page/");
    assert_eq!((own.status, own.page().as_str()), (404, "<head></head>Nothing <b>here</b>"));
    stub.put("/gone.pdf", Thing::File("/no/such/file.pdf".into()));
    assert_eq!(server.get("/gone.pdf").status, 404);
    let folder = tempfile::tempdir().unwrap();
    stub.put("/folder.pdf", Thing::File(folder.path().to_owned()));
    assert_eq!(server.get("/folder.pdf").status, 500);
}

#[test]
fn a_site_below_a_path_is_there_and_nowhere_else() {
    let stub = Stub::at("/sub/d%C3%AFr/");
    stub.put_page("/", PAGE);
    stub.put("/a", Thing::Moved("/a/".into()));
    stub.put("/r\u{e9}sum\u{e9}", Thing::Moved("/r\u{e9}sum\u{e9}/".into()));
    let server = Running::new(&stub);
    assert_eq!(server.get("/sub/d%C3%AFr/").page(), PAGE);
    for (from, to) in [
        ("/", "/sub/d%C3%AFr/"),
        ("/sub/d%C3%AFr", "/sub/d%C3%AFr/"),
        ("/sub/d%C3%AFr/a", "/sub/d%C3%AFr/a/"),
        ("/sub/d%C3%AFr/a?q=1&r=%0d", "/sub/d%C3%AFr/a/?q=1&r=%0d"),
        ("/sub/d%C3%AFr/r%C3%A9sum%C3%A9", "/sub/d%C3%AFr/r%C3%A9sum%C3%A9/"),
    ] {
        let response = server.get(from);
        assert_eq!((response.status, response.header("location")), (302, Some(to)), "{from}");
    }
    let outside = server.get("/elsewhere/");
    assert_eq!(outside.status, 404);
    assert!(outside.text().contains("<a href=\"/sub/d%C3%AFr/\">"), "{}", outside.text());
    assert!(server.get("/.guidepost/live.js").text().contains("WebSocket"), "the server's own stands below the host's root");
}

#[test]
fn a_redirect_stays_on_the_host_and_adds_no_header() {
    let (stub, server) = one_page();
    for (path, to) in
        [("/a", "//evil.example/.."), ("/b", "/\\evil.example"), ("/c", "/x\r\nSet-Cookie: a=b"), ("/d", "https://evil.example/")]
    {
        stub.put(path, Thing::Moved(to.into()));
        let response = server.get(path);
        let location = response.header("location").unwrap();
        assert!(location.starts_with('/') && !location.starts_with("//") && !location.contains('\\'), "{location}");
        assert_eq!(response.header("set-cookie"), None);
    }
}

#[test]
fn the_policy_of_the_published_site_holds_in_the_preview() {
    let (stub, server) = one_page();
    stub.put_page("/404.html", "nothing");
    stub.put("/site.css", Thing::Bytes(Vec::new()));
    let rules = "/*\n  Content-Security-Policy: script-src 'self'\n  Access-Control-Allow-Origin: *\n  Cache-Control: immutable\n/site.css\n  X-Own: yes\n";
    stub.put("/_headers", Thing::Bytes(rules.into()));
    stub.change();
    for path in ["/", "/site.css", "/no/such/page/", "/_headers"] {
        let response = server.get(path);
        assert_eq!(response.header("content-security-policy"), Some("script-src 'self'"), "{path}");
        assert_eq!(response.header("x-own").is_some(), path == "/site.css", "{path}");
        assert_eq!(response.header("access-control-allow-origin"), None, "{path}");
        assert!(
            matches!(response.header("cache-control"), Some("no-cache" | "no-store")),
            "a preview is never old: {response:?}"
        );
    }
    assert_eq!(server.get("/_headers").text(), rules);
    assert_eq!(stub.asked("/_headers"), 3, "two requests for it, and once after the change");
    stub.put("/_headers", Thing::Bytes(b"/*\n  Content-Security-Policy: default-src 'none'\n".to_vec()));
    stub.change();
    assert_eq!(server.get("/").header("content-security-policy"), Some("default-src 'none'"));
}

#[test]
fn no_other_site_may_read_anything() {
    let (stub, server) = one_page();
    stub.put("/a", Thing::Moved("/a/".into()));
    stub.put("/site.css", Thing::Bytes(Vec::new()));
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/site.css"),
        ("GET", "/a"),
        ("GET", "/no"),
        ("GET", "/.guidepost/live.js"),
        ("GET", "/.guidepost/live.css"),
        ("GET", "/.guidepost/no"),
        ("GET", "/.guidepost/live"),
        ("POST", "/"),
        ("OPTIONS", "/"),
    ] {
        let headers = [("Origin", "http://evil.example"), ("Access-Control-Request-Method", "GET")];
        let response = server.ask(method, path, &headers);
        assert!(!response.headers.iter().any(|(name, _)| name.to_lowercase().starts_with("access-control")), "{response:?}");
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"), "{method} {path}");
        assert_eq!(response.header("cross-origin-resource-policy"), Some("same-origin"), "{method} {path}");
    }
}

#[test]
fn only_get_and_head_are_answered_and_head_is_get_without_its_body() {
    let (stub, server) = one_page();
    stub.put("/a.bin", Thing::Bytes(vec![7; 5000]));
    for path in ["/", "/a.bin", "/no/such/page", "/.guidepost/live.js"] {
        let (get, head) = (server.get(path), server.ask("HEAD", path, &[]));
        let without_date = |headers: &[(String, String)]| -> Vec<(String, String)> {
            headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("date")).cloned().collect()
        };
        assert_eq!((head.status, without_date(&head.headers)), (get.status, without_date(&get.headers)), "{path}");
        assert_eq!(get.header("content-length"), Some(get.body.len().to_string().as_str()));
    }
    let mut connection = server.connect();
    connection
        .send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /a.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let (first, second) = (connection.head(), connection.head());
    assert_eq!((first.status, second.header("content-length")), (200, Some("5000")));
    assert!(connection.rest().is_empty(), "no body follows");
    for method in ["OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"] {
        let path = if method == "CONNECT" { "localhost:80" } else { "/" };
        let response = server.ask(method, path, &[]);
        assert_eq!((response.status, response.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    assert_eq!(server.send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 405);
}

#[test]
fn nothing_is_compressed_and_nothing_says_that_it_might_be() {
    let (_, server) = one_page();
    for accepted in ["gzip, br", "gzip;q=0", "identity;q=0", "*;q=0", "identity;q=0, gzip", ""] {
        let response = server.get_with("/", &[("Accept-Encoding", accepted)]);
        assert_eq!((response.status, response.page().as_str()), (200, PAGE), "{accepted}");
        assert_eq!((response.header("content-encoding"), response.header("vary")), (None, None), "{accepted}");
    }
}

#[test]
fn a_page_that_cannot_be_made_says_why_as_text() {
    let (stub, server) = one_page();
    let hostile = "</p><script>alert(1)</script>&amp;";
    let excerpt = Excerpt { before: "<b>".into(), marked: hostile.into(), after: "\"'".into() };
    let failed = Problem {
        file: Some("themes/<i>.html".into()),
        excerpt: Some(excerpt),
        hint: Some("<u>do</u>".into()),
        ..problem(hostile)
    };
    stub.put("/a/", Thing::Failed(failed));
    let response = server.get("/a/");
    assert_eq!(response.status, 500);
    let page = crate::support::html::Page::parse(&response.text());
    assert!(page.text().contains(hostile) && page.text().contains("themes/<i>.html:3:5") && page.text().contains("<u>do</u>"));
    assert_eq!(page.texts("mark"), [hostile]);
    assert_eq!(page.elements().filter(|element| element.name == "script").count(), 1);
    assert_eq!(page.attribute_of("meta", "charset").as_deref(), Some("utf-8"));
    assert!(
        response.text().contains("noindex") && response.header("content-security-policy").unwrap().contains("default-src 'none'")
    );
    stub.put("/a/", Thing::Panic);
    let stumbled = server.get("/a/");
    assert!(stumbled.status == 500 && stumbled.text().contains("a mistake in Guidepost"), "{stumbled:?}");
    assert_eq!(server.get("/").status, 200, "the other pages are not touched");
}

#[test]
fn a_site_that_is_not_there_yet_says_why() {
    let (stub, server) = one_page();
    stub.set_ready(false);
    stub.set_problems((0..12).map(|number| problem(&format!("<mistake {number}>"))).collect());
    let response = server.get("/any/page/");
    assert_eq!(response.status, 503);
    let text = response.text();
    assert!(text.contains("&lt;mistake 0&gt;") && text.contains("&lt;mistake 9&gt;") && text.contains("and 2 more"), "{text}");
    assert!(!text.contains("mistake 10") && text.contains(" data-problems ") && text.contains("noindex"), "{text}");
    stub.set_ready(true);
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn requests_can_be_logged_and_bear_no_escape_sequences() {
    let stub = Stub::at("/");
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = lines.clone();
    let log: guidepost::serve::Log = Arc::new(move |line| noted.lock().unwrap().push(line.to_owned()));
    let server = Running::with(&stub, ServeOptions { log: Some(log), ..ServeOptions::default() });
    server.get("/a%1b[31m?q=1");
    server.get("/\u{9b}31m\u{202e}");
    let lines = lines.lock().unwrap();
    assert_eq!(lines[0], "GET /a%1b[31m?q=1 400");
    assert!(lines.len() == 2 && lines[1].bytes().all(|b| (b' '..0x7f).contains(&b)), "{lines:?}");
}
