//! Table `authenticators`: passkeys, passwords, secrets of apps. What verifies one is sealed.

use model::authenticator::{Authenticator, AuthenticatorKind};
use model::digest::{Digest, Keys};
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId, SessionId};
use model::secret::Secret;
use model::time::Time;

use crate::seal;
use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};

/// An authenticator with what verifies it.
pub struct Kept {
    /// The authenticator.
    pub authenticator: Authenticator,
    sealed: Vec<u8>,
}

impl Kept {
    /// The same as it is kept: what [`claim_sealed`] replaces.
    #[must_use]
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// What verifies it: a passkey's public key and state, a password's hash, a shared secret. Not within a transaction.
    ///
    /// # Errors
    /// A fault when it was sealed with other keys, or for another row.
    pub fn open(&self, keys: &Keys) -> Result<Secret<Vec<u8>>, Fault> {
        seal::open(keys, self.authenticator.id.bytes(), &self.sealed)
    }
}

/// Seals what verifies an authenticator. Done before the transaction.
///
/// # Errors
/// A fault of sealing.
pub fn seal(keys: &Keys, entropy: &mut Entropy, id: AuthenticatorId, plain: &[u8]) -> Result<Vec<u8>, Fault> {
    seal::seal(keys, entropy, id.bytes(), plain)
}

macro_rules! columns {
    () => {
        "id, account, kind, name, added_at, usable_at, used_at, session, counter, sealed"
    };
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    let authenticator = Authenticator {
        id: AuthenticatorId::from_bytes(row.sixteen(0)?),
        account: AccountId::from_bytes(row.sixteen(1)?),
        kind: row.word(2, AuthenticatorKind::from_code)?,
        name: row.text(3)?,
        added_at: row.time(4)?,
        usable_at: row.time(5)?,
        used_at: row.maybe_time(6)?,
        session: row.maybe_sixteen(7)?.map(SessionId::from_bytes),
        counter: row.int(8)?,
    };
    Ok(Kept { authenticator, sealed: row.bytes(9)? })
}

/// A new authenticator as it is first written.
pub struct New<'a> {
    /// The authenticator.
    pub authenticator: &'a Authenticator,
    /// The digest of a passkey's identifier.
    pub credential: Option<Digest>,
    /// What [`seal`] made.
    pub sealed: &'a [u8],
    /// The digest of the secret in the link that takes it away again.
    pub cancel: Option<Digest>,
    /// The digest of what an approver's browser holds.
    pub cookie: Option<Digest>,
}

/// Writes a new authenticator. `false` when that passkey is known already, of whatever account: nothing was written.
///
/// # Errors
/// A fault of the database.
pub fn claim_insert(tx: &mut Tx<'_>, new: &New<'_>) -> Result<bool, Fault> {
    let it = new.authenticator;
    let rows = tx.db.execute(
        "INSERT INTO authenticators (id, account, kind, name, credential, sealed, counter, added_at, usable_at, session,
           cancel, cookie)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
        args![
            it.id.bytes(),
            it.account.bytes(),
            it.kind.code(),
            &it.name,
            new.credential.as_ref().map(Digest::bytes),
            new.sealed,
            it.counter,
            it.added_at,
            it.usable_at,
            it.session.as_ref().map(SessionId::bytes),
            new.cancel.as_ref().map(Digest::bytes),
            new.cookie.as_ref().map(Digest::bytes),
        ],
    )?;
    Ok(rows == 1)
}

/// All authenticators of an account, the oldest first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Kept>, Fault> {
    ask(reader, account)?.get(reader)
}

/// [`list`], looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask(reader: &mut Reader<'_>, account: AccountId) -> Result<Later<Vec<Kept>>, Fault> {
    let asked = reader.db.ask(
        concat!("SELECT ", columns!(), " FROM authenticators WHERE account = $1 ORDER BY id LIMIT 100"),
        args![account.bytes()],
    )?;
    Ok(Later::new(asked, |rows| rows.into_iter().map(read).collect()))
}

/// The passkey with this digest of its identifier.
///
/// # Errors
/// A fault of the database.
pub fn find_by_credential(reader: &mut Reader<'_>, credential: &Digest) -> Result<Option<Kept>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), " FROM authenticators WHERE credential = $1"),
        args![credential.bytes()],
    )?;
    row.map(read).transpose()
}

/// The approver with this identifier, if `cookie` is the digest of what its browser holds.
///
/// # Errors
/// A fault of the database.
pub fn find_approver(
    reader: &mut Reader<'_>,
    id: AuthenticatorId,
    cookie: &Digest,
) -> Result<Option<Kept>, Fault> {
    let row = reader.db.one(
        concat!(
            "SELECT ",
            columns!(),
            " FROM authenticators WHERE id = $1 AND cookie = $2 AND kind = 'approver'"
        ),
        args![id.bytes(), cookie.bytes()],
    )?;
    row.map(read).transpose()
}

/// Notes a use and moves the counter on from `seen` to `counter`: a claim. `false` when it is gone, or somebody else
/// moved it meanwhile: of two that present the same count one is let in.
///
/// # Errors
/// A fault of the database.
pub fn claim_use(
    tx: &mut Tx<'_>,
    id: AuthenticatorId,
    (seen, counter): (i64, i64),
    now: Time,
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE authenticators SET counter = $3, used_at = $4 WHERE id = $1 AND counter = $2",
        args![id.bytes(), seen, counter, now],
    )?;
    Ok(rows == 1)
}

/// Puts another secret in the place of what verified it: a password that is hashed anew, a passkey whose state changed.
///
/// # Errors
/// A fault of the database.
pub fn put_sealed(tx: &mut Tx<'_>, id: AuthenticatorId, sealed: &[u8]) -> Result<(), Fault> {
    tx.db.put("UPDATE authenticators SET sealed = $2 WHERE id = $1", args![id.bytes(), sealed])
}

/// [`put_sealed`], if it is still what it was: a claim. Of two who hash the same password anew one writes.
///
/// # Errors
/// A fault of the database.
pub fn claim_sealed(tx: &mut Tx<'_>, id: AuthenticatorId, (old, new): (&[u8], &[u8])) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE authenticators SET sealed = $3 WHERE id = $1 AND sealed = $2",
        args![id.bytes(), old, new],
    )?;
    Ok(rows == 1)
}

/// Gives it another name: a claim, the answer says whether it is the account's.
///
/// # Errors
/// A fault of the database.
pub fn claim_rename(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: AuthenticatorId,
    name: &str,
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE authenticators SET name = $3 WHERE id = $1 AND account = $2",
        args![id.bytes(), account.bytes(), name],
    )?;
    Ok(rows == 1)
}

/// Takes one away: a claim, the answer says whether it was there and the account's.
///
/// # Errors
/// A fault of the database.
pub fn claim_remove(tx: &mut Tx<'_>, account: AccountId, id: AuthenticatorId) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "DELETE FROM authenticators WHERE id = $1 AND account = $2",
        args![id.bytes(), account.bytes()],
    )?;
    Ok(rows == 1)
}

/// Takes one that is held away by the secret of the link that its owner was mailed: a claim. It is given back as it was.
///
/// # Errors
/// A fault of the database.
pub fn claim_cancel(
    tx: &mut Tx<'_>,
    id: AuthenticatorId,
    cancel: &Digest,
    now: Time,
) -> Result<Option<Authenticator>, Fault> {
    let row = tx.db.one(
        concat!(
            "DELETE FROM authenticators WHERE id = $1 AND cancel = $2 AND usable_at > $3 RETURNING ",
            columns!()
        ),
        args![id.bytes(), cancel.bytes(), now],
    )?;
    row.map(|row| read(row).map(|kept| kept.authenticator)).transpose()
}

/// The one with this identifier, and the digest of the secret in the link that takes it away.
///
/// # Errors
/// A fault of the database.
pub fn find_with_cancel(
    reader: &mut Reader<'_>,
    id: AuthenticatorId,
) -> Result<Option<(Authenticator, Option<Digest>)>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), ", cancel FROM authenticators WHERE id = $1"),
        args![id.bytes()],
    )?;
    row.map(|mut row| {
        let cancel = row.maybe_sixteen(10)?.map(Digest::from_bytes);
        Ok((read(row)?.authenticator, cancel))
    })
    .transpose()
}

/// Takes one of an account's away that is still held: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_cancel_own(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: AuthenticatorId,
    now: Time,
) -> Result<Option<Authenticator>, Fault> {
    let row = tx.db.one(
        concat!(
            "DELETE FROM authenticators WHERE id = $1 AND account = $2 AND usable_at > $3 RETURNING ",
            columns!()
        ),
        args![id.bytes(), account.bytes(), now],
    )?;
    row.map(|row| read(row).map(|kept| kept.authenticator)).transpose()
}

/// Whether an account has one of this kind that can be used at `now`, looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask_usable(
    reader: &mut Reader<'_>,
    account: AccountId,
    kind: AuthenticatorKind,
    now: Time,
) -> Result<Later<bool>, Fault> {
    let asked = reader.db.ask(
        "SELECT id FROM authenticators WHERE account = $1 AND kind = $2 AND usable_at <= $3 LIMIT 1",
        args![account.bytes(), kind.code(), now],
    )?;
    Ok(Later::new(asked, |rows| Ok(!rows.is_empty())))
}

/// Takes all away of a kind, or of every kind.
///
/// # Errors
/// A fault of the database.
pub fn remove_all(
    tx: &mut Tx<'_>,
    account: AccountId,
    kind: Option<AuthenticatorKind>,
) -> Result<Vec<AuthenticatorId>, Fault> {
    let rows = tx.db.query(
        "DELETE FROM authenticators WHERE account = $1 AND ($2 = '' OR kind = $2) RETURNING id",
        args![account.bytes(), kind.map_or("", AuthenticatorKind::code)],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(AuthenticatorId::from_bytes)).collect()
}
