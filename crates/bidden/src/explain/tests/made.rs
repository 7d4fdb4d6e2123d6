//! One message of every kind, made and signed here.

use wire::sign_in_policy::SignInPolicy;

use super::everything;
use super::making::{
    DATE, ME, MS, Mail, at_campus, explained, explainer, keys, microsoft, short, single_use, straight,
    verdict,
};
use crate::explain::Answer;
use crate::explain::rules::Rules;
use crate::explain::verdict::{Account, AnyoneIn, IsMfa, Kind, PasswordUsed, Risk, Role, Sender, Verdict};

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
    assert_eq!(
        verdict(&straight(&single_use("an**a@campus.example.edu").signed(MS))).role,
        Role::PrimaryOrAlias
    );
    assert_eq!(verdict(&straight(&single_use("bo**b@campus.example.edu").signed(MS))).role, Role::Recovery);
}

#[test]
fn other_codes_of_microsoft_are_told_apart() {
    let proved = |mail: Mail| verdict(&straight(&mail.signed(MS)));
    let security = proved(microsoft(
        "Microsoft account security code",
        "Please use the following security code for the Microsoft account an**a@campus.example.edu.\n\nSecurity code: 771204\n",
    ));
    assert_eq!(
        (security.kind, security.role, security.is_mfa, security.password_used),
        (Kind::MsaSecurityCode, Role::PrimaryOrAlias, IsMfa::Unknown, PasswordUsed::Unknown)
    );
    let reset = proved(microsoft(
        "Microsoft account password reset",
        "Please use this code to reset the password for the Microsoft account ot***r@live.example.\n\nHere is your code: 7712045\n",
    ));
    assert_eq!((reset.kind, reset.role), (Kind::MsaSecurityCode, Role::Recovery));
    let new = proved(microsoft(
        "Verify your email address",
        "To finish setting up your Microsoft account, we just need to make sure this email address is yours.\n\nTo verify your email address use this security code: 402817\n",
    ));
    assert_eq!((new.kind, new.role), (Kind::MsaNewAccount, Role::NewAccount));
    let guest = Mail::new(
        &format!("Fabrikam (via Microsoft) <account-security-noreply@{MS}>"),
        "Your Fabrikam account verification code",
        "To access Fabrikam's apps and resources, please use the code below for account verification.\n\nAccount verification code:\n84013795\n",
    );
    let answer = explained(&straight(&guest.signed(MS)));
    assert_eq!((answer.verdict.kind, answer.verdict.account), (Kind::GuestOtp, Account::Guest));
    assert!(
        answer.sections.iter().flat_map(|section| &section.lines).any(|line| line.text.contains("Fabrikam"))
    );
    let unusual = proved(microsoft(
        "Microsoft account unusual sign-in activity",
        "We detected something unusual about a recent sign-in to the Microsoft account anna@campus.example.edu.\n",
    ));
    assert_eq!(
        (unusual.kind, unusual.risk, unusual.anyone_in, unusual.password_used),
        (Kind::MsaUnusualSignin, Risk::Act, AnyoneIn::Possible, PasswordUsed::Likely)
    );
    let change = proved(microsoft(
        "Microsoft account security info was added",
        "The following security info was recently added to the Microsoft account anna@campus.example.edu\n",
    ));
    assert_eq!((change.kind, change.risk), (Kind::MsaSecurityChange, Risk::Act));
    let unknown = proved(microsoft(
        "Hello",
        "Something quite new. Your verification code is 123456 for whatever this is.\n",
    ));
    assert_eq!(unknown.kind, Kind::UnknownCode);
}

#[test]
fn the_same_is_told_in_other_languages() {
    for (subject, body) in [
        (
            "Ihr Einmalcode",
            "Hallo anna@campus.example.edu,\n\nWir haben Ihre Anforderung eines Einmalcodes erhalten, den Sie mit Ihrem Microsoft-Konto verwenden können.\n\nIhr Einmalcode lautet: 258798\n",
        ),
        (
            "Tu código de un solo uso",
            "Hola, anna@campus.example.edu:\n\nHemos recibido tu solicitud de código de un solo uso para tu cuenta Microsoft.\n\nTu código de un solo uso es: 258798\n",
        ),
        (
            "Votre code à usage unique",
            "Bonjour anna@campus.example.edu,\n\nNous avons reçu votre demande de code à usage unique à utiliser avec votre compte Microsoft.\n\nVotre code à usage unique est : 258798\n",
        ),
        (
            "Seu código de uso único",
            "Olá, anna@campus.example.edu,\n\nRecebemos sua solicitação de um código de uso único para usar com sua conta da Microsoft.\n\nSeu código de uso único é: 258798\n",
        ),
        (
            "お客様の使い捨てコード",
            "anna@campus.example.edu 様\n\nMicrosoft アカウントで使用する使い捨てコードのリクエストを受け取りました。\n\nお客様の使い捨てコード: 258798\n",
        ),
    ] {
        let verdict = verdict(&straight(&microsoft(subject, body).signed(MS)));
        assert_eq!(
            (verdict.kind, verdict.sender, verdict.role),
            (Kind::MsaSingleUseCode, Sender::Genuine, Role::PrimaryOrAlias),
            "{subject}"
        );
    }
}

#[test]
fn a_code_of_an_organisation_is_told_from_a_personal_one() {
    let mail = Mail::new(
        "Microsoft on behalf of Contoso <msonlineservicesteam@microsoftonline.com>",
        "Contoso account email verification code",
        "Verify your email address\n\nThanks for verifying your anna@contoso.example account!\n\nYour code is: 117392\n\nSincerely,\nContoso\n",
    );
    let answer = explained(&at_campus(
        "x.outbound.protection.outlook.com (40.107.94.50)",
        &mail.signed("microsoftonline.com"),
    ));
    let verdict = answer.verdict;
    assert_eq!(
        (verdict.kind, verdict.sender, verdict.account, verdict.role, verdict.password_used),
        (Kind::OrgResetCode, Sender::Genuine, Account::Organisation, Role::Recovery, PasswordUsed::No)
    );
    let second = short("Use verification code 117392 for Microsoft authentication.");
    assert_eq!(
        (second.kind, second.password_used, second.is_mfa, second.risk),
        (Kind::OrgMfaCode, PasswordUsed::Yes, IsMfa::Yes, Risk::Act)
    );
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
        let answer =
            explained(&at_campus("evil.example (evil.example [198.51.100.8])", &mail.signed("evil.example")));
        let verdict = answer.verdict;
        assert_eq!(
            (verdict.kind, verdict.risk, verdict.anyone_in, verdict.is_mfa),
            (Kind::DeviceCodeLure, Risk::Danger, AnyoneIn::IfEntered, IsMfa::Bypasses),
            "{}",
            mail.body
        );
        let to_do = &answer.sections.iter().find(|section| section.id == "do").unwrap().lines;
        assert!(to_do.first().is_some_and(|line| line.text.contains("if you entered it")), "{to_do:?}");
    }
    let text = short("Your Teams invite: enter code HK4TMR7QP at microsoft.com/devicelogin to listen");
    assert_eq!((text.kind, text.sender), (Kind::DeviceCodeLure, Sender::Unverifiable));
    for howto in [
        "To sign in with the command line, run az login, open https://microsoft.com/devicelogin and enter the code shown in your terminal.",
        "Warning: never enter a code that somebody sent you at microsoft.com/devicelogin.",
    ] {
        let mail = Mail::new("Help <help@campus.example.edu>", "How to", howto);
        assert_eq!(
            verdict(&at_campus(
                "mail.campus.example.edu (mail.campus.example.edu [192.0.2.4])",
                &mail.signed("campus.example.edu")
            ))
            .kind,
            Kind::DeviceCodeHowto,
            "{howto}"
        );
    }
}

#[test]
fn text_messages_are_told_by_their_shape_and_never_proved() {
    for (text, kind, sender, account) in [
        (
            "Use 3420 as Microsoft account security code. Go passwordless with the app, http://aka.ms/authapp",
            Kind::MsaSecurityCode,
            Sender::Unverifiable,
            Account::Personal,
        ),
        (
            "Microsoft: your code 220913. If you did not request it call 1-888-555-0100 immediately",
            Kind::ForgedCode,
            Sender::Suspicious,
            Account::None,
        ),
        (
            "Your Microsoft account security code is 220913. Verify at https://ms-login.example/a",
            Kind::ForgedCode,
            Sender::Suspicious,
            Account::None,
        ),
        (
            "This is Microsoft fraud desk. Reply with the 6 digit code we just sent to block the attacker",
            Kind::CodeRequest,
            Sender::Suspicious,
            Account::None,
        ),
        (
            "G-482913 is your Google verification code.",
            Kind::OtherCode,
            Sender::Unverifiable,
            Account::Personal,
        ),
        (
            "491877 is your sign-in code.\n\n@login.example.org #491877",
            Kind::OtherCode,
            Sender::Unverifiable,
            Account::Unknown,
        ),
        (
            "Open Authenticator and type 42 to keep your mailbox",
            Kind::MfaPromptLure,
            Sender::Suspicious,
            Account::Organisation,
        ),
        (
            "Your Apple Account code is: 482913. Don't share it with anyone.",
            Kind::OtherCode,
            Sender::Unverifiable,
            Account::Personal,
        ),
        (
            "First Bank: your one-time passcode is 482913. We will never ask for it.",
            Kind::OtherCode,
            Sender::Unverifiable,
            Account::Unknown,
        ),
        (
            "123456 is your Microsoft account security code\n\n@ms-login.example #123456",
            Kind::ForgedCode,
            Sender::Suspicious,
            Account::None,
        ),
        (
            "Hi, I sent my code to you by mistake, can you send it to me?",
            Kind::CodeRequest,
            Sender::Suspicious,
            Account::None,
        ),
        ("Your parcel arrives today between 9 and 11", Kind::NotACode, Sender::Unverifiable, Account::None),
        (
            "Microsoft Store: your order 884213 for 59.99 shipped",
            Kind::NotACode,
            Sender::Unverifiable,
            Account::None,
        ),
        ("", Kind::NotACode, Sender::Unverifiable, Account::None),
    ] {
        let verdict = short(text);
        assert_eq!((verdict.kind, verdict.sender, verdict.account), (kind, sender, account), "{text}");
    }
}

#[test]
fn codes_of_others_are_named_and_foreign_senders_seen() {
    let mail = Mail::new(
        "Instagram <security@mail.instagram.com>",
        "123456 is your Instagram code",
        "Someone tried to log in to your Instagram account. If this was you, use this code: 123456\n",
    );
    let way = |mail: &str| {
        format!(
            "Received: from mx-out.facebook.com (mx-out.facebook.com [69.171.232.1]) by mx.campus.example.edu; {DATE}\r\n{mail}"
        )
    };
    let proved = verdict(&way(&mail.signed("mail.instagram.com")));
    assert_eq!(
        (proved.kind, proved.sender, proved.account),
        (Kind::OtherCode, Sender::Genuine, Account::Personal)
    );
    let forged = verdict(&at_campus(
        "evil.example (evil.example [198.51.100.8])",
        &Mail { from: "Instagram <a@evil.example>".to_owned(), ..mail }.signed("evil.example"),
    ));
    assert_eq!((forged.kind, forged.risk), (Kind::ForgedCode, Risk::Danger));
    let unknown = verdict(&at_campus(
        "evil.example (evil.example [198.51.100.8])",
        &Mail::new("Some Shop <a@evil.example>", "Your login code", "Your login code is 482913\n")
            .signed("evil.example"),
    ));
    assert_eq!(
        (unknown.kind, unknown.sender, unknown.account, unknown.risk),
        (Kind::OtherCode, Sender::AuthenticatedOtherDomain, Account::Unknown, Risk::Info)
    );
    let github = verdict(&at_campus("o1.github.com (o1.github.com [192.30.252.1])", &Mail::new("GitHub <noreply@github.com>", "[GitHub] Please verify your device", "A sign in attempt requires further verification because we did not recognize your device.\n\nVerification code: 482913\n").text()));
    assert_eq!(
        (github.kind, github.password_used, github.risk),
        (Kind::OtherCode, PasswordUsed::Yes, Risk::Act)
    );
}

#[test]
fn what_was_forwarded_is_explained_as_far_as_it_can_be() {
    let inner = straight(&single_use(ME).signed(MS));
    let attached = format!(
        "Received: from outlook.office365.com (40.92.1.1) by mx.campus.example.edu; {DATE}\r\nFrom: {ME}\r\nTo: help@campus.example.edu\r\nSubject: Fwd: real?\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n--zz\r\n\r\nreal?\r\n--zz\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--zz--\r\n"
    );
    let answer = explained(&attached);
    assert_eq!(
        (answer.verdict.sender, answer.verdict.role, answer.form),
        (Sender::GenuineInnerUnverified, Role::PrimaryOrAlias, "attached")
    );
    let text = single_use(ME).body;
    let inline = format!(
        "From: {ME}\r\nTo: help@campus.example.edu\r\nSubject: FW: Your single-use code\r\n\r\nok?\r\n\r\n-----Original Message-----\r\nFrom: Microsoft account team <account-security-noreply@{MS}>\r\nTo: {ME}\r\nSubject: Your single-use code\r\n\r\n{text}\r\n"
    );
    let answer = explained(&inline);
    assert_eq!(
        (answer.verdict.sender, answer.verdict.kind, answer.verdict.role),
        (Sender::Unverifiable, Kind::MsaSingleUseCode, Role::PrimaryOrAlias)
    );
    assert!(!everything(&explainer((), Rules::default()), &answer).contains("genuine"));
}

#[test]
fn what_is_no_code_is_called_none() {
    let menu = Mail::new("Cafe <cafe@campus.example.edu>", "Lunch menu", "Soup.\n");
    let verdict = verdict(&at_campus("int (10.0.0.2)", &menu.signed("campus.example.edu")));
    assert_eq!(
        (verdict.kind, verdict.sender, verdict.risk),
        (Kind::NotACode, Sender::AuthenticatedOtherDomain, Risk::None)
    );
}

#[test]
fn an_organisation_s_rules_are_said() {
    let rules = Rules::parse("name = \"Example University\"\ndomains = [\"example.edu\"]\nnever_mails_codes = true\nhelp_desk = \"help@example.edu\"\n").unwrap();
    let explainer = explainer(keys(&[MS]), rules);
    let said =
        |answer: &Answer| everything(&explainer, answer).split_whitespace().collect::<Vec<_>>().join(" ");
    let real = said(&explainer.mail(straight(&single_use(ME).signed(MS)).as_bytes()));
    assert!(
        real.contains("Example University never mails such codes") && real.contains("help@example.edu"),
        "{real}"
    );
    let lure = said(&explainer.short("enter code HK4TMR7QP at microsoft.com/devicelogin"));
    assert!(lure.contains("tell help@example.edu now"), "{lure}");
    let claimed = explainer.mail(
        at_campus(
            "x.example (x.example [192.0.2.9])",
            &Mail::new("IT <it@example.edu>", "Your sign-in code", "Your sign-in code is 482913\n").text(),
        )
        .as_bytes(),
    );
    assert_eq!((claimed.verdict.kind, claimed.verdict.risk), (Kind::ForgedCode, Risk::Danger));
}

#[test]
fn mails_of_bidden_are_known() {
    let body = "Somebody asked for a sign-in code for your account at Example (id.example.org). If that was you, type the code below on the page where you asked for it. If it was not, nobody gets in without the code, and you do not need to do anything.\n\nAccount: anna@campus.example.edu, an account of Example University\nSign-in code: BCDF-GHJK\n\nNobody who calls or writes to you may be given this code: not support, not the police, nobody.\n\n@id.example.org #BCDFGHJK\n";
    let mail =
        Mail::new("Example <sign-in@evil.example>", "Your sign-in code for Example (amber-falcon)", body);
    let raw = at_campus("evil.example (evil.example [192.0.2.8])", &mail.signed("evil.example"));
    let unknown = verdict(&raw);
    assert_eq!(
        (unknown.kind, unknown.sender, unknown.account, unknown.password_used),
        (Kind::BiddenCode, Sender::AuthenticatedOtherDomain, Account::Organisation, PasswordUsed::No)
    );
    let mut rules = Rules::default();
    rules.learn(&SignInPolicy {
        site: "Example".to_owned(),
        domain: None,
        never_mails_codes: false,
        mail_from: Some("sign-in@evil.example".to_owned()),
    });
    assert_eq!(
        explainer(keys(&["evil.example"]), rules).mail(raw.as_bytes()).verdict.sender,
        Sender::Genuine
    );
}

#[test]
fn what_is_written_about_codes_is_none() {
    let warning = Mail::new(
        "IT Security <it@campus.example.edu>",
        "Beware of single-use code mails from Microsoft",
        "Many of you received mails titled 'Your single-use code' from Microsoft. They concern personal Microsoft accounts. Never share a code.\n",
    );
    let raw = at_campus(
        "mail.campus.example.edu (mail.campus.example.edu [192.0.2.4])",
        &warning.signed("campus.example.edu"),
    );
    assert_eq!(verdict(&raw).kind, Kind::NotACode);
    let news = Mail::new(
        "Shop <news@evil.example>",
        "20% off with code SUMMER2026",
        "Use code SUMMER2026 at checkout. Download our app on Google Play or the Apple App Store.\n",
    );
    assert_eq!(
        verdict(&at_campus("evil.example (evil.example [192.0.2.4])", &news.signed("evil.example"))).kind,
        Kind::NotACode
    );
    for text in [
        "123456 is your Amazon OTP.",
        "Your WhatsApp code: 123-456",
        "Your Steam Guard code is R4T9K",
        "Votre code est 482913",
    ] {
        assert_eq!(short(text).kind, Kind::OtherCode, "{text}");
    }
}
