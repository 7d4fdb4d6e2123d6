//! Which way a message leaves: by mail, by the gateway, onto the inbox page, or not at all.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use flow::Store;
use flow::deliver::Held;
use flow::sign_in::ask::{self, Ask, Door};
use jiff::tz::TimeZone;
use model::address::Address;
use model::digest::Keys;
use model::event::EventKind;
use model::id::RequestId;
use model::message::MessageKind;
use model::policy::{Policy, Registration};
use model::source::{Source, browser_from_code};
use model::time::DAY;
use model::voice::Voice;
use outbound::sms::headers::Headers;
use outbound::sms::template::{ContentType, Template};
use outbound::{sms, smtp};
use store::events::{self, Position};
use store::outbox::{self, Queued};
use wire::http::url::Url;
use wire::mail::mailbox::Mailbox;

use super::*;
use crate::worker::testing::app;

const NUMBER: &str = "+4915123456789";

/// A gateway that answers with `statuses` in turn, and what it was told.
fn gateway(statuses: &'static [&'static str]) -> (Gateway, Receiver<String>) {
    #[expect(clippy::disallowed_methods, reason = "the gateway of a test")]
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    thread::spawn(move || {
        for (status, stream) in statuses.iter().zip(listener.incoming()) {
            let mut wire = BufReader::new(stream.unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                wire.read_line(&mut line).unwrap();
                let line = line.trim_end().to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.is_empty() {
                    break;
                }
            }
            let mut content = vec![0; length];
            wire.read_exact(&mut content).unwrap();
            tell.send(String::from_utf8(content).unwrap()).unwrap();
            write!(wire.get_mut(), "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
        }
    });
    let gateway = Gateway::new(sms::Settings {
        url: Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap(),
        method: sms::Method::Post,
        headers: Headers::default(),
        body: Template::new("{to} {text}", ContentType::Text).unwrap(),
        secret: None,
        timeout: Duration::from_secs(5),
        ca_file: None,
    });
    (gateway.unwrap(), told)
}

/// A mail server that nobody is at.
fn mailer() -> Mailer {
    Mailer::new(&smtp::Settings {
        host: "127.0.0.1".to_owned(),
        port: 1,
        security: smtp::Security::Plain,
        credentials: None,
        timeout: Duration::from_secs(1),
        ca_file: None,
        connections: 1,
        hello_name: "localhost".to_owned(),
    })
    .unwrap()
}

fn post(mailer: Option<Mailer>, gateway: Option<Gateway>) -> Arc<Post> {
    let letterhead = Letterhead {
        site_name: "Quayside".to_owned(),
        public_url: "http://localhost:8000".to_owned(),
        host: "localhost".to_owned(),
        from: Mailbox::parse("bidden@localhost").unwrap(),
        from_name: "Quayside".to_owned(),
        time_zone: TimeZone::UTC,
        voice: Arc::new(Voice::new("en", &[outbound::texts::ENGLISH]).unwrap()),
        atlas: Arc::new(model::place::Nowhere),
    };
    Arc::new(Post {
        letterhead,
        mailer,
        gateway,
        held: Held::default(),
        pace: Pace::default(),
        pace_by_text: Pace::default(),
    })
}

/// A site whose clock the test turns.
fn site() -> (Arc<App>, Arc<AtomicI64>) {
    let store = Store::in_memory(Arc::new(Keys::simulated().unwrap())).unwrap();
    let policy = Policy { registration: Registration::Open, ..Policy::default() };
    let hands = Arc::new(AtomicI64::new(20_000 * DAY));
    (Arc::new(app(store, policy, &hands)), hands)
}

/// Somebody asks for a code, which goes by mail.
fn ask(app: &App) -> RequestId {
    let ask = Ask {
        address: Address::new(Mailbox::parse("ada@example.org").unwrap(), app.store().keys()),
        browser_half: [7; 16],
        source: Source { address: None, browser: browser_from_code("firefox/linux") },
        door: Door::SignIn,
        word: None,
    };
    let mut cx = app.cx();
    let prepared = ask::prepare(app.store(), &mut cx, ask).unwrap();
    app.store().write_now(move |tx| ask::commit(tx, &mut cx, &prepared)).unwrap()
}

/// The same code, to a telephone.
fn queue_for_telephone(app: &App, request: RequestId, decoy: bool) -> MessageId {
    let mut cx = app.cx();
    let id = MessageId::new(&mut cx).unwrap();
    let sealed = outbox::seal_to(app.store().keys(), &mut cx.entropy, id, NUMBER).unwrap();
    let queued = Queued {
        id,
        kind: MessageKind::SignInCode,
        account: None,
        request: Some(request),
        count: 0,
        since: None,
        decoy,
    };
    let now = cx.now;
    app.store()
        .write_now(move |tx| {
            outbox::enqueue(tx, &queued, &sealed, now)?;
            Ok(tx.unrecorded("a test", ()))
        })
        .unwrap();
    id
}

/// What became of a message, oldest first.
fn story(app: &App, id: MessageId) -> Vec<EventKind> {
    let placed = app.store().read(|reader| events::tail(reader, Position::START, 100)).unwrap();
    let kinds = placed.into_iter().map(|placed| placed.event.kind);
    kinds
        .filter(|kind| match kind {
            EventKind::MessageHandedOver { message, .. }
            | EventKind::MessageDeferred { message, .. }
            | EventKind::MessageBounced { message, .. } => *message == id,
            _ => false,
        })
        .collect()
}

/// Everything that is due is taken out of the outbox, and what is under way arrives somewhere.
fn deliver_all(app: &Arc<App>, post: &Arc<Post>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (_tell, mut end) = End::new();
        let mut lanes = Lanes::default();
        while once(app, post, &mut lanes, &mut end).await.unwrap() {
            while lanes.real.join_next().await.is_some() {}
            while lanes.decoys.join_next().await.is_some() {}
        }
    });
}

fn in_inbox(app: &App) -> Vec<String> {
    deliver::inbox(app.store(), 10).unwrap().into_iter().map(|mail| mail.content).collect()
}

#[test]
fn a_telephone_is_written_to_through_the_gateway_and_others_by_mail() {
    let ((app, _), (gateway, told)) = (site(), gateway(&["202 Accepted"]));
    let request = ask(&app);
    let id = queue_for_telephone(&app, request, false);
    deliver_all(&app, &post(None, Some(gateway)));
    let text = told.try_recv().unwrap();
    assert!(text.starts_with("+4915123456789 Quayside: ") && text.contains("\n@localhost #"), "{text}");
    let what = MessageKind::SignInCode;
    assert_eq!(story(&app, id), [EventKind::MessageHandedOver { message: id, what }]);
    // The mail with the same code is on the inbox page, and the text message is not.
    let [mail] = in_inbox(&app).try_into().unwrap();
    let code = text.rsplit('#').next().unwrap();
    assert!(
        mail.starts_with("To: ada@example.org\n") && mail.ends_with(&format!("@localhost #{code}")),
        "{mail}"
    );
    assert_eq!(deliver::next_due(app.store()).unwrap(), None);
}

#[test]
fn a_gateway_that_is_busy_is_asked_again_with_the_same_words() {
    let ((app, hands), (gateway, told)) = (site(), gateway(&["503 Busy", "429 Busy", "200 OK"]));
    let id = queue_for_telephone(&app, ask(&app), false);
    let post = post(None, Some(gateway));
    for _ in 0..3 {
        deliver_all(&app, &post);
        hands.fetch_add(model::time::MINUTE, Ordering::Relaxed);
    }
    let texts: Vec<String> = told.try_iter().collect();
    assert!(texts.len() == 3 && texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    let [
        EventKind::MessageDeferred { why: Obstacle::TryLater, attempt: 1, .. },
        EventKind::MessageDeferred { why: Obstacle::TryLater, attempt: 2, .. },
        EventKind::MessageHandedOver { .. },
    ] = story(&app, id)[..]
    else {
        panic!("{:?}", story(&app, id))
    };
}

#[test]
fn a_message_that_the_gateway_refuses_is_given_up() {
    let ((app, _), (gateway, told)) = (site(), gateway(&["400 Bad Request"]));
    let id = queue_for_telephone(&app, ask(&app), false);
    deliver_all(&app, &post(None, Some(gateway)));
    let (what, why) = (MessageKind::SignInCode, Obstacle::Refused);
    assert_eq!(story(&app, id), [EventKind::MessageBounced { message: id, what, why }]);
    assert_eq!((told.try_iter().count(), deliver::next_due(app.store()).unwrap()), (1, None));
}

#[test]
fn without_a_gateway_a_telephone_gets_nothing_and_the_record_says_why() {
    let (app, _) = site();
    let id = queue_for_telephone(&app, ask(&app), false);
    deliver_all(&app, &post(Some(mailer()), None));
    let (what, why) = (MessageKind::SignInCode, Obstacle::NoGateway);
    assert_eq!(story(&app, id), [EventKind::MessageBounced { message: id, what, why }]);
    assert!(in_inbox(&app).is_empty());
}

#[test]
fn where_there_is_an_inbox_page_it_shows_text_messages_too() {
    let (app, _) = site();
    let id = queue_for_telephone(&app, ask(&app), false);
    deliver_all(&app, &post(None, None));
    let what = MessageKind::SignInCode;
    assert_eq!(story(&app, id), [EventKind::MessageHandedOver { message: id, what }]);
    let text = deliver::newest_to(app.store(), NUMBER).unwrap().unwrap();
    let plain = PlainLetter::read(&text).unwrap();
    assert_eq!((plain.to.as_str(), plain.subject.as_str()), (NUMBER, "Text message"));
    assert!(plain.text.starts_with("Quayside: ") && plain.text.contains("\n@localhost #"), "{}", plain.text);
}

#[test]
fn row_12_a_decoy_for_a_telephone_is_worked_on_and_never_sent() {
    for (mailer, gateway) in [(None, Some(gateway(&[]))), (Some(mailer()), None), (None, None)] {
        let (app, _) = site();
        let id = queue_for_telephone(&app, ask(&app), true);
        let (gateway, told) = gateway.unzip();
        deliver_all(&app, &post(mailer, gateway));
        assert_eq!(story(&app, id), []);
        assert_eq!(told.into_iter().flat_map(|told| told.try_iter().collect::<Vec<_>>()).count(), 0);
        assert!(in_inbox(&app).iter().all(|content| content.starts_with("To: ada@")));
    }
}
