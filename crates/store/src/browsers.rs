//! Table `browsers`: which browsers have signed in to which account. One that came by an approval which may have been relayed is
//! known to nobody before its owner says that it is theirs ([`claim_trust`]).

use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, BrowserId};
use model::source::{browser_code, browser_from_code};
use model::time::Time;
use wire::http::user_agent::Browser;

use crate::tx::{Later, Reader, Tx};
use crate::value::args;
use crate::walk::{self, Walk};

/// A browser that has signed in to an account before.
#[derive(Clone, Debug)]
pub struct KnownBrowser {
    /// Its identifier.
    pub id: BrowserId,
    /// What kind of browser it was when it was last used.
    pub browser: Browser,
    /// When it first signed in.
    pub first_used: Time,
    /// When it last signed in.
    pub last_used: Time,
}

/// The known browser of `account` that carries the cookie with this digest.
///
/// # Errors
/// A fault of the database.
pub fn find(
    reader: &mut Reader<'_>,
    account: AccountId,
    digest: &Digest,
) -> Result<Option<BrowserId>, Fault> {
    ask(reader, account, digest)?.get(reader)
}

/// [`find`], looked at later.
///
/// # Errors
/// A fault of the database.
pub fn ask(
    reader: &mut Reader<'_>,
    account: AccountId,
    digest: &Digest,
) -> Result<Later<Option<BrowserId>>, Fault> {
    let asked = reader.db.ask(
        "SELECT id FROM browsers WHERE account = $1 AND digest = $2 AND doubted_at IS NULL",
        args![account.bytes(), digest.bytes()],
    )?;
    Ok(Later::first(asked, |mut row| row.sixteen(0).map(BrowserId::from_bytes)))
}

/// Remembers that this browser signed in; a known one keeps its identifier, which is the answer.
///
/// # Errors
/// A fault of the database.
pub fn remember(
    tx: &mut Tx<'_>,
    account: AccountId,
    digest: &Digest,
    seen: &KnownBrowser,
) -> Result<Later<BrowserId>, Fault> {
    put(tx, account, digest, (seen, None))
}

/// The same for one that is not known before its owner says so, unless it was before.
///
/// # Errors
/// A fault of the database.
pub fn remember_doubted(
    tx: &mut Tx<'_>,
    account: AccountId,
    digest: &Digest,
    seen: &KnownBrowser,
) -> Result<Later<BrowserId>, Fault> {
    put(tx, account, digest, (seen, Some(seen.last_used)))
}

/// What is in doubt begins anew each time.
fn put(
    tx: &mut Tx<'_>,
    account: AccountId,
    digest: &Digest,
    (seen, doubted): (&KnownBrowser, Option<Time>),
) -> Result<Later<BrowserId>, Fault> {
    let fresh = seen.id;
    let asked = tx.db.ask(
        "INSERT INTO browsers (account, digest, id, browser, first_used, last_used, doubted_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6)
         ON CONFLICT (account, digest) DO UPDATE SET browser = excluded.browser, last_used = excluded.last_used,
           id = CASE WHEN browsers.doubted_at IS NULL THEN browsers.id ELSE excluded.id END,
           first_used = CASE WHEN browsers.doubted_at IS NULL THEN browsers.first_used ELSE excluded.first_used END,
           doubted_at = CASE WHEN browsers.doubted_at IS NULL THEN NULL ELSE excluded.doubted_at END
         RETURNING id",
        args![
            account.bytes(),
            digest.bytes(),
            seen.id.bytes(),
            &browser_code(seen.browser),
            seen.last_used,
            doubted
        ],
    )?;
    Ok(Later::new(asked, move |rows| {
        rows.into_iter().next().map_or(Ok(fresh), |mut row| row.sixteen(0).map(BrowserId::from_bytes))
    }))
}

/// All known browsers of an account, the last used first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<KnownBrowser>, Fault> {
    let rows = reader.db.query(
        "SELECT id, browser, first_used, last_used FROM browsers WHERE account = $1 AND doubted_at IS NULL
         ORDER BY last_used DESC LIMIT 50",
        args![account.bytes()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(KnownBrowser {
                id: BrowserId::from_bytes(row.sixteen(0)?),
                browser: browser_from_code(&row.text(1)?),
                first_used: row.time(2)?,
                last_used: row.time(3)?,
            })
        })
        .collect()
}

/// Its owner says that a browser is theirs: from now on it is known. A claim, `false` where nobody doubted it.
///
/// # Errors
/// A fault of the database.
pub fn claim_trust(tx: &mut Tx<'_>, account: AccountId, id: BrowserId) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE browsers SET doubted_at = NULL WHERE account = $1 AND id = $2 AND doubted_at IS NOT NULL",
        args![account.bytes(), id.bytes()],
    )?;
    Ok(rows == 1)
}

/// Forgets a browser of an account: a claim, the answer says whether it was there.
///
/// # Errors
/// A fault of the database.
pub fn claim_forget(tx: &mut Tx<'_>, account: AccountId, id: BrowserId) -> Result<bool, Fault> {
    let rows = tx
        .db
        .execute("DELETE FROM browsers WHERE account = $1 AND id = $2", args![account.bytes(), id.bytes()])?;
    Ok(rows == 1)
}

/// Forgets all known browsers of an account.
///
/// # Errors
/// A fault of the database.
pub fn forget_all(tx: &mut Tx<'_>, account: AccountId) -> Result<u64, Fault> {
    tx.db.execute("DELETE FROM browsers WHERE account = $1", args![account.bytes()])
}

/// Forgets browsers not used since `before` among the next `limit`; `None` once all were looked at.
///
/// # Errors
/// A fault of the database.
pub fn delete_unused(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<Option<u64>, Fault> {
    let walk = Walk {
        name: "walked browsers",
        next: "SELECT key FROM (SELECT account AS key FROM browsers WHERE account > $1 ORDER BY account LIMIT $2)
                 AS part ORDER BY key DESC LIMIT 1",
        delete: "DELETE FROM browsers WHERE account > $1 AND account <= $2 AND last_used < $3",
    };
    walk::step(tx, &walk, before.micros(), limit)
}
