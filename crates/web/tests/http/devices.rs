//! Devices over HTTP, with three parties: the person's browser, a device of theirs, and somebody who is neither; `threats.md`
//! §5.2 rows 20 to 24, 27 and 36.

use flow::by::By;
use flow::oauth::clients;
use http::Method;
use model::client::{Registered, TokenFormat};
use model::time::SECOND;
use proving::client_key::ClientKey;
use serde_json::Value;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::own::confirm_by_code;
use crate::providing::{ADA, SITE, client, json};
use crate::published::signing;
use crate::site::{MINUTE, Plan, Site, unlimited, words};

const HOME: &str = "93.184.216.34";
const AWAY: &str = "93.184.216.35";
const PAIR: &str = "/account/devices/pair";

fn on_a_device(id: &str, scopes: &str) -> Registered {
    let mut registered = client(id, AuthenticationMethod::None, "https://app.example.org/cb");
    registered.client.redirect_uris = Vec::new();
    registered.client.grant_types = vec![GrantType::DeviceCode, GrantType::RefreshToken];
    registered.client.token_format = TokenFormat::Opaque;
    registered.client.user_code_scopes = Scopes::stored(scopes).unwrap();
    registered.secrets = Vec::new();
    registered
}

fn site(user_codes: bool) -> Site {
    let site = signing(Plan { policy: unlimited(), user_codes, ..Plan::default() });
    for registered in [on_a_device("tv", "openid read offline_access"), on_a_device("terminal", "")] {
        site.write(move |tx, cx| clients::add(tx, cx, &registered, &By::COMMAND)).unwrap();
    }
    site.open_first(ADA);
    site
}

/// The person's browser, at home and signed in.
fn person(site: &Site) -> Browser {
    let mut browser = site.browser_at(HOME);
    site.sign_in(&mut browser, ADA);
    browser
}

/// A device with a key, somewhere; or a page that pretends to be one, which its browser gives away.
struct Device<'a> {
    site: &'a Site,
    client: &'static str,
    key: ClientKey,
    nonce: String,
    at: &'static str,
    page: &'static str,
}

impl<'a> Device<'a> {
    fn new(site: &'a Site, client: &'static str, at: &'static str) -> Self {
        Self { site, client, key: ClientKey::new().unwrap(), nonce: String::new(), at, page: "" }
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.once(path, fields);
        if json(&answer)["error"] == "use_dpop_nonce" { self.once(path, fields) } else { answer }
    }

    fn once(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let nonce = (!self.nonce.is_empty()).then_some(self.nonce.as_str());
        let now = self.site.cx().now.micros() / SECOND;
        let proof = self.key.proof(("POST", &format!("{SITE}{path}")), now, (nonce, None)).unwrap();
        let body = wire::form::encode(fields.iter().copied().chain([("client_id", self.client)]));
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("dpop", proof.as_str()),
            ("origin", self.page),
        ];
        let answer = self.site.browser_at(self.at).send(Method::POST, path, &headers, body.as_bytes());
        answer.header("dpop-nonce").clone_into(&mut self.nonce);
        answer
    }

    fn asks(&mut self, scope: &str) -> Value {
        let fields = [("scope", scope), ("device_kind", "television")];
        json(self.post("/oauth/device_authorization", &fields).expect(200, "user_code"))
    }

    fn brings(&mut self, code: &str) -> Answer {
        self.post(
            "/oauth/pairing",
            &[("pairing_code", code), ("device_kind", "command_line"), ("scope", "read")],
        )
    }

    fn polls(&mut self, code: &str) -> Value {
        let fields = [("grant_type", GrantType::DeviceCode.name()), ("device_code", code)];
        json(&self.post("/oauth/token", &fields))
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// The code on the page of an open window.
fn shown(page: &Answer) -> String {
    let (_, waits) = page.body.split_once("data-waits").unwrap();
    let (_, code) = waits.split_once("<bdi>").unwrap();
    code.split_once("</bdi>").unwrap().0.to_owned()
}

fn open(browser: &mut Browser) -> String {
    browser.get(PAIR).expect(200, &words("pair-open"));
    assert_eq!(browser.post(PAIR, &[]).location(), PAIR);
    shown(browser.get(PAIR).expect(200, &words("pair-open-lead")))
}

#[test]
fn a_device_is_paired_from_here() {
    let site = site(false);
    let (mut ada, mut device) = (person(&site), Device::new(&site, "terminal", HOME));
    let code = open(&mut ada);
    assert!(!ada.cookie("pairing").is_empty());
    // Looking changes nothing, however often.
    for _ in 0..3 {
        assert_eq!(shown(&ada.get(PAIR)), code);
    }
    let begun = json(device.brings(&code).expect(200, "confirmation"));
    assert!(begun.get("user_code").is_none());
    let question = ada.get(PAIR);
    question.expect(200, &words("pair-answered-lead")).expect(200, &words("near-nearby"));
    question.expect(200, &words("device-command-line")).expect(200, "Tide Tables");
    let (no, yes) = (words("device-deny"), words("device-allow"));
    assert!(question.text().find(&no).unwrap() < question.text().find(&yes).unwrap(), "no comes first");
    assert!(!question.body.contains(text(&begun, "confirmation")), "the page does not know the digits");
    assert_eq!(text(&device.polls(text(&begun, "device_code")), "error"), "authorization_pending");
    let malformed = ada.post("/account/devices/pair/answer", &[("answer", "confirm"), ("digits", "12")]);
    malformed.expect(422, &words("pair-digits-malformed"));
    let typed = [("answer", "confirm"), ("digits", text(&begun, "confirmation"))];
    assert_eq!(ada.post("/account/devices/pair/answer", &typed).location(), PAIR);
    ada.get(PAIR).expect(200, &words("device-allowed-heading"));
    let got = device.polls(text(&begun, "device_code"));
    assert_eq!((text(&got, "token_type"), text(&got, "scope")), ("DPoP", "read"));
    let activity = ada.get("/account/activity");
    for line in [
        "A window for a device was opened",
        "A device answered with the pairing code: Tide Tables",
        "A device with Tide Tables was let in. It was in the same network",
    ] {
        assert!(activity.says(line), "{line}");
    }
    ada.get("/account/grants").expect(200, &words("grant-by-device"));
}

#[test]
fn row_20_a_stranger_finds_nothing_to_begin_with() {
    let site = site(false);
    let mut kit = Device::new(&site, "tv", AWAY);
    let unknown = kit.once("/oauth/device_authorization", &[("scope", "read")]);
    assert_eq!(unknown.status, 404, "as a path that does not exist");
    assert_eq!(unknown.body, site.browser_at(AWAY).send(Method::POST, "/oauth/nothing", &[], b"").body);
    for document in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let said = json(&site.browser().get(document));
        assert!(said.get("device_authorization_endpoint").is_none());
        assert_eq!(text(&said, "pairing_endpoint"), format!("{SITE}/oauth/pairing"));
    }
    let mut ada = person(&site);
    for path in ["/device", "/device?user_code=BCDF-GHJK", "/device/asked"] {
        assert_eq!(ada.get(path).status, 404, "{path}");
    }
    assert_eq!(text(&json(&kit.brings("BCDF-GHJK-LMNP")), "error"), "invalid_grant");
    assert_eq!(text(&json(&kit.brings("not a code")), "error"), "invalid_request");
    let on = self::site(true);
    let said = json(&on.browser().get("/.well-known/openid-configuration"));
    assert_eq!(text(&said, "device_authorization_endpoint"), format!("{SITE}/oauth/device_authorization"));
    let mut terminal = Device::new(&on, "terminal", HOME);
    let refused = terminal.post("/oauth/device_authorization", &[("scope", "read")]);
    assert_eq!(text(&json(&refused), "error"), "unauthorized_client");
}

#[test]
fn row_20_a_path_that_is_off_is_none_by_any_method() {
    let (off, on) = (site(false), site(true));
    let path = "/oauth/device_authorization";
    for (method, there) in [(Method::OPTIONS, 204), (Method::GET, 405), (Method::PUT, 405)] {
        let send = |site: &Site, path: &str| site.browser_at(AWAY).send(method.clone(), path, &[], b"");
        let (none, nothing) = (send(&off, path), send(&off, "/oauth/nothing"));
        assert_eq!((none.status, &none.body), (404, &nothing.body), "{method}");
        assert!(none.header("allow").is_empty() && none.header("access-control-allow-origin").is_empty());
        let some = send(&on, path);
        assert_eq!((some.status, some.header("allow") == "OPTIONS,POST"), (there, there == 405), "{method}");
    }
}

/// The software of some televisions is a page, on an origin of its own.
#[test]
fn a_page_may_do_all_that_a_device_does() {
    let site = site(true);
    let page = "https://tv.example";
    let may = |answer: &Answer| answer.header("access-control-allow-origin") == "*";
    for path in
        ["/oauth/device_authorization", "/oauth/pairing", "/oauth/token", "/oauth/revoke", "/oauth/userinfo"]
    {
        let asks = [
            ("origin", page),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "dpop"),
        ];
        let answer = site.browser().send(Method::OPTIONS, path, &asks, b"");
        assert_eq!((answer.status, may(&answer)), (204, true), "{path}");
        assert!(answer.header("access-control-allow-headers").contains("DPoP"), "{path}");
    }
    let (mut ada, mut tv) = (person(&site), Device::new(&site, "tv", HOME));
    tv.page = page;
    let first = tv.once("/oauth/pairing", &[("pairing_code", "BCDF-GHJK-LMNP")]);
    assert_eq!(text(&json(&first), "error"), "use_dpop_nonce");
    assert!(may(&first) && first.header("access-control-expose-headers").contains("DPoP-Nonce"));
    let code = open(&mut ada);
    let begun = tv.brings(&code);
    assert!(may(&begun));
    let code = json(&begun);
    let poll = [("grant_type", GrantType::DeviceCode.name()), ("device_code", text(&code, "device_code"))];
    let pending = tv.post("/oauth/token", &poll);
    assert_eq!((text(&json(&pending), "error"), may(&pending)), ("authorization_pending", true));
    assert!(may(&tv.post("/oauth/device_authorization", &[("scope", "read")])));
}

/// The page that would mint a code when it is opened: there is none to be had, and the one of another account is no way in.
#[test]
fn row_21_a_code_for_a_device_comes_from_nobodys_page_but_ones_own() {
    let site = site(false);
    let mut ada = person(&site);
    site.open("mallory@example.org");
    let mut mallory = site.browser_at(AWAY);
    site.sign_in(&mut mallory, "mallory@example.org");
    let code = open(&mut mallory);
    let mut device = Device::new(&site, "terminal", HOME);
    let begun = json(device.brings(&code).expect(200, "confirmation"));
    let own = ada.get(PAIR);
    own.expect(200, &words("pair-lead"));
    assert!(!own.says(&words("device-asked-heading")), "it is before mallory");
    // Whoever takes the cookie along to another session has nothing by it.
    ada.jar.insert("__Host-bidden-pairing".to_owned(), (mallory.cookie("pairing"), None));
    ada.get(PAIR).expect(200, &words("pair-lead"));
    let typed = [("answer", "confirm"), ("digits", text(&begun, "confirmation"))];
    ada.post("/account/devices/pair/answer", &typed).location();
    assert_eq!(text(&device.polls(text(&begun, "device_code")), "error"), "authorization_pending");
}

#[test]
fn row_22_the_page_of_one_browser_is_the_start_page_in_another() {
    let site = site(true);
    let (mut ada, mut kit) = (person(&site), Device::new(&site, "tv", AWAY));
    let begun = kit.asks("read");
    // The kit's browser types the code in an account of its own, and hands the page on.
    site.open("mallory@example.org");
    let mut mallory = site.browser_at(AWAY);
    site.sign_in(&mut mallory, "mallory@example.org");
    mallory.get("/device");
    let asked = mallory.post("/device", &[("user_code", text(&begun, "user_code"))]).location();
    assert_eq!(asked, "/device/asked", "nothing of it stands in the address");
    assert_eq!(ada.get(&asked).location(), "/device?gone=1");
    ada.get("/device?gone=1").expect(200, &words("device-gone"));
    // Even with the cookie: it is before another session.
    ada.jar.insert("__Host-bidden-device".to_owned(), (mallory.cookie("device"), None));
    assert_eq!(ada.get(&asked).location(), "/device?gone=1");
    ada.get("/device");
    ada.jar.insert("__Host-bidden-device".to_owned(), (mallory.cookie("device"), None));
    assert_eq!(ada.post(&asked, &[("answer", "allow")]).location(), "/device?gone=1");
    assert!(ada.cookie("device").is_empty());
    let refused = site.events().into_iter().filter(|event| event.kind.name() == "device_code_refused");
    assert_eq!(refused.count(), 1, "it is on the record of whoever typed the code");
    let again = ada.post("/device", &[("user_code", text(&begun, "user_code"))]);
    again.expect(422, &words("refusal-user-code-unknown"));
    assert_eq!(text(&kit.polls(text(&begun, "device_code")), "error"), "authorization_pending");
}

#[test]
fn row_23_a_complete_address_fills_the_field_and_does_nothing() {
    let site = site(true);
    let (mut ada, mut device) = (person(&site), Device::new(&site, "tv", HOME));
    let begun = device.asks("read");
    let complete = text(&begun, "verification_uri_complete").replace(SITE, "");
    let before = site.events().len();
    for _ in 0..3 {
        let page = ada.get(&complete);
        page.expect(200, &words("device-lure"));
        assert_eq!(page.field("user_code").as_deref(), Some(text(&begun, "user_code")));
        assert!(!page.body.contains("data-sends"), "nothing is sent by itself");
    }
    assert_eq!((site.events().len(), ada.cookie("device").as_str()), (before, ""));
    // What is no code is not written on the page of ours.
    for lure in ["Call+1+900+555+0100", "%3Cb%3E", "AAAA-AAAA", "BCDF-GHJK-LMNP"] {
        let page = ada.get(&format!("/device?user_code={lure}"));
        assert_eq!(page.field("user_code").unwrap_or_default(), "", "{lure}");
    }
    // Whoever is not signed in is so first, and comes back to an empty field.
    let mut stranger = site.browser_at(HOME);
    assert_eq!(stranger.get(&complete).location(), "/sign-in?notice=device");
    stranger.get("/sign-in?notice=device").expect(200, &words("notice-sign-in-device"));
    let code_page = stranger.ask(ADA);
    let code = site.mail().code;
    assert_eq!(stranger.submit(&code_page, &code).location(), "/device");
    let page = stranger.get("/device");
    assert_eq!(
        (page.field("user_code").unwrap_or_default().as_str(), stranger.cookie("request").as_str()),
        ("", "")
    );
}

#[test]
fn row_24_who_is_signed_in_already_has_to_prove_it_for_this_device() {
    let site = site(true);
    let (mut ada, mut device) = (person(&site), Device::new(&site, "tv", HOME));
    let begun = device.asks("openid read");
    ada.get("/device");
    let asked = ada.post("/device", &[("user_code", text(&begun, "user_code"))]).location();
    let question = ada.get(&asked);
    question.expect(200, &words("device-prove")).expect(200, &words("device-lure"));
    assert!(!question.says(&words("device-allow")), "there is no yes to press");
    // Nor one to be sent by hand.
    let sent = ada.post(&asked, &[("answer", "allow")]).location();
    assert_eq!(sent, "/account/confirm?to=%2Fdevice%2Fasked");
    assert_eq!(text(&device.polls(text(&begun, "device_code")), "error"), "authorization_pending");
    site.advance(crate::site::SECOND);
    confirm_by_code(&site, &mut ada, "/device/asked");
    let question = ada.get(&asked);
    question.expect(200, &words("near-nearby")).expect(200, &words("device-television"));
    let (no, yes) = (words("device-deny"), words("device-allow"));
    assert!(question.text().find(&no).unwrap() < question.text().find(&yes).unwrap(), "no comes first");
    assert_eq!(ada.post(&asked, &[("answer", "allow")]).location(), asked);
    ada.get(&asked).expect(200, &words("device-allowed-heading"));
    site.advance(crate::site::SECOND * 6);
    let got = device.polls(text(&begun, "device_code"));
    assert_eq!(text(&got, "scope"), "openid read");
}

#[test]
fn no_needs_no_proof_and_says_what_it_means() {
    let site = site(true);
    let (mut ada, mut kit) = (person(&site), Device::new(&site, "tv", AWAY));
    let begun = kit.asks("read");
    ada.get("/device");
    let asked = ada.post("/device", &[("user_code", text(&begun, "user_code"))]).location();
    ada.get(&asked).expect(200, &words("near-elsewhere"));
    assert_eq!(ada.post(&asked, &[("answer", "deny")]).location(), asked);
    ada.get(&asked).expect(200, &words("device-denied-heading"));
    assert_eq!(text(&kit.polls(text(&begun, "device_code")), "error"), "access_denied");
}

/// Whatever a device was let in to do: what decides over the account is done in a browser, by a proof, and never by a token.
#[test]
fn row_27_no_token_of_a_device_adds_anything_to_an_account() {
    let site = site(false);
    let (mut ada, mut device) = (person(&site), Device::new(&site, "terminal", HOME));
    let code = open(&mut ada);
    let begun = json(device.brings(&code).expect(200, "confirmation"));
    let typed = [("answer", "confirm"), ("digits", text(&begun, "confirmation"))];
    ada.post("/account/devices/pair/answer", &typed).location();
    let got = device.polls(text(&begun, "device_code"));
    let before = site.events().len();
    for path in [
        "/account/authenticators/passkeys",
        "/account/authenticators/password",
        "/account/authenticators/app",
        "/account/authenticators/recovery-codes",
        "/account/addresses",
        "/account/devices/pair",
        "/operator/clients/add",
    ] {
        for token in [text(&got, "access_token"), text(&begun, "device_code")] {
            for scheme in ["Bearer", "DPoP"] {
                let header = format!("{scheme} {token}");
                let headers = [
                    ("authorization", header.as_str()),
                    ("content-type", "application/x-www-form-urlencoded"),
                ];
                let answer = site.browser_at(HOME).send(Method::POST, path, &headers, b"csrf=x&password=x");
                assert!(matches!(answer.status, 400 | 403), "{path}: {}", answer.status);
            }
        }
    }
    assert_eq!(site.events().len(), before);
}

#[test]
fn row_36_a_relay_needs_the_digits_and_the_page_says_where_they_lead() {
    let site = site(false);
    let (mut ada, mut kit) = (person(&site), Device::new(&site, "terminal", AWAY));
    let code = open(&mut ada);
    let begun = json(kit.brings(&code).expect(200, "confirmation"));
    ada.get(PAIR).expect(200, &words("near-elsewhere")).expect(200, AWAY);
    let right = text(&begun, "confirmation");
    let wrong = if right == "0000" { "0001" } else { "0000" };
    for left in [2, 1] {
        let answer = ada.post("/account/devices/pair/answer", &[("answer", "confirm"), ("digits", wrong)]);
        answer.expect(422, &words("pair-digits-wrong"));
        answer.expect(422, &crate::site::counted("pair-digits-left", left));
    }
    ada.post("/account/devices/pair/answer", &[("answer", "confirm"), ("digits", wrong)]).location();
    ada.get(PAIR).expect(200, &words("pair-wrong-heading"));
    assert_eq!(text(&kit.polls(text(&begun, "device_code")), "error"), "access_denied");
}

/// A page of a stranger's that asks for the code runs in the person's own browser, behind the person's own address.
#[test]
fn row_36_a_page_in_the_persons_own_browser_is_near_to_nobody() {
    let site = site(false);
    let (mut ada, mut lure) = (person(&site), Device::new(&site, "terminal", HOME));
    lure.page = "https://evil.example";
    let code = open(&mut ada);
    let begun = json(lure.brings(&code).expect(200, "confirmation"));
    ada.get(PAIR).expect(200, &words("near-unknown"));
    lure.page = "";
    lure.polls(text(&begun, "device_code"));
    ada.get(PAIR).expect(200, &words("near-unknown"));
}

#[test]
fn a_window_needs_a_proof_and_one_that_somebody_else_opened_can_be_closed() {
    let site = site(false);
    let mut ada = person(&site);
    let mut other = site.browser_at(HOME);
    site.sign_in(&mut other, ADA);
    let code = open(&mut other);
    ada.get(PAIR).expect(200, &words("pair-elsewhere-lead"));
    ada.post("/account/devices/pair/answer", &[("answer", "close")]).location();
    other.get(PAIR).expect(200, &words("pair-closed-heading"));
    let mut device = Device::new(&site, "terminal", HOME);
    assert_eq!(text(&json(&device.brings(&code)), "error"), "invalid_grant");
    site.advance(MINUTE * 5);
    ada.get(PAIR).expect(200, &words("pair-prove-why"));
    assert_eq!(ada.post(PAIR, &[]).location(), "/account/confirm?to=%2Faccount%2Fdevices%2Fpair");
    let late = open_after_proof(&site, &mut ada);
    site.advance(MINUTE * 2);
    ada.get(PAIR).expect(200, &words("pair-late-heading"));
    assert_eq!(text(&json(&device.brings(&late)), "error"), "invalid_grant");
    // Nothing of a window is for whoever is not signed in, or posts from elsewhere.
    assert_eq!(site.browser_at(HOME).get(PAIR).status, 303);
    assert_eq!(
        ada.post_as(PAIR, &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")], "").status,
        403
    );
}

fn open_after_proof(site: &Site, browser: &mut Browser) -> String {
    confirm_by_code(site, browser, PAIR);
    open(browser)
}
