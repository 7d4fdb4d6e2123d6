//! The command: configuration, wiring, workers. Protocols and storage live in the other crates.

mod cli;
mod clock;
mod commands;
mod config;
mod declared;
mod drill;
mod explain;
mod installation;
mod investigate;
mod keys_file;
mod markup;
mod passwords;
mod places;
mod rules;
mod serve;
mod worker;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Why a command ended without doing what it was asked: a sentence with the next step.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(status) => status,
        Err(Failed(why)) => {
            commands::complain(&why);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, Failed> {
    let place = &cli.place;
    let done = match cli.command {
        // The commands whose answer is also in their exit status.
        Command::Explain(asked) => return commands::explain::run(&asked),
        Command::Investigate(asked) => return investigate::run(&asked),
        Command::Log(action) => return commands::log::run(place, action),
        Command::Receipt(cli::Receipt::Check { file, key, to, json }) => {
            return commands::receipt::check(file.as_deref(), &key, (to.as_deref(), json));
        }
        Command::Serve => serve::run(commands::settings(place)?),
        Command::Account(account) => commands::account::run(&commands::settings(place)?, account),
        Command::Tenant(tenant) => commands::tenant::run(&commands::settings(place)?, tenant),
        Command::Event(cli::Event::List { unknown, limit, json }) => {
            commands::event::list(&commands::settings(place)?, unknown, limit, json)
        }
        Command::Client(action) => commands::client::run(&commands::settings(place)?, action),
        Command::Ledger(action) => commands::ledger::run(&commands::settings(place)?, &action),
        Command::Keys(action) => commands::keys::run(&commands::settings(place)?, action),
        Command::Response(action) => commands::response::run(&commands::settings(place)?, action),
        Command::Webhook(action) => commands::webhook::run(&commands::settings(place)?, action),
        Command::Store(action) => commands::store::run(&commands::settings(place)?, action),
        Command::Backup(backup) => commands::backup::run(&commands::settings(place)?, backup),
        Command::Restore { file, force, json } => {
            commands::backup::restore(&commands::settings(place)?, &file, (force, json))
        }
        Command::Password(cli::Password::Breached(action)) => commands::password::run(action),
        Command::Drill(asked) => drill::run(&asked),
        Command::Config(config) => commands::config::run(place, &config),
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "bidden", &mut out);
            commands::print(&String::from_utf8_lossy(&out))
        }
        Command::Man => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut out)?;
            commands::print(&String::from_utf8_lossy(&out))
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
