//! Samples of the pages about what an account can prove itself with.

use super::{DAY, Drawn, HOUR, MINUTE, Stage, passwords, put};
use crate::view::approve::ApproverSection;
use crate::view::authenticators::{
    Authenticators, AuthenticatorsNotice, NewPasskey, PasskeyLine, PasskeySection, RemovePasskey,
};
use crate::view::confirm::{ByApproval, Confirm, Why};
use crate::view::frame::{Frame, Place};
use crate::view::passkey::{Offer, PasskeyDeed, PasskeyForm, PasskeyRefused};
use crate::view::recover::CodesSection;

/// An approval, as in the paths.
pub(super) const APPROVAL: &str = "019e1b52-0000-7000-8000-000000000000";

pub(super) fn form(deed: PasskeyDeed) -> Offer {
    Offer::Here(PasskeyForm {
        deed,
        options: "aW52ZW50ZWQ".to_owned(),
        challenge: "c2VhbGVk".to_owned(),
        seconds: 300,
        to: (deed == PasskeyDeed::Confirm).then(|| "/account/authenticators".to_owned()),
        name: [PasskeyDeed::Add, PasskeyDeed::Enrol].contains(&deed).then(|| "Anna’s phone".to_owned()),
        quiet: false,
        unknown: (deed == PasskeyDeed::SignIn).then(|| "bm9ib2R5".to_owned()),
        about: if deed == PasskeyDeed::Enrol { "AbCdEfGhIjKlMnOpQrStUv" } else { APPROVAL }.to_owned(),
        number: (deed == PasskeyDeed::Approve).then(|| "480213".to_owned()),
    })
}

pub(super) fn elsewhere() -> Offer {
    Offer::Elsewhere("https://account.linden.example/".to_owned())
}

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    authenticators(stage, frame, pages);
    confirm(stage, frame, pages);
    for (name, refused) in [
        ("passkey-new", None),
        ("passkey-new-unfit", Some(PasskeyRefused::Unfit)),
        ("passkey-new-known", Some(PasskeyRefused::Known)),
        ("passkey-new-too-many", Some(PasskeyRefused::TooMany)),
        ("passkey-new-name", Some(PasskeyRefused::Name)),
    ] {
        put(pages, name, &NewPasskey { frame, passkey: form(PasskeyDeed::Add), refused });
    }
    put(pages, "passkey-new-elsewhere", &NewPasskey { frame, passkey: elsewhere(), refused: None });
    let off = Some(PasskeyRefused::Off);
    put(pages, "passkey-new-off", &NewPasskey { frame, passkey: Offer::Nowhere, refused: off });
    let remove = |last| RemovePasskey { frame, id: ID, name: "Phone", last };
    put(pages, "passkey-remove", &remove(false));
    put(pages, "passkey-remove-last", &remove(true));
}

const ID: &str = "0196c1d2-7a3e-7c11-9d20-000000000009";

fn authenticators(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let with = |notice, passkeys, (password, app)| Authenticators {
        frame,
        notice,
        others: false,
        passkeys,
        password,
        app,
        approvers: ApproverSection { lines: Vec::new(), open: true },
        codes: CodesSection { left: Some((9, stage.ago(80 * DAY))), open: true },
    };
    let page =
        |notice, lines, open| with(notice, PasskeySection { lines, open }, passwords::sections(stage, true));
    let none = || PasskeySection { lines: Vec::new(), open: true };
    let codes = CodesSection { left: None, open: true };
    put(
        pages,
        "authenticators-none",
        &Authenticators { codes, ..with(None, none(), passwords::sections(stage, false)) },
    );
    let [off, held] = passwords::others(stage);
    let codes = CodesSection { left: Some((9, stage.ago(80 * DAY))), open: false };
    let shut = PasskeySection { open: false, ..none() };
    put(pages, "authenticators-off", &Authenticators { codes, ..with(None, shut, off) });
    put(pages, "authenticators-held", &with(None, none(), held));
    let lines = || {
        vec![
            PasskeyLine {
                id: ID.to_owned(),
                name: "Anna’s phone".to_owned(),
                added: stage.ago(80 * DAY),
                used: Some(stage.ago(40 * MINUTE)),
                held: None,
            },
            PasskeyLine {
                id: "0196c1d2-7a3e-7c11-9d20-00000000000a".to_owned(),
                name: "A security key with a rather long name that wraps where there is little room"
                    .to_owned(),
                added: stage.ago(4 * HOUR),
                used: None,
                held: Some(stage.ahead(20 * HOUR)),
            },
        ]
    };
    put(pages, "authenticators", &page(None, lines(), true));
    let approvers = ApproverSection { lines: lines(), open: true };
    put(pages, "authenticators-approvers", &Authenticators { approvers, ..page(None, Vec::new(), true) });
    for (name, notice) in [
        ("authenticators-added", AuthenticatorsNotice::Added),
        ("authenticators-added-held", AuthenticatorsNotice::AddedHeld),
        ("authenticators-renamed", AuthenticatorsNotice::Renamed),
        ("authenticators-removed", AuthenticatorsNotice::Removed),
        ("authenticators-name", AuthenticatorsNotice::NameUnfit),
        ("authenticators-recovered", AuthenticatorsNotice::Recovered),
        ("authenticators-cancelled", AuthenticatorsNotice::Cancelled),
    ] {
        put(pages, name, &page(Some(notice), lines(), true));
    }
    for (name, notice) in [
        ("authenticators-password", AuthenticatorsNotice::PasswordSet),
        ("authenticators-password-held", AuthenticatorsNotice::PasswordHeld),
        ("authenticators-password-changed", AuthenticatorsNotice::PasswordChanged),
        ("authenticators-password-removed", AuthenticatorsNotice::PasswordRemoved),
        ("authenticators-app", AuthenticatorsNotice::AppAdded),
        ("authenticators-app-held", AuthenticatorsNotice::AppHeld),
        ("authenticators-app-removed", AuthenticatorsNotice::AppRemoved),
        ("authenticators-approver-removed", AuthenticatorsNotice::ApproverRemoved),
    ] {
        put(pages, name, &Authenticators { others: true, ..page(Some(notice), Vec::new(), true) });
    }
}

fn confirm(stage: &Stage<'_>, frame: &Frame<'_>, pages: &mut Vec<Drawn>) {
    let page = || Confirm {
        frame,
        to: "/account/authenticators",
        address: "anna@linden.example",
        why: Why::Change,
        has_passkey: false,
        passkey: Offer::Nowhere,
        refused: None,
        password: false,
        totp: false,
        approval: ByApproval::No,
        problem: None,
        code: true,
        phone: None,
    };
    put(pages, "confirm-code", &page());
    put(pages, "confirm-phone", &Confirm { code: false, phone: Some("+436641234567".to_owned()), ..page() });
    let passkey =
        || Confirm { has_passkey: true, passkey: form(PasskeyDeed::Confirm), code: false, ..page() };
    put(pages, "confirm-passkey", &passkey());
    put(pages, "confirm-passkey-refused", &Confirm { refused: Some(PasskeyRefused::Over), ..passkey() });
    put(pages, "confirm-operator", &Confirm { why: Why::Operator, ..passkey() });
    put(pages, "confirm-provisional", &Confirm { why: Why::Doubted, code: false, ..page() });
    put(pages, "confirm-unsure", &Confirm { why: Why::Unsure, code: false, ..page() });
    put(pages, "confirm-operator-none", &Confirm { why: Why::Operator, ..page() });
    let client = |verified| Why::Client { name: "Linden Payroll", verified };
    put(pages, "confirm-client", &Confirm { why: client(true), ..passkey() });
    put(pages, "confirm-client-unverified", &Confirm { why: client(false), ..passkey() });
    passwords::confirm(stage, &page, pages);
}
