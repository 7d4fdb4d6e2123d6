//! Table `pushed_requests`: requests for authorization that were pushed.

use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;
use wire::jose::jwk::Thumbprint;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// A request as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedRequest {
    /// Whose it is: `client_id`.
    pub client: String,
    /// All its parameters in their order.
    pub parameters: Vec<(String, String)>,
    /// The key that was proved when it was pushed.
    pub key: Option<Thumbprint>,
    /// When it was made.
    pub made_at: Time,
    /// Until when it can be used.
    pub expires_at: Time,
    /// When it was used.
    pub used_at: Option<Time>,
}

#[expect(clippy::disallowed_methods, reason = "not from outside: our own text, read back")]
fn read(mut row: Row) -> Result<PushedRequest, Fault> {
    let parameters = serde_json::from_str(&row.text(1)?)
        .map_err(|error| Fault::new("a request for authorization cannot be read", error))?;
    Ok(PushedRequest {
        client: row.text(0)?,
        parameters,
        key: row.maybe_thumbprint(2)?,
        made_at: row.time(3)?,
        expires_at: row.time(4)?,
        used_at: row.maybe_time(5)?,
    })
}

/// Keeps a request; `digest` is that of its reference.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, digest: &Digest, request: &PushedRequest) -> Result<(), Fault> {
    let parameters = serde_json::to_string(&request.parameters)
        .map_err(|error| Fault::new("writing a request for authorization", error))?;
    tx.db.put(
        "INSERT INTO pushed_requests (digest, client, parameters, key, made_at, expires_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            digest.bytes(),
            &request.client,
            &parameters,
            request.key.as_ref().map(Thumbprint::bytes),
            request.made_at,
            request.expires_at,
            request.used_at
        ],
    )
}

/// The request of this reference, whether it can still be used or not.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, digest: &Digest) -> Result<Option<PushedRequest>, Fault> {
    let row = reader.db.one(
        "SELECT client, parameters, key, made_at, expires_at, used_at FROM pushed_requests WHERE digest = $1",
        args![digest.bytes()],
    )?;
    row.map(read).transpose()
}

/// Gives a person time until `until` for a request that was brought in time.
///
/// # Errors
/// A fault of the database.
pub fn extend(tx: &mut Tx<'_>, digest: &Digest, (now, until): (Time, Time)) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE pushed_requests SET expires_at = $3
         WHERE digest = $1 AND used_at IS NULL AND expires_at > $2 AND expires_at < $3",
        args![digest.bytes(), now, until],
    )
}

/// Uses a request up: a claim, the answer says whether it could be used.
///
/// # Errors
/// A fault of the database.
pub fn claim(tx: &mut Tx<'_>, digest: &Digest, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE pushed_requests SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND expires_at > $2",
        args![digest.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Forgets those that ended before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_expired(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM pushed_requests WHERE digest IN (
           SELECT digest FROM pushed_requests WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        args![before, limit],
    )
}
