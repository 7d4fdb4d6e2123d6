//! Table `refresh_tokens`: families of tokens, of which one member at the most is live.

use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccessTokenId, GrantId, RefreshTokenId};
use model::refresh_token::{RefreshState, RefreshToken};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// A token, and the access token that went out with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The token.
    pub token: RefreshToken,
    /// The access token.
    pub access_token: Option<AccessTokenId>,
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    let token = RefreshToken {
        id: RefreshTokenId::from_bytes(row.sixteen(0)?),
        grant: GrantId::from_bytes(row.sixteen(1)?),
        state: row.word(2, RefreshState::from_code)?,
        successor: row.maybe_sixteen(3)?.map(RefreshTokenId::from_bytes),
        issued_at: row.time(5)?,
        used_at: row.maybe_time(6)?,
    };
    Ok(Kept { token, access_token: row.maybe_sixteen(4)?.map(AccessTokenId::from_bytes) })
}

/// A new token; `digest` is that of its text. A second live one of its family is a fault.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, digest: &Digest, kept: &Kept) -> Result<(), Fault> {
    let token = &kept.token;
    tx.db.put(
        "INSERT INTO refresh_tokens (id, grant_id, state, successor, access_token, issued_at, used_at, digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            token.id.bytes(),
            token.grant.bytes(),
            token.state.code(),
            token.successor.as_ref().map(RefreshTokenId::bytes),
            kept.access_token.as_ref().map(AccessTokenId::bytes),
            token.issued_at,
            token.used_at,
            digest.bytes()
        ],
    )
}

/// The token of this text.
///
/// # Errors
/// A fault of the database.
pub fn find_by_digest(reader: &mut Reader<'_>, digest: &Digest) -> Result<Option<Kept>, Fault> {
    let row = reader.db.one(
        "SELECT id, grant_id, state, successor, access_token, issued_at, used_at FROM refresh_tokens WHERE digest = $1",
        args![digest.bytes()],
    )?;
    row.map(read).transpose()
}

/// The token with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: RefreshTokenId) -> Result<Option<Kept>, Fault> {
    let row = reader.db.one(
        "SELECT id, grant_id, state, successor, access_token, issued_at, used_at FROM refresh_tokens WHERE id = $1",
        args![id.bytes()],
    )?;
    row.map(read).transpose()
}

/// Uses a live token, which `successor` follows: a claim, the answer says whether it was live.
///
/// # Errors
/// A fault of the database.
pub fn claim_use(
    tx: &mut Tx<'_>,
    id: RefreshTokenId,
    successor: RefreshTokenId,
    now: Time,
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE refresh_tokens SET state = 'used', successor = $2, used_at = $3 WHERE id = $1 AND state = 'live'",
        args![id.bytes(), successor.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Revokes the live successor of a used token, and puts another one in its place: a claim, the answer says whether the
/// successor was live.
///
/// # Errors
/// A fault of the database.
pub fn claim_replace(
    tx: &mut Tx<'_>,
    used: RefreshTokenId,
    (revoke, successor): (RefreshTokenId, RefreshTokenId),
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE refresh_tokens SET state = 'revoked' WHERE id = $1 AND state = 'live'",
        args![revoke.bytes()],
    )?;
    if rows == 1 {
        tx.db.put(
            "UPDATE refresh_tokens SET successor = $2 WHERE id = $1 AND state = 'used'",
            args![used.bytes(), successor.bytes()],
        )?;
    }
    Ok(rows == 1)
}
