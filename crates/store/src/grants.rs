//! Table `grants`: what clients were allowed, and how that ended.

use std::time::Duration;

use model::assurance::Assurance;
use model::digest::Digest;
use model::fault::Fault;
use model::grant::{Grant, GrantEnd, GrantOrigin};
use model::id::{AccountId, GrantId, SessionId};
use model::nearness::Nearness;
use model::proofs::Proofs;
use model::source::Source;
use model::time::Time;
use wire::jose::jwk::Thumbprint;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use crate::sessions::{source, source_text};
use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};

/// A grant, and what tokens of it have to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The grant.
    pub grant: Grant,
    /// How the person had signed in who gave it.
    pub assurance: Option<Assurance>,
    /// The claims that were asked for one by one, as the client wrote them.
    pub claims: Option<String>,
    /// Where it was given.
    pub source: Option<Source>,
}

/// All columns, in the order in which they are read.
macro_rules! columns {
    () => {
        "id, account, client, scopes, resources, origin, session, key, claims, methods, proved_at, strong_at, source, \
         granted_at, used_at, idle, expires_at, ended_at, end_reason, context, confirmed_at, quiet_until"
    };
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    let assurance = match row.maybe_text(9)? {
        None => None,
        Some(methods) => Some(Assurance {
            proofs: Proofs::from_text(&methods).ok_or(Fault::plain("proofs of a grant"))?,
            at: row.time(10)?,
            strong_at: row.maybe_time(11)?,
        }),
    };
    let ended = match row.maybe_time(17)? {
        None => None,
        Some(at) => Some((at, row.word(18, GrantEnd::from_code)?)),
    };
    let grant = Grant {
        id: GrantId::from_bytes(row.sixteen(0)?),
        account: row.maybe_sixteen(1)?.map(AccountId::from_bytes),
        client: row.text(2)?,
        scopes: row.scopes(3)?,
        resources: resources(&row.text(4)?)?,
        origin: row.word(5, GrantOrigin::from_code)?,
        context: row.maybe_word(19, Nearness::from_code)?,
        session: row.maybe_sixteen(6)?.map(SessionId::from_bytes),
        key: row.maybe_thumbprint(7)?,
        granted_at: row.time(13)?,
        used_at: row.time(14)?,
        idle: row.int(15).map(|micros| Duration::from_micros(u64::try_from(micros).unwrap_or(0)))?,
        expires_at: row.time(16)?,
        confirmed_at: row.maybe_time(20)?,
        quiet_until: row.maybe_time(21)?,
        ended,
    };
    let claims = row.maybe_text(8)?;
    let source = row.maybe_text(12)?.map(|text| source(&text)).transpose()?;
    Ok(Kept { grant, assurance, claims, source })
}

pub(crate) fn resources(text: &str) -> Result<Vec<Resource>, Fault> {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| Resource::parse(word).map_err(|error| Fault::new("a resource of a grant", error)))
        .collect()
}

/// A new grant.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, kept: &Kept) -> Result<(), Fault> {
    let grant = &kept.grant;
    let resources: Vec<&str> = grant.resources.iter().map(Resource::as_str).collect();
    tx.db.put(
        concat!(
            "INSERT INTO grants (",
            columns!(),
            ", over_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
               $23)"
        ),
        args![
            grant.id.bytes(),
            grant.account.as_ref().map(AccountId::bytes),
            &grant.client,
            &grant.scopes.to_string(),
            &resources.join(" "),
            grant.origin.code(),
            grant.session.as_ref().map(SessionId::bytes),
            grant.key.as_ref().map(Thumbprint::bytes),
            kept.claims.as_ref(),
            kept.assurance.map(|assurance| assurance.proofs.text()).as_ref(),
            kept.assurance.map(|assurance| assurance.at),
            kept.assurance.and_then(|assurance| assurance.strong_at),
            kept.source.as_ref().map(source_text).transpose()?.as_ref(),
            grant.granted_at,
            grant.used_at,
            i64::try_from(grant.idle.as_micros()).unwrap_or(i64::MAX),
            grant.expires_at,
            grant.ended.map(|(at, _)| at),
            grant.ended.map(|(_, why)| why.code()),
            grant.context.map(Nearness::code),
            grant.confirmed_at,
            grant.quiet_until,
            grant.ends_at()
        ],
    )
}

/// A grant, looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask(reader: &mut Reader<'_>, id: GrantId) -> Result<Later<Option<Kept>>, Fault> {
    let asked =
        reader.db.ask(concat!("SELECT ", columns!(), " FROM grants WHERE id = $1"), args![id.bytes()])?;
    Ok(Later::first(asked, read))
}

/// A grant.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: GrantId) -> Result<Option<Kept>, Fault> {
    ask(reader, id)?.get(reader)
}

/// [`find`], for whatever must not happen beside another use of the grant, or its end: until this transaction ends, others
/// who ask this way wait.
///
/// # Errors
/// A fault of the database.
pub fn find_held(tx: &mut Tx<'_>, id: GrantId) -> Result<Option<Kept>, Fault> {
    let row = tx.db.one(
        concat!("SELECT ", columns!(), " FROM grants WHERE id = $1 /*postgres FOR UPDATE */"),
        args![id.bytes()],
    )?;
    row.map(read).transpose()
}

/// Grants of an account that nobody has ended, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, account: AccountId, limit: i64) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM grants WHERE account = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT $2"
        ),
        args![account.bytes(), limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Grants that an account gave to one client and nobody has ended, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_to(reader: &mut Reader<'_>, account: AccountId, client: &str) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM grants WHERE account = $1 AND client = $2 AND ended_at IS NULL ORDER BY id DESC LIMIT 20"
        ),
        args![account.bytes(), client],
    )?;
    rows.into_iter().map(read).collect()
}

/// What an account has allowed one client: its grants that hold, taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// `client_id`.
    pub client: String,
    /// How many grants there are.
    pub grants: i64,
    /// When the first of them was given.
    pub granted_at: Time,
    /// When a token of any of them was last got.
    pub used_at: Time,
    /// When the last of them ends if none is used any more.
    pub ends_at: Time,
}

/// Grants of an account that hold, and whose client is still there.
macro_rules! holding {
    () => {
        "FROM grants g WHERE g.account = $1 AND g.ended_at IS NULL AND g.over_at > $2
           AND EXISTS (SELECT 1 FROM clients c WHERE c.id = g.client AND c.made_at <= g.granted_at)"
    };
}

/// The clients that an account has allowed anything that holds, the newest first; `skip` of them are left out before
/// `limit` are read.
///
/// # Errors
/// A fault of the database.
pub fn list_apps(
    reader: &mut Reader<'_>,
    (account, now): (AccountId, Time),
    (skip, limit): (i64, i64),
) -> Result<Vec<App>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT g.client, COUNT(*), MIN(g.granted_at), MAX(g.used_at), MAX(g.over_at) ",
            holding!(),
            " GROUP BY g.client ORDER BY MAX(g.granted_at) DESC, g.client LIMIT $3 OFFSET $4"
        ),
        args![account.bytes(), now, limit, skip],
    )?;
    rows.into_iter().map(app).collect()
}

fn app(mut row: Row) -> Result<App, Fault> {
    Ok(App {
        client: row.text(0)?,
        grants: row.int(1)?,
        granted_at: row.time(2)?,
        used_at: row.time(3)?,
        ends_at: row.time(4)?,
    })
}

/// One of [`list_apps`], if there is anything that holds.
///
/// # Errors
/// A fault of the database.
pub fn find_app(
    reader: &mut Reader<'_>,
    (account, now): (AccountId, Time),
    client: &str,
) -> Result<Option<App>, Fault> {
    let row = reader.db.one(
        concat!(
            "SELECT g.client, COUNT(*), MIN(g.granted_at), MAX(g.used_at), MAX(g.over_at) ",
            holding!(),
            " AND g.client = $3 GROUP BY g.client"
        ),
        args![account.bytes(), now, client],
    )?;
    row.map(app).transpose()
}

/// How many clients [`list_apps`] has.
///
/// # Errors
/// A fault of the database.
pub fn count_apps(reader: &mut Reader<'_>, (account, now): (AccountId, Time)) -> Result<i64, Fault> {
    let row = reader
        .db
        .one(concat!("SELECT COUNT(DISTINCT g.client) ", holding!()), args![account.bytes(), now])?;
    row.map_or(Ok(0), |mut row| row.int(0))
}

/// What one client was allowed, each kind once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// What may be done.
    pub scopes: Scopes,
    /// At which services.
    pub resources: Vec<Resource>,
    /// The claims that were asked for one by one, as the client wrote them.
    pub claims: Option<String>,
}

/// How far the grants of an account to one client reach that hold, at most `limit` kinds of them.
///
/// # Errors
/// A fault of the database.
pub fn list_extents(
    reader: &mut Reader<'_>,
    (account, now): (AccountId, Time),
    client: &str,
    limit: i64,
) -> Result<Vec<Extent>, Fault> {
    let rows = reader.db.query(
        "SELECT DISTINCT scopes, resources, claims FROM grants
         WHERE account = $1 AND client = $3 AND ended_at IS NULL AND over_at > $2 LIMIT $4",
        args![account.bytes(), now, client, limit],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Extent {
                scopes: row.scopes(0)?,
                resources: resources(&row.text(1)?)?,
                claims: row.maybe_text(2)?,
            })
        })
        .collect()
}

/// Grants of an account to one client that hold, the newest first; `skip` of them are left out before `limit` are read.
///
/// # Errors
/// A fault of the database.
pub fn list_holding(
    reader: &mut Reader<'_>,
    (account, now): (AccountId, Time),
    client: &str,
    (skip, limit): (i64, i64),
) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM grants WHERE account = $1 AND client = $3 AND ended_at IS NULL AND over_at > $2
             ORDER BY id DESC LIMIT $4 OFFSET $5"
        ),
        args![account.bytes(), now, client, limit, skip],
    )?;
    rows.into_iter().map(read).collect()
}

/// Grants that were given in a browser session and that nobody has ended.
///
/// # Errors
/// A fault of the database.
pub fn list_of_session(reader: &mut Reader<'_>, session: SessionId) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!("SELECT ", columns!(), " FROM grants WHERE session = $1 AND ended_at IS NULL ORDER BY id"),
        args![session.bytes()],
    )?;
    rows.into_iter().map(read).collect()
}

/// The clients that may take a browser session for one of theirs: those that were allowed something in it and were not told
/// of its end with that of the grant ([`GrantEnd::is_told`]).
///
/// # Errors
/// A fault of the database.
pub fn list_clients_of_session(reader: &mut Reader<'_>, session: SessionId) -> Result<Vec<String>, Fault> {
    let rows = reader.db.query(
        "SELECT DISTINCT client, COALESCE(end_reason, '') FROM grants WHERE session = $1 ORDER BY client",
        args![session.bytes()],
    )?;
    let mut clients = Vec::new();
    for mut row in rows {
        let (client, reason) = (row.text(0)?, row.text(1)?);
        if !GrantEnd::from_code(&reason).is_some_and(GrantEnd::is_told) && !clients.contains(&client) {
            clients.push(client);
        }
    }
    Ok(clients)
}

/// Grants that were given to one client until `until` and that nobody has ended, some of them.
///
/// # Errors
/// A fault of the database.
pub fn list_of_client(
    reader: &mut Reader<'_>,
    (client, until): (&str, Time),
    limit: i64,
) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM grants WHERE client = $1 AND granted_at <= $2 AND ended_at IS NULL ORDER BY id LIMIT $3"
        ),
        args![client, until, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Grants to devices of one client that were given since `since` and that nobody has ended, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_of_devices(
    reader: &mut Reader<'_>,
    (client, since): (&str, Time),
    limit: i64,
) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM grants WHERE client = $1 AND granted_at >= $2 AND origin = $3 AND ended_at IS NULL
             ORDER BY id DESC LIMIT $4"
        ),
        args![client, since, GrantOrigin::Device.code(), limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Grants whose absolute end has come, or that were not used for too long, and that nobody has ended yet.
///
/// # Errors
/// A fault of the database.
pub fn list_over(reader: &mut Reader<'_>, now: Time, limit: i64) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM grants WHERE ended_at IS NULL AND over_at <= $1 ORDER BY over_at LIMIT $2"
        ),
        args![now, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Notes that a token of a grant was got. Only after [`find_held`], in the same transaction: when it ends follows from all of it.
///
/// # Errors
/// A fault of the database.
pub fn touch(tx: &mut Tx<'_>, grant: &Grant, now: Time) -> Result<(), Fault> {
    let used = Grant { used_at: grant.used_at.max(now), ..grant.clone() };
    tx.db.put(
        "UPDATE grants SET used_at = $2, over_at = $3 WHERE id = $1 AND used_at <= $2 AND ended_at IS NULL",
        args![grant.id.bytes(), used.used_at, used.ends_at()],
    )
}

/// Confirms a grant, as it will be then: a claim, for the first time. Only after [`find_held`], in the same transaction.
///
/// # Errors
/// A fault of the database.
pub fn claim_confirm(tx: &mut Tx<'_>, confirmed: &Grant) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE grants SET confirmed_at = $2, over_at = $3
         WHERE id = $1 AND confirmed_at IS NULL AND ended_at IS NULL",
        args![confirmed.id.bytes(), confirmed.confirmed_at, confirmed.ends_at()],
    )?;
    Ok(rows == 1)
}

/// Notes when a grant becomes whole by itself. Only after [`find_held`], in the same transaction.
///
/// # Errors
/// A fault of the database.
pub fn put_quiet(tx: &mut Tx<'_>, grant: &Grant) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE grants SET quiet_until = $2, over_at = $3 WHERE id = $1 AND ended_at IS NULL",
        args![grant.id.bytes(), grant.quiet_until, grant.ends_at()],
    )
}

/// [`touch`] for one more refresh that is only counted; the answer says whether it was: the last one that has an event of its
/// own has to be no earlier than `since`, and from the same place. Only after [`find_held`], in the same transaction.
///
/// # Errors
/// A fault of the database.
pub fn count_refresh(
    tx: &mut Tx<'_>,
    grant: &Grant,
    (now, since): (Time, Time),
    from: &Digest,
) -> Result<bool, Fault> {
    let used = Grant { used_at: grant.used_at.max(now), ..grant.clone() };
    let rows = tx.db.execute(
        "UPDATE grants SET further = further + 1, used_at = $2, over_at = $3
         WHERE id = $1 AND ended_at IS NULL AND noted_at >= $4 AND noted_from = $5",
        args![grant.id.bytes(), used.used_at, used.ends_at(), since, from.bytes()],
    )?;
    Ok(rows == 1)
}

/// Notes that a refresh has an event of its own, and where it came from; the count begins again. [`further`] says how far it
/// had come.
///
/// # Errors
/// A fault of the database.
pub fn note(tx: &mut Tx<'_>, id: GrantId, now: Time, from: &Digest) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE grants SET noted_at = $2, noted_from = $3, further = 0 WHERE id = $1",
        args![id.bytes(), now, from.bytes()],
    )
}

/// How many refreshes of a grant were only counted since the last one that has an event of its own.
///
/// # Errors
/// A fault of the database.
pub fn further(reader: &mut Reader<'_>, id: GrantId) -> Result<u32, Fault> {
    let row = reader.db.one("SELECT further FROM grants WHERE id = $1", args![id.bytes()])?;
    row.map_or(Ok(0), |mut row| row.int(0).map(|count| u32::try_from(count).unwrap_or(u32::MAX)))
}

/// Binds the refresh tokens of a grant to a key, the first time that one is proved.
///
/// # Errors
/// A fault of the database.
pub fn bind(tx: &mut Tx<'_>, id: GrantId, key: &Thumbprint) -> Result<(), Fault> {
    tx.db.put("UPDATE grants SET key = $2 WHERE id = $1 AND key IS NULL", args![id.bytes(), key.bytes()])
}

/// Notes in what context a grant was seen last, which is never a nearer one. Only after [`find_held`], in the same transaction.
///
/// # Errors
/// A fault of the database.
pub fn put_context(tx: &mut Tx<'_>, grant: &Grant) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE grants SET context = $2, quiet_until = $3, over_at = $4 WHERE id = $1",
        args![grant.id.bytes(), grant.context.map(Nearness::code), grant.quiet_until, grant.ends_at()],
    )
}

/// Ends a grant with all that came of it: its live refresh token is revoked, its access tokens are forgotten. A claim, the
/// answer says whether it had not been ended.
///
/// # Errors
/// A fault of the database.
pub fn claim_end(tx: &mut Tx<'_>, id: GrantId, now: Time, why: GrantEnd) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE grants SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL",
        args![id.bytes(), now, why.code()],
    )?;
    if rows == 1 {
        tx.db.put(
            "UPDATE refresh_tokens SET state = 'revoked' WHERE grant_id = $1 AND state = 'live'",
            args![id.bytes()],
        )?;
        tx.db.put("DELETE FROM access_tokens WHERE grant_id = $1", args![id.bytes()])?;
    }
    Ok(rows == 1)
}

/// Forgets grants that ended before `before` with their codes and tokens, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_ended(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    let rows = tx.db.query(
        "SELECT id FROM grants WHERE ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT $2",
        args![before, limit],
    )?;
    let mut gone = 0_u64;
    for mut row in rows {
        let id = row.sixteen(0)?;
        tx.db.put("DELETE FROM authorization_codes WHERE grant_id = $1", args![&id])?;
        tx.db.put("DELETE FROM refresh_tokens WHERE grant_id = $1", args![&id])?;
        tx.db.put("DELETE FROM access_tokens WHERE grant_id = $1", args![&id])?;
        tx.db.put("DELETE FROM grant_notices WHERE grant_id = $1", args![&id])?;
        tx.db.put("DELETE FROM grants WHERE id = $1", args![&id])?;
        gone = gone.saturating_add(1);
    }
    Ok(gone)
}
