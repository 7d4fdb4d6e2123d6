//! One account as an operator sees it: what it is, what it owns, who is signed in to it, what happened lately.

use model::account::Account;
use model::authenticator::Authenticator;
use model::cx::Cx;
use model::event::Event;
use model::fault::Fault;
use model::id::AccountId;
use model::method::MethodPolicy;
use model::session::Session;
use store::{Store, accounts, authenticators};

use crate::{activity, methods, session};

/// How many events are shown.
const LATELY: i64 = 50;

/// What there is to know about an account, without a secret.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The account.
    pub account: Account,
    /// What is open for it.
    pub open: MethodPolicy,
    /// Who is signed in.
    pub sessions: Vec<Session>,
    /// What it owns.
    pub authenticators: Vec<Authenticator>,
    /// What happened lately, the newest first.
    pub lately: Vec<Event>,
}

/// Looks.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, id: AccountId) -> Result<Option<Facts>, Fault> {
    let lately = activity::newest(store, id, LATELY)?;
    store.read(|reader| {
        let Some(account) = accounts::find(reader, id)? else { return Ok(None) };
        let own = authenticators::list(reader, id)?;
        Ok(Some(Facts {
            open: methods::of_account(&cx.policy, &account),
            sessions: session::live(reader, cx, id)?,
            authenticators: own.into_iter().map(|kept| kept.authenticator).collect(),
            account,
            lately,
        }))
    })
}
