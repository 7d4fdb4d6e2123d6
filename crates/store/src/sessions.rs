//! Table `sessions`: browser sessions. The cookie's secret is kept as a digest.

use model::assurance::Assurance;
use model::digest::Digest;
use model::fault::Fault;
use model::grant::GrantOrigin;
use model::id::{AccountId, BrowserId, GrantId, SessionId};
use model::proofs::Proofs;
use model::session::{RestsOn, Session};
use model::source::Source;
use model::time::Time;

use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};

macro_rules! columns {
    () => {
        "id, account, browser, digest, source, started_at, used_at, expires_at, methods, proved_at, strong_at, rests_on, doubted_at"
    };
}

#[expect(clippy::disallowed_methods, reason = "not from outside: our own text, read back")]
pub(crate) fn source(text: &str) -> Result<Source, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::new("a source on the record cannot be read", error))
}

pub(crate) fn source_text(source: &Source) -> Result<String, Fault> {
    serde_json::to_string(source).map_err(|error| Fault::new("writing a source", error))
}

fn read(mut row: Row) -> Result<(Session, Digest), Fault> {
    let session = Session {
        id: SessionId::from_bytes(row.sixteen(0)?),
        account: AccountId::from_bytes(row.sixteen(1)?),
        browser: BrowserId::from_bytes(row.sixteen(2)?),
        source: source(&row.text(4)?)?,
        started_at: row.time(5)?,
        used_at: row.time(6)?,
        expires_at: row.time(7)?,
        doubted_at: row.maybe_time(12)?,
        assurance: Assurance {
            proofs: row.word(8, Proofs::from_text)?,
            at: row.time(9)?,
            strong_at: row.maybe_time(10)?,
        },
        rests_on: row.maybe_bytes(11)?.map(|bytes| RestsOn::from_bytes(&bytes)).unwrap_or_default(),
    };
    Ok((session, Digest::from_bytes(row.sixteen(3)?)))
}

/// A new session; `digest` is that of the cookie's secret.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, session: &Session, digest: &Digest) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO sessions (id, account, browser, digest, source, started_at, used_at, expires_at, methods, proved_at,
           strong_at, rests_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            session.id.bytes(),
            session.account.bytes(),
            session.browser.bytes(),
            digest.bytes(),
            &source_text(&session.source)?,
            session.started_at,
            session.used_at,
            session.expires_at,
            &session.assurance.proofs.text(),
            session.assurance.at,
            session.assurance.strong_at,
            &session.rests_on.bytes(),
        ],
    )
}

/// The session with this identifier, and the digest of its cookie's secret.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: SessionId) -> Result<Option<(Session, Digest)>, Fault> {
    let row =
        reader.db.one(concat!("SELECT ", columns!(), " FROM sessions WHERE id = $1"), args![id.bytes()])?;
    row.map(read).transpose()
}

/// All sessions of an account, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Session>, Fault> {
    let rows = reader.db.query(
        concat!("SELECT ", columns!(), " FROM sessions WHERE account = $1 ORDER BY id DESC LIMIT 100"),
        args![account.bytes()],
    )?;
    rows.into_iter().map(|row| read(row).map(|(session, _)| session)).collect()
}

/// Ends all sessions in an account of the browser that is known by `digest`: a browser holds one cookie, so nobody
/// can hold these any more, or somebody else does. The answer says which.
///
/// # Errors
/// A fault of the database.
pub fn claim_end_of_browser(
    tx: &mut Tx<'_>,
    account: AccountId,
    digest: &Digest,
) -> Result<Later<Vec<SessionId>>, Fault> {
    let asked = tx.db.ask(
        "DELETE FROM sessions WHERE account = $1
           AND browser = (SELECT id FROM browsers WHERE account = $1 AND digest = $2) RETURNING id",
        args![account.bytes(), digest.bytes()],
    )?;
    Ok(Later::new(asked, |rows| {
        rows.into_iter().map(|mut row| row.sixteen(0).map(SessionId::from_bytes)).collect()
    }))
}

/// Notes what was proved in a session, and gives it the secret whose digest this is: whoever holds the old cookie holds
/// nothing any more (ASVS 7.2.4). A claim, the answer says whether it was there and whole: what is provisional is not raised by
/// whoever has it.
///
/// # Errors
/// A fault of the database.
pub fn claim_raise(
    tx: &mut Tx<'_>,
    id: SessionId,
    (assurance, rests_on): (&Assurance, &RestsOn),
    digest: &Digest,
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE sessions SET methods = $2, proved_at = $3, strong_at = $4, digest = $5, rests_on = $6
         WHERE id = $1 AND doubted_at IS NULL",
        args![
            id.bytes(),
            &assurance.proofs.text(),
            assurance.at,
            assurance.strong_at,
            digest.bytes(),
            &rests_on.bytes()
        ],
    )?;
    Ok(rows == 1)
}

/// Notes that a session was used.
///
/// # Errors
/// A fault of the database.
pub fn touch(tx: &mut Tx<'_>, id: SessionId, now: Time) -> Result<(), Fault> {
    tx.db.put("UPDATE sessions SET used_at = $2 WHERE id = $1 AND used_at < $2", args![id.bytes(), now])
}

/// Notes that something is given in a session: a claim, the answer says whether it is there and whole. Whoever ends it waits until
/// this transaction ends, and finds what was given.
///
/// # Errors
/// A fault of the database.
pub fn claim_use(tx: &mut Tx<'_>, id: SessionId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE sessions SET used_at = CASE WHEN used_at < $2 THEN $2 ELSE used_at END
         WHERE id = $1 AND doubted_at IS NULL",
        args![id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Makes a session provisional: it ends at `until`, or at its own end where that comes first. A claim, the answer says whether it
/// was there, whole, and belonged to `account`.
///
/// # Errors
/// A fault of the database.
pub fn claim_doubt(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: SessionId,
    (now, until): (Time, Time),
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE sessions SET doubted_at = $3, whole_until = expires_at,
           expires_at = CASE WHEN expires_at < $4 THEN expires_at ELSE $4 END
         WHERE id = $1 AND account = $2 AND doubted_at IS NULL AND expires_at > $3",
        args![id.bytes(), account.bytes(), now, until],
    )?;
    Ok(rows == 1)
}

/// Makes one whole again that is provisional and not over: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_trust(tx: &mut Tx<'_>, id: SessionId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE sessions SET expires_at = whole_until, doubted_at = NULL, whole_until = NULL
         WHERE id = $1 AND doubted_at IS NOT NULL AND expires_at > $2",
        args![id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Whether a grant was given in a session that is provisional, looked at later. A device's is no part of the browser in which
/// somebody answered for it.
///
/// # Errors
/// A fault of the database.
pub fn ask_doubt_of(reader: &mut Reader<'_>, grant: GrantId) -> Result<Later<Option<()>>, Fault> {
    let asked = reader.db.ask(
        "SELECT 1 FROM grants g JOIN sessions s ON s.id = g.session
         WHERE g.id = $1 AND g.origin <> $2 AND s.doubted_at IS NOT NULL",
        args![grant.bytes(), GrantOrigin::Device.code()],
    )?;
    Ok(Later::first(asked, |_| Ok(())))
}

/// Ends a session: a claim, the answer says whether it was there and belonged to `account`.
///
/// # Errors
/// A fault of the database.
pub fn claim_end(tx: &mut Tx<'_>, account: AccountId, id: SessionId) -> Result<bool, Fault> {
    let rows = tx
        .db
        .execute("DELETE FROM sessions WHERE id = $1 AND account = $2", args![id.bytes(), account.bytes()])?;
    Ok(rows == 1)
}

/// Sessions that are over at `now`: past their end, or not used since `idle_before`.
///
/// # Errors
/// A fault of the database.
pub fn list_over(
    reader: &mut Reader<'_>,
    now: Time,
    idle_before: Time,
    limit: i64,
) -> Result<Vec<Session>, Fault> {
    let rows = reader.db.query(
        concat!("SELECT ", columns!(), " FROM sessions WHERE expires_at <= $1 OR used_at <= $2 LIMIT $3"),
        args![now, idle_before, limit],
    )?;
    rows.into_iter().map(|row| read(row).map(|(session, _)| session)).collect()
}
