//! The preview's server: HTTP/1.1 for an author's own browser, with live reload.
//!
//! What stands at an address, and when it changes, a [`Preview`] says; how it is kept current is left to it. A page goes
//! out as a build would write it, with one script tag more. The server only reads, and it is careful, because every page
//! that is open in the same browser can send it requests: it answers to its own names alone, and gives no other site
//! leave to read anything.

pub mod conditions;
mod connections;
mod content;
mod error_page;
mod headers;
mod hosts;
mod listen;
mod live;
mod media;
mod page;
mod problem;
mod refusal;
mod reply;
mod request;
mod response;
pub mod target;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::watch;

pub use self::listen::{DEFAULT_PORT, ListenError, PortChoice, exposure, listen};
pub use self::problem::{Excerpt, Problem};
use self::request::Server;
use crate::outputs::Content;
use crate::pipeline;

/// What a preview shows. Each answer is from one snapshot.
pub trait Preview: Send + Sync + 'static {
    /// Where the site stands below its host, as addresses have it: `/` or `/sub/dir/`, percent-encoded.
    fn base_path(&self) -> String;

    /// What stands at a path from the site's root: decoded, beginning with `/`, the base path taken off. No part of it is
    /// empty, `.` or `..`. It may take its time, as it is not asked on a thread that others wait for.
    fn answer(&self, path: &str) -> Answer;

    /// The number of what is shown: another one after every change of pages, of files or of what is wrong, set once the
    /// change can be seen.
    fn changes(&self) -> watch::Receiver<u64>;

    /// The errors that keep the newest state of the files from being shown; empty if all is well.
    fn problems(&self) -> Vec<Problem>;

    /// The addresses, as links have them, of pages that a build would not publish, with one word for each: `Draft`,
    /// `Scheduled`, `Expired`.
    fn unpublished(&self) -> Vec<(String, &'static str)>;
}

/// What stands at an address.
#[derive(Debug)]
pub enum Answer {
    /// A file of the site, with its path in the output folder, which says what kind of file it is.
    File {
        /// `networking/agenda/index.html`.
        path: String,
        /// What is in it.
        content: Content,
    },
    /// The same thing has another address: a path from the site's root, decoded, as for [`Preview::answer`]. A folder
    /// without its slash is such a case.
    Redirect(String),
    /// Nothing, which the site's own page says if it has one.
    NotFound(Option<Vec<u8>>),
    /// There is such a page, but it cannot be made.
    Failed(Problem),
    /// There is no site yet, because something in its files keeps it from being made at all.
    Unready,
}

/// How the server behaves.
#[derive(Clone, Default)]
pub struct ServeOptions {
    /// Names besides `localhost` and the server's own addresses by which browsers may call it.
    pub allowed_hosts: Vec<String>,
    /// Gets a line for every request, safe to print.
    pub log: Option<Log>,
    /// What clients may ask of it.
    pub limits: Limits,
}

/// Who gets a line for every request.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// How much a client may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the head of a request may take, and how long a connection may wait for one.
    pub head_time: Duration,
    /// How many connections there are at most. Each takes a file handle or two, of which some systems allow 256.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { head_time: Duration::from_secs(10), connections: 100 }
    }
}

/// How many pages are made at a time. More would only keep each other, and whoever asks next, from the processor.
const PAGES_AT_A_TIME: usize = 16;

/// How often the server looks whether it shall stop.
const LOOK: Duration = Duration::from_millis(50);

/// Answers until `stop` is other than 0, and then ends at once, whatever is still open.
pub fn run(listener: TcpListener, preview: Arc<dyn Preview>, options: ServeOptions, stop: &AtomicUsize) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    // Pages are made on the runtime's threads, from templates that may go deep.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).max_blocking_threads(PAGES_AT_A_TIME).thread_stack_size(pipeline::STACK_BYTES);
    let runtime = runtime.enable_all().build()?;
    let limits = options.limits;
    let server = Arc::new(Server::new(preview, options));
    let result = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::select! {
            () = connections::accept(listener, limits, server) => {}
            () = is_asked_to_stop(stop) => {}
        }
        Ok(())
    });
    // A page that is still being made is not waited for.
    runtime.shutdown_background();
    result
}

async fn is_asked_to_stop(stop: &AtomicUsize) {
    while stop.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(LOOK).await;
    }
}
