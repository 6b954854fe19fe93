//! The addresses outside that a site names, each with the first place where it stands in the author's files.
//!
//! They are taken from what is published: the finished bodies, and what front matter and settings show to readers. Where
//! one stands is looked for in the text of its file, because a body does not know the lines it came from.

use std::collections::HashSet;
use std::sync::Arc;

use url::Url;

use crate::article::Article;
use crate::diagnostic::{Diagnostic, Place, Span};
use crate::html::tags;
use crate::plan::Snapshot;
use crate::settings::{self, MenuTarget, Settings};
use crate::source;
use crate::text;
use crate::url::percent_decode;

/// An address on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// What is asked: without the place within the page, and without a password.
    pub url: Url,
    /// As it stands in the page, for messages.
    pub written: String,
    /// The first place where it stands.
    pub place: Place,
}

/// Every address once, in the order of the files; what cannot be one is reported.
pub(super) fn collect(snapshot: &Snapshot) -> (Vec<Address>, Vec<Diagnostic>) {
    let mut collection = Collection::default();
    let file: Arc<str> = settings::FILE.into();
    let shown = of_settings(&snapshot.site.settings);
    collection.add(&file, shown, || source::read(&snapshot.root.join(settings::FILE)).ok());
    for article in &snapshot.articles {
        let location = snapshot.root.join(&*article.head.file());
        collection.add(&article.head.file(), of_article(article), || source::read(&location).ok());
    }
    collection.addresses.sort_by(|a, b| a.place.cmp(&b.place));
    (collection.addresses, collection.diagnostics)
}

fn of_settings(settings: &Settings) -> Vec<String> {
    let frame = settings.frame_links().filter_map(|(_, item)| match &item.target {
        MenuTarget::Outside(address) => Some(address),
        MenuTarget::Inside(_) => None,
    });
    let people = settings.authors.values().filter_map(|author| author.url.as_ref());
    let organization = settings.organization.iter().filter_map(|organization| organization.url.as_ref());
    people.chain(organization).chain(frame).cloned().collect()
}

fn of_article(article: &Article) -> Vec<String> {
    let head = &article.head;
    let mut addresses: Vec<String> = head.canonical.iter().cloned().collect();
    addresses.extend(head.appeared_in.as_ref().and_then(|place| place.url.clone()));
    // The holes are for addresses of this site.
    addresses_in(&article.body.html(|_, _| {}), &mut addresses);
    addresses
}

#[derive(Default)]
struct Collection {
    addresses: Vec<Address>,
    diagnostics: Vec<Diagnostic>,
    seen: HashSet<String>,
}

impl Collection {
    /// Takes a file's addresses; its text is read only if one is new.
    fn add(&mut self, file: &Arc<str>, written: Vec<String>, read: impl FnOnce() -> Option<Vec<u8>>) {
        let is_web = |address: &String| {
            let start = address.get(..8).unwrap_or(address).to_ascii_lowercase();
            start.starts_with("http://") || start.starts_with("https://") || start.starts_with("//")
        };
        let new: Vec<(Option<Url>, String)> = written
            .into_iter()
            .filter(is_web)
            .map(|written| (to_ask(&written), written))
            .filter(|(url, written)| self.seen.insert(url.as_ref().map_or_else(|| written.clone(), Url::to_string)))
            .collect();
        if new.is_empty() {
            return;
        }
        let text = read().map(|bytes| text::decode(file, &bytes, &mut Vec::new())).unwrap_or_default();
        for (url, written) in new {
            let place = match find(&text, &written) {
                Some((at, length)) => Place::at(file.clone(), Span::of(&text, at, length)),
                None => Place::file(file.clone()),
            };
            match url {
                Some(url) => self.addresses.push(Address { url, written, place }),
                None => {
                    let message = format!("`{written}` is no address that anybody could open");
                    let hint = "write it whole, as `https://example.org/page/`";
                    self.diagnostics.push(Diagnostic::error("dead-link", message).at(place).hint(hint));
                }
            }
        }
    }
}

/// The address that is asked, for one that stands in a page.
fn to_ask(written: &str) -> Option<Url> {
    let mut url = if written.starts_with("//") { Url::parse(&format!("https:{written}")) } else { Url::parse(written) }.ok()?;
    url.set_fragment(None);
    without_password(&mut url)?;
    Some(url)
}

/// Takes name and password out of an address: they are for nobody but whoever wrote them.
pub(super) fn without_password(url: &mut Url) -> Option<()> {
    url.set_username("").ok()?;
    url.set_password(None).ok()
}

/// The addresses that the tags of a piece of HTML lead to or load.
fn addresses_in(html: &str, addresses: &mut Vec<String>) {
    for attribute in tags::attributes(html) {
        if ["href", "src", "poster"].iter().any(|known| attribute.name.eq_ignore_ascii_case(known)) {
            addresses.push(attribute.text().trim().to_owned());
        }
    }
}

/// Where an address stands in a text, and how long it is there, spelled in one of the ways in which authors do.
fn find(text: &str, address: &str) -> Option<(usize, usize)> {
    let decoded = percent_decode(address).unwrap_or(address.into());
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare);
    let spellings = [address, &decoded, &address.replace('&', "&amp;"), bare];
    let whole = spellings.iter().find_map(|spelling| {
        let mut found = text.match_indices(*spelling);
        found.find(|(at, found)| !text[at + found.len()..].starts_with(goes_on))
    });
    let begun = || spellings.iter().find_map(|spelling| text.match_indices(*spelling).next());
    whole.or_else(begun).map(|(at, found)| (at, found.len()))
}

/// Whether an address goes on with this, so that it is another one.
fn goes_on(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '/' | '?' | '&' | '=' | '%' | '-' | '_' | '~' | '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<String> {
        let mut addresses = Vec::new();
        addresses_in(html, &mut addresses);
        addresses
    }

    #[test]
    fn tags_are_read_however_they_are_written() {
        let html = "<p>href=\"https://no.example/\" <a class=x href=\"https://a.example/?q=1&amp;r=2\">A</a>\n\
            <!-- <a href=\"https://comment.example/\"> --><IMG alt='<>' SRC='https://b.example/x.png'>\
            <a title=\"a > b\" href = https://c.example/d>C</a><video controls poster=https://d.example/p.jpg src=v.mp4></video>\
            2 < 3 <a href=\"https://open.example/";
        let expected = [
            "https://a.example/?q=1&r=2",
            "https://b.example/x.png",
            "https://c.example/d",
            "https://d.example/p.jpg",
            "v.mp4",
            "https://open.example/",
        ];
        assert_eq!(found(html), expected);
        assert_eq!(found("<a href=&#x68;ttps://e.example/&unknown;&#39;>"), ["https://e.example/&unknown;'"]);
        assert!(found("<<<a").is_empty());
    }

    #[test]
    fn an_address_is_found_where_it_stands_whole() {
        let text = "See <https://a.example/b> and [x](https://a.example/ü) and https://a.example.\nAlso www.b.example/c.";
        let at = |address: &str| find(text, address).map(|(at, length)| &text[at..at + length]);
        assert_eq!(find(text, "https://a.example").map(|(at, _)| at), text.find("https://a.example.\n"));
        assert_eq!(at("https://a.example/%C3%BC"), Some("https://a.example/ü"));
        assert_eq!(at("http://www.b.example/c"), Some("www.b.example/c"));
        assert_eq!(at("https://elsewhere.example/"), None);
    }

    #[test]
    fn what_is_asked_has_neither_place_nor_password() {
        let asked = |written: &str| to_ask(written).map(|url| url.to_string());
        assert_eq!(asked("https://ann:secret@a.example/b#c").as_deref(), Some("https://a.example/b"));
        assert_eq!(asked("//a.example/b").as_deref(), Some("https://a.example/b"));
        assert_eq!(asked("http://"), None);
    }
}
