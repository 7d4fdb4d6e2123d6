//! Table `leases`: which node does which of the jobs that only one may do.

use model::fault::Fault;
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;

/// Takes or keeps the lease of the job `name` for `holder`, from `now` until `until`: a claim, the answer says
/// whether it is the holder's. A lease of somebody else is taken over once its time is over.
///
/// # Errors
/// A fault of the database.
pub fn claim(
    tx: &mut Tx<'_>,
    name: &str,
    holder: &[u8; 16],
    (now, until): (Time, Time),
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
           WHERE leases.holder = excluded.holder OR leases.until <= $4",
        args![name, holder, until, now],
    )?;
    Ok(rows == 1)
}

/// Gives a lease back, so that nobody has to wait for its end; says whether it was the holder's.
///
/// # Errors
/// A fault of the database.
pub fn claim_release(tx: &mut Tx<'_>, name: &str, holder: &[u8; 16]) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM leases WHERE name = $1 AND holder = $2", args![name, holder])?;
    Ok(rows == 1)
}

/// A lease as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub name: String,
    /// Who holds it.
    pub holder: [u8; 16],
    /// Until when.
    pub until: Time,
}

/// All leases.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>) -> Result<Vec<Lease>, Fault> {
    let rows = reader.db.query("SELECT name, holder, until FROM leases ORDER BY name", args![])?;
    rows.into_iter()
        .map(|mut row| Ok(Lease { name: row.text(0)?, holder: row.sixteen(1)?, until: row.time(2)? }))
        .collect()
}
