//! What is one's own: the page of sessions, files of the record and of everything, and the end of the account.

use flow::account::Change;
use model::event::EventKind;
use model::notice::What;
use serde_json::Value;

use crate::browser::Browser;
use crate::site::{DAYS, HOUR, MINUTE, Plan, Site, unlimited, words};

const ADA: &str = "ada@example.org";
pub(crate) const BOB: &str = "bob@example.org";

fn site() -> Site {
    Site::with(Plan { policy: unlimited(), ..Plan::default() })
}

/// Ada, who is the operator, and Bob with one more browser.
pub(crate) fn two() -> (Site, Browser, Browser) {
    let site = site();
    site.open_first(ADA);
    let bob = site.open(BOB);
    let mut other = site.browser_at("192.0.2.7");
    site.sign_in(&mut other, BOB);
    (site, bob, other)
}

pub(crate) fn confirm_by_code(site: &Site, browser: &mut Browser, to: &str) {
    browser.get(&format!("/account/confirm?to={to}"));
    let page = browser.post("/account/confirm/code", &[("to", to)]).location();
    let code = site.mail().code;
    let on = browser.get(&page).field("to").unwrap();
    assert_eq!(browser.post(&page, &[("code", &code), ("to", &on)]).location(), to);
}

fn kinds(site: &Site) -> Vec<&'static str> {
    site.events().iter().map(|event| event.kind.name()).collect()
}

#[test]
fn a_session_of_another_browser_is_ended_only_after_a_fresh_proof() {
    let (site, mut bob, mut other) = two();
    site.advance(HOUR);
    let page = bob.get("/account/sessions");
    page.expect(200, &words("sessions-confirm"));
    assert!(!page.body.contains("/end\""), "no button that would only ask for something else");
    for path in ["/account/sessions/end-others".to_owned(), end_of(&other)] {
        assert_eq!(bob.post(&path, &[]).location(), "/account/confirm?to=%2Faccount%2Fsessions");
    }
    assert!(other.is_signed_in());
    confirm_by_code(&site, &mut bob, "/account/sessions");
    bob.get("/account/sessions");
    assert_eq!(bob.post(&end_of(&other), &[]).location(), "/account/sessions?ended=1");
    bob.get("/account/sessions?ended=1").expect(200, "1 session was ended.");
    assert!(!other.is_signed_in() && bob.is_signed_in());
    // Signing out asks for nothing.
    site.advance(HOUR);
    bob.get("/account");
    assert_eq!(bob.post(&end_of(&bob), &[]).location(), "/sign-in?notice=signed-out");
}

fn end_of(browser: &Browser) -> String {
    let id = wire::token::decode::<48>(&browser.cookie("session")).unwrap();
    let id = model::id::SessionId::from_bytes(id[..16].try_into().unwrap());
    format!("/account/sessions/{id}/end")
}

#[test]
fn the_page_of_sessions_says_since_when_and_marks_its_own() {
    let (site, mut bob, _other) = two();
    site.advance(2 * DAYS);
    let page = bob.get("/account/sessions");
    page.expect(200, &words("session-this"));
    for sentence in ["2 days ago", "192.0.2.7", "First sign-in"] {
        assert!(page.says(sentence), "{sentence}: {}", page.text());
    }
    bob.get("/account").expect(200, "2 browsers are signed in");
}

#[test]
fn places_are_said_of_addresses_that_are_somewhere_and_of_no_others() {
    let maps = model::place::Maps::new("en");
    let file = proving::places::write(
        "GeoLite2-City",
        &[("45.10.0.0/16", proving::places::City::new("Vienna", "Austria", "AT").value())],
    );
    maps.put_places(wire::place::Table::read(file, wire::place::Holds::Places).unwrap());
    let site = Site::with_places(Plan { policy: unlimited(), ..Plan::default() }, maps);
    site.open_first(ADA);
    let mut ada = site.browser_at("45.10.3.4");
    site.sign_in(&mut ada, ADA);
    ada.get("/account/sessions").expect(200, "near Vienna, Austria").expect(200, &words("places-note"));
    ada.get("/account/activity").expect(200, "near Vienna, Austria");
    let mut home = site.browser_at("192.168.0.7");
    site.sign_in(&mut home, ADA);
    home.post("/account/sessions/end-others", &[]);
    let page = home.get("/account/sessions");
    assert!(
        page.says("192.168.0.7") && !page.says("near ") && !page.says(&words("places-note")),
        "{}",
        page.text()
    );
}

#[test]
fn the_record_is_taken_along_as_the_filter_leaves_it() {
    let (site, mut bob, _other) = two();
    site.advance(10 * DAYS);
    let mut stranger = site.browser_at("198.51.100.9");
    stranger.ask(BOB);
    site.mail();
    site.advance(11 * MINUTE);
    site.sweep();
    site.advance(MINUTE);
    site.sign_in(&mut bob, BOB);

    let page = bob.get("/account/activity?show=unused&days=7");
    let links = page.attributes("href");
    for link in [
        "/account/activity?show=changes&days=7",
        "/account/activity?show=unused",
        "/account/activity/activity.csv?show=unused&days=7",
        "/account/activity/activity.jsonl?show=unused&days=7",
    ] {
        assert!(links.iter().any(|one| one == link), "{link} is not among {links:?}");
    }
    let before = format!("{:?}", site.events());
    let csv = bob.get("/account/activity/activity.csv?show=unused&days=7");
    assert_eq!(csv.status, 200);
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"activity.csv\"");
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = csv.body.lines().collect();
    assert!(lines[0].starts_with("time,what,details,by,address,browser"), "{}", lines[0]);
    let what: Vec<_> = lines[1..].iter().map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(what, ["sign_in_code_requested", "message_handed_over", "sign_in_code_expired"]);
    assert!(lines[1].contains(",visitor,198.51.100.9,firefox/linux,"), "{}", lines[1]);

    let all = bob.get("/account/activity/activity.jsonl");
    let own = site.account(BOB).id;
    let record = site.events().into_iter().filter(|event| event.subject.account() == Some(own)).count();
    assert_eq!(all.body.lines().count(), record);
    for line in all.body.lines() {
        let event: Value = line.parse().unwrap();
        assert_eq!(event["subject"]["account"], own.to_string());
    }
    let none = bob.get("/account/activity/activity.jsonl?show=changes&days=7");
    assert_eq!((none.status, none.body.as_str()), (200, ""));
    assert_eq!(format!("{:?}", site.events()), before, "nothing is noted of it");
    assert_eq!(site.browser().get("/account/activity/activity.csv").location(), "/sign-in?notice=needed");
}

#[test]
fn a_long_record_leaves_whole() {
    let site = site();
    let mut ada = site.open_first(ADA);
    let own = site.account(ADA).id;
    for n in 0..700_u32 {
        site.advance(MINUTE);
        site.write(move |tx, cx| {
            let kind = EventKind::SignInCodesSuppressed { count: n, since: cx.now };
            let event = model::event::Event::new(cx, model::event::Subject::Account(own), kind)?;
            tx.record(&[event], ())
        });
    }
    let record = site.events().into_iter().filter(|event| event.subject.account() == Some(own)).count();
    let file = ada.get("/account/activity/activity.jsonl");
    assert_eq!(file.body.lines().count(), record);
    confirm_by_code(&site, &mut ada, "/account/data");
    ada.get("/account/data");
    let data: Value = ada.post("/account/data", &[]).body.parse().unwrap();
    // Asking for the code, its mail, its use, the proof, and the download itself.
    assert_eq!(data["events"].as_array().unwrap().len(), record + 5);
}

#[test]
fn everything_is_handed_over_in_one_file_and_that_is_noted() {
    let (site, mut bob, _other) = two();
    site.line.tick();
    bob.get("/account/data").expect(200, &words("data-noted"));
    let answer = bob.post("/account/data", &[]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"account-data.json\"");
    let data: Value = answer.body.parse().unwrap();
    assert_eq!(data["format"], "bidden-account-data-1");
    assert_eq!(data["account"]["id"], site.account(BOB).id.to_string());
    assert_eq!(data["addresses"][0]["address"], BOB);
    assert_eq!(data["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(data["browsers"].as_array().unwrap().len(), 2);
    assert_eq!(data["events"][0]["kind"]["name"], "data_downloaded");
    for secret in [bob.cookie("session"), bob.cookie("browser"), ADA.to_owned()] {
        assert!(!answer.body.contains(&secret), "{secret}");
    }
    bob.get("/account/activity?show=changes").expect(200, &words("what-data-downloaded"));
}

#[test]
fn closing_and_taking_the_data_along_ask_for_a_fresh_proof() {
    let (site, mut bob, _other) = two();
    site.advance(6 * MINUTE);
    bob.get("/account");
    let before = kinds(&site).len();
    for path in ["/account/close", "/account/data"] {
        let there = format!("/account/confirm?to={}", path.replace('/', "%2F"));
        assert_eq!(bob.get(path).location(), there);
        assert_eq!(bob.post(path, &[]).location(), there);
    }
    assert_eq!(kinds(&site).len(), before);
    assert!(bob.is_signed_in());
}

#[test]
fn the_owner_closes_the_account_and_the_address_opens_another_one() {
    let (site, mut bob, mut other) = two();
    site.notices();
    bob.get("/account/close").expect(200, "2 browsers are signed in");
    let answer = bob.post("/account/close", &[]);
    assert_eq!(answer.location(), "/sign-in?notice=closed");
    assert_eq!(bob.cookie("session"), "");
    bob.get("/sign-in?notice=closed").expect(200, &words("notice-closed"));
    assert!(!bob.is_signed_in() && !other.is_signed_in());
    let told: Vec<_> = site.notices().into_iter().map(|(to, notice, _)| (to, notice.what)).collect();
    assert_eq!(told, [(BOB.to_owned(), What::AccountClosed)]);
    let mut again = site.open(BOB);
    again.get("/account/activity").expect(200, &words("what-account-opened-invitation"));
}

#[test]
fn the_last_operator_is_told_why_not() {
    let site = site();
    let mut ada = site.open_first(ADA);
    let page = ada.get("/account/close");
    page.expect(200, "this is the last account that can operate");
    assert!(!page.attributes("action").contains(&"/account/close".to_owned()));
    assert_eq!(ada.post("/account/close", &[]).status, 409);
    assert!(ada.is_signed_in());
}

#[test]
fn whoever_is_locked_while_closing_is_closed_by_nobody() {
    let (site, mut bob, _other) = two();
    bob.get("/account/close");
    site.change(BOB, Change::Lock);
    assert_eq!(bob.post("/account/close", &[]).status, 403, "the form is of a session that is over");
}
