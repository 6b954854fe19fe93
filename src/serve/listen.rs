//! The port: which one is taken, why none is, and who can reach it.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};

use crate::diagnostic::Diagnostic;

/// Where a preview is as long as nobody asks for another port.
pub const DEFAULT_PORT: u16 = 4747;

/// How many ports are tried from there on.
const TRIES: u16 = 100;

/// Which port to listen at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortChoice {
    /// [`DEFAULT_PORT`], or the next one that is free.
    Default,
    /// This one and no other. At 0 the system chooses.
    Asked(u16),
}

/// Why there is no port.
#[derive(Debug)]
pub enum ListenError {
    /// Another program listens at the port that was asked for.
    Busy(u16),
    /// Other programs listen at the default port and all that were tried after it.
    NoneFree(u16),
    /// The system keeps the port for programs with more rights.
    NotAllowed(u16),
    /// The computer has no such address.
    NoSuchAddress(IpAddr),
    /// Anything else.
    Io(SocketAddr, io::Error),
}

/// Opens the port. From here on browsers can connect, though nobody answers yet.
pub fn listen(bind: IpAddr, port: PortChoice) -> Result<TcpListener, ListenError> {
    match port {
        PortChoice::Asked(port) => open(bind, port),
        PortChoice::Default => first_free(bind, DEFAULT_PORT),
    }
}

fn first_free(bind: IpAddr, from: u16) -> Result<TcpListener, ListenError> {
    let mut ports = from..=from.saturating_add(TRIES);
    ports
        .find_map(|port| match open(bind, port) {
            Err(ListenError::Busy(_)) => None,
            opened => Some(opened),
        })
        .unwrap_or(Err(ListenError::NoneFree(from)))
}

fn open(bind: IpAddr, port: u16) -> Result<TcpListener, ListenError> {
    let address = SocketAddr::new(bind, port);
    TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::Busy(port),
        io::ErrorKind::PermissionDenied => ListenError::NotAllowed(port),
        io::ErrorKind::AddrNotAvailable => ListenError::NoSuchAddress(bind),
        _ => ListenError::Io(address, error),
    })
}

impl ListenError {
    /// What a command says about it.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            ListenError::Busy(_) | ListenError::NoneFree(_) => Diagnostic::error("port-busy", self.to_string())
                .hint("is another preview running? End it, or ask for another port with `--port`"),
            ListenError::NotAllowed(_) => Diagnostic::error("port-not-allowed", self.to_string())
                .hint(format!("ask for a port from 1024 up, such as `--port {DEFAULT_PORT}`")),
            ListenError::NoSuchAddress(_) | ListenError::Io(..) => Diagnostic::error("cannot-listen", self.to_string())
                .hint("without `--bind` the preview is at 127.0.0.1, which every computer has"),
        }
    }
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenError::Busy(port) => write!(f, "port {port} is in use by another program"),
            ListenError::NoneFree(from) => {
                write!(f, "the ports {from} to {} are all in use by other programs", from.saturating_add(TRIES))
            }
            ListenError::NotAllowed(port) => write!(f, "the system does not let you use port {port}"),
            ListenError::NoSuchAddress(address) => write!(f, "this computer has no address {address}"),
            ListenError::Io(address, error) => write!(f, "the preview cannot be served at {address}: {error}"),
        }
    }
}

impl std::error::Error for ListenError {}

/// A warning if others than the author can reach the preview.
pub fn exposure(bind: IpAddr) -> Option<Diagnostic> {
    if bind.to_canonical().is_loopback() {
        return None;
    }
    let everybody = "everybody on your network can read the preview, drafts too";
    Some(Diagnostic::warning("open-to-network", everybody).hint("leave `--bind` out to keep it to this computer"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn a_busy_port_moves_on_only_if_nobody_asked_for_it() {
        let first = open(HERE, 0).unwrap_or_else(|error| panic!("{error}"));
        let port = first.local_addr().map(|address| address.port()).unwrap_or_default();
        let Err(error) = listen(HERE, PortChoice::Asked(port)) else { panic!("{port} was taken twice") };
        assert_eq!(error.to_string(), format!("port {port} is in use by another program"));
        let next = first_free(HERE, port).unwrap_or_else(|error| panic!("{error}"));
        assert!(next.local_addr().is_ok_and(|address| address.port() > port));
    }

    #[test]
    fn what_the_system_refuses_is_told_apart() {
        let elsewhere = listen(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), PortChoice::Asked(0));
        assert!(matches!(elsewhere, Err(ListenError::NoSuchAddress(_))), "{elsewhere:?}");
        let said = ListenError::NotAllowed(80).diagnostic();
        assert_eq!((said.code, said.message.as_str()), ("port-not-allowed", "the system does not let you use port 80"));
    }

    #[test]
    fn who_opens_the_preview_to_others_is_warned() {
        for (bind, is_open) in
            [("127.0.0.1", false), ("127.9.9.9", false), ("::1", false), ("0.0.0.0", true), ("::", true), ("192.168.1.5", true)]
        {
            let bind = bind.parse().unwrap_or(HERE);
            assert_eq!(exposure(bind).is_some(), is_open, "{bind}");
        }
    }
}
