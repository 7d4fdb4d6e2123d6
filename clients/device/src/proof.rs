//! Proofs that a device holds its key: DPoP, RFC 9449 §4.2.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use crate::address::without_query;
use crate::error::Error;
use crate::http::Method;
use crate::key::{Key, coordinates};

/// What a proof is made for: one request, once.
#[derive(Clone, Copy, Debug)]
pub struct Proving<'a> {
    /// The method of the request.
    pub method: Method,
    /// Where it goes.
    pub url: &'a str,
    /// The nonce that the server gave last (`DPoP-Nonce`), if it has given one.
    pub nonce: Option<&'a str>,
    /// The access token that goes along, if one does.
    pub access_token: Option<&'a str>,
    /// Seconds since 1970 by the clock of whoever reads it.
    pub at: i64,
    /// Random bytes that were never used before.
    pub random: [u8; 16],
}

impl Proving<'_> {
    /// The proof: the value of the header `DPoP`.
    ///
    /// # Errors
    /// [`Error::Key`] when the key does not sign.
    pub fn by(&self, key: &impl Key) -> Result<String, Error> {
        let (x, y) = coordinates(key);
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let mut claims = Map::new();
        claims.insert("jti".to_owned(), URL_SAFE_NO_PAD.encode(self.random).into());
        claims.insert("htm".to_owned(), self.method.name().into());
        claims.insert("htu".to_owned(), without_query(self.url).into());
        claims.insert("iat".to_owned(), self.at.into());
        if let Some(nonce) = self.nonce {
            claims.insert("nonce".to_owned(), nonce.into());
        }
        if let Some(token) = self.access_token {
            claims.insert("ath".to_owned(), URL_SAFE_NO_PAD.encode(Sha256::digest(token)).into());
        }
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims.into()));
        let signature = key.sign(signed.as_bytes()).map_err(Error::Key)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[cfg(test)]
#[cfg(feature = "software-key")]
mod tests {
    use super::*;
    use crate::SoftwareKey;
    use p256::ecdsa::signature::Verifier;
    use p256::ecdsa::{Signature, VerifyingKey};
    use serde_json::Value;

    fn proving() -> Proving<'static> {
        Proving {
            method: Method::Post,
            url: "https://id.example.org/oauth/token?a=b",
            nonce: None,
            access_token: None,
            at: 1_562_262_616,
            random: [7; 16],
        }
    }

    fn read(part: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn a_proof_says_what_it_is_for_and_verifies_by_the_key_in_it() {
        let key = SoftwareKey::generate().unwrap();
        let proof = proving().by(&key).unwrap();
        let parts: Vec<&str> = proof.split('.').collect();
        let (header, claims) = (read(parts[0]), read(parts[1]));
        assert_eq!((&header["typ"], &header["alg"]), (&json!("dpop+jwt"), &json!("ES256")));
        assert_eq!(header["jwk"].get("d"), None, "the private half stays");
        assert_eq!(
            claims,
            json!({
                "jti": "BwcHBwcHBwcHBwcHBwcHBw", "htm": "POST", "htu": "https://id.example.org/oauth/token",
                "iat": 1_562_262_616,
            })
        );
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(header["jwk"][name].as_str().unwrap()).unwrap();
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
        let signed = format!("{}.{}", parts[0], parts[1]);
        VerifyingKey::from_sec1_bytes(&point).unwrap().verify(signed.as_bytes(), &signature).unwrap();
    }

    #[test]
    fn a_nonce_and_the_hash_of_a_token_stand_in_it() {
        // The token and its hash are those of RFC 9449 §7.1.
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        let proof = Proving { nonce: Some("n"), access_token: Some(token), ..proving() };
        let claims = read(proof.by(&SoftwareKey::generate().unwrap()).unwrap().split('.').nth(1).unwrap());
        assert_eq!(claims["nonce"], "n");
        assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }
}
