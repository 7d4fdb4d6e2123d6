//! What the installation does by itself about a finding: a few acts, each within a time, each of which can be undone or ends
//! nothing that its owner cannot begin again.
//!
//! Implements: threats.md §6 no. 17 (a breaker that raises itself), docs/decisions/0029. Who can bring a response about is
//! somebody else than whom it hits, as often as not; so none of them withholds anything from a browser that is known to the
//! account, none hits everybody unless an operator says so by hand, and none lasts.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wire::http::forwarded::network_of;
use wire::place::is_placeless;

use crate::finding::{About, Attack, Finding, Severity};
use crate::id::{EventId, GrantId, ResponseId, SessionId};
use crate::time::Time;

/// How often a day the same is done about the same, at most: whoever brings it about again and again gets no more by it.
pub const MOST_A_DAY: i64 = 6;
/// How many that last stand at once, at most.
pub const MOST_AT_ONCE: i64 = 1000;
/// The longest that one lasts, whoever begins it.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// How long one lasts where nobody says otherwise.
pub const USUAL: Duration = Duration::from_secs(60 * 60);

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// No code is sent that a browser asks for which is unknown to the account.
    HoldCodes,
    /// No device begins, and none is let in, by a code that it shows.
    SuspendDevices,
    /// A browser session ends.
    EndSession,
    /// A browser session is provisional: it reads, decides nothing, and ends soon unless its owner says from another that it is his.
    DoubtSession,
    /// A grant ends, with all tokens that came of it.
    EndGrant,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::HoldCodes, Self::SuspendDevices, Self::EndSession, Self::DoubtSession, Self::EndGrant];

    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::HoldCodes => "hold_codes",
            Self::SuspendDevices => "suspend_devices",
            Self::EndSession => "end_session",
            Self::DoubtSession => "doubt_session",
            Self::EndGrant => "end_grant",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.code() == code)
    }

    /// Whether it lasts for a while; what does not is done once.
    #[must_use]
    pub const fn lasts(self) -> bool {
        match self {
            Self::HoldCodes | Self::SuspendDevices | Self::DoubtSession => true,
            Self::EndSession | Self::EndGrant => false,
        }
    }
}

/// Whom or what it hits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everybody. Only an operator begins such a one.
    Everybody,
    /// Whoever is behind an IPv4 address, or in the /64 of an IPv6 address.
    Network(String),
    /// A client.
    Client(String),
    /// A browser session.
    Session(SessionId),
    /// A grant.
    Grant(GrantId),
}

impl Scope {
    /// The network that this address belongs to.
    #[must_use]
    pub fn network(address: IpAddr) -> Self {
        Self::Network(network_of(address))
    }

    /// As stored, and as typed at the command line: `network 192.0.2.1`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Everybody => "all".to_owned(),
            Self::Network(network) => format!("network {network}"),
            Self::Client(client) => format!("client {client}"),
            Self::Session(session) => format!("session {session}"),
            Self::Grant(grant) => format!("grant {grant}"),
        }
    }

    /// Reads [`Self::text`]; a network also by any address of it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::Everybody);
        }
        let (what, which) = text.split_once(' ')?;
        match what {
            "network" => which.trim_end_matches("/64").parse().ok().map(Self::network),
            "client" if !which.is_empty() => Some(Self::Client(which.to_owned())),
            "session" => which.parse().ok().map(Self::Session),
            "grant" => which.parse().ok().map(Self::Grant),
            _ => None,
        }
    }

    /// How often a day this is done to it, at most. An owner who said of a session that it is his is asked once.
    #[must_use]
    pub const fn most_a_day(&self) -> i64 {
        match self {
            Self::Everybody | Self::Network(_) | Self::Client(_) => MOST_A_DAY,
            Self::Session(_) | Self::Grant(_) => 1,
        }
    }

    /// Whether this can be done to it.
    #[must_use]
    pub const fn is_of(&self, act: Act) -> bool {
        matches!(
            (act, self),
            (Act::HoldCodes, Self::Everybody | Self::Network(_))
                | (Act::SuspendDevices, Self::Everybody | Self::Client(_))
                | (Act::EndSession | Act::DoubtSession, Self::Session(_))
                | (Act::EndGrant, Self::Grant(_))
        )
    }
}

/// Whether something is done by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is not, and nothing says that it could have been.
    Off,
    /// It is not; what would have been done is on the record.
    #[default]
    Simulate,
    /// It is.
    Act,
}

/// The rules that an operator sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Responses {
    /// Nothing is done about a finding that is less urgent.
    pub least: Severity,
    /// How long a response lasts that lasts.
    pub lasts: Duration,
    /// Whether codes are held back.
    pub hold_codes: Mode,
    /// Whether devices are suspended.
    pub suspend_devices: Mode,
    /// Whether sessions end.
    pub end_session: Mode,
    /// Whether sessions become provisional, where they do not end.
    pub doubt_session: Mode,
    /// Whether grants end.
    pub end_grant: Mode,
    /// Operators are told by mail of findings that are as urgent; none where they are told of none.
    pub tell: Option<Severity>,
}

impl Default for Responses {
    fn default() -> Self {
        let simulate = Mode::Simulate;
        Self {
            least: Severity::High,
            lasts: USUAL,
            hold_codes: simulate,
            suspend_devices: simulate,
            end_session: simulate,
            doubt_session: simulate,
            end_grant: simulate,
            tell: Some(Severity::High),
        }
    }
}

impl Responses {
    /// Whether this is done by itself.
    #[must_use]
    pub const fn mode(&self, act: Act) -> Mode {
        match act {
            Act::HoldCodes => self.hold_codes,
            Act::SuspendDevices => self.suspend_devices,
            Act::EndSession => self.end_session,
            Act::DoubtSession => self.doubt_session,
            Act::EndGrant => self.end_grant,
        }
    }
}

impl Responses {
    /// What is done to a session that another browser uses: the surest that acts, or else is only said.
    const fn about_session(&self) -> Act {
        match (self.end_session, self.doubt_session) {
            (Mode::Simulate | Mode::Off, Mode::Act) | (Mode::Off, Mode::Simulate) => Act::DoubtSession,
            (Mode::Act, _) | (Mode::Simulate, Mode::Simulate | Mode::Off) | (Mode::Off, Mode::Off) => {
                Act::EndSession
            }
        }
    }
}

/// What is to be done about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What.
    pub act: Act,
    /// To whom.
    pub scope: Scope,
    /// For how long; nothing where it is done once.
    pub lasts: Duration,
    /// Whether it is only said.
    pub simulated: bool,
}

/// What is to be done about a finding, by the rules.
///
/// | attack | act | hits |
/// |---|---|---|
/// | one network asks for codes for many mailboxes, tries addresses out, or sprays codes | hold codes | that network |
/// | several people said no to devices of one client | suspend devices | that client |
/// | another browser uses a session | end it; or make it provisional, where it does not end | that session |
/// | a token came with another key, or came twice | end the grant | that grant |
///
/// Nothing is done about a network that tells nobody apart: private ones, those of carriers, the loopback.
#[must_use]
pub fn plan(rules: &Responses, finding: &Finding) -> Option<Planned> {
    if finding.severity < rules.least {
        return None;
    }
    let (act, scope) = match (finding.attack(), finding.about()) {
        (
            Attack::NetworkFlood | Attack::AddressEnumeration | Attack::CodeSpraying,
            About::Source(address),
        ) if !is_placeless(address.to_canonical()) => (Act::HoldCodes, Scope::network(address)),
        (Attack::DeviceCodePhishing, About::Client(client)) => {
            (Act::SuspendDevices, Scope::Client(client.to_owned()))
        }
        (Attack::SessionReplay, About::Session(session)) => (rules.about_session(), Scope::Session(session)),
        (Attack::RefreshReplay, About::Grant(grant)) => (Act::EndGrant, Scope::Grant(grant)),
        _ => return None,
    };
    let simulated = match rules.mode(act) {
        Mode::Off => return None,
        Mode::Simulate => true,
        Mode::Act => false,
    };
    let lasts = if act.lasts() { rules.lasts.min(LONGEST) } else { Duration::ZERO };
    Some(Planned { act, scope, lasts, simulated })
}

/// How a response came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// It was done at once.
    Done,
    /// Its time was over.
    Elapsed,
    /// An operator undid it.
    Undone,
    /// Whose it was said that it was he.
    Confirmed,
}

impl Over {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Elapsed => "elapsed",
            Self::Undone => "undone",
            Self::Confirmed => "confirmed",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Done, Self::Elapsed, Self::Undone, Self::Confirmed]
            .into_iter()
            .find(|over| over.code() == code)
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Which.
    pub id: ResponseId,
    /// What is done.
    pub act: Act,
    /// To whom.
    pub scope: Scope,
    /// Since when.
    pub since: Time,
    /// Until when.
    pub until: Time,
    /// The finding that it answers; none where an operator began it.
    pub finding: Option<EventId>,
    /// Why: the detector, or what the operator said.
    pub reason: String,
    /// Whether it is only said.
    pub simulated: bool,
    /// When and how it ended.
    pub ended: Option<(Time, Over)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Fact, Reason};

    const ACT: Responses = Responses {
        least: Severity::High,
        lasts: USUAL,
        hold_codes: Mode::Act,
        suspend_devices: Mode::Act,
        end_session: Mode::Act,
        doubt_session: Mode::Off,
        end_grant: Mode::Act,
        tell: None,
    };

    fn flood(key: &str, severity: Severity) -> Finding {
        let mut finding = Finding::new("code_flood", severity, key.to_owned());
        finding.reasons.push(Reason::counted(Fact::ManyRecipients, 25));
        finding
    }

    #[test]
    fn a_network_that_floods_is_held_back_for_an_hour_and_its_neighbours_are_not() {
        let planned = plan(&ACT, &flood("source 81.2.69.142", Severity::High)).unwrap();
        assert_eq!((planned.act, planned.simulated, planned.lasts), (Act::HoldCodes, false, USUAL));
        assert_eq!(planned.scope, Scope::network("81.2.69.142".parse().unwrap()));
        assert_ne!(planned.scope, Scope::network("81.2.69.143".parse().unwrap()));
        assert_eq!(
            Scope::network("2001:db8:1:2::1".parse().unwrap()),
            Scope::network("2001:db8:1:2:ffff::9".parse().unwrap())
        );
    }

    #[test]
    fn by_default_everything_is_said_and_nothing_is_done() {
        let planned = plan(&Responses::default(), &flood("source 81.2.69.142", Severity::High)).unwrap();
        assert!(planned.simulated);
        let off = Responses { hold_codes: Mode::Off, ..ACT };
        assert_eq!(plan(&off, &flood("source 81.2.69.142", Severity::High)), None);
    }

    #[test]
    fn what_is_less_urgent_than_the_rules_ask_for_is_left_alone() {
        assert_eq!(plan(&ACT, &flood("source 81.2.69.142", Severity::Medium)), None);
        let lower = Responses { least: Severity::Medium, ..ACT };
        assert!(plan(&lower, &flood("source 81.2.69.142", Severity::Medium)).is_some());
    }

    #[test]
    fn no_finding_holds_anything_back_from_everybody_or_behind_an_address_that_many_share() {
        for key in [
            "everywhere",
            "site",
            "source 127.0.0.1",
            "source 10.1.2.3",
            "source 100.64.0.9",
            "source fd00::1",
        ] {
            assert_eq!(plan(&ACT, &flood(key, Severity::Critical)), None, "{key}");
        }
    }

    #[test]
    fn no_rule_makes_one_last_longer_than_a_day() {
        let longer = Responses { lasts: Duration::from_secs(u64::MAX), ..ACT };
        assert_eq!(plan(&longer, &flood("source 81.2.69.142", Severity::High)).unwrap().lasts, LONGEST);
    }

    #[test]
    fn a_mailbox_that_is_flooded_has_nothing_taken_from_it() {
        let finding = Finding::new("code_flood", Severity::Critical, "recipient 00ff".to_owned());
        assert_eq!(plan(&ACT, &finding), None);
        let guessed = Finding::new("code_guessing", Severity::Critical, "somebody".to_owned());
        assert_eq!(plan(&ACT, &guessed), None, "whoever types wrong codes locks nobody out");
    }

    #[test]
    fn a_session_ends_where_that_acts_and_is_provisional_where_only_that_does() {
        use Mode::{Act as Acts, Off, Simulate};
        let key = "session 0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77".to_owned();
        let found = Finding::new("session_replay", Severity::High, key);
        let done = |end_session, doubt_session| {
            let planned = plan(&Responses { end_session, doubt_session, ..ACT }, &found)?;
            Some((planned.act, planned.simulated, planned.lasts))
        };
        let doubt = Act::DoubtSession;
        assert_eq!(done(Off, Acts), Some((doubt, false, USUAL)));
        assert_eq!(done(Simulate, Acts), Some((doubt, false, USUAL)));
        assert_eq!(done(Acts, Acts), Some((Act::EndSession, false, Duration::ZERO)));
        assert_eq!(done(Simulate, Simulate), Some((Act::EndSession, true, Duration::ZERO)));
        assert_eq!(done(Off, Simulate), Some((doubt, true, USUAL)));
        assert_eq!(done(Off, Off), None);
    }

    #[test]
    fn a_scope_survives_its_text() {
        let session = "session 0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77";
        for text in
            ["all", "network 192.0.2.1", "network 2001:db8:1:2::/64", "client https://a.example/", session]
        {
            assert_eq!(Scope::parse(text).unwrap().text(), text);
        }
        assert_eq!(Scope::parse("network 2001:db8:1:2::9").unwrap().text(), "network 2001:db8:1:2::/64");
        for nonsense in ["", "everybody", "network", "network 1.2.3", "client ", "session 1", "all the world"]
        {
            assert_eq!(Scope::parse(nonsense), None, "{nonsense}");
        }
        assert!(!Scope::Everybody.is_of(Act::EndSession));
    }
}
