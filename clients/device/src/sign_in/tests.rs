//! Conversations with a server that says what the tests tell it to say.

use std::time::UNIX_EPOCH;

use super::*;
use crate::{PairingCode, Server, SoftwareKey};

const ISSUER: &str = "https://id.example.org";

/// A client, a sign-in, and a clock that the test turns.
struct Talk {
    client: Client,
    key: SoftwareKey,
    sign_in: SignIn,
    begun: Instant,
    passed: Duration,
    drawn: u8,
}

fn server() -> Server {
    let at = |path: &str| format!("{ISSUER}/oauth/{path}");
    let metadata = serde_json::json!({
        "issuer": ISSUER, "token_endpoint": at("token"), "pairing_endpoint": at("pairing"),
        "device_authorization_endpoint": at("device_authorization"),
    });
    Server::read(ISSUER, &answer(200, &[], &metadata.to_string())).unwrap()
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Response { status, headers, body: body.as_bytes().to_vec() }
}

fn error(code: &str) -> Response {
    answer(400, &[], &format!(r#"{{"error":"{code}"}}"#))
}

const DIGITS: &str = r#"{"device_code":"dc","confirmation":"0420","interval":5,"expires_in":180}"#;
const TOKENS: &str = r#"{"access_token":"a","token_type":"DPoP","expires_in":300,"refresh_token":"r"}"#;

impl Talk {
    fn new(begin: impl FnOnce(&Client) -> SignIn) -> Self {
        let client = Client::new(server(), "terminal").scope("openid x").resource("https://a.example/");
        let sign_in = begin(&client);
        let (begun, key) = (Instant::now(), SoftwareKey::generate().unwrap());
        Self { client, key, sign_in, begun, passed: Duration::ZERO, drawn: 0 }
    }

    fn pairing() -> Self {
        Self::new(|client| client.pair(&PairingCode::read("bcdf-ghjk-lmnp").unwrap()).unwrap())
    }

    fn moment(&mut self) -> Moment {
        self.drawn += 1;
        let wall = UNIX_EPOCH + Duration::from_secs(1_000_000) + self.passed;
        Moment { wall, at: self.begun + self.passed, random: [self.drawn; 16] }
    }

    fn step(&mut self) -> Result<Step, Error> {
        let moment = self.moment();
        self.sign_in.step(&self.client, &self.key, &moment)
    }

    fn sends(&mut self) -> Request {
        match self.step().unwrap() {
            Step::Send(request) => request,
            Step::Wait(_) => panic!("it waits"),
        }
    }

    /// How many seconds it waits.
    fn waits(&mut self) -> u64 {
        match self.step().unwrap() {
            Step::Wait(until) => (until - self.begun - self.passed).as_secs(),
            Step::Send(_) => panic!("it sends"),
        }
    }

    fn hears(&mut self, answer: Response) -> Result<News, Error> {
        let moment = self.moment();
        self.sign_in.answered(&mut self.client, answer, &moment)
    }

    fn passes(&mut self, seconds: u64) {
        self.passed += Duration::from_secs(seconds);
    }

    /// Polls once more as soon as it may, and hears `answer`.
    fn polls(&mut self, answer: Response) -> Result<News, Error> {
        let wait = self.waits();
        self.passes(wait);
        self.sends();
        self.hears(answer)
    }
}

fn claims(request: &Request) -> Value {
    use base64::Engine;
    let (_, proof) = request.headers.iter().find(|(name, _)| *name == "DPoP").unwrap();
    let part = proof.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn a_device_is_paired_by_code_nonce_digits_polls_and_tokens() {
    let mut talk = Talk::pairing();
    let first = talk.sends();
    assert_eq!(first.url, "https://id.example.org/oauth/pairing");
    assert_eq!(
        first.body.as_deref(),
        Some(
            "client_id=terminal&device_kind=other&scope=openid+x&resource=https%3A%2F%2Fa.example%2F&\
             pairing_code=BCDFGHJKLMNP"
        )
    );
    assert_eq!(claims(&first).get("nonce"), None);
    let nonce = answer(400, &[("DPoP-Nonce", "n1")], r#"{"error":"use_dpop_nonce"}"#);
    assert!(matches!(talk.hears(nonce), Ok(News::Nothing)));
    let second = talk.sends();
    assert_eq!((&second.body, &claims(&second)["nonce"]), (&first.body, &Value::from("n1")));
    assert_ne!(claims(&second)["jti"], claims(&first)["jti"]);
    let Ok(News::Show(Shown::Digits(digits))) = talk.hears(answer(200, &[("dpop-nonce", "n2")], DIGITS))
    else {
        panic!("digits to show")
    };
    assert_eq!(digits.expose(), "0420");

    assert_eq!(talk.waits(), 5);
    talk.passes(5);
    let poll = talk.sends();
    assert_eq!(poll.url, "https://id.example.org/oauth/token");
    assert_eq!(
        poll.body.as_deref(),
        Some(
            "client_id=terminal&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=dc"
        )
    );
    assert_eq!(claims(&poll)["nonce"], "n2");
    assert!(matches!(talk.hears(error("authorization_pending")), Ok(News::Nothing)));
    let Ok(News::Tokens(tokens)) = talk.polls(answer(200, &[], TOKENS)) else { panic!("tokens") };
    assert_eq!((tokens.access.expose(), tokens.ends), ("a", 1_000_310));
    assert!(matches!(talk.step(), Err(Error::Expired)), "it is over");
}

#[test]
fn a_nonce_is_asked_for_once_and_not_for_ever() {
    let nonce = |value| answer(400, &[("DPoP-Nonce", value)], r#"{"error":"use_dpop_nonce"}"#);
    let mut talk = Talk::pairing();
    talk.sends();
    talk.hears(nonce("n1")).unwrap();
    talk.sends();
    let Err(Error::Refused(refused)) = talk.hears(nonce("n2")) else { panic!("a no") };
    assert_eq!(refused.code, Code::UseDpopNonce);
    // A poll may be told a new one each time, and is sent again at once.
    let mut talk = Talk::pairing();
    talk.sends();
    talk.hears(answer(200, &[], DIGITS)).unwrap();
    for value in ["n3", "n4"] {
        talk.polls(nonce(value)).unwrap();
        assert_eq!(claims(&talk.sends())["nonce"], value);
        talk.hears(error("authorization_pending")).unwrap();
    }
}

#[test]
fn each_slow_down_makes_the_pace_five_seconds_slower_for_good() {
    let mut talk = Talk::pairing();
    talk.sends();
    talk.hears(answer(200, &[], DIGITS)).unwrap();
    for (said, waits) in [("slow_down", 10), ("authorization_pending", 10), ("slow_down", 15)] {
        talk.polls(error(said)).unwrap();
        assert_eq!(talk.waits(), waits, "{said}");
    }
}

#[test]
fn whoever_does_not_answer_is_asked_less_often_until_they_do() {
    let mut talk = Talk::pairing();
    talk.sends();
    talk.hears(answer(200, &[], DIGITS)).unwrap();
    let wait = talk.waits();
    talk.passes(wait);
    talk.sends();
    let moment = talk.moment();
    talk.sign_in.unanswered(&moment);
    assert_eq!(talk.waits(), 10);
    talk.polls(answer(502, &[], "<h1>Bad gateway</h1>")).unwrap();
    assert_eq!(talk.waits(), 20);
    talk.polls(answer(503, &[], r#"{"error":"temporarily_unavailable"}"#)).unwrap();
    assert_eq!(talk.waits(), 40);
    talk.polls(error("authorization_pending")).unwrap();
    assert_eq!(talk.waits(), 5);
}

#[test]
fn every_no_ends_it() {
    for code in ["access_denied", "expired_token", "invalid_grant", "invalid_client", "something_new"] {
        let mut talk = Talk::pairing();
        talk.sends();
        talk.hears(answer(200, &[], DIGITS)).unwrap();
        let Err(Error::Refused(refused)) = talk.polls(error(code)) else { panic!("a no") };
        assert_eq!(refused.code.name(), code);
        talk.passes(60);
        assert!(matches!(talk.step(), Err(Error::Expired)), "{code}");
    }
}

#[test]
fn nobody_is_asked_after_the_end() {
    let mut talk = Talk::pairing();
    talk.sends();
    talk.hears(answer(200, &[], DIGITS)).unwrap();
    talk.passes(179);
    talk.sends();
    talk.hears(error("authorization_pending")).unwrap();
    talk.passes(1);
    assert!(matches!(talk.step(), Err(Error::Expired)));
}

#[test]
fn a_device_shows_a_code_where_the_server_has_that() {
    let mut talk = Talk::new(|client| client.show_code().unwrap());
    assert_eq!(talk.sends().url, "https://id.example.org/oauth/device_authorization");
    let body = r#"{"device_code":"d","user_code":"BCDF-GHJK","verification_uri":"https://id.example.org/device","expires_in":600}"#;
    let Ok(News::Show(Shown::UserCode { code, page, complete })) = talk.hears(answer(200, &[], body)) else {
        panic!("a code to show")
    };
    assert_eq!(
        (code.expose(), page.as_str(), complete),
        ("BCDF-GHJK", "https://id.example.org/device", None)
    );
    assert_eq!(talk.waits(), 5, "where the server does not say");
}

#[test]
fn a_first_answer_that_lacks_something_is_none() {
    for body in [
        "",
        "{}",
        r#"{"device_code":"d","interval":5,"expires_in":180}"#,
        r#"{"confirmation":"0420","expires_in":180}"#,
        r#"{"device_code":"d","confirmation":"0420"}"#,
        r#"{"device_code":"d","confirmation":"0420","expires_in":-1}"#,
    ] {
        let mut talk = Talk::pairing();
        talk.sends();
        assert!(matches!(talk.hears(answer(200, &[], body)), Err(Error::Answer { .. })), "{body}");
    }
    let mut talk = Talk::pairing();
    talk.sends();
    let body = r#"{"device_code":"d","confirmation":"0420","interval":0,"expires_in":18446744073709551615}"#;
    talk.hears(answer(200, &[], body)).unwrap();
    assert_eq!(talk.waits(), 1, "never without a pause");
}

#[test]
fn a_device_without_the_time_takes_the_servers() {
    let mut talk = Talk::pairing();
    assert_eq!(claims(&talk.sends())["iat"], 1_000_000);
    // 1 000 000 is 12 January 1970, 13:46:40.
    for (date, iat) in
        [("Sat, 28 Nov 2026 14:20:58 GMT", 1_795_875_658), ("Mon, 12 Jan 1970 13:46:44 GMT", 1_000_000)]
    {
        let mut talk = Talk::pairing();
        talk.sends();
        talk.hears(answer(400, &[("DPoP-Nonce", "n"), ("Date", date)], r#"{"error":"use_dpop_nonce"}"#))
            .unwrap();
        assert_eq!(claims(&talk.sends())["iat"], iat, "{date}");
    }
}
