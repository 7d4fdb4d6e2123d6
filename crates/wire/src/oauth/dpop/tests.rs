//! Proofs of possession, right and wrong in every part.

use super::*;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const NOW: i64 = 1_562_262_616;
/// RFC 9449 §4.1, figure 2.
const EXAMPLE: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

fn expected(url: &Url) -> Expected<'_> {
    let (now, age, skew) = (NOW * 1_000_000, 60_000_000, 10_000_000);
    Expected { method: "POST", url, now, age, skew, nonces: None, access_token: None }
}

fn url() -> Url {
    Url::parse("https://server.example.com/token").unwrap()
}

struct Key(EcdsaKeyPair);

impl Key {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        json!({"kty": "EC", "crv": "P-256", "x": token::encode(&point[1..33]), "y": token::encode(&point[33..])})
    }

    /// A proof whose header and claims are changed by `change`; null takes a member away.
    fn proof(&self, header: Value, claims: Value) -> String {
        let mut members = [
            json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk()}),
            json!({"jti": "j1", "htm": "POST", "htu": "https://server.example.com/token", "iat": NOW}),
        ];
        for (all, change) in members.iter_mut().zip([header, claims]) {
            let all = all.as_object_mut().unwrap();
            for (name, value) in change.as_object().unwrap() {
                if value.is_null() {
                    all.remove(name)
                } else {
                    all.insert(name.clone(), value.clone())
                };
            }
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(&members[0]), part(&members[1]));
        let signature = self.0.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

#[test]
fn the_example_of_rfc_9449_holds_in_its_time() {
    let url = url();
    let proof = Proof::check(EXAMPLE, &expected(&url)).unwrap();
    assert_eq!(proof.thumbprint.to_string(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    assert_eq!((proof.id.as_str(), proof.issued), ("-BwC3ESc6acc2lTc", NOW * 1_000_000));
    assert_eq!(proof.replay_parts()[1], b"-BwC3ESc6acc2lTc");
    assert_eq!(proof.kept_until(&expected(&url)), (NOW + 60) * 1_000_000);
}

/// threats.md §5.2 row 29: without the key, a token is worth nothing; each check of RFC 9449 §4.3 for itself.
#[test]
fn row_29_a_proof_that_fails_any_check_is_refused() {
    let (key, other, url) = (Key::new(), Key::new(), url());
    let none = || json!({});
    assert!(Proof::check(&key.proof(none(), none()), &expected(&url)).is_ok());
    let private = {
        let mut jwk = key.jwk();
        jwk.as_object_mut().unwrap().insert("d".to_owned(), "AA".into());
        jwk
    };
    for (header, claims) in [
        (json!({"typ": null}), none()),
        (json!({"typ": "JWT"}), none()),
        (json!({"alg": "none"}), none()),
        (json!({"alg": "HS256"}), none()),
        (json!({"alg": "RS256"}), none()),
        (json!({"alg": null}), none()),
        (json!({"jwk": null}), none()),
        (json!({"jwk": private}), none()),
        (json!({"jwk": other.jwk()}), none()),
        (json!({"jwk": {"kty": "oct", "k": "AA"}}), none()),
        (json!({"crit": ["exp"]}), none()),
        (none(), json!({"jti": null})),
        (none(), json!({"jti": ""})),
        (none(), json!({"jti": 1})),
        (none(), json!({"jti": "j".repeat(257)})),
        (none(), json!({"iat": null})),
        (none(), json!({"iat": "1562262616"})),
        (none(), json!({"iat": NOW - 60})),
        (none(), json!({"iat": NOW + 11})),
        (none(), json!({"htm": "GET"})),
        (none(), json!({"htm": "post"})),
        (none(), json!({"htm": null})),
        (none(), json!({"htu": null})),
        (none(), json!({"htu": "https://server.example.com/"})),
        (none(), json!({"htu": "https://server.example.com/Token"})),
        (none(), json!({"htu": "https://server.example.com:8443/token"})),
        (none(), json!({"htu": "http://server.example.com/token"})),
        (none(), json!({"htu": "https://server.example.com.evil/token"})),
        (none(), json!({"htu": "https://a@server.example.com/token"})),
    ] {
        let proof = key.proof(header.clone(), claims.clone());
        let error = Proof::check(&proof, &expected(&url)).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidDpopProof, "{header} {claims}");
    }
    for text in ["", "a.b.c", &"a".repeat(LONGEST + 1)] {
        assert!(Proof::check(text, &expected(&url)).is_err());
    }
}

#[test]
fn times_and_urls_have_the_leeway_of_the_rfc() {
    let (key, url) = (Key::new(), url());
    for claims in [
        json!({"iat": NOW - 59}),
        json!({"iat": NOW + 10}),
        json!({"iat": 1_562_262_616.9}),
        json!({"htu": "https://server.example.com/token?a=b"}),
        json!({"htu": "https://server.example.com/token#a"}),
        json!({"htu": "HTTPS://Server.Example.com:443/token"}),
        json!({"nonce": "unasked"}),
    ] {
        assert!(Proof::check(&key.proof(json!({}), claims.clone()), &expected(&url)).is_ok(), "{claims}");
    }
}

#[test]
fn row_29_a_nonce_is_demanded_where_one_is_due() {
    let (key, url) = (Key::new(), url());
    let due = Expected { nonces: Some(&["n2", "n1"]), ..expected(&url) };
    for (claims, code) in [
        (json!({"nonce": "n1"}), None),
        (json!({"nonce": "n2"}), None),
        (json!({"nonce": "n3"}), Some(ErrorCode::UseDpopNonce)),
        (json!({"nonce": 1}), Some(ErrorCode::UseDpopNonce)),
        (json!({}), Some(ErrorCode::UseDpopNonce)),
        (json!({"nonce": "n1", "iat": NOW - 100}), Some(ErrorCode::InvalidDpopProof)),
    ] {
        let answer = Proof::check(&key.proof(json!({}), claims.clone()), &due);
        assert_eq!(answer.err().map(|error| error.code), code, "{claims}");
    }
}

#[test]
fn row_29_a_proof_belongs_to_one_access_token() {
    let (key, url) = (Key::new(), url());
    let with = Expected { access_token: Some("token-1"), ..expected(&url) };
    let hash = |text: &str| token::encode(digest(&SHA256, text.as_bytes()).as_ref());
    for (claims, holds) in [
        (json!({"ath": hash("token-1")}), true),
        (json!({"ath": hash("token-2")}), false),
        (json!({"ath": format!("{}=", hash("token-1"))}), false),
        (json!({}), false),
    ] {
        let answer = Proof::check(&key.proof(json!({}), claims.clone()), &with);
        assert_eq!(answer.is_ok(), holds, "{claims}");
    }
}

#[test]
fn there_is_one_header_or_none() {
    assert_eq!(Proof::header(&[]), Ok(None));
    assert_eq!(Proof::header(&[b"a.b.c"]), Ok(Some("a.b.c")));
    assert!(Proof::header(&[b"a", b"a"]).is_err() && Proof::header(&[b"\xff"]).is_err());
}
