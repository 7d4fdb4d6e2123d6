//! Addresses that are used in no place: at home, in documentation, by nobody in particular.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, bits: u32) -> (u32, u32) {
    (Ipv4Addr::new(a, b, c, 0).to_bits(), bits)
}

const fn v6(a: u16, b: u16, c: u16, bits: u32) -> (u128, u32) {
    (Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_bits(), bits)
}

/// First address and bits of each.
const V4: [(u32, u32); 15] = [
    // This host (RFC 791).
    v4(0, 0, 0, 8),
    // Private (RFC 1918).
    v4(10, 0, 0, 8),
    v4(172, 16, 0, 12),
    v4(192, 168, 0, 16),
    // Carriers' own (RFC 6598): the same addresses behind many of them.
    v4(100, 64, 0, 10),
    // Loopback (RFC 1122) and link-local (RFC 3927).
    v4(127, 0, 0, 8),
    v4(169, 254, 0, 16),
    // Protocol assignments (RFC 6890) and the anycast of 6to4 (RFC 7526).
    v4(192, 0, 0, 24),
    v4(192, 88, 99, 24),
    // Documentation (RFC 5737).
    v4(192, 0, 2, 24),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    // Measurements (RFC 2544).
    v4(198, 18, 0, 15),
    // To many, and for later (RFC 1112).
    v4(224, 0, 0, 4),
    v4(240, 0, 0, 4),
];

const V6: [(u128, u32); 13] = [
    // Unspecified, loopback and what else begins with 80 zeros (RFC 4291); mapped IPv4 addresses are judged as such.
    v6(0, 0, 0, 80),
    // IPv4 behind a translator (RFC 6052, RFC 8215): it is the translator that one would see.
    v6(0x64, 0xff9b, 0, 96),
    v6(0x64, 0xff9b, 1, 48),
    // Nowhere (RFC 6666).
    v6(0x100, 0, 0, 64),
    // Protocol assignments, Teredo among them (RFC 2928), and 6to4 (RFC 3056).
    v6(0x2001, 0, 0, 23),
    v6(0x2002, 0, 0, 16),
    // Documentation (RFC 3849, RFC 9637).
    v6(0x2001, 0xdb8, 0, 32),
    v6(0x3fff, 0, 0, 20),
    // Segment routing (RFC 9602).
    v6(0x5f00, 0, 0, 16),
    // Local (RFC 4193), link-local (RFC 4291), what was site-local (RFC 3879), to many.
    v6(0xfc00, 0, 0, 7),
    v6(0xfe80, 0, 0, 10),
    v6(0xfec0, 0, 0, 10),
    v6(0xff00, 0, 0, 8),
];

/// Whether an address says nothing about a place.
pub fn is_placeless(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let address = address.to_bits();
            V4.iter().any(|(first, bits)| address.checked_shr(32 - bits) == first.checked_shr(32 - bits))
        }
        IpAddr::V6(address) => {
            let address = address.to_bits();
            V6.iter().any(|(first, bits)| address.checked_shr(128 - bits) == first.checked_shr(128 - bits))
        }
    }
}
