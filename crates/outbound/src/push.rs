//! A ring is handed to a push service, and what it answered becomes a [`Pushed`].
//!
//! Implements: RFC 8030 §5 (a POST to the endpoint, 201), §5.2 to §5.4 (TTL, Urgency, Topic), §7.3 and §8.4 (404 and 410: the
//! browser is gone; 429), RFC 8188 §2 and RFC 8291 §4 (`Content-Encoding: aes128gcm`). A redirect is followed nowhere.
//!
//! A person's browser has chosen the place. It is asked at addresses that anybody can reach, and in networks of its own that the
//! operator opened by name.

use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use hyper::body::Bytes;
use model::message::{Delivery, Obstacle};
use model::push::Pushed;
use model::secret::Secret;
use wire::http::network::Network;
use wire::http::url::Url;
use wire::push::encryption::CODING;

use crate::connect::Reach;
use crate::detail;
use crate::http::{Answer, Client, Outgoing, Unusable};
use crate::sms::outcome::unanswered;

/// How long one push service may take in all.
const DEADLINE: Duration = Duration::from_secs(10);
/// Most bytes of an answer's content that are read; more would not be logged.
const READ: usize = 512;
/// What a ring takes the place of, where the browser has not had it yet: any other ring (RFC 8030 §5.4). It is the same for
/// everybody, so it says nothing about anybody.
const TOPIC: &str = "ring";

/// Hands rings to push services.
pub struct Pusher {
    client: Client,
    deadline: Duration,
}

/// A ring as it leaves.
pub struct Push {
    /// Where to. Whoever knows it can spend the browser's time.
    pub endpoint: Url,
    /// What `Authorization` says.
    pub authorization: Secret<String>,
    /// What the browser alone can read.
    pub content: Vec<u8>,
    /// How long the push service keeps it.
    pub kept: Duration,
}

impl Pusher {
    /// Prepares TLS with the certificates of the system. With `own_machine` push services on this machine are asked as well, and
    /// those in `opened`.
    ///
    /// # Errors
    /// [`Unusable`] when TLS cannot be set up.
    pub fn new(own_machine: bool, opened: &[Network]) -> Result<Self, Unusable> {
        let mut networks = opened.to_vec();
        if own_machine {
            networks.push(Network::LOOPBACK);
        }
        let reach = Reach::PublicAnd(Arc::from(networks));
        Ok(Self { client: Client::reaching(None, reach)?, deadline: DEADLINE })
    }

    /// Hands one over. With what came of it a line for the log.
    pub async fn push(&self, push: Push) -> (Pushed, String) {
        let (path, authorization) = (push.endpoint.target().to_owned(), push.authorization.expose().clone());
        let Some(headers) = headers(&authorization, push.kept) else {
            let refused = Pushed::Refused { why: Obstacle::Unwritable };
            return (refused, "a header cannot be written".to_owned());
        };
        let content = Bytes::from(push.content);
        let outgoing = Outgoing { method: Method::POST, url: push.endpoint, headers, content };
        let (pushed, words) = match self.client.send(outgoing, self.deadline, READ).await {
            Ok(answer) => answered(&answer),
            Err(stopped) => {
                let (delivery, words) = unanswered(&stopped);
                (without_answer(&delivery), words)
            }
        };
        // What they repeat of the path is as good as the endpoint.
        (pushed, detail::for_the_log(&words, [path.as_str(), authorization.as_str()].into_iter()))
    }
}

fn headers(authorization: &str, kept: Duration) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(CODING));
    headers.insert(AUTHORIZATION, HeaderValue::from_str(authorization).ok()?);
    headers.insert(HeaderName::from_static("ttl"), HeaderValue::from(kept.as_secs()));
    headers.insert(HeaderName::from_static("urgency"), HeaderValue::from_static("high"));
    headers.insert(HeaderName::from_static("topic"), HeaderValue::from_static(TOPIC));
    Some(headers)
}

fn answered(answer: &Answer) -> (Pushed, String) {
    let refused = |why| Pushed::Refused { why };
    let pushed = match answer.status {
        status if status.is_success() => Pushed::Taken,
        StatusCode::NOT_FOUND | StatusCode::GONE => Pushed::Gone,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => refused(Obstacle::NotAuthorised),
        status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => Pushed::Later {
            why: Obstacle::TryLater,
            after: answer.retry_after.map(|seconds| Duration::from_secs(seconds.into())),
        },
        _ => refused(Obstacle::Refused),
    };
    let content = String::from_utf8_lossy(&answer.content);
    (pushed, format!("{}: {}", answer.status, content.trim()))
}

/// Whatever was asked, it may be there later; what cannot be written cannot be written then either.
const fn without_answer(delivery: &Delivery) -> Pushed {
    match delivery {
        Delivery::HandedOver => Pushed::Taken,
        Delivery::Deferred { why } => Pushed::Later { why: *why, after: None },
        Delivery::Bounced { why } => Pushed::Refused { why: *why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::push::PushKey;
    use model::time::Time;
    use proving::push::{Answer as Says, Browser, Service};
    use wire::push::encryption::{Once, encrypt};
    use wire::push::subscription::Subscription;

    const NOW: Time = Time::from_micros(1_795_297_599_000_000);
    const CONTACT: &str = "mailto:operator@example.org";

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn ring(browser: &Browser, service: &Service, key: &PushKey) -> Push {
        let whom = Subscription::parse(&browser.subscription(&service.endpoint("JzLQ3raZJfFBR0aqvOMsLrt5")))
            .unwrap();
        Push {
            endpoint: whom.endpoint().clone(),
            authorization: key.authorization(whom.endpoint().origin(), CONTACT, NOW).unwrap(),
            content: encrypt(&whom, &Once { private: [3; 32], salt: [4; 16] }, b"1", 16).unwrap(),
            kept: Duration::from_secs(90),
        }
    }

    fn pushed((own_machine, opened): (bool, &[Network]), service: &Service) -> (Pushed, String) {
        let mut pusher = Pusher::new(own_machine, opened).unwrap();
        pusher.deadline = Duration::from_millis(1500);
        let key = PushKey::read(&PushKey::generate().unwrap()).unwrap();
        run(pusher.push(ring(&Browser::new(&[5; 32], [6; 16]).unwrap(), service, &key)))
    }

    #[test]
    fn a_push_service_takes_a_ring_verifies_who_sends_and_only_the_browser_reads_it() {
        let service = Service::start(|_| Says::plain("201 Created")).unwrap();
        let (browser, key) =
            (Browser::new(&[5; 32], [6; 16]).unwrap(), PushKey::read(&PushKey::generate().unwrap()).unwrap());
        let pusher = Pusher::new(true, &[]).unwrap();
        assert_eq!(run(pusher.push(ring(&browser, &service, &key))).0, Pushed::Taken);
        let [received] = service.received().try_into().unwrap();
        assert_eq!(received.line, "POST /push/JzLQ3raZJfFBR0aqvOMsLrt5 HTTP/1.1");
        for (name, value) in [
            ("ttl", "90"),
            ("urgency", "high"),
            ("topic", "ring"),
            ("content-encoding", "aes128gcm"),
            ("content-type", "application/octet-stream"),
        ] {
            assert_eq!(received.field(name), Some(value), "{name}");
        }
        let sender = received.sender().unwrap();
        assert_eq!(wire::token::encode(&sender.key), key.public());
        assert_eq!((sender.audience, sender.contact), (service.origin(), CONTACT.to_owned()));
        assert_eq!(sender.expires, 1_795_297_599 + 12 * 60 * 60);
        assert_eq!(browser.open(&received.content).as_deref(), Some(b"1".as_slice()));
        assert_eq!(Browser::new(&[7; 32], [6; 16]).unwrap().open(&received.content), None);
    }

    #[test]
    fn the_answer_decides_and_a_redirect_is_followed_nowhere() {
        let elsewhere = Service::start(|_| Says::plain("201 Created")).unwrap();
        let later = |why, after: Option<u64>| Pushed::Later { why, after: after.map(Duration::from_secs) };
        let refused = |why| Pushed::Refused { why };
        for (says, expected) in [
            (Says::plain("201 Created"), Pushed::Taken),
            (Says::plain("200 OK"), Pushed::Taken),
            (Says::plain("404 Not Found"), Pushed::Gone),
            (Says::plain("410 Gone"), Pushed::Gone),
            (Says::plain("400 Bad Request"), refused(Obstacle::Refused)),
            (Says::plain("413 Content Too Large"), refused(Obstacle::Refused)),
            (Says::plain("403 Forbidden"), refused(Obstacle::NotAuthorised)),
            (
                Says::Status("307 Temporary Redirect", format!("Location: {}\r\n", elsewhere.endpoint("a"))),
                refused(Obstacle::Refused),
            ),
            (Says::plain("429 Too Many Requests"), later(Obstacle::TryLater, None)),
            (
                Says::Status("429 Too Many Requests", "Retry-After: 30\r\n".to_owned()),
                later(Obstacle::TryLater, Some(30)),
            ),
            (
                Says::Status("503 Service Unavailable", "Retry-After: soon\r\n".to_owned()),
                later(Obstacle::TryLater, None),
            ),
            (Says::Silence, later(Obstacle::TimedOut, None)),
            (Says::Close, later(Obstacle::Unreachable, None)),
            (Says::EndlessHead, later(Obstacle::Unreachable, None)),
            // It took it; what it goes on to say nobody waits for.
            (Says::Endless, Pushed::Taken),
        ] {
            let answer = says.clone();
            let service = Service::start(move |_| answer.clone()).unwrap();
            let (came, words) = pushed((true, &[]), &service);
            assert_eq!(came, expected, "{says:?}");
            assert!(words.chars().count() <= 600);
            assert_eq!(service.received().len(), 1, "asked once");
        }
        assert_eq!(elsewhere.received().len(), 0);
    }

    #[test]
    fn a_private_network_that_nobody_opened_is_not_even_tried() {
        let service = Service::start(|_| Says::plain("201 Created")).unwrap();
        let unreachable = Pushed::Later { why: Obstacle::Unreachable, after: None };
        assert_eq!(pushed((false, &[]), &service).0, unreachable);
        assert_eq!(service.received().len(), 0);
        assert_eq!(pushed((false, &[Network::LOOPBACK]), &service).0, Pushed::Taken);
    }

    #[test]
    fn what_a_service_repeats_of_endpoint_and_token_is_not_logged() {
        let words = "no such thing: /push/JzLQ3raZJfFBR0aqvOMsLrt5";
        let service = Service::start(move |_| Says::Says("400 Bad Request", words));
        let (_, line) = pushed((true, &[]), &service.unwrap());
        assert!(line.contains("no such") && !line.contains("JzLQ3raZ"), "{line}");
    }
}
