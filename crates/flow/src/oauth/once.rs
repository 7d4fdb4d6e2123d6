//! What may be shown once: proofs of keys, and statements of clients.

use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;
use store::{Tx, seen_ids};
use wire::oauth::error::{ErrorCode, OauthError};

/// Something that was verified and must not be taken a second time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Once {
    pub(super) digest: Digest,
    /// Until when it has to be remembered: afterwards its time alone refuses it.
    pub(super) until: Time,
    /// What whoever shows it again is told.
    pub(super) code: ErrorCode,
}

impl Once {
    /// Takes it: a claim.
    ///
    /// # Errors
    /// A fault of the store; [`OauthError`] for whoever shows it a second time.
    pub(super) fn claim(&self, tx: &mut Tx<'_>) -> Result<Result<(), OauthError>, Fault> {
        let first = seen_ids::claim(tx, &self.digest, self.until)?;
        let used = "`jti` was used before.";
        Ok(if first { Ok(()) } else { Err(OauthError::new(self.code, used)) })
    }
}

/// Takes all of them, or says which was shown before.
pub(super) fn claim_all<'a>(
    tx: &mut Tx<'_>,
    all: impl IntoIterator<Item = &'a Once>,
) -> Result<Result<(), OauthError>, Fault> {
    for once in all {
        if let Err(error) = once.claim(tx)? {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}
