//! Live reload: an open page hears over a WebSocket what has become of it.
//!
//! A tab says which version of which page it shows, which the script's tag told it. After every change the server looks at
//! that page again and tells the tab to load it again, to take other style sheets, or nothing. It remembers nothing of a
//! tab but what the tab said, so one that comes back after a restart is told the same as any other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::Response;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::Preview;
use super::connections::Seat;
use super::error_page::MOST_LISTED;
use super::page::{Kind, Versions};
use super::problem::Problem;
use super::reply::{self, Seen};
use super::request::{Server, stumbled};
use super::target::Target;

/// Changes that follow each other so closely are one.
const SETTLE: Duration = Duration::from_millis(20);

/// How long a tab may take to say what it shows, and to take what it is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a tab is asked whether it is still there. One that did not answer the last time is not.
const BEAT: Duration = Duration::from_secs(30);

/// The most bytes that a tab may say at once.
const LARGEST_MESSAGE: usize = 32 * 1024;

/// How many addresses are remembered between two changes.
const MOST_ADDRESSES: usize = 1000;

/// What a tab says when it connects.
#[derive(Debug, Deserialize)]
struct Tab {
    /// The path of the page, as the browser asked for it.
    path: String,
    /// The digests that came with it.
    page: String,
    rest: String,
    /// Whether it is a list of problems in place of a page.
    problems: bool,
}

/// What a tab is told.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum News<'n> {
    /// What is wrong and what is not published.
    State { problems: &'n [&'n Problem], more: usize, unpublished: &'n [(String, &'static str)] },
    /// The page has these style sheets now, and is then this version.
    Styles { hrefs: &'n [String], page: &'n str },
    /// The page is another one.
    Reload,
}

/// What tabs are told, made once for all of them.
pub struct Live {
    preview: Arc<dyn Preview>,
    known: Mutex<Known>,
}

/// What was found out since a change.
#[derive(Default)]
struct Known {
    number: u64,
    state: Arc<OnceCell<State>>,
    pages: HashMap<String, Arc<OnceCell<Seen>>>,
}

/// What is the same for all pages.
struct State {
    problems: Vec<Problem>,
    unpublished: Vec<(String, &'static str)>,
}

impl Live {
    pub fn new(preview: Arc<dyn Preview>) -> Live {
        Live { preview, known: Mutex::default() }
    }

    /// Makes a WebSocket of a request. Whether it may have one is known.
    pub async fn connect(server: Arc<Server>, parts: &mut Parts, seat: Arc<Seat>) -> Response<Body> {
        match WebSocketUpgrade::from_request_parts(parts, &()).await {
            Ok(upgrade) => {
                upgrade.max_message_size(LARGEST_MESSAGE).max_frame_size(LARGEST_MESSAGE).on_upgrade(move |socket| async move {
                    let _busy = seat.busy();
                    tokio::select! {
                        // How a tab leaves is its own affair.
                        _ = converse(socket, &server) => {}
                        () = seat.is_sent_away() => {}
                    }
                })
            }
            Err(refusal) => refusal.into_response(),
        }
    }

    /// What stands at a tab's address as of a change. Whoever asks first has it looked at.
    async fn page(&self, number: u64, target: &Target) -> Arc<OnceCell<Seen>> {
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.begin(number);
            known.pages.entry(target.written.clone()).or_default().clone()
        };
        let look = || async {
            let (preview, target) = (self.preview.clone(), target.clone());
            let seen = tokio::task::spawn_blocking(move || Seen::of(&*preview, &target)).await;
            seen.unwrap_or_else(|_| reply::broken(stumbled()).into())
        };
        cell.get_or_init(look).await;
        cell
    }

    /// What is wrong as of a change.
    async fn state(&self, number: u64) -> Arc<OnceCell<State>> {
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.begin(number);
            known.state.clone()
        };
        let look = || async {
            let preview = self.preview.clone();
            let state = move || State { problems: preview.problems(), unpublished: preview.unpublished() };
            let state = tokio::task::spawn_blocking(state).await;
            state.unwrap_or_else(|_| State { problems: vec![stumbled()], unpublished: Vec::new() })
        };
        cell.get_or_init(look).await;
        cell
    }
}

impl Known {
    fn begin(&mut self, number: u64) {
        if self.number != number || self.pages.len() > MOST_ADDRESSES {
            *self = Known { number, ..Known::default() };
        }
    }
}

/// Tells a tab what becomes of its page, until one of the two has enough.
async fn converse(mut socket: WebSocket, server: &Server) -> Option<()> {
    let mut tab = greet(&mut socket).await?;
    let target = Target::parse(&tab.path).ok()?;
    let mut changes = server.preview.changes();
    let mut told = String::new();
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.tick().await;
    let mut is_there = true;
    loop {
        let number = *changes.borrow_and_update();
        for news in news(&server.live, number, &target, &mut tab, &mut told).await {
            timeout(PATIENCE, socket.send(Message::text(news))).await.ok()?.ok()?;
        }
        loop {
            tokio::select! {
                changed = changes.changed() => {
                    changed.ok()?;
                    sleep(SETTLE).await;
                    break;
                }
                // Nothing that it says from here on matters, but that it says something.
                message = socket.recv() => {
                    if let Message::Close(_) = message?.ok()? {
                        return None;
                    }
                    is_there = true;
                }
                _ = beat.tick() => {
                    if !std::mem::take(&mut is_there) {
                        return None;
                    }
                    timeout(PATIENCE, socket.send(Message::Ping(Default::default()))).await.ok()?.ok()?;
                }
            }
        }
    }
}

async fn greet(socket: &mut WebSocket) -> Option<Tab> {
    match timeout(PATIENCE, socket.recv()).await.ok()?? {
        Ok(Message::Text(text)) => serde_json::from_str(&text).ok(),
        _ => None,
    }
}

/// The messages that bring a tab up to date, and what is known of it after they are sent. `told` is what it was told last
/// of what is wrong.
async fn news(live: &Live, number: u64, target: &Target, tab: &mut Tab, told: &mut String) -> Vec<String> {
    let (page, state) = (live.page(number, target).await, live.state(number).await);
    let (Some(seen), Some(state)) = (page.get(), state.get()) else { return Vec::new() };
    let mut news = Vec::new();
    // A page is better than a list of problems, which can be shown above it. So it stays until there is another page.
    let is_worth_showing = seen.kind == Kind::Site || tab.problems;
    let own = seen.problem.as_ref().filter(|problem| !is_worth_showing && !state.problems.contains(problem));
    let problems: Vec<&Problem> = own.into_iter().chain(&state.problems).collect();
    let listed = &problems[..problems.len().min(MOST_LISTED)];
    let state = News::State { problems: listed, more: problems.len() - listed.len(), unpublished: &state.unpublished };
    let state = written(&state);
    if *told != state {
        told.clone_from(&state);
        news.push(state);
    }
    if is_worth_showing && seen.versions.page != tab.page {
        news.push(written(&tab.compare(&seen.versions)));
        tab.page.clone_from(&seen.versions.page);
        tab.rest.clone_from(&seen.versions.rest);
    }
    news
}

impl Tab {
    /// What makes its page the other version.
    fn compare<'v>(&self, versions: &'v Versions) -> News<'v> {
        if self.rest == versions.rest && !self.problems {
            News::Styles { hrefs: &versions.styles, page: &versions.page }
        } else {
            News::Reload
        }
    }
}

/// News as JSON. They have texts for keys, so this does not fail.
fn written(news: &News<'_>) -> String {
    serde_json::to_string(news).unwrap_or_default()
}
