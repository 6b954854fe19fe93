//! Looks for input that takes more time than its size accounts for: known bad patterns, and patterns of a few signs that
//! are put together at random. `FUZZ_TARGET=bombs` runs it by hand, with `BOMBS` random patterns of seed `BOMBS_SEED`.
//!
//! Each pattern is repeated, and four times as often. What grows four times as much is linear, an exponent of 1. The time
//! is that of the processor, of all threads, stage by stage: a stage that takes too little time says nothing.

use std::collections::BTreeMap;
use std::fmt;

use guidepost::article::RawHtml;
use guidepost::import::html::{AsWritten, convert};
use guidepost::import::page;
use guidepost::import::wordpress::wxr::{Export, Piece};
use guidepost::import::wordpress::{self, Asked, Catalogue};
use guidepost::{lint, pipeline};

use crate::world;

/// What all threads of this process have worked, in nanoseconds.
fn worked() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux").flatten();
    let one = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
    tasks.map(one).filter_map(|text| text.split(' ').next()?.parse::<u64>().ok()).sum()
}

type Times = BTreeMap<&'static str, u64>;

fn stage<T>(times: &mut Times, name: &'static str, work: impl FnOnce() -> T) -> T {
    let before = worked();
    let made = work();
    *times.entry(name).or_default() += worked() - before;
    made
}

/// Markdown → page → feed → checks → index.
fn through_the_pipeline(file: &str) -> Times {
    let mut times = Times::new();
    for raw_html in [RawHtml::Allow, RawHtml::Sanitize] {
        let options = world::options(raw_html, true);
        let (article, problems) =
            stage(&mut times, "parse", || guidepost::article::parse(&"a/b.md".into(), file.as_bytes(), &options));
        stage(&mut times, "messages", || {
            let lines: Vec<&str> = file.lines().collect();
            for problem in problems.iter().take(2000) {
                let line = problem.place.as_ref().and_then(|place| lines.get(place.span?.line as usize - 1));
                let style = guidepost::diagnostic::Style::Plain;
                std::hint::black_box(guidepost::diagnostic::show(problem, line.copied(), style));
            }
        });
        let snapshot = stage(&mut times, "site", || world::site(vec![article]));
        for (name, address) in [("page", "/a/b/"), ("home", "/"), ("feed", "/atom.xml"), ("json feed", "/feed.json")] {
            let address = if name == "page" {
                snapshot.articles.first().map(|a| a.head.url.as_str().to_owned())
            } else {
                Some(address.into())
            };
            stage(&mut times, name, || {
                address.and_then(|address| snapshot.plan.at(&address)).map(|output| output.render(&snapshot).is_ok())
            });
        }
        stage(&mut times, "problems", || snapshot.problems().len());
        for id in snapshot.site.ids() {
            stage(&mut times, "lint", || lint::article(file, id, &snapshot.articles[id.index()], &snapshot.site, &options).len());
        }
        stage(&mut times, "index", || pipeline::search_index(&snapshot).map_or(0, |files| files.len()));
    }
    times
}

/// HTML → Markdown, a saved page → an article, and a post of an export → an article.
fn through_the_imports(html: &str) -> Times {
    let mut times = Times::new();
    stage(&mut times, "import: html", || convert(html, &[], &mut AsWritten).markdown.len());
    stage(&mut times, "import: page", || page::find(html, "saved", &|_| false).article.body.len());
    let content = html.replace("]]>", "]] >");
    let export = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><title>B</title><link>https://b.example</link>\
         <wp:wxr_version>1.2</wp:wxr_version><item><title>A</title><link>https://b.example/a/</link>\
         <content:encoded><![CDATA[{content}]]></content:encoded><wp:post_id>1</wp:post_id>\
         <wp:post_date>2015-01-01 00:00:00</wp:post_date><wp:post_name>a</wp:post_name><wp:status>publish</wp:status>\
         <wp:post_type>post</wp:post_type></item></channel></rss>"
    );
    let asked = Asked { language: "en".into(), ..Asked::default() };
    let read = |bytes: &[u8]| {
        let (catalogue, broken) = Catalogue::read([Export::new(bytes)], &asked, |_| true);
        let Ok(mut export) = Export::new(bytes) else { return broken.len() };
        let mut length = 0;
        while let Ok(Some(piece)) = export.next_piece() {
            let Piece::Item(item) = piece else { continue };
            length += wordpress::convert(&item, &catalogue, &asked).map_or(0, |imported| imported.text.len());
        }
        length
    };
    stage(&mut times, "import: post", || read(export.as_bytes()));
    stage(&mut times, "import: export", || read(html.as_bytes()));
    times
}

/// The worst of a pattern: its exponent, at which stage, and how long that takes for how many bytes.
struct Worst {
    exponent: f64,
    stage: &'static str,
    milliseconds: u64,
    bytes: usize,
    name: String,
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Worst { exponent, stage, milliseconds, bytes, name } = self;
        write!(f, "{exponent:5.2}  {stage:14} {milliseconds:6} ms {:6} KB  {name}", bytes / 1024)
    }
}

/// So much work tells something, in nanoseconds; and so much is enough.
const TELLING: u64 = 2_000_000;
const ENOUGH: u64 = 100_000_000;

fn look(name: &str, make: &dyn Fn(usize) -> String, run: fn(&str) -> Times, worst: &mut Vec<Worst>) {
    let mut count = 500;
    let mut before = run(&make(count));
    loop {
        count *= 4;
        let text = make(count);
        let now = run(&text);
        let mut found: Option<Worst> = None;
        for (stage, time) in &now {
            let base = before.get(stage).copied().unwrap_or_default();
            if base < TELLING {
                continue;
            }
            let exponent = (*time as f64 / base as f64).log(4.0);
            if found.as_ref().is_none_or(|found| exponent > found.exponent) {
                let milliseconds = time / 1_000_000;
                found = Some(Worst { exponent, stage, milliseconds, bytes: text.len(), name: name.to_owned() });
            }
        }
        let whole: u64 = now.values().sum();
        // What looks bad is looked at again, larger.
        let is_bad = found.as_ref().is_some_and(|found| found.exponent > 1.35);
        if whole > 20 * ENOUGH || count >= 32_000 || whole > ENOUGH && !is_bad {
            // Told at once, as the whole takes long.
            if let Some(found) = found.filter(|_| is_bad) {
                println!("{found}");
                worst.push(found);
            }
            return;
        }
        before = now;
    }
}

/// A file without front matter of its own.
fn body(text: &str) -> String {
    format!("---\ntitle: T\ndate: 2026-01-02\n---\n{text}")
}

/// So many texts of signs that no address shows.
fn signs(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| [1, 6, 36, 216, 1296].map(|place| char::from(b"!?;=~^"[number / place % 6])).iter().collect())
}

type Made = (&'static str, fn(usize) -> String);

/// Bodies that are known to cost much, in one implementation of Markdown or another, and what only Guidepost knows.
const BODIES: [Made; 75] = [
    ("open brackets", |n| "[".repeat(n)),
    ("closing brackets", |n| "a]".repeat(n)),
    ("nested brackets", |n| "[".repeat(n) + "a" + &"]".repeat(n)),
    ("nested links", |n| "[".repeat(n) + "a" + &"](b)".repeat(n)),
    ("link openers", |n| "[a](".repeat(n)),
    ("link openers with titles", |n| "[a](<b> \"".repeat(n)),
    ("link openers in brackets", |n| "[a](<".repeat(n)),
    ("image openers", |n| "![".repeat(n)),
    ("nested images", |n| "![".repeat(n) + "a" + &"](b)".repeat(n)),
    ("images in links", |n| "[![a](b)".repeat(n) + &"](c)".repeat(n)),
    ("stars", |n| "*a ".repeat(n)),
    ("stars that close", |n| "a* ".repeat(n)),
    ("stars of one kind each", |n| "*a_ ".repeat(n)),
    ("stars nested", |n| "*a **b ".repeat(n)),
    ("stars nested and closed", |n| "*a **a ".repeat(n) + "b" + &" a** a*".repeat(n)),
    ("a run of stars", |n| "*".repeat(n) + "a" + &"*".repeat(n)),
    ("runs of three", |n| "a***b".repeat(n)),
    ("runs in underscores", |n| "_**".repeat(n) + &"**_".repeat(n)),
    ("tildes", |n| "~~a ~".repeat(n)),
    ("backticks growing", |n| {
        let mut text = String::new();
        let mut length = 1;
        while text.len() < n {
            text.push_str("e");
            text.push_str(&"`".repeat(length));
            length += 1;
        }
        text
    }),
    ("backticks that pair with none", |n| "`a``".repeat(n)),
    ("code in links", |n| "[`a`](".repeat(n)),
    ("quotes", |n| ">".repeat(n) + "a"),
    ("quotes, a hundred each", |n| (">".repeat(99) + "a\n\n").repeat(n / 50)),
    ("lazy lines after quotes", |n| ">".repeat(99) + "a\n" + &"a\n".repeat(n)),
    ("lazy lines after lists", |n| "- ".repeat(99) + "a\n" + &"a\n".repeat(n)),
    ("quotes again and again", |n| "> a\nb\n".repeat(n)),
    ("list items", |n| "- a\n".repeat(n)),
    ("list items, apart", |n| "- a\n\n".repeat(n)),
    ("list items, deeper", |n| (0..n).map(|i| " ".repeat(2 * (i % 90)) + "- a\n").collect()),
    ("list items of other kinds", |n| "- a\n+ b\n".repeat(n)),
    ("numbers", |n| (0..n).map(|i| format!("{i}. a\n")).collect()),
    ("items that are empty", |n| "-\n".repeat(n)),
    ("entities", |n| "&amp;".repeat(n)),
    ("entities that are none", |n| "&a".repeat(n)),
    ("entities of numbers", |n| "&#x1F600;".repeat(n)),
    ("comments never closed", |n| "a <!-- b ".repeat(n)),
    ("comments in lines", |n| "<!-- a\n\nb\n".repeat(n)),
    ("declarations never closed", |n| "a <!A ".repeat(n)),
    ("instructions never closed", |n| "a <? ".repeat(n)),
    ("sections never closed", |n| "a <![CDATA[ ".repeat(n)),
    ("tags never closed", |n| "<div>".repeat(n)),
    ("tags in lines", |n| "<div>\n\n".repeat(n)),
    ("tags in paragraphs", |n| "a <b>".repeat(n)),
    ("tags nested and closed", |n| "a ".to_owned() + &"<b>".repeat(n) + &"</b>".repeat(n)),
    ("tags that close nothing", |n| "a </b>".repeat(n)),
    ("tags without ends", |n| "a <b c=\"".repeat(n)),
    ("attributes", |n| "a <b ".to_owned() + &"c=d ".repeat(n) + ">"),
    ("tables, tall", |n| "|a|b|\n|-|-|\n".to_owned() + &"|a|b|\n".repeat(n)),
    ("tables, wide", |n| "|a".repeat(n) + "|\n" + &"|-".repeat(n) + "|\n" + &"|a".repeat(n) + "|\n"),
    ("tables, wide with short lines", |n| {
        "|a".repeat(n.min(2000)) + "|\n" + &"|-".repeat(n.min(2000)) + "|\n" + &"|\n".repeat(n)
    }),
    ("tables, many", |n| "|a|\n|-|\n\n".repeat(n)),
    ("heads of tables", |n| "a|b\n-|-\n".repeat(n)),
    ("footnotes", |n| (0..n).map(|i| format!("[^{i}]\n\n[^{i}]: a\n\n")).collect()),
    ("footnotes without notes", |n| (0..n).map(|i| format!("[^{i}] ")).collect()),
    ("one footnote, many places", |n| "[^a] ".repeat(n) + "\n\n[^a]: b\n"),
    ("notes within notes", |n| (0..n).map(|i| format!("[^{i}]: [^{}]\n\n", i + 1)).collect::<String>() + "[^0]"),
    ("definitions", |n| (0..n).map(|i| format!("[{i}]: /a\n")).collect()),
    ("definitions alike", |n| "[a]: /b\n".repeat(n) + "[a]"),
    ("definitions and uses", |n| (0..n).map(|i| format!("[{i}]: /a\n\n[{i}]\n\n")).collect()),
    ("definitions with long names", |n| format!("[{}]: /a\n\n", "a".repeat(900)) + &"[a][".repeat(n)),
    ("headings", |n| "# a\n\n## a\n\n".repeat(n)),
    ("headings with attributes", |n| "## a {#b .c d=e}\n".repeat(n)),
    ("headings underlined", |n| "a\n===\n".repeat(n)),
    ("attributes of headings", |n| "## a {".to_owned() + &".b ".repeat(n) + "}\n"),
    ("braces of headings", |n| "## a ".to_owned() + &"{".repeat(n) + "\n"),
    ("addresses", |n| "https://a.example/b ".repeat(n)),
    ("addresses in brackets", |n| "<https://a.example/b>".repeat(n)),
    ("addresses run together", |n| "www.a.b".repeat(n)),
    ("mail", |n| "a@b.c ".repeat(n)),
    ("mail run together", |n| "a@b.".repeat(n)),
    ("wikilinks", |n| "[[a]] ".repeat(n)),
    ("wikilinks never closed", |n| "[[a|".repeat(n)),
    ("tasks", |n| "- [ ] a\n".repeat(n)),
    ("shortcodes", |n| "[gallery ids=\"1\"] {{< a >}} [b]c[/b] ".repeat(n)),
];

/// Whole files: front matter, agendas, and one line that is all there is.
const FILES: [Made; 25] = [
    ("tags of one address", |n| {
        format!("---\ntitle: T\ntags: [{}]\n---\n", signs(n.min(4500)).map(|signs| format!("\"a{signs}\", ")).collect::<String>())
    }),
    ("agenda: steps", |n| format!("---\ntitle: T\nkind: agenda\n---\n{}", "- [ ] a (5 min)\n".repeat(n))),
    ("agenda: steps apart", |n| {
        format!("---\ntitle: T\nkind: agenda\n---\n{}", (0..n).map(|i| format!("- [ ] a{i} — 5 min\n")).collect::<String>())
    }),
    ("agenda: parts", |n| format!("---\ntitle: T\nkind: agenda\n---\n{}", "- [ ] a (1 h)\n  - [ ] b (5 min)\n".repeat(n))),
    ("agenda: times", |n| format!("---\ntitle: T\nkind: agenda\n---\n- [ ] {}\n", "(5 min) ".repeat(n))),
    ("agenda: digits", |n| format!("---\ntitle: T\nkind: agenda\n---\n- [ ] a {}\n", "1 ".repeat(n))),
    ("keys", |n| format!("---\ntitle: T\n{}---\n", (0..n.min(5000)).map(|i| format!("k{i}: v\n")).collect::<String>())),
    ("keys within keys", |n| {
        format!("---\ntitle: T\nextra:\n{}---\n", (0..n.min(5000)).map(|i| format!("  k{i}: v\n")).collect::<String>())
    }),
    ("one key", |n| format!("---\ntitle: T\n{}---\n", "k: v\n".repeat(n.min(12_000)))),
    ("tags", |n| format!("---\ntitle: T\ntags: [{}]\n---\n", (0..n.min(9000)).map(|i| format!("t{i}, ")).collect::<String>())),
    ("tags that look alike", |n| {
        format!(
            "---\ntitle: T\ntags: [{}]\n---\n",
            (0..n.min(6000)).map(|i| format!("\"a{}b\", ", ["!", "?", ":", ";"][i % 4].repeat(i / 400 + 1))).collect::<String>()
        )
    }),
    ("tags without letters", |n| {
        format!(
            "---\ntitle: T\ntags:\n{}---\n",
            (0..n.min(3000))
                .map(|i| format!(" - \"{}\"\n", char::from_u32(0x1F300 + i as u32 % 700).unwrap_or('x')))
                .collect::<String>()
        )
    }),
    ("aliases", |n| {
        format!("---\ntitle: T\naliases:\n{}---\n", (0..n.min(5000)).map(|i| format!(" - /a/{i}/\n")).collect::<String>())
    }),
    ("aliases of one kind", |n| format!("---\ntitle: T\naliases:\n{}---\n", " - /a/\n".repeat(n.min(9000)))),
    ("brackets of YAML", |n| format!("---\ntitle: T\nextra: {}\n---\n", "[".repeat(n))),
    ("braces of YAML", |n| format!("---\ntitle: T\nextra: {}\n---\n", "{a: ".repeat(n))),
    ("dashes of YAML", |n| format!("---\ntitle: T\nextra: {}\n---\n", "- ".repeat(n))),
    ("question marks of YAML", |n| format!("---\ntitle: T\n{}\n---\n", "? ".repeat(n))),
    ("anchors of YAML", |n| format!("---\ntitle: T\nextra: [{}]\n---\n", "&a b, *a, ".repeat(n.min(6000)))),
    ("quotes of YAML", |n| format!("---\ntitle: T\nextra: {}\n---\n", "\"a\" ".repeat(n))),
    ("quotes never closed", |n| format!("---\ntitle: \"{}\n---\n", "a\n".repeat(n))),
    ("lines of YAML", |n| format!("---\ntitle: T\nsummary: |\n{}---\n", "  a\n".repeat(n.min(15_000)))),
    ("colons of YAML", |n| format!("---\ntitle: {}\n---\n", "a: ".repeat(n.min(20_000)))),
    ("no end of front matter", |n| format!("---\n{}", "a: b\n".repeat(n))),
    ("a title in many lines", |n| format!("# {}\n", "a ".repeat(n))),
];

const HTML: [Made; 29] = [
    ("attributes", |n| format!("<p {}>a</p>", (0..n).map(|i| format!("a{i}=b ")).collect::<String>())),
    ("attributes alike", |n| format!("<p {}>a</p>", "a=b ".repeat(n))),
    ("notes on one list", |n| {
        format!(
            "<p>{}</p><ol>{}</ol>",
            (0..n).map(|i| format!("a<sup><a href=\"#n{i}\">1</a></sup> ")).collect::<String>(),
            (0..n).map(|i| format!("<li id=n{i}>b</li>")).collect::<String>()
        )
    }),
    ("div open", |n| "<div>".repeat(n)),
    ("b open", |n| "<b>".repeat(n) + "a"),
    ("b open in paragraphs", |n| "<p><b>a".repeat(n)),
    ("a open", |n| "<a href=b>".repeat(n) + "a"),
    ("a in paragraphs", |n| "<a href=b>c<p>d".repeat(n)),
    ("b and i crossed", |n| "<b><i>a</b></i>".repeat(n)),
    ("font open", |n| "<font color=a>".repeat(n) + &"<p>".repeat(n)),
    ("tables in tables", |n| "<table><tr><td>".repeat(n)),
    ("text in tables", |n| "<table>a".repeat(n)),
    ("rows", |n| "<table>".to_owned() + &"<tr><td>a<td>b".repeat(n)),
    ("columns", |n| "<table><tr>".to_owned() + &"<th>a".repeat(n) + "<tr>" + &"<td>b".repeat(n)),
    ("wide cells", |n| "<table>".to_owned() + &"<tr><td colspan=1000 rowspan=1000>a".repeat(n)),
    ("lists", |n| "<ul><li>a".repeat(n)),
    ("items", |n| "<ul>".to_owned() + &"<li>a".repeat(n)),
    ("quotes", |n| "<blockquote>a".repeat(n)),
    ("spans and spaces", |n| "<span> a </span> ".repeat(n)),
    ("breaks", |n| "a<br>".repeat(n)),
    ("stars and lines", |n| "* a _ b ` ".repeat(n)),
    ("comments", |n| "<!-- a".repeat(n)),
    ("blocks", |n| "<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->\n".repeat(n)),
    ("blocks never closed", |n| "<!-- wp:group {\"a\":1} -->".repeat(n)),
    ("shortcodes", |n| "[caption id=\"a\"]<img src=b> c[/caption] ".repeat(n)),
    ("shortcodes never closed", |n| "[caption]".repeat(n)),
    ("paragraphs", |n| "a\n\nb\n".repeat(n)),
    ("footnotes", |n| (0..n).map(|i| format!("<p>a<sup><a href=\"#n{i}\">1</a></sup></p><p id=n{i}>b</p>")).collect()),
    ("select", |n| "<select><option>a".repeat(n)),
];

const TOKENS: [&str; 78] = [
    "[",
    "]",
    "(",
    ")",
    "](",
    "[a",
    "](b)",
    "!",
    "![",
    "[[",
    "]]",
    "[^a]",
    "[^a]: ",
    "[a]: b",
    "*",
    "**",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "```",
    "\n",
    "\n\n",
    "\n```\n",
    ">",
    "> ",
    "- ",
    "\n- ",
    "\n1. ",
    "\n  ",
    "\n    ",
    "\t",
    " ",
    "  \n",
    "#",
    "\n# ",
    "\n===\n",
    "\n---\n",
    "|",
    "\n|-|\n",
    "|a",
    "<",
    "</",
    ">",
    "<b>",
    "</b>",
    "<div>",
    "</div>",
    "\n<div>\n",
    "<!--",
    "-->",
    "<?",
    "<!A",
    "<![CDATA[",
    "<a href=\"",
    "\"",
    "'",
    "<p",
    "<script>",
    "<pre>",
    "<https://a.b>",
    "&",
    "&amp;",
    "&#",
    ";",
    "\\",
    "a",
    "b c ",
    "é",
    "中",
    "www.",
    "http://",
    "@b.c",
    "{",
    "}",
    "- [ ] ",
];

const HTML_TOKENS: [&str; 50] = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<ul>",
    "<li>",
    "</ul>",
    "<ol>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</table>",
    "<a href=x>",
    "</a>",
    "<h2>",
    "</h2>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<br>",
    "<img src=a>",
    "<blockquote>",
    "</blockquote>",
    "<svg>",
    "<math>",
    "<template>",
    "<select>",
    "<option>",
    "<form>",
    "<!--",
    "-->",
    "<dl>",
    "<dt>",
    "<dd>",
    "<nobr>",
    "<button>",
    "a",
    " ",
    "\n",
    "*",
    "[",
    "]",
    "&",
    "<",
];

/// Numbers that look random and are the same for a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }

    fn piece(&mut self, tokens: &[&'static str]) -> String {
        (0..self.below(4)).map(|_| tokens[self.below(tokens.len())]).collect()
    }
}

/// Looks, and prints the worst.
pub fn search() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (rounds, seed) = (number("BOMBS", 200), number("BOMBS_SEED", 1));
    let mut worst = Vec::new();
    world::site(Vec::new());
    for (name, make) in BODIES {
        look(name, &|count| body(&make(count)), through_the_pipeline, &mut worst);
    }
    for (name, make) in FILES {
        look(name, &make, through_the_pipeline, &mut worst);
    }
    for (name, make) in HTML {
        look(name, &make, through_the_imports, &mut worst);
    }
    print("known patterns", &mut worst);
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for round in 0..rounds {
        let is_html = round % 4 == 3;
        let tokens: &[&str] = if is_html { &HTML_TOKENS } else { &TOKENS };
        let [before, middle, after] = [(); 3].map(|()| random.piece(tokens));
        let make = |count: usize| {
            let text = before.repeat(count) + &middle.repeat(count) + &after.repeat(count);
            if is_html { text } else { body(&text) }
        };
        let run = if is_html { through_the_imports } else { through_the_pipeline };
        look(&format!("{before:?} + {middle:?} + {after:?}"), &make, run, &mut worst);
    }
    print("random patterns", &mut worst);
}

/// Says which were bad, the worst first.
fn print(what: &str, worst: &mut Vec<Worst>) {
    worst.sort_by(|a, b| b.exponent.total_cmp(&a.exponent));
    println!("{what}: {} grow faster than their size; exponent, stage, time, size", worst.len());
    worst.drain(..).for_each(|found| println!("{found}"));
}
