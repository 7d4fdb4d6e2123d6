//! Ways in that open later: asked for, told to everybody, closed by anybody of them, used once.
//!
//! An account that has a passkey is not entered from an unknown browser by less than that: a code proves a mailbox, and the
//! passkey was added because a mailbox is not enough. Such a sign-in waits for a day, a recovery with one proof for three.
//!
//! 1. A proof was given that is not enough by itself ([`ask`]); for a recovery a second one may follow.
//! 2. Everybody is told; anybody of them, or whoever is signed in, closes it ([`cancel`], [`cancel_own`]).
//! 3. Once it has opened, the browser that asked, and no other, uses it ([`enter`]); or its time passes ([`expire`]).
//!
//! Implements: NIST SP 800-63B-4 §4.2.2.2, §4.6; `threats.md` §5.2 rows 13 and 19.

use model::account::{Account, AccountState};
use model::assurance::Aal;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::entry::{Entry, EntryState, OPEN, RECOVERY, SECOND, SIGN_IN, is_enough, was_sent};
use model::event::{Actor, EntryKind, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId, EntryId};
use model::method::{Method, MethodSet, Use};
use model::notice::What;
use model::refusal::Refusal;
use model::session::RestsOn;
use model::source::Source;
use model::time::Time;
use store::{Recorded, Store, Tx, accounts, addresses, authenticators, browsers, entries};

use crate::Outcome;
use crate::address::masked_shown;
use crate::methods::{self, Permit};
use crate::notice::{self, Telling, Whom};
use crate::recover;
use crate::session::{Held, Visitor};
use crate::sign_in::ask::browser_digest;
use crate::sign_in::finish::{self, Started};

/// How many rows one transaction takes at most.
const CHUNK: i64 = 200;

/// What a link that closes an entry carries: its identifier and a secret.
pub type Link = (EntryId, [u8; 16]);

/// The digest of the secret in the link that closes an entry.
#[must_use]
pub fn cancel_digest(keys: &Keys, id: EntryId, secret: &[u8; 16]) -> Digest {
    keys.digest(Of::Token, &[b"cancel entry", id.bytes(), secret])
}

/// Whether what was proved is not enough to get in at once: the account has a passkey that could be used, the browser is
/// new to it, and nothing as strong was proved.
pub(crate) fn must_wait(
    tx: &mut Tx<'_>,
    cx: &Cx,
    (account, proved): (&Account, MethodSet),
    browser: &Digest,
) -> Result<bool, Fault> {
    let open = methods::of_account(&cx.policy, account);
    // The number of an approval can be read out to somebody, as a code can.
    let surely = proved.without(Method::Approval);
    if Aal::of(surely) == Aal::Aal2 || methods::permit(&open, Use::SignIn, Method::Passkey).is_err() {
        return Ok(false);
    }
    let passkey = authenticators::ask_usable(tx, account.id, AuthenticatorKind::Passkey, cx.now)?;
    let known = browsers::ask(tx, account.id, browser)?;
    Ok(passkey.get(tx)? & known.get(tx)?.is_none())
}

/// Who has proved what.
pub(crate) struct Asking {
    /// For which account. It is held by the transaction.
    pub(crate) account: AccountId,
    /// Of which kind the way in is.
    pub(crate) kind: EntryKind,
    /// The digest of the browser's half.
    pub(crate) browser: Digest,
    /// What was proved now.
    pub(crate) proofs: MethodSet,
    /// From where, as far as that is kept.
    pub(crate) source: Source,
}

/// Step 1. Whoever proves something again in the same browser gets the way in that waits already: nothing begins anew, and
/// nobody is told twice.
pub(crate) fn ask(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    events: &mut Vec<Event>,
    asking: Asking,
) -> Result<Entry, Fault> {
    let waiting = entries::take(tx, asking.account, cx.now)?;
    let own = |entry: &Entry| entry.kind == asking.kind && entry.browser.matches(&asking.browser);
    match waiting.into_iter().find(own) {
        Some(seen) => again(tx, cx, events, (seen, asking)),
        None => new(tx, cx, events, asking),
    }
}

fn new(tx: &mut Tx<'_>, cx: &mut Cx, events: &mut Vec<Event>, asking: Asking) -> Result<Entry, Fault> {
    let Asking { account, kind, browser, proofs, source } = asking;
    let opens_at = cx.now
        + match kind {
            EntryKind::Recovery => RECOVERY,
            EntryKind::SignIn => SIGN_IN,
        };
    let entry = Entry {
        id: EntryId::new(cx)?,
        account,
        kind,
        state: EntryState::Waiting,
        browser,
        proofs,
        source,
        asked_at: cx.now,
        proved_at: cx.now,
        opens_at,
        expires_at: opens_at + OPEN,
    };
    let secret: [u8; 16] = cx.entropy.bytes()?;
    entries::insert(tx, &entry, &cancel_digest(tx.keys(), entry.id, &secret))?;
    events.push(asked(cx, &entry, source)?);
    let link = format!("/entry/cancel/{}", wire::token::pair(entry.id.bytes(), &secret));
    let telling = Telling::of(What::EntryAsked { kind, opens_at }).from(source).with_link(link);
    notice::tell(tx, cx, account, telling, Whom::Everybody)?;
    Ok(entry)
}

/// A second proof of another class opens a recovery at once, if it follows soon enough (NIST SP 800-63B-4 §4.2.2.2), and if
/// somebody else was told than whoever reads where a code was sent (§4.6). What was proved longer ago counts no more.
fn again(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    events: &mut Vec<Event>,
    (seen, asking): (Entry, Asking),
) -> Result<Entry, Fault> {
    let mut now = seen.clone();
    if cx.now < seen.proved_at + SECOND {
        now.proofs = seen.proofs.or(asking.proofs);
    } else {
        (now.proofs, now.proved_at) = (asking.proofs, cx.now);
    }
    let told = !was_sent(now.proofs) || is_told_elsewhere(tx, seen.account)?;
    if seen.kind == EntryKind::Recovery && is_enough(now.proofs) && told && cx.now < seen.opens_at {
        (now.opens_at, now.expires_at) = (cx.now, cx.now + SECOND);
    }
    if (now.proofs, now.proved_at, now.opens_at) == (seen.proofs, seen.proved_at, seen.opens_at) {
        return Ok(seen);
    }
    if !entries::claim_proof(tx, &seen, &now)? {
        return Err(Fault::plain("a way in was closed under a proof that was given for it").conflict());
    }
    events.push(asked(cx, &now, asking.source)?);
    Ok(now)
}

/// Whether a notice about the account goes to more than the one mailbox that a code may have gone to.
fn is_told_elsewhere(tx: &mut Tx<'_>, account: AccountId) -> Result<bool, Fault> {
    Ok(addresses::list_mailboxes(tx, account)?.len() > 1)
}

fn asked(cx: &mut Cx, entry: &Entry, source: Source) -> Result<Event, Fault> {
    let Entry { id, account, kind, proofs, opens_at, .. } = *entry;
    let kind = EventKind::EntryAsked { entry: id, kind, methods: proofs, opens_at };
    Ok(Event::new(cx, Subject::Account(account), kind)?.by(Actor::Visitor, Some(source)))
}

/// What waits, or is open, for one browser to use, the newest first.
///
/// # Errors
/// A fault of the store.
pub fn list_of_browser(store: &Store, now: Time, half: &[u8; 16]) -> Result<Vec<Entry>, Fault> {
    let browser = browser_digest(store.keys(), half);
    store.read(|reader| entries::list_of_browser(reader, &browser, now))
}

/// Those of an account, for its owner to see.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, account: AccountId, now: Time) -> Result<Vec<Entry>, Fault> {
    store.read(|reader| entries::list_waiting(reader, account, now))
}

/// What the link of a notice leads to, if it still waits. Looking changes nothing.
///
/// # Errors
/// A fault of the store.
pub fn find_by_link(store: &Store, now: Time, (id, secret): &Link) -> Result<Option<Entry>, Fault> {
    let digest = cancel_digest(store.keys(), *id, secret);
    store.read(|reader| {
        let kept = entries::find_cancel(reader, *id)?;
        if !kept.is_some_and(|kept| kept.matches(&digest)) {
            return Ok(None);
        }
        Ok(entries::find(reader, *id)?.filter(|entry| entry.is_waiting(now)))
    })
}

/// What the page of the browser that asked may know of the account.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What it is called, masked.
    pub account: String,
    /// Whether a notice about it goes to more than one mailbox.
    pub told_elsewhere: bool,
    /// What its owner may still have, once a recovery is open; before, nothing.
    pub own: Vec<Authenticator>,
}

/// Looks, for the browser that asked.
///
/// # Errors
/// A fault of the store.
pub fn facts(store: &Store, cx: &Cx, entry: &Entry) -> Result<Facts, Fault> {
    store.read(|reader| {
        let account = accounts::find(reader, entry.account)?;
        let told_elsewhere = addresses::list_mailboxes(reader, entry.account)?.len() > 1;
        let own = if entry.kind == EntryKind::Recovery && entry.is_open(cx.now) {
            authenticators::list(reader, entry.account)?
        } else {
            Vec::new()
        };
        Ok(Facts {
            account: account.map(|account| masked_shown(&account.address)).unwrap_or_default(),
            told_elsewhere,
            own: own.into_iter().map(|kept| kept.authenticator).collect(),
        })
    })
}

/// Step 2, by the link of the notice.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::LinkUnknown`].
pub fn cancel(tx: &mut Tx<'_>, cx: &mut Cx, (id, secret): Link, source: Source) -> Outcome<()> {
    let digest = cancel_digest(tx.keys(), id, &secret);
    let Some(entry) = entries::claim_cancel(tx, id, &digest, cx.now)? else {
        return Ok(tx.unrecorded("closed, used or never there", Err(Refusal::LinkUnknown)));
    };
    let source = source.kept(cx.policy.keep_addresses);
    let event = cancelled(cx, &entry)?.by(Actor::Recipient, Some(source));
    tell_cancelled(tx, cx, &entry, source)?;
    tx.record(&[event], Ok(()))
}

/// Step 2, by whoever is signed in.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::EntryClosed`].
pub fn cancel_own(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, id: EntryId, source: Source) -> Outcome<()> {
    let Some(entry) = entries::claim_cancel_own(tx, by.account.id, id, cx.now)? else {
        return Ok(tx.unrecorded("closed, used or never there", Err(Refusal::EntryClosed)));
    };
    let source = source.kept(cx.policy.keep_addresses);
    let event = cancelled(cx, &entry)?.by(Actor::Owner, Some(source)).within(by.session.id);
    tell_cancelled(tx, cx, &entry, source)?;
    tx.record(&[event], Ok(()))
}

fn tell_cancelled(tx: &mut Tx<'_>, cx: &mut Cx, entry: &Entry, source: Source) -> Result<(), Fault> {
    let telling = Telling::of(What::EntryCancelled { kind: entry.kind }).from(source);
    notice::tell(tx, cx, entry.account, telling, Whom::Everybody).map(|_| ())
}

pub(crate) fn cancelled(cx: &mut Cx, entry: &Entry) -> Result<Event, Fault> {
    let kind = EventKind::EntryCancelled { entry: entry.id, kind: entry.kind };
    Event::new(cx, Subject::Account(entry.account), kind).map_err(Fault::from)
}

/// Closes whatever waits for an account that was recovered, or that its owner or an operator shuts; for whoever does it to
/// sign.
pub(crate) fn close_all(tx: &mut Tx<'_>, cx: &mut Cx, account: AccountId) -> Result<Vec<Event>, Fault> {
    let closed = entries::cancel_all(tx, account, cx.now)?;
    closed.iter().map(|entry| cancelled(cx, entry)).collect()
}

/// Closes what waits for a browser whose owner has signed in there by something better.
pub(crate) fn close_of_browser(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    events: &mut Vec<Event>,
    (account, browser): (AccountId, &Digest),
) -> Result<(), Fault> {
    for entry in entries::list_waiting(tx, account, cx.now)? {
        if entry.browser.matches(browser)
            && entries::claim_cancel_own(tx, account, entry.id, cx.now)?.is_some()
        {
            events.push(cancelled(cx, &entry)?);
        }
    }
    Ok(())
}

/// Who uses what has opened.
pub struct Entering {
    /// Which.
    pub id: EntryId,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// The session that the same browser holds, of this account or another.
    pub current: Option<Held>,
    /// After a recovery: the authenticators that its owner still has. All others go.
    pub keep: Vec<AuthenticatorId>,
    /// From where.
    pub source: Source,
}

/// Step 3: the browser that asked uses what has opened. What was proved must still be open at this moment.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::EntryClosed`], [`Refusal::MethodOff`].
pub fn enter(tx: &mut Tx<'_>, cx: &mut Cx, entering: &Entering) -> Outcome<Started> {
    let source = entering.source.kept(cx.policy.keep_addresses);
    let browser = browser_digest(tx.keys(), &entering.browser_half);
    let Some(entry) = entries::claim_use(tx, entering.id, &browser, cx.now)? else {
        return Ok(tx.unrecorded("not open, not there, or of another browser", Err(Refusal::EntryClosed)));
    };
    let account = accounts::ask_held(tx, entry.account)?.get(tx)?;
    let Some(account) = account.filter(|account| account.state == AccountState::Open) else {
        return tx.record(&[cancelled(cx, &entry)?], Err(Refusal::EntryClosed));
    };
    let Some(proved) = permits(cx, &account, &entry) else {
        return tx.record(&[cancelled(cx, &entry)?], Err(Refusal::MethodOff));
    };
    let kind = EventKind::EntryUsed { entry: entry.id, kind: entry.kind };
    let used = Event::new(cx, Subject::Account(account.id), kind)?.by(Actor::Owner, Some(source));
    let mut events = vec![used];
    if entry.kind == EntryKind::Recovery {
        recover::restore(tx, cx, &mut events, (&account, &entering.keep, source))?;
    }
    let telling = Telling::of(What::EntryUsed { kind: entry.kind }).from(source);
    notice::tell(tx, cx, account.id, telling, Whom::Everybody)?;
    let current = entering.current;
    // What was proved for it was proved long ago, piece by piece: nothing is to rest on that.
    let rests_on = RestsOn::default();
    let start = finish::Start { account, request: None, proved, rests_on, browser, current, source };
    let started = finish::begin(tx, cx, &mut events, start)?;
    tx.record(&events, Ok(started))
}

/// A permit for each proof; none where one of them is not open any more, or there is none.
fn permits(cx: &Cx, account: &Account, entry: &Entry) -> Option<Vec<Permit>> {
    let use_ = match entry.kind {
        EntryKind::Recovery => Use::Recovery,
        EntryKind::SignIn => Use::SignIn,
    };
    let open = methods::of_account(&cx.policy, account);
    let all: Option<Vec<Permit>> =
        entry.proofs.iter().map(|method| methods::permit(&open, use_, method).ok()).collect();
    all.filter(|all| !all.is_empty())
}

/// Step 3, where nobody came: says whether there may be more.
///
/// # Errors
/// A fault of the store.
pub fn expire(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    let due = entries::list_expired(tx, cx.now, CHUNK)?;
    let more = i64::try_from(due.len()).unwrap_or(0) == CHUNK;
    let mut events = Vec::new();
    for id in due {
        if let Some(entry) = entries::claim_expire(tx, id, cx.now)? {
            let kind = EventKind::EntryExpired { entry: entry.id, kind: entry.kind };
            events.push(Event::new(cx, Subject::Account(entry.account), kind)?);
        }
    }
    tx.record(&events, more)
}
