//! Recovery, what waits, and the links that stop it, over HTTP: what each page says, and to whom.

use http::Method;
use model::method::{Method as Proof, MethodPolicy, MethodSet, Use};
use model::policy::Policy;
use proving::passkey::Authenticator;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::passkeys::{answer, make};
use crate::passwords::{add_app, code};
use crate::site::{DAYS, HOUR, MINUTE, Plan, SECOND, Site, counted, unlimited, words};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.net";
const NOBODY: &str = "nobody@example.org";
const CODES: &str = "/account/authenticators/recovery-codes";

/// Adds a recovery address to the account of `browser`.
fn add_recovery(site: &Site, browser: &mut Browser, address: &str) {
    browser.get("/account/addresses");
    let page = browser.post("/account/addresses", &[("address", address), ("role", "recovery")]).location();
    let code = site.mail().code;
    assert_eq!(browser.submit(&page, &code).location(), "/account/addresses?notice=recovery-added");
}

/// Makes a set of recovery codes and returns them as the page shows them.
fn codes(browser: &mut Browser) -> (Answer, Vec<String>) {
    let seen = browser.get(CODES).field("seen").unwrap();
    let page = browser.post(CODES, &[("seen", &seen)]);
    let shown = page.body.split("<li><code>").skip(1);
    let shown: Vec<String> = shown.map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    (page, shown)
}

/// A site, its first account with a recovery address, and a set of recovery codes.
fn begin() -> (Site, Browser, Vec<String>) {
    let site = Site::with(Plan { policy: unlimited(), ..Plan::default() });
    let mut ada = site.open_first(ADA);
    add_recovery(&site, &mut ada, BOB);
    site.line.tick();
    let (_, codes) = codes(&mut ada);
    site.notices();
    site.line.tick();
    (site, ada, codes)
}

fn ask(browser: &mut Browser, account: &str, address: &str) -> Answer {
    browser.line.tick();
    browser.get("/recover");
    browser.post("/recover", &[("account", account), ("address", address)])
}

fn saved(browser: &mut Browser, account: &str, code: &str) -> Answer {
    browser.line.tick();
    browser.get("/recover");
    browser.post("/recover/saved", &[("account", account), ("code", code)])
}

/// The path that the page of what waits posts to.
fn enter(page: &Answer) -> String {
    page.attributes("action").into_iter().find(|path| path.starts_with("/entry/")).unwrap()
}

#[test]
fn two_proofs_let_in_at_once_and_what_is_not_kept_is_gone() {
    let (site, mut ada, codes) = begin();
    let mut device = Authenticator::new(&ada.line.origin);
    make(&mut ada, &mut device, "Ada’s phone");
    site.notices();
    let mut other = site.browser_at("192.0.2.9");
    assert!(other.get("/sign-in").links().contains(&"/recover".to_owned()));
    assert_eq!(saved(&mut other, ADA, &codes[0].to_lowercase()).location(), "/entry");
    let page = other.get("/entry");
    page.expect(200, &words("entry-recovery-heading")).expect(200, "a…@example.org");
    assert!(!page.body.contains(ADA), "one proof does not tell the whole address");
    let second = page.links().into_iter().find(|link| link.starts_with("/recover?entry=")).unwrap();
    let form = other.get(&second);
    form.expect(200, &words("recover-second-lead"));
    let entry = form.field("entry").unwrap();
    let typing = other.post("/recover", &[("entry", &entry), ("address", BOB)]).location();
    other.get(&typing).expect(200, &words("code-heading-recovery"));
    let mail = site.mail();
    assert_eq!(mail.to, BOB);
    assert_eq!(other.submit(&typing, &mail.code).location(), "/entry");
    let page = other.get("/entry");
    page.expect(200, &words("entry-recovery-open-heading")).expect(200, "Ada’s phone");
    let done = other.post(&enter(&page), &[]);
    assert_eq!(done.location(), "/account/authenticators?notice=recovered");
    other
        .get("/account/authenticators?notice=recovered")
        .expect(200, &words("authenticators-recovered"))
        .expect(200, &words("passkeys-what"))
        .expect(200, &words("recovery-codes-none"));
    assert!(!ada.is_signed_in(), "every session from before has ended");
    assert!(other.get(CODES).status == 200, "and nobody asks for what is lost");
    other.get("/account/activity").expect(200, &words("what-session-recovered"));
    other.get("/entry").expect(200, &words("entry-none-heading"));
}

#[test]
fn what_is_ticked_is_kept() {
    let (site, mut ada, codes) = begin();
    let mut device = Authenticator::new(&ada.line.origin);
    make(&mut ada, &mut device, "Kept");
    site.notices();
    let mut other = site.browser_at("192.0.2.9");
    saved(&mut other, ADA, &codes[0]);
    site.advance(3 * DAYS);
    let page = other.get("/entry");
    let names = page.attributes("name");
    let keep = names.iter().find(|name| name.starts_with("keep.")).unwrap();
    assert_eq!(other.post(&enter(&page), &[(keep, "1")]).status, 303);
    let mut third = site.browser_at("192.0.2.10");
    assert_eq!(answer(&mut third, ("/sign-in", "/sign-in/passkey"), &mut device).location(), "/account");
}

/// Where neither a passkey nor an app signs anybody in, and both get back in.
fn only_recovering() -> Site {
    let sign_in = MethodSet::of(&[Proof::MailCode]);
    let methods = MethodPolicy::OPEN.with(Use::SignIn, sign_in).with(Use::StepUp, MethodSet::NONE);
    Site::with(Plan { policy: Policy { methods, ..unlimited() }, ..Plan::default() })
}

const BY_PASSKEY: (&str, &str) = ("/recover", "/recover/passkey");

#[test]
fn row_43_a_passkey_that_signs_nobody_in_gets_back_in_with_a_saved_code_and_is_kept() {
    let site = only_recovering();
    let mut ada = site.open_first(ADA);
    site.line.tick();
    let (_, codes) = codes(&mut ada);
    let mut device = Authenticator::new(&ada.line.origin);
    make(&mut ada, &mut device, "Ada’s phone");
    site.notices();
    let mut other = site.browser_at("192.0.2.9");
    let refused = answer(&mut other, BY_PASSKEY, &mut {
        let mut none = device.clone();
        none.passkeys[0].id[0] ^= 1;
        none
    });
    refused.expect(422, &words("passkey-refused-unknown"));
    assert_eq!(answer(&mut other, BY_PASSKEY, &mut device).location(), "/entry");
    assert!(!other.is_signed_in());
    let page = other.get("/entry");
    page.expect(200, &words("entry-recovery-heading"));
    let second = page.links().into_iter().find(|link| link.starts_with("/recover?entry=")).unwrap();
    let form = other.get(&second);
    assert!(form.attributes("data-options").is_empty(), "a second one is of the same kind");
    assert!(!form.attributes("action").contains(&"/recover/app".to_owned()));
    let entry = form.field("entry").unwrap();
    assert_eq!(other.post("/recover/saved", &[("entry", &entry), ("code", &codes[0])]).location(), "/entry");
    let page = other.get("/entry");
    page.expect(200, &words("entry-recovery-open-heading"));
    assert!(page.body.contains(" checked>"), "whoever has just used it has it");
    let keep = page.attributes("name").into_iter().find(|name| name.starts_with("keep.")).unwrap();
    assert_eq!(other.post(&enter(&page), &[(&keep, "1")]).status, 303);
    other.get("/account/authenticators").expect(200, "Ada’s phone");
    other.get("/operator").expect(403, &words("trouble-passkey-first"));
}

#[test]
fn an_app_is_a_second_proof_and_its_page_says_what_was_wrong() {
    let (site, mut ada, _) = begin();
    ada.post("/account/authenticators/password", &[("new", "wander quietly beneath seventeen lanterns")]);
    let app = add_app(&site, &mut ada);
    site.notices();
    let mut other = site.browser_at("192.0.2.9");
    other.get("/recover");
    assert_eq!(other.post("/recover/app", &[("code", "123456")]).location(), "/entry", "alone it is nothing");
    let typing = ask(&mut other, ADA, BOB).location();
    let mail = site.mail();
    assert_eq!(other.submit(&typing, &mail.code).location(), "/entry");
    let page = other.get("/entry");
    let second = page.links().into_iter().find(|link| link.starts_with("/recover?entry=")).unwrap();
    let form = other.get(&second);
    form.expect(200, &words("recover-app-heading"));
    assert!(!form.attributes("action").contains(&"/recover".to_owned()), "a second mail is the same kind");
    let entry = form.field("entry").unwrap();
    let mut typed = |code: &str| other.post("/recover/app", &[("entry", &entry), ("code", code)]);
    typed(" ").expect(422, &words("app-error-missing"));
    typed("12").expect(422, &words("app-error-malformed"));
    typed("000000").expect(422, &words("app-error-wrong"));
    site.advance(MINUTE);
    assert_eq!(typed(&code(&site, &app)).location(), "/entry");
    other.get("/entry").expect(200, &words("entry-recovery-open-heading"));
}

#[test]
fn a_recovery_that_waits_is_shown_on_every_page_of_whoever_is_signed_in_who_can_stop_it() {
    let (site, mut ada, codes) = begin();
    let mut other = site.browser_at("192.0.2.9");
    saved(&mut other, ADA, &codes[0]);
    for path in ["/account", "/account/activity", "/account/addresses", "/account/authenticators"] {
        ada.get(path).expect(200, &counted("banner-waiting", 1));
    }
    let page = ada.get("/account");
    page.expect(200, &words("waiting-recovery")).expect(200, &counted("waiting-codes", 9));
    let cancel =
        page.attributes("action").into_iter().find(|path| path.starts_with("/account/entries/")).unwrap();
    assert_eq!(ada.post(&cancel, &[]).location(), "/account?notice=entry-cancelled");
    ada.get("/account?notice=entry-cancelled").expect(200, &words("notice-entry-cancelled"));
    assert!(!ada.get("/account").says(&counted("banner-waiting", 1)));
    assert_eq!(ada.post(&cancel, &[]).location(), "/account", "two clicks are no error");
    other.get("/entry").expect(200, &words("entry-none-heading"));
    let nobody = site.browser_at("192.0.2.11").post(&cancel, &[]);
    assert_eq!(nobody.status, 403);
}

#[test]
fn whoever_got_the_notice_stops_it_by_a_button_and_looking_changes_nothing() {
    let (site, _, codes) = begin();
    let mut other = site.browser_at("192.0.2.9");
    saved(&mut other, ADA, &codes[0]);
    let told = site.notices();
    assert_eq!(told.len(), 2);
    let link = told[1].2.clone().unwrap();
    let mut bob = site.browser_at("192.0.2.12");
    let count = site.events().len();
    for _ in 0..2 {
        bob.get(&link).expect(200, &words("cancel-recovery-heading"));
        bob.send(Method::HEAD, &link, &[], b"");
    }
    assert_eq!(site.events().len(), count);
    bob.get(&link[..link.len() - 1]).expect(404, &words("cancel-gone-heading"));
    bob.post(&link, &[]).expect(200, &words("cancel-entry-done"));
    bob.post(&link, &[]).expect(404, &words("cancel-gone-heading"));
    bob.get(&link).expect(404, &words("cancel-gone-heading"));
    assert_eq!(site.count("entry_cancelled"), 1);
}

#[test]
fn row_19_a_code_in_a_new_browser_waits_calmly_and_the_page_says_what_to_do() {
    let (site, mut ada, _) = begin();
    let mut device = Authenticator::new(&ada.line.origin);
    make(&mut ada, &mut device, "Phone");
    site.notices();
    let mut other = site.browser_at("192.0.2.9");
    let typing = other.ask(ADA);
    let code = site.mail().code;
    assert_eq!(other.submit(&typing, &code).location(), "/entry");
    assert!(!other.is_signed_in());
    let page = other.get("/entry");
    page.expect(200, &words("entry-sign-in-heading")).expect(200, &words("entry-told"));
    other.get("/sign-in").expect(200, &words("sign-in-waiting"));
    let early = other.post("/entry/0196c1d2-7a3e-7c11-9d20-000000000001", &[]);
    early.expect(409, &words("entry-closed"));
    site.advance(DAYS);
    let page = other.get("/entry");
    page.expect(200, &words("entry-sign-in-open-heading"));
    let path = enter(&page);
    let mut thief = site.browser_at("192.0.2.10");
    thief.get("/sign-in");
    thief.post(&path, &[]).expect(409, &words("entry-closed"));
    assert_eq!(other.post(&path, &[]).location(), "/account");
    assert!(other.is_signed_in());
}

#[test]
fn row_19_a_passkey_on_the_page_that_waits_signs_in_at_once() {
    let (site, mut ada, _) = begin();
    let mut device = Authenticator::new(&ada.line.origin);
    make(&mut ada, &mut device, "Phone");
    site.notices();
    let mut other = site.browser_at("192.0.2.9");
    let typing = other.ask(ADA);
    let code = site.mail().code;
    other.submit(&typing, &code);
    assert_eq!(answer(&mut other, ("/entry", "/sign-in/passkey"), &mut device).location(), "/account");
    other.get("/entry").expect(200, &words("entry-none-heading"));
}

#[test]
fn recovery_codes_are_shown_once_and_loading_the_answer_again_makes_nothing() {
    let (site, mut ada, first) = begin();
    assert_eq!(first.len(), 10);
    let seen = ada.get(CODES).field("seen").unwrap();
    site.advance(SECOND);
    let (page, second) = codes(&mut ada);
    page.expect(200, &words("recovery-codes-new-lead"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(second.iter().all(|code| !first.contains(code)));
    ada.post(CODES, &[("seen", &seen)]).expect(409, &words("recovery-codes-stale"));
    assert!(!ada.get(CODES).body.contains(&second[0]));
    ada.get("/account/authenticators").expect(200, &counted("recovery-codes-left", 10));
    // As a file, by the page that shows them and by nothing else.
    let fields: Vec<(String, String)> =
        (1..).zip(&second).map(|(n, code)| (format!("code.{n}"), code.clone())).collect();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, code)| (name.as_str(), code.as_str())).collect();
    let file = ada.post(&format!("{CODES}/text"), &fields);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"recovery-codes.txt\"");
    assert!(second.iter().all(|code| file.body.contains(code)) && file.body.contains(ADA));
    assert_eq!(ada.post(&format!("{CODES}/text"), &fields[1..]).status, 400);
    // Only after a fresh proof.
    site.advance(10 * MINUTE);
    assert!(ada.get(CODES).location().starts_with("/account/confirm"));
    assert!(ada.post(CODES, &[("seen", "")]).location().starts_with("/account/confirm"));
    assert_eq!(site.browser().get(CODES).location(), "/sign-in?notice=needed");
}

#[test]
fn what_cannot_be_read_comes_back_in_its_field() {
    let site = Site::new();
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.9");
    for (account, address, id) in [
        ("", "", "error-address-missing"),
        ("ada", "", "error-address-incomplete"),
        (ADA, "bob@", "error-address-domain"),
    ] {
        ask(&mut browser, account, address).expect(422, &words(id));
    }
    saved(&mut browser, "@", "BCDF-GHJK-LMNP-QRST").expect(422, &words("error-address-local"));
    saved(&mut browser, ADA, "BCDF").expect(422, &words("recover-malformed"));
    let page = saved(&mut browser, ADA, "BCDF-GHJK-LMNP-QRST");
    page.expect(422, &words("recover-wrong"));
    assert_eq!(page.field("account").unwrap(), ADA);
    assert_eq!(browser.post("/recover", &[("entry", "nonsense"), ("account", ADA)]).status, 303);
}

#[test]
fn row_43_where_recovery_is_closed_the_page_offers_nothing() {
    let closed = MethodPolicy::OPEN.with(Use::Recovery, MethodSet::NONE);
    let policy = Policy { methods: closed, ..Policy::default() };
    let site = Site::with(Plan { policy, ..Plan::default() });
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.9");
    let page = browser.get("/recover");
    page.expect(200, &words("recover-none"));
    assert!(page.attributes("action").is_empty());
    let open = closed.with(Use::Recovery, MethodSet::of(&[Proof::RecoveryCode]));
    let site = Site::with(Plan { policy: Policy { methods: open, ..Policy::default() }, ..Plan::default() });
    let mut ada = site.open_first(ADA);
    assert_eq!(ada.get("/recover").attributes("action"), ["/sign-out", "/recover/saved"]);
}

/// An answer without what differs between any two requests.
fn bare(answer: &Answer, browser: &Browser, typed: &[&str]) -> String {
    let mut text = format!("{}\n", answer.status);
    for (name, value) in answer.headers.iter().filter(|(name, _)| *name != "content-length") {
        text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
    }
    text.push_str(&answer.body);
    if answer.body.contains("class=\"reference\">") {
        text = text.replace(&answer.reference(), "REFERENCE");
    }
    for before in [" data-options=\"", " name=\"challenge\" value=\""] {
        let drawn: Vec<String> = answer
            .body
            .split(before)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        for drawn in drawn {
            text = text.replace(&drawn, "DRAWN");
        }
    }
    text = text.replace(&browser.csrf, "CSRF").replace(&browser.cookie("browser"), "HALF");
    for typed in typed {
        text = text.replace(typed, "TYPED");
    }
    let mut bare = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("/sign-in/") {
        bare.push_str(before);
        bare.push_str("REQUEST");
        rest = &after[36..];
    }
    bare + rest
}

/// The steps of somebody who wants to know whether there is an account, and whether an address recovers it.
fn probe(site: &Site, (account, address): (&str, &str)) -> Vec<String> {
    let started = site.line.now();
    let mut browser = site.browser_at("198.51.100.9");
    let mut seen = Vec::new();
    let typed = [account, address];
    let mut see = |answer: &Answer, browser: &Browser| seen.push(bare(answer, browser, &typed));
    for _ in 0..3 {
        let answer = ask(&mut browser, account, address);
        see(&answer, &browser);
        let page = answer.location();
        let shown = browser.get(&page);
        see(&shown, &browser);
        site.post();
        site.advance(31 * SECOND);
    }
    let page = ask(&mut browser, account, address).location();
    for code in ["", "BCDF", "BCDF-GHJK", "BCDF-GHJL", "BCDF-GHJM", "BCDF-GHJN"] {
        let answer = browser.submit(&page, code);
        see(&answer, &browser);
    }
    let again = browser.clone().post(&format!("{page}/again"), &[]);
    see(&again, &browser);
    for code in ["", "BCDF", "BCDF-GHJK-LMNP-QRST"] {
        let answer = saved(&mut browser, account, code);
        see(&answer, &browser);
    }
    let none = browser.get("/entry");
    see(&none, &browser);
    site.advance(HOUR);
    let now = site.line.now();
    site.set_back(now.since(started));
    seen
}

#[test]
fn row_12_recovery_answers_the_same_whatever_account_and_address_there_are() {
    let strangers = "stranger@example.com";
    let expected = {
        let (site, _, _) = begin();
        probe(&site, (NOBODY, strangers))
    };
    for of in [(ADA, BOB), (ADA, strangers), (NOBODY, BOB), (BOB, strangers), (ADA, ADA), (NOBODY, NOBODY)] {
        let (site, _, _) = begin();
        let seen = probe(&site, of);
        let expected = match of {
            (account, address) if account == address => {
                let (site, _, _) = begin();
                probe(&site, ("no@example.org", "no@example.org"))
            }
            _ => expected.clone(),
        };
        assert_eq!(seen.len(), expected.len());
        for (n, (one, other)) in seen.iter().zip(&expected).enumerate() {
            let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
            assert!(one == other, "{of:?}, step {n}: {lines:#?}");
        }
    }
}

#[test]
fn row_27_a_held_passkey_is_told_and_taken_away_by_the_link_or_on_the_account_page() {
    let (site, mut ada, _) = begin();
    site.advance(DAYS);
    let mut new = site.browser_at("192.0.2.9");
    site.sign_in(&mut new, ADA);
    site.notices();
    let mut device = Authenticator::new(&ada.line.origin);
    assert_eq!(make(&mut new, &mut device, "Mine").location(), "/account/authenticators?notice=held");
    let told = site.notices();
    assert_eq!(told.len(), 2);
    let link = told[0].2.clone().unwrap();
    let mut bob = site.browser_at("192.0.2.12");
    bob.get(&link).expect(200, &words("cancel-passkey-heading")).expect(200, "192.0.2.9");
    assert!(!bob.get(&link).body.contains("Mine"), "nothing in the words of whoever added it");
    bob.post(&link, &[]).expect(200, &words("cancel-held-done"));
    bob.get(&link).expect(404, &words("cancel-gone-heading"));
    assert!(!new.is_signed_in(), "the session in which it was added has ended");
    assert!(ada.get("/account").status == 303 || ada.is_signed_in());

    let mut new = site.browser_at("192.0.2.9");
    site.sign_in(&mut new, ADA);
    make(&mut new, &mut device, "Mine");
    let page = new.get("/account");
    page.expect(200, &words("waiting-held"));
    let cancel = page.attributes("action").into_iter().find(|path| path.ends_with("/cancel")).unwrap();
    assert_eq!(new.post(&cancel, &[]).location(), "/account/authenticators?notice=cancelled");
    new.get("/account/authenticators?notice=cancelled").expect(200, &words("authenticators-cancelled"));
}
