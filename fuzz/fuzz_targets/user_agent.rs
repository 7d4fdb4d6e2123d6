//! Fuzz target: User-Agent headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::user_agent(data));
