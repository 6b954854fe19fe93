//! A site in memory, of articles that a fuzzer made, and what targets ask of one.

use std::sync::{Arc, LazyLock};

use guidepost::article::{self, Article, Fill, ParseOptions, RawHtml};
use guidepost::diagnostic::Diagnostic;
use guidepost::outputs::{Content, views::Shared};
use guidepost::pipeline::{self, Options, Progress};
use guidepost::plan::{Plan, Snapshot};
use guidepost::redirects::Rules;
use guidepost::site::{Site, related::Related};
use guidepost::url::Base;
use jiff::{Timestamp, tz::TimeZone};

/// An empty site, with the theme that ships with Guidepost: loading one takes longer than all that is done with it.
static EMPTY: LazyLock<Snapshot> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("content")).expect("a folder");
    let settings = "title: T\nbase_url: https://example.org/sub/\n";
    std::fs::write(folder.path().join("guidepost.yaml"), settings).expect("a file");
    let options = Options {
        root: folder.path().to_owned(),
        base: None,
        now: Timestamp::from_second(1_795_348_800).expect("a time"),
        drafts: true,
        future: true,
        expired: true,
    };
    let loaded = pipeline::load(&options, &Progress::default()).expect("a site");
    loaded.snapshot.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
});

/// How articles are read.
pub fn options(raw_html: RawHtml, smart_punctuation: bool) -> ParseOptions {
    let base = Base::parse("https://example.org/sub/").expect("an address");
    ParseOptions { time_zone: TimeZone::UTC, base, raw_html, smart_punctuation }
}

/// An article that was read, and what its author is told. Where anything is said to be, there is something.
pub fn parse(path: &str, bytes: &[u8], options: &ParseOptions) -> (Article, Vec<Diagnostic>) {
    let (article, problems) = article::parse(&path.into(), bytes, options);
    let text = String::from_utf8_lossy(bytes);
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").split('\n').count() as u32;
    for problem in &problems {
        let place = problem.place.as_ref().unwrap_or_else(|| panic!("no place: {problem:?}"));
        assert_eq!(&*place.file, format!("content/{path}"), "{problem:?}");
        if let Some(span) = place.span {
            assert!((1..=lines).contains(&span.line) && span.column >= 1, "of {lines} lines: {problem:?}");
        }
    }
    check_address(article.head.url.as_str());
    (article, problems)
}

/// An address of a page: from the root, no part of it leads elsewhere or is too long for a file's name.
pub fn check_address(address: &str) {
    assert!(address.starts_with('/'), "{address:?}");
    for part in address[1..].trim_end_matches('/').split('/') {
        assert!(address == "/" || !part.is_empty() && part != "." && part != ".." && part.len() <= 255, "{address:?}");
    }
    assert!(!address.contains(|c: char| c.is_control() || c == '\\'), "{address:?}");
}

/// The body with stand-ins for what the site knows.
pub fn body(article: &Article) -> String {
    article.body.html(|fill, html| {
        html.push_str(match fill {
            Fill::Href(_) => "/x/",
            Fill::Picture(_) => " src=\"/x.png\"",
            Fill::Title(_) => "Title",
            Fill::Own | Fill::Task(_) => "",
            Fill::Word(..) => "Word",
        });
    })
}

/// A site of articles, in the order of their paths.
pub fn site(articles: Vec<Article>) -> Snapshot {
    let empty = EMPTY.clone();
    let heads: Vec<_> = articles.iter().map(|article| article.head.clone()).collect();
    let site = Site::new(&heads, Vec::new(), Arc::<Rules>::default(), empty.site.settings.clone(), &empty.selection);
    let articles = articles.into_iter().filter(|article| empty.selection.left_out(&article.head).is_none()).map(Arc::new);
    Snapshot {
        articles: articles.collect(),
        plan: Arc::new(Plan::new(&site, &empty.theme)),
        related: Arc::new(Related::new(&site)),
        shared: Arc::new(Shared::new(&site, &empty.theme)),
        site: Arc::new(site),
        ..empty
    }
}

/// What stands at an address.
pub fn file(snapshot: &Snapshot, address: &str) -> String {
    let output = snapshot.plan.at(address).unwrap_or_else(|| panic!("nothing at {address}"));
    match output.render(snapshot) {
        Ok(Content::Bytes(bytes)) => String::from_utf8(bytes).expect("text"),
        other => panic!("{address}: {other:?}"),
    }
}

/// The words of a text, without differences of white space.
pub fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text of one line as YAML, in which nothing depends on how YAML reads it.
pub fn quoted(text: &str) -> String {
    let escape = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\U{:08x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}
