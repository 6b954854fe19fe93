//! One site of all hostile texts, each in every field of an article of its own and in all that Markdown has: what lands in a
//! file stays text there, and every page is built of the same elements as that of harmless words.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use guidepost::pipeline;
use guidepost::plan::Snapshot;
use guidepost::search::query::{Page, Search};

use super::{escaped, in_html, in_xml, quoted, strings, words, xml};
use crate::support::{NOW, TestSite, html, render_all};

/// What every page names as related, so that words in common change nothing.
const RELATED: &str = "related: [/plain/0/, /plain/1/, /plain/2/, /plain/3/, /plain/4/, /plain/5/]\n";

/// What one text is in an article: told from others by a number, so that names, order and addresses do not hang on the text.
fn article(number: usize, text: &str) -> String {
    let [title, description, summary, tag, author, alt, publication] =
        ["T", "D", "S", "t", "A", "I", "P"].map(|letter| quoted(&format!("{letter}{number:04} {text}")));
    // Two articles are of one series, whose name is the same in both.
    let series = quoted(&format!("N{:04} <b>&\"'", number / 2));
    let kind = ["article", "tip", "agenda"][number % 3];
    // What stands in a body is one line of Markdown. It begins with a letter, as some signs mean something at a beginning.
    let body = escaped(&words(text));
    let code = words(text);
    format!(
        "---\ntitle: {title}\nslug: a-{number:04}\nkind: {kind}\ndate: 2026-{:02}-{:02}\ndescription: {description}\n\
         summary: {summary}\ntags: [{tag}]\nauthors: [{author}]\nowner: {author}\nseries: {series}\naudience: {summary}\nimage: /seal.svg\n\
         image_alt: {alt}\nappeared_in: {{ publication: {publication}, edition: {summary} }}\nextra: {{ key: {title} }}\n{RELATED}---\n\n\
         B {body}\n\n## H {body}\n\n[L {body}](../seal.svg) ![I {body}](../seal.svg \"C {body}\")\n\n\
         - [ ] (5 min) S {body}\n- [x] S {body}\n\n> [!TIP]\n> Q {body}[^1]\n\n| head {body} |\n|---|\n| cell {body} |\n\n\
         ~~~~~~~~\ncode {code}\n~~~~~~~~\n\n[^1]: N {body}\n",
        1 + number % 10,
        1 + number % 28,
    )
}

/// A site of an article for each text. Every page lists few, so that a text too many is seen.
fn site(texts: &[String]) -> TestSite {
    let site = TestSite::new(&[
        ("guidepost.yaml", "title: All\nbase_url: https://example.org/\npage_size: 50\nfeed: { limit: 1000 }\n"),
        ("content/seal.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"/>"),
        ("content/all/index.md", "---\ntitle: All\n---\nAll of them.\n"),
    ]);
    for number in 0..7 {
        site.write(&format!("content/plain/{number}.md"), &format!("---\ntitle: Plain {number}\n{RELATED}---\nPlain.\n"));
    }
    for (number, text) in texts.iter().enumerate() {
        site.write(&format!("content/all/{number:04}.md"), &article(number, text));
    }
    site
}

/// Whether a title is that of an article of a text.
fn is_of_a_text(title: &str) -> bool {
    title.starts_with('T')
}

/// Files by an address that does not hang on the text: `tags/t0012-…` is `tags/t0012`.
fn by_address(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let name = |path: String| match path.split_once('/') {
        Some((folder @ ("tags" | "authors"), name)) if name.contains('/') => {
            let digits: String = name.chars().take(5).collect();
            format!("{folder}/{digits}/{}", name.rsplit('/').next().unwrap_or_default())
        }
        _ => path,
    };
    render_all(snapshot).into_iter().filter_map(|(path, bytes)| Some((name(path), String::from_utf8(bytes).ok()?))).collect()
}

/// Elements in their order, each with the names of its attributes.
fn structure(page: &html::Page) -> Vec<String> {
    let describe = |element: &html::Element| {
        let mut names: Vec<&str> = element.attributes.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        format!("{} {}", element.name, names.join(" "))
    };
    let is_bare =
        |element: &html::Element| element.attribute("href").is_some_and(|href| href.starts_with("https://evil.example"));
    page.elements().filter(|element| !is_bare(element)).map(describe).collect()
}

/// The words of a text, without what stands for a NUL in Markdown.
fn seen(text: &str) -> String {
    words(&in_html(text).replace('\u{fffd}', ""))
}

#[test]
fn all_of_them_together_change_no_page() {
    let texts = strings();
    let site = site(&texts);
    let snapshot = site.snapshot();
    let made = by_address(&snapshot);
    // A bare address of another site is a link in Markdown, and listed with those that the page has.
    let page = |number: usize| &made[&format!("all/a-{number:04}/index.html")];
    let harmless = |number| {
        let addresses = ["https://evil.example/", "https://www.evil.example", "http://www.evil.example"];
        let linked = addresses.iter().find(|address| page(number).contains(&format!("href=\"{}", address.trim_end_matches('/'))));
        match linked {
            Some(address) if address.contains("www") => "word www.evil.example".to_owned(),
            Some(address) => format!("word {address}"),
            None => "word".to_owned(),
        }
    };
    let harmless: Vec<String> = (0..texts.len()).map(harmless).collect();
    assert!(harmless.iter().filter(|text| *text != "word").count() < 20);
    let plain = by_address(&self::site(&harmless).snapshot());
    assert_eq!(made.keys().collect::<Vec<_>>(), plain.keys().collect::<Vec<_>>(), "other files than of harmless words");
    let mut wrong = Vec::new();
    let mut pages = 0;
    for (path, text) in made.iter().filter(|(path, _)| path.ends_with(".html")) {
        let (found, expected) = (structure(&html::Page::parse(text)), structure(&html::Page::parse(&plain[path])));
        pages += 1;
        if found != expected {
            let at = found.iter().zip(&expected).position(|(found, expected)| found != expected);
            let at = at.unwrap_or(found.len().min(expected.len()));
            wrong.push(format!("{path}, element {at}: {:?} instead of {:?}", found.get(at), expected.get(at)));
        }
    }
    assert!(wrong.is_empty(), "{} of {pages} pages are built otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(pages > 2 * texts.len(), "only {pages} pages");
    check_articles(&texts, &made);
    check_feeds(&texts, &made);
    check_search(&texts, &snapshot);
}

/// Every field and every kind of Markdown says the text, and nothing but it.
fn check_articles(texts: &[String], made: &BTreeMap<String, String>) {
    for (number, text) in texts.iter().enumerate() {
        let page = html::Page::parse(&made[&format!("all/a-{number:04}/index.html")]);
        let one_of = |name: &str, expected: &str| {
            let found: Vec<String> = page.texts(name).iter().map(|text| seen(text)).collect();
            assert!(found.iter().any(|found| found == expected), "{text:?}: no <{name}> says {expected:?}: {found:?}");
        };
        let says = |letter: &str| seen(&format!("{letter} {}", words(text)));
        one_of("h1", &seen(&words(&format!("T{number:04} {text}"))));
        one_of("a", &says("L"));
        one_of("th", &says("head"));
        one_of("td", &says("cell"));
        one_of("p", &says("B"));
        // What is preformatted keeps its spaces; a heading bears a mark that links to it, a footnote a way back.
        let has = |name: &str, expected: &str| {
            let found: Vec<String> = page.texts(name).iter().map(|text| seen(text)).collect();
            assert!(found.iter().any(|found| found.contains(expected)), "{text:?}: no <{name}> has {expected:?}: {found:?}");
        };
        has("h2", &says("H"));
        has("code", &says("code"));
        has("li", &says("S"));
        has("li", &says("N"));
        let image = |name: &str, expected: &str| {
            let images = page.elements().filter(|element| element.name == "img");
            let found: Vec<String> = images.filter_map(|image| image.attribute(name)).map(seen).collect();
            assert!(found.iter().any(|found| found == expected), "{text:?}: no picture's {name} is {expected:?}: {found:?}");
        };
        image("alt", &says("I"));
        let json: serde_json::Value = serde_json::from_str(&page.texts("script").concat()).unwrap();
        assert_eq!(json["@graph"][0]["headline"].as_str(), Some(&*words(&format!("T{number:04} {text}"))));
    }
}

/// Every feed parses and says every title, as far as XML can.
fn check_feeds(texts: &[String], made: &BTreeMap<String, String>) {
    let titles: Vec<String> = texts.iter().enumerate().map(|(number, text)| format!("T{number:04} {text}")).collect();
    let sorted = |mut titles: Vec<String>| {
        titles.sort();
        titles
    };
    let expected = sorted(titles.iter().map(|title| in_xml(&words(title))).collect());
    for path in ["atom.xml", "rss.xml"] {
        let found = xml::parse(&made[path]).texts("title");
        let found = found.iter().map(|title| words(title)).filter(|title| is_of_a_text(title));
        assert_eq!(sorted(found.collect()), expected, "{path}");
    }
    let feed: serde_json::Value = serde_json::from_str(&made["feed.json"]).unwrap();
    let found = feed["items"].as_array().unwrap().iter().filter_map(|item| item["title"].as_str()).map(words);
    assert_eq!(sorted(found.filter(|title| is_of_a_text(title)).collect()), expected);
    for (path, feed) in made.iter().filter(|(path, _)| path.starts_with("tags/") && path.ends_with(".xml")) {
        assert!(xml::parse(feed).texts("entry").len() == 1, "{path}");
    }
    xml::parse(&made["sitemap.xml"]);
    xml::parse(&made["opensearch.xml"]);
    // Lines that begin as one of ours and none besides.
    assert!(made["_headers"].lines().all(|line| line.is_empty() || line.starts_with(['/', ' '])));
    assert!(made["_redirects"].lines().all(|line| line.starts_with('/')), "{}", made["_redirects"]);
    let lines = made["llms.txt"].lines().filter(|line| line.starts_with("- [T")).count();
    // It lists the newest, each on a line of its own.
    assert!(lines > 90, "{lines}");
    assert!(made["llms.txt"].lines().all(|line| line.is_empty() || line.starts_with(['#', '>', '-'])), "{}", made["llms.txt"]);
}

/// The index gives the title back as it was written, whatever is asked.
fn check_search(texts: &[String], snapshot: &Snapshot) {
    let files = pipeline::search_index(snapshot).unwrap();
    let search = Search::of_files(&files).unwrap();
    for (number, text) in texts.iter().enumerate() {
        let name = format!("T{number:04}");
        let answer = search.query(&format!("{name} "), Page { limit: 10, offset: 0 }).unwrap();
        let found = answer.results.iter().find(|hit| hit.href == format!("/all/a-{number:04}/"));
        let found = found.unwrap_or_else(|| panic!("{name} is not found: {:?}", answer.results));
        let title: String = found.title.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(seen(&title), seen(&words(&format!("{name} {text}"))));
        // As a question it is words, or none.
        search.query(text, Page { limit: 3, offset: 0 }).unwrap();
    }
}

/// What commands print has no sign that a terminal would obey or that turns the direction of what follows.
#[test]
fn no_command_prints_what_a_terminal_obeys() {
    let is_obeyed =
        |c: char| c.is_control() && !matches!(c, '\n' | '\r') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let texts: Vec<String> = strings().into_iter().filter(|text| text.chars().any(|c| is_obeyed(c) || c == '\r')).collect();
    assert!(texts.len() > 30, "{}", texts.len());
    let good = site(&texts);
    let say = |site: &TestSite, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidepost"));
        command
            .arg("-C")
            .arg(site.root())
            .args(["--color", "never", "-v"])
            .args(arguments)
            .env("SOURCE_DATE_EPOCH", NOW.to_string());
        let output = command.output().unwrap();
        assert!(output.status.code().is_some_and(|code| code < 5), "{arguments:?}: {output:?}");
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        let line = said.lines().find(|line| line.chars().any(is_obeyed));
        assert!(line.is_none(), "{arguments:?}: {line:?}");
        said
    };
    let mut all = String::new();
    for format in ["human", "json"] {
        all += &say(&good, &["check", "--message-format", format]);
        all += &say(&good, &["build", "--message-format", format]);
    }
    for what in ["articles", "tags", "orphans", "review"] {
        for format in ["table", "csv", "json"] {
            all += &say(&good, &["list", what, "--format", format]);
        }
    }
    for (number, text) in texts.iter().enumerate().filter(|(_, text)| !text.contains('\0')) {
        all += &say(&good, &["why", &format!("/all/a-{number:04}/")]);
        say(&good, &["search", "--published", "public", "--", &format!("T{number:04} {text}")]);
        say(&good, &["why", "--", text]);
    }
    for text in texts.iter().filter(|text| !text.contains('\0')).step_by(9) {
        say(&good, &["new", "--dry-run", "--", text]);
        say(&good, &["mv", "--dry-run", "--", "content/all/0000.md", text]);
        say(&good, &["explain", "--", text]);
        say(&good, &["import", "html", "--", text]);
        say(&good, &["list", "articles", &format!("--tag={text}")]);
    }
    all += &say(&good, &["mv", "--dry-run", "content/all", "content/elsewhere"]);
    assert!(all.matches("T0001").count() > 5, "the titles are printed");

    // Mistakes, whose messages show what was written: keys, values, links, settings, rules.
    let broken = TestSite::new(&[]);
    for (number, text) in texts.iter().enumerate() {
        let line = words(text).replace('\0', "");
        let head = format!(
            "title: {}\ndate: {q}\nkind: {q}\n{q}: x\nslug: {q}\naliases: [{q}]\nlang: {q}\n",
            quoted("T"),
            q = quoted(text)
        );
        broken.write(
            &format!("content/{number:04}.md"),
            &format!("---\n{head}---\n[a](<{line}.md>) [[{line}]] ![b]({line}) <{line}>\n\n## {line}\n"),
        );
    }
    for chunk in 0..texts.len().div_ceil(8) {
        let few = TestSite::new(&[]);
        for number in (chunk * 8..texts.len()).take(8) {
            fs::copy(broken.path(&format!("content/{number:04}.md")), few.path(&format!("content/{number:04}.md"))).unwrap();
        }
        let q = quoted(&texts[chunk * 8]);
        few.write(
            "content/_redirects",
            &texts[chunk * 8..]
                .iter()
                .take(8)
                .map(|text| format!("/{} /nowhere/{}\n", words(text), words(text)))
                .collect::<String>(),
        );
        for format in ["human", "json"] {
            say(&few, &["check", "--message-format", format]);
            say(&few, &["build", "--message-format", format]);
        }
        few.write(
            "guidepost.yaml",
            &format!("title: {q}\nbase_url: {q}\n{q}: {q}\nmenu:\n  - {q}: {q}\ntheme: {q}\nlanguage: {q}\n"),
        );
        say(&few, &["build"]);
    }
}
