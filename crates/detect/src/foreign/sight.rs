//! A sign-in as detectors look at it: marks and flags in place of texts.

use std::net::IpAddr;

use model::event::imported::{Imported, Outcome, Presented, Protocol, SignIn, Transfer};
use model::event::{Event, Subject};
use model::time::Time;

use super::agent::{Agent, Agents};
use super::hosting::{is_hosting, is_tunnel};
use crate::mark::{self, Mark, block, handle, line, neighbourhood, short, text};

/// Where something came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct From {
    /// The line; 0 where it is not known.
    pub(crate) line: Mark,
    /// Its neighbourhood.
    pub(crate) near: Mark,
    /// The wider block.
    pub(crate) block: Mark,
    /// The network: its number, or, where the export has none, a stand-in for the block with the highest bit set. 0: unknown.
    pub(crate) network: u32,
    /// Whether it hosts servers, or hides who uses it.
    pub(crate) hosting: bool,
    /// Whether people's private tunnels end there.
    pub(crate) tunnel: bool,
    /// Whether the address is one of IPv6.
    pub(crate) v6: bool,
}

impl From {
    /// The place of this address.
    pub(crate) fn new(address: Option<IpAddr>, asn: Option<u32>, hosting: Option<bool>) -> Self {
        let asn = asn.filter(|asn| *asn != 0);
        let number = asn.or_else(|| address.map(|address| short(block(address)) | 1 << 31)).unwrap_or(0);
        Self {
            line: address.map_or(0, line),
            near: address.map_or(0, neighbourhood),
            block: address.map_or(0, block),
            network: number,
            hosting: hosting.unwrap_or_else(|| asn.is_some_and(is_hosting)),
            tunnel: hosting != Some(false) && asn.is_some_and(is_tunnel),
            v6: address.is_some_and(|address| address.to_canonical().is_ipv6()),
        }
    }

    /// Whether the number is the network's own.
    pub(crate) const fn is_numbered(&self) -> bool {
        self.network != 0 && self.network >> 31 == 0
    }

    /// How a report names it.
    pub(crate) fn name(&self) -> Option<String> {
        self.is_numbered().then(|| format!("AS{}", self.network))
    }
}

/// Applications that matter by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum App {
    /// The program that registers devices and vouches for others.
    Broker,
    /// A developer's command line, editor or portal.
    Developer,
    /// Any other.
    #[default]
    Other,
}

/// Resources that matter by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Resource {
    /// Where devices are registered.
    Registration,
    /// The management of a cloud: what developers' tools are for.
    Management,
    /// Mail and files.
    MailAndFiles,
    /// The directory, and mail and files through it.
    Graph,
    /// Any other.
    #[default]
    Other,
}

/// What tells the applications that register devices and those of developers, by their public identifiers.
const APPS: [(u128, App); 8] = [
    (0x29d9_ed98_a469_4536_ade2_f981_bc1d_605e, App::Broker),
    (0x04b0_7795_8ddb_461a_bbee_02f9_e1bf_7b46, App::Developer),
    (0x1950_a258_227b_4e31_a9cf_7174_9594_5fc2, App::Developer),
    (0xc44b_4083_3bb0_49c1_b47d_974e_53cb_df3c, App::Developer),
    (0xaebc_6443_996d_45c2_90f0_388f_f96f_aa56, App::Developer),
    (0x872c_d9fa_d31f_45e0_9eab_6e46_0a02_d1f1, App::Developer),
    (0x14d8_2eec_204b_4c2f_b7e8_296a_70da_b67e, App::Developer),
    (0x04f0_c124_f2bc_4f59_9e4f_4b1d_d76b_2e38, App::Developer),
];

const RESOURCES: [(u128, Resource); 6] = [
    (0x01cb_2876_7ebd_4aa4_9cc9_d28b_d4d3_59a9, Resource::Registration),
    (0x797f_4846_ba00_4fd7_ba43_dac1_f8f6_3013, Resource::Management),
    (0x0000_0002_0000_0ff1_ce00_0000_0000_0000, Resource::MailAndFiles),
    (0x0000_0003_0000_0ff1_ce00_0000_0000_0000, Resource::MailAndFiles),
    (0x0000_0003_0000_0000_c000_0000_0000_0000, Resource::Graph),
    (0x0000_0002_0000_0000_c000_0000_0000_0000, Resource::Graph),
];

fn listed<T: Copy + Default>(table: &[(u128, T)], handle: Option<&model::event::imported::Handle>) -> T {
    let Some(model::event::imported::Handle::Guid(bytes)) = handle else { return T::default() };
    let number = u128::from_be_bytes(*bytes);
    table.iter().find(|(listed, _)| *listed == number).map(|(_, what)| *what).unwrap_or_default()
}

/// One sign-in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a> {
    /// The record.
    pub(crate) record: &'a Imported,
    /// What it says of the sign-in.
    pub(crate) sign_in: &'a SignIn,
    /// Whose.
    pub(crate) subject: &'a Subject,
    /// When.
    pub(crate) at: Time,
    /// Whose, as a mark.
    pub(crate) user: Mark,
    /// From where.
    pub(crate) from: From,
    /// The country; 0 where it is not known.
    pub(crate) country: u32,
    /// By which program.
    pub(crate) agent: Agent,
    /// On which registered device; 0 for none.
    pub(crate) device: u32,
    /// In which session; 0 where it is not known.
    pub(crate) session: Mark,
    /// In which sign-in; 0 where it is not known.
    pub(crate) correlation: Mark,
    /// By which application.
    pub(crate) app: App,
    /// The application as a mark.
    pub(crate) app_mark: u32,
    /// For what.
    pub(crate) resource: Resource,
}

impl<'a> Sight<'a> {
    /// The sign-in in an event, where it is one of another system.
    pub(crate) fn new(event: &'a Event, record: &'a Imported, agents: &mut Agents) -> Option<Self> {
        let sign_in = record.sign_in()?;
        let device = record.device.as_ref().and_then(|device| device.id.as_ref());
        let country = record.place.as_ref().and_then(|place| place.country.as_ref());
        Some(Self {
            record,
            sign_in,
            subject: &event.subject,
            at: event.at,
            user: user(&event.subject)?,
            from: From::new(event.address(), record.asn, record.hosting),
            country: country
                .filter(|country| !country.is_empty())
                .map_or(0, |country| short(text(country.as_bytes(), 3)) | 1),
            agent: agents.of(record.agent.as_deref()),
            device: device.map_or(0, |id| short(handle(id)) | 1),
            session: record.session.as_ref().map_or(0, handle),
            correlation: record.correlation.as_ref().map_or(0, handle),
            app: listed(&APPS, record.app.as_ref()),
            app_mark: record.app.as_ref().map_or(0, |app| short(handle(app))),
            resource: listed(&RESOURCES, record.resource.as_ref()),
        })
    }

    /// Whether it succeeded.
    pub(crate) fn succeeded(&self) -> bool {
        self.sign_in.outcome == Outcome::Success
    }

    /// Whether a person was there, as far as the record says.
    pub(crate) fn interactive(&self) -> bool {
        self.sign_in.interactive == Some(true)
    }

    /// Whether a code was typed that another device shows.
    pub(crate) fn by_device_code(&self) -> bool {
        self.sign_in.protocol == Some(Protocol::DeviceCode)
    }

    /// Whether the session began with one.
    pub(crate) fn of_device_code(&self) -> bool {
        self.by_device_code() || self.sign_in.transfer == Some(Transfer::DeviceCode)
    }

    /// Whether the export says nothing of protocols at all.
    pub(crate) const fn is_mute(&self) -> bool {
        self.sign_in.protocol.is_none() && self.sign_in.transfer.is_none()
    }

    /// Whether a token was presented that a registered device vouches for.
    pub(crate) fn by_primary_token(&self) -> bool {
        self.sign_in.presented == Some(Presented::PrimaryRefreshToken)
    }

    /// Where it is, in thousandths of a degree.
    pub(crate) fn place(&self) -> Option<(i32, i32)> {
        self.record.place.as_ref().and_then(|place| place.at)
    }
}

/// The mark of whoever a foreign event is about.
pub(crate) fn user(subject: &Subject) -> Option<Mark> {
    matches!(subject, Subject::Foreign { .. }).then(|| mark::subject_mark(subject))
}

/// What whoever a foreign event is about is called.
pub(crate) fn name(subject: &Subject) -> String {
    match subject {
        Subject::Foreign { user, .. } => user.to_string(),
        Subject::Account(id) => id.to_string(),
        Subject::Address { destination, .. } => destination.clone(),
        Subject::Site => String::new(),
    }
}
