//! One address: what its server says of it.

use std::time::Duration;

use jiff::Timestamp;
use ureq::http::header::{LOCATION, RETRY_AFTER};
use ureq::http::{HeaderMap, Method, Request};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Proxy};
use url::Url;

use super::Options;
use super::addresses::without_password;
use super::hosts::{Clock, Hosts, Lookup, NoNames, PrivateHost, Reach};

/// What is known of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    /// Good, and at another address for good.
    Moved(String),
    /// Its server says that there is nothing: 404 or 410.
    Dead(u16),
    /// There is no server of that name.
    NoHost,
    Unsure(Doubt),
    /// On a machine that may not be asked.
    Private,
}

/// Why nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A status that says little: the server wants to know who asks, or is not well.
    Status(u16),
    Slow,
    /// From redirect to redirect and back.
    Circle,
    TooFar,
    /// A redirect to something that cannot or may not be asked.
    LeadsTo(String),
    /// A server that cannot prove who it is, or not so that this machine believes it.
    Unproven(String),
    /// No connection, for this reason.
    Failure(String),
}

impl Verdict {
    /// Whether any server said anything.
    pub(super) fn was_answered(&self) -> bool {
        !matches!(self, Verdict::NoHost | Verdict::Private | Verdict::Unsure(Doubt::Slow | Doubt::Failure(_)))
    }
}

/// As many redirects are followed.
const MOST_REDIRECTS: usize = 10;

pub(super) struct Asker {
    agent: Agent,
    hosts: Hosts,
    clock: Clock,
    reach: Reach,
}

/// What one request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Status(u16),
    Redirect {
        status: u16,
        to: String,
    },
    /// Too many requests: come back later.
    Later(u16, Duration),
    NoHost,
    Private,
    Slow,
    Unproven(String),
    Failure(String),
}

impl Asker {
    pub(super) fn new(options: &Options, clock: Clock) -> Asker {
        // Machines nearby are not behind the proxy that leads to the web.
        let proxy = Proxy::try_from_env().filter(|_| options.reach == Reach::Public);
        let host = proxy.as_ref().map(|proxy| proxy.host().to_owned());
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(options.patience))
            .user_agent(concat!("Guidepost/", env!("CARGO_PKG_VERSION"), " (checks links)"))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .proxy(proxy)
            .build();
        let lookup = Lookup { reach: options.reach, proxy: host, system: DefaultResolver::default() };
        let agent = Agent::with_parts(config, DefaultConnector::new(), lookup);
        Asker { agent, hosts: Hosts::new(options.pause), clock, reach: options.reach }
    }

    /// Asks for an address, following where it leads. `None` if there is no time.
    pub(super) fn ask(&self, url: &Url) -> Option<Verdict> {
        if !self.reach.includes(url) {
            return Some(Verdict::Private);
        }
        let mut way = vec![url.clone()];
        // The address to write instead: as far as every step on the way is for good.
        let mut moved = 0;
        loop {
            let here = &way[way.len() - 1];
            let (status, to) = match self.request(here)? {
                Answer::Redirect { status, to } => (status, to),
                answer => return Some(verdict(answer, &way, moved)),
            };
            let next = here.join(&to).ok().filter(|next| matches!(next.scheme(), "http" | "https"));
            let next = next.and_then(|mut next| without_password(&mut next).map(|()| next));
            let Some(next) = next.filter(|next| self.reach.includes(next)) else {
                return Some(Verdict::Unsure(Doubt::LeadsTo(to)));
            };
            if way.iter().any(|step| step[..url::Position::AfterQuery] == next[..url::Position::AfterQuery]) {
                return Some(Verdict::Unsure(Doubt::Circle));
            }
            if way.len() > MOST_REDIRECTS {
                return Some(Verdict::Unsure(Doubt::TooFar));
            }
            if matches!(status, 301 | 308) && moved + 1 == way.len() {
                moved += 1;
            }
            way.push(next);
        }
    }

    /// The last word of a server on one address: asked for the page's head first, and for its first byte if that says little.
    fn request(&self, url: &Url) -> Option<Answer> {
        let mut answer = self.send(Method::HEAD, url)?;
        if answer == Answer::NoHost {
            answer = self.send(Method::HEAD, url)?;
        }
        if let Answer::Status(400 | 403..=428 | 430..) | Answer::Failure(_) = answer {
            answer = self.send(Method::GET, url)?;
        }
        if let Answer::Later(_, pause) = answer {
            self.hosts.rest(host_of(url), pause);
            // Where there is no time to come back, what was said stands.
            answer = self.send(Method::GET, url).unwrap_or(answer);
        }
        Some(answer)
    }

    fn send(&self, method: Method, url: &Url) -> Option<Answer> {
        let mut request = Request::builder().method(&method).uri(url.as_str()).header("accept", "*/*");
        if method == Method::GET {
            request = request.header("range", "bytes=0-0");
        }
        let request = match request.body(()) {
            Ok(request) => request,
            Err(error) => return Some(Answer::Failure(error.to_string())),
        };
        self.hosts.visit(host_of(url), &self.clock, || match self.agent.run(request) {
            // The rest of the answer is never read.
            Ok(response) => read(response.status().as_u16(), response.headers(), Timestamp::now()),
            Err(error) => failure(error),
        })
    }
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// What the last answer means for the address at the beginning of the way, of which `moved` steps were for good.
fn verdict(answer: Answer, way: &[Url], moved: usize) -> Verdict {
    match answer {
        // 416: there is a page, and it has no first byte.
        Answer::Status(200..=299 | 416) if moved > 0 => Verdict::Moved(way[moved].to_string()),
        Answer::Status(200..=299 | 416) => Verdict::Good,
        Answer::Status(status @ (404 | 410)) => Verdict::Dead(status),
        Answer::Status(status) | Answer::Later(status, _) | Answer::Redirect { status, .. } => {
            Verdict::Unsure(Doubt::Status(status))
        }
        Answer::NoHost if way.len() == 1 => Verdict::NoHost,
        Answer::NoHost | Answer::Private if way.len() > 1 => Verdict::Unsure(Doubt::LeadsTo(way[way.len() - 1].to_string())),
        Answer::NoHost | Answer::Private => Verdict::Private,
        Answer::Slow => Verdict::Unsure(Doubt::Slow),
        Answer::Unproven(reason) => Verdict::Unsure(Doubt::Unproven(reason)),
        Answer::Failure(reason) => Verdict::Unsure(Doubt::Failure(reason)),
    }
}

fn read(status: u16, headers: &HeaderMap, now: Timestamp) -> Answer {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (status, header(LOCATION), header(RETRY_AFTER)) {
        (301 | 302 | 303 | 307 | 308, Some(to), _) => Answer::Redirect { status, to: to.to_owned() },
        (429 | 503, _, Some(after)) => match pause(after, now) {
            Some(pause) => Answer::Later(status, pause),
            None => Answer::Status(status),
        },
        _ => Answer::Status(status),
    }
}

/// How long a server asks to be left alone: a number of seconds, or until a moment (RFC 9110, 10.2.3).
fn pause(after: &str, now: Timestamp) -> Option<Duration> {
    let seconds = after.trim().parse::<u32>().map(i64::from).ok().or_else(|| {
        let moment = jiff::fmt::rfc2822::parse(after.trim()).ok()?;
        Some((moment.timestamp().as_second() - now.as_second()).max(0))
    })?;
    Some(Duration::from_secs(u64::try_from(seconds).ok()?))
}

fn failure(error: ureq::Error) -> Answer {
    match error {
        ureq::Error::HostNotFound => Answer::NoHost,
        ureq::Error::Timeout(_) => Answer::Slow,
        ureq::Error::Other(error) if error.is::<PrivateHost>() => Answer::Private,
        ureq::Error::Other(error) if error.is::<NoNames>() => Answer::Failure(NoNames.to_string()),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Answer::Slow,
        // What is wrong with a certificate comes as one or the other.
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => Answer::Unproven(error.to_string()),
        error @ (ureq::Error::Rustls(_) | ureq::Error::Tls(_)) => Answer::Unproven(error.to_string()),
        ureq::Error::Io(error) => Answer::Failure(error.to_string()),
        error => Answer::Failure(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap_or_else(|_| panic!("{value}")));
        }
        read(status, &map, Timestamp::from_second(784_111_770).unwrap_or_default())
    }

    #[test]
    fn answers_are_read() {
        assert_eq!(answer(301, &[("location", "/b")]), Answer::Redirect { status: 301, to: "/b".to_owned() });
        assert_eq!(answer(301, &[]), Answer::Status(301));
        assert_eq!(answer(429, &[("retry-after", "7")]), Answer::Later(429, Duration::from_secs(7)));
        let moment = [("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")];
        assert_eq!(answer(503, &moment), Answer::Later(503, Duration::from_secs(7)));
        assert_eq!(answer(429, &[("retry-after", "soon")]), Answer::Status(429));
        assert_eq!(answer(200, &[("location", "/b")]), Answer::Status(200));
    }

    #[test]
    fn only_what_is_certain_is_called_dead() {
        let way: Vec<Url> = ["https://a.example/", "https://b.example/"].iter().filter_map(|url| Url::parse(url).ok()).collect();
        for (answer, expected) in [
            (Answer::Status(200), Verdict::Good),
            (Answer::Status(206), Verdict::Good),
            (Answer::Status(416), Verdict::Good),
            (Answer::Status(404), Verdict::Dead(404)),
            (Answer::Status(410), Verdict::Dead(410)),
            (Answer::Status(401), Verdict::Unsure(Doubt::Status(401))),
            (Answer::Status(403), Verdict::Unsure(Doubt::Status(403))),
            (Answer::Status(500), Verdict::Unsure(Doubt::Status(500))),
            (Answer::Status(999), Verdict::Unsure(Doubt::Status(999))),
            (Answer::Later(429, Duration::ZERO), Verdict::Unsure(Doubt::Status(429))),
            (Answer::Slow, Verdict::Unsure(Doubt::Slow)),
            (Answer::NoHost, Verdict::NoHost),
            (Answer::Private, Verdict::Private),
        ] {
            assert_eq!(verdict(answer.clone(), &way[..1], 0), expected, "{answer:?}");
        }
        assert_eq!(verdict(Answer::Status(200), &way, 1), Verdict::Moved("https://b.example/".to_owned()));
        assert_eq!(verdict(Answer::Status(200), &way, 0), Verdict::Good);
        let elsewhere = Verdict::Unsure(Doubt::LeadsTo("https://b.example/".to_owned()));
        assert_eq!(verdict(Answer::NoHost, &way, 1), elsewhere);
        assert_eq!(verdict(Answer::Private, &way, 1), elsewhere);
    }

    #[test]
    fn failures_are_told_apart() {
        assert_eq!(failure(ureq::Error::HostNotFound), Answer::NoHost);
        assert_eq!(failure(ureq::Error::Timeout(ureq::Timeout::Global)), Answer::Slow);
        assert_eq!(failure(ureq::Error::Other(Box::new(PrivateHost))), Answer::Private);
        assert!(matches!(failure(ureq::Error::Other(Box::new(NoNames))), Answer::Failure(_)));
        assert!(matches!(failure(ureq::Error::Tls("unknown issuer")), Answer::Unproven(_)));
        assert!(matches!(failure(ureq::Error::Io(std::io::ErrorKind::ConnectionRefused.into())), Answer::Failure(_)));
    }
}
