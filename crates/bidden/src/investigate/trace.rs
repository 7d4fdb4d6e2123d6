//! What is kept of a record for as long as an incident may show it: the words that a report has room for, taken out of the event
//! without a copy. Everything else of it is free to be used again at once.

use std::net::IpAddr;

use model::event::imported::{Common, Did, Handle, Place, Word};
use model::event::{Event, EventKind, Subject};
use model::time::Time;

use super::report::Moment;
use super::words;

/// See the module.
pub(super) struct Trace {
    pub(super) at: Time,
    record: Handle,
    user: Word,
    address: Option<IpAddr>,
    network: Option<u32>,
    place: Option<Common<Place>>,
    app: Option<App>,
    agent: Option<Word>,
    session: Option<Handle>,
    what: Did,
}

/// An application by its name, or by its identifier where it has none.
enum App {
    Named(Word),
    Known(Handle),
}

impl Trace {
    /// What is kept of a record of another system; nothing of an event of ours.
    pub(super) fn of(event: Event) -> Option<Self> {
        let address = event.address();
        let (EventKind::Imported { record }, Subject::Foreign { user, .. }) = (event.kind, event.subject)
        else {
            return None;
        };
        let mut record = *record;
        match &mut record.what {
            Did::SignIn(sign_in) => (sign_in.detail, sign_in.factor) = (None, None),
            Did::Act(act) => act.modified = Vec::new(),
        }
        Some(Self {
            at: event.at,
            record: record.record,
            user,
            address,
            network: record.asn,
            place: record.place,
            app: record.app_name.map(App::Named).or_else(|| record.app.map(App::Known)),
            agent: record.agent,
            session: record.session,
            what: record.what,
        })
    }

    /// What the record says in an incident.
    pub(super) fn moment(&self) -> Moment {
        let (what, text) = match &self.what {
            Did::SignIn(sign_in) => {
                let outcome = words::outcome(sign_in.outcome);
                let code = sign_in.code.filter(|code| *code != 0);
                let code = code.map_or_else(String::new, |code| format!(" ({code})"));
                let how = words::how(sign_in);
                ("sign_in", format!("{outcome}{how}{code}"))
            }
            Did::Act(act) => {
                let target = act.target.as_ref().or(act.target_user.as_ref());
                let target = target.map_or_else(String::new, |target| format!(": {target}"));
                let failed = if act.done { "" } else { " (failed)" };
                ("act", format!("{}{target}{failed}", act.name))
            }
        };
        let country = self.place.as_ref().and_then(|place| place.country.as_ref());
        Moment {
            at: self.at.to_string(),
            record: self.record.clone(),
            user: self.user.clone(),
            address: self.address,
            network: self.network,
            country: country.cloned(),
            app: self.app.as_ref().map(|app| match app {
                App::Named(name) => name.clone(),
                App::Known(id) => Word::new(&id.to_string()),
            }),
            agent: self.agent.clone(),
            session: self.session.clone(),
            what,
            text,
            time: self.at,
        }
    }
}
