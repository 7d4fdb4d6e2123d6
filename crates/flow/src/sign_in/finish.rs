//! A sign-in succeeds: the browser becomes known and a browser session starts. Or one that goes on is raised.
//!
//! A session that begins with a proof which may have been relayed is provisional ([`crate::response::doubt`]), and its browser known to
//! nobody, until its owner says in another one that it is theirs ([0035](../../../docs/decisions/0035-what-may-have-been-relayed.md)).
//!
//! What is not enough to get in at once becomes a way in that waits ([`crate::entry`]): there is no other way round it
//! than this one function for all methods, [`start`].
//!
//! Implements: NIST SP 800-63B-4 §5.1 (a fresh secret of at least 64 bits), OWASP ASVS 5.0 7.2.3, 7.2.4.

use model::account::Account;
use model::approval::PROVISIONAL;
use model::assurance::{Aal, Assurance};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, EntryKind, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{BrowserId, RequestId, SessionId};
use model::method::Use;
use model::notice::What;
use model::refusal::{Refusal, Verdict};
use model::secret::Secret;
use model::session::{RestsOn, Session, SessionEnd};
use model::source::Source;
use model::time::Time;
use store::browsers::{self, KnownBrowser};
use store::{Tx, sessions};

use crate::entry::{self, Asking};
use crate::methods::{Permit, proved, surely};
use crate::notice::{self, Telling, Whom};
use crate::session::{Held, Visitor};

/// Who signs in, where.
pub struct Start {
    /// The account.
    pub account: Account,
    /// The request whose code was used, if one was.
    pub request: Option<RequestId>,
    /// What was proved: without a permit for each nothing begins.
    pub proved: Vec<Permit>,
    /// What it was proved by.
    pub rests_on: RestsOn,
    /// The digest of the browser's half.
    pub browser: Digest,
    /// The session that the same browser held before, of this account or another.
    pub current: Option<Held>,
    /// From where.
    pub source: Source,
}

/// A session that has just started; the only time its secret is readable.
pub struct Started {
    /// The session.
    pub session: Session,
    /// The secret for the cookie.
    pub secret: Secret<[u8; 32]>,
}

/// The digest of a session cookie's secret.
#[must_use]
pub fn session_digest(keys: &Keys, id: SessionId, secret: &[u8; 32]) -> Digest {
    keys.digest(Of::Token, &[b"session", id.bytes(), secret])
}

/// Starts the session and adds what happened to `events`.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::EntryWaits`] for whoever proved less than a passkey in a browser that is new to
/// an account that has one.
pub fn start(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    events: &mut Vec<Event>,
    start: Start,
) -> Result<Verdict<Started>, Fault> {
    let methods = proved(&start.proved);
    if methods.is_empty() || start.proved.iter().any(|permit| permit.use_() != Use::SignIn) {
        return Err(Fault::plain("a session without a proof for signing in"));
    }
    let id = start.account.id;
    if entry::must_wait(tx, cx, (&start.account, methods), &start.browser)? {
        let (browser, source) = (start.browser, start.source);
        let asking = Asking { account: id, kind: EntryKind::SignIn, browser, proofs: methods, source };
        let entry = entry::ask(tx, cx, events, asking)?.id;
        return Ok(Err(Refusal::EntryWaits { entry }));
    }
    if Aal::of(methods) == Aal::Aal2 {
        entry::close_of_browser(tx, cx, events, (id, &start.browser))?;
    }
    begin(tx, cx, events, start).map(Ok)
}

/// Starts the session of whoever came by [`start`], or has waited for it.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    events: &mut Vec<Event>,
    start: Start,
) -> Result<Started, Fault> {
    let subject = Subject::Account(start.account.id);
    let methods = proved(&start.proved);
    let secret: [u8; 32] = cx.entropy.bytes()?;
    let id = SessionId::new(cx)?;
    let fresh = BrowserId::new(cx)?;
    let seen =
        KnownBrowser { id: fresh, browser: start.source.browser, first_used: cx.now, last_used: cx.now };
    let replaced = sessions::claim_end_of_browser(tx, start.account.id, &start.browser)?;
    let doubted = start.proved.iter().any(Permit::is_doubted);
    let remember = if doubted { browsers::remember_doubted } else { browsers::remember };
    let browser = remember(tx, start.account.id, &start.browser, &seen)?;
    if let Some(old) = start.current
        && sessions::claim_end(tx, old.account, old.session)?
    {
        let ended = crate::session::ended(tx, cx, old.account, (old.session, SessionEnd::Replaced))?;
        events.extend(ended.into_iter().map(|event| event.by(Actor::Owner, Some(start.source))));
    }
    for old in replaced.get(tx)? {
        let ended = crate::session::ended(tx, cx, start.account.id, (old, SessionEnd::Replaced))?;
        events.extend(ended.into_iter().map(|event| event.by(Actor::Owner, Some(start.source))));
    }
    let browser = browser.get(tx)?;
    let mut session = Session {
        id,
        account: start.account.id,
        browser,
        started_at: cx.now,
        used_at: cx.now,
        expires_at: cx.now + cx.policy.session_absolute,
        doubted_at: None,
        source: start.source,
        assurance: assurance(&start.proved, cx.now),
        rests_on: start.rests_on,
    };
    sessions::insert(tx, &session, &session_digest(tx.keys(), id, &secret))?;
    let kind = EventKind::SessionStarted { known: browser != fresh, methods };
    let event = Event::new(cx, subject, kind)?.by(Actor::Owner, Some(start.source)).within(id);
    events.push(Event { request: start.request, ..event });
    if doubted {
        begin_doubted(tx, cx, events, &mut session)?;
        return Ok(Started { session, secret: Secret::new(secret) });
    }
    // Whoever opens an account knows that it was opened just now; of a way in that waited everybody is told by itself.
    let told =
        |kind: &EventKind| matches!(kind, EventKind::AccountOpened { .. } | EventKind::EntryUsed { .. });
    let told = events.iter().any(|event| told(&event.kind));
    if browser == fresh && !told {
        let telling = Telling::of(What::NewBrowser).from(start.source);
        notice::tell(tx, cx, start.account.id, telling, Whom::Everybody)?;
    }
    Ok(Started { session, secret: Secret::new(secret) })
}

/// Makes a session provisional that has just begun, and tells everybody.
fn begin_doubted(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    events: &mut Vec<Event>,
    session: &mut Session,
) -> Result<(), Fault> {
    let until = session.expires_at.min(cx.now + PROVISIONAL);
    sessions::claim_doubt(tx, session.account, session.id, (cx.now, until))?;
    (session.doubted_at, session.expires_at) = (Some(cx.now), until);
    let kind = EventKind::SessionDoubted { until };
    let event = Event::new(cx, Subject::Account(session.account), kind)?;
    events.push(event.by(Actor::Owner, Some(session.source)).within(session.id));
    let telling = Telling::of(What::ApprovedElsewhere { until }).from(session.source);
    notice::tell(tx, cx, session.account, telling, Whom::Everybody)?;
    Ok(())
}

/// What a session begins with. A recovery opens the account and reaches no higher level, whatever was proved for it, and
/// however long ago: a method that is closed for signing in and for a higher level is worth neither (row 43). Nor does what may
/// have been relayed reach one (row 17).
fn assurance(permits: &[Permit], now: Time) -> Assurance {
    let all = Assurance::of(proved(permits), now);
    let low = Aal::of(surely(permits)) != Aal::Aal2;
    if low || permits.iter().any(|permit| permit.use_() == Use::Recovery) {
        Assurance { strong_at: None, ..all }
    } else {
        all
    }
}

/// Who proved something once more, and where.
pub struct Raise {
    /// Whoever is signed in.
    pub visitor: Visitor,
    /// The request whose code was used, if one was.
    pub request: Option<RequestId>,
    /// What was proved, at once: without a permit for each nothing is raised.
    pub proved: Vec<Permit>,
    /// What it was proved by.
    pub rests_on: RestsOn,
    /// From where.
    pub source: Source,
}

/// Notes a proof in a session that goes on, under a new secret (ASVS 7.2.4), and adds what happened to `events`.
///
/// # Errors
/// A fault of the store; [`Refusal::SessionUnknown`] when the session was ended meanwhile, or is provisional.
pub fn raise(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    events: &mut Vec<Event>,
    raise: Raise,
) -> Result<Verdict<Started>, Fault> {
    let methods = proved(&raise.proved);
    if methods.is_empty() {
        return Err(Fault::plain("a session raised without a proof"));
    }
    let mut session = raise.visitor.session;
    let secret: [u8; 32] = cx.entropy.bytes()?;
    let before = session.assurance.strong_at;
    session.assurance = session.assurance.and(methods, cx.now);
    if Aal::of(surely(&raise.proved)) != Aal::Aal2 {
        session.assurance.strong_at = before;
    }
    session.rests_on = raise.rests_on;
    let digest = session_digest(tx.keys(), session.id, &secret);
    if !sessions::claim_raise(tx, session.id, (&session.assurance, &session.rests_on), &digest)? {
        return Ok(Err(Refusal::SessionUnknown));
    }
    let kind = EventKind::SessionRaised { methods, aal: session.assurance.aal() };
    let subject = Subject::Account(session.account);
    let event = Event::new(cx, subject, kind)?.by(Actor::Owner, Some(raise.source)).within(session.id);
    events.push(Event { request: raise.request, ..event });
    Ok(Ok(Started { session, secret: Secret::new(secret) }))
}
