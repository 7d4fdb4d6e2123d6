//! Table `account_changes`: how settings of an account were before somebody changed them.

use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, ChangeId, SessionId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// What was changed, and how it was before.
#[derive(Clone, Debug)]
pub enum Before {
    /// Which address is the main one.
    Main(Digest),
    /// Whether the account can be signed in to by an address.
    SignIn(Digest, bool),
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its identifier.
    pub id: ChangeId,
    /// Whose setting it is.
    pub account: AccountId,
    /// When it was changed.
    pub at: Time,
    /// How it was before.
    pub before: Before,
    /// The browser session in which it was changed.
    pub session: SessionId,
}

const ODD: &str = "a change of an account cannot be read";

fn digest(text: &str) -> Result<Digest, Fault> {
    let bytes = u128::from_str_radix(text, 16).map_err(|error| Fault::new(ODD, error))?;
    Ok(Digest::from_bytes(bytes.to_be_bytes()))
}

fn read(mut row: Row) -> Result<Change, Fault> {
    let (what, identity, before) = (row.text(3)?, row.maybe_sixteen(4)?, row.text(5)?);
    let before = match (what.as_str(), identity) {
        ("main", _) => Before::Main(digest(&before)?),
        ("sign_in", Some(identity)) => Before::SignIn(Digest::from_bytes(identity), before == "1"),
        _ => return Err(Fault::plain(ODD)),
    };
    Ok(Change {
        id: ChangeId::from_bytes(row.sixteen(0)?),
        account: AccountId::from_bytes(row.sixteen(1)?),
        at: row.time(2)?,
        before,
        session: SessionId::from_bytes(row.sixteen(6)?),
    })
}

/// Notes how something was.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, change: &Change) -> Result<(), Fault> {
    let (what, identity, before) = match &change.before {
        Before::Main(identity) => ("main", None, wire::token::hex(identity.bytes())),
        Before::SignIn(identity, on) => {
            ("sign_in", Some(*identity.bytes()), if *on { "1" } else { "0" }.to_owned())
        }
    };
    tx.db.put(
        "INSERT INTO account_changes (id, account, at, what, identity, before, session)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            change.id.bytes(),
            change.account.bytes(),
            change.at,
            what,
            identity.as_ref(),
            &before,
            change.session.bytes()
        ],
    )
}

/// What was changed since then, the oldest first; at most `limit` of it.
///
/// # Errors
/// A fault of the database.
pub fn list_since(
    reader: &mut Reader<'_>,
    account: AccountId,
    since: Time,
    limit: i64,
) -> Result<Vec<Change>, Fault> {
    let rows = reader.db.query(
        "SELECT id, account, at, what, identity, before, session FROM account_changes
         WHERE account = $1 AND at >= $2 ORDER BY id LIMIT $3",
        args![account.bytes(), since, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Forgets changes that are older than `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, before: ChangeId, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM account_changes WHERE id IN (
           SELECT id FROM account_changes WHERE id < $1 ORDER BY id LIMIT $2)",
        args![before.bytes(), limit],
    )
}

/// Forgets all of an account: it is closed.
///
/// # Errors
/// A fault of the database.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<(), Fault> {
    tx.db.put("DELETE FROM account_changes WHERE account = $1", args![account.bytes()])
}
