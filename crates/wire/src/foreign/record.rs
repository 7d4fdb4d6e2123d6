//! One record of any format: the members are gathered in one walk, and what they are together decides which format it was.
//!
//! Formats are told apart by members that only they have, never by a file's name; records of several formats may follow each
//! other in one file.

use super::arena::Arena;
use super::key::Key;
use super::moment::{DateOrder, Moment};
use super::parts::{DeviceDetail, Location, Pairs, Party, Status, Steps, Targets};
use super::row::Row;
use super::scan::{Broken, Scan};
use super::walk::{Member, Take, value};
use super::{google, okta};
use crate::{Malformed, entra};

const WHAT: &str = "record";

/// What a record turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Read<'a> {
    /// A sign-in, or an act.
    Row(Box<Row<'a>>),
    /// An event of a server like this one.
    Own,
    /// A record, but none of a person: a service that signed in, an alert, something unknown.
    Other,
}

/// Reads one record that is a JSON object.
///
/// # Errors
/// [`Malformed`] for what is no JSON object in UTF-8, and for a record whose time cannot be read.
pub fn read<'a>(bytes: &'a [u8], arena: &'a Arena) -> Result<Read<'a>, Malformed> {
    const EXPECTED: &str = "one JSON object in UTF-8";
    let mut draft = Draft::default();
    // Once for the whole record is a tenth of the time that it takes text by text.
    let text = str::from_utf8(bytes).map_err(|error| Malformed {
        what: WHAT,
        at: error.valid_up_to(),
        expected: EXPECTED,
    })?;
    arena.names.begin();
    let mut scan = Scan::new(text);
    let whole = match scan.peek() {
        Ok(b'{') => value(&mut scan, &mut draft, arena).and_then(|_| scan.end()),
        Ok(_) | Err(_) => Err(Broken { at: 0 }),
    };
    whole.map_err(|Broken { at }| Malformed { what: WHAT, at, expected: EXPECTED })?;
    draft.finish(DateOrder::default())
}

/// Everything that a record told, before it is known what it is.
#[derive(Debug, Default)]
pub(crate) struct Draft<'a> {
    /// Inside the envelope of Azure Monitor.
    pub(crate) enveloped: bool,
    /// Out of a table.
    pub(crate) cells: bool,
    pub(super) own: bool,
    pub(super) google_id: IdOfGoogle<'a>,
    pub(crate) id: Option<&'a str>,
    /// Times, the most exact first: of the event, of an audit, of the unified log, of the table, of the envelope.
    pub(crate) times: [Option<&'a str>; 5],
    pub(super) published: Option<&'a str>,
    pub(crate) category: Option<&'a str>,
    pub(super) kind: Option<&'a str>,
    pub(crate) table: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(crate) upn: Option<&'a str>,
    pub(crate) user_id: Option<&'a str>,
    pub(crate) app_id: Option<&'a str>,
    pub(crate) app_name: Option<&'a str>,
    pub(crate) resource_id: Option<&'a str>,
    pub(crate) resource_name: Option<&'a str>,
    pub(crate) result_type: Option<&'a str>,
    pub(crate) result_text: Option<&'a str>,
    pub(crate) result: Option<&'a str>,
    pub(crate) result_status: Option<&'a str>,
    pub(crate) status: Status<'a>,
    pub(crate) status_word: Option<&'a str>,
    pub(crate) additional: Pairs<'a>,
    pub(crate) correlation: Option<&'a str>,
    pub(crate) address: Option<&'a str>,
    pub(crate) caller: Option<&'a str>,
    pub(crate) asn: Option<i64>,
    pub(crate) location: Location<'a>,
    pub(crate) agent: Option<&'a str>,
    pub(crate) device: DeviceDetail<'a>,
    pub(crate) steps: Steps<'a>,
    pub(crate) access: Option<&'a str>,
    pub(crate) interactive: Option<bool>,
    pub(crate) event_types: Option<&'a str>,
    pub(crate) protocol: Option<&'a str>,
    pub(crate) transfer: Option<&'a str>,
    pub(crate) presented: Option<&'a str>,
    pub(crate) session: Option<&'a str>,
    pub(crate) token: Option<&'a str>,
    pub(crate) risk: Option<&'a str>,
    pub(crate) risk_state: Option<&'a str>,
    pub(crate) count: Option<i64>,
    pub(crate) operation_name: Option<&'a str>,
    pub(crate) activity: Option<&'a str>,
    pub(crate) initiator: Party<'a>,
    pub(crate) targets: Targets<'a>,
    // The unified audit log.
    pub(crate) operation: Option<&'a str>,
    pub(crate) workload: Option<&'a str>,
    pub(crate) object: Option<&'a str>,
    pub(crate) error_number: Option<i64>,
    pub(crate) logon_error: Option<&'a str>,
    pub(crate) extended: Pairs<'a>,
    pub(crate) device_properties: Pairs<'a>,
    pub(crate) parameters: Pairs<'a>,
    pub(crate) modified: Pairs<'a>,
    pub(crate) access_context: AccessContext<'a>,
    pub(crate) client_app: Option<&'a str>,
    pub(crate) client_info: Option<&'a str>,
    pub(crate) file: Option<&'a str>,
    pub(crate) mailbox: Option<&'a str>,
    // Okta and Google.
    pub(super) event_type: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    pub(super) uuid: Option<&'a str>,
    pub(super) actor: Party<'a>,
    pub(super) okta: okta::Parts<'a>,
    pub(super) google: google::Parts<'a>,
}

/// `id` of Google: an object.
#[derive(Debug, Default)]
pub(super) struct IdOfGoogle<'a> {
    pub(super) time: Option<&'a str>,
    pub(super) qualifier: Option<&'a str>,
    pub(super) application: Option<&'a str>,
}

impl<'a> Take<'a> for IdOfGoogle<'a> {
    const WITHIN_TEXT: bool = false;

    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::Time => self.time = value.text()?,
            Key::Qualifier => self.qualifier = value.text()?,
            Key::ApplicationName => self.application = value.text()?,
            _ => value.skip()?,
        }
        Ok(())
    }
}

/// `AppAccessContext`: the session and the token with which something was done.
#[derive(Debug, Default)]
pub(crate) struct AccessContext<'a> {
    pub(crate) session: Option<&'a str>,
    pub(crate) token: Option<&'a str>,
    pub(crate) correlation: Option<&'a str>,
    pub(crate) app: Option<&'a str>,
}

impl<'a> Take<'a> for AccessContext<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::SessionId => self.session = value.text()?,
            Key::TokenId => self.token = value.text()?,
            Key::CorrelationId => self.correlation = value.text()?,
            Key::ClientAppId => self.app = value.text()?,
            _ => value.skip()?,
        }
        Ok(())
    }
}

impl<'a> Take<'a> for Draft<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::Unknown => value.skip(),
            Key::Id => {
                let text = value.fill(&mut self.google_id)?;
                self.id = self.id.or(text);
                Ok(())
            }
            Key::Properties => {
                self.enveloped = true;
                value.fill(self).map(|_| ())
            }
            Key::Created => self.time(0, value),
            Key::ActivityTime => self.time(1, value),
            Key::CreationTime => self.time(2, value),
            Key::Generated | Key::CreationDate => self.time(3, value),
            Key::Time => self.time(4, value),
            Key::Status => {
                let text = value.fill(&mut self.status)?;
                self.status_word = self.status_word.or(text);
                Ok(())
            }
            Key::ErrorCode => {
                self.status.code = value.number()?;
                Ok(())
            }
            Key::FailureReason => value.text_into(&mut self.status.reason),
            Key::AdditionalDetails => {
                let text = value.fill(&mut self.additional)?;
                self.status.detail = self.status.detail.or(text);
                Ok(())
            }
            Key::Location => {
                let text = value.fill(&mut self.location)?;
                self.location.country = self.location.country.or(text.map(country));
                Ok(())
            }
            Key::Device => value.fill(&mut self.device).map(|_| ()),
            Key::DeviceId
            | Key::OperatingSystem
            | Key::Browser
            | Key::IsManaged
            | Key::IsCompliant
            | Key::TrustType => self.device.take(key, value),
            Key::Steps => value.fill(&mut self.steps).map(|_| ()),
            _ => self.take_plain(key, value),
        }
    }
}

impl<'a> Draft<'a> {
    fn time(&mut self, rank: usize, value: Member<'_, 'a>) -> Result<(), Broken> {
        let text = value.text()?;
        if let Some(slot) = self.times.get_mut(rank) {
            *slot = slot.or(text);
        }
        Ok(())
    }

    /// Members that are a text, a number or a flag in every format.
    fn take_plain(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::Category => value.text_into(&mut self.category),
            Key::Type => value.text_into(&mut self.table),
            Key::Name => value.text_into(&mut self.name),
            Key::Upn => value.text_into(&mut self.upn),
            Key::UserId => value.text_into(&mut self.user_id),
            Key::AppId => value.text_into(&mut self.app_id),
            Key::AppName => value.text_into(&mut self.app_name),
            Key::ResourceId => {
                // The envelope names the tenant in the same words.
                let text = value.text()?.filter(|text| !text.starts_with("/tenants/"));
                self.resource_id = text.or(self.resource_id);
                Ok(())
            }
            Key::ResourceName => {
                let text = value.text()?.filter(|text| *text != "Microsoft.aadiam");
                self.resource_name = text.or(self.resource_name);
                Ok(())
            }
            Key::ResultType => value.text_into(&mut self.result_type),
            Key::ResultDescription | Key::ResultReason => value.text_into(&mut self.result_text),
            Key::Result => value.text_into(&mut self.result),
            Key::ResultStatus => value.text_into(&mut self.result_status),
            Key::CorrelationId => {
                let text = value.text()?;
                self.correlation = text.or(self.correlation);
                Ok(())
            }
            Key::Ip => value.text_into(&mut self.address),
            Key::CallerIp => value.text_into(&mut self.caller),
            Key::Asn => {
                self.asn = value.number()?;
                Ok(())
            }
            Key::City => value.text_into(&mut self.location.city),
            Key::UserAgent => value.text_into(&mut self.agent),
            Key::ConditionalAccess => value.text_into(&mut self.access),
            Key::IsInteractive => {
                self.interactive = value.flag()?;
                Ok(())
            }
            Key::EventTypes => value.text_into(&mut self.event_types),
            Key::Protocol => value.text_into(&mut self.protocol),
            Key::Transfer => value.text_into(&mut self.transfer),
            Key::Presented => value.text_into(&mut self.presented),
            Key::SessionId => value.text_into(&mut self.session),
            Key::TokenId => value.text_into(&mut self.token),
            Key::RiskLevel => value.text_into(&mut self.risk),
            Key::RiskState => value.text_into(&mut self.risk_state),
            Key::Count => {
                self.count = value.number()?;
                Ok(())
            }
            Key::OperationName => value.text_into(&mut self.operation_name),
            Key::ActivityName => value.text_into(&mut self.activity),
            _ => self.take_of_one(key, value),
        }
    }

    /// Members that only one format has.
    fn take_of_one(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::AuditData => value.fill(self).map(|_| ()),
            Key::InitiatedBy => value.fill(&mut self.initiator).map(|_| ()),
            Key::Targets => value.fill(&mut self.targets).map(|_| ()),
            Key::Operation => value.text_into(&mut self.operation),
            Key::Workload => value.text_into(&mut self.workload),
            Key::ObjectId => value.text_into(&mut self.object),
            Key::ErrorNumber => {
                self.error_number = value.number()?;
                Ok(())
            }
            Key::LogonError => value.text_into(&mut self.logon_error),
            Key::ExtendedProperties => value.fill(&mut self.extended).map(|_| ()),
            Key::DeviceProperties => value.fill(&mut self.device_properties).map(|_| ()),
            Key::Parameters => value.fill(&mut self.parameters).map(|_| ()),
            Key::Modified => value.fill(&mut self.modified).map(|_| ()),
            Key::AppAccess => value.fill(&mut self.access_context).map(|_| ()),
            Key::Correlation => value.text_into(&mut self.correlation),
            Key::ClientIp => value.text_into(&mut self.caller),
            Key::ActorIp => value.text_into(&mut self.address),
            Key::ClientAppId => value.text_into(&mut self.client_app),
            Key::ClientInfo => value.text_into(&mut self.client_info),
            Key::SourceFile => value.text_into(&mut self.file),
            Key::MailboxOwner => value.text_into(&mut self.mailbox),
            Key::Published => value.text_into(&mut self.published),
            Key::EventType => value.text_into(&mut self.event_type),
            Key::DisplayMessage => value.text_into(&mut self.message),
            Key::Uuid => value.text_into(&mut self.uuid),
            Key::Actor => value.fill(&mut self.actor).map(|_| ()),
            Key::Kind => {
                let mut own = OwnKind(false);
                let text = value.fill(&mut own)?;
                self.own |= own.0;
                self.kind = self.kind.or(text);
                Ok(())
            }
            Key::Events | Key::NetworkInfo => self.google.take(key, value),
            Key::Client
            | Key::Outcome
            | Key::SecurityContext
            | Key::AuthenticationContext
            | Key::DebugContext
            | Key::Transaction => self.okta.take(key, value),
            _ => value.skip(),
        }
    }

    /// The first of the times that is there.
    pub(crate) fn moment(&self, order: DateOrder) -> Result<Moment, Malformed> {
        let text = self.times.iter().flatten().next().copied();
        moment(text, order)
    }

    /// Decides what the record is.
    pub(crate) fn finish(&self, order: DateOrder) -> Result<Read<'a>, Malformed> {
        if self.own {
            return Ok(Read::Own);
        }
        let row = if self.published.is_some() && self.event_type.is_some() {
            okta::row(self)?
        } else if self.google_id.time.is_some() {
            google::row(self)?
        } else {
            entra::row(self, order)?
        };
        Ok(row.map_or(Read::Other, |row| Read::Row(Box::new(row))))
    }
}

/// A time that is asked for, or the complaint that there is none.
pub(super) fn moment(text: Option<&str>, order: DateOrder) -> Result<Moment, Malformed> {
    text.and_then(|text| Moment::parse(text, order)).ok_or(Malformed {
        what: WHAT,
        at: 0,
        expected: "a time that can be read",
    })
}

/// The kind of an event of ours: an object with a name and details.
struct OwnKind(bool);

impl<'a> Take<'a> for OwnKind {
    const WITHIN_TEXT: bool = false;

    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        self.0 |= key == Key::Name;
        value.skip()
    }
}

/// The country in a place that is written as one text: "Austin, Texas, US", or "US" alone.
fn country(place: &str) -> &str {
    place.rsplit(',').next().unwrap_or(place).trim()
}
