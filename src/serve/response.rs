//! Responses: the status, the headers and as much of the content as a request asks for.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};

use super::conditions::{Wanted, wanted};
use super::content::Opened;
use super::page::with_script;
use super::reply::Reply;
use crate::digest::Digest;

/// The response that a reply comes to. `written` is the path as the browser asked for it.
pub fn respond(reply: Reply, written: &str, headers: &HeaderMap) -> Response<Body> {
    match reply {
        Reply::Page(page) => {
            let status = page.status;
            let page = with_script(&page.html, written, page.kind, &page.versions);
            let media = "text/html; charset=utf-8";
            if status == StatusCode::OK { bytes(page, media, headers) } else { whole(status, page, media) }
        }
        Reply::Bytes(content, media) => bytes(content, &media, headers),
        Reply::File(opened, media) => file(opened, &media, headers)
            .unwrap_or_else(|_| text(StatusCode::INTERNAL_SERVER_ERROR, "This file cannot be read.\n")),
        Reply::Redirect(location) => {
            let mut response = text(StatusCode::FOUND, "This is somewhere else.\n");
            insert(response.headers_mut(), header::LOCATION, &location);
            response
        }
    }
}

/// Bytes that may be asked for in part, or not at all if the client has them.
pub fn bytes(content: Vec<u8>, media: &str, headers: &HeaderMap) -> Response<Body> {
    let tag = format!("\"{}\"", Digest::of(&content));
    let content = Bytes::from(content);
    let part = |first: u64, length: u64| Ok(content.slice(first as usize..(first + length) as usize).into());
    partly(&tag, content.len() as u64, media, headers, part).unwrap_or_default()
}

/// The same for a file.
fn file(opened: Opened, media: &str, headers: &HeaderMap) -> io::Result<Response<Body>> {
    let (tag, size) = (opened.tag(), opened.size);
    partly(&tag, size, media, headers, |first, length| opened.part(first, length))
}

/// As much of something as a request asks for.
fn partly(
    tag: &str,
    size: u64,
    media: &str,
    headers: &HeaderMap,
    part: impl FnOnce(u64, u64) -> io::Result<Body>,
) -> io::Result<Response<Body>> {
    let (status, stretch) = match wanted(headers, tag, size) {
        Wanted::Whole => (StatusCode::OK, Some((0, size))),
        Wanted::Part(first, last) => (StatusCode::PARTIAL_CONTENT, Some((first, last - first + 1))),
        Wanted::NotModified => (StatusCode::NOT_MODIFIED, None),
        Wanted::PreconditionFailed => return Ok(text(StatusCode::PRECONDITION_FAILED, "There is another version of this.\n")),
        Wanted::Unsatisfiable => {
            let mut response = text(StatusCode::RANGE_NOT_SATISFIABLE, "This has no such part.\n");
            insert(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(response);
        }
    };
    let mut response = Response::new(stretch.map_or_else(|| Ok(Body::empty()), |(first, length)| part(first, length))?);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    insert(headers, header::ETAG, tag);
    insert(headers, header::CACHE_CONTROL, "no-cache");
    if let Some((first, length)) = stretch {
        insert(headers, header::CONTENT_TYPE, media);
        insert(headers, header::CONTENT_LENGTH, &length.to_string());
        insert(headers, header::ACCEPT_RANGES, "bytes");
        if status == StatusCode::PARTIAL_CONTENT {
            insert(headers, header::CONTENT_RANGE, &format!("bytes {first}-{}/{size}", first + length - 1));
        }
    }
    Ok(response)
}

/// A few words of the server's own.
pub fn text(status: StatusCode, words: &str) -> Response<Body> {
    whole(status, words.as_bytes().to_owned(), "text/plain; charset=utf-8")
}

fn whole(status: StatusCode, content: Vec<u8>, media: &str) -> Response<Body> {
    let length = content.len();
    let mut response = Response::new(content.into());
    *response.status_mut() = status;
    insert(response.headers_mut(), header::CONTENT_TYPE, media);
    insert(response.headers_mut(), header::CONTENT_LENGTH, &length.to_string());
    // What is wrong now may be right at the next look.
    insert(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    response
}

/// What every response has: no other site may use it, and nobody guesses what it is.
pub fn secure(headers: &mut HeaderMap) {
    insert(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    insert(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
}

/// Sets a header. A value that can be none leaves it out, so no line can be added through one.
pub fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
