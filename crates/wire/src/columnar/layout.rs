//! Which value of a record stands in which column: [`put`] and [`take`] go through the columns in the order of
//! [`COLUMNS`](super::COLUMNS), and each is the other's mirror.

use std::fmt::{self, Display, Write};

use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};

use crate::Malformed;
use crate::foreign::{Act, Arena, Device, Format, Row, SignIn, What};

use super::read::Taking;
use super::write::Filling;
use super::{LONGEST_TEXT, Record, refuse};

const FORMATS: [Format; 8] = [
    Format::UnifiedAuditLog,
    Format::PortalCsv,
    Format::LogAnalytics,
    Format::AzureMonitor,
    Format::Graph,
    Format::Okta,
    Format::Google,
    Format::Own,
];

/// A word of a closed list, as it is stored.
struct Named<'a, T>(&'a T);

impl<T: Serialize> Display for Named<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

/// A short text that is written anew for each value.
#[derive(Default)]
struct Scratch(String);

impl Scratch {
    fn of(&mut self, what: impl Display) -> &str {
        self.0.clear();
        // Writing into a text does not fail.
        let _ = write!(self.0, "{what}");
        &self.0
    }

    fn word<T: Serialize>(&mut self, word: Option<&T>, to: &mut Filling<'_>) {
        match word {
            Some(word) => to.text(Some(self.of(Named(word)))),
            None => to.text(None),
        }
    }
}

/// The word of a closed list with this name.
fn word<'a, T: Deserialize<'a>>(name: &'a str) -> Result<T, Malformed> {
    let from: StrDeserializer<'a, Error> = name.into_deserializer();
    T::deserialize(from).map_err(|_| refuse("words that this version knows"))
}

/// Writes a record into the columns.
pub(super) fn put(record: &Record<'_>, to: &mut Filling<'_>) {
    let row = match record {
        Record::Row(row) => row,
        Record::Own { at, event } => return put_own(*at, event, to),
    };
    let mut scratch = Scratch::default();
    to.number(Some(row.at));
    to.text(Some(match row.what {
        What::SignIn(_) => "sign_in",
        What::Act(_) => "act",
    }));
    to.text(Some(row.format.code()));
    to.text(Some(row.system.code()));
    for text in [row.id, row.user, row.user_id, row.session, row.correlation, row.token] {
        to.text(text);
    }
    for text in [row.app, row.app_name, row.resource, row.resource_name, row.agent] {
        to.text(text);
    }
    match row.address {
        Some(address) => to.text(Some(scratch.of(address))),
        None => to.text(None),
    }
    to.number(row.asn.map(i64::from));
    to.flag(row.hosting);
    to.text(row.country);
    to.text(row.city);
    to.small(row.coordinates.map(|(latitude, _)| latitude));
    to.small(row.coordinates.map(|(_, longitude)| longitude));
    put_device(row.device.as_ref(), to);
    let (sign_in, act) = match &row.what {
        What::SignIn(sign_in) => (Some(sign_in), None),
        What::Act(act) => (None, Some(act)),
    };
    put_sign_in(sign_in, &mut scratch, to);
    put_act(act, &mut scratch, to);
}

fn put_device(device: Option<&Device<'_>>, to: &mut Filling<'_>) {
    to.flag(Some(device.is_some()));
    to.text(device.and_then(|device| device.id));
    to.text(device.and_then(|device| device.name));
    to.text(device.and_then(|device| device.system));
    to.text(device.and_then(|device| device.browser));
    to.flag(device.and_then(|device| device.managed));
    to.flag(device.and_then(|device| device.compliant));
    to.text(device.and_then(|device| device.trust));
}

fn put_sign_in(sign_in: Option<&SignIn<'_>>, scratch: &mut Scratch, to: &mut Filling<'_>) {
    scratch.word(sign_in.map(|sign_in| &sign_in.outcome), to);
    to.number(sign_in.and_then(|sign_in| sign_in.code).map(i64::from));
    to.text(sign_in.and_then(|sign_in| sign_in.detail));
    to.flag(sign_in.and_then(|sign_in| sign_in.interactive));
    scratch.word(sign_in.and_then(|sign_in| sign_in.protocol.as_ref()), to);
    scratch.word(sign_in.and_then(|sign_in| sign_in.transfer.as_ref()), to);
    scratch.word(sign_in.and_then(|sign_in| sign_in.presented.as_ref()), to);
    to.flag(sign_in.and_then(|sign_in| sign_in.password));
    to.text(sign_in.and_then(|sign_in| sign_in.factor));
    scratch.word(sign_in.and_then(|sign_in| sign_in.access.as_ref()), to);
    scratch.word(sign_in.and_then(|sign_in| sign_in.risk.as_ref()), to);
    to.number(sign_in.map(|sign_in| i64::from(sign_in.times)));
}

fn put_act(act: Option<&Act<'_>>, scratch: &mut Scratch, to: &mut Filling<'_>) {
    scratch.word(act.map(|act| &act.operation), to);
    to.text(act.map(|act| act.name));
    to.flag(act.map(|act| act.done));
    to.text(act.and_then(|act| act.target));
    to.text(act.and_then(|act| act.target_user));
    let modified = act.map(|act| &act.modified).filter(|modified| !modified.is_empty());
    // Half of it could not be read back.
    let modified = modified.and_then(|modified| serde_json::to_string(modified).ok());
    to.text(modified.filter(|modified| modified.len() <= LONGEST_TEXT).as_deref());
}

/// An event of ours has a time, and itself.
fn put_own(at: i64, event: &str, to: &mut Filling<'_>) {
    to.number(Some(at));
    to.text(Some("own"));
    to.text(Some(Format::Own.code()));
    (0..13).for_each(|_| to.text(None));
    to.number(None);
    to.flag(None);
    (0..2).for_each(|_| to.text(None));
    (0..2).for_each(|_| to.small(None));
    put_device(None, to);
    let mut scratch = Scratch::default();
    put_sign_in(None, &mut scratch, to);
    (0..2).for_each(|_| to.text(None));
    to.flag(None);
    (0..2).for_each(|_| to.text(None));
    to.text(Some(event));
}

/// Reads a record out of the columns.
///
/// # Errors
/// [`Malformed`] for values that no record has.
pub(super) fn take<'a>(from: &mut Taking<'a>, arena: &'a Arena) -> Result<Record<'a>, Malformed> {
    let at = from.number()?.ok_or(refuse("a time in each record"))?;
    let kind = from.text()?.unwrap_or_default();
    let format = from.text()?.unwrap_or_default();
    let format = FORMATS.into_iter().find(|known| known.code() == format);
    let format = format.ok_or(refuse("formats that this version knows"))?;
    let system = from.text()?;
    if kind == "own" {
        let event = from.last()?.ok_or(refuse("an event in each record of ours"))?;
        return Ok(Record::Own { at, event });
    }
    let system = word(system.ok_or(refuse("the system in each record"))?)?;
    let [id, user, user_id, session, correlation, token] = from.texts()?;
    let [app, app_name, resource, resource_name, agent] = from.texts()?;
    let address =
        from.text()?.map(|text| text.parse().map_err(|_| refuse("network addresses"))).transpose()?;
    let asn = from.unsigned()?;
    let hosting = from.flag()?;
    let [country, city] = from.texts()?;
    let (latitude, longitude) = (from.small()?, from.small()?);
    let device = take_device(from)?;
    let (sign_in, act) = (take_sign_in(from)?, take_act(from, arena)?);
    let what = match (kind, sign_in, act) {
        ("sign_in", Some(sign_in), _) => What::SignIn(sign_in),
        ("act", _, Some(act)) => What::Act(act),
        _ => return Err(refuse("a sign-in or an act in each record")),
    };
    Ok(Record::Row(Row {
        system,
        format,
        at,
        ambiguous: false,
        id,
        user,
        user_id,
        session,
        correlation,
        token,
        app,
        app_name,
        resource,
        resource_name,
        address,
        agent,
        asn,
        hosting,
        country,
        city,
        coordinates: latitude.zip(longitude),
        device,
        what,
    }))
}

fn take_device<'a>(from: &mut Taking<'a>) -> Result<Option<Device<'a>>, Malformed> {
    let there = from.flag()? == Some(true);
    let [id, name, system, browser] = from.texts()?;
    let (managed, compliant, trust) = (from.flag()?, from.flag()?, from.text()?);
    Ok(there.then_some(Device { id, name, system, browser, managed, compliant, trust }))
}

fn take_sign_in<'a>(from: &mut Taking<'a>) -> Result<Option<SignIn<'a>>, Malformed> {
    let outcome = from.text()?.map(word).transpose()?;
    let (code, detail, interactive) = (from.unsigned()?, from.text()?, from.flag()?);
    let protocol = from.text()?.map(word).transpose()?;
    let transfer = from.text()?.map(word).transpose()?;
    let presented = from.text()?.map(word).transpose()?;
    let (password, factor) = (from.flag()?, from.text()?);
    let access = from.text()?.map(word).transpose()?;
    let risk = from.text()?.map(word).transpose()?;
    let times = from.unsigned()?.unwrap_or(1);
    Ok(outcome.map(|outcome| SignIn {
        outcome,
        code,
        detail,
        interactive,
        protocol,
        transfer,
        presented,
        password,
        factor,
        access,
        risk,
        times,
    }))
}

fn take_act<'a>(from: &mut Taking<'a>, arena: &'a Arena) -> Result<Option<Act<'a>>, Malformed> {
    let operation = from.text()?.map(word).transpose()?;
    let (name, done) = (from.text()?, from.flag()?);
    let [target, target_user, modified] = from.texts()?;
    #[expect(clippy::disallowed_methods, reason = "this is where it is parsed")]
    let modified: Vec<(String, String)> = match modified {
        Some(text) => serde_json::from_str(text).map_err(|_| refuse("what was changed as pairs of texts"))?,
        None => Vec::new(),
    };
    let modified = modified.into_iter().map(|(name, value)| (arena.keep(name), arena.keep(value))).collect();
    Ok(operation.map(|operation| Act {
        operation,
        name: name.unwrap_or_default(),
        done: done.unwrap_or(false),
        target,
        target_user,
        modified,
    }))
}
