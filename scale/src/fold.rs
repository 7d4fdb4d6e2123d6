//! Rows that are alike and follow one another become one row that says how many they were.
//!
//! Exports overlap, and each shard has what its files had. What is alike in every column cannot be told apart by anybody, so
//! that folding it loses nothing; which of two records that differ is kept is for `bidden investigate` to decide.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Int64Array, RecordBatch, UInt32Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::{DataType, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::error::ArrowError;

use crate::columns::{COLUMNS, COPIES, written};

/// As many records as a row may stand for (`docs/parquet.md`).
const MOST: i64 = 256;

/// See the module.
pub(crate) struct Fold {
    schema: SchemaRef,
    /// The last row that was taken, and for how many it stands so far.
    held: Option<(RecordBatch, i64)>,
    /// Records that were taken, and rows that were given.
    pub(crate) records: u64,
    pub(crate) rows: u64,
}

impl Fold {
    pub(crate) fn new() -> Self {
        Self { schema: written(), held: None, records: 0, rows: 0 }
    }

    /// Takes rows; gives those that nothing can be added to any more.
    ///
    /// # Errors
    /// When they are not of the columns that were to come, or a row stands for more records than one may, or for none.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<Vec<RecordBatch>, ArrowError> {
        let copies = batch.column_by_name(COPIES).map(|column| column.as_primitive::<Int64Type>().clone());
        let indices = COLUMNS.iter().map(|(name, ..)| batch.schema().index_of(name));
        let batch = batch.project(&indices.collect::<Result<Vec<_>, _>>()?)?;
        let many = |row: usize| match &copies {
            Some(copies) if copies.is_valid(row) => {
                Some(copies.value(row)).filter(|many| (1..=MOST).contains(many))
            }
            _ => Some(1),
        };
        let wrong = || ArrowError::InvalidArgumentError(format!("`{COPIES}` has to be from 1 to {MOST}"));
        let mut given = Vec::new();
        let (mut kept, mut counts) = (Vec::<u32>::new(), Vec::<i64>::new());
        for row in 0..batch.num_rows() {
            let here = many(row).ok_or_else(wrong)?;
            self.records += u64::try_from(here).unwrap_or(0);
            let before = match (row.checked_sub(1), &mut self.held, counts.last_mut()) {
                (None, Some((held, count)), _) => Some((&*held, 0, count)),
                (Some(before), _, Some(count)) => Some((&batch, before, count)),
                // All rows so far belong to the one that is held.
                (Some(before), Some((_, count)), None) => Some((&batch, before, count)),
                _ => None,
            };
            if let Some((other, at, count)) = before
                && *count + here <= MOST
                && alike((&batch, row), (other, at))
            {
                *count += here;
                continue;
            }
            kept.push(u32::try_from(row).map_err(|error| ArrowError::ComputeError(error.to_string()))?);
            counts.push(here);
        }
        let (Some(last), Some(count)) = (kept.pop(), counts.pop()) else { return Ok(given) };
        let held = batch.slice(usize::try_from(last).unwrap_or(0), 1);
        if let Some((before, count)) = self.held.replace((held, count)) {
            given.push(self.give(&before, vec![count])?);
        }
        if !kept.is_empty() {
            let whole = kept.len() == usize::try_from(last).unwrap_or(0);
            let rows = if whole {
                batch.slice(0, kept.len())
            } else {
                take_record_batch(&batch, &UInt32Array::from(kept))?
            };
            given.push(self.give(&rows, counts)?);
        }
        Ok(given)
    }

    /// Gives the row that is held.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub(crate) fn finish(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        let held = self.held.take();
        held.map(|(row, count)| self.give(&row, vec![count])).transpose()
    }

    fn give(&mut self, rows: &RecordBatch, counts: Vec<i64>) -> Result<RecordBatch, ArrowError> {
        self.rows += u64::try_from(rows.num_rows()).unwrap_or(0);
        let mut columns = rows.columns().to_vec();
        columns.push(Arc::new(Int64Array::from(counts)));
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
    }
}

/// Whether two rows are alike in every column. Time and identifier say "no" for nearly all.
fn alike((a, row): (&RecordBatch, usize), (b, other): (&RecordBatch, usize)) -> bool {
    let same = |number: usize| {
        let (Some(a), Some(b)) = (a.columns().get(number), b.columns().get(number)) else { return false };
        match a.data_type() {
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                let time = |column: &Arc<dyn Array>, row| {
                    column.as_primitive::<TimestampMicrosecondType>().value(row)
                };
                time(a, row) == time(b, other)
            }
            DataType::Utf8 if a.is_valid(row) && b.is_valid(other) => {
                a.as_string::<i32>().value(row) == b.as_string::<i32>().value(other)
            }
            _ => a.slice(row, 1).as_ref() == b.slice(other, 1).as_ref(),
        }
    };
    a.num_columns() == b.num_columns() && same(0) && (1..a.num_columns()).all(same)
}

#[cfg(test)]
mod tests {
    use crate::testing::batch;

    use super::*;

    fn folded(batches: &[RecordBatch]) -> (Vec<(i64, String, i64)>, Fold) {
        let mut fold = Fold::new();
        let mut out = Vec::new();
        for batch in batches {
            out.extend(fold.push(batch).unwrap());
        }
        out.extend(fold.finish().unwrap());
        let rows = out.iter().flat_map(|batch| {
            let time =
                batch.column_by_name("time").unwrap().as_primitive::<TimestampMicrosecondType>().clone();
            let id = batch.column_by_name("id").unwrap().as_string::<i32>().clone();
            let copies = batch.column_by_name(COPIES).unwrap().as_primitive::<Int64Type>().clone();
            (0..batch.num_rows())
                .map(move |row| (time.value(row), id.value(row).to_owned(), copies.value(row)))
                .collect::<Vec<_>>()
        });
        (rows.collect(), fold)
    }

    #[test]
    fn rows_that_are_alike_are_counted_also_across_batches() {
        let rows = [
            (1, "a", Some("Graz"), None),
            (1, "a", Some("Graz"), None),
            (1, "a", None, None),
            (1, "a", Some("Graz"), None),
            (2, "a", None, None),
            (3, "b", None, Some(4)),
            (3, "b", None, Some(5)),
            (3, "c", None, None),
            (3, "c", None, None),
            (3, "c", None, None),
        ];
        let expected = [(1, "a", 2), (1, "a", 1), (1, "a", 1), (2, "a", 1), (3, "b", 9), (3, "c", 3)];
        let expected: Vec<(i64, String, i64)> =
            expected.into_iter().map(|(time, id, copies)| (time, id.to_owned(), copies)).collect();
        for size in 1..=rows.len() {
            let batches: Vec<RecordBatch> = rows.chunks(size).map(batch).collect();
            let (out, fold) = folded(&batches);
            assert_eq!(out, expected, "{size} rows at a time");
            assert_eq!((fold.records, fold.rows), (17, 6));
        }
        assert_eq!(folded(&[]).0, []);
        assert_eq!(folded(&[batch(&[])]).0, []);
    }

    #[test]
    fn no_row_stands_for_more_than_may_be_read() {
        let rows = vec![(1, "a", None, None); 600];
        let (out, fold) = folded(&[batch(&rows[..300]), batch(&rows[300..])]);
        let copies: Vec<i64> = out.iter().map(|row| row.2).collect();
        assert_eq!(copies, [256, 256, 88]);
        assert_eq!(fold.records, 600);
    }

    #[test]
    fn a_row_that_stands_for_more_than_it_may_is_refused() {
        for copies in [i64::MIN, -1, 0, MOST + 1, i64::MAX] {
            let rows = [(1, "a", None, Some(1)), (1, "a", None, Some(copies))];
            let error = Fold::new().push(&batch(&rows)).unwrap_err();
            assert!(error.to_string().contains("from 1 to 256"), "{copies}: {error}");
        }
    }
}
