//! Rows for tests.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    new_null_array,
};
use datafusion::arrow::datatypes::Schema;

use crate::columns::{COPIES, read};

/// Rows of a time, an identifier, a town and a number of copies; everything else is missing.
pub(crate) fn batch(rows: &[(i64, &str, Option<&str>, Option<i64>)]) -> RecordBatch {
    let schema: Schema = read(true);
    let columns = schema.fields().iter().map(|field| -> ArrayRef {
        match field.name().as_str() {
            "time" => {
                let times = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| row.0));
                Arc::new(times.with_timezone("UTC"))
            }
            "id" => Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1))),
            "city" => Arc::new(StringArray::from_iter(rows.iter().map(|row| row.2))),
            "latitude" => Arc::new(Int32Array::from_iter(rows.iter().map(|row| row.2.map(|_| 7)))),
            "kind" | "format" => Arc::new(StringArray::from_iter_values(rows.iter().map(|_| "graph"))),
            "has_device" => Arc::new(BooleanArray::from(vec![false; rows.len()])),
            COPIES => Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.3))),
            _ => new_null_array(field.data_type(), rows.len()),
        }
    });
    let columns = columns.collect();
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}
