//! What is known about one request, for whoever got its mail; and "I did not ask for this", which ends that request and mutes
//! strangers for a while. It can only reduce: nobody is signed in or out by it, and no other request is touched
//! (`threats.md` §5.2 rows 39, 40); where the code was used, what clients were allowed in the session that began with it ends
//! (row 32).
//!
//! The link opens what concerns that one request and nothing else: no other request, no other account that has the address,
//! and not from where the code was used. Whoever was only given the mail learns no more of its owner than the mail says, but
//! for how the request ended.

use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, WrongBecause};
use model::fault::Fault;
use model::id::{AccountId, RequestId};
use model::refusal::Refusal;
use model::sign_in_code::{CodeState, Purpose};
use model::source::Source;
use model::time::Time;
use store::sign_in_codes::Kept;
use store::{Reader, Store, Tx, destinations, outbox, sign_in_codes};
use wire::http::forwarded::network_of;

use crate::Outcome;
use crate::activity;
use crate::address;
use crate::oauth::ending::of_request;
use crate::recover;
use crate::sign_in::ask::not_me_digest;
use crate::sign_in::submit::{refund, subject};
use crate::sweep::LINKS;

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
    /// What the address is to the account that the request was for.
    pub standing: Standing,
    /// Until when the link leads to it.
    pub kept_until: Time,
    /// What came of it, the oldest first.
    pub steps: Vec<Event>,
}

/// What an address is to the account that a request was for, at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It signs in to it.
    SignsIn,
    /// The account has it for recovery and for nothing else.
    Recovers,
    /// Whoever asked wants it to be one of the account's; it is none.
    Wanted,
    /// No account came of it.
    NoAccount,
    /// It was the account's, and is not any more.
    NoMore,
}

/// How a code was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedAt {
    /// When.
    pub at: Time,
    /// Whether the browser, which is the one that had asked, was in the same network as then; none if that is not known.
    pub same_network: Option<bool>,
}

impl Known {
    /// How the code was used, if it was.
    #[must_use]
    pub fn used(&self) -> Option<UsedAt> {
        let step = self.steps.iter().find(|event| event.kind == EventKind::SignInCodeRedeemed)?;
        let from = step.source.and_then(|source| source.address);
        let same_network =
            self.kept.source.address.zip(from).map(|(one, other)| network_of(one) == network_of(other));
        Some(UsedAt { at: step.at, same_network })
    }

    /// How often it was typed into a browser that had not asked for it.
    #[must_use]
    pub fn in_other_browsers(&self) -> usize {
        let foreign = |event: &&Event| {
            matches!(event.kind, EventKind::SignInCodeRefused { because: WrongBecause::ForeignBrowser, .. })
        };
        self.steps.iter().filter(foreign).count()
    }
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
        let kept_until = kept.code.asked_at + LINKS;
        // The sweep may come later: what a link leads to must not depend on that.
        if cx.now >= kept_until {
            return Ok(None);
        }
        let muted_until = destinations::find(reader, &kept.code.destination)?.muted_until;
        let state = kept.code.state_at(cx.now);
        let standing = standing(reader, &kept)?;
        let steps = activity::within_request(reader, request)?;
        let muted_until = muted_until.filter(|until| cx.now < *until);
        Ok(Some(Known { state, muted_until, standing, kept_until, steps, kept }))
    })
}

fn standing(reader: &mut Reader<'_>, kept: &Kept) -> Result<Standing, Fault> {
    let Some(id) = kept.code.account.filter(|_| !kept.code.decoy) else {
        return Ok(match kept.code.purpose {
            Purpose::AddAddress | Purpose::AddRecovery => Standing::Wanted,
            Purpose::SignIn | Purpose::OpenAccount | Purpose::Confirm | Purpose::Recovery => {
                Standing::NoAccount
            }
        });
    };
    let own = address::within(reader, id)?;
    let keys = reader.keys();
    let named: Vec<&Digest> = own.sign_in.iter().map(|it| &it.identity).collect();
    // A recovery is kept under the address that was named and the one that the code went to.
    let is_it = |identity: &Digest| match kept.code.purpose {
        Purpose::Recovery => {
            named.iter().any(|named| recover::pair(keys, named, identity).matches(&kept.identity))
        }
        _ => identity.matches(&kept.identity),
    };
    if own.sign_in.iter().any(|it| is_it(&it.identity)) {
        return Ok(Standing::SignsIn);
    }
    if own.recovery.iter().any(|it| is_it(&it.identity)) {
        return Ok(Standing::Recovers);
    }
    Ok(match kept.code.purpose {
        Purpose::OpenAccount if named.is_empty() => Standing::NoAccount,
        Purpose::AddAddress | Purpose::AddRecovery if kept.code.state != CodeState::Redeemed => {
            Standing::Wanted
        }
        _ => Standing::NoMore,
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
