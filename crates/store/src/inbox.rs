//! Table `inbox`: mails that were not sent anywhere because no mail server is set up. Sealed like all else.

use model::digest::{Digest, Keys, Of};
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::MessageId;
use model::time::Time;

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// How many mails are kept.
const KEPT: i64 = 200;

/// A mail as the inbox page shows it.
pub struct Mail {
    /// Its identifier.
    pub id: MessageId,
    /// When it was written.
    pub at: Time,
    /// What [`insert`] was given.
    pub content: String,
}

/// A mail as it would have been sent.
pub struct Kept {
    /// Its identifier.
    pub id: MessageId,
    /// When it was written.
    pub at: Time,
    /// Whom it is for.
    pub to: String,
    /// What [`insert`] was given.
    pub content: String,
}

/// The digest by which the mails to one address are found.
fn recipient(keys: &Keys, to: &str) -> Digest {
    keys.digest(Of::Identity, &[b"inbox", to.to_lowercase().as_bytes()])
}

/// Keeps a mail.
///
/// # Errors
/// A fault of the database or of sealing.
pub fn insert(tx: &mut Tx<'_>, entropy: &mut Entropy, kept: &Kept) -> Result<(), Fault> {
    let sealed = seal::seal(tx.keys, entropy, kept.id.bytes(), kept.content.as_bytes())?;
    let recipient = recipient(tx.keys, &kept.to);
    tx.db.put(
        "INSERT INTO inbox (id, at, recipient, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
        args![kept.id.bytes(), kept.at, recipient.bytes(), &sealed],
    )
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
pub fn list(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Mail>, Fault> {
    let rows = reader.db.query("SELECT id, at, sealed FROM inbox ORDER BY id DESC LIMIT $1", args![limit])?;
    let keys = reader.keys;
    rows.into_iter().map(|row| read(keys, row)).collect()
}

/// The newest mail to one address, however it is spelt in capitals.
///
/// # Errors
/// A fault of the database or of opening.
pub fn newest_to(reader: &mut Reader<'_>, to: &str) -> Result<Option<String>, Fault> {
    let recipient = recipient(reader.keys, to);
    let row = reader.db.one(
        "SELECT id, at, sealed FROM inbox WHERE recipient = $1 ORDER BY id DESC LIMIT 1",
        args![recipient.bytes()],
    )?;
    row.map(|row| read(reader.keys, row).map(|mail| mail.content)).transpose()
}

fn read(keys: &Keys, mut row: Row) -> Result<Mail, Fault> {
    let id = MessageId::from_bytes(row.sixteen(0)?);
    let plain = seal::open(keys, id.bytes(), &row.bytes(2)?)?;
    Ok(Mail { id, at: row.time(1)?, content: String::from_utf8_lossy(plain.expose()).into_owned() })
}
