//! Table `approvals`: what the approvers of an account are asked, decoys among it.

use model::approval::{Approval, ApprovalState, Wanted};
use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, ApprovalId, AuthenticatorId, SessionId};
use model::nearness::Nearness;
use model::time::Time;

use crate::device_authorizations::address;
use crate::sessions::{source, source_text};
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

macro_rules! columns {
    () => {
        "id, account, wanted, client, browser, known, session, source, asked_from, asked_at, expires_at, state, \
         opened_at, approver, decoy, nearness, drawn"
    };
}

fn read(mut row: Row) -> Result<Approval, Fault> {
    let id = ApprovalId::from_bytes(row.sixteen(0)?);
    Ok(Approval {
        id,
        drawn: row.maybe_sixteen(16)?.map_or(id, ApprovalId::from_bytes),
        account: AccountId::from_bytes(row.sixteen(1)?),
        wanted: row.word(2, Wanted::from_code)?,
        client: row.maybe_text(3)?,
        browser: Digest::from_bytes(row.sixteen(4)?),
        known: row.flag(5)?,
        session: row.maybe_sixteen(6)?.map(SessionId::from_bytes),
        source: source(&row.text(7)?)?,
        asked_from: row.maybe_address(8)?,
        asked_at: row.time(9)?,
        expires_at: row.time(10)?,
        state: row.word(11, ApprovalState::from_code)?,
        opened_at: row.maybe_time(12)?,
        approver: row.maybe_sixteen(13)?.map(AuthenticatorId::from_bytes),
        decoy: row.flag(14)?,
        nearness: row.maybe_word(15, Nearness::from_code)?,
    })
}

/// Writes a new one. The answer says whether the account had none that is not over.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, new: &Approval) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO approvals (id, account, wanted, client, browser, known, session, source, asked_from, asked_at,
           expires_at, state, decoy, drawn)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
        args![
            new.id.bytes(),
            new.account.bytes(),
            new.wanted.code(),
            new.client.as_ref(),
            new.browser.bytes(),
            new.known,
            new.session.as_ref().map(SessionId::bytes),
            &source_text(&new.source)?,
            address(new.asked_from).as_ref(),
            new.asked_at,
            new.expires_at,
            new.state.code(),
            new.decoy,
            new.drawn.bytes()
        ],
    )?;
    Ok(rows == 1)
}

/// The one with this identifier, over or not.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: ApprovalId) -> Result<Option<Approval>, Fault> {
    let row =
        reader.db.one(concat!("SELECT ", columns!(), " FROM approvals WHERE id = $1"), args![id.bytes()])?;
    row.map(read).transpose()
}

/// What an account's approvers are asked, if nobody has ended it; its time may have passed.
///
/// # Errors
/// A fault of the database.
pub fn find_live(reader: &mut Reader<'_>, account: AccountId) -> Result<Option<Approval>, Fault> {
    let row = reader.db.one(
        concat!("SELECT ", columns!(), " FROM approvals WHERE account = $1 AND ended_at IS NULL"),
        args![account.bytes()],
    )?;
    row.map(read).transpose()
}

/// Notes that an approver looked at it: a claim, for the first that does.
///
/// # Errors
/// A fault of the database.
pub fn claim_open(tx: &mut Tx<'_>, id: ApprovalId, (account, now): (AccountId, Time)) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE approvals SET opened_at = $3
         WHERE id = $1 AND account = $2 AND opened_at IS NULL AND ended_at IS NULL AND expires_at > $3",
        args![id.bytes(), account.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// What an approver answers.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Which one answers.
    pub approver: AuthenticatorId,
    /// How it stands afterwards.
    pub state: ApprovalState,
    /// Until when the browser that asked can take it, where the answer was yes.
    pub take_until: Option<Time>,
    /// Where that browser is, seen from the approver.
    pub nearness: Nearness,
}

/// Answers what waits: a claim, for the first of all approvers that does, and the only try that there is.
///
/// # Errors
/// A fault of the database.
pub fn claim_answer(
    tx: &mut Tx<'_>,
    (id, account): (ApprovalId, AccountId),
    (answer, now): (&Answer, Time),
) -> Result<bool, Fault> {
    let ended_at = answer.take_until.is_none().then_some(now);
    let rows = tx.db.execute(
        "UPDATE approvals SET state = $3, approver = $4, expires_at = COALESCE($5, expires_at), ended_at = $6,
           opened_at = COALESCE(opened_at, $7), nearness = $8
         WHERE id = $1 AND account = $2 AND state = 'waiting' AND ended_at IS NULL AND expires_at > $7",
        args![
            id.bytes(),
            account.bytes(),
            answer.state.code(),
            answer.approver.bytes(),
            answer.take_until,
            ended_at,
            now,
            answer.nearness.code()
        ],
    )?;
    Ok(rows == 1)
}

/// Says no to what waits, or to what was approved and not taken: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_deny(
    tx: &mut Tx<'_>,
    (id, account): (ApprovalId, AccountId),
    (approver, now): (AuthenticatorId, Time),
) -> Result<Option<Approval>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE approvals SET state = 'denied', approver = $3, ended_at = $4, opened_at = COALESCE(opened_at, $4)
             WHERE id = $1 AND account = $2 AND ended_at IS NULL AND expires_at > $4 RETURNING ",
            columns!()
        ),
        args![id.bytes(), account.bytes(), approver.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// Takes what was approved, in the browser that asked: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_use(
    tx: &mut Tx<'_>,
    id: ApprovalId,
    (browser, now): (&Digest, Time),
) -> Result<Option<Approval>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE approvals SET state = 'used', ended_at = $3
             WHERE id = $1 AND browser = $2 AND state = 'approved' AND ended_at IS NULL AND expires_at > $3 RETURNING ",
            columns!()
        ),
        args![id.bytes(), browser.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// Ends one that nobody has ended: a claim.
///
/// # Errors
/// A fault of the database.
pub fn claim_end(
    tx: &mut Tx<'_>,
    id: ApprovalId,
    (state, now): (ApprovalState, Time),
) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE approvals SET state = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL",
        args![id.bytes(), state.code(), now],
    )?;
    Ok(rows == 1)
}

/// What the approvers of an account were asked since `since`, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_since(
    reader: &mut Reader<'_>,
    account: AccountId,
    (since, limit): (Time, i64),
) -> Result<Vec<Approval>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM approvals WHERE account = $1 AND asked_at >= $2 ORDER BY asked_at DESC LIMIT $3"
        ),
        args![account.bytes(), since, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Those whose time has passed, and of which that is not known yet.
///
/// # Errors
/// A fault of the database.
pub fn list_over(reader: &mut Reader<'_>, now: Time, limit: i64) -> Result<Vec<Approval>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM approvals WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2"
        ),
        args![now, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Forgets one.
///
/// # Errors
/// A fault of the database.
pub fn delete(tx: &mut Tx<'_>, id: ApprovalId) -> Result<(), Fault> {
    tx.db.put("DELETE FROM approvals WHERE id = $1", args![id.bytes()])
}

/// Forgets those that ended before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_ended(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM approvals WHERE id IN (
           SELECT id FROM approvals WHERE ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT $2)",
        args![before, limit],
    )
}
