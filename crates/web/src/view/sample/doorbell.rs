//! The pages of doorbells.

use askama::Template;
use model::time::{DAY, HOUR};

use super::{Drawn, Stage};
use crate::view::doorbell::{DoorbellPage, NOTICES, OfflinePage};

const KEY: &str = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = stage.outside();
    let off = DoorbellPage {
        frame: &frame,
        notice: None,
        key: Some(KEY),
        on: None,
        quiet_since: None,
        free_at: None,
    };
    let on = DoorbellPage { on: Some(("https://push.example.net", stage.ago(DAY))), ..off.clone() };
    pages.push(("doorbell-off", off.render()));
    pages.push(("doorbell-on", on.render()));
    for (_, text) in NOTICES {
        pages.push((text, DoorbellPage { notice: Some(text), ..on.clone() }.render()));
    }
    let quiet = DoorbellPage { quiet_since: Some(stage.ago(HOUR)), ..on.clone() };
    pages.push(("doorbell-quiet", quiet.render()));
    let free_at = Some(stage.ahead(5 * HOUR));
    pages.push(("doorbell-free-at", DoorbellPage { free_at, ..on }.render()));
    pages.push(("doorbell-closed", DoorbellPage { key: None, ..off }.render()));
    pages.push(("offline", OfflinePage { frame: &frame }.render()));
}
