//! The unified audit log as CSV: every record a JSON object in one cell.

use super::guid::{Clock, address, guid, number};
use super::sign_in::{put, user};
use crate::tenant::draft::{Change, Deed, Draft, Line, Protocol};
use crate::tenant::names::{Names, device};

/// The first line.
pub(crate) const fn unified_header() -> &'static str {
    "\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"Identity\"\n"
}

/// One line.
pub(crate) fn unified(out: &mut Vec<u8>, (names, clock): (Names, &mut Clock), record: u64, line: &Line) {
    let mut data = Vec::with_capacity(2048);
    let (kind, operation, of) = match line {
        Line::SignIn(draft) => {
            let operation = if draft.code == 0 { "UserLoggedIn" } else { "UserLoginFailed" };
            sign_in(&mut data, (names, clock), record, draft);
            ("AzureActiveDirectoryStsLogon", operation, draft.user)
        }
        Line::Change(change) => {
            let operation = operation(change.deed);
            act(&mut data, (names, clock), record, change);
            let kind =
                if change.deed == Deed::InboxRuleMade { "ExchangeAdmin" } else { "AzureActiveDirectory" };
            (kind, operation, change.user)
        }
    };
    put!(out, "\"", kind, "\",\"");
    clock.write(out, line.at());
    put!(out, "Z\",\"");
    user(out, of);
    put!(out, "@contoso.example\",\"", operation, "\",\"");
    for byte in data {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    put!(out, "\",\"");
    guid(out, names.record(record));
    put!(out, "\"\n");
}

const fn operation(deed: Deed) -> &'static str {
    match deed {
        Deed::DeviceRegistered { .. } => "Add registered owner to device.",
        Deed::MethodRegistered => "User registered security info",
        Deed::ConsentGiven => "Consent to application.",
        Deed::InboxRuleMade => "New-InboxRule",
    }
}

/// What every record begins with; its time has no zone.
fn begin(
    out: &mut Vec<u8>,
    (names, clock): (Names, &mut Clock),
    record: u64,
    (at, of): (i64, u32),
    what: (&str, &str, &str),
) {
    let (operation, kind, workload) = what;
    put!(out, "{\"CreationTime\":\"");
    let mut time = Vec::with_capacity(24);
    clock.write(&mut time, at);
    time.truncate(19);
    out.extend_from_slice(&time);
    put!(out, "\",\"Id\":\"");
    guid(out, names.record(record));
    put!(
        out,
        "\",\"Operation\":\"",
        operation,
        "\",\"RecordType\":",
        kind,
        ",\"ResultStatus\":\"Success\",\"UserKey\":\""
    );
    guid(out, names.user(of));
    put!(out, "\",\"UserType\":0,\"Version\":1,\"Workload\":\"", workload, "\",\"UserId\":\"");
    user(out, of);
    put!(out, "@contoso.example\"");
}

fn sign_in(out: &mut Vec<u8>, (names, clock): (Names, &mut Clock), record: u64, draft: &Draft) {
    let operation = if draft.code == 0 { "UserLoggedIn" } else { "UserLoginFailed" };
    begin(out, (names, clock), record, (draft.at, draft.user), (operation, "15", "AzureActiveDirectory"));
    put!(out, ",\"ClientIP\":\"");
    address(out, draft.net.ip);
    put!(
        out,
        "\",\"ObjectId\":\"",
        draft.resource.named().1,
        "\",\"AzureActiveDirectoryEventType\":1,\"ExtendedProperties\":["
    );
    put!(
        out,
        "{\"Name\":\"ResultStatusDetail\",\"Value\":\"",
        if draft.code == 0 { "Success" } else { draft.detail.text() }
    );
    put!(
        out,
        "\"},{\"Name\":\"UserAgent\",\"Value\":\"",
        draft.agent.header(),
        "\"},{\"Name\":\"RequestType\",\"Value\":\""
    );
    let request = match (draft.protocol, draft.interactive) {
        (Protocol::DeviceCode, _) => "Cmsi:Cmsi",
        (_, true) => "Login:login",
        (_, false) => "OAuth2:Token",
    };
    put!(out, request, "\"}],\"ModifiedProperties\":[],\"ActorIpAddress\":\"");
    address(out, draft.net.ip);
    put!(out, "\",\"InterSystemsId\":\"");
    guid(out, names.correlation(draft.correlation));
    put!(
        out,
        "\",\"ApplicationId\":\"",
        draft.app.named().1,
        "\",\"DeviceProperties\":[{\"Name\":\"OS\",\"Value\":\""
    );
    put!(out, draft.agent.system(), "\"}");
    if draft.device != 0 {
        put!(out, ",{\"Name\":\"Id\",\"Value\":\"");
        guid(out, names.device(draft.device));
        put!(out, "\"}");
    }
    if draft.session != 0 {
        put!(out, ",{\"Name\":\"SessionId\",\"Value\":\"");
        guid(out, names.session(draft.session));
        put!(out, "\"}");
    }
    put!(out, "],\"ErrorNumber\":\"");
    number(out, u64::from(draft.code));
    put!(out, "\"}");
}

fn act(out: &mut Vec<u8>, (names, clock): (Names, &mut Clock), record: u64, change: &Change) {
    let mailbox = change.deed == Deed::InboxRuleMade;
    let what = if mailbox {
        ("New-InboxRule", "1", "Exchange")
    } else {
        (operation(change.deed), "8", "AzureActiveDirectory")
    };
    begin(out, (names, clock), record, (change.at, change.user), what);
    put!(out, ",\"ClientIP\":\"");
    address(out, change.net.ip);
    put!(out, "\"");
    match change.deed {
        Deed::DeviceRegistered { by_tool } => {
            let (name, build) = device(by_tool, change.chance);
            put!(
                out,
                ",\"Target\":[{\"ID\":\"",
                name,
                "\",\"Type\":1}],\"ModifiedProperties\":[{\"Name\":\"CloudDeviceOSVersion\","
            );
            put!(out, "\"NewValue\":\"", build, "\",\"OldValue\":\"\"}]");
        }
        Deed::InboxRuleMade => put!(
            out,
            ",\"Parameters\":[{\"Name\":\"Name\",\"Value\":\"..\"},{\"Name\":\"MoveToFolder\",\"Value\":\"RSS Feeds\"}]"
        ),
        Deed::MethodRegistered | Deed::ConsentGiven => put!(out, ",\"ModifiedProperties\":[]"),
    }
    put!(out, "}");
}
