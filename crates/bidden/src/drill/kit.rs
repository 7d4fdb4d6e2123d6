//! A device of a drill, in the hands of its owner or of somebody else: a client with a key, as the standards have it.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use bidden_device::{BoxError, Key, Method as How, Proving};
use http::{HeaderMap, Method};
use model::entropy::Entropy;
use serde_json::Value;

use super::world::World;
use crate::Failed;

/// The grant type of devices (RFC 8628 §3.4).
pub(super) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A key in memory.
struct Own(EcdsaKeyPair);

impl Key for Own {
    fn public(&self) -> [u8; 64] {
        let point = self.0.public_key().as_ref();
        point.get(1..).and_then(|rest| rest.first_chunk().copied()).unwrap_or([0; 64])
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], BoxError> {
        let signature = self.0.sign(&SystemRandom::new(), message).map_err(|_| "the key does not sign")?;
        signature.as_ref().first_chunk().copied().ok_or_else(|| "no signature of 64 bytes".into())
    }
}

/// The device.
pub(super) struct Kit {
    from: &'static str,
    /// The page in a browser that it is, where it is one.
    page: Option<&'static str>,
    client: &'static str,
    key: Arc<Own>,
    nonce: String,
}

/// What it was told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) status: u16,
    said: Value,
}

impl Told {
    /// A member that is text; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.said.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The error, if it is one.
    pub(super) fn error(&self) -> Option<&str> {
        self.said.get("error").and_then(Value::as_str)
    }

    /// Whether it holds tokens.
    pub(super) fn has_tokens(&self) -> bool {
        self.status == 200 && self.said.get("access_token").is_some()
    }
}

impl Kit {
    /// One that runs this client, at this network address.
    pub(super) fn new(client: &'static str, from: &'static str) -> Result<Self, Failed> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_| Failed("the system gives no key".to_owned()))?;
        Ok(Self { from, page: None, client, key: Arc::new(Own(key)), nonce: String::new() })
    }

    /// The same as a page in a browser, which says so with every request.
    pub(super) const fn on_a_page(mut self, origin: &'static str) -> Self {
        self.page = Some(origin);
        self
    }

    /// The same key and nonce in a program somewhere else.
    pub(super) const fn moved_to(mut self, from: &'static str) -> Self {
        (self.from, self.page) = (from, None);
        self
    }

    /// Everything that it has, its key included, in a program elsewhere.
    pub(super) fn copied_to(&self, from: &'static str) -> Self {
        Self { from, page: None, client: self.client, key: Arc::clone(&self.key), nonce: self.nonce.clone() }
    }

    /// Posts a form with a proof of its key.
    pub(super) fn post(
        &mut self,
        world: &World,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Told, Failed> {
        let told = self.once(world, (Method::POST, path), fields, None)?;
        if told.error() == Some("use_dpop_nonce") {
            return self.once(world, (Method::POST, path), fields, None);
        }
        Ok(told)
    }

    /// Asks for something with an access token.
    pub(super) fn with_token(&mut self, world: &World, path: &str, token: &str) -> Result<Told, Failed> {
        self.once(world, (Method::GET, path), &[], Some(token))
    }

    fn once(
        &mut self,
        world: &World,
        (method, path): (Method, &str),
        fields: &[(&str, &str)],
        token: Option<&str>,
    ) -> Result<Told, Failed> {
        let url = format!("{}{path}", world.url());
        let proof = Proving {
            method: if method == Method::GET { How::Get } else { How::Post },
            url: &url,
            nonce: (!self.nonce.is_empty()).then_some(self.nonce.as_str()),
            access_token: token,
            at: world.now().micros() / model::time::SECOND,
            random: Entropy::system().bytes()?,
        };
        let mut headers = HeaderMap::new();
        headers.insert("dpop", proof.by(&*self.key)?.parse()?);
        if let Some(page) = self.page {
            headers.insert("origin", page.parse()?);
        }
        if let Some(token) = token {
            headers.insert("authorization", format!("DPoP {token}").parse()?);
        }
        let content = if method == Method::GET {
            String::new()
        } else {
            headers.insert("content-type", "application/x-www-form-urlencoded".parse()?);
            wire::form::encode(fields.iter().copied().chain([("client_id", self.client)]))
        };
        let reply = world.ask(self.from, (method, path), headers, content)?;
        if let Some(nonce) = reply.headers.get("dpop-nonce").and_then(|value| value.to_str().ok()) {
            nonce.clone_into(&mut self.nonce);
        }
        Ok(Told { status: reply.status, said: said(&reply.content) })
    }

    /// Asks for a code to show, as RFC 8628 has it.
    pub(super) fn asks(&mut self, world: &World) -> Result<Told, Failed> {
        self.post(world, "/oauth/device_authorization", &[("device_kind", "television")])
    }

    /// Brings a code that somebody gave it.
    pub(super) fn brings(&mut self, world: &World, code: &str) -> Result<Told, Failed> {
        self.post(world, "/oauth/pairing", &[("pairing_code", code), ("device_kind", "command_line")])
    }

    /// Asks whether somebody has answered.
    pub(super) fn polls(&mut self, world: &World, code: &str) -> Result<Told, Failed> {
        self.post(world, "/oauth/token", &[("grant_type", DEVICE), ("device_code", code)])
    }

    /// Asks for the next tokens.
    pub(super) fn refreshes(&mut self, world: &World, token: &str) -> Result<Told, Failed> {
        self.post(world, "/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }
}

#[expect(clippy::disallowed_methods, reason = "what the server of the drill said, read back")]
fn said(content: &str) -> Value {
    serde_json::from_str(content).unwrap_or(Value::Null)
}
