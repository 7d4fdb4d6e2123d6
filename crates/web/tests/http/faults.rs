//! Bad days: a store that cannot write, a crowd that is too large. Nobody is told more than happened, nothing
//! leaves, and afterwards all goes on (row 52).

use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use rusqlite::Connection;

use crate::site::{Plan, Site, unlimited, words};

const ADA: &str = "ada@example.org";

fn site() -> Site {
    Site::with(Plan { policy: unlimited(), file: true, inbox: true, ..Plan::default() })
}

/// Drives an answer as far as it comes by itself.
fn first_step<F: Future>(answer: Pin<&mut F>) -> Poll<F::Output> {
    answer.poll(&mut Context::from_waker(Waker::noop()))
}

fn beside(site: &Site) -> Connection {
    Connection::open(site.folder.as_ref().unwrap().file()).unwrap()
}

/// Every table that is written on the way from the ask to the session.
const TABLES: [&str; 9] = [
    "sign_in_codes",
    "outbox",
    "events",
    "guess_ledger",
    "destinations",
    "sessions",
    "browsers",
    "accounts",
    "addresses",
];

#[test]
fn row_52_a_store_that_cannot_write_mails_nothing_and_says_that_it_is_our_fault() {
    for table in ["sign_in_codes", "outbox", "events", "guess_ledger", "destinations"] {
        let site = site();
        site.open_first(ADA);
        let broken = beside(&site);
        broken
            .execute_batch(&format!(
                "CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            ))
            .unwrap();
        let mut browser = site.browser_at("192.0.2.7");
        browser.get("/sign-in");
        let events = site.events().len();
        let answer = browser.post("/sign-in", &[("address", ADA)]);
        answer.expect(500, &words("trouble-our-fault")).expect(500, &words("trouble-our-fault-next"));
        // A number that stands in the log too, and not a word of the cause.
        let number = answer.body.split("<dd class=\"id\">").nth(1).unwrap().split('<').next().unwrap();
        assert!(number.len() == 12 && number.chars().all(|digit| digit.is_ascii_hexdigit()));
        for word in ["broken", "SQL", "sqlite", "constraint", table, ".rs"] {
            assert!(!answer.text().contains(word), "the page speaks of {word}");
        }
        assert!(site.post().is_empty());
        assert_eq!(site.events().len(), events);
        // All goes on as soon as it can.
        broken.execute_batch("DROP TRIGGER broken").unwrap();
        site.sign_in(&mut browser, ADA);
    }
}

#[test]
fn row_52_a_sign_in_that_cannot_be_recorded_does_not_happen_and_costs_no_guess() {
    for table in ["events", "sessions"] {
        let site = site();
        site.open_first(ADA);
        let mut browser = site.browser_at("192.0.2.7");
        let page = browser.ask(ADA);
        let code = site.mail().code;
        let broken = beside(&site);
        broken
            .execute_batch(&format!(
                "CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            ))
            .unwrap();
        for _ in 0..4 {
            browser.submit(&page, &code).expect(500, &words("trouble-our-fault"));
        }
        assert_eq!(browser.cookie("session"), "");
        broken.execute_batch("DROP TRIGGER broken").unwrap();
        assert_eq!(browser.submit(&page, &code).location(), "/account");
    }
}

#[test]
fn row_52_a_store_that_cannot_be_read_signs_nobody_in() {
    let site = site();
    let mut ada = site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.7");
    let page = browser.ask(ADA);
    let code = site.mail().code;
    let broken = beside(&site);
    for table in TABLES {
        broken.execute_batch(&format!("ALTER TABLE {table} RENAME TO {table}_away")).unwrap();
    }
    for path in ["/account", "/account/activity", "/operator", "/sign-in", "/"] {
        ada.get(path).expect(500, &words("trouble-our-fault"));
    }
    // Somebody without a session is shown the sign-in page, and no further.
    assert_eq!(browser.get("/sign-in").status, 200);
    browser.post("/sign-in", &[("address", ADA)]).expect(500, &words("trouble-our-fault"));
    browser.post(&page, &[("code", &code)]).expect(500, &words("trouble-our-fault"));
    assert_eq!(browser.cookie("session"), "");
    assert!(!ada.cookie("session").is_empty(), "the cookie is taken away although nothing is known about it");
    for table in TABLES {
        broken.execute_batch(&format!("ALTER TABLE {table}_away RENAME TO {table}")).unwrap();
    }
    assert!(ada.is_signed_in());
    assert_eq!(browser.submit(&page, &code).location(), "/account");
}

#[test]
fn row_52_a_store_that_is_held_by_another_process_is_answered_503_and_come_back() {
    let site = site();
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.7");
    browser.get("/sign-in");
    let other = beside(&site);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = browser.post("/sign-in", &[("address", ADA)]);
    answer.expect(503, &words("trouble-busy"));
    assert_eq!(answer.header("retry-after"), "5");
    other.execute_batch("ROLLBACK").unwrap();
    assert!(site.post().is_empty());
    site.sign_in(&mut browser, ADA);
}

#[test]
fn row_52_whoever_comes_as_the_1025th_at_once_is_told_to_come_back_and_the_others_are_served() {
    let site = site();
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.7");
    browser.get("/sign-in");
    let body = |n: usize| {
        let address = format!("nobody-{n}@example.net");
        wire::form::encode([("csrf", browser.csrf.as_str()), ("address", &address)])
    };
    let headers = [
        ("origin", "http://localhost:8000"),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let ask = |n| browser.request(http::Method::POST, "/sign-in", &headers, body(n).as_bytes());

    // The writer is kept waiting, so that all that comes now piles up behind it.
    let (go, wait) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    site.app.store().write(
        move |tx| {
            started.send(()).unwrap();
            wait.recv().unwrap();
            Ok(tx.unrecorded("a test", ()))
        },
        |outcome| outcome.unwrap(),
    );
    has_started.recv().unwrap();
    let inside = site.line.runtime().enter();
    let mut crowd: Vec<_> = (0..1024).map(|n| Box::pin(site.line.begin(ask(n)))).collect();
    assert!(
        crowd.iter_mut().all(|one| first_step(one.as_mut()).is_pending()),
        "answered although nothing could be written"
    );
    for n in 1024..1027 {
        let Poll::Ready(answer) = first_step(Box::pin(site.line.begin(ask(n))).as_mut()) else {
            panic!("queued behind 1,024 others")
        };
        answer.expect(503, &words("trouble-busy"));
        assert_eq!(answer.header("retry-after"), "5");
    }
    drop(inside);
    // Reading goes on meanwhile.
    assert_eq!(browser.clone().get("/sign-in").status, 200);
    go.send(()).unwrap();
    for one in crowd {
        assert_eq!(site.line.runtime().block_on(one).status, 303);
    }
    assert_eq!(site.line.ask(ask(1024)).status, 303);
    let asked = site.events().iter().filter(|event| event.kind.name() == "sign_in_code_requested").count();
    assert_eq!(asked, 1 + 1024 + 1);
}

#[test]
fn a_person_who_goes_away_in_the_middle_loses_nothing_that_was_committed() {
    let site = site();
    site.open_first(ADA);
    let mut browser = site.browser_at("192.0.2.7");
    browser.get("/sign-in");
    let body = wire::form::encode([("csrf", browser.csrf.as_str()), ("address", ADA)]);
    let headers =
        [("origin", "http://localhost:8000"), ("content-type", "application/x-www-form-urlencoded")];
    let request = browser.request(http::Method::POST, "/sign-in", &headers, body.as_bytes());
    let inside = site.line.runtime().enter();
    let mut gone = Box::pin(site.line.begin(request));
    let _ = first_step(gone.as_mut());
    drop(gone);
    drop(inside);
    // The request is on the record, its mail leaves, and asking again leads to the same one.
    let mail = site.mail();
    let page = browser.ask(ADA);
    assert!(page.ends_with(&mail.request.to_string()));
    assert_eq!(browser.submit(&page, &mail.code).location(), "/account");
}
