//! Table: everything that can be typed on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A sign-in server you host yourself, in which every code was asked for.
#[derive(Parser)]
#[command(name = "bidden", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  bidden serve                               start with an embedded store in ./bidden-data
  bidden config example > bidden.toml        every setting, with its default and its reason
  bidden account invite alice@example.com    print a link by which she opens her account
  bidden account lock alice@example.com      end her sessions; nobody signs in until `unlock`

Exit status: 0 done; 1 refused or failed, with the reason on standard error; 2 the command line was wrong.";

/// Where the installation is.
#[derive(Args)]
pub(crate) struct Place {
    /// The settings file [default: ./bidden.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The data directory, in place of the setting `data_dir`
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the server until it is told to end (Ctrl-C or SIGTERM)
    Serve,
    /// Accounts: invite, list, show, lock, unlock, close
    #[command(subcommand)]
    Account(Account),
    /// The record: what happened, newest first
    #[command(subcommand)]
    Event(Event),
    /// Settings: print every one, check a file
    #[command(subcommand)]
    Config(Config),
    /// Print shell completions
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

#[derive(Subcommand)]
pub(crate) enum Account {
    /// Print a link by which the owner of an address opens an account
    Invite {
        /// The address; its owner confirms it by a code
        address: String,
        /// What the account may do
        #[arg(long, value_enum, default_value_t = Role::Member)]
        role: Role,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List all accounts in the order in which they were opened
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show one account, its browser sessions and what happened lately
    Show {
        /// The address or the identifier
        account: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// End all sessions and live codes; nobody signs in until `unlock`
    Lock {
        /// The address or the identifier
        account: String,
    },
    /// Let the owner sign in again
    Unlock {
        /// The address or the identifier
        account: String,
    },
    /// Close an account for good: its record stays, its address is free
    Close {
        /// The address or the identifier
        account: String,
        /// Do it; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Its own pages only
    Member,
    /// The operator's pages as well
    Operator,
}

#[derive(Subcommand)]
pub(crate) enum Event {
    /// List events of the whole installation
    List {
        /// Only what concerns addresses without an account
        #[arg(long)]
        unknown: bool,
        /// How many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..))]
        limit: u16,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum Config {
    /// Print a complete bidden.toml: every setting with its default, bounds and reason
    Example,
    /// Check the settings in force and say which differ from the defaults
    Check,
    /// Print the reference of all settings (Markdown)
    Reference,
}
