//! Table `approval_budgets`: what unknown browsers asked for with the passwords of accounts, and what of it was held back.

use model::approval_budget::{ApprovalBudget, Held};
use model::fault::Fault;
use model::id::AccountId;
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;

/// What is known of an account, taken in hand: until the transaction ends nobody else takes it, so that what is decided on it holds
/// when it is written by [`put`].
///
/// # Errors
/// A fault of the database.
pub fn take(tx: &mut Tx<'_>, account: AccountId) -> Result<ApprovalBudget, Fault> {
    tx.db.lock(account.bytes())?;
    find(tx, account)
}

/// What is known of an account.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, account: AccountId) -> Result<ApprovalBudget, Fault> {
    let row = reader.db.one(
        "SELECT times, held, held_since FROM approval_budgets WHERE account = $1",
        args![account.bytes()],
    )?;
    let Some(mut row) = row else { return Ok(ApprovalBudget::default()) };
    let count = u32::try_from(row.int(1)?).unwrap_or(u32::MAX);
    let held = row.maybe_time(2)?.map(|since| Held { since, count });
    Ok(ApprovalBudget::new(&row.bytes(0)?, held))
}

/// Writes it, for an account that was taken in hand.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, account: AccountId, (budget, now): (&ApprovalBudget, Time)) -> Result<(), Fault> {
    let held = budget.held();
    tx.db.put(
        "INSERT INTO approval_budgets (account, times, held, held_since, touched_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account) DO UPDATE SET times = excluded.times, held = excluded.held,
           held_since = excluded.held_since, touched_at = excluded.touched_at",
        args![
            account.bytes(),
            &budget.times(),
            held.map_or(0, |held| i64::from(held.count)),
            held.map(|held| held.since),
            now
        ],
    )
}

/// Accounts of which something was held back since before `before`, the longest ago first.
///
/// # Errors
/// A fault of the database.
pub fn list_held(reader: &mut Reader<'_>, before: Time, limit: i64) -> Result<Vec<AccountId>, Fault> {
    let rows = reader.db.query(
        "SELECT account FROM approval_budgets WHERE held_since IS NOT NULL AND held_since <= $1
         ORDER BY held_since LIMIT $2",
        args![before, limit],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(AccountId::from_bytes)).collect()
}

/// Forgets at most `limit` that were not touched since `before`, and of which all is told; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_idle(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM approval_budgets WHERE account IN (
           SELECT account FROM approval_budgets WHERE touched_at < $1 AND held_since IS NULL
           ORDER BY touched_at LIMIT $2)",
        args![before, limit],
    )
}
