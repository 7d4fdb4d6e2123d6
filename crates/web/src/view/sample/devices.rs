//! Samples of the pages about devices.

use model::nearness::Nearness;
use wire::oauth::device::DeviceKind;

use super::{Drawn, MINUTE, SECOND, Stage, home, put, stranger};
use crate::view::device::{
    CodeProblem, DeviceAsked, DeviceCode, DigitsProblem, Ended, Pair, Sides, Stands, Window,
};
use crate::view::frame::Place;
use crate::view::oauth::Wanted;
use crate::view::qr::Qr;

const CODE: &str = "BCDF-GHJK-LMNP";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    typed(stage, pages);
    asked(stage, pages);
    pair(stage, pages);
}

fn typed(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Elsewhere);
    let page =
        DeviceCode { frame, address: "anna@linden.example", code: String::new(), problem: None, gone: false };
    put(pages, "device", &page);
    put(pages, "device-prefilled", &DeviceCode { code: "BCDF-GHJK".to_owned(), gone: true, ..page.clone() });
    for (name, problem) in [
        ("device-malformed", CodeProblem::Malformed),
        ("device-unknown", CodeProblem::Unknown),
        ("device-held-back", CodeProblem::HeldBack(stage.ahead(7 * MINUTE))),
    ] {
        put(pages, name, &DeviceCode { code: "BCDF".to_owned(), problem: Some(problem), ..page.clone() });
    }
}

/// A device at home.
fn near(stage: &Stage<'_>) -> Sides {
    Sides {
        name: "Linden Screen".to_owned(),
        verified: true,
        kind: DeviceKind::Television,
        asked: stage.ago(40 * SECOND),
        device: home(None),
        nearness: Nearness::Nearby,
        address: "anna@linden.example".to_owned(),
        you: home(None),
        wanted: vec![Wanted::Identity, Wanted::Offline, Wanted::Other("shelf.read".to_owned())],
        resources: vec!["https://shelf.linden.example".to_owned()],
        idle_days: 7,
        absolute_days: 30,
    }
}

fn asked(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Elsewhere);
    let near = near(stage);
    let confirm = || "/account/confirm?to=%2Fdevice%2Fasked".to_owned();
    let mut put = |name, sides: &Sides, stands| {
        put(pages, name, &DeviceAsked { frame, sides, stands, confirm: confirm() });
    };
    put("device-asked", &near, Stands::Asked);
    put("device-asked-unproved", &near, Stands::Unproved);
    put("device-allowed", &near, Stands::Allowed);
    put("device-denied", &near, Stands::Denied);
    put("device-over", &near, Stands::Over);
    let unknown = Sides {
        nearness: Nearness::Unknown,
        wanted: Vec::new(),
        resources: Vec::new(),
        kind: DeviceKind::Other,
        idle_days: 1,
        absolute_days: 1,
        ..near.clone()
    };
    put("device-asked-unknown", &unknown, Stands::Asked);
    let elsewhere = Sides {
        name: "A very long name that an app gave itself so that it fills the line and one more".to_owned(),
        verified: false,
        nearness: Nearness::Elsewhere,
        device: stranger(),
        ..near.clone()
    };
    put("device-asked-elsewhere", &elsewhere, Stands::Asked);
    for (name, kind) in [
        ("device-computer", DeviceKind::Computer),
        ("device-command-line", DeviceKind::CommandLine),
        ("device-telephone", DeviceKind::Telephone),
        ("device-tablet", DeviceKind::Tablet),
        ("device-printer", DeviceKind::Printer),
        ("device-console", DeviceKind::Console),
        ("device-speaker", DeviceKind::Speaker),
        ("device-vehicle", DeviceKind::Vehicle),
        ("device-server", DeviceKind::Server),
    ] {
        put(name, &Sides { kind, ..near.clone() }, Stands::Asked);
    }
}

fn pair(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    let near = near(stage);
    let elsewhere = Sides { nearness: Nearness::Elsewhere, device: stranger(), ..near.clone() };
    let mut put = |name, stands| put(pages, name, &Pair { frame, stands });
    put("pair", Window::None(None));
    put("pair-unproved", Window::None(Some("/account/confirm?to=%2Faccount%2Fdevices%2Fpair".to_owned())));
    put("pair-elsewhere", Window::Elsewhere(stage.ago(MINUTE)));
    let uri = wire::oauth::device::pairing_uri("https://account.linden.example", CODE);
    put(
        "pair-open",
        Window::Open { code: CODE.to_owned(), qr: Qr::of(&uri).ok(), until: stage.ahead(2 * MINUTE) },
    );
    let until = || stage.ahead(3 * MINUTE);
    put("pair-answered", Window::Answered { sides: &near, until: until(), tries: 3, problem: None });
    for (name, tries, problem) in
        [("pair-wrong", 1, DigitsProblem::Wrong), ("pair-malformed", 3, DigitsProblem::Malformed)]
    {
        put(name, Window::Answered { sides: &elsewhere, until: until(), tries, problem: Some(problem) });
    }
    put("pair-allowed", Window::Allowed(&near));
    for (name, ended) in [
        ("pair-late", Ended::Late),
        ("pair-denied", Ended::Denied),
        ("pair-wrong-digits", Ended::WrongDigits),
        ("pair-closed", Ended::Closed),
    ] {
        put(name, Window::Over(ended));
    }
}
