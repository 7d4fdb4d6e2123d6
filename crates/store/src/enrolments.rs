//! Table `enrolments`: codes by which browsers become approvers of an account.

use model::digest::Digest;
use model::enrolment::Enrolment;
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId, EnrolmentId, SessionId};
use model::time::Time;

use crate::device_authorizations::address;
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

macro_rules! columns {
    () => {
        "id, account, session, shown_at, known, made_at, expires_at, approver, ended_at"
    };
}

fn read(mut row: Row) -> Result<Enrolment, Fault> {
    Ok(Enrolment {
        id: EnrolmentId::from_bytes(row.sixteen(0)?),
        account: AccountId::from_bytes(row.sixteen(1)?),
        session: SessionId::from_bytes(row.sixteen(2)?),
        shown_at: row.maybe_address(3)?,
        known: row.flag(4)?,
        made_at: row.time(5)?,
        expires_at: row.time(6)?,
        approver: row.maybe_sixteen(7)?.map(AuthenticatorId::from_bytes),
        ended_at: row.maybe_time(8)?,
    })
}

/// Writes a new one; `code` is the digest of what is shown. The answer says whether the account had none that is not over.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, code: &Digest, new: &Enrolment) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO enrolments (id, account, session, digest, shown_at, known, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        args![
            new.id.bytes(),
            new.account.bytes(),
            new.session.bytes(),
            code.bytes(),
            address(new.shown_at).as_ref(),
            new.known,
            new.made_at,
            new.expires_at
        ],
    )?;
    Ok(rows == 1)
}

/// The one with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: EnrolmentId) -> Result<Option<Enrolment>, Fault> {
    let row =
        reader.db.one(concat!("SELECT ", columns!(), " FROM enrolments WHERE id = $1"), args![id.bytes()])?;
    row.map(read).transpose()
}

/// The one with this digest of its code.
///
/// # Errors
/// A fault of the database.
pub fn find_by_code(reader: &mut Reader<'_>, code: &Digest) -> Result<Option<Enrolment>, Fault> {
    let row = reader
        .db
        .one(concat!("SELECT ", columns!(), " FROM enrolments WHERE digest = $1"), args![code.bytes()])?;
    row.map(read).transpose()
}

/// Uses a code up for an approver: a claim, for the first that brings it in time.
///
/// # Errors
/// A fault of the database.
pub fn claim(
    tx: &mut Tx<'_>,
    code: &Digest,
    (approver, now): (AuthenticatorId, Time),
) -> Result<Option<Enrolment>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE enrolments SET approver = $2, ended_at = $3
             WHERE digest = $1 AND ended_at IS NULL AND expires_at > $3 RETURNING ",
            columns!()
        ),
        args![code.bytes(), approver.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// Closes whatever the account has open.
///
/// # Errors
/// A fault of the database.
pub fn close(tx: &mut Tx<'_>, account: AccountId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE enrolments SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL",
        args![account.bytes(), now],
    )?;
    Ok(rows > 0)
}

/// Ends at most `limit` of those that nobody used in time, and whose end is not known yet: a claim, each is answered once.
///
/// # Errors
/// A fault of the database.
pub fn claim_lapsed(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<Enrolment>, Fault> {
    let rows = tx.db.query(
        concat!(
            "UPDATE enrolments SET ended_at = $1
             WHERE id IN (SELECT id FROM enrolments WHERE ended_at IS NULL AND expires_at <= $1
               ORDER BY expires_at LIMIT $2) AND ended_at IS NULL RETURNING ",
            columns!()
        ),
        args![now, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Forgets those whose time ended before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_ended(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM enrolments WHERE id IN (
           SELECT id FROM enrolments WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        args![before, limit],
    )
}
