//! The result: one series of files for each partition, in a hidden folder until all of it is there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::{KeyValue, SortingColumn};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use tempfile::TempDir;

use crate::columns::{BESIDE_KEY, VERSION, VERSION_KEY, written};
use crate::fold::Fold;
use crate::shards::Beside;
use crate::trouble::Trouble;

/// Bytes after which another file is begun, as `bidden investigate --to-parquet` does.
const LARGE: usize = 128 << 20;
/// Most rows of a group, and bytes: whoever reads the parts holds some of each, so they are smaller than those of one file.
const ROWS: usize = 4_096;
const BYTES: usize = 1 << 20;

/// The folder that the result gets.
pub(crate) struct Out {
    to: PathBuf,
    hidden: TempDir,
}

impl Out {
    /// Makes a hidden folder beside it.
    ///
    /// # Errors
    /// When there is such a folder with something in it, or none can be made beside it.
    pub(crate) fn prepare(to: &Path) -> Result<Self, Trouble> {
        let taken = match fs::read_dir(to) {
            Ok(mut within) => within.next().is_some(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) => return Err(Trouble::disk(to)(error)),
        };
        if taken {
            return Err(Trouble::Taken(format!(
                "{}: there is something in it; name another folder",
                to.display()
            )));
        }
        let name =
            to.file_name().ok_or_else(|| Trouble::Usage(format!("{}: no name of a folder", to.display())))?;
        let beside = match to.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(beside).map_err(Trouble::disk(beside))?;
        let prefix = format!(".{}.partial-", name.to_string_lossy());
        let hidden =
            tempfile::Builder::new().prefix(&prefix).tempdir_in(beside).map_err(Trouble::disk(beside))?;
        Ok(Self { to: to.to_owned(), hidden })
    }

    /// Where the files are written, and whatever else has to lie somewhere in the meantime.
    pub(crate) fn hidden(&self) -> &Path {
        self.hidden.path()
    }

    /// Gives the folder its name. Until then there is nothing of that name, whatever happens.
    ///
    /// # Errors
    /// When the system does not.
    pub(crate) fn show(self) -> Result<(), Trouble> {
        let told = Trouble::disk(&self.to);
        let sync = |folder: &Path| File::open(folder).and_then(|folder| folder.sync_all());
        sync(self.hidden.path()).map_err(&told)?;
        fs::rename(self.hidden.path(), &self.to).map_err(&told)?;
        let beside = self.to.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        sync(beside).map_err(&told)
    }
}

/// What a part came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) files: usize,
    /// Rows that were taken from the engine.
    pub(crate) taken: u64,
    /// Records that these stood for, and rows that were written for them.
    pub(crate) records: u64,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

/// Writes the files of one partition.
pub(crate) struct Part {
    folder: PathBuf,
    number: usize,
    /// What the first file carries, and what every one does.
    beside: [Beside; 2],
    /// Whether there is a file of it in any case.
    always: bool,
    /// Bytes after which another file is begun.
    large: usize,
    open: Option<ArrowWriter<File>>,
    /// How many files are whole.
    ended: usize,
    fold: Fold,
    /// The latest time that was written.
    last: i64,
    written: Written,
}

impl Part {
    /// Begins the part of this number. With `first` its first file carries that, and is there even if it is empty.
    pub(crate) fn new(folder: &Path, number: usize, (first, each): (Option<Beside>, Beside)) -> Self {
        Self {
            folder: folder.to_owned(),
            number,
            always: first.is_some(),
            large: LARGE,
            beside: [first.unwrap_or_else(|| each.clone()), each],
            open: None,
            ended: 0,
            fold: Fold::new(),
            last: i64::MIN,
            written: Written::default(),
        }
    }

    fn path(&self, file: usize) -> PathBuf {
        self.folder.join(format!("part-{:05}-{file:05}.parquet", self.number))
    }

    /// Takes rows.
    ///
    /// # Errors
    /// When they are out of order, or cannot be written.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<(), Trouble> {
        self.written.taken += u64::try_from(batch.num_rows()).unwrap_or(0);
        let rows = self.fold.push(batch).map_err(|error| other(&error))?;
        rows.iter().try_for_each(|rows| self.put(rows))
    }

    fn put(&mut self, rows: &RecordBatch) -> Result<(), Trouble> {
        let times =
            rows.column_by_name("time").map(|times| times.as_primitive::<TimestampMicrosecondType>().clone());
        let times = times.ok_or_else(|| Trouble::Incomplete("rows without a time came back".to_owned()))?;
        let first = times.values().first().copied().unwrap_or(self.last);
        if first < self.last || !times.values().is_sorted() {
            return Err(Trouble::Incomplete("rows came back out of order".to_owned()));
        }
        // Not between two records of one moment: who reads the parts opens a file when the one before it is at its end.
        let large = self.open.as_ref().is_some_and(|open| open.bytes_written() >= self.large);
        if large && first > self.last {
            self.end()?;
        }
        self.last = times.values().last().copied().unwrap_or(self.last);
        let put = self.open()?.write(rows);
        put.map_err(|error| self.failed(&error))
    }

    fn open(&mut self) -> Result<&mut ArrowWriter<File>, Trouble> {
        if self.open.is_none() {
            let path = self.path(self.ended);
            let file = File::create_new(&path).map_err(Trouble::disk(&path))?;
            let options = properties().map(|properties| {
                ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true)
            });
            let writer =
                options.and_then(|options| ArrowWriter::try_new_with_options(file, written(), options));
            self.open = Some(writer.map_err(|error| self.failed(&error))?);
        }
        self.open.as_mut().ok_or_else(|| Trouble::Disk(format!("{}: no file is open", self.folder.display())))
    }

    fn end(&mut self) -> Result<(), Trouble> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        let [first, each] = &self.beside;
        let beside = if self.ended == 0 { first } else { each };
        if *beside != Beside::default() {
            let text = serde_json::to_string(beside).map_err(|error| Trouble::Failed(error.to_string()))?;
            open.append_key_value_metadata(KeyValue::new(BESIDE_KEY.to_owned(), text));
        }
        let path = self.path(self.ended);
        let file = open.into_inner().map_err(|error| self.failed(&error))?;
        file.sync_all().map_err(Trouble::disk(&path))?;
        self.written.bytes += file.metadata().map_err(Trouble::disk(&path))?.len();
        self.ended += 1;
        Ok(())
    }

    /// Ends the last file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn finish(mut self) -> Result<Written, Trouble> {
        if let Some(row) = self.fold.finish().map_err(|error| other(&error))? {
            self.put(&row)?;
        }
        if self.always && self.open.is_none() && self.ended == 0 {
            self.open()?;
        }
        self.end()?;
        let (records, rows) = (self.fold.records, self.fold.rows);
        Ok(Written { files: self.ended, records, rows, ..self.written })
    }

    fn failed(&self, error: &ParquetError) -> Trouble {
        Trouble::Disk(format!("{}: {error}", self.folder.display()))
    }
}

fn other(error: &ArrowError) -> Trouble {
    match error {
        // Of the right columns, and what stands in them is not what may: so it was in a file.
        ArrowError::InvalidArgumentError(why) => {
            Trouble::NotRecords(format!("a file has rows that are no records: {why}"))
        }
        error => Trouble::Incomplete(format!("rows of another kind came back ({error})")),
    }
}

fn properties() -> Result<WriterProperties, ParquetError> {
    let by_time = SortingColumn { column_idx: 0, descending: false, nulls_first: false };
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_created_by(concat!("bidden-scale ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![KeyValue::new(VERSION_KEY.to_owned(), VERSION.to_owned())]))
        .set_sorting_columns(Some(vec![by_time]))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_max_row_group_row_count(Some(ROWS))
        .set_max_row_group_bytes(Some(BYTES))
        .set_data_page_size_limit(256 << 10)
        .set_dictionary_page_size_limit(256 << 10);
    for name in ["time", "user"] {
        properties =
            properties.set_column_statistics_enabled(ColumnPath::from(name), EnabledStatistics::Chunk);
    }
    Ok(properties.build())
}

#[cfg(test)]
mod tests {
    use datafusion::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

    use crate::testing::batch;

    use super::*;

    fn described(folder: &Path) -> Vec<(String, ParquetMetaData)> {
        let mut all: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        let read = |path: &PathBuf| {
            ParquetMetaDataReader::new().parse_and_finish(&File::open(path).unwrap()).unwrap()
        };
        all.iter().map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), read(path))).collect()
    }

    fn carries(file: &ParquetMetaData) -> Option<&str> {
        let all = file.file_metadata().key_value_metadata().unwrap();
        assert!(all.iter().any(|one| one.key == VERSION_KEY && one.value.as_deref() == Some(VERSION)));
        all.iter().find(|one| one.key == BESIDE_KEY)?.value.as_deref()
    }

    #[test]
    fn a_part_is_a_series_of_files_and_no_moment_is_in_two_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let each: Beside = serde_json::from_str(r#"{"narrowed":[{"since":1}]}"#).unwrap();
        let first: Beside = serde_json::from_str(r#"{"bad":7,"narrowed":[{"since":1}]}"#).unwrap();
        let mut part = Part { large: 1, ..Part::new(folder.path(), 2, (Some(first), each)) };
        // Three thousand moments of three records: more than a group, and batches that end within a moment.
        let rows: Vec<_> = (0..9000)
            .map(|n| (n / 3, ["a", "b", "c"][usize::try_from(n).unwrap() % 3], None, None))
            .collect();
        rows.chunks(1000).for_each(|rows| part.push(&batch(rows)).unwrap());
        let written = part.finish().unwrap();
        assert_eq!((written.taken, written.records, written.rows), (9000, 9000, 9000));
        let files = described(folder.path());
        assert!(files.len() > 1 && files.len() == written.files, "{}", files.len());
        let mut last = i64::MIN;
        for (number, (name, file)) in files.iter().enumerate() {
            assert_eq!(*name, format!("part-00002-{number:05}.parquet"));
            let said = carries(file).unwrap();
            assert_eq!(said.contains("\"bad\":7"), number == 0, "{said}");
            assert!(said.contains("\"since\":1"), "{said}");
            for group in file.row_groups() {
                assert!(group.sorting_columns().is_some_and(|by| by[0].column_idx == 0));
                let bound = |bytes: Option<&[u8]>| i64::from_le_bytes(bytes.unwrap().try_into().unwrap());
                let times = group.column(0).statistics().unwrap();
                assert!(bound(times.min_bytes_opt()) >= last, "{name}");
                last = bound(times.max_bytes_opt());
            }
            // The next file begins with a later moment.
            last += 1;
        }
    }

    #[test]
    fn rows_that_are_out_of_order_are_no_result() {
        let folder = tempfile::tempdir().unwrap();
        for rows in
            [&[(2, "a", None, None), (1, "b", None, None), (3, "c", None, None)][..], &[(0, "a", None, None)]]
        {
            let mut part = Part::new(folder.path(), 0, (None, Beside::default()));
            part.last = 1;
            let done = part.push(&batch(rows)).and_then(|()| part.finish());
            assert_eq!(done.unwrap_err().code(), "incomplete");
        }
    }

    #[test]
    fn rows_that_are_no_records_are_no_result() {
        let folder = tempfile::tempdir().unwrap();
        let mut part = Part::new(folder.path(), 0, (None, Beside::default()));
        let error = part.push(&batch(&[(1, "a", None, Some(0))])).unwrap_err();
        assert_eq!(error.code(), "not_records", "{error}");
    }

    #[test]
    fn nothing_is_a_file_only_where_it_carries_something() {
        let folder = tempfile::tempdir().unwrap();
        let none = Part::new(folder.path(), 1, (None, Beside::default())).finish().unwrap();
        assert_eq!((none.files, described(folder.path()).len()), (0, 0));
        let first =
            Part::new(folder.path(), 0, (Some(Beside::default()), Beside::default())).finish().unwrap();
        let files = described(folder.path());
        assert_eq!((first.files, files.len(), files[0].1.num_row_groups()), (1, 1, 0));
        assert_eq!(carries(&files[0].1), None);
    }

    #[test]
    fn a_folder_is_there_when_it_is_whole_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("deep/parts");
        let out = Out::prepare(&to).unwrap();
        fs::write(out.hidden().join("a"), "a").unwrap();
        assert!(!to.exists());
        drop(out);
        assert_eq!(fs::read_dir(to.parent().unwrap()).unwrap().count(), 0);
        fs::create_dir(&to).unwrap();
        let out = Out::prepare(&to).unwrap();
        fs::write(out.hidden().join("a"), "a").unwrap();
        out.show().unwrap();
        assert!(to.join("a").exists());
        assert_eq!(fs::read_dir(to.parent().unwrap()).unwrap().count(), 1);
        assert_eq!(Out::prepare(&to).err().unwrap().code(), "out_taken");
    }
}
