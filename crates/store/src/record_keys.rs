//! Table `record_keys`: the keys that sign checkpoints and receipts. Private halves are sealed, and go with the key's time.

use model::digest::Keys;
use model::entropy::Entropy;
use model::fault::Fault;
use model::secret::Secret;
use model::time::Time;
use wire::record::note::VerifierKey;

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

const ODD: &str = "a key of the record is not as it was written";

/// A key with what is kept of it.
pub struct Kept {
    /// Its public half, with its name.
    pub public: VerifierKey,
    /// Whether it signs.
    pub active: bool,
    /// Since when.
    pub since: Time,
    sealed: Option<Vec<u8>>,
}

impl Kept {
    /// Its private half (PKCS #8); none once it signs no more.
    ///
    /// # Errors
    /// A fault when the value was altered, moved, or sealed under another key.
    pub fn private(&self, keys: &Keys) -> Result<Option<Secret<Vec<u8>>>, Fault> {
        let place = place(self.public.public());
        self.sealed.as_ref().map(|sealed| seal::open(keys, &place, sealed)).transpose()
    }
}

/// Seals a private half (PKCS #8), bound to its public one.
///
/// # Errors
/// A fault of sealing.
pub fn seal(
    keys: &Keys,
    entropy: &mut Entropy,
    public: &VerifierKey,
    pkcs8: &[u8],
) -> Result<Vec<u8>, Fault> {
    seal::seal(keys, entropy, &place(public.public()), pkcs8)
}

fn place(public: &[u8; 32]) -> Vec<u8> {
    [b"record key ".as_slice(), public].concat()
}

fn kept(row: &mut Row) -> Result<Kept, Fault> {
    let public = row.maybe_thirty_two(0)?.ok_or(Fault::plain(ODD))?;
    let public = VerifierKey::new(&row.text(1)?, public).map_err(|error| Fault::new(ODD, error))?;
    let active = row.word(2, |word| match word {
        "active" => Some(true),
        "retired" => Some(false),
        _ => None,
    })?;
    Ok(Kept { public, active, since: row.time(3)?, sealed: row.maybe_bytes(4)? })
}

/// Every key, the one that signs first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        "SELECT public, name, state, since, sealed FROM record_keys ORDER BY state, since DESC, public",
        args![],
    )?;
    rows.into_iter().map(|mut row| kept(&mut row)).collect()
}

/// The key that signs.
///
/// # Errors
/// A fault of the database.
pub fn active(reader: &mut Reader<'_>) -> Result<Option<Kept>, Fault> {
    let row = reader
        .db
        .one("SELECT public, name, state, since, sealed FROM record_keys WHERE state = 'active'", args![])?;
    row.map(|mut row| kept(&mut row)).transpose()
}

/// Lets a new key sign: a claim, `false` when another one does. Nothing was written then.
///
/// # Errors
/// A fault of the database.
pub fn claim_active(tx: &mut Tx<'_>, public: &VerifierKey, sealed: &[u8], now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO record_keys (public, name, state, since, sealed) VALUES ($1, $2, 'active', $3, $4)
         ON CONFLICT DO NOTHING",
        args![public.public(), public.name(), now, sealed],
    )?;
    Ok(rows == 1)
}

/// Takes the private half of the key that signs: a claim, the answer says whether it did.
///
/// # Errors
/// A fault of the database.
pub fn claim_retire(tx: &mut Tx<'_>, public: &VerifierKey) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE record_keys SET state = 'retired', sealed = NULL WHERE public = $1 AND state = 'active'",
        args![public.public()],
    )?;
    Ok(rows == 1)
}
