//! The unified audit log of Microsoft 365: sign-ins and everything that is done, in a spelling of its own.

use crate::Malformed;
use crate::foreign::record::Draft;
use crate::foreign::row::{Device, What, address};
use crate::foreign::{Act, DateOrder, Format, Outcome, Protocol, Row, SignIn, System};

use super::audit::MOST_MODIFIED;
use super::{code, operation};

/// The record. One of a service, without a user, is none.
pub(super) fn row<'a>(draft: &Draft<'a>, order: DateOrder) -> Result<Option<Row<'a>>, Malformed> {
    let moment = draft.moment(order)?;
    let name = draft.operation.unwrap_or_default();
    let signs_in = matches!(name, "UserLoggedIn" | "UserLoginFailed");
    let Some(user) = draft.user_id.or(draft.upn) else { return Ok(None) };
    let context = &draft.access_context;
    let device = &draft.device_properties;
    let what = if signs_in { What::SignIn(sign_in(draft, name)) } else { What::Act(act(draft, name, user)) };
    let agent = draft.agent.or_else(|| draft.extended.get("UserAgent"));
    Ok(Some(Row {
        system: System::Microsoft,
        format: Format::UnifiedAuditLog,
        at: moment.micros,
        ambiguous: moment.ambiguous,
        id: draft.id,
        user: Some(user),
        user_id: None,
        session: device.get("SessionId").or(context.session).or(draft.session),
        correlation: draft.correlation.or(context.correlation),
        token: context.token,
        app: draft.app_id.or(context.app).or(draft.client_app),
        app_name: draft.app_name,
        resource: draft.object.filter(|_| signs_in),
        resource_name: None,
        agent: agent.or(draft.client_info),
        address: draft.address.and_then(address).or_else(|| draft.caller.and_then(address)),
        asn: None,
        hosting: None,
        country: None,
        city: None,
        coordinates: None,
        device: (!device.all.is_empty()).then(|| {
            let both = device.get("IsCompliantAndManaged").map(is_true);
            Device {
                id: device.get("Id").filter(|id| !id.is_empty()),
                name: device.get("DisplayName").filter(|name| !name.is_empty()),
                system: device.get("OS"),
                browser: device.get("BrowserType"),
                managed: both.or_else(|| device.get("IsManaged").map(is_true)),
                compliant: both.or_else(|| device.get("IsCompliant").map(is_true)),
                trust: device.get("TrustType"),
            }
        }),
        what,
    }))
}

fn is_true(word: &str) -> bool {
    word.eq_ignore_ascii_case("true")
}

fn sign_in<'a>(draft: &Draft<'a>, name: &str) -> SignIn<'a> {
    let number = draft.error_number.and_then(|number| u32::try_from(number).ok());
    let code = number.or_else(|| draft.logon_error.and_then(code::of_name));
    let code = code.or_else(|| (name == "UserLoggedIn").then_some(0));
    let detail =
        draft.logon_error.or_else(|| draft.extended.get("ResultStatusDetail").filter(|_| code != Some(0)));
    let outcome = code.map_or(Outcome::Failed, |code| code::outcome(code, detail));
    let request = draft.extended.get("RequestType");
    SignIn {
        outcome,
        code,
        detail,
        interactive: request.map(|request| request != "OAuth2:Token"),
        // This log names no protocol. The page that asks whether one means to sign in to an application stands in the
        // middle of a device-code sign-in, and hardly anywhere else.
        protocol: request.filter(|request| *request == "Cmsi:Cmsi").map(|_| Protocol::DeviceCode),
        transfer: None,
        presented: None,
        password: match outcome {
            Outcome::WrongPassword => Some(false),
            Outcome::PasswordExpired => Some(true),
            _ => None,
        },
        factor: None,
        access: None,
        risk: None,
        times: 1,
    }
}

fn act<'a>(draft: &Draft<'a>, name: &'a str, user: &'a str) -> Act<'a> {
    let failed = draft.result_status.is_some_and(|word| {
        ["failed", "failure", "false"].iter().any(|failed| word.eq_ignore_ascii_case(failed))
    });
    let pairs = draft.parameters.all.iter().chain(&draft.modified.all).chain(&draft.targets.modified);
    let target = draft.parameters.get("Name").or(draft.file).or(draft.targets.thing).or(draft.object);
    let target_user =
        draft.mailbox.or_else(|| draft.parameters.get("Identity").filter(|name| name.contains('@')));
    Act {
        operation: operation::of(name),
        name,
        done: !failed,
        target,
        target_user: target_user.filter(|target| !target.eq_ignore_ascii_case(user)),
        modified: pairs.copied().take(MOST_MODIFIED).collect(),
    }
}
