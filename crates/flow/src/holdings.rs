//! "What do you hold about this address?" Anybody asks; the answer goes to the address itself, as a link to a page.
//!
//! The link is a sealed value that says which address and until when: there is nothing to keep, nothing to clear away, and
//! whoever has not read the mail cannot make one. The page changes nothing; its buttons only ever reduce what leaves.
//!
//! Implements: `threats.md` §5.2 rows 12, 14.

use std::time::Duration;

use model::address::Address;
use model::cx::Cx;
use model::digest::{Digest, Keys};
use model::event::{Actor, AddressKind, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, MessageId};
use model::message::MessageKind;
use model::notice::{Notice, What};
use model::refusal::Refusal;
use model::source::Source;
use model::time::Time;
use store::outbox::{self, Queued};
use store::{
    Reader, Recorded, Store, Tx, accounts, addresses, destinations, recovery_addresses, refusing_mail, seal,
};

use crate::Outcome;
use crate::address::masked_shown;
use crate::budget::{self, Standing, Way};
use crate::notice::{self, Telling, Whom};

/// How long a link works.
pub const LINK: Duration = Duration::from_secs(24 * 60 * 60);

/// How long an address stays after its owner asked that it go.
pub const DELAY: Duration = Duration::from_secs(72 * 60 * 60);

/// What links are sealed for.
const PLACE: &[u8] = b"what do you hold about this address";

/// How long what is sealed is: two digests and a time, a nonce before and a tag behind.
pub const SEALED: usize = 16 + 16 + 8 + 12 + 16;

/// Whom a link is for, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    identity: Digest,
    destination: Digest,
    /// Until when it works.
    pub until: Time,
}

impl Link {
    fn seal(&self, keys: &Keys, cx: &mut Cx) -> Result<String, Fault> {
        let until = self.until.micros().to_be_bytes();
        let plain = [&self.identity.bytes()[..], &self.destination.bytes()[..], &until[..]].concat();
        Ok(wire::token::encode(&seal::seal(keys, &mut cx.entropy, PLACE, &plain)?))
    }

    /// Reads a link; none if it is not one of ours, or too old.
    #[must_use]
    pub fn open(keys: &Keys, cx: &Cx, token: &str) -> Option<Self> {
        let sealed = wire::token::decode::<SEALED>(token).ok()?;
        let plain = seal::open(keys, PLACE, &sealed).ok()?;
        let (identity, rest) = plain.expose().split_first_chunk::<16>()?;
        let (destination, rest) = rest.split_first_chunk::<16>()?;
        let until = Time::from_micros(i64::from_be_bytes(rest.try_into().ok()?));
        let link = Self {
            identity: Digest::from_bytes(*identity),
            destination: Digest::from_bytes(*destination),
            until,
        };
        (cx.now < until).then_some(link)
    }
}

/// A question with everything that can be made before the transaction.
pub struct Prepared {
    address: Address,
    source: Source,
    message: MessageId,
    until: Time,
    sealed_to: Vec<u8>,
}

/// Seals the link and the address.
///
/// # Errors
/// A fault of sealing.
pub fn prepare(store: &Store, cx: &mut Cx, address: Address, source: Source) -> Result<Prepared, Fault> {
    let keys = store.keys();
    let until = cx.now + LINK;
    let link = Link { identity: address.identity(), destination: address.destination(), until };
    let path = format!("/about-this-address/{}", link.seal(keys, cx)?);
    let message = MessageId::new(cx)?;
    let sealed_to = outbox::seal_to_with(keys, &mut cx.entropy, message, (address.as_str(), Some(&path)))?;
    let source = source.kept(cx.policy.keep_addresses);
    Ok(Prepared { address, source, message, until, sealed_to })
}

/// Queues the mail with the link, if the destination may get one: like a code mail that a stranger asks for, though not
/// kept back by "I refuse all mail", which this is the way out of. The same steps whatever is held.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, asked: &Prepared) -> Result<Recorded<()>, Fault> {
    let key = asked.address.destination();
    let mut taken = destinations::take(tx, &key)?;
    let slot = budget::take_slot(&cx.policy, cx.now, &mut taken.state, Way::mail(Standing::Stranger));
    let told = budget::count_told(&mut taken.state, cx.now);
    destinations::put(tx, &taken, cx.now)?;
    let held = held(tx, &asked.address.identity())?;
    let notice = Notice {
        what: What::Holdings { until: asked.until },
        at: cx.now,
        source: Some(asked.source),
        more: 0,
    };
    let queued = Queued {
        id: asked.message,
        kind: MessageKind::Notice,
        account: None,
        request: None,
        count: 0,
        since: None,
        decoy: slot.is_err(),
    };
    outbox::enqueue_notice(tx, &queued, &notice, &asked.sealed_to, cx.now)?;
    if !told {
        return Ok(tx.unrecorded("counted in `destinations`; a flood leaves a hundred events a day", ()));
    }
    let mut subjects: Vec<Subject> = held.accounts().map(Subject::Account).collect();
    subjects.dedup();
    if subjects.is_empty() {
        subjects.push(Subject::address(&key, asked.address.masked()));
    }
    let mut events = Vec::new();
    for subject in subjects {
        let event = Event::new(cx, subject, EventKind::HoldingsAsked)?;
        events.push(event.by(Actor::Visitor, Some(asked.source)));
    }
    tx.record(&events, ())
}

/// What is held about an address.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// The account that it signs in to.
    pub signs_in: Option<SignsIn>,
    /// The accounts that it is a recovery address of.
    pub recovers: Vec<Recovers>,
    /// Since when all mail to it is refused.
    pub refused: Option<Time>,
}

/// The account that an address signs in to.
#[derive(Clone, Debug)]
pub struct SignsIn {
    /// The account.
    pub account: AccountId,
    /// What it is called: in full where the address is it, masked otherwise.
    pub called: String,
    /// Whether the address is its main one.
    pub main: bool,
    /// Whether sign-in by it is on.
    pub sign_in: bool,
    /// When it was confirmed.
    pub confirmed_at: Time,
}

/// An account that an address is a recovery address of.
#[derive(Clone, Debug)]
pub struct Recovers {
    /// The account.
    pub account: AccountId,
    /// What it is called, masked.
    pub called: String,
    /// When the address was confirmed last.
    pub confirmed_at: Time,
    /// When it goes, if that was asked.
    pub detach_at: Option<Time>,
}

impl Holdings {
    fn accounts(&self) -> impl Iterator<Item = AccountId> {
        let signs_in = self.signs_in.iter().map(|it| it.account);
        signs_in.chain(self.recovers.iter().map(|it| it.account))
    }
}

/// What is held, for whoever holds the link.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, link: &Link) -> Result<Holdings, Fault> {
    store.read(|reader| {
        let refused = refusing_mail::find(reader, &link.destination)?;
        Ok(Holdings { refused, ..held(reader, &link.identity)? })
    })
}

fn held(reader: &mut Reader<'_>, identity: &Digest) -> Result<Holdings, Fault> {
    let mut holdings = Holdings::default();
    let account = accounts::find_by_identity(reader, identity)?;
    // Where there is none, the addresses of no account are looked for: the same work.
    let id = account.as_ref().map_or(AccountId::from_bytes(*identity.bytes()), |account| account.id);
    let all = addresses::list(reader, id)?;
    if let Some(account) = account
        && let Some(it) = all.iter().find(|it| it.kind == AddressKind::Mail && it.identity.matches(identity))
    {
        holdings.signs_in = Some(SignsIn {
            account: account.id,
            called: if it.main { account.address.clone() } else { masked_shown(&account.address) },
            main: it.main,
            sign_in: it.sign_in,
            confirmed_at: it.confirmed_at,
        });
    }
    for (it, main) in recovery_addresses::list_of(reader, identity)? {
        holdings.recovers.push(Recovers {
            account: it.account,
            called: masked_shown(&main),
            confirmed_at: it.confirmed_at,
            detach_at: it.detach_at,
        });
    }
    Ok(holdings)
}

/// What whoever reads the mail wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// That the address be taken away from an account that it is a recovery address of.
    Detach(AccountId),
    /// That it stay after all.
    Stay(AccountId),
    /// That no mail leaves for it any more.
    Refuse,
    /// That mail may leave for it again.
    Accept,
}

/// Does it. Wishing the same twice changes nothing more.
///
/// # Errors
/// A fault of the store.
pub fn wish(tx: &mut Tx<'_>, cx: &mut Cx, link: &Link, wish: Wish, source: Source) -> Outcome<()> {
    const BEFORE: &str = "it was so before";
    let source = source.kept(cx.policy.keep_addresses);
    let by = |event: Event| event.by(Actor::Recipient, Some(source));
    match wish {
        Wish::Detach(account) => {
            let all = recovery_addresses::list(tx, account)?;
            let Some(it) = all.iter().find(|it| it.identity.matches(&link.identity)) else {
                return Ok(tx.unrecorded("nothing to detach", Err(Refusal::AddressUnknown)));
            };
            let at = cx.now + DELAY;
            if !recovery_addresses::claim_detach(tx, account, &link.identity, at)? {
                return Ok(tx.unrecorded(BEFORE, Ok(())));
            }
            let address = masked_shown(&it.shown);
            let what = What::DetachingAsked { address: address.clone(), at };
            notice::tell(tx, cx, account, Telling::of(what), Whom::Others(&link.identity))?;
            let kind = EventKind::DetachingAsked { address, at };
            let event = by(Event::new(cx, Subject::Account(account), kind)?);
            tx.record(&[event], Ok(()))
        }
        Wish::Stay(account) => {
            let all = recovery_addresses::list(tx, account)?;
            let it = all.iter().find(|it| it.identity.matches(&link.identity));
            let Some(it) = it else {
                return Ok(tx.unrecorded("nothing that could stay", Err(Refusal::AddressUnknown)));
            };
            if !recovery_addresses::claim_stay(tx, account, &link.identity)? {
                return Ok(tx.unrecorded(BEFORE, Ok(())));
            }
            let kind = EventKind::AddressConfirmed { address: masked_shown(&it.shown) };
            let event = by(Event::new(cx, Subject::Account(account), kind)?);
            tx.record(&[event], Ok(()))
        }
        Wish::Refuse | Wish::Accept => {
            let refused = wish == Wish::Refuse;
            // Under the lock of its budget: no mail is decided on meanwhile.
            let _held = destinations::take(tx, &link.destination)?;
            let changed = if refused {
                refusing_mail::claim_refuse(tx, &link.destination, cx.now)?
            } else {
                refusing_mail::claim_accept(tx, &link.destination)?
            };
            if !changed {
                return Ok(tx.unrecorded(BEFORE, Ok(())));
            }
            let mut subjects: Vec<Subject> =
                held(tx, &link.identity)?.accounts().map(Subject::Account).collect();
            subjects.dedup();
            if subjects.is_empty() {
                subjects.push(Subject::address(&link.destination, String::new()));
            }
            let mut events = Vec::new();
            for subject in subjects {
                events.push(by(Event::new(cx, subject, EventKind::MailRefused { refused })?));
            }
            tx.record(&events, Ok(()))
        }
    }
}
