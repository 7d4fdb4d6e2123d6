//! The key that a telephone of a drill makes and signs with: a security key in software, as the standard has it.
//!
//! Implements: WebAuthn Level 3 §6.1 (authenticator data), §6.5.1 (a credential's public key, RFC 9053 §7.1), §8.7 (attestation
//! "none").

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use wire::token::encode;

use crate::Failed;

/// Somebody touched it, it knows whom, and it brings what it made (§6.1).
const PRESENT_AND_VERIFIED: u8 = 0x05;
const MADE: u8 = 0x40;

/// A key for one site.
pub(super) struct Key {
    origin: String,
    key: EcdsaKeyPair,
    signed: u32,
}

impl Key {
    /// A new one, in a browser that shows a page of `origin`.
    pub(super) fn new(origin: &str) -> Result<Self, Failed> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .map_err(|_| Failed("the system gives no key".to_owned()))?;
        Ok(Self { origin: origin.to_owned(), key, signed: 0 })
    }

    fn id(&self) -> Vec<u8> {
        digest(&SHA256, self.key.public_key().as_ref()).as_ref().to_vec()
    }

    /// What it answers to these options of `navigator.credentials.create()`, as JSON.
    pub(super) fn make(&self, options: &str) -> Result<String, Failed> {
        let options = read(options)?;
        let mut data = self.data(&text(&options, &["rp", "id"])?, PRESENT_AND_VERIFIED | MADE);
        let id = self.id();
        data.extend([0; 16]);
        data.extend(length(&id)?);
        data.extend(&id);
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        let point = self.key.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = point.split_at_checked(32).ok_or_else(|| Failed("no point".to_owned()))?;
        data.extend(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20");
        data.extend(x);
        data.extend(b"\x22\x58\x20");
        data.extend(y);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(length(&data)?);
        object.extend(&data);
        let response = json!({
            "clientDataJSON": encode(self.client_data("webauthn.create", &options)?.as_bytes()),
            "attestationObject": encode(&object),
        });
        Ok(self.credential(&response))
    }

    /// What it answers to these options of `navigator.credentials.get()`, as JSON.
    pub(super) fn sign(&mut self, options: &str) -> Result<String, Failed> {
        let options = read(options)?;
        self.signed = self.signed.saturating_add(1);
        let data = self.data(&text(&options, &["rpId"])?, PRESENT_AND_VERIFIED);
        let said = self.client_data("webauthn.get", &options)?;
        let mut message = data.clone();
        message.extend(digest(&SHA256, said.as_bytes()).as_ref());
        let signature = self.key.sign(&SystemRandom::new(), &message);
        let signature = signature.map_err(|_| Failed("the key does not sign".to_owned()))?;
        let response = json!({
            "clientDataJSON": encode(said.as_bytes()),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
        });
        Ok(self.credential(&response))
    }

    fn data(&self, host: &str, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.signed.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Result<String, Failed> {
        let challenge = text(options, &["challenge"])?;
        Ok(json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string())
    }

    fn credential(&self, response: &Value) -> String {
        let id = encode(&self.id());
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response,
        })
        .to_string()
    }
}

fn read(options: &str) -> Result<Value, Failed> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the drill reads what its own server wrote, as a browser would"
    )]
    serde_json::from_str(options).map_err(|_| Failed("the options are no JSON".to_owned()))
}

fn text(options: &Value, path: &[&str]) -> Result<String, Failed> {
    let found = path.iter().try_fold(options, |value, name| value.get(name)).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| Failed("something is missing in the options".to_owned()))
}

fn length(bytes: &[u8]) -> Result<[u8; 2], Failed> {
    u16::try_from(bytes.len()).map(u16::to_be_bytes).map_err(|_| Failed("too long".to_owned()))
}
