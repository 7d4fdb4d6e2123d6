//! What a file claims of itself, looked at before it is believed: lists that cannot be so long, pages that would unpack to
//! more than there is room for, columns within columns.
//!
//! Implements: Thrift compact protocol (the encoding, as far as it takes to walk over it), and of parquet.thrift the fields of
//! `FileMetaData`, `SchemaElement` and `PageHeader` that are named here.

use crate::Malformed;

use super::refuse;

/// How deep structures may stand in one another.
const DEEPEST: usize = 16;

const BYTE: u8 = 3;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// A walk over a structure.
struct Walk<'a> {
    rest: &'a [u8],
}

fn broken() -> Malformed {
    refuse("a description of a file that is whole")
}

impl Walk<'_> {
    fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.rest.split_first().ok_or_else(broken)?;
        self.rest = rest;
        Ok(*first)
    }

    /// A number, seven bits a byte.
    fn number(&mut self) -> Result<u64, Malformed> {
        let mut sum = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            sum |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(sum);
            }
        }
        Err(broken())
    }

    /// A number with a sign.
    fn signed(&mut self) -> Result<i64, Malformed> {
        let number = self.number()?;
        let half = i64::try_from(number >> 1).map_err(|_| broken())?;
        Ok(if number & 1 == 0 { half } else { -half - 1 })
    }

    fn pass(&mut self, many: u64) -> Result<(), Malformed> {
        let many = usize::try_from(many).map_err(|_| broken())?;
        self.rest = self.rest.get(many..).ok_or_else(broken)?;
        Ok(())
    }

    /// The beginning of a list: of what, and how many. Each takes a byte at the least.
    fn list(&mut self) -> Result<(u8, usize), Malformed> {
        let head = self.byte()?;
        let many = match head >> 4 {
            15 => self.number()?,
            few => u64::from(few),
        };
        let many = usize::try_from(many).map_err(|_| broken())?;
        if many > self.rest.len() { Err(broken()) } else { Ok((head & 15, many)) }
    }

    /// The fields of a structure, by number and type; what `on` does not take is passed over.
    fn fields(
        &mut self,
        depth: usize,
        on: &mut dyn FnMut(&mut Self, i64, u8) -> Result<bool, Malformed>,
    ) -> Result<(), Malformed> {
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            id = match head >> 4 {
                0 => self.signed()?,
                step => id.saturating_add(i64::from(step)),
            };
            if !on(self, id, head & 15)? {
                self.skip(head & 15, depth)?;
            }
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), Malformed> {
        let deeper = depth.checked_sub(1).ok_or_else(broken)?;
        match kind {
            // True and false are in the type itself.
            1 | 2 => Ok(()),
            BYTE => self.pass(1),
            4 | I32 | I64 => self.number().map(|_| ()),
            DOUBLE => self.pass(8),
            UUID => self.pass(16),
            BINARY => {
                let many = self.number()?;
                self.pass(many)
            }
            LIST | SET => {
                let (of, many) = self.list()?;
                (0..many).try_for_each(|_| self.element(of, deeper))
            }
            MAP => {
                let many = self.number()?;
                if many == 0 {
                    return Ok(());
                }
                let kinds = self.byte()?;
                if usize::try_from(many).is_ok_and(|many| many > self.rest.len()) {
                    return Err(broken());
                }
                (0..many).try_for_each(|_| {
                    self.element(kinds >> 4, deeper)?;
                    self.element(kinds & 15, deeper)
                })
            }
            STRUCT => self.fields(deeper, &mut |_, _, _| Ok(false)),
            _ => Err(broken()),
        }
    }

    /// An element of a list: there true and false take a byte.
    fn element(&mut self, kind: u8, depth: usize) -> Result<(), Malformed> {
        if matches!(kind, 1 | 2) { self.pass(1) } else { self.skip(kind, depth) }
    }
}

/// Whether the description of a file is one whose lists are as long as they say, and whose columns stand side by side.
///
/// # Errors
/// [`Malformed`] where it is not.
pub(super) fn check(footer: &[u8]) -> Result<(), Malformed> {
    let mut walk = Walk { rest: footer };
    walk.fields(DEEPEST, &mut |walk, id, kind| {
        if (id, kind) != (2, LIST) {
            return Ok(false);
        }
        let (of, many) = walk.list()?;
        if of != STRUCT {
            return Err(broken());
        }
        for place in 0..many {
            let mut children = 0;
            walk.fields(DEEPEST, &mut |walk, id, kind| {
                let counts = (id, kind) == (5, I32);
                if counts {
                    children = walk.signed()?;
                }
                Ok(counts)
            })?;
            let expected = if place == 0 { i64::try_from(many).map_err(|_| broken())? - 1 } else { 0 };
            if children != expected {
                return Err(refuse("columns that stand side by side"));
            }
        }
        Ok(true)
    })
}

/// How many bytes the pages of a column unpack to, by what their heads say.
///
/// # Errors
/// [`Malformed`] where a head cannot be read, or says that its page is longer than the column.
pub(super) fn unpacked(chunk: &[u8]) -> Result<usize, Malformed> {
    let mut walk = Walk { rest: chunk };
    let mut sum = 0_usize;
    while !walk.rest.is_empty() {
        let (mut large, mut small) = (None, None);
        walk.fields(DEEPEST, &mut |walk, id, kind| {
            let place = match (id, kind) {
                (2, I32) => &mut large,
                (3, I32) => &mut small,
                _ => return Ok(false),
            };
            *place = Some(u64::try_from(walk.signed()?).map_err(|_| broken())?);
            Ok(true)
        })?;
        let (Some(large), Some(small)) = (large, small) else { return Err(broken()) };
        walk.pass(small)?;
        sum = sum.saturating_add(usize::try_from(large).map_err(|_| broken())?);
    }
    Ok(sum)
}
