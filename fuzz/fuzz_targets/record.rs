//! Fuzz target: Checkpoints, keys, proofs and receipts of the sealed record.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::record(data));
