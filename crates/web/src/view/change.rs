//! What changed an account, or tried to, in the words of its line.

use std::collections::BTreeMap;

use model::approval::{NotApproved, NotShown, Wanted};
use model::authenticator::AuthenticatorKind;
use model::client::Shown;
use model::device_authorization::DeviceFlow;
use model::event::{AddressRole, EntryKind, EventKind, NotEntered, NotProved, OperatorAct, Removal};
use model::gate::Gate;
use model::grant::GrantEnd;
use model::method::{Method, MethodSet};
use model::nearness::Nearness;
use model::pairing::PairingState;
use model::response::{Act, Over};
use model::voice::Voice;
use wire::http::url::Url;

use crate::view::entry::{Change, What};
use crate::view::moment::Calendar;

/// What people know clients by, in words that a sentence can begin with.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClientNames(BTreeMap<String, String>);

impl ClientNames {
    /// The words for these.
    pub(crate) fn of(voice: &Voice, shown: &BTreeMap<String, Shown>) -> Self {
        let words = |shown: &Shown| match (shown.verified, &shown.host) {
            (true, _) => shown.name.clone(),
            (false, Some(host)) => {
                let arguments = [("name", shown.name.as_str().into()), ("host", host.as_str().into())];
                voice.fill("client-calls-itself", &arguments)
            }
            (false, None) => {
                voice.fill("client-calls-itself-on-device", &[("name", shown.name.as_str().into())])
            }
        };
        Self(shown.iter().map(|(id, shown)| (id.clone(), words(shown))).collect())
    }

    /// The words for one; a client of which nothing is known is called as it calls itself to the server.
    fn say(&self, voice: &Voice, id: &str) -> String {
        if let Some(words) = self.0.get(id) {
            return words.clone();
        }
        match Url::parse(id) {
            Ok(url) => voice.fill("client-gone-at", &[("host", url.origin().host().to_string().into())]),
            Err(_) => voice.fill("client-gone", &[("id", id.into())]),
        }
    }
}

/// The client that an event is about, if it is one that an owner reads.
pub(crate) fn client_of(kind: &EventKind) -> Option<&str> {
    match kind {
        EventKind::GrantGiven { client, .. }
        | EventKind::GrantDenied { client }
        | EventKind::GrantEnded { client, .. }
        | EventKind::TokensIssued { client, .. }
        | EventKind::TokensRefused { client, .. }
        | EventKind::TokenRevoked { client, .. }
        | EventKind::ClientElsewhere { client, .. }
        | EventKind::GrantConfirmed { client, .. }
        | EventKind::DeviceAsked { client, .. }
        | EventKind::DeviceCodeEntered { client, .. }
        | EventKind::DeviceDenied { client, .. }
        | EventKind::DeviceApproved { client, .. }
        | EventKind::DeviceMoved { client, .. }
        | EventKind::DevicePolledOut { client, .. }
        | EventKind::DeviceExpired { client, .. } => Some(client),
        EventKind::ResponseBegan { act: Act::SuspendDevices, scope, .. } => client_in(scope),
        _ => None,
    }
}

/// The client of a response that is about one.
fn client_in(scope: &str) -> Option<&str> {
    scope.strip_prefix("client ")
}

/// The line of a change; none for what no owner needs a line for, or what is no change.
pub(crate) fn what(kind: &EventKind, calendar: &Calendar<'_>, names: &ClientNames) -> Option<What> {
    use AuthenticatorKind::{Approver, Passkey, Password, Totp};
    let plain = |text| Change { text, argument: None, icon: "account" };
    let about = |text, name, word: String| Change { text, argument: Some((name, word)), icon: "account" };
    let app = |text, client: &str| about(text, "client", names.say(calendar.voice(), client));
    let warning = |change: Change| Change { icon: "deny", ..change };
    let change = match kind {
        EventKind::SessionDoubted { until } => {
            let argument = Some(("until", calendar.moment(*until).local));
            warning(Change { argument, ..plain("what-session-unsure") })
        }
        EventKind::SessionConfirmed { .. } => plain("what-session-confirmed"),
        EventKind::SessionRaised { methods, .. } => Change { icon: "in", ..plain(raised(*methods)) },
        EventKind::AuthenticatorAdded { kind, usable_at: Some(at), .. } => {
            let text = match kind {
                Passkey => "what-passkey-held",
                Password => "what-password-held",
                Totp => "what-totp-held",
                Approver => "what-approver-held",
            };
            about(text, "until", calendar.moment(*at).local)
        }
        EventKind::AuthenticatorAdded { kind, usable_at: None, .. } => plain(match kind {
            Passkey => "what-passkey-added",
            Password => "what-password-added",
            Totp => "what-totp-added",
            Approver => "what-approver-added",
        }),
        EventKind::AuthenticatorChanged { kind, .. } => plain(match kind {
            Passkey => "what-passkey-changed",
            Password => "what-password-changed",
            Totp => "what-totp-changed",
            Approver => "what-approver-changed",
        }),
        EventKind::AuthenticatorRemoved { kind, why, .. } => removed(*kind, *why, plain),
        EventKind::ProofRefused { method, because, .. } => warning(plain(refused(*method, *because))),
        EventKind::PasswordMatched => warning(plain("what-password-matched")),
        EventKind::AttemptsBlocked { method, until, .. } => {
            let text = match method {
                Method::Password => "what-password-blocked",
                Method::Totp => "what-totp-blocked",
                _ => "what-attempts-blocked",
            };
            warning(about(text, "until", calendar.moment(*until).local))
        }
        EventKind::RecoveryCodesMade { .. } => plain("what-recovery-codes-made"),
        EventKind::RecoveryCodesRemoved { .. } => plain("what-recovery-codes-removed"),
        EventKind::BrowserForgotten => plain("what-browser-forgotten"),
        EventKind::ClientElsewhere { client, .. } => warning(app("what-client-elsewhere", client)),
        EventKind::GrantConfirmed { client, .. } => app("what-grant-confirmed", client),
        EventKind::Undone { gone, .. } => about("what-undone", "n", gone.to_string()),
        EventKind::RecoveryCodeUsed { left } => about("what-recovery-code-used", "left", left.to_string()),
        EventKind::AddressAdded { role: AddressRole::SignIn, address, .. } => {
            about("what-address-added", "address", address.clone())
        }
        EventKind::AddressAdded { role: AddressRole::Recovery, address, .. } => {
            about("what-recovery-address-added", "address", address.clone())
        }
        EventKind::AddressConfirmed { address } => {
            about("what-address-confirmed", "address", address.clone())
        }
        EventKind::AddressRemoved { address, why, .. } => {
            let text = match why {
                Removal::ByRecipient => "what-address-detached",
                Removal::Undone => "what-address-undone",
                Removal::ByOwner | Removal::Cancelled | Removal::ByRecovery | Removal::ByOperator => {
                    "what-address-removed"
                }
            };
            about(text, "address", address.clone())
        }
        EventKind::AddressMadeMain { address } => about("what-address-main", "address", address.clone()),
        EventKind::AddressSwitched { address, sign_in: true } => {
            about("what-address-on", "address", address.clone())
        }
        EventKind::AddressSwitched { address, sign_in: false } => {
            about("what-address-off", "address", address.clone())
        }
        EventKind::DetachingAsked { address, .. } => {
            warning(about("what-detaching-asked", "address", address.clone()))
        }
        EventKind::AddressWanted { address, .. } => about("what-address-wanted", "address", address.clone()),
        EventKind::HoldingsAsked => plain("what-holdings-asked"),
        EventKind::MailRefused { refused: true } => plain("what-mail-refused"),
        EventKind::MailRefused { refused: false } => plain("what-mail-taken"),
        EventKind::MethodsChanged { .. } => plain("what-methods-changed"),
        EventKind::GateChanged { gate } => plain(match gate {
            None => "what-gate-default",
            Some(Gate::Open) => "what-gate-open",
            Some(Gate::PrivateName) => "what-gate-private-name",
            Some(Gate::GateWord) => "what-gate-gate-word",
            Some(Gate::SolicitedOnly) => "what-gate-solicited-only",
        }),
        EventKind::GateWordChanged { set: true } => plain("what-gate-word-set"),
        EventKind::GateWordChanged { set: false } => plain("what-gate-word-removed"),
        EventKind::GateOpened { until } => about("what-gate-opened", "until", calendar.moment(*until).local),
        EventKind::GateClosed { used: true } => plain("what-gate-used"),
        EventKind::GateClosed { used: false } => plain("what-gate-taken-back"),
        EventKind::EntryAsked { kind, opens_at, .. } => {
            let text = match kind {
                EntryKind::Recovery => "what-recovery-asked",
                EntryKind::SignIn => "what-entry-asked",
            };
            warning(about(text, "at", calendar.moment(*opens_at).local))
        }
        EventKind::EntryCancelled { kind, .. } => plain(match kind {
            EntryKind::Recovery => "what-recovery-cancelled",
            EntryKind::SignIn => "what-entry-cancelled",
        }),
        EventKind::EntryUsed { kind, .. } => plain(match kind {
            EntryKind::Recovery => "what-recovery-used",
            EntryKind::SignIn => "what-entry-used",
        }),
        EventKind::EntryExpired { kind, .. } => plain(match kind {
            EntryKind::Recovery => "what-recovery-expired",
            EntryKind::SignIn => "what-entry-expired",
        }),
        EventKind::GrantGiven { client, remembered, .. } => {
            let text = if *remembered { "what-grant-remembered" } else { "what-grant-given" };
            app(text, client)
        }
        EventKind::GrantDenied { client } => app("what-grant-denied", client),
        EventKind::TokensIssued { client, refreshed: false, .. } => app("what-tokens-issued", client),
        EventKind::TokensRefused { client, .. } => warning(app("what-tokens-refused", client)),
        EventKind::TokenRevoked { client, .. } => app("what-token-revoked", client),
        EventKind::GrantEnded { client, why, .. } => match why {
            GrantEnd::Replayed | GrantEnd::CodeReplayed => warning(app("what-grant-replayed", client)),
            GrantEnd::NotMine => warning(app("what-grant-not-mine", client)),
            GrantEnd::Undone => app("what-grant-undone", client),
            GrantEnd::Suspected => warning(app("what-grant-suspected", client)),
            GrantEnd::EndedByOwner => app("what-grant-ended-by-owner", client),
            GrantEnd::Revoked => app("what-grant-given-back", client),
            GrantEnd::Idle | GrantEnd::Absolute => app("what-grant-over", client),
            GrantEnd::ClientRemoved => app("what-grant-client-removed", client),
            GrantEnd::EndedByOperator
            | GrantEnd::SessionEnded
            | GrantEnd::CredentialChanged
            | GrantEnd::AccountUnavailable
            | GrantEnd::Unfetched => app("what-grant-ended", client),
        },
        EventKind::LogoutAsked { client } => {
            Change { icon: "out", ..about("what-logout-asked", "client", client.clone()) }
        }
        EventKind::LogoutTold { client } => {
            Change { icon: "out", ..about("what-logout-told", "client", client.clone()) }
        }
        EventKind::LogoutGivenUp { client, .. } => {
            warning(about("what-logout-given-up", "client", client.clone()))
        }
        EventKind::AccountMoved { .. } => plain("what-account-moved"),
        EventKind::DataDownloaded => plain("what-data-downloaded"),
        EventKind::ProfileChanged { named: true } => plain("what-named"),
        EventKind::ProfileChanged { named: false } => plain("what-unnamed"),
        EventKind::OperatorActed { act, .. } => plain(match act {
            OperatorAct::Lock => "what-account-locked",
            OperatorAct::Unlock => "what-account-unlocked",
            OperatorAct::EndSessions => "what-operator-ended-sessions",
            OperatorAct::Reset => "what-operator-reset",
            OperatorAct::Close => "what-account-closed",
            // That it is gone has a line of its own.
            OperatorAct::RemoveApprover => return None,
        }),
        EventKind::ResponseBegan { act, scope, simulated: false, .. } => match act {
            Act::DoubtSession => warning(plain("what-session-doubted")),
            Act::SuspendDevices => warning(app("what-devices-suspended", client_in(scope)?)),
            Act::HoldCodes | Act::EndSession | Act::EndGrant => return None,
        },
        EventKind::ResponseEnded { act: Act::DoubtSession, how, .. } => match how {
            Over::Confirmed => plain("what-session-confirmed"),
            Over::Undone => plain("what-session-trusted"),
            Over::Done | Over::Elapsed => return None,
        },
        kind => device(kind, (calendar, names))?,
    };
    Some(What::Changed(change))
}

/// The same for devices and the windows that are opened for them.
fn device(kind: &EventKind, (calendar, names): (&Calendar<'_>, &ClientNames)) -> Option<Change> {
    let plain = |text| Change { text, argument: None, icon: "account" };
    let about = |text, client: &str| {
        let argument = Some(("client", names.say(calendar.voice(), client)));
        Change { argument, ..plain(text) }
    };
    let warning = |change: Change| Change { icon: "deny", ..change };
    Some(match kind {
        EventKind::PairingOpened { .. } => plain("what-pairing-opened"),
        EventKind::PairingOver { why: PairingState::WrongDigits, .. } => {
            warning(plain("what-pairing-wrong-digits"))
        }
        EventKind::PairingOver { why: PairingState::Expired, .. } => plain("what-pairing-expired"),
        EventKind::PairingOver { .. } => plain("what-pairing-closed"),
        EventKind::DeviceAsked { client, flow: DeviceFlow::Pairing, .. } => {
            about("what-device-answered", client)
        }
        EventKind::DeviceAsked { client, flow: DeviceFlow::UserCode, .. } => {
            about("what-device-asked", client)
        }
        EventKind::DeviceCodeEntered { client, nearness, .. } => match nearness {
            Nearness::Nearby => about("what-device-entered-nearby", client),
            Nearness::Unknown => about("what-device-entered-unknown", client),
            Nearness::Elsewhere => warning(about("what-device-entered-elsewhere", client)),
        },
        EventKind::DeviceCodeRefused { because: NotEntered::Unknown } => plain("what-device-code-unknown"),
        EventKind::DeviceCodeRefused { because: NotEntered::ForeignBrowser } => {
            warning(plain("what-device-foreign"))
        }
        EventKind::DeviceDigitsRefused { left, .. } => {
            let argument = Some(("left", left.to_string()));
            Change { argument, ..plain("what-device-digits-wrong") }
        }
        EventKind::DeviceDenied { client, .. } => about("what-device-denied", client),
        EventKind::DeviceApproved { client, nearness, .. } => match nearness {
            Nearness::Nearby => Change { icon: "in", ..about("what-device-approved-nearby", client) },
            Nearness::Unknown => Change { icon: "in", ..about("what-device-approved-unknown", client) },
            Nearness::Elsewhere => warning(about("what-device-approved-elsewhere", client)),
        },
        EventKind::DeviceMoved { client, nearness, .. } => match nearness {
            Nearness::Nearby | Nearness::Unknown => about("what-device-moved-unknown", client),
            Nearness::Elsewhere => warning(about("what-device-moved-elsewhere", client)),
        },
        EventKind::DevicePolledOut { client, .. } => about("what-device-polled-out", client),
        EventKind::DeviceExpired { client, approved: false, .. } => about("what-device-expired", client),
        EventKind::DeviceExpired { client, approved: true, .. } => about("what-device-unfetched", client),
        EventKind::DevicesHeldBack { until, .. } => {
            let argument = Some(("until", calendar.moment(*until).local));
            warning(Change { argument, ..plain("what-devices-held-back") })
        }
        kind => approval(kind, calendar)?,
    })
}

/// The same for approvers and what they are asked.
fn approval(kind: &EventKind, calendar: &Calendar<'_>) -> Option<Change> {
    let plain = |text| Change { text, argument: None, icon: "account" };
    let warning = |change: Change| Change { icon: "deny", ..change };
    Some(match kind {
        EventKind::EnrolmentOpened { .. } => plain("what-enrolment-opened"),
        EventKind::EnrolmentLapsed => plain("what-enrolment-lapsed"),
        EventKind::ApprovalAsked { not_shown: Some(why), .. } => plain(match why {
            NotShown::Taken => "what-approval-taken",
            NotShown::UnknownBrowser => "what-approval-unknown-browser",
            NotShown::Locked | NotShown::MethodOff | NotShown::NoApprover | NotShown::NoAccount => {
                "what-approval-not-shown"
            }
        }),
        EventKind::ApprovalAsked { wanted, not_shown: None, .. } => plain(match wanted {
            Wanted::SignIn => "what-approval-asked",
            Wanted::SecondStep => "what-approval-asked-second",
            Wanted::StepUp => "what-approval-asked-confirm",
        }),
        EventKind::ApprovalOpened { .. } => plain("what-approval-opened"),
        EventKind::ApprovalMatched { nearness, .. } => match nearness {
            Nearness::Nearby => Change { icon: "in", ..plain("what-approval-matched-nearby") },
            Nearness::Unknown => Change { icon: "in", ..plain("what-approval-matched-unknown") },
            Nearness::Elsewhere => warning(plain("what-approval-matched-elsewhere")),
        },
        EventKind::ApprovalDenied { .. } => warning(plain("what-approval-denied")),
        EventKind::ApprovalNumberRefused { .. } => warning(plain("what-approval-wrong-number")),
        EventKind::ApprovalRefused { because, .. } => plain(match because {
            NotApproved::Over => "what-approval-over",
            NotApproved::Foreign => "what-approval-foreign",
            NotApproved::Unproved => "what-approval-unproved",
            NotApproved::Removed => "what-approval-removed",
            NotApproved::Held => "what-refused-held",
            NotApproved::MethodOff => "what-refused-off",
            NotApproved::Locked => "what-refused-locked",
        }),
        EventKind::ApprovalLapsed { approved: true, .. } => plain("what-approval-unfetched"),
        EventKind::ApprovalLapsed { opened: true, .. } => plain("what-approval-lapsed-opened"),
        EventKind::ApprovalLapsed { .. } => plain("what-approval-lapsed"),
        EventKind::ApprovalWithdrawn { .. } => plain("what-approval-withdrawn"),
        EventKind::ApprovalsHeldBack { until, count: None } => {
            let argument = Some(("until", calendar.moment(*until).local));
            warning(Change { argument, ..plain("what-approvals-held-back") })
        }
        EventKind::ApprovalsHeldBack { count: Some(count), .. } => warning(Change {
            argument: Some(("count", count.to_string())),
            ..plain("what-approvals-not-shown")
        }),
        EventKind::DoorbellSwitched { on: true, .. } => plain("what-doorbell-on"),
        EventKind::DoorbellSwitched { on: false, .. } => plain("what-doorbell-off"),
        EventKind::DoorbellRung { .. } => plain("what-doorbell-rung"),
        EventKind::DoorbellSilenced => warning(plain("what-doorbell-silenced")),
        EventKind::DoorbellGone { .. } => plain("what-doorbell-gone"),
        EventKind::DoorbellRefused { .. } => plain("what-doorbell-refused"),
        _ => return None,
    })
}

const fn raised(methods: MethodSet) -> &'static str {
    if methods.has(Method::Passkey) {
        "what-raised-passkey"
    } else if methods.has(Method::Totp) {
        "what-raised-totp"
    } else if methods.has(Method::Approval) {
        "what-raised-approval"
    } else if methods.has(Method::Password) {
        "what-raised-password"
    } else {
        "what-raised-code"
    }
}

fn removed(kind: AuthenticatorKind, why: Removal, plain: impl Fn(&'static str) -> Change) -> Change {
    use AuthenticatorKind::{Approver, Passkey, Password, Totp};
    plain(match (why, kind) {
        (Removal::Cancelled, Passkey) => "what-passkey-cancelled",
        (Removal::Cancelled, Password) => "what-password-cancelled",
        (Removal::Cancelled, Totp) => "what-totp-cancelled",
        (Removal::Cancelled, Approver) => "what-approver-cancelled",
        (Removal::ByOperator, Passkey) => "what-passkey-reset",
        (Removal::ByOperator, Password) => "what-password-reset",
        (Removal::ByOperator, Totp) => "what-totp-reset",
        (Removal::ByOperator, Approver) => "what-approver-reset",
        (Removal::Undone, Passkey) => "what-passkey-undone",
        (Removal::Undone, Password) => "what-password-undone",
        (Removal::Undone, Totp) => "what-totp-undone",
        (Removal::Undone, Approver) => "what-approver-undone",
        (Removal::ByOwner | Removal::ByRecovery | Removal::ByRecipient, Passkey) => "what-passkey-removed",
        (Removal::ByOwner | Removal::ByRecovery | Removal::ByRecipient, Password) => "what-password-removed",
        (Removal::ByOwner | Removal::ByRecovery | Removal::ByRecipient, Totp) => "what-totp-removed",
        (Removal::ByOwner | Removal::ByRecovery | Removal::ByRecipient, Approver) => "what-approver-removed",
    })
}

const fn refused(method: Method, because: NotProved) -> &'static str {
    match (because, method) {
        (NotProved::Held, _) => "what-refused-held",
        (NotProved::MethodOff, _) => "what-refused-off",
        (NotProved::Locked, _) => "what-refused-locked",
        (NotProved::Blocked, _) => "what-refused-blocked",
        (NotProved::Repeated, Method::Passkey) => "what-refused-copy",
        (NotProved::Repeated, _) => "what-refused-repeated",
        (NotProved::Mismatch, Method::Password) => "what-refused-password",
        (NotProved::Mismatch, Method::Totp) => "what-refused-totp",
        (NotProved::Mismatch, Method::Passkey) => "what-refused-passkey",
        (NotProved::Mismatch, Method::RecoveryCode) => "what-refused-recovery-code",
        (NotProved::Mismatch, Method::MailCode | Method::SmsCode | Method::Approval) => "what-refused-other",
    }
}
