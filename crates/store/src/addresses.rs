//! Table `addresses`, beyond the main one: what else an account signs in by.

use model::digest::Digest;
use model::event::AddressKind;
use model::fault::Fault;
use model::id::{AccountId, SessionId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// One address of an account, or its private name.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Which it is.
    pub identity: Digest,
    /// Whose budget is spent by mail to it.
    pub destination: Digest,
    /// What kind.
    pub kind: AddressKind,
    /// As its owner confirmed it.
    pub shown: String,
    /// Whether it is the main one.
    pub main: bool,
    /// Whether the account can be signed in to by it.
    pub sign_in: bool,
    /// When it was confirmed.
    pub confirmed_at: Time,
    /// The browser session in which it was added; none for the one that the account was opened with.
    pub session: Option<SessionId>,
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    Ok(Kept {
        identity: Digest::from_bytes(row.sixteen(0)?),
        destination: Digest::from_bytes(row.sixteen(1)?),
        kind: row.word(2, AddressKind::from_code)?,
        shown: row.text(3)?,
        main: row.flag(4)?,
        sign_in: row.flag(5)?,
        confirmed_at: row.time(6)?,
        session: row.maybe_sixteen(7)?.map(SessionId::from_bytes),
    })
}

/// Takes the addresses of an account in hand: until the transaction ends nobody else changes them, so that what is
/// decided on all of them (never without a way in, one main one) holds when it is written.
///
/// # Errors
/// A fault of the database.
pub fn take(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<Kept>, Fault> {
    tx.db.lock(account.bytes())?;
    list(tx, account)
}

/// The addresses of an account, the main one first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        "SELECT identity, destination, kind, shown, main, sign_in, confirmed_at, session FROM addresses
         WHERE account = $1 ORDER BY main DESC, confirmed_at, identity LIMIT 100",
        args![account.bytes()],
    )?;
    rows.into_iter().map(read).collect()
}

/// Where a code goes that was asked for by this identity: to the address itself, or, for a private name, to the main
/// one. As its owner confirmed it, not in the spelling of whoever asked.
///
/// # Errors
/// A fault of the database.
pub fn find_mailbox(reader: &mut Reader<'_>, identity: &Digest) -> Result<Option<String>, Fault> {
    let row = reader.db.one(
        "SELECT CASE WHEN d.kind = 'mail' THEN d.shown ELSE m.shown END
         FROM addresses d JOIN addresses m ON m.account = d.account AND m.main = 1 WHERE d.identity = $1",
        args![identity.bytes()],
    )?;
    row.map(|mut row| row.text(0)).transpose()
}

/// Adds an address: a claim, `false` when the identity signs in to some account already.
///
/// # Errors
/// A fault of the database.
pub fn claim_insert(tx: &mut Tx<'_>, account: AccountId, new: &Kept) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO addresses (identity, account, destination, shown, confirmed_at, kind, main, sign_in, session)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (identity) DO NOTHING",
        args![
            new.identity.bytes(),
            account.bytes(),
            new.destination.bytes(),
            &new.shown,
            new.confirmed_at,
            new.kind.code(),
            new.main,
            new.sign_in,
            new.session.as_ref().map(SessionId::bytes),
        ],
    )?;
    Ok(rows == 1)
}

/// Removes an address that is not the main one: a claim, the answer says whether it was there.
///
/// # Errors
/// A fault of the database.
pub fn claim_delete(tx: &mut Tx<'_>, account: AccountId, identity: &Digest) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "DELETE FROM addresses WHERE account = $1 AND identity = $2 AND main = 0",
        args![account.bytes(), identity.bytes()],
    )?;
    Ok(rows == 1)
}

/// Makes another mail address the main one. Only with the addresses in hand ([`take`]).
///
/// # Errors
/// A fault of the database, or when it is none of the account's: then nothing is kept of it.
pub fn put_main(tx: &mut Tx<'_>, account: AccountId, identity: &Digest) -> Result<(), Fault> {
    tx.db.put("UPDATE addresses SET main = 0 WHERE account = $1 AND main = 1", args![account.bytes()])?;
    let rows = tx.db.execute(
        "UPDATE addresses SET main = 1 WHERE account = $1 AND identity = $2 AND kind = 'mail'",
        args![account.bytes(), identity.bytes()],
    )?;
    if rows == 1 { Ok(()) } else { Err(Fault::plain("an account would be without its main address")) }
}

/// Switches sign-in by an address: a claim, the answer says whether it was the other way.
///
/// # Errors
/// A fault of the database.
pub fn claim_switch(
    tx: &mut Tx<'_>,
    account: AccountId,
    identity: &Digest,
    sign_in: bool,
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE addresses SET sign_in = $3 WHERE account = $1 AND identity = $2 AND sign_in <> $3",
        args![account.bytes(), identity.bytes(), sign_in],
    )?;
    Ok(rows == 1)
}

/// A mailbox that notices about an account go to.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Which address it is.
    pub identity: Digest,
    /// The address.
    pub shown: String,
    /// Whose budget is spent by mail to it: spellings of one mailbox are one.
    pub destination: Digest,
    /// When it was confirmed.
    pub confirmed_at: Time,
}

/// Every mailbox of an account, the main one first, recovery addresses among them: each destination once, and none that
/// refuses mail.
///
/// # Errors
/// A fault of the database.
pub fn list_mailboxes(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Mailbox>, Fault> {
    let rows = reader.db.query(
        "SELECT identity, shown, destination, confirmed_at FROM (
           SELECT identity, shown, destination, confirmed_at, 1 - main AS rank FROM addresses WHERE account = $1 AND kind = 'mail'
           UNION ALL
           SELECT identity, shown, destination, confirmed_at, 2 AS rank
           FROM recovery_addresses WHERE account = $1 AND kind = 'mail'
         ) AS boxes
         WHERE NOT EXISTS (SELECT 1 FROM refusing_mail r WHERE r.destination = boxes.destination)
         ORDER BY rank, identity LIMIT 100",
        args![account.bytes()],
    )?;
    let mut seen: Vec<[u8; 16]> = Vec::new();
    let mut mailboxes = Vec::new();
    for mut row in rows {
        let (identity, shown, destination) =
            (Digest::from_bytes(row.sixteen(0)?), row.text(1)?, row.sixteen(2)?);
        let confirmed_at = row.time(3)?;
        if !seen.contains(&destination) {
            seen.push(destination);
            let destination = Digest::from_bytes(destination);
            mailboxes.push(Mailbox { identity, shown, destination, confirmed_at });
        }
    }
    Ok(mailboxes)
}
