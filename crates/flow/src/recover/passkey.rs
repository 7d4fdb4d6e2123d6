//! A passkey that is left as a proof of a recovery: where it is closed for signing in, or to open at once what waits.
//!
//! The same steps as for signing in ([`answer`]), but nobody is signed in: it proves one thing, of the class of what is
//! bound to the account (NIST SP 800-63B-4 §4.2.2.2). Whose it is it says itself, so that no account is named.

use model::cx::Cx;
use model::event::EntryKind;
use model::fault::Fault;
use model::id::EntryId;
use model::refusal::Verdict;
use store::{Store, Tx};

use crate::entry::{self, Asking};
use crate::passkey::RelyingParty;
use crate::passkey::answer::{self, Answer};
use crate::passkey::challenge::Purpose;
use crate::{Outcome, methods};

/// What was found out about an answer before the transaction; only an answer to a page of a recovery is one.
pub struct Prepared(answer::Prepared);

/// Opens the challenge, finds the credential, verifies the signature.
///
/// # Errors
/// A fault of the store. The refusal is [`model::refusal::Refusal::ChallengeOver`].
pub fn prepare(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    answer: Answer,
) -> Result<Verdict<Prepared>, Fault> {
    Ok(answer::prepare_for(store, party, cx, (answer, &[Purpose::Recovery]))?.map(Prepared))
}

/// Takes the proof. The way in that waits, or is open now, is the answer.
///
/// # Errors
/// A fault of the store. Refused as at the sign-in, and with [`model::refusal::Refusal::MethodOff`] where a passkey
/// recovers nothing.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, Prepared(answer): &Prepared) -> Outcome<EntryId> {
    let (account, permit) = match answer::take(tx, cx, answer)? {
        Ok(proved) => proved,
        Err(refused) => return refused.record(tx),
    };
    let asking = Asking {
        account: account.id,
        kind: EntryKind::Recovery,
        browser: answer.browser,
        proofs: methods::proved(&[permit]),
        source: answer.source,
    };
    let mut events = Vec::new();
    let entry = entry::ask(tx, cx, &mut events, asking)?;
    tx.record(&events, Ok(entry.id))
}
