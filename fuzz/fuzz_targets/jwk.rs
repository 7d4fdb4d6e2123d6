//! Fuzz target: public keys and sets of them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::jwk(data));
