//! The private name of an account: one at most, chosen by its owner or drawn.

use model::cx::Cx;
use model::event::{Actor, AddressKind, AddressRole, Event, EventKind, Removal, Subject};
use model::name::{PrivateName, masked};
use model::notice::What;
use model::refusal::Refusal;
use model::source::Source;
use store::{Tx, addresses};

use crate::Outcome;
use crate::notice::{self, Telling, Whom};
use crate::session::Visitor;

/// Gives the account this name, in place of the one that it has.
///
/// # Errors
/// A fault of the store.
pub fn put(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, name: &PrivateName, source: Source) -> Outcome<()> {
    let id = by.account.id;
    let before = addresses::take(tx, id)?.into_iter().find(|kept| kept.kind == AddressKind::Name);
    let new = addresses::Kept {
        identity: name.identity(),
        destination: name.destination(),
        kind: AddressKind::Name,
        shown: name.as_str().to_owned(),
        main: false,
        sign_in: true,
        confirmed_at: cx.now,
        session: Some(by.session.id),
    };
    // The new one first: a refusal commits, and must not cost the old one.
    if !addresses::claim_insert(tx, id, &new)? {
        return Ok(tx.unrecorded("somebody has it, or one that looks like it", Err(Refusal::NameTaken)));
    }
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let (kind, role) = (AddressKind::Name, AddressRole::SignIn);
    let mut kinds = Vec::new();
    let mut ended = Vec::new();
    if let Some(before) = before {
        addresses::claim_delete(tx, id, &before.identity)?;
        super::end_codes(tx, cx, id, &before.identity, &mut ended)?;
        let address = masked(&before.shown);
        kinds.push(EventKind::AddressRemoved { kind, role, address, why: Removal::ByOwner });
    }
    kinds.push(EventKind::AddressAdded { kind, role, address: name.masked() });
    let mut events = Vec::new();
    for kind in kinds {
        events.push(Event::new(cx, Subject::Account(id), kind)?.by(Actor::Owner, kept).within(by.session.id));
    }
    events.append(&mut ended);
    let what = What::AddressAdded { kind, role, address: name.masked() };
    notice::tell(tx, cx, id, Telling::of(what).from(source), Whom::Everybody)?;
    tx.record(&events, Ok(()))
}
