//! Fuzz target: Whole mails, with their parts, links and signatures.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::message(data));
