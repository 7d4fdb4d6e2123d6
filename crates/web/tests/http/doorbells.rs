//! The page of an approver can be installed, rings if its owner wants that, and keeps nothing that is anybody's.

use model::authenticator::{Authenticator, AuthenticatorKind};
use model::enrolment::cookie_digest;
use model::id::AuthenticatorId;
use proving::push::Browser as Subscribed;
use serde_json::Value;

use crate::browser::Browser;
use crate::site::{Plan, Site, unlimited, words};

const ADA: &str = "ada@example.org";

/// Makes an approver of an account, without a ceremony: what its browser holds.
pub(crate) fn approver(site: &Site, address: &str) -> String {
    let account = site.account(address).id;
    site.write(move |tx, cx| {
        let own = Authenticator {
            id: AuthenticatorId::new(cx)?,
            account,
            kind: AuthenticatorKind::Approver,
            name: "telephone".to_owned(),
            added_at: cx.now,
            usable_at: cx.now,
            used_at: None,
            session: None,
            counter: 0,
        };
        let secret = cx.entropy.bytes::<16>()?;
        let cookie = cookie_digest(tx.keys(), own.id, &secret);
        let sealed = store::authenticators::seal(tx.keys(), &mut cx.entropy, own.id, b"none")?;
        let new = store::authenticators::New {
            authenticator: &own,
            credential: None,
            sealed: &sealed,
            cancel: None,
            cookie: Some(cookie),
        };
        assert!(store::authenticators::claim_insert(tx, &new)?);
        Ok(tx.unrecorded("a test", wire::token::pair(own.id.bytes(), &secret)))
    })
}

/// A site with an account, and a browser that is an approver of it and not signed in.
fn begin() -> (Site, Browser) {
    let site = Site::with(Plan { policy: unlimited(), file: true, ..Plan::default() });
    flow::doorbell::key::settle(site.app.store(), site.cx()).unwrap();
    site.open(ADA);
    let held = approver(&site, ADA);
    let mut browser = site.browser();
    browser.jar.insert("__Host-bidden-approver".to_owned(), (held, None));
    (site, browser)
}

fn subscription() -> String {
    Subscribed::new(&[5; 32], [6; 16]).unwrap().subscription("https://push.example.net/JzLQ3raZ")
}

fn json(text: &str) -> Value {
    #[expect(clippy::disallowed_methods, reason = "what we wrote ourselves")]
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_page_can_be_installed_by_a_manifest_that_is_the_same_for_everybody() {
    let (site, mut approver) = begin();
    let answer = approver.get("/approve.webmanifest");
    assert_eq!(answer.header("content-type"), "application/manifest+json");
    assert!(answer.cookies().is_empty());
    let manifest = json(&answer.body);
    assert_eq!(site.browser().get("/approve.webmanifest").body, answer.body);
    for (member, value) in [
        ("id", "/approve"),
        ("start_url", "/approve"),
        ("scope", "/approve"),
        ("display", "standalone"),
        ("name", "Approve: Quayside"),
        ("short_name", "Quayside"),
    ] {
        assert_eq!(manifest[member], value, "{member}");
    }
    let icons = manifest["icons"].as_array().unwrap();
    assert_eq!(icons.len(), 3);
    for ((name, content), icon) in web::view::assets::ICONS.iter().zip(icons) {
        assert!(icon["src"].as_str().unwrap().starts_with(&format!("/assets/icons/{name}?v=")));
        assert!(content.starts_with(b"\x89PNG") && content.len() < 6000);
        let side = u32::from_be_bytes(content[16..20].try_into().unwrap());
        assert_eq!(icon["sizes"], format!("{side}x{side}"));
    }
    assert_eq!(approver.get("/assets/icons/icon-1.png").status, 404);
}

#[test]
fn the_worker_keeps_files_and_a_page_that_say_nothing_about_anybody() {
    let (site, mut approver) = begin();
    let answer = approver.get("/approve/worker.js");
    assert_eq!(answer.header("service-worker-allowed"), "/approve");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; connect-src 'self'"));
    let whole = answer.body.clone();
    let said = json(whole.lines().next().unwrap().trim_start_matches("var SAID = ").trim_end_matches(';'));
    assert_eq!(said["title"], "Something waits for you at Quayside");
    assert_eq!(site.browser().get("/approve/worker.js").body, whole);
    for kept in said["kept"].as_array().unwrap() {
        let answer = approver.get(kept.as_str().unwrap());
        assert_eq!(answer.status, 200, "{kept}");
        assert!(answer.cookies().is_empty() && !answer.whole().contains(ADA), "{kept}");
    }
    assert_eq!(said["kept"][0], said["offline"]);
    approver.get("/approve/offline").expect(200, &words("offline-title"));
    let mut signed_in = site.browser();
    site.sign_in(&mut signed_in, ADA);
    let offline = signed_in.get("/approve/offline");
    assert_eq!(offline.body, site.browser().get("/approve/offline").body);
    // There is nothing to press on a ring (threats.md §5.2 row 18).
    assert!(!whole.contains("actions") && whole.contains("showNotification"));
}

#[test]
fn only_pages_that_can_be_installed_may_have_a_worker_and_a_manifest() {
    let (_, mut approver) = begin();
    let policy = |answer: &crate::answer::Answer| answer.header("content-security-policy").to_owned();
    let page = policy(&approver.get("/approve/doorbell"));
    assert!(page.contains("manifest-src 'self'; worker-src 'self'") && page.contains("default-src 'none'"));
    for path in ["/sign-in", "/approve/offline", "/about-this-address"] {
        let policy = policy(&approver.get(path));
        assert!(!policy.contains("worker-src") && !policy.contains("manifest-src"), "{path}");
    }
}

#[test]
fn a_doorbell_is_switched_on_its_own_page_and_by_nobody_else() {
    let (site, mut approver) = begin();
    let page = approver.get("/approve/doorbell");
    page.expect(200, &words("doorbell-off"));
    let key = page.attributes("data-key").remove(0);
    assert_eq!(wire::token::decode::<65>(&key).unwrap()[0], 4);
    assert_eq!(site.count("doorbell_switched"), 0, "looking changes nothing");
    for bad in ["", "{}", r#"{"endpoint":"http://push.example.net/a"}"#] {
        assert_eq!(approver.post("/approve/doorbell", &[("subscription", bad)]).status, 400, "{bad}");
    }
    let on = approver.post("/approve/doorbell", &[("subscription", &subscription())]);
    assert_eq!(on.location(), "/approve/doorbell?notice=on");
    let page = approver.get("/approve/doorbell?notice=on");
    page.expect(200, &words("doorbell-notice-on"));
    assert_eq!(page.attributes("data-key"), [key], "what the worker subscribes with anew");
    assert!(page.whole().contains("https://push.example.net carries the rings"), "{}", page.text());
    assert!(!page.whole().contains("JzLQ3raZ"), "the endpoint is nobody's to see");
    assert!(!site.bytes().windows(8).any(|window| window == b"JzLQ3raZ"), "and is kept sealed");
    // The export names who carries the rings, and nothing by which anybody could ring; so does what is shown of a refusal.
    let id = site.account(ADA).id;
    let refused = site.app.store().read(|reader| store::doorbells::list(reader, id)).unwrap().remove(0);
    assert!(site.write(move |tx, cx| {
        let done = store::doorbells::claim_refused(tx, refused.id, cx.now)?;
        Ok(tx.unrecorded("a test", done))
    }));
    approver.get("/approve/doorbell").expect(200, &words("doorbell-refused"));
    let mut owner = site.browser();
    site.sign_in(&mut owner, ADA);
    owner.get("/account/data");
    let data = json(&owner.post("/account/data", &[]).body);
    let doorbell = &data["authenticators"][0]["doorbell"];
    assert_eq!(doorbell["push_service"], "https://push.example.net");
    assert!(doorbell["since"].is_string() && doorbell["refused_since"].is_string(), "{doorbell}");
    assert_eq!(doorbell.as_object().unwrap().len(), 3);
    assert_eq!(approver.post("/approve/doorbell/off", &[]).location(), "/approve/doorbell?notice=off");
    approver.get("/approve/doorbell").expect(200, &words("doorbell-off"));
    assert_eq!(approver.post("/approve/doorbell/again", &[]).location(), "/approve/doorbell?notice=again");
    assert_eq!(site.count("doorbell_switched"), 2);

    let from_elsewhere =
        approver.post_as("/approve/doorbell", &[("origin", "https://evil.example")], "subscription=x");
    assert_eq!(from_elsewhere.status, 403);
    let mut nobody = site.browser();
    assert_eq!(nobody.get("/approve/doorbell").status, 404);
    site.sign_in(&mut nobody, ADA);
    assert_eq!(nobody.get("/approve/doorbell").status, 404, "a session is no approver");
    nobody.get("/account");
    for path in ["/approve/doorbell/off", "/approve/doorbell/again"] {
        assert_eq!(nobody.post(path, &[]).status, 404);
    }
    assert_eq!(nobody.post("/approve/doorbell", &[("subscription", &subscription())]).status, 404);
}
