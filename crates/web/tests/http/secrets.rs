//! What must not be anywhere: codes and secrets outside the one place that they are for (row 46), and words of
//! whoever asks (row 38).

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use flow::deliver;
use model::message::Body;
use proptest::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span;

use crate::site::{MINUTE, SECOND, Site, wrong};

/// Everything that is logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{field} = {value:?}").unwrap();
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut self.clone());
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn row_46_no_code_and_no_secret_is_in_any_answer_event_or_log_of_a_whole_story() {
    let log = Log::default();
    let (said, events, secrets) = tracing::subscriber::with_default(log.clone(), || {
        tracing::info!(mark = "the log is read");
        a_whole_story()
    });
    let log = log.0.lock().unwrap().clone();
    assert!(log.contains("the log is read"));
    assert!(secrets.len() > 12 && said.len() > 30 && events.len() > 2000);
    for secret in secrets {
        assert!(!events.contains(&secret), "{secret} is on the record");
        assert!(!log.contains(&secret), "{secret} is in the log");
        for answer in &said {
            assert!(!answer.body.contains(&secret), "{secret} is on the page of {}", answer.asked);
            for (name, value) in &answer.headers {
                let value = value.to_str().unwrap();
                // A cookie is given to its browser, once, in the answer that makes it.
                let its_place = name == "set-cookie" && value.starts_with("__Host-bidden-");
                assert!(its_place || !value.contains(&secret), "{secret} is in {name} of {}", answer.asked);
            }
        }
    }
}

/// The answers, the record as JSON, and every secret that there was.
fn a_whole_story() -> (Vec<crate::answer::Answer>, String, Vec<String>) {
    let site = Site::new();
    let mut secrets = Vec::new();
    let mut code =
        |code: &str| secrets.extend([code.to_owned(), wire::base20::group(code), code.to_lowercase()]);
    let link = site.set_up_link();
    let mut ada = site.browser();
    ada.get(&link);
    let page = ada.post(&link, &[("address", "ada@example.org")]).location();
    let mail = site.mail();
    code(&mail.code);
    ada.submit(&page, &wrong(&mail.code, 1));
    code(&wrong(&mail.code, 1));
    ada.submit(&page, &mail.code);
    let (first, browser) = (ada.cookie("session"), ada.cookie("browser"));

    let mut stranger = site.browser_at("198.51.100.9");
    let page = stranger.ask("ada@example.org");
    let mail = site.mail();
    code(&mail.code);
    ada.get(&page);
    ada.submit(&page, &mail.code);
    site.advance(SECOND * 30);
    stranger.get(&page);
    stranger.post(&format!("{page}/again"), &[]);
    site.post();
    stranger.get(&mail.not_me);
    stranger.post(&mail.not_me, &[]);
    let not_me = mail.not_me.clone();
    stranger.submit(&page, &mail.code);
    stranger.ask("nobody@example.org");
    stranger.get("/not-me/x");
    site.advance(MINUTE * 10);
    site.sweep();

    ada.get("/account");
    let page = ada.post("/sign-in", &[("address", "ada@example.org")]).location();
    let mail = site.mail();
    code(&mail.code);
    ada.submit(&page, &mail.code);
    for path in ["/account", "/account/activity", "/operator", "/nowhere", "/account?a=%ff"] {
        ada.get(path);
    }
    let second = ada.cookie("session");
    ada.get("/account");
    ada.post("/sign-out", &[]);
    let halves = [browser, stranger.cookie("browser"), first, second];
    assert!(halves.iter().all(|half| half.len() >= 22));
    secrets.extend(halves.iter().cloned());
    // The secret half alone, too: bytes 16 to 48 of a session's cookie begin within its 22nd letter.
    secrets.extend(halves.iter().filter(|value| value.len() == 64).map(|value| value[22..].to_owned()));
    let not_me_secret = not_me.strip_prefix("/not-me/").unwrap()[22..].to_owned();
    let events = serde_json::to_string(&site.events()).unwrap();
    assert!(!events.contains(&not_me_secret));
    // The page behind the link holds the link, for its own form.
    let elsewhere = site.said().into_iter().filter(|answer| !answer.asked.contains("/not-me/"));
    assert!(elsewhere.into_iter().all(|answer| !answer.whole().contains(&not_me_secret)));
    (site.said(), events, secrets)
}

#[test]
fn row_46_the_address_of_somebody_without_account_is_on_the_record_only_masked() {
    let site = Site::new();
    let mut ada = site.open_first("ada@example.org");
    let mut browser = site.browser_at("198.51.100.9");
    let page = browser.ask("secretive.person@example.net");
    browser.submit(&page, "BCDF-GHJK");
    site.advance(MINUTE * 11);
    site.sweep();
    let events = serde_json::to_string(&site.events()).unwrap();
    assert!(events.contains("@example.net") && !events.contains("secretive"));
    assert!(!ada.get("/operator").body.contains("secretive"));
}

/// Text that somebody who wants to be read by another person would put into a header.
fn bait() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        Just("https://evil.example/login".to_owned()),
        Just("Call +1-555-0199 now".to_owned()),
        Just("<script>alert(1)</script>".to_owned()),
        Just("\"><img src=x onerror=y>".to_owned()),
        Just("\u{202e}gro.elpmaxe".to_owned()),
        Just("Firefox/140.0 https://evil.example".to_owned()),
        Just("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36 evil.example".to_owned()),
        Just("{{ 7 * 7 }} ${7*7} %{evil.example}".to_owned()),
        Just("evil.example\tevil.example".to_owned()),
        "[a-zA-Z0-9 ./:;()<>&'\"_+-]{0,60}".prop_map(|text| format!("{text} evil.example")),
        "\\PC{0,40}".prop_map(|text| format!("{text}evil.example")),
    ];
    proptest::collection::vec(words, 1..4).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn row_38_nothing_that_an_asker_can_write_is_in_a_mail_or_on_a_page_of_somebody_else(agent in bait(), to in bait()) {
        let site = Site::new();
        let mut ada = site.open_first("ada@example.org");
        let mut asker = site.browser_at("198.51.100.9");
        asker.agent = agent;
        asker.get("/sign-in");
        let body = wire::form::encode([("csrf", asker.csrf.clone().as_str()), ("address", "ADA@Example.ORG")]);
        let headers = [
            ("x-forwarded-for", to.as_str()), ("forwarded", to.as_str()), ("referer", to.as_str()),
            ("accept-language", to.as_str()), ("sec-ch-ua", to.as_str()), ("from", to.as_str()),
        ];
        let page = asker.post_as("/sign-in", &headers, &body).location();
        let leased = site.lease().remove(0);
        let message = deliver::compose(site.app.store(), &site.cx(), &flow::deliver::Held::default(), &leased).unwrap().unwrap();
        let Body::SignInCode { source, reference, not_me, .. } = message.body else { panic!("a digest") };
        let mail = format!("{} {reference} {not_me} {source:?}", message.to);
        prop_assert_eq!(message.to.as_str(), "ada@example.org");
        let mut shown = vec![mail, serde_json::to_string(&site.events()).unwrap()];
        asker.submit(&page, "BCDF-GHJK");
        for path in ["/account", "/account/activity", "/operator", &format!("/not-me/{not_me}")] {
            let answer = ada.get(path);
            prop_assert_eq!(answer.status, 200);
            shown.push(answer.whole());
        }
        for text in shown {
            prop_assert!(!text.contains("evil.example") && !text.contains('\u{202e}') && !text.contains("555-0199"), "{}", text);
        }
    }

    #[test]
    fn row_38_what_somebody_typed_comes_back_to_them_as_text_only(typed in bait()) {
        let site = Site::new();
        let mut browser = site.browser();
        browser.get("/sign-in");
        let answer = browser.post("/sign-in", &[("address", &typed)]);
        if answer.status == 422 {
            prop_assert!(!answer.body.contains("<script>") && !answer.body.contains("<img src=x"));
            prop_assert!(answer.field("address").unwrap().chars().count() <= 254);
        } else {
            prop_assert_eq!(answer.status, 303);
        }
    }

    #[test]
    fn any_path_query_header_and_body_is_answered_without_a_fault(
        path in "/(sign-in|welcome|not-me|inbox|assets|account)/[!-;=?-Z_a-z~%]{0,40}",
        cookie in "[ -~]{0,60}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let path: String = path.chars().filter(|letter| *letter != '#').collect();
        prop_assume!(path.parse::<http::Uri>().is_ok());
        let site = Site::new();
        let mut browser = site.browser();
        let form = [("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie.as_str())];
        for method in [http::Method::GET, http::Method::POST] {
            let answer = browser.send(method, &path, &form, &body);
            prop_assert!(answer.status < 500, "{} {}", answer.asked, answer.status);
        }
        prop_assert!(site.events().is_empty());
    }
}
