//! Fuzz target: where a browser is reached, as it tells its page.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::push_subscription(data));
