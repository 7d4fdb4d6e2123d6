//! One record of another system as it stands in the bytes that it was read from: texts are borrowed, numbers are read.

use std::net::IpAddr;

use super::{Access, Operation, Outcome, Presented, Protocol, Risk, System, Transfer};

/// Which export a record came from. The richer one stands later: of two records of one event it is the one to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// The unified audit log of Microsoft 365.
    UnifiedAuditLog,
    /// Sign-ins that the Entra portal downloads.
    PortalCsv,
    /// Sign-ins and audits of Log Analytics and Sentinel.
    LogAnalytics,
    /// Sign-ins and audits as Azure Monitor streams them.
    AzureMonitor,
    /// Sign-ins and audits of Microsoft Graph.
    Graph,
    /// The Okta System Log.
    Okta,
    /// Activities of Google Workspace.
    Google,
    /// Events of this server.
    Own,
}

impl Format {
    /// Its name, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnifiedAuditLog => "Microsoft 365 unified audit log",
            Self::PortalCsv => "Entra portal CSV",
            Self::LogAnalytics => "Log Analytics",
            Self::AzureMonitor => "Azure Monitor",
            Self::Graph => "Microsoft Graph",
            Self::Okta => "Okta System Log",
            Self::Google => "Google Workspace",
            Self::Own => "bidden",
        }
    }

    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnifiedAuditLog => "unified_audit_log",
            Self::PortalCsv => "portal_csv",
            Self::LogAnalytics => "log_analytics",
            Self::AzureMonitor => "azure_monitor",
            Self::Graph => "graph",
            Self::Okta => "okta",
            Self::Google => "google",
            Self::Own => "bidden",
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// Whose it is.
    pub system: System,
    /// Which export it came from.
    pub format: Format,
    /// When: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Whether the day and the month of that could stand the other way round.
    pub ambiguous: bool,
    /// Its identifier.
    pub id: Option<&'a str>,
    /// The user's name, as written.
    pub user: Option<&'a str>,
    /// The user's identifier.
    pub user_id: Option<&'a str>,
    /// The session.
    pub session: Option<&'a str>,
    /// What joins the steps of one sign-in.
    pub correlation: Option<&'a str>,
    /// The token that came of it.
    pub token: Option<&'a str>,
    /// The application.
    pub app: Option<&'a str>,
    /// Its name.
    pub app_name: Option<&'a str>,
    /// What it wants to get at.
    pub resource: Option<&'a str>,
    /// The name of that.
    pub resource_name: Option<&'a str>,
    /// What the program called itself.
    pub agent: Option<&'a str>,
    /// From where.
    pub address: Option<IpAddr>,
    /// The number of the network.
    pub asn: Option<u32>,
    /// Whether the export says that the network hides who uses it.
    pub hosting: Option<bool>,
    /// The country.
    pub country: Option<&'a str>,
    /// The town.
    pub city: Option<&'a str>,
    /// Latitude and longitude in thousandths of a degree.
    pub coordinates: Option<(i32, i32)>,
    /// What is known of the device; `None` where the export tells nothing of devices.
    pub device: Option<Device<'a>>,
    /// What happened.
    pub what: What<'a>,
}

/// A sign-in or an act.
#[derive(Clone, Debug, PartialEq)]
pub enum What<'a> {
    /// Somebody signed in, or tried to.
    SignIn(SignIn<'a>),
    /// Something was done.
    Act(Act<'a>),
}

/// What is known of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device<'a> {
    /// Its identifier.
    pub id: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its operating system.
    pub system: Option<&'a str>,
    /// Its browser.
    pub browser: Option<&'a str>,
    /// Whether it is managed.
    pub managed: Option<bool>,
    /// Whether it keeps the rules.
    pub compliant: Option<bool>,
    /// How the directory knows it.
    pub trust: Option<&'a str>,
}

/// A sign-in, or one step of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// The number for that.
    pub code: Option<u32>,
    /// What is said about it.
    pub detail: Option<&'a str>,
    /// Whether a person was there.
    pub interactive: Option<bool>,
    /// By which protocol.
    pub protocol: Option<Protocol>,
    /// How the session got from one device to another.
    pub transfer: Option<Transfer>,
    /// What was presented.
    pub presented: Option<Presented>,
    /// Whether the password was right.
    pub password: Option<bool>,
    /// The second factor.
    pub factor: Option<&'a str>,
    /// The rules of access.
    pub access: Option<Access>,
    /// How doubtful it was held to be.
    pub risk: Option<Risk>,
    /// How many are summed up.
    pub times: u32,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act<'a> {
    /// What.
    pub operation: Operation,
    /// What the system calls it.
    pub name: &'a str,
    /// Whether it was done.
    pub done: bool,
    /// What it was done to.
    pub target: Option<&'a str>,
    /// The user it was done to.
    pub target_user: Option<&'a str>,
    /// Names and new values.
    pub modified: Vec<(&'a str, &'a str)>,
}

/// The address in a text: `192.0.2.1`, `192.0.2.1:443`, `[2001:db8::1]:443`, `::ffff:192.0.2.1`.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None if text.matches(':').count() == 1 => text.split(':').next()?,
        None => text,
    };
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Whether a word, in small letters, stands in a text, in whichever letters.
pub(crate) fn holds(text: &str, word: &str) -> bool {
    let first = word.as_bytes().first().copied().unwrap_or(0);
    let is_it = |part: &[u8]| part.first().is_some_and(|byte| byte.eq_ignore_ascii_case(&first));
    let mut parts = text.as_bytes().windows(word.len().max(1));
    parts.any(|part| is_it(part) && part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a text begins with a word, in whichever letters.
pub(crate) fn begins(text: &str, word: &str) -> bool {
    text.as_bytes().get(..word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_found_as_in_small_letters(text in "[aAbBé]{0,9}", word in "[ab]{1,3}") {
            let small = text.to_ascii_lowercase();
            prop_assert_eq!(holds(&text, &word), small.contains(&word));
            prop_assert_eq!(begins(&text, &word), small.starts_with(&word));
        }
    }

    #[test]
    fn addresses_are_read_in_all_their_spellings() {
        for (text, is) in [
            ("192.0.2.1", "192.0.2.1"),
            ("18.192.200.190:52816", "18.192.200.190"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ] {
            assert_eq!(address(text), is.parse().ok(), "{text}");
        }
        for text in ["", "<null>", "[", "1.2.3", "[]:1"] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
