//! What readers see besides the articles: every word of it stands in the theme's languages, and all languages say all of it.
//!
//! `words/<language>/` are small sites; `words/<language>/expected.txt` is what readers meet there: the text of each page and
//! of its attributes. `UPDATE=1 cargo test` rewrites it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use guidepost::diagnostic::Diagnostic;
use guidepost::theme::words::{WordFile, Words};

use crate::support::{TestSite, files, html, page, render_all, repository};

/// The texts of a default language by key, each as its forms; those of scripts begin with `scripts.`.
fn texts(language: &str) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(repository().join(format!("themes/default/languages/{language}.yaml"))).unwrap();
    let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let mut texts = BTreeMap::new();
    let mut add = |key: String, value: &serde_yaml::Value| {
        let forms: Vec<String> = match value.as_mapping() {
            Some(forms) => forms.values().map(|form| form.as_str().unwrap().to_owned()).collect(),
            None => vec![value.as_str().unwrap().to_owned()],
        };
        texts.insert(key, forms);
    };
    for (key, value) in read.as_mapping().unwrap() {
        match key.as_str().unwrap() {
            "language" | "day" | "months" => {}
            "scripts" => {
                value
                    .as_mapping()
                    .unwrap()
                    .iter()
                    .for_each(|(key, value)| add(format!("scripts.{}", key.as_str().unwrap()), value));
            }
            key => add(key.to_owned(), value),
        }
    }
    texts
}

/// The places of a text in all its forms.
fn places(forms: &[String]) -> BTreeSet<&str> {
    forms.iter().flat_map(|form| form.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))).collect()
}

const LANGUAGES: [&str; 3] = ["en", "es", "fr"];

#[test]
fn all_languages_have_the_same_words_with_the_same_places() {
    let english = texts("en");
    assert!(english.len() > 100);
    for language in &LANGUAGES[1..] {
        let other = texts(language);
        assert_eq!(other.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{language}");
        for (key, forms) in &english {
            assert_eq!(places(&other[key]), places(forms), "{language}: {key}");
            // A form that is for some numbers may leave the number out.
            assert_eq!(other[key].len() > 1, forms.len() > 1, "{language}: {key}");
        }
    }
    let (words, problems) = Words::new("fr-CA", &default_files());
    assert!(problems.is_empty() && words.has_language, "{problems:?}");
}

fn default_files() -> Vec<WordFile> {
    LANGUAGES
        .iter()
        .map(|language| {
            let name = format!("{language}.yaml");
            let path = format!("themes/default/languages/{name}");
            let bytes = fs::read(repository().join(&path)).unwrap();
            WordFile { name, origin: path.into(), bytes, is_own: true }
        })
        .collect()
}

/// The files of the default theme whose names end so, with what they hold.
fn theme_files(folder: &str, end: &str) -> Vec<(String, String)> {
    let files = files(&repository().join("themes/default").join(folder)).into_iter();
    let files: Vec<_> =
        files.filter(|(path, _)| path.ends_with(end)).map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect();
    assert!(files.len() > 5, "{folder} is lost");
    files
}

/// What of a template stands between pairs of marks, and the template without all that.
fn cut(template: &str, open: &str, close: &str) -> (Vec<String>, String) {
    let (mut within, mut rest) = (Vec::new(), String::new());
    let mut parts = template.split(open);
    rest.push_str(parts.next().unwrap());
    for part in parts {
        let (inner, after) = part.split_once(close).unwrap_or_else(|| panic!("`{open}` without `{close}`: {part}"));
        within.push(inner.to_owned());
        rest.push_str(after);
    }
    (within, rest)
}

fn has_letter(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// The words that a template holds itself: in its text, in attributes that readers meet, in texts of its expressions.
fn own_words(template: &str) -> Vec<String> {
    let (_, template) = cut(template, "{#", "#}");
    let (printed, template) = cut(&template, "{{", "}}");
    let (statements, template) = cut(&template, "{%", "%}");
    let mut found: Vec<String> = Vec::new();
    for expression in printed.iter().chain(&statements) {
        let literals = expression.split('"').skip(1).step_by(2);
        found.extend(literals.filter(|text| text.chars().any(char::is_uppercase)).map(str::to_owned));
    }
    // The key that is called by its letter on every keyboard.
    let template = template.replace("<kbd>K</kbd>", "");
    for part in template.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        if has_letter(text) {
            found.push(text.trim().to_owned());
        }
        for name in ["aria-label", "title", "placeholder", "alt", "aria-description", "label"] {
            let value = tag.split(&format!(" {name}=\"")).nth(1).map_or("", |rest| rest.split('"').next().unwrap());
            if has_letter(value) {
                found.push(format!("{name}: {value}"));
            }
        }
    }
    found
}

#[test]
fn no_template_holds_a_word() {
    assert_eq!(own_words("<p class=\"x\">{{ a }} of {# no #}</p>"), ["of"]);
    assert_eq!(
        own_words("<nav aria-label=\"Main\"><a title=\"{{ t }}\">/</a>{{ \"Home\" if x == \"home\" }}</nav>"),
        ["Home", "aria-label: Main"]
    );
    for (name, template) in theme_files("templates", ".html") {
        // What is no page yet has no text of its own but the head's.
        assert_eq!(own_words(&template), [""; 0], "{name}");
    }
}

/// The texts in a script, without comments.
fn literals(script: &str) -> Vec<(String, String)> {
    let code: Vec<&str> =
        script.lines().filter(|line| !["//", "/*", "*"].iter().any(|sign| line.trim_start().starts_with(sign))).collect();
    let mut found = Vec::new();
    for line in code {
        for quote in ['"', '`'] {
            let parts: Vec<&str> = line.split(quote).collect();
            for at in (1..parts.len().saturating_sub(1)).step_by(2) {
                let (_, text) = cut_holes(parts[at]);
                found.push((parts[at - 1].trim_end().to_owned(), text));
            }
        }
    }
    found
}

fn cut_holes(text: &str) -> (usize, String) {
    let holes = text.matches("${").count();
    let mut parts = text.split("${");
    let first = parts.next().unwrap().to_owned();
    (holes, parts.fold(first, |text, part| text + part.split_once('}').map_or("", |(_, after)| after)))
}

/// Whether a text in a script is for readers: it begins like a sentence, or is several words. Classes are words too.
fn is_for_readers(before: &str, text: &str) -> bool {
    const KEYS: [&str; 11] =
        ["UTC", "DOMContentLoaded", "Escape", "Enter", "Home", "End", "Arrow", "Tab", "Space", "NFKD", "HEAD"];
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    let begins_sentence = text.trim_start().starts_with(char::is_uppercase) && !KEYS.iter().any(|key| text.starts_with(key));
    let is_class = before.ends_with("querySelector(")
        || before.ends_with("class:")
        || before.ends_with("import")
        || before.ends_with("from");
    // A media query that nothing answers to.
    let is_code = text == "not all" || text.ends_with("px") || text.contains(['[', '/', '(', '#', '=', '%']);
    !is_class && !is_code && (begins_sentence || words.by_ref().count() > 1 && text.trim().contains(' '))
}

#[test]
fn no_script_holds_a_word() {
    assert!(is_for_readers("element(\"p\", {},", "Try again") && is_for_readers("x =", "at least one"));
    assert!(!is_for_readers("class:", "chips kept") && !is_for_readers("case", "ArrowDown"));
    for (name, script) in theme_files("assets", ".js") {
        // What finds articles says nothing; its errors are for who writes scripts.
        if name == "search.js" || name.starts_with("stem-") {
            continue;
        }
        let found: Vec<_> = literals(&script).into_iter().filter(|(before, text)| is_for_readers(before, text)).collect();
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

/// Every use of a word in a template: the key, and what follows.
fn uses(template: &str) -> Vec<(String, String)> {
    let parts = template.split("words.").skip(1);
    parts
        .map(|part| {
            let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
            (part[..end].to_owned(), part[end..].chars().take(8).collect())
        })
        .collect()
}

#[test]
fn every_word_is_used_as_it_is_meant() {
    let english = texts("en");
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (name, template) in theme_files("templates", ".html") {
        for (key, after) in uses(&template) {
            let forms = english.get(&key).unwrap_or_else(|| panic!("{name}: there is no word `{key}`"));
            let is_filled = after.starts_with(" | fill(");
            assert_eq!(is_filled, !places(forms).is_empty(), "{name}: {key} is {}filled", if is_filled { "" } else { "not " });
            used.insert(key);
        }
    }
    let scripts: String = theme_files("assets", ".js").into_iter().map(|(_, script)| script).collect();
    let sources: String = files(&repository().join("src"))
        .into_iter()
        .filter(|(path, _)| (path.starts_with("outputs") || path.starts_with("article")) && path.ends_with(".rs"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    for (mark, end) in [("words().get(\"", '"'), ("words().fill(\"", '"'), ("words.get(\"", '"'), ("words.fill(\"", '"')] {
        for part in sources.split(mark).skip(1) {
            let key = part.split(end).next().unwrap();
            assert!(english.contains_key(key), "there is no word `{key}`");
        }
    }
    let idle: Vec<&String> = english
        .keys()
        .filter(|key| match key.strip_prefix("scripts.") {
            Some(key) => !scripts.contains(&format!("\"{key}\"")),
            None => !used.contains(*key) && !sources.contains(&format!("\"{key}\"")),
        })
        .collect();
    assert!(idle.is_empty(), "nothing says {idle:?}");
}

/// What readers meet on a page: its text, line by line, and what its attributes say.
fn met(source: &str) -> String {
    let page = html::Page::parse(source);
    let mut lines: Vec<String> = Vec::new();
    for element in page.elements() {
        if let Some(label) = element.attribute("aria-label") {
            lines.push(format!("[{label}]"));
        }
        let is_line =
            matches!(element.name.as_str(), "title" | "h1" | "h2" | "h3" | "p" | "li" | "summary" | "label" | "button" | "a");
        let text = element.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if is_line && !text.is_empty() && lines.last() != Some(&text) {
            lines.push(text);
        }
    }
    lines.join("\n")
}

#[test]
fn sites_in_other_languages_speak_them() {
    for language in ["ar", "es", "fr"] {
        let folder = repository().join("tests/words").join(language);
        let site = TestSite::copy_of(&folder);
        let loaded = site.load();
        assert!(loaded.diagnostics.is_empty(), "{language}: {:?}", loaded.diagnostics);
        let snapshot = loaded.snapshot.unwrap();
        let mut made = String::new();
        for output in &snapshot.plan.outputs {
            let path = output.url().file_path();
            let is_text = path == "llms.txt";
            if path.ends_with(".html") || is_text {
                let text = page(&snapshot, &path);
                let text = if is_text { text } else { met(&text) };
                made.push_str(&format!("=== {path}\n{text}\n\n"));
            }
        }
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &made).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        let difference = expected.lines().zip(made.lines()).find(|(a, b)| a != b);
        assert!(expected == made, "{language}: {difference:?}\nUPDATE=1 cargo test rewrites what is expected");
    }
}

#[test]
fn a_page_is_in_the_sites_language_and_its_article_in_its_own() {
    let snapshot = TestSite::copy_of(&repository().join("tests/words/ar")).snapshot();
    let parsed = html::Page::parse(&page(&snapshot, "interviews/english/index.html"));
    let of = |name: &str| ["lang", "dir"].map(|attribute| parsed.attribute_of(name, attribute).unwrap_or_default());
    assert_eq!(of("html"), ["ar", "rtl"]);
    assert_eq!([of("title"), of("h1")], [["en", "ltr"], ["en", "ltr"]]);
    let with_class = |class: &str| parsed.elements().find(|element| element.attribute("class") == Some(class)).unwrap();
    for class in ["lead", "prose"] {
        assert_eq!(with_class(class).attribute("lang"), Some("en"), "{class}");
    }
    let facts = with_class("facts");
    assert!(facts.attribute("lang").is_none() && facts.text.contains("نُشرت في 2 أبريل 2025"), "{}", facts.text);
    let own = html::Page::parse(&page(&snapshot, "interviews/thanks/index.html"));
    assert!(own.attribute_of("h1", "lang").is_none(), "its language is said once");
}

fn say(problems: &[Diagnostic]) -> Vec<String> {
    let place = |problem: &Diagnostic| problem.place.as_ref().map_or(String::new(), ToString::to_string);
    problems
        .iter()
        .map(|problem| {
            let hint = problem.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
            format!("{}[{}] {} {}{hint}", problem.severity.word(), problem.code, place(problem), problem.message)
        })
        .collect()
}

/// What is said of a theme's own file.
fn said_of(name: &str, text: &str) -> Vec<String> {
    let mut files = default_files();
    files.iter_mut().for_each(|file| file.is_own = false);
    files.push(WordFile { name: name.to_owned(), origin: name.into(), bytes: text.as_bytes().to_vec(), is_own: true });
    say(&Words::new("es", &files).1)
}

#[test]
fn a_wrong_file_is_told_with_its_place() {
    for (text, expected) in [
        ("home: Casa\n\nmine: Algo {about}\n", &[][..]),
        ("articles: \"{n} artículos\"\n", &[]),
        (
            "- home\n",
            &[
                "error[yaml] es.yaml:1:1 this should be `key: value` lines, and is a list (write a key, a colon, a space and the value)",
            ],
        ),
        (
            "home: A\nhome: B\n",
            &["error[duplicate-key] es.yaml:2:1 `home` is given twice: first in line 1 (keep one of the two)"],
        ),
        (
            "published: \"El {dat}\"\n",
            &["error[bad-words] es.yaml:1:12 nothing is put into `{dat}` here (did you mean `{date}`?)"],
        ),
        ("home: \"{x}\"\n", &["error[bad-words] es.yaml:1:7 nothing is put into `{x}` here (this text has no places)"]),
        (
            "articles:\n  one: \"{n} artículo\"\n",
            &[
                "error[bad-words] es.yaml:1:1 `articles` has no form `other` (add `other:`, the form for every number that has none of its own)",
            ],
        ),
        (
            "articles:\n  one: A\n  others: B\n",
            &["error[bad-words] es.yaml:3:3 `others` is no kind of number (did you mean `other`?)"],
        ),
        (
            "articles:\n  one: \"{n} a\"\n  other: \"{m} b\"\n",
            &["error[bad-words] es.yaml:3:10 nothing is put into `{m}` here (did you mean `{n}`?)"],
        ),
        (
            "home:\n  one: A\n  other: B\n",
            &["error[bad-words] es.yaml:1:1 `home` is said of no number, so it has one form (write one text)"],
        ),
        (
            "months: [enero]\n",
            &[
                "error[bad-words] es.yaml:1:1 a year has 12 months, and here are 1 (write them as they stand in a date: `months: [January, February, …]`)",
            ],
        ),
        (
            "day: \"{tag}.{month}.\"\n",
            &[
                "error[bad-words] es.yaml:1:6 nothing is put into `{tag}` here (what can be put here is `{day}`, `{month}` or `{year}`)",
            ],
        ),
        (
            "home:\n",
            &[
                "error[bad-words] es.yaml:1:1 `home` says nothing (write its words, or take the line out: then it is as it would be without)",
            ],
        ),
        (
            "hme: A\nscripts:\n  retri: B\n",
            &[
                "warning[unknown-word] es.yaml:1:1 the theme has no word `hme`, but `home` (did you mean `home`? A word of your own is better called something else)",
                "warning[unknown-word] es.yaml:3:3 the theme has no word `retri`, but `retry` (did you mean `retry`? A word of your own is better called something else)",
            ],
        ),
        (
            "scripts: x\n",
            &[
                "error[wrong-type] es.yaml:1:10 `scripts` should be a group of keys, and is `x` (put each key on a line of its own below `scripts:`, indented, as `  key: value`)",
            ],
        ),
    ] {
        assert_eq!(said_of("es.yaml", text), expected, "{text}");
    }
    let said = said_of("spanish words.yaml", "home: A\n");
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("warning[bad-words] spanish words.yaml `spanish words.yaml` is not called"), "{said:?}");
}

#[test]
fn narrower_languages_lie_over_wider_ones_and_own_words_over_the_themes() {
    let site = |language: &str, files: &[(&str, &str)]| {
        let site = TestSite::new(files);
        site.write("guidepost.yaml", &format!("title: Test\nbase_url: https://example.org/\nlanguage: {language}\ntheme: own\n"));
        site.write(
            "themes/own/templates/404.html",
            "{{ words.home }}|{{ words.tags }}|{{ words.search }}|{{ words.articles | fill(n=2) }}",
        );
        let loaded = site.load();
        let said: Vec<_> = loaded.diagnostics.iter().map(|problem| problem.code).collect();
        (page(&loaded.snapshot.unwrap(), "404.html"), said.join(" "))
    };
    let english = ("themes/own/languages/en.yaml", "home: My home\ntags: My tags\n");
    let spanish = ("themes/own/languages/es.yaml", "tags: Temas\n");
    let mexican = ("themes/own/languages/es-MX.yaml", "articles: { one: un texto, other: \"{n} textos\" }\n");
    for (language, files, expected, said) in [
        ("en", &[english, spanish][..], "My home|My tags|Search|2 articles", ""),
        ("es", &[english, spanish, mexican], "Inicio|Temas|Búsqueda|2 artículos", ""),
        ("es-mx", &[english, spanish, mexican], "Inicio|Temas|Búsqueda|2 textos", ""),
        ("fi", &[english], "My home|My tags|Search|2 articles", "no-words"),
        ("fi", &[("themes/own/languages/fi.yaml", "home: Etusivu\n")], "Etusivu|Tags|Search|2 articles", ""),
        ("ja", &[("themes/own/languages/ja.yaml", "articles: \"記事{n}件\"\n")], "Home|Tags|Search|記事2件", ""),
    ] {
        let (made, codes) = site(language, files);
        assert_eq!((made.as_str(), codes.as_str()), (expected, said), "{language}");
    }
}

/// Which form, CLDR says.
#[test]
fn numbers_choose_their_form() {
    let file = "articles: { zero: zero, one: one, two: two, few: few, many: many, other: other }\n";
    let category = |language: &str, number: u64| {
        let name = format!("{language}.yaml");
        let file = WordFile { name, origin: "x".into(), bytes: file.as_bytes().to_vec(), is_own: true };
        Words::new(language, &[file]).0.categories()(number)
    };
    for (language, number, expected) in [
        ("en", 0, "other"),
        ("en", 1, "one"),
        ("fr", 0, "one"),
        ("es", 0, "other"),
        ("es", 1_000_000, "many"),
        ("ar", 0, "zero"),
        ("ar", 2, "two"),
        ("ar", 3, "few"),
        ("ar", 11, "many"),
        ("ar", 100, "other"),
        ("ru", 21, "one"),
        ("pl", 22, "few"),
        ("ja", 1, "other"),
    ] {
        assert_eq!(category(language, number), expected, "{language} {number}");
    }
}

/// Whatever a text and what is put into it hold, only what is HTML already is taken for it.
#[test]
fn what_is_put_into_a_text_stays_text() {
    let site = TestSite::new(&[]);
    site.write("guidepost.yaml", "title: \"<b>T</b>\"\nbase_url: https://example.org/\ntheme: own\n");
    site.write("themes/own/languages/en.yaml", "moved_to: \"<i>[{title}]({href})</i> & {title} {not this} [nor this] {\"\n");
    site.write(
        "themes/own/templates/404.html",
        "{% set title %}<em>{{ site.title }}</em>{% endset %}{{ words.moved_to | fill(title=site.title, href=\"/a?b&\\\"c\") }}\n{{ words.moved_to | fill(title=title, href=\"/\") }}",
    );
    let snapshot = site.snapshot();
    let text = "&lt;b&gt;T&lt;/b&gt;";
    let plain = format!("&lt;i&gt;<a href=\"/a?b&amp;&quot;c\">{text}</a>&lt;/i&gt; &amp; {text} {{not this}} [nor this] {{");
    let html = format!("&lt;i&gt;<a href=\"/\"><em>{text}</em></a>&lt;/i&gt; &amp; <em>{text}</em> {{not this}} [nor this] {{");
    assert_eq!(page(&snapshot, "404.html"), format!("{plain}\n{html}"));
}

/// Feeds, the redirect page and dates are in the site's language; the words of one language are not left in another.
#[test]
fn no_english_is_left_in_another_language() {
    let english = texts("en");
    for language in ["es", "fr"] {
        let other = texts(language);
        let snapshot = TestSite::copy_of(&repository().join("tests/words").join(language)).snapshot();
        // Of two words or more, so that no name is taken for one.
        let left: Vec<&String> = english
            .iter()
            .filter(|(key, forms)| other[*key] != **forms && forms[0].contains(' '))
            .map(|(_, forms)| forms.iter().max_by_key(|form| form.len()).unwrap())
            .filter(|form| !form.contains(['{', '[']))
            .collect();
        assert!(left.len() > 30);
        for (path, bytes) in render_all(&snapshot) {
            let text = String::from_utf8_lossy(&bytes);
            let found: Vec<_> = left.iter().filter(|words| text.contains(words.as_str())).collect();
            assert!(found.is_empty(), "{language}: {path} says {found:?}");
        }
        let feed = page(&snapshot, "rss.xml");
        assert!(feed.contains(&format!("<language>{language}</language>")));
    }
}
