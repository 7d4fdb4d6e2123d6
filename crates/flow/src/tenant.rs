//! What an operator does with tenants: make, rename, set the policy, add and remove domains, move accounts, remove.
//!
//! Implements: OWASP ASVS 5.0 6.1.3; `threats.md` §5.2 rows 43, 44.

use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::gate::Gate;
use model::id::{AccountId, TenantId};
use model::method::{MethodPolicy, Use};
use model::refusal::Refusal;
use model::tenant::{self, Tenant};
use store::{Reader, Store, Tx, accounts, tenants};
use wire::mail::domain::Domain;

use crate::Outcome;
use crate::by::By;

/// How many accounts are moved in one transaction.
const BATCH: i64 = 200;

/// A tenant with what belongs to it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The tenant.
    pub tenant: Tenant,
    /// Its domains, in A-labels.
    pub domains: Vec<String>,
    /// How many accounts it has.
    pub accounts: i64,
}

/// All tenants, by their short names.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store) -> Result<Vec<Shown>, Fault> {
    store.read(|reader| {
        let all = tenants::list(reader)?;
        all.into_iter().map(|tenant| shown(reader, tenant)).collect()
    })
}

/// The tenant with this short name.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, code: &str) -> Result<Option<Shown>, Fault> {
    store.read(|reader| {
        let found = tenants::find_by_code(reader, code)?;
        found.map(|tenant| shown(reader, tenant)).transpose()
    })
}

/// The tenant that an address of this domain belongs to.
///
/// # Errors
/// A fault of the store.
pub fn of_domain(store: &Store, domain: &str) -> Result<Option<Tenant>, Fault> {
    store.read(|reader| tenants::find_by_domain(reader, domain))
}

fn shown(reader: &mut Reader<'_>, tenant: Tenant) -> Result<Shown, Fault> {
    let domains = tenants::domains(reader, tenant.id)?;
    let accounts = tenants::count_accounts(reader, tenant.id)?;
    Ok(Shown { tenant, domains, accounts })
}

/// Makes a tenant that leaves everything open which the installation does.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::TenantNameUnfit`], [`Refusal::TenantTaken`].
pub fn make(tx: &mut Tx<'_>, cx: &mut Cx, (code, name): (&str, &str), by: &By) -> Outcome<TenantId> {
    if !tenant::is_code(code) || !tenant::is_name(name) {
        return Ok(tx.unrecorded("not a name", Err(Refusal::TenantNameUnfit)));
    }
    let made = Tenant {
        id: TenantId::new(cx)?,
        code: code.to_owned(),
        name: name.to_owned(),
        methods: MethodPolicy::OPEN,
        gate: None,
        made_at: cx.now,
    };
    if !tenants::claim_insert(tx, &made)? {
        return Ok(tx.unrecorded("the short name is taken", Err(Refusal::TenantTaken)));
    }
    let event = Event::new(cx, Subject::Site, EventKind::TenantMade { tenant: code.to_owned() })?;
    tx.record(&[by.sign(event)], Ok(made.id))
}

/// What to change of a tenant.
#[derive(Clone, Debug)]
pub enum Change {
    /// The name that people see.
    Name(String),
    /// What it leaves open.
    Methods(MethodPolicy),
    /// What an unknown browser must bring before a code is mailed; none: what the installation says.
    Gate(Option<Gate>),
}

/// Changes a tenant.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::TenantUnknown`], [`Refusal::TenantNameUnfit`], [`Refusal::PolicyFlawed`]
/// when with what the installation leaves open nobody could sign in, or half of two factors would be left.
pub fn change(tx: &mut Tx<'_>, cx: &mut Cx, code: &str, change: &Change, by: &By) -> Outcome<()> {
    let Some(mut tenant) = tenants::find_by_code_held(tx, code)? else {
        return Ok(tx.unrecorded("no such tenant", Err(Refusal::TenantUnknown)));
    };
    match change {
        Change::Name(name) if !tenant::is_name(name) => {
            return Ok(tx.unrecorded("not a name", Err(Refusal::TenantNameUnfit)));
        }
        Change::Name(name) => tenant.name.clone_from(name),
        Change::Methods(methods) => {
            if let Some(flaw) = cx.policy.methods.and(methods).flaw() {
                return Ok(tx.unrecorded("it could not work", Err(Refusal::PolicyFlawed { flaw })));
            }
            tenant.methods = *methods;
        }
        Change::Gate(gate) => tenant.gate = *gate,
    }
    tenants::put(tx, &tenant)?;
    let kind = EventKind::TenantChanged {
        tenant: code.to_owned(),
        sign_in: cx.policy.methods.and(&tenant.methods).open(Use::SignIn),
        gate: tenant.gate,
    };
    let event = Event::new(cx, Subject::Site, kind)?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Makes a domain the tenant's. Accounts that have addresses there stay where they are: see [`adopt`].
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::TenantUnknown`], [`Refusal::DomainTaken`].
pub fn add_domain(tx: &mut Tx<'_>, cx: &mut Cx, code: &str, domain: &Domain, by: &By) -> Outcome<()> {
    let Some(tenant) = tenants::find_by_code_held(tx, code)? else {
        return Ok(tx.unrecorded("no such tenant", Err(Refusal::TenantUnknown)));
    };
    if !tenants::claim_domain(tx, tenant.id, domain.as_str(), cx.now)? {
        return Ok(tx.unrecorded("the domain is somebody's", Err(Refusal::DomainTaken)));
    }
    let kind = EventKind::DomainAdded { tenant: code.to_owned(), domain: domain.as_str().to_owned() };
    let event = Event::new(cx, Subject::Site, kind)?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Takes a domain from the tenant. Its accounts stay the tenant's.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::TenantUnknown`], [`Refusal::DomainUnknown`].
pub fn remove_domain(tx: &mut Tx<'_>, cx: &mut Cx, code: &str, domain: &Domain, by: &By) -> Outcome<()> {
    let Some(tenant) = tenants::find_by_code_held(tx, code)? else {
        return Ok(tx.unrecorded("no such tenant", Err(Refusal::TenantUnknown)));
    };
    if !tenants::claim_remove_domain(tx, tenant.id, domain.as_str())? {
        return Ok(tx.unrecorded("not a domain of it", Err(Refusal::DomainUnknown)));
    }
    let kind = EventKind::DomainRemoved { tenant: code.to_owned(), domain: domain.as_str().to_owned() };
    let event = Event::new(cx, Subject::Site, kind)?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Removes a tenant that has neither accounts nor domains.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::TenantUnknown`], [`Refusal::TenantInUse`].
pub fn remove(tx: &mut Tx<'_>, cx: &mut Cx, code: &str, by: &By) -> Outcome<()> {
    let Some(tenant) = tenants::find_by_code_held(tx, code)? else {
        return Ok(tx.unrecorded("no such tenant", Err(Refusal::TenantUnknown)));
    };
    if !tenants::claim_remove(tx, tenant.id)? {
        return Ok(tx.unrecorded("it has accounts or domains", Err(Refusal::TenantInUse)));
    }
    let event = Event::new(cx, Subject::Site, EventKind::TenantRemoved { tenant: code.to_owned() })?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Puts an account into a tenant, or makes it personal.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::TenantUnknown`], [`Refusal::AccountUnknown`], [`Refusal::AccountState`]
/// when it is there already.
pub fn move_account(tx: &mut Tx<'_>, cx: &mut Cx, id: AccountId, code: Option<&str>, by: &By) -> Outcome<()> {
    let tenant = match code {
        None => None,
        Some(code) => match tenants::find_by_code_held(tx, code)? {
            Some(tenant) => Some(tenant),
            None => return Ok(tx.unrecorded("no such tenant", Err(Refusal::TenantUnknown))),
        },
    };
    if accounts::find(tx, id)?.is_none() {
        return Ok(tx.unrecorded("no such account", Err(Refusal::AccountUnknown)));
    }
    match moved(tx, cx, id, tenant.as_ref())? {
        None => Ok(tx.unrecorded("it is there already", Err(Refusal::AccountState))),
        Some(event) => tx.record(&[by.sign(event)], Ok(())),
    }
}

fn moved(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    id: AccountId,
    tenant: Option<&Tenant>,
) -> Result<Option<Event>, Fault> {
    if !accounts::claim_move(tx, id, tenant.map(|tenant| tenant.id))? {
        return Ok(None);
    }
    let kind = EventKind::AccountMoved { tenant: tenant.map(|tenant| tenant.code.clone()) };
    Ok(Some(Event::new(cx, Subject::Account(id), kind)?))
}

/// How many accounts have their main address at this domain and are not in the tenant.
///
/// # Errors
/// A fault of the store.
pub fn count_elsewhere(store: &Store, domain: &Domain, tenant: TenantId) -> Result<i64, Fault> {
    store.read(|reader| accounts::count_elsewhere(reader, domain.as_str(), tenant))
}

/// How far [`adopt`] came.
#[derive(Clone, Copy, Debug)]
pub struct Adopted {
    /// How many accounts were moved.
    pub moved: u32,
    /// Whether there may be more.
    pub more: bool,
}

/// Moves some of the accounts whose main address is at a domain of the tenant into it; called until there are no more.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::TenantUnknown`], [`Refusal::DomainUnknown`].
pub fn adopt(tx: &mut Tx<'_>, cx: &mut Cx, code: &str, domain: &Domain, by: &By) -> Outcome<Adopted> {
    let Some(tenant) = tenants::find_by_code_held(tx, code)? else {
        return Ok(tx.unrecorded("no such tenant", Err(Refusal::TenantUnknown)));
    };
    if tenants::find_by_domain(tx, domain.as_str())?.is_none_or(|owner| owner.id != tenant.id) {
        return Ok(tx.unrecorded("not a domain of it", Err(Refusal::DomainUnknown)));
    }
    let found = accounts::list_elsewhere(tx, domain.as_str(), tenant.id, BATCH)?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count == BATCH);
    let mut events = Vec::with_capacity(found.len());
    for id in found {
        events.extend(moved(tx, cx, id, Some(&tenant))?.map(|event| by.sign(event)));
    }
    let moved = u32::try_from(events.len()).unwrap_or(u32::MAX);
    if events.is_empty() {
        return Ok(tx.unrecorded("nobody to move", Ok(Adopted { moved, more: false })));
    }
    tx.record(&events, Ok(Adopted { moved, more }))
}

/// What is open for whoever has an address at this domain, whether or not there is an account: what is published, and
/// what the sign-in page goes by.
///
/// # Errors
/// A fault of the store.
pub fn published(store: &Store, cx: &Cx, domain: &str) -> Result<MethodPolicy, Fault> {
    let tenant = of_domain(store, domain)?;
    Ok(crate::methods::of_domain(&cx.policy, tenant.as_ref()))
}
