//! May a code of a device be looked at, or made? Counted for the account, for the network and in all, each in one statement.
//!
//! Implements: RFC 8628 §5.1, RFC 10027 §6.1.11, `threats.md` §5.2 row 28, by the numbers of [`model::device_guesses`].
//!
//! 1. [`reserve`] counts before anything is compared. Who is held back already adds nothing to the counts of others, so that
//!    one account cannot shut everybody out.
//! 2. [`Turn::give_back`] takes the count back, where what came was no guess.

use std::net::IpAddr;

use model::cx::Cx;
use model::device_authorization::DeviceFlow;
use model::device_guesses::{Counted, period, period_ends};
use model::digest::{Digest, Keys, Of};
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::time::Time;
use store::{Tx, device_guesses};
use wire::http::forwarded::network_of;

/// A guess that may be made.
pub(crate) struct Turn {
    period: i64,
    counted: Vec<Digest>,
}

impl Turn {
    /// It was no guess.
    pub(crate) fn give_back(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.counted.iter().try_for_each(|who| device_guesses::take_back(tx, self.period, who))
    }
}

/// None may be made.
pub(crate) struct HeldBack {
    /// Until when.
    pub(crate) until: Time,
    /// What stands on the record about it, the first time in a period.
    pub(crate) event: Option<Event>,
}

/// Whose guess it is, and from where.
#[derive(Clone, Copy)]
pub(crate) struct Guesser {
    pub(crate) account: Option<AccountId>,
    pub(crate) from: Option<IpAddr>,
}

/// Step 1.
///
/// # Errors
/// A fault of the store, or when the system gives no random bytes.
pub(crate) fn reserve(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (what, by): (Counted, Guesser),
) -> Result<Result<Turn, HeldBack>, Fault> {
    let keys = tx.keys();
    let account = by.account.zip(what.of_account());
    let account = account.map(|(account, most)| (of(keys, what, account.bytes()), most));
    let network = by.from.map_or_else(String::new, network_of);
    let network = (of(keys, what, network.as_bytes()), what.of_network());
    let all = (of(keys, what, b"everybody"), what.of_all());
    let mut turn = Turn { period: period(cx.now), counted: Vec::new() };
    let in_turn = account.map(|one| (one, false)).into_iter().chain([(network, false), (all, true)]);
    for ((who, most), everywhere) in in_turn {
        let count = device_guesses::add(tx, turn.period, &who)?;
        if count > most {
            let until = period_ends(cx.now);
            let flow = match what {
                Counted::PairingCode => DeviceFlow::Pairing,
                Counted::UserCode | Counted::Asked => DeviceFlow::UserCode,
            };
            let first = count == most.saturating_add(1);
            let subject = by.account.filter(|_| !everywhere).map_or(Subject::Site, Subject::Account);
            let kind = EventKind::DevicesHeldBack { flow, everywhere, until };
            let event = if first { Some(Event::new(cx, subject, kind)?) } else { None };
            return Ok(Err(HeldBack { until, event }));
        }
        turn.counted.push(who);
    }
    Ok(Ok(turn))
}

fn of(keys: &Keys, what: Counted, who: &[u8]) -> Digest {
    keys.digest(Of::Token, &[b"guesses of devices", what.word().as_bytes(), who])
}

/// Forgets counts that no guess is held against any more.
pub(crate) fn forget(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<u64, Fault> {
    device_guesses::delete_before(tx, period(cx.now), limit)
}
