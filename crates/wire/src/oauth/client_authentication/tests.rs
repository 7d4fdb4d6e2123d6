//! Secrets and assertions of clients, as they come in header fields and bodies.

use super::*;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use proptest::prelude::*;

use crate::jose::{
    jwk::{Jwk, PublicKey},
    jws::Header,
};

fn parameters(text: &str) -> Parameters {
    Parameters::parse(text.as_bytes()).unwrap()
}

fn read(header: &str, body: &str) -> Result<(String, AuthenticationMethod), OauthError> {
    let headers: Vec<&[u8]> = header.lines().map(str::as_bytes).collect();
    let body = parameters(body);
    let presented = Presented::read(&headers, &body)?;
    Ok((presented.client_id().to_owned(), presented.method()))
}

#[test]
fn each_method_is_read() {
    use AuthenticationMethod as M;
    // RFC 6749 §2.3.1.
    let basic = "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW";
    assert_eq!(read(basic, ""), Ok(("s6BhdRkqt3".to_owned(), M::ClientSecretBasic)));
    assert_eq!(
        read(&basic.replace("Basic", "bASIC"), "client_id=s6BhdRkqt3").unwrap().1,
        M::ClientSecretBasic
    );
    assert_eq!(read("", "client_id=a&client_secret=b"), Ok(("a".to_owned(), M::ClientSecretPost)));
    assert_eq!(read("", "client_id=a"), Ok(("a".to_owned(), M::None)));
    for method in M::ALL {
        assert_eq!(M::from_name(method.name()), Some(method));
    }
    assert_eq!((M::from_name("client_secret_jwt"), M::from_name("tls_client_auth")), (None, None));
}

#[test]
fn name_and_secret_of_basic_are_form_decoded() {
    let header = format!("Basic {}", STANDARD.encode("https%3A%2F%2Fapp.example%2Fid:p%25+%3A%2B:x"));
    let (header, body) = ([header.as_bytes()], parameters(""));
    match Presented::read(&header, &body).unwrap() {
        Presented::Secret { client_id, secret, .. } => {
            assert_eq!((client_id.as_str(), secret.expose()), ("https://app.example/id", "p% :+:x"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_than_one_method_is_an_error() {
    let basic = "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW";
    for (header, body) in [
        (basic, "client_secret=gX1fBat3bV"),
        (basic, "client_assertion=a.b.c"),
        (basic, "client_assertion_type=urn:x"),
        (basic, "client_id=other"),
        ("", "client_id=a&client_secret=b&client_assertion=a.b.c"),
        ("", "client_id=a&client_secret=b&client_secret=b"),
        ("", "client_id=a&client_id=a"),
        ("", "client_assertion=a.b.c"),
        ("", "client_assertion=a.b.c&client_assertion_type=urn:x"),
        ("", "client_id=a&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        (&format!("{basic}\n{basic}"), ""),
    ] {
        assert_eq!(read(header, body).unwrap_err().code, ErrorCode::InvalidRequest, "{header} {body}");
    }
}

#[test]
fn what_cannot_be_read_is_an_unknown_client() {
    let basic = |plain: &str| format!("Basic {}", STANDARD.encode(plain));
    for header in [
        "Bearer abc".to_owned(),
        "Basic".to_owned(),
        "Basic !".to_owned(),
        basic("no colon"),
        basic(":secret"),
        basic("a:"),
        basic("a%zz:b"),
        basic("a:%FF"),
        basic("a b:c"),
        basic("a:b%00"),
        basic(&format!("{}:b", "a".repeat(LONGEST_CLIENT_ID + 1))),
        format!("Basic {}", "A".repeat(LONGEST_HEADER)),
    ] {
        assert_eq!(read(&header, "").unwrap_err().code, ErrorCode::InvalidClient, "{header:.60}");
    }
    assert_eq!(read("", "").unwrap_err().code, ErrorCode::InvalidClient);
    assert_eq!(read("", "client_secret=a").unwrap_err().code, ErrorCode::InvalidClient);
}

const NOW: i64 = 1_795_297_599;

struct Client {
    pair: Ed25519KeyPair,
    key: VerifyingKey,
}

impl Client {
    fn new() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = pair.public_key().as_ref().try_into().unwrap();
        let jwk = Jwk::new(PublicKey::Ed25519 { x }, "k1".to_owned(), Algorithm::EdDsa);
        Self { pair, key: VerifyingKey::new(&jwk, Algorithm::EdDsa).unwrap() }
    }

    fn body(&self, typ: &str, claims: &str) -> String {
        let unsigned = Header::new(Algorithm::EdDsa, typ, "k1").with_payload(claims.as_bytes());
        let signature = self.pair.sign(unsigned.signing_input());
        format!(
            "client_assertion={}&client_assertion_type={ASSERTION_TYPE}",
            unsigned.signed(signature.as_ref())
        )
    }

    fn present(&self, typ: &str, claims: &str, key: &VerifyingKey) -> Result<AssertionUse, OauthError> {
        let body = parameters(&self.body(typ, claims));
        match Presented::read(&[], &body)? {
            Presented::Assertion(assertion) => {
                assert_eq!((assertion.algorithm(), assertion.key_id()), (Algorithm::EdDsa, Some("k1")));
                let expected = Expected {
                    issuer: "c1",
                    audiences: &["https://id.example.org"],
                    now: NOW * 1_000_000,
                    skew: 10_000_000,
                    longest: 300_000_000,
                };
                assertion.verify([key], &expected)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn claims(exp: i64) -> String {
    format!(r#"{{"iss":"c1","sub":"c1","aud":"https://id.example.org","jti":"j1","exp":{exp}}}"#)
}

#[test]
fn a_signed_statement_holds_once_and_in_its_time() {
    let (client, other) = (Client::new(), Client::new());
    let held = client.present("JWT", &claims(NOW + 60), &client.key).unwrap();
    assert_eq!(held, AssertionUse { id: "j1".to_owned(), until: (NOW + 70) * 1_000_000 });
    assert!(client.present("client-authentication+jwt", &claims(NOW + 60), &client.key).is_ok());
    assert!(client.present("JWT", &claims(NOW + 60), &other.key).is_err());
    for (typ, claims) in [
        ("dpop+jwt", claims(NOW + 60)),
        ("at+jwt", claims(NOW + 60)),
        ("JWT", claims(NOW - 10)),
        ("JWT", claims(NOW + 400)),
        ("JWT", claims(NOW + 60).replace(r#""jti":"j1","#, "")),
        ("JWT", claims(NOW + 60).replace(r#""sub":"c1""#, r#""sub":"c2""#)),
        ("JWT", claims(NOW + 60).replace("c1", "c2")),
        ("JWT", claims(NOW + 60).replace(r#""iss":"c1","#, "")),
        ("JWT", claims(NOW + 60).replace("id.example.org", "evil.example")),
        ("JWT", "[]".to_owned()),
    ] {
        let error = client.present(typ, &claims, &client.key).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidClient, "{typ} {claims}");
    }
}

#[test]
fn the_name_beside_a_statement_has_to_be_the_same() {
    let body = Client::new().body("JWT", &claims(NOW + 60));
    assert!(read("", &format!("client_id=c1&{body}")).is_ok());
    assert_eq!(read("", &format!("client_id=c2&{body}")).unwrap_err().code, ErrorCode::InvalidRequest);
}

proptest! {
    #[test]
    fn every_name_and_secret_survives_basic(name in "[!-~]{1,20}", secret in "[ -~]{1,20}") {
        let plain = format!("{}:{}", crate::form::encode_value(&name), crate::form::encode_value(&secret));
        let header = format!("Basic {}", STANDARD.encode(plain));
        let body = parameters("");
        match Presented::read(&[header.as_bytes()], &body).unwrap() {
            Presented::Secret { client_id, secret: read, .. } => {
                prop_assert_eq!((client_id, read.expose()), (name, secret.as_str()));
            }
            other => panic!("{other:?}"),
        }
    }
}
