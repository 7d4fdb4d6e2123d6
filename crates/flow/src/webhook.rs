//! Services are told of findings.
//!
//! Implements: Standard Webhooks 1.0, docs/webhooks.md.
//!
//! 1. A finding is raised, and in the same transaction a row is written for each service ([`queue`]): nothing is told before the
//!    finding is durable, and of each finding every service is told.
//! 2. A worker leases the row ([`lease`]) and writes and signs what is said ([`compose`]). The identifier is the same at each
//!    attempt, so that a service which remembers it takes a second one for what it is.
//! 3. What became of it is recorded ([`settle`]): told, put off, or given up after a day.

use std::time::Duration;

use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::finding::{About, Finding};
use model::id::{EventId, WebhookCallId, WebhookId};
use model::message::{Delivery, Obstacle};
use model::refusal::Refusal;
use model::secret::Secret;
use model::time::Time;
use model::webhook::{self, MOST, SignedBy, Webhook};
use serde_json::{Value, json};
pub use store::webhooks::{Leased, Waiting};
use store::{Recorded, Store, Tx, events, webhooks};
use wire::http::url::Url;

use crate::Outcome;
use crate::by::By;
use crate::deliver::{LEASE, growing};

/// How long a service is tried that does not answer.
const GIVE_UP: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest time between two attempts, in seconds.
const LONGEST_PAUSE: u64 = 60 * 60;

/// A service that is to be told, with everything that was made for it.
pub struct Prepared {
    webhook: Webhook,
    sealed: Vec<u8>,
    secret: Option<Secret<String>>,
}

impl Prepared {
    /// The secret, as whoever receives the calls is given it: shown once. None where there is a public key.
    #[must_use]
    pub const fn secret(&self) -> Option<&Secret<String>> {
        self.secret.as_ref()
    }

    /// The public key, as whoever receives the calls is given it. None where there is a secret.
    #[must_use]
    pub fn public_key(&self) -> Option<String> {
        self.webhook.public.as_ref().map(webhook::public_text)
    }

    /// Which it is.
    #[must_use]
    pub const fn id(&self) -> WebhookId {
        self.webhook.id
    }
}

/// Draws a key for a service, and seals it.
///
/// # Errors
/// A fault when there is no chance to be had, no key can be made, or sealing fails.
pub fn prepare(store: &Store, cx: &mut Cx, (url, by): (&Url, SignedBy)) -> Result<Prepared, Fault> {
    let id = WebhookId::new(cx)?;
    let key = Secret::new(cx.entropy.bytes::<32>()?);
    let sealed = webhooks::seal(store.keys(), &mut cx.entropy, id, &key)?;
    let public = webhook::public_of(by, &key).map_err(|error| Fault::new("a key of a webhook", error))?;
    let webhook = Webhook { id, url: format!("{}{}", url.origin(), url.target()), made_at: cx.now, public };
    Ok(Prepared { webhook, sealed, secret: public.is_none().then(|| webhook::key_text(&key)) })
}

/// Where a service is, for people and the record: what stands behind the path may be a secret.
fn shown(url: &str) -> String {
    Url::parse(url).map_or_else(|_| String::new(), |url| url.without_query())
}

/// Adds a service.
///
/// # Errors
/// A fault of the store. Refusals: [`Refusal::WebhooksFull`].
pub fn add(tx: &mut Tx<'_>, cx: &mut Cx, prepared: &Prepared, by: &By) -> Outcome<()> {
    if i64::try_from(webhooks::list(tx)?.len()).unwrap_or(MOST) >= MOST {
        return Ok(tx.unrecorded("there are as many as there may be", Err(Refusal::WebhooksFull)));
    }
    webhooks::insert(tx, &prepared.webhook, &prepared.sealed)?;
    let (webhook, url) = (prepared.webhook.id, shown(&prepared.webhook.url));
    let event = Event::new(cx, Subject::Site, EventKind::WebhookAdded { webhook, url })?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// Takes a service away, with all that it has yet to be told.
///
/// # Errors
/// A fault of the store. Refusals: [`Refusal::WebhookUnknown`].
pub fn remove(tx: &mut Tx<'_>, cx: &mut Cx, id: WebhookId, by: &By) -> Outcome<()> {
    let Some((webhook, _)) = webhooks::find(tx, id)? else {
        return Ok(tx.unrecorded("there is no such webhook", Err(Refusal::WebhookUnknown)));
    };
    if !webhooks::claim_remove(tx, id)? {
        return Ok(tx.unrecorded("somebody was quicker", Err(Refusal::WebhookUnknown)));
    }
    let kind = EventKind::WebhookRemoved { webhook: id, url: shown(&webhook.url) };
    let event = Event::new(cx, Subject::Site, kind)?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// All of them, the oldest first, with where they are told as people are shown it.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store) -> Result<Vec<Webhook>, Fault> {
    let all = store.read(webhooks::list)?;
    Ok(all.into_iter().map(|one| Webhook { url: shown(&one.url), ..one }).collect())
}

/// What waits, the next to be tried first, and how much there is.
///
/// # Errors
/// A fault of the store.
pub fn waiting(store: &Store, limit: i64) -> Result<(Vec<Waiting>, i64), Fault> {
    let (all, count) =
        store.read(|reader| Ok((webhooks::list_waiting(reader, limit)?, webhooks::waiting(reader)?)))?;
    Ok((all.into_iter().map(|one| Waiting { url: shown(&one.url), ..one }).collect(), count))
}

/// Queues a word about the finding that `event` raised, to every service.
///
/// # Errors
/// A fault of the store.
pub(crate) fn queue(tx: &mut Tx<'_>, cx: &mut Cx, event: EventId) -> Result<(), Fault> {
    for webhook in webhooks::list(tx)? {
        let id = WebhookCallId::new(cx)?;
        webhooks::enqueue(tx, (id, webhook.id, Some(event)), cx.now)?;
    }
    Ok(())
}

/// Queues a word to one service that says nothing, for whoever wants to see whether it arrives: its identifier.
///
/// # Errors
/// A fault of the store. Refusals: [`Refusal::WebhookUnknown`].
pub fn test(tx: &mut Tx<'_>, cx: &mut Cx, webhook: WebhookId) -> Outcome<WebhookCallId> {
    if webhooks::find(tx, webhook)?.is_none() {
        return Ok(tx.unrecorded("there is no such webhook", Err(Refusal::WebhookUnknown)));
    }
    let id = WebhookCallId::new(cx)?;
    webhooks::enqueue(tx, (id, webhook, None), cx.now)?;
    Ok(tx.unrecorded("queued; what becomes of it is recorded", Ok(id)))
}

/// Leases what is due.
///
/// # Errors
/// A fault of the store.
pub fn lease(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<Recorded<Vec<Leased>>, Fault> {
    let leased = webhooks::lease(tx, cx.now, cx.now + LEASE, limit)?;
    Ok(tx.unrecorded("a lease is no event; what becomes of the call is", leased))
}

/// Ends the leases of a worker that is gone.
///
/// # Errors
/// A fault of the store.
pub fn release_all(tx: &mut Tx<'_>) -> Result<Recorded<u64>, Fault> {
    let count = webhooks::release_all(tx)?;
    Ok(tx.unrecorded("a lease is no event", count))
}

/// When the next one is due; none when nothing waits.
///
/// # Errors
/// A fault of the store.
pub fn next_due(store: &Store) -> Result<Option<Time>, Fault> {
    store.read(webhooks::next_due)
}

/// A call on its way.
#[derive(Debug)]
pub struct Call {
    /// Where to.
    pub url: Url,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The body, JSON.
    pub body: String,
}

/// Writes and signs a call, to be made at once; none when the service or the finding is gone.
///
/// # Errors
/// A fault of the store, or of a sealed key.
pub fn compose(store: &Store, cx: &Cx, site: &str, leased: &Leased) -> Result<Option<Call>, Fault> {
    let found = store.read(|reader| {
        let webhook = webhooks::find(reader, leased.webhook)?;
        let event = leased.event.map(|id| events::find(reader, id)).transpose()?.flatten();
        Ok((webhook, event))
    })?;
    let (Some((webhook, sealed)), event) = found else { return Ok(None) };
    let Ok(url) = Url::parse(&webhook.url) else { return Ok(None) };
    let said = match (&event, leased.event) {
        (Some(event), _) => match &event.kind {
            EventKind::FindingRaised { finding } => of_finding(site, event, finding),
            _ => return Ok(None),
        },
        (None, Some(_)) => return Ok(None),
        (None, None) => {
            json!({ "type": "test", "timestamp": leased.queued_at.to_string(), "data": { "site": site } })
        }
    };
    let (id, body) = (leased.id.to_string(), said.to_string());
    let timestamp = cx.now.micros().div_euclid(1_000_000);
    let key = webhooks::open(store.keys(), webhook.id, &sealed)?;
    let signature = webhook::signature((webhook.signed_by(), &key), (&id, timestamp), &body)
        .map_err(|error| Fault::new("signing a call", error))?;
    Ok(Some(Call { url, id, timestamp, signature, body }))
}

/// What is said of a finding: codes of ours and identifiers, no address of a mailbox and no secret. See docs/webhooks.md.
fn of_finding(site: &str, event: &Event, finding: &Finding) -> Value {
    let codes = |each: &mut dyn Iterator<Item = &'static str>| each.collect::<Vec<_>>();
    let about = match finding.about() {
        About::Source(address) => json!({ "source": address.to_string() }),
        About::Country(code) => json!({ "country": code }),
        About::Client(client) => json!({ "client": client }),
        About::Session(session) => json!({ "session": session.to_string() }),
        About::Grant(grant) => json!({ "grant": grant.to_string() }),
        About::Subject => json!({}),
    };
    json!({
        "type": "finding.raised",
        "timestamp": event.at.to_string(),
        "data": {
            "site": site,
            "finding": event.id.to_string(),
            "detector": finding.detector,
            "severity": finding.severity.code(),
            "account": event.subject.account().map(|account| account.to_string()),
            "about": about,
            "count": finding.count,
            "first": finding.span.map(|(first, _)| first.to_string()),
            "last": finding.span.map(|(_, last)| last.to_string()),
            "facts": finding.reasons.iter().map(|reason| {
                json!({ "fact": reason.fact.code(), "value": reason.value })
            }).collect::<Vec<_>>(),
            "may_be": codes(&mut finding.benign.iter().map(|benign| benign.code())),
            "to_do": codes(&mut finding.next.iter().map(|step| step.code())),
            "events": finding.evidence.iter().map(ToString::to_string).collect::<Vec<_>>(),
        },
    })
}

/// Records what became of an attempt: told, put off, or given up.
///
/// # Errors
/// A fault of the store.
pub fn settle(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    leased: &Leased,
    delivery: &Delivery,
) -> Result<Recorded<()>, Fault> {
    let Leased { id: call, webhook, attempt, .. } = *leased;
    let given_up = |tx: &mut Tx<'_>, why: Obstacle| {
        Ok::<_, Fault>((
            webhooks::claim_given_up(tx, call, attempt)?,
            EventKind::WebhookGivenUp { webhook, call, why },
        ))
    };
    let (claimed, kind) = match *delivery {
        Delivery::HandedOver => (webhooks::claim_done(tx, call)?, EventKind::WebhookTold { webhook, call }),
        Delivery::Bounced { why } => given_up(tx, why)?,
        Delivery::Deferred { why } if cx.now >= leased.queued_at + GIVE_UP => given_up(tx, why)?,
        Delivery::Deferred { why } => {
            let next = cx.now + growing(attempt, LONGEST_PAUSE);
            let claimed = webhooks::put_off(tx, call, attempt, next)?;
            let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
            (claimed, EventKind::WebhookDeferred { webhook, call, why, attempt })
        }
    };
    if !claimed {
        return Ok(tx.unrecorded("settled before, or in the hands of the worker whose lease it is now", ()));
    }
    let event = Event::new(cx, Subject::Site, kind)?;
    tx.record(&[event], ())
}

/// Takes a call away that nobody wants any more.
///
/// # Errors
/// A fault of the store.
pub fn forget(tx: &mut Tx<'_>, leased: &Leased) -> Result<Recorded<()>, Fault> {
    webhooks::claim_done(tx, leased.id)?;
    Ok(tx.unrecorded("the service or the finding is gone", ()))
}
