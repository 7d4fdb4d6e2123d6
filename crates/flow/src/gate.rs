//! What the owner of an account, and an operator, does with its gate. Whether a request is past it: [`crate::sign_in::gated`].
//!
//! Implements: `threats.md` §6 ideas 7 and 8, §5.2 row 3.

use model::authenticator::AuthenticatorKind;
use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, AddressKind, Event, EventKind, Subject};
use model::fault::Fault;
use model::gate::{Gate, Layers, OPERATORS_WINDOW, WINDOW};
use model::id::AccountId;
use model::method::{Method, Use};
use model::notice::What;
use model::reference;
use model::refusal::Refusal;
use model::secret::Secret;
use model::source::Source;
use model::time::Time;
use store::gates::{self, Change, Kept};
use store::{Reader, Store, Tx, accounts, addresses, authenticators, recovery_codes};
use wire::gate_word::GateWord;

use crate::Outcome;
use crate::by::By;
use crate::notice::{self, Telling, Whom};
use crate::session::Visitor;
use crate::sign_in::gated::{digest, layers};
use crate::{Recorded, methods};

/// What stands before the code of an account, as its owner may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Who says what.
    pub layers: Layers,
    /// Since when there is a gate word.
    pub word_since: Option<Time>,
    /// Whether there is a private name.
    pub name: bool,
    /// Until when whoever types the words of a window is expected.
    pub open_until: Option<Time>,
    /// What lets its owner in from an unknown browser without any mail.
    pub beside: Beside,
}

/// What lets the owner of an account in from an unknown browser without a code by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// A passkey.
    pub passkey: bool,
    /// A password.
    pub password: bool,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
}

impl Beside {
    /// Whether there is anything.
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.passkey || self.password || self.recovery_codes > 0
    }
}

/// Looks.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, visitor: &Visitor) -> Result<Shown, Fault> {
    store.read(|reader| {
        let kept = gates::find(reader, visitor.account.id)?;
        shown(reader, cx, visitor, &kept)
    })
}

fn shown(reader: &mut Reader<'_>, cx: &Cx, visitor: &Visitor, kept: &Kept) -> Result<Shown, Fault> {
    let own = addresses::list(reader, visitor.account.id)?;
    Ok(Shown {
        layers: layers(&cx.policy, kept),
        word_since: kept.word.map(|(_, since)| since),
        name: own.iter().any(|kept| kept.kind == AddressKind::Name && kept.sign_in),
        open_until: kept.open.map(|(until, _)| until).filter(|until| cx.now < *until),
        beside: beside(reader, cx, visitor)?,
    })
}

fn beside(reader: &mut Reader<'_>, cx: &Cx, visitor: &Visitor) -> Result<Beside, Fault> {
    let open = methods::of_account(&cx.policy, &visitor.account);
    let (sign_in, recovery) = (open.open(Use::SignIn), open.open(Use::Recovery));
    let kept = authenticators::list(reader, visitor.account.id)?;
    let has = |kind| kept.iter().any(|kept| kept.authenticator.kind == kind);
    let codes = recovery_codes::left(reader, visitor.account.id)?.map_or(0, |left| left.count);
    Ok(Beside {
        passkey: sign_in.has(Method::Passkey) && has(AuthenticatorKind::Passkey),
        password: sign_in.has(Method::Password) && has(AuthenticatorKind::Password),
        recovery_codes: if recovery.has(Method::RecoveryCode) { codes } else { 0 },
    })
}

/// What the owner wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which gate; none: what the site says.
    pub gate: Option<Gate>,
    /// Even though nothing else lets them in once they cannot bring what it asks for.
    pub anyway: bool,
}

/// Sets what the owner says.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::GateLoose`], [`Refusal::GateNameless`], [`Refusal::GateWordless`],
/// [`Refusal::GateLocksOut`].
pub fn choose(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, choice: Choice, source: Source) -> Outcome<()> {
    let id = by.account.id;
    let kept = gates::take(tx, id)?;
    let then = shown(tx, cx, by, &kept)?;
    if let Err(refusal) = fits(&then, choice) {
        return Ok(tx.unrecorded("the owner cannot have this gate", Err(refusal)));
    }
    if kept.own == choice.gate {
        return Ok(tx.unrecorded("it is so already", Ok(())));
    }
    gates::put_gate(tx, id, choice.gate, change(by, cx.now))?;
    changed(tx, cx, by, (EventKind::GateChanged { gate: choice.gate }, source))
}

fn fits(then: &Shown, choice: Choice) -> Result<(), Refusal> {
    let Some(gate) = choice.gate else { return Ok(()) };
    if !then.layers.allows(gate) {
        return Err(Refusal::GateLoose);
    }
    match gate {
        Gate::PrivateName if !then.name => Err(Refusal::GateNameless),
        Gate::GateWord if then.word_since.is_none() => Err(Refusal::GateWordless),
        Gate::PrivateName | Gate::GateWord | Gate::SolicitedOnly
            if !then.beside.is_any() && !choice.anyway =>
        {
            Err(Refusal::GateLocksOut)
        }
        Gate::Open | Gate::PrivateName | Gate::GateWord | Gate::SolicitedOnly => Ok(()),
    }
}

const fn change(by: &Visitor, now: Time) -> Change {
    Change { session: Some(by.session.id), now }
}

/// Puts it on the record and tells everybody: whoever loosens a gate lets mail through.
fn changed(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (kind, source): (EventKind, Source),
) -> Result<Recorded<Result<(), Refusal>>, Fault> {
    let id = by.account.id;
    notice::tell(tx, cx, id, Telling::of(What::GateChanged).from(source), Whom::Everybody)?;
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let event = Event::new(cx, Subject::Account(id), kind)?.by(Actor::Owner, kept).within(by.session.id);
    tx.record(&[event], Ok(()))
}

/// What has to be typed within a window.
pub struct Words {
    /// As somebody reads them, or is told them: shown once.
    pub text: Secret<String>,
    /// Their digest, of worth for one account.
    pub digest: Digest,
}

/// Draws what has to be typed within a window: four words, since nobody counts how often somebody guesses at them while it is open.
///
/// # Errors
/// A fault when the system gives no random bytes.
pub fn draw_words(store: &Store, cx: &mut Cx, account: AccountId) -> Result<Words, Fault> {
    let drawn = format!("{}-{}", reference::draw(&mut cx.entropy)?, reference::draw(&mut cx.entropy)?);
    let word = GateWord::parse(&drawn).map_err(|error| Fault::new("drawn words are no gate word", error))?;
    let digest = prepare_word(store, account, &word);
    Ok(Words { text: Secret::new(drawn.replace('-', " ")), digest })
}

/// The digest of a word that is to be the gate word of an account; made before the transaction.
#[must_use]
pub fn prepare_word(store: &Store, account: AccountId, word: &GateWord) -> Digest {
    digest(store.keys(), account, word)
}

/// Sets the gate word, in place of any before.
///
/// # Errors
/// A fault of the store. Never refused.
pub fn set_word(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, word: &Digest, source: Source) -> Outcome<()> {
    gates::take(tx, by.account.id)?;
    gates::put_word(tx, by.account.id, Some(word), change(by, cx.now))?;
    changed(tx, cx, by, (EventKind::GateWordChanged { set: true }, source))
}

/// Takes the gate word away.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::GateWordNeeded`] while it is what the owner wants brought.
pub fn remove_word(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, source: Source) -> Outcome<()> {
    let kept = gates::take(tx, by.account.id)?;
    if kept.word.is_none() {
        return Ok(tx.unrecorded("there is none", Ok(())));
    }
    if kept.own == Some(Gate::GateWord) {
        return Ok(tx.unrecorded("it is what the gate asks for", Err(Refusal::GateWordNeeded)));
    }
    gates::put_word(tx, by.account.id, None, change(by, cx.now))?;
    changed(tx, cx, by, (EventKind::GateWordChanged { set: false }, source))
}

/// Says that a code will be asked for from an unknown browser: one is mailed to whoever types this word, until the window closes, by
/// time or because somebody signed in by it. Says until when.
///
/// # Errors
/// A fault of the store. Never refused.
pub fn announce(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, word: &Digest, source: Source) -> Outcome<Time> {
    let until = cx.now + WINDOW;
    gates::take(tx, by.account.id)?;
    gates::put_open(tx, by.account.id, (until, word), cx.now)?;
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let event = Event::new(cx, Subject::Account(by.account.id), EventKind::GateOpened { until })?;
    tx.record(&[event.by(Actor::Owner, kept).within(by.session.id)], Ok(until))
}

/// Takes that back.
///
/// # Errors
/// A fault of the store. Never refused.
pub fn take_back(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, source: Source) -> Outcome<()> {
    if !gates::claim_close(tx, by.account.id, cx.now)? {
        return Ok(tx.unrecorded("nobody was expected", Ok(())));
    }
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let event = Event::new(cx, Subject::Account(by.account.id), EventKind::GateClosed { used: false })?;
    tx.record(&[event.by(Actor::Owner, kept).within(by.session.id)], Ok(()))
}

/// Somebody signed in by a code in a browser that was unknown: whoever was expected has come.
///
/// # Errors
/// A fault of the store.
pub(crate) fn came(tx: &mut Tx<'_>, cx: &mut Cx, account: AccountId) -> Result<Option<Event>, Fault> {
    if !gates::claim_close(tx, account, cx.now)? {
        return Ok(None);
    }
    Ok(Some(Event::new(cx, Subject::Account(account), EventKind::GateClosed { used: true })?))
}

/// An operator says it for somebody who is elsewhere, and can bring nothing but this word, which they are told: for an hour.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::AccountUnknown`].
pub fn admit(tx: &mut Tx<'_>, cx: &mut Cx, id: AccountId, word: &Digest, by: &By) -> Outcome<Time> {
    if accounts::find(tx, id)?.is_none() {
        return Ok(tx.unrecorded("no such account", Err(Refusal::AccountUnknown)));
    }
    let until = cx.now + OPERATORS_WINDOW;
    gates::take(tx, id)?;
    gates::put_open(tx, id, (until, word), cx.now)?;
    let event = Event::new(cx, Subject::Account(id), EventKind::GateOpened { until })?;
    tx.record(&[by.sign(event)], Ok(until))
}

/// What stands before the code of an account, for an operator.
///
/// # Errors
/// A fault of the store.
pub fn of_account(store: &Store, cx: &Cx, id: AccountId) -> Result<Layers, Fault> {
    store.read(|reader| Ok(layers(&cx.policy, &gates::find(reader, id)?)))
}
