//! Raw HTML held against a browser's parser: whatever an article contains, the page around it stays as it was, and what a
//! site does not let stand is gone.
//!
//! `PROPTEST_CASES=100000` tries harder.

use std::fs;
use std::sync::Arc;

use guidepost::article::{self, Fill, ParseOptions, RawHtml};
use guidepost::diagnostic::Diagnostic;
use guidepost::url::Base;
use jiff::tz::TimeZone;
use markup5ever_rcdom::{Handle, NodeData};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::repository;

mod browser;
mod soup;

use browser::{Browser, PAGES, PROSE, ancestors, inner_html, is_mended, page, page_like, scheme};
use soup::{flow, line_of_soup, soup};

/// The body of an article, with stand-ins for what the site knows, and what the author is told.
fn body(markdown: &str, raw_html: RawHtml) -> (String, Vec<Diagnostic>) {
    let base = Base::parse("https://example.org/sub/").unwrap();
    let options = ParseOptions { time_zone: TimeZone::UTC, base, raw_html, smart_punctuation: true };
    let source: Arc<str> = "a.md".into();
    let (article, diagnostics) = article::parse(&source, format!("---\ntitle: T\n---\n{markdown}").as_bytes(), &options);
    // The pieces of running text that the search gets are in their order and no tags, whatever became of the HTML.
    for (_, text) in article.body.prose() {
        let tag =
            text.match_indices('<').find(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/'));
        assert!(tag.is_none(), "{markdown:?}: a tag in {text:?}");
    }
    let html = article.body.html(|fill, html| {
        html.push_str(match fill {
            Fill::Href(_) => "/x/",
            Fill::Picture(_) => " src=\"/x.png\"",
            Fill::Title(_) => "Title",
            Fill::Own | Fill::Task(_) => "",
            Fill::Word(..) => "Word",
        });
    });
    (html, diagnostics)
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000);
    ProptestConfig { cases, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() }
}

const EVERY_MODE: [RawHtml; 3] = [RawHtml::Allow, RawHtml::Sanitize, RawHtml::Escape];

/// Markdown with a place for a line of HTML.
const AROUND: [&str; 12] = [
    "- {}\n",
    "> {}\n",
    "1. a\n   - {}\n",
    "| a | b |\n|---|---|\n| {} | c |\n",
    "text {}\n",
    "text[^n]\n\n[^n]: {}\n",
    "## a {}\n",
    "*a {} b*\n",
    "- [ ] {}\n",
    "[a {} b](o.md)\n",
    "> [!TIP]\n> {}\n",
    "- a\n\n  {}\n",
];

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_page_around_an_article_stays_as_it_is(soup in soup(), mode in select(&EVERY_MODE[..])) {
        let (html, _) = body(&soup, mode);
        for browser in Browser::ALL {
            for around in PAGES {
                let expected = browser.outline(&page_like(around, ""));
                prop_assert_eq!(browser.outline(&page_like(around, &html)), expected, "{:?} {:?}\n{}", browser, around, html);
            }
        }
    }

    /// Stronger: a browser opens and closes exactly what was written.
    #[test]
    fn a_browser_has_no_tag_to_mend(soup in soup(), mode in select(&EVERY_MODE[..])) {
        // What is in a template is not looked at so closely: nothing gets out of one.
        let (html, _) = body(&soup.replace("template", "details"), mode);
        for browser in Browser::ALL {
            let parsed = browser.parse(&page(&html));
            let mended: Vec<_> = parsed.errors.borrow().iter().filter(|error| is_mended(error)).cloned().collect();
            prop_assert!(mended.is_empty(), "{:?} {:?}\n{}", browser, mended, html);
        }
    }

    /// What is opened in a piece of Markdown ends with it, and what is opened around it stays open.
    #[test]
    fn no_tag_reaches_out_of_its_piece_of_markdown(soup in line_of_soup(), around in select(&AROUND[..]), mode in select(&EVERY_MODE[..2])) {
        let markdown = around.replace("{}", &format!("x{soup}"));
        let markdown = format!("before\n\n<div id=outer>\n\n{markdown}\n\nafter-it\n\n</div>\n\noutside-it\n");
        let (html, _) = body(&markdown, mode);
        for browser in Browser::ALL {
            let document = browser.parse(&page(&html)).document;
            let around = ancestors(&document, "after-it").unwrap_or_default();
            prop_assert_eq!(&around[..], ["p", "div#outer", "div#the-prose", "main", "body", "html"], "{}", html);
            let around = ancestors(&document, "outside-it").unwrap_or_default();
            prop_assert_eq!(&around[..], ["p", "div#the-prose", "main", "body", "html"], "{}", html);
        }
    }

    #[test]
    fn html_in_order_stands_as_written(inner in flow()) {
        // A blank line would begin Markdown.
        let lines: Vec<&str> = inner.lines().filter(|line| !line.trim().is_empty()).collect();
        let html = format!("<div>{}</div>\n", lines.join("\n"));
        let (made, diagnostics) = body(&html, RawHtml::Allow);
        let told: Vec<_> = diagnostics.iter().filter(|d| d.code != "blocked-by-policy").collect();
        prop_assert_eq!(made, html, "{:?}", told);
        prop_assert!(told.is_empty(), "{:?}", told);
    }

    #[test]
    fn nothing_stands_that_is_not_on_the_list(soup in soup()) {
        let documented = documented();
        let (mut html, _) = body(&soup, RawHtml::Sanitize);
        // What one parser writes is read by the next: nothing must come to life on the way.
        for _ in 0..3 {
            for browser in Browser::ALL {
                let mut wrong = Vec::new();
                check_sanitized(&browser.prose(&page(&html)), &documented, &mut wrong);
                prop_assert!(wrong.is_empty(), "{:?}\n{}", wrong, html);
            }
            html = inner_html(&Browser::WithScripts.prose(&page(&html)));
        }
    }
}

/// The README's table of what stands: elements, and their attributes.
fn documented() -> Vec<(Vec<String>, Vec<String>)> {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let section = readme.split("### Raw HTML").nth(1).expect("a section about raw HTML");
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = section.lines().skip_while(|line| !line.starts_with('|')).skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| (names(row.split('|').nth(1).unwrap()), names(row.split('|').nth(2).unwrap()))).collect()
}

/// Elements and attributes that Markdown itself makes.
const OF_MARKDOWN: [(&str, &str); 20] = [
    ("p", "class"),
    ("div", "role tabindex aria-label class"),
    ("input", "type checked"),
    ("label", ""),
    ("section", "role aria-label class"),
    ("a", "role aria-label class id href"),
    ("sup", "class id"),
    ("pre", "tabindex"),
    ("code", "class"),
    ("th", "scope class"),
    ("td", "class"),
    ("img", "loading decoding src alt title"),
    ("h2", "id class"),
    ("li", "class id"),
    ("ol", "start"),
    ("del", ""),
    ("em", ""),
    ("strong", ""),
    ("hr", ""),
    ("span", "class"),
];

fn stands(documented: &[(Vec<String>, Vec<String>)], element: &str, attribute: Option<&str>) -> bool {
    let is_listed = |(elements, attributes): &(Vec<String>, Vec<String>)| {
        elements.iter().any(|name| name == element || name == "*" && attribute.is_some())
            && attribute.is_none_or(|attribute| attributes.iter().any(|name| name == attribute))
    };
    let is_markdown = |(name, attributes): &(&str, &str)| {
        *name == element && attribute.is_none_or(|attribute| attributes.split(' ').any(|name| name == attribute))
    };
    documented.iter().any(is_listed) || OF_MARKDOWN.iter().any(is_markdown)
}

fn check_sanitized(node: &Handle, documented: &[(Vec<String>, Vec<String>)], wrong: &mut Vec<String>) {
    if let NodeData::Comment { contents } = &node.data {
        wrong.push(format!("<!--{contents}-->"));
    }
    if let NodeData::Element { name, attrs, .. } = &node.data {
        if !stands(documented, &name.local, None) || name.ns != html5ever::ns!(html) {
            wrong.push(format!("<{}>", name.local));
        }
        for attribute in attrs.borrow().iter() {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            if !stands(documented, &name.local, Some(key)) && value != PROSE {
                wrong.push(format!("<{} {key}>", name.local));
            }
            if key == "id" && value.starts_with("gp-") {
                wrong.push(format!("id={value}"));
            }
            let addresses: Vec<&str> = if key == "srcset" { value.split(',').collect() } else { vec![value] };
            if matches!(key, "href" | "src" | "srcset" | "cite" | "poster") {
                let schemes = addresses.into_iter().filter_map(scheme);
                wrong.extend(schemes.filter(|scheme| !matches!(&**scheme, "http" | "https" | "mailto" | "tel")));
            }
        }
    }
    node.children.borrow().iter().for_each(|child| check_sanitized(child, documented, wrong));
}

#[test]
fn everything_on_the_list_stands() {
    let documented = documented();
    assert!(documented.len() > 10, "{documented:?}");
    for (elements, attributes) in &documented {
        for element in elements {
            let name = if element == "*" { "p" } else { element };
            let around = match name {
                "li" => "ul",
                "dt" | "dd" => "dl",
                "rt" | "rp" => "ruby",
                "caption" | "colgroup" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "col" => "table",
                _ => "div",
            };
            let attributes: Vec<String> = attributes.iter().map(|name| format!(" {name}=\"https://example.com/1\"")).collect();
            let (html, diagnostics) = body(&format!("<{around}><{name}{}></{around}>\n", attributes.concat()), RawHtml::Sanitize);
            let written = if name == "h1" { "h2" } else { name };
            assert!(html.contains(&format!("<{written}{}>", attributes.concat())), "{name}: {html}");
            assert!(diagnostics.iter().all(|d| d.code == "open-html"), "{name}: {diagnostics:?}");
        }
    }
}

/// A file of any length is read in one pass: no list of what is open or was told grows with it. `MEGABYTES=50` tries files
/// of that size.
#[test]
fn long_files_are_read_to_the_end() {
    const REPEATED: &str = "<div>|<div>\n|<|&|</div>\n|</div>|<b>x</b>|<a href=x.md>|<a |<a b=\"|<!--|<script>|<p>|<li>|<td>\n|<svg>\
        |<table><tr><td>|<i><b></i></b>|<select>|<noscript>|- <b>\n|x <b>\n\n|<div><b></div>|<?|<![CDATA[|</|<div x=y |<a name=x>\n\n\
        |<svg/>|<img src=a.png>|a\n<div>\n|<div>\n\n|> <p>\n\n|&amp;";
    let megabytes = std::env::var("MEGABYTES").ok().and_then(|size| size.parse::<usize>().ok());
    let size = megabytes.map_or(1 << 16, |megabytes| megabytes << 20);
    for piece in REPEATED.split('|') {
        for begin in ["", "<div>\n"] {
            for mode in EVERY_MODE {
                let markdown = format!("{begin}{}", piece.repeat(size / piece.len()));
                let (html, diagnostics) = body(&markdown, mode);
                assert!(diagnostics.len() < 300, "{piece:?}: {} messages", diagnostics.len());
                assert!(html.len() < 60 * markdown.len() + 1_000, "{piece:?}: {} bytes", html.len());
            }
        }
    }
}
