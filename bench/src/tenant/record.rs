//! A line as the event that a reader of the log makes of it, without writing and reading it.

use std::net::{IpAddr, Ipv4Addr};

use model::event::Event;
use model::event::imported::{
    Act, Device, Did, Handle, Imported, Operation, Outcome, Place, Presented, Protocol, SignIn, System,
    Transfer, Word,
};
use model::source::{Source, browser_from_code};
use model::time::Time;

use super::draft::{self, Change, Deed, Detail, Draft, Line, Token};
use super::names::{Guid, Names, device, password, user};
use super::world::{Agent, App, Net, Resource, place};

/// What an export leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leaves {
    /// Protocol, transfer, session and token, as in v1.0.
    pub(crate) out_protocols: bool,
    /// Everything that is not interactive.
    pub(crate) out_silent: bool,
    /// The numbers of networks, as in the unified audit log.
    pub(crate) out_networks: bool,
    /// The session of so many in a hundred.
    pub(crate) out_sessions: u32,
    /// `authenticationProtocol` alone, as in some tenants.
    pub(crate) out_protocol_alone: bool,
}

/// Makes events of lines.
#[derive(Debug)]
pub(crate) struct Reader {
    names: Names,
    users: Vec<Word>,
    agents: Vec<(Agent, Word)>,
    apps: Vec<(App, Handle)>,
    resources: Vec<(Resource, Handle)>,
    countries: Vec<Word>,
    leaves: Leaves,
}

fn handle((high, low): Guid) -> Handle {
    Handle::Guid((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
}

/// The word kept for something, or a new one.
fn kept<K: PartialEq + Copy, V: Clone>(list: &mut Vec<(K, V)>, key: K, new: impl FnOnce() -> V) -> V {
    if let Some((_, value)) = list.iter().find(|(known, _)| *known == key) {
        return value.clone();
    }
    let value = new();
    list.push((key, value.clone()));
    value
}

impl Reader {
    /// For a tenant of so many people.
    #[must_use]
    pub(crate) fn new(seed: u64, people: u32, leaves: Leaves) -> Self {
        Self {
            names: Names::new(seed),
            users: (0..people).map(|number| Word::new(&user(number))).collect(),
            agents: Vec::new(),
            apps: Vec::new(),
            resources: Vec::new(),
            countries: super::world::PLACES.iter().map(|place| Word::new(place.country)).collect(),
            leaves,
        }
    }

    /// The event, where the export has the line.
    pub(crate) fn read(&mut self, number: u64, line: &Line) -> Option<Event> {
        let (user, net, at, record) = match line {
            Line::SignIn(draft) => {
                if self.leaves.out_silent && !draft.interactive {
                    return None;
                }
                (draft.user, draft.net, draft.at, self.sign_in(number, draft))
            }
            Line::Change(change) => (change.user, change.net, change.at, self.change(number, change)),
        };
        let name = usize::try_from(user).ok().and_then(|user| self.users.get(user))?.clone();
        let address = Some(IpAddr::V4(Ipv4Addr::from_bits(net.ip)));
        let source = Source { address, browser: browser_from_code("other/other") };
        let at = Time::from_micros(at.div_euclid(1000) * 1000);
        Some(Event::imported(at, (System::Microsoft, name), Some(source), record))
    }

    fn blank(&self, number: u64, net: Net, what: Did) -> Imported {
        let mut record = Imported::new(handle(self.names.record(number)), what);
        record.asn = (!self.leaves.out_networks).then_some(net.asn);
        let town = place(net.place);
        let country = self.countries.get(usize::from(net.place)).cloned();
        record.place =
            Some(Place { country, city: None, at: Some((town.at.0 * 100, town.at.1 * 100)) }.into());
        record
    }

    fn sign_in(&mut self, number: u64, draft: &Draft) -> Imported {
        let mut sign_in = SignIn::new(outcome(draft));
        sign_in.code = Some(draft.code);
        sign_in.interactive = Some(draft.interactive);
        sign_in.password = password(draft);
        let told = !self.leaves.out_protocols;
        if told && !self.leaves.out_protocol_alone {
            sign_in.protocol = Some(match draft.protocol {
                draft::Protocol::None | draft::Protocol::OAuth2 => Protocol::None,
                draft::Protocol::DeviceCode => Protocol::DeviceCode,
                draft::Protocol::Ropc => Protocol::Ropc,
            });
        }
        if told {
            sign_in.transfer = Some(if draft.device_flow { Transfer::DeviceCode } else { Transfer::None });
            sign_in.presented = Some(match draft.token {
                Token::None => Presented::Nothing,
                Token::Refresh => Presented::RefreshToken,
                Token::Primary => Presented::PrimaryRefreshToken,
            });
        }
        let mut record = self.blank(number, draft.net, Did::SignIn(sign_in));
        let missing = u64::from(self.leaves.out_sessions);
        if told && draft.session != 0 && (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % 100 >= missing {
            record.session = Some(handle(self.names.session(draft.session)));
        }
        record.correlation = Some(handle(self.names.correlation(draft.correlation)));
        record.app = Some(kept(&mut self.apps, draft.app, || Handle::new(draft.app.named().1)));
        record.resource =
            Some(kept(&mut self.resources, draft.resource, || Handle::new(draft.resource.named().1)));
        record.agent = Some(kept(&mut self.agents, draft.agent, || Word::new(draft.agent.header())));
        if draft.device != 0 {
            let id = Some(handle(self.names.device(draft.device)));
            record.device = Some(Device { id, managed: Some(draft.managed), ..Device::default() }.into());
        }
        record
    }

    fn change(&self, number: u64, change: &Change) -> Imported {
        let (operation, target, modified) = match change.deed {
            Deed::DeviceRegistered { by_tool } => {
                let (name, build) = device(by_tool, change.chance);
                (
                    Operation::DeviceRegistered,
                    name,
                    vec![(Word::new("CloudDeviceOSVersion"), Word::new(build))],
                )
            }
            Deed::MethodRegistered => (Operation::MethodAdded, "authenticator app".to_owned(), Vec::new()),
            Deed::ConsentGiven => (Operation::ConsentGiven, "Canteen Orders".to_owned(), Vec::new()),
            Deed::InboxRuleMade => (Operation::InboxRule, "..".to_owned(), Vec::new()),
        };
        let act = Act {
            operation,
            name: Word::new("act"),
            done: true,
            target: Some(Word::new(&target)),
            target_user: None,
            modified,
        };
        self.blank(number, change.net, Did::Act(act))
    }
}

/// How a reader sorts a result.
fn outcome(draft: &Draft) -> Outcome {
    match (draft.code, draft.detail) {
        (0, _) => Outcome::Success,
        (50199, _) => Outcome::ConfirmApp,
        (50126, _) => Outcome::WrongPassword,
        (50053, _) => Outcome::LockedOut,
        (50055, _) => Outcome::PasswordExpired,
        (70043, _) => Outcome::TokenRefused,
        (500_121, Detail::Declined) => Outcome::FactorDenied,
        (500_121, Detail::NoResponse) => Outcome::FactorUnanswered,
        (500_121, Detail::WrongNumber) => Outcome::FactorWrongNumber,
        (500_121, Detail::WrongCode) => Outcome::FactorWrongCode,
        (500_121, _) => Outcome::FactorFailed,
        (50140 | 50074 | 50076 | 65001, _) => Outcome::Interrupt,
        _ => Outcome::Failed,
    }
}
