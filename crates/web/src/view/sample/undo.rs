//! Samples of what would be undone, and of permissions that are doubted.

use super::{DAY, Drawn, HOUR, MINUTE, Stage, put, stranger};
use crate::view::frame::Place;
use crate::view::grants::{Came, Near, Origin};
use crate::view::undo::{
    AppNotMine, First, GrantConfirm, Problem, SettingLine, Thing, ThingLine, Undo, UndoSince,
};
use crate::view::waiting::{CancelDone, Cancelled};

const ID: &str = "0196c1d2-7a3e-7c11-9d20-000000000031";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    undo(stage, pages);
    doubted(stage, pages);
}

fn undo(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    for (name, done) in [("undo-since", None), ("undo-done", Some(7)), ("undo-done-none", Some(0))] {
        put(pages, name, &UndoSince { frame, done });
    }
    let line = |thing, name: &str, why| ThingLine {
        thing,
        name: name.to_owned(),
        at: stage.ago(30 * MINUTE),
        here: thing == Thing::Grant,
        why,
    };
    let goes = vec![
        line(Thing::Session, "", None),
        line(Thing::Window, "", None),
        line(Thing::Device, "linden-television", None),
        line(Thing::Grant, "Linden Reader", None),
        line(Thing::Entry, "", None),
        line(Thing::Passkey, "Chrome on Windows", None),
        line(Thing::Password, "", None),
        line(Thing::App, "", None),
        line(Thing::Approver, "Anna’s phone", None),
        line(Thing::RecoveryCodes, "", None),
        line(Thing::Gate, "", None),
        line(Thing::Address, "anna@other.example", None),
        line(Thing::Name, "anna-of-the-garden", None),
        line(Thing::RecoveryAddress, "saved@other.example", None),
        line(Thing::Browser, "", None),
    ];
    let set = |text| SettingLine { text, address: "anna@linden.example".to_owned() };
    let page = Undo {
        frame,
        action: "/account/undo".to_owned(),
        of: None,
        since: Some(stage.ago(HOUR)),
        reach: ("since", "2026-05-12T06:20:00Z".to_owned()),
        plan: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        goes,
        set: vec![set("undo-set-main"), set("undo-set-on"), set("undo-set-off")],
        stays: vec![
            line(Thing::Session, "", Some("undo-stays-here")),
            line(Thing::Address, "anna@linden.example", Some("undo-stays-last")),
            line(Thing::Passkey, "Firefox on Linux", Some("undo-stays-surer")),
        ],
        lost: vec![line(Thing::Passkey, "", None), line(Thing::Address, "a…@post.example", None)],
        more: true,
        first: First::Nothing,
        problem: None,
    };
    put(pages, "undo", &page);
    let short = Undo { set: Vec::new(), stays: Vec::new(), lost: Vec::new(), more: false, ..page.clone() };
    let one = Undo { goes: vec![line(Thing::Grant, "Linden Reader", None)], since: None, ..short.clone() };
    let by = |field, first, problem| Undo { reach: (field, ID.to_owned()), first, problem, ..one.clone() };
    put(pages, "undo-session", &by("session", First::Confirm, Some(Problem::Unproved)));
    put(pages, "undo-grant", &by("grant", First::Older, Some(Problem::Changed)));
    put(pages, "undo-nothing", &Undo { goes: Vec::new(), ..short });
    let frame = &stage.inside(Place::Operator);
    let action = format!("/operator/accounts/{ID}/undo");
    put(pages, "operator-undo", &Undo { frame, action, of: Some("anna@linden.example"), ..page });
}

fn doubted(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Account);
    let came = |origin| Came { origin, this: false, source: Some(stranger()) };
    let page = GrantConfirm {
        frame,
        id: ID.to_owned(),
        name: "Linden Television".to_owned(),
        came: came(Origin::Device(Near::Elsewhere)),
        given: stage.ago(HOUR),
        until: Some(stage.ahead(DAY - HOUR)),
        browser_new: false,
    };
    put(pages, "grant-confirm", &page);
    let program = came(Origin::Loopback(Near::Unknown));
    let other = GrantConfirm { came: program, until: None, browser_new: true, ..page };
    put(pages, "grant-confirm-browser-new", &other);
    let frame = &stage.outside();
    let page = AppNotMine {
        frame,
        action: "/app/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        name: "Linden Television".to_owned(),
        verified: true,
        came: came(Origin::Device(Near::Unknown)),
        given: stage.ago(HOUR),
        used: stage.ago(MINUTE),
    };
    put(pages, "app-not-mine", &page);
    let loopback = came(Origin::Loopback(Near::Elsewhere));
    put(pages, "app-not-mine-unverified", &AppNotMine { verified: false, came: loopback, ..page });
    put(pages, "app-not-mine-done", &CancelDone { frame, what: Cancelled::App });
}
