//! Sixty-four bits in place of a text or an identifier: what detectors keep, so that their memory does not depend on how
//! long names are.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::net::IpAddr;

use model::event::Subject;
use model::event::imported::Handle;

/// A mark of something; two different things have the same one in a vanishing part of all cases.
pub(crate) type Mark = u64;

/// A map from marks: they are mixed already.
pub(crate) type ByMark<V> = HashMap<Mark, V, BuildHasherDefault<AsIs>>;

/// Takes a mark as its own hash.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = text(bytes, self.0);
    }

    fn write_u64(&mut self, mark: u64) {
        self.0 = mark;
    }
}

/// Mixes a number so that every bit depends on every other (the finish of SplitMix64).
pub(crate) const fn mix(number: u64) -> Mark {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The mark of two marks, in this order.
pub(crate) const fn both(one: Mark, other: u64) -> Mark {
    mix(one.rotate_left(23) ^ other.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The mark of a text, eight bytes at a time.
pub(crate) fn text(bytes: &[u8], seed: u64) -> Mark {
    let mut mark = seed ^ 0x51_7c_c1_b7_27_22_0a_95;
    let (eights, rest) = bytes.as_chunks::<8>();
    for eight in eights {
        mark = (mark ^ u64::from_le_bytes(*eight)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
    }
    let mut last = [0_u8; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    mark = (mark ^ u64::from_le_bytes(last)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mix(mark ^ u64::try_from(bytes.len()).unwrap_or(0))
}

/// The mark of an identifier.
pub(crate) fn handle(handle: &Handle) -> Mark {
    match handle {
        Handle::Guid(bytes) => {
            let number = u128::from_be_bytes(*bytes);
            both(low(number >> 64), low(number))
        }
        Handle::Text(word) => text(word.as_bytes(), 1),
    }
}

/// The mark of whoever an event is about.
pub(crate) fn subject_mark(subject: &Subject) -> Mark {
    match subject {
        Subject::Account(id) => text(id.bytes(), 40),
        Subject::Address { destination, .. } => text(destination.as_bytes(), 41),
        Subject::Foreign { system, user } => text(user.as_bytes(), text(system.code().as_bytes(), 42)),
        Subject::Site => mix(43),
    }
}

/// The mark of the line behind an address: the address itself, or the /64 of IPv6.
pub(crate) fn line(address: IpAddr) -> Mark {
    match address.to_canonical() {
        IpAddr::V4(address) => mix(u64::from(address.to_bits()) | 4 << 32),
        IpAddr::V6(address) => both(6, low(address.to_bits() >> 64)),
    }
}

/// The mark of the neighbourhood of an address: the /24 of IPv4, the /48 of IPv6.
pub(crate) fn neighbourhood(address: IpAddr) -> Mark {
    match address.to_canonical() {
        IpAddr::V4(address) => mix(u64::from(address.to_bits() >> 8) | 5 << 32),
        IpAddr::V6(address) => both(7, low(address.to_bits() >> 80)),
    }
}

/// The mark of the wider block of an address: the /16 of IPv4, the /32 of IPv6.
pub(crate) fn block(address: IpAddr) -> Mark {
    match address.to_canonical() {
        IpAddr::V4(address) => mix(u64::from(address.to_bits() >> 16) | 6 << 32),
        IpAddr::V6(address) => both(8, low(address.to_bits() >> 96)),
    }
}

/// The lower half of a number.
fn low(number: u128) -> u64 {
    u64::try_from(number & u128::from(u64::MAX)).unwrap_or(0)
}

/// The lower half of a mark, where many are kept.
pub(crate) fn short(mark: Mark) -> u32 {
    u32::try_from(mark & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_things_have_different_marks() {
        let mut marks: Vec<Mark> =
            (0..20_000_u32).map(|n| text(format!("user{n:05}@contoso.example").as_bytes(), 0)).collect();
        marks.extend((0..20_000_u32).map(|n| line(IpAddr::from(n.to_be_bytes()))));
        marks.extend((0..20_000_u128).map(|n| handle(&Handle::Guid(n.to_be_bytes()))));
        let many = marks.len();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), many);
        assert_ne!(text(b"a", 0), text(b"a\0", 0));
        assert_ne!(both(1, 2), both(2, 1));
    }

    #[test]
    fn an_address_in_both_spellings_is_one_line() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(line(address("192.0.2.1")), line(address("::ffff:192.0.2.1")));
        assert_eq!(line(address("2001:db8::1")), line(address("2001:db8::2")));
        assert_ne!(line(address("2001:db8::1")), line(address("2001:db8:0:1::1")));
        assert_eq!(neighbourhood(address("192.0.2.1")), neighbourhood(address("192.0.2.200")));
        assert_ne!(neighbourhood(address("192.0.2.1")), neighbourhood(address("192.0.3.1")));
    }
}
