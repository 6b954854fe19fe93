//! What holds for all HTML: its words are shown, and nothing appears that was not there.

use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::article::{Fill, ParseOptions, RawHtml, parse};
use crate::url::Base;

fn shown(markdown: &str) -> String {
    shown_where(markdown, RawHtml::Allow)
}

fn shown_where(markdown: &str, raw_html: RawHtml) -> String {
    let options = ParseOptions { time_zone: TimeZone::UTC, base: Base::default(), raw_html, smart_punctuation: false };
    let file: Arc<str> = "a.md".into();
    let (article, _) = parse(&file, format!("---\ntitle: t\n---\n\n{markdown}").as_bytes(), &options);
    article.body.html(|fill, out| match fill {
        Fill::Href(_) => out.push('#'),
        Fill::Picture(_) => out.push_str(" src=\"p\""),
        _ => {}
    })
}

/// What is there of each kind that Markdown has signs for. A bare address is a link to Guidepost and in HTML is none.
fn counts(html: &str, is_ours: bool) -> Vec<(&'static str, usize)> {
    let tree = Tree::parse(html);
    let count = |names: &[&str], kept: &dyn Fn(u32) -> bool| {
        tree.below(0).filter(|id| names.contains(&tree.name(*id)) && kept(*id)).count()
    };
    let words = |id: u32| {
        let mut words = String::new();
        for id in tree.below(id) {
            match tree.data(id) {
                Data::Text(text) => words.push_str(text),
                _ if tree.name(id) == "img" => words.push('x'),
                _ => {}
            }
        }
        words
    };
    let has_words = |id: u32| !words(id).trim().is_empty();
    let is_link = |id: u32| {
        let words = words(id);
        has_words(id)
            && tree.attribute(id, "href").is_some()
            && !(is_ours && words.starts_with(['w', 'h']) && words.contains("a.org"))
    };
    vec![
        ("a", count(&["a"], &is_link)),
        ("img", count(&["img"], &|_| true)),
        ("h", count(&["h2", "h3", "h4", "h5", "h6"], &has_words)),
        ("em", count(&["em", "i"], &has_words)),
        ("strong", count(&["strong", "b"], &has_words)),
        ("del", count(&["del", "s"], &has_words)),
        ("code", count(&["code"], &|id| has_words(id) && tree.name(tree.parent(id)) != "pre")),
        ("li", count(&["li"], &|_| true)),
        ("quote", count(&["blockquote"], &|_| true)),
        ("table", count(&["table"], &|_| true)),
        ("hr", count(&["hr"], &|_| true)),
        ("sup", count(&["sup"], &has_words)),
        ("alert", count(&["div"], &|id| tree.has_class(id, "alert"))),
        ("input", count(&["input"], &|_| true)),
    ]
}

/// The words without white space: where blocks meet, a browser shows none and yet they are apart.
fn words(html: &str) -> String {
    let mut words = String::new();
    text(html, &mut words);
    words.retain(|c| !c.is_whitespace() && c != '\u{feff}' && !crate::html::is_forbidden(c));
    words
}

/// The words in elements of these names, and their pictures.
fn words_in(html: &str, names: &[&str]) -> String {
    let tree = Tree::parse(html);
    let mut words = String::new();
    for id in tree.below(0) {
        let mut outer = id;
        while outer != 0 && !names.contains(&tree.name(outer)) {
            outer = tree.parent(outer);
        }
        match tree.data(id) {
            Data::Text(text) if outer != 0 => words.extend(text.chars().filter(|c| !c.is_whitespace())),
            Data::Element(name, _) if outer != 0 && &**name == "img" => words.push('▣'),
            _ => {}
        }
    }
    words
}

/// The words with white space as it is seen within a block.
fn lines(html: &str) -> Vec<String> {
    let mut words = String::new();
    text(html, &mut words);
    words.split_whitespace().map(str::to_owned).collect()
}

fn any_text() -> impl Strategy<Value = String> {
    let signs = prop::sample::select(vec![
        "*",
        "**",
        "_",
        "__",
        "[",
        "]",
        "(",
        ")",
        "](",
        "[[",
        "]]",
        "#",
        "## ",
        "&gt;",
        "&gt; ",
        "- ",
        "+ ",
        "* ",
        "1. ",
        "12) ",
        "|",
        "~",
        "~~",
        "^",
        "$",
        "\\",
        "&amp;",
        "&amp;amp;",
        "&lt;",
        "&lt;b&gt;",
        "{",
        "}",
        "{#id}",
        "---",
        "===",
        "- - -",
        "|-|",
        ":",
        "!",
        "![",
        "\"",
        "'",
        "`",
        "``",
        "```",
        "www.a.org",
        "http://a.org/x_y_",
        "[^1]",
        "[^1]:",
        "[!NOTE]",
        "[x]",
        "[ ] ",
        "[a]: b",
        "&nbsp;",
        "\t",
        " ",
        " ",
        " ",
        "\n",
        "a",
        "b",
        "word",
        "5",
        "é",
        "«",
        "“",
        "。",
        "\u{3000}",
        "\u{200b}",
        "😀",
        "&lt;!--",
        "&lt;a href=x&gt;",
        "&lt;https://a.org&gt;",
        "=",
        ".",
        ",",
    ]);
    prop::collection::vec(signs, 0..7).prop_map(|pieces| pieces.concat())
}

fn inline() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => any_text(),
        1 => Just("<br>".to_owned()),
        1 => any_text().prop_map(|text| format!("<code>{text}</code>")),
        1 => any_text().prop_map(|text| format!("<img src=\"p.png\" alt=\"{}\">", text.replace('"', ""))),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let content = prop::collection::vec(inner, 1..4).prop_map(|parts| parts.concat());
        let name = prop::sample::select(vec!["b", "i", "em", "strong", "s", "sup", "a href=\"u(x\"", "span", "u"]);
        (name, content).prop_map(|(name, content)| {
            let end = name.split(' ').next().unwrap_or(name);
            format!("<{name}>{content}</{end}>")
        })
    })
    .prop_flat_map(|first| (Just(first), any_text()).prop_map(|(a, b)| a + &b))
}

fn line() -> impl Strategy<Value = String> {
    prop::collection::vec(inline(), 0..3).prop_map(|parts| parts.concat())
}

fn block() -> impl Strategy<Value = String> {
    let wrapped = |before: &'static str, after: &'static str| line().prop_map(move |line| format!("{before}{line}{after}"));
    let leaf = prop_oneof![
        4 => wrapped("<p>", "</p>"),
        1 => wrapped("<div>", "</div>"),
        1 => wrapped("<h2>", "</h2>"),
        1 => wrapped("<h4>", "</h4>"),
        1 => any_text().prop_map(|text| format!("<pre>{text}\n{text}</pre>")),
        1 => Just("<hr>".to_owned()),
        1 => line(),
        1 => prop::collection::vec(line(), 4).prop_map(|cells| format!(
            "<table><tr><th>{}<th>{}</tr><tr><td>{}<td>{}</tr></table>", cells[0], cells[1], cells[2], cells[3]
        )),
        1 => prop::collection::vec(line(), 2).prop_map(|parts| format!("<dl><dt>{}<dd>{}</dl>", parts[0], parts[1])),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let content = prop::collection::vec(inner, 1..4).prop_map(|parts| parts.concat());
        let shape = prop::sample::select(vec![
            "<blockquote>@</blockquote>",
            "<ul><li>@</li><li>@</li></ul>",
            "<ol start=2><li>a @</li></ol>",
            "<ol><li>@</li><li></li><li>a<ol><li></li><li>@</ol></ol>",
            "<ul><li>a<ul><li>@</ul></ul>",
            "<section>@</section>",
            "<strong>@</strong>",
            "<a href=x>@</a>",
        ]);
        (shape, content).prop_map(|(shape, content)| shape.replace('@', &content))
    })
}

fn any_html() -> impl Strategy<Value = String> {
    prop::collection::vec(block(), 1..4).prop_map(|parts| parts.concat())
}

/// What somebody may have hidden in a text, or a plugin.
fn hostile_html() -> impl Strategy<Value = String> {
    let pieces = vec![
        "<details open ontoggle=alert(1)><summary onclick=x>a</summary>",
        "</details>",
        "<dl style='position:fixed' onmouseover=\"x\"><dt>t<dd>",
        "</dl>",
        "<abbr title='\"><script>x</script>' onfocus=x tabindex=1>b</abbr>",
        "<a href='javascript:alert(1)'>c</a>",
        "<a href=' java\tscript:x'>d</a>",
        "<a href='data:text/html,<script>'>e</a>",
        "<a href='https://e.org/\"onclick=x' target=_blank ping=x>f</a>",
        "<img src=x onerror=alert(1)>",
        "<img src='data:image/svg+xml,<svg onload=x>' alt='g'>",
        "<table background=x><tr><td colspan=2 onclick=x>h<td><table><tr><td>i</table></table>",
        "<svg><script>x</script><style>*{}</style><text>j</text></svg>",
        "<math><mtext><img src=x onerror=x></mtext></math>",
        "<iframe srcdoc='<script>x</script>' src='javascript:x'></iframe>",
        "<u data-x=1 class=y>k</u><sub id=x onclick=x>l</sub>",
        "<form action=x><button formaction='javascript:x'>m</button><input autofocus onfocus=x></form>",
        "<ruby>n<rt onclick=x>o</rt></ruby>",
        "<p is=x contenteditable>p</p>",
        "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=x'><link rel=stylesheet href=x>",
        "<noscript><p title='</noscript><img src=x onerror=x>'></noscript>",
        "<!--><img src=x onerror=x>-->",
        "<template><u onclick=x>q</u></template>",
        "<small>r</small><ins cite='javascript:x'>s</ins>",
    ];
    prop::collection::vec(prop::sample::select(pieces), 1..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_words_stay_and_nothing_appears(html in any_html()) {
        let converted = convert(&html, &[], &mut AsWritten);
        let shown = shown(&converted.markdown);
        prop_assert_eq!(words(&shown), words(&html), "\n{}\n---\n{}\n---\n{}", html, converted.markdown, shown);
        for ((kind, now), (_, before)) in counts(&shown, true).into_iter().zip(counts(&html, false)) {
            // Marks that go over several blocks are in each of them.
            let most = if before > 0 && matches!(kind, "a" | "strong" | "em" | "del" | "sup") { usize::MAX } else { before };
            prop_assert!(now <= most, "{now} {kind} and not {before}\n{}\n---\n{}\n---\n{}", html, converted.markdown, shown);
        }
    }

    #[test]
    fn a_line_keeps_its_spaces_and_marks(
        line in line(),
        shape in prop::sample::select(vec![
            "<p>@</p>", "<h3>x @</h3>", "<ul><li>@</li></ul>", "<table><tr><th>a<th>b<tr><td>@<td></table>", "<blockquote>@</blockquote>",
        ]),
    ) {
        let html = shape.replace('@', &line.replace("<br>", " "));
        let converted = convert(&html, &[], &mut AsWritten);
        let shown = shown(&converted.markdown);
        prop_assert_eq!(lines(&shown), lines(&html), "\n{}\n---\n{}\n---\n{}", html, converted.markdown, shown);
        for names in [&["em", "i"][..], &["strong", "b"], &["del", "s"], &["code"], &["sup"], &["u"], &["a"]] {
            if names == ["a"] && html.contains("a.org") {
                continue;
            }
            let (now, before) = (words_in(&shown, names), words_in(&html, names));
            prop_assert_eq!(now, before, "{:?}\n{}\n---\n{}\n---\n{}", names, html, converted.markdown, shown);
        }
    }

    /// What is kept as HTML is what a site lets stand that trusts nobody.
    #[test]
    fn nothing_that_could_do_harm_is_kept(html in hostile_html()) {
        let converted = convert(&html, &[], &mut AsWritten);
        // One of the two writes out that an attribute has no value.
        let [allowed, sanitized] = [RawHtml::Allow, RawHtml::Sanitize].map(|kind| shown_where(&converted.markdown, kind).replace("=\"\"", ""));
        prop_assert_eq!(allowed, sanitized, "\n{}\n---\n{}", html, converted.markdown);
    }

    #[test]
    fn any_text_at_all_ends(html in "(<|>|/|b|p|table|td|a href=x|=|\"|!--|--|&|#|;|script|li|ul|\\PC| ){0,60}") {
        let converted = convert(&html, &[], &mut AsWritten);
        prop_assert!(converted.markdown.is_empty() || converted.markdown.ends_with('\n') && !converted.markdown.starts_with('\n'));
    }
}
