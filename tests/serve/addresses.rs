//! Addresses that want more than they may.

use super::stub::{PAGE, one_page};

#[test]
fn nothing_beside_the_site_is_asked_for_in_any_disguise() {
    let (stub, server) = one_page();
    for address in [
        "/../",
        "/../../etc/passwd",
        "/a/../../b",
        "/..",
        "/.",
        "/./",
        "/%2e%2e/",
        "/%2E%2e/%2e%2E/etc/passwd",
        "/%2e%2e%2f",
        "/..%2f..%2fetc%2fpasswd",
        "/..%5c..%5cwindows",
        "/..\\..\\windows",
        "/a\\b",
        "/%00",
        "/a%00.html",
        "/%c0%ae%c0%ae/",
        "/%e0%80%ae%e0%80%ae/",
        "/%ff",
        "/a%0d%0aX:%20y",
        "*",
    ] {
        let response = server.get(address);
        assert_eq!(response.status, 400, "{address}");
        assert_eq!(response.header("x"), None);
    }
    assert_eq!(stub.all_asked(), Vec::<String>::new(), "the preview is not bothered");
    for address in
        ["//etc/passwd", "//", "/a//b", "/C:/", "/media../", "/%252e%252e/", "/.../", "/~root/", "/.git/config", "/..."]
    {
        assert_eq!(server.get(address).status, 404, "{address}");
    }
    let asked = stub.all_asked();
    assert_eq!(
        asked,
        ["/C:/", "/media../", "/%2e%2e/", "/.../", "/~root/", "/.git/config", "/..."],
        "decoded once, and no empty parts"
    );
}

#[test]
fn an_address_has_an_end() {
    let (_, server) = one_page();
    assert_eq!(server.get(&format!("/{}", "a".repeat(8 * 1024))).status, 414);
    assert_eq!(server.get(&format!("/?{}", "a".repeat(8 * 1024))).status, 414);
    assert_eq!(server.get(&format!("/{}", "a".repeat(8000))).status, 404);
}

#[test]
fn the_odd_forms_of_an_address_mean_what_the_rfc_says() {
    let (_, server) = one_page();
    assert_eq!(server.get("http://localhost/").page(), PAGE);
    assert_eq!(server.get("http://localhost/../").status, 400);
    assert_eq!(server.get("http://evil.example/").status, 403);
    assert_eq!(server.get("evil.example:80").status, 403);
    assert_eq!(server.get("http://me@localhost/").status, 400);
    // What follows a `#` no browser sends; it is no part of the path.
    assert_eq!(server.get("/#/../../etc/passwd").page(), PAGE);
    assert_eq!(server.get("/?/../../etc/passwd").page(), PAGE);
    for nonsense in ["", "http://", "\\"] {
        assert_eq!(server.get(nonsense).status, 400, "{nonsense}");
    }
}

/// A link that leads out of the site is none of its files, so the preview never names it. What is replaced by one later,
/// or by a folder or a pipe, is read only if it is a file.
#[test]
#[cfg(unix)]
fn what_is_no_file_is_not_opened() {
    use super::stub::Thing;
    use std::os::unix::fs::symlink;
    let (stub, server) = one_page();
    let folder = tempfile::tempdir().unwrap();
    symlink(folder.path().join("nowhere"), folder.path().join("dangling.pdf")).unwrap();
    symlink("/dev/zero", folder.path().join("endless.pdf")).unwrap();
    for (name, status) in [("dangling.pdf", 404), ("endless.pdf", 500)] {
        stub.put("/a.pdf", Thing::File(folder.path().join(name)));
        assert_eq!(server.get("/a.pdf").status, status, "{name}");
    }
}
