//! Walking through a record once, member by member: what is wanted is taken, the rest is passed over without being built.
//!
//! One walk serves every format. A member may be a text where another format has an object, or an object inside a text (as in
//! cells of CSV); a number may be a text. Nothing of that is an error.

use super::arena::Arena;
use super::key::Key;
use super::scan::{Broken, Scan};

/// Something that is filled from the members of an object, or of every object in a list.
pub(crate) trait Take<'a> {
    /// Whether a text that looks like JSON is read as such.
    const WITHIN_TEXT: bool = true;

    /// Takes one member, or skips it.
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken>;

    /// An object of a list is over.
    fn over(&mut self) {}
}

/// Nothing is filled.
pub(super) struct Nothing;

impl<'a> Take<'a> for Nothing {
    const WITHIN_TEXT: bool = false;

    fn take(&mut self, _: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        value.skip()
    }
}

/// The value of one member; whoever has it takes it in one of these ways.
pub(crate) struct Member<'m, 'a> {
    from: From<'m, 'a>,
    arena: &'a Arena,
}

enum From<'m, 'a> {
    /// It comes next.
    Json(&'m mut Scan<'a>),
    /// It is the cell of a table.
    Cell(&'a str),
}

impl<'m, 'a> Member<'m, 'a> {
    /// The value that comes next.
    pub(super) fn next(scan: &'m mut Scan<'a>, arena: &'a Arena) -> Self {
        Self { from: From::Json(scan), arena }
    }

    /// The cell of a table.
    pub(super) fn cell(text: &'a str, arena: &'a Arena) -> Self {
        Self { from: From::Cell(text), arena }
    }

    /// Passes it over.
    pub(super) fn skip(self) -> Result<(), Broken> {
        match self.from {
            From::Json(scan) => scan.skip(),
            From::Cell(_) => Ok(()),
        }
    }

    /// The text of it; numbers as they are written, nothing for an empty one.
    pub(super) fn text(self) -> Result<Option<&'a str>, Broken> {
        self.fill(&mut Nothing)
    }

    /// Puts the text of it where there is none yet.
    pub(super) fn text_into(self, to: &mut Option<&'a str>) -> Result<(), Broken> {
        let text = self.text()?;
        *to = to.or(text);
        Ok(())
    }

    /// A whole number, also one that is written as a text, or with a fraction of nothing.
    pub(super) fn number(self) -> Result<Option<i64>, Broken> {
        let Some(text) = self.text()? else { return Ok(None) };
        let text = text.trim();
        let whole = text.trim_end_matches('0').strip_suffix('.').unwrap_or(text);
        Ok(whole.parse().ok())
    }

    /// Yes or no, in all spellings.
    pub(super) fn flag(self) -> Result<Option<bool>, Broken> {
        let text = self.text()?.unwrap_or_default();
        Ok(["true", "yes", "1"]
            .iter()
            .any(|yes| text.eq_ignore_ascii_case(yes))
            .then_some(true)
            .or_else(|| ["false", "no", "0"].iter().any(|no| text.eq_ignore_ascii_case(no)).then_some(false)))
    }

    /// A number with a fraction, in thousandths.
    pub(super) fn thousandths(self) -> Result<Option<i32>, Broken> {
        let number = self.text()?.and_then(|text| text.trim().parse::<f64>().ok());
        #[expect(clippy::as_conversions, reason = "bounded just before; there is no TryFrom for it")]
        #[expect(clippy::cast_possible_truncation, reason = "as above")]
        Ok(number.filter(|number| number.abs() <= 400.0).map(|number| (number * 1000.0).round() as i32))
    }

    /// Fills `into` from an object, a list of objects, or a text that is JSON; any other text is the answer.
    pub(super) fn fill<T: Take<'a>>(self, into: &mut T) -> Result<Option<&'a str>, Broken> {
        match self.from {
            From::Json(scan) => value(scan, into, self.arena),
            From::Cell(text) => Ok(within(text, 0, into, self.arena)),
        }
    }
}

/// Fills `into` from the value that comes next.
pub(super) fn value<'a, T: Take<'a>>(
    scan: &mut Scan<'a>,
    into: &mut T,
    arena: &'a Arena,
) -> Result<Option<&'a str>, Broken> {
    match scan.peek()? {
        b'"' => scan.text(arena).map(|text| within(text, scan.depth(), into, arena)),
        b'{' => {
            scan.members(arena, |scan, key| into.take(key, Member::next(scan, arena)))?;
            Ok(None)
        }
        b'[' => {
            let mut first = None;
            scan.elements(|scan| {
                let text = value(scan, into, arena)?;
                first = first.or(text);
                into.over();
                Ok(())
            })?;
            Ok(first)
        }
        b't' => scan.literal("true").map(Some),
        b'f' => scan.literal("false").map(Some),
        b'n' => scan.literal("null").map(|_| None),
        _ => scan.number().map(Some),
    }
}

/// Fills `into` from a text that is JSON, so many levels deep; any other text that is not empty is the answer.
fn within<'a, T: Take<'a>>(text: &'a str, depth: u8, into: &mut T, arena: &'a Arena) -> Option<&'a str> {
    if T::WITHIN_TEXT && text.trim_start().starts_with(['{', '[']) {
        // A cell may have been cut off where the table was made; what stands before the cut is taken.
        return value(&mut Scan::within(text.trim_start(), depth), into, arena).unwrap_or(None);
    }
    (!text.is_empty()).then_some(text)
}
