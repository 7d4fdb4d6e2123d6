//! Table `outbox`: messages on their way out. A row is written with the event that it follows from;
//! workers lease rows, so that no two of them send the same message.

use model::entropy::Entropy;
use model::fault::Fault;
use model::id::{AccountId, MessageId, RequestId};
use model::message::MessageKind;
use model::notice::Notice;
use model::secret::Secret;
use model::time::Time;

use crate::seal;
use crate::tx::{Reader, Tx};
use crate::value::args;

/// What to queue.
#[derive(Clone, Debug)]
pub struct Queued {
    /// Its identifier.
    pub id: MessageId,
    /// Which message.
    pub kind: MessageKind,
    /// The account it is about.
    pub account: Option<AccountId>,
    /// The request whose code it carries.
    pub request: Option<RequestId>,
    /// For a digest: how many requests.
    pub count: i64,
    /// For a digest: since when.
    pub since: Option<Time>,
    /// Whether it only looks like a message, so that the work is the same: it is never sent.
    pub decoy: bool,
}

/// A leased message.
#[derive(Clone)]
pub struct Leased {
    /// Its identifier.
    pub id: MessageId,
    /// Which message.
    pub kind: MessageKind,
    /// The account it is about.
    pub account: Option<AccountId>,
    /// The request whose code it carries.
    pub request: Option<RequestId>,
    /// Whom it is for.
    pub to: Secret<String>,
    /// For a digest: how many requests.
    pub count: i64,
    /// For a digest: since when.
    pub since: Option<Time>,
    /// Whether it only looks like a message: worked on at the same times, never sent, never recorded.
    pub decoy: bool,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// When it was queued.
    pub queued_at: Time,
    /// What it tells, if it is a notice.
    pub notice: Option<Notice>,
    /// The path in it, if there is one: a secret stands in it.
    pub link: Option<Secret<String>>,
}

/// Seals an address for [`enqueue`]. Done before the transaction: it would hold the only writer.
///
/// # Errors
/// A fault of sealing.
pub fn seal_to(
    keys: &model::digest::Keys,
    entropy: &mut Entropy,
    id: MessageId,
    to: &str,
) -> Result<Vec<u8>, Fault> {
    seal::seal(keys, entropy, id.bytes(), to.as_bytes())
}

/// [`seal_to`] for a notice with a link: its path is kept beside the address.
///
/// # Errors
/// A fault of sealing.
pub fn seal_to_with(
    keys: &model::digest::Keys,
    entropy: &mut Entropy,
    id: MessageId,
    (to, link): (&str, Option<&str>),
) -> Result<Vec<u8>, Fault> {
    match link {
        None => seal_to(keys, entropy, id, to),
        Some(link) => seal::seal(keys, entropy, id.bytes(), format!("{to}\n{link}").as_bytes()),
    }
}

/// The address, and the path beside it; no address has a line break in it.
fn opened(plain: &[u8]) -> (String, Option<Secret<String>>) {
    let plain = String::from_utf8_lossy(plain);
    match plain.split_once('\n') {
        None => (plain.into_owned(), None),
        Some((to, link)) => (to.to_owned(), Some(Secret::new(link.to_owned()))),
    }
}

#[expect(clippy::disallowed_methods, reason = "not from outside: our own text, read back")]
pub(crate) fn notice(text: &str) -> Option<Notice> {
    serde_json::from_str(text).ok()
}

pub(crate) fn notice_text(notice: &Notice) -> Result<String, Fault> {
    serde_json::to_string(notice).map_err(|error| Fault::new("writing a notice", error))
}

/// Queues a message; workers are woken once the transaction is durable.
///
/// # Errors
/// A fault of the database.
pub fn enqueue(tx: &mut Tx<'_>, queued: &Queued, sealed_to: &[u8], now: Time) -> Result<(), Fault> {
    put(tx, queued, None, sealed_to, now)
}

/// Queues a notice.
///
/// # Errors
/// A fault of the database.
pub fn enqueue_notice(
    tx: &mut Tx<'_>,
    queued: &Queued,
    notice: &Notice,
    sealed_to: &[u8],
    now: Time,
) -> Result<(), Fault> {
    put(tx, queued, Some(&notice_text(notice)?), sealed_to, now)
}

fn put(
    tx: &mut Tx<'_>,
    queued: &Queued,
    notice: Option<&String>,
    sealed_to: &[u8],
    now: Time,
) -> Result<(), Fault> {
    tx.mail = true;
    tx.db.put(
        "INSERT INTO outbox (id, kind, account, request, sealed_to, count, since, decoy, state, attempts, next_at,
           lease_until, queued_at, notice) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, $9, 0, $9, $10)",
        args![
            queued.id.bytes(),
            queued.kind.code(),
            queued.account.as_ref().map(AccountId::bytes),
            queued.request.as_ref().map(RequestId::bytes),
            sealed_to,
            queued.count,
            queued.since,
            queued.decoy,
            now,
            notice,
        ],
    )
}

/// Leases up to `limit` due messages until `until`. Whoever holds a lease is the only one to send; a lease
/// that ran out (a worker died) makes the message due again. The conditions stand twice: where several write at
/// once the inner ones choose, and the outer ones are looked at again once a row was waited for.
///
/// # Errors
/// A fault of the database or of opening an address.
pub fn lease(tx: &mut Tx<'_>, now: Time, until: Time, limit: i64) -> Result<Vec<Leased>, Fault> {
    let rows = tx.db.query(
        "UPDATE outbox SET lease_until = $2, attempts = attempts + 1
         WHERE id IN (SELECT id FROM outbox WHERE state = 'waiting' AND next_at <= $1 AND lease_until <= $1
                      ORDER BY decoy, next_at LIMIT $3)
           AND state = 'waiting' AND next_at <= $1 AND lease_until <= $1
         RETURNING id, kind, account, request, sealed_to, count, since, attempts, queued_at, decoy, notice",
        args![now, until, limit],
    )?;
    let keys = tx.keys;
    rows.into_iter()
        .map(|mut row| {
            let id = MessageId::from_bytes(row.sixteen(0)?);
            let (to, link) = opened(seal::open(keys, id.bytes(), &row.bytes(4)?)?.expose());
            Ok(Leased {
                id,
                kind: row.word(1, MessageKind::from_code)?,
                account: row.maybe_sixteen(2)?.map(AccountId::from_bytes),
                request: row.maybe_sixteen(3)?.map(RequestId::from_bytes),
                to: Secret::new(to),
                count: row.int(5)?,
                since: row.maybe_time(6)?,
                attempt: row.int(7)?,
                queued_at: row.time(8)?,
                decoy: row.flag(9)?,
                notice: row.maybe_text(10)?.as_deref().and_then(notice),
                link,
            })
        })
        .collect()
}

/// Takes a message out of the box that has left: a claim, the answer says whether it was still waiting.
/// It has left whoever holds the lease by now, so the attempt does not matter.
///
/// # Errors
/// A fault of the database.
pub fn claim_done(tx: &mut Tx<'_>, id: MessageId) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM outbox WHERE id = $1 AND state = 'waiting'", args![id.bytes()])?;
    Ok(rows == 1)
}

/// Takes a message out of the box that cannot leave: a claim, the answer says whether `attempt` was still
/// the one that holds the lease.
///
/// # Errors
/// A fault of the database.
pub fn claim_given_up(tx: &mut Tx<'_>, id: MessageId, attempt: i64) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "DELETE FROM outbox WHERE id = $1 AND state = 'waiting' AND attempts = $2",
        args![id.bytes(), attempt],
    )?;
    Ok(rows == 1)
}

/// Gives the lease of `attempt` back and says when to try next: a claim, the answer says whether it was
/// still the one that holds it. A worker that was away too long must not end the lease of the next.
///
/// # Errors
/// A fault of the database.
pub fn put_off(tx: &mut Tx<'_>, id: MessageId, attempt: i64, next_at: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE outbox SET next_at = $3, lease_until = 0 WHERE id = $1 AND state = 'waiting' AND attempts = $2",
        args![id.bytes(), attempt, next_at],
    )?;
    Ok(rows == 1)
}

/// Keeps the lease of `attempt` until `until`: whoever holds it is still at work. Nothing happens if it is held
/// by somebody else by now.
///
/// # Errors
/// A fault of the database.
pub fn renew(tx: &mut Tx<'_>, id: MessageId, attempt: i64, until: Time) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE outbox SET lease_until = $3 WHERE id = $1 AND state = 'waiting' AND attempts = $2",
        args![id.bytes(), attempt, until],
    )
}

/// Ends all leases: at start, when the only worker that can have held them is gone.
///
/// # Errors
/// A fault of the database.
pub fn release_all(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    tx.db.execute("UPDATE outbox SET lease_until = 0 WHERE state = 'waiting' AND lease_until > 0", args![])
}

/// Drops the messages of a request that has ended, so that no dead code is mailed.
///
/// # Errors
/// A fault of the database.
pub fn drop_for(tx: &mut Tx<'_>, request: RequestId, now: Time) -> Result<(), Fault> {
    tx.db.put(
        "DELETE FROM outbox WHERE request = $1 AND state = 'waiting' AND lease_until <= $2",
        args![request.bytes(), now],
    )
}

/// Drops whatever waits for an account that ends; what a worker has in hand leaves. Where several write at once, a
/// message that is queued at the same moment may stay: it says nothing that its owner may not read.
///
/// # Errors
/// A fault of the database.
pub fn drop_of(tx: &mut Tx<'_>, account: AccountId, now: Time) -> Result<(), Fault> {
    tx.db.put(
        "DELETE FROM outbox WHERE account = $1 AND state = 'waiting' AND lease_until <= $2",
        args![account.bytes(), now],
    )
}

/// A message that waits for an account.
#[derive(Clone, Copy, Debug)]
pub struct WaitingOf {
    /// Which message.
    pub kind: MessageKind,
    /// When it was queued.
    pub queued_at: Time,
}

/// What waits for an account, the longest waiting first. Looks at everything that waits.
///
/// # Errors
/// A fault of the database.
pub fn list_waiting_of(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<WaitingOf>, Fault> {
    let rows = reader.db.query(
        "SELECT kind, queued_at FROM outbox WHERE account = $1 AND state = 'waiting' AND decoy = 0
         ORDER BY queued_at LIMIT 1000",
        args![account.bytes()],
    )?;
    let read = |mut row: crate::value::Row| {
        Ok(WaitingOf { kind: row.word(0, MessageKind::from_code)?, queued_at: row.time(1)? })
    };
    rows.into_iter().map(read).collect()
}

/// When the next message is due (or its lease ends); none when nothing waits.
///
/// # Errors
/// A fault of the database.
pub fn next_due(reader: &mut Reader<'_>) -> Result<Option<Time>, Fault> {
    let row = reader
        .db
        .one("SELECT MIN(CASE WHEN next_at > lease_until THEN next_at ELSE lease_until END) FROM outbox WHERE state = 'waiting'", args![])?;
    row.map_or(Ok(None), |mut row| row.maybe_time(0))
}

/// A message that waits, as an operator sees it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its identifier.
    pub id: MessageId,
    /// Which message.
    pub kind: MessageKind,
    /// When it was queued.
    pub queued_at: Time,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Time,
    /// Whom it is for, masked.
    pub to: String,
}

/// The messages that wait, the longest waiting first.
///
/// # Errors
/// A fault of the database or of opening an address.
pub fn list_waiting(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Waiting>, Fault> {
    let rows = reader.db.query(
        "SELECT id, kind, sealed_to, attempts, next_at, queued_at FROM outbox
         WHERE state = 'waiting' AND decoy = 0 ORDER BY next_at LIMIT $1",
        args![limit],
    )?;
    let keys = reader.keys;
    rows.into_iter()
        .map(|mut row| {
            let id = MessageId::from_bytes(row.sixteen(0)?);
            let to = seal::open(keys, id.bytes(), &row.bytes(2)?)?;
            let (to, _) = opened(to.expose());
            let (local, domain) = to.split_once('@').unwrap_or((&to, ""));
            Ok(Waiting {
                id,
                kind: row.word(1, MessageKind::from_code)?,
                attempts: row.int(3)?,
                next_at: row.time(4)?,
                queued_at: row.time(5)?,
                to: model::address::masked(local, domain),
            })
        })
        .collect()
}

/// How many messages wait.
///
/// # Errors
/// A fault of the database.
pub fn waiting(reader: &mut Reader<'_>) -> Result<i64, Fault> {
    let row = reader.db.one("SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND decoy = 0", args![])?;
    row.map_or(Ok(0), |mut row| row.int(0))
}
