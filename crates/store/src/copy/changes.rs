//! What is to be written to the target, gathered into transactions that are worth their commit.

use model::fault::Fault;
use model::id::EventId;

use crate::backend::Backend;
use crate::copy::side::{Shared, Side};
use crate::postgres::link::Request;
use crate::sqlite::{self, Sqlite};
use crate::tables::{EVENTS, Statements};
use crate::value::{Arg, Cell, Row};

/// How many rows share a commit.
const MANY: usize = 5000;

/// How many statements travel together.
const TOGETHER: usize = 100;

const WHAT: &str = "writing a copy";

/// Changes to one table that are not written yet.
pub(crate) struct Changes {
    to: &'static Statements,
    new: Vec<Row>,
    changed: Vec<Row>,
    gone: Vec<Vec<Cell>>,
    made: u64,
}

impl Changes {
    pub(crate) const fn of(to: &'static Statements) -> Self {
        Self { to, new: Vec::new(), changed: Vec::new(), gone: Vec::new(), made: 0 }
    }

    /// A row whose key the target does not have.
    pub(crate) fn insert(&mut self, row: Row) {
        self.new.push(row);
    }

    /// A row whose key the target has with something else.
    pub(crate) fn replace(&mut self, row: Row) {
        self.changed.push(row);
    }

    /// A row of the target that must go.
    pub(crate) fn delete(&mut self, row: &Row) {
        self.gone.push(self.key(row));
    }

    fn key(&self, row: &Row) -> Vec<Cell> {
        row.0.iter().take(self.to.key).cloned().collect()
    }

    fn len(&self) -> usize {
        self.new.len().saturating_add(self.changed.len()).saturating_add(self.gone.len())
    }

    /// Whether it is time to write them.
    pub(crate) fn are_many(&self) -> bool {
        self.len() >= MANY
    }

    /// How many were written.
    pub(crate) const fn made(&self) -> u64 {
        self.made
    }

    /// Writes them in one transaction.
    pub(crate) fn write(&mut self, side: &mut Side) -> Result<(), Fault> {
        let count = self.len();
        if count == 0 {
            return Ok(());
        }
        match side {
            Side::File(connection) => {
                let statement =
                    |sql| connection.execute_batch(sql).map_err(|error| sqlite::fault(WHAT, error));
                statement("BEGIN IMMEDIATE")?;
                self.to_file(&mut Sqlite(connection))?;
                statement("COMMIT")?;
            }
            Side::Shared(shared) => {
                self.make_room(shared)?;
                shared.link.batch(WHAT, "BEGIN")?;
                self.to_shared(shared)?;
                shared.link.batch(WHAT, "COMMIT")?;
            }
        }
        self.made = self.made.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        self.new.clear();
        self.changed.clear();
        self.gone.clear();
        Ok(())
    }

    fn to_file(&self, db: &mut Sqlite<'_>) -> Result<(), Fault> {
        for key in &self.gone {
            let args: Vec<Arg<'_>> = key.iter().map(Arg::from).collect();
            db.put(&self.to.delete, &args)?;
        }
        for row in self.changed.iter().chain(&self.new) {
            let args: Vec<Arg<'_>> = row.0.iter().map(Arg::from).collect();
            db.put(&self.to.put, &args)?;
        }
        Ok(())
    }

    fn to_shared(&self, shared: &mut Shared) -> Result<(), Fault> {
        let events = self.to.table.name == EVENTS;
        let gone = self.gone.iter().map(|key| (&self.to.delete, key.clone()));
        let old = self.changed.iter().filter(|_| events).map(|row| (&self.to.delete, self.key(row)));
        let over = self.changed.iter().map(|row| (&self.to.put, row.0.clone()));
        let mut requests = gone
            .chain(old)
            .chain(over)
            .map(|(sql, args)| Request { sql: sql.as_str(), args, rows: false })
            .peekable();
        while requests.peek().is_some() {
            let batch: Vec<Request> = requests.by_ref().take(TOGETHER).collect();
            shared.link.run(&batch).map_err(|failed| failed.fault)?;
        }
        if !self.new.is_empty() {
            shared.link.copy_in(&self.to.copy, &self.to.kinds, &self.new)?;
        }
        Ok(())
    }

    /// The parts of the record that these events belong to.
    fn make_room(&self, shared: &Shared) -> Result<(), Fault> {
        if self.to.table.name != EVENTS {
            return Ok(());
        }
        for row in self.new.iter().chain(&self.changed) {
            // Transaction, place, identifier.
            if let Some(Cell::Bytes(id)) = row.0.get(2)
                && let Ok(id) = <[u8; 16]>::try_from(id.as_slice())
            {
                shared.months.make(EventId::from_bytes(id).time())?;
            }
        }
        Ok(())
    }
}
