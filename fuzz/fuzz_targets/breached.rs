//! Fuzz target: Lists of breached passwords, and the head of the compact file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::breached(data));
