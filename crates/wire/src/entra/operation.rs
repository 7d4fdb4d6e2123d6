//! Table: what was done, by the names that directory audits and the unified audit log have for it.

use crate::foreign::Operation;

use Operation as O;

/// Names in small letters, without the stop that the unified audit log puts behind some of them.
const NAMES: &[(&str, Operation)] = &[
    ("register device", O::DeviceRegistered),
    ("add registered owner to device", O::DeviceRegistered),
    ("add registered users to device", O::DeviceRegistered),
    ("add device", O::DeviceRegistered),
    ("device registration", O::DeviceRegistered),
    ("device registered", O::DeviceRegistered),
    ("unregister device", O::DeviceRemoved),
    ("delete device", O::DeviceRemoved),
    ("remove device", O::DeviceRemoved),
    ("disable device", O::DeviceRemoved),
    ("device no longer compliant", O::Other),
    ("user registered security info", O::MethodAdded),
    ("user started security info registration", O::Other),
    ("user registered all required security info", O::MethodAdded),
    ("admin registered security info", O::MethodAdded),
    ("enable strong authentication", O::MethodAdded),
    ("add passkey (device-bound)", O::MethodAdded),
    ("user changed default security info", O::MethodChanged),
    ("user updated security info", O::MethodChanged),
    ("admin updated security info", O::MethodChanged),
    ("user deleted security info", O::MethodRemoved),
    ("admin deleted security info", O::MethodRemoved),
    ("disable strong authentication", O::MethodRemoved),
    ("consent to application", O::ConsentGiven),
    ("add oauth2permissiongrant", O::ConsentGiven),
    ("add delegated permission grant", O::ConsentGiven),
    ("add app role assignment grant to user", O::ConsentGiven),
    ("add app role assignment to service principal", O::ConsentGiven),
    ("add service principal", O::AppAdded),
    ("add application", O::AppAdded),
    ("add owner to application", O::AppAdded),
    ("add owner to service principal", O::AppAdded),
    ("add service principal credentials", O::AppCredentialAdded),
    ("update application – certificates and secrets management", O::AppCredentialAdded),
    ("add member to role", O::RoleGiven),
    ("add eligible member to role", O::RoleGiven),
    ("add member to role completed (pim activation)", O::RoleGiven),
    ("change user password", O::PasswordChanged),
    ("change password (self-service)", O::PasswordChanged),
    ("reset user password", O::PasswordReset),
    ("reset password (by admin)", O::PasswordReset),
    ("reset password (self-service)", O::PasswordReset),
    ("update stsrefreshtokenvalidfrom timestamp", O::SessionsRevoked),
    ("update stsrefreshtokenvalidfrom", O::SessionsRevoked),
    ("revoke sign-in sessions", O::SessionsRevoked),
    ("revoke all sessions", O::SessionsRevoked),
    ("disable account", O::UserDisabled),
    ("delete user", O::UserDisabled),
    ("add user", O::UserAdded),
    ("invite external user", O::UserAdded),
    ("suspicious activity reported", O::FraudReported),
    ("suspiciousactivityreported", O::FraudReported),
    ("fraud reported - user is blocked for mfa", O::FraudReported),
    ("fraud reported - no action taken", O::FraudReported),
    ("new-inboxrule", O::InboxRule),
    ("set-inboxrule", O::InboxRule),
    ("enable-inboxrule", O::InboxRule),
    ("updateinboxrules", O::InboxRule),
    ("set-mailbox", O::MailboxOpened),
    ("add-mailboxpermission", O::MailboxOpened),
    ("addfolderpermissions", O::MailboxOpened),
    ("modifyfolderpermissions", O::MailboxOpened),
    ("set-transportrule", O::MailboxOpened),
    ("new-transportrule", O::MailboxOpened),
    ("mailitemsaccessed", O::MailRead),
    ("messagebind", O::MailRead),
    ("send", O::MailSent),
    ("sendas", O::MailSent),
    ("sendonbehalf", O::MailSent),
    ("harddelete", O::MailDeleted),
    ("softdelete", O::MailDeleted),
    ("movetodeleteditems", O::MailDeleted),
    ("move", O::MailDeleted),
    ("fileaccessed", O::FileRead),
    ("filedownloaded", O::FileRead),
    ("filesyncdownloadedfull", O::FileRead),
    ("filepreviewed", O::FileRead),
    ("anonymouslinkcreated", O::FileShared),
    ("sharingset", O::FileShared),
    ("sharinginvitationcreated", O::FileShared),
    ("addedtosecurelink", O::FileShared),
    ("securelinkcreated", O::FileShared),
    ("update conditional access policy", O::AccessRuleChanged),
    ("add conditional access policy", O::AccessRuleChanged),
    ("delete conditional access policy", O::AccessRuleChanged),
    ("update policy", O::AccessRuleChanged),
    ("update authorization policy", O::AccessRuleChanged),
    ("authentication methods policy update", O::AccessRuleChanged),
    ("set domain authentication", O::AccessRuleChanged),
    ("add unverified domain", O::AccessRuleChanged),
];

/// What was done.
pub(super) fn of(name: &str) -> Operation {
    let bare = name.trim().trim_end_matches('.');
    if let Some((_, known)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(bare)) {
        return *known;
    }
    // A dash of another length, and the like.
    let small = bare.to_ascii_lowercase();
    if small.starts_with("update application") && small.contains("secrets management") {
        return O::AppCredentialAdded;
    }
    O::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_known_by_all_their_names() {
        for (name, is) in [
            ("Consent to application.", O::ConsentGiven),
            ("Consent to application", O::ConsentGiven),
            ("New-InboxRule", O::InboxRule),
            ("Update application \u{2013} Certificates and secrets management ", O::AppCredentialAdded),
            ("Set-Something", O::Other),
        ] {
            assert_eq!(of(name), is, "{name}");
        }
        for (name, _) in NAMES {
            assert_eq!(NAMES.iter().filter(|(other, _)| other == name).count(), 1, "{name}");
        }
    }
}
