//! Table `recovery_codes`: the codes that a person keeps on paper, as keyed digests.

use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, SessionId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;

/// What is left of the set of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How many codes.
    pub count: u32,
    /// When the set was made.
    pub made_at: Time,
    /// The browser session in which it was made.
    pub session: Option<SessionId>,
}

/// What is left; none where there is no code.
///
/// # Errors
/// A fault of the database.
pub fn left(reader: &mut Reader<'_>, account: AccountId) -> Result<Option<Left>, Fault> {
    let row = reader.db.one(
        "SELECT COUNT(*), COALESCE(MAX(made_at), 0),
           (SELECT session FROM recovery_codes WHERE account = $1 LIMIT 1)
         FROM recovery_codes WHERE account = $1",
        args![account.bytes()],
    )?;
    let Some(mut row) = row else { return Ok(None) };
    let count = u32::try_from(row.int(0)?).unwrap_or(u32::MAX);
    let (made_at, session) = (row.time(1)?, row.maybe_sixteen(2)?.map(SessionId::from_bytes));
    Ok((count > 0).then_some(Left { count, made_at, session }))
}

/// Takes the codes of an account in hand: until the transaction ends nobody else replaces them.
///
/// # Errors
/// A fault of the database.
pub fn take(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<Left>, Fault> {
    tx.db.lock(account.bytes())?;
    left(tx, account)
}

/// Puts a new set in the place of whatever there is. Only with the codes in hand ([`take`]).
///
/// # Errors
/// A fault of the database.
pub fn replace(
    tx: &mut Tx<'_>,
    account: AccountId,
    set: &[Digest],
    (session, now): (Option<SessionId>, Time),
) -> Result<(), Fault> {
    forget(tx, account)?;
    for digest in set {
        tx.db.put(
            "INSERT INTO recovery_codes (account, digest, made_at, session) VALUES ($1, $2, $3, $4)",
            args![account.bytes(), digest.bytes(), now, session.as_ref().map(SessionId::bytes)],
        )?;
    }
    Ok(())
}

/// Uses one up: a claim, the answer says whether it was there.
///
/// # Errors
/// A fault of the database.
pub fn claim_use(tx: &mut Tx<'_>, account: AccountId, code: &Digest) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "DELETE FROM recovery_codes WHERE account = $1 AND digest = $2",
        args![account.bytes(), code.bytes()],
    )?;
    Ok(rows == 1)
}

/// Takes all of an account away; how many there were.
///
/// # Errors
/// A fault of the database.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<u64, Fault> {
    tx.db.execute("DELETE FROM recovery_codes WHERE account = $1", args![account.bytes()])
}
