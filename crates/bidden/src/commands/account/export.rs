//! `bidden account export`: every account as a row, to be brought over to another installation.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use flow::Store;
use flow::by::By;
use flow::export::{self, Export, Left};
use wire::account_file::csv_head;

use super::rows::form;
use crate::Failed;
use crate::cli::{AccountForm, ExportAccounts};
use crate::commands::store::progress::{Bar, Step};
use crate::commands::{complain, cx, failed};
use crate::config::settings::Config;

pub(super) fn run(settings: &Config, store: &Store, options: &ExportAccounts) -> Result<(), Failed> {
    let form = form(options.format, options.output.as_deref()).unwrap_or(AccountForm::Jsonl);
    let mut to = destination(options)?;
    let (mut cx, secrets) = (cx(settings), options.secrets);
    let noted = store.write_now(move |tx| export::note(tx, &mut cx, secrets, &By::COMMAND));
    noted.map_err(|fault| failed(&fault))?;
    if secrets {
        complain(
            "what is written can be used to guess passwords and to make app codes: keep it as you keep the key file, \
             and delete it when it was brought over",
        );
    }
    match write(store, form, secrets, &mut to) {
        // A reader that went away (`| head`) is no failure.
        Err(Broken::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Broken::Io(error)) => Err(Failed(format!("cannot write the accounts: {error}"))),
        Err(Broken::Failed(why)) => Err(why),
        Ok(left) => {
            tell(&left);
            Ok(())
        }
    }
}

enum Broken {
    Io(io::Error),
    Failed(Failed),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn destination(options: &ExportAccounts) -> Result<Box<dyn Write>, Failed> {
    let Some(path) = &options.output else { return Ok(Box::new(io::stdout().lock())) };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failed(format!(
            "{} is there already. Name another file, or add --force to replace it",
            path.display()
        )),
        _ => Failed(format!("cannot write {}: {error}", path.display())),
    };
    if options.force && path.exists() {
        // Made anew, so that nobody who could read the old one can read this one.
        std::fs::remove_file(path).map_err(failed)?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(Path::new(path));
    Ok(Box::new(file.map_err(failed)?))
}

fn write(store: &Store, form: AccountForm, secrets: bool, to: &mut dyn Write) -> Result<Left, Broken> {
    let fault = |fault| Broken::Failed(failed(&fault));
    let of = export::count(store).map_err(fault)?;
    let mut to = io::BufWriter::new(to);
    if matches!(form, AccountForm::Csv) {
        to.write_all(csv_head().as_bytes())?;
    }
    let (mut export, mut done) = (Export::new(store, secrets), 0_u64);
    // What is drawn on the terminal that the rows go to would stand in the middle of them.
    let mut bar = (!io::stdout().is_terminal()).then(Bar::new);
    while let Some((rows, looked_at)) = export.page().map_err(fault)? {
        for row in rows {
            let line = match form {
                AccountForm::Jsonl => row.to_json(),
                AccountForm::Csv => row.to_csv(),
            };
            to.write_all(line.as_bytes())?;
        }
        done += u64::try_from(looked_at).unwrap_or(0);
        if let Some(bar) = &mut bar {
            bar.show(Step { doing: "writing", what: "accounts", done, of, unit: "accounts" });
        }
    }
    to.flush()?;
    Ok(export.left)
}

/// On standard error, what is not in the file.
fn tell(left: &Left) {
    let Left { closed, passkeys, secrets } = *left;
    for (count, what) in [
        (closed, "closed accounts"),
        (passkeys, "passkeys, which belong to the name of this site"),
        (secrets, "passwords and apps; --secrets takes them along"),
    ] {
        if count > 0 {
            complain(&format!("left out: {count} {what}"));
        }
    }
}
