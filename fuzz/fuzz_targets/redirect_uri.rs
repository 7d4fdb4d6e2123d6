//! Fuzz target: redirect URIs, one registered and one requested.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::redirect_uri(data));
