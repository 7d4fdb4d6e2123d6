//! Table `guess_ledger`: chances reserved per subject and day; the sum over 365 days is what counts.

use model::budget::{Chance, LEDGER_DAYS};
use model::digest::Digest;
use model::fault::Fault;
use model::id::AccountId;

use crate::tx::{Later, Reader, Tx};
use crate::value::args;
use crate::walk::{self, Walk};

/// The two subjects a reservation is charged to, and whether the asking browser was known.
#[derive(Clone, Copy, Debug)]
pub struct Charge {
    /// The account, if there is one.
    pub account: Option<AccountId>,
    /// The mail destination.
    pub destination: Digest,
    /// Known browsers have a ledger of their own.
    pub known: bool,
}

impl Charge {
    /// The account, or for an unknown address a key that no account has, so that the work is the same.
    fn first(&self) -> [u8; 16] {
        self.account.map_or_else(|| self.destination.bytes().map(|byte| !byte), |account| *account.bytes())
    }
}

/// The larger of the two sums over the 365 days up to `day`. The day on which they began counts whole: the
/// hours at which its guesses were reserved are not kept, and no 365 days may hold more than allowed.
///
/// # Errors
/// A fault of the database.
pub fn spent(reader: &mut Reader<'_>, charge: &Charge, day: i64) -> Result<Chance, Fault> {
    ask_spent(reader, charge, day)?.get(reader)
}

/// [`spent`], looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask_spent(reader: &mut Reader<'_>, charge: &Charge, day: i64) -> Result<Later<Chance>, Fault> {
    let asked = reader.db.ask(
        "SELECT COALESCE(MAX(total), 0) FROM (
           SELECT CAST(SUM(units) AS BIGINT) AS total FROM guess_ledger
           WHERE subject IN ($1, $2) AND known = $3 AND day >= $4 GROUP BY subject) AS sums",
        args![&charge.first(), charge.destination.bytes(), charge.known, day.saturating_sub(LEDGER_DAYS)],
    )?;
    Ok(Later::new(asked, |rows| {
        rows.into_iter().next().map_or(Ok(Chance::NONE), |mut row| row.int(0).map(Chance::from_units))
    }))
}

/// The sum of an account's two ledgers over the same days: (unknown, known browsers).
///
/// # Errors
/// A fault of the database.
pub fn of_account(reader: &mut Reader<'_>, account: AccountId, day: i64) -> Result<(Chance, Chance), Fault> {
    let rows = reader.db.query(
        "SELECT known, CAST(SUM(units) AS BIGINT) FROM guess_ledger WHERE subject = $1 AND day >= $2 GROUP BY known",
        args![account.bytes(), day.saturating_sub(LEDGER_DAYS)],
    )?;
    let mut sums = (Chance::NONE, Chance::NONE);
    for mut row in rows {
        let (known, units) = (row.flag(0)?, Chance::from_units(row.int(1)?));
        if known { sums.1 = units } else { sums.0 = units }
    }
    Ok(sums)
}

/// Adds `units` (negative: a refund) to both subjects on `day`.
///
/// # Errors
/// A fault of the database.
pub fn add(tx: &mut Tx<'_>, charge: &Charge, day: i64, units: i64) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO guess_ledger (subject, known, day, units) VALUES ($1, $3, $4, $5), ($2, $3, $4, $5)
         ON CONFLICT (subject, known, day) DO UPDATE SET units = guess_ledger.units + excluded.units",
        args![&charge.first(), charge.destination.bytes(), charge.known, day, units],
    )
}

/// Forgets days before `day`, which no sum looks at any more, among the next `limit` rows; `None` once all were looked
/// at.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, day: i64, limit: i64) -> Result<Option<u64>, Fault> {
    let walk = Walk {
        name: "walked guess_ledger",
        next: "SELECT key FROM (SELECT subject AS key FROM guess_ledger WHERE subject > $1 ORDER BY subject LIMIT $2)
                 AS part ORDER BY key DESC LIMIT 1",
        delete: "DELETE FROM guess_ledger WHERE subject > $1 AND subject <= $2 AND day < $3",
    };
    walk::step(tx, &walk, day, limit)
}
