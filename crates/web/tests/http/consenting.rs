//! A client sends a person: who is told what, what is asked, and where the answer goes.

use std::time::Duration;

use flow::by::By;
use flow::oauth::clients;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::scope::Scopes;

use crate::providing::{ADA, BACK, Caller, SITE, client, consent, given, json, request, site};
use crate::site::{MINUTE, words};

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
        "/oauth/authorize/bidden_rq_x".to_owned(),
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
    assert!(confirm.starts_with("/account/confirm?to=%2Foauth%2Fauthorize%2Fbidden_rq_"), "{confirm}");
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
fn a_request_waits_in_its_address_and_one_that_is_too_long_goes_back_to_its_client() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let long = "s".repeat(1_900);
    let page = browser.get(&request("web", &[("scope", "openid"), ("state", &long)])).location();
    assert!(page.starts_with("/oauth/authorize/bidden_rq_") && page.len() < 3_700, "{}", page.len());
    assert_eq!(browser.get(&page).status, 200);
    // It fits into the cookie that leads back, and into the way by a fresh proof.
    browser.post(&page, &[("answer", "other")]);
    let code_page = browser.ask(ADA);
    let code = site.mail().code;
    assert_eq!(browser.submit(&code_page, &code).location(), page);
    site.advance(MINUTE);
    let stale = [("scope", "openid"), ("state", long.as_str()), ("max_age", "30")];
    let stale = browser.get(&request("web", &stale)).location();
    let confirm = browser.get(&stale).location();
    assert!(browser.get(&confirm).body.contains(&stale), "the form leads back to it");
    let more = [("scope", "openid"), ("state", &long), ("id_token_hint", &long)];
    let back = browser.get(&request("web", &more)).location();
    assert_eq!(given(&back, "error").as_deref(), Some("invalid_request"));
    assert!(given(&back, "error_description").is_some_and(|why| why.contains("push it")), "{back}");
}

#[test]
fn a_name_for_apps_is_set_by_its_owner_and_told_to_whom_it_was_allowed() {
    let site = site();
    let mut web = client("named", AuthenticationMethod::ClientSecretBasic, BACK);
    web.client.scopes = Scopes::parse("openid profile").unwrap();
    site.write(move |tx, cx| clients::add(tx, cx, &web, &By::COMMAND)).unwrap();
    let mut browser = site.open_first(ADA);
    browser.get("/account").expect(200, &words("account-profile-none"));
    browser.get("/account/profile").expect(200, &words("profile-title"));
    let before = site.events().len();
    for wrong in ["Ada\u{202e}", &"a".repeat(81)] {
        browser.post("/account/profile", &[("name", wrong)]).expect(422, &words("profile-wrong"));
    }
    assert_eq!(site.events().len(), before);
    let saved = browser.post("/account/profile", &[("name", "  Ada <b>Lovelace</b> ")]).location();
    browser.get(&saved).expect(200, &words("profile-saved"));
    let account = browser.get("/account");
    assert!(account.says("Ada <b>Lovelace</b>") && !account.body.contains("<b>Lovelace"), "escaped");
    browser.get("/account/activity?show=changes").expect(200, &words("what-named"));

    let page = browser.get(&request("named", &[("scope", "openid profile")])).location();
    browser.get(&page).expect(200, &words("wanted-profile"));
    let back = browser.post(&page, &[("answer", "allow")]).location();
    let mut caller = Caller::new(&site);
    let got = json(&caller.redeem(("named", false), &given(&back, "code").unwrap()));
    let told = json(&caller.userinfo("Bearer", got["access_token"].as_str().unwrap(), false));
    assert_eq!(told["name"], "Ada <b>Lovelace</b>");
    assert!(told["updated_at"].is_number());
    let mut stranger = site.browser();
    assert_eq!(stranger.get("/account/profile").status, 303);
}

#[test]
fn the_record_calls_apps_by_the_names_that_people_saw() {
    let site = site();
    let mut browser = site.open_first(ADA);
    for id in ["web", "app"] {
        let page = browser.get(&request(id, &[("scope", "openid")])).location();
        browser.get(&page);
        browser.post(&page, &[("answer", "deny")]);
    }
    let activity = browser.get("/account/activity");
    assert!(activity.says("Tide Tables was not allowed to use the account"));
    assert!(
        activity.says("An app on a device that calls itself “Tide Tables” (not checked) was not allowed")
    );
    site.write(|tx, cx| clients::remove(tx, cx, "web", &By::COMMAND)).unwrap();
    let activity = browser.get("/account/activity");
    assert!(activity.says("Tide Tables was not allowed to use the account"), "also when it is gone");
}
