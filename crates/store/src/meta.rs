//! Table `meta`: the few facts about the installation itself.

use model::fault::Fault;

use crate::tx::{Reader, Tx};
use crate::value::args;

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
    tx.db.execute(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        args![name, value],
    )?;
    Ok(())
}

/// The whole number under `name`, 0 if there is none.
///
/// # Errors
/// A fault of the database.
pub fn number(reader: &mut Reader<'_>, name: &str) -> Result<i64, Fault> {
    let bytes = find(reader, name)?.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    Ok(bytes.map_or(0, i64::from_be_bytes))
}

/// Sets the whole number under `name`.
///
/// # Errors
/// A fault of the database.
pub fn put_number(tx: &mut Tx<'_>, name: &str, value: i64) -> Result<(), Fault> {
    put(tx, name, &value.to_be_bytes())
}
