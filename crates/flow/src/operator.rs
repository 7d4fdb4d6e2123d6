//! What an operator sees of the whole installation.

use std::time::Duration;

use model::cx::Cx;
use model::event::Event;
use model::fault::Fault;
use model::time::Time;
use store::{Store, events, outbox};

/// Numbers of the last 24 hours and the newest events.
#[derive(Debug, Clone)]
pub struct Survey {
    /// How many events of each kind.
    pub counts: Vec<(String, i64)>,
    /// How many messages wait in the outbox.
    pub waiting: i64,
    /// The newest events.
    pub events: Vec<Event>,
}

/// Looks. `account_less`: only events of addresses that have no account, and of the site.
///
/// # Errors
/// A fault of the store.
pub fn survey(store: &Store, cx: &Cx, account_less: bool, limit: i64) -> Result<Survey, Fault> {
    store.read(|reader| {
        Ok(Survey {
            counts: events::count_by_kind(reader, cx.now - Duration::from_secs(24 * 60 * 60))?,
            waiting: outbox::waiting(reader)?,
            events: events::newest(reader, account_less, limit)?,
        })
    })
}

/// When the newest event on the record happened: a clock that is behind it has stepped back.
///
/// # Errors
/// A fault of the store.
pub fn newest_event(store: &Store) -> Result<Option<Time>, Fault> {
    store.read(events::newest_time)
}
