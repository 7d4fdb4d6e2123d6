//! Table `push_keys`: the one key by which push services know us, sealed.

use model::digest::Keys;
use model::entropy::Entropy;
use model::fault::Fault;
use model::secret::Secret;
use model::time::Time;

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::args;

const PLACE: &[u8] = b"push key";

/// Seals the key (PKCS #8).
///
/// # Errors
/// A fault of sealing.
pub fn seal(keys: &Keys, entropy: &mut Entropy, pkcs8: &[u8]) -> Result<Vec<u8>, Fault> {
    seal::seal(keys, entropy, PLACE, pkcs8)
}

/// The key (PKCS #8), if there is one yet.
///
/// # Errors
/// A fault of the database, or when the value was altered or sealed under another key.
pub fn find(reader: &mut Reader<'_>, keys: &Keys) -> Result<Option<Secret<Vec<u8>>>, Fault> {
    let row = reader.db.one("SELECT sealed FROM push_keys WHERE one = 1", args![])?;
    row.map(|mut row| seal::open(keys, PLACE, &row.bytes(0)?)).transpose()
}

/// Keeps the first key: a claim, `false` where there is one.
///
/// # Errors
/// A fault of the database.
pub fn claim_insert(tx: &mut Tx<'_>, sealed: &[u8], now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO push_keys (one, sealed, made_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
        args![sealed, now],
    )?;
    Ok(rows == 1)
}
