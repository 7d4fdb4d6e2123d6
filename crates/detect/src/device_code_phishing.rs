//! Are there two people in one device-code sign-in? Somebody asks for a device code, has another person type it at the real
//! page, and gets that person's tokens.
//!
//! What joins the two halves is the correlation of one sign-in, then the session; neither says that one person did it. A
//! device code by itself is no alarm: developers, command lines and meeting rooms use them. So facts are scored: 65 points are
//! a finding, 85 a high one, 55 are for whoever hunts. A flow is told once, however often its tokens are used afterwards.
//!
//! Implements: detection.md §5 D6 and D6-lite, threats.md §2.3 T1 to T5. ATT&CK T1528 (steal application access token).
//! Known limit: where the log has the address of one half on both and it is the account's own, only what is done later tells.

use std::time::Duration;

use model::event::Event;
use model::event::imported::{Outcome, Presented};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::time::{DAY, HOUR, MINUTE};

use crate::book::{Alarm, Book, Kind, Proof};
use crate::foreign::person;
use crate::foreign::sight::{App, Sight, name};
use crate::kept::{Kept, Memory};
use crate::mark::{Mark, both};
use crate::{Around, Detector, Watcher};

mod flow;
mod ours;
use flow::{Clue, Flow};
use ours::Ours;

/// Flows and sessions of device codes that are remembered.
const FLOWS: usize = 32_768;
/// Networks that redeem.
const REDEEMERS: usize = 8192;
/// From so many points on it is worth a look, a finding, an urgent finding.
const HUNT: i32 = 55;
const FINDING: i32 = 65;
const URGENT: i32 = 85;
/// So many accounts that one network gets tokens for within a day are a campaign.
const CAMPAIGN: usize = 3;
/// A flow is forgotten after that; its tokens live on in the session.
const FLOW_LIFE: i64 = HOUR;
/// The code of the page that asks for a consent.
const CONSENT: u32 = 65_001;
/// The first code and others right after it are one occasion.
const FIRST: i64 = 15 * MINUTE;

pub(crate) const KIND: Kind = Kind {
    id: "device_code_phishing",
    benign: &[Benign::Developer, Benign::MeetingRoom, Benign::Vpn, Benign::Onboarding],
    next: &[
        Step::AskPerson,
        Step::EndSessions,
        Step::RemoveDevices,
        Step::RemoveMethods,
        Step::RemoveRules,
        Step::RevokeConsents,
        Step::ChangePassword,
        Step::WarnRecipients,
        Step::FindOthers,
        Step::CloseDeviceCode,
    ],
    quiet: Duration::from_secs(7 * 24 * 60 * 60),
};

/// The same of devices that were let in here.
const OURS: Kind = Kind {
    id: "device_code_phishing",
    benign: &[Benign::MeetingRoom, Benign::Vpn, Benign::Onboarding],
    next: &[
        Step::AskPerson,
        Step::EndSessions,
        Step::RemoveDevices,
        Step::RemoveMethods,
        Step::RemoveRules,
        Step::RevokeConsents,
        Step::ChangePassword,
        Step::WarnRecipients,
        Step::FindOthers,
        Step::SuspendClient,
    ],
    quiet: Duration::from_secs(24 * 60 * 60),
};

/// What an export that leaves the fields out can show of it.
const MAYBE: Kind = Kind {
    id: "device_code_phishing",
    benign: &[Benign::Developer, Benign::MeetingRoom, Benign::Onboarding],
    next: &[Step::ExportMore, Step::AskPerson],
    quiet: Duration::from_secs(24 * 60 * 60),
};

/// See the module.
#[derive(Debug)]
pub(crate) struct DeviceCodePhishing {
    /// By correlation.
    flows: Kept<Flow>,
    /// The correlation that a session began with.
    sessions: Kept<Mark>,
    redeemers: Kept<Redeemer>,
    ours: Ours,
}

/// Whom a network got tokens for, lately.
#[derive(Clone, Copy, Debug, Default)]
struct Redeemer([(i64, Mark, Mark); 4]);

impl Default for DeviceCodePhishing {
    fn default() -> Self {
        Self {
            flows: Kept::new(FLOWS),
            sessions: Kept::new(FLOWS),
            redeemers: Kept::new(REDEEMERS),
            ours: Ours::default(),
        }
    }
}

impl Detector for DeviceCodePhishing {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Are there two people in one device-code sign-in?"
    }

    fn technique(&self) -> &'static str {
        "T1528"
    }

    fn horizon(&self) -> Duration {
        Duration::from_secs(48 * 60 * 60)
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "imported" || Ours::wants(kind)
    }

    fn memory(&self) -> Memory {
        let foreign = self.flows.memory().and(self.sessions.memory()).and(self.redeemers.memory());
        foreign.and(self.ours.memory())
    }
}

impl Watcher for DeviceCodePhishing {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        self.ours.observe(event, book);
    }

    fn sign_in(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        let asks = sight.sign_in.outcome == Outcome::ConfirmApp || sight.sign_in.code == Some(CONSENT);
        if sight.of_device_code() || sight.is_mute() && self.goes_on(sight) {
            self.step(sight, around, asks);
        } else if asks && sight.correlation != 0 {
            // Nothing says yet that it is for a device.
            self.with(both(sight.user, sight.correlation), sight, around, |flow, around| {
                flow.has(Clue::Confirmed);
                flow.approves(sight);
                flow.step(Proof::of(around.event));
            });
        } else if sight.succeeded() && sight.correlation != 0 && sight.is_mute() {
            self.maybe(sight, around);
        }
    }
}

impl DeviceCodePhishing {
    /// Does something with a flow, a new one where there is none that lives.
    fn with<T>(
        &mut self,
        mark: Mark,
        sight: &Sight<'_>,
        around: &mut Around<'_>,
        does: impl FnOnce(&mut Flow, &mut Around<'_>) -> T,
    ) -> T {
        let mut flow = self.flows.take(mark).unwrap_or_else(|| Flow::new(sight));
        let done = does(&mut flow, around);
        self.flows.put(mark, flow);
        done
    }

    /// Whether a record that says nothing of protocols belongs to a sign-in that began with a code, or to its session.
    fn goes_on(&mut self, sight: &Sight<'_>) -> bool {
        let correlation = both(sight.user, sight.correlation);
        let begun = |flow: &Flow| flow.coded && flow.is_live(sight, FLOW_LIFE);
        sight.correlation != 0 && self.flows.peek(correlation).is_some_and(begun)
            || sight.session != 0 && self.sessions.peek(both(sight.user, sight.session)).is_some()
    }

    /// Which flow a record belongs to: that of its sign-in, or the one that its session began with.
    fn flow_of(&mut self, sight: &Sight<'_>) -> Mark {
        let correlation = both(sight.user, sight.correlation);
        if sight.correlation != 0
            && self.flows.peek(correlation).is_some_and(|flow| flow.is_live(sight, FLOW_LIFE))
        {
            return correlation;
        }
        let session = both(sight.user, sight.session);
        match self.sessions.get(session) {
            Some(flow) if sight.session != 0 => *flow,
            _ if sight.correlation != 0 => correlation,
            _ => session,
        }
    }

    /// A record of a device-code sign-in, or of a session that began with one.
    fn step(&mut self, sight: &Sight<'_>, around: &mut Around<'_>, asks: bool) {
        let mark = self.flow_of(sight);
        if sight.session != 0 {
            self.sessions.put(both(sight.user, sight.session), mark);
        }
        let mut flow = self.flows.take(mark).unwrap_or_else(|| Flow::new(sight));
        flow.step(Proof::of(around.event));
        flow.coded |= sight.by_device_code();
        let first = around.person.first_code;
        if flow.redeemer.is_none() && (first == 0 || sight.at.micros().saturating_sub(first) < FIRST) {
            flow.has(Clue::First);
        }
        if asks {
            flow.has(Clue::Confirmed);
        }
        if sight.app == App::Broker {
            flow.has(Clue::Broker);
        }
        // What is not told may be nothing, but only within the sign-in itself.
        let with_nothing = match sight.sign_in.presented {
            Some(with) => with == Presented::Nothing,
            None => flow.correlation == sight.correlation,
        };
        // Some tenants never fill in the protocol: whoever is there by hand and brings nothing stands at the page.
        let at_the_page = sight.interactive() && (sight.by_device_code() || with_nothing);
        if !sight.succeeded() || at_the_page {
            flow.approves(sight);
        } else if flow.redeemer.is_none() && with_nothing {
            flow.redeems(sight, around);
        } else {
            flow.uses(sight, around);
        }
        if sight.succeeded() {
            self.judge(mark, flow, sight, around);
        } else {
            self.flows.put(mark, flow);
        }
    }

    /// Adds up, and says what there is to say.
    fn judge(&mut self, mark: Mark, mut flow: Flow, sight: &Sight<'_>, around: &mut Around<'_>) {
        let takes = flow.takes();
        let campaign =
            if takes && flow.is_strange() { self.campaign(&flow, sight, mark) } else { Vec::new() };
        if !campaign.is_empty() {
            flow.has(Clue::Campaign);
        }
        let score = flow.score();
        around.doubtful |= score >= HUNT || flow.told.is_some();
        if around.person.first_code == 0 {
            around.person.first_code = sight.at.micros();
        }
        if takes {
            around.person.learn_code(sight, score >= HUNT);
            if score < HUNT {
                around.learns_code = true;
            }
        }
        if flow.told.is_some() || score >= HUNT {
            tell(&mut flow, score, sight, around);
        }
        self.flows.put(mark, flow);
        // Those whom the same network lured before: they were not so clear when they happened.
        for other in campaign {
            if let Some(flow) = self.flows.get(other)
                && !flow.is(Clue::Campaign)
            {
                flow.has(Clue::Campaign);
                tell_earlier(flow, around.book);
            }
        }
    }

    /// The flows in which the same network got tokens for others within a day, if they are enough.
    fn campaign(&mut self, flow: &Flow, sight: &Sight<'_>, mark: Mark) -> Vec<Mark> {
        let Some(from) = flow.redeemer.map(|redeemer| redeemer.from) else { return Vec::new() };
        let redeemer = self.redeemers.entry(both(from.block, u64::from(from.network)), Redeemer::default);
        redeemer.add(sight.at.micros(), sight.user, mark);
        let lately = redeemer.lately(sight.at.micros());
        if lately.len() < CAMPAIGN {
            return Vec::new();
        }
        lately.into_iter().filter(|(user, _)| *user != sight.user).map(|(_, flow)| flow).collect()
    }

    /// An export without the fields: a page that asks, and a success, in one sign-in, on the first day that has one.
    fn maybe(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        let Some(flow) = self.flows.get(both(sight.user, sight.correlation)) else { return };
        let early = around.person.first_code;
        if flow.told.is_some() || early != 0 && sight.at.micros().saturating_sub(early) >= DAY {
            return;
        }
        around.person.first_code = sight.at.micros();
        let mut proofs = flow.steps();
        proofs.push(Proof::of(around.event));
        let key = format!("maybe {}", name(sight.subject));
        flow.told = Some((Severity::Info, 0, Book::mark(&MAYBE, &key)));
        around.book.raise(Alarm {
            kind: &MAYBE,
            subject: sight.subject.clone(),
            key,
            severity: Severity::Info,
            score: 0,
            reasons: vec![Reason::scored(Fact::FieldsMissing, 0), Reason::scored(Fact::ConfirmedApp, 0)],
            proofs,
        });
    }
}

/// Tells a flow, or that it goes on.
fn tell(flow: &mut Flow, score: i32, sight: &Sight<'_>, around: &mut Around<'_>) {
    let severity = severity(score);
    let proof = Proof::of(around.event);
    if let Some((told, points, incident)) = flow.told {
        // What was told long ago and is used still is not told again.
        let reasons = if score > points { flow.reasons() } else { Vec::new() };
        if around.book.is_open(incident, sight.at) {
            around.book.grow(incident, (severity, score), reasons, proof);
            flow.told = Some((told.max(severity), points.max(score), incident));
        }
    } else {
        let key = name(sight.subject);
        let score = u16::try_from(score).unwrap_or(0);
        let (subject, reasons, proofs) = (sight.subject.clone(), flow.reasons(), flow.steps());
        let incident =
            around.book.raise(Alarm { kind: &KIND, subject, key, severity, score, reasons, proofs });
        flow.told = Some((severity, i32::from(score), incident));
    }
    if let Some((_, points, incident)) = flow.told
        && points >= FINDING
    {
        let network = flow.redeemer.map_or(0, |redeemer| redeemer.from.network);
        around.person.alarm =
            person::Alarm { at: sight.at.micros(), network, session: sight.session, incident };
    }
}

/// How urgent so many points are.
const fn severity(score: i32) -> Severity {
    if score >= URGENT {
        Severity::High
    } else if score >= FINDING {
        Severity::Medium
    } else {
        Severity::Info
    }
}

/// A flow that has become clearer by what happened to others.
fn tell_earlier(flow: &mut Flow, book: &mut Book) {
    let score = flow.score();
    let proofs = flow.steps();
    let Some(proof) = proofs.last().cloned().filter(|_| score >= HUNT) else { return };
    let severity = severity(score);
    if let Some((_, _, incident)) = flow.told {
        book.grow(incident, (severity, score), flow.reasons(), proof);
        flow.told = Some((severity, score, incident));
    } else {
        let (subject, reasons) = (flow.subject(), flow.reasons());
        let (key, points) = (name(&subject), u16::try_from(score).unwrap_or(0));
        let incident =
            book.raise(Alarm { kind: &KIND, subject, key, severity, score: points, reasons, proofs });
        flow.told = Some((severity, score, incident));
    }
}

impl Redeemer {
    fn add(&mut self, at: i64, user: Mark, flow: Mark) {
        if let Some(known) = self.0.iter_mut().find(|(_, known, _)| *known == user) {
            *known = (at, user, flow);
        } else if let Some(oldest) = self.0.iter_mut().min_by_key(|(at, ..)| *at) {
            *oldest = (at, user, flow);
        }
    }

    fn lately(&self, now: i64) -> Vec<(Mark, Mark)> {
        let recent = self.0.iter().filter(|(at, user, _)| *user != 0 && now.saturating_sub(*at) < DAY);
        recent.map(|(_, user, flow)| (*user, *flow)).collect()
    }
}

#[cfg(test)]
mod tests;
