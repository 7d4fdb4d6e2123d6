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
  bidden tenant make example-edu 'Example University'
                                             an organisation that decides for its own domains
  bidden investigate logs/ --html report.html
                                             sign-in attacks in exports of Entra, Okta or Google
  bidden backup /backups/bidden-monday.db    the whole store in one file, while the server runs
  bidden drill                               attack a server started for it, and see what comes of it
  bidden store migrate --to postgres://bidden@db.example.com/bidden
                                             move to a database that several nodes can share
  bidden explain suspicious.eml              what a mail with a code means, whoever sent it

Exit status: 0 done; 1 refused or failed, with the reason on standard error; 2 the command line was wrong. \
`explain` has more of its own.";

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
    /// Accounts: invite, list, show, lock, unlock, end sessions, reset, move, close, import, export
    #[command(subcommand)]
    Account(Account),
    /// Tenants: organisations with their domains, and which ways in they leave open
    #[command(subcommand)]
    Tenant(Tenant),
    /// The record: what happened, newest first
    #[command(subcommand)]
    Event(Event),
    /// The sealed record: verify it, prove entries of it, its key
    #[command(subcommand, after_help = LOG)]
    Log(Log),
    /// Receipts in mails: check whether a mail is ours, and about which request
    #[command(subcommand, after_help = RECEIPT)]
    Receipt(Receipt),
    /// Clients of the OpenID provider: list, show, add, change, secret, verify, remove, invite
    #[command(subcommand)]
    Client(Client),
    /// The guess ledger: how small the chance is that anybody guessed a code
    #[command(subcommand)]
    Ledger(Ledger),
    /// Signing keys: list, rotate, retire
    #[command(subcommand)]
    Keys(Keys),
    /// What is done about findings: list, begin, undo
    #[command(subcommand)]
    Response(Response),
    /// Services that are told of findings: add, list, remove, test
    #[command(subcommand)]
    Webhook(Webhook),
    /// The store: move it, check it, see how large it is
    #[command(subcommand)]
    Store(Store),
    /// Write the whole store into one file, while the server runs
    Backup(Backup),
    /// Put a backup in the place of the store
    Restore {
        /// What `bidden backup` has made
        file: PathBuf,
        /// Empty a shared database first that is not empty
        #[arg(long)]
        force: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Attack a server that is started for it, and print what the attacker got and what the owner saw
    Drill(Drill),
    /// Passwords: the list of those that were found in breaches
    #[command(subcommand)]
    Password(Password),
    /// Say what a message with a code means: a mail, a text message, a whole mailbox
    #[command(after_help = EXPLAIN)]
    Explain(Explain),
    /// Settings: print every one, check a file
    #[command(subcommand)]
    Config(Config),
    /// Look for sign-in attacks in the records of other systems: Entra, Microsoft 365, Okta, Google Workspace
    #[command(after_help = INVESTIGATE)]
    Investigate(Box<Investigate>),
    /// Print shell completions
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// `bidden drill`
#[derive(Args)]
pub(crate) struct Drill {
    /// Only this attack; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// Print the names of the attacks, and play none
    #[arg(long)]
    pub(crate) list: bool,
    /// Keep the data on this PostgreSQL server, in databases of its own that are made for it and dropped
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// Play it as it was played with this number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the table as one page to hand on
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// What is investigated, and how.
#[derive(Args)]
pub(crate) struct Investigate {
    /// Files, folders, patterns, archives; - for standard input
    #[arg(required_unless_present = "explain_detector", value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Tell only of incidents from then on; what is older is read, to learn what is usual
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Read only records until then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Tell only of incidents of this user; * stands for anything. May be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Vec<String>,
    /// Tell only of incidents that are at least so urgent
    #[arg(long, value_enum, default_value_t = MinSeverity::Info)]
    pub(crate) min_severity: MinSeverity,
    /// Known networks, apps and rooms (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Networks of addresses (MaxMind DB: GeoLite2 ASN, DB-IP, IPinfo), for exports that do not name them
    #[arg(long, value_name = "FILE")]
    pub(crate) networks: Option<PathBuf>,
    /// Places of addresses (MaxMind DB: GeoLite2 City, DB-IP, IPinfo), for exports that do not name them
    #[arg(long, value_name = "FILE")]
    pub(crate) places: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the report as one page to hand on
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write the incidents as a table for spreadsheets
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Write the records of all incidents as JSON Lines for Timesketch
    #[arg(long, value_name = "FILE")]
    pub(crate) timesketch: Option<PathBuf>,
    /// Write the incidents as OCSF detection findings, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) ocsf: Option<PathBuf>,
    /// Write the records into this folder as Parquet, to be read again or by others
    #[arg(long, value_name = "DIR")]
    pub(crate) to_parquet: Option<PathBuf>,
    /// With --to-parquet: look for nothing
    #[arg(long, requires = "to_parquet")]
    pub(crate) records_only: bool,
    /// Write the first rows of each file that could not be read
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Say what a detector looks at, and read nothing
    #[arg(long, value_name = "ID")]
    pub(crate) explain_detector: Option<String>,
    /// Threads that parse [default: as many as there are processors]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Where to sort what does not fit into memory [default: the system's folder for such files]
    #[arg(long, value_name = "DIR")]
    pub(crate) temp: Option<PathBuf>,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// How urgent an incident has to be.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum MinSeverity {
    /// Worth knowing
    Info,
    /// Worth looking at
    Medium,
    /// Look at it today
    High,
    /// Look at it now
    Critical,
}

impl MinSeverity {
    /// The same for the rest of the command.
    pub(crate) const fn severity(self) -> model::finding::Severity {
        match self {
            Self::Info => model::finding::Severity::Info,
            Self::Medium => model::finding::Severity::Medium,
            Self::High => model::finding::Severity::High,
            Self::Critical => model::finding::Severity::Critical,
        }
    }
}

const INVESTIGATE: &str = "\
Formats are told apart by what is in them: Microsoft Graph (v1.0 and beta), Azure Monitor, Log Analytics and the portal's
tables, the unified audit log, directory audits, Okta System Log, Google Workspace, and `bidden event list --json`; packed
by gzip, Zstandard or ZIP or not at all. Nothing is sent anywhere; no server and no settings are needed.

Examples:
  bidden investigate SignInLogs.json                       what this export cannot show, then what was found
  bidden investigate logs/ --html report.html              a page to hand on
  bidden investigate 'PT1H*.json' audit.csv --since 2026-09-01 --user 'alice@*'
  zcat logs.gz | bidden investigate - --json | jq .incidents

Exit status: 0 nothing was found in what the export can show; 10, 20 or 30 for incidents of medium or less, of high, of
critical severity; 1 nothing could be read; 2 the command line was wrong.";

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
        /// Why, for the record; its owner sees that the operator did it
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Let the owner sign in again
    Unlock {
        /// The address or the identifier
        account: String,
        /// Why, for the record
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Show what a new browser must bring before a code is mailed; or let a code through for an hour
    Gate(AccountGate),
    /// End all sessions and live codes; the owner signs in again
    EndSessions {
        /// The address or the identifier
        account: String,
        /// Why, for the record
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take every authenticator and recovery code away, for an owner who has lost them: what is left is the address
    Reset {
        /// The address or the identifier
        account: String,
        /// Why, for the record
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Do it; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
    },
    /// List the devices by which an account approves sign-ins, or take one away
    #[command(subcommand)]
    Approver(Approver),
    /// Show which methods are open for an account and who closes the others; or set what it leaves open itself
    Methods {
        /// The address or the identifier
        account: String,
        #[command(flatten)]
        layer: Layer,
        /// Leave everything to the tenant and the installation again
        #[arg(long, conflicts_with_all = ["sign_in", "step_up", "recovery", "without"])]
        inherit: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Put an account into a tenant, or make it personal
    Move {
        /// The address or the identifier
        account: String,
        /// The tenant's short name
        #[arg(long, value_name = "TENANT", required_unless_present = "personal")]
        to: Option<String>,
        /// Into no tenant
        #[arg(long, conflicts_with = "to")]
        personal: bool,
    },
    /// Open accounts that are brought over from elsewhere, with their passwords and apps
    #[command(after_help = IMPORT)]
    Import(Import),
    /// Write every account into a file that another installation can import
    #[command(after_help = EXPORT)]
    Export(ExportAccounts),
    /// Take back what came about since a moment, by a browser session or by a grant; what is older stays
    Undo(UndoAccount),
    /// Close an account for good: its record stays, its address is free
    Close {
        /// The address or the identifier
        account: String,
        /// Why, for the record
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Do it; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum Approver {
    /// List them: what they are called, since when they are there, when they were last used, and whether they ring
    List {
        /// The address or the identifier
        account: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take one away, for an owner who cannot: it sees and approves nothing any more, and the owner is told
    Remove {
        /// The address or the identifier
        account: String,
        /// The identifier of the device, as `list` prints it
        approver: String,
        /// Why, for the record; its owner sees that the operator did it
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// In which form a file of accounts is.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum AccountForm {
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values, the first line names the columns
    Csv,
}

#[derive(Args)]
pub(crate) struct AccountGate {
    /// The address or the identifier
    pub(crate) account: String,
    /// Let a code through for an hour, for an owner who can bring nothing but the words that this prints. Make sure by another way
    /// that it is they who ask
    #[arg(long)]
    pub(crate) admit: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const UNDO: &str = "\
Without --yes only what would go is printed, what stays, and what is gone and does not come back.

Examples:
  bidden account undo anna@example.org --since 2026-11-21T21:46:39Z
  bidden account undo anna@example.org --session 0196c1d2-7a3e-7c11-9d20-000000000021 --yes";

#[derive(Args)]
#[command(after_long_help = UNDO)]
pub(crate) struct UndoAccount {
    /// The address or the identifier
    pub(crate) account: String,
    #[command(flatten)]
    pub(crate) reach: UndoReach,
    /// Do it; without this only what would happen is printed
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How far it reaches.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct UndoReach {
    /// Everything since this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// What came about in this browser session, and by what that added
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<String>,
    /// This grant
    #[arg(long, value_name = "ID")]
    pub(crate) grant: Option<String>,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The file; `-` for standard input
    pub(crate) file: PathBuf,
    /// In which form it is [default: by the end of its name]
    #[arg(long, value_enum)]
    pub(crate) format: Option<AccountForm>,
    /// Check everything against the store, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Leave out rows that cannot be used; without this one of them stops everything before anything is written
    #[arg(long)]
    pub(crate) skip_bad: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const IMPORT: &str = "\
Each row needs an address; docs/account-files.md has all fields. Passwords are taken as hashes of argon2, bcrypt, PBKDF2 \
and scrypt, and hashed anew when their owners sign in. Accounts that are here already are left as they are, so that an \
import that was interrupted is begun again with the same file. Nobody is mailed.

Examples:
  bidden account import people.csv --dry-run
  bidden account import people.csv
  ssh old-server bidden account export --secrets | bidden account import - --format jsonl";

#[derive(Args)]
pub(crate) struct ExportAccounts {
    /// The file to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// In which form [default: by the end of the file's name, else jsonl]
    #[arg(long, value_enum)]
    pub(crate) format: Option<AccountForm>,
    /// With the hashes of passwords and the secrets of apps
    #[arg(long)]
    pub(crate) secrets: bool,
    /// Replace a file that is there
    #[arg(long)]
    pub(crate) force: bool,
}

const EXPORT: &str = "\
Passkeys and recovery codes cannot be taken along: the first belong to the name of this site, the second to its keys.

Examples:
  bidden account export -o accounts.csv
  bidden account export --secrets -o accounts.jsonl";

/// What a layer of the policy leaves open. What is not named stays as it is.
#[derive(Args)]
pub(crate) struct Layer {
    /// Leave these open for signing in, and nothing else
    #[arg(long, value_name = "METHODS", value_delimiter = ',', num_args = 0..)]
    pub(crate) sign_in: Option<Vec<String>>,
    /// Leave these open for reaching the second level, and nothing else
    #[arg(long, value_name = "METHODS", value_delimiter = ',', num_args = 0..)]
    pub(crate) step_up: Option<Vec<String>>,
    /// Leave these open for recovery, and nothing else
    #[arg(long, value_name = "METHODS", value_delimiter = ',', num_args = 0..)]
    pub(crate) recovery: Option<Vec<String>>,
    /// Close this one for everything
    #[arg(long, value_name = "METHOD")]
    pub(crate) without: Vec<String>,
}

#[derive(Subcommand)]
#[command(after_help = TENANT)]
pub(crate) enum Tenant {
    /// List all tenants by their short names
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show one tenant: its domains, its accounts, what is open for them
    Show {
        /// The short name
        tenant: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a tenant; it leaves open what the installation does
    Make {
        /// The short name: small letters, digits and dashes, at most 32
        tenant: String,
        /// The name that people see on pages and in mails
        name: String,
    },
    /// Give it another name
    Rename {
        /// The short name
        tenant: String,
        /// The name that people see
        name: String,
    },
    /// Show or set what it leaves open
    #[command(after_help = METHODS)]
    Methods {
        /// The short name
        tenant: String,
        #[command(flatten)]
        layer: Layer,
        /// Do it, where something is closed that is open now; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show or set what a new browser must bring before a code is mailed; `inherit` leaves it to the installation
    #[command(after_help = GATE)]
    Gate {
        /// The short name
        tenant: String,
        /// What it must bring
        #[arg(value_parser = ["inherit", "open", "private_name", "gate_word", "solicited_only"])]
        gate: Option<String>,
        /// Do it, where it becomes stricter; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
    },
    /// Domains whose addresses are the tenant's
    #[command(subcommand)]
    Domain(Domain),
    /// Remove a tenant that has neither accounts nor domains
    Remove {
        /// The short name
        tenant: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Domain {
    /// Add a domain: new accounts with addresses there are the tenant's
    Add {
        /// The tenant's short name
        tenant: String,
        /// The domain
        domain: String,
        /// Move existing accounts with main addresses there as well
        #[arg(long)]
        adopt: bool,
    },
    /// Remove a domain: the accounts stay the tenant's
    Remove {
        /// The tenant's short name
        tenant: String,
        /// The domain
        domain: String,
        /// Do it; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
    },
}

const TENANT: &str = "\
Examples:
  bidden tenant make example-edu \"Example University\"
  bidden tenant domain add example-edu example.edu --adopt
  bidden tenant methods example-edu --without mail_code --yes
                          its members are never mailed a sign-in code, and everybody can look that up
  bidden tenant show example-edu --json";

const GATE: &str = "\
A tenant can make stricter what the installation asks for, and an account what its tenant does. Browsers that have signed \
in to an account before get a code either way. See docs/gates.md.

Examples:
  bidden tenant gate example-edu
  bidden tenant gate example-edu private_name --yes";

const METHODS: &str = "\
Methods: passkey, password, mail_code, sms_code, totp, recovery_code. A tenant can only close what the installation \
leaves open, and an account only what its tenant does.

Examples:
  bidden tenant methods example-edu
  bidden tenant methods example-edu --sign-in passkey,password --recovery recovery_code --yes
  bidden tenant methods example-edu --without mail_code --yes";

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

const LOG: &str = "\
Examples:
  bidden log checkpoint > monday.checkpoint     keep the head of the record, best on another machine
  bidden log verify --from monday.checkpoint    what was deleted or altered, and whether the record was forked
  bidden log key > bidden.key                   what verifies checkpoints, proofs and receipts
  bidden log prove --account alice@example.com > alice.proof
  bidden log check alice.proof --key bidden.key verifies without the server

Exit status of `verify` and `check`: 0 everything fits; 3 something does not; 1 it could not be looked at.
docs/sealed-record.md says what is proven, and what is not.";

const RECEIPT: &str = "\
Examples:
  bidden receipt check mail.eml --key bidden.key
  bidden receipt check --key bidden.key --to alice@example.com < mail.eml

Exit status: 0 every receipt is right, and there is one; 3 one is not, or there is none; 1 it could not be looked at.";

/// `bidden log`
#[derive(Subcommand)]
pub(crate) enum Log {
    /// Look at the whole record, and say which entries are not as they were sealed
    Verify {
        /// A checkpoint that was kept: the record has to begin with it. May be given several times
        #[arg(long, value_name = "FILE")]
        from: Vec<PathBuf>,
        /// The keys that count, in place of those in the store
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Print the newest checkpoint, a signed note
    Checkpoint,
    /// Print the keys that verify checkpoints, proofs and receipts, the one that signs first
    Key {
        /// Make a new key, and let the one before it sign no more
        #[arg(long)]
        rotate: bool,
    },
    /// Print a proof that entries stand on the record
    Prove {
        /// The identifier of an entry
        #[arg(required_unless_present = "account", conflicts_with = "account")]
        event: Option<String>,
        /// All sealed entries about this account
        #[arg(long, value_name = "ADDRESS or ID")]
        account: Option<String>,
    },
    /// Print a proof that the record went on from a checkpoint that somebody kept
    Consistency {
        /// The checkpoint that was kept
        older: PathBuf,
        /// A later one, in place of the newest
        newer: Option<PathBuf>,
    },
    /// Check a proof, without the server
    Check {
        /// What `prove` or `consistency` printed; - for standard input
        file: PathBuf,
        /// The checkpoint that was kept: a proof of consistency has to begin with it
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// The keys that count
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Erase all entries about an account, where the law demands it; the record says that it was done
    Erase {
        /// Address or identifier
        account: String,
        /// Do it; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
    },
}

/// `bidden receipt`
#[derive(Subcommand)]
pub(crate) enum Receipt {
    /// Check the receipts in a mail or a text, without the server
    Check {
        /// The mail, whole or copied out; standard input if none is named
        file: Option<PathBuf>,
        /// The keys that count
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Whether it was written for this address
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
#[command(after_help = CLIENT)]
pub(crate) enum Client {
    /// List all clients by their names
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show all that is known of one, without its secrets
    Show {
        /// Its name (`client_id`)
        client: String,
        /// As it would stand in bidden.toml
        #[arg(long, conflicts_with = "json")]
        toml: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add one; a secret, if it has one, is printed once
    #[command(after_help = CLIENT_FIELDS)]
    Add {
        /// Its name (`client_id`)
        client: String,
        #[command(flatten)]
        said: Said,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change what is said of one; what is not named stays as it is
    #[command(after_help = CLIENT_FIELDS)]
    Change {
        /// Its name (`client_id`)
        client: String,
        #[command(flatten)]
        said: Said,
        /// Say nothing of these any more, so that what holds otherwise does
        #[arg(long, value_name = "FIELD")]
        unset: Vec<String>,
    },
    /// Give one a new secret, which is printed once
    Secret {
        /// Its name (`client_id`)
        #[arg(required_unless_present = "print")]
        client: Option<String>,
        /// How long the secret before holds beside it, in days
        #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=90))]
        keep: u32,
        /// Draw a secret for a configuration file, and change nothing
        #[arg(long, conflicts_with = "client")]
        print: bool,
    },
    /// Vouch for the name and the pages of one that registered itself
    Verify {
        /// Its name (`client_id`)
        client: String,
        /// Do not vouch for it any more
        #[arg(long)]
        off: bool,
    },
    /// Remove one: all that people had allowed it ends
    Remove {
        /// Its name (`client_id`)
        client: String,
        /// Do it; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
    },
    /// Make a token by which clients register themselves (RFC 7591)
    Invite {
        /// How many
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        clients: u32,
        /// For how long, in days
        #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365))]
        days: u32,
        /// Let those that can keep a secret do without PKCE, which some test suites need
        #[arg(long)]
        without_pkce: bool,
        /// What it is for, for yourself
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What is said of a client.
#[derive(Args)]
pub(crate) struct Said {
    /// What people are told it is called
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Where answers may go; can be given several times
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub(crate) redirect_uris: Vec<String>,
    /// What it may ask for; can be given several times
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// It proves nothing: an app on a device, a page in a browser
    #[arg(long)]
    pub(crate) public: bool,
    /// Anything else, as it stands in a configuration file; can be given several times
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,
}

const CLIENT: &str = "\
Clients that stand in bidden.toml (`[[clients]]`) are changed there.

Examples:
  bidden client add library --name \"Library catalogue\" --redirect-uri https://library.example.org/signed-in
  bidden client add reader --name Reader --public --redirect-uri http://127.0.0.1/signed-in
  bidden client secret library --keep 2
  bidden client show library --toml >> bidden.toml";

const CLIENT_FIELDS: &str = "\
docs/config.md lists the fields for --set under `[[clients]]`; lists stand between brackets.

Examples:
  bidden client add api --name API --set authentication=private_key_jwt --set jwks_uri=https://api.example.org/jwks \\
      --set 'grant_types=[\"client_credentials\"]'
  bidden client change library --set tokens=opaque --set access_token=10m";

/// `bidden response`
#[derive(Subcommand)]
pub(crate) enum Response {
    /// Print what is done at present, the newest first
    List {
        /// What has ended as well
        #[arg(long)]
        all: bool,
        /// How many at most
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: u16,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Begin one by hand: hold_codes for `all` or a network, suspend_devices for `all` or a client
    Begin {
        /// hold_codes or suspend_devices
        act: String,
        /// `all`, `network 192.0.2.1`, `client reader`
        scope: String,
        /// For how long, at most a day
        #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1440))]
        minutes: u32,
        /// Why; it stands on the record
        #[arg(long)]
        reason: String,
    },
    /// End one before its time
    Undo {
        /// Its identifier, or how it begins
        response: String,
    },
}

/// `bidden webhook`
#[derive(Subcommand)]
pub(crate) enum Webhook {
    /// Tell a service of every finding from now on, and print the secret or the public key by which it knows us
    Add {
        /// Where it is told: https, or http on this machine
        url: String,
        /// Sign with a key of which the service gets the public half (Ed25519, `v1a`), in place of a secret that it shares
        #[arg(long)]
        public_key: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print all of them, without their secrets
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Tell a service no more
    Remove {
        /// Its identifier, or how it begins
        webhook: String,
    },
    /// Call a service with nothing to say
    Test {
        /// Its identifier, or how it begins
        webhook: String,
    },
}

/// `bidden ledger`
#[derive(Subcommand)]
pub(crate) enum Ledger {
    /// Show the sum, what it is made of, and its limits
    Show {
        /// Only of this account: its address or its identifier
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
#[command(after_help = KEYS)]
pub(crate) enum Keys {
    /// List all keys that tokens are, were or will be signed with
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Publish successors of the keys that sign, before their time
    Rotate {
        /// Only of this kind; can be given several times
        #[arg(long, value_enum)]
        kind: Vec<KeyKind>,
        /// Let them sign at once, although clients do not know them yet
        #[arg(long)]
        now: bool,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Let a key sign no more, and forget its private half; its successor signs at once
    Retire {
        /// Its identifier, or how it begins
        // One in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        key: String,
        /// Take it out of the key set as well: what it signed is not accepted any more
        #[arg(long)]
        remove: bool,
        /// Do it; without this only what would happen is printed
        #[arg(long)]
        yes: bool,
    },
}

/// Of which kind a signing key is.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum KeyKind {
    /// P-256
    #[value(name = "ES256", alias = "es256")]
    Es256,
    /// Ed25519
    #[value(name = "EdDSA", alias = "eddsa")]
    EdDsa,
    /// RSA of 2048 bits
    #[value(name = "RS256", alias = "rs256")]
    Rs256,
}

impl KeyKind {
    /// The same for the rest of the command.
    pub(crate) const fn of_model(self) -> model::signing_key::KeyKind {
        match self {
            Self::Es256 => model::signing_key::KeyKind::Es256,
            Self::EdDsa => model::signing_key::KeyKind::EdDsa,
            Self::Rs256 => model::signing_key::KeyKind::Rs256,
        }
    }
}

const KEYS: &str = "\
A running server follows within ten seconds. By themselves keys follow each other as the settings `keys.*` say.

Examples:
  bidden keys list
  bidden keys rotate --kind ES256
  bidden keys retire 4kPz --remove --yes
                          a key that somebody else may have: nothing that it signed counts any more";

#[derive(Subcommand)]
pub(crate) enum Store {
    /// Copy everything to another store, while the server runs; the last pass once it has ended
    #[command(after_help = MIGRATE)]
    Migrate {
        /// Where to: the URL of a PostgreSQL database, a data directory, or a file that ends in .db
        #[arg(long, value_name = "URL|DIR|FILE", required_unless_present = "to_file")]
        to: Option<String>,
        /// A file that holds the URL, so that its password is not on the command line
        #[arg(long, value_name = "FILE", conflicts_with = "to")]
        to_file: Option<PathBuf>,
        /// Leave this store as it is: a server may go on with it, and the two go apart
        #[arg(long)]
        keep_source: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Look whether every rule that must hold does hold, beside a running server
    Check {
        /// Every event and every page, not only the newest 100,000 events
        #[arg(long)]
        full: bool,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Rows and bytes of every table
    Stats {
        /// Count every row, however long it takes
        #[arg(long)]
        exact: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

const MIGRATE: &str = "\
Run it while the server serves, as often as you like: it goes on where it stopped, and brings over what has changed. \
When the server has ended it finishes, reads everything back, and says which setting to change. The key file stays \
where it is.";

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Backup {
    /// The file to write
    #[arg(required = true)]
    pub(crate) file: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) action: Option<BackupAction>,
}

#[derive(Subcommand)]
pub(crate) enum BackupAction {
    /// Look whether a backup is whole and belongs to this installation's keys
    Verify {
        /// What `bidden backup` has made
        file: PathBuf,
        /// Print JSON
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

#[derive(Args)]
pub(crate) struct Explain {
    /// Mails (.eml), mailboxes (.mbox), folders (a Maildir too), text messages (.txt); `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// They are text messages (SMS), whatever they look like
    #[arg(long)]
    pub(crate) sms: bool,
    /// Whose mailbox it came to, where the message does not say
    #[arg(long = "for", value_name = "ADDRESS")]
    pub(crate) recipient: Option<String>,
    /// Keys and policies of domains, to verify signatures with: JSON, each DNS name with its text record
    #[arg(long, value_name = "FILE")]
    pub(crate) dns_file: Option<PathBuf>,
    /// Ask the DNS for them; without this nothing is asked of anybody
    #[arg(long, conflicts_with = "dns_file")]
    pub(crate) online: bool,
    /// The organisation's own rules (TOML): name, domains, never_mails_codes, help_desk, language
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// Keys that sign the receipts of a site, as its path /record/key gives them
    #[arg(long, value_name = "FILE")]
    pub(crate) receipt_key: Option<PathBuf>,
    /// A published sign-in policy: a saved file, or with --online its https address; can be given several times
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) policy: Vec<String>,
    /// Print JSON
    #[arg(long, conflicts_with_all = ["html", "csv"])]
    pub(crate) json: bool,
    /// Print one page of HTML that stands alone, for a ticket
    #[arg(long, conflicts_with = "csv")]
    pub(crate) html: bool,
    /// Print the table of many messages as CSV
    #[arg(long)]
    pub(crate) csv: bool,
}

const EXPLAIN: &str = "\
Nothing is stored and nothing is asked of anybody, unless --online is given. Codes are masked, and no link is live. \
docs/explain.md has the JSON, and says what cannot be told.

Examples:
  bidden explain suspicious.eml
  bidden explain --dns-file keys.json --for anna@example.edu suspicious.eml
  bidden explain --rules example-edu.toml --html reported/ > reported.html
  pbpaste | bidden explain --sms -

Exit status: 0 nothing to do; 3 something to do; 4 be careful; 5 do not do what it says: of several messages the gravest. \
1 something could not be read, or the command failed; 2 the command line was wrong.";

#[derive(Subcommand)]
pub(crate) enum Password {
    /// Breached passwords: build the file that the setting `password.breached_file` names, and look into it
    #[command(subcommand)]
    Breached(Breached),
}

#[derive(Subcommand)]
pub(crate) enum Breached {
    /// Build the file from a downloaded list of lines `SHA-1:count`, ordered by hash
    #[command(after_help = LIST)]
    Build {
        /// One file with the whole list, or a folder with a file for each range (00000.txt to FFFFF.txt)
        input: PathBuf,
        /// The file to write
        output: PathBuf,
        /// Leave out passwords that were found less often
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
        min_count: u64,
        /// Take a folder that lacks ranges
        #[arg(long)]
        partial: bool,
        /// Replace a file that is there; a running server goes on with the old one until it is started again
        #[arg(long)]
        force: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask for a password and say whether it is on the list; nothing leaves this machine
    Check {
        /// What `bidden password breached build` has made
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say what is in a file
    Info {
        /// What `bidden password breached build` has made
        file: PathBuf,
        /// Read all of it, and compare it with its digests
        #[arg(long)]
        full: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

const LIST: &str = "\
The list is that of Have I Been Pwned, as its downloader writes it: either form of it, about 40 GB. The file takes 4 bytes \
for each password. It is built in one pass, and in a few megabytes of memory.

Examples:
  bidden password breached build pwnedpasswords.txt /var/lib/bidden/breached
  bidden password breached build ranges/ /var/lib/bidden/breached --min-count 10";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_also_where_its_identifier_begins_with_a_hyphen() {
        for id in ["-2cv6cILcgXMq5K-QPVQS-ld9dQkhsS3s4fCuCuAv64", "--cv6cILcgXMq5K", "-h2cv6"] {
            for words in
                [["bidden", "keys", "retire", id, "--yes"], ["bidden", "keys", "retire", "--yes", id]]
            {
                let asked = Cli::try_parse_from(words).map(|cli| cli.command);
                let named = matches!(&asked, Ok(Command::Keys(Keys::Retire { key, remove: false, yes: true })) if key == id);
                assert!(named, "{words:?}");
            }
        }
    }
}
