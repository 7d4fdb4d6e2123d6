//! Somebody asks for a code. The same steps, statements and answer whether or not there is an account.
//!
//! 1. Before the transaction: draw the code in each length that it may have, seal it, compute its digest ([`prepare`]).
//! 2. Which account is meant, does the browser know it, and is the request past its gate ([`super::gated`])?
//! 3. A live code of this browser is sent again: the same code, no new time, no new guesses.
//! 4. Otherwise reserve guesses in the ledger and a mail slot, or hold the request back. How much of the ledger is left says
//!    how long the code is: nobody but the mail is told.
//! 5. Write the request, the mail and the event; only then, after the commit, may anything leave.
//!
//! Implements: NIST SP 800-63B-4 §3.1.3.2; `threats.md` §5.1 and §5.2 rows 2–6, 11, 12.

use model::address::Address;
use model::cx::Cx;
use model::digest::{Digest, Of};
use model::event::{Actor, AddressKind, AddressRole, Event, EventKind, NotSent};
use model::fault::Fault;
use model::gate::Passed;
use model::id::{AccountId, InvitationId, MessageId, RequestId};
use model::invitation::Opening;
use model::ledger::{Choice, Spent};
use model::message::MessageKind;
use model::reference;
use model::sign_in_code::{CodeState, Purpose, SignInCode};
use model::source::Source;
use model::time::Time;
use store::destinations::{self, Destination, Taken};
use store::guess_ledger::{self, Booking, Charge};
use store::outbox::{self, Queued};
use store::sign_in_codes::{self, Kept, NewCode};
use store::{Reader, Recorded, Store, Tx, accounts, browsers, recovery_addresses, tenants};
use wire::gate_word::GateWord;

use super::forms::Forms;
use super::meant::{self, Meant};
use super::{gated, submit};
use crate::address;
use crate::budget::{self, Fare, Standing, Way};
use crate::session::Held;
use crate::{methods, recover, response};

/// Why the rest of a flood leaves no event of its own.
const COUNTED: &str = "counted in `destinations`; the sweep sums it up in one event";

/// By which door somebody comes.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    /// The sign-in page.
    SignIn,
    /// An invitation that was found open ([`crate::invitation::find`]).
    Invitation(InvitationId, Opening),
    /// A page that wants to know once more who is there, from within a session of the account.
    Confirm(Held),
    /// The page of the account's addresses, from within a session: the address is to be one of them.
    Address(Held, AddressRole),
    /// The page for whoever has lost every other way in. The account that was named there; the address that the code is to
    /// go to may be another.
    Recovery(Digest),
}

impl Door {
    pub(super) const fn purposes(self) -> &'static [Purpose] {
        match self {
            Self::SignIn | Self::Invitation(..) | Self::Confirm(_) => {
                &[Purpose::SignIn, Purpose::OpenAccount, Purpose::Confirm]
            }
            Self::Address(_, AddressRole::SignIn) => &[Purpose::AddAddress],
            Self::Address(_, AddressRole::Recovery) => &[Purpose::AddRecovery],
            Self::Recovery(_) => &[Purpose::Recovery],
        }
    }

    /// Whether a response holds back what strangers ask for by it: not from whoever is signed in, or was invited.
    const fn is_held_back(self) -> bool {
        match self {
            Self::SignIn | Self::Recovery(_) => true,
            Self::Invitation(..) | Self::Confirm(_) | Self::Address(..) => false,
        }
    }

    /// Whether what is not mailed is nothing for the digest of whoever signs in by that address: it was no sign-in.
    const fn is_untold(self) -> bool {
        matches!(self, Self::Address(..) | Self::Recovery(_))
    }
}

/// Who asks for what.
pub struct Ask {
    /// For which address.
    pub address: Address,
    /// The 128-bit half that the asking browser holds in its cookie.
    pub browser_half: [u8; 16],
    /// From where.
    pub source: Source,
    /// By which door.
    pub door: Door,
    /// The gate word that was typed beside the address.
    pub word: Option<GateWord>,
}

/// An ask with everything that can be made before the transaction.
pub struct Prepared {
    pub(super) address: Address,
    /// Under what the request is kept and found again.
    identity: Digest,
    source: Source,
    pub(super) door: Door,
    request: RequestId,
    message: MessageId,
    pub(super) new_account: AccountId,
    browser: Digest,
    reference: String,
    /// The code in each length: which one it is turns out in the transaction.
    forms: Forms,
    not_me: Digest,
    sealed_to: Vec<u8>,
    word: Option<gated::Typed>,
}

impl Prepared {
    pub(super) const fn is_mailbox(&self) -> bool {
        matches!(self.address.kind(), AddressKind::Mail)
    }

    pub(super) const fn is_by_text(&self) -> bool {
        self.address.phone().is_some()
    }

    /// Whether it is for a telephone, and no text message leaves.
    pub(super) fn is_unreachable(&self, cx: &Cx) -> bool {
        self.is_by_text() && cx.policy.text_messages().is_none()
    }

    /// Which account is meant, by the identity of an address of it.
    const fn named(&self) -> Digest {
        named(self.door, &self.address)
    }
}

const fn named(door: Door, address: &Address) -> Digest {
    match door {
        Door::Recovery(named) => named,
        Door::SignIn | Door::Invitation(..) | Door::Confirm(_) | Door::Address(..) => address.identity(),
    }
}

/// The digest under which a browser is known: of the half that it holds.
#[must_use]
pub fn browser_digest(keys: &model::digest::Keys, half: &[u8; 16]) -> Digest {
    keys.digest(Of::Token, &[b"browser", half])
}

/// The digest of the secret in the link "I did not ask for this".
#[must_use]
pub fn not_me_digest(keys: &model::digest::Keys, request: RequestId, secret: &[u8; 16]) -> Digest {
    keys.digest(Of::Token, &[b"not me", request.bytes(), secret])
}

/// Step 1.
///
/// # Errors
/// A fault when there is no chance to be had or sealing fails.
pub fn prepare(store: &Store, cx: &mut Cx, ask: Ask) -> Result<Prepared, Fault> {
    let keys = store.keys();
    let request = RequestId::new(cx)?;
    let message = MessageId::new(cx)?;
    let secret: [u8; 16] = cx.entropy.bytes()?;
    let forms = Forms::draw(keys, cx, request, (&ask, &secret))?;
    let sealed_to = outbox::seal_to(keys, &mut cx.entropy, message, ask.address.as_str())?;
    let identity = match ask.door {
        Door::Recovery(named) => recover::pair(keys, &named, &ask.address.identity()),
        Door::SignIn | Door::Invitation(..) | Door::Confirm(_) | Door::Address(..) => ask.address.identity(),
    };
    let new_account = AccountId::new(cx)?;
    let destination = ask.address.destination();
    let named = named(ask.door, &ask.address);
    let whom =
        gated::For { named: &named, nobody: new_account, destination: &destination, source: &ask.source };
    let word = ask.word.map(|word| gated::prepare(store, &whom, &word)).transpose()?;
    Ok(Prepared {
        identity,
        request,
        message,
        new_account,
        word,
        browser: browser_digest(keys, &ask.browser_half),
        reference: reference::draw(&mut cx.entropy)?,
        forms,
        not_me: not_me_digest(keys, request, &secret),
        sealed_to,
        address: ask.address,
        source: ask.source.kept(cx.policy.keep_addresses),
        door: ask.door,
    })
}

/// Reads what [`commit`] will need, the same for known and unknown addresses: see [`store::Store::write_after`].
///
/// # Errors
/// A fault of the store.
pub fn look(reader: &mut Reader<'_>, now: Time, ask: &Prepared) -> Result<(), Fault> {
    let key = ask.address.destination();
    destinations::find(reader, &key)?;
    let address = accounts::ask_address(reader, &ask.named())?.get(reader)?;
    let id = address.map_or(ask.new_account, |address| address.account);
    browsers::ask(reader, id, &ask.browser)?.get(reader)?;
    gated::look(reader, id, ask.word.as_ref())?;
    accounts::find(reader, id)?;
    sign_in_codes::ask_live(reader, (&ask.identity, &key), &ask.browser, now)?.get(reader)?;
    for known in [true, false] {
        let charge = Charge { account: Some(id), destination: key, known, decoy: false };
        guess_ledger::spent(reader, &charge, now.day())?;
    }
    store::events::look(reader, if address.is_some() { id.bytes() } else { key.bytes() })
}

/// Steps 2 to 5. Returns the request whose page is shown; it says nothing about whether there is an account.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, ask: &Prepared) -> Result<Recorded<RequestId>, Fault> {
    let key = ask.address.destination();
    let identity = ask.address.identity();
    let destination = destinations::ask_take(tx, &key)?;
    let tenant = tenants::ask_by_domain(tx, ask.address.domain())?;
    let address = accounts::ask_address(tx, &ask.named())?.get(tx)?;
    // An unknown address looks for an account that does not exist, and for a browser of it: the same work.
    let id = match ask.door {
        Door::Address(held, _) => held.account,
        _ => address.as_ref().map_or(ask.new_account, |address| address.account),
    };
    let known = browsers::ask(tx, id, &ask.browser)?;
    let owner = address.as_ref().map(|address| address.account);
    let gate = gated::ask(tx, owner.unwrap_or(ask.new_account), ask.word.as_ref())?;
    let account = accounts::ask(tx, id)?;
    let live = sign_in_codes::ask_live(tx, (&ask.identity, &key), &ask.browser, cx.now)?;
    let (known, account, live) = (known.get(tx)?.is_some(), account.get(tx)?, live.get(tx)?);
    let mut destination = destination.get(tx)?;
    let mut fare = match ask.address.phone() {
        Some(phone) => Fare::take(tx, &cx.policy, phone)?,
        None => None,
    };
    let open = methods::of_domain(&cx.policy, tenant.get(tx)?.as_ref());
    let held_back = response::holds_codes(tx, cx, &ask.source)?;
    let by_name = address.as_ref().is_some_and(|address| address.by_name);
    let gate = gate.judge(tx, cx, (meant::is_let_by(ask.door, owner, known), by_name))?;
    // To a mailbox that is nobody's whoever wants it is a stranger.
    let gate = if owner.is_none() { Ok(Passed::Open) } else { gate };
    let meant = match ask.door {
        Door::Address(held, role) => {
            let own = recovery_addresses::list(tx, held.account)?;
            let own = own.iter().any(|kept| kept.identity.matches(&identity));
            meant::to_add((account.as_ref(), address), (held, role), (known, own, ask.is_unreachable(cx)))
        }
        Door::Recovery(_) => {
            let own = address::within(tx, id)?;
            meant::to_recover(cx, ask, (account.as_ref(), &own), (open, known))
        }
        Door::SignIn | Door::Invitation(..) | Door::Confirm(_) => {
            meant::of(cx, ask, (account.as_ref(), address), (open, known))
        }
    };
    let meant = meant.behind(gate).unless(held_back && ask.door.is_held_back());
    let charge = Charge {
        account: meant.account,
        destination: key,
        known: meant.standing == Standing::Known,
        decoy: meant.is_decoy(),
    };
    let spent = guess_ledger::spent(tx, &charge, cx.now.day())?;
    // A code for something else is nothing that could be sent again for this.
    let Some(live) = live.filter(|live| live.code.purpose == meant.purpose && live.session == meant.session)
    else {
        return new(tx, cx, ask, meant, (destination, fare, charge, spent));
    };
    let (before, mut lifted) = (fare.clone(), None);
    // Who typed a gate word this time is not told to wait.
    let soon = ask.word.is_none() && cx.now < live.code.mailed_at + cx.policy.resend_after;
    let outcome = if soon {
        Err(NotSent::JustSent)
    } else if meant.held_back {
        Err(NotSent::HeldBack)
    } else if live.code.mailed {
        if let Some(fare) = &mut fare {
            fare.carries(&cx.policy, live.letters);
        }
        let way = Way { standing: meant.slots_of(&live), fare: fare.as_mut() };
        budget::take_message_slot(&cx.policy, cx.now, &mut destination.state, way)
    } else {
        // Held back before: asking again gives the same page, as for any other address, until a mail may leave.
        let (mut then, mut fare_then) = (destination.state.clone(), fare.clone());
        let way = Way { standing: meant.slots, fare: fare_then.as_mut() };
        match budget::reserve(&cx.policy, cx.now, &mut then, way, spent) {
            // A page of its own would tell that what was brought is right: it is sent under the one that is there, which is
            // as long as it was drawn.
            Ok(choice) if meant.slots == Standing::Admitted && choice.letters == live.letters => {
                (destination.state, fare) = (then, fare_then);
                lifted = Some(choice);
                Ok(())
            }
            Ok(_) if meant.slots == Standing::Admitted => Err(NotSent::GuessLedger),
            Ok(_) => return new(tx, cx, ask, meant, (destination, fare, charge, spent)),
            Err(why) => Err(why),
        }
    };
    again(tx, cx, (ask, &meant), (&live, &mut destination, outcome), (before, fare, lifted))
}

/// Writes what text messages have cost. One that only seems to leave costs nothing, and is written like the others.
fn spend(tx: &mut Tx<'_>, (before, after): (Option<Fare>, Option<Fare>), leaves: bool) -> Result<(), Fault> {
    let fare = if leaves { after } else { before };
    fare.map_or(Ok(()), |fare| fare.put(tx))
}

/// Counts a request that is not mailed; says whether it gets an event of its own.
fn count(door: Door, destination: &mut Destination, (stopped, why): (bool, NotSent), now: Time) -> bool {
    if stopped && !door.is_untold() {
        return budget::count_gated(destination, now);
    }
    // Pressing the button twice is no request of its own, and nothing for a digest.
    if why == NotSent::JustSent || door.is_untold() {
        return budget::count_told(destination, now);
    }
    budget::count_suppressed(destination, now)
}

/// Step 3.
fn again(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (ask, meant): (&Prepared, &Meant),
    (live, destination, outcome): (&Kept, &mut Taken, Result<(), NotSent>),
    (before, after, lifted): (Option<Fare>, Option<Fare>, Option<Choice>),
) -> Result<Recorded<RequestId>, Fault> {
    let request = live.code.id;
    let just_sent = outcome == Err(NotSent::JustSent);
    let decoy = live.code.decoy && !meant.opens(live);
    let stopped = meant.stopped().filter(|_| decoy && !just_sent);
    let told = match stopped.or(outcome.err()) {
        None => true,
        Some(why) => count(ask.door, &mut destination.state, (stopped.is_some(), why), cx.now),
    };
    if !just_sent {
        let queued = Queued {
            id: ask.message,
            kind: MessageKind::SignInCode,
            account: live.code.account,
            request: Some(request),
            count: 0,
            since: None,
            // What a decoy for a mailbox carries is the mail to its owner.
            decoy: (decoy && (!meant.elsewhere || stopped.is_some() || ask.is_by_text())) || outcome.is_err(),
        };
        spend(tx, (before, after), !queued.decoy)?;
        outbox::enqueue(tx, &queued, &ask.sealed_to, cx.now)?;
        // The page says from when on it may be tried again: the same whether or not a mail left.
        let reserved = lifted.map_or(0, |choice| choice.chance.units());
        let (codes, guesses) = lifted.map_or((0, 0), |_| (1, i64::from(live.code.guesses)));
        let booking = Booking { letters: live.letters, units: reserved, codes, guesses };
        guess_ledger::add(tx, &Charge { decoy, ..live.charge() }, live.ledger_day, booking)?;
        sign_in_codes::mark_mailed(tx, request, (decoy, reserved), cx.now)?;
    }
    destinations::put(tx, destination, cx.now)?;
    let not_sent = stopped.or(outcome.err()).map(|why| meant::told_to(ask, meant.slots_of(live), why));
    let kind = EventKind::SignInCodeAskedAgain { not_sent };
    let event = Event::new(cx, submit::subject(live), kind)?.by(Actor::Visitor, Some(ask.source)).of(request);
    if told { tx.record(&[event], request) } else { Ok(tx.unrecorded(COUNTED, request)) }
}

/// Steps 4 and 5.
fn new(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    ask: &Prepared,
    meant: Meant,
    (mut destination, mut fare, charge, spent): (Taken, Option<Fare>, Charge, Spent),
) -> Result<Recorded<RequestId>, Fault> {
    let (now, policy) = (cx.now, std::sync::Arc::clone(&cx.policy));
    let before = fare.clone();
    let way = Way { standing: meant.slots, fare: fare.as_mut() };
    let choice = if meant.held_back {
        Err(NotSent::HeldBack)
    } else {
        budget::reserve(&policy, now, &mut destination.state, way, spent)
    };
    let allowed = choice.map(|_| ());
    let form = ask.forms.find(choice.ok().map(|choice| choice.letters))?;
    let reserved = choice.map_or(0, |choice| choice.chance.units());
    let guesses = if allowed.is_ok() { i64::from(policy.code_guesses) } else { 0 };
    let codes = i64::from(allowed.is_ok());
    let booking = Booking { letters: form.letters, units: reserved, codes, guesses };
    guess_ledger::add(tx, &charge, now.day(), booking)?;
    let stopped = meant.stopped();
    let told = match stopped.or(allowed.err()) {
        None => true,
        Some(why) => count(ask.door, &mut destination.state, (stopped.is_some(), why), now),
    };
    destinations::put(tx, &destination, now)?;

    let decoy = meant.decoy.is_some();
    let code = code(ask, &meant, now, (&policy, charge.known, allowed.is_ok()));
    let expires_at = code.expires_at;
    let digest =
        form.digests.iter().find(|(purpose, _)| *purpose == meant.purpose).map(|(_, digest)| *digest);
    let queued = Queued {
        id: ask.message,
        kind: MessageKind::SignInCode,
        account: meant.account,
        request: Some(ask.request),
        count: 0,
        since: None,
        // To the telephone of another account nothing is said: what its owner is told goes to mailboxes.
        decoy: decoy || allowed.is_err() || (meant.elsewhere && ask.is_by_text()),
    };
    spend(tx, (before, fare), !queued.decoy)?;
    sign_in_codes::insert(
        tx,
        &NewCode {
            code,
            identity: ask.identity,
            opening: meant.opening,
            invitation: meant.invitation,
            digest: digest.ok_or(Fault::plain("a code without a digest for its purpose"))?,
            not_me: ask.not_me,
            sealed: form.sealed.clone(),
            masked: ask.address.masked(),
            letters: form.letters,
            reserved,
            source: ask.source,
            session: meant.session,
        },
    )?;
    outbox::enqueue(tx, &queued, &ask.sealed_to, now)?;

    let kind = EventKind::SignInCodeRequested {
        purpose: meant.purpose,
        known: meant.known,
        reference: ask.reference.clone(),
        address: match meant.purpose {
            Purpose::OpenAccount | Purpose::AddAddress | Purpose::AddRecovery | Purpose::Recovery => {
                Some(ask.address.masked())
            }
            Purpose::SignIn | Purpose::Confirm => ask.is_by_text().then(|| ask.address.masked()),
        },
        by_text: ask.is_by_text(),
        not_sent: stopped
            .or(allowed.err())
            .map(|why| meant::told_to(ask, meant.standing, why))
            .or(meant.decoy),
        expires_at,
    };
    let event = Event::new(cx, meant.subject, kind)?.by(Actor::Visitor, Some(ask.source)).of(ask.request);
    if told { tx.record(&[event], ask.request) } else { Ok(tx.unrecorded(COUNTED, ask.request)) }
}

fn code(
    ask: &Prepared,
    meant: &Meant,
    now: Time,
    (policy, known, mailed): (&model::policy::Policy, bool, bool),
) -> SignInCode {
    SignInCode {
        id: ask.request,
        account: meant.account,
        destination: ask.address.destination(),
        purpose: meant.purpose,
        state: CodeState::Live,
        guesses_left: policy.code_guesses,
        guesses: policy.code_guesses,
        mailed,
        decoy: meant.is_decoy(),
        known,
        browser: ask.browser,
        asked_at: now,
        expires_at: now + policy.code_lifetime,
        mailed_at: now,
        reference: ask.reference.clone(),
    }
}
