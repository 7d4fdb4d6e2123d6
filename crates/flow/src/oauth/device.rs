//! A device begins: with a code that it shows to a person (RFC 8628), or with one that a person gave it (docs/pairing.md).
//!
//! Implements: RFC 8628 §3.1 and §3.2, §5.1 to §5.4, RFC 9449 §5 (the key that is proved here is the one that polls), RFC 10027
//! §6.1.6, §6.1.9, §6.1.11 and §6.1.12, threats.md §5.2 rows 20, 21 and 28.
//!
//! Nothing that begins here is worth anything before a person has answered ([`crate::device`], [`crate::pairing`]).

use model::bearer::{Bearer, BearerKind};
use model::cx::Cx;
use model::device_authorization::{
    DeviceAuthorization, DeviceFlow, DeviceState, Holder, INTERVAL, WAITS, user_code_digest,
};
use model::device_guesses::Counted;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::grant_refusal::GrantRefusal;
use model::id::DeviceId;
use model::pairing::{ANSWERED, code_digest, confirmation_digest, draw_digits};
use model::secret::Secret;
use model::sign_in_code::CodeText;
use store::device_authorizations::Kept;
use store::pairings::Answering;
use store::{Store, Tx, device_authorizations, pairings};
use wire::oauth::device::{DeviceAnswer, PairingAnswer, PairingRequest, USER_CODE, Wish};
use wire::oauth::error::OauthError;

use super::Answered;
use super::once::claim_all;
use super::token::{Asker, event};
use crate::guesses::{self, Guesser};
use crate::response;

/// A device that wants to begin, with everything that was drawn for it.
pub struct Beginning {
    asker: Asker,
    kept: Kept,
    code: (Bearer, Digest),
    with: With,
}

/// What a device sent, and how it came.
pub struct Came<T> {
    /// Who asks.
    pub asker: Asker,
    /// For what.
    pub asks: T,
    /// Whether a page in a browser sent it: its network is that of whoever looks at the page, and says nothing about where the
    /// device is. Otherwise a page of a stranger's could be near to everybody who is lured to it.
    pub by_page: bool,
}

/// What a device begins with.
enum With {
    /// The code that it will show.
    UserCode { text: CodeText, digest: Digest },
    /// The digest of the code that it brought, and the digits that it will show.
    PairingCode { digest: Digest, digits: Secret<String> },
}

/// What the device is told.
pub struct Begun {
    code: Bearer,
    shows: Shows,
}

enum Shows {
    UserCode(CodeText),
    Digits(Secret<String>),
}

impl Begun {
    /// The body of the answer; `page` is where a person types user codes.
    #[must_use]
    pub fn json(&self, page: &str) -> String {
        match &self.shows {
            Shows::UserCode(text) => DeviceAnswer {
                device_code: self.code.expose(),
                user_code: text.expose(),
                verification_uri: page,
                expires_in: WAITS.as_secs(),
                interval: INTERVAL.as_secs(),
            }
            .json(),
            Shows::Digits(digits) => PairingAnswer {
                device_code: self.code.expose(),
                confirmation: digits.expose(),
                expires_in: ANSWERED.as_secs(),
                interval: INTERVAL.as_secs(),
            }
            .json(),
        }
    }
}

/// Looks at what a device wants that shows a code, and draws the codes.
///
/// # Errors
/// A fault when the system gives no random bytes; [`OauthError`] for a client that may not begin so, or asks for more than it
/// may have.
pub fn prepare_ask(
    store: &Store,
    cx: &mut Cx,
    came: Came<Wish>,
) -> Result<Result<Beginning, OauthError>, Fault> {
    let Came { asker, asks: wish, by_page } = came;
    let device = match device(cx, (&asker, wish), (DeviceFlow::UserCode, by_page))? {
        Ok(device) => DeviceAuthorization { expires_at: cx.now + WAITS, ..device },
        Err(refusal) => return Ok(Err(refusal.error())),
    };
    let text = CodeText::draw(&mut cx.entropy, u8::try_from(USER_CODE).unwrap_or(u8::MAX))?;
    let digest = user_code_digest(store.keys(), text.expose());
    beginning(store, cx, (asker, device), With::UserCode { text, digest }).map(Ok)
}

/// Looks at what a device wants that was given a code, and draws what it will show. Without a key nothing is begun: what comes
/// of it belongs to this device and to nobody to whom its texts are handed on.
///
/// # Errors
/// As [`prepare_ask`].
pub fn prepare_pairing(
    store: &Store,
    cx: &mut Cx,
    came: Came<PairingRequest>,
) -> Result<Result<Beginning, OauthError>, Fault> {
    let Came { asker, asks: request, by_page } = came;
    if asker.held.is_none() {
        return Ok(Err(GrantRefusal::KeyMissing.error()));
    }
    let device = match device(cx, (&asker, request.wish), (DeviceFlow::Pairing, by_page))? {
        Ok(device) => DeviceAuthorization { expires_at: cx.now + ANSWERED, ..device },
        Err(refusal) => return Ok(Err(refusal.error())),
    };
    let digest = code_digest(store.keys(), request.code.expose());
    let digits = draw_digits(&mut cx.entropy)?;
    beginning(store, cx, (asker, device), With::PairingCode { digest, digits }).map(Ok)
}

fn beginning(
    store: &Store,
    cx: &mut Cx,
    (asker, device): (Asker, DeviceAuthorization),
    with: With,
) -> Result<Beginning, Fault> {
    let code = Bearer::draw(&mut cx.entropy, BearerKind::DeviceCode)?;
    let digest = code.digest(store.keys());
    let source = asker.source.kept(cx.policy.keep_addresses);
    Ok(Beginning { asker, kept: Kept { device, source, entry: None }, code: (code, digest), with })
}

fn device(
    cx: &mut Cx,
    (asker, wish): (&Asker, Wish),
    (flow, by_page): (DeviceFlow, bool),
) -> Result<Result<DeviceAuthorization, GrantRefusal>, Fault> {
    let client = &asker.proved.registered.client;
    let scopes = client.on_a_device(flow, wish.scopes.as_ref()).and_then(|scopes| {
        client.asks_at(&wish.resources)?;
        client.needs_key(asker.held.is_some())?;
        Ok(scopes)
    });
    let scopes = match scopes {
        Ok(scopes) => scopes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(Ok(DeviceAuthorization {
        id: DeviceId::new(cx)?,
        flow,
        client: client.id.clone(),
        scopes,
        resources: wish.resources,
        kind: wish.kind,
        key: asker.held.map(|held| held.thumbprint),
        asked_from: asker.source.address.filter(|_| !by_page),
        polled_from: None,
        asked_at: cx.now,
        expires_at: cx.now,
        interval: INTERVAL,
        polled_at: None,
        state: DeviceState::Asked,
        holder: None,
        grant: None,
    }))
}

/// Begins.
///
/// # Errors
/// A fault of the store; [`OauthError`] for the device.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, beginning: &Beginning) -> Answered<Begun> {
    if let Err(error) = claim_all(tx, beginning.asker.once())? {
        return Ok(tx.unrecorded("shown before: nothing else was looked at", Err(error)));
    }
    if matches!(beginning.with, With::UserCode { .. })
        && response::suspends_devices(tx, cx, &beginning.kept.device.client)?
    {
        let why = "the response that suspends it is on the record";
        return Ok(tx.unrecorded(why, Err(GrantRefusal::HeldBack.error())));
    }
    let what = match &beginning.with {
        With::UserCode { .. } => Counted::Asked,
        With::PairingCode { .. } => Counted::PairingCode,
    };
    let by = Guesser { account: None, from: beginning.asker.source.address };
    let turn = match guesses::reserve(tx, cx, (what, by))? {
        Ok(turn) => turn,
        Err(held) => return held_back(tx, cx, &beginning.asker, held.event),
    };
    match &beginning.with {
        With::UserCode { text, digest } => {
            if !device_authorizations::insert(tx, (&beginning.code.1, Some(digest)), &beginning.kept)? {
                return Err(Fault::plain("a user code was drawn a second time").conflict());
            }
            begun(tx, cx, (beginning, Subject::Site), Shows::UserCode(text.clone()))
        }
        With::PairingCode { digest, digits } => {
            let device = beginning.kept.device.id;
            let confirmation = confirmation_digest(tx.keys(), device, digits.expose());
            let answering = Answering { device, confirmation, within: ANSWERED };
            let Some(window) = pairings::claim_device(tx, digest, (&answering, cx.now))? else {
                let why = "a code that opens nothing is nobody's; too many of them are an event";
                return Ok(tx.unrecorded(why, Err(GrantRefusal::WindowUnknown.error())));
            };
            turn.give_back(tx)?;
            let (account, session) = (window.account, window.session);
            let holder = Holder { account, session, since: cx.now, from: None };
            let mut kept = beginning.kept.clone();
            kept.device.state = DeviceState::Entered;
            kept.device.holder = Some(holder);
            if !device_authorizations::insert(tx, (&beginning.code.1, None), &kept)? {
                return Err(Fault::plain("a device code was drawn a second time").conflict());
            }
            begun(tx, cx, (beginning, Subject::Account(account)), Shows::Digits(digits.clone()))
        }
    }
}

fn begun(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (beginning, subject): (&Beginning, Subject),
    shows: Shows,
) -> Answered<Begun> {
    let event = event(cx, &beginning.asker, (subject, asked(&beginning.kept.device, false)))?;
    tx.record(&[event], Ok(Begun { code: beginning.code.0.clone(), shows }))
}

/// That a device asked; `later` where it is told after the fact, when somebody has it before them.
pub(crate) fn asked(device: &DeviceAuthorization, later: bool) -> EventKind {
    EventKind::DeviceAsked {
        device: device.id,
        client: device.client.clone(),
        flow: device.flow,
        kind: device.kind.name().to_owned(),
        asked_at: later.then_some(device.asked_at),
    }
}

fn held_back<T>(tx: &mut Tx<'_>, cx: &Cx, asker: &Asker, event: Option<Event>) -> Answered<T> {
    let source = asker.source.kept(cx.policy.keep_addresses);
    let events: Vec<Event> = event.into_iter().map(|event| event.by(Actor::Client, Some(source))).collect();
    tx.record(&events, Err(GrantRefusal::HeldBack.error()))
}
