//! A code out of the account's app as the second proof of a recovery.
//!
//! It is taken only where the same browser has proved something else before: six digits are too few to begin with
//! (`threats.md` §5.2 row 7). Every attempt is counted, and the answer is the same whether or not there is an app, until a
//! code is right.
//!
//! Implements: NIST SP 800-63B-4 §4.2.2.2 (two proofs of different classes), §3.2.2.

use model::account::{Account, AccountState};
use model::authenticator::Authenticator;
use model::cx::Cx;
use model::digest::Digest;
use model::entry::Entry;
use model::event::EntryKind;
use model::fault::Fault;
use model::id::{AccountId, EntryId};
use model::method::{Method, Use};
use model::refusal::{Refusal, Verdict};
use model::source::Source;
use store::{Store, Tx, accounts, authenticators, browsers, entries};
use wire::digits;

use crate::Outcome;
use crate::entry::{self, Asking};
use crate::methods::{self, Permit};
use crate::sign_in::ask::browser_digest;
use crate::totp::{self, Shown, Who};

/// How many digits a code can have.
const LENGTHS: [usize; 2] = [6, 8];

/// What was typed.
pub struct Typed {
    /// The way in that waits in this browser.
    pub entry: EntryId,
    /// The code.
    pub code: String,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// From where.
    pub source: Source,
}

/// A code that was typed, compared.
pub struct Prepared {
    entry: EntryId,
    account: AccountId,
    shown: Option<Shown>,
    browser: Digest,
    source: Source,
}

/// Compares what was typed; nothing is told by that.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::EntryClosed`] where nothing waits in this browser, [`Refusal::CodeMalformed`]
/// for what is a code of no app at all.
pub fn prepare(store: &Store, cx: &Cx, typed: &Typed) -> Result<Verdict<Prepared>, Fault> {
    let browser = browser_digest(store.keys(), &typed.browser_half);
    let found = store.read(|reader| entries::find(reader, typed.entry))?;
    let own = |entry: &Entry| {
        entry.kind == EntryKind::Recovery && entry.is_waiting(cx.now) && entry.browser.matches(&browser)
    };
    let Some(entry) = found.filter(own) else { return Ok(Err(Refusal::EntryClosed)) };
    if LENGTHS.iter().all(|length| digits::parse(&typed.code, *length).is_err()) {
        return Ok(Err(Refusal::CodeMalformed));
    }
    // Another number of digits than this app shows is a wrong code here: it must not tell that there is an app.
    let shown = totp::show(store, cx, entry.account, &typed.code)?.unwrap_or_default();
    Ok(Ok(Prepared {
        entry: entry.id,
        account: entry.account,
        shown,
        browser,
        source: typed.source.kept(cx.policy.keep_addresses),
    }))
}

/// Takes the proof. The way in that waits, or is open now, is the answer.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::EntryClosed`], [`Refusal::AttemptsBlocked`], [`Refusal::AppCodeWrong`] whatever
/// was wrong, and [`Refusal::AppCodeRepeated`] for one that was right before.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, typed: &Prepared) -> Outcome<EntryId> {
    let id = typed.account;
    let (account, kept) = (accounts::ask_held(tx, id)?, authenticators::ask(tx, id)?);
    let known = browsers::ask(tx, id, &typed.browser)?;
    let (account, kept, known) = (account.get(tx)?, kept.get(tx)?, known.get(tx)?.is_some());
    if !entries::take(tx, id, cx.now)?.iter().any(|entry| entry.id == typed.entry) {
        return Ok(tx.unrecorded("closed meanwhile", Err(Refusal::EntryClosed)));
    }
    let all: Vec<Authenticator> = kept.into_iter().map(|kept| kept.authenticator).collect();
    let permit = account.and_then(|account| permit(cx, &account));
    // Nobody's code where it could prove nothing: none is used up for that, and it is told as a wrong one.
    let shown = typed.shown.as_ref().filter(|shown| permit.is_some() && shown.is_usable(&all, cx.now));
    let who = Who { account: id, known, source: typed.source };
    if let Err((events, refusal)) = totp::judge(tx, cx, who, (&all, shown))? {
        return tx.record(&events, Err(refusal));
    }
    let Some(permit) = permit else {
        return Err(Fault::plain("a code that proved something without a permit"));
    };
    let asking = Asking {
        account: id,
        kind: EntryKind::Recovery,
        browser: typed.browser,
        proofs: methods::proved(&[permit]),
        source: typed.source,
    };
    let mut events = Vec::new();
    let entry = entry::ask(tx, cx, &mut events, asking)?;
    tx.record(&events, Ok(entry.id))
}

fn permit(cx: &Cx, account: &Account) -> Option<Permit> {
    let open = methods::of_account(&cx.policy, account);
    let permit = methods::permit(&open, Use::Recovery, Method::Totp).ok();
    permit.filter(|_| account.state == AccountState::Open)
}
