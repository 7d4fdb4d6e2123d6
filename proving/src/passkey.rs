//! A software authenticator: makes passkeys and signs with them, as a browser would hand it on. Written from the
//! standard alone, so that what is verified with a library was not made with it.
//!
//! Implements: WebAuthn Level 3 §6.1 (authenticator data), §6.5.1 (attested credential data), §8.7 (attestation
//! "none"); RFC 9053 §7.1.1 (a P-256 key in COSE).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde_json::{Value, json};
use wire::token::encode;

/// What the authenticator could not do.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the software authenticator: {0}")]
pub struct Unable(&'static str);

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;

/// An authenticator, with the browser before it. A clone is a copy of it with all its keys.
#[derive(Clone)]
pub struct Authenticator {
    /// The origin that the browser names.
    pub origin: String,
    /// The host that it makes and uses passkeys for, whatever the options say; none does as they say.
    pub relying_party: Option<String>,
    /// Whether it verifies its user.
    pub verifies: bool,
    /// Whether it counts signatures; passkeys that are kept in several devices do not.
    pub counts: bool,
    /// Whether its keys are kept elsewhere too.
    pub backed_up: bool,
    /// What it was made for.
    pub passkeys: Vec<Passkey>,
}

/// A passkey.
#[derive(Clone)]
pub struct Passkey {
    /// The identifier of the credential.
    pub id: Vec<u8>,
    /// The user handle.
    pub user: Vec<u8>,
    /// What it counted so far.
    pub counter: u32,
    key: Vec<u8>,
}

impl Passkey {
    /// The public key, as an uncompressed point.
    ///
    /// # Errors
    /// [`Unable`] when its private key cannot be read.
    pub fn public_key(&self) -> Result<Vec<u8>, Unable> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.key);
        key.map(|key| key.public_key().as_ref().to_vec()).map_err(|_| Unable("no key"))
    }
}

/// The signature of an assertion, and nothing else, by the key alone: what a verification costs at the least.
///
/// # Errors
/// [`Unable`] when it does not hold.
pub fn verify(key: &[u8], assertion: &str) -> Result<(), Unable> {
    let assertion = wire::passkey::assertion(assertion).map_err(|_| Unable("no assertion"))?;
    let mut signed = assertion.response.authenticator_data;
    signed.extend(digest(&SHA256, &assertion.response.client_data_json).as_ref());
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
        .verify(&signed, &assertion.response.signature)
        .map_err(|_| Unable("the signature does not hold"))
}

impl Authenticator {
    /// One that verifies its user and counts, in a browser that shows a page of `origin`.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            relying_party: None,
            verifies: true,
            counts: true,
            backed_up: false,
            passkeys: Vec::new(),
        }
    }

    /// What `navigator.credentials.create()` answers to these options, as JSON.
    ///
    /// # Errors
    /// [`Unable`] when the options have not what is needed.
    pub fn make(&mut self, options: &str) -> Result<String, Unable> {
        let options = read(options)?;
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| Unable("no key"))?;
        let kept = key.to_pkcs8v1().map_err(|_| Unable("no key"))?;
        let id = digest(&SHA256, kept.as_ref()).as_ref().to_vec();
        let user = text(&options, &["user", "id"]).and_then(|id| bytes(&id))?;
        let passkey = Passkey { id: id.clone(), user, counter: 0, key: kept.as_ref().to_vec() };
        let mut data = self.data(&options, &["rp", "id"], (ATTESTED, 0))?;
        data.extend([0; 16]);
        data.extend(length(&id)?);
        data.extend(&id);
        data.extend(cose(key.public_key().as_ref())?);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend(length(&data)?);
        object.extend(&data);
        self.passkeys.push(passkey);
        let response = json!({
            "clientDataJSON": encode(self.client_data("webauthn.create", &options)?.as_bytes()),
            "attestationObject": encode(&object),
            "transports": ["internal", "hybrid"],
        });
        Ok(credential(&id, &response))
    }

    /// What `navigator.credentials.get()` answers to these options with the passkey made last, as JSON.
    ///
    /// # Errors
    /// [`Unable`] when there is none, or the options have not what is needed.
    pub fn sign(&mut self, options: &str) -> Result<String, Unable> {
        let options = read(options)?;
        let counts = self.counts;
        let passkey = self.passkeys.last_mut().ok_or(Unable("there is no passkey"))?;
        passkey.counter += u32::from(counts);
        let passkey = passkey.clone();
        let data = self.data(&options, &["rpId"], (0, passkey.counter))?;
        let client_data = self.client_data("webauthn.get", &options)?;
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, client_data.as_bytes()).as_ref());
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &passkey.key)
            .map_err(|_| Unable("no key"))?;
        let signature = key.sign(&SystemRandom::new(), &signed).map_err(|_| Unable("no signature"))?;
        let response = json!({
            "clientDataJSON": encode(client_data.as_bytes()),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": encode(&passkey.user),
        });
        Ok(credential(&passkey.id, &response))
    }

    /// §6.1: the hash of the host, the flags, the counter.
    fn data(&self, options: &Value, host: &[&str], (flags, counter): (u8, u32)) -> Result<Vec<u8>, Unable> {
        let host = match &self.relying_party {
            Some(host) => host.clone(),
            None => text(options, host)?,
        };
        let mut flags = flags | PRESENT;
        if self.verifies {
            flags |= VERIFIED;
        }
        if self.backed_up {
            flags |= BACKUP_ELIGIBLE | BACKED_UP;
        }
        let mut data = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(counter.to_be_bytes());
        Ok(data)
    }

    fn client_data(&self, kind: &str, options: &Value) -> Result<String, Unable> {
        let challenge = text(options, &["challenge"])?;
        Ok(json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string())
    }
}

fn credential(id: &[u8], response: &Value) -> String {
    json!({
        "id": encode(id), "rawId": encode(id), "type": "public-key", "authenticatorAttachment": "platform",
        "clientExtensionResults": {}, "response": response,
    })
    .to_string()
}

fn read(options: &str) -> Result<Value, Unable> {
    serde_json::from_str(options).map_err(|_| Unable("the options are no JSON"))
}

fn text(options: &Value, path: &[&str]) -> Result<String, Unable> {
    let found = path.iter().try_fold(options, |value, name| value.get(name)).and_then(Value::as_str);
    found.map(str::to_owned).ok_or(Unable("something is missing in the options"))
}

fn bytes(handle: &str) -> Result<Vec<u8>, Unable> {
    wire::token::decode::<16>(handle).map(Vec::from).map_err(|_| Unable("the user handle is not one of ours"))
}

fn length(bytes: &[u8]) -> Result<[u8; 2], Unable> {
    u16::try_from(bytes.len()).map(u16::to_be_bytes).map_err(|_| Unable("too long"))
}

/// `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` of an uncompressed point.
fn cose(point: &[u8]) -> Result<Vec<u8>, Unable> {
    let (x, y) = point.get(1..).and_then(|both| both.split_at_checked(32)).ok_or(Unable("no point"))?;
    let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
    key.extend(x);
    key.extend(b"\x22\x58\x20");
    key.extend(y);
    Ok(key)
}
