//! "I did not ask for this": ends one request and mutes strangers for a while. It can only reduce: nobody is
//! signed in or out by it, and no other request is touched (`threats.md` §5.2 rows 39, 40); where the code was used, what
//! clients were allowed in the session that began with it ends (row 32).

use model::cx::Cx;
use model::event::{Actor, Event, EventKind};
use model::fault::Fault;
use model::id::{AccountId, RequestId};
use model::refusal::Refusal;
use model::sign_in_code::CodeState;
use model::source::Source;
use model::time::Time;
use store::sign_in_codes::Kept;
use store::{Store, Tx, destinations, outbox, sign_in_codes};

use crate::Outcome;
use crate::oauth::ending::of_request;
use crate::sign_in::ask::not_me_digest;
use crate::sign_in::submit::{refund, subject};

/// Who says it.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// Whoever got the mail: holds the secret of its link.
    Recipient([u8; 16]),
    /// The owner, signed in, on the activity page.
    Owner(AccountId),
}

/// What is known about one request, for whoever got its mail.
#[derive(Clone, Debug)]
pub struct Known {
    /// The request as it stands.
    pub kept: Kept,
    /// Its state at this moment.
    pub state: CodeState,
    /// Until when mail asked for by unknown browsers is muted, if it is.
    pub muted_until: Option<Time>,
}

/// What is known about the request behind a link; none if the link is not one of ours.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, request: RequestId, secret: &[u8; 16]) -> Result<Option<Known>, Fault> {
    let presented = not_me_digest(store.keys(), request, secret);
    store.read(|reader| {
        let kept = sign_in_codes::find(reader, request)?.filter(|kept| kept.not_me.matches(&presented));
        let Some(kept) = kept else { return Ok(None) };
        let muted_until = destinations::find(reader, &kept.code.destination)?.muted_until;
        let state = kept.code.state_at(cx.now);
        Ok(Some(Known { state, muted_until: muted_until.filter(|until| cx.now < *until), kept }))
    })
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// Whether it had been said before.
    pub already: bool,
    /// Whether the code had been used before: then somebody is in, and this page cannot change that.
    pub was_used: bool,
    /// Until when mail asked for by unknown browsers is muted.
    pub muted_until: Time,
}

/// Says it. Saying it twice changes nothing more.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, request: RequestId, by: By, source: Source) -> Outcome<Denied> {
    let Some(kept) = sign_in_codes::find(tx, request)?.filter(|kept| match by {
        By::Recipient(secret) => kept.not_me.matches(&not_me_digest(tx.keys(), request, &secret)),
        By::Owner(account) => kept.code.account == Some(account),
    }) else {
        return Ok(tx.unrecorded("nothing that could be denied", Err(Refusal::LinkUnknown)));
    };
    let was_used = kept.code.state == CodeState::Redeemed;
    let key = kept.code.destination;
    let mut destination = destinations::take(tx, &key)?;
    if !sign_in_codes::claim_denial(tx, request, cx.now)? {
        let muted_until = destination.state.muted_until.unwrap_or(cx.now);
        let said = Denied { already: true, was_used, muted_until };
        return Ok(tx.unrecorded("said before", Ok(said)));
    }
    if let Some(ended) = sign_in_codes::claim_end(tx, request, CodeState::Denied, cx.now)? {
        refund(tx, &ended)?;
        outbox::drop_for(tx, request, cx.now)?;
    }
    let muted_until = cx.now + cx.policy.mute;
    destination.state.muted_until = Some(muted_until);
    destinations::put(tx, &destination, cx.now)?;
    let actor = match by {
        By::Recipient(_) => Actor::Recipient,
        By::Owner(_) => Actor::Owner,
    };
    let source = Some(source.kept(cx.policy.keep_addresses));
    let mut events = vec![
        Event::new(cx, subject(&kept), EventKind::SignInCodeDenied)?.by(actor, source).of(request),
        Event::new(cx, subject(&kept), EventKind::MailMuted { until: muted_until })?.by(actor, source),
    ];
    if was_used {
        let ended = of_request(tx, cx, request)?;
        events.extend(ended.into_iter().map(|event| event.by(actor, source)));
    }
    tx.record(&events, Ok(Denied { already: false, was_used, muted_until }))
}
