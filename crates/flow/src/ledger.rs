//! The guess ledger as people see it, and the alarm of all together.
//!
//! What is shown is what the limits are held against ([`model::ledger`]): the sum of all guesses that were made, or can still
//! be made, at codes of the days that reach into the last 365. It is never less than the truth.
//!
//! Operators are told once when the sum of all together comes to what they set, and again only after it has fallen to half.

use model::account::Account;
use model::budget::Chance;
use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::ledger::{self, Line};
use model::notice::What;
use model::policy::Policy;
use store::{Reader, Recorded, Store, Tx, accounts, guess_ledger, meta};

use crate::response::tell;

/// Under which name is kept since when operators know.
const TOLD: &str = "guess alarm";

/// What the sum of an account, or of all together, is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Codes by length, and by whether the browser that asked was known.
    pub lines: Vec<Line>,
    /// What unknown browsers may come to.
    pub limit: Chance,
    /// What known browsers may come to.
    pub limit_known: Chance,
}

impl Ledger {
    const fn of(lines: Vec<Line>, (limit, limit_known): (Chance, Chance)) -> Self {
        Self { lines, limit, limit_known }
    }

    /// The chance that one of all the guesses was right.
    #[must_use]
    pub fn chance(&self) -> Chance {
        ledger::sum(&self.lines)
    }

    /// The same for the guesses of browsers that are known, or of those that are not.
    #[must_use]
    pub fn of_known(&self, known: bool) -> Chance {
        let lines = self.lines.iter().filter(|line| line.known == known);
        lines.fold(Chance::NONE, |sum, line| sum.plus(line.chance))
    }
}

/// The ledger of an account.
///
/// # Errors
/// A fault of the store.
pub fn of_account(store: &Store, cx: &Cx, account: &Account) -> Result<Ledger, Fault> {
    let lines = store.read(|reader| guess_ledger::of_account(reader, account.id, cx.now.day()))?;
    Ok(for_one(&cx.policy, lines))
}

/// These lines of an account, beside the limits of one.
pub(crate) fn for_one(policy: &Policy, lines: Vec<Line>) -> Ledger {
    Ledger::of(lines, (policy.limits(false).one, policy.limits(true).one))
}

/// The ledger of all accounts together.
///
/// # Errors
/// A fault of the store.
pub fn of_all(store: &Store, cx: &Cx) -> Result<Ledger, Fault> {
    let lines = store.read(|reader| guess_ledger::of_all(reader, cx.now.day()))?;
    Ok(Ledger::of(lines, (cx.policy.limits(false).all, cx.policy.limits(true).all)))
}

/// Whether operators are to be told, or to be told again the next time.
///
/// # Errors
/// A fault of the store.
pub fn is_due(store: &Store, cx: &Cx) -> Result<bool, Fault> {
    store.read(|reader| {
        let sum = ledger::sum(&guess_ledger::of_all(reader, cx.now.day())?);
        Ok(next(&cx.policy, sum, told(reader)?).is_some())
    })
}

fn told(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    Ok(meta::find(reader, TOLD)?.is_some_and(|since| !since.is_empty()))
}

/// Whether operators know of the alarm from now on; none where that stays as it is.
fn next(policy: &Policy, sum: Chance, told: bool) -> Option<bool> {
    let at = policy.alarm_at.units();
    match told {
        false if sum.units() >= at => Some(true),
        true if sum.units() <= at / 2 => Some(false),
        true | false => None,
    }
}

/// Tells operators, or notes that they are to be told again.
///
/// # Errors
/// A fault of the store.
pub fn watch(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<()>, Fault> {
    accounts::take_operators(tx)?;
    let sum = ledger::sum(&guess_ledger::of_all(tx, cx.now.day())?);
    let told = told(tx)?;
    match next(&cx.policy, sum, told) {
        None => Ok(tx.unrecorded("it is as it was", ())),
        Some(false) => {
            meta::put(tx, TOLD, &[])?;
            Ok(tx.unrecorded("the sum has fallen: the next alarm is told", ()))
        }
        Some(true) => {
            meta::put(tx, TOLD, &cx.now.micros().to_be_bytes())?;
            let one_in = sum.odds().unwrap_or(i64::MAX);
            let told_at_one_in = cx.policy.alarm_at.odds().unwrap_or(i64::MAX);
            tell::operators(tx, cx, &What::GuessAlarm { one_in })?;
            let event =
                Event::new(cx, Subject::Site, EventKind::GuessAlarmRaised { one_in, told_at_one_in })?;
            tx.record(&[event], ())
        }
    }
}
