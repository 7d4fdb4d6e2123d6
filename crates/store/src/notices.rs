//! Table `notices`: what an account was told lately of each kind, and what is held until the next notice.

use model::fault::Fault;
use model::id::AccountId;
use model::notice::{Lately, Notice};
use model::time::Time;

use crate::outbox::{notice, notice_text};
use crate::tx::{Reader, Tx};
use crate::value::args;

/// What an account was told of one kind, taken in hand: until the transaction ends nobody else takes it.
#[must_use = "what an account was told is locked by this"]
pub struct Taken {
    account: AccountId,
    kind: String,
    /// What it was told.
    pub lately: Lately,
    /// The newest of those that are held.
    pub latest: Option<Notice>,
}

/// Takes it in hand.
///
/// # Errors
/// A fault of the database.
pub fn take(tx: &mut Tx<'_>, account: AccountId, kind: &str) -> Result<Taken, Fault> {
    tx.db.lock(account.bytes())?;
    let row = tx.db.one(
        "SELECT told_at, held, latest FROM notices WHERE account = $1 AND kind = $2",
        args![account.bytes(), kind],
    )?;
    let (lately, latest) = match row {
        None => (Lately::default(), None),
        Some(mut row) => (
            Lately { told_at: Some(row.time(0)?), held: u32::try_from(row.int(1)?).unwrap_or(u32::MAX) },
            notice(&row.text(2)?),
        ),
    };
    Ok(Taken { account, kind: kind.to_owned(), lately, latest })
}

/// Writes what an account was told; `latest` is the newest that happened.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, taken: &Taken, latest: &Notice, now: Time) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO notices (account, kind, told_at, held, latest) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account, kind) DO UPDATE SET told_at = excluded.told_at, held = excluded.held,
           latest = excluded.latest",
        args![
            taken.account.bytes(),
            &taken.kind,
            taken.lately.told_at.unwrap_or(now),
            i64::from(taken.lately.held),
            &notice_text(latest)?,
        ],
    )
}

/// Accounts and kinds of which something is held, and that were last told no later than `before`.
///
/// # Errors
/// A fault of the database.
pub fn list_held(
    reader: &mut Reader<'_>,
    before: Time,
    limit: i64,
) -> Result<Vec<(AccountId, String)>, Fault> {
    let rows = reader.db.query(
        "SELECT account, kind FROM notices WHERE held > 0 AND told_at <= $1 ORDER BY told_at LIMIT $2",
        args![before, limit],
    )?;
    rows.into_iter().map(|mut row| Ok((AccountId::from_bytes(row.sixteen(0)?), row.text(1)?))).collect()
}

/// Forgets what the account was told: it is closed.
///
/// # Errors
/// A fault of the database.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<(), Fault> {
    tx.db.put("DELETE FROM notices WHERE account = $1", args![account.bytes()])
}
