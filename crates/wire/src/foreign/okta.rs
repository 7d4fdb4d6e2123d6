//! The Okta System Log.
//!
//! Source: Okta developer documentation, System Log events and event types.

use super::key::Key;
use super::moment::DateOrder;
use super::parts::Location;
use super::record::{Draft, moment};
use super::row::{Device, Format, Row, What, address};
use super::scan::Broken;
use super::walk::{Member, Take};
use super::{Act, Operation, Outcome, Protocol, Risk, SignIn, System};
use crate::Malformed;

/// The objects that only Okta has.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    client: Client<'a>,
    pub(super) result: Option<&'a str>,
    reason: Option<&'a str>,
    asn: Option<i64>,
    proxy: Option<bool>,
    session: Option<&'a str>,
    root_session: Option<&'a str>,
    transaction: Option<&'a str>,
    device_token: Option<&'a str>,
    grant: Option<&'a str>,
    risk: Option<&'a str>,
}

#[derive(Debug, Default)]
struct Client<'a> {
    agent: Option<&'a str>,
    system: Option<&'a str>,
    browser: Option<&'a str>,
    address: Option<&'a str>,
    id: Option<&'a str>,
    place: Location<'a>,
}

impl<'a> Take<'a> for Client<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::UserAgent => {
                let text = value.fill(self)?;
                self.agent = self.agent.or(text);
            }
            Key::RawUserAgent => self.agent = value.text()?,
            Key::System => self.system = value.text()?,
            Key::Browser => self.browser = value.text()?,
            Key::Ip => self.address = value.text()?,
            Key::Id => value.text_into(&mut self.id)?,
            Key::GeoContext => {
                value.fill(&mut self.place)?;
            }
            _ => value.skip()?,
        }
        Ok(())
    }
}

impl<'a> Take<'a> for Parts<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::Client => value.fill(&mut self.client).map(|_| ()),
            Key::Outcome
            | Key::SecurityContext
            | Key::AuthenticationContext
            | Key::DebugContext
            | Key::DebugData => value.fill(self).map(|_| ()),
            Key::Transaction => {
                let mut id = Id(None);
                value.fill(&mut id)?;
                self.transaction = id.0;
                Ok(())
            }
            Key::Result => value.text_into(&mut self.result),
            Key::Reason => value.text_into(&mut self.reason),
            Key::AsNumber => {
                self.asn = value.number()?;
                Ok(())
            }
            Key::IsProxy => {
                self.proxy = value.flag()?;
                Ok(())
            }
            Key::ExternalSessionId => value.text_into(&mut self.session),
            Key::RootSessionId => value.text_into(&mut self.root_session),
            Key::DeviceToken => value.text_into(&mut self.device_token),
            Key::GrantType => value.text_into(&mut self.grant),
            Key::Risk => value.text_into(&mut self.risk),
            _ => value.skip(),
        }
    }
}

struct Id<'a>(Option<&'a str>);

impl<'a> Take<'a> for Id<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        if key == Key::Id { value.text_into(&mut self.0) } else { value.skip() }
    }
}

/// The record; one in which no person did anything is none.
pub(super) fn row<'a>(draft: &Draft<'a>) -> Result<Option<Row<'a>>, Malformed> {
    let moment = moment(draft.published, DateOrder::default())?;
    let name = draft.event_type.unwrap_or_default();
    let okta = &draft.okta;
    let user = draft.actor.login.filter(|login| *login != "system@okta.com" && *login != "unknown");
    let Some(user) = user.or(draft.targets.user) else { return Ok(None) };
    let client = &okta.client;
    let (app, app_name) = draft.targets.app.unwrap_or_default();
    let asn = okta.asn.and_then(|asn| u32::try_from(asn).ok()).filter(|asn| *asn != 0);
    let known = draft.device.device;
    let device = Device {
        id: okta.device_token.or(known.id),
        system: client.system,
        browser: client.browser,
        ..known
    };
    Ok(Some(Row {
        system: System::Okta,
        format: Format::Okta,
        at: moment.micros,
        ambiguous: false,
        id: draft.uuid,
        user: Some(user),
        user_id: draft.actor.id,
        session: okta.root_session.or(okta.session).filter(|id| *id != "unknown"),
        correlation: okta.transaction,
        token: None,
        app: app.or(client.id),
        app_name,
        resource: None,
        resource_name: None,
        agent: client.agent,
        address: client.address.and_then(address),
        asn,
        hosting: okta.proxy.filter(|proxy| *proxy),
        country: client.place.country,
        city: client.place.city,
        coordinates: client.place.latitude.zip(client.place.longitude),
        device: Some(device),
        what: match outcome(name, okta) {
            Some(outcome) => What::SignIn(sign_in(draft, name, outcome)),
            None => What::Act(Act {
                operation: operation(name),
                name,
                done: !matches!(okta.result, Some("FAILURE" | "DENY")),
                target: draft.targets.thing,
                target_user: draft.targets.user.filter(|target| *target != user),
                modified: Vec::new(),
            }),
        },
    }))
}

/// How a sign-in ended; none where the event is no sign-in.
fn outcome(name: &str, okta: &Parts<'_>) -> Option<Outcome> {
    let went_well = matches!(okta.result, Some("SUCCESS" | "ALLOW"));
    let reason = okta.reason.unwrap_or_default();
    Some(match name {
        "user.mfa.okta_verify.deny_push" | "user.mfa.okta_verify.deny_push_upgrade_needed" => {
            Outcome::FactorDenied
        }
        "user.account.report_suspicious_activity_by_enduser" => Outcome::FactorReported,
        "system.push.send_factor_verify_push" => Outcome::Interrupt,
        "user.account.lock" | "user.account.lock.limit" => Outcome::LockedOut,
        "app.oauth2.token.detect_reuse" | "app.oauth2.as.token.detect_reuse" => Outcome::TokenRefused,
        "policy.evaluate_sign_on" => match okta.result {
            Some("DENY") => Outcome::Blocked,
            _ => Outcome::Interrupt,
        },
        "user.authentication.auth_via_mfa" | "user.mfa.attempt_bypass" if !went_well => match reason {
            "TIMEOUT" | "USER_TIMEOUT" => Outcome::FactorUnanswered,
            "USER_REJECTED_OKTA_VERIFY_PUSH" | "DENIED" => Outcome::FactorDenied,
            "NUMBER_CHALLENGE_MISMATCH" => Outcome::FactorWrongNumber,
            "INVALID_CREDENTIALS" | "VERIFICATION_ERROR" | "INVALID_PASSCODE" => Outcome::FactorWrongCode,
            _ => Outcome::FactorFailed,
        },
        _ if name.starts_with("user.session.start")
            || name.starts_with("user.authentication.")
            || name.starts_with("app.oauth2.") && name.contains(".token.") =>
        {
            match (went_well, reason) {
                (true, _) => Outcome::Success,
                (_, "LOCKED_OUT") => Outcome::LockedOut,
                (_, "INVALID_CREDENTIALS" | "INVALID_LOGIN") => Outcome::WrongPassword,
                (_, "VERIFICATION_ERROR" | "UNKNOWN_USER") => Outcome::UnknownUser,
                (_, "PASSWORD_EXPIRED" | "EXPIRED_PASSWORD") => Outcome::PasswordExpired,
                _ if okta.result == Some("CHALLENGE") => Outcome::Interrupt,
                _ if name.contains(".token.") => Outcome::TokenRefused,
                _ => Outcome::Failed,
            }
        }
        _ => return None,
    })
}

fn sign_in<'a>(draft: &Draft<'a>, name: &str, outcome: Outcome) -> SignIn<'a> {
    let okta = &draft.okta;
    let device_code =
        okta.grant.is_some_and(|grant| grant.contains("device_code")) || name.ends_with(".device_code");
    let risk = okta.risk.and_then(|text| {
        ["HIGH", "MEDIUM", "LOW"].iter().position(|level| text.contains(level)).map(|at| match at {
            0 => Risk::High,
            1 => Risk::Medium,
            _ => Risk::Low,
        })
    });
    SignIn {
        outcome,
        code: None,
        detail: okta.reason.or(draft.message),
        interactive: Some(!name.starts_with("app.oauth2.")),
        protocol: Some(if device_code { Protocol::DeviceCode } else { Protocol::None }),
        transfer: None,
        presented: None,
        password: match outcome {
            Outcome::WrongPassword => Some(false),
            Outcome::PasswordExpired => Some(true),
            _ => None,
        },
        factor: None,
        access: None,
        risk,
        times: 1,
    }
}

fn operation(name: &str) -> Operation {
    match name {
        "user.mfa.factor.activate" | "user.mfa.factor.enroll" => Operation::MethodAdded,
        "user.mfa.factor.update" => Operation::MethodChanged,
        "user.mfa.factor.deactivate" | "user.mfa.factor.reset_all" | "user.mfa.factor.suspend" => {
            Operation::MethodRemoved
        }
        "device.enrollment.create" | "device.user.add" => Operation::DeviceRegistered,
        "device.lifecycle.delete" | "device.lifecycle.deactivate" | "device.user.remove" => {
            Operation::DeviceRemoved
        }
        "app.oauth2.as.consent.grant" | "app.oauth2.consent.grant" => Operation::ConsentGiven,
        "application.lifecycle.create" => Operation::AppAdded,
        "system.api_token.create" | "app.oauth2.client.lifecycle.create" => Operation::AppCredentialAdded,
        "user.account.privilege.grant" | "group.privilege.grant" => Operation::RoleGiven,
        "user.account.update_password" => Operation::PasswordChanged,
        "user.account.reset_password" => Operation::PasswordReset,
        "user.session.clear" | "user.session.end" => Operation::SessionsRevoked,
        "user.lifecycle.suspend" | "user.lifecycle.deactivate" => Operation::UserDisabled,
        "user.lifecycle.create" => Operation::UserAdded,
        _ if name.starts_with("policy.") => Operation::AccessRuleChanged,
        _ => Operation::Other,
    }
}
