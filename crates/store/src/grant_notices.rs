//! Table `grant_notices`: which mailboxes were told of a grant, as far as their silence means something.

use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, GrantId, MessageId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;

/// A mail that tells of a grant.
#[derive(Clone, Debug)]
pub struct Told {
    /// The message.
    pub message: MessageId,
    /// The grant.
    pub grant: GrantId,
    /// Whose it is.
    pub account: AccountId,
    /// Whom it goes to: spellings of one mailbox are one.
    pub destination: Digest,
    /// When it was queued.
    pub told_at: Time,
}

/// A mail is queued.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, told: &Told) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO grant_notices (message, grant_id, account, destination, told_at) VALUES ($1, $2, $3, $4, $5)",
        args![
            told.message.bytes(),
            told.grant.bytes(),
            told.account.bytes(),
            told.destination.bytes(),
            told.told_at
        ],
    )
}

/// Notes that a mail left: a claim. The answer is the grant that it tells of.
///
/// # Errors
/// A fault of the database.
pub fn claim_handed(tx: &mut Tx<'_>, message: MessageId, now: Time) -> Result<Option<GrantId>, Fault> {
    let row = tx.db.one(
        "UPDATE grant_notices SET handed_at = $2 WHERE message = $1 AND handed_at IS NULL RETURNING grant_id",
        args![message.bytes(), now],
    )?;
    row.map(|mut row| row.sixteen(0).map(GrantId::from_bytes)).transpose()
}

/// When a mail about a grant first left for each mailbox.
///
/// # Errors
/// A fault of the database.
pub fn list_handed(reader: &mut Reader<'_>, grant: GrantId) -> Result<Vec<Time>, Fault> {
    let rows = reader.db.query(
        "SELECT MIN(handed_at) FROM grant_notices WHERE grant_id = $1 AND handed_at IS NOT NULL GROUP BY destination",
        args![grant.bytes()],
    )?;
    rows.into_iter().map(|mut row| row.time(0)).collect()
}

/// Of how many grants an account was told since then.
///
/// # Errors
/// A fault of the database.
pub fn count_since(reader: &mut Reader<'_>, account: AccountId, since: Time) -> Result<i64, Fault> {
    let row = reader.db.one(
        "SELECT COUNT(DISTINCT grant_id) FROM grant_notices WHERE account = $1 AND told_at > $2",
        args![account.bytes(), since],
    )?;
    row.map_or(Ok(0), |mut row| row.int(0))
}

/// Forgets who was told of a grant: something else is to be told of it.
///
/// # Errors
/// A fault of the database.
pub fn forget(tx: &mut Tx<'_>, grant: GrantId) -> Result<(), Fault> {
    tx.db.put("DELETE FROM grant_notices WHERE grant_id = $1", args![grant.bytes()])
}
