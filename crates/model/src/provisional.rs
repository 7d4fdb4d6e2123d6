//! Grants that are worth less at first: what was got elsewhere than where the person was, until its owner has confirmed it, or
//! has been told of it and has not objected.
//!
//! Implements: RFC 10027 §6.1.9 and §6.1.10 (limited scopes, short-lived tokens), threats.md §5.2 rows 25, 26, 31 and 35, §6
//! ideas 4 and 22.
//!
//! How a grant came about stands on it for ever; beside it stands when it was confirmed, and when the time is over in which
//! somebody might have objected. Whether it is provisional follows from these and the clock: nothing is switched, and no node
//! has to be awake for it.

use std::time::Duration;

use wire::oauth::scope::Scopes;

use crate::client::Client;
use crate::grant::Grant;
use crate::grant_refusal::GrantRefusal;
use crate::nearness::Nearness;
use crate::time::Time;

/// How long nobody may object, from when enough people were told.
pub const QUIET: Duration = Duration::from_secs(24 * 60 * 60);

/// To how many mailboxes a notice has to go before silence means anything. What goes to one alone, whoever reads that one can
/// keep from its owner.
pub const CHANNELS: usize = 2;

/// How long a provisional grant may lie unused.
pub const IDLE: Duration = Duration::from_secs(60 * 60);

/// What a grant is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All that was allowed.
    Whole,
    /// Less, for now.
    Provisional {
        /// When it becomes whole by itself; none where too few people were told: then it is its owner who has to confirm it.
        until: Option<Time>,
    },
}

/// When a grant becomes whole by itself: a day after a notice had left for as many mailboxes as it takes. `told` says when one
/// left for each.
#[must_use]
pub fn quiet_until(told: &[Time]) -> Option<Time> {
    let mut told = told.to_vec();
    told.sort_unstable();
    told.get(CHANNELS - 1).map(|last| *last + QUIET)
}

/// Whether a mailbox counts among those to which a notice has to go: whoever brought the grant may have brought the address too
/// that became the account's on the same day.
#[must_use]
pub fn is_channel(confirmed_at: Time, granted_at: Time) -> bool {
    confirmed_at + QUIET <= granted_at
}

impl Grant {
    /// Whether it came about elsewhere, or nobody can tell.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.context.is_some_and(|context| context != Nearness::Nearby)
    }

    /// What it is worth at `now`.
    #[must_use]
    pub fn standing(&self, now: Time) -> Standing {
        if !self.is_doubtful() || self.confirmed_at.is_some() {
            return Standing::Whole;
        }
        match self.quiet_until {
            Some(until) if now >= until => Standing::Whole,
            until => Standing::Provisional { until },
        }
    }

    /// Whether it is provisional at `now`.
    #[must_use]
    pub fn is_provisional(&self, now: Time) -> bool {
        self.standing(now) != Standing::Whole
    }

    /// The scopes of a token that is got at `now`: as [`Grant::scopes_for`], and while it is provisional those of them that its
    /// client is left then.
    ///
    /// # Errors
    /// [`GrantRefusal::ScopeWider`].
    pub fn token_scopes(
        &self,
        client: &Client,
        asked: Option<&Scopes>,
        now: Time,
    ) -> Result<Scopes, GrantRefusal> {
        let scopes = self.scopes_for(asked)?;
        Ok(if self.is_provisional(now) { scopes.within(&client.provisional_scopes) } else { scopes })
    }

    /// When it ends for lying unused, its absolute end left aside.
    pub(crate) fn idle_until(&self) -> Time {
        let short = self.used_at + self.idle.min(IDLE);
        match self.standing(short) {
            Standing::Whole => self.used_at + self.idle,
            Standing::Provisional { .. } => short,
        }
    }
}

/// What a client is left while a grant is provisional, where nobody said anything else: that a person is there, and nothing of
/// theirs.
#[must_use]
pub fn default_scopes() -> Scopes {
    Scopes::stored("openid").unwrap_or_default()
}

/// What no client is left: nothing stays without its person while it is doubted.
pub const NEVER_LEFT: [&str; 1] = ["offline_access"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::tests::public;
    use crate::grant::GrantEnd;
    use crate::grant::tests::grant;
    use crate::time::{DAY, HOUR, MINUTE};
    use proptest::prelude::*;

    fn at(micros: i64) -> Time {
        Time::from_micros(micros)
    }

    fn doubtful() -> Grant {
        Grant { context: Some(Nearness::Elsewhere), ..grant() }
    }

    #[test]
    fn only_what_is_nearby_or_came_by_no_second_place_is_whole_at_once() {
        for (context, doubt) in [
            (None, false),
            (Some(Nearness::Nearby), false),
            (Some(Nearness::Unknown), true),
            (Some(Nearness::Elsewhere), true),
        ] {
            assert_eq!(Grant { context, ..grant() }.is_provisional(at(0)), doubt, "{context:?}");
        }
    }

    #[test]
    fn silence_counts_only_after_two_mailboxes_were_told_a_day_ago() {
        assert_eq!(quiet_until(&[]), None);
        assert_eq!(quiet_until(&[at(5)]), None);
        assert_eq!(quiet_until(&[at(5 * HOUR), at(HOUR)]), Some(at(5 * HOUR + DAY)));
        assert_eq!(quiet_until(&[at(9 * HOUR), at(HOUR), at(2 * HOUR)]), Some(at(2 * HOUR + DAY)));
        let told = Grant { quiet_until: Some(at(DAY)), ..doubtful() };
        assert_eq!(told.standing(at(DAY - 1)), Standing::Provisional { until: Some(at(DAY)) });
        assert_eq!(told.standing(at(DAY)), Standing::Whole);
        assert_eq!(doubtful().standing(at(29 * DAY)), Standing::Provisional { until: None });
        assert!(is_channel(at(0), at(DAY)) && !is_channel(at(1), at(DAY)));
    }

    #[test]
    fn a_confirmed_one_is_whole_and_stays_what_it_was() {
        let confirmed = Grant { confirmed_at: Some(at(7)), ..doubtful() };
        assert_eq!(confirmed.standing(at(7)), Standing::Whole);
        assert_eq!(confirmed.context, Some(Nearness::Elsewhere));
    }

    /// threats.md §5.2 rows 26 and 31.
    #[test]
    fn row_26_a_provisional_token_has_few_scopes_and_a_short_life_and_a_whole_one_grows_by_refresh_only() {
        let client = Client { provisional_scopes: Scopes::stored("openid read").unwrap(), ..public() };
        let scopes = |text: &str| Scopes::stored(text).unwrap();
        let mine = Grant { scopes: scopes("openid email offline_access"), ..doubtful() };
        let got = |grant: &Grant, asked: Option<&str>, now| {
            let asked = asked.map(scopes);
            grant.token_scopes(&client, asked.as_ref(), now).map(|scopes| scopes.to_string())
        };
        assert_eq!(got(&mine, None, at(0)), Ok("openid".to_owned()));
        assert_eq!(got(&mine, Some("email"), at(0)), Ok(String::new()));
        // What was never granted is not let through by the setting.
        assert_eq!(got(&mine, Some("read"), at(0)), Err(GrantRefusal::ScopeWider));
        let whole = Grant { confirmed_at: Some(at(0)), ..mine.clone() };
        assert_eq!(got(&whole, None, at(0)), Ok("email offline_access openid".to_owned()));
        assert_eq!((mine.ends_at(), whole.ends_at()), (at(HOUR), at(7 * DAY)));
        assert_eq!(mine.over(at(HOUR)), Some(GrantEnd::Idle));
        // It becomes whole before it would have ended.
        let told = Grant { quiet_until: Some(at(HOUR)), ..mine };
        assert_eq!((told.over(at(HOUR)), told.ends_at()), (None, at(7 * DAY)));
    }

    #[test]
    fn what_a_client_is_left_by_itself_is_that_somebody_is_there() {
        assert_eq!(default_scopes().to_string(), "openid");
    }

    fn any_nearness() -> impl Strategy<Value = Option<Nearness>> {
        prop::sample::select(vec![
            None,
            Some(Nearness::Nearby),
            Some(Nearness::Unknown),
            Some(Nearness::Elsewhere),
        ])
    }

    proptest! {
        /// Whenever one looks: once whole it stays so, and its end does not depend on when anybody looked.
        #[test]
        fn a_grant_becomes_whole_once_and_its_end_is_the_same_seen_from_any_time(
            context in any_nearness(),
            quiet in prop::option::of(0..40 * DAY),
            used in 0..2 * DAY,
            looks in prop::collection::vec(0..40 * DAY, 1..40),
        ) {
            let grant = Grant { context, quiet_until: quiet.map(at), used_at: at(used), ..grant() };
            let end = grant.ends_at();
            let (mut looks, mut whole) = (looks, false);
            looks.sort_unstable();
            for now in looks.into_iter().map(at) {
                prop_assert!(!(whole && grant.is_provisional(now)));
                whole = !grant.is_provisional(now);
                prop_assert_eq!(grant.over(now).is_some(), now >= end);
            }
            prop_assert!(end <= grant.expires_at);
        }

        #[test]
        fn no_order_of_notices_makes_it_earlier_than_a_day_after_the_second(told in prop::collection::vec(0..DAY, 0..6)) {
            let times: Vec<Time> = told.iter().map(|micros| at(*micros)).collect();
            let until = quiet_until(&times);
            prop_assert_eq!(until.is_some(), told.len() >= CHANNELS);
            if let Some(until) = until {
                prop_assert!(times.iter().filter(|one| **one + QUIET <= until).count() >= CHANNELS);
            }
        }

        /// A provisional token never has more than a whole one, nor more than its client is left.
        #[test]
        fn provisional_scopes_are_a_part_of_what_was_granted(granted in 0_u8..16, left in 0_u8..16, minutes in 0_i64..3000) {
            let of = |set: u8| {
                let words = ["openid", "read", "write", "admin"];
                let words: Vec<&str> = (0..4).filter(|bit| set & 1 << bit != 0).map(|bit| words[bit]).collect();
                Scopes::stored(&words.join(" ")).unwrap()
            };
            let client = Client { provisional_scopes: of(left), ..public() };
            let grant = Grant { scopes: of(granted), quiet_until: Some(at(DAY)), ..doubtful() };
            let now = at(minutes * MINUTE);
            let got = grant.token_scopes(&client, None, now).unwrap();
            prop_assert!(got.is_within(&grant.scopes));
            prop_assert!(!grant.is_provisional(now) || got.is_within(&client.provisional_scopes));
        }
    }
}
