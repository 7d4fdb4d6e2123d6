//! A password, with a code out of the app where the account has both, proves within a session who is there.
//!
//! Both are asked for together, and both must be right. The code is looked at only where the password was right, so that a
//! slip in one costs no attempt at the other.
//!
//! Implements: OWASP ASVS 5.0 7.5.1, 7.5.3; `threats.md` §5.2 row 43.

use model::account::{Account, AccountState};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::event::NotProved;
use model::fault::Fault;
use model::method::{Method, Use};
use model::refusal::Refusal;
use model::session::RestsOn;
use store::{Tx, accounts, authenticators};

use super::attempt::{Compared, Prepared};
use super::halfway::{Halfway, Then};
use crate::attempts::{self, Turn};
use crate::methods::{self, Permit};
use crate::reauth::Ways;
use crate::session::Visitor;
use crate::sign_in::finish::{self, Started};
use crate::totp::{self, Shown};
use crate::{Outcome, reauth};

/// Decides, once the password was compared.
///
/// # Errors
/// A fault of the store.
pub fn commit(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    typed: &Prepared,
    (turn, compared, shown): (&Turn, &Compared, Option<&Shown>),
) -> Outcome<Started> {
    let account = accounts::ask_held(tx, typed.key)?.get(tx)?;
    let (Some(visitor), Some(account)) = (&typed.current, account) else {
        return Ok(tx.unrecorded("nobody is signed in", Err(Refusal::SessionUnknown)));
    };
    let visitor = Visitor { account, ..visitor.clone() };
    let kept = authenticators::list(tx, typed.key)?;
    let all: Vec<Authenticator> = kept.into_iter().map(|kept| kept.authenticator).collect();
    let asked = match judge(tx, cx, typed, ((turn, compared), (&visitor, &all)))? {
        Ok(asked) => asked,
        Err((because, refusal)) => {
            let events = attempts::failed(tx, cx, turn, (&typed.subject, typed.source, because))?;
            return tx.record(&events, Err(refusal));
        }
    };
    attempts::succeeded(tx, cx.now, turn)?;
    if asked.len() > 1 {
        let who = totp::Who { account: typed.key, known: typed.known, source: typed.source };
        if let Err((events, refusal)) = totp::judge(tx, cx, who, (&all, shown))? {
            return tx.record(&events, Err(refusal));
        }
    }
    let mut events = Vec::new();
    let app = shown.filter(|_| asked.len() > 1).map(|shown| shown.id);
    let password = all.iter().find(|own| own.kind == AuthenticatorKind::Password).map(|own| own.id);
    let rests_on = RestsOn::authenticators(password.into_iter().chain(app));
    let raise = finish::Raise { visitor, request: None, proved: asked, rests_on, source: typed.source };
    let started = finish::raise(tx, cx, &mut events, raise)?;
    tx.record(&events, started)
}

/// The password is the first of two, and an approval is to follow ([`crate::approval::ask`]): what the browser holds meanwhile.
///
/// # Errors
/// A fault of the store.
pub fn halfway(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    typed: &Prepared,
    (turn, compared): (&Turn, &Compared),
) -> Outcome<Halfway> {
    let account = accounts::ask_held(tx, typed.key)?.get(tx)?;
    let (Some(visitor), Some(account)) = (&typed.current, account) else {
        return Ok(tx.unrecorded("nobody is signed in", Err(Refusal::SessionUnknown)));
    };
    let visitor = Visitor { account, ..visitor.clone() };
    let kept = authenticators::list(tx, typed.key)?;
    let all: Vec<Authenticator> = kept.into_iter().map(|kept| kept.authenticator).collect();
    if let Err((because, refusal)) = judge(tx, cx, typed, ((turn, compared), (&visitor, &all)))? {
        let events = attempts::failed(tx, cx, turn, (&typed.subject, typed.source, because))?;
        return tx.record(&events, Err(refusal));
    }
    attempts::succeeded(tx, cx.now, turn)?;
    let password = all.iter().find(|own| own.kind == AuthenticatorKind::Password);
    let Some(password) = password else {
        return Ok(tx.unrecorded("gone meanwhile", Err(Refusal::PasswordWrong)));
    };
    let halfway = Halfway::new(cx, (typed.key, password.id), None, (typed.browser, Then::default()))?;
    Ok(tx.unrecorded("where it leads to will be on the record", Ok(halfway)))
}

type Judged = Result<Vec<Permit>, (NotProved, Refusal)>;

/// A permit for each method that is asked for, if the password holds.
fn judge(
    tx: &mut Tx<'_>,
    cx: &Cx,
    typed: &Prepared,
    ((turn, compared), (visitor, all)): ((&Turn, &Compared), (&Visitor, &[Authenticator])),
) -> Result<Judged, Fault> {
    if let Some(until) = turn.blocked() {
        return Ok(Err((NotProved::Blocked, Refusal::AttemptsBlocked { until })));
    }
    let own = all.iter().find(|own| own.kind == AuthenticatorKind::Password && typed.is_own(own));
    let Some(own) = own.filter(|_| compared.is_right()) else {
        return Ok(Err((NotProved::Mismatch, Refusal::PasswordWrong)));
    };
    if visitor.account.state != AccountState::Open {
        return Ok(Err((NotProved::Locked, Refusal::AccountState)));
    }
    if !own.is_usable(cx.now) {
        return Ok(Err((NotProved::Held, Refusal::AuthenticatorHeld { at: own.usable_at })));
    }
    let ways = reauth::within(tx, cx, visitor)?;
    if !ways.methods.has(Method::Password) {
        return Ok(Err((NotProved::MethodOff, Refusal::MethodOff)));
    }
    let permits = permits(cx, &visitor.account, ways);
    let used = authenticators::claim_use(tx, own.id, (own.counter, own.counter), cx.now)?;
    Ok(permits.map_err(|refusal| (NotProved::MethodOff, refusal)).and_then(|permits| {
        if used { Ok(permits) } else { Err((NotProved::Mismatch, Refusal::PasswordWrong)) }
    }))
}

fn permits(cx: &Cx, account: &Account, ways: Ways) -> Result<Vec<Permit>, Refusal> {
    let open = methods::of_account(&cx.policy, account);
    if ways.methods.has(Method::Totp) {
        [Method::Password, Method::Totp]
            .map(|method| methods::permit(&open, Use::StepUp, method))
            .into_iter()
            .collect()
    } else if ways.is_strong() {
        // It is one half; the approval beside it is the other.
        methods::permit(&open, Use::StepUp, Method::Password).map(|permit| vec![permit])
    } else {
        // Alone it reaches the first level, as at the sign-in.
        methods::permit(&open, Use::SignIn, Method::Password).map(|permit| vec![permit])
    }
}
