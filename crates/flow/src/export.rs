//! An operator takes accounts along: as rows that another installation can bring over.
//!
//! Passkeys, recovery codes and gate words stay: the first belong to the name of this site, the others to its keys. Accounts that are
//! closed stay too, since nothing is left of them that could be opened.

use std::collections::HashMap;

use model::account::{Account, AccountState, Role};
use model::authenticator::AuthenticatorKind;
use model::cx::Cx;
use model::event::{AddressKind, Event, EventKind, Subject};
use model::fault::Fault;
use model::gate::Gate;
use model::id::AccountId;
use model::method::MethodPolicy;
use model::time::Time;
use store::authenticators::Kept as Own;
use store::{
    Reader, Recorded, Store, Tx, accounts, addresses, authenticators, gates, recovery_addresses, tenants,
};
use wire::Malformed;
use wire::account_file::{Entry, Row, Shared};
use wire::mail::mailbox::Mailbox;
use wire::name::Name;
use wire::password_hash::PasswordHash;
use wire::phone::Phone;

use crate::by::By;
use crate::import::PERSONAL;
use crate::totp;

/// How many accounts are read at once.
const AT_ONCE: i64 = 500;

/// Notes that the accounts are written into a file. Before they are: what is broken off has left as well.
///
/// # Errors
/// A fault of the store.
pub fn note(tx: &mut Tx<'_>, cx: &mut Cx, secrets: bool, by: &By) -> Result<Recorded<()>, Fault> {
    let event = Event::new(cx, Subject::Site, EventKind::AccountsExported { secrets })?;
    tx.record(&[by.sign(event)], ())
}

/// How many accounts there are, about: for a bar.
///
/// # Errors
/// A fault of the store.
pub fn count(store: &Store) -> Result<u64, Fault> {
    let count = store.read(accounts::count)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Goes through all accounts in the order in which they were opened.
pub struct Export<'a> {
    store: &'a Store,
    secrets: bool,
    after: Option<AccountId>,
    over: bool,
    /// Which domains have a tenant.
    domains: HashMap<String, bool>,
    /// What could not be taken along.
    pub left: Left,
}

/// What could not be taken along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Accounts that are closed.
    pub closed: u64,
    /// Passkeys, whose owners make new ones.
    pub passkeys: u64,
    /// Passwords and apps, where they were not asked for.
    pub secrets: u64,
}

impl<'a> Export<'a> {
    /// From the first account on; with what verifies passwords and apps, if `secrets`.
    #[must_use]
    pub fn new(store: &'a Store, secrets: bool) -> Self {
        Self { store, secrets, after: None, over: false, domains: HashMap::new(), left: Left::default() }
    }

    /// The next rows, and how many accounts were looked at for them; none at the end.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn page(&mut self) -> Result<Option<(Vec<Row>, usize)>, Fault> {
        if self.over {
            return Ok(None);
        }
        let store = self.store;
        store.read(|reader| {
            let page = accounts::list(reader, self.after, AT_ONCE)?;
            self.after = page.last().map(|account| account.id).or(self.after);
            self.over = i64::try_from(page.len()).unwrap_or(0) < AT_ONCE;
            let mut rows = Vec::with_capacity(page.len());
            for account in &page {
                if account.state == AccountState::Closed {
                    self.left.closed += 1;
                } else {
                    rows.push(self.row(reader, account)?);
                }
            }
            Ok(Some((rows, page.len())))
        })
    }

    fn row(&mut self, reader: &mut Reader<'_>, account: &Account) -> Result<Row, Fault> {
        let main = Mailbox::parse(&account.address)
            .map_err(|error| Fault::new("an account whose main address cannot be read", error))?;
        let (mut others, mut phones, mut name, mut main_on) = (Vec::new(), Vec::new(), None, true);
        for kept in addresses::list(reader, account.id)? {
            match (kept.kind, kept.main) {
                (_, true) => main_on = kept.sign_in,
                (AddressKind::Mail, false) => {
                    others.extend(entry(Mailbox::parse(&kept.shown), kept.confirmed_at, kept.sign_in))
                }
                (AddressKind::Name, false) => {
                    let address = Name::parse(&kept.shown).ok();
                    let sign_in = kept.sign_in;
                    name = address.map(|address| Entry { address, confirmed_at: None, sign_in });
                }
                (AddressKind::Phone, false) => {
                    phones.extend(entry(Phone::parse(&kept.shown), kept.confirmed_at, kept.sign_in))
                }
            }
        }
        let (mut recovery, mut recovery_phones) = (Vec::new(), Vec::new());
        for kept in recovery_addresses::list(reader, account.id)? {
            match kept.kind {
                AddressKind::Mail => {
                    recovery.extend(entry(Mailbox::parse(&kept.shown), kept.confirmed_at, true))
                }
                AddressKind::Phone => {
                    recovery_phones.extend(entry(Phone::parse(&kept.shown), kept.confirmed_at, true))
                }
                // A name is nothing that a code could go to.
                AddressKind::Name => {}
            }
        }
        let (mut password, mut totp) = (None, None);
        for own in authenticators::list(reader, account.id)? {
            match own.authenticator.kind {
                AuthenticatorKind::Passkey => self.left.passkeys += 1,
                AuthenticatorKind::Password if self.secrets => password = Some(hash(&own, reader)?),
                AuthenticatorKind::Totp if self.secrets => totp = Some(shared(&own, reader)?),
                AuthenticatorKind::Password | AuthenticatorKind::Totp => self.left.secrets += 1,
                AuthenticatorKind::Approver => self.left.passkeys += 1,
            }
        }
        let tenant = match &account.tenant {
            Some(tenant) => Some(tenant.code.clone()),
            None => self.has_tenant(reader, main.domain())?.then(|| PERSONAL.to_owned()),
        };
        let confirmed_at = Some(account.confirmed_at.micros());
        Ok(Row {
            id: Some(*account.id.bytes()),
            address: Entry { address: main, confirmed_at, sign_in: main_on },
            others,
            recovery,
            phones,
            recovery_phones,
            name,
            tenant,
            operator: account.role == Role::Operator,
            locked: account.state == AccountState::Locked,
            opened_at: Some(account.opened_at.micros()),
            methods: account.methods.as_ref().map(MethodPolicy::text),
            // A gate word stays, and so does the gate that would ask for it.
            gate: gates::find(reader, account.id)?
                .own
                .filter(|gate| *gate != Gate::GateWord)
                .map(|gate| gate.code().to_owned()),
            password,
            totp,
        })
    }

    fn has_tenant(&mut self, reader: &mut Reader<'_>, domain: &str) -> Result<bool, Fault> {
        if let Some(known) = self.domains.get(domain) {
            return Ok(*known);
        }
        let has = tenants::find_by_domain(reader, domain)?.is_some();
        self.domains.insert(domain.to_owned(), has);
        Ok(has)
    }
}

fn entry<T>(address: Result<T, Malformed>, confirmed_at: Time, sign_in: bool) -> Option<Entry<T>> {
    Some(Entry { address: address.ok()?, confirmed_at: Some(confirmed_at.micros()), sign_in })
}

const UNREADABLE: &str = "what verifies an authenticator cannot be read";

fn hash(own: &Own, reader: &Reader<'_>) -> Result<PasswordHash, Fault> {
    let plain = own.open(reader.keys())?;
    let text = str::from_utf8(plain.expose()).map_err(|_| Fault::plain(UNREADABLE))?;
    PasswordHash::parse(text).map_err(|error| Fault::new(UNREADABLE, error))
}

fn shared(own: &Own, reader: &Reader<'_>) -> Result<Shared, Fault> {
    let totp = totp::read(&own.open(reader.keys())?).ok_or(Fault::plain(UNREADABLE))?;
    let (algorithm, digits) = (totp.algorithm().code(), totp.digits().count());
    Ok(Shared { secret: totp.secret().expose().clone(), algorithm, digits })
}
