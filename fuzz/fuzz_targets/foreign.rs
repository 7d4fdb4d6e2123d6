//! Fuzz target: records of other sign-in systems, in every format and every wrapping.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::foreign(data));
