//! Everything that came about since a moment, by a session or by a grant is undone at once: by the owner, or by an operator.
//!
//! Implements: threats.md §2.4, §5.2 rows 27, 32 and 34, §6 idea 19, by the plan of [`model::undo`]; who may do it:
//! docs/decisions/0023-the-eldest-undoes.md.
//!
//! 1. What would go is shown, and why something stays ([`look`]). Looking changes nothing.
//! 2. Whoever does it says which plan was shown, by its digest: if there is another by now, that one is shown ([`by_owner`]).
//! 3. It is one transaction, with an event for each thing and one for all of it ([`carry`]). Of an account that has more than can
//!    be read at once the rest is undone in further steps.

mod carry;
mod read;

use std::time::Duration;

use model::assurance::{Aal, FRESH};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, Event};
use model::fault::Fault;
use model::id::AccountId;
use model::refusal::Refusal;
use model::source::Source;
use model::undo::{Hand, Holdings, Plan, Reach, plan, rests_on_older};
use store::{Reader, Store, Tx, accounts};

use crate::Outcome;
use crate::by::By;
use crate::reauth::{self, Needed};
use crate::session::Visitor;

/// What whoever is signed in may undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// Nothing: what was proved last was proved by something that is not older, or was proved too long ago.
    Nothing,
    /// What can be had again: sessions, permissions, what waits.
    Passing,
    /// Everything.
    All,
}

/// A plan, and what tells it from another.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What would be done.
    pub plan: Plan,
    /// For the form that does it.
    pub digest: Digest,
    /// What whoever looks may undo.
    pub may: May,
    /// Whether the last proof is new enough: then it is something older that is wanted, and not another look.
    pub fresh: bool,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How many things went.
    pub gone: u32,
    /// Whether there is more.
    pub more: bool,
}

fn digest(keys: &Keys, account: AccountId, plan: &Plan) -> Digest {
    keys.digest(Of::Token, &[b"plan to undo", account.bytes(), &plan.bytes()])
}

/// How much of it this session may undo: the eldest decides, and as much has to be proved as for taking a thing away by itself.
fn may(
    reader: &mut Reader<'_>,
    cx: &Cx,
    (by, holdings, reach): (&Visitor, &Holdings, &Reach),
) -> Result<May, Fault> {
    // Anybody who is signed in may end a permission.
    if let Reach::Grant(_) = reach {
        return Ok(May::All);
    }
    let (session, fresh) = (&by.session, is_fresh(by, cx));
    if session.doubted_at.is_some() || !fresh || !rests_on_older(holdings, &session.rests_on, reach.since()) {
        return Ok(May::Nothing);
    }
    let needed = Needed::to_change(reauth::within(reader, cx, by)?);
    // A weaker proof that came later says what the session rests on, and nothing about the level.
    let last = needed.level == Aal::Aal1 || session.assurance.strong_at == Some(session.assurance.at);
    Ok(if last && needed.is_met(by, cx) { May::All } else { May::Passing })
}

fn is_fresh(by: &Visitor, cx: &Cx) -> bool {
    let since: Duration = cx.now.since(by.session.assurance.at);
    since <= FRESH
}

/// Step 1, for the owner.
///
/// # Errors
/// A fault of the store.
pub fn look(store: &Store, cx: &Cx, (by, reach): (&Visitor, &Reach)) -> Result<Shown, Fault> {
    store.read(|reader| {
        let holdings = read::holdings(reader, cx, (by.account.id, Some(by)), reach)?;
        let may = may(reader, cx, (by, &holdings, reach))?;
        // Whoever has proved nothing yet sees what would go then.
        let plan = plan(&holdings, reach, hand(by, may));
        Ok(Shown { digest: digest(reader.keys(), by.account.id, &plan), plan, may, fresh: is_fresh(by, cx) })
    })
}

fn hand(by: &Visitor, may: May) -> Hand {
    Hand::Owner { session: by.session.id, whole: may != May::Passing }
}

/// Step 1, for an operator.
///
/// # Errors
/// A fault of the store.
pub fn look_as_operator(
    store: &Store,
    cx: &Cx,
    (account, reach): (AccountId, &Reach),
) -> Result<(Plan, Digest), Fault> {
    store.read(|reader| {
        let holdings = read::holdings(reader, cx, (account, None), reach)?;
        let plan = plan(&holdings, reach, Hand::Operator);
        let digest = digest(reader.keys(), account, &plan);
        Ok((plan, digest))
    })
}

/// What was shown before something is done.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    /// A plan with this digest.
    Plan([u8; 16]),
    /// The first step of it was done: this is the next one.
    Before,
}

impl Seen {
    fn is(self, digest: &Digest) -> bool {
        match self {
            Self::Plan(shown) => digest.matches(&Digest::from_bytes(shown)),
            Self::Before => true,
        }
    }
}

/// Steps 2 and 3, by the owner.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::UndoUnproved`], [`Refusal::UndoChanged`].
pub fn by_owner(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (reach, seen, source): (&Reach, Seen, Source),
) -> Outcome<Done> {
    // Held, so that nothing is added while it is decided what goes.
    accounts::ask_held(tx, by.account.id)?.get(tx)?;
    let holdings = read::holdings(tx, cx, (by.account.id, Some(by)), reach)?;
    let may = may(tx, cx, (by, &holdings, reach))?;
    if may == May::Nothing {
        return Ok(tx.unrecorded("nothing was undone", Err(Refusal::UndoUnproved)));
    }
    let plan = plan(&holdings, reach, hand(by, may));
    if !seen.is(&digest(tx.keys(), by.account.id, &plan)) {
        return Ok(tx.unrecorded("another plan than the one that was shown", Err(Refusal::UndoChanged)));
    }
    let kept = source.kept(cx.policy.keep_addresses);
    let sign = |event: Event| event.by(Actor::Owner, Some(kept)).within(by.session.id);
    let (events, done) = finish(tx, cx, (by.account.id, reach, &plan), Some(source), sign)?;
    tx.record(&events, Ok(done))
}

/// Steps 2 and 3, by an operator.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::AccountUnknown`], [`Refusal::UndoChanged`].
pub fn by_operator(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, reach, seen): (AccountId, &Reach, Seen),
    by: &By,
) -> Outcome<Done> {
    if accounts::ask_held(tx, account)?.get(tx)?.is_none() {
        return Ok(tx.unrecorded("no such account", Err(Refusal::AccountUnknown)));
    }
    let holdings = read::holdings(tx, cx, (account, None), reach)?;
    let plan = plan(&holdings, reach, Hand::Operator);
    if !seen.is(&digest(tx.keys(), account, &plan)) {
        return Ok(tx.unrecorded("another plan than the one that was shown", Err(Refusal::UndoChanged)));
    }
    let (events, done) = finish(tx, cx, (account, reach, &plan), None, |event| by.sign(event))?;
    tx.record(&events, Ok(done))
}

fn finish(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, reach, plan): (AccountId, &Reach, &Plan),
    source: Option<Source>,
    sign: impl Fn(Event) -> Event,
) -> Result<(Vec<Event>, Done), Fault> {
    let (gone, events) = carry::out(tx, cx, (account, reach, plan), source)?;
    let done = Done { gone, more: plan.more && gone > 0 };
    Ok((events.into_iter().map(sign).collect(), done))
}
