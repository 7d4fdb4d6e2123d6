//! Table `signing_keys`: the keys that tokens are signed with. Private halves are sealed, and go when a key is retired.

use model::digest::Keys;
use model::entropy::Entropy;
use model::fault::Fault;
use model::secret::Secret;
use model::signing_key::{KeyKind, KeyRecord, KeyState};
use model::time::Time;
use wire::jose::jwk::{Jwk, Thumbprint};

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

const ODD: &str = "a signing key is not as it was written";

/// A key with what is kept of it.
pub struct Kept {
    /// Which, of which kind, and how it stands.
    pub record: KeyRecord,
    /// Its public half.
    pub public: Jwk,
    sealed: Option<Vec<u8>>,
}

impl Kept {
    /// Its private half (PKCS #8); none once it is retired.
    ///
    /// # Errors
    /// A fault when the value was altered, moved, or sealed under another key.
    pub fn private(&self, keys: &Keys) -> Result<Option<Secret<Vec<u8>>>, Fault> {
        self.sealed.as_ref().map(|sealed| seal::open(keys, &place(self.record.id), sealed)).transpose()
    }
}

/// Seals a private half (PKCS #8), bound to the key that it belongs to.
///
/// # Errors
/// A fault of sealing.
pub fn seal(keys: &Keys, entropy: &mut Entropy, id: Thumbprint, pkcs8: &[u8]) -> Result<Vec<u8>, Fault> {
    seal::seal(keys, entropy, &place(id), pkcs8)
}

fn place(id: Thumbprint) -> Vec<u8> {
    [b"signing key ".as_slice(), id.bytes()].concat()
}

fn record(row: &mut Row) -> Result<KeyRecord, Fault> {
    let id = <[u8; 32]>::try_from(row.bytes(0)?).map_err(|_| Fault::plain(ODD))?;
    Ok(KeyRecord {
        id: Thumbprint::from_bytes(id),
        kind: row.word(1, KeyKind::from_code)?,
        state: row.word(2, KeyState::from_code)?,
        since: row.time(3)?,
    })
}

/// How every key stands, without any secret: what is looked at often.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>) -> Result<Vec<KeyRecord>, Fault> {
    let rows = reader.db.query("SELECT id, kind, state, since FROM signing_keys ORDER BY id", args![])?;
    rows.into_iter().map(|mut row| record(&mut row)).collect()
}

/// Every key with its halves.
///
/// # Errors
/// A fault of the database.
pub fn list_kept(reader: &mut Reader<'_>) -> Result<Vec<Kept>, Fault> {
    let rows = reader
        .db
        .query("SELECT id, kind, state, since, public, sealed FROM signing_keys ORDER BY id", args![])?;
    rows.into_iter()
        .map(|mut row| {
            let public =
                Jwk::parse(row.text(4)?.as_bytes()).map_err(|malformed| Fault::new(ODD, malformed))?;
            Ok(Kept { record: record(&mut row)?, public, sealed: row.maybe_bytes(5)? })
        })
        .collect()
}

/// A key that is to be published.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Its thumbprint.
    pub id: Thumbprint,
    /// Of which kind.
    pub kind: KeyKind,
    /// Its public half.
    pub public: &'a Jwk,
    /// What [`seal`] made of its private half.
    pub sealed: &'a [u8],
}

/// Publishes a key: a claim, `false` when another of its kind is published already. Nothing was written then.
///
/// # Errors
/// A fault of the database.
pub fn claim_publish(tx: &mut Tx<'_>, new: New<'_>, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO signing_keys (id, kind, state, since, public, sealed) VALUES ($1, $2, 'published', $3, $4, $5)
         ON CONFLICT DO NOTHING",
        args![new.id.bytes(), new.kind.code(), now, &new.public.json(), new.sealed],
    )?;
    Ok(rows == 1)
}

/// Lets a published key sign: a claim, the answer says whether it was published until now.
///
/// # Errors
/// A fault of the database.
pub fn claim_activate(tx: &mut Tx<'_>, id: Thumbprint, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE signing_keys SET state = 'active', since = $2 WHERE id = $1 AND state = 'published'",
        args![id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Retires a key and forgets its private half: a claim, the answer says whether it was not retired before.
///
/// # Errors
/// A fault of the database.
pub fn claim_retire(tx: &mut Tx<'_>, id: Thumbprint, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE signing_keys SET state = 'retired', since = $2, sealed = NULL
         WHERE id = $1 AND state IN ('published', 'active')",
        args![id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Takes a retired key away: a claim, the answer says whether it was there and retired.
///
/// # Errors
/// A fault of the database.
pub fn claim_remove(tx: &mut Tx<'_>, id: Thumbprint) -> Result<bool, Fault> {
    let rows =
        tx.db.execute("DELETE FROM signing_keys WHERE id = $1 AND state = 'retired'", args![id.bytes()])?;
    Ok(rows == 1)
}
