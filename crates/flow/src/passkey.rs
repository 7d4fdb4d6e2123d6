//! Passkeys: for which host, what a browser is asked, and whether its answer holds.
//!
//! A ceremony has no row before it succeeds: what the server must remember meanwhile is sealed and travels with the page
//! ([`challenge`]). What a browser brings is verified before the transaction (`prepare`); within it the challenge is
//! claimed, and only then anything is decided.
//!
//! Implements: WebAuthn Level 3 §7.1 (registration), §7.2 (assertion), §13.4.3 (challenges); NIST SP 800-63B-4 §3.1.7.

pub mod add;
pub mod answer;
pub(crate) mod approver;
pub mod challenge;

use std::time::Duration;

use model::account::Account;
use model::fault::Fault;
use model::method::{Method, Use};
use model::policy::Policy;
use model::secret::Secret;
use serde_json::json;
use store::authenticators::Kept;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    AttestationFormat, AuthenticationState, COSEAlgorithm, COSEEC2Key, COSEKey, COSEKeyType, Credential,
    ECDSACurve, ParsedAttestation, RegisteredExtensions, RegistrationState, RequestRegistrationExtensions,
    UserVerificationPolicy,
};
use wire::passkey::{Assertion, Attestation};

use self::challenge::Challenge;
use crate::methods;

/// The x and y of a public key that nobody can have a private key for that matters: the base point of P-256 (FIPS 186-5).
/// What an unknown credential signed is verified with it, so that the answer takes as long.
const NOBODY: ([u8; 32], [u8; 32]) = (
    [
        0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77,
        0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
    ],
    [
        0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b,
        0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
    ],
);

/// For whom passkeys are made here: the host of the site, and its name.
pub struct RelyingParty {
    core: WebauthnCore,
    id: String,
    name: String,
    nobody: Credential,
}

impl RelyingParty {
    /// Of the origin that people reach the site by. None where it has no name: passkeys are bound to names, and a number
    /// is none (WebAuthn §5.1.3 step 8).
    ///
    /// # Errors
    /// A fault when the library cannot be given what it asks for.
    pub fn new(name: &str, origin: &str) -> Result<Option<Self>, Fault> {
        let origin = Url::parse(origin).map_err(|error| Fault::new("the public URL", error))?;
        let Some(id) = origin.domain().map(str::to_owned) else { return Ok(None) };
        let core = WebauthnCore::new_unsafe_experts_only(
            name,
            &id,
            vec![origin],
            challenge::LIFETIME,
            Some(false),
            Some(false),
        );
        Ok(Some(Self { core, id, name: name.to_owned(), nobody: nobody() }))
    }

    /// The host that passkeys are bound to.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether `assertion` holds for this credential and this challenge, the counter aside: what it counts is judged
    /// where it is claimed.
    fn verify(
        &self,
        assertion: &Assertion,
        credential: &Credential,
        challenge: &Challenge,
    ) -> Result<Option<Shown>, Fault> {
        let state: AuthenticationState = state(json!({
            "credentials": [], "policy": "required", "challenge": wire::token::encode(&challenge.bytes),
            "appid": null, "allow_backup_eligible_upgrade": false,
        }))?;
        let mut credential = credential.clone();
        credential.counter = 0;
        let shown = self.core.authenticate_single_credential(assertion, &state, &credential).ok();
        Ok(shown
            .filter(webauthn_rs_core::proto::AuthenticationResult::user_verified)
            .map(|shown| Shown { counter: i64::from(shown.counter()), backed_up: shown.backup_state() }))
    }

    /// Spends on a credential that nobody has what [`Self::verify`] spends on one that somebody has.
    fn verify_nobody(&self, assertion: &Assertion, challenge: &Challenge) -> Result<(), Fault> {
        let mut credential = self.nobody.clone();
        credential.cred_id.clone_from(&assertion.raw_id);
        self.verify(assertion, &credential, challenge).map(|_| ())
    }

    /// The credential that was made for this challenge, if it is one that can be used here.
    fn register(&self, made: &Attestation, challenge: &Challenge) -> Result<Option<Credential>, Fault> {
        let state: RegistrationState = state(json!({
            "policy": "required", "exclude_credentials": [], "challenge": wire::token::encode(&challenge.bytes),
            "credential_algorithms": COSEAlgorithm::secure_algs(),
            "require_resident_key": true, "authenticator_attachment": null,
            "extensions": RequestRegistrationExtensions::default(), "allow_synchronised_authenticators": true,
        }))?;
        let credential = self.core.register_credential(made, &state, None).ok();
        let fit = |credential: &Credential| credential.user_verified && credential.cred_id == made.raw_id;
        // Who made the authenticator is nobody's business here, and is not kept where it is told all the same.
        Ok(credential.filter(fit).map(|credential| Credential {
            attestation: ParsedAttestation::default(),
            attestation_format: AttestationFormat::None,
            ..credential
        }))
    }
}

/// What an assertion that holds says beside itself.
struct Shown {
    counter: i64,
    backed_up: bool,
}

/// How long the browser may take, in milliseconds; it is a hint to it.
fn timeout() -> u32 {
    u32::try_from(challenge::LIFETIME.as_millis()).unwrap_or(u32::MAX)
}

/// What the library waits for, with a challenge of ours: it draws its own where it is asked to, and chance is handed in
/// here (law 5).
fn state<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|error| Fault::new("the state of a passkey ceremony", error))
}

fn nobody() -> Credential {
    let (x, y) = NOBODY;
    let point = COSEEC2Key { curve: ECDSACurve::SECP256R1, x: x.to_vec(), y: y.to_vec() };
    Credential {
        cred_id: Vec::new(),
        cred: COSEKey { type_: COSEAlgorithm::ES256, key: COSEKeyType::EC_EC2(point) },
        counter: 0,
        transports: None,
        user_verified: true,
        backup_eligible: false,
        backup_state: false,
        registration_policy: UserVerificationPolicy::Required,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
    }
}

/// A credential as it is sealed.
fn write(credential: &Credential) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(credential).map_err(|error| Fault::new("a passkey", error))
}

/// Reads what [`write`] gave. Not within a transaction.
fn read(keys: &model::digest::Keys, kept: &Kept) -> Result<Credential, Fault> {
    let plain: Secret<Vec<u8>> = kept.open(keys)?;
    #[expect(clippy::disallowed_methods, reason = "sealed here: no byte of it comes from outside")]
    serde_json::from_slice(plain.expose()).map_err(|error| Fault::new("a passkey", error))
}

/// Whether a passkey of this account could be used for anything.
#[must_use]
pub fn is_open(policy: &Policy, account: &Account) -> bool {
    let open = methods::of_account(policy, account);
    Use::ALL.into_iter().any(|use_| methods::permit(&open, use_, Method::Passkey).is_ok())
}

/// Whether the sign-in page offers passkeys: it does not know yet whose.
#[must_use]
pub fn signs_in(policy: &Policy) -> bool {
    methods::permit(&policy.methods, Use::SignIn, Method::Passkey).is_ok()
}

/// Whether the page for whoever has lost other ways in offers passkeys: it does not know yet whose.
#[must_use]
pub fn recovers(policy: &Policy) -> bool {
    methods::permit(&policy.methods, Use::Recovery, Method::Passkey).is_ok()
}

/// For how long a passkey that was added from an unknown browser is held.
pub const HOLD: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_without_a_name_has_no_passkeys() {
        let id = |origin| RelyingParty::new("Site", origin).unwrap().map(|party| party.id);
        assert_eq!(id("https://account.linden.example"), Some("account.linden.example".to_owned()));
        assert_eq!(id("http://localhost:8080"), Some("localhost".to_owned()));
        assert_eq!(id("http://127.0.0.1:8080"), None);
        assert_eq!(id("https://[2001:db8::1]"), None);
    }
}
