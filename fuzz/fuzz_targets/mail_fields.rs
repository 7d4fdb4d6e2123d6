//! Fuzz target: Fields of mails: hops, results of servers, addresses, links, markup.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::mail_fields(data));
