//! Permissions that are doubted, and everything that is undone at once, over HTTP; `threats.md` §5.2 rows 26, 27, 34, 35, 39, 40.

use flow::authenticator;
use http::Method;
use model::event::{Actor, EventKind};
use model::grant::GrantEnd;
use model::notice::What;

use crate::browser::Browser;
use crate::operating::{give_passkey, prove_passkey};
use crate::own::confirm_by_code;
use crate::providing::{ADA, Caller, consent, given, json, request, site};
use crate::site::{DAYS, HOUR, MINUTE, Site, counted, words};

/// A browser away from where the program is that brings its code, and what the program got.
fn elsewhere(site: &Site) -> (Browser, String) {
    let mut browser = site.open_first(ADA);
    browser.peer = "198.51.100.7".parse().unwrap();
    let back = consent(&mut browser, &request("app", &[("scope", "openid email")]));
    let mut caller = Caller::new(site);
    let got = json(&caller.redeem(("app", false), &given(&back, "code").unwrap()));
    assert_eq!(got["scope"], "openid");
    (browser, got["access_token"].as_str().unwrap().to_owned())
}

/// The path of the notice about a permission.
fn link(site: &Site) -> String {
    let mut notices = site.notices();
    notices.retain(|(_, notice, _)| matches!(notice.what, What::GrantElsewhere { .. }));
    assert_eq!(notices.len(), 1);
    notices.remove(0).2.unwrap()
}

#[test]
fn row_40_whoever_got_the_notice_ends_that_permission_by_a_button_and_by_no_look() {
    let site = site();
    let (_, token) = elsewhere(&site);
    let link = link(&site);
    assert!(link.starts_with("/app/"), "{link}");
    let before = site.events().len();
    let mut scanner = site.browser_at("192.0.2.99");
    for _ in 0..2 {
        scanner.get(&link).expect(200, &words("app-not-mine-heading")).expect(200, "Tide Tables");
    }
    assert_eq!(site.events().len(), before, "row 39: looking changes nothing");
    let mut caller = Caller::new(&site);
    assert_eq!(caller.userinfo("Bearer", &token, false).status, 200);
    let wrong = format!("{}{}", &link[..link.len() - 2], "AA");
    scanner.get(&wrong).expect(404, &words("cancel-gone-heading"));
    scanner.get(&link);
    scanner.post(&link, &[]).expect(200, &words("app-not-mine-done"));
    assert_eq!(caller.userinfo("Bearer", &token, false).status, 401);
    let events = site.events();
    let theirs = |kind: &EventKind| matches!(kind, EventKind::GrantEnded { why: GrantEnd::NotMine, .. });
    let ended: Vec<_> = events.iter().filter(|event| theirs(&event.kind)).collect();
    assert_eq!((ended.len(), ended[0].actor), (1, Actor::Recipient));
    scanner.get(&link).expect(404, &words("cancel-gone-heading"));
}

#[test]
fn row_26_its_owner_confirms_it_after_a_new_proof_and_no_comes_first() {
    let site = site();
    let (mut ada, _) = elsewhere(&site);
    site.notices();
    let page = ada.get("/account/grants");
    page.expect(200, &words("grant-provisional-text"));
    let confirm = page.links().into_iter().find(|href| href.ends_with("/confirm")).unwrap();
    site.advance(MINUTE);
    let asked = ada.get(&confirm).location();
    assert!(asked.starts_with("/account/confirm?to="), "the proof is older than the permission: {asked}");
    ada.get("/account/grants");
    assert!(ada.post(&confirm, &[]).location().starts_with("/account/confirm?to="));
    assert_eq!(site.count("grant_confirmed"), 0);
    confirm_by_code(&site, &mut ada, &confirm);
    let page = ada.get(&confirm);
    page.expect(200, &words("grant-confirm-warning"));
    let actions = page.attributes("action");
    let (no, yes) = (
        actions.iter().position(|path| path.ends_with("/end")),
        actions.iter().position(|path| path.ends_with("/confirm")),
    );
    assert!(no < yes && no.is_some(), "{actions:?}");
    assert_eq!(ada.post(&confirm, &[]).location(), "/account/grants?confirmed=1");
    let page = ada.get("/account/grants?confirmed=1");
    page.expect(200, &words("notice-grant-confirmed"));
    assert!(!page.body.contains(&words("grant-provisional-text")));
    assert_eq!(site.count("grant_confirmed"), 1);
    assert_eq!(ada.get(&confirm).location(), "/account/grants", "there is nothing left to confirm");
}

#[test]
fn a_browser_that_is_new_to_the_account_confirms_nothing() {
    let site = site();
    let (ada, _) = elsewhere(&site);
    drop(ada);
    site.notices();
    let mut other = site.browser_at("192.0.2.7");
    site.sign_in(&mut other, ADA);
    let page = other.get("/account/grants");
    let confirm = page.links().into_iter().find(|href| href.ends_with("/confirm")).unwrap();
    let page = other.get(&confirm);
    page.expect(200, &words("grant-confirm-browser-new"));
    assert!(page.attributes("action").iter().all(|path| !path.ends_with("/confirm")));
    assert_eq!(other.post(&confirm, &[]).location(), confirm);
    assert_eq!(site.count("grant_confirmed"), 0);
}

/// Every path of ours that only whoever is signed in may see or use, out of the table of paths.
fn inside() -> Vec<String> {
    let table = include_str!("../../src/lib.rs");
    let paths = table.split('"').filter(|text| {
        ["/account", "/operator", "/device", "/entry"].iter().any(|start| text.starts_with(start))
    });
    let id = "0196c1d2-7a3e-7c11-9d20-000000000021";
    let filled = paths.map(|path| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { id } else { part });
        parts.collect::<Vec<_>>().join("/")
    });
    filled.collect()
}

/// A token opens what services ask about, and no page: whoever has one adds nothing, confirms nothing, undoes nothing.
#[test]
fn row_27_no_token_opens_a_page_of_the_account_or_of_the_operator() {
    let site = site();
    let (_, token) = elsewhere(&site);
    site.notices();
    let before = site.events().len();
    let paths = inside();
    assert!(paths.len() > 40, "{paths:?}");
    for path in paths {
        for scheme in ["Bearer", "DPoP"] {
            let header = format!("{scheme} {token}");
            let headers =
                [("authorization", header.as_str()), ("content-type", "application/x-www-form-urlencoded")];
            for (method, body) in [(Method::GET, &b""[..]), (Method::POST, &b"csrf=x"[..])] {
                let answer = site.browser_at("127.0.0.1").send(method.clone(), &path, &headers, body);
                let shut = match answer.status {
                    303 => answer.header("location").starts_with("/sign-in"),
                    200 => path == "/entry" && !answer.body.contains(ADA),
                    status => matches!(status, 400 | 403 | 404 | 405),
                };
                assert!(shut, "{method} {path}: {} {}", answer.status, answer.header("location"));
            }
        }
    }
    assert_eq!(site.events().len(), before);
}

fn undo_page(browser: &mut Browser, since: &str) -> crate::answer::Answer {
    browser.get(&format!("/account/undo?since={since}"))
}

#[test]
fn row_34_an_intruders_doings_are_shown_and_undone_at_once() {
    let site = site();
    let mut ada = site.open_first(ADA);
    site.advance(3 * DAYS);
    site.sign_in(&mut ada, ADA);
    site.advance(HOUR);
    let since = site.cx().now.to_string();
    let mut intruder = site.browser_at("198.51.100.7");
    site.sign_in(&mut intruder, ADA);
    intruder.get("/account/authenticators/recovery-codes");
    let back = consent(&mut intruder, &request("app", &[("scope", "openid email")]));
    let mut caller = Caller::new(&site);
    let got = json(&caller.redeem(("app", false), &given(&back, "code").unwrap()));
    let token = got["access_token"].as_str().unwrap();
    site.advance(MINUTE);

    ada.get("/account/undo").expect(200, &words("undo-lead"));
    let page = undo_page(&mut ada, &since);
    page.expect(200, &words("undo-confirm-first")).expect(200, &words("undo-thing-session"));
    assert!(page.field("plan").is_none(), "no button before a proof");
    let here = format!("/account/undo?{}", wire::form::encode([("since", since.as_str())]));
    let on = wire::form::encode([("to", here.as_str())]);
    assert!(page.links().contains(&format!("/account/confirm?{on}")), "{:?}", page.links());
    site.sign_in(&mut ada, ADA);
    let page = undo_page(&mut ada, &since);
    page.expect(200, "Tide Tables").expect(200, &words("undo-stays-here"));
    let plan = page.field("plan").unwrap();
    let posted = |browser: &mut Browser, plan: &str| {
        browser.post("/account/undo", &[("since", &since), ("plan", plan)])
    };
    posted(&mut ada, "AAAAAAAAAAAAAAAAAAAAAA").expect(409, &words("undo-changed"));
    assert!(intruder.is_signed_in());
    assert_eq!(caller.userinfo("Bearer", token, false).status, 200);
    assert_eq!(posted(&mut ada, &plan).location(), "/account/undo?done=3");
    ada.get("/account/undo?done=3").expect(200, &counted("undo-done", 3));
    assert!(!intruder.is_signed_in() && ada.is_signed_in());
    assert_eq!(caller.userinfo("Bearer", token, false).status, 401);
    ada.get("/account/activity")
        .expect(200, &words("what-session-undone"))
        .expect(200, &words("undo-since-here"));
    assert_eq!(site.count("undone"), 1);
}

#[test]
fn whoever_is_signed_in_by_something_newer_is_asked_for_something_older() {
    let site = site();
    let mut ada = site.open_first(ADA);
    site.advance(HOUR);
    site.sign_in(&mut ada, ADA);
    consent(&mut ada, &request("web", &[("scope", "openid")]));
    // Before there was an account nothing was older.
    let page = ada.get("/account/undo?span=day");
    page.expect(200, &words("undo-older"));
    assert!(page.field("plan").is_none());
    let answer = ada.post("/account/undo", &[("span", "day"), ("plan", "AAAAAAAAAAAAAAAAAAAAAA")]);
    answer.expect(403, &words("undo-unproved"));
    let account = site.account(ADA).id;
    assert!(authenticator::list(site.app.store(), account).unwrap().is_empty());
    for bad in ["since=yesterday", "since=2999-01-01T00:00:00Z", "session=x", "span=year"] {
        ada.get(&format!("/account/undo?{bad}")).expect(200, &words("undo-lead"));
    }
    assert_eq!(site.browser().get("/account/undo?span=day").location(), "/sign-in?notice=needed");
}

#[test]
fn row_34_an_operator_sees_what_would_go_and_undoes_it_for_somebody_else() {
    let site = site();
    let mut operator = site.open_first(ADA);
    let mut bob = site.open("bob@example.org");
    site.advance(3 * DAYS);
    let mut intruder = site.browser_at("198.51.100.7");
    site.sign_in(&mut intruder, "bob@example.org");
    site.notices();
    let path = format!("/operator/accounts/{}/undo", site.account("bob@example.org").id);
    bob.get(&format!("{path}?span=day")).expect(403, &words("trouble-not-yours"));
    let page = format!("/operator/accounts/{}", site.account("bob@example.org").id);
    // Whoever operates proves it anew, and sees before anything happens.
    give_passkey(&site, ADA);
    let to = operator.get(&format!("{path}?span=day")).location();
    assert!(to.starts_with("/account/confirm?to="), "{to}");
    prove_passkey(&site, &mut operator);
    assert!(operator.get(&page).links().contains(&format!("{path}?span=day")));
    let before = site.events().len();
    let plan = operator.get(&format!("{path}?span=day"));
    plan.expect(200, "bob@example.org").expect(200, &words("undo-thing-session"));
    assert_eq!(site.events().len(), before, "looking changes nothing");
    let shown = plan.field("plan").unwrap();
    let posted = |browser: &mut Browser, plan: &str| browser.post(&path, &[("span", "day"), ("plan", plan)]);
    posted(&mut operator, "AAAAAAAAAAAAAAAAAAAAAA").expect(409, &words("undo-changed"));
    assert!(intruder.is_signed_in());
    let since = plan.field("since").unwrap();
    let done = operator.post(&path, &[("since", &since), ("plan", &shown)]).location();
    assert_eq!(done, format!("{page}?done=undo"));
    assert!(!intruder.is_signed_in() && operator.is_signed_in());
    assert_eq!(site.count("undone"), 1);
    let undone = site.events().into_iter().find(|event| event.kind.name() == "undone").unwrap();
    assert_eq!(undone.actor, Actor::Operator);
}
