//! Fuzz target: files of records in the Parquet format.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::columnar(data));
