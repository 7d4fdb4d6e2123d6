//! Table `recovery_addresses`: what proves something in a recovery and nowhere else. One address can serve several
//! accounts.

use model::digest::Digest;
use model::event::AddressKind;
use model::fault::Fault;
use model::id::{AccountId, SessionId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// One recovery address of one account.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The account.
    pub account: AccountId,
    /// Which address it is.
    pub identity: Digest,
    /// Whose budget is spent by mail to it.
    pub destination: Digest,
    /// What kind.
    pub kind: AddressKind,
    /// As its owner confirmed it.
    pub shown: String,
    /// When it was confirmed last.
    pub confirmed_at: Time,
    /// When it goes, because whoever owns it wants no part in the account.
    pub detach_at: Option<Time>,
    /// When it was first confirmed.
    pub added_at: Time,
    /// The browser session in which that was.
    pub session: Option<SessionId>,
}

macro_rules! columns {
    () => {
        "account, identity, destination, kind, shown, confirmed_at, detach_at, added_at, session"
    };
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    Ok(Kept {
        account: AccountId::from_bytes(row.sixteen(0)?),
        identity: Digest::from_bytes(row.sixteen(1)?),
        destination: Digest::from_bytes(row.sixteen(2)?),
        kind: row.word(3, AddressKind::from_code)?,
        shown: row.text(4)?,
        confirmed_at: row.time(5)?,
        detach_at: row.maybe_time(6)?,
        added_at: row.time(7)?,
        session: row.maybe_sixteen(8)?.map(SessionId::from_bytes),
    })
}

/// The recovery addresses of an account.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM recovery_addresses WHERE account = $1 ORDER BY identity LIMIT 100"
        ),
        args![account.bytes()],
    )?;
    rows.into_iter().map(read).collect()
}

/// The accounts that this is a recovery address of, each with its main address.
///
/// # Errors
/// A fault of the database.
pub fn list_of(reader: &mut Reader<'_>, identity: &Digest) -> Result<Vec<(Kept, String)>, Fault> {
    let rows = reader.db.query(
        "SELECT r.account, r.identity, r.destination, r.kind, r.shown, r.confirmed_at, r.detach_at, r.added_at, r.session, m.shown
         FROM recovery_addresses r JOIN addresses m ON m.account = r.account AND m.main = 1
         WHERE r.identity = $1 ORDER BY r.account LIMIT 100",
        args![identity.bytes()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            let main = row.text(9)?;
            Ok((read(row)?, main))
        })
        .collect()
}

/// Adds a recovery address, or notes that it was confirmed once more: then it is as old as before. Whoever confirms it wants
/// it: it does not go any more.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, it: &Kept) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO recovery_addresses (account, identity, destination, kind, shown, confirmed_at, added_at, session)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (account, identity) DO UPDATE SET confirmed_at = excluded.confirmed_at, detach_at = NULL",
        args![
            it.account.bytes(),
            it.identity.bytes(),
            it.destination.bytes(),
            it.kind.code(),
            &it.shown,
            it.confirmed_at,
            it.added_at,
            it.session.as_ref().map(SessionId::bytes),
        ],
    )
}

/// Removes a recovery address: a claim, the answer says whether it was there.
///
/// # Errors
/// A fault of the database.
pub fn claim_delete(tx: &mut Tx<'_>, account: AccountId, identity: &Digest) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "DELETE FROM recovery_addresses WHERE account = $1 AND identity = $2",
        args![account.bytes(), identity.bytes()],
    )?;
    Ok(rows == 1)
}

/// Says that it goes at `at`: a claim, the answer says whether nobody had said so before.
///
/// # Errors
/// A fault of the database.
pub fn claim_detach(tx: &mut Tx<'_>, account: AccountId, identity: &Digest, at: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE recovery_addresses SET detach_at = $3 WHERE account = $1 AND identity = $2 AND detach_at IS NULL",
        args![account.bytes(), identity.bytes(), at],
    )?;
    Ok(rows == 1)
}

/// Takes that back: a claim, the answer says whether it was still to go.
///
/// # Errors
/// A fault of the database.
pub fn claim_stay(tx: &mut Tx<'_>, account: AccountId, identity: &Digest) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE recovery_addresses SET detach_at = NULL
         WHERE account = $1 AND identity = $2 AND detach_at IS NOT NULL",
        args![account.bytes(), identity.bytes()],
    )?;
    Ok(rows == 1)
}

/// Removes those whose time has come, up to `limit`: each is given to exactly one caller.
///
/// # Errors
/// A fault of the database.
pub fn claim_due(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<Kept>, Fault> {
    let due = tx.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM recovery_addresses WHERE detach_at IS NOT NULL AND detach_at <= $1 ORDER BY detach_at LIMIT $2"
        ),
        args![now, limit],
    )?;
    let mut gone = Vec::new();
    for kept in due.into_iter().map(read) {
        let kept = kept?;
        let rows = tx.db.execute(
            "DELETE FROM recovery_addresses WHERE account = $1 AND identity = $2 AND detach_at <= $3",
            args![kept.account.bytes(), kept.identity.bytes(), now],
        )?;
        if rows == 1 {
            gone.push(kept);
        }
    }
    Ok(gone)
}
