//! `bidden config`: print every setting, check a file.

use crate::Failed;
use crate::cli::{Config as Action, Place};
use crate::commands::{print, settings};
use crate::config;

pub(crate) fn run(place: &Place, action: &Action) -> Result<(), Failed> {
    match action {
        Action::Example => print(&config::example()),
        Action::Reference => print(&config::reference()),
        Action::Check => print(&settings(place)?.summary()),
    }
}
