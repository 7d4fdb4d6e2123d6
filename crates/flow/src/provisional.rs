//! Grants that came about elsewhere: everybody who reads the account's mail is told, and can end that one; its owner can confirm
//! it; and silence counts once enough people were told.
//!
//! Implements: RFC 10027 §6.1.6 (what was authorized across devices can be ended), §6.1.9, §6.1.10, NIST SP 800-63B-4 §4.6,
//! threats.md §5.2 rows 25, 26, 35, 39 and 40, §6 ideas 3, 4 and 22, by the rules of [`model::provisional`].
//!
//! 1. When it is given, or is seen elsewhere, a notice goes to every mailbox, with a link that ends it ([`tell`]).
//! 2. Each notice that has left to a mailbox which counts is noted ([`handed_over`]); a day after the second the grant is whole.
//! 3. Its owner confirms it before that, in a known browser and by a proof that is newer than the grant ([`confirm`]).
//! 4. Whoever got a notice says that it is not theirs ([`not_mine`]): it ends, and nothing else.

use std::time::Duration;

use model::client::Registered;
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::grant::{Grant, GrantEnd, GrantOrigin};
use model::id::{GrantId, MessageId};
use model::nearness::Nearness;
use model::notice::What;
use model::provisional::{is_channel, quiet_until};
use model::refusal::Refusal;
use model::source::Source;
use store::grants::Kept;
use store::{Store, Tx, clients, grant_notices, grants};

use crate::Outcome;
use crate::device::proved;
use crate::notice::{self, Telling, Whom};
use crate::oauth::ending;
use crate::passkey::add::is_browser_known;
use crate::session::Visitor;

/// Of how many grants an account is told by mails with a link in a day; of more it is told in one mail an hour, and their links
/// stand on the page of apps alone. Whoever makes a person's program begin again and again fills no mailbox.
const MOST_LINKS: i64 = 6;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a link of a notice carries: a grant and a secret.
pub type Link = (GrantId, [u8; 16]);

/// The secret of the link that ends a grant. It follows from the grant and the keys of the installation: whoever reads the
/// database alone has none, and nothing of it is kept.
fn secret(keys: &Keys, grant: GrantId) -> Digest {
    keys.digest(Of::Token, &[b"not my grant", grant.bytes()])
}

/// Tells everybody of a grant, as it stands. Mails that told of it before count no more.
///
/// # Errors
/// A fault of the store.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (grant, client): (&Grant, &Registered),
    source: Source,
) -> Result<(), Fault> {
    let (Some(account), Some(nearness)) = (grant.account, grant.context) else { return Ok(()) };
    let what = What::GrantElsewhere {
        device: grant.origin == GrantOrigin::Device,
        client: client.client.vouched_name().map(str::to_owned),
        nearness,
    };
    let telling = Telling::of(what).from(source);
    grant_notices::forget(tx, grant.id)?;
    if grant_notices::count_since(tx, account, cx.now - DAY)? >= MOST_LINKS {
        notice::tell(tx, cx, account, telling, Whom::Everybody)?;
        return Ok(());
    }
    let link = wire::token::pair(grant.id.bytes(), secret(tx.keys(), grant.id).bytes());
    let telling = telling.with_link(format!("/app/{link}"));
    for sent in notice::tell_each(tx, cx, account, telling, Whom::Everybody)? {
        if sent.to.as_ref().is_some_and(|to| is_channel(to.confirmed_at, grant.granted_at))
            && let Some(to) = sent.to
        {
            let (message, destination) = (sent.message, to.destination);
            let told =
                grant_notices::Told { message, grant: grant.id, account, destination, told_at: cx.now };
            grant_notices::insert(tx, &told)?;
        }
    }
    Ok(())
}

/// A notice has left.
///
/// # Errors
/// A fault of the store.
pub(crate) fn handed_over(tx: &mut Tx<'_>, cx: &Cx, message: MessageId) -> Result<(), Fault> {
    let Some(grant) = grant_notices::claim_handed(tx, message, cx.now)? else { return Ok(()) };
    let Some(Kept { grant, .. }) = grants::find_held(tx, grant)? else { return Ok(()) };
    if !grant.is_provisional(cx.now) || grant.quiet_until.is_some() {
        return Ok(());
    }
    if let Some(until) = quiet_until(&grant_notices::list_handed(tx, grant.id)?) {
        grants::put_quiet(tx, &Grant { quiet_until: Some(until), ..grant })?;
    }
    Ok(())
}

/// Notes that a grant was seen in this context, and tells everybody: the grant as it is then. What it came about by does not
/// change, and it is never seen nearer.
///
/// # Errors
/// A fault of the store.
pub(crate) fn seen(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (grant, client): (&Grant, &Registered),
    (nearness, source): (Nearness, Source),
) -> Result<Grant, Fault> {
    let context = Some(grant.context.map_or(nearness, |before| before.and(nearness)));
    let seen = Grant { context, quiet_until: None, ..grant.clone() };
    grants::put_context(tx, &seen)?;
    if seen.is_doubtful() {
        tell(tx, cx, (&seen, client), source)?;
    }
    Ok(seen)
}

/// Confirms a grant.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::GrantUnknown`], [`Refusal::BrowserNew`], or [`Refusal::DeviceUnproved`] where
/// nobody has proved who is there since it was given.
pub fn confirm(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, (id, source): (GrantId, Source)) -> Outcome<()> {
    let found = grants::find_held(tx, id)?;
    let own = found.filter(|kept| kept.grant.account == Some(by.account.id));
    let Some(Kept { grant, .. }) = own.filter(|kept| kept.grant.over(cx.now).is_none()) else {
        return Ok(tx.unrecorded("there is no such grant", Err(Refusal::GrantUnknown)));
    };
    if !grant.is_provisional(cx.now) {
        return Ok(tx.unrecorded("it is whole already", Ok(())));
    }
    if !is_browser_known(tx, cx.now, by)? {
        return Ok(tx.unrecorded("the browser says too little", Err(Refusal::BrowserNew)));
    }
    if !proved(tx, cx, (by, grant.granted_at))? {
        return Ok(tx.unrecorded("nobody has proved it", Err(Refusal::DeviceUnproved)));
    }
    let confirmed = Grant { confirmed_at: Some(cx.now), ..grant };
    if !grants::claim_confirm(tx, &confirmed)? {
        return Ok(tx.unrecorded("it ended meanwhile", Err(Refusal::GrantUnknown)));
    }
    let kind = EventKind::GrantConfirmed { grant: id, client: confirmed.client };
    let event = Event::new(cx, Subject::Account(by.account.id), kind)?;
    let source = source.kept(cx.policy.keep_addresses);
    tx.record(&[event.by(Actor::Owner, Some(source)).within(by.session.id)], Ok(()))
}

/// A grant of the visitor's that is provisional, and whether it could be confirmed in this browser.
#[derive(Clone, Debug)]
pub struct Doubted {
    /// The grant.
    pub kept: Kept,
    /// The client.
    pub client: Registered,
    /// Whether the browser is new to the account.
    pub browser_new: bool,
}

/// One of the visitor's; none where nothing is doubted.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, by: &Visitor, id: GrantId) -> Result<Option<Doubted>, Fault> {
    store.read(|reader| {
        let doubted = |kept: &Kept| {
            let (grant, now) = (&kept.grant, cx.now);
            grant.account == Some(by.account.id) && grant.over(now).is_none() && grant.is_provisional(now)
        };
        let Some(kept) = grants::find(reader, id)?.filter(doubted) else { return Ok(None) };
        let browser_new = !is_browser_known(reader, cx.now, by)?;
        let client = clients::find(reader, &kept.grant.client)?;
        Ok(client.map(|client| Doubted { kept, client, browser_new }))
    })
}

/// A grant behind a link, and the client that has it.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The grant.
    pub kept: Kept,
    /// The client.
    pub client: Registered,
}

/// What the link of a notice leads to, as long as it holds. Looking changes nothing.
///
/// # Errors
/// A fault of the store.
pub fn find_by_link(store: &Store, cx: &Cx, (id, presented): &Link) -> Result<Option<Behind>, Fault> {
    if !secret(store.keys(), *id).matches(&Digest::from_bytes(*presented)) {
        return Ok(None);
    }
    store.read(|reader| {
        let Some(kept) = grants::find(reader, *id)?.filter(|kept| kept.grant.over(cx.now).is_none()) else {
            return Ok(None);
        };
        Ok(clients::find(reader, &kept.grant.client)?.map(|client| Behind { kept, client }))
    })
}

/// Ends the grant behind a link, and nothing else: whoever reads the account's mail may do that, signed in or not. Doing it
/// twice changes nothing more.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::LinkUnknown`].
pub fn not_mine(tx: &mut Tx<'_>, cx: &mut Cx, (id, presented): &Link, source: Source) -> Outcome<()> {
    let right = secret(tx.keys(), *id).matches(&Digest::from_bytes(*presented));
    let found = if right { grants::find_held(tx, *id)? } else { None };
    let Some(kept) = found else {
        return Ok(tx.unrecorded("no such link", Err(Refusal::LinkUnknown)));
    };
    match ending::end(tx, cx, (&kept.grant, GrantEnd::NotMine))? {
        Some(event) => {
            let source = source.kept(cx.policy.keep_addresses);
            tx.record(&[event.by(Actor::Recipient, Some(source))], Ok(()))
        }
        None => Ok(tx.unrecorded("it had ended", Err(Refusal::LinkUnknown))),
    }
}
