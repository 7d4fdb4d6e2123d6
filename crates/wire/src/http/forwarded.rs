//! Who is at the other end when proxies stand between: the client's address and scheme.
//!
//! Implements: RFC 7239 §4 (syntax of Forwarded), §5.2 (for), §5.4 (proto), §6 (node identifiers) and
//! §8.1 (only what a trusted proxy wrote may be believed), and the older X-Forwarded-For and
//! X-Forwarded-Proto.
//!
//! 1. Only a trusted peer is asked at all.
//! 2. The lists are walked from the right, where the nearest proxy writes; each trusted hop vouches for
//!    the entry to its left, and the first hop that is not trusted is the client.
//! 3. An entry that cannot be read ends the walk at the last good address.
//!
//! When both Forwarded and X-Forwarded-For are present, Forwarded is used. A proxy that writes only one
//! of them usually hands the other on as the client sent it; a caller that knows which one its proxy
//! writes should pass an empty list for the other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use super::{network::Network, origin::Scheme};

/// Most hops that are walked; a longer chain ends at the last one walked.
pub const MOST_HOPS: usize = 32;

/// The address of the client: `peer` unless it is a trusted proxy, otherwise the first address from the
/// right that is not. Each slice has the values of one header, in the order in which they arrived.
/// IPv4-mapped addresses are answered as IPv4.
pub fn client_address(
    peer: IpAddr,
    forwarded: &[&str],
    x_forwarded_for: &[&str],
    trusted: &[Network],
) -> IpAddr {
    if forwarded.is_empty() {
        let hops = from_the_right(x_forwarded_for, false);
        walk(peer, hops.map(|text| Some(Hop { address: parse_loose_node(text)?, scheme: None })), trusted).0
    } else {
        walk(peer, from_the_right(forwarded, true).map(parse_element), trusted).0
    }
}

/// The scheme that the client used towards the outermost trusted proxy, or `None` when the peer is not
/// trusted or did not say. Of several X-Forwarded-Proto values the last is used: the nearest proxy wrote it.
pub fn forwarded_proto(
    peer: IpAddr,
    forwarded: &[&str],
    x_forwarded_proto: &[&str],
    trusted: &[Network],
) -> Option<Scheme> {
    if !is_trusted(peer, trusted) {
        return None;
    }
    if forwarded.is_empty() {
        return from_the_right(x_forwarded_proto, false).next().and_then(Scheme::from_name);
    }
    walk(peer, from_the_right(forwarded, true).map(parse_element), trusted).1
}

/// The network that two browsers of one household share, as text: an IPv4 address itself, or the /64 of
/// an IPv6 address such as "2001:db8:1:2::/64".
pub fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            format!("{}/64", Ipv6Addr::from_bits(network))
        }
    }
}

/// What one trusted proxy says about the connection that it accepted.
struct Hop {
    address: IpAddr,
    scheme: Option<Scheme>,
}

fn walk(
    peer: IpAddr,
    hops: impl Iterator<Item = Option<Hop>>,
    trusted: &[Network],
) -> (IpAddr, Option<Scheme>) {
    let mut client = (peer.to_canonical(), None);
    for hop in hops.take(MOST_HOPS) {
        if !is_trusted(client.0, trusted) {
            break;
        }
        let Some(hop) = hop else { break };
        client = (hop.address.to_canonical(), hop.scheme);
    }
    client
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// The list entries of several header values, the last one first. Quotes are matched from the right too,
/// so that a quote left open by the client cannot swallow what a proxy wrote after it.
fn from_the_right<'a>(values: &'a [&'a str], quoted: bool) -> impl Iterator<Item = &'a str> {
    values.iter().rev().flat_map(move |value| {
        let mut rest = Some(*value);
        std::iter::from_fn(move || {
            let text = rest?;
            let mut inside = false;
            let comma = text.bytes().rposition(|byte| {
                inside ^= quoted && byte == b'"';
                byte == b',' && !inside
            });
            let entry = comma.map_or(text, |at| text.get(at.saturating_add(1)..).unwrap_or_default());
            rest = comma.and_then(|at| text.get(..at));
            Some(trim(entry))
        })
    })
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// RFC 7239 §4: forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] ). Our parameters never
/// need ';', '"' or '\' inside quotes, so an element with one of these there is not understood.
fn parse_element(element: &str) -> Option<Hop> {
    let mut address = None;
    let mut scheme = None;
    for pair in element.split(';').map(trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = match value.strip_prefix('"') {
            Some(value) => value.strip_suffix('"')?,
            None => value,
        };
        if value.contains(['"', '\\']) {
            return None;
        }
        // "Each parameter MUST NOT occur more than once per field-value" (RFC 7239 §4).
        if name.eq_ignore_ascii_case("for") {
            if address.replace(parse_node(value)?).is_some() {
                return None;
            }
        } else if name.eq_ignore_ascii_case("proto") && scheme.replace(Scheme::from_name(value)?).is_some() {
            return None;
        }
    }
    Some(Hop { address: address?, scheme })
}

/// RFC 7239 §6: node = nodename [ ":" node-port ]. Names that are not addresses ("unknown", "_hidden")
/// identify nobody and answer `None`.
fn parse_node(node: &str) -> Option<IpAddr> {
    let (name, port) = match node.strip_prefix('[') {
        Some(inner) => {
            let (name, rest) = inner.split_once(']')?;
            let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
            (IpAddr::V6(name.parse::<Ipv6Addr>().ok()?), port)
        }
        None => {
            let (name, port) = match node.split_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (node, None),
            };
            (IpAddr::V4(name.parse::<Ipv4Addr>().ok()?), port)
        }
    };
    port.is_none_or(is_node_port).then_some(name)
}

/// RFC 7239 §6.3: node-port = port / obfport, with 1 to 5 digits, or "_" and more.
fn is_node_port(port: &str) -> bool {
    match port.strip_prefix('_') {
        Some(name) => {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        }
        None => matches!(port.len(), 1..=5) && port.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// X-Forwarded-For has no grammar: an address of either kind, with or without brackets and port.
fn parse_loose_node(node: &str) -> Option<IpAddr> {
    let bare = || node.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    node.parse::<IpAddr>()
        .ok()
        .or_else(|| node.parse::<SocketAddrV4>().ok().map(|socket| IpAddr::V4(*socket.ip())))
        .or_else(|| node.parse::<SocketAddrV6>().ok().map(|socket| IpAddr::V6(*socket.ip())))
        .or_else(bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PROXY: &str = "10.0.0.1";

    fn trusted() -> Vec<Network> {
        ["10.0.0.0/8", "fd00::/8"].iter().map(|text| Network::parse(text).unwrap()).collect()
    }

    fn client(peer: &str, forwarded: &[&str], x_forwarded_for: &[&str]) -> String {
        client_address(peer.parse().unwrap(), forwarded, x_forwarded_for, &trusted()).to_string()
    }

    #[test]
    fn headers_of_an_untrusted_peer_are_ignored() {
        assert_eq!(client("203.0.113.9", &["for=192.0.2.1"], &["192.0.2.2"]), "203.0.113.9");
        assert_eq!(client("::ffff:203.0.113.9", &[], &["192.0.2.2"]), "203.0.113.9");
        let nobody = client_address("127.0.0.1".parse().unwrap(), &["for=192.0.2.1"], &["192.0.2.2"], &[]);
        assert_eq!(nobody.to_string(), "127.0.0.1");
    }

    #[test]
    fn without_headers_the_peer_is_the_client() {
        assert_eq!(client(PROXY, &[], &[]), PROXY);
        assert_eq!(client(PROXY, &[], &[""]), PROXY);
        assert_eq!(client(PROXY, &[""], &[]), PROXY);
    }

    #[test]
    fn x_forwarded_for_is_walked_from_the_right() {
        let table: &[(&[&str], &str)] = &[
            (&["192.0.2.1"], "192.0.2.1"),
            (&["198.51.100.1, 192.0.2.1"], "192.0.2.1"),
            (&["198.51.100.1,192.0.2.1,10.0.0.2"], "192.0.2.1"),
            (&["192.0.2.1", "10.0.0.2"], "192.0.2.1"),
            (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (&["192.0.2.1:4711"], "192.0.2.1"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["::ffff:192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1, fd00::2"], "192.0.2.1"),
            (&["192.0.2.1, nonsense"], PROXY),
            (&["192.0.2.1, nonsense, 10.0.0.2"], "10.0.0.2"),
            (&["192.0.2.1,"], PROXY),
            (&["\"192.0.2.1\""], PROXY),
            (&["\"198.51.100.1, 192.0.2.1"], "192.0.2.1"),
            (&["unknown"], PROXY),
            (&["1.2.3.4.5"], PROXY),
        ];
        for (header, expected) in table {
            assert_eq!(client(PROXY, &[], header), *expected, "{header:?}");
        }
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let table: &[(&[&str], &str)] = &[
            (&["for=192.0.2.43"], "192.0.2.43"),
            (&["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60"),
            (&["For=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17"),
            (&["for=\"[2001:db8:cafe::17]\""], "2001:db8:cafe::17"),
            (&["for=192.0.2.43, for=198.51.100.17"], "198.51.100.17"),
            (&["for=192.0.2.43, for=\"[fd00::17]\""], "192.0.2.43"),
            (&["for=192.0.2.43", "for=10.1.2.3;by=_x"], "192.0.2.43"),
            (&["for=\"192.0.2.43:47011\""], "192.0.2.43"),
            (&["for=\"192.0.2.43:_port\""], "192.0.2.43"),
            (&["for=192.0.2.43:47011"], "192.0.2.43"),
            (&[";;FOR=192.0.2.43;;"], "192.0.2.43"),
            (&["for=\"_gazonk\""], PROXY),
            (&["for=unknown"], PROXY),
            (&["for=192.0.2.43, for=unknown"], PROXY),
            (&["for=192.0.2.43, for=unknown, for=10.0.0.2"], "10.0.0.2"),
            (&["proto=https"], PROXY),
            (&["for=192.0.2.1;for=192.0.2.2"], PROXY),
            (&["for=192.0.2.1;proto=gopher"], PROXY),
            (&["for=2001:db8::1"], PROXY),
            (&["for=\"[192.0.2.1]\""], PROXY),
            (&["for=\"192.0.2.1:123456\""], PROXY),
            (&["for=\"192.0.2.1:\""], PROXY),
            (&["for=\"192.0.2.1"], PROXY),
            (&["for = 192.0.2.1"], PROXY),
            (&["for=\"192.0\\.2.1\""], PROXY),
        ];
        for (header, expected) in table {
            assert_eq!(client(PROXY, header, &[]), *expected, "{header:?}");
        }
    }

    #[test]
    fn a_quote_left_open_by_the_client_does_not_swallow_what_the_proxy_wrote() {
        for header in [
            "for=\"198.51.100.1, for=192.0.2.1",
            "for=\"198.51.100.1\", \", for=192.0.2.1",
            "x=\"\\\", for=192.0.2.1",
            "\", for=\"192.0.2.1:1\";by=\"a,b\"",
        ] {
            assert_eq!(client(PROXY, &[header], &[]), "192.0.2.1", "{header}");
        }
    }

    #[test]
    fn forwarded_goes_before_x_forwarded_for() {
        assert_eq!(client(PROXY, &["for=192.0.2.1"], &["192.0.2.2"]), "192.0.2.1");
        assert_eq!(client(PROXY, &["for=unknown"], &["192.0.2.2"]), PROXY);
    }

    #[test]
    fn a_chain_longer_than_32_hops_ends_there() {
        let chain = |n: u32| format!("192.0.2.1{}", ", 10.0.0.2".repeat(n.try_into().unwrap()));
        assert_eq!(client(PROXY, &[], &[&chain(31)]), "192.0.2.1");
        assert_eq!(client(PROXY, &[], &[&chain(32)]), "10.0.0.2");
    }

    #[test]
    fn the_scheme_is_the_one_that_the_outermost_trusted_proxy_saw() {
        let scheme = |peer: &str, forwarded: &[&str], x: &[&str]| {
            forwarded_proto(peer.parse().unwrap(), forwarded, x, &trusted())
        };
        assert_eq!(scheme(PROXY, &["for=192.0.2.1;proto=https"], &[]), Some(Scheme::Https));
        assert_eq!(
            scheme(PROXY, &["for=192.0.2.1;proto=https, for=10.0.0.2;proto=http"], &[]),
            Some(Scheme::Https)
        );
        assert_eq!(
            scheme(PROXY, &["for=192.0.2.9;proto=https, for=192.0.2.1;proto=http"], &[]),
            Some(Scheme::Http)
        );
        assert_eq!(scheme(PROXY, &["for=192.0.2.1"], &["https"]), None);
        assert_eq!(scheme(PROXY, &[], &["HTTPS"]), Some(Scheme::Https));
        assert_eq!(scheme(PROXY, &[], &["https, http"]), Some(Scheme::Http));
        assert_eq!(scheme(PROXY, &[], &["https", "http"]), Some(Scheme::Http));
        assert_eq!(scheme(PROXY, &[], &["wss"]), None);
        assert_eq!(scheme(PROXY, &[], &[]), None);
        assert_eq!(scheme("192.0.2.1", &["for=192.0.2.1;proto=https"], &["https"]), None);
    }

    #[test]
    fn a_network_is_the_ipv4_address_or_the_ipv6_64() {
        for (address, network) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8::1", "2001:db8::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(network_of(address.parse().unwrap()), network);
        }
    }

    proptest! {
        #[test]
        fn whatever_the_client_sends_the_address_that_the_proxy_wrote_is_found(spoofed in any::<String>()) {
            let appended = format!("{spoofed}, for=\"192.0.2.1:99\";proto=https");
            prop_assert_eq!(client(PROXY, &[&appended], &[]), "192.0.2.1");
            let appended = format!("{spoofed}, 192.0.2.1");
            prop_assert_eq!(client(PROXY, &[], &[&appended]), "192.0.2.1");
        }

        #[test]
        fn an_untrusted_peer_is_always_the_client(header in any::<String>()) {
            prop_assert_eq!(client("203.0.113.9", &[&header], &[&header]), "203.0.113.9");
        }
    }
}
