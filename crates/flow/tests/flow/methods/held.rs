//! Ways in by what somebody holds: a passkey, an approver.

use flow::passkey::answer;
use flow::password::sign_in::Next;
use flow::session::Visitor;
use flow::sign_in::finish::Started;
use model::assurance::Aal;
use proving::passkey::Authenticator;

use super::{ALICE, Case, came, early, late, visitor, with_password};
use crate::approvals::{self, Asking, Phone};
use crate::sim::{DAYS, MINUTE, Sim, half};
use crate::{passkeys, passwords};

/// Alice in a browser that is known for days, with a passkey that she has just added there.
pub(super) fn with_passkey(sim: &mut Sim) -> (Visitor, Authenticator) {
    sim.sign_in(ALICE, 1);
    sim.advance(2 * DAYS);
    let visitor = visitor(sim);
    let mut device = passkeys::device();
    passkeys::add(sim, &visitor, 1, &mut device).unwrap();
    (visitor, device)
}

pub(super) fn by_passkey(sim: &mut Sim, case: Option<Case>) -> bool {
    let (_, mut device) = with_passkey(sim);
    early(sim, case);
    let asked = passkeys::ask(sim, 2);
    let json = device.sign(&asked.options).unwrap();
    late(sim, case);
    passkeys::bring(sim, 2, (&asked.challenge, &json), None).is_ok()
}

pub(super) fn by_passkey_within(sim: &mut Sim, case: Option<Case>) -> bool {
    let (visitor, mut device) = with_passkey(sim);
    early(sim, case);
    let mut cx = sim.cx();
    let asked = answer::ask_within(&sim.store, &passkeys::party(), &mut cx, (&visitor, &half(1))).unwrap();
    let json = device.sign(&asked.options).unwrap();
    late(sim, case);
    passkeys::bring(sim, 1, (&asked.challenge, &json), Some(&visitor)).is_ok()
}

/// Alice with a password and an approver, who is not signed in by either yet.
fn with_approver(sim: &mut Sim) -> (Visitor, Phone) {
    let (visitor, _) = with_password(sim, false);
    let phone = Phone::enrolled(sim, &visitor);
    (visitor, phone)
}

/// Asks, answers and takes, with what is to be closed closed in between.
fn through_phone(sim: &mut Sim, phone: &mut Phone, asking: Asking, case: Option<Case>) -> Option<Started> {
    let id = approvals::ask(sim, &asking)?;
    late(sim, case);
    phone.approve(sim, id).ok()?;
    approvals::take(sim, &asking, id).ok()
}

pub(super) fn by_approval(sim: &mut Sim, case: Option<Case>) -> bool {
    let (_, mut phone) = with_approver(sim);
    early(sim, case);
    let asking = Asking::at_home(ALICE, 1);
    through_phone(sim, &mut phone, asking, case).is_some_and(|started| came(&started, case))
}

pub(super) fn by_password_and_approval(sim: &mut Sim, case: Option<Case>) -> bool {
    let (_, mut phone) = with_approver(sim);
    early(sim, case);
    match passwords::sign_in(sim, ALICE, passwords::GOOD, 2) {
        Ok(Next::Second(halfway)) => {
            let asking = Asking::after_password(sim, &halfway, 2);
            through_phone(sim, &mut phone, asking, case).is_some_and(|started| came(&started, case))
        }
        // Without the approval, where that is off.
        Ok(Next::In { started, .. }) => came(&started, case),
        Err(_) => false,
    }
}

pub(super) fn by_approval_within(sim: &mut Sim, case: Option<Case>) -> bool {
    let (visitor, mut phone) = with_approver(sim);
    early(sim, case);
    let Ok(halfway) = approvals::password_within(sim, &visitor, passwords::GOOD) else { return false };
    let asking = Asking::within(sim, &visitor, Some(&halfway));
    // Where half of the two is off, the other half is worth no more than at the sign-in.
    let raised = through_phone(sim, &mut phone, asking, case);
    raised.is_some_and(|started| started.session.assurance.reaches(Aal::Aal2, MINUTE, sim.now))
}
