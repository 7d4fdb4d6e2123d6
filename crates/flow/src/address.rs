//! The addresses of an account: which there are, and what its owner does with them.
//!
//! Every change is an event and a notice to every other address; never is an account left without a way in.
//!
//! Implements: NIST SP 800-63B-4 §4.6, §3.1.3.1; `threats.md` §5.2 rows 13, 14, 42.

pub mod confirm;
pub mod name;

use model::account::Account;
use model::address::{Address, masked};
use model::cx::Cx;
use model::digest::{Digest, Keys};
use model::event::{Actor, AddressKind, AddressRole, Event, EventKind, Removal, Subject};
use model::fault::Fault;
use model::id::{AccountId, ChangeId};
use model::method::Use;
use model::name::PrivateName;
use model::notice::What;
use model::refusal::{Refusal, Verdict};
use model::sign_in_code::CodeState;
use model::source::Source;
use store::account_changes::{Before, Change as Changed};
pub use store::addresses::Kept as SignInAddress;
pub use store::recovery_addresses::Kept as RecoveryAddress;
use store::{
    Reader, Store, Tx, account_changes, addresses, outbox, recovery_addresses, sign_in_codes, tenants,
};
use wire::mail::mailbox::Mailbox;
use wire::name::Name;
use wire::phone::Phone;

use crate::notice::{self, Telling, Whom};
use crate::session::Visitor;
use crate::sign_in::submit::refund;
use crate::{Outcome, methods};

/// How many addresses an account may have of each role.
pub const MOST: usize = 10;

/// The addresses of an account.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// To sign in by, the main one first; a private name among them.
    pub sign_in: Vec<SignInAddress>,
    /// For recovery and for nothing else.
    pub recovery: Vec<RecoveryAddress>,
}

/// Looks.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, account: AccountId) -> Result<Addresses, Fault> {
    store.read(|reader| within(reader, account))
}

pub(crate) fn within(reader: &mut Reader<'_>, account: AccountId) -> Result<Addresses, Fault> {
    Ok(Addresses {
        sign_in: addresses::list(reader, account)?,
        recovery: recovery_addresses::list(reader, account)?,
    })
}

/// Whether a code may be asked for that adds this address. What is refused here is the account's own business or
/// published; whether the address signs in to another account is neither, and is not said.
///
/// # Errors
/// A fault of the store.
pub fn check(
    store: &Store,
    cx: &Cx,
    account: &Account,
    address: &Address,
    role: AddressRole,
) -> Result<Verdict<()>, Fault> {
    let (own, tenant) = store.read(|reader| {
        Ok((within(reader, account.id)?, tenants::ask_by_domain(reader, address.domain())?.get(reader)?))
    })?;
    let open = methods::of_domain(&cx.policy, tenant.as_ref());
    if let Err(refusal) = methods::permit(&open, Use::SignIn, address.method()) {
        return Ok(Err(refusal));
    }
    Ok(own.takes(&address.identity(), role))
}

impl Addresses {
    /// How many mailboxes there are, as far as notices go: spellings of one mailbox are one.
    #[must_use]
    pub fn mailboxes(&self) -> usize {
        let own = self.sign_in.iter().map(|kept| (kept.kind, kept.destination));
        let all = own.chain(self.recovery.iter().map(|kept| (kept.kind, kept.destination)));
        let mut seen: Vec<Digest> = Vec::new();
        for (_, destination) in all.filter(|(kind, _)| *kind == AddressKind::Mail) {
            if !seen.iter().any(|one| one.matches(&destination)) {
                seen.push(destination);
            }
        }
        seen.len()
    }

    /// Whether the account takes one more. A recovery address that it has is confirmed once more.
    fn takes(&self, identity: &Digest, role: AddressRole) -> Verdict<()> {
        let signs_in = self.sign_in.iter().any(|kept| kept.identity.matches(identity));
        let recovers = self.recovery.iter().any(|kept| kept.identity.matches(identity));
        match role {
            AddressRole::Recovery if recovers => Ok(()),
            _ if signs_in || recovers => Err(Refusal::AddressTaken),
            AddressRole::SignIn if self.sign_in.len() >= MOST => Err(Refusal::AddressesFull),
            AddressRole::Recovery if self.recovery.len() >= MOST => Err(Refusal::AddressesFull),
            AddressRole::SignIn | AddressRole::Recovery => Ok(()),
        }
    }
}

/// What is done with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is the main one from now on.
    MakeMain,
    /// The account can be signed in to by it.
    SwitchOn,
    /// The account cannot be signed in to by it.
    SwitchOff,
    /// It is the account's no more.
    Remove,
    /// It is for recovery no more.
    RemoveRecovery,
}

/// Does it.
///
/// # Errors
/// A fault of the store.
pub fn change(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (identity, change): (Digest, Change),
    source: Source,
) -> Outcome<()> {
    let id = by.account.id;
    let all = addresses::take(tx, id)?;
    let judged = match change {
        Change::RemoveRecovery => remove_recovery(tx, id, &identity)?,
        Change::MakeMain | Change::SwitchOn | Change::SwitchOff | Change::Remove => {
            judge(&all, &identity, change).map(|it| changed(&it, change))
        }
    };
    let (kind, what, former) = match judged {
        Ok(changed) => changed,
        Err(refusal) => return Ok(tx.unrecorded("nothing was changed", Err(refusal))),
    };
    let before = match change {
        Change::MakeMain => all.iter().find(|kept| kept.main).map(|main| Before::Main(main.identity)),
        Change::SwitchOn => Some(Before::SignIn(identity, false)),
        Change::SwitchOff => Some(Before::SignIn(identity, true)),
        Change::Remove | Change::RemoveRecovery => None,
    };
    let done = match change {
        Change::MakeMain => addresses::put_main(tx, id, &identity).map(|()| true)?,
        Change::SwitchOn => addresses::claim_switch(tx, id, &identity, true)?,
        Change::SwitchOff => addresses::claim_switch(tx, id, &identity, false)?,
        Change::Remove => addresses::claim_delete(tx, id, &identity)?,
        Change::RemoveRecovery => true,
    };
    if !done {
        return Ok(tx.unrecorded("it was so before", Ok(())));
    }
    if let Some(before) = before {
        let (id, session) = (ChangeId::new(cx)?, by.session.id);
        account_changes::insert(tx, &Changed { id, account: by.account.id, at: cx.now, before, session })?;
    }
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let event = Event::new(cx, Subject::Account(id), kind)?.by(Actor::Owner, kept).within(by.session.id);
    let mut events = vec![event];
    if matches!(change, Change::SwitchOff | Change::Remove) {
        end_codes(tx, cx, id, &identity, &mut events)?;
    }
    let to = former.as_deref().map_or(Whom::Others(&identity), Whom::AndFormer);
    notice::tell(tx, cx, id, Telling::of(what).from(source), to)?;
    tx.record(&events, Ok(()))
}

/// The address, if that may be done with it.
fn judge(all: &[SignInAddress], identity: &Digest, change: Change) -> Verdict<SignInAddress> {
    let Some(it) = all.iter().find(|kept| kept.identity.matches(identity)) else {
        return Err(Refusal::AddressUnknown);
    };
    let other_way_in = all.iter().any(|kept| kept.sign_in && !kept.identity.matches(identity));
    match change {
        Change::MakeMain if it.kind != AddressKind::Mail => Err(Refusal::AddressUnknown),
        Change::MakeMain if it.main => Err(Refusal::AddressMain),
        Change::Remove if it.main => Err(Refusal::AddressMain),
        Change::Remove | Change::SwitchOff if !other_way_in => Err(Refusal::LastWayIn),
        Change::MakeMain | Change::SwitchOn | Change::SwitchOff | Change::Remove | Change::RemoveRecovery => {
            Ok(it.clone())
        }
    }
}

type Said = (EventKind, What, Option<String>);

fn changed(it: &SignInAddress, change: Change) -> Said {
    let address = masked_shown(&it.shown);
    match change {
        Change::MakeMain => {
            (EventKind::AddressMadeMain { address: address.clone() }, What::AddressMadeMain { address }, None)
        }
        Change::SwitchOn | Change::SwitchOff => {
            let sign_in = change == Change::SwitchOn;
            (
                EventKind::AddressSwitched { address: address.clone(), sign_in },
                What::AddressSwitched { address, sign_in },
                None,
            )
        }
        Change::Remove | Change::RemoveRecovery => removed(it.kind, AddressRole::SignIn, &it.shown),
    }
}

fn removed(kind: AddressKind, role: AddressRole, shown: &str) -> Said {
    let (address, why) = (masked_shown(shown), Removal::ByOwner);
    (
        EventKind::AddressRemoved { kind, role, address: address.clone(), why },
        What::AddressRemoved { kind, role, address, why },
        (kind == AddressKind::Mail).then(|| shown.to_owned()),
    )
}

fn remove_recovery(tx: &mut Tx<'_>, id: AccountId, identity: &Digest) -> Result<Verdict<Said>, Fault> {
    let all = recovery_addresses::list(tx, id)?;
    let Some(it) = all.iter().find(|kept| kept.identity.matches(identity)) else {
        return Ok(Err(Refusal::AddressUnknown));
    };
    if !recovery_addresses::claim_delete(tx, id, identity)? {
        return Ok(Err(Refusal::AddressUnknown));
    }
    Ok(Ok(removed(it.kind, AddressRole::Recovery, &it.shown)))
}

/// The identity of an address, a telephone number or a private name that is kept, or was typed, as text; none where it can be
/// none of them.
#[must_use]
pub fn identity_of(keys: &Keys, text: &str) -> Option<Digest> {
    if let Ok(name) = Name::parse(text) {
        return Some(PrivateName::new(name, keys).identity());
    }
    let phone = Phone::parse(text).map(|phone| Address::of_phone(phone, keys));
    let address = phone.or_else(|_| Mailbox::parse(text).map(|mailbox| Address::new(mailbox, keys)));
    address.ok().map(|address| address.identity())
}

/// `a…@example.com`; of a telephone number the country and the last digits, of a private name the first letter.
#[must_use]
pub fn masked_shown(shown: &str) -> String {
    match (shown.split_once('@'), Phone::parse(shown)) {
        (Some((local, domain)), _) => masked(local, domain),
        (None, Ok(phone)) => phone.masked(),
        (None, Err(_)) => model::name::masked(shown),
    }
}

/// Ends the codes that were asked for by an address that signs in to the account no more: they lie in its mailbox.
pub(crate) fn end_codes(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    account: AccountId,
    identity: &Digest,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    for request in sign_in_codes::list_live_of(tx, account)? {
        let Some(kept) = sign_in_codes::find(tx, request)? else { continue };
        if !kept.identity.matches(identity) {
            continue;
        }
        if let Some(kept) = sign_in_codes::claim_end(tx, request, CodeState::Expired, cx.now)? {
            refund(tx, &kept)?;
            outbox::drop_for(tx, request, cx.now)?;
            events.push(crate::sweep::expired(cx, &kept)?);
        }
    }
    Ok(())
}

/// Removes the recovery addresses whose owners asked for that, once their time has come; says whether there may be more.
///
/// # Errors
/// A fault of the store.
pub fn detach_due(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<store::Recorded<bool>, Fault> {
    const CHUNK: i64 = 100;
    let gone = recovery_addresses::claim_due(tx, cx.now, CHUNK)?;
    let more = i64::try_from(gone.len()).unwrap_or(0) == CHUNK;
    let mut events = Vec::new();
    for kept in gone {
        let (kind, role, why) = (kept.kind, AddressRole::Recovery, Removal::ByRecipient);
        let address = masked_shown(&kept.shown);
        let what = What::AddressRemoved { kind, role, address: address.clone(), why };
        let event = EventKind::AddressRemoved { kind, role, address, why };
        events.push(Event::new(cx, Subject::Account(kept.account), event)?.by(Actor::Recipient, None));
        notice::tell(tx, cx, kept.account, Telling::of(what), Whom::Everybody)?;
    }
    tx.record(&events, more)
}
