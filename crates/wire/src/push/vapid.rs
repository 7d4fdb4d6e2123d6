//! What the token says by which a push service knows who sends.
//!
//! Implements: RFC 8292 §2 (`aud`, `exp`) and §2.1 (`sub`, a `mailto:` or `https:` URI).

use serde_json::json;

/// The claims.
#[derive(Clone, Copy, Debug)]
pub struct Claims<'a> {
    /// The origin of the push service.
    pub audience: &'a str,
    /// Until when it holds, in seconds since 1970.
    pub expires: i64,
    /// Whom its operator can ask.
    pub contact: &'a str,
}

impl Claims<'_> {
    /// As a payload.
    #[must_use]
    pub fn json(&self) -> String {
        json!({ "aud": self.audience, "exp": self.expires, "sub": self.contact }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_are_written_in_the_order_of_their_names() {
        let claims = Claims { audience: "https://a.example", expires: 1, contact: "mailto:a@b.example" };
        assert_eq!(claims.json(), r#"{"aud":"https://a.example","exp":1,"sub":"mailto:a@b.example"}"#);
    }
}
