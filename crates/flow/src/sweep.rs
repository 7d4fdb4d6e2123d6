//! What time brings: codes expire, sessions end, floods are summed up, digests go out, old rows go.
//!
//! Run often: a request reaches its end on the record at most a minute after its time has passed.

use std::time::Duration;

use model::cx::Cx;
use model::digest::Digest;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{ChangeId, EventId, MessageId};
use model::message::MessageKind;
use model::sign_in_code::CodeState;
use store::destinations::{Due, Held};
use store::outbox::{self, Queued};
use store::sign_in_codes::Kept;
use store::{
    Recorded, Store, Tx, access_tokens, account_changes, accounts, acknowledgements, addresses,
    answered_challenges, approval_budgets, approvals, attempts, authorization_codes, browsers, clients,
    destinations, device_authorizations, enrolments, entries, events, gate_guesses, grants, guess_ledger,
    inbox, initial_access_tokens, invitations, pairings, removed_clients, responses, seen_ids, sessions,
    sign_in_codes,
};

use crate::session::ended;
use crate::sign_in::submit::{given_back, subject};
use crate::summary;

/// How many rows one transaction takes at most, so that nobody waits long behind it.
const CHUNK: i64 = 200;

/// How many rows of a table that is walked through one transaction looks at.
const WALK: i64 = 500;

/// How long the first suppressed request waits for others before they are told in one digest.
const GATHER: Duration = Duration::from_secs(60 * 60);

/// How long an ended request can still be answered by "I did not ask for this".
pub(crate) const LINKS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Ends codes whose time has passed; says how many, so that a full chunk is followed by another.
///
/// # Errors
/// A fault of the store.
pub fn expire_codes(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    let due = sign_in_codes::list_expired(tx, cx.now, CHUNK)?;
    let more = i64::try_from(due.len()).unwrap_or(0) == CHUNK;
    let (mut ends, mut all) = (Vec::new(), guess_ledger::Gathered::default());
    for request in due {
        if let Some(kept) = sign_in_codes::claim_end(tx, request, CodeState::Expired, cx.now)? {
            let back = (kept.ledger_day, given_back(&kept));
            guess_ledger::add_own(tx, &kept.charge(), back, &mut all)?;
            let guesses = kept.code.guesses.saturating_sub(kept.code.guesses_left);
            if guesses > 0 && !kept.code.known {
                summary::note(tx, cx, &kept, guesses)?;
            }
            // A request that no mail could follow has its end on the record from the start.
            if kept.code.acceptable() || kept.code.guesses_left < kept.code.guesses {
                ends.push(expired(cx, &kept)?);
            }
        }
    }
    guess_ledger::add_gathered(tx, all)?;
    tx.record(&ends, more)
}

pub(crate) fn expired(cx: &mut Cx, kept: &Kept) -> Result<Event, Fault> {
    let guesses = kept.code.guesses.saturating_sub(kept.code.guesses_left);
    let kind = EventKind::SignInCodeExpired { unused: guesses == 0, guesses };
    Ok(Event::new(cx, subject(kept), kind)?.of(kept.code.id))
}

/// Ends browser sessions that are over.
///
/// # Errors
/// A fault of the store.
pub fn end_sessions(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    let idle_before = cx.now - cx.policy.session_idle;
    let over = sessions::list_over(tx, cx.now, idle_before, CHUNK)?;
    let more = i64::try_from(over.len()).unwrap_or(0) == CHUNK;
    let mut ends = Vec::new();
    for session in over {
        if let Some(why) = session.over(cx.now, &cx.policy)
            && sessions::claim_end(tx, session.account, session.id)?
        {
            ends.extend(ended(tx, cx, session.account, (session.id, why))?);
        }
    }
    tx.record(&ends, more)
}

/// Sums up suppressed requests that have no event of their own.
///
/// # Errors
/// A fault of the store.
pub fn sum_up(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    let due = destinations::list_uncounted(tx, cx.now - GATHER, CHUNK)?;
    let more = i64::try_from(due.len()).unwrap_or(0) == CHUNK;
    let mut sums = Vec::new();
    for key in due {
        let mut destination = destinations::take(tx, &key)?;
        let Held { count, since } = std::mem::take(&mut destination.state.uncounted);
        if count == 0 {
            continue;
        }
        destinations::put(tx, &destination, cx.now)?;
        let subject = match accounts::find_by_destination(tx, &key)? {
            Some(account) => Subject::Account(account.id),
            None => Subject::address(&key, String::new()),
        };
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let kind = EventKind::SignInCodesSuppressed { count, since: since.unwrap_or(cx.now) };
        sums.push(Event::new(cx, subject, kind)?);
    }
    tx.record(&sums, more)
}

/// Destinations that a digest may be due for.
///
/// # Errors
/// A fault of the store.
pub fn digests_due(store: &Store, cx: &Cx) -> Result<Vec<Digest>, Fault> {
    let due = Due {
        now: cx.now,
        gathered: cx.now - GATHER,
        last: cx.now - cx.policy.digest_interval,
        last_muted: cx.now - cx.policy.digest_interval_muted,
    };
    store.read(|reader| destinations::list_suppressed(reader, due, CHUNK))
}

/// Queues the digest of one destination, if it is due: at most one in [`digest_interval`], fewer while muted.
/// Requests for an address that has no account are forgotten instead: nobody is told.
///
/// [`digest_interval`]: model::policy::Policy::digest_interval
///
/// # Errors
/// A fault of the store.
pub fn digest(tx: &mut Tx<'_>, cx: &mut Cx, key: Digest) -> Result<Recorded<()>, Fault> {
    let mut taken = destinations::take(tx, &key)?;
    let destination = &mut taken.state;
    let muted = destination.muted_until.is_some_and(|until| cx.now < until);
    let interval = if muted { cx.policy.digest_interval_muted } else { cx.policy.digest_interval };
    let held = destination.suppressed;
    if held.count == 0 || destination.digest_at.is_some_and(|last| cx.now < last + interval) {
        return Ok(tx.unrecorded("no digest is due", ()));
    }
    destination.suppressed = Held::default();
    // To the main address, or to the next one if that refuses mail.
    if let Some(account) = accounts::find_by_destination(tx, &key)?.filter(|_| !taken.state.refuses)
        && let Some(to) = addresses::list_mailboxes(tx, account.id)?.into_iter().next()
    {
        let destination = &mut taken.state;
        destination.digest_at = Some(cx.now);
        let queued = Queued {
            id: MessageId::new(cx)?,
            kind: MessageKind::Digest,
            account: Some(account.id),
            request: None,
            count: held.count,
            since: held.since,
            decoy: false,
        };
        let sealed_to = outbox::seal_to(tx.keys(), &mut cx.entropy, queued.id, &to.shown)?;
        outbox::enqueue(tx, &queued, &sealed_to, cx.now)?;
    }
    destinations::put(tx, &taken, cx.now)?;
    Ok(tx.unrecorded("each request is on the record; what becomes of the digest will be", ()))
}

/// [`crate::address::detach_due`].
pub use crate::address::detach_due;

/// [`crate::approval::expire`].
pub use crate::approval::expire as expire_approvals;
/// [`crate::device::expire`].
pub use crate::device::expire as expire_devices;
/// [`crate::entry::expire`].
pub use crate::entry::expire as expire_entries;
/// [`crate::oauth::ending::expire`].
pub use crate::oauth::ending::expire as expire_grants;
/// [`crate::oauth::ending::of_removed`].
pub use crate::oauth::ending::of_removed as end_grants_of_removed;
/// [`crate::pairing::expire`].
pub use crate::pairing::expire as expire_pairings;
/// [`crate::response::expire`].
pub use crate::response::expire as expire_responses;

/// Keeps the inbox page's table short.
///
/// # Errors
/// A fault of the store.
pub fn trim_inbox(tx: &mut Tx<'_>) -> Result<Recorded<u64>, Fault> {
    let gone = inbox::trim(tx)?;
    Ok(tx.unrecorded("mails that were never sent anywhere", gone))
}

/// Deletes what nothing needs any more, in one small step; says whether there may be more. Tables that have no index for
/// it are walked through, some rows at each step, and begun again once they were walked through to their end.
///
/// # Errors
/// A fault of the store.
pub fn forget(tx: &mut Tx<'_>, cx: &Cx) -> Result<Recorded<bool>, Fault> {
    let kept_since = cx.now - cx.policy.retention;
    let day = Duration::from_secs(24 * 60 * 60);
    let mut most = events::delete_before(tx, kept_since, CHUNK)?;
    most = most.max(sign_in_codes::delete_ended(tx, cx.now - LINKS, CHUNK)?);
    most = most.max(entries::delete_ended(tx, cx.now - LINKS, CHUNK)?);
    most = most.max(answered_challenges::delete_expired(tx, cx.now, CHUNK)?);
    most = most.max(crate::oauth::request::forget(tx, cx, CHUNK)?);
    // Codes are known again for a day after their end, so that one that comes twice is known as such.
    most = most.max(authorization_codes::delete_expired(tx, cx.now - day, CHUNK)?);
    most = most.max(access_tokens::delete_expired(tx, cx.now, CHUNK)?);
    most = most.max(seen_ids::delete_expired(tx, cx.now, CHUNK)?);
    most = most.max(device_authorizations::delete_ended(tx, cx.now - day, CHUNK)?);
    most = most.max(pairings::delete_ended(tx, cx.now - day, CHUNK)?);
    most = most.max(approvals::delete_ended(tx, cx.now - day - day, CHUNK)?);
    most = most.max(approval_budgets::delete_idle(tx, cx.now - day - day, CHUNK)?);
    most = most.max(enrolments::delete_ended(tx, cx.now - day, CHUNK)?);
    most = most.max(crate::guesses::forget(tx, cx, CHUNK)?);
    most = most.max(crate::sealing::forget(tx, cx, CHUNK)?);
    most = most.max(account_changes::delete_before(tx, ChangeId::at(kept_since), CHUNK)?);
    most = most.max(grants::delete_ended(tx, cx.now - LINKS, CHUNK)?);
    most = most.max(responses::delete_before(tx, kept_since, CHUNK)?);
    most = most.max(acknowledgements::delete_before(tx, EventId::at(kept_since), CHUNK)?);
    most = most.max(crate::doorbell::ring::forget(tx, cx, CHUNK)?);
    invitations::delete_expired(tx, kept_since)?;
    initial_access_tokens::delete_expired(tx, cx.now)?;
    clients::delete_unused_documents(tx, cx.now - day)?;
    removed_clients::delete_before(tx, kept_since)?;
    let walking = [
        sign_in_codes::delete_unmailed(tx, cx.now - day, WALK)?,
        guess_ledger::delete_before(tx, cx.now.day() - model::ledger::LOOKS_BACK, WALK)?,
        destinations::delete_idle(tx, cx.now - day * 8, WALK)?,
        browsers::delete_unused(tx, kept_since, WALK)?,
        attempts::delete_idle(tx, cx.now - day * 2, WALK)?,
        gate_guesses::delete_idle(tx, cx.now - day * 8, WALK)?,
    ];
    let more = i64::try_from(most).unwrap_or(0) >= CHUNK || walking.iter().any(Option::is_some);
    Ok(tx.unrecorded("retention ran out; deleting the record of the past is not an event of the past", more))
}
