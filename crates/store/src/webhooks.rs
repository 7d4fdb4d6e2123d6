//! Tables `webhooks` and `webhook_calls`: services that are told of findings, and what each has yet to be told. A call is
//! written with the finding that it is about; workers lease calls, so that no two of them tell the same at once.

use model::digest::Keys;
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::{EventId, WebhookCallId, WebhookId};
use model::secret::Secret;
use model::time::Time;
use model::webhook::{Key, PublicKey, Webhook};

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

const ODD: &str = "the key of a webhook is not as it was written";

fn place(id: WebhookId) -> Vec<u8> {
    [b"webhook ".as_slice(), id.bytes()].concat()
}

/// Seals the key of a webhook, bound to it.
///
/// # Errors
/// A fault of sealing.
pub fn seal(keys: &Keys, entropy: &mut Entropy, id: WebhookId, key: &Key) -> Result<Vec<u8>, Fault> {
    seal::seal(keys, entropy, &place(id), key.expose())
}

fn read(row: &mut Row) -> Result<Webhook, Fault> {
    let public = row.maybe_bytes(3)?.map(PublicKey::try_from).transpose().map_err(|_| Fault::plain(ODD))?;
    Ok(Webhook {
        id: WebhookId::from_bytes(row.sixteen(0)?),
        url: row.text(1)?,
        made_at: row.time(2)?,
        public,
    })
}

/// Adds one.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, webhook: &Webhook, sealed: &[u8]) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO webhooks (id, url, sealed, made_at, public_key) VALUES ($1, $2, $3, $4, $5)",
        args![webhook.id.bytes(), &webhook.url, sealed, webhook.made_at, webhook.public.as_ref()],
    )
}

/// All of them, the oldest first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>) -> Result<Vec<Webhook>, Fault> {
    let rows = reader
        .db
        .query("SELECT id, url, made_at, public_key FROM webhooks ORDER BY id LIMIT 100", args![])?;
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// The one with this identifier, and its key as it is sealed.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: WebhookId) -> Result<Option<(Webhook, Vec<u8>)>, Fault> {
    let row = reader
        .db
        .one("SELECT id, url, made_at, public_key, sealed FROM webhooks WHERE id = $1", args![id.bytes()])?;
    row.map(|mut row| Ok((read(&mut row)?, row.bytes(4)?))).transpose()
}

/// Opens the key of a webhook.
///
/// # Errors
/// A fault when the value was altered, moved, or sealed under another key.
pub fn open(keys: &Keys, id: WebhookId, sealed: &[u8]) -> Result<Key, Fault> {
    let plain = seal::open(keys, &place(id), sealed)?;
    let key = <[u8; 32]>::try_from(plain.expose().as_slice()).map_err(|_| Fault::plain(ODD))?;
    Ok(Secret::new(key))
}

/// Takes one away with all that it has yet to be told: a claim, `false` where it is gone.
///
/// # Errors
/// A fault of the database.
pub fn claim_remove(tx: &mut Tx<'_>, id: WebhookId) -> Result<bool, Fault> {
    tx.db.put("DELETE FROM webhook_calls WHERE webhook = $1", args![id.bytes()])?;
    let rows = tx.db.execute("DELETE FROM webhooks WHERE id = $1", args![id.bytes()])?;
    Ok(rows == 1)
}

/// What a service is to be told, in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Its identifier, the same at each attempt.
    pub id: WebhookCallId,
    /// Which service.
    pub webhook: WebhookId,
    /// The event with the finding; none for a test.
    pub event: Option<EventId>,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// When it was queued.
    pub queued_at: Time,
}

/// Queues a call: nothing happens where the service is to be told of that event already.
///
/// # Errors
/// A fault of the database.
pub fn enqueue(
    tx: &mut Tx<'_>,
    (id, webhook, event): (WebhookCallId, WebhookId, Option<EventId>),
    now: Time,
) -> Result<(), Fault> {
    tx.mail = true;
    tx.db
        .execute(
            "INSERT INTO webhook_calls (id, webhook, event, attempts, next_at, lease_until, queued_at)
             VALUES ($1, $2, $3, 0, $4, 0, $4) ON CONFLICT DO NOTHING",
            args![id.bytes(), webhook.bytes(), event.as_ref().map(EventId::bytes), now],
        )
        .map(|_| ())
}

/// Leases up to `limit` due ones until `until`, as [`crate::outbox::lease`] does.
///
/// # Errors
/// A fault of the database.
pub fn lease(tx: &mut Tx<'_>, now: Time, until: Time, limit: i64) -> Result<Vec<Leased>, Fault> {
    let rows = tx.db.query(
        "UPDATE webhook_calls SET lease_until = $2, attempts = attempts + 1
         WHERE id IN (SELECT id FROM webhook_calls WHERE next_at <= $1 AND lease_until <= $1 ORDER BY next_at LIMIT $3)
           AND next_at <= $1 AND lease_until <= $1
         RETURNING id, webhook, event, attempts, queued_at",
        args![now, until, limit],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Leased {
                id: WebhookCallId::from_bytes(row.sixteen(0)?),
                webhook: WebhookId::from_bytes(row.sixteen(1)?),
                event: row.maybe_sixteen(2)?.map(EventId::from_bytes),
                attempt: row.int(3)?,
                queued_at: row.time(4)?,
            })
        })
        .collect()
}

/// Takes one away of which the service was told: a claim, the answer says whether it was still waiting.
///
/// # Errors
/// A fault of the database.
pub fn claim_done(tx: &mut Tx<'_>, id: WebhookCallId) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM webhook_calls WHERE id = $1", args![id.bytes()])?;
    Ok(rows == 1)
}

/// Takes one away of which the service will not be told: a claim, the answer says whether `attempt` was still the one that
/// holds the lease.
///
/// # Errors
/// A fault of the database.
pub fn claim_given_up(tx: &mut Tx<'_>, id: WebhookCallId, attempt: i64) -> Result<bool, Fault> {
    let rows = tx
        .db
        .execute("DELETE FROM webhook_calls WHERE id = $1 AND attempts = $2", args![id.bytes(), attempt])?;
    Ok(rows == 1)
}

/// Gives the lease back and says when to try next: a claim, the answer says whether it was still this worker's.
///
/// # Errors
/// A fault of the database.
pub fn put_off(tx: &mut Tx<'_>, id: WebhookCallId, attempt: i64, next_at: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE webhook_calls SET next_at = $3, lease_until = 0 WHERE id = $1 AND attempts = $2",
        args![id.bytes(), attempt, next_at],
    )?;
    Ok(rows == 1)
}

/// Ends all leases: at start, when the only worker that can have held them is gone.
///
/// # Errors
/// A fault of the database.
pub fn release_all(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    tx.db.execute("UPDATE webhook_calls SET lease_until = 0 WHERE lease_until > 0", args![])
}

/// When the next one is due (or its lease ends); none when nothing waits.
///
/// # Errors
/// A fault of the database.
pub fn next_due(reader: &mut Reader<'_>) -> Result<Option<Time>, Fault> {
    let row = reader.db.one(
        "SELECT MIN(CASE WHEN next_at > lease_until THEN next_at ELSE lease_until END) FROM webhook_calls",
        args![],
    )?;
    row.map_or(Ok(None), |mut row| row.maybe_time(0))
}

/// One that waits, as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Where the service is.
    pub url: String,
    /// When it was queued.
    pub queued_at: Time,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Time,
}

/// What waits, the next to be tried first.
///
/// # Errors
/// A fault of the database.
pub fn list_waiting(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Waiting>, Fault> {
    let rows = reader.db.query(
        "SELECT webhooks.url, webhook_calls.queued_at, webhook_calls.attempts, webhook_calls.next_at
         FROM webhook_calls JOIN webhooks ON webhooks.id = webhook_calls.webhook
         ORDER BY webhook_calls.next_at, webhook_calls.id LIMIT $1",
        args![limit],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Waiting {
                url: row.text(0)?,
                queued_at: row.time(1)?,
                attempts: row.int(2)?,
                next_at: row.time(3)?,
            })
        })
        .collect()
}

/// How many wait.
///
/// # Errors
/// A fault of the database.
pub fn waiting(reader: &mut Reader<'_>) -> Result<i64, Fault> {
    let row = reader.db.one("SELECT COUNT(*) FROM webhook_calls", args![])?;
    row.map_or(Ok(0), |mut row| row.int(0))
}
