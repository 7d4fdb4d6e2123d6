//! What an operator sees of the whole installation.

use std::collections::HashMap;
use std::time::Duration;

use model::cx::Cx;
use model::event::{Event, EventKind, NotSent, Subject};
use model::fault::Fault;
use model::gate::Gate;
use model::id::{AccountId, EventId};
use model::response::Act;
use model::time::Time;
use store::events::Before;
use store::stats::{self, Effort};
pub use store::stats::{Figures, Rows};
use store::{Store, accounts, events, logouts, outbox, rings};

/// Which events are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All.
    All,
    /// Requests for codes.
    Asked,
    /// Mails that left.
    Mailed,
    /// Requests that were not mailed.
    Suppressed,
    /// Codes that were used.
    Redeemed,
    /// Codes that nobody used.
    Unused,
    /// What concerns addresses without an account.
    Unknown,
    /// Findings.
    Findings,
}

impl Show {
    fn shows(self, event: &Event) -> bool {
        match (self, &event.kind) {
            (Self::All, _)
            | (Self::Asked, EventKind::SignInCodeRequested { .. })
            | (Self::Mailed, EventKind::MessageHandedOver { .. })
            | (Self::Redeemed, EventKind::SignInCodeRedeemed)
            | (Self::Unused, EventKind::SignInCodeExpired { .. })
            | (Self::Findings, EventKind::FindingRaised { .. }) => true,
            (
                Self::Suppressed,
                EventKind::SignInCodeRequested { not_sent: Some(why), .. }
                | EventKind::SignInCodeAskedAgain { not_sent: Some(why) },
            ) => !matches!(why, NotSent::NoAccount | NotSent::JustSent),
            (Self::Suppressed, EventKind::SignInCodesSuppressed { .. }) => true,
            (Self::Unknown, _) => matches!(event.subject, Subject::Address { .. }),
            (
                Self::Asked
                | Self::Mailed
                | Self::Suppressed
                | Self::Redeemed
                | Self::Unused
                | Self::Findings,
                _,
            ) => false,
        }
    }
}

/// One page of events, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The events.
    pub events: Vec<Event>,
    /// Where the next page begins, if there is one.
    pub older: Option<Before>,
}

/// How many events are looked at in one step, and how many steps one page takes at most.
const STEP: i64 = 500;
const STEPS: usize = 10;

/// Events before `before`.
///
/// # Errors
/// A fault of the store.
pub fn page(store: &Store, show: Show, before: Option<Before>, wanted: usize) -> Result<Page, Fault> {
    let newest = (Time::from_micros(i64::MAX), EventId::from_bytes([0xff; 16]));
    let mut from = before.unwrap_or(newest);
    let mut found = Vec::new();
    for _ in 0..STEPS {
        let window = store.read(|reader| events::list_all(reader, from, STEP))?;
        let last_step = i64::try_from(window.len()).unwrap_or(0) < STEP;
        for event in window {
            if found.len() == wanted {
                return Ok(Page { events: found, older: Some(from) });
            }
            from = (event.at, event.id);
            if show.shows(&event) {
                found.push(event);
            }
        }
        if last_step {
            return Ok(Page { events: found, older: None });
        }
    }
    Ok(Page { events: found, older: Some(from) })
}

/// The addresses of the accounts that these events concern.
///
/// # Errors
/// A fault of the store.
pub fn addresses(store: &Store, of: &[Event]) -> Result<HashMap<AccountId, String>, Fault> {
    let mut addresses = HashMap::new();
    store.read(|reader| {
        for id in of.iter().filter_map(|event| event.subject.account()) {
            if !addresses.contains_key(&id)
                && let Some(account) = accounts::find(reader, id)?
            {
                addresses.insert(id, account.address);
            }
        }
        Ok(())
    })?;
    Ok(addresses)
}

/// How many events of each kind there were in the last 24 hours.
///
/// # Errors
/// A fault of the store.
pub fn counts(store: &Store, cx: &Cx) -> Result<Vec<(String, i64)>, Fault> {
    store.read(|reader| events::count_by_kind(reader, cx.now - Duration::from_secs(24 * 60 * 60)))
}

/// How many of the last 24 hours' requests were held back by a budget.
///
/// # Errors
/// A fault of the store.
pub fn suppressed(store: &Store, cx: &Cx) -> Result<i64, Fault> {
    store.read(|reader| events::count_suppressed(reader, cx.now - Duration::from_secs(24 * 60 * 60)))
}

/// The messages that wait, the longest waiting first, and how many there are.
///
/// # Errors
/// A fault of the store.
pub fn outbox(store: &Store, limit: i64) -> Result<(Vec<outbox::Waiting>, i64), Fault> {
    store.read(|reader| Ok((outbox::list_waiting(reader, limit)?, outbox::waiting(reader)?)))
}

/// Clients that wait to be told of an end, the next to be tried first, and how many there are.
///
/// # Errors
/// A fault of the store.
pub fn logouts(store: &Store, limit: i64) -> Result<(Vec<logouts::Waiting>, i64), Fault> {
    store.read(|reader| Ok((logouts::list_waiting(reader, limit)?, logouts::waiting(reader)?)))
}

/// Rings on their way to a push service, the next to be tried first, and how many there are.
///
/// # Errors
/// A fault of the store.
pub fn rings(store: &Store, limit: i64) -> Result<(Vec<rings::Waiting>, i64), Fault> {
    store.read(|reader| Ok((rings::list_waiting(reader, limit)?, rings::waiting(reader)?)))
}

/// How large the store is, as far as a glance tells.
///
/// # Errors
/// A fault of the store.
pub fn figures(store: &Store) -> Result<Figures, Fault> {
    stats::figures(store, Effort::Glance)
}

/// `1.2 GB`: three digits at most, in the short stable form of [`detail`].
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let (mut whole, mut rest, mut unit) = (bytes, 0, "B");
    for larger in UNITS {
        if whole < 1000 {
            break;
        }
        rest = whole % 1000 / 100;
        whole /= 1000;
        unit = larger;
    }
    if unit == "B" || whole >= 100 { format!("{whole} {unit}") } else { format!("{whole}.{rest} {unit}") }
}

/// Whether any operator owns what the operator's pages ask for: as long as nobody does, the record can be read by an
/// operator who signed in by a code.
///
/// # Errors
/// A fault of the store.
pub fn has_strong_operator(store: &Store) -> Result<bool, Fault> {
    store.read(accounts::has_strong_operator)
}

/// When the newest event on the record happened: a clock that is behind it has stepped back.
///
/// # Errors
/// A fault of the store.
pub fn newest_event(store: &Store) -> Result<Option<Time>, Fault> {
    store.read(events::newest_time)
}

/// What an event says beyond its kind, in a short stable form: `known, not sent: muted`.
#[must_use]
pub fn detail(kind: &EventKind) -> String {
    let why = |why: &NotSent| match why {
        NotSent::MailBudget => "mail budget",
        NotSent::GuessLedger => "guess ledger",
        NotSent::Muted => "muted",
        NotSent::JustSent => "just sent",
        NotSent::Locked => "locked",
        NotSent::NoAccount => "no account",
        NotSent::MethodOff => "codes are off",
        NotSent::AddressOff => "no sign-in by this address",
        NotSent::MailRefused => "mail refused",
        NotSent::SmsBudget => "text message budget",
        NotSent::AddressStale => "recovery address not confirmed lately",
        NotSent::HeldBack => "held back by a response",
        NotSent::NameMissing => "no private name",
        NotSent::WordMissing => "no gate word",
        NotSent::WordWrong => "wrong gate word",
        NotSent::WordsSpent => "too many wrong gate words",
        NotSent::Unannounced => "not announced",
    };
    match kind {
        EventKind::SignInCodeRequested { known, not_sent, reference, by_text, .. } => {
            let way = if *by_text { ", by text message" } else { "" };
            let browser = if *known { "known browser" } else { "unknown browser" };
            let sent = not_sent.as_ref().map_or_else(String::new, |not| format!(", not sent: {}", why(not)));
            format!("{reference}, {browser}{way}{sent}")
        }
        EventKind::SignInCodeAskedAgain { not_sent } => {
            not_sent.as_ref().map_or_else(|| "sent again".to_owned(), |not| format!("not sent: {}", why(not)))
        }
        EventKind::SignInCodesSuppressed { count, since } => format!("{count} since {since}"),
        EventKind::SignInCodeRefused { because, guesses_left } => {
            format!("{}, {guesses_left} left", spaced(&format!("{because:?}")))
        }
        EventKind::SignInCodeExpired { unused, guesses } => {
            if *unused {
                "never used".to_owned()
            } else {
                format!("{guesses} wrong")
            }
        }
        EventKind::MailMuted { until } => format!("until {until}"),
        EventKind::MessageHandedOver { what, .. } => spaced(&format!("{what:?}")),
        EventKind::MessageDeferred { what, why, attempt, .. } => {
            format!("{}, attempt {attempt}: {}", spaced(&format!("{what:?}")), spaced(&format!("{why:?}")))
        }
        EventKind::MessageBounced { what, why, .. } => {
            format!("{}: {}", spaced(&format!("{what:?}")), spaced(&format!("{why:?}")))
        }
        EventKind::SessionStarted { known, methods } => {
            format!("{}, {}", methods.text(), if *known { "known browser" } else { "new browser" })
        }
        EventKind::SessionEnded { why } => spaced(&format!("{why:?}")),
        EventKind::InvitationCreated { opening, role, address } => {
            let whom = address.as_ref().map_or_else(String::new, |address| format!(" for {address}"));
            format!("{} as {}{whom}", spaced(&format!("{opening:?}")), role.code())
        }
        EventKind::InvitationTakenBack { address } => address.clone().unwrap_or_default(),
        EventKind::AccountOpened { opening, role } => {
            format!("{} as {}", spaced(&format!("{opening:?}")), role.code())
        }
        EventKind::GuessAlarmRaised { one_in, told_at_one_in } => {
            format!("at most 1 in {one_in}, told at 1 in {told_at_one_in}")
        }
        EventKind::FindingRaised { finding } => {
            format!("{} {}: {} events", finding.detector, finding.key, finding.count)
        }
        EventKind::FindingAcknowledged { note, .. } => note.clone(),
        EventKind::ResponseBegan { act, scope, until, reason, simulated, .. } => {
            let (would, until) = (if *simulated { "simulated, " } else { "" }, until_of(*act, *until));
            format!("{would}{}, {scope}{until}: {reason}", spaced(act.code()))
        }
        EventKind::ResponseEnded { act, scope, how, .. } => {
            format!("{}, {scope}: {}", spaced(act.code()), how.code())
        }
        EventKind::WebhookAdded { url, .. } | EventKind::WebhookRemoved { url, .. } => url.clone(),
        EventKind::WebhookTold { call, .. } => call.to_string(),
        EventKind::WebhookDeferred { call, why, attempt, .. } => {
            format!("{call}, attempt {attempt}: {}", spaced(&format!("{why:?}")))
        }
        EventKind::WebhookGivenUp { call, why, .. } => format!("{call}: {}", spaced(&format!("{why:?}"))),
        EventKind::SignInCodeRedeemed
        | EventKind::SignInCodeDenied
        | EventKind::AccountLocked
        | EventKind::AccountUnlocked
        | EventKind::HoldingsAsked
        | EventKind::DataDownloaded
        | EventKind::BrowserForgotten
        | EventKind::AccountClosed => String::new(),
        change => detail_of_change(change),
    }
}

/// Until when, where it lasts.
fn until_of(act: Act, until: Time) -> String {
    if act.lasts() { format!(", until {until}") } else { String::new() }
}

/// The same for what changes accounts and tenants.
fn detail_of_change(kind: &EventKind) -> String {
    match kind {
        EventKind::SessionDoubted { until } => format!("until {until}"),
        EventKind::SessionConfirmed { session } => session.to_string(),
        EventKind::SessionRaised { methods, aal } => format!("{}, AAL{}", methods.text(), aal.number()),
        EventKind::AuthenticatorAdded { kind, usable_at, .. } => match usable_at {
            Some(at) => format!("{}, held until {at}", kind.code()),
            None => kind.code().to_owned(),
        },
        EventKind::AuthenticatorChanged { kind, .. } => kind.code().to_owned(),
        EventKind::AuthenticatorRemoved { kind, why, .. } => {
            format!("{}, {}", kind.code(), spaced(&format!("{why:?}")))
        }
        EventKind::ProofRefused { method, because, known } => {
            let browser = if *known { "known browser" } else { "unknown browser" };
            format!("{}, {}, {browser}", method.code(), spaced(&format!("{because:?}")))
        }
        EventKind::PasswordMatched => "app code asked for, unknown browser".to_owned(),
        EventKind::AttemptsBlocked { method, known, until } => {
            let browsers = if *known { "known browsers" } else { "unknown browsers" };
            format!("{}, {browsers}, until {until}", method.code())
        }
        EventKind::RecoveryCodesMade { count } | EventKind::RecoveryCodesRemoved { count } => {
            count.to_string()
        }
        EventKind::RecoveryCodeUsed { left } => format!("{left} left"),
        EventKind::AddressAdded { role, address, .. } => {
            format!("{address}, {}", spaced(&format!("{role:?}")))
        }
        EventKind::AddressConfirmed { address } | EventKind::AddressMadeMain { address } => address.clone(),
        EventKind::AddressRemoved { address, role, why, .. } => {
            format!("{address}, {}, {}", spaced(&format!("{role:?}")), spaced(&format!("{why:?}")))
        }
        EventKind::AddressSwitched { address, sign_in } => {
            format!("{address}, sign-in {}", if *sign_in { "on" } else { "off" })
        }
        EventKind::DetachingAsked { address, at } => format!("{address}, at {at}"),
        EventKind::AddressWanted { kind, address } => format!("{}, {address}", spaced(&format!("{kind:?}"))),
        EventKind::MailRefused { refused } => if *refused { "refused" } else { "taken again" }.to_owned(),
        EventKind::MethodsChanged { sign_in } => format!("sign-in: {}", sign_in.text()),
        EventKind::EntryAsked { kind, methods, opens_at, .. } => {
            format!("{}, {}, opens {opens_at}", spaced(&format!("{kind:?}")), methods.text())
        }
        EventKind::EntryCancelled { kind, .. }
        | EventKind::EntryUsed { kind, .. }
        | EventKind::EntryExpired { kind, .. } => spaced(&format!("{kind:?}")),
        EventKind::GrantGiven { client, scopes, remembered, .. } => {
            format!("{client}, {scopes}{}", if *remembered { ", consent remembered" } else { "" })
        }
        EventKind::GrantDenied { client } | EventKind::TokenRevoked { client, .. } => client.clone(),
        EventKind::TokensIssued { client, refreshed, provisional, further, .. } => {
            let less = if *provisional { ", provisional" } else { "" };
            let refreshed = if *refreshed { ", refreshed" } else { "" };
            format!("{client}{refreshed}{less}{}", counted(*further))
        }
        EventKind::GrantConfirmed { client, .. } => client.clone(),
        EventKind::Undone { gone, stayed, .. } => format!("{gone} gone, {stayed} stayed"),
        EventKind::TokensRefused { client, because, .. } => {
            format!("{client}, {}", spaced(&format!("{because:?}")))
        }
        EventKind::GrantEnded { client, why, further, .. } => {
            format!("{client}, {}{}", spaced(&format!("{why:?}")), counted(*further))
        }
        EventKind::LogoutAsked { client } | EventKind::LogoutTold { client } => client.clone(),
        EventKind::LogoutDeferred { client, why, attempt } => {
            format!("{client}, attempt {attempt}: {}", spaced(&format!("{why:?}")))
        }
        EventKind::LogoutGivenUp { client, why } => format!("{client}: {}", spaced(&format!("{why:?}"))),
        EventKind::TenantMade { tenant } | EventKind::TenantRemoved { tenant } => tenant.clone(),
        EventKind::TenantChanged { tenant, sign_in, gate } => {
            let gate = gate.map_or_else(String::new, |gate| format!(", gate: {}", gate.code()));
            format!("{tenant}, sign-in: {}{gate}", sign_in.text())
        }
        EventKind::GateChanged { gate } => gate.map_or("as the site says", Gate::code).to_owned(),
        EventKind::GateWordChanged { set } => if *set { "set" } else { "removed" }.to_owned(),
        EventKind::GateOpened { until } => format!("until {until}"),
        EventKind::GateClosed { used } => if *used { "used" } else { "taken back" }.to_owned(),
        EventKind::DomainAdded { tenant, domain } | EventKind::DomainRemoved { tenant, domain } => {
            format!("{domain}, {tenant}")
        }
        EventKind::AccountMoved { tenant } => tenant.as_deref().unwrap_or("personal").to_owned(),
        EventKind::AccountsExported { secrets } => {
            if *secrets { "with secrets" } else { "without secrets" }.to_owned()
        }
        EventKind::ProfileChanged { named } => if *named { "named" } else { "no name" }.to_owned(),
        EventKind::OperatorActed { act, reason } => format!("{}: {reason}", spaced(&format!("{act:?}"))),
        EventKind::ClientAdded { client, origin } => format!("{client}, {}", origin.code()),
        EventKind::ClientChanged { client } | EventKind::ClientRemoved { client } => client.clone(),
        EventKind::ClientSecretMade { client, before_until } => match before_until {
            Some(until) => format!("{client}, the one before until {until}"),
            None => client.clone(),
        },
        EventKind::ClientVerified { client, verified } => {
            format!("{client}, {}", if *verified { "vouched for" } else { "not vouched for" })
        }
        EventKind::RegistrationOpened { clients, until } => format!("{clients} clients until {until}"),
        EventKind::SigningKeyPublished { key, kind }
        | EventKind::SigningKeyActivated { key, kind }
        | EventKind::SigningKeyRetired { key, kind }
        | EventKind::SigningKeyRemoved { key, kind } => format!("{}, {key}", kind.code()),
        EventKind::RecordKeyMade { key } => key.clone(),
        EventKind::EntriesErased { entries, .. } => format!("{entries} entries"),
        device => detail_of_device(device),
    }
}

/// The same for devices and the windows that are opened for them.
fn detail_of_device(kind: &EventKind) -> String {
    match kind {
        EventKind::PairingOpened { until, .. } => format!("until {until}"),
        EventKind::PairingOver { why, .. } => spaced(&format!("{why:?}")),
        EventKind::DeviceAsked { client, flow, kind, asked_at, .. } => {
            let asked = asked_at.map_or_else(String::new, |at| format!(", asked {at}"));
            format!("{client}, {}, by {}{asked}", kind.replace('_', " "), spaced(&format!("{flow:?}")))
        }
        EventKind::DeviceCodeEntered { client, nearness, .. }
        | EventKind::ClientElsewhere { client, nearness, .. }
        | EventKind::DeviceMoved { client, nearness, .. } => {
            format!("{client}, {}", nearness.code())
        }
        EventKind::DeviceCodeRefused { because } => spaced(&format!("{because:?}")),
        EventKind::DeviceDigitsRefused { left, .. } => format!("{left} left"),
        EventKind::DeviceDenied { client, .. } | EventKind::DevicePolledOut { client, .. } => client.clone(),
        EventKind::DeviceApproved { client, flow, kind, nearness, .. } => {
            let flow = spaced(&format!("{flow:?}"));
            format!("{client}, {}, by {flow}, {}", kind.replace('_', " "), nearness.code())
        }
        EventKind::DeviceExpired { client, approved, .. } => {
            format!("{client}{}", if *approved { ", never fetched its tokens" } else { "" })
        }
        EventKind::DevicesHeldBack { flow, everywhere, until } => {
            let whose = if *everywhere { "everybody" } else { "one account or network" };
            format!("{}, {whose}, until {until}", spaced(&format!("{flow:?}")))
        }
        approval => detail_of_approval(approval),
    }
}

/// The same for approvers and what they are asked.
fn detail_of_approval(kind: &EventKind) -> String {
    match kind {
        EventKind::EnrolmentOpened { until } => {
            format!("until {until}")
        }
        EventKind::ApprovalAsked { wanted, known, client, not_shown, until, .. } => {
            let browser = if *known { "known browser" } else { "unknown browser" };
            let client = client.as_deref().map_or_else(String::new, |client| format!(", for {client}"));
            let shown = match not_shown {
                Some(why) => format!(", not shown: {}", spaced(&format!("{why:?}"))),
                None => format!(", until {until}"),
            };
            format!("{}, {browser}{client}{shown}", spaced(&format!("{wanted:?}")))
        }
        EventKind::ApprovalMatched { approver, nearness, .. } => {
            format!("on {approver}, {}", nearness.code())
        }
        EventKind::ApprovalOpened { approver, .. }
        | EventKind::ApprovalDenied { approver, .. }
        | EventKind::ApprovalNumberRefused { approver, .. }
        | EventKind::DoorbellRung { approver, .. }
        | EventKind::DoorbellGone { approver } => format!("on {approver}"),
        EventKind::ApprovalRefused { approver, because } => {
            format!("on {approver}, {}", spaced(&format!("{because:?}")))
        }
        EventKind::ApprovalLapsed { opened, approved, .. } => {
            let how = match (opened, approved) {
                (_, true) => "approved and not fetched",
                (true, false) => "looked at and not answered",
                (false, false) => "not looked at",
            };
            how.to_owned()
        }
        EventKind::ApprovalsHeldBack { until, count } => match count {
            None => format!("from now on, until {until}"),
            Some(count) => format!("{count}, until {until}"),
        },
        EventKind::DoorbellRefused { approver, service, why } => {
            format!("on {approver}, {service}: {}", spaced(&format!("{why:?}")))
        }
        EventKind::DoorbellSwitched { approver, on } => {
            format!("on {approver}: {}", if *on { "on" } else { "off" })
        }
        // Said in `detail`.
        _ => String::new(),
    }
}

/// `ForeignBrowser` as `foreign browser`.
/// How many refreshes were only counted.
fn counted(further: u32) -> String {
    if further == 0 { String::new() } else { format!(", {further} refreshes before it") }
}

fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Whether the store answers.
///
/// # Errors
/// Why it does not.
pub fn is_ready(store: &Store) -> Result<(), Fault> {
    store.read(accounts::any).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (1_234_567, "1.2 MB"),
            (123_999_999_999, "123 GB"),
            (5_000_000_000_000_000, "5000 TB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
