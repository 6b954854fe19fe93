//! `guidepost serve`: the site in the author's browser, current while its files change.
//!
//! Three threads: one notices changes and keeps the workspace current, one answers browsers from the newest moment, and
//! now and then one makes the search index of a moment before somebody asks. What each does is its module's business;
//! here they meet, and the author is told what happens.

mod desk;
mod teller;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use self::desk::Desk;
use self::teller::Teller;
use super::build::SelectionArguments;
use super::{Amount, Context, Outcome, Output, report};
use crate::diagnostic::Diagnostic;
use crate::pipeline::{self, Changes, LoadError, Options};
use crate::serve::{self, PortChoice, ServeOptions};
use crate::url::Base;
use crate::watch::{How, Watch};
use crate::workspace::Workspace;

/// The flags of `serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Show changes as they are saved (this is the default)
    #[arg(short, long, overrides_with = "no_watch")]
    watch: bool,
    /// Show the site as it is now, whatever is saved later
    #[arg(long)]
    no_watch: bool,
    /// Look at all files every so many milliseconds instead of being told by the system
    #[arg(long, value_name = "MS", num_args = 0..=1, require_equals = true, default_missing_value = "500", value_parser = clap::value_parser!(u32).range(10..=3_600_000))]
    poll: Option<u32>,
    /// The port, and no other [default: 4747, or the next one that is free]
    #[arg(short, long, value_name = "PORT")]
    port: Option<u16>,
    /// The address to listen at; any but the default lets others on the network read the preview
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Another name by which browsers may call the preview; can be given several times
    #[arg(long = "allowed-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
    /// Open the site in the browser
    #[arg(short, long)]
    open: bool,
    /// Leave drafts and scheduled articles out, as a build does
    #[arg(long)]
    as_published: bool,
    /// Where the site stands, instead of `base_url` in guidepost.yaml: its path is the preview's, too
    #[arg(short = 'u', long, value_name = "URL")]
    base_url: Option<String>,
}

/// How long after a change the search index is made, if it was ever asked for: not while somebody is typing.
const QUIET: Duration = Duration::from_secs(1);

/// How often it is looked whether another day has begun, on which other articles are published.
const A_WHILE: Duration = Duration::from_secs(30);

/// How often it is looked whether to end.
const LOOK: Duration = Duration::from_millis(200);

/// Serves the site until it is asked to end.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let base = match SelectionArguments::base(context, arguments.base_url.as_deref()) {
        Ok(base) => base,
        Err(outcome) => return outcome,
    };
    match prepare(context, arguments, base) {
        Ok(preview) => preview.run(context, arguments),
        Err(outcome) => outcome,
    }
}

/// Everything that a preview needs, before the first request.
struct Preview {
    listener: TcpListener,
    address: SocketAddr,
    watch: Option<Watch>,
    workspace: Workspace,
    desk: Arc<Desk>,
}

fn prepare(context: &Context, arguments: &Arguments, base: Option<Base>) -> Result<Preview, Outcome> {
    let output = context.output;
    pipeline::find_site(&context.directory).map_err(|error| report::load_error(context, &error))?;
    // Opened first: who cannot have the port need not wait to be told.
    let port = arguments.port.map_or(PortChoice::Default, PortChoice::Asked);
    let opened = serve::listen(arguments.bind, port).map_err(|error| {
        output.error(error.diagnostic());
        Outcome::Io
    })?;
    let address = opened.local_addr().map_err(|error| {
        output.error(Diagnostic::error("cannot-listen", format!("the port cannot be told: {error}")));
        Outcome::Io
    })?;
    // Begun before anything is read: what changes meanwhile is a change.
    let watch = if arguments.no_watch { None } else { Some(watch(context, arguments)?) };
    let options = Options {
        root: context.directory.clone(),
        base,
        now: context.now,
        drafts: !arguments.as_published,
        future: !arguments.as_published,
        expired: false,
    };
    let open = |progress: &pipeline::Progress| pipeline::on_threads(None, || Workspace::open(options, progress));
    let workspace = match report::with_progress(context, "Reading", open) {
        Ok(Ok(workspace)) => workspace,
        Ok(Err(LoadError::Interrupted)) => return Err(Outcome::Done),
        Ok(Err(error)) => return Err(report::load_error(context, &error)),
        Err(error) => return Err(report::no_threads(output, &error)),
    };
    let desk = Arc::new(Desk::new(context.directory.clone(), workspace.moment()));
    Ok(Preview { listener: opened, address, watch, workspace, desk })
}

fn watch(context: &Context, arguments: &Arguments) -> Result<Watch, Outcome> {
    let how = arguments.poll.map_or(How::Events, |pause| How::Poll(Duration::from_millis(pause.into())));
    match Watch::start(&context.directory, how) {
        Ok((watch, notices)) => {
            notices.into_iter().for_each(|notice| context.output.error(notice));
            Ok(watch)
        }
        Err(error) => {
            let problem = Diagnostic::error("unreadable", format!("the site's folder cannot be watched: {error}"));
            context.output.error(problem.hint("`--no-watch` shows the site as it is now"));
            Err(Outcome::Io)
        }
    }
}

impl Preview {
    fn run(self, context: &Context, arguments: &Arguments) -> Outcome {
        let output = context.output;
        let Preview { listener, address, watch, workspace, desk } = self;
        let mut teller = Teller::new(output, context.directory.clone());
        let url = desk.url(address);
        teller.begin(&workspace.moment(), &url, watch.is_some());
        if let Some(warning) = serve::exposure(address.ip()) {
            output.error(warning);
        }
        if arguments.open
            && let Err(error) = open::that_detached(&url)
        {
            let problem = Diagnostic::warning("no-browser", format!("the browser could not be opened: {error}"));
            output.error(problem.hint(format!("open {url} yourself")));
        }
        let stop = context.interrupt.flag();
        let keeper = watch.map(|watch| {
            let (desk, stop, is_fixed) = (desk.clone(), stop.clone(), context.is_now_fixed);
            let keeper = Keeper { watch, workspace, desk, teller, stop, is_fixed, again: None };
            keeper.start(context.now, output)
        });
        if let Some(Err(error)) = keeper {
            return report::no_threads(output, &error);
        }
        let log: Option<serve::Log> = match output.amount {
            Amount::Verbose => Some(Arc::new(move |line: &str| output.result(line))),
            _ => None,
        };
        let options = ServeOptions { allowed_hosts: arguments.allowed_hosts.clone(), log, ..ServeOptions::default() };
        match serve::run(listener, desk, options, &stop) {
            // Whoever stops a preview has seen enough: nothing went wrong.
            Ok(()) => Outcome::Done,
            Err(error) => {
                output.error(Diagnostic::error("cannot-listen", format!("the preview could not go on: {error}")));
                Outcome::Io
            }
        }
    }
}

/// Keeps the workspace current, and shows what came of it.
struct Keeper {
    watch: Watch,
    workspace: Workspace,
    desk: Arc<Desk>,
    teller: Teller,
    stop: Arc<AtomicUsize>,
    /// Whether the time is an option, and stands still.
    is_fixed: bool,
    /// What is to be read once more, and when: see [`Watch::pause`].
    again: Option<(Instant, Changes)>,
}

impl Keeper {
    /// On a thread of its own, until it is asked to end.
    fn start(self, now: jiff::Timestamp, output: Output) -> io::Result<JoinHandle<()>> {
        thread::Builder::new().name("keeper".into()).spawn(move || {
            let kept = catch_unwind(AssertUnwindSafe(|| pipeline::on_threads(None, || self.run(now))));
            // What was shown is shown on; that nothing new will be must be told.
            let reason = match kept {
                Ok(Ok(())) => return,
                Ok(Err(error)) => format!("no threads could be started: {error}"),
                Err(_) => "Guidepost stumbled over it, which is a mistake in Guidepost, not in your files".to_owned(),
            };
            let problem = Diagnostic::error("internal", format!("what is saved is no longer shown: {reason}"));
            output.error(problem.hint("end the preview and start it again; please report what you did before"));
        })
    }

    fn run(mut self, started: jiff::Timestamp) {
        let mut index: Option<JoinHandle<()>> = None;
        let mut last_change = Instant::now();
        let mut last_look = Instant::now();
        while self.stop.load(Ordering::Relaxed) == 0 {
            let now = if self.is_fixed { started } else { jiff::Timestamp::now() };
            if let Some(changes) = self.watch.next(LOOK) {
                self.take_in(&changes, now);
                last_change = Instant::now();
                self.again = self.watch.pause().map(|pause| {
                    let all = match self.again.take() {
                        Some((_, before)) => before.and(changes),
                        None => changes,
                    };
                    (last_change + pause * 2, all)
                });
                continue;
            }
            if let Some((_, changes)) = self.again.take_if(|(when, _)| Instant::now() > *when) {
                self.take_in(&changes, now);
            }
            if last_look.elapsed() > A_WHILE {
                last_look = Instant::now();
                self.take_in(&Changes::Paths(Default::default()), now);
            }
            let is_free = index.as_ref().is_none_or(JoinHandle::is_finished);
            if is_free && last_change.elapsed() > QUIET && self.desk.wants_index() {
                let moment = self.workspace.moment();
                // On one thread: the others are for whoever goes on typing.
                index = thread::Builder::new()
                    .name("index".into())
                    .spawn(move || drop(pipeline::on_threads(Some(1), || moment.make_index())))
                    .ok();
            }
        }
    }

    fn take_in(&mut self, changes: &Changes, now: jiff::Timestamp) {
        let started = Instant::now();
        let before = self.workspace.moment();
        self.workspace.refresh(changes, now);
        let moment = self.workspace.moment();
        if moment.number != before.number {
            self.desk.show(moment.clone());
            self.teller.tell(&moment, changes, started.elapsed());
        }
        for notice in self.watch.notices() {
            self.teller.notice(notice);
        }
    }
}
