//! Text that must stay text, wherever it lands: pages, JSON-LD, feeds, sitemap, manifest, redirects, `llms.txt`, the
//! terminal. A whole site is made of one text, and every file that it lands in is read by a parser of its format, which
//! must give the text back.
//!
//! Not quite all of it, because no format can hold all. HTML has no place for control characters and for what Unicode
//! says is no character, XML 1.0 for most of them; a title and a tag are one line. So texts are compared as words.

/// All texts in one site.
mod everywhere;

/// Feeds, sitemaps and the like, parsed.
mod xml;

use guidepost::html::is_forbidden;
use guidepost::redirects::Rules;
use guidepost::url::{self, Url, percent_decode};
use proptest::prelude::*;

use crate::support::{TestSite, html, render_all};

/// The texts of `hostile/strings.txt`.
fn strings() -> Vec<String> {
    let lines = include_str!("hostile/strings.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let strings: Vec<String> = lines.map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(strings.len() > 200);
    strings
}

/// The words of a site, all of them from outside.
#[derive(Debug, Clone)]
struct Words {
    /// The title of the site.
    site: String,
    title: String,
    tag: String,
    author: String,
    summary: String,
    description: String,
    /// One segment of an old address.
    alias: String,
    /// The name of a picture beside the article, without its extension.
    file: String,
}

impl Words {
    fn all(text: &str) -> Words {
        // A title that begins with a sign is found in another place of the A–Z index, and one that is no word nowhere.
        let with = |letter: &str| format!("{letter} {text}");
        Words {
            site: with("W"),
            title: with("T"),
            tag: with("t"),
            author: with("A"),
            summary: with("S"),
            description: with("D"),
            alias: text.to_owned(),
            file: with("f").chars().filter(|c| c.is_alphanumeric() || " '&%#;()[]{}=+,@!$~`^-".contains(*c)).take(40).collect(),
        }
    }

    fn alias(&self) -> Option<Url> {
        Url::parse(&format!("/old/{}/", self.alias)).ok()
    }

    /// A rule that leads to another site, if the text can stand in one.
    fn rule(&self) -> String {
        let rule = format!("/gone/ https://example.com/{}", self.alias.split_whitespace().collect::<String>());
        if Rules::parse(&rule).1.is_empty() { rule } else { String::new() }
    }

    /// The picture's address below its section, as a page links to it.
    fn picture(&self) -> String {
        let mut address = String::new();
        url::encode_into(&format!("{}.svg", url::nfc(self.file.trim())), &mut address);
        address
    }

    fn site(&self) -> TestSite {
        let [name, title, tag, author, summary, description] =
            [&self.site, &self.title, &self.tag, &self.author, &self.summary, &self.description].map(|text| quoted(text));
        let alias = self.alias().map_or(String::new(), |alias| format!("aliases: [{}]\n", quoted(alias.as_str())));
        let article = format!(
            "---\ntitle: {title}\ndate: 2026-01-01\ndescription: {description}\ntags: [{tag}]\nauthors: [{author}]\nowner: {author}\n\
             series: {title}\naudience: {summary}\nimage: {}\nimage_alt: {summary}\n{alias}\
             appeared_in: {{ publication: {title}, edition: {summary} }}\n---\nWords.\n",
            quoted(&self.picture())
        );
        let summarized =
            format!("---\ntitle: Other\ndate: 2026-01-02\nsummary: {summary}\n---\n[link](article.md) [[article]]\n");
        // YAML takes no key of more than 1,024 characters.
        let descriptions =
            if tag.len() < 1_000 { format!("tags:\n  descriptions: {{ {tag}: {description} }}\n") } else { String::new() };
        let settings = format!(
            "title: {name}\nbase_url: https://example.org/\ndescription: {description}\norganization: {author}\n\
             {descriptions}"
        );
        let rule = self.rule();
        let site = TestSite::new(&[
            ("content/_redirects", &rule),
            ("guidepost.yaml", &settings),
            ("content/section/article.md", &article),
            ("content/section/other.md", &summarized),
        ]);
        site.write(&format!("content/section/{}.svg", self.file.trim()), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        site
    }
}

/// A text as YAML, in which nothing depends on how YAML reads it.
fn quoted(text: &str) -> String {
    let escape = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\U{:08x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

/// A text as Markdown in which no sign means anything.
fn escaped(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() }).collect()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text that HTML can hold.
fn in_html(text: &str) -> String {
    words(&text.replace(is_forbidden, ""))
}

/// The words of a text that XML can hold.
fn in_xml(text: &str) -> String {
    let is_char = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    words(&text.replace(|c| !is_char(c), ""))
}

/// What a tag is before it lands anywhere: tags are compared.
fn tag(text: &str) -> String {
    words(&url::nfc(text))
}

/// Makes a site of words and reads everything that it consists of.
fn check(words: &Words) {
    let site = words.site();
    let snapshot = site.snapshot();
    let outputs = render_all(&snapshot);
    let text = |path: &str| {
        let bytes = outputs.iter().find(|(known, _)| known == path).unwrap_or_else(|| panic!("no {path}"));
        String::from_utf8(bytes.1.clone()).unwrap()
    };
    check_pages(&outputs);
    check_article(words, &html::Page::parse(&text("section/article/index.html")));
    check_json_ld(words, &text("section/article/index.html"));
    check_atom(words, &text("atom.xml"));
    check_rss(words, &text("rss.xml"));
    check_json_feed(words, &text("feed.json"));
    check_addresses(words, &outputs, &text("sitemap.xml"), &text("_redirects"));
    check_llms(words, &text("llms.txt"));
    let search = xml::parse(&text("opensearch.xml"));
    assert!(in_xml(&words.site).starts_with(&*self::words(&search.text("LongName"))));
    let manifest: serde_json::Value = serde_json::from_str(&text("manifest.webmanifest")).unwrap();
    assert_eq!(manifest["name"].as_str().map(self::words), Some(self::words(&words.site)));
    assert_eq!(manifest["description"].as_str().map(self::words), Some(self::words(&words.description)));
    assert_eq!(text("robots.txt"), "User-agent: *\nAllow: /\n\nSitemap: https://example.org/sitemap.xml\n");
    assert!(text("_headers").lines().all(|line| line.is_empty() || line.starts_with(['/', ' '])));
}

/// Whatever the words are, no page has an element or an attribute of theirs.
fn check_pages(outputs: &[(String, Vec<u8>)]) {
    const ATTRIBUTES: [&str; 39] = [
        "cx",
        "cy",
        "d",
        "enterkeyhint",
        "hidden",
        "r",
        "sizes",
        "value",
        "viewBox",
        "fill",
        "alt",
        "aria-current",
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
        "autocomplete",
        "charset",
        "class",
        "content",
        "data-pagefind-body",
        "data-pagefind-ignore",
        "datetime",
        "defer",
        "dir",
        "for",
        "height",
        "href",
        "http-equiv",
        "id",
        "lang",
        "media",
        "method",
        "action",
        "name",
        "property",
        "rel",
        "role",
        "spellcheck",
        "src",
    ];
    const ELEMENTS: [&str; 47] = [
        "svg", "path", "circle", "select", "option", "a", "article", "body", "br", "button", "cite", "details", "div", "footer",
        "form", "h1", "h2", "h3", "head", "header", "html", "img", "input", "kbd", "label", "li", "link", "main", "meta", "nav",
        "ol", "p", "script", "section", "span", "strong", "summary", "time", "title", "ul", "em", "table", "thead", "tbody",
        "tr", "th", "td",
    ];
    let ours = ["/assets/search-ui.", "/assets/scheme.", "/assets/ticks.", "/assets/moved."];
    for (path, bytes) in outputs.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = html::Page::parse(&String::from_utf8(bytes.clone()).unwrap());
        for element in page.elements() {
            assert!(ELEMENTS.contains(&element.name.as_str()), "{path}: <{}>", element.name);
            // Data, or the theme's own file.
            let is_ours = element.attribute("type") == Some("application/ld+json")
                || element.text.is_empty()
                    && element.attribute("src").is_some_and(|src| ours.iter().any(|ours| src.starts_with(ours)));
            assert!(element.name != "script" || is_ours, "{path}: a script");
            for (name, value) in &element.attributes {
                assert!(
                    ATTRIBUTES.contains(&name.as_str())
                        || matches!(&**name, "checked" | "hidden" | "type" | "width" | "title")
                        || name.starts_with("data-")
                        || name.starts_with("stroke"),
                    "{path}: {name}"
                );
                let is_address = matches!(&**name, "href" | "src" | "action");
                assert!(
                    !is_address || value.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\".contains(&b)),
                    "{path}: {value}"
                );
            }
        }
    }
}

fn check_article(words: &Words, page: &html::Page) {
    let shown = |text: &str| self::words(text);
    let meta = |name: &str| {
        let is_it = |e: &&html::Element| e.name == "meta" && [e.attribute("name"), e.attribute("property")].contains(&Some(name));
        page.elements().find(is_it).and_then(|e| e.attribute("content")).map(shown)
    };
    let title = in_html(&self::words(&words.title));
    assert_eq!(shown(&page.texts("h1").concat()), title);
    assert_eq!(shown(&page.texts("title").concat()), format!("{title} | {}", in_html(&words.site)));
    assert_eq!(meta("og:title"), Some(title.clone()));
    assert_eq!(meta("og:site_name"), Some(in_html(&words.site)));
    assert_eq!(meta("description"), Some(in_html(&words.description)));
    assert_eq!(meta("article:tag"), Some(in_html(&tag(&words.tag))));
    assert_eq!(meta("og:image"), Some(format!("https://example.org/section/{}", words.picture())));
    assert_eq!(meta("og:image:alt"), Some(in_html(&words.summary)));
    let all = shown(&page.text());
    for text in [format!("By {}", in_html(&words.author)), in_html(&words.description), in_html(&words.summary)] {
        assert!(all.contains(&text), "{text:?} is not shown");
    }
}

fn check_json_ld(words: &Words, source: &str) {
    let json: serde_json::Value = serde_json::from_str(&html::Page::parse(source).texts("script").concat()).unwrap();
    let article = &json["@graph"][0];
    assert_eq!(article["headline"].as_str(), Some(&*self::words(&words.title)));
    assert_eq!(article["author"][0]["name"].as_str(), Some(words.author.trim()));
    assert_eq!(article["description"].as_str(), Some(words.description.trim()));
    assert_eq!(article["image"].as_str(), Some(&*format!("https://example.org/section/{}", words.picture())));
}

fn check_atom(words: &Words, source: &str) {
    let feed = xml::parse(source);
    let titles = feed.texts("title");
    assert_eq!(
        titles.iter().map(|title| self::words(title)).collect::<Vec<_>>()[..],
        [in_xml(&words.site), "Other".into(), in_xml(&self::words(&words.title))]
    );
    assert_eq!(feed.attribute("category", "term").map(|term| self::words(&term)), Some(in_xml(&tag(&words.tag))));
    let summaries: Vec<String> = feed.texts("summary").iter().map(|text| self::words(text)).collect();
    assert_eq!(summaries, [in_xml(&words.summary), in_xml(&words.description)]);
    assert!(feed.texts("name").iter().all(|name| self::words(name) == in_xml(&words.author)));
}

fn check_rss(words: &Words, source: &str) {
    let feed = xml::parse(source);
    let titles: Vec<String> = feed.texts("title").iter().map(|text| self::words(text)).collect();
    assert_eq!(titles, [in_xml(&words.site), "Other".into(), in_xml(&self::words(&words.title))]);
    assert_eq!(feed.texts("category").iter().map(|text| self::words(text)).collect::<Vec<_>>(), [in_xml(&tag(&words.tag))]);
    let descriptions: Vec<String> = feed.texts("description").iter().map(|text| self::words(text)).collect();
    assert_eq!(descriptions, [in_xml(&words.description), in_xml(&words.summary), in_xml(&words.description)]);
}

fn check_json_feed(words: &Words, source: &str) {
    let feed: serde_json::Value = serde_json::from_str(source).unwrap();
    let item = &feed["items"][1];
    for (value, expected) in [
        (&feed["title"], in_xml(&words.site)),
        (&item["title"], in_xml(&self::words(&words.title))),
        (&item["tags"][0], in_xml(&tag(&words.tag))),
        (&item["authors"][0]["name"], in_xml(&words.author)),
        (&item["summary"], in_xml(&words.description)),
        (&feed["items"][0]["summary"], in_xml(&words.summary)),
    ] {
        assert_eq!(value.as_str().map(self::words), Some(expected));
    }
}

/// The addresses in the sitemap are those of pages, and an alias leads to its article.
fn check_addresses(words: &Words, outputs: &[(String, Vec<u8>)], sitemap: &str, redirects: &str) {
    for address in xml::parse(sitemap).texts("loc") {
        let path = percent_decode(address.strip_prefix("https://example.org/").unwrap()).unwrap().into_owned();
        assert!(outputs.iter().any(|(file, _)| *file == format!("{path}index.html")), "{address}");
    }
    let picture = format!("section/{}.svg", url::nfc(words.file.trim()));
    assert!(outputs.iter().any(|(file, _)| *file == picture), "{picture}");
    let (gone, rules): (Vec<Vec<&str>>, Vec<Vec<&str>>) =
        redirects.lines().map(|line| line.split(' ').collect()).partition(|rule: &Vec<&str>| rule[0] == "/gone/");
    assert_eq!(gone.iter().map(Vec::len).collect::<Vec<_>>(), if words.rule().is_empty() { vec![] } else { vec![2] });
    assert!(redirects.is_ascii(), "{redirects}");
    match words.alias() {
        Some(alias) => {
            let [rule] = &rules[..] else { panic!("{redirects}") };
            let [from, to, status] = rule[..] else { panic!("{redirects}") };
            assert_eq!((percent_decode(from).as_deref(), to, status), (Some(alias.as_str()), "/section/article/", "301"));
            assert!(!from.contains(['*', ':', '#', '?']), "{from}");
        }
        None => assert!(rules.is_empty(), "{redirects}"),
    }
}

fn check_llms(words: &Words, source: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let mut texts: Vec<String> = Vec::new();
    for event in Parser::new_ext(source, Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) => texts.last_mut().unwrap().push_str(&text),
            Event::Start(Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::Link { .. } | Tag::Item) | Event::End(TagEnd::Link) => {
                texts.push(String::new());
            }
            Event::Start(Tag::Paragraph | Tag::List(None)) | Event::End(_) => {}
            other => panic!("{other:?} in {source}"),
        }
    }
    let on_one_line = |text: &str| self::words(&text.replace(|c: char| is_forbidden(c) && !c.is_whitespace(), ""));
    let (title, description) = (on_one_line(&self::words(&words.title)), on_one_line(&words.description));
    assert_eq!(texts[..2], [on_one_line(&words.site), description.clone()]);
    let at = texts[2..].iter().position(|text| *text == title).unwrap_or_else(|| panic!("{title} is not in {texts:?}"));
    assert_eq!(texts[at + 3], format!(": {description}"));
}

#[test]
fn hostile_words_stay_words() {
    for text in strings() {
        check(&Words::all(&text));
    }
}

/// Any text, and often what means something somewhere.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(strings()),
        any::<char>().prop_map(String::from),
        "[ -~]{0,12}",
        prop::sample::select(vec![
            "\0", "\u{b}", "\u{85}", "\u{fffe}", "\u{feff}", "*", ":x", "#", "%2e", "%", "(", "e\u{301}", " "
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_words_stay_words(title in any_text(), tag in any_text(), author in any_text(), summary in any_text(), description in any_text()) {
        check(&Words {
            site: Words::all(&author).site,
            title: Words::all(&title).title,
            tag: Words::all(&tag).tag,
            author: Words::all(&author).author,
            summary: Words::all(&summary).summary,
            description: Words::all(&description).description,
            alias: tag,
            file: Words::all(&title).file,
        });
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
