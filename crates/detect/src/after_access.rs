//! What was done with an account after somebody else got into it?
//!
//! Rules of mailboxes, new ways to sign in, consents, mail that is read, files: everybody does these things. So only what is
//! done from the stranger's network, or in the stranger's session, within seven days of a finding about the account is added
//! to that finding, and makes it critical where it lasts longer than the session.
//!
//! Implements: detection.md §5 D10, §3a (the session follows the intruder from the sign-in into the mailbox). ATT&CK T1114
//! (email collection), T1098 (account manipulation).

use std::time::Duration;

use model::event::imported::Operation;
use model::finding::{Fact, Reason, Severity};
use model::time::{DAY, HOUR};

use crate::book::{Kind, Proof};
use crate::kept::Memory;
use crate::{Around, Deed, Detector, Watcher};

/// How long after a finding.
const AFTER: i64 = 7 * DAY;
/// Where a record has neither address nor session, so soon after a finding it is taken for the stranger's.
const SOON: i64 = HOUR;

const KIND: Kind =
    Kind { id: "after_access", benign: &[], next: &[], quiet: Duration::from_secs(7 * 24 * 60 * 60) };

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct AfterAccess;

impl Detector for AfterAccess {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "What was done after somebody else got in? (Adds to the findings of others.)"
    }

    fn technique(&self) -> &'static str {
        "T1114"
    }

    fn memory(&self) -> Memory {
        // What it looks at is remembered with the user.
        Memory::default()
    }
}

impl Watcher for AfterAccess {
    fn act(&mut self, deed: &Deed<'_>, around: &mut Around<'_>) {
        let Some((fact, severity)) = meaning(deed.act.operation) else { return };
        let alarm = around.person.alarm;
        let passed = around.event.at.micros().saturating_sub(alarm.at);
        if alarm.at == 0 || passed > AFTER || !deed.act.done {
            return;
        }
        let strangers = deed.session != 0 && deed.session == alarm.session
            || deed.from.network != 0 && deed.from.network == alarm.network
            || deed.session == 0 && deed.from.network == 0 && passed < SOON;
        if !strangers {
            return;
        }
        let value = deed.act.target.as_ref().or(deed.act.target_user.as_ref()).map(ToString::to_string);
        let reasons = vec![Reason { fact, points: 0, value }];
        around.book.grow(alarm.incident, (severity, 0), reasons, Proof::of(around.event));
    }
}

/// What an act means in the hands of a stranger: what outlives the session is critical.
const fn meaning(operation: Operation) -> Option<(Fact, Severity)> {
    match operation {
        Operation::InboxRule => Some((Fact::InboxRuleMade, Severity::Critical)),
        Operation::MailboxOpened => Some((Fact::MailboxOpened, Severity::Critical)),
        Operation::MethodAdded | Operation::MethodChanged | Operation::MethodRemoved => {
            Some((Fact::MethodAdded, Severity::Critical))
        }
        Operation::ConsentGiven | Operation::AppAdded | Operation::AppCredentialAdded => {
            Some((Fact::ConsentGiven, Severity::Critical))
        }
        Operation::DeviceRegistered => Some((Fact::DeviceAdded, Severity::Critical)),
        Operation::RoleGiven => Some((Fact::RoleGiven, Severity::Critical)),
        Operation::PasswordReset => Some((Fact::OthersReset, Severity::Critical)),
        Operation::MailRead => Some((Fact::MailRead, Severity::High)),
        Operation::MailSent => Some((Fact::MailSent, Severity::High)),
        Operation::MailDeleted => Some((Fact::MailDeleted, Severity::High)),
        Operation::FileRead | Operation::FileShared => Some((Fact::FilesRead, Severity::High)),
        Operation::DeviceRemoved
        | Operation::PasswordChanged
        | Operation::SessionsRevoked
        | Operation::UserDisabled
        | Operation::UserAdded
        | Operation::FraudReported
        | Operation::AccessRuleChanged
        | Operation::Other => None,
    }
}

#[cfg(test)]
mod tests;
