//! `bidden store`: moving it, checking it, its size. All of it works beside a running server.

pub(crate) mod check;
mod migrate;
pub(crate) mod place;
pub(crate) mod progress;
mod stats;

use crate::Failed;
use crate::cli::Store as Action;
use crate::config::settings::Config;

pub(crate) fn run(settings: &Config, action: Action) -> Result<(), Failed> {
    match action {
        Action::Migrate { to, to_file, keep_source, json } => {
            migrate::run(settings, (to, to_file), keep_source, json)
        }
        Action::Check { full, json } => check::run(settings, full, json),
        Action::Stats { exact, json } => stats::run(settings, exact, json),
    }
}
