//! The browser that asked: what it shows, and how it takes what was approved.
//!
//! 1. It shows the number, and looks every few seconds ([`look`]); a look changes nothing.
//! 2. It takes the yes by one claim ([`commit`]), once, in the same browser, within two minutes. What was proved before must still
//!    hold at this moment: the password, the session, the policy. Of a password that is asked when the yes was said: it is good
//!    for five minutes, and a question that stands on it lapses with it.
//! 3. Or it gives up ([`withdraw`]).
//!
//! Implements: `threats.md` §5.2 rows 9, 17, 19 and 43.

use model::account::{Account, AccountState};
use model::approval::{Approval, ApprovalState, Wanted, number};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::ApprovalId;
use model::method::{Method, Use};
use model::nearness::Nearness;
use model::refusal::{Refusal, Verdict};
use model::secret::Secret;
use model::session::RestsOn;
use model::source::Source;
use model::tenant::Tenant;
use model::time::Time;
use store::{Store, Tx, accounts, answered_challenges, approvals, authenticators, tenants};

use crate::Outcome;
use crate::methods::{self, Permit};
use crate::passkey::add::is_browser_known;
use crate::password::halfway::Halfway;
use crate::reauth;
use crate::session::Visitor;
use crate::sign_in::ask::browser_digest;
use crate::sign_in::finish::{self, Started};

/// How it stands, for the browser that asked.
pub enum Standing {
    /// Nobody has answered; a decoy never says anything else before its time is over.
    Waiting {
        /// What to type on the approver.
        number: Secret<String>,
        /// Until when.
        until: Time,
    },
    /// It was approved, and can be taken.
    Approved,
    /// Nothing comes of it: why is nobody's business but the owner's.
    Over,
}

/// Step 1: for the browser that asked, and for no other.
///
/// # Errors
/// A fault of the store.
pub fn look(
    store: &Store,
    now: Time,
    (id, half): (ApprovalId, &[u8; 16]),
) -> Result<Option<(Standing, Wanted)>, Fault> {
    let browser = browser_digest(store.keys(), half);
    let found = store.read(|reader| approvals::find(reader, id))?;
    Ok(found.filter(|found| found.browser.matches(&browser)).map(|found| {
        let standing = match found.state_at(now) {
            ApprovalState::Waiting => {
                Standing::Waiting { number: number(store.keys(), found.drawn), until: found.expires_at }
            }
            ApprovalState::Approved => Standing::Approved,
            ApprovalState::Used
            | ApprovalState::Denied
            | ApprovalState::WrongNumber
            | ApprovalState::Lapsed
            | ApprovalState::Withdrawn => Standing::Over,
        };
        (standing, found.wanted)
    }))
}

/// Who takes it.
pub struct Taking {
    /// What.
    pub id: ApprovalId,
    /// What the browser holds of a password that was right.
    pub halfway: Option<String>,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// Whoever is signed in in the same browser.
    pub current: Option<Visitor>,
    /// From where.
    pub source: Source,
}

/// The same with everything that can be found out before the transaction.
pub struct Prepared {
    id: ApprovalId,
    halfway: Option<(Halfway, Digest)>,
    browser: Digest,
    current: Option<Visitor>,
    source: Source,
}

impl Prepared {
    /// Whether the owner should choose another password afterwards.
    #[must_use]
    pub fn choose_anew(&self) -> bool {
        self.halfway.as_ref().is_some_and(|(halfway, _)| halfway.then.anew)
    }
}

/// Step 2, before the transaction.
#[must_use]
pub fn prepare(store: &Store, cx: &Cx, taking: Taking) -> Prepared {
    let keys = store.keys();
    let read = |held: &str| Halfway::read(keys, (held, &taking.browser_half)).ok();
    let halfway = taking.halfway.as_deref().and_then(read);
    Prepared {
        id: taking.id,
        halfway: halfway.map(|halfway| (halfway, halfway.digest(keys))),
        browser: browser_digest(keys, &taking.browser_half),
        current: taking.current,
        source: taking.source.kept(cx.policy.keep_addresses),
    }
}

/// Step 2.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ApprovalOver`], [`Refusal::MethodOff`], [`Refusal::ChallengeOver`] where the password
/// was typed too long ago or is another one meanwhile, and as [`finish::start`] refuses.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, taking: &Prepared) -> Outcome<Started> {
    let Some(approval) = approvals::claim_use(tx, taking.id, (&taking.browser, cx.now))? else {
        return Ok(
            tx.unrecorded("not approved, taken before, or another browser's", Err(Refusal::ApprovalOver))
        );
    };
    let account = accounts::ask_held(tx, approval.account)?.get(tx)?;
    let Some(account) = account.filter(|account| account.state == AccountState::Open) else {
        return Ok(tx.unrecorded("locked meanwhile: that is on the record", Err(Refusal::ApprovalOver)));
    };
    let kept = authenticators::list(tx, account.id)?;
    let all: Vec<Authenticator> = kept.into_iter().map(|kept| kept.authenticator).collect();
    if !all.iter().any(|own| Some(own.id) == approval.approver) {
        return Ok(
            tx.unrecorded("the approver was taken away: that is on the record", Err(Refusal::ApprovalOver))
        );
    }
    match approval.wanted {
        Wanted::SignIn => {
            let open = methods::of_account(&cx.policy, &account);
            let permit = methods::permit(&open, Use::SignIn, Method::Approval);
            let permits =
                permit.map(|permit| vec![permit.in_doubt_if(is_doubted(&approval, approval.known))]);
            begin(tx, cx, taking, (&approval, account, permits, None))
        }
        Wanted::SecondStep => {
            let Some((halfway, tenant)) = halfway(tx, taking, (&approval, &all))? else {
                return Ok(tx.unrecorded(
                    "the password is another, or was typed too long ago",
                    Err(Refusal::ChallengeOver),
                ));
            };
            let doubted = is_doubted(&approval, approval.known);
            let permits = second(cx, &account, tenant.as_ref());
            let permits =
                permits.map(|all| all.into_iter().map(|permit| permit.in_doubt_if(doubted)).collect());
            begin(tx, cx, taking, (&approval, account, permits, Some(halfway)))
        }
        Wanted::StepUp => raise(tx, cx, taking, (&approval, &account, &all)),
    }
}

/// Whether somebody may have read the number to a caller: the browser that asks is new to the account, and not near the approver.
fn is_doubted(approval: &Approval, known: bool) -> bool {
    !known && approval.nearness != Some(Nearness::Nearby)
}

/// What a browser holds of a password that was right, if it was fresh when the yes was said, the password is still there, and that
/// led to nothing before: a claim.
fn halfway(
    tx: &mut Tx<'_>,
    taking: &Prepared,
    (approval, all): (&Approval, &[Authenticator]),
) -> Result<Option<(Halfway, Option<Tenant>)>, Fault> {
    let Some((held, digest)) = &taking.halfway else { return Ok(None) };
    let same = |own: &Authenticator| own.kind == AuthenticatorKind::Password && own.id == held.password;
    if held.account != approval.account || !held.is_fresh(approval.approved_at()) || !all.iter().any(same) {
        return Ok(None);
    }
    if !answered_challenges::claim(tx, digest, held.used_until())? {
        return Ok(None);
    }
    let tenant = held.tenant.map(|tenant| tenants::find(tx, tenant)).transpose()?.flatten();
    Ok(Some((*held, tenant)))
}

fn second(cx: &Cx, account: &Account, tenant: Option<&Tenant>) -> Verdict<Vec<Permit>> {
    let open = methods::of_domain(&cx.policy, tenant).and(&methods::of_account(&cx.policy, account));
    [Method::Password, Method::Approval]
        .map(|method| methods::permit(&open, Use::SignIn, method))
        .into_iter()
        .collect()
}

fn begin(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    taking: &Prepared,
    (approval, account, permits, halfway): (&Approval, Account, Verdict<Vec<Permit>>, Option<Halfway>),
) -> Outcome<Started> {
    let proved = match permits {
        Ok(proved) => proved,
        Err(refusal) => return Ok(tx.unrecorded("switched off meanwhile", Err(refusal))),
    };
    let by = halfway.map(|halfway| halfway.password).into_iter().chain(approval.approver);
    let mut events = Vec::new();
    let start = finish::Start {
        account,
        request: None,
        proved,
        rests_on: RestsOn::authenticators(by),
        browser: taking.browser,
        current: taking.current.as_ref().map(Visitor::held),
        source: taking.source,
    };
    let started = finish::start(tx, cx, &mut events, start)?;
    tx.record(&events, started)
}

/// In the session that asked: with the password that was right just before both count at once; alone it counts where nothing
/// better can be had, as a code by mail does.
fn raise(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    taking: &Prepared,
    (approval, account, all): (&Approval, &Account, &[Authenticator]),
) -> Outcome<Started> {
    let own = |visitor: &&Visitor| approval.session == Some(visitor.session.id);
    let Some(visitor) = taking.current.as_ref().filter(own) else {
        return Ok(tx.unrecorded("the session is over", Err(Refusal::SessionUnknown)));
    };
    let visitor = Visitor { account: account.clone(), session: visitor.session.clone() };
    let ways = reauth::within(tx, cx, &visitor)?;
    let with = halfway(tx, taking, (approval, all))?;
    let open = methods::of_account(&cx.policy, account);
    let wanted: &[Method] = match with {
        Some(_) => &[Method::Password, Method::Approval],
        None => &[Method::Approval],
    };
    let enough = ways.methods.has(Method::Approval) && (with.is_some() || !ways.is_strong());
    // Whoever came in by what was relayed asks once more from the same browser: it is new for a day.
    let doubted = is_doubted(approval, is_browser_known(tx, cx.now, &visitor)?);
    let permit = |method: &Method| {
        methods::permit(&open, Use::StepUp, *method).map(|permit| permit.in_doubt_if(doubted))
    };
    let permits: Verdict<Vec<Permit>> = wanted.iter().map(permit).collect();
    let proved = match permits {
        Ok(proved) if enough => proved,
        Ok(_) | Err(_) => return Ok(tx.unrecorded("it does not count there", Err(Refusal::MethodOff))),
    };
    let by = with.map(|(halfway, _)| halfway.password).into_iter().chain(approval.approver);
    let mut events = Vec::new();
    let rests_on = RestsOn::authenticators(by);
    let raise = finish::Raise { visitor, request: None, proved, rests_on, source: taking.source };
    let started = finish::raise(tx, cx, &mut events, raise)?;
    tx.record(&events, started)
}

/// Step 3.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ApprovalOver`].
pub fn withdraw(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (id, half, source): (ApprovalId, &[u8; 16], Source),
) -> Outcome<()> {
    let browser = browser_digest(tx.keys(), half);
    let found = approvals::find(tx, id)?.filter(|found| found.browser.matches(&browser));
    let Some(found) = found.filter(|found| found.state_at(cx.now).is_live()) else {
        return Ok(tx.unrecorded("over already", Err(Refusal::ApprovalOver)));
    };
    if !approvals::claim_end(tx, id, (ApprovalState::Withdrawn, cx.now))? || found.decoy {
        return Ok(tx.unrecorded("over meanwhile, or nobody was to see it", Ok(())));
    }
    let kind = EventKind::ApprovalWithdrawn { approval: id };
    let event = Event::new(cx, Subject::Account(found.account), kind)?;
    let event = event.by(Actor::Visitor, Some(source.kept(cx.policy.keep_addresses)));
    tx.record(&[event], Ok(()))
}
