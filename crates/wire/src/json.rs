//! JSON objects from outside: bounded, and each member once at every depth.
//!
//! Implements: RFC 8259 §4 (names SHOULD be unique; RFC 7515 §4 and RFC 7519 §4 make that a MUST that one may enforce),
//! RFC 7493 §2.3 (I-JSON). A member that stands twice is read differently by different readers, so it is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
pub use serde_json::{Map, Value};

use crate::Malformed;

/// An object that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    what: &'static str,
    members: Map<String, Value>,
}

impl Object {
    /// Reads a whole text as one object of at most `longest` bytes; `what` names it in errors.
    ///
    /// # Errors
    /// [`Malformed`] for more bytes, anything but one JSON object in UTF-8, a member that stands twice at any depth, or
    /// more than 128 levels.
    pub fn parse(what: &'static str, bytes: &[u8], longest: usize) -> Result<Self, Malformed> {
        if bytes.len() > longest {
            return Err(Malformed { what, at: longest, expected: "fewer bytes" });
        }
        #[expect(clippy::disallowed_methods, reason = "this is `wire`, where bytes from outside are parsed")]
        match serde_json::from_slice(bytes) {
            Ok(Strict(Value::Object(members))) => Ok(Self { what, members }),
            Ok(_) | Err(_) => Err(Malformed { what, at: 0, expected: "a JSON object, each member once" }),
        }
    }

    /// An object inside another one, or `None` for any other value.
    #[must_use]
    pub fn of(what: &'static str, value: &Value) -> Option<Self> {
        value.as_object().map(|members| Self { what, members: members.clone() })
    }

    /// The value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// Whether there is such a member.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The members.
    #[must_use]
    pub const fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// A refusal that names this object.
    #[must_use]
    pub const fn refuse(&self, expected: &'static str) -> Malformed {
        Malformed { what: self.what, at: 0, expected }
    }

    /// The string of a member, if there is one.
    ///
    /// # Errors
    /// [`Malformed`] with `expected` for a value that is no string.
    pub fn text(&self, name: &str, expected: &'static str) -> Result<Option<&str>, Malformed> {
        match self.members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.refuse(expected)),
        }
    }

    /// The strings of a member that is a list, or `None` when there is no such member.
    ///
    /// # Errors
    /// [`Malformed`] with `expected` for anything but a list of at most `most` strings.
    pub fn texts(
        &self,
        name: &str,
        most: usize,
        expected: &'static str,
    ) -> Result<Option<Vec<&str>>, Malformed> {
        match self.members.get(name) {
            None => Ok(None),
            Some(Value::Array(list)) if list.len() <= most => list
                .iter()
                .map(Value::as_str)
                .collect::<Option<Vec<&str>>>()
                .map(Some)
                .ok_or(self.refuse(expected)),
            Some(_) => Err(self.refuse(expected)),
        }
    }

    /// Whether a member is true; absent is false.
    ///
    /// # Errors
    /// [`Malformed`] with `expected` for a value that is neither true nor false.
    pub fn flag(&self, name: &str, expected: &'static str) -> Result<bool, Malformed> {
        match self.members.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.refuse(expected)),
        }
    }
}

/// A value in which no object has a member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(value)) = access.next_element()? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(value))) = access.next_entry::<String, Strict>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Object, Malformed> {
        Object::parse("object", text.as_bytes(), 1000)
    }

    #[test]
    fn an_object_is_read_with_the_kinds_of_its_members() {
        let object = parse(r#" {"a":"b","c":["d"],"e":true,"f":1.5,"g":null,"h":{"a":-1}} "#).unwrap();
        assert_eq!(object.text("a", "text"), Ok(Some("b")));
        assert_eq!(object.text("z", "text"), Ok(None));
        assert_eq!(object.texts("c", 1, "list"), Ok(Some(vec!["d"])));
        assert_eq!(object.flag("e", "flag"), Ok(true));
        assert_eq!(object.flag("z", "flag"), Ok(false));
        assert!(object.texts("c", 0, "list").is_err() && object.text("f", "text").is_err());
        assert!(object.flag("a", "flag").is_err() && object.texts("a", 9, "list").is_err());
        assert_eq!(Object::of("inner", object.get("h").unwrap()).unwrap().get("a"), Some(&Value::from(-1)));
        assert!(object.has("g") && !object.has("z"));
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_at_every_depth() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(r#"{"a":{"a":1},"A":2}"#).is_ok());
    }

    #[test]
    fn anything_but_one_object_within_bounds_is_refused() {
        for text in ["", "[]", "1", "null", "\"a\"", "{} {}", "{\"a\":1,}", "{'a':1}", "{\"a\":\"\\ud800\"}"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(Object::parse("object", b"{\"a\":\"\xff\"}", 99).is_err());
        assert!(Object::parse("object", b"{}", 1).is_err());
        assert!(parse(&format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200))).is_err());
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_the_library_reads(text in "\\{(\"[a-c]\":[0-9\\[\\]{}\",a-c]{1,5},?){0,4}\\}") {
            if let Ok(object) = parse(&text) {
                #[expect(clippy::disallowed_methods, reason = "the library is the oracle")]
                let read: Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(Value::Object(object.members().clone()), read);
            }
        }
    }
}
