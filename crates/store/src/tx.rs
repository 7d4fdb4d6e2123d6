//! A transaction, and the proof that what it did is on the record (law 2).

use std::ops::{Deref, DerefMut};

use model::digest::Keys;
use model::event::Event;
use model::fault::Fault;

use crate::backend::{Asked, Backend};
use crate::events;
use crate::value::Row;

/// Reads: a consistent view of the nouns.
pub struct Reader<'a> {
    pub(crate) db: &'a mut dyn Backend,
    pub(crate) keys: &'a Keys,
}

/// Reads and writes. All of it commits, or none.
pub struct Tx<'a> {
    reader: Reader<'a>,
    pub(crate) mail: bool,
}

/// A value whose making is on the record. Only [`Tx::record`] and [`Tx::unrecorded`] can make one, and
/// only a `Recorded` leaves [`Store::write`](crate::Store::write). Nobody else can make one:
///
/// ```compile_fail
/// let forged = store::Recorded(());
/// ```
#[must_use = "what was decided must be returned from the transaction"]
pub struct Recorded<T>(T);

impl<T> Recorded<T> {
    pub(crate) fn into_inner(self) -> T {
        self.0
    }

    /// The value, for a flow that builds on another.
    pub const fn value(&self) -> &T {
        &self.0
    }
}

/// Something that was asked of the database and is looked at later: what is asked one after the other, and looked at
/// then, costs a distant database one round trip in place of several.
#[must_use = "what was asked for is to be looked at"]
pub struct Later<T> {
    asked: Asked,
    read: Box<dyn FnOnce(Vec<Row>) -> Result<T, Fault>>,
}

impl<T> Later<Option<T>> {
    /// The first row, if there is any.
    pub(crate) fn first(asked: Asked, read: impl FnOnce(Row) -> Result<T, Fault> + 'static) -> Self {
        Self::new(asked, |rows| rows.into_iter().next().map(read).transpose())
    }
}

impl<T> Later<T> {
    pub(crate) fn new(asked: Asked, read: impl FnOnce(Vec<Row>) -> Result<T, Fault> + 'static) -> Self {
        Self { asked, read: Box::new(read) }
    }

    /// The answer.
    ///
    /// # Errors
    /// A fault of the database.
    pub fn get(self, reader: &mut Reader<'_>) -> Result<T, Fault> {
        (self.read)(reader.db.answer(self.asked)?)
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(db: &'a mut dyn Backend, keys: &'a Keys) -> Self {
        Self { db, keys }
    }

    /// The keys of this installation.
    #[must_use]
    pub const fn keys(&self) -> &'a Keys {
        self.keys
    }
}

impl<'a> Tx<'a> {
    pub(crate) fn new(db: &'a mut dyn Backend, keys: &'a Keys) -> Self {
        Self { reader: Reader::new(db, keys), mail: false }
    }

    /// Writes `events` to the record and lets `value` leave.
    ///
    /// # Errors
    /// A fault of the database.
    pub fn record<T>(&mut self, events: &[Event], value: T) -> Result<Recorded<T>, Fault> {
        events::insert(self, events)?;
        Ok(Recorded(value))
    }

    /// Lets `value` leave without an event: housekeeping, and decisions that changed nothing.
    /// `why` is for whoever reads the code.
    pub fn unrecorded<T>(&mut self, why: &'static str, value: T) -> Recorded<T> {
        let _ = why;
        Recorded(value)
    }
}

impl<'a> Deref for Tx<'a> {
    type Target = Reader<'a>;
    fn deref(&self) -> &Reader<'a> {
        &self.reader
    }
}

impl<'a> DerefMut for Tx<'a> {
    fn deref_mut(&mut self) -> &mut Reader<'a> {
        &mut self.reader
    }
}
