//! One mail a week, to whoever owns an account, and only if there was something: requests that a gate stopped, to sign in or to get
//! back in, and codes that somebody guessed at in an unknown browser. Each is on the record at once; none is mailed one by one.
//!
//! It leaves a week after the first of what it tells, and takes with it what waits for all mailboxes of the account, so that an
//! owner of several gets one.

use std::collections::BTreeSet;
use std::time::Duration;

use model::cx::Cx;
use model::digest::Digest;
use model::event::{Event, EventKind, NotSent};
use model::fault::Fault;
use model::id::AccountId;
use model::notice::What;
use model::sign_in_code::Purpose;
use store::destinations::{self, Held};
use store::sign_in_codes::Kept;
use store::{Recorded, Store, Tx, accounts, addresses, events};

use crate::notice::{self, Telling, Whom};

/// How long it gathers.
pub const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How many destinations one sweep looks at.
const CHUNK: i64 = 200;

/// Somebody guessed so often at a code, in a browser that the account does not know.
pub(crate) fn note(tx: &mut Tx<'_>, cx: &Cx, kept: &Kept, guesses: u8) -> Result<(), Fault> {
    let destination = &kept.code.destination;
    match kept.code.purpose {
        Purpose::SignIn | Purpose::Confirm | Purpose::OpenAccount => add(tx, cx, destination, guesses),
        // It went to a mailbox that may be that of another account: whoever owns this one is told. Looked for whether or not
        // there is one, by the same statements.
        Purpose::Recovery => {
            let nobody = AccountId::from_bytes(*kept.code.id.bytes());
            match main_of(tx, kept.code.account.unwrap_or(nobody))? {
                Some(main) => add(tx, cx, &main, guesses),
                None => add(tx, cx, destination, 0),
            }
        }
        // Whoever asked is signed in, and it is no way into the account that has the mailbox.
        Purpose::AddAddress | Purpose::AddRecovery => add(tx, cx, destination, 0),
    }
}

/// A gate stopped a request of somebody who says that they have lost their ways in. Noted when nothing of it has left, and the
/// answer is long out: at another mailbox than the one that the request is about (`threats.md` §5.2 row 12).
pub(crate) fn note_stopped(tx: &mut Tx<'_>, cx: &Cx, kept: &Kept) -> Result<(), Fault> {
    let (Purpose::Recovery, Some(account)) = (kept.code.purpose, kept.code.account) else { return Ok(()) };
    let stopped = |event: &Event| match event.kind {
        EventKind::SignInCodeRequested { not_sent, .. } => not_sent.is_some_and(NotSent::is_by_gate),
        _ => false,
    };
    if !events::list_request(tx, kept.code.id)?.iter().any(stopped) {
        return Ok(());
    }
    main_of(tx, account)?.map_or(Ok(()), |main| add(tx, cx, &main, 1))
}

/// The destination of the main mailbox of an account.
fn main_of(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<Digest>, Fault> {
    Ok(addresses::list_mailboxes(tx, account)?.first().map(|main| main.destination))
}

fn add(tx: &mut Tx<'_>, cx: &Cx, destination: &Digest, times: u8) -> Result<(), Fault> {
    let mut taken = destinations::take(tx, destination)?;
    for _ in 0..times {
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
