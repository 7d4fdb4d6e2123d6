//! Fuzz target: Cookie headers, and the values of Set-Cookie.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::cookie(data));
