//! Row 47: no other site, and no stranger, makes a browser do anything here.

use crate::browser::{Browser, Header};
use crate::site::{Plan, Site, words};

const ADA: &str = "ada@example.org";

/// A site, a browser that is signed in, and every path that changes something, each with its fields.
struct Scene {
    site: Site,
    ada: Browser,
    forms: Vec<(String, Vec<(&'static str, String)>)>,
}

fn scene() -> Scene {
    let site = Site::with(Plan { file: true, ..Plan::default() });
    let link = site.set_up_link();
    let mut ada = site.open(ADA);
    let mut elsewhere = site.browser_at("192.0.2.7");
    site.sign_in(&mut elsewhere, ADA);
    let other = wire::token::decode::<48>(&elsewhere.cookie("session")).unwrap();
    let other = model::id::SessionId::from_bytes(other[..16].try_into().unwrap());
    let page = ada.post("/sign-in", &[("address", ADA)]).location();
    ada.get("/account");
    let mail = site.mail();
    site.advance(std::time::Duration::from_secs(40));
    let invited = site.invite("bob@example.org");
    let address = |address: &str| vec![("address", address.to_owned())];
    let forms = vec![
        ("/sign-in".to_owned(), address("eve@example.org")),
        (page.clone(), vec![("code", mail.code)]),
        (format!("{page}/again"), Vec::new()),
        ("/sign-out".to_owned(), Vec::new()),
        (link, address("eve@example.org")),
        (invited, address("bob@example.org")),
        ("/account/sessions/end-others".to_owned(), Vec::new()),
        (format!("/account/sessions/{other}/end"), Vec::new()),
        (format!("/account/activity/{}/not-me", mail.request), Vec::new()),
    ];
    Scene { site, ada, forms }
}

impl Scene {
    /// Posts every form as `who` with these headers and this secret: all are refused with `sentence`, and
    /// nothing is written.
    fn refused(&self, who: &Browser, headers: &[Header<'_>], csrf: Option<&str>, sentence: &str) {
        let before = self.site.bytes();
        for (path, fields) in &self.forms {
            let all = csrf.map(|csrf| ("csrf", csrf)).into_iter();
            let all = all.chain(fields.iter().map(|(name, value)| (*name, value.as_str())));
            let mut tab = who.clone();
            let answer = tab.post_as(path, headers, &wire::form::encode(all));
            answer.expect(403, &words(sentence));
            assert!(answer.headers.get("location").is_none());
            assert_eq!(tab.cookie("session"), who.cookie("session"), "{path}");
        }
        assert!(self.site.bytes() == before, "something was written: {headers:?}");
    }
}

#[test]
fn row_47_a_form_that_the_browser_says_came_from_elsewhere_is_refused_everywhere() {
    let scene = scene();
    let csrf = scene.ada.csrf.clone();
    for header in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "https://localhost:8000"),
        ("origin", "http://localhost:8001"),
        ("origin", "http://localhost"),
        ("origin", "http://localhost:8000.evil.example"),
        ("origin", "http://localhost:8000, http://localhost:8000"),
        ("origin", "localhost:8000"),
        ("origin", "http://127.0.0.1:8000"),
        ("origin", "file://"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("sec-fetch-site", "SAME-ORIGIN"),
    ] {
        scene.refused(&scene.ada, &[header], Some(&csrf), "trouble-cross-site");
    }
}

#[test]
fn row_47_a_form_without_the_secret_of_this_browser_and_session_is_refused_everywhere() {
    let scene = scene();
    let own = scene.ada.csrf.clone();
    let mut stranger = scene.site.browser();
    stranger.get("/sign-in");
    // The same browser before it signed in: its half, and no session.
    let mut before = scene.ada.clone();
    before.jar.remove("__Host-bidden-session");
    before.get("/sign-in");
    let longer = format!("{own}A");
    let headers_of_old_browsers: [&[Header<'_>]; 2] = [&[], &[("origin", ""), ("sec-fetch-site", "")]];
    for headers in headers_of_old_browsers {
        for csrf in
            [None, Some(""), Some("AAAAAAAAAAAAAAAAAAAAAA"), Some(&*stranger.csrf), Some(&*before.csrf)]
        {
            assert_ne!(csrf, Some(own.as_str()));
            scene.refused(&scene.ada, headers, csrf, "trouble-form-expired");
        }
        scene.refused(&scene.ada, headers, Some(&own[1..]), "trouble-form-expired");
        scene.refused(&scene.ada, headers, Some(&longer), "trouble-form-expired");
        // The other way round: a secret of the signed-in page is none for whoever is not signed in.
        scene.refused(&before, headers, Some(&own), "trouble-form-expired");
        scene.refused(&stranger, headers, Some(&own), "trouble-form-expired");
    }
}

#[test]
fn row_47_a_browser_that_was_never_here_can_post_nothing() {
    let scene = scene();
    let blank = scene.site.browser();
    for csrf in [None, Some(""), Some(&*scene.ada.csrf)] {
        scene.refused(&blank, &[], csrf, "trouble-form-expired");
    }
}

#[test]
fn row_47_nobody_is_signed_in_to_an_account_of_somebody_elses() {
    // Login CSRF: the attacker asks for a code for an account of theirs, and has the victim's browser use it.
    let site = Site::new();
    site.open_first(ADA);
    let mut attacker = site.open("eve@example.org");
    let page = attacker.post("/sign-in", &[("address", "eve@example.org")]).location();
    let code = site.mail().code;
    attacker.get(&page);
    let theirs = wire::form::encode([("csrf", attacker.csrf.as_str()), ("code", &code)]);
    let mut victim = site.browser_at("192.0.2.7");
    victim.get("/sign-in");
    let own = wire::form::encode([("csrf", victim.csrf.as_str()), ("code", &code)]);

    victim.post_as(&page, &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")], &theirs);
    victim.post_as(&page, &[("origin", ""), ("sec-fetch-site", "")], &theirs);
    assert_eq!(victim.cookie("session"), "");
    // Even with a form of its own the victim's browser is not the one that asked.
    victim.post_as(&page, &[], &own).expect(404, &words("code-ended-other-browser"));
    assert_eq!(victim.cookie("session"), "");
    // The account's name stands on every page, so that nobody mistakes whose it is.
    attacker.get("/account/activity").expect(200, "eve@example.org");
}

#[test]
fn a_browser_that_says_nothing_about_where_a_form_came_from_is_served_by_its_secret() {
    let site = Site::new();
    site.open_first(ADA);
    let mut browser = site.browser();
    browser.get("/sign-in");
    let body = wire::form::encode([("csrf", browser.csrf.clone().as_str()), ("address", ADA)]);
    browser.post_as("/sign-in", &[("origin", ""), ("sec-fetch-site", "")], &body).location();
    assert_eq!(site.post().len(), 1);
}

#[test]
fn a_loopback_site_takes_forms_under_each_of_its_loopback_names() {
    let site = Site::new();
    for host in ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "localhost:8080"] {
        let mut browser = site.browser();
        browser.send(http::Method::GET, "/sign-in", &[("host", host)], b"");
        let body = wire::form::encode([("csrf", browser.csrf.clone().as_str()), ("address", ADA)]);
        let origin = format!("http://{host}");
        browser.post_as("/sign-in", &[("host", host), ("origin", &origin)], &body).location();
        let other = [("host", host), ("origin", "http://[::1]:9999")];
        browser.post_as("/sign-in", &other, &body).expect(403, &words("trouble-cross-site"));
    }
}
