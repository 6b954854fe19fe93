//! What a preview's answer comes to, before it is sent: the same for whoever asks for an address and for whoever asks
//! whether what stands there has changed.

use std::path::Path;

use axum::http::StatusCode;

use super::content::Opened;
use super::media::{is_page, media_type};
use super::page::{Kind, Versions};
use super::problem::Problem;
use super::target::{Target, location};
use super::{Answer, Preview, error_page};
use crate::digest::Digest;
use crate::outputs::Content;
use crate::source;

/// What is at an address.
#[derive(Debug)]
pub enum Reply {
    /// A page.
    Page {
        /// 200 or what is wrong.
        status: StatusCode,
        /// As a build would write it.
        html: Vec<u8>,
        /// Whose it is.
        kind: Kind,
        /// What keeps the site's page from being there.
        problem: Option<Problem>,
    },
    /// A file that is in memory, and its media type.
    Bytes(Vec<u8>, String),
    /// A file on the disk, and its media type.
    File(Opened, String),
    /// The address has moved to this one.
    Redirect(String),
}

/// A page of the author's own that is larger goes out as a file.
const LARGEST_PAGE: u64 = 16 << 20;

/// What stands at an address. This takes as long as the preview and the disk do.
pub fn of(preview: &dyn Preview, target: &Target) -> Reply {
    let base = preview.base_path();
    let query = target.query.as_deref();
    let Some(path) = target.below(&base) else {
        let is_above = target.path == "/" || target.below("/").is_some_and(|path| format!("{path}/") == decoded(&base));
        let outside = || page(StatusCode::NOT_FOUND, error_page::not_found(&base).into_bytes());
        return if is_above { Reply::Redirect(location(&base, "", query)) } else { outside() };
    };
    let answer = if target.is_possible() { preview.answer(&path) } else { Answer::NotFound(None) };
    match answer {
        Answer::File { path, content } => file(&path, content, &base),
        Answer::Redirect(to) => Reply::Redirect(location(&base, &to, query)),
        Answer::NotFound(own) => page(StatusCode::NOT_FOUND, own.unwrap_or_else(|| error_page::not_found(&base).into_bytes())),
        Answer::Failed(problem) => broken(problem),
        Answer::Unready => Reply::Page {
            status: StatusCode::SERVICE_UNAVAILABLE,
            html: error_page::unready(&preview.problems()).into_bytes(),
            kind: Kind::Problems,
            problem: None,
        },
    }
}

fn decoded(base: &str) -> String {
    crate::url::percent_decode(base).map(|base| base.into_owned()).unwrap_or_default()
}

fn page(status: StatusCode, html: Vec<u8>) -> Reply {
    Reply::Page { status, html, kind: Kind::Site, problem: None }
}

/// A page that says why the site's is not there.
pub fn broken(problem: Problem) -> Reply {
    let html = error_page::failed(&problem).into_bytes();
    Reply::Page { status: StatusCode::INTERNAL_SERVER_ERROR, html, kind: Kind::Problems, problem: Some(problem) }
}

fn file(path: &str, content: Content, base: &str) -> Reply {
    let media = media_type(path);
    let location = match content {
        Content::Bytes(html) if is_page(&media) => return page(StatusCode::OK, html),
        Content::Bytes(bytes) => return Reply::Bytes(bytes, media),
        Content::File(location) => location,
    };
    match open(&location, &media) {
        Ok(Ok(html)) => page(StatusCode::OK, html),
        Ok(Err(opened)) => Reply::File(opened, media),
        // It was there when the site was read; the preview will hear of it.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            page(StatusCode::NOT_FOUND, error_page::not_found(base).into_bytes())
        }
        Err(error) => broken(Problem::new(&source::unreadable(&error).at(crate::diagnostic::Place::file(path)), None)),
    }
}

/// A page of the author's own, or a file of another kind.
fn open(location: &Path, media: &str) -> std::io::Result<Result<Vec<u8>, Opened>> {
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
            Reply::Page { html, kind, problem, .. } => Seen { versions: Versions::of(&html), kind, problem },
            // Whoever shows a page here shows something else than there is.
            Reply::Bytes(..) | Reply::File(..) | Reply::Redirect(_) => {
                let none = Digest::default().to_string();
                let versions = Versions { page: none.clone(), rest: none, styles: Vec::new() };
                Seen { versions, kind: Kind::Site, problem: None }
            }
        }
    }
}
