//! Table `refusing_mail`: whoever wants no mail from here. Looked at with the destination's budget
//! ([`crate::destinations`]), so that no mail to it forgets to.

use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;

/// Since when the destination refuses mail, if it does.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, destination: &Digest) -> Result<Option<Time>, Fault> {
    let row = reader
        .db
        .one("SELECT since FROM refusing_mail WHERE destination = $1", args![destination.bytes()])?;
    row.map(|mut row| row.time(0)).transpose()
}

/// Refuses mail: a claim, the answer says whether it was not refused before.
///
/// # Errors
/// A fault of the database.
pub fn claim_refuse(tx: &mut Tx<'_>, destination: &Digest, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO refusing_mail (destination, since) VALUES ($1, $2) ON CONFLICT (destination) DO NOTHING",
        args![destination.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Takes mail again: a claim, the answer says whether it was refused before.
///
/// # Errors
/// A fault of the database.
pub fn claim_accept(tx: &mut Tx<'_>, destination: &Digest) -> Result<bool, Fault> {
    let rows =
        tx.db.execute("DELETE FROM refusing_mail WHERE destination = $1", args![destination.bytes()])?;
    Ok(rows == 1)
}
