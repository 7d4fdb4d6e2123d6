//! The Host of a request: a name or an address literal, and perhaps a port.
//!
//! Implements: RFC 9110 §7.2 (Host) and §4.2.4 (user information is refused), RFC 3986 §3.2.2 and
//! §3.2.3 (host and port), RFC 1123 §2.1 (length of names), RFC 6761 §6.3 (localhost), WHATWG URL §3.5
//! (a name that ends in a number is an IPv4 address or nothing).

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::Malformed;

/// A host with an optional port; two are equal when name (in lower case) and port are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    name: Name,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Domain(String),
    Address(IpAddr),
}

const WHAT: &str = "host";

/// Longest domain name, in bytes as text (RFC 1123 §2.1 and RFC 1035 §2.3.4).
const LONGEST_NAME: usize = 253;
/// Longest label of a domain name, in bytes.
const LONGEST_LABEL: usize = 63;

impl Host {
    /// Reads `example.org`, `example.org:8443`, `192.0.2.7:80` or `[2001:db8::1]:80`. Names must be ASCII
    /// (A-labels); a dot at the end, an empty port and port 0 are refused.
    ///
    /// # Errors
    /// [`Malformed`] for anything else: user information, path, space, control character, percent sign,
    /// an IPv4 address in another notation than four decimal numbers, an IPv6 zone.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let (name, port_at, port) = if let Some(inner) = text.strip_prefix('[') {
            let Some((literal, rest)) = inner.split_once(']') else {
                return Err(malformed(text.len(), "']'"));
            };
            let address: Ipv6Addr =
                literal.parse().map_err(|_| malformed(1, "an IPv6 address in brackets"))?;
            let at = literal.len().saturating_add(2);
            let port = match rest.strip_prefix(':') {
                Some(port) => Some(port),
                None if rest.is_empty() => None,
                None => return Err(malformed(at, "':' and a port, or the end")),
            };
            (Name::Address(IpAddr::V6(address)), at, port)
        } else {
            let (name, port) = match text.split_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (text, None),
            };
            (parse_name(name)?, name.len(), port)
        };
        let port = port.map(|digits| parse_port(digits, port_at.saturating_add(1))).transpose()?;
        Ok(Self { name, port })
    }

    /// The domain name in lower case, or `None` for an address literal.
    pub fn domain(&self) -> Option<&str> {
        match &self.name {
            Name::Domain(name) => Some(name),
            Name::Address(_) => None,
        }
    }

    /// The address literal, or `None` for a domain name.
    pub fn address(&self) -> Option<IpAddr> {
        match &self.name {
            Name::Domain(_) => None,
            Name::Address(address) => Some(*address),
        }
    }

    /// The port, if one was written.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether this name never leaves the machine: `localhost`, a name below it (RFC 6761 §6.3), an
    /// address in 127.0.0.0/8, or ::1.
    pub fn is_loopback(&self) -> bool {
        match &self.name {
            Name::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Name::Address(address) => address.to_canonical().is_loopback(),
        }
    }

    pub(super) fn without_port(self) -> Self {
        Self { name: self.name, port: None }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Domain(name) => f.write_str(name)?,
            Name::Address(IpAddr::V4(address)) => write!(f, "{address}")?,
            Name::Address(IpAddr::V6(address)) => write!(f, "[{address}]")?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn malformed(at: usize, expected: &'static str) -> Malformed {
    Malformed { what: WHAT, at, expected }
}

fn parse_name(name: &str) -> Result<Name, Malformed> {
    if name.is_empty() {
        return Err(malformed(0, "a domain name or an address"));
    }
    if name.len() > LONGEST_NAME {
        return Err(malformed(LONGEST_NAME, "at most 253 bytes"));
    }
    let mut start = 0_usize;
    let mut last = "";
    for label in name.split('.') {
        if let Some((at, _)) =
            label.bytes().enumerate().find(|(_, b)| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_'))
        {
            return Err(malformed(start.saturating_add(at), "an ASCII letter, digit, '-', '_' or '.'"));
        }
        if label.is_empty() || label.len() > LONGEST_LABEL {
            return Err(malformed(start, "a label of 1 to 63 bytes"));
        }
        start = start.saturating_add(label.len()).saturating_add(1);
        last = label;
    }
    if !is_number(last) {
        return Ok(Name::Domain(name.to_ascii_lowercase()));
    }
    match name.parse::<Ipv4Addr>() {
        Ok(address) => Ok(Name::Address(IpAddr::V4(address))),
        Err(_) => Err(malformed(0, "an IPv4 address as four decimal numbers")),
    }
}

/// WHATWG URL §3.5, "ends in a number" checker, for the last label.
pub(crate) fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    label.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn parse_port(digits: &str, at: usize) -> Result<u16, Malformed> {
    let port = match digits.len() {
        1..=5 if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().unwrap_or(0),
        _ => 0,
    };
    if port == 0 { Err(malformed(at, "a port from 1 to 65535")) } else { Ok(port) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_addresses_and_ports_are_read() {
        for (text, shown, port) in [
            ("example.org", "example.org", None),
            ("EXAMPLE.org:8443", "example.org:8443", Some(8443)),
            ("localhost:8000", "localhost:8000", Some(8000)),
            ("xn--bcher-kva.example", "xn--bcher-kva.example", None),
            ("my_host", "my_host", None),
            ("192.0.2.7", "192.0.2.7", None),
            ("192.0.2.7:1", "192.0.2.7:1", Some(1)),
            ("[2001:DB8::1]", "[2001:db8::1]", None),
            ("[::1]:65535", "[::1]:65535", Some(65535)),
            ("1.example", "1.example", None),
        ] {
            let host = Host::parse(text).unwrap();
            assert_eq!((host.to_string().as_str(), host.port()), (shown, port), "{text}");
        }
        assert_eq!(Host::parse("A.B").unwrap().domain(), Some("a.b"));
        assert_eq!(Host::parse("[::1]").unwrap().address(), Some("::1".parse().unwrap()));
        assert_eq!(Host::parse("a.b").unwrap().address(), None);
        assert_eq!(Host::parse("127.0.0.1").unwrap().domain(), None);
    }

    #[test]
    fn anything_but_a_host_is_refused_at_its_place() {
        for (text, at) in [
            ("", 0),
            (":80", 0),
            ("user@example.org", 4),
            ("example.org/", 11),
            ("example.org?x", 11),
            ("a b", 1),
            ("a\tb", 1),
            ("a\0", 1),
            ("a\r\nX: y", 1),
            ("exämple.org", 2),
            ("ex%41mple", 2),
            ("a,b", 1),
            ("example.org.", 12),
            (".example.org", 0),
            ("a..b", 2),
            ("a:", 2),
            ("a:0", 2),
            ("a:65536", 2),
            ("a:+80", 2),
            ("a:80:80", 2),
            ("a:000080", 2),
            ("::1", 0),
            ("[::1", 4),
            ("[::1]x", 5),
            ("[::1]:", 6),
            ("[127.0.0.1]", 1),
            ("[fe80::1%25eth0]", 1),
            ("[v1.a]", 1),
            ("127.1", 0),
            ("2130706433", 0),
            ("0x7f.0.0.0x1", 0),
            ("1.2.3.256", 0),
            ("01.2.3.4", 0),
            ("a.1", 0),
            ("a\\b", 1),
        ] {
            let error = Host::parse(text).unwrap_err();
            assert_eq!((error.what, error.at), ("host", at), "{text:?}");
        }
    }

    #[test]
    fn labels_of_63_and_names_of_253_bytes_are_the_longest() {
        let label = "a".repeat(63);
        assert!(Host::parse(&label).is_ok());
        assert!(Host::parse(&format!("{label}a")).is_err());
        let name = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert!(Host::parse(&name).is_ok());
        assert!(Host::parse(&format!("{name}a")).is_err());
    }

    #[test]
    fn loopback_is_told_from_names_that_only_look_like_it() {
        for text in [
            "localhost",
            "LOCALHOST:80",
            "a.localhost",
            "127.0.0.1",
            "127.9.9.9:1",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(Host::parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "localhost.example",
            "notlocalhost",
            "localhost-",
            "128.0.0.1",
            "[::2]",
            "127.0.0.1.example",
            "0.0.0.0",
        ] {
            assert!(!Host::parse(text).unwrap().is_loopback(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "([a-z0-9-]{1,9}\\.){0,3}[a-z]{1,9}(:[1-9][0-9]{0,3})?") {
            let host = Host::parse(&text).unwrap();
            prop_assert_eq!(host.to_string(), text);
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            match Host::parse(&text) {
                Ok(host) => prop_assert_eq!(Host::parse(&host.to_string()), Ok(host)),
                Err(error) => prop_assert!(error.at <= text.len()),
            }
        }
    }
}
