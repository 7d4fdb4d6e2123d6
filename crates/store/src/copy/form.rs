//! The form in which rows of different databases are compared.
//!
//! It differs from the rows themselves in one thing: where an event stands in the record. On SQLite that is a number
//! that grows with every commit; on PostgreSQL it is the transaction and a number that was given before the commit,
//! so that the order of the numbers alone is not that of the record. In the common form every event has a number
//! that grows along the record: its own, or, where that would not grow, the one after the last. What points to a
//! place in the record ([`POSITIONS`]) points to that number.

use std::cmp::Ordering;

use model::fault::Fault;

use crate::copy::side::Side;
use crate::events::Position;
use crate::meta::POSITIONS;
use crate::migrate::Dialect;
use crate::tables::{EVENTS, META, Statements};
use crate::value::{Cell, Row, args};

/// What is known of the record while it is read from its start to its end.
#[derive(Default)]
pub(crate) struct Form {
    last: i64,
    begun: bool,
    pointers: Vec<Pointer>,
}

struct Pointer {
    name: &'static str,
    to: Position,
    number: Option<i64>,
}

impl Form {
    /// Looks up what points into the record, before the record is read.
    pub(crate) fn read(side: &mut Side) -> Result<Self, Fault> {
        let mut pointers = Vec::new();
        for name in POSITIONS {
            let rows = side.query("SELECT value FROM meta WHERE name = $1", args![name])?;
            let Some(mut row) = rows.into_iter().next() else { continue };
            if let Some(to) = Position::from_bytes(&row.bytes(0)?) {
                pointers.push(Pointer { name, to, number: None });
            }
        }
        Ok(Self { pointers, ..Self::default() })
    }

    /// The first event of the record gets `number`, if that is not less than its own.
    pub(crate) fn count_from(&mut self, number: i64) {
        self.last = number.saturating_sub(1).max(0);
    }

    /// The number of the last event so far.
    pub(crate) const fn last(&self) -> i64 {
        self.last
    }

    /// The number of the last event, or 0 before the first.
    const fn reached(&self) -> i64 {
        if self.begun { self.last } else { 0 }
    }

    /// A row in the common form. The rows of the record must come in its order, and before those of `meta`.
    pub(crate) fn canonical(&mut self, from: &Statements, mut row: Row) -> Result<Row, Fault> {
        match from.table.name {
            EVENTS => self.event(&mut row)?,
            META => self.pointer(&mut row),
            _ => {}
        }
        Ok(row)
    }

    fn event(&mut self, row: &mut Row) -> Result<(), Fault> {
        let at = position(row)?;
        if row.0.len() > EVENT {
            row.0.remove(0);
        }
        let reached = self.reached();
        for pointer in self.pointers.iter_mut().filter(|pointer| pointer.to < at) {
            pointer.number.get_or_insert(reached);
        }
        self.last = at.place.max(self.last.saturating_add(1));
        self.begun = true;
        if let Some(cell) = row.0.first_mut() {
            *cell = Cell::Int(self.last);
        }
        Ok(())
    }

    fn pointer(&self, row: &mut Row) {
        let [Cell::Text(name), Cell::Bytes(value)] = row.0.as_mut_slice() else { return };
        if let Some(pointer) = self.pointers.iter().find(|pointer| pointer.name == name) {
            let place = pointer.number.unwrap_or(self.reached());
            *value = Position { tx: 0, place }.to_bytes().to_vec();
        }
    }
}

/// How many columns an event has where no transaction stands before them.
const EVENT: usize = 7;

/// Where a row of the record stands in its own database.
fn position(row: &Row) -> Result<Position, Fault> {
    match row.0.as_slice() {
        [Cell::Int(place), _, _, _, _, _, _] => Ok(Position { tx: 0, place: *place }),
        [Cell::Int(tx), Cell::Int(place), _, _, _, _, _, _] => Ok(Position { tx: *tx, place: *place }),
        _ => Err(Fault::plain("an event on the record has no place")),
    }
}

/// The place in `side` of an event, if an earlier copy brought it there; `row` is it, as read from the other side.
pub(crate) fn number_of(side: &mut Side, row: &Row) -> Result<Option<i64>, Fault> {
    let mut from_the_end = row.0.iter().rev().skip(3);
    let (Some(subject), Some(id)) = (from_the_end.next(), from_the_end.nth(1)) else { return Ok(None) };
    let rows = match (subject, side.dialect()) {
        (Cell::Null, Dialect::Sqlite) => {
            side.query("SELECT position FROM events WHERE subject IS NULL AND id = $1", args![id])
        }
        (Cell::Null, Dialect::Postgres) => {
            side.query("SELECT position FROM events WHERE subject IS NULL AND id = $1 AND tx = 0", args![id])
        }
        (_, Dialect::Sqlite) => {
            side.query("SELECT position FROM events WHERE subject = $1 AND id = $2", args![subject, id])
        }
        (_, Dialect::Postgres) => side.query(
            "SELECT position FROM events WHERE subject = $1 AND id = $2 AND tx = 0",
            args![subject, id],
        ),
    };
    rows?.into_iter().next().map(|mut row| row.int(0)).transpose()
}

/// A row in the common form as `to` keeps it: there an event that was copied is of transaction 0, before all others.
pub(crate) fn shaped(row: &Row, to: &Statements) -> Row {
    let mut cells = row.0.clone();
    if cells.len() < to.kinds.len() {
        cells.insert(0, Cell::Int(0));
    }
    Row(cells)
}

/// Whether the key of `one` stands before that of `other`.
pub(crate) fn before(one: &Row, other: &Row, key: usize) -> bool {
    compare(one, other, key) == Ordering::Less
}

/// Whether two rows have the same key.
pub(crate) fn same_key(one: &Row, other: &Row, key: usize) -> bool {
    compare(one, other, key) == Ordering::Equal
}

fn compare(one: &Row, other: &Row, key: usize) -> Ordering {
    let cells = one.0.iter().zip(&other.0).take(key);
    cells.map(|cells| cell(cells.0, cells.1)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// As both databases order them: numbers, then bytes.
fn cell(one: &Cell, other: &Cell) -> Ordering {
    match (one, other) {
        (Cell::Int(one), Cell::Int(other)) => one.cmp(other),
        (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
        (Cell::Bytes(one), Cell::Bytes(other)) => one.cmp(other),
        (one, other) => rank(one).cmp(&rank(other)),
    }
}

const fn rank(cell: &Cell) -> u8 {
    match cell {
        Cell::Null => 0,
        Cell::Int(_) => 1,
        Cell::Text(_) => 2,
        Cell::Bytes(_) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(tx: i64, place: i64) -> Row {
        let mut cells = vec![Cell::Int(tx), Cell::Int(place)];
        cells.extend(std::iter::repeat_n(Cell::Null, 6));
        Row(cells)
    }

    fn numbers(form: &mut Form, events: &[(i64, i64)]) -> Vec<i64> {
        let statements = crate::tables::statements(Dialect::Postgres);
        let from = statements.iter().find(|one| one.table.name == EVENTS).unwrap();
        events
            .iter()
            .map(|(tx, place)| form.canonical(from, event(*tx, *place)).unwrap().int(0).unwrap())
            .collect()
    }

    #[test]
    fn a_number_is_the_own_place_where_that_grows_along_the_record() {
        assert_eq!(numbers(&mut Form::default(), &[(0, 3), (0, 4), (7, 9)]), [3, 4, 9]);
        assert_eq!(numbers(&mut Form::default(), &[(5, 1), (6, 3), (7, 2), (8, 9)]), [1, 3, 4, 9]);
    }

    #[test]
    fn numbers_go_on_as_they_were_given_once_when_the_events_before_are_gone() {
        let whole = [(5, 1), (6, 3), (7, 2), (8, 4), (9, 5)];
        let first = numbers(&mut Form::default(), &whole);
        let mut form = Form::default();
        form.count_from(first[2]);
        assert_eq!(numbers(&mut form, &whole[2..]), first[2..]);
    }

    #[test]
    fn a_pointer_goes_with_the_event_that_it_points_to() {
        let at = |tx, place| Pointer { name: POSITIONS[0], to: Position { tx, place }, number: None };
        for (pointer, expected) in [(at(0, 0), 0), (at(6, 3), 3), (at(7, 2), 4), (at(7, 8), 4), (at(9, 1), 9)]
        {
            let mut form = Form { pointers: vec![pointer], ..Form::default() };
            numbers(&mut form, &[(5, 1), (6, 3), (7, 2), (8, 9)]);
            let mut row = Row(vec![Cell::Text(POSITIONS[0].to_owned()), Cell::Bytes(vec![0; 16])]);
            form.pointer(&mut row);
            let Cell::Bytes(bytes) = &row.0[1] else { panic!("no bytes") };
            assert_eq!(Position::from_bytes(bytes), Some(Position { tx: 0, place: expected }));
        }
    }
}
