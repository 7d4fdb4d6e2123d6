//! The provider over HTTP: a person, a browser, and clients that do not know how it is made.

use flow::by::By;
use flow::oauth::clients;
use http::Method;
use model::client::{Client, ClientOrigin, Lifetimes, Registered, SubjectType, TokenFormat};
use model::signing_key::KeyKind;
use model::time::SECOND;
use proving::client_key::ClientKey;
use serde_json::Value;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::published::signing;
use crate::site::{Plan, Site, unlimited, words};

pub(crate) const ADA: &str = "ada@example.org";
pub(crate) const SITE: &str = "http://localhost:8000";
pub(crate) const SECRET: &str = "a secret of the client";
pub(crate) const BACK: &str = "https://app.example.org/cb";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A site with keys, and the clients `web` (confidential) and `app` (public, on the person's machine, unknown).
pub(crate) fn site() -> Site {
    let site = signing(Plan { policy: unlimited(), ..Plan::default() });
    let web = client("web", AuthenticationMethod::ClientSecretBasic, BACK);
    let mut app = client("app", AuthenticationMethod::None, "http://127.0.0.1/cb");
    app.client.verified = false;
    app.client.token_format = TokenFormat::Opaque;
    for client in [web, app] {
        site.write(move |tx, cx| clients::add(tx, cx, &client, &By::COMMAND)).unwrap();
    }
    site
}

pub(crate) fn client(id: &str, authentication: AuthenticationMethod, redirect: &str) -> Registered {
    let client = Client {
        id: id.to_owned(),
        name: "Tide Tables".to_owned(),
        verified: true,
        origin: ClientOrigin::Operator,
        authentication,
        grant_types: vec![
            GrantType::AuthorizationCode,
            GrantType::RefreshToken,
            GrantType::ClientCredentials,
        ],
        redirect_uris: vec![RedirectUri::parse(redirect).unwrap()],
        scopes: Scopes::parse("openid email offline_access read").unwrap(),
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
        provisional_scopes: model::provisional::default_scopes(),
    };
    let keys = model::digest::Keys::simulated().unwrap();
    let now = model::time::Time::from_micros(0);
    Registered { secrets: vec![clients::kept_secret(&keys, SECRET, now)], ..Registered::new(client, now) }
}

/// The address of a request of this client.
pub(crate) fn request(client: &str, more: &[(&str, &str)]) -> String {
    let redirect = if client == "app" { "http://127.0.0.1:5173/cb" } else { BACK };
    let own = [
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", redirect),
        ("state", "s 1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let own = own.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    format!(
        "/oauth/authorize?{}",
        wire::form::encode(own.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty()))
    )
}

/// A parameter of the address that an answer leads to.
pub(crate) fn given(location: &str, name: &str) -> Option<String> {
    let query = location.split_once('?')?.1;
    let all = wire::oauth::parameters::Parameters::parse(query.as_bytes()).unwrap();
    all.one(name).unwrap().map(str::to_owned)
}

#[expect(clippy::disallowed_methods, reason = "what our own server said, read back")]
pub(crate) fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body))
}

/// A client, which has no cookies and follows nothing.
pub(crate) struct Caller<'a> {
    pub(crate) site: &'a Site,
    pub(crate) key: ClientKey,
    pub(crate) nonce: String,
}

impl<'a> Caller<'a> {
    pub(crate) fn new(site: &'a Site) -> Self {
        Self { site, key: ClientKey::new().unwrap(), nonce: String::new() }
    }

    pub(crate) fn now(&self) -> i64 {
        self.site.cx().now.micros() / SECOND
    }

    /// Posts to an endpoint, as `web` by its secret or as `app` by its name, with a proof where `dpop`.
    pub(crate) fn post(
        &mut self,
        path: &str,
        (client, dpop): (&str, bool),
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = fields.to_vec();
        let mut headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        if client == "app" {
            all.push(("client_id", "app"));
        } else {
            let pair = format!("{client}:{}", SECRET.replace(' ', "+"));
            headers.push(("authorization".to_owned(), format!("Basic {}", base64(&pair))));
        }
        if dpop {
            let url = format!("{SITE}{path}");
            let nonce = (!self.nonce.is_empty()).then_some(self.nonce.as_str());
            let proof = self.key.proof(("POST", &url), self.now(), (nonce, None)).unwrap();
            headers.push(("dpop".to_owned(), proof));
        }
        self.send(Method::POST, path, &headers, &wire::form::encode(all))
    }

    pub(crate) fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> Answer {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.site.browser_at("127.0.0.1").send(method, path, &headers, body.as_bytes());
        if !answer.header("dpop-nonce").is_empty() {
            answer.header("dpop-nonce").clone_into(&mut self.nonce);
        }
        answer
    }

    pub(crate) fn redeem(&mut self, who: (&str, bool), code: &str) -> Answer {
        let redirect = if who.0 == "app" { "http://127.0.0.1:5173/cb" } else { BACK };
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", VERIFIER),
        ];
        self.post("/oauth/token", who, &fields)
    }

    pub(crate) fn is_active(&mut self, token: &str) -> bool {
        json(&self.post("/oauth/introspect", ("web", false), &[("token", token)]))["active"] == true
    }

    pub(crate) fn userinfo(&mut self, scheme: &str, token: &str, dpop: bool) -> Answer {
        let mut headers = vec![("authorization".to_owned(), format!("{scheme} {token}"))];
        if dpop {
            let (url, nonce) = (format!("{SITE}/oauth/userinfo"), self.nonce.clone());
            let proof = self.key.proof(("GET", &url), self.now(), (Some(&nonce), Some(token))).unwrap();
            headers.push(("dpop".to_owned(), proof));
        }
        self.send(Method::GET, "/oauth/userinfo", &headers, "")
    }
}

pub(crate) fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for n in 0..4 {
            let at = usize::try_from(bits >> (18 - 6 * n) & 63).unwrap();
            out.push(if n <= chunk.len() { char::from(ALPHABET[at]) } else { '=' });
        }
    }
    out
}

/// The person goes to a request, says yes, and is sent back; where to.
pub(crate) fn consent(browser: &mut Browser, path: &str) -> String {
    let page = browser.get(path).location();
    assert!(page.starts_with("/oauth/authorize/bidden_r"), "{page}");
    browser.get(&page).expect(200, &words("consent-allow"));
    browser.post(&page, &[("answer", "allow")]).location()
}
