//! Fuzz target: proofs of possession.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::dpop(data));
