//! Fuzz target: E-mail addresses as people type them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::mailbox(data));
