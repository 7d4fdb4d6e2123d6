//! Fuzz target: Telephone numbers as people type them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::phone(data));
