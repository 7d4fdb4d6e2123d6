//! What a browser and its authenticator say in a passkey ceremony: the options that they are given, and what they bring
//! back.
//!
//! Implements: WebAuthn Level 3 §5.4 and §5.5 (options), §5.1 (`PublicKeyCredential.toJSON()`), §5.8.1 (client data).
//! Nothing is verified here; that the bytes have the right shape is all that is found out.

use serde_json::json;
use webauthn_rs_proto::{
    AllowCredentials, AttestationConveyancePreference, AuthenticatorSelectionCriteria, CollectedClientData,
    PubKeyCredParams, PublicKeyCredentialCreationOptions, PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions, RelyingParty, ResidentKeyRequirement, User, UserVerificationPolicy,
};
pub use webauthn_rs_proto::{PublicKeyCredential as Assertion, RegisterPublicKeyCredential as Attestation};

use crate::Malformed;

/// The longest answer of a browser, in bytes of JSON: an attestation with a chain of certificates fits in.
pub const LONGEST: usize = 10 * 1024;
/// The longest identifier of a credential (WebAuthn §4, "Credential ID").
pub const LONGEST_ID: usize = 1023;

/// The algorithms that a new passkey may have, as COSE numbers them, the best liked first: ES256, ES384, RS256.
pub const ALGORITHMS: [i64; 3] = [-7, -35, -257];

const WHAT: &str = "passkey";
const KIND: &str = "public-key";

const fn refuse(at: usize, expected: &'static str) -> Malformed {
    Malformed { what: WHAT, at, expected }
}

/// Reads the JSON of a passkey that was used.
///
/// # Errors
/// [`Malformed`] for more than [`LONGEST`] bytes, JSON of another shape, an identifier without length or longer than
/// [`LONGEST_ID`], or client data that says it comes from within somebody else's page.
pub fn assertion(text: &str) -> Result<Assertion, Malformed> {
    let read: Assertion = json(text)?;
    shape(&read.raw_id, &read.type_)?;
    client_data(&read.response.client_data_json)?;
    Ok(read)
}

/// Reads the JSON of a passkey that was made.
///
/// # Errors
/// As [`assertion`].
pub fn attestation(text: &str) -> Result<Attestation, Malformed> {
    let read: Attestation = json(text)?;
    shape(&read.raw_id, &read.type_)?;
    client_data(&read.response.client_data_json)?;
    Ok(read)
}

fn json<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, Malformed> {
    if text.len() > LONGEST {
        return Err(refuse(LONGEST, "at most 10 KiB"));
    }
    #[expect(clippy::disallowed_methods, reason = "this is `wire`, where bytes from outside are parsed")]
    serde_json::from_str(text).map_err(|_| refuse(0, "the JSON of a public key credential"))
}

fn shape(id: &[u8], kind: &str) -> Result<(), Malformed> {
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(refuse(0, "an identifier of 1 to 1023 bytes"));
    }
    if kind == KIND { Ok(()) } else { Err(refuse(0, "a public key")) }
}

fn client_data(bytes: &[u8]) -> Result<(), Malformed> {
    #[expect(clippy::disallowed_methods, reason = "this is `wire`, where bytes from outside are parsed")]
    let data: CollectedClientData =
        serde_json::from_slice(bytes).map_err(|_| refuse(0, "the JSON of client data"))?;
    if data.cross_origin == Some(true) { Err(refuse(0, "client data of a page of its own")) } else { Ok(()) }
}

/// What a browser is told before it makes a passkey.
#[derive(Clone, Copy, Debug)]
pub struct Creation<'a> {
    /// The host that the passkey is for, and the name people see.
    pub relying_party: (&'a str, &'a str),
    /// The user handle: it says nothing to anybody else.
    pub user: &'a [u8],
    /// What the account is called.
    pub user_name: &'a str,
    /// What is to be signed.
    pub challenge: &'a [u8],
    /// Credentials that the account has already.
    pub exclude: &'a [Vec<u8>],
    /// How long it may take, in milliseconds.
    pub timeout: u32,
    /// Whether the authenticator is to find it by itself. Otherwise it is used only by its name, and offered nowhere.
    pub discoverable: bool,
}

impl Creation<'_> {
    /// The JSON for `PublicKeyCredential.parseCreationOptionsFromJSON()`: user verification required, no attestation.
    #[must_use]
    pub fn json(&self) -> String {
        let descriptor = |id: &Vec<u8>| PublicKeyCredentialDescriptor {
            type_: KIND.to_owned(),
            id: id.clone(),
            transports: None,
        };
        let (id, name) = self.relying_party;
        let options = PublicKeyCredentialCreationOptions {
            rp: RelyingParty { name: name.to_owned(), id: id.to_owned() },
            user: User {
                id: self.user.to_vec(),
                name: self.user_name.to_owned(),
                display_name: self.user_name.to_owned(),
            },
            challenge: self.challenge.to_vec(),
            pub_key_cred_params: ALGORITHMS
                .map(|alg| PubKeyCredParams { type_: KIND.to_owned(), alg })
                .to_vec(),
            timeout: Some(self.timeout),
            exclude_credentials: Some(self.exclude.iter().map(descriptor).collect()),
            authenticator_selection: Some(AuthenticatorSelectionCriteria {
                authenticator_attachment: None,
                resident_key: Some(if self.discoverable {
                    ResidentKeyRequirement::Required
                } else {
                    ResidentKeyRequirement::Discouraged
                }),
                require_resident_key: self.discoverable,
                user_verification: UserVerificationPolicy::Required,
            }),
            hints: None,
            attestation: Some(AttestationConveyancePreference::None),
            attestation_formats: None,
            extensions: None,
        };
        json!(options).to_string()
    }
}

/// What a browser is told before it uses a passkey.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The host that the passkey is for.
    pub relying_party: &'a str,
    /// What is to be signed.
    pub challenge: &'a [u8],
    /// The credentials that may be used; none means any that the authenticator finds.
    pub allow: &'a [Vec<u8>],
    /// How long it may take, in milliseconds.
    pub timeout: u32,
}

impl Request<'_> {
    /// The JSON for `PublicKeyCredential.parseRequestOptionsFromJSON()`: user verification required.
    #[must_use]
    pub fn json(&self) -> String {
        let allowed =
            |id: &Vec<u8>| AllowCredentials { type_: KIND.to_owned(), id: id.clone(), transports: None };
        let options = PublicKeyCredentialRequestOptions {
            challenge: self.challenge.to_vec(),
            timeout: Some(self.timeout),
            rp_id: self.relying_party.to_owned(),
            allow_credentials: self.allow.iter().map(allowed).collect(),
            user_verification: UserVerificationPolicy::Required,
            hints: None,
            extensions: None,
        };
        json!(options).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    fn used(client_data: &str, id: &[u8]) -> String {
        json!({
            "id": encode(id), "rawId": encode(id), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(client_data.as_bytes()), "authenticatorData": encode(&[0; 37]),
                "signature": encode(&[1; 70]), "userHandle": encode(&[2; 16]),
            },
        })
        .to_string()
    }

    const DATA: &str =
        r#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.com","crossOrigin":false}"#;

    #[test]
    fn what_a_browser_brings_is_read() {
        let read = assertion(&used(DATA, b"credential")).unwrap();
        assert_eq!(
            (read.raw_id.as_slice(), read.get_user_unique_id()),
            (&b"credential"[..], Some(&[2; 16][..]))
        );
    }

    #[test]
    fn what_has_another_shape_is_refused_within_its_bounds() {
        let good = used(DATA, b"credential");
        for bad in [
            String::new(),
            "{}".to_owned(),
            "[".repeat(9_000),
            good.replace("public-key", "password"),
            good.replace("rawId", "raw"),
            good.replace("signature", "sign"),
            used(DATA, b""),
            used(DATA, &[7; LONGEST_ID + 1]),
            used("not JSON", b"credential"),
            used(&DATA.replace("false", "true"), b"credential"),
            format!("{good}{}", " ".repeat(LONGEST)),
        ] {
            assert!(assertion(&bad).is_err(), "{}", bad.get(..80).unwrap_or(&bad));
            assert!(attestation(&bad).is_err());
        }
    }

    #[test]
    fn the_algorithms_are_those_that_the_verification_takes() {
        let ours =
            ALGORITHMS.map(|number| webauthn_rs_proto::COSEAlgorithm::try_from(i128::from(number)).unwrap());
        assert_eq!(ours.to_vec(), webauthn_rs_proto::COSEAlgorithm::secure_algs());
    }

    #[test]
    fn options_ask_for_a_discoverable_credential_and_for_user_verification() {
        let creation = Creation {
            relying_party: ("example.com", "Example"),
            user: &[1; 16],
            user_name: "anna@example.com",
            challenge: &[2; 32],
            exclude: &[vec![3; 4]],
            timeout: 300_000,
            discoverable: true,
        };
        let hidden = Creation { discoverable: false, ..creation }.json();
        assert!(hidden.contains(r#""residentKey":"discouraged""#), "{hidden}");
        let text = creation.json();
        for part in [
            r#""residentKey":"required""#,
            r#""userVerification":"required""#,
            r#""attestation":"none""#,
            r#""alg":-7"#,
            r#""id":"AwMDAw""#,
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        let request = Request { relying_party: "example.com", challenge: &[2; 32], allow: &[], timeout: 1 };
        assert!(request.json().contains(r#""userVerification":"required""#));
        assert!(request.json().contains(r#""allowCredentials":[]"#));
    }
}
