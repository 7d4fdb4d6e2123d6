//! A service is told of a finding, and what it answered becomes a `Delivery`.
//!
//! Implements: Standard Webhooks 1.0 (a POST of JSON with three headers; any 2xx is success, 410 says that nobody wants it any
//! more, everything else is tried again). A redirect is followed nowhere.
//!
//! An operator has chosen the place. It is asked at addresses that anybody can reach, and in networks of its own that the
//! operator opened by name.

use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use model::message::{Delivery, Obstacle};
use wire::http::network::Network;
use wire::http::url::Url;

use crate::connect::Reach;
use crate::detail;
use crate::http::{Answer, Client, Outgoing, Unusable};
use crate::sms::outcome::unanswered;

/// How long one service may take in all.
const DEADLINE: Duration = Duration::from_secs(15);
/// Most bytes of an answer's content that are read; more would not be logged.
const READ: usize = 2048;

/// Calls services.
pub struct Caller {
    client: Client,
    deadline: Duration,
}

/// What a call carries beside its body.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: &'a str,
}

impl Caller {
    /// Prepares TLS with the certificates of the system. With `own_machine` services on this machine are called as well, and
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

    /// Posts `body` to a service. With it a line for the log.
    pub async fn call(&self, url: &Url, signed: Signed<'_>, body: String) -> (Delivery, String) {
        let Some(headers) = headers(signed) else {
            return (
                Delivery::Bounced { why: Obstacle::Unwritable },
                "a header cannot be written".to_owned(),
            );
        };
        let outgoing = Outgoing { method: Method::POST, url: url.clone(), headers, content: body.into() };
        let (delivery, words) = match self.client.send(outgoing, self.deadline, READ).await {
            Ok(answer) => answered(&answer),
            Err(stopped) => unanswered(&stopped),
        };
        (delivery, detail::for_the_log(&words, std::iter::once(signed.signature)))
    }
}

fn headers(signed: Signed<'_>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("webhook-id", HeaderValue::from_str(signed.id).ok()?);
    headers.insert("webhook-timestamp", HeaderValue::from(signed.timestamp));
    headers.insert("webhook-signature", HeaderValue::from_str(signed.signature).ok()?);
    Some(headers)
}

fn answered(answer: &Answer) -> (Delivery, String) {
    let later = |why| Delivery::Deferred { why };
    let delivery = match answer.status {
        status if status.is_success() => Delivery::HandedOver,
        StatusCode::GONE => Delivery::Bounced { why: Obstacle::Refused },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => later(Obstacle::NotAuthorised),
        StatusCode::TOO_MANY_REQUESTS => later(Obstacle::TryLater),
        status if status.is_server_error() => later(Obstacle::TryLater),
        _ => later(Obstacle::Refused),
    };
    let content = String::from_utf8_lossy(&answer.content);
    (delivery, format!("{}: {}", answer.status, content.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::tests::stand_in::{Act, StandIn};

    const SIGNED: Signed<'_> = Signed { id: "0196", timestamp: 1_700_000_000, signature: "v1,c2lnbmF0dXJl" };

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn call(own_machine: bool, opened: &[Network], port: u16) -> (Delivery, String) {
        let mut caller = Caller::new(own_machine, opened).unwrap();
        caller.deadline = Duration::from_millis(500);
        let url = Url::parse(&format!("http://localhost:{port}/findings?team=a")).unwrap();
        run(caller.call(&url, SIGNED, "{}".to_owned()))
    }

    #[test]
    fn the_status_of_the_answer_decides_and_a_redirect_is_followed_nowhere() {
        let later = |why| Delivery::Deferred { why };
        for (act, expected) in [
            (Act::Answer("200 OK", "", ""), Delivery::HandedOver),
            (Act::Answer("202 Accepted", "", ""), Delivery::HandedOver),
            (Act::Answer("410 Gone", "", ""), Delivery::Bounced { why: Obstacle::Refused }),
            (Act::Answer("400 Bad Request", "", ""), later(Obstacle::Refused)),
            (Act::Answer("401 Unauthorized", "", ""), later(Obstacle::NotAuthorised)),
            (
                Act::Answer("302 Found", "Location: http://localhost/elsewhere\r\n", ""),
                later(Obstacle::Refused),
            ),
            (Act::Answer("503 Service Unavailable", "", ""), later(Obstacle::TryLater)),
            (Act::FallSilent, later(Obstacle::TimedOut)),
            (Act::Close, later(Obstacle::Unreachable)),
        ] {
            let there = StandIn::plain(act);
            assert_eq!(call(true, &[], there.port).0, expected, "{act:?}");
            assert_eq!(there.connections(), 1, "asked once, and followed nowhere");
            if let Some(asked) = there.asked().first() {
                assert_eq!(asked.line, "POST /findings?team=a HTTP/1.1");
                assert_eq!(asked.field("content-type"), Some("application/json"));
                assert_eq!(asked.field("webhook-id"), Some("0196"));
                assert_eq!(asked.field("webhook-timestamp"), Some("1700000000"));
                assert_eq!(asked.field("webhook-signature"), Some("v1,c2lnbmF0dXJl"));
            }
        }
    }

    #[test]
    fn a_network_that_nobody_opened_is_not_even_tried() {
        let there = StandIn::plain(Act::Answer("200 OK", "", ""));
        assert_eq!(call(false, &[], there.port).0, Delivery::Deferred { why: Obstacle::Unreachable });
        assert_eq!(there.connections(), 0);
        assert_eq!(call(false, &[Network::LOOPBACK], there.port).0, Delivery::HandedOver);
    }

    #[test]
    fn what_a_service_repeats_of_the_signature_is_not_logged() {
        let there = StandIn::plain(Act::Answer("403 Forbidden", "", "no: v1,c2lnbmF0dXJl"));
        let (_, line) = call(true, &[], there.port);
        assert!(line.contains("403") && !line.contains("c2lnbmF0dXJl"), "{line}");
    }
}
