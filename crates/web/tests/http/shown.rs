//! What is shown of guesses: longer codes that no page tells of, the number on the account's and on the operator's page; and
//! what the link of a mail says to whoever reads the address.

use model::budget::Chance;
use model::policy::{Policy, Registration};

use crate::browser::Browser;
use crate::site::{DAYS, HOUR, MINUTE, Mail, Plan, Site, counted, unlimited, words, wrong};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

/// A site at which codes for new browsers are long from the start: so little may be guessed there.
fn stingy() -> Site {
    let policy = Policy { epsilon: Chance::one_in(1_000_000_000), ..Policy::default() };
    Site::with(Plan { policy, ..Plan::default() })
}

#[test]
fn row_3_a_longer_code_is_typed_in_groups_or_pasted_at_once() {
    let shapes: [fn(&[&str]) -> String; 4] = [
        |groups| groups.join("-"),
        |groups| groups.concat().to_lowercase(),
        |groups| format!(" {}\r\n", groups.join(" ")),
        |groups| groups.join("\u{2011}"),
    ];
    let site = stingy();
    site.open_first(ADA);
    for (n, shape) in shapes.into_iter().enumerate() {
        site.advance(DAYS * 3);
        let mut browser = site.browser_at(&format!("192.0.2.{n}"));
        let page = browser.ask(ADA);
        let code = site.mail().code;
        assert_eq!(code.len(), 12);
        let typed = shape(&[&code[..4], &code[4..8], &code[8..]]);
        assert_eq!(browser.submit(&page, &typed).location(), "/account", "{typed:?}");
    }
}

#[test]
fn row_12_no_page_tells_how_long_a_code_is() {
    let page = |site: &Site, address: &str| {
        site.open_first(ADA);
        let mut browser = site.browser_at("192.0.2.7");
        let page = browser.ask(address);
        let shown = browser.get(&page);
        let text = shown.text().replace(&shown.reference(), "");
        let malformed = browser.submit(&page, "BCDF-GHJK-L");
        malformed.expect(422, &words("code-error-malformed"));
        (text, malformed.text().replace(&shown.reference(), ""))
    };
    let short = page(&Site::new(), ADA);
    assert_eq!(page(&stingy(), ADA), short);
    assert!(short.0.contains(&counted("code-label", 8)));
}

#[test]
fn a_code_with_a_letter_too_few_or_too_many_costs_no_guess_whatever_its_length() {
    let site = stingy();
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.7");
    let page = browser.ask(ADA);
    let code = site.mail().code;
    for typed in [&code[..11], &code[..7], &format!("{code}B"), &format!("{code}{code}")] {
        browser.submit(&page, typed).expect(422, &words("code-error-malformed"));
    }
    assert_eq!(site.count("sign_in_code_refused"), 0);
    // The beginning of a code is not the code.
    browser.submit(&page, &code[..8]).expect(422, &words("code-error-wrong"));
    assert_eq!(browser.submit(&page, &code).location(), "/account");
}

#[test]
fn row_5_the_account_page_says_how_small_the_chance_is_and_what_it_is_made_of() {
    let site = Site::new();
    let mut ada = site.open_first(ADA);
    let mut stranger = site.browser_at("192.0.2.7");
    let page = stranger.ask(ADA);
    let code = site.mail().code;
    for n in 0..2 {
        stranger.submit(&page, &wrong(&code, n));
    }
    site.advance(MINUTE * 11);
    site.sweep();
    // Two wrong guesses and the owner's one that was right: 3/20⁸ in all.
    ada.get("/account")
        .expect(200, "is at most 1 in 8.5 billion.")
        .expect(200, "1 guess at 1 code of 8 letters, asked for by browsers that had signed in before: 1 in 25.6 billion")
        .expect(200, "2 guesses at 1 code of 8 letters, asked for by browsers that had never signed in before: 1 in 12.8 billion")
        .expect(200, "It never comes to more than 1 in 1 million for browsers that had never signed in, and 1 in 10\u{202f}000 for");
}

#[test]
fn the_operators_page_says_it_for_all_together_and_that_the_alarm_was_reached() {
    let policy = Policy { alarm_at: Chance::of_guesses(4, 8), ..unlimited() };
    let site = Site::with(Plan { policy, ..Plan::default() });
    let mut ada = site.open_first(ADA);
    site.open(BOB);
    let alarm = "This has come to the sum that you wanted to be told at, 1 in 6.4 billion.";
    let quiet = ada.get("/operator");
    quiet.expect(200, "guessed any code of any account in the last 365 days is at most 1 in 12.8 billion.");
    assert!(!quiet.says(alarm));
    let mut stranger = site.browser_at("192.0.2.7");
    let page = stranger.ask(BOB);
    let code = site.mail().code;
    for n in 0..2 {
        stranger.submit(&page, &wrong(&code, n));
    }
    ada.get("/operator").expect(200, alarm).expect(200, "is at most 1 in 5.1 billion.");
}

/// What the link of a mail shows.
fn known(site: &Site, mail: &Mail) -> crate::answer::Answer {
    site.browser_at("203.0.113.5").get(&mail.not_me)
}

#[test]
fn the_link_says_how_a_code_was_used_and_not_from_where() {
    let site = Site::new();
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.7");
    let page = browser.ask(ADA);
    let mail = site.mail();
    known(&site, &mail)
        .expect(200, &words("not-me-stands-signs-in"))
        .expect(200, &words("not-me-more-account"));
    // Somebody else, with a code that is not theirs.
    let mut other = site.browser_at("192.0.2.99");
    other.get("/sign-in");
    other.submit(&page, &mail.code);
    browser.peer = "198.51.100.200".parse().unwrap();
    browser.submit(&page, &wrong(&mail.code, 0));
    browser.submit(&page, &mail.code);
    let shown = known(&site, &mail);
    shown
        .expect(200, &words("not-me-need-used"))
        .expect(200, &words("not-me-used-other"))
        .expect(200, &counted("not-me-other-browsers", 1));
    assert!(!shown.body.contains("198.51.100.200") && !shown.body.contains("192.0.2.99"));
    assert!(!shown.body.contains(ADA), "masked, as to anybody whom the mail was forwarded to");
}

#[test]
fn row_14_the_link_tells_a_person_without_an_account_what_their_address_is_to_it() {
    let policy = Policy { registration: Registration::Open, ..unlimited() };
    let site = Site::with(Plan { policy, ..Plan::default() });
    let mut ada = site.open_first(ADA);
    let add = |ada: &mut Browser| {
        ada.get("/account/addresses");
        ada.post("/account/addresses", &[("address", BOB), ("role", "recovery")]).location()
    };
    let page = add(&mut ada);
    let mail = site.mail();
    let shown = known(&site, &mail);
    shown.expect(200, &words("not-me-stands-wanted")).expect(200, &words("not-me-more-about"));
    assert!(!shown.says(&words("not-me-more-account")), "it is not the reader's account");
    ada.submit(&page, &mail.code);
    site.notices();
    let added = known(&site, &mail);
    added.expect(200, &words("not-me-stands-recovers")).expect(200, &words("not-me-used-added"));
    assert!(!added.says(&words("state-used")), "nobody signed in by it");
    // A recovery of the account by that address.
    let mut stranger = site.browser_at("192.0.2.66");
    stranger.get("/recover");
    stranger.post("/recover", &[("account", ADA), ("address", BOB)]);
    let recovery = site.mail();
    assert_eq!(recovery.to, BOB);
    known(&site, &recovery).expect(200, &words("not-me-stands-recovers"));
    // And an address that nobody has an account for.
    site.browser_at("192.0.2.8").ask("cyd@example.org");
    let new = site.mail();
    known(&site, &new).expect(200, &words("not-me-stands-no-account"));
}

#[test]
fn row_39_the_link_changes_nothing_keeps_its_secret_and_ends_after_thirty_days() {
    let site = Site::new();
    site.open_first(ADA);
    site.browser_at("192.0.2.7").ask(ADA);
    let mail = site.mail();
    let before = format!("{:?}", site.events());
    let shown = known(&site, &mail);
    for (name, value) in [
        ("referrer-policy", "strict-origin"),
        ("x-robots-tag", "noindex, nofollow, noarchive"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(shown.header(name), value);
    }
    assert_eq!(site.browser().send(http::Method::HEAD, &mail.not_me, &[], b"").status, 200);
    assert_eq!(format!("{:?}", site.events()), before);
    site.advance(DAYS * 30 - HOUR);
    known(&site, &mail).expect(200, &words("not-me-kept"));
    site.advance(HOUR);
    // Whether or not the sweep has been there, and with the same words as for a link that never was.
    let gone = known(&site, &mail);
    gone.expect(404, &words("not-me-unknown-heading"));
    assert_eq!(gone.text(), site.browser().get(&format!("/not-me/{}", "A".repeat(43))).text());
}
