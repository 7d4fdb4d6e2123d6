//! An operator brings accounts over from elsewhere: first everything is checked, then batches are written.
//!
//! 1. [`Check::rows`] looks at each row with the rows before it and the store: is the tenant there, is an address
//!    somebody's, do two rows want the same. Nothing is written.
//! 2. [`prepare`] makes what can be made before the transaction: identifiers, what is sealed.
//! 3. [`commit`] writes a batch, with an event for each account and each authenticator. An account that is there by now
//!    is left as it is, so that whoever was interrupted begins once more with the whole file.
//!
//! Nobody is mailed: an operator who moves people tells them.

use std::collections::HashMap;

use model::account::{Account, AccountState, Role};
use model::address::Address;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::{Digest, Keys};
use model::event::{AddressKind, AddressRole, Event, EventKind, Subject};
use model::fault::Fault;
use model::gate::Gate;
use model::id::{AccountId, AuthenticatorId};
use model::invitation::Opening;
use model::method::MethodPolicy;
use model::name::PrivateName;
use model::tenant::Tenant;
use model::time::Time;
use store::addresses::Kept;
use store::{
    Reader, Recorded, Store, Tx, accounts, addresses, authenticators, gates, recovery_addresses, tenants,
};
use wire::account_file::{Entry, Row};
use wire::mail::mailbox::Mailbox;
use wire::phone::Phone;

use crate::by::By;
use crate::totp;

/// How many accounts one transaction takes. More of them would keep others waiting.
pub const BATCH: usize = 200;

/// The word that makes an account personal whose address is at a tenant's domain.
pub const PERSONAL: &str = "-";

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field; empty where it is the row as a whole.
    pub field: &'static str,
    /// What would have been accepted, or what stands in the way.
    pub what: String,
}

/// What a row came to.
#[derive(Debug)]
pub enum Found {
    /// An account that can be opened.
    New(Box<New>),
    /// Its main address, or its identifier, is that of an account that is there.
    Exists,
    /// It cannot be used.
    Wrong(Vec<Wrong>),
}

/// An account that can be opened.
#[derive(Debug)]
pub struct New {
    row: Row,
    tenant: Option<Tenant>,
    methods: Option<MethodPolicy>,
    gate: Option<Gate>,
}

/// What is known of the rows so far.
pub struct Check<'a> {
    keys: &'a Keys,
    /// Which line wants an address, a name or an identifier.
    wanted: HashMap<[u8; 16], u64>,
    tenants: HashMap<String, Option<Tenant>>,
    domains: HashMap<String, Option<Tenant>>,
    /// What the installation leaves open.
    methods: MethodPolicy,
}

impl<'a> Check<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new(store: &'a Store, cx: &Cx) -> Self {
        Self {
            keys: store.keys(),
            wanted: HashMap::new(),
            tenants: HashMap::new(),
            domains: HashMap::new(),
            methods: cx.policy.methods,
        }
    }

    /// Looks at rows, each with its line.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn rows(&mut self, store: &Store, rows: Vec<(u64, Row)>) -> Result<Vec<(u64, Found)>, Fault> {
        store.read(|reader| {
            let mut found = Vec::with_capacity(rows.len());
            for (line, row) in rows {
                found.push((line, self.row(reader, line, row)?));
            }
            Ok(found)
        })
    }

    fn row(&mut self, reader: &mut Reader<'_>, line: u64, row: Row) -> Result<Found, Fault> {
        let mut wrong = Vec::new();
        let mut note = |field, what: String| wrong.push(Wrong { field, what });
        let main = Address::new(row.address.address.clone(), self.keys).identity();
        let mut there = accounts::find_by_identity(reader, &main)?.is_some();
        if let Some(id) = row.id {
            there |= accounts::find(reader, AccountId::from_bytes(id))?.is_some();
        }
        for (field, identity) in self.identities(&row, &main) {
            if let Some(before) = self.wanted.insert(*identity.bytes(), line) {
                note(field, format!("something that no other row has; it stands in line {before} too"));
            }
            if !there && accounts::ask_address(reader, &identity)?.get(reader)?.is_some() {
                note(field, "something that is not another account's already".to_owned());
            }
        }
        if let Some(before) = row.id.and_then(|id| self.wanted.insert(id, line)) {
            note("id", format!("an identifier that no other row has; it stands in line {before} too"));
        }
        let tenant = match row.tenant.as_deref() {
            None => self.of_domain(reader, row.address.address.domain())?,
            Some(PERSONAL) => None,
            Some(code) => {
                let tenant = self.of_code(reader, code)?;
                if tenant.is_none() {
                    note(
                        "tenant",
                        "the short name of a tenant here; `bidden tenant make` makes one".to_owned(),
                    );
                }
                tenant
            }
        };
        let methods = row.methods.as_deref().map(MethodPolicy::from_text);
        let methods = match methods {
            Some(None) => {
                note("methods", "a layer of methods, as an export writes it".to_owned());
                None
            }
            Some(Some(own)) => {
                let above = tenant.as_ref().map_or(self.methods, |tenant| self.methods.and(&tenant.methods));
                if above.and(&own).flaw().is_some() {
                    note("methods", "methods with which somebody can sign in here".to_owned());
                }
                Some(own)
            }
            None => None,
        };
        let gate = match row.gate.as_deref().map(Gate::from_code) {
            None => None,
            // A word never comes along, and a name only with the row: nobody could ever bring them.
            Some(None | Some(Gate::GateWord)) => {
                note("gate", "`open`, `private_name` or `solicited_only`".to_owned());
                None
            }
            Some(Some(Gate::PrivateName)) if row.name.is_none() => {
                note("gate", "a `name` beside `private_name`".to_owned());
                None
            }
            Some(own) => own,
        };
        Ok(match (wrong.is_empty(), there) {
            (false, _) => Found::Wrong(wrong),
            (true, true) => Found::Exists,
            (true, false) => Found::New(Box::new(New { row, tenant, methods, gate })),
        })
    }

    /// Everything that signs in to the account, by the field that it stands in.
    fn identities(&self, row: &Row, main: &Digest) -> Vec<(&'static str, Digest)> {
        let others = row.others.iter();
        let others = others.map(|other| Address::new(other.address.clone(), self.keys).identity());
        let phones = row.phones.iter();
        let phones = phones.map(|phone| Address::of_phone(phone.address.clone(), self.keys).identity());
        let name = row.name.as_ref().map(|name| PrivateName::new(name.address.clone(), self.keys).identity());
        std::iter::once(("address", *main))
            .chain(others.map(|identity| ("other_addresses", identity)))
            .chain(phones.map(|identity| ("telephones", identity)))
            .chain(name.map(|identity| ("name", identity)))
            .collect()
    }

    fn of_code(&mut self, reader: &mut Reader<'_>, code: &str) -> Result<Option<Tenant>, Fault> {
        if let Some(known) = self.tenants.get(code) {
            return Ok(known.clone());
        }
        let found = tenants::find_by_code(reader, code)?;
        self.tenants.insert(code.to_owned(), found.clone());
        Ok(found)
    }

    fn of_domain(&mut self, reader: &mut Reader<'_>, domain: &str) -> Result<Option<Tenant>, Fault> {
        if let Some(known) = self.domains.get(domain) {
            return Ok(known.clone());
        }
        let found = tenants::find_by_domain(reader, domain)?;
        self.domains.insert(domain.to_owned(), found.clone());
        Ok(found)
    }
}

/// An account with everything that can be made before the transaction.
pub struct Prepared {
    account: Account,
    gate: Option<Gate>,
    main: (Digest, Digest, bool),
    others: Vec<Kept>,
    recovery: Vec<recovery_addresses::Kept>,
    own: Vec<(Authenticator, Vec<u8>)>,
}

/// Makes identifiers, digests and what is sealed.
///
/// # Errors
/// A fault of sealing.
pub fn prepare(store: &Store, cx: &mut Cx, new: &New) -> Result<Prepared, Fault> {
    let (keys, row) = (store.keys(), &new.row);
    let id = match row.id {
        Some(id) => AccountId::from_bytes(id),
        None => AccountId::new(cx)?,
    };
    let opened_at = row.opened_at.map_or(cx.now, Time::from_micros);
    let at = |micros: Option<i64>| micros.map_or(opened_at, Time::from_micros);
    let main = Address::new(row.address.address.clone(), keys);
    let account = Account {
        id,
        state: if row.locked { AccountState::Locked } else { AccountState::Open },
        role: if row.operator { Role::Operator } else { Role::Member },
        address: main.as_str().to_owned(),
        confirmed_at: at(row.address.confirmed_at),
        opened_at,
        tenant: new.tenant.clone(),
        methods: new.methods,
    };
    let mail = |entry: &Entry<Mailbox>| kept(entry, Address::new(entry.address.clone(), keys), &at);
    let phone = |entry: &Entry<Phone>| kept(entry, Address::of_phone(entry.address.clone(), keys), &at);
    let mut others: Vec<Kept> = row.others.iter().map(mail).chain(row.phones.iter().map(phone)).collect();
    others.extend(row.name.as_ref().map(|name| {
        let own = PrivateName::new(name.address.clone(), keys);
        Kept {
            identity: own.identity(),
            destination: own.destination(),
            kind: AddressKind::Name,
            shown: own.as_str().to_owned(),
            main: false,
            sign_in: name.sign_in,
            confirmed_at: opened_at,
            session: None,
        }
    }));
    let recovery = row.recovery.iter().map(mail).chain(row.recovery_phones.iter().map(phone)).map(|kept| {
        let Kept { identity, destination, kind, shown, confirmed_at, .. } = kept;
        recovery_addresses::Kept {
            account: id,
            identity,
            destination,
            kind,
            shown,
            confirmed_at,
            detach_at: None,
            added_at: confirmed_at,
            session: None,
        }
    });
    let mut secrets: Vec<(AuthenticatorKind, Vec<u8>)> = Vec::new();
    if let Some(hash) = &row.password {
        secrets.push((AuthenticatorKind::Password, hash.to_string().into_bytes()));
    }
    if let Some(shared) = &row.totp {
        let totp = totp::of_file(shared).ok_or(Fault::plain("a secret that was read cannot be used"))?;
        secrets.push((AuthenticatorKind::Totp, totp::write(&totp)));
    }
    let mut own = Vec::new();
    for (kind, plain) in secrets {
        let authenticator = Authenticator {
            id: AuthenticatorId::new(cx)?,
            account: id,
            kind,
            name: String::new(),
            added_at: cx.now,
            usable_at: cx.now,
            used_at: None,
            session: None,
            counter: 0,
        };
        let sealed = authenticators::seal(keys, &mut cx.entropy, authenticator.id, &plain)?;
        own.push((authenticator, sealed));
    }
    let main = (main.identity(), main.destination(), row.address.sign_in);
    Ok(Prepared { account, gate: new.gate, main, others, recovery: recovery.collect(), own })
}

fn kept<T>(entry: &Entry<T>, address: Address, at: &dyn Fn(Option<i64>) -> Time) -> Kept {
    Kept {
        identity: address.identity(),
        destination: address.destination(),
        kind: address.kind(),
        shown: address.as_str().to_owned(),
        main: false,
        sign_in: entry.sign_in,
        confirmed_at: at(entry.confirmed_at),
        session: None,
    }
}

/// Opens the accounts of a batch; says how many. Whatever is somebody's by now leaves the row out, as a whole.
///
/// # Errors
/// A fault of the store: then nothing of the batch was kept.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, batch: &[Prepared], by: &By) -> Result<Recorded<usize>, Fault> {
    let (mut events, mut opened) = (Vec::new(), 0);
    for new in batch {
        if is_taken(tx, new)? {
            continue;
        }
        let (identity, destination, sign_in) = &new.main;
        let written = accounts::insert(tx, &new.account, identity, destination)?;
        let mut all = written;
        for other in &new.others {
            all &= addresses::claim_insert(tx, new.account.id, other)?;
        }
        if !all {
            // Looked at a moment ago: another node was faster.
            return Err(Fault::plain("an address was taken at the same moment").conflict());
        }
        if !sign_in {
            addresses::claim_switch(tx, new.account.id, identity, false)?;
        }
        for kept in &new.recovery {
            recovery_addresses::put(tx, kept)?;
        }
        if new.gate.is_some() {
            let by = gates::Change { session: None, now: cx.now };
            gates::put_gate(tx, new.account.id, new.gate, by)?;
        }
        for (authenticator, sealed) in &new.own {
            let own =
                authenticators::New { authenticator, credential: None, sealed, cancel: None, cookie: None };
            authenticators::claim_insert(tx, &own)?;
        }
        record(cx, new, by, &mut events)?;
        opened += 1;
    }
    tx.record(&events, opened)
}

fn is_taken(tx: &mut Tx<'_>, new: &Prepared) -> Result<bool, Fault> {
    if accounts::find(tx, new.account.id)?.is_some() {
        return Ok(true);
    }
    for identity in std::iter::once(&new.main.0).chain(new.others.iter().map(|other| &other.identity)) {
        if accounts::ask_address(tx, identity)?.get(tx)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn record(cx: &mut Cx, new: &Prepared, by: &By, events: &mut Vec<Event>) -> Result<(), Fault> {
    let account = &new.account;
    let mut kinds = vec![EventKind::AccountOpened { opening: Opening::Import, role: account.role }];
    if account.state == AccountState::Locked {
        kinds.push(EventKind::AccountLocked);
    }
    let masked = |shown: &str| crate::address::masked_shown(shown);
    kinds.extend(new.others.iter().map(|other| EventKind::AddressAdded {
        kind: other.kind,
        role: AddressRole::SignIn,
        address: masked(&other.shown),
    }));
    kinds.extend(new.recovery.iter().map(|kept| EventKind::AddressAdded {
        kind: kept.kind,
        role: AddressRole::Recovery,
        address: masked(&kept.shown),
    }));
    kinds.extend(new.own.iter().map(|(own, _)| EventKind::AuthenticatorAdded {
        authenticator: own.id,
        kind: own.kind,
        usable_at: None,
    }));
    for kind in kinds {
        events.push(by.sign(Event::new(cx, Subject::Account(account.id), kind)?));
    }
    Ok(())
}
