//! Erasing what the record says about an account, where the law demands it: the entries and what unblinds their leaves go, the
//! tree stays as it was, and the record says how many went and which.
//!
//! Implements: the right to erasure of Regulation (EU) 2016/679, Article 17, as far as the record is concerned.

use aws_lc_rs::digest::{SHA256, digest};
use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, EventId};
use store::{Recorded, Store, Tx, events, record_leaves};

use crate::by::By;

/// How many entries are erased in one transaction.
pub const AT_ONCE: i64 = 500;

/// What became of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many entries were erased.
    pub erased: u32,
    /// Whether more may be left that can be erased now.
    pub more: bool,
}

/// The digest of the numbers of erased leaves, as the event has it.
#[must_use]
pub fn digest_of(leaves: &[u64]) -> String {
    let bytes: Vec<u8> = leaves.iter().flat_map(|n| n.to_be_bytes()).collect();
    wire::token::hex(digest(&SHA256, &bytes).as_ref())
}

/// Erases the next entries about `account`. What is not sealed yet stays until it is; so does the last entry of the record.
///
/// # Errors
/// A fault of the store.
pub fn step(tx: &mut Tx<'_>, cx: &mut Cx, account: AccountId, by: &By) -> Result<Recorded<Step>, Fault> {
    let last = record_leaves::size(tx)?.saturating_sub(1);
    let found = record_leaves::list_account(tx, account, EventId::from_bytes([0; 16]), AT_ONCE)?;
    let more = i64::try_from(found.len()).unwrap_or(0) >= AT_ONCE;
    let event =
        Event::new(cx, Subject::Site, EventKind::EntriesErased { entries: 0, leaves: String::new() })?;
    let mut erased = Vec::with_capacity(found.len());
    for leaf in found.iter().filter(|leaf| leaf.n < last) {
        if let Some(id) = leaf.event
            && record_leaves::claim_erase(tx, leaf.n, event.id)?
        {
            events::delete(tx, id)?;
            erased.push(leaf.n);
        }
    }
    if erased.is_empty() {
        return Ok(tx.unrecorded("nothing was left to erase", Step { erased: 0, more: false }));
    }
    erased.sort_unstable();
    let entries = u32::try_from(erased.len()).unwrap_or(u32::MAX);
    let kind = EventKind::EntriesErased { entries, leaves: digest_of(&erased) };
    let event = by.sign(Event { kind, ..event });
    tx.record(&[event], Step { erased: entries, more })
}

/// How many entries about an account are on the record, and how many of them are sealed.
///
/// # Errors
/// A fault of the store.
pub fn count(store: &Store, account: AccountId) -> Result<(u64, u64), Fault> {
    store.read(|reader| record_leaves::count_account(reader, account))
}
