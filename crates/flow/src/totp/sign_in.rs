//! The second step of signing in: a code out of the app, after a password that was right.
//!
//! 1. Before the transaction: open what the browser holds, compare the code ([`prepare`]).
//! 2. Count the attempt, and only then look at what came out; both methods must still be open, and the password still the one
//!    that was right ([`commit`]).
//! 3. Claim what the browser holds, so that it leads to one session, and start it at the second level.
//!
//! Implements: OWASP ASVS 5.0 6.3.3, 6.5.1, 6.6.2; `threats.md` §5.2 rows 7, 9 and 43.

use model::account::{Account, AccountState};
use model::authenticator::Authenticator;
use model::cx::Cx;
use model::digest::Digest;
use model::fault::Fault;
use model::method::{Method, Use};
use model::refusal::{Refusal, Verdict};
use model::session::RestsOn;
use model::source::Source;
use model::tenant::Tenant;
use store::{Store, Tx, accounts, answered_challenges, authenticators, browsers, tenants};

use super::{Shown, Who, judge, show};
use crate::Outcome;
use crate::methods::{self, Permit};
use crate::password::halfway::Halfway;
use crate::session::Visitor;
use crate::sign_in::ask::browser_digest;
use crate::sign_in::finish::{self, Started};

/// A code that was typed.
pub struct Typed {
    /// What the browser holds.
    pub halfway: String,
    /// The code.
    pub code: String,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// Whoever is signed in in the same browser.
    pub current: Option<Visitor>,
    /// From where.
    pub source: Source,
}

/// A code that was typed, compared.
pub struct Prepared {
    halfway: Halfway,
    answered: Digest,
    shown: Option<Shown>,
    browser: Digest,
    current: Option<Visitor>,
    source: Source,
}

impl Prepared {
    /// Whether the owner should choose another password afterwards.
    #[must_use]
    pub const fn choose_anew(&self) -> bool {
        self.halfway.then.anew
    }
}

/// Step 1.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ChallengeOver`], [`Refusal::CodeMalformed`].
pub fn prepare(store: &Store, cx: &Cx, typed: Typed) -> Result<Verdict<Prepared>, Fault> {
    let keys = store.keys();
    let halfway = match Halfway::open(keys, cx.now, (&typed.halfway, &typed.browser_half)) {
        Ok(halfway) => halfway,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let shown = show(store, cx, halfway.account, &typed.code)?;
    Ok(shown.map(|shown| Prepared {
        answered: halfway.digest(keys),
        halfway,
        shown,
        browser: browser_digest(keys, &typed.browser_half),
        current: typed.current,
        source: typed.source.kept(cx.policy.keep_addresses),
    }))
}

/// Steps 2 and 3.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, typed: &Prepared) -> Outcome<Started> {
    let id = typed.halfway.account;
    let (account, kept) = (accounts::ask_held(tx, id)?, authenticators::ask(tx, id)?);
    let known = browsers::ask(tx, id, &typed.browser)?;
    let (account, kept, known) = (account.get(tx)?, kept.get(tx)?, known.get(tx)?.is_some());
    let all: Vec<Authenticator> = kept.into_iter().map(|kept| kept.authenticator).collect();
    let proved = all.iter().any(|own| own.id == typed.halfway.password);
    let Some(account) = account.filter(|account| account.state == AccountState::Open && proved) else {
        return Ok(tx.unrecorded("locked, or another password meanwhile", Err(Refusal::ChallengeOver)));
    };
    let tenant = typed.halfway.tenant.map(|tenant| tenants::find(tx, tenant)).transpose()?.flatten();
    let permits = match permits(cx, &account, tenant.as_ref()) {
        Ok(permits) => permits,
        Err(refusal) => return Ok(tx.unrecorded("switched off meanwhile", Err(refusal))),
    };
    let who = Who { account: id, known, source: typed.source };
    if let Err((events, refusal)) = judge(tx, cx, who, (&all, typed.shown.as_ref()))? {
        return tx.record(&events, Err(refusal));
    }
    if !typed.halfway.is_fresh(cx.now)
        || !answered_challenges::claim(tx, &typed.answered, typed.halfway.used_until())?
    {
        return Ok(tx.unrecorded("it led to a session before", Err(Refusal::ChallengeOver)));
    }
    let app = typed.shown.as_ref().map(|shown| shown.id);
    let mut events = Vec::new();
    let start = finish::Start {
        account,
        request: None,
        proved: permits,
        rests_on: RestsOn::authenticators([typed.halfway.password].into_iter().chain(app)),
        browser: typed.browser,
        current: typed.current.as_ref().map(Visitor::held),
        source: typed.source,
    };
    let started = finish::start(tx, cx, &mut events, start)?;
    tx.record(&events, started)
}

fn permits(cx: &Cx, account: &Account, tenant: Option<&Tenant>) -> Verdict<Vec<Permit>> {
    let open = methods::of_domain(&cx.policy, tenant).and(&methods::of_account(&cx.policy, account));
    [Method::Password, Method::Totp]
        .map(|method| methods::permit(&open, Use::SignIn, method))
        .into_iter()
        .collect()
}
