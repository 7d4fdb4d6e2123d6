//! The operator's page about the settings in force.

use askama::Template;

use crate::view::frame::Frame;

/// GET `/operator/settings`.
#[derive(Debug, Template)]
#[template(path = "operator_settings.html", whitespace = "minimize")]
pub struct Settings<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What is in force, in a few lines.
    pub in_force: Vec<SettingLine>,
    /// What differs from the defaults.
    pub changed: Vec<SettingLine>,
}

/// A setting.
#[derive(Clone, Debug)]
pub struct SettingLine {
    /// Its name.
    pub key: String,
    /// Its value; a secret is "set".
    pub value: String,
    /// Where it was set.
    pub place: Option<String>,
}
