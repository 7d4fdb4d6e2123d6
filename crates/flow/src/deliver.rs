//! Messages leave: lease, compose, say what became of it. The sending itself is `outbound`'s.

use std::time::Duration;

use model::account::AccountState;
use model::address::masked;
use model::cx::Cx;
use model::event::{Actor, AddressKind, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, MessageId};
use model::message::{Body, Delivery, Message, MessageKind, Obstacle};
use model::notice::{Notice, What};
use model::sign_in_code::Purpose;
use model::time::Time;
use store::inbox::{self, Kept, Mail};
use store::outbox;
pub use store::outbox::Leased;
use store::{Recorded, Store, Tx, accounts, addresses, destinations, sign_in_codes, tenants};
use wire::phone::Phone;

use crate::notice::{self, Telling, Whom};
use crate::provisional;
pub use crate::sealing::key::Held;
use crate::sealing::receipt;
use crate::sign_in::submit::subject;
use crate::summary;

/// How long a lease lasts that is not renewed. Whoever is at work renews it ([`renew`]); the messages of a node that
/// is gone are taken up by another after so long.
pub const LEASE: Duration = Duration::from_secs(60);

/// Why the word of a worker that was away for longer than its lease counts for nothing.
const SETTLED: &str = "settled before, or in the hands of the worker whose lease it is now";

/// How long a message without a deadline of its own is tried for.
const GIVE_UP: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// Leases what is due.
///
/// # Errors
/// A fault of the store.
pub fn lease(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<Recorded<Vec<Leased>>, Fault> {
    let leased = outbox::lease(tx, cx.now, cx.now + LEASE, limit)?;
    Ok(tx.unrecorded("a lease is no event; what becomes of the message is", leased))
}

/// Keeps the leases of messages that are under way: identifier and attempt of each.
///
/// # Errors
/// A fault of the store.
pub fn renew(tx: &mut Tx<'_>, cx: &Cx, under_way: &[(MessageId, i64)]) -> Result<Recorded<()>, Fault> {
    for (id, attempt) in under_way {
        outbox::renew(tx, *id, *attempt, cx.now + LEASE)?;
    }
    Ok(tx.unrecorded("a lease is no event", ()))
}

/// Ends the leases of a worker that is gone.
///
/// # Errors
/// A fault of the store.
pub fn release_all(tx: &mut Tx<'_>) -> Result<Recorded<u64>, Fault> {
    let count = outbox::release_all(tx)?;
    Ok(tx.unrecorded("a lease is no event", count))
}

/// When the next message is due; none when nothing waits.
///
/// # Errors
/// A fault of the store.
pub fn next_due(store: &Store) -> Result<Option<Time>, Fault> {
    store.read(outbox::next_due)
}

/// The message with everything needed to write it, signed by the key that is held; none when it is too late to send it.
///
/// # Errors
/// A fault of the store.
pub fn compose(store: &Store, cx: &Cx, held: &Held, leased: &Leased) -> Result<Option<Message>, Fault> {
    let Some(mut message) = unsigned(store, cx, leased)? else { return Ok(None) };
    message.receipt = receipt::lines(store, cx, held, &message)?;
    Ok(Some(message))
}

/// [`compose`] without the receipt.
fn unsigned(store: &Store, cx: &Cx, leased: &Leased) -> Result<Option<Message>, Fault> {
    let mut to = leased.to.expose().clone();
    let tenant = whose(store, leased)?;
    let body = match (leased.kind, leased.request) {
        (MessageKind::SignInCode, Some(request)) => {
            let (letter, mailbox) = store.read(|reader| {
                let letter = sign_in_codes::letter(reader, request)?;
                let identity = letter.as_ref().map(|letter| letter.kept.identity);
                let mailbox = identity.map(|identity| addresses::find_mailbox(reader, &identity));
                Ok((letter, mailbox.transpose()?.flatten()))
            })?;
            let Some(letter) = letter.filter(|letter| cx.now < letter.kept.code.expires_at) else {
                return Ok(None);
            };
            // To the address as its owner confirmed it, not in the spelling of whoever asked; a telephone number has
            // one spelling only.
            let (purpose, account) = (letter.kept.code.purpose, letter.kept.code.account);
            let to_account = purpose == Purpose::SignIn && account.is_some();
            if to_account && Phone::parse(&to).is_err() {
                match mailbox {
                    Some(mailbox) => to = mailbox,
                    None => return Ok(None),
                }
            }
            let mut about = None;
            if let (Purpose::Recovery, Some(id)) = (purpose, account) {
                to = spelled(store, id, &to)?;
                about = called(store, id, &to)?;
            }
            // Wanted for another account than the one that it signs in to: its owner reads so in place of a code.
            if letter.kept.code.purpose == Purpose::AddAddress
                && letter.kept.code.decoy
                && Phone::parse(&to).is_err()
            {
                let what = What::WantedElsewhere;
                let notice = Notice { what, at: letter.kept.code.asked_at, source: None, more: 0 };
                let body = Body::Notice { notice, called: None, link: None };
                return Ok(Some(Message {
                    id: leased.id,
                    to,
                    account: None,
                    tenant: None,
                    queued_at: leased.queued_at,
                    receipt: None,
                    body,
                }));
            }
            let mut token = [0; 32];
            for (to, from) in token.iter_mut().zip(request.bytes().iter().chain(&letter.not_me)) {
                *to = *from;
            }
            Body::SignInCode {
                request,
                purpose,
                code: letter.code,
                reference: letter.kept.code.reference,
                asked_at: letter.kept.code.asked_at,
                expires_at: letter.kept.code.expires_at,
                source: letter.kept.source,
                known: letter.kept.code.known,
                not_me: wire::token::encode(&token),
                called: about,
            }
        }
        (MessageKind::SignInCode, None) => return Ok(None),
        (MessageKind::Notice, _) => {
            let Some(notice) = leased.notice.clone() else { return Ok(None) };
            if matches!(notice.what, What::Holdings { until } if until <= cx.now) {
                return Ok(None);
            }
            let called = leased.account.map(|id| called(store, id, &to)).transpose()?.flatten();
            Body::Notice { notice, called, link: leased.link.clone() }
        }
        (MessageKind::Digest, _) => {
            let muted_until = store.read(|reader| match leased.account {
                None => Ok(None),
                Some(id) => {
                    let Some(account) = accounts::find(reader, id)? else { return Ok(None) };
                    let Ok(mailbox) = wire::mail::mailbox::Mailbox::parse(&account.address) else {
                        return Ok(None);
                    };
                    let address = model::address::Address::new(mailbox, reader.keys());
                    Ok(destinations::find(reader, &address.destination())?.muted_until)
                }
            })?;
            Body::Digest {
                count: u32::try_from(leased.count).unwrap_or(u32::MAX),
                since: leased.since.unwrap_or(leased.queued_at),
                muted_until: muted_until.filter(|until| cx.now < *until),
            }
        }
    };
    let (id, account, queued_at) = (leased.id, leased.account, leased.queued_at);
    Ok(Some(Message { id, to, account, tenant, queued_at, receipt: None, body }))
}

/// The organisation that the account belongs to; of an account that is not there yet, the one that it would.
fn whose(store: &Store, leased: &Leased) -> Result<Option<String>, Fault> {
    store.read(|reader| {
        let account = leased.account.map(|id| accounts::find(reader, id)).transpose()?.flatten();
        let domain = leased.to.expose().rsplit_once('@').map_or("", |(_, domain)| domain);
        let tenant = match account {
            Some(account) => account.tenant,
            None => tenants::find_by_domain(reader, domain)?,
        };
        Ok(tenant.map(|tenant| tenant.name))
    })
}

/// A mailbox of an account as its owner confirmed it, whatever the spelling of whoever asked.
fn spelled(store: &Store, id: AccountId, to: &str) -> Result<String, Fault> {
    let Ok(mailbox) = wire::mail::mailbox::Mailbox::parse(to) else { return Ok(to.to_owned()) };
    let identity = model::address::Address::new(mailbox, store.keys()).identity();
    let all = store.read(|reader| addresses::list_mailboxes(reader, id))?;
    let own = all.into_iter().find(|own| own.identity.matches(&identity));
    Ok(own.map_or_else(|| to.to_owned(), |own| own.shown))
}

/// What an account is called in a notice to `to`: in full where that is an address to sign in by, masked where it may be
/// somebody else's, for recovery or not the account's any more.
fn called(store: &Store, id: AccountId, to: &str) -> Result<Option<String>, Fault> {
    store.read(|reader| {
        let Some(account) = accounts::find(reader, id)? else { return Ok(None) };
        let own = addresses::list(reader, id)?.iter().any(|kept| kept.shown == to);
        let (local, domain) = account.address.split_once('@').unwrap_or((&account.address, ""));
        // That of a closed account is masked already.
        let known = own || account.state == AccountState::Closed;
        Ok(Some(if known { account.address.clone() } else { masked(local, domain) }))
    })
}

/// How long to wait after the given attempt (from 1): 5 s, 15 s, 45 s, then every two minutes; for messages
/// without a deadline up to an hour.
#[must_use]
pub fn backoff(kind: MessageKind, attempt: i64) -> Duration {
    match kind {
        MessageKind::SignInCode => growing(attempt, 120),
        MessageKind::Digest | MessageKind::Notice => growing(attempt, 3600),
    }
}

/// Five seconds after the first attempt, three times as long after each that follows, and `most` seconds at the most.
pub(crate) fn growing(attempt: i64, most: u64) -> Duration {
    let step = u32::try_from(attempt.clamp(1, 12)).unwrap_or(12) - 1;
    Duration::from_secs(5_u64.saturating_mul(3_u64.saturating_pow(step)).min(most))
}

/// Records what became of an attempt: done, put off, or given up.
///
/// # Errors
/// A fault of the store.
pub fn settle(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    leased: &Leased,
    delivery: &Delivery,
) -> Result<Recorded<()>, Fault> {
    let (message, what) = (leased.id, leased.kind);
    if leased.decoy {
        let event = if outbox::claim_done(tx, message)? { untold(tx, cx, leased)? } else { None };
        return match event {
            Some(event) => tx.record(&[event], ()),
            None => Ok(tx.unrecorded("a decoy: nothing left, nothing was to", ())),
        };
    }
    let kind = match *delivery {
        Delivery::HandedOver => EventKind::MessageHandedOver { message, what },
        Delivery::Bounced { why } => EventKind::MessageBounced { message, what, why },
        Delivery::Deferred { why } => {
            if cx.now >= leased.queued_at + GIVE_UP {
                EventKind::MessageBounced { message, what, why }
            } else {
                let next = cx.now + backoff(what, leased.attempt);
                if !outbox::put_off(tx, message, leased.attempt, next)? {
                    return Ok(tx.unrecorded(SETTLED, ()));
                }
                let attempt = u32::try_from(leased.attempt).unwrap_or(u32::MAX);
                let kind = EventKind::MessageDeferred { message, what, why, attempt };
                let event = event(tx, cx, leased, kind)?;
                return tx.record(&[event], ());
            }
        }
    };
    let claimed = match kind {
        EventKind::MessageHandedOver { .. } => outbox::claim_done(tx, message)?,
        _ => outbox::claim_given_up(tx, message, leased.attempt)?,
    };
    if !claimed {
        return Ok(tx.unrecorded(SETTLED, ()));
    }
    if matches!(kind, EventKind::MessageHandedOver { .. }) {
        left(tx, cx, leased)?;
    }
    let mut events = vec![event(tx, cx, leased, kind)?];
    events.extend(untold(tx, cx, leased)?);
    tx.record(&events, ())
}

/// A notice has left after which silence may mean something.
fn left(tx: &mut Tx<'_>, cx: &Cx, leased: &Leased) -> Result<(), Fault> {
    match &leased.notice {
        Some(Notice { what: What::GrantElsewhere { .. }, .. }) => provisional::handed_over(tx, cx, leased.id),
        Some(_) | None => Ok(()),
    }
}

/// What concerns another account than the one that asked, or than the one whose mailbox it is about. Nobody who asked can see it: it
/// is done here, when the answer is long out (`threats.md` §5.2 row 12).
fn untold(tx: &mut Tx<'_>, cx: &mut Cx, leased: &Leased) -> Result<Option<Event>, Fault> {
    let Some(request) = leased.request else { return Ok(None) };
    let Some(kept) = sign_in_codes::find(tx, request)?.filter(|kept| kept.code.decoy) else {
        return Ok(None);
    };
    summary::note_stopped(tx, cx, &kept)?;
    wanted(tx, cx, leased, kept)
}

/// Somebody wants an address for another account than the one that it signs in to: what that one reads of it on its record,
/// once for each request. Of a telephone number its mailboxes are told as well; to an address itself a mail went in place of
/// the code ([`compose`]), unless the gate of its account stopped that. The event is none of the request's.
fn wanted(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    leased: &Leased,
    kept: sign_in_codes::Kept,
) -> Result<Option<Event>, Fault> {
    let first = leased.queued_at == kept.code.asked_at && kept.code.mailed;
    if !matches!(kept.code.purpose, Purpose::AddAddress | Purpose::AddRecovery) || !first {
        return Ok(None);
    }
    let Some(of) = accounts::ask_address(tx, &kept.identity)?.get(tx)? else { return Ok(None) };
    let owner = accounts::find(tx, of.account)?.filter(|owner| owner.state == AccountState::Open);
    let Some(owner) = owner.filter(|owner| Some(owner.id) != kept.code.account) else { return Ok(None) };
    let (by_text, address) = (Phone::parse(leased.to.expose()).is_ok(), kept.masked);
    if by_text {
        let what = What::AddressWanted { address: address.clone() };
        notice::tell(tx, cx, owner.id, Telling::of(what), Whom::Everybody)?;
    }
    let kind = if by_text { AddressKind::Phone } else { AddressKind::Mail };
    let kind = EventKind::AddressWanted { kind, address };
    Ok(Some(Event::new(cx, Subject::Account(owner.id), kind)?.by(Actor::Visitor, None)))
}

/// Records that a message came too late to be sent.
///
/// # Errors
/// A fault of the store.
pub fn too_late(tx: &mut Tx<'_>, cx: &mut Cx, leased: &Leased) -> Result<Recorded<()>, Fault> {
    settle(tx, cx, leased, &Delivery::Bounced { why: Obstacle::TooLate })
}

/// A letter that stays here in place of leaving.
pub struct InPlace {
    /// The message.
    pub leased: Leased,
    /// Whom it would have gone to.
    pub to: String,
    /// What it says.
    pub content: String,
}

/// Puts messages into the inbox page's table in place of a mail server, and records that. All of them
/// together: there is no conversation that could end differently for each.
///
/// # Errors
/// A fault of the store.
pub fn keep(tx: &mut Tx<'_>, cx: &mut Cx, letters: &[InPlace]) -> Result<Recorded<()>, Fault> {
    let mut events = Vec::with_capacity(letters.len());
    for InPlace { leased, to, content } in letters {
        if leased.decoy {
            if outbox::claim_done(tx, leased.id)? {
                events.extend(untold(tx, cx, leased)?);
            }
            continue;
        }
        let mail = Kept { id: leased.id, at: cx.now, to: to.clone(), content: content.clone() };
        inbox::insert(tx, &mut cx.entropy, &mail)?;
        if outbox::claim_done(tx, leased.id)? {
            left(tx, cx, leased)?;
            let kind = EventKind::MessageHandedOver { message: leased.id, what: leased.kind };
            events.push(event(tx, cx, leased, kind)?);
            events.extend(untold(tx, cx, leased)?);
        }
    }
    tx.record(&events, ())
}

/// What the inbox page shows, newest first.
///
/// # Errors
/// A fault of the store.
pub fn inbox(store: &Store, limit: i64) -> Result<Vec<Mail>, Fault> {
    store.read(|reader| inbox::list(reader, limit))
}

/// The newest mail to one address.
///
/// # Errors
/// A fault of the store.
pub fn newest_to(store: &Store, to: &str) -> Result<Option<String>, Fault> {
    store.read(|reader| inbox::newest_to(reader, to))
}

fn event(tx: &mut Tx<'_>, cx: &mut Cx, leased: &Leased, kind: EventKind) -> Result<Event, Fault> {
    let kept = leased.request.map(|request| sign_in_codes::find(tx, request)).transpose()?.flatten();
    let subject = match (&kept, leased.account) {
        (Some(kept), _) => subject(kept),
        (None, Some(account)) => Subject::Account(account),
        (None, None) => Subject::Site,
    };
    let event = Event::new(cx, subject, kind)?;
    Ok(match leased.request {
        Some(request) => event.of(request),
        None => event,
    })
}
