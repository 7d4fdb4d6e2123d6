//! Windows that people open for a device: the way in which nobody else can begin.
//!
//! Implements: RFC 10027 §6.1.15 and §6.1.16, NIST SP 800-63B-4 §4.1.2.2, threats.md §5.2 rows 20, 21, 24 and 36, §6 ideas 1
//! and 2, by the steps of [`model::pairing`].
//!
//! 1. Whoever has proved who is there within the last minutes opens a window ([`open`]). Before that no code exists anywhere.
//! 2. A device brings the code ([`crate::oauth::device`]).
//! 3. The page where the window was opened says what answered ([`look`]), and the person types the digits that the device
//!    shows ([`confirm`]), or says no ([`deny`]). Whoever has read the code out to somebody else has no device before them, and
//!    no digits.

use model::cx::Cx;
use model::device_authorization::DeviceState;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{DeviceId, PairingId};
use model::nearness::Nearness;
use model::pairing::{OPEN, Pairing, PairingState, TRIES, code_digest, confirmation_digest};
use model::refusal::{Refusal, Verdict};
use model::sign_in_code::CodeText;
use model::source::Source;
use store::{Reader, Recorded, Store, Tx, clients, device_authorizations, pairings};
use wire::digits;
use wire::oauth::device::{CONFIRMATION, PAIRING_CODE};

use crate::Outcome;
use crate::device::{self, Before};
use crate::reauth::{self, Needed};
use crate::session::Visitor;

/// A window that will be opened.
pub struct Opening {
    pairing: Pairing,
    text: CodeText,
    digest: Digest,
    by: Visitor,
    source: Source,
}

/// A window that is open, and the code for the device.
pub struct Opened {
    /// Which.
    pub pairing: PairingId,
    /// The code: for the browser that opened it, and kept nowhere else.
    pub text: CodeText,
}

/// Draws the code.
///
/// # Errors
/// A fault when the system gives no random bytes.
pub fn prepare(store: &Store, cx: &mut Cx, (by, source): (Visitor, Source)) -> Result<Opening, Fault> {
    let text = CodeText::draw(&mut cx.entropy, u8::try_from(PAIRING_CODE).unwrap_or(u8::MAX))?;
    let digest = code_digest(store.keys(), text.expose());
    let pairing = Pairing {
        id: PairingId::new(cx)?,
        account: by.account.id,
        session: by.session.id,
        opened_at: cx.now,
        expires_at: cx.now + OPEN,
        tries_left: TRIES,
        state: PairingState::Open,
        device: None,
    };
    Ok(Opening { pairing, text, digest, by, source })
}

/// Step 1. A window that the account had is closed by it, with the device that was before it.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::DeviceUnproved`], or [`Refusal::WindowTaken`] where somebody else was faster.
pub fn open(tx: &mut Tx<'_>, cx: &mut Cx, opening: &Opening) -> Outcome<Opened> {
    let (by, source) = (&opening.by, opening.source);
    let needed = Needed::to_change(reauth::within(tx, cx, by)?);
    if !needed.is_met(by, cx) {
        return Ok(tx.unrecorded("nothing was opened", Err(Refusal::DeviceUnproved)));
    }
    let mut events = match pairings::find_live(tx, by.account.id)? {
        Some(before) => over(tx, cx, (&before, PairingState::Closed))?,
        None => Vec::new(),
    };
    if !pairings::insert(tx, &opening.digest, &opening.pairing)? {
        return tx.record(&events, Err(Refusal::WindowTaken));
    }
    let (pairing, until) = (opening.pairing.id, opening.pairing.expires_at);
    let kind = EventKind::PairingOpened { pairing, until };
    events.push(Event::new(cx, Subject::Account(by.account.id), kind)?);
    let events: Vec<Event> = events.into_iter().map(|event| mine(cx, event, (by, source))).collect();
    tx.record(&events, Ok(Opened { pairing, text: opening.text.clone() }))
}

fn mine(cx: &Cx, event: Event, (by, source): (&Visitor, Source)) -> Event {
    event.by(Actor::Owner, Some(source.kept(cx.policy.keep_addresses))).within(by.session.id)
}

/// Closes a window, for whoever does it to sign.
///
/// # Errors
/// A fault of the store.
pub(crate) fn shut(tx: &mut Tx<'_>, cx: &mut Cx, pairing: &Pairing) -> Result<Vec<Event>, Fault> {
    over(tx, cx, (pairing, PairingState::Closed))
}

/// Ends a window, and the device that waits before it.
fn over(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (pairing, asked): (&Pairing, PairingState),
) -> Result<Vec<Event>, Fault> {
    // What ran out by itself did so, whatever came afterwards.
    let state = if pairing.state_at(cx.now).is_live() { asked } else { PairingState::Expired };
    if !pairings::claim_end(tx, pairing.id, (state, cx.now))? {
        return Ok(Vec::new());
    }
    if let Some(device) = pairing.device
        && let Some(kept) = device_authorizations::find(tx, device)?
        && kept.device.state == DeviceState::Entered
    {
        device_authorizations::claim_end(tx, &kept.device, (DeviceState::Denied, cx.now))?;
    }
    let kind = EventKind::PairingOver { pairing: pairing.id, why: state };
    Ok(vec![Event::new(cx, Subject::Account(pairing.account), kind)?])
}

/// A window as its person sees it.
#[derive(Clone, Debug)]
pub struct Window {
    /// The window.
    pub pairing: Pairing,
    /// What answered.
    pub before: Option<Before>,
}

/// The window of this account that is not over yet, in whatever browser it was opened.
///
/// # Errors
/// A fault of the store.
pub fn live(store: &Store, cx: &Cx, by: &Visitor) -> Result<Option<Pairing>, Fault> {
    let found = store.read(|reader| pairings::find_live(reader, by.account.id))?;
    Ok(found.filter(|found| found.state_at(cx.now).is_live()))
}

/// The window of this name, if this session opened it; whether it is over or not.
///
/// # Errors
/// A fault of the store.
pub fn look(store: &Store, by: &Visitor, id: PairingId) -> Result<Option<Window>, Fault> {
    store.read(|reader| within(reader, by, id))
}

fn within(reader: &mut Reader<'_>, by: &Visitor, id: PairingId) -> Result<Option<Window>, Fault> {
    let found = pairings::find(reader, id)?;
    let own = found.filter(|found| found.account == by.account.id && found.session == by.session.id);
    let Some(pairing) = own else { return Ok(None) };
    let before = match pairing.device {
        Some(device) => answered(reader, device)?,
        None => None,
    };
    Ok(Some(Window { pairing, before }))
}

fn answered(reader: &mut Reader<'_>, device: DeviceId) -> Result<Option<Before>, Fault> {
    let Some(kept) = device_authorizations::find(reader, device)? else { return Ok(None) };
    let client = clients::find(reader, &kept.device.client)?;
    Ok(client.map(|client| Before { device: kept.device, source: kept.source, client }))
}

/// Digits that somebody typed.
pub struct Confirming {
    window: Window,
    digest: Digest,
    by: Visitor,
    source: Source,
}

/// Reads what was typed.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::CodeMalformed`], for which no try is spent, or [`Refusal::WindowOver`].
pub fn prepare_confirm(
    store: &Store,
    (by, source): (Visitor, Source),
    (id, typed): (PairingId, &str),
) -> Result<Verdict<Confirming>, Fault> {
    let Ok(typed) = digits::parse(typed, CONFIRMATION) else { return Ok(Err(Refusal::CodeMalformed)) };
    let window = look(store, &by, id)?;
    let Some((window, device)) =
        window.and_then(|window| window.pairing.device.map(|device| (window, device)))
    else {
        return Ok(Err(Refusal::WindowOver));
    };
    let digest = confirmation_digest(store.keys(), device, &typed);
    Ok(Ok(Confirming { window, digest, by, source }))
}

/// Step 3: yes, by the digits of the device.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::WindowOver`], [`Refusal::DigitsWrong`], and as [`crate::device`] refuses.
pub fn confirm(tx: &mut Tx<'_>, cx: &mut Cx, confirming: &Confirming) -> Outcome<Nearness> {
    let (by, source) = (&confirming.by, confirming.source);
    let id = confirming.window.pairing.id;
    let who = (by.account.id, by.session.id, cx.now);
    let tried = pairings::claim_try(tx, id, who)?;
    let Some(((pairing, right), before)) = tried.zip(confirming.window.before.as_ref()) else {
        return Ok(tx.unrecorded("nothing was compared", Err(Refusal::WindowOver)));
    };
    if !right.matches(&confirming.digest) {
        return wrong(tx, cx, (by, source), (&pairing, before));
    }
    match device::approve(tx, cx, (by, source), before)? {
        Ok((nearness, events)) => {
            pairings::claim_end(tx, id, (PairingState::Approved, cx.now))?;
            tx.record(&events, Ok(nearness))
        }
        Err(refusal) => {
            let events = over(tx, cx, (&pairing, PairingState::Closed))?;
            let events: Vec<Event> = events.into_iter().map(|event| mine(cx, event, (by, source))).collect();
            tx.record(&events, Err(refusal))
        }
    }
}

fn wrong(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    who: (&Visitor, Source),
    (pairing, before): (&Pairing, &Before),
) -> Outcome<Nearness> {
    let left = pairing.tries_left;
    let kind = EventKind::DeviceDigitsRefused { device: before.device.id, left };
    let mut events = vec![Event::new(cx, Subject::Account(pairing.account), kind)?];
    if left == 0 {
        events.extend(over(tx, cx, (pairing, PairingState::WrongDigits))?);
    }
    let events: Vec<Event> = events.into_iter().map(|event| mine(cx, event, who)).collect();
    tx.record(&events, Err(Refusal::DigitsWrong { left }))
}

/// Step 3: no, or the window is not wanted any more.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::WindowOver`].
pub fn deny(tx: &mut Tx<'_>, cx: &mut Cx, (by, source, id): (&Visitor, Source, PairingId)) -> Outcome<()> {
    let window = within(tx, by, id)?.filter(|window| window.pairing.state_at(cx.now).is_live());
    let Some(Window { pairing, .. }) = window else {
        return Ok(tx.unrecorded("over already", Err(Refusal::WindowOver)));
    };
    let denied = match pairing.device {
        Some(device) => device::denied(tx, cx, (by, source, device))?,
        None => None,
    };
    match denied {
        Some(event) => {
            pairings::claim_end(tx, id, (PairingState::Denied, cx.now))?;
            tx.record(&[event], Ok(()))
        }
        None => {
            let events = over(tx, cx, (&pairing, PairingState::Closed))?;
            let events: Vec<Event> = events.into_iter().map(|event| mine(cx, event, (by, source))).collect();
            tx.record(&events, Ok(()))
        }
    }
}

/// Closes the window that the account has open in whatever browser: whoever sees one that they did not open.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::WindowOver`].
pub fn close(tx: &mut Tx<'_>, cx: &mut Cx, (by, source): (&Visitor, Source)) -> Outcome<()> {
    let Some(pairing) = pairings::find_live(tx, by.account.id)? else {
        return Ok(tx.unrecorded("over already", Err(Refusal::WindowOver)));
    };
    let events = over(tx, cx, (&pairing, PairingState::Closed))?;
    let events: Vec<Event> = events.into_iter().map(|event| mine(cx, event, (by, source))).collect();
    tx.record(&events, Ok(()))
}

/// Ends windows whose time has passed; says whether there may be more.
///
/// # Errors
/// A fault of the store.
pub fn expire(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    const STEP: i64 = 100;
    let due = pairings::list_over(tx, cx.now, STEP)?;
    let more = i64::try_from(due.len()).unwrap_or(0) == STEP;
    let mut events = Vec::new();
    for pairing in due {
        events.extend(over(tx, cx, (&pairing, PairingState::Expired))?);
    }
    tx.record(&events, more)
}
