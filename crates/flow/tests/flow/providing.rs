//! A provider in a [`Sim`], with clients that have keys, and people who answer.

use std::sync::Arc;

use flow::oauth::authorize::{self, Due};
use flow::oauth::client::{self, secret_digest};
use flow::oauth::issue::Tokens;
use flow::oauth::keys::Keyring;
use flow::oauth::paces::Paces;
use flow::oauth::proof::{self, Shown};
use flow::oauth::provider::Provider;
use flow::oauth::request::{self, Answer, Asked, Refused};
use flow::oauth::token::{self, Asker};
use flow::oauth::{introspect, revoke, userinfo};
use flow::session::Visitor;
use model::client::{Client, ClientOrigin, ClientSecret, Lifetimes, Registered, SubjectType, TokenFormat};
use model::provisional::default_scopes;
use model::signing_key::KeyKind;
use model::source::Source;
use model::time::SECOND;
use proving::client_key::ClientKey;
use serde_json::Value;
use wire::http::origin::Origin;
use wire::http::url::Url;
use wire::jose::jwk_set::JwkSet;
use wire::oauth::client_authentication::{ASSERTION_TYPE, AuthenticationMethod, Presented};
use wire::oauth::error::OauthError;
use wire::oauth::parameters::Parameters;
use wire::oauth::presented_token::PresentedToken;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::resource::Resource;
use wire::oauth::revocation::NamedToken;
use wire::oauth::scope::Scopes;
use wire::oauth::token::{GrantType, TokenRequest};

use crate::at_devices::home;
use crate::sim::{Sim, source};

pub(crate) const ISSUER: &str = "https://id.example.org";
pub(crate) const SECRET: &str = "a secret of the client";
pub(crate) const REDIRECT: &str = "https://app.example.org/cb";
/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str =
    "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// The installation as a provider.
pub(crate) struct Op {
    pub(crate) sim: Sim,
    pub(crate) ring: Arc<Keyring>,
    pub(crate) provider: Provider,
    pub(crate) paces: Paces,
    pub(crate) key: ClientKey,
}

/// What a request for tokens came to: the body of the answer, or the error.
pub(crate) type Got = Result<Value, OauthError>;

/// A confidential client that may do everything.
pub(crate) fn confidential(id: &str) -> Registered {
    let client = Client {
        id: id.to_owned(),
        name: "Example".to_owned(),
        verified: true,
        origin: ClientOrigin::Operator,
        authentication: AuthenticationMethod::ClientSecretPost,
        grant_types: vec![
            GrantType::AuthorizationCode,
            GrantType::RefreshToken,
            GrantType::ClientCredentials,
        ],
        redirect_uris: vec![RedirectUri::parse(REDIRECT).unwrap()],
        scopes: Scopes::parse("openid email phone offline_access read write").unwrap(),
        resources: vec![Resource::parse("https://api.example.org").unwrap()],
        token_format: TokenFormat::Jwt,
        signing: KeyKind::Es256,
        subject_type: SubjectType::Public,
        lifetimes: Lifetimes::default(),
        without_pkce: false,
        require_pushed: false,
        dpop_bound: false,
        unbound_refresh: false,
        user_code_scopes: Scopes::default(),
        provisional_scopes: default_scopes(),
    };
    Registered::new(client, crate::sim::start())
}

/// A public client on the person's own machine, which nobody vouches for.
pub(crate) fn public(id: &str) -> Registered {
    let mut registered = confidential(id);
    registered.client.authentication = AuthenticationMethod::None;
    registered.client.verified = false;
    registered.client.token_format = TokenFormat::Opaque;
    registered.client.redirect_uris = vec![RedirectUri::parse("http://127.0.0.1/cb").unwrap()];
    registered
}

pub(crate) fn parameters(text: &str) -> Parameters {
    Parameters::parse(text.as_bytes()).unwrap()
}

impl Op {
    pub(crate) fn new() -> Self {
        Self::on(Sim::new())
    }

    pub(crate) fn on(mut sim: Sim) -> Self {
        crate::signing_keys::begin(&mut sim);
        let ring = Arc::new(Keyring::load(&sim.store).unwrap());
        let mut op = Self {
            sim,
            ring,
            provider: Provider::of(ISSUER, &Origin::parse(ISSUER).unwrap()),
            paces: Paces::default(),
            key: ClientKey::new().unwrap(),
        };
        op.register(confidential("web"));
        op.register(public("app"));
        op
    }

    /// Another node on the same store.
    pub(crate) fn registered(&self, id: &str) -> Registered {
        client::find(&self.sim.store, id).unwrap().unwrap()
    }

    pub(crate) fn register(&mut self, mut registered: Registered) {
        let digest = secret_digest(self.sim.store.keys(), SECRET);
        registered.secrets = vec![ClientSecret { digest, made_at: self.sim.now, expires_at: None }];
        registered.keys = Some(JwkSet::parse(self.key.jwks().as_bytes()).unwrap());
        self.sim.write(move |tx, _| {
            store::clients::put(tx, &registered)?;
            Ok(tx.unrecorded("a test", ()))
        });
    }

    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut Registered)) {
        let mut registered = self.registered(id);
        change(&mut registered);
        self.sim.write(move |tx, _| {
            store::clients::put(tx, &registered)?;
            Ok(tx.unrecorded("a test", ()))
        });
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.sim.now.micros() / SECOND
    }

    /// A person who has signed in.
    pub(crate) fn person(&mut self, address: &str, browser: u64) -> Visitor {
        if store_has_no(&self.sim, address) {
            self.sim.account(address);
        }
        let started = self.sim.sign_in(address, browser);
        self.sim.visitor(&started)
    }

    /// A request for authorization of this client, with more parameters.
    pub(crate) fn ask(&mut self, client: &str, more: &str) -> Result<Asked, Refused> {
        let redirect = if client == "app" {
            "http%3A%2F%2F127.0.0.1%3A5000%2Fcb"
        } else {
            "https%3A%2F%2Fapp.example.org%2Fcb"
        };
        let text = format!(
            "response_type=code&client_id={client}&redirect_uri={redirect}&state=s1&{CHALLENGE}&{more}"
        );
        self.ask_plain(&text)
    }

    pub(crate) fn ask_plain(&mut self, text: &str) -> Result<Asked, Refused> {
        let cx = self.sim.cx();
        request::read(&self.sim.store, &cx, &self.provider, parameters(text)).unwrap()
    }

    pub(crate) fn decide(&mut self, asked: &Asked, visitor: Option<&Visitor>) -> Due {
        let cx = self.sim.cx();
        authorize::decide(&self.sim.store, &cx, (&self.ring, &self.provider), (asked, visitor)).unwrap()
    }

    /// The person says yes.
    pub(crate) fn give(&mut self, asked: Asked, visitor: &Visitor) -> Result<Answer, OauthError> {
        self.give_from(asked, visitor, home())
    }

    pub(crate) fn give_from(
        &mut self,
        asked: Asked,
        visitor: &Visitor,
        from: Source,
    ) -> Result<Answer, OauthError> {
        let mut cx = self.sim.cx();
        let giving = (asked, visitor.clone(), from, false);
        let giving = authorize::prepare(&self.sim.store, &mut cx, &self.provider, giving).unwrap();
        self.sim.write(move |tx, cx| authorize::commit(tx, cx, &giving))
    }

    /// A code for this client, by consent.
    pub(crate) fn code(&mut self, client: &str, more: &str, visitor: &Visitor) -> String {
        let asked = self.ask(client, more).unwrap();
        let answer = self.give(asked, visitor).unwrap();
        value(&answer, "code").unwrap().to_owned()
    }

    /// What the client sends to prove itself.
    pub(crate) fn proof_of(&mut self, client: &str) -> String {
        match self.registered(client).client.authentication {
            AuthenticationMethod::None => format!("client_id={client}"),
            AuthenticationMethod::PrivateKeyJwt => {
                let now = self.seconds();
                let statement = self.key.statement(client, ISSUER, now).unwrap();
                wire::form::encode([
                    ("client_assertion_type", ASSERTION_TYPE),
                    ("client_assertion", &statement),
                ])
            }
            AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost => {
                wire::form::encode([("client_id", client), ("client_secret", SECRET)])
            }
        }
    }

    pub(crate) fn prove(&mut self, body: &Parameters) -> Result<client::Proved, OauthError> {
        let cx = self.sim.cx();
        let presented = Presented::read(&[], body)?;
        client::prove(&self.sim.store, &cx, &self.provider, (&presented, None)).unwrap()
    }

    /// A proof of `key` for an endpoint, with the nonce of now.
    pub(crate) fn dpop(&mut self, key: &mut ClientKey, endpoint: &str, access: Option<&str>) -> String {
        let nonce = proof::nonce(self.sim.store.keys(), self.sim.now);
        let method = if endpoint.ends_with("userinfo") { "GET" } else { "POST" };
        key.proof((method, &format!("{ISSUER}{endpoint}")), self.seconds(), (Some(&nonce), access)).unwrap()
    }

    /// The client asks for tokens.
    pub(crate) fn token(&mut self, client: &str, more: &str, proof: Option<&str>) -> Got {
        self.token_from(client, more, proof, home())
    }

    pub(crate) fn token_from(&mut self, client: &str, more: &str, proof: Option<&str>, from: Source) -> Got {
        let body = parameters(&format!("{}&{more}", self.proof_of(client)));
        let asker = self.asker(&body, proof, from)?;
        let request = TokenRequest::read(&body)?;
        let mut cx = self.sim.cx();
        let context = (&*self.ring, &self.provider, &self.paces);
        let prepared = token::prepare(&self.sim.store, &mut cx, context, (asker, request)).unwrap()?;
        let tokens: Tokens = self.sim.write(move |tx, cx| token::commit(tx, cx, &prepared))?;
        Ok(json(&tokens.json()))
    }

    pub(crate) fn asker(
        &mut self,
        body: &Parameters,
        proof: Option<&str>,
        from: Source,
    ) -> Result<Asker, OauthError> {
        let url = self.provider.token().clone();
        self.asker_at(&url, body, proof, from)
    }

    pub(crate) fn asker_at(
        &mut self,
        url: &Url,
        body: &Parameters,
        proof: Option<&str>,
        from: Source,
    ) -> Result<Asker, OauthError> {
        let proved = self.prove(body)?;
        let cx = self.sim.cx();
        let headers: Vec<&[u8]> = proof.iter().map(|proof| proof.as_bytes()).collect();
        let shown = Shown { headers: &headers, method: "POST", url, access_token: None };
        let held = proof::check(self.sim.store.keys(), &cx, shown)?;
        Ok(Asker { proved, held, source: from })
    }

    /// Redeems a code by the right verifier.
    pub(crate) fn redeem(&mut self, client: &str, code: &str, proof: Option<&str>) -> Got {
        let redirect = if client == "app" {
            "http%3A%2F%2F127.0.0.1%3A5000%2Fcb"
        } else {
            "https%3A%2F%2Fapp.example.org%2Fcb"
        };
        let more = format!(
            "grant_type=authorization_code&code={code}&redirect_uri={redirect}&code_verifier={VERIFIER}"
        );
        self.token(client, &more, proof)
    }

    pub(crate) fn refresh(&mut self, client: &str, token: &str, proof: Option<&str>) -> Got {
        self.token(client, &format!("grant_type=refresh_token&refresh_token={token}"), proof)
    }

    /// What a service is told about a token.
    pub(crate) fn introspect(&mut self, client: &str, token: &str) -> Value {
        match self.introspected(client, token) {
            introspect::Told::Json(text) => json(&text),
            introspect::Told::Signed(text) => panic!("{text}"),
        }
    }

    /// The same, as it was told.
    pub(crate) fn introspected(&mut self, client: &str, token: &str) -> introspect::Told {
        let body = parameters(&format!("{}&token={token}", self.proof_of(client)));
        let proved = self.prove(&body).unwrap();
        let (cx, named) = (self.sim.cx(), NamedToken::read(&body).unwrap());
        let context = (&*self.ring, &self.provider);
        introspect::look(&self.sim.store, &cx, context, (&proved, &named, false)).unwrap().unwrap()
    }

    pub(crate) fn is_active(&mut self, client: &str, token: &str) -> bool {
        self.introspect(client, token)["active"] == true
    }

    pub(crate) fn revoke(&mut self, client: &str, token: &str) {
        let body = parameters(&format!("{}&token={token}", self.proof_of(client)));
        let proved = self.prove(&body).unwrap();
        let named = NamedToken::read(&body).unwrap();
        let context = (&*self.ring, &self.provider);
        let prepared = revoke::prepare(&self.sim.store, context, (proved, &named, source(1))).unwrap();
        self.sim.write(move |tx, cx| revoke::commit(tx, cx, &prepared)).unwrap();
    }

    /// What the client learns about the person.
    pub(crate) fn userinfo(&mut self, scheme: &str, token: &str, proof: Option<&str>) -> Got {
        match self.told_about(scheme, token, proof)? {
            userinfo::Told::Json(text) => Ok(json(&text)),
            userinfo::Told::Signed(text) => Ok(payload(&text)),
        }
    }

    /// The same, as it was told.
    pub(crate) fn told_about(
        &mut self,
        scheme: &str,
        token: &str,
        proof: Option<&str>,
    ) -> Result<userinfo::Told, OauthError> {
        let header = format!("{scheme} {token}");
        let presented = PresentedToken::read(&[header.as_bytes()], None)?.unwrap();
        let cx = self.sim.cx();
        let headers: Vec<&[u8]> = proof.iter().map(|proof| proof.as_bytes()).collect();
        let url = self.provider.userinfo();
        let shown = Shown { headers: &headers, method: "GET", url, access_token: Some(token) };
        let held = proof::check(self.sim.store.keys(), &cx, shown)?;
        let context = (&*self.ring, &self.provider);
        if let Some(held) = held {
            self.sim.write(move |tx, _| userinfo::claim(tx, &held))?;
        }
        userinfo::look(&self.sim.store, &cx, context, (&presented, held.as_ref())).unwrap()
    }
}

fn store_has_no(sim: &Sim, address: &str) -> bool {
    let identity = sim.address(address).identity();
    sim.store.read(|reader| store::accounts::find_by_identity(reader, &identity)).unwrap().is_none()
}

pub(crate) fn value<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

#[expect(clippy::disallowed_methods, reason = "an answer of ours, read by a test")]
pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The claims of something signed, unverified.
pub(crate) fn payload(token: &str) -> Value {
    use wire::jose::{algorithm::Algorithm, jws::Jws};
    json(str::from_utf8(Jws::parse(token, &Algorithm::ALL).unwrap().unverified_payload()).unwrap())
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}
