//! Bodies of answers: bytes that are there, and files that are sent piece by piece as the client takes them.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::UNIX_EPOCH;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::source;

/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

/// A file that was opened to be sent.
#[derive(Debug)]
pub struct Opened {
    file: File,
    /// How large it is.
    pub size: u64,
    version: String,
}

impl Opened {
    /// Opens a file. What is no file is not opened, because that might never end.
    pub fn open(path: &Path) -> io::Result<Opened> {
        if !source::is_file(path)? {
            return Err(io::Error::other("this is no file"));
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        Ok(Opened { file, size: metadata.len(), version: version(&metadata) })
    }

    /// What tells it from other versions, as an entity tag.
    pub fn tag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// So many bytes from one on.
    pub fn part(self, first: u64, length: u64) -> io::Result<Body> {
        (&self.file).seek(io::SeekFrom::Start(first))?;
        Ok(Body::new(FilePart { file: Arc::new(self), left: length, reading: None }))
    }

    /// The next so many bytes, of which some are the last to be sent or not.
    fn read(&self, length: usize, order: Order) -> io::Result<Bytes> {
        let mut piece = vec![0; length];
        (&self.file).read_exact(&mut piece)?;
        // No client shall take a mixture of two versions for the file.
        if order == Order::Last && version(&self.file.metadata()?) != self.version {
            return Err(io::Error::other("the file changed while it was sent"));
        }
        Ok(piece.into())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Before,
    Last,
}

/// The size of a file and the time of its last change.
fn version(metadata: &Metadata) -> String {
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{:x}-{:x}", metadata.len(), changed.as_nanos())
}

/// A stretch of a file, read piece by piece on a thread that may wait for the disk.
struct FilePart {
    file: Arc<Opened>,
    left: u64,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl HttpBody for FilePart {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let length = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let order = if length as u64 == self.left { Order::Last } else { Order::Before };
        let file = self.file.clone();
        let reading = self.reading.get_or_insert_with(|| tokio::task::spawn_blocking(move || file.read(length, order)));
        let piece = ready!(Pin::new(reading).poll(context));
        self.reading = None;
        self.left -= length as u64;
        Poll::Ready(Some(piece.map_err(io::Error::other).flatten().map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// A body that holds on to something until it is sent or given up.
pub struct Holding<T> {
    body: Body,
    _held: T,
}

impl<T: Send + Unpin + 'static> Holding<T> {
    /// The body, with what is let go when it is done.
    pub fn body(body: Body, held: T) -> Body {
        Body::new(Holding { body, _held: held })
    }
}

impl<T: Unpin> HttpBody for Holding<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
