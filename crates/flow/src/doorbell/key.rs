//! The key by which push services know us: made at the first start, and kept, since every subscription belongs to it.

use model::cx::Cx;
use model::fault::Fault;
use model::push::PushKey;
use store::{Store, push_keys};

const UNUSABLE: &str = "the key for push services";

/// The key; none before the first start.
///
/// # Errors
/// A fault of the store, or of the key.
pub fn find(store: &Store) -> Result<Option<PushKey>, Fault> {
    let keys = store.keys();
    let kept = store.read(|reader| push_keys::find(reader, keys))?;
    kept.map(|pkcs8| PushKey::read(&pkcs8).map_err(|fault| Fault::new(UNUSABLE, fault))).transpose()
}

/// The key, which is made if there is none. Several nodes may do so at once: one is first.
///
/// # Errors
/// A fault of the store, or when the system gives no random bytes.
pub fn settle(store: &Store, mut cx: Cx) -> Result<PushKey, Fault> {
    if let Some(key) = find(store)? {
        return Ok(key);
    }
    let made = PushKey::generate().map_err(|fault| Fault::new(UNUSABLE, fault))?;
    let sealed = push_keys::seal(store.keys(), &mut cx.entropy, made.expose())?;
    let now = cx.now;
    store.write_now(move |tx| {
        push_keys::claim_insert(tx, &sealed, now)?;
        Ok(tx.unrecorded("it signs nothing that concerns anybody", ()))
    })?;
    find(store)?.ok_or(Fault::plain("the key for push services was not kept"))
}
