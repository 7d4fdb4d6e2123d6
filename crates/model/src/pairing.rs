//! A window that a person opens for one device: two minutes in which a code for it exists at all.
//!
//! Implements: RFC 10027 §6.1.15 (authenticate, then initiate) and §6.1.16, NIST SP 800-63B-4 §4.1.2.2 (binding codes),
//! threats.md §5.2 rows 20, 21 and 24, §6 ideas 1 and 2.
//!
//! 1. Somebody who has just proved who is there opens a window. There is one at a time for an account, and it belongs to the
//!    browser session that opened it.
//! 2. One device answers it with the pairing code, and shows digits.
//! 3. The person types the digits where the window was opened, or says that it is not theirs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, Keys, Of};
use crate::entropy::{Entropy, NoEntropy};
use crate::id::{AccountId, DeviceId, PairingId, SessionId};
use crate::secret::Secret;
use crate::time::Time;

/// How long a window is open for a device.
pub const OPEN: Duration = Duration::from_secs(2 * 60);

/// How long the person has, once a device has answered.
pub const ANSWERED: Duration = Duration::from_secs(3 * 60);

/// How often the digits may be typed: three of ten thousand.
pub const TRIES: u8 = 3;

/// How a window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairingState {
    /// It waits for a device.
    Open,
    /// A device has answered, and the person is asked.
    Answered,
    /// The person said yes.
    Approved,
    /// The person said no.
    Denied,
    /// The digits were wrong too often.
    WrongDigits,
    /// The person closed it, or opened another one.
    Closed,
    /// Its time passed.
    Expired,
}

impl PairingState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Answered,
        Self::Approved,
        Self::Denied,
        Self::WrongDigits,
        Self::Closed,
        Self::Expired,
    ];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::WrongDigits => "wrong_digits",
            Self::Closed => "closed",
            Self::Expired => "expired",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether something may still come of it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Open | Self::Answered)
    }
}

/// A window, without the text of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// Its identifier.
    pub id: PairingId,
    /// Whose it is.
    pub account: AccountId,
    /// The browser session that opened it.
    pub session: SessionId,
    /// When it was opened.
    pub opened_at: Time,
    /// When its time is over: for a device at first, then for the person.
    pub expires_at: Time,
    /// How often the digits may still be typed.
    pub tries_left: u8,
    /// How it stands.
    pub state: PairingState,
    /// The device that answered.
    pub device: Option<DeviceId>,
}

impl Pairing {
    /// How it stands at `now`: time ends it even before the sweep has seen it.
    #[must_use]
    pub fn state_at(&self, now: Time) -> PairingState {
        if self.state.is_live() && now >= self.expires_at { PairingState::Expired } else { self.state }
    }
}

/// Digits for a device to show, each of the ten thousand equally likely.
///
/// # Errors
/// [`NoEntropy`] when the system gives no random bytes.
pub fn draw_digits(entropy: &mut Entropy) -> Result<Secret<String>, NoEntropy> {
    loop {
        // 60,000 is a multiple of ten thousand; what lies above is thrown away.
        let drawn = u16::from_be_bytes(entropy.bytes()?);
        if drawn < 60_000 {
            return Ok(Secret::new(format!("{:04}", drawn % 10_000)));
        }
    }
}

/// What is kept of a pairing code.
#[must_use]
pub fn code_digest(keys: &Keys, code: &str) -> Digest {
    keys.digest(Of::Token, &[b"pairing code", code.as_bytes()])
}

/// What is kept of the digits that a device shows; those of another device are others, even if they look the same.
#[must_use]
pub fn confirmation_digest(keys: &Keys, device: DeviceId, digits: &str) -> Digest {
    keys.digest(Of::Token, &[b"digits of a device", device.bytes(), digits.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cx::Cx;
    use proptest::prelude::*;

    fn pairing() -> Pairing {
        let mut cx = Cx::simulated(Time::from_micros(0), 1);
        Pairing {
            id: PairingId::new(&mut cx).unwrap(),
            account: AccountId::new(&mut cx).unwrap(),
            session: SessionId::new(&mut cx).unwrap(),
            opened_at: cx.now,
            expires_at: cx.now + OPEN,
            tries_left: TRIES,
            state: PairingState::Open,
            device: None,
        }
    }

    #[test]
    fn codes_are_read_back_and_time_ends_what_is_live() {
        for state in PairingState::ALL {
            assert_eq!(PairingState::from_code(state.code()), Some(state));
            let late = Pairing { state, ..pairing() }.state_at(Time::from_micros(0) + OPEN);
            assert_eq!(late, if state.is_live() { PairingState::Expired } else { state });
        }
    }

    #[test]
    fn digits_of_one_device_are_nothing_for_another() {
        let (keys, mut cx) = (Keys::simulated().unwrap(), Cx::simulated(Time::from_micros(0), 1));
        let (one, other) = (DeviceId::new(&mut cx).unwrap(), DeviceId::new(&mut cx).unwrap());
        let own = confirmation_digest(&keys, one, "0420");
        assert!(own.matches(&confirmation_digest(&keys, one, "0420")));
        assert!(!own.matches(&confirmation_digest(&keys, other, "0420")));
        assert!(!own.matches(&confirmation_digest(&keys, one, "420")));
        assert!(
            !code_digest(&keys, "BCDF")
                .matches(&crate::device_authorization::user_code_digest(&keys, "BCDF"))
        );
    }

    #[test]
    fn row_50_all_digits_are_equally_likely() {
        let mut entropy = Entropy::seeded(4);
        let mut counts = [[0_u32; 10]; 4];
        const DRAWN: u32 = 100_000;
        for _ in 0..DRAWN {
            for (place, digit) in draw_digits(&mut entropy).unwrap().expose().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        let expected = f64::from(DRAWN) / 10.0;
        for place in counts {
            let chi2: f64 = place.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
            // 9 degrees of freedom: 0.1 % above 27.9; four places and a fixed seed.
            assert!(chi2 < 27.9, "χ² = {chi2}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_live_after_its_time(state in prop::sample::select(PairingState::ALL.to_vec()), after in 0_u64..10_000) {
            let late = Pairing { state, ..pairing() }.state_at(Time::from_micros(0) + OPEN + Duration::from_secs(after));
            prop_assert!(!late.is_live());
        }
    }
}
