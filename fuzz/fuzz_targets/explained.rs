//! Fuzz target: Text messages, tables of DNS records, answers of the DNS, published policies.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::explained(data));
