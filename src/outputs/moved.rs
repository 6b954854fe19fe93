//! Old addresses that a query tells apart, `/?p=12`: files that the script `moved.js` asks for where they lead.
//!
//! A static host serves the home page for all of them, so the page itself must find out. There are files only where there
//! are such addresses, and each holds those of a thousand numbers, so that a reader fetches one small file.

use std::collections::BTreeMap;

use serde::Serialize;

use super::redirect::{self, Origin};
use super::{Content, feed};
use crate::plan::Snapshot;
use crate::site::Site;
use crate::url::Url;

/// One such file.
#[derive(Debug, PartialEq)]
pub struct MovedFile {
    url: Url,
    /// What leads where, by what is looked for: `p=12`.
    addresses: BTreeMap<String, Origin>,
}

/// The folder of the files.
const FOLDER: &str = "old";

/// `page.moved`, on the two pages that hosts show for old addresses which they do not know.
#[derive(Debug, Serialize)]
pub struct MovedView {
    /// Where the files are that know old addresses with a query, if there are any.
    pub folder: Option<String>,
    /// The site's feed.
    pub feed_href: String,
}

/// What the home page (`with_paths` false) or the 404 page (true) is told, if there are old addresses that it could help with.
pub fn view(snapshot: &Snapshot, with_paths: bool) -> Option<MovedView> {
    let site = &*snapshot.site;
    let base = &site.settings.base;
    let has_queries = redirect::queries(site).next().is_some();
    (has_queries || with_paths && redirect::has_any(site)).then(|| MovedView {
        folder: has_queries.then(|| base.href(&Url::page([FOLDER]))),
        feed_href: base.href(&feed::atom_url()),
    })
}

impl MovedFile {
    /// One for every thousand numbers of which one is an old address.
    pub fn plan(site: &Site) -> Vec<MovedFile> {
        let mut files: BTreeMap<u64, BTreeMap<String, Origin>> = BTreeMap::new();
        for (query, origin) in redirect::queries(site) {
            files.entry(query.file_number()).or_default().entry(query.key()).or_insert(origin);
        }
        let file = |(number, addresses)| MovedFile { url: Url::file(&format!("{FOLDER}/{number}.json")), addresses };
        files.into_iter().map(file).collect()
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The file: an object from `p=12` to where that leads.
    pub fn compose(&self, snapshot: &Snapshot) -> Content {
        let hrefs: BTreeMap<&str, String> =
            self.addresses.iter().map(|(key, origin)| (key.as_str(), origin.href(snapshot))).collect();
        let mut text = serde_json::to_string_pretty(&hrefs).unwrap_or_default();
        text.push('\n');
        text.into()
    }
}
