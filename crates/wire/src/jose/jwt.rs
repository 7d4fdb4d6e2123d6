//! Claims of a token, and whether they hold at a time that is handed in.
//!
//! Implements: RFC 7519 §4.1 (registered claims), §2 (NumericDate: whole seconds or fractions), RFC 8725 §3.8 and §3.9
//! (issuer and audience are checked). Times are microseconds since the epoch, as everywhere.

use crate::{
    Malformed,
    json::{Object, Value},
};

/// The longest claims set, in bytes.
pub const LONGEST: usize = 12 * 1024;
/// The longest `iss`, `sub`, `jti` or member of `aud`, in bytes.
pub const LONGEST_TEXT: usize = 2048;
/// The most audiences.
pub const MOST_AUDIENCES: usize = 16;

const WHAT: &str = "claims";
const MICROS: i64 = 1_000_000;
/// The end of the year 9999: later dates are mistakes, such as milliseconds in place of seconds.
const LAST: i64 = 253_402_300_799;

/// Claims that were read; whether they hold is another question.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    object: Object,
    audiences: Vec<String>,
    expires: Option<i64>,
    not_before: Option<i64>,
    issued: Option<i64>,
}

/// Why claims do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A claim that has to be there is not.
    #[error("the claim `{0}` is missing")]
    Missing(&'static str),
    /// It has expired.
    #[error("`exp` has passed")]
    Expired,
    /// It does not hold yet.
    #[error("`nbf` or `iat` lies ahead")]
    TooEarly,
    /// Its time is longer than anybody should sign for, or it was issued too long ago.
    #[error("it is valid for too long, or too old")]
    TooLong,
    /// It comes from somebody else.
    #[error("`iss` is another")]
    Issuer,
    /// It is for somebody else.
    #[error("`aud` is another")]
    Audience,
}

/// What claims have to say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Who must have issued them, exactly.
    pub issuer: &'a str,
    /// Names of ours, one of which must stand in `aud`.
    pub audiences: &'a [&'a str],
    /// The time, in microseconds.
    pub now: i64,
    /// By how much clocks may differ, in microseconds.
    pub skew: i64,
    /// How far ahead `exp` may lie at the most, in microseconds.
    pub longest: i64,
}

impl Claims {
    /// Reads the claims set of a token.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`LONGEST`] bytes, anything but one JSON object with each member once, and a registered
    /// claim of another type: `aud` is a string or a list of strings, times are numbers of seconds between 1970 and 9999.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let object = Object::parse(WHAT, bytes, LONGEST)?;
        for name in ["iss", "sub", "jti"] {
            let expected = "`iss`, `sub` and `jti`: strings of 1 to 2048 bytes";
            if object.text(name, expected)?.is_some_and(|text| text.is_empty() || text.len() > LONGEST_TEXT) {
                return Err(object.refuse(expected));
            }
        }
        let audiences = match object.get("aud") {
            Some(Value::String(one)) => vec![one.clone()],
            _ => {
                let list = object.texts("aud", MOST_AUDIENCES, "`aud`, a string or a list of strings")?;
                list.unwrap_or_default().into_iter().map(str::to_owned).collect()
            }
        };
        if audiences.iter().any(|audience| audience.is_empty() || audience.len() > LONGEST_TEXT) {
            return Err(object.refuse("audiences of 1 to 2048 bytes"));
        }
        let date = |name| object.get(name).map(|value| date(value, &object)).transpose();
        let (expires, not_before, issued) = (date("exp")?, date("nbf")?, date("iat")?);
        Ok(Self { object, audiences, expires, not_before, issued })
    }

    /// `iss`.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.string("iss")
    }

    /// `sub`.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.string("sub")
    }

    /// `jti`.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.string("jti")
    }

    /// `aud`, which may be a single string.
    #[must_use]
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// `exp` in microseconds.
    #[must_use]
    pub const fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// `nbf` in microseconds.
    #[must_use]
    pub const fn not_before(&self) -> Option<i64> {
        self.not_before
    }

    /// `iat` in microseconds.
    #[must_use]
    pub const fn issued(&self) -> Option<i64> {
        self.issued
    }

    /// A claim that is a string.
    #[must_use]
    pub fn string(&self, name: &str) -> Option<&str> {
        self.object.get(name).and_then(Value::as_str)
    }

    /// All of them.
    #[must_use]
    pub const fn object(&self) -> &Object {
        &self.object
    }

    /// Whether they hold: issuer, audience, and the times.
    ///
    /// # Errors
    /// [`Unfit`], the first that applies; `iss`, `aud` and `exp` are required.
    pub fn check(&self, expected: &Expected<'_>) -> Result<(), Unfit> {
        if self.issuer().ok_or(Unfit::Missing("iss"))? != expected.issuer {
            return Err(Unfit::Issuer);
        }
        if self.audiences.is_empty() {
            return Err(Unfit::Missing("aud"));
        }
        if !self.audiences.iter().any(|audience| expected.audiences.contains(&audience.as_str())) {
            return Err(Unfit::Audience);
        }
        let expires = self.expires.ok_or(Unfit::Missing("exp"))?;
        let (now, skew) = (expected.now, expected.skew);
        // RFC 7519 §4.1.4: "on or after which the JWT MUST NOT be accepted", with some leeway.
        if expires.saturating_add(skew) <= now {
            return Err(Unfit::Expired);
        }
        if expires > now.saturating_add(expected.longest).saturating_add(skew) {
            return Err(Unfit::TooLong);
        }
        let ahead = |time: Option<i64>| time.is_some_and(|time| time > now.saturating_add(skew));
        if ahead(self.not_before) || ahead(self.issued) {
            return Err(Unfit::TooEarly);
        }
        Ok(())
    }
}

/// RFC 7519 §2, NumericDate, in microseconds; parts of a microsecond are cut off.
fn date(value: &Value, object: &Object) -> Result<i64, Malformed> {
    let refused = object.refuse("times in seconds between 1970 and 9999");
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(seconds), _) if (0..=LAST).contains(&seconds) => Ok(seconds.saturating_mul(MICROS)),
            (None, Some(seconds)) if (0.0..253_402_300_800.0).contains(&seconds) => {
                #[expect(clippy::as_conversions, reason = "in range, and cut off on purpose")]
                let micros = (seconds * 1e6).floor() as i64;
                Ok(micros)
            }
            _ => Err(refused),
        },
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_795_297_599 * MICROS;
    const EXPECTED: Expected<'_> = Expected {
        issuer: "client",
        audiences: &["https://id.example.org", "https://id.example.org/token"],
        now: NOW,
        skew: 30 * MICROS,
        longest: 300 * MICROS,
    };

    fn check(claims: &str) -> Result<(), Unfit> {
        Claims::parse(claims.as_bytes()).unwrap().check(&EXPECTED)
    }

    fn at(exp: i64, nbf: i64, iat: i64) -> Result<(), Unfit> {
        let now = NOW / MICROS;
        check(&format!(
            r#"{{"iss":"client","aud":["x","https://id.example.org"],"exp":{},"nbf":{},"iat":{}}}"#,
            now + exp,
            now + nbf,
            now + iat
        ))
    }

    #[test]
    fn the_example_of_rfc_7519_is_read() {
        let claims = Claims::parse(
            b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
        )
        .unwrap();
        assert_eq!(
            (claims.issuer(), claims.expires(), claims.subject()),
            (Some("joe"), Some(1_300_819_380 * MICROS), None)
        );
        assert_eq!(claims.object().flag("http://example.com/is_root", "flag"), Ok(true));
    }

    #[test]
    fn dates_are_numbers_of_seconds_with_or_without_a_fraction() {
        let date = |text: &str| {
            Claims::parse(format!(r#"{{"exp":{text}}}"#).as_bytes()).ok().and_then(|claims| claims.expires())
        };
        assert_eq!(date("0"), Some(0));
        assert_eq!(date("1.5"), Some(1_500_000));
        assert_eq!(date("1e3"), Some(1000 * MICROS));
        assert_eq!(date("1795297599.25"), Some(1_795_297_599_250_000));
        assert_eq!(date("253402300799"), Some(LAST * MICROS));
        for bad in ["-1", "-0.5", "\"1\"", "null", "[1]", "253402300800", "1e300", "18446744073709551615"] {
            assert_eq!(date(bad), None, "{bad}");
        }
    }

    #[test]
    fn claims_of_another_type_are_refused() {
        for bad in [
            r#"{"iss":1}"#,
            r#"{"iss":""}"#,
            r#"{"sub":["a"]}"#,
            r#"{"jti":null}"#,
            r#"{"aud":1}"#,
            r#"{"aud":[1]}"#,
            r#"{"aud":[""]}"#,
            r#"{"aud":{}}"#,
            r#"{"exp":1,"exp":2}"#,
            "[]",
        ] {
            assert!(Claims::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let many = |count| format!(r#"{{"aud":[{}]}}"#, vec!["\"a\""; count].join(","));
        assert!(Claims::parse(many(MOST_AUDIENCES).as_bytes()).is_ok());
        assert!(Claims::parse(many(MOST_AUDIENCES + 1).as_bytes()).is_err());
        assert!(
            Claims::parse(format!(r#"{{"iss":"{}"}}"#, "a".repeat(LONGEST_TEXT + 1)).as_bytes()).is_err()
        );
        assert!(Claims::parse(" ".repeat(LONGEST + 1).as_bytes()).is_err());
    }

    #[test]
    fn times_are_checked_at_their_edges() {
        assert_eq!(at(60, 0, 0), Ok(()));
        assert_eq!(at(-29, 0, 0), Ok(()));
        assert_eq!(at(-30, 0, 0), Err(Unfit::Expired));
        assert_eq!(at(330, 0, 0), Ok(()));
        assert_eq!(at(331, 0, 0), Err(Unfit::TooLong));
        assert_eq!(at(60, 30, 30), Ok(()));
        assert_eq!(at(60, 31, 0), Err(Unfit::TooEarly));
        assert_eq!(at(60, 0, 31), Err(Unfit::TooEarly));
    }

    #[test]
    fn issuer_and_audience_are_compared_exactly() {
        let exp = NOW / MICROS + 60;
        for (iss, aud, expected) in [
            ("\"client\"", "\"https://id.example.org\"", Ok(())),
            ("\"client\"", "\"https://id.example.org/token\"", Ok(())),
            ("\"client\"", "\"https://id.example.org/\"", Err(Unfit::Audience)),
            ("\"client\"", "\"HTTPS://id.example.org\"", Err(Unfit::Audience)),
            ("\"client\"", "[]", Err(Unfit::Missing("aud"))),
            ("\"Client\"", "\"https://id.example.org\"", Err(Unfit::Issuer)),
        ] {
            assert_eq!(
                check(&format!(r#"{{"iss":{iss},"aud":{aud},"exp":{exp}}}"#)),
                expected,
                "{iss} {aud}"
            );
        }
        assert_eq!(check("{}"), Err(Unfit::Missing("iss")));
        assert_eq!(check(r#"{"iss":"client"}"#), Err(Unfit::Missing("aud")));
        assert_eq!(check(r#"{"iss":"client","aud":"https://id.example.org"}"#), Err(Unfit::Missing("exp")));
    }

    proptest! {
        #[test]
        fn claims_that_hold_hold_within_their_times_only(exp in -400_i64..400, nbf in -400_i64..400, iat in -400_i64..400) {
            let holds = exp > -30 && exp <= 330 && nbf <= 30 && iat <= 30;
            prop_assert_eq!(at(exp, nbf, iat).is_ok(), holds);
        }
    }
}
