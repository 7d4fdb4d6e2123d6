//! Fuzz target: Form bodies and query strings.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::form(data));
