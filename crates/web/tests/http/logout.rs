//! A client sends a person to sign out: GET and POST, by a hint or by name, and everything that is not in order.

use model::event::Actor;
use wire::oauth::redirect_uri::RedirectUri;

use crate::browser::Browser;
use crate::providing::{ADA, Caller, SITE, client, consent, given, json, request, site};
use crate::site::{HOUR, Site, words};
use wire::oauth::client_authentication::AuthenticationMethod;

const BYE: &str = "https://app.example.org/bye";
const SIGNED_OUT: &str = "/sign-in?notice=signed-out";

/// Ada, signed in here and at `web`, which may get her back; and her ID token.
fn signed_in() -> (Site, Browser, String) {
    let site = site();
    site.write(|tx, cx| {
        let mut web = client("web", AuthenticationMethod::ClientSecretBasic, "https://app.example.org/cb");
        web.post_logout_redirect_uris = vec![RedirectUri::parse(BYE).unwrap()];
        flow::oauth::clients::change(tx, cx, &web, &flow::by::By::COMMAND)
    })
    .unwrap();
    let mut ada = site.open_first(ADA);
    let back = consent(&mut ada, &request("web", &[("scope", "openid")]));
    let got = json(&Caller::new(&site).redeem(("web", false), &given(&back, "code").unwrap()));
    let hint = got["id_token"].as_str().unwrap().to_owned();
    (site, ada, hint)
}

fn logout(query: &[(&str, &str)]) -> String {
    format!("/oauth/logout?{}", wire::form::encode(query.iter().copied()))
}

/// The page that asks, as a request leads to it.
fn page(browser: &mut Browser, query: &[(&str, &str)]) -> String {
    let to = browser.get(&logout(query)).location();
    assert!(to.starts_with("/oauth/logout/"), "{to}");
    to
}

/// Posts as a page of another site does: its cookies stay at home.
fn post_from_elsewhere(browser: &mut Browser, query: &[(&str, &str)]) -> crate::answer::Answer {
    let elsewhere = [("origin", "https://app.example.org"), ("sec-fetch-site", "cross-site"), ("cookie", "")];
    browser.post_as("/oauth/logout", &elsewhere, &wire::form::encode(query.iter().copied()))
}

#[test]
fn a_person_is_asked_signs_out_and_goes_back_with_the_state() {
    let (site, mut ada, hint) = signed_in();
    let query = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s 1")];
    let page = page(&mut ada, &query);
    assert!(
        !page.contains(&hint) && !page.contains("app.example.org"),
        "nothing of it stands in the address"
    );
    let question = ada.get(&page);
    question.expect(200, "Tide Tables asks you to sign out here too.").expect(200, ADA);
    assert!(question.says("Afterwards you go back to app.example.org."));
    let policy = question.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example.org;"), "{policy}");
    let answer = ada.post(&page, &[]);
    assert_eq!(answer.location(), "https://app.example.org/bye?state=s+1");
    assert_eq!(ada.cookie("session"), "");
    assert!(!ada.is_signed_in());
    let ends: Vec<_> = site.events().into_iter().map(|event| (event.kind.name(), event.actor)).collect();
    for expected in [("logout_asked", Actor::Client), ("session_ended", Actor::Owner)] {
        assert!(ends.contains(&expected), "{expected:?}");
    }
    // A second click, and a page that is loaded again: the person goes back, and nothing happens.
    let before = site.events().len();
    assert_eq!(ada.get(&page).location(), "https://app.example.org/bye?state=s+1");
    assert_eq!(site.events().len(), before);
    // Silently nobody is signed in any more.
    let silent = ada.get(&request("web", &[("prompt", "none"), ("scope", "openid")])).location();
    assert_eq!(given(&silent, "error").as_deref(), Some("login_required"));
}

#[test]
fn a_look_signs_nobody_out_whatever_comes_with_it() {
    let (site, mut ada, hint) = signed_in();
    let before = site.events().len();
    let query = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
    for _ in 0..2 {
        let page = page(&mut ada, &query);
        ada.get(&page);
    }
    assert_eq!(post_from_elsewhere(&mut ada, &query).status, 303);
    assert!(ada.is_signed_in());
    assert_eq!(site.events().len(), before);
}

#[test]
fn what_a_client_posts_leads_to_the_same_page_and_takes_no_cookie_away() {
    let (_site, mut ada, hint) = signed_in();
    let (session, browser) = (ada.cookie("session"), ada.cookie("browser"));
    let query = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let answer = post_from_elsewhere(&mut ada, &query);
    assert!(answer.cookies().is_empty(), "{:?}", answer.cookies());
    let page = answer.location();
    assert_eq!((ada.cookie("session"), ada.cookie("browser")), (session, browser));
    ada.get(&page).expect(200, "Tide Tables asks you to sign out here too.");
    assert_eq!(ada.post(&page, &[]).location(), "https://app.example.org/bye?state=s");
    // What is wrong with what was posted is said on a page that takes no cookie away either.
    let wrong = post_from_elsewhere(&mut ada, &[("id_token_hint", "a.b.c")]);
    assert_eq!((wrong.status, wrong.cookies().len()), (400, 0));
}

#[test]
fn the_same_holds_for_a_request_for_authorization_that_is_posted() {
    let (_site, mut ada, _) = signed_in();
    let browser = ada.cookie("browser");
    let path = request("web", &[("scope", "openid")]);
    let (path, body) = path.split_once('?').unwrap();
    let elsewhere = [("origin", "https://app.example.org"), ("sec-fetch-site", "cross-site"), ("cookie", "")];
    let answer = ada.post_as(path, &elsewhere, body);
    assert!(answer.status == 303 && answer.cookies().is_empty());
    assert_eq!(ada.cookie("browser"), browser);
}

#[test]
fn a_person_who_names_no_client_or_none_that_is_proved_signs_out_and_stays_here() {
    for query in [&[][..], &[("state", "s")], &[("post_logout_redirect_uri", BYE), ("state", "s")]] {
        let (_site, mut ada, _) = signed_in();
        let page = page(&mut ada, query);
        let question = ada.get(&page);
        assert!(question.says(&words("logout-title")) && !question.says("Tide Tables asks"), "{query:?}");
        assert_eq!(ada.post(&page, &[]).location(), SIGNED_OUT);
        ada.get(SIGNED_OUT).expect(200, &words("notice-signed-out"));
        assert_eq!(ada.get(&page).location(), SIGNED_OUT, "and whoever comes again is told the same");
    }
}

#[test]
fn whoever_is_not_signed_in_goes_back_at_once_and_to_no_other_place() {
    let (site, _, hint) = signed_in();
    let mut nobody = site.browser();
    let hinted = page(&mut nobody, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)]);
    assert_eq!(nobody.get(&hinted).location(), BYE);
    let named = page(&mut nobody, &[("client_id", "web")]);
    assert_eq!(nobody.get(&named).location(), SIGNED_OUT);
}

#[test]
fn everything_that_is_not_in_order_is_told_to_the_person_and_ends_nothing() {
    let (site, mut ada, hint) = signed_in();
    let pairs = |query: &[(&str, &str)]| logout(query);
    let long = "a".repeat(3000);
    let modified = format!("{}AAAA", &hint[..hint.len() - 4]);
    let page = page(&mut ada, &[("id_token_hint", &hint)]);
    let huge = "a".repeat(40_000);
    for path in [
        pairs(&[("id_token_hint", "a.b.c")]),
        pairs(&[("id_token_hint", &modified), ("post_logout_redirect_uri", BYE)]),
        pairs(&[("id_token_hint", &hint), ("client_id", "app")]),
        pairs(&[("client_id", "nobody"), ("post_logout_redirect_uri", BYE)]),
        pairs(&[("client_id", "app"), ("post_logout_redirect_uri", BYE)]),
        pairs(&[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://app.example.org/bye?a=b")]),
        pairs(&[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://evil.example/bye")]),
        pairs(&[
            ("id_token_hint", &hint),
            ("post_logout_redirect_uri", "https://app.example.org.evil.example/bye"),
        ]),
        pairs(&[("state", "a"), ("state", "a")]),
        pairs(&[("id_token_hint", &hint), ("id_token_hint", &hint)]),
        pairs(&[("state", &long)]),
        pairs(&[("id_token_hint", &huge)]),
        "/oauth/logout?state=%ff".to_owned(),
        "/oauth/logout?state=%0d%0aLocation:%20https://evil.example".to_owned(),
        "/oauth/logout/nothing".to_owned(),
        format!("{page}A"),
    ] {
        let answer = ada.get(&path);
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{path:.80}");
        assert!(answer.says(&words("request-refused-title")), "{path:.80}");
    }
    assert!(ada.is_signed_in());
    assert_eq!(site.count("session_ended"), 0);
    // A form of another site, and one without its secret.
    let forged = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let csrf = ada.csrf.clone();
    assert_eq!(ada.post_as(&page, &forged, &wire::form::encode([("csrf", csrf.as_str())])).status, 403);
    ada.csrf = String::new();
    assert_eq!(ada.post(&page, &[]).status, 403);
    // The page has been open for too long.
    site.advance(HOUR);
    assert_eq!(ada.get(&page).status, 400);
    assert!(ada.is_signed_in());
}

#[test]
fn without_keys_there_is_nobody_to_ask_and_the_metadata_say_what_there_is() {
    let bare = Site::new();
    assert_eq!(bare.browser().get("/oauth/logout").status, 404);
    let site = site();
    let said = json(&site.browser().get("/.well-known/openid-configuration"));
    assert_eq!(said["end_session_endpoint"], format!("{SITE}/oauth/logout"));
    for flag in ["backchannel_logout_supported", "backchannel_logout_session_supported"] {
        assert_eq!(said[flag], true, "{flag}");
    }
}
