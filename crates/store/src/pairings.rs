//! Table `pairings`: windows that people open for one device.

use std::time::Duration;

use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, DeviceId, PairingId, SessionId};
use model::pairing::{Pairing, PairingState};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

macro_rules! columns {
    () => {
        "id, account, session, opened_at, expires_at, tries_left, state, device, confirmation"
    };
}

fn read(row: &mut Row) -> Result<Pairing, Fault> {
    Ok(Pairing {
        id: PairingId::from_bytes(row.sixteen(0)?),
        account: AccountId::from_bytes(row.sixteen(1)?),
        session: SessionId::from_bytes(row.sixteen(2)?),
        opened_at: row.time(3)?,
        expires_at: row.time(4)?,
        tries_left: row.small(5)?,
        state: row.word(6, PairingState::from_code)?,
        device: row.maybe_sixteen(7)?.map(DeviceId::from_bytes),
    })
}

/// Opens a window; `code` is the digest of its pairing code. The answer says whether the account had none that is not over.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, code: &Digest, pairing: &Pairing) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO pairings (id, account, session, digest, opened_at, expires_at, tries_left, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        args![
            pairing.id.bytes(),
            pairing.account.bytes(),
            pairing.session.bytes(),
            code.bytes(),
            pairing.opened_at,
            pairing.expires_at,
            pairing.tries_left,
            pairing.state.code()
        ],
    )?;
    Ok(rows == 1)
}

/// The window with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: PairingId) -> Result<Option<Pairing>, Fault> {
    let row =
        reader.db.one(concat!("SELECT ", columns!(), " FROM pairings WHERE id = $1"), args![id.bytes()])?;
    row.map(|mut row| read(&mut row)).transpose()
}

/// The window of an account that nobody has ended; its time may have passed.
///
/// # Errors
/// A fault of the database.
pub fn find_live(reader: &mut Reader<'_>, account: AccountId) -> Result<Option<Pairing>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), " FROM pairings WHERE account = $1 AND ended_at IS NULL"),
        args![account.bytes()],
    )?;
    row.map(|mut row| read(&mut row)).transpose()
}

/// A device that answers.
#[derive(Clone, Copy, Debug)]
pub struct Answering {
    /// Which.
    pub device: DeviceId,
    /// The digest of the digits that it shows.
    pub confirmation: Digest,
    /// How long from now on the person has.
    pub within: Duration,
}

/// Takes the open window with this code for a device: a claim, for the first that brings it.
///
/// # Errors
/// A fault of the database.
pub fn claim_device(
    tx: &mut Tx<'_>,
    code: &Digest,
    (answering, now): (&Answering, Time),
) -> Result<Option<Pairing>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE pairings SET state = 'answered', device = $2, confirmation = $3, expires_at = $5
             WHERE digest = $1 AND ended_at IS NULL AND state = 'open' AND expires_at > $4 RETURNING ",
            columns!()
        ),
        args![
            code.bytes(),
            answering.device.bytes(),
            answering.confirmation.bytes(),
            now,
            now + answering.within
        ],
    )?;
    row.map(|mut row| read(&mut row)).transpose()
}

/// Spends one try at the digits, at the hands of the session that opened the window: a claim. The answer is the window after
/// it, and the digest of the right digits.
///
/// # Errors
/// A fault of the database.
pub fn claim_try(
    tx: &mut Tx<'_>,
    id: PairingId,
    (account, session, now): (AccountId, SessionId, Time),
) -> Result<Option<(Pairing, Digest)>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE pairings SET tries_left = tries_left - 1
             WHERE id = $1 AND account = $2 AND session = $3 AND state = 'answered' AND tries_left > 0 AND ended_at IS NULL
               AND expires_at > $4 RETURNING ",
            columns!()
        ),
        args![id.bytes(), account.bytes(), session.bytes(), now],
    )?;
    row.map(|mut row| Ok((read(&mut row)?, Digest::from_bytes(row.sixteen(8)?)))).transpose()
}

/// Ends a window that nobody has ended: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_end(tx: &mut Tx<'_>, id: PairingId, (state, now): (PairingState, Time)) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE pairings SET state = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL",
        args![id.bytes(), state.code(), now],
    )?;
    Ok(rows == 1)
}

/// Windows whose time has passed, and of which that is not known yet.
///
/// # Errors
/// A fault of the database.
pub fn list_over(reader: &mut Reader<'_>, now: Time, limit: i64) -> Result<Vec<Pairing>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM pairings WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2"
        ),
        args![now, limit],
    )?;
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// Forgets windows that ended before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_ended(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM pairings WHERE id IN (
           SELECT id FROM pairings WHERE ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT $2)",
        args![before, limit],
    )
}
