//! A letterhead and messages for the tests.

use std::sync::Arc;

use jiff::tz::TimeZone;
use model::authenticator::AuthenticatorKind;
use model::event::{AddressKind, AddressRole, EntryKind, Removal};
use model::finding::{Attack, Severity};
use model::id::{AccountId, MessageId, RequestId};
use model::message::{Body, Message};
use model::nearness::Nearness;
use model::notice::{Notice, What};
use model::place::Nowhere;
use model::secret::Secret;
use model::sign_in_code::{CodeText, Purpose};
use model::source::{Source, browser_from_code};
use model::time::{DAY, MINUTE, SECOND, Time};
use model::voice::Voice;
use wire::mail::mailbox::Mailbox;

use crate::letterhead::Letterhead;
use crate::texts::ENGLISH;

/// 2026-05-12T01:14:30Z.
pub(crate) const NIGHT: i64 = 1_778_548_470 * SECOND;

/// An installation in Vienna.
pub(crate) fn letterhead() -> Letterhead {
    Letterhead {
        site_name: "bidden".to_owned(),
        public_url: "https://id.example.org".to_owned(),
        host: "id.example.org".to_owned(),
        from: Mailbox::parse("no-reply@example.org").unwrap(),
        from_name: "bidden".to_owned(),
        time_zone: TimeZone::get("Europe/Vienna").unwrap(),
        voice: Arc::new(Voice::new("en", &[ENGLISH]).unwrap()),
        atlas: Arc::new(Nowhere),
    }
}

/// A message to `to` that says `body`.
pub(crate) fn message(to: &str, body: Body) -> Message {
    Message {
        id: MessageId::from_bytes([1; 16]),
        to: to.to_owned(),
        account: Some(AccountId::from_bytes([2; 16])),
        tenant: None,
        queued_at: Time::from_micros(NIGHT),
        receipt: None,
        body,
    }
}

/// A code, asked for on a night in May.
pub(crate) fn code(purpose: Purpose, known: bool) -> Body {
    Body::SignInCode {
        request: RequestId::from_bytes([7; 16]),
        purpose,
        code: CodeText::from_text("BCDFGHJK".to_owned()),
        reference: "amber-falcon".to_owned(),
        asked_at: Time::from_micros(NIGHT),
        expires_at: Time::from_micros(NIGHT + 10 * MINUTE),
        source: source("firefox/linux"),
        known,
        not_me: wire::token::encode(&[9; 32]),
        called: (purpose == Purpose::Recovery).then(|| "a…@example.org".to_owned()),
    }
}

/// A source with the address 192.0.2.7.
pub(crate) fn source(browser: &str) -> Source {
    Source { address: Some("192.0.2.7".parse().unwrap()), browser: browser_from_code(browser) }
}

/// A notice of `what`, from 192.0.2.7.
pub(crate) fn notice(what: What, link: Option<&str>) -> Body {
    Body::Notice {
        notice: Notice { what, at: Time::from_micros(NIGHT), source: Some(source("firefox/linux")), more: 0 },
        called: Some("ada@example.org".to_owned()),
        link: link.map(|link| Secret::new(link.to_owned())),
    }
}

/// Every kind of notice.
pub(crate) fn notices() -> Vec<Body> {
    let at = Time::from_micros(NIGHT + DAY);
    let address = || "b…@example.net".to_owned();
    let (mail, name) = (AddressKind::Mail, AddressKind::Name);
    let (sign_in, recovery) = (AddressRole::SignIn, AddressRole::Recovery);
    let mut whats = vec![
        What::NewBrowser,
        What::SessionsEnded { count: 1 },
        What::SessionsEnded { count: 3 },
        What::AccountLocked,
        What::AccountUnlocked,
        What::AccountClosed,
        What::MethodsChanged,
        What::GateChanged,
        What::Stopped { count: 1, since: Time::from_micros(NIGHT - 7 * DAY) },
        What::Stopped { count: 23, since: Time::from_micros(NIGHT - 7 * DAY) },
        What::RecoveryCodesMade { count: 10 },
        What::RecoveryCodeUsed { left: 1 },
        What::RecoveryCodeUsed { left: 9 },
        What::AddressAdded { kind: mail, role: sign_in, address: address() },
        What::AddressAdded { kind: mail, role: recovery, address: address() },
        What::AddressAdded { kind: name, role: sign_in, address: "b…".to_owned() },
        What::AddressRemoved { kind: mail, role: sign_in, address: address(), why: Removal::ByOwner },
        What::AddressRemoved { kind: mail, role: recovery, address: address(), why: Removal::ByOwner },
        What::AddressRemoved { kind: mail, role: recovery, address: address(), why: Removal::ByRecipient },
        What::AddressRemoved { kind: name, role: sign_in, address: "b…".to_owned(), why: Removal::ByOwner },
        What::AddressMadeMain { address: address() },
        What::AddressSwitched { address: address(), sign_in: true },
        What::AddressSwitched { address: address(), sign_in: false },
        What::DetachingAsked { address: address(), at },
        What::GrantReplayed { app: Some("Example Library".to_owned()) },
        What::GrantReplayed { app: None },
        What::Undone { count: 1 },
        What::Undone { count: 7 },
        What::WantedElsewhere,
        What::AddressWanted { address: "+43 … 67".to_owned() },
        What::GuessAlarm { one_in: 98 },
        What::SessionSuspected { until: None },
        What::SessionSuspected { until: Some(at) },
        What::ApprovedElsewhere { until: at },
        What::DevicesSuspended { app: Some("Linden Reader".to_owned()) },
        What::DevicesSuspended { app: None },
        What::Holdings { until: at },
    ];
    for kind in AuthenticatorKind::ALL {
        whats.push(What::AuthenticatorAdded { kind, usable_at: None });
        whats.push(What::AuthenticatorAdded { kind, usable_at: Some(at) });
        whats.push(What::AuthenticatorChanged { kind });
        whats.push(What::AuthenticatorRemoved { kind, why: Removal::Cancelled });
    }
    for (n, attack) in Attack::ALL.into_iter().enumerate() {
        let severity = [Severity::Medium, Severity::High, Severity::Critical].into_iter().nth(n % 3);
        let done = [None, Some(false), Some(true)].into_iter().nth(n % 3).flatten();
        whats.push(What::Finding { attack, severity: severity.unwrap_or(Severity::High), done });
    }
    for nearness in Nearness::ALL {
        whats.push(What::GrantElsewhere { device: true, client: Some("Linden Reader".to_owned()), nearness });
    }
    for nearness in [Nearness::Unknown, Nearness::Elsewhere] {
        whats.push(What::GrantElsewhere { device: false, client: None, nearness });
    }
    for kind in [EntryKind::Recovery, EntryKind::SignIn] {
        whats.push(What::EntryAsked { kind, opens_at: at });
        whats.push(What::EntryCancelled { kind });
        whats.push(What::EntryUsed { kind });
    }
    whats.into_iter().map(|what| notice(what, None)).collect()
}

/// A digest of `count` requests since the day before.
pub(crate) fn digest(count: u32, muted: bool) -> Body {
    Body::Digest {
        count,
        since: Time::from_micros(NIGHT - DAY),
        muted_until: muted.then(|| Time::from_micros(NIGHT + 30 * DAY)),
    }
}
