//! Fuzz target: Files of accounts: JSON Lines and CSV.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::account_file(data));
