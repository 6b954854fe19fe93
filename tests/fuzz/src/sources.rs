//! What an author writes: front matter, Markdown, names that become addresses.

use std::collections::BTreeMap;

use guidepost::article::{RawHtml, address_of, slug_or_hash};
use guidepost::import::article::NewArticle;
use guidepost::search::query::{Page, Search};
use guidepost::url::{Base, Url, encode_into, fold_case, nfc, percent_decode, slug};
use guidepost::{html::is_forbidden, lint, pipeline};
use markup5ever_rcdom::{Handle, NodeData};
use unicode_normalization::UnicodeNormalization;

use crate::browser::{Browser, PAGES, page_like, scheme};
use crate::world;

/// Any front matter is read, the same however its lines end, and every complaint has a place in the file. A text that
/// Guidepost itself writes into front matter is read as it was.
pub fn front_matter(data: &[u8]) {
    let yaml = String::from_utf8_lossy(data).replace('\r', "\n");
    let options = world::options(RawHtml::Allow, true);
    let file = format!("---\n{yaml}\n---\n\nWords.\n");
    let (article, problems) = world::parse("a/b.md", file.as_bytes(), &options);
    let (again, other) = world::parse("a/b.md", file.replace('\n', "\r\n").as_bytes(), &options);
    assert_eq!((&article.head, &article.body), (&again.head, &again.body), "{yaml:?} with CRLF");
    assert_eq!(problems, other, "{yaml:?} with CRLF");
    let has_errors = problems.iter().any(|problem| problem.is_error());
    let title = &article.head.title;
    assert!((has_errors || !title.trim().is_empty()) && !title.contains('\n'), "{title:?}");
    for alias in &article.head.aliases {
        world::check_address(alias.as_str());
    }

    let words = |text: &str| world::words(&text.chars().filter(|c| !is_forbidden(*c)).collect::<String>());
    let mut texts = yaml.split('\0').map(words);
    let [title, tag, description] = [(); 3].map(|()| texts.next().unwrap_or_default());
    let list = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned(), format!("{text}, {text}")] };
    let written = NewArticle {
        title: format!("T {title}"),
        tags: list(&tag),
        authors: list(&tag),
        description: description.clone(),
        body: "Words.\n".into(),
        ..NewArticle::default()
    };
    // What could cost much is counted before anybody parses it, in texts too: 4,096 brackets, 100 aliases and what these could
    // copy are limits.
    let many = |signs: &[char]| written.text().matches(signs).count();
    if many(&['[', '{']) > 4096 || many(&['*']) > 100 || many(&['*']) * written.text().len() > 512 << 10 {
        return;
    }
    let (read, problems) = world::parse("a/b.md", written.text().as_bytes(), &options);
    assert!(problems.iter().all(|problem| !problem.is_error()), "{}\n{problems:?}", written.text());
    assert_eq!(words(&read.head.title), words(&written.title));
    assert_eq!(read.head.description.as_deref().map(words).unwrap_or_default(), description);
    let normal = |names: &[String]| names.iter().map(|name| words(&nfc(name))).collect::<Vec<_>>();
    assert_eq!(normal(&read.head.tags), normal(&written.tags), "{}", written.text());
    assert_eq!(normal(&read.head.authors), normal(&written.authors), "{}", written.text());
}

/// The first byte says what becomes of raw HTML. Whatever an article contains, a browser shows the page around it as it
/// was, what must not stand is gone, and the page, the lists, the checks and the search can be made of it.
pub fn markdown(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let raw_html = [RawHtml::Allow, RawHtml::Sanitize, RawHtml::Escape][usize::from(*mode) % 3];
    let options = world::options(raw_html, mode & 4 == 0);
    let kind = ["article", "agenda"][usize::from(mode & 8 != 0)];
    let text = format!("---\ntitle: T\nkind: {kind}\ndate: 2026-01-02\n---\n{}", String::from_utf8_lossy(rest));
    let (article, _) = world::parse("a/b.md", text.as_bytes(), &options);

    // The pieces of running text that the search gets are no tags, whatever became of the HTML.
    for (_, text) in article.body.prose() {
        let is_tag = |(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        assert!(!text.match_indices('<').any(is_tag), "a tag in {text:?}");
    }
    let html = world::body(&article);
    for browser in Browser::ALL {
        for around in [PAGES[0], PAGES[3]] {
            let (made, empty) = (browser.outline(&page_like(around, &html)), browser.outline(&page_like(around, "")));
            assert_eq!(made, empty, "{browser:?} {around:?}\n{html}");
        }
        if raw_html != RawHtml::Allow {
            check_harmless(&browser.prose(&page_like(PAGES[0], &html)), &html);
        }
    }

    let snapshot = world::site(vec![article]);
    world::file(&snapshot, "/a/b/");
    world::file(&snapshot, "/");
    for id in snapshot.site.ids() {
        lint::article(&text, id, &snapshot.articles[id.index()], &snapshot.site, &options);
    }
    check_search(&snapshot);
}

/// No script can run, and nothing is framed or styled.
fn check_harmless(node: &Handle, html: &str) {
    if let NodeData::Element { name, attrs, .. } = &node.data {
        const NEVER: [&str; 10] = ["script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "template"];
        assert!(!NEVER.contains(&&*name.local) && name.ns == html5ever::ns!(html), "<{}> in {html}", name.local);
        for attribute in attrs.borrow().iter() {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            assert!(!key.starts_with("on") && key != "style" && key != "srcdoc", "{key} in {html}");
            if matches!(key, "href" | "src" | "cite" | "poster") {
                let scheme = scheme(value);
                assert!(
                    scheme.as_deref().is_none_or(|s| matches!(s, "http" | "https" | "mailto" | "tel")),
                    "{value:?} in {html}"
                );
            }
        }
    }
    node.children.borrow().iter().for_each(|child| check_harmless(child, html));
}

/// The index can be read, and finds the article by its title.
fn check_search(snapshot: &guidepost::plan::Snapshot) {
    let files: BTreeMap<String, Vec<u8>> =
        pipeline::search_index(snapshot).expect("an index").into_iter().map(|file| (file.name.to_string(), file.bytes)).collect();
    let root = files.iter().find(|(name, _)| name.ends_with("index.bin")).expect("a root").1;
    let search = Search::open(root, |name| files.get(name).cloned()).unwrap_or_else(|failure| panic!("{failure:?}"));
    let answer = search.query("T", Page { limit: 10, offset: 0 }).unwrap_or_else(|failure| panic!("{failure:?}"));
    assert_eq!(answer.total, 1);
}

/// Lines of names. A slug of a slug is itself, fits a file name and is one part of an address; names that are not
/// spellings of one tag share no address; an address that was read is read as itself.
pub fn address(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for name in text.lines() {
        let made = slug(name);
        assert_eq!(slug(&made), made, "of {name:?}");
        assert!(made.len() <= 201 && slug_or_hash(name).len() <= 201, "{made:?}");
        assert!(!made.contains(|c: char| c == '/' || c == '\\' || c == '.' || c.is_control() || c.is_whitespace()), "{made:?}");
        assert_eq!(nfc(&made), made);
        world::check_address(address_of(name).as_str());

        if let Ok(url) = Url::parse(name) {
            world::check_address(url.as_str());
            // An address is text that was decoded once. Written as a page links to it, it is read as what it was.
            let mut written = String::new();
            encode_into(url.as_str(), &mut written);
            assert_eq!(percent_decode(&written).as_deref(), Some(url.as_str()));
            assert_eq!(Url::parse(&written).as_ref(), Ok(&url), "{name:?} is {url}");
            let base = Base::parse("https://example.org/sub/").expect("an address");
            assert_eq!(base.strip(&base.absolute(&url)), Some(&*written));
            assert_eq!(base.strip(&base.href(&url)), Some(&*written));
        }
        if let Ok(base) = Base::parse(name) {
            let whole = format!("{}{}/", base.origin(), base.path());
            assert_eq!(Base::parse(&whole).as_ref(), Ok(&base), "{name:?} is {whole:?}");
            assert!(whole.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte)), "{whole:?}");
        }
    }

    // Tags are of one address exactly if they are spellings of one tag.
    let names: Vec<String> = text.lines().map(world::words).filter(|name| !name.is_empty()).take(8).collect();
    let list = names.iter().map(|name| world::quoted(name)).collect::<Vec<_>>().join(", ");
    let file = format!("---\ntitle: T\ntags: [{list}]\n---\n");
    let (article, _) = world::parse("a.md", file.as_bytes(), &world::options(RawHtml::Allow, true));
    let snapshot = world::site(vec![article]);
    let mut urls: BTreeMap<String, String> = BTreeMap::new();
    for tag in &snapshot.site.tags {
        world::check_address(tag.url.as_str());
        let folded = fold_case(tag.url.as_str()).nfkc().collect::<String>();
        if let Some(other) = urls.insert(folded, tag.name.clone()) {
            panic!("{:?} and {other:?} are both at {}", tag.name, tag.url);
        }
    }
    let tags: usize = snapshot.site.tags.len();
    for name in &names {
        let found = snapshot.site.tags.iter().filter(|tag| spelling(&tag.name) == spelling(name)).count();
        assert!(found <= 1, "{found} tags are spelled {name:?}, of {tags}");
    }
}

/// What all spellings of one tag have in common, at least: case and composition do not tell tags apart.
fn spelling(name: &str) -> String {
    let folded = fold_case(&name.nfkc().collect::<String>());
    world::words(&folded.nfkc().collect::<String>())
}
