//! What comes from elsewhere: exports of WordPress, and HTML.

use std::collections::HashSet;
use std::path::{Component, Path};

use guidepost::article::RawHtml;
use guidepost::import::html::{AsWritten, Note, convert, text};
use guidepost::import::page;
use guidepost::import::wordpress::wxr::{Export, Piece};
use guidepost::import::wordpress::{self, Asked, Catalogue};

use crate::world;

/// An export is read or refused. What comes out is files below `content/` that Guidepost itself reads without an
/// error, at the addresses that readers are told; what was not public is a draft. One that is cut off is refused.
pub fn wordpress(data: &[u8]) {
    let asked = Asked { language: "en".into(), ..Asked::default() };
    let (catalogue, broken) = Catalogue::read([Export::new(data)], &asked, |_| true);
    if broken.is_empty() {
        let end = data.windows(6).position(|window| window == b"</rss>").unwrap_or(0);
        let (_, cut) = Catalogue::read([Export::new(&data[..end])], &asked, |_| true);
        assert!(!cut.is_empty(), "a part of the export is taken for all of it");
    }
    let options = world::options(RawHtml::Allow, true);
    let Ok(mut export) = Export::new(data) else { return };
    let mut seen = HashSet::new();
    while let Ok(Some(piece)) = export.next_piece() {
        // Parts of an export may overlap: whoever imports takes each number once.
        let Piece::Item(item) = piece else { continue };
        if !seen.insert(item.id) {
            continue;
        }
        let Some(imported) = wordpress::convert(&item, &catalogue, &asked) else { continue };
        let path = Path::new(&imported.path);
        assert!(path.components().all(|part| matches!(part, Component::Normal(name) if name.len() <= 255)), "{path:?}");
        assert!(imported.path.ends_with(".md") && !imported.path.contains('\\'), "{path:?}");
        let (article, problems) = world::parse(&imported.path, imported.text.as_bytes(), &options);
        let errors: Vec<_> = problems.iter().filter(|problem| problem.is_error() && problem.code != "too-deep").collect();
        assert!(errors.is_empty(), "{errors:?}\n{}", imported.text);
        assert_eq!(article.head.url, imported.url, "{}", imported.text);
        let is_public = item.status == "publish" && !item.has_password;
        assert!(is_public || article.head.draft || article.head.publish_on.is_some(), "{} is published", item.status);
    }
    wordpress::report(&catalogue, "export.xml".into()).markdown();
    wordpress::settings(&catalogue, None);
}

/// HTML becomes Markdown that shows the same words, and nothing that could do harm; and a page that was saved becomes an
/// article without an error.
pub fn html(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    let converted = convert(&html, &[], &mut AsWritten);
    let markdown = &converted.markdown;
    assert!(markdown.is_empty() || markdown.ends_with('\n') && !markdown.starts_with('\n'), "{markdown:?}");
    let shown = |raw_html| {
        let file = format!("---\ntitle: t\n---\n\n{markdown}");
        world::body(&world::parse("a.md", file.as_bytes(), &world::options(raw_html, false)).0)
    };
    let allowed = shown(RawHtml::Allow);
    // One of the two writes out that an attribute has no value, and keeps the ids that Markdown makes itself.
    let comparable = |html: &str| without_ids(&html.replace("=\"\"", ""));
    assert_eq!(comparable(&allowed), comparable(&shown(RawHtml::Sanitize)), "{markdown}");
    // What was embedded is a link now, with words of its own; a drawing or a form is left out with its words, and said to be.
    let keeps_words = |note: &Note| match note {
        Note::Embedded(_) | Note::TooDeep => false,
        Note::LeftOut(name) => matches!(&**name, "script" | "style" | "input" | "img"),
        Note::Kept(_) => true,
    };
    // Footnotes move, and get numbers and ways back.
    let has_footnotes = markdown.contains("[^");
    // A line that looks as if it opened more than a hundred quotes and lists is refused, and all after it, even in code.
    let is_refused = markdown.lines().any(|line| line.matches(['>', '-', '+', '*', '.', ')']).count() > 100);
    if !has_footnotes && !is_refused && converted.notes.iter().all(|(note, _)| keeps_words(note)) {
        let (mut shown, mut given) = (words(&allowed), words(&html));
        // One whose number stands where there can be none, as in code, moves too.
        if html.contains("href=\"#") {
            (shown, given) = (in_order(&shown), in_order(&given));
        }
        assert_eq!(shown, given, "{markdown}\n---\n{allowed}");
    }

    let found = page::find(&html, "saved", &|_| false);
    let file = found.article.text();
    let (_, problems) = world::parse("saved.md", file.as_bytes(), &world::options(RawHtml::Allow, true));
    let errors: Vec<_> = problems.iter().filter(|problem| problem.is_error() && problem.code != "too-deep").collect();
    assert!(errors.is_empty(), "{errors:?}\n{file}");
}

/// The characters of a text in their own order.
fn in_order(text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    characters.sort_unstable();
    characters.into_iter().collect()
}

/// The words without white space: where blocks meet, a browser shows none and yet they are apart. And without the dash that the
/// one who is quoted gets, if there is none.
fn words(html: &str) -> String {
    let mut words = String::new();
    text(html, &mut words);
    words.retain(|c| !c.is_whitespace() && !matches!(c, '\u{feff}' | '—') && !guidepost::html::is_forbidden(c));
    words
}

fn without_ids(html: &str) -> String {
    let mut pieces = html.split(" id=\"");
    let mut rest = pieces.next().unwrap_or_default().to_owned();
    pieces.for_each(|piece| rest.push_str(piece.split_once('"').map_or("", |(_, after)| after)));
    rest
}
