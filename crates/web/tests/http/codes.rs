//! Codes as people and programs type them: wrong, late, twice, elsewhere, badly. Each gets its sentence, and
//! the page goes on working for the right one wherever it may.

use model::event::{EventKind, WrongBecause};

use crate::browser::Browser;
use crate::site::{MINUTE, Mail, Plan, SECOND, Site, counted, unlimited, words, wrong};

const ADA: &str = "ada@example.org";

/// An account, a stranger's browser on the page where its code is typed, and the mail.
fn waiting(site: &Site) -> (Browser, String, Mail) {
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.7");
    let page = browser.ask(ADA);
    (browser, page, site.mail())
}

/// The guesses that were refused: why, and how many were left.
fn refused(site: &Site) -> Vec<(WrongBecause, u8)> {
    let kinds = site.events().into_iter().map(|event| event.kind);
    let mut refused: Vec<_> = kinds
        .filter_map(|kind| match kind {
            EventKind::SignInCodeRefused { because, guesses_left } => Some((because, guesses_left)),
            _ => None,
        })
        .collect();
    // The clock of a test stands still, so their order is not known.
    refused.sort_by_key(|(_, left)| *left);
    refused
}

#[test]
fn a_wrong_code_says_how_many_guesses_are_left_and_the_right_one_still_works() {
    let site = Site::new();
    let (mut browser, page, mail) = waiting(&site);
    for left in [2_u8, 1] {
        let answer = browser.submit(&page, &wrong(&mail.code, usize::from(left)));
        answer
            .expect(422, &words("code-error-wrong"))
            .expect(422, &counted("code-error-wrong-next", left.into()));
        answer.expect(422, &counted("code-guesses-left", left.into()));
        assert!(answer.body.contains("aria-invalid=\"true\""));
        // What was typed is not sent back: it may be the code of something else.
        assert!(!answer.body.contains(&wrong(&mail.code, usize::from(left))));
    }
    assert_eq!(browser.submit(&page, &mail.code).location(), "/account");
    assert_eq!(refused(&site), [(WrongBecause::Mismatch, 1), (WrongBecause::Mismatch, 2)]);
}

#[test]
fn after_three_wrong_codes_the_right_one_is_refused_and_the_page_says_so() {
    let site = Site::new();
    let (mut browser, page, mail) = waiting(&site);
    for n in 0..3 {
        assert_eq!(browser.submit(&page, &wrong(&mail.code, n)).status, 422);
    }
    for _ in 0..2 {
        browser.submit(&page, &mail.code).expect(422, &words("code-ended-used-up"));
    }
    browser.get(&page).expect(200, &words("code-ended-used-up"));
    assert!(!browser.is_signed_in());
}

#[test]
fn row_51_a_code_is_dead_at_the_very_moment_that_the_page_names() {
    let site = Site::new();
    let (mut browser, page, mail) = waiting(&site);
    site.advance(mail.expires_at.since(site.line.now()));
    let late = browser.submit(&page, &mail.code);
    late.expect(422, "Its time ran out on 4 October 2024, 12:10 UTC");
    assert!(!browser.is_signed_in());
    assert_eq!(refused(&site), [(WrongBecause::Expired, 3)]);

    let site = Site::new();
    let (mut browser, page, mail) = waiting(&site);
    site.advance(mail.expires_at.since(site.line.now()) - std::time::Duration::from_micros(1));
    assert_eq!(browser.submit(&page, &mail.code).location(), "/account");
}

#[test]
fn row_9_a_code_works_once() {
    let site = Site::new();
    let (mut browser, page, mail) = waiting(&site);
    browser.get(&page);
    // The second click of a double click: sent before the answer to the first was read.
    let mut second = browser.clone();
    assert_eq!(browser.post(&page, &[("code", &mail.code)]).location(), "/account");
    second.post(&page, &[("code", &mail.code)]).expect(422, &words("code-ended-used"));
    assert_eq!(second.cookie("session"), "");
    // Nothing is lost: the first click signed in.
    assert!(browser.is_signed_in());
    // And once more from the browser that is signed in.
    browser.submit(&page, &mail.code).expect(422, &words("code-ended-used"));
    assert!(browser.is_signed_in());
    assert_eq!(site.count("session_started"), 2);
}

#[test]
fn row_10_a_code_typed_in_another_browser_is_refused_on_the_record_and_costs_no_guess() {
    let site = Site::new();
    let (mut browser, page, mail) = waiting(&site);
    let mut other = site.browser_at("203.0.113.5");
    other.get("/sign-in");
    other.get(&page).expect(404, &words("code-ended-other-browser"));
    for _ in 0..4 {
        let answer = other.post(&page, &[("code", &mail.code)]);
        answer.expect(404, &words("code-ended-other-browser"));
        // It learns nothing else about the request.
        assert!(!answer.says(ADA) && !answer.says(&mail.reference));
    }
    assert!(!other.is_signed_in());
    assert_eq!(refused(&site), [(WrongBecause::ForeignBrowser, 3); 4]);
    // Nor does the code work at a request of the other browser's own: that costs one of its guesses.
    let own = other.ask(ADA);
    other.submit(&own, &mail.code).expect(422, &counted("code-error-wrong-next", 2));
    assert_eq!(browser.submit(&page, &mail.code).location(), "/account");
}

#[test]
fn what_cannot_be_a_code_costs_no_guess_and_gets_a_sentence() {
    let site = Site::new();
    let (mut browser, page, mail) = waiting(&site);
    let long = "B".repeat(65);
    let endless = "BCDF-".repeat(3000);
    for typed in [
        "BCDFGHJ",
        "BCDFGHJKL",
        "BCDF-GHJA",
        "BCDF-GHJ1",
        "12345678",
        "BCDF_GHJK",
        "ＢＣＤＦＧＨＪＫ",
        "🔑🔑🔑🔑🔑🔑🔑🔑",
        "BCDF\u{0}GHJK",
        "<b>BCDFGHJK</b>",
        "' OR 1=1 --",
        long.as_str(),
        endless.as_str(),
    ] {
        let answer = browser.submit(&page, typed);
        answer
            .expect(422, &words("code-error-malformed"))
            .expect(422, &counted("code-error-malformed-next", 8));
        assert!(!answer.body.contains("<b>BCDF"));
    }
    for typed in ["", " ", "\u{a0}\t"] {
        browser.submit(&page, typed).expect(422, &words("code-error-missing"));
    }
    browser.get(&page);
    browser.post(&page, &[]).expect(422, &words("code-error-missing"));
    assert!(refused(&site).is_empty());
    assert_eq!(browser.submit(&page, &mail.code).location(), "/account");
}

#[test]
fn a_code_is_read_however_it_was_typed_or_pasted() {
    let shapes: [fn(&str, &str) -> String; 9] = [
        |a, b| format!("{a}{b}"),
        |a, b| format!("{a}-{b}"),
        |a, b| format!("{a}-{b}").to_lowercase(),
        |a, b| format!("  {a} {b}\r\n"),
        |a, b| format!("\u{a0}{a}\u{a0}{b}\u{a0}"),
        |a, b| format!("{a}\u{2013}{b}"),
        |a, b| format!("{a}\u{2011}{b}"),
        |a, b| format!("\u{200b}{a}\u{2060}{b}\u{feff}"),
        |a, b| a.chars().chain(b.chars()).map(|letter| format!("{letter} ")).collect(),
    ];
    let site = Site::with(Plan { policy: unlimited(), ..Plan::default() });
    site.open_first(ADA);
    for shape in shapes {
        let mut browser = site.browser_at("192.0.2.7");
        let page = browser.ask(ADA);
        let code = site.mail().code;
        let typed = shape(&code[..4], &code[4..]);
        assert_eq!(browser.submit(&page, &typed).location(), "/account", "{typed:?}");
    }
}

#[test]
fn two_clicks_on_send_me_a_code_are_one_request_and_one_mail() {
    let site = Site::new();
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.7");
    browser.get("/sign-in");
    let first = browser.post("/sign-in", &[("address", ADA)]).location();
    let second = browser.post("/sign-in", &[("address", ADA)]).location();
    assert_eq!(first, second);
    assert_eq!(browser.submit(&second, &site.mail().code).location(), "/account");
}

#[test]
fn the_same_code_is_sent_again_and_neither_time_nor_guesses_come_back() {
    let site = Site::new();
    let (mut browser, page, mail) = waiting(&site);
    browser.submit(&page, &wrong(&mail.code, 0)).expect(422, &counted("code-error-wrong-next", 2));
    let shown = browser.get(&page);
    shown.expect(200, &words("code-again-at"));
    let again = format!("{page}/again");
    // Too early: the same page, and no mail.
    assert_eq!(browser.post(&again, &[]).location(), page);
    assert!(site.post().is_empty());

    site.advance(SECOND * 30);
    assert!(browser.get(&page).attributes("action").contains(&again));
    assert_eq!(browser.post(&again, &[]).location(), page);
    let second = site.mail();
    assert_eq!(
        (&second.code, second.expires_at, &second.reference),
        (&mail.code, mail.expires_at, &mail.reference)
    );
    browser.get(&page).expect(200, &counted("code-guesses-left", 2)).expect(200, "12:10 UTC");
    site.advance(MINUTE * 10 - SECOND * 30);
    browser.submit(&page, &mail.code).expect(422, "Its time ran out");
    // What is over cannot be sent again.
    site.sweep();
    browser.post(&again, &[]).expect(200, "Its time ran out");
    assert!(site.post().is_empty());
}

#[test]
fn another_browser_cannot_have_the_code_sent_again() {
    let site = Site::new();
    let (_, page, _) = waiting(&site);
    site.advance(MINUTE);
    let mut other = site.browser();
    other.get("/sign-in");
    other.post(&format!("{page}/again"), &[]).expect(404, &words("code-ended-other-browser"));
    assert!(site.post().is_empty());
}

#[test]
fn two_tabs_with_two_addresses_each_take_their_own_code() {
    let site = Site::new();
    site.open_first(ADA);
    site.open("bob@example.org");
    let mut browser = site.browser_at("192.0.2.7");
    let of_ada = browser.ask(ADA);
    let of_bob = browser.ask("bob@example.org");
    assert_ne!(of_ada, of_bob);
    let mails = site.post();
    let code = |address: &str| mails.iter().find(|mail| mail.to == address).unwrap().code.clone();
    let (ada, bob) = (code(ADA), code("bob@example.org"));

    browser.submit(&of_ada, &bob).expect(422, &counted("code-error-wrong-next", 2));
    browser.get(&of_bob).expect(200, "bob@example.org");
    browser.get(&of_ada).expect(200, ADA);
    let tab = browser.csrf.clone();
    assert_eq!(browser.post(&of_ada, &[("code", &ada)]).location(), "/account");
    browser.get("/account").expect(200, ADA);

    // The other tab was drawn before the sign-in: its form is too old, and reloading it is enough.
    browser.csrf = tab;
    browser.post(&of_bob, &[("code", &bob)]).expect(403, &words("trouble-form-expired"));
    assert_eq!(browser.submit(&of_bob, &bob).location(), "/account");
    let account = browser.get("/account");
    account.expect(200, "bob@example.org");
    assert!(!account.says(ADA));
}

#[test]
fn a_request_that_never_was_has_a_page_that_says_so() {
    let site = Site::new();
    let mut browser = site.browser();
    browser.get("/sign-in");
    for path in
        ["/sign-in/01925766-ae00-7001-95a3-29a45ca3c45e", "/sign-in/00000000-0000-0000-0000-000000000000"]
    {
        browser.get(path).expect(404, &words("code-ended-unknown"));
        browser.post(path, &[("code", "BCDF-GHJK")]).expect(404, &words("code-ended-unknown"));
        browser.post(&format!("{path}/again"), &[]).expect(404, &words("code-ended-unknown"));
    }
    for path in ["/sign-in/x", "/sign-in/01925766", "/sign-in/%3Cb%3E"] {
        browser.get(path).expect(404, &words("trouble-not-found"));
        browser.post(path, &[("code", "BCDF-GHJK")]).expect(404, &words("trouble-not-found"));
        browser.post(&format!("{path}/again"), &[]).expect(404, &words("trouble-not-found"));
    }
}
