//! A password signs in: by itself where it is all that the account has, halfway where a code out of an app is asked for too, or an
//! approval.
//!
//! What is told to a browser that the account does not know is one answer, whatever the reason: no account, no password,
//! another password, one that is held or switched off, a locked account, or too many wrong ones. A browser that has signed in
//! to the account before knows that there is one, and is told more.
//!
//! Implements: OWASP ASVS 5.0 6.3.1, 6.3.3, 6.3.8; `threats.md` §5.2 rows 12 and 43.

use model::account::{Account, AccountState};
use model::authenticator::{Authenticator, AuthenticatorKind, BESIDE};
use model::cx::Cx;
use model::event::{Actor, Event, EventKind, NotProved};
use model::id::TenantId;
use model::method::{Method, MethodPolicy, Use};
use model::refusal::Refusal;
use model::session::RestsOn;
use model::tenant::Tenant;
use store::{Tx, accounts, authenticators, tenants};

use super::attempt::{Compared, Prepared};
use super::halfway::{Halfway, Then};
use crate::Outcome;
use crate::approval::{has_approver, held_back};
use crate::attempts::{self, Turn};
use crate::methods::{self, Permit};
use crate::session::Visitor;
use crate::sign_in::finish::{self, Started};

/// How it goes on after a password that was right.
pub enum Next {
    /// Somebody is signed in.
    In {
        /// The session.
        started: Box<Started>,
        /// Whether its owner should choose another password.
        anew: bool,
    },
    /// A code out of the app is asked for, or an approval.
    Second(Halfway),
}

/// Decides, once it was compared.
///
/// # Errors
/// A fault of the store.
pub fn commit(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    typed: &Prepared,
    (turn, compared): (&Turn, &Compared),
) -> Outcome<Next> {
    let account = accounts::ask_held(tx, typed.key)?;
    let kept = authenticators::ask(tx, typed.key)?;
    let tenant = tenants::ask_by_domain(tx, typed.domain.as_deref().unwrap_or_default())?;
    let (account, kept, tenant) = (account.get(tx)?, kept.get(tx)?, tenant.get(tx)?);
    let all: Vec<Authenticator> = kept.into_iter().map(|kept| kept.authenticator).collect();
    match judge(cx, typed, (turn, compared), (account, &all, tenant.as_ref())) {
        Ok(judged) if authenticators::claim_use(tx, judged.own.id, same(judged.own), cx.now)? => {
            attempts::succeeded(tx, cx.now, turn)?;
            go_on(tx, cx, typed, (judged, compared))
        }
        Ok(_) => refuse(tx, cx, (typed, turn), (NotProved::Mismatch, Refusal::PasswordWrong)),
        Err(why) => refuse(tx, cx, (typed, turn), why),
    }
}

/// A use that leaves the count where it is.
const fn same(own: &Authenticator) -> (i64, i64) {
    (own.counter, own.counter)
}

/// A password that holds.
struct Judged<'a> {
    account: Account,
    /// The tenant of the address that was typed.
    tenant: Option<TenantId>,
    permit: Permit,
    own: &'a Authenticator,
    /// The app whose code is asked for beside it.
    app: Option<&'a Authenticator>,
    /// Whether an approval does in its place.
    approval: bool,
}

fn judge<'a>(
    cx: &Cx,
    typed: &Prepared,
    (turn, compared): (&Turn, &Compared),
    (account, all, tenant): (Option<Account>, &'a [Authenticator], Option<&Tenant>),
) -> Result<Judged<'a>, (NotProved, Refusal)> {
    if let Some(until) = turn.blocked() {
        return Err((NotProved::Blocked, Refusal::AttemptsBlocked { until }));
    }
    let wrong = (NotProved::Mismatch, Refusal::PasswordWrong);
    let own = all.iter().find(|own| own.kind == AuthenticatorKind::Password && typed.is_own(own));
    let (Some(account), Some(own), true) = (account, own, compared.is_right()) else { return Err(wrong) };
    if account.state != AccountState::Open {
        return Err((NotProved::Locked, Refusal::PasswordWrong));
    }
    let open = methods::of_domain(&cx.policy, tenant).and(&methods::of_account(&cx.policy, &account));
    let permit = methods::permit(&open, Use::SignIn, Method::Password)
        .map_err(|refusal| (NotProved::MethodOff, refusal))?;
    if !own.is_usable(cx.now) {
        return Err((NotProved::Held, Refusal::AuthenticatorHeld { at: own.usable_at }));
    }
    let (app, approval) = (app(cx, &open, all), approval(cx, &open, all));
    Ok(Judged { app, approval, tenant: tenant.map(|tenant| tenant.id), account, permit, own })
}

/// Whether an approval can be asked for beside a password.
pub(crate) fn approval(cx: &Cx, open: &MethodPolicy, all: &[Authenticator]) -> bool {
    methods::permit(open, Use::SignIn, Method::Approval).is_ok() && has_approver(all, cx)
}

/// The app whose code is asked for beside a password, if there is one that can be used.
pub(crate) fn app<'a>(cx: &Cx, open: &MethodPolicy, all: &'a [Authenticator]) -> Option<&'a Authenticator> {
    let asked = methods::permit(open, Use::SignIn, Method::Totp).is_ok();
    all.iter().filter(|_| asked).find(|own| own.kind == AuthenticatorKind::Totp && own.is_usable(cx.now))
}

fn go_on(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    typed: &Prepared,
    (judged, compared): (Judged<'_>, &Compared),
) -> Outcome<Next> {
    let Judged { account, tenant, permit, own, app, approval } = judged;
    if app.is_some() || approval {
        let then = Then { anew: compared.choose_anew(), app: app.is_some(), approval };
        let halfway = Halfway::new(cx, (account.id, own.id), tenant, (typed.browser, then))?;
        let next = Ok(Next::Second(halfway));
        if typed.known {
            return Ok(tx.unrecorded("where it leads to will be on the record", next));
        }
        // An approval is asked for at once: what is held back of those is told in sum, and the password with it.
        if app.is_none() && held_back::is_spent(tx, cx, account.id)? {
            return Ok(tx.unrecorded("counted with the approval that is asked for now", next));
        }
        let event = Event::new(cx, typed.subject.clone(), EventKind::PasswordMatched)?;
        return tx.record(&[event.by(Actor::Visitor, Some(typed.source))], next);
    }
    // One that was taken only beside an app lets in without it where that was closed or taken back, but not for long.
    let anew = compared.choose_anew() || own.counter == BESIDE;
    let mut events = Vec::new();
    let start = finish::Start {
        account,
        request: None,
        proved: vec![permit],
        rests_on: RestsOn::authenticators([own.id]),
        browser: typed.browser,
        current: typed.current.as_ref().map(Visitor::held),
        source: typed.source,
    };
    let started = finish::start(tx, cx, &mut events, start)?;
    tx.record(&events, started.map(|started| Next::In { started: Box::new(started), anew }))
}

fn refuse(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (typed, turn): (&Prepared, &Turn),
    (because, refusal): (NotProved, Refusal),
) -> Outcome<Next> {
    let events = attempts::failed(tx, cx, turn, (&typed.subject, typed.source, because))?;
    tx.record(&events, Err(if typed.known { refusal } else { Refusal::PasswordWrong }))
}
