//! Writes a file of records: rows are gathered in columns, and written in groups that fit into memory.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::schema::{COLUMNS, Kind, message};
use super::{BESIDE_KEY, Beside, LONGEST_TEXT, Record, VERSION, VERSION_KEY, layout};

/// Most rows of a group, and bytes before packing: whoever reads a file holds a group of it.
const ROWS: usize = 16_384;
const BYTES: usize = 4 << 20;

/// The values of one column that are gathered.
#[derive(Debug)]
pub(super) enum Values {
    /// Texts, one after the other, and where each ends.
    Text(Vec<u8>, Vec<usize>),
    Number(Vec<i64>),
    Small(Vec<i32>),
    Flag(Vec<bool>),
}

/// One column.
#[derive(Debug)]
struct Gathered {
    values: Values,
    /// For each row whether there is a value; empty where every record has one.
    present: Vec<i16>,
    required: bool,
}

/// Takes the values of a row, column by column.
pub(super) struct Filling<'a> {
    columns: std::slice::IterMut<'a, Gathered>,
    bytes: usize,
}

impl Filling<'_> {
    fn next(&mut self, present: bool) -> Option<&mut Values> {
        let column = self.columns.next()?;
        if !column.required {
            column.present.push(i16::from(present));
        }
        (present || column.required).then_some(&mut column.values)
    }

    pub(super) fn text(&mut self, text: Option<&str>) {
        let cut = text.map(|text| {
            let end = (0..=LONGEST_TEXT.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
            text.get(..end.unwrap_or(0)).unwrap_or_default()
        });
        self.bytes += cut.map_or(1, |text| text.len() + 5);
        if let Some(Values::Text(bytes, ends)) = self.next(cut.is_some()) {
            bytes.extend_from_slice(cut.unwrap_or_default().as_bytes());
            ends.push(bytes.len());
        }
    }

    pub(super) fn number(&mut self, number: Option<i64>) {
        self.bytes += 9;
        if let Some(Values::Number(all)) = self.next(number.is_some()) {
            all.push(number.unwrap_or_default());
        }
    }

    pub(super) fn small(&mut self, number: Option<i32>) {
        self.bytes += 5;
        if let Some(Values::Small(all)) = self.next(number.is_some()) {
            all.push(number.unwrap_or_default());
        }
    }

    pub(super) fn flag(&mut self, flag: Option<bool>) {
        self.bytes += 2;
        if let Some(Values::Flag(all)) = self.next(flag.is_some()) {
            all.push(flag.unwrap_or_default());
        }
    }
}

/// Writes one file.
pub struct Writer<W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Vec<Gathered>,
    rows: usize,
    bytes: usize,
}

impl<W: Write + Send> std::fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} rows, {} bytes)", self.rows, self.bytes)
    }
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error.to_string())
}

impl<W: Write + Send> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(to: W) -> io::Result<Self> {
        let schema = parse_message_type(&message()).map_err(failed)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).map_err(failed)?))
            .set_created_by(concat!("bidden ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(vec![KeyValue::new(VERSION_KEY.to_owned(), VERSION.to_owned())]))
            .set_sorting_columns(Some(vec![SortingColumn {
                column_idx: 0,
                descending: false,
                nulls_first: false,
            }]))
            .set_statistics_enabled(EnabledStatistics::None)
            .set_data_page_size_limit(256 << 10)
            .set_dictionary_page_size_limit(256 << 10);
        for name in ["time", "user"] {
            let column = ColumnPath::from(name);
            properties = properties.set_column_statistics_enabled(column, EnabledStatistics::Chunk);
        }
        let file = SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties.build()));
        Ok(Self { file: file.map_err(failed)?, columns: gathered(), rows: 0, bytes: 0 })
    }

    /// Takes a record.
    ///
    /// # Errors
    /// When the file cannot be written, or an event of ours is longer than a text may be.
    pub fn push(&mut self, record: &Record<'_>) -> io::Result<()> {
        if matches!(record, Record::Own { event, .. } if event.len() > LONGEST_TEXT) {
            return Err(io::Error::other("an event is longer than 1 MiB"));
        }
        let mut to = Filling { columns: self.columns.iter_mut(), bytes: 0 };
        layout::put(record, &mut to);
        self.bytes += to.bytes;
        self.rows += 1;
        if self.rows >= ROWS || self.bytes >= BYTES { self.flush() } else { Ok(()) }
    }

    /// How many bytes the file has so far.
    pub fn written(&self) -> usize {
        self.file.bytes_written()
    }

    /// Writes the group that was gathered.
    fn flush(&mut self) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let columns = std::mem::replace(&mut self.columns, gathered());
        (self.rows, self.bytes) = (0, 0);
        let mut group = self.file.next_row_group().map_err(failed)?;
        for column in columns {
            let Some(mut to) = group.next_column().map_err(failed)? else { break };
            write(to.untyped(), column).map_err(failed)?;
            to.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
        Ok(())
    }

    /// Ends the file, and gives back what it was written to.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self, beside: &Beside) -> io::Result<W> {
        self.flush()?;
        if *beside != Beside::default() {
            let text = serde_json::to_string(beside)?;
            self.file.append_key_value_metadata(KeyValue::new(BESIDE_KEY.to_owned(), text));
        }
        self.file.into_inner().map_err(failed)
    }
}

/// A file of one group with the column of copies, as others write it: not by way of [`Writer`], which needs none.
#[cfg(test)]
pub(super) fn with_copies(records: &[(Record<'_>, Option<i64>)], kind: &str) -> Vec<u8> {
    let schema = message().replace('}', &format!("optional {kind} {};\n}}", super::COPIES));
    let schema = parse_message_type(&schema).unwrap();
    let properties = WriterProperties::builder().build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    let mut columns = gathered();
    for (record, _) in records {
        layout::put(record, &mut Filling { columns: columns.iter_mut(), bytes: 0 });
    }
    let values = records.iter().filter_map(|(_, copies)| *copies);
    let values = match kind {
        "int64" => Values::Number(values.collect()),
        _ => Values::Small(values.map(|copies| i32::try_from(copies).unwrap()).collect()),
    };
    let present = records.iter().map(|(_, copies)| i16::from(copies.is_some())).collect();
    columns.push(Gathered { values, present, required: false });
    let mut group = file.next_row_group().unwrap();
    for column in columns {
        let mut to = group.next_column().unwrap().unwrap();
        write(to.untyped(), column).unwrap();
        to.close().unwrap();
    }
    group.close().unwrap();
    file.into_inner().unwrap()
}

fn gathered() -> Vec<Gathered> {
    let values = |kind| match kind {
        Kind::Text => Values::Text(Vec::new(), Vec::new()),
        Kind::Time | Kind::Number => Values::Number(Vec::new()),
        Kind::Small => Values::Small(Vec::new()),
        Kind::Flag => Values::Flag(Vec::new()),
    };
    let empty = |column: super::Column| Gathered {
        values: values(column.kind),
        present: Vec::new(),
        required: column.required,
    };
    COLUMNS.into_iter().map(empty).collect()
}

fn write(to: &mut ColumnWriter<'_>, column: Gathered) -> parquet::errors::Result<()> {
    let present = (!column.required).then_some(column.present.as_slice());
    match (to, column.values) {
        (ColumnWriter::ByteArrayColumnWriter(to), Values::Text(bytes, ends)) => {
            let bytes = Bytes::from(bytes);
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let texts: Vec<ByteArray> =
                starts.zip(&ends).map(|(start, end)| ByteArray::from(bytes.slice(start..*end))).collect();
            to.write_batch(&texts, present, None)?;
        }
        (ColumnWriter::Int64ColumnWriter(to), Values::Number(all)) => {
            to.write_batch(&all, present, None)?;
        }
        (ColumnWriter::Int32ColumnWriter(to), Values::Small(all)) => {
            to.write_batch(&all, present, None)?;
        }
        (ColumnWriter::BoolColumnWriter(to), Values::Flag(all)) => {
            to.write_batch(&all, present, None)?;
        }
        _ => return Err(ParquetError::General("a column of another kind".to_owned())),
    }
    Ok(())
}
