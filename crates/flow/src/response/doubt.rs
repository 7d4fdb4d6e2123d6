//! A browser session is provisional: it was used by another browser as well, and nobody knows yet which of them is its owner; or it
//! began with an approval whose number somebody may have read to a caller ([`crate::sign_in::finish`]).
//!
//! Implements: threats.md §5.2 rows 17, 32 and 34, §6 no. 17, docs/decisions/0032 and 0035.
//!
//! Whoever has it reads what stands on its pages, and nothing else: no proof is taken in it and none that was given before counts
//! ([`crate::reauth`]), no app gets a code or a token by it ([`crate::oauth`]), no device is let in. It ends when the time of the response is over, unless
//!
//! - its owner says in another session that it is his ([`confirm`]), after a proof that is newer than the doubt, in a browser that
//!   the account has known for a day;
//! - an operator undoes the response ([`trust`]).
//!
//! Signing out needs nothing, and whoever signs in anew in the same browser has a session that nobody doubts.

use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::SessionId;
use model::notice::What;
use model::refusal::Refusal;
use model::response::{Act, Over, Scope};
use model::source::Source;
use model::time::Time;
use store::{Store, Tx, browsers, responses, sessions};

use crate::Outcome;
use crate::device::proved;
use crate::notice::{self, Telling, Whom};
use crate::passkey::add::is_browser_known;
use crate::session::Visitor;

/// Makes a session provisional, if it is the account's and not so already, and tells its owner.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    subject: &Subject,
    (session, until): (SessionId, Time),
) -> Result<bool, Fault> {
    let Some(account) = subject.account() else { return Ok(false) };
    if !sessions::claim_doubt(tx, account, session, (cx.now, until))? {
        return Ok(false);
    }
    let what = What::SessionSuspected { until: Some(until) };
    notice::tell(tx, cx, account, Telling::of(what), Whom::Everybody)?;
    Ok(true)
}

/// Makes it whole again, and says whose it is, if it is there.
pub(super) fn trust(tx: &mut Tx<'_>, cx: &Cx, session: SessionId) -> Result<Subject, Fault> {
    let found = sessions::find(tx, session)?;
    sessions::claim_trust(tx, session, cx.now)?;
    Ok(found.map_or(Subject::Site, |(session, _)| Subject::Account(session.account)))
}

/// A session of the visitor's that is provisional, and whether it could be confirmed in this browser.
#[derive(Clone, Debug)]
pub struct Doubted {
    /// The session.
    pub session: model::session::Session,
    /// Since when it is so.
    pub since: Time,
    /// Whether the browser that looks is new to the account.
    pub browser_new: bool,
    /// Whether it was proved since then who is there.
    pub proved: bool,
}

/// One of the visitor's; none where nothing is doubted, or it is the one that looks.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, by: &Visitor, id: SessionId) -> Result<Option<Doubted>, Fault> {
    if id == by.session.id {
        return Ok(None);
    }
    store.read(|reader| {
        let found = sessions::find(reader, id)?.map(|(session, _)| session);
        let own = found.filter(|one| one.account == by.account.id && one.over(cx.now, &cx.policy).is_none());
        let Some((since, session)) = own.and_then(|session| Some((session.doubted_at?, session))) else {
            return Ok(None);
        };
        let browser_new = !is_browser_known(reader, cx.now, by)?;
        let proved = proved(reader, cx, (by, since))?;
        Ok(Some(Doubted { session, since, browser_new, proved }))
    })
}

/// Its owner says in another session that it is his.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::SessionUnknown`] where there is none that is provisional, or it is this one;
/// [`Refusal::BrowserNew`]; [`Refusal::DeviceUnproved`] where nobody has proved who is there since it is so.
pub fn confirm(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, (id, source): (SessionId, Source)) -> Outcome<()> {
    let unknown = "there is no such session, or nobody doubts it";
    let found = sessions::find(tx, id)?.map(|(session, _)| session);
    let own = found.filter(|one| one.account == by.account.id && id != by.session.id);
    let doubted = own.and_then(|one| Some((one.doubted_at?, one)));
    let Some((since, own)) = doubted else {
        return Ok(tx.unrecorded(unknown, Err(Refusal::SessionUnknown)));
    };
    if !is_browser_known(tx, cx.now, by)? {
        return Ok(tx.unrecorded("the browser says too little", Err(Refusal::BrowserNew)));
    }
    if !proved(tx, cx, (by, since))? {
        return Ok(tx.unrecorded("nobody has proved it", Err(Refusal::DeviceUnproved)));
    }
    if !sessions::claim_trust(tx, id, cx.now)? {
        return Ok(tx.unrecorded(unknown, Err(Refusal::SessionUnknown)));
    }
    let scope = Scope::Session(id);
    let over = responses::claim_end_of(tx, (Act::DoubtSession, &scope), (cx.now, Over::Confirmed))?;
    let mut kinds = Vec::new();
    kinds.extend(over.map(|response| EventKind::ResponseEnded {
        response: response.id,
        act: response.act,
        scope: scope.text(),
        how: Over::Confirmed,
    }));
    if own.began_provisional() {
        browsers::claim_trust(tx, own.account, own.browser)?;
        kinds.push(EventKind::SessionConfirmed { session: id });
    }
    let mut events = Vec::with_capacity(kinds.len());
    let source = source.kept(cx.policy.keep_addresses);
    for kind in kinds {
        let event = Event::new(cx, Subject::Account(by.account.id), kind)?;
        events.push(event.by(Actor::Owner, Some(source)).within(by.session.id));
    }
    tx.record(&events, Ok(()))
}
