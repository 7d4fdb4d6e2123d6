//! The values that go into a statement and come out of a row, the same for every backend.

use model::fault::Fault;
use wire::jose::jwk::Thumbprint;
use wire::oauth::scope::Scopes;

/// A value bound to `$n` of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arg<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl From<i64> for Arg<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Arg<'_> {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<u8> for Arg<'_> {
    fn from(value: u8) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<model::time::Time> for Arg<'_> {
    fn from(value: model::time::Time) -> Self {
        Self::Int(value.micros())
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Arg<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Arg<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Arg<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, T> From<Option<T>> for Arg<'a>
where
    T: Into<Arg<'a>>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row, column by column. A column of another type than expected is a fault, never a default.
#[derive(Debug)]
pub(crate) struct Row(pub(crate) Vec<Cell>);

/// One value of a row, or one that waits to be bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<Arg<'_>> for Cell {
    fn from(arg: Arg<'_>) -> Self {
        match arg {
            Arg::Null => Self::Null,
            Arg::Int(value) => Self::Int(value),
            Arg::Text(value) => Self::Text(value.to_owned()),
            Arg::Bytes(value) => Self::Bytes(value.to_vec()),
        }
    }
}

impl<'a> From<&'a Cell> for Arg<'a> {
    fn from(cell: &'a Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Int(value) => Self::Int(*value),
            Cell::Text(value) => Self::Text(value),
            Cell::Bytes(value) => Self::Bytes(value),
        }
    }
}

const ODD: &str = "a row of the database is not as it was written";

impl Row {
    fn cell(&mut self, n: usize) -> Result<Cell, Fault> {
        self.0.get_mut(n).map(|cell| std::mem::replace(cell, Cell::Null)).ok_or(Fault::plain(ODD))
    }

    pub(crate) fn int(&mut self, n: usize) -> Result<i64, Fault> {
        self.maybe_int(n)?.ok_or(Fault::plain(ODD))
    }

    pub(crate) fn maybe_int(&mut self, n: usize) -> Result<Option<i64>, Fault> {
        match self.cell(n)? {
            Cell::Int(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            Cell::Text(_) | Cell::Bytes(_) => Err(Fault::plain(ODD)),
        }
    }

    pub(crate) fn small(&mut self, n: usize) -> Result<u8, Fault> {
        u8::try_from(self.int(n)?).map_err(|error| Fault::new(ODD, error))
    }

    pub(crate) fn flag(&mut self, n: usize) -> Result<bool, Fault> {
        Ok(self.int(n)? != 0)
    }

    pub(crate) fn time(&mut self, n: usize) -> Result<model::time::Time, Fault> {
        self.int(n).map(model::time::Time::from_micros)
    }

    pub(crate) fn maybe_time(&mut self, n: usize) -> Result<Option<model::time::Time>, Fault> {
        Ok(self.maybe_int(n)?.map(model::time::Time::from_micros))
    }

    pub(crate) fn text(&mut self, n: usize) -> Result<String, Fault> {
        self.maybe_text(n)?.ok_or(Fault::plain(ODD))
    }

    pub(crate) fn maybe_text(&mut self, n: usize) -> Result<Option<String>, Fault> {
        match self.cell(n)? {
            Cell::Text(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            Cell::Int(_) | Cell::Bytes(_) => Err(Fault::plain(ODD)),
        }
    }

    /// A text that must be one of a closed set.
    pub(crate) fn word<T>(&mut self, n: usize, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        read(&self.text(n)?).ok_or(Fault::plain(ODD))
    }

    pub(crate) fn maybe_word<T>(
        &mut self,
        n: usize,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        self.maybe_text(n)?.map(|text| read(&text).ok_or(Fault::plain(ODD))).transpose()
    }

    pub(crate) fn bytes(&mut self, n: usize) -> Result<Vec<u8>, Fault> {
        self.maybe_bytes(n)?.ok_or(Fault::plain(ODD))
    }

    pub(crate) fn maybe_bytes(&mut self, n: usize) -> Result<Option<Vec<u8>>, Fault> {
        match self.cell(n)? {
            Cell::Bytes(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            Cell::Int(_) | Cell::Text(_) => Err(Fault::plain(ODD)),
        }
    }

    /// Sixteen bytes: an identifier or a digest.
    pub(crate) fn sixteen(&mut self, n: usize) -> Result<[u8; 16], Fault> {
        self.maybe_sixteen(n)?.ok_or(Fault::plain(ODD))
    }

    pub(crate) fn maybe_sixteen(&mut self, n: usize) -> Result<Option<[u8; 16]>, Fault> {
        self.maybe_bytes(n)?
            .map(|bytes| <[u8; 16]>::try_from(bytes).map_err(|_| Fault::plain(ODD)))
            .transpose()
    }

    /// Thirty-two bytes: a hash.
    pub(crate) fn maybe_thirty_two(&mut self, n: usize) -> Result<Option<[u8; 32]>, Fault> {
        self.maybe_bytes(n)?
            .map(|bytes| <[u8; 32]>::try_from(bytes).map_err(|_| Fault::plain(ODD)))
            .transpose()
    }

    pub(crate) fn maybe_thumbprint(&mut self, n: usize) -> Result<Option<Thumbprint>, Fault> {
        Ok(self.maybe_thirty_two(n)?.map(Thumbprint::from_bytes))
    }

    /// A network address, written as text.
    pub(crate) fn maybe_address(&mut self, n: usize) -> Result<Option<std::net::IpAddr>, Fault> {
        let text = self.maybe_text(n)?;
        text.map(|text| text.parse().map_err(|error| Fault::new(ODD, error))).transpose()
    }

    pub(crate) fn scopes(&mut self, n: usize) -> Result<Scopes, Fault> {
        Scopes::stored(&self.text(n)?).map_err(|error| Fault::new(ODD, error))
    }
}

/// The arguments of a statement, in the order of `$1`, `$2`, ….
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::value::Arg::from($value)),*] };
}
pub(crate) use args;
