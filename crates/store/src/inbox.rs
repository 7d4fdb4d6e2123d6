//! Table `inbox`: mails that were not sent anywhere because no mail server is set up. Sealed like all else.

use model::entropy::Entropy;
use model::fault::Fault;
use model::id::MessageId;
use model::time::Time;

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::args;

/// How many mails are kept.
const KEPT: i64 = 200;

/// A mail as it would have been sent.
pub struct Kept {
    /// Its identifier.
    pub id: MessageId,
    /// When it was written.
    pub at: Time,
    /// What [`insert`] was given.
    pub content: String,
}

/// Keeps a mail and forgets all but the newest.
///
/// # Errors
/// A fault of the database or of sealing.
pub fn insert(tx: &mut Tx<'_>, entropy: &mut Entropy, kept: &Kept) -> Result<(), Fault> {
    let sealed = seal::seal(tx.keys, entropy, kept.id.bytes(), kept.content.as_bytes())?;
    tx.db.execute(
        "INSERT INTO inbox (id, at, sealed) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
        args![kept.id.bytes(), kept.at, &sealed],
    )?;
    Ok(())
}

/// Forgets all but the newest mails.
///
/// # Errors
/// A fault of the database.
pub fn trim(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM inbox WHERE id NOT IN (SELECT id FROM inbox ORDER BY id DESC LIMIT $1)",
        args![KEPT],
    )
}

/// The newest mails, newest first.
///
/// # Errors
/// A fault of the database or of opening.
pub fn list(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query("SELECT id, at, sealed FROM inbox ORDER BY id DESC LIMIT $1", args![limit])?;
    let keys = reader.keys;
    rows.into_iter()
        .map(|mut row| {
            let id = MessageId::from_bytes(row.sixteen(0)?);
            let plain = seal::open(keys, id.bytes(), &row.bytes(2)?)?;
            let content = String::from_utf8_lossy(plain.expose()).into_owned();
            Ok(Kept { id, at: row.time(1)?, content })
        })
        .collect()
}
