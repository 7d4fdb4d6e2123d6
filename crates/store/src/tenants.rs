//! Tables `tenants` and `domains`: organisations, and whose addresses are whose.

use model::fault::Fault;
use model::gate::Gate;
use model::id::TenantId;
use model::method::MethodPolicy;
use model::tenant::Tenant;
use model::time::Time;

use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};

fn read(mut row: Row) -> Result<Tenant, Fault> {
    Ok(Tenant {
        id: TenantId::from_bytes(row.sixteen(0)?),
        code: row.text(1)?,
        name: row.text(2)?,
        methods: row.word(3, MethodPolicy::from_text)?,
        made_at: row.time(4)?,
        gate: gate(&mut row, 5)?,
    })
}

/// A gate that cannot be read is a fault and never an open one.
pub(crate) fn gate(row: &mut Row, column: usize) -> Result<Option<Gate>, Fault> {
    let gate = row.maybe_text(column)?.map(|code| Gate::from_code(&code).ok_or(Fault::plain(DAMAGED)));
    gate.transpose()
}

const DAMAGED: &str = "a gate cannot be read";

/// The tenant that a domain belongs to, looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask_by_domain(reader: &mut Reader<'_>, domain: &str) -> Result<Later<Option<Tenant>>, Fault> {
    let asked = reader.db.ask(
        "SELECT t.id, t.code, t.name, t.methods, t.made_at, t.gate
         FROM domains d JOIN tenants t ON t.id = d.tenant WHERE d.domain = $1",
        args![domain],
    )?;
    Ok(Later::first(asked, read))
}

/// The tenant that a domain belongs to.
///
/// # Errors
/// A fault of the database.
pub fn find_by_domain(reader: &mut Reader<'_>, domain: &str) -> Result<Option<Tenant>, Fault> {
    ask_by_domain(reader, domain)?.get(reader)
}

/// The tenant with this short name.
///
/// # Errors
/// A fault of the database.
pub fn find_by_code(reader: &mut Reader<'_>, code: &str) -> Result<Option<Tenant>, Fault> {
    let row = reader
        .db
        .one("SELECT id, code, name, methods, made_at, gate FROM tenants WHERE code = $1", args![code])?;
    row.map(read).transpose()
}

/// [`find_by_code`], for whatever must not happen beside another change of the tenant: until this transaction ends,
/// others who ask this way wait.
///
/// # Errors
/// A fault of the database.
pub fn find_by_code_held(tx: &mut Tx<'_>, code: &str) -> Result<Option<Tenant>, Fault> {
    let row = tx.db.one(
        "SELECT id, code, name, methods, made_at, gate FROM tenants WHERE code = $1 /*postgres FOR UPDATE */",
        args![code],
    )?;
    row.map(read).transpose()
}

/// The tenant with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: TenantId) -> Result<Option<Tenant>, Fault> {
    let row = reader
        .db
        .one("SELECT id, code, name, methods, made_at, gate FROM tenants WHERE id = $1", args![id.bytes()])?;
    row.map(read).transpose()
}

/// All tenants by their short names.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>) -> Result<Vec<Tenant>, Fault> {
    let rows = reader
        .db
        .query("SELECT id, code, name, methods, made_at, gate FROM tenants ORDER BY code", args![])?;
    rows.into_iter().map(read).collect()
}

/// The domains of a tenant.
///
/// # Errors
/// A fault of the database.
pub fn domains(reader: &mut Reader<'_>, id: TenantId) -> Result<Vec<String>, Fault> {
    let rows =
        reader.db.query("SELECT domain FROM domains WHERE tenant = $1 ORDER BY domain", args![id.bytes()])?;
    rows.into_iter().map(|mut row| row.text(0)).collect()
}

/// How many accounts a tenant has.
///
/// # Errors
/// A fault of the database.
pub fn count_accounts(reader: &mut Reader<'_>, id: TenantId) -> Result<i64, Fault> {
    let row = reader.db.one("SELECT COUNT(*) FROM accounts WHERE tenant = $1", args![id.bytes()])?;
    row.map_or(Ok(0), |mut row| row.int(0))
}

/// A new tenant. `false` when the short name is taken: nothing was written.
///
/// # Errors
/// A fault of the database.
pub fn claim_insert(tx: &mut Tx<'_>, tenant: &Tenant) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO tenants (id, code, name, methods, made_at, gate) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (code) DO NOTHING",
        args![
            tenant.id.bytes(),
            &tenant.code,
            &tenant.name,
            &tenant.methods.text(),
            tenant.made_at,
            tenant.gate.map(Gate::code),
        ],
    )?;
    Ok(rows == 1)
}

/// Gives a tenant another name or another policy.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, tenant: &Tenant) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE tenants SET name = $2, methods = $3, gate = $4 WHERE id = $1",
        args![tenant.id.bytes(), &tenant.name, &tenant.methods.text(), tenant.gate.map(Gate::code)],
    )
}

/// Takes a tenant away that has no account and no domain any more: a claim, the answer says whether it went.
///
/// # Errors
/// A fault of the database.
pub fn claim_remove(tx: &mut Tx<'_>, id: TenantId) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "DELETE FROM tenants WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM domains WHERE tenant = $1)
           AND NOT EXISTS (SELECT 1 FROM accounts WHERE tenant = $1)",
        args![id.bytes()],
    )?;
    Ok(rows == 1)
}

/// Makes a domain a tenant's. `false` when it is somebody's already.
///
/// # Errors
/// A fault of the database.
pub fn claim_domain(tx: &mut Tx<'_>, id: TenantId, domain: &str, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO domains (domain, tenant, added_at) VALUES ($1, $2, $3) ON CONFLICT (domain) DO NOTHING",
        args![domain, id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Takes a domain from a tenant: a claim, the answer says whether it was its.
///
/// # Errors
/// A fault of the database.
pub fn claim_remove_domain(tx: &mut Tx<'_>, id: TenantId, domain: &str) -> Result<bool, Fault> {
    let rows =
        tx.db.execute("DELETE FROM domains WHERE domain = $1 AND tenant = $2", args![domain, id.bytes()])?;
    Ok(rows == 1)
}
