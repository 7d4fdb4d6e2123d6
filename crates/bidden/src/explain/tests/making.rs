//! How the tests make messages and sign them, so that nothing rests on samples from elsewhere.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wire::dns_table::DnsTable;
use wire::mail::dkim::{Keys, canonical};

use crate::explain::rules::Rules;
use crate::explain::verdict::Verdict;
use crate::explain::{Answer, Explainer};

pub(super) const MS: &str = "accountprotection.microsoft.com";
pub(super) const ME: &str = "anna@campus.example.edu";
pub(super) const DATE: &str = "Thu, 11 Jun 2026 09:14:06 +0000";

/// The one key with which everything is signed here; which domains have it is told to the table.
pub(super) fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[42; 32]).unwrap()
}

pub(super) fn keys(domains: &[&str]) -> DnsTable {
    let mut table = DnsTable::default();
    for domain in domains {
        let record = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(key().public_key().as_ref()));
        table.insert(&format!("s._domainkey.{domain}"), vec![record]);
    }
    table
}

/// A mail as it is written, before anybody handed it over.
#[derive(Clone)]
pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) extra: String,
}

impl Mail {
    pub(super) fn new(from: &str, subject: &str, body: &str) -> Self {
        Self {
            from: from.to_owned(),
            to: ME.to_owned(),
            subject: subject.to_owned(),
            body: body.replace('\n', "\r\n"),
            extra: String::new(),
        }
    }

    pub(super) fn to(mut self, to: &str) -> Self {
        to.clone_into(&mut self.to);
        self
    }

    pub(super) fn html(mut self) -> Self {
        self.extra.push_str("Content-Type: text/html; charset=utf-8\r\n");
        self
    }

    pub(super) fn text(&self) -> String {
        format!(
            "From: {}\r\nDate: {DATE}\r\nSubject: {}\r\nTo: {}\r\nMessage-ID: <1@x.example>\r\n{}\r\n{}\r\n",
            self.from, self.subject, self.to, self.extra, self.body
        )
    }

    /// Signed by a domain, as RFC 6376 §3.7 says, over the fields that Microsoft's mails sign.
    pub(super) fn signed(&self, domain: &str) -> String {
        let body = format!("{}\r\n", self.body);
        let hash =
            digest::digest(&digest::SHA256, &canonical::body(canonical::Canon::Relaxed, body.as_bytes()));
        let tags = format!(
            "v=1; a=ed25519-sha256; c=relaxed/relaxed; d={domain}; s=s; h=from:date:subject:message-id; bh={}; b=",
            STANDARD.encode(hash.as_ref())
        );
        let fields = [
            format!("From: {}", self.from),
            format!("Date: {DATE}"),
            format!("Subject: {}", self.subject),
            "Message-ID: <1@x.example>".to_owned(),
        ];
        let mut signed = Vec::new();
        for field in fields {
            signed.extend_from_slice(&canonical::field(
                canonical::Canon::Relaxed,
                format!("{field}\r\n").as_bytes(),
            ));
        }
        signed.extend_from_slice(format!("dkim-signature:{tags}").as_bytes());
        let hash = digest::digest(&digest::SHA256, &signed);
        format!("DKIM-Signature: {tags}{}\r\n{}", STANDARD.encode(key().sign(hash.as_ref())), self.text())
    }
}

/// Taken in by Exchange Online from one of Microsoft's own servers.
pub(super) fn at_exchange(from: &str, results: &str, mail: &str) -> String {
    format!(
        "Received: from BL02.prod.outlook.com (2603:10a6::11) by HE1.prod.outlook.com; {DATE}\r\nAuthentication-Results: {results}\r\nReceived: from {from} by BL02.prod.outlook.com; {DATE}\r\n{mail}"
    )
}

pub(super) fn straight(mail: &str) -> String {
    let results = format!(
        "spf=pass smtp.mailfrom={MS}; dkim=pass header.d={MS};dmarc=pass action=none header.from={MS}"
    );
    at_exchange("x.outbound.protection.outlook.com (40.107.94.50)", &results, mail)
}

/// Taken in by a server of the campus, which says nothing about it.
pub(super) fn at_campus(from: &str, mail: &str) -> String {
    format!("Received: from {from} by mx.campus.example.edu with ESMTPS id 1; {DATE}\r\n{mail}")
}

pub(super) fn microsoft(subject: &str, body: &str) -> Mail {
    Mail::new(&format!("Microsoft account team <account-security-noreply@{MS}>"), subject, body)
}

pub(super) fn single_use(greeted: &str) -> Mail {
    microsoft(
        "Your single-use code",
        &format!(
            "Hi {greeted},\n\nWe received your request for a single-use code to use with your Microsoft account.\n\nYour single-use code is: 258798\n\nOnly enter this code on an official website or app. Don't share it with anyone. We'll never ask for it outside an official platform.\n"
        ),
    )
}

pub(super) fn explainer<K: Keys>(keys: K, rules: Rules) -> Explainer<K> {
    Explainer::new(keys, rules, None).unwrap()
}

pub(super) fn explained(raw: &str) -> Answer {
    explainer(
        keys(&[MS, "microsoftonline.com", "evil.example", "campus.example.edu", "mail.instagram.com"]),
        Rules::default(),
    )
    .mail(raw.as_bytes())
}

pub(super) fn verdict(raw: &str) -> Verdict {
    explained(raw).verdict
}

pub(super) fn short(text: &str) -> Verdict {
    explainer((), Rules::default()).short(text).verdict
}
