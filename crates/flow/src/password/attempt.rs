//! Somebody types a password: who is meant, what it is compared with, and whether it may be compared at all.
//!
//! 1. [`prepare`] looks up the account, the hash and the browser: by the same statements for an address that nobody has.
//! 2. [`reserve`] counts the attempt ([`crate::attempts`]), in a transaction of its own.
//! 3. [`Prepared::compare`] runs on the hashing pool. Without a turn, and where there is no password, it compares with a hash
//!    that nobody has.
//! 4. What comes of it is decided in a second transaction: [`super::sign_in`], [`super::confirm`], [`super::set`].
//!
//! Implements: NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 6.3.1, 6.3.8; `threats.md` §5.2 rows 7 and 12.

use model::account::Account;
use model::address::Address;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::Subject;
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId};
use model::method::Method;
use model::source::Source;
use store::attempts::Place;
use store::authenticators::{self, Kept};
use store::{Reader, Recorded, Store, Tx, accounts, browsers};
use wire::password_hash::PasswordHash;

use super::Password;
use super::hash::{self, Salt, Scratch, Unverifiable, Upkeep, Verdict};
use crate::attempts::{self, Turn};
use crate::session::Visitor;
use crate::sign_in::ask::browser_digest;

/// Who is meant.
pub enum Whom {
    /// Whoever signs in by this address or private name.
    Address(Address),
    /// Whoever is signed in.
    Visitor(Box<Visitor>),
}

/// A password that was typed.
pub struct Typed {
    /// For whom.
    pub whom: Whom,
    /// The password.
    pub password: Password,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// Whoever is signed in in the same browser.
    pub current: Option<Visitor>,
    /// From where.
    pub source: Source,
}

/// A password that was typed, with everything that can be found out before it is compared.
pub struct Prepared {
    password: Password,
    salt: Salt,
    /// The account, or a key that none has.
    pub(crate) key: AccountId,
    /// The password of the account as it was looked up.
    pub(crate) own: Option<Own>,
    /// Whom an event about it concerns.
    pub(crate) subject: Subject,
    /// The domain of the address: whose tenant it may be.
    pub(crate) domain: Option<String>,
    pub(crate) browser: Digest,
    pub(crate) known: bool,
    pub(crate) current: Option<Visitor>,
    pub(crate) source: Source,
}

/// A password that an account has.
pub(crate) struct Own {
    pub(crate) id: AuthenticatorId,
    sealed: Vec<u8>,
    hash: PasswordHash,
}

/// What came of comparing; only [`Prepared::compare`] makes one.
pub struct Compared {
    right: bool,
    anew: bool,
    /// The same password, hashed as it is today.
    rehashed: Option<PasswordHash>,
}

impl Compared {
    /// Whether it is the password.
    #[must_use]
    pub const fn is_right(&self) -> bool {
        self.right
    }

    /// Whether its owner should choose another one.
    #[must_use]
    pub const fn choose_anew(&self) -> bool {
        self.anew
    }
}

/// Step 1.
///
/// # Errors
/// A fault of the store, or a hash that cannot be read.
pub fn prepare(store: &Store, cx: &mut Cx, typed: Typed) -> Result<Prepared, Fault> {
    let keys = store.keys();
    let browser = browser_digest(keys, &typed.browser_half);
    let looked = store.read(|reader| look(reader, &typed.whom, &browser))?;
    let (subject, domain) = match &typed.whom {
        Whom::Visitor(visitor) => (Subject::Account(visitor.account.id), None),
        Whom::Address(address) => {
            let nobody = || Subject::address(&address.destination(), address.masked());
            let account = looked.account.as_ref().map(|account| Subject::Account(account.id));
            (account.unwrap_or_else(nobody), Some(address.domain().to_owned()))
        }
    };
    Ok(Prepared {
        password: typed.password,
        salt: Salt::draw(&mut cx.entropy)?,
        key: looked.key,
        own: looked.kept.map(|kept| own(keys, &kept)).transpose()?,
        subject,
        domain,
        browser,
        known: looked.known,
        current: typed.current,
        source: typed.source.kept(cx.policy.keep_addresses),
    })
}

struct Looked {
    key: AccountId,
    account: Option<Account>,
    kept: Option<Kept>,
    known: bool,
}

/// The same statements whatever there is: an address that nobody has looks for an account that does not exist.
fn look(reader: &mut Reader<'_>, whom: &Whom, browser: &Digest) -> Result<Looked, Fault> {
    let key = match whom {
        Whom::Visitor(visitor) => visitor.account.id,
        Whom::Address(address) => {
            let identity = address.identity();
            let found = accounts::ask_address(reader, &identity)?.get(reader)?;
            // One that sign-in is switched off for is nobody's here.
            let found = found.filter(|found| found.sign_in);
            found.map_or_else(|| nobody(&identity), |found| found.account)
        }
    };
    let (account, kept) = (accounts::ask(reader, key)?, authenticators::ask(reader, key)?);
    let known = browsers::ask(reader, key, browser)?;
    let (account, kept) = (account.get(reader)?, kept.get(reader)?);
    Ok(Looked {
        key,
        account,
        kept: kept.into_iter().find(|kept| kept.authenticator.kind == AuthenticatorKind::Password),
        known: known.get(reader)?.is_some(),
    })
}

/// Under what the attempts for an address without an account are counted.
fn nobody(identity: &Digest) -> AccountId {
    AccountId::from_bytes(identity.bytes().map(|byte| !byte))
}

fn own(keys: &Keys, kept: &Kept) -> Result<Own, Fault> {
    Ok(Own { id: kept.authenticator.id, sealed: kept.sealed().to_vec(), hash: read(keys, kept)? })
}

/// The hash of a password. Not within a transaction.
fn read(keys: &Keys, kept: &Kept) -> Result<PasswordHash, Fault> {
    let plain = kept.open(keys)?;
    let text = std::str::from_utf8(plain.expose()).map_err(|error| Fault::new("a password hash", error))?;
    PasswordHash::parse(text).map_err(|error| Fault::new("a password hash", error))
}

/// What is kept of a password, sealed. Not within a transaction.
pub(crate) fn seal(
    keys: &Keys,
    cx: &mut Cx,
    id: AuthenticatorId,
    hash: &PasswordHash,
) -> Result<Vec<u8>, Fault> {
    authenticators::seal(keys, &mut cx.entropy, id, hash.to_string().as_bytes())
}

/// Step 2.
///
/// # Errors
/// A fault of the store.
pub fn reserve(tx: &mut Tx<'_>, cx: &Cx, typed: &Prepared) -> Result<Recorded<Turn>, Fault> {
    let place = Place { account: typed.key, method: Method::Password, known: typed.known };
    let turn = attempts::reserve(tx, cx.now, place)?;
    Ok(tx.unrecorded("an attempt; what comes of it will be on the record", turn))
}

impl Prepared {
    /// Step 3. Takes as long as a hash of what the account has; as long as one of ours where it has none, or no turn was
    /// had.
    ///
    /// # Errors
    /// [`Unverifiable`]: no password is to blame.
    pub fn compare(&self, turn: &Turn, scratch: &mut Scratch) -> Result<Compared, Unverifiable> {
        let hash = self.own.as_ref().map(|own| &own.hash).filter(|_| turn.is_granted());
        let (right, upkeep) = match hash::verify(hash, &self.password, scratch)? {
            Verdict::Wrong => (false, Upkeep::None),
            Verdict::Right(upkeep) => (true, upkeep),
        };
        let rehashed = match upkeep {
            Upkeep::Rehash => Some(hash::hash(&self.password, &self.salt, scratch)?),
            Upkeep::None | Upkeep::ChooseAnew => None,
        };
        Ok(Compared { right, anew: upkeep == Upkeep::ChooseAnew, rehashed })
    }

    /// Whether the browser is one that the account knows.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.known
    }

    /// Under what it waits for its turn to be hashed: whoever comes from a browser that the account knows has a place that
    /// no stranger can take.
    #[must_use]
    pub fn line(&self, keys: &Keys) -> [u8; 16] {
        if self.known {
            *keys.digest(Of::Token, &[b"hashing", self.key.bytes(), self.browser.bytes()]).bytes()
        } else {
            *self.key.bytes()
        }
    }

    /// Whether this is the password that was looked up, as the transaction finds it.
    pub(crate) fn is_own(&self, now: &Authenticator) -> bool {
        self.own.as_ref().is_some_and(|own| own.id == now.id)
    }
}

/// A hash that takes the place of an older one of the same password.
pub struct Renewal {
    id: AuthenticatorId,
    old: Vec<u8>,
    new: Vec<u8>,
}

/// What should happen to the hash of a password that was right. Not within a transaction.
///
/// # Errors
/// A fault of sealing.
pub fn renewal(
    store: &Store,
    cx: &mut Cx,
    (typed, compared): (&Prepared, &Compared),
) -> Result<Option<Renewal>, Fault> {
    let (Some(own), Some(hash)) = (&typed.own, &compared.rehashed) else { return Ok(None) };
    let new = seal(store.keys(), cx, own.id, hash)?;
    Ok(Some(Renewal { id: own.id, old: own.sealed.clone(), new }))
}

/// Writes it, if nobody was faster: of two that hash the same password anew one writes, and what was changed meanwhile stays.
///
/// # Errors
/// A fault of the store.
pub fn renew(tx: &mut Tx<'_>, renewal: &Renewal) -> Result<Recorded<bool>, Fault> {
    let written = authenticators::claim_sealed(tx, renewal.id, (&renewal.old, &renewal.new))?;
    Ok(tx.unrecorded("the same password, hashed as it is today", written))
}
