//! ID tokens that come back to us as a hint about whom a client means.
//!
//! Implements: OpenID Connect Core §3.1.2.1 (`id_token_hint`), RP-Initiated Logout §2: signed by us and for this client, it
//! counts even when it has expired; anything else says nothing.

use wire::jose::algorithm::Algorithm;
use wire::jose::jws::Jws;
use wire::jose::jwt::Claims;
use wire::jose::verifying_key::VerifyingKey;
use wire::oidc::id_token::TYPE;

use super::keys::Keyring;
use super::provider::Provider;

/// The subject of an ID token that we gave to this client.
#[must_use]
pub fn subject(ring: &Keyring, provider: &Provider, (text, client): (&str, &str)) -> Option<String> {
    let claims = id_token(ring, provider, text)?;
    let meant = claims.audiences().iter().any(|audience| audience == client);
    claims.subject().filter(|_| meant).map(str::to_owned)
}

/// The client that we gave this ID token to.
#[must_use]
pub fn client(ring: &Keyring, provider: &Provider, text: &str) -> Option<String> {
    match id_token(ring, provider, text)?.audiences() {
        [client] => Some(client.clone()),
        _ => None,
    }
}

/// Claims about a person are signed under the same type for some clients; they have no end.
fn id_token(ring: &Keyring, provider: &Provider, text: &str) -> Option<Claims> {
    own(ring, provider, (text, TYPE)).filter(|claims| claims.expires().is_some())
}

/// The claims of something of ours: of this type, signed by a key that is still published, and from this issuer. Its times are
/// for the caller to look at.
pub(super) fn own(ring: &Keyring, provider: &Provider, (text, typ): (&str, &str)) -> Option<Claims> {
    let jws = Jws::parse(text, &[Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256]).ok()?;
    if !jws.is_typed(typ) {
        return None;
    }
    let algorithm = jws.algorithm();
    let key = ring.public().candidates(algorithm, Some(jws.key_id()?)).next()?;
    let payload = jws.verify(&VerifyingKey::new(key, algorithm).ok()?).ok()?;
    let claims = Claims::parse(payload).ok()?;
    (claims.issuer() == Some(provider.issuer())).then_some(claims)
}
