//! A device asks whether its person has answered, and gets its tokens once they have said yes.
//!
//! Implements: RFC 8628 §3.4 and §3.5, RFC 9700 §4.14.2, threats.md §5.2 rows 25, 26 and 29, by the steps of
//! [`model::device_authorization`].
//!
//! 1. A device that was seen from the same place before, and shows nothing that is good once, is told "not yet" without a write;
//!    this node counts its polls ([`super::paces`]).
//! 2. Otherwise it is held, so that its polls come one after the other; what its person said, the clock and the pace decide.
//! 3. Its tokens are handed out by one statement. Where it comes for them from a more doubtful place than the one where it was
//!    let in, its grant and all of them say so.

use model::bearer::{Bearer, BearerKind};
use model::client::ClientKind;
use model::cx::Cx;
use model::device_authorization::{DeviceAuthorization, DeviceState, Pace, Polled, Polling};
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::grant::{Grant, GrantEnd};
use model::grant_refusal::GrantRefusal;
use model::nearness::{Nearness, nearness};
use store::{Store, Tx, device_authorizations, grants};
use wire::oauth::credential::Credential;

use super::Answered;
use super::issue::{self, Minted, Order, Tokens};
use super::keys::Keyring;
use super::paces::Paces;
use super::provider::Provider;
use super::token::{Asker, event, refuse, subject};
use crate::{methods, provisional};

/// A poll, looked at; tokens are made only where there is something to hand out.
pub(super) struct Prepared {
    digest: Digest,
    pace: Option<Pace>,
    minted: Option<Minted>,
}

fn polling(asker: &Asker) -> Polling<'_> {
    let key = asker.held.map(|held| held.thumbprint);
    Polling { client: &asker.proved.registered.client.id, key }
}

/// Where the device is that comes for its tokens: as it was seen when it was let in, or more doubtful.
fn context(cx: &Cx, grant: &Grant, device: &DeviceAuthorization, asker: &Asker) -> Option<Nearness> {
    let own = &cx.policy.nearby_networks;
    let person = device.holder.and_then(|holder| holder.from);
    let here = nearness(person, asker.source.address, own).and(device.nearness_to(person, own));
    grant.context.map(|before| before.and(here))
}

/// Whether "not yet" leaves nothing to be kept: what came with the poll may come again, and it came from where the device was
/// seen last.
fn needs_no_write(device: &DeviceAuthorization, asker: &Asker) -> bool {
    asker.once().next().is_none() && device.seen_from() == asker.source.address
}

pub(super) fn prepare(
    store: &Store,
    cx: &mut Cx,
    (ring, provider, paces): (&Keyring, &Provider, &Paces),
    (asker, code): (&Asker, &Credential),
) -> Result<Result<Prepared, GrantRefusal>, Fault> {
    // Nothing that anybody sends here makes a device code that is not there: what is unknown needs no turn at the writer.
    let Some(bearer) = Bearer::read(BearerKind::DeviceCode, code.expose()) else {
        return Ok(Err(GrantRefusal::Unknown));
    };
    let digest = bearer.digest(store.keys());
    let found = store.read(|reader| device_authorizations::find_by_code(reader, &digest))?;
    let Some(device) = found.map(|kept| kept.device) else { return Ok(Err(GrantRefusal::Unknown)) };
    let (now, quiet) = (cx.now, needs_no_write(&device, asker));
    let (device, polled) = paces.poll((device, quiet), &polling(asker), now);
    let pace = device.polled_at.map(|polled_at| Pace { polled_at, interval: device.interval });
    let mut prepared = Prepared { digest, pace, minted: None };
    let grant = match polled {
        Polled::Redeem(grant) => grant,
        Polled::Pending if quiet => return Ok(Err(GrantRefusal::Pending)),
        Polled::TooFast(_) if quiet => return Ok(Err(GrantRefusal::TooFast)),
        Polled::Pending | Polled::TooFast(_) | Polled::PolledOut | Polled::Refused(_) => {
            return Ok(Ok(prepared));
        }
    };
    let found = store.read(|reader| grants::find(reader, grant))?;
    if let Some(mut kept) = found.filter(|kept| kept.grant.over(now).is_none()) {
        kept.grant.context = context(cx, &kept.grant, &device, asker);
        let client = &asker.proved.registered.client;
        let Ok(scopes) = kept.grant.token_scopes(client, None, now) else { return Ok(Ok(prepared)) };
        let order = Order {
            registered: &asker.proved.registered,
            kept: Some(&kept),
            scopes,
            resources: &kept.grant.resources,
            key: asker.held.map(|held| held.thumbprint),
            nonce: None,
        };
        prepared.minted = Some(issue::mint(store, cx, (ring, provider), &order)?);
    }
    Ok(Ok(prepared))
}

pub(super) fn commit(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (asker, prepared): (&Asker, &Prepared),
) -> Answered<Tokens> {
    let found = device_authorizations::find_held_by_code(tx, &prepared.digest)?;
    let Some(found) = found else { return no(tx, GrantRefusal::Unknown) };
    let device = found.device.paced(prepared.pace);
    let seen = (cx.now, asker.source.address);
    match device.poll(&polling(asker), cx.now) {
        Polled::Redeem(_) => redeem(tx, cx, (asker, prepared), &device),
        Polled::Pending => {
            device_authorizations::put_poll(tx, device.id, seen, device.interval)?;
            no(tx, GrantRefusal::Pending)
        }
        Polled::TooFast(longer) => {
            device_authorizations::put_poll(tx, device.id, seen, longer)?;
            no(tx, GrantRefusal::TooFast)
        }
        Polled::PolledOut => {
            device_authorizations::claim_end(tx, &device, (DeviceState::PolledOut, cx.now))?;
            let kind = EventKind::DevicePolledOut { device: device.id, client: device.client.clone() };
            let event = event(cx, asker, (of(&device), kind))?;
            tx.record(&[event], Err(GrantRefusal::DeviceExpired.error()))
        }
        Polled::Refused(GrantRefusal::Unknown) => no(tx, GrantRefusal::Unknown),
        Polled::Refused(refusal) => {
            let grant = device.grant.map(|grant| grants::find_held(tx, grant)).transpose()?.flatten();
            let Some(grant) = grant else { return no(tx, refusal) };
            let end = refusal.ends_grant().then_some(GrantEnd::CodeReplayed);
            refuse(tx, cx, (asker, &grant), (refusal, end))
        }
    }
}

/// Whom a device concerns: whoever has it before them.
pub(crate) fn of(device: &DeviceAuthorization) -> Subject {
    device.holder.map_or(Subject::Site, |holder| Subject::Account(holder.account))
}

fn no(tx: &mut Tx<'_>, refusal: GrantRefusal) -> Answered<Tokens> {
    Ok(tx.unrecorded("a poll is no event: what was asked and what was answered are", Err(refusal.error())))
}

fn redeem(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (asker, prepared): (&Asker, &Prepared),
    device: &DeviceAuthorization,
) -> Answered<Tokens> {
    let Some(grant) = device.grant else { return no(tx, GrantRefusal::Unknown) };
    let Some(kept) = grants::find_held(tx, grant)? else { return no(tx, GrantRefusal::Unknown) };
    if kept.grant.over(cx.now).is_some() {
        return refuse(tx, cx, (asker, &kept), (GrantRefusal::GrantOver, None));
    }
    if let Err(refusal) = methods::still_counts(&asker.proved.registered, kept.assurance.as_ref()) {
        return refuse(tx, cx, (asker, &kept), (refusal, None));
    }
    let context = context(cx, &kept.grant, device, asker);
    let minted = prepared.minted.as_ref().filter(|minted| minted.access.context == context);
    let Some(minted) = minted else {
        return Err(Fault::plain("a device that was not let in, or was elsewhere, a moment ago").conflict());
    };
    if !device_authorizations::claim_redeem(tx, device.id, cx.now)? {
        return no(tx, GrantRefusal::DeviceExpired);
    }
    let client = &asker.proved.registered.client;
    let mut events: Vec<Event> = Vec::new();
    let mut seen = kept.grant.clone();
    if let Some(nearness) = context.filter(|_| context != kept.grant.context) {
        let registered = &asker.proved.registered;
        seen = provisional::seen(tx, cx, (&kept.grant, registered), (nearness, asker.source))?;
        let client = client.id.clone();
        let kind = EventKind::DeviceMoved { device: device.id, client, nearness, grant };
        events.push(event(cx, asker, (subject(&kept), kind))?);
    }
    if let (ClientKind::Public, Some(held)) = (client.kind(), &asker.held) {
        grants::bind(tx, grant, &held.thumbprint)?;
    }
    grants::touch(tx, &seen, cx.now)?;
    minted.keep(tx)?;
    events.push(event(cx, asker, (subject(&kept), minted.issued(false, 0)))?);
    tx.record(&events, Ok(minted.tokens()))
}

/// The event of a device, at the hands of the client that runs on it, as it was when it asked.
pub(crate) fn at_the_device(event: Event, source: model::source::Source) -> Event {
    event.by(Actor::Client, Some(source))
}
