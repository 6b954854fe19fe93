//! What a preview's answer comes to, before it is sent: the same for whoever asks for an address and for whoever asks
//! whether what stands there has changed.

use std::io;
use std::path::Path;

use axum::http::StatusCode;

use super::content::Opened;
use super::media::{is_page, media_type};
use super::page::{Kind, Versions};
use super::problem::Problem;
use super::target::{Target, location};
use super::{Answer, Preview, error_page};
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::outputs::Content;
use crate::source::{self, Version};
use crate::url::percent_decode;

/// What is at an address.
#[derive(Debug)]
pub enum Reply {
    /// A page.
    Page(Box<Page>),
    /// A file that is in memory, and its media type.
    Bytes(Vec<u8>, String),
    /// A file on the disk, and its media type.
    File(Opened, String),
    /// The address has moved to this one.
    Redirect(String),
}

/// A page, before the script goes into it.
#[derive(Debug)]
pub struct Page {
    /// 200 or what is wrong.
    pub status: StatusCode,
    /// As a build would write it.
    pub html: Vec<u8>,
    /// Whose it is.
    pub kind: Kind,
    /// What keeps the site's page from being there.
    pub problem: Option<Problem>,
    /// What tells it from other versions.
    pub versions: Versions,
}

/// A page of the author's own that is larger goes out as a file.
const LARGEST_PAGE: u64 = 16 << 20;

/// What stands at an address. This takes as long as the preview and the disk do.
pub fn of(preview: &dyn Preview, target: &Target) -> Reply {
    let base = preview.base_path();
    let query = target.query.as_deref();
    let missing = || error_page::not_found(&base).into_bytes();
    let Some(path) = target.below(&base) else {
        let is_home = target.path == "/" || percent_decode(&base).is_some_and(|base| format!("{}/", target.path) == base);
        return if is_home {
            Reply::Redirect(location(&base, "", query))
        } else {
            page(preview, StatusCode::NOT_FOUND, missing())
        };
    };
    let answer = if target.is_possible() { preview.answer(&path) } else { Answer::NotFound(None) };
    match answer {
        Answer::File { path, content } => file(preview, &path, content),
        Answer::Redirect(to) => Reply::Redirect(location(&base, &to, query)),
        Answer::NotFound(own) => page(preview, StatusCode::NOT_FOUND, own.unwrap_or_else(missing)),
        Answer::Failed(problem) => broken(problem),
        Answer::Unready => list(StatusCode::SERVICE_UNAVAILABLE, error_page::unready(&preview.problems()), None),
    }
}

/// A page of the site's.
fn page(preview: &dyn Preview, status: StatusCode, html: Vec<u8>) -> Reply {
    let versions = Versions::of(&html, |address| picture(preview, address));
    Reply::Page(Box::new(Page { status, html, kind: Kind::Site, problem: None, versions }))
}

/// A page in place of one, which lists problems.
fn list(status: StatusCode, html: String, problem: Option<Problem>) -> Reply {
    let html = html.into_bytes();
    let versions = Versions::of(&html, |_| String::new());
    Reply::Page(Box::new(Page { status, html, kind: Kind::Problems, problem, versions }))
}

/// A page that says why the site's is not there.
pub fn broken(problem: Problem) -> Reply {
    list(StatusCode::INTERNAL_SERVER_ERROR, error_page::failed(&problem), Some(problem))
}

/// What tells one version of a picture of this site from the next. Of those of other sites nobody here knows.
fn picture(preview: &dyn Preview, address: &str) -> String {
    let path = address.split(['?', '#']).next().and_then(|path| Target::parse(path).ok());
    // Nothing else is a picture, and making a page to find that out takes a while.
    let path = path.filter(|target| target.is_possible() && media_type(&target.path).starts_with("image/"));
    let path = path.and_then(|target| target.below(&preview.base_path()));
    match path.map(|path| preview.answer(&path)) {
        Some(Answer::File { content: Content::File(location), .. }) => Version::at(&location).to_string(),
        Some(Answer::File { content: Content::Bytes(bytes), .. }) => Digest::of(&bytes).to_string(),
        _ => String::new(),
    }
}

fn file(preview: &dyn Preview, path: &str, content: Content) -> Reply {
    let media = media_type(path);
    let location = match content {
        Content::Bytes(html) if is_page(&media) => return page(preview, StatusCode::OK, html),
        Content::Bytes(bytes) => return Reply::Bytes(bytes, media),
        Content::File(location) => location,
    };
    match open(&location, &media) {
        Ok(Ok(html)) => page(preview, StatusCode::OK, html),
        Ok(Err(opened)) => Reply::File(opened, media),
        // It was there when the site was read; the preview will hear of it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            page(preview, StatusCode::NOT_FOUND, error_page::not_found(&preview.base_path()).into_bytes())
        }
        Err(error) => broken(Problem::new(&source::unreadable(&error).at(Place::file(path)), None)),
    }
}

/// A page of the author's own, or a file of another kind.
fn open(location: &Path, media: &str) -> io::Result<Result<Vec<u8>, Opened>> {
    let opened = Opened::open(location)?;
    if is_page(media) && opened.size <= LARGEST_PAGE { source::read(location).map(Ok) } else { Ok(Err(opened)) }
}

/// What a tab needs to know of what stands at an address, to tell whether it shows that.
#[derive(Debug)]
pub struct Seen {
    /// Of the page, if it is one.
    pub versions: Versions,
    /// Whose page it is.
    pub kind: Kind,
    /// What keeps the site's page from being there.
    pub problem: Option<Problem>,
}

impl Seen {
    /// What stands at an address.
    pub fn of(preview: &dyn Preview, target: &Target) -> Seen {
        of(preview, target).into()
    }
}

impl From<Reply> for Seen {
    fn from(reply: Reply) -> Seen {
        match reply {
            Reply::Page(page) => Seen { versions: page.versions, kind: page.kind, problem: page.problem },
            // Whoever shows a page here shows something else than there is.
            Reply::Bytes(..) | Reply::File(..) | Reply::Redirect(_) => {
                Seen { versions: Versions::none(), kind: Kind::Site, problem: None }
            }
        }
    }
}
