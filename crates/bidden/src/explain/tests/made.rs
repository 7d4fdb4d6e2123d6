//! One message of every kind, made and signed here, so that nothing rests on samples from elsewhere.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wire::dns_table::DnsTable;
use wire::mail::dkim::{Keys, canonical};
use wire::sign_in_policy::SignInPolicy;

use super::everything;
use crate::explain::rules::Rules;
use crate::explain::verdict::{Account, AnyoneIn, IsMfa, Kind, PasswordUsed, Risk, Role, Sender, Verdict};
use crate::explain::{Answer, Explainer};

const MS: &str = "accountprotection.microsoft.com";
const ME: &str = "anna@campus.example.edu";
const DATE: &str = "Thu, 11 Jun 2026 09:14:06 +0000";

/// The one key with which everything is signed here; which domains have it is told to the table.
fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[42; 32]).unwrap()
}

fn keys(domains: &[&str]) -> DnsTable {
    let mut table = DnsTable::default();
    for domain in domains {
        let record = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(key().public_key().as_ref()));
        table.insert(&format!("s._domainkey.{domain}"), vec![record]);
    }
    table
}

/// A mail as it is written, before anybody handed it over.
#[derive(Clone)]
struct Mail {
    from: String,
    to: String,
    subject: String,
    body: String,
    extra: String,
}

impl Mail {
    fn new(from: &str, subject: &str, body: &str) -> Self {
        Self { from: from.to_owned(), to: ME.to_owned(), subject: subject.to_owned(), body: body.replace('\n', "\r\n"), extra: String::new() }
    }

    fn to(mut self, to: &str) -> Self {
        to.clone_into(&mut self.to);
        self
    }

    fn html(mut self) -> Self {
        self.extra.push_str("Content-Type: text/html; charset=utf-8\r\n");
        self
    }

    fn text(&self) -> String {
        format!("From: {}\r\nDate: {DATE}\r\nSubject: {}\r\nTo: {}\r\nMessage-ID: <1@x.example>\r\n{}\r\n{}\r\n", self.from, self.subject, self.to, self.extra, self.body)
    }

    /// Signed by a domain, as RFC 6376 §3.7 says, over the fields that Microsoft's mails sign.
    fn signed(&self, domain: &str) -> String {
        let body = format!("{}\r\n", self.body);
        let hash = digest::digest(&digest::SHA256, &canonical::body(canonical::Canon::Relaxed, body.as_bytes()));
        let tags = format!("v=1; a=ed25519-sha256; c=relaxed/relaxed; d={domain}; s=s; h=from:date:subject:message-id; bh={}; b=", STANDARD.encode(hash.as_ref()));
        let fields = [format!("From: {}", self.from), format!("Date: {DATE}"), format!("Subject: {}", self.subject), "Message-ID: <1@x.example>".to_owned()];
        let mut signed = Vec::new();
        for field in fields {
            signed.extend_from_slice(&canonical::field(canonical::Canon::Relaxed, format!("{field}\r\n").as_bytes()));
        }
        signed.extend_from_slice(format!("dkim-signature:{tags}").as_bytes());
        let hash = digest::digest(&digest::SHA256, &signed);
        format!("DKIM-Signature: {tags}{}\r\n{}", STANDARD.encode(key().sign(hash.as_ref())), self.text())
    }
}

/// Taken in by Exchange Online from one of Microsoft's own servers.
fn at_exchange(from: &str, results: &str, mail: &str) -> String {
    format!("Received: from BL02.prod.outlook.com (2603:10a6::11) by HE1.prod.outlook.com; {DATE}\r\nAuthentication-Results: {results}\r\nReceived: from {from} by BL02.prod.outlook.com; {DATE}\r\n{mail}")
}

fn straight(mail: &str) -> String {
    let results = format!("spf=pass smtp.mailfrom={MS}; dkim=pass header.d={MS};dmarc=pass action=none header.from={MS}");
    at_exchange("x.outbound.protection.outlook.com (40.107.94.50)", &results, mail)
}

/// Taken in by a server of the campus, which says nothing about it.
fn at_campus(from: &str, mail: &str) -> String {
    format!("Received: from {from} by mx.campus.example.edu with ESMTPS id 1; {DATE}\r\n{mail}")
}

fn microsoft(subject: &str, body: &str) -> Mail {
    Mail::new(&format!("Microsoft account team <account-security-noreply@{MS}>"), subject, body)
}

fn single_use(greeted: &str) -> Mail {
    microsoft("Your single-use code", &format!("Hi {greeted},\n\nWe received your request for a single-use code to use with your Microsoft account.\n\nYour single-use code is: 258798\n\nOnly enter this code on an official website or app. Don't share it with anyone. We'll never ask for it outside an official platform.\n"))
}

fn explainer(keys: impl Keys + 'static, rules: Rules) -> Explainer {
    Explainer::new(Box::new(keys), rules, None).unwrap()
}

fn explained(raw: &str) -> Answer {
    explainer(keys(&[MS, "microsoftonline.com", "evil.example", "campus.example.edu", "mail.instagram.com"]), Rules::default()).mail(raw.as_bytes())
}

fn verdict(raw: &str) -> Verdict {
    explained(raw).verdict
}

fn short(text: &str) -> Verdict {
    explainer((), Rules::default()).short(text).verdict
}

#[test]
fn a_single_use_code_is_told_by_whom_it_is_and_for_which_account() {
    let own = verdict(&straight(&single_use(ME).signed(MS)));
    assert_eq!(
        own,
        Verdict {
            kind: Kind::MsaSingleUseCode,
            sender: Sender::Genuine,
            account: Account::Personal,
            role: Role::PrimaryOrAlias,
            is_mfa: IsMfa::No,
            password_used: PasswordUsed::No,
            anyone_in: AnyoneIn::NotUnlessCodeUsed,
            risk: Risk::Info,
        }
    );
    let other = verdict(&straight(&single_use("somebody@live.example").signed(MS)));
    assert_eq!((other.sender, other.role), (Sender::Genuine, Role::Recovery));
    // Masked, as newer mails are.
    assert_eq!(verdict(&straight(&single_use("an**a@campus.example.edu").signed(MS))).role, Role::PrimaryOrAlias);
    assert_eq!(verdict(&straight(&single_use("bo**b@campus.example.edu").signed(MS))).role, Role::Recovery);
}

#[test]
fn a_border_that_is_believed_is_enough_where_no_key_is_known() {
    let raw = straight(&single_use(ME).signed(MS));
    let answer = explainer((), Rules::default()).mail(raw.as_bytes());
    assert_eq!((answer.verdict.kind, answer.verdict.sender), (Kind::MsaSingleUseCode, Sender::Genuine));
    let no_results = at_campus("x.outbound.protection.outlook.com (40.107.94.50)", &single_use(ME).signed(MS));
    let answer = explainer((), Rules::default()).mail(no_results.as_bytes());
    assert_eq!(answer.verdict.sender, Sender::Unverifiable);
    assert!(answer.sections.iter().flat_map(|section| &section.lines).any(|line| line.text.contains("--dns-file")));
    assert_eq!(verdict(&no_results).sender, Sender::Genuine);
}

#[test]
fn the_chain_of_an_own_mailbox_is_not_a_replay() {
    // From the mailbox at campus, to which it went, on to one at Gmail: SPF fails there, as it does for everything sent on.
    let results = format!("mx.google.com; dkim=pass header.i=@{MS}; spf=softfail smtp.mailfrom=account-security-noreply@{MS}; dmarc=pass header.from={MS}");
    let way = |mail: &str| format!("Delivered-To: anna.private@gmail.com\r\nReceived: from mx.campus.example.edu (mx.campus.example.edu. [192.0.2.25]) by mx.google.com with ESMTPS id 2; {DATE}\r\nAuthentication-Results: {results}\r\nReceived: from x.outbound.protection.outlook.com (40.107.94.50) by mx.campus.example.edu; {DATE}\r\n{mail}");
    let on = verdict(&way(&single_use(ME).signed(MS)));
    assert_eq!((on.sender, on.kind, on.risk), (Sender::GenuineForwarded, Kind::MsaSingleUseCode, Risk::Info));
    // The same, but about an account of whoever sent it on.
    let other = verdict(&way(&single_use("thief@outlook.example").signed(MS)));
    assert_eq!((other.sender, other.role, other.anyone_in, other.risk), (Sender::Replayed, Role::NotAddressed, AnyoneIn::NotYou, Risk::Warn));
}

#[test]
fn a_mail_that_was_changed_on_its_way_is_proved_by_the_chain_alone() {
    let results = format!("mx.google.com; dkim=fail header.i=@{MS}; arc=pass (i=1); spf=pass smtp.mailfrom=anna@campus.example.edu; dmarc=fail (p=REJECT) header.from={MS}");
    let way = |chain: &str| {
        let mail = single_use(ME).signed(MS).replace("Don't share", "[External] Don't share");
        format!("Delivered-To: anna.private@gmail.com\r\nReceived: from x.outbound.protection.outlook.com (x.outbound.protection.outlook.com. [40.107.1.1]) by mx.google.com with ESMTPS id 2; {DATE}\r\nAuthentication-Results: {results}\r\n{chain}{mail}")
    };
    let set = |sealer: &str| format!("ARC-Seal: i=1; a=rsa-sha256; s=a; d={sealer}; cv=none; b=AAAA\r\nARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d={sealer}; s=a; h=From; bh=AAAA; b=AAAA\r\nARC-Authentication-Results: i=1; mx.microsoft.com 1; spf=pass smtp.mailfrom={MS}; dmarc=pass action=none header.from={MS}; dkim=pass header.d={MS}; arc=none\r\n");
    assert_eq!(verdict(&way(&set("microsoft.com"))).sender, Sender::GenuineForwarded);
    // Anybody can seal; and without a chain nobody knows what the text was.
    assert_eq!(verdict(&way(&set("evil.example"))).sender, Sender::Unverifiable);
    assert_eq!(verdict(&way("")).sender, Sender::Unverifiable);
}

#[test]
fn row_53_a_real_mail_sent_to_somebody_else_is_not_taken_for_one_about_the_reader() {
    let results = format!("mx.google.com; dkim=pass header.i=@{MS}; spf=fail smtp.mailfrom=x@relay.example; dmarc=pass header.from={MS}");
    let way = |mail: &str| format!("Delivered-To: {ME}\r\nReceived: from relay.example (relay.example. [198.51.100.7]) by mx.google.com with ESMTPS id 2; {DATE}\r\nAuthentication-Results: {results}\r\n{mail}");
    for mail in [single_use("thief@outlook.example").to("undisclosed-recipients:;"), single_use("thief@outlook.example").to(ME), single_use("thief@outlook.example").to("thief@outlook.example")] {
        let answer = explained(&way(&mail.signed(MS)));
        assert_eq!((answer.verdict.sender, answer.verdict.role), (Sender::Replayed, Role::NotAddressed), "{}", mail.to);
    }
}

#[test]
fn row_53_a_forged_mail_is_never_proved() {
    // As forgers write it: by name, by look-alike domain, by field, by results of their own.
    let evil = |mail: Mail| at_campus("evil.example (evil.example [198.51.100.8])", &mail.signed("evil.example"));
    let lookalike = single_use(ME);
    let of = |from: &str| Mail { from: from.to_owned(), ..lookalike.clone() };
    for (name, raw) in [
        ("another address", evil(of("Microsoft account team <a@evil.example>"))),
        ("an address for a name", evil(of(&format!("\"account-security-noreply@{MS}\" <a@evil.example>")))),
        ("a domain below", evil(of(&format!("Microsoft <a@{MS}.evil.example>")))),
        ("letters that look alike", evil(of("Micrоsоft account team <a@evil.example>"))),
        ("another signer", at_campus("evil.example (evil.example [198.51.100.8])", &lookalike.signed("evil.example"))),
        ("own results", at_campus("evil.example (evil.example [198.51.100.8])", &format!("Authentication-Results: mx.campus.example.edu; dkim=pass header.d={MS}; dmarc=pass header.from={MS}\r\n{}", lookalike.text()))),
        ("two From", evil(Mail { extra: "From: b@evil.example\r\n".to_owned(), ..lookalike.clone() })),
        ("two addresses", evil(of(&format!("Microsoft <a@{MS}>, b@evil.example")))),
        ("changed after it was signed", straight(&lookalike.signed(MS)).replace("spf=pass", "spf=fail").replace("dkim=pass", "dkim=fail").replace("dmarc=pass action=none", "dmarc=fail action=oreject").replace("258798", "111111")),
    ] {
        let verdict = verdict(&raw);
        assert!(!matches!(verdict.sender, Sender::Genuine | Sender::GenuineForwarded), "{name}: {verdict:?}");
        assert!(verdict.risk >= Risk::Warn || verdict.sender == Sender::Unverifiable, "{name}: {verdict:?}");
    }
    let answer = explained(&evil(Mail { body: format!("{}\r\nhttps://evil.example/verify", lookalike.body), ..of("Microsoft account team <a@evil.example>") }));
    assert_eq!((answer.verdict.kind, answer.verdict.sender, answer.verdict.risk), (Kind::ForgedCode, Sender::AuthenticatedOtherDomain, Risk::Danger));
}

#[test]
fn what_stands_after_the_signed_part_is_not_signed() {
    let mail = single_use(ME);
    let signed = mail.signed(MS);
    let appended = format!("{signed}\r\nCall +1 888 555 0100\r\n");
    assert_ne!(verdict(&at_campus("x.outbound.protection.outlook.com (40.107.94.50)", &appended)).sender, Sender::Genuine);
}

#[test]
fn other_codes_of_microsoft_are_told_apart() {
    let proved = |mail: Mail| verdict(&straight(&mail.signed(MS)));
    let security = proved(microsoft("Microsoft account security code", "Please use the following security code for the Microsoft account an**a@campus.example.edu.\n\nSecurity code: 771204\n"));
    assert_eq!((security.kind, security.role, security.is_mfa, security.password_used), (Kind::MsaSecurityCode, Role::PrimaryOrAlias, IsMfa::Unknown, PasswordUsed::Unknown));
    let reset = proved(microsoft("Microsoft account password reset", "Please use this code to reset the password for the Microsoft account ot***r@live.example.\n\nHere is your code: 7712045\n"));
    assert_eq!((reset.kind, reset.role), (Kind::MsaSecurityCode, Role::Recovery));
    let new = proved(microsoft("Verify your email address", "To finish setting up your Microsoft account, we just need to make sure this email address is yours.\n\nTo verify your email address use this security code: 402817\n"));
    assert_eq!((new.kind, new.role), (Kind::MsaNewAccount, Role::NewAccount));
    let guest = Mail::new(&format!("Fabrikam (via Microsoft) <account-security-noreply@{MS}>"), "Your Fabrikam account verification code", "To access Fabrikam's apps and resources, please use the code below for account verification.\n\nAccount verification code:\n84013795\n");
    let answer = explained(&straight(&guest.signed(MS)));
    assert_eq!((answer.verdict.kind, answer.verdict.account), (Kind::GuestOtp, Account::Guest));
    assert!(answer.sections.iter().flat_map(|section| &section.lines).any(|line| line.text.contains("Fabrikam")));
    let unusual = proved(microsoft("Microsoft account unusual sign-in activity", "We detected something unusual about a recent sign-in to the Microsoft account anna@campus.example.edu.\n"));
    assert_eq!((unusual.kind, unusual.risk, unusual.anyone_in, unusual.password_used), (Kind::MsaUnusualSignin, Risk::Act, AnyoneIn::Possible, PasswordUsed::Likely));
    let change = proved(microsoft("Microsoft account security info was added", "The following security info was recently added to the Microsoft account anna@campus.example.edu\n"));
    assert_eq!((change.kind, change.risk), (Kind::MsaSecurityChange, Risk::Act));
    let unknown = proved(microsoft("Hello", "Something quite new. Your verification code is 123456 for whatever this is.\n"));
    assert_eq!(unknown.kind, Kind::UnknownCode);
}

#[test]
fn the_same_is_told_in_other_languages() {
    for (subject, body) in [
        ("Ihr Einmalcode", "Hallo anna@campus.example.edu,\n\nWir haben Ihre Anforderung eines Einmalcodes erhalten, den Sie mit Ihrem Microsoft-Konto verwenden können.\n\nIhr Einmalcode lautet: 258798\n"),
        ("Tu código de un solo uso", "Hola, anna@campus.example.edu:\n\nHemos recibido tu solicitud de código de un solo uso para tu cuenta Microsoft.\n\nTu código de un solo uso es: 258798\n"),
        ("Votre code à usage unique", "Bonjour anna@campus.example.edu,\n\nNous avons reçu votre demande de code à usage unique à utiliser avec votre compte Microsoft.\n\nVotre code à usage unique est : 258798\n"),
        ("Seu código de uso único", "Olá, anna@campus.example.edu,\n\nRecebemos sua solicitação de um código de uso único para usar com sua conta da Microsoft.\n\nSeu código de uso único é: 258798\n"),
        ("お客様の使い捨てコード", "anna@campus.example.edu 様\n\nMicrosoft アカウントで使用する使い捨てコードのリクエストを受け取りました。\n\nお客様の使い捨てコード: 258798\n"),
    ] {
        let verdict = verdict(&straight(&microsoft(subject, body).signed(MS)));
        assert_eq!((verdict.kind, verdict.sender, verdict.role), (Kind::MsaSingleUseCode, Sender::Genuine, Role::PrimaryOrAlias), "{subject}");
    }
}

#[test]
fn a_code_of_an_organisation_is_told_from_a_personal_one() {
    let mail = Mail::new("Microsoft on behalf of Contoso <msonlineservicesteam@microsoftonline.com>", "Contoso account email verification code", "Verify your email address\n\nThanks for verifying your anna@contoso.example account!\n\nYour code is: 117392\n\nSincerely,\nContoso\n");
    let answer = explained(&at_campus("x.outbound.protection.outlook.com (40.107.94.50)", &mail.signed("microsoftonline.com")));
    let verdict = answer.verdict;
    assert_eq!((verdict.kind, verdict.sender, verdict.account, verdict.role, verdict.password_used), (Kind::OrgResetCode, Sender::Genuine, Account::Organisation, Role::Recovery, PasswordUsed::No));
    let second = short("Use verification code 117392 for Microsoft authentication.");
    assert_eq!((second.kind, second.password_used, second.is_mfa, second.risk), (Kind::OrgMfaCode, PasswordUsed::Yes, IsMfa::Yes, Risk::Act));
}

#[test]
fn a_device_code_is_a_lure_whoever_sends_it_and_however_it_is_written() {
    let lures = [
        Mail::new("VoiceHub <a@evil.example>", "Voicemail", "1. Copy your access code: HK4TMR7QP\n2. Open https://microsoft.com/devicelogin and paste it\n"),
        Mail::new("IT <a@evil.example>", "Meeting", "Join: enter HK4T MR7QP at login.microsoftonline.com/common/oauth2/deviceauth\n"),
        Mail::new("IT <a@evil.example>", "Meeting", "Go to microsoft . com / devicelogin and use the code HK4T-MR7QP\n"),
        Mail::new("IT <a@evil.example>", "Document", "<p>Enter <b>HK4T</b><span style=\"font-size:0\">xx</span><b>MR7QP</b> at <a href=\"https://eur.safelinks.protection.outlook.com/?url=https%3A%2F%2Faka.ms%2Fdevicelogin\">the portal</a></p>\n").html(),
        Mail::new("GitHub <a@evil.example>", "Invitation", "Enter WDJB-MJHT at https://github.com/login/device\n"),
        Mail::new("IT <a@evil.example>", "Codes", "The link below gives you your code. Enter the code at https://microsoft.com/link\n"),
        microsoft("Your code", "Enter code HK4TMR7QP at https://microsoft.com/devicelogin\n"),
    ];
    for mail in lures {
        let answer = explained(&at_campus("evil.example (evil.example [198.51.100.8])", &mail.signed("evil.example")));
        let verdict = answer.verdict;
        assert_eq!((verdict.kind, verdict.risk, verdict.anyone_in, verdict.is_mfa), (Kind::DeviceCodeLure, Risk::Danger, AnyoneIn::IfEntered, IsMfa::Bypasses), "{}", mail.body);
        let to_do = &answer.sections.iter().find(|section| section.id == "do").unwrap().lines;
        assert!(to_do.first().is_some_and(|line| line.text.contains("if you entered it")), "{to_do:?}");
    }
    let text = short("Your Teams invite: enter code HK4TMR7QP at microsoft.com/devicelogin to listen");
    assert_eq!((text.kind, text.sender), (Kind::DeviceCodeLure, Sender::Unverifiable));
    for howto in ["To sign in with the command line, run az login, open https://microsoft.com/devicelogin and enter the code shown in your terminal.", "Warning: never enter a code that somebody sent you at microsoft.com/devicelogin."] {
        let mail = Mail::new("Help <help@campus.example.edu>", "How to", howto);
        assert_eq!(verdict(&at_campus("mail.campus.example.edu (mail.campus.example.edu [192.0.2.4])", &mail.signed("campus.example.edu"))).kind, Kind::DeviceCodeHowto, "{howto}");
    }
}

#[test]
fn text_messages_are_told_by_their_shape_and_never_proved() {
    for (text, kind, sender, account) in [
        ("Use 3420 as Microsoft account security code. Go passwordless with the app, http://aka.ms/authapp", Kind::MsaSecurityCode, Sender::Unverifiable, Account::Personal),
        ("Microsoft: your code 220913. If you did not request it call 1-888-555-0100 immediately", Kind::ForgedCode, Sender::Suspicious, Account::None),
        ("Your Microsoft account security code is 220913. Verify at https://ms-login.example/a", Kind::ForgedCode, Sender::Suspicious, Account::None),
        ("This is Microsoft fraud desk. Reply with the 6 digit code we just sent to block the attacker", Kind::CodeRequest, Sender::Suspicious, Account::None),
        ("G-482913 is your Google verification code.", Kind::OtherCode, Sender::Unverifiable, Account::Personal),
        ("491877 is your sign-in code.\n\n@login.example.org #491877", Kind::OtherCode, Sender::Unverifiable, Account::Unknown),
        ("Open Authenticator and type 42 to keep your mailbox", Kind::MfaPromptLure, Sender::Suspicious, Account::Organisation),
        ("Your Apple Account code is: 482913. Don't share it with anyone.", Kind::OtherCode, Sender::Unverifiable, Account::Personal),
        ("First Bank: your one-time passcode is 482913. We will never ask for it.", Kind::OtherCode, Sender::Unverifiable, Account::Unknown),
        ("123456 is your Microsoft account security code\n\n@ms-login.example #123456", Kind::ForgedCode, Sender::Suspicious, Account::None),
        ("Hi, I sent my code to you by mistake, can you send it to me?", Kind::CodeRequest, Sender::Suspicious, Account::None),
        ("Your parcel arrives today between 9 and 11", Kind::NotACode, Sender::Unverifiable, Account::None),
        ("Microsoft Store: your order 884213 for 59.99 shipped", Kind::NotACode, Sender::Unverifiable, Account::None),
        ("", Kind::NotACode, Sender::Unverifiable, Account::None),
    ] {
        let verdict = short(text);
        assert_eq!((verdict.kind, verdict.sender, verdict.account), (kind, sender, account), "{text}");
    }
}

#[test]
fn codes_of_others_are_named_and_foreign_senders_seen() {
    let mail = Mail::new("Instagram <security@mail.instagram.com>", "123456 is your Instagram code", "Someone tried to log in to your Instagram account. If this was you, use this code: 123456\n");
    let way = |mail: &str| format!("Received: from mx-out.facebook.com (mx-out.facebook.com [69.171.232.1]) by mx.campus.example.edu; {DATE}\r\n{mail}");
    let proved = verdict(&way(&mail.signed("mail.instagram.com")));
    assert_eq!((proved.kind, proved.sender, proved.account), (Kind::OtherCode, Sender::Genuine, Account::Personal));
    let forged = verdict(&at_campus("evil.example (evil.example [198.51.100.8])", &Mail { from: "Instagram <a@evil.example>".to_owned(), ..mail }.signed("evil.example")));
    assert_eq!((forged.kind, forged.risk), (Kind::ForgedCode, Risk::Danger));
    let unknown = verdict(&at_campus("evil.example (evil.example [198.51.100.8])", &Mail::new("Some Shop <a@evil.example>", "Your login code", "Your login code is 482913\n").signed("evil.example")));
    assert_eq!((unknown.kind, unknown.sender, unknown.account, unknown.risk), (Kind::OtherCode, Sender::AuthenticatedOtherDomain, Account::Unknown, Risk::Info));
    let github = verdict(&at_campus("o1.github.com (o1.github.com [192.30.252.1])", &Mail::new("GitHub <noreply@github.com>", "[GitHub] Please verify your device", "A sign in attempt requires further verification because we did not recognize your device.\n\nVerification code: 482913\n").text()));
    assert_eq!((github.kind, github.password_used, github.risk), (Kind::OtherCode, PasswordUsed::Yes, Risk::Act));
}

#[test]
fn what_was_forwarded_is_explained_as_far_as_it_can_be() {
    let inner = straight(&single_use(ME).signed(MS));
    let attached = format!("Received: from outlook.office365.com (40.92.1.1) by mx.campus.example.edu; {DATE}\r\nFrom: {ME}\r\nTo: help@campus.example.edu\r\nSubject: Fwd: real?\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n--zz\r\n\r\nreal?\r\n--zz\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--zz--\r\n");
    let answer = explained(&attached);
    assert_eq!((answer.verdict.sender, answer.verdict.role, answer.form), (Sender::GenuineInnerUnverified, Role::PrimaryOrAlias, "attached"));
    let text = single_use(ME).body;
    let inline = format!("From: {ME}\r\nTo: help@campus.example.edu\r\nSubject: FW: Your single-use code\r\n\r\nok?\r\n\r\n-----Original Message-----\r\nFrom: Microsoft account team <account-security-noreply@{MS}>\r\nTo: {ME}\r\nSubject: Your single-use code\r\n\r\n{text}\r\n");
    let answer = explained(&inline);
    assert_eq!((answer.verdict.sender, answer.verdict.kind, answer.verdict.role), (Sender::Unverifiable, Kind::MsaSingleUseCode, Role::PrimaryOrAlias));
    assert!(!everything(&explainer((), Rules::default()), &answer).contains("genuine"));
}

#[test]
fn what_is_no_code_is_called_none() {
    let menu = Mail::new("Cafe <cafe@campus.example.edu>", "Lunch menu", "Soup.\n");
    let verdict = verdict(&at_campus("int (10.0.0.2)", &menu.signed("campus.example.edu")));
    assert_eq!((verdict.kind, verdict.sender, verdict.risk), (Kind::NotACode, Sender::AuthenticatedOtherDomain, Risk::None));
}

#[test]
fn an_organisation_s_rules_are_said() {
    let rules = Rules::parse("name = \"Example University\"\ndomains = [\"example.edu\"]\nnever_mails_codes = true\nhelp_desk = \"help@example.edu\"\n").unwrap();
    let explainer = explainer(keys(&[MS]), rules);
    let said = |answer: &Answer| everything(&explainer, answer).split_whitespace().collect::<Vec<_>>().join(" ");
    let real = said(&explainer.mail(straight(&single_use(ME).signed(MS)).as_bytes()));
    assert!(real.contains("Example University never mails such codes") && real.contains("help@example.edu"), "{real}");
    let lure = said(&explainer.short("enter code HK4TMR7QP at microsoft.com/devicelogin"));
    assert!(lure.contains("tell help@example.edu now"), "{lure}");
    let claimed = explainer.mail(at_campus("x.example (x.example [192.0.2.9])", &Mail::new("IT <it@example.edu>", "Your sign-in code", "Your sign-in code is 482913\n").text()).as_bytes());
    assert_eq!((claimed.verdict.kind, claimed.verdict.risk), (Kind::ForgedCode, Risk::Danger));
}

#[test]
fn mails_of_bidden_are_known() {
    let body = "Somebody asked for a sign-in code for your account at Example (id.example.org). If that was you, type the code below on the page where you asked for it. If it was not, nobody gets in without the code, and you do not need to do anything.\n\nAccount: anna@campus.example.edu, an account of Example University\nSign-in code: BCDF-GHJK\n\nNobody who calls or writes to you may be given this code: not support, not the police, nobody.\n\n@id.example.org #BCDFGHJK\n";
    let mail = Mail::new("Example <sign-in@evil.example>", "Your sign-in code for Example (amber-falcon)", body);
    let raw = at_campus("evil.example (evil.example [192.0.2.8])", &mail.signed("evil.example"));
    let unknown = verdict(&raw);
    assert_eq!((unknown.kind, unknown.sender, unknown.account, unknown.password_used), (Kind::BiddenCode, Sender::AuthenticatedOtherDomain, Account::Organisation, PasswordUsed::No));
    let mut rules = Rules::default();
    rules.learn(&SignInPolicy { site: "Example".to_owned(), domain: None, never_mails_codes: false, mail_from: Some("sign-in@evil.example".to_owned()) });
    assert_eq!(explainer(keys(&["evil.example"]), rules).mail(raw.as_bytes()).verdict.sender, Sender::Genuine);
}
