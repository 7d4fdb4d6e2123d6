//! A session that another browser used: what its holder reads in it, and how its owner says in another one that it is theirs.

use model::event::{EventKind, Subject};
use model::finding::{Finding, Severity};
use model::id::SessionId;
use model::policy::Policy;
use model::response::{Mode, Over, Responses};

use crate::browser::Browser;
use crate::own::confirm_by_code;
use crate::site::{DAYS, MINUTE, Plan, Site, unlimited, words};
use crate::watching::conclude;

const ADA: &str = "ada@example.org";
const SESSIONS: &str = "/account/sessions";

pub(crate) fn id_of(browser: &Browser) -> SessionId {
    let cookie = wire::token::decode::<48>(&browser.cookie("session")).unwrap();
    SessionId::from_bytes(cookie[..16].try_into().unwrap())
}

/// Ada in two browsers that she has used for days; a detector says that the first one's session is used in another.
fn doubted() -> (Site, Browser, Browser) {
    let responses = Responses { doubt_session: Mode::Act, ..Responses::default() };
    let site = Site::with(Plan { policy: Policy { responses, ..unlimited() }, ..Plan::default() });
    let first = site.open_first(ADA);
    let mut other = site.browser_at("192.0.2.1");
    site.sign_in(&mut other, ADA);
    site.advance(2 * DAYS);
    let key = format!("session {}", id_of(&first));
    let finding = Finding::new("session_replay", Severity::High, key);
    conclude(&site, &Subject::Account(site.account(ADA).id), finding);
    site.post();
    (site, first, other)
}

#[test]
fn its_holder_reads_that_it_is_provisional_and_decides_nothing_in_it() {
    let (site, mut first, _) = doubted();
    first.get("/account").expect(200, &words("waiting-session"));
    first.get(SESSIONS).expect(200, &words("session-provisional-this"));
    let page = first.get("/account/confirm?to=/account/gate");
    page.expect(200, &words("session-provisional-this"));
    assert!(!page.attributes("action").contains(&"/account/confirm/code".to_owned()));
    assert_eq!(first.post("/account/confirm/code", &[("to", "/account/gate")]).status, 404);
    first.get("/account/gate");
    let to = first.post("/account/gate/word", &[("draw", "1")]).location();
    assert!(to.starts_with("/account/confirm"), "{to}");
    for (path, fields) in [("/account/profile", vec![("name", "Eve")]), ("/account/gate/announce", vec![])] {
        first.get("/account/gate");
        assert!(first.post(path, &fields).location().starts_with("/account/confirm"), "{path}");
    }
    for path in ["/operator", "/operator/watch", "/operator/accounts", "/operator/settings"] {
        let to = first.get(path).location();
        assert!(
            to.starts_with("/account/confirm"),
            "{path}: nobody oversees anything in it, at the first run either"
        );
    }
    let own = format!("{SESSIONS}/{}/confirm", id_of(&first));
    assert_eq!(first.get(&own).location(), SESSIONS, "it says nothing of itself");
    assert_eq!(first.post(&own, &[]).location(), SESSIONS);
    assert!(site.store_has_doubt(id_of(&first)));
    first.get("/account");
    assert_eq!(first.post("/sign-out", &[]).location(), "/sign-in?notice=signed-out");
    site.sign_in(&mut first, ADA);
    assert!(!site.store_has_doubt(id_of(&first)), "whoever signs in anew is not doubted");
}

#[test]
fn its_owner_says_in_a_known_browser_and_after_a_proof_that_it_is_theirs() {
    let (site, first, mut other) = doubted();
    let page = format!("{SESSIONS}/{}/confirm", id_of(&first));
    other.get(SESSIONS).expect(200, &words("session-provisional-text"));
    assert!(other.get(&page).location().starts_with("/account/confirm?to="));
    assert!(other.post(&page, &[]).location().starts_with("/account/confirm?to="));
    site.advance(MINUTE);
    confirm_by_code(&site, &mut other, &page);
    other.get(&page).expect(200, &words("session-confirm-warning"));
    let before = site.events().len();
    other.get(&page);
    assert_eq!(site.events().len(), before, "looking changes nothing");
    let done = other.post(&page, &[]).location();
    other.get(&done).expect(200, &words("notice-session-confirmed"));
    assert!(!site.store_has_doubt(id_of(&first)));
    let over = |kind: &EventKind| matches!(kind, EventKind::ResponseEnded { how: Over::Confirmed, .. });
    assert_eq!(site.events().iter().filter(|event| over(&event.kind)).count(), 1);
    other.get("/account/activity").expect(200, &words("what-session-confirmed"));
    assert_eq!(other.post(&page, &[]).location(), SESSIONS, "twice is no error");
    // In a browser that is new to the account nobody says anything.
    let (site, first, _) = doubted();
    let page = format!("{SESSIONS}/{}/confirm", id_of(&first));
    let mut new = site.browser_at("192.0.2.9");
    site.sign_in(&mut new, ADA);
    new.get(&page).expect(200, &words("grant-confirm-browser-new"));
    assert_eq!(new.post(&page, &[]).location(), page);
    assert!(site.store_has_doubt(id_of(&first)));
}
