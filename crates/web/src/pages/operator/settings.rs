//! `/operator/settings`: the settings in force, as `bidden config check` prints them. A secret is "set" and no more.

use askama::Template;
use axum::response::Response;

use crate::error::Trouble;
use crate::page;
use crate::view::frame::Place;
use crate::view::operator::settings::{SettingLine, Settings};
use crate::visit::Visit;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.operating("/operator/settings")?;
    let line = |setting: &crate::Setting| SettingLine {
        key: setting.key.clone(),
        value: setting.value.clone(),
        place: setting.place.clone(),
    };
    let lines: Vec<SettingLine> = visit.app.site.settings.iter().map(line).collect();
    let (changed, in_force) = lines.into_iter().partition(|line| line.place.is_some());
    Ok(page::show(&visit, Place::Operator, |frame| Settings { frame, in_force, changed }.render()))
}
