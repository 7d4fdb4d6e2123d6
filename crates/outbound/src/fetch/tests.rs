//! Documents fetched from somebody who behaves well, badly, or stands where nobody should ask.

use std::path::PathBuf;

use super::*;
use crate::sms::tests::stand_in::{Act, StandIn};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn authority() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/smtp/tests/authority.pem"))
}

fn fetcher(own_machine: bool) -> Fetcher {
    let fetcher = Fetcher::new(Some(&authority()), own_machine).unwrap();
    Fetcher { deadline: Duration::from_millis(1500), ..fetcher }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// What comes of asking somebody on this machine who always does `act`.
fn fetched(act: Act, most: usize) -> Result<String, NotFetched> {
    let there = StandIn::start(true, move |_| act);
    let at = url(&format!("https://localhost:{}/jwks?a=b", there.port));
    let fetched = run(fetcher(true).fetch(&at, most)).map(|bytes| String::from_utf8(bytes).unwrap());
    if let Some(asked) = there.asked().first() {
        assert_eq!(asked.line, "GET /jwks?a=b HTTP/1.1");
        assert_eq!(asked.field("accept"), Some("application/json"));
        assert_eq!((asked.field("cookie"), asked.field("authorization")), (None, None));
    }
    fetched
}

#[test]
fn a_document_is_fetched_whole_or_not_at_all() {
    assert_eq!(fetched(Act::Answer("200 OK", "", "{\"keys\":[]}"), 11), Ok("{\"keys\":[]}".to_owned()));
    assert_eq!(fetched(Act::Answer("200 OK", "", "{\"keys\":[]}"), 10), Err(NotFetched::TooLong));
    assert_eq!(fetched(Act::Endless("200 OK"), 64), Err(NotFetched::TooLong));
}

#[test]
fn a_redirect_is_followed_nowhere() {
    let elsewhere = Act::Answer("302 Found", "Location: https://localhost/internal\r\n", "");
    assert_eq!(fetched(elsewhere, 64), Err(NotFetched::Answered(302)));
    for status in ["404 Not Found", "500 Oh", "201 Created", "204 No Content"] {
        let code = status.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(fetched(Act::Answer(status, "", ""), 64), Err(NotFetched::Answered(code)));
    }
}

#[test]
fn whoever_says_nothing_or_something_else_is_given_up() {
    for act in [Act::FallSilent, Act::Close, Act::EndlessHead, Act::Write(b"hello\r\n")] {
        assert!(matches!(fetched(act, 64), Err(NotFetched::NoAnswer(_))), "{act:?}");
    }
}

#[test]
fn only_https_and_names_are_fetched_from() {
    for text in
        ["http://app.example.org/jwks", "https://127.0.0.1/jwks", "https://[::1]/jwks", "https://10.0.0.1/"]
    {
        assert_eq!(run(fetcher(true).fetch(&url(text), 64)), Err(NotFetched::NotAllowed), "{text}");
    }
}

#[test]
fn a_name_of_this_machine_is_not_connected_to_unless_the_installation_is_for_this_machine() {
    let there = StandIn::start(true, |_| Act::Answer("200 OK", "", "{}"));
    let at = url(&format!("https://localhost:{}/", there.port));
    assert!(matches!(run(fetcher(false).fetch(&at, 64)), Err(NotFetched::Unreachable(_))));
    assert_eq!(there.connections(), 0, "nothing was even tried");
    assert!(run(fetcher(true).fetch(&at, 64)).is_ok());
}

#[test]
fn a_certificate_of_somebody_else_is_no_answer() {
    let there = StandIn::start(true, |_| Act::Answer("200 OK", "", "{}"));
    let at = url(&format!("https://localhost:{}/", there.port));
    let stranger = Fetcher::new(None, true).unwrap();
    assert!(matches!(run(stranger.fetch(&at, 64)), Err(NotFetched::NoAnswer(_))));
}

#[test]
fn more_than_eight_at_once_get_nothing() {
    let there = StandIn::start(true, |_| Act::FallSilent);
    let at = url(&format!("https://localhost:{}/", there.port));
    let fetcher = fetcher(true);
    run(async {
        let waiting: Vec<_> = (0..AT_ONCE).map(|_| fetcher.fetch(&at, 64)).collect();
        let mut waiting = waiting.into_iter().map(Box::pin).collect::<Vec<_>>();
        let first = async {
            // Polled together, so that all have their turn before the ninth asks.
            for one in &mut waiting {
                let _ = tokio::time::timeout(Duration::from_millis(1), one).await;
            }
            fetcher.fetch(&at, 64).await
        };
        assert_eq!(first.await, Err(NotFetched::Busy));
    });
}
