//! Table `meta`: the few facts about the installation itself.

use model::fault::Fault;

use crate::events::Position;
use crate::tx::{Reader, Tx};
use crate::value::args;

/// Under which name the place in the record is kept up to which the detectors have seen it.
pub const DETECTED_UP_TO: &str = "detected up to";

/// Under which name the place in the record is kept up to which it is sealed.
pub const SEALED_UP_TO: &str = "sealed up to";

/// The entries that are places in the record: a copy of the store must translate them. Whoever keeps another such
/// place names it here.
pub(crate) const POSITIONS: [&str; 2] = [DETECTED_UP_TO, SEALED_UP_TO];

/// The value under `name`.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    let row = reader.db.one("SELECT value FROM meta WHERE name = $1", args![name])?;
    row.map(|mut row| row.bytes(0)).transpose()
}

/// Sets the value under `name`.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, name: &str, value: &[u8]) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        args![name, value],
    )
}

/// The position under `name`; the start if there is none.
///
/// # Errors
/// A fault of the database.
pub fn position(reader: &mut Reader<'_>, name: &str) -> Result<Position, Fault> {
    Ok(find(reader, name)?.as_deref().and_then(Position::from_bytes).unwrap_or_default())
}

/// Sets the position under `name`.
///
/// # Errors
/// A fault of the database.
pub fn put_position(tx: &mut Tx<'_>, name: &str, value: Position) -> Result<(), Fault> {
    put(tx, name, &value.to_bytes())
}
