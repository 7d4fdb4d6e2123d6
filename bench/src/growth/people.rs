//! Who is there: everything about an account follows from its number, so that whoever measures knows what whoever
//! filled the store has written.

use flow::sign_in::ask::browser_digest;
use flow::sign_in::finish::session_digest;
use model::address::Address;
use model::digest::{Digest, Keys};
use model::id::{AccountId, BrowserId, SessionId};
use model::source::{Source, browser_from_code};
use model::time::{DAY, HOUR, MINUTE, Time};
use wire::mail::mailbox::Mailbox;

use crate::trouble::Trouble;

/// How far the record reaches back, in days: thirteen months.
pub(crate) const RECORD_DAYS: i64 = 395;
/// Accounts were opened, evenly, over so many days.
const OPENING_DAYS: i64 = 780;
/// Sessions were started, evenly, over so many days: all of them are alive.
const SESSION_DAYS: i64 = 6;

const FIRST: [&str; 16] = [
    "anna", "bruno", "carla", "david", "elena", "felix", "greta", "hugo", "ines", "jonas", "karla", "leon",
    "maria", "noah", "olga", "paul",
];
const LAST: [&str; 16] = [
    "bauer", "costa", "dubois", "ekman", "ferrari", "garcia", "hansen", "ivanova", "jansen", "keller",
    "lopez", "meyer", "nowak", "okafor", "petrov", "rossi",
];
const AT: [&str; 6] =
    ["mail.test", "post.example", "example.com", "example.org", "library.example", "uni.example"];
const BROWSERS: [&str; 6] =
    ["firefox/linux", "chrome/windows", "safari/macos", "safari/ios", "chrome/android", "edge/windows"];

/// A number that looks drawn, from a number: one round of SplitMix64 (Steele, Lea and Flood, 2014).
#[must_use]
pub(crate) const fn mix(of: u64) -> u64 {
    let z = of.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The sixteen bytes of a time-ordered identifier (RFC 9562 §5.7) made at `at`.
#[must_use]
pub(crate) fn identifier(at: Time, chance: u64) -> [u8; 16] {
    let time = u128::from(at.millis() & 0xffff_ffff_ffff) << 80;
    let rest = u128::from(mix(chance)) << 64 | u128::from(mix(chance ^ u64::MAX));
    let chance = rest & 0x0fff_3fff_ffff_ffff_ffff;
    (time | 0x7000_8000_0000_0000_0000 | chance).to_be_bytes()
}

/// Sixteen bytes that look drawn.
#[must_use]
pub(crate) fn sixteen(chance: u64) -> [u8; 16] {
    (u128::from(mix(chance)) << 64 | u128::from(mix(chance ^ u64::MAX))).to_be_bytes()
}

/// One of a list.
pub(crate) fn one_of<T: Copy>(list: &[T], chance: u64) -> Option<T> {
    list.get(usize::try_from(chance % u64::try_from(list.len()).unwrap_or(1).max(1)).unwrap_or(0)).copied()
}

/// A part, from nothing to all, of a span of time.
#[must_use]
pub(crate) fn part_of(span: i64, chance: u64) -> i64 {
    i64::try_from((i128::from(span) * i128::from(chance >> 32)) >> 32).unwrap_or(0)
}

/// A count as a number of the clock.
#[must_use]
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Everybody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct People {
    /// What everything is drawn from.
    pub(crate) seed: u64,
    /// How many accounts there are.
    pub(crate) count: u64,
    /// When the store was filled.
    pub(crate) now: Time,
}

/// What somebody is told apart by, in one place.
#[derive(Clone, Copy, Debug)]
enum Trait {
    Account,
    Browser,
    Half,
    Session,
    Secret,
    Source,
    LastUse,
}

impl People {
    fn chance(&self, of: Trait, n: u64) -> u64 {
        let salt = match of {
            Trait::Account => 1,
            Trait::Browser => 2,
            Trait::Half => 3,
            Trait::Session => 4,
            Trait::Secret => 5,
            Trait::Source => 6,
            Trait::LastUse => 7,
        };
        mix(mix(self.seed ^ (salt << 56)) ^ n)
    }

    /// `part` of `whole` of a span of so many days that ends now.
    fn spread(&self, part: u64, whole: u64, days: i64) -> Time {
        let span = u128::try_from(days * DAY).unwrap_or(0);
        let passed = span * u128::from(part) / u128::from(whole.max(1));
        Time::from_micros(self.now.micros() - days * DAY + i64::try_from(passed).unwrap_or(0))
    }

    /// When the record begins.
    #[must_use]
    pub(crate) fn record_begins(&self) -> Time {
        self.spread(0, 1, RECORD_DAYS)
    }

    /// When event `part` of `whole` happened, about.
    #[must_use]
    pub(crate) fn recorded_at(&self, part: u64, whole: u64) -> Time {
        self.spread(part, whole, RECORD_DAYS)
    }

    /// When account `n` was opened.
    #[must_use]
    pub(crate) fn opened_at(&self, n: u64) -> Time {
        self.spread(n, self.count, OPENING_DAYS)
    }

    /// How many accounts had been opened by `at`; one at least.
    #[must_use]
    pub(crate) fn opened_by(&self, at: Time) -> u64 {
        let passed = u128::try_from(at.micros() - self.spread(0, 1, OPENING_DAYS).micros()).unwrap_or(0);
        let whole = u128::try_from(OPENING_DAYS * DAY).unwrap_or(1);
        u64::try_from(passed * u128::from(self.count) / whole).unwrap_or(0).clamp(1, self.count)
    }

    /// Account `n`.
    #[must_use]
    pub(crate) fn account(&self, n: u64) -> AccountId {
        AccountId::from_bytes(identifier(self.opened_at(n), self.chance(Trait::Account, n)))
    }

    /// The address of account `n`, as text.
    #[must_use]
    pub(crate) fn shown(&self, n: u64) -> String {
        let chance = mix(n);
        let (first, last) = (one_of(&FIRST, chance >> 8), one_of(&LAST, chance >> 24));
        let at = one_of(&AT, chance >> 40);
        format!("{}.{}-{n}@{}", first.unwrap_or("a"), last.unwrap_or("b"), at.unwrap_or("mail.test"))
    }

    /// The address of account `n`.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn address(&self, n: u64, keys: &Keys) -> Result<Address, Trouble> {
        let mailbox = Mailbox::parse(&self.shown(n));
        let mailbox = mailbox.map_err(|_| Trouble::Unexpected(format!("{} is no address", self.shown(n))))?;
        Ok(Address::new(mailbox, keys))
    }

    /// The half that the known browser of account `n` holds.
    #[must_use]
    pub(crate) fn browser_half(&self, n: u64) -> [u8; 16] {
        sixteen(self.chance(Trait::Half, n))
    }

    /// The known browser of account `n`: its identifier, and the digest by which it is known.
    #[must_use]
    pub(crate) fn browser(&self, n: u64, keys: &Keys) -> (BrowserId, Digest) {
        let id = identifier(self.opened_at(n), self.chance(Trait::Browser, n));
        (BrowserId::from_bytes(id), browser_digest(keys, &self.browser_half(n)))
    }

    /// When the browser of account `n` last signed in: within the record, not before the account was opened.
    #[must_use]
    pub(crate) fn last_use(&self, n: u64) -> Time {
        self.spread(self.chance(Trait::LastUse, n) >> 32, 1 << 32, RECORD_DAYS).max(self.opened_at(n))
    }

    /// From where account `n` comes.
    #[must_use]
    pub(crate) fn source(&self, n: u64) -> Source {
        source(self.chance(Trait::Source, n))
    }

    /// How many sessions are alive.
    #[must_use]
    pub(crate) fn sessions(&self) -> u64 {
        self.count * 3 / 10
    }

    /// Session `n`, the secret of its cookie, and the number of the account that it is of: of those with thousands of
    /// events first.
    #[must_use]
    pub(crate) fn session(&self, n: u64) -> (SessionId, [u8; 32], u64) {
        let started = self.spread(n, self.sessions(), SESSION_DAYS);
        let id = identifier(started, self.chance(Trait::Session, n));
        let mut secret = [0; 32];
        let halves = [sixteen(self.chance(Trait::Secret, n)), sixteen(self.chance(Trait::Secret, n) ^ 1)];
        for (to, from) in secret.iter_mut().zip(halves.iter().flatten()) {
            *to = *from;
        }
        let who = if n < self.busy_count() { self.busy(n) } else { self.scattered(n) };
        (SessionId::from_bytes(id), secret, who)
    }

    /// When session `n` was last used.
    #[must_use]
    pub(crate) fn session_used(&self, n: u64) -> Time {
        let started = self.session(n).0.time();
        Time::from_micros(started.micros() + part_of(4 * HOUR, mix(n))).min(self.now)
    }

    /// The digest of the secret of session `n`.
    #[must_use]
    pub(crate) fn session_digest(&self, n: u64, keys: &Keys) -> Digest {
        let (id, secret, _) = self.session(n);
        session_digest(keys, id, &secret)
    }

    /// A walk over all accounts that meets none twice before it has met all, and goes far with each step.
    #[must_use]
    pub(crate) fn scattered(&self, step: u64) -> u64 {
        // Near the golden section, and coprime to the count: every account is met.
        let mut stride = (self.count * 618_034 / 1_000_000) | 1;
        while divisor(stride, self.count) != 1 {
            stride += 2;
        }
        let at = u128::from(step) * u128::from(stride) % u128::from(self.count.max(1));
        u64::try_from(at).unwrap_or(0)
    }

    /// How many accounts have thousands of events.
    #[must_use]
    pub(crate) fn busy_count(&self) -> u64 {
        (self.count / 10_000).max(1)
    }

    /// The number of one of the accounts that have thousands of events. They were opened before the record begins.
    #[must_use]
    pub(crate) fn busy(&self, k: u64) -> u64 {
        let each = self.count / 3 / self.busy_count();
        (k % self.busy_count()) * each.max(1)
    }
}

fn divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// A source that looks drawn; the network is the one for measurements (RFC 2544).
#[must_use]
pub(crate) fn source(chance: u64) -> Source {
    let [a, b, c, d, ..] = mix(chance).to_be_bytes();
    let browser = one_of(&BROWSERS, u64::from(d)).unwrap_or("firefox/linux");
    Source { address: Some([198, 18 + (a & 1), b, c].into()), browser: browser_from_code(browser) }
}

/// The keys of every store that is measured.
///
/// # Errors
/// They cannot be derived.
pub(crate) fn keys() -> Result<Keys, Trouble> {
    Keys::simulated().map_err(|error| Trouble::Unexpected(error.to_string()))
}

/// How long a code lives after it was asked for.
pub(crate) const CODE_LIFETIME: i64 = 10 * MINUTE;
/// How long sessions go on in the mean.
pub(crate) const SESSION_LENGTH: i64 = 36 * HOUR;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const PEOPLE: People = People { seed: 1, count: 5_000, now: Time::from_micros(1_795_297_599_123_456) };

    #[test]
    fn accounts_are_in_the_order_of_their_opening_and_all_differ() {
        let ids: Vec<_> = (0..PEOPLE.count).map(|n| PEOPLE.account(n)).collect();
        assert!(ids.is_sorted() && ids.iter().collect::<BTreeSet<_>>().len() == 5_000);
        assert!(ids.iter().zip(0..).all(|(id, n)| id.time().millis() == PEOPLE.opened_at(n).millis()));
        let sessions: Vec<_> = (0..PEOPLE.sessions()).map(|n| PEOPLE.session(n).0).collect();
        assert!(sessions.is_sorted());
    }

    #[test]
    fn a_part_of_a_span_lies_within_it() {
        assert_eq!((part_of(365 * DAY, 0), part_of(365 * DAY, u64::MAX) / HOUR), (0, 365 * 24 - 1));
        assert_eq!(part_of(365 * DAY, 1 << 63), 365 * DAY / 2);
    }

    #[test]
    fn every_address_is_a_destination_of_its_own() {
        let keys = Keys::simulated().unwrap();
        let all: BTreeSet<_> =
            (0..PEOPLE.count).map(|n| *PEOPLE.address(n, &keys).unwrap().destination().bytes()).collect();
        assert_eq!(all.len(), 5_000);
    }

    #[test]
    fn a_walk_over_all_accounts_meets_each_once() {
        for count in [100, 1_000, 9_999, 65_536] {
            let people = People { count, ..PEOPLE };
            let met: BTreeSet<_> = (0..count).map(|step| people.scattered(step)).collect();
            assert_eq!(met.len(), usize::try_from(count).unwrap());
        }
    }

    #[test]
    fn whoever_is_busy_was_there_before_the_record_begins() {
        for count in [100, 1_000, 30_000, 10_000_000] {
            let people = People { count, ..PEOPLE };
            let last = people.busy(people.busy_count() - 1);
            assert!(people.opened_at(last) < people.record_begins(), "{count}");
            assert!(people.opened_by(people.record_begins()) > last);
        }
    }
}
