//! Table `access_tokens`: opaque ones by the digest of their text, signed ones by their `jti`, until they expire.

use model::access_token::AccessToken;
use model::digest::Digest;
use model::fault::Fault;
use model::grant::GrantOrigin;
use model::id::{AccessTokenId, GrantId};
use model::nearness::Nearness;
use model::time::Time;
use wire::jose::jwk::Thumbprint;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

macro_rules! columns {
    () => {
        "id, grant_id, client, subject, audiences, scopes, origin, key, acr, signed_in_at, issued_at, expires_at, context, \
         provisional"
    };
}

fn read(mut row: Row) -> Result<AccessToken, Fault> {
    let (acr, at) = (row.maybe_text(8)?, row.maybe_time(9)?);
    Ok(AccessToken {
        id: AccessTokenId::from_bytes(row.sixteen(0)?),
        grant: row.maybe_sixteen(1)?.map(GrantId::from_bytes),
        client: row.text(2)?,
        subject: row.text(3)?,
        audiences: row.text(4)?.split(' ').map(str::to_owned).collect(),
        scopes: row.scopes(5)?,
        origin: row.word(6, GrantOrigin::from_code)?,
        context: row.maybe_word(12, Nearness::from_code)?,
        provisional: row.flag(13)?,
        key: row.maybe_thumbprint(7)?,
        signed_in: acr.zip(at),
        issued_at: row.time(10)?,
        expires_at: row.time(11)?,
    })
}

/// A new token; `digest` is that of its text where it is opaque.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, digest: Option<&Digest>, token: &AccessToken) -> Result<(), Fault> {
    tx.db.put(
        concat!(
            "INSERT INTO access_tokens (",
            columns!(),
            ", digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        args![
            token.id.bytes(),
            token.grant.as_ref().map(GrantId::bytes),
            &token.client,
            &token.subject,
            &token.audiences.join(" "),
            &token.scopes.to_string(),
            token.origin.code(),
            token.key.as_ref().map(Thumbprint::bytes),
            token.signed_in.as_ref().map(|(acr, _)| acr),
            token.signed_in.as_ref().map(|(_, at)| *at),
            token.issued_at,
            token.expires_at,
            token.context.map(Nearness::code),
            token.provisional,
            digest.map(Digest::bytes)
        ],
    )
}

/// The opaque token of this text.
///
/// # Errors
/// A fault of the database.
pub fn find_by_digest(reader: &mut Reader<'_>, digest: &Digest) -> Result<Option<AccessToken>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), " FROM access_tokens WHERE digest = $1"),
        args![digest.bytes()],
    )?;
    row.map(read).transpose()
}

/// The token with this identifier, in either form.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: AccessTokenId) -> Result<Option<AccessToken>, Fault> {
    let row = reader
        .db
        .one(concat!("SELECT ", columns!(), " FROM access_tokens WHERE id = $1"), args![id.bytes()])?;
    row.map(read).transpose()
}

/// The signed token with this `jti`.
///
/// # Errors
/// A fault of the database.
pub fn find_signed(reader: &mut Reader<'_>, id: AccessTokenId) -> Result<Option<AccessToken>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), " FROM access_tokens WHERE id = $1 AND digest IS NULL"),
        args![id.bytes()],
    )?;
    row.map(read).transpose()
}

/// Ends one token: a claim, the answer says whether it was there.
///
/// # Errors
/// A fault of the database.
pub fn claim_end(tx: &mut Tx<'_>, id: AccessTokenId) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM access_tokens WHERE id = $1", args![id.bytes()])?;
    Ok(rows == 1)
}

/// Forgets tokens that expired before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_expired(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM access_tokens WHERE id IN (
           SELECT id FROM access_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        args![before, limit],
    )
}
