//! Samples of the pages about passwords and apps.

use super::{DAY, Drawn, HOUR, MINUTE, Stage, put};
use crate::view::confirm::{ByApproval, Confirm, ConfirmProblem};
use crate::view::frame::{Frame, Place};
use crate::view::password::{AppCode, AppProblem, PasswordProblem, PasswordSignIn};
use crate::view::qr::Qr;
use crate::view::set_password::{
    AddApp, AppSecret, AppSection, AuthenticatorLine, NewProblem, PasswordSection, RemoveAuthenticator,
    SetPassword, SetProblem, Unable, Which,
};
use crate::view::sign_in::FieldError;

const ID: &str = "0196c1d2-7a3e-7c11-9d20-00000000000b";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    sign_in(stage, pages);
    let frame = &stage.inside(Place::Account);
    set(stage, frame, pages);
    add_app(stage, frame, pages);
    for (name, which) in [
        ("password-remove", Which::Password),
        ("password-remove-app", Which::PasswordWithApp),
        ("app-remove", Which::App),
        ("approver-remove", Which::Approver),
        ("app-remove-password", Which::AppAndPassword),
    ] {
        put(pages, name, &RemoveAuthenticator { frame, id: ID, which });
    }
}

fn sign_in(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let page = || PasswordSignIn { frame, address: "", errors: Vec::new(), problem: None, over: false };
    put(pages, "sign-in-password", &page());
    put(pages, "sign-in-password-over", &PasswordSignIn { over: true, ..page() });
    let errors = vec![FieldError::AddressIncomplete];
    put(pages, "sign-in-password-address", &PasswordSignIn { address: "anna@\"><script>", errors, ..page() });
    for (name, problem) in [
        ("sign-in-password-missing", PasswordProblem::Missing),
        ("sign-in-password-wrong", PasswordProblem::Wrong),
        ("sign-in-password-blocked", PasswordProblem::Blocked(stage.ahead(16 * MINUTE))),
        ("sign-in-password-held", PasswordProblem::Held(stage.ahead(20 * HOUR))),
        ("sign-in-password-off", PasswordProblem::Off),
        ("sign-in-password-domain", PasswordProblem::DomainOff("example.edu".to_owned())),
    ] {
        put(
            pages,
            name,
            &PasswordSignIn { address: "anna@linden.example", problem: Some(problem), ..page() },
        );
    }
    put(pages, "sign-in-app", &AppCode { frame, problem: None, approval: false });
    put(pages, "sign-in-app-or-approval", &AppCode { frame, problem: None, approval: true });
    for (name, problem) in [
        ("sign-in-app-missing", AppProblem::Missing),
        ("sign-in-app-malformed", AppProblem::Malformed),
        ("sign-in-app-wrong", AppProblem::Wrong),
        ("sign-in-app-repeated", AppProblem::Repeated),
        ("sign-in-app-blocked", AppProblem::Blocked(stage.ahead(4 * MINUTE))),
        ("sign-in-app-held", AppProblem::Held(stage.ahead(20 * HOUR))),
    ] {
        put(pages, name, &AppCode { frame, problem: Some(problem), approval: false });
    }
}

fn set(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let page = |problem| SetPassword {
        frame,
        address: "anna@linden.example",
        current: false,
        least: 15,
        anew: false,
        problem,
        open: true,
    };
    put(pages, "password-set", &page(None));
    put(pages, "password-set-off", &SetPassword { open: false, ..page(None) });
    put(pages, "password-change", &SetPassword { current: true, least: 8, ..page(None) });
    put(pages, "password-change-anew", &SetPassword { current: true, anew: true, ..page(None) });
    for (name, problem) in [
        ("new-password-missing", NewProblem::Missing),
        ("new-password-too-long", NewProblem::TooLong { most: 256 }),
        ("new-password-control", NewProblem::Control),
        ("new-password-too-short", NewProblem::TooShort { has: 9, needs: 15 }),
        ("new-password-breached", NewProblem::Breached),
        ("new-password-common", NewProblem::Common),
        ("new-password-personal", NewProblem::Personal),
        ("new-password-word", NewProblem::Word),
        ("new-password-name", NewProblem::Name),
        ("new-password-keys", NewProblem::Keys),
        ("new-password-repeated", NewProblem::Repeated),
        ("new-password-sequence", NewProblem::Sequence),
        ("new-password-date", NewProblem::Date),
        ("new-password-guessable", NewProblem::Guessable),
    ] {
        put(pages, name, &page(Some(SetProblem::New(problem))));
    }
    put(pages, "password-set-over", &page(Some(SetProblem::Over)));
    for (name, problem) in [
        ("password-change-missing", PasswordProblem::Missing),
        ("password-change-wrong", PasswordProblem::Wrong),
        ("password-change-blocked", PasswordProblem::Blocked(stage.ahead(16 * MINUTE))),
    ] {
        put(pages, name, &SetPassword { current: true, ..page(Some(SetProblem::Current(problem))) });
    }
}

fn secret() -> AppSecret {
    let uri = "otpauth://totp/Linden%20Library:anna%40linden.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
               &issuer=Linden%20Library&algorithm=SHA1&digits=6&period=30";
    AppSecret {
        qr: Qr::of(uri).ok(),
        key: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
        sealed: "c2VhbGVk".to_owned(),
        uri: uri.to_owned(),
    }
}

fn add_app(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let page = || AddApp { frame, secret: Some(secret()), unable: None, problem: None, over: false };
    put(pages, "app-add", &page());
    put(pages, "app-add-over", &AddApp { over: true, ..page() });
    put(pages, "app-add-no-camera", &AddApp { secret: Some(AppSecret { qr: None, ..secret() }), ..page() });
    for (name, problem) in [
        ("app-add-missing", AppProblem::Missing),
        ("app-add-malformed", AppProblem::Malformed),
        ("app-add-wrong", AppProblem::Wrong),
        ("app-add-blocked", AppProblem::Blocked(stage.ahead(MINUTE))),
    ] {
        put(pages, name, &AddApp { problem: Some(problem), ..page() });
    }
    for (name, unable) in [
        ("app-add-has", Unable::Has),
        ("app-add-no-password", Unable::NoPassword),
        ("app-add-off", Unable::Off),
    ] {
        put(pages, name, &AddApp { secret: None, unable: Some(unable), ..page() });
    }
}

fn line(stage: &Stage<'_>, held: bool) -> AuthenticatorLine {
    AuthenticatorLine {
        id: ID.to_owned(),
        added: stage.ago(if held { 4 * HOUR } else { 80 * DAY }),
        used: (!held).then(|| stage.ago(40 * MINUTE)),
        held: held.then(|| stage.ahead(20 * HOUR)),
    }
}

/// The two sections of somebody who has both, or neither.
pub(super) fn sections(stage: &Stage<'_>, has: bool) -> (PasswordSection, AppSection) {
    let of = |held| has.then(|| line(stage, held));
    (
        PasswordSection { line: of(false), open: true },
        AppSection { line: of(true), open: true, password: has },
    )
}

/// Those of somebody who can have neither, and of somebody who could add an app.
pub(super) fn others(stage: &Stage<'_>) -> [(PasswordSection, AppSection); 2] {
    [
        (
            PasswordSection { line: None, open: false },
            AppSection { line: None, open: false, password: false },
        ),
        (
            PasswordSection { line: Some(line(stage, true)), open: false },
            AppSection { line: None, open: true, password: true },
        ),
    ]
}

pub(super) fn confirm<'a>(stage: &Stage<'_>, page: &dyn Fn() -> Confirm<'a>, pages: &mut Vec<Drawn>) {
    let password = || Confirm { password: true, ..page() };
    put(pages, "confirm-password", &password());
    let wrong = Some(ConfirmProblem::Password(PasswordProblem::Wrong));
    put(pages, "confirm-password-wrong", &Confirm { problem: wrong, ..password() });
    let missing = Some(ConfirmProblem::Password(PasswordProblem::Missing));
    put(pages, "confirm-password-missing", &Confirm { problem: missing, ..password() });
    let both = || Confirm { password: true, totp: true, code: false, ..page() };
    put(pages, "confirm-password-app", &both());
    let after = ByApproval::AfterPassword;
    put(pages, "confirm-password-app-or-approval", &Confirm { approval: after, ..both() });
    put(pages, "confirm-password-approval", &Confirm { totp: false, approval: after, ..both() });
    put(pages, "confirm-approval", &Confirm { approval: ByApproval::Alone, ..page() });
    let wrong = Some(ConfirmProblem::App(AppProblem::Wrong));
    put(pages, "confirm-password-app-wrong", &Confirm { problem: wrong, ..both() });
    let blocked = Some(ConfirmProblem::App(AppProblem::Blocked(stage.ahead(4 * MINUTE))));
    put(pages, "confirm-password-app-blocked", &Confirm { problem: blocked, ..both() });
}
