//! The key of the record: made at the first start, and followed by another one when an operator wants that.

use std::sync::{Arc, Mutex, PoisonError};

use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::record_key::RecordKey;
use model::time::Time;
use store::record_keys::{self, Kept};
use store::{Recorded, Store, Tx};
use wire::record::note::{VerifierKey, VerifierKeys};

use crate::by::By;

const UNUSABLE: &str = "the key of the record";

/// The key that signs; none before the first start.
///
/// # Errors
/// A fault of the store, or of the key.
pub fn active(store: &Store) -> Result<Option<RecordKey>, Fault> {
    let kept = store.read(record_keys::active)?;
    kept.map(|kept| read(store, &kept)).transpose()
}

/// The key that a node has unsealed, for as long as it is the one that signs.
#[derive(Debug, Default)]
pub struct Held(Mutex<Option<Arc<RecordKey>>>);

impl Held {
    /// The key that `kept` is, unsealed only where another one was held before.
    ///
    /// # Errors
    /// A fault of the key.
    pub(crate) fn of(&self, store: &Store, kept: &Kept) -> Result<Arc<RecordKey>, Fault> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = held.as_ref().filter(|key| key.public() == &kept.public) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(read(store, kept)?);
        *held = Some(Arc::clone(&key));
        Ok(key)
    }
}

fn read(store: &Store, kept: &Kept) -> Result<RecordKey, Fault> {
    let private = kept.private(store.keys())?.ok_or(Fault::plain("the key of the record is empty"))?;
    let key = RecordKey::read(kept.public.name(), &private).map_err(|fault| Fault::new(UNUSABLE, fault))?;
    if key.public() == &kept.public { Ok(key) } else { Err(Fault::plain("the key of the record is another")) }
}

/// A key as others see it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its public half, with its name.
    pub public: VerifierKey,
    /// Whether it signs.
    pub active: bool,
    /// Since when it does, or did.
    pub since: Time,
}

/// Every key, the one that signs first.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store) -> Result<Vec<Shown>, Fault> {
    let kept = store.read(record_keys::list)?;
    Ok(kept
        .into_iter()
        .map(|key| Shown { public: key.public, active: key.active, since: key.since })
        .collect())
}

/// All keys that something of ours may be signed by.
///
/// # Errors
/// A fault of the store.
pub fn verifying(store: &Store) -> Result<VerifierKeys, Fault> {
    Ok(VerifierKeys::of(list(store)?.into_iter().map(|key| key.public).collect()))
}

/// A key that was made and sealed, and that nobody knows yet.
#[derive(Clone, Debug)]
pub struct Spare {
    public: VerifierKey,
    sealed: Vec<u8>,
}

impl Spare {
    /// Makes a key of `name`.
    ///
    /// # Errors
    /// A fault when the system gives no random bytes, or for a name that no key can have.
    pub fn make(name: &str, keys: &Keys, entropy: &mut Entropy) -> Result<Self, Fault> {
        let unusable = |fault| Fault::new(UNUSABLE, fault);
        let pkcs8 = RecordKey::generate().map_err(unusable)?;
        let key = RecordKey::read(name, &pkcs8).map_err(unusable)?;
        let sealed = record_keys::seal(keys, entropy, key.public(), pkcs8.expose())?;
        Ok(Self { public: key.public().clone(), sealed })
    }
}

/// Makes the first key, if there is none; its name stays that of the record, whatever the site is called later.
///
/// # Errors
/// A fault of the store, or when the system gives no random bytes.
pub fn settle(store: &Store, mut cx: Cx, name: &str) -> Result<(), Fault> {
    if store.read(record_keys::active)?.is_some() {
        return Ok(());
    }
    let spare = Spare::make(name, store.keys(), &mut cx.entropy)?;
    store.write_now(move |tx| {
        if !record_keys::claim_active(tx, &spare.public, &spare.sealed, cx.now)? {
            return Ok(tx.unrecorded("another node was first", ()));
        }
        let made = made(&mut cx, &spare)?;
        tx.record(&[made], ())
    })
}

/// Lets `spare` sign from now on; the private half of the one before it goes.
///
/// # Errors
/// A fault of the store.
pub fn succeed(tx: &mut Tx<'_>, cx: &mut Cx, spare: &Spare, by: &By) -> Result<Recorded<VerifierKey>, Fault> {
    if let Some(before) = record_keys::active(tx)? {
        record_keys::claim_retire(tx, &before.public)?;
    }
    if !record_keys::claim_active(tx, &spare.public, &spare.sealed, cx.now)? {
        return Err(Fault::plain("the key of the record changes at this moment").conflict());
    }
    let event = by.sign(made(cx, spare)?);
    tx.record(&[event], spare.public.clone())
}

fn made(cx: &mut Cx, spare: &Spare) -> Result<Event, Fault> {
    let kind = EventKind::RecordKeyMade { key: spare.public.to_string() };
    Ok(Event::new(cx, Subject::Site, kind)?)
}
