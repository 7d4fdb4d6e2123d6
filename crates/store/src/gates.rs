//! Table `gates`: what the owner of an account wants brought before a code is mailed.

use model::digest::Digest;
use model::fault::Fault;
use model::gate::Gate;
use model::id::{AccountId, SessionId};
use model::time::Time;

use crate::tenants::gate;
use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};

/// What stands before the code of an account. The default is that of an account that does not exist.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept {
    /// What its tenant says.
    pub tenant: Option<Gate>,
    /// What its owner says.
    pub own: Option<Gate>,
    /// The digest of its gate word, and since when it has it.
    pub word: Option<(Digest, Time)>,
    /// Until when somebody is expected, and the digest of what they have to type.
    pub open: Option<(Time, Digest)>,
    /// When its owner changed the gate or the word last, and in which session.
    pub changed: Option<(Time, Option<SessionId>)>,
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    let (word, since, session) = (row.maybe_sixteen(2)?, row.maybe_time(3)?, row.maybe_sixteen(6)?);
    let open_word = row.maybe_sixteen(7)?.map(Digest::from_bytes);
    Ok(Kept {
        tenant: gate(&mut row, 0)?,
        own: gate(&mut row, 1)?,
        word: word.map(Digest::from_bytes).zip(since),
        open: row.maybe_time(4)?.zip(open_word),
        changed: row.maybe_time(5)?.map(|at| (at, session.map(SessionId::from_bytes))),
    })
}

/// What stands before the code of `account`, looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask(reader: &mut Reader<'_>, account: AccountId) -> Result<Later<Option<Kept>>, Fault> {
    let asked = reader.db.ask(
        "SELECT t.gate, g.gate, g.word, g.word_at, g.open_until, g.changed_at, g.session, g.open_word
         FROM accounts a LEFT JOIN gates g ON g.account = a.id LEFT JOIN tenants t ON t.id = a.tenant WHERE a.id = $1",
        args![account.bytes()],
    )?;
    Ok(Later::first(asked, read))
}

/// What stands before the code of `account`.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, account: AccountId) -> Result<Kept, Fault> {
    Ok(ask(reader, account)?.get(reader)?.unwrap_or_default())
}

/// Takes it in hand: until the transaction ends nobody else does.
///
/// # Errors
/// A fault of the database.
pub fn take(tx: &mut Tx<'_>, account: AccountId) -> Result<Kept, Fault> {
    tx.db.lock(account.bytes())?;
    find(tx, account)
}

/// Who changes it, and when.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// Where that is done; none by an operator.
    pub session: Option<SessionId>,
    /// When.
    pub now: Time,
}

/// What the owner says from now on.
///
/// # Errors
/// A fault of the database.
pub fn put_gate(tx: &mut Tx<'_>, account: AccountId, own: Option<Gate>, by: Change) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO gates (account, gate, changed_at, session) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account) DO UPDATE SET gate = excluded.gate, changed_at = excluded.changed_at,
           session = excluded.session",
        args![account.bytes(), own.map(Gate::code), by.now, by.session.as_ref().map(SessionId::bytes)],
    )
}

/// Which word opens it from now on, or that none does.
///
/// # Errors
/// A fault of the database.
pub fn put_word(tx: &mut Tx<'_>, account: AccountId, word: Option<&Digest>, by: Change) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO gates (account, word, word_at, changed_at, session) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account) DO UPDATE SET word = excluded.word, word_at = excluded.word_at,
           changed_at = excluded.changed_at, session = excluded.session",
        args![
            account.bytes(),
            word.map(Digest::bytes),
            word.map(|_| by.now),
            by.now,
            by.session.as_ref().map(SessionId::bytes)
        ],
    )
}

/// Whoever asks with this word until then is expected.
///
/// # Errors
/// A fault of the database.
pub fn put_open(
    tx: &mut Tx<'_>,
    account: AccountId,
    (until, word): (Time, &Digest),
    now: Time,
) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO gates (account, open_until, open_word, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account) DO UPDATE SET open_until = excluded.open_until, open_word = excluded.open_word",
        args![account.bytes(), until, word.bytes(), now],
    )
}

/// Nobody is expected any more: a claim, the answer says whether anybody was.
///
/// # Errors
/// A fault of the database.
pub fn claim_close(tx: &mut Tx<'_>, account: AccountId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE gates SET open_until = NULL, open_word = NULL WHERE account = $1 AND open_until > $2",
        args![account.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Nothing stands before the code of an account that is closed for good.
///
/// # Errors
/// A fault of the database.
pub fn forget(tx: &mut Tx<'_>, account: AccountId) -> Result<u64, Fault> {
    tx.db.execute("DELETE FROM gates WHERE account = $1", args![account.bytes()])
}
