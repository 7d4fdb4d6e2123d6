//! The seam below the SQL: what a database must be able to do for the queries above it.

use model::fault::Fault;
use model::time::Time;

use crate::events::Position;
use crate::value::{Arg, Row};

/// A question whose answer may not be here yet.
#[derive(Debug)]
pub(crate) enum Asked {
    /// It is: the database is in this process.
    Here(Vec<Row>),
    /// It will be, under this number, with the next answer that is waited for.
    Later(usize),
}

/// One open transaction (or, for readers, one view) of some database.
///
/// Statements are written once, for all backends: `$n` parameters, `BYTEA`/`BIGINT`/`TEXT` columns,
/// `ON CONFLICT`, `RETURNING`. What differs hides behind a method here.
pub(crate) trait Backend {
    /// Runs a statement and says how many rows it touched: for a claim, that number is the answer.
    fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, Fault>;

    /// Runs a statement whose count nobody asks for. It may travel with the next one, or with the commit;
    /// if it fails, that one does.
    fn put(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), Fault>;

    /// Runs a statement and returns its rows.
    fn query(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, Fault>;

    /// Runs a statement and returns its first row, if any.
    fn one(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>, Fault> {
        Ok(self.query(sql, args)?.into_iter().next())
    }

    /// Asks for rows that are looked at later, so that several answers cost one round trip.
    fn ask(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Asked, Fault>;

    /// The rows that were asked for.
    fn answer(&mut self, asked: Asked) -> Result<Vec<Row>, Fault>;

    /// Until this transaction ends nobody else gets past this call with the same key: what is read after it
    /// stays true until it is written back. With one writer that is so anyway.
    fn lock(&mut self, key: &[u8; 16]) -> Result<(), Fault>;

    /// Events after commit position `after`, oldest first: transaction, position, kind, and the columns of
    /// [`events::read`](crate::events::read). An event that a slow transaction may still put before one of these is
    /// waited for, never skipped.
    fn tail(&mut self, after: Position, limit: i64) -> Result<Vec<Row>, Fault>;

    /// Events of transactions that nobody has begun yet, which no server of ours has written: their identifiers.
    fn of_the_future(&mut self, limit: i64) -> Result<Vec<Row>, Fault>;

    /// The place of the last event from before `time`: transaction, position. None if there is none.
    fn place_before(&mut self, time: Time) -> Result<Option<Row>, Fault>;

    /// Makes room for events of the time of `at`, where the record is kept in parts.
    fn make_room(&mut self, at: Time) -> Result<(), Fault>;

    /// Deletes events from before `before` in one small step; says how many rows it took, 0 when it is done.
    /// Where the record is kept by the month, whole months go.
    fn forget_events(&mut self, before: Time, limit: i64) -> Result<u64, Fault>;
}
