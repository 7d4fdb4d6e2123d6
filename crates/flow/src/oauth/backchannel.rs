//! Clients are told that somebody is signed out.
//!
//! Implements: OpenID Connect Back-Channel Logout §2.4 (what is said), §2.5 and §2.8 (200 and 204 are success, 400 is a refusal),
//! threats.md §5.2 row 33.
//!
//! 1. Something ends, and in the same transaction a row is written for each client that wants to know ([`queue`]).
//! 2. A worker leases the row ([`lease`]) and makes the token at the moment when it is sent ([`compose`]): it holds for two
//!    minutes and has an identifier of its own each time, so that a client which remembers them takes the second attempt.
//! 3. What became of it is recorded ([`settle`]): told, put off, or given up.

use std::time::Duration;

use model::access_token::seconds;
use model::client::{ClientOrigin, Registered};
use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, LogoutId, SessionId};
use model::message::{Delivery, Obstacle};
use model::secret::Secret;
use model::time::Time;
pub use store::logouts::Leased;
use store::logouts::{self, Logout};
use store::{Recorded, Store, Tx, clients};
use wire::http::url::Url;
use wire::oidc::logout::{LogoutClaims, TYPE};

use super::issue::{session_name, sign};
use super::keys::Keyring;
use super::provider::Provider;
use crate::deliver::{LEASE, growing};

/// How long a logout token holds: as short as clocks allow (§2.4).
const HOLDS: Duration = Duration::from_secs(2 * 60);

/// How long a client is tried that does not answer.
const GIVE_UP: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest time between two attempts, in seconds.
const LONGEST_PAUSE: u64 = 60 * 60;

/// Whether a client is told of the end of such a session, or of a grant without one. A client that has to know which session
/// it was cannot do anything with less.
fn wants(registered: &Registered, session: Option<SessionId>) -> bool {
    registered.backchannel_logout.is_some() && (session.is_some() || !registered.backchannel_session)
}

/// Queues a word to a client, if it wants one.
///
/// # Errors
/// A fault of the store.
pub(super) fn queue(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (client, account, session): (&str, AccountId, Option<SessionId>),
) -> Result<(), Fault> {
    if clients::find(tx, client)?.is_some_and(|registered| wants(&registered, session)) {
        let logout = Logout { id: LogoutId::new(cx)?, client: client.to_owned(), account, session };
        logouts::enqueue(tx, &logout, cx.now)?;
    }
    Ok(())
}

/// Leases what is due.
///
/// # Errors
/// A fault of the store.
pub fn lease(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<Recorded<Vec<Leased>>, Fault> {
    let leased = logouts::lease(tx, cx.now, cx.now + LEASE, limit)?;
    Ok(tx.unrecorded("a lease is no event; what becomes of the word is", leased))
}

/// Ends the leases of a worker that is gone.
///
/// # Errors
/// A fault of the store.
pub fn release_all(tx: &mut Tx<'_>) -> Result<Recorded<u64>, Fault> {
    let count = logouts::release_all(tx)?;
    Ok(tx.unrecorded("a lease is no event", count))
}

/// When the next one is due; none when nothing waits.
///
/// # Errors
/// A fault of the store.
pub fn next_due(store: &Store) -> Result<Option<Time>, Fault> {
    store.read(logouts::next_due)
}

/// A word on its way to a client.
pub struct Word {
    /// Where to.
    pub url: Url,
    /// The body of the request. Whoever has it can sign the person out at this client, for two minutes.
    pub body: Secret<String>,
    /// Whether an operator has chosen the place, and not a stranger.
    pub trusted: bool,
}

/// Makes it, to be sent at once; none when the client is gone, or wants no word any more.
///
/// # Errors
/// A fault of the store or of a key.
pub fn compose(
    store: &Store,
    cx: &mut Cx,
    (ring, provider): (&Keyring, &Provider),
    leased: &Leased,
) -> Result<Option<Word>, Fault> {
    let Logout { client, account, session, .. } = &leased.logout;
    let found = store.read(|reader| clients::find(reader, client))?;
    let Some(registered) = found.filter(|registered| wants(registered, *session)) else { return Ok(None) };
    let Some(url) = registered.backchannel_logout.as_deref().and_then(|at| Url::parse(at).ok()) else {
        return Ok(None);
    };
    let id = wire::token::encode(&cx.entropy.bytes::<16>()?);
    let subject = registered.client.subject(*account, store.keys());
    let session = session.map(|session| session_name(store.keys(), client, session));
    let claims = LogoutClaims {
        issuer: provider.issuer(),
        client_id: client,
        issued: seconds(cx.now),
        expires: seconds(cx.now + HOLDS),
        id: &id,
        subject: &subject,
        session: session.as_deref(),
    };
    let token = sign(ring, registered.client.signing, TYPE, &claims.json())?;
    let trusted = match registered.client.origin {
        ClientOrigin::Configuration | ClientOrigin::Operator => true,
        ClientOrigin::Registration | ClientOrigin::Document => false,
    };
    Ok(Some(Word { url, body: Secret::new(LogoutClaims::body(&token)), trusted }))
}

/// Records what became of an attempt: told, put off, or given up.
///
/// # Errors
/// A fault of the store.
pub fn settle(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    leased: &Leased,
    delivery: &Delivery,
) -> Result<Recorded<()>, Fault> {
    let Logout { id, client, account, session } = leased.logout.clone();
    let attempt = leased.attempt;
    let given_up = |tx: &mut Tx<'_>, why: Obstacle, client: String| {
        Ok::<_, Fault>((logouts::claim_given_up(tx, id, attempt)?, EventKind::LogoutGivenUp { client, why }))
    };
    let (claimed, kind) = match *delivery {
        Delivery::HandedOver => (logouts::claim_done(tx, id)?, EventKind::LogoutTold { client }),
        Delivery::Bounced { why } => given_up(tx, why, client)?,
        Delivery::Deferred { why } if cx.now >= leased.queued_at + GIVE_UP => given_up(tx, why, client)?,
        Delivery::Deferred { why } => {
            let next = cx.now + growing(attempt, LONGEST_PAUSE);
            let claimed = logouts::put_off(tx, leased, (cx.now, next))?;
            let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
            (claimed, EventKind::LogoutDeferred { client, why, attempt })
        }
    };
    if !claimed {
        return Ok(tx.unrecorded("settled before, or in the hands of the worker whose lease it is now", ()));
    }
    let event = Event::new(cx, Subject::Account(account), kind)?;
    let event = match session {
        Some(session) => event.within(session),
        None => event,
    };
    tx.record(&[event], ())
}

/// Takes a word away that nobody wants any more.
///
/// # Errors
/// A fault of the store.
pub fn forget(tx: &mut Tx<'_>, leased: &Leased) -> Result<Recorded<()>, Fault> {
    logouts::claim_done(tx, leased.logout.id)?;
    Ok(tx.unrecorded("the client is gone, or wants no word any more", ()))
}
