//! Fuzz target: signed objects and the claims in them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::jws(data));
