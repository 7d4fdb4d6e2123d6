//! What an attack came to, found out from outside: by what the tokens do, and by what the owner can read.

use std::time::Duration;

use model::time::Time;

use super::super::browser::Browser;
use super::super::kit::{Kit, Told};
use super::super::told::{Saw, Where};
use super::super::world::{Mail, World};
use crate::Failed;
use crate::commands::failed;

/// Everything by which somebody who is in would stay in: each is asked for with the token, and each has to refuse.
const PERSISTENCE: [&str; 7] = [
    "/account/authenticators/passkeys",
    "/account/authenticators/password",
    "/account/authenticators/app",
    "/account/authenticators/recovery-codes",
    "/account/addresses",
    "/account/devices/pair",
    "/operator/clients/add",
];

/// What is broken when these tokens are worth more than a device's may be.
pub(super) fn worth(world: &World, kit: &mut Kit, tokens: &Told) -> Result<Vec<String>, Failed> {
    let token = tokens.text("access_token");
    let mut broken = Vec::new();
    if kit.with_token(world, "/oauth/userinfo", token)?.status != 200 {
        broken.push("the grant does not even say whose it is: the drill tried nothing".to_owned());
    }
    for path in PERSISTENCE {
        let told = kit.post(world, path, &[("token", token), ("csrf", "x")])?;
        if !matches!(told.status, 400 | 401 | 403) {
            broken.push(format!("{path} answered {} to a device", told.status));
        }
    }
    Ok(broken)
}

/// Until when the newest grant of the owner is provisional.
pub(super) fn quiet_until(world: &World) -> Result<Option<Time>, Failed> {
    let granted = world.events()?.into_iter().rev().find_map(|event| match event.kind {
        model::event::EventKind::GrantGiven { grant, .. } => Some(grant),
        _ => None,
    });
    let Some(grant) = granted else { return Ok(None) };
    let kept =
        world.store().read(|reader| store::grants::find(reader, grant)).map_err(|fault| failed(&fault))?;
    Ok(kept.and_then(|kept| kept.grant.quiet_until))
}

/// The codes that were mailed to the owner since the attack began.
pub(super) fn codes(world: &mut World) -> Result<Vec<Saw>, Failed> {
    world.post()?;
    let began = world.began;
    let mails = world.mails().iter().filter(|mail| mail.at >= began && mail.code.is_some());
    let told = |mail: &Mail| Saw {
        after: mail.at.since(began),
        place: Where::Mail,
        what: format!(
            "to {}: {}, with where it was asked for and a button against it",
            mail.to,
            kind(&mail.subject)
        ),
    };
    Ok(mails.map(told).collect())
}

/// The subject of a code's mail without the two words that are its own.
fn kind(subject: &str) -> &str {
    subject.rsplit_once(" (").map_or(subject, |(kind, _)| kind)
}

/// What the owner saw since the attack began: mails, and what stands on the page of their activity.
pub(super) fn saw(world: &mut World, owner: &mut Browser) -> Result<Vec<Saw>, Failed> {
    let began = world.began;
    let mut saw: Vec<Saw> = world
        .notices()?
        .into_iter()
        .map(|mail| Saw {
            after: mail.at.since(began),
            place: Where::Mail,
            what: format!("to {}: {}", mail.to, mail.subject),
        })
        .collect();
    let page = owner.open(world, "/account/activity")?;
    for entry in page.entries().into_iter().rev() {
        if let Some(after) = since(&entry.0, began) {
            saw.push(Saw { after, place: Where::Activity, what: entry.1 });
        }
    }
    saw.sort_by_key(|saw| saw.after);
    Ok(saw)
}

/// How long after the beginning, which is in the middle of a second, something happened; none before.
fn since(stamp: &str, began: Time) -> Option<Duration> {
    let at: jiff::Timestamp = stamp.parse().ok()?;
    let at = Time::from_micros(at.as_microsecond());
    (at + Duration::from_secs(1) > began).then(|| at.since(began))
}
