//! Approvals: somebody signs in over there, and says yes here, on a device of their own.
//!
//! Nothing rings by itself: the owner opens the page of an approver and finds what waits. A yes is the number that the other
//! screen shows, typed on this one, and the gesture of the approver's passkey over both. There is one question at a time for an
//! account, one try at it, and only browsers ask that the account knows, or that brought its password.
//!
//! Implements: OWASP ASVS 5.0 6.6.4; NIST SP 800-63B-4 §3.1.3.2; `threats.md` §5.1 "Prompts", §5.2 rows 15–19, §6 idea 18, by the
//! steps of [`model::approval`].
//!
//! 1. A browser becomes an approver ([`enrol`]).
//! 2. Another browser asks ([`ask`]), and shows the number ([`take::look`]).
//! 3. The owner looks at what waits ([`approver`]) and answers ([`answer`]).
//! 4. The browser that asked takes what was approved ([`take`]).

pub mod answer;
pub mod approver;
pub mod ask;
pub mod enrol;
pub(crate) mod held_back;
pub mod take;

use model::account::Account;
use model::approval::{Approval, ApprovalState, Wanted};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::method::{Method, Use};
use model::policy::Policy;
use store::{Recorded, Tx, approvals};

use crate::methods;

/// For which use an approval of this kind needs a permit.
pub(crate) const fn use_of(wanted: Wanted) -> Use {
    match wanted {
        Wanted::SignIn | Wanted::SecondStep => Use::SignIn,
        Wanted::StepUp => Use::StepUp,
    }
}

/// Whether approvals can serve an account for anything.
#[must_use]
pub fn is_open(policy: &Policy, account: &Account) -> bool {
    let open = methods::of_account(policy, account);
    Use::ALL.into_iter().any(|use_| methods::permit(&open, use_, Method::Approval).is_ok())
}

/// Whether the sign-in page offers it: it does not know yet to whom.
#[must_use]
pub fn signs_in(policy: &Policy) -> bool {
    methods::permit(&policy.methods, Use::SignIn, Method::Approval).is_ok()
}

/// Whether one of these is an approver that can be used.
#[must_use]
pub fn has_approver(all: &[Authenticator], cx: &Cx) -> bool {
    all.iter().any(|own| own.kind == AuthenticatorKind::Approver && own.is_usable(cx.now))
}

/// Ends one that nobody answered or took in time, for whoever finds it to record.
pub(crate) fn lapse(tx: &mut Tx<'_>, cx: &mut Cx, over: &Approval) -> Result<Vec<Event>, Fault> {
    if over.decoy {
        approvals::delete(tx, over.id)?;
        return Ok(Vec::new());
    }
    if !approvals::claim_end(tx, over.id, (ApprovalState::Lapsed, cx.now))? {
        return Ok(Vec::new());
    }
    let (approval, opened) = (over.id, over.opened_at.is_some());
    let approved = over.state == ApprovalState::Approved;
    let kind = EventKind::ApprovalLapsed { approval, opened, approved };
    Ok(vec![Event::new(cx, Subject::Account(over.account), kind)?])
}

/// Ends those whose time has passed, and codes that no browser brought to become an approver; tells of a day's questions that were
/// held back. Says whether there may be more.
///
/// # Errors
/// A fault of the store.
pub fn expire(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    const STEP: i64 = 100;
    let due = approvals::list_over(tx, cx.now, STEP)?;
    let mut most = due.len();
    let mut events = Vec::new();
    for over in due {
        events.extend(lapse(tx, cx, &over)?);
    }
    for (told, count) in [enrol::expire(tx, cx, STEP)?, held_back::tell(tx, cx, STEP)?] {
        events.extend(told);
        most = most.max(count);
    }
    let more = i64::try_from(most).unwrap_or(0) == STEP;
    if events.is_empty() {
        return Ok(tx.unrecorded("none was over, or nobody was to see it", more));
    }
    tx.record(&events, more)
}
