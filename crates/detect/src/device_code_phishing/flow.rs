//! One device-code sign-in: who approved, who got the tokens, and the clues that they are two.

use model::event::Subject;
use model::finding::{Fact, Reason, Severity};

use crate::Around;
use crate::book::Proof;
use crate::foreign::sight::{App, From, Resource, Sight};
use crate::mark::Mark;

/// So many steps of a flow are kept as proofs until it is told.
const STEPS: usize = 6;
/// Two clean uses of device codes by an app from a network make it usual, in thirds.
const USUAL: u16 = 6;
/// So many uses of developers' tools by hand make a developer.
const DEVELOPS: u16 = 3;
/// So many colleagues who are used to such codes from a network make it one of the organisation's clouds.
const COLLEAGUES: usize = 2;

/// A clue. Its number is its bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clue {
    First,
    TwoNetworks,
    TwoAddresses,
    BrowserAndTool,
    TwoBrowsers,
    NewNetwork,
    Hosting,
    NoDevice,
    Confirmed,
    Broker,
    Campaign,
    MailAndFiles,
    DeviceAsked,
    PrimaryToken,
    Usual,
    Office,
    Familiar,
    SameAddress,
    Developer,
    Colleagues,
}

/// What each is worth (detection.md §5; the last six speak against it).
const POINTS: [(Clue, Fact, i16); 20] = [
    (Clue::First, Fact::FirstDeviceCode, 25),
    (Clue::TwoNetworks, Fact::TwoNetworks, 30),
    (Clue::TwoAddresses, Fact::TwoAddresses, 10),
    (Clue::BrowserAndTool, Fact::BrowserAndTool, 20),
    (Clue::TwoBrowsers, Fact::TwoBrowsers, 10),
    (Clue::NewNetwork, Fact::NewNetwork, 20),
    (Clue::Hosting, Fact::HostingNetwork, 10),
    (Clue::NoDevice, Fact::NoDevice, 5),
    (Clue::Confirmed, Fact::ConfirmedApp, 5),
    (Clue::Broker, Fact::BrokerApp, 5),
    (Clue::Campaign, Fact::SharedRedeemer, 30),
    (Clue::MailAndFiles, Fact::MailAndFiles, 10),
    (Clue::DeviceAsked, Fact::DeviceAskedFor, 15),
    (Clue::PrimaryToken, Fact::PrimaryToken, 15),
    (Clue::Usual, Fact::UsualDeviceCode, -40),
    (Clue::Office, Fact::OfficeNetwork, -25),
    (Clue::Familiar, Fact::FamiliarNetwork, -15),
    (Clue::SameAddress, Fact::SameAddress, -20),
    (Clue::Developer, Fact::DeveloperTool, -35),
    (Clue::Colleagues, Fact::ColleaguesNetwork, -20),
];

impl Clue {
    const fn bit(self) -> u32 {
        match self {
            Self::First => 1,
            Self::TwoNetworks => 1 << 1,
            Self::TwoAddresses => 1 << 2,
            Self::BrowserAndTool => 1 << 3,
            Self::TwoBrowsers => 1 << 4,
            Self::NewNetwork => 1 << 5,
            Self::Hosting => 1 << 6,
            Self::NoDevice => 1 << 7,
            Self::Confirmed => 1 << 8,
            Self::Broker => 1 << 9,
            Self::Campaign => 1 << 10,
            Self::MailAndFiles => 1 << 11,
            Self::DeviceAsked => 1 << 12,
            Self::PrimaryToken => 1 << 13,
            Self::Usual => 1 << 14,
            Self::Office => 1 << 15,
            Self::Familiar => 1 << 16,
            Self::SameAddress => 1 << 17,
            Self::Developer => 1 << 18,
            Self::Colleagues => 1 << 19,
        }
    }
}

/// One of the two halves of a flow.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Half {
    pub(super) from: From,
    tool: bool,
    /// A developer's application, by the tool that it comes with.
    own_tool: bool,
    browser: bool,
    family: u32,
    app: u32,
}

impl Half {
    fn of(sight: &Sight<'_>) -> Self {
        Self {
            from: sight.from,
            tool: sight.agent.tool,
            own_tool: sight.agent.developer && sight.app == App::Developer,
            browser: sight.agent.browser,
            family: sight.agent.family,
            app: sight.app_mark,
        }
    }
}

/// One flow.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    subject: Subject,
    /// The sign-in that it began with.
    pub(super) correlation: Mark,
    /// Whether a code was typed, as far as the log says.
    pub(super) coded: bool,
    last: i64,
    approver: Option<Half>,
    pub(super) redeemer: Option<Half>,
    clues: u32,
    steps: Vec<Proof>,
    /// Whether tokens were got just now.
    fresh: bool,
    /// Whether it was told, how urgently, with how many points, and in which incident.
    pub(super) told: Option<(Severity, i32, Mark)>,
}

impl Flow {
    /// A flow that begins.
    pub(super) fn new(sight: &Sight<'_>) -> Self {
        Self {
            subject: sight.subject.clone(),
            correlation: sight.correlation,
            coded: false,
            last: sight.at.micros(),
            approver: None,
            redeemer: None,
            clues: 0,
            steps: Vec::new(),
            fresh: false,
            told: None,
        }
    }

    /// Whether something belonged to it within `life`.
    pub(super) fn is_live(&self, sight: &Sight<'_>, life: i64) -> bool {
        sight.at.micros().saturating_sub(self.last) < life
    }

    /// Keeps a step as a proof.
    pub(super) fn step(&mut self, proof: Proof) {
        self.last = self.last.max(proof.at.micros());
        if self.steps.len() < STEPS {
            self.steps.push(proof);
        }
    }

    pub(super) const fn has(&mut self, clue: Clue) {
        self.clues |= clue.bit();
    }

    pub(super) const fn is(&self, clue: Clue) -> bool {
        self.clues & clue.bit() != 0
    }

    pub(super) fn subject(&self) -> Subject {
        self.subject.clone()
    }

    pub(super) fn steps(&self) -> Vec<Proof> {
        self.steps.clone()
    }

    /// Somebody stands at the page.
    pub(super) fn approves(&mut self, sight: &Sight<'_>) {
        if self.approver.is_none() || sight.agent.browser {
            self.approver = Some(Half::of(sight));
        }
    }

    /// Somebody gets the tokens.
    pub(super) fn redeems(&mut self, sight: &Sight<'_>, around: &Around<'_>) {
        let half = Half::of(sight);
        self.redeemer = Some(half);
        self.fresh = true;
        if let Some(approver) = self.approver {
            self.compare(
                approver,
                half,
                around.person.has_used(half.from.network) || !around.person.is_warm(),
            );
        }
        let office = around.tenant.is_office(sight);
        if office {
            self.has(Clue::Office);
        }
        if !around.person.is_home(half.from.network, sight.at) {
            // Where colleagues sit nobody is strange.
            if !office {
                self.has(Clue::NewNetwork);
            }
        } else if !half.from.hosting && !self.is(Clue::BrowserAndTool) {
            self.has(Clue::Familiar);
        }
        if half.from.hosting {
            self.has(Clue::Hosting);
        }
        if sight.device == 0 {
            self.has(Clue::NoDevice);
        }
        if around.person.code_weight(sight.app_mark, half.from.network) >= USUAL {
            self.has(Clue::Usual);
        }
        if half.own_tool && sight.resource == Resource::Management {
            self.has(Clue::Developer);
            if around.tenant.code_users(sight) >= COLLEAGUES || around.person.develops >= DEVELOPS {
                self.has(Clue::Colleagues);
            }
        }
    }

    fn compare(&mut self, approver: Half, redeemer: Half, own: bool) {
        let (one, other) = (approver.from, redeemer.from);
        if one.network != 0 && other.network != 0 && one.network != other.network {
            self.has(Clue::TwoNetworks);
        } else if one.line != other.line && one.v6 == other.v6 {
            self.has(Clue::TwoAddresses);
        } else if one.line == other.line && one.line != 0 && own {
            self.has(Clue::SameAddress);
        }
        if approver.browser && redeemer.tool && !redeemer.own_tool {
            self.has(Clue::BrowserAndTool);
        } else if !redeemer.tool
            && approver.family != redeemer.family
            && approver.family != 0
            && redeemer.family != 0
        {
            self.has(Clue::TwoBrowsers);
        }
    }

    /// The tokens are used.
    pub(super) fn uses(&mut self, sight: &Sight<'_>, around: &Around<'_>) {
        let home = around.person.is_home(sight.from.network, sight.at);
        let Some(redeemer) = self.redeemer else {
            // The log begins later, or leaves that half out: whoever uses the tokens elsewhere got them.
            if self.approver.is_none_or(|approver| approver.from.network != sight.from.network) {
                self.redeems(sight, around);
            }
            return;
        };
        if redeemer.from.network != sight.from.network {
            // One address stands for both halves in some logs; then the stranger shows only now.
            if sight.from.hosting && !home && !self.is(Clue::Hosting) && !self.is(Clue::TwoNetworks) {
                self.clues &= !(Clue::SameAddress.bit() | Clue::Familiar.bit() | Clue::Office.bit());
                self.redeems(sight, around);
                self.has(Clue::TwoNetworks);
                self.fresh = false;
            }
            return;
        }
        if !self.is(Clue::NewNetwork) {
            return;
        }
        let opens = match sight.resource {
            Resource::MailAndFiles => true,
            Resource::Graph => sight.app_mark != redeemer.app,
            Resource::Registration | Resource::Management | Resource::Other => false,
        };
        if opens {
            self.has(Clue::MailAndFiles);
            // What a developer's tool would explain, this is not.
            self.clues &= !(Clue::Developer.bit() | Clue::Colleagues.bit());
        }
        if sight.resource == Resource::Registration {
            self.has(Clue::DeviceAsked);
        }
        if sight.by_primary_token() && sight.device != 0 && !around.person.has_device(sight.device) {
            self.has(Clue::PrimaryToken);
        }
    }

    /// Whether tokens were got just now; says so once.
    pub(super) const fn takes(&mut self) -> bool {
        std::mem::replace(&mut self.fresh, false)
    }

    /// Whether the network that got the tokens is nobody's usual one.
    pub(super) const fn is_strange(&self) -> bool {
        self.is(Clue::NewNetwork)
            && !self.is(Clue::Usual)
            && !self.is(Clue::SameAddress)
            && !self.is(Clue::Developer)
    }

    /// The sum.
    pub(super) fn score(&self) -> i32 {
        POINTS.iter().filter(|(clue, ..)| self.is(*clue)).map(|(.., points)| i32::from(*points)).sum()
    }

    /// The summands.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let found = POINTS.iter().filter(|(clue, ..)| self.is(*clue));
        found
            .map(|(clue, fact, points)| {
                let value = match clue {
                    Clue::NewNetwork | Clue::Hosting => {
                        self.redeemer.and_then(|redeemer| redeemer.from.name())
                    }
                    _ => None,
                };
                Reason { fact: *fact, points: *points, value }
            })
            .collect()
    }
}
