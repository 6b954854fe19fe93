//! What a move cannot keep, said to the author: ids in feeds, listings without a page of their own, addresses of files.

use super::world::World;
use super::{Move, Moved};
use crate::article::CONTENT;
use crate::yaml;

/// Adds the notes of a move.
pub(super) fn add(old: &World, new: &World, wanted: &Move, result: &mut Moved) {
    note_feeds(old, new, wanted, result);
    let (site, answers) = (old.site(1), |address: &str| new.sites[1].1.answers_at(address));
    for section in site.sections.iter().filter(|section| section.index.is_none() && wanted.takes(&section.folder)) {
        let url = section.url.as_str();
        if !answers(url) && old.sites[1].1.answers_at(url) {
            let line = format!("aliases: [{}]", yaml::item(url));
            let page = format!("{CONTENT}/{}/index.md", wanted.path(&section.folder));
            result
                .notes
                .push(format!("the listing at `{url}` has no page of its own that could lead on; `{line}` in `{page}` would"));
        }
    }
    let lost = site.assets.iter().filter(|asset| wanted.takes(&asset.source) && !answers(asset.url.as_str())).count();
    let files = match lost {
        0 => return,
        1 => "1 file beside the articles has another address".to_owned(),
        lost => format!("{lost} files beside the articles have other addresses"),
    };
    result.notes.push(format!("{files} now, and the old ones cannot lead on"));
}

/// An id in feeds is made from the first name of the file, unless one is stated.
fn note_feeds(old: &World, new: &World, wanted: &Move, result: &mut Moved) {
    let (old_site, new_site) = (old.site(1), new.site(1));
    for id in old_site.ids() {
        let head = old_site.head(id);
        let Some(now) = new.ids[1].get(&*wanted.path(&head.source)) else { continue };
        let is_in_feeds = head.in_feeds && head.date.is_some() && !old_site.is_section_page(id);
        if wanted.takes(&head.source) && is_in_feeds && old_site.feed_id(id) != new_site.feed_id(*now) {
            let (file, feed_id) = (new_site.head(*now).file(), old_site.feed_id(id));
            result.notes.push(format!(
                "feed readers will take `{file}` for a new article; `id: {feed_id}` in its front matter keeps the old one"
            ));
        }
    }
}
