//! A sign-in succeeds: the browser becomes known and a browser session starts.
//!
//! Implements: NIST SP 800-63B-4 §5.1 (a fresh secret of at least 64 bits), OWASP ASVS 5.0 7.2.3, 7.2.4.

use model::account::Account;
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{BrowserId, RequestId, SessionId};
use model::secret::Secret;
use model::session::{Session, SessionEnd};
use model::source::Source;
use store::browsers::{self, KnownBrowser};
use store::{Tx, sessions};

use crate::session::Held;

/// Who signs in, where.
pub struct Start {
    /// The account.
    pub account: Account,
    /// The request whose code was used.
    pub request: RequestId,
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
/// A fault of the store.
pub fn start(tx: &mut Tx<'_>, cx: &mut Cx, events: &mut Vec<Event>, start: Start) -> Result<Started, Fault> {
    let subject = Subject::Account(start.account.id);
    let secret: [u8; 32] = cx.entropy.bytes()?;
    let id = SessionId::new(cx)?;
    let fresh = BrowserId::new(cx)?;
    let seen =
        KnownBrowser { id: fresh, browser: start.source.browser, first_used: cx.now, last_used: cx.now };
    let replaced = sessions::claim_end_of_browser(tx, start.account.id, &start.browser)?;
    let browser = browsers::remember(tx, start.account.id, &start.browser, &seen)?;
    if let Some(old) = start.current
        && sessions::claim_end(tx, old.account, old.session)?
    {
        let ended = crate::session::ended(cx, old.account, old.session, SessionEnd::Replaced)?;
        events.push(ended.by(Actor::Owner, Some(start.source)));
    }
    for old in replaced.get(tx)? {
        let ended = crate::session::ended(cx, start.account.id, old, SessionEnd::Replaced)?;
        events.push(ended.by(Actor::Owner, Some(start.source)));
    }
    let browser = browser.get(tx)?;
    let session = Session {
        id,
        account: start.account.id,
        browser,
        started_at: cx.now,
        used_at: cx.now,
        expires_at: cx.now + cx.policy.session_absolute,
        source: start.source,
    };
    sessions::insert(tx, &session, &session_digest(tx.keys(), id, &secret))?;
    let kind = EventKind::SessionStarted { known: browser != fresh };
    let event = Event::new(cx, subject, kind)?.by(Actor::Owner, Some(start.source)).of(start.request);
    events.push(event.within(id));
    Ok(Started { session, secret: Secret::new(secret) })
}
