//! Table `invitations`: links by which an account may be opened.

use model::account::Role;
use model::digest::Digest;
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::InvitationId;
use model::invitation::{Invitation, Opening};
use model::time::Time;

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::args;

/// Keeps a new invitation; `digest` is that of the link's secret.
///
/// # Errors
/// A fault of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    entropy: &mut Entropy,
    (invitation, digest): (&Invitation, &Digest),
    now: Time,
) -> Result<(), Fault> {
    // Whoever was invited and has not come yet is readable to nobody who has the database alone.
    let sealed = invitation
        .address
        .as_ref()
        .map(|address| seal::seal(tx.keys, entropy, invitation.id.bytes(), address.as_bytes()))
        .transpose()?;
    tx.db.put(
        "INSERT INTO invitations (id, digest, opening, role, sealed_to, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            invitation.id.bytes(),
            digest.bytes(),
            invitation.opening.code(),
            invitation.role.code(),
            sealed.as_ref(),
            now,
            invitation.expires_at
        ],
    )
}

/// The invitation with this identifier, and the digest of its link's secret.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: InvitationId) -> Result<Option<(Invitation, Digest)>, Fault> {
    let row = reader.db.one(
        "SELECT digest, opening, role, sealed_to, expires_at, used_at FROM invitations WHERE id = $1",
        args![id.bytes()],
    )?;
    let keys = reader.keys;
    row.map(|mut row| {
        let sealed = row.maybe_bytes(3)?;
        let address = sealed.map(|sealed| seal::open(keys, id.bytes(), &sealed)).transpose()?;
        let digest = Digest::from_bytes(row.sixteen(0)?);
        let invitation = Invitation {
            id,
            opening: row.word(1, Opening::from_code)?,
            role: row.word(2, Role::from_code)?,
            address: address.map(|plain| String::from_utf8_lossy(plain.expose()).into_owned()),
            expires_at: row.time(4)?,
            used_at: row.maybe_time(5)?,
        };
        Ok((invitation, digest))
    })
    .transpose()
}

/// Invitations by operators that are still open, the next to end first.
///
/// # Errors
/// A fault of the database or of opening an address.
pub fn list_open(reader: &mut Reader<'_>, now: Time, limit: i64) -> Result<Vec<Invitation>, Fault> {
    let rows = reader.db.query(
        "SELECT id FROM invitations WHERE opening = $1 AND used_at IS NULL AND expires_at > $2
         ORDER BY expires_at, id LIMIT $3",
        args![Opening::Invitation.code(), now, limit],
    )?;
    let ids = rows.into_iter().map(|mut row| row.sixteen(0).map(InvitationId::from_bytes));
    let mut open = Vec::new();
    for id in ids.collect::<Result<Vec<_>, _>>()? {
        open.extend(find(reader, id)?.map(|(invitation, _)| invitation));
    }
    Ok(open)
}

/// Ends an open invitation of an operator: a claim, the answer says whether it was still open.
///
/// # Errors
/// A fault of the database.
pub fn claim_take_back(tx: &mut Tx<'_>, id: InvitationId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE invitations SET expires_at = $2
         WHERE id = $1 AND opening = $3 AND used_at IS NULL AND expires_at > $2",
        args![id.bytes(), now, Opening::Invitation.code()],
    )?;
    Ok(rows == 1)
}

/// Uses an invitation up: a claim, the answer says whether it was still open.
///
/// # Errors
/// A fault of the database.
pub fn claim(tx: &mut Tx<'_>, id: InvitationId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE invitations SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2",
        args![id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Ends every open invitation of one kind, as when a new set-up link replaces the old one.
///
/// # Errors
/// A fault of the database.
pub fn expire_open(tx: &mut Tx<'_>, opening: Opening, now: Time) -> Result<u64, Fault> {
    tx.db.execute(
        "UPDATE invitations SET expires_at = $2 WHERE opening = $1 AND used_at IS NULL AND expires_at > $2",
        args![opening.code(), now],
    )
}

/// Forgets invitations that ended before `before`.
///
/// # Errors
/// A fault of the database.
pub fn delete_expired(tx: &mut Tx<'_>, before: Time) -> Result<u64, Fault> {
    tx.db.execute("DELETE FROM invitations WHERE expires_at < $1", args![before])
}
