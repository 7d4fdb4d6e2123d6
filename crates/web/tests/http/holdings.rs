//! The pages of addresses: the account's own, and "what do you hold about this address?".

use model::event::EventKind;
use model::notice::What;

use crate::browser::Browser;
use crate::site::{DAYS, HOUR, Plan, Site, unlimited, words};

const ADA: &str = "ada@example.org";
const WORK: &str = "ada@work.example";
const BOB: &str = "bob@example.org";
const PAGE: &str = "/account/addresses";

/// Adds an address by a whole round; the browser confirmed lately who is there.
fn add(site: &Site, browser: &mut Browser, address: &str, role: &str) {
    browser.get(PAGE);
    let page = browser.post(PAGE, &[("address", address), ("role", role)]).location();
    assert!(page.starts_with("/sign-in/"), "{page}");
    let mails = site.post();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [address]);
    let to = browser.submit(&page, &mails[0].code).location();
    assert!(to.starts_with("/account/addresses?notice="), "{to}");
    browser.get(&to).expect(200, address);
}

#[test]
fn whoever_just_proved_who_is_there_adds_an_address_and_signs_in_by_it() {
    let site = Site::new();
    let mut ada = site.open_first(ADA);
    add(&site, &mut ada, WORK, "sign-in");
    let mut other = site.browser_at("192.0.2.9");
    let page = other.ask(WORK);
    let mails = site.post();
    assert_eq!(mails[0].to, WORK);
    assert_eq!(other.submit(&page, &mails[0].code).location(), "/account");
    other.get("/account").expect(200, ADA);
}

#[test]
fn nothing_changes_before_a_fresh_proof_of_who_is_there() {
    let site = Site::new();
    let mut ada = site.open_first(ADA);
    site.advance(HOUR);
    ada.get(PAGE).expect(200, &words("addresses-confirm-link"));
    for (path, fields) in [
        ("", vec![("address", WORK), ("role", "sign-in")]),
        ("/name", vec![("draw", "1")]),
        ("/main", vec![("address", ADA)]),
        ("/on", vec![("address", ADA)]),
        ("/off", vec![("address", ADA)]),
        ("/remove", vec![("address", ADA)]),
        ("/remove-recovery", vec![("address", BOB)]),
    ] {
        ada.get(PAGE);
        let to = ada.post(&format!("{PAGE}{path}"), &fields).location();
        assert_eq!(to, "/account/confirm?to=%2Faccount%2Faddresses");
    }
    assert!(site.post().is_empty());
    let mut nobody = site.browser();
    assert!(nobody.get(PAGE).location().starts_with("/sign-in"));
}

#[test]
fn the_last_way_in_and_the_main_address_stay_and_the_page_says_why() {
    let site = Site::new();
    let mut ada = site.open_first(ADA);
    for (path, said) in [("remove", "addresses-notice-main"), ("off", "addresses-notice-last")] {
        ada.get(PAGE);
        let to = ada.post(&format!("{PAGE}/{path}"), &[("address", ADA)]).location();
        ada.get(&to).expect(200, &words(said));
    }
    let answer = ada.post(PAGE, &[("address", "ada@"), ("role", "sign-in")]);
    answer.expect(422, &words("error-address-domain"));
    let to = ada.post(PAGE, &[("address", ADA), ("role", "sign-in")]).location();
    ada.get(&to).expect(200, &words("addresses-notice-taken"));
}

/// A private name: the code goes to the main address, and sign-in by the address that others know is off.
#[test]
fn a_private_name_takes_the_place_of_the_address_that_others_know() {
    let site = Site::with(Plan { policy: unlimited(), ..Plan::default() });
    let mut ada = site.open_first(ADA);
    ada.get(PAGE);
    let to = ada.post(&format!("{PAGE}/name"), &[("name", "Amber-Falcon-77")]).location();
    ada.get(&to).expect(200, "amber-falcon-77");
    let to = ada.post(&format!("{PAGE}/off"), &[("address", ADA)]).location();
    ada.get(&to).expect(200, &words("addresses-notice-changed"));
    let mut other = site.browser_at("192.0.2.9");
    let page = other.ask("AMBER-falcon-77");
    assert!(!other.get(&page).body.contains("example.org"), "the page shows what was typed");
    let mails = site.post();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [ADA]);
    assert_eq!(other.submit(&page, &mails[0].code).location(), "/account");
    site.post();
    site.browser_at("192.0.2.10").ask(ADA);
    assert!(site.post().is_empty());
    let off = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::SignInCodeRequested { not_sent: Some(model::event::NotSent::AddressOff), .. }
        )
    };
    assert!(site.events().iter().any(|event| off(&event.kind)));
    // One that looks like it is refused to others.
    let mut bob = site.open(BOB);
    bob.get(PAGE);
    let to = bob.post(&format!("{PAGE}/name"), &[("name", "аmber-falcon-77")]).location();
    bob.get(&to).expect(200, &words("addresses-notice-name-taken"));
    let to = bob.post(&format!("{PAGE}/name"), &[("name", "short")]).location();
    bob.get(&to).expect(200, &words("addresses-notice-name-malformed"));
    let to = bob.post(&format!("{PAGE}/name"), &[("draw", "1")]).location();
    bob.get(&to).expect(200, &words("addresses-notice-named"));
}

/// Asks what is held about an address; returns the answer, and the path in the mail if one left.
fn hold(site: &Site, browser: &mut Browser, address: &str) -> (String, Option<String>) {
    browser.get("/about-this-address");
    let to = browser.post("/about-this-address", &[("address", address)]).location();
    let page = browser.get(&to);
    let path = site.notices().into_iter().find_map(|(to, notice, link)| {
        let answers = to == address && matches!(notice.what, What::Holdings { .. });
        link.filter(|_| answers)
    });
    (format!("{to} {}", page.text()), path)
}

#[test]
fn row_12_the_answer_to_what_is_held_is_the_same_for_every_address() {
    let site = Site::new();
    site.open_first(ADA);
    let mut answers = Vec::new();
    for (n, address) in [ADA, BOB, ADA, BOB, ADA, BOB, ADA, BOB].into_iter().enumerate() {
        answers.push(hold(&site, &mut site.browser_at(&format!("192.0.2.{n}")), address).0);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

/// threats.md §5.2 row 14, through the pages.
#[test]
fn row_14_a_stranger_whose_address_was_added_for_recovery_takes_it_away() {
    let site = Site::with(Plan { policy: unlimited(), ..Plan::default() });
    let mut ada = site.open_first(ADA);
    add(&site, &mut ada, BOB, "recovery");
    site.notices();
    let mut bob = site.browser_at("192.0.2.66");
    let (_, path) = hold(&site, &mut bob, BOB);
    let path = path.unwrap();
    let page = bob.get(&path);
    page.expect(200, "a…@example.org").expect(200, &words("holdings-recovers"));
    assert!(!page.body.contains(ADA), "masked");
    let action = page.attributes("action").into_iter().find(|to| to.contains("/detach/")).unwrap();
    // Looking, and whatever follows links, changes nothing.
    for _ in 0..3 {
        site.browser().get(&path);
    }
    assert_eq!(bob.get(&action).status, 405);
    assert_eq!(site.count("detaching_asked"), 0);
    let to = bob.post(&action, &[]).location();
    bob.get(&to).expect(200, &words("holdings-notice-detaching"));
    let told = site.notices();
    assert!(told.iter().all(|(to, ..)| to == ADA) && told.len() == 1, "the owner is told, at every address");
    ada.get(PAGE).expect(200, &words("addresses-goes"));
    // Taken back, and wished again.
    let stay = action.replace("/detach/", "/stay/");
    let to = bob.post(&stay, &[]).location();
    bob.get(&to).expect(200, &words("holdings-notice-staying"));
    bob.post(&action, &[]).location();
    site.advance(3 * DAYS);
    site.sweep();
    bob.get(&path).expect(404, &words("holdings-gone-heading"));
    let (_, path) = hold(&site, &mut bob, BOB);
    bob.get(&path.unwrap()).expect(200, &words("holdings-nothing"));
}

#[test]
fn row_14_whoever_refuses_mail_is_mailed_nothing_until_taken_back_by_a_new_link() {
    let site = Site::new();
    site.open_first(ADA);
    let mut ada = site.browser_at("192.0.2.66");
    let (_, path) = hold(&site, &mut ada, ADA);
    let path = path.unwrap();
    ada.get(&path).expect(200, ADA).expect(200, &words("holdings-role-main"));
    let to = ada.post(&format!("{path}/refuse"), &[]).location();
    ada.get(&to).expect(200, &words("holdings-notice-refused"));
    site.browser().ask(ADA);
    assert!(site.post().is_empty());
    site.advance(DAYS);
    let (_, path) = hold(&site, &mut ada, ADA);
    let path = path.unwrap();
    let to = ada.post(&format!("{path}/accept"), &[]).location();
    ada.get(&to).expect(200, &words("holdings-notice-accepted"));
    site.browser().ask(ADA);
    assert_eq!(site.post().len(), 1);
}
