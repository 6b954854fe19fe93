//! What an open page is told.

use guidepost::serve::{Limits, ServeOptions};
use serde_json::json;

use super::stub::{PAGE, Running, Stub, Thing, one_page, problem};

fn styled(css: &str, text: &str) -> String {
    format!("<head><link rel=\"stylesheet\" href=\"{css}\"></head>{text}")
}

#[test]
fn a_page_that_changed_is_loaded_again_and_no_other() {
    let (stub, server) = one_page();
    stub.put_page("/other/", "<head></head>other");
    let mut tabs = [server.tab(&server.get("/")), server.tab(&server.get("/other/"))];
    for tab in &mut tabs {
        assert_eq!(tab.kind(), "state");
    }
    stub.put_page("/", &PAGE.replace("Home", "House"));
    stub.change();
    assert_eq!(tabs[0].hear(), Some(json!({ "kind": "reload" })));
    // The other tab is told nothing of it: the next that it hears is of a later change.
    stub.set_problems(vec![problem("later")]);
    stub.change();
    assert_eq!(tabs[1].hear().unwrap()["problems"][0]["message"], "later");
}

#[test]
fn other_style_sheets_need_no_reload() {
    let (stub, server) = one_page();
    stub.put_page("/", &styled("/a.1.css?x&amp;y", "text"));
    let mut tab = server.tab(&server.get("/"));
    assert_eq!(tab.kind(), "state");
    stub.put_page("/", &styled("/a.2.css?x&amp;y", "text"));
    stub.change();
    let news = tab.hear().unwrap();
    assert_eq!(news, json!({ "kind": "styles", "hrefs": ["/a.2.css?x&y"], "page": server.get("/").tag("data-page") }));
    stub.put_page("/", &styled("/a.3.css", "text"));
    stub.change();
    assert_eq!(tab.hear().unwrap()["hrefs"], json!(["/a.3.css"]));
    stub.put_page("/", &styled("/a.4.css", "other text"));
    stub.change();
    assert_eq!(tab.kind(), "reload");
}

#[test]
fn a_picture_that_changed_under_its_name_is_loaded_again() {
    let stub = Stub::at("/sub/");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.png"), "one").unwrap();
    stub.put("/a.png", Thing::File(folder.path().join("a.png")));
    stub.put_page(
        "/",
        "<head></head><img src=\"/sub/a.png\" alt=\"\"><img src=\"https://x.org/b.png\" alt=\"\"><img src=\"/../c\">",
    );
    let server = Running::new(&stub);
    let mut tab = server.tab(&server.get("/sub/"));
    assert_eq!(tab.kind(), "state");
    std::fs::write(folder.path().join("a.png"), "three").unwrap();
    stub.change();
    assert_eq!(tab.kind(), "reload");
    assert_eq!(server.tab(&server.get("/sub/")).kind(), "state");
    assert_eq!(server.get("/sub/a.png").text(), "three");
}

#[test]
fn a_page_that_comes_or_goes_is_loaded_again() {
    let (stub, server) = one_page();
    stub.put_page("/404.html", "<head></head>nothing here");
    let missing = server.get("/new/");
    assert_eq!(missing.status, 404);
    let mut tab = server.tab(&missing);
    assert_eq!(tab.kind(), "state");
    stub.put_page("/new/", "<head></head>here");
    stub.change();
    assert_eq!(tab.kind(), "reload");
    let mut tab = server.tab(&server.get("/new/"));
    assert_eq!(tab.kind(), "state");
    stub.remove("/new/");
    stub.change();
    assert_eq!(tab.kind(), "reload");
    stub.put("/new/", Thing::Moved("/elsewhere/".into()));
    stub.change();
    assert_eq!(tab.kind(), "reload");
}

#[test]
fn a_tab_that_comes_back_after_a_restart_is_told_what_it_missed() {
    let stub = Stub::at("/");
    stub.put_page("/", PAGE);
    stub.put_page("/same/", "<head></head>same");
    let server = Running::new(&stub);
    let (changed, same) = (server.get("/"), server.get("/same/"));
    server.end().unwrap();
    stub.put_page("/", "<head></head>new");
    let server = Running::new(&stub);
    let (mut changed, mut same) = (server.tab(&changed), server.tab(&same));
    assert_eq!((changed.kind().as_str(), changed.kind().as_str()), ("state", "reload"));
    assert_eq!(same.kind(), "state");
    stub.put_page("/same/", "<head></head>other");
    stub.change();
    assert_eq!(same.kind(), "reload", "it heard nothing in between");
}

#[test]
fn a_change_before_the_tab_connects_is_not_lost() {
    let (stub, server) = one_page();
    let shown = server.get("/");
    stub.put_page("/", "<head></head>new");
    stub.change();
    let mut tab = server.tab(&shown);
    assert_eq!((tab.kind().as_str(), tab.kind().as_str()), ("state", "reload"));
}

#[test]
fn many_tabs_on_a_page_have_it_made_once() {
    let (stub, server) = one_page();
    let shown = server.get("/");
    let mut tabs: Vec<_> = (0..20).map(|_| server.tab(&shown)).collect();
    for tab in &mut tabs {
        assert_eq!(tab.kind(), "state");
    }
    assert_eq!(stub.asked("/"), 2, "once for the reader, once for all tabs");
    stub.put_page("/", "<head></head>new");
    stub.change();
    for tab in &mut tabs {
        assert_eq!(tab.kind(), "reload");
    }
    assert_eq!(stub.asked("/"), 3);
}

#[test]
fn a_burst_of_changes_is_not_looked_at_one_by_one() {
    let (stub, server) = one_page();
    let mut tab = server.tab(&server.get("/"));
    assert_eq!(tab.kind(), "state");
    for _ in 0..500 {
        stub.change();
    }
    stub.set_problems(vec![problem("last")]);
    stub.change();
    assert_eq!(tab.hear().unwrap()["problems"][0]["message"], "last");
    assert!(stub.asked("/") < 50, "five hundred changes asked {} times", stub.asked("/"));
}

#[test]
fn problems_are_told_at_once_and_when_they_change() {
    let (stub, server) = one_page();
    stub.set_problems((0..12).map(|number| problem(&format!("</script>{number}"))).collect());
    stub.set_unpublished(&[("/draft/", "Draft")]);
    let mut tab = server.tab(&server.get("/"));
    let state = tab.hear().unwrap();
    assert_eq!(state["problems"].as_array().map(Vec::len), Some(10));
    assert_eq!((&state["more"], &state["unpublished"]), (&json!(2), &json!([["/draft/", "Draft"]])));
    let first = json!({ "severity": "error", "code": "broken-link", "message": "</script>0", "file": "content/a.md",
        "line": 3, "column": 5, "excerpt": null, "hint": null });
    assert_eq!(state["problems"][0], first);
    stub.set_problems(Vec::new());
    stub.change();
    let mended = tab.hear().unwrap();
    assert_eq!((&mended["problems"], &mended["more"]), (&json!([]), &json!(0)));
}

#[test]
fn a_page_that_fails_stays_until_there_is_another() {
    let (stub, server) = one_page();
    let shown = server.get("/");
    let mut tab = server.tab(&shown);
    assert_eq!(tab.kind(), "state");
    stub.put("/", Thing::Failed(problem("no such filter")));
    stub.change();
    let state = tab.hear().unwrap();
    assert_eq!((&state["kind"], &state["problems"][0]["message"]), (&json!("state"), &json!("no such filter")));
    // Who comes now gets a page that says why, and hears when it is mended.
    let mut late = server.tab(&server.get("/"));
    assert_eq!(late.hear().unwrap()["problems"], json!([]), "the page says it itself");
    stub.put_page("/", PAGE);
    stub.change();
    assert_eq!(tab.hear().unwrap()["problems"], json!([]));
    assert_eq!(late.kind(), "reload");
    stub.put_page("/", "<head></head>other");
    stub.change();
    assert_eq!(tab.kind(), "reload");
}

#[test]
fn a_site_that_is_not_there_yet_shows_itself_when_it_is() {
    let (stub, server) = one_page();
    stub.set_ready(false);
    stub.set_problems(vec![problem("no title")]);
    let mut tab = server.tab(&server.get("/"));
    assert_eq!(tab.kind(), "state");
    stub.set_problems(vec![problem("no title"), problem("no address")]);
    stub.change();
    assert_eq!((tab.kind().as_str(), tab.kind().as_str()), ("state", "reload"), "the list has changed");
    stub.set_problems(Vec::new());
    stub.set_ready(true);
    stub.change();
    assert_eq!((tab.kind().as_str(), tab.kind().as_str()), ("state", "reload"));
}

#[test]
fn a_page_whose_making_panics_does_not_end_the_others() {
    let (stub, server) = one_page();
    let mut tab = server.tab(&server.get("/"));
    assert_eq!(tab.kind(), "state");
    stub.put("/", Thing::Panic);
    stub.change();
    assert!(tab.hear().unwrap()["problems"][0]["message"].as_str().unwrap().contains("mistake in Guidepost"));
    stub.put_page("/", "<head></head>mended");
    stub.change();
    assert_eq!((tab.kind().as_str(), tab.kind().as_str()), ("state", "reload"));
}

#[test]
fn whoever_talks_nonsense_is_hung_up_on() {
    let (_, server) = one_page();
    let good = json!({ "path": "/", "page": "x", "rest": "x", "problems": false });
    let with_path = |path: &str| json!({ "path": path, "page": "x", "rest": "x", "problems": false }).to_string();
    for hello in ["", "nonsense", "[]", "{}", &with_path("/../../etc/passwd"), &with_path("x"), &with_path(&"/a".repeat(50_000))]
    {
        let mut socket = server.listen(&[("Origin", "http://localhost")]).expect("a socket");
        socket.say(hello);
        assert_eq!(socket.hear(), None, "{hello:.40}");
    }
    let mut socket = server.listen(&[("Origin", "http://localhost")]).expect("a socket");
    socket.say(&good.to_string());
    socket.say("nonsense");
    assert_eq!((socket.kind().as_str(), socket.kind().as_str()), ("state", "reload"), "later it may say what it likes");
}

#[test]
fn tabs_that_are_closed_leave_their_seats() {
    let stub = Stub::at("/");
    stub.put_page("/", PAGE);
    // One is kept, one comes and one may not have left yet.
    let limits = Limits { connections: 3, ..Limits::default() };
    let server = Running::with(&stub, ServeOptions { limits, ..ServeOptions::default() });
    let mut connection = server.connect();
    let shown = connection.ask("GET", "/", &[("Connection", "close")]);
    connection.rest();
    let mut kept = server.tab(&shown);
    assert_eq!(kept.kind(), "state");
    for _ in 0..10 {
        let mut tab = server.tab(&shown);
        assert_eq!(tab.kind(), "state");
        tab.close();
    }
    stub.put_page("/", "<head></head>new");
    stub.change();
    assert_eq!(kept.kind(), "reload");
}
