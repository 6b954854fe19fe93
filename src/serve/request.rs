//! One request: whether it is answered at all, and the response to it.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;

use super::connections::Seat;
use super::content::Holding;
use super::headers::Rules;
use super::hosts::{Hosts, is_own_origin};
use super::live::Live;
use super::page::Kind;
use super::problem::Problem;
use super::refusal::{check, has_body};
use super::reply::{self, Reply};
use super::response::{bytes, insert, respond, secure, text};
use super::target::Target;
use super::{Answer, Log, Preview, ServeOptions};
use crate::diagnostic::{Diagnostic, printable};
use crate::outputs::Content;
use crate::outputs::hosting::CONTENT_SECURITY_POLICY;

/// The server's own addresses, below the host's root wherever the site stands.
const OWN: &str = "/.guidepost/";

const SCRIPT: &str = include_str!("live.js");
const STYLE: &str = include_str!("live.css");

/// What all requests share.
pub struct Server {
    pub preview: Arc<dyn Preview>,
    pub live: Live,
    hosts: Hosts,
    log: Option<Log>,
    /// The rules of the site's `_headers` as of a change.
    rules: Mutex<Option<(u64, Arc<Rules>)>>,
}

impl Server {
    pub fn new(preview: Arc<dyn Preview>, options: ServeOptions) -> Server {
        let live = Live::new(preview.clone());
        Server { preview, live, hosts: Hosts::new(&options.allowed_hosts), log: options.log, rules: Mutex::new(None) }
    }

    /// The rules of the site's `_headers`, read again after every change.
    fn rules(&self) -> Arc<Rules> {
        let number = *self.preview.changes().borrow();
        let known = |rules: &Option<(u64, Arc<Rules>)>| match rules {
            Some((of, rules)) if *of == number => Some(rules.clone()),
            _ => None,
        };
        if let Some(rules) = known(&self.rules.lock().unwrap_or_else(PoisonError::into_inner)) {
            return rules;
        }
        let rules = match self.preview.answer("/_headers") {
            Answer::File { content: Content::Bytes(bytes), .. } => Rules::parse(&bytes),
            Answer::File { content: Content::File(path), .. } => Rules::parse(&crate::source::read(&path).unwrap_or_default()),
            _ => Rules::default(),
        };
        let rules = Arc::new(rules);
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, rules.clone()));
        rules
    }
}

/// Answers a request that came in at the address `local`.
pub async fn handle(
    server: Arc<Server>,
    local: IpAddr,
    seat: Arc<Seat>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let (busy, _making) = (seat.busy(), seat.making());
    let (mut parts, _) = request.into_parts();
    let has_body = has_body(&parts.headers);
    let line = server.log.as_ref().map(|_| format!("{} {}", parts.method, parts.uri));
    let method = parts.method.clone();
    let mut response = match check(&server.hosts, &parts, local) {
        Ok(target) if target.path.starts_with(OWN) => own(&server, &target, &mut parts, seat.clone()).await,
        Ok(target) => site(&server, target, &parts.headers).await,
        Err(refusal) => refusal.response(),
    };
    if let (Some(log), Some(line)) = (&server.log, line) {
        log(&printable(&format!("{line} {}", response.status().as_u16())));
    }
    secure(response.headers_mut());
    if has_body {
        // Where the next request begins, only the body would tell, and nobody reads that.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let body = std::mem::take(response.body_mut());
    *response.body_mut() = if method == Method::HEAD { Body::empty() } else { Holding::body(body, busy) };
    Ok(response)
}

/// What the server has itself: the script, its style and the connection over which a tab hears of changes.
async fn own(server: &Arc<Server>, target: &Target, parts: &mut Parts, seat: Arc<Seat>) -> Response<Body> {
    let file = |text: &'static str, media| bytes(text.into(), media, &parts.headers);
    let mut response = match &target.path[OWN.len()..] {
        "live.js" => file(SCRIPT, "text/javascript; charset=utf-8"),
        "live.css" => file(STYLE, "text/css; charset=utf-8"),
        "live" if is_own_origin(&parts.headers) => return Live::connect(server.clone(), parts, seat).await,
        "live" => text(StatusCode::FORBIDDEN, "Only pages of the preview itself may listen for changes.\n"),
        _ => text(StatusCode::NOT_FOUND, "There is nothing here.\n"),
    };
    insert(response.headers_mut(), header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    response
}

/// What the site has.
async fn site(server: &Arc<Server>, target: Target, headers: &HeaderMap) -> Response<Body> {
    let asked = server.clone();
    let path = target.path.clone();
    let written = target.written.clone();
    let answered = tokio::task::spawn_blocking(move || (reply::of(&*asked.preview, &target), asked.rules())).await;
    let (reply, rules) = answered.unwrap_or_else(|_| (reply::broken(stumbled()), Arc::default()));
    let is_ours = matches!(&reply, Reply::Page(page) if page.kind == Kind::Problems);
    let mut response = respond(reply, &written, headers);
    rules.apply(&path, response.headers_mut());
    if is_ours {
        insert(response.headers_mut(), header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    }
    response
}

/// What is said when making a page ended in a panic.
pub fn stumbled() -> Problem {
    let message = "Guidepost stumbled over this page; this is a mistake in Guidepost, not in your files";
    Problem::new(&Diagnostic::error("internal", message).hint("please report it"), None)
}
