//! Clients that keep their keys elsewhere, or are named by a document about themselves, over HTTP.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use flow::by::By;
use flow::oauth::{client, clients};
use http::Method;
use model::client::{Client, ClientOrigin, Lifetimes, Registered, SubjectType, TokenFormat};
use model::signing_key::KeyKind;
use model::time::SECOND as A_SECOND;
use proving::client_key::ClientKey;
use wire::oauth::client_authentication::{ASSERTION_TYPE, AuthenticationMethod};
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::published::signing;
use crate::site::{DAYS, MINUTE, Plan, Site};

const ISSUER: &str = "http://localhost:8000";

/// What stands elsewhere, and how often it was fetched.
#[derive(Clone, Default)]
struct Elsewhere {
    text: Arc<Mutex<Option<String>>>,
    count: Arc<AtomicU32>,
}

impl Elsewhere {
    fn put(&self, text: &str) {
        *self.text.lock().unwrap() = Some(text.to_owned());
    }

    fn count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }

    /// A site that fetches it.
    fn site(&self) -> Site {
        let own = self.clone();
        let fetch: web::Fetch = Arc::new(move |_, _| {
            own.count.fetch_add(1, Ordering::Relaxed);
            let text = own.text.lock().unwrap().clone().map(String::into_bytes);
            Box::pin(async move { text })
        });
        signing(Plan { fetch: Some(fetch), ..Plan::default() })
    }
}

/// A client that acts for itself, and keeps its keys elsewhere.
fn service(site: &Site) {
    let client = Client {
        id: "service".to_owned(),
        name: "Service".to_owned(),
        verified: true,
        origin: ClientOrigin::Operator,
        authentication: AuthenticationMethod::PrivateKeyJwt,
        grant_types: vec![GrantType::ClientCredentials],
        redirect_uris: Vec::new(),
        scopes: Scopes::parse("read").unwrap(),
        resources: Vec::new(),
        token_format: TokenFormat::Opaque,
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
    let keys_at = Some("https://service.example.org/jwks".to_owned());
    let client = Registered { keys_at, ..Registered::new(client, site.cx().now) };
    site.write(move |tx, cx| clients::add(tx, cx, &client, &By::COMMAND)).unwrap();
}

fn tokens(site: &Site, browser: &mut Browser, key: &mut ClientKey) -> Answer {
    let now = site.cx().now.micros() / A_SECOND;
    let statement = key.statement("service", ISSUER, now).unwrap();
    let body = wire::form::encode([
        ("grant_type", "client_credentials"),
        ("scope", "read"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &statement),
    ]);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    browser.send(Method::POST, "/oauth/token", &form, body.as_bytes())
}

#[test]
fn keys_that_a_client_keeps_elsewhere_are_fetched_once_and_again_when_one_is_not_known() {
    let elsewhere = Elsewhere::default();
    let site = elsewhere.site();
    service(&site);
    let mut browser = site.browser();
    let (mut old, mut new) = (ClientKey::new().unwrap(), ClientKey::new().unwrap());
    assert_eq!(tokens(&site, &mut browser, &mut old).status, 401, "there are no keys yet");
    elsewhere.put(&old.jwks());
    assert_eq!(tokens(&site, &mut browser, &mut old).status, 401, "and nobody looks again within a minute");
    assert_eq!(elsewhere.count(), 1);
    site.advance(MINUTE);
    for _ in 0..3 {
        let answer = tokens(&site, &mut browser, &mut old);
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    assert_eq!(elsewhere.count(), 2);
    elsewhere.put(&new.jwks());
    site.advance(MINUTE * 6);
    assert_eq!(tokens(&site, &mut browser, &mut new).status, 200);
    assert_eq!(tokens(&site, &mut browser, &mut old).status, 401, "the old key is not there any more");
}

#[test]
fn whatever_stands_in_place_of_keys_proves_nothing() {
    let elsewhere = Elsewhere::default();
    let site = elsewhere.site();
    service(&site);
    let mut key = ClientKey::new().unwrap();
    let mut browser = site.browser();
    for text in ["", "<html>", "{}", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}"] {
        elsewhere.put(text);
        site.advance(MINUTE * 10);
        let answer = tokens(&site, &mut browser, &mut key);
        assert_eq!(answer.status, 401, "{text}");
        assert!(answer.body.contains("invalid_client"), "{}", answer.body);
    }
}

const DOCUMENT: &str = "https://notes.example/client.json";

fn document(redirect: &str) -> String {
    format!(
        r#"{{"client_id":"{DOCUMENT}","client_name":"Notes","redirect_uris":["{redirect}"],"token_endpoint_auth_method":"none"}}"#
    )
}

fn ask(browser: &mut Browser, redirect: &str) -> Answer {
    let query = wire::form::encode([
        ("response_type", "code"),
        ("client_id", DOCUMENT),
        ("redirect_uri", redirect),
        ("scope", "openid"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ]);
    browser.get(&format!("/oauth/authorize?{query}"))
}

const CALLBACK: &str = "https://notes.example/signed-in";

#[test]
fn a_web_site_is_a_client_by_the_document_about_itself() {
    let elsewhere = Elsewhere::default();
    let site = elsewhere.site();
    let mut browser = site.browser();
    assert_eq!(ask(&mut browser, CALLBACK).status, 400, "there is no document");
    elsewhere.put(&document(CALLBACK));
    site.advance(MINUTE);
    assert_eq!(ask(&mut browser, CALLBACK).status, 303);
    let kept = client::find(site.app.store(), DOCUMENT).unwrap().unwrap();
    assert_eq!((kept.client.origin, kept.client.verified), (ClientOrigin::Document, false));
    assert_eq!(ask(&mut browser, "https://evil.example/cb").status, 400, "answers go where it says");
    let other = "https://notes.example/other";
    elsewhere.put(&document(other));
    site.advance(MINUTE * 6);
    assert_eq!(ask(&mut browser, other).status, 303, "as it is described now");
    assert_eq!((site.count("client_added"), site.count("client_changed")), (1, 1));
    assert!(
        browser
            .get("/.well-known/openid-configuration")
            .body
            .contains("\"client_id_metadata_document_supported\":true")
    );
}

#[test]
fn a_document_about_somebody_else_or_with_a_secret_makes_no_client() {
    let elsewhere = Elsewhere::default();
    let site = elsewhere.site();
    let mut browser = site.browser();
    for text in [
        document(CALLBACK).replace("client.json", "other.json"),
        document(CALLBACK).replace("\"none\"", "\"client_secret_basic\""),
        document(CALLBACK).replace("https://notes.example/signed-in", "http://notes.example/signed-in"),
        "x".repeat(20_000),
    ] {
        elsewhere.put(&text);
        site.advance(MINUTE * 10);
        assert_eq!(ask(&mut browser, CALLBACK).status, 400, "{text:.90}");
    }
    assert!(client::find(site.app.store(), DOCUMENT).unwrap().is_none());
}

#[test]
fn a_client_of_a_document_that_nobody_used_is_forgotten_after_a_day() {
    let elsewhere = Elsewhere::default();
    let site = elsewhere.site();
    elsewhere.put(&document(CALLBACK));
    ask(&mut site.browser(), CALLBACK);
    let is_known = || client::find(site.app.store(), DOCUMENT).unwrap().is_some();
    site.advance(DAYS);
    site.write(|tx, cx| flow::sweep::forget(tx, cx));
    assert!(is_known());
    site.advance(MINUTE);
    site.write(|tx, cx| flow::sweep::forget(tx, cx));
    assert!(!is_known());
}

#[test]
fn where_documents_are_not_open_nothing_is_fetched_for_them() {
    let site = signing(Plan::default());
    assert_eq!(ask(&mut site.browser(), CALLBACK).status, 400);
    let said = site.browser().get("/.well-known/openid-configuration").body;
    assert!(said.contains("\"client_id_metadata_document_supported\":false"));
}
