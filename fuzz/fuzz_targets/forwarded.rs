//! Fuzz target: Forwarded, X-Forwarded-For, and networks.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::forwarded(data));
