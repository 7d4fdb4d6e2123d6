//! The keys that tokens are signed with: this node's, in memory, and the schedule by which one follows another.
//!
//! Implements: RFC 9700 §2.6 and OpenID Connect Core §10.1.1 (rotation: published before use, kept after it). Every step is
//! one conditional statement, so that it does not matter how many nodes, or operators, take it at the same time; a lease
//! keeps them from making keys in vain.

use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::refusal::Refusal;
use model::secret::Secret;
use model::signing_key::{KeyFault, KeyKind, KeyRecord, KeyState, SigningKey, Step};
use store::signing_keys::{self, New};
use store::{Recorded, Store, Tx};
use wire::jose::jwk::{Jwk, Thumbprint};
use wire::jose::jwk_set::JwkSet;

use crate::Outcome;
use crate::by::By;
use crate::lease::{self, Job, Node};

/// More steps than the schedule ever has to take for one kind at once: a key or two, and those that are retired.
const MOST_STEPS: usize = 64;

const UNUSABLE: &str = "a signing key";

/// The signing keys of this node, unsealed and parsed once. It never changes: another one takes its place.
#[derive(Debug)]
pub struct Keyring {
    es256: SigningKey,
    ed_dsa: SigningKey,
    rs256: SigningKey,
    public: JwkSet,
    records: Vec<KeyRecord>,
}

impl Keyring {
    /// Takes the keys of the store.
    ///
    /// # Errors
    /// A fault of the store, or of a key; one, too, when no key of some kind signs yet: see [`settle`].
    pub fn load(store: &Store) -> Result<Self, Fault> {
        let mut kept = store.read(signing_keys::list_kept)?;
        let records = kept.iter().map(|key| key.record).collect();
        let signer = |kind: KeyKind| {
            let active =
                |key: &&signing_keys::Kept| key.record.kind == kind && key.record.state == KeyState::Active;
            // The newest, should there be two.
            let key = kept.iter().filter(active).max_by_key(|key| (key.record.since, key.record.id));
            let key = key.ok_or(Fault::plain("no signing key of some kind is active"))?;
            let private = key.private(store.keys())?.ok_or(Fault::plain("an active signing key is empty"))?;
            let read = SigningKey::read(kind, &private).map_err(unusable)?;
            if read.id() == key.record.id { Ok(read) } else { Err(Fault::plain("a signing key is another")) }
        };
        let (es256, ed_dsa, rs256) =
            (signer(KeyKind::Es256)?, signer(KeyKind::EdDsa)?, signer(KeyKind::Rs256)?);
        // Those that sign come first: some clients take the first key that fits.
        kept.sort_by_key(|key| (place_of_state(key.record.state), place_of_kind(key.record.kind)));
        let public = JwkSet::new(kept.into_iter().map(|key| key.public).collect());
        Ok(Self { es256, ed_dsa, rs256, public, records })
    }

    /// The key of this kind that signs.
    #[must_use]
    pub const fn signer(&self, kind: KeyKind) -> &SigningKey {
        match kind {
            KeyKind::Es256 => &self.es256,
            KeyKind::EdDsa => &self.ed_dsa,
            KeyKind::Rs256 => &self.rs256,
        }
    }

    /// All keys by which something of ours may have to be verified, those that will sign included.
    #[must_use]
    pub const fn public(&self) -> &JwkSet {
        &self.public
    }

    /// Whether these are still the keys of the store, each in its state.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn is_current(&self, store: &Store) -> Result<bool, Fault> {
        Ok(store.read(signing_keys::list)? == self.records)
    }
}

const fn place_of_state(state: KeyState) -> u8 {
    match state {
        KeyState::Active => 0,
        KeyState::Published => 1,
        KeyState::Retired => 2,
    }
}

const fn place_of_kind(kind: KeyKind) -> u8 {
    match kind {
        KeyKind::Es256 => 0,
        KeyKind::EdDsa => 1,
        KeyKind::Rs256 => 2,
    }
}

fn unusable(fault: KeyFault) -> Fault {
    Fault::new(UNUSABLE, fault)
}

/// A key that was made and sealed, and that nobody knows yet. Made outside of any transaction: RSA takes its time.
#[derive(Clone, Debug)]
pub struct Spare {
    kind: KeyKind,
    public: Jwk,
    sealed: Vec<u8>,
}

impl Spare {
    /// Makes a key.
    ///
    /// # Errors
    /// A fault when the system gives no random bytes.
    pub fn make(kind: KeyKind, keys: &Keys, entropy: &mut Entropy) -> Result<Self, Fault> {
        let pkcs8 = SigningKey::generate(kind).map_err(unusable)?;
        Self::of(kind, &pkcs8, keys, entropy)
    }

    /// Takes a private half that was made elsewhere (PKCS #8).
    ///
    /// # Errors
    /// A fault when it is no key of this kind.
    pub fn of(
        kind: KeyKind,
        pkcs8: &Secret<Vec<u8>>,
        keys: &Keys,
        entropy: &mut Entropy,
    ) -> Result<Self, Fault> {
        let key = SigningKey::read(kind, pkcs8).map_err(unusable)?;
        let sealed = signing_keys::seal(keys, entropy, key.id(), pkcs8.expose())?;
        Ok(Self { kind, public: key.public().clone(), sealed })
    }

    /// Its thumbprint.
    #[must_use]
    pub fn id(&self) -> Thumbprint {
        self.public.thumbprint()
    }

    fn new(&self) -> New<'_> {
        New { id: self.id(), kind: self.kind, public: &self.public, sealed: &self.sealed }
    }
}

/// Whether the schedule has a step to take, and of which kinds a key has to be made for it; none when there is nothing to do.
///
/// # Errors
/// A fault of the store.
pub fn due(store: &Store, cx: &Cx) -> Result<Option<Vec<KeyKind>>, Fault> {
    let all = store.read(signing_keys::list)?;
    let next = |kind| cx.policy.signing_keys.next(&of_kind(&all, kind), cx.now);
    let steps: Vec<(KeyKind, Step)> =
        KeyKind::ALL.into_iter().filter_map(|kind| Some((kind, next(kind)?))).collect();
    let wanted = steps.iter().filter(|(_, step)| *step == Step::Publish).map(|(kind, _)| *kind).collect();
    Ok((!steps.is_empty()).then_some(wanted))
}

fn of_kind(all: &[KeyRecord], kind: KeyKind) -> Vec<KeyRecord> {
    all.iter().filter(|key| key.kind == kind).copied().collect()
}

/// Takes every step that is due and for which there is a key, and says how many; none when `node` does not hold the lease
/// any more, and nothing was written.
///
/// # Errors
/// A fault of the store.
pub fn rotate(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    spares: &[Spare],
    node: Option<&Node>,
) -> Result<Recorded<Option<usize>>, Fault> {
    if let Some(node) = node
        && !lease::claim(tx, cx, Job::Keys, node)?
    {
        return Ok(tx.unrecorded("another node does it now", None));
    }
    let mut events = Vec::new();
    for kind in KeyKind::ALL {
        let mut spare = spares.iter().find(|spare| spare.kind == kind);
        for _ in 0..MOST_STEPS {
            let keys = of_kind(&signing_keys::list(tx)?, kind);
            let Some(step) = cx.policy.signing_keys.next(&keys, cx.now) else { break };
            let before = events.len();
            match step {
                Step::Publish => {
                    if let Some(spare) = spare.take() {
                        events.extend(publish(tx, cx, spare)?);
                    }
                }
                Step::Activate(id) => events.extend(activate(tx, cx, (id, kind), &keys)?),
                Step::Retire(id) => events.extend(retired(tx, cx, (id, kind))?),
                Step::Remove(id) => events.extend(removed(tx, cx, (id, kind))?),
            }
            // No key to publish, or somebody else took the step meanwhile.
            if events.len() == before {
                break;
            }
        }
    }
    let steps = events.len();
    tx.record(&events, Some(steps))
}

/// Makes the keys that are wanted and takes all steps that are due, one transaction after the other, waiting for each: at
/// the start of a server, for its worker, and for tests. `node` has to hold the lease of [`Job::Keys`], where there is one.
/// Says whether anything was done.
///
/// # Errors
/// A fault of the store, or when the system gives no random bytes.
pub fn settle(store: &Store, context: &dyn Fn() -> Cx, node: Option<Node>) -> Result<bool, Fault> {
    let mut done = false;
    while let Some(wanted) = due(store, &context())? {
        let mut cx = context();
        let made = wanted.into_iter().map(|kind| Spare::make(kind, store.keys(), &mut cx.entropy));
        let spares = made.collect::<Result<Vec<_>, _>>()?;
        let taken = store.write_now(move |tx| rotate(tx, &mut cx, &spares, node.as_ref()))?;
        // Another node was quicker: what it did is looked at when there is something to do again.
        if taken.unwrap_or(0) == 0 {
            break;
        }
        done = true;
    }
    Ok(done)
}

/// How every key stands, in the order of kinds and states.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store) -> Result<Vec<KeyRecord>, Fault> {
    let mut all = store.read(signing_keys::list)?;
    all.sort_by_key(|key| (place_of_kind(key.kind), place_of_state(key.state), key.since, key.id));
    Ok(all)
}

/// Publishes `spare` as the successor of the key that signs, unless there is one already; with `at_once` the successor signs
/// from now on. Says which key that is.
///
/// # Errors
/// A fault of the store. Never refused.
pub fn succeed(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (spare, at_once): (&Spare, bool),
    by: &By,
) -> Outcome<KeyRecord> {
    let mut events: Vec<Event> = Vec::new();
    let waiting = |keys: &[KeyRecord]| keys.iter().find(|key| key.state == KeyState::Published).copied();
    let mut keys = of_kind(&signing_keys::list(tx)?, spare.kind);
    if waiting(&keys).is_none() {
        events.extend(publish(tx, cx, spare)?);
        keys = of_kind(&signing_keys::list(tx)?, spare.kind);
    }
    // Published by somebody else meanwhile, and active already: then nothing is left to be done.
    let Some(mut next) = waiting(&keys) else {
        return Err(Fault::plain("signing keys change at this moment").conflict());
    };
    if at_once {
        events.extend(activate(tx, cx, (next.id, next.kind), &keys)?);
        next = KeyRecord { state: KeyState::Active, since: cx.now, ..next };
    }
    if events.is_empty() {
        return Ok(tx.unrecorded("a successor is published already", Ok(next)));
    }
    let signed: Vec<Event> = events.into_iter().map(|event| by.sign(event)).collect();
    tx.record(&signed, Ok(next))
}

/// Retires a key: it signs no more, and its private half is gone. If it was the one that signs, its published successor does
/// from now on, or `spare`, whether everybody knows that one or not. With `remove` it leaves the key set as well: nothing
/// that it signed is accepted any more.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::KeyUnknown`]; [`Refusal::KeyRetired`] unless it is to be removed.
pub fn retire(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (id, spare, remove): (Thumbprint, &Spare, bool),
    by: &By,
) -> Outcome<()> {
    let all = signing_keys::list(tx)?;
    let Some(key) = all.iter().find(|key| key.id == id).copied() else {
        return Ok(tx.unrecorded("no such key", Err(Refusal::KeyUnknown)));
    };
    let mut events: Vec<Event> = Vec::new();
    match key.state {
        KeyState::Retired if !remove => {
            return Ok(tx.unrecorded("it is retired", Err(Refusal::KeyRetired)));
        }
        KeyState::Retired => {}
        KeyState::Published => events.extend(retired(tx, cx, (id, key.kind))?),
        KeyState::Active => {
            let mut keys = of_kind(&all, key.kind);
            let published = |keys: &[KeyRecord]| {
                keys.iter().find(|key| key.state == KeyState::Published).map(|key| key.id)
            };
            if published(&keys).is_none() {
                events.extend(publish(tx, cx, spare)?);
                keys = of_kind(&signing_keys::list(tx)?, key.kind);
            }
            let Some(next) = published(&keys) else {
                return Err(Fault::plain("signing keys change at this moment").conflict());
            };
            events.extend(activate(tx, cx, (next, key.kind), &keys)?);
        }
    }
    if remove {
        events.extend(removed(tx, cx, (id, key.kind))?);
    }
    let signed: Vec<Event> = events.into_iter().map(|event| by.sign(event)).collect();
    tx.record(&signed, Ok(()))
}

fn publish(tx: &mut Tx<'_>, cx: &mut Cx, spare: &Spare) -> Result<Option<Event>, Fault> {
    let claimed = signing_keys::claim_publish(tx, spare.new(), cx.now)?;
    let kind = EventKind::SigningKeyPublished { key: spare.id().to_string(), kind: spare.kind };
    said(cx, claimed, kind)
}

/// Lets a key sign, and retires whichever of its kind did: never two, and never none.
fn activate(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (id, kind): (Thumbprint, KeyKind),
    keys: &[KeyRecord],
) -> Result<Vec<Event>, Fault> {
    let mut events = Vec::new();
    if !signing_keys::claim_activate(tx, id, cx.now)? {
        return Ok(events);
    }
    events.extend(said(cx, true, EventKind::SigningKeyActivated { key: id.to_string(), kind })?);
    for before in keys.iter().filter(|key| key.state == KeyState::Active && key.id != id) {
        events.extend(retired(tx, cx, (before.id, kind))?);
    }
    Ok(events)
}

fn retired(tx: &mut Tx<'_>, cx: &mut Cx, (id, kind): (Thumbprint, KeyKind)) -> Result<Option<Event>, Fault> {
    let claimed = signing_keys::claim_retire(tx, id, cx.now)?;
    said(cx, claimed, EventKind::SigningKeyRetired { key: id.to_string(), kind })
}

fn removed(tx: &mut Tx<'_>, cx: &mut Cx, (id, kind): (Thumbprint, KeyKind)) -> Result<Option<Event>, Fault> {
    let claimed = signing_keys::claim_remove(tx, id)?;
    said(cx, claimed, EventKind::SigningKeyRemoved { key: id.to_string(), kind })
}

fn said(cx: &mut Cx, claimed: bool, kind: EventKind) -> Result<Option<Event>, Fault> {
    if claimed { Ok(Some(Event::new(cx, Subject::Site, kind)?)) } else { Ok(None) }
}
