//! Who is told by mail of what the server does by itself: owners of what was taken from their accounts, operators of what is urgent.
//!
//! Notices like all others ([`crate::notice`]): the first of a kind at once, what follows within the hour in one, so that a mailbox
//! gets 24 of a kind a day at the most; no code of anybody waits behind them.
//!
//! | what is done | its owner is told by |
//! |---|---|
//! | a session ends, or is provisional | a notice |
//! | a grant ends | the notice of a grant of which there may be a copy |
//! | devices of a client are suspended | a notice to those who let in one of it within a day |
//! | codes are held back | the digest of what was not sent, as of everything that a budget holds back |

use std::time::Duration;

use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::finding::Finding;
use model::grant::Grant;
use model::notice::What;
use store::{Tx, accounts, clients, grants};

use crate::notice::{self, Telling, Whom};

/// Of how many people one response tells.
const MOST_TOLD: i64 = 100;
/// How long ago somebody let a device in who is told that such devices are suspended.
const LATELY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many operators are told at the most.
const OPERATORS: i64 = 100;

/// Tells everybody who operates the site.
pub(crate) fn operators(tx: &mut Tx<'_>, cx: &mut Cx, what: &What) -> Result<(), Fault> {
    for operator in accounts::list_operators(tx, OPERATORS)? {
        notice::tell(tx, cx, operator, Telling::of(what.clone()), Whom::Everybody)?;
    }
    Ok(())
}

/// Tells operators of a finding, where it is urgent enough; `began` is what was done about it.
pub(crate) fn of_finding(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    finding: &Finding,
    began: &[Event],
) -> Result<(), Fault> {
    if cx.policy.responses.tell.is_none_or(|least| finding.severity < least) {
        return Ok(());
    }
    let done = began.iter().find_map(|event| match event.kind {
        EventKind::ResponseBegan { simulated, .. } => Some(!simulated),
        _ => None,
    });
    let what = What::Finding { attack: finding.attack(), severity: finding.severity, done };
    operators(tx, cx, &what)
}

/// Tells the owner that a grant ended because somebody else may have a copy of what belongs to it (threats.md §5.2 row 30): the
/// client by its name only where an operator vouches for that (row 38).
pub(crate) fn of_grant(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    grant: &Grant,
    telling: impl FnOnce(Telling) -> Telling,
) -> Result<(), Fault> {
    let Some(account) = grant.account else { return Ok(()) };
    let what = What::GrantReplayed { app: vouched(tx, &grant.client)? };
    notice::tell(tx, cx, account, telling(Telling::of(what)), Whom::Everybody).map(|_| ())
}

fn vouched(tx: &mut Tx<'_>, client: &str) -> Result<Option<String>, Fault> {
    let registered = clients::find(tx, client)?;
    Ok(registered.and_then(|registered| registered.client.vouched_name().map(str::to_owned)))
}

/// Tells those who let in a device of this client lately that others said no to such: once each, with an entry of `began` on their
/// record.
pub(super) fn of_devices(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    client: &str,
    began: &EventKind,
) -> Result<Vec<Event>, Fault> {
    let given = grants::list_of_devices(tx, (client, cx.now - LATELY), MOST_TOLD)?;
    let mut owners: Vec<_> = given.iter().filter_map(|kept| kept.grant.account).collect();
    owners.sort_unstable();
    owners.dedup();
    let what = What::DevicesSuspended { app: vouched(tx, client)? };
    let mut events = Vec::with_capacity(owners.len());
    for owner in owners {
        notice::tell(tx, cx, owner, Telling::of(what.clone()), Whom::Everybody)?;
        events.push(Event::new(cx, Subject::Account(owner), began.clone())?);
    }
    Ok(events)
}
