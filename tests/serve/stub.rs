//! A preview that shows what a test tells it to, and the server before it.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use guidepost::outputs::Content;
use guidepost::serve::{self, Answer, PortChoice, Preview, Problem, ServeOptions};
use tokio::sync::watch;

/// What stands at a path.
#[derive(Clone)]
pub enum Thing {
    /// A page.
    Page(String),
    /// Bytes that are no page.
    Bytes(Vec<u8>),
    /// A file on the disk.
    File(PathBuf),
    /// Another path.
    Moved(String),
    /// A page that cannot be made.
    Failed(Problem),
    /// A page whose making ends in a panic.
    Panic,
}

/// See the module.
pub struct Stub {
    base: String,
    things: Mutex<BTreeMap<String, Thing>>,
    problems: Mutex<Vec<Problem>>,
    unpublished: Mutex<Vec<(String, &'static str)>>,
    is_ready: Mutex<bool>,
    changes: watch::Sender<u64>,
    asked: Mutex<Vec<String>>,
}

impl Stub {
    pub fn at(base: &str) -> Arc<Stub> {
        Arc::new(Stub {
            base: base.to_owned(),
            things: Mutex::default(),
            problems: Mutex::default(),
            unpublished: Mutex::default(),
            is_ready: Mutex::new(true),
            changes: watch::Sender::new(1),
            asked: Mutex::default(),
        })
    }

    /// Puts something at a path. Nobody hears of it.
    pub fn put(&self, path: &str, thing: Thing) {
        self.things.lock().unwrap().insert(path.to_owned(), thing);
    }

    pub fn put_page(&self, path: &str, html: &str) {
        self.put(path, Thing::Page(html.to_owned()));
    }

    pub fn remove(&self, path: &str) {
        self.things.lock().unwrap().remove(path);
    }

    pub fn set_problems(&self, problems: Vec<Problem>) {
        *self.problems.lock().unwrap() = problems;
    }

    pub fn set_unpublished(&self, unpublished: &[(&str, &'static str)]) {
        *self.unpublished.lock().unwrap() = unpublished.iter().map(|(href, word)| ((*href).to_owned(), *word)).collect();
    }

    pub fn set_ready(&self, is_ready: bool) {
        *self.is_ready.lock().unwrap() = is_ready;
    }

    /// Tells that something changed.
    pub fn change(&self) {
        self.changes.send_modify(|number| *number += 1);
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    /// Every path that was asked for, but for the one that the server asks for itself.
    pub fn all_asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().filter(|path| *path != "/_headers").cloned().collect()
    }
}

impl Preview for Stub {
    fn base_path(&self) -> String {
        self.base.clone()
    }

    fn answer(&self, path: &str) -> Answer {
        self.asked.lock().unwrap().push(path.to_owned());
        if !*self.is_ready.lock().unwrap() {
            return Answer::Unready;
        }
        let thing = self.things.lock().unwrap().get(path).cloned();
        let file = match path.strip_suffix('/') {
            Some(folder) => format!("{folder}/index.html"),
            None => path.to_owned(),
        };
        let file = |content| Answer::File { path: file[1..].to_owned(), content };
        match thing {
            Some(Thing::Page(html)) => file(html.into()),
            Some(Thing::Bytes(bytes)) => file(bytes.into()),
            Some(Thing::File(place)) => file(Content::File(place)),
            Some(Thing::Moved(to)) => Answer::Redirect(to),
            Some(Thing::Failed(problem)) => Answer::Failed(problem),
            Some(Thing::Panic) => panic!("a test asked for it"),
            None => Answer::NotFound(match self.things.lock().unwrap().get("/404.html") {
                Some(Thing::Page(html)) => Some(html.clone().into_bytes()),
                _ => None,
            }),
        }
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn problems(&self) -> Vec<Problem> {
        self.problems.lock().unwrap().clone()
    }

    fn unpublished(&self) -> Vec<(String, &'static str)> {
        self.unpublished.lock().unwrap().clone()
    }
}

/// A server that runs until the test is over.
pub struct Running {
    pub address: SocketAddr,
    stop: Arc<AtomicUsize>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    pub fn new(stub: &Arc<Stub>) -> Running {
        Running::with(stub, ServeOptions::default())
    }

    pub fn with(stub: &Arc<Stub>, options: ServeOptions) -> Running {
        Running::at(stub, options, IpAddr::V4(Ipv4Addr::LOCALHOST), 0)
    }

    pub fn at(stub: &Arc<Stub>, options: ServeOptions, bind: IpAddr, port: u16) -> Running {
        let listener = serve::listen(bind, PortChoice::Asked(port)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = Arc::new(AtomicUsize::new(0));
        let (preview, asked): (Arc<dyn Preview>, _) = (stub.clone(), stop.clone());
        let thread = std::thread::spawn(move || serve::run(listener, preview, options, &asked));
        Running { address, stop, thread: Some(thread) }
    }

    /// Asks the server to stop and waits until it has.
    pub fn end(mut self) -> io::Result<()> {
        self.stop.store(2, Ordering::Relaxed);
        self.thread.take().unwrap().join().expect("no panic")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(2, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(std::thread::panicking() || matches!(ended, Ok(Ok(()))), "{ended:?}");
        }
    }
}

/// A site of one page, and its server.
pub fn one_page() -> (Arc<Stub>, Running) {
    let stub = Stub::at("/");
    stub.put_page("/", PAGE);
    let running = Running::new(&stub);
    (stub, running)
}

pub const PAGE: &str = "<!doctype html>\n<html><head><title>Home</title></head><body><h1>Home</h1></body></html>\n";

/// A problem with a message.
pub fn problem(message: &str) -> Problem {
    Problem {
        severity: "error",
        code: "broken-link",
        message: message.to_owned(),
        file: Some("content/a.md".to_owned()),
        line: Some(3),
        column: Some(5),
        excerpt: None,
        hint: None,
    }
}

/// A file of so many bytes, of which the disk need not hold any.
pub fn hollow_file(folder: &Path, size: u64) -> PathBuf {
    let path = folder.join("large.iso");
    std::fs::File::create(&path).and_then(|file| file.set_len(size)).expect("a file");
    path
}
