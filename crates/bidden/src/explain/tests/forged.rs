//! Who wrote it: what proves a sender, and what does not.

use super::making::{DATE, ME, MS, Mail, at_campus, explained, explainer, single_use, straight, verdict};
use crate::explain::rules::Rules;
use crate::explain::verdict::{AnyoneIn, Kind, Risk, Role, Sender};

#[test]
fn a_border_that_is_believed_is_enough_where_no_key_is_known() {
    let raw = straight(&single_use(ME).signed(MS));
    let answer = explainer((), Rules::default()).mail(raw.as_bytes());
    assert_eq!((answer.verdict.kind, answer.verdict.sender), (Kind::MsaSingleUseCode, Sender::Genuine));
    let no_results =
        at_campus("x.outbound.protection.outlook.com (40.107.94.50)", &single_use(ME).signed(MS));
    let answer = explainer((), Rules::default()).mail(no_results.as_bytes());
    assert_eq!(answer.verdict.sender, Sender::Unverifiable);
    assert!(
        answer
            .sections
            .iter()
            .flat_map(|section| &section.lines)
            .any(|line| line.text.contains("--dns-file"))
    );
    assert_eq!(verdict(&no_results).sender, Sender::Genuine);
}

#[test]
fn the_chain_of_an_own_mailbox_is_not_a_replay() {
    // From the mailbox at campus, to which it went, on to one at Gmail: SPF fails there, as it does for everything sent on.
    let results = format!(
        "mx.google.com; dkim=pass header.i=@{MS}; spf=softfail smtp.mailfrom=account-security-noreply@{MS}; dmarc=pass header.from={MS}"
    );
    let way = |mail: &str| {
        format!(
            "Delivered-To: anna.private@gmail.com\r\nReceived: from mx.campus.example.edu (mx.campus.example.edu. [192.0.2.25]) by mx.google.com with ESMTPS id 2; {DATE}\r\nAuthentication-Results: {results}\r\nReceived: from x.outbound.protection.outlook.com (40.107.94.50) by mx.campus.example.edu; {DATE}\r\n{mail}"
        )
    };
    let on = verdict(&way(&single_use(ME).signed(MS)));
    assert_eq!((on.sender, on.kind, on.risk), (Sender::GenuineForwarded, Kind::MsaSingleUseCode, Risk::Info));
    // The same, but about an account of whoever sent it on.
    let other = verdict(&way(&single_use("thief@outlook.example").signed(MS)));
    assert_eq!(
        (other.sender, other.role, other.anyone_in, other.risk),
        (Sender::Replayed, Role::NotAddressed, AnyoneIn::NotYou, Risk::Warn)
    );
}

#[test]
fn a_mail_that_was_changed_on_its_way_is_proved_by_the_chain_alone() {
    let results = format!(
        "mx.google.com; dkim=fail header.i=@{MS}; arc=pass (i=1); spf=pass smtp.mailfrom=anna@campus.example.edu; dmarc=fail (p=REJECT) header.from={MS}"
    );
    let way = |chain: &str| {
        let mail = single_use(ME).signed(MS).replace("Don't share", "[External] Don't share");
        format!(
            "Delivered-To: anna.private@gmail.com\r\nReceived: from x.outbound.protection.outlook.com (x.outbound.protection.outlook.com. [40.107.1.1]) by mx.google.com with ESMTPS id 2; {DATE}\r\nAuthentication-Results: {results}\r\n{chain}{mail}"
        )
    };
    let set = |sealer: &str| {
        format!(
            "ARC-Seal: i=1; a=rsa-sha256; s=a; d={sealer}; cv=none; b=AAAA\r\nARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d={sealer}; s=a; h=From; bh=AAAA; b=AAAA\r\nARC-Authentication-Results: i=1; mx.microsoft.com 1; spf=pass smtp.mailfrom={MS}; dmarc=pass action=none header.from={MS}; dkim=pass header.d={MS}; arc=none\r\n"
        )
    };
    assert_eq!(verdict(&way(&set("microsoft.com"))).sender, Sender::GenuineForwarded);
    // Anybody can seal; and without a chain nobody knows what the text was.
    assert_eq!(verdict(&way(&set("evil.example"))).sender, Sender::Unverifiable);
    assert_eq!(verdict(&way("")).sender, Sender::Unverifiable);
}

#[test]
fn row_53_a_real_mail_sent_to_somebody_else_is_not_taken_for_one_about_the_reader() {
    let results = format!(
        "mx.google.com; dkim=pass header.i=@{MS}; spf=fail smtp.mailfrom=x@relay.example; dmarc=pass header.from={MS}"
    );
    let way = |mail: &str| {
        format!(
            "Delivered-To: {ME}\r\nReceived: from relay.example (relay.example. [198.51.100.7]) by mx.google.com with ESMTPS id 2; {DATE}\r\nAuthentication-Results: {results}\r\n{mail}"
        )
    };
    for mail in [
        single_use("thief@outlook.example").to("undisclosed-recipients:;"),
        single_use("thief@outlook.example").to(ME),
        single_use("thief@outlook.example").to("thief@outlook.example"),
    ] {
        let answer = explained(&way(&mail.signed(MS)));
        assert_eq!(
            (answer.verdict.sender, answer.verdict.role),
            (Sender::Replayed, Role::NotAddressed),
            "{}",
            mail.to
        );
    }
}

#[test]
fn row_53_a_forged_mail_is_never_proved() {
    // As forgers write it: by name, by look-alike domain, by field, by results of their own.
    let evil =
        |mail: Mail| at_campus("evil.example (evil.example [198.51.100.8])", &mail.signed("evil.example"));
    let lookalike = single_use(ME);
    let of = |from: &str| Mail { from: from.to_owned(), ..lookalike.clone() };
    for (name, raw) in [
        ("another address", evil(of("Microsoft account team <a@evil.example>"))),
        ("an address for a name", evil(of(&format!("\"account-security-noreply@{MS}\" <a@evil.example>")))),
        ("a domain below", evil(of(&format!("Microsoft <a@{MS}.evil.example>")))),
        ("letters that look alike", evil(of("Micrоsоft account team <a@evil.example>"))),
        (
            "another signer",
            at_campus("evil.example (evil.example [198.51.100.8])", &lookalike.signed("evil.example")),
        ),
        (
            "own results",
            at_campus(
                "evil.example (evil.example [198.51.100.8])",
                &format!(
                    "Authentication-Results: mx.campus.example.edu; dkim=pass header.d={MS}; dmarc=pass header.from={MS}\r\n{}",
                    lookalike.text()
                ),
            ),
        ),
        ("two From", evil(Mail { extra: "From: b@evil.example\r\n".to_owned(), ..lookalike.clone() })),
        ("two addresses", evil(of(&format!("Microsoft <a@{MS}>, b@evil.example")))),
        (
            "changed after it was signed",
            straight(&lookalike.signed(MS))
                .replace("spf=pass", "spf=fail")
                .replace("dkim=pass", "dkim=fail")
                .replace("dmarc=pass action=none", "dmarc=fail action=oreject")
                .replace("258798", "111111"),
        ),
    ] {
        let verdict = verdict(&raw);
        assert!(!matches!(verdict.sender, Sender::Genuine | Sender::GenuineForwarded), "{name}: {verdict:?}");
        assert!(verdict.risk >= Risk::Warn || verdict.sender == Sender::Unverifiable, "{name}: {verdict:?}");
    }
    let answer = explained(&evil(Mail {
        body: format!("{}\r\nhttps://evil.example/verify", lookalike.body),
        ..of("Microsoft account team <a@evil.example>")
    }));
    assert_eq!(
        (answer.verdict.kind, answer.verdict.sender, answer.verdict.risk),
        (Kind::ForgedCode, Sender::AuthenticatedOtherDomain, Risk::Danger)
    );
}

#[test]
fn what_stands_after_the_signed_part_is_not_signed() {
    let mail = single_use(ME);
    let signed = mail.signed(MS);
    let appended = format!("{signed}\r\nCall +1 888 555 0100\r\n");
    assert_ne!(
        verdict(&at_campus("x.outbound.protection.outlook.com (40.107.94.50)", &appended)).sender,
        Sender::Genuine
    );
}
