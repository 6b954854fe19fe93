//! What is written for other programs: feeds, and JSON inside a page.

use std::collections::BTreeMap;

use feed_rs::model::Feed;
use guidepost::article::RawHtml;
use guidepost::html::{escape_into, is_forbidden, json_for_script, write_escaped};
use serde_json::Value;

use crate::world;

/// The words of a text that XML can hold.
fn in_xml(text: &str) -> String {
    let is_char = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    world::words(&text.replace(|c| !is_char(c), ""))
}

/// Pieces apart by NUL: title, tag, author, description, and the body of an article. Every feed of its site is read by
/// somebody else's parser, which finds the same words; the sitemap is sound.
pub fn feed(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut pieces = text.split('\0');
    let [title, tag, author, description] = [(); 4].map(|()| world::quoted(pieces.next().unwrap_or_default().trim()));
    let body = pieces.next().unwrap_or_default();
    let matter =
        format!("---\ntitle: {title}\ntags: [{tag}]\nauthors: [{author}]\ndescription: {description}\ndate: 2026-01-02\n---\n");
    let options = world::options(RawHtml::Allow, true);
    let (article, problems) = world::parse("a/b.md", format!("{matter}{body}").as_bytes(), &options);
    // There are no feeds of a site that is not published.
    if problems.iter().any(|problem| problem.is_error()) {
        return;
    }
    let snapshot = world::site(vec![article]);
    let head = snapshot.articles[0].head.clone();
    let content = {
        let json: Value = serde_json::from_str(&world::file(&snapshot, "/feed.json")).expect("JSON");
        let item = &json["items"][0];
        assert_eq!(in_xml(item["title"].as_str().unwrap_or_default()), in_xml(&head.title));
        item["content_html"].as_str().unwrap_or_default().to_owned()
    };
    for address in ["/atom.xml", "/rss.xml"] {
        let written = world::file(&snapshot, address);
        let feed: Feed =
            feed_rs::parser::parse(written.as_bytes()).unwrap_or_else(|error| panic!("{address}: {error}\n{written}"));
        assert_eq!(feed.entries.len(), 1, "{address}\n{written}");
        let raw = xml(&written);
        let entry = if address == "/atom.xml" { "/feed/entry/" } else { "/rss/channel/item/" };
        let texts = |name: &str| raw.get(&format!("{entry}{name}")).cloned().unwrap_or_default();
        assert_eq!(in_xml(&texts("title")), in_xml(&head.title), "{address}");
        let body = texts(if address == "/atom.xml" { "content" } else { "content:encoded" });
        assert_eq!(in_xml(&body), in_xml(&content), "{address}");
    }
    xml(&world::file(&snapshot, "/sitemap.xml"));
}

/// The texts of an XML file by the names above them, read by no parser of ours: nothing but elements, texts and the
/// five entities, each element closed by its own end.
fn xml(text: &str) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>").expect("a declaration");
    while !rest.is_empty() {
        let at = rest.find('<').unwrap_or(rest.len());
        let piece = decode(&rest[..at]);
        if open.is_empty() {
            assert!(piece.trim().is_empty(), "{piece:?} outside");
        } else {
            *texts.entry(format!("/{}", open.join("/"))).or_default() += &piece;
        }
        if at == rest.len() {
            break;
        }
        let end = rest[at..].find('>').expect("a tag that ends") + at;
        let tag = &rest[at + 1..end];
        let name = tag.split_whitespace().next().expect("a name").trim_start_matches('/').trim_end_matches('/');
        assert!(name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b':'), "<{tag}>");
        match tag.starts_with('/') {
            true => assert_eq!(open.pop(), Some(name)),
            false if !tag.ends_with('/') => open.push(name),
            false => {}
        }
        let quotes = tag.matches('"').count();
        assert!(quotes % 2 == 0 && tag.split('"').skip(1).step_by(2).all(|value| !value.contains('<')), "<{tag}>");
        tag.split('"').skip(1).step_by(2).for_each(|value| drop(decode(value)));
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?} stay open");
    texts
}

fn decode(text: &str) -> String {
    assert!(text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)), "{text:?}");
    let mut pieces = text.split('&');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, after) = piece.split_once(';').unwrap_or_else(|| panic!("&{piece}"));
        decoded.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            "#13" => '\r',
            "#10" => '\n',
            "#9" => '\t',
            _ => panic!("&{name};"),
        });
        decoded.push_str(after);
    }
    decoded
}

/// JSON in a `<script>` is the value that it was made of, and has no sign that could end the script. Text that is
/// escaped for HTML is read as the same text, but for what HTML has no place for.
pub fn script_json(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let value: Value = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()));
    let safe = json_for_script(&value);
    assert!(!safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{safe}");
    // Of a number with many digits the parser loses the last: what was read once is what can be read again.
    let again = |text: &str| serde_json::from_str::<Value>(text).expect("JSON").to_string();
    assert_eq!(again(&safe), again(&value.to_string()));

    let mut escaped = String::new();
    escape_into(&text, &mut escaped);
    let mut in_template = Vec::new();
    write_escaped(&text, &mut in_template).expect("memory");
    for escaped in [escaped, String::from_utf8(in_template).expect("text")] {
        assert!(!escaped.contains(['<', '>', '"']), "{escaped}");
        let kept: String = text.chars().filter(|c| !is_forbidden(*c)).collect();
        let decode = |text: &str| {
            let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
            text.replace("&amp;", "&")
        };
        assert_eq!(decode(&escaped), kept);
    }
}
