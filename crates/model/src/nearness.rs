//! Where a device is, seen from the person who answers for it: as far as two network addresses tell.
//!
//! Implements: RFC 10027 §6.1.1 (a shared network as evidence of proximity, which an authorization server sees by itself),
//! threats.md §5.2 row 25 (a city or a country is never enough).
//!
//! It is evidence and no proof: somebody behind the same address is nearby without being in the room, and a telephone that
//! left the house network is elsewhere while it lies on the table. So what is not nearby is not refused, it is worth less.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use wire::http::forwarded::network_of;
use wire::http::network::Network;
use wire::place::is_placeless;

/// Where a device is. The order is that of doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nearness {
    /// Behind the same IPv4 address, or in the same /64.
    Nearby,
    /// Nobody can tell.
    Unknown,
    /// In another network.
    Elsewhere,
}

impl Nearness {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nearby, Self::Unknown, Self::Elsewhere];

    /// As stored, and as in the claim `origin_ctx`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nearby => "nearby",
            Self::Unknown => "unknown",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nearness| nearness.code() == code)
    }

    /// Seen twice, it is what the more doubtful of both looks says.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// How a device at one address is to a person at another.
///
/// Nothing is concluded from an address that nobody knows; from one that is used in many places at once, such as those of
/// private networks, of carriers' own networks (100.64.0.0/10), of tunnels and of the loopback: what stands before them is
/// a proxy or a translator, and everybody behind it looks the same; nor from one of each family, which one household has
/// side by side.
///
/// `own` are private networks each of which is one place, by the word of an operator: within one of them is nearby, and between two
/// of them, or between one and an address that anybody can reach, is elsewhere.
#[must_use]
pub fn nearness(person: Option<IpAddr>, device: Option<IpAddr>, own: &[Network]) -> Nearness {
    let (Some(person), Some(device)) = (person, device) else { return Nearness::Unknown };
    let (person, device) = (person.to_canonical(), device.to_canonical());
    if person.is_ipv4() != device.is_ipv4() {
        return Nearness::Unknown;
    }
    // Addresses that anybody can reach are compared by themselves, whatever an operator has named.
    let place =
        |address| is_placeless(address).then(|| own.iter().position(|network| network.contains(address)));
    match (place(person), place(device)) {
        (Some(None), _) | (_, Some(None)) => Nearness::Unknown,
        (None, None) if network_of(person) == network_of(device) => Nearness::Nearby,
        (Some(one), Some(other)) if one == other => Nearness::Nearby,
        _ => Nearness::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn between(person: &str, device: &str) -> Nearness {
        nearness(Some(person.parse().unwrap()), Some(device.parse().unwrap()), &[])
    }

    #[test]
    fn row_25_a_private_network_is_one_place_where_an_operator_says_so() {
        use Nearness::{Elsewhere, Nearby, Unknown};
        // The last one is no private network: it stays as it is.
        let own = ["10.20.3.0/24", "10.20.4.0/24", "fd00:1::/64", "93.184.216.0/24"];
        let own = own.map(|network| Network::parse(network).unwrap());
        for (person, device, is) in [
            ("10.20.3.7", "10.20.3.9", Nearby),
            ("10.20.3.7", "::ffff:10.20.3.9", Nearby),
            ("10.20.3.7", "10.20.4.7", Elsewhere),
            ("10.20.3.7", "93.184.216.34", Elsewhere),
            ("93.184.216.34", "10.20.3.7", Elsewhere),
            ("10.20.3.7", "10.20.5.7", Unknown),
            ("10.20.5.7", "10.20.5.7", Unknown),
            ("10.20.5.7", "93.184.216.34", Unknown),
            ("fd00:1::1", "fd00:1::2", Nearby),
            ("fd00:1::1", "fd00:2::2", Unknown),
            // An office has one of each.
            ("10.20.3.7", "fd00:1::1", Unknown),
            ("10.20.3.7", "2a01:4f8:1:2::1", Unknown),
            ("93.184.216.34", "93.184.216.35", Elsewhere),
            ("93.184.216.34", "93.184.216.34", Nearby),
        ] {
            let between = nearness(Some(person.parse().unwrap()), Some(device.parse().unwrap()), &own);
            assert_eq!(between, is, "{person} {device}");
        }
    }

    #[test]
    fn row_25_only_the_same_address_or_the_same_64_is_nearby() {
        use Nearness::{Elsewhere, Nearby, Unknown};
        for (person, device, is) in [
            ("93.184.216.34", "93.184.216.34", Nearby),
            ("93.184.216.34", "::ffff:93.184.216.34", Nearby),
            // The same provider and the same city: a proxy that was chosen for it.
            ("93.184.216.34", "93.184.216.35", Elsewhere),
            ("93.184.216.34", "93.184.217.34", Elsewhere),
            ("2a01:4f8:1:2::1", "2a01:4f8:1:2:ffff:ffff:ffff:ffff", Nearby),
            ("2a01:4f8:1:2::1", "2a01:4f8:1:3::1", Elsewhere),
            ("2a01:4f8:1:2::1", "93.184.216.34", Unknown),
            ("93.184.216.34", "2a01:4f8:1:2::1", Unknown),
            // A carrier's own network, seen from within it: thousands have the same address behind different translators.
            ("100.64.0.1", "100.64.0.1", Unknown),
            ("100.127.255.254", "93.184.216.34", Unknown),
            ("100.128.0.1", "100.128.0.1", Nearby),
            // A proxy of ours that says nothing about whom it serves.
            ("10.0.0.1", "10.0.0.1", Unknown),
            ("172.16.0.1", "172.16.0.1", Unknown),
            ("192.168.1.1", "192.168.1.1", Unknown),
            ("127.0.0.1", "127.0.0.1", Unknown),
            ("::1", "::1", Unknown),
            ("fd00::1", "fd00::2", Unknown),
            ("fe80::1", "fe80::1", Unknown),
            ("169.254.1.1", "169.254.1.1", Unknown),
            ("0.0.0.0", "0.0.0.0", Unknown),
            // Teredo: the first 64 bits are those of a relay. 6to4 and NAT64: a translator.
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:0:4136:e378::1", Unknown),
            ("2002:5db8:d822::1", "2002:5db8:d822::2", Unknown),
            ("64:ff9b::5db8:d822", "64:ff9b::5db8:d822", Unknown),
            ("192.0.2.1", "192.0.2.1", Unknown),
        ] {
            assert_eq!(between(person, device), is, "{person} {device}");
        }
        let known = Some(IpAddr::from([93, 184, 216, 34]));
        for (person, device) in [(None, known), (known, None), (None, None)] {
            assert_eq!(nearness(person, device, &[]), Unknown);
        }
    }

    #[test]
    fn codes_are_read_back_and_doubt_wins() {
        for one in Nearness::ALL {
            assert_eq!(Nearness::from_code(one.code()), Some(one));
            assert_eq!(one.and(Nearness::Elsewhere), Nearness::Elsewhere);
            assert_eq!(one.and(Nearness::Nearby), one);
        }
    }

    proptest! {
        #[test]
        fn it_is_the_same_seen_from_either_side(one in any::<IpAddr>(), other in any::<IpAddr>()) {
            prop_assert_eq!(nearness(Some(one), Some(other), &[]), nearness(Some(other), Some(one), &[]));
            prop_assert_ne!(nearness(Some(one), Some(one), &[]), Nearness::Elsewhere);
        }

        #[test]
        fn a_64_is_one_network_and_its_neighbour_another(network in 0x2a00_u16..0x2bff, rest in any::<u64>(), host in any::<[u64; 2]>()) {
            let prefix = u128::from(network) << 112 | u128::from(rest >> 16) << 64;
            let at = |host: u64, prefix: u128| Some(IpAddr::from((prefix | u128::from(host)).to_be_bytes()));
            prop_assert_eq!(nearness(at(host[0], prefix), at(host[1], prefix), &[]), Nearness::Nearby);
            prop_assert_eq!(nearness(at(host[0], prefix), at(host[1], prefix ^ 1 << 64), &[]), Nearness::Elsewhere);
        }
    }
}
