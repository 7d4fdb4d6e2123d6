//! The gate before mail, as browsers see it: the same bytes in every mode, and the page on which owners choose.

use http::Method;
use model::gate::Gate;
use model::policy::Policy;

use crate::alike::{probe, same};
use crate::site::{MINUTE, Plan, Site, unlimited, words};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const HERE: &str = "/account/gate";

fn behind(gate: Gate, policy: Policy) -> Site {
    let site = Site::with(Plan { policy: Policy { gate, ..policy }, ..Plan::default() });
    site.open_first(ADA);
    site
}

#[test]
fn row_12_every_answer_is_the_same_in_every_mode_byte_by_byte_and_of_nobody() {
    for policy in [Policy::default(), unlimited()] {
        let mut all = Vec::new();
        for gate in Gate::ALL {
            let site = behind(gate, policy.clone());
            all.push(probe(&site, ADA, site.browser_at("198.51.100.9")));
            let site = behind(gate, policy.clone());
            all.push(probe(&site, BOB, site.browser_at("198.51.100.9")));
        }
        for other in &all[1..] {
            same(&all[0], other);
        }
    }
}

#[test]
fn row_12_a_gate_word_that_is_right_is_answered_like_one_that_is_wrong() {
    let policy = Policy { gate: Gate::GateWord, ..Policy::default() };
    let site = Site::with(Plan { policy, ..Plan::default() });
    let mut owner = site.open_first(ADA);
    owner.get(HERE);
    assert!(owner.post("/account/gate/word", &[("word", "quiet heron")]).location().contains("word-set"));
    let mut seen = Vec::new();
    for (peer, address, word) in [
        ("198.51.100.1", ADA, "quiet heron"),
        ("198.51.100.1", ADA, "loud heron"),
        ("198.51.100.1", ADA, "x"),
        ("198.51.100.1", BOB, "quiet heron"),
    ] {
        let mut browser = site.browser_at(peer);
        browser.get("/sign-in");
        let asked = browser.post("/sign-in", &[("address", address), ("word", word)]);
        let page = browser.get(&asked.location());
        let bare = page.text().replace(&page.reference(), "REFERENCE").replace(address, "ADDRESS");
        seen.push((asked.status, asked.cookies().len(), page.status, bare));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:#?}");
    let mails = site.post();
    assert_eq!(mails.len(), 1, "the one with the right word");
}

#[test]
fn the_page_after_asking_says_what_to_do_if_nothing_comes_without_telling_which() {
    for gate in Gate::ALL {
        let site = behind(gate, Policy::default());
        for address in [ADA, BOB] {
            let mut browser = site.browser_at("198.51.100.1");
            let page = browser.ask(address);
            browser
                .get(&page)
                .expect(200, &words("code-nothing-gate"))
                .expect(200, &words("code-nothing-else"));
        }
    }
}

#[test]
fn an_owner_sets_a_word_chooses_the_gate_announces_a_browser_and_takes_it_back() {
    let site = Site::new();
    let mut owner = site.open_first(ADA);
    owner.get(HERE).expect(200, &words("gate-says-open")).expect(200, &words("gate-alone"));
    let drawn = owner.post("/account/gate/word", &[("draw", "1")]);
    drawn.expect(200, &words("gate-drawn-text"));
    let word = drawn.reference();
    owner.get(HERE).expect(200, &words("gate-word-since"));
    let refused = owner.post(HERE, &[("gate", "gate_word")]).location();
    owner.get(&refused).expect(200, &words("gate-notice-locks-out"));
    let done = owner.post(HERE, &[("gate", "gate_word"), ("anyway", "1")]).location();
    owner.get(&done).expect(200, &words("gate-notice-changed")).expect(200, &words("gate-says-gate-word"));
    site.post();

    let mut stranger = site.browser_at("198.51.100.1");
    stranger.ask(ADA);
    assert!(site.post().is_empty());
    stranger.get("/sign-in");
    let page = stranger.post("/sign-in", &[("address", ADA), ("word", &word.replace('-', " "))]).location();
    let mail = site.mail();
    assert_eq!(stranger.submit(&page, &mail.code).location(), "/account");

    let open = owner.post("/account/gate/announce", &[]);
    open.expect(200, &words("gate-announced-text")).expect(200, &words("gate-announced-until"));
    let shown = open.reference();
    owner.get(HERE).expect(200, &words("gate-announced-again"));
    site.browser_at("198.51.100.2").ask(ADA);
    assert!(site.post().is_empty(), "the window is for whoever has its words");
    let mut new = site.browser_at("198.51.100.4");
    new.get("/sign-in");
    new.post("/sign-in", &[("address", ADA), ("word", &shown)]);
    assert_eq!(site.post().len(), 1);
    owner.get(HERE);
    owner.post("/account/gate/take-back", &[]);
    site.browser_at("198.51.100.3").ask(ADA);
    assert!(site.post().is_empty());
    let removed = owner.post("/account/gate/word/remove", &[]).location();
    owner.get(&removed).expect(200, &words("gate-notice-needed"));
    for kind in ["gate_changed", "gate_word_changed", "gate_opened", "gate_closed"] {
        assert_eq!(site.count(kind), 1, "{kind}");
    }
}

#[test]
fn what_decides_over_the_gate_wants_a_fresh_proof_and_an_announcement_does_not() {
    let site = Site::new();
    let mut owner = site.open_first(ADA);
    site.advance(MINUTE * 6);
    for (path, fields) in [
        (HERE, vec![("gate", "open")]),
        ("/account/gate/word", vec![("draw", "1")]),
        ("/account/gate/word/remove", vec![]),
    ] {
        owner.get(HERE);
        assert!(owner.post(path, &fields).location().starts_with("/account/confirm"), "{path}");
    }
    owner.get(HERE);
    assert_eq!(owner.post("/account/gate/announce", &[]).status, 200);
    for path in [HERE, "/account/gate/announce"] {
        let mut nobody = site.browser();
        nobody.get("/sign-in");
        assert!(nobody.post(path, &[("gate", "open")]).location().starts_with("/sign-in"), "{path}");
    }
    // Looking changes nothing, and nothing is done by a link.
    let events = site.events().len();
    for path in [HERE, "/account/gate/announce", "/account/gate/take-back", "/account/gate/word"] {
        owner.send(Method::GET, path, &[], b"");
    }
    assert_eq!(site.events().len(), events);
}

#[test]
fn a_word_that_can_be_none_and_a_gate_that_is_none_change_nothing() {
    let site = Site::new();
    let mut owner = site.open_first(ADA);
    owner.get(HERE);
    let malformed = owner.post("/account/gate/word", &[("word", "dog")]).location();
    owner.get(&malformed).expect(200, &words("gate-notice-malformed"));
    assert_eq!(owner.post(HERE, &[("gate", "ajar")]).status, 400);
    for (gate, notice) in [("private_name", "gate-notice-nameless"), ("gate_word", "gate-notice-wordless")] {
        let refused = owner.post(HERE, &[("gate", gate), ("anyway", "1")]).location();
        owner.get(&refused).expect(200, &words(notice));
    }
    assert_eq!(site.count("gate_changed"), 0);
}
