//! Samples of the lines that tell what changed an account: every event that has such a line.

use std::collections::BTreeMap;

use model::approval::{NotApproved, NotShown, Wanted};
use model::assurance::Aal;
use model::authenticator::AuthenticatorKind;
use model::client::Shown;
use model::device_authorization::DeviceFlow;
use model::event::{
    AddressKind, AddressRole, EntryKind, EventKind, NotEntered, NotProved, OperatorAct, Removal,
};
use model::gate::Gate;
use model::grant::GrantEnd;
use model::grant_refusal::GrantRefusal;
use model::id::{ApprovalId, AuthenticatorId, DeviceId, EntryId, GrantId, PairingId, ResponseId, SessionId};
use model::message::Obstacle;
use model::method::{Method, MethodSet};
use model::nearness::Nearness;
use model::pairing::PairingState;
use model::response::{Act, Over};

use super::activity::line;
use super::{HOUR, MINUTE, NOW, Stage};
use crate::view::change::{ClientNames, what};
use crate::view::entry::Entry;

/// A line for each of them.
pub(super) fn lines(stage: &Stage<'_>) -> Vec<Entry> {
    let shown = |name: &str, verified, host: Option<&str>| Shown {
        name: name.to_owned(),
        verified,
        host: host.map(str::to_owned),
    };
    let clients = BTreeMap::from([
        ("linden-reader".to_owned(), shown("Linden Reader", true, Some("reader.linden.example"))),
        ("r_web".to_owned(), shown("Linden Account Check", false, Some("check.other.example"))),
        ("r_device".to_owned(), shown("Linden Account Check", false, None)),
    ]);
    let names = ClientNames::of(stage.calendar.voice(), &clients);
    let whats = kinds().into_iter().filter_map(|kind| what(&kind, &stage.calendar, &names));
    (1_i64..).zip(whats).map(|(minute, what)| line(stage, minute * MINUTE, what)).collect()
}

fn kinds() -> Vec<EventKind> {
    let mut all = Vec::new();
    for method in [Method::Passkey, Method::Totp, Method::Approval, Method::Password, Method::MailCode] {
        all.push(EventKind::SessionRaised { methods: MethodSet::of(&[method]), aal: Aal::Aal1 });
    }
    authenticators(&mut all);
    refused(&mut all);
    addresses(&mut all);
    entries(&mut all);
    all.extend([
        EventKind::RecoveryCodesMade { count: 10 },
        EventKind::RecoveryCodeUsed { left: 9 },
        EventKind::RecoveryCodesRemoved { count: 10 },
        EventKind::BrowserForgotten,
        EventKind::Undone { since: Some(NOW), by_session: None, by_grant: None, gone: 7, stayed: 1 },
        EventKind::HoldingsAsked,
        EventKind::MailRefused { refused: true },
        EventKind::MailRefused { refused: false },
        EventKind::MethodsChanged { sign_in: MethodSet::ALL },
        EventKind::GateChanged { gate: None },
        EventKind::GateWordChanged { set: true },
        EventKind::GateWordChanged { set: false },
        EventKind::GateOpened { until: NOW },
        EventKind::GateClosed { used: true },
        EventKind::GateClosed { used: false },
        EventKind::AccountMoved { tenant: None },
        EventKind::DataDownloaded,
        EventKind::ProfileChanged { named: true },
        EventKind::ProfileChanged { named: false },
    ]);
    all.extend(Gate::ALL.map(|gate| EventKind::GateChanged { gate: Some(gate) }));
    grants(&mut all);
    devices(&mut all);
    responses(&mut all);
    approvals(&mut all);
    for act in [
        OperatorAct::Lock,
        OperatorAct::Unlock,
        OperatorAct::EndSessions,
        OperatorAct::Reset,
        OperatorAct::Close,
        OperatorAct::RemoveApprover,
    ] {
        all.push(EventKind::OperatorActed { act, reason: String::new() });
    }
    all
}

fn grants(all: &mut Vec<EventKind>) {
    let (grant, client) = (GrantId::at(NOW), "linden-reader".to_owned());
    for remembered in [false, true] {
        let (client, scopes) = (client.clone(), "openid".to_owned());
        all.push(EventKind::GrantGiven { grant, client, scopes, remembered });
    }
    for why in [
        GrantEnd::EndedByOwner,
        GrantEnd::Replayed,
        GrantEnd::Revoked,
        GrantEnd::Idle,
        GrantEnd::ClientRemoved,
        GrantEnd::SessionEnded,
        GrantEnd::NotMine,
        GrantEnd::Undone,
        GrantEnd::Suspected,
    ] {
        all.push(EventKind::GrantEnded { grant, client: client.clone(), why, further: 0 });
    }
    for client in [&client, "r_web", "r_device", "gone", "https://gone.example/client.json"] {
        all.push(EventKind::GrantDenied { client: client.to_owned() });
    }
    let (refreshed, provisional) = (false, false);
    let grant_of = Some(grant);
    all.push(EventKind::TokensIssued {
        grant: grant_of,
        client: client.clone(),
        refreshed,
        provisional,
        further: 0,
    });
    let nearness = Nearness::Elsewhere;
    all.push(EventKind::ClientElsewhere { grant, client: client.clone(), nearness });
    all.push(EventKind::GrantConfirmed { grant, client: client.clone() });
    all.push(EventKind::TokenRevoked { grant: Some(grant), client: client.clone() });
    all.push(EventKind::LogoutAsked { client: client.clone() });
    all.push(EventKind::LogoutTold { client: client.clone() });
    all.push(EventKind::LogoutGivenUp { client: client.clone(), why: Obstacle::Unreachable });
    all.push(EventKind::TokensRefused { grant, client, because: GrantRefusal::CodeUsed });
}

fn responses(all: &mut Vec<EventKind>) {
    let response = ResponseId::at(NOW);
    for (act, scope) in [(Act::DoubtSession, "session"), (Act::SuspendDevices, "client linden-reader")] {
        let (scope, reason) = (scope.to_owned(), String::new());
        let kind = EventKind::ResponseBegan {
            response,
            act,
            scope,
            until: NOW,
            finding: None,
            reason,
            simulated: false,
        };
        all.push(kind);
    }
    for how in [Over::Confirmed, Over::Undone] {
        let scope = String::new();
        all.push(EventKind::ResponseEnded { response, act: Act::DoubtSession, scope, how });
    }
}

fn devices(all: &mut Vec<EventKind>) {
    let (device, pairing, grant) = (DeviceId::at(NOW), PairingId::at(NOW), GrantId::at(NOW));
    let (client, kind) = (|| "linden-screen".to_owned(), || "television".to_owned());
    let until = super::before(-10 * MINUTE);
    all.push(EventKind::PairingOpened { pairing, until });
    for why in [PairingState::Expired, PairingState::Closed, PairingState::WrongDigits] {
        all.push(EventKind::PairingOver { pairing, why });
    }
    for flow in [DeviceFlow::UserCode, DeviceFlow::Pairing] {
        all.push(EventKind::DeviceAsked { device, client: client(), flow, kind: kind(), asked_at: None });
    }
    let flow = DeviceFlow::Pairing;
    for nearness in Nearness::ALL {
        all.push(EventKind::DeviceCodeEntered { device, client: client(), nearness });
        let (client, kind) = (client(), kind());
        all.push(EventKind::DeviceApproved { device, client, flow, kind, nearness, grant });
    }
    for nearness in [Nearness::Unknown, Nearness::Elsewhere] {
        all.push(EventKind::DeviceMoved { device, client: client(), nearness, grant });
    }
    for because in [NotEntered::Unknown, NotEntered::ForeignBrowser] {
        all.push(EventKind::DeviceCodeRefused { because });
    }
    for approved in [false, true] {
        all.push(EventKind::DeviceExpired { device, client: client(), approved });
    }
    all.push(EventKind::DeviceDigitsRefused { device, left: 2 });
    all.push(EventKind::DeviceDenied { device, client: client() });
    all.push(EventKind::DevicePolledOut { device, client: client() });
    all.push(EventKind::DevicesHeldBack { flow, everywhere: false, until });
}

fn approvals(all: &mut Vec<EventKind>) {
    let (approval, approver) = (ApprovalId::at(NOW), AuthenticatorId::at(NOW));
    let (known, until) = (true, super::before(-5 * MINUTE));
    let mut asked = |wanted, not_shown| {
        all.push(EventKind::ApprovalAsked { approval, wanted, known, client: None, not_shown, until });
    };
    for wanted in Wanted::ALL {
        asked(wanted, None);
    }
    for why in [NotShown::Taken, NotShown::UnknownBrowser, NotShown::NoApprover] {
        asked(Wanted::SignIn, Some(why));
    }
    all.push(EventKind::EnrolmentOpened { until });
    all.push(EventKind::EnrolmentLapsed);
    all.push(EventKind::ApprovalsHeldBack { until, count: None });
    all.push(EventKind::ApprovalsHeldBack { until, count: Some(217) });
    all.push(EventKind::SessionDoubted { until });
    all.push(EventKind::SessionConfirmed { session: SessionId::at(NOW) });
    all.push(EventKind::ApprovalOpened { approval, approver });
    for nearness in Nearness::ALL {
        all.push(EventKind::ApprovalMatched { approval, approver, nearness });
    }
    all.push(EventKind::ApprovalDenied { approval, approver });
    all.push(EventKind::ApprovalNumberRefused { approval, approver });
    for because in [NotApproved::Over, NotApproved::Foreign, NotApproved::Unproved, NotApproved::Removed] {
        all.push(EventKind::ApprovalRefused { approver, because });
    }
    for (opened, approved) in [(false, false), (true, false), (true, true)] {
        all.push(EventKind::ApprovalLapsed { approval, opened, approved });
    }
    all.push(EventKind::ApprovalWithdrawn { approval });
    for on in [true, false] {
        all.push(EventKind::DoorbellSwitched { approver, on });
    }
    all.push(EventKind::DoorbellRung { approval, approver });
    all.push(EventKind::DoorbellSilenced);
    all.push(EventKind::DoorbellGone { approver });
    let (service, why) = ("https://push.example.net".to_owned(), Obstacle::NotAuthorised);
    all.push(EventKind::DoorbellRefused { approver, service, why });
}

fn authenticators(all: &mut Vec<EventKind>) {
    let authenticator = AuthenticatorId::at(NOW);
    for kind in AuthenticatorKind::ALL {
        all.push(EventKind::AuthenticatorAdded { authenticator, kind, usable_at: None });
        let held = Some(super::before(-24 * HOUR));
        all.push(EventKind::AuthenticatorAdded { authenticator, kind, usable_at: held });
        all.push(EventKind::AuthenticatorChanged { authenticator, kind });
        for why in [Removal::ByOwner, Removal::Cancelled, Removal::ByOperator, Removal::Undone] {
            all.push(EventKind::AuthenticatorRemoved { authenticator, kind, why });
        }
    }
}

fn refused(all: &mut Vec<EventKind>) {
    let mut add = |method, because| all.push(EventKind::ProofRefused { method, because, known: false });
    for method in [Method::Password, Method::Totp, Method::Passkey, Method::RecoveryCode, Method::Approval] {
        add(method, NotProved::Mismatch);
    }
    for because in [NotProved::Held, NotProved::MethodOff, NotProved::Blocked, NotProved::Repeated] {
        add(Method::Totp, because);
    }
    add(Method::Passkey, NotProved::Repeated);
    add(Method::Passkey, NotProved::Locked);
    all.push(EventKind::PasswordMatched);
    for method in [Method::Password, Method::Totp, Method::RecoveryCode] {
        all.push(EventKind::AttemptsBlocked { method, known: false, until: super::before(-HOUR) });
    }
}

fn addresses(all: &mut Vec<EventKind>) {
    let (kind, address) = (AddressKind::Mail, || "a…@post.example".to_owned());
    for role in [AddressRole::SignIn, AddressRole::Recovery] {
        all.push(EventKind::AddressAdded { kind, role, address: address() });
    }
    for why in [Removal::ByOwner, Removal::ByRecipient, Removal::Undone] {
        all.push(EventKind::AddressRemoved { kind, role: AddressRole::Recovery, address: address(), why });
    }
    for sign_in in [true, false] {
        all.push(EventKind::AddressSwitched { address: address(), sign_in });
    }
    all.push(EventKind::AddressConfirmed { address: address() });
    all.push(EventKind::AddressMadeMain { address: address() });
    all.push(EventKind::AddressWanted { kind, address: address() });
    all.push(EventKind::DetachingAsked { address: address(), at: super::before(-72 * HOUR) });
}

fn entries(all: &mut Vec<EventKind>) {
    let entry = EntryId::at(NOW);
    for kind in [EntryKind::Recovery, EntryKind::SignIn] {
        let opens_at = super::before(-72 * HOUR);
        all.push(EventKind::EntryAsked { entry, kind, methods: MethodSet::NONE, opens_at });
        all.push(EventKind::EntryCancelled { entry, kind });
        all.push(EventKind::EntryUsed { entry, kind });
        all.push(EventKind::EntryExpired { entry, kind });
    }
}
