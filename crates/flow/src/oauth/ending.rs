//! Grants end: by their owner, by what happens to the session and the account that they came of, by time.
//!
//! Implements: threats.md §5.2 rows 31 to 33, OpenID Connect Back-Channel Logout §2.7 ("Refresh tokens issued without the
//! `offline_access` property to a session being logged out SHOULD be revoked … with it normally SHOULD NOT be").
//!
//! Clients are told of what somebody ended ([`backchannel`]): of a session all that were used in it, also those whose grant
//! stays; of a grant the client that it was given to.
//!
//! | what happened | grants of that session | other grants of the account |
//! |---|---|---|
//! | signed out, replaced, over by time | end, but for devices, and offline access that is not provisional | stay |
//! | the owner ended it from another session | end | stay |
//! | an operator ended it, with all others | end | end |
//! | a password or an app was changed, an authenticator removed | stay, if it is the one where it was done | end |
//! | "that was not me" about a code that was used | end | stay |
//! | another browser used it ([`crate::response`]) | end | stay |
//! | the account was recovered, locked or closed | end | end |
//!
//! What was given to a client that is gone does not hold any more, whoever has its name later.

use std::collections::BTreeSet;

use model::client::Client;
use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::grant::{Grant, GrantEnd, GrantOrigin};
use model::id::{AccountId, GrantId, RequestId, SessionId};
use model::refusal::Refusal;
use model::session::SessionEnd;
use model::source::Source;
use store::{Recorded, Tx, clients, grants, removed_clients};

use super::{backchannel, mine};
use crate::Outcome;
use crate::session::Visitor;

/// How many grants are looked at in one go.
const STEP: i64 = 100;

/// Ends one grant and has its client told: the event, where it had not ended before.
///
/// # Errors
/// A fault of the store.
pub(crate) fn end(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (grant, why): (&Grant, GrantEnd),
) -> Result<Option<Event>, Fault> {
    Ends::default().end(tx, cx, (grant, why))
}

/// Several ends at once, of which each client is told once for each session.
#[derive(Default)]
struct Ends {
    told: BTreeSet<(String, Option<SessionId>)>,
}

impl Ends {
    fn end(
        &mut self,
        tx: &mut Tx<'_>,
        cx: &mut Cx,
        (grant, why): (&Grant, GrantEnd),
    ) -> Result<Option<Event>, Fault> {
        let event = quietly(tx, cx, (grant, why))?;
        if let (Some(account), Some(_), true) = (grant.account, &event, why.is_told())
            && self.told.insert((grant.client.clone(), grant.session))
        {
            backchannel::queue(tx, cx, (&grant.client, account, grant.session))?;
        }
        Ok(event)
    }
}

/// Ends one grant, and has nobody told.
fn quietly(tx: &mut Tx<'_>, cx: &mut Cx, (grant, why): (&Grant, GrantEnd)) -> Result<Option<Event>, Fault> {
    if !grants::claim_end(tx, grant.id, cx.now, why)? {
        return Ok(None);
    }
    let subject = grant.account.map_or(Subject::Site, Subject::Account);
    let further = grants::further(tx, grant.id)?;
    let kind = EventKind::GrantEnded { grant: grant.id, client: grant.client.clone(), why, further };
    Ok(Some(Event::new(cx, subject, kind)?))
}

/// Ends what a browser session leaves behind that has just ended, and has clients told of it.
///
/// # Errors
/// A fault of the store.
pub(crate) fn of_session(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    account: AccountId,
    (session, why): (SessionId, SessionEnd),
) -> Result<Vec<Event>, Fault> {
    if why.is_told() {
        for client in grants::list_clients_of_session(tx, session)? {
            backchannel::queue(tx, cx, (&client, account, Some(session)))?;
        }
    }
    let (why, offline_stays) = match why {
        SessionEnd::SignedOut | SessionEnd::Replaced | SessionEnd::Idle | SessionEnd::Absolute => {
            (GrantEnd::SessionEnded, true)
        }
        SessionEnd::EndedByOwner => (GrantEnd::EndedByOwner, false),
        SessionEnd::EndedByOperator => (GrantEnd::EndedByOperator, false),
        SessionEnd::AccountUnavailable => (GrantEnd::AccountUnavailable, false),
        SessionEnd::Recovered => (GrantEnd::CredentialChanged, false),
        SessionEnd::Undone => (GrantEnd::Undone, false),
        SessionEnd::Suspected => (GrantEnd::Suspected, false),
    };
    let mut events = Vec::new();
    for kept in grants::list_of_session(tx, session)? {
        // A device goes on when the browser in which somebody answered for it is signed out.
        // What is provisional has no offline access either.
        let offline = kept.grant.scopes.has("offline_access") && !kept.grant.is_provisional(cx.now);
        let offline = kept.grant.origin == GrantOrigin::Device || offline;
        if !(offline_stays && offline) {
            events.extend(quietly(tx, cx, (&kept.grant, why))?);
        }
    }
    Ok(events)
}

/// Ends all grants of an account whose sessions have all ended, where the reason reaches that far.
///
/// # Errors
/// A fault of the store.
pub(crate) fn of_whole_account(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, why): (AccountId, SessionEnd),
) -> Result<Vec<Event>, Fault> {
    let why = match why {
        SessionEnd::AccountUnavailable => GrantEnd::AccountUnavailable,
        SessionEnd::EndedByOperator => GrantEnd::EndedByOperator,
        SessionEnd::Recovered => GrantEnd::CredentialChanged,
        SessionEnd::SignedOut
        | SessionEnd::EndedByOwner
        | SessionEnd::Replaced
        | SessionEnd::Undone
        | SessionEnd::Suspected
        | SessionEnd::Idle
        | SessionEnd::Absolute => return Ok(Vec::new()),
    };
    of_account(tx, cx, (account, None, why))
}

/// Ends what was allowed in the sessions that began with a code of which somebody says "that was not me".
///
/// # Errors
/// A fault of the store.
pub(crate) fn of_request(tx: &mut Tx<'_>, cx: &mut Cx, request: RequestId) -> Result<Vec<Event>, Fault> {
    let began = |event: &Event| matches!(event.kind, EventKind::SessionStarted { .. });
    let steps = store::events::list_request(tx, request)?;
    let (mut events, mut ends) = (Vec::new(), Ends::default());
    for session in steps.iter().filter(|event| began(event)).filter_map(|event| event.session) {
        for kept in grants::list_of_session(tx, session)? {
            events.extend(ends.end(tx, cx, (&kept.grant, GrantEnd::CredentialChanged))?);
        }
    }
    Ok(events)
}

/// Ends all grants of an account but those of the session `spared`.
///
/// # Errors
/// A fault of the store.
pub(crate) fn of_account(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, spared, why): (AccountId, Option<SessionId>, GrantEnd),
) -> Result<Vec<Event>, Fault> {
    let (mut events, mut ends) = (Vec::new(), Ends::default());
    loop {
        let before = events.len();
        for kept in grants::list(tx, account, STEP)? {
            if spared.is_none() || kept.grant.session != spared {
                events.extend(ends.end(tx, cx, (&kept.grant, why))?);
            }
        }
        if events.len() == before {
            return Ok(events);
        }
    }
}

/// Takes a client away: from now on nothing holds that it was allowed. The grants themselves are ended by [`of_removed`], some at
/// a time, so that nobody waits behind the end of a client that many people use.
///
/// # Errors
/// A fault of the store.
pub(crate) fn remove_client(tx: &mut Tx<'_>, cx: &mut Cx, client: &Client) -> Result<Event, Fault> {
    removed_clients::put(tx, (&client.id, &client.shown()), cx.now)?;
    clients::claim_remove(tx, &client.id)?;
    let kind = EventKind::ClientRemoved { client: client.id.clone() };
    Ok(Event::new(cx, Subject::Site, kind)?)
}

/// Ends grants to clients that are gone; says whether there may be more.
///
/// # Errors
/// A fault of the store.
pub fn of_removed(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    let Some((client, at)) = removed_clients::next_ending(tx)? else {
        return Ok(tx.unrecorded("no client is gone whose grants are left", false));
    };
    let found = grants::list_of_client(tx, (&client, at), STEP)?;
    if i64::try_from(found.len()).unwrap_or(0) < STEP {
        removed_clients::put_ended(tx, &client, at)?;
    }
    let mut events = Vec::new();
    for kept in found {
        events.extend(end(tx, cx, (&kept.grant, GrantEnd::ClientRemoved))?);
    }
    tx.record(&events, true)
}

/// Ends one of the visitor's grants.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::GrantUnknown`].
pub fn by_owner(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, (id, source): (GrantId, Source)) -> Outcome<()> {
    let found = grants::find_held(tx, id)?.filter(|kept| kept.grant.account == Some(by.account.id));
    let Some(kept) = found else {
        return Ok(tx.unrecorded("there is no such grant", Err(Refusal::GrantUnknown)));
    };
    let source = Some(source.kept(cx.policy.keep_addresses));
    let ended = end(tx, cx, (&kept.grant, GrantEnd::EndedByOwner))?;
    let events: Vec<Event> =
        ended.into_iter().map(|event| event.by(Actor::Owner, source).within(by.session.id)).collect();
    tx.record(&events, Ok(()))
}

/// Ends what the visitor has allowed the app that one of his grants was given to, some grants at a time; says whether there
/// may be more.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::GrantUnknown`].
pub fn app_by_owner(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (id, source): (GrantId, Source),
) -> Outcome<bool> {
    let Some(client) = mine::client_of(tx, by.account.id, id)? else {
        return Ok(tx.unrecorded("there is no such grant", Err(Refusal::GrantUnknown)));
    };
    let source = Some(source.kept(cx.policy.keep_addresses));
    let found = grants::list_holding(tx, (by.account.id, cx.now), &client, (0, STEP))?;
    let more = i64::try_from(found.len()).unwrap_or(0) == STEP;
    let mut events = Vec::new();
    for kept in found {
        let ended = end(tx, cx, (&kept.grant, GrantEnd::EndedByOwner))?;
        events.extend(ended.map(|event| event.by(Actor::Owner, source).within(by.session.id)));
    }
    tx.record(&events, Ok(more))
}

/// Ends grants whose time has come; says whether there may be more.
///
/// # Errors
/// A fault of the store.
pub fn expire(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    let due = grants::list_over(tx, cx.now, STEP)?;
    let more = i64::try_from(due.len()).unwrap_or(0) == STEP;
    let mut events = Vec::new();
    for kept in due {
        if let Some(why) = kept.grant.over(cx.now) {
            events.extend(end(tx, cx, (&kept.grant, why))?);
        }
    }
    tx.record(&events, more)
}
