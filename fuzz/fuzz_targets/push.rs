//! Fuzz target: where a browser is reached, as it tells its page, and how long a push service wants to be left alone.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::push(data));
