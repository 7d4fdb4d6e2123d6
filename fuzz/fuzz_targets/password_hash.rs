//! Fuzz target: Password hashes as other systems export them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::password_hash(data));
