//! The rows of one table in the order of its key, fetched a page at a time.

use model::fault::Fault;

use crate::copy::marks;
use crate::copy::side::Side;
use crate::tables::{META, Statements};
use crate::value::{Arg, Cell, Row};

/// How many rows are fetched at once.
const PAGE: i64 = 1000;

/// See the module. What [`marks`] keeps is left out: it is about this store, not about the installation.
pub(crate) struct Pages {
    statements: &'static Statements,
    page: std::vec::IntoIter<Row>,
    after: Vec<Cell>,
    last: bool,
}

impl Pages {
    pub(crate) fn of(statements: &'static Statements) -> Self {
        Self { statements, page: Vec::new().into_iter(), after: Vec::new(), last: false }
    }

    /// The next row; none after the last.
    pub(crate) fn next(&mut self, side: &mut Side) -> Result<Option<Row>, Fault> {
        loop {
            if let Some(row) = self.page.next() {
                if self.statements.table.name == META
                    && matches!(row.0.first(), Some(Cell::Text(name)) if marks::is_one(name))
                {
                    continue;
                }
                return Ok(Some(row));
            }
            if self.last {
                return Ok(None);
            }
            let mut args: Vec<Arg<'_>> = self.after.iter().map(Arg::from).collect();
            args.push(Arg::Int(PAGE));
            let sql = if self.after.is_empty() { &self.statements.first } else { &self.statements.next };
            let rows = side.query(sql, &args)?;
            self.last = i64::try_from(rows.len()).unwrap_or(i64::MAX) < PAGE;
            if let Some(last) = rows.last() {
                self.after = last.0.iter().take(self.statements.key).cloned().collect();
            }
            self.page = rows.into_iter();
        }
    }
}
