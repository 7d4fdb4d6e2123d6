//! Table `entries`: ways in that open later.

use model::digest::Digest;
use model::entry::{Entry, EntryState};
use model::event::EntryKind;
use model::fault::Fault;
use model::id::{AccountId, EntryId};
use model::method::MethodSet;
use model::time::Time;

use crate::sessions::{source, source_text};
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

macro_rules! columns {
    () => {
        "id, account, kind, state, browser, proofs, source, asked_at, proved_at, opens_at, expires_at"
    };
}

fn read(mut row: Row) -> Result<Entry, Fault> {
    Ok(Entry {
        id: EntryId::from_bytes(row.sixteen(0)?),
        account: AccountId::from_bytes(row.sixteen(1)?),
        kind: row.word(2, EntryKind::from_code)?,
        state: row.word(3, EntryState::from_code)?,
        browser: Digest::from_bytes(row.sixteen(4)?),
        proofs: row.word(5, MethodSet::from_text)?,
        source: source(&row.text(6)?)?,
        asked_at: row.time(7)?,
        proved_at: row.time(8)?,
        opens_at: row.time(9)?,
        expires_at: row.time(10)?,
    })
}

/// A new one; `cancel` is the digest of the secret in the link that closes it.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, entry: &Entry, cancel: &Digest) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO entries (id, account, kind, state, browser, proofs, source, asked_at, proved_at, opens_at, expires_at,
           cancel)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            entry.id.bytes(),
            entry.account.bytes(),
            entry.kind.code(),
            entry.state.code(),
            entry.browser.bytes(),
            &entry.proofs.text(),
            &source_text(&entry.source)?,
            entry.asked_at,
            entry.proved_at,
            entry.opens_at,
            entry.expires_at,
            cancel.bytes(),
        ],
    )
}

/// The one with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: EntryId) -> Result<Option<Entry>, Fault> {
    let row =
        reader.db.one(concat!("SELECT ", columns!(), " FROM entries WHERE id = $1"), args![id.bytes()])?;
    row.map(read).transpose()
}

/// Takes what waits for an account in hand: until the transaction ends nobody else asks for one.
///
/// # Errors
/// A fault of the database.
pub fn take(tx: &mut Tx<'_>, account: AccountId, now: Time) -> Result<Vec<Entry>, Fault> {
    tx.db.lock(account.bytes())?;
    list_waiting(tx, account, now)
}

/// Those of an account that wait, or are open, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_waiting(reader: &mut Reader<'_>, account: AccountId, now: Time) -> Result<Vec<Entry>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM entries WHERE account = $1 AND state = 'waiting' AND expires_at > $2 ORDER BY id DESC LIMIT 50"
        ),
        args![account.bytes(), now],
    )?;
    rows.into_iter().map(read).collect()
}

/// Puts what was proved now, and when it opens, in the place of what `seen` says: a claim, `false` when it has ended, or
/// somebody else moved it meanwhile.
///
/// # Errors
/// A fault of the database.
pub fn claim_proof(tx: &mut Tx<'_>, seen: &Entry, now: &Entry) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE entries SET proofs = $3, proved_at = $4, opens_at = $5, expires_at = $6
         WHERE id = $1 AND browser = $2 AND state = 'waiting' AND proofs = $7 AND proved_at = $8",
        args![
            seen.id.bytes(),
            seen.browser.bytes(),
            &now.proofs.text(),
            now.proved_at,
            now.opens_at,
            now.expires_at,
            &seen.proofs.text(),
            seen.proved_at,
        ],
    )?;
    Ok(rows == 1)
}

/// Uses it: a claim, only the browser that asked can, only while it is open, and only once.
///
/// # Errors
/// A fault of the database.
pub fn claim_use(tx: &mut Tx<'_>, id: EntryId, browser: &Digest, now: Time) -> Result<Option<Entry>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE entries SET state = 'used', ended_at = $3
             WHERE id = $1 AND browser = $2 AND state = 'waiting' AND opens_at <= $3 AND expires_at > $3 RETURNING ",
            columns!()
        ),
        args![id.bytes(), browser.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// Closes it by the secret of the link that everybody was mailed: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_cancel(
    tx: &mut Tx<'_>,
    id: EntryId,
    cancel: &Digest,
    now: Time,
) -> Result<Option<Entry>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE entries SET state = 'cancelled', ended_at = $3
             WHERE id = $1 AND cancel = $2 AND state = 'waiting' AND expires_at > $3 RETURNING ",
            columns!()
        ),
        args![id.bytes(), cancel.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// The digest of the secret in the link that closes it.
///
/// # Errors
/// A fault of the database.
pub fn find_cancel(reader: &mut Reader<'_>, id: EntryId) -> Result<Option<Digest>, Fault> {
    let row = reader.db.one("SELECT cancel FROM entries WHERE id = $1", args![id.bytes()])?;
    row.map(|mut row| row.sixteen(0).map(Digest::from_bytes)).transpose()
}

/// Those that wait, or are open, for a browser to use, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_of_browser(reader: &mut Reader<'_>, browser: &Digest, now: Time) -> Result<Vec<Entry>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM entries WHERE browser = $1 AND state = 'waiting' AND expires_at > $2 ORDER BY id DESC LIMIT 20"
        ),
        args![browser.bytes(), now],
    )?;
    rows.into_iter().map(read).collect()
}

/// Closes one of an account's: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_cancel_own(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: EntryId,
    now: Time,
) -> Result<Option<Entry>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE entries SET state = 'cancelled', ended_at = $3
             WHERE id = $1 AND account = $2 AND state = 'waiting' AND expires_at > $3 RETURNING ",
            columns!()
        ),
        args![id.bytes(), account.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// Closes all of an account that wait; says which.
///
/// # Errors
/// A fault of the database.
pub fn cancel_all(tx: &mut Tx<'_>, account: AccountId, now: Time) -> Result<Vec<Entry>, Fault> {
    let rows = tx.db.query(
        concat!(
            "UPDATE entries SET state = 'cancelled', ended_at = $2 WHERE account = $1 AND state = 'waiting' RETURNING ",
            columns!()
        ),
        args![account.bytes(), now],
    )?;
    rows.into_iter().map(read).collect()
}

/// Those whose time has passed.
///
/// # Errors
/// A fault of the database.
pub fn list_expired(reader: &mut Reader<'_>, now: Time, limit: i64) -> Result<Vec<EntryId>, Fault> {
    let rows = reader.db.query(
        "SELECT id FROM entries WHERE state = 'waiting' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
        args![now, limit],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(EntryId::from_bytes)).collect()
}

/// Ends one whose time has passed: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_expire(tx: &mut Tx<'_>, id: EntryId, now: Time) -> Result<Option<Entry>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE entries SET state = 'expired', ended_at = $2
             WHERE id = $1 AND state = 'waiting' AND expires_at <= $2 RETURNING ",
            columns!()
        ),
        args![id.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// Forgets those that were asked for before `before` and have ended, the oldest first; their events stay.
///
/// # Errors
/// A fault of the database.
pub fn delete_ended(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM entries WHERE id IN (
           SELECT id FROM entries WHERE state <> 'waiting' AND id < $1 ORDER BY id LIMIT $2)",
        args![EntryId::at(before).bytes(), limit],
    )
}
