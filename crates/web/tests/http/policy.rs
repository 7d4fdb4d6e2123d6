//! What is published for a domain, what the sign-in page says where codes are off, and what a member of a tenant sees.

use flow::account;
use flow::by::By;
use flow::tenant;
use model::budget::MailAllowance;
use model::event::{EventKind, NotSent};
use model::method::{Method, MethodPolicy};
use model::policy::Policy;
use model::sms::{Cost, SmsRules};
use wire::mail::domain::Domain;
use wire::phone::Country;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::{Plan, Site, unlimited, words};

const BY: &By = &By::COMMAND;
const PATH: &str = "/.well-known/sign-in-policy";

/// A university that takes no codes, with what it leaves open.
pub(crate) fn university(site: &Site, methods: MethodPolicy) {
    site.write(|tx, cx| tenant::make(tx, cx, ("uni", "Example University"), BY)).unwrap();
    site.write(|tx, cx| tenant::add_domain(tx, cx, "uni", &Domain::parse("example.edu").unwrap(), BY))
        .unwrap();
    let change = tenant::Change::Methods(methods);
    site.write(move |tx, cx| tenant::change(tx, cx, "uni", &change, BY)).unwrap();
}

fn off() -> MethodPolicy {
    MethodPolicy::OPEN.without(Method::MailCode)
}

#[test]
fn anybody_can_learn_that_no_codes_are_mailed_to_a_domain() {
    let site = Site::new();
    university(&site, off());
    let mut browser = site.browser_at("198.51.100.1");
    let answer = browser.get(&format!("{PATH}?domain=Example.EDU"));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert!(answer.cookies().is_empty());
    #[expect(clippy::disallowed_methods, reason = "what our own page said, read back")]
    let read = |answer: &Answer| serde_json::from_str::<serde_json::Value>(&answer.body).unwrap();
    let policy = read(&answer);
    assert_eq!(policy["version"], 1);
    assert_eq!(policy["domain"], "example.edu");
    assert_eq!(policy["codes_by_mail"], "never");
    assert_eq!(policy["methods"]["sign_in"], serde_json::json!(["passkey", "password", "totp", "approval"]));
    assert_eq!(policy["mail_from"]["domain"], "example.org");
    assert_eq!(policy["site"]["url"], "http://localhost:8000");
    // Nobody's domain, and no domain at all, are answered in the same shape.
    for asked in ["?domain=nobody.example", ""] {
        let other = read(&browser.get(&format!("{PATH}{asked}")));
        assert_eq!(other["codes_by_mail"], "on_request");
        let fields =
            |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(&other), fields(&policy));
    }
}

#[test]
fn a_policy_that_is_known_already_is_not_sent_again_until_it_changes() {
    let site = Site::new();
    university(&site, off());
    let mut browser = site.browser();
    let path = format!("{PATH}?domain=example.edu");
    let tag = browser.get(&path).header("etag").to_owned();
    let again = browser.send(http::Method::GET, &path, &[("if-none-match", &tag)], b"");
    assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag.as_str()));
    let change = tenant::Change::Methods(MethodPolicy::OPEN);
    site.write(move |tx, cx| tenant::change(tx, cx, "uni", &change, BY)).unwrap();
    let changed = browser.send(http::Method::GET, &path, &[("if-none-match", &tag)], b"");
    assert_eq!(changed.status, 200);
    for bad in ["?domain=", "?domain=a@example.edu", "?domain=192.0.2.1", "?domain=a.org&domain=b.org"] {
        let answer = browser.get(&format!("{PATH}{bad}"));
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (400, "{\"error\":\"domain\",\"version\":1}"),
            "{bad}"
        );
    }
}

/// A page without what differs between any two requests.
fn bare(answer: &Answer, browser: &Browser) -> String {
    answer.body.replace(&browser.csrf, "CSRF")
}

/// Rows 12 and 43: where codes are off, every address of the domain gets the same page, and no mail.
#[test]
fn row_12_where_codes_are_off_every_address_of_the_domain_gets_the_same_page() {
    let site = Site::new();
    site.open("ada@example.edu");
    university(&site, off());
    let ask = |address: &str| {
        let mut browser = site.browser_at("198.51.100.9");
        let page = browser.ask(address);
        let answer = browser.get(&page);
        answer.expect(200, "Nobody at example.edu gets a code by mail").expect(200, "Example University");
        answer.expect(200, &words("codes-off-way-passkey"));
        assert_eq!(answer.field("code"), None, "there is nothing to type");
        let typed = browser.clone().post(&page, &[("code", "BCDF-GHJK")]);
        let again = browser.clone().post(&format!("{page}/again"), &[]);
        let length = answer.header("content-length").to_owned();
        (bare(&answer, &browser), length, typed.status, bare(&typed, &browser), again.status)
    };
    assert_eq!(ask("ada@example.edu"), ask("nobody@example.edu"));
    assert!(site.post().is_empty());
    // The owner sees that somebody asked, and why nothing came.
    let id = site.account("ada@example.edu").id;
    let own = site.events().into_iter().filter(|event| event.subject.account() == Some(id));
    let asked: Vec<_> = own
        .filter_map(|event| match event.kind {
            EventKind::SignInCodeRequested { not_sent: Some(why), .. } => Some(why),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [NotSent::MethodOff]);
}

#[test]
fn a_code_that_is_waited_for_when_codes_go_off_is_said_to_be_off() {
    let site = Site::new();
    let mut browser = site.browser();
    let page = browser.ask("ada@example.edu");
    assert!(browser.get(&page).field("code").is_none());
    browser.get(&page).expect(200, &words("code-button-sign-in"));
    university(&site, off());
    browser.get(&page).expect(200, "Nobody at example.edu gets a code by mail");
    // Other domains go on.
    let page = browser.ask("ada@example.com");
    browser.get(&page).expect(200, &words("code-button-sign-in"));
}

/// Row 44: what kind of account it is stands on its page and in its mails.
#[test]
fn row_44_the_account_page_and_the_mail_say_whose_account_it_is() {
    let site = Site::new();
    let mut ada = site.open("ada@example.edu");
    ada.get("/account").expect(200, &words("account-personal"));
    university(&site, MethodPolicy::OPEN);
    let id = site.account("ada@example.edu").id;
    site.write(move |tx, cx| tenant::move_account(tx, cx, id, Some("uni"), BY)).unwrap();
    ada.get("/account").expect(200, "An account of Example University");
    let mut other = site.browser();
    other.ask("ada@example.edu");
    let leased = site.lease().remove(0);
    let message =
        flow::deliver::compose(site.app.store(), &site.cx(), &flow::deliver::Held::default(), &leased)
            .unwrap()
            .unwrap();
    assert_eq!(message.tenant.as_deref(), Some("Example University"));
    // Whoever opens an account with an address there is told whose it would be.
    site.sweep();
    let mut new = site.browser();
    let link = site.invite("bob@example.edu");
    new.get(&link);
    new.post(&link, &[("address", "bob@example.edu")]);
    let leased = site.lease();
    let message =
        flow::deliver::compose(site.app.store(), &site.cx(), &flow::deliver::Held::default(), &leased[0])
            .unwrap()
            .unwrap();
    assert_eq!(message.tenant.as_deref(), Some("Example University"));
    let _ = account::find(site.app.store(), &site.address("bob@example.edu")).unwrap();
}

#[test]
fn row_41_where_a_number_is_typed_the_page_says_what_is_weak_about_text_messages() {
    let cost = Cost::from_hundredths(1000);
    let rules = SmsRules {
        countries: vec![Country::from_code("AT").unwrap()],
        prices: Vec::new(),
        price: cost,
        parts: 1,
        parts_longer: 1,
        per_prefix: cost,
        in_all: cost,
        messages: MailAllowance { per_day: 2, per_week: 5 },
        known_messages: MailAllowance { per_day: 5, per_week: 35 },
    };
    for sms in [None, Some(rules)] {
        let (open, methods) = (sms.is_some(), MethodPolicy::OPEN);
        let site = Site::with(Plan { policy: Policy { sms, methods, ..unlimited() }, ..Plan::default() });
        let mut ada = site.open_first("ada@example.org");
        let mut stranger = site.browser();
        for page in [stranger.get("/sign-in"), ada.get("/account/addresses")] {
            assert_eq!(page.text().contains(&words("phone-risk")), open, "{}", page.text());
        }
    }
}
