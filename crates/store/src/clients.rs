//! Table `clients`: what asks for tokens.

use std::collections::BTreeMap;

use model::client::{Registered, Shown};
use model::fault::Fault;
use model::time::Time;

use crate::removed_clients;
use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};

mod body;

fn read(mut row: Row) -> Result<Registered, Fault> {
    body::read(&row.text(0)?)
}

/// The client of this name, looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask(reader: &mut Reader<'_>, id: &str) -> Result<Later<Option<Registered>>, Fault> {
    let asked = reader.db.ask("SELECT body FROM clients WHERE id = $1", args![id])?;
    Ok(Later::first(asked, read))
}

/// The client of this name.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: &str) -> Result<Option<Registered>, Fault> {
    ask(reader, id)?.get(reader)
}

/// Since when there is a client of this name, looked at later. What was given to another of that name before is not its.
///
/// # Errors
/// A fault of the database.
pub fn ask_made(reader: &mut Reader<'_>, id: &str) -> Result<Later<Option<Time>>, Fault> {
    let asked = reader.db.ask("SELECT made_at FROM clients WHERE id = $1", args![id])?;
    Ok(Later::first(asked, |mut row| row.time(0)))
}

/// What people know clients by: those that are there, and those that are gone. What is known of none is left out.
///
/// # Errors
/// A fault of the database.
pub fn names<'a>(
    reader: &mut Reader<'_>,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeMap<String, Shown>, Fault> {
    let mut names = BTreeMap::new();
    for id in ids {
        if !names.contains_key(id) {
            let shown = match find(reader, id)? {
                Some(there) => Some(there.client.shown()),
                None => removed_clients::find(reader, id)?,
            };
            names.extend(shown.map(|shown| (id.to_owned(), shown)));
        }
    }
    Ok(names)
}

/// [`find`], for a change: until this transaction ends, others who ask this way wait.
///
/// # Errors
/// A fault of the database.
pub fn find_held(tx: &mut Tx<'_>, id: &str) -> Result<Option<Registered>, Fault> {
    let row = tx.db.one("SELECT body FROM clients WHERE id = $1 /*postgres FOR UPDATE */", args![id])?;
    row.map(read).transpose()
}

/// Clients by their names after `after`, at most `limit` of them.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, after: Option<&str>, limit: i64) -> Result<Vec<Registered>, Fault> {
    let rows = reader.db.query(
        "SELECT body FROM clients WHERE id > $1 ORDER BY id LIMIT $2",
        args![after.unwrap_or_default(), limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// A new client: a claim, `false` when there is one of that name already.
///
/// # Errors
/// A fault of the database.
pub fn claim_insert(tx: &mut Tx<'_>, client: &Registered) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO clients (id, origin, body, made_at, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING",
        args![
            &client.client.id,
            client.client.origin.code(),
            &body::text(client)?,
            client.made_at,
            client.changed_at
        ],
    )?;
    Ok(rows == 1)
}

/// Keeps a client as it is now, whether there was one of that name or not.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, client: &Registered) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO clients (id, origin, body, made_at, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET origin = $2, body = $3, changed_at = $5",
        args![
            &client.client.id,
            client.client.origin.code(),
            &body::text(client)?,
            client.made_at,
            client.changed_at
        ],
    )
}

/// Takes a client away: a claim, the answer says whether it was there. The caller notes it in
/// [`removed_clients`], by which its grants are ended.
///
/// # Errors
/// A fault of the database.
pub fn claim_remove(tx: &mut Tx<'_>, id: &str) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM clients WHERE id = $1", args![id])?;
    Ok(rows == 1)
}

/// Whether two clients are the same, their times left aside.
///
/// # Errors
/// A fault of writing one.
pub fn are_same(one: &Registered, other: &Registered) -> Result<bool, Fault> {
    Ok(timeless(one)? == timeless(other)?)
}

/// All that is kept of a client, its times left aside.
///
/// # Errors
/// A fault of writing it.
pub fn timeless(client: &Registered) -> Result<String, Fault> {
    let mut client = client.clone();
    (client.made_at, client.changed_at) = (Time::from_micros(0), Time::from_micros(0));
    for secret in &mut client.secrets {
        secret.made_at = Time::from_micros(0);
    }
    body::text(&client)
}

/// Forgets clients that are named by documents, were kept or changed before `before`, and that nobody allows anything;
/// says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_unused_documents(tx: &mut Tx<'_>, before: Time) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM clients WHERE origin = 'document' AND changed_at < $1
           AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.client = clients.id AND g.ended_at IS NULL)",
        args![before],
    )
}
