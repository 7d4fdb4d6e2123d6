//! The directory's audits, as Microsoft Graph has them.

use super::guid::{Clock, address, guid};
use super::sign_in::{put, user};
use crate::tenant::draft::{Change, Deed};
use crate::tenant::names::{Names, device};

/// One audit.
pub(super) fn audit(out: &mut Vec<u8>, (names, clock): (Names, &mut Clock), record: u64, change: &Change) {
    let (activity, category) = match change.deed {
        Deed::DeviceRegistered { .. } => ("Register device", "Device"),
        Deed::MethodRegistered => ("User registered security info", "UserManagement"),
        Deed::ConsentGiven => ("Consent to application", "ApplicationManagement"),
        Deed::InboxRuleMade => ("New-InboxRule", "Exchange"),
    };
    put!(out, "{\"id\":\"");
    guid(out, names.record(record));
    put!(out, "\",\"activityDateTime\":\"");
    clock.write(out, change.at);
    put!(out, "Z\",\"activityDisplayName\":\"", activity, "\",\"category\":\"", category);
    put!(out, "\",\"result\":\"success\",\"correlationId\":\"");
    guid(out, names.correlation(change.chance));
    put!(out, "\",\"initiatedBy\":{\"user\":{\"id\":\"");
    guid(out, names.user(change.user));
    put!(out, "\",\"userPrincipalName\":\"");
    user(out, change.user);
    put!(out, "@contoso.example\",\"ipAddress\":\"");
    address(out, change.net.ip);
    put!(out, "\"}},\"targetResources\":[{");
    match change.deed {
        Deed::DeviceRegistered { by_tool } => {
            let (name, build) = device(by_tool, change.chance);
            put!(
                out,
                "\"type\":\"Device\",\"displayName\":\"",
                name,
                "\",\"modifiedProperties\":[{\"displayName\":"
            );
            put!(out, "\"CloudDeviceOSVersion\",\"newValue\":\"[\\\"", build, "\\\"]\"}]");
        }
        Deed::MethodRegistered => {
            put!(out, "\"type\":\"User\",\"displayName\":\"authenticator app\",\"modifiedProperties\":[]")
        }
        Deed::ConsentGiven => put!(
            out,
            "\"type\":\"ServicePrincipal\",\"displayName\":\"Canteen Orders\",\"modifiedProperties\":[]"
        ),
        Deed::InboxRuleMade => {
            put!(out, "\"type\":\"Mailbox\",\"displayName\":\"..\",\"modifiedProperties\":[]")
        }
    }
    put!(out, "}]}");
}

/// All audits as one answer of Graph, the newest first.
pub(crate) fn audits(names: Names, changes: &[(u64, Change)]) -> Vec<u8> {
    let mut out = b"{\"value\":[".to_vec();
    let mut clock = Clock::default();
    for (place, (number, change)) in
        changes.iter().rev().filter(|(_, change)| in_the_directory(change)).enumerate()
    {
        if place > 0 {
            out.push(b',');
        }
        audit(&mut out, (names, &mut clock), *number, change);
    }
    out.extend_from_slice(b"]}\n");
    out
}

/// What a mailbox does is not the directory's to tell.
fn in_the_directory(change: &Change) -> bool {
    change.deed != Deed::InboxRuleMade
}
