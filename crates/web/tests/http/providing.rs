//! The provider over HTTP: a person, a browser, and clients that do not know how it is made.

use std::time::Duration;

use flow::by::By;
use flow::oauth::clients;
use http::Method;
use model::client::{Client, ClientOrigin, Lifetimes, Registered, SubjectType, TokenFormat};
use model::signing_key::KeyKind;
use model::time::SECOND;
use proving::client_key::ClientKey;
use serde_json::Value;
use wire::jose::jwk_set::JwkSet;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::published::signing;
use crate::site::{MINUTE, Plan, Site, unlimited, words};

const ADA: &str = "ada@example.org";
const SITE: &str = "http://localhost:8000";
const SECRET: &str = "a secret of the client";
const BACK: &str = "https://app.example.org/cb";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A site with keys, and the clients `web` (confidential) and `app` (public, on the person's machine, unknown).
fn site() -> Site {
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

fn client(id: &str, authentication: AuthenticationMethod, redirect: &str) -> Registered {
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
    };
    let keys = model::digest::Keys::simulated().unwrap();
    let now = model::time::Time::from_micros(0);
    Registered { secrets: vec![clients::kept_secret(&keys, SECRET, now)], ..Registered::new(client, now) }
}

/// The address of a request of this client.
fn request(client: &str, more: &[(&str, &str)]) -> String {
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
fn given(location: &str, name: &str) -> Option<String> {
    let query = location.split_once('?')?.1;
    let all = wire::oauth::parameters::Parameters::parse(query.as_bytes()).unwrap();
    all.one(name).unwrap().map(str::to_owned)
}

#[expect(clippy::disallowed_methods, reason = "what our own server said, read back")]
fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body))
}

/// A client, which has no cookies and follows nothing.
struct Caller<'a> {
    site: &'a Site,
    key: ClientKey,
    nonce: String,
}

impl<'a> Caller<'a> {
    fn new(site: &'a Site) -> Self {
        Self { site, key: ClientKey::new().unwrap(), nonce: String::new() }
    }

    fn now(&self) -> i64 {
        self.site.cx().now.micros() / SECOND
    }

    /// Posts to an endpoint, as `web` by its secret or as `app` by its name, with a proof where `dpop`.
    fn post(&mut self, path: &str, (client, dpop): (&str, bool), fields: &[(&str, &str)]) -> Answer {
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

    fn send(&mut self, method: Method, path: &str, headers: &[(String, String)], body: &str) -> Answer {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.site.browser_at("127.0.0.1").send(method, path, &headers, body.as_bytes());
        if !answer.header("dpop-nonce").is_empty() {
            answer.header("dpop-nonce").clone_into(&mut self.nonce);
        }
        answer
    }

    fn redeem(&mut self, who: (&str, bool), code: &str) -> Answer {
        let redirect = if who.0 == "app" { "http://127.0.0.1:5173/cb" } else { BACK };
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", VERIFIER),
        ];
        self.post("/oauth/token", who, &fields)
    }

    fn is_active(&mut self, token: &str) -> bool {
        json(&self.post("/oauth/introspect", ("web", false), &[("token", token)]))["active"] == true
    }

    fn userinfo(&mut self, scheme: &str, token: &str, dpop: bool) -> Answer {
        let mut headers = vec![("authorization".to_owned(), format!("{scheme} {token}"))];
        if dpop {
            let (url, nonce) = (format!("{SITE}/oauth/userinfo"), self.nonce.clone());
            let proof = self.key.proof(("GET", &url), self.now(), (Some(&nonce), Some(token))).unwrap();
            headers.push(("dpop".to_owned(), proof));
        }
        self.send(Method::GET, "/oauth/userinfo", &headers, "")
    }
}

fn base64(text: &str) -> String {
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
fn consent(browser: &mut Browser, path: &str) -> String {
    let page = browser.get(path).location();
    assert!(page.starts_with("/oauth/authorize/bidden_ru_"), "{page}");
    browser.get(&page).expect(200, &words("consent-allow"));
    browser.post(&page, &[("answer", "allow")]).location()
}

#[test]
fn a_person_signs_in_on_the_way_consents_and_the_client_gets_its_tokens() {
    let site = site();
    site.open_first(ADA);
    let mut browser = site.browser();
    let page = browser
        .get(&request("web", &[("scope", "openid email"), ("nonce", "n1"), ("login_hint", ADA)]))
        .location();
    let to_sign_in = browser.get(&page);
    assert_eq!(to_sign_in.location(), "/sign-in?notice=client");
    let sign_in = browser.get("/sign-in?notice=client");
    assert!(
        sign_in.says(&words("notice-sign-in-client")) && sign_in.body.contains(ADA),
        "the address is filled in"
    );
    let code_page = browser.ask(ADA);
    let code = site.mail().code;
    assert_eq!(browser.submit(&code_page, &code).location(), page, "back to the request");
    let question = browser.get(&page);
    assert!(
        question.says("Allow Tide Tables?")
            && question.body.contains("app.example.org")
            && question.body.contains(ADA)
    );
    let policy = question.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example.org"), "{policy}");
    let back = browser.post(&page, &[("answer", "allow")]);
    assert_eq!((back.status, browser.cookie("request").as_str()), (303, ""));
    let back = back.location();
    assert!(back.starts_with("https://app.example.org/cb?"), "{back}");
    assert_eq!(given(&back, "state").as_deref(), Some("s 1"));
    assert_eq!(given(&back, "iss").as_deref(), Some(SITE));

    let mut caller = Caller::new(&site);
    let got = caller.redeem(("web", false), &given(&back, "code").unwrap());
    assert_eq!(
        (got.status, got.header("cache-control"), got.header("content-type")),
        (200, "no-store", "application/json")
    );
    assert!(got.cookies().is_empty());
    let got = json(&got);
    let access = got["access_token"].as_str().unwrap();
    let told = json(&caller.userinfo("Bearer", access, false));
    assert_eq!((told["email"].as_str(), told["email_verified"].as_bool()), (Some(ADA), Some(true)));
    assert!(caller.is_active(access));
    // Next time nobody is asked, and the answer is there at once.
    let again = browser.get(&request("web", &[("scope", "openid"), ("prompt", "none")])).location();
    assert!(given(&again, "code").is_some(), "{again}");
}

#[test]
fn the_person_is_told_what_nobody_else_may_be_told() {
    let site = site();
    let mut browser = site.open_first(ADA);
    for path in [
        "/oauth/authorize".to_owned(),
        request("nobody", &[]),
        request("web", &[("redirect_uri", "https://evil.example/cb")]),
        request("web", &[("redirect_uri", "https://app.example.org.evil.example/cb")]),
        request("web", &[("redirect_uri", "https://app.example.org/cb/../evil")]),
        format!("{}&client_id=web", request("web", &[])),
        format!("{}&redirect_uri=https%3A%2F%2Fevil.example", request("web", &[])),
        "/oauth/authorize?client_id=web&request_uri=https%3A%2F%2Fevil.example".to_owned(),
        "/oauth/authorize?client_id=%ff".to_owned(),
        "/oauth/authorize/bidden_ru_x".to_owned(),
    ] {
        let answer = browser.get(&path);
        assert_eq!(answer.status, 400, "{path}");
        assert!(
            answer.header("location").is_empty() && answer.says(&words("request-refused-title")),
            "{path}"
        );
    }
}

#[test]
fn everything_else_goes_back_to_the_client() {
    let site = site();
    let mut browser = site.open_first(ADA);
    for (more, error) in [
        (&[("response_type", "token")][..], "unsupported_response_type"),
        (&[("scope", "openid admin")], "invalid_scope"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("prompt", "none"), ("scope", "openid")], "consent_required"),
        (&[("resource", "https://other.example")], "invalid_target"),
        (&[("request", "a.b.c")], "request_not_supported"),
    ] {
        let back = browser.get(&request("web", more)).location();
        assert_eq!(given(&back, "error").as_deref(), Some(error), "{more:?}");
        assert_eq!(
            (given(&back, "state").as_deref(), given(&back, "iss").as_deref()),
            (Some("s 1"), Some(SITE))
        );
        assert!(given(&back, "code").is_none());
    }
    let doubled = browser.get(&format!("{}&scope=openid&scope=email", request("web", &[]))).location();
    assert_eq!(given(&doubled, "error").as_deref(), Some("invalid_request"));
    let nobody = site.browser().get(&request("web", &[("prompt", "none")])).location();
    assert_eq!(given(&nobody, "error").as_deref(), Some("login_required"));
}

#[test]
fn a_look_gives_nothing_and_a_form_of_another_site_neither() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let page = browser.get(&request("web", &[("scope", "openid")])).location();
    let before = site.events().len();
    browser.get(&page);
    browser.get(&page);
    let forged = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let csrf = browser.csrf.clone();
    let body = wire::form::encode([("csrf", csrf.as_str()), ("answer", "allow")]);
    assert_eq!(browser.post_as(&page, &forged, &body).status, 403);
    browser.csrf = String::new();
    assert_eq!(browser.post(&page, &[("answer", "allow")]).status, 403);
    assert_eq!(site.events().len(), before);
    browser.get(&page);
    assert_eq!(browser.post(&page, &[("answer", "perhaps")]).status, 400);
    let denied = browser.post(&page, &[("answer", "deny")]).location();
    assert_eq!(given(&denied, "error").as_deref(), Some("access_denied"));
    browser.get(&page).expect(400, &words("request-refused-title"));
}

#[test]
fn a_request_that_another_site_posts_is_kept_and_answered_on_its_own_page() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let path = request("web", &[("scope", "openid")]);
    let body = path.split_once('?').unwrap().1;
    let foreign = [("origin", "https://app.example.org"), ("sec-fetch-site", "cross-site")];
    let page = browser.post_as("/oauth/authorize", &foreign, body).location();
    browser.get(&page).expect(200, &words("consent-allow"));
    let back = browser.post(&page, &[("answer", "allow")]).location();
    assert!(given(&back, "code").is_some());
}

#[test]
fn another_account_can_be_used_and_a_sign_in_that_is_too_long_ago_is_proved_again() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let page = browser.get(&request("web", &[("scope", "openid")])).location();
    browser.get(&page);
    assert_eq!(browser.post(&page, &[("answer", "other")]).location(), "/sign-in?notice=client");
    assert!(!browser.is_signed_in());
    let code_page = browser.ask(ADA);
    let code = site.mail().code;
    assert_eq!(browser.submit(&code_page, &code).location(), page);
    site.advance(MINUTE);
    let again = browser.get(&request("web", &[("scope", "openid"), ("max_age", "30")])).location();
    let confirm = browser.get(&again).location();
    assert!(confirm.starts_with("/account/confirm?to=%2Foauth%2Fauthorize%2Fbidden_ru_"), "{confirm}");
    assert_eq!(browser.get(&confirm).status, 200);
}

#[test]
fn an_answer_can_travel_in_a_form() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let page =
        browser.get(&request("web", &[("scope", "openid"), ("response_mode", "form_post")])).location();
    browser.get(&page);
    let form = browser.post(&page, &[("answer", "allow")]);
    assert_eq!(
        (form.status, form.field("state").as_deref(), form.field("iss").as_deref()),
        (200, Some("s 1"), Some(SITE))
    );
    assert!(form.body.contains("action=\"https://app.example.org/cb\"") && form.field("code").is_some());
    assert!(form.header("content-security-policy").contains("form-action 'self' https://app.example.org"));
    let quiet = browser
        .get(&request("web", &[("response_mode", "form_post"), ("prompt", "none"), ("scope", "admin")]));
    assert_eq!(quiet.field("error").as_deref(), Some("invalid_scope"));
}

#[test]
fn where_a_sign_in_leads_on_to_a_client_a_page_of_ours_stands_between() {
    let site = site();
    let mut browser = site.open_first(ADA);
    consent(&mut browser, &request("web", &[("scope", "openid")]));
    let mut other = site.browser();
    let page = other.get(&request("web", &[("scope", "openid")])).location();
    other.get(&page);
    let code_page = other.ask(ADA);
    let code = site.mail().code;
    assert_eq!(other.submit(&code_page, &code).location(), page);
    let onward = other.get(&page);
    assert_eq!((onward.status, onward.header("location")), (200, ""));
    assert!(
        onward.body.contains("http-equiv=\"refresh\"")
            && onward.body.contains("https://app.example.org/cb?code=bidden_ac_")
    );
}

#[test]
fn a_pushed_request_is_authenticated_and_its_reference_answered_once() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let mut caller = Caller::new(&site);
    let path = request("web", &[("scope", "openid")]);
    let all = wire::oauth::parameters::Parameters::parse(path.split_once('?').unwrap().1.as_bytes()).unwrap();
    let fields: Vec<(&str, &str)> =
        all.list().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let pushed = caller.post("/oauth/par", ("web", false), &fields);
    assert_eq!((pushed.status, pushed.header("cache-control")), (201, "no-store"));
    let pushed = json(&pushed);
    let uri = pushed["request_uri"].as_str().unwrap();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:bidden_ru_") && pushed["expires_in"] == 90);
    let path =
        format!("/oauth/authorize?{}", wire::form::encode([("client_id", "web"), ("request_uri", uri)]));
    let back = consent(&mut browser, &path);
    assert!(given(&back, "code").is_some());
    browser.get(&path).expect(400, &words("request-refused-title"));
    let wrong = caller.post("/oauth/par", ("web", false), &[("client_id", "app")]);
    assert_eq!(json(&wrong)["error"], "invalid_request");
}

#[test]
fn errors_of_the_token_endpoint_are_those_of_the_standards() {
    let site = site();
    let mut caller = Caller::new(&site);
    let mut ask =
        |client: &str, fields: &[(&str, &str)]| caller.post("/oauth/token", (client, false), fields);
    for (client, fields, status, error) in [
        ("web", &[][..], 400, "invalid_request"),
        ("web", &[("grant_type", "password")], 400, "unsupported_grant_type"),
        (
            "web",
            &[("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", "x")],
            400,
            "unauthorized_client",
        ),
        ("web", &[("grant_type", "authorization_code"), ("code", "x")], 400, "invalid_grant"),
        ("web", &[("grant_type", "refresh_token"), ("refresh_token", "x")], 400, "invalid_grant"),
        ("web", &[("grant_type", "client_credentials"), ("scope", "admin")], 400, "invalid_scope"),
        (
            "web",
            &[("grant_type", "client_credentials"), ("grant_type", "client_credentials")],
            400,
            "invalid_request",
        ),
        ("web", &[("grant_type", "client_credentials"), ("client_secret", SECRET)], 400, "invalid_request"),
        ("app", &[("grant_type", "client_credentials")], 400, "unauthorized_client"),
        ("nobody", &[("grant_type", "client_credentials")], 401, "invalid_client"),
    ] {
        let answer = ask(client, fields);
        assert_eq!((answer.status, json(&answer)["error"].as_str()), (status, Some(error)), "{fields:?}");
        assert!(
            json(&answer)["error_description"].as_str().is_some_and(|sentence| sentence.ends_with('.')),
            "{answer:?}"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("www-authenticate").starts_with("Basic"), status == 401);
    }
    assert_eq!(ask("web", &[("grant_type", "client_credentials")]).status, 200);
    let form = [("content-type".to_owned(), "application/json".to_owned())];
    let answer = caller.send(Method::POST, "/oauth/token", &form, "{}");
    assert_eq!((answer.status, json(&answer)["error"].as_str()), (400, Some("invalid_request")));
    let form = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    let answer = caller.send(Method::POST, "/oauth/token", &form, &"a".repeat(40_000));
    assert_eq!((answer.status, json(&answer)["error"].as_str()), (413, Some("invalid_request")));
    assert_eq!(caller.send(Method::GET, "/oauth/token", &[], "").status, 405);
}

#[test]
fn row_29_an_app_in_a_browser_proves_its_key_with_nonces_of_ours() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let back = consent(&mut browser, &request("app", &[("scope", "openid offline_access")]));
    let code = given(&back, "code").unwrap();
    let mut caller = Caller::new(&site);
    let first = caller.redeem(("app", true), &code);
    assert_eq!((first.status, json(&first)["error"].as_str()), (400, Some("use_dpop_nonce")));
    assert_eq!(first.header("access-control-allow-origin"), "*");
    assert!(first.header("access-control-expose-headers").contains("DPoP-Nonce"));
    let got = json(&caller.redeem(("app", true), &code));
    assert_eq!(got["token_type"], "DPoP");
    let (access, refresh) = (got["access_token"].as_str().unwrap(), got["refresh_token"].as_str().unwrap());
    assert_eq!(caller.userinfo("DPoP", access, true).status, 200);
    let bearer = caller.userinfo("Bearer", access, false);
    assert_eq!((bearer.status, json(&bearer)["error"].as_str()), (401, Some("invalid_token")));
    assert!(bearer.header("www-authenticate").contains("error=\"invalid_token\""));
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert_eq!(json(&caller.post("/oauth/token", ("app", false), &fields))["error"], "invalid_dpop_proof");
    let mut thief = Caller::new(&site);
    thief.nonce.clone_from(&caller.nonce);
    assert_eq!(json(&thief.post("/oauth/token", ("app", true), &fields))["error"], "invalid_dpop_proof");
    assert_eq!(
        json(&caller.post("/oauth/token", ("app", true), &fields))["error"],
        "invalid_grant",
        "the family is over"
    );
    browser.get("/account/activity").expect(200, "somebody else may have a copy");
}

#[test]
fn row_30_a_refresh_token_that_comes_twice_too_often_ends_its_family() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let back = consent(&mut browser, &request("web", &[("scope", "openid offline_access")]));
    let mut caller = Caller::new(&site);
    let got = json(&caller.redeem(("web", false), &given(&back, "code").unwrap()));
    let mut refresh = |token: &Value| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
        let answer = caller.post("/oauth/token", ("web", false), &fields);
        (answer.status, json(&answer))
    };
    let (_, lost) = refresh(&got["refresh_token"]);
    let (status, second) = refresh(&got["refresh_token"]);
    assert_eq!(status, 200, "the answer was lost");
    let (status, third) = refresh(&second["refresh_token"]);
    assert_eq!(status, 200);
    assert_eq!(refresh(&lost["refresh_token"]).1["error"], "invalid_grant");
    assert_eq!(refresh(&third["refresh_token"]).1["error"], "invalid_grant");
    let account = browser.get("/account/grants");
    assert!(account.says(&words("grants-none")));
}

#[test]
fn row_31_the_person_sees_until_when_and_nothing_moves_the_end() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let page = browser.get(&request("web", &[("scope", "openid offline_access")])).location();
    let question = browser.get(&page);
    assert!(question.says("The permission ends after 7 days without use, and after 30 days in any case."));
    let back = browser.post(&page, &[("answer", "allow")]).location();
    let mut caller = Caller::new(&site);
    let mut got = json(&caller.redeem(("web", false), &given(&back, "code").unwrap()));
    for _ in 0..5 {
        site.advance(Duration::from_secs(6 * 24 * 60 * 60 - 60));
        let token = got["refresh_token"].as_str().unwrap().to_owned();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        got = json(&caller.post("/oauth/token", ("web", false), &fields));
        assert!(got["access_token"].is_string(), "{got}");
    }
    assert!(got["expires_in"].as_u64().unwrap() <= 300);
    site.advance(MINUTE * 5);
    let token = got["refresh_token"].as_str().unwrap().to_owned();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    assert_eq!(json(&caller.post("/oauth/token", ("web", false), &fields))["error"], "invalid_grant");
}

#[test]
fn row_32_whoever_ends_access_or_signs_out_has_ended_it_at_once() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let mut caller = Caller::new(&site);
    let mut get = |browser: &mut Browser, scope: &str| {
        let back = consent(browser, &request("web", &[("scope", scope), ("prompt", "consent")]));
        let got = json(&caller.redeem(("web", false), &given(&back, "code").unwrap()));
        got["access_token"].as_str().unwrap().to_owned()
    };
    let (offline, bound) = (get(&mut browser, "openid offline_access"), get(&mut browser, "openid read"));
    let page = browser.get("/account/grants");
    assert!(page.says("Tide Tables") && page.body.contains("app.example.org"));
    let ends: Vec<String> =
        page.attributes("action").into_iter().filter(|to| to.starts_with("/account/grants/")).collect();
    assert_eq!(ends.len(), 2);
    assert!(caller.is_active(&offline) && caller.is_active(&bound));
    browser.post("/sign-out", &[]);
    assert!(caller.is_active(&offline) && !caller.is_active(&bound));
    assert_eq!(caller.userinfo("Bearer", &bound, false).status, 401);
    site.sign_in(&mut browser, ADA);
    let page = browser.get("/account/grants");
    let end = page.attributes("action").into_iter().find(|to| to.starts_with("/account/grants/")).unwrap();
    assert_eq!(browser.post(&end, &[]).location(), "/account/grants?ended=1");
    browser.get("/account/grants?ended=1").expect(200, &words("notice-grant-ended"));
    assert!(!caller.is_active(&offline));
}

#[test]
fn row_35_a_code_that_somebody_was_talked_into_handing_on_is_of_no_use_elsewhere() {
    let site = site();
    let mut browser = site.open_first(ADA);
    browser.peer = "198.51.100.7".parse().unwrap();
    let back = consent(&mut browser, &request("app", &[("scope", "openid")]));
    let mut caller = Caller::new(&site);
    let stolen = caller.redeem(("app", false), &given(&back, "code").unwrap());
    assert_eq!((stolen.status, json(&stolen)["error"].as_str()), (400, Some("invalid_grant")));
    assert!(site.events().iter().any(|event| event.kind.name() == "tokens_refused"));
}

#[test]
fn tokens_are_given_back_and_looked_at_in_signed_form() {
    let site = site();
    let mut caller = Caller::new(&site);
    let got = json(&caller.post("/oauth/token", ("web", false), &[("grant_type", "client_credentials")]));
    let token = got["access_token"].as_str().unwrap();
    let headers = [
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
        ("accept".to_owned(), "application/token-introspection+jwt".to_owned()),
        (
            "authorization".to_owned(),
            format!("Basic {}", base64(&format!("web:{}", SECRET.replace(' ', "+")))),
        ),
    ];
    let signed = caller.send(Method::POST, "/oauth/introspect", &headers, &format!("token={token}"));
    assert_eq!(signed.header("content-type"), "application/token-introspection+jwt");
    assert_eq!(signed.body.split('.').count(), 3);
    let public = caller.post("/oauth/introspect", ("app", false), &[("token", token)]);
    assert_eq!(public.status, 401);
    for _ in 0..2 {
        assert_eq!(caller.post("/oauth/revoke", ("web", false), &[("token", token)]).status, 200);
        assert!(!caller.is_active(token));
    }
}

#[test]
fn pages_of_others_may_call_what_no_cookie_opens_and_nothing_else() {
    let site = site();
    let mut caller = Caller::new(&site);
    for path in ["/oauth/token", "/oauth/userinfo", "/oauth/revoke", "/oauth/par"] {
        let answer = caller.send(
            Method::OPTIONS,
            path,
            &[("origin".to_owned(), "https://app.example.org".to_owned())],
            "",
        );
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, "*"), "{path}");
        assert!(answer.header("access-control-allow-headers").contains("DPoP"));
        assert!(answer.header("access-control-allow-credentials").is_empty());
    }
    for path in ["/oauth/authorize", "/oauth/introspect", "/account/grants"] {
        let answer = caller.send(
            Method::OPTIONS,
            path,
            &[("origin".to_owned(), "https://app.example.org".to_owned())],
            "",
        );
        assert!(answer.header("access-control-allow-origin").is_empty(), "{path}");
    }
    let nothing = caller.send(Method::GET, "/oauth/userinfo", &[], "");
    assert_eq!((nothing.status, nothing.body.as_str()), (401, ""));
    assert!(!nothing.header("www-authenticate").contains("error"));
}

#[test]
fn a_statement_of_a_client_counts_at_every_endpoint_and_once() {
    let site = site();
    let mut caller = Caller::new(&site);
    let mut signed = client("signed", AuthenticationMethod::PrivateKeyJwt, BACK);
    signed.keys = Some(JwkSet::parse(caller.key.jwks().as_bytes()).unwrap());
    site.write(move |tx, cx| clients::add(tx, cx, &signed, &By::COMMAND)).unwrap();
    let form = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    for (path, more) in [
        ("/oauth/token", "grant_type=client_credentials"),
        ("/oauth/introspect", "token=x"),
        ("/oauth/revoke", "token=x"),
    ] {
        let statement = caller.key.statement("signed", SITE, caller.now()).unwrap();
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let own = wire::form::encode([("client_assertion_type", kind), ("client_assertion", &statement)]);
        let body = format!("{own}&{more}");
        assert_eq!(caller.send(Method::POST, path, &form, &body).status, 200, "{path}");
        let again = caller.send(Method::POST, path, &form, &body);
        assert_eq!((again.status, json(&again)["error"].as_str()), (401, Some("invalid_client")), "{path}");
    }
}
