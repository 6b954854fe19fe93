//! Manners towards hosts: which may be asked at all, one request at a time, and a pause between.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

/// Which machines may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those that anybody can reach: an article by a stranger must not make this machine ask its neighbours.
    Public,
    /// Every one, this machine too.
    Everywhere,
}

/// How long there is still time.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    pub end: Instant,
    /// Other than 0: somebody asks to stop.
    pub stop: Arc<AtomicUsize>,
}

impl Clock {
    pub(super) fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) != 0 || Instant::now() >= self.end
    }

    /// Waits until a moment; whether there is time left then.
    fn wait_until(&self, moment: Instant) -> bool {
        while !self.is_over() {
            let left = moment.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            if moment >= self.end {
                return false;
            }
            thread::sleep(left.min(Duration::from_millis(50)));
        }
        false
    }
}

/// When each host may be asked again.
#[derive(Debug)]
pub(super) struct Hosts {
    pause: Duration,
    gates: Mutex<HashMap<String, Arc<Mutex<Instant>>>>,
}

impl Hosts {
    pub(super) fn new(pause: Duration) -> Hosts {
        Hosts { pause, gates: Mutex::default() }
    }

    /// Asks a host when its turn has come. `None` if there is no time for it.
    pub(super) fn visit<T>(&self, host: &str, clock: &Clock, request: impl FnOnce() -> T) -> Option<T> {
        let gate = self.gate(host);
        let mut next = gate.lock().unwrap_or_else(PoisonError::into_inner);
        if !clock.wait_until(*next) {
            return None;
        }
        let answer = request();
        *next = Instant::now() + self.pause;
        Some(answer)
    }

    /// Leaves a host alone for as long as it asks for.
    pub(super) fn rest(&self, host: &str, duration: Duration) {
        let gate = self.gate(host);
        let mut next = gate.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + duration);
    }

    fn gate(&self, host: &str) -> Arc<Mutex<Instant>> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(host.to_owned()).or_insert_with(|| Arc::new(Mutex::new(Instant::now()))).clone()
    }
}

impl Reach {
    /// Whether an address may be asked, as far as its host's name tells.
    pub(super) fn includes(self, url: &Url) -> bool {
        self == Reach::Everywhere
            || match url.host() {
                Some(Host::Ipv4(ip)) => is_public(ip.into()),
                Some(Host::Ipv6(ip)) => is_public(ip.into()),
                Some(Host::Domain(name)) => is_public_name(name),
                None => false,
            }
    }
}

/// Names that stand for machines nearby: RFC 6761, RFC 6762, RFC 8375, and names without a dot.
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let nearby = ["localhost", "local", "internal", "home.arpa", "lan", "intranet", "onion"];
    name.contains('.') && !nearby.iter().any(|end| name.strip_suffix(end).is_some_and(|start| start.ends_with('.')))
}

/// Whether a machine can be reached by everybody: nothing of IANA's registries of special-purpose addresses.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match (ip.to_ipv4_mapped(), ip.segments()) {
            (Some(ip), _) => is_public_v4(ip),
            // Addresses that hold one of the older kind: NAT64 and 6to4.
            (None, [0x64, 0xff9b, 0, 0, 0, 0, high, low]) | (None, [0x2002, high, low, ..]) => {
                is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
            }
            (None, _) => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special =
        matches!((a, b, c), (0, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _) | (192, 88, 99) | (240.., ..));
    !(is_special || ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation() || ip.is_multicast())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // All that is given out to everybody begins with the bits 001; some of that is set aside.
    let [first, second, ..] = ip.segments();
    first & 0xe000 == 0x2000 && !(first == 0x2001 && (second < 0x200 || second == 0xdb8)) && first != 0x3fff
}

/// Looks names up, and gives no address of a machine that may not be asked. What is asked is what was looked up, so that a
/// name cannot stand for another machine a moment later.
#[derive(Debug)]
pub(super) struct Lookup {
    pub reach: Reach,
    /// The host of the proxy that this machine's user chose, which may be anywhere.
    pub proxy: Option<String>,
    pub system: DefaultResolver,
}

/// A name stands for private machines only.
#[derive(Debug)]
pub(super) struct PrivateHost;

/// Names cannot be looked up just now.
#[derive(Debug)]
pub(super) struct NoNames;

impl std::fmt::Display for PrivateHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the host is on a private network")
    }
}

impl std::fmt::Display for NoNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name cannot be looked up just now")
    }
}

impl std::error::Error for PrivateHost {}
impl std::error::Error for NoNames {}

impl Resolver for Lookup {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.system.resolve(uri, config, timeout).map_err(|error| match error {
            // EAI_AGAIN, in the words of getaddrinfo(3): no name server answers.
            ureq::Error::Io(error) if error.to_string().contains("Temporary failure") => ureq::Error::Other(Box::new(NoNames)),
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            error => error,
        })?;
        if self.reach == Reach::Everywhere || uri.host().is_some() && uri.host() == self.proxy.as_deref() {
            return Ok(found);
        }
        let mut public = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() { Err(ureq::Error::Other(Box::new(PrivateHost))) } else { Ok(public) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_nearby_are_not_asked() {
        for address in [
            "http://localhost/",
            "http://LOCALHOST.:8080/",
            "http://printer/",
            "http://nas.local/",
            "http://app.localhost/",
            "http://metadata.google.internal/",
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://0/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://100.64.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[ff02::1]/",
            "http://[2001:db8::1]/",
        ] {
            let url = Url::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
            assert!(!Reach::Public.includes(&url), "{address}");
            assert!(Reach::Everywhere.includes(&url), "{address}");
        }
        for address in
            ["https://example.org/", "http://93.184.216.34/", "http://[2606:4700::1111]/", "https://localhost.example/"]
        {
            let url = Url::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
            assert!(Reach::Public.includes(&url), "{address}");
        }
    }
}
