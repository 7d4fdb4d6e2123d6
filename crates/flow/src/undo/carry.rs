//! Carries a plan out, in one transaction: each thing by the claim that ends it, and an event for each that was there.

use model::cx::Cx;
use model::device_authorization::DeviceState;
use model::digest::Digest;
use model::event::{AddressKind, AddressRole, Event, EventKind, Removal, Subject};
use model::fault::Fault;
use model::grant::GrantEnd;
use model::id::{AccountId, AuthenticatorId, BrowserId, DeviceId, EntryId, GrantId, PairingId, SessionId};
use model::notice::What;
use model::session::SessionEnd;
use model::source::Source;
use model::undo::{Kind, Plan, Reach, Setting, Thing};
use store::{
    Tx, addresses, authenticators, browsers, device_authorizations, entries, gates, grants, pairings,
    recovery_addresses, recovery_codes, sessions,
};

use crate::address::{end_codes, masked_shown};
use crate::notice::{self, Telling, Whom};
use crate::oauth::ending;
use crate::session::ended;
use crate::{attempts, entry, pairing};

/// How many went, and what stands on the record about it, the whole of it last.
pub(super) fn out(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, reach, plan): (AccountId, &Reach, &Plan),
    source: Option<Source>,
) -> Result<(u32, Vec<Event>), Fault> {
    addresses::take(tx, account)?;
    let mut events = Vec::new();
    for setting in &plan.set {
        events.extend(set(tx, cx, account, *setting)?);
    }
    let mut gone = 0_u32;
    for thing in &plan.goes {
        let went = end(tx, cx, (account, thing), source)?;
        gone = gone.saturating_add(u32::from(!went.is_empty()));
        events.extend(went);
    }
    if gone == 0 && events.is_empty() {
        return Ok((0, events));
    }
    let telling = Telling::of(What::Undone { count: gone });
    let telling = source.map_or(telling.clone(), |source| telling.from(source));
    notice::tell(tx, cx, account, telling, Whom::Everybody)?;
    let kind = EventKind::Undone {
        since: match reach {
            Reach::Since(time) => Some(*time),
            Reach::Session(_) | Reach::Grant(_) => None,
        },
        by_session: match reach {
            Reach::Session(id) => Some(*id),
            Reach::Since(_) | Reach::Grant(_) => None,
        },
        by_grant: match reach {
            Reach::Grant(id) => Some(*id),
            Reach::Since(_) | Reach::Session(_) => None,
        },
        gone,
        stayed: u32::try_from(plan.stays.len()).unwrap_or(u32::MAX),
    };
    events.push(Event::new(cx, Subject::Account(account), kind)?);
    Ok((gone, events))
}

fn set(tx: &mut Tx<'_>, cx: &mut Cx, account: AccountId, setting: Setting) -> Result<Option<Event>, Fault> {
    let (id, sign_in) = match setting {
        Setting::Main(id) => (id, None),
        Setting::SignIn(id, on) => (id, Some(on)),
    };
    let identity = Digest::from_bytes(id);
    let all = addresses::list(tx, account)?;
    let Some(it) = all.iter().find(|kept| kept.identity.matches(&identity)) else { return Ok(None) };
    let address = masked_shown(&it.shown);
    let kind = match sign_in {
        None => {
            addresses::put_main(tx, account, &identity)?;
            EventKind::AddressMadeMain { address }
        }
        Some(sign_in) => {
            if !addresses::claim_switch(tx, account, &identity, sign_in)? {
                return Ok(None);
            }
            EventKind::AddressSwitched { address, sign_in }
        }
    };
    Ok(Some(Event::new(cx, Subject::Account(account), kind)?))
}

/// Ends one thing; nothing where it was gone meanwhile.
fn end(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, thing): (AccountId, &Thing),
    source: Option<Source>,
) -> Result<Vec<Event>, Fault> {
    let subject = Subject::Account(account);
    let kind = match thing.kind {
        Kind::Session => {
            let id = SessionId::from_bytes(thing.id);
            return if sessions::claim_end(tx, account, id)? {
                ended(tx, cx, account, (id, SessionEnd::Undone))
            } else {
                Ok(Vec::new())
            };
        }
        Kind::Grant => {
            let Some(kept) = grants::find_held(tx, GrantId::from_bytes(thing.id))? else {
                return Ok(Vec::new());
            };
            return Ok(ending::end(tx, cx, (&kept.grant, GrantEnd::Undone))?.into_iter().collect());
        }
        Kind::Window => {
            let found = pairings::find(tx, PairingId::from_bytes(thing.id))?;
            return found.map_or(Ok(Vec::new()), |window| pairing::shut(tx, cx, &window));
        }
        Kind::Device => device(tx, cx, DeviceId::from_bytes(thing.id))?,
        Kind::Entry => {
            let closed = entries::claim_cancel_own(tx, account, EntryId::from_bytes(thing.id), cx.now)?;
            return closed.iter().map(|closed| entry::cancelled(cx, closed)).collect();
        }
        Kind::Authenticator(kind) => {
            let authenticator = AuthenticatorId::from_bytes(thing.id);
            let went = authenticators::claim_remove(tx, account, authenticator)?;
            if went {
                attempts::forget(tx, account, kind.method())?;
            }
            went.then_some(EventKind::AuthenticatorRemoved { authenticator, kind, why: Removal::Undone })
        }
        Kind::RecoveryCodes => {
            let count = u32::try_from(recovery_codes::forget(tx, account)?).unwrap_or(u32::MAX);
            (count > 0).then_some(EventKind::RecoveryCodesRemoved { count })
        }
        // What the site says holds again, whatever the owner said before.
        Kind::Gate => (gates::forget(tx, account)? > 0).then_some(EventKind::GateChanged { gate: None }),
        Kind::Address(kind, role) => return address(tx, cx, (account, thing), (kind, role, source)),
        Kind::Browser => {
            let went = browsers::claim_forget(tx, account, BrowserId::from_bytes(thing.id))?;
            went.then_some(EventKind::BrowserForgotten)
        }
    };
    kind.map(|kind| Event::new(cx, subject, kind).map_err(Fault::from)).into_iter().collect()
}

fn device(tx: &mut Tx<'_>, cx: &Cx, id: DeviceId) -> Result<Option<EventKind>, Fault> {
    let Some(kept) = device_authorizations::find(tx, id)? else { return Ok(None) };
    let went = device_authorizations::claim_end(tx, &kept.device, (DeviceState::Denied, cx.now))?;
    Ok(went.then_some(EventKind::DeviceDenied { device: id, client: kept.device.client }))
}

/// An address goes, and the codes that lie in its mailbox; whoever reads that is told.
fn address(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, thing): (AccountId, &Thing),
    (kind, role, source): (AddressKind, AddressRole, Option<Source>),
) -> Result<Vec<Event>, Fault> {
    let identity = Digest::from_bytes(thing.id);
    let went = match role {
        AddressRole::SignIn => addresses::claim_delete(tx, account, &identity)?,
        AddressRole::Recovery => recovery_addresses::claim_delete(tx, account, &identity)?,
    };
    if !went {
        return Ok(Vec::new());
    }
    let (address, why) = (masked_shown(&thing.name), Removal::Undone);
    let event = EventKind::AddressRemoved { kind, role, address: address.clone(), why };
    let mut events = vec![Event::new(cx, Subject::Account(account), event)?];
    if role == AddressRole::SignIn {
        end_codes(tx, cx, account, &identity, &mut events)?;
    }
    if kind == AddressKind::Mail {
        let telling = Telling::of(What::AddressRemoved { kind, role, address, why });
        let telling = source.map_or(telling.clone(), |source| telling.from(source));
        notice::tell(tx, cx, account, telling, Whom::Former(&thing.name))?;
    }
    Ok(events)
}
