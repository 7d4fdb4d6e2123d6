//! Fuzz target: requests of clients.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::oauth(data));
