//! What everybody and everything is called: identifiers follow from numbers.

use crate::growth::people::mix;

use super::draft::Draft;

/// A GUID as the two halves of its bits.
pub(crate) type Guid = (u64, u64);

/// Names of one tenant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    seed: u64,
}

impl Names {
    /// The names in the tenant of these people.
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A record's.
    pub(crate) const fn record(self, number: u64) -> Guid {
        guid(self.seed ^ 0x5eed_0001, number)
    }

    /// A user's.
    pub(crate) fn user(self, number: u32) -> Guid {
        guid(self.seed ^ 0x5eed_0002, u64::from(number))
    }

    /// A session's.
    pub(crate) const fn session(self, session: u64) -> Guid {
        guid(self.seed ^ 0x5eed_0003, session)
    }

    /// A sign-in's.
    pub(crate) const fn correlation(self, correlation: u64) -> Guid {
        guid(self.seed ^ 0x5eed_0004, correlation)
    }

    /// A device's.
    pub(crate) fn device(self, device: u32) -> Guid {
        guid(self.seed ^ 0x5eed_0005, u64::from(device))
    }
}

/// A random GUID by its looks (RFC 9562 §5.4).
const fn guid(space: u64, number: u64) -> Guid {
    let high = mix(space ^ number.rotate_left(17));
    let low = mix(high ^ number);
    (high & 0xffff_ffff_ffff_0fff | 0x4000, low & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
}

/// What a user is called.
#[must_use]
pub(crate) fn user(number: u32) -> String {
    format!("user{number:05}@contoso.example")
}

/// What a device is called that a tool registers, or that somebody sets up.
#[must_use]
pub(crate) fn device(by_tool: bool, chance: u64) -> (String, &'static str) {
    if by_tool {
        let build = if chance & 1 == 0 { "10.0.19041.928" } else { "10.0.19045.2006" };
        (format!("DESKTOP-{:07X}", (chance >> 8) & 0xfff_ffff), build)
    } else if chance.is_multiple_of(3) {
        (format!("DESKTOP-{:07X}", (chance >> 8) & 0xfff_ffff), "10.0.26100.4652")
    } else {
        (format!("LT-{}", chance % 9000 + 1000), "10.0.26100.4652")
    }
}

/// The password step of a sign-in: whether there was one, and whether it was right.
#[must_use]
pub(crate) const fn password(draft: &Draft) -> Option<bool> {
    if !draft.interactive {
        return None;
    }
    Some(!matches!(draft.code, 50126 | 50034 | 50053 | 50057))
}
