//! Chains that hold, and what breaks them. The keys are made in the test; what is sealed is put together here by hand, step by
//! step as RFC 8617 §5.1 says, and not by the code that is tested.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::dns_table::DnsTable;

const MESSAGE: &str = "from:A <a@b.example>\r\nsubject:x\r\n";
const BODY: &str = "hello\r\n";

struct Sealer {
    key: Ed25519KeyPair,
    domain: &'static str,
}

impl Sealer {
    fn new(seed: u8, domain: &'static str) -> Self {
        Self { key: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap(), domain }
    }

    fn sign(&self, signed: &str) -> String {
        let hash = digest::digest(&digest::SHA256, signed.as_bytes());
        STANDARD.encode(self.key.sign(hash.as_ref()))
    }

    fn record(&self, keys: &mut DnsTable) {
        let record = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(self.key.public_key().as_ref()));
        keys.insert(&format!("s._domainkey.{}", self.domain), vec![record]);
    }

    /// The three fields of one set, already in relaxed form. `before` are the sets so far, in the order in which they are sealed.
    fn seal(&self, number: usize, before: &str, verdict: &str) -> [String; 3] {
        let results = format!("arc-authentication-results:i={number}; {}; {verdict}\r\n", self.domain);
        let body = STANDARD.encode(digest::digest(&digest::SHA256, BODY.as_bytes()));
        let tags = format!("i={number}; a=ed25519-sha256; d={}; s=s;", self.domain);
        let message =
            format!("arc-message-signature:{tags} c=relaxed/relaxed; h=from:subject; bh={body}; b=");
        let message = format!("{message}{}\r\n", self.sign(&format!("{MESSAGE}{message}")));
        let chain = if number == 1 { "none" } else { "pass" };
        let seal = format!("arc-seal:{tags} cv={chain}; b=");
        let seal = format!("{seal}{}\r\n", self.sign(&format!("{before}{results}{message}{seal}")));
        [results, message, seal]
    }
}

fn two_seals() -> (String, DnsTable) {
    let (one, two) = (Sealer::new(1, "one.example"), Sealer::new(2, "two.example"));
    let mut keys = DnsTable::default();
    one.record(&mut keys);
    two.record(&mut keys);
    let first = one.seal(1, "", "dkim=none").concat();
    let second =
        two.seal(2, &first, "dkim=pass header.d=b.example; dmarc=pass header.from=b.example").concat();
    (format!("{second}{first}{MESSAGE}\r\n{BODY}"), keys)
}

fn verified(raw: &str, keys: &dyn Keys) -> Arc {
    let header = Header::parse(raw.as_bytes());
    verify(&header, raw.as_bytes().get(header.body_at..).unwrap(), keys)
}

#[test]
fn a_chain_of_two_holds_and_the_newest_counts() {
    let (raw, keys) = two_seals();
    let arc = verified(&raw, &keys);
    assert_eq!(
        (arc.chain, arc.sealers),
        (Chain::Holds, vec!["one.example".to_owned(), "two.example".to_owned()])
    );
    assert_eq!((arc.newest.server.as_str(), arc.newest.list.len()), ("two.example", 2));
    // The oldest may be broken by what the newest did; the rest of it is still sealed.
    assert_eq!(verified(&raw.replacen("subject:x", "subject: \t x", 1), &keys).chain, Chain::Holds);
}

#[test]
fn what_is_changed_breaks_it() {
    let (raw, keys) = two_seals();
    for (from, to) in [
        ("dkim=none", "dkim=pass"),
        ("dkim=pass", "dkim=fail"),
        ("hello", "hullo"),
        ("subject:x", "subject:y"),
        ("cv=none", "cv=pass"),
        ("cv=pass", "cv=fail"),
        ("i=1; one.example", "i=3; one.example"),
        ("arc-message-signature:i=2", "x-message-signature:i=2"),
        ("i=2; a=ed25519-sha256; d=two.example", "i=2; a=ed25519-sha256; d=one.example"),
    ] {
        assert_eq!(verified(&raw.replacen(from, to, 1), &keys).chain, Chain::Broken, "{from} -> {to}");
    }
    assert_eq!(verified(&raw, &()).chain, Chain::NoKey);
    assert_eq!(verified("From: a@b\r\n\r\nx", &keys).chain, Chain::None);
}
