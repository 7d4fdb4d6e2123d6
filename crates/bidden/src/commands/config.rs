//! `bidden config`: print every setting, check a file.

use crate::Failed;
use crate::cli::{Config as Action, Place};
use crate::commands::{print, settings};
use crate::{config, passwords, places};

pub(crate) fn run(place: &Place, action: &Action) -> Result<(), Failed> {
    match action {
        Action::Example => print(&config::example()),
        Action::Reference => print(&config::reference()),
        Action::Check => {
            let settings = settings(place)?;
            passwords::breached(&settings)?;
            places::check(&settings)?;
            print(&settings.summary())
        }
    }
}
