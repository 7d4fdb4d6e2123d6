//! Browser sessions: recognise the cookie, keep it alive, list them, end them.
//!
//! Implements: NIST SP 800-63B-4 §5.2, OWASP ASVS 5.0 7.3.1, 7.3.2, 7.4.1, 7.5.2.

use model::account::{Account, AccountState};
use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, SessionId};
use model::notice::What;
use model::refusal::Refusal;
use model::session::{Session, SessionEnd};
use model::source::Source;
use model::time::{MINUTE, Time};
pub use store::browsers::KnownBrowser;
use store::{Reader, Recorded, Store, Tx, accounts, browsers, sessions};

use crate::Outcome;
use crate::notice::{self, Telling, Whom};
use crate::oauth::ending::{of_session, of_whole_account};
use crate::sign_in::finish::session_digest;

/// Whoever is signed in: the session and its account.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
}

/// A session that a browser has proved to hold; only [`Visitor::held`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
}

impl Visitor {
    /// The session, as something that a new sign-in in the same browser may replace.
    #[must_use]
    pub const fn held(&self) -> Held {
        Held { account: self.account.id, session: self.session.id }
    }
}

/// Whoever holds this cookie, if the session is alive and the account open.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, id: SessionId, secret: &[u8; 32]) -> Result<Option<Visitor>, Fault> {
    let presented: Digest = session_digest(store.keys(), id, secret);
    store.read(|reader| {
        let Some((session, digest)) = sessions::find(reader, id)? else { return Ok(None) };
        if !digest.matches(&presented) || session.over(cx.now, &cx.policy).is_some() {
            return Ok(None);
        }
        let account = accounts::find(reader, session.account)?;
        Ok(account
            .filter(|account| account.state == AccountState::Open)
            .map(|account| Visitor { session, account }))
    })
}

/// Whether the last use of a session is long enough ago to be noted again.
#[must_use]
pub const fn touch_due(session: &Session, now: Time) -> bool {
    now.micros() - session.used_at.micros() >= MINUTE
}

/// Notes that a session is in use; at most once a minute, so that reading pages writes next to nothing.
///
/// # Errors
/// A fault of the store.
pub fn touch(tx: &mut Tx<'_>, cx: &Cx, id: SessionId) -> Result<Recorded<()>, Fault> {
    sessions::touch(tx, id, cx.now)?;
    Ok(tx.unrecorded("use of a session is not an event", ()))
}

/// All live sessions of an account.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, cx: &Cx, account: AccountId) -> Result<Vec<Session>, Fault> {
    store.read(|reader| live(reader, cx, account))
}

/// What is signed in to an account, and what was before.
#[derive(Clone, Debug)]
pub struct Mine {
    /// Live sessions, the newest first.
    pub sessions: Vec<Session>,
    /// Browsers that have signed in, the last used first.
    pub browsers: Vec<KnownBrowser>,
}

/// Looks.
///
/// # Errors
/// A fault of the store.
pub fn mine(store: &Store, cx: &Cx, account: AccountId) -> Result<Mine, Fault> {
    store.read(|reader| {
        Ok(Mine { sessions: live(reader, cx, account)?, browsers: browsers::list(reader, account)? })
    })
}

/// [`list`], within a view that is open already.
pub(crate) fn live(reader: &mut Reader<'_>, cx: &Cx, account: AccountId) -> Result<Vec<Session>, Fault> {
    let all = sessions::list(reader, account)?;
    Ok(all.into_iter().filter(|session| session.over(cx.now, &cx.policy).is_none()).collect())
}

/// Ends one session of the visitor's account: this one (signing out) or another.
///
/// # Errors
/// A fault of the store.
pub fn end(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, id: SessionId, source: Source) -> Outcome<()> {
    match end_one(tx, cx, by, (id, source))? {
        Some(events) => {
            if id != by.session.id {
                tell(tx, cx, by.account.id, (1, source))?;
            }
            tx.record(&events, Ok(()))
        }
        None => Ok(tx.unrecorded("there is no such session", Err(Refusal::SessionUnknown))),
    }
}

/// Ends one session at its owner's hands: the events, where it had not ended before.
pub(crate) fn end_one(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (id, source): (SessionId, Source),
) -> Result<Option<Vec<Event>>, Fault> {
    if !sessions::claim_end(tx, by.account.id, id)? {
        return Ok(None);
    }
    let why = if id == by.session.id { SessionEnd::SignedOut } else { SessionEnd::EndedByOwner };
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let ends = ended(tx, cx, by.account.id, (id, why))?;
    Ok(Some(ends.into_iter().map(|event| event.by(Actor::Owner, kept)).collect()))
}

/// Tells the account that sessions were ended from another one: whoever was signed in there did not do it there.
fn tell(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    account: AccountId,
    (count, source): (usize, Source),
) -> Result<(), Fault> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let telling = Telling::of(What::SessionsEnded { count }).from(source);
    notice::tell(tx, cx, account, telling, Whom::Everybody).map(|_| ())
}

/// Ends all sessions of the visitor's account but this one; says how many.
///
/// # Errors
/// A fault of the store.
pub fn end_others(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    source: Source,
) -> Result<Recorded<usize>, Fault> {
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let events: Vec<Event> = end_all(tx, cx, by.account.id, (Some(by.session.id), SessionEnd::EndedByOwner))?
        .into_iter()
        .map(|event| event.by(Actor::Owner, kept))
        .collect();
    let over = |event: &&Event| matches!(event.kind, EventKind::SessionEnded { .. });
    let count = events.iter().filter(over).count();
    if count > 0 {
        tell(tx, cx, by.account.id, (count, source))?;
    }
    tx.record(&events, count)
}

/// Ends every session of an account but `spared`, and what clients were allowed as far as the reason reaches. A list of sessions has an end; this has not.
pub(crate) fn end_all(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    account: AccountId,
    (spared, why): (Option<SessionId>, SessionEnd),
) -> Result<Vec<Event>, Fault> {
    let mut events = Vec::new();
    loop {
        let before = events.len();
        for session in sessions::list(tx, account)? {
            if Some(session.id) != spared && sessions::claim_end(tx, account, session.id)? {
                events.extend(ended(tx, cx, account, (session.id, why))?);
            }
        }
        if events.len() == before {
            break;
        }
    }
    events.extend(of_whole_account(tx, cx, (account, why))?);
    Ok(events)
}

/// Says that a session has ended, after the claim of its end, and ends what clients were allowed in it.
pub(crate) fn ended(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    account: AccountId,
    (id, why): (SessionId, SessionEnd),
) -> Result<Vec<Event>, Fault> {
    let event = Event::new(cx, Subject::Account(account), EventKind::SessionEnded { why })?;
    let mut events = vec![event.within(id)];
    events.extend(of_session(tx, cx, account, (id, why))?);
    Ok(events)
}
