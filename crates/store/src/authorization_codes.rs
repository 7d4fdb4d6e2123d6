//! Table `authorization_codes`: what browsers bring to clients, and clients to us.

use model::authorization_code::AuthorizationCode;
use model::digest::Digest;
use model::fault::Fault;
use model::id::{AuthorizationCodeId, GrantId};
use model::time::Time;
use wire::jose::jwk::Thumbprint;
use wire::oauth::pkce::Challenge;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// A code, and what the ID token that comes of it repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The code.
    pub code: AuthorizationCode,
    /// `nonce` of the request.
    pub nonce: Option<String>,
}

macro_rules! columns {
    () => {
        "id, grant_id, client, redirect_uri, redirect_named, challenge, key, loopback_from, nonce, expires_at, redeemed_at"
    };
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    let code = AuthorizationCode {
        id: AuthorizationCodeId::from_bytes(row.sixteen(0)?),
        grant: GrantId::from_bytes(row.sixteen(1)?),
        client: row.text(2)?,
        redirect_uri: row.text(3)?,
        redirect_named: row.flag(4)?,
        challenge: row.maybe_thirty_two(5)?.map(Challenge::from_bytes),
        key: row.maybe_thumbprint(6)?,
        loopback_from: row.maybe_address(7)?,
        expires_at: row.time(9)?,
        redeemed_at: row.maybe_time(10)?,
    };
    Ok(Kept { code, nonce: row.maybe_text(8)? })
}

/// A new code; `digest` is that of its text.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, digest: &Digest, kept: &Kept) -> Result<(), Fault> {
    let code = &kept.code;
    tx.db.put(
        concat!(
            "INSERT INTO authorization_codes (",
            columns!(),
            ", digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        args![
            code.id.bytes(),
            code.grant.bytes(),
            &code.client,
            &code.redirect_uri,
            code.redirect_named,
            code.challenge.as_ref().map(Challenge::bytes),
            code.key.as_ref().map(Thumbprint::bytes),
            code.loopback_from.map(|address| address.to_string()).as_ref(),
            kept.nonce.as_ref(),
            code.expires_at,
            code.redeemed_at,
            digest.bytes()
        ],
    )
}

/// The code of this text, as it stands.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, digest: &Digest) -> Result<Option<Kept>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), " FROM authorization_codes WHERE digest = $1"),
        args![digest.bytes()],
    )?;
    row.map(read).transpose()
}

/// Spends a code at the hands of its own client: a claim. The answer is the code as it was before, or none where it was spent
/// already or is not this client's.
///
/// # Errors
/// A fault of the database.
pub fn claim(tx: &mut Tx<'_>, digest: &Digest, client: &str, now: Time) -> Result<Option<Kept>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE authorization_codes SET redeemed_at = $3
             WHERE digest = $1 AND client = $2 AND redeemed_at IS NULL RETURNING ",
            columns!()
        ),
        args![digest.bytes(), client, now],
    )?;
    let kept = row.map(read).transpose()?;
    Ok(kept.map(|kept| Kept { code: AuthorizationCode { redeemed_at: None, ..kept.code }, ..kept }))
}

/// Forgets codes that ended before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_expired(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM authorization_codes WHERE id IN (
           SELECT id FROM authorization_codes WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        args![before, limit],
    )
}
