//! Samples of the pages before the sign-in.

use super::proofs::{elsewhere, form};
use super::{DAY, Drawn, HOUR, MINUTE, SECOND, Stage, put};
use crate::view::codes_off::{CodesOff, Way};
use crate::view::frame::Frame;
use crate::view::passkey::{PasskeyDeed, PasskeyRefused};
use crate::view::sign_in::{CodeError, Ended, EnterCode, FieldError, Purpose, Resend, SignIn, SignInNotice};
use crate::view::welcome::{Gone, Welcome, WelcomeGone, WelcomeKind};

const LONG: &str = "wilhelmina.van-der-berghe+library@a-rather-long-name-of-a-department.example";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    sign_in(stage, pages);
    enter_code(stage, pages);
    ended(stage, pages);
    welcome(stage, pages);
    codes_off(stage, pages);
}

fn codes_off(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let all = vec![Way::Passkey, Way::PasswordAndApp, Way::Approval, Way::SmsCode];
    let page =
        || CodesOff { frame, domain: "example.edu", tenant: Some("Example University"), ways: all.clone() };
    put(pages, "codes-off", &page());
    put(pages, "codes-off-site", &CodesOff { tenant: None, ways: vec![Way::Password], ..page() });
    put(pages, "codes-off-no-way", &CodesOff { ways: Vec::new(), ..page() });
}

fn sign_in(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let page = || SignIn {
        frame,
        address: "",
        errors: Vec::new(),
        notice: None,
        registration_open: false,
        phones: false,
        passkey: form(PasskeyDeed::SignIn),
        refused: None,
        password: true,
        approval: true,
        waiting: false,
    };
    put(pages, "sign-in", &page());
    put(pages, "sign-in-waiting", &SignIn { waiting: true, ..page() });
    put(
        pages,
        "sign-in-open",
        &SignIn { registration_open: true, notice: Some(SignInNotice::SignedOut), ..page() },
    );
    put(pages, "sign-in-closed", &SignIn { notice: Some(SignInNotice::Closed), ..page() });
    put(pages, "sign-in-over", &SignIn { notice: Some(SignInNotice::SessionOver), ..page() });
    put(pages, "sign-in-client", &SignIn { notice: Some(SignInNotice::Client), ..page() });
    put(pages, "sign-in-device", &SignIn { notice: Some(SignInNotice::Device), ..page() });
    put(pages, "sign-in-needed", &SignIn { notice: Some(SignInNotice::Needed), ..page() });
    for (name, error) in [
        ("sign-in-missing", FieldError::AddressMissing),
        ("sign-in-incomplete", FieldError::AddressIncomplete),
        ("sign-in-local", FieldError::AddressLocal),
        ("sign-in-domain", FieldError::AddressDomain),
        ("sign-in-character", FieldError::AddressCharacter),
        ("sign-in-too-long", FieldError::AddressTooLong),
    ] {
        put(pages, name, &SignIn { address: "anna@\"><script>", errors: vec![error], ..page() });
    }
    for (name, error) in [
        ("sign-in-phone-country-code", FieldError::PhoneCountryCode),
        ("sign-in-phone-malformed", FieldError::PhoneMalformed),
        ("sign-in-phone-country", FieldError::PhoneCountry),
        ("sign-in-phone-range", FieldError::PhoneRange),
    ] {
        put(pages, name, &SignIn { address: "0664 1234567", errors: vec![error], phones: true, ..page() });
    }
    put(pages, "sign-in-elsewhere", &SignIn { passkey: elsewhere(), ..page() });
    for (name, refused) in [
        ("sign-in-passkey-unknown", PasskeyRefused::Unknown),
        ("sign-in-passkey-held", PasskeyRefused::Held(stage.ahead(20 * HOUR))),
        ("sign-in-passkey-copied", PasskeyRefused::Copied),
        ("sign-in-passkey-over", PasskeyRefused::Over),
        ("sign-in-passkey-off", PasskeyRefused::Off),
    ] {
        put(pages, name, &SignIn { refused: Some(refused), ..page() });
    }
    let own = Frame { operator_css: Some("own.css"), logo: Some("logo.svg"), ..*frame };
    put(pages, "sign-in-own-look", &SignIn { frame: &own, ..page() });
}

fn enter_code(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let page = || code_page(stage, frame);
    put(pages, "code", &page());
    put(
        pages,
        "code-open",
        &EnterCode {
            purpose: Purpose::SignInOrOpen,
            seconds_left: 90,
            expires: stage.ahead(90 * SECOND),
            resend: Resend::Now,
            ..page()
        },
    );
    put(
        pages,
        "code-confirm",
        &EnterCode {
            purpose: Purpose::OpenAccount,
            address: LONG,
            seconds_left: 45,
            expires: stage.ahead(45 * SECOND),
            resend: Resend::No,
            inbox_link: true,
            ..page()
        },
    );
    put(
        pages,
        "code-who",
        &EnterCode { purpose: Purpose::Confirm, to: Some("/account/addresses"), ..page() },
    );
    for (name, purpose) in [
        ("code-text", Purpose::SignIn),
        ("code-text-who", Purpose::Confirm),
        ("code-text-address", Purpose::AddAddress),
        ("code-text-recovery", Purpose::Recovery),
    ] {
        put(pages, name, &EnterCode { purpose, by_text: true, address: "+436641234567", ..page() });
    }
    put(
        pages,
        "code-recovery",
        &EnterCode { purpose: Purpose::Recovery, resend: Resend::Elsewhere, ..page() },
    );
    for (name, error) in [
        ("code-missing", CodeError::Missing),
        ("code-malformed", CodeError::Malformed),
        ("code-wrong", CodeError::Wrong { left: 2 }),
        ("code-wrong-last", CodeError::Wrong { left: 1 }),
    ] {
        let left = if let CodeError::Wrong { left } = error { left } else { 3 };
        put(
            pages,
            name,
            &EnterCode { error: Some(error), attempts_left: Some(left), resend: Resend::Now, ..page() },
        );
    }
}

pub(super) fn code_page<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>) -> EnterCode<'a> {
    EnterCode {
        frame,
        to: None,
        request_id: "0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77",
        address: "anna@linden.example",
        by_text: false,
        reference: "amber-falcon",
        purpose: Purpose::SignIn,
        letters: 8,
        expires: stage.ahead(10 * MINUTE),
        seconds_left: 600,
        attempts_left: Some(3),
        error: None,
        resend: Resend::At(stage.ahead(30 * SECOND)),
        ended: None,
        inbox_link: false,
    }
}

fn ended(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    for (name, ended) in [
        ("code-ended-expired", Ended::Expired(stage.ago(4 * MINUTE))),
        ("code-ended-used-up", Ended::UsedUp),
        ("code-ended-used", Ended::Used),
        ("code-ended-other-browser", Ended::OtherBrowser),
        ("code-ended-denied", Ended::Denied),
        ("code-ended-unknown", Ended::Unknown),
    ] {
        put(pages, name, &EnterCode { ended: Some(ended), ..code_page(stage, frame) });
    }
    let ended = Some(Ended::UsedUp);
    put(
        pages,
        "code-ended-open",
        &EnterCode { ended, purpose: Purpose::OpenAccount, ..code_page(stage, frame) },
    );
}

fn welcome(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let page = |kind| Welcome {
        frame,
        token: "dGhpcy1pcy1hLXRva2Vu",
        kind,
        address: "",
        expires: stage.ahead(7 * DAY),
        errors: Vec::new(),
    };
    put(pages, "welcome-set-up", &page(WelcomeKind::SetUp));
    put(pages, "welcome-invitation", &Welcome { address: LONG, ..page(WelcomeKind::Invitation) });
    for (name, error) in
        [("welcome-taken", FieldError::AddressTaken), ("welcome-elsewhere", FieldError::AddressElsewhere)]
    {
        put(pages, name, &Welcome { errors: vec![error], ..page(WelcomeKind::Invitation) });
    }
    for (name, why) in [
        ("welcome-used", Gone::Used),
        ("welcome-expired", Gone::Expired(stage.ago(5 * HOUR))),
        ("welcome-unknown", Gone::Unknown),
        ("welcome-closed", Gone::Closed),
    ] {
        put(pages, name, &WelcomeGone { frame, why });
    }
}
