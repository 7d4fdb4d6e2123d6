//! Somebody submits the recovery code that was mailed to an address of the account.
//!
//! The same steps as for signing in ([`crate::sign_in::submit`]), but nobody is signed in: the code proves one thing, and a
//! way in waits ([`crate::entry`]). What was open when it was mailed may be off by now, and the address gone or stale.
//!
//! Implements: NIST SP 800-63B-4 §4.2.1.2 (issued recovery codes).

use model::account::{Account, AccountState};
use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, EntryKind, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::EntryId;
use model::method::{Method, Use};
use model::sign_in_code::{CodeState, Purpose};
use model::tenant::Tenant;
use store::{Store, Tx, accounts, sign_in_codes, tenants};

use crate::entry::{self, Asking};
use crate::methods::{self, Permit};
use crate::sign_in::submit::{self, mismatch, not_claimed, redeemed};
use crate::{Outcome, address};

/// A submission with everything that can be computed before the transaction.
pub struct Prepared {
    submitted: submit::Prepared,
    /// The address that the code went to, until the request has ended.
    to: Option<Digest>,
}

/// Computes which address it was.
#[must_use]
pub fn prepare(store: &Store, submitted: submit::Prepared) -> Prepared {
    let to = submitted.address.as_deref().and_then(|typed| address::identity_of(store.keys(), typed));
    Prepared { submitted, to }
}

/// Takes the proof. The way in that waits, or is open now, is the answer.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, prepared: &Prepared) -> Outcome<EntryId> {
    let submitted = &prepared.submitted;
    let (id, purpose) = (submitted.kept.code.id, submitted.kept.code.purpose);
    if purpose != Purpose::Recovery {
        return Err(Fault::plain("a code that recovers no account"));
    }
    let account = submitted.kept.code.account.map(|account| accounts::ask_held(tx, account)).transpose()?;
    let tenant = tenants::ask_by_domain(tx, &submitted.domain)?;
    let claimed = sign_in_codes::claim_attempt(tx, id, purpose, &submitted.browser, cx.now)?;
    let Some(kept) = claimed else { return not_claimed(tx, cx, submitted) };
    let account = account.map(|account| account.get(tx)).transpose()?.flatten();
    let tenant = tenant.get(tx)?;
    let matches = submitted.digest.matches(&kept.digest) & kept.code.acceptable();
    let proved = match (matches, account, prepared.to) {
        (true, Some(account), Some(to)) => {
            permit(tx, cx, (&account, tenant.as_ref()), (&to, submitted.method))?.zip(Some(account))
        }
        _ => None,
    };
    let Some((permit, account)) = proved else { return mismatch(tx, cx, submitted, &kept) };
    let ended = sign_in_codes::ask_end(tx, id, CodeState::Redeemed, cx.now)?;
    let redeemed_now = Event::new(cx, Subject::Account(account.id), EventKind::SignInCodeRedeemed)?;
    let mut events = vec![redeemed_now.by(Actor::Visitor, Some(submitted.source)).of(id)];
    let asking = Asking {
        account: account.id,
        kind: EntryKind::Recovery,
        browser: submitted.browser,
        proofs: methods::proved(&[permit]),
        source: submitted.source,
    };
    let entry = entry::ask(tx, cx, &mut events, asking)?;
    redeemed(tx, cx, &kept, ended)?;
    tx.record(&events, Ok(entry.id))
}

/// Whether a code to this address may prove something for the account at this moment.
fn permit(
    tx: &mut Tx<'_>,
    cx: &Cx,
    (account, tenant): (&Account, Option<&Tenant>),
    (to, method): (&Digest, Method),
) -> Result<Option<Permit>, Fault> {
    let own = address::within(tx, account.id)?;
    if account.state != AccountState::Open || super::carries(&own, to, cx.now).is_err() {
        return Ok(None);
    }
    let open = methods::of_domain(&cx.policy, tenant).and(&methods::of_account(&cx.policy, account));
    Ok(methods::permit(&open, Use::Recovery, method).ok())
}
