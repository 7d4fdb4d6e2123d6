//! Samples of the pages about addresses.

use super::{DAY, Drawn, HOUR, Stage, home, put};
use crate::view::addresses::{
    AboutAddress, Addresses, DONE, HoldingsGone, HoldingsPage, NOTICES, Recovers, Recovery, SignIn, SignsIn,
};
use crate::view::entry::{End, Mail};
use crate::view::frame::Place;
use crate::view::not_me::{NotMe, Standing};
use crate::view::sign_in::{EnterCode, FieldError, Purpose};

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    own(stage, pages);
    codes(stage, pages);
    about(stage, pages);
}

fn own(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    let line = |address: &str, main: bool, sign_in: bool| SignIn {
        address: address.to_owned(),
        name: !address.contains(['@', '+']),
        takes_mail: address.contains('@'),
        main,
        sign_in,
        last: false,
        confirmed: stage.ago(80 * DAY),
    };
    let one = Addresses {
        frame,
        notice: None,
        confirmed: false,
        sign_in: vec![SignIn { last: true, ..line("anna@linden.example", true, true) }],
        recovery: Vec::new(),
        phones: false,
        address: "",
        errors: Vec::new(),
    };
    put(pages, "addresses", &one);
    for (word, text, good) in NOTICES {
        let mut shown = Addresses { notice: Some((text, good)), ..one.clone() };
        shown.confirmed = word == "changed";
        put(pages, text, &shown);
    }
    put(
        pages,
        "addresses-many",
        &Addresses {
            notice: Some(("addresses-notice-added", true)),
            confirmed: true,
            sign_in: vec![
                line("anna@linden.example", true, false),
                line("anna.maria.theresia.von.und.zu.hohenfels@bibliothek.linden.example", false, true),
                line("+436641234567", false, true),
                line("amber-falcon-4711", false, true),
            ],
            recovery: vec![
                Recovery {
                    address: "bert@elsewhere.example".to_owned(),
                    confirmed: stage.ago(182 * DAY),
                    again: Some(stage.ago(2 * DAY)),
                    goes: None,
                },
                Recovery {
                    address: "carla@elsewhere.example".to_owned(),
                    confirmed: stage.ago(20 * DAY),
                    again: None,
                    goes: Some(stage.ahead(70 * HOUR)),
                },
            ],
            phones: true,
            ..one
        },
    );
    put(
        pages,
        "addresses-error",
        &Addresses {
            frame,
            notice: Some(("addresses-notice-last", false)),
            confirmed: true,
            sign_in: vec![SignIn { last: true, ..line("anna@linden.example", true, true) }],
            recovery: Vec::new(),
            phones: false,
            address: "bert@",
            errors: vec![FieldError::AddressDomain],
        },
    );
}

/// The pages of a code that adds an address.
fn codes(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Elsewhere);
    let code = EnterCode {
        purpose: Purpose::AddAddress,
        to: Some("/account/addresses"),
        ..super::doors::code_page(stage, frame)
    };
    put(pages, "code-address", &code);
    let frame = &stage.outside();
    let not_me = NotMe {
        frame,
        token: "dGhpcy1pcy1hLXRva2Vu",
        purpose: Purpose::AddRecovery,
        account: "b…@elsewhere.example".to_owned(),
        asked: stage.ago(HOUR),
        source: home(None),
        reference: "amber-falcon".to_owned(),
        end: End::NeverUsed,
        guesses: 0,
        guesses_allowed: 3,
        mail: Mail::HandedOver(stage.ago(HOUR)),
        mute_days: 30,
        muted: None,
        standing: Standing::Wanted,
        used: None,
        in_other_browsers: 0,
        kept_until: stage.ahead(29 * DAY),
    };
    put(pages, "not-me-address", &not_me);
    let added = NotMe { end: End::Used, standing: Standing::Recovers, guesses: 1, ..not_me };
    put(pages, "not-me-added", &added);
}

fn about(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.outside();
    let ask = |errors: Vec<FieldError>, asked| AboutAddress { frame, address: "", errors, asked };
    put(pages, "about-address", &ask(Vec::new(), false));
    put(pages, "about-address-error", &ask(vec![FieldError::AddressMissing], false));
    put(pages, "about-address-asked", &ask(Vec::new(), true));
    let nothing = HoldingsPage {
        frame,
        token: "c2VhbGVkLWFuZC1pbnZlbnRlZA",
        notice: None,
        signs_in: None,
        recovers: Vec::new(),
        refused: None,
        until: stage.ahead(20 * HOUR),
    };
    put(pages, "holdings-nothing", &nothing);
    for (_, text) in DONE {
        put(pages, text, &HoldingsPage { notice: Some(text), ..nothing.clone() });
    }
    let recovers = |goes| Recovers {
        account: "0196c1d2-7a3e-7c11-9d20-000000000001".to_owned(),
        called: "a…@linden.example".to_owned(),
        confirmed: stage.ago(80 * DAY),
        goes,
    };
    put(
        pages,
        "holdings",
        &HoldingsPage {
            notice: Some("holdings-notice-detaching"),
            signs_in: Some(SignsIn {
                called: "b…@linden.example".to_owned(),
                main: false,
                sign_in: false,
                confirmed: stage.ago(30 * DAY),
            }),
            recovers: vec![recovers(None), recovers(Some(stage.ahead(72 * HOUR)))],
            refused: Some(stage.ago(HOUR)),
            ..nothing.clone()
        },
    );
    put(
        pages,
        "holdings-main",
        &HoldingsPage {
            signs_in: Some(SignsIn {
                called: "bert@linden.example".to_owned(),
                main: true,
                sign_in: true,
                confirmed: stage.ago(30 * DAY),
            }),
            notice: None,
            ..nothing.clone()
        },
    );
    put(pages, "holdings-gone", &HoldingsGone { frame });
}
