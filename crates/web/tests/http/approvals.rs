//! Approvals over HTTP: a phone that becomes an approver, what it shows, and what the browser that asks is told.

use model::policy::Policy;
use proving::passkey::Authenticator;
use wire::http::network::Network;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::passwords::GOOD;
use crate::site::{DAYS, MINUTE, Plan, Site, unlimited, words};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const NOBODY: &str = "nobody@example.org";
const NEW: &str = "/account/authenticators/approvers";

fn site() -> Site {
    // One house, so that a phone in it is near.
    let nearby_networks = vec![Network::parse("127.0.0.0/8").unwrap()];
    Site::with(Plan { policy: Policy { nearby_networks, ..unlimited() }, ..Plan::default() })
}

fn options(page: &Answer) -> String {
    page.attributes("data-options").remove(0)
}

/// What the QR code of the page leads to.
fn code(page: &Answer) -> String {
    let at = page.body.clone();
    let (_, rest) = at.split_once("/approve/join/").expect("a link");
    format!(
        "/approve/join/{}",
        rest.split(|letter: char| !letter.is_ascii_alphanumeric() && !"-_".contains(letter)).next().unwrap()
    )
}

fn join(phone: &mut Browser, device: &mut Authenticator, path: &str) -> Answer {
    let page = phone.get(path);
    let credential = device.make(&options(&page)).unwrap();
    let challenge = page.field("challenge").unwrap();
    phone.post(path, &[("challenge", &challenge), ("credential", &credential), ("name", "Ada’s phone")])
}

/// The owner's browser, and a phone that approves.
fn settled(site: &Site) -> (Browser, Browser, Authenticator) {
    let mut home = site.open_first(ADA);
    home.get(NEW).expect(200, &words("approver-new-heading"));
    assert_eq!(home.post(NEW, &[]).location(), NEW);
    let shown = home.get(NEW);
    shown.expect(200, &words("approver-open-heading"));
    let mut phone = site.browser_at("127.0.0.9");
    let mut device = Authenticator::new(&phone.line.origin);
    let joined = join(&mut phone, &mut device, &code(&shown));
    assert_eq!(joined.location(), "/approve?notice=enrolled");
    home.get(NEW).expect(200, &words("approver-made-heading")).expect(200, "Ada’s phone");
    (home, phone, device)
}

fn with_password(site: &Site) -> (Browser, Browser, Authenticator) {
    let (mut home, phone, device) = settled(site);
    crate::passwords::set(&mut home, &[("new", GOOD)]);
    (home, phone, device)
}

/// Signs in with the password; leads to the page with the number.
fn type_password(browser: &mut Browser) -> String {
    browser.get("/sign-in/password");
    browser.post("/sign-in/password", &[("address", ADA), ("password", GOOD)]).location()
}

fn number(page: &Answer) -> String {
    let text = page.body.clone();
    let (_, rest) = text.split_once("data-waits=").expect("a number");
    let (_, rest) = rest.split_once("<bdi dir=\"ltr\">").unwrap();
    rest.split('<').next().unwrap().replace(' ', "")
}

/// What the page of the phone leads to.
fn question(phone: &mut Browser) -> String {
    let page = phone.get("/approve");
    let text = page.body.clone();
    let (_, rest) = text.split_once("action=\"/approve/").expect("a question");
    format!("/approve/{}", rest.split('/').next().unwrap())
}

fn sign(phone: &mut Browser, device: &mut Authenticator, (at, number): (&str, &str)) -> Answer {
    assert_eq!(phone.post(&format!("{at}/open"), &[]).location(), at);
    phone.get(at).expect(200, &words("approve-one-heading"));
    let page = phone.post(&format!("{at}/number"), &[("number", number)]);
    page.expect(200, &words("approve-one-try"));
    let credential = device.sign(&options(&page)).unwrap();
    let challenge = page.field("challenge").unwrap();
    let fields = [("challenge", challenge.as_str()), ("credential", &credential), ("number", number)];
    phone.post(&format!("{at}/answer"), &fields)
}

#[test]
fn a_phone_approves_what_a_password_began() {
    let site = site();
    let (mut home, mut phone, mut device) = with_password(&site);
    home.get("/account").expect(200, &words("protect-password-approver"));
    phone.get("/approve").expect(200, &words("approve-nothing"));
    let mut other = site.browser_at("93.184.216.34");
    let page = type_password(&mut other);
    assert!(page.starts_with("/approval/"), "{page}");
    let shown = other.get(&page);
    shown.expect(200, &words("approval-heading"));
    let at = question(&mut phone);
    phone.get("/approve").expect(200, &words("approve-wants-second")).expect(200, &words("near-elsewhere"));
    let answered = sign(&mut phone, &mut device, (&at, &number(&shown)));
    assert_eq!(answered.location(), "/approve?notice=approved");
    phone.get("/approve").expect(200, &words("approve-given"));
    other.get(&page).expect(200, &words("approval-approved-heading"));
    assert_eq!(other.post(&format!("{page}/take"), &[]).location(), "/account");
    assert!(other.is_signed_in());
    assert_eq!(other.cookie("halfway"), "");
    phone.get("/approve").expect(200, &words("approve-nothing"));
}

#[test]
fn row_17_what_may_have_been_relayed_is_provisional_until_its_owner_says_that_it_is_theirs() {
    let site = site();
    let (mut home, mut phone, mut device) = with_password(&site);
    let mut other = site.browser_at("93.184.216.34");
    let page = type_password(&mut other);
    let shown = other.get(&page);
    let at = question(&mut phone);
    sign(&mut phone, &mut device, (&at, &number(&shown)));
    other.get(&page);
    other.post(&format!("{page}/take"), &[]);
    other.get("/account").expect(200, &words("waiting-unsure"));
    other.get("/account/sessions").expect(200, &words("session-unsure-this"));
    other.get("/account/confirm?to=/account/gate").expect(200, &words("session-unsure-this"));
    home.get("/account/sessions").expect(200, &words("session-unsure-text"));
    // In the browser at home, after both proofs.
    site.advance(6 * MINUTE);
    let to = format!("/account/sessions/{}/confirm", crate::doubted::id_of(&other));
    assert!(home.get(&to).location().starts_with("/account/confirm?to="));
    home.get(&format!("/account/confirm?to={to}"));
    let asked = home.post("/account/confirm/password", &[("to", &to), ("password", GOOD)]).location();
    let shown = home.get(&asked);
    let at = question(&mut phone);
    sign(&mut phone, &mut device, (&at, &number(&shown)));
    home.get(&asked);
    let path = asked.split('?').next().unwrap();
    assert_eq!(home.post(&format!("{path}/take"), &[("to", &to)]).location(), to);
    home.get(&to).expect(200, &words("session-unsure-lead")).expect(200, &words("session-unsure-warning"));
    assert_eq!(home.post(&to, &[]).location(), "/account/sessions?confirmed=1");
    assert!(!other.get("/account").body.contains(&words("waiting-unsure")));
    home.get("/account/activity").expect(200, &words("what-session-confirmed"));
}

#[test]
fn row_16_without_the_number_and_the_gesture_nothing_is_approved_and_no_comes_first() {
    let site = site();
    let (_, mut phone, mut device) = with_password(&site);
    let mut other = site.browser_at("192.0.2.9");
    let page = type_password(&mut other);
    let shown = other.get(&page);
    let at = question(&mut phone);
    let card = phone.get("/approve").body.clone();
    let (no, yes) = (card.find(&words("approve-deny")), card.find(&words("approve-open")));
    assert!(no.is_some() && no < yes, "the careful choice is the first");
    phone.post(&format!("{at}/open"), &[]);
    let one = phone.get(&at);
    assert!(one.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert!(!one.body.clone().contains(" autofocus"), "row 48: nothing is chosen beforehand");
    for nothing in ["", "12345", "1234567", "abcdef"] {
        phone
            .post(&format!("{at}/number"), &[("number", nothing)])
            .expect(422, &words("approve-number-malformed"));
    }
    // The gesture is for what was typed, and for nothing else.
    let right = number(&shown);
    let asked = phone.post(&format!("{at}/number"), &[("number", "000000")]);
    let credential = device.sign(&options(&asked)).unwrap();
    let challenge = asked.field("challenge").unwrap();
    let swapped = [("challenge", challenge.as_str()), ("credential", &credential), ("number", &right)];
    let refused = phone.post(&format!("{at}/answer"), &swapped);
    assert_eq!(refused.location(), "/approve?notice=unproved");
    // One try.
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let answered = sign(&mut phone, &mut device, (&at, wrong));
    assert_eq!(answered.location(), "/approve?notice=wrong");
    assert_eq!(phone.get(&at).location(), "/approve?notice=over");
    other.get(&page).expect(200, &words("approval-over-heading"));
    other.post(&format!("{page}/take"), &[]);
    assert!(!other.is_signed_in());
    assert_eq!(site.count("approval_matched"), 0);
}

#[test]
fn that_is_not_me_says_what_to_do_by_what_really_ran() {
    let site = site();
    let (_, mut phone, _) = with_password(&site);
    let mut other = site.browser_at("192.0.2.9");
    let page = type_password(&mut other);
    let at = question(&mut phone);
    phone
        .post(&format!("{at}/deny"), &[])
        .expect(200, &words("approve-denied-heading"))
        .expect(200, &words("approve-denied-second"));
    other.get(&page).expect(200, &words("approval-over-heading"));
    assert_eq!(phone.post(&format!("{at}/deny"), &[]).location(), "/approve?notice=over");
    assert_eq!(site.count("approval_denied"), 1);
}

/// A page without what differs between any two: the name of what is asked, the number, the secret of its forms, times.
fn shape(page: &Answer, path: &str) -> String {
    let id = path.rsplit('/').next().unwrap();
    let number = number(page);
    let shown = format!("{} {}", &number[..3], &number[3..]);
    let csrf = page.field("csrf").unwrap();
    let bare = page.body.replace(id, "ID").replace(&shown, "NUMBER").replace(&csrf, "CSRF");
    // Times have the same length, and are other ones.
    bare.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

#[test]
fn row_12_a_stranger_sees_the_same_for_every_address() {
    let site = site();
    let (_, mut phone, _) = settled(&site);
    site.open(BOB);
    let mut pages = Vec::new();
    for address in [ADA, BOB, NOBODY] {
        let mut stranger = site.browser_at("192.0.2.77");
        stranger.get("/sign-in").expect(200, &words("sign-in-approval-link"));
        stranger.get("/sign-in/approval").expect(200, &words("approval-ask-lead"));
        let asked = stranger.post("/sign-in/approval", &[("address", address)]);
        assert_eq!(asked.status, 303);
        let page = stranger.get(&asked.location());
        page.expect(200, &words("approval-heading"));
        pages.push((shape(&page, &asked.location()), page.body.len()));
        // Nobody's phone knows of it.
        phone.get("/approve").expect(200, &words("approve-nothing"));
        site.advance(5 * MINUTE);
        stranger.get(&asked.location()).expect(200, &words("approval-over-heading"));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
}

#[test]
fn a_known_browser_asks_without_a_password() {
    let site = site();
    let (mut home, mut phone, mut device) = settled(&site);
    home.get("/account");
    home.post("/sign-out", &[]);
    home.get("/sign-in/approval");
    let page = home.post("/sign-in/approval", &[("address", ADA)]).location();
    let shown = home.get(&page);
    let at = question(&mut phone);
    phone.get("/approve").expect(200, &words("approve-wants-sign-in"));
    sign(&mut phone, &mut device, (&at, &number(&shown)));
    home.get(&page);
    assert_eq!(home.post(&format!("{page}/take"), &[]).location(), "/account");
    assert!(home.is_signed_in());
}

#[test]
fn the_browser_of_an_approver_is_signed_in_nowhere_and_out_at_once_when_it_is_removed() {
    let site = site();
    let (mut home, mut phone, _) = settled(&site);
    for path in ["/account", "/account/authenticators", "/account/activity", "/account/data"] {
        assert_eq!(phone.get(path).location(), "/sign-in?notice=needed", "{path}");
    }
    let list = home.get("/account/authenticators");
    list.expect(200, &words("approvers-heading")).expect(200, "Ada’s phone");
    let remove = list.links().into_iter().find(|link| link.ends_with("/remove")).unwrap();
    home.get(&remove).expect(200, &words("approver-remove-lead"));
    let removed = home.post(&remove, &[]);
    assert_eq!(removed.location(), "/account/authenticators?notice=approver-removed");
    phone.get("/approve").expect(200, &words("approve-notice-removed")).expect(200, &words("approve-none"));
}

#[test]
fn a_code_makes_one_approver_and_tells_nobody_else_of_whom() {
    let site = site();
    let mut home = site.open_first(ADA);
    home.get(NEW);
    home.post(NEW, &[]);
    let path = code(&home.get(NEW));
    let mut phone = site.browser_at("127.0.0.9");
    phone.get(&path).expect(200, ADA).expect(200, &words("join-lure"));
    let mut device = Authenticator::new(&phone.line.origin);
    assert_eq!(join(&mut phone, &mut device, &path).status, 303);
    let mut second = site.browser_at("127.0.0.10");
    let gone = second.get(&path);
    gone.expect(404, &words("join-gone-heading"));
    assert!(!gone.body.clone().contains(ADA));
    second.get("/approve/join/nonsense").expect(404, &words("join-gone-heading"));
    // From elsewhere it is held, and says so on both sides.
    home.get(NEW);
    home.post(NEW, &[]);
    let path = code(&home.get(NEW));
    let mut far = site.browser_at("192.0.2.50");
    let mut device = Authenticator::new(&far.line.origin);
    assert_eq!(join(&mut far, &mut device, &path).location(), "/approve?notice=held");
    far.get("/approve?notice=held").expect(200, &words("approve-held"));
    home.get(NEW).expect(200, &words("approver-made-held-heading"));
    site.advance(2 * DAYS);
    far.get("/approve").expect(200, &words("approve-nothing"));
}

#[test]
fn within_a_session_an_approval_confirms_who_is_there() {
    let site = site();
    let (mut home, mut phone, mut device) = with_password(&site);
    site.advance(10 * MINUTE);
    let to = "/account/authenticators/password";
    home.get(&format!("/account/confirm?to={to}")).expect(200, &words("confirm-password-approval"));
    let asked = home.post("/account/confirm/password", &[("to", to), ("password", GOOD)]);
    let page = asked.location();
    assert!(page.starts_with("/approval/"), "{page}");
    let shown = home.get(&page);
    let at = question(&mut phone);
    phone.get("/approve").expect(200, &words("approve-wants-confirm"));
    sign(&mut phone, &mut device, (&at, &number(&shown)));
    home.get(&page);
    let path = page.split('?').next().unwrap();
    assert_eq!(home.post(&format!("{path}/take"), &[("to", to)]).location(), to);
    assert_eq!(home.get(to).status, 200);
    // An approval alone is not enough for an account that reaches more.
    site.advance(10 * MINUTE);
    home.get("/account/confirm");
    home.post("/account/confirm/approval", &[("to", to)]).expect(404, "");
}
