//! Table `doorbells`: the approvers that ring, and where they are reached, sealed. One whose approver is gone counts for nothing.

use model::digest::Keys;
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId, DoorbellId};
use model::secret::Secret;
use model::time::Time;

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// A doorbell as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doorbell {
    /// Which. It is another one each time that its browser is reached otherwise.
    pub id: DoorbellId,
    /// Of which approver.
    pub approver: AuthenticatorId,
    /// Of which account.
    pub account: AccountId,
    /// The origin of the push service.
    pub service: String,
    /// Since when.
    pub made_at: Time,
    /// Since when the push service refuses rings to it, if it does.
    pub refused_at: Option<Time>,
}

fn place(id: DoorbellId) -> Vec<u8> {
    [b"doorbell ".as_slice(), id.bytes()].concat()
}

/// Seals where a browser is reached.
///
/// # Errors
/// A fault of sealing.
pub fn seal(keys: &Keys, entropy: &mut Entropy, id: DoorbellId, reached: &str) -> Result<Vec<u8>, Fault> {
    seal::seal(keys, entropy, &place(id), reached.as_bytes())
}

/// Opens what [`seal`] made.
///
/// # Errors
/// A fault when the value was altered, moved, or sealed under another key.
pub fn open(keys: &Keys, id: DoorbellId, sealed: &[u8]) -> Result<Secret<Vec<u8>>, Fault> {
    seal::open(keys, &place(id), sealed)
}

fn read(row: &mut Row) -> Result<Doorbell, Fault> {
    Ok(Doorbell {
        id: DoorbellId::from_bytes(row.sixteen(0)?),
        approver: AuthenticatorId::from_bytes(row.sixteen(1)?),
        account: AccountId::from_bytes(row.sixteen(2)?),
        service: row.text(3)?,
        made_at: row.time(4)?,
        refused_at: row.maybe_time(5)?,
    })
}

/// Sets the doorbell of an approver, in the place of the one that it had; `false` where the approver is gone.
///
/// # Errors
/// A fault of the database.
pub fn set(tx: &mut Tx<'_>, doorbell: &Doorbell, sealed: &[u8]) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO doorbells (id, approver, account, service, sealed, made_at)
         SELECT $1, id, account, $4, $5, $6 FROM authenticators WHERE id = $2 AND account = $3 AND kind = 'approver'
         ON CONFLICT (approver) DO UPDATE SET id = excluded.id, service = excluded.service, sealed = excluded.sealed,
           made_at = excluded.made_at, refused_at = NULL",
        args![
            doorbell.id.bytes(),
            doorbell.approver.bytes(),
            doorbell.account.bytes(),
            &doorbell.service,
            sealed,
            doorbell.made_at
        ],
    )?;
    Ok(rows == 1)
}

/// The doorbell of an approver.
///
/// # Errors
/// A fault of the database.
pub fn find_of(reader: &mut Reader<'_>, approver: AuthenticatorId) -> Result<Option<Doorbell>, Fault> {
    let row = reader.db.one(
        "SELECT id, approver, account, service, made_at, refused_at FROM doorbells WHERE approver = $1",
        args![approver.bytes()],
    )?;
    row.map(|mut row| read(&mut row)).transpose()
}

/// Those of an account whose approvers are there and can be used at `now`, the oldest first.
///
/// # Errors
/// A fault of the database.
pub fn list_usable(reader: &mut Reader<'_>, account: AccountId, now: Time) -> Result<Vec<Doorbell>, Fault> {
    let rows = reader.db.query(
        "SELECT doorbells.id, approver, doorbells.account, service, made_at, refused_at
         FROM doorbells JOIN authenticators ON authenticators.id = approver
         WHERE doorbells.account = $1 AND usable_at <= $2 ORDER BY doorbells.id",
        args![account.bytes(), now],
    )?;
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// Those of an account, whether its approvers can be used or not, the oldest first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Doorbell>, Fault> {
    let rows = reader.db.query(
        "SELECT id, approver, account, service, made_at, refused_at FROM doorbells WHERE account = $1 ORDER BY id",
        args![account.bytes()],
    )?;
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// Notes that its push service refuses rings to it: a claim, `false` where that is known, or another took its place.
///
/// # Errors
/// A fault of the database.
pub fn claim_refused(tx: &mut Tx<'_>, id: DoorbellId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE doorbells SET refused_at = $2 WHERE id = $1 AND refused_at IS NULL",
        args![id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Notes that its push service took a ring: whatever it refused before counts no more.
///
/// # Errors
/// A fault of the database.
pub fn note_taken(tx: &mut Tx<'_>, id: DoorbellId) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE doorbells SET refused_at = NULL WHERE id = $1 AND refused_at IS NOT NULL",
        args![id.bytes()],
    )
}

/// Takes an approver's doorbell away: a claim, `false` where it had none.
///
/// # Errors
/// A fault of the database.
pub fn claim_remove_of(tx: &mut Tx<'_>, approver: AuthenticatorId) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM doorbells WHERE approver = $1", args![approver.bytes()])?;
    Ok(rows == 1)
}

/// Takes this very doorbell away, which its push service knows no more: a claim, `false` where another took its place.
///
/// # Errors
/// A fault of the database.
pub fn claim_remove(tx: &mut Tx<'_>, id: DoorbellId) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM doorbells WHERE id = $1", args![id.bytes()])?;
    Ok(rows == 1)
}

/// Forgets at most `limit` of those whose approver is gone; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_orphaned(tx: &mut Tx<'_>, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM doorbells WHERE id IN (
           SELECT doorbells.id FROM doorbells LEFT JOIN authenticators ON authenticators.id = approver
           WHERE authenticators.id IS NULL LIMIT $1)",
        args![limit],
    )
}
