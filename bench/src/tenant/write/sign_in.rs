//! One sign-in as Microsoft Graph has it; the same object is the `properties` of Azure Monitor.

use super::guid::{Clock, address, guid, number, tenths};
use crate::tenant::draft::{Draft, Token};
use crate::tenant::names::{Names, password};
use crate::tenant::world::place;

/// Which fields there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Those of v1.0: no protocol, no transfer, no session, no token, no network.
    One,
    /// Those of beta.
    Beta,
}

/// What the log says to a code beside the number.
pub(crate) const fn reason(code: u32) -> &'static str {
    match code {
        0 => "Other.",
        50126 => "Invalid username or password or Invalid on-premise username or password.",
        50053 => {
            "The account is locked, you've tried to sign in too many times with an incorrect user ID or password."
        }
        50055 => "The password is expired.",
        50074 => "Strong Authentication is required.",
        50076 => {
            "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource."
        }
        50140 => "This occurred due to 'Keep me signed in' interrupt when the user was signing in.",
        50199 => {
            "For security reasons, user confirmation is required for this request. Please repeat the request allowing user interaction."
        }
        65001 => "The user or administrator has not consented to use the application.",
        70043 => {
            "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."
        }
        500_121 => "Authentication failed during strong authentication request.",
        _ => "Other.",
    }
}

/// Text between static parts.
macro_rules! put {
    ($out:ident, $($part:expr),+ $(,)?) => {{ $($out.extend_from_slice($part.as_bytes());)+ }};
}
pub(super) use put;

/// The digits of a user's number.
pub(super) fn user(out: &mut Vec<u8>, of: u32) {
    let mut digits = Vec::with_capacity(10);
    number(&mut digits, u64::from(of));
    put!(out, "user");
    out.extend(std::iter::repeat_n(b'0', 5_usize.saturating_sub(digits.len())));
    out.extend_from_slice(&digits);
}

/// The object.
pub(crate) fn properties(
    out: &mut Vec<u8>,
    (names, clock): (Names, &mut Clock),
    record: u64,
    draft: &Draft,
    version: Version,
) {
    let beta = version == Version::Beta;
    put!(out, "{\"id\":\"");
    guid(out, names.record(record));
    put!(out, "\",\"createdDateTime\":\"");
    clock.write(out, draft.at);
    put!(out, "Z\",\"userDisplayName\":\"");
    user(out, draft.user);
    put!(out, "\",\"userPrincipalName\":\"");
    user(out, draft.user);
    put!(out, "@contoso.example\",\"userId\":\"");
    guid(out, names.user(draft.user));
    let (app, app_id) = draft.app.named();
    put!(out, "\",\"appId\":\"", app_id, "\",\"appDisplayName\":\"", app, "\",\"ipAddress\":\"");
    address(out, draft.net.ip);
    put!(
        out,
        "\",\"clientAppUsed\":\"",
        if draft.interactive { "Browser" } else { "Mobile Apps and Desktop clients" }
    );
    put!(out, "\",\"userAgent\":\"", draft.agent.header(), "\",\"correlationId\":\"");
    guid(out, names.correlation(draft.correlation));
    put!(out, "\",\"conditionalAccessStatus\":\"", if draft.code == 0 { "success" } else { "notApplied" });
    put!(out, "\",\"isInteractive\":", if draft.interactive { "true" } else { "false" });
    let (resource, resource_id) = draft.resource.named();
    put!(out, ",\"resourceDisplayName\":\"", resource, "\",\"resourceId\":\"", resource_id);
    put!(out, "\",\"riskState\":\"none\",\"status\":{\"errorCode\":");
    number(out, u64::from(draft.code));
    put!(out, ",\"failureReason\":\"", reason(draft.code), "\",\"additionalDetails\":");
    quoted_or_null(out, draft.detail.text());
    put!(out, "},\"deviceDetail\":");
    device(out, names, draft);
    let town = place(draft.net.place);
    put!(
        out,
        ",\"location\":{\"city\":\"",
        town.city,
        "\",\"state\":\"\",\"countryOrRegion\":\"",
        town.country
    );
    put!(out, "\",\"geoCoordinates\":{\"latitude\":");
    tenths(out, town.at.0);
    put!(out, ",\"longitude\":");
    tenths(out, town.at.1);
    put!(out, "}}");
    if beta {
        only_beta(out, (names, clock), record, draft);
    }
    put!(out, "}");
}

fn quoted_or_null(out: &mut Vec<u8>, text: &str) {
    if text.is_empty() {
        put!(out, "null");
    } else {
        put!(out, "\"", text, "\"");
    }
}

pub(super) fn device(out: &mut Vec<u8>, names: Names, draft: &Draft) {
    put!(out, "{\"deviceId\":\"");
    if draft.device != 0 {
        guid(out, names.device(draft.device));
    }
    put!(
        out,
        "\",\"displayName\":\"\",\"operatingSystem\":\"",
        draft.agent.system(),
        "\",\"browser\":\"\",\"isCompliant\":"
    );
    let managed = if draft.managed && draft.device != 0 { "true" } else { "false" };
    put!(out, managed, ",\"isManaged\":", managed, ",\"trustType\":");
    quoted_or_null(out, if draft.device != 0 { "Azure AD joined" } else { "" });
    put!(out, "}");
}

fn only_beta(out: &mut Vec<u8>, (names, clock): (Names, &mut Clock), record: u64, draft: &Draft) {
    put!(
        out,
        ",\"signInEventTypes\":[\"",
        if draft.interactive { "interactiveUser" } else { "nonInteractiveUser" }
    );
    put!(out, "\"],\"authenticationProtocol\":\"", draft.protocol.code(), "\",\"originalTransferMethod\":\"");
    put!(
        out,
        if draft.device_flow { "deviceCodeFlow" } else { "none" },
        "\",\"incomingTokenType\":\"",
        draft.token.code()
    );
    put!(out, "\",\"sessionId\":");
    if draft.session == 0 {
        put!(out, "null");
    } else {
        put!(out, "\"");
        guid(out, names.session(draft.session));
        put!(out, "\"");
    }
    put!(out, ",\"uniqueTokenIdentifier\":\"");
    guid(out, names.record(record ^ 1 << 63));
    put!(out, "\",\"autonomousSystemNumber\":");
    number(out, u64::from(draft.net.asn));
    put!(out, ",\"authenticationRequirement\":\"multiFactorAuthentication\",\"authenticationDetails\":");
    steps(out, clock, draft);
    put!(
        out,
        ",\"authenticationProcessingDetails\":[{\"key\":\"Oauth Scope Info\",\"value\":\"\"}],\"userType\":\"member\""
    );
}

/// The steps of a sign-in.
pub(super) fn steps(out: &mut Vec<u8>, clock: &mut Clock, draft: &Draft) {
    put!(out, "[{\"authenticationStepDateTime\":\"");
    clock.write(out, draft.at);
    put!(out, "Z\",\"authenticationMethod\":\"");
    put!(
        out,
        if draft.token == Token::None && draft.interactive { "Password" } else { "Previously satisfied" }
    );
    let right = password(draft).unwrap_or(draft.code == 0);
    put!(
        out,
        "\",\"succeeded\":",
        if right { "true" } else { "false" },
        ",\"authenticationStepResultDetail\":\""
    );
    put!(out, draft.detail.text(), "\"}]");
}
