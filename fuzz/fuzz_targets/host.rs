//! Fuzz target: Host and Origin headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::host(data));
