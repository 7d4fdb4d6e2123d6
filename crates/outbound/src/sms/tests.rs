//! Text messages handed to a gateway that behaves well, badly, or not at all.

pub(crate) mod stand_in;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::message::{Delivery, Obstacle};
use model::sign_in_code::Purpose;

use super::template::ContentType;
use super::*;
use crate::render::sample::{code, letterhead, message};
use crate::render::text_message;
use stand_in::{Act, Asked, StandIn};

const fn later(why: Obstacle) -> Delivery {
    Delivery::Deferred { why }
}

const REFUSED: Delivery = Delivery::Bounced { why: Obstacle::Refused };
const ACCEPTED: Act = Act::Answer("202 Accepted", "", "{\"id\": \"m-4711\"}");

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn sms() -> Sms {
    text_message(&message("+4915123456789", code(Purpose::SignIn, false)), &letterhead()).ok().unwrap()
}

fn json(text: &str) -> Template {
    Template::new(text, ContentType::Json).unwrap()
}

fn settings(url: &str) -> Settings {
    Settings {
        url: Url::parse(url).unwrap(),
        method: Method::Post,
        headers: Headers::parse("Authorization: Bearer hunter2-hunter2").unwrap(),
        body: json(r#"{"to": "{to}", "text": "{text}", "ref": "{id}"}"#),
        secret: Some(Secret::new("Tr0ub4dor".to_owned())),
        timeout: Duration::from_secs(5),
        ca_file: None,
    }
}

fn to(gateway: &StandIn) -> Settings {
    settings(&format!("http://127.0.0.1:{}/v1/send?key=s3cr3t-k3y", gateway.port))
}

fn send(settings: Settings) -> (Delivery, String) {
    run(Gateway::new(settings).unwrap().send(&sms()))
}

/// What becomes of a message with a gateway that always does `act`, and what was asked.
fn send_to(act: Act) -> (Delivery, String, Vec<Asked>) {
    let gateway = StandIn::plain(act);
    let (delivery, detail) = send(to(&gateway));
    (delivery, detail, gateway.asked())
}

#[test]
fn a_message_is_one_request_as_the_operator_described_it() {
    let gateway = StandIn::plain(ACCEPTED);
    let (delivery, detail) = send(to(&gateway));
    assert_eq!((delivery, detail.as_str()), (Delivery::HandedOver, "202 Accepted: {\"id\": \"m-4711\"}"));
    let [asked] = gateway.asked().try_into().unwrap();
    let id = sms().id.to_string();
    assert_eq!(asked.line, "POST /v1/send?key=s3cr3t-k3y HTTP/1.1");
    for (name, value) in [
        ("host", format!("127.0.0.1:{}", gateway.port)),
        ("authorization", "Bearer hunter2-hunter2".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("idempotency-key", format!("\"{id}\"")),
        ("user-agent", format!("bidden/{}", env!("CARGO_PKG_VERSION"))),
        ("connection", "close".to_owned()),
        ("content-length", asked.content.len().to_string()),
    ] {
        assert_eq!(asked.field(name), Some(value.as_str()), "{name}: {asked:?}");
    }
    let content: serde_json::Value = asked.content.parse().unwrap();
    assert_eq!(content, serde_json::json!({"to": "+4915123456789", "text": sms().text, "ref": id}));
}

#[test]
fn forms_plain_text_and_other_methods_are_sent_as_described() {
    let gateway = StandIn::plain(ACCEPTED);
    let form = Template::new("to={digits}&text={text}&key={secret}", ContentType::Form).unwrap();
    send(Settings { body: form, method: Method::Put, ..to(&gateway) });
    let text = Template::new("{text}", ContentType::Text).unwrap();
    let headers = Headers::parse("X-To: {to}\nIdempotency-Key: {id}\nUser-Agent: Library").unwrap();
    send(Settings { body: text, headers, ..to(&gateway) });
    let [form, text] = gateway.asked().try_into().unwrap();
    assert!(form.line.starts_with("PUT /v1/send?"), "{form:?}");
    assert_eq!(form.field("content-type"), Some("application/x-www-form-urlencoded"));
    let read = wire::form::Form::parse(form.content.as_bytes()).unwrap();
    assert_eq!((read.get("to"), read.get("text")), (Some("4915123456789"), Some(sms().text.as_str())));
    assert_eq!(read.get("key"), Some("Tr0ub4dor"));
    assert_eq!(text.field("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!((text.field("x-to"), text.content.as_str()), (Some("+4915123456789"), sms().text.as_str()));
    let id = sms().id.to_string();
    assert_eq!(
        (text.field("idempotency-key"), text.field("user-agent")),
        (Some(id.as_str()), Some("Library"))
    );
}

#[test]
fn every_character_that_a_url_may_have_arrives_as_it_is() {
    let gateway = StandIn::plain(ACCEPTED);
    let target = "/aZ09-._~!$&'()*+,;=:@/%2F?aZ09-._~!$&'()*+,;=:@/?%2F";
    let (delivery, detail) = send(settings(&format!("http://127.0.0.1:{}{target}", gateway.port)));
    assert_eq!(delivery, Delivery::HandedOver, "{detail}");
    assert_eq!(gateway.asked()[0].line, format!("POST {target} HTTP/1.1"));
}

#[test]
fn a_retry_is_recognisable_and_the_same_to_the_byte() {
    let gateway = StandIn::start(false, |number| match number {
        0 => Act::Answer("503 Service Unavailable", "", "busy"),
        _ => ACCEPTED,
    });
    assert_eq!(send(to(&gateway)), (later(Obstacle::TryLater), "503 Service Unavailable: busy".to_owned()));
    assert_eq!(send(to(&gateway)).0, Delivery::HandedOver);
    let [first, second] = gateway.asked().try_into().unwrap();
    assert!(first.field("idempotency-key").is_some());
    assert_eq!((first.fields, first.content), (second.fields, second.content));
}

#[test]
fn the_class_of_the_answer_decides() {
    for (status, expected) in [
        ("200 OK", Delivery::HandedOver),
        ("204 No Content", Delivery::HandedOver),
        ("400 Bad Request", REFUSED),
        ("422 Unprocessable Content", REFUSED),
        ("401 Unauthorized", later(Obstacle::NotAuthorised)),
        ("402 Payment Required", later(Obstacle::NotAuthorised)),
        ("429 Too Many Requests", later(Obstacle::TryLater)),
        ("500 Internal Server Error", later(Obstacle::TryLater)),
        ("502 Bad Gateway", later(Obstacle::TryLater)),
    ] {
        let (delivery, detail, _) = send_to(Act::Answer(status, "", ""));
        assert_eq!(delivery, expected, "{status}");
        assert!(detail.starts_with(&status[..3]), "{detail}");
    }
}

#[test]
fn a_redirect_is_followed_nowhere() {
    let elsewhere = StandIn::plain(ACCEPTED);
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let location: &'static str = format!("Location: http://127.0.0.1:{}/\r\n", elsewhere.port).leak();
        let (delivery, detail, asked) = send_to(Act::Answer(status, location, ""));
        assert_eq!((delivery, asked.len()), (later(Obstacle::Refused), 1), "{status}");
        assert!(detail.contains("a redirect, which is not followed"), "{detail}");
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn a_gateway_that_does_not_answer_is_waited_for_no_longer_than_allowed() {
    let gateway = StandIn::plain(Act::FallSilent);
    let short = Settings { timeout: Duration::from_millis(200), ..to(&gateway) };
    assert_eq!(send(short), (later(Obstacle::TimedOut), "no answer in time".to_owned()));
    assert_eq!(gateway.asked().len(), 1);
    let endless = StandIn::plain(Act::EndlessHead);
    let (delivery, detail) = send(to(&endless));
    assert_eq!(delivery, later(Obstacle::Unreachable), "{detail}");
}

#[test]
fn an_answer_is_read_no_further_than_it_is_logged() {
    for (status, expected) in [("200 OK", Delivery::HandedOver), ("503 Busy", later(Obstacle::TryLater))] {
        let (delivery, detail, _) = send_to(Act::Endless(status));
        assert_eq!(delivery, expected, "{detail}");
        assert!(detail.chars().count() <= 500, "{}", detail.len());
    }
    // What was accepted is handed over, although the rest of the answer never comes.
    let (delivery, detail, _) = send_to(Act::HalfAnswer("202 Accepted"));
    assert_eq!((delivery, detail.as_str()), (Delivery::HandedOver, "202 Accepted: half"));
}

#[test]
fn what_is_no_answer_puts_the_message_off() {
    for act in [
        Act::Close,
        Act::Write(b"220 mail.example.org ESMTP\r\n"),
        Act::Write(b"HTTP/1.1 2"),
        Act::Write(b"HTTP/1.1 200 OK\r\nContent-Le"),
        Act::Write(&[0xFF; 64]),
    ] {
        let (delivery, detail, _) = send_to(act);
        assert_eq!(delivery, later(Obstacle::Unreachable), "{act:?}: {detail}");
        assert!(detail.starts_with("HTTP: "), "{detail}");
    }
    let port = {
        #[expect(clippy::disallowed_methods, reason = "a port on which nobody listens")]
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    let (delivery, detail) = send(settings(&format!("http://127.0.0.1:{port}/")));
    assert_eq!(delivery, later(Obstacle::Unreachable), "{detail}");
    assert!(detail.starts_with("connection: "), "{detail}");
}

fn authority() -> Option<PathBuf> {
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/smtp/tests/authority.pem"))
}

#[test]
fn a_message_goes_through_verified_tls() {
    let gateway = StandIn::start(true, |_| ACCEPTED);
    let url = format!("https://localhost:{}/v1/send", gateway.port);
    let (delivery, detail) = send(Settings { ca_file: authority(), ..settings(&url) });
    assert_eq!(delivery, Delivery::HandedOver, "{detail}");
    assert_eq!(gateway.asked()[0].field("host"), Some(format!("localhost:{}", gateway.port).as_str()));
}

#[test]
fn a_certificate_of_an_unknown_authority_or_for_another_name_stops_everything() {
    for (host, ca_file) in [("localhost", None), ("127.0.0.1", authority())] {
        let gateway = StandIn::start(true, |_| ACCEPTED);
        let url = format!("https://{host}:{}/v1/send", gateway.port);
        let (delivery, detail) = send(Settings { ca_file, ..settings(&url) });
        assert_eq!(delivery, later(Obstacle::Tls), "{host}: {detail}");
        assert!(detail.contains("certificate") && gateway.asked().is_empty(), "{detail}");
    }
}

#[test]
fn a_gateway_that_does_not_speak_tls_is_told_apart_from_one_that_is_not_there() {
    let plain = StandIn::blurting(b"HTTP/1.1 400 Bad Request\r\n\r\nspeak up");
    let (delivery, detail) = send(settings(&format!("https://localhost:{}/", plain.port)));
    assert_eq!(delivery, later(Obstacle::Tls), "{detail}");
    let closing = StandIn::blurting(b"");
    let (delivery, detail) = send(settings(&format!("https://localhost:{}/", closing.port)));
    assert_eq!(delivery, later(Obstacle::Unreachable), "{detail}");
}

#[test]
fn the_log_gets_the_gateways_words_without_number_code_and_credentials() {
    let echo = "no\u{1b}[31m: to +4915123456789 or 49 151 23456789, 'BCDF-GHJK' #bcdfghjk, Bearer hunter2-hunter2, Tr0ub4dor, \
                key=s3cr3t-k3y\r\nX: y";
    let (delivery, detail, _) = send_to(Act::Answer("400 Bad Request", "", echo));
    assert_eq!(delivery, REFUSED);
    for secret in [
        "1512345", "5123456", "6789", "BCDF", "GHJK", "bcdf", "hunter", "s3cr", "k3y", "r0ub", "\u{1b}", "\n",
    ] {
        assert!(!detail.contains(secret), "{secret:?}: {detail}");
    }
    assert!(detail.starts_with("400 Bad Request: no\\u{1b}[31m: to +"), "{detail}");
}

#[test]
fn no_more_requests_are_under_way_than_allowed() {
    let gateway = StandIn::plain(Act::FallSilent);
    let sender = Gateway::new(Settings { timeout: Duration::from_millis(300), ..to(&gateway) }).unwrap();
    let sms = sms();
    run(async {
        let mut all: Vec<_> = (0..20).map(|_| Box::pin(sender.send(&sms))).collect();
        let together = std::future::poll_fn(|context| {
            all.iter_mut().for_each(|sending| {
                let _ = sending.as_mut().poll(context);
            });
            std::task::Poll::<()>::Pending
        });
        let _ = tokio::time::timeout(Duration::from_millis(150), together).await;
    });
    assert_eq!(gateway.connections(), AT_ONCE);
}

#[test]
fn settings_that_cannot_be_used_are_told_by_name() {
    let url = "https://localhost/";
    for (file, why) in [
        ("src/sms/nowhere.pem", "cannot be read"),
        ("src/smtp/tests/key.pem", "TLS cannot be set up"),
        ("Cargo.toml", "TLS cannot be set up"),
    ] {
        let ca_file = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
        let error = Gateway::new(Settings { ca_file, ..settings(url) }).err().unwrap().to_string();
        assert!(error.contains(why), "{file}: {error}");
    }
}
