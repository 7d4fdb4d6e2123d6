//! The columns of a file of records, version 1 (`docs/parquet.md`), in the engine's words.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::parquet::basic::Type;

/// Under which name a file carries the version of its schema, and which one is read and written.
pub(crate) const VERSION_KEY: &str = "bidden.records";
pub(crate) const VERSION: &str = "1";
/// Under which name a file carries what was read beside the records.
pub(crate) const BESIDE_KEY: &str = "bidden.beside";
/// For how many records that are alike a row stands: a column that may be missing.
pub(crate) const COPIES: &str = "copies";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Time,
    Text,
    Number,
    Small,
    Flag,
}

impl Kind {
    fn arrow(self) -> DataType {
        match self {
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC"))),
            Self::Text => DataType::Utf8,
            Self::Number => DataType::Int64,
            Self::Small => DataType::Int32,
            Self::Flag => DataType::Boolean,
        }
    }

    /// How a file stores it.
    pub(crate) const fn stored(self) -> Type {
        match self {
            Self::Time | Self::Number => Type::INT64,
            Self::Text => Type::BYTE_ARRAY,
            Self::Small => Type::INT32,
            Self::Flag => Type::BOOLEAN,
        }
    }
}

use Kind::{Flag, Number, Small, Text, Time};

/// Every column, in the order in which they stand in a file: name, kind, and whether every record has it.
pub(crate) const COLUMNS: [(&str, Kind, bool); 48] = [
    ("time", Time, true),
    ("kind", Text, true),
    ("format", Text, true),
    ("system", Text, false),
    ("id", Text, false),
    ("user", Text, false),
    ("user_id", Text, false),
    ("session", Text, false),
    ("correlation", Text, false),
    ("token", Text, false),
    ("app", Text, false),
    ("app_name", Text, false),
    ("resource", Text, false),
    ("resource_name", Text, false),
    ("agent", Text, false),
    ("address", Text, false),
    ("asn", Number, false),
    ("hosting", Flag, false),
    ("country", Text, false),
    ("city", Text, false),
    ("latitude", Small, false),
    ("longitude", Small, false),
    ("has_device", Flag, true),
    ("device_id", Text, false),
    ("device_name", Text, false),
    ("device_system", Text, false),
    ("device_browser", Text, false),
    ("device_managed", Flag, false),
    ("device_compliant", Flag, false),
    ("device_trust", Text, false),
    ("outcome", Text, false),
    ("code", Number, false),
    ("detail", Text, false),
    ("interactive", Flag, false),
    ("protocol", Text, false),
    ("transfer", Text, false),
    ("presented", Text, false),
    ("password_right", Flag, false),
    ("factor", Text, false),
    ("access", Text, false),
    ("risk", Text, false),
    ("times", Number, false),
    ("operation", Text, false),
    ("act_name", Text, false),
    ("done", Flag, false),
    ("target", Text, false),
    ("target_user", Text, false),
    ("more", Text, false),
];

/// The schema of what is read, with the column of copies where a file has it.
pub(crate) fn read(copies: bool) -> Schema {
    let columns = COLUMNS.iter().map(|(name, kind, always)| Field::new(*name, kind.arrow(), !always));
    let copies = copies.then(|| Field::new(COPIES, DataType::Int64, true));
    Schema::new(columns.chain(copies).collect::<Vec<_>>())
}

/// The schema of what is written.
pub(crate) fn written() -> SchemaRef {
    let columns = COLUMNS.iter().map(|(name, kind, always)| Field::new(*name, kind.arrow(), !always));
    let copies = Field::new(COPIES, DataType::Int64, false);
    Arc::new(Schema::new(columns.chain([copies]).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn these_are_the_columns_of_the_documentation_in_its_order() {
        let page = include_str!("../../docs/parquet.md");
        let rows: Vec<(String, String, bool)> = page
            .lines()
            .filter_map(|line| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                let name = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
                let kind = cells.get(2)?.split(' ').next()?;
                Some((name.to_owned(), kind.to_owned(), *cells.get(3)? == "yes"))
            })
            .filter(|(_, kind, _)| ["INT64", "INT32", "BINARY", "BOOLEAN"].contains(&kind.as_str()))
            .collect();
        let ours: Vec<(String, String, bool)> = COLUMNS
            .iter()
            .map(|(name, kind, always)| {
                let stored = kind.stored().to_string().replace("BYTE_ARRAY", "BINARY");
                ((*name).to_owned(), stored, *always)
            })
            .collect();
        assert_eq!(rows, ours);
    }
}
