//! Connections: how many there may be, how long they may dawdle, and who must go when somebody new comes.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::Limits;
use super::request::{Server, handle};

/// The most bytes that the head of a request may have.
const LARGEST_HEAD: usize = 16 * 1024;

/// When the system has no handle left, some connection has to end first.
const BREATH: Duration = Duration::from_millis(50);

/// Whoever has just come may have asked already, and nobody has got round to reading it.
const GRACE: Duration = Duration::from_millis(250);

/// An answer that is being sent is not cut off before it has had this long. Nearly all have arrived by then.
const FAIR: Duration = Duration::from_secs(1);

/// How often it is looked whether somebody has sat for so long that he can go.
const LOOK: Duration = Duration::from_millis(10);

/// Takes connections in, for ever.
pub async fn accept(listener: TcpListener, limits: Limits, server: Arc<Server>) {
    let seats = Seats::new(limits.connections);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let seat = seats.take().await;
                tokio::spawn(serve(stream, seat, limits, server.clone()));
            }
            // A client that is gone again is no trouble.
            Err(error) if is_the_clients(&error) => {}
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

fn is_the_clients(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused)
}

/// Answers the requests of one connection until it ends, or is sent away.
async fn serve(stream: TcpStream, seat: Arc<Seat>, limits: Limits, server: Arc<Server>) {
    let Ok(local) = stream.local_addr() else { return };
    // What is small goes out at once. Without this it only takes longer.
    let _ = stream.set_nodelay(true);
    let local: IpAddr = local.ip();
    let service = service_fn(|request| handle(server.clone(), local, seat.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_header_size(LARGEST_HEAD)
        .max_buf_size(LARGEST_HEAD + 1)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        // How a connection ends is the client's affair.
        _ = connection => {}
        () = seat.is_sent_away() => {}
    }
}

/// The connections that there are. When all seats are taken and somebody new comes, whoever waits longest for nothing
/// goes; if nobody does, the oldest, so that no client can keep the others out. But in a crowd of which everybody asks for
/// something, everybody gets it: who has only just come, or is sent something, is waited for a little, and nobody goes while
/// the answer is made.
struct Seats {
    most: usize,
    taken: Mutex<BTreeMap<u64, Arc<Guest>>>,
    freed: Notify,
}

/// What is known of somebody on a seat.
struct Guest {
    /// How much there is that it waits for.
    waits_for: AtomicUsize,
    /// How much of that is not made yet.
    being_made: AtomicUsize,
    /// When it came, or last was given something.
    since: Mutex<Instant>,
    has_asked: AtomicBool,
    is_leaving: AtomicBool,
    leave: Notify,
}

impl Guest {
    fn new() -> Guest {
        Guest {
            waits_for: AtomicUsize::new(0),
            being_made: AtomicUsize::new(0),
            since: Mutex::new(Instant::now()),
            has_asked: AtomicBool::new(false),
            is_leaving: AtomicBool::new(false),
            leave: Notify::new(),
        }
    }

    fn is_idle(&self) -> bool {
        self.waits_for.load(Ordering::Relaxed) == 0
    }

    /// Whether it has had what everybody has to have.
    fn had_its_time(&self) -> bool {
        let fair = match (self.is_idle(), self.has_asked.load(Ordering::Relaxed)) {
            (true, true) => return true,
            (true, false) => GRACE,
            (false, _) => FAIR,
        };
        self.being_made.load(Ordering::Relaxed) == 0 && self.since().elapsed() >= fair
    }

    fn since(&self) -> MutexGuard<'_, Instant> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seats {
    fn new(most: usize) -> Arc<Seats> {
        Arc::new(Seats { most: most.max(1), taken: Mutex::default(), freed: Notify::new() })
    }

    /// The next seat. It may take a moment until somebody has left it.
    async fn take(self: &Arc<Seats>) -> Arc<Seat> {
        loop {
            if let Some(seat) = self.take_now() {
                return seat;
            }
            let _ = tokio::time::timeout(LOOK, self.freed.notified()).await;
        }
    }

    fn take_now(self: &Arc<Seats>) -> Option<Arc<Seat>> {
        let mut taken = self.taken();
        if taken.len() >= self.most {
            make_room(&taken);
            return None;
        }
        let number = taken.last_key_value().map_or(0, |(last, _)| last + 1);
        let guest = Arc::new(Guest::new());
        taken.insert(number, guest.clone());
        Some(Arc::new(Seat { number, guest, seats: self.clone() }))
    }

    fn taken(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Guest>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends somebody away who can go, unless somebody is leaving already.
fn make_room(taken: &BTreeMap<u64, Arc<Guest>>) {
    if taken.values().any(|guest| guest.is_leaving.load(Ordering::Relaxed)) {
        return;
    }
    // Whoever waits for nothing goes before those who do, even if that is not at once.
    let is_any_idle = taken.values().any(|guest| guest.is_idle());
    let goes = |guest: &&Arc<Guest>| guest.is_idle() == is_any_idle && guest.had_its_time();
    if let Some(guest) = taken.values().find(goes) {
        guest.is_leaving.store(true, Ordering::Relaxed);
        guest.leave.notify_one();
    }
}

/// A connection's seat. It is free again when nobody holds it any more.
pub struct Seat {
    number: u64,
    guest: Arc<Guest>,
    seats: Arc<Seats>,
}

impl Seat {
    /// Returns when the connection has to end.
    pub async fn is_sent_away(&self) {
        self.guest.leave.notified().await;
    }

    /// As long as this is held, the connection waits for something.
    pub fn busy(self: &Arc<Seat>) -> Busy {
        self.guest.waits_for.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }

    /// As long as this is held, the connection is not sent away: its answer is on the way, and not by its own doing.
    pub fn making(self: &Arc<Seat>) -> Making {
        self.guest.has_asked.store(true, Ordering::Relaxed);
        self.guest.being_made.fetch_add(1, Ordering::Relaxed);
        Making(self.clone())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken().remove(&self.number);
        self.seats.freed.notify_one();
    }
}

/// See [`Seat::busy`].
pub struct Busy(Arc<Seat>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.guest.waits_for.fetch_sub(1, Ordering::Relaxed);
    }
}

/// See [`Seat::making`].
pub struct Making(Arc<Seat>);

impl Drop for Making {
    fn drop(&mut self) {
        *self.0.guest.since() = Instant::now();
        self.0.guest.being_made.fetch_sub(1, Ordering::Relaxed);
    }
}
