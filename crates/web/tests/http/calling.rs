//! What clients call directly: tokens, their replay, their end, and pages of others that call.

use flow::by::By;
use flow::oauth::clients;
use http::Method;
use serde_json::Value;
use wire::jose::jwk_set::JwkSet;
use wire::oauth::client_authentication::AuthenticationMethod;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::providing::{
    ADA, BACK, Caller, SECRET, SITE, base64, client, consent, given, json, request, site,
};
use crate::site::{MINUTE, words};

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
    assert_eq!(ends(&page).len(), 1, "one app is one entry, however often somebody signed in there");
    assert!(caller.is_active(&offline) && caller.is_active(&bound));
    browser.post("/sign-out", &[]);
    assert!(caller.is_active(&offline) && !caller.is_active(&bound));
    assert_eq!(caller.userinfo("Bearer", &bound, false).status, 401);
    site.sign_in(&mut browser, ADA);
    let end = ends(&browser.get("/account/grants")).remove(0);
    assert_eq!(browser.post(&end, &[]).location(), "/account/grants?ended=1");
    browser.get("/account/grants?ended=1").expect(200, &words("notice-grant-ended"));
    assert!(!caller.is_active(&offline));
}

/// Where the forms of a page lead that end access.
fn ends(page: &Answer) -> Vec<String> {
    page.attributes("action").into_iter().filter(|to| to.starts_with("/account/grants/")).collect()
}

#[test]
fn an_app_is_one_entry_and_ends_as_a_whole_or_one_by_one() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let mut caller = Caller::new(&site);
    let mut get = |browser: &mut Browser, scope: &str| {
        let back = consent(browser, &request("web", &[("scope", scope), ("prompt", "consent")]));
        let got = json(&caller.redeem(("web", false), &given(&back, "code").unwrap()));
        site.advance(MINUTE);
        got["refresh_token"].as_str().unwrap().to_owned()
    };
    let tokens: Vec<String> = ["openid offline_access", "offline_access read", "openid offline_access email"]
        .iter()
        .map(|scope| get(&mut browser, scope))
        .collect();
    let all = browser.get("/account/grants");
    assert!(all.says("3 times.") && all.says("Your mail address") && all.says("What it calls “read”"));
    let href = all.attributes("href").into_iter().find(|to| to.starts_with("/account/grants/")).unwrap();
    browser.get("/account").expect(200, "One app may use the account");
    let of = browser.get(&href);
    let singly: Vec<String> = ends(&of).into_iter().filter(|to| to.ends_with("/end")).collect();
    assert_eq!((of.status, singly.len()), (200, 3));
    // The newest stands first: that one ends, and the others live.
    let back = browser.post(&singly[0], &[]).location();
    assert!(back.starts_with("/account/grants/") && back.ends_with("?ended=1"), "{back}");
    browser.get(&back).expect(200, &words("notice-grant-ended-one"));
    let active: Vec<bool> = tokens.iter().map(|token| caller.is_active(token)).collect();
    assert_eq!(active, [true, true, false]);
    let whole = ends(&browser.get("/account/grants")).remove(0);
    assert!(whole.ends_with("/end-all"));
    for _ in 0..2 {
        assert_eq!(browser.post(&whole, &[]).location(), "/account/grants?ended=1");
    }
    assert!(tokens.iter().all(|token| !caller.is_active(token)));
    assert_eq!(browser.get(&href).status, 404, "nothing of it is left");
    browser.get("/account").expect(200, "No app may use the account");
    let mut stranger = site.browser();
    assert_eq!(stranger.get(&href).status, 303);
}

#[test]
fn row_35_a_code_that_somebody_was_talked_into_handing_on_is_of_little_use_elsewhere() {
    let site = site();
    let mut browser = site.open_first(ADA);
    browser.peer = "198.51.100.7".parse().unwrap();
    let back = consent(&mut browser, &request("app", &[("scope", "openid email")]));
    let mut caller = Caller::new(&site);
    let stolen = caller.redeem(("app", false), &given(&back, "code").unwrap());
    assert_eq!((stolen.status, json(&stolen)["scope"].as_str()), (200, Some("openid")));
    assert!(site.events().iter().any(|event| event.kind.name() == "client_elsewhere"));
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
