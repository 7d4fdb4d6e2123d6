//! Which client asks, and whether it is the one that it says it is.
//!
//! Implements: RFC 6749 §2.3 and §3.2.1, OpenID Connect Core §9, RFC 7523 §3, RFC 9700 §2.5. A client proves itself in its
//! registered way and in no other.

use std::time::Duration;

use model::bearer::BearerKind;
use model::client::Registered;
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::fault::Fault;
use model::grant_refusal::GrantRefusal;
use model::time::Time;
use store::{Store, clients};
use wire::jose::jwk_set::JwkSet;
use wire::jose::jwt::Expected;
use wire::jose::verifying_key::VerifyingKey;
use wire::oauth::client_authentication::{Assertion, Presented};
use wire::oauth::error::{ErrorCode, OauthError};

use super::once::Once;
use super::provider::Provider;

/// By how much the clock of a client may differ (FAPI 2.0 Security Profile §5.3.2.1: ten seconds at least, a minute at most).
pub(super) const SKEW: Duration = Duration::from_secs(30);

/// How far ahead a client's statement may end.
const LONGEST_STATEMENT: Duration = Duration::from_secs(60 * 60);

/// The digest by which the secret of a client is kept, whoever chose it.
#[must_use]
pub fn secret_digest(keys: &Keys, secret: &str) -> Digest {
    keys.digest(Of::Token, &[BearerKind::ClientSecret.prefix().as_bytes(), secret.as_bytes()])
}

/// A client that has proved itself; a public one has only said who it is.
#[derive(Clone, Debug)]
pub struct Proved {
    pub(super) registered: Registered,
    pub(super) once: Option<Once>,
}

impl Proved {
    /// The client.
    #[must_use]
    pub const fn registered(&self) -> &Registered {
        &self.registered
    }

    /// Whether it proved itself by a statement, which is good once.
    #[must_use]
    pub const fn came_by_statement(&self) -> bool {
        self.once.is_some()
    }
}

/// The client of this name.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, id: &str) -> Result<Option<Registered>, Fault> {
    store.read(|reader| clients::find(reader, id))
}

/// Verifies what a client brought. `fetched` are its keys where they had to be fetched. Nothing is claimed yet: whoever goes on
/// claims in the transaction.
///
/// # Errors
/// A fault of the store; `invalid_client`, the same whether there is no such client or it did not prove itself.
pub fn prove(
    store: &Store,
    cx: &Cx,
    provider: &Provider,
    (presented, fetched): (&Presented<'_>, Option<&JwkSet>),
) -> Result<Result<Proved, OauthError>, Fault> {
    let unproved = || Ok(Err(GrantRefusal::ClientUnproved.error()));
    let Some(registered) = find(store, presented.client_id())? else { return unproved() };
    if registered.client.authenticates_by(presented.method()).is_err() {
        return unproved();
    }
    match presented {
        Presented::Name(_) => Ok(Ok(Proved { registered, once: None })),
        Presented::Secret { secret, .. } => {
            let digest = secret_digest(store.keys(), secret.expose());
            if registered.has_secret(&digest, cx.now) {
                Ok(Ok(Proved { registered, once: None }))
            } else {
                unproved()
            }
        }
        Presented::Assertion(assertion) => {
            let keys = fetched.or(registered.keys.as_ref());
            let once = keys.map(|keys| verify(store.keys(), cx, provider, (assertion, &registered, keys)));
            match once {
                None => unproved(),
                Some(Err(error)) => Ok(Err(error)),
                Some(Ok(once)) => Ok(Ok(Proved { registered, once: Some(once) })),
            }
        }
    }
}

/// Verifies the statement of a client against its keys.
fn verify(
    keys: &Keys,
    cx: &Cx,
    provider: &Provider,
    (assertion, registered, own): (&Assertion<'_>, &Registered, &JwkSet),
) -> Result<Once, OauthError> {
    let algorithm = assertion.algorithm();
    let candidates: Vec<VerifyingKey> = own
        .candidates(algorithm, assertion.key_id())
        .filter_map(|key| VerifyingKey::new(key, algorithm).ok())
        .collect();
    let token = provider.token().to_string();
    let pushed = provider.pushed().to_string();
    // FAPI 2.0 Security Profile §5.3.2.1: "shall only accept its issuer identifier value". Others name the endpoint, as
    // OpenID Connect Core §9 has it.
    let strict = registered.client.require_pushed && registered.client.dpop_bound;
    let all = [provider.issuer(), token.as_str(), pushed.as_str()];
    let audiences = if strict { all.get(..1).unwrap_or_default() } else { &all };
    let expected = Expected {
        issuer: &registered.client.id,
        audiences,
        now: cx.now.micros(),
        skew: micros(SKEW),
        longest: micros(LONGEST_STATEMENT),
    };
    let used = assertion.verify(&candidates, &expected)?;
    let parts = [b"statement of a client".as_slice(), registered.client.id.as_bytes(), used.id.as_bytes()];
    Ok(Once {
        digest: keys.digest(Of::Token, &parts),
        until: Time::from_micros(used.until),
        code: ErrorCode::InvalidClient,
    })
}

/// A length of time as `wire` counts it.
pub(super) fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
