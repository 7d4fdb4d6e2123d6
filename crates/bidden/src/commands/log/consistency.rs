//! `bidden log consistency`: a proof that the record went on from a checkpoint that somebody kept; and what `bidden log check` says of it.

use std::path::Path;
use std::process::ExitCode;

use flow::sealing::key;
use flow::sealing::prove::{self, Apart, check_consistency, read_checkpoint};
use serde_json::json;
use wire::record::checkpoint::Checkpoint;
use wire::record::consistency::Consistency;
use wire::record::note::VerifierKeys;

use super::proof::{newest, unfit};
use super::{LONGEST, read};
use crate::Failed;
use crate::commands::{failed, print, store, visible};
use crate::config::settings::Config;

pub(super) fn run(settings: &Config, (older, newer): (&Path, Option<&Path>)) -> Result<ExitCode, Failed> {
    let older = read(older, LONGEST)?;
    let newer = newer.map(|path| read(path, LONGEST)).transpose()?;
    let store = store(settings)?;
    let newer = newer.map_or_else(|| newest(&store).map(|kept| kept.note), Ok)?;
    let keys = key::verifying(&store).map_err(|fault| failed(&fault))?;
    let (first, last) = match both((&older, &newer), &keys) {
        Ok(both) => both,
        Err(wrong) => return unfit(&wrong, false),
    };
    let path = match prove::consistency(&store, (&first, &last)).map_err(|fault| failed(&fault))? {
        Ok(path) => path,
        Err(Apart::Backwards) => {
            return Err(Failed(format!(
                "the first checkpoint covers {} entries and the second {}: name the older one first",
                first.size, last.size
            )));
        }
        Err(Apart::Beyond) => {
            return unfit(
                &format!(
                    "a checkpoint covers {} entries, and fewer are there: the record went back",
                    last.size
                ),
                false,
            );
        }
        Err(Apart::TooOld) => {
            return Err(Failed(format!(
                "the record does not know in full any more what stood in it at {} entries; it does where that ends a tile of 256",
                first.size
            )));
        }
    };
    // What would not convince anybody is not handed out as a proof.
    if let Err(wrong) = check_consistency(&first, &last, &path) {
        return unfit(&wrong.to_string(), false);
    }
    print(&format!("{}\n", Consistency { older, newer, path }.line()))?;
    Ok(ExitCode::SUCCESS)
}

fn both((older, newer): (&str, &str), keys: &VerifierKeys) -> Result<(Checkpoint, Checkpoint), String> {
    let of = |which: &str, note| {
        read_checkpoint(note, keys).map_err(|wrong| format!("the {which} one of the two: {wrong}"))
    };
    Ok((of("older", older)?, of("newer", newer)?))
}

/// What `bidden log check` says of such a file. `kept` is the checkpoint that it has to begin with.
pub(super) fn check(
    said: &Consistency,
    kept: Option<&Path>,
    keys: &VerifierKeys,
    json: bool,
) -> Result<ExitCode, Failed> {
    let (older, newer) = match both((&said.older, &said.newer), keys) {
        Ok(both) => both,
        Err(wrong) => return unfit(&wrong, json),
    };
    if let Some(path) = kept {
        let kept = match read_checkpoint(&read(path, LONGEST)?, keys) {
            Ok(kept) => kept,
            Err(wrong) => return unfit(&format!("the checkpoint that was kept: {wrong}"), json),
        };
        // Two servers, or a key that was made anew, may have signed the same twice: what was signed counts.
        if (kept.size, kept.root) != (older.size, older.root) {
            let other = "the proof begins with another checkpoint than the one that was kept";
            return unfit(other, json);
        }
    }
    if let Err(wrong) = check_consistency(&older, &newer, &said.path) {
        return unfit(&wrong.to_string(), json);
    }
    let at = |checkpoint: &Checkpoint| wire::rfc3339::write(checkpoint.at);
    if json {
        let one =
            |of: &Checkpoint| json!({"size": of.size, "root": wire::token::hex(&of.root), "at": at(of)});
        print(&format!(
            "{}\n",
            json!({"record": newer.origin, "older": one(&older), "newer": one(&newer), "consistent": true})
        ))?;
    } else {
        print(&visible(&format!(
            "The record {} went on from {} entries, signed at {}, to {} entries, signed at {}: nothing before was changed.\n",
            newer.origin,
            older.size,
            at(&older),
            newer.size,
            at(&newer)
        )))?;
        if kept.is_none() {
            print("Whether the older is the one that you kept was not compared: --from FILE does that.\n")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
