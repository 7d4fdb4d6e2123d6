//! Sign-ins of Entra, in all shapes that are no audit: Graph, Azure Monitor, Log Analytics, the portal's own table.

use crate::Malformed;
use crate::foreign::record::Draft;
use crate::foreign::row::{Device, What, address, holds};
use crate::foreign::{
    Access, DateOrder, Format, Outcome, Presented, Protocol, Risk, Row, SignIn, System, Transfer,
};

use super::code;

/// The sign-in, if it is one of a person.
pub(super) fn row<'a>(draft: &Draft<'a>, order: DateOrder) -> Result<Option<Row<'a>>, Malformed> {
    let kinds = [draft.category, draft.event_types, draft.table];
    let service = kinds.iter().flatten().any(|kind| {
        kind.starts_with("ServicePrincipal")
            || kind.starts_with("ManagedIdentity")
            || kind.starts_with("AADServicePrincipal")
            || kind.starts_with("AADManagedIdentity")
            || *kind == "servicePrincipal"
            || *kind == "managedIdentity"
    });
    let told = draft.status.code.is_some() || draft.result_type.is_some() || draft.status_word.is_some();
    let of_person = draft.upn.is_some() || draft.user_id.is_some();
    // A risk event, an alert, a state of a device: they have times as well, and no result.
    let sign_in = told || draft.operation_name == Some("Sign-in activity") || draft.protocol.is_some();
    if service || !sign_in || !of_person {
        return Ok(None);
    }
    let moment = draft.moment(order)?;
    let what = what(draft);
    Ok(Some(Row {
        system: System::Microsoft,
        format: format(draft),
        at: moment.micros,
        ambiguous: moment.ambiguous,
        id: draft.id,
        user: draft.upn,
        user_id: draft.user_id,
        session: draft.session,
        correlation: draft.correlation,
        token: draft.token,
        app: draft.app_id,
        app_name: draft.app_name,
        resource: draft.resource_id,
        resource_name: draft.resource_name,
        agent: draft.agent,
        address: draft.address.and_then(address).or_else(|| draft.caller.and_then(address)),
        asn: draft.asn.and_then(|asn| u32::try_from(asn).ok()).filter(|asn| *asn != 0),
        hosting: None,
        country: draft.location.country,
        city: draft.location.city,
        coordinates: draft.location.latitude.zip(draft.location.longitude),
        device: draft.device.told.then_some(Device { ..draft.device.device }),
        what: What::SignIn(what),
    }))
}

fn format(draft: &Draft<'_>) -> Format {
    if draft.cells && draft.times.get(3).is_some_and(Option::is_none) && draft.status_word.is_some() {
        Format::PortalCsv
    } else if draft.enveloped {
        Format::AzureMonitor
    } else if draft.cells || draft.times.get(3).is_some_and(Option::is_some) {
        Format::LogAnalytics
    } else {
        Format::Graph
    }
}

fn what<'a>(draft: &Draft<'a>) -> SignIn<'a> {
    let code = draft.status.code.and_then(|code| u32::try_from(code).ok());
    let code = code.or_else(|| draft.result_type.and_then(|text| text.trim().parse().ok()));
    // The portal's own table has a word in place of a number for what went well.
    let code = code.or_else(|| (draft.status_word == Some("Success")).then_some(0));
    let detail = draft.status.detail.or(draft.steps.failed);
    let texts = [draft.status.detail, draft.steps.failed, draft.status.reason, draft.result_text];
    let outcome = match (code, draft.status_word) {
        (Some(code), _) => code::outcome(code, texts.into_iter().flatten()),
        (None, Some("Interrupted")) => Outcome::Interrupt,
        (None, None) if draft.result_type.is_none() => Outcome::Success,
        (None, _) => Outcome::Failed,
    };
    SignIn {
        outcome,
        code,
        detail: detail.or(draft.status.reason.filter(|_| outcome != Outcome::Success)),
        interactive: interactive(draft),
        protocol: draft.protocol.map(protocol),
        transfer: draft.transfer.map(transfer),
        presented: draft.presented.map(presented),
        password: password(code, outcome, draft.steps.password),
        factor: draft.steps.factor,
        access: draft.access.and_then(access),
        risk: risk(draft.risk, draft.risk_state),
        times: draft.count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1).max(1),
    }
}

fn interactive(draft: &Draft<'_>) -> Option<bool> {
    let kind = [draft.event_types, draft.category, draft.table].into_iter().flatten().find_map(|kind| {
        if holds(kind, "noninteractive") {
            Some(false)
        } else if holds(kind, "interactiveuser") {
            Some(true)
        } else {
            None
        }
    });
    draft.interactive.or(kind)
}

/// Whether the password was right: what the steps tell, where what the code means does not tell otherwise.
fn password(code: Option<u32>, outcome: Outcome, step: Option<bool>) -> Option<bool> {
    match (outcome, step) {
        (Outcome::WrongPassword, _) => Some(false),
        (Outcome::PasswordExpired, _) | (Outcome::Success, Some(true)) => Some(true),
        (Outcome::UnknownUser | Outcome::LockedOut | Outcome::Disabled | Outcome::Success, _) | (_, None) => {
            None
        }
        // The code alone comes to a session that is renewed as well, so a step of a password has to be there.
        (_, Some(_)) if code.is_some_and(|code| code::password(code) == Some(true)) => Some(true),
        (_, step) => step,
    }
}

fn protocol(word: &str) -> Protocol {
    if word.eq_ignore_ascii_case("deviceCode") || word.eq_ignore_ascii_case("device code") {
        Protocol::DeviceCode
    } else if word.eq_ignore_ascii_case("ropc") {
        Protocol::Ropc
    } else if ["none", "oAuth2", "oauth 2.0", "saml20", "wsFederation"]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(word))
    {
        Protocol::None
    } else {
        Protocol::Other
    }
}

fn transfer(word: &str) -> Transfer {
    if word.eq_ignore_ascii_case("none") {
        Transfer::None
    } else if word.eq_ignore_ascii_case("deviceCodeFlow") || word.eq_ignore_ascii_case("device code flow") {
        Transfer::DeviceCode
    } else {
        Transfer::Other
    }
}

fn presented(word: &str) -> Presented {
    if word.eq_ignore_ascii_case("none") {
        Presented::Nothing
    } else if word.eq_ignore_ascii_case("refreshToken") {
        Presented::RefreshToken
    } else if word.eq_ignore_ascii_case("primaryRefreshToken") {
        Presented::PrimaryRefreshToken
    } else {
        Presented::Other
    }
}

fn access(word: &str) -> Option<Access> {
    match word {
        "success" | "Success" => Some(Access::Met),
        "failure" | "Failure" => Some(Access::NotMet),
        "notApplied" | "Not Applied" => Some(Access::NoneApplied),
        _ => None,
    }
}

fn risk(level: Option<&str>, state: Option<&str>) -> Option<Risk> {
    match (level, state) {
        (Some("high"), _) => Some(Risk::High),
        (Some("medium"), _) => Some(Risk::Medium),
        (Some("low"), _) | (_, Some("atRisk" | "confirmedCompromised")) => Some(Risk::Low),
        (Some("none"), _) | (_, Some("none")) => Some(Risk::None),
        _ => None,
    }
}
