//! The whole story: an account is opened, a code is used, a code is withheld, and "I did not ask for this".

use flow::activity::{self, End, Entry, Mail, Show};
use model::event::EventKind;
use model::policy::{Policy, Registration};

use crate::site::{DAYS, MINUTE, NAME, Plan, SECOND, Site, counted, words};

/// The ends of the requests on an account's activity page, newest first.
fn ends(site: &Site, address: &str) -> Vec<(End, Mail)> {
    let account = site.account(address).id;
    let page = activity::page(site.app.store(), account, Show::All, None, 1000).unwrap();
    let requests = page.entries.into_iter().filter_map(|entry| match entry {
        Entry::Request { end, mail, .. } => Some((end, mail)),
        Entry::Other(_) => None,
    });
    requests.collect()
}

#[test]
fn the_set_up_link_opens_the_first_account_and_its_activity_says_used() {
    let site = Site::new();
    let link = site.set_up_link();
    let mut browser = site.browser();
    browser.get(&link).expect(200, &format!("Open the first account of {NAME}"));
    let page = browser.post(&link, &[("address", "Ada@Example.org")]).location();
    let waiting = browser.get(&page);
    waiting
        .expect(200, &words("code-heading-open"))
        .expect(200, "Ada@example.org")
        .expect(200, "10 minutes left");

    let mail = site.mail();
    assert_eq!((mail.to.as_str(), mail.reference), ("Ada@example.org", waiting.reference()));
    assert_eq!(browser.post(&page, &[("code", &mail.code)]).location(), "/account?notice=opened");
    browser.get("/account?notice=opened").expect(200, NAME).expect(200, "Ada@example.org");
    browser
        .get("/account/activity")
        .expect(200, &words("what-code-open"))
        .expect(200, &words("end-used"))
        .expect(200, &words("what-account-opened-set-up"))
        .expect(200, &words("what-session-started"));
    assert_eq!(ends(&site, "ada@example.org"), [(End::Used, Mail::HandedOver)]);

    // The link worked once.
    site.browser().get(&link).expect(410, &words("gone-used"));
}

#[test]
fn an_account_signs_in_by_a_code_and_the_mail_carries_the_reference_of_the_page() {
    let site = Site::new();
    site.open_first("ada@example.org");
    let mut browser = site.browser_at("192.0.2.7");
    let page = browser.ask(" ADA@example.org ");
    let waiting = browser.get(&page);
    waiting.expect(200, &words("code-heading-sign-in"));
    let mail = site.mail();
    assert_eq!((mail.to.as_str(), &mail.reference), ("ada@example.org", &waiting.reference()));
    assert_eq!(mail.source.address.unwrap().to_string(), "192.0.2.7");
    assert_eq!(browser.submit(&page, &mail.code).location(), "/account");
    browser.get("/account/activity").expect(200, &words("end-used")).expect(200, "192.0.2.7");
    // The page of a used code says so, and shows no form.
    let over = browser.get(&page);
    over.expect(200, &words("code-ended-used"));
    assert!(over.field("code").is_none() && !over.body.contains("name=\"code\""));
}

#[test]
fn row_11_a_code_that_nobody_used_stands_on_the_activity_page() {
    let site = Site::new();
    let mut owner = site.open_first("ada@example.org");
    let mut stranger = site.browser_at("198.51.100.9");
    let page = stranger.ask("ada@example.org");

    // On the record before anything leaves.
    assert_eq!(ends(&site, "ada@example.org")[0], (End::Waiting, Mail::Waiting));
    owner.get("/account").expect(200, &words("waiting-live"));
    site.mail();
    owner.get("/account/activity").expect(200, &words("end-waiting")).expect(200, "198.51.100.9");

    site.advance(MINUTE * 10);
    stranger.get(&page).expect(200, "Its time ran out");
    site.sweep();
    assert_eq!(ends(&site, "ada@example.org")[0], (End::NeverUsed, Mail::HandedOver));
    owner.get("/account").expect(200, &counted("waiting-unused", 1));
    let activity = owner.get("/account/activity");
    activity
        .expect(200, &words("end-never-used"))
        .expect(200, &words("state-never-used"))
        .expect(200, "198.51.100.9");
    owner.get("/account/activity?show=unused").expect(200, &words("end-never-used"));
    assert!(!owner.get("/account/activity?show=sign-ins").says(&words("end-never-used")));
}

#[test]
fn row_39_opening_the_link_i_did_not_ask_for_this_changes_nothing_however_often() {
    let site = Site::new();
    site.open_first("ada@example.org");
    let mut asker = site.browser_at("198.51.100.9");
    let page = asker.ask("ada@example.org");
    let mail = site.mail();
    let before = format!("{:?}", site.events());
    for n in 0..10 {
        // A scanner has no cookies, and comes from anywhere.
        let mut scanner = site.browser_at(&format!("203.0.113.{n}"));
        let shown = scanner.get(&mail.not_me);
        shown.expect(200, &words("not-me-button")).expect(200, &mail.reference).expect(200, "198.51.100.9");
        assert!(!shown.body.contains("ada@example.org"), "the page shows more than the mail's reader knows");
    }
    assert_eq!(format!("{:?}", site.events()), before);
    assert_eq!(asker.submit(&page, &mail.code).location(), "/account");
}

#[test]
fn row_40_the_button_ends_that_one_request_from_anywhere_without_cookies_or_form_secret() {
    let site = Site::new();
    let mut owner = site.open_first("ada@example.org");
    let mut one = site.browser_at("198.51.100.9");
    let mut two = site.browser_at("198.51.100.10");
    let (page_one, page_two) = (one.ask("ada@example.org"), two.ask("ada@example.org"));
    let mails = site.post();
    let of = |page: &str| mails.iter().find(|mail| page.ends_with(&mail.request.to_string())).unwrap();

    // As a mail program's own window would send it: another origin, no cookie, nothing in the body.
    let mut reader = site.browser_at("203.0.113.80");
    let foreign = [("origin", "null"), ("sec-fetch-site", "cross-site"), ("content-type", "text/plain")];
    let done = reader.post_as(&of(&page_one).not_me, &foreign, "");
    done.expect(200, &words("not-me-done-heading")).expect(200, &words("not-me-done-text"));

    one.submit(&page_one, &of(&page_one).code).expect(422, &words("code-ended-denied"));
    assert!(!one.is_signed_in());
    owner.get("/account/activity").expect(200, &words("end-not-you")).expect(200, &words("state-not-you"));
    owner.get("/account").expect(200, &words("waiting-muted"));

    // Saying it twice is no error and changes nothing.
    let before = format!("{:?}", site.events());
    reader.post_as(&of(&page_one).not_me, &foreign, "").expect(200, &words("not-me-done-already"));
    assert_eq!(format!("{:?}", site.events()), before);

    // The owner stays signed in; the other request goes on.
    assert!(owner.is_signed_in());
    assert_eq!(two.submit(&page_two, &of(&page_two).code).location(), "/account");
    assert!(!reader.is_signed_in());
}

#[test]
fn row_40_after_it_strangers_cause_no_mail_for_thirty_days_and_the_known_browser_does() {
    let site = Site::new();
    let mut owner = site.open_first("ada@example.org");
    site.browser_at("198.51.100.9").ask("ada@example.org");
    let mail = site.mail();
    site.browser().post(&mail.not_me, &[]).expect(200, &words("not-me-done-muted"));
    owner.get("/account");
    assert_eq!(owner.post("/sign-out", &[]).location(), "/sign-in?notice=signed-out");

    site.advance(DAYS * 30 - SECOND);
    site.browser_at("198.51.100.11").ask("ada@example.org");
    assert!(site.post().is_empty());
    site.sign_in(&mut owner, "ada@example.org");
    owner.get("/account/activity").expect(200, &words("end-not-sent-muted"));

    site.advance(SECOND);
    site.browser_at("198.51.100.12").ask("ada@example.org");
    assert_eq!(site.post().len(), 1);
}

#[test]
fn row_40_a_link_that_was_never_mailed_has_no_effect() {
    let site = Site::new();
    site.open_first("ada@example.org");
    site.open("bob@example.org");
    site.browser_at("198.51.100.9").ask("ada@example.org");
    let ada = site.mail();
    site.browser_at("198.51.100.10").ask("bob@example.org");
    let bob = site.mail();
    let token = |link: &str| wire::token::decode::<32>(link.strip_prefix("/not-me/").unwrap()).unwrap();
    let (of_ada, of_bob) = (token(&ada.not_me), token(&bob.not_me));
    let mut crossed = of_ada;
    crossed[16..].copy_from_slice(&of_bob[16..]);
    let mut flipped = of_ada;
    flipped[31] ^= 1;
    let before = format!("{:?}", site.events());
    for link in [
        format!("/not-me/{}", wire::token::encode(&crossed)),
        format!("/not-me/{}", wire::token::encode(&flipped)),
        format!("/not-me/{}", wire::token::encode(&[0; 32])),
        ada.not_me[..ada.not_me.len() - 1].to_owned(),
        format!("{}A", ada.not_me),
        format!("/not-me/{}", ada.request),
        "/not-me/%22%3E%3Cb%3E".to_owned(),
    ] {
        let mut browser = site.browser();
        browser.get(&link).expect(404, &words("not-me-unknown-heading"));
        browser.post(&link, &[]).expect(404, &words("not-me-unknown-heading"));
    }
    assert_eq!(format!("{:?}", site.events()), before);
}

#[test]
fn the_owner_denies_on_the_activity_page_and_nobody_elses_request() {
    let site = Site::new();
    let mut ada = site.open_first("ada@example.org");
    let mut bob = site.open("bob@example.org");
    site.browser_at("198.51.100.9").ask("ada@example.org");
    let path = format!("/account/activity/{}/not-me", site.mail().request);

    bob.get("/account/activity");
    bob.post(&path, &[]).expect(404, &words("trouble-not-found"));
    assert_eq!(site.count("sign_in_code_denied"), 0);

    assert!(ada.get("/account/activity").attributes("action").contains(&path));
    let done = ada.post(&path, &[]).location();
    ada.get(done.split('#').next().unwrap())
        .expect(200, &words("end-not-you"))
        .expect(200, &counted("notice-not-me", 30));
    assert_eq!(site.count("sign_in_code_denied"), 1);
}

#[test]
fn a_code_that_was_used_can_still_be_disowned_and_the_page_says_what_to_do() {
    let site = Site::new();
    site.open_first("ada@example.org");
    let mut thief = site.browser_at("198.51.100.9");
    let page = thief.ask("ada@example.org");
    let mail = site.mail();
    thief.submit(&page, &mail.code).location();
    let mut reader = site.browser();
    reader.get(&mail.not_me).expect(200, &words("not-me-need-used"));
    reader
        .post(&mail.not_me, &[])
        .expect(200, &words("not-me-done-used"))
        .expect(200, &words("not-me-done-next-used"));
    // It can only reduce: it signs nobody out.
    assert!(thief.is_signed_in());
    assert_eq!(ends(&site, "ada@example.org")[0].0, End::Used);
}

#[test]
fn an_invitation_opens_one_account_for_the_invited_address() {
    let site = Site::new();
    site.open_first("ada@example.org");
    let link = site.invite("bob@example.org");
    let mut browser = site.browser();
    let page = browser.get(&link);
    page.expect(200, &format!("You are invited to {NAME}"));
    assert_eq!(page.field("address").unwrap(), "bob@example.org");
    let elsewhere = browser.post(&link, &[("address", "eve@example.org")]);
    elsewhere.expect(422, &words("error-address-elsewhere"));
    assert_eq!(elsewhere.field("address").unwrap(), "eve@example.org");
    assert!(site.post().is_empty());

    let page = browser.post(&link, &[("address", "Bob@example.org")]).location();
    let code = site.mail().code;
    assert_eq!(browser.submit(&page, &code).location(), "/account?notice=opened");
    browser.get(&link).expect(410, &words("gone-used"));
    site.advance(DAYS * 8);
    let old = site.invite("cyd@example.org");
    site.advance(DAYS * 7);
    site.browser().get(&old).expect(410, "It worked until");
    for link in ["/welcome/x", "/welcome/AAAA", &format!("{old}A")] {
        site.browser().get(link).expect(410, &words("gone-unknown"));
    }
    let opened =
        site.events().into_iter().filter(|event| matches!(event.kind, EventKind::AccountOpened { .. }));
    assert_eq!(opened.count(), 2);
}

#[test]
fn where_registration_is_open_an_unknown_address_opens_an_account_and_elsewhere_it_does_not() {
    let registration =
        |registration| Plan { policy: Policy { registration, ..Policy::default() }, ..Plan::default() };
    let site = Site::with(registration(Registration::Open));
    let mut browser = site.browser();
    browser.get("/sign-in").expect(200, &words("sign-in-open"));
    let page = browser.ask("eve@example.org");
    browser.get(&page).expect(200, "If there is no account for it yet, the code opens one.");
    let code = site.mail().code;
    assert_eq!(browser.submit(&page, &code).location(), "/account?notice=opened");
    browser.get("/account/activity").expect(200, &words("what-account-opened-registration"));
    assert!(!browser.get("/account").links().contains(&"/operator".to_owned()));

    for closed in [Registration::Invite, Registration::Closed] {
        let site = Site::with(registration(closed));
        site.browser().ask("eve@example.org");
        assert!(site.post().is_empty());
    }
}

#[test]
fn of_two_who_open_an_account_with_one_address_the_second_is_told_and_signs_in() {
    let policy = Policy { registration: Registration::Open, ..Policy::default() };
    let site = Site::with(Plan { policy, ..Plan::default() });
    let (mut phone, mut desk) = (site.browser_at("192.0.2.1"), site.browser_at("192.0.2.2"));
    let (on_phone, on_desk) = (phone.ask("eve@example.org"), desk.ask("eve@example.org"));
    let mails = site.post();
    let code = |page: &str| {
        mails.iter().find(|mail| page.ends_with(&mail.request.to_string())).unwrap().code.clone()
    };
    assert_eq!(phone.submit(&on_phone, &code(&on_phone)).location(), "/account?notice=opened");

    let told = desk.submit(&on_desk, &code(&on_desk));
    told.expect(422, &words("error-address-taken")).expect(422, &words("error-address-taken-next"));
    assert_eq!(told.field("address").unwrap(), "eve@example.org");
    let page = desk.post("/sign-in", &[("address", "eve@example.org")]).location();
    assert_eq!(desk.submit(&page, &site.mail().code).location(), "/account");
    assert_eq!(site.count("account_opened"), 1);
}

#[test]
fn of_two_who_use_one_link_at_a_time_the_second_is_told_that_it_was_used() {
    let site = Site::new();
    let link = site.set_up_link();
    let mut pages = Vec::new();
    for address in ["ada@example.org", "eve@example.org"] {
        let mut browser = site.browser();
        browser.get(&link);
        let page = browser.post(&link, &[("address", address)]).location();
        pages.push((browser, page, site.mail().code));
    }
    let (eve, page, code) = &mut pages[1];
    assert_eq!(eve.submit(page, code).location(), "/account?notice=opened");
    let (ada, page, code) = &mut pages[0];
    ada.submit(page, code).expect(410, &words("gone-used"));
    assert!(!ada.is_signed_in());
    assert_eq!(site.count("account_opened"), 1);
}

#[test]
fn a_link_that_runs_out_between_the_ask_and_the_code_is_said_to_have_run_out() {
    let site = Site::new();
    let link = site.set_up_link();
    site.advance(DAYS * 7 - SECOND);
    let mut browser = site.browser();
    browser.get(&link);
    let page = browser.post(&link, &[("address", "ada@example.org")]).location();
    let code = site.mail().code;
    site.advance(MINUTE);
    browser.submit(&page, &code).expect(410, "It worked until");
    assert_eq!(site.count("account_opened"), 0);
}
