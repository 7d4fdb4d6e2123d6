//! A client is told that somebody is signed out, and what it answered becomes a `Delivery`.
//!
//! Implements: OpenID Connect Back-Channel Logout §2.5 (a form that is posted), §2.8 (200 is success, and some say 204; 400 is a
//! refusal). A redirect is followed nowhere: what was meant for one place goes to no other.
//!
//! Whose place a stranger has chosen is asked at addresses that anybody can reach. Networks of its own an operator opens by
//! name, and for those clients alone that an operator has brought in.

use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use model::message::{Delivery, Obstacle};
use model::secret::Secret;
use wire::http::network::Network;
use wire::http::url::Url;

use crate::connect::Reach;
use crate::detail;
use crate::http::{Answer, Client, Outgoing, Unusable};
use crate::sms::outcome::unanswered;

/// How long one client may take in all.
const DEADLINE: Duration = Duration::from_secs(5);
/// Most bytes of an answer's content that are read; more would not be logged.
const READ: usize = 2048;

/// Tells clients.
pub struct Teller {
    strangers: Client,
    trusted: Client,
    deadline: Duration,
}

impl Teller {
    /// Prepares TLS with the certificates of the system. With `own_machine` clients on this machine are told as well, and in
    /// `opened` those that an operator has brought in.
    ///
    /// # Errors
    /// [`Unusable`] when TLS cannot be set up.
    pub fn new(own_machine: bool, opened: &[Network]) -> Result<Self, Unusable> {
        let mut trusted = opened.to_vec();
        if own_machine {
            trusted.push(Network::LOOPBACK);
        }
        let strangers = Client::reaching(None, Reach::public(own_machine))?;
        let trusted = strangers.within(Reach::PublicAnd(Arc::from(trusted)));
        Ok(Self { strangers, trusted, deadline: DEADLINE })
    }

    /// Posts `body` to a client that an operator has brought in (`trusted`), or a stranger. With it a line for the log.
    pub async fn tell(&self, url: &Url, body: &Secret<String>, trusted: bool) -> (Delivery, String) {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let content = body.expose().clone();
        let outgoing = Outgoing { method: Method::POST, url: url.clone(), headers, content: content.into() };
        let client = if trusted { &self.trusted } else { &self.strangers };
        let (delivery, words) = match client.send(outgoing, self.deadline, READ).await {
            Ok(answer) => answered(&answer),
            Err(stopped) => unanswered(&stopped),
        };
        (delivery, detail::for_the_log(&words, std::iter::once(body.expose().as_str())))
    }
}

fn answered(answer: &Answer) -> (Delivery, String) {
    let later = |why| Delivery::Deferred { why };
    let delivery = match answer.status {
        StatusCode::OK | StatusCode::NO_CONTENT => Delivery::HandedOver,
        StatusCode::BAD_REQUEST => Delivery::Bounced { why: Obstacle::Refused },
        status if status.is_server_error() => later(Obstacle::TryLater),
        StatusCode::TOO_MANY_REQUESTS => later(Obstacle::TryLater),
        _ => later(Obstacle::Refused),
    };
    let content = String::from_utf8_lossy(&answer.content);
    (delivery, format!("{}: {}", answer.status, content.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::tests::stand_in::{Act, StandIn};

    const BODY: &str = "logout_token=eyJhbGciOiJFUzI1NiJ9.payload.signature";

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn tell(own_machine: bool, opened: &[Network], (port, trusted): (u16, bool)) -> (Delivery, String) {
        let teller = Teller::new(own_machine, opened).unwrap();
        let teller = Teller { deadline: Duration::from_millis(1500), ..teller };
        let url = Url::parse(&format!("http://localhost:{port}/out?a=b")).unwrap();
        run(teller.tell(&url, &Secret::new(BODY.to_owned()), trusted))
    }

    #[test]
    fn the_status_of_the_answer_decides() {
        let later = |why| Delivery::Deferred { why };
        for (act, expected) in [
            (Act::Answer("200 OK", "", ""), Delivery::HandedOver),
            (Act::Answer("204 No Content", "", ""), Delivery::HandedOver),
            (
                Act::Answer("400 Bad Request", "", "{\"error\":\"invalid_request\"}"),
                Delivery::Bounced { why: Obstacle::Refused },
            ),
            (
                Act::Answer("302 Found", "Location: http://localhost/elsewhere\r\n", ""),
                later(Obstacle::Refused),
            ),
            (Act::Answer("201 Created", "", ""), later(Obstacle::Refused)),
            (Act::Answer("404 Not Found", "", ""), later(Obstacle::Refused)),
            (Act::Answer("429 Too Many Requests", "", ""), later(Obstacle::TryLater)),
            (Act::Answer("503 Service Unavailable", "", ""), later(Obstacle::TryLater)),
            (Act::FallSilent, later(Obstacle::TimedOut)),
            (Act::EndlessHead, later(Obstacle::Unreachable)),
            (Act::Close, later(Obstacle::Unreachable)),
            (Act::Endless("200 OK"), Delivery::HandedOver),
        ] {
            let there = StandIn::plain(act);
            assert_eq!(tell(true, &[], (there.port, false)).0, expected, "{act:?}");
            assert_eq!(there.connections(), 1, "asked once, and followed nowhere");
            if let Some(asked) = there.asked().first() {
                assert_eq!((asked.line.as_str(), asked.content.as_str()), ("POST /out?a=b HTTP/1.1", BODY));
                assert_eq!(asked.field("content-type"), Some("application/x-www-form-urlencoded"));
                assert_eq!((asked.field("cookie"), asked.field("authorization")), (None, None));
            }
        }
    }

    #[test]
    fn what_a_client_repeats_of_the_token_is_not_logged() {
        let there =
            StandIn::plain(Act::Answer("400 Bad Request", "", "no: eyJhbGciOiJFUzI1NiJ9.payload.signature"));
        let (_, line) = tell(true, &[], (there.port, true));
        assert!(line.contains("400") && !line.contains("payload"), "{line}");
    }

    #[test]
    fn a_private_network_is_asked_only_where_it_is_opened_and_for_no_stranger() {
        let there = StandIn::plain(Act::Answer("200 OK", "", ""));
        let refused = Delivery::Deferred { why: Obstacle::Unreachable };
        for trusted in [false, true] {
            assert_eq!(tell(false, &[], (there.port, trusted)).0, refused);
        }
        assert_eq!(tell(false, &[Network::LOOPBACK], (there.port, false)).0, refused);
        assert_eq!(there.connections(), 0, "nothing was even tried");
        assert_eq!(tell(false, &[Network::LOOPBACK], (there.port, true)).0, Delivery::HandedOver);
    }
}
