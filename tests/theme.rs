//! The default theme: every template with the barest and the fullest page, because Tera says that a name is undefined
//! only when a page is rendered.

use guidepost::outputs::Output;

use crate::support::{TestSite, html, render_all, repository};

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
aliases: [/old/]
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

#[test]
fn the_fullest_site_renders_whole() {
    for kind in ["article", "tip", "agenda"] {
        let full = FULL.replace("KIND", kind);
        let site = TestSite::new(&[
            (
                "guidepost.yaml",
                "title: Test\nbase_url: https://example.org/x/\ndescription: D\npage_size: 1\norganization: { name: O, url: \"https://o.example.org/\" }\n\
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
        ]);
        let snapshot = site.snapshot();
        let outputs = render_all(&snapshot);
        let text = |wanted: &str| String::from_utf8(outputs.iter().find(|(path, _)| path == wanted).unwrap().1.clone()).unwrap();
        let page = html::Page::parse(&text("section/full/index.html"));
        assert_eq!(page.texts("h1"), ["Everything"]);
        assert_eq!(page.attribute_of("html", "dir").as_deref(), Some("rtl"));
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

/// A reader of the theme's documentation finds every template there.
#[test]
fn the_themes_documentation_names_every_template() {
    let readme = std::fs::read_to_string(repository().join("themes/default/README.md")).unwrap();
    for entry in std::fs::read_dir(repository().join("themes/default/templates")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(readme.contains(&name), "{name} is not in the theme's README");
    }
}
