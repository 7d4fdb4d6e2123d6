//! Signed objects: vectors of the RFCs, algorithm confusion, and what is refused before any signature.

use super::*;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use proptest::prelude::*;

use crate::jose::jwk::PublicKey;

/// RFC 7515 §A.3, ES256.
const ES256: [&str; 2] = [
    r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
];
/// RFC 8037 §A.4, EdDSA.
const EDDSA: [&str; 2] = [
    r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
];
/// RFC 7515 §A.2, RS256.
const RS256: [&str; 2] = [
    r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#,
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
];

fn key(text: &str, algorithm: Algorithm) -> VerifyingKey {
    VerifyingKey::new(&Jwk::parse(text.as_bytes()).unwrap(), algorithm).unwrap()
}

fn with_header(header: &str) -> Result<String, Malformed> {
    let rest = ES256[1].split_once('.').unwrap().1;
    let text = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
    Jws::parse(&text, &Algorithm::ALL).map(|jws| format!("{:?} {:?}", jws.algorithm(), jws.key_id()))
}

#[test]
fn the_examples_of_the_rfcs_hold_and_changed_ones_do_not() {
    for ([jwk, text], algorithm) in
        [(ES256, Algorithm::Es256), (EDDSA, Algorithm::EdDsa), (RS256, Algorithm::Rs256)]
    {
        let key = key(jwk, algorithm);
        let jws = Jws::parse(text, &[algorithm]).unwrap();
        assert!(jws.verify(&key).is_ok_and(|payload| !payload.is_empty()), "{algorithm:?}");
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let flipped = |part: &str| {
            let first = if part.starts_with('A') { 'B' } else { 'A' };
            format!("{first}{}", part.get(1..).unwrap())
        };
        let (header, payload) = signed.split_once('.').unwrap();
        for changed in [
            format!("{signed}.{}", flipped(signature)),
            format!("{signed}."),
            format!("{header}..{signature}"),
            format!("{header}.{}.{signature}", flipped(payload)),
            format!("{signed}.{signature}AAAA"),
        ] {
            let read = Jws::parse(&changed, &[algorithm]);
            assert!(read.is_ok_and(|jws| jws.verify(&key) == Err(BadSignature)), "{changed}");
        }
    }
}

/// threats.md names it algorithm confusion: neither the header nor the bytes of a key choose the algorithm.
#[test]
fn only_the_algorithms_that_are_allowed_are_read() {
    for allowed in [&[][..], &[Algorithm::EdDsa], &[Algorithm::Rs256, Algorithm::Ps256]] {
        assert!(Jws::parse(ES256[1], allowed).is_err());
    }
    for name in ["none", "HS256", "NONE", "es256", "ES384", ""] {
        assert!(with_header(&format!(r#"{{"alg":"{name}"}}"#)).is_err(), "{name}");
    }
    let jws = Jws::parse(RS256[1], &Algorithm::ALL).unwrap();
    assert_eq!(jws.verify(&key(RS256[0], Algorithm::Ps256)), Err(BadSignature));
    assert_eq!(jws.verify(&key(ES256[0], Algorithm::Es256)), Err(BadSignature));
}

#[test]
fn headers_are_read_strictly() {
    assert_eq!(with_header(r#"{"alg":"ES256","kid":"../a' OR 1"}"#).unwrap(), r#"Es256 Some("../a' OR 1")"#);
    for header in [
        r#"{}"#,
        r#"[]"#,
        r#"{"alg":256}"#,
        r#"{"alg":"ES256","alg":"ES256"}"#,
        r#"{"alg":"ES256","crit":["exp"],"exp":1}"#,
        r#"{"alg":"ES256","crit":[]}"#,
        r#"{"alg":"ES256","b64":false}"#,
        r#"{"alg":"ES256","kid":1}"#,
        r#"{"alg":"ES256","typ":null}"#,
        r#"{"alg":"ES256"} "x""#,
    ] {
        assert!(with_header(header).is_err(), "{header}");
    }
    assert!(with_header(&format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(256))).is_ok());
    assert!(with_header(&format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(257))).is_err());
    assert!(with_header(&format!(r#"{{"alg":"ES256","x":"{}"}}"#, "k".repeat(LONGEST_HEADER))).is_err());
}

#[test]
fn anything_but_three_parts_of_base64url_is_refused() {
    for text in ["", ".", "..", "...", "a.b", "eyJhbGciOiJFUzI1NiJ9.e30", "eyJhbGciOiJFUzI1NiJ9.e30.AA.AA"] {
        assert!(Jws::parse(text, &Algorithm::ALL).is_err(), "{text}");
    }
    for (from, to) in [("iJ9.", "iJ9=."), ("iJ9.", "iJ 9."), ("NU1Q", "NU1R"), ("NU1Q", "NU1Q\n")] {
        assert!(Jws::parse(&ES256[1].replace(from, to), &Algorithm::ALL).is_err(), "{from} → {to}");
    }
    let long = format!("eyJhbGciOiJFUzI1NiJ9.{}.AA", "A".repeat(LONGEST));
    assert_eq!(Jws::parse(&long, &Algorithm::ALL).unwrap_err().at, LONGEST);
}

#[test]
fn types_are_compared_without_their_prefix_and_their_case() {
    let text = Header::new(Algorithm::Es256, "application/DPoP+jwt", "a").with_payload(b"{}").signed(&[1]);
    let jws = Jws::parse(&text, &Algorithm::ALL).unwrap();
    assert!(jws.has_type() && jws.is_typed("dpop+jwt") && !jws.is_typed("JWT") && !jws.is_typed(""));
    let untyped = Jws::parse(ES256[1], &Algorithm::ALL).unwrap();
    assert!(!untyped.has_type() && !untyped.is_typed("JWT"));
}

#[test]
fn an_embedded_key_is_given_to_who_asks_for_it() {
    let header = |jwk: &str| {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","jwk":{jwk}}}"#));
        let text = format!("{header}.e30.AA");
        Jws::parse(&text, &Algorithm::ALL).and_then(|jws| jws.embedded_key())
    };
    assert!(header(ES256[0]).is_ok());
    for bad in ["1", "{}", r#"{"kty":"oct","k":"AA"}"#, &ES256[0].replace("}", r#","d":"AA"}"#)] {
        assert!(header(bad).is_err(), "{bad}");
    }
}

/// What is signed here is read by another implementation, and the other way round.
#[test]
fn another_library_agrees_on_es256() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = (point[1..33].try_into().unwrap(), point[33..65].try_into().unwrap());
    let jwk = Jwk::new(PublicKey::P256 { x, y }, "k1".to_owned(), Algorithm::Es256);
    let unsigned =
        Header::new(Algorithm::Es256, "JWT", "k1").with_payload(br#"{"sub":"a","exp":4102444800}"#);
    let signature = pair.sign(&SystemRandom::new(), unsigned.signing_input()).unwrap();
    let text = unsigned.signed(signature.as_ref());

    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Claims {
        sub: String,
        exp: u64,
    }
    #[expect(clippy::disallowed_methods, reason = "the oracle reads the key as we publish it")]
    let oracle: jsonwebtoken::jwk::Jwk = serde_json::from_str(&jwk.json()).unwrap();
    let decoding = jsonwebtoken::DecodingKey::from_jwk(&oracle).unwrap();
    let rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    let read = jsonwebtoken::decode::<Claims>(&text, &decoding, &rules).unwrap();
    assert_eq!((read.header.kid.as_deref(), read.claims.sub.as_str()), (Some("k1"), "a"));

    let document = pair.to_pkcs8v1().unwrap();
    let encoding = jsonwebtoken::EncodingKey::from_ec_der(document.as_ref());
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
    header.kid = Some("k1".to_owned());
    let theirs = jsonwebtoken::encode(&header, &read.claims, &encoding).unwrap();
    let jws = Jws::parse(&theirs, &[Algorithm::Es256]).unwrap();
    let verifying = VerifyingKey::new(&jwk, Algorithm::Es256).unwrap();
    assert_eq!(jws.key_id(), Some("k1"));
    assert!(jws.verify(&verifying).is_ok());
}

proptest! {
    #[test]
    fn what_is_assembled_is_read_back(payload in proptest::collection::vec(any::<u8>(), 0..99), id in "[ -~]{0,40}") {
        let unsigned = Header::new(Algorithm::EdDsa, "at+jwt", &id).with_payload(&payload);
        let text = unsigned.signed(&[7; 64]);
        let jws = Jws::parse(&text, &[Algorithm::EdDsa]).unwrap();
        prop_assert_eq!((jws.unverified_payload(), jws.key_id()), (payload.as_slice(), Some(id.as_str())));
        prop_assert!(jws.is_typed("at+jwt"));
    }

    #[test]
    fn any_text_is_answered(text in "[A-Za-z0-9_.-]{0,60}|\\PC{0,40}") {
        if let Err(error) = Jws::parse(&text, &Algorithm::ALL) {
            prop_assert!(error.at <= text.len());
        }
    }
}
