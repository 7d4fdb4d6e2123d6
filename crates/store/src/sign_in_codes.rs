//! Table `sign_in_codes`: one row for each request for a code, from the ask to its end.

use model::address::Address;
use model::digest::{Digest, Keys};
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::{AccountId, InvitationId, RequestId, SessionId};
use model::invitation::Opening;
use model::sign_in_code::{CodeState, CodeText, Purpose, SignInCode};
use model::source::Source;
use model::time::Time;

use crate::guess_ledger::Charge;
use crate::seal;
use crate::sessions::{source, source_text};
use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};
use crate::walk::{self, Walk};

/// A request as it is first written.
pub struct NewCode {
    /// The request.
    pub code: SignInCode,
    /// The address's identity.
    pub identity: Digest,
    /// How an account would be opened by it.
    pub opening: Option<Opening>,
    /// The invitation that would be used up.
    pub invitation: Option<InvitationId>,
    /// The digest of the code in its context.
    pub digest: Digest,
    /// The digest of the secret in the link "I did not ask for this".
    pub not_me: Digest,
    /// What [`seal_parts`] made.
    pub sealed: Sealed,
    /// The address, masked.
    pub masked: String,
    /// How many letters the code has.
    pub letters: u8,
    /// What was reserved in the ledger, in units of [`model::budget::Chance`]; 0 when no mail may leave.
    pub reserved: i64,
    /// From where it was asked.
    pub source: Source,
    /// The session in which it was asked for, where it confirms something within one.
    pub session: Option<SessionId>,
}

/// The readable parts of a request, sealed until it ends.
#[derive(Clone)]
pub struct Sealed {
    code: Vec<u8>,
    address: Vec<u8>,
}

/// Seals the code, the link's secret and the address. Done before the transaction.
///
/// # Errors
/// A fault of sealing.
pub fn seal_parts(
    keys: &Keys,
    entropy: &mut Entropy,
    request: RequestId,
    (code, not_me): (&CodeText, &[u8; 16]),
    address: &Address,
) -> Result<Sealed, Fault> {
    let mut plain = not_me.to_vec();
    plain.extend_from_slice(code.expose().as_bytes());
    Ok(Sealed {
        code: seal::seal(keys, entropy, request.bytes(), &plain)?,
        address: seal::seal(keys, entropy, request.bytes(), address.typed().as_bytes())?,
    })
}

/// A request with what belongs to it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The request.
    pub code: SignInCode,
    /// The address's identity.
    pub identity: Digest,
    /// How an account would be opened by it.
    pub opening: Option<Opening>,
    /// The invitation that would be used up.
    pub invitation: Option<InvitationId>,
    /// The digest of the code in its context.
    pub digest: Digest,
    /// The digest of the secret in the link "I did not ask for this".
    pub not_me: Digest,
    /// The address, masked.
    pub masked: String,
    /// How many letters the code has.
    pub letters: u8,
    /// What was reserved in the ledger.
    pub reserved: i64,
    /// The day it was charged to.
    pub ledger_day: i64,
    /// From where it was asked.
    pub source: Source,
    /// When it ended, if it has.
    pub ended_at: Option<Time>,
    /// The session in which it was asked for, where it confirms something within one.
    pub session: Option<SessionId>,
}

impl Kept {
    /// Whose ledger the reservation stands in.
    #[must_use]
    pub const fn charge(&self) -> Charge {
        Charge {
            account: self.code.account,
            destination: self.code.destination,
            known: self.code.known,
            decoy: self.code.decoy,
        }
    }
}

macro_rules! columns {
    () => {
        "id, account, destination, purpose, state, guesses_left, guesses, mailed, known, browser, asked_at,
         expires_at, mailed_at, reference, identity, opening, invitation, digest, not_me, masked, reserved,
         ledger_day, source, ended_at, decoy, session, letters"
    };
}

fn read(mut row: Row) -> Result<Kept, Fault> {
    let code = SignInCode {
        id: RequestId::from_bytes(row.sixteen(0)?),
        account: row.maybe_sixteen(1)?.map(AccountId::from_bytes),
        destination: Digest::from_bytes(row.sixteen(2)?),
        purpose: row.word(3, Purpose::from_code)?,
        state: row.word(4, CodeState::from_code)?,
        guesses_left: row.small(5)?,
        guesses: row.small(6)?,
        mailed: row.flag(7)?,
        known: row.flag(8)?,
        browser: Digest::from_bytes(row.sixteen(9)?),
        asked_at: row.time(10)?,
        expires_at: row.time(11)?,
        mailed_at: row.time(12)?,
        reference: row.text(13)?,
        decoy: row.flag(24)?,
    };
    Ok(Kept {
        code,
        identity: Digest::from_bytes(row.sixteen(14)?),
        opening: row.maybe_text(15)?.as_deref().and_then(Opening::from_code),
        invitation: row.maybe_sixteen(16)?.map(InvitationId::from_bytes),
        digest: Digest::from_bytes(row.sixteen(17)?),
        not_me: Digest::from_bytes(row.sixteen(18)?),
        masked: row.text(19)?,
        reserved: row.int(20)?,
        ledger_day: row.int(21)?,
        source: source(&row.text(22)?)?,
        ended_at: row.maybe_time(23)?,
        session: row.maybe_sixteen(25)?.map(SessionId::from_bytes),
        letters: row.small(26)?,
    })
}

/// Writes a new request. Before anything leaves: this row is why a mail may.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, new: &NewCode) -> Result<(), Fault> {
    let code = &new.code;
    tx.db.put(
        "INSERT INTO sign_in_codes (id, account, identity, destination, purpose, opening, invitation, browser,
           known, digest, not_me, sealed_code, sealed_address, masked, state, guesses, guesses_left, mailed,
           reserved, ledger_day, reference, source, asked_at, mailed_at, expires_at, decoy, session,
           letters)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
           $22, $23, $24, $25, $26, $27, $28)",
        args![
            code.id.bytes(),
            code.account.as_ref().map(AccountId::bytes),
            new.identity.bytes(),
            code.destination.bytes(),
            code.purpose.code(),
            new.opening.map(Opening::code),
            new.invitation.as_ref().map(InvitationId::bytes),
            code.browser.bytes(),
            code.known,
            new.digest.bytes(),
            new.not_me.bytes(),
            &new.sealed.code,
            &new.sealed.address,
            &new.masked,
            code.state.code(),
            code.guesses,
            code.guesses_left,
            code.mailed,
            new.reserved,
            code.asked_at.day(),
            &code.reference,
            &source_text(&new.source)?,
            code.asked_at,
            code.mailed_at,
            code.expires_at,
            code.decoy,
            new.session.as_ref().map(SessionId::bytes),
            new.letters,
        ],
    )
}

/// The request with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: RequestId) -> Result<Option<Kept>, Fault> {
    let row = reader
        .db
        .one(concat!("SELECT ", columns!(), " FROM sign_in_codes WHERE id = $1"), args![id.bytes()])?;
    row.map(read).transpose()
}

/// The live request of this browser for this identity, first of all one that passed its budgets: the one whose
/// code is sent again.
///
/// # Errors
/// A fault of the database.
pub fn find_live(
    reader: &mut Reader<'_>,
    whose: (&Digest, &Digest),
    browser: &Digest,
    now: Time,
) -> Result<Option<Kept>, Fault> {
    ask_live(reader, whose, browser, now)?.get(reader)
}

/// [`find_live`], looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask_live(
    reader: &mut Reader<'_>,
    (identity, destination): (&Digest, &Digest),
    browser: &Digest,
    now: Time,
) -> Result<Later<Option<Kept>>, Fault> {
    let asked = reader.db.ask(
        concat!(
            "SELECT ",
            columns!(),
            " FROM sign_in_codes WHERE state = 'live' AND destination = $1 AND browser = $2 AND identity = $3
              AND expires_at > $4 AND guesses_left > 0 ORDER BY mailed DESC, id DESC LIMIT 1"
        ),
        args![destination.bytes(), browser.bytes(), identity.bytes(), now],
    )?;
    Ok(Later::first(asked, read))
}

/// Spends one guess before anything is compared (law 3). No row: there was none left to spend, or the
/// request is over, or it is for another purpose; then nothing may be compared.
///
/// # Errors
/// A fault of the database.
pub fn claim_attempt(
    tx: &mut Tx<'_>,
    id: RequestId,
    purpose: Purpose,
    browser: &Digest,
    now: Time,
) -> Result<Option<Kept>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE sign_in_codes SET guesses_left = guesses_left - 1
             WHERE id = $1 AND purpose = $2 AND browser = $3 AND state = 'live' AND guesses_left > 0
               AND expires_at > $4 RETURNING ",
            columns!()
        ),
        args![id.bytes(), purpose.code(), browser.bytes(), now],
    )?;
    row.map(read).transpose()
}

/// Ends a live request and wipes what was sealed: a claim, the row is given to exactly one caller.
///
/// # Errors
/// A fault of the database.
pub fn claim_end(tx: &mut Tx<'_>, id: RequestId, state: CodeState, now: Time) -> Result<Option<Kept>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE sign_in_codes SET state = $2, ended_at = $3, sealed_code = NULL, sealed_address = NULL
             WHERE id = $1 AND state = 'live' RETURNING ",
            columns!()
        ),
        args![id.bytes(), state.code(), now],
    )?;
    row.map(read).transpose()
}

/// [`claim_end`], looked at later; the answer only says whether it was this caller's.
///
/// # Errors
/// A fault of the database.
pub fn ask_end(tx: &mut Tx<'_>, id: RequestId, state: CodeState, now: Time) -> Result<Later<bool>, Fault> {
    let asked = tx.db.ask(
        "UPDATE sign_in_codes SET state = $2, ended_at = $3, sealed_code = NULL, sealed_address = NULL
         WHERE id = $1 AND state = 'live' RETURNING id",
        args![id.bytes(), state.code(), now],
    )?;
    Ok(Later::new(asked, |rows| Ok(!rows.is_empty())))
}

/// Notes a submission that came after the end: a claim, so that only the first few are put on the record.
///
/// # Errors
/// A fault of the database.
pub fn claim_late(tx: &mut Tx<'_>, id: RequestId, most: i64) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE sign_in_codes SET late = late + 1 WHERE id = $1 AND late < $2",
        args![id.bytes(), most],
    )?;
    Ok(rows == 1)
}

/// Notes that somebody said "I did not ask for this": a claim, only the first time counts.
///
/// # Errors
/// A fault of the database.
pub fn claim_denial(tx: &mut Tx<'_>, id: RequestId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE sign_in_codes SET denied_at = $2 WHERE id = $1 AND denied_at IS NULL",
        args![id.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Notes that the code goes out (again) at `now`, whether it only seems to, and what was reserved for it where it was held back
/// before.
///
/// # Errors
/// A fault of the database.
pub fn mark_mailed(
    tx: &mut Tx<'_>,
    id: RequestId,
    (decoy, reserved): (bool, i64),
    now: Time,
) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE sign_in_codes SET mailed_at = $2, decoy = $3, reserved = reserved + $4,
           mailed = CASE WHEN $4 > 0 THEN 1 ELSE mailed END WHERE id = $1",
        args![id.bytes(), now, decoy, reserved],
    )
}

/// Live requests whose time has passed at `now`, the oldest first.
///
/// # Errors
/// A fault of the database.
pub fn list_expired(reader: &mut Reader<'_>, now: Time, limit: i64) -> Result<Vec<RequestId>, Fault> {
    let rows = reader.db.query(
        "SELECT id FROM sign_in_codes WHERE state = 'live' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
        args![now, limit],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(RequestId::from_bytes)).collect()
}

/// Live requests of an account, to end them when it is locked or closed.
///
/// # Errors
/// A fault of the database.
pub fn list_live_of(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<RequestId>, Fault> {
    let rows = reader.db.query(
        "SELECT id FROM sign_in_codes WHERE state = 'live' AND account = $1",
        args![account.bytes()],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(RequestId::from_bytes)).collect()
}

/// What the mail of a live request carries: the code and the secret of its link.
pub struct Letter {
    /// The request.
    pub kept: Kept,
    /// The code.
    pub code: CodeText,
    /// The secret of the link "I did not ask for this".
    pub not_me: [u8; 16],
}

/// Unseals what the mail of a request carries; none once the request has ended.
///
/// # Errors
/// A fault of the database or of opening.
pub fn letter(reader: &mut Reader<'_>, id: RequestId) -> Result<Option<Letter>, Fault> {
    let row = reader.db.one(
        concat!("SELECT sealed_code, ", columns!(), " FROM sign_in_codes WHERE id = $1 AND state = 'live'"),
        args![id.bytes()],
    )?;
    let Some(mut row) = row else { return Ok(None) };
    let Some(sealed) = row.maybe_bytes(0)? else { return Ok(None) };
    row.0.remove(0);
    let plain = seal::open(reader.keys, id.bytes(), &sealed)?;
    let (not_me, code) =
        plain.expose().split_first_chunk::<16>().ok_or(Fault::plain("a sealed code is cut short"))?;
    let code = CodeText::from_text(String::from_utf8_lossy(code).into_owned());
    Ok(Some(Letter { kept: read(row)?, code, not_me: *not_me }))
}

/// The full address a live request was made for; none once it has ended.
///
/// # Errors
/// A fault of the database or of opening.
pub fn address(reader: &mut Reader<'_>, id: RequestId) -> Result<Option<String>, Fault> {
    Ok(find_with_address(reader, id)?.and_then(|(_, address)| address))
}

/// A request with the full address it was made for; no address once it has ended.
///
/// # Errors
/// A fault of the database or of opening.
pub fn find_with_address(
    reader: &mut Reader<'_>,
    id: RequestId,
) -> Result<Option<(Kept, Option<String>)>, Fault> {
    let row = reader.db.one(
        concat!("SELECT sealed_address, ", columns!(), " FROM sign_in_codes WHERE id = $1"),
        args![id.bytes()],
    )?;
    let Some(mut row) = row else { return Ok(None) };
    let sealed = row.maybe_bytes(0)?;
    row.0.remove(0);
    let address = match sealed {
        Some(sealed) => {
            let plain = seal::open(reader.keys, id.bytes(), &sealed)?;
            Some(String::from_utf8_lossy(plain.expose()).into_owned())
        }
        None => None,
    };
    Ok(Some((read(row)?, address)))
}

/// Forgets requests that were asked before `before` and have ended, the oldest first; their events stay.
///
/// # Errors
/// A fault of the database.
pub fn delete_ended(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM sign_in_codes WHERE id IN (
           SELECT id FROM sign_in_codes WHERE state <> 'live' AND id < $1 ORDER BY id LIMIT $2)",
        args![RequestId::at(before).bytes(), limit],
    )
}

/// Forgets those that no mail ever followed, so that no link leads to them, if they were asked before `before`: among
/// the next `limit` requests; `None` once all were looked at.
///
/// # Errors
/// A fault of the database.
pub fn delete_unmailed(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<Option<u64>, Fault> {
    let walk = Walk {
        name: "walked sign_in_codes",
        next:
            "SELECT key FROM (SELECT id AS key FROM sign_in_codes WHERE id > $1 ORDER BY id LIMIT $2) AS part
               ORDER BY key DESC LIMIT 1",
        delete: "DELETE FROM sign_in_codes WHERE id > $1 AND id <= $2 AND asked_at < $3 AND state <> 'live'
                   AND (mailed = 0 OR decoy = 1)",
    };
    walk::step(tx, &walk, before.micros(), limit)
}
