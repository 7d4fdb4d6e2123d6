//! The pages of doorbells.

use askama::Template;
use model::time::{DAY, HOUR};

use super::{Drawn, Stage};
use crate::view::doorbell::{Bell, DoorbellPage, NOTICES, OfflinePage, Still};

const KEY: &str = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = stage.outside();
    let off = DoorbellPage {
        frame: &frame,
        notice: None,
        key: Some(KEY),
        on: None,
        refused: None,
        bells: Vec::new(),
    };
    let on = DoorbellPage { on: Some(("https://push.example.net", stage.ago(DAY))), ..off.clone() };
    pages.push(("doorbell-off", off.render()));
    pages.push(("doorbell-on", on.render()));
    pages.push(("doorbell-refused", DoorbellPage { refused: Some(stage.ago(HOUR)), ..on.clone() }.render()));
    for (_, text) in NOTICES {
        pages.push((text, DoorbellPage { notice: Some(text), ..on.clone() }.render()));
    }
    let bell = |still| Bell { address: "anna@linden.example".to_owned(), still };
    let until = bell(Still::Until(stage.ahead(5 * HOUR)));
    let quiet = bell(Still::QuietSince(stage.ago(HOUR)));
    pages.push(("doorbell-until", DoorbellPage { bells: vec![until.clone()], ..on.clone() }.render()));
    pages.push(("doorbell-quiet", DoorbellPage { bells: vec![quiet, until], ..on }.render()));
    pages.push(("doorbell-closed", DoorbellPage { key: None, ..off }.render()));
    pages.push(("offline", OfflinePage { frame: &frame }.render()));
}
