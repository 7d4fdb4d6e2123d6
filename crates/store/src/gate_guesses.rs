//! Table `gate_guesses`: when wrong gate words were typed, for one mailbox from one network or from all.
//!
//! It is read and written with the destination in hand ([`crate::destinations::ask_take`]), which is what keeps two guesses at
//! one mailbox apart.

use model::budget::MailTimes;
use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;

use crate::tx::{Later, Reader, Tx};
use crate::value::args;
use crate::walk::{self, Walk};

/// When there were wrong ones, looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask(reader: &mut Reader<'_>, who: &Digest) -> Result<Later<Option<MailTimes>>, Fault> {
    let asked = reader.db.ask("SELECT times FROM gate_guesses WHERE who = $1", args![who.bytes()])?;
    Ok(Later::first(asked, |mut row| row.bytes(0).map(|times| MailTimes::from_bytes(&times))))
}

/// Writes when there were.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, who: &Digest, times: &MailTimes, now: Time) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO gate_guesses (who, times, touched_at) VALUES ($1, $2, $3)
         ON CONFLICT (who) DO UPDATE SET times = excluded.times, touched_at = excluded.touched_at",
        args![who.bytes(), &times.to_bytes(), now],
    )
}

/// Forgets what nobody touched since `before`, among the next `limit`; `None` once all were looked at.
///
/// # Errors
/// A fault of the database.
pub fn delete_idle(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<Option<u64>, Fault> {
    let walk = Walk {
        name: "walked gate guesses",
        next: "SELECT key FROM (SELECT who AS key FROM gate_guesses WHERE who > $1 ORDER BY who LIMIT $2)
                 AS part ORDER BY key DESC LIMIT 1",
        delete: "DELETE FROM gate_guesses WHERE who > $1 AND who <= $2 AND touched_at < $3",
    };
    walk::step(tx, &walk, before.micros(), limit)
}
