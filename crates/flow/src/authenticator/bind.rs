//! A password or an app becomes an account's: the one place in which that is written, after everything was proved.
//!
//! Implements: NIST SP 800-63B-4 §4.1.2 (binding), OWASP ASVS 5.0 6.3.7.

use std::time::Duration;

use model::account::{Account, AccountState};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::event::Event;
use model::fault::Fault;
use model::id::AuthenticatorId;
use model::refusal::{Refusal, Verdict};
use model::secret::Secret;
use model::source::Source;
use store::authenticators::New;
use store::{Tx, accounts, authenticators};

use super::{MOST, added, cancel_digest};
use crate::attempts;
use crate::passkey::HOLD;
use crate::passkey::add::is_browser_known;
use crate::session::Visitor;

/// What is to be bound, with everything that was made before the transaction.
pub(crate) struct Binding<'a> {
    pub(crate) id: AuthenticatorId,
    pub(crate) kind: AuthenticatorKind,
    pub(crate) counter: i64,
    pub(crate) sealed: &'a [u8],
    /// The secret of the link that takes it away again.
    pub(crate) cancel: &'a [u8; 16],
    pub(crate) by: &'a Visitor,
    pub(crate) source: Source,
}

/// What was added.
pub struct Added {
    /// It.
    pub authenticator: Authenticator,
    /// Whether it is held at first.
    pub held: bool,
    /// The secret of the link that takes it away again.
    pub cancel: Secret<[u8; 16]>,
}

/// Whoever wants to add one: the account, if it may still have one.
pub(crate) fn owner(tx: &mut Tx<'_>, by: &Visitor) -> Result<Verdict<Account>, Fault> {
    let account = accounts::ask_held(tx, by.account.id)?.get(tx)?;
    Ok(account.filter(|account| account.state == AccountState::Open).ok_or(Refusal::AccountState))
}

/// Adds a new one, held for a day where the browser is new to the account. Refused where there are as many as there can be,
/// or one of the kind already.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    binding: &Binding<'_>,
) -> Result<Verdict<(Added, Event)>, Fault> {
    let wait = if is_browser_known(tx, cx.now, binding.by)? { Duration::ZERO } else { HOLD };
    if authenticators::list(tx, binding.by.account.id)?.len() >= MOST {
        return Ok(Err(Refusal::TooMany));
    }
    let Some(authenticator) = insert(tx, cx, binding, wait)? else { return Ok(Err(Refusal::TooMany)) };
    let event = added(tx, cx, &authenticator, (binding.cancel, binding.source))?;
    let held = !wait.is_zero();
    Ok(Ok((Added { authenticator, held, cancel: Secret::new(*binding.cancel) }, event)))
}

/// Writes it; none where there is one of the kind already.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    cx: &Cx,
    binding: &Binding<'_>,
    wait: Duration,
) -> Result<Option<Authenticator>, Fault> {
    let authenticator = Authenticator {
        id: binding.id,
        account: binding.by.account.id,
        kind: binding.kind,
        name: String::new(),
        added_at: cx.now,
        usable_at: cx.now + wait,
        used_at: None,
        session: Some(binding.by.session.id),
        counter: binding.counter,
    };
    let new = New {
        authenticator: &authenticator,
        credential: None,
        sealed: binding.sealed,
        cancel: (!wait.is_zero()).then(|| cancel_digest(tx.keys(), binding.id, binding.cancel)),
        cookie: None,
    };
    if !authenticators::claim_insert(tx, &new)? {
        return Ok(None);
    }
    // Whatever was guessed at before is gone.
    attempts::forget(tx, authenticator.account, binding.kind.method())?;
    Ok(Some(authenticator))
}
