//! Fuzz target: Codes of an authenticator app as people type them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::digits(data));
