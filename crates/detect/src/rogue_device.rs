//! Was a device registered by somebody who came in otherwise? A registered device vouches for the account for months, past
//! every change of the password.
//!
//! Scored: an alarm about the account within a day, a device that calls itself what known tools call theirs, a strange
//! network, a rented server; 50 points are a finding, and the incident before it becomes critical.
//!
//! Implements: detection.md §5 D9, §2e (builds that were seen). ATT&CK T1098.005 (device registration).

use std::time::Duration;

use model::event::imported::Operation;
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::time::DAY;

use crate::book::{Alarm, Kind, Proof};
use crate::foreign::person::Person;
use crate::foreign::sight::{From, Sight, name};
use crate::kept::Memory;
use crate::{Around, Deed, Detector, Watcher};

const FINDING: i32 = 50;
/// An alarm is shortly before within that.
pub(crate) const AFTER: i64 = DAY;

const KIND: Kind = Kind {
    id: "rogue_device",
    benign: &[Benign::NewDevice, Benign::Onboarding],
    next: &[
        Step::RemoveDevices,
        Step::EndSessions,
        Step::AskPerson,
        Step::RemoveMethods,
        Step::RemoveRules,
        Step::RevokeConsents,
        Step::ChangePassword,
    ],
    quiet: Duration::from_secs(24 * 60 * 60),
};

/// Builds of the system that tools write, and people's computers have left behind: ROADtools, and kits of 2026.
const TOOL_BUILDS: [&str; 2] = ["10.0.19041.928", "10.0.19045.2006"];

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct RogueDevice;

impl Detector for RogueDevice {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Was a device registered by somebody who came in otherwise?"
    }

    fn technique(&self) -> &'static str {
        "T1098.005"
    }

    fn memory(&self) -> Memory {
        // What it looks at is remembered with the user.
        Memory::default()
    }
}

impl Watcher for RogueDevice {
    /// A token that a device vouches for that was never seen before, from the stranger's network: it was registered.
    fn sign_in(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        let new = sight.device != 0 && !around.person.has_device(sight.device);
        if !new
            || !sight.succeeded()
            || !sight.by_primary_token()
            || !is_after(around.person, sight.at.micros())
        {
            return;
        }
        let alarm = around.person.alarm;
        // The owner's own devices go on in the same session.
        let same_session = alarm.session == sight.session && sight.session != 0;
        let own = around.person.has_used(sight.from.network) || around.tenant.is_office(sight);
        if alarm.network == sight.from.network || same_session && !own {
            let reasons = vec![Reason::scored(Fact::AfterAlarm, 50), Reason::scored(Fact::PrimaryToken, 0)];
            around.doubtful = true;
            raise(around, 50, reasons);
        }
    }

    fn act(&mut self, deed: &Deed<'_>, around: &mut Around<'_>) {
        if deed.act.operation != Operation::DeviceRegistered || !deed.act.done {
            return;
        }
        let (score, reasons) = weigh(deed, around.person, around.event.at.micros());
        if score >= FINDING {
            raise(around, score, reasons);
        }
    }
}

/// Whether there was an alarm about the user shortly before.
pub(crate) const fn is_after(person: &Person, now: i64) -> bool {
    person.alarm.at != 0 && now.saturating_sub(person.alarm.at) < AFTER
}

fn weigh(deed: &Deed<'_>, person: &Person, now: i64) -> (i32, Vec<Reason>) {
    let at = model::time::Time::from_micros(now);
    let From { network, hosting, .. } = deed.from;
    let mut reasons = Vec::new();
    if is_after(person, now) {
        reasons.push(Reason::scored(Fact::AfterAlarm, 50));
    }
    if let Some(build) = tool_build(deed) {
        reasons.push(Reason { fact: Fact::ToolBuild, points: 35, value: Some(build) });
    }
    if network != 0 && person.is_warm() && !person.is_home(network, at) {
        reasons.push(Reason { fact: Fact::NewNetwork, points: 25, value: deed.from.name() });
    }
    if hosting {
        reasons.push(Reason { fact: Fact::HostingNetwork, points: 15, value: deed.from.name() });
    }
    (reasons.iter().map(|reason| i32::from(reason.points)).sum(), reasons)
}

/// The name of a device that calls itself as tools do: the usual name of a fresh Windows, with a build that they write.
fn tool_build(deed: &Deed<'_>) -> Option<String> {
    let target = deed.act.target.as_ref()?;
    let built =
        deed.act.modified.iter().any(|(_, value)| TOOL_BUILDS.iter().any(|build| value.contains(build)));
    let named = target.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("DESKTOP-"));
    (built && named).then(|| target.to_string())
}

fn raise(around: &mut Around<'_>, score: i32, reasons: Vec<Reason>) {
    let proof = Proof::of(around.event);
    if reasons.iter().any(|reason| reason.fact == Fact::AfterAlarm) {
        let incident = around.person.alarm.incident;
        around.book.grow(
            incident,
            (Severity::Critical, 0),
            vec![Reason::scored(Fact::DeviceAdded, 0)],
            proof.clone(),
        );
    }
    around.book.raise(Alarm {
        kind: &KIND,
        subject: around.event.subject.clone(),
        key: name(&around.event.subject),
        // What came before weighs, and is one fact.
        severity: if reasons.len() > 1 { Severity::Critical } else { Severity::High },
        score: u16::try_from(score).unwrap_or(0),
        reasons,
        proofs: vec![proof],
    });
}

#[cfg(test)]
mod tests;
