//! Everything that is held about an account, for its owner: without a secret, and without what others wrote for others.
//!
//! Implements: the right of access of Regulation (EU) 2016/679, Article 15 (3) and 20 (1), as far as the data is here.

use std::collections::BTreeMap;

use model::account::{Account, Profile};
use model::authenticator::Authenticator;
use model::client::Shown;
use model::cx::Cx;
use model::entry::Entry;
use model::event::{Actor, AddressKind, Event, EventKind, Subject};
use model::fault::Fault;
use model::gate::Gate;
use model::grant::Grant;
use model::method::MethodPolicy;
use model::session::Session;
use model::source::Source;
use model::time::Time;
pub use store::doorbells::Doorbell;
pub use store::held::{Counted, Told};
pub use store::logouts::Waiting;
pub use store::outbox::WaitingOf;
use store::{
    Reader, Recorded, Store, Tx, accounts, authenticators, browsers, destinations, doorbells, entries, held,
};
use store::{clients, gates, grants, guess_ledger, logouts, outbox, recovery_codes, refusing_mail};

use crate::activity;
use crate::address::{self, Addresses};
use crate::methods;
use crate::session::{self, KnownBrowser, Visitor};
use crate::sign_in::gated::layers;

/// How many grants are named: nobody has more that are live.
const MOST_GRANTS: i64 = 1000;

/// What is held, but for what happened: that is read page by page ([`events`]).
#[derive(Clone, Debug)]
pub struct OwnData {
    /// The account.
    pub account: Account,
    /// What apps call the owner.
    pub profile: Profile,
    /// What is open for it.
    pub open: MethodPolicy,
    /// What stands before its codes.
    pub gate: gates::Kept,
    /// Which gate holds.
    pub gate_in_force: Gate,
    /// Its addresses.
    pub addresses: Addresses,
    /// What is held of the mail to each mail address to sign in by.
    pub mail: Vec<MailTo>,
    /// What it can prove itself with.
    pub authenticators: Vec<Authenticator>,
    /// Which of its approvers ring.
    pub doorbells: Vec<Doorbell>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// Wrong entries that are counted.
    pub counted: Vec<Counted>,
    /// Who is signed in.
    pub sessions: Vec<Session>,
    /// Which browsers signed in before.
    pub browsers: Vec<KnownBrowser>,
    /// What clients were allowed and nobody has ended.
    pub grants: Vec<Grant>,
    /// What people know those clients by.
    pub clients: BTreeMap<String, Shown>,
    /// Which ways in wait to open.
    pub entries: Vec<Entry>,
    /// Which messages wait.
    pub waiting: Vec<WaitingOf>,
    /// Which clients have yet to be told that something ended.
    pub untold: Vec<Waiting>,
    /// What it was told lately.
    pub told: Vec<Told>,
    /// One in so many: the chance that anybody guessed a code of it within 365 days; none if there was none to guess.
    pub odds: Option<i64>,
}

/// What is held of the mail to an address.
#[derive(Clone, Debug)]
pub struct MailTo {
    /// The address.
    pub address: String,
    /// Until when none is sent that unknown browsers ask for.
    pub muted_until: Option<Time>,
    /// Since when none is sent at all, because whoever reads it wants none.
    pub refused_since: Option<Time>,
}

/// Looks.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, visitor: &Visitor) -> Result<OwnData, Fault> {
    let id = visitor.account.id;
    store.read(|reader| {
        // As it is now, not as it was when the cookie was looked at.
        let account = accounts::find(reader, id)?.unwrap_or_else(|| visitor.account.clone());
        let addresses = address::within(reader, id)?;
        let guessed = guess_ledger::of_account(reader, id, cx.now.day())?;
        let own = authenticators::list(reader, id)?;
        let gate = gates::find(reader, id)?;
        let grants: Vec<Grant> =
            grants::list(reader, id, MOST_GRANTS)?.into_iter().map(|kept| kept.grant).collect();
        Ok(OwnData {
            profile: accounts::ask_profile(reader, id)?.get(reader)?.unwrap_or_default(),
            clients: clients::names(reader, grants.iter().map(|grant| grant.client.as_str()))?,
            open: methods::of_account(&cx.policy, &account),
            gate,
            gate_in_force: layers(&cx.policy, &gate).gate(),
            mail: mail(reader, cx, &addresses)?,
            authenticators: own.into_iter().map(|kept| kept.authenticator).collect(),
            doorbells: doorbells::list(reader, id)?,
            recovery_codes: recovery_codes::left(reader, id)?.map_or(0, |left| left.count),
            entries: entries::list_waiting(reader, id, cx.now)?,
            grants,
            counted: held::counted(reader, id)?,
            sessions: session::live(reader, cx, id)?,
            browsers: browsers::list(reader, id)?,
            waiting: outbox::list_waiting_of(reader, id)?,
            untold: logouts::list_waiting_of(reader, id)?,
            told: held::told(reader, id)?,
            odds: model::ledger::sum(&guessed).odds(),
            addresses,
            account,
        })
    })
}

fn mail(reader: &mut Reader<'_>, cx: &Cx, addresses: &Addresses) -> Result<Vec<MailTo>, Fault> {
    let mut all = Vec::new();
    for kept in addresses.sign_in.iter().filter(|kept| kept.kind == AddressKind::Mail) {
        let muted_until = destinations::find(reader, &kept.destination)?.muted_until;
        all.push(MailTo {
            address: kept.shown.clone(),
            muted_until: muted_until.filter(|until| cx.now < *until),
            refused_since: refusing_mail::find(reader, &kept.destination)?,
        });
    }
    Ok(all)
}

/// Notes that its owner takes it along: whoever sits at an open screen may not be that.
///
/// # Errors
/// A fault of the store.
pub fn note(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, source: Source) -> Result<Recorded<()>, Fault> {
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let event = Event::new(cx, Subject::Account(by.account.id), EventKind::DataDownloaded)?;
    tx.record(&[event.by(Actor::Owner, kept).within(by.session.id)], ())
}

/// How many events are read at once.
const AT_ONCE: i64 = 500;

/// The record of an account, page by page, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Events {
    before: Option<model::id::EventId>,
    over: bool,
}

impl Events {
    /// The next page; empty at the end.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn next(&mut self, store: &Store, account: model::id::AccountId) -> Result<Vec<Event>, Fault> {
        if self.over {
            return Ok(Vec::new());
        }
        let page = activity::raw(store, account, self.before, AT_ONCE)?;
        self.before = page.last().map(|event| event.id).or(self.before);
        self.over = i64::try_from(page.len()).unwrap_or(0) < AT_ONCE;
        Ok(page)
    }
}
