//! What we tell people unasked about an account, and how often: once, and what follows soon after is summed up.
//!
//! Implements: NIST SP 800-63B-4 §4.6 (notices of account events), OWASP ASVS 5.0 6.3.7; `threats.md` §5.2 row 13.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::authenticator::AuthenticatorKind;
use crate::event::{AddressKind, AddressRole, EntryKind, Removal};
use crate::finding::{Attack, Severity};
use crate::nearness::Nearness;
use crate::source::Source;
use crate::time::Time;

/// What happens again within so long after a notice is told in one, when the time is over.
pub const TOGETHER: Duration = Duration::from_secs(60 * 60);

/// One notice: facts, and nothing in the words of whoever did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub what: What,
    /// When.
    pub at: Time,
    /// From where, as far as it is known and kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Source>,
    /// How many more of the same there were since the last notice; this is the newest of them.
    #[serde(default)]
    pub more: u32,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "details", rename_all = "snake_case")]
pub enum What {
    /// Somebody signed in in a browser that never signed in to the account before.
    NewBrowser,
    /// So many browser sessions were ended, not by whoever was signed in in them.
    SessionsEnded {
        /// How many.
        count: u32,
    },
    /// An operator locked the account.
    AccountLocked,
    /// An operator unlocked it.
    AccountUnlocked,
    /// The account was closed for good.
    AccountClosed,
    /// A passkey, a password or a secret of an app was added.
    AuthenticatorAdded {
        /// Of which kind.
        kind: AuthenticatorKind,
        /// From when on it can be used, if it is held at first.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        usable_at: Option<Time>,
    },
    /// A password was changed.
    AuthenticatorChanged {
        /// Of which kind.
        kind: AuthenticatorKind,
    },
    /// An authenticator is gone.
    AuthenticatorRemoved {
        /// Of which kind.
        kind: AuthenticatorKind,
        /// Why.
        why: Removal,
    },
    /// The owner switched ways of signing in on or off.
    MethodsChanged,
    /// What an unknown browser must bring before a code is mailed was changed.
    GateChanged,
    /// So many requests for codes were stopped by the gate of the account, or were guessed at in vain, since then.
    Stopped {
        /// How many.
        count: u32,
        /// Since when.
        since: Time,
    },
    /// New recovery codes took the place of all before.
    RecoveryCodesMade {
        /// How many.
        count: u32,
    },
    /// A recovery code was used up.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
    /// An address belongs to the account from now on.
    AddressAdded {
        /// What kind.
        kind: AddressKind,
        /// What for.
        role: AddressRole,
        /// Masked.
        address: String,
    },
    /// An address belongs to the account no more.
    AddressRemoved {
        /// What kind.
        kind: AddressKind,
        /// What for.
        role: AddressRole,
        /// Masked.
        address: String,
        /// Why.
        why: Removal,
    },
    /// Another address is the main one now.
    AddressMadeMain {
        /// Masked.
        address: String,
    },
    /// Sign-in by an address was switched.
    AddressSwitched {
        /// Masked.
        address: String,
        /// Whether it is open now.
        sign_in: bool,
    },
    /// Whoever owns a recovery address wants no part in the account: it goes at that time.
    DetachingAsked {
        /// Masked.
        address: String,
        /// When it goes.
        at: Time,
    },
    /// A way in was asked for that opens later.
    EntryAsked {
        /// Of which kind.
        kind: EntryKind,
        /// When it opens.
        opens_at: Time,
    },
    /// A way in was closed before it was used.
    EntryCancelled {
        /// Of which kind.
        kind: EntryKind,
    },
    /// A way in was used.
    EntryUsed {
        /// Of which kind.
        kind: EntryKind,
    },
    /// What an app was allowed ended: something of it was used twice, and somebody else may have a copy.
    GrantReplayed {
        /// What the app is called, where an operator vouches for the name.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        app: Option<String>,
    },
    /// Another browser used a session, and the site ended it by itself, or made it provisional.
    SessionSuspected {
        /// Until when it is provisional; none where it ended.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        until: Option<Time>,
    },
    /// An approval that may have been relayed let a new browser in: its session is provisional.
    ApprovedElsewhere {
        /// Until when.
        until: Time,
    },
    /// Several people said no to devices of an app, one of whose devices the account let in: the site suspended them by itself.
    DevicesSuspended {
        /// What the app is called, where an operator vouches for the name.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        app: Option<String>,
    },
    /// Something elsewhere than in a signed-in browser may use the account: a device, or a program that brought its code from
    /// another place. The link ends that.
    GrantElsewhere {
        /// Whether it is a device that somebody answered for.
        device: bool,
        /// What an operator vouches that it is called.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        client: Option<String>,
        /// Where it is, seen from the browser.
        nearness: Nearness,
    },
    /// So many things were undone.
    Undone {
        /// How many.
        count: u32,
    },
    /// To an address that signs in to one account: somebody wanted it for another one. Nothing came of it.
    WantedElsewhere,
    /// Somebody wanted a telephone number of the account for another one. Nothing came of it.
    AddressWanted {
        /// Masked.
        address: String,
    },
    /// To operators: the chance that anybody guessed any code in the last 365 days may have come to one in so many.
    GuessAlarm {
        /// One in so many.
        one_in: i64,
    },
    /// To operators: somebody attacks, as far as a detector can tell.
    Finding {
        /// What.
        attack: Attack,
        /// How urgent.
        severity: Severity,
        /// Whether something was done about it (`true`) or would have been; none where no rule says so.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        done: Option<bool>,
    },
    /// To an address about which somebody asked what is held: the link to the answer.
    Holdings {
        /// Until when the link works.
        until: Time,
    },
}

impl What {
    /// How many kinds there are that an account is told of.
    pub const KINDS: u32 = 29;

    /// The stable name of the kind: what is told together.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NewBrowser => "new_browser",
            Self::SessionsEnded { .. } => "sessions_ended",
            Self::AccountLocked => "account_locked",
            Self::AccountUnlocked => "account_unlocked",
            Self::AccountClosed => "account_closed",
            Self::AuthenticatorAdded { .. } => "authenticator_added",
            Self::AuthenticatorChanged { .. } => "authenticator_changed",
            Self::AuthenticatorRemoved { .. } => "authenticator_removed",
            Self::MethodsChanged => "methods_changed",
            Self::GateChanged => "gate_changed",
            Self::Stopped { .. } => "stopped",
            Self::RecoveryCodesMade { .. } => "recovery_codes_made",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::AddressAdded { .. } => "address_added",
            Self::AddressRemoved { .. } => "address_removed",
            Self::AddressMadeMain { .. } => "address_made_main",
            Self::AddressSwitched { .. } => "address_switched",
            Self::DetachingAsked { .. } => "detaching_asked",
            Self::EntryAsked { .. } => "entry_asked",
            Self::EntryCancelled { .. } => "entry_cancelled",
            Self::EntryUsed { .. } => "entry_used",
            Self::GrantReplayed { .. } => "grant_replayed",
            Self::SessionSuspected { until: None } => "session_suspected",
            Self::SessionSuspected { until: Some(_) } => "session_provisional",
            Self::ApprovedElsewhere { .. } => "approved_elsewhere",
            Self::DevicesSuspended { .. } => "devices_suspended",
            Self::Finding { .. } => "finding",
            Self::GrantElsewhere { .. } => "grant_elsewhere",
            Self::Undone { .. } => "undone",
            Self::WantedElsewhere => "wanted_elsewhere",
            Self::AddressWanted { .. } => "address_wanted",
            Self::GuessAlarm { .. } => "guess_alarm",
            Self::Holdings { .. } => "holdings",
        }
    }
}

/// What an account was told lately of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lately {
    /// When the last notice was queued.
    pub told_at: Option<Time>,
    /// How many happened since and wait to be told.
    pub held: u32,
}

impl Lately {
    /// One more happened. `Some(more)`: it is told now, and with it `more` that were held; otherwise it is held.
    #[must_use]
    pub fn one_more(&mut self, now: Time) -> Option<u32> {
        if self.told_at.is_some_and(|told| now < told + TOGETHER) {
            self.held = self.held.saturating_add(1);
            return None;
        }
        self.told_at = Some(now);
        Some(std::mem::take(&mut self.held))
    }

    /// The time is over. `Some(more)`: the newest of those held is told now, and with it `more`.
    #[must_use]
    pub fn time_over(&mut self, now: Time) -> Option<u32> {
        if self.held == 0 || self.told_at.is_some_and(|told| now < told + TOGETHER) {
            return None;
        }
        self.told_at = Some(now);
        Some(std::mem::take(&mut self.held).saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY, HOUR};
    use proptest::prelude::*;

    #[test]
    fn the_first_is_told_at_once_and_what_follows_within_the_hour_in_one() {
        let start = Time::from_micros(20_000 * DAY);
        let after = |micros: i64| Time::from_micros(start.micros() + micros);
        let mut lately = Lately::default();
        assert_eq!(lately.one_more(start), Some(0));
        assert_eq!(lately.time_over(after(2 * HOUR)), None);
        assert_eq!((lately.one_more(after(1)), lately.one_more(after(HOUR - 1))), (None, None));
        assert_eq!(lately.time_over(after(HOUR - 1)), None);
        assert_eq!(lately.time_over(after(HOUR)), Some(1));
        assert_eq!(lately.one_more(after(HOUR + 1)), None);
        assert_eq!(lately.one_more(after(2 * HOUR)), Some(1));
    }

    proptest! {
        /// The bound of notices: for any sequence of events at most 24 of each kind leave in any 24 hours, so that one
        /// destination gets at most 24 × [`What::KINDS`] about one account; and every event is told, once.
        #[test]
        fn at_most_24_of_a_kind_in_any_day_and_every_event_is_told_once(
            steps in prop::collection::vec((0..3 * HOUR, any::<bool>()), 1..300),
        ) {
            let mut now = Time::from_micros(20_000 * DAY);
            let (mut lately, mut told, mut count, mut events) = (Lately::default(), Vec::new(), 0, 0);
            for (gap, happens) in steps {
                now = Time::from_micros(now.micros() + gap);
                let said = if happens {
                    events += 1;
                    lately.one_more(now)
                } else {
                    lately.time_over(now)
                };
                if let Some(more) = said {
                    told.push(now);
                    count += 1 + more;
                }
            }
            prop_assert_eq!(count + lately.held, events);
            for first in &told {
                let window = told.iter().filter(|at| **at >= *first && at.micros() < first.micros() + DAY);
                prop_assert!(window.count() <= 24);
            }
        }
    }
}
