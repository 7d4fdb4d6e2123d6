//! Row 12: nobody can tell from an answer whether there is an account. Two browsers do the same steps, one for
//! an address with an account and one for an address without, and every answer is compared byte by byte.

use flow::account::Change;
use http::Method;
use model::policy::Registration;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::{DAYS, MINUTE, Plan, SECOND, Site, unlimited};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

/// An answer without what differs between any two requests: identifiers, secrets, the address itself.
fn bare(answer: &Answer, browser: &Browser, address: &str) -> String {
    let mut text = format!("{}\n", answer.status);
    // The reference is drawn, and its words are not all of one length.
    let length = answer.header("content-length");
    assert!(answer.body.is_empty() || length == answer.body.len().to_string());
    for (name, value) in answer.headers.iter().filter(|(name, _)| *name != "content-length") {
        text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
    }
    text.push_str(&answer.body);
    let mut all = vec![(address.to_owned(), "ADDRESS"), (browser.csrf.clone(), "CSRF")];
    all.push((browser.cookie("browser"), "HALF"));
    if answer.body.contains("class=\"reference\">") {
        all.push((answer.reference(), "REFERENCE"));
    }
    if let Some(challenge) = answer.field("challenge") {
        let (_, options) = answer.body.split_once(" data-options=\"").unwrap();
        all.push((options.split_once('"').unwrap().0.to_owned(), "OPTIONS"));
        all.push((challenge, "CHALLENGE"));
    }
    if let Some((_, rest)) = answer.body.split_once("data-waits=") {
        let (_, rest) = rest.split_once("<bdi dir=\"ltr\">").unwrap();
        all.push((rest.split_once('<').unwrap().0.to_owned(), "NUMBER"));
    }
    for (secret, name) in all {
        assert!(!secret.is_empty());
        text = text.replace(&secret, name);
    }
    for (path, name) in [("passkey", "PASSKEY"), ("password", "PASSWORD"), ("approval", "APPROVAL")] {
        text = text.replace(&format!("/sign-in/{path}"), name);
    }
    without_chance(&without_chance(&text, "/sign-in/"), "/approval/")
}

/// An identifier is the time, the count within its request and 62 bits of chance, which go.
fn without_chance(text: &str, before_it: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(before_it) {
        bare.push_str(before);
        bare.push_str(before_it);
        let (id, tail) = after.split_at(36);
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
        bare.push_str("REQUEST-");
        bare.push_str(&id[..18]);
        rest = tail;
    }
    bare + rest
}

/// The steps of somebody who wants to know: ask, look, ask again, guess, wait; and the same for an approval.
pub(crate) fn probe(site: &Site, address: &str, mut browser: Browser) -> Vec<String> {
    let started = site.line.now();
    let mut seen = Vec::new();
    let mut see = |answer: &Answer, browser: &Browser| seen.push(bare(answer, browser, address));
    let answer = browser.get("/sign-in");
    see(&answer, &browser);
    let answer = browser.post("/sign-in", &[("address", address)]);
    see(&answer, &browser);
    let page = answer.location();
    let again = format!("{page}/again");
    let shown = browser.get(&page);
    see(&shown, &browser);
    see(&browser.send(Method::HEAD, &page, &[], b""), &browser);
    see(&browser.clone().post("/sign-in", &[("address", address)]), &browser);
    see(&browser.clone().post(&again, &[]), &browser);
    site.post();
    for code in ["", "BCDF", "BCDF-GHJK"] {
        see(&browser.clone().post(&page, &[("code", code)]), &browser);
    }
    site.line.tick();
    site.advance(SECOND * 30);
    see(&browser.get(&page), &browser);
    see(&browser.clone().post(&again, &[]), &browser);
    site.post();
    see(&browser.get(&page), &browser);
    for code in ["BCDF-GHJL", "BCDF-GHJM", "BCDF-GHJN"] {
        see(&browser.clone().post(&page, &[("code", code)]), &browser);
        see(&browser.get(&page), &browser);
    }
    see(&browser.clone().post(&again, &[]), &browser);
    // The next request of the same browser, left alone until its time is over.
    browser.get("/sign-in");
    let page = browser.post("/sign-in", &[("address", address)]).location();
    see(&browser.get(&page), &browser);
    site.advance(MINUTE * 10);
    see(&browser.get(&page), &browser);
    see(&browser.clone().post(&page, &[("code", "BCDF-GHJK")]), &browser);
    site.sweep();
    see(&browser.get(&page), &browser);
    see(&browser.clone().post(&format!("{page}/again"), &[]), &browser);
    for _ in 0..4 {
        browser.get("/sign-in");
        let answer = browser.post("/sign-in", &[("address", address)]);
        see(&answer, &browser);
        see(&browser.get(&answer.location()), &browser);
        site.advance(MINUTE * 11);
    }
    // An approval, by the address alone: looked at, not to be taken, given up, and another one left alone.
    see(&browser.get("/sign-in/approval"), &browser);
    let asked = browser.post("/sign-in/approval", &[("address", address)]);
    see(&asked, &browser);
    let first = asked.location();
    see(&browser.get(&first), &browser);
    see(&browser.send(Method::HEAD, &first, &[], b""), &browser);
    see(&browser.clone().post(&format!("{first}/take"), &[]), &browser);
    site.advance(SECOND * 30);
    browser.get("/sign-in/approval");
    let asked = browser.post("/sign-in/approval", &[("address", address)]);
    see(&asked, &browser);
    let second = asked.location();
    for page in [&first, &second] {
        see(&browser.get(page), &browser);
    }
    see(&browser.clone().post(&format!("{first}/withdraw"), &[]), &browser);
    see(&browser.get(&first), &browser);
    site.advance(MINUTE * 5);
    see(&browser.get(&second), &browser);
    site.sweep();
    for page in [&first, &second] {
        see(&browser.get(page), &browser);
        see(&browser.clone().post(&format!("{page}/take"), &[]), &browser);
    }
    // Back to where the other one begins.
    let now = site.line.now();
    site.set_back(now.since(started));
    seen
}

/// Both addresses are probed and look alike at every step.
fn alike(site: &Site, one: &str, other: &str) {
    let first = probe(site, one, site.browser_at("198.51.100.9"));
    let second = probe(site, other, site.browser_at("198.51.100.10"));
    same(&first, &second);
}

pub(crate) fn same(first: &[String], second: &[String]) {
    assert_eq!(first.len(), second.len());
    for (n, (one, other)) in first.iter().zip(second).enumerate() {
        let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
        assert!(one == other, "step {n}: {lines:#?}");
    }
}

#[test]
fn row_12_an_account_and_no_account_look_the_same_at_every_step() {
    for registration in [Registration::Closed, Registration::Invite, Registration::Open] {
        for policy in [model::policy::Policy::default(), unlimited()] {
            let site = Site::with(Plan {
                policy: model::policy::Policy { registration, ..policy },
                ..Plan::default()
            });
            site.open_first(ADA);
            alike(&site, ADA, BOB);
        }
    }
}

#[test]
fn row_12_an_account_with_a_device_that_approves_looks_like_one_without_and_like_none() {
    let site = Site::new();
    site.open_first(ADA);
    site.open(BOB);
    crate::doorbells::approver(&site, ADA);
    alike(&site, ADA, BOB);
    alike(&site, ADA, "cyd@example.org");
    assert!(site.count("approval_asked") > 0, "it was asked for");
}

#[test]
fn row_12_a_locked_account_looks_like_none() {
    let site = Site::new();
    site.open_first(ADA);
    site.open(BOB);
    site.change(BOB, Change::Lock);
    alike(&site, BOB, "cyd@example.org");
    let site = Site::new();
    site.open_first(ADA);
    site.open(BOB);
    site.change(BOB, Change::Close);
    alike(&site, BOB, "cyd@example.org");
}

/// Strangers ask for codes for `address` until no more mail may leave for it.
fn use_up(site: &Site, address: &str) {
    for n in 0..8 {
        site.browser_at(&format!("203.0.113.{n}")).ask(address);
    }
    site.post();
}

#[test]
fn row_12_an_account_whose_mail_is_used_up_or_muted_looks_like_no_account_whose_mail_is_used_up() {
    let site = Site::new();
    site.open_first(ADA);
    use_up(&site, ADA);
    use_up(&site, BOB);
    alike(&site, ADA, BOB);

    let site = Site::new();
    site.open_first(ADA);
    site.browser_at("203.0.113.1").ask(ADA);
    let mail = site.mail();
    site.browser().post(&mail.not_me, &[]);
    use_up(&site, BOB);
    alike(&site, ADA, BOB);
    site.advance(DAYS);
    use_up(&site, "cyd@example.org");
    alike(&site, ADA, "cyd@example.org");
}

#[test]
fn row_12_an_invited_address_looks_like_none() {
    let site = Site::new();
    site.open_first(ADA);
    site.invite(BOB);
    alike(&site, BOB, "cyd@example.org");
}

#[test]
fn row_12_the_browser_of_an_account_learns_nothing_about_other_addresses() {
    let site = Site::new();
    let mut ada = site.open_first(ADA);
    site.open(BOB);
    ada.get("/account");
    ada.post("/sign-out", &[]).location();
    let first = probe(&site, BOB, ada.clone());
    let second = probe(&site, "cyd@example.org", ada);
    same(&first, &second);
}
