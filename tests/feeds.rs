//! Feeds as a feed reader sees them, read by `feed-rs`, and free of comments.

use std::collections::BTreeSet;

use quick_xml::events::Event;

use crate::support::{html, page, render_all, sample};

#[test]
fn every_feed_parses_and_carries_whole_articles() {
    let snapshot = sample("https://example.org/sub/dir/");
    let feeds: Vec<(String, Vec<u8>)> = render_all(&snapshot)
        .into_iter()
        .filter(|(path, _)| path.ends_with("atom.xml") || path == "rss.xml" || path == "feed.json")
        .collect();
    assert!(feeds.len() > 28, "{} feeds", feeds.len());
    for (path, bytes) in &feeds {
        let feed = feed_rs::parser::parse(bytes.as_slice()).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(!feed.entries.is_empty() && feed.entries.len() <= 20, "{path}");
        assert!(feed.title.is_some() && !feed.links.is_empty(), "{path}");
        let ids: BTreeSet<&str> = feed.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids.len(), feed.entries.len(), "{path}: an id twice");
        for entry in &feed.entries {
            assert!(entry.id.starts_with("tag:guidepost.example.edu,2017:"), "{path}: {}", entry.id);
            assert!(entry.published.is_some() && entry.title.is_some() && entry.links.len() == 1, "{path}: {}", entry.id);
            let body = entry.content.as_ref().and_then(|content| content.body.as_deref()).unwrap_or("");
            assert!(body.contains("<p>"), "{path}: {} has no body", entry.id);
            for address in html::Page::parse(body).addresses() {
                assert!(address.contains("://") || address.starts_with("mailto:"), "{path}: {address} is relative");
            }
        }
    }
}

#[test]
fn the_same_articles_are_in_all_three_formats() {
    let snapshot = sample("https://example.org/");
    let ids = |path: &str| -> Vec<String> {
        let feed = feed_rs::parser::parse(page(&snapshot, path).as_bytes()).unwrap();
        feed.entries.into_iter().map(|entry| entry.id).collect()
    };
    assert_eq!(ids("atom.xml"), ids("rss.xml"));
    assert_eq!(ids("atom.xml"), ids("feed.json"));
}

/// By namespace, not by prefix: whatever it is called, nothing of comments is in any feed.
#[test]
fn feeds_are_comment_free() {
    const COMMENT_NAMESPACES: [&str; 3] = [
        "http://purl.org/rss/1.0/modules/slash/",
        "http://wellformedweb.org/CommentAPI/",
        "http://purl.org/syndication/thread/1.0",
    ];
    for (path, bytes) in render_all(&sample("https://example.org/")) {
        if !path.ends_with("atom.xml") && path != "rss.xml" {
            continue;
        }
        let mut reader = quick_xml::NsReader::from_reader(bytes.as_slice());
        let mut buffer = Vec::new();
        loop {
            let (namespace, event) =
                reader.read_resolved_event_into(&mut buffer).unwrap_or_else(|error| panic!("{path}: {error}"));
            let namespace = format!("{namespace:?}");
            match event {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) => {
                    assert_ne!(tag.local_name().as_ref(), "comments", "{path}");
                    for attribute in tag.attributes() {
                        let attribute = attribute.unwrap();
                        let value = attribute.value.to_string();
                        assert!(!COMMENT_NAMESPACES.contains(&value.as_str()), "{path}: {value}");
                        assert!(value != "replies", "{path}: rel=\"replies\"");
                    }
                    assert!(!COMMENT_NAMESPACES.iter().any(|forbidden| namespace.contains(forbidden)), "{path}: {namespace}");
                }
                _ => {}
            }
            buffer.clear();
        }
    }
    let json = page(&sample("https://example.org/"), "feed.json");
    assert!(!json.to_lowercase().contains("\"comment"), "feed.json");
}
