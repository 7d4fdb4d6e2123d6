//! The seam below the SQL: what a database must be able to do for the queries above it.

use model::fault::Fault;

use crate::value::{Arg, Row};

/// One open transaction (or, for readers, one connection) of some database.
///
/// Statements are written once, for all backends: `$n` parameters, `BYTEA`/`BIGINT`/`TEXT` columns,
/// `ON CONFLICT`, `RETURNING`. What differs hides behind a method here.
pub(crate) trait Backend {
    /// Runs a statement and says how many rows it touched: for a claim, that number is the answer.
    fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, Fault>;

    /// Runs a statement and returns its rows.
    fn query(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, Fault>;

    /// Runs a statement and returns its first row, if any.
    fn one(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>, Fault> {
        Ok(self.query(sql, args)?.into_iter().next())
    }

    /// Events after commit position `after`, oldest first: position, kind, body.
    fn tail(&mut self, after: i64, limit: i64) -> Result<Vec<Row>, Fault>;
}
