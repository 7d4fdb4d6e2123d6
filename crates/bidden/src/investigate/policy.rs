//! What an organisation says of itself: its networks, the apps that use device codes, the accounts of rooms. It explains
//! incidents and hides none.

use std::path::Path;

use model::event::imported::Imported;
use model::event::{Event, EventKind, Subject};
use serde::Deserialize;
use wire::http::network::Network;

use crate::Failed;

use super::report::{Incident, Moment};

/// The file, in TOML.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    networks: Networks,
    apps: Apps,
    accounts: Accounts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Networks {
    /// Addresses of offices and of the organisation's own tunnels.
    known: Vec<String>,
    /// Numbers of networks that host servers.
    hosting: Vec<u32>,
    /// Numbers of networks that do not, whatever others say.
    not_hosting: Vec<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Apps {
    /// Names or identifiers of apps whose device codes are usual here.
    device_code: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Accounts {
    /// Accounts of rooms and screens; `*` stands for anything.
    rooms: Vec<String>,
}

/// What an organisation says of itself.
#[derive(Debug, Default)]
pub(super) struct Policy {
    known: Vec<Network>,
    hosting: Vec<u32>,
    not_hosting: Vec<u32>,
    device_code: Vec<String>,
    rooms: Vec<String>,
}

/// What explains an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// All of it came from known networks.
    KnownNetworks,
    /// The app uses device codes here.
    KnownApp,
    /// It is the account of a room.
    Room,
}

impl Expected {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::KnownNetworks => "known_networks",
            Self::KnownApp => "known_app",
            Self::Room => "room",
        }
    }
}

impl Policy {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or says something that is not known.
    pub(super) fn read(path: &Path) -> Result<Self, Failed> {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| Failed(format!("{name}: {error}")))?;
        Self::parse(&text).map_err(|why| Failed(format!("{name}: {why}")))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
        let known: Result<Vec<Network>, String> = written
            .networks
            .known
            .iter()
            .map(|network| Network::parse(network).map_err(|error| format!("{network}: {error}")))
            .collect();
        let small = |all: Vec<String>| all.into_iter().map(|one| one.to_lowercase()).collect();
        Ok(Self {
            known: known?,
            hosting: written.networks.hosting,
            not_hosting: written.networks.not_hosting,
            device_code: small(written.apps.device_code),
            rooms: small(written.accounts.rooms),
        })
    }

    /// Says of a record what the policy knows of its network.
    pub(super) fn tell(&self, event: &mut Event) {
        let address = event.address();
        let EventKind::Imported { record } = &mut event.kind else { return };
        let is = |list: &[u32], record: &Imported| record.asn.is_some_and(|asn| list.contains(&asn));
        if address.is_some_and(|address| self.known.iter().any(|network| network.contains(address)))
            || is(&self.not_hosting, record)
        {
            record.hosting = Some(false);
        } else if is(&self.hosting, record) {
            record.hosting = Some(true);
        }
    }

    /// Whether it says nothing.
    pub(super) const fn is_silent(&self) -> bool {
        self.known.is_empty() && self.hosting.is_empty() && self.not_hosting.is_empty()
    }

    /// What explains an incident, if anything does. What somebody reported as fraud, or a person denied, nothing explains.
    pub(super) fn explains(&self, incident: &Incident) -> Option<Expected> {
        let denied = ["fraud_reported", "person_denied", "approved", "password_right"];
        if incident.reasons.iter().any(|reason| denied.contains(&reason.code)) {
            return None;
        }
        let moments = &incident.timeline;
        // Of what is not seen, nothing can be explained.
        if moments.len() < incident.records.len() {
            return None;
        }
        let here = |moment: &Moment| {
            moment.address.is_some_and(|address| self.known.iter().any(|network| network.contains(address)))
        };
        if incident.detector == "device_code_phishing" {
            if incident.user.as_ref().is_some_and(|user| self.rooms.iter().any(|room| is_like(room, user))) {
                return Some(Expected::Room);
            }
            let known = |moment: &Moment| {
                moment.app.as_ref().is_some_and(|app| self.device_code.contains(&app.to_lowercase()))
            };
            if !moments.is_empty() && moments.iter().all(|moment| known(moment) && here(moment)) {
                return Some(Expected::KnownApp);
            }
        }
        (!moments.is_empty() && moments.iter().all(here)).then_some(Expected::KnownNetworks)
    }
}

/// Whether a name is as a pattern with `*` has it.
fn is_like(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            let Some((_, after)) = rest.split_once(before) else { return false };
            rest = after;
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

/// Whether the subject of an event is one of these users; everybody where none is named.
pub(super) fn is_one_of(users: &[String], subject: &Subject) -> bool {
    let Subject::Foreign { user, .. } = subject else { return users.is_empty() };
    users.is_empty() || users.iter().any(|wanted| is_like(wanted, user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_what_it_knows_and_nothing_else_is_taken() {
        let text = "[networks]\nknown = [\"192.0.2.0/24\"]\nhosting = [64500]\n[accounts]\nrooms = [\"room-*@contoso.example\"]\n";
        let policy = Policy::parse(text).unwrap();
        assert_eq!((policy.known.len(), policy.hosting.as_slice()), (1, &[64_500][..]));
        assert!(Policy::parse("[networks]\nknwon = []\n").is_err());
        assert!(Policy::parse("[networks]\nknown = [\"x\"]\n").is_err());
    }

    #[test]
    fn names_are_matched_with_stars() {
        for (pattern, name, is) in [
            ("room-*@contoso.example", "room-7@contoso.example", true),
            ("room-*@contoso.example", "room-7@other.example", false),
            ("*", "anything", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXc", false),
            ("alice@b.example", "alice@b.example", true),
            ("alice@b.example", "malice@b.example", false),
        ] {
            assert_eq!(is_like(pattern, name), is, "{pattern} {name}");
        }
    }
}
