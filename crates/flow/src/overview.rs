//! What the account page answers: what protects the account, is anything waiting, what changed lately.

use std::time::Duration;

use model::account::Profile;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::fault::Fault;
use model::method::Use;
use model::session::Session;
use model::time::Time;
use store::recovery_codes::Left;
use store::{Store, accounts, authenticators, destinations, entries, guess_ledger, recovery_codes};

use crate::activity::{self, End, Entry};
use crate::address::{self, Addresses};
use crate::ledger::{self, Ledger};
use crate::methods;
use crate::oauth::mine;
use crate::session::{self, Visitor};

/// Everything on the account page.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Live sessions, the newest first.
    pub sessions: Vec<Session>,
    /// What apps call the owner.
    pub profile: Profile,
    /// How many apps may use the account.
    pub apps: u32,
    /// How many passkeys can be used now.
    pub passkeys: usize,
    /// Whether a passkey could be added and be used for something.
    pub passkeys_open: bool,
    /// Whether there is none yet, not even one that is held.
    pub no_passkey: bool,
    /// Whether a password can be used now.
    pub password: bool,
    /// Whether a code out of an app is asked for beside it.
    pub app: bool,
    /// Whether an approval on a device is.
    pub approver: bool,
    /// What the chance is made of that anybody guessed a code within 365 days.
    pub guessed: Ledger,
    /// Until when mail asked for by unknown browsers is muted.
    pub muted_until: Option<Time>,
    /// How many codes of the last seven days nobody used, for which nobody said "that was not me".
    pub unused_this_week: u32,
    /// The addresses.
    pub addresses: Addresses,
    /// Ways in that wait, the newest first.
    pub entries: Vec<model::entry::Entry>,
    /// What was added and is held.
    pub held: Vec<Authenticator>,
    /// What is left of the recovery codes.
    pub recovery_codes: Option<Left>,
    /// What happened lately, the newest first.
    pub lately: Vec<Entry>,
}

/// Looks.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, visitor: &Visitor) -> Result<Overview, Fault> {
    let id = visitor.account.id;
    let main = wire::mail::mailbox::Mailbox::parse(&visitor.account.address)
        .map(|mailbox| model::address::Address::new(mailbox, store.keys()));
    let week = cx.now - Duration::from_secs(7 * 24 * 60 * 60);
    store.read(|reader| {
        let muted_until = match &main {
            Ok(address) => destinations::find(reader, &address.destination())?.muted_until,
            Err(_) => None,
        };
        let lately = activity::newest_lines(reader, id)?;
        let live = |entry: &&Entry| matches!(entry, Entry::Request { end: End::Waiting, .. });
        let waiting = u32::try_from(lately.iter().filter(live).count()).unwrap_or(0);
        let all: Vec<Authenticator> =
            authenticators::list(reader, id)?.into_iter().map(|kept| kept.authenticator).collect();
        let own = || all.iter().filter(|own| own.kind == AuthenticatorKind::Passkey);
        let open = methods::of_account(&cx.policy, &visitor.account);
        let has = |kind: AuthenticatorKind| {
            all.iter().any(|own| own.kind == kind && own.is_usable(cx.now))
                && open.open(Use::SignIn).has(kind.method())
        };
        Ok(Overview {
            profile: accounts::ask_profile(reader, id)?.get(reader)?.unwrap_or_default(),
            apps: mine::count(reader, cx, id)?,
            passkeys: own().filter(|own| own.is_usable(cx.now)).count(),
            passkeys_open: crate::passkey::is_open(&cx.policy, &visitor.account),
            no_passkey: own().next().is_none(),
            password: has(AuthenticatorKind::Password),
            app: has(AuthenticatorKind::Totp),
            approver: has(AuthenticatorKind::Approver),
            unused_this_week: activity::counts(reader, id, week)?.unused().saturating_sub(waiting),
            sessions: session::live(reader, cx, id)?,
            guessed: ledger::for_one(&cx.policy, guess_ledger::of_account(reader, id, cx.now.day())?),
            muted_until: muted_until.filter(|until| cx.now < *until),
            addresses: address::within(reader, id)?,
            entries: entries::list_waiting(reader, id, cx.now)?,
            held: all.iter().filter(|own| !own.is_usable(cx.now)).cloned().collect(),
            recovery_codes: recovery_codes::left(reader, id)?,
            lately,
        })
    })
}
