//! Signatures of the standards, and what breaks them.

use super::*;

/// RFC 8463 §A.3: one message, signed by Ed25519 and by RSA.
const EXAMPLE: &str = "\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
";

/// RFC 8463 §A.2.
struct Football;

impl Keys for Football {
    fn text(&self, name: &str) -> Option<Vec<String>> {
        let record = match name {
            "brisbane._domainkey.football.example.com" => {
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
            }
            "test._domainkey.football.example.com" => {
                "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR\
                 iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC\
                 DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3\
                 Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
            }
            _ => return Some(Vec::new()),
        };
        Some(vec![record.to_owned()])
    }
}

fn outcomes(raw: &str, keys: &dyn Keys) -> Vec<Outcome> {
    let header = Header::parse(raw.as_bytes());
    let body = raw.as_bytes().get(header.body_at..).unwrap();
    verify(&header, body, keys).into_iter().map(|one| one.outcome).collect()
}

#[test]
fn the_example_of_the_standard_holds_with_either_line_end() {
    for raw in [EXAMPLE.to_owned(), EXAMPLE.replace('\n', "\r\n")] {
        assert_eq!(outcomes(&raw, &Football), [Outcome::Pass, Outcome::Pass]);
    }
    let header = Header::parse(EXAMPLE.as_bytes());
    let checked = verify(&header, EXAMPLE.as_bytes().get(header.body_at..).unwrap(), &Football);
    assert_eq!(
        passed(&checked).map(|one| one.domain.as_str()).collect::<Vec<_>>(),
        ["football.example.com"; 2]
    );
    // 1,024 bits.
    assert_eq!(checked.iter().map(|one| one.weak).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn what_is_changed_does_not_hold() {
    use Outcome::{BodyChanged, NoKey, Pass, Revoked, Unusable, Wrong};
    let with = |from: &str, to: &str| outcomes(&EXAMPLE.replacen(from, to, 1), &Football);
    assert_eq!(with("hungry", "angry"), [BodyChanged; 2]);
    assert_eq!(with("dinner", "supper"), [Wrong; 2]);
    assert_eq!(with("From: Joe", "From: Jim"), [Wrong; 2]);
    assert_eq!(with("s=brisbane", "s=sydney"), [Revoked, Pass]);
    assert_eq!(with("a=ed25519-sha256", "a=rsa-sha256"), [Unusable, Pass]);
    assert_eq!(outcomes(EXAMPLE, &()), [NoKey; 2]);
    // Names that stand twice in h= forbid a second field (RFC 6376 §8.15).
    assert_eq!(with("To: Suzie", "From: a@evil.example\nTo: Suzie"), [Wrong; 2]);
    assert_eq!(with("To: Suzie", "X-Other: 1\nTo: Suzie"), [Pass; 2]);
}

#[test]
fn only_so_many_signatures_are_looked_at() {
    let many = format!("{}\nFrom: a@b.org\n\nx", "DKIM-Signature: v=1; a=b\n".repeat(100).trim_end());
    assert_eq!(outcomes(&many, &Football).len(), MOST);
}

#[test]
fn a_domain_is_within_itself_and_its_parents() {
    assert!(is_within("a.example.org", "example.org") && is_within("example.org", "example.org"));
    assert!(!is_within("badexample.org", "example.org") && !is_within("example.org", "a.example.org"));
    assert!(!is_within("example.org", ""));
}
