//! Log Analytics as CSV: locale dates, JSON in cells.

use super::guid::{Clock, address, guid, number};
use super::sign_in::{device, put, reason, steps, user};
use crate::tenant::draft::Draft;
use crate::tenant::names::Names;
use crate::tenant::world::place;
use model::time::{DAY, HOUR, MINUTE, SECOND};

/// The first line.
pub(crate) const fn portal_header() -> &'static str {
    "\u{feff}TimeGenerated [UTC],Category,ResultType,ResultDescription,CorrelationId,Identity,Location,AppDisplayName,AppId,\
     AuthenticationDetails,AuthenticationProtocol,AutonomousSystemNumber,ClientAppUsed,ConditionalAccessStatus,\
     CreatedDateTime [UTC],DeviceDetail,IncomingTokenType,IsInteractive,Id,IPAddress,OriginalTransferMethod,\
     ResourceDisplayName,ResourceIdentity,SessionId,UniqueTokenIdentifier,UserAgent,UserId,UserPrincipalName\n"
}

/// A cell in quotes.
fn quoted(out: &mut Vec<u8>, cell: &[u8]) {
    out.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// A time as an American office writes it.
fn locale(at: i64) -> String {
    let date = wire::rfc3339::write(at.div_euclid(DAY) * DAY);
    let mut parts = date.split(['-', 'T']).map(|part| part.parse().unwrap_or(0_u32));
    let (year, month, day) =
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let rest = at.rem_euclid(DAY);
    let (hour, minute, second) = (rest / HOUR, rest / MINUTE % 60, rest / SECOND % 60);
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let half = if hour < 12 { "AM" } else { "PM" };
    format!("{month}/{day}/{year}, {twelve}:{minute:02}:{second:02}.{:03} {half}", rest / 1000 % 1000)
}

/// One line.
pub(crate) fn portal(out: &mut Vec<u8>, (names, clock): (Names, &mut Clock), record: u64, draft: &Draft) {
    let cell = |write: &mut dyn FnMut(&mut Vec<u8>)| {
        let mut cell = Vec::new();
        write(&mut cell);
        cell
    };
    let category = if draft.interactive { "SignInLogs" } else { "NonInteractiveUserSignInLogs" };
    quoted(out, locale(draft.at + 4 * MINUTE).as_bytes());
    put!(out, ",", category, ",");
    number(out, u64::from(draft.code));
    out.push(b',');
    quoted(out, reason(draft.code).as_bytes());
    out.push(b',');
    guid(out, names.correlation(draft.correlation));
    out.push(b',');
    user(out, draft.user);
    let ((app, app_id), (resource, resource_id)) = (draft.app.named(), draft.resource.named());
    put!(out, ",", place(draft.net.place).country, ",", app, ",", app_id, ",");
    quoted(out, &cell(&mut |cell| steps(cell, clock, draft)));
    put!(out, ",", draft.protocol.code(), ",");
    number(out, u64::from(draft.net.asn));
    put!(out, if draft.interactive { ",Browser," } else { ",Mobile Apps and Desktop clients," });
    put!(out, if draft.code == 0 { "success," } else { "notApplied," });
    quoted(out, locale(draft.at).as_bytes());
    out.push(b',');
    quoted(out, &cell(&mut |cell| device(cell, names, draft)));
    put!(out, ",", draft.token.code(), ",", if draft.interactive { "true," } else { "false," });
    guid(out, names.record(record));
    out.push(b',');
    address(out, draft.net.ip);
    put!(
        out,
        ",",
        if draft.device_flow { "deviceCodeFlow" } else { "none" },
        ",",
        resource,
        ",",
        resource_id,
        ","
    );
    if draft.session != 0 {
        guid(out, names.session(draft.session));
    }
    out.push(b',');
    guid(out, names.record(record ^ 1 << 63));
    out.push(b',');
    quoted(out, draft.agent.header().as_bytes());
    out.push(b',');
    guid(out, names.user(draft.user));
    out.push(b',');
    user(out, draft.user);
    put!(out, "@contoso.example\n");
}
