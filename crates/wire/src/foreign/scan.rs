//! JSON, read where it stands: texts are slices of it, and what nobody wants is looked over and not built.
//!
//! Implements: RFC 8259, as strictly as serde_json, with which it is compared in tests and under fuzzing. What differs: numbers
//! are taken as they are written, so none is out of range; and nothing may be nested deeper than [`DEEPEST`], wanted or not.

use super::arena::Arena;
use super::key::{self, Key};

/// Most levels that lists and objects may stand in each other.
pub(crate) const DEEPEST: u8 = 127;

/// No JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The byte at which that is seen.
    pub(crate) at: usize,
}

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl<'a> Scan<'a> {
    /// The beginning of a text.
    pub(super) const fn new(text: &'a str) -> Self {
        Self::within(text, 0)
    }

    /// The beginning of a text that stands in another one, so many levels deep.
    pub(super) const fn within(text: &'a str, depth: u8) -> Self {
        Self { text, at: 0, depth }
    }

    /// How many lists and objects are open.
    pub(super) const fn depth(&self) -> u8 {
        self.depth
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    const fn broken<T>(&self) -> Result<T, Broken> {
        Err(Broken { at: self.at })
    }

    /// The next byte that is no white space; it stays the next one.
    pub(super) fn peek(&mut self) -> Result<u8, Broken> {
        while let Some(byte) = self.byte() {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(byte);
            }
            self.at += 1;
        }
        self.broken()
    }

    /// Passes over this byte and the white space before it; false when another one stands there.
    fn passes(&mut self, byte: u8) -> Result<bool, Broken> {
        let found = self.peek()? == byte;
        self.at += usize::from(found);
        Ok(found)
    }

    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.passes(byte)? { Ok(()) } else { self.broken() }
    }

    /// The end of the text: nothing but white space comes any more.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        match self.peek() {
            Ok(_) => self.broken(),
            Err(_) => Ok(()),
        }
    }

    /// Calls `each` before every member of the object that begins here, with its key; it takes the value.
    pub(super) fn members(
        &mut self,
        arena: &'a Arena,
        mut each: impl FnMut(&mut Self, Key) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.deeper(b'{')?;
        if !self.passes(b'}')? {
            loop {
                let key = self.name(arena)?;
                each(self, key)?;
                if !self.passes(b',')? {
                    break;
                }
            }
            self.expect(b'}')?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Calls `each` before every element of the list that begins here; it takes the element.
    pub(super) fn elements(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.deeper(b'[')?;
        if !self.passes(b']')? {
            loop {
                each(self)?;
                if !self.passes(b',')? {
                    break;
                }
            }
            self.expect(b']')?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn deeper(&mut self, opening: u8) -> Result<(), Broken> {
        self.expect(opening)?;
        if self.depth == DEEPEST {
            return self.broken();
        }
        self.depth += 1;
        Ok(())
    }

    /// The name of a member, with its colon. Records of one format have the same members in the same order, so that it is mostly the name
    /// that came last time after the one before, and needs to be compared and not to be looked up.
    fn name(&mut self, arena: &'a Arena) -> Result<Key, Broken> {
        if self.peek()? != b'"' {
            return self.broken();
        }
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if let Some((key, length)) = arena.names.expected(rest) {
            self.at += length;
            return Ok(key);
        }
        let start = self.at;
        let name = self.text(arena)?;
        let key = key::find(name);
        self.expect(b':')?;
        arena.names.learn(self.text.get(start..self.at).unwrap_or_default(), name, key);
        Ok(key)
    }

    /// The text that begins here. What is escaped in it is put into the arena.
    pub(super) fn text(&mut self, arena: &'a Arena) -> Result<&'a str, Broken> {
        self.expect(b'"')?;
        let start = self.at;
        self.at += plain(self.text.as_bytes().get(start..).unwrap_or_default());
        let piece = self.text.get(start..self.at).unwrap_or_default();
        match self.byte() {
            Some(b'"') => {
                self.at += 1;
                Ok(piece)
            }
            Some(b'\\') => self.escaped(piece.to_owned()).map(|text| arena.keep(text)),
            _ => self.broken(),
        }
    }

    /// The rest of a text, from its first backslash on.
    fn escaped(&mut self, mut text: String) -> Result<String, Broken> {
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                _ => return self.broken(),
            }
            let start = self.at;
            self.at += plain(self.text.as_bytes().get(start..).unwrap_or_default());
            text.push_str(self.text.get(start..self.at).unwrap_or_default());
        }
    }

    /// What stands for something else behind a backslash.
    fn escape(&mut self) -> Result<char, Broken> {
        let Some(byte) = self.byte() else { return self.broken() };
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.four_digits()?;
                let code = match unit {
                    0xd800..=0xdbff => {
                        let low = self.low_surrogate()?;
                        0x1_0000 + ((unit - 0xd800) << 10 | (low - 0xdc00))
                    }
                    _ => unit,
                };
                // The lower half of a pair alone is no letter.
                char::from_u32(code).ok_or(Broken { at: self.at })?
            }
            _ => return self.broken(),
        })
    }

    fn low_surrogate(&mut self) -> Result<u32, Broken> {
        if self.byte() != Some(b'\\') || self.text.as_bytes().get(self.at + 1) != Some(&b'u') {
            return self.broken();
        }
        self.at += 2;
        match self.four_digits()? {
            low @ 0xdc00..=0xdfff => Ok(low),
            _ => self.broken(),
        }
    }

    fn four_digits(&mut self) -> Result<u32, Broken> {
        let digits = self.text.as_bytes().get(self.at..).and_then(|rest| rest.first_chunk::<4>());
        let Some(digits) = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)) else {
            return self.broken();
        };
        self.at += 4;
        Ok(digits.iter().fold(0, |sum, digit| sum << 4 | char::from(*digit).to_digit(16).unwrap_or(0)))
    }

    /// The number that begins here, as it is written.
    pub(super) fn number(&mut self) -> Result<&'a str, Broken> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), Broken> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { self.broken() } else { Ok(()) }
    }

    /// `true`, `false` or `null`.
    pub(super) fn literal(&mut self, word: &'static str) -> Result<&'static str, Broken> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return self.broken();
        }
        self.at += word.len();
        Ok(word)
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self) -> Result<(), Broken> {
        match self.peek()? {
            b'"' => self.skip_text(),
            b'{' => self.skip_object(),
            b'[' => self.elements(Self::skip),
            b't' => self.literal("true").map(|_| ()),
            b'f' => self.literal("false").map(|_| ()),
            b'n' => self.literal("null").map(|_| ()),
            _ => self.number().map(|_| ()),
        }
    }

    fn skip_object(&mut self) -> Result<(), Broken> {
        self.deeper(b'{')?;
        if !self.passes(b'}')? {
            loop {
                if self.peek()? != b'"' {
                    return self.broken();
                }
                self.skip_text()?;
                self.expect(b':')?;
                self.skip()?;
                if !self.passes(b',')? {
                    break;
                }
            }
            self.expect(b'}')?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Passes over a text; what its escapes come to does not matter here.
    fn skip_text(&mut self) -> Result<(), Broken> {
        self.at += 1;
        loop {
            self.at += plain(self.text.as_bytes().get(self.at..).unwrap_or_default());
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => match self.text.as_bytes().get(self.at + 1) {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
                    Some(b'u') => {
                        self.at += 2;
                        self.four_digits()?;
                    }
                    _ => return self.broken(),
                },
                _ => return self.broken(),
            }
        }
    }
}

/// Whether a text is JSON.
pub(crate) fn is_json(text: &str) -> bool {
    let mut scan = Scan::new(text);
    scan.skip().and_then(|()| scan.end()).is_ok()
}

/// How many bytes of a text come before the first quote, backslash or control character, eight at a time.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut at = 0;
    for eight in eights {
        let word = u64::from_le_bytes(*eight);
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let (quote, backslash) = (zero(word ^ (ONES * 0x22)), zero(word ^ (ONES * 0x5c)));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        // The lowest bit that is set is right; those above it may come of what was carried.
        let found = (quote | backslash | control) & HIGH;
        if found != 0 {
            return at + usize::try_from(found.trailing_zeros() / 8).unwrap_or(0);
        }
        at += 8;
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    at + rest.iter().position(special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    fn taken(text: &str) -> Option<String> {
        let arena = Arena::default();
        let mut scan = Scan::new(text);
        let taken = scan.text(&arena).ok()?.to_owned();
        scan.end().ok().map(|()| taken)
    }

    #[expect(clippy::disallowed_methods, reason = "the library is the oracle")]
    fn same(text: &str) {
        let theirs = serde_json::from_str::<IgnoredAny>(text).is_ok();
        assert_eq!(is_json(text), theirs, "{text:?}");
        if text.trim_start_matches([' ', '\n', '\r', '\t']).starts_with('"') {
            assert_eq!(taken(text), serde_json::from_str::<String>(text).ok(), "{text:?}");
        }
    }

    #[test]
    fn what_the_library_accepts_is_accepted_and_nothing_else() {
        for text in [
            "",
            " ",
            "null",
            "nul",
            "nulll",
            "true ",
            "\tfalse",
            "tru",
            "-",
            "-0",
            "00",
            "01",
            "1.",
            "1.5",
            ".5",
            "1e",
            "1e+",
            "1E-7",
            "-1.25e+10",
            "+1",
            "\"",
            "\"a",
            "\"a\"",
            "\"\\",
            "\"\\\"",
            "\"\\u12\"",
            "\"\\u1234\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\ud83dx\"",
            "\"\\ud83d\\n\"",
            "\"\\ud83d\\ud83d\"",
            "\"\\x\"",
            "\"\n\"",
            "\"\u{1f}\"",
            "\"\u{7f}é😀\"",
            "\"12345678\\\"90123456\"",
            "\"1234567\u{1}\"",
            "[]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1,2",
            "{}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":1 \"b\":2}",
            "{\"a\" : [ { } , [ ] ] }",
            "{a:1}",
            "[[[[1]]]]",
            "{}{}",
            "[1]x",
        ] {
            same(text);
        }
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        let nested = |many: usize| format!("{}{}", "[".repeat(many), "]".repeat(many));
        assert!(is_json(&nested(usize::from(DEEPEST))));
        assert!(!is_json(&nested(usize::from(DEEPEST) + 1)));
        assert!(!is_json(&"{\"a\":".repeat(100_000)));
    }

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            assert_eq!(plain(&vec![b'a'; length]), length);
            assert_eq!(plain(&vec![0xff; length]), length);
            for at in 0..length {
                for special in [b'"', b'\\', 0, 0x1f] {
                    let mut bytes = vec![b'!'; length];
                    bytes[at] = special;
                    // What follows must not hide it, nor what is next to it in value show up before it.
                    bytes.iter_mut().take(at).for_each(|byte| *byte = special.wrapping_add(1).max(0x20));
                    bytes
                        .iter_mut()
                        .take(at)
                        .filter(|byte| matches!(**byte, b'"' | b'\\'))
                        .for_each(|byte| *byte = b'#');
                    assert_eq!(plain(&bytes), at);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_as_the_library_judges_it(text in "[\\[\\]{}\":,\\\\u0-9a-f eE.+\\-\n\u{1}é]{0,24}") {
            same(&text);
        }

        #[test]
        fn any_value_is_passed_over_and_its_broken_neighbours_are_not(value in value(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\":,\\\\0 ]") {
            let text = value.to_string();
            same(&text);
            let at = at.index(text.len() + 1);
            if text.is_char_boundary(at) {
                let (before, after) = text.split_at(at);
                same(&format!("{before}{with}{after}"));
                same(before);
            }
        }

        #[test]
        fn any_string_is_taken_as_it_was_meant(text in any::<String>()) {
            let written = serde_json::Value::from(text.as_str()).to_string();
            prop_assert_eq!(taken(&written), Some(text));
        }
    }

    /// Any value of a few levels.
    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1e9_f64..1e9).prop_map(Into::into),
            "[ -~\n\té😀]{0,20}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::hash_map("[a-z\"\\\\]{0,9}", inner, 0..5)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }
}
