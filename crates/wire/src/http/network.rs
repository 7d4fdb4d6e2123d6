//! Networks as an operator writes them, and whether an address belongs to one.
//!
//! Implements: RFC 4632 §3.1 and RFC 4291 §2.3 (prefix notation); RFC 4291 §2.5.5.2 (an IPv4-mapped
//! IPv6 address is the IPv4 address it carries); RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3 (loopback).

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::Malformed;

/// A range of addresses, IPv4 or IPv6, or the loopback addresses of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(Range);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    Loopback,
    V4 { first: Ipv4Addr, bits: u8 },
    V6 { first: Ipv6Addr, bits: u8 },
}

const WHAT: &str = "network";

impl Network {
    /// 127.0.0.0/8 and ::1.
    pub const LOOPBACK: Self = Self(Range::Loopback);

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, a single address such as `::1`, or the word `loopback`.
    ///
    /// # Errors
    /// [`Malformed`] for anything else, also for a network whose address has bits set after its prefix:
    /// `10.0.0.1/8` is more often a mistake than meant.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what: WHAT, at, expected };
        if text == "loopback" {
            return Ok(Self::LOOPBACK);
        }
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let parsed: IpAddr = address
            .parse()
            .map_err(|_| refuse(0, "an IPv4 or IPv6 address, alone or with a prefix length, or loopback"))?;
        let after = address.len().saturating_add(1);
        let bits = match prefix {
            None => None,
            Some(digits) if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                return Err(refuse(after, "a prefix length in digits"));
            }
            Some(digits) => {
                Some(digits.parse::<u8>().map_err(|_| refuse(after, "a prefix length within the address"))?)
            }
        };
        let range = match parsed {
            IpAddr::V4(first) => Range::V4 { first, bits: bits.unwrap_or(32) },
            IpAddr::V6(first) => match (first.to_ipv4_mapped(), bits.unwrap_or(128)) {
                (Some(first), bits @ 96..=128) => Range::V4 { first, bits: bits.saturating_sub(96) },
                (_, bits) => Range::V6 { first, bits },
            },
        };
        match range {
            Range::V4 { bits: 33.., .. } | Range::V6 { bits: 129.., .. } => {
                Err(refuse(after, "a prefix length within the address"))
            }
            Range::V4 { first, bits } if first.to_bits() & !mask_v4(bits) != 0 => {
                Err(refuse(0, "an address that is zero after the prefix"))
            }
            Range::V6 { first, bits } if first.to_bits() & !mask_v6(bits) != 0 => {
                Err(refuse(0, "an address that is zero after the prefix"))
            }
            range => Ok(Self(range)),
        }
    }

    /// Whether the address lies in this network. An IPv4-mapped IPv6 address counts as IPv4, and `::/0`
    /// holds no IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.0, address.to_canonical()) {
            (Range::Loopback, address) => address.is_loopback(),
            (Range::V4 { first, bits }, IpAddr::V4(address)) => {
                address.to_bits() & mask_v4(bits) == first.to_bits()
            }
            (Range::V6 { first, bits }, IpAddr::V6(address)) => {
                address.to_bits() & mask_v6(bits) == first.to_bits()
            }
            (Range::V4 { .. }, IpAddr::V6(_)) | (Range::V6 { .. }, IpAddr::V4(_)) => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Range::Loopback => f.write_str("loopback"),
            Range::V4 { first, bits } => write!(f, "{first}/{bits}"),
            Range::V6 { first, bits } => write!(f, "{first}/{bits}"),
        }
    }
}

fn mask_v4(bits: u8) -> u32 {
    u32::MAX.checked_shl(32_u32.saturating_sub(u32::from(bits))).unwrap_or(0)
}

fn mask_v6(bits: u8) -> u128 {
    u128::MAX.checked_shl(128_u32.saturating_sub(u32::from(bits))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn contains(network: &str, address: &str) -> bool {
        Network::parse(network).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn an_address_inside_belongs_and_one_outside_does_not() {
        let table = [
            ("10.0.0.0/8", "10.255.255.255", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("10.0.0.0/8", "::a00:1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("192.0.2.0/31", "192.0.2.1", true),
            ("192.0.2.0/31", "192.0.2.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "203.0.113.9", false),
            ("::1", "::1", true),
            ("::1", "::2", false),
            ("2001:db8::/32", "2001:db8:ffff::", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("2001:db8:0:8000::/49", "2001:db8:0:8001::", true),
            ("2001:db8:0:8000::/49", "2001:db8:0:7fff::", false),
            ("::ffff:10.0.0.0/104", "10.9.9.9", true),
            ("::ffff:192.0.2.7", "192.0.2.7", true),
            ("loopback", "127.8.9.1", true),
            ("loopback", "::1", true),
            ("loopback", "::ffff:127.0.0.1", true),
            ("loopback", "128.0.0.1", false),
        ];
        for (network, address, expected) in table {
            assert_eq!(contains(network, address), expected, "{network} {address}");
        }
    }

    #[test]
    fn what_is_not_a_network_is_refused_at_its_place() {
        let table = [
            ("", 0),
            ("localhost", 0),
            ("Loopback", 0),
            ("10.0.0/8", 0),
            ("10.0.0.0.0", 0),
            ("010.0.0.0/8", 0),
            (" 10.0.0.0/8", 0),
            ("10.0.0.0/", 9),
            ("10.0.0.0/33", 9),
            ("10.0.0.0/+8", 9),
            ("10.0.0.0/8/8", 9),
            ("10.0.0.0/ 8", 9),
            ("10.0.0.0/256", 9),
            ("::/129", 3),
            ("::/-1", 3),
            ("fe80::1%eth0", 0),
            ("[::1]", 0),
            ("10.0.0.1/8", 0),
            ("2001:db8::1/64", 0),
            ("::ffff:10.0.0.0/90", 0),
        ];
        for (text, at) in table {
            let error = Network::parse(text).unwrap_err();
            assert_eq!((error.what, error.at), ("network", at), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(address in any::<u128>(), bits in 0u8..=128) {
            let text = format!("{}/{bits}", Ipv6Addr::from_bits(address & mask_v6(bits)));
            let network = Network::parse(&text).unwrap();
            prop_assert_eq!(Network::parse(&network.to_string()), Ok(network));
            let inside = Ipv6Addr::from_bits(address);
            prop_assert!(inside.to_ipv4_mapped().is_some() || network.contains(inside.into()));
        }

        #[test]
        fn a_network_holds_its_addresses_and_not_their_neighbours(address in any::<u32>(), bits in 1u8..=32) {
            let first = Ipv4Addr::from_bits(address & mask_v4(bits));
            let network = Network::parse(&format!("{first}/{bits}")).unwrap();
            prop_assert!(network.contains(Ipv4Addr::from_bits(address).into()));
            let flipped = address ^ (1 << (32 - u32::from(bits)));
            prop_assert!(!network.contains(Ipv4Addr::from_bits(flipped).into()));
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            if let Err(error) = Network::parse(&text) {
                prop_assert!(error.at <= text.len());
            }
        }
    }
}
