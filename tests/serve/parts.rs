//! Parts of files, and files that the client has already (RFC 9110, sections 13 and 14).

use super::client::Response;
use super::stub::{Running, Stub, Thing, one_page};
use std::sync::Arc;

const SIZE: usize = 1000;

/// The same hundred bytes ten times, from memory and from a disk.
fn hundreds() -> (Arc<Stub>, Running, tempfile::TempDir, Vec<u8>) {
    let (stub, server) = one_page();
    let bytes: Vec<u8> = (0..SIZE).map(|i| (i % 100) as u8).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("b.bin"), &bytes).unwrap();
    stub.put("/a.bin", Thing::Bytes(bytes.clone()));
    stub.put("/b.bin", Thing::File(folder.path().join("b.bin")));
    (stub, server, folder, bytes)
}

#[test]
fn one_part_of_a_file_can_be_had() {
    let (_, server, _folder, bytes) = hundreds();
    for path in ["/a.bin", "/b.bin"] {
        for (range, first, last) in [
            ("bytes=0-", 0, 999),
            ("bytes=0-0", 0, 0),
            ("bytes=10-19", 10, 19),
            ("bytes=990-5000", 990, 999),
            ("bytes=-5", 995, 999),
            ("bytes=-5000", 0, 999),
        ] {
            let response = server.get_with(path, &[("Range", range)]);
            assert_eq!(response.status, 206, "{path} {range}");
            assert_eq!(response.header("content-range"), Some(format!("bytes {first}-{last}/1000").as_str()), "{path} {range}");
            assert!(response.body == bytes[first..=last], "{path} {range}");
            assert!(response.header("etag").is_some() && response.header("accept-ranges") == Some("bytes"));
        }
        for range in ["bytes=1000-", "bytes=5000-6000", "bytes=-0"] {
            let response = server.get_with(path, &[("Range", range)]);
            assert_eq!((response.status, response.header("content-range")), (416, Some("bytes */1000")), "{path} {range}");
        }
        let many = format!("bytes={}0-1", "0-,".repeat(1000));
        let ranges = ["bytes=0-1,5-6", many.as_str(), "bytes=5-2", "bytes=x-y", "lines=1-2", "bytes", ""];
        for range in ranges {
            let response = server.get_with(path, &[("Range", range)]);
            assert!(response.status == 200 && response.body == bytes, "{path} {range}");
        }
    }
}

#[test]
fn a_part_is_of_the_version_that_was_meant() {
    let (stub, server, folder, bytes) = hundreds();
    let of = |response: &Response| response.header("etag").unwrap().to_owned();
    for path in ["/a.bin", "/b.bin"] {
        let tag = of(&server.get(path));
        let ask = |validator: &str| server.get_with(path, &[("If-Range", validator), ("Range", "bytes=0-9")]).status;
        assert_eq!(ask(&tag), 206);
        assert_eq!(ask("\"other\""), 200);
        assert_eq!(ask(&format!("W/{tag}")), 200, "a weak tag promises nothing about bytes");
        assert_eq!(ask("Sun, 06 Nov 1994 08:49:37 GMT"), 200);
        assert_eq!(ask("rubbish"), 200);
    }
    let before = (of(&server.get("/a.bin")), of(&server.get("/b.bin")));
    stub.put("/a.bin", Thing::Bytes(bytes[1..].to_vec()));
    std::fs::write(folder.path().join("b.bin"), &bytes[1..]).unwrap();
    let after = (of(&server.get("/a.bin")), of(&server.get("/b.bin")));
    assert!(before.0 != after.0 && before.1 != after.1);
}

#[test]
fn parts_of_a_page_are_parts_of_what_is_sent() {
    let (_, server) = one_page();
    let whole = server.get("/");
    let part = server.get_with("/", &[("Range", "bytes=-40")]);
    assert!(part.status == 206 && part.body == whole.body[whole.body.len() - 40..]);
    assert_eq!(part.header("etag"), whole.header("etag"));
    assert_eq!(part.header("content-range").unwrap().rsplit('/').next(), whole.header("content-length"));
}

#[test]
fn what_the_client_has_is_not_sent_again() {
    let (stub, server, _folder, _) = hundreds();
    for path in ["/a.bin", "/b.bin", "/", "/.guidepost/live.js"] {
        let tag = server.get(path).header("etag").unwrap().to_owned();
        let ask = |headers: &[(&str, &str)]| server.get_with(path, headers);
        for list in [tag.as_str(), &format!("W/{tag}"), "*", &format!("\"x,y\" , W/\"z\",{tag}")] {
            let response = ask(&[("If-None-Match", list)]);
            assert_eq!((response.status, response.header("etag")), (304, Some(tag.as_str())), "{path} {list}");
            assert_eq!((response.header("content-length"), response.header("content-type")), (None, None));
            assert_eq!(server.ask("HEAD", path, &[("If-None-Match", list)]).status, 304);
        }
        for list in ["\"x\"", "rubbish", "\"unfinished", ""] {
            assert_eq!(ask(&[("If-None-Match", list)]).status, 200, "{path} {list}");
        }
        for date in ["Sun, 06 Nov 2094 08:49:37 GMT", "yesterday", "", "0"] {
            assert_eq!(ask(&[("If-Modified-Since", date)]).status, 200, "files have no dates here: {date}");
            let both = [("If-None-Match", "\"x\""), ("If-Modified-Since", date)];
            assert_eq!(ask(&both).status, 200, "the tag decides");
            assert_eq!(ask(&[("If-None-Match", tag.as_str()), ("If-Modified-Since", date)]).status, 304);
        }
        assert_eq!(ask(&[("If-Match", "\"x\"")]).status, 412);
        assert_eq!(ask(&[("If-Match", tag.as_str())]).status, 200);
    }
    let tag = server.get("/").header("etag").unwrap().to_owned();
    stub.put_page("/", "<head></head>new");
    assert_eq!(server.get_with("/", &[("If-None-Match", &tag)]).status, 200, "a page that changed is sent");
    assert_eq!(server.get_with("/none/", &[("If-None-Match", "*")]).status, 404);
}
