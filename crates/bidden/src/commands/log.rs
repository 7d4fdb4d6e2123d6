//! `bidden log`: the sealed record, for an operator at a terminal and for whoever checks what an operator says.

mod consistency;
mod proof;
mod verify;

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use flow::by::By;
use flow::sealing::key::{self, Spare};
use flow::sealing::{erase, prove};
use wire::record::note::VerifierKeys;

use crate::Failed;
use crate::cli::{Log, Place};
use crate::commands::{account, cx, failed, print, settings, store};
use crate::config::settings::Config;

/// Something does not fit: the status of `verify` and `check` then.
const UNFIT: u8 = 3;
/// Longest file of keys or checkpoint.
const LONGEST: u64 = 64 << 10;

pub(crate) fn run(place: &Place, action: Log) -> Result<ExitCode, Failed> {
    match action {
        Log::Verify { from, key, json } => verify::run(&settings(place)?, (&from, key.as_deref()), json),
        Log::Check { file, from, key, json } => proof::check((&file, from.as_deref()), &key, json),
        Log::Consistency { older, newer } => consistency::run(&settings(place)?, (&older, newer.as_deref())),
        Log::Checkpoint => done(checkpoint(&settings(place)?)),
        Log::Key { rotate } => done(keys(&settings(place)?, rotate)),
        Log::Prove { event: Some(event), .. } => done(proof::one(&settings(place)?, &event)),
        Log::Prove { event: None, account } => {
            done(proof::all(&settings(place)?, account.as_deref().unwrap_or_default()))
        }
        Log::Erase { account, yes } => done(forget(&settings(place)?, &account, yes)),
    }
}

fn done(outcome: Result<(), Failed>) -> Result<ExitCode, Failed> {
    outcome.map(|()| ExitCode::SUCCESS)
}

fn checkpoint(settings: &Config) -> Result<(), Failed> {
    let newest = prove::newest(&store(settings)?).map_err(|fault| failed(&fault))?;
    let Some(kept) = newest else {
        return Err(Failed(NO_CHECKPOINT.to_owned()));
    };
    print(&kept.note)
}

const NO_CHECKPOINT: &str = "there is no checkpoint yet: a running server signs the first one within a second or two, where `record.seal` is on";

fn keys(settings: &Config, rotate: bool) -> Result<(), Failed> {
    let store = store(settings)?;
    if rotate {
        let mut cx = cx(settings);
        let name = flow::sealing::name(&settings.public_url);
        let spare = Spare::make(&name, store.keys(), &mut cx.entropy).map_err(|fault| failed(&fault))?;
        let made = store.write_now(move |tx| key::succeed(tx, &mut cx, &spare, &By::COMMAND));
        made.map_err(|fault| failed(&fault))?;
    }
    let all = key::list(&store).map_err(|fault| failed(&fault))?;
    if all.is_empty() {
        return Err(Failed("there is no key yet: the first start of the server makes it".to_owned()));
    }
    let mut out = String::new();
    for key in all {
        let state = if key.active { "signs" } else { "signs no more" };
        out.push_str(&format!("# {state}; made at {}\n{}\n", key.since, key.public));
    }
    print(&out)
}

fn forget(settings: &Config, whose: &str, yes: bool) -> Result<(), Failed> {
    let store = store(settings)?;
    let account = account::find(&store, whose)?;
    let count = || erase::count(&store, account.id).map_err(|fault| failed(&fault));
    let (there, sealed) = count()?;
    if !yes {
        return print(&format!(
            "{there} entries of the record are about {}, {sealed} of them sealed. They would be erased for good, with what \
             unblinds their places in the tree; the record would say how many went, not what they said.\nDo it with --yes.\n",
            account.id
        ));
    }
    let mut erased = 0_u64;
    loop {
        let (mut cx, id) = (cx(settings), account.id);
        let step = store.write_now(move |tx| erase::step(tx, &mut cx, id, &By::COMMAND));
        let step = step.map_err(|fault| failed(&fault))?;
        erased = erased.saturating_add(u64::from(step.erased));
        if !step.more {
            break;
        }
    }
    let (left, _) = count()?;
    let rest = match left {
        0 => String::new(),
        left => {
            format!("{left} are left that are not sealed yet, or last of all: run this again in a minute.\n")
        }
    };
    print(&format!("{erased} entries are erased.\n{rest}"))
}

/// Reads a small file, or standard input for `-`.
pub(super) fn read(path: &Path, most: u64) -> Result<String, Failed> {
    let wrong = |error: &dyn std::fmt::Display| Failed(format!("cannot read {}: {error}", path.display()));
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().take(most).read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(most).read_to_string(&mut text))
    };
    read.map_err(|error| wrong(&error))?;
    Ok(text)
}

/// The keys of a file.
pub(super) fn keys_of(path: &Path) -> Result<VerifierKeys, Failed> {
    let text = read(path, LONGEST)?;
    VerifierKeys::parse(&text).map_err(|error| Failed(format!("{}: {error}", path.display())))
}
