//! Reads a file of records: first its description, then one group of rows after the other, each from bytes in memory.

use std::sync::Arc;

use bytes::{Buf, Bytes};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::ByteArray;
use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;

use crate::Malformed;
use crate::foreign::Arena;

use super::schema::{COLUMNS, Kind};
use super::{
    BESIDE_KEY, Beside, COPIES, LARGEST_FOOTER, LARGEST_GROUP, LARGEST_UNPACKED, LONGEST_TEXT, MAGIC, Record,
    VERSION, VERSION_KEY, guarded, layout, refuse, shape,
};

/// So many bytes at the end of a file say how long its description is.
pub const TAIL: usize = 8;
/// Rows that are unpacked at a time.
const STEP: usize = 1024;
/// For so many records a row may stand at the most: a few bytes cannot ask for work without end.
pub const MOST_COPIES: u32 = 256;

/// How long the description before the last eight bytes of a file is.
///
/// # Errors
/// [`Malformed`] where these are not the last bytes of such a file, or it is longer than [`LARGEST_FOOTER`].
pub fn tail(bytes: [u8; TAIL]) -> Result<usize, Malformed> {
    let [a, b, c, d, magic @ ..] = bytes;
    let long = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    if magic != *MAGIC {
        return Err(refuse("PAR1 at its end: it was cut off, or is no Parquet"));
    }
    if long > LARGEST_FOOTER { Err(refuse("a description of at most 32 MiB")) } else { Ok(long) }
}

/// Where a group of rows stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub start: u64,
    /// How many bytes it has.
    pub long: usize,
}

/// The description of a file.
#[derive(Debug)]
pub struct Footer {
    file: ParquetMetaData,
    /// Where in the file each column of [`COLUMNS`] stands.
    places: Vec<usize>,
    /// Where the column [`COPIES`] stands, if it is there.
    copies: Option<usize>,
    beside: Beside,
}

impl Footer {
    /// Reads the description of a file.
    ///
    /// # Errors
    /// [`Malformed`] where it is damaged, or the file is none of records.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        shape::check(bytes)?;
        let file = guarded(|| ParquetMetaDataReader::decode_metadata(bytes));
        let file = file.ok_or(refuse("a description of a file that is whole"))?;
        let said = |key: &str| {
            let all = file.file_metadata().key_value_metadata()?;
            all.iter().find(|one| one.key == key)?.value.as_deref()
        };
        if said(VERSION_KEY).is_some_and(|version| version != VERSION) {
            return Err(refuse("records of version 1"));
        }
        // What only says more than the records is no reason to read none.
        #[expect(clippy::disallowed_methods, reason = "this is where it is parsed")]
        let beside = said(BESIDE_KEY).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let (places, copies) = (places(&file)?, copies(&file)?);
        Ok(Self { file, places, copies, beside })
    }

    /// The time of its first record, where it says that its records stand in the order of time: microseconds since
    /// 1970-01-01T00:00:00Z. Whoever relies on it looks for themselves.
    pub fn sorted_from(&self) -> Option<i64> {
        let place = *self.places.first()?;
        let column = i32::try_from(place).ok()?;
        let earliest = |group: &RowGroupMetaData| {
            let by = group.sorting_columns()?.first()?;
            let by_time = by.column_idx == column && !by.descending;
            match group.columns().get(place).filter(|_| by_time)?.statistics()? {
                Statistics::Int64(times) => times.min_opt().copied(),
                _ => None,
            }
        };
        let all: Option<Vec<i64>> = self.file.row_groups().iter().map(earliest).collect();
        all?.into_iter().min()
    }

    /// What was read beside the records.
    pub const fn beside(&self) -> &Beside {
        &self.beside
    }

    /// How many groups of rows there are.
    pub fn groups(&self) -> usize {
        self.file.num_row_groups()
    }

    /// Where a group of rows stands.
    ///
    /// # Errors
    /// [`Malformed`] where it cannot be there, or is larger than [`LARGEST_GROUP`].
    pub fn span(&self, group: usize) -> Result<Span, Malformed> {
        let mut whole: Option<(u64, u64)> = None;
        for chunk in self.chunks(group)? {
            let (start, long) = place(chunk)?;
            let end = start.checked_add(long).ok_or(refuse("groups of rows within the file"))?;
            whole = Some(whole.map_or((start, end), |(from, to)| (from.min(start), to.max(end))));
        }
        let (start, end) = whole.ok_or(refuse("groups of rows with columns"))?;
        let long = usize::try_from(end - start).ok().filter(|long| *long <= LARGEST_GROUP);
        Ok(Span { start, long: long.ok_or(refuse("groups of rows of at most 64 MiB"))? })
    }

    /// The columns of a group, in our order; the one of copies is the last, if it is there.
    fn chunks(&self, group: usize) -> Result<Vec<&ColumnChunkMetaData>, Malformed> {
        let missing = refuse("every column in each group of rows");
        let group = self.file.row_groups().get(group).ok_or(missing.clone())?;
        let places = self.places.iter().chain(&self.copies);
        places.map(|place| group.columns().get(*place).ok_or(missing.clone())).collect()
    }

    /// Opens a group of rows, of which these are the bytes.
    ///
    /// # Errors
    /// [`Malformed`] where a column in it is damaged, or it would unpack to too much.
    pub fn open(&self, group: usize, bytes: Vec<u8>) -> Result<Group, Malformed> {
        let start = self.span(group)?.start;
        let rows = self.file.row_groups().get(group).map_or(0, |group| group.num_rows());
        let rows = usize::try_from(rows).map_err(|_| refuse("a number of rows"))?;
        let window = Arc::new(Window { start, bytes: Bytes::from(bytes) });
        let (mut lanes, mut unpacked) = (Vec::new(), 0_usize);
        for chunk in self.chunks(group)? {
            let (at, long) = place(chunk)?;
            let within = window.part(at, usize::try_from(long).unwrap_or(usize::MAX));
            let within = within.ok_or(refuse("columns within their group"))?;
            unpacked = unpacked.saturating_add(shape::unpacked(&within)?);
            if unpacked > LARGEST_UNPACKED {
                return Err(refuse("groups of rows that unpack to at most 256 MiB"));
            }
            let lane = guarded(|| {
                let pages = SerializedPageReader::new(Arc::clone(&window), chunk, rows, None)?;
                let reader = get_column_reader(chunk.column_descr_ptr(), Box::new(pages));
                let optional = chunk.column_descr().max_def_level() > 0;
                Ok(Lane { reader, loaded: Loaded::None, levels: Vec::new(), optional, next: 0 })
            });
            lanes.push(lane.ok_or(refuse("columns that can be read"))?);
        }
        let copies = self.copies.and_then(|_| lanes.pop());
        Ok(Group { lanes, copies, left: rows, arena: Arena::default() })
    }
}

/// Where the column of a group stands: first byte, and how many. (The library's own panics at numbers below zero.)
fn place(chunk: &ColumnChunkMetaData) -> Result<(u64, u64), Malformed> {
    let start = match chunk.dictionary_page_offset() {
        Some(dictionary) => dictionary.min(chunk.data_page_offset()),
        None => chunk.data_page_offset(),
    };
    let number = |number: i64| u64::try_from(number).map_err(|_| refuse("columns within the file"));
    Ok((number(start)?, number(chunk.compressed_size())?))
}

/// Where each of our columns stands, if all are there and of their kind.
fn places(file: &ParquetMetaData) -> Result<Vec<usize>, Malformed> {
    let columns = file.file_metadata().schema_descr().columns();
    let mut places = Vec::new();
    for wanted in COLUMNS {
        let place = columns.iter().position(|column| column.name() == wanted.name);
        let found = place.and_then(|place| columns.get(place));
        let found = found.ok_or(refuse("the columns of a file of records (docs/parquet.md)"))?;
        let kind = match wanted.kind {
            Kind::Text => Type::BYTE_ARRAY,
            Kind::Time | Kind::Number => Type::INT64,
            Kind::Small => Type::INT32,
            Kind::Flag => Type::BOOLEAN,
        };
        let micros = matches!(
            found.logical_type_ref(),
            Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::MICROS
        );
        if found.physical_type() != kind
            || found.self_type().get_basic_info().repetition() == Repetition::REPEATED
            || wanted.kind == Kind::Time && !micros
        {
            return Err(refuse("columns of the kinds of a file of records (docs/parquet.md)"));
        }
        places.extend(place);
    }
    Ok(places)
}

/// Where the column [`COPIES`] stands, if it is there and of its kind.
fn copies(file: &ParquetMetaData) -> Result<Option<usize>, Malformed> {
    let columns = file.file_metadata().schema_descr().columns();
    let Some(place) = columns.iter().position(|column| column.name() == COPIES) else { return Ok(None) };
    let found = columns.get(place).filter(|column| {
        column.physical_type() == Type::INT64
            && column.self_type().get_basic_info().repetition() != Repetition::REPEATED
    });
    found.map(|_| Some(place)).ok_or(refuse("whole numbers of 64 bits as `copies` (docs/parquet.md)"))
}

/// A part of a file.
struct Window {
    start: u64,
    bytes: Bytes,
}

impl Window {
    fn part(&self, at: u64, long: usize) -> Option<Bytes> {
        let from = usize::try_from(at.checked_sub(self.start)?).ok()?;
        let to = from.checked_add(long).filter(|to| *to <= self.bytes.len())?;
        Some(self.bytes.slice(from..to))
    }
}

impl Length for Window {
    fn len(&self) -> u64 {
        self.start.saturating_add(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }
}

impl ChunkReader for Window {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let long = usize::try_from(self.len().saturating_sub(start)).unwrap_or(0);
        Ok(self.get_bytes(start, long)?.reader())
    }

    fn get_bytes(&self, start: u64, long: usize) -> parquet::errors::Result<Bytes> {
        let missing = || parquet::errors::ParquetError::EOF("outside of the group".to_owned());
        self.part(start, long).ok_or_else(missing)
    }
}

/// Values that were unpacked.
enum Loaded {
    None,
    Text(Vec<ByteArray>),
    Number(Vec<i64>),
    Small(Vec<i32>),
    Flag(Vec<bool>),
}

/// One column of a group.
struct Lane {
    reader: ColumnReader,
    loaded: Loaded,
    /// For each row whether there is a value.
    levels: Vec<i16>,
    optional: bool,
    /// Which value comes next.
    next: usize,
}

impl Lane {
    /// Unpacks the next so many rows.
    fn load(&mut self, rows: usize) -> Option<()> {
        self.levels.clear();
        self.next = 0;
        let levels = &mut self.levels;
        let optional = self.optional;
        macro_rules! load {
            ($reader:expr, $kind:ident) => {{
                let mut values = Vec::new();
                let mut done = 0;
                while done < rows {
                    let levels = optional.then_some(&mut *levels);
                    let (more, ..) =
                        guarded(|| $reader.read_records(rows - done, levels, None, &mut values))?;
                    if more == 0 {
                        return None;
                    }
                    done += more;
                }
                self.loaded = Loaded::$kind(values);
            }};
        }
        match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(reader) => load!(reader, Text),
            ColumnReader::Int64ColumnReader(reader) => load!(reader, Number),
            ColumnReader::Int32ColumnReader(reader) => load!(reader, Small),
            ColumnReader::BoolColumnReader(reader) => load!(reader, Flag),
            _ => return None,
        }
        Some(())
    }

    fn has(&self, row: usize) -> bool {
        !self.optional || self.levels.get(row).is_some_and(|level| *level > 0)
    }
}

/// A group of rows that is read.
pub struct Group {
    lanes: Vec<Lane>,
    copies: Option<Lane>,
    left: usize,
    arena: Arena,
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Group({} rows left)", self.left)
    }
}

impl Group {
    /// Hands on the next rows, a thousand at the most, each with the number of records that it stands for; says whether there
    /// were any.
    ///
    /// # Errors
    /// [`Malformed`] where a row cannot be read. Nothing after it can.
    pub fn next(&mut self, on: &mut dyn FnMut(Record<'_>, u32)) -> Result<bool, Malformed> {
        let rows = self.left.min(STEP);
        if rows == 0 {
            return Ok(false);
        }
        for lane in self.lanes.iter_mut().chain(&mut self.copies) {
            lane.load(rows).ok_or(refuse("columns that can be read to their end"))?;
        }
        self.left -= rows;
        for row in 0..rows {
            let mut from = Taking { lanes: self.lanes.iter(), row };
            let copies = self.copies.as_ref().map_or(Ok(1), |lane| times(lane, row))?;
            on(layout::take(&mut from, &self.arena)?, copies);
            self.arena.clear();
            for lane in self.lanes.iter_mut().chain(&mut self.copies) {
                lane.next += usize::from(lane.has(row));
            }
        }
        Ok(true)
    }
}

/// For how many records a row stands.
fn times(copies: &Lane, row: usize) -> Result<u32, Malformed> {
    let Loaded::Number(all) = &copies.loaded else { return Err(MISSING) };
    if !copies.has(row) {
        return Ok(1);
    }
    let number = all.get(copies.next).and_then(|number| u32::try_from(*number).ok());
    number
        .filter(|number| (1..=MOST_COPIES).contains(number))
        .ok_or(refuse("from 1 to 256 copies of a record"))
}

/// Reads the values of a row, column by column.
pub(super) struct Taking<'a> {
    lanes: std::slice::Iter<'a, Lane>,
    row: usize,
}

/// A required value that is missing, or one of another kind.
const MISSING: Malformed = refuse("a value for each row that has one");

impl<'a> Taking<'a> {
    /// The next column, where it has a value in this row.
    fn lane(&mut self) -> Option<&'a Lane> {
        self.lanes.next().filter(|lane| lane.has(self.row))
    }

    pub(super) fn text(&mut self) -> Result<Option<&'a str>, Malformed> {
        self.lane().map(text).transpose()
    }

    pub(super) fn texts<const N: usize>(&mut self) -> Result<[Option<&'a str>; N], Malformed> {
        let mut all = [None; N];
        for one in &mut all {
            *one = self.text()?;
        }
        Ok(all)
    }

    /// The text of the last column.
    pub(super) fn last(&mut self) -> Result<Option<&'a str>, Malformed> {
        let row = self.row;
        self.lanes.next_back().filter(|lane| lane.has(row)).map(text).transpose()
    }

    pub(super) fn number(&mut self) -> Result<Option<i64>, Malformed> {
        let of = |lane: &Lane| match &lane.loaded {
            Loaded::Number(all) => all.get(lane.next).copied().ok_or(MISSING),
            _ => Err(MISSING),
        };
        self.lane().map(of).transpose()
    }

    /// A number that is never below zero.
    pub(super) fn unsigned(&mut self) -> Result<Option<u32>, Malformed> {
        let number = self.number()?.map(u32::try_from).transpose();
        number.map_err(|_| refuse("numbers from 0 to 4294967295"))
    }

    pub(super) fn small(&mut self) -> Result<Option<i32>, Malformed> {
        let of = |lane: &Lane| match &lane.loaded {
            Loaded::Small(all) => all.get(lane.next).copied().ok_or(MISSING),
            _ => Err(MISSING),
        };
        self.lane().map(of).transpose()
    }

    pub(super) fn flag(&mut self) -> Result<Option<bool>, Malformed> {
        let of = |lane: &Lane| match &lane.loaded {
            Loaded::Flag(all) => all.get(lane.next).copied().ok_or(MISSING),
            _ => Err(MISSING),
        };
        self.lane().map(of).transpose()
    }
}

fn text(lane: &Lane) -> Result<&str, Malformed> {
    let Loaded::Text(all) = &lane.loaded else { return Err(MISSING) };
    let bytes = all.get(lane.next).ok_or(MISSING)?.data();
    if bytes.len() > LONGEST_TEXT {
        return Err(refuse("texts of at most 1 MiB"));
    }
    str::from_utf8(bytes).map_err(|_| refuse("texts in UTF-8"))
}
