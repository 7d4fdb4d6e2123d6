//! Table `acknowledgements`: which findings an operator took note of.

use model::fault::Fault;
use model::id::{AccountId, EventId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// That an operator took note of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The event that raised it.
    pub finding: EventId,
    /// When.
    pub at: Time,
    /// Who; none at the command line.
    pub account: Option<AccountId>,
    /// What the operator said about it.
    pub note: String,
}

fn read(mut row: Row) -> Result<Acknowledgement, Fault> {
    Ok(Acknowledgement {
        finding: EventId::from_bytes(row.sixteen(0)?),
        at: row.time(1)?,
        account: row.maybe_sixteen(2)?.map(AccountId::from_bytes),
        note: row.text(3)?,
    })
}

/// Puts one there: a claim, `false` where somebody was quicker.
///
/// # Errors
/// A fault of the database.
pub fn claim_insert(tx: &mut Tx<'_>, of: &Acknowledgement) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO acknowledgements (finding, at, account, note) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![of.finding.bytes(), of.at, of.account.as_ref().map(AccountId::bytes), &of.note],
    )?;
    Ok(rows == 1)
}

/// The one of a finding.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, finding: EventId) -> Result<Option<Acknowledgement>, Fault> {
    let row = reader.db.one(
        "SELECT finding, at, account, note FROM acknowledgements WHERE finding = $1",
        args![finding.bytes()],
    )?;
    row.map(read).transpose()
}

/// Forgets those of findings from before `before`, at most `limit`: the record does not have them any more.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, before: EventId, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM acknowledgements WHERE finding IN
           (SELECT finding FROM acknowledgements WHERE finding < $1 ORDER BY finding LIMIT $2)",
        args![before.bytes(), limit],
    )
}
