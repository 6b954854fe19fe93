//! Text that must stay text, wherever it lands: pages, JSON-LD, feeds, sitemap, redirects, the terminal.

use crate::support::{TestSite, html, page, render_all};

const HOSTILE: [&str; 12] = [
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "]]>",
    "{{ 7*7 }} {% raw %}",
    "<!-- a",
    "--> <b>",
    "&lt;script&gt; &amp;",
    "\u{202e}gnp.exe",
    "a\u{2028}b\u{1}c",
    "`${alert(1)}`",
    "\\\"\\u003cscript\\u003e",
];

fn site(text: &str) -> TestSite {
    let quoted = guidepost::yaml::quoted(text);
    let article = format!(
        "---\ntitle: {quoted}\ndate: 2026-01-01\ndescription: {quoted}\ntags: [{quoted}]\nauthors: [{quoted}]\nowner: {quoted}\nseries: {quoted}\naudience: {quoted}\n\
         appeared_in: {{ publication: {quoted}, edition: {quoted} }}\n---\n\n## {}\n\nWords.\n",
        text.replace('<', "\\<").replace('{', "\\{").replace('`', "\\`")
    );
    TestSite::new(&[
        (
            "guidepost.yaml",
            &format!("title: {quoted}\nbase_url: https://example.org/\ndescription: {quoted}\norganization: {quoted}\n"),
        ),
        ("content/section/article.md", &article),
        ("content/section/other.md", "---\ntitle: Other\ndate: 2026-01-02\n---\n[link](article.md) [[article]]\n"),
    ])
}

#[test]
fn pages_show_it_as_text_and_nothing_runs() {
    for text in HOSTILE {
        let snapshot = site(text).snapshot();
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (path, bytes) in render_all(&snapshot) {
            if !path.ends_with(".html") {
                continue;
            }
            let source = String::from_utf8(bytes).unwrap();
            let page = html::Page::parse(&source);
            assert!(page.elements().all(|e| e.name != "svg" || e.attribute("onload").is_none()), "{path}: {text}");
            for element in page.elements() {
                assert!(element.attributes.iter().all(|(name, _)| !name.starts_with("on")), "{path}: {text}: <{}>", element.name);
                assert!(element.name != "script" || element.attribute("type") == Some("application/ld+json"), "{path}: {text}");
                assert!(element.name != "b", "{path}: {text}");
            }
            assert!(!page.text().contains("49 "), "{path}: a template in a title was run");
        }
        let article = html::Page::parse(&page(&snapshot, "section/article/index.html"));
        assert_eq!(words(&article.texts("h1").concat()), words(text));
    }
}

#[test]
fn json_ld_equals_its_source() {
    for text in HOSTILE {
        let article = html::Page::parse(&page(&site(text).snapshot(), "section/article/index.html"));
        let json: serde_json::Value = serde_json::from_str(&article.texts("script").concat()).unwrap();
        let headline = json["@graph"][0]["headline"].as_str().unwrap();
        assert_eq!(headline, text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

#[test]
fn feeds_and_sitemap_parse_and_give_it_back() {
    for text in HOSTILE {
        let snapshot = site(text).snapshot();
        // What XML cannot hold is left out.
        let expected: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| *c != '\u{1}').collect();
        for path in ["atom.xml", "rss.xml"] {
            let feed = feed_rs::parser::parse(page(&snapshot, path).as_bytes())
                .unwrap_or_else(|error| panic!("{path}: {text}: {error}"));
            let entry = feed.entries.iter().find(|entry| entry.id.ends_with("article")).unwrap();
            assert_eq!(
                html::Page::parse(&entry.title.as_ref().unwrap().content).text().trim(),
                html::Page::parse(&expected).text().trim(),
                "{path}"
            );
        }
        let json: serde_json::Value = serde_json::from_str(&page(&snapshot, "feed.json")).unwrap();
        assert!(
            json["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|item| item["title"].as_str().unwrap().contains(text.split_whitespace().next().unwrap()))
        );
        for path in ["sitemap.xml", "opensearch.xml"] {
            let xml = page(&snapshot, path);
            let mut reader = quick_xml::Reader::from_str(&xml);
            loop {
                match reader.read_event().unwrap_or_else(|error| panic!("{path}: {text}: {error}")) {
                    quick_xml::events::Event::Eof => break,
                    _ => continue,
                }
            }
        }
        serde_json::from_str::<serde_json::Value>(&page(&snapshot, "manifest.webmanifest")).unwrap();
    }
}

#[test]
fn messages_carry_no_escape_sequences() {
    let site = TestSite::new(&[("content/a.md", "---\ntitle: A\nkind: \"\\e[31mred\"\n---\n[x](\u{1b}]0;owned\u{7}.md)\n")]);
    let loaded = site.load();
    assert!(!loaded.diagnostics.is_empty());
    for diagnostic in &loaded.diagnostics {
        let shown = guidepost::diagnostic::show(diagnostic, Some("\u{1b}[2J a line"), guidepost::diagnostic::Style::Plain);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{7}'), "{shown:?}");
    }
}
