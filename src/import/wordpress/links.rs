//! Addresses within an article of the blog → addresses within the new site: files beside each other for articles and
//! pictures, pages of the new site for archives. What leads elsewhere stays.

use std::borrow::Cow;

use super::Asked;
use super::catalogue::{Attachment, Catalogue, Target, bare_host, is_default};
use super::shortcodes::{Picture, Pictures};
use crate::import::html::Addresses;
use crate::import::report::{Remark, Remarks};
use crate::url;

/// Where the blog's files go, below `content/`: so their addresses stay what they were, for whoever has linked to them.
pub const UPLOADS: &str = "wp-content/uploads";

/// What becomes of the addresses in one article.
pub struct Links<'c> {
    pub catalogue: &'c Catalogue,
    pub asked: &'c Asked,
    /// The article's own address on the blog.
    pub base: Option<::url::Url>,
    /// The article's number on the blog.
    pub id: u64,
    /// Whether the new site will stand where the blog does, so that what did not come along is gone.
    pub is_replaced: bool,
    /// The article's file.
    pub path: &'c str,
    /// Only for what everybody may read files come along, which everybody may read then.
    pub is_published: bool,
    /// What the author should know.
    pub remarks: Remarks,
    /// The files that the article shows, below the folder of uploads.
    pub files: Vec<String>,
}

impl Links<'_> {
    /// An address in full, if it is one of this blog's, or of the host for its files.
    fn resolve(&self, address: &str) -> Option<::url::Url> {
        match ::url::Url::parse(address) {
            Ok(resolved) => Some(resolved),
            Err(_) => self.base.as_ref()?.join(address).ok(),
        }
    }

    /// The local copy of a file of the blog's, as a path from the article.
    fn local(&mut self, resolved: &::url::Url) -> Option<String> {
        let path = upload_path(resolved, &self.catalogue.host)?;
        let found = self.asked.media.as_ref().and_then(|media| local_name(&path, |name| media.contains(name)));
        match found {
            Some(name) if self.is_published => {
                let target = relative(self.path, &format!("{UPLOADS}/{name}"));
                self.files.push(name);
                Some(target)
            }
            Some(_) => {
                self.remarks.add(Remark::OfDraft(resolved.to_string()));
                None
            }
            None => {
                self.remarks.add(Remark::NoFile(resolved.to_string()));
                None
            }
        }
    }

    /// What has no place in the new site stays where it is: on the blog, unless the new site takes its place.
    fn elsewhere(&self, resolved: ::url::Url) -> String {
        let is_gone = self.is_replaced && self.is_published && bare_host(&resolved) == self.catalogue.host;
        if is_gone { String::new() } else { String::from(resolved) }
    }

    /// What a link to one of the blog's own addresses becomes; nothing if it leads nowhere any more.
    fn within(&mut self, resolved: &::url::Url) -> Option<String> {
        let catalogue = self.catalogue;
        let path = catalogue.path_of(resolved.as_str())?;
        let query =
            |name: &str| resolved.query_pairs().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<u64>().ok());
        let numbered = ["p", "page_id", "attachment_id"].iter().find_map(|name| query(name));
        let target = match numbered {
            Some(id) if catalogue.attachments.contains_key(&id) => Some(Target::Attachment(id)),
            Some(id) => catalogue.by_id.get(&id).map(|number| Target::Entry(*number)),
            None => catalogue.target(without_tail(&path)),
        };
        match target {
            Some(Target::Entry(number)) => return Some(self.way_to(number)),
            Some(Target::Attachment(id)) => {
                let file = catalogue.attachments.get(&id)?;
                let address = ::url::Url::parse(&file.address).ok()?;
                return Some(self.local(&address).unwrap_or_else(|| self.elsewhere(address)));
            }
            None => {}
        }
        if path == "/" && resolved.query().is_none() {
            return Some("/".to_owned());
        }
        if let Some(topic) = archive(catalogue, &path) {
            return Some(topic);
        }
        self.remarks.add(Remark::BrokenLink(resolved.to_string()));
        None
    }

    fn way_to(&mut self, number: usize) -> String {
        let entry = &self.catalogue.entries[number];
        if entry.is_published || !self.is_published {
            return relative(self.path, &entry.path);
        }
        // Its text stays, and who reads it learns nothing of what is not published.
        self.remarks.add(Remark::LinkToDraft(entry.path.clone()));
        String::new()
    }
}

impl Addresses for Links<'_> {
    fn link<'a>(&mut self, address: &'a str) -> Cow<'a, str> {
        let address = address.trim();
        if address.starts_with('#') || address.is_empty() {
            return address.into();
        }
        let Some(resolved) = self.resolve(address) else { return address.into() };
        if !matches!(resolved.scheme(), "http" | "https") {
            return address.into();
        }
        if upload_path(&resolved, &self.catalogue.host).is_some() {
            return self.local(&resolved).unwrap_or_else(|| self.elsewhere(resolved)).into();
        }
        if bare_host(&resolved) != self.catalogue.host {
            return if address.starts_with('/') { String::from(resolved).into() } else { address.into() };
        }
        match self.within(&resolved) {
            Some(target) => target.into(),
            None => self.elsewhere(resolved).into(),
        }
    }

    fn picture<'a>(&mut self, address: &'a str) -> Cow<'a, str> {
        let address = address.trim();
        let Some(resolved) = self.resolve(address).filter(|found| matches!(found.scheme(), "http" | "https")) else {
            return address.into();
        };
        let is_upload = upload_path(&resolved, &self.catalogue.host).is_some();
        match self.local(&resolved) {
            Some(local) => local.into(),
            None if is_upload || bare_host(&resolved) == self.catalogue.host => self.elsewhere(resolved).into(),
            None => String::from(resolved).into(),
        }
    }
}

impl Pictures for Links<'_> {
    fn by_id(&self, id: u64) -> Option<Picture> {
        self.catalogue.attachments.get(&id).map(picture)
    }

    fn own(&self) -> Vec<Picture> {
        let numbers = self.catalogue.pictures.get(&self.id);
        numbers.into_iter().flatten().filter_map(|id| self.by_id(*id)).filter(|one| is_picture(&one.address)).collect()
    }
}

fn picture(file: &Attachment) -> Picture {
    Picture { address: file.address.clone(), alt: file.alt.clone() }
}

fn is_picture(address: &str) -> bool {
    let ending = address.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    matches!(ending.as_str(), "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "svg")
}

/// The page of the new site for a category's, a tag's or an author's address, or a feed's.
fn archive(catalogue: &Catalogue, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let topics = match parts.first().copied()? {
        "category" => &catalogue.categories,
        "tag" => &catalogue.tags,
        "feed" => return Some("/atom.xml".to_owned()),
        _ => return None,
    };
    let last = parts.iter().rev().find(|part| topics.contains_key(**part))?;
    let topic = topics.get(*last).filter(|topic| topic.uses > 0 && !is_default(last))?;
    let slug = url::slug(catalogue.tag_name(&topic.name));
    (!slug.is_empty()).then(|| format!("/tags/{slug}/"))
}

/// A path without what WordPress lets stand behind an article's.
fn without_tail(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    for tail in ["/feed", "/amp", "/embed", "/trackback"] {
        if let Some(rest) = trimmed.strip_suffix(tail) {
            return rest;
        }
    }
    match trimmed.rsplit_once("/comment-page-") {
        Some((rest, number)) if number.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => trimmed,
    }
}

/// The path of one of the blog's files below its folder of uploads, decoded: on the blog itself, or on the hosts that
/// WordPress.com keeps files on.
pub fn upload_path(address: &::url::Url, blog_host: &str) -> Option<String> {
    let (host, path) = (address.host_str().unwrap_or(""), address.path());
    let is_own = bare_host(address) == blog_host && !blog_host.is_empty();
    let below = if is_own {
        path.split_once("/wp-content/uploads/")?.1
    } else if host.ends_with(".files.wordpress.com") {
        path.trim_start_matches('/')
    } else if matches!(host, "i0.wp.com" | "i1.wp.com" | "i2.wp.com" | "i3.wp.com") {
        let (shown, below) = path.trim_start_matches('/').split_once("/wp-content/uploads/")?;
        (shown.trim_start_matches("www.") == blog_host).then_some(below)?
    } else {
        return None;
    };
    let decoded = url::percent_decode(below)?;
    let is_sound = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']);
    decoded.split('/').all(is_sound).then(|| decoded.into_owned())
}

/// The name that a local copy has: the same; or that of the picture which a smaller one was made of; or one without the
/// folder of a blog among several.
pub fn local_name(path: &str, is_there: impl Fn(&str) -> bool) -> Option<String> {
    let bare = path.strip_prefix("sites/").and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest);
    for path in [Some(path), bare].into_iter().flatten() {
        if is_there(path) {
            return Some(path.to_owned());
        }
        let Some((stem, ending)) = path.rsplit_once('.') else { continue };
        let unsized_stem = stem.rsplit_once('-').filter(|(_, size)| is_size(size)).map_or(stem, |(stem, _)| stem);
        let others = [format!("{unsized_stem}.{ending}"), format!("{unsized_stem}-scaled.{ending}")];
        if let Some(found) = others.into_iter().find(|name| is_there(name)) {
            return Some(found);
        }
    }
    None
}

/// `300x200`.
fn is_size(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('x').is_some_and(|(width, height)| is_number(width) && is_number(height))
}

/// The way from one file of the site to another, as a link in the first has it.
pub fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = from.len() - 1;
    let common = from[..folders].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let mut way = "../".repeat(folders - common);
    way.push_str(&to[common..].join("/"));
    way
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_two_files() {
        for (from, to, way) in [
            ("a.md", "b.md", "b.md"),
            ("x/a.md", "x/b.md", "b.md"),
            ("x/a.md", "y/b.md", "../y/b.md"),
            ("x/y/a.md", "x/b.md", "../b.md"),
            ("a.md", "x/y/b.md", "x/y/b.md"),
        ] {
            assert_eq!(relative(from, to), way);
        }
    }

    #[test]
    fn files_are_known_by_where_they_are() {
        for (address, path) in [
            ("https://www.blog.example/wp-content/uploads/2015/03/a%20b.jpg?w=300", Some("2015/03/a b.jpg")),
            ("https://blog.files.wordpress.com/2015/03/a.jpg", Some("2015/03/a.jpg")),
            ("https://i0.wp.com/blog.example/wp-content/uploads/a.jpg", Some("a.jpg")),
            ("https://i0.wp.com/other.example/wp-content/uploads/a.jpg", None),
            ("https://blog.example/wp-content/uploads/%2e%2e/%2e%2e/etc/passwd", None),
            ("https://blog.example/wp-content/uploads/..%2f..%2fetc/passwd", None),
            ("https://other.example/wp-content/uploads/a.jpg", None),
        ] {
            let found = upload_path(&::url::Url::parse(address).unwrap(), "blog.example");
            assert_eq!(found.as_deref(), path, "{address}");
        }
    }

    #[test]
    fn a_local_copy_may_have_another_size() {
        let there = ["2015/a.jpg", "2015/b-scaled.jpg", "c-100x50.png"];
        for (path, name) in [
            ("2015/a-300x200.jpg", Some("2015/a.jpg")),
            ("2015/b-1x2.jpg", Some("2015/b-scaled.jpg")),
            ("c-100x50.png", Some("c-100x50.png")),
            ("sites/3/2015/a.jpg", Some("2015/a.jpg")),
            ("2015/d-x.jpg", None),
        ] {
            assert_eq!(local_name(path, |name| there.contains(&name)).as_deref(), name, "{path}");
        }
    }
}
