//! Themes. The default theme: every template with the barest and the fullest page, because Tera says that a name is
//! undefined only when a page is rendered. And themes that are wrong: what their developer reads, and that none of them
//! takes the program down.
//!
//! A folder `theme-mistakes/<case>/` is a theme with a mistake; its `messages.txt` holds what is said of it.
//! `UPDATE=1 cargo test` rewrites it.

use std::collections::BTreeSet;
use std::fs;

use guidepost::diagnostic::{self, Diagnostic, Style};
use guidepost::outputs::Output;
use guidepost::pipeline::{self, Progress};
use guidepost::source;
use guidepost::theme::look::{Look, Scheme};
use guidepost::theme::manifest::{Property, PropertyKind};
use guidepost::theme::{Asked, Layers, Theme};

use crate::support::{TestSite, copy, html, render_all, repository};

#[test]
fn the_barest_site_renders_whole() {
    for files in [&[][..], &[("content/only.md", "Just words.")][..], &[("content/a/only.md", "")][..]] {
        let outputs = render_all(&TestSite::new(files).snapshot());
        assert!(outputs.iter().any(|(path, _)| path == "index.html"));
    }
}

const FULL: &str = "---
title: Everything
date: 2020-01-02
updated: 2021-02-03
review_by: 2030-01-01
owner: sam
description: All that an article can have.
tags: [one, two]
authors: [sam, Somebody Else]
series: A series
weight: 1
image: picture.svg
image_alt: A picture
lang: ar
appeared_in: { publication: The Paper, date: 2019-05-06, edition: the Monday edition, url: \"https://paper.example.org/\" }
related: [other.md]
duration: 1 h
audience: everybody
aliases: [/old/, /?p=1]
extra: { anything: [1, two] }
kind: KIND
---

## One

- [ ] (5 min) A step

## Two

![A picture](picture.svg) and a note.[^1]

| a | b |
| - | - |
| 1 | 2 |

### Three

> [!TIP]
> Mind the gap.

```python
print(1)
```

[^1]: The note.
";

/// A site that has all that a site can have, with an article of this kind that has all that an article can have.
pub fn fullest(kind: &str) -> TestSite {
    let full = FULL.replace("KIND", kind);
    TestSite::new(&[
        (
            "guidepost.yaml",
            "title: Test\nbase_url: https://example.org/x/\ndescription: D\nbanner: { text: B, url: /section/ }\nfooter: { text: F, links: [Section: /section/] }\nedit_url: \"https://edit.example.org/{path}\"\npage_size: 1\norganization: { name: O, url: \"https://o.example.org/\" }\n\
             authors:\n  sam: { name: Sam, url: \"https://sam.example.org/\", email: sam@example.org, role: Advisor }\n\
             menu:\n  - Section: /section/\n  - Elsewhere: https://elsewhere.example.org/\ntags:\n  descriptions: { one: About one }\n",
        ),
        ("content/index.md", "---\ntitle: Home\n---\nWelcome."),
        ("content/section/index.md", "---\ntitle: Section\ndescription: About it.\n---\nWords."),
        ("content/section/full.md", &full),
        (
            "content/section/other.md",
            "---\ntitle: Other\ndate: 2020-01-03\ntags: [one]\nseries: A series\nweight: 2\n---\n[back](full.md)\n",
        ),
        ("content/section/sub/deep.md", "---\ntitle: Deep\ndate: 2020-01-04\n---\n"),
        ("content/section/picture.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 20\"></svg>"),
    ])
}

#[test]
fn the_fullest_site_renders_whole() {
    for kind in ["article", "tip", "agenda"] {
        let site = fullest(kind);
        let snapshot = site.snapshot();
        let outputs = render_all(&snapshot);
        let text = |wanted: &str| String::from_utf8(outputs.iter().find(|(path, _)| path == wanted).unwrap().1.clone()).unwrap();
        let page = html::Page::parse(&text("section/full/index.html"));
        assert_eq!(page.texts("h1"), ["Everything"]);
        let directions = ["html", "title", "h1"].map(|name| page.attribute_of(name, "dir").unwrap_or_default());
        assert_eq!(directions, ["ltr", "rtl", "rtl"]);
        is_ready_for_pagefind(&page);
        let words = page.text();
        for expected in
            ["The Paper", "the Monday edition", "May 6, 2019", "Sam", "Somebody Else", "Part 1 of 2", "Other", "February 3, 2021"]
        {
            assert!(words.contains(expected), "{kind}: `{expected}` is not shown");
        }
        let picture = page.elements().find(|element| element.name == "img" && element.attribute("alt") == Some("A picture"));
        let picture = picture.unwrap_or_else(|| panic!("{kind}: no picture"));
        assert_eq!((picture.attribute("width"), picture.attribute("height")), (Some("10"), Some("20")));
        let continued =
            snapshot.plan.outputs.iter().filter(|o| matches!(o, Output::Listing(listing) if listing.is_continuation())).count();
        assert!(continued >= 3, "pages 2 are missing");
    }
}

/// Whoever prefers Pagefind can run it over the pages (<https://pagefind.app/docs/>): an article's body is what it
/// searches, and title, day and tags have names.
fn is_ready_for_pagefind(page: &html::Page) {
    let with = |attribute: &str, value: &str| -> Vec<String> {
        page.elements().filter(|e| e.attribute(attribute) == Some(value)).map(|e| e.text.clone()).collect()
    };
    assert_eq!(with("data-pagefind-body", "").len(), 1);
    assert_eq!(with("data-pagefind-meta", "title"), ["Everything"]);
    assert_eq!(with("data-pagefind-meta", "date[datetime]"), ["January 2, 2020"]);
    assert_eq!(with("data-pagefind-filter", "tag"), ["one", "two"]);
    assert_eq!(with("data-pagefind-filter", "section"), ["Section"]);
    assert_eq!(with("data-pagefind-meta", "section"), ["Section"]);
    let ignored = with("data-pagefind-ignore", "").concat();
    for words in ["On this page", "minute", "Part 1 of 2", "Who to ask"] {
        assert!(ignored.contains(words) == page.text().contains(words), "`{words}` is not an article's own");
    }
}

#[test]
fn what_is_kept_out_of_the_search_is_nothing_for_pagefind_either() {
    let site = TestSite::new(&[
        ("guidepost.yaml", "title: Test\nbase_url: https://example.org/\n"),
        ("content/found.md", "---\ntitle: Found\n---\nWords."),
        ("content/hidden.md", "---\ntitle: Hidden\nsearch: false\n---\nWords."),
    ]);
    let outputs = render_all(&site.snapshot());
    let bodies = |wanted: &str| {
        let (_, bytes) = outputs.iter().find(|(path, _)| path == wanted).unwrap();
        html::Page::parse(&String::from_utf8_lossy(bytes))
            .elements()
            .filter(|e| e.attribute("data-pagefind-body").is_some())
            .count()
    };
    assert_eq!(["found/index.html", "hidden/index.html", "index.html", "search/index.html"].map(bodies), [1, 0, 0, 0]);
}

/// A reader of the theme's documentation finds every template there.
#[test]
fn the_themes_documentation_names_every_template() {
    let readme = std::fs::read_to_string(repository().join("themes/default/README.md")).unwrap();
    for entry in std::fs::read_dir(repository().join("themes/default/templates")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(readme.contains(&name), "{name} is not in the theme's README");
    }
}

/// What is said of a theme, with the lines that are meant.
fn say(site: &TestSite) -> String {
    let say = || {
        let mut loaded = site.load();
        if let Some(snapshot) = &loaded.snapshot {
            loaded.diagnostics.extend(pipeline::rehearse(snapshot, &Progress::default()));
        }
        diagnostic::sort(&mut loaded.diagnostics);
        loaded.diagnostics
    };
    let problems = pipeline::on_threads(Some(1), say).unwrap();
    let show = |problem: &Diagnostic| {
        let line = problem.place.as_ref().and_then(|p| p.span.and_then(|span| source::line(&site.path(&p.file), span.line)));
        diagnostic::show(problem, line.as_deref(), Style::Plain) + "\n\n"
    };
    problems.iter().map(show).collect::<String>()
}

/// A site whose theme is made of these templates.
fn site_with(templates: &[(&str, &str)]) -> TestSite {
    let site = TestSite::new(&[
        ("guidepost.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: own\n"),
        ("content/a.md", "---\ntitle: The article\ndate: 2026-01-01\ntags: [one]\n---\nWords.\n"),
    ]);
    fs::create_dir_all(site.path("themes/own/templates")).unwrap();
    for (name, text) in templates {
        site.write(&format!("themes/own/templates/{name}"), text);
    }
    site
}

#[test]
fn what_is_said_of_a_wrong_theme_helps() {
    let folder = repository().join("tests/theme-mistakes");
    let mut cases: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 20, "the wrong themes are gone");
    let mut differences = Vec::new();
    for case in cases {
        let site = site_with(&[]);
        copy(&case.join("templates"), &site.path("themes/own/templates"));
        let said = say(&site);
        let expected = case.join("messages.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &said).unwrap();
        }
        assert!(!said.is_empty(), "{}: nothing is wrong", case.display());
        if fs::read_to_string(&expected).unwrap_or_default() != said {
            differences.push(format!("{}:\n{said}", case.display()));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What comes of a theme on the pipeline's own threads, which have the stack that the program has: what is said of it,
/// or its page about an article.
fn try_theme<T: AsRef<str>>(templates: &[(T, T)]) -> Result<String, String> {
    let file = |(name, text): &(T, T)| (format!("templates/{}", name.as_ref()), text.as_ref().as_bytes().to_vec());
    let files: Vec<_> = templates.iter().map(file).collect();
    let work = || {
        let mut view = tera::Context::new();
        view.insert("page", &std::collections::BTreeMap::from([("kind", "article"), ("title", "The article")]));
        view.insert("content", "Words.");
        let theme = Theme::new(Layers::of("own", files), &Asked::default())?;
        theme.render("article.html", &view, "content/a.md").map_err(|problem| vec![problem])
    };
    let made = pipeline::on_threads(Some(1), work).unwrap();
    let show = |problems: Vec<Diagnostic>| problems.iter().map(|problem| diagnostic::show(problem, None, Style::Plain)).collect();
    made.map(|page| String::from_utf8(page).unwrap()).map_err(show)
}

/// Templates `article.html`, `t1.html`, `t2.html`, … of which each leads to the next.
fn chain(length: usize, link: impl Fn(&str) -> String, last: &str) -> Vec<(String, String)> {
    let name = |i: usize| if i == 0 { "article.html".to_owned() } else { format!("t{i}.html") };
    (0..length).map(|i| (name(i), if i + 1 < length { link(&name(i + 1)) } else { last.to_owned() })).collect()
}

#[test]
fn the_longest_chains_are_shown_and_longer_ones_refused() {
    let include = |next: &str| format!("{{% include \"{next}\" %}}");
    assert_eq!(try_theme(&chain(64, include, "end")).as_deref(), Ok("end"));
    let extends = |next: &str| format!("{{% extends \"{next}\" %}}{{% block b %}}{{{{ super() }}}}.{{% endblock %}}");
    let shown = try_theme(&chain(63, extends, "{% block b %}{% endblock %}"));
    assert_eq!(shown, Ok(".".repeat(62)));
    let component =
        |i: usize| (format!("c{i}.html"), format!("{{% component c{i}() %}}{{{{ <c{}/> }}}}{{% endcomponent %}}", i + 1));
    let components = |count: usize| {
        let last = (format!("c{count}.html"), format!("{{% component c{count}() %}}end{{% endcomponent %}}"));
        [("article.html".to_owned(), "{{ <c1/> }}".to_owned()), last]
            .into_iter()
            .chain((1..count).map(component))
            .collect::<Vec<_>>()
    };
    assert_eq!(try_theme(&components(20)).as_deref(), Ok("end"));
    for (too_long, place) in [
        (chain(65, include, "end"), "t63.html:1:12"),
        (chain(10_000, include, "end"), "html:1:12"),
        (chain(65, extends, "{% block b %}{% endblock %}"), "html:1:"),
        (chain(10_000, extends, "{% block b %}{% endblock %}"), "html:1:12"),
        (components(21), "c20.html:1:"),
        (components(5_000), "html:1:"),
    ] {
        let said = try_theme(&too_long).unwrap_err();
        assert!(said.contains("error[template-depth]") && said.contains(place), "{said}");
    }
}

/// A page that would be put together from 2 to the 30th pieces.
#[test]
fn templates_that_multiply_are_refused() {
    let twice = |next: &str| format!("{{% include \"{next}\" %}}").repeat(2);
    let said = try_theme(&chain(31, twice, "x")).unwrap_err();
    assert!(said.contains("more than 1 million pieces"), "{said}");
    assert_eq!(try_theme(&chain(10, twice, "x")).map(|page| page.len()), Ok(512));
}

/// Components may call themselves as deep as Tera lets them, with includes at every depth; then it is an error.
#[test]
fn components_that_call_themselves_are_refused() {
    let tree =
        "{% component c(n) %}{% if n < 19 %}{{ <c n={n+1}/> }}{{ <c n={n+1}/> }}{% endif %}{% endcomponent %}{{ <c n={0}/> }}";
    let said = try_theme(&[("article.html", tree)]).unwrap_err();
    assert!(said.contains("`c` can come to call itself") && said.contains("article.html:1:14"), "{said}");
}

/// Everything that can be written within itself, as deep as Tera takes it, and a hundred thousand deep.
#[test]
fn nothing_can_be_written_so_deep_that_the_stack_is_full() {
    let nested = |before: &str, within: &str, after: &str, depth: usize| {
        format!("{}{within}{}", before.repeat(depth), after.repeat(depth))
    };
    let kinds = [
        ("{% if page %}", "x", "{% endif %}"),
        ("{% if not page %}{% else %}", "x", "{% endif %}"),
        ("{% for a in [1] %}", "x", "{% endfor %}"),
        ("{% for a in [] %}{% else %}", "x", "{% endfor %}"),
        ("{% filter upper %}", "x", "{% endfilter %}"),
        ("{% set a %}", "x", "{% endset %}"),
        ("{% <c> %}", "x", "{% </c> %}"),
        ("{{ (", "1", ") }}"),
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{\"a\": ", "1", "}"),
        ("not (", "1", ")"),
        ("-(", "1", ")"),
        ("2 ** ", "1", ""),
        ("1 + ", "1", ""),
        ("1 if page else ", "1", ""),
        ("page and ", "1", ""),
        ("", "page", "[page"),
        ("", "page", "?.a"),
        ("", "1", " | str"),
        ("", "1", " is defined"),
        ("1 | default(value=", "1", ")"),
        ("range(end=", "1", ")"),
        ("<c a={", "1", "}/>"),
        ("[a for a in ", "[1]", "]"),
        ("[", "1", " for a in [1]]"),
        ("{% block a %}", "x", "{% endblock %}"),
        ("{% elif page %}", "x", ""),
    ];
    let component = ("c.html", "{% component c(a=1) %}{{ body | default(value=a) }}{% endcomponent %}");
    for (before, within, after) in kinds {
        let is_tag = before.starts_with("{%");
        let template = |depth: usize| {
            let text = nested(before, within, after, depth);
            if is_tag || before.starts_with("{{") { text } else { format!("{{{{ {text} }}}}") }
        };
        let longest = (1 << 20) / (before.len() + after.len()) - 1;
        let said = try_theme(&[("article.html", &template(longest.min(100_000))), component]).unwrap_err();
        assert!(said.contains("themes/own/templates/article.html:1:"), "{before}: {said}");
        // The deepest that is taken.
        for depth in [39, 38, 35, 18, 4, 2, 1] {
            if try_theme(&[("article.html", &template(depth)), component]).is_ok() {
                break;
            }
            assert!(depth > 1 || matches!(before, "{% elif page %}" | "{{ (" | "" | "-("), "{before}: not even {depth}");
        }
    }
    let alternatives = "{% elif page.kind == 1 %}".repeat(100);
    let inner = format!("{{% if page.kind == 1 %}}{alternatives}{{{{ {} }}}}{{% endif %}}", nested("(", "1", ")", 38));
    let outer = format!(
        "{}{{% if page.kind == 1 %}}{alternatives}{{% else %}}{inner}x{{% endif %}}{}",
        "{% if page %}".repeat(36),
        "{% endif %}".repeat(36)
    );
    assert_eq!(try_theme(&[("article.html", &outer)]).as_deref(), Ok("x"));
    let component = format!("{{% component deep(page) %}}{outer}{{% endcomponent %}}{{{{ <deep page={{page}}/> }}}}");
    let said = try_theme(&[("article.html", &component)]);
    assert_eq!(said.as_deref(), Ok("x"));
}

#[test]
fn a_page_without_end_is_stopped_and_a_long_one_is_not() {
    let text = "x".repeat(1_000);
    let writes = format!("{{% for a in range(end=99999) %}}{text}{{% endfor %}}");
    let said = try_theme(&[("article.html", &writes)]).unwrap_err();
    assert!(said.contains("this page has grown past 64 MB") && said.contains("(while making content/a.md)"), "{said}");
    assert!(said.contains("--> themes/own/templates/article.html"), "{said}");

    // A long view may make a long page.
    let files = vec![("templates/article.html".into(), b"{{ content | safe }}{{ content }}".to_vec())];
    let theme = Theme::new(Layers::of("own", files), &Asked::default());
    let mut view = tera::Context::new();
    view.insert("content", &"word & ".repeat(6_000_000));
    let page = theme.unwrap().render("article.html", &view, "content/a.md");
    assert_eq!(page.map(|page| page.len()), Ok(6_000_000 * (7 + 11)));
}

/// The look of the theme that every site has that asks for nothing else.
fn default_look() -> Look {
    Theme::new(Layers::built_in(), &Asked::default()).unwrap().look
}

/// Text has 7:1 where WCAG 2.2 asks for 4.5:1, and signs have 3:1, in light and dark.
#[test]
fn the_default_themes_colours_can_be_told_from_each_other() {
    let look = default_look();
    assert!(look.pairs.len() >= 20 && look.problems.is_empty(), "{:?}", look.problems);
    let mut poor = Vec::new();
    for pair in &look.pairs {
        for scheme in [Scheme::Light, Scheme::Dark] {
            let of = |name: &str| look.colours.get(name).unwrap_or_else(|| panic!("there is no {name}")).of(scheme);
            let contrast = look.contrast_of(of(&pair.colour), of(&pair.ground), scheme);
            let least = if pair.least >= 4.5 { 7.0 } else { pair.least };
            if contrast < least {
                poor.push(format!("{} on {}, {}: {contrast:.2}", pair.colour, pair.ground, scheme.word()));
            }
        }
    }
    assert!(poor.is_empty(), "{poor:#?}");
}

/// What the style sheet has at its top is what a site may set, and what the documentation lists.
#[test]
fn every_property_is_declared_and_documented() {
    let css = fs::read_to_string(repository().join("themes/default/assets/site.css")).unwrap();
    let top = css.split("/* Elements. */").next().unwrap();
    let in_css: BTreeSet<&str> =
        top.lines().filter_map(|line| Some(line.trim().strip_prefix("--")?.split_once(':')?.0)).collect();
    let look = default_look();
    let declared: BTreeSet<&str> = look.properties.iter().map(|property| property.name.as_str()).collect();
    assert_eq!(in_css, declared, "the top of site.css, and theme.yaml");
    let colours = look.properties.iter().filter(|property| property.kind == PropertyKind::Colour);
    for property in colours {
        assert!(look.colours.contains_key(&property.name), "{} is no colour in site.css", property.name);
    }
    let readme = fs::read_to_string(repository().join("themes/default/README.md")).unwrap();
    for Property { name, kind, about } in &look.properties {
        assert!(about.ends_with('.'), "{name}: {about}");
        assert!(readme.contains(&format!("| `{name}` | {} | ", kind.word())), "{name} is not in the theme's README");
        let root = fs::read_to_string(repository().join("README.md")).unwrap();
        let root = root.split("## A look of your own").nth(1).unwrap().split("\n## ").next().unwrap();
        assert!(root.contains(&format!("`{name}`")), "{name} is not in the README");
    }
}

/// What is asked for stands at the end of the style sheet, whose name it changes.
#[test]
fn what_the_settings_ask_for_is_in_the_style_sheet() {
    let settings = |style: &str| format!("title: T\nbase_url: https://example.org/\n{style}");
    let sheet = |style: &str| {
        let snapshot = TestSite::new(&[("guidepost.yaml", &settings(style))]).snapshot();
        let sheet = &snapshot.theme.assets["site.css"];
        (sheet.url.to_string(), String::from_utf8(sheet.bytes.clone()).unwrap())
    };
    let (plain_url, plain) = sheet("");
    let (url, text) = sheet("style:\n  accent: \"#7a1f3d\"\n  font: Georgia, serif\n");
    assert!(url != plain_url && text.starts_with(&plain));
    assert!(
        text.ends_with(
            ":root { --font: \"Georgia\", serif; }\n@media not print {\n  :root { --accent: #7a1f3d; }\n  \
         @supports (color: light-dark(#000, #fff)) { :root { --accent: light-dark(#7a1f3d, #ffa3b8); } }\n}\n"
        ),
        "{}",
        text.split_once(&plain).unwrap().1
    );
}

/// A site's own folder `themes/default/` stands upon the theme in the program, chosen or below.
#[test]
fn a_sites_own_default_theme_is_below_all_its_others() {
    let page = |theme: &str, own: &[(&str, &str)]| {
        let settings = format!("title: T\nbase_url: https://example.org/\ntheme: {theme}\n");
        let mut files = vec![
            ("guidepost.yaml", settings.as_str()),
            (
                "themes/default/templates/404.html",
                "{% extends \"built-in/404.html\" %}{% block main %}default {{ super() }}{% endblock %}",
            ),
        ];
        files.extend(own);
        crate::support::page(&TestSite::new(&files).snapshot(), "404.html")
    };
    let default = page("default", &[]);
    assert!(default.contains("default ") && default.contains("<!doctype html>"), "{default}");
    let own = "{% extends \"default/404.html\" %}{% block main %}own {{ super() }}{% endblock %}";
    let own = page("own", &[("themes/own/templates/404.html", own)]);
    assert!(own.contains("own default ") && own.contains("<!doctype html>"), "{own}");
}

/// The site that the browser's tests look at: nothing is wrong with its themes, nor with their colours.
#[test]
fn a_site_with_themes_of_its_own_is_sound() {
    let site = TestSite::copy_of(&repository().join("tests/themed"));
    let loaded = site.load();
    let snapshot = loaded.snapshot.as_ref().unwrap();
    let mut problems = loaded.diagnostics.clone();
    problems.extend(pipeline::rehearse(snapshot, &Progress::default()));
    problems.extend(guidepost::lint::look(&snapshot.theme));
    assert!(problems.is_empty(), "{}", site.show(&problems));
    let colours = &snapshot.theme.look.colours;
    assert_eq!(colours["band"].dark.hex(), "#0d0a08");
    assert!(colours["accent"].is_derived && snapshot.theme.has_template("base-of-it/base.html"));
}
