//! Keys: vectors of the RFCs, thumbprints, and keys that must not be there.

use super::*;
use proptest::prelude::*;

/// RFC 7515 §A.3.1.
const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
/// RFC 8037 §A.2.
const OKP: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
/// RFC 7638 §3.1.
const RSA: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;

fn parse(text: &str) -> Result<Jwk, Malformed> {
    Jwk::parse(text.as_bytes())
}

#[test]
fn thumbprints_are_those_of_the_rfcs() {
    assert_eq!(parse(RSA).unwrap().thumbprint().to_string(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!(parse(OKP).unwrap().thumbprint().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    // RFC 9449 §6.1, the key of its example.
    let dpop = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;
    let thumbprint = parse(dpop).unwrap().thumbprint();
    assert_eq!(thumbprint.to_string(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    assert_eq!(Thumbprint::parse(&thumbprint.to_string()), Ok(thumbprint));
}

#[test]
fn a_key_is_written_in_one_form_which_is_read_again() {
    for text in [EC, OKP, RSA] {
        let key = parse(text).unwrap();
        assert_eq!(parse(&key.json()), Ok(key.clone()), "{text}");
        assert!(!key.json().contains(' '));
    }
    let rsa = parse(RSA).unwrap();
    assert_eq!((rsa.id(), rsa.algorithm()), (Some("2011-04-29"), Some(Algorithm::Rs256)));
    assert!(rsa.json().starts_with(r#"{"alg":"RS256","e":"AQAB","kid":"2011-04-29","kty":"RSA","n":"0vx7"#));
    assert!(rsa.serves(Algorithm::Rs256) && !rsa.serves(Algorithm::Ps256) && !rsa.serves(Algorithm::Es256));
    assert!(parse(&RSA.replace("\"alg\":\"RS256\",", "")).unwrap().serves(Algorithm::Ps256));
}

#[test]
fn private_and_symmetric_keys_are_refused() {
    for member in PRIVATE {
        let text = EC.replace(r#""kty""#, &format!(r#""{member}":"AA","kty""#));
        assert_eq!(parse(&text).unwrap_err().expected, "a public key only", "{member}");
    }
    assert_eq!(parse(r#"{"kty":"oct"}"#).unwrap_err().expected, "a public key only");
}

#[test]
fn keys_that_are_not_what_they_say_are_refused() {
    for (from, to) in [
        (r#""kty":"EC""#, r#""kty":"ec""#),
        ("P-256", "P-384"),
        ("P-256", "Ed25519"),
        (r#""crv":"P-256","#, ""),
        ("f83O", "f83"),
        ("f83O", "AAAf83O"),
        ("VEU\"", "VEV\""),
        ("VEU\"", "VEU=\""),
        (r#""kty""#, r#""use":"enc","kty""#),
        (r#""kty""#, r#""key_ops":["sign"],"kty""#),
        (r#""kty""#, r#""key_ops":"verify","kty""#),
        (r#""kty""#, r#""alg":"RS256","kty""#),
        (r#""kty""#, r#""alg":"none","kty""#),
        (r#""kty""#, r#""alg":1,"kty""#),
        (r#""kty""#, r#""kid":"","kty""#),
        (r#""kty""#, r#""kid":5,"kty""#),
        (r#""kty""#, r#""kty":"EC","kty""#),
    ] {
        assert!(EC.contains(from));
        assert!(parse(&EC.replace(from, to)).is_err(), "{from} → {to}");
    }
    for (from, to) in [
        ("AQAB", "Aw"),
        ("AQAB", "AAEAAQ"),
        ("AQAB", "AQAA"),
        ("AQAB", "AQAAAAE"),
        ("AQAB", ""),
        ("0vx7", ""),
        ("0vx7", "AAAA0vx7"),
        ("0vx7", "fvx7"),
        ("Kgw\"", "Kgg\""),
        (r#""kty":"RSA""#, r#""kty":"RSA","crv":"P-256""#),
    ] {
        assert!(RSA.contains(from));
        assert!(parse(&RSA.replace(from, to)).is_err(), "{from} → {to}");
    }
    assert!(parse(&RSA.replace("0vx7", &format!("0vx7{}", "A".repeat(344)))).is_err());
    assert!(parse(&format!("{EC}{}", " ".repeat(LONGEST))).is_err());
}

proptest! {
    #[test]
    fn every_point_is_written_and_read_back(x in any::<[u8; 32]>(), y in any::<[u8; 32]>(), id in "[ -~]{1,40}") {
        let key = Jwk::new(PublicKey::P256 { x, y }, id, Algorithm::Es256);
        prop_assert_eq!(Jwk::parse(key.json().as_bytes()), Ok(key.clone()));
        prop_assert_eq!(Jwk::new(PublicKey::P256 { x, y }, "other".to_owned(), Algorithm::Es256).thumbprint(), key.thumbprint());
    }
}
