//! What is held about an account in tables that nothing else reads by account.

use model::fault::Fault;
use model::id::AccountId;
use model::time::Time;

use crate::tx::Reader;
use crate::value::args;

/// What an account was told lately of one kind.
#[derive(Clone, Debug)]
pub struct Told {
    /// The kind of the notice.
    pub kind: String,
    /// When it was told last.
    pub at: Time,
    /// How many wait to be told with the next.
    pub held: i64,
}

/// What an account was told lately.
///
/// # Errors
/// A fault of the database.
pub fn told(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Told>, Fault> {
    let rows = reader.db.query(
        "SELECT kind, told_at, held FROM notices WHERE account = $1 ORDER BY kind",
        args![account.bytes()],
    )?;
    rows.into_iter()
        .map(|mut row| Ok(Told { kind: row.text(0)?, at: row.time(1)?, held: row.int(2)? }))
        .collect()
}

/// Wrong passwords and wrong codes out of apps that are counted at the moment.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The method.
    pub method: String,
    /// Whether in browsers that have signed in before.
    pub known: bool,
    /// How many.
    pub failures: i64,
    /// When the last of them was.
    pub last_at: Time,
}

/// Them.
///
/// # Errors
/// A fault of the database.
pub fn counted(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Counted>, Fault> {
    let rows = reader.db.query(
        "SELECT method, known, failures, last_at FROM attempts WHERE account = $1 ORDER BY method, known",
        args![account.bytes()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            let (method, known) = (row.text(0)?, row.flag(1)?);
            Ok(Counted { method, known, failures: row.int(2)?, last_at: row.time(3)? })
        })
        .collect()
}
