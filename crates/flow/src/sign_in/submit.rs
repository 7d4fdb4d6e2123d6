//! Somebody submits a code.
//!
//! 1. Before the transaction: find the request, compute the digest of what was typed ([`prepare`]).
//! 2. Spend a guess by one conditional statement; only then compare, in constant time.
//! 3. A match ends the request by a second conditional statement, refunds the guesses nobody made, and
//!    finishes: the account is opened if need be, a browser session starts.
//! 4. A mismatch is recorded and commits. The last one ends the request.
//!
//! Implements: OWASP ASVS 5.0 6.6.2; `threats.md` §5.2 rows 5–7, 9, 10.

use model::account::{Account, AccountState, Role};
use model::address::method_of;
use model::authenticator::AuthenticatorKind;
use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, Subject, WrongBecause};
use model::fault::Fault;
use model::id::RequestId;
use model::invitation::Opening;
use model::method::{Method, Use};
use model::refusal::Refusal;
use model::session::RestsOn;
use model::sign_in_code::{Binding, CodeState, CodeText, Purpose};
use model::source::Source;
use model::tenant::Tenant;
use model::time::Time;
use store::guess_ledger::Booking;
use store::sign_in_codes::{self, Kept};
use store::{
    Later, Reader, Store, Tx, accounts, authenticators, browsers, guess_ledger, invitations, outbox,
    sessions, tenants,
};

use super::ask::browser_digest;
use super::finish::{self, Started};
use crate::methods::{self, Permit};
use crate::session::Visitor;
use crate::{Outcome, gate, invitation, summary};

/// How many submissions after the end are put on the record for each request.
const LATE_ON_RECORD: i64 = 5;

/// What was submitted.
pub struct Submission {
    /// For which request.
    pub request: RequestId,
    /// What was typed, after `wire::base20::parse`.
    pub code: CodeText,
    /// The half that the submitting browser holds.
    pub browser_half: [u8; 16],
    /// Whoever is signed in in the same browser: a new session takes the place of that one, or it is raised.
    pub current: Option<Visitor>,
    /// From where.
    pub source: Source,
}

/// A submission with everything that can be computed before the transaction.
pub struct Prepared {
    pub(crate) kept: Kept,
    /// The address, until the request has ended.
    pub(crate) address: Option<String>,
    /// The domain of the address: whose tenant it may be.
    pub(crate) domain: String,
    /// By which method the code went to it.
    pub(crate) method: Method,
    pub(crate) browser: Digest,
    pub(crate) digest: Digest,
    pub(crate) current: Option<Visitor>,
    pub(crate) source: Source,
}

impl Prepared {
    /// What a match would do.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.kept.code.purpose
    }
}

/// Step 1. `Ok(None)`: there is no such request.
///
/// # Errors
/// A fault of the store.
pub fn prepare(store: &Store, cx: &Cx, submission: &Submission) -> Result<Option<Prepared>, Fault> {
    let keys = store.keys();
    let found = store.read(|reader| sign_in_codes::find_with_address(reader, submission.request))?;
    let Some((kept, address)) = found else { return Ok(None) };
    let domain =
        address.as_deref().and_then(|address| address.rsplit_once('@')).map_or("", |(_, domain)| domain);
    let binding = Binding {
        request: submission.request,
        purpose: kept.code.purpose,
        tenant: &cx.policy.tenant,
        browser_half: &submission.browser_half,
    };
    Ok(Some(Prepared {
        digest: binding.digest(keys, &submission.code),
        browser: browser_digest(keys, &submission.browser_half),
        current: submission.current.clone(),
        source: submission.source.kept(cx.policy.keep_addresses),
        domain: domain.to_owned(),
        method: address.as_deref().map_or(Method::MailCode, method_of),
        address,
        kept,
    }))
}

/// Reads what [`commit`] will need: see [`store::Store::write_after`].
///
/// # Errors
/// A fault of the store.
pub fn look(reader: &mut Reader<'_>, now: Time, submitted: &Prepared) -> Result<(), Fault> {
    let code = &submitted.kept.code;
    let Some(id) = code.account else { return Ok(()) };
    accounts::find(reader, id)?;
    sessions::list(reader, id)?;
    authenticators::ask_usable(reader, id, AuthenticatorKind::Passkey, now)?.get(reader)?;
    browsers::ask(reader, id, &submitted.browser)?.get(reader)?;
    guess_ledger::spent(reader, &submitted.kept.charge(), now.day())?;
    store::events::look(reader, id.bytes())
}

/// Steps 2 to 4.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, submitted: &Prepared) -> Outcome<Started> {
    let id = submitted.kept.code.id;
    let purpose = submitted.kept.code.purpose;
    let account = submitted.kept.code.account.map(|account| accounts::ask_held(tx, account)).transpose()?;
    let tenant = tenants::ask_by_domain(tx, &submitted.domain)?;
    let claimed = sign_in_codes::claim_attempt(tx, id, purpose, &submitted.browser, cx.now)?;
    let Some(kept) = claimed else { return not_claimed(tx, cx, submitted) };
    let account = account.map(|account| account.get(tx)).transpose()?.flatten();
    let tenant = tenant.get(tx)?;
    let matches = submitted.digest.matches(&kept.digest) & kept.code.acceptable();
    if matches
        && let Some(account) = account_for(tx, cx, &kept, (account, tenant.as_ref()))?
        && let Some(permit) = permit(cx, tenant.as_ref(), (&account, submitted.method))
    {
        redeem(tx, cx, submitted, (&kept, account, permit))
    } else {
        mismatch(tx, cx, submitted, &kept)
    }
}

/// Whether a code may be used for it at this moment: what was open when it was mailed may be off by now.
fn permit(cx: &Cx, tenant: Option<&Tenant>, (account, method): (&Account, Method)) -> Option<Permit> {
    let open = methods::of_domain(&cx.policy, tenant).and(&methods::of_account(&cx.policy, account));
    methods::permit(&open, Use::SignIn, method).ok()
}

/// Whose account the code signs in to, if that is possible at this moment.
fn account_for(
    tx: &mut Tx<'_>,
    cx: &Cx,
    kept: &Kept,
    (account, tenant): (Option<Account>, Option<&Tenant>),
) -> Result<Option<Account>, Fault> {
    let Some(id) = kept.code.account else { return Ok(None) };
    Ok(match kept.code.purpose {
        // Nobody is signed in by these: `crate::address::confirm`.
        Purpose::AddAddress | Purpose::AddRecovery => None,
        // Nor by this one, at once: `crate::recover::mailed`.
        Purpose::Recovery => None,
        Purpose::SignIn | Purpose::Confirm => account.filter(|account| account.state == AccountState::Open),
        Purpose::OpenAccount => sign_in_codes::address(tx, kept.code.id)?.map(|address| Account {
            id,
            state: AccountState::Open,
            role: Role::Member,
            address,
            confirmed_at: cx.now,
            opened_at: cx.now,
            tenant: tenant.cloned(),
            methods: None,
        }),
    })
}

/// Step 3.
fn redeem(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    submitted: &Prepared,
    (kept, mut account, permit): (&Kept, Account, Permit),
) -> Outcome<Started> {
    let id = submitted.kept.code.id;
    // The guess was spent in this transaction, so nobody else can end the request before it does; asked for together
    // with what follows, and looked at before anything leaves.
    let ended = sign_in_codes::ask_end(tx, id, CodeState::Redeemed, cx.now)?;
    let subject = Subject::Account(account.id);
    let by_owner = |event: Event| event.by(Actor::Owner, Some(submitted.source)).of(id);
    let mut events = vec![by_owner(Event::new(cx, subject.clone(), EventKind::SignInCodeRedeemed)?)];
    if kept.code.purpose == Purpose::OpenAccount {
        match open_account(tx, cx, kept, &mut account)? {
            Ok(kind) => events.push(by_owner(Event::new(cx, subject, kind)?)),
            Err(refusal) => {
                redeemed(tx, cx, kept, ended)?;
                return tx.record(&events, Err(refusal));
            }
        }
    }
    let (source, proved, rests_on) = (submitted.source, vec![permit], RestsOn::address(&kept.identity));
    let started = match (kept.code.purpose, &submitted.current) {
        (Purpose::Confirm, Some(visitor)) if Some(visitor.session.id) == kept.session => {
            let raise =
                finish::Raise { visitor: visitor.clone(), request: Some(id), proved, rests_on, source };
            finish::raise(tx, cx, &mut events, raise)?
        }
        // Asked for in a session that is over.
        (Purpose::Confirm | Purpose::AddAddress | Purpose::AddRecovery | Purpose::Recovery, _) => {
            Err(Refusal::SessionUnknown)
        }
        (Purpose::SignIn | Purpose::OpenAccount, current) => {
            let current = current.as_ref().map(Visitor::held);
            let browser = submitted.browser;
            let start =
                finish::Start { account, request: Some(id), proved, rests_on, browser, current, source };
            finish::start(tx, cx, &mut events, start)?
        }
    };
    let arrived = kept.code.purpose == Purpose::SignIn && !kept.code.known && started.is_ok();
    if arrived && let Some(account) = kept.code.account {
        events.extend(gate::came(tx, cx, account)?);
    }
    redeemed(tx, cx, kept, ended)?;
    tx.record(&events, started)
}

/// Makes sure that the request was ended by this transaction, and clears up behind it.
pub(crate) fn redeemed(tx: &mut Tx<'_>, cx: &Cx, kept: &Kept, ended: Later<bool>) -> Result<(), Fault> {
    if !ended.get(tx)? {
        return Err(Fault::plain("a request was ended under a guess that was spent on it").conflict());
    }
    refund(tx, kept)?;
    outbox::drop_for(tx, kept.code.id, cx.now)
}

fn open_account(
    tx: &mut Tx<'_>,
    cx: &Cx,
    kept: &Kept,
    account: &mut Account,
) -> Result<Result<EventKind, Refusal>, Fault> {
    let opening = kept.opening.unwrap_or(Opening::Registration);
    // Looked at before the invitation is used up: a taken address must not cost the invitation.
    if accounts::find_by_identity(tx, &kept.identity)?.is_some() {
        return Ok(Err(Refusal::AddressTaken));
    }
    if let Some(id) = kept.invitation {
        let Some((invitation, _)) = invitations::find(tx, id)? else {
            return Ok(Err(Refusal::LinkUnknown));
        };
        if let Err(refusal) = invitation::fits_identity(&invitation, &kept.identity, tx.keys()) {
            return Ok(Err(refusal));
        }
        if !invitations::claim(tx, id, cx.now)? {
            return Ok(Err(match invitation.used_at {
                Some(_) => Refusal::InvitationUsed,
                None => Refusal::InvitationExpired { at: invitation.expires_at },
            }));
        }
        account.role = invitation.role;
    }
    if !accounts::insert(tx, account, &kept.identity, &kept.code.destination)? {
        return Ok(Err(Refusal::AddressTaken));
    }
    Ok(Ok(EventKind::AccountOpened { opening, role: account.role }))
}

/// Gives back what was reserved for guesses that nobody made.
pub(crate) fn refund(tx: &mut Tx<'_>, kept: &Kept) -> Result<(), Fault> {
    guess_ledger::add(tx, &kept.charge(), kept.ledger_day, given_back(kept))
}

/// What [`refund`] gives back.
pub(crate) fn given_back(kept: &Kept) -> Booking {
    let left = i64::from(kept.code.guesses_left);
    let each = kept.reserved.checked_div(i64::from(kept.code.guesses)).unwrap_or(0);
    let guesses = if kept.reserved == 0 { 0 } else { -left };
    Booking { letters: kept.letters, units: -each.saturating_mul(left), codes: 0, guesses }
}

/// Step 4.
pub(crate) fn mismatch<T>(tx: &mut Tx<'_>, cx: &mut Cx, submitted: &Prepared, kept: &Kept) -> Outcome<T> {
    let left = kept.code.guesses_left;
    if left == 0 {
        sign_in_codes::claim_end(tx, kept.code.id, CodeState::Refused, cx.now)?;
        outbox::drop_for(tx, kept.code.id, cx.now)?;
        summary::note(tx, cx, kept, if kept.code.known { 0 } else { kept.code.guesses })?;
    }
    let event = refused(cx, submitted, WrongBecause::Mismatch, left)?;
    let refusal = if left == 0 { Refusal::CodeUsedUp } else { Refusal::CodeWrong { left } };
    tx.record(&[event], Err(refusal))
}

/// No guess could be spent: says why. Nothing was compared.
pub(crate) fn not_claimed<T>(tx: &mut Tx<'_>, cx: &mut Cx, submitted: &Prepared) -> Outcome<T> {
    let Some(kept) = sign_in_codes::find(tx, submitted.kept.code.id)? else {
        return Ok(tx.unrecorded("the request is gone", Err(Refusal::RequestUnknown)));
    };
    let (because, refusal) = if !kept.code.browser.matches(&submitted.browser) {
        (WrongBecause::ForeignBrowser, Refusal::ForeignBrowser)
    } else {
        match kept.code.state_at(cx.now) {
            CodeState::Redeemed => (WrongBecause::Spent, Refusal::CodeSpent),
            CodeState::Denied => (WrongBecause::Denied, Refusal::CodeDenied),
            CodeState::Expired => (WrongBecause::Expired, Refusal::CodeExpired { at: kept.code.expires_at }),
            CodeState::Refused | CodeState::Live => (WrongBecause::UsedUp, Refusal::CodeUsedUp),
        }
    };
    if !sign_in_codes::claim_late(tx, kept.code.id, LATE_ON_RECORD)? {
        return Ok(tx.unrecorded("the first few late submissions are on the record already", Err(refusal)));
    }
    let event = refused(cx, submitted, because, kept.code.guesses_left)?;
    tx.record(&[event], Err(refusal))
}

fn refused(
    cx: &mut Cx,
    submitted: &Prepared,
    because: WrongBecause,
    guesses_left: u8,
) -> Result<Event, Fault> {
    let kept = &submitted.kept;
    let kind = EventKind::SignInCodeRefused { because, guesses_left };
    Ok(Event::new(cx, subject(kept), kind)?.by(Actor::Visitor, Some(submitted.source)).of(kept.code.id))
}

/// Whom a request concerns: the account it would sign in to, or the address that has none.
pub(crate) fn subject(kept: &Kept) -> Subject {
    match kept.code.account {
        Some(account) => Subject::Account(account),
        None => Subject::address(&kept.code.destination, kept.masked.clone()),
    }
}
