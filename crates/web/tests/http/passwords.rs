//! Passwords and apps over HTTP: setting, signing in, confirming, and what strangers are told.

use std::time::Duration;

use flow::account::Change;
use model::authenticator::totp::{Algorithm, Digits, Step, Totp};
use model::method::{Method, MethodPolicy};
use model::policy::Policy;
use model::secret::Secret;
use web::hashing::{Pool, Settings};

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::{DAYS, MINUTE, Plan, SECOND, Site, counted, words};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
pub(crate) const GOOD: &str = "wander quietly beneath seventeen lanterns";
const OTHER: &str = "eleven umbrellas forgot the morning ferry";
const WRONG: &str = "wander quietly beneath sixteen lanterns";
const SET: &str = "/account/authenticators/password";
const APP: &str = "/account/authenticators/app";
const LIST: &str = "/account/authenticators";

fn type_in(browser: &mut Browser, address: &str, password: &str) -> Answer {
    browser.get("/sign-in/password");
    browser.post("/sign-in/password", &[("address", address), ("password", password)])
}

pub(crate) fn set(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(SET);
    assert_eq!(page.status, 200, "{}", page.text());
    browser.post(SET, fields)
}

/// A site, and the browser that opened its first account and has set a password.
fn begin() -> (Site, Browser) {
    let site = Site::new();
    let mut browser = site.open_first(ADA);
    site.line.tick();
    assert_eq!(set(&mut browser, &[("new", GOOD)]).location(), "/account/authenticators?notice=password-set");
    (site, browser)
}

/// What an app reads from the page.
fn scan(page: &Answer) -> Totp {
    let uri = page.attributes("href").into_iter().find(|link| link.starts_with("otpauth://")).unwrap();
    let secret = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = secret
        .bytes()
        .flat_map(|letter| {
            let value = letters.iter().position(|own| *own == letter).unwrap();
            (0..5).rev().map(move |bit| u8::try_from(value >> bit & 1).unwrap())
        })
        .collect();
    let bytes = bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |all, bit| all << 1 | bit)).collect();
    Totp::from_parts(Secret::new(bytes), Algorithm::Sha1, Digits::Six).unwrap()
}

pub(crate) fn code(site: &Site, app: &Totp) -> String {
    app.code(Step::of(site.line.now())).expose().clone()
}

pub(crate) fn add_app(site: &Site, browser: &mut Browser) -> Totp {
    let page = browser.get(APP);
    let (app, secret) = (scan(&page), page.field("secret").unwrap());
    let code = code(site, &app);
    let added = browser.post(APP, &[("secret", &secret), ("code", &code)]);
    assert_eq!(added.location(), "/account/authenticators?notice=app-added");
    app
}

#[test]
fn a_password_is_set_signs_in_confirms_is_changed_and_removed() {
    let (site, mut browser) = begin();
    browser
        .get("/account/authenticators?notice=password-set")
        .expect(200, &words("password-notice-set"))
        .expect(200, &words("password-change-link"));
    browser.get("/account").expect(200, &words("protect-password"));
    let mut other = site.browser_at("192.0.2.9");
    other.get("/sign-in").expect(200, &words("sign-in-password-link"));
    assert_eq!(type_in(&mut other, ADA, GOOD).location(), "/account");
    assert!(other.is_signed_in());
    // Whoever just changed something can end the other session at once.
    browser.get("/account/authenticators?notice=password-set").expect(200, &words("authenticators-others"));

    site.advance(10 * MINUTE);
    assert_eq!(other.get(SET).location(), format!("/account/confirm?to={}", SET.replace('/', "%2F")));
    let page = other.get("/account/confirm?to=/account/authenticators/password");
    page.expect(200, &words("confirm-password"));
    let before = other.cookie("session");
    let wrong = other.post("/account/confirm/password", &[("to", SET), ("password", WRONG)]);
    wrong.expect(422, &words("password-current-wrong"));
    assert_eq!(other.post("/account/confirm/password", &[("to", SET), ("password", GOOD)]).location(), SET);
    assert_ne!(other.cookie("session"), before, "a raised session has another secret");

    set(&mut other, &[("password", WRONG), ("new", OTHER)]).expect(422, &words("password-current-wrong"));
    set(&mut other, &[("new", OTHER)]).expect(422, &words("password-error-missing"));
    let changed = set(&mut other, &[("password", GOOD), ("new", OTHER)]);
    assert_eq!(changed.location(), "/account/authenticators?notice=password-changed");
    type_in(&mut site.browser(), ADA, GOOD).expect(422, &words("password-error-wrong"));
    let list = other.get(LIST);
    let remove = list.links().into_iter().find(|link| link.ends_with("/remove")).unwrap();
    other.get(&remove).expect(200, &words("password-remove-lead"));
    assert_eq!(other.post(&remove, &[]).location(), "/account/authenticators?notice=password-removed");
    other.get(LIST).expect(200, &words("password-none"));
    type_in(&mut site.browser(), ADA, OTHER).expect(422, &words("password-error-wrong"));
}

#[test]
fn a_password_and_an_app_sign_in_together() {
    let (site, mut browser) = begin();
    let page = browser.get(APP);
    assert!(page.body.contains("class=\"qr\""));
    let (app, secret) = (scan(&page), page.field("secret").unwrap());
    let wrong = browser.post(APP, &[("secret", &secret), ("code", "000000")]);
    wrong.expect(422, &words("app-error-wrong"));
    assert_eq!(wrong.field("secret"), Some(secret.clone()), "what was scanned is not scanned again");
    browser.post(APP, &[("secret", &secret), ("code", "")]).expect(422, &words("app-error-missing"));
    browser.post(APP, &[("secret", "x"), ("code", "123456")]).expect(422, &words("app-add-over"));
    let first = code(&site, &app);
    let added = browser.post(APP, &[("secret", &secret), ("code", &first)]);
    assert_eq!(added.location(), "/account/authenticators?notice=app-added");
    browser.get(APP).location();
    site.advance(MINUTE);

    let mut other = site.browser_at("192.0.2.9");
    assert_eq!(other.get("/sign-in/totp").location(), "/sign-in/password?notice=over");
    assert_eq!(type_in(&mut other, ADA, GOOD).location(), "/sign-in/totp");
    assert!(!other.is_signed_in(), "the password alone is half of it");
    other.get("/sign-in/totp").expect(200, &words("app-heading"));
    other.post("/sign-in/totp", &[("code", "")]).expect(422, &words("app-error-missing"));
    other.post("/sign-in/totp", &[("code", "12345")]).expect(422, &words("app-error-malformed"));
    other.post("/sign-in/totp", &[("code", "000000")]).expect(422, &words("app-error-wrong"));
    let right = code(&site, &app);
    // The cookie of one browser is worth nothing in another.
    let mut thief = site.browser_at("192.0.2.10");
    thief.get("/sign-in/password");
    let half = other.jar["__Host-bidden-halfway"].clone();
    thief.jar.insert("__Host-bidden-halfway".to_owned(), half);
    assert_eq!(thief.post("/sign-in/totp", &[("code", &right)]).location(), "/sign-in/password?notice=over");
    assert_eq!(other.post("/sign-in/totp", &[("code", &right)]).location(), "/account");
    assert!(other.is_signed_in() && other.cookie("halfway").is_empty());

    // Both together open what only the second level opens.
    site.advance(MINUTE);
    other.get("/operator/tenants").expect(200, "Tenants");
    site.advance(13 * 60 * MINUTE);
    assert!(other.get("/operator/tenants").location().starts_with("/account/confirm?to="));
    let page = other.get("/account/confirm?to=/operator/tenants");
    page.expect(200, &words("confirm-password-app"));
    let fields = [("to", "/operator/tenants"), ("password", GOOD), ("code", "000000")];
    other.post("/account/confirm/password", &fields).expect(422, &words("app-error-wrong"));
    let right = code(&site, &app);
    let fields = [("to", "/operator/tenants"), ("password", GOOD), ("code", right.as_str())];
    assert_eq!(other.post("/account/confirm/password", &fields).location(), "/operator/tenants");

    let list = other.get(LIST);
    let last = list.links().into_iter().rfind(|link| link.ends_with("/remove")).unwrap();
    other.get(&last).expect(200, &words("app-remove-lead"));
    assert_eq!(other.post(&last, &[]).location(), "/account/authenticators?notice=app-removed");
    assert_eq!(type_in(&mut site.browser(), ADA, GOOD).location(), "/account");
}

#[test]
fn a_weak_password_is_refused_with_its_reason_and_not_shown_again() {
    let site = Site::new();
    let mut browser = site.open_first(ADA);
    let long = "x".repeat(257);
    for (typed, text) in [
        ("", words("new-password-missing")),
        ("kX9#vQ2mL7pR4w", "It has 14 characters; at least 15 are needed.".to_owned()),
        (&long, counted("new-password-too-long", 256)),
        ("a\tb and some more of it", words("new-password-control")),
        ("aaaaaaaaaaaaaaaaaaaa", words("new-password-repeated")),
        ("ada@example.org", words("new-password-personal")),
        ("abcdefghijklmnopqrst", words("new-password-sequence")),
    ] {
        let answer = set(&mut browser, &[("new", typed)]);
        answer.expect(422, &text);
        // Its address stands on the page anyway.
        assert!(typed.len() < 3 || typed == ADA || !answer.body.contains(typed), "{typed}");
    }
    assert_eq!(site.count("authenticator_added"), 0);
}

/// An answer without what differs between any two requests.
fn bare(answer: &Answer, browser: &Browser, address: &str) -> String {
    let mut text = format!("{}\n", answer.status);
    for (name, value) in answer.headers.iter().filter(|(name, _)| *name != "content-length") {
        text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
    }
    text.push_str(&answer.body);
    text.replace(address, "ADDRESS")
        .replace(&browser.csrf, "CSRF")
        .replace(&browser.cookie("browser"), "HALF")
}

/// Row 12: no account, no password, a wrong one, a locked account, too many wrong ones: the same answer, down to the byte.
#[test]
fn row_12_whatever_is_wrong_with_a_password_the_answer_is_the_same() {
    let (site, _) = begin();
    let mut bob = site.open(BOB);
    set(&mut bob, &[("new", OTHER)]);
    site.open("cyd@example.org");
    site.change(BOB, Change::Lock);
    let ask = |address: &str, password: &str| {
        let mut browser = site.browser_at("198.51.100.9");
        (0..8)
            .map(|_| {
                let answer = type_in(&mut browser, address, password);
                answer.expect(422, &words("password-error-wrong"));
                bare(&answer, &browser, address)
            })
            .collect::<Vec<_>>()
    };
    let nobody = ask("eve@example.org", GOOD);
    assert_eq!(nobody, ask("cyd@example.org", GOOD), "no password");
    assert_eq!(nobody, ask(ADA, WRONG), "a wrong one, and then too many of them");
    assert_eq!(nobody, ask(ADA, GOOD), "the right one, after too many wrong ones");
    assert_eq!(nobody, ask(BOB, OTHER), "a locked account");
    assert_eq!(nobody, ask("eve-the-private", GOOD), "a private name that nobody has");
}

#[test]
fn a_wrong_password_is_answered_no_sooner_than_a_slow_hash_would_be() {
    let even = Duration::from_millis(400);
    let site = Site::with(Plan { even, ..Plan::default() });
    #[expect(clippy::disallowed_methods, reason = "how long an answer takes is what is tested")]
    let began = std::time::Instant::now();
    type_in(&mut site.browser(), ADA, GOOD).expect(422, &words("password-error-wrong"));
    assert!(began.elapsed() >= even, "{:?}", began.elapsed());
}

#[test]
fn a_pool_that_takes_nobody_answers_503_and_the_attempt_is_given_back() {
    let pool = Pool::new(Settings::default());
    pool.end();
    let busy = Site::with(Plan { hashing: Some(pool), ..Plan::default() });
    for _ in 0..9 {
        let answer = type_in(&mut busy.browser(), ADA, GOOD);
        assert_eq!((answer.status, answer.header("retry-after")), (503, "5"));
    }
    assert_eq!(busy.count("proof_refused") + busy.count("attempts_blocked"), 0);
}

#[test]
fn row_43_where_passwords_are_off_they_are_not_offered_and_not_taken() {
    let methods = MethodPolicy::OPEN.without(Method::Password).without(Method::Totp);
    let site = Site::with(Plan { policy: Policy { methods, ..Policy::default() }, ..Plan::default() });
    let mut browser = site.open_first(ADA);
    assert!(!site.browser().get("/sign-in").says(&words("sign-in-password-link")));
    assert_eq!(site.browser().get("/sign-in/password").status, 404);
    browser.get(SET).expect(200, &words("password-set-off"));
    browser.post(SET, &[("new", GOOD)]).expect(422, &words("password-error-off"));
    browser.get(APP).expect(200, &words("app-unable-off"));
    let policy = site.browser().get("/.well-known/sign-in-policy");
    assert!(!policy.body.contains("password") && !policy.body.contains("sms_code"));

    // A tenant that takes none: every address of its domain gets the same page.
    let (site, _) = begin();
    crate::policy::university(&site, MethodPolicy::OPEN.without(Method::Password).without(Method::Totp));
    for address in ["ada@example.edu", "nobody@example.edu"] {
        let answer = type_in(&mut site.browser(), address, GOOD);
        answer.expect(422, "Nobody at example.edu signs in with a password here.");
    }
    assert_eq!(site.count("proof_refused"), 0);
}

/// Row 47: forms of other pages are refused.
#[test]
fn row_47_a_password_form_of_another_page_is_refused() {
    let (_, mut browser) = begin();
    for path in ["/sign-in/password", "/sign-in/totp", "/account/confirm/password", SET, APP] {
        let body = wire::form::encode([("csrf", "x"), ("address", ADA), ("password", GOOD), ("new", OTHER)]);
        let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        assert_eq!(browser.post_as(path, &evil, &body).status, 403, "{path}");
        assert_eq!(browser.post_as(path, &[], &body).status, 403, "{path}");
    }
}

#[test]
fn a_first_password_from_a_browser_that_is_new_is_held_and_the_browser_is_told_until_when() {
    let site = Site::new();
    site.open_first(ADA);
    site.advance(DAYS);
    let mut new = site.browser_at("192.0.2.9");
    site.sign_in(&mut new, ADA);
    assert_eq!(set(&mut new, &[("new", GOOD)]).location(), "/account/authenticators?notice=password-held");
    new.get("/account/authenticators?notice=password-held").expect(200, &words("passkey-held"));
    new.post("/sign-out", &[]);
    type_in(&mut new, ADA, GOOD).expect(422, "is held. It can be used from");
    type_in(&mut site.browser_at("192.0.2.10"), ADA, GOOD).expect(422, &words("password-error-wrong"));
    site.advance(DAYS);
    assert_eq!(type_in(&mut site.browser_at("192.0.2.10"), ADA, GOOD).location(), "/account");
}

#[test]
fn looking_at_the_pages_writes_nothing_and_the_well_known_address_leads_to_the_page() {
    let (site, mut browser) = begin();
    let before = site.events().len();
    for path in ["/sign-in/password", "/sign-in/totp", SET, APP, LIST, "/account/confirm?to=/operator"] {
        browser.get(path);
        site.browser().get(path);
    }
    assert_eq!(site.events().len(), before);
    assert_eq!(browser.get("/.well-known/change-password").location(), SET);
    site.advance(SECOND);
    assert_eq!(browser.get(SET).attributes("autocomplete"), ["username", "current-password", "new-password"]);
    let fresh = site.browser().get("/sign-in/password").attributes("autocomplete");
    assert_eq!(fresh, ["username", "current-password"]);
    let app = add_app(&site, &mut browser);
    site.advance(MINUTE);
    let mut other = site.browser();
    type_in(&mut other, ADA, GOOD);
    assert_eq!(other.get("/sign-in/totp").attributes("autocomplete"), ["one-time-code"]);
    assert_eq!(other.post("/sign-in/totp", &[("code", &code(&site, &app))]).location(), "/account");
}
