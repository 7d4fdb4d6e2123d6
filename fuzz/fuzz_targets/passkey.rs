//! Fuzz target: what a browser brings from an authenticator.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::passkey(data));
