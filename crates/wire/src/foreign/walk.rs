//! Walking through a record once, member by member: what is wanted is taken, the rest is passed over without being built.
//!
//! One walk serves every format. A member may be a text where another format has an object, or an object inside a text (as in
//! cells of CSV); a number may be a text. Nothing of that is an error.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::arena::Arena;
use super::key::{self, Key};

/// Something that is filled from the members of an object, or of every object in a list.
pub(super) trait Take<'a> {
    /// Whether a text that looks like JSON is read as such.
    const WITHIN_TEXT: bool = true;

    /// Takes one member, or skips it.
    fn take<A: MapAccess<'a>>(&mut self, key: Key, value: Member<'_, 'a, A>) -> Result<(), A::Error>;

    /// An object of a list is over.
    fn over(&mut self) {}
}

/// Nothing is filled.
pub(super) struct Nothing;

impl<'a> Take<'a> for Nothing {
    const WITHIN_TEXT: bool = false;

    fn take<A: MapAccess<'a>>(&mut self, _: Key, value: Member<'_, 'a, A>) -> Result<(), A::Error> {
        value.skip()
    }
}

/// The value of one member; whoever has it takes it in one of these ways.
pub(super) struct Member<'m, 'a, A> {
    map: &'m mut A,
    arena: &'a Arena,
}

impl<'m, 'a, A: MapAccess<'a>> Member<'m, 'a, A> {
    pub(super) fn new(map: &'m mut A, arena: &'a Arena) -> Self {
        Self { map, arena }
    }

    /// Passes it over.
    pub(super) fn skip(self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|IgnoredAny| ())
    }

    /// The text of it; numbers as they are written, nothing for an empty one.
    pub(super) fn text(self) -> Result<Option<&'a str>, A::Error> {
        self.fill(&mut Nothing)
    }

    /// Puts the text of it where there is none yet.
    pub(super) fn text_into(self, to: &mut Option<&'a str>) -> Result<(), A::Error> {
        let text = self.text()?;
        *to = to.or(text);
        Ok(())
    }

    /// A number, also one that is written as a text.
    pub(super) fn number(self) -> Result<Option<i64>, A::Error> {
        Ok(self.text()?.and_then(|text| text.trim().parse().ok()))
    }

    /// Yes or no, in all spellings.
    pub(super) fn flag(self) -> Result<Option<bool>, A::Error> {
        let text = self.text()?.unwrap_or_default();
        Ok(["true", "yes", "1"]
            .iter()
            .any(|yes| text.eq_ignore_ascii_case(yes))
            .then_some(true)
            .or_else(|| ["false", "no", "0"].iter().any(|no| text.eq_ignore_ascii_case(no)).then_some(false)))
    }

    /// A number with a fraction, in thousandths.
    pub(super) fn thousandths(self) -> Result<Option<i32>, A::Error> {
        let number = self.text()?.and_then(|text| text.trim().parse::<f64>().ok());
        #[expect(clippy::as_conversions, reason = "bounded just before; there is no TryFrom for it")]
        #[expect(clippy::cast_possible_truncation, reason = "as above")]
        Ok(number.filter(|number| number.abs() <= 400.0).map(|number| (number * 1000.0).round() as i32))
    }

    /// Fills `into` from an object, a list of objects, or a text that is JSON; any other text is the answer.
    pub(super) fn fill<T: Take<'a>>(self, into: &mut T) -> Result<Option<&'a str>, A::Error> {
        self.map.next_value_seed(Fill { into, arena: self.arena })
    }
}

/// Fills a thing from a value.
pub(super) struct Fill<'t, 'a, T> {
    pub(super) into: &'t mut T,
    pub(super) arena: &'a Arena,
}

impl<'a, T: Take<'a>> DeserializeSeed<'a> for Fill<'_, 'a, T> {
    type Value = Option<&'a str>;

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'a, T: Take<'a>> Visitor<'a> for Fill<'_, 'a, T> {
    type Value = Option<&'a str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Some(if flag { "true" } else { "false" }))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(self.arena.keep(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(if number == 0 { "0" } else { self.arena.keep(number.to_string()) }))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(self.arena.keep(number.to_string())))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<Self::Value, E> {
        if T::WITHIN_TEXT && text.trim_start().starts_with(['{', '[']) {
            let mut from = serde_json::Deserializer::from_str(text);
            // A cell may have been cut off where the table was made; what stands before the cut is taken.
            return Ok(self.deserialize(&mut from).unwrap_or(None));
        }
        Ok((!text.is_empty()).then_some(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let text = self.arena.keep(text.to_owned());
        self.visit_borrowed_str(text)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut first = None;
        while let Some(text) = list.next_element_seed(Fill { into: &mut *self.into, arena: self.arena })? {
            first = first.or(text);
            self.into.over();
        }
        Ok(first)
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while let Some(key) = map.next_key_seed(Named)? {
            self.into.take(key, Member { map: &mut map, arena: self.arena })?;
        }
        Ok(None)
    }
}

/// The name of a member.
struct Named;

impl<'a> DeserializeSeed<'a> for Named {
    type Value = Key;

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Key, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Named {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        Ok(key::find(name))
    }
}
