//! Tables `accounts` and `addresses`: who there is, and by which address.

use model::account::{Account, AccountState, Profile, Role};
use model::digest::Digest;
use model::event::AddressKind;
use model::fault::Fault;
use model::id::{AccountId, TenantId};
use model::method::MethodPolicy;
use model::tenant::Tenant;
use model::time::Time;

use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};

/// What an account is read from: itself, its main address, its tenant.
macro_rules! account {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.state, a.role, a.opened_at, d.shown, d.confirmed_at, a.methods, t.id, t.code, t.name, t.methods,
               t.made_at, t.gate
             FROM accounts a JOIN addresses d ON d.account = a.id AND d.main = 1 LEFT JOIN tenants t ON t.id = a.tenant ",
            $rest
        )
    };
}

fn read(mut row: Row) -> Result<Account, Fault> {
    let tenant = match row.maybe_sixteen(7)? {
        None => None,
        Some(id) => Some(Tenant {
            id: TenantId::from_bytes(id),
            code: row.text(8)?,
            name: row.text(9)?,
            methods: row.word(10, MethodPolicy::from_text)?,
            made_at: row.time(11)?,
            gate: crate::tenants::gate(&mut row, 12)?,
        }),
    };
    // A layer that cannot be read is a fault and never an open door.
    let methods = row.maybe_text(6)?.map(|text| MethodPolicy::from_text(&text).ok_or(Fault::plain(DAMAGED)));
    Ok(Account {
        id: AccountId::from_bytes(row.sixteen(0)?),
        state: row.word(1, AccountState::from_code)?,
        role: row.word(2, Role::from_code)?,
        opened_at: row.time(3)?,
        address: row.text(4)?,
        confirmed_at: row.time(5)?,
        tenant,
        methods: methods.transpose()?,
    })
}

const DAMAGED: &str = "the methods of an account cannot be read";

/// The account that signs in by this identity.
///
/// # Errors
/// A fault of the database.
pub fn find_by_identity(reader: &mut Reader<'_>, identity: &Digest) -> Result<Option<Account>, Fault> {
    let row = reader.db.one(
        account!("WHERE a.id = (SELECT account FROM addresses WHERE identity = $1)"),
        args![identity.bytes()],
    )?;
    row.map(read).transpose()
}

/// What an identity is to whom.
#[derive(Clone, Copy, Debug)]
pub struct AddressOf {
    /// The account.
    pub account: AccountId,
    /// Whether it can be signed in by it.
    pub sign_in: bool,
    /// Whether it is the private name.
    pub by_name: bool,
}

/// Whose this identity is, looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask_address(reader: &mut Reader<'_>, identity: &Digest) -> Result<Later<Option<AddressOf>>, Fault> {
    let asked = reader
        .db
        .ask("SELECT account, sign_in, kind FROM addresses WHERE identity = $1", args![identity.bytes()])?;
    Ok(Later::first(asked, |mut row| {
        Ok(AddressOf {
            account: AccountId::from_bytes(row.sixteen(0)?),
            sign_in: row.flag(1)?,
            by_name: row.word(2, AddressKind::from_code)? == AddressKind::Name,
        })
    }))
}

/// The account with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: AccountId) -> Result<Option<Account>, Fault> {
    ask(reader, id)?.get(reader)
}

/// [`find`], looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask(reader: &mut Reader<'_>, id: AccountId) -> Result<Later<Option<Account>>, Fault> {
    let asked = reader.db.ask(account!("WHERE a.id = $1"), args![id.bytes()])?;
    Ok(Later::first(asked, read))
}

/// The open account whose mail goes to this destination; the oldest, should several share it.
///
/// # Errors
/// A fault of the database.
pub fn find_by_destination(reader: &mut Reader<'_>, destination: &Digest) -> Result<Option<Account>, Fault> {
    let row = reader.db.one(
        account!(
            "WHERE a.state = 'open' AND a.id IN (SELECT account FROM addresses WHERE destination = $1)
             ORDER BY a.id LIMIT 1"
        ),
        args![destination.bytes()],
    )?;
    row.map(read).transpose()
}

/// Accounts after `after` in the order in which they were opened.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, after: Option<AccountId>, limit: i64) -> Result<Vec<Account>, Fault> {
    let start = after.map_or([0; 16], |id| *id.bytes());
    // The identifiers first: joined with everything that comes after them, each page would cost as much as all of the rest.
    let rows = reader.db.query(
        account!("WHERE a.id IN (SELECT id FROM accounts WHERE id > $1 ORDER BY id LIMIT $2) ORDER BY a.id"),
        args![&start, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// What its owner wants to be called, looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask_profile(reader: &mut Reader<'_>, id: AccountId) -> Result<Later<Option<Profile>>, Fault> {
    let asked = reader.db.ask("SELECT name, named_at FROM accounts WHERE id = $1", args![id.bytes()])?;
    Ok(Later::first(asked, |mut row| Ok(Profile { name: row.maybe_text(0)?, named_at: row.maybe_time(1)? })))
}

/// Calls an account so: a claim, the answer says whether it was called otherwise.
///
/// # Errors
/// A fault of the database.
pub fn claim_name(tx: &mut Tx<'_>, id: AccountId, (name, now): (Option<&str>, Time)) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE accounts SET name = $2, named_at = $3 WHERE id = $1 AND name IS DISTINCT FROM $2",
        args![id.bytes(), name, now],
    )?;
    Ok(rows == 1)
}

/// Whether there is any account.
///
/// # Errors
/// A fault of the database.
pub fn any(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    Ok(reader.db.one("SELECT 1 FROM accounts LIMIT 1", args![])?.is_some())
}

/// How many accounts there are.
///
/// # Errors
/// A fault of the database.
pub fn count(reader: &mut Reader<'_>) -> Result<i64, Fault> {
    let row = reader.db.one("SELECT COUNT(*) FROM accounts", args![])?;
    row.map_or(Ok(0), |mut row| row.int(0))
}

/// A new account with its address. `false` when the identity is taken: nothing was written.
///
/// # Errors
/// A fault of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    account: &Account,
    identity: &Digest,
    destination: &Digest,
) -> Result<bool, Fault> {
    if find_by_identity(tx, identity)?.is_some() {
        return Ok(false);
    }
    tx.db.put(
        "INSERT INTO accounts (id, state, role, opened_at, tenant, methods) VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            account.id.bytes(),
            account.state.code(),
            account.role.code(),
            account.opened_at,
            account.tenant.as_ref().map(|tenant| tenant.id.bytes()),
            account.methods.map(|methods| methods.text()).as_ref(),
        ],
    )?;
    let rows = tx.db.execute(
        "INSERT INTO addresses (identity, account, destination, shown, confirmed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (identity) DO NOTHING",
        args![
            identity.bytes(),
            account.id.bytes(),
            destination.bytes(),
            &account.address,
            account.confirmed_at
        ],
    )?;
    if rows == 1 { Ok(true) } else { Err(Fault::plain("an address was taken at the same moment").conflict()) }
}

/// [`ask`], for whatever must not happen beside a change of the account's state, such as signing in while it is being
/// locked: until this transaction ends, [`claim_state`] waits.
///
/// # Errors
/// A fault of the database.
pub fn ask_held(tx: &mut Tx<'_>, id: AccountId) -> Result<Later<Option<Account>>, Fault> {
    let asked = tx.db.ask(account!("WHERE a.id = $1 /*postgres FOR SHARE OF a */"), args![id.bytes()])?;
    Ok(Later::first(asked, read))
}

/// Moves an account from one state to another: a claim, the answer says whether it was in `from`. Whoever asked for it
/// by [`ask_held`] is waited for, so what they wrote is seen by what is read next.
///
/// # Errors
/// A fault of the database.
pub fn claim_state(
    tx: &mut Tx<'_>,
    id: AccountId,
    from: AccountState,
    to: AccountState,
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE accounts SET state = $3 WHERE id = $1 AND state = $2",
        args![id.bytes(), from.code(), to.code()],
    )?;
    Ok(rows == 1)
}

/// Frees the addresses of a closed account: only the masked form of the main one stays, under an identity of no address.
///
/// # Errors
/// A fault of the database.
pub fn free_address(tx: &mut Tx<'_>, id: AccountId, masked: &str, at: Time) -> Result<(), Fault> {
    tx.db.put("DELETE FROM addresses WHERE account = $1 AND main = 0", args![id.bytes()])?;
    tx.db.put("DELETE FROM recovery_addresses WHERE account = $1", args![id.bytes()])?;
    tx.db.put(
        "UPDATE addresses SET identity = account, destination = account, shown = $2, confirmed_at = $3
         WHERE account = $1",
        args![id.bytes(), masked, at],
    )
}

/// Puts an account into a tenant, or makes it personal: a claim, the answer says whether it was elsewhere.
///
/// # Errors
/// A fault of the database.
pub fn claim_move(tx: &mut Tx<'_>, id: AccountId, tenant: Option<TenantId>) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE accounts SET tenant = $2 WHERE id = $1 AND tenant IS DISTINCT FROM $2",
        args![id.bytes(), tenant.as_ref().map(TenantId::bytes)],
    )?;
    Ok(rows == 1)
}

/// The end of every address at a domain, for `LIKE`. A domain has no letter that means something there.
fn at(domain: &str) -> String {
    format!("%@{domain}")
}

/// How many accounts that are not closed have their main address at `domain` and are not in `tenant`. Looks at every
/// address.
///
/// # Errors
/// A fault of the database.
pub fn count_elsewhere(reader: &mut Reader<'_>, domain: &str, tenant: TenantId) -> Result<i64, Fault> {
    let row = reader.db.one(
        "SELECT COUNT(*) FROM addresses d JOIN accounts a ON a.id = d.account
         WHERE d.main = 1 AND d.kind = 'mail' AND d.shown LIKE $1 AND a.state <> 'closed'
           AND a.tenant IS DISTINCT FROM $2",
        args![&at(domain), tenant.bytes()],
    )?;
    row.map_or(Ok(0), |mut row| row.int(0))
}

/// Some of those whom [`count_elsewhere`] counts.
///
/// # Errors
/// A fault of the database.
pub fn list_elsewhere(
    reader: &mut Reader<'_>,
    domain: &str,
    tenant: TenantId,
    limit: i64,
) -> Result<Vec<AccountId>, Fault> {
    let rows = reader.db.query(
        "SELECT a.id FROM addresses d JOIN accounts a ON a.id = d.account
         WHERE d.main = 1 AND d.kind = 'mail' AND d.shown LIKE $1 AND a.state <> 'closed'
           AND a.tenant IS DISTINCT FROM $2 LIMIT $3",
        args![&at(domain), tenant.bytes(), limit],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(AccountId::from_bytes)).collect()
}

/// Gives an account another layer of methods of its own; none leaves all of them to its tenant and the installation.
///
/// # Errors
/// A fault of the database.
pub fn put_methods(tx: &mut Tx<'_>, id: AccountId, methods: Option<&MethodPolicy>) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE accounts SET methods = $2 WHERE id = $1",
        args![id.bytes(), methods.map(MethodPolicy::text).as_ref()],
    )
}

/// Accounts with identifiers from `from` to `to`, in their order.
///
/// # Errors
/// A fault of the database.
pub fn list_between(
    reader: &mut Reader<'_>,
    (from, to): (AccountId, AccountId),
    limit: i64,
) -> Result<Vec<Account>, Fault> {
    let rows = reader.db.query(
        account!(
            "WHERE a.id IN (SELECT id FROM accounts WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3) ORDER BY a.id"
        ),
        args![from.bytes(), to.bytes(), limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Takes the operators' accounts in hand: until the transaction ends nobody else gets past this, so that what is decided
/// on all of them (never none) holds when it is written.
///
/// # Errors
/// A fault of the database.
pub fn take_operators(tx: &mut Tx<'_>) -> Result<(), Fault> {
    tx.db.lock(b"of all operators")
}

/// The open accounts of operators, `limit` at the most, the oldest first.
///
/// # Errors
/// A fault of the database.
pub fn list_operators(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<AccountId>, Fault> {
    let rows = reader.db.query(
        "SELECT id FROM accounts WHERE role = 'operator' AND state = 'open' ORDER BY id LIMIT $1",
        args![limit],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(AccountId::from_bytes)).collect()
}

/// Whether there is an open operator account beside this one.
///
/// # Errors
/// A fault of the database.
pub fn has_other_operator(reader: &mut Reader<'_>, id: AccountId) -> Result<bool, Fault> {
    let row = reader.db.one(
        "SELECT 1 FROM accounts WHERE role = 'operator' AND state = 'open' AND id <> $1 LIMIT 1",
        args![id.bytes()],
    )?;
    Ok(row.is_some())
}

/// Whether any open operator account owns what reaches the second level: a passkey, or a password and a code out of an
/// app.
///
/// # Errors
/// A fault of the database.
pub fn has_strong_operator(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    let row = reader.db.one(
        "SELECT 1 FROM accounts a WHERE a.role = 'operator' AND a.state = 'open' AND (
           EXISTS (SELECT 1 FROM authenticators x WHERE x.account = a.id AND x.kind = 'passkey')
           OR (EXISTS (SELECT 1 FROM authenticators x WHERE x.account = a.id AND x.kind = 'password')
               AND EXISTS (SELECT 1 FROM authenticators x WHERE x.account = a.id AND x.kind = 'totp'))) LIMIT 1",
        args![],
    )?;
    Ok(row.is_some())
}
