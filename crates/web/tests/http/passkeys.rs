//! Passkeys over HTTP: the forms, what they refuse, and where they lead.

use model::method::{Method, MethodPolicy};
use model::policy::Policy;
use proving::passkey::Authenticator;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::{DAYS, MINUTE, Plan, Site, words};

const ADA: &str = "ada@example.org";
const NEW: &str = "/account/authenticators/passkeys/new";
const PASSKEYS: &str = "/account/authenticators/passkeys";

fn options(page: &Answer) -> String {
    let all = page.attributes("data-options");
    assert_eq!(all.len(), 1, "{}", page.text());
    all[0].clone()
}

fn has_form(page: &Answer) -> bool {
    !page.attributes("data-options").is_empty()
}

/// Opens the page at `path`, lets `device` answer and posts the form.
pub(crate) fn answer(browser: &mut Browser, (path, to): (&str, &str), device: &mut Authenticator) -> Answer {
    let page = browser.get(path);
    let credential = device.sign(&options(&page)).unwrap();
    let challenge = page.field("challenge").unwrap();
    let mut fields = vec![("challenge", challenge.as_str()), ("credential", credential.as_str())];
    let on = page.field("to");
    fields.extend(on.as_deref().map(|on| ("to", on)));
    browser.post(to, &fields)
}

pub(crate) fn make(browser: &mut Browser, device: &mut Authenticator, name: &str) -> Answer {
    let page = browser.get(NEW);
    let credential = device.make(&options(&page)).unwrap();
    let challenge = page.field("challenge").unwrap();
    browser.post(PASSKEYS, &[("challenge", &challenge), ("credential", &credential), ("name", name)])
}

/// A site, the browser that opened its first account, and a device with a passkey for it.
fn begin() -> (Site, Browser, Authenticator) {
    let site = Site::new();
    let mut browser = site.open_first(ADA);
    let mut device = Authenticator::new(&browser.line.origin);
    // Time passes within a request as well.
    site.line.tick();
    let added = make(&mut browser, &mut device, "Ada’s phone");
    assert_eq!(added.location(), "/account/authenticators?notice=added");
    (site, browser, device)
}

const SIGN_IN: (&str, &str) = ("/sign-in", "/sign-in/passkey");

#[test]
fn a_passkey_is_added_signs_in_confirms_and_is_removed() {
    let (site, mut browser, mut device) = begin();
    browser
        .get("/account/authenticators?notice=added")
        .expect(200, &words("passkey-notice-added"))
        .expect(200, "Ada’s phone")
        .expect(200, &words("passkey-never"));
    browser.get("/account").expect(200, "1 passkey.");

    let mut other = site.browser_at("192.0.2.9");
    assert_eq!(answer(&mut other, SIGN_IN, &mut device).location(), "/account");
    assert!(other.is_signed_in());

    // The operator's pages and changes of the account ask for it again once it is old.
    site.advance(10 * MINUTE);
    assert_eq!(other.get(NEW).location(), "/account/confirm?to=%2Faccount%2Fauthenticators%2Fpasskeys%2Fnew");
    let before = other.cookie("session");
    let confirm = ("/account/confirm?to=/operator", "/account/confirm/passkey");
    assert_eq!(answer(&mut other, confirm, &mut device).location(), "/operator");
    assert_ne!(other.cookie("session"), before, "a raised session has another secret");
    other.get(NEW).expect(200, &words("passkey-new-heading"));

    let list = other.get("/account/authenticators");
    let remove = list.links().into_iter().find(|link| link.ends_with("/remove")).unwrap();
    let name = remove.replace("/remove", "/name");
    assert_eq!(
        other.post(&name, &[("name", "  Phone ")]).location(),
        "/account/authenticators?notice=renamed"
    );
    assert_eq!(other.post(&name, &[("name", "\u{202e}")]).location(), "/account/authenticators?notice=name");
    other.get(&remove).expect(200, &words("passkey-remove-last")).expect(200, "Phone");
    assert_eq!(other.post(&remove, &[]).location(), "/account/authenticators?notice=removed");
    other.get("/account/authenticators").expect(200, &words("passkeys-what"));

    let refused = answer(&mut site.browser(), SIGN_IN, &mut device);
    refused.expect(422, &words("passkey-refused-unknown"));
    assert_eq!(refused.attributes("data-unknown"), [wire::token::encode(&device.passkeys[0].id)]);
    assert_eq!(site.count("authenticator_removed"), 1);
}

#[test]
fn what_does_not_hold_is_refused_in_the_same_words_and_only_nobody_s_passkey_is_to_be_forgotten() {
    let (site, _, device) = begin();
    let mut elsewhere =
        Authenticator { origin: "http://localhost.evil.example:8000".to_owned(), ..device.clone() };
    let wrong = answer(&mut site.browser(), SIGN_IN, &mut elsewhere);
    wrong.expect(422, &words("passkey-refused-unknown"));
    assert!(wrong.attributes("data-unknown").is_empty());
    assert!(!site.browser().is_signed_in());
    assert_eq!(site.count("proof_refused"), 1);
}

#[test]
fn a_form_is_answered_once_and_in_five_minutes() {
    let (site, _, mut device) = begin();
    device.counts = false;
    device.passkeys[0].counter = 0;
    let mut browser = site.browser();
    let page = browser.get("/sign-in");
    let (json, challenge) = (device.sign(&options(&page)).unwrap(), page.field("challenge").unwrap());
    let fields = [("challenge", challenge.as_str()), ("credential", json.as_str())];
    let mut late = browser.clone();
    let mut again = browser.clone();
    assert_eq!(browser.post("/sign-in/passkey", &fields).location(), "/account");
    again.post("/sign-in/passkey", &fields).expect(422, &words("passkey-refused-over"));
    site.advance(5 * MINUTE);
    late.post("/sign-in/passkey", &fields).expect(422, &words("passkey-refused-over"));
}

#[test]
fn what_cannot_be_read_is_no_fault_of_ours() {
    let (site, _, mut device) = begin();
    // Whoever has no passkey yet needs no further proof to add one.
    let fresh = Site::new();
    let mut owner = fresh.open_first(ADA);
    let mut browser = site.browser();
    let page = browser.get("/sign-in");
    let (json, challenge) = (device.sign(&options(&page)).unwrap(), page.field("challenge").unwrap());
    let huge = format!("{json}{}", " ".repeat(wire::passkey::LONGEST));
    for bad in ["", "{}", "null", "[[[[[[", &json[..json.len() / 2], &json.replace("rawId", "raw"), &huge] {
        let fields = [("challenge", challenge.as_str()), ("credential", bad)];
        assert_eq!(browser.post("/sign-in/passkey", &fields).status, 400, "{}", bad.get(..40).unwrap_or(bad));
        let fields = [("challenge", challenge.as_str()), ("credential", bad), ("name", "x")];
        owner.get(NEW);
        assert_eq!(owner.post(PASSKEYS, &fields).status, 400);
    }
    let endless = "x".repeat(wire::form::LARGEST_BODY);
    assert_eq!(browser.post("/sign-in/passkey", &[("credential", &endless)]).status, 413);
    for bad in ["", "AAAA", &challenge[1..], &format!("{challenge}A")] {
        let fields = [("challenge", bad), ("credential", json.as_str())];
        browser.post("/sign-in/passkey", &fields).expect(422, &words("passkey-refused-over"));
    }
}

#[test]
fn row_47_a_passkey_form_of_another_page_is_refused() {
    let (site, mut owner, mut device) = begin();
    let mut browser = site.browser();
    let page = browser.get("/sign-in");
    let (json, challenge) = (device.sign(&options(&page)).unwrap(), page.field("challenge").unwrap());
    let mut stranger = site.browser();
    stranger.get("/sign-in");
    let fields = [("challenge", challenge.as_str()), ("credential", json.as_str())];
    // Another browser: its own CSRF field is right, the challenge is not its own.
    stranger.post("/sign-in/passkey", &fields).expect(422, &words("passkey-refused-over"));
    let body = wire::form::encode([("csrf", "x"), fields[0], fields[1]]);
    for path in ["/sign-in/passkey", "/account/confirm/passkey", PASSKEYS] {
        let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        assert_eq!(owner.post_as(path, &evil, &body).status, 403, "{path}");
        assert_eq!(owner.post_as(path, &[], &body).status, 403, "{path}");
        assert_eq!(owner.get(path).status, 405, "{path}");
    }
    assert_eq!(browser.post("/sign-in/passkey", &fields).location(), "/account");
}

#[test]
fn a_site_is_told_by_its_name_and_one_without_has_no_passkeys() {
    let site = Site::new();
    let mut browser = site.browser();
    assert!(has_form(&browser.get("/sign-in")));
    let by_number = browser.send(http::Method::GET, "/sign-in", &[("host", "127.0.0.1:8000")], b"");
    by_number.expect(200, &words("passkey-elsewhere")).expect(200, "http://localhost:8000");
    assert!(!has_form(&by_number));

    let plan = Plan { public_url: "http://127.0.0.1:8000", ..Plan::default() };
    let site = Site::with(plan);
    let by_name = site.browser().send(http::Method::GET, "/sign-in", &[("host", "localhost:8000")], b"");
    assert!(has_form(&by_name), "localhost is a name, whatever the public URL says");
    site.browser().get("/sign-in").expect(200, "http://localhost:8000");

    let plan = Plan { public_url: "https://192.0.2.1", loopback: false, ..Plan::default() };
    let page = Site::with(plan).browser().get("/sign-in");
    assert!(!has_form(&page) && !page.says(&words("passkey-elsewhere")));
}

#[test]
fn row_43_passkeys_that_are_switched_off_are_not_offered_and_not_taken() {
    let methods = MethodPolicy::OPEN.without(Method::Passkey);
    let site = Site::with(Plan { policy: Policy { methods, ..Policy::default() }, ..Plan::default() });
    let mut browser = site.open_first(ADA);
    assert!(!has_form(&site.browser().get("/sign-in")));
    let page = browser.get(NEW);
    page.expect(200, &words("passkey-refused-off"));
    assert!(!has_form(&page) && !browser.get("/account").says(&words("protect-offer")));
    assert!(!browser.get("/account/authenticators").links().contains(&NEW.to_owned()));
}

#[test]
fn adding_one_from_a_browser_that_is_new_to_the_account_says_that_it_is_held() {
    let (site, mut ada, _) = begin();
    site.advance(DAYS);
    // By the code alone, in the browser from before: this session has proved no passkey, and the account has one, so it
    // must prove that first. In a new browser it would wait.
    ada.get("/account");
    ada.post("/sign-out", &[]).location();
    let mut other = ada;
    site.sign_in(&mut other, ADA);
    assert!(other.get(NEW).location().starts_with("/account/confirm?to="));

    let site = Site::new();
    site.open_first(ADA);
    site.advance(DAYS);
    let mut other = site.browser_at("192.0.2.9");
    site.sign_in(&mut other, ADA);
    let mut device = Authenticator::new(&other.line.origin);
    assert_eq!(make(&mut other, &mut device, "Spare").location(), "/account/authenticators?notice=held");
    other.get("/account/authenticators?notice=held").expect(200, &words("passkey-held"));
    answer(&mut site.browser(), SIGN_IN, &mut device).expect(422, &words("passkey-refused-held"));
    site.advance(DAYS);
    assert_eq!(answer(&mut site.browser(), SIGN_IN, &mut device).location(), "/account");
}

#[test]
fn looking_at_the_pages_writes_nothing() {
    let (site, mut browser, _) = begin();
    let before = site.events().len();
    for path in ["/sign-in", NEW, "/account/authenticators", "/account/confirm?to=/operator"] {
        browser.get(path);
        site.browser().get(path);
    }
    assert_eq!(site.events().len(), before);
}
