//! A person answers for a device.
//!
//! Implements: RFC 8628 §3.3 and §5.4, RFC 10027 §6.1.14 (who asks, what for, and no as the first answer), §6.2.1, threats.md
//! §5.2 rows 22, 24, 26 and 28.
//!
//! 1. Somebody who is signed in types the code that a device shows ([`enter`]). The device is before that browser session from
//!    then on, by a secret that its browser alone has, and before no other.
//! 2. Its page says who asks ([`before`]).
//! 3. No needs nothing. Yes needs a proof of who is there that is newer than the typing: being signed in is not enough
//!    ([`is_proved`]).
//!
//! What comes of a yes is the same whichever way the device began ([`approve`]).

use model::client::Registered;
use model::cx::Cx;
use model::device_authorization::{
    DeviceAuthorization, DeviceState, FETCHED_WITHIN, Holder, entry_digest, user_code_digest,
};
use model::device_guesses::Counted;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, NotEntered, Subject};
use model::fault::Fault;
use model::grant::{Grant, GrantEnd, GrantOrigin};
use model::id::{AccountId, DeviceId, GrantId};
use model::nearness::Nearness;
use model::refusal::{Refusal, Verdict};
use model::source::Source;
use model::time::Time;
use store::device_authorizations::{Kept, Yes};
use store::{Reader, Recorded, Store, Tx, clients, device_authorizations, grants, sessions};
use wire::base20;
use wire::oauth::device::USER_CODE;

use crate::Outcome;
use crate::guesses::{self, Guesser};
use crate::methods;
use crate::oauth::device::asked;
use crate::oauth::ending;
use crate::oauth::poll::{at_the_device, of};
use crate::provisional;
use crate::reauth::{self, Needed};
use crate::response;
use crate::session::Visitor;

/// A code that somebody typed.
pub struct Entering {
    digest: Digest,
    secret: [u8; 32],
    by: Visitor,
    source: Source,
}

/// A device that is before a browser, and what proves it there.
#[derive(Clone)]
pub struct Entered {
    /// Which.
    pub device: DeviceId,
    /// For the browser's cookie.
    pub secret: [u8; 32],
}

/// Reads what was typed.
///
/// # Errors
/// A fault when the system gives no random bytes. Refused: [`Refusal::CodeMalformed`].
pub fn prepare_entry(
    store: &Store,
    cx: &mut Cx,
    (by, source, typed): (Visitor, Source, &str),
) -> Result<Verdict<Entering>, Fault> {
    let Ok(code) = base20::parse(typed, USER_CODE) else { return Ok(Err(Refusal::CodeMalformed)) };
    let digest = user_code_digest(store.keys(), &code);
    Ok(Ok(Entering { digest, secret: cx.entropy.bytes()?, by, source }))
}

/// Step 1.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::GuessesHeldBack`], or [`Refusal::UserCodeUnknown`], the same whether there is no
/// such code, its time has passed, somebody typed it before, or its client may not begin so any more.
pub fn enter(tx: &mut Tx<'_>, cx: &mut Cx, entering: &Entering) -> Outcome<Entered> {
    let (by, source) = (&entering.by, entering.source);
    let account = by.account.id;
    let mine = |event: Event, cx: &Cx| {
        event.by(Actor::Owner, Some(source.kept(cx.policy.keep_addresses))).within(by.session.id)
    };
    let guesser = Guesser { account: Some(account), from: source.address };
    let turn = match guesses::reserve(tx, cx, (Counted::UserCode, guesser))? {
        Ok(turn) => turn,
        Err(held) => {
            let events: Vec<Event> = held.event.into_iter().map(|event| mine(event, cx)).collect();
            return tx.record(&events, Err(Refusal::GuessesHeldBack { until: held.until }));
        }
    };
    let holder = Holder { account, session: by.session.id, since: cx.now, from: source.address };
    let entry = entry_digest(tx.keys(), &entering.secret);
    let found = device_authorizations::claim_entry(tx, &entering.digest, (&holder, &entry))?;
    let found = match found {
        Some(found)
            if may_still(tx, &found.device)?
                && !response::suspends_devices(tx, cx, &found.device.client)? =>
        {
            Some(found)
        }
        Some(found) => {
            device_authorizations::claim_end(tx, &found.device, (DeviceState::Denied, cx.now))?;
            None
        }
        None => None,
    };
    let Some(Kept { device, source: theirs, .. }) = found else {
        let kind = EventKind::DeviceCodeRefused { because: NotEntered::Unknown };
        let event = Event::new(cx, Subject::Account(account), kind)?;
        return tx.record(&[mine(event, cx)], Err(Refusal::UserCodeUnknown));
    };
    turn.give_back(tx)?;
    let nearness = device.nearness_to(source.address, &cx.policy.nearby_networks);
    let began = Event::new(cx, Subject::Account(account), asked(&device, true))?;
    let (id, client) = (device.id, device.client);
    let kind = EventKind::DeviceCodeEntered { device: id, client, nearness };
    let entered = Event::new(cx, Subject::Account(account), kind)?;
    let events = [at_the_device(began, theirs), mine(entered, cx)];
    tx.record(&events, Ok(Entered { device: id, secret: entering.secret }))
}

/// Whether the client of a device may still begin as it did, and have what it asked for.
fn may_still(reader: &mut Reader<'_>, device: &DeviceAuthorization) -> Result<bool, Fault> {
    let client = clients::find(reader, &device.client)?;
    Ok(client.is_some_and(|client| client.client.on_a_device(device.flow, Some(&device.scopes)).is_ok()))
}

/// A device, and the client that runs on it.
#[derive(Clone, Debug)]
pub struct Before {
    /// The device.
    pub device: DeviceAuthorization,
    /// Where it asked from, as far as the record may keep it.
    pub source: Source,
    /// The client.
    pub client: Registered,
}

/// What a browser that holds this secret has before it.
#[derive(Clone, Debug)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// A device, of this very session.
    Device(Box<Before>),
    /// A device that another session has before it, of this account.
    Elsewhere(AccountId),
}

/// Step 2.
///
/// # Errors
/// A fault of the store.
pub fn before(store: &Store, by: &Visitor, entered: &Entered) -> Result<Held, Fault> {
    let digest = entry_digest(store.keys(), &entered.secret);
    store.read(|reader| {
        let found = device_authorizations::find(reader, entered.device)?;
        let found = found.filter(|found| found.entry.is_some_and(|own| own.matches(&digest)));
        let Some((found, holder)) = found.and_then(|found| found.device.holder.map(|holder| (found, holder)))
        else {
            return Ok(Held::Nothing);
        };
        if holder.account != by.account.id || holder.session != by.session.id {
            return Ok(Held::Elsewhere(holder.account));
        }
        let client = clients::find(reader, &found.device.client)?;
        Ok(client.map_or(Held::Nothing, |client| {
            Held::Device(Box::new(Before { device: found.device, source: found.source, client }))
        }))
    })
}

/// Says on the record of whoever typed a code that somebody else wanted to answer.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::DeviceGone`].
pub fn refuse_foreign(tx: &mut Tx<'_>, cx: &mut Cx, (account, source): (AccountId, Source)) -> Outcome<()> {
    let kind = EventKind::DeviceCodeRefused { because: NotEntered::ForeignBrowser };
    let event = Event::new(cx, Subject::Account(account), kind)?;
    let source = source.kept(cx.policy.keep_addresses);
    tx.record(&[event.by(Actor::Visitor, Some(source))], Err(Refusal::DeviceGone))
}

/// Whether whoever is signed in has proved who is there, as surely as the account can, since then.
///
/// # Errors
/// A fault of the store.
pub fn is_proved(store: &Store, cx: &Cx, (by, since): (&Visitor, Time)) -> Result<bool, Fault> {
    store.read(|reader| proved(reader, cx, (by, since)))
}

pub(crate) fn proved(reader: &mut Reader<'_>, cx: &Cx, (by, since): (&Visitor, Time)) -> Result<bool, Fault> {
    let level = reauth::within(reader, cx, by)?.highest;
    Ok(Needed { level, within: cx.now.since(since) }.is_met(by, cx))
}

/// Step 3: yes, to a device that showed a code.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::DeviceUnproved`], and as [`approve`].
pub fn allow(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (by, source, before): (&Visitor, Source, &Before),
) -> Outcome<Nearness> {
    let since = before.device.holder.map(|holder| holder.since);
    let met = match since {
        Some(since) => proved(tx, cx, (by, since))?,
        None => false,
    };
    if !met {
        return Ok(tx.unrecorded("nothing was decided", Err(Refusal::DeviceUnproved)));
    }
    match approve(tx, cx, (by, source), before)? {
        Ok((nearness, events)) => tx.record(&events, Ok(nearness)),
        Err(refusal) => Ok(tx.unrecorded("nothing was given", Err(refusal))),
    }
}

/// Lets a device in: its grant, and what stands on the record about it.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::SessionUnknown`], [`Refusal::MethodOff`] where nothing was proved that counts at its
/// client, or [`Refusal::DeviceGone`] where it was answered before, its time
/// has passed, it is not before this session, or its client may not begin so any more.
pub(crate) fn approve(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (by, source): (&Visitor, Source),
    before: &Before,
) -> Result<Verdict<(Nearness, Vec<Event>)>, Fault> {
    if !may_still(tx, &before.device)? {
        return Ok(Err(Refusal::DeviceGone));
    }
    let Some(assurance) = methods::at_client(&before.client, &by.session.assurance) else {
        return Ok(Err(Refusal::MethodOff));
    };
    // Whoever ends the session waits for this, and finds the grant.
    if !sessions::claim_use(tx, by.session.id, cx.now)? {
        return Ok(Err(Refusal::SessionUnknown));
    }
    let grant = GrantId::new(cx)?;
    let yes = Yes { grant, from: source.address, within: FETCHED_WITHIN };
    let who = (by.account.id, by.session.id, cx.now);
    let claimed = device_authorizations::claim_answer(tx, before.device.id, who, Some(&yes))?;
    let Some(Kept { device, .. }) = claimed else { return Ok(Err(Refusal::DeviceGone)) };
    let nearness = device.nearness_to(source.address, &cx.policy.nearby_networks);
    let kept_source = source.kept(cx.policy.keep_addresses);
    let lifetimes = before.client.client.lifetimes;
    let given = Grant {
        id: grant,
        account: Some(by.account.id),
        client: device.client.clone(),
        scopes: device.scopes.clone(),
        resources: device.resources.clone(),
        origin: GrantOrigin::Device,
        context: Some(nearness),
        session: Some(by.session.id),
        key: device.key,
        granted_at: cx.now,
        used_at: cx.now,
        idle: lifetimes.idle,
        expires_at: cx.now + lifetimes.absolute,
        confirmed_at: None,
        quiet_until: None,
        ended: None,
    };
    let kinds = [
        EventKind::DeviceApproved {
            device: device.id,
            client: device.client.clone(),
            flow: device.flow,
            kind: device.kind.name().to_owned(),
            nearness,
            grant,
        },
        EventKind::GrantGiven {
            grant,
            client: device.client.clone(),
            scopes: device.scopes.to_string(),
            remembered: false,
        },
    ];
    let kept =
        grants::Kept { grant: given, assurance: Some(assurance), claims: None, source: Some(kept_source) };
    grants::insert(tx, &kept)?;
    provisional::tell(tx, cx, (&kept.grant, &before.client), source)?;
    let mut events = Vec::new();
    for kind in kinds {
        let event = Event::new(cx, Subject::Account(by.account.id), kind)?;
        events.push(event.by(Actor::Owner, Some(kept_source)).within(by.session.id));
    }
    Ok(Ok((nearness, events)))
}

/// Step 3: no.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::DeviceGone`].
pub fn deny(tx: &mut Tx<'_>, cx: &mut Cx, (by, source, device): (&Visitor, Source, DeviceId)) -> Outcome<()> {
    match denied(tx, cx, (by, source, device))? {
        Some(event) => tx.record(&[event], Ok(())),
        None => Ok(tx.unrecorded("answered before", Err(Refusal::DeviceGone))),
    }
}

pub(crate) fn denied(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (by, source, device): (&Visitor, Source, DeviceId),
) -> Result<Option<Event>, Fault> {
    let who = (by.account.id, by.session.id, cx.now);
    let Some(kept) = device_authorizations::claim_answer(tx, device, who, None)? else { return Ok(None) };
    let kind = EventKind::DeviceDenied { device, client: kept.device.client };
    let event = Event::new(cx, Subject::Account(by.account.id), kind)?;
    let source = source.kept(cx.policy.keep_addresses);
    Ok(Some(event.by(Actor::Owner, Some(source)).within(by.session.id)))
}

/// Ends devices whose time has passed, with what was given to those that did not come for it; says whether there may be more.
///
/// # Errors
/// A fault of the store.
pub fn expire(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    const STEP: i64 = 100;
    let due = device_authorizations::list_over(tx, cx.now, STEP)?;
    let more = i64::try_from(due.len()).unwrap_or(0) == STEP;
    let mut events = Vec::new();
    for Kept { device, .. } in due {
        if !device_authorizations::claim_end(tx, &device, (DeviceState::Expired, cx.now))? {
            continue;
        }
        let approved = device.state == DeviceState::Approved;
        let kind = EventKind::DeviceExpired { device: device.id, client: device.client.clone(), approved };
        events.push(Event::new(cx, of(&device), kind)?);
        let grant = device.grant.map(|grant| grants::find_held(tx, grant)).transpose()?.flatten();
        if let Some(kept) = grant {
            events.extend(ending::end(tx, cx, (&kept.grant, GrantEnd::Unfetched))?);
        }
    }
    tx.record(&events, more)
}
