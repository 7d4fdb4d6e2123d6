//! By whom something is done that only operators do, as it stands on the record.

use model::cx::Cx;
use model::event::{Actor, Event};
use model::id::SessionId;
use model::source::Source;

use crate::session::Visitor;

/// An operator: at the command line, or on the operator's pages in a browser session.
#[derive(Clone, Copy, Debug)]
pub struct By {
    source: Option<Source>,
    session: Option<SessionId>,
}

impl By {
    /// Whoever can run commands on the machine.
    pub const COMMAND: Self = Self { source: None, session: None };

    /// An operator who is signed in; by the session one can tell which.
    #[must_use]
    pub fn page(cx: &Cx, visitor: &Visitor, source: Source) -> Self {
        Self { source: Some(source.kept(cx.policy.keep_addresses)), session: Some(visitor.session.id) }
    }

    pub(crate) fn sign(&self, event: Event) -> Event {
        let event = event.by(Actor::Operator, self.source);
        match self.session {
            Some(session) if event.session.is_none() => event.within(session),
            _ => event,
        }
    }
}
