//! Browser sessions: the cookie and its attributes, when it changes, how it ends, and whose it is.

use flow::account::Change;
use model::event::EventKind;
use model::session::SessionEnd;

use crate::browser::Browser;
use crate::site::{DAYS, HOUR, MINUTE, Plan, SECOND, Site, unlimited, words};

const ADA: &str = "ada@example.org";

fn site() -> Site {
    Site::with(Plan { policy: unlimited(), ..Plan::default() })
}

fn ended(site: &Site) -> Vec<SessionEnd> {
    let kinds = site.events().into_iter().map(|event| event.kind);
    kinds
        .filter_map(|kind| match kind {
            EventKind::SessionEnded { why } => Some(why),
            _ => None,
        })
        .collect()
}

/// The path that ends the session of `of`, as it stands on the page of `on`'s sessions.
fn end_of(on: &mut Browser, of: &Browser) -> String {
    let id = wire::token::decode::<48>(&of.cookie("session")).unwrap();
    let id = model::id::SessionId::from_bytes(id[..16].try_into().unwrap());
    let path = format!("/account/sessions/{id}/end");
    on.get("/account/sessions");
    path
}

#[test]
fn both_cookies_have_exactly_the_attributes_of_the_host_prefix() {
    let site = site();
    site.open_first(ADA);
    let mut browser = site.browser();
    let shown = |cookie: &str| {
        let (name, rest) = cookie.split_once('=').unwrap();
        let (value, attributes) = rest.split_once("; ").unwrap();
        (name.to_owned(), value.len(), attributes.to_owned())
    };
    let page = browser.get("/sign-in");
    let attributes = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=34560000".to_owned();
    let cookies: Vec<_> = page.cookies().iter().map(|cookie| shown(cookie)).collect();
    assert_eq!(cookies, [("__Host-bidden-browser".to_owned(), 22, attributes)]);

    let page = browser.ask(ADA);
    // Whoever has it keeps it; it is not set again.
    assert!(browser.get(&page).cookies().is_empty());
    let answer = browser.post(&page, &[("code", &site.mail().code)]);
    let attributes = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000".to_owned();
    let cookies: Vec<_> = answer.cookies().iter().map(|cookie| shown(cookie)).collect();
    assert_eq!(cookies, [("__Host-bidden-session".to_owned(), 64, attributes)]);

    browser.get("/account");
    let answer = browser.post("/sign-out", &[]);
    let removal = "__Host-bidden-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
    assert_eq!(answer.cookies(), [removal]);
    browser.get("/sign-in?notice=signed-out").expect(200, &words("notice-signed-out"));
}

#[test]
fn every_sign_in_gives_a_new_value_and_ends_the_one_before() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let mut values = vec![browser.cookie("session")];
    for _ in 0..3 {
        let mut before = browser.clone();
        // A page of an earlier ask, or of another tab: the sign-in page itself leads to the account.
        browser.get("/account");
        let page = browser.post("/sign-in", &[("address", ADA)]).location();
        let code = site.mail().code;
        assert_eq!(browser.submit(&page, &code).location(), "/account");
        assert!(browser.is_signed_in() && !before.is_signed_in());
        values.push(browser.cookie("session"));
    }
    values.sort_unstable();
    values.dedup();
    assert_eq!(values.len(), 4);
    assert_eq!(ended(&site), [SessionEnd::Replaced; 3]);
}

#[test]
fn a_cookie_that_was_not_given_out_signs_nobody_in() {
    let site = site();
    let browser = site.open_first(ADA);
    let value = browser.cookie("session");
    let bytes = wire::token::decode::<48>(&value).unwrap();
    let mut other_secret = bytes;
    other_secret[47] ^= 1;
    let mut other_id = bytes;
    other_id[0] ^= 1;
    for value in [
        wire::token::encode(&other_secret),
        wire::token::encode(&other_id),
        wire::token::encode(&[0; 48]),
        value[..63].to_owned(),
        format!("{value}A"),
        "nonsense".to_owned(),
        format!("{value}; __Host-bidden-session={}", wire::token::encode(&[0; 48])),
    ] {
        let mut thief = site.browser();
        thief.jar.insert("__Host-bidden-session".to_owned(), (value.clone(), None));
        let answer = thief.get("/account");
        assert!(answer.location().starts_with("/sign-in?notice="), "{value}");
        assert!(!thief.jar.contains_key("__Host-bidden-session") || value.contains(';'), "{value} stays");
    }
}

#[test]
fn a_session_ends_when_it_is_not_used_for_seven_days() {
    let site = site();
    let mut browser = site.open_first(ADA);
    for _ in 0..3 {
        site.advance(DAYS * 7 - SECOND);
        assert!(browser.is_signed_in());
    }
    site.advance(DAYS * 7);
    let over = browser.get("/account");
    assert_eq!(over.location(), "/sign-in?notice=over");
    assert_eq!(browser.cookie("session"), "");
    browser.get("/sign-in?notice=over").expect(200, &words("notice-session-over"));
    site.sweep();
    assert_eq!(ended(&site), [SessionEnd::Idle]);
}

#[test]
fn a_session_ends_after_thirty_days_however_often_it_is_used() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let value = browser.cookie("session");
    for _ in 0..29 {
        site.advance(DAYS);
        assert!(browser.is_signed_in());
    }
    site.advance(DAYS - SECOND);
    assert!(browser.is_signed_in());
    site.advance(SECOND);
    // The browser forgets it by itself; one that does not is refused all the same.
    browser.jar.insert("__Host-bidden-session".to_owned(), (value, None));
    assert_eq!(browser.get("/account").location(), "/sign-in?notice=over");
    site.sweep();
    assert_eq!(ended(&site), [SessionEnd::Absolute]);
}

#[test]
fn signing_out_ends_the_session_for_whoever_copied_the_cookie_too() {
    let site = site();
    let mut browser = site.open_first(ADA);
    let mut copy = browser.clone();
    browser.get("/account");
    let mut twice = browser.clone();
    assert_eq!(browser.post("/sign-out", &[]).location(), "/sign-in?notice=signed-out");
    assert!(!browser.is_signed_in() && !copy.is_signed_in());
    // The second click comes with the old cookie: its form is too old, and nothing is lost.
    twice.post("/sign-out", &[]).expect(403, &words("trouble-form-expired"));
    assert_eq!(ended(&site), [SessionEnd::SignedOut]);
}

#[test]
fn one_other_session_is_ended_or_all_of_them_and_this_one_stays() {
    let site = site();
    let mut here = site.open_first(ADA);
    let mut others: Vec<Browser> = (1..=3).map(|n| site.browser_at(&format!("192.0.2.{n}"))).collect();
    for other in &mut others {
        site.sign_in(other, ADA);
    }
    let path = end_of(&mut here, &others[0]);
    assert!(here.get("/account/sessions").attributes("action").contains(&path));
    assert_eq!(here.post(&path, &[]).location(), "/account/sessions?ended=1");
    assert!(!others[0].is_signed_in() && others[1].is_signed_in() && others[2].is_signed_in());
    // Twice is no error.
    assert_eq!(here.post(&path, &[]).location(), "/account/sessions?ended=1");

    let to = here.post("/account/sessions/end-others", &[]).location();
    assert_eq!(to, "/account/sessions?ended=2");
    here.get(&to).expect(200, "2 sessions were ended.");
    assert!(here.is_signed_in() && !others[1].is_signed_in() && !others[2].is_signed_in());
    assert_eq!(ended(&site), [SessionEnd::EndedByOwner; 3]);

    // Ending one's own session is signing out.
    let own = end_of(&mut here.clone(), &here);
    here.get("/account");
    assert_eq!(here.post(&own, &[]).location(), "/sign-in?notice=signed-out");
    assert!(!here.is_signed_in());
}

#[test]
fn nobody_ends_a_session_of_another_account() {
    let site = site();
    let mut ada = site.open_first(ADA);
    let mut bob = site.open("bob@example.org");
    let path = end_of(&mut bob, &ada);
    let before = format!("{:?}", site.events());
    bob.post(&path, &[]);
    bob.post("/account/sessions/end-others", &[]);
    for path in ["/account/sessions/x/end", "/account/sessions/%3C/end"] {
        bob.post(path, &[]).expect(404, &words("trouble-not-found"));
    }
    assert_eq!(format!("{:?}", site.events()), before);
    assert!(ada.is_signed_in() && bob.is_signed_in());
}

#[test]
fn a_locked_account_is_signed_out_at_once_and_cannot_sign_in() {
    let site = site();
    site.open_first("operator@example.org");
    let mut ada = site.open(ADA);
    let page = site.browser_at("192.0.2.7").ask(ADA);
    let _ = page;
    let mut asked = site.browser_at("192.0.2.8");
    let page = asked.ask(ADA);
    let code = site.post().into_iter().find(|mail| page.ends_with(&mail.request.to_string())).unwrap().code;
    site.change(ADA, Change::Lock);
    assert_eq!(ada.get("/account").location(), "/sign-in?notice=over");
    asked.submit(&page, &code).expect(422, "Its time ran out");
    assert!(!asked.is_signed_in());
    asked.ask(ADA);
    assert!(site.post().is_empty());

    site.change(ADA, Change::Unlock);
    let mut later = site.browser_at("192.0.2.9");
    site.sign_in(&mut later, ADA);
    later.get("/account/activity").expect(200, &words("end-not-sent-locked"));
}

#[test]
fn pages_of_an_account_lead_whoever_is_not_signed_in_to_the_sign_in_page() {
    let site = site();
    for path in ["/account", "/account/activity", "/account/activity?show=unused", "/operator"] {
        assert_eq!(site.browser().get(path).location(), "/sign-in?notice=needed", "{path}");
    }
    assert_eq!(site.browser().get("/").location(), "/sign-in");
    let mut ada = site.open_first(ADA);
    for path in ["/", "/sign-in"] {
        assert_eq!(ada.get(path).location(), "/account", "{path}");
    }
    site.browser().get("/sign-in?notice=needed").expect(200, &words("notice-sign-in-needed"));
}

#[test]
fn a_session_is_noted_as_used_at_most_once_a_minute() {
    let site = Site::with(Plan { policy: unlimited(), file: true, ..Plan::default() });
    let mut browser = site.open_first(ADA);
    site.advance(MINUTE - SECOND);
    let before = site.bytes();
    assert!(browser.is_signed_in());
    assert!(site.bytes() == before);
    site.advance(SECOND);
    assert!(browser.is_signed_in());
    assert!(site.bytes() != before);
    site.advance(HOUR);
    browser.get("/account").expect(200, "1 hour ago");
}

#[test]
fn whoever_signs_in_to_another_account_in_the_same_browser_leaves_the_first_one_for_good() {
    let site = site();
    let mut browser = site.open_first(ADA);
    site.open("bob@example.org");
    let mut before = browser.clone();
    browser.get("/account");
    let page = browser.post("/sign-in", &[("address", "bob@example.org")]).location();
    let code = site.mail().code;
    assert_eq!(browser.submit(&page, &code).location(), "/account");
    browser.get("/account").expect(200, "bob@example.org");
    assert!(!before.is_signed_in());
    assert_eq!(ended(&site), [SessionEnd::Replaced]);
}
