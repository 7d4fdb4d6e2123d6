//! A browser asks for an approval, by one of three doors.
//!
//! - On the sign-in page, by an address: the same steps, statements and answer whether or not there is an account. Only a browser
//!   that the account knows is shown to its approvers; what any other asks is a decoy, and nobody's telephone knows of it.
//! - After a password that was right, in whatever browser.
//! - Within a session, to prove who is there; with a password that was right just before, or alone.
//!
//! A question that stands on a password lapses with it. Beyond a number in a day what unknown browsers ask with it is held back
//! ([`held_back`]).
//!
//! There is one question at a time. The same browser asks anew in the place of its own, and shows the same number again; a browser that the account knows takes the
//! place of one that it does not; any other waits with a decoy.
//!
//! Implements: `threats.md` §5.2 rows 12, 15 and 19.

use model::account::{Account, AccountState};
use model::address::Address;
use model::approval::{Approval, ApprovalState, LIFETIME, NotShown, Wanted, draw};
use model::authenticator::Authenticator;
use model::cx::Cx;
use model::device_guesses::period;
use model::digest::{Digest, Of};
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, ApprovalId, SessionId};
use model::method::{Method, MethodPolicy};
use model::refusal::Verdict;
use model::source::Source;
use model::time::Time;
use store::{Store, Tx, accounts, approvals, authenticators, browsers, device_guesses, tenants};

use super::{has_approver, held_back, lapse, use_of};
use crate::Outcome;
use crate::doorbell::ring;
use crate::methods;
use crate::password::halfway::Halfway;
use crate::session::Visitor;
use crate::sign_in::ask::browser_digest;

/// How many of an account's questions are looked at for the last one of the same browser.
const LOOKS_BACK: i64 = 100;

/// By which door somebody asks.
pub enum Door {
    /// The sign-in page.
    SignIn(Address),
    /// The page after a password that was right: what that browser holds.
    SecondStep(String),
    /// A page within a session, and what that browser holds of a password that was right just before, if it was asked for one.
    StepUp(Box<Visitor>, Option<String>),
}

/// Who asks.
pub struct Ask {
    /// By which door.
    pub door: Door,
    /// The client that sent the person here, if one did.
    pub client: Option<String>,
    /// The half that the asking browser holds.
    pub browser_half: [u8; 16],
    /// From where.
    pub source: Source,
}

enum Found {
    SignIn(Address),
    SecondStep(Halfway),
    StepUp(Box<Visitor>, Option<Halfway>),
}

impl Found {
    /// The password that the question stands on.
    const fn halfway(&self) -> Option<&Halfway> {
        match self {
            Self::SignIn(_) => None,
            Self::SecondStep(halfway) => Some(halfway),
            Self::StepUp(_, halfway) => halfway.as_ref(),
        }
    }
}

/// An ask with everything that can be made before the transaction.
pub struct Prepared {
    found: Found,
    client: Option<String>,
    browser: Digest,
    id: ApprovalId,
    /// Whose a decoy is: nobody's.
    nobody: AccountId,
    source: Source,
}

/// Reads what the browser holds.
///
/// # Errors
/// A fault when there is no chance to be had. Refused: [`model::refusal::Refusal::ChallengeOver`] where the password was typed too long ago.
pub fn prepare(store: &Store, cx: &mut Cx, ask: Ask) -> Result<Verdict<Prepared>, Fault> {
    let keys = store.keys();
    let found = match ask.door {
        Door::SignIn(address) => Found::SignIn(address),
        Door::StepUp(visitor, held) => {
            let open = |held: String| Halfway::open(keys, cx.now, (&held, &ask.browser_half)).ok();
            let own = held.and_then(open).filter(|halfway| halfway.account == visitor.account.id);
            Found::StepUp(visitor, own)
        }
        Door::SecondStep(held) => match Halfway::open(keys, cx.now, (&held, &ask.browser_half)) {
            Ok(halfway) => Found::SecondStep(halfway),
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    Ok(Ok(Prepared {
        found,
        client: ask.client,
        browser: browser_digest(keys, &ask.browser_half),
        id: ApprovalId::new(cx)?,
        nobody: AccountId::new(cx)?,
        source: ask.source,
    }))
}

/// Whom it is about, as far as that is known by now.
struct Whom {
    account: Option<Account>,
    /// By the address that was typed, whose domain may have an organisation.
    open: MethodPolicy,
    /// What the record says it concerns.
    subject: Subject,
    known: bool,
    own: Vec<Authenticator>,
    live: Option<Approval>,
}

/// Asks. The answer names what to wait for, and says nothing about whether anybody is asked.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, ask: &Prepared) -> Outcome<ApprovalId> {
    let whom = whom(tx, cx, ask)?;
    let mut why = judge(cx, ask, &whom);
    let stranger = matches!(ask.found, Found::SecondStep(_)) && !whom.known;
    if let (None, true, Some(account)) = (why, stranger, &whom.account)
        && let Some(events) = held_back::count(tx, cx, (account.id, ask.source))?
    {
        return hold_back(tx, cx, (ask, &whom), events);
    }
    let mut events = Vec::new();
    if let Some(live) = whom.live.as_ref().filter(|_| why.is_none()) {
        if may_replace(live, ask, (whom.known, cx.now)) {
            events.extend(withdraw(tx, cx, (live, ask.source))?);
        } else {
            why = Some(NotShown::Taken);
        }
    }
    let new = insert(tx, cx, ask, (&whom, why.is_none()))?;
    let kind = EventKind::ApprovalAsked {
        approval: new.id,
        wanted: new.wanted,
        known: new.known,
        client: new.client.clone(),
        not_shown: why,
        until: new.expires_at,
    };
    let event = Event::new(cx, whom.subject, kind)?.by(actor(ask), Some(new.source));
    events.push(match new.session {
        Some(session) => event.within(session),
        None => event,
    });
    if why.is_none() {
        events.extend(asked(tx, cx, &new)?);
    }
    // What strangers ask is told once in a while: nobody fills the owner's page with it.
    let stranger = matches!(ask.found, Found::SignIn(_)) && !whom.known;
    let first = count(tx, cx, ask)? == 1;
    if stranger && !first {
        return Ok(tx.unrecorded("counted: the first of these minutes is on the record", Ok(new.id)));
    }
    tx.record(&events, Ok(new.id))
}

/// The same for what is beyond the day's number: whoever asks waits as ever, and what the same browser had asked before makes way.
fn hold_back(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (ask, whom): (&Prepared, &Whom),
    mut events: Vec<Event>,
) -> Outcome<ApprovalId> {
    if let Some(live) = whom.live.as_ref().filter(|live| live.browser.matches(&ask.browser)) {
        events.extend(withdraw(tx, cx, (live, ask.source))?);
    }
    let new = insert(tx, cx, ask, (whom, false))?;
    if events.is_empty() {
        return Ok(tx.unrecorded("counted: it is told in sum", Ok(new.id)));
    }
    tx.record(&events, Ok(new.id))
}

fn insert(tx: &mut Tx<'_>, cx: &Cx, ask: &Prepared, (whom, shown): (&Whom, bool)) -> Result<Approval, Fault> {
    let mut new = new(cx, ask, (whom, shown));
    if shown {
        let before = approvals::list_since(tx, new.account, (cx.now - LIFETIME, LOOKS_BACK))?;
        new.drawn = draw(new.id, &before, (&new.browser, cx.now));
    }
    if !approvals::insert(tx, &new)? {
        return Err(Fault::plain("somebody else asked at the same moment").conflict());
    }
    Ok(new)
}

/// Counts what is asked on the sign-in page for one address.
fn count(tx: &mut Tx<'_>, cx: &Cx, ask: &Prepared) -> Result<i64, Fault> {
    let whom = match &ask.found {
        Found::SignIn(address) => address.identity(),
        Found::SecondStep(_) | Found::StepUp(..) => return Ok(0),
    };
    let who = tx.keys().digest(Of::Token, &[b"approvals asked for", whom.bytes()]);
    device_guesses::add(tx, period(cx.now), &who)
}

/// What else follows from a question that an approver can see, in the same transaction: by default nothing, since nothing rings
/// that nobody has switched on.
pub(crate) fn asked(tx: &mut Tx<'_>, cx: &mut Cx, new: &Approval) -> Result<Vec<Event>, Fault> {
    ring::ring(tx, cx, new)
}

const fn actor(ask: &Prepared) -> Actor {
    match ask.found {
        Found::SignIn(_) | Found::SecondStep(_) => Actor::Visitor,
        Found::StepUp(..) => Actor::Owner,
    }
}

fn whom(tx: &mut Tx<'_>, cx: &Cx, ask: &Prepared) -> Result<Whom, Fault> {
    let (id, subject, tenant) = match &ask.found {
        Found::SignIn(address) => {
            let tenant = tenants::ask_by_domain(tx, address.domain())?;
            let found = accounts::ask_address(tx, &address.identity())?.get(tx)?;
            let owner = found.filter(|found| found.sign_in).map(|found| found.account);
            let subject = owner
                .map_or_else(|| Subject::address(&address.destination(), address.masked()), Subject::Account);
            (owner.unwrap_or(ask.nobody), subject, tenant.get(tx)?)
        }
        Found::SecondStep(halfway) => {
            let tenant = halfway.tenant.map(|tenant| tenants::find(tx, tenant)).transpose()?.flatten();
            (halfway.account, Subject::Account(halfway.account), tenant)
        }
        Found::StepUp(visitor, _) => (visitor.account.id, Subject::Account(visitor.account.id), None),
    };
    let account = accounts::ask_held(tx, id)?;
    let known = browsers::ask(tx, id, &ask.browser)?;
    let own = authenticators::ask(tx, id)?;
    let live = approvals::find_live(tx, id)?;
    let (account, known, own) = (account.get(tx)?, known.get(tx)?.is_some(), own.get(tx)?);
    let open =
        account.as_ref().map_or(MethodPolicy::OPEN, |account| methods::of_account(&cx.policy, account));
    let open = open.and(&methods::of_domain(&cx.policy, tenant.as_ref()));
    let own = own.into_iter().map(|kept| kept.authenticator).collect();
    Ok(Whom { account, open, subject, known, own, live })
}

const fn wanted(ask: &Prepared) -> Wanted {
    match ask.found {
        Found::SignIn(_) => Wanted::SignIn,
        Found::SecondStep(_) => Wanted::SecondStep,
        Found::StepUp(..) => Wanted::StepUp,
    }
}

/// Why no approver is to see it.
fn judge(cx: &Cx, ask: &Prepared, whom: &Whom) -> Option<NotShown> {
    let Some(account) = &whom.account else { return Some(NotShown::NoAccount) };
    let stranger = wanted(ask) == Wanted::SignIn && !whom.known;
    if account.state != AccountState::Open {
        Some(NotShown::Locked)
    } else if stranger {
        Some(NotShown::UnknownBrowser)
    } else if methods::permit(&whom.open, use_of(wanted(ask)), Method::Approval).is_err() {
        Some(NotShown::MethodOff)
    } else if !has_approver(&whom.own, cx) {
        Some(NotShown::NoApprover)
    } else {
        None
    }
}

/// Whether what waits already makes way: it is over, the same browser's, or that of a browser that is less known.
fn may_replace(live: &Approval, ask: &Prepared, (known, now): (bool, Time)) -> bool {
    !live.state_at(now).is_live()
        || live.browser.matches(&ask.browser)
        || (known && !live.known && live.state == ApprovalState::Waiting)
}

fn withdraw(tx: &mut Tx<'_>, cx: &mut Cx, (live, source): (&Approval, Source)) -> Result<Vec<Event>, Fault> {
    if live.state_at(cx.now) == ApprovalState::Lapsed {
        return lapse(tx, cx, live);
    }
    if !approvals::claim_end(tx, live.id, (ApprovalState::Withdrawn, cx.now))? {
        return Ok(Vec::new());
    }
    let kind = EventKind::ApprovalWithdrawn { approval: live.id };
    let event = Event::new(cx, Subject::Account(live.account), kind)?;
    Ok(vec![event.by(Actor::Visitor, Some(source.kept(cx.policy.keep_addresses)))])
}

fn new(cx: &Cx, ask: &Prepared, (whom, shown): (&Whom, bool)) -> Approval {
    let session: Option<SessionId> = match &ask.found {
        Found::StepUp(visitor, _) => Some(visitor.session.id),
        Found::SignIn(_) | Found::SecondStep(_) => None,
    };
    let owner = whom.account.as_ref().filter(|_| shown);
    Approval {
        id: ask.id,
        drawn: ask.id,
        account: owner.map_or(ask.nobody, |account| account.id),
        wanted: wanted(ask),
        client: ask.client.clone(),
        browser: ask.browser,
        known: whom.known,
        session,
        source: ask.source.kept(cx.policy.keep_addresses),
        asked_from: ask.source.address,
        asked_at: cx.now,
        expires_at: ask
            .found
            .halfway()
            .map_or(cx.now + LIFETIME, |halfway| halfway.expires_at.min(cx.now + LIFETIME)),
        state: ApprovalState::Waiting,
        opened_at: None,
        approver: None,
        nearness: None,
        decoy: !shown,
    }
}
