//! The rows of a grown store, table by table, each in the order of its key: what the product would have written.

use model::account::{AccountState, Role};
use model::budget::Chance;
use model::digest::Keys;
use model::id::RequestId;
use model::invitation::Opening;
use model::ledger::{PARTS, PROMISED_DAYS, last_day_of_period};
use model::policy::Policy;
use model::sign_in_code::{CodeState, Purpose};
use model::source::{Source, browser_code};
use model::time::{DAY, HOUR, MINUTE, Time};

use super::people::{CODE_LIFETIME, People, RECORD_DAYS, identifier, mix, part_of, signed, sixteen};
use super::record::Record;
use super::sink::{Cell::Bytes, Cell::Int, Cell::Null, Cell::Text, Progress, Sink};
use crate::store::ready::told;
use crate::trouble::Trouble;

/// Events that a request for a code leaves on the record in the mean, about.
const EVENTS_A_REQUEST: u64 = 4;

/// The two digests of every address, computed once.
struct Digests(Vec<Both>);

/// Identity and destination.
type Both = ([u8; 16], [u8; 16]);

impl Digests {
    fn of(people: &People, keys: &Keys, threads: u64) -> Result<Self, Trouble> {
        let part = people.count.div_ceil(threads);
        let some = |from: u64| -> Result<Vec<_>, Trouble> {
            let numbers = from..(from + part).min(people.count);
            numbers
                .map(|n| {
                    let address = people.address(n, keys)?;
                    Ok((*address.identity().bytes(), *address.destination().bytes()))
                })
                .collect()
        };
        std::thread::scope(|scope| {
            let parts: Vec<_> = (0..threads).map(|k| scope.spawn(move || some(k * part))).collect();
            let mut all = Vec::with_capacity(usize::try_from(people.count).unwrap_or(0));
            for part in parts {
                let part = part.join().map_err(|_| Trouble::Unexpected("a thread panicked".to_owned()))?;
                all.extend(part?);
            }
            Ok(Self(all))
        })
    }

    fn identity(&self, n: u64) -> [u8; 16] {
        self.at(n).0
    }

    fn destination(&self, n: u64) -> [u8; 16] {
        self.at(n).1
    }

    fn at(&self, n: u64) -> Both {
        usize::try_from(n).ok().and_then(|n| self.0.get(n)).copied().unwrap_or_default()
    }

    /// Keys with the numbers of their accounts, in the order of the keys.
    fn sorted(&self, key: fn(&Both) -> [u8; 16]) -> Vec<([u8; 16], u64)> {
        let mut sorted: Vec<_> = self.0.iter().map(key).zip(0..).collect();
        sorted.sort_unstable();
        sorted
    }
}

/// Writes everything.
///
/// # Errors
/// The first thing that the store does not take.
pub(crate) fn fill(people: People, events: u64, keys: &Keys, to: &mut dyn Sink) -> Result<(), Trouble> {
    eprintln!("bench:   computing the digests of {} addresses", people.count);
    let digests = Digests::of(&people, keys, 2)?;
    let fill = Fill { people, keys, requests: (events / EVENTS_A_REQUEST).max(1) };
    fill.accounts(to)?;
    fill.addresses(&digests, to)?;
    fill.browsers(to)?;
    fill.sessions(to)?;
    fill.destinations(&digests, to)?;
    fill.ledger(&digests, to)?;
    fill.codes(&digests, to)?;
    fill.invitations(to)?;
    drop(digests);
    fill.events(events, to)
}

struct Fill<'a> {
    people: People,
    keys: &'a Keys,
    /// How many requests there were while the record lasts.
    requests: u64,
}

fn source_text(source: Source) -> Result<String, Trouble> {
    serde_json::to_string(&source).map_err(|error| Trouble::Unexpected(error.to_string()))
}

/// So many of the requests that were made while the record lasts were made in the last `days`.
const fn lately(requests: u64, days: u64) -> u64 {
    requests * days / RECORD_DAYS.unsigned_abs()
}

impl Fill<'_> {
    fn accounts(&self, to: &mut dyn Sink) -> Result<(), Trouble> {
        let mut progress = Progress::new("accounts".to_owned(), self.people.count);
        to.begin("accounts", "id, state, role, opened_at")?;
        let (state, role) = (Text(AccountState::Open.code()), Text(Role::Member.code()));
        for n in 0..self.people.count {
            let at = Int(self.people.opened_at(n).micros());
            to.row(&[Bytes(self.people.account(n).bytes()), state, role, at])?;
            progress.step();
        }
        to.end()
    }

    fn addresses(&self, digests: &Digests, to: &mut dyn Sink) -> Result<(), Trouble> {
        let mut progress = Progress::new("addresses".to_owned(), self.people.count);
        to.begin("addresses", "identity, account, destination, shown, confirmed_at")?;
        for (identity, n) in digests.sorted(|(identity, _)| *identity) {
            let destination = digests.destination(n);
            let (account, shown) = (self.people.account(n), self.people.shown(n));
            let at = Int(self.people.opened_at(n).micros());
            to.row(&[Bytes(&identity), Bytes(account.bytes()), Bytes(&destination), Text(&shown), at])?;
            progress.step();
        }
        to.end()
    }

    /// One for each account, and for every eighth one that was used once.
    fn browsers(&self, to: &mut dyn Sink) -> Result<(), Trouble> {
        let mut progress = Progress::new("browsers".to_owned(), self.people.count);
        to.begin("browsers", "account, digest, id, browser, first_used, last_used")?;
        for n in 0..self.people.count {
            let (id, digest) = self.people.browser(n, self.keys);
            let (opened, last) = (self.people.opened_at(n), self.people.last_use(n));
            let mut all = vec![(*digest.bytes(), *id.bytes(), last)];
            if n.is_multiple_of(8) {
                all.push((sixteen(n), identifier(opened, n), opened.max(self.people.record_begins())));
                all.sort_unstable();
            }
            let (account, browser) = (self.people.account(n), browser_code(self.people.source(n).browser));
            for (digest, id, last) in all {
                to.row(&[
                    Bytes(account.bytes()),
                    Bytes(&digest),
                    Bytes(&id),
                    Text(&browser),
                    Int(opened.micros()),
                    Int(last.micros()),
                ])?;
            }
            progress.step();
        }
        to.end()
    }

    fn sessions(&self, to: &mut dyn Sink) -> Result<(), Trouble> {
        let mut progress = Progress::new("sessions".to_owned(), self.people.sessions());
        to.begin("sessions", "id, account, browser, digest, source, started_at, used_at, expires_at")?;
        let absolute = Policy::default().session_absolute;
        for n in 0..self.people.sessions() {
            let (id, _, who) = self.people.session(n);
            // Not in the browser that signs in while this is measured: a new session would take the place of this one.
            let browser = identifier(self.people.opened_at(who), n);
            let (started, source) = (id.time(), source_text(self.people.source(who))?);
            to.row(&[
                Bytes(id.bytes()),
                Bytes(self.people.account(who).bytes()),
                Bytes(&browser),
                Bytes(self.people.session_digest(n, self.keys).bytes()),
                Text(&source),
                Int(started.micros()),
                Int(self.people.session_used(n).micros()),
                Int((started + absolute).micros()),
            ])?;
            progress.step();
        }
        to.end()
    }

    /// Those that something happened to in the last week: others are forgotten. A few hold something back, and their
    /// owners were told an hour ago.
    fn destinations(&self, digests: &Digests, to: &mut dyn Sink) -> Result<(), Trouble> {
        let count = lately(self.requests, 8).min(self.people.count);
        let every = self.people.count / count.max(1);
        let mut progress = Progress::new("destinations".to_owned(), count);
        to.begin(
            "destinations",
            "destination, times, known_times, suppressed, suppressed_since, uncounted, uncounted_since, \
             recorded_day, recorded, digest_at, muted_until, touched_at",
        )?;
        let now = self.people.now.micros();
        for (destination, n) in digests.sorted(|(_, destination)| *destination) {
            if !n.is_multiple_of(every.max(1)) {
                continue;
            }
            let touched = now - part_of(7 * DAY, mix(n));
            let (one, held) = (touched.to_be_bytes(), mix(n).is_multiple_of(500));
            let (known, strange): (&[u8], &[u8]) = if mix(n) & 3 == 0 { (&[], &one) } else { (&one, &[]) };
            let since = if held { Int(touched) } else { Null };
            to.row(&[
                Bytes(&destination),
                Bytes(strange),
                Bytes(known),
                Int(i64::from(held)),
                since,
                Int(0),
                Null,
                Int(touched.div_euclid(DAY)),
                Int(0),
                if held { Int(now - HOUR) } else { Null },
                Null,
                Int(touched),
            ])?;
            progress.step();
        }
        to.end()
    }

    /// The requests of a year, each charged to an account, to a destination and to a part of all together.
    fn ledger(&self, digests: &Digests, to: &mut dyn Sink) -> Result<(), Trouble> {
        let each = (lately(self.requests, PROMISED_DAYS.unsigned_abs()) / self.people.count).max(1);
        let mut subjects = digests.sorted(|(_, destination)| *destination);
        subjects.extend((0..self.people.count).map(|n| (*self.people.account(n).bytes(), n)));
        subjects.sort_unstable();
        let mut progress = Progress::new("guess_ledger".to_owned(), 2 * each * self.people.count);
        to.begin("guess_ledger", "subject, known, day, letters, units, codes, guesses")?;
        // One guess was made, and the others given back.
        let (units, today) = (Chance::of_guesses(1, 8).units(), self.people.now.day());
        // The parts come first in the order of the key.
        let codes = signed((each * self.people.count) / (PARTS.unsigned_abs() * 28)).max(1);
        for part in 0..PARTS {
            let [.., last] = part.to_be_bytes();
            let subject = u128::from(last).to_be_bytes();
            for known in 0..2 {
                let mut day = last_day_of_period(today - 365);
                while day <= last_day_of_period(today) {
                    let sum = Int(units.saturating_mul(codes));
                    to.row(&[Bytes(&subject), Int(known), Int(day), Int(8), sum, Int(codes), Int(codes)])?;
                    day += 28;
                }
            }
        }
        for (subject, n) in subjects {
            let mut days: Vec<(i64, i64)> = (0..each)
                .map(|k| {
                    let chance = mix(mix(n) ^ k);
                    (i64::from(!chance.is_multiple_of(5)), today - signed((chance >> 8) % 365))
                })
                .collect();
            days.sort_unstable();
            days.dedup();
            for (known, day) in days {
                to.row(&[Bytes(&subject), Int(known), Int(day), Int(8), Int(units), Int(1), Int(1)])?;
                progress.step();
            }
        }
        to.end()
    }

    /// The requests of thirty days, all of which have ended; the links in their mails still lead to them.
    fn codes(&self, digests: &Digests, to: &mut dyn Sink) -> Result<(), Trouble> {
        let count = lately(self.requests, 30);
        let mut progress = Progress::new("sign_in_codes".to_owned(), count);
        to.begin(
            "sign_in_codes",
            "id, account, identity, destination, purpose, opening, invitation, browser, known, digest, not_me, \
             sealed_code, sealed_address, masked, state, guesses, letters, guesses_left, mailed, decoy, late, denied_at, \
             reserved, ledger_day, reference, source, asked_at, mailed_at, expires_at, ended_at",
        )?;
        let (purpose, reserved) = (Text(Purpose::SignIn.code()), Int(Chance::of_guesses(3, 8).units()));
        let begins = self.people.now.micros() - 30 * DAY;
        for k in 0..count {
            let chance = mix(k);
            let asked = begins + signed(k) * ((30 * DAY - HOUR) / signed(count.max(1)));
            let n = chance % self.people.count;
            let id = RequestId::from_bytes(identifier(Time::from_micros(asked), chance));
            let (account, (_, browser)) = (self.people.account(n), self.people.browser(n, self.keys));
            let used = (chance >> 32) % 100 < 75;
            let (state, left) = if used { (CodeState::Redeemed, 2) } else { (CodeState::Expired, 3) };
            let ended = if used { asked + MINUTE } else { asked + CODE_LIFETIME };
            let source = source_text(self.people.source(n))?;
            to.row(&[
                Bytes(id.bytes()),
                Bytes(account.bytes()),
                Bytes(&digests.identity(n)),
                Bytes(&digests.destination(n)),
                purpose,
                Null,
                Null,
                Bytes(browser.bytes()),
                Int(1),
                Bytes(&sixteen(chance)),
                Bytes(&sixteen(chance ^ 1)),
                Null,
                Null,
                Text("n…@post.example"),
                Text(state.code()),
                Int(3),
                Int(8),
                Int(left),
                Int(1),
                Int(0),
                Int(0),
                Null,
                reserved,
                Int(asked.div_euclid(DAY)),
                Text("amber harbour"),
                Text(&source),
                Int(asked),
                Int(asked),
                Int(asked + CODE_LIFETIME),
                Int(ended),
            ])?;
            progress.step();
        }
        to.end()
    }

    /// A few, used up.
    fn invitations(&self, to: &mut dyn Sink) -> Result<(), Trouble> {
        to.begin("invitations", "id, digest, opening, role, sealed_to, created_at, expires_at, used_at")?;
        let (opening, role) = (Text(Opening::Invitation.code()), Text(Role::Member.code()));
        let lifetime = Policy::default().invitation_lifetime;
        let count = self.people.count / 100;
        for k in 0..count {
            let made = self.people.recorded_at(k, count);
            let id = identifier(made, k);
            to.row(&[
                Bytes(&id),
                Bytes(&sixteen(k)),
                opening,
                role,
                Null,
                Int(made.micros()),
                Int((made + lifetime).micros()),
                Int(made.micros() + HOUR),
            ])?;
        }
        to.end()
    }

    fn events(&self, count: u64, to: &mut dyn Sink) -> Result<(), Trouble> {
        let mut progress = Progress::new("events".to_owned(), count);
        to.begin("events", "id, at, subject, request, kind, body")?;
        for event in Record::new(self.people, count)? {
            to.month(event.at)?;
            let body = store::events::body(&event).map_err(told)?;
            let subject = event.subject.key();
            to.row(&[
                Bytes(event.id.bytes()),
                Int(event.at.micros()),
                subject.as_ref().map_or(Null, |key| Bytes(key)),
                event.request.as_ref().map_or(Null, |request| Bytes(request.bytes())),
                Text(event.kind.name()),
                Text(&body),
            ])?;
            progress.step();
        }
        to.end()
    }
}
