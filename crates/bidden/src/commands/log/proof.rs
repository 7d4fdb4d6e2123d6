//! `bidden log prove` and `bidden log check`: proofs that entries stand on the record, written and checked line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use ::store::checkpoints::Kept;
use flow::sealing::prove::{self, Proofs, Unproven};
use model::id::EventId;
use serde_json::json;
use wire::record::consistency::Consistency;
use wire::record::proof::{Head, LONGEST_LINE, Proven};

use super::{NO_CHECKPOINT, UNFIT, consistency, keys_of};
use crate::Failed;
use crate::commands::{account, complain, failed, print, store, visible};
use crate::config::settings::Config;

pub(super) fn newest(store: &flow::Store) -> Result<Kept, Failed> {
    prove::newest(store).map_err(|fault| failed(&fault))?.ok_or_else(|| Failed(NO_CHECKPOINT.to_owned()))
}

pub(super) fn one(settings: &Config, event: &str) -> Result<(), Failed> {
    let id: EventId = event.parse()?;
    let store = store(settings)?;
    let head = newest(&store)?;
    match prove::entry(&store, id, &head).map_err(|fault| failed(&fault))? {
        Ok(proven) => print(&format!("{}\n{}\n", Head { checkpoint: head.note }.line(), proven.line())),
        Err(Unproven::Unknown) => Err(Failed(format!("there is no entry {id} on the record"))),
        Err(Unproven::NotYet) => {
            Err(Failed(format!("entry {id} is not under a checkpoint yet; try again in a minute")))
        }
    }
}

pub(super) fn all(settings: &Config, whose: &str) -> Result<(), Failed> {
    let store = store(settings)?;
    let account = account::find(&store, whose)?;
    let mut proofs = Proofs::new(&store, account.id, newest(&store)?);
    print(&format!("{}\n", proofs.head().line()))?;
    while let Some(page) = proofs.page().map_err(|fault| failed(&fault))? {
        let lines: String = page.iter().map(|proven| proven.line() + "\n").collect();
        print(&lines)?;
    }
    match proofs.not_yet {
        0 => {}
        count => {
            complain(&format!("note: {count} entries are not under a checkpoint yet, and not in the file"))
        }
    }
    Ok(())
}

pub(super) fn check(
    (path, from): (&Path, Option<&Path>),
    key: &Path,
    json: bool,
) -> Result<ExitCode, Failed> {
    let keys = keys_of(key)?;
    let unreadable = |error: io::Error| Failed(format!("cannot read {}: {error}", path.display()));
    let mut lines: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(path).map_err(unreadable)?))
    };
    let first = line(&mut lines).map_err(unreadable)?.unwrap_or_default();
    if let Ok(said) = Consistency::parse(&first) {
        return consistency::check(&said, from, &keys, json);
    }
    if from.is_some() {
        return Err(Failed("this proves entries; --from is for a proof of consistency".to_owned()));
    }
    let head = Head::parse(&first)?;
    let checkpoint = match prove::read_checkpoint(&head.checkpoint, &keys) {
        Ok(checkpoint) => checkpoint,
        Err(wrong) => return unfit(&wrong.to_string(), json),
    };
    let (mut right, mut wrong) = (0_u64, 0_u64);
    while let Some(text) = line(&mut lines).map_err(unreadable)? {
        let proven = Proven::parse(&text)?;
        let id = EventId::from_bytes(proven.entry.id);
        match prove::check(&proven, &checkpoint) {
            Ok(()) => right = right.saturating_add(1),
            Err(why) => {
                wrong = wrong.saturating_add(1);
                if !json {
                    print(&visible(&format!("WRONG   entry {}, {id}: {why}\n", proven.index)))?;
                }
            }
        }
    }
    let (size, at) = (checkpoint.size, wire::rfc3339::write(checkpoint.at));
    if json {
        let said = json!({
            "record": checkpoint.origin, "size": size, "at": at, "entries": right, "wrong": wrong,
        });
        print(&format!("{said}\n"))?;
    } else {
        print(&visible(&format!(
            "{right} entries stand on the record {} below its checkpoint of {size} entries, signed at {at}; {wrong} do not.\n",
            checkpoint.origin
        )))?;
    }
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(UNFIT) })
}

pub(super) fn unfit(why: &str, json: bool) -> Result<ExitCode, Failed> {
    print(&if json { format!("{}\n", json!({"wrong": why})) } else { format!("WRONG   {why}\n") })?;
    Ok(ExitCode::from(UNFIT))
}

/// The next line, without its end; none at the end.
fn line(lines: &mut dyn BufRead) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    let most = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
    let read = io::Read::take(&mut *lines, most).read_until(b'\n', &mut text)?;
    if text.last() == Some(&b'\n') {
        text.pop();
    }
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    Ok((read > 0).then_some(text))
}
