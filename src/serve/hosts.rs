//! By which names the server answers. A page on the web can have a name of its own lead to this computer (DNS rebinding)
//! and would then read the preview as its own; but its requests bear that name, and are refused.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// The names that are answered to besides those of this computer.
pub struct Hosts(Vec<String>);

/// Why a request is not answered.
#[derive(Debug, PartialEq, Eq)]
pub enum HostError {
    /// It names no host, several, or something that is none.
    Malformed,
    /// It was meant for somebody else.
    Foreign(String),
}

impl Hosts {
    /// The names that an author allows, with or without a port. What is no name allows nothing.
    pub fn new(allowed: &[String]) -> Hosts {
        Hosts(allowed.iter().filter_map(|name| name_in(name.trim())).map(|name| name.text()).collect())
    }

    /// Whether a request that came in at the address `local` is meant for this server.
    pub fn check(&self, headers: &HeaderMap, local: IpAddr) -> Result<(), HostError> {
        self.check_authority(host_of(headers)?, local)
    }

    /// The same for a host with or without its port.
    pub fn check_authority(&self, authority: &str, local: IpAddr) -> Result<(), HostError> {
        match name_in(authority).ok_or(HostError::Malformed)? {
            Name::Address(address) if address.to_canonical().is_loopback() => Ok(()),
            // No name leads here by surprise if the browser was told the very address.
            Name::Address(address) if address.to_canonical() == local.to_canonical() => Ok(()),
            Name::Word(word) if word == "localhost" => Ok(()),
            name if self.0.contains(&name.text()) => Ok(()),
            name => Err(HostError::Foreign(name.text())),
        }
    }
}

/// The one host that a request names.
fn host_of(headers: &HeaderMap) -> Result<&str, HostError> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().map_err(|_| HostError::Malformed),
        _ => Err(HostError::Malformed),
    }
}

/// Whether a request comes from a page that this server sent: its origin is the host that it names. A request without an
/// origin comes from no page.
pub fn is_own_origin(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
    let (Ok(origin), Ok(host)) = (origin.to_str(), host_of(headers)) else { return false };
    // Something before the server may add the `s`.
    ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme).is_some_and(|own| own.eq_ignore_ascii_case(host)))
}

#[derive(Debug, PartialEq, Eq)]
enum Name {
    Word(String),
    Address(IpAddr),
}

impl Name {
    fn text(&self) -> String {
        match self {
            Name::Word(word) => word.clone(),
            Name::Address(address) => address.to_string(),
        }
    }
}

/// The host in `host:port` (RFC 3986, section 3.2, without its rarities).
fn name_in(authority: &str) -> Option<Name> {
    let (name, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (inside, port) = rest.split_once(']')?;
            (Name::Address(inside.parse::<Ipv6Addr>().ok()?.into()), port)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            (word_or_address(&authority[..end])?, &authority[end..])
        }
    };
    let is_port = |port: &str| port.is_empty() || port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(name)
}

fn word_or_address(text: &str) -> Option<Name> {
    if let Ok(address) = text.parse() {
        return Some(Name::Address(IpAddr::V4(address)));
    }
    let word = text.strip_suffix('.').unwrap_or(text);
    let is_sound = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    is_sound.then(|| Name::Word(word.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 5));

    #[test]
    fn only_names_of_this_computer_and_allowed_ones_are_answered_to() {
        let hosts = Hosts::new(&["Preview.Example.edu.".into(), "10.1.1.1:80".into(), "https://x/".into()]);
        for own in [
            "localhost",
            "LocalHost:4747",
            "localhost.",
            "127.0.0.1:4747",
            "127.8.9.1",
            "[::1]:4747",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "192.168.1.5:80",
            "preview.example.edu",
            "PREVIEW.EXAMPLE.EDU.:1",
            "10.1.1.1",
            "localhost:",
        ] {
            assert_eq!(hosts.check_authority(own, LOCAL), Ok(()), "{own}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.168.1.6",
            "[::2]",
            "0.0.0.0",
            "2130706433",
            "0x7f.1",
        ] {
            assert!(matches!(hosts.check_authority(foreign, LOCAL), Err(HostError::Foreign(_))), "{foreign}");
        }
        for bad in [
            "",
            ":80",
            "[::1",
            "::1",
            "[::1]x",
            "[::1%25lo]",
            "[127.0.0.1]",
            "a b",
            "me@localhost",
            "localhost:99999",
            "localhost:x",
            "localhost:80:80",
            "localhost/",
            "l\u{f6}calhost",
            "localhost..",
            ".",
        ] {
            let checked = hosts.check_authority(bad, LOCAL);
            let is_refused =
                checked == Err(HostError::Malformed) || matches!(&checked, Err(HostError::Foreign(name)) if name != "localhost");
            assert!(is_refused, "{bad}: {checked:?}");
        }
    }

    #[test]
    fn an_origin_is_the_host_itself() {
        let check = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("localhost:4747"));
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            is_own_origin(&headers)
        };
        assert!(check(Some("http://localhost:4747")) && check(Some("https://localhost:4747")));
        for foreign in
            ["null", "", "http://localhost", "http://localhost:4748", "http://evil.example", "file://", "http://127.0.0.1:4747"]
        {
            assert!(!check(Some(foreign)), "{foreign}");
        }
        assert!(!check(None));
    }

    proptest! {
        #[test]
        fn nothing_that_is_called_a_host_is_too_odd(authority in "[\\[\\]:.@a-z0-9%/-]{0,20}|\\PC{0,20}") {
            let _ = Hosts::new(&[]).check_authority(&authority, LOCAL);
        }
    }
}
