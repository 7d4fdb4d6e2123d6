//! What the commands share: reading settings, printing, naming an account.

pub(crate) mod account;
pub(crate) mod backup;
pub(crate) mod client;
pub(crate) mod config;
pub(crate) mod event;
pub(crate) mod explain;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod log;
pub(crate) mod methods;
pub(crate) mod password;
pub(crate) mod receipt;
pub(crate) mod response;
pub(crate) mod store;
pub(crate) mod tenant;
pub(crate) mod webhook;

use std::io::{self, IsTerminal, Write};

use flow::{Recorded, Store, Tx};
use model::cx::Cx;
use model::entropy::Entropy;
use model::fault::Fault;
use model::refusal::Refusal;

use crate::cli::Place;
use crate::config::Config;
use crate::config::settings::Config as Settings;
use crate::{Failed, clock, rules};

/// The settings in force for this command line.
pub(crate) fn settings(place: &Place) -> Result<Settings, Failed> {
    let data =
        place.data.as_ref().map(|directory| ("BIDDEN_DATA_DIR".to_owned(), directory.display().to_string()));
    let environment = Config::environment().filter(|(name, _)| data.is_none() || name != "BIDDEN_DATA_DIR");
    let all = environment.chain(data.clone()).collect::<Vec<_>>();
    Ok(Config::load(place.config.as_deref(), all.into_iter())?)
}

/// Writes to standard output; a reader that went away (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failed> {
    printed(io::stdout().write_all(text.as_bytes()))
}

/// What became of printing: a reader that has seen enough and ended it is no failure.
pub(crate) fn printed(outcome: io::Result<()>) -> Result<(), Failed> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// Writes a complaint to standard error.
pub(crate) fn complain(why: &str) {
    // Nobody can be told that standard error is closed.
    let _ = writeln!(io::stderr(), "bidden: {}", visible(why));
}

/// Text with everything that could steer a terminal made visible.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '\n' || !letter.is_control() {
            shown.push(letter);
        } else {
            shown.extend(letter.escape_default());
        }
    }
    shown
}

/// Whether standard output shows colours.
pub(crate) fn colour() -> bool {
    io::stdout().is_terminal() && !crate::config::environment::refuses_colour()
}

/// The context of a command.
pub(crate) fn cx(settings: &Settings) -> Cx {
    Cx::new(clock::now(), Entropy::system(), std::sync::Arc::new(rules::policy(settings)))
}

/// Opens the installation that the settings name.
pub(crate) fn store(settings: &Settings) -> Result<Store, Failed> {
    Ok(crate::installation::find(settings)?)
}

/// A fault as a command shows it: with its causes, since whoever reads it operates the server.
pub(crate) fn failed(fault: &Fault) -> Failed {
    Failed(fault.chain())
}

/// An installation at which a command works, and how it says why it did not do something.
pub(crate) struct Works<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) store: &'a Store,
    pub(crate) refused: fn(Refusal) -> Failed,
}

impl Works<'_> {
    /// Does it at once, durably.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<Result<T, Refusal>>, Fault> + Send + 'static,
    ) -> Result<T, Failed> {
        let mut cx = cx(self.settings);
        let outcome = self.store.write_now(move |tx| work(tx, &mut cx));
        outcome.map_err(|fault| failed(&fault))?.map_err(self.refused)
    }
}
