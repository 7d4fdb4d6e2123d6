//! The set of recovery codes of an account: how many are left, and making it anew. A set is shown once.
//!
//! Implements: NIST SP 800-63B-4 §4.2.1.1.

use model::authenticator::recovery_code::RecoveryCode;
use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::method::{Method, Use};
use model::notice::What;
use model::policy::Policy;
use model::refusal::Refusal;
use model::source::Source;
use model::time::Time;
pub use store::recovery_codes::Left;
use store::{Store, Tx, recovery_codes};

use crate::notice::{self, Telling, Whom};
use crate::session::Visitor;
use crate::{Outcome, methods};

/// What is left of the set; none where there is no code.
///
/// # Errors
/// A fault of the store.
pub fn left(store: &Store, account: AccountId) -> Result<Option<Left>, Fault> {
    store.read(|reader| recovery_codes::left(reader, account))
}

/// Whether a recovery code of this account could prove anything.
#[must_use]
pub fn is_open(policy: &Policy, visitor: &Visitor) -> bool {
    let open = methods::of_account(policy, &visitor.account);
    methods::permit(&open, Use::Recovery, Method::RecoveryCode).is_ok()
}

/// A new set, before it is kept.
pub struct Drawn {
    /// As they are shown, the once.
    pub codes: Vec<RecoveryCode>,
    digests: Vec<Digest>,
}

/// Draws a set and computes the digests.
///
/// # Errors
/// A fault when there is no chance to be had.
pub fn draw(store: &Store, cx: &mut Cx, account: AccountId) -> Result<Drawn, Fault> {
    let codes = RecoveryCode::draw_set(&mut cx.entropy)?;
    let digests = codes.iter().map(|code| code.digest(store.keys(), account)).collect();
    Ok(Drawn { codes, digests })
}

impl Drawn {
    /// What is kept of it.
    #[must_use]
    pub fn digests(&self) -> Vec<Digest> {
        self.digests.clone()
    }
}

/// Puts it in the place of the set that was made at `seen`, as the page said that asked: pressing the button twice, or
/// loading the answer again, takes nothing away that was noted down meanwhile.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ChallengeOver`] when there is another set by now, [`Refusal::MethodOff`].
pub fn replace(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (digests, seen): (&[Digest], Option<Time>),
    source: Source,
) -> Outcome<()> {
    let id = by.account.id;
    if !is_open(&cx.policy, by) {
        return Ok(tx.unrecorded("they could prove nothing", Err(Refusal::MethodOff)));
    }
    let now = recovery_codes::take(tx, id)?.map(|left| left.made_at);
    if now != seen {
        return Ok(tx.unrecorded("replaced meanwhile", Err(Refusal::ChallengeOver)));
    }
    recovery_codes::replace(tx, id, digests, (Some(by.session.id), cx.now))?;
    let count = u32::try_from(digests.len()).unwrap_or(u32::MAX);
    let source = source.kept(cx.policy.keep_addresses);
    let event = Event::new(cx, Subject::Account(id), EventKind::RecoveryCodesMade { count })?
        .by(Actor::Owner, Some(source))
        .within(by.session.id);
    let telling = Telling::of(What::RecoveryCodesMade { count }).from(source);
    notice::tell(tx, cx, id, telling, Whom::Everybody)?;
    tx.record(&[event], Ok(()))
}
