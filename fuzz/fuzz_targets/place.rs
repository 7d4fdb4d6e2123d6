//! Fuzz target: Files of places in the MaxMind DB format.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::place(data));
