//! Fuzz target: what a client says about itself.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::client_metadata(data));
