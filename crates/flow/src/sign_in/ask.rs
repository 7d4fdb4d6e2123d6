//! Somebody asks for a code. The same steps, statements and answer whether or not there is an account.
//!
//! 1. Before the transaction: draw the code in each length that it may have, seal it, compute its digest ([`prepare`]).
//! 2. Which account is meant, and does the browser know it?
//! 3. A live code of this browser is sent again: the same code, no new time, no new guesses.
//! 4. Otherwise reserve guesses in the ledger and a mail slot, or hold the request back. How much of the ledger is left says
//!    how long the code is: nobody but the mail is told.
//! 5. Write the request, the mail and the event; only then, after the commit, may anything leave.
//!
//! Implements: NIST SP 800-63B-4 §3.1.3.2; `threats.md` §5.1 and §5.2 rows 2–6, 11, 12.

use model::account::{Account, AccountState};
use model::address::Address;
use model::cx::Cx;
use model::digest::{Digest, Of};
use model::event::{Actor, AddressKind, AddressRole, Event, EventKind, NotSent, Subject};
use model::fault::Fault;
use model::id::{AccountId, InvitationId, MessageId, RequestId, SessionId};
use model::invitation::Opening;
use model::ledger::Spent;
use model::message::MessageKind;
use model::method::{MethodPolicy, Use};
use model::policy::Registration;
use model::reference;
use model::sign_in_code::{CodeState, Purpose, SignInCode};
use model::source::Source;
use model::time::Time;
use store::accounts::AddressOf;
use store::destinations::{self, Taken};
use store::guess_ledger::{self, Booking, Charge};
use store::outbox::{self, Queued};
use store::sign_in_codes::{self, Kept, NewCode};
use store::{Reader, Recorded, Store, Tx, accounts, browsers, recovery_addresses, tenants};

use super::forms::Forms;
use super::submit;
use crate::address::{self, Addresses};
use crate::budget::{self, Fare, Standing, Way};
use crate::session::Held;
use crate::{methods, recover};

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
}

/// An ask with everything that can be made before the transaction.
pub struct Prepared {
    address: Address,
    /// Under what the request is kept and found again.
    identity: Digest,
    source: Source,
    door: Door,
    request: RequestId,
    message: MessageId,
    new_account: AccountId,
    browser: Digest,
    reference: String,
    /// The code in each length: which one it is turns out in the transaction.
    forms: Forms,
    not_me: Digest,
    sealed_to: Vec<u8>,
}

impl Prepared {
    const fn is_mailbox(&self) -> bool {
        matches!(self.address.kind(), AddressKind::Mail)
    }

    const fn is_by_text(&self) -> bool {
        self.address.phone().is_some()
    }

    /// Whether it is for a telephone, and no text message leaves.
    fn is_unreachable(&self, cx: &Cx) -> bool {
        self.is_by_text() && cx.policy.text_messages().is_none()
    }

    /// Which account is meant, by the identity of an address of it.
    const fn named(&self) -> Digest {
        match self.door {
            Door::Recovery(named) => named,
            Door::SignIn | Door::Invitation(..) | Door::Confirm(_) | Door::Address(..) => {
                self.address.identity()
            }
        }
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
    Ok(Prepared {
        identity,
        request,
        message,
        new_account: AccountId::new(cx)?,
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
    accounts::find(reader, id)?;
    sign_in_codes::ask_live(reader, (&ask.identity, &key), &ask.browser, now)?.get(reader)?;
    for known in [true, false] {
        let charge = Charge { account: Some(id), destination: key, known, decoy: false };
        guess_ledger::spent(reader, &charge, now.day())?;
    }
    store::events::look(reader, if address.is_some() { id.bytes() } else { key.bytes() })
}

/// What the ask is, once the account is known.
struct Meant {
    purpose: Purpose,
    opening: Option<Opening>,
    invitation: Option<InvitationId>,
    account: Option<AccountId>,
    /// Why nothing may be mailed whatever the budgets say.
    decoy: Option<NotSent>,
    known: bool,
    standing: Standing,
    subject: Subject,
    /// The address signs in to another account than the one that wants it: its owner is told, whoever asked is not.
    elsewhere: bool,
    /// The session within which it was asked, where that matters.
    session: Option<SessionId>,
}

impl Meant {
    /// Whether nothing matches its code.
    const fn is_decoy(&self) -> bool {
        self.decoy.is_some() || self.elsewhere
    }
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
    let account = accounts::ask(tx, id)?;
    let live = sign_in_codes::ask_live(tx, (&ask.identity, &key), &ask.browser, cx.now)?;
    let (known, account, live) = (known.get(tx)?.is_some(), account.get(tx)?, live.get(tx)?);
    let mut destination = destination.get(tx)?;
    let mut fare = match ask.address.phone() {
        Some(phone) => Fare::take(tx, &cx.policy, phone)?,
        None => None,
    };
    let open = methods::of_domain(&cx.policy, tenant.get(tx)?.as_ref());
    let meant = match ask.door {
        Door::Address(held, role) => {
            let own = recovery_addresses::list(tx, held.account)?;
            let own = own.iter().any(|kept| kept.identity.matches(&identity));
            to_add((account.as_ref(), address), (held, role), (known, own, ask.is_unreachable(cx)))
        }
        Door::Recovery(_) => {
            let own = address::within(tx, id)?;
            to_recover(cx, ask, (account.as_ref(), &own), (open, known))
        }
        Door::SignIn | Door::Invitation(..) | Door::Confirm(_) => {
            meant(cx, ask, (account.as_ref(), address), (open, known))
        }
    };
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
    let before = fare.clone();
    let soon = cx.now < live.code.mailed_at + cx.policy.resend_after;
    let outcome = if soon {
        Err(NotSent::JustSent)
    } else if live.code.mailed {
        let standing = if live.code.known { Standing::Known } else { Standing::Stranger };
        if let Some(fare) = &mut fare {
            fare.carries(&cx.policy, live.letters);
        }
        let way = Way { standing, fare: fare.as_mut() };
        budget::take_message_slot(&cx.policy, cx.now, &mut destination.state, way)
    } else {
        // Held back before: asking again gives the same page, as for any other address, until a mail may leave.
        let (mut then, mut fare_then) = (destination.state.clone(), fare.clone());
        let way = Way { standing: meant.standing, fare: fare_then.as_mut() };
        match budget::reserve(&cx.policy, cx.now, &mut then, way, spent) {
            Ok(_) => return new(tx, cx, ask, meant, (destination, fare, charge, spent)),
            Err(why) => Err(why),
        }
    };
    again(tx, cx, ask, (&live, &mut destination, outcome), (before, fare))
}

/// Step 2.
fn meant(
    cx: &Cx,
    ask: &Prepared,
    (account, address): (Option<&Account>, Option<AddressOf>),
    (domain, known): (MethodPolicy, bool),
) -> Meant {
    let id = account.map_or(ask.new_account, |account| account.id);
    let standing = match ask.door {
        Door::Invitation(..) | Door::Confirm(_) => Standing::Known,
        Door::SignIn if known => Standing::Known,
        Door::SignIn | Door::Address(..) | Door::Recovery(_) => Standing::Stranger,
    };
    let (purpose, opening, invitation) = match (account, ask.door) {
        (None, Door::Invitation(id, opening)) => (Purpose::OpenAccount, Some(opening), Some(id)),
        (None, Door::SignIn) if cx.policy.registration == Registration::Open && ask.is_mailbox() => {
            (Purpose::OpenAccount, Some(Opening::Registration), None)
        }
        (Some(account), Door::Confirm(held)) if account.id == held.account => (Purpose::Confirm, None, None),
        (None | Some(_), _) => (Purpose::SignIn, None, None),
    };
    let open = account.map_or(domain, |account| domain.and(&methods::of_account(&cx.policy, account)));
    let off = methods::permit(&open, Use::SignIn, ask.address.method()).is_err();
    // Where no text message leaves at all none may be waited for.
    let off = (off || ask.is_unreachable(cx)).then_some(NotSent::MethodOff);
    let decoy = match account.map(|account| account.state) {
        Some(AccountState::Open) => match address {
            Some(AddressOf { sign_in: false, .. }) if purpose == Purpose::SignIn => Some(NotSent::AddressOff),
            _ => off,
        },
        Some(AccountState::Locked | AccountState::Closed) => Some(NotSent::Locked),
        None if purpose == Purpose::OpenAccount => off,
        None => Some(NotSent::NoAccount),
    };
    let account = account.map(|account| account.id).or((purpose == Purpose::OpenAccount).then_some(id));
    let subject = account
        .map_or_else(|| Subject::address(&ask.address.destination(), ask.address.masked()), Subject::Account);
    let session = match ask.door {
        Door::Confirm(held) if purpose == Purpose::Confirm => Some(held.session),
        Door::Confirm(_) | Door::SignIn | Door::Invitation(..) | Door::Address(..) | Door::Recovery(_) => {
            None
        }
    };
    Meant {
        purpose,
        opening,
        invitation,
        account,
        decoy,
        known,
        standing,
        subject,
        session,
        elsewhere: false,
    }
}

/// Step 2, for an address that is to be one of an account's. A mailbox that is not the account's yet is a stranger's: it
/// gets no more mail by this than by the sign-in page.
fn to_add(
    (account, address): (Option<&Account>, Option<AddressOf>),
    (held, role): (Held, AddressRole),
    (known, own, unreachable): (bool, bool, bool),
) -> Meant {
    let open = account.is_some_and(|account| account.state == AccountState::Open);
    let decoy = if open { None } else { Some(NotSent::Locked) };
    let other = address.is_some_and(|address| address.account != held.account);
    Meant {
        purpose: match role {
            AddressRole::SignIn => Purpose::AddAddress,
            AddressRole::Recovery => Purpose::AddRecovery,
        },
        opening: None,
        invitation: None,
        account: Some(held.account),
        decoy: decoy.or(unreachable.then_some(NotSent::MethodOff)),
        known,
        standing: if own { Standing::Known } else { Standing::Stranger },
        subject: Subject::Account(held.account),
        elsewhere: other && role == AddressRole::SignIn,
        session: Some(held.session),
    }
}

/// Step 2, for whoever has lost every other way in. Where the account has no such address nothing is put on its record: the
/// address is a stranger's, and so may be whoever typed both.
fn to_recover(
    cx: &Cx,
    ask: &Prepared,
    (account, own): (Option<&Account>, &Addresses),
    (domain, known): (MethodPolicy, bool),
) -> Meant {
    let carries = recover::carries(own, &ask.address.identity(), cx.now);
    let account = account.filter(|_| carries != Err(NotSent::NoAccount));
    let open = account.map_or(domain, |account| domain.and(&methods::of_account(&cx.policy, account)));
    let off = methods::permit(&open, Use::Recovery, ask.address.method()).is_err() || ask.is_unreachable(cx);
    let off = off.then_some(NotSent::MethodOff);
    let decoy = match account.map(|account| account.state) {
        Some(AccountState::Open) => carries.err().or(off),
        Some(AccountState::Locked | AccountState::Closed) => Some(NotSent::Locked),
        None => Some(NotSent::NoAccount),
    };
    let nobody = || Subject::address(&ask.address.destination(), ask.address.masked());
    Meant {
        purpose: Purpose::Recovery,
        opening: None,
        invitation: None,
        account: account.map(|account| account.id),
        decoy,
        known,
        standing: if known { Standing::Known } else { Standing::Stranger },
        subject: account.map_or_else(nobody, |account| Subject::Account(account.id)),
        session: None,
        elsewhere: false,
    }
}

/// What is put on the record of an account that wants an address: of a mailbox that is not its own, no more than that
/// nothing left.
const fn told_to(ask: &Prepared, standing: Standing, why: NotSent) -> NotSent {
    match (ask.door, standing, why) {
        (
            Door::Address(..),
            Standing::Stranger,
            NotSent::GuessLedger | NotSent::Muted | NotSent::MailRefused,
        ) => NotSent::MailBudget,
        (_, _, why) => why,
    }
}

/// Writes what text messages have cost. One that only seems to leave costs nothing, and is written like the others.
fn spend(tx: &mut Tx<'_>, (before, after): (Option<Fare>, Option<Fare>), leaves: bool) -> Result<(), Fault> {
    let fare = if leaves { after } else { before };
    fare.map_or(Ok(()), |fare| fare.put(tx))
}

/// Step 3.
fn again(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    ask: &Prepared,
    (live, destination, outcome): (&Kept, &mut Taken, Result<(), NotSent>),
    fares: (Option<Fare>, Option<Fare>),
) -> Result<Recorded<RequestId>, Fault> {
    let request = live.code.id;
    let told = match outcome {
        Ok(()) => true,
        // Pressing the button twice is no request of its own, and nothing for a digest.
        Err(NotSent::JustSent) => budget::count_told(&mut destination.state, cx.now),
        Err(_) if ask.door.is_untold() => budget::count_told(&mut destination.state, cx.now),
        Err(_) => budget::count_suppressed(&mut destination.state, cx.now),
    };
    if outcome != Err(NotSent::JustSent) {
        let queued = Queued {
            id: ask.message,
            kind: MessageKind::SignInCode,
            account: live.code.account,
            request: Some(request),
            count: 0,
            since: None,
            // What a decoy for a mailbox carries is the mail to its owner.
            decoy: (live.code.decoy && (live.code.purpose != Purpose::AddAddress || ask.is_by_text()))
                || outcome.is_err(),
        };
        spend(tx, fares, !queued.decoy)?;
        outbox::enqueue(tx, &queued, &ask.sealed_to, cx.now)?;
    }
    // The page says from when on it may be tried again: the same whether or not a mail left.
    if outcome != Err(NotSent::JustSent) {
        sign_in_codes::mark_mailed(tx, request, cx.now)?;
    }
    destinations::put(tx, destination, cx.now)?;
    let standing = if live.code.known { Standing::Known } else { Standing::Stranger };
    let not_sent = outcome.err().map(|why| told_to(ask, standing, why));
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
    let way = Way { standing: meant.standing, fare: fare.as_mut() };
    let choice = budget::reserve(&policy, now, &mut destination.state, way, spent);
    let allowed = choice.map(|_| ());
    let form = ask.forms.find(choice.ok().map(|choice| choice.letters))?;
    let reserved = choice.map_or(0, |choice| choice.chance.units());
    let guesses = if allowed.is_ok() { i64::from(policy.code_guesses) } else { 0 };
    let codes = i64::from(allowed.is_ok());
    let booking = Booking { letters: form.letters, units: reserved, codes, guesses };
    guess_ledger::add(tx, &charge, now.day(), booking)?;
    let told = allowed.is_ok()
        || if ask.door.is_untold() {
            budget::count_told(&mut destination.state, now)
        } else {
            budget::count_suppressed(&mut destination.state, now)
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
        not_sent: allowed.err().map(|why| told_to(ask, meant.standing, why)).or(meant.decoy),
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
