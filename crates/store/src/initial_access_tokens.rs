//! Table `initial_access_tokens`: what opens the registration of new clients, for so many of them and for a while.

use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// A token without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What its maker noted.
    pub note: String,
    /// How many clients may still register by it.
    pub clients_left: u32,
    /// Whether those that can keep a secret may do without PKCE.
    pub without_pkce: bool,
    /// When it was made.
    pub made_at: Time,
    /// When it ends.
    pub expires_at: Time,
}

fn read(mut row: Row) -> Result<Opening, Fault> {
    Ok(Opening {
        note: row.text(0)?,
        clients_left: u32::try_from(row.int(1)?).unwrap_or(0),
        without_pkce: row.flag(2)?,
        made_at: row.time(3)?,
        expires_at: row.time(4)?,
    })
}

/// Keeps a new one.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, digest: &Digest, opening: &Opening) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO initial_access_tokens (digest, note, clients_left, without_pkce, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            digest.bytes(),
            &opening.note,
            i64::from(opening.clients_left),
            opening.without_pkce,
            opening.made_at,
            opening.expires_at
        ],
    )
}

/// Spends one registration: a claim, nothing when the token is unknown, over, or used up.
///
/// # Errors
/// A fault of the database.
pub fn claim(tx: &mut Tx<'_>, digest: &Digest, now: Time) -> Result<Option<Opening>, Fault> {
    let row = tx.db.one(
        "UPDATE initial_access_tokens SET clients_left = clients_left - 1
         WHERE digest = $1 AND clients_left > 0 AND expires_at > $2
         RETURNING note, clients_left, without_pkce, made_at, expires_at",
        args![digest.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// Those that open something at `now`, the next to end first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, now: Time) -> Result<Vec<Opening>, Fault> {
    let rows = reader.db.query(
        "SELECT note, clients_left, without_pkce, made_at, expires_at FROM initial_access_tokens
         WHERE clients_left > 0 AND expires_at > $1 ORDER BY expires_at, digest",
        args![now],
    )?;
    rows.into_iter().map(read).collect()
}

/// Forgets those whose time has passed; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_expired(tx: &mut Tx<'_>, now: Time) -> Result<u64, Fault> {
    tx.db.execute("DELETE FROM initial_access_tokens WHERE expires_at <= $1", args![now])
}
