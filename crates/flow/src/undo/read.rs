//! Everything about an account that a plan is made of, out of its tables and its record.

use std::collections::BTreeMap;

use model::cx::Cx;
use model::event::{AddressRole, EventKind};
use model::fault::Fault;
use model::id::{AccountId, EventId};
use model::session::RestsOn;
use model::time::Time;
use model::undo::{Changed, Holdings, Kind, Lost, Reach, Setting, Thing};
use store::account_changes::Before;
use store::{
    Reader, account_changes, authenticators, browsers, clients, device_authorizations, entries, events,
    gates, grants, pairings, recovery_codes,
};

use crate::address;
use crate::session;
use crate::session::Visitor;

/// How many grants, devices, changes are read at once.
const MOST: i64 = 100;

/// How many events are looked through for what was taken away.
const RECORD: i64 = 2_000;

fn thing(kind: Kind, id: [u8; 16], (name, made_at): (String, Time)) -> Thing {
    Thing {
        kind,
        id,
        name,
        made_at,
        session: None,
        rests_on: RestsOn::default(),
        main: false,
        sign_in: false,
    }
}

/// Reads it; `by` is whoever looks, where that is its owner.
pub(super) fn holdings(
    reader: &mut Reader<'_>,
    cx: &Cx,
    (account, by): (AccountId, Option<&Visitor>),
    reach: &Reach,
) -> Result<Holdings, Fault> {
    let mut all = Holdings::default();
    sessions(reader, cx, (account, by), &mut all)?;
    waiting(reader, cx, account, &mut all)?;
    allowed(reader, cx, account, &mut all)?;
    for kept in authenticators::list(reader, account)? {
        let own = kept.authenticator;
        let kind = Kind::Authenticator(own.kind);
        let session = own.session;
        all.things.push(Thing { session, ..thing(kind, *own.id.bytes(), (own.name, own.added_at)) });
    }
    if let Some(left) = recovery_codes::left(reader, account)? {
        let it = thing(Kind::RecoveryCodes, *account.bytes(), (String::new(), left.made_at));
        all.things.push(Thing { session: left.session, ..it });
    }
    let gate = gates::find(reader, account)?;
    if let Some((at, session)) = gate.changed.filter(|_| gate.own.is_some() || gate.word.is_some()) {
        all.things.push(Thing { session, ..thing(Kind::Gate, *account.bytes(), (String::new(), at)) });
    }
    addresses(reader, account, &mut all)?;
    let since = reach.since();
    for change in account_changes::list_since(reader, account, since, MOST)? {
        let before = match change.before {
            Before::Main(identity) => Setting::Main(*identity.bytes()),
            Before::SignIn(identity, on) => Setting::SignIn(*identity.bytes(), on),
        };
        all.changed.push(Changed { at: change.at, session: change.session, before });
    }
    all.lost = lost(reader, cx, account, since)?;
    Ok(all)
}

fn full(count: usize) -> bool {
    i64::try_from(count).is_ok_and(|count| count >= MOST)
}

fn sessions(
    reader: &mut Reader<'_>,
    cx: &Cx,
    (account, by): (AccountId, Option<&Visitor>),
    all: &mut Holdings,
) -> Result<(), Fault> {
    let live = session::live(reader, cx, account)?;
    all.more |= full(live.len());
    for browser in browsers::list(reader, account)? {
        let here = by.filter(|by| by.session.browser == browser.id).map(|by| by.session.id);
        let first = |session: &&model::session::Session| {
            session.browser == browser.id && session.started_at <= browser.first_used
        };
        let session = here.or_else(|| live.iter().find(first).map(|session| session.id));
        let it = thing(Kind::Browser, *browser.id.bytes(), (String::new(), browser.first_used));
        all.things.push(Thing { session, ..it });
    }
    for session in live {
        let it = thing(Kind::Session, *session.id.bytes(), (String::new(), session.started_at));
        all.things.push(Thing { rests_on: session.rests_on, ..it });
    }
    Ok(())
}

/// What waits for somebody: ways in, windows, devices.
fn waiting(reader: &mut Reader<'_>, cx: &Cx, account: AccountId, all: &mut Holdings) -> Result<(), Fault> {
    for entry in entries::list_waiting(reader, account, cx.now)? {
        all.things.push(thing(Kind::Entry, *entry.id.bytes(), (String::new(), entry.asked_at)));
    }
    if let Some(window) = pairings::find_live(reader, account)? {
        let it = thing(Kind::Window, *window.id.bytes(), (String::new(), window.opened_at));
        all.things.push(Thing { session: Some(window.session), ..it });
    }
    let devices = device_authorizations::list_of(reader, account, MOST)?;
    all.more |= full(devices.len());
    for kept in devices {
        let device = kept.device;
        let Some(holder) = device.holder else { continue };
        let it = thing(Kind::Device, *device.id.bytes(), (device.client, holder.since));
        all.things.push(Thing { session: Some(holder.session), ..it });
    }
    Ok(())
}

fn allowed(reader: &mut Reader<'_>, cx: &Cx, account: AccountId, all: &mut Holdings) -> Result<(), Fault> {
    let kept = grants::list(reader, account, MOST)?;
    all.more |= full(kept.len());
    let ids: Vec<String> = kept.iter().map(|kept| kept.grant.client.clone()).collect();
    let names = clients::names(reader, ids.iter().map(String::as_str))?;
    for kept in kept {
        let grant = kept.grant;
        if grant.over(cx.now).is_some() {
            continue;
        }
        let name = names.get(&grant.client).map_or(grant.client, |shown| shown.name.clone());
        let it = thing(Kind::Grant, *grant.id.bytes(), (name, grant.granted_at));
        all.things.push(Thing { session: grant.session, ..it });
    }
    Ok(())
}

fn addresses(reader: &mut Reader<'_>, account: AccountId, all: &mut Holdings) -> Result<(), Fault> {
    let own = address::within(reader, account)?;
    for kept in own.sign_in {
        let kind = Kind::Address(kept.kind, AddressRole::SignIn);
        let it = thing(kind, *kept.identity.bytes(), (kept.shown, kept.confirmed_at));
        all.things.push(Thing { session: kept.session, main: kept.main, sign_in: kept.sign_in, ..it });
    }
    for kept in own.recovery {
        let kind = Kind::Address(kept.kind, AddressRole::Recovery);
        let it = thing(kind, *kept.identity.bytes(), (kept.shown, kept.added_at));
        all.things.push(Thing { session: kept.session, ..it });
    }
    Ok(())
}

/// What was taken away since then, and had been there before: what was added since then is missed by nobody.
fn lost(reader: &mut Reader<'_>, cx: &Cx, account: AccountId, since: Time) -> Result<Vec<Lost>, Fault> {
    let span = (EventId::at(since), EventId::at(cx.now + std::time::Duration::from_millis(1)));
    let mut events = events::list_account(reader, account, span, RECORD)?;
    events.reverse();
    let mut added: BTreeMap<String, u32> = BTreeMap::new();
    let mut lost = Vec::new();
    for event in events {
        let (what, kind, name, comes, goes) = match event.kind {
            EventKind::AuthenticatorAdded { authenticator, kind, .. } => {
                (authenticator.to_string(), Kind::Authenticator(kind), String::new(), true, false)
            }
            EventKind::AuthenticatorRemoved { authenticator, kind, .. } => {
                (authenticator.to_string(), Kind::Authenticator(kind), String::new(), false, true)
            }
            // The one before is gone, and this one is there.
            EventKind::AuthenticatorChanged { kind, .. } => {
                (format!("{kind:?}"), Kind::Authenticator(kind), String::new(), true, true)
            }
            EventKind::RecoveryCodesMade { .. } => {
                ("codes".to_owned(), Kind::RecoveryCodes, String::new(), true, true)
            }
            EventKind::AddressAdded { kind, role, address } => {
                (address.clone(), Kind::Address(kind, role), address, true, false)
            }
            EventKind::AddressRemoved { kind, role, address, .. } => {
                (address.clone(), Kind::Address(kind, role), address, false, true)
            }
            _ => continue,
        };
        let count = added.entry(what).or_default();
        if goes {
            if *count == 0 {
                lost.push(Lost { at: event.at, kind, name, session: event.session });
            } else {
                *count -= 1;
            }
        }
        if comes {
            *count += 1;
        }
    }
    Ok(lost)
}
