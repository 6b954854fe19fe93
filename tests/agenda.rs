//! Agendas: whatever stands in their words, the calendar file stays one appointment, what search engines are told stays
//! JSON, and the page keeps its boxes. What they look like is shown by the golden site `agenda` and in the browser.

use guidepost::html::is_forbidden;
use proptest::prelude::*;

use crate::support::{TestSite, html, page};

/// An agenda whose title, description, heading and step are these words.
fn agenda(words: &str) -> TestSite {
    // As YAML has any text, and Markdown any line of it.
    let quoted = serde_json::to_string(words).unwrap();
    let escaped: String =
        one_line(words).chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect();
    let text = format!(
        "---\ntitle: {title}\ndescription: {quoted}\nkind: agenda\ndate: 2026-03-01\n---\n\n## H {escaped}\n\n- [ ] (5 min) S {escaped}\n- [x] S {escaped}\n",
        title = serde_json::to_string(&format!("T {words}")).unwrap(),
    );
    TestSite::new(&[("content/a.md", &text)])
}

fn one_line(text: &str) -> String {
    text.split(char::is_whitespace).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Words as they can be compared: without signs that some format cannot hold.
fn kept(text: &str) -> String {
    one_line(&text.chars().filter(|&c| !(c.is_control() || is_forbidden(c)) || c.is_whitespace()).collect::<String>())
}

/// The properties of a calendar file (RFC 5545, 3.1), in order.
fn properties(file: &str) -> Vec<(String, String)> {
    let mut lines: Vec<String> = Vec::new();
    for line in file.strip_suffix("\r\n").expect("every line ends").split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
        .iter()
        .map(|line| line.split_once(':').expect("a name and a value"))
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

/// What a text value says (RFC 5545, 3.3.11).
fn text_of(value: &str) -> String {
    let escapes = [("\\n", "\n"), ("\\,", ","), ("\\;", ";"), ("\\\\", "\\")];
    let mut text = String::new();
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        let escape = escapes.iter().find(|(escape, _)| rest.starts_with(escape));
        assert!(escape.is_some() || !matches!(c, '\\' | ',' | ';'), "{value:?}");
        text.push_str(escape.map_or(&rest[..c.len_utf8()], |(_, means)| means));
        rest = &rest[escape.map_or(c.len_utf8(), |(escape, _)| escape.len())..];
    }
    text
}

fn check(words: &str) {
    let site = agenda(words);
    let loaded = site.load();
    // Some titles are refused, and then there is no site.
    let Some(snapshot) = loaded.snapshot.filter(|_| !loaded.diagnostics.iter().any(|problem| problem.is_error())) else { return };
    let file = properties(&page(&snapshot, "a/agenda.ics"));
    let names: Vec<&str> = file.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "BEGIN",
        "VERSION",
        "PRODID",
        "BEGIN",
        "UID",
        "DTSTAMP",
        "DTSTART",
        "DURATION",
        "SUMMARY",
        "DESCRIPTION",
        "URL",
        "END",
        "END",
    ];
    assert_eq!(names, expected, "{words:?}");
    let value = |name: &str| file.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap();
    assert_eq!(kept(&text_of(value("SUMMARY"))), kept(&format!("T {words}")));
    let description = text_of(value("DESCRIPTION"));
    assert!(description.ends_with("\n\nhttps://example.org/a/"), "{description:?}");
    assert_eq!(description.lines().filter(|line| line.starts_with("[ ] (5 min) S") || line.starts_with("[x] S")).count(), 2);

    let source = page(&snapshot, "a/index.html");
    let parsed = html::Page::parse(&source);
    let json: serde_json::Value = serde_json::from_str(&parsed.texts("script").concat()).expect("JSON-LD");
    let section = &json["@graph"][2]["step"][0];
    assert_eq!(json["@graph"][2]["totalTime"], "PT5M");
    assert!(section["name"].as_str().is_some_and(|name| name.starts_with('H')));
    let step = section["itemListElement"][0]["text"].as_str().unwrap();
    assert!(description.contains(&format!("(5 min) {}", kept(step))) || kept(step) != step, "{step:?} in {description:?}");
    assert_eq!(source.matches("data-task=\"").count(), 2);
}

#[test]
fn hostile_words_make_one_appointment() {
    for words in [
        "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Owned",
        "\n ATTACH:file:///etc/passwd",
        "a\\nb\\,c\\;d\\",
        ";,:\"\\",
        "</script><script>alert(1)</script>",
        "\" checked onclick=\"alert(1)",
        "é💡面談 予定 é💡面談 予定 é💡面談 予定 é💡面談 予定 é💡面談 予定 é💡面談 予定",
        "a\u{0}b\u{1}c\u{85}d\u{2028}e\u{feff}",
    ] {
        check(words);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_words_make_one_appointment(words in "(\\PC|[\\\\;,:\r\n\t\"<>&{}é💡]|BEGIN:|END:VEVENT){0,60}") {
        check(&words);
    }
}

#[test]
fn a_page_without_tasks_loads_nothing_for_them() {
    let site = TestSite::new(&[
        ("content/a.md", "---\ntitle: A\n---\n\n- no task\n"),
        ("content/b.md", "---\ntitle: B\n---\n\n- [ ] a task\n"),
        ("content/c/index.md", "---\ntitle: C\n---\n\n- [ ] a task\n"),
    ]);
    let snapshot = site.snapshot();
    let loads = |path: &str| page(&snapshot, path).contains("/assets/ticks.");
    assert_eq!(
        [loads("a/index.html"), loads("b/index.html"), loads("c/index.html"), loads("index.html")],
        [false, true, true, false]
    );
    let has_calendar = snapshot.plan.outputs.iter().any(|output| output.url().as_str().ends_with(".ics"));
    assert!(!has_calendar, "only agendas have a calendar file");
}
