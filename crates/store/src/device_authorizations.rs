//! Table `device_authorizations`: devices that wait for their person.

use std::net::IpAddr;
use std::time::Duration;

use model::device_authorization::{DeviceAuthorization, DeviceFlow, DeviceState, Holder};
use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, DeviceId, GrantId, SessionId};
use model::source::Source;
use model::time::{Time, micros};
use wire::jose::jwk::Thumbprint;
use wire::oauth::device::DeviceKind;
use wire::oauth::resource::Resource;

use crate::grants::resources;
use crate::sessions::{source, source_text};
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// A device, and what else is kept of it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The device.
    pub device: DeviceAuthorization,
    /// Where it asked from, as the record may keep it.
    pub source: Source,
    /// The digest of what the browser got that typed its user code.
    pub entry: Option<Digest>,
}

/// A whole address, as it is kept in a row that does not live long.
pub(crate) fn address(from: Option<IpAddr>) -> Option<String> {
    from.map(|from| from.to_string())
}

macro_rules! columns {
    () => {
        "id, flow, client, scopes, resources, kind, key, source, asked_from, polled_from, asked_at, expires_at, wait, \
         polled_at, state, account, session, held_since, held_from, grant_id, entry"
    };
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    let holder = match row.maybe_sixteen(15)? {
        None => None,
        Some(account) => Some(Holder {
            account: AccountId::from_bytes(account),
            session: SessionId::from_bytes(row.sixteen(16)?),
            since: row.time(17)?,
            from: row.maybe_address(18)?,
        }),
    };
    let device = DeviceAuthorization {
        id: DeviceId::from_bytes(row.sixteen(0)?),
        flow: row.word(1, DeviceFlow::from_code)?,
        client: row.text(2)?,
        scopes: row.scopes(3)?,
        resources: resources(&row.text(4)?)?,
        kind: DeviceKind::from_name(&row.text(5)?),
        key: row.maybe_thumbprint(6)?,
        asked_from: row.maybe_address(8)?,
        polled_from: row.maybe_address(9)?,
        asked_at: row.time(10)?,
        expires_at: row.time(11)?,
        interval: row.int(12).map(|wait| Duration::from_micros(u64::try_from(wait).unwrap_or(0)))?,
        polled_at: row.maybe_time(13)?,
        state: row.word(14, DeviceState::from_code)?,
        holder,
        grant: row.maybe_sixteen(19)?.map(GrantId::from_bytes),
    };
    let source = source(&row.text(7)?)?;
    Ok(Kept { device, source, entry: row.maybe_sixteen(20)?.map(Digest::from_bytes) })
}

/// A new one. `code` is the digest of its device code, `user_code` that of the code which it shows. The answer says whether
/// that one was free.
///
/// # Errors
/// A fault of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    (code, user_code): (&Digest, Option<&Digest>),
    kept: &Kept,
) -> Result<bool, Fault> {
    let device = &kept.device;
    let named: Vec<&str> = device.resources.iter().map(Resource::as_str).collect();
    let rows = tx.db.execute(
        concat!(
            "INSERT INTO device_authorizations (",
            columns!(),
            ", digest, user_code)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
             ON CONFLICT DO NOTHING"
        ),
        args![
            device.id.bytes(),
            device.flow.code(),
            &device.client,
            &device.scopes.to_string(),
            &named.join(" "),
            device.kind.name(),
            device.key.as_ref().map(Thumbprint::bytes),
            &source_text(&kept.source)?,
            address(device.asked_from).as_ref(),
            address(device.polled_from).as_ref(),
            device.asked_at,
            device.expires_at,
            micros(device.interval),
            device.polled_at,
            device.state.code(),
            device.holder.as_ref().map(|holder| holder.account.bytes()),
            device.holder.as_ref().map(|holder| holder.session.bytes()),
            device.holder.map(|holder| holder.since),
            address(device.holder.and_then(|holder| holder.from)).as_ref(),
            device.grant.as_ref().map(GrantId::bytes),
            kept.entry.as_ref().map(Digest::bytes),
            code.bytes(),
            user_code.map(Digest::bytes)
        ],
    )?;
    Ok(rows == 1)
}

/// The one with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: DeviceId) -> Result<Option<Kept>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), " FROM device_authorizations WHERE id = $1"),
        args![id.bytes()],
    )?;
    row.map(read).transpose()
}

/// The one with this device code.
///
/// # Errors
/// A fault of the database.
pub fn find_by_code(reader: &mut Reader<'_>, code: &Digest) -> Result<Option<Kept>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), " FROM device_authorizations WHERE digest = $1"),
        args![code.bytes()],
    )?;
    row.map(read).transpose()
}

/// [`find_by_code`], for a poll: until this transaction ends, other polls of the same device wait.
///
/// # Errors
/// A fault of the database.
pub fn find_held_by_code(tx: &mut Tx<'_>, code: &Digest) -> Result<Option<Kept>, Fault> {
    let row = tx.db.one(
        concat!(
            "SELECT ",
            columns!(),
            " FROM device_authorizations WHERE digest = $1 /*postgres FOR UPDATE */"
        ),
        args![code.bytes()],
    )?;
    row.map(read).transpose()
}

/// Puts the device that shows this code before a person: a claim, for the first who types it. Nobody can type it again.
/// `entry` is the digest of what the browser gets.
///
/// # Errors
/// A fault of the database.
pub fn claim_entry(
    tx: &mut Tx<'_>,
    user_code: &Digest,
    (holder, entry): (&Holder, &Digest),
) -> Result<Option<Kept>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE device_authorizations
             SET state = 'entered', user_code = NULL, entry = $2, account = $3, session = $4, held_since = $5, held_from = $6
             WHERE user_code = $1 AND state = 'asked' AND expires_at > $5 RETURNING ",
            columns!()
        ),
        args![
            user_code.bytes(),
            entry.bytes(),
            holder.account.bytes(),
            holder.session.bytes(),
            holder.since,
            holder.from.map(|from| from.to_string()).as_ref()
        ],
    )?;
    row.map(read).transpose()
}

/// What a person says about a device.
#[derive(Clone, Copy, Debug)]
pub struct Yes {
    /// The grant that is given with it.
    pub grant: GrantId,
    /// Where the person is.
    pub from: Option<IpAddr>,
    /// How long from now on the device may take to come for its tokens.
    pub within: Duration,
}

/// Keeps the answer of the session that has the device before it: a claim, for one answer. None says no.
///
/// # Errors
/// A fault of the database.
pub fn claim_answer(
    tx: &mut Tx<'_>,
    id: DeviceId,
    (account, session, now): (AccountId, SessionId, Time),
    yes: Option<&Yes>,
) -> Result<Option<Kept>, Fault> {
    let state = if yes.is_some() { DeviceState::Approved } else { DeviceState::Denied };
    let until = yes.map_or(now, |yes| now + yes.within);
    let row = tx.db.one(
        concat!(
            "UPDATE device_authorizations
             SET state = $5, grant_id = $6, held_from = COALESCE($7, held_from), ended_at = $8,
               expires_at = CASE WHEN expires_at < $9 THEN $9 ELSE expires_at END
             WHERE id = $1 AND account = $2 AND session = $3 AND state = 'entered' AND expires_at > $4 RETURNING ",
            columns!()
        ),
        args![
            id.bytes(),
            account.bytes(),
            session.bytes(),
            now,
            state.code(),
            yes.map(|yes| yes.grant.bytes()),
            yes.and_then(|yes| yes.from).map(|from| from.to_string()).as_ref(),
            yes.is_none().then_some(now),
            until
        ],
    )?;
    row.map(read).transpose()
}

/// Notes a poll. Only after [`find_held_by_code`], in the same transaction.
///
/// # Errors
/// A fault of the database.
pub fn put_poll(
    tx: &mut Tx<'_>,
    id: DeviceId,
    (now, from): (Time, Option<IpAddr>),
    interval: Duration,
) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE device_authorizations SET polled_at = $2, polled_from = $3, wait = $4 WHERE id = $1",
        args![id.bytes(), now, from.map(|from| from.to_string()).as_ref(), micros(interval)],
    )
}

/// Hands the tokens of an approved device out: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_redeem(tx: &mut Tx<'_>, id: DeviceId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE device_authorizations SET state = 'redeemed', ended_at = $2
         WHERE id = $1 AND state = 'approved' AND expires_at > $2",
        args![id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Ends a device that was still waiting: a claim. The answer is the device as it was.
///
/// # Errors
/// A fault of the database.
pub fn claim_end(
    tx: &mut Tx<'_>,
    seen: &DeviceAuthorization,
    (state, now): (DeviceState, Time),
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE device_authorizations SET state = $2, user_code = NULL, ended_at = $3
         WHERE id = $1 AND state = $4 AND ended_at IS NULL",
        args![seen.id.bytes(), state.code(), now, seen.state.code()],
    )?;
    Ok(rows == 1)
}

/// Devices that are before an account, or that it let in and that have not come for their tokens; the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_of(reader: &mut Reader<'_>, account: AccountId, limit: i64) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM device_authorizations WHERE account = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT $2"
        ),
        args![account.bytes(), limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Devices whose time has passed, and of which that is not known yet.
///
/// # Errors
/// A fault of the database.
pub fn list_over(reader: &mut Reader<'_>, now: Time, limit: i64) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM device_authorizations WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2"
        ),
        args![now, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Forgets devices that ended before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_ended(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM device_authorizations WHERE id IN (
           SELECT id FROM device_authorizations WHERE ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT $2)",
        args![before, limit],
    )
}
