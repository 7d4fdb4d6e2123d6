//! One mail a week, to whoever owns an account, and only if there was something: requests that a gate stopped, and codes that
//! somebody guessed at in an unknown browser. Each is on the record at once; none is mailed one by one.
//!
//! It leaves a week after the first of what it tells, and takes with it what waits for all mailboxes of the account, so that an
//! owner of several gets one.

use std::collections::BTreeSet;
use std::time::Duration;

use model::cx::Cx;
use model::digest::Digest;
use model::fault::Fault;
use model::notice::What;
use store::destinations::{self, Held};
use store::{Recorded, Store, Tx, accounts, addresses};

use crate::notice::{self, Telling, Whom};

/// How long it gathers.
pub const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How many destinations one sweep looks at.
const CHUNK: i64 = 200;

/// Somebody guessed so often at a code for this destination, in a browser that the account does not know.
pub(crate) fn note(tx: &mut Tx<'_>, cx: &Cx, destination: &Digest, guesses: u8) -> Result<(), Fault> {
    let mut taken = destinations::take(tx, destination)?;
    for _ in 0..guesses {
        taken.state.gated.add(cx.now);
    }
    destinations::put(tx, &taken, cx.now)
}

/// Destinations whose summary is due.
///
/// # Errors
/// A fault of the store.
pub fn due(store: &Store, cx: &Cx) -> Result<Vec<Digest>, Fault> {
    store.read(|reader| destinations::list_gated(reader, cx.now - WEEK, CHUNK))
}

/// Queues the summary of whoever owns this destination, if it is due; what concerns nobody is forgotten.
///
/// # Errors
/// A fault of the store.
pub fn tell(tx: &mut Tx<'_>, cx: &mut Cx, key: Digest) -> Result<Recorded<()>, Fault> {
    let due = |held: &Held, cx: &Cx| held.count > 0 && held.since.is_some_and(|since| since + WEEK <= cx.now);
    let account = accounts::find_by_destination(tx, &key)?;
    let boxes = match &account {
        Some(account) => addresses::list_mailboxes(tx, account.id)?,
        None => Vec::new(),
    };
    // In one order, whoever else takes several.
    let keys: BTreeSet<[u8; 16]> =
        boxes.iter().map(|one| *one.destination.bytes()).chain([*key.bytes()]).collect();
    let mut taken = Vec::new();
    for one in keys {
        taken.push(destinations::take(tx, &Digest::from_bytes(one))?);
    }
    if !taken.iter().any(|one| one.key().matches(&key) && due(&one.state.gated, cx)) {
        return Ok(tx.unrecorded("no summary is due", ()));
    }
    let mut all = Held::default();
    for mut one in taken {
        let held = std::mem::take(&mut one.state.gated);
        all.count = all.count.saturating_add(held.count);
        all.since = all.since.into_iter().chain(held.since).min();
        destinations::put(tx, &one, cx.now)?;
    }
    if let (Some(account), Some(to)) = (account, boxes.first()) {
        let count = u32::try_from(all.count).unwrap_or(u32::MAX);
        let what = What::Stopped { count, since: all.since.unwrap_or(cx.now) };
        notice::tell(tx, cx, account.id, Telling::of(what), Whom::Former(&to.shown))?;
    }
    Ok(tx.unrecorded("each request is on the record; what becomes of the summary will be", ()))
}
