//! Activities of Google Workspace: the applications "login", "token" and "user accounts".
//!
//! Source: Google Workspace Admin SDK, Reports API, login audit activity events.

use super::key::Key;
use super::moment::DateOrder;
use super::parts::Pairs;
use super::record::{Draft, moment};
use super::row::{Format, Row, What, address};
use super::scan::Broken;
use super::walk::{Member, Take};
use super::{Act, Operation, Outcome, Risk, SignIn, System};
use crate::Malformed;

/// The objects that only Google has.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    name: Option<&'a str>,
    parameters: Pairs<'a>,
    asn: Option<i64>,
    country: Option<&'a str>,
}

impl<'a> Take<'a> for Parts<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::Events | Key::NetworkInfo => value.fill(self).map(|_| ()),
            Key::Name => value.text_into(&mut self.name),
            Key::Parameters if self.parameters.all.is_empty() => value.fill(&mut self.parameters).map(|_| ()),
            Key::AsNumber => {
                self.asn = value.number()?;
                Ok(())
            }
            Key::Country => value.text_into(&mut self.country),
            _ => value.skip(),
        }
    }
}

/// The activity. One record may hold several events of one moment; the first is what it is about.
pub(super) fn row<'a>(draft: &Draft<'a>) -> Result<Option<Row<'a>>, Malformed> {
    let moment = moment(draft.google_id.time, DateOrder::default())?;
    let google = &draft.google;
    let flat = draft.parameters.all.is_empty();
    let parameters = if flat { &google.parameters } else { &draft.parameters };
    let Some(name) = google.name.or(draft.name) else { return Ok(None) };
    let user = draft.actor.login.or_else(|| parameters.get("affected_email_address"));
    let Some(user) = user else { return Ok(None) };
    let suspicious = parameters.get("is_suspicious").is_some_and(|word| word == "true");
    let what = match outcome(name, parameters) {
        Some(outcome) => What::SignIn(SignIn {
            outcome,
            code: None,
            detail: parameters.get("login_failure_type").or_else(|| parameters.get("login_challenge_status")),
            interactive: Some(true),
            protocol: None,
            transfer: None,
            presented: None,
            password: (outcome == Outcome::WrongPassword).then_some(false),
            factor: parameters.get("login_challenge_method"),
            access: None,
            risk: Some(if suspicious { Risk::Medium } else { Risk::None }),
            times: 1,
        }),
        None => What::Act(Act {
            operation: operation(name),
            name,
            done: true,
            target: parameters.get("app_name").or_else(|| parameters.get("client_id")),
            target_user: None,
            modified: parameters.all.iter().copied().take(16).collect(),
        }),
    };
    Ok(Some(Row {
        system: System::Google,
        format: Format::Google,
        at: moment.micros,
        ambiguous: false,
        id: draft.google_id.qualifier,
        user: Some(user),
        user_id: draft.actor.id,
        session: None,
        correlation: None,
        token: None,
        app: parameters.get("client_id"),
        app_name: parameters.get("app_name"),
        resource: None,
        resource_name: None,
        agent: None,
        address: draft.address.and_then(address),
        asn: google.asn.and_then(|asn| u32::try_from(asn).ok()).filter(|asn| *asn != 0),
        hosting: None,
        country: google.country,
        city: None,
        coordinates: None,
        device: None,
        what,
    }))
}

fn outcome(name: &str, parameters: &Pairs<'_>) -> Option<Outcome> {
    Some(match name {
        "login_success" => Outcome::Success,
        "login_failure" => match parameters.get("login_failure_type") {
            Some(kind) if kind.contains("invalid_second_factor") => Outcome::FactorWrongCode,
            Some(kind) if kind.contains("account_disabled") => Outcome::Disabled,
            Some(kind) if kind.contains("access_code_disallowed") => Outcome::Blocked,
            _ => Outcome::WrongPassword,
        },
        "login_challenge" | "login_verification" => match parameters.get("login_challenge_status") {
            Some(status) if status.to_ascii_lowercase().contains("incorrect") => Outcome::FactorWrongCode,
            Some(status) if status.to_ascii_lowercase().contains("not") => Outcome::FactorUnanswered,
            _ => Outcome::Interrupt,
        },
        _ => return None,
    })
}

fn operation(name: &str) -> Operation {
    match name {
        "2sv_enroll" | "passkey_enrolled" | "titanium_enroll" => Operation::MethodAdded,
        "2sv_disable" | "passkey_removed" | "titanium_unenroll" => Operation::MethodRemoved,
        "recovery_email_edit" | "recovery_phone_edit" | "recovery_secret_qa_edit" => Operation::MethodChanged,
        "password_edit" => Operation::PasswordChanged,
        "authorize" => Operation::ConsentGiven,
        "email_forwarding_out_of_domain" => Operation::MailboxOpened,
        "DEVICE_REGISTER_UNREGISTER_EVENT" => Operation::DeviceRegistered,
        "ASSIGN_ROLE" | "GRANT_ADMIN_PRIVILEGE" => Operation::RoleGiven,
        "CHANGE_PASSWORD" => Operation::PasswordReset,
        "CREATE_USER" => Operation::UserAdded,
        "SUSPEND_USER" | "account_disabled_hijacked" | "account_disabled_generic" => Operation::UserDisabled,
        "logout" => Operation::Other,
        _ => Operation::Other,
    }
}
