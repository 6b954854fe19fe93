//! Which requests get no answer, and what they get instead.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};

use super::hosts::{HostError, Hosts};
use super::response::text;
use super::target::{Target, TargetError};

/// Why a request gets no answer.
#[derive(Debug)]
pub enum Refusal {
    /// It is for another host, or for none.
    Host(HostError),
    /// It wants something done.
    Method,
    /// It brings something along.
    Content,
    /// It asks for what cannot be.
    Target(TargetError),
}

/// The address that a request asks for, or why it gets no answer.
pub fn check(hosts: &Hosts, parts: &Parts, local: IpAddr) -> Result<Target, Refusal> {
    hosts.check(&parts.headers, local).map_err(Refusal::Host)?;
    if let Some(authority) = parts.uri.authority() {
        hosts.check_authority(authority.as_str(), local).map_err(Refusal::Host)?;
    }
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Refusal::Method);
    }
    if has_body(&parts.headers) {
        return Err(Refusal::Content);
    }
    Target::of(&parts.uri).map_err(Refusal::Target)
}

/// Whether a request has a body, which one of two headers says (RFC 9112, section 6.3).
pub fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).map(HeaderValue::as_bytes);
    headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != b"0")
}

impl Refusal {
    /// What the client is told.
    pub fn response(self) -> Response<Body> {
        match self {
            Refusal::Host(HostError::Malformed) => {
                text(StatusCode::BAD_REQUEST, "This request does not say which host it is for.\n")
            }
            Refusal::Host(HostError::Foreign(name)) => text(
                StatusCode::FORBIDDEN,
                &format!(
                    "The preview does not answer to the name {name}, because other sites could use it to read your drafts.\n\
                     If it is a name of your own, start it with `--allowed-host {name}`.\n"
                ),
            ),
            Refusal::Method => {
                let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "The preview can only be read.\n");
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
                response
            }
            Refusal::Content => text(StatusCode::BAD_REQUEST, "The preview reads no content.\n"),
            Refusal::Target(TargetError::TooLong) => text(StatusCode::URI_TOO_LONG, "This address is too long.\n"),
            Refusal::Target(TargetError::Malformed) => text(StatusCode::BAD_REQUEST, "This is no address of a site.\n"),
        }
    }
}
