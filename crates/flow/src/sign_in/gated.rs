//! Is a request for a code past the gate of its account? The one place that asks, for every door by which a code is mailed.
//!
//! What is stopped is a decoy like a request for an address that nobody has ([0001](../../../docs/decisions/0001-decoys-all-the-way.md)):
//! the same statements, the same page, the same slots taken. A gate word that was typed is compared, and a wrong one counted,
//! by the same statements whether or not there is an account, and whatever its gate is.

use model::budget::{MailTimes, Slot};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::NotSent;
use model::fault::Fault;
use model::gate::{Brought, Layers, Passed, WORDS_OF_ALL, WORDS_OF_NETWORK, Word, decide};
use model::id::AccountId;
use model::policy::Policy;
use model::source::Source;
use model::time::Time;
use store::gates::{self, Kept};

use store::{Later, Reader, Store, Tx, accounts, gate_guesses};
use wire::gate_word::GateWord;
use wire::http::forwarded::network_of;

/// The layers that have a say for an account.
#[must_use]
pub fn layers(policy: &Policy, kept: &Kept) -> Layers {
    Layers { installation: policy.gate, tenant: kept.tenant, own: kept.own, looser: policy.gate_looser }
}

/// The digest of a gate word, worth something for one account only.
#[must_use]
pub fn digest(keys: &Keys, account: AccountId, word: &GateWord) -> Digest {
    keys.digest(Of::GateWord, &[account.bytes(), word.bytes()])
}

/// A gate word that somebody typed, with everything that is made before the transaction.
pub(super) struct Typed {
    digest: Digest,
    /// Whose wrong words these are counted with.
    network: Digest,
    all: Digest,
}

/// For whom a word was typed, and from where.
pub(super) struct For<'a> {
    /// The identity by which the account was named.
    pub(super) named: &'a Digest,
    /// The account where there is none.
    pub(super) nobody: AccountId,
    /// The mailbox.
    pub(super) destination: &'a Digest,
    /// From where.
    pub(super) source: &'a Source,
}

/// Reads which account is meant and computes the digests: the same work for known and unknown addresses.
///
/// # Errors
/// A fault of the store.
pub(super) fn prepare(store: &Store, whom: &For<'_>, word: &GateWord) -> Result<Typed, Fault> {
    let found = store.read(|reader| accounts::ask_address(reader, whom.named)?.get(reader))?;
    let keys = store.keys();
    let network = whom.source.address.map_or_else(String::new, network_of);
    let count = |place: &[u8]| keys.digest(Of::Token, &[b"gate words", whom.destination.bytes(), place]);
    Ok(Typed {
        digest: digest(keys, found.map_or(whom.nobody, |found| found.account), word),
        network: count(network.as_bytes()),
        all: count(b"everywhere"),
    })
}

/// Reads what [`ask`] will.
///
/// # Errors
/// A fault of the store.
pub(super) fn look(reader: &mut Reader<'_>, account: AccountId, typed: Option<&Typed>) -> Result<(), Fault> {
    gates::ask(reader, account)?.get(reader)?;
    if let Some(typed) = typed {
        gate_guesses::ask(reader, &typed.network)?.get(reader)?;
        gate_guesses::ask(reader, &typed.all)?.get(reader)?;
    }
    Ok(())
}

/// What stands before the code, asked for.
pub(super) struct Asked<'t> {
    kept: Later<Option<Kept>>,
    typed: Option<AskedTyped<'t>>,
}

/// A word that was typed, with when there were wrong ones.
struct AskedTyped<'t> {
    typed: &'t Typed,
    network: Later<Option<MailTimes>>,
    all: Later<Option<MailTimes>>,
}

/// Asks for it; with the destination in hand.
///
/// # Errors
/// A fault of the store.
pub(super) fn ask<'t>(
    tx: &mut Tx<'_>,
    account: AccountId,
    typed: Option<&'t Typed>,
) -> Result<Asked<'t>, Fault> {
    let kept = gates::ask(tx, account)?;
    let typed = match typed {
        None => None,
        Some(typed) => {
            let network = gate_guesses::ask(tx, &typed.network)?;
            Some(AskedTyped { typed, network, all: gate_guesses::ask(tx, &typed.all)? })
        }
    };
    Ok(Asked { kept, typed })
}

impl Asked<'_> {
    /// Whether the request is past the gate; a wrong word is counted.
    ///
    /// # Errors
    /// A fault of the store.
    pub(super) fn judge(
        self,
        tx: &mut Tx<'_>,
        cx: &Cx,
        (known, by_name): (bool, bool),
    ) -> Result<Result<Passed, NotSent>, Fault> {
        let kept = self.kept.get(tx)?.unwrap_or_default();
        // Who brings the word of a window is not counted with those who guess at the gate word, and not stopped because of them.
        let open = kept.open.filter(|(until, _)| cx.now < *until);
        let announced =
            open.zip(self.typed.as_ref()).is_some_and(|((_, word), asked)| word.matches(&asked.typed.digest));
        let word = match self.typed {
            None => Word::None,
            Some(AskedTyped { typed, network, all }) => {
                let mut network = network.get(tx)?.unwrap_or_default();
                let mut all = all.get(tx)?.unwrap_or_default();
                let right = kept.word.is_some_and(|(own, _)| own.matches(&typed.digest));
                let word = weigh((&mut network, &mut all), right || known || announced, cx.now);
                gate_guesses::put(tx, &typed.network, &network, cx.now)?;
                gate_guesses::put(tx, &typed.all, &all, cx.now)?;
                word
            }
        };
        let brought = Brought { known, by_name, word, announced };
        Ok(decide(layers(&cx.policy, &kept).gate(), &brought))
    }
}

/// What a word is worth; a wrong one is counted, and after too many a right one is worth nothing either.
fn weigh((network, all): (&mut MailTimes, &mut MailTimes), right: bool, now: Time) -> Word {
    let free = network.slot(now, WORDS_OF_NETWORK) == Slot::Free && all.slot(now, WORDS_OF_ALL) == Slot::Free;
    match (free, right) {
        (false, _) => Word::Spent,
        (true, true) => Word::Right,
        (true, false) => {
            network.take(now);
            all.take(now);
            Word::Wrong
        }
    }
}
