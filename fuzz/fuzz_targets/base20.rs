//! Fuzz target: Sign-in codes as people type them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::base20(data));
