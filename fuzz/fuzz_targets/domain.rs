//! Fuzz target: domains, and what operators look for.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::domain(data));
