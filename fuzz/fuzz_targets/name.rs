//! Fuzz target: Private names to sign in by, as people type them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::name(data));
