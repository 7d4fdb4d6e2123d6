//! A device, and a transport that is a script.

use std::cell::RefCell;
use std::collections::VecDeque;

use super::*;
use crate::{BoxError, Code, Secret, SoftwareKey};

const ISSUER: &str = "https://id.example.org";
const METADATA: &str = r#"{"issuer":"https://id.example.org","token_endpoint":"https://id.example.org/t",
    "revocation_endpoint":"https://id.example.org/r","userinfo_endpoint":"https://id.example.org/u"}"#;

/// What was sent, and what will be answered.
#[derive(Default)]
struct Script {
    sent: RefCell<Vec<Request>>,
    answers: RefCell<VecDeque<Option<Response>>>,
}

impl Transport for &Script {
    fn send(&mut self, request: &Request) -> Result<Response, BoxError> {
        self.sent.borrow_mut().push(request.clone());
        let answer = self.answers.borrow_mut().pop_front().flatten();
        answer.ok_or_else(|| "the cable is out".into())
    }
}

impl Script {
    fn answers(&self, status: u16, headers: &[(&str, &str)], body: &str) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = Response { status, headers, body: body.as_bytes().to_vec() };
        self.answers.borrow_mut().push_back(Some(answer));
    }

    fn device(&self) -> Device<SoftwareKey, &Self> {
        self.answers(200, &[], METADATA);
        Device::find(ISSUER, "terminal", (SoftwareKey::generate().unwrap(), self)).unwrap()
    }
}

fn tokens() -> Tokens {
    Tokens { access: Secret::new("a"), refresh: Some(Secret::new("r")), scope: None, ends: i64::MAX }
}

#[test]
fn who_it_is_is_asked_with_the_token_and_the_nonce_of_the_challenge() {
    let script = Script::default();
    let mut device = script.device();
    let challenge = "DPoP error=\"use_dpop_nonce\", algs=\"ES256\"";
    script.answers(401, &[("WWW-Authenticate", challenge), ("DPoP-Nonce", "n")], "");
    script.answers(200, &[], r#"{"sub":"s"}"#);
    assert_eq!(device.userinfo(&tokens()).unwrap(), r#"{"sub":"s"}"#);
    let sent = script.sent.borrow();
    assert_eq!(sent.len(), 3);
    assert_eq!((sent[2].method, sent[2].url.as_str()), (Method::Get, "https://id.example.org/u"));
    assert!(sent[2].headers.contains(&("Authorization", "DPoP a".to_owned())));
}

#[test]
fn tokens_are_refreshed_and_given_back() {
    let script = Script::default();
    let mut device = script.device();
    script.answers(
        200,
        &[],
        r#"{"access_token":"b","token_type":"DPoP","expires_in":300,"refresh_token":"s"}"#,
    );
    let next = device.refresh(&tokens()).unwrap();
    assert_eq!(next.refresh, Some(Secret::new("s")));
    script.answers(200, &[], "");
    device.sign_out(&next).unwrap();
    let sent = script.sent.borrow();
    let body = sent[2].body.as_deref();
    assert_eq!(body, Some("client_id=terminal&token=s&token_type_hint=refresh_token"));
}

#[test]
fn what_has_ended_and_who_is_away_are_told_apart() {
    let script = Script::default();
    let mut device = script.device();
    script.answers(400, &[], r#"{"error":"invalid_grant"}"#);
    let ended = device.refresh(&tokens()).unwrap_err();
    assert!(matches!(ended, Error::Refused(no) if no.code == Code::InvalidGrant));
    assert!(matches!(device.refresh(&tokens()), Err(Error::Unreachable(_))));
    let none = Tokens { refresh: None, ..tokens() };
    assert!(matches!(device.refresh(&none), Err(Error::Unable(_))));
    let code = PairingCode::read("BCDFGHJKLMNP").unwrap();
    assert!(matches!(device.pair(&code), Err(Error::Unable(_))), "this server does not pair");
}

#[test]
fn a_request_to_a_service_carries_the_token_and_a_proof() {
    let script = Script::default();
    let device = script.device();
    let at = (Method::Post, "https://shelf.example/books?all");
    let [(_, authorization), (_, proof)] = device.authorize(at, &tokens(), None).unwrap();
    assert_eq!((authorization.as_str(), proof.split('.').count()), ("DPoP a", 3));
}
