//! Somebody submits the code that was mailed to an address which is to be one of the account's.
//!
//! The same steps as for signing in ([`crate::sign_in::submit`]), but nobody is signed in and no session is raised: the
//! code proves that a mailbox can be read, not who is there.

use model::account::AccountState;
use model::address::method_of;
use model::cx::Cx;
use model::event::{Actor, AddressKind, AddressRole, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::method::{Method, Use};
use model::notice::What;
use model::refusal::{Refusal, Verdict};
use model::sign_in_code::{CodeState, Purpose};
use store::sign_in_codes::Kept;
use store::{Tx, accounts, addresses, recovery_addresses, sign_in_codes, tenants};

use crate::notice::{self, Telling, Whom};
use crate::sign_in::submit::{Prepared, mismatch, not_claimed, redeemed};
use crate::{Outcome, methods};

/// What a purpose makes of an address; none for those that make something else.
#[must_use]
pub const fn role(purpose: Purpose) -> Option<AddressRole> {
    match purpose {
        Purpose::AddAddress => Some(AddressRole::SignIn),
        Purpose::AddRecovery => Some(AddressRole::Recovery),
        Purpose::SignIn | Purpose::OpenAccount | Purpose::Confirm | Purpose::Recovery => None,
    }
}

/// Confirms the address and adds it. [`Refusal::AddressTaken`] is said only to whoever has proved to read its mail.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, submitted: &Prepared) -> Outcome<AddressRole> {
    let (id, purpose) = (submitted.kept.code.id, submitted.kept.code.purpose);
    let (Some(role), Some(account)) = (role(purpose), submitted.kept.code.account) else {
        return Err(Fault::plain("a code that confirms no address of an account"));
    };
    let account = accounts::ask_held(tx, account)?;
    let tenant = tenants::ask_by_domain(tx, &submitted.domain)?;
    let claimed = sign_in_codes::claim_attempt(tx, id, purpose, &submitted.browser, cx.now)?;
    let Some(kept) = claimed else { return not_claimed(tx, cx, submitted) };
    let account = account.get(tx)?.filter(|account| account.state == AccountState::Open);
    let open = methods::of_domain(&cx.policy, tenant.get(tx)?.as_ref());
    let matches = submitted.digest.matches(&kept.digest) & kept.code.acceptable();
    let (true, Some(account), Some(address)) = (matches, account, submitted.address.as_ref()) else {
        return mismatch(tx, cx, submitted, &kept);
    };
    let ended = sign_in_codes::ask_end(tx, id, CodeState::Redeemed, cx.now)?;
    let by_owner = |event: Event| event.by(Actor::Owner, Some(submitted.source)).of(id);
    let subject = Subject::Account(account.id);
    let mut events = vec![by_owner(Event::new(cx, subject.clone(), EventKind::SignInCodeRedeemed)?)];
    let held = submitted.current.as_ref().is_some_and(|visitor| Some(visitor.session.id) == kept.session);
    let added = if !held {
        // Asked for in a session that is over.
        Err(Refusal::SessionUnknown)
    } else if methods::permit(&open, Use::SignIn, submitted.method).is_err() {
        Err(Refusal::MethodOff)
    } else {
        add(tx, cx, account.id, (&kept, role), address)?
    };
    redeemed(tx, cx, &kept, ended)?;
    let kind = match added {
        Ok(kind) => kind,
        Err(refusal) => return tx.record(&events, Err(refusal)),
    };
    if let EventKind::AddressAdded { kind, role, address } = kind.clone() {
        let what = What::AddressAdded { kind, role, address };
        let telling = Telling::of(what).from(submitted.source);
        notice::tell(tx, cx, account.id, telling, Whom::Others(&kept.identity))?;
    }
    events.push(by_owner(Event::new(cx, subject, kind)?));
    tx.record(&events, Ok(role))
}

fn add(
    tx: &mut Tx<'_>,
    cx: &Cx,
    account: AccountId,
    (code, role): (&Kept, AddressRole),
    address: &str,
) -> Result<Verdict<EventKind>, Fault> {
    // Taken in hand first: how many there are is decided on.
    addresses::take(tx, account)?;
    let own = super::within(tx, account)?;
    if let Err(refusal) = own.takes(&code.identity, role) {
        return Ok(Err(refusal));
    }
    let masked = code.masked.clone();
    let kind = match method_of(address) {
        Method::SmsCode => AddressKind::Phone,
        _ => AddressKind::Mail,
    };
    let again = match role {
        AddressRole::SignIn => {
            let new = addresses::Kept {
                identity: code.identity,
                destination: code.code.destination,
                kind,
                shown: address.to_owned(),
                main: false,
                sign_in: true,
                confirmed_at: cx.now,
                session: code.session,
            };
            if !addresses::claim_insert(tx, account, &new)? {
                return Ok(Err(Refusal::AddressTaken));
            }
            false
        }
        AddressRole::Recovery => {
            let new = recovery_addresses::Kept {
                account,
                identity: code.identity,
                destination: code.code.destination,
                kind,
                shown: address.to_owned(),
                confirmed_at: cx.now,
                detach_at: None,
                added_at: cx.now,
                session: code.session,
            };
            recovery_addresses::put(tx, &new)?;
            own.recovery.iter().any(|kept| kept.identity.matches(&code.identity))
        }
    };
    Ok(Ok(if again {
        EventKind::AddressConfirmed { address: masked }
    } else {
        EventKind::AddressAdded { kind, role, address: masked }
    }))
}
