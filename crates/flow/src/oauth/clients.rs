//! What operators do with clients, at the command line, on their pages and in the configuration file.
//!
//! A client that the file declares is changed in the file and nowhere else; one that an operator made, or that registered
//! itself, is left alone by it.

use std::collections::BTreeMap;
use std::time::Duration;

use model::bearer::{Bearer, BearerKind};
use model::client::{ClientOrigin, ClientSecret, MOST_SECRETS, Registered, Shown};
use model::cx::Cx;
use model::digest::Keys;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::refusal::Refusal;
use model::time::Time;
use store::initial_access_tokens;
pub use store::initial_access_tokens::Opening;
use store::{Recorded, Store, Tx, clients};
use wire::oauth::client_authentication::AuthenticationMethod;

use super::client::secret_digest;
use super::ending;
use crate::Outcome;
use crate::by::By;

/// How many clients are read at a time.
const PAGE: i64 = 200;

/// Clients by their names after `after`.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, after: Option<&str>, limit: i64) -> Result<Vec<Registered>, Fault> {
    store.read(|reader| clients::list(reader, after, limit))
}

/// What is kept of a secret, whoever chose it.
#[must_use]
pub fn kept_secret(keys: &Keys, secret: &str, now: Time) -> ClientSecret {
    ClientSecret { digest: secret_digest(keys, secret), made_at: now, expires_at: None }
}

/// What people know these clients by, also those that are gone.
///
/// # Errors
/// A fault of the store.
pub fn names<'a>(
    store: &Store,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeMap<String, Shown>, Fault> {
    store.read(|reader| clients::names(reader, ids))
}

/// Draws a secret.
///
/// # Errors
/// A fault when the system gives no random bytes.
pub fn draw_secret(cx: &mut Cx) -> Result<Bearer, Fault> {
    Ok(Bearer::draw(&mut cx.entropy, BearerKind::ClientSecret)?)
}

/// What bringing the store into line with the configuration file came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Clients that were added.
    pub added: Vec<String>,
    /// Clients that were changed.
    pub changed: Vec<String>,
    /// Clients that are not declared any more; [`remove_undeclared`] takes each away.
    pub undeclared: Vec<String>,
    /// Names that belong to clients which the file did not bring in; these were left alone.
    pub taken: Vec<String>,
}

/// Adds and changes what the configuration file declares. Several nodes with the same file may do so at the same time.
///
/// # Errors
/// A fault of the store.
pub fn declare(tx: &mut Tx<'_>, cx: &mut Cx, declared: &[Registered]) -> Result<Recorded<Brought>, Fault> {
    let (mut brought, mut events) = (Brought::default(), Vec::new());
    for declared in declared {
        let id = declared.client.id.clone();
        let mut client = Registered { made_at: cx.now, changed_at: cx.now, ..declared.clone() };
        let Some(before) = clients::find_held(tx, &id)? else {
            if clients::claim_insert(tx, &client)? {
                let kind = EventKind::ClientAdded { client: id.clone(), origin: ClientOrigin::Configuration };
                events.push(Event::new(cx, Subject::Site, kind)?);
                brought.added.push(id);
            }
            continue;
        };
        if before.client.origin != ClientOrigin::Configuration {
            brought.taken.push(id);
            continue;
        }
        if clients::are_same(&client, &before)? {
            continue;
        }
        client.made_at = before.made_at;
        for secret in &mut client.secrets {
            let known = before.secrets.iter().find(|known| known.digest.matches(&secret.digest));
            secret.made_at = known.map_or(secret.made_at, |known| known.made_at);
        }
        clients::put(tx, &client)?;
        events.push(Event::new(cx, Subject::Site, EventKind::ClientChanged { client: id.clone() })?);
        brought.changed.push(id);
    }
    let mut after: Option<String> = None;
    loop {
        let page = clients::list(tx, after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.client.id.clone());
        let is_declared = |id: &str| declared.iter().any(|declared| declared.client.id == id);
        let gone = page
            .into_iter()
            .filter(|one| one.client.origin == ClientOrigin::Configuration && !is_declared(&one.client.id));
        brought.undeclared.extend(gone.map(|one| one.client.id));
    }
    tx.record(&events, brought)
}

/// Takes a client away that the configuration file does not declare any more, with all that people had allowed it.
///
/// # Errors
/// A fault of the store.
pub fn remove_undeclared(tx: &mut Tx<'_>, cx: &mut Cx, id: &str) -> Result<Recorded<bool>, Fault> {
    let held = clients::find_held(tx, id)?.filter(|held| held.client.origin == ClientOrigin::Configuration);
    let Some(held) = held else {
        return Ok(tx.unrecorded("it is gone, or somebody else's", false));
    };
    let event = ending::remove_client(tx, cx, &held.client)?;
    tx.record(&[event], true)
}

/// Adds a client.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ClientTaken`].
pub fn add(tx: &mut Tx<'_>, cx: &mut Cx, client: &Registered, by: &By) -> Outcome<()> {
    let client = Registered { made_at: cx.now, changed_at: cx.now, ..client.clone() };
    if !clients::claim_insert(tx, &client)? {
        return Ok(tx.unrecorded("the name is taken", Err(Refusal::ClientTaken)));
    }
    let kind = EventKind::ClientAdded { client: client.client.id.clone(), origin: client.client.origin };
    let event = Event::new(cx, Subject::Site, kind)?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// A client that an operator may change here.
fn changeable(tx: &mut Tx<'_>, id: &str) -> Result<Result<Registered, Refusal>, Fault> {
    Ok(match clients::find_held(tx, id)? {
        None => Err(Refusal::ClientUnknown),
        Some(client) if client.client.origin == ClientOrigin::Configuration => Err(Refusal::ClientDeclared),
        Some(client) => Ok(client),
    })
}

/// Puts what is said of a client now in place of what was. Who brought it in, its secrets and what opens its registration
/// stay; secrets go where it proves itself in another way from now on.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ClientUnknown`], [`Refusal::ClientDeclared`].
pub fn change(tx: &mut Tx<'_>, cx: &mut Cx, said: &Registered, by: &By) -> Outcome<()> {
    let before = match changeable(tx, &said.client.id)? {
        Ok(before) => before,
        Err(refusal) => return Ok(tx.unrecorded("nothing to change", Err(refusal))),
    };
    let mut now = Registered {
        secrets: if has_secret(said) { before.secrets } else { Vec::new() },
        registration_token: before.registration_token,
        made_at: before.made_at,
        changed_at: cx.now,
        ..said.clone()
    };
    now.client.origin = before.client.origin;
    now.client.verified = before.client.verified;
    // Keys that came in a file are said again only where they change.
    if now.keys.is_none() && now.keys_at.is_none() {
        now.keys = before.keys;
    }
    clients::put(tx, &now)?;
    let event = Event::new(cx, Subject::Site, EventKind::ClientChanged { client: now.client.id })?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Whether it proves itself by a secret.
#[must_use]
pub fn has_secret(client: &Registered) -> bool {
    matches!(
        client.client.authentication,
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost
    )
}

/// Gives a client a new secret. The one before holds for `overlap` longer, so that it can be changed without a gap; older ones
/// do not hold any more.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ClientUnknown`], [`Refusal::ClientDeclared`], [`Refusal::ClientSecretless`].
pub fn renew_secret(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (id, secret, overlap): (&str, &ClientSecret, Duration),
    by: &By,
) -> Outcome<()> {
    let mut client = match changeable(tx, id)? {
        Ok(client) => client,
        Err(refusal) => return Ok(tx.unrecorded("nothing to change", Err(refusal))),
    };
    if !has_secret(&client) {
        return Ok(tx.unrecorded("it has no secret", Err(Refusal::ClientSecretless)));
    }
    let until = cx.now + overlap;
    let holds = |one: &ClientSecret| one.expires_at.is_none_or(|end| cx.now < end);
    let before = client.secrets.iter().find(|one| holds(one) && !overlap.is_zero()).map(|one| ClientSecret {
        expires_at: Some(one.expires_at.map_or(until, |end| end.min(until))),
        ..*one
    });
    let before_until = before.and_then(|one| one.expires_at);
    client.secrets = std::iter::once(*secret).chain(before).take(MOST_SECRETS).collect();
    client.changed_at = cx.now;
    clients::put(tx, &client)?;
    let kind = EventKind::ClientSecretMade { client: id.to_owned(), before_until };
    let event = Event::new(cx, Subject::Site, kind)?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Vouches for the name and the pages of a client, or no longer does.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ClientUnknown`], [`Refusal::ClientDeclared`].
pub fn verify(tx: &mut Tx<'_>, cx: &mut Cx, (id, verified): (&str, bool), by: &By) -> Outcome<()> {
    let mut client = match changeable(tx, id)? {
        Ok(client) => client,
        Err(refusal) => return Ok(tx.unrecorded("nothing to change", Err(refusal))),
    };
    if client.client.verified == verified {
        return Ok(tx.unrecorded("it is so already", Ok(())));
    }
    client.client.verified = verified;
    client.changed_at = cx.now;
    clients::put(tx, &client)?;
    let event = Event::new(cx, Subject::Site, EventKind::ClientVerified { client: id.to_owned(), verified })?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Takes a client away, with all that people had allowed it.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ClientUnknown`], [`Refusal::ClientDeclared`].
pub fn remove(tx: &mut Tx<'_>, cx: &mut Cx, id: &str, by: &By) -> Outcome<()> {
    let client = match changeable(tx, id)? {
        Ok(client) => client,
        Err(refusal) => return Ok(tx.unrecorded("nothing to remove", Err(refusal))),
    };
    let event = ending::remove_client(tx, cx, &client.client)?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Makes a token by which so many clients can register themselves until its time has passed.
///
/// # Errors
/// A fault of the store. Never refused.
pub fn open_registration(tx: &mut Tx<'_>, cx: &mut Cx, opening: &Opening, by: &By) -> Outcome<Bearer> {
    let token = Bearer::draw(&mut cx.entropy, BearerKind::InitialAccessToken)?;
    initial_access_tokens::insert(tx, &token.digest(tx.keys()), opening)?;
    let kind = EventKind::RegistrationOpened { clients: opening.clients_left, until: opening.expires_at };
    let event = Event::new(cx, Subject::Site, kind)?;
    tx.record(&[by.sign(event)], Ok(token))
}

/// What opens the registration of clients at present.
///
/// # Errors
/// A fault of the store.
pub fn openings(store: &Store, cx: &Cx) -> Result<Vec<Opening>, Fault> {
    store.read(|reader| initial_access_tokens::list(reader, cx.now))
}
