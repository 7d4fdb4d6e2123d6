//! The `claims` parameter: claims about a person that a client asks for one by one.
//!
//! Implements: OpenID Connect Core §5.5 and §5.5.1. What is not understood is ignored ("any members used that are not
//! understood MUST be ignored"); what cannot be read is refused.

use super::error::{ErrorCode, OauthError};
use crate::json::{Map, Object, Value};

/// The longest parameter, in bytes.
pub const LONGEST: usize = 4 * 1024;
/// The most claims in each of the two lists.
pub const MOST: usize = 64;
/// The longest name or value, in bytes.
pub const LONGEST_TEXT: usize = 512;
/// The most values of one claim.
pub const MOST_VALUES: usize = 16;

/// One claim that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Whether the client says that it cannot do without.
    pub essential: bool,
    /// The values that it would take, where it says so; those that are strings.
    pub values: Vec<String>,
}

/// What is asked for, and where it is to stand.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct WantedClaims {
    /// In the answer of the userinfo endpoint.
    pub userinfo: Vec<Wanted>,
    /// In the ID token.
    pub id_token: Vec<Wanted>,
}

impl WantedClaims {
    /// Reads the JSON of the parameter.
    ///
    /// # Errors
    /// `invalid_request` for more than [`LONGEST`] bytes or [`MOST`] claims, and JSON of another shape.
    pub fn parse(text: &str) -> Result<Self, OauthError> {
        let object = Object::parse("claims", text.as_bytes(), LONGEST)
            .map_err(|_| refuse("`claims` is a JSON object, each member once, of at most 4 KiB."))?;
        let list = |name| match object.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Object(members)) => wanted(members),
            Some(_) => Err(refuse("`userinfo` and `id_token` in `claims` are objects.")),
        };
        Ok(Self { userinfo: list("userinfo")?, id_token: list("id_token")? })
    }

    /// A claim of the ID token by its name.
    #[must_use]
    pub fn in_id_token(&self, name: &str) -> Option<&Wanted> {
        self.id_token.iter().find(|wanted| wanted.name == name)
    }
}

fn refuse(description: &str) -> OauthError {
    OauthError::new(ErrorCode::InvalidRequest, description)
}

fn wanted(members: &Map<String, Value>) -> Result<Vec<Wanted>, OauthError> {
    if members.len() > MOST || members.keys().any(|name| name.len() > LONGEST_TEXT) {
        return Err(refuse("`claims` names at most 64 claims of at most 512 bytes in each list."));
    }
    members
        .iter()
        .map(|(name, value)| {
            let (essential, values) = match value {
                Value::Null => (false, Vec::new()),
                Value::Object(how) => (essential(how)?, values(how)?),
                _ => return Err(refuse("Each member of `claims` is null or an object.")),
            };
            Ok(Wanted { name: name.clone(), essential, values })
        })
        .collect()
}

fn essential(how: &Map<String, Value>) -> Result<bool, OauthError> {
    match how.get("essential") {
        None => Ok(false),
        Some(Value::Bool(essential)) => Ok(*essential),
        Some(_) => Err(refuse("`essential` is true or false.")),
    }
}

fn values(how: &Map<String, Value>) -> Result<Vec<String>, OauthError> {
    let list: Vec<&Value> = match (how.get("value"), how.get("values")) {
        (Some(one), _) => vec![one],
        (None, Some(Value::Array(list))) => list.iter().collect(),
        (None, Some(_)) => return Err(refuse("`values` is a list.")),
        (None, None) => Vec::new(),
    };
    if list.len() > MOST_VALUES
        || list.iter().any(|value| value.as_str().is_some_and(|text| text.len() > LONGEST_TEXT))
    {
        return Err(refuse("A claim has at most 16 values of at most 512 bytes."));
    }
    Ok(list.into_iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_read() {
        let read = WantedClaims::parse(
            r#"{"userinfo":{"given_name":{"essential":true},"nickname":null,"http://example.info/claims/groups":null},
                "id_token":{"auth_time":{"essential":true},"acr":{"values":["urn:mace:incommon:iap:silver"]},
                            "sub":{"value":"248289761001"}},"other":1}"#,
        )
        .unwrap();
        assert_eq!((read.userinfo.len(), read.id_token.len()), (3, 3));
        assert!(read.in_id_token("auth_time").unwrap().essential);
        assert_eq!(read.in_id_token("acr").unwrap().values, ["urn:mace:incommon:iap:silver"]);
        assert_eq!(read.in_id_token("sub").unwrap().values, ["248289761001"]);
        assert!(read.in_id_token("given_name").is_none());
    }

    #[test]
    fn another_shape_is_refused() {
        for text in [
            "",
            "[]",
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"a":1}}"#,
            r#"{"id_token":{"a":{"essential":"yes"}}}"#,
            r#"{"id_token":{"a":{"values":"b"}}}"#,
            r#"{"id_token":{"a":null,"a":null}}"#,
        ] {
            assert_eq!(WantedClaims::parse(text).unwrap_err().code, ErrorCode::InvalidRequest, "{text}");
        }
        let many = |count: usize| {
            let list: Vec<String> = (0..count).map(|n| format!("\"c{n}\":null")).collect();
            WantedClaims::parse(&format!("{{\"userinfo\":{{{}}}}}", list.join(",")))
        };
        assert!(many(MOST).is_ok() && many(MOST + 1).is_err());
        assert_eq!(WantedClaims::parse("{}"), Ok(WantedClaims::default()));
    }
}
